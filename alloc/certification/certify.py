"""A certificate of a result: its matrix, its plan as decided, and multipliers that prove the bound of every tier."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from alloc import writing
from alloc.certificate import Certificate, Tier
from alloc.certification.certified import Certified, TierBound
from alloc.certification.files import names, write_program, write_proof
from alloc.certification.multipliers import mended, open_columns, outward
from alloc.compiler.compile import compile_model
from alloc.compiler.linear_model import LinearModel, LinearObjective, MaxMinObjective
from alloc.explanation.shared.point import decided_point
from alloc.formulation.registry import catalogue, catalogue_for, formulation
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance
from alloc.result.result import Result
from alloc.solver.model.hold import scaled
from alloc.solver.model.runs import Clock
from alloc.solver.model.status import Report
from alloc.solver.solution import compiled
from alloc.solver.tiers.proofs import Proof, proofs, tangent
from alloc.solver.tiers.worth import stated
from alloc.text import Text
from alloc.tolerances import TINY
from alloc.verification.points import compare_matrix
from alloc.writing.kinds import CERTIFICATE

FORMAT = 1
WHAT = Text(
    "界对设施可以取小数的全部方案成立，整座设施的方案也在其中；先行各级目标不差于本方案。数值为取整之前的决策值。",
    "A bound holds for all plans, facilities in parts or whole, in which the earlier tiers are no worse than here. "
    "Values are those of the plan as decided, before rounding.",
)


def certify(
    result: Result, folder: Path, report: Report, time_limit: float, written_as: str | None = None
) -> Certified:
    """Writes a certificate, whole or not at all, and checks it as a stranger would.

    Args:
        result: with an allocation.
        folder: of the certificate; an older one is renamed beside.
        report: told of every tier.
        time_limit: seconds for the linear programs; a tier that is not reached has no bound.
        written_as: the digest that the result's manifest states of itself; None: certified from memory.

    Raises:
        TargetError: the folder cannot be written, or holds something else.
        ValueError: the result is not what the matrix and its tiers say.
    """
    found: list[tuple[Any, ...]] = []

    def written(beside: Path) -> None:
        beside.mkdir()
        found.append(_checked(_written(result, beside, report, time_limit, written_as), result))

    place = writing.write(folder, CERTIFICATE, written)
    methods = tuple((one.tier, one.method) for one in result.instance.settings.objective if one.method)
    return Certified(result.instance.formulation, methods, place.path, place.older, *found[-1])


def _written(result: Result, folder: Path, report: Report, time_limit: float, written_as: str | None) -> Certificate:
    instance = result.instance
    derived = derive(instance)
    model = compiled(derived, instance)
    ones = {name: np.ones_like(size) for name, size in model.units.items()}
    plain = compile_model(formulation(instance.formulation)(derived, instance.settings.objective, ones))
    point = _plan(model, decided_point(result, derived, model))
    plan = np.clip(point * model.column_scale / plain.column_scale, plain.lower, plain.upper)
    claimed = [_claims(each, plain) for each in result.manifest["tiers"] if each["optimised"]]
    known = catalogue_for(instance.settings).tiers
    claimed = [{**each, "unit": known[each["tier"]].unit} for each in claimed]
    _agrees(instance, model)
    claims = {
        "format": FORMAT,
        "instance": result.manifest["instance"],
        "result": written_as,
        "what": WHAT._asdict(),
        "tiers": claimed,
    }
    write_program(folder, plain, model.row_scale / plain.row_scale, plan)
    write_proof(folder, claims, {})
    certificate = Certificate(folder)
    tiers = {each["tier"]: certificate.tier(each) for each in claimed}
    uses = open_columns(certificate)
    multipliers: dict[str, dict[str, Fraction]] = {}
    clock = Clock(time_limit)
    with clock.interruptible():
        values = {each["tier"]: each["value"] for each in claimed}
        for proof in proofs(model, values, point, clock, report, sharp=True):
            rows = dict(certificate.rows)
            for name in list(tiers)[: list(tiers).index(proof.tier)]:
                rows |= tiers[name].held
            duals = _duals(proof, model, plain, tiers)
            own = mended(certificate, tiers[proof.tier], rows, duals, uses)
            multipliers[proof.tier] = certificate.multipliers[proof.tier] = own
            bound = certificate.least(tiers[proof.tier], rows)
            each = tiers[proof.tier]
            each.claims["bound"] = outward(each.sign * bound, each.claims["maximise"])
    write_proof(folder, claims, multipliers)
    return Certificate(folder)


def _agrees(instance: Instance, model: LinearModel) -> None:
    """A proof about a matrix is worth what the matrix is: refuse one that is not what the raw tables say."""
    agreement = compare_matrix(instance, model, catalogue(instance.formulation).decisions)
    if not agreement.passed:
        first = agreement.failures[0]
        raise ValueError(
            f"{len(agreement.failures)} rows, bounds or tiers of the matrix are not what the tables say, "
            f"first {first.family}[{first.key}]"
        )


def _checked(certificate: Certificate, result: Result) -> tuple[int, int, float, bool, tuple[TierBound, ...]]:
    violation = certificate.check_plan()
    tiers, by_tangent = [], False
    quadratic = {name for name, terms in certificate.terms.items() if any(weight != "0" for _, _, weight, _ in terms)}
    for tier, bound, unproven in certificate.prove():
        by_tangent |= tier.claims["tier"] in quadratic
        proven = tier.claims["bound"] is not None and math.isfinite(bound)
        gap = float(tier.sign * (tier.value - bound)) if proven else None
        tiers.append(TierBound(
            tier.claims["tier"], tier.claims["value"], tier.claims["bound"], gap, tier.claims["reported"], unproven,
            by_tangent,
        ))  # fmt: skip
    options = result.manifest["options"]
    searched = bool(options["integers"] and options["facilities"] == "joint")
    return len(certificate.rows), len(certificate.place), violation, searched, tuple(tiers)


def _plan(model: LinearModel, point: np.ndarray) -> np.ndarray:
    """The point with the columns that state tiers at their best, for all tiers at once."""
    costs = np.zeros(point.size)
    for objective in model.objectives.values():
        own = np.where(model.auxiliary, tangent(objective, point), 0.0)
        costs += scaled(own)[0]
    return stated(model, costs, point) if np.any(model.auxiliary) else point


def _claims(tier: Mapping[str, Any], model: LinearModel) -> dict[str, Any]:
    objective = model.objectives[tier["tier"]]
    level = None
    if isinstance(objective, MaxMinObjective):
        rows, columns = names(model.rows.values()), names(model.columns.values())
        level = {"column": columns[objective.level], "rows": [rows[i] for i in objective.rows]}
    linear = isinstance(objective, LinearObjective)
    sign = -1.0 if objective.maximise else 1.0
    return {
        "tier": tier["tier"],
        "maximise": objective.maximise,
        "constant": sign * objective.constant + 0.0 if isinstance(objective, LinearObjective) and linear else 0.0,
        "level": level,
        "value": tier["value"],
        "bound": None,
        "reported": tier["bound"],
    }


def _duals(proof: Proof, model: LinearModel, plain: LinearModel, tiers: Mapping[str, Tier]) -> dict[str, float]:
    """Row -> what a unit of it is worth to the tier, in the units of the instance; less than nothing is left out."""
    number = model.matrix.shape[0]
    duals = np.where(np.abs(proof.run.duals) > TINY, proof.run.duals, 0.0) / proof.factor
    rows = names(model.rows.values())
    own = duals[:number] * plain.row_scale / model.row_scale
    found = {rows[i]: float(own[i]) for i in np.flatnonzero(own)}
    for place, (name, factor) in enumerate(proof.held.items(), start=number):
        if duals[place]:
            found[f"held[{name}]"] = float(duals[place] * factor)
    for name, objective in model.objectives.items():
        if name == proof.tier:
            break
        if isinstance(objective, MaxMinObjective):  # its rows went on without the level
            for i in objective.rows:
                if rows[i] in found:
                    turn = -1.0 if np.isinf(plain.row_upper[i]) else 1.0
                    found[f"held[{rows[i]}]"] = turn * found.pop(rows[i])
    return {name: y for name, y in found.items() if y}
