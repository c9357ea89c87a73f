"""Hard instances, solved as relaxations: every one optimal, or honestly without a point; every result verified."""

from __future__ import annotations

import pytest

from alloc.result.result import Result, run
from hard_instances import hard_instance

QUICK, ALL = 20, 400
LEAST_WITH_A_POINT = 0.7  # of them; else they would test little


def solved(seed: int) -> Result:
    """The result of one, which is proven and verified if there is a point."""
    result = run(hard_instance(seed))
    stopped, quality = result.manifest["status"]["stopped"], result.manifest["status"]["quality"]
    assert (stopped, quality) in {("finished", "optimal"), ("infeasible", "none")}, seed
    assert result.has_point == (stopped == "finished"), seed
    if result.has_point:
        assert result.verified, (seed, result.manifest["verified"])
        assert all(each["optimum"] is not None for each in result.manifest["tiers"]), seed
    return result


def test_a_sample() -> None:
    assert sum(solved(seed).has_point for seed in range(QUICK)) >= LEAST_WITH_A_POINT * QUICK


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_all(part: int) -> None:
    seeds = range(part, ALL, 10)
    assert sum(solved(seed).has_point for seed in seeds) >= LEAST_WITH_A_POINT * len(seeds)
