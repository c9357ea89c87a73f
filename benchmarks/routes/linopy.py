"""The model in linopy, by whole arrays on its sparse path, handed over by its direct route without a file or names."""

from __future__ import annotations

from typing import Any

import linopy
import numpy as np
import xarray as xr

from benchmarks.routes import uses_of


def hand_over(data: Any) -> Any:
    """Declares variables and constraints as arrays and builds the highspy object."""
    with linopy.options as options:
        options.set_value(semantics="v1")  # what the sparse path asks for
        return linopy.io.to_highspy(_model(data), set_names=False)


def held(highs: Any) -> Any:
    """The HiGHS object."""
    return highs


def _model(data: Any) -> linopy.Model:
    uses, reuses = uses_of(data)
    labels = {
        "city": list(data.cities),
        "service": list(data.services),
        "pool": list(data.pools),
        "segment": ["below_minimum", "to_knee", "above_knee"],
        "use": list(uses),
    }

    def array(values: Any, *dims: str) -> xr.DataArray:
        return xr.DataArray(values, coords={each: labels[each] for each in dims}, dims=dims)

    def by_city(name: str) -> xr.DataArray:
        return array(getattr(data, name), "city")

    def by_pair(name: str) -> xr.DataArray:
        return array(getattr(data, name), "city", "service")

    def pools(mask: np.ndarray) -> list[str]:
        return [name for name, take in zip(data.pools, mask, strict=True) if take]

    land, bonds = pools(data.kind == "land"), pools(data.kind == "bond")
    general, capital = pools(data.use == "general"), pools(data.use == "capital")
    by_funds = (data.bond_class == "special") & data.funds_pay
    from_funds, from_revenue = (array(np.where(mask, data.bond_rate, 0.0), "pool") for mask in (by_funds, ~by_funds))
    backed = [name for name, take in zip(data.services, data.revenue_backed, strict=True) if take]
    module = array(np.nan_to_num(data.module), "service")
    capital_cost, running_cost = array(data.capital_cost, "service"), array(data.running_cost, "service")
    full_need, capacity = by_pair("full_need"), by_pair("capacity")
    width = array(np.diff(data.score_breakpoints, axis=1), "service", "segment")
    nothing = xr.zeros_like(full_need)

    m = linopy.Model(sparse=True)
    allocation = m.add_variables(
        array(data.lower, "city", "pool"), array(data.upper, "city", "pool"), name="allocation"
    )
    settle = m.add_variables(0 * by_city("settle_limit"), by_city("settle_limit"), name="settle")
    build = m.add_variables(nothing, by_pair("build_limit"), integer=True, name="build")
    expand = m.add_variables(nothing, by_pair("expand_limit"), name="expand")
    backlog = m.add_variables(nothing, by_pair("backlog_limit"), name="backlog")
    widths, _ = xr.broadcast(width, full_need)
    widths = widths.transpose("city", "service", "segment")
    coverage = m.add_variables(widths * (full_need <= 0), widths, name="coverage")
    gap = m.add_variables(nothing, name="gap")
    land_use = m.add_variables(0, coords=[labels["city"], labels["use"]], dims=["city", "use"], name="land_use")
    reuse = m.add_variables(0, coords=[labels["city"], list(reuses)], dims=["city", "use"], name="reuse")
    to_capital = m.add_variables(0 * by_city("revenue"), name="to_capital")
    worst = m.add_variables(name="worst")
    below_worst = m.add_variables(0 * by_city("revenue"), name="below_worst")

    added = module * build + expand
    covered = coverage.sum("segment")
    reused = reuse.sum("use")
    spending = (capital_cost * added).sum("service") + data.reuse_cost * reused
    borrowed = allocation.sel(pool=bonds).sum("pool")

    everywhere = (array(data.up, "city", "pool") * allocation).sum("city")
    exhaust, optional = pools(data.exhaust), pools(~data.exhaust)
    available = array(data.available, "pool")
    m.add_constraints(everywhere.sel(pool=exhaust) == available.sel(pool=exhaust), name="pool_total")
    m.add_constraints(everywhere.sel(pool=optional) <= available.sel(pool=optional), name="pool_total_at_most")
    for row in data.limits:
        where = np.asarray(labels["city"])[row.selection]
        if row.kind == "allocation":
            left = allocation.sel(city=where, pool=row.item)
        elif row.kind == "settle":
            left = settle.sel(city=where)
        elif row.kind == "added":
            left = added.sel(city=where, service=row.item)
        else:
            left = land_use.sel(city=where, use=row.item)
        m.add_constraints(left.sum(), row.sense, row.amount, name=f"group_limit {row.limit}")

    m.add_constraints(full_need * covered - added <= capacity, name="coverage_is_served")
    m.add_constraints(gap + covered >= array(data.minimum, "service"), name="minimum_gap")
    m.add_constraints(added <= by_pair("growth_limit"), name="growth_limit")
    m.add_constraints(
        added + backlog - by_pair("need_per_settler") * settle >= by_pair("present_need") - capacity,
        name="recognised_need",
    )

    land_given = allocation.sel(pool=land).sum("pool")
    m.add_constraints(land_use.sum("use") - land_given == 0, name="land_balance")
    public = ((array(data.area, "service") * module / 10_000) * build).sum("service")
    m.add_constraints(public - land_use.sel(use="public") - reuse.sel(use="public") == 0, name="public_land")
    if "housing" in uses:
        settlers = (data.housing_area / 10_000) * settle
        housed = land_use.sel(use="housing") + reuse.sel(use="housing")
        m.add_constraints(housed - settlers == 0, name="housing_land")
        m.add_constraints(land_use.sel(use="other") - data.other_share * land_given == 0, name="other_land")
        unassigned = land_use.sel(use="unassigned")
        m.add_constraints(unassigned - data.unassigned_share * land_given <= 0, name="unassigned_land")
        most = data.unassigned_most * data.available[data.kind == "land"].sum()
        m.add_constraints(unassigned.sum() <= most, name="unassigned_total")
    m.add_constraints(
        land_use.sel(use="production") + reuse.sel(use="production") <= by_city("production_request"),
        name="production_land",
    )
    m.add_constraints(reused <= by_city("reusable"), name="idle_land")
    linked = np.asarray(labels["city"])[np.isfinite(data.stock_base)]
    again = data.stock_ratio * reused.sel(city=linked)
    stock_base = by_city("stock_base").sel(city=linked)
    m.add_constraints(land_given.sel(city=linked) - again <= stock_base, name="stock_link")

    net = ((1 - from_funds) * allocation).sel(pool=bonds).sum("pool")
    m.add_constraints(
        spending - to_capital - allocation.sel(pool=capital).sum("pool") - net <= by_city("fund_available"),
        name="capital_budget",
    )
    own = data.revenue + data.other_transfers + data.shortfall - data.essential_spending - data.interest
    m.add_constraints(
        (running_cost * added).sum("service")
        + data.settlement_cost * settle
        + (from_revenue * allocation).sel(pool=bonds).sum("pool")
        + to_capital
        - allocation.sel(pool=general).sum("pool")
        <= array(own, "city"),
        name="general_budget",
    )
    m.add_constraints(borrowed - spending <= 0, name="borrow_to_build")
    revenue_backed = (capital_cost * added).sel(service=backed).sum("service") + data.reuse_cost * reused
    special = allocation.sel(pool=pools(data.bond_class == "special")).sum("pool")
    m.add_constraints(special - revenue_backed <= 0, name="special_bond_purpose")
    for position, kind in enumerate(("general", "special")):
        left = allocation.sel(pool=pools(data.bond_class == kind)).sum("pool")
        m.add_constraints(left <= array(data.class_room[:, position], "city"), name=f"debt_limit {kind}")
    m.add_constraints(borrowed <= by_city("bond_room"), name="debt_room")

    slopes = array((data.weight / data.weight.sum())[:, None] * data.score_slopes, "service", "segment")
    score = (slopes * coverage).sum(["service", "segment"])
    m.add_constraints(below_worst - worst + score >= 0, name="worst_served")
    m.add_objective(settle.sum(), sense="max")
    return m
