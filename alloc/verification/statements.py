"""What a result says of itself beside its tables: status, bounds, gaps, notes, options of the run.

All that follows from its numbers is found out again. What does not is the solver's word: that a bound is one, which of
time, an interrupt or a failure stopped it, the value from which a tolerance was counted, what was rounded or mended on
the way, and how long it took. A bound is held against the value, never against a proof.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from alloc.verification.ledger import Ledger
from alloc.verification.recompute import Raw
from alloc.verification.results import Results

CHECKS = ("status", "notes", "relaxation", "run")
Says = Mapping[str, Any]
MAXIMISED = ("fairness", "settlement", "coverage", "production", "programmes")
QUADRATIC = ("closeness",)
LEVELLED = "levelled"  # a method by which a tier is a sum of squares, the less the better
LEAST_SIZE = 0.1  # of a tier's natural size, of which a gap is a share where the value is smaller
PROVEN = 1e-5  # a gap that arithmetic alone leaves
EXACT = 1e-9  # relative: numbers that follow from each other by one division
WIDTH = 0.02  # of what the relaxation grants: so far allocations may lie from it without a word
OPTIONS = ("integers", "facilities", "gap", "time_limit", "formulation")
FINISHED, OPTIMAL, FEASIBLE = "finished", "optimal", "feasible"
MERGED = "merged"  # no solve: put together from results of provinces, so that no tier is optimised


def check_statements(ledger: Ledger, instance: Any, raw: Raw, results: Results, says: Says) -> None:
    """Enter the comparisons.

    Args:
        ledger: takes the comparisons, those of bounds and gaps under ``tiers``.
        instance: the instance that was solved, under the options of the run.
        raw: the recomputed instance.
        results: the decisions.
        says: the manifest, of the right form; ``written_as``, where there, is the schema in which it was written.
    """
    written_as = says.get("written_as")
    whole = bool(instance.settings.integers and (raw.build_limit > 0).any())
    for check in CHECKS:
        ledger.tally(check)
    _tiers(ledger, instance, raw, says, whole, sized=written_as != 1)
    _status(ledger, says, _proven(instance, says, whole), exact=written_as != 1)
    _relaxation(ledger, raw, results)
    _notes(ledger, raw, results, says, whole, _quadratic(instance))
    ledger.same("run", says["instance"]["name"], instance.name, key="instance.name")
    ledger.same("run", says["instance"]["hash"], instance.hash, key="instance.hash")
    if written_as != 1:  # it knew one way to whole facilities, and had floors for other tiers
        for name in OPTIONS:
            ledger.same("run", says["options"][name], getattr(instance.settings, name), key=f"options.{name}")
        _floors(ledger, says, whole)
    by_city = whole and says["options"]["facilities"] == "by_city"
    merged = says["status"]["stopped"] == MERGED
    ledger.same("run", results.relaxation is not None, by_city and not merged, key="relaxation")


def _tiers(ledger: Ledger, instance: Any, raw: Raw, says: Says, whole: bool, sized: bool) -> None:
    """Tolerances, sizes, gaps, and on which side of its value a bound lies."""
    natural = {"settlement": float(raw.settle_limit.sum()), "cost": float(raw.reference.sum())}
    tolerances = {one.tier: one.tolerance for one in instance.settings.objective}
    quadratic = _quadratic(instance)
    reached = True
    for entry in says["tiers"]:
        tier, value, bound, gap, size = (entry[name] for name in ("tier", "value", "bound", "gap", "size"))
        ledger.same("tiers", _number(entry["tolerance"]), _number(tolerances.get(tier)), key=f"{tier}.tolerance")
        if sized:
            least = max(abs(value), LEAST_SIZE * max(natural.get(tier, 1.0), 1.0))
            ledger.compare("tiers", size / least, "=", 1.0, tolerance=EXACT, key=f"{tier}.size")
        reached = reached and entry["optimised"]
        ledger.same("tiers", entry["optimised"], reached, key=f"{tier}.optimised")  # none behind one that was not
        ledger.same("tiers", gap is None, bound is None, key=f"{tier}.gap")
        if bound is None or gap is None:
            continue
        ledger.same("tiers", reached and not (whole and tier in quadratic), True, key=f"{tier}.bound")
        ledger.compare("tiers", gap, "=", abs(value - bound) / size, tolerance=EXACT, key=f"{tier}.gap")
        better = (value - bound) / size * (1 if tier in MAXIMISED and tier not in quadratic else -1)
        ledger.compare("tiers", better, "<=", 0.0, tolerance=EXACT, key=f"{tier}.bound")


def _quadratic(instance: Any) -> set[str]:
    """The tiers that are sums of squares: with whole facilities they have no bound."""
    return {one.tier for one in instance.settings.objective if one.tier in QUADRATIC or one.method == LEVELLED}


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _proven(instance: Any, says: Says, whole: bool) -> bool:
    """Whether the stated bounds leave no tier open."""
    most = max(instance.settings.gap, PROVEN)
    for entry in says["tiers"]:
        given_away = (entry["tolerance"] or 0.0) / entry["size"]
        close = entry["gap"] is not None and max(0.0, entry["gap"] - given_away) <= most
        if not entry["optimised"] or not (close or (whole and entry["tier"] in _quadratic(instance))):
            return False
    return True


def _status(ledger: Ledger, says: Says, proven: bool, exact: bool) -> None:
    stopped, quality = says["status"]["stopped"], says["status"]["quality"]
    came_to_all = all(entry["optimised"] for entry in says["tiers"])
    ledger.same("status", stopped != FINISHED or came_to_all, True, key="stopped")
    if stopped == MERGED:
        ledger.same("status", any(entry["optimised"] for entry in says["tiers"]), False, key="stopped")
    follows = OPTIMAL if stopped == FINISHED and proven else FEASIBLE
    ledger.same("status", quality in ((follows,) if exact else (follows, FEASIBLE)), True, key="quality")
    ledger.same("status", len(says["conflict"]), 0, key="conflict")


def _relaxation(ledger: Ledger, raw: Raw, results: Results) -> None:
    """What the relaxation grants keeps bounds and totals, and what lies beyond the band around it is said."""
    if results.relaxation is None:
        return
    granted, beyond, at = results.relaxation["granted"], results.relaxation["beyond"], raw.by_pool
    ledger.compare("relaxation", granted, ">=", raw.lower, at=at, key="granted")
    ledger.compare("relaxation", granted, "<=", raw.upper, at=at, key="granted")
    exhaust = raw.pool["exhaust"]
    totals, pools = (raw.up * granted).sum(axis=0), raw.pools
    ledger.compare("relaxation", totals, "<=", raw.available, at=(pools,), key="granted")
    ledger.compare("relaxation", totals[exhaust], ">=", raw.available[exhaust], at=(pools[exhaust],), key="granted")
    over = np.maximum(results.allocation - (1 + WIDTH) * granted, 0.0)
    over = over - np.maximum((1 - WIDTH) * granted - results.allocation, 0.0)
    least = raw.pool["quantum"] / 2  # what is nearer than half a quantum is no word worth
    noise = ledger.tolerance * np.maximum(1.0, np.abs(granted))
    told = np.where(np.abs(over) <= least - noise, 0.0, over)
    told = np.where((beyond == 0) & (np.abs(over) <= least + noise), 0.0, told)
    ledger.compare("relaxation", beyond, "=", told, at=at, scale=granted, key="beyond")


def _notes(ledger: Ledger, raw: Raw, results: Results, says: Says, whole: bool, quadratic: Collection[str]) -> None:
    """Which notes there are, where that follows from the result, and what they say."""
    said: dict[tuple[str, str], float] = {}
    for note in says["notes"]:
        named = str(note["code"]), str(note["detail"])
        if named in said:
            ledger.fail("notes", f"twice: {_named(*named)}")
        said[named] = float(note["amount"])
    beyond = 0 if results.relaxation is None else int(np.count_nonzero(results.relaxation["beyond"]))
    joint = whole and says["options"]["facilities"] == "joint"
    follow = {("beyond_band", ""): float(beyond)} if beyond else {}
    follow |= {("searched", ""): 0.0} if joint else {}
    tiers = {entry["tier"]: entry for entry in says["tiers"]}
    for (code, detail), amount in said.items():
        key = _named(code, detail)
        if code in ("beyond_band", "searched"):
            ledger.same("notes", (code, detail) in follow, True, key=key)
        if code in ("rounded_down", "mended"):  # how many is the solver's word
            most = len(raw.cities) if code == "rounded_down" else float(raw.build_limit.sum())
            counted = amount == int(amount) and 1 <= amount <= max(most, 1.0)
            ledger.same("notes", whole and not joint and not detail and counted, True, key=key)
        if code == "bound_left":
            left = detail in tiers and tiers[detail]["optimised"] and tiers[detail]["bound"] is None
            ledger.same("notes", whole and left and detail not in quadratic and amount == 0, True, key=key)
        if code == "merged":
            whole_number = amount == int(amount) and 1 <= amount <= len(raw.cities)
            ledger.same("notes", says["status"]["stopped"] == MERGED and whole_number and not detail, True, key=key)
        if code == "by_pyomo":
            families = says["model"]["families"] if says.get("model") else ()
            ledger.same("notes", detail.partition(":")[0] in families and amount == 0, True, key=key)
    for one, found in follow.items():
        if one not in said:
            ledger.fail("notes", f"not said: {_named(*one)}")
        else:
            ledger.compare("notes", said[one], "=", found, key=_named(*one))


def _named(code: str, detail: str) -> str:
    return f"{code} {detail}".strip()


def _floors(ledger: Ledger, says: Says, whole: bool) -> None:
    """For which tiers the solver says from where their tolerance was counted: its word, but for their names."""
    given: set[str] = {entry["tier"] for entry in says["tiers"] if entry["tolerance"] is not None}
    floors, everything = set(says["floors"]), whole and says["options"]["facilities"] == "by_city"
    ledger.same("run", floors <= (given if whole else set()), True, key="floors")
    if everything and says["status"]["stopped"] == FINISHED:
        ledger.same("run", floors >= given, True, key="floors")


def check_verified(ledger: Ledger, stated: Mapping[str, Any], checks: int, worst: float, worst_at: str) -> None:
    """Compare what a result says of its verification with that of now; entered only where something differs.

    Args:
        ledger: takes the failures, under ``run``.
        stated: passed, checks, worst, worst_at.
        checks, worst, worst_at: of now.
    """
    if stated["passed"] is not True:
        ledger.fail("run", "verified.passed")
    if stated["checks"] != checks:
        ledger.fail("run", "verified.checks", float(stated["checks"]), float(checks))
    if not abs(stated["worst"] - worst) <= EXACT:
        ledger.fail("run", "verified.worst", float(stated["worst"]), worst)
    if stated["worst_at"] != worst_at and max(stated["worst"], worst) > EXACT:  # else which one is noise
        ledger.fail("run", "verified.worst_at")
