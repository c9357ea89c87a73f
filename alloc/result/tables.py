"""A solution as the tables that are handed on; what no tier determines is set by definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from alloc.instance.derived.derived import Derived
from alloc.instance.derived.land_and_finance import debt_ratio, debt_tier_place
from alloc.instance.frames import text_column
from alloc.instance.instance import Instance
from alloc.instance.schema.classes import USES
from alloc.publish import Works, publish
from alloc.solver.facilities.band import WIDTH
from alloc.solver.solution import Solution

Tables = dict[str, pd.DataFrame]
Array = np.ndarray

SQUARE_METRES_PER_HECTARE = 10_000
# Decision of the model -> the table in which it stands, and its columns there.
DECISIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType({
    "allocation": ("allocation", ("published",)),
    "settle": ("people", ("settle",)),
    "build": ("services", ("build",)),
    "expand": ("services", ("expand",)),
    "backlog": ("services", ("backlog",)),
    "land_use": ("land", USES),
    "reuse": ("land", ("reuse_public", "reuse_production")),
    "to_capital": ("budget", ("to_capital",)),
})  # fmt: skip
DUST = 1e-9  # of a value's size: nearer to a bound than this is at the bound


@dataclass(frozen=True)
class Decisions:
    """The decisions in the unit of the instance, free of the solver's dust; shapes by city, service, pool and use."""

    allocation: Array
    settle: Array
    build: Array
    expand: Array
    land_use: Array
    reuse: Array


def tables(instance: Instance, solution: Solution) -> Tables:
    """Every table of a result but `families`, which the verification counts.

    Args:
        instance: the instance that was solved.
        solution: with a point.
    """
    derived = solution.derived
    decided = decisions(instance, derived, solution.values)
    added = np.nan_to_num(derived.module) * decided.build + decided.expand
    coverage = _coverage(derived, derived.capacity + added)
    works = Works.of(derived, added, decided.reuse.sum(axis=1))
    published = publish(instance, derived, decided.allocation, decided.settle, works)
    return {
        "allocation": published.allocation,
        "services": _services(derived, decided, added, coverage),
        "people": _people(derived, decided, published.settle, coverage),
        "land": _land(derived, decided),
        "budget": _budget(instance, derived, decided, added),
        "debt": _debt(instance, derived, decided),
        "limits": _limits(derived, decided, added),
        "rounding": published.rounding,
        **({} if solution.relaxation is None else {"relaxation": _relaxation(derived, decided, solution.relaxation)}),
    }


def decisions(instance: Instance, derived: Derived, values: Mapping[str, Array]) -> Decisions:
    """The decisions of a point, within their bounds, reuse given to public land first where no limit names a use."""
    land_use, reuse = _clean(values["land_use"], 0.0, np.inf), _clean(values["reuse"], 0.0, np.inf)
    if not any(row.kind == "land_use" for row in derived.limits):
        land_use, reuse = _public_first(land_use, reuse)
    build = _clean(values["build"], 0.0, derived.build_limit)
    return Decisions(
        allocation=_clean(values["allocation"], derived.lower, derived.upper),
        settle=_clean(values["settle"], 0.0, derived.settle_limit),
        build=np.round(build) if instance.settings.integers else build,
        expand=_clean(values["expand"], 0.0, derived.expand_limit),
        land_use=land_use,
        reuse=reuse,
    )


def _clean(values: Array, lower: Array | float, upper: Array | float) -> Array:
    inside = np.clip(values, lower, upper)
    near = DUST * np.maximum(1.0, np.abs(inside))
    inside = np.where(np.abs(inside - lower) <= near, lower, inside)
    return np.where(np.abs(inside - upper) <= near, upper, inside)


def _public_first(land_use: Array, reuse: Array) -> tuple[Array, Array]:
    total, public = reuse.sum(axis=1), land_use[:, 0] + reuse[:, 0]
    production = land_use[:, 1] + reuse[:, 1]
    to_public = np.minimum(total, public)
    to_production = total - to_public
    new = np.column_stack([public - to_public, np.maximum(production - to_production, 0.0), land_use[:, 2]])
    return new, np.column_stack([to_public, to_production])


def _coverage(derived: Derived, served: Array) -> Array:
    need = np.where(derived.full_need > 0, derived.full_need, 1.0)
    return np.where(derived.full_need > 0, np.minimum(1.0, served / need), 1.0)


def _score(derived: Derived, coverage: Array) -> Array:
    widths = np.clip(coverage[:, :, None] - derived.score_breakpoints[None, :, :-1], 0.0, None)
    widths = np.minimum(widths, np.diff(derived.score_breakpoints, axis=1))
    scores = (widths * derived.score_slopes).sum(axis=2)
    return np.asarray(scores @ (derived.weight / derived.weight.sum()))


def _services(derived: Derived, decided: Decisions, added: Array, coverage: Array) -> pd.DataFrame:
    need = derived.present_need + derived.need_per_settler * decided.settle[:, None]
    shape = derived.full_need.shape
    build = np.where(np.isfinite(derived.module), decided.build, np.nan)
    columns = {
        "full_need": derived.full_need,
        "present_need": derived.present_need,
        "capacity": derived.capacity,
        "build": build,
        "expand": decided.expand,
        "added": added,
        "backlog": np.maximum(0.0, need - derived.capacity - added),
        "coverage_before": _coverage(derived, derived.capacity),
        "coverage": coverage,
        "gap": np.maximum(0.0, derived.minimum - coverage),
    }
    return _table(
        city=text_column(derived.cities, each=shape[1]),
        service=text_column(derived.services, times=shape[0]),
        **{name: np.broadcast_to(each, shape).ravel() for name, each in columns.items()},
    )


def _people(derived: Derived, decided: Decisions, settle: Array, coverage: Array) -> pd.DataFrame:
    return _by_city(
        derived,
        residents=derived.residents,
        migrants=derived.migrants,
        settle_limit=derived.settle_limit,
        settle=settle,
        rounding=settle - decided.settle,
        score_before=_score(derived, _coverage(derived, derived.capacity)),
        score=_score(derived, coverage),
    )


def _land(derived: Derived, decided: Decisions) -> pd.DataFrame:
    return _by_city(
        derived,
        allocation=_allocated(derived, decided, derived.kind == "land"),
        **{use: decided.land_use[:, place] for place, use in enumerate(USES)},
        reuse_public=decided.reuse[:, 0],
        reuse_production=decided.reuse[:, 1],
    )


def _budget(instance: Instance, derived: Derived, decided: Decisions, added: Array) -> pd.DataFrame:
    policy = instance.settings.policy
    spending = added @ derived.capital_cost + policy.land.reuse_cost * decided.reuse.sum(axis=1)
    bonds = _allocated(derived, decided, derived.kind == "bond")
    capital = _allocated(derived, decided, (derived.kind == "transfer") & (derived.use == "capital"))
    return _by_city(
        derived,
        to_capital=np.maximum(0.0, spending - derived.fund_available - capital - bonds),
        fund_available=derived.fund_available,
        capital_transfers=capital,
        bonds=bonds,
        spending=spending,
        revenue=derived.revenue,
        other_transfers=derived.other_transfers,
        general_transfers=_allocated(derived, decided, (derived.kind == "transfer") & (derived.use == "general")),
        shortfall=derived.shortfall,
        essential_spending=derived.essential_spending,
        interest=derived.interest,
        running=added @ derived.running_cost,
        settlement=policy.settlement.cost * decided.settle,
        bond_interest=policy.debt.bond_rate * bonds,
    )


def _debt(instance: Instance, derived: Derived, decided: Decisions) -> pd.DataFrame:
    new = _allocated(derived, decided, derived.kind == "bond")
    cities = instance.tables["cities"]
    after = debt_ratio(derived.debt_now + new, derived.reference)
    tiers = instance.settings.policy.debt.tiers
    names = np.array([each.name for each in tiers], dtype=object)
    return _by_city(
        derived,
        debt_general=cities["debt_general"].to_numpy(),
        debt_special=cities["debt_special"].to_numpy(),
        new_general=_allocated(derived, decided, derived.bond_class == "general"),
        new_special=_allocated(derived, decided, derived.bond_class == "special"),
        room_general=derived.class_room[:, 0],
        room_special=derived.class_room[:, 1],
        bond_room=derived.bond_room,
        reference=derived.reference,
        ratio_before=derived.debt_ratio_now,
        tier_before=derived.debt_tier,
        ratio_after=after,
        tier_after=names[debt_tier_place(after, tiers)],
    )


def _relaxation(derived: Derived, decided: Decisions, granted: Array) -> pd.DataFrame:
    """What the relaxation grants each city, and how much further than the band around that the decision lies."""
    beyond = np.maximum(decided.allocation - (1 + WIDTH) * granted, 0.0)
    beyond -= np.maximum((1 - WIDTH) * granted - decided.allocation, 0.0)
    return _table(
        city=text_column(derived.cities, each=len(derived.pools)),
        pool=text_column(derived.pools, times=len(derived.cities)),
        granted=granted.ravel(),
        beyond=np.where(np.abs(beyond) <= derived.quantum / 2, 0.0, beyond).ravel(),
    )


def _limits(derived: Derived, decided: Decisions, added: Array) -> pd.DataFrame:
    rows = []
    for row in derived.limits:
        if row.kind == "allocation":
            left = decided.allocation[row.selection, derived.pools.index(row.item)].sum()
        elif row.kind == "settle":
            left = decided.settle[row.selection].sum()
        elif row.kind == "added":
            left = added[row.selection, derived.services.index(row.item)].sum()
        else:
            left = decided.land_use[row.selection, USES.index(row.item)].sum()
        slack = {"<=": row.amount - left, ">=": left - row.amount}.get(row.sense, abs(left - row.amount))
        rows.append((row.limit, float(left), float(row.amount), row.sense, float(slack)))
    limit, left, right, sense, slack = zip(*rows, strict=True) if rows else ((),) * 5
    return _table(
        limit=text_column(limit), left=np.array(left), right=np.array(right), sense=text_column(sense),
        slack=np.array(slack),
    )  # fmt: skip


def _allocated(derived: Derived, decided: Decisions, pools: Array) -> Array:
    return np.asarray(decided.allocation[:, pools].sum(axis=1))


def _by_city(derived: Derived, **columns: Array) -> pd.DataFrame:
    return _table(city=text_column(derived.cities), **columns)


def _table(**columns: Array | ExtensionArray) -> pd.DataFrame:
    """A table of texts and numbers; −0 is 0."""
    typed = {name: text_column(each.tolist()) if each.dtype == object else each for name, each in columns.items()}
    return pd.DataFrame({
        name: each + 0.0 if isinstance(each, np.ndarray) else each for name, each in typed.items()
    })  # fmt: skip
