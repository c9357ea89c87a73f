"""What can be said before any solver is called: rules that no allocation satisfies, and what a planner should look at.

Only what bounds and sums decide is found here; conflicts through settlement gates and budgets need the solver. An
error whose code is in `CONFLICT_CODES` is a conflict between rules, which no allocation satisfies; any other error is a
fault of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from alloc.instance.derived.derived import Derived
from alloc.instance.findings import Finding, sort_findings
from alloc.instance.instance import Instance
from alloc.instance.prechecks.bounds import bound_findings
from alloc.instance.prechecks.cities import city_findings
from alloc.instance.prechecks.limits import limit_findings
from alloc.instance.prechecks.pools import pool_findings
from alloc.instance.prechecks.words import Words

# Conflict -> the constraint families of the model (and "bounds") that cannot hold together.
FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "override_outside_bounds": ("bounds",),
    "override_above_room": ("bounds", "debt_room", "debt_limit"),
    "lower_above_upper": ("bounds",),
    "pool_below_lower": ("pool_total", "bounds"),
    "pool_above_upper": ("pool_total", "bounds"),
    "bonds_above_room": ("pool_total", "debt_room", "debt_limit", "bounds"),
    "limit_against_bounds": ("group_limit", "bounds"),
    "limit_against_pool": ("group_limit", "pool_total", "bounds"),
    "limit_against_settlement": ("group_limit", "bounds"),
    "limit_against_growth": ("group_limit", "growth_limit", "bounds"),
    "limit_against_land": (
        "group_limit", "land_balance", "public_land", "production_land", "growth_limit", "pool_total", "bounds",
    ),
    "limits_contradict": ("group_limit",),
    "limits_against_pool": ("group_limit", "pool_total", "bounds"),
})  # fmt: skip
CONFLICT_CODES: frozenset[str] = frozenset(FAMILIES)


def precheck(instance: Instance, derived: Derived) -> tuple[Finding, ...]:
    """Every conflict that bounds and sums decide, and warnings, sorted.

    Args:
        instance: a checked instance.
        derived: its derived data.
    """
    words = Words(instance, derived)
    return sort_findings((*bound_findings(words), *pool_findings(words), *limit_findings(words), *city_findings(words)))


def families_of(finding: Finding) -> tuple[str, ...]:
    """The families that a conflict is between, "bounds" for floors, caps, corridors and overrides; () for the rest."""
    return FAMILIES.get(finding.code, ())
