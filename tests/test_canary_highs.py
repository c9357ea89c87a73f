"""What the solver relies on in highspy beyond its documented face: a new version that changes it fails here, by name.

Each test says in its first line what rests on it. The calls are made as `alloc.solver` makes them, on programs of a few
columns whose answers are known by hand.
"""

from __future__ import annotations

import ast
import gc
import tomllib
import weakref
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest

from alloc.solver.facilities.by_city import OPTIONS
from alloc.tolerances import SMALLEST_COEFFICIENT

ROOT = Path(__file__).resolve().parent.parent
INFINITE = np.inf
STATUS, BASIC = highspy.HighsModelStatus, highspy.HighsBasisStatus
KINDS = highspy.cb.HighsCallbackType


def places(*columns: int) -> np.ndarray:
    return np.array(columns, dtype=np.int32)


def handed(
    costs: Sequence[float],
    upper: Sequence[float],
    rows: Sequence[Sequence[float]],
    row_lower: Sequence[float],
    row_upper: Sequence[float],
    whole: bool = False,
) -> Any:
    """Minimise costs·x over row_lower ≤ rows·x ≤ row_upper and 0 ≤ x ≤ upper; every coefficient is handed over."""
    highs = highspy._core._Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.resetGlobalScheduler(True)
    passed(highs, costs, upper, rows, row_lower, row_upper, whole)
    return highs


def passed(
    highs: Any,
    costs: Sequence[float],
    upper: Sequence[float],
    rows: Sequence[Sequence[float]],
    row_lower: Sequence[float],
    row_upper: Sequence[float],
    whole: bool = False,
) -> None:
    matrix, n = np.array(rows, dtype=float), len(costs)
    starts = np.arange(0, matrix.size + 1, n, dtype=np.int32)
    columns = np.tile(np.arange(n, dtype=np.int32), len(rows))
    status = highs.passModel(
        n, len(rows), matrix.size, 2, 1, 0.0, np.array(costs, dtype=float), np.zeros(n), np.array(upper, dtype=float),
        np.array(row_lower, dtype=float), np.array(row_upper, dtype=float), starts, columns, matrix.ravel(),
        np.full(n, int(whole), dtype=np.int32),
    )  # fmt: skip
    assert status == highspy.HighsStatus.kOk


def two_rows() -> Any:
    """x + y ≥ 2 and x + z ≤ 9 at the least x + 2 y − z: (2, 0, 3), where the first row and two bounds hold it."""
    return handed([1, 2, -1], [10, 10, 3], [[1, 1, 0], [1, 0, 1]], [2, -INFINITE], [INFINITE, 9])


def knapsack(count: int = 40) -> Any:
    """Whole numbers of things that do not fit, so that the search has to branch."""
    numbers = np.random.default_rng(1)
    weights = numbers.integers(1_000, 9_999, (8, count)).astype(float)
    worth = weights.sum(axis=0) + numbers.integers(1, 99, count)
    return handed(-worth, np.ones(count), weights, np.full(8, -INFINITE), weights.sum(axis=1) / 2 + 0.5, whole=True)


def test_highspy_is_the_pinned_one() -> None:
    """Tolerances, iteration counts and what the remarks in `alloc.solver` say were measured with one version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"highspy=={version('highspy')}" in project["dependencies"]


# -------------------------------------------------------------------------------------------------- what is handed over


def test_the_plain_object_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """`HandedModel` takes `_core._Highs` because the object of the modelling layer prints a banner."""
    two_rows().run()
    assert capfd.readouterr() == ("", "")


def test_the_model_is_read_row_by_row_and_minimised() -> None:
    """`passModel` takes the numbers of both names: rows one after the other, least costs."""
    assert int(highspy.MatrixFormat.kRowwise) == 2
    assert int(highspy.ObjSense.kMinimize) == 1
    lp = two_rows().getLp()
    assert (lp.num_col_, lp.num_row_, int(lp.sense_)) == (3, 2, 1)
    assert list(lp.col_upper_) == [10, 10, 3]
    assert list(lp.row_lower_) == [2, -INFINITE]


def test_a_model_takes_the_place_of_the_one_before() -> None:
    """`alloc.solver.facilities.by_city` runs one city after the other in one object, rows added to each."""
    highs = two_rows()
    highs.run()
    highs.addRow(5.0, INFINITE, 1, places(0), np.ones(1))
    passed(highs, [1, 1], [4, 4], [[1, 2]], [6], [INFINITE])
    assert (highs.getLp().num_col_, highs.getLp().num_row_) == (2, 1) and not highs.getBasis().valid
    highs.run()
    assert list(highs.getSolution().col_value) == [0, 3]


def test_ones_say_which_columns_are_whole() -> None:
    """The last array of `passModel`."""
    lp = knapsack(3).getLp()
    assert list(lp.integrality_) == [highspy.HighsVarType.kInteger] * 3


def test_what_is_smaller_than_KEEP_is_dropped() -> None:
    """`HandedModel.add_row` leaves such coefficients out itself, so that matrix and solver hold the same rows."""
    highs = two_rows()
    assert highs.getOptionValue("small_matrix_value")[1] == SMALLEST_COEFFICIENT
    assert highs.addRow(0.0, 1.0, 1, places(0), np.array([SMALLEST_COEFFICIENT / 10])) == highspy.HighsStatus.kWarning
    assert highs.addRow(0.0, 1.0, 1, places(0), np.array([SMALLEST_COEFFICIENT * 2])) == highspy.HighsStatus.kOk


def test_changes_take_arrays_of_places() -> None:
    """`bound_columns`, `bound_rows`, `set_coefficient`, `costs`: each call is (how many, places, values…)."""
    highs = two_rows()
    ok = highspy.HighsStatus.kOk
    assert highs.changeColsBounds(1, places(2), np.array([1.0]), np.array([2.0])) == ok
    assert highs.changeRowsBounds(1, places(0), np.array([4.0]), np.array([5.0])) == ok
    assert highs.changeCoeff(0, 0, 2.0) == ok
    assert highs.changeColsCost(3, places(0, 1, 2), np.array([1.0, 2.0, 1.0])) == ok
    assert highs.changeObjectiveOffset(100.0) == ok
    highs.run()
    assert list(highs.getSolution().col_value) == pytest.approx([2, 0, 1])
    assert highs.getInfo().objective_function_value == pytest.approx(103)


def test_rows_and_columns_come_and_go() -> None:
    """`Segments`: columns without entries, then rows over them, and both out again; the numbers of the others stay."""
    highs = two_rows()
    nothing, zero = np.empty(0, dtype=np.int32), np.zeros(1)
    assert highs.addCols(1, zero, zero, zero, 0, nothing, nothing, np.empty(0)) == highspy.HighsStatus.kOk
    added = highs.addRows(1, zero, zero, 2, places(0), places(0, 3), np.array([1.0, -1.0]))
    assert added == highspy.HighsStatus.kOk
    assert (highs.getNumCol(), highs.getNumRow()) == (4, 3)
    assert highs.deleteRows(1, places(2)) == highspy.HighsStatus.kOk
    assert highs.deleteCols(1, places(3)) == highspy.HighsStatus.kOk
    highs.run()
    assert list(highs.getSolution().col_value) == pytest.approx([2, 0, 3])


def test_what_it_is_given_is_refused_by_status_not_by_exception() -> None:
    """`_checked` turns kError into `SolverError` with the name of the call."""
    highs = two_rows()
    for option, value in (("no_such_option", 1), ("presolve", "perhaps"), ("time_limit", -1.0)):
        assert highs.setOptionValue(option, value) == highspy.HighsStatus.kError, option


def test_clear_model_makes_room_for_the_next() -> None:
    """`by_city` passes one city after the other to one object, whose options stay."""
    highs = two_rows()
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.run()
    highs.clearModel()
    assert (highs.getNumCol(), highs.getNumRow()) == (0, 0)
    assert highs.getOptionValue("mip_rel_gap")[1] == 0.0


# ------------------------------------------------------------------------------------------------------------- options


def options_in_use() -> set[str]:
    """Names of options in the sources: of `OPTIONS`, of calls that set one, and keywords of runs."""
    found = set(OPTIONS)
    for path in (ROOT / "alloc").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in ("_set", "setOptionValue") and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
            elif node.func.attr == "run" and "solver" in path.parts:
                found |= {each.arg for each in node.keywords if each.arg} - {"time_limit", "cold"}
    return found


def test_options_are_known_by_name() -> None:
    """An option that is renamed would be refused in the middle of a solve; `getOptionValue` gives (status, value)."""
    used = options_in_use()
    assert {"output_flag", "presolve", "mip_rel_gap", "simplex_iteration_limit"} <= used
    highs = highspy._core._Highs()
    assert {name for name in used if highs.getOptionValue(name)[0] != highspy.HighsStatus.kOk} == set()


@pytest.mark.parametrize(
    ("option", "usual"),
    [
        ("presolve", "choose"),  # what is set again after a run without
        ("simplex_dual_edge_weight_strategy", -1),  # chosen by itself; 1 is Devex
        ("primal_feasibility_tolerance", 1e-7),  # `HAIR`, `MOST` and `AT` are multiples of it
        ("dual_feasibility_tolerance", 1e-7),  # `ZERO` is what is left of it with costs of 100
        ("allow_unbounded_or_infeasible", False),  # so that an empty model is called infeasible and nothing else
    ],
)
def test_options_that_are_not_set_are_what_they_were(option: str, usual: object) -> None:
    """Thresholds of the solver are measured by these."""
    assert highspy._core._Highs().getOptionValue(option)[1] == usual


# ------------------------------------------------------------------------------------------------------ what comes back


def test_signs_of_duals_and_reduced_costs() -> None:
    """`Bounds.hold`: positive at a lower side, negative at an upper one, 0 between; the face is held by them."""
    highs = two_rows()
    highs.run()
    found = highs.getSolution()
    assert highs.getModelStatus() == STATUS.kOptimal
    assert found.dual_valid
    assert list(found.col_value) == pytest.approx([2, 0, 3])
    assert list(found.row_dual) == pytest.approx([1, 0])  # x + y stands at its lower side
    assert list(found.col_dual) == pytest.approx([0, 1, -1])  # y at its lower bound, z at its upper one


def test_how_runs_end() -> None:
    """`HandedModel._outcome` reads the status and calls a point one by `primal_solution_status` 2."""
    empty = handed([1], [1], [[1]], [2], [3])
    empty.run()
    assert empty.getModelStatus() == STATUS.kInfeasible
    assert empty.getInfo().primal_solution_status != 2
    full = two_rows()
    full.run()
    info = full.getInfo()
    assert (full.getModelStatus(), info.primal_solution_status) == (STATUS.kOptimal, 2)
    assert info.max_primal_infeasibility == 0.0
    assert info.simplex_iteration_count >= 0


def test_the_time_limit_counts_all_runs_of_an_object() -> None:
    """`HandedModel.run` adds what is left to `getRunTime`; alone it would be used up by the runs before."""
    highs = two_rows()
    highs.run()
    first = highs.getRunTime()
    highs.clearSolver()
    highs.run()
    assert highs.getRunTime() > first > 0.0
    slow = knapsack()
    slow.setOptionValue("time_limit", 0.05)
    slow.run()
    assert slow.getModelStatus() == STATUS.kTimeLimit


def test_a_whole_run_tells_its_bound() -> None:
    """`Run.bound` of whole columns is `mip_dual_bound`, below the objective as far as the gap lets it be."""
    highs = handed([-3, -0.99], [5, 20], [[3, 1]], [-INFINITE], [10.5], whole=True)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.run()
    assert list(highs.getSolution().col_value) == pytest.approx([3, 1])
    assert highs.getInfo().objective_function_value == pytest.approx(-9.99)
    assert highs.getInfo().mip_dual_bound == pytest.approx(-9.99)


# ----------------------------------------------------------------------------------------------------------- callbacks


def interrupted(highs: Any, kind: Any, after: int = 1) -> list[Any]:
    """Runs with a callback that says stop at the time it is called `after`; what it was told."""
    told: list[Any] = []

    def tell(kind: Any, message: str, out: Any, into: Any, data: object) -> None:
        told.append((kind, out))
        if len(told) >= after:
            into.user_interrupt = True

    assert highs.setCallback(tell, None) == highspy.HighsStatus.kOk
    assert highs.startCallback(kind) == highspy.HighsStatus.kOk
    highs.run()
    return told


@pytest.mark.parametrize("whole", [False, True], ids=["simplex", "whole"])
def test_a_callback_stops_a_run(whole: bool) -> None:
    """Ctrl-C: five arguments, and `user_interrupt` on the fourth ends the run as kInterrupt."""
    highs = knapsack() if whole else two_rows()
    highs.setOptionValue("presolve", "off")
    kind = KINDS.kCallbackMipInterrupt if whole else KINDS.kCallbackSimplexInterrupt
    told = interrupted(highs, kind)
    assert {each for each, _ in told} == {kind}
    assert highs.getModelStatus() == STATUS.kInterrupt


def test_a_callback_of_the_search_knows_point_and_bound() -> None:
    """Progress of whole facilities is told from `mip_primal_bound` and `mip_dual_bound`."""
    highs = knapsack(20)
    bounds = [
        (float(out.mip_primal_bound), float(out.mip_dual_bound))
        for _, out in interrupted(highs, KINDS.kCallbackMipInterrupt, after=10**9)
    ]
    assert highs.getModelStatus() == STATUS.kOptimal
    assert bounds
    assert all(dual <= primal for primal, dual in bounds)


def test_the_object_holds_its_callback() -> None:
    """Why `HandedModel` gives a weak reference: HiGHS keeps what it is given alive."""

    class Told:
        def __call__(self, *event: object) -> None: ...

    told = Told()
    kept, highs = weakref.ref(told), two_rows()
    highs.setCallback(told, None)
    del told
    gc.collect()
    assert kept() is not None


# ------------------------------------------------------------------------------------------------------------- bases


def test_a_run_from_its_own_basis_takes_no_iteration() -> None:
    """Warm starts: `getBasis` of one object, `setBasis` on another of the same model."""
    first = two_rows()
    first.run()
    basis = first.getBasis()
    again = two_rows()
    assert again.setBasis(basis) == highspy.HighsStatus.kOk
    again.run()
    assert again.getInfo().simplex_iteration_count == 0
    assert list(again.getSolution().col_value) == pytest.approx([2, 0, 3])


def test_a_basis_is_a_copy() -> None:
    """A memory keeps the basis in which a step ended while the object goes on."""
    highs = two_rows()
    highs.run()
    basis = highs.getBasis()
    kept = list(basis.col_status), list(basis.row_status)
    highs.changeColsCost(3, places(0, 1, 2), np.array([-1.0, -2.0, 1.0]))
    highs.run()
    assert (list(basis.col_status), list(basis.row_status)) == kept
    assert (list(highs.getBasis().col_status), list(highs.getBasis().row_status)) != kept


def test_a_basis_can_be_made_and_is_completed() -> None:
    """`carried_basis`: an alien basis with a basic row too many is made whole, not refused."""
    highs = two_rows()
    highs.run()
    old, made = highs.getBasis(), highspy.HighsBasis()
    made.valid = made.alien = True
    made.col_status, made.row_status = list(old.col_status), [BASIC.kBasic, BASIC.kBasic]
    assert highs.setBasis(made) == highspy.HighsStatus.kOk
    highs.run()
    assert list(highs.getSolution().col_value) == pytest.approx([2, 0, 3])


def test_a_row_that_comes_is_basic() -> None:
    """`Session.add_row` goes on from the basis before it."""
    highs = two_rows()
    highs.run()
    highs.addRow(-INFINITE, 100.0, 1, places(0), np.ones(1))
    basis = highs.getBasis()
    assert basis.valid
    assert list(basis.row_status)[-1] == BASIC.kBasic
    highs.run()
    assert highs.getInfo().simplex_iteration_count == 0


def test_clear_solver_forgets_the_basis_and_keeps_the_model() -> None:
    """A cold run: presolve runs again."""
    highs = two_rows()
    highs.run()
    assert highs.getBasis().valid
    highs.clearSolver()
    assert not highs.getBasis().valid
    highs.run()
    assert list(highs.getSolution().col_value) == pytest.approx([2, 0, 3])


def test_a_given_point_is_where_a_whole_run_starts() -> None:
    """`start_from`: places and values of some columns; with no node and no search of its own it is what comes back."""
    highs = handed([-3, -0.99], [5, 20], [[3, 1]], [-INFINITE], [10.5], whole=True)
    assert highs.setSolution(2, places(0, 1), np.array([1.0, 7.0])) == highspy.HighsStatus.kOk
    highs.setOptionValue("mip_max_nodes", 0)
    highs.setOptionValue("mip_heuristic_effort", 0.0)
    highs.setOptionValue("presolve", "off")
    highs.run()
    assert highs.getInfo().objective_function_value <= -9.93 + 1e-6
