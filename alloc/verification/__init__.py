"""Verification: a result checked against the raw tables by code that shares nothing with the road that made it.

Nothing of the compiler, the solver, the formulation or the derived data is used here, and nothing of what publishes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance
from alloc.verification import copies, levers, published, statements
from alloc.verification.copies import check_copies
from alloc.verification.families import (
    BOUNDS,
    FAMILIES,
    check_bounds,
    check_families,
    families_of,
    known_decisions,
    known_families,
)
from alloc.verification.ledger import Failure, Ledger
from alloc.verification.published import check_published
from alloc.verification.recompute import Raw, recompute
from alloc.verification.results import read
from alloc.verification.rounding import published_limits
from alloc.verification.statements import check_statements, check_verified
from alloc.verification.tiers import check_tiers, tier_values

__all__ = ["CHECKS", "FAMILIES", "Failure", "Raw", "Verification", "recompute", "verify"]

CHECKS = ("tables", "model", *BOUNDS, *copies.CHECKS, *published.CHECKS, "tiers", *statements.CHECKS)
"""The names under which failures are noted that belong to no constraint family."""


@dataclass(frozen=True)
class Verification:
    """The outcome of a verification.

    Attributes:
        passed: whether nothing failed.
        checks: how many rows were compared.
        worst: the largest relative violation, also where it is within the tolerance.
        worst_at: family and record of it, e.g. ``debt_room: 440300``; "" where nothing is violated at all.
        failures: what failed, the worst 50 of every comparison at most, in the order of the families.
        families: one row for every constraint family: family, rows, binding (rows that hold with equality),
            violation (the largest, relative to the row's natural scale).
        limits: both sides of every row of ``limits`` by published numbers: limit, left, right, and step, the least by
            which published numbers can move the left side (0 where it sums up none); none where tables are not whole.
        names: what cities, services and pools are called, by code, in both languages, for whoever reads `worst_at`.
        missed: the rules of the model that rounding could not keep, in words of both languages; "" for none.
    """

    passed: bool
    checks: int
    worst: float
    worst_at: str
    failures: tuple[Failure, ...]
    families: pd.DataFrame
    limits: pd.DataFrame = field(default_factory=pd.DataFrame)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    missed: tuple[str, str] = ("", "")


def verify(
    instance: Instance,
    tables: Mapping[str, pd.DataFrame],
    tiers: Sequence[Mapping[str, Any]] = (),
    tolerance: float = 1e-6,
    rounded: bool = True,
    model: Mapping[str, Any] | None = None,
    says: Mapping[str, Any] | None = None,
) -> Verification:
    """Recompute everything from the raw tables and compare it with a result.

    Args:
        instance: the instance that was solved.
        tables: the result tables by name; ``families``, where there, is compared with what is found.
        tiers: the entries of the manifest, ``tier`` and ``value`` at least; none: tier values are not compared.
        tolerance: the largest violation that passes, relative to max(1, either side of the row).
        rounded: whether the promises of rounding are checked; results of schema 1 made others.
        model: the entry of the manifest, ``decisions`` and ``families`` by name. One that is not covered here fails,
            whatever its numbers are. None: an older result, which does not say.
        says: the manifest, of the right form: status, bounds, gaps, notes and options are compared too, and so is
            ``verified``, where it is there. None: the tables alone.

    Returns:
        What was compared and what failed. Nothing is raised for a result that is wrong.
    """
    ledger = Ledger(tolerance)
    _check_names(ledger, instance.formulation, model)
    with np.errstate(all="ignore"):  # what is no number is a failure, and needs no warning
        limits = _check(ledger, instance, tables, tiers, rounded, says)
    families = _families(ledger, families_of(instance.formulation, instance.settings.policy, instance.tables))
    if limits is not None:  # a table made of this verification counts as compared, as it will be by later ones
        _compare_families(ledger, families, tables.get("families", families))
    found = _verification(ledger, families, limits)
    if found.passed and says is not None and "verified" in says:
        check_verified(ledger, says["verified"], found.checks, found.worst, found.worst_at)
        found = _verification(ledger, families, limits)
    return found


def _check(
    ledger: Ledger,
    instance: Instance,
    tables: Mapping[str, pd.DataFrame],
    tiers: Sequence[Mapping[str, Any]],
    rounded: bool,
    says: Mapping[str, Any] | None,
) -> pd.DataFrame | None:
    """Enter every comparison.

    Returns:
        The sides of ``limits`` by published numbers; None where tables are not whole, so that nothing is compared.
    """
    raw, policy = recompute(instance), instance.settings.policy
    results = read(tables, raw, ledger, policy)
    if results is None:
        return None
    check_families(ledger, raw, results, policy)
    for family in levers.families(raw.formulation):
        if not ledger.tally(family).compared:
            ledger.fail("model", f"families: {family} is compared by no check")
    check_bounds(ledger, raw, results, integers=instance.settings.integers)
    check_copies(ledger, raw, results, policy)
    if rounded:
        check_published(ledger, raw, results, policy)
    check_tiers(ledger, tier_values(raw, results, instance.settings), tiers)
    if says is not None:
        check_statements(ledger, instance, raw, results, says)
    return published_limits(raw, results, policy)


def _check_names(ledger: Ledger, formulation: str, model: Mapping[str, Any] | None) -> None:
    """A failure under ``model`` for every decision and every family that nothing here covers."""
    ledger.tally("model")
    if model is None:
        return
    for part, known in (("decisions", known_decisions(formulation)), ("families", known_families(formulation))):
        named = model.get(part) if isinstance(model, Mapping) else None
        if not isinstance(named, Sequence) or isinstance(named, str):
            ledger.fail("model", f"{part}: missing")
            continue
        for name in named:
            if not isinstance(name, str) or name not in known:
                ledger.fail("model", f"{part}: {name}")


def _families(ledger: Ledger, names: Sequence[str]) -> pd.DataFrame:
    tallies = [ledger.tally(family) for family in names]
    return pd.DataFrame(
        {
            "family": list(names),
            "rows": [tally.rows for tally in tallies],
            "binding": [tally.binding for tally in tallies],
            "violation": [tally.worst for tally in tallies],
        }
    )


def _compare_families(ledger: Ledger, found: pd.DataFrame, stored: pd.DataFrame) -> None:
    names = found["family"].tolist()
    if sorted(map(str, stored["family"])) != sorted(names):
        ledger.fail("tables", "families: not those of the model")
        return
    stored = stored.set_index("family").loc[names]
    for column in ("rows", "binding", "violation"):
        ledger.compare("copies", stored[column], "=", found[column], at=(names,), key=f"families, {column}")


def _verification(ledger: Ledger, families: pd.DataFrame, limits: pd.DataFrame | None) -> Verification:
    failures = tuple(failure for tally in ledger.tallies.values() for failure in tally.failures)
    worst = max(ledger.tallies, key=lambda name: ledger.tallies[name].worst)
    return Verification(
        passed=not failures,
        checks=sum(tally.rows for tally in ledger.tallies.values()),
        worst=ledger.tallies[worst].worst,
        worst_at=f"{worst}: {ledger.tallies[worst].worst_at}" if ledger.tallies[worst].worst > 0 else "",
        failures=failures,
        families=families,
        limits=pd.DataFrame() if limits is None else limits,
    )
