"""The numbers that a planner can change, as a list made from schema and catalogue: no rule is named here.

Pools with their totals and reserves, the planner's limits, every number among the settings, and tolerances of tiers: a
lever that brings a setting has it in this list without a line of code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import pandas as pd
from pydantic import BaseModel

from alloc.content.figures import exact_decimals, number, percent, shown_unit
from alloc.content.places import debt_tier
from alloc.formulation.catalogue import ARITHMETIC, Catalogue
from alloc.formulation.columns import KIND_UNITS, SHARE
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.limits import key_of
from alloc.instance.derived.optional.issued import shared_out
from alloc.instance.files.settings_reading import inner_model
from alloc.instance.frames import records, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.policy import REFERENCE_MULTIPLE, Policy
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.settings import Tier as Entry
from alloc.instance.schema.tables import TABLES
from alloc.result.frames.bounds import BoundThatBinds
from alloc.result.frames.standing import limits_that_bind
from alloc.result.result import Result
from alloc.scenario.state import LISTS, taken_apart
from alloc.text import Text, behind_number
from alloc.workbench.models import Came, Rule, Turned, Words

POOLS = Text("总量与预留", "Totals and reserves")
KEPT = Text("预留 {share}", "reserve {share}")
TOTAL = Text("{title}：总量", "{title}: total")
RESERVE = Text("{title}：预留比例", "{title}: reserve")
PART = Text("{title}（{part}）", "{title} ({part})")
OF_TIER = Text("{title}：允许让步", "{title}: tolerance")
NONE, PER_CENT = Text("", ""), Text("%", "%")
PERCENT = (SHARE.en, REFERENCE_MULTIPLE.en)  # units of which numbers are shown in per cent
SIGNS: Mapping[str, Any] = {"<=": "≤", ">=": "≥", "=": "="}


def words(text: Text) -> Words:
    """A text of the engine for the page."""
    return Words(zh=text.zh, en=text.en)


def shown(value: float, rule: Rule) -> Text:
    """A number of the instance as the field of a rule shows it, with the unit there."""
    there = value / rule.size * rule.scale
    text = number(there, exact_decimals([there], 6))
    return Text(*(f"{text} {behind_number(unit)}".rstrip() for unit in (rule.unit.zh, rule.unit.en)))


def rules(instance: Instance, result: Result | None, bounds: Sequence[BoundThatBinds] = ()) -> list[Rule]:
    """Every number that can be changed, in groups, with its value and whether it binds in a result.

    Args:
        instance: with all edits.
        result: of it; None where nothing is solved.
        bounds: of the result, those at which no city stands too.
    """
    known = catalogue_for(instance.settings)
    return [*_pools(instance, result), *_limits(instance, result, known), *_settings(instance, result, known, bounds),
            *_tiers(instance, known)]  # fmt: skip


def differing(before: list[Rule], after: list[Rule]) -> dict[str, Any]:
    """The fields of a `Picture` that say how rules differ from those of the base: `turned`, `came` and `gone`.

    A number keeps the unit that it has in the base, so that none changes under the hands of who types it.

    Args:
        before: of the base.
        after: of what is shown, or, with nothing known of what binds, of what stands.
    """
    old, turns, came = {each.id: each for each in before}, list[Turned](), list[Came]()
    standing = {each.id for each in after}
    for at, rule in enumerate(after):
        base = old.get(rule.id)
        rule = rule if base is None else _in_unit_of(base, rule)
        was = None if base is None or base.value == rule.value else base.value
        if base is None or _about(base) != _about(rule):
            came.append(Came(at=at, rule=rule.model_copy(update={"before": was})))
        elif (base.value, base.binds) != (rule.value, rule.binds):
            turns.append(Turned(id=rule.id, value=rule.value, before=was, binds=rule.binds))
    return {"turned": turns, "came": came, "gone": [id for id in old if id not in standing]}


def _in_unit_of(base: Rule, rule: Rule) -> Rule:
    """A rule that is an amount of money in both, as it is shown in the unit of the base."""
    if base.size == rule.size or not base.kind == rule.kind == "money" or rule.value is None:
        return rule
    shown = rule.value / base.size
    return rule.model_copy(update={"unit": base.unit, "size": base.size, "decimals": exact_decimals([shown], 6),
                                   "step": _step(shown, share=False) * base.size})  # fmt: skip


def _about(rule: Rule) -> tuple[Any, ...]:
    """What a page shows of a rule besides its value."""
    return rule.title, rule.unit, rule.size, rule.sign, rule.line


@lru_cache(4096)  # most numbers are as they were before an edit
def _rule(
    id: str, title: Text, group: Text, value: float | None, unit: Text, line: str, *, share: bool = False,
    size: float = 1.0, note: Text | None = None, apart: Text | None = None, **more: Any,
) -> Rule:  # fmt: skip
    scale = 100.0 if share else 1.0
    shown = math.nan if value is None else value / size * scale
    decimals = exact_decimals([shown], 6)
    kind: Any = "share" if share else more.pop("kind", "number")
    return Rule(
        id=id, title=words(title), apart=words(apart or title), group=words(group), value=value,
        unit=words(PER_CENT if share else unit), size=size,
        scale=scale, decimals=decimals, line=line, step=_step(shown, share) * size / scale, kind=kind,
        note=None if note is None else words(note), **more,
    )  # fmt: skip


def _step(shown: float, share: bool) -> float:
    """A sensible step of a number as it is shown: a hundredth to a tenth of it, and of a share a whole per cent."""
    if math.isnan(shown) or shown == 0:
        return 1.0 if share else 0.01
    step = float(10.0 ** (math.floor(math.log10(abs(shown)) + ROUND_UP) - 1))
    return min(1.0, step * 10) if share else step


ROUND_UP = 0.1  # from 8 on a number counts as of the next power of ten


def _pools(instance: Instance, result: Result | None) -> Iterator[Rule]:
    given = {} if result is None else result.given.sums
    parts = shared_out(instance.tables["pools"], instance.settings.stage)
    for row in in_order(instance):
        pool, title = row["pool"], Text(row["title_zh"], row["title_en"])
        unit = shown_unit(KIND_UNITS[row["kind"]], row["total"])
        left = None if pool not in given else row["total"] * (1 - row["reserve"]) * parts[pool] - given[pool]
        binds = None if left is None else bool(left < row["quantum"])
        yield _rule(
            f"pools.{pool}.total", title, POOLS, row["total"], Text(unit.zh, unit.en),
            f"pools.{pool}.total = {{value}}", size=unit.size,
            kind="number" if row["kind"] == "land" else "money", binds=binds, least=0.0,
            apart=TOTAL.fill(title=title),
            note=KEPT.fill(share=percent(row["reserve"], exact_decimals([100 * row["reserve"]], 3))),
        )  # fmt: skip
        yield _rule(
            f"pools.{pool}.reserve", RESERVE.fill(title=title), POOLS, row["reserve"], NONE,
            f"pools.{pool}.reserve = {{value}}", share=True, of=f"pools.{pool}.total", least=0.0, most=1.0,
        )  # fmt: skip


ORDER = ("land", "transfer", "bond")
OF_POOLS = ("pool", "kind", "title_zh", "title_en", "total", "reserve", "quantum")


def in_order(instance: Instance) -> list[dict[str, Any]]:
    """The pools as records, of `OF_POOLS`: land, then transfers, then bonds, each by their size; not to be changed."""

    def make(table: pd.DataFrame) -> list[dict[str, Any]]:
        rows = records(table, *OF_POOLS)
        return sorted(rows, key=lambda row: (ORDER.index(row["kind"]), -row["total"], row["pool"]))

    return instance.once("pools", "in order", make)


def kinds_of(instance: Instance) -> dict[str, str]:
    """Pool -> what it shares out."""
    return {row["pool"]: row["kind"] for row in in_order(instance)}


OF_LIMITS = ("limit", "quantity", "basis", "sense", "value", "title_zh", "title_en")


def _limits(instance: Instance, result: Result | None, known: Catalogue) -> Iterator[Rule]:
    table = TABLES["limits"]
    there: set[str] = set() if result is None else set(map(key_of, texts(result.tables[table.name], "limit").tolist()))
    held = set() if result is None else set(map(key_of, limits_that_bind(result)))  # for every city: in any of them
    kinds = kinds_of(instance)
    for row in instance.once(table.name, "shown", lambda frame: records(frame, *OF_LIMITS)):
        name, share = row["limit"], row["basis"] == "share"
        of, _, item = str(row["quantity"]).partition(":")
        quantity = known.quantities.get(of)
        unit = known.units.get(quantity.unit, NONE) if quantity is not None and row["basis"] == "amount" else NONE
        if unit != NONE and quantity is not None and quantity.pools is not None and item in kinds:
            own = shown_unit(KIND_UNITS[kinds[item]], 0.0)
            unit = Text(own.zh, own.en)
        binds = name in held if name in there else None
        yield _rule(
            f"limits.{name}.value", Text(row["title_zh"], row["title_en"]), table.title, row["value"], unit,
            f"limits.{name}.value = {{value}}", share=share, sign=SIGNS.get(row["sense"], ""), binds=binds, least=0.0,
        )  # fmt: skip


def _settings(
    instance: Instance, result: Result | None, known: Catalogue, bounds: Sequence[BoundThatBinds]
) -> Iterator[Rule]:
    """Every number of the policy, and of its lists that have names the numbers of each entry."""
    values = taken_apart(instance)
    families = [] if result is None else records(result.tables["families"], "family", "binding")
    binding = {row["family"]: row["binding"] for row in families}
    held = _held_by(bounds)
    for path, value in reversed(list(values.values.items())):  # in the order of the schema
        field, group = _described_at(path)
        if field is None or path in LISTS or not _number(field, value) or (value is None and "[" in path):
            continue
        described = field.json_schema_extra
        place = path[path.index("[") + 1 : path.index("]")] if "[" in path else ""
        title = Text(described["title_zh"], described["title_en"])
        title = PART.fill(title=title, part=int(place) + 1) if place else title
        yield _rule(
            path, title, group, None if value is None else float(value),
            Text(described["unit_zh"], described["unit_en"]), f"{path} = {{value}}",
            share=described["unit_en"] in PERCENT, binds=_binds(instance, known, path, binding, held), **_range(field),
        )  # fmt: skip
    for path, table in LISTS.items():
        if not path.startswith("policy."):
            continue
        for row in records(values.tables[path]):
            key = row[table.key[0]]
            for column in table.columns:
                if column.key or not column.numeric or row[column.name] != row[column.name]:
                    continue
                named = Text(debt_tier(key, "zh"), debt_tier(key, "en"))
                yield _rule(
                    f"{path}.{key}.{column.name}", PART.fill(title=column.title, part=named), table.title,
                    row[column.name], column.unit, f"{path}.{key}.{column.name} = {{value}}",
                    share=column.unit.en in PERCENT, least=0.0,
                )  # fmt: skip


def _tiers(instance: Instance, known: Catalogue) -> Iterator[Rule]:
    """What later tiers may take of an earlier one, where it is given."""
    group = _titled(Settings.model_fields["objective"])
    unit = _described(Entry.model_fields["tolerance"])
    for entry in instance.settings.objective:
        if entry.tolerance is not None:
            title = OF_TIER.fill(title=known.tiers[entry.tier].title)
            line = f"objective.{entry.tier}.tolerance"
            yield _rule(line, title, group, entry.tolerance, Text(unit["unit_zh"], unit["unit_en"]),
                        f"{line} = {{value}}", least=0.0)  # fmt: skip


def _described(field: Any) -> dict[str, Any]:
    found = field.json_schema_extra
    return found if isinstance(found, dict) else {}


def _titled(field: Any) -> Text:
    described = _described(field)
    return Text(described.get("title_zh", ""), described.get("title_en", ""))


@cache
def _described_at(path: str) -> tuple[Any, Text]:
    """The field of a path below the policy, and the title of its section; None where there is none."""
    parts = path.partition("[")[0].split(".") + (path.partition("].")[2].split(".") if "]." in path else [])
    model: type[BaseModel] | None = Settings
    field, group = None, NONE
    for part in parts:
        if model is None or part not in model.model_fields:
            return None, NONE
        if field is not None and model is not Policy and path.startswith("policy."):
            group = _titled(field) if group == NONE or group == _titled(Settings.model_fields["policy"]) else group
        field = model.model_fields[part]
        model = inner_model(field.annotation)
    return (field, group) if path.startswith("policy.") and field is not None and _described(field) else (None, NONE)


def field_of(path: str) -> Any:
    """The field of a number of the policy in the schema; None where it is none."""
    return _described_at(path)[0]


def _number(field: Any, value: Any) -> bool:
    """Whether a setting is one number, given or not."""
    if value is None:  # of a section that is not given, or of an open step: no line alone could give it
        plain = "float" in str(field.annotation) and "tuple" not in str(field.annotation)
        return plain and not field.is_required()
    return isinstance(value, float | int) and not isinstance(value, bool)


def _range(field: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in field.metadata:
        for name, key in (("ge", "least"), ("gt", "least"), ("le", "most"), ("lt", "most")):
            if getattr(each, name, None) is not None:
                found[key] = float(getattr(each, name))
    return found


def _held_by(bounds: Sequence[BoundThatBinds]) -> dict[str, set[str]]:
    """Rule that makes a bound -> the cities that it holds; those that hold none too."""
    found: dict[str, set[str]] = {}
    for each in bounds:
        found.setdefault(each.rule, set()).update(each.cities)
    return found


def _binds(
    instance: Instance, known: Catalogue, path: str, binding: Mapping[Any, Any], held: Mapping[str, set[str]]
) -> bool | None:  # fmt: skip
    """Whether a rule binds that a number sets; None where that cannot be told by families, or by bounds.

    A balance, as of a budget, that leaves nothing over says nothing of a cost that is one of its many items. Nor is
    anything said of a number that moves nothing in this instance.
    """
    number = known.numbers.get(path)
    if number is None or (number.needs and not len(instance.tables[number.needs])):
        return None
    moved = {name for turn in number.turns for name in turn.moves}
    if moved and moved <= set(held):
        cities = instance.tables["cities"]  # one with a value of its own is not held by that of all
        own = [each.path.partition(".")[2] for each in known.numbers.values() if each.by == "city"
               and {name for turn in each.turns for name in turn.moves} == moved]  # fmt: skip
        filled = cities["city"][cities[[name for name in own if name in cities]].notna().any(axis=1)]
        return bool(set().union(*(held[name] for name in moved)).difference(filled))
    if not moved or not binding or not moved <= set(known.families):
        return None
    return any(binding.get(name, 0) for name in moved if known.families[name].owner != ARITHMETIC)
