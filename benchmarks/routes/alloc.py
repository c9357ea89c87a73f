"""The annual formulation through the compiler, handed over by a session."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np

from alloc.compiler.compile import compile_model
from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock
from alloc_models.annual import build
from benchmarks.routes import WORST_SHARE

TIERS = (
    SimpleNamespace(tier="fairness", method="cvar", beta=WORST_SHARE),  # brings the rows of the worst-served
    SimpleNamespace(tier="settlement", method="", beta=np.nan),
)


def hand_over(data: Any) -> tuple[LinearModel, Session]:
    """Declares the formulation, compiles it and opens a session on it."""
    model = compile_model(build(data, TIERS))
    session = Session(model, Clock(np.inf), whole=True)
    settlement = model.objectives["settlement"]
    assert isinstance(settlement, LinearObjective)
    session.costs(settlement.costs)
    session._pass_costs()  # a session does so where it runs
    return model, session


def held(handed: tuple[LinearModel, Session]) -> Any:
    """What the session's HiGHS object holds, with the units of the matrix turned back into those of the model."""
    model, session = handed
    lp = session._highs.getLp()
    matrix = session._highs.getLp().a_matrix_
    starts, places = np.asarray(matrix.start_), np.asarray(matrix.index_)
    along = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    row, column = (along, places) if matrix.format_ == highspy.MatrixFormat.kRowwise else (places, along)
    matrix.value_ = np.asarray(matrix.value_) * model.row_scale[row] / model.column_scale[column]
    lp.a_matrix_ = matrix
    lp.col_cost_ = np.asarray(lp.col_cost_) / model.column_scale
    lp.col_lower_, lp.col_upper_ = (np.asarray(each) * model.column_scale for each in (lp.col_lower_, lp.col_upper_))
    lp.row_lower_, lp.row_upper_ = (np.asarray(each) * model.row_scale for each in (lp.row_lower_, lp.row_upper_))
    highs = highspy._core._Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    return highs
