"""The constraints of the annual model, a second time: city by city, in the order and the units of the page."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from second_facts import Facts, either, given
from second_program import Program, Terms

# What one scaled column stands for: coefficients stay near 1 while the rows below keep the units of the page.
MONEY, PEOPLE, SEATS, HECTARES = 1e4, 1e4, 1e3, 1e2
TOGETHER = {"transfers": "transfer", "bonds": "bond"}  # what limits sum up of all pools of a kind


def land_uses(facts: Facts) -> tuple[str, ...]:
    """What new land is for."""
    if facts.policy.land.uses is None:
        return ("public", "production", "unassigned")
    return ("public", "housing", "production", "other", "unassigned")


def reuses(facts: Facts) -> tuple[str, ...]:
    """What reused land is for."""
    return tuple(u for u in land_uses(facts) if u not in ("other", "unassigned"))


def renewals(facts: Facts) -> tuple[str, ...]:
    """What land is for that programmes make free."""
    return ("public", "production") if facts.renews() else ()


def annual_program(facts: Facts, skip: Collection[str] = ()) -> Program:
    """Every column and row of the page for every city, without the families named in `skip`."""
    program = Program()
    for c in facts.city:
        add_columns(program, facts, c)
        add_services(program, facts, c)
        add_land(program, facts, c)
        if facts.purse[c] == c:
            add_money(program, facts, c)
    for r, pool in facts.pool.items():
        everyone: Terms = {("allocation", c, r): facts.up(c, r) for c in facts.city}
        program.row("pool_total", everyone, "=" if pool["exhaust"] else "<=", facts.available(r))
        for c in facts.city:
            if (part := facts.linked_part(c, r)) > 0:
                linked: Terms = {("allocation", d, r): -part for d in facts.neighbours(c)}
                linked["allocation", c, r] = 1.0 - part
                program.row("linked_share", linked, ">=", 0.0)
    if facts.policy.land.uses is not None:
        unassigned: Terms = {("land_use", c, "unassigned"): 1.0 for c in facts.city}
        land = sum(facts.available(r) for r in facts.pools(kind="land"))
        program.row("unassigned_total", unassigned, "<=", facts.policy.land.uses.unassigned_total * land)
    for key in facts.links:
        program.column("flow", *key, upper=facts.link_limit(key), unit=SEATS)
    for c, s in {(c, s) for c, _, s, _ in facts.links}:
        least = min(facts.capacity[c, s], facts.full_need(c, s)) - facts.capacity[c, s]
        program.row("host_first", places(facts, c, s), ">=", least)
    for k in facts.limit:
        add_limit(program, facts, k)
    program.rows = [row for row in program.rows if row.family not in skip]
    return program


def add_columns(program: Program, facts: Facts, c: str) -> None:
    for r, pool in facts.pool.items():
        lower, upper = facts.bounds(c, r)
        # Ten times the pool is no rule: it only keeps the polyhedron bounded when `pool_total` is left out.
        upper = min(upper, max(lower, 10 * facts.available(r)))
        unit = HECTARES if pool["kind"] == "land" else MONEY
        program.column("allocation", c, r, lower=lower, upper=upper, unit=unit)
    program.column("settle", c, upper=facts.settle_limit(c), unit=PEOPLE)
    if facts.groups:
        program.column("extend", c, upper=facts.extend_limit(c), unit=PEOPLE)
        either_way = [g for g in facts.groups if g in {*facts.settling(c), *facts.extending()}]
        program.row("extension", {("settle", c): 1.0, ("extend", c): 1.0}, "<=", facts.persons(c, either_way))
    program.column("to_capital", c, unit=MONEY)
    for s, service in facts.service.items():
        program.column("build", c, s, upper=facts.build_limit(c, s))
        expansion = either(service["expansion_limit"], 0.0) * facts.capacity[c, s]
        frozen = facts.frozen(c, s)
        program.column("expand", c, s, upper=0.0 if frozen else min(expansion, facts.missing(c, s)), unit=SEATS)
        most = facts.backlog_now(c, s) if service["settlement_prerequisite"] and not frozen else math.inf
        program.column("backlog", c, s, upper=most, unit=SEATS)
        program.column("gap", c, s)
        for k, (width, _) in enumerate(facts.segments(s)):
            # Without need there is nothing to serve: coverage is 1.
            program.column("coverage", c, s, str(k), lower=0.0 if facts.full_need(c, s) > 0 else width, upper=width)
    for u in land_uses(facts):
        program.column("land_use", c, u, unit=HECTARES)
    for u in reuses(facts):
        program.column("reuse", c, u, unit=HECTARES)
    for u in renewals(facts):
        program.column("renewed", c, u, unit=HECTARES)
    for g in facts.programme:
        program.column("run", c, g, upper=facts.run_limit(c, g), unit=max(1.0, facts.stock(c, g)))
    for r in facts.pool:
        if (tied := facts.tied(r)) is not None:
            paid: Terms = {("allocation", c, r): 1.0, ("run", c, tied): -facts.supported(r)}
            program.row("earmarked_use", paid, "<=", 0.0)


def added(facts: Facts, c: str, s: str, times: float = 1.0) -> Terms:
    return {("build", c, s): times * either(facts.service[s]["module"], 0.0), ("expand", c, s): times}


def places(facts: Facts, c: str, s: str, times: float = 1.0) -> Terms:
    """What serves beside the capacity that there is."""
    made = {("run", c, g): times * facts.yields.get((g, s), 0.0) for g in facts.programme}
    return added(facts, c, s, times) | made | between(facts, c, s, times)


def between(facts: Facts, c: str, s: str, times: float = 1.0) -> Terms:
    """What other cities keep for the residents or hand over, less what goes the other way."""
    signs = {("flow", *key): (key[1] == c) - (key[0] == c) for key in facts.links if key[2] == s}
    return {name: times * sign for name, sign in signs.items() if sign}


def works(facts: Facts, c: str, times: float = 1.0, *, backed: bool = False) -> Terms:
    """What programmes cost to build, all of them or those that bring revenue."""
    rows = {g: row for g, row in facts.programme.items() if row["revenue_backed"] or not backed}
    return {("run", c, g): times * row["capital_cost"] for g, row in rows.items()}


def coverage(c: str, s: str, times: float = 1.0) -> Terms:
    return {("coverage", c, s, str(k)): times for k in range(3)}


def spending(facts: Facts, c: str, times: float = 1.0) -> Terms:
    terms: Terms = {("reuse", c, u): times * facts.policy.land.reuse_cost for u in reuses(facts)}
    for s, service in facts.service.items():
        terms |= added(facts, c, s, times * service["capital_cost"])
    for key, row in facts.links.items():
        if key[1] == c and key[3] == "move":
            terms["flow", *key] = times * either(row["cost"], 0.0)
    return terms | works(facts, c, times)


def running(facts: Facts, c: str) -> Terms:
    terms: Terms = {("extend", c): facts.policy.settlement.extension_cost} if facts.groups else {}
    for s, service in facts.service.items():
        terms |= added(facts, c, s, service["running_cost"])
    for g, row in facts.programme.items():
        terms["run", c, g] = row["running_cost"] - either(row["yearly_income"], 0.0)
    for key, row in facts.links.items():
        if c in key[:2] and key[3] == "use":
            terms["flow", *key] = either(row["fee"], 0.0) * (1 if key[1] == c else -1)
    return terms


def total(terms: Iterable[Terms]) -> Terms:
    """The sum of several linear expressions."""
    result: Terms = {}
    for part in terms:
        for name, a in part.items():
            result[name] = result.get(name, 0.0) + a
    return result


def add_services(program: Program, facts: Facts, c: str) -> None:
    for s, service in facts.service.items():
        need, capacity = facts.full_need(c, s), facts.capacity[c, s]
        served = total([coverage(c, s, need), places(facts, c, s, -1.0)])
        if need > 0:
            program.row("coverage_is_served", served, "<=", capacity)
        program.row("minimum_gap", {("gap", c, s): 1.0} | coverage(c, s), ">=", service["minimum"])
        growth = either(service["growth_limit"], math.inf) * max(capacity, 0.05 * need)
        if facts.build_limit(c, s) > 0:
            growth = max(growth, service["module"])
        program.row("growth_limit", added(facts, c, s), "<=", growth)
        recognised = places(facts, c, s) | {("backlog", c, s): 1.0, ("settle", c): -facts.need_per_settler(c, s)}
        if facts.groups:
            recognised |= {("extend", c): -facts.need_per_person(c, s, facts.extending())}
        program.row("recognised_need", recognised, ">=", facts.present_need(c, s) - capacity)


def add_land(program: Program, facts: Facts, c: str) -> None:
    row, land = facts.city[c], facts.policy.land
    new: Terms = {("allocation", c, r): 1.0 for r in facts.pools(kind="land")}
    program.row(
        "land_balance", {("land_use", c, u): 1.0 for u in land_uses(facts)} | dict.fromkeys(new, -1.0), "=", 0.0
    )
    sites: Terms = {("land_use", c, "public"): -1.0, ("reuse", c, "public"): -1.0}
    made_free: Terms = {("renewed", c, u): 1.0 for u in renewals(facts)}
    sites |= {name: -1.0 for name in made_free if name[2] == "public"}
    for s, service in facts.service.items():
        sites["build", c, s] = either(service["area"], 0.0) * either(service["module"], 0.0) / 1e4
    sites |= {("flow", *key): facts.site(key) for key in facts.links if key[1] == c and facts.site(key)}
    program.row("public_land", sites, "=", 0.0)
    production: Terms = {("land_use", c, "production"): 1.0, ("reuse", c, "production"): 1.0}
    production |= {name: 1.0 for name in made_free if name[2] == "production"}
    if made_free:
        free: Terms = {("run", c, g): -facts.land_yield(g) for g in facts.programme}
        free |= {("flow", *key): -facts.site(key) for key in facts.links if key[0] == c}
        program.row("renewed_land", made_free | free, "<=", 0.0)
    program.row("production_land", production, "<=", row["production_request"])
    program.row("idle_land", {("reuse", c, u): 1.0 for u in reuses(facts)}, "<=", land.reuse_limit * row["idle"])
    base = facts.stock_base(c)
    if given(base) and given(land.stock_ratio):
        linked = new | {("reuse", c, u): -land.stock_ratio for u in reuses(facts)}
        linked |= dict.fromkeys(made_free, -land.stock_ratio)
        program.row("stock_link", linked, "<=", base)
    if land.uses is not None:
        housing: Terms = {("land_use", c, "housing"): 1.0, ("reuse", c, "housing"): 1.0}
        program.row("housing_land", housing | {("settle", c): -land.uses.housing / 1e4}, "=", 0.0)
        other = {("land_use", c, "other"): 1.0} | dict.fromkeys(new, -land.uses.other)
        program.row("other_land", other, "=", 0.0)
        unassigned = {("land_use", c, "unassigned"): 1.0} | dict.fromkeys(new, -land.uses.unassigned_city)
        program.row("unassigned_land", unassigned, "<=", 0.0)


def add_money(program: Program, facts: Facts, b: str) -> None:
    """The rows of a purse: what the page says of its members, summed up."""
    sums: dict[tuple[str, str, str], tuple[list[Terms], list[float]]] = {}
    for c in facts.members(b):
        for family, of, terms, side in money_of(facts, c):
            left, right = sums.setdefault((family, of, "<="), ([], []))
            left.append(terms)
            right.append(side)
    for (family, _, sense), (left, right) in sums.items():
        program.row(family, total(left), sense, sum(right))


def money_of(facts: Facts, c: str) -> Iterator[tuple[str, str, Terms, float]]:
    """What a city adds to the rows of its purse: family, class of bonds, left side, right side."""
    row, settlement, debt = facts.city[c], facts.policy.settlement, facts.policy.debt
    bonds: Terms = {("allocation", c, r): 1.0 for r in facts.pools(kind="bond")}
    capital: Terms = {("allocation", c, r): 1.0 for r in facts.pools(kind="transfer", use="capital")}
    general: Terms = {("allocation", c, r): 1.0 for r in facts.pools(kind="transfer", use="general")}

    special_pools = facts.pools(kind="bond", bond_class="special") if debt.special_interest == "fund" else []
    by_funds: Terms = {("allocation", c, r): debt.bond_rate for r in special_pools}
    sources = dict.fromkeys([*capital, *bonds], -1.0) | {("to_capital", c): -1.0}
    fund = either(row.get("fund_available"), 0.0)
    yield "capital_budget", "", total([spending(facts, c) | sources, by_funds]), fund

    outlays = running(facts, c) | {("settle", c): settlement.cost, ("to_capital", c): 1.0}
    outlays |= {name: debt.bond_rate for name in bonds if name not in by_funds} | dict.fromkeys(general, -1.0)
    own = row["revenue"] + row["other_transfers"] + facts.shortfall(c) - row["essential_spending"] - row["interest"]
    yield "general_budget", "", outlays, own

    if bonds:
        yield "borrow_to_build", "", bonds | spending(facts, c, -1.0), 0.0
        yield "debt_room", "", bonds, facts.bond_room(c)
    special: Terms = {("allocation", c, r): 1.0 for r in facts.pools(kind="bond", bond_class="special")}
    if special:
        paid: Terms = {("reuse", c, u): -facts.policy.land.reuse_cost for u in reuses(facts)}
        for s, service in facts.service.items():
            if service["revenue_backed"]:
                paid |= added(facts, c, s, -service["capital_cost"])
        paid |= works(facts, c, -1.0, backed=True)
        yield "special_bond_purpose", "", special | paid, 0.0
    for k in ("general", "special"):
        of_class: Terms = {("allocation", c, r): 1.0 for r in facts.pools(kind="bond", bond_class=k)}
        if of_class:
            yield "debt_limit", k, of_class, facts.class_room(c, k)


def add_limit(program: Program, facts: Facts, k: str) -> None:
    limit = facts.limit[k]
    chosen = facts.selected(limit["where"])
    for some in [[c] for c in chosen] if limit.get("each") else [chosen] if chosen else []:
        people = sum(facts.city[c]["residents"] for c in some)
        left, right = limited(facts, limit, some), 0.0
        if limit["basis"] == "spending":
            left = total([left, *(spending(facts, c, -limit["value"]) for c in some)])
        elif limit["basis"] == "relative":
            others = facts.selected(limit["versus"])
            ratio = people / sum(facts.city[c]["residents"] for c in others)
            left = total([left, limited(facts, limit, others, -limit["value"] * ratio)])
        else:
            kind, _, item = limit["quantity"].partition(":")
            of = item.split("+") if kind in ("allocation", "pools") else []
            of = facts.pools(kind=TOGETHER[kind]) if kind in TOGETHER else of
            had = sum(facts.part(r) * facts.last_year.get((c, r), 0.0) for c in some for r in of)
            land = [facts.available(r) for r in facts.pools(kind="land")]
            there = sum(facts.available(r) for r in of)
            amount = there / sum(facts.available(r) / facts.part(r) for r in of) if there else 1.0
            whole = there if of else sum(land)
            per = {"amount": amount, "share": whole, "per_resident": people, "last_year": had}
            right = limit["value"] * per[limit["basis"]]
        program.row("group_limit", left, limit["sense"], right)


def limited(facts: Facts, limit: Mapping[str, Any], cities: Iterable[str], times: float = 1.0) -> Terms:
    """What a limit sums up over some cities."""
    kind, _, item = limit["quantity"].partition(":")
    if kind in ("settle", "extend"):
        return {(kind, c): times for c in cities}
    if kind == "added":
        return total(added(facts, c, item, times) for c in cities)
    if kind == "spending":
        return total(spending(facts, c, times) for c in cities)
    if kind in ("moved", "shared"):
        way, some = {"moved": "move", "shared": "use"}[kind], set(cities)
        return {("flow", *key): times for key in facts.links if key[0] in some and key[2:] == (item, way)}
    if kind == "pools":
        return {("allocation", c, r): times for c in cities for r in item.split("+")}
    if kind in TOGETHER:
        return {("allocation", c, r): times for c in cities for r in facts.pools(kind=TOGETHER[kind])}
    return {(kind, c, item): times for c in cities}  # allocation:POOL, run:PROGRAMME and land_use:USE are columns
