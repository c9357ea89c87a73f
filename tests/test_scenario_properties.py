"""What holds for any edits: their order does not matter, they can be taken back, and the cells are the difference."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alloc.instance import InputError, Instance, read
from alloc.instance.checks.all import check_instance
from alloc.scenario import Cell, Edit, Edited, Origin, apply, diff
from alloc.scenario.state import GRIDS, LISTS
from instances import write_tiny

pytestmark = pytest.mark.long

QUICK = settings(max_examples=40, deadline=None)


@cache
def tiny() -> Instance:
    with tempfile.TemporaryDirectory() as folder:
        return read(write_tiny(Path(folder) / "tiny"))


CITY = st.sampled_from(["440300", "440500", "450900"])
NUMBERS = st.sampled_from([0.5, 1.0, 2.0, 100.0, 1e6])
CITY_WHERE = st.sampled_from(
    ["", "province = '44'", "size_class = 'very_large'", "residents > 5600000", "debt_tier != 'red'", "city = '450900'"]
)
COLUMNS = st.sampled_from(["cities.idle", "cities.revenue", "cities.settlement_quota", "cities.boundary_left"])
NUMERIC = st.sampled_from(["set", "add", "scale", "at_most", "at_least"])
SETTING = st.sampled_from(
    ["gap", "time_limit", "policy.debt.ceiling", "policy.land.reuse_cost", "policy.debt.tiers.yellow.new_bond_factor",
     "objective.fairness.tolerance", "policy.land.standards[1].per_settler", "policy.land.stock_ratio"]
)  # fmt: skip
EDITS = st.one_of(
    st.builds(Edit, NUMERIC, COLUMNS, NUMBERS, CITY_WHERE),
    st.builds(Edit, NUMERIC, SETTING, NUMBERS),
    st.builds(Edit, NUMERIC, st.sampled_from(["pools.total", "pools.land.total", "pools.quantum"]), NUMBERS),
    st.builds(Edit, NUMERIC, st.just("last_year.amount"), NUMBERS, st.sampled_from(["kind = 'land'", "city > ''"])),
    st.builds(Edit, st.just("drop"), st.sampled_from(["cities.settlement_quota", "cities.stock_base"]), st.none(),
              CITY_WHERE),
    st.builds(Edit, st.just("drop"), st.sampled_from(["limits", "limits.large_share", "earmarks.450900.land",
                                                      "earmarks", "objective.production", "objective.cost"])),
    st.builds(lambda city, amount: Edit("set", f"overrides.{city}.land.amount", amount), CITY, NUMBERS),
    st.builds(lambda city, amount: Edit("set", "earmarks.amount", amount, f"city in ['{city}'] and pool = 'land'"),
              CITY, NUMBERS),
    st.builds(lambda value: Edit("add", "limits", {"limit": "new", "quantity": "settle", "sense": "<=", "value": value,
                                                   "basis": "amount"}), NUMBERS),
    st.builds(lambda names: Edit("set", "objective", ["minimum", *names]),
              st.permutations(["fairness", "settlement", "coverage"])),
)  # fmt: skip


@st.composite
def some_edits(draw: st.DrawFn, most: int = 5) -> list[Edit]:
    """Some edits of up to two levels, numbered."""
    edits = draw(st.lists(EDITS, min_size=1, max_size=most))
    levels = sorted(draw(st.lists(st.integers(0, 1), min_size=len(edits), max_size=len(edits))))
    return [
        Edit(edit.verb, edit.target, edit.value, edit.where, f"why {number}", Origin("x.toml", number, level))
        for number, (edit, level) in enumerate(zip(edits, levels, strict=True), start=1)
    ]


def applied(edits: Sequence[Edit]) -> Edited | None:
    """None where they are refused."""
    try:
        return apply(tiny(), edits, check=False)
    except InputError:
        return None


def shown(found: Edited) -> list[tuple[Any, ...]]:
    """The cells, with the numbers of their edits in place of positions."""
    return [
        (*cell[:5], *({found.edits[place].origin.number for place in places} for places in cell[5:7]))
        for cell in found.cells
    ]


@QUICK
@given(some_edits(), st.randoms(use_true_random=False))
def test_order_does_not_matter(edits: list[Edit], random: Any) -> None:
    shuffled = list(edits)
    random.shuffle(shuffled)
    one, other = applied(edits), applied(shuffled)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.instance.hash == other.instance.hash
        assert shown(one) == shown(other)
        assert {finding.message for finding in one.findings} == {finding.message for finding in other.findings}


@QUICK
@given(some_edits())
def test_cells_are_the_difference(edits: list[Edit]) -> None:
    found = applied(edits)
    assume(found is not None)
    assert found is not None
    rows = [(cell.table, ", ".join(cell.key), cell.column, cell.old, cell.new) for cell in found.cells]
    assert rows == list(diff(tiny(), found.instance).itertuples(index=False, name=None))
    back = [(table, key, column, new, old) for table, key, column, old, new in rows]
    compared = diff(found.instance, tiny()).itertuples(index=False, name=None)
    assert sorted(row for row in compared if row[2] not in LISTS) == sorted(row for row in back if row[2] not in LISTS)
    assert (found.instance.hash == tiny().hash) == (not rows)


def taken_back(cells: Sequence[Cell], instance: Instance) -> list[Edit]:
    """Edits that put the old values back, each by the name of its cell."""
    edits: list[Edit] = []
    gone: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    came = {cell[:2] for cell in cells if cell.old is None and cell.column in keys(cell.table)}
    for cell in cells:
        row = cell[:2]
        if cell.new is None and any(other[:2] == row and other.column in keys(cell.table) for other in cells):
            gone.setdefault(row, {})[cell.column] = cell.old
        elif row not in came:
            verb = "drop" if cell.old is None else "set"
            edits.append(Edit(verb, cell.target, cell.old))
    edits += [Edit("drop", ".".join((table, *key))) for table, key in came]
    edits += [Edit("add", table, values) for (table, _), values in gone.items() if table not in LISTS]
    order = [tier.model_dump(exclude_none=True) for tier in instance.settings.objective]
    edits = [edit for edit in edits if not edit.target.startswith("objective")]
    return [*edits, Edit("set", "objective", order)]


def keys(table: str) -> tuple[str, ...]:
    return GRIDS[table].key if table in GRIDS else ()


@QUICK
@given(some_edits())
def test_edits_can_be_taken_back(edits: list[Edit]) -> None:
    found = applied(edits)
    assume(found is not None)
    assert found is not None
    back = apply(found.instance, taken_back(found.cells, tiny()), check=False)
    assert back.instance.hash == tiny().hash
    assert {cell.target for cell in back.cells if cell.table not in ("settings", "objective")} == {
        cell.target for cell in found.cells if cell.table not in ("settings", "objective")
    }


@settings(max_examples=12, deadline=None)
@given(some_edits(most=3))
def test_what_is_checked_is_right(edits: list[Edit]) -> None:
    """An edited instance has no errors, and every fault is at an edit."""
    try:
        found = apply(tiny(), edits)
    except InputError as error:
        assert {finding.file for finding in error.findings} == {"x.toml"}
        assert {finding.row for finding in error.findings} <= {edit.origin.number for edit in edits}
        return
    assert not [finding for finding in check_instance(found.instance) if finding.severity == "error"]
    # Multiples are asked of a total that is typed in full, not of one that is scaled or added to: `Blame.of_shares`.
    warned, told = (
        {(each.code, each.key) for each in findings if each.code != "quantum_leaves_rest"}
        for findings in (check_instance(found.instance), found.instance.warnings)
    )
    assert warned == told


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["land", "44", ""]),
    st.lists(st.one_of(st.integers(), st.text(max_size=3), st.dictionaries(st.text(max_size=3), st.integers())),
             max_size=3),
    st.dictionaries(st.sampled_from(["limit", "quantity", "where", "value", "city", "pool", "amount", "tier", "x"]),
                    st.one_of(st.text(max_size=4), st.floats(), st.booleans()), max_size=6),
)  # fmt: skip
TARGETS = st.one_of(
    st.text(max_size=8),
    st.sampled_from([*GRIDS, *LISTS]),
    st.builds(lambda table, *rest: ".".join((table, *rest)), st.sampled_from([*GRIDS]),
              *[st.sampled_from(["", "land", "440300", "amount", "total", "fairness", "below", "x", "tier"])] * 2),
    st.sampled_from(["year", "policy", "policy.debt", "policy.land.standards", "policy.land.standards[0]", "gap",
                     "policy.score.slopes", "policy.land.standards[7].up_to", "schema", "name", "objective.cost"]),
)  # fmt: skip
WHERES = st.one_of(st.just(""), CITY_WHERE, st.text(max_size=10), st.sampled_from(["pool = 'land'", "limit = 1", "x"]))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.builds(Edit, NUMERIC | st.just("drop"), TARGETS, ANYTHING, WHERES), max_size=3))
def test_any_edits(edits: list[Edit]) -> None:
    """Whatever stands in an edit, it is applied or refused with findings."""
    try:
        apply(tiny(), edits, check=False)
    except InputError as error:
        for finding in error.findings:
            assert finding.line("zh") and finding.line("en")
