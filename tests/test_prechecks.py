"""Every conflict that bounds and sums decide, once each, with the exact amounts; and what must not be called one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given, settings

from alloc.formulation.columns import MONEY
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.limits import LimitRow
from alloc.instance.findings import Finding, errors, sort_findings
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.advised import safe
from alloc.instance.prechecks.all import CONFLICT_CODES, families_of, precheck
from alloc.instance.prechecks.limits import limit_findings
from alloc.instance.prechecks.words import Words
from hand_instance import hand
from second_facts import Facts
from second_program import NoPoint
from second_rows import annual_program
from test_derived import QUICK, SEEDS, random_instance

EMPTY = np.nan
# Totals need not come out even, so that one bound can be wrong on its own.
NO_EXHAUST = {("land", "exhaust"): False, ("money", "exhaust"): False}
PLENTY = NO_EXHAUST | {("money", "total"): 1_200_000}


def findings(**changes: Any) -> tuple[Finding, ...]:
    instance = hand(**changes)
    return precheck(instance, derive(instance))


def the_error(code: str, **changes: Any) -> Finding:
    """The only error of a changed instance."""
    (finding,) = errors(findings(**changes))
    assert finding.code == code
    assert code in CONFLICT_CODES
    assert families_of(finding)
    assert finding.sides is None or finding.sides.wanted > finding.sides.there
    return finding


def the_warning(code: str, **changes: Any) -> Finding:
    (finding,) = (each for each in findings(**changes) if each.code == code)
    assert finding.severity == "warning"
    assert families_of(finding) == ()
    return finding


def says(finding: Finding, *words: str) -> None:
    """Both languages have all the amounts; words with letters are looked for in English only."""
    for word in words:
        assert word in finding.message.en
        assert word in finding.message.zh or word.lower() != word.upper()


def limit(of: str, where: str, sense: str, value: float, name: str = "row", basis: str = "amount") -> dict[str, Any]:
    return {"limit": name, "quantity": of, "where": where, "sense": sense, "value": value, "basis": basis}


A, B = "city = '100001'", "city = '200002'"


def override(pool: str, amount: float, city: str = "200002") -> dict[str, Any]:
    return {"city": city, "pool": pool, "amount": amount}


def two_bonds(general: float, special: float, exhaust: bool = True) -> dict[str, Any]:
    """Changes to two pools of bonds. Rooms: A 600,000 in all, general 1,000,000, special 500,000;
    B 60,000 in all, general 0, special 100,000.

    What transfers gave last year comes as other transfers, since their pools are gone.
    """
    row = {"kind": "bond", "reserve": 0, "exhaust": exhaust, "quantum": 1, "corridor_up": EMPTY}
    pools = [
        row | {"pool": "general", "bond_class": "general", "total": general},
        row | {"pool": "special", "bond_class": "special", "total": special},
    ]
    cities = {(city, "other_transfers"): 1_400_000 for city in ("100001", "200002")}
    cities[("100001", "limit_special")] = 8_500_000
    return {"pools": pools, "cities": cities, "factors": [], "last_year": [], "earmarks": []}


def test_nothing_is_wrong_with_the_instance() -> None:
    assert errors(findings()) == ()


# Bounds


def test_cap_below_floor() -> None:
    finding = the_warning("cap_below_floor", earmarks=[{"city": "100001", "pool": "money", "amount": 530_000}])
    assert (finding.file, finding.column, finding.key) == ("earmarks.csv", "amount", "100001, money")
    assert finding.value == "530000"
    says(finding, "earmark of 530,000 × 10⁴ yuan", "cap of 520,000", "530,000", "520,000")  # 1.3 · 400,000
    finding = the_warning("cap_below_floor", pools=NO_EXHAUST | {("money", "cap_multiple"): 0.75},
                          last_year={("200002", "money", "amount"): 0})  # fmt: skip
    assert (finding.file, finding.column) == ("pools.csv", "floor_multiple")
    says(finding, "floor of 320,000", "cap of 300,000")  # 0.8 and 0.75 · 400,000; of 0 neither is above the other


@pytest.mark.parametrize(
    ("amount", "words"),
    [(399_999, "below the floor of 400,000"), (650_001, "above the cap of 650,000")],
)
def test_override_outside_bounds(amount: float, words: str) -> None:
    finding = the_error("override_outside_bounds", overrides=[override("money", amount)], pools=PLENTY)
    assert (finding.file, finding.key, finding.value) == ("overrides.csv", "200002, money", str(amount))
    says(finding, words)


@pytest.mark.parametrize("amount", [400_000, 650_000])
def test_override_on_the_bounds_is_fine(amount: float) -> None:
    assert errors(findings(overrides=[override("money", amount)], pools=PLENTY)) == ()


def test_override_outside_bounds_names_the_earmark() -> None:
    earmark = [{"city": "100001", "pool": "grant", "amount": 70_000}]
    finding = the_error("override_outside_bounds", overrides=[override("grant", 60_000, "100001")], earmarks=earmark)
    says(finding, "below the earmark of 70,000")


def test_override_above_debt_room() -> None:
    finding = the_error("override_above_room", overrides=[override("bonds", 60_001)])
    assert finding.key == "200002, bonds"
    says(finding, "60,001", "60,000", "debt room", "debt tier")  # 0.1 · (500,000 + 100,000), the least of the rooms
    assert errors(findings(overrides=[override("bonds", 60_000)])) == ()


def test_override_above_room_of_the_class() -> None:
    finding = the_error("override_above_room", overrides=[override("bonds", 5, "100001")])
    says(finding, "room under its special debt limit, 0 × 10⁴ yuan", "5 × 10⁴ yuan")


def test_overrides_on_several_bonds_count_together() -> None:
    case = two_bonds(200_000, 200_000, exhaust=False)
    case["cities"] |= {("200002", "limit_general"): 1_100_000}  # room of 100,000 in both classes, of 60,000 in all
    overrides = [override("general", 40_000), override("special", 30_000)]
    finding = the_error("override_above_room", **case, overrides=overrides)
    assert finding.key == "200002, general, special"
    says(finding, "70,000", "60,000")


def test_lower_above_upper() -> None:
    finding = the_error("lower_above_upper", cities={("100001", "boundary_left"): 150}, pools=NO_EXHAUST)
    assert (finding.file, finding.column, finding.key) == ("pools.csv", "floor_multiple", "100001, land")
    says(finding, "the floor asks for at least 210 ha", "the development boundary allows only 150 ha", "210 ", "150 ")
    assert "60 ha" in finding.remedy.en


def test_lower_above_upper_names_override_and_stock_link() -> None:
    finding = the_error("lower_above_upper", overrides=[override("land", 300, "100001")], pools=NO_EXHAUST)
    assert (finding.file, finding.value) == ("overrides.csv", "300")
    says(finding, "the override asks for at least 300 ha", "the stock link allows only 290 ha")


# Pools


def test_pool_below_lower() -> None:
    # Lower bounds 320,000 + 504,000 of a total such that 0.9 · 700,000 = 630,000 is available, whose corridor is
    # 0.8 · 0.7 · 630,000 = 352,800 in B, below the floor of 400,000.
    finding = the_error("pool_below_lower", pools={("money", "total"): 700_000})
    assert (finding.file, finding.column, finding.value, finding.key) == ("pools.csv", "total", "700000", "money")
    says(finding, "720,000", "90,000 × 10⁴ yuan more", "630,000", "floor 720,000 × 10⁴ yuan (2 cities)")
    assert finding.sides is not None
    assert (finding.sides.wanted, finding.sides.there) == pytest.approx((720_000, 630_000))
    assert (finding.sides.asked.en, finding.sides.left.en) == ("Lower bounds sum to", "To give")
    assert families_of(finding) == ("pool_total", "bounds")


def test_pool_below_lower_holds_without_exhaust() -> None:
    the_error("pool_below_lower", pools=NO_EXHAUST | {("money", "total"): 700_000})


def test_pool_above_upper() -> None:
    # Upper bounds: stock link 290 in A; in B the boundary of 600. Available 0.8 · 1,200 = 960.
    finding = the_error("pool_above_upper", pools={("land", "total"): 1_200})
    says(finding, "890 ha", "70 ha less", "960 ha", "boundary 600 ha (1 city), stock link 290 ha (1 city)")
    assert finding.sides is not None
    assert (finding.sides.wanted, finding.sides.there) == pytest.approx((960, 890))
    assert (finding.sides.asked.en, finding.sides.left.en) == ("To be given out", "Upper bounds sum to")
    says(finding, "890", "70", "960", "600", "290")
    assert errors(findings(pools={("land", "total"): 1_200, ("land", "exhaust"): False})) == ()


def test_bonds_above_room_of_both_classes_together() -> None:
    # Each alone fits: general 600,000 in A; special 500,000 + 60,000. Together A has room for 600,000, B for 60,000.
    finding = the_error("bonds_above_room", **two_bonds(400_000, 300_000))
    assert finding.key == "general, special"
    says(finding, "700,000", "660,000", "40,000")
    assert families_of(finding) == ("pool_total", "debt_room", "debt_limit", "bounds")
    assert errors(findings(**two_bonds(400_000, 260_000))) == ()


def test_one_bond_above_its_rooms_is_said_once() -> None:
    finding = the_error("pool_above_upper", **two_bonds(600_001, 100_000))
    says(finding, "600,000", "600,001", "debt room 600,000")


def test_bonds_above_room_of_one_class() -> None:
    # Two pools of special bonds share the special rooms: 500,000 in A, the debt room of 60,000 in B.
    case = two_bonds(300_000, 300_000)
    case["pools"][0]["bond_class"] = "special"
    finding = the_error("bonds_above_room", **case)
    says(finding, "600,000", "560,000", "40,000", "special debt")


def test_an_override_on_other_bonds_takes_room() -> None:
    case = two_bonds(50_000, 560_000)
    case["pools"][0]["exhaust"] = False
    assert errors(findings(**case)) == ()
    # 50,000 of general bonds leave 550,000 in A, still more than its special room; 60,000 more than that do not fit.
    assert errors(findings(**case, overrides=[override("general", 50_000, "100001")])) == ()
    case["pools"][0]["total"] = 200_000
    finding = the_error("bonds_above_room", **case, overrides=[override("general", 150_000, "100001")])
    says(finding, "560,000", "510,000", "50,000")  # A 600,000 − 150,000 = 450,000, B 60,000


def test_factor_all_zero() -> None:
    classes = {"land.no_linked_land": ["very_large", "medium"]}
    found = [each for each in errors(findings(policy=classes, pools=NO_EXHAUST)) if each.code == "factor_all_zero"]
    assert [(each.file, each.value, each.key) for each in found] == [
        ("factors.csv", "land_entitlement", "land, land_entitlement")
    ]
    assert "factor_all_zero" not in CONFLICT_CODES  # the data are wrong, not the rules


# Limits: allocation of land lies in 210 … 290 (A) and 392 … 600 (B) of 800 that must be given out,
# so A gets 210 … 290 by its bounds and 200 … 408 by what B leaves; B gets 510 … 590.


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (limit("allocation:land", A, ">=", 291), "limit_against_bounds", (">= 291 ha", "at most 290 ha", "1 ha off")),
        (limit("allocation:land", A, "<=", 209), "limit_against_bounds", ("<= 209 ha", "at least 210 ha", "1 ha off")),
        (limit("allocation:land", A, "=", 300), "limit_against_bounds", ("= 300 ha", "at most 290 ha", "10 ha off")),
        (limit("allocation:land", B, ">=", 595), "limit_against_pool", (">= 595 ha", "at most 590 ha", "5 ha off")),
        (limit("allocation:land", B, "<=", 505), "limit_against_pool", ("<= 505 ha", "at least 510 ha", "5 ha off")),
        (limit("allocation:land", B, "=", 505), "limit_against_pool", ("= 505 ha", "at least 510 ha", "5 ha off")),
        (limit("settle", A, ">=", 100_001), "limit_against_settlement", ("100,001 persons", "100,000 persons")),
        (limit("added:primary", "", ">=", 23_300), "limit_against_growth", ("23,300", "23,200", "100")),
        (limit("added:hospital", A, ">=", 1_200), "limit_against_growth", ("1,200", "1,000", "200")),
        (limit("land_use:production", A, ">=", 151), "limit_against_land", ("151 ha", "150 ha", "1 ha")),
    ],
)
def test_one_limit(row: dict[str, Any], code: str, words: tuple[str, ...]) -> None:
    finding = the_error(code, limits=[row])
    assert (finding.file, finding.column, finding.key) == ("limits.csv", "value", "row")
    assert families_of(finding)[0] == "group_limit"
    says(finding, *words)


@pytest.mark.parametrize(
    ("city", "sense", "value", "rules"),
    [
        (A, ">=", 291, "stock link 290 ha (1 city)"),
        (A, "<=", 209, "floor 210 ha (1 city)"),
        (B, ">=", 595, "floor 210 ha (1 city)"),  # what A must have
        (B, "<=", 505, "stock link 290 ha (1 city)"),  # what A can have
    ],
)
def test_a_limit_on_an_allocation_names_the_rules_behind_the_bounds(
    city: str, sense: str, value: float, rules: str
) -> None:
    (finding,) = errors(findings(limits=[limit("allocation:land", city, sense, value)]))
    says(finding, f"most of it: {rules}.")


@pytest.mark.parametrize(
    ("pools", "row", "zh", "en"),
    [
        (PLENTY | {("money", "corridor_up"): 0, ("money", "corridor_down"): 0.9, ("money", "floor_multiple"): 1},
         limit("allocation:money", A, ">=", 2_000_000),
         "使合计至多 400,000 万元，相差 1,600,000 万元；"
         "主要来自保底（高于上限，上限提高到此） 400,000 万元（1 个城市）。",
         "make it at most 400,000 × 10⁴ yuan, 1,600,000 × 10⁴ yuan off; most of it: floor (above the upper bound, "
         "which is raised to it) 400,000 × 10⁴ yuan (1 city)."),
        (NO_EXHAUST | {("money", "corridor_down"): 0, ("money", "cap_multiple"): 1.05, ("money", "floor_multiple"): 0},
         limit("allocation:money", B, "<=", 1),
         "使合计至少 525,000 万元，相差 524,999 万元；"
         "主要来自封顶（低于下限，下限降低到此） 525,000 万元（1 个城市）。",
         "make it at least 525,000 × 10⁴ yuan, 524,999 × 10⁴ yuan off; most of it: cap (below the lower bound, which "
         "is lowered to it) 525,000 × 10⁴ yuan (1 city)."),
    ],
)  # fmt: skip
def test_a_rule_of_the_other_side_is_told_with_how_it_makes_a_bound(
    pools: dict[tuple[str, str], Any], row: dict[str, Any], zh: str, en: str
) -> None:
    """The corridor lies below the floor, or above the cap: both bounds are there."""
    (finding,) = errors(findings(limits=[row], pools=pools))
    assert finding.message.zh.endswith(zh) and finding.message.en.endswith(en)


@pytest.mark.parametrize(
    "row",
    [
        limit("allocation:land", B, ">=", 300),
        limit("allocation:land", B, ">=", 0.5, basis="share"),
        limit("allocation:land", B, ">=", 300) | {"each": True},
    ],
)
def test_no_limit_is_advised_where_others_want_more_than_there_is(row: dict[str, Any]) -> None:
    """A has to have 210 ha of 1,000 × (1 − 0.9) = 100: B is left −110, which is no value of a limit."""
    pools = NO_EXHAUST | {("land", "reserve"): 0.9}
    (finding,) = (each for each in errors(findings(limits=[row], pools=pools)) if each.file == "limits.csv")
    assert finding.remedy.en == (
        "No value of the limit would do: ease those rules, or raise the total or lower the reserve."
    )
    assert finding.sides is not None and finding.sides.there == 0 and "-110" not in str(finding.message)
    if "each" not in row:
        says(finding, "the lower bounds of all other cities alone are 110 ha more than there is", "110")


@pytest.mark.parametrize(
    "row",
    [
        limit("allocation:land", A, ">=", 290),
        limit("allocation:land", A, "<=", 210),
        limit("allocation:land", B, "=", 590),
        limit("allocation:land", B, "=", 510),
        limit("settle", "", "<=", 0),
        limit("settle", "", ">=", 120_000),
        limit("added:primary", "", "=", 23_200),  # growth limits 22,200 + 1,000
        limit("added:hospital", A, ">=", 1_000),  # expansion on site, no new hospital
        limit("land_use:production", "", ">=", 240),
        limit("land_use:public", "", "<=", 0),
    ],
)
def test_a_limit_that_can_just_be_met(row: dict[str, Any]) -> None:
    assert errors(findings(limits=[row])) == ()


def test_a_limit_for_each_city_is_one_finding() -> None:
    """Of at least 100,001 persons in each, A lacks 1 and B, which has 20,000 at most, 80,001; of 300 ha A lacks 10."""
    finding = the_error("limit_against_settlement", limits=[limit("settle", "", ">=", 100_001) | {"each": True}])
    assert finding.key == "row"
    assert finding.message == (
        "row在 2 个城市不能成立，相差最大的：乙市（200002）要求 100,001 人、至多 20,000 人；"
        "甲市（100001）要求 100,001 人、至多 100,000 人。",
        "row cannot hold in 2 cities; farthest off: 乙市 (200002) (Asked for: 100,001 persons; At most: 20,000 "
        "persons); 甲市 (100001) (Asked for: 100,001 persons; At most: 100,000 persons).",
    )
    alone = the_error("limit_against_bounds", limits=[limit("allocation:land", "", ">=", 300) | {"each": True}])
    assert alone.key == "row/100001"
    says(alone, "10 ha off")
    # What decides it is another thing in each of the two: it is one cell all the same.
    row = limit("allocation:money", "", ">=", 9e9) | {"each": True}
    assert [each.key for each in errors(findings(limits=[row]))] == ["row"]


def test_without_exhaust_the_rest_forces_nothing_on_a_limit() -> None:
    row = limit("allocation:land", B, "<=", 505)
    assert errors(findings(limits=[row], pools={("land", "exhaust"): False})) == ()


def test_public_land_needs_facilities() -> None:
    # A may add 22,200 seats: 22 facilities of 1,000 seats, 20 m² each seat, 44 ha; B one facility, 2 ha.
    says(the_error("limit_against_land", limits=[limit("land_use:public", "", ">=", 47)]), "47 ha", "46 ha", "1 ha")
    assert errors(findings(limits=[limit("land_use:public", "", ">=", 46)])) == ()
    # Without whole facilities 22.2 of them: 44.4 ha.
    part = limit("land_use:public", "", ">=", 46.4)
    assert errors(findings(limits=[part], settings={"integers": False})) == ()
    assert errors(findings(limits=[part])) != ()


def test_land_that_nothing_can_be_done_with_stays_unassigned() -> None:
    # 800 ha must be given out; facilities take 46 ha, production is asked for on 240 ha.
    finding = the_error("limit_against_land", limits=[limit("land_use:unassigned", "", "<=", 500)])
    says(finding, "<= 500 ha", "at least 514 ha", "14 ha off")
    # Without exhaust the floors remain: A 210 − 44 − 150 = 16, B 392 − 2 − 90 = 300.
    free = {("land", "exhaust"): False}
    finding = the_error("limit_against_land", limits=[limit("land_use:unassigned", "", "<=", 300)], pools=free)
    says(finding, "at least 316 ha")


def test_production_land_cannot_exceed_what_the_pool_leaves() -> None:
    # A asks for 500 ha and B for 500, but all land is 800, and A gets 290 at most.
    cities = {("100001", "production_request"): 500, ("200002", "production_request"): 1_000}
    says(the_error("limit_against_land", cities=cities, limits=[limit("land_use:production", "", ">=", 801)]), "800 ha")


def test_two_limits_on_the_same_cities() -> None:
    very_large = "size_class = 'very_large'"
    rows = [limit("settle", A, ">=", 50_000, "least"), limit("settle", very_large, "<=", 40_000, "most")]
    finding = the_error("limits_contradict", limits=rows)
    assert finding.key == "least, most"
    assert families_of(finding) == ("group_limit",)
    says(finding, "at least 50,000 persons", "only 40,000 persons", "50,000", "40,000")
    rows[1]["value"] = 50_000
    assert errors(findings(limits=rows)) == ()


def test_two_equations_on_the_same_cities() -> None:
    rows = [limit("allocation:land", A, "=", 220, "one"), limit("allocation:land", A, "=", 230, "other")]
    finding = the_error("limits_contradict", limits=rows)
    says(finding, "at least 230 ha", "only 220 ha")
    assert finding.key == "other, one"


def test_limits_on_different_things_do_not_meet() -> None:
    rows = [limit("settle", A, ">=", 50_000, "least"), limit("added:primary", A, "<=", 10, "most")]
    assert errors(findings(limits=rows)) == ()


def test_two_limits_on_cities_apart() -> None:
    # Each fits alone: 280 ≤ 290, 530 ≤ 590. Together 810 of 800.
    rows = [limit("allocation:land", A, ">=", 280, "one"), limit("allocation:land", B, ">=", 530, "other")]
    finding = the_error("limits_against_pool", limits=rows)
    assert finding.key == "one, other"
    says(finding, "at least 810 ha", "at least 0 ha", "10 ha more", "800 ha")
    rows[1]["value"] = 520
    assert errors(findings(limits=rows)) == ()


def test_two_limits_that_leave_land_over() -> None:
    rows = [limit("allocation:land", A, "<=", 220, "one"), limit("allocation:land", B, "<=", 570, "other")]
    finding = the_error("limits_against_pool", limits=rows)
    says(finding, "allow 790 ha", "at most 0 ha", "10 ha less", "800 ha")
    assert errors(findings(limits=rows, pools={("land", "exhaust"): False})) == ()


@pytest.mark.long
def test_of_many_limits_every_pair_that_clashes_is_found() -> None:
    """All rows together find what each pair of them finds."""
    number = 0
    for seed in range(6):
        instance, rng = random_instance(seed), np.random.default_rng(seed)
        cities, pools = (instance.tables[name] for name in ("cities", "pools"))
        shape = len(cities), len(pools)
        lower = rng.uniform(0, 60 / len(cities), shape)
        upper = np.where(rng.random(shape) < 0.1, np.inf, lower + rng.uniform(0, 300 / len(cities), shape))
        rows: list[dict[str, Any]] = []
        for place in range(20):
            pool, own = int(rng.integers(2)), rng.random(len(cities)) < 0.4
            least, most = lower[own, pool].sum(), min(upper[own, pool].sum(), 100 - lower[~own, pool].sum())
            value, sense = float(rng.uniform(least, most)), str(rng.choice(["<=", ">=", "="]))
            where = f"city in {cities['city'][own].tolist()}"
            row = limit(f"allocation:{pools['pool'][pool]}", where, sense, value, f"row_{place:02d}")
            rows.append({"title_zh": "", "title_en": "", "owner": "", "source": ""} | row)
        table = pd.DataFrame(rows).astype({name: "str" for name in rows[0] if name != "value"})
        instance = make_instance(instance.settings, {**instance.tables, "limits": table})
        d = replace(derive(instance), lower=lower, upper=upper, available=np.full(len(pools), 100.0))

        def clashes(limits: Sequence[LimitRow], instance: Instance = instance, d: Derived = d) -> list[Finding]:
            found = limit_findings(Words(instance, replace(d, limits=tuple(limits))))
            return [each for each in found if each.code in ("limits_contradict", "limits_against_pool")]

        pairs = [each for pair in combinations(d.limits, 2) for each in clashes(pair)]
        assert sort_findings(clashes(d.limits)) == sort_findings(pairs)
        number += len(pairs)
    assert number >= 20


def test_a_limit_that_fails_alone_is_not_reported_with_others() -> None:
    rows = [limit("allocation:land", A, ">=", 400, "one"), limit("allocation:land", B, ">=", 530, "other")]
    assert the_error("limit_against_bounds", limits=rows).key == "one"


def test_a_condition_on_the_debt_tier_that_no_city_fits() -> None:
    row = limit("settle", "debt_tier = 'red'", "<=", 10)
    finding = the_warning("selects_nothing", limits=[row])
    assert (finding.file, finding.column, finding.value, finding.key) == (
        "limits.csv", "where", "debt_tier = 'red'", "row",
    )  # fmt: skip


# Cities


def test_shortfall() -> None:
    # B spends 300,000 more: 650,000 are missing, its transfer is at least 504,000 and at most 580,000, since A has a
    # floor of 320,000 of the 900,000.
    finding = the_warning("shortfall", cities={("200002", "essential_spending"): 2_000_000})
    assert (finding.file, finding.column, finding.key) == ("cities.csv", "essential_spending", "200002")
    says(finding, "146,000", "200002")
    beyond = the_warning("essential_above_receipts", cities={("200002", "essential_spending"): 2_000_000})
    says(beyond, "70,000", "200002")
    assert errors(findings(cities={("200002", "essential_spending"): 2_000_000})) == ()


def test_what_the_most_transfers_pay_is_only_a_shortfall() -> None:
    found = {each.code for each in findings(cities={("200002", "essential_spending"): 1_900_000})}
    assert "shortfall" in found
    assert "essential_above_receipts" not in found


@pytest.mark.parametrize(("ratio", "near"), [(1.176, True), (1.175, False), (1.224, True), (1.225, False)])
def test_near_debt_tier(ratio: float, near: bool) -> None:
    """2 % of 1.2 is 0.024 on both sides; the reference of B is 2,000,000."""
    special = ratio * 2_000_000 - 1_000_000
    found = [each for each in findings(cities={("200002", "debt_special"): special}) if each.code == "near_debt_tier"]
    assert [each.key for each in found] == (["200002"] if near else [])
    if near:
        says(found[0], f"{ratio}", "border of 1.2")


@pytest.mark.parametrize(
    ("area", "near"), [(97.9, False), (98, True), (100, True), (102, True), (102.1, False), (147, True), (144, False)]
)
def test_near_land_standard(area: float, near: bool) -> None:
    """For B only: A stands on the border of 100 m² too, but without linked land its standard decides nothing."""
    found = [
        each
        for each in findings(cities={("200002", "built_up"): area * 200})  # ha, of 2,000,000 urban residents
        if each.code == "near_land_standard"
    ]
    assert [each.key for each in found] == (["200002"] if near else [])


def test_a_border_has_one_finding_with_all_its_cities() -> None:
    both = {("100001", "debt_special"): 6_080_000}  # 10.08 million of 8.4: 1.2
    finding = the_warning("near_debt_tier", cities=both)
    assert finding.key == "100001, 200002"


# As a whole


@pytest.mark.long
@QUICK
@given(SEEDS)
def test_findings_are_whole_sorted_and_always_the_same(seed: int) -> None:
    instance = random_instance(seed)
    found = precheck(instance, derive(instance))
    assert found == precheck(instance, derive(instance))
    for each in found:
        assert each.message.zh
        assert each.message.en
        assert "{" not in each.message.zh + each.message.en + each.remedy.zh + each.remedy.en
        assert "nan" not in each.message.en
        assert (each.severity == "error") == (each.code in CONFLICT_CODES) or each.code == "factor_all_zero"


def with_limits(seed: int) -> Instance:
    """A random instance that mostly has a solution, with one to three limits at or beyond what bounds allow."""
    rng = np.random.default_rng(seed)
    base = random_instance(seed)
    tables = dict(base.tables)
    d = derive(base)
    codes = np.array(d.cities, dtype=object)
    open_land = dict.fromkeys(("boundary_left", "farmland_offset", "stock_base"), np.nan)
    tables["cities"] = tables["cities"].assign(**open_land)
    tables["overrides"] = tables["overrides"].iloc[:0]
    tables["earmarks"] = tables["earmarks"].assign(amount=tables["earmarks"]["amount"] * 0.2)
    usual = [(code, pool, d.benchmark[c, d.pools.index(pool)]) for c, code in enumerate(codes) for pool in OF_LAST_YEAR]
    last_year = pd.DataFrame(usual, columns=["city", "pool", "amount"])
    last_year["amount"] *= rng.uniform(0.9, 1.1, len(usual))
    tables["last_year"] = last_year.astype({"city": "str", "pool": "str"})
    d = derive(make_instance(base.settings, tables))

    rows = []
    for k in range(rng.integers(1, 4)):
        chosen = rng.random(len(codes)) < 0.5
        of = rng.choice(list(OF))
        most = np.minimum(OF[of](d), 1e9)[chosen].sum()
        where = f"city in {list(codes[chosen])}"
        rows.append(limit(of, where, rng.choice(["<=", ">=", "="]), most * rng.uniform(0, 1.1), f"limit{k}"))
    frame = pd.DataFrame(rows)
    tables["limits"] = frame.astype({column: "str" for column in frame.columns if column != "value"})
    return make_instance(base.settings.model_copy(update={"integers": False}), tables)


OF_LAST_YEAR = ("land", "money")
OF: dict[str, Callable[[Derived], Any]] = {
    "allocation:land": lambda d: d.upper[:, 2],
    "allocation:money": lambda d: d.upper[:, 3],
    "settle": lambda d: d.settle_limit,
    "added:primary": lambda d: d.growth_limit[:, 2],
    "land_use:production": lambda d: np.minimum(d.upper[:, 2], d.production_request),
    "land_use:unassigned": lambda d: d.upper[:, 2],
}


@pytest.mark.long
@settings(QUICK, max_examples=20)
@given(SEEDS)
def test_no_conflict_is_found_where_there_is_an_allocation(seed: int) -> None:
    instance = with_limits(seed)
    conflicts = errors(precheck(instance, derive(instance)))
    try:
        annual_program(Facts(instance)).solve({})
    except NoPoint:
        event("without an allocation, " + ("found" if conflicts else "left to the solver"))
    else:
        event("with an allocation")
        assert conflicts == ()


def test_families_name_conflicts_that_there_are() -> None:
    named = [code for family in catalogue().families.values() for code in family.conflicts]
    assert set(named) <= CONFLICT_CODES
    assert {quantity.conflict for quantity in catalogue().quantities.values()} - {""} <= CONFLICT_CODES


def test_an_advised_amount_is_in_whole_quanta() -> None:
    """A takes 210 to 290 ha in hundreds: 300 are refused, and 200 are advised, which can be published."""
    pools = {("land", "quantum"): 100}
    for sense, value, advised in ((">=", 300, "200"), ("<=", 200, "300")):
        found = errors(findings(pools=pools, limits=[limit("allocation:land", A, sense, value)]))
        assert [each.remedy for each in found if each.column == "value"] == [
            (f"限值改为 {advised} 公顷，或放宽这些规则。", f"Make it {advised} ha, or ease those rules.")
        ]


@pytest.mark.parametrize(
    ("where", "sense", "value", "each", "remedies"),
    [
        (A, ">=", 0.4, False, ["36.25 % (which is 0.3625), a sum of 290 ha"]),  # of 800 ha, A takes 210 to 290
        ("", "<=", 0.2, True, ["63.75 % (which is 0.6375)"]),  # and B at least 510: one cell, one finding for both
        (A, "<=", 0.0, False, []),
    ],
)
def test_the_value_of_a_limit_is_said_in_per_cent_and_as_it_stands_in_its_cell(
    where: str, sense: str, value: float, each: bool, remedies: list[str]
) -> None:
    found = errors(findings(limits=[limit("allocation:land", where, sense, value, basis="share") | {"each": each}]))
    said = [finding.remedy.en for finding in found]
    assert said == ([f"Make it {remedy}, or ease those rules." for remedy in remedies]
                    or ["Raise the limit, or ease those rules."])  # fmt: skip


def test_the_amount_that_is_recommended_can_be_written() -> None:
    """B has 2,000,005.8 migrants, of whom a tenth may settle: 200,000.58, of which 200,001 would be asking too much."""
    people = {("200002", "migrants_within"): 1_900_005.8}

    def remedies(sense: str, value: float) -> list[str]:
        found = errors(findings(cities=people, limits=[limit("settle", B, sense, value)]))
        return [each.remedy.en for each in found]

    assert remedies(">=", 500_000) == remedies(">=", 200_001) == ["Make it 200,000 persons, or ease those rules."]
    assert remedies(">=", 200_000) == []
    assert safe(200_000.58, up=True, digits=6) == 200_001  # for "at most" the next above
    assert safe(778_996.58, up=False, digits=6) == 778_996


def test_cities_that_no_rule_bounds_and_that_get_nothing_make_no_sum() -> None:
    """A cap of 0 makes a sum; a city that takes no part does not."""
    instance = hand()
    words = Words(instance, derive(instance))
    rule = np.array(["cap", "none", "corridor"], dtype=object)
    made = words.made_by(np.array([0.0, 0.0, 25.0]), rule, MONEY, upper=True)
    assert made.zh == "浮动区间 25 万元（1 个城市）、封顶 0 万元（1 个城市）"
    assert made.en == "corridor 25 × 10⁴ yuan (1 city), cap 0 × 10⁴ yuan (1 city)"
