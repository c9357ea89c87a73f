"""The benchmark of what a planner would use instead: the same instance, and what comes back is worth what is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the package is no part of what is installed

from benchmarks import planner  # noqa: E402

pytestmark = [pytest.mark.long, pytest.mark.slow]

CITIES = 10


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", "planner", *arguments],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    file = tmp_path_factory.mktemp("planner") / "figures.json"
    ran = run("--sizes", str(CITIES), "--limit", "60", "--json", str(file))
    assert ran.returncode == 0, ran.stderr
    for title in planner.TITLES.values():
        assert title in ran.stdout
    return {row["way"]: row for row in json.loads(file.read_text(encoding="utf-8"))["rows"]}


def test_what_alloc_returns_is_verified_and_its_gap_is_that_of_its_tiers(rows: dict[str, dict[str, Any]]) -> None:
    ours = rows["alloc"]
    assert ours["status"] == "feasible, verified"
    assert 0 <= ours["gap"] <= 0.01
    assert list(ours["tiers"]) == ["minimum", "fairness", "settlement", "coverage"]


def test_nothing_is_below_the_bound_and_the_weighted_sum_is_nearest_where_it_is_what_was_asked_for(
    rows: dict[str, dict[str, Any]],
) -> None:
    there = {way: row for way, row in rows.items() if "skipped" not in row}
    assert {"alloc", "pyomo_weighted", "pyomo_first"} <= there.keys()
    for row in there.values():
        assert row["distance"] >= -1e-6
    weighted = there["pyomo_weighted"]
    assert weighted["distance"] <= min(row["distance"] for row in there.values()) + 2e-4
    assert there["pyomo_first"]["tiers"]["minimum"] <= weighted["tiers"]["minimum"] + 1e-6


@pytest.mark.parametrize("way", ["cbc_weighted", "calc_weighted"])
def test_other_solvers_find_the_same_weighted_sum(rows: dict[str, dict[str, Any]], way: str) -> None:
    if "skipped" in rows[way]:
        pytest.skip(rows[way]["skipped"])
    assert rows[way]["distance"] == pytest.approx(rows["pyomo_weighted"]["distance"], abs=5e-4)


def test_a_spreadsheet_is_left_out_where_it_would_not_end() -> None:
    found = planner.measure([CITIES], ["calc_weighted"], 1.0, calc_up_to=CITIES - 1)
    assert found["rows"][0]["skipped"] in ("not installed", f"beyond {CITIES - 1} cities left out")
    assert planner.TITLES["calc_weighted"] in planner.table(found)


def test_ways_that_are_not_known_are_refused() -> None:
    assert run("--ways", "abacus").returncode == 2
