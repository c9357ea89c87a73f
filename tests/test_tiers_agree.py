"""alloc against the second solver on random instances: derived data, tier values, allocations."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.solver.model.status import Stopped
from alloc.solver.solution import Solution, solve
from random_instances import write_random
from second_facts import Facts
from second_program import NoPoint
from second_solver import SecondSolution, solve_tiers

pytestmark = pytest.mark.long

FULL = 100  # from here on the instances of the seeds from 0, with everything that is optional
SEEDS = (*range(32), *range(FULL, FULL + 12))
EACH = [seed if seed % 2 == 0 else pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS]
OF_CITIES = (
    "residents", "migrants", "settle_limit", "land_entitlement", "productivity", "fiscal_gap", "shortfall", "reference",
    "debt_now", "bond_room",
)  # fmt: skip
OF_SERVICES = (
    "cohort", "migrant_cohort", "full_need", "present_need", "need_per_settler", "backlog_now", "build_limit",
)  # fmt: skip


@cache
def instance(seed: int) -> Instance:
    with TemporaryDirectory() as folder:
        return read(write_random(Path(folder), seed % FULL, cities=4 + seed % 4, everything=seed >= FULL))


@cache
def both(seed: int) -> tuple[Solution, SecondSolution | None]:
    """alloc's answer, and the second solver's (None: no allocation satisfies the rules)."""
    try:
        second = solve_tiers(instance(seed))
    except NoPoint:
        second = None
    return solve(instance(seed)), second


@pytest.mark.parametrize("seed", EACH)
def test_derived_data(seed: int) -> None:
    derived, facts = derive(instance(seed)), Facts(instance(seed))
    cities, services, pools = list(facts.city), list(facts.service), list(facts.pool)
    assert (derived.cities, derived.services, derived.pools) == (tuple(cities), tuple(services), tuple(pools))
    second = {name: [getattr(facts, name)(c) for c in cities] for name in OF_CITIES if name != "residents"}
    second |= {name: [[getattr(facts, name)(c, s) for s in services] for c in cities] for name in OF_SERVICES}
    second["benchmark"] = [[facts.benchmark(c, r) for r in pools] for c in cities]
    second["lower"] = [[facts.bounds(c, r)[0] for r in pools] for c in cities]
    for name, values in second.items():
        np.testing.assert_allclose(getattr(derived, name), values, rtol=1e-12, atol=1e-9, err_msg=name)
    assert list(derived.size_class) == [facts.size_class(c) for c in cities]
    assert list(derived.debt_tier) == [facts.debt_tier(c).name for c in cities]
    named: dict[str, list[str]] = {row.limit.partition("/")[0]: [] for row in derived.limits}
    for row in derived.limits:
        limit, _, city = row.limit.partition("/")
        chosen = [c for c, selected in zip(cities, row.selection, strict=True) if selected]
        assert bool(city) == bool(facts.limit[limit]["each"]) and chosen == ([city] if city else chosen)
        named[limit] += chosen
    assert named == {limit: facts.selected(facts.limit[limit]["where"]) for limit in named}


@pytest.mark.parametrize("seed", EACH)
def test_whether_there_is_an_allocation(seed: int) -> None:
    solution, second = both(seed)
    assert (solution.status.stopped is Stopped.INFEASIBLE) == (second is None)


@pytest.mark.parametrize("seed", EACH)
def test_tier_values(seed: int) -> None:
    """Every optimum to 1e-6, and the final value of every tier that is held exactly.

    What the final point keeps of a tolerance may differ: no tier after it need determine that.
    """
    solution, second = both(seed)
    if second is None:
        return
    assert [tier.tier for tier in solution.tiers] == list(second.tiers)
    squares = {"closeness", *(each.tier for each in instance(seed).settings.objective if each.method == "levelled")}
    for tier in solution.tiers:
        expected = second.tiers[tier.tier]
        optimum = tier.value if tier.tier in squares else tier.bound  # a square is bounded to 1e-6 of its size 1
        assert optimum == pytest.approx(expected.optimum, rel=1e-6, abs=1e-9), tier.tier
        tolerance_used = 1.000001 * (tier.tolerance or 0.0)
        assert tier.value == pytest.approx(optimum, rel=1e-6, abs=max(tolerance_used, 1e-9)), tier.tier
        assert expected.value == pytest.approx(expected.optimum, rel=1e-6, abs=max(tolerance_used, 1e-9)), tier.tier


@pytest.mark.parametrize("seed", EACH)
def test_allocations(seed: int) -> None:
    """The allocation is unique: to 1e-5 of the benchmark (of the mean benchmark where a city has none)."""
    solution, second = both(seed)
    if second is None:
        return
    facts, allocation = Facts(instance(seed)), solution.values["allocation"]
    for k, c in enumerate(facts.city):
        for m, r in enumerate(facts.pool):
            close = 1e-5 * (facts.benchmark(c, r) or facts.available(r) / len(facts.city))
            assert allocation[k, m] == pytest.approx(second.allocation[c, r], rel=0, abs=close), (c, r)


def test_enough_of_them_are_feasible() -> None:
    assert sum(both(seed)[1] is not None for seed in SEEDS[::2]) >= 16
