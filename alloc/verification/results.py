"""The result tables as arrays in the order of the instance's cities, services and pools, and whether they are whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from alloc.verification import levers
from alloc.verification.arrays import Columns, Flags, Floats, Names, given, places
from alloc.verification.ledger import Ledger
from alloc.verification.means import NAMED, TOGETHER, Limit, pools_of_limit
from alloc.verification.optional.levels import kept_of, pools_of
from alloc.verification.optional.links import KEY as LINK_KEY
from alloc.verification.optional.links import OF_LINKS, joined
from alloc.verification.optional.programmes import RENEWED
from alloc.verification.recompute import Raw

PARTS = ("benchmark", "performance", "rule", "locked", "optimised", "override", "rounding")
USES = ("public", "housing", "production", "other", "unassigned")
REUSES = ("public", "housing", "production")
BY_POLICY = ("housing", "other")  # uses that there are where the policy says so
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "allocation": ("city", "pool", "unit", "last_year", *PARTS, "published", "issued", "increment"),
    "services": ("city", "service", "full_need", "present_need", "capacity", "build", "expand", "added", "backlog",
                 "coverage_before", "coverage", "gap", *OF_LINKS),
    "people": ("city", "residents", "migrants", "settle_limit", "settle", "rounding", "score_before", "score",
               "extend"),
    "land": ("city", "allocation", *USES, *(f"reuse_{use}" for use in REUSES),
             *(f"renewed_{use}" for use in RENEWED)),
    "programmes": ("city", "programme", "run"),
    "links": (*LINK_KEY, "flow", "cost", "fee"),
    "budget": ("city", "to_capital", "fund_available", "capital_transfers", "bonds", "spending", "revenue",
               "other_transfers", "general_transfers", "shortfall", "essential_spending", "interest", "running",
               "settlement", "bond_interest"),
    "debt": ("city", "debt_general", "debt_special", "new_general", "new_special", "room_general", "room_special",
             "bond_room", "reference", "ratio_before", "tier_before", "ratio_after", "tier_after"),
    "limits": ("limit", "left", "right", "sense", "slack"),
    "rounding": ("rule", "pool", "province", "city", "limit", "off", "unit"),
    "relaxation": ("city", "pool", "granted", "beyond"),
    "levels": ("unit", "pool", "received", "retained", "passed", "share"),
    "families": ("family", "rows", "binding", "violation"),
}  # fmt: skip
TEXTS = ("city", "pool", "province", "service", "programme", "unit", "tier_before", "tier_after", "limit", "sense",
         "rule", "family", *LINK_KEY)  # fmt: skip
SOME_LAND = (*BY_POLICY, *(f"reuse_{use}" for use in REUSES if use in BY_POLICY))  # columns that go with these uses
OF_RENEWED = tuple(f"renewed_{use}" for use in RENEWED)  # columns that go with programmes that make land free
OF_ISSUED = ("locked", "issued", "increment")  # columns that go with what has been issued
# Tables that are not always there: how an allocation was found, what is kept above cities, and what verification
# itself gives rise to.
SOMETIMES = ("relaxation", "levels", "families")


@dataclass(frozen=True, eq=False)
class Results:
    """What was decided, in the units of the instance and the order of ``Raw``.

    ``allocations`` [n, R], ``services`` [n, S], ``people``, ``land``, ``budget``, ``debt`` [n] and ``limits`` are the
    columns of those tables; ``allocation`` and ``settle`` are the decisions before rounding, published − rounding;
    ``extend`` are those to whom services are extended, 0 where there are no groups, and ``recognised`` [n, S] the need
    that is recognised before anybody settles; ``run`` [n, G] is what is done of every programme and ``renewed`` [n, 2]
    the land that becomes free, by use; ``flow`` [L] is what goes over every link of ``links``; ``off`` is the table of
    what rounding could not keep; ``land_use`` and ``reuse`` are by city and use, of ``uses`` and ``reuses``. What
    several families need is formed once: ``received`` (what a city gets of land, of each kind of transfer, of bonds and
    of each class of them), ``added`` (module · build + expand), ``places`` (added, and what programmes make),
    ``reused``, ``spending``, ``running``, ``earning`` (what special bonds may pay for), and ``limited`` and
    ``limits_at``, both sides of every row of ``limits``; ``brought`` are the tables in which levers have columns that
    are verified in modules of their own; ``relaxation`` [n, R] is what the relaxation grants, where the result says so;
    ``levels`` is what units above the cities receive, keep and pass on, by ``Raw.units`` and the pools of which any
    keeps something, where there are such, and ``kept`` what they keep together [R].
    """

    allocations: Columns
    services: Columns
    people: Columns
    land: Columns
    budget: Columns
    debt: Columns
    limits: Columns
    off: pd.DataFrame
    allocation: Floats
    settle: Floats
    extend: Floats
    recognised: Floats
    received: Mapping[str, Floats]
    build: Floats
    added: Floats
    uses: tuple[str, ...]
    reuses: tuple[str, ...]
    land_use: Floats
    reuse: Floats
    reused: Floats
    run: Floats
    renewed: Floats
    flow: Floats
    places: Floats
    spending: Floats
    running: Floats
    limited: Floats
    limits_at: Floats
    earning: Floats
    brought: Mapping[str, Columns]
    kept: Floats
    links: Columns
    relaxation: Columns | None = None
    levels: Columns | None = None

    def new_land(self, use: str) -> Floats:
        """New land for a use [n]."""
        found: Floats = self.land_use[:, self.uses.index(use)]
        return found

    def land_for(self, use: str) -> Floats:
        """New, reused and renewed land for a use [n]."""
        found: Floats = self.new_land(use) + self.reuse[:, self.reuses.index(use)] + self.renewed_for(use)
        return found

    def renewed_for(self, use: str) -> Floats:
        """Land that programmes have made free for a use [n]."""
        if use not in RENEWED:
            return np.zeros(len(self.renewed))
        found: Floats = self.renewed[:, RENEWED.index(use)]
        return found

    @property
    def put_to_use(self) -> Floats:
        """Reused and renewed land, which earns new land [n]."""
        both: Floats = self.reused + self.renewed.sum(axis=1)
        return both


def uses_of(policy: Any, uses: tuple[str, ...] = USES) -> tuple[str, ...]:
    """The uses of land that there are under a policy, of some."""
    return uses if policy.land.uses is not None else tuple(use for use in uses if use not in BY_POLICY)


def pools_by_purpose(pool: Columns) -> dict[str, Flags]:
    """The pools that make up each sum of ``Results.received``."""
    transfer, bond = pool["kind"] == "transfer", pool["kind"] == "bond"
    return {
        "land": pool["kind"] == "land",
        "general_transfers": transfer & (pool["use"] == "general"),
        "capital_transfers": transfer & (pool["use"] == "capital"),
        "bonds": bond,
        "new_general": bond & (pool["bond_class"] == "general"),
        "new_special": bond & (pool["bond_class"] == "special"),
    }


def read(tables: Mapping[str, pd.DataFrame], raw: Raw, ledger: Ledger, policy: Any) -> Results | None:
    """Bring the tables into the order of ``Raw``.

    Args:
        tables: the result tables.
        raw: the recomputed instance, for the keys that have to be there.
        ledger: takes a failure under ``tables`` for every table, column or record that is missing, double or unknown,
            and for every column that should hold numbers and does not.
        policy: ``settings.policy``.

    Returns:
        The results; None where tables are not whole, so that nothing else can be verified.
    """
    ledger.tally("tables")
    more, brought = levers.columns(raw.formulation), levers.keys(raw.formulation)
    known = {name: (*COLUMNS.get(name, ()), *more.get(name, ())) for name in (*COLUMNS, *brought)}
    if not raw.groups:
        known["people"] = tuple(name for name in known["people"] if name != "extend")
    if policy.land.uses is None:
        known["land"] = tuple(name for name in known["land"] if name not in SOME_LAND)
    if not raw.works:
        del known["programmes"]
    if not raw.links:
        del known["links"]
        known["services"] = tuple(name for name in known["services"] if name not in OF_LINKS)
    if not raw.renews:
        known["land"] = tuple(name for name in known["land"] if name not in OF_RENEWED)
    if not raw.issued.any():
        known["allocation"] = tuple(name for name in known["allocation"] if name not in OF_ISSUED)
    if not (raw.performance != 1).any():
        known["allocation"] = tuple(name for name in known["allocation"] if name != "performance")
    if not raw.units:
        del known["levels"]
    for name in sorted(set(tables) - {*known}):
        ledger.fail("tables", f"{name}: unknown")
    for name, columns in known.items():
        if name not in tables:
            if name not in SOMETIMES or name == "levels":
                ledger.fail("tables", f"{name}: missing")
            continue
        kinds = tables[name].dtypes.to_dict()
        for column in sorted(set(map(str, kinds)) - set(columns)):
            ledger.fail("tables", f"{name}.{column}: unknown")
        for column in columns:
            if column not in kinds:
                ledger.fail("tables", f"{name}.{column}: missing")
            elif not len(tables[name]):
                continue
            elif column in TEXTS and (name, column) != ("allocation", "rule"):  # there it is a part, in numbers
                if kinds[column] != "str" and not all(isinstance(each, str) for each in tables[name][column]):
                    ledger.fail("tables", f"{name}.{column}: no texts")
            elif not is_numeric_dtype(kinds[column]):
                ledger.fail("tables", f"{name}.{column}: no numbers")
    if ledger.tally("tables").failures:
        return None
    found = {name: _columns(ledger, name, tables[name], key) for name, key in _keys(raw, tables).items()}
    if ledger.tally("tables").failures:
        return None
    return _results(found, tables["rounding"], raw, policy)


def decided(tables: Mapping[str, pd.DataFrame], raw: Raw, ledger: Ledger, policy: Any) -> Results:
    """The same for tables of decisions alone, whatever these are, as they stand at some point of the model.

    Args:
        tables: those that have decisions, with ``coverage`` and ``gap`` of services; nothing is rounded.
        raw: the recomputed instance.
        ledger: takes a failure under ``tables`` for every record that is missing, double or unknown.
        policy: ``settings.policy``.

    Raises:
        KeyError: a table or a column is missing.
    """
    keys = {name: key for name, key in _keys(raw, tables).items() if name in tables}
    found = {name: _columns(ledger, name, tables[name], key) for name, key in keys.items()}
    nothing = pd.DataFrame()
    rest = dict.fromkeys(("debt", "limits"), Columns(nothing))
    return _results({**rest, **found}, nothing, raw, policy)


def _keys(raw: Raw, tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Names]]:
    """Table -> the codes that are wanted of each column of its key, in their order."""
    codes: dict[str, Names] = {"city": raw.cities, "service": raw.services, "pool": raw.pools}
    return {
        "allocation": {"city": raw.cities, "pool": raw.pools},
        "services": {"city": raw.cities, "service": raw.services},
        "limits": {"limit": [limit.limit for limit in raw.limits]},
        **{name: {"city": raw.cities} for name in ("people", "land", "budget", "debt")},
        **({"programmes": {"city": raw.cities, "programme": raw.works.keys}} if raw.works else {}),
        **({"links": {"link": raw.links.names}} if raw.links else {}),
        **({"relaxation": {"city": raw.cities, "pool": raw.pools}} if "relaxation" in tables else {}),
        **({"levels": {"unit": [unit.name for unit in raw.units], "pool": pools_of(raw)}} if raw.units else {}),
        **{name: {each: codes[each] for each in key} for name, key in levers.keys(raw.formulation).items()},
    }


def _results(found: Mapping[str, Columns], off: pd.DataFrame, raw: Raw, policy: Any) -> Results:
    allocations, services, land = found["allocation"], found["services"], found["land"]
    allocation = allocations["published"] - allocations["rounding"]
    settle = found["people"]["settle"] - found["people"]["rounding"]
    extend = found["people"]["extend"] if raw.groups else np.zeros_like(settle)
    build = np.where(raw.service["module"] > 0, services["build"], given(services["build"], 0.0))
    added = build * raw.service["module"] + services["expand"]
    works = raw.works
    run = found["programmes"]["run"] if works else np.zeros((len(settle), 0))
    renewed = np.column_stack([land[name] if raw.renews else np.zeros(len(settle)) for name in OF_RENEWED])
    spent = run * works.cost
    flow = found["links"]["flow"] if raw.links else np.zeros(0)
    uses, reuses = uses_of(policy), uses_of(policy, REUSES)
    land_use = np.column_stack([land[use] for use in uses])
    reuse = np.column_stack([land[f"reuse_{use}"] for use in reuses])
    reused = reuse.sum(axis=1)
    capital, cost_of_reuse = added * raw.service["capital_cost"], policy.land.reuse_cost * reused
    results = Results(
        allocations=allocations,
        services=services,
        people=found["people"],
        land=land,
        budget=found["budget"],
        debt=found["debt"],
        limits=found["limits"],
        off=off,
        settle=settle,
        extend=extend,
        recognised=raw.present_need + raw.need_per_extended * extend[:, None],
        allocation=allocation,
        received=_received(raw, allocation),
        build=build,
        added=added,
        uses=uses,
        reuses=reuses,
        land_use=land_use,
        reuse=reuse,
        reused=reused,
        run=run,
        renewed=renewed,
        flow=flow,
        places=added + run @ works.places + raw.links.gained(flow),
        spending=capital.sum(axis=1)
        + cost_of_reuse
        + spent.sum(axis=1)
        + raw.links.spent(flow)
        + levers.added("spending", raw, found, policy),
        running=(added * raw.service["running_cost"]).sum(axis=1)
        + policy.settlement.extension_cost * extend
        + run @ works.running
        + raw.links.fees(flow)
        + levers.added("running", raw, found, policy),
        earning=capital[:, raw.service["revenue_backed"]].sum(axis=1)
        + cost_of_reuse
        + spent[:, works.backed].sum(axis=1)
        + levers.added("earning", raw, found, policy),
        limited=np.zeros(len(raw.limits)),
        limits_at=np.zeros(len(raw.limits)),
        brought={
            name: found[name]
            for name in {**levers.keys(raw.formulation), **levers.columns(raw.formulation)}
            if name in found
        },
        kept=kept_of(raw, found.get("levels")),
        relaxation=found.get("relaxation"),
        levels=found.get("levels"),
        links=found.get("links", Columns(off)),
    )
    left, right = limited(raw, results, policy)
    return replace(results, limited=left, limits_at=right)


def as_published(raw: Raw, results: Results) -> Results:
    """The results with what is rounded as it is published; what is built, and all else, is as it was decided."""
    allocation, settle = results.allocations["published"], results.people["settle"]
    return replace(results, allocation=allocation, settle=settle, received=_received(raw, allocation))


def _received(raw: Raw, allocation: Floats) -> Mapping[str, Floats]:
    return {purpose: allocation[:, pools].sum(axis=1) for purpose, pools in pools_by_purpose(raw.pool).items()}


def _together(kind: str, raw: Raw, results: Results, item: str) -> Floats:
    """What every city gets of the pools that a quantity of limits sums up [n]."""
    together: Floats = results.allocation[:, np.asarray(pools_of_limit(kind, item, raw.pool), dtype=bool)].sum(axis=1)
    return together


QUANTITIES: Mapping[str, Callable[[Raw, Results, str], Floats]] = {
    "allocation": lambda raw, results, pool: results.allocation[:, raw.pools.tolist().index(pool)],
    **{name: partial(_together, name) for name in (*TOGETHER, NAMED)},
    "added": lambda raw, results, service: results.added[:, raw.services.tolist().index(service)],
    "land_use": lambda raw, results, use: results.new_land(use),
    "settle": lambda raw, results, item: results.settle,
    "extend": lambda raw, results, item: results.extend,
    "run": lambda raw, results, item: results.run[:, raw.works.keys.tolist().index(item)],
    "spending": lambda raw, results, item: results.spending,
    "moved": lambda raw, results, service: raw.links.moved_out(results.flow)[:, raw.services.tolist().index(service)],
    "shared": lambda raw, results, service: raw.links.lent(results.flow)[:, raw.services.tolist().index(service)],
}
"""What rows of ``limits`` can sum up by the page of the model; called with the item, gives what every city adds [n]."""


def known_quantities(formulation: str) -> frozenset[str]:
    """Everything that rows of ``limits`` can sum up in a result that can be verified."""
    return frozenset({*QUANTITIES, *levers.quantities(formulation)})


def limited(raw: Raw, results: Results, policy: Any) -> tuple[Floats, Floats]:
    """Both sides of every row of ``limits``, from what the cities of each add to it."""
    left, right = [], []
    for limit in raw.limits:
        by_city = contributions(raw, results, limit, policy)
        left.append(by_city[limit.chosen].sum())
        if limit.basis == "spending":
            right.append(limit.ratio * results.spending[limit.chosen].sum())
        else:
            right.append(limit.amount if limit.versus is None else limit.ratio * by_city[limit.versus].sum())
    return np.array(left, dtype=float), np.array(right, dtype=float)


def contributions(raw: Raw, results: Results, limit: Limit, policy: Any) -> Floats:
    """What every city adds to what a row of ``limits`` sums up [n]."""
    brought = levers.quantities(raw.formulation)
    if limit.kind in brought:
        return brought[limit.kind].by_city(raw, results, limit.item, policy)
    return QUANTITIES[limit.kind](raw, results, limit.item)


def _columns(ledger: Ledger, name: str, table: pd.DataFrame, key: Mapping[str, Names]) -> Columns:
    """The columns of a table in the order of its key, by each part of it; every wanted record once, and no other."""
    if "link" in key and "link" not in table:
        table = table.assign(link=joined(table))
    at = [places(table[column], codes) for column, codes in key.items()]
    shape = tuple(len(codes) for codes in key.values())
    rows = np.full(shape, -1, dtype=np.intp)
    if len(table) == rows.size and all((each >= 0).all() for each in at):
        rows[tuple(at)] = np.arange(len(table))
        if (rows >= 0).all():
            return Columns(table, rows)
    wanted = pd.MultiIndex.from_product(list(key.values()), names=list(key))
    found = pd.MultiIndex.from_frame(table[list(key)])
    for fault, records in (
        ("missing", wanted.difference(found)),
        ("unknown", found.difference(wanted)),
        ("double", found[found.duplicated()]),
    ):
        for record in records[:10]:
            ledger.fail("tables", f"{name}: {fault} {', '.join(map(str, record))}")
    return Columns(table)
