"""Land, money, debt and pools of every city, from the raw tables: the second half of `recompute`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from alloc.instance.where.conditions import parse
from alloc.verification import levers
from alloc.verification.arrays import Columns, Flags, Floats, Places, Texts, given, matrix
from alloc.verification.optional.purses import Purses

UNIT = {"land": "ha", "transfer": "10⁴ yuan", "bond": "10⁴ yuan"}  # of the amounts of a pool, by its kind
BOND_CLASSES = ("general", "special")
HALVINGS = 60  # until a share is known to the last digit
LAST_DIGITS = 1e-12  # relative: what sums leave behind
TOGETHER = {"transfers": "transfer", "bonds": "bond"}  # quantity of limits -> the kind of the pools that it sums up
NAMED = "pools"  # the quantity of limits that sums up pools by their codes, with + between them
Sense = Literal["<=", ">=", "="]
Facts = Mapping[str, Any]  # what is known so far, by the names of `Raw`


@dataclass(frozen=True, eq=False)
class Limit:
    """One row of ``limits``, or of a city of it: the sum of ``kind`` (of ``item``) over the cities ``chosen``.

    It is compared with ``amount``, with ``ratio`` times the spending of these cities (``basis`` spending), or with
    ``ratio`` times the same sum over the cities ``versus`` (``basis`` relative).
    """

    limit: str
    kind: str
    item: str
    sense: Sense
    amount: float
    chosen: Flags
    basis: str = ""
    ratio: float = 0.0
    versus: Flags | None = None


def debt_tier_place(ratio: Floats, policy: Any) -> Places:
    """The place among the debt tiers of every ratio of debt to capacity to pay."""
    below = [np.inf if tier.below is None else tier.below for tier in policy.debt.tiers]
    return np.searchsorted(below[:-1], ratio, side="right")


def tier_of_debt(ratio: Floats, policy: Any) -> Texts:
    """The name of the debt tier of every ratio of debt to capacity to pay."""
    return np.array([tier.name for tier in policy.debt.tiers], dtype=object)[debt_tier_place(ratio, policy)]


def debt_ratio(debt: Floats, reference: Floats) -> Floats:
    """Debt over capacity to pay; without capacity to pay 0 where there is no debt, else infinite."""
    able = reference > 0
    return np.where(able, debt / np.where(able, reference, 1.0), np.where(debt <= 0, 0.0, np.inf))


def own_balance(city: Columns) -> Floats:
    """What comes first less what the city has of its own, before any pool."""
    balance: Floats = city["essential_spending"] + city["interest"] - city["revenue"] - city["other_transfers"]
    return balance


def new_interest(bonds: Floats, special: Floats, policy: Any) -> tuple[Floats, Floats]:
    """A year's interest of new bonds that government funds pay, and that general revenue pays, 10⁴ yuan [n] each."""
    by_funds = special * (policy.debt.special_interest == "fund")
    return policy.debt.bond_rate * by_funds, policy.debt.bond_rate * (bonds - by_funds)


def land(city: Columns, facts: Facts, policy: Any) -> dict[str, Any]:
    """Land that last year's settlement earned, and idle land that can be put back to use."""
    per_resident = city["built_up"] * 10_000 / city["urban_residents"]
    *steps, last = policy.land.standards
    place = np.searchsorted([step.up_to for step in steps], per_resident, side="left")  # "up to" has its end
    standard = np.array([step.per_settler for step in (*steps, last)], dtype=float)[place]
    linked = ~np.isin(facts["size_class"], policy.land.no_linked_land)
    return {
        "land_entitlement": standard * city["settled_last"] / 10_000 * linked,
        "reusable": policy.land.reuse_limit * city["idle"],
    }


def debt(city: Columns, pool: Columns, facts: Facts, policy: Any) -> dict[str, Any]:
    """Capacity to pay, today's debt, and what room it leaves; of a purse the part of every member."""
    rule = policy.debt
    transfers = facts["purses"].parts(np.nansum(facts["last_year"][:, pool["kind"] == "transfer"], axis=1))
    reference = city["revenue"] + city["fund_revenue"] + city["other_transfers"] + transfers
    now = city["debt_general"] + city["debt_special"]
    ratio = debt_ratio(now, reference)
    factor = np.array([tier.new_bond_factor for tier in rule.tiers], dtype=float)[debt_tier_place(ratio, policy)]
    rooms = (
        rule.ceiling * reference - now,
        factor * (city["revenue"] + city["fund_revenue"]),
        (rule.service_ceiling * reference - city["interest"] - city["maturing"]) / rule.bond_rate,
    )
    return {
        "reference": reference,
        "debt_now": now,
        "debt_ratio_now": ratio,
        "debt_tier": tier_of_debt(ratio, policy),
        "bond_room": np.maximum(np.minimum.reduce(rooms), 0.0),
        "class_room": np.column_stack([np.maximum(city[f"limit_{k}"] - city[f"debt_{k}"], 0.0) for k in BOND_CLASSES]),
        "fiscal_gap": np.maximum(own_balance(city), 0.0),
    }


def derived_factors(facts: Facts) -> dict[str, Floats]:
    """Numbers that formulas may name beside the columns of ``cities`` [n]."""
    return {
        "migrants": facts["migrants"],
        "land_entitlement": facts["land_entitlement"],
        "fiscal_gap": facts["fiscal_gap"],
        "backlog": (facts["backlog_now"] * facts["service"]["capital_cost"]).sum(axis=1),
    }


def taking_part(facts: Facts) -> Flags:
    """Which cities the formula of every pool counts [n, R]."""
    seen = facts["city"].with_columns(**{name: facts[name] for name in ("size_class", "debt_tier", "bond_room")})
    counted = [parse(where).evaluate(seen) for where in facts["pool"]["where"]]
    return np.array(counted, dtype=bool).reshape(len(counted), len(facts["cities"])).T


def benchmarks(factors: pd.DataFrame, facts: Facts) -> Floats:
    """The published formula; NaN for pools without factors."""
    derived, part = derived_factors(facts), taking_part(facts)
    city, pools, pool = facts["city"], facts["pools"].tolist(), facts["pool"]
    share = np.full((len(facts["cities"]), len(pools)), np.nan)
    for name, factor, weight in zip(*(factors[column] for column in ("pool", "factor", "weight")), strict=True):
        value = (derived[factor] if factor in derived else city[factor]) * part[:, pools.index(name)]
        own = weight * value / value.sum() if value.sum() > 0 else 0.0
        share[:, pools.index(name)] = given(share[:, pools.index(name)], 0.0) + own
    for r, rate in enumerate(pool["phase_in"]):
        last = given(facts["last_year"][:, r], 0.0) * part[:, r] * facts["up"][:, r]
        if rate < 1 and last.sum() > 0:
            share[:, r] = rate * share[:, r] + (1 - rate) * last / last.sum()
    benchmark: Floats = facts["available"] * share / facts["up"]  # what is left for the city of its share
    return benchmark


def performing(table: pd.DataFrame, facts: Facts) -> dict[str, Floats]:
    """Factors of performance, and the formula with them: in the same proportions, and of the same sum."""
    factor = given(matrix(table, "factor", city=facts["cities"], pool=facts["pools"]), 1.0)
    formula, moved = facts["formula"], (factor != 1).any(axis=0)
    times = factor * formula
    before, after = (np.nansum(facts["up"] * each, axis=0) for each in (formula, times))
    back = before / np.where(after > 0, after, 1.0)
    return {"performance": factor, "benchmark": np.where(moved, times * back, formula)}


def bounds(tables: Mapping[str, pd.DataFrame], facts: Facts, policy: Any) -> dict[str, Any]:
    """Floor and cap, the corridor clipped into them, what land and debt leave, and overrides."""
    pool, benchmark, last = facts["pool"], facts["benchmark"], facts["last_year"]
    earmark, override = (
        matrix(tables[name], "amount", city=facts["cities"], pool=facts["pools"]) for name in ("earmarks", "overrides")
    )
    bond = pool["kind"] == "bond"
    earmark = earmark * facts["part"]
    up, sums = facts["up"], np.nansum(facts["up"] * last, axis=0)
    follows = pool["follow"] & (sums > 0)
    last = last * np.where(follows, facts["available"] / np.where(follows, sums, 1.0), facts["part"])
    floor = np.fmax(np.fmax(np.where(bond, np.nan, last * pool["floor_multiple"]), earmark), 0.0)
    cap = np.maximum(given(last * pool["cap_multiple"], np.inf), floor)
    # fmax and fmin pass over what is not given, so that a side without a corridor is the floor, or the cap.
    lower = np.fmin(np.fmax(np.where(bond, np.nan, benchmark * (1 - pool["corridor_down"])), floor), cap)
    upper = np.fmin(np.fmax(given(benchmark * (1 + pool["corridor_up"]), np.inf), floor), cap)
    free = np.isnan(override)
    for r in np.flatnonzero(pool["follow"]).tolist():
        own, there = free[:, r], facts["available"][r] - np.nansum((up * override)[:, r])
        lower[own, r] = towards(lower[own, r], floor[own, r], there, up[own, r], down=True)
    land = pool["kind"] == "land"
    base, by_rules = (
        _stock_base(facts["city"], land, benchmark, least, policy) for least in (given(override, lower), lower)
    )
    put_to_use = facts["reusable"] + facts["works"].renewable + facts["links"].leaving
    ceiling, shared = np.full(upper.shape, np.inf), facts["purses"]
    for r, kind in enumerate(pool["kind"]):
        if kind == "land":
            ceiling[:, r] = _land_ceiling(facts["city"], by_rules, put_to_use, policy)
        elif kind == "bond":
            class_room = facts["class_room"][:, BOND_CLASSES.index(pool["bond_class"][r])]
            ceiling[:, r] = np.minimum(facts["bond_room"], class_room)  # the city's own part of its purse
    own_part = np.where(bond, ceiling, np.inf)
    ceiling = np.where(bond, _of_purse(ceiling, shared), ceiling)
    ceiling = np.minimum(ceiling, facts["works"].payable(facts["works"].limit))
    by_hand = ceiling.copy()
    if land.any():  # what is fixed by hand lifts a base that goes by the lower bound
        by_hand[:, land] = _land_ceiling(facts["city"], base, put_to_use, policy)[:, None]
    for r in np.flatnonzero(pool["follow"] & pool["exhaust"]).tolist():
        own, there = free[:, r], facts["available"][r]
        inside = np.minimum(ceiling, own_part)
        open_to = np.minimum(np.fmax(np.minimum(cap, there / up), upper), inside)[own, r]
        bounded = np.minimum(upper, inside)[own, r]
        left = there - (up * np.minimum(override, np.minimum(by_hand, own_part)))[~own, r].sum()
        raised = towards(bounded, open_to, left, up[own, r], down=False)
        upper[own, r] = np.where(open_to > bounded, raised, upper[own, r])
    upper = np.minimum(upper, ceiling)
    least, most = given(override, lower), given(np.minimum(override, by_hand), upper)
    wanted = np.where(bond & free, given(np.minimum(last * pool["floor_multiple"], most), 0.0), 0.0)
    floors = bond_floors(facts, policy, wanted, least)
    return {
        "stock_base": base,
        "override": override,
        "floor": floor,
        "least": least,
        "lower": least + floors,
        "upper": most,
        "clipped": np.fmin(np.fmax(benchmark, lower + floors), upper),
    }


def _of_purse(rooms: Floats, shared: Purses) -> Floats:
    """What the purse of every city has of rooms that are by city [n, R]; infinite ones stay so."""
    return shared.of_city(shared.sums(rooms))


def _stock_base(city: Columns, land: Flags, benchmark: Floats, lower: Floats, policy: Any) -> Floats:
    """New land without reuse; where none is given, by the share of the formula that the policy has, or as lower."""
    if policy.land.stock_ratio is None or policy.land.stock_share is None or not land.any():
        return city["stock_base"]
    own = policy.land.stock_share * np.nansum(benchmark[:, land], axis=1)
    return given(city["stock_base"], np.maximum(own, np.nansum(lower[:, land], axis=1)))


def towards(bounds: Floats, end: Floats, there: float, up: Floats, *, down: bool) -> Floats:
    """Bounds, or a mixture with another end that takes what there is, `up` times each; that end where it takes less."""
    total, far = (up * bounds).sum(), (up * end).sum()
    if total <= there if down else total >= there:
        return bounds
    weight = 1.0 if total == far else min(1.0, (total - there) / (total - far))
    mixed: Floats = (1 - weight) * bounds + weight * end
    return mixed


def bond_floors(facts: Facts, policy: Any, wanted: Floats, least: Floats) -> Floats:
    """What floors of bonds ask for beyond what is promised: cut to the rooms, then to what a city can carry."""
    pool, bond = facts["pool"], facts["pool"]["kind"] == "bond"
    promised = least * bond
    more: Floats = np.maximum(wanted - promised, 0.0)
    if not more.any():
        return more
    groups = [(pool["bond_class"] == k, facts["class_room"][:, i]) for i, k in enumerate(BOND_CLASSES)]
    shared: Purses = facts["purses"]
    for of, room in [*groups, (bond, facts["bond_room"])]:
        left = np.maximum(shared.of_city(shared.sums(room - promised[:, of].sum(axis=1))), 0.0)
        asked = shared.of_city(shared.sums(more[:, of].sum(axis=1)))
        more[:, of] *= np.minimum(1.0, left / np.where(asked > 0, asked, np.inf) + (asked == 0))[:, None]
    special, tries = pool["bond_class"] == "special", _Carrying(facts, policy, least)

    def carries(share: Floats) -> Flags:
        asked = shared.sums(promised) + share[:, None] * shared.sums(more)
        return tries.carries(asked.sum(axis=1), asked[:, special].sum(axis=1))

    low, high = np.zeros(len(shared.members)), np.ones(len(shared.members))
    low[carries(high)] = 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        fits = carries(middle)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    share: Floats = shared.of_city(low)[:, None] * more
    return share


class _Carrying:
    """What every purse can build, put back to use and pay for with what its cities have in any case."""

    def __init__(self, facts: Facts, policy: Any, least: Floats) -> None:
        city, service, pool = facts["city"], facts["service"], facts["pool"]
        transfer = pool["kind"] == "transfer"
        shared: Purses = facts["purses"]
        general = shared.parts(least[:, transfer & (pool["use"] == "general")].sum(axis=1))
        loose = transfer & (pool["use"] == "capital") & ~facts["works"].tied
        funds = city["fund_available"] + least[:, loose].sum(axis=1)
        income = city["revenue"] + city["other_transfers"] + general
        self.free = np.fmax(general - own_balance(city), 0.0)
        self.free = np.fmax(self.free, policy.budget.least_free * income)
        self.free, self.funds = shared.sums(self.free), shared.sums(funds)
        self.policy, self.backed = policy, service["revenue_backed"]
        cost = service["capital_cost"]
        reuse = policy.land.reuse_cost * np.minimum(facts["reusable"], city["production_request"])
        expand = np.minimum(facts["expand_limit"], facts["growth_limit"])
        # Facilities count where parts reach from one to the next, and the land for all of them is certain: what the
        # city gets at least, without what roads and utilities take of it.
        parts = expand * cost
        bridge = np.where(self.backed, (parts * self.backed).sum(axis=1)[:, None], parts.sum(axis=1)[:, None])
        whole = facts["buildable"] & (bridge + reuse[:, None] >= service["module"] * cost)
        size = np.where(service["module"] > 0, service["module"], np.inf)
        number = np.minimum(facts["build_limit"], (facts["growth_limit"] - expand) // size)
        built = np.where(whole, number * service["module"], 0.0)
        roads = 0.0 if policy.land.uses is None else policy.land.uses.other
        ground = (1 - roads) * least[:, pool["kind"] == "land"].sum(axis=1)
        enough = (built @ service["area"]) / 10_000 <= ground
        self.most = shared.sums(parts + np.where(enough[:, None], built, 0.0) * cost)
        self.reuse = shared.sums(reuse)
        self.ratio = np.divide(service["running_cost"], cost, out=np.zeros(len(cost)), where=cost > 0)

    def carries(self, bonds: Floats, special: Floats) -> Flags:
        """Whether there is spending for so many bonds, the cheapest to run first, special bonds before the others."""
        reuse = np.minimum(self.reuse, bonds)
        spent = np.zeros_like(self.most)
        fits = np.ones(len(bonds), dtype=bool)
        for asked, may in ((special - reuse, self.backed), (bonds - reuse, np.ones_like(self.backed))):
            left = np.maximum(asked - spent.sum(axis=1), 0.0)
            for s in np.argsort(self.ratio, kind="stable"):
                if may[s]:
                    part = np.minimum(self.most[:, s] - spent[:, s], left)
                    spent[:, s] += part
                    left -= part
            fits &= left <= LAST_DIGITS * np.maximum(bonds, 1.0)
        by_funds, by_revenue = new_interest(bonds, special, self.policy)
        own = np.maximum(by_funds - self.funds, 0.0) + by_revenue + spent @ self.ratio
        fits &= own <= self.free + LAST_DIGITS * np.maximum(self.free, 1.0)
        return fits


def _land_ceiling(city: Columns, base: Floats, put_to_use: Floats, policy: Any) -> Floats:
    """What boundary, farmland and the stock link leave at most; infinite where none of them speaks."""
    ratio = np.nan if policy.land.stock_ratio is None else policy.land.stock_ratio
    farmland = city["farmland_offset"] / np.where(city["farmland_share"] > 0, city["farmland_share"], np.nan)
    return given(np.fmin.reduce([city["boundary_left"], farmland, base + ratio * put_to_use]), np.inf)


def limits(table: pd.DataFrame, facts: Facts) -> tuple[Limit, ...]:
    """The rows of ``limits`` that select a city, those for each city by city."""
    row = Columns(table)
    seen = facts["city"].with_columns(size_class=facts["size_class"], debt_tier=facts["debt_tier"])
    chosen = {where: parse(where).evaluate(seen) for where in dict.fromkeys([*row["where"], *row["versus"]])}
    residents, codes = seen["residents"], facts["cities"]
    rows = []
    for limit, of, where, sense, value, basis, each, versus in zip(
        *(row[name] for name in ("limit", "quantity", "where", "sense", "value", "basis", "each", "versus")),
        strict=True,
    ):
        kind, _, item = of.partition(":")
        every = chosen[where]
        alone = [(f"{limit}/{codes[c]}", np.arange(len(codes)) == c) for c in np.flatnonzero(every)]
        for name, own in alone if each else [(limit, every)][: int(every.any())]:
            if basis == "spending":
                rows.append(Limit(name, kind, item, sense, 0.0, own, basis, float(value)))
            elif basis == "relative":
                others = chosen[versus]
                ratio = value * residents[own].sum() / residents[others].sum() if others.any() else 0.0
                rows.append(Limit(name, kind, item, sense, 0.0, own, basis, float(ratio), others))
            else:
                per = 1.0
                if basis == "share":
                    per = _whole(kind, item, facts)
                elif basis == "per_resident":
                    per = float(residents[own].sum())
                elif (of := pools_of_limit(kind, item, facts["pool"])) is not None:
                    if basis == "last_year":
                        per = float((given(facts["last_year"], 0.0) * facts["part"])[np.ix_(own, of)].sum())
                    else:
                        per = _part_of_year(of, facts)
                rows.append(Limit(name, kind, item, sense, float(value * per), own))
    return tuple(rows)


def pools_of_limit(kind: str, item: str, pool: Columns) -> Flags | None:
    """The pools whose grants a row of ``limits`` sums up [R]; None where it sums up something else."""
    if kind == "allocation":
        return np.asarray(pool["pool"] == item)
    if kind == NAMED:
        return np.isin(pool["pool"], item.split("+"))
    return np.asarray(pool["kind"] == TOGETHER[kind]) if kind in TOGETHER else None


def _part_of_year(of: Flags, facts: Facts) -> float:
    """How much of the whole year's amounts some pools give out together at this stage."""
    part = facts["part"][of]
    if np.ptp(part) == 0:
        return float(part[0])
    there = facts["available"][of]
    return float(there.sum() / (there / part).sum())


def _whole(kind: str, item: str, facts: Facts) -> float:
    """What a share of a quantity is a share of."""
    brought = levers.quantities(facts["formulation"])
    if kind in brought:
        whole = brought[kind].whole
        return np.nan if whole is None else whole(facts, item)
    pool = facts["pool"]
    of = pools_of_limit(kind, item, pool)
    of = pool["kind"] == "land" if of is None else of
    return float(facts["available"][of].sum())
