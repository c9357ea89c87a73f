"""Programmes from the raw tables: what they cost and yield, how much can be done, and pools that pay for one alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alloc.verification.arrays import Columns, Flags, Floats, Texts, given, matrix
from alloc.verification.means import derived_factors

if TYPE_CHECKING:
    from alloc.verification.ledger import Ledger
    from alloc.verification.recompute import Raw
    from alloc.verification.results import Results

FAMILIES = ("renewed_land", "earmarked_use")
RENEWED = ("public", "production")  # what renewed land is for


@dataclass(frozen=True, eq=False)
class Programmes:
    """The rows of ``programmes``: by programme [G], by city and programme [n, G], or by pool and programme [R, G].

    ``cost`` is of building a unit, ``running`` what it costs a year less what it brings, ``land`` the hectares that it
    makes free, ``places`` [G, S] what it makes of each service, ``stock`` what is to be done and ``limit`` the most
    that can be this year; ``paid_by`` says which pools pay for it alone, up to ``support`` [R] of its cost.
    """

    keys: Texts
    cost: Floats
    running: Floats
    land: Floats
    weight: Floats
    backed: Flags
    places: Floats
    stock: Floats
    limit: Floats
    paid_by: Flags
    support: Floats

    def __bool__(self) -> bool:
        """Whether there are any."""
        return len(self.keys) > 0

    @property
    def renews(self) -> bool:
        """Whether some of them makes land free."""
        return bool((self.land > 0).any())

    @property
    def tied(self) -> Flags:
        """The pools that pay for one of them alone [R]."""
        return np.asarray(self.paid_by.any(axis=1))

    @property
    def renewable(self) -> Floats:
        """The most land that they make free [n]."""
        return self.free_land(self.limit)

    def free_land(self, run: Floats) -> Floats:
        """Land that is made free where so much is done [n]."""
        hectares: Floats = (run * self.land).sum(axis=1)
        return hectares

    def payable(self, run: Floats) -> Floats:
        """What pools can pay where so much is done [n, R]; infinite for those that are tied to nothing."""
        spent = run * self.cost
        own = np.column_stack([np.where(flags, spent, 0.0).sum(axis=1) for flags in self.paid_by])
        return np.where(self.tied, own * self.support, np.inf)


def programmes(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Programmes:
    """What the tables say, by what is known by the names of `Raw`: cities, services, pools and their columns."""
    table, pool = Columns(tables["programmes"]), facts["pool"]
    keys = table["programme"]
    stock, told = (
        matrix(tables["programme_stock"], column, city=facts["cities"], programme=keys) for column in ("stock", "limit")
    )
    derived = derived_factors(facts)
    for g, (name, each) in enumerate(zip(table["stock_factor"], given(table["stock_each"], 0.0), strict=True)):
        stock[:, g] = given(
            stock[:, g], each * (derived[name] if name in derived else facts["city"][name]) if name else 0
        )
    yields = matrix(tables["programme_yields"], "yield", programme=keys, service=facts["services"])
    return Programmes(
        keys=keys,
        cost=table["capital_cost"],
        running=table["running_cost"] - given(table["yearly_income"], 0.0),
        land=given(table["land_yield"], 0.0),
        weight=given(table["weight"], 0.0),
        backed=table["revenue_backed"],
        places=given(yields, 0.0),
        stock=stock,
        limit=np.fmin(stock, given(told, stock * table["year_share"])),
        paid_by=np.array([[name == key for key in keys] for name in pool["programme"]], dtype=bool).reshape(
            len(pool["pool"]), len(keys)
        ),
        support=given(pool["support"], 1.0),
    )


def families(tables: Mapping[str, pd.DataFrame], vacates: bool) -> tuple[str, ...]:
    """The constraint families that an instance with these tables has of them.

    Args:
        tables: of the instance.
        vacates: whether facilities that may move stand on land.
    """
    table = Columns(tables["programmes"])
    tied = np.isin(tables["pools"]["programme"].to_numpy(dtype=object), table["programme"]).any()
    renews = (given(table["land_yield"], 0.0) > 0).any() or vacates
    return tuple(name for name, some in zip(FAMILIES, (renews, tied), strict=True) if some)


def check_programmes(ledger: Ledger, raw: Raw, results: Results) -> None:
    """Enter the land that becomes free, and pools that pay for one alone."""
    works = raw.works
    if raw.renews:
        free = works.free_land(results.run) + raw.links.freed(results.flow)
        ledger.compare("renewed_land", results.renewed.sum(axis=1), "<=", free, at=raw.by_city)
    if works and works.tied.any():
        most = works.payable(results.run)[:, works.tied]
        ledger.compare("earmarked_use", results.allocation[:, works.tied], "<=", most,
                       at=(raw.cities, raw.pools[works.tied]))  # fmt: skip


def check_run(ledger: Ledger, raw: Raw, results: Results) -> None:
    """Enter the bounds of what is done."""
    works = raw.works
    at = raw.cities, works.keys
    if works:
        ledger.compare("run_bounds", results.run, ">=", 0.0, at=at, bounds="run")
        ledger.compare("run_bounds", results.run, "<=", works.limit, at=at, scale=works.stock, bounds="run")
    if raw.renews:
        ledger.compare("nonnegative", results.renewed, ">=", 0.0, at=(raw.cities, RENEWED), key="renewed",
                       bounds="renewed")  # fmt: skip


def done(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    """What is done of the stock of every programme, by their weights: the tier of programmes."""
    works = raw.works
    stock, total = works.stock.sum(axis=0), results.run.sum(axis=0)
    some = stock > 0
    return float((works.weight[some] * total[some] / stock[some]).sum())
