"""The model in PyOptInterface: variables and rows one by one, in loops, straight into its HiGHS model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import highspy
import numpy as np
import pyoptinterface as poi
from pyoptinterface import highs as poi_highs

from benchmarks.routes import uses_of

if not poi_highs.is_library_loaded():
    raise ModuleNotFoundError("PyOptInterface finds no HiGHS library: install pyoptinterface[highs]", name="highsbox")

INFINITE = float("inf")
SENSES = {"<=": poi.Leq, ">=": poi.Geq, "=": poi.Eq}

Terms = Iterable[tuple[float, Any]]


def hand_over(data: Any) -> Any:
    """Adds the variables, then the rows."""
    m = poi_highs.Model()
    m.set_model_attribute(poi.ModelAttribute.Silent, True)
    add, row = m.add_variable, m.add_linear_constraint
    whole = poi.VariableDomain.Integer

    def columns(upper: Any, lower: Any = 0.0, **domain: Any) -> Any:
        """Variables of the shape of `upper`, nested as its lists are."""
        if isinstance(upper, list):
            lowers = lower if isinstance(lower, list) else [lower] * len(upper)
            return [columns(high, low, **domain) for high, low in zip(upper, lowers, strict=True)]
        return add(lb=lower, ub=upper, **domain)

    def total(*terms: Terms) -> poi.ScalarAffineFunction:
        function = poi.ScalarAffineFunction()
        for several in terms:
            for coefficient, variable in several:
                function.add_term(variable, coefficient)
        return function

    n = range(len(data.cities))
    services = range(len(data.services))
    segments = range(3)
    widths = np.broadcast_to(np.diff(data.score_breakpoints, axis=1), (*data.full_need.shape, 3))
    full = np.where((data.full_need > 0)[:, :, None], 0.0, widths)
    allocation = columns(data.upper.tolist(), data.lower.tolist())
    settle = columns(data.settle_limit.tolist())
    build = columns(data.build_limit.tolist(), domain=whole)
    expand = columns(data.expand_limit.tolist())
    backlog = columns(data.backlog_limit.tolist())
    coverage = columns(widths.tolist(), full.tolist())
    gap = columns([[INFINITE] * len(services) for _ in n])
    uses, reuses = uses_of(data)
    land_use = columns([[INFINITE] * len(uses) for _ in n])
    reuse = columns([[INFINITE] * len(reuses) for _ in n])
    to_capital = columns([INFINITE for _ in n])
    worst = add(lb=-INFINITE, ub=INFINITE)
    below_worst = columns([INFINITE for _ in n])

    module = np.nan_to_num(data.module).tolist()
    full_need, capacity, growth_limit = data.full_need.tolist(), data.capacity.tolist(), data.growth_limit.tolist()
    present_need, need_per_settler = data.present_need.tolist(), data.need_per_settler.tolist()
    capital_cost, running_cost = data.capital_cost.tolist(), data.running_cost.tolist()
    minimum, area = data.minimum.tolist(), (data.area * module / 10_000).tolist()
    slopes = ((data.weight / data.weight.sum())[:, None] * data.score_slopes).tolist()

    def pools(mask: np.ndarray) -> list[int]:
        return [int(r) for r in np.flatnonzero(mask)]

    bonds, land = pools(data.kind == "bond"), pools(data.kind == "land")
    general, capital = pools(data.use == "general"), pools(data.use == "capital")
    special = pools(data.bond_class == "special")
    paid_by_funds = pools((data.bond_class == "special") & data.funds_pay)
    paid_by_revenue = [r for r in bonds if r not in paid_by_funds]
    of_class = [(k, pools(data.bond_class == kind)) for k, kind in enumerate(("general", "special"))]
    backed = [int(s) for s in np.flatnonzero(data.revenue_backed)]

    def given(c: int, some: list[int], sign: float = 1.0) -> Terms:
        return [(sign, allocation[c][r]) for r in some]

    def added(c: int, s: int, factor: float = 1.0) -> Terms:
        return (factor * module[s], build[c][s]), (factor, expand[c][s])

    def spending(c: int, some: Iterable[int], sign: float = 1.0) -> Iterable[Terms]:
        yield from (added(c, s, sign * capital_cost[s]) for s in some)
        yield [(sign * data.reuse_cost, variable) for variable in reuse[c]]

    up = data.up.tolist()
    for r, (exhaust, available) in enumerate(zip(data.exhaust.tolist(), data.available.tolist(), strict=True)):
        row(total((up[c][r], allocation[c][r]) for c in n), poi.Eq if exhaust else poi.Leq, available)
    for limit in data.limits:
        chosen = [int(c) for c in np.flatnonzero(limit.selection)]
        if limit.kind == "allocation":
            function = total((1.0, allocation[c][data.pools.index(limit.item)]) for c in chosen)
        elif limit.kind == "settle":
            function = total((1.0, settle[c]) for c in chosen)
        elif limit.kind == "added":
            function = total(*(added(c, data.services.index(limit.item)) for c in chosen))
        else:
            function = total((1.0, land_use[c][uses.index(limit.item)]) for c in chosen)
        row(function, SENSES[limit.sense], limit.amount)

    if "housing" in uses:
        most = data.unassigned_most * float(data.available[land].sum())
        row(total((1.0, land_use[c][uses.index("unassigned")]) for c in n), poi.Leq, most)
    for c in n:
        for s in services:
            covered = [coverage[c][s][k] for k in segments]
            served = [(full_need[c][s], variable) for variable in covered]
            row(total(served, added(c, s, -1.0)), poi.Leq, capacity[c][s])
            row(total([(1.0, gap[c][s])], [(1.0, variable) for variable in covered]), poi.Geq, minimum[s])
            row(total(added(c, s)), poi.Leq, growth_limit[c][s])
            settlers = [(1.0, backlog[c][s]), (-need_per_settler[c][s], settle[c])]
            row(total(added(c, s), settlers), poi.Geq, present_need[c][s] - capacity[c][s])

    own = (data.revenue + data.other_transfers + data.shortfall - data.essential_spending - data.interest).tolist()
    fund_available, bond_room, class_room = (
        getattr(data, name).tolist() for name in ("fund_available", "bond_room", "class_room")
    )
    production_request, reusable, stock_base = (
        getattr(data, name).tolist() for name in ("production_request", "reusable", "stock_base")
    )
    for c in n:
        new, again = dict(zip(uses, land_use[c], strict=True)), dict(zip(reuses, reuse[c], strict=True))
        row(total([(1.0, variable) for variable in new.values()], given(c, land, -1.0)), poi.Eq, 0.0)
        facilities = [(area[s], build[c][s]) for s in services]
        row(total(facilities, [(-1.0, new["public"]), (-1.0, again["public"])]), poi.Eq, 0.0)
        if "housing" in new:
            housed = [(1.0, new["housing"]), (1.0, again["housing"]), (-data.housing_area / 10_000, settle[c])]
            row(total(housed), poi.Eq, 0.0)
            row(total([(1.0, new["other"])], given(c, land, -data.other_share)), poi.Eq, 0.0)
            row(total([(1.0, new["unassigned"])], given(c, land, -data.unassigned_share)), poi.Leq, 0.0)
        row(total([(1.0, new["production"]), (1.0, again["production"])]), poi.Leq, production_request[c])
        row(total([(1.0, variable) for variable in reuse[c]]), poi.Leq, reusable[c])
        if stock_base[c] == stock_base[c]:  # NaN: no link
            linked = [(-data.stock_ratio, variable) for variable in reuse[c]]
            row(total(given(c, land), linked), poi.Leq, stock_base[c])

        lent = [*given(c, paid_by_revenue, -1.0), *given(c, paid_by_funds, data.bond_rate - 1.0)]
        money = [(-1.0, to_capital[c]), *given(c, capital, -1.0), *lent]
        row(total(*spending(c, services), money), poi.Leq, fund_available[c])
        running = [added(c, s, running_cost[s]) for s in services]
        recurrent = [(data.settlement_cost, settle[c]), (1.0, to_capital[c])]
        interest = given(c, paid_by_revenue, data.bond_rate)
        row(total(*running, recurrent, interest, given(c, general, -1.0)), poi.Leq, own[c])

        row(total(given(c, bonds), *spending(c, services, -1.0)), poi.Leq, 0.0)
        row(total(given(c, special), *spending(c, backed, -1.0)), poi.Leq, 0.0)
        for k, some in of_class:
            row(total(given(c, some)), poi.Leq, class_room[c][k])
        row(total(given(c, bonds)), poi.Leq, bond_room[c])

        score = [(slopes[s][k], coverage[c][s][k]) for s in services for k in segments]
        row(total([(1.0, below_worst[c]), (-1.0, worst)], score), poi.Geq, 0.0)

    m.set_objective(total((1.0, variable) for variable in settle), poi.ObjectiveSense.Maximize)
    return m


def held(m: Any) -> Any:
    """What its HiGHS library holds, through a file into a highspy object: the library is another one."""
    highs = highspy._core._Highs()
    highs.setOptionValue("output_flag", False)
    with TemporaryDirectory() as folder:
        file = str(Path(folder) / "model.mps")
        m.write(file)
        highs.readModel(file)
    return highs
