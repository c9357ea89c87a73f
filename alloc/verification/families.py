"""Every constraint family of the model's page, recomputed row by row, and the bounds of every decision.

Everything here is about the decisions before rounding. One function a lever, one comparison a family, in the order of
the page; the statement of each family stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from alloc.verification import levers
from alloc.verification.ledger import Ledger, Sense
from alloc.verification.means import BOND_CLASSES, new_interest
from alloc.verification.optional.extension import FAMILIES as BY_GROUPS
from alloc.verification.optional.linked import FAMILIES as BY_LINKS
from alloc.verification.optional.linked import check_linked, is_linked
from alloc.verification.optional.links import FAMILIES as BY_FLOW
from alloc.verification.optional.links import check_flow, check_links, vacates
from alloc.verification.optional.links import families as of_links
from alloc.verification.optional.programmes import FAMILIES as BY_PROGRAMMES
from alloc.verification.optional.programmes import check_programmes, check_run
from alloc.verification.optional.programmes import families as of_programmes
from alloc.verification.recompute import Raw
from alloc.verification.results import Results, pools_by_purpose

FAMILIES = (
    "pool_total",
    "group_limit",
    "coverage_is_served",
    "minimum_gap",
    "growth_limit",
    "recognised_need",
    "land_balance",
    "public_land",
    "production_land",
    "idle_land",
    "stock_link",
    "capital_budget",
    "general_budget",
    "borrow_to_build",
    "special_bond_purpose",
    "debt_limit",
    "debt_room",
)
BY_USE = ("housing_land", "other_land", "unassigned_land", "unassigned_total")  # where the policy has uses of land
OF_TIERS = (
    "worst_served",
    "production_of",
    "least_served",
)  # they only define what a tier is worth, which is recomputed as a whole
OPTIONAL = (*BY_USE, *BY_GROUPS, *BY_LINKS, *BY_PROGRAMMES, *BY_FLOW)
KNOWN = (*FAMILIES, *OPTIONAL, *OF_TIERS)
"""Every family of the page of the model of which a result can be verified."""

# Every decision that is verified -> on which sides against a rule; no decision may be negative.
BOUNDED: Mapping[str, tuple[str, ...]] = {
    "allocation": ("lower", "upper"),
    "settle": ("upper",),
    "extend": ("upper",),
    "build": ("upper",),
    "expand": ("upper",),
    "backlog": ("upper",),
    "run": ("upper",),
    "renewed": (),
    "flow": ("upper",),
    "land_use": (),
    "reuse": (),
    "to_capital": (),
}
BOUNDS = (
    "allocation_bounds",
    "settle_bounds",
    "extend_bounds",
    "run_bounds",
    "flow_bounds",
    "build_bounds",
    "whole_facilities",
    "expand_bounds",
    "coverage_bounds",
    "backlog_gate",
    "nonnegative",
)


def check_families(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    """Enter the comparisons of every constraint family of the page.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the decisions.
        policy: ``settings.policy``.
    """
    _pools(ledger, raw, results)
    _services(ledger, raw, results)
    _land(ledger, raw, results, policy)
    _budgets(ledger, raw, results, policy)
    _debt(ledger, raw, results, policy)
    check_programmes(ledger, raw, results)
    check_links(ledger, raw, results)
    for lever in levers.of(raw.formulation):
        lever.check(ledger, raw, results, policy)


def families_of(formulation: str, policy: Any, tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """The constraint families of a model that an instance with this policy and these tables has, but those of tiers.

    Args:
        formulation: the model.
        policy: ``settings.policy``.
        tables: of the instance.
    """
    found = list(FAMILIES)
    found += BY_USE if policy.land.uses is not None else ()
    found += BY_GROUPS if len(tables["groups"]) else ()
    found += BY_LINKS if is_linked(tables["pools"]) else ()
    found += of_programmes(tables, vacates(tables))
    found += of_links(tables)
    return (*found, *levers.families(formulation))


def known_families(formulation: str) -> frozenset[str]:
    """Every family of a model of which a result can be verified."""
    return frozenset({*KNOWN, *levers.families(formulation)})


def known_decisions(formulation: str) -> dict[str, tuple[str, ...]]:
    """Every decision that is verified -> on which sides against a rule; no decision may be negative."""
    return {**BOUNDED, **levers.bounded(formulation)}


def _pools(ledger: Ledger, raw: Raw, results: Results) -> None:
    for r, pool in enumerate(raw.pools):
        sense: Sense = "=" if raw.pool["exhaust"][r] else "<="
        ledger.compare("pool_total", (raw.up * results.allocation)[:, r].sum(), sense, raw.available[r], key=pool)
    for limit, left, right in zip(raw.limits, results.limited, results.limits_at, strict=True):
        ledger.compare("group_limit", left, limit.sense, right, key=limit.limit)
    check_linked(ledger, raw, results)


def _services(ledger: Ledger, raw: Raw, results: Results) -> None:
    services, served, at = results.services, raw.capacity + results.places, raw.by_service
    recognised = results.recognised + raw.need_per_settler * results.settle[:, None]
    ledger.compare("coverage_is_served", raw.full_need * services["coverage"], "<=", served, at=at)
    ledger.compare("minimum_gap", services["gap"], ">=", raw.service["minimum"] - services["coverage"], at=at)
    ledger.compare("growth_limit", results.added, "<=", raw.growth_limit, at=at)
    ledger.compare("recognised_need", served + services["backlog"], ">=", recognised, at=at)
    if raw.groups:
        ledger.compare("extension", results.settle + results.extend, "<=", raw.extension_limit, at=raw.by_city)


def _land(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    land, reused, at = results.received["land"], results.reused, raw.by_city
    facilities = raw.service["area"] * raw.service["module"] / 10_000
    sites = (results.build * facilities).sum(axis=1) + raw.links.sites(results.flow)
    ledger.compare("land_balance", results.land_use.sum(axis=1), "=", land, at=at)
    ledger.compare("public_land", sites, "=", results.land_for("public"), at=at)
    ledger.compare("production_land", results.land_for("production"), "<=", raw.city["production_request"], at=at)
    ledger.compare("idle_land", reused, "<=", raw.reusable, at=at)
    if policy.land.stock_ratio is not None:
        linked = ~np.isnan(raw.stock_base)
        ceiling = raw.stock_base + policy.land.stock_ratio * results.put_to_use
        ledger.compare("stock_link", land[linked], "<=", ceiling[linked], at=(raw.cities[linked],))
    if (uses := policy.land.uses) is not None:
        unassigned = results.new_land("unassigned")
        for_settlers = uses.housing * results.settle / 10_000
        ledger.compare("housing_land", results.land_for("housing"), "=", for_settlers, at=at)
        ledger.compare("other_land", results.new_land("other"), "=", uses.other * land, at=at)
        ledger.compare("unassigned_land", unassigned, "<=", uses.unassigned_city * land, at=at)
        most = uses.unassigned_total * float(raw.available[raw.pool["kind"] == "land"].sum())
        ledger.compare("unassigned_total", unassigned.sum(), "<=", most, key="unassigned")


def _budgets(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    city, received, to_capital = raw.city, results.received, results.budget["to_capital"]
    sources = to_capital + city["fund_available"] + received["capital_transfers"] + received["bonds"]
    by_funds, by_revenue = new_interest(received["bonds"], received["new_special"], policy)
    sums, at = raw.purses.sums, raw.purses.at
    ledger.compare("capital_budget", sums(results.spending + by_funds), "<=", sums(sources), at=at)
    settlement = policy.settlement.cost * results.settle
    outlays = city["essential_spending"] + city["interest"] + results.running + settlement + by_revenue + to_capital
    income = city["revenue"] + city["other_transfers"] + received["general_transfers"] + raw.shortfall
    ledger.compare("general_budget", sums(outlays), "<=", sums(income), at=at)


def _debt(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    pools, sums, at = pools_by_purpose(raw.pool), raw.purses.sums, raw.purses.at
    if pools["bonds"].any():
        bonds = sums(results.received["bonds"])
        ledger.compare("borrow_to_build", bonds, "<=", sums(results.spending), at=at)
        ledger.compare("debt_room", bonds, "<=", sums(raw.bond_room), at=at)
    if pools["new_special"].any():
        special = sums(results.received["new_special"])
        ledger.compare("special_bond_purpose", special, "<=", sums(results.earning), at=at)
    for k, name in enumerate(BOND_CLASSES):
        if pools[f"new_{name}"].any():
            new = sums(results.received[f"new_{name}"])
            ledger.compare("debt_limit", new, "<=", sums(raw.class_room[:, k]), at=at, key=name)


def check_bounds(ledger: Ledger, raw: Raw, results: Results, *, integers: bool) -> None:
    """Enter the bounds of every decision.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the decisions.
        integers: whether facilities have to be whole.
    """
    services, settle, backlog = results.services, results.settle, results.services["backlog"]
    city, service, pool = raw.by_city, raw.by_service, raw.by_pool
    ledger.compare("allocation_bounds", results.allocation, ">=", raw.lower, at=pool, bounds="allocation")
    ledger.compare("allocation_bounds", results.allocation, "<=", raw.upper, at=pool, bounds="allocation")
    ledger.compare("settle_bounds", settle, ">=", 0.0, at=city, bounds="settle")
    ledger.compare("settle_bounds", settle, "<=", raw.settle_limit, at=city, bounds="settle")
    if raw.groups:
        ledger.compare("extend_bounds", results.extend, ">=", 0.0, at=city, bounds="extend")
        ledger.compare("extend_bounds", results.extend, "<=", raw.extend_limit, at=city, bounds="extend")
    check_run(ledger, raw, results)
    check_flow(ledger, raw, results)
    ledger.compare("build_bounds", results.build, ">=", 0.0, at=service, bounds="build")
    ledger.compare("build_bounds", results.build, "<=", raw.build_limit, at=service, bounds="build")
    ledger.tally("whole_facilities")
    if integers:
        ledger.compare("whole_facilities", results.build, "=", np.rint(results.build), at=service)
    ledger.compare("expand_bounds", services["expand"], ">=", 0.0, at=service, bounds="expand")
    ledger.compare(
        "expand_bounds", services["expand"], "<=", raw.expand_limit, at=service, scale=raw.capacity, bounds="expand"
    )
    # Who needs nothing is served in full.
    least = np.where(raw.full_need > 0, 0.0, 1.0)
    ledger.compare("coverage_bounds", services["coverage"], ">=", least, at=service, bounds="coverage")
    ledger.compare("coverage_bounds", services["coverage"], "<=", 1.0, at=service, bounds="coverage")
    gates = raw.service["settlement_prerequisite"]
    # Backlog is what is left of need: it is as exact as need is.
    ledger.compare(
        "backlog_gate", backlog[:, gates], "<=", raw.backlog_limit[:, gates],
        at=(raw.cities, raw.services[gates]), scale=raw.full_need[:, gates], bounds="backlog",
    )  # fmt: skip
    ledger.compare("nonnegative", backlog, ">=", 0.0, at=service, key="backlog", bounds="backlog")
    ledger.compare("nonnegative", services["gap"], ">=", 0.0, at=service, key="gap", bounds="gap")
    uses, reuses = (raw.cities, results.uses), (raw.cities, results.reuses)
    ledger.compare("nonnegative", results.land_use, ">=", 0.0, at=uses, key="land_use", bounds="land_use")
    ledger.compare("nonnegative", results.reuse, ">=", 0.0, at=reuses, key="reuse", bounds="reuse")
    ledger.compare(
        "nonnegative", results.budget["to_capital"], ">=", 0.0, at=city, key="to_capital", bounds="to_capital"
    )
