"""Links: between which cities capacity of a service is kept for others or moves, how much at most, and at what price.

Rows that are closed are no links. Without any, every array here is over nothing, and nothing is lendable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.rule_bounds import RuleBound, most
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import flags, numbers, places, texts
from alloc.instance.schema.optional.links import LINKS, MOVE, USE, link_name

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
Objects = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Links:
    """The L open links in the order of the table; money in 10⁴ yuan, capacity in units of each service.

    Attributes:
        links: their names, see `alloc.instance.schema.optional.links.link_name`.
        link_from, link_to: places of the giving and of the receiving city [L].
        link_service: place of the service [L].
        link_moves: whether a facility moves; else places are kept for residents of the other city [L].
        link_possible: the most that there is use for: full need of the receiver, or capacity of the giver [L].
        link_limit: most that can be kept or moved this year [L].
        link_cost: capital cost of moving a unit [L].
        link_fee: what a unit that is kept costs the receiver a year, paid to the giver [L].
        lendable: most that is kept for others [n, S].
        leaving, arriving: most sites that moves make free, and that they take, ha [n].
        vacates: whether some facility that may move stands on land.
        link_bounds: the rules behind `link_limit`.
    """

    links: tuple[str, ...]
    link_from: Places
    link_to: Places
    link_service: Places
    link_moves: Flags
    link_possible: Floats
    link_limit: Floats
    link_cost: Floats
    link_fee: Floats
    lendable: Floats
    leaving: Floats
    arriving: Floats
    vacates: bool
    link_bounds: tuple[RuleBound, ...]


def links(
    steps: Steps,
    tables: Mapping[str, pd.DataFrame],
    codes: tuple[Objects, Objects],
    full_need: Floats,
    capacity: Floats,
    area: Floats,
    policy: Any,
) -> Links:
    """What the table of links says.

    Args:
        steps: of the derivation.
        tables: of the instance.
        codes: of the cities and of the services.
        full_need, capacity: of every city and service [n, S].
        area: m² a unit of every service [S].
        policy: whose `links.share` of need or capacity is the limit where a row has none.
    """
    return steps(_links, tables["links"], *codes, full_need, capacity, area, policy.links.share)


def _links(
    table: pd.DataFrame, cities: Objects, services: Objects, full_need: Floats, capacity: Floats, area: Floats,
    share: float,
) -> Links:  # fmt: skip
    table = table[flags(table, "open")]
    if len(table):
        table = table.sort_values(list(LINKS.key))
    giver, receiver, service, kind = (texts(table, name) for name in LINKS.key)
    at, to, of = (
        places(table[name], codes) for name, codes in (("from", cities), ("to", cities), ("service", services))
    )
    moves = kind == MOVE
    possible = np.where(moves, capacity[at, of], full_need[to, of])
    limit = numbers(table, "limit")
    told = ~np.isnan(limit)
    bounds = (
        RuleBound("link_share", "flow", "upper", np.where(told, np.inf, share * possible)),
        RuleBound("link_limit", "flow", "upper", np.where(told, limit, np.inf)),
    )
    limit = most(bounds)
    sites = limit * area[of] / 10_000 * moves
    lendable, leaving, arriving = np.zeros_like(full_need), np.zeros(len(cities)), np.zeros(len(cities))
    np.add.at(lendable, (at[~moves], of[~moves]), limit[~moves])
    np.add.at(leaving, at, sites)
    np.add.at(arriving, to, sites)
    return Links(
        links=tuple(link_name(*key) for key in zip(giver, receiver, service, kind, strict=True)),
        link_from=at,
        link_to=to,
        link_service=of,
        link_moves=np.asarray(moves, dtype=bool),
        link_possible=np.maximum(possible, limit),
        link_limit=limit,
        link_cost=np.where(moves, numbers(table, "cost", 0.0), 0.0),
        link_fee=np.where(kind == USE, numbers(table, "fee", 0.0), 0.0),
        lendable=lendable,
        leaving=leaving,
        arriving=arriving,
        vacates=bool(np.any(moves & (area[of] > 0))),
        link_bounds=bounds,
    )
