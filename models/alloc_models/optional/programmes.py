"""Programmes: optional works with a unit, a stock and a yield, and pools that pay for one of them alone.

Without the tables of programmes nothing here is declared. What they do joins the sums of the other levers: spending,
running costs, what special bonds may pay for, and the places that serve residents; what land they make free is used as
idle land is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.formulation.columns import NO_UNIT, SHARE, Column
from alloc.formulation.declare import LinearTier, decision, family, index, parameter, product, rows, selection, subset
from alloc.formulation.lever import CITIES, LOWER, RAISE, Decision, Family, Lever, Number, Quantity, Rule, Span, Turn
from alloc.formulation.tier import Tier
from alloc.text import Text

RENEWED_USES = ("public", "production")
RUN = Decision("run", ("cities", "programmes"), unit="works", table="programmes", columns=("run",),
               sometimes=lambda data: bool(data.programmes), possible=lambda data: data.programme_stock)  # fmt: skip
RENEWED = Decision("renewed", ("cities", "renewed_uses"), unit="ha", table="land",
                   columns=tuple(f"renewed_{use}" for use in RENEWED_USES),
                   sometimes=lambda data: bool(np.any(data.land_yield > 0) or data.vacates))  # fmt: skip
FURTHER = (
    Column(
        "programme", "text", NO_UNIT, Text("专用项目", "Tied programme"),
        Text("只能用于 programmes 表中这一项目；建设性转移支付和债券可填，空缺为不限。",
             "The pool pays for this programme of the table programmes alone: a capital transfer or a bond; blank: for "
             "anything."),
        required=False, driver="policy",
    ),
    Column(
        "support", "share", SHARE, Text("补助比例上限", "Most that it supports"),
        Text("该资源池最多承担项目建设支出的比例；空缺为 1。",
             "Most that the pool pays of what the programme costs to build; blank: 1."),
        required=False, above=0, maximum=1, default=1.0, driver="policy",
    ),
)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`run`, at most what a year allows, `renewed` where something makes land free, and pools that are tied."""
    if RENEWED.there(data):
        index(m, "renewed_uses", RENEWED_USES)
        decision(m, RENEWED)
        rows(m, "renewed_land")
    if not RUN.there(data):
        return
    index(m, "programmes", data.programmes)
    decision(m, RUN, upper=data.run_limit)
    for name in ("programme_cost", "programme_running", "land_yield"):
        parameter(m, name, getattr(data, name), m.programmes)
    parameter(m, "programme_yield", data.programme_yield, m.programmes, m.services)
    subset(m, "backed_programmes", m.programmes, data.programme_backed)
    selection(m, "yielding", m.services, (m.programmes,), data.programme_yield.T > 0)
    tied = data.pays_for.any(axis=1)
    if tied.any():
        subset(m, "tied_pools", m.pools, tied)
        selection(m, "paid_for", m.tied_pools, (m.programmes,), data.pays_for[tied])
        parameter(m, "support", data.support[tied], m.tied_pools)
        size = np.asarray(m.sizes["pool"])[tied]
        family(m, "earmarked_use", product([m.cities, m.tied_pools]), earmarked_use, size)


def there(m: Any) -> bool:
    """Whether the model has programmes."""
    return m.component(RUN.name) is not None


def costing(m: Any, c: Any) -> Any:
    """What they cost to build: Σ_g capital_cost·run."""
    return sum(m.programme_cost[g] * m.run[c, g] for g in m.programmes) if there(m) else 0.0


def running(m: Any, c: Any) -> Any:
    """What they cost every year, less what they bring: Σ_g (running_cost − yearly_income)·run."""
    return sum(m.programme_running[g] * m.run[c, g] for g in m.programmes) if there(m) else 0.0


def earning(m: Any, c: Any) -> Any:
    """What special bonds may pay for: Σ_{revenue_backed} capital_cost·run."""
    return sum(m.programme_cost[g] * m.run[c, g] for g in m.backed_programmes) if there(m) else 0.0


def serving(m: Any, c: Any, s: Any) -> Any:
    """Places of a service that they make: Σ_g yield·run."""
    return sum(m.programme_yield[g, s] * m.run[c, g] for g in m.yielding[s]) if there(m) else 0.0


def renewed(m: Any, c: Any, u: str) -> Any:
    """Land that they have made free for a use; none where no programme does."""
    return m.renewed[c, u] if m.component(RENEWED.name) is not None else 0.0


def renewing(m: Any, c: Any) -> Any:
    """All land that they have made free and that is used: Σ_u renewed."""
    return sum(m.renewed[c, u] for u in m.renewed_uses) if m.component(RENEWED.name) is not None else 0.0


def renewed_land(m: Any, c: Any) -> Any:
    """No more renewed land is used than is made free, by programmes or by facilities that move away."""
    return renewing(m, c) <= m.sums["freed"](m, c)


def freeing(m: Any, c: Any) -> Any:
    """Land that they make free: Σ_g land_yield·run."""
    return sum(m.land_yield[g] * m.run[c, g] for g in m.programmes) if there(m) else 0.0


def earmarked_use(m: Any, c: Any, r: Any) -> Any:
    """A pool that is tied to a programme pays for that alone: allocation ≤ support · capital_cost·run."""
    return m.allocation[c, r] <= m.support[r] * sum(m.programme_cost[g] * m.run[c, g] for g in m.paid_for[r])


def _span(data: Any, programme: str, own: Any, whole: bool) -> Span:
    return Span(0.0, float(data.run_limit[own, data.programmes.index(programme)].sum()))


def _tier(m: Any, data: Any, one: Any) -> LinearTier:
    stock = np.sum(data.programme_stock, axis=0)
    worth = np.where(stock > 0, data.programme_weight / np.where(stock > 0, stock, 1.0), 0.0)
    if there(m):
        parameter(m, "programme_worth", worth, m.programmes)
    return LinearTier(done, maximise=True)


def done(m: Any) -> Any:
    """What is done of the stock of every programme: Σ_g weight · Σ_c run / Σ_c stock."""
    if not there(m):
        return 0.0
    return sum(m.programme_worth[g] * m.run[c, g] for c in m.cities for g in m.programmes)


PER_UNIT = ("capital_cost", "running_cost", "yearly_income")
LEVER = Lever(
    "programmes",
    __name__,
    declare,
    columns={"pools": FURTHER},
    decisions=(RUN, RENEWED),
    families=(
        Family("renewed_land", ("cities",), renewed_land, brought=True),
        Family("earmarked_use", ("cities", "pools"), earmarked_use, item="pools", brought=True,
               setting="pools.programme", makes=("upper",), without={"pools.programme": ""}),
    ),
    rules=(
        Rule("programme_share", "run", ("upper",), "programmes", makes=("run_limit",),
             without={"programmes.year_share": 1.0}),
        Rule("programme_limit", "run", ("upper",), "programmes", makes=("run_limit",),
             without={"programme_stock.limit": np.nan}),
        Rule("tied_room", "allocation", ("upper",), "pools", family="earmarked_use"),
    ),
    quantities=(
        Quantity("run", lambda m, c, g: m.run[c, g], "works", _span, "limit_against_programme", over="programmes",
                 items="programmes", needs=("programmes", "programme", "")),
    ),
    numbers=(
        Number("programmes.year_share", "planner", "programme", (Turn((RAISE,), ("programme_share",)),), priced=True,
               most=1.0, lifts=("tied_room",), least_reach=1.0),
        Number("programme_stock.limit", "planner", "task", (Turn((RAISE,), ("programme_limit",)),), priced=True,
               lifts=("tied_room",)),
        Number("programmes.capital_cost", "planner", "programme",
               (Turn((LOWER,), ("capital_budget",), multiplies=True),), priced=True),
        Number("programmes.running_cost", "planner", "programme",
               (Turn((LOWER,), ("general_budget",), multiplies=True),), priced=True),
        Number("programmes.land_yield", "planner", "programme",
               (Turn((RAISE,), ("renewed_land",), multiplies=True),), priced=True),
        Number("pools.support", "higher_rule", "pool", (
            Turn((RAISE,), ("tied_room",)), Turn((RAISE,), ("earmarked_use",), multiplies=True),
        ), priced=True, most=1.0, lifts=("tied_room",), needs="programmes", least_reach=1.0),
    ),
    tiers=(
        Tier("programmes", _tier, (CITIES, "programmes.weight", "programme_stock.stock"), loss="share"),
    ),
    sums={"freed": ("cities",)},
    adds={"spending": costing, "running": running, "earning": earning, "places": serving, "freed": freeing},
    costs=tuple(f"programmes.{name}" for name in PER_UNIT),
)  # fmt: skip
