"""A second, deliberately naive computation of the annual model, to hold alloc's own answer against.

Written from the page of mathematics alone, city by city with plain loops: derived data in `second_facts`, constraints
in `second_rows`, a linear program under names in `second_program`, the tiers here. It takes from alloc only the tables
and the settings of an `Instance` and the grammar of `where`; nothing of the compiler, the formulation, the derived data
or the solver. Small instances only.

A tier is held by a row "objective >= value - tolerance - 1e-11 of its scale"; `closeness`, whose allocation is unique,
by the allocation itself. Measured on 120 random instances: with 1e-9 later tiers move by up to 5e-6 and allocations by
1e-4 of their benchmark; with 1e-11 by 3e-8 and 1e-6, and HiGHS still answers.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import nnls

from alloc.instance.instance import Instance
from second_facts import Facts, either
from second_program import Name, NoPoint, Program, Terms
from second_rows import annual_program, places, running, spending, total

SLACK = 1e-12  # of a tier's natural scale, left to the tiers after it


@dataclass(frozen=True)
class TierValue:
    """What a tier reached by itself (`optimum`), and what the final point has of it (`value`)."""

    optimum: float
    value: float


@dataclass(frozen=True)
class SecondSolution:
    """The answer of the second solver.

    Attributes:
        tiers: by tier, in the instance's order. Settlement in persons, cost in 10⁴ yuan.
        allocation: by (city, pool), ha or 10⁴ yuan.
        point: every column of the final point by (family, labels...).
    """

    tiers: dict[str, TierValue]
    allocation: dict[tuple[str, str], float]
    point: dict[Name, float]


def solve_tiers(instance: Instance, skip: Collection[str] = ()) -> SecondSolution:
    """Solves the relaxation tier by tier.

    Args:
        instance: a checked instance.
        skip: constraint families to leave out, to see whether they matter.

    Raises:
        NoPoint: no allocation satisfies the rules.
    """
    facts = Facts(instance)
    program = annual_program(facts, skip)
    program.solve({})  # whether there is any point
    try:
        optimum, point = optimise(program, facts)
    except NoPoint as error:
        raise RuntimeError("the held tiers leave a face too thin for the solver") from error
    reached = by_definition(facts, point)
    return SecondSolution(
        tiers={
            tier.tier: TierValue(optimum[tier.tier], value_at(facts, reached, tier))
            for tier in instance.settings.objective
        },
        allocation={(c, r): point["allocation", c, r] for c in facts.city for r in facts.pool},
        point=point,
    )


def solve_integer_tier(instance: Instance) -> float:
    """The optimum of the instance's first tier with whole facilities (a linear tier).

    Raises:
        NoPoint: no allocation with whole facilities satisfies the rules.
    """
    facts = Facts(instance)
    program = annual_program(facts)
    goal, maximise = linear_goal(program, facts, instance.settings.objective[0])
    return evaluate(goal, program.solve(goal, maximise, whole=("build",)))


def optimise(program: Program, facts: Facts) -> tuple[dict[str, float], Terms]:
    """Solves and holds one tier after the other; what each reached, and the final point."""
    optimum: dict[str, float] = {}
    point: Terms = {}
    for tier in facts.objective:
        if tier.tier == "closeness":
            point = closest(program, deviations(facts))
            optimum[tier.tier] = closeness(facts, point)
        elif tier.method == "levelled":
            for c in facts.city:
                production = program.column("production", c)
                parts: Terms = {(name, c, "production"): -1.0 for name in for_production(facts)}
                program.row("production_of", parts | {production: 1.0}, "=", 0.0)
            point = closest(program, unevenness(facts))
            optimum[tier.tier] = value_at(facts, point, tier)
        elif tier.tier == "fairness" and tier.method == "leximin":
            optimum[tier.tier], point = leximin(program, facts)
        else:
            goal, maximise = linear_goal(program, facts, tier)
            point = program.solve(goal, maximise)
            optimum[tier.tier] = evaluate(goal, point)
            slack = (tier.tolerance or 0.0) + SLACK * scale(facts, tier.tier, optimum[tier.tier])
            hold(program, goal, maximise, optimum[tier.tier], slack)
        if tier.tier == "cost":
            facilities: Terms = {("build", c, s): 1.0 for c in facts.city for s in facts.service}
            point = program.solve(facilities)
            fewest = evaluate(facilities, point)
            hold(program, facilities, False, fewest, SLACK * max(1.0, fewest))
    return optimum, point


def hold(program: Program, goal: Terms, maximise: bool, optimum: float, slack: float) -> None:
    if maximise:
        program.row("held", goal, ">=", optimum - slack)
    else:
        program.row("held", goal, "<=", optimum + slack)


def scale(facts: Facts, tier: str, optimum: float) -> float:
    """The natural scale of a tier: 1, all who would settle, or the cost itself."""
    if tier == "settlement":
        return max(1.0, sum(facts.settle_limit(c) for c in facts.city))
    return max(1.0, optimum) if tier == "cost" else 1.0


def evaluate(goal: Terms, point: Terms) -> float:
    return sum(a * point[name] for name, a in goal.items())


# -------------------------------------------------------------------------------------------------- linear tiers


def score(facts: Facts, c: str, times: float = 1.0) -> Terms:
    """score[c] as a linear expression in the segments of coverage."""
    weights = sum(row["weight"] for row in facts.service.values())
    terms: Terms = {}
    for s, service in facts.service.items():
        for k, (_, slope) in enumerate(facts.segments(s)):
            terms["coverage", c, s, str(k)] = times * service["weight"] / weights * slope
    return terms


def linear_goal(program: Program, facts: Facts, tier: Any) -> tuple[Terms, bool]:
    """The objective of a tier, and whether it is maximised. Fairness brings columns and rows of its own."""
    if tier.tier == "fairness":
        return worst_served(program, facts, tier.beta), True
    return plain_goal(facts, tier.tier), tier.tier not in ("minimum", "cost")


def plain_goal(facts: Facts, tier: str) -> Terms:
    """The objective of a tier that needs no columns of its own."""
    if tier == "minimum":
        weights = sum(row["weight"] for row in facts.service.values())
        gaps: Terms = {}
        for c in facts.city:
            for s, service in facts.service.items():
                gaps["gap", c, s] = facts.share(c) * service["weight"] / weights
        return gaps
    if tier == "settlement":
        worth = facts.policy.settlement.extension_value
        return {("settle", c): 1.0 for c in facts.city} | {("extend", c): worth for c in facts.city if facts.groups}
    if tier == "coverage":
        return total(score(facts, c, facts.share(c)) for c in facts.city)
    if tier == "production":
        wanted = sum(facts.productivity(c) * row["production_request"] for c, row in facts.city.items())
        output: Terms = {}
        for c in facts.city if wanted > 0 else ():
            for name in for_production(facts):
                output[name, c, "production"] = facts.productivity(c) / wanted
        return output
    if tier == "programmes":
        stock = {g: sum(facts.stock(c, g) for c in facts.city) for g in facts.programme}
        return {
            ("run", c, g): either(row["weight"], 0.0) / stock[g]
            for c in facts.city
            for g, row in facts.programme.items()
            if stock[g] > 0
        }
    if tier == "cost":
        return total(part for c in facts.city for part in (spending(facts, c), running(facts, c)))
    raise ValueError(tier)


def for_production(facts: Facts) -> tuple[str, ...]:
    """The kinds of land on which something is produced."""
    return ("land_use", "reuse", "renewed") if facts.renews() else ("land_use", "reuse")


def worst_served(program: Program, facts: Facts, beta: float) -> Terms:
    """Adds ρ and d to the program; the objective is the mean score of the worst-served β of residents."""
    rho = program.column("rho", lower=-math.inf)
    goal: Terms = {rho: 1.0}
    for c in facts.city:
        below = program.column("below_rho", c)
        program.row("below_rho", {below: 1.0, rho: -1.0} | score(facts, c), ">=", 0.0)
        goal[below] = -facts.share(c) / beta
    return goal


def leximin(program: Program, facts: Facts) -> tuple[float, Terms]:
    """Raises the least score, holds those who cannot rise further, and repeats with the rest."""
    free = list(facts.city)
    levels: dict[str, float] = {}
    rows = list(program.rows)
    while free:
        least = program.column("least", str(len(levels)), lower=-math.inf)
        program.rows = [*rows]
        for c in facts.city:
            if c in levels:
                hold(program, score(facts, c), True, levels[c], SLACK)
            else:
                program.row("least", score(facts, c) | {least: -1.0}, ">=", 0.0)
        level = program.solve({least: 1.0}, maximise=True)[least]
        # A city is blocked if it cannot rise while all the others keep this level.
        program.lower[least] = level - SLACK
        best = {c: evaluate(score(facts, c), program.solve(score(facts, c), maximise=True)) for c in free}
        blocked = [c for c in free if best[c] <= level + 1e-7] or [min(free, key=lambda c: best[c])]
        levels |= dict.fromkeys(blocked, level)
        free = [c for c in free if c not in blocked]
    program.rows = rows
    for c, level in levels.items():
        hold(program, score(facts, c), True, level, SLACK)
    return min(levels.values()), program.solve({})


# ----------------------------------------------------------------------------------------------------- closeness


def deviations(facts: Facts) -> list[tuple[Name, float, float]]:
    """(column, target, weight) of every term of closeness, weight·(allocation − benchmark)²."""
    terms: list[tuple[Name, float, float]] = []
    for r in facts.pool:
        benchmark = {c: facts.benchmark(c, r) or 0.0 for c in facts.city}
        everything = sum(benchmark.values())
        for c, own in benchmark.items():
            if own > 0:  # share·u² = own/everything · ((x − own)/own)²
                terms.append((("allocation", c, r), own, 1 / (own * everything)))
            elif everything > 0:
                terms.append((("allocation", c, r), 0.0, len(benchmark) / everything**2))
    return terms


def unevenness(facts: Facts) -> list[tuple[Name, float, float]]:
    """The same of how production land is levelled; of each city one column has all of it."""
    wanted = {c: facts.production_wanted(c) for c in facts.city}
    everything = sum(wanted.values())
    terms: list[tuple[Name, float, float]] = []
    for c, own in wanted.items():
        if own > 0:
            terms.append((("production", c), own, 1 / (own * everything)))
        elif everything > 0:
            terms.append((("production", c), 0.0, len(wanted) / everything**2))
    return terms


def closeness(facts: Facts, point: Terms) -> float:
    return float(sum(weight * (point[name] - target) ** 2 for name, target, weight in deviations(facts)))


def closest(program: Program, terms: list[tuple[Name, float, float]]) -> Terms:
    """The point of the polyhedron with the least Σ weight·(column − target)²; these columns are then held in `program`.

    Corners of the polyhedron are collected one by one. The best mixture of those at hand is a small non-negative least
    squares problem; the corner furthest down the slope there (a linear program) joins them, until there is none lower.
    The polyhedron has finitely many corners, so this ends; u is then right to about the root of the gap.
    """
    if not terms:
        return program.solve({})
    target = np.array([target for _, target, _ in terms])
    root = np.sqrt([weight for _, _, weight in terms])
    corners = [program.solve({})]
    places = [root * (np.array([corners[0][name] for name, _, _ in terms]) - target)]
    for _ in range(1000):
        # Minimising |Z·m|² + (1 − Σm)² over m >= 0 gives a multiple of the best mixture.
        mixture, _ = nnls(np.vstack([np.column_stack(places), np.ones(len(places))]), np.append(0 * target, 1.0))
        mixture /= mixture.sum()
        place = np.column_stack(places) @ mixture
        corner = program.solve({name: float(a) for (name, _, _), a in zip(terms, root * place, strict=True)})
        corner_place = root * (np.array([corner[name] for name, _, _ in terms]) - target)
        gap = place @ (place - corner_place)
        if gap <= 1e-14 or min(np.abs(np.array(places) - corner_place).max(axis=1)) <= 1e-12:
            break
        corners.append(corner)
        places.append(corner_place)
    if gap > 1e-12:
        raise RuntimeError(f"closeness did not settle: gap {gap}")
    used = [(m, corner) for m, corner in zip(mixture.tolist(), corners, strict=True) if m > 0]
    point = {name: sum(m * corner[name] for m, corner in used) for name in corners[0]}
    for name, own, _ in terms:
        slack = SLACK * max(own, program.unit[name])
        program.lower[name], program.upper[name] = point[name] - slack, point[name] + slack
    return point


# ----------------------------------------------------------------------------------------------- the final point


def by_definition(facts: Facts, point: Terms) -> Terms:
    """The point with coverage as what capacity serves, and the gap that this leaves."""
    reached = dict(point)
    for c in facts.city:
        for s, service in facts.service.items():
            need = facts.full_need(c, s)
            served = facts.capacity[c, s] + evaluate(places(facts, c, s), point)
            covered = min(1.0, served / need) if need > 0 else 1.0
            reached["gap", c, s] = max(0.0, service["minimum"] - covered)
            for k, (width, _) in enumerate(facts.segments(s)):
                reached["coverage", c, s, str(k)] = min(width, covered)
                covered -= reached["coverage", c, s, str(k)]
    return reached


def value_at(facts: Facts, reached: Terms, tier: Any) -> float:
    """A tier's value by its definition."""
    if tier.tier == "closeness":
        return closeness(facts, reached)
    if tier.method == "levelled":
        served = {c: sum(reached[name, c, "production"] for name in for_production(facts)) for c in facts.city}
        return float(sum(weight * (served[name[1]] - target) ** 2 for name, target, weight in unevenness(facts)))
    if tier.tier == "fairness":
        scores = {c: evaluate(score(facts, c), reached) for c in facts.city}
        if tier.method == "leximin":
            return min(scores.values())
        below = {rho: sum(facts.share(c) * max(0.0, rho - scores[c]) for c in facts.city) for rho in scores.values()}
        return max(rho - d / float(tier.beta) for rho, d in below.items())
    return evaluate(plain_goal(facts, tier.tier), reached)


# ------------------------------------------------------------------------------------------- whole facilities


def best_whole(
    instance: Instance, published: Mapping[str, float], allocation: np.ndarray, room: float
) -> dict[str, float]:
    """What the best plan with whole facilities has of each linear tier while those before are as in a result.

    Args:
        instance: a checked instance.
        published: tier -> its value in the result.
        allocation: the result's, by city and pool. Closeness is a square, so it is held by its tangent there: whoever
            is as close satisfies that, for a square lies above its tangents.
        room: of a tier's natural scale, left to the tiers after it.

    Returns:
        Tier -> value, for every tier but closeness whose best facilities satisfy the rules to the last digits.

    Raises:
        NoPoint: HiGHS calls a face that thin empty.
    """
    facts = Facts(instance)
    program = annual_program(facts)
    found: dict[str, float] = {}
    for tier in instance.settings.objective:
        if tier.method == "levelled":
            break  # a square, and what stands behind it is not asked for here
        if tier.tier == "closeness":
            amounts = zip(((c, r) for c in facts.city for r in facts.pool), allocation.ravel().tolist(), strict=True)
            place = {("allocation", *at): amount for at, amount in amounts}
            slope = {name: 2 * weight * (place[name] - target) for name, target, weight in deviations(facts)}
            program.row("held", slope, "<=", evaluate(slope, place) + room)
            continue
        goal, maximise = linear_goal(program, facts, tier)
        whole = program.solve(goal, maximise, whole=("build",))
        # Integer programs are solved to 1e-6: facilities that fit within that alone do not count.
        with contextlib.suppress(NoPoint):
            found[tier.tier] = evaluate(goal, with_facilities(program, whole).solve(goal, maximise))
        hold(program, goal, maximise, published[tier.tier], room * scale(facts, tier.tier, published[tier.tier]))
    return found


def with_facilities(program: Program, point: Terms) -> Program:
    """The program with the facilities of a point."""
    fixed = {name: float(round(value)) for name, value in point.items() if name[0] == "build"}
    return replace(program, lower=program.lower | fixed, upper=program.upper | fixed)
