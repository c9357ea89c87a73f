"""Edits: lines of the command line and scenarios as files, right ones made from a grammar, then damaged."""

from __future__ import annotations

import json
from pathlib import Path

from alloc.instance import Instance, load
from alloc.instance.findings import InputError
from alloc.scenario import Edited, diff, with_edits
from alloc.scenario.lines import parse_edit
from fuzzing.damage import NUMBERS, WORDS, Damage
from fuzzing.folders import base_instance

NUMERIC = (
    "cities.idle", "cities.revenue", "cities.residents", "cities.settlement_quota", "cities.boundary_left", "gap",
    "pools.total", "pools.land.total", "pools.quantum", "last_year.amount", "policy.debt.ceiling", "time_limit",
    "policy.land.standards[1].per_settler", "policy.debt.tiers.yellow.new_bond_factor",
    "objective.fairness.tolerance",
    "services.norm", "services.primary.minimum", "capacity.capacity", "capacity.440300.hospital.capacity",
    "limits.value", "limits.large_share.value", "overrides.440300.land.amount", "earmarks.amount", "factors.weight",
    "policy.score.slopes", "policy.land.stock_ratio", "year", "schema",
)  # fmt: skip
OTHERS = ("limits", "limits.large_share", "earmarks", "objective", "objective.production", "policy.debt.tiers",
          "name",
          "integers", "cities", "cities.440300", "services.primary", "pools.land", "sources", "policy", "title",
          "policy.land.no_linked_land", "cities.name", "pools.kind", "limits.where", "nothing",
          "a.b.c.d")  # fmt: skip
WHERES = (
    "", "", "", "province == '44'", "city == '440300'", "name == '深圳市'", "residents > 5600000", "pool == 'land'",
    "kind == 'land' and province == '45'", "size_class in ['medium', 'very_large']", "not debt_tier == 'red'",
    "city in ['440300', '450900'] and pool == 'land'", "province = 44", "1 == 1", "city", "city == ", "(city > '')",
    "service == 'primary'", "cohort != 'residents'", "city == '999999'", "or", "residents > 1e400",
    "name == 'x' or name == \"y\"",
)  # fmt: skip
VALUES = ("1.0", "0", "800", "0.5", "true", "'x'", "['megacity']", "[2.0, 1.0, 0.5]", "{ a = 1 }", "2021-01-01",
          "nan", "-inf",
          "['minimum', 'fairness']", "1_000", "0x1F", "''", "[]", "{}", "[[1]]", "12:30:00", "0x" + "f" * 5000,
          "9" * 40)  # fmt: skip
ROWS = (
    "{ limit = 'new', quantity = 'settle', sense = '<=', value = 1e9, basis = 'amount' }",
    "{ limit = 'west', quantity = 'allocation:land', where = \"province == '45'\", sense = '>=', value = 0.1, "
    "basis = 'share' }",
    "{ city = '440300', pool = 'land', amount = 900, reason = 'r', approved_by = 'a' }", "{ limit = 'x' }", "{ }",
    "{ city = 1 }",
    "{ city = '440305', name = 'x' }", "{ tier = 'cost' }",
)  # fmt: skip
SIGNS = {"set": "=", "scale": "*=", "add": "+=", "at_most": "<=", "at_least": ">="}
VALUE_KEYS = {"set": "to", "scale": "by", "add": "by", "at_most": "to", "at_least": "to"}


def _edit(damage: Damage) -> tuple[str, str, str, str]:
    """Verb, target, value as TOML, where: about what is right half of the time."""
    rng = damage.rng
    verb = rng.choice((*SIGNS, "row", "drop", "set"))
    where = rng.choice(WHERES)
    if verb == "row":
        return (
            verb,
            rng.choice(("limits", "limits", "overrides", "earmarks", "cities", "objective")),
            rng.choice(ROWS),
            "",
        )
    target = rng.choice(NUMERIC if rng.random() < 0.8 and verb != "drop" else OTHERS)
    usual = rng.choice(("1.1", "0.5", "100", "2", "0.01"))
    value = usual if rng.random() < 0.7 else rng.choice((*VALUES, *NUMBERS))
    return verb, target, value, where if target in ("cities.idle", "cities.revenue") or rng.random() < 0.3 else ""


def line_of(edit: tuple[str, str, str, str]) -> str:
    """An edit as a line."""
    verb, target, value, where = edit
    behind = f" where {where}" if where else ""
    if verb in ("row", "drop"):
        return f"{'add' if verb == 'row' else 'drop'} {target} {value if verb == 'row' else ''}{behind}"
    return f"{target} {SIGNS[verb]} {value}{behind}"


def entry_of(edit: tuple[str, str, str, str]) -> str:
    """An edit as an entry of a scenario."""
    verb, target, value, where = edit
    lines = ["[[edit]]", f"{'add' if verb == 'row' else verb} = {json.dumps(target)}"]
    if verb != "drop":
        lines.append(f"{'row' if verb == 'row' else VALUE_KEYS[verb]} = {value}")
    if where:
        lines.append(f"where = {json.dumps(where)}")
    return "\n".join(lines) + "\n"


def _applied(instance: Instance, folder: Path, scenario: str | None, lines: list[str]) -> Edited | None:
    """An instance with edits; None where they are refused, with a sentence each."""
    try:
        return with_edits(instance, folder, scenario, lines)
    except InputError as error:
        assert error.findings
        for finding in error.findings:
            for language in ("zh", "en"):
                finding.line(language).encode("utf-8")
        return None


def _true(damage: Damage, before: Instance, found: Edited, place: Path) -> None:
    """What an accepted edit says of itself, and whether what it gives can be written and read."""
    json.dumps(found.records(), allow_nan=False)
    rows = [(cell.table, ", ".join(cell.key), cell.column, cell.old, cell.new) for cell in found.cells]
    assert rows == list(diff(before, found.instance).itertuples(index=False, name=None))
    assert (found.instance.hash == before.hash) == (not rows)
    if damage.chance(0.1):
        tables = {name: frame for name, frame in found.instance.tables.items() if len(frame)}
        again, findings = load({"settings": found.instance.settings, **tables})
        assert again is not None, [finding.line("en") for finding in findings]
        assert again.hash == found.instance.hash


def line_lane(damage: Damage, place: Path) -> bool:
    """One to three lines."""
    edits = [_edit(damage) for _ in range(damage.rng.randint(1, 3))]
    lines = [line_of(edit) for edit in edits]
    if damage.chance(0.4):
        at = damage.rng.randrange(len(lines))
        lines[at] = damage.text(lines[at], 2)
    if damage.chance(0.03):
        lines[0] = damage.rng.choice(WORDS) * damage.rng.choice((1, 50))
    damage.done += lines
    before = base_instance("tiny")
    found = _applied(before, place, None, lines)
    again = _applied(before, place, None, lines[::-1])
    assert (found is None) == (again is None), "the order of lines decides"
    if found is None or again is None:
        return False
    assert found.instance.hash == again.instance.hash, "the order of lines decides"
    told = [parse_edit(line).target.casefold() for line in lines]  # titles are read in capitals too
    assert told == [edit.target.casefold() for edit in found.edits]
    _true(damage, before, found, place)
    return True


def scenario_lane(damage: Damage, place: Path) -> bool:
    """A scenario's file, perhaps with one that it inherits."""
    (place / "scenarios").mkdir()
    edits = [_edit(damage) for _ in range(damage.rng.randint(1, 4))]
    head = 'title = { zh = "题", en = "Title" }\n'
    if damage.chance(0.3):
        inherited = head + entry_of(_edit(damage))
        if damage.chance(0.2):
            inherited = damage.text(inherited)
        (place / "scenarios" / "below.toml").write_bytes(inherited.encode("utf-8", "surrogatepass"))
        head += f'inherits = "{damage.rng.choice(("below", "below", "below", "top", "no"))}"\n'
    text = head + "".join(entry_of(edit) for edit in edits)
    damaged = damage.text(text) if damage.chance(0.5) else text
    (place / "scenarios" / "top.toml").write_bytes(damaged.encode("utf-8", "surrogatepass"))
    damage.done.append(damaged)
    before = base_instance("tiny")
    found = _applied(before, place, "top", [])
    if found is None:
        return False
    _true(damage, before, found, place)
    if damaged == text:
        (place / "scenarios" / "top.toml").write_text(
            head + "".join(entry_of(edit) for edit in edits[::-1]), encoding="utf-8"
        )
        again = _applied(before, place, "top", [])
        assert again is not None and again.instance.hash == found.instance.hash, "the order of edits decides"
        if "inherits" not in head:
            lines = _applied(before, place, None, [line_of(edit) for edit in edits])
            assert lines is not None and lines.instance.hash == found.instance.hash, "lines are read otherwise"
    return True
