"""Pools: what is shared out, that every pool comes out even, and what of it follows a factor inside a province."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from alloc.formulation.columns import CONDITION, NO_UNIT, SHARE, Column
from alloc.formulation.declare import decision, family, parameter, product, selection, subset
from alloc.formulation.lever import (
    BETWEEN_ITEMS,
    BLANK,
    DROP,
    LOWER,
    NO_ROWS,
    RAISE,
    WAIVE,
    Decision,
    Family,
    Lever,
    Number,
    Quantity,
    Rule,
    Span,
    Turn,
)
from alloc.text import Text

ALLOCATION = Decision(
    "allocation", ("cities", "pools"), unit="pool", table="allocation", columns=("published",), granted=True,
    before_rounding=("benchmark", "performance", "rule", "locked", "optimised", "override"),
)  # fmt: skip
FURTHER = (
    Column(
        "follow", "flag", NO_UNIT, Text("随总量调整", "Bounds follow the pool"),
        Text("是：保底、封顶的基数随资源池总量与上年合计之比同比例调整；空缺为否。",
             "True: floor and cap are multiples of last year's amounts, scaled to what the pool holds now; blank: "
             "false."),
        required=False, driver="policy",
    ),
    Column(
        "where", "text", NO_UNIT, Text("参与条件", "Who takes part"),
        Text("参与公式测算的城市，如 `bond_room > 0`；可用 cities 表的列和 size_class、debt_tier、bond_room；"
             "空缺为全部城市。",
             "The cities that the formula counts, e.g. `bond_room > 0`: columns of cities, size_class, debt_tier and "
             "bond_room; blank: all."),
        required=False, driver="policy", merging=CONDITION,
    ),
    Column(
        "phase_in", "share", SHARE, Text("公式过渡比例", "Phase-in of the formula"),
        Text("测算数中按公式的比例，其余按上年份额；空缺为 1。",
             "Share of the benchmark that goes by the formula, the rest by shares of last year; blank: 1."),
        required=False, minimum=0, maximum=1, driver="policy",
    ),
    Column(
        "link_factor", "text", NO_UNIT, Text("省内挂钩因素", "Linked factor"),
        Text("省内按其分配一部分的因素，如 settled_last：cities 表的数值列或派生量；与省内挂钩比例同时填写。",
             "The factor that a share of the pool follows inside every province, e.g. `settled_last`: a numeric column "
             "of cities or a derived number; given together with the linked share."),
        required=False, driver="policy",
    ),
    Column(
        "link_share", "share", SHARE, Text("省内挂钩比例", "Linked share"),
        Text("省内各市所得合计中，至少按挂钩因素分配的比例；空缺为不挂钩。",
             "Share of what the cities of a province get together that follows the linked factor at least; blank: "
             "none does."),
        required=False, above=0, maximum=1, driver="policy",
    ),
)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`allocation`, within the bounds that floors, caps, corridors and rooms leave."""
    parameter(m, "available", data.available, m.pools)
    parameter(m, "up", data.up, m.cities, m.pools)
    parameter(m, "least_allocated", np.where(data.exhaust, data.available, 0.0), m.pools)
    # No city gets more than there is: also where a rule leaves the bound open, it is finite.
    upper = np.maximum(data.lower, np.minimum(data.upper, data.available / data.up))
    decision(m, ALLOCATION, lower=data.lower, upper=upper)
    _declare_links(m, data)


def _declare_links(m: Any, data: Any) -> None:
    """Which pools have a linked share, who is in one province, and every city's part; nothing where there is none."""
    linked: np.ndarray = np.any(data.linked_part != 0, axis=0)
    if linked.any():
        subset(m, "linked_pools", m.pools, linked)
        selection(m, "same_province", m.cities, (m.cities,), data.province[:, None] == data.province[None, :])
        parameter(m, "linked_part", data.linked_part, m.cities, m.pools)
        size = np.asarray(m.sizes["pool"])[linked]
        family(m, "linked_share", product([m.cities, m.linked_pools]), linked_share, size)


def pool_total(m: Any, r: Any) -> Any:
    """What cities get of a pool, with what units above them keep, is what is available, or at most that.

    available[r]·[exhaust] ≤ Σ_c up[c,r]·allocation[c,r] ≤ available[r] = (1 − reserve)·total
    """
    return m.least_allocated[r], sum(m.up[c, r] * m.allocation[c, r] for c in m.cities), m.available[r]


def linked_share(m: Any, c: Any, r: Any) -> Any:
    """A city gets at least its part of what its province gets: allocation ≥ linked_part · Σ allocation of the province.

    linked_part[c,r] = link_share · factor[c] / Σ factor of the cities of the province
    """
    together = sum(m.allocation[d, r] for d in m.same_province[c])
    return m.allocation[c, r] >= m.linked_part[c, r] * together


def allocated(m: Any, c: Any, some_pools: Any) -> Any:
    """What a city gets of several pools together."""
    return sum(m.allocation[c, r] for r in some_pools)


def shared(lower: Any, upper: Any, own: Any, available: float, exhaust: bool, up: Any) -> Span:
    """What some cities get together: by their own bounds, and by the total and the bounds of the rest.

    What is left of the total for them is received above them: `up` times what they get.
    Everything by city [n], or by city and pool.
    """
    own_least, own_most = float(lower[own].sum()), float(upper[own].sum())
    left_most = float(available - (up * lower)[~own].sum()) / float(up[own].min(initial=np.inf))
    left_least = float(available - (up * upper)[~own].sum()) / float(up[own].max(initial=1.0)) if exhaust else -np.inf
    return Span(max(own_least, left_least), min(own_most, left_most), left_least > own_least, left_most < own_most)


def _span(data: Any, pool: str, own: Any, whole: bool) -> Span:
    r = data.pools.index(pool)
    return shared(data.lower[:, r], data.upper[:, r], own, data.available[r], bool(data.exhaust[r]), data.up[:, r])


def _together(name: str, of: Callable[[Any, str], Any], **declared: Any) -> Quantity:
    """What cities get of several pools together: of which, `of` says by derived data and item [R]."""

    def span(data: Any, item: str, own: Any, whole: bool) -> Span:
        each = [_span(data, pool, own, whole) for pool, one in zip(data.pools, of(data, item), strict=True) if one]
        return Span(
            sum(one.least for one in each), sum(one.most for one in each),
            any(one.least_by_rest for one in each), any(one.most_by_rest for one in each),
        )  # fmt: skip

    return Quantity(
        name, span=span, conflict="limit_against_bounds", pools=of,
        whole=lambda data, item: float(data.available[of(data, item)].sum()), **declared,
    )  # fmt: skip


def _of_kind(name: str, kind: str) -> Quantity:
    """All pools of a kind, whose set has this name: Σ_{r of the kind} allocation[c,r]."""
    return _together(
        name, lambda data, item: data.kind == kind, term=lambda m, c: allocated(m, c, getattr(m, name)),
        unit="10⁴ yuan", needs=("pools", "kind", kind),
    )  # fmt: skip


def _named(data: Any, item: str) -> Any:
    """The pools that a row of limits names."""
    return np.isin(np.array(data.pools, dtype=object), item.split(BETWEEN_ITEMS))


OF_TOTAL = ("pool_total", "corridor", "group_limit")
LEVER = Lever(
    "pools",
    __name__,
    declare,
    columns={"pools": FURTHER},
    decisions=(ALLOCATION,),
    families=(
        Family("pool_total", ("pools",), pool_total, item="pools", shared=True, rounded=True,
               conflicts=("issued_above_available", "limit_against_pool", "limit_against_land", "limits_against_pool")),
        Family("linked_share", ("cities", "pools"), linked_share, item="pools", brought=True,
               setting="pools.link_share"),
    ),
    rules=(
        Rule("none", "allocation", ()),
        Rule("override", "allocation", ("lower", "upper"), "pools", replaces=True),
        Rule("earmark", "allocation", ("lower",), "pools", makes=("lower", "upper"), without={"earmarks": NO_ROWS}),
        Rule("floor", "allocation", ("lower",), "pools", makes=("lower", "upper"),
             without={"pools.floor_multiple": BLANK}),
        Rule("cap", "allocation", ("upper",), "pools", makes=("lower", "upper"), without={"pools.cap_multiple": BLANK}),
        Rule("corridor", "allocation", ("lower", "upper"), "pools", makes=("lower", "upper"),
             without={"pools.corridor_down": BLANK, "pools.corridor_up": BLANK}),
    ),
    quantities=(
        Quantity("allocation", lambda m, c, r: m.allocation[c, r], "pool", _span, "limit_against_bounds", over="pools",
                 items="pools", granted=True, pools=lambda data, pool: np.array(data.pools, dtype=object) == pool,
                 whole=lambda data, pool: float(data.available[data.pools.index(pool)])),
        _of_kind("transfers", "transfer"),
        _of_kind("bonds", "bond"),
        _together("pools", _named, term=lambda m, c, r: m.allocation[c, r], unit="pool", over="pools", items="pools",
                  several=True),
    ),
    numbers=(
        Number("pools.total", "higher_rule", "pool", (
            Turn((RAISE, LOWER), OF_TOTAL, probe=4), Turn((DROP,), ("pool_total",), side="lower"),
        ), priced=True, amount=True),
        # To keep back a share is as much as to have so much less.
        Number("pools.reserve", "higher_rule", "pool", (Turn((RAISE, LOWER), OF_TOTAL, probe=3, full_rise=1.0),),
               most=0.999),
        Number("pools.exhaust", "higher_rule", "pool", (Turn((WAIVE,), ("pool_total",), side="lower"),)),
        Number("pools.floor_multiple", "planner", "pool", (
            Turn((LOWER,), ("floor", "cap", "corridor"), probe=1), Turn((DROP,), ("floor",)),
        ), priced=True),
        Number("pools.cap_multiple", "planner", "pool", (Turn((RAISE,), ("cap",)), Turn((DROP,), ("cap",))),
               priced=True, lifts=("cap", "floor", "earmark")),  # a cap below the floor is raised to it
        Number("pools.corridor_down", "planner", "pool", (Turn((RAISE,), ("corridor",)),), priced=True, most=1.0),
        Number("pools.corridor_up", "planner", "pool", (Turn((RAISE,), ("corridor",), probe=2),), priced=True,
               lifts=("corridor",), reach=1.0, least_reach=3.0),
        Number("pools.link_share", "planner", "pool", (Turn((LOWER,), ("linked_share",), multiplies=True),),
               priced=True, most=1.0),
        Number("overrides.amount", "planner", "cell", (
            Turn((RAISE, LOWER), ("override",)), Turn((DROP,), ("override",)),
        ), priced=True),
        Number("earmarks.amount", "higher_rule", "cell", (Turn((LOWER,), ("earmark",)), Turn((DROP,), ("earmark",)))),
    ),
)  # fmt: skip
