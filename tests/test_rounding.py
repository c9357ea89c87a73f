"""Rounding within every rule: limits on groups, rows of a city, whole persons; and what cannot be kept is said."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloc.instance import read
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.limits import LimitRow
from alloc.output import show
from alloc.publish import Published, Rounded, publish, round_allocation
from alloc.report.document import report
from alloc.result.result import Result, run
from alloc.result.rounding import IN_RESULT
from alloc.result.store import load_result, write
from alloc.scenario import apply, parse_edit
from alloc.text import Text
from alloc.verification import verify
from national import relaxed as china
from test_publish import INF, Pool, pools
from verify_fixtures import point_of, three_cities

ROOT = Path(__file__).resolve().parent.parent


def limit(sense: str, amount: float, selection: list[int] | np.ndarray, name: str = "group", of: str = "") -> LimitRow:
    kind = "allocation" if of else "settle"
    return LimitRow(
        limit=name, kind=kind, item=of, sense=sense, amount=amount, selection=np.array(selection, dtype=bool)  # type: ignore[arg-type]
    )  # fmt: skip


def test_budgets_that_no_multiples_keep() -> None:
    """Two cities spend all of the 10,001.6 that there are. Of multiples of 100 at most 10,000 are given out; however
    they are shared, what is short in both comes to 1.6 at least. As published it is that, 0.8 in each."""
    lines = ("pools.general.total = 16000", "pools.general.reserve = 0.3749", "pools.general.quantum = 100",
             "pools.general.exhaust = true")  # fmt: skip
    result = run(apply(read("hand"), [parse_edit(line) for line in lines]).instance)
    decided = result.tables["allocation"][["benchmark", "rule", "optimised"]].sum(axis=1).to_numpy()
    assert decided.sum() == pytest.approx(10001.6)
    short = min(
        np.maximum(0, decided - (first, second)).sum()
        for first in range(0, 10001, 100) for second in range(0, 10001 - first, 100)
    )  # fmt: skip
    assert short == pytest.approx(1.6)
    rounding = result.tables["rounding"]
    missed = rounding.loc[rounding["rule"] == "general_budget", "off"]
    assert missed.tolist() == pytest.approx([0.8, 0.8]) and missed.sum() == pytest.approx(short)


def rounded_within(values: list[float], total: float, groups: list[str], *limits: LimitRow, **bounds: float) -> Rounded:
    n = len(values)
    lower, upper = np.full(n, bounds.get("lower", 0.0)), np.full(n, bounds.get("upper", INF))
    return round_allocation(np.array(values), lower, upper, 1.0, total, groups, limits=limits)


# ------------------------------------------------------------------------------------------- limits on groups


def test_a_limit_across_provinces_is_kept() -> None:
    """Each province has 1.6 and 1.4. Nearness gives 2 and 1 in both; the first of each are 3.2, which may be 3 at most.

    So one of the provinces takes 1 and 2: of equals the first city goes up.
    """
    groups = ["11", "11", "13", "13"]
    free = rounded_within([1.6, 1.4, 1.6, 1.4], 6.0, groups)
    assert free.values.tolist() == [2, 1, 2, 1]
    held = rounded_within([1.6, 1.4, 1.6, 1.4], 6.0, groups, limit("<=", 3.2, [1, 0, 1, 0]))
    assert held.values[[0, 2]].sum() == 3 and held.values[:2].sum() == held.values[2:].sum() == 3
    assert held.groups_apart == () and not held.moved_further.any()


def test_a_limit_on_a_whole_province_decides_its_sub_total() -> None:
    """2.6 and 2.4: nearness gives 3 and 2; at most 2.6 in the first province gives it 2, and the second 3."""
    values, groups = [1.3, 1.3, 1.2, 1.2], ["11", "11", "13", "13"]
    assert rounded_within(values, 5.0, groups).values.tolist() == [2, 1, 1, 1]
    held = rounded_within(values, 5.0, groups, limit("<=", 2.6, [1, 1, 0, 0]))
    assert held.values.tolist() == [1, 1, 2, 1]


def test_a_limit_that_is_no_multiple_is_missed_by_the_least() -> None:
    """The two have to be 2.5 together: 2 or 3 are both a half away, and neither is further than that."""
    held = rounded_within([1.2, 1.3, 1.5], 4.0, ["11"] * 3, limit("=", 2.5, [1, 1, 0]))
    assert held.values[:2].sum() in (2, 3) and held.values.sum() == 4


def test_a_limit_between_multiples_draws_to_those_next_to_it() -> None:
    """Decided at 22, the two should be 20.5 together: 20 or 21, though 20 is neither's neighbour."""
    held = rounded_within([10.8, 11.2, 8.0], 30.0, ["11"] * 3, limit("=", 20.5, [1, 1, 0]))
    assert held.values[:2].sum() in (20, 21) and held.values.sum() == 30


def test_a_total_that_need_not_be_reached_comes_before_sub_totals_and_neighbours() -> None:
    """4.4 in each of three provinces is 13.2, next to which is 13. The first two may have 7: so the third has 6."""
    values, limits = np.full(3, 4.4), [limit("<=", 7.0, [1, 1, 0])]
    held = round_allocation(
        values, np.zeros(3), np.full(3, INF), 1.0, 100.0, ["11", "13", "44"], exhaust=False, limits=limits
    )
    assert held.values[:2].sum() == 7 and held.values[2] == 6


def test_a_fraction_fills_a_limit_to_its_last_digit() -> None:
    """The first is fixed between multiples: of 10, the other has 8 and the 0.5 that is missing, and may have 8.5."""
    values, fixed = np.array([1.5, 8.5]), np.array([1.5, 0.0])
    upper, most = np.array([1.5, INF]), limit("<=", 8.5, [0, 1])
    held = round_allocation(values, fixed, upper, 1.0, 10.0, ["a", "b"], limits=[most])
    assert held.values.tolist() == [1.5, 8.5] and held.left_over == 0


def test_a_whole_quantum_less_the_noise_of_a_solver_is_a_quantum() -> None:
    """Two cities at 2, the first less a noise; it may have 1 alone, and the other makes up for it."""
    values, room = np.array([2 - 1e-9, 2.0]), np.array([1.0, INF])
    moved = round_allocation(values, np.zeros(2), np.full(2, INF), 1.0, 4.0, ["a", "a"], room=room)
    assert moved.values.tolist() == [1, 3] and moved.moved_further.tolist() == [True, True]
    assert moved.groups_apart == ()
    apart = round_allocation(values, np.zeros(2), np.full(2, INF), 1.0, 4.0, ["a", "b"], room=room)
    assert apart.values.tolist() == [1, 3] and apart.groups_apart == ("a", "b")


def test_a_limit_comes_before_a_neighbour() -> None:
    """Three cities at 1.5, none may have more than 1.5: they get 1. At least 4.5 in the first four asks the fourth for
    2, and so the last one gives what is left: 10 − 5 = 5."""
    values, upper = np.array([1.5, 1.5, 1.5, 0.1, 5.4]), np.array([1.5, 1.5, 1.5, INF, INF])
    held = round_allocation(
        values, np.zeros(5), upper, 1.0, 10.0, ["11"] * 5, limits=[limit(">=", 4.5, [1, 1, 1, 1, 0])]
    )
    assert held.values.tolist() == [1, 1, 1, 2, 5]
    assert held.moved_further.tolist() == [False, False, False, True, False]


def test_a_fraction_goes_where_it_leaves_no_quantum_too_much() -> None:
    """The third is fixed between multiples, 0.6 is left. The first must have 19.5: with 0.6 more than 20 it could go
    down to 19.6, so the next one takes it, though it is smaller."""
    values, fixed = np.array([20.0, 10.6, 3.4]), np.array([0.0, 0.0, 3.4])
    must = limit(">=", 19.5, [1, 0, 0])
    above = np.array([INF, INF, 3.4])
    published = round_allocation(values, fixed, above, 1.0, 34.0, ["a", "b", "c"], limits=[must])
    assert published.values.tolist() == [20.0, 10.6, 3.4]
    assert published.makes_up.tolist() == [False, True, False]
    freely = round_allocation(values, fixed, above, 1.0, 34.0, ["a", "b", "c"])
    assert freely.makes_up.tolist() == [True, False, False]


def test_a_fraction_goes_where_the_sub_total_has_room_for_it() -> None:
    """The last is fixed between multiples, 36.4 are left. B has room for 7 and 3 of its 7.7 and 3.6, so of A 5.1 goes
    up to 6: its sub-total moves by 0.9, and with the 0.4 that are left by more than one. C takes them, though it is
    smaller than the first of A."""
    values = np.array([20.0, 5.1, 7.7, 3.6, 10.0, 3.6])
    fixed, above = np.array([0.0, 0, 0, 0, 0, 3.6]), np.array([INF, INF, INF, INF, INF, 3.6])
    room, groups = np.array([INF, INF, 7, 3, INF, INF]), ["A", "A", "B", "B", "C", "D"]
    published = round_allocation(values, fixed, above, 1.0, 50.0, groups, room=room)
    assert published.values.tolist() == [20, 6, 7, 3, 10.4, 3.6]
    assert published.groups_apart == ("B",) and np.flatnonzero(published.makes_up).tolist() == [4]


def test_ties_go_to_the_larger_number_first() -> None:
    assert rounded_within([2.5, 7.5], 10.0, ["11"] * 2).values.tolist() == [2, 8]
    held = rounded_within([2.5, 7.5, 1.0], 11.0, ["11", "11", "13"], limit("<=", 3.0, [0, 0, 1]))
    assert held.values.tolist() == [2, 8, 1]


@st.composite
def limited(draw: st.DrawFn) -> tuple[Pool, list[LimitRow]]:
    """A small pool, and limits that what was decided keeps."""
    pool = draw(pools(most=4))
    rows = []
    for k in range(draw(st.integers(1, 3))):
        chosen = np.array(draw(st.lists(st.booleans(), min_size=len(pool.values), max_size=len(pool.values))))
        sense, spare = draw(st.sampled_from(["<=", ">=", "="])), draw(st.sampled_from([0.0, 0.3, 1.2])) * pool.quantum
        amount = float(pool.values[chosen].sum()) + {"<=": spare, ">=": -spare, "=": 0.0}[sense]
        if chosen.any():
            rows.append(limit(sense, amount, chosen, f"limit {k}", "pool"))
    return pool, rows


def excess(rows: list[LimitRow], numbers: np.ndarray, quantum: float) -> int:
    """By how many quanta limits are overstepped, those that multiples cannot keep by what they have to."""
    total = 0.0
    for row in rows:
        amount, left = row.amount / quantum, numbers[row.selection].sum()
        total += max(0.0, left - np.floor(amount + 1e-6)) if row.sense != ">=" else 0.0
        total += max(0.0, np.ceil(amount - 1e-6) - left) if row.sense != "<=" else 0.0
    return round(total)


@pytest.mark.long
@given(limited())
@settings(max_examples=200, deadline=None)
def test_limits_are_kept_as_far_as_multiples_can(case: tuple[Pool, list[LimitRow]]) -> None:
    """Against every other choice near by: limits first, then the total, then sub-totals."""
    pool, rows = case
    rounded = round_allocation(
        pool.values, pool.lower, pool.upper, pool.quantum, pool.total, pool.groups, exhaust=pool.exhaust, limits=rows
    )
    noise = 1e-5 * pool.quantum
    assert (rounded.values >= pool.lower - noise).all() and (rounded.values <= pool.upper + noise).all()
    assert rounded.values.sum() <= pool.total + noise
    if rounded.unrounded.any():
        return
    counts = pool.values / pool.quantum
    least, most = np.ceil(pool.lower / pool.quantum - 1e-6), np.floor(pool.upper / pool.quantum + 1e-6)
    below = np.maximum(least, np.floor(counts + 1e-6))
    least = np.minimum(below, np.maximum(least, np.ceil(counts / 2 - 1e-6)))
    ours = np.rint(rounded.values / pool.quantum)
    groups = np.unique(pool.groups, return_inverse=True)[1]
    real, there = np.bincount(groups, counts), np.floor(pool.total / pool.quantum + 1e-6)

    def cost(numbers: np.ndarray) -> tuple[int, int, int]:
        subtotal = np.bincount(groups, numbers)
        apart = np.maximum(0, np.floor(real + 1e-6) - subtotal) + np.maximum(0, subtotal - np.ceil(real - 1e-6))
        nearest = min(there, max(np.rint(counts.sum()), least.sum()))
        return excess(rows, numbers, pool.quantum), round(abs(numbers.sum() - nearest)), round(apart.sum())

    ranges = [np.arange(max(a, x - 3), min(b, x + 3) + 1) for a, b, x in zip(least, most, np.rint(counts), strict=True)]
    for choice in product(*ranges):
        other = np.array(choice)
        fits = other.sum() == ours.sum() if pool.exhaust else other.sum() <= there
        if fits and abs(counts.sum() % 1 - 0.5) > 1e-3:  # halves of a total may go either way
            assert cost(ours)[0] <= cost(other)[0]
            if pool.exhaust:
                assert cost(ours) <= cost(other)


@given(limited(), st.randoms())
@settings(max_examples=80, deadline=None)
def test_the_order_of_rows_does_not_matter_to_limits(case: tuple[Pool, list[LimitRow]], random: object) -> None:
    pool, rows = case
    n = len(pool.values)
    values = pool.values + np.arange(n) * 1.7e-3 * pool.quantum
    pool = replace(
        pool, values=values, upper=np.maximum(pool.upper, values), total=pool.total + float(n) * pool.quantum
    )
    order = list(range(n))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = round_allocation(pool.values, pool.lower, pool.upper, pool.quantum, pool.total, pool.groups, exhaust=False,
                           limits=rows)  # fmt: skip
    turned = [replace(row, selection=row.selection[order]) for row in rows[::-1]]
    two = round_allocation(
        values[order], pool.lower[order], pool.upper[order], pool.quantum, pool.total, [pool.groups[k] for k in order],
        exhaust=False, limits=turned,
    )  # fmt: skip
    if one.unrounded.any():  # of limits that what is no multiple keeps from both holding, either may be missed
        return
    counts = np.rint(one.values / pool.quantum)
    assert excess(rows, counts, pool.quantum) == excess(rows, np.rint(two.values[np.argsort(order)] / pool.quantum),
                                                        pool.quantum)  # fmt: skip
    assert one.values.sum() == pytest.approx(two.values.sum())


# ------------------------------------------------------------------------------------------------ rows of a city


def of_three(bonds: dict[str, list[float]], settle: list[float], **changes: object) -> tuple[Derived, Published]:
    """The three cities with other bonds and persons; some derived data replaced, everything else far from its limit."""
    case = three_cities()
    known = derive(case.instance)
    n = len(known.cities)
    ample = np.full(n, 1e9)
    changes = {
        "bond_room": ample, "class_room": np.column_stack([ample, ample]), "fund_available": ample,
        "shortfall": ample, "limits": (), **changes,
    }  # fmt: skip
    upper = known.upper.copy()
    upper[:, known.kind == "bond"] = 1e9
    known = replace(known, upper=upper, stock_base=np.full(n, np.nan), **changes)
    free = case.instance.tables["overrides"].iloc[:0]
    instance = replace(case.instance, tables={**case.instance.tables, "overrides": free})
    known = replace(known, override=np.full(known.override.shape, np.nan))
    allocation = case.tables["allocation"].pivot(index="city", columns="pool", values="published").to_numpy().copy()
    for pool, amounts in bonds.items():
        allocation[:, known.pools.index(pool)] = amounts
    free_of_cost = {name: np.zeros(len(known.services)) for name in ("capital_cost", "running_cost")}
    known = replace(known, **free_of_cost, reuse_cost=1.0)
    spent = {"reuse": np.column_stack([ample, 0 * ample]), "expand": np.full(known.capacity.shape, 1e9)}
    return known, publish(
        instance, known, point_of(instance, known, allocation, np.array(settle, dtype=float), **spent)
    )


def given_of(published: Published, pool: str) -> list[float]:
    table = published.allocation
    return table.loc[table["pool"] == pool, "published"].tolist()


def test_both_classes_of_bonds_share_one_debt_room() -> None:
    """The second city has room for 90 and was to borrow 55.5 + 34.5; the sums of 75.5 and 64.5 may be either neighbour.

    56 + 35 would be 91. Whichever class goes up, the other goes down, and what is missing goes to the third city.
    """
    bonds = {"general_bond": [0.0, 55.5, 20.5], "special_bond": [0.0, 34.5, 30.5]}
    room = np.array([0.0, 90.0, 1e9])
    _, published = of_three(bonds, [0, 0, 0], bond_room=room)
    # The general ones are rounded first, and leave room for 34, the least that the others may be: of equal fractions
    # the larger goes up.
    assert [given_of(published, pool) for pool in bonds] == [[0, 56, 20], [0, 34, 31]]
    assert published.rounding[published.rounding["rule"] == "debt_room"].empty


def test_a_room_that_is_no_multiple_is_floored() -> None:
    """At most 90.9 of 55.9 + 35.0: the first class gives up its 0.9, though it is nearer to 56."""
    _, published = of_three(
        {"general_bond": [0.0, 55.9, 20.1], "special_bond": [0.0, 35.0, 0.0]}, [0, 0, 0],
        bond_room=np.array([0.0, 90.9, 1e9]),
    )  # fmt: skip
    assert given_of(published, "general_bond") == [0, 55, 21]
    assert given_of(published, "special_bond") == [0, 35, 0]


def test_persons_are_whole_and_next_to_their_sum() -> None:
    """10.6 + 20.6 + 30.6 = 61.8, next to which is 62: two of the three go up, of equal fractions the larger ones."""
    _, published = of_three({}, [10.6, 20.6, 30.6])
    assert published.settle.tolist() == [10, 21, 31]
    assert published.rounding.empty


def test_persons_stay_within_the_settlement_limit_and_their_sum_is_said() -> None:
    """All three at limits of 10.9, 20.9 and 30.9: 10 + 20 + 30 is 2.7 short, which no city can make up for."""
    limits = np.array([10.9, 20.9, 30.9])
    _, published = of_three({}, limits.tolist(), settle_limit=limits)
    assert published.settle.tolist() == [10, 20, 30]
    assert published.rounding.to_dict("records") == [
        {"rule": "total", "pool": "", "province": "", "city": "", "limit": "", "off": pytest.approx(-2.7),
         "unit": "persons"}
    ]  # fmt: skip


def test_persons_wait_for_money() -> None:
    """Nothing is left over in the second city but 3.1: at 1.5 a person 2 can settle, though 3.4 were decided."""
    known, ample = of_three({}, [0, 3.4, 0])
    assert ample.settle.tolist() == [0, 3, 0]
    general = (known.kind == "transfer") & (known.use == "general")
    own = known.revenue + known.other_transfers - known.essential_spending - known.interest
    money = sum(np.array(given_of(ample, pool)) for pool, some in zip(known.pools, general, strict=True) if some)
    bonds = sum(
        np.array(given_of(ample, pool)) for pool, one in zip(known.pools, known.kind, strict=True) if one == "bond"
    )
    shortfall = np.where(np.arange(3) == 1, 3.1 - own - money + known.bond_rate * bonds, 1e9)
    _, published = of_three({}, [0, 3.4, 0], shortfall=shortfall)
    assert published.settle.tolist() == [0, 2, 0]
    assert published.rounding[["rule", "city", "unit"]].to_numpy().tolist() == [
        ["neighbour", "130100", "persons"], ["total", "", "persons"],
    ]  # fmt: skip
    assert published.rounding["off"].to_numpy() == pytest.approx([-1.4, -1.4])


@pytest.mark.parametrize(("least", "persons", "missed"), [(None, 29, 0), (30, 30, 0), (29, 29, 0), (31, 30, -1)])
def test_money_is_rounded_for_persons_that_a_limit_asks_for(least: int | None, persons: int, missed: int) -> None:
    """The third city pays for exactly 30 with 359,999.3; 0.3 less is a person less at 1.5, 0.7 more is enough for none.

    Nearness draws the first city up, which has 0.7 over. A limit that 29 persons would miss has the third go up
    instead; one that they keep changes nothing, and 31 have no money either way, so that 1 is missed, which is said.
    """
    rows = () if least is None else (limit(">=", least, [0, 0, 1]),)
    grants = {"equalisation": [400_000.7, 140_000.0, 359_999.3]}
    known, ample = of_three(grants, [0, 0, 30])
    own = known.revenue + known.other_transfers - known.essential_spending - known.interest
    bonds = sum(
        np.array(given_of(ample, pool)) for pool, one in zip(known.pools, known.kind, strict=True) if one == "bond"
    )
    needed = 1.5 * 30 - 359_999.3 - own + known.bond_rate * bonds
    shortfall = np.where(np.arange(3) == 2, needed, 1e9)
    _, published = of_three(grants, [0, 0, 30], shortfall=shortfall, limits=rows)
    assert published.settle.tolist() == [0, 0, persons]
    assert given_of(published, "equalisation") == ([400_000, 140_000, 360_000] if persons == 30 else
                                                   [400_001, 140_000, 359_999])  # fmt: skip
    off = published.rounding.query("rule == 'group_limit'")["off"].tolist()
    assert off == ([missed] if missed else [])


def test_persons_wait_for_money_that_goes_to_building() -> None:
    """As above 3.1 are left over in the second city, of which 1.6 are needed to pay for what is built: 1 can settle."""
    known, ample = of_three({}, [0, 3.4, 0])
    kinds = zip(known.pools, known.kind, known.use, strict=True)
    money = {pool: np.array(given_of(ample, pool)) for pool in known.pools}
    general, capital = 0.0, 0.0
    for pool, kind, use in kinds:
        general += money[pool] * {"general": 1.0, "capital": 0.0}.get(use, -known.bond_rate * (kind == "bond"))
        capital += money[pool] * (use == "capital" or kind == "bond")
    own = known.revenue + known.other_transfers - known.essential_spending - known.interest
    second = np.arange(3) == 1
    _, published = of_three(
        {}, [0, 3.4, 0], shortfall=np.where(second, 3.1 - own - general, 1e9),
        fund_available=np.where(second, 1e9 - capital - 1.6, 1e9),
    )  # fmt: skip
    assert published.settle.tolist() == [0, 1, 0]


def test_a_limit_on_persons_is_kept() -> None:
    """At least 21.2 in the last two cities: 22 of 10.6 + 10.6, so that the first city goes down for the sum of 31.8."""
    rows = (limit(">=", 21.2, [0, 1, 1]),)
    _, published = of_three({}, [10.6, 10.6, 10.6], limits=rows)
    assert published.settle[1:].sum() == 22 and published.settle.sum() == 32


# ------------------------------------------------------------------------------------------- the whole result


@pytest.mark.slow
def test_china_keeps_its_rules_or_says_where_not() -> None:
    """Limits, debt rooms, the stock link and both budgets are all kept; what single numbers miss is said."""
    result = china()
    assert result.verified
    off = result.tables["rounding"]
    assert set(off["rule"]) <= {"no_multiple", "makes_up", "neighbour", "subtotal", "total"}
    people = result.tables["people"]
    assert (people["settle"] == people["settle"].round()).all()
    assert (people["settle"] <= people["settle_limit"]).all()
    assert (off["rule"] == "no_multiple").sum() == 58, (
        "amounts that lower and upper bound fix between two multiples: where the corridor ends at the cap"
    )
    assert off.loc[off["rule"] == "total", "unit"].tolist() == ["persons"], "every pool is given out to the last unit"


@pytest.mark.slow
def test_every_sub_total_is_next_to_its_own_or_said() -> None:
    result = china()
    table = result.tables["allocation"].merge(result.instance.tables["cities"][["city", "province"]])
    moved = table.groupby(["pool", "province"])["rounding"].sum()
    quantum = result.instance.tables["pools"].set_index("pool")["quantum"]
    far = moved[moved.abs() >= moved.index.get_level_values("pool").map(quantum).to_numpy() * (1 - 1e-7)]
    said = result.tables["rounding"].query("rule == 'subtotal'").set_index(["pool", "province"])["off"]
    assert set(far.index) == set(said.index)
    assert far.sort_index().to_numpy() == pytest.approx(said.sort_index().to_numpy(), abs=1e-5)


def changed(table: pd.DataFrame, at: int, **cells: object) -> pd.DataFrame:
    copy = table.copy()
    for column, value in cells.items():
        copy.loc[copy.index[at], column] = value
    return copy


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lambda off: off.iloc[1:], "not said"),
        (lambda off: changed(off, 0, off=0.123), ""),
        (lambda off: changed(off, 0, unit="km"), ""),
        (lambda off: pd.concat([off, off.iloc[:1]]), "said twice"),
        (lambda off: changed(off, -1, city="999999"), "said, but kept"),
        (lambda off: pd.concat([off, changed(off, 0, rule="debt_room").iloc[:1]]), "said, but kept"),
        (lambda off: changed(off, 0, off=np.nan), ""),
    ],
)
def test_what_is_said_is_found_out_again(tamper: object, words: str) -> None:
    result = china()
    tables = {**result.tables, "rounding": tamper(result.tables["rounding"])}  # type: ignore[operator]
    failures = verify(result.instance, tables, result.manifest["tiers"]).failures
    assert {failure.family for failure in failures} == {"rounding"}
    assert any(words in failure.key for failure in failures)


def moved_amount(result: Result, pool: str, amount: float) -> dict[str, pd.DataFrame]:
    """A published amount of the first city with some of the pool changed, its decision left as it was."""
    table = result.tables["allocation"].copy()
    at = table.index[(table["pool"] == pool) & (table["published"] > 100)][0]
    decision = table.loc[at, "published"] - table.loc[at, "rounding"]
    table.loc[at, "published"] += amount
    table.loc[at, "rounding"] = table.loc[at, "published"] - decision
    return {**result.tables, "allocation": table}


@pytest.mark.parametrize("pool", ["equalisation", "general_bond", "special_bond", "land", "investment_grant"])
def test_published_amounts_that_break_a_rule_are_found(pool: str) -> None:
    """A thousand quanta more to one city, and nothing said of it."""
    result = china()
    quantum = result.instance.tables["pools"].set_index("pool").at[pool, "quantum"]
    failures = verify(result.instance, moved_amount(result, pool, 1000 * quantum)).failures
    assert "rounding" in {failure.family for failure in failures}


def test_persons_above_their_limit_are_found() -> None:
    result = china()
    people = result.tables["people"]
    more = people.assign(settle=people["settle"] + 1, rounding=people["rounding"] + 1)
    found = {failure.family for failure in verify(result.instance, {**result.tables, "people": more}).failures}
    assert found == {"published_persons", "rounding"}
    half = people.assign(settle=people["settle"] - 0.5, rounding=people["rounding"] - 0.5)
    assert "published_persons" in {
        f.family for f in verify(result.instance, {**result.tables, "people": half}).failures
    }


@pytest.mark.long
def test_what_rounding_could_not_keep_is_shown(tmp_path: Path) -> None:
    result = china()
    off = result.tables["rounding"]
    write(result, tmp_path / "result")
    read_back = load_result(tmp_path / "result")
    pd.testing.assert_frame_equal(read_back.tables["rounding"], off, check_dtype=False)
    for language, words, city_words in (
        ("en", f"Rounding: {len(off)} exceptions", "What rounding could not keep"),
        ("zh", f"取整：{len(off)} 处例外", "取整未能保持的要求"),
    ):
        assert "".join(words.split()) in "".join(show(result, language).split())
        code = off.loc[off["rule"] == "no_multiple", "city"].iloc[0]
        assert city_words in show(result, language, city=code)
        tables = {table.name: table for table in report(result, language).tables()}
        assert len(tables["rounding_off"].rows) == len(off)
        assert words in tables["rounding"].note


def test_a_result_that_keeps_everything_says_so() -> None:
    result = run(read(ROOT / "instances" / "hand"))
    assert result.verified and result.tables["rounding"].empty
    assert "are all kept" in show(result, "en") and "全部保持" in show(result, "zh")
    assert "What rounding could not keep" not in show(result, "en", city="000001")
    assert "rounding_off" not in {table.name for table in report(result, "en").tables()}


def test_lower_bounds_that_lift_whole_provinces_are_said_by_province() -> None:
    """Four cities of the first province at 10.3 go up to 11, 2.8 in all; the only one with room gives them 3."""
    values = np.array([10.3] * 4 + [50.8])
    lower = np.array([10.3] * 4 + [0.0])
    rounded = round_allocation(values, lower, np.full(5, INF), 1.0, 92.0, ["11"] * 4 + ["14"])
    assert rounded.values.tolist() == [11, 11, 11, 11, 48]
    assert rounded.groups_apart == ("11", "14")


def test_the_table_is_named_by_its_title_with_its_file() -> None:
    assert Text("结果表“取整”（rounding.parquet）", "the result's table rounding (rounding.parquet)") == IN_RESULT
