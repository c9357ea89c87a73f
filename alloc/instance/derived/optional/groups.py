"""Groups of migrants by years of stay: what they are entitled to, who may settle, and to whom services are extended.

Without the tables there is one group, whose entitlement is `services.entitlement` and which may settle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.rule_bounds import RuleBound
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import placed
from alloc.instance.schema.policy import SettlementPolicy

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Groups:
    """Groups of migrants in the n cities, persons unless said otherwise.

    Attributes:
        groups: their keys, in their order; none where there are no such tables.
        stay: migrants of each group, scaled to all migrants of the city [n, G].
        settling: of each city the groups that may settle, in a class with points those that are eligible [n, G].
        extending: groups to which services may be extended [G].
        may_settle_now: migrants of the groups that may settle [n].
        extend_limit: most to whom services may be extended this year [n].
        extension_limit: migrants of the groups that may settle or be extended to [n].
        extension_value: what a person extended to is worth, in persons who settle.
        extension_cost: of such a person, 10⁴ yuan a year.
        extension_bounds: the rule behind `extend_limit`.
    """

    groups: tuple[str, ...]
    stay: Floats
    settling: Flags
    extending: Flags
    may_settle_now: Floats
    extend_limit: Floats
    extension_limit: Floats
    extension_value: float
    extension_cost: float
    extension_bounds: tuple[RuleBound, ...]


def groups(
    steps: Steps, tables: Mapping[str, pd.DataFrame], migrants: Floats, classes: Objects, policy: SettlementPolicy
) -> Groups:
    """Who has been in every city for how long.

    Args:
        steps: of the derivation.
        tables: of the instance.
        migrants: persons [n].
        classes: size classes of the cities [n].
        policy: of settlement.
    """
    table = tables["groups"]
    keys = steps.texts("groups", table, "group")
    order = np.argsort(steps.numbers("groups", table, "order"), kind="stable")
    stay = steps(placed, tables["stay"], "migrants", steps.texts("cities", tables["cities"], "city"), keys, "group",
                 name="stay")  # fmt: skip
    shares = steps.numbers("groups", table, "share")
    flags = tuple(steps.flags("groups", table, name) for name in ("may_settle", "may_extend", "eligible"))
    with_points = steps.texts("points", tables["points"], "size_class")
    return steps(
        _groups, keys, order, stay, shares, flags, migrants, classes, with_points,
        (policy.extension_share, float(policy.extension_value), float(policy.extension_cost)),
    )  # fmt: skip


def _groups(
    keys: Objects,
    order: NDArray[np.intp],
    stay: Floats,
    shares: Floats,
    flags: tuple[Flags, Flags, Flags],
    migrants: Floats,
    classes: Objects,
    with_points: Objects,
    numbers: tuple[float, float, float],
) -> Groups:
    share, value, cost = numbers
    untold = np.isnan(stay).all(axis=1, keepdims=True)
    stay = np.nan_to_num(np.where(untold, shares, stay)[:, order])
    told = stay.sum(axis=1)
    persons = stay * np.divide(migrants, told, out=np.zeros_like(told), where=told > 0)[:, None]
    settles, extends, eligible = (each[order] for each in flags)
    asked = np.isin(classes, with_points)[:, None]
    settling = np.broadcast_to(settles, persons.shape) & (eligible | ~asked)
    extend_limit = share * (persons * extends).sum(axis=1)
    return Groups(
        groups=tuple(keys[order]),
        stay=persons,
        settling=settling,
        extending=extends,
        may_settle_now=(persons * settling).sum(axis=1) if len(keys) else migrants,
        extend_limit=extend_limit,
        extension_limit=(persons * (settling | extends)).sum(axis=1) if len(keys) else migrants,
        extension_value=value,
        extension_cost=cost,
        extension_bounds=(RuleBound("extension_share", "extend", "upper", extend_limit),),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Entitlements:
    """What share of the need of a migrant who has not settled is recognised, on average over some groups [n, S].

    Attributes:
        every: over all migrants.
        settlers: over those who may settle; 1 where there are none.
        extended: over those to whom services may be extended; 1 where there are none.
    """

    every: Floats
    settlers: Floats
    extended: Floats


def entitlements(
    steps: Steps, tables: Mapping[str, pd.DataFrame], who: Groups, services: Objects, entitlement: Floats
) -> Entitlements:
    """The averages of the ladder, or the entitlement of the services where there is none [S]."""
    cities = len(who.may_settle_now)
    if not who.groups:
        alone = np.broadcast_to(entitlement, (cities, len(entitlement)))
        return Entitlements(every=alone, settlers=alone, extended=np.ones(alone.shape))
    keys = np.array(who.groups, dtype=object)
    rungs = steps(placed, tables["ladder"], "entitlement", services, keys, "group", "service", name="ladder")
    every = np.ones(who.stay.shape, dtype=bool)
    return Entitlements(
        every=steps(_average, rungs, who.stay, every, name="every"),
        settlers=steps(_average, rungs, who.stay, who.settling, name="settlers"),
        extended=steps(_average, rungs, who.stay, every & who.extending, name="extended"),
    )


def _average(rungs: Floats, stay: Floats, some: Flags) -> Floats:
    """The mean of the rungs [S, G] over the persons of some groups [n, G]; of one group its own, to the last digit."""
    persons = stay * some
    there = persons.sum(axis=1)
    found = np.ones((len(stay), len(rungs)))
    for c in np.flatnonzero(there > 0):
        first = int(np.flatnonzero(persons[c] > 0)[0])
        found[c] = rungs[:, first] + (rungs - rungs[:, [first]]) @ (persons[c] / there[c])
    return found
