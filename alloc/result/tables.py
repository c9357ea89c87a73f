"""A solution as the tables that are handed on: those of the engine, and those that levers bring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from alloc.formulation.catalogue import Catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.land_and_finance import debt_ratio, debt_tier_place
from alloc.instance.derived.optional.purses import with_accounts
from alloc.instance.frames import text_column
from alloc.instance.instance import Instance
from alloc.instance.schema.optional.links import LINKS, key_of
from alloc.publish import publish
from alloc.result.point import Point, decided
from alloc.solver.facilities.band import WIDTH

if TYPE_CHECKING:
    from alloc.solver.solution import Solution

Tables = dict[str, pd.DataFrame]
Array = np.ndarray

# Tables of every result, of which `families` is counted by the verification, and tables that only some results have.
TABLES = ("allocation", "services", "people", "land", "budget", "debt", "families", "limits", "rounding")
SOMETIMES = ("relaxation", "levels")  # where every city chose its facilities by itself; where units above keep some
# Set -> its column in the key of a table.
KEYS = {"cities": "city", "services": "service", "pools": "pool", "programmes": "programme"}


def brought(known: Catalogue) -> dict[str, tuple[str, ...]]:
    """Tables that levers bring and the engine does not have -> their decisions."""
    found: dict[str, tuple[str, ...]] = {}
    for name, decision in known.decisions.items():
        if decision.table not in TABLES:
            found[decision.table] = (*found.get(decision.table, ()), name)
    return found


def tables(instance: Instance, solution: Solution) -> Tables:
    """Every table of a result but `families`, which the verification counts.

    Args:
        instance: the instance that was solved.
        solution: with a point.
    """
    derived, model = solution.derived, solution.model
    assert model is not None, "a solution with a point has a matrix"
    point = decided(instance, model, derived, solution.values)
    published = publish(instance, derived, point)
    coverage = _coverage(derived, derived.capacity + point.sum("places"))
    made = {
        "allocation": published.allocation,
        "services": _services(point, coverage),
        "people": _people(point, published.settle, coverage),
        "land": _land(point),
        "budget": _budget(instance, point),
        "debt": _debt(instance, point),
        "limits": _limits(point),
        "rounding": published.rounding,
        **({} if published.levels is None else {"levels": published.levels}),
        **({} if solution.relaxation is None else {"relaxation": _relaxation(point, solution.relaxation)}),
    }
    return {name: _with_decisions(point, name, table) for name, table in made.items()} | {
        name: _brought(point, name, decisions)
        for name, decisions in brought(point.known).items()
        if any(decision in point.values for decision in decisions)
    }


def _with_decisions(point: Point, name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table of the engine with what levers decide besides in columns behind its own, in the order of its key."""
    more = {column: values.ravel() for column, values in point.of_table(name).items() if column not in table}
    return table.assign(**{column: values + 0.0 for column, values in more.items()}) if more else table


def _brought(point: Point, name: str, decisions: tuple[str, ...]) -> pd.DataFrame:
    """A table that the engine does not have: its key are the sets of the decision, one column of it spread out."""
    first = next(point.known.decisions[decision] for decision in decisions if decision in point.values)
    sets = first.over if len(first.columns) == 1 else first.over[:-1]
    block = point.model.columns[first.name]
    labels = block.members.labels()[:: 1 if len(first.columns) == 1 else len(first.columns_of(block.last))]
    parts = [
        [part for at, of in enumerate(sets) for part in (key_of(label[at]) if of == LINKS.name else (label[at],))]
        for label in labels
    ]
    key = {column: text_column(each) for column, each in zip(key_columns(sets), zip(*parts, strict=True), strict=True)}
    more = _of_links(point) if name == LINKS.name else {}
    table = _table(**key, **{column: values.ravel() for column, values in point.of_table(name).items()}, **more)
    return table.sort_values(list(key), ignore_index=True) if key else table


def key_columns(sets: Iterable[str]) -> list[str]:
    """The columns of the key of a table that runs over some sets."""
    return [each for name in sets for each in (LINKS.key if name == LINKS.name else (KEYS.get(name, name),))]


def _of_links(point: Point) -> dict[str, Array]:
    """What moving costs and what is paid for what is kept, link by link."""
    derived, (flow,) = point.data, point.of_table(LINKS.name).values()
    return {"cost": derived.link_cost * flow, "fee": derived.link_fee * flow}


def _linked(point: Point) -> dict[str, Array]:
    """What every city keeps for others, what others keep for it, and what moves there, less what moves away [n, S]."""
    derived = point.data
    if not derived.links:
        return {}
    lent, borrowed, moved = (np.zeros_like(derived.full_need) for _ in range(3))
    (flow,), uses = point.of_table(LINKS.name).values(), ~derived.link_moves
    kept, goes = np.where(uses, flow, 0.0), np.where(uses, 0.0, flow)
    np.add.at(lent, (derived.link_from, derived.link_service), kept)
    np.add.at(borrowed, (derived.link_to, derived.link_service), kept)
    np.add.at(moved, (derived.link_to, derived.link_service), goes)
    np.subtract.at(moved, (derived.link_from, derived.link_service), goes)
    return {"lent": lent, "borrowed": borrowed, "moved": moved}


def _coverage(derived: Derived, served: Array) -> Array:
    need = np.where(derived.full_need > 0, derived.full_need, 1.0)
    return np.where(derived.full_need > 0, np.minimum(1.0, served / need), 1.0)


def _score(derived: Derived, coverage: Array) -> Array:
    widths = np.clip(coverage[:, :, None] - derived.score_breakpoints[None, :, :-1], 0.0, None)
    widths = np.minimum(widths, np.diff(derived.score_breakpoints, axis=1))
    scores = (widths * derived.score_slopes).sum(axis=2)
    return np.asarray(scores @ (derived.weight / derived.weight.sum()))


def _services(point: Point, coverage: Array) -> pd.DataFrame:
    derived, own = point.data, point.of_table("services")
    shape = derived.full_need.shape
    columns = {
        "full_need": derived.full_need,
        "present_need": derived.present_need,
        "capacity": derived.capacity,
        "build": np.where(np.isfinite(derived.module), own["build"], np.nan),
        "expand": own["expand"],
        "added": point.sum("added"),
        "backlog": own["backlog"],
        "coverage_before": _coverage(derived, derived.capacity),
        "coverage": coverage,
        "gap": np.maximum(0.0, derived.minimum - coverage),
        **_linked(point),
    }
    return _table(
        city=text_column(derived.cities, each=shape[1]),
        service=text_column(derived.services, times=shape[0]),
        **{name: np.broadcast_to(column, shape).ravel() for name, column in columns.items()},
    )


def _people(point: Point, settle: Array, coverage: Array) -> pd.DataFrame:
    derived = point.data
    return _by_city(
        derived,
        residents=derived.residents,
        migrants=derived.migrants,
        settle_limit=derived.settle_limit,
        settle=settle,
        rounding=settle - point.counted,
        score_before=_score(derived, _coverage(derived, derived.capacity)),
        score=_score(derived, coverage),
    )


def _land(point: Point) -> pd.DataFrame:
    return _by_city(point.data, allocation=_granted(point, point.data.kind == "land"), **point.of_table("land"))


def _budget(instance: Instance, point: Point) -> pd.DataFrame:
    policy, derived = instance.settings.policy, point.data
    transfer = derived.kind == "transfer"
    bonds = _granted(point, derived.kind == "bond")
    by_funds = _granted(point, (derived.bond_class == "special") & derived.funds_pay)
    return _by_city(
        derived,
        to_capital=point.of_table("budget")["to_capital"],
        fund_available=derived.fund_available,
        capital_transfers=_granted(point, transfer & (derived.use == "capital")),
        bonds=bonds,
        spending=point.sum("spending"),
        revenue=derived.revenue,
        other_transfers=derived.other_transfers,
        general_transfers=_granted(point, transfer & (derived.use == "general")),
        shortfall=derived.shortfall,
        essential_spending=derived.essential_spending,
        interest=derived.interest,
        running=point.sum("running"),
        settlement=policy.settlement.cost * point.counted,
        bond_interest=policy.debt.bond_rate * (bonds - by_funds),
    )


def _debt(instance: Instance, point: Point) -> pd.DataFrame:
    derived = point.data
    new = _granted(point, derived.kind == "bond")
    purses = derived.purses
    cities = with_accounts(instance.tables["cities"], purses)
    after = debt_ratio(purses.together(derived.debt_now + new), purses.together(derived.reference))
    tiers = instance.settings.policy.debt.tiers
    names = np.array([tier.name for tier in tiers], dtype=object)
    return _by_city(
        derived,
        debt_general=cities["debt_general"].to_numpy(),
        debt_special=cities["debt_special"].to_numpy(),
        new_general=_granted(point, derived.bond_class == "general"),
        new_special=_granted(point, derived.bond_class == "special"),
        room_general=derived.class_room[:, 0],
        room_special=derived.class_room[:, 1],
        bond_room=derived.bond_room,
        reference=derived.reference,
        ratio_before=derived.debt_ratio_now,
        tier_before=derived.debt_tier,
        ratio_after=after,
        tier_after=names[debt_tier_place(after, tiers)],
    )


def _relaxation(point: Point, granted: Array) -> pd.DataFrame:
    """What the relaxation grants each city, and how much further than the band around that the decision lies."""
    derived = point.data
    beyond = np.maximum(point.granted - (1 + WIDTH) * granted, 0.0)
    beyond -= np.maximum((1 - WIDTH) * granted - point.granted, 0.0)
    return _table(
        city=text_column(derived.cities, each=len(derived.pools)),
        pool=text_column(derived.pools, times=len(derived.cities)),
        granted=granted.ravel(),
        beyond=np.where(np.abs(beyond) <= derived.quantum / 2, 0.0, beyond).ravel(),
    )


def _limits(point: Point) -> pd.DataFrame:
    """The planner's rows, their sides as the matrix has them."""
    rows, (left, right) = point.data.limits, point.limit_sides(point.columns)
    slack = [
        {"<=": amount - side, ">=": side - amount}.get(row.sense, abs(side - amount))
        for row, side, amount in zip(rows, left, right, strict=True)
    ]
    return _table(
        limit=text_column([row.limit for row in rows]),
        left=left,
        right=right,
        sense=text_column([row.sense for row in rows]),
        slack=np.array(slack, dtype=float),
    )


def _granted(point: Point, pools: Array) -> Array:
    return np.asarray(point.granted[:, pools].sum(axis=1))


def _by_city(derived: Derived, **columns: Array) -> pd.DataFrame:
    return _table(city=text_column(derived.cities), **columns)


def _table(**columns: Array | ExtensionArray) -> pd.DataFrame:
    """A table of texts and numbers; −0 is 0."""
    typed = {
        name: text_column(column.tolist()) if column.dtype == object else column for name, column in columns.items()
    }
    return pd.DataFrame({
        name: column + 0.0 if isinstance(column, np.ndarray) else column for name, column in typed.items()
    })  # fmt: skip
