"""Whole facilities: every city by itself, with what the relaxation grants it; so they are determined.

What a city builds follows from its own figures and from what the relaxation grants it, in the order of the tiers. There
is no search over the country: no name, no order of rows, no edit made before and no gap decides anything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.solver.facilities.city_programs import CityProgram, city_programs
from alloc.solver.model.runs import Clock, Ending, WarmStartCache
from alloc.solver.model.status import Progress, Report, TierState
from alloc.tolerances import FEASIBILITY, TIE_BREAK

STAGE = "every city by itself"
OFTEN = 0.25  # seconds from one report of how many are done to the next
EASE = 10 * FEASIBILITY  # of a row's size: what is granted often pays for exactly one hospital
OPTIONS: dict[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": TIE_BREAK / 10,
    "mip_feasibility_tolerance": FEASIBILITY,
    "time_limit": 10.0,  # most for one objective of one city; they take a millisecond or two
    # With searches of their own for points a program takes three times as long, and none is better for it.
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
OPTIMAL = highspy.HighsModelStatus.kOptimal


@dataclass(frozen=True)
class Choice:
    """What all cities choose.

    Attributes:
        columns, values: the whole columns of the model and their values.
        open: whole columns of cities without a plan of their own; theirs are rounded down from the relaxation.
        without: how many such cities there are.
        taken_over: how many cities had the same program in an earlier solve.
        ending: whether time or an interrupt came before all cities.
    """

    columns: np.ndarray
    values: np.ndarray
    open: np.ndarray
    without: int
    taken_over: int
    ending: Ending


def choose(
    model: LinearModel,
    point: np.ndarray,
    clock: Clock,
    seconds: float,
    report: Report,
    memory: WarmStartCache | None = None,
) -> Choice:
    """Whole facilities of every city.

    Args:
        point: of the relaxation.
        seconds: most that may pass; cities that are not reached are rounded down.
        memory: programs that it knows from an earlier solve are taken over; it knows these ones afterwards.
    """
    report(Progress(STAGE, "", clock.spent))
    programs = city_programs(model, point)
    until = clock.spent + seconds
    known: Mapping[bytes, np.ndarray] = {} if memory is None else memory.cities
    keys = [one.key for one in programs]
    taken_over = [key in known for key in keys]
    local = threading.local()

    def chosen(key: bytes, program: CityProgram) -> np.ndarray | None:
        if (before := known.get(key)) is not None:
            return before
        if clock.spent > until or clock.interrupted:
            return None
        if not hasattr(local, "highs"):
            local.highs = _highs()
        return best(local.highs, program)

    with clock.interruptible(), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        choices, told = [], clock.spent
        for choice in pool.map(chosen, keys, programs):
            choices.append(choice)
            if clock.spent - told > OFTEN:
                told = clock.spent
                report(Progress(STAGE, "", told, state=TierState.BETTER, part=(len(choices), len(programs))))
    values = np.clip(np.floor(point + EASE), model.lower, model.upper)
    without = []
    for program, choice in zip(programs, choices, strict=True):
        whole = program.columns[program.integer]
        if choice is None:
            without.append(whole)
        else:
            values[whole] = choice
    if memory is not None:
        memory.cities = {key: choice for key, choice in zip(keys, choices, strict=True) if choice is not None}
    late = bool(without) and clock.spent > until
    ending = Ending.INTERRUPTED if clock.interrupted else Ending.TIME if late else Ending.OPTIMAL
    columns = np.flatnonzero(model.integer)
    left = np.concatenate(without) if without else np.empty(0, dtype=np.int64)
    return Choice(columns, values[columns], left, len(without), sum(taken_over), ending)


def best(highs: Any, program: CityProgram) -> np.ndarray | None:
    """The whole columns of a city at its lexicographic optimum; None where there is no plan at all.

    Objectives that the relaxation has at the least that their bounds allow are first taken to be there: where that is
    possible, they need no run of their own.
    """
    costs = program.objectives
    least = np.where(costs > 0, costs * program.lower, costs * np.where(costs < 0, program.upper, 0.0)).sum(axis=1)
    at_least = (costs * program.start).sum(axis=1) - least <= TIE_BREAK
    at_least[-1] = False
    for skipped in sorted({int(np.argmin(at_least)), 0}, reverse=True):
        _pass(highs, program)
        for k in range(skipped):
            _hold(highs, costs[k], least[k] + TIE_BREAK)
        point = None
        for k in range(skipped, len(costs)):
            if point is not None and k < len(costs) - 1 and float(costs[k] @ point) - least[k] <= TIE_BREAK / 10:
                _hold(highs, costs[k], least[k] + TIE_BREAK)
                continue
            highs.changeColsCost(costs[k].size, np.arange(costs[k].size, dtype=np.int32), costs[k])
            point = _run(highs)
            if point is None:
                break
            _hold(highs, costs[k], float(costs[k] @ point) + TIE_BREAK)
        if point is not None:
            chosen: np.ndarray = np.round(point[program.integer])
            return chosen
    return None


def _run(highs: Any) -> np.ndarray | None:
    highs.run()
    if highs.getModelStatus() != OPTIMAL:  # once more, by another road
        highs.clearSolver()
        highs.setOptionValue("presolve", "off")
        highs.run()
        highs.setOptionValue("presolve", "choose")
    return np.array(highs.getSolution().col_value) if highs.getModelStatus() == OPTIMAL else None


def _hold(highs: Any, costs: np.ndarray, most: float) -> None:
    used = np.flatnonzero(costs)
    highs.addRow(-np.inf, most, used.size, used.astype(np.int32), costs[used])


def _pass(highs: Any, program: CityProgram) -> None:
    matrix = program.matrix
    highs.passModel(
        program.columns.size,
        matrix.shape[0],
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        np.zeros(program.columns.size),
        program.lower,
        program.upper,
        program.row_lower - EASE,
        program.row_upper + EASE,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        program.integer.astype(np.int32),
    )


def _highs() -> Any:
    highs = highspy._core._Highs()
    for option, value in OPTIONS.items():
        highs.setOptionValue(option, value)
    return highs
