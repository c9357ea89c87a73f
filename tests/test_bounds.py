"""Benchmarks and bounds of two cities: which amount, by which rule, with the arithmetic beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from hand_instance import BONDS, GRANT, LAND, MONEY, A, B, hand
from test_derived import QUICK, SEEDS, close, random_instance

EMPTY = np.nan


def bounds(d: Derived, city: int, pool: int) -> tuple[float, str, float, str]:
    at = city, pool
    return float(d.lower[at]), d.lower_rule[at], float(d.upper[at]), d.upper_rule[at]


def changed(**changes: Any) -> Derived:
    return derive(hand(**changes))


def test_pools() -> None:
    d = derive(hand())
    close(d.available, 200_000, 100_000, 800, 900_000)  # (1 − reserve) · total
    assert list(d.kind) == ["bond", "transfer", "land", "transfer"]
    assert list(d.use) == ["", "capital", "", "general"]
    assert list(d.bond_class) == ["special", "", "", ""]
    assert d.exhaust.tolist() == [False, False, True, True]
    close(d.quantum, 1, 1, 0.01, 1)
    close(d.last_year[:, LAND], 300, 500)
    close(d.earmark[:, GRANT], EMPTY, 70_000)
    assert np.isnan(d.override).all()


def test_benchmark() -> None:
    d = derive(hand())
    # Land: half by entitlement (0, 80), half by residents (0.6, 0.4).
    close(d.benchmark[:, LAND], 800 * (0.5 * 0 + 0.5 * 0.6), 800 * (0.5 * 1 + 0.5 * 0.4))
    # Money: half by fiscal gap (0, 350,000), half by residents.
    close(d.benchmark[:, MONEY], 270_000, 630_000)
    close(d.benchmark[:, BONDS], 200_000 * 20 / 21, 200_000 * 1 / 21)  # fund revenue 2,000,000 and 100,000
    close(d.benchmark[:, GRANT], EMPTY, EMPTY)  # no factors


def test_benchmark_by_backlog_and_migrants() -> None:
    factors = [{"pool": "grant", "factor": name, "weight": 0.5} for name in ("backlog", "migrants")]
    d = changed(factors=factors)
    # Backlog: care 80,000 · 14 + primary 14,000 · 4 = 1,176,000; care 78,000 · 14 + primary 192,000 · 4 = 1,860,000.
    by_backlog, by_migrants = 1_176 / 3_036, 12 / 14
    close(d.benchmark[:, GRANT], 50_000 * (by_backlog + by_migrants), 50_000 * (2 - by_backlog - by_migrants))


def test_floor_and_cap() -> None:
    d = derive(hand())
    close(d.floor[:, LAND], 210, 350)  # 0.7 · last year
    close(d.cap[:, LAND], 420, 700)  # 1.4 · last year
    close(d.floor[:, MONEY], 320_000, 400_000)
    close(d.cap[:, MONEY], 520_000, 650_000)
    close(d.floor[:, GRANT], 0, 70_000)  # the earmark alone
    close(d.cap[:, GRANT], np.inf, np.inf)


def test_bounds_and_the_rules_that_made_them() -> None:
    d = derive(hand())
    # Corridor 168 … 312 of the benchmark 240, floor 210; stock link 50 + 2 · 0.3 · 400 = 290; farmland 200/0.5 = 400.
    assert bounds(d, A, LAND) == (210, "floor", pytest.approx(290), "stock")
    # Corridor 392 … 728 of 560, cap 700, boundary 600, farmland 200/0.25 = 800.
    assert bounds(d, B, LAND) == (pytest.approx(392), "corridor", 600, "boundary")
    # Corridor 216,000 … 324,000, floor 320,000.
    assert bounds(d, A, MONEY) == (320_000, "floor", pytest.approx(324_000), "corridor")
    # Corridor 504,000 … 756,000, cap 650,000.
    assert bounds(d, B, MONEY) == (pytest.approx(504_000), "corridor", 650_000, "cap")
    assert bounds(d, A, GRANT) == (0, "none", np.inf, "none")
    assert bounds(d, B, GRANT) == (70_000, "earmark", np.inf, "none")
    assert bounds(d, A, BONDS) == (0, "none", 0, "debt_class")  # special debt is above its limit
    assert bounds(d, B, BONDS) == (0, "none", pytest.approx(400_000 / 21), "corridor")  # twice the benchmark


def test_a_side_without_a_corridor_is_the_floor_or_the_cap() -> None:
    d = changed(pools={("land", "corridor_down"): EMPTY, ("money", "corridor_up"): EMPTY})
    assert bounds(d, B, LAND)[:2] == (350, "floor")
    assert bounds(d, A, MONEY)[2:] == (520_000, "cap")


def test_without_floor_and_cap_the_corridor_stands() -> None:
    d = changed(pools={("money", "floor_multiple"): EMPTY, ("money", "cap_multiple"): EMPTY})
    assert bounds(d, A, MONEY) == (pytest.approx(216_000), "corridor", pytest.approx(324_000), "corridor")
    assert bounds(d, B, MONEY) == (pytest.approx(504_000), "corridor", pytest.approx(756_000), "corridor")


def test_a_corridor_outside_floor_and_cap_is_clipped_on_both_sides() -> None:
    # The corridor is 216,000 … 324,000. Floor 80,000 and cap 130,000 are below it, floor 400,000 is above it.
    above = changed(last_year={("100001", "money", "amount"): 100_000})
    assert bounds(above, A, MONEY) == (pytest.approx(130_000), "cap", pytest.approx(130_000), "cap")
    below = changed(last_year={("100001", "money", "amount"): 500_000})
    assert bounds(below, A, MONEY) == (400_000, "floor", 400_000, "floor")


def test_an_earmark_above_the_cap_raises_it() -> None:
    d = changed(earmarks=[{"city": "100001", "pool": "money", "amount": 600_000}])
    close(d.floor[:, MONEY], 600_000, 400_000)
    close(d.cap[:, MONEY], 600_000, 650_000)
    assert bounds(d, A, MONEY) == (600_000, "earmark", 600_000, "earmark")


def test_an_earmark_below_the_floor_changes_nothing() -> None:
    d = changed(earmarks=[{"city": "100001", "pool": "money", "amount": 300_000}])
    assert bounds(d, A, MONEY) == bounds(derive(hand()), A, MONEY)


def test_an_override_fixes_both_bounds() -> None:
    d = changed(overrides=[{"city": "100001", "pool": "money", "amount": 400_000}])
    assert bounds(d, A, MONEY) == (400_000, "override", 400_000, "override")
    assert d.rule_target[A, MONEY] == 400_000


@pytest.mark.parametrize(
    ("cell", "value", "upper", "rule"),
    [
        ("boundary_left", 250, 250, "boundary"),
        ("farmland_offset", 100, 200, "farmland"),  # 100 / 0.5, below the floor of 210
        ("farmland_share", 0, 290, "stock"),  # no farmland is taken
        ("farmland_share", EMPTY, 290, "stock"),
        ("farmland_offset", EMPTY, 290, "stock"),
        ("idle", 100, 110, "stock"),  # 50 + 2 · 0.3 · 100
        ("stock_base", EMPTY, 312, "corridor"),  # 1.3 · 240
    ],
)
def test_what_else_bounds_land(cell: str, value: float, upper: float, rule: str) -> None:
    d = changed(cities={("100001", cell): value})
    assert bounds(d, A, LAND)[2:] == (pytest.approx(upper), rule)


def test_rooms_bound_bonds() -> None:
    wide = {("bonds", "corridor_up"): EMPTY}
    assert bounds(changed(pools=wide), B, BONDS) == (0, "none", 60_000, "debt_room")  # class room is 100,000
    class_room = changed(pools=wide, cities={("200002", "limit_special"): 1_440_000})
    assert bounds(class_room, B, BONDS) == (0, "none", 40_000, "debt_class")
    general = changed(pools=wide | {("bonds", "bond_class"): "general"})
    assert bounds(general, A, BONDS) == (0, "none", 600_000, "debt_room")  # general room 1,000,000
    assert bounds(general, B, BONDS) == (0, "none", 0, "debt_class")


def test_a_bond_has_no_corridor_below() -> None:
    d = changed(pools={("bonds", "corridor_down"): 0.1})
    assert bounds(d, B, BONDS)[:2] == (0, "none")
    assert d.floor[B, BONDS] == 0


def test_an_override_on_a_bond_is_not_widened_by_its_room() -> None:
    d = changed(overrides=[{"city": "200002", "pool": "bonds", "amount": 70_000}])
    assert bounds(d, B, BONDS) == (70_000, "override", 60_000, "debt_room")


def test_bounds_that_differ_by_rounding_are_equal() -> None:
    """0.1 · 3 is above 0.3 by a last digit, which is no contradiction between floor and boundary."""
    d = changed(
        pools={("land", "floor_multiple"): 0.1, ("land", "corridor_down"): EMPTY},
        last_year={("200002", "land", "amount"): 3},
        cities={("200002", "boundary_left"): 0.3},
    )
    assert d.lower[B, LAND] > 0.3
    assert d.upper[B, LAND] == d.lower[B, LAND]


def test_rule_target() -> None:
    d = derive(hand())
    close(d.rule_target[:, LAND], 240, 560)
    close(d.rule_target[:, MONEY], 320_000, 630_000)  # the benchmark of 270,000 is below the floor
    close(d.rule_target[:, GRANT], 0, 70_000)  # no benchmark: the lower bound
    close(d.rule_target[:, BONDS], 0, 200_000 / 21)


@pytest.mark.long
@QUICK
@given(SEEDS)
def test_every_bound_has_its_rule(seed: int) -> None:
    d = derive(random_instance(seed))
    assert set(d.lower_rule.flat) | set(d.upper_rule.flat) <= set(catalogue().rules)
    np.testing.assert_array_equal(d.lower_rule == "none", d.lower == 0)
    np.testing.assert_array_equal(d.upper_rule == "none", np.isinf(d.upper))
    assert (d.floor <= d.cap).all()
    fit = (d.lower <= d.upper) & np.isnan(d.override)
    assert ((d.lower >= d.floor) | ~fit).all()
    assert ((d.upper <= d.cap) | ~fit).all()
    assert ((d.lower <= d.rule_target) & (d.rule_target <= d.upper) | ~fit).all()


@pytest.mark.long
@QUICK
@given(SEEDS)
def test_benchmarks_share_out_what_is_available(seed: int) -> None:
    d = derive(random_instance(seed))
    np.testing.assert_allclose(d.benchmark.sum(axis=0), d.available, rtol=1e-12)
    assert (d.benchmark >= 0).all()
