"""Hard instances: no tier fails, in the relaxation and with whole facilities; every result is verified."""

from __future__ import annotations

import pytest

from alloc.result.result import Result, run
from hard_instances import hard_instance

pytestmark = pytest.mark.long

QUICK, ALL = 10, 400
LEAST_WITH_A_POINT = 0.7  # of them; else they would test little


def solved(seed: int, integers: bool) -> Result:
    """The result of one, which is verified if there is a point; as a relaxation it is proven too."""
    result = run(hard_instance(seed, integers))
    stopped, quality = result.manifest["status"]["stopped"], result.manifest["status"]["quality"]
    ends = {("finished", "optimal"), ("infeasible", "none"), *([("finished", "feasible")] if integers else [])}
    assert (stopped, quality) in ends, seed
    assert result.has_solution == (stopped == "finished"), seed
    if result.has_solution:
        assert result.verified, (seed, result.manifest["verified"])
        assert all(each["optimised"] for each in result.manifest["tiers"]), seed
        unbounded = [each["tier"] for each in result.manifest["tiers"] if each["bound"] is None]
        assert unbounded in ([], ["closeness"] if integers else []), seed
    return result


@pytest.mark.parametrize("integers", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["relaxation", "whole"])
def test_a_sample(integers: bool) -> None:
    assert sum(solved(seed, integers).has_solution for seed in range(QUICK)) >= LEAST_WITH_A_POINT * QUICK


@pytest.mark.slow
@pytest.mark.parametrize("integers", [False, True], ids=["relaxation", "whole"])
@pytest.mark.parametrize("part", range(10))
def test_all(part: int, integers: bool) -> None:
    seeds = range(part, ALL, 10)
    assert sum(solved(seed, integers).has_solution for seed in seeds) >= LEAST_WITH_A_POINT * len(seeds)
