"""The result tables as labelled matrices, and whether they are whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from alloc.verification.ledger import Ledger
from alloc.verification.recompute import Raw

PARTS = ("benchmark", "rule", "optimised", "override", "rounding")
USES = ("public", "production", "unassigned")
REUSES = ("public", "production")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "allocation": ("city", "pool", "unit", "last_year", *PARTS, "published"),
    "services": ("city", "service", "full_need", "present_need", "capacity", "build", "expand", "added", "backlog",
                 "coverage_before", "coverage", "gap"),
    "people": ("city", "residents", "migrants", "settle_limit", "settle", "score_before", "score"),
    "land": ("city", "allocation", *USES, "reuse_public", "reuse_production"),
    "budget": ("city", "to_capital", "fund_available", "capital_transfers", "bonds", "spending", "revenue",
               "other_transfers", "general_transfers", "shortfall", "essential_spending", "interest", "running",
               "settlement", "bond_interest"),
    "debt": ("city", "debt_general", "debt_special", "new_general", "new_special", "room_general", "room_special",
             "bond_room", "reference", "ratio_before", "tier_before", "ratio_after", "tier_after"),
    "limits": ("limit", "left", "right", "sense", "slack"),
    "families": ("family", "rows", "binding", "violation"),
}  # fmt: skip
TEXTS = ("city", "pool", "service", "unit", "tier_before", "tier_after", "limit", "sense", "family")
NOT_YET = "families"  # the table that verification itself gives rise to


@dataclass(frozen=True)
class Results:
    """What was decided, by label, in the units of the instance.

    ``allocation`` is the decision before rounding, published − rounding; ``allocations`` and ``services`` hold every
    column of those tables as a matrix; the other tables are by city. What several families need is formed once:
    ``received`` (what a city gets of land, of each kind of transfer, of bonds and of each class of them), ``added``
    (module · build + expand), ``reused``, ``spending``, ``running``.
    """

    allocations: Mapping[str, pd.DataFrame]
    services: Mapping[str, pd.DataFrame]
    people: pd.DataFrame
    land: pd.DataFrame
    budget: pd.DataFrame
    debt: pd.DataFrame
    limits: pd.DataFrame
    allocation: pd.DataFrame
    received: Mapping[str, pd.Series[float]]
    build: pd.DataFrame
    added: pd.DataFrame
    land_use: pd.DataFrame
    reuse: pd.DataFrame
    reused: pd.Series[float]
    spending: pd.Series[float]
    running: pd.Series[float]


def pools_by_purpose(pool: pd.DataFrame) -> dict[str, list[str]]:
    """The pools that make up each sum of ``Results.received``."""
    transfer, bond = pool["kind"] == "transfer", pool["kind"] == "bond"
    purposes = {
        "land": pool["kind"] == "land",
        "general_transfers": transfer & (pool["use"] == "general"),
        "capital_transfers": transfer & (pool["use"] == "capital"),
        "bonds": bond,
        "new_general": bond & (pool["bond_class"] == "general"),
        "new_special": bond & (pool["bond_class"] == "special"),
    }
    return {purpose: list(pool.index[chosen]) for purpose, chosen in purposes.items()}


def read(tables: Mapping[str, pd.DataFrame], raw: Raw, ledger: Ledger, reuse_cost: float) -> Results | None:
    """Bring the tables into labelled form.

    Args:
        tables: the result tables.
        raw: the recomputed instance, for the keys that have to be there.
        ledger: takes a failure under ``tables`` for every table, column or record that is missing, double or unknown,
            and for every column that should hold numbers and does not.
        reuse_cost: 10⁴ yuan a hectare.

    Returns:
        The results; None where tables are not whole, so that nothing else can be verified.
    """
    ledger.tally("tables")
    for name, columns in COLUMNS.items():
        if name not in tables:
            if name != NOT_YET:
                ledger.fail("tables", f"{name}: missing")
            continue
        for column in columns:
            if column not in tables[name]:
                ledger.fail("tables", f"{name}.{column}: missing")
            elif column not in TEXTS and len(tables[name]) and not is_numeric_dtype(tables[name][column]):
                ledger.fail("tables", f"{name}.{column}: no numbers")
    if ledger.tally("tables").failures:
        return None
    city, service, pool = raw.city.index, raw.service.index, raw.pool.index
    for name, other in (("allocation", pool), ("services", service)):
        _keys(ledger, name, tables[name], pd.MultiIndex.from_product([city, other], names=["city", other.name]))
    _keys(ledger, "limits", tables["limits"], pd.Index([row.limit for row in raw.limits], name="limit"))
    for name in ("people", "land", "budget", "debt"):
        _keys(ledger, name, tables[name], city)
    if ledger.tally("tables").failures:
        return None

    allocations = _matrices(tables["allocation"], "pool", city, pool)
    services = _matrices(tables["services"], "service", city, service)
    by_city = {name: tables[name].set_index("city").reindex(city) for name in ("people", "land", "budget", "debt")}
    build = services["build"].fillna({s: 0.0 for s in service if raw.service.at[s, "module"] == 0})
    added = build * raw.service["module"] + services["expand"]
    allocation = allocations["published"] - allocations["rounding"]
    reuse = by_city["land"][["reuse_public", "reuse_production"]].set_axis(list(REUSES), axis=1)
    reused = reuse.sum(axis=1, skipna=False)
    return Results(
        allocations=allocations,
        services=services,
        limits=tables["limits"].set_index("limit"),
        allocation=allocation,
        received={
            purpose: allocation[pools].sum(axis=1, skipna=False)
            for purpose, pools in pools_by_purpose(raw.pool).items()
        },
        build=build,
        added=added,
        land_use=by_city["land"][list(USES)],
        reuse=reuse,
        reused=reused,
        spending=(added * raw.service["capital_cost"]).sum(axis=1, skipna=False) + reuse_cost * reused,
        running=(added * raw.service["running_cost"]).sum(axis=1, skipna=False),
        **by_city,
    )


def _keys(ledger: Ledger, name: str, table: pd.DataFrame, wanted: Any) -> None:
    """Every wanted record once, and no other."""
    if isinstance(wanted, pd.MultiIndex):
        found: Any = pd.MultiIndex.from_frame(table[list(wanted.names)])
    else:
        found = pd.Index(table[wanted.name])
    if len(found) == len(wanted) and found.equals(wanted):
        return
    for fault, keys in (
        ("missing", wanted.difference(found)),
        ("unknown", found.difference(wanted)),
        ("double", found[found.duplicated()]),
    ):
        for key in keys[:10]:
            ledger.fail("tables", f"{name}: {fault} {', '.join(key) if isinstance(key, tuple) else key}")


def _matrices(table: pd.DataFrame, columns: str, rows: pd.Index, wanted: pd.Index) -> dict[str, pd.DataFrame]:
    """Every further column of a table with key (city, `columns`) as a matrix."""
    ordered = table.set_index(["city", columns]).reindex(pd.MultiIndex.from_product([rows, wanted]))
    shape = len(rows), len(wanted)
    return {
        str(name): pd.DataFrame(ordered[name].to_numpy().reshape(shape), index=rows, columns=wanted)
        for name in ordered.columns
    }
