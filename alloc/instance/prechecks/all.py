"""What can be said before any solver is called: rules that no allocation satisfies, and what a planner should look at.

Only what bounds and sums decide is found here; conflicts through settlement gates and budgets need the solver. An
error whose code is in `CONFLICT_CODES` is a conflict between rules, which no allocation satisfies; any other error is a
fault of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from alloc.formulation.registry import DEFAULT, levers
from alloc.instance.derived.derived import Derived
from alloc.instance.findings import Finding, sort_findings
from alloc.instance.instance import Instance
from alloc.instance.prechecks.bounds import bound_findings
from alloc.instance.prechecks.cities import city_findings
from alloc.instance.prechecks.limits import limit_findings
from alloc.instance.prechecks.pools import pool_findings
from alloc.instance.prechecks.words import Words

BOUNDS = "bounds"  # floors, caps, corridors and overrides, next to the constraint families
# Conflict -> whether bounds are part of it; the families of the model say themselves of which they are.
CONFLICTS: Mapping[str, bool] = MappingProxyType({
    "override_outside_bounds": True,
    "override_above_room": True,
    "lower_above_upper": True,
    "pool_below_lower": True,
    "pool_above_upper": True,
    "bonds_above_room": True,
    "limit_against_bounds": True,
    "limit_against_pool": True,
    "limit_against_settlement": True,
    "limit_against_growth": True,
    "limit_against_land": True,
    "limits_contradict": False,
    "limits_against_pool": True,
})  # fmt: skip
CONFLICT_CODES: frozenset[str] = frozenset(CONFLICTS)


def precheck(instance: Instance, derived: Derived) -> tuple[Finding, ...]:
    """Every conflict that bounds and sums decide, and warnings, sorted.

    Args:
        instance: a checked instance.
        derived: its derived data.
    """
    words = Words(instance, derived)
    return sort_findings((*bound_findings(words), *pool_findings(words), *limit_findings(words), *city_findings(words)))


def families_of(finding: Finding, formulation: str = DEFAULT) -> tuple[str, ...]:
    """The families that a conflict is between, "bounds" for floors, caps, corridors and overrides; () for the rest.

    First comes the family whose rows the table of the finding holds, then those about whole cities, then those about
    one item of them.
    """
    every = [each for lever in levers(formulation) for each in lever.families if finding.code in each.conflicts]
    every.sort(key=lambda each: (each.item != finding.file.partition(".")[0], each.item != ""))
    return (*(each.name for each in every), *([BOUNDS] if CONFLICTS.get(finding.code) else []))
