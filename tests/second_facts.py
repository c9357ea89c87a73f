"""The derived data of the annual model, a second time: dictionaries and loops, one method a symbol of the page."""

# mypy: disable-error-code="no-any-return"
# (a cell of a table may be a number, a text or a flag: `Any` here)

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import linprog

from alloc.instance.instance import Instance
from alloc.instance.where.conditions import parse

# Lower bounds of the classes of size, in persons of `size_population`; what is below the last is small_2.
SIZES = ((1e7, "megacity"), (5e6, "very_large"), (3e6, "large_1"), (1e6, "large_2"), (5e5, "medium"), (2e5, "small_1"))

TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


ACCOUNTS = ("revenue", "fund_revenue", "fund_available", "other_transfers", "essential_spending", "interest",
            "maturing", "debt_general", "debt_special", "limit_general", "limit_special")  # fmt: skip


def given(value: Any) -> bool:
    """Whether a cell holds anything: an empty cell is NaN among numbers and "" among texts."""
    return value is not None and value != "" and not (isinstance(value, float) and math.isnan(value))


def either(value: Any, otherwise: float) -> float:
    return float(value) if given(value) else otherwise


class BeforeIssue:
    """The tables as dictionaries, and the derived data of the page, one method a symbol, as if nothing were issued."""

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
        self.kappa = {key: row["factor"] for key, row in keyed("performance", "city", "pool").items()}
        self.last_year = {key: row["amount"] for key, row in keyed("last_year", "city", "pool").items()}
        self.advance = instance.settings.stage == "advance"
        self.earmark = {
            key: row["amount"] * self.part(key[1]) for key, row in keyed("earmarks", "city", "pool").items()
        }
        self.groups = keyed("groups", "group")
        self.stays = {key: row["migrants"] for key, row in keyed("stay", "city", "group").items()}
        self.ladder = {key: row["entitlement"] for key, row in keyed("ladder", "service", "group").items()}
        told = {c for c, _ in self.stays}
        self.stays |= {(c, g): row["share"] for g, row in self.groups.items() for c in self.city if c not in told}
        self.by_points = {row["size_class"] for row in keyed("points", "size_class", "item").values()}
        self.programme = keyed("programmes", "programme")
        self.stocks = keyed("programme_stock", "city", "programme")
        self.yields = {key: row["yield"] for key, row in keyed("programme_yields", "programme", "service").items()}
        every = keyed("links", "from", "to", "service", "kind")
        self.links = {key: row for key, row in every.items() if row["open"]}
        self.override = {key: row["amount"] for key, row in keyed("overrides", "city", "pool").items()}
        self.purse = {c: row["purse"] if given(row.get("purse")) else c for c, row in self.city.items()}
        told_accounts = {c: {name: row.get(name) for name in ACCOUNTS} for c, row in self.city.items()}
        for c, row in self.city.items():
            if len(self.members(c)) > 1:
                row |= {
                    name: self.part_of_purse(c, lambda d, name=name: either(told_accounts[d][name], 0.0))
                    for name in ACCOUNTS
                }
        self.retained = {key: row["retained"] for key, row in keyed("levels", "unit", "pool").items()}

    def pools(self, **wanted: str) -> list[str]:
        return [r for r, row in self.pool.items() if all(row[column] == value for column, value in wanted.items())]

    # purses

    def members(self, c: str) -> list[str]:
        """The cities that share the money of a city, itself included."""
        return [d for d in self.city if self.purse[d] == self.purse[c]]

    def purses(self) -> list[str]:
        return [c for c in self.city if self.purse[c] == c]

    def part_of_purse(self, c: str, amount: Any) -> float:
        """What a city is shown of the sum over its purse: by residents."""
        some = self.members(c)
        if len(some) == 1:
            return amount(c)
        people = sum(self.city[d]["residents"] for d in some)
        return sum(amount(d) for d in some) * self.city[c]["residents"] / people

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
        limit = either(row.get("willingness"), settlement.willingness) * self.persons(c, self.settling(c))
        if settlement.growth is not None:
            limit = min(limit, settlement.growth * row["settled_last"])
        if self.size_class(c) in settlement.quota_classes and given(row.get("settlement_quota")):
            limit = min(limit, row["settlement_quota"])
        return limit

    # groups of migrants

    def persons(self, c: str, groups: Iterable[str]) -> float:
        """Migrants of some groups, scaled to all migrants of the city; without groups all of them."""
        if not self.groups:
            return self.migrants(c)
        every = sum(self.stays[c, g] for g in self.groups)
        return sum(self.stays[c, g] for g in groups) * self.migrants(c) / every if every else 0.0

    def settling(self, c: str) -> list[str]:
        asked = self.size_class(c) in self.by_points
        return [g for g, row in self.groups.items() if row["may_settle"] and (row["eligible"] or not asked)]

    def extending(self) -> list[str]:
        return [g for g, row in self.groups.items() if row["may_extend"]]

    def extend_limit(self, c: str) -> float:
        return self.policy.settlement.extension_share * self.persons(c, self.extending())

    def entitlement(self, c: str, s: str, groups: Iterable[str]) -> float:
        """Mean over the persons of some groups; 1 where there are none."""
        if not self.groups:
            return float(self.service[s]["entitlement"])
        some = {g: self.persons(c, [g]) for g in groups}
        everybody = sum(some.values())
        return sum(self.ladder[s, g] * n for g, n in some.items()) / everybody if everybody > 0 else 1.0

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
        return (closed and not policy.restricted_expand) or self.in_restricted_zone(c, s)

    def in_restricted_zone(self, c: str, s: str) -> bool:
        return self.service[s]["restricted"] and self.city[c].get("zone") in self.policy.services.restricted_zones

    def full_need(self, c: str, s: str) -> float:
        return self.service[s]["norm"] * self.cohort(c, s)

    def present_need(self, c: str, s: str) -> float:
        service = self.service[s]
        entitled = self.entitlement(c, s, self.groups)
        return service["norm"] * (self.cohort(c, s) - (1 - entitled) * self.migrant_cohort(c, s))

    def need_per_person(self, c: str, s: str, groups: Iterable[str]) -> float:
        """Need that is recognised when one of some groups settles or is extended to."""
        if self.migrants(c) == 0:
            return 0.0
        return (
            self.service[s]["norm"]
            * (1 - self.entitlement(c, s, groups))
            * self.migrant_cohort(c, s)
            / self.migrants(c)
        )

    def need_per_settler(self, c: str, s: str) -> float:
        return self.need_per_person(c, s, self.settling(c))

    def backlog_now(self, c: str, s: str) -> float:
        return max(0.0, self.present_need(c, s) - self.capacity[c, s])

    def missing(self, c: str, s: str) -> float:
        lent = sum(self.link_limit(key) for key in self.links if (key[0], key[2], key[3]) == (c, s, "use"))
        return max(0.0, self.full_need(c, s) + lent - self.capacity[c, s])

    def build_limit(self, c: str, s: str) -> float:
        service = self.service[s]
        restricted = service["restricted"] and self.size_class(c) in self.policy.services.restricted_classes
        if not given(service["module"]) or restricted or self.in_restricted_zone(c, s):
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

    # links: (from, to, service, kind)

    def link_limit(self, key: tuple[str, str, str, str]) -> float:
        """Most that is kept for the other city, or that moves there, this year."""
        giver, receiver, s, kind = key
        base = self.capacity[giver, s] if kind == "move" else self.full_need(receiver, s)
        return either(self.links[key]["limit"], self.policy.links.share * base)

    def site(self, key: tuple[str, str, str, str]) -> float:
        """Hectares under a unit that moves; what is kept for others stays where it is."""
        return either(self.service[key[2]]["area"], 0.0) / 1e4 if key[3] == "move" else 0.0

    # programmes

    def stock(self, c: str, g: str) -> float:
        """What is still to be done: the city's own row, or what the programme says that it goes by."""
        if (c, g) in self.stocks:
            return self.stocks[c, g]["stock"]
        row = self.programme[g]
        return row["stock_each"] * self.factor_value(c, row["stock_factor"]) if given(row["stock_factor"]) else 0.0

    def run_limit(self, c: str, g: str) -> float:
        own, stock = self.stocks.get((c, g), {}).get("limit"), self.stock(c, g)
        return min(stock, own) if given(own) else stock * self.programme[g]["year_share"]

    def land_yield(self, g: str) -> float:
        return either(self.programme[g]["land_yield"], 0.0)

    def renews(self) -> bool:
        moving = (either(self.service[s]["area"], 0.0) for _, _, s, kind in self.links if kind == "move")
        return any(self.land_yield(g) > 0 for g in self.programme) or any(area > 0 for area in moving)

    def renewable(self, c: str) -> float:
        """Land that could be made free this year."""
        left = sum(self.site(key) * self.link_limit(key) for key in self.links if key[0] == c)
        return left + sum(self.land_yield(g) * self.run_limit(c, g) for g in self.programme)

    def tied(self, r: str) -> str | None:
        """The programme that a pool is for."""
        name = self.pool[r].get("programme")
        return name if given(name) else None

    def supported(self, r: str) -> float:
        """What a tied pool pays at most of a unit."""
        return either(self.pool[r].get("support"), 1.0) * self.programme[self.tied(r)]["capital_cost"]

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
        pools = self.pools(kind="transfer", use="general")
        sure = self.part_of_purse(c, lambda d: sum(self.bounds(d, r)[0] for r in pools))
        need = row["essential_spending"] + row["interest"]
        need += self.policy.budget.least_free * (row["revenue"] + row["other_transfers"] + sure)
        return max(0.0, need - row["revenue"] - row["other_transfers"] - sure)

    def reference(self, c: str) -> float:
        row = self.city[c]
        pools = self.pools(kind="transfer")
        transfers = self.part_of_purse(c, lambda d: sum(self.last_year.get((d, r), 0.0) for r in pools))
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

    def part(self, r: str) -> float:
        """What of a pool this stage of the year gives out."""
        return either(self.pool[r].get("advance_share"), 0.9) if self.advance else 1.0

    def available(self, r: str) -> float:
        return (1 - either(self.pool[r]["reserve"], 0.0)) * self.pool[r]["total"] * self.part(r)

    def up(self, c: str, r: str) -> float:
        """What a pool gives out for each part that a city gets."""
        passed = 1.0
        for column in self.policy.levels:
            passed *= 1 - self.retained.get((str(self.city[c][column]), r), 0.0)
        return 1 / passed

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
        own = self.formula(c, r)
        if own is None or all(self.kappa.get((d, r), 1.0) == 1 for d in self.city):
            return own
        every = {d: self.up(d, r) * (self.formula(d, r) or 0.0) for d in self.city}
        whole = sum(self.kappa.get((d, r), 1.0) * share for d, share in every.items())
        return self.kappa.get((c, r), 1.0) * own * sum(every.values()) / whole

    def formula(self, c: str, r: str) -> float | None:
        parts = [(factor, row["weight"]) for (pool, factor), row in self.factor.items() if pool == r]
        if not parts:
            return None
        where, rate = self.pool[r].get("where"), either(self.pool[r].get("phase_in"), 1.0)
        everyone = self.selected(where, bond_room=True) if given(where) else list(self.city)
        share = 0.0
        for factor, weight in parts:
            total = sum(self.factor_value(d, factor) for d in everyone)
            share += weight * self.factor_value(c, factor) / total if c in everyone and total > 0 else 0.0
        last = sum(self.up(d, r) * self.last_year.get((d, r), 0.0) for d in everyone)
        if rate < 1 and last > 0:
            before = self.up(c, r) * self.last_year.get((c, r), 0.0) / last if c in everyone else 0.0
            share = rate * share + (1 - rate) * before
        return self.available(r) * share / self.up(c, r)

    def linked_part(self, c: str, r: str) -> float:
        """What of its province's amount goes to a city at least."""
        pool, where = self.pool[r], self.pool[r].get("where")
        if not given(pool.get("link_share")) or not given(pool.get("link_factor")):
            return 0.0
        everyone = self.selected(where, bond_room=True) if given(where) else list(self.city)
        total = sum(self.factor_value(d, pool["link_factor"]) for d in everyone if d in self.neighbours(c))
        own = self.factor_value(c, pool["link_factor"]) if c in everyone else 0.0
        return float(pool["link_share"] * own / total) if total > 0 else 0.0

    def neighbours(self, c: str) -> list[str]:
        """The cities of its province, itself included."""
        return [d for d in self.city if self.city[d]["province"] == self.city[c]["province"]]

    def times_last(self, r: str) -> float:
        """What last year's amounts are multiplied with before floor and cap."""
        last = sum(self.up(d, pool) * amount for (d, pool), amount in self.last_year.items() if pool == r)
        return self.available(r) / last if self.pool[r].get("follow") and last > 0 else self.part(r)

    def bounds(self, c: str, r: str) -> tuple[float, float]:
        """Floor, cap, corridor and override; what a row of its own says (room, stock) is left to that row."""
        pool = self.pool[r]
        floor, cap = self.floor_and_cap(c, r)
        lower, upper = self.lower_sides[r][c], self.upper_sides[r][c]
        if (c, r) in self.override:
            # Outside floor and cap the two cross, and no point is left.
            lower, upper = max(self.override[c, r], floor), min(self.override[c, r], cap)
        if pool["kind"] == "bond":
            lower += self.floors_of_bonds[c].get(r, 0.0)
        if pool["kind"] == "land":
            upper = min(upper, self.ground(c))
        return lower, upper

    def floor_and_cap(self, c: str, r: str) -> tuple[float, float]:
        pool, floor, cap = self.pool[r], self.earmark.get((c, r), 0.0), math.inf
        if (c, r) in self.last_year:
            last = self.times_last(r) * self.last_year[c, r]
            floor = max(floor, either(pool["floor_multiple"], 0.0) * last if pool["kind"] != "bond" else 0.0)
            cap = max(floor, either(pool["cap_multiple"], math.inf) * last)
        return floor, cap

    def ground(self, c: str) -> float:
        """The land that boundary and farmland leave."""
        row = self.city[c]
        left = either(row.get("boundary_left"), math.inf)
        if given(row.get("farmland_offset")) and either(row.get("farmland_share"), 0.0) > 0:
            left = min(left, row["farmland_offset"] / row["farmland_share"])
        return left

    def room(self, c: str, r: str) -> float:
        """What land, debt and a programme leave of one pool at most."""
        tied = self.tied(r)
        most = math.inf if tied is None else self.supported(r) * self.run_limit(c, tied)
        return min(most, self.room_of_kind(c, r))

    def room_of_kind(self, c: str, r: str) -> float:
        pool, row = self.pool[r], self.city[c]
        if pool["kind"] == "land":
            ratio, left = self.policy.land.stock_ratio, self.ground(c)
            if ratio is not None and given(row.get("stock_base")):
                put_to_use = self.policy.land.reuse_limit * row["idle"] + self.renewable(c)
                left = min(left, row["stock_base"] + ratio * put_to_use)
            return left
        return sum(self.own_room(d, r) for d in self.members(c)) if pool["kind"] == "bond" else math.inf

    def own_room(self, c: str, r: str) -> float:
        """What of the room of its purse is a city's own."""
        return min(self.bond_room(c), self.class_room(c, self.pool[r]["bond_class"]))

    def inside(self, c: str, r: str) -> float:
        """What corridors may come nearer to: of a purse no more than the city's own part."""
        return min(self.room(c, r), self.own_room(c, r)) if self.pool[r]["kind"] == "bond" else self.room(c, r)

    def class_room(self, c: str, k: str) -> float:
        return max(0.0, self.city[c][f"limit_{k}"] - self.city[c][f"debt_{k}"])

    @cached_property
    def lower_sides(self) -> dict[str, dict[str, float]]:
        return {r: self.lower_side(r) for r in self.pool}

    @cached_property
    def upper_sides(self) -> dict[str, dict[str, float]]:
        return {r: self.upper_side(r) for r in self.pool}

    @cached_property
    def floors_of_bonds(self) -> dict[str, dict[str, float]]:
        return {c: self.bond_floors(c) for c in self.city}

    def lower_side(self, r: str) -> dict[str, float]:
        """Lower side of the corridor within floor and cap; nearer to the floors where a followed pool has less."""
        pool, side, floors = self.pool[r], {}, {c: self.floor_and_cap(c, r) for c in self.city}
        for c, (floor, cap) in floors.items():
            benchmark = self.benchmark(c, r)
            side[c] = floor
            if pool["kind"] != "bond" and benchmark is not None and given(pool["corridor_down"]):
                side[c] = min(max((1 - pool["corridor_down"]) * benchmark, floor), cap)
        free = [c for c in self.city if (c, r) not in self.override]
        there = self.available(r) - sum(self.up(c, r) * self.override.get((c, r), 0.0) for c in self.city)
        wanted, least = sum(self.up(c, r) * side[c] for c in free), sum(self.up(c, r) * floors[c][0] for c in free)
        if pool.get("follow") and wanted > there and wanted > least:
            kappa = max(0.0, (there - least) / (wanted - least))
            side |= {c: floors[c][0] + kappa * (side[c] - floors[c][0]) for c in free}
        return side

    def upper_side(self, r: str) -> dict[str, float]:
        """Upper side likewise; nearer to caps and rooms where a pool that is followed has more to give out."""
        pool, side, most = self.pool[r], {}, {}
        there = self.available(r)
        for c in self.city:
            floor, cap = self.floor_and_cap(c, r)
            benchmark = self.benchmark(c, r)
            side[c] = cap
            if benchmark is not None and given(pool["corridor_up"]):
                side[c] = min(max((1 + pool["corridor_up"]) * benchmark, floor), cap)
            most[c] = min(max(side[c], min(cap, there / self.up(c, r))), self.inside(c, r))
        if not (pool.get("follow") and pool["exhaust"]):
            return side
        inside = {c: min(side[c], self.inside(c, r)) for c in self.city}
        for c in self.city:
            if (c, r) in self.override:
                inside[c] = most[c] = min(self.override[c, r], self.inside(c, r))
        missing = there - sum(self.up(c, r) * inside[c] for c in self.city)
        spare = sum(self.up(c, r) * (most[c] - inside[c]) for c in self.city)
        if missing > 0 and spare > 0:
            part = min(1.0, missing / spare)
            side |= {c: inside[c] + part * (most[c] - inside[c]) for c in self.city if most[c] > inside[c]}
        return side

    def bond_floors(self, c: str) -> dict[str, float]:
        """What floors of bonds add to what is promised: within the rooms, and as far as a linear program carries it."""
        promised, more = {}, {}
        for d in self.members(c):
            for r in self.pools(kind="bond"):
                promised[d, r] = self.override.get((d, r), self.earmark.get((d, r), 0.0))
                multiple, last = self.pool[r]["floor_multiple"], self.last_year.get((d, r))
                if given(multiple) and last is not None and (d, r) not in self.override:
                    wanted = min(multiple * self.times_last(r) * last, self.upper_sides[r][d], self.room(d, r))
                    more[d, r] = max(0.0, wanted - promised[d, r])
        theta = self.carried(c, promised, more)
        return {r: theta * amount for (d, r), amount in more.items() if d == c}

    def carried(self, c: str, promised: dict[Any, float], more: dict[Any, float]) -> float:
        """Cuts what floors of a purse ask for to its rooms; what share of that it can carry."""
        some, bonds = self.members(c), self.pools(kind="bond")
        groups = [
            (self.pools(kind="bond", bond_class=k), sum(self.class_room(d, k) for d in some))
            for k in ("general", "special")
        ]
        for of, room in [*groups, (bonds, sum(self.bond_room(d) for d in some))]:
            left = max(0.0, room - sum(amount for (_, r), amount in promised.items() if r in of))
            if (asked := sum(amount for (_, r), amount in more.items() if r in of)) > left:
                more |= {key: amount * left / asked for key, amount in more.items() if key[1] in of}
        return self.greatest_share(c, promised, more) if any(more.values()) else 0.0

    def greatest_share(self, c: str, promised: dict[Any, float], more: dict[Any, float]) -> float:
        """The greatest share of `more` for which the system of the page has a point; 0 where it has none."""
        policy, services, some = self.policy, list(self.service), self.members(c)
        city = {name: sum(either(self.city[d].get(name), 0.0) for d in some) for name in ACCOUNTS}
        special = self.pools(kind="bond", bond_class="special")
        sure = {(d, r): self.bounds(d, r)[0] for d in some for r in self.pool if self.pool[r]["kind"] != "bond"}
        general, capital = (
            sum(sure[d, r] for d in some for r in self.pools(kind="transfer", use=use) if self.tied(r) is None)
            for use in ("general", "capital")
        )
        receipts = city["revenue"] + city["other_transfers"] + general
        left = receipts - city["essential_spending"] - city["interest"]
        free = max(0.0, left, policy.budget.least_free * receipts)
        roads = policy.land.uses.other if policy.land.uses else 0.0
        most = [
            sum(own)
            for own in zip(
                *(self.sure_building(d, (1 - roads) * sum(sure[d, r] for r in self.pools(kind="land"))) for d in some),
                strict=True,
            )
        ]
        cost = [self.service[s]["capital_cost"] for s in services]
        rho = [self.service[s]["running_cost"] / a if a > 0 else 0.0 for s, a in zip(services, cost, strict=True)]
        backed = [float(self.service[s]["revenue_backed"]) for s in services]
        both, both_more = sum(promised.values()), sum(more.values())
        of, of_more = (sum(amount for (_, r), amount in each.items() if r in special) for each in (promised, more))
        rate, fund = policy.debt.bond_rate, float(policy.debt.special_interest == "fund")
        ones, count = [1.0] * len(services), len(services)
        # Columns x by service, y, t, θ; every row is Σ terms ≤ side, divided by the size of the money of the city.
        rows = [
            [*(-one for one in ones), -1.0, 0.0, both_more],
            [*(-one for one in backed), -1.0, 0.0, of_more],
            [*ones, 1.0, -1.0, rate * fund * of_more - both_more],
            [*rho, 0.0, 1.0, rate * (both_more - fund * of_more)],
        ]
        funds = city["fund_available"] + capital
        sides = [-both, -of, both + funds - rate * fund * of, free - rate * (both - fund * of)]
        size = max(both + both_more, 1.0)
        table = np.array(rows)
        table[:, -1] /= size
        bounds = [
            *((0.0, amount / size) for amount in most),
            (0.0, sum(self.sure_reuse(d) for d in some) / size),
            (0.0, None),
            (0.0, 1.0),
        ]
        found = linprog([0.0] * (count + 2) + [-1.0], A_ub=table, b_ub=np.array(sides) / size, bounds=bounds,
                        method="highs-ds", options=TIGHT)  # fmt: skip
        return float(found.x[-1]) if found.status == 0 else 0.0

    def sure_reuse(self, c: str) -> float:
        row, land = self.city[c], self.policy.land
        return land.reuse_cost * min(land.reuse_limit * row["idle"], row["production_request"])

    def sure_building(self, c: str, land: float) -> list[float]:
        """Money that can be spent on every service: enlarging, and facilities where nothing is left between them."""
        service, parts, facilities = self.service, {}, {}
        for s, row in service.items():
            grown = either(row["growth_limit"], 0.0) * max(self.capacity[c, s], 0.05 * self.full_need(c, s))
            limit = self.build_limit(c, s)
            grown = max(grown, row["module"]) if limit > 0 else grown
            expand = 0.0 if self.frozen(c, s) else min(
                either(row["expansion_limit"], 0.0) * self.capacity[c, s], self.missing(c, s))  # fmt: skip
            parts[s] = min(expand, grown)
            facilities[s] = min(limit, (grown - parts[s]) // row["module"]) if limit > 0 else 0.0
        for s, row in service.items():
            like = [k for k in service if not row["revenue_backed"] or service[k]["revenue_backed"]]
            reach = self.sure_reuse(c) + sum(parts[k] * service[k]["capital_cost"] for k in like)
            if facilities[s] and reach < row["module"] * row["capital_cost"]:
                facilities[s] = 0.0
        area = sum(count * service[s]["module"] * service[s]["area"] for s, count in facilities.items() if count) / 1e4
        if area > land:
            facilities = dict.fromkeys(facilities, 0.0)
        return [
            (parts[s] + (facilities[s] * row["module"] if facilities[s] else 0.0)) * row["capital_cost"]
            for s, row in service.items()
        ]

    def selected(self, where: str, *, bond_room: bool = False) -> list[str]:
        """The cities that a condition selects."""
        columns: dict[str, Any] = {str(name): values for name, values in self.cities_table.items()}
        columns |= {
            name: np.array([self.city[c][name] for c in self.city], dtype=float)
            for name in ACCOUNTS if name in columns
        }  # fmt: skip
        columns["size_class"] = np.array([self.size_class(c) for c in self.city], dtype=object)
        columns["debt_tier"] = np.array([self.debt_tier(c).name for c in self.city], dtype=object)
        if bond_room:
            columns["bond_room"] = np.array([self.bond_room(c) for c in self.city])
        return [c for c, chosen in zip(self.city, parse(where).evaluate(columns), strict=True) if chosen]


class Facts(BeforeIssue):
    """The same with what earlier stages of the year have issued and this one does not take back."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.before = BeforeIssue(instance)
        stages = ["advance", "formal", "supplementary", "final"]
        self.lock = {(c, r): 0.0 for c in self.city for r in self.pool}
        for row in instance.tables["issued"].to_dict("records"):
            if stages.index(row["stage"]) < stages.index(instance.settings.stage):
                kept = 1 - either(self.pool[row["pool"]].get("clawback"), 0.0)
                self.lock[row["city"], row["pool"]] += kept * row["amount"]

    def locked(self, c: str, pools: list[str]) -> float:
        return sum(self.lock[c, r] for r in pools)

    # the formula and what is grandfathered know nothing of it

    def benchmark(self, c: str, r: str) -> float | None:
        return self.before.benchmark(c, r)

    def shortfall(self, c: str) -> float:
        return self.before.shortfall(c)

    def stock_base(self, c: str) -> float | None:
        base, land, lock = self.before.stock_base(c), self.policy.land, self.locked(c, self.pools(kind="land"))
        if base is None or land.stock_ratio is None:
            return base
        most = base + land.stock_ratio * (land.reuse_limit * self.city[c]["idle"] + self.renewable(c))
        return lock if lock > most else base

    def bond_room(self, c: str) -> float:
        pools = self.pools(kind="bond")
        return max(self.before.bond_room(c), self.part_of_purse(c, lambda d: self.locked(d, pools)))

    def class_room(self, c: str, k: str) -> float:
        pools = self.pools(kind="bond", bond_class=k)
        return max(self.before.class_room(c, k), self.part_of_purse(c, lambda d: self.locked(d, pools)))

    def bounds(self, c: str, r: str) -> tuple[float, float]:
        lower, upper = self.before.bounds(c, r)
        if not any(self.lock.values()):
            return lower, upper
        lock = self.lock[c, r]
        if (c, r) in self.override:
            floor, cap = self.before.floor_and_cap(c, r)
            return max(self.override[c, r], floor, lock), min(self.override[c, r], max(cap, lock))
        if self.pool[r]["kind"] == "land" and self.stock_base(c) != self.before.stock_base(c):
            upper = min(upper, lock)
        lower = self.held_bonds[c][r] if self.pool[r]["kind"] == "bond" else self.held_sides[r][c]
        return lower, max(upper, lock)

    @cached_property
    def held_sides(self) -> dict[str, dict[str, float]]:
        return {r: self.held_side(r) for r in self.pool}

    def held_side(self, r: str) -> dict[str, float]:
        """Lower bounds; nearer to floors and what is locked where a pool that is followed has less."""
        free = [c for c in self.city if (c, r) not in self.override]
        side = {c: max(self.before.bounds(c, r)[0], self.lock[c, r]) for c in free}
        least = {c: max(self.before.floor_and_cap(c, r)[0], self.lock[c, r]) for c in free}
        there = self.available(r) - sum(self.up(c, r) * self.override.get((c, r), 0.0) for c in self.city)
        wanted, sure = (sum(self.up(c, r) * of[c] for c in free) for of in (side, least))
        if self.pool[r].get("follow") and wanted > there and wanted > sure:
            kappa = max(0.0, (there - sure) / (wanted - sure))
            side = {c: least[c] + kappa * (side[c] - least[c]) for c in free}
        return side

    @cached_property
    def held_bonds(self) -> dict[str, dict[str, float]]:
        return {c: self.held_bond(c) for c in self.city}

    def held_bond(self, c: str) -> dict[str, float]:
        """What is promised, fixed or locked of bonds, and of their floors what rooms and a linear program leave."""
        bonds, promised, more = self.pools(kind="bond"), {}, {}
        for d in self.members(c):
            for r in bonds:
                promised[d, r] = self.override.get((d, r), max(self.earmark.get((d, r), 0.0), self.lock[d, r]))
                if (d, r) not in self.override:
                    more[d, r] = max(0.0, self.before.bounds(d, r)[0] - promised[d, r])
        theta = self.carried(c, promised, more)
        return {r: promised[c, r] + theta * more.get((c, r), 0.0) for r in bonds}
