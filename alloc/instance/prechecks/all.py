"""What can be said before any solver is called: rules that no allocation satisfies, and what a planner should look at.

Only what bounds and sums decide is found here; conflicts through settlement gates and budgets need the solver. An
error whose code is in `CONFLICT_CODES` is a conflict between rules, which no allocation satisfies; any other error is a
fault of the data.
"""

from __future__ import annotations

from alloc.formulation.registry import DEFAULT, installed, levers
from alloc.instance.confirmed import without_confirmed
from alloc.instance.derived.derived import Derived
from alloc.instance.findings import Finding, sort_findings
from alloc.instance.findings_by_name import with_names
from alloc.instance.instance import Instance
from alloc.instance.prechecks.bonds import bond_findings
from alloc.instance.prechecks.bounds import bound_findings
from alloc.instance.prechecks.cities import city_findings
from alloc.instance.prechecks.issued import issued_findings
from alloc.instance.prechecks.lifted import lifted_findings
from alloc.instance.prechecks.limits import AGAINST_POOL, limit_findings
from alloc.instance.prechecks.pools import pool_findings
from alloc.instance.prechecks.words import Words

BOUNDS = "bounds"  # floors, caps, corridors and overrides, next to the constraint families
# Conflicts between rules; what a row of limits asks for in vain has a code of its own for every quantity.
CONFLICT_CODES: frozenset[str] = frozenset({
    "override_outside_bounds",
    "override_above_room",
    "earmark_above_room",
    "earmark_above_means",
    "lower_above_upper",
    "pool_below_lower",
    "pool_above_upper",
    "issued_above_available",
    "bonds_above_room",
    AGAINST_POOL,
    "limits_contradict",
    "limits_against_pool",
    *(
        quantity.conflict for one in installed().values() for lever in one.levers for quantity in lever.quantities
        if quantity.conflict
    ),
})  # fmt: skip
WITHOUT_BOUNDS = frozenset({"limits_contradict"})


def precheck(instance: Instance, derived: Derived) -> tuple[Finding, ...]:
    """Every conflict that bounds and sums decide, and warnings, sorted.

    Args:
        instance: a checked instance.
        derived: its derived data.
    """
    words = Words(instance, derived)
    rooms = (bound_findings, bond_findings, issued_findings, pool_findings, limit_findings, lifted_findings,
             city_findings)  # fmt: skip
    found = without_confirmed((finding for room in rooms for finding in room(words)), instance.settings)
    return sort_findings(with_names(found, words.titles))


def families_of(finding: Finding, formulation: str = DEFAULT) -> tuple[str, ...]:
    """The families that a conflict is between, "bounds" for floors, caps, corridors and overrides; () for the rest.

    First comes the family whose rows the table of the finding holds, then those about whole cities, then those about
    one item of them.
    """
    if finding.code not in CONFLICT_CODES:
        return ()
    table = finding.file.partition(".")[0]
    every = [family for lever in levers(formulation) for family in lever.families]
    own = [each.name for each in every if each.shared and each.item == table]
    others = [each for each in every if finding.code in each.conflicts and each.name not in own]
    others.sort(key=lambda each: each.item != "")
    bounds = () if finding.code in WITHOUT_BOUNDS else (BOUNDS,)
    return (*own, *(each.name for each in others), *bounds)
