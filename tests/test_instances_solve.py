"""alloc on the instances that can be solved by inspection: the values on their pages, and the conflicts they name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from alloc.instance import Instance, read
from alloc.solver.model.status import Quality, Stopped
from alloc.solver.solution import solve

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
SOLVABLE = ["hand", *sorted(f"families/{p.parent.name}" for p in (INSTANCES / "families").glob("*/instance.toml"))]
INFEASIBLE = sorted(p.parent.name for p in (INSTANCES / "infeasible").glob("*/instance.toml"))


def load(path: str) -> tuple[Instance, dict[str, Any]]:
    folder = INSTANCES / path
    return read(folder), tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOLVABLE)
def test_arithmetic(path: str) -> None:
    instance, expected = load(path)
    solution = solve(instance)
    assert solution.status.quality is Quality.OPTIMAL
    assert [tier.tier for tier in solution.tiers] == list(expected["tiers"])
    for tier in solution.tiers:
        value = expected["tiers"][tier.tier]
        assert tier.bound == pytest.approx(value, rel=1e-6, abs=1e-6), tier.tier
        assert tier.value == pytest.approx(value, rel=1e-6, abs=1e-6), tier.tier
    derived, allocation = solution.derived, solution.values["allocation"]
    for r, row in expected["allocation"].items():
        for c, amount in row.items():
            benchmark = derived.benchmark[derived.cities.index(c), derived.pools.index(r)]
            reached = allocation[derived.cities.index(c), derived.pools.index(r)]
            assert reached == pytest.approx(amount, rel=0, abs=1e-5 * benchmark), (c, r)


@pytest.mark.parametrize("name", INFEASIBLE)
def test_conflict(name: str) -> None:
    """Arithmetic finds what it can, under the finding's name; the solver names exactly the families in conflict."""
    instance, expected = load(f"infeasible/{name}")
    solution = solve(instance)
    assert solution.status.stopped is Stopped.INFEASIBLE
    assert solution.status.quality is Quality.NONE
    assert (solution.tiers, dict(solution.values)) == ((), {})
    found = [finding.code for finding in solution.findings if finding.severity == "error"]
    if expected["found_by"] == "arithmetic":
        assert found == [expected["finding"]]
        assert set(solution.conflict) & set(expected["families"])
    else:
        assert found == []
        assert set(solution.conflict) == set(expected["families"])
