"""Land, money, debt and pools of every city, from the raw tables: the second half of `recompute`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from alloc.instance.where import parse

BOND_CLASSES = ("general", "special")
Sense = Literal["<=", ">=", "="]
Facts = Mapping[str, Any]  # what is known so far, by the names of `Raw`


@dataclass(frozen=True)
class Limit:
    """One row of ``limits``: the sum of ``kind`` (of ``item``) over ``cities`` compared with ``amount``."""

    limit: str
    kind: str
    item: str
    sense: Sense
    amount: float
    cities: list[str]


def tier_of_debt(ratio: pd.Series[float], policy: Any) -> pd.Series[str]:
    """The name of the debt tier of every ratio of debt to capacity to pay."""
    below = [np.inf if tier.below is None else tier.below for tier in policy.debt.tiers]
    names = np.array([tier.name for tier in policy.debt.tiers], dtype=object)
    return pd.Series(names[np.searchsorted(below[:-1], ratio.to_numpy(), side="right")], index=ratio.index)


def debt_ratio(debt: pd.Series[float], reference: pd.Series[float]) -> pd.Series[float]:
    """Debt over capacity to pay; without capacity to pay 0 where there is no debt, else infinite."""
    ratio: pd.Series[float] = (debt / reference).mask(reference <= 0, np.inf)
    return ratio.mask((reference <= 0) & (debt <= 0), 0.0)


def wide(table: pd.DataFrame, columns: str, value: str, rows: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """A table with key (city, `columns`) as a matrix, NaN where a pair is absent."""
    matrix = table.pivot(index="city", columns=columns, values=value)
    return matrix.reindex(index=rows.index, columns=wanted.index).astype(float)


def own_balance(city: pd.DataFrame) -> pd.Series[float]:
    """What comes first less what the city has of its own, before any pool."""
    return city["essential_spending"] + city["interest"] - city["revenue"] - city["other_transfers"]


def land(city: pd.DataFrame, facts: Facts, policy: Any) -> dict[str, Any]:
    """Land that last year's settlement earned, and idle land that can be put back to use."""
    per_resident = city["built_up"] * 10_000 / city["urban_residents"]
    standard = pd.Series(np.nan, index=city.index)
    for step in policy.land.standards:
        standard = standard.fillna(
            (per_resident <= (np.inf if step.up_to is None else step.up_to)).map({True: step.per_settler})
        )
    linked = ~facts["size_class"].isin(policy.land.no_linked_land)
    return {
        "land_entitlement": standard * city["settled_last"] / 10_000 * linked,
        "reusable": policy.land.reuse_limit * city["idle"],
    }


def debt(city: pd.DataFrame, pool: pd.DataFrame, facts: Facts, policy: Any) -> dict[str, Any]:
    """Capacity to pay, today's debt, and what room it leaves."""
    rule = policy.debt
    transfers = facts["last_year"].loc[:, pool["kind"] == "transfer"].sum(axis=1)
    reference = city["revenue"] + city["fund_revenue"] + city["other_transfers"] + transfers
    now = city["debt_general"] + city["debt_special"]
    tier = tier_of_debt(debt_ratio(now, reference), policy)
    factor = tier.map({step.name: step.new_bond_factor for step in rule.tiers}).astype(float)
    rooms = pd.DataFrame(
        {
            "ratio": rule.ceiling * reference - now,
            "tier": factor * (city["revenue"] + city["fund_revenue"]),
            "service": (rule.service_ceiling * reference - city["interest"] - city["maturing"]) / rule.bond_rate,
        }
    )
    return {
        "reference": reference,
        "debt_now": now,
        "debt_ratio_now": debt_ratio(now, reference),
        "debt_tier": tier,
        "bond_room": np.maximum(rooms.min(axis=1), 0.0),
        "class_room": pd.DataFrame({k: np.maximum(city[f"limit_{k}"] - city[f"debt_{k}"], 0.0) for k in BOND_CLASSES}),
        "fiscal_gap": np.maximum(own_balance(city), 0.0),
    }


def benchmarks(factors: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The published formula; NaN for pools without factors."""
    derived = {
        "migrants": facts["migrants"],
        "land_entitlement": facts["land_entitlement"],
        "fiscal_gap": facts["fiscal_gap"],
        "backlog": facts["backlog_now"].mul(facts["service"]["capital_cost"]).sum(axis=1),
    }
    city = facts["city"]
    benchmark = pd.DataFrame(np.nan, index=city.index, columns=facts["pool"].index)
    for pool, rows in factors.groupby("pool"):
        share = pd.Series(0.0, index=city.index)
        for factor, weight in zip(rows["factor"], rows["weight"], strict=True):
            value = derived[factor] if factor in derived else city[factor]
            if value.sum() > 0:
                share = share + weight * value / value.sum()
        benchmark[pool] = facts["available"][pool] * share
    return benchmark


def bounds(tables: Any, facts: Facts, policy: Any) -> dict[str, Any]:
    """Floor and cap, the corridor clipped into them, what land and debt leave, and overrides."""
    city, pool, benchmark, last = facts["city"], facts["pool"], facts["benchmark"], facts["last_year"]
    earmark = wide(tables["earmarks"], "pool", "amount", city, pool)
    override = wide(tables["overrides"], "pool", "amount", city, pool)
    may_have_floor = pool["kind"] != "bond"
    floor: Any = np.fmax(np.fmax(last * pool["floor_multiple"], earmark), 0.0) * may_have_floor
    cap = np.fmax((last * pool["cap_multiple"]).fillna(np.inf), floor)
    # fmax and fmin pass over what is not given, so that a side without a corridor is the floor, or the cap.
    lower: Any = np.fmin(np.fmax(benchmark * (1 - pool["corridor_down"]), floor), cap) * may_have_floor
    upper: Any = np.fmin(np.fmax((benchmark * (1 + pool["corridor_up"])).fillna(np.inf), floor), cap)
    ceiling = pd.DataFrame(np.inf, index=city.index, columns=pool.index)
    for name in pool.index:
        if pool.at[name, "kind"] == "land":
            ceiling[name] = _land_ceiling(city, facts["reusable"], policy)
        elif pool.at[name, "kind"] == "bond":
            ceiling[name] = np.minimum(facts["bond_room"], facts["class_room"][pool.at[name, "bond_class"]])
    upper = np.minimum(upper, ceiling)
    fixed: Any = np.minimum(override, ceiling)
    return {
        "override": override,
        "lower": override.fillna(lower),
        "upper": fixed.fillna(upper),
        "clipped": np.fmin(np.fmax(benchmark, lower), upper),
    }


def _land_ceiling(city: pd.DataFrame, reusable: pd.Series[float], policy: Any) -> pd.Series[float]:
    """What boundary, farmland and the stock link leave at most; infinite where none of them speaks."""
    ratio = np.nan if policy.land.stock_ratio is None else policy.land.stock_ratio
    return (
        pd.DataFrame(
            {
                "boundary": city["boundary_left"],
                "farmland": city["farmland_offset"] / city["farmland_share"].where(city["farmland_share"] > 0),
                "stock": city["stock_base"] + ratio * reusable,
            }
        )
        .min(axis=1)
        .fillna(np.inf)
    )


def limits(table: pd.DataFrame, facts: Facts) -> tuple[Limit, ...]:
    """The rows of ``limits`` that select a city, with the right side as an amount."""
    pool = facts["pool"]
    seen = facts["city"].assign(size_class=facts["size_class"], debt_tier=facts["debt_tier"])
    rows = []
    for row in table.to_dict("records"):
        kind, _, item = row["of"].partition(":")
        chosen = list(seen.index[parse(row["where"]).evaluate(dict(seen.items()))])
        per = 1.0
        if row["basis"] == "share":
            whole = pool.index == item if kind == "allocation" else pool["kind"] == "land"
            per = float(facts["available"][whole].sum())
        elif row["basis"] == "per_resident":
            per = float(seen.loc[chosen, "residents"].sum())
        if chosen:
            rows.append(Limit(row["limit"], kind, item, row["sense"], row["value"] * per, chosen))
    return tuple(rows)
