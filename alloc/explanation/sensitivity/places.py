"""Where every rule presses: the price of one row or one bound, in the city (and service) where it is dearest.

By the duals of the result alone: a second at 337 cities. Rows that a planner sets as one number (totals and limits) are
parameters and not here; nor are rows that only define something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from alloc.compiler.linear_model import Block
from alloc.explanation.sensitivity.tiers import Tiers
from alloc.explanation.shared.parameters import lower as lower_case
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.instance.schema.optional.links import LINKS, key_of
from alloc.text import Text
from alloc.tolerances import LEAST_PRICE


class Rule(NamedTuple):
    """What presses: a name, its title, and ``family``, ``bound`` or ``column``."""

    name: str
    title: Text
    kind: str


@dataclass(frozen=True)
class Place:
    """Where a rule presses most on a tier.

    Attributes:
        rule: constraint family, rule behind a bound of an allocation, or variable with a bound of its own.
        title: of the rule.
        kind: ``family``, ``bound`` or ``column``.
        count: in how many places it has a price.
        city: code of the city where it is dearest; of a link the one that gives.
        item: service, pool or class of debt there, or the link; empty where there is none.
        unit: of the rule's amount, a key of ``catalogue().units``; for ``capacity`` that of the service `item`, or of
            the one that the link is of.
        value: change of the tier's own value when the rule there gives way by one unit.
    """

    rule: str
    title: Text
    kind: str
    count: int
    city: str
    item: str
    unit: str
    value: float


def places(tiers: Tiers, instance: Instance, tier: str, derived: Derived | None = None) -> tuple[Place, ...]:
    """Every rule that has a price in the tier, the dearest place of each, dearest first by its size in the tier."""
    if not tiers.by_duals(tier) or tier not in tiers.values:
        return ()
    known = derived if derived is not None else derive(instance)
    declared = catalogue(instance.formulation)
    found = [
        *_families(tiers, tier, declared),
        *_bounds(tiers, tier, known, declared),
        *_columns(tiers, tier, declared),
    ]
    return tuple(sorted(found, key=lambda each: (each.kind, each.rule)))


def _families(tiers: Tiers, tier: str, declared: Catalogue) -> Iterator[Place]:
    """A row that gives way by one unit: its upper side rises or its lower side falls."""
    duals, _, _ = tiers.duals(tier)
    sign = -1.0 if tiers.model.objectives[tier].maximise else 1.0
    for name, block in tiers.model.rows.items():
        family = declared.families[name]
        if family.shared or family.defines or not block.members.size:
            continue
        lower = tiers.model.row_lower[block.slice]
        gain = np.where(np.isinf(lower), 1.0, -1.0) * sign * duals[block.slice] / tiers.model.row_scale[block.slice]
        rule = Rule(name, lower_case(family.title), "family")
        yield from _dearest(tiers, tier, rule, family.unit, gain, block)


def _bounds(tiers: Tiers, tier: str, derived: Derived, declared: Catalogue) -> Iterator[Place]:
    """Bounds of allocations, by the rule that made them."""
    block, titles = tiers.model.grants, declared.rules
    _, reduced, _ = tiers.duals(tier)
    sign = -1.0 if tiers.model.objectives[tier].maximise else 1.0
    price = sign * reduced[block.slice] / tiers.model.column_scale[block.slice]
    point = tiers.point(tier)[block.slice]
    lower, upper = tiers.model.lower[block.slice], tiers.model.upper[block.slice]
    below = np.abs(point - lower) <= np.abs(point - upper)
    rules = np.where(below, derived.lower_rule.ravel(), derived.upper_rule.ravel())
    gain = np.where(below, -price, price)
    land = np.broadcast_to(derived.kind == "land", derived.lower.shape).ravel()
    for rule in (name for name, each in titles.items() if each.sides):
        for chosen, unit in ((land, "ha"), (~land, "10⁴ yuan")):
            here = np.where((rules == rule) & chosen, gain, 0.0)
            named = Rule(rule, lower_case(titles[rule].title), "bound")
            yield from _dearest(tiers, tier, named, unit, here, block)


def _columns(tiers: Tiers, tier: str, declared: Catalogue) -> Iterator[Place]:
    """Upper bounds that are a rule of their own: who may settle, what may be enlarged."""
    _, reduced, _ = tiers.duals(tier)
    sign = -1.0 if tiers.model.objectives[tier].maximise else 1.0
    for name, decision in declared.decisions.items():
        behind = declared.rules_of(name, "upper")
        if decision.granted or decision.whole or not behind or name not in tiers.model.columns:
            continue
        block = tiers.model.columns[name]
        point, upper = tiers.point(tier)[block.slice], tiers.model.upper[block.slice]
        price = sign * reduced[block.slice] / tiers.model.column_scale[block.slice]
        at_upper = (upper > 0) & (upper - point <= point - tiers.model.lower[block.slice])
        titles = [lower_case(rule.title) for rule in behind]
        rule = Rule(
            name, Text("或".join(each.zh for each in titles), " or ".join(each.en for each in titles)), "column"
        )
        of_links = decision.over == (LINKS.name,)
        yield from _dearest(tiers, tier, rule, decision.unit, np.where(at_upper, price, 0.0), block, of_links)


def _dearest(
    tiers: Tiers, tier: str, rule: Rule, unit: str, gain: np.ndarray, block: Block, of_links: bool = False
) -> Iterator[Place]:
    """The place where the tier gains most, else where it loses most; nothing where no place has a price."""
    objective = tiers.model.objectives[tier]
    priced = np.abs(gain) > LEAST_PRICE * objective.scale
    if not priced.any():
        return
    better = gain if objective.maximise else -gain
    at = int(np.argmax(better)) if np.any(better[priced] > 0) else int(np.argmax(np.abs(gain)))
    first, *item = map(str, block.label(block.start + at))
    city, found = (key_of(first)[0], first) if of_links else (first, item[0] if item else "")
    yield Place(rule.name, rule.title, rule.kind, int(priced.sum()), city, found, unit, float(gain[at]) + 0.0)
