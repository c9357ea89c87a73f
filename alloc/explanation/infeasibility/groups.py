"""A few rules that cannot hold together: groups of rows by family, by what they are about, and by place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel
from alloc.explanation.infeasibility.rows import LOWER, NONE, UPPER, Rows
from alloc.solver.conflict import DeletionFilter
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.tolerances import LEAST_MULTIPLIER

SHARE = 0.3  # of the time left, for the search for a conflict that only whole facilities make
FEW = 3  # cities that are named one by one


@dataclass(frozen=True)
class Group:
    """Rows of one family about one thing, in one place.

    Attributes:
        family: constraint family, one of its causes, or rule behind a bound.
        item: pool, service, class of bonds, limit, …; "" where the family is about nothing further.
        level: ``city``, ``province``, ``class`` or ``nation``: the smallest of these that holds all its rows.
        place: code of the city or province, name of the class, "" for the nation.
        cities: codes of the cities that its rows are about; none for a row over several cities.
        enough: whether there is a point once these rows are left out and all others of the instance hold; None where
            that was not tried. Other rules may clash with the rest of the groups as well.
    """

    family: str
    item: str
    level: str
    place: str
    cities: tuple[str, ...]
    enough: bool | None = None


@dataclass(frozen=True)
class Clash:
    """Groups that cannot hold together; `minimal`: without any one of them the others can (else: not all tried)."""

    groups: tuple[Group, ...]
    minimal: bool


def clash(rows: Rows, whole: bool, clock: Clock, on_progress: Callable[[int, int], None]) -> Clash:
    """A set of groups that cannot hold together, from which none can be left out.

    First those rules are left out that another one outdoes in its bound, so that what is named is what decides. Then
    each family in turn is left out, then what each of those that are left is about; where the rest still clashes it is
    not needed. Of what remains, only the rows count that have a dual where the sum of all violations is least (they
    clash by themselves); where whole facilities alone make the conflict, cities are left out instead, by halves.

    Args:
        rows: of an instance without a point.
        whole: whether whole facilities alone make the conflict.
        clock: when it runs out the groups not tried yet stay.
        on_progress: how many groups are tried, of how many.
    """
    limit = clock.spent + SHARE * clock.left
    model = rows.model
    found = DeletionFilter(model, Session(model, clock, whole=whole), cold=True)
    kept, minimal = found.kept, True

    def left() -> float:
        return 0.0 if clock.interrupted else limit - clock.spent

    if (idle := _outdone(rows)).size and (seconds := left()) > 0:
        found.needs(idle, seconds)
    for split in (rows.number, rows.part):
        parts = [np.flatnonzero(kept & (split == part)) for part in sorted(set(split[kept].tolist()))]
        minimal &= found.filter(parts, left, on_progress)
    if whole:
        minimal = minimal and _cities(rows, found, left)
    elif minimal:
        kept[kept] = _certificate(_restricted_to(model, np.flatnonzero(kept)), clock)
    groups = _groups(rows, np.flatnonzero(kept))
    if whole or not minimal:
        return Clash(tuple(group for group, _ in groups), minimal)
    return Clash(tuple(replace(group, enough=_enough(model, own, clock, left)) for group, own in groups), minimal)


def _outdone(rows: Rows) -> np.ndarray:
    """Rows of rules behind a bound of an allocation in whose place another rule makes that bound."""
    d = rows.derived
    pools = {pool: place for place, pool in enumerate(d.pools)}
    made = {LOWER: d.lower_rule, UPPER: d.upper_rule}
    names = {bound.rule for bound in d.allocation_bounds}
    some = np.flatnonzero(np.isin(rows.family, list(names)) & np.isin(rows.item, list(pools)) & (rows.city != NONE))
    sides, cities, items = rows.side[some].tolist(), rows.city[some].tolist(), rows.item[some].tolist()
    makes = [made[side][city, pools[item]] for side, city, item in zip(sides, cities, items, strict=True)]
    outdone: np.ndarray = some[np.array(makes, dtype=object) != rows.family[some]]
    return outdone


def _enough(model: LinearModel, own: np.ndarray, clock: Clock, left: Callable[[], float]) -> bool | None:
    """Whether there is a point without these rows; None where the time is up."""
    if (seconds := left()) <= 0:
        return None
    session, free = Session(model, clock), np.full(own.size, np.inf)
    session.bound_rows(own, -free, free)
    return {Ending.OPTIMAL: True, Ending.INFEASIBLE: False}.get(session.run(seconds).ending)


def _cities(rows: Rows, found: DeletionFilter, left: Callable[[], float]) -> bool:
    """Leaves out cities that have no part in it, halves first; says whether all were tried."""
    todo = [np.unique(rows.city[found.kept & (rows.city != NONE)])]
    while todo:
        some = todo.pop()
        part = np.flatnonzero(found.kept & np.isin(rows.city, some))
        seconds = left()
        if seconds <= 0:
            return False
        if part.size and found.needs(part, seconds) is not Ending.INFEASIBLE and some.size > 1:
            todo += [some[some.size // 2 :], some[: some.size // 2]]
    return True


def _certificate(model: LinearModel, clock: Clock) -> np.ndarray:
    """Which rows of an impossible model clash by themselves: those with a dual where all violations sum to least."""
    number, columns = model.matrix.shape
    above = np.flatnonzero(np.isfinite(model.row_upper))
    below = np.flatnonzero(np.isfinite(model.row_lower))
    slack = sp.csr_array(
        (
            np.append(-np.ones(above.size), np.ones(below.size)),
            (np.append(above, below), np.arange(above.size + below.size)),
        ),
        shape=(number, above.size + below.size),
    )
    violations = np.ones(slack.shape[1])
    elastic = model.with_columns(slack)
    session = Session(elastic, clock)
    session.costs(np.append(np.zeros(columns), violations))
    run = session.run()
    every = np.ones(number, dtype=bool)
    if run.ending is not Ending.OPTIMAL or not run.duals.size:
        return every
    found: np.ndarray = np.abs(run.duals) > LEAST_MULTIPLIER * float(np.abs(run.duals).max(initial=0.0))
    if Session(_restricted_to(model, np.flatnonzero(found)), clock).run().ending is Ending.INFEASIBLE:
        return found
    return every  # the last digits hide a part of it


def _restricted_to(model: LinearModel, chosen: np.ndarray) -> LinearModel:
    """The model with the chosen rows alone."""
    return replace(
        model,
        matrix=model.matrix[chosen],
        row_lower=model.row_lower[chosen],
        row_upper=model.row_upper[chosen],
        row_scale=model.row_scale[chosen],
    )


def _groups(rows: Rows, chosen: np.ndarray) -> list[tuple[Group, np.ndarray]]:
    """The chosen rows in groups, each with its rows."""
    d, cities = rows.derived, rows.instance.tables["cities"]
    province = cities["province"].to_numpy(dtype=object)
    found = []
    for _, item, family in sorted(set(zip(rows.number[chosen], rows.item[chosen], rows.family[chosen], strict=True))):
        its = chosen[(rows.family[chosen] == family) & (rows.item[chosen] == item)]
        own = np.unique(rows.city[its])
        own = own[own != NONE]
        level, place = "nation", ""
        if own.size:
            codes_of = {"city": np.array(d.cities, dtype=object), "province": province, "class": d.size_class}
            for name, of in codes_of.items():
                if len(set(of[own])) == 1 and len(set(of)) > 1:
                    level, place = name, str(of[own][0])
                    break
        found.append((Group(family, item, level, place, tuple(d.cities[c] for c in own)), its))
    return found
