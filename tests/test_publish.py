"""Publishing: controlled rounding keeps its promises, and parts add up to the last bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloc.compiler.labels import Codes, Members, ProductMembers
from alloc.compiler.linear_model import Block
from alloc.instance.derived.derived import derive
from alloc.instance.derived.limits import LimitRow
from alloc.instance.derived.optional.purses import Purses
from alloc.instance.instance import make_instance
from alloc.publish import Rounded, decompose, kept_rows, publish, round_allocation, round_pools
from alloc.publish.off import LimitOf, Off, off_in_pools, rounding_table
from alloc.verification.ledger import Ledger
from alloc.verification.means import Limit
from alloc.verification.optional.purses import Purses as VerifiedPurses
from alloc.verification.published import CHECKS, check_published
from instances import write_tiny
from small_models import small_model
from verify_fixtures import HAND, HAND_TOML, folder_instance, plain_instance, point_of, three_cities

INF = np.inf


@dataclass(frozen=True)
class Pool:
    """One pool as a solver leaves it: values within bounds that make up what there is; `linked` is what the stock link
    leaves each of them, no less than what was decided."""

    values: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    quantum: float
    total: float
    groups: list[str]
    exhaust: bool
    linked: np.ndarray | None = None
    limits: tuple[LimitRow, ...] = ()

    def rounded(self) -> Rounded:
        link = np.full(len(self.values), INF) if self.linked is None else self.linked
        return round_allocation(
            self.values, self.lower, self.upper, self.quantum, self.total, self.groups, exhaust=self.exhaust,
            room=link, eased=np.ceil(link / self.quantum - 1e-6) * self.quantum, limits=self.limits,
        )  # fmt: skip


@st.composite
def pools(draw: st.DrawFn, most: int = 14) -> Pool:
    """Pools with every awkwardness: bounds and fixed values that are no multiples, ties, small and large quanta."""
    n = draw(st.integers(1, most))
    quantum = draw(st.sampled_from([0.01, 0.1, 0.3, 1.0, 10.0, 250.0]))
    # In thousandths of a quantum, so that ties and whole multiples are common.
    count = st.one_of(st.integers(0, 9000), st.integers(0, 9).map(lambda k: 1000 * k))
    counts = draw(st.lists(count, min_size=n, max_size=n))
    values = np.array(counts) / 1000 * quantum
    slack = st.sampled_from([0.0, 0.2, 0.7, 1.0, 2.5, 40.0])
    down, up = (np.array(draw(st.lists(slack, min_size=n, max_size=n))) * quantum for _ in range(2))
    open_end = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    exhaust = draw(st.booleans())
    spare = 0.0 if exhaust else draw(st.sampled_from([0.0, 0.4, 3.0])) * quantum
    return Pool(
        values=values,
        lower=np.maximum(0, values - down),
        upper=np.where(open_end, INF, values + up),
        quantum=quantum,
        total=float(values.sum() + spare),
        groups=draw(st.lists(st.sampled_from(["11", "13", "44"]), min_size=n, max_size=n)),
        exhaust=exhaust,
    )


@pytest.mark.long
@given(pools())
@settings(max_examples=400, deadline=None)
def test_bounds_hold_and_the_total_is_never_exceeded(pool: Pool) -> None:
    rounded = pool.rounded()
    noise = 1e-5 * pool.quantum
    assert (rounded.values >= pool.lower - noise).all() and (rounded.values <= pool.upper + noise).all()
    assert rounded.values.sum() <= pool.total + noise
    counts = rounded.values / pool.quantum
    assert (np.abs(counts - np.rint(counts)) <= 1e-9)[~rounded.unrounded].all()
    assert (np.abs(rounded.values - pool.values) < pool.quantum)[~rounded.moved_further].all()
    assert (rounded.values >= pool.values / 2 - noise)[~rounded.unrounded & (pool.values > pool.quantum)].all()
    if pool.exhaust and rounded.possible:
        assert rounded.left_over < 2 * pool.quantum
        assert rounded.values.sum() + rounded.left_over == pytest.approx(pool.total, abs=noise)
    if not rounded.possible:
        assert rounded.unrounded.all() and (rounded.values == pool.values).all()


@pytest.mark.slow
@given(pools())
@settings(max_examples=300, deadline=None)
def test_subtotals_are_neighbours_where_bounds_are_out_of_the_way(pool: Pool) -> None:
    n = len(pool.values)
    free = replace(pool, lower=np.zeros(n), upper=np.full(n, INF))
    rounded = free.rounded()
    assert rounded.possible and not rounded.unrounded.any() and not rounded.moved_further.any()
    assert rounded.groups_apart == ()
    frame = pd.DataFrame({"group": pool.groups, "off": (rounded.values - pool.values) / pool.quantum})
    assert (frame.groupby("group")["off"].sum().abs() < 1).all()
    whole = np.abs(pool.values / pool.quantum - np.rint(pool.values / pool.quantum)) < 1e-9
    assert rounded.values[whole] == pytest.approx(pool.values[whole], rel=1e-12), "multiples stay"


@pytest.mark.long
@given(pools(most=4))
@settings(max_examples=250, deadline=None)
def test_the_choice_is_the_best_there_is(pool: Pool) -> None:
    """Against every other: sub-totals first, then no further than neighbours, then up where the fraction is large."""
    rounded = pool.rounded()
    if rounded.unrounded.any():
        return
    counts = pool.values / pool.quantum
    counts = np.where(np.abs(counts - np.rint(counts)) < 1e-6, np.rint(counts), counts)
    least, most = np.ceil(pool.lower / pool.quantum - 1e-6), np.floor(pool.upper / pool.quantum + 1e-6)
    below, above = np.maximum(least, np.floor(counts)), np.minimum(most, np.ceil(counts))
    least = np.minimum(below, np.maximum(least, np.ceil(counts / 2)))
    groups = np.unique(pool.groups, return_inverse=True)[1]
    real = np.bincount(groups, counts)
    low, high = np.floor(real + 1e-6), np.ceil(real - 1e-6)

    def cost(chosen: np.ndarray) -> tuple[float, float, float]:
        subtotal = np.bincount(groups, chosen)
        apart = np.maximum(0, low - subtotal) + np.maximum(0, subtotal - high)
        beyond = np.maximum(0, below - chosen) + np.maximum(0, chosen - above)
        up = np.where(chosen > below, counts - below, 0)[above > below]
        return float(apart.sum()), float((beyond * (beyond + 1)).sum()), -round(float(up.sum()), 4)

    ours = np.rint(rounded.values / pool.quantum)
    ranges = [np.arange(max(a, x - 4), min(b, x + 4) + 1) for a, b, x in zip(least, most, np.rint(counts), strict=True)]
    others = (np.array(choice) for choice in product(*ranges) if sum(choice) == ours.sum())
    assert cost(ours) == min(cost(choice) for choice in others)


@given(pools(), st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_order_of_cities_settles_nothing_but_ties(pool: Pool, random: object) -> None:
    n = len(pool.values)
    # Different fractions, so that there are no ties.
    values = pool.values + np.arange(n) * 1.7e-4 * pool.quantum
    total = pool.total + values.sum() - pool.values.sum()
    pool = replace(pool, values=values, upper=np.maximum(pool.upper, values), total=total)
    order = list(range(n))
    random.shuffle(order)  # type: ignore[attr-defined]
    turned = replace(pool, values=values[order], lower=pool.lower[order], upper=pool.upper[order],
                     groups=[pool.groups[k] for k in order])  # fmt: skip
    ours, theirs = pool.rounded(), turned.rounded()
    if not (ours.moved_further | ours.unrounded).any():
        fractions = np.sort((values / pool.quantum) % 1)
        if np.diff(fractions).min(initial=1) > 1e-5:
            assert (ours.values[order] == theirs.values).all()


@pytest.mark.long
@given(pools())
@settings(max_examples=300, deadline=None)
def test_verification_agrees_with_what_is_published(pool: Pool) -> None:
    """The rules of publication, written twice: everything that is published passes."""
    rounded = pool.rounded()
    assert published_failures(pool, rounded.values, rounded) == []


def test_noise_that_adds_up_in_a_subtotal_is_no_decision() -> None:
    """20 · (10 − 9e-7) + 0.5 + 0.500018 = 201: a whole sub-total, which no extra quantum may leave.

    With the noise of each number taken away first it would be 201.000018, next to 202 too.
    """
    values = np.array([10 - 9e-7] * 20 + [0.5, 0.500018] + [0.3, 0.1] + [0.3, 0.3])
    names = ["11"] * 22 + ["13"] * 2 + ["44"] * 2
    pool = Pool(values, np.zeros(26), np.full(26, INF), 1.0, 202.0, names, exhaust=True)
    rounded = pool.rounded()
    assert rounded.values[:22].sum() == 201
    assert published_failures(pool, rounded.values) == []


def test_verification_asks_for_no_more_than_bounds_allow() -> None:
    """Sub-totals and totals that no city can bring nearer pass; where one can, they do not."""
    held = Pool(np.full(3, 1.4), np.zeros(3), np.full(3, 1.4), 1.0, 100.0, ["11"] * 3, exhaust=False)
    assert published_failures(held, np.array([1.0, 1, 1])) == []
    open_above = replace(held, upper=np.array([1.4, 1.4, INF]))
    assert published_failures(open_above, np.array([1.0, 1, 1])) == ["published_total"]
    # The first province has to go up, the second down; the fourth city goes up for the sake of the total.
    values = np.array([10.3, 10.3, 10.4, 3.5, 5.7, 5.7, 5.6])
    lower, upper = np.array([10.3, 10.3, 10.4, 0, 0, 0, 0]), np.array([INF, INF, INF, INF, 5.7, 5.7, 5.6])
    torn = Pool(values, lower, upper, 1.0, 60.0, ["11"] * 4 + ["13"] * 3, exhaust=False)
    published = np.array([11.0, 11, 11, 4, 5, 5, 5])
    assert torn.rounded().values.tolist() == published.tolist()
    assert torn.rounded().groups_apart == ("11", "13")
    assert published_failures(torn, published) == []
    eased = replace(torn, upper=np.array([INF, INF, INF, INF, 5.7, 5.7, INF]))
    assert published_failures(eased, published) == ["published_subtotals"]
    assert published_failures(eased, eased.rounded().values) == []
    # A city too high in one province, and no city to take its quantum but in others.
    three = Pool(np.array([1.9, 1.9, 1.2]), np.zeros(3), np.full(3, INF), 1.0, 5.0, ["11", "13", "44"], exhaust=True)
    assert published_failures(three, np.array([2.0, 2, 1])) == []
    assert published_failures(three, np.array([1.0, 1, 3])) == ["published_neighbours", "published_subtotals"]


def test_verification_wants_the_total_right_also_where_a_value_is_no_multiple() -> None:
    values, lower, upper = np.array([[800.005, 100, 99.995], [800.005, 0, 0], [800.005, INF, INF]])
    fixed = Pool(values, lower, upper, 0.01, 1000.0, ["11"] * 3, exhaust=True)
    assert published_failures(fixed, np.array([800.005, 100.005, 99.99])) == []
    assert published_failures(fixed, np.array([800.005, 100, 99.99])) == ["published_total"]
    assert published_failures(fixed, np.array([800.005, 100.0025, 99.9925])) == ["published_quantum"]
    most = np.array([50.005, 49.995, 0])
    impossible = replace(fixed, values=most, lower=np.zeros(3), upper=most, total=100.0)
    assert published_failures(impossible, impossible.values) == []
    assert published_failures(impossible, np.array([50.0, 49.99, 0])) == ["published_neighbours"]
    no_room = replace(fixed, values=np.array([800.005, 100, 100]), upper=np.array([800.005, 100, 100]), total=1000.01)
    assert published_failures(no_room, np.array([800.005, 100, 100])) == []


def published_failures(pool: Pool, published: np.ndarray, rounded: Rounded | None = None) -> list[str]:
    """Under which names verification fails what is published of a pool; `rounded` says what is off."""
    n = len(published)
    none, nothing = np.full(n, np.nan), np.zeros(n)
    kind, link = ("transfer", none) if pool.linked is None else ("land", pool.linked)
    parts = decompose(none, pool.lower, pool.values, none, published)
    cities = np.array([f"{k:06d}" for k in range(n)], dtype=object)
    pools = np.array(["pool"], dtype=object)
    money = ("essential_spending", "interest", "revenue", "other_transfers", "fund_available")
    raw = SimpleNamespace(
        city={"province": np.array(pool.groups, dtype=object), "stock_base": none, **dict.fromkeys(money, nothing)},
        pool={
            "pool": pools, "quantum": np.array([pool.quantum]), "exhaust": np.array([pool.exhaust]),
            "kind": np.array([kind]), "use": np.array(["general"]), "bond_class": np.array([""]),
        },
        service={"capital_cost": np.zeros(0), "revenue_backed": np.zeros(0, bool),
                 "settlement_prerequisite": np.zeros(0, bool)},
        services=np.array([], dtype=object), cities=cities, pools=pools, by_city=(cities,), by_pool=(cities, pools),
        formulation="annual", stock_base=link,
        available=np.array([pool.total]), lower=pool.lower[:, None], upper=pool.upper[:, None], limits=tuple(
            Limit(each.limit, each.kind, each.item, each.sense, each.amount, each.selection) for each in pool.limits),
        class_room=np.zeros((n, 2)), bond_room=nothing, shortfall=nothing, settle_limit=nothing,
        capacity=np.zeros((n, 0)), backlog_limit=np.zeros((n, 0)), present_need=np.zeros((n, 0)),
        need_per_settler=np.zeros((n, 0)), groups=(),
        purses=VerifiedPurses(cities, tuple([at] for at in range(n)), np.ones(n)),
    )  # fmt: skip
    policy = SimpleNamespace(
        land=SimpleNamespace(stock_ratio=0.0, reuse_cost=0.0), settlement=SimpleNamespace(cost=1.0),
        debt=SimpleNamespace(bond_rate=0.0, special_interest="general"),
    )  # fmt: skip
    known = SimpleNamespace(
        quantum=raw.pool["quantum"], exhaust=raw.pool["exhaust"], kind=raw.pool["kind"], limits=pool.limits,
        cities=tuple(cities.tolist()),
    )  # fmt: skip
    limit = LimitOf("group_limit", "allocation")
    decided = pool.values[:, None]
    said = [] if rounded is None else [*off_in_pools(known, {"pool": rounded}, decided, pool.groups, limit)]  # type: ignore[arg-type]
    if pool.linked is not None:
        over = published - pool.linked
        missed = np.flatnonzero(over > 1e-6 * pool.quantum)
        said += [Off("stock_link", "pool", "", cities[at], "", float(over[at]), "ha") for at in missed]
    table = {name: part[:, None] for name, part in vars(parts).items()} | {"published": published[:, None]}
    results = SimpleNamespace(
        allocations=table, allocation=(published - parts.rounding)[:, None], off=rounding_table(said),
        people={"settle": nothing}, settle=nothing, places=np.zeros((n, 0)), put_to_use=nothing, spending=nothing,
        running=nothing, earning=nothing, recognised=np.zeros((n, 0)),
        kept=np.zeros(1), levels=None,
        limited=(), limits_at=tuple(each.amount for each in pool.limits),
    )  # fmt: skip
    ledger = Ledger(1e-6)
    check_published(ledger, raw, results, policy)  # type: ignore[arg-type]
    assert set(ledger.tallies) == set(CHECKS)
    names = [name for name, tally in ledger.tallies.items() if tally.failures]
    return names if rounded is not None else [name for name in names if name != "rounding"]


numbers = st.one_of(
    st.floats(0, 1e9), st.just(-0.0), st.integers(0, 10**7).map(float), st.integers(0, 10**9).map(lambda k: k / 100)
)


@pytest.mark.long
@given(numbers, numbers, numbers, st.none() | numbers, st.sampled_from([0.01, 0.1, 1.0, 10.0]), st.integers(-1, 1))
@settings(max_examples=1500, deadline=None)
def test_parts_add_up_to_the_last_bit(
    benchmark: float, target: float, value: float, override: float | None, quantum: float, way: int
) -> None:
    value = value if override is None else override
    neighbour = {-1: np.floor, 0: np.rint, 1: np.ceil}[way](value / quantum)
    published = round(float(neighbour) * quantum, 10) if way or override is None else override
    fixed = np.nan if override is None else override
    parts = decompose(*(np.array([each]) for each in (benchmark, target, value, fixed, published)))
    total = 0.0
    for part in vars(parts).values():
        total += float(part[0])
        assert not (part[0] == 0 and np.signbit(part[0])), "no minus zero"
    assert total == published
    assert (parts.optimised if override is not None else parts.override)[0] == 0
    largest = max(benchmark, target, value, published, 1e-100)
    assert parts.benchmark[0] == pytest.approx(benchmark, abs=largest * 2**-53)
    assert parts.rounding[0] == pytest.approx(published - value, abs=largest * 2**-52)


def test_rounding_by_hand() -> None:
    """Two provinces of 1.9 and 2.1: sub-totals 2 and 2 or 1 and 3; the first moves least."""
    rounded = round_allocation(
        np.array([0.4, 1.5, 0.6, 1.5]), np.zeros(4), np.full(4, INF), 1.0, 4.0, ["11", "11", "13", "13"]
    )
    assert rounded.values.tolist() == [0, 2, 1, 1]


def test_ties_go_to_the_first_city() -> None:
    rounded = round_allocation(np.full(4, 2.5), np.zeros(4), np.full(4, INF), 1.0, 10.0, ["a"] * 4)
    assert rounded.values.tolist() == [3, 3, 2, 2]
    noise = np.array([0.0, 0.0, 2e-9, 1e-9])  # what a solver leaves is no reason
    assert round_allocation(
        np.full(4, 2.5) + noise, np.zeros(4), np.full(4, INF), 1.0, 10.0, ["a"] * 4
    ).values.tolist() == [3, 3, 2, 2]


def test_cities_go_evenly_where_many_must_go_far() -> None:
    """Forty cities are raised to 1 by their lower bounds, 20 in all: the two others give 10 each, not one of them 20.

    The sub-total of the other province, 3, stays.
    """
    values = np.array([0.5] * 40 + [30.0, 30.0] + [0.5, 0.5] * 3)
    lower = np.array([0.5] * 40 + [0.0] * 8)
    groups = ["11"] * 42 + ["12"] * 6
    rounded = round_allocation(values, lower, np.full(48, INF), 1.0, 83.0, groups)
    assert rounded.values.tolist() == [1] * 40 + [20, 20] + [1, 1, 1, 0, 0, 0]
    assert rounded.groups_apart == () and rounded.left_over == 0


def test_a_pool_that_is_no_multiple_leaves_a_rest() -> None:
    rounded = round_allocation(np.array([5.2, 5.3]), np.zeros(2), np.full(2, INF), 1.0, 10.5, ["a", "b"])
    assert rounded.values.tolist() == [5, 5] and rounded.left_over == pytest.approx(0.5)


def test_a_fixed_value_that_is_no_multiple_stays() -> None:
    rounded = round_allocation(
        np.array([800.005, 199.995]), np.array([800.005, 0]), np.array([800.005, INF]), 0.01, 1000.0, ["a", "a"]
    )
    assert rounded.values.tolist() == [800.005, 199.995], "the other makes up for it, so that the total is right"
    assert rounded.unrounded.tolist() == [True, True] and rounded.left_over == 0
    three = round_allocation(
        np.array([800.005, 100.4, 99.595]), np.array([800.005, 0, 0]), np.array([800.005, 100.4, 99.6]), 0.01, 1000.0,
        ["a", "a", "a"],
    )  # fmt: skip
    assert three.values.tolist() == [800.005, 100.4, 99.595]
    no_room = round_allocation(
        np.array([800.005, 100.0, 100.0]), np.array([800.005, 0, 0]), np.array([800.005, 100, 100]), 0.01, 1000.01,
        ["a", "a", "a"],
    )  # fmt: skip
    assert no_room.values.tolist() == [800.005, 100, 100] and no_room.left_over == pytest.approx(0.005)
    less_than_half = round_allocation(
        np.array([0.505, 0.886]), np.array([0, 0.886]), np.array([0.505, 0.886]), 1.0, 1.391, ["a", "a"]
    )
    assert less_than_half.values.tolist() == [0, 0.886] and less_than_half.left_over == pytest.approx(0.505)


def test_a_solver_just_outside_the_bounds_is_brought_back() -> None:
    rounded = round_allocation(
        np.array([10.0999, 4.9001]), np.array([10.1, 0]), np.array([10.4, 4.9]), 1.0, 15.0, ["a", "b"], exhaust=False
    )
    assert rounded.values.tolist() == [10.1, 4.0]


def test_caps_that_are_no_multiples_push_the_rest_to_others() -> None:
    values, upper = np.array([10.7, 10.7, 10.6, 9.0]), np.array([10.7, 10.7, 10.6, INF])
    rounded = round_allocation(values, np.zeros(4), upper, 1.0, 41.0, ["a", "a", "a", "b"])
    assert rounded.values.tolist() == [10, 10, 10, 11]
    assert rounded.moved_further.tolist() == [False, False, False, True]
    assert rounded.groups_apart == ("a", "b")


def test_a_city_with_room_makes_up_for_those_at_their_caps() -> None:
    """The sub-total of a province comes before the nearness of a city; turns are taken."""
    values, upper = np.array([10.7, 10.7, 10.6, 9.0, 4.0, 6.0]), np.array([10.7, 10.7, 10.6, INF, INF, 6])
    rounded = round_allocation(values, np.zeros(6), upper, 1.0, 51.0, ["a"] * 5 + ["b"])
    assert rounded.values.tolist() == [10, 10, 10, 10, 5, 6]
    assert rounded.moved_further.tolist() == [False, False, False, True, True, False]
    assert rounded.groups_apart == ()


def test_bounds_that_admit_no_whole_quanta_leave_the_pool_as_it_is() -> None:
    bounds = np.array([50.5, 49.5])
    rounded = round_allocation(bounds, np.zeros(2), bounds, 1.0, 100.0, ["a", "b"])
    assert not rounded.possible and rounded.values.tolist() == [50.5, 49.5]


def test_values_that_never_made_up_the_total_are_left_alone() -> None:
    rounded = round_allocation(np.array([1.5, 2.5]), np.zeros(2), np.full(2, INF), 1.0, 1e9, ["a", "b"])
    assert not rounded.possible and rounded.values.tolist() == [1.5, 2.5]


def test_a_pool_that_need_not_be_exhausted_stays_next_to_its_sum() -> None:
    rounded = round_allocation(
        np.array([1.4, 1.4, 1.4]), np.zeros(3), np.full(3, INF), 1.0, 100.0, ["a"] * 3, exhaust=False
    )
    assert rounded.values.tolist() == [2, 1, 1] and rounded.left_over == 0
    held = round_allocation(np.full(3, 1.4), np.zeros(3), np.full(3, 1.4), 1.0, 100.0, ["a"] * 3, exhaust=False)
    assert held.values.tolist() == [1, 1, 1] and not held.moved_further.any()


def test_the_table_of_three_cities() -> None:
    case = three_cities()
    table = case.tables["allocation"]
    assert list(table.columns) == [
        "city", "pool", "unit", "last_year", "benchmark", "rule", "optimised", "override", "rounding", "published",
    ]  # fmt: skip
    assert table[["city", "pool"]].equals(table[["city", "pool"]].sort_values(["city", "pool"], ignore_index=True))
    assert table["city"].dtype == table["pool"].dtype == table["unit"].dtype == "str"
    assert set(table.loc[table["pool"] == "land", "unit"]) == {"ha"}
    assert set(table.loc[table["pool"] != "land", "unit"]) == {"10⁴ yuan"}
    by_key = table.set_index(["city", "pool"])
    totals = table.groupby("pool")["published"].sum()
    assert totals["equalisation"] == 900_000 and totals["land"] == pytest.approx(800, abs=1e-9)
    fixed = by_key.loc[("130200", "grants")]
    # Formula 15,854.86, floor 0.5 · 60,000, override 40,000.
    assert fixed["rule"] == pytest.approx(30_000 - fixed["benchmark"])
    assert (fixed["optimised"], fixed["override"], fixed["published"]) == (0, 10_000, 40_000)
    assert by_key.loc[("130100", "equalisation"), "rule"] > 0, "raised to the floor"
    assert by_key["last_year"].isna().sum() == 15 - 7
    no_formula = by_key.xs("special_bond", level="pool")
    assert (no_formula["benchmark"] == 0).all() and (no_formula["rule"] == 0).all()


def test_the_same_input_in_another_order_gives_the_same_table() -> None:
    case = three_cities()
    tables = {name: table.sample(frac=1, random_state=3) for name, table in case.instance.tables.items()}
    other = make_instance(case.instance.settings, tables)
    known, again = derive(case.instance), derive(other)
    allocation = case.tables["allocation"].pivot(index="city", columns="pool", values="published").to_numpy() + 0.3
    settle = np.array([1000.4, 200.5, 20.6])
    one, two = (
        publish(*each, point_of(*each, allocation, settle)) for each in ((other, again), (case.instance, known))
    )
    assert len(one.rounding), "with nothing built nobody can settle, which is said"
    pd.testing.assert_frame_equal(one.allocation, two.allocation)
    pd.testing.assert_frame_equal(one.rounding, two.rounding)
    assert one.settle.tolist() == two.settle.tolist()


def test_every_pool_is_rounded_by_province(tmp_path: object) -> None:
    instance = folder_instance(write_tiny(tmp_path))  # type: ignore[arg-type]
    known = derive(instance)
    point = point_of(instance, known, known.rule_target, np.zeros(len(known.cities)))
    rounded = round_pools(instance, known, point, kept_rows(known, point))
    assert set(rounded) == set(known.pools)


def test_what_moves_between_two_accounts_is_eliminated() -> None:
    """One city with a grant g and persons p, for whom it builds and runs; m moves from running to building, 0 ≤ m ≤ 2.

    Building: g + 3·m − 2·p ≥ −5. Running: 4·p + 6·m ≤ 20, and 1 of what was decided besides is taken off the 21 there.
    With all of m building needs −g + 2·p ≤ 5 + 6; without, running leaves 4·p ≤ 20. Both together, running and twice
    building, which needs no m: −2·g + 4·p + 4·p ≤ 20 + 10. That p alone can break is a gate; the others are budgets.
    """
    model = small_model(
        [[1, -2, 3, 0], [0, 4, 6, 1]], [-5, -INF], [INF, 21], upper=[INF, 9, 2, INF],
    )  # fmt: skip
    codes = Codes()
    city, pool = (Members((codes.of([name]),), codes, 1) for name in ("1", "p"))
    shapes = {"grant": ProductMembers([city, pool]), "settle": city, "move": city, "other": city}
    model = replace(
        model,
        granted=np.array([True, False, False, False]),
        columns={name: Block(name, k, each, (1,)) for k, (name, each) in enumerate(shapes.items())},
        rows={name: Block(name, k, city, (1,)) for k, name in enumerate(("building", "running"))},
        bounds={"settle": (np.zeros(1), np.array([9.0]))},
    )
    rounded = SimpleNamespace(rounded=True, gives_way=False, shared=False)
    stands, follows = SimpleNamespace(follows=False), SimpleNamespace(follows=True)
    known = SimpleNamespace(
        families={"building": rounded, "running": rounded}, granted=SimpleNamespace(name="grant"),
        counted=SimpleNamespace(name="settle"), decisions={"other": stands, "move": follows},
    )  # fmt: skip
    point: Any = SimpleNamespace(known=known, model=model, columns=np.array([3.0, 2.0, 1.0, 1.0]))
    alone = Purses(head=np.zeros(1, dtype=np.intp), share=np.ones(1))
    accounts: Any = SimpleNamespace(essential_spending=np.zeros(1), revenue=np.zeros(1), purses=alone)
    kept = kept_rows(accounts, point)
    assert kept.room.most.size == 0 and kept.most_counted.tolist() == [9]
    assert (kept.gates.counted.tolist(), kept.gates.most.tolist()) == ([4], [20])
    budgets = {tuple(each) for each in np.column_stack([
        kept.budgets.granted[:, 0], kept.budgets.counted, kept.budgets.most,
    ]).tolist()}  # fmt: skip
    assert budgets == {(-1, 2, 11), (-2, 8, 30)}
    # Of 3 granted and 4 persons: 11 + 3 − 8 = 6 and 30 + 6 − 32 = 4 are left.
    assert kept.balance(np.array([[3.0]]), np.array([4.0])).tolist() == [4]


def test_a_pool_without_factors_counts_from_its_lower_bound() -> None:
    last = "city,pool,amount\n110100,general,3000\n"
    csv = {**HAND, "pools": HAND["pools"].replace("true,,,,", "true,0.5,,,"), "last_year": last}
    del csv["factors"]
    instance = plain_instance(HAND_TOML, csv)
    known = derive(instance)
    point = point_of(instance, known, np.array([[4000.25], [5999.75]]), np.zeros(2))
    table = publish(instance, known, point).allocation
    assert table[["benchmark", "rule", "optimised", "rounding", "published"]].to_numpy().tolist() == [
        [0, 1500, 2500.25, -0.25, 4000],
        [0, 0, 5999.75, 0.25, 6000],
    ]


# A city that is fixed at 33 has no multiple of 10; what it leaves of 100 is 67, of which 60 goes out in multiples.
@pytest.mark.parametrize(
    ("values", "upper", "groups", "limits", "expected"),
    [
        # 40 and 27: the multiples are 40 and 20, and 7 is missing, which the largest takes.
        ([40, 27], [INF, INF], "aab", (), [47, 20]),
        # It has room for 5 alone: the next takes it.
        ([40, 27], [45, INF], "aab", (), [40, 27]),
        # A limit of 45 on it: likewise; one of at least 45 does not stand in the way.
        ([40, 27], [INF, INF], "aab", (("<=", 45),), [40, 27]),
        ([40, 27], [INF, INF], "aab", ((">=", 30),), [47, 20]),
        # Of 36, 15.5 and 15.5 the first goes up to 40: with 7 more it would have moved by 11. The next, by 1.5.
        ([36, 15.5, 15.5], [INF, INF, INF], "aaaa", (), [40, 17, 10]),
        # Nobody has room: 7 is left over.
        ([40, 27], [45, 26], "aab", (), [40, 20]),
    ],
)
def test_who_takes_the_fraction(
    values: list[float], upper: list[float], groups: str, limits: tuple[tuple[str, float], ...], expected: list[float]
) -> None:
    decided = np.array([33, *values], dtype=float)
    first = np.arange(len(decided)) == 1
    rows = [
        LimitRow(limit="x", kind="allocation", item="p", sense=sense, amount=amount, selection=first)  # type: ignore[arg-type]
        for sense, amount in limits
    ]
    least, most = np.array([33.0, *[0] * len(values)]), np.array([33.0, *upper])
    found = round_allocation(decided, least, most, 10.0, 100.0, list(groups), limits=rows)
    assert found.values.tolist() == [33, *expected]
    taken = sum(expected) == 67
    assert found.makes_up.any() == taken and found.left_over == pytest.approx(0 if taken else 7)
    assert found.unrounded.tolist() == [True, *(each % 10 != 0 for each in expected)]
