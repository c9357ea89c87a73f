"""Derived data of two cities, number by number, with the arithmetic beside it; then the same on random instances."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance, make_instance
from growing import calls
from hand_instance import CARE, HOSPITAL, MONEY, PRIMARY, A, B, hand
from second_facts import Facts


@pytest.fixture(scope="module")
def d() -> Derived:
    return derive(hand())


def close(actual: Any, *wanted: float) -> None:
    np.testing.assert_allclose(actual, wanted, rtol=1e-12)


def test_order_is_that_of_the_sorted_tables(d: Derived) -> None:
    assert d.cities == ("100001", "200002")
    assert d.services == ("care", "hospital", "primary")
    assert d.pools == ("bonds", "grant", "land", "money")


def test_people(d: Derived) -> None:
    close(d.residents, 6_000_000, 4_000_000)
    close(d.population_share, 0.6, 0.4)
    close(d.migrants, 1_200_000, 200_000)  # 900,000 + 300,000; 100,000 + 100,000
    assert list(d.size_class) == ["very_large", "medium"]  # 5,000,000 is the border itself; 999,999 is one short


def test_settle_limit_is_willingness_and_the_quota_of_quota_classes(d: Derived) -> None:
    # A: the policy's 0.16 · 1,200,000 = 192,000, quota 100,000. B: its own 0.1 · 200,000, the quota is ignored.
    close(d.settle_limit, 100_000, 20_000)
    without = derive(hand(cities={("100001", "settlement_quota"): np.nan}))
    close(without.settle_limit, 192_000, 20_000)


def test_need(d: Derived) -> None:
    # Migrant pupils: A by share, 400,000 · 1.2/6; B as given. Hospital counts residents, so its migrants are all.
    close(d.cohort[:, PRIMARY], 400_000, 200_000)
    close(d.migrant_cohort[:, PRIMARY], 80_000, 15_000)
    close(d.migrant_cohort[:, HOSPITAL], 1_200_000, 200_000)
    close(d.full_need[:, PRIMARY], 400_000, 200_000)
    close(d.full_need[:, HOSPITAL], 42_000, 28_000)  # 0.007 · residents
    close(d.present_need[:, PRIMARY], 384_000, 197_000)  # 400,000 − 0.2 · 80,000; 200,000 − 0.2 · 15,000
    close(d.present_need[:, HOSPITAL], 40_320, 27_720)  # 0.007 · (6,000,000 − 0.2 · 1,200,000), …
    close(d.need_per_settler[:, PRIMARY], 0.2 * 80_000 / 1_200_000, 0.2 * 15_000 / 200_000)
    close(d.need_per_settler[:, HOSPITAL], 0.0014, 0.0014)  # 0.007 · 0.2 · all migrants / migrants


def test_backlog(d: Derived) -> None:
    close(d.capacity[:, PRIMARY], 370_000, 5_000)
    close(d.backlog_now[:, PRIMARY], 14_000, 192_000)
    close(d.backlog_now[:, HOSPITAL], 0, 0)  # 40,320 < 41,000
    close(d.backlog_limit[:, PRIMARY], 14_000, 192_000)  # gates
    close(d.backlog_limit[:, HOSPITAL], np.inf, np.inf)  # does not


def test_without_migrants_nobody_settles_and_nothing_is_divided() -> None:
    d = derive(hand(cities={("200002", "migrants_cross"): 0, ("200002", "migrants_within"): 0}))
    assert d.need_per_settler[B].tolist() == [0, 0, 0]
    assert d.settle_limit[B] == 0
    assert np.isfinite(d.present_need).all()


def test_building(d: Derived) -> None:
    # Care has no module; hospital is restricted in very large cities and lacks nothing in B.
    assert d.buildable.tolist() == [[False, False, True], [False, False, True]]
    close(d.build_limit[:, PRIMARY], 30, 195)  # 30,000 / 1,000; 195,000 / 1,000
    assert d.build_limit[:, [CARE, HOSPITAL]].tolist() == [[0, 0], [0, 0]]
    close(d.expand_limit[:, PRIMARY], 11_100, 150)  # 0.03 · capacity, below what is missing
    close(d.expand_limit[:, HOSPITAL], 1_000, 0)  # min(1,230, 42,000 − 41,000); nothing missing
    # Primary A: 0.06 · 370,000; B: 0.06 · max(5,000, 0.05 · 200,000) = 600, but one facility of 1,000 always.
    close(d.growth_limit[:, PRIMARY], 22_200, 1_000)
    # Hospital A: 0.06 · 41,000, not buildable, so no facility of 500; B: 0.06 · 28,000.
    close(d.growth_limit[:, HOSPITAL], 2_460, 1_680)
    close(d.growth_limit[:, CARE], 15_000, 600)  # 0.15 · 100,000; 0.15 · max(0, 0.05 · 80,000)


@pytest.mark.parametrize(
    ("capacity", "facilities"),
    [(369_999, 31), (370_000, 30), (370_000 - 5e-7, 30), (370_000 - 1e-5, 31), (399_999, 1), (400_000, 0)],
)
def test_the_last_facility_is_rounded_up_but_not_for_the_last_digits(capacity: float, facilities: int) -> None:
    d = derive(hand(capacity={("100001", "primary", "capacity"): capacity}))
    assert d.build_limit[A, PRIMARY] == facilities
    assert bool(d.buildable[A, PRIMARY]) == (facilities > 0)


def test_a_restricted_service_is_built_where_the_class_is_not() -> None:
    d = derive(hand(capacity={(city, "hospital", "capacity"): 20_000 for city in ("100001", "200002")}))
    assert d.build_limit[:, HOSPITAL].tolist() == [0, 16]  # 8,000 / 500 in the medium city


def test_score(d: Derived) -> None:
    close(d.score_breakpoints[CARE], 0, 0.5, 0.9, 1)
    close(d.score_breakpoints[PRIMARY], 0, 0.9, 0.9, 1)
    # Care: 2 · 0.5 + 1 · 0.4 + 0.5 · 0.1 = 1.45 at 1; primary: 2 · 0.9 + 0.5 · 0.1 = 1.85.
    close(d.score_slopes[CARE], 2 / 1.45, 1 / 1.45, 0.5 / 1.45)
    close(d.score_slopes[PRIMARY], 2 / 1.85, 1 / 1.85, 0.5 / 1.85)
    close((np.diff(d.score_breakpoints, axis=1) * d.score_slopes).sum(axis=1), 1, 1, 1)


def test_land(d: Derived) -> None:
    # A: 50,000 ha · 10,000 / 5,000,000 = 100 m², the border itself; B: 21,000 · 10,000 / 2,000,000 = 105 m².
    close(d.land_standard, 100, 80)
    close(d.land_entitlement, 0, 80)  # very large cities have no linked land; 80 · 10,000 / 10,000
    close(d.reusable, 120, 30)  # 0.3 · idle
    close(d.stock_base, 50, np.nan)
    close(d.productivity, 1, 1)  # not given
    assert (d.stock_ratio, d.reuse_cost) == (2, 400)
    above = derive(hand(cities={("200002", "built_up"): 30_001}))
    close(above.land_standard, 100, 50)  # just above 150 m²


def test_without_a_stock_ratio_there_is_no_link() -> None:
    d = derive(hand(policy={"land.stock_ratio": None}))
    assert np.isnan(d.stock_base).all()
    assert np.isnan(d.stock_ratio)


def test_money(d: Derived) -> None:
    close(d.fiscal_gap, 0, 350_000)  # 5,980,000 < 6,000,000; 1,750,000 − 1,400,000
    # Revenue, fund revenue, other transfers, last year's transfers: 5 + 2 + 1 + 0.4; 0.5 + 0.1 + 0.9 + 0.5 million.
    close(d.reference, 8_400_000, 2_000_000)
    close(d.debt_now, 12_000_000, 2_400_000)
    close(d.debt_ratio_now, 12 / 8.4, 1.2)
    assert list(d.debt_tier) == ["yellow", "yellow"]  # green is below 1.2, not at it
    close(d.fund_available, 0, 0)  # not given
    assert (d.settlement_cost, d.bond_rate) == (1.5, 0.032)


def test_rooms_for_debt(d: Derived) -> None:
    close(d.room_ratio, 600_000, 600_000)  # 1.5 · 8.4 million − 12 million; 1.5 · 2 million − 2.4 million
    close(d.room_tier, 700_000, 60_000)  # yellow: 0.1 · (revenue + fund revenue)
    close(d.room_service, 36_250_000, 6_875_000)  # (0.15 · reference − interest − maturing) / 0.032
    close(d.bond_room, 600_000, 60_000)
    close(d.class_room[A], 1_000_000, 0)  # 5 − 4 million; special debt is above its limit
    close(d.class_room[B], 0, 100_000)


def test_rooms_are_never_negative() -> None:
    d = derive(hand(policy={"debt.ceiling": 1.0}, cities={("100001", "maturing"): 2_000_000}))
    close(d.room_ratio, 0, 0)
    close(d.room_service, 0, 6_875_000)  # A: 1,260,000 − 2,080,000 is below 0


def test_a_city_without_money() -> None:
    none = {("200002", name): 0 for name in ("revenue", "fund_revenue", "other_transfers")}
    nothing = {("200002", "money", "amount"): 0}
    d = derive(hand(cities=none, last_year=nothing))
    assert (d.reference[B], d.debt_ratio_now[B], d.debt_tier[B], d.bond_room[B]) == (0, np.inf, "red", 0)
    no_debt = {("200002", "debt_general"): 0, ("200002", "debt_special"): 0}
    d = derive(hand(cities=none | no_debt, last_year=nothing))
    assert (d.debt_ratio_now[B], d.debt_tier[B]) == (0, "green")
    # Half of 10⁴ yuan to pay from is little, but some: 2.4 million are 4.8 million times that.
    d = derive(hand(cities=none | {("200002", "revenue"): 0.5}, last_year=nothing))
    assert (d.debt_ratio_now[B], d.debt_tier[B]) == (4_800_000, "red")


def test_shortfall_is_what_even_the_least_general_transfers_leave(d: Derived) -> None:
    close(d.shortfall, 0, 0)  # B: 350,000 < 504,000, its lower bound
    # B spends 300,000 more: the gap is 650,000 and still the whole factor, so its lower bound stays 504,000.
    more = derive(hand(cities={("200002", "essential_spending"): 2_000_000}))
    close(more.lower[B, 3], 504_000)
    close(more.shortfall, 0, 146_000)


def test_a_floor_is_named_by_the_rule_that_makes_it() -> None:
    """Of money A has a floor of 0.8 · 400,000 = 320,000, B one of 0.8 · 500,000 = 400,000 and 450,000 earmarked.

    With the corridor out of the way these are their lower bounds; and where the cap is below the floor, so are they
    the upper ones: 0.7 of last year is 280,000 and 350,000.
    """
    earmarks = [{"city": "200002", "pool": "money", "amount": 450_000}]
    wide = {("money", "corridor_down"): 1.0}
    d = derive(hand(pools=wide, earmarks=earmarks))
    close(d.lower[:, MONEY], 320_000, 450_000)
    assert d.lower_rule[:, MONEY].tolist() == ["floor", "earmark"]
    capped = derive(hand(pools=wide | {("money", "cap_multiple"): 0.7}, earmarks=earmarks))
    close(capped.upper[:, MONEY], 320_000, 450_000)
    assert capped.upper_rule[:, MONEY].tolist() == ["floor", "earmark"]


def test_limits() -> None:
    rows = [
        ("a", "allocation:land", "size_class = 'very_large'", "<=", 0.17, "share"),
        ("b", "settle", "", ">=", 0.01, "per_resident"),
        ("c", "added:primary", "province == '20'", "=", 500, "amount"),
        ("d", "land_use:production", "debt_tier = 'yellow'", "<=", 0.5, "share"),
        ("e", "settle", "debt_tier = 'red'", "<=", 1, "amount"),
        ("f", "allocation:money", "residents < 5000000", ">=", 0.1, "per_resident"),
    ]
    names = ("limit", "quantity", "where", "sense", "value", "basis")
    limits = derive(hand(limits=[dict(zip(names, row, strict=True)) for row in rows])).limits
    assert [(row.limit, row.kind, row.item, row.sense) for row in limits] == [
        ("a", "allocation", "land", "<="),
        ("b", "settle", "", ">="),
        ("c", "added", "primary", "="),
        ("d", "land_use", "production", "<="),
        ("f", "allocation", "money", ">="),  # e selects nothing and is left out
    ]
    # 0.17 · 0.8 · 1,000; 0.01 · all residents; as it stands; 0.5 of the land pool; 0.1 · the residents of B.
    close([row.amount for row in limits], 136, 100_000, 500, 400, 400_000)
    assert [row.selection.tolist() for row in limits] == [
        [True, False], [True, True], [False, True], [True, True], [False, True],
    ]  # fmt: skip


def test_arrays_are_read_only(d: Derived) -> None:
    with pytest.raises(ValueError, match="read-only"):
        d.upper[0, 0] = 1.0


@cache
def unchanged() -> Instance:
    return hand()


def random_instance(seed: int) -> Instance:
    """The two cities many times over, every figure moved at random, with overrides and earmarks."""
    rng = np.random.default_rng(seed)
    base = unchanged()
    tables = dict(base.tables)
    number = int(rng.integers(3, 9))
    codes = [f"{code:06d}" for code in rng.choice(900_000, number, replace=False) + 100_000]
    parents = rng.choice(base.tables["cities"]["city"].to_numpy(dtype=object), number)

    def grown(name: str, column: str | None) -> pd.DataFrame:
        table = base.tables[name]
        parts = [table[table["city"] == parent].assign(city=code) for code, parent in zip(codes, parents, strict=True)]
        frame = pd.concat(parts, ignore_index=True).astype({"city": "str"})
        for each in frame.columns if column is None else [column]:
            if frame[each].dtype == "float64":
                frame[each] *= np.exp(rng.normal(0, 0.4, len(frame)))
        return frame

    cities = grown("cities", None).assign(willingness=rng.uniform(0, 0.3, number))
    cities["urban_residents"] = cities["residents"] * rng.uniform(0.4, 0.9, number)
    cities.loc[0, "size_population"] = 600_000  # so that no factor is 0 everywhere
    cities.loc[0, "essential_spending"] = cities.loc[0, ["revenue", "other_transfers"]].sum() + 200_000
    tables["cities"] = cities
    for name, column in (("capacity", "capacity"), ("last_year", "amount"), ("earmarks", "amount")):
        tables[name] = grown(name, column)
    tables["last_year"] = tables["last_year"][rng.random(len(tables["last_year"])) < 0.9]
    land = tables["last_year"]["pool"] == "land"
    tables["overrides"] = tables["last_year"][land].iloc[:1]  # within floor and cap, 0.7 and 1.4 times that
    extra = pd.DataFrame({"pool": ["grant", "grant"], "factor": ["backlog", "migrants"], "weight": [0.25, 0.75]})
    tables["factors"] = pd.concat([base.tables["factors"], extra.astype(tables["factors"].dtypes[extra.columns])])
    return make_instance(base.settings, tables)


SEEDS = st.integers(0, 2**32 - 1)
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.long
@QUICK
@given(SEEDS)
def test_the_second_reading_of_the_page_agrees(seed: int) -> None:
    instance = random_instance(seed)
    d, facts = derive(instance), Facts(instance)
    for name in ("migrants", "settle_limit", "land_entitlement", "fiscal_gap", "reference", "bond_room", "shortfall"):
        close(getattr(d, name), *(getattr(facts, name)(c) for c in d.cities))
    assert list(d.size_class) == [facts.size_class(c) for c in d.cities]
    for name in ("full_need", "present_need", "need_per_settler", "backlog_now", "build_limit"):
        wanted = [[getattr(facts, name)(c, s) for s in d.services] for c in d.cities]
        np.testing.assert_allclose(getattr(d, name), wanted, rtol=1e-12, atol=1e-9)
    for r, pool in enumerate(d.pools):
        close(d.available[r], facts.available(pool))
        for c, city in enumerate(d.cities):
            close(d.benchmark[c, r], np.nan if (b := facts.benchmark(city, pool)) is None else b)
            lower, upper = facts.bounds(city, pool)
            close(d.lower[c, r], lower)
            # What a row of its own says the second reading leaves to that row.
            if pool == "bonds":
                upper = min(upper, d.bond_room[c], d.class_room[c, 1])
            elif pool == "land" and not np.isnan(d.stock_base[c]):
                upper = min(upper, d.stock_base[c] + d.stock_ratio * d.reusable[c])
            close(d.upper[c, r], upper)


@pytest.mark.long
@QUICK
@given(SEEDS, SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int, order: int) -> None:
    instance = random_instance(seed)
    shuffled = {name: table.sample(frac=1, random_state=order) for name, table in instance.tables.items()}
    one, other = derive(instance), derive(make_instance(instance.settings, shuffled))
    assert one.cities == other.cities
    for name, value in one.arrays.items():
        np.testing.assert_array_equal(value, other.arrays[name], err_msg=name)


MONEY_OF_CITIES = (
    "revenue", "fund_revenue", "other_transfers", "essential_spending", "interest", "maturing",
    "debt_general", "debt_special", "limit_general", "limit_special",
)  # fmt: skip


@pytest.mark.long
@QUICK
@given(SEEDS, st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_unit_of_money_does_not_matter(seed: int, times: float) -> None:
    """A power of two, so that nothing is rounded: money scales with its unit, and nothing else changes."""
    instance = random_instance(seed)
    tables = {name: table.copy() for name, table in instance.tables.items()}
    money = tables["pools"]["kind"] != "land"
    tables["pools"].loc[money, "total"] *= times
    for name in ("last_year", "earmarks", "overrides"):
        tables[name].loc[tables[name]["pool"] != "land", "amount"] *= times
    for column in MONEY_OF_CITIES:
        tables["cities"][column] *= times
    tables["services"]["capital_cost"] *= times
    one, other = derive(instance), derive(make_instance(instance.settings, tables))
    for name in ("bond_room", "class_room", "shortfall", "fiscal_gap", "reference"):
        np.testing.assert_array_equal(getattr(other, name), times * getattr(one, name), err_msg=name)
    for name in ("lower", "upper", "benchmark", "rule_target"):
        scale = np.where(one.kind == "land", 1.0, times)
        np.testing.assert_array_equal(getattr(other, name), scale * getattr(one, name), err_msg=name)
    for name in ("debt_ratio_now", "debt_tier", "lower_rule", "upper_rule", "settle_limit", "land_entitlement"):
        np.testing.assert_array_equal(getattr(other, name), getattr(one, name), err_msg=name)


@pytest.mark.county
def test_a_country_of_counties_takes_no_more_steps_than_a_province() -> None:
    """2,850 units and 285: nothing goes round by city but the making of some lists."""
    few, many = country(285), country(2_850)
    derive(country(2))  # what is made once is there
    more = calls(lambda: derive(many)) - calls(lambda: derive(few))
    assert more < 10 * (2_850 - 285)


def country(size: int) -> Instance:
    """The first city of the instance by hand, as often as is asked for."""
    base = hand()
    codes = [f"{100_000 + k}" for k in range(size)]
    tables = dict(base.tables)
    for name in ("cities", "capacity", "last_year"):
        table = base.tables[name]
        one = table[table["city"] == "200002"]
        frame = pd.concat([one] * len(codes), ignore_index=True)
        tables[name] = frame.assign(city=pd.Series(np.repeat(codes, len(one)), dtype="str"))
    return make_instance(base.settings, tables | {"earmarks": base.tables["earmarks"].iloc[:0]})
