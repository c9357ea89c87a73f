"""The deletion filter on a few rows by hand: what clashes, what time leaves untried, and which runs it does without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from alloc.compiler.labels import Codes, Members
from alloc.compiler.linear_model import Block, LinearModel
from alloc.solver.conflict import DeletionFilter, families_in_conflict
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from small_models import small_model


def families(model: LinearModel, **rows: int) -> LinearModel:
    """The model with its rows in families of so many rows each."""
    codes, start, blocks = Codes(), 0, {}
    for name, number in rows.items():
        blocks[name] = Block(name, start, Members([codes.of(range(number))], codes, number), (number,))
        start += number
    return replace(model, rows=blocks)


def clash() -> LinearModel:
    """least: x ≥ 3; most: x ≤ 1 and y ≤ 9; other: y ≤ 5; total: x + y ≤ 2; nothing: a family without rows."""
    model = small_model([[1, 0], [1, 0], [0, 1], [0, 1], [1, 1]], [3, *[-np.inf] * 4], [np.inf, 1, 9, 5, 2], [10, 10])
    return families(model, least=1, most=2, nothing=0, other=1, total=1)


def filtered(model: LinearModel, seconds: Sequence[float]) -> tuple[list[str], bool, list[tuple[int, int]]]:
    """The families that are left, whether all were tried, and what progress was told."""
    rows = {name: np.arange(block.start, block.stop) for name, block in model.rows.items() if block.members.size}
    found = DeletionFilter(model, Session(model, Clock(60)), cold=False)
    told: list[tuple[int, int]] = []
    given = iter(seconds)
    all_tried = found.filter(list(rows.values()), lambda: next(given), lambda done, total: told.append((done, total)))
    return [name for name, part in rows.items() if found.kept[part].any()], all_tried, told


def test_what_clashes_is_few_and_each_of_it_is_needed() -> None:
    """Without the most, x ≥ 3 still breaks the total; without the least or the total there is a point."""
    assert families_in_conflict(clash(), whole=False, clock=Clock(60)) == ("least", "total")
    assert filtered(clash(), [60] * 4) == (["least", "total"], True, [(0, 4), (1, 4), (2, 4), (3, 4)])


def test_what_time_leaves_untried_stays() -> None:
    """After two families time is over: the most is left out, the others stand; without any time all do."""
    assert filtered(clash(), [60, 60, 0]) == (["least", "other", "total"], False, [(0, 4), (1, 4), (2, 4)])
    assert filtered(clash(), [-1.0]) == (["least", "most", "other", "total"], False, [(0, 4)])
    assert families_in_conflict(clash(), whole=False, clock=Clock(0.0)) == ("least", "most", "other", "total")


def test_a_clash_of_whole_facilities_is_looked_for_where_parts_of_them_fit() -> None:
    """0.4 ≤ b ≤ 0.6 holds for half a facility; b + c ≤ 9 has nothing to do with it."""
    model = small_model([[1, 0], [1, 0], [1, 1]], [0.4, -np.inf, -np.inf], [np.inf, 0.6, 9], [5, 5], None, [True, True])
    model = families(model, least=1, most=1, total=1)
    assert families_in_conflict(model, whole=True, clock=Clock(60)) == ("least", "most")


def test_no_run_is_made_for_a_part_without_which_a_point_is_known() -> None:
    """x ≥ 3 against x ≤ 1 and against x ≤ 2: the point found without the first breaks it alone."""
    model = small_model([[1], [1], [1]], [3, -np.inf, -np.inf], [np.inf, 1, 2], [10])
    session = Session(model, Clock(60))
    found = DeletionFilter(model, session, cold=True)
    assert found.needs(np.array([0])) is Ending.OPTIMAL
    assert found.needs(np.array([0])) is None
    assert found.needs(np.array([1])) is Ending.INFEASIBLE and found.kept.tolist() == [True, False, True]
    assert found.needs(np.array([2])) is Ending.OPTIMAL and found.kept.tolist() == [True, False, True]
    session.costs(np.array([1.0]))
    assert session.run().ending is Ending.INFEASIBLE, "what is kept is held again"


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_row_counts_as_broken_from_what_is_no_rounding_on(side: float) -> None:
    """The point that is found without the first row is at 1, a ten-millionth from the other's side: it keeps that."""
    model = small_model([[side], [side]], [3, -np.inf], [np.inf, 1 - 1e-7], [10], [-10])
    found = DeletionFilter(model, Session(model, Clock(60)), cold=False)
    run = replace(found.session.run(), ending=Ending.OPTIMAL, point=np.array([side]))
    found.session.run = lambda *given, **options: run  # type: ignore[method-assign]
    assert found.needs(np.array([0])) is Ending.OPTIMAL
    assert found.needs(np.array([0])) is None
