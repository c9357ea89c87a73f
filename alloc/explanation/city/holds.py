"""What holds every number from below and from above: bounds with their rules, rows that bind, and what decides.

All cities and pools at once, from the tables of a result alone; nothing is solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel
from alloc.explanation.shared.point import decided_point
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.registry import catalogue, catalogue_for
from alloc.instance.derived.bounds import Flags, Floats, Objects
from alloc.instance.derived.derived import Derived, derive
from alloc.result.frames.standing import limits_that_bind
from alloc.result.result import Result
from alloc.solver.solution import compiled
from alloc.tolerances import AT_BOUND, COMMON_SHARE

ENOUGH = 3  # cities that have to move alike before it counts as their common share

OUTSIDE = "outside"  # decides the number of a city that the condition of the pool leaves out

Row = tuple[str, str]  # family and, where its rows have names of their own, the name: ("group_limit", "megacity_land")


@dataclass(frozen=True, eq=False)
class Holds:
    """What holds the allocation of n cities from R pools.

    Attributes:
        cities, pools: codes, in the order of the arrays.
        value: the decision before rounding [n, R].
        lower, upper: bounds; the pool's own total where no rule sets an upper one [n, R].
        lower_rule, upper_rule: the rules that make them, keys of ``catalogue().rules`` [n, R].
        at_lower, at_upper: whether the value stands there [n, R].
        rows_below, rows_above: rows that bind and keep it from going down or up; tuples of `Row` [n, R].
        limits_below, limits_above: those of the planner's limits that leave published numbers no room, whatever the
            decisions before rounding left; tuples of `Row` [n, R].
        decider: what decides the number [n, R]: ``override`` (fixed by hand), ``outside`` (the condition of the pool
            leaves the city out, and it gets nothing), ``rule`` (a bound holds it against the
            formula), ``formula`` (the formula, with what is left of the pool shared evenly), ``earlier`` (a tier
            before closeness, or rules that several numbers of the city share), ``open`` (the tables alone do not
            tell).
        common: what each would be as far off its formula as the cities that follow theirs; nan where too few do to
            tell [n, R].
    """

    cities: Sequence[str]
    pools: Sequence[str]
    value: Floats
    lower: Floats
    upper: Floats
    lower_rule: Objects
    upper_rule: Objects
    at_lower: Flags
    at_upper: Flags
    rows_below: Objects
    rows_above: Objects
    limits_below: Objects
    limits_above: Objects
    decider: Objects
    common: Floats

    def at(self, city: str, pool: str) -> tuple[int, int]:
        """Where a city and a pool stand."""
        return list(self.cities).index(city), list(self.pools).index(pool)

    def table(self) -> pd.DataFrame:
        """One row a city and pool, sorted by key: bounds, the rule that holds on each side ("" where none does), rows
        that bind on each side (family or family:name, parted by spaces), and what decides."""
        cities, pools = len(self.cities), len(self.pools)
        columns = {
            "city": np.repeat(np.array(self.cities, dtype=object), pools),
            "pool": np.tile(np.array(self.pools, dtype=object), cities),
            "value": self.value.ravel(),
            "lower": self.lower.ravel(),
            "upper": self.upper.ravel(),
            "below": np.where(self.at_lower, self.lower_rule, "").ravel(),
            "above": np.where(self.at_upper, self.upper_rule, "").ravel(),
            "rows_below": [_named(rows) for rows in self.rows_below.ravel()],
            "rows_above": [_named(rows) for rows in self.rows_above.ravel()],
            "decider": self.decider.ravel(),
        }
        return pd.DataFrame(columns)


def holds(result: Result, derived: Derived | None = None, model: LinearModel | None = None) -> Holds:
    """What holds every number of a result.

    Args:
        result: with a point.
        derived: of its instance, where it is at hand.
        model: compiled from it, where it is at hand.
    """
    derived = derive(result.instance) if derived is None else derived
    model = compiled(derived, result.instance) if model is None else model
    point = decided_point(result, derived, model)
    value = model.granted_at(point)
    lower = np.asarray(derived.lower)
    upper = np.maximum(lower, np.minimum(derived.upper, derived.available / derived.up))
    size = AT_BOUND * np.maximum(1.0, np.abs(value))
    at_lower, at_upper = value <= lower + size, value >= upper - size
    known = catalogue(result.instance.formulation)
    below, above = _binding(model, *_reached(model, point), known)
    limits_below, limits_above = _binding(model, *_published(model, result, known), known)
    upper_rule = np.where(np.asarray(derived.upper) <= upper, derived.upper_rule, "none").astype(object)
    fixed = ~np.isnan(derived.override)
    decider, common = _decider(result, derived, value, at_lower, at_upper, fixed, above, below)
    return Holds(
        derived.cities, derived.pools, value, lower, upper, derived.lower_rule, upper_rule, at_lower, at_upper,
        below, above, limits_below, limits_above, decider, common,
    )  # fmt: skip


def _named(rows: Sequence[Row]) -> str:
    return " ".join(f"{family}:{name}" if name else family for family, name in rows)


def _reached(model: LinearModel, point: Floats) -> tuple[Flags, Flags]:
    """Which rows the decisions before rounding leave no room, at their upper and at their lower sides."""
    activity = model.matrix @ point
    terms = abs(model.matrix).multiply(np.abs(point)[None, :]).tocsr().max(axis=1).toarray().ravel()
    size = AT_BOUND * np.maximum(terms, 1 / model.row_scale)
    return activity >= model.row_upper - size, activity <= model.row_lower + size


def _published(model: LinearModel, result: Result, known: Catalogue) -> tuple[Flags, Flags]:
    """Of the planner's limits alone, which published numbers leave no room, at their upper and at their lower sides."""
    bind = np.zeros(len(model.row_lower), dtype=bool)
    if known.limiting in model.rows:
        held, block = limits_that_bind(result), model.rows[known.limiting]
        bind[block.slice] = [str(block.label(row)[0]) in held for row in range(block.start, block.stop)]
    return bind & np.isfinite(model.row_upper), bind & np.isfinite(model.row_lower)


def _binding(model: LinearModel, on_upper: Flags, on_lower: Flags, known: Catalogue) -> tuple[Objects, Objects]:
    """For every allocation the rows that bind on it from below and from above."""
    block = model.grants
    entries = sp.csc_array(model.matrix)[:, block.slice].tocoo()
    skipped = _says_nothing(model, on_upper, known)
    below, above = (np.empty(block.stop - block.start, dtype=object) for _ in range(2))
    for side in (below, above):
        side[:] = [()] * side.size
    names = {}
    chosen = np.flatnonzero((on_upper | on_lower)[entries.row] & ~skipped[entries.row])
    for place in chosen:
        row, column, up = int(entries.row[place]), int(entries.col[place]), entries.data[place] > 0
        if row not in names:
            names[row] = _row(model, row, known)
        sides = [above if up else below] if on_upper[row] else []
        if on_lower[row] and not _of_pools(known, names[row][0]):
            sides.append(below if up else above)
        for side in sides:
            if names[row] not in side[column]:  # a family says once that it holds, by however many rows
                side[column] += (names[row],)
    return below.reshape(block.shape), above.reshape(block.shape)


def _says_nothing(model: LinearModel, on_upper: Flags, known: Catalogue) -> Flags:
    """Rows that bind by definition: all land has a use, and money for building is called up as it is spent.

    The capital budget holds something only where nothing is left of general money, which could be called up too.
    """
    none = np.zeros(len(model.row_lower), dtype=bool)
    for name, block in model.rows.items():
        family = known.families[name]
        if family.defines and not family.states:
            none[block.slice] = True
        elif family.binds_with:
            none[block.slice] = ~on_upper[model.rows[family.binds_with].slice]
    return none


def _row(model: LinearModel, row: int, known: Catalogue) -> Row:
    block = next(each for each in model.rows.values() if each.start <= row < each.stop)
    label = block.label(row)
    family = known.families[block.name]
    return block.name, str(label[0]) if family.shared and not _of_pools(known, block.name) else ""


def _of_pools(known: Catalogue, family: str) -> bool:
    """Whether a family has one row a pool: the pool of the number in question, which needs no name."""
    return family in known.shared(known.granted.over[-1])


def _decider(
    result: Result,
    derived: Derived,
    value: Floats,
    at_lower: Flags,
    at_upper: Flags,
    fixed: Flags,
    above: Objects,
    below: Objects,
) -> tuple[Objects, Floats]:
    decider, common = np.full(value.shape, "open", dtype=object), np.full(value.shape, np.nan)
    known = catalogue_for(result.instance.settings)
    reached = {each["tier"] for each in result.manifest["tiers"] if each["optimised"]}  # else it decides nothing
    close = any(
        known.tiers[each.tier].quadratic and each.tier in reached for each in result.instance.settings.objective
    )
    for pool in range(value.shape[1]):
        benchmark = np.asarray(derived.benchmark)[:, pool]
        if not close or np.isnan(benchmark).any() or not benchmark.sum() > 0:
            continue
        away = (value[:, pool] - benchmark) / np.where(benchmark > 0, benchmark, np.nan)
        free = ~at_lower[:, pool] & ~at_upper[:, pool] & np.isfinite(away)
        used_up = (derived.up[:, pool] * value[:, pool]).sum() >= derived.available[pool] * (1 - AT_BOUND)
        for members in _alike(above[:, pool], below[:, pool], derived.up[:, pool]):
            limited = any(name for _, name in above[members[0], pool] + below[members[0], pool])
            moving = away[members][free[members]]
            even = _common(moving) if used_up or limited else 0.0
            common[members, pool] = benchmark[members] * (1 + even) if even is not None else np.nan
            # Where several could move and no two of them by the same share, the formula decides none of them.
            apart = even is None and moving.size >= ENOUGH
            decider[members, pool] = [
                "earlier" if apart and free[city]
                else _decides(away[city], even, bool(at_lower[city, pool]), bool(at_upper[city, pool]))
                for city in members
            ]  # fmt: skip
    decider[~derived.taking_part & (value <= AT_BOUND)] = OUTSIDE
    decider[fixed] = "override"
    return decider, common


def _alike(above: Objects, below: Objects, up: Floats) -> list[np.ndarray]:
    """Cities grouped by the group limits that bind on them, and by what is kept above them: within a group the formula
    moves all alike."""
    groups: dict[tuple[float, tuple[Row, ...]], list[int]] = {}
    for city, rows in enumerate(above + below):
        groups.setdefault((float(up[city]), tuple(row for row in rows if row[1])), []).append(city)
    return [np.array(members) for members in groups.values()]


def _common(away: Floats) -> float | None:
    """The relative distance from the formula that most cities share; None where too few do."""
    if away.size < ENOUGH:
        return None
    values, counts = np.unique(np.round(away / COMMON_SHARE), return_counts=True)
    most = int(np.argmax(counts))
    near = away[np.abs(away / COMMON_SHARE - values[most]) <= 1]
    return float(np.median(near)) if near.size >= ENOUGH else None


def _decides(away: float, even: float | None, at_lower: bool, at_upper: bool) -> str:
    if even is None or np.isnan(away):
        return "open"
    if abs(away - even) <= 2 * COMMON_SHARE:
        return "formula"
    if (at_upper and away < even) or (at_lower and away > even):
        return "rule"
    return "earlier"
