"""What levers declare of the numbers that can be turned: which are tried together, move coefficients, have a price."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloc.explanation.infeasibility.adjustments import Way, greatest, ways
from alloc.explanation.infeasibility.rows import Rows, rows_of
from alloc.explanation.sensitivity.words import worth
from alloc.explanation.shared.values import values_of, with_values
from alloc.formulation.registry import catalogue
from alloc.instance import read
from alloc.scenario import apply, parse_edit
from random_instances import write_random

WITHOUT_PRICE = {
    "pools.reserve": "to keep back a share is as much as to have so much less in all",
    "earmarks.amount": "a promise to one city: a floor that is there whatever it is worth to others",
}


def test_every_number_that_is_set_for_more_than_one_city_has_a_price() -> None:
    """Yes and no have none, nor what is given of a single city; everything else is named here with its reason."""
    numbers = catalogue().numbers.values()
    yes_or_no = {each.path for each in numbers if each.turns and all(turn.waives for turn in each.turns)}
    expected = {each.path for each in numbers if each.by != "city"} - yes_or_no - set(WITHOUT_PRICE)
    assert {each.path for each in numbers if each.priced} == expected


def test_what_a_change_of_one_in_a_tier_is_counted_in() -> None:
    """Two cities with 100,000 residents each, which ask for 30 and 10 ha."""
    edits = ["cities.000001.production_request = 10", "cities.000002.production_request = 30"]
    hand = apply(read("hand"), [parse_edit(each) for each in edits]).instance
    beta = next(each.beta for each in hand.settings.objective if each.tier == "fairness")
    expected = {"minimum": 200_000, "fairness": beta * 200_000, "settlement": 1, "coverage": 200_000, "production": 40,
                "closeness": 1, "cost": 1}  # fmt: skip
    assert {each.tier: worth(hand, each.tier) for each in hand.settings.objective} == pytest.approx(expected)
    least = ["drop objective.fairness.beta", "objective.fairness.method = 'leximin'"]
    leximin = apply(hand, [parse_edit(each) for each in least]).instance
    assert worth(leximin, "fairness") == 1e6, "millionths of the least score"


def test_tiers_that_are_one_linear_program_have_duals() -> None:
    """Not sums of squares, nor what is raised step by step."""
    tiers = catalogue().tiers.values()
    without = {(tier.name, method) for tier in tiers for method in (None, *tier.methods) if not tier.has_duals(method)}
    assert without == {("closeness", None), ("fairness", "leximin"), ("production", "levelled")}


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 3, 6])
def test_turns_that_are_tried_together_move_no_rows_of_each_other(seed: int, tmp_path: Path) -> None:
    """Each by itself, with whatever it moves; else the effect of one would be taken for that of another."""
    rows = rows_of(read(write_random(tmp_path / "x", seed, cities=5, everything=True)))
    batches: dict[int, list[tuple[str, set[int], set[int]]]] = {}
    for way in ways(rows.known):
        if way.turn.waives or not (moved := turned(rows, way)):
            continue
        changed = np.flatnonzero(np.abs(moved[0] - rows.bound) > 1e-12 * np.maximum(1, np.abs(rows.bound)))
        own = changed[np.isin(rows.family[changed], way.turn.moves)]
        batches.setdefault(way.turn.probe, []).append((way.number.path, set(own.tolist()), set(changed.tolist())))
    assert len(batches) > 3 and sum(map(len, batches.values())) > 15
    mixed = {(one, other) for some in batches.values() for one, own, _ in some for other, _, all_ in some
             if one != other and own & all_}  # fmt: skip
    assert mixed == set()


@pytest.mark.long
def test_turns_that_are_said_to_multiply_move_coefficients_and_no_others_do(tmp_path: Path) -> None:
    rows = rows_of(read(write_random(tmp_path / "x", 3, cities=5, everything=True)))
    multiplies = {way.number.path for way in ways(rows.known, multiplies=True)}
    moving, tried = set(), set()
    for way in (*ways(rows.known), *ways(rows.known, multiplies=True)):
        if not way.turn.waives and (moved := turned(rows, way)):
            tried.add(way.number.path)
            if abs(moved[1] - rows.compiled.matrix).max() > 0:
                moving.add(way.number.path)
    assert len(moving) > 8 and moving == multiplies & tried


def turned(rows: Rows, way: Way) -> tuple[np.ndarray, Any] | None:
    """The bounds of the same rows, and the matrix, where all values of a number are another; None where it has none."""
    _, values = values_of(rows.instance, way.number.path)
    if not values.size:
        return None
    step = 1e-3 * np.where(values > 0, values, 1.0)
    other = np.where(values + step > greatest(rows.instance, way.number), values - step, values + step)
    moved = rows_of(with_values(rows.instance, way.number.path, other), rows)
    at = np.clip(np.searchsorted(moved.key, rows.key), 0, moved.key.size - 1)
    return np.where(moved.key[at] == rows.key, moved.bound[at], rows.bound), moved.compiled.matrix
