"""Links: capacity of a service that one city keeps for the residents of another, or that moves there (S63–S69).

Without open rows in the table of links nothing here is declared. What is lent, borrowed and moved joins the sums of the
other levers: places, spending, running costs, sites that facilities stand on and sites that become free.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from alloc.formulation.columns import SHARE
from alloc.formulation.declare import decision, index, parameter, product, rows, selection, subset
from alloc.formulation.lever import LOWER, RAISE, Decision, Family, Lever, Number, Quantity, Rule, Span, Turn
from alloc.formulation.settings import LeverSettings, setting
from alloc.formulation.settings import Number as Figure
from alloc.text import Text

SQUARE_METRES_PER_HECTARE = 10_000
FLOW = Decision("flow", ("links",), unit="capacity", table="links", columns=("flow",),
                sometimes=lambda data: bool(data.links), possible=lambda data: data.link_possible)  # fmt: skip


class LinkSettings(LeverSettings):
    """``[policy.links]``."""

    TITLE: ClassVar[Text] = Text("跨市服务通道", "Links")
    share: Figure = setting("通道上限比例", "Share of need or capacity that a link is for", SHARE, default=0.05, ge=0,
                            le=1)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`flow`, at most the limit of each link, and which links leave and reach each city and service."""
    if not FLOW.there(data):
        return
    index(m, "links", data.links)
    count, of = len(data.services), data.link_service
    decision(m, FLOW, upper=data.link_limit, size=np.asarray(m.sizes["capacity"])[of])
    parameter(m, "link_cost", data.link_cost, m.links)
    parameter(m, "link_fee", data.link_fee, m.links)
    parameter(m, "link_site", data.area[of] / SQUARE_METRES_PER_HECTARE, m.links)
    needed = np.maximum(data.full_need, data.capacity).sum(axis=0)
    parameter(m, "link_part", 1 / np.where(needed > 0, needed, 1.0)[of], m.links)
    pairs = product([m.cities, m.services])
    moves = data.link_moves
    for name, city, some in (("lent", data.link_from, ~moves), ("borrowed", data.link_to, ~moves),
                             ("moved_out", data.link_from, moves), ("moved_in", data.link_to, moves)):  # fmt: skip
        chosen = np.flatnonzero(some)
        pair = city[chosen] * count + of[chosen]
        order = np.argsort(pair, kind="stable")
        selection(m, name, pairs, (m.links,), (pair[order], chosen[order]))
    giving = np.isin(np.arange(len(data.cities)), data.link_from)
    subset(m, "hosts", m.cities, giving)
    parameter(m, "host_least", np.minimum(data.capacity, data.full_need)[giving], m.hosts, m.services)
    rows(m, "host_first")


def there(m: Any) -> bool:
    """Whether the model has links."""
    return m.component(FLOW.name) is not None


def serving(m: Any, c: Any, s: Any) -> Any:
    """Places that links bring to residents of a city, less those that they take from them."""
    if not there(m):
        return 0.0
    brought = sum(m.flow[each] for each in m.borrowed[c, s]) + sum(m.flow[each] for each in m.moved_in[c, s])
    return brought - sharing(m, c, s) - moving(m, c, s)


def sharing(m: Any, c: Any, s: Any) -> Any:
    """What a city keeps of a service for residents of others."""
    return sum(m.flow[each] for each in m.lent[c, s]) if there(m) else 0.0


def moving(m: Any, c: Any, s: Any) -> Any:
    """What moves away from a city of a service."""
    return sum(m.flow[each] for each in m.moved_out[c, s]) if there(m) else 0.0


def costing(m: Any, c: Any) -> Any:
    """What it costs to set up again what moves here: Σ cost·flow."""
    if not there(m):
        return 0.0
    return sum(m.link_cost[each] * m.flow[each] for s in m.services for each in m.moved_in[c, s])


def running(m: Any, c: Any) -> Any:
    """Fees for what others keep for residents of the city, less those that it gets: Σ fee·flow."""
    if not there(m):
        return 0.0
    paid = sum(m.link_fee[each] * m.flow[each] for s in m.services for each in m.borrowed[c, s])
    return paid - sum(m.link_fee[each] * m.flow[each] for s in m.services for each in m.lent[c, s])


def arriving(m: Any, c: Any) -> Any:
    """Sites of facilities that move here, ha: Σ area·flow."""
    if not there(m):
        return 0.0
    return sum(m.link_site[each] * m.flow[each] for s in m.services for each in m.moved_in[c, s])


def leaving(m: Any, c: Any) -> Any:
    """Sites that become free where facilities move away, ha: Σ area·flow."""
    if not there(m):
        return 0.0
    return sum(m.link_site[each] * m.flow[each] for s in m.services for each in m.moved_out[c, s])


def host_first(m: Any, c: Any, s: Any) -> Any:
    """Nobody is served worse than today because of what is lent or moved: capacity + places ≥ min(capacity, full_need).

    It is asked of the cities that have a link out.
    """
    return m.capacity[c, s] + m.sums["places"](m, c, s) >= m.host_least[c, s]


def linked(m: Any) -> Any:
    """All that is lent and moved, each service as a part of what it needs: so that nothing runs in a circle."""
    return sum(m.link_part[each] * m.flow[each] for each in m.links) if there(m) else 0.0


def _span(moves: bool) -> Any:
    """Between nothing and the limits of the links that leave the cities."""

    def span(data: Any, service: str, own: Any, whole: bool) -> Span:
        of = (data.link_service == data.services.index(service)) & (data.link_moves == moves) & own[data.link_from]
        return Span(0.0, float(data.link_limit[of].sum()))

    return span


LEVER = Lever(
    "links",
    __name__,
    declare,
    decisions=(FLOW,),
    families=(
        Family("host_first", ("hosts", "services"), host_first, item="services", brought=True),
    ),
    rules=(
        Rule("link_share", "flow", ("upper",), "links", makes=("link_limit",), without={"policy.links.share": 1.0}),
        Rule("link_limit", "flow", ("upper",), "links", makes=("link_limit",), without={"links.limit": np.nan}),
    ),
    quantities=(
        Quantity("moved", moving, "capacity", _span(True), "limit_against_links", over="services", items="services",
                 needs=("links", "kind", "move")),
        Quantity("shared", sharing, "capacity", _span(False), "limit_against_links", over="services",
                 items="services", needs=("links", "kind", "use")),
    ),
    numbers=(
        Number("links.limit", "planner", "link", (Turn((RAISE,), ("link_limit",)),), priced=True),
        Number("links.cost", "planner", "link", (Turn((LOWER,), ("capital_budget",), multiplies=True),), priced=True),
        Number("links.fee", "planner", "link", (Turn((LOWER,), ("general_budget",), multiplies=True),), priced=True),
        Number("policy.links.share", "planner", "all", (Turn((RAISE,), ("link_share",)),), priced=True, most=1.0,
               least_reach=1.0, needs="links"),
    ),
    settings=LinkSettings,
    adds={"places": serving, "spending": costing, "running": running, "sites": arriving, "freed": leaving},
    costs=("links.cost", "links.fee"),
)  # fmt: skip
