"""The benchmark measures the same model by every route, and says so where it does not."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np
import pytest
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the package is no part of what is installed

from alloc.instance import read  # noqa: E402
from alloc.instance.derived.derived import Derived, derive  # noqa: E402
from benchmarks import agreement, handover  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.generated import generated  # noqa: E402
from benchmarks.routes import BASELINE, ROUTES, route  # noqa: E402

SMALL = 20


def held(name: str, data: Any = None) -> Any:
    module = route(name)
    if module is None:
        pytest.skip(f"{name} is not installed")
    return module.held(module.hand_over(generated(SMALL) if data is None else data))


# ----------------------------------------------------------------------------------------------- the same model


LONG = ("linopy",)  # its libraries take a second to load
OTHERS = [pytest.param(name, marks=[pytest.mark.long] if name in LONG else []) for name in ROUTES if name != BASELINE]


@pytest.mark.parametrize("plain", [False, True], ids=["all rules", "plain"])
@pytest.mark.parametrize("name", OTHERS)
def test_every_route_gives_the_same_model(name: str, plain: bool) -> None:
    data = generated(SMALL, plain=plain)
    agreement.check({BASELINE: held(BASELINE, data), name: held(name, data)})


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_every_route_gives_the_same_model_of_the_national_instance(name: str) -> None:
    data = derive(read("china-2020"))
    agreement.check({BASELINE: held(BASELINE, data), name: held(name, data)})


@pytest.mark.slow
@pytest.mark.county
def test_the_hand_written_route_gives_the_same_model_of_the_counties() -> None:
    data = derive(read("counties-2020"))
    agreement.check({BASELINE: held(BASELINE, data), "alloc": held("alloc", data)})


@pytest.mark.parametrize(("plain", "uses", "reuses", "by_policy"), [(False, 5, 3, 3), (True, 3, 2, 0)])
def test_size_of_the_model(plain: bool, uses: int, reuses: int, by_policy: int) -> None:
    """Counted by hand from the page of the model: 6 services, 6 pools, 2 classes of bonds, 3 limits.

    Land by use has three rows a city more (housing, other, unassigned), and one of all cities.
    """
    data = generated(SMALL, plain=plain)
    linked = int(np.isfinite(data.stock_base).sum())
    found = agreement.size(held(BASELINE, data))
    assert found.columns == SMALL * (6 + 1 + 3 * 6 + 3 * 6 + 6 + uses + reuses + 1 + 1) + 1
    assert found.rows == SMALL * (4 * 6 + 4 + by_policy + 2 + 2 + 2 + 1 + 1) + linked + 6 + 3 + (by_policy > 0)


def changed(**changes: Any) -> Any:
    """The hand-written model with something else in it."""
    highs = held(BASELINE)
    for call, arguments in changes.items():
        getattr(highs, call)(*arguments)
    return highs


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"changeCoeff": (40, 700, 0.25)}, "nonzeros"),
        ({"changeColBounds": (0, 0.0, 1.0)}, "lower bounds"),
        ({"changeColBounds": (SMALL * 6, 0.0, 1.0)}, "upper bounds"),
        ({"changeRowBounds": (6, -math.inf, 1.0)}, "sides of rows"),
        ({"changeColCost": (SMALL * 6, -2.0)}, "costs"),
        ({"changeColIntegrality": (SMALL * 7, highspy.HighsVarType.kContinuous)}, "whole columns"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else str(value),
)
def test_another_model_is_noticed(changes: dict[str, tuple[Any, ...]], message: str) -> None:
    with pytest.raises(agreement.Disagreement, match=message):
        agreement.check({"one": held(BASELINE), "other": changed(**changes)})


def test_a_sign_is_noticed_by_the_optimum() -> None:
    """Who settles gives capacity instead of taking it: all numbers are the same but for their sign."""
    other = held(BASELINE)
    lp = other.getLp()
    matrix = lp.a_matrix_
    assert matrix.format_ == highspy.MatrixFormat.kColwise
    values = np.array(matrix.value_)
    values[matrix.start_[SMALL * 6] : matrix.start_[SMALL * 7]] *= -1.0
    matrix.value_ = values
    lp.a_matrix_ = matrix
    other.passModel(lp)
    with pytest.raises(agreement.Disagreement, match="optimum"):
        agreement.check({"one": held(BASELINE), "other": other})


# ------------------------------------------------------------------------------------------------ generated data


def test_generated_data_are_the_same_every_time() -> None:
    one, other, another = generated(SMALL), generated(SMALL), generated(SMALL, seed=1)
    for name, value in vars(one).items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(value, getattr(other, name), equal_nan=value.dtype.kind == "f")
    assert not np.array_equal(one.residents, another.residents)


def test_generated_data_have_the_names_of_derived_data() -> None:
    assert set(vars(generated(SMALL))) <= set(Derived.__dataclass_fields__)


# ------------------------------------------------------------------------------------------------------ measuring


@pytest.mark.slow
def test_figures() -> None:
    found = handover.measure([SMALL, 30], repeat=2, names=("alloc",))
    assert [(row.route, row.size) for row in found.rows] == [
        (BASELINE, SMALL),
        ("alloc", SMALL),
        (BASELINE, 30),
        ("alloc", 30),
    ]
    for row in found.rows:
        assert row.runs == 2
        assert row.seconds is not None and row.seconds > 0
        assert (row.ratio == 1.0) == (row.route == BASELINE)
    assert "alloc" in found.table()


def test_route_that_is_not_installed_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "linopy", None)
    monkeypatch.delitem(sys.modules, "benchmarks.routes.linopy", raising=False)
    found = handover.measure([SMALL], repeat=1, names=("linopy",))
    assert [row.skipped for row in found.rows] == [None, "not installed"]
    assert "not installed" in found.table()


def slow_route(monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[int]:
    """A route whose time is made up; gives the sizes it is called at."""
    calls: list[int] = []
    written = route(BASELINE)
    now = [0.0]

    def hand_over(data: Any) -> Any:
        calls.append(len(data.cities))
        now[0] += seconds * len(data.cities)
        return written.hand_over(data)

    module = SimpleNamespace(hand_over=hand_over, held=lambda highs: highs)
    monkeypatch.setattr(handover, "route", lambda name: module if name == "slow" else route(name))
    clock = handover.time.perf_counter
    monkeypatch.setattr(handover.time, "perf_counter", lambda: clock() + now[0])
    return calls


@pytest.mark.slow
def test_slow_route_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = slow_route(monkeypatch, seconds=1.0)
    found = handover.measure([SMALL], repeat=3, names=("slow",))
    assert [row.runs for row in found.rows] == [3, 1]
    assert calls == [SMALL] * 2  # compared, and measured


@pytest.mark.slow
def test_slow_route_is_skipped_where_it_would_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = slow_route(monkeypatch, seconds=0.1)
    found = handover.measure([SMALL, 40], repeat=1, slow_limit=3.0, names=("slow",))
    assert calls == [SMALL] * 3
    assert [(row.size, row.skipped) for row in found.rows if row.route == "slow"] == [
        (SMALL, None),
        (40, "skipped: would take about 4 s"),
    ]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", "handover", *arguments],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_command(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    ran = run("--sizes", str(SMALL), "--repeat", "1", "--routes", "alloc,pyomo_appsi_highs", "--json", str(file))
    assert ran.returncode == 0, ran.stderr
    document = json.loads(file.read_text(encoding="utf-8"))
    assert {"python", "packages", "machine", "cores", "repeat"} <= document["header"].keys()
    assert [row["route"] for row in document["rows"]] == [BASELINE, "alloc", "pyomo_appsi_highs"]
    keys = {"route", "size", "columns", "rows", "nonzeros", "seconds", "ratio"}
    assert all(keys <= row.keys() for row in document["rows"])
    assert document["rows"][0]["ratio"] == 1.0
    assert ran.stdout.startswith(f"{SMALL} cities:")
    assert "HiGHS" not in ran.stdout, "what a library's solver prints is no part of the table"


@pytest.mark.long
def test_command_refuses_what_it_does_not_know() -> None:
    for unknown in (("--routes", "nobody"), ("--sizes", "many")):
        assert CliRunner().invoke(main, ["handover", *unknown]).exit_code == 2


def test_no_table_where_the_models_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    written = route(BASELINE)
    other = SimpleNamespace(hand_over=lambda data: changed(changeColCost=(SMALL * 6, -2.0)), held=lambda highs: highs)
    monkeypatch.setattr(handover, "route", lambda name: written if name == BASELINE else other)
    with pytest.raises(agreement.Disagreement, match="costs"):
        handover.measure([SMALL], names=("other",))
