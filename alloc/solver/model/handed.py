"""One HiGHS object that holds a `LinearModel`: vector hand-over, bound changes, runs that can be interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from weakref import WeakMethod

import highspy
import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.solver.model.runs import Clock, Ending, Run
from alloc.tolerances import LARGEST_VIOLATION, SMALLEST_COEFFICIENT

MANY_ROWS = 50_000  # from here on Devex is quicker than steepest edges (at 107,000 rows by a fifth; at 12,000 slower)
DEVEX = 1


class SolverError(Exception):
    """HiGHS refused data or failed; the message says which call."""


class HandedModel:
    """A HiGHS object and the model that it holds.

    Args:
        model: handed over in one call.
        clock: the solve's.
        whole: whether whole columns are whole here, or relaxed.
        order: rows and columns in another order inside the solver (for testing that no result depends on it).
    """

    def __init__(
        self,
        model: LinearModel,
        clock: Clock,
        whole: bool = False,
        order: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        rows, columns = model.matrix.shape
        row_order, column_order = order or (np.arange(rows), np.arange(columns))
        self._row_place, self._column_place = np.argsort(row_order), np.argsort(column_order)
        self._column_order, self._costs, self._costs_passed = column_order, (np.zeros(columns), 0.0), True
        self.clock, self.whole, self.columns = clock, whole, columns
        # The plain object: the one of highspy's modelling layer prints a banner before it can be silenced.
        self._highs: Any = highspy._core._Highs()
        self._set("output_flag", False)
        self._set("threads", 1)
        if rows >= MANY_ROWS:
            self._set("simplex_dual_edge_weight_strategy", DEVEX)
        # Whoever ran HiGHS in this process before with another number of threads keeps us from running with ours.
        self._highs.resetGlobalScheduler(True)
        matrix = model.matrix[row_order][:, column_order] if order else model.matrix
        whole_columns = (model.integer & (model.upper > model.lower)) if whole else np.zeros(columns, dtype=bool)
        _finite(matrix.data, "matrix")
        self._note(matrix.indptr, matrix.indices, matrix.data, model.lower, model.upper)
        self._note(model.row_lower, model.row_upper, whole_columns)
        self._checked(
            self._highs.passModel(
                columns,
                rows,
                matrix.nnz,
                int(highspy.MatrixFormat.kRowwise),
                int(highspy.ObjSense.kMinimize),
                0.0,
                np.zeros(columns),
                model.lower[column_order],
                model.upper[column_order],
                model.row_lower[row_order],
                model.row_upper[row_order],
                matrix.indptr.astype(np.int32),
                matrix.indices.astype(np.int32),
                matrix.data,
                whole_columns[column_order].astype(np.int32),
            ),
            "passModel",
        )
        self.on_incumbent: Callable[[float, float], None] | None = None
        callback = WeakMethod(self._callback)  # HiGHS would hold the session, and the session HiGHS, for ever

        def on_event(*event: Any) -> None:
            if (method := callback()) is not None:
                method(*event)

        self._highs.setCallback(on_event, None)
        kinds = highspy.cb.HighsCallbackType
        for kind in (kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt):
            self._highs.startCallback(kind)

    def costs(self, costs: np.ndarray, constant: float = 0.0) -> None:
        """Minimise costs·x + constant from now on; `costs` has one entry for each of the model's columns."""
        _finite(costs, "costs")
        self._note(costs, np.array([constant]))
        self._costs, self._costs_passed = (costs, constant), False

    def _pass_costs(self) -> None:
        """Told to HiGHS only where it runs: at county scale this takes as long as seeing that nothing has to be run."""
        (costs, constant), places = self._costs, np.arange(self.columns, dtype=np.int32)
        self._checked(self._highs.changeColsCost(self.columns, places, costs[self._column_order]), "changeColsCost")
        self._checked(self._highs.changeObjectiveOffset(constant), "changeObjectiveOffset")
        self._costs_passed = True

    def bound_columns(self, columns: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Sets bounds of columns."""
        self._note(columns, lower, upper)
        places = self._columns(columns)
        self._checked(self._highs.changeColsBounds(len(places), places, lower, upper), "changeColsBounds")

    def bound_rows(self, rows: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Sets bounds of rows."""
        self._note(rows, lower, upper)
        places = self._row_place[rows].astype(np.int32)
        self._checked(self._highs.changeRowsBounds(len(places), places, lower, upper), "changeRowsBounds")

    def set_coefficient(self, row: int, column: int, value: float) -> None:
        """Sets one coefficient."""
        self._note(np.array([row, column, value]))
        place = int(self._columns(np.array([column]))[0])
        self._checked(self._highs.changeCoeff(int(self._row_place[row]), place, value), "changeCoeff")

    def add_row(self, lower: float, upper: float, coefficients: np.ndarray) -> None:
        """Adds lower ≤ coefficients·x ≤ upper (one coefficient for each of the model's columns)."""
        used = np.flatnonzero(np.abs(coefficients) > SMALLEST_COEFFICIENT)
        _finite(coefficients, "row")
        self._note(np.array([lower, upper]), coefficients)
        call = self._highs.addRow(lower, upper, used.size, self._columns(used), coefficients[used])
        self._checked(call, "addRow")
        self._row_place = np.append(self._row_place, self._row_place.size)

    def start_from(self, columns: np.ndarray, values: np.ndarray) -> None:
        """Gives an integer run the whole columns of a feasible point; HiGHS finds the best of the others for them."""
        if not self._costs_passed:
            self._pass_costs()  # other costs make HiGHS forget the point
        self._checked(self._highs.setSolution(columns.size, self._columns(columns), values), "setSolution")

    def run(self, time_limit: float | None = None, cold: bool = False, **options: float | str) -> Run:
        """Solves what is held now.

        Args:
            time_limit: seconds, at most what the clock has left.
            cold: forget the basis, so that presolve runs: on another objective 2 to 18 times as fast as going on
                from the last basis (2,850 units), since the face has fixed most of the model.
            options: further HiGHS options, for this run alone.

        Raises:
            KeyboardInterrupt: never; an interrupt stops the run and is said in its ending.
        """
        if cold:
            self._highs.clearSolver()
        if not self._costs_passed:
            self._pass_costs()
        left = self.clock.left if time_limit is None else min(time_limit, self.clock.left)
        self._set("time_limit", float(self._highs.getRunTime() + max(left, 0.01)))
        usual = {option: self._highs.getOptionValue(option)[1] for option in options}
        for option, value in options.items():
            self._set(option, value)
        started = time.perf_counter()
        with self.clock.interruptible():
            self._highs.run()
        run = self._outcome(time.perf_counter() - started)
        for option, value in usual.items():
            self._set(option, value)
        return run

    def _outcome(self, seconds: float) -> Run:
        status, info = self._highs.getModelStatus(), self._highs.getInfo()
        solution = self._highs.getSolution()
        kind = highspy.HighsModelStatus
        ending = {
            kind.kOptimal: Ending.OPTIMAL,
            kind.kInfeasible: Ending.INFEASIBLE,
            kind.kTimeLimit: Ending.TIME,
            kind.kInterrupt: Ending.INTERRUPTED,
        }.get(status, Ending.FAILED)
        # After unscaling HiGHS may call an optimal point infeasible by a hair; what is far off is no point.
        feasible = info.primal_solution_status == 2 or info.max_primal_infeasibility <= LARGEST_VIOLATION
        if ending is Ending.OPTIMAL and not feasible:
            ending = Ending.FAILED
        point = None
        if ending is Ending.OPTIMAL or (info.primal_solution_status == 2 and ending is not Ending.INFEASIBLE):
            point = np.asarray(solution.col_value)[: self.columns][self._column_place]
        empty = np.empty(0)
        dual = not self.whole and point is not None and solution.dual_valid
        rows = self._row_place.size
        return Run(
            ending,
            point,
            np.asarray(solution.col_dual)[: self.columns][self._column_place] if dual else empty,
            np.asarray(solution.row_dual)[:rows][self._row_place] if dual else empty,
            float(info.mip_dual_bound if self.whole else info.objective_function_value),
            seconds,
        )

    def _note(self, *arrays: np.ndarray) -> None:
        """What is held has changed to this."""

    def _columns(self, columns: np.ndarray) -> np.ndarray:
        return np.asarray(self._column_place[columns], dtype=np.int32)

    def _callback(self, kind: object, message: str, out: object, into: object, data: object) -> None:
        if kind == highspy.cb.HighsCallbackType.kCallbackMipInterrupt and self.on_incumbent is not None:
            self.on_incumbent(float(out.mip_primal_bound), float(out.mip_dual_bound))  # type: ignore[attr-defined]
        if self.clock.interrupted:
            into.user_interrupt = True  # type: ignore[attr-defined]

    def _set(self, option: str, value: float | str) -> None:
        self._checked(self._highs.setOptionValue(option, value), f"option {option}")

    @staticmethod
    def _checked(status: object, call: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise SolverError(f"HiGHS refused {call}")


def _finite(values: np.ndarray, what: str) -> None:
    if not np.all(np.isfinite(values)):
        raise SolverError(f"{what}: a number that is not finite")
