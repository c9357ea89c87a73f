"""The rules behind the bounds of single decisions, each as a row of its own.

The model keeps one bound where several rules lie behind it (floor, earmark, corridor; cap, boundary, …), and the least
of several rooms for debt. A repair changes one rule, and then the next one holds; so here every rule stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alloc.instance.derived.derived import Derived
from alloc.instance.frames import flags, numbers
from alloc.instance.instance import Instance

Floats = NDArray[np.float64]
LOWER, UPPER = -1, 1
# Decision -> side -> the rules behind its bound there; () where no rule is behind it but what can be used at all.
BOUNDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "allocation": {
        "lower": ("floor", "earmark", "corridor", "override"),
        "upper": ("cap", "corridor", "override", "boundary", "farmland"),
    },
    "settle": {"upper": ("willingness", "quota")},
    "build": {"upper": ("restricted",)},
    "expand": {"upper": ("expansion",)},
    "backlog": {"upper": ("gate",)},
}
RULES = tuple(dict.fromkeys(rule for sides in BOUNDED.values() for rules in sides.values() for rule in rules))


@dataclass(frozen=True, eq=False)
class Rule:
    """Bounds that one rule puts on the cells of one variable.

    Attributes:
        name: of the rule, a key of `alloc_models.words.bounds` or of the words of conflicts.
        variable: of the model.
        side: `LOWER` or `UPPER`.
        bound: in units of the instance, of the variable's shape; infinite where the rule says nothing.
    """

    name: str
    variable: str
    side: int
    bound: Floats


def bound_rules(instance: Instance, d: Derived) -> Iterator[Rule]:
    """Every rule of `RULES`, behind the bounds of allocations, settlement, facilities, extensions and backlogs.

    A corridor is clipped into floor and cap, and a cap is raised to the floor, as in `alloc.instance.derived.bounds`.
    """
    pools, cities = instance.tables["pools"], instance.tables["cities"]
    fixed = ~np.isnan(d.override)
    bond = d.kind == "bond"
    floor = numbers(pools, "floor_multiple") * d.last_year
    by_floor = np.where(bond, -np.inf, _or(floor, -np.inf))
    least = np.maximum(0, np.maximum(by_floor, np.where(bond, -np.inf, _or(d.earmark, -np.inf))))
    cap = _or(numbers(pools, "cap_multiple") * d.last_year, np.inf)
    corridor_down = np.where(fixed | bond, -np.inf, _or((1 - numbers(pools, "corridor_down")) * d.benchmark, -np.inf))
    corridor_up = np.where(fixed, np.inf, _or((1 + numbers(pools, "corridor_up")) * d.benchmark, np.inf))
    lower = {
        "floor": by_floor,
        "earmark": np.where(bond, -np.inf, _or(d.earmark, -np.inf)),
        "corridor": np.minimum(corridor_down, np.maximum(cap, least)),
        "override": np.where(fixed, d.override, -np.inf),
    }
    upper = {
        "cap": np.maximum(cap, least),
        "corridor": np.maximum(corridor_up, least),
        "override": np.where(fixed, d.override, np.inf),
    }
    for name, bound in lower.items():
        yield Rule(name, "allocation", LOWER, np.where(bound > 0, bound, -np.inf))
    for name, bound in upper.items():
        yield Rule(name, "allocation", UPPER, bound)
    share, offset = numbers(cities, "farmland_share"), numbers(cities, "farmland_offset", blank=np.inf)
    land = (d.kind == "land")[None, :]
    for name, most in {
        "boundary": numbers(cities, "boundary_left", blank=np.inf),
        "farmland": np.where(share > 0, offset / np.where(share > 0, share, 1), np.inf),
    }.items():
        yield Rule(name, "allocation", UPPER, np.where(land, most[:, None], np.inf))
    policy = instance.settings.policy
    willing = numbers(cities, "willingness", blank=policy.settlement.willingness) * d.migrants
    quota = np.where(
        np.isin(d.size_class, policy.settlement.quota_classes), numbers(cities, "settlement_quota"), np.nan
    )
    yield Rule("willingness", "settle", UPPER, willing)
    yield Rule("quota", "settle", UPPER, _or(quota, np.inf))
    table = instance.tables["services"]
    closed = d.restricted & np.isin(d.size_class, policy.services.restricted_classes)[:, None]
    yield Rule("restricted", "build", UPPER, np.where(closed & (d.facilities > 0), 0.0, np.inf))
    yield Rule("expansion", "expand", UPPER, numbers(table, "expansion_limit") * d.capacity)
    gates = np.broadcast_to(flags(table, "settlement_prerequisite"), d.backlog_now.shape)
    yield Rule("gate", "backlog", UPPER, np.where(gates, d.backlog_now, np.inf))


def hard_bounds(d: Derived) -> Mapping[str, Floats]:
    """What still bounds the variables of `bound_rules` from above when no rule does [shape of the variable]."""
    return {
        "allocation": np.full(d.lower.shape, np.inf),
        "settle": d.migrants,
        "build": d.facilities,
        "expand": np.maximum(0, d.full_need - d.capacity),
        "backlog": np.full(d.backlog_now.shape, np.inf),
    }


def debt_rooms(d: Derived) -> Mapping[str, Floats]:
    """The three causes of the debt room, 10⁴ yuan [n]."""
    return {"debt_ratio": d.room_ratio, "debt_tier": d.room_tier, "debt_service": d.room_service}


def _or(values: Floats, blank: float) -> Floats:
    return np.where(np.isnan(values), blank, values)
