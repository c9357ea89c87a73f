"""What is known from before an edit: carried over to a model with rows more or less, and whether it still holds.

A limit came or went, and what was known of every row finds its place; a run is still the optimum where two products
with the matrix prove it, without a solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from alloc.compiler.linear_model import Block
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import ActiveSetRecord, Least, Run
from alloc.tolerances import FEASIBILITY, SUMMATION

Blocks = Mapping[str, Block]


def carried_basis(basis: Any, places: np.ndarray) -> Any:
    """The basis for the rows that are there now.

    Args:
        basis: of HiGHS.
        places: as `carried_rows` gives them.

    Returns:
        The basis; a new row is basic, and HiGHS has to complete it where a row went that was not.
    """
    old = list(basis.row_status)
    carried = highspy.HighsBasis()
    carried.valid = carried.alien = True
    carried.col_status = list(basis.col_status)
    carried.row_status = [old[place] if place >= 0 else highspy.HighsBasisStatus.kBasic for place in places.tolist()]
    return carried


def carried_run(run: Run, places: np.ndarray) -> Run:
    """The run with a dual for each row that is there now; a new row has none."""
    return replace(run, duals=np.where(places < 0, 0.0, run.duals[places]))


def carried_least(held: ActiveSetRecord, now: Blocks, scales: tuple[np.ndarray, np.ndarray], rows: int) -> Least | None:
    """What held the point, for the rows and the units that are there now; a new row does not hold it.

    None where it cannot be carried.
    """
    least, (column_before, row_before), (column_now, row_now) = held.least, held.scales, scales
    places = carried_rows(least.rows.size, held.families, now, rows)
    if places is None or least.columns.size != column_now.size:
        return None
    new = places < 0
    duals = np.where(new, 0.0, least.duals[places])
    known = np.flatnonzero(~new[: row_now.size])  # rows that were added while solving have no unit
    duals[known] *= row_now[known] / row_before[places[known]]
    sides = np.where(new, 0, least.rows[places])
    return replace(least, point=least.point * column_before / column_now, duals=duals, rows=sides)


def carried_rows(had_rows: int, before: Blocks, now: Blocks, rows: int) -> np.ndarray | None:
    """Where each row that is there now stood before; −1 for a new one.

    Args:
        had_rows: how many there were, with rows that were added while solving behind those of `before`.
        before, now: the constraint families of the two models.
        rows: how many there are now, with the added ones.

    Returns:
        The places; None where the added rows are not the same number.
    """
    had, has = (max((block.stop for block in blocks.values()), default=0) for blocks in (before, now))
    if rows - has != had_rows - had:
        return None
    places = np.full(rows, -1)
    places[has:] = np.arange(had, had_rows)
    for name, block in now.items():
        here, there = _pairs(before.get(name), block)
        places[here] = there
    return places


def _pairs(before: Block | None, now: Block) -> tuple[np.ndarray, np.ndarray]:
    """Places of the same rows now and before."""
    none = np.empty(0, dtype=np.int64)
    if before is None:
        return none, none
    if before.members.size == now.members.size:
        return np.arange(now.start, now.stop), np.arange(before.start, before.stop)
    place = {before.label(row): row for row in range(before.start, before.stop)}
    pairs = [(row, place[now.label(row)]) for row in range(now.start, now.stop) if now.label(row) in place]
    here, there = zip(*pairs, strict=True) if pairs else (none, none)
    return np.array(here, dtype=np.int64), np.array(there, dtype=np.int64)


def still_optimal(run: Run, costs: np.ndarray, bounds: Bounds) -> Run | None:
    """The run for the model as it is now, where its point and its duals prove each other optimal here too.

    The point keeps to every row and bound; a column that costs more than its rows pay for stands at its lower bound,
    one that costs less at its upper; a row with a price stands at the side that the price belongs to.

    Args:
        run: an optimal linear run, for the columns and rows that are there now.
        costs: of the columns now.
        bounds: the model as it stands now.
    """
    point, duals = run.point, run.duals
    if point is None:
        return None
    reduced = costs - bounds.matrix.T @ duals
    size = np.abs(costs) + bounds.sizes.T @ np.abs(duals)
    same = np.abs(reduced - run.reduced) <= SUMMATION * size
    reduced = np.where(same, run.reduced, reduced)  # a price of nothing is exactly nothing, and decides what is held
    columns = _pressed(point, reduced, bounds.lower, bounds.upper)
    if not (columns and _pressed(bounds.matrix @ point, duals, bounds.row_lower, bounds.row_upper)):
        return None
    return replace(run, reduced=reduced, bound=float((costs * point).sum()), seconds=0.0)


def _pressed(at: np.ndarray, price: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> bool:
    """Whether all lie between their sides, and with a price at the side that it presses to."""
    least = np.where(price < -FEASIBILITY, upper, lower)
    most = np.where(price > FEASIBILITY, lower, upper)
    return bool(np.all((at >= least - FEASIBILITY) & (at <= most + FEASIBILITY)))
