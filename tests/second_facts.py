"""The derived data of the annual model, a second time: dictionaries and loops, one method a symbol of the page."""

# mypy: disable-error-code="no-any-return"
# (a cell of a table may be a number, a text or a flag: `Any` here)

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from alloc.instance.instance import Instance
from alloc.instance.where.conditions import parse

# Lower bounds of the classes of size, in persons of `size_population`; what is below the last is small_2.
SIZES = ((1e7, "megacity"), (5e6, "very_large"), (3e6, "large_1"), (1e6, "large_2"), (5e5, "medium"), (2e5, "small_1"))


def given(value: Any) -> bool:
    """Whether a cell holds anything: an empty cell is NaN among numbers and "" among texts."""
    return value is not None and value != "" and not (isinstance(value, float) and math.isnan(value))


def either(value: Any, otherwise: float) -> float:
    return float(value) if given(value) else otherwise


class Facts:
    """The tables as dictionaries, and the derived data of the page, one method a symbol."""

    def __init__(self, instance: Instance) -> None:
        def keyed(table: str, *key: str) -> dict[Any, dict[str, Any]]:
            rows: list[Any] = instance.tables[table].to_dict("records")
            return {row[key[0]] if len(key) == 1 else tuple(row[k] for k in key): row for row in rows}

        self.cities_table = instance.tables["cities"]
        self.policy: Any = instance.settings.policy
        self.objective: Any = instance.settings.objective
        self.city = keyed("cities", "city")
        self.service = keyed("services", "service")
        self.pool = keyed("pools", "pool")
        self.limit = keyed("limits", "limit")
        self.factor = keyed("factors", "pool", "factor")
        self.capacity = {key: row["capacity"] for key, row in keyed("capacity", "city", "service").items()}
        self.last_year = {key: row["amount"] for key, row in keyed("last_year", "city", "pool").items()}
        self.earmark = {key: row["amount"] for key, row in keyed("earmarks", "city", "pool").items()}
        self.override = {key: row["amount"] for key, row in keyed("overrides", "city", "pool").items()}

    def pools(self, **wanted: str) -> list[str]:
        return [r for r, row in self.pool.items() if all(row[column] == value for column, value in wanted.items())]

    # people

    def migrants(self, c: str) -> float:
        return self.city[c]["migrants_cross"] + self.city[c]["migrants_within"]

    def size_class(self, c: str) -> str:
        for least, name in SIZES:
            if self.city[c]["size_population"] >= least:
                return name
        return "small_2"

    @cached_property
    def residents(self) -> float:
        return sum(row["residents"] for row in self.city.values())

    def share(self, c: str) -> float:
        return self.city[c]["residents"] / self.residents

    def settle_limit(self, c: str) -> float:
        row, settlement = self.city[c], self.policy.settlement
        limit = either(row.get("willingness"), settlement.willingness) * self.migrants(c)
        if settlement.growth is not None:
            limit = min(limit, settlement.growth * row["settled_last"])
        if self.size_class(c) in settlement.quota_classes and given(row.get("settlement_quota")):
            limit = min(limit, row["settlement_quota"])
        return limit

    # services

    def cohort(self, c: str, s: str) -> float:
        today, plan = self.city[c][self.service[s]["cohort"]], self.service[s].get("plan_cohort")
        return min(today, self.city[c][plan]) if given(plan) else today

    def migrant_cohort(self, c: str, s: str) -> float:
        row = self.city[c]
        today = row[self.service[s]["cohort"]]
        own = either(row.get("migrant_" + self.service[s]["cohort"]), today * self.migrants(c) / row["residents"])
        return own * self.cohort(c, s) / today if today > 0 else own

    def frozen(self, c: str, s: str) -> bool:
        """Whether a restricted service may neither be built nor enlarged."""
        policy = self.policy.services
        closed = self.service[s]["restricted"] and self.size_class(c) in policy.restricted_classes
        return closed and not policy.restricted_expand

    def full_need(self, c: str, s: str) -> float:
        return self.service[s]["norm"] * self.cohort(c, s)

    def present_need(self, c: str, s: str) -> float:
        service = self.service[s]
        return service["norm"] * (self.cohort(c, s) - (1 - service["entitlement"]) * self.migrant_cohort(c, s))

    def need_per_settler(self, c: str, s: str) -> float:
        if self.migrants(c) == 0:
            return 0.0
        service = self.service[s]
        return service["norm"] * (1 - service["entitlement"]) * self.migrant_cohort(c, s) / self.migrants(c)

    def backlog_now(self, c: str, s: str) -> float:
        return max(0.0, self.present_need(c, s) - self.capacity[c, s])

    def missing(self, c: str, s: str) -> float:
        return max(0.0, self.full_need(c, s) - self.capacity[c, s])

    def build_limit(self, c: str, s: str) -> float:
        service = self.service[s]
        restricted = service["restricted"] and self.size_class(c) in self.policy.services.restricted_classes
        if not given(service["module"]) or restricted:
            return 0.0
        return max(0.0, math.ceil(self.missing(c, s) / service["module"] - 1e-9))

    def segments(self, s: str) -> list[tuple[float, float]]:
        """(width, slope) of the three pieces of v, whose value at 1 is 1."""
        minimum, score = self.service[s]["minimum"], self.policy.score
        ends = (0.0, minimum, max(minimum, score.knee), 1.0)
        widths = [ends[k + 1] - ends[k] for k in range(3)]
        at_one = sum(width * slope for width, slope in zip(widths, score.slopes, strict=True))
        return [(width, slope / at_one) for width, slope in zip(widths, score.slopes, strict=True)]

    def productivity(self, c: str) -> float:
        return either(self.city[c].get("productivity"), 1.0)

    def production_wanted(self, c: str) -> float:
        """What counts of a request where production land is levelled."""
        row = self.city[c]
        return min(row["production_request"], either(row.get("production_standard"), math.inf))

    def stock_base(self, c: str) -> float | None:
        """New land without reuse; None where it is not linked to reuse."""
        own, share = self.city[c].get("stock_base"), self.policy.land.stock_share
        if given(own):
            return float(own)
        pools = self.pools(kind="land")
        if share is None or not pools:
            return None
        formula = sum(self.benchmark(c, r) or 0.0 for r in pools)
        return max(share * formula, sum(self.bounds(c, r)[0] for r in pools))

    # money and debt

    def fiscal_gap(self, c: str) -> float:
        row = self.city[c]
        return max(0.0, row["essential_spending"] + row["interest"] - row["revenue"] - row["other_transfers"])

    def debt_tier(self, c: str) -> Any:
        """The tier of the debt table that the city is in."""
        for tier in self.policy.debt.tiers:
            if tier.below is None or self.debt_now(c) < tier.below * self.reference(c):
                return tier
        raise ValueError("the last debt tier has to be open")

    def shortfall(self, c: str) -> float:
        row = self.city[c]
        sure = sum(self.bounds(c, r)[0] for r in self.pools(kind="transfer", use="general"))
        need = row["essential_spending"] + row["interest"]
        need += self.policy.budget.least_free * (row["revenue"] + row["other_transfers"] + sure)
        return max(0.0, need - row["revenue"] - row["other_transfers"] - sure)

    def reference(self, c: str) -> float:
        row = self.city[c]
        transfers = sum(self.last_year.get((c, r), 0.0) for r in self.pools(kind="transfer"))
        return row["revenue"] + row["fund_revenue"] + row["other_transfers"] + transfers

    def debt_now(self, c: str) -> float:
        return self.city[c]["debt_general"] + self.city[c]["debt_special"]

    def bond_room(self, c: str) -> float:
        row, debt = self.city[c], self.policy.debt
        by_ratio = max(0.0, debt.ceiling * self.reference(c) - self.debt_now(c))
        by_tier = self.debt_tier(c).new_bond_factor * (row["revenue"] + row["fund_revenue"])
        free = debt.service_ceiling * self.reference(c) - row["interest"] - row["maturing"]
        return min(by_ratio, by_tier, max(0.0, free / debt.bond_rate))

    # pools and limits

    def available(self, r: str) -> float:
        return (1 - either(self.pool[r]["reserve"], 0.0)) * self.pool[r]["total"]

    def land_entitlement(self, c: str) -> float:
        row, land = self.city[c], self.policy.land
        if self.size_class(c) in land.no_linked_land:
            return 0.0
        built_up = row["built_up"] * 1e4 / row["urban_residents"]
        standard = next(step.per_settler for step in land.standards if step.up_to is None or built_up <= step.up_to)
        return standard * row["settled_last"] / 1e4

    def factor_value(self, c: str, factor: str) -> float:
        if factor == "migrants":
            return self.migrants(c)
        if factor == "land_entitlement":
            return self.land_entitlement(c)
        if factor == "fiscal_gap":
            return self.fiscal_gap(c)
        if factor == "backlog":
            return sum(self.service[s]["capital_cost"] * self.backlog_now(c, s) for s in self.service)
        return self.city[c][factor]

    def benchmark(self, c: str, r: str) -> float | None:
        parts = [(factor, row["weight"]) for (pool, factor), row in self.factor.items() if pool == r]
        if not parts:
            return None
        where, rate = self.pool[r].get("where"), either(self.pool[r].get("phase_in"), 1.0)
        everyone = self.selected(where, bond_room=True) if given(where) else list(self.city)
        share = 0.0
        for factor, weight in parts:
            total = sum(self.factor_value(d, factor) for d in everyone)
            share += weight * self.factor_value(c, factor) / total if c in everyone and total > 0 else 0.0
        last = sum(self.last_year.get((d, r), 0.0) for d in everyone)
        if rate < 1 and last > 0:
            before = self.last_year.get((c, r), 0.0) / last if c in everyone else 0.0
            share = rate * share + (1 - rate) * before
        return self.available(r) * share

    def times_last(self, r: str) -> float:
        """What last year's amounts are multiplied with before floor and cap."""
        last = sum(amount for (_, pool), amount in self.last_year.items() if pool == r)
        return self.available(r) / last if self.pool[r].get("follow") and last > 0 else 1.0

    def bounds(self, c: str, r: str) -> tuple[float, float]:
        """Floor, cap, corridor and override; what a row of its own says (room, stock) is left to that row."""
        pool, benchmark = self.pool[r], self.benchmark(c, r)
        floor, cap = self.earmark.get((c, r), 0.0), math.inf
        if (c, r) in self.last_year:
            last = self.times_last(r) * self.last_year[c, r]
            floor = max(floor, either(pool["floor_multiple"], 0.0) * last)
            cap = max(floor, either(pool["cap_multiple"], math.inf) * last)
        lower, upper = floor, cap
        if benchmark is not None and given(pool["corridor_down"]):
            lower = min(max((1 - pool["corridor_down"]) * benchmark, floor), cap)
        if benchmark is not None and given(pool["corridor_up"]):
            upper = min(max((1 + pool["corridor_up"]) * benchmark, floor), cap)
        if pool["kind"] == "bond":
            lower = 0.0
        if (c, r) in self.override:
            # Outside floor and cap the two cross, and no point is left.
            lower, upper = max(self.override[c, r], floor), min(self.override[c, r], cap)
        if pool["kind"] == "land":
            row = self.city[c]
            upper = min(upper, either(row.get("boundary_left"), math.inf))
            if given(row.get("farmland_offset")) and either(row.get("farmland_share"), 0.0) > 0:
                upper = min(upper, row["farmland_offset"] / row["farmland_share"])
        return lower, upper

    def selected(self, where: str, *, bond_room: bool = False) -> list[str]:
        """The cities that a condition selects."""
        columns: dict[str, Any] = {str(name): values for name, values in self.cities_table.items()}
        columns["size_class"] = np.array([self.size_class(c) for c in self.city], dtype=object)
        columns["debt_tier"] = np.array([self.debt_tier(c).name for c in self.city], dtype=object)
        if bond_room:
            columns["bond_room"] = np.array([self.bond_room(c) for c in self.city])
        return [c for c, chosen in zip(self.city, parse(where).evaluate(columns), strict=True) if chosen]
