"""Prices against finite differences: the whole instance edited and every tier of it solved again, cold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from alloc.explanation.sensitivity.near import Near
from alloc.explanation.sensitivity.probe import Probe
from alloc.explanation.sensitivity.sides import Method, Side, both_sides
from alloc.explanation.sensitivity.tiers import LONG, Tiers, facilities, model_of, published, relaxed, solved
from alloc.explanation.shared.parameters import Parameter, parameters, set_to
from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.result.result import run
from alloc.solver.facilities.band import with_band_of
from alloc.solver.model.runs import Clock, WarmStartCache
from alloc.solver.solution import solve
from random_instances import write_random

pytestmark = pytest.mark.long

INSTANCES = Path(__file__).parents[1] / "instances"
BY = 2e-5  # of a parameter's value; prices are looked for five times as far away
TIERS = ("minimum", "fairness", "settlement", "coverage", "production")
SOME = ("pools.", "limits.", "overrides.", "policy.debt.ceiling", "policy.settlement.willingness", "services.primary.",
        "services.school.", "policy.land.reuse_limit")  # fmt: skip


def in_parts(instance: Instance) -> Instance:
    return replace(instance, settings=instance.settings.model_copy(update={"integers": False}))


def values(instance: Instance) -> dict[str, float]:
    """Every tier's own optimum; nothing where no allocation satisfies the rules."""
    return {each.tier: each.bound for each in solve(instance).tiers if each.bound is not None}


def agree(side: Side, difference: float, by: float, scale: float, curved: bool) -> bool:
    """Whether a price is the slope of a difference over `by`, as far as two solves are the same to the last digits."""
    assert side.value is not None
    return abs(side.value * by - difference) <= 2e-8 * scale + (0.06 if curved else 2e-3) * abs(difference)


def compared(instance: Instance, chosen: Sequence[Parameter], tiers: Sequence[str]) -> Iterator[tuple[str, Side, bool]]:
    clock = Clock(LONG)
    base = relaxed(instance, clock)
    at = values(instance)
    for parameter in chosen:
        probe = Probe(Near(instance, base.model), parameter, base, clock, tiers[-1])
        for way in (-1, 1):
            by = way * BY * probe.scale
            if not parameter.least <= parameter.value + by <= parameter.most:
                continue
            there = values(set_to(instance, parameter, parameter.value + by))
            for tier in tiers:
                side = both_sides(probe, tier)[0 if way < 0 else 1]
                where = f"{instance.name} {parameter.target} {tier} {way:+d}: {side}"
                if tier not in there:
                    yield where, side, side.method is Method.INFEASIBLE
                    continue
                if side.method is Method.JUMP:
                    continue
                change = probe.change(way)
                curved = change is None or not change.sides_only
                natural = base.model.objectives[tier].scale
                yield where, side, agree(side, there[tier] - at[tier], by, natural, curved)


def some(instance: Instance, every: int, start: int) -> list[Parameter]:
    """One of so many, whatever the order in which levers declare them."""
    known = sorted((each for each in parameters(instance) if each.target.startswith(SOME)), key=lambda p: p.target)
    return known[start % every :: every]


@pytest.mark.parametrize(("name", "start"), [("families/debt_room", 0), ("families/recognised_need", 1)])
def test_prices_of_the_small_instances(name: str, start: int) -> None:
    """A quarter of the parameters of each; of `debt_room` the one with the ceiling of debt."""
    instance = read(INSTANCES / name)
    found = list(compared(instance, some(instance, 4, start), TIERS))
    assert [where for where, _, right in found if not right] == []
    assert any(side.value for _, side, _ in found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_prices_of_random_instances(seed: int, tmp_path: Path) -> None:
    """Every twelfth parameter of each, another one in each; with tolerances, corridors, floors and limits."""
    instance = in_parts(read(write_random(tmp_path, seed)))
    if not values(instance):
        pytest.skip("no allocation satisfies the rules of this one")
    leximin = any(each.method == "leximin" for each in instance.settings.objective)
    order = [each.tier for each in instance.settings.objective if each.tier in TIERS]
    found = list(compared(instance, some(instance, 13, seed), order))
    assert [where for where, _, right in found if not right] == []
    assert any(side.value for _, side, _ in found) or leximin


def test_whole_facilities_are_those_of_the_result(tmp_path: Path) -> None:
    """The tiers of the fixed problem are the published ones; prices are slopes of that problem."""
    result = run(read(write_random(tmp_path, 3, cities=5, integers=True)))
    assert result.has_solution
    clock = Clock(LONG)
    base = published(result, clock)
    manifest = {each["tier"]: each["value"] for each in result.manifest["tiers"]}
    for tier in ("minimum", "settlement", "coverage", "production"):
        natural = base.model.objectives[tier].scale
        assert base.values[tier] == pytest.approx(manifest[tier], abs=2e-6 * natural), tier
    wrong = [
        where
        for parameter in some(result.instance, 21, 1)
        for where, right in fixed_differences(result.instance, base, parameter, clock)
        if not right
    ]
    assert wrong == []
    assert facilities(result, derive(result.instance), base.model)[1].sum() > 0


def fixed_differences(
    instance: Instance, base: Tiers, parameter: Parameter, clock: Clock
) -> Iterator[tuple[str, bool]]:
    probe = Probe(Near(instance, base.model), parameter, base, clock, "production")
    for way in (-1, 1):
        by = way * BY * probe.scale
        if not parameter.least <= parameter.value + by <= parameter.most:
            continue
        model = model_of(set_to(instance, parameter, parameter.value + by), beside=base.model)
        there = solved(
            with_band_of(model, base.model), base.tolerance_used, base.fixed, WarmStartCache(), clock, "production"
        )
        for tier in ("minimum", "settlement", "production"):
            side = both_sides(probe, tier)[0 if way < 0 else 1]
            where = f"{parameter.target} {tier} {way:+d}: {side}"
            if tier in there.values and side.method is not Method.JUMP:
                natural = base.model.objectives[tier].scale
                yield where, agree(side, there.values[tier] - base.values[tier], by, natural, curved=True)


@pytest.mark.parametrize("seed", [1])
def test_range_holds_to_its_end(seed: int, tmp_path: Path) -> None:
    """At the end of its range a price still gives the value, also where corridors, floors and caps grow with it."""
    instance = in_parts(read(write_random(tmp_path, seed)))
    clock = Clock(LONG)
    base = relaxed(instance, clock)
    if not base.complete:
        pytest.skip("no allocation satisfies the rules of this one")
    tried = 0
    for parameter in parameters(instance):
        if not parameter.target.endswith(".total"):
            continue
        probe = Probe(Near(instance, base.model), parameter, base, clock)
        for tier in ("settlement",):
            side = both_sides(probe, tier)[1]
            if side.value is None or side.reach is None or side.reach == float("inf") or not base.by_duals(tier):
                continue
            inside = solved(
                model_of(set_to(instance, parameter, parameter.value + 0.99 * side.reach)),
                base.tolerance_used, None, base.memory, clock, tier,
            )  # fmt: skip
            natural = base.model.objectives[tier].scale
            expected = base.values[tier] + 0.99 * side.reach * side.value
            assert inside.values[tier] == pytest.approx(expected, rel=1e-7, abs=2e-8 * natural), (
                parameter.target,
                tier,
            )
            tried += 1
    assert tried > 1
