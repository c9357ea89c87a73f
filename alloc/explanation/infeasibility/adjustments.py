"""Adjustments: the numbers and rules that a planner can change to make room, and what each does to the rows.

An adjustment is an edit that has not been given its amount yet. What it moves is found by changing the number a little
and making the rows again, so that a total moves its corridors and shares along with it, as when the edit is applied.
Which numbers there are, which way and what they move stands in the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np

from alloc.explanation.infeasibility.rows import NONE, SIDES, Rows, row_names, rows_of
from alloc.explanation.shared.values import described, values_of, with_values
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.lever import BELONGS, DROP, RAISE, Number, Turn
from alloc.instance.derived.limits import key_of, published_step
from alloc.instance.instance import Instance
from alloc.tolerances import LAST_DIGITS, WHOLE_PERSONS

LEAST_LEFT = 0.1  # of an amount, when it is cut; to do without it is a turn of its own
PROBE = 0.01  # of a value: by how much it is changed to see what moves
OUTSIDE_SHARE = 0.1  # of the cities' own revenue: what outside money counts as much as a whole rule
NOBODY = "-"  # of a row that belongs to no value


@dataclass(frozen=True, eq=False)
class Way:
    """A number and one way in which it can be changed, as the catalogue has them."""

    number: Number
    turn: Turn


@dataclass(frozen=True)
class Steps:
    """What amounts are published in, so that a number is advised that published ones keep too.

    Attributes:
        each: a quantum of the pool, or a person; 0 where nothing that is published is meant.
        lost: of a limit on persons, what whole persons leave at the most of the bounds of its cities.
        share: of a total, the part of it that is given out: this part is to be a multiple too.
    """

    each: float = 0.0
    lost: float = 0.0
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Adjustment:
    """One value that can be changed one way, or many of one column in many cities.

    Attributes:
        name: unlike any other's; what a menu may use or not.
        number, turn: what is changed.
        way: `RAISE`, `LOWER`, `WAIVE` or `DROP`.
        owner: who may change it.
        keys: of each value, what stands between table and column in an edit: ``land``, ``440300``, or "".
        values: as they are, in the unit of the instance; of a rule that is waived, how much there is of it.
        most: greatest change of each.
        scale: the change of each that costs as much as a whole rule.
        rows: of each value, the rows that it moves.
        effects: of each value, by how much one unit of change moves the bounds of these rows, in units of the matrix.
        published: of the one value of an adjustment that is about a pool or a limit.
    """

    name: str
    number: Number
    turn: Turn
    way: int
    owner: str
    keys: tuple[str, ...]
    values: np.ndarray
    most: np.ndarray
    scale: np.ndarray
    rows: tuple[np.ndarray, ...]
    effects: tuple[np.ndarray, ...]
    published: Steps = Steps()


def ways(known: Catalogue, multiplies: bool = False) -> tuple[Way, ...]:
    """Every number and way to change it: of those that move coefficients, or of the others; to drop a rule is last."""
    every = [Way(number, turn) for number in known.numbers.values() for turn in number.turns]
    chosen = [way for way in every if way.turn.multiplies == multiplies]
    return tuple(sorted(chosen, key=lambda way: way.turn.ways[0] == DROP))


def adjustments(
    rows: Rows,
    names: Collection[str] | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Adjustment, ...]:
    """Adjustments of an instance that move any row: every one, or those with these names."""
    paths = None if names is None else {name.partition(" ")[0] for name in names}
    every = [way for way in ways(rows.known) if paths is None or way.number.path in paths]
    found: dict[Way, list[Adjustment]] = {way: list(_waived(rows, way)) for way in every if way.turn.waives}
    batches = sorted({way.turn.probe for way in every if not way.turn.waives})
    for place, batch in enumerate(batches):
        on_progress(place, len(batches))
        some = [way for way in every if way.turn.probe == batch and not way.turn.waives]
        values = {way: values_of(rows.instance, way.number.path) for way in some}
        steps = {way: _steps(greatest(rows.instance, way.number), values[way][1]) for way in some}
        probed = rows.instance
        for way in some:
            probed = with_values(probed, way.number.path, values[way][1] + steps[way])
        moved = rows_of(probed, rows)
        at = np.clip(np.searchsorted(moved.key, rows.key), 0, moved.key.size - 1)
        difference = np.where(moved.key[at] == rows.key, moved.bound[at] - rows.bound, 0.0)
        for way in some:
            found[way] = list(_moved(rows, way, *values[way], steps[way], difference))
    return tuple(each for way in every for each in found[way] if names is None or each.name in names)


def name_of(number: Number, key: str, way: int) -> str:
    """The name of the adjustment of one value, or of all values of a column."""
    return f"{number.path} {key} {way}"


def greatest(instance: Instance, number: Number) -> float:
    """The greatest value that a number can have."""
    return min(number.most, described(instance, number.path).most)


def _waived(rows: Rows, way: Way) -> Iterator[Adjustment]:
    """Rules that can be done without: each of their rows by as much as it takes."""
    number, turn = way.number, way.turn
    concerned = np.isin(rows.family, turn.moves)
    if turn.side is not None:
        concerned &= rows.side == SIDES[turn.side]
    chosen = np.flatnonzero(concerned)
    of = _keys(rows, number, chosen)
    rows_by_key = {str(key): chosen[of == key] for key in dict.fromkeys(of)}
    if set(rows_by_key) == {NOBODY}:  # any value that has not yet what does without the rule does without all of it
        keys, flags = values_of(rows.instance, number.path)
        rows_by_key = {key: chosen for key, flag in zip(keys, flags, strict=True) if flag != turn.sets}
    for key, own in rows_by_key.items():
        scale = rows.model.row_scale[own]
        amounts = np.abs(rows.bound[own]) * scale
        useful = np.isfinite(rows.possible[own])  # what a bound takes away is what there is use for beyond it
        amounts[useful] = np.maximum(0, rows.possible[own] - rows.bound[own] * scale)[useful]
        whole = max(float(amounts.sum()), 1.0)
        yield Adjustment(
            name_of(number, key, turn.ways[0]), number, turn, turn.ways[0], owner_of(rows, number, key),
            tuple([key] * own.size), amounts, np.full(own.size, np.inf), np.full(own.size, whole),
            tuple(own[k : k + 1] for k in range(own.size)),
            tuple(rows.side[own[k : k + 1]] / scale[k : k + 1] for k in range(own.size)),
        )  # fmt: skip


def _steps(most: float, values: np.ndarray) -> np.ndarray:
    step = PROBE * np.where(values > 0, values, float(np.max(values, initial=0.0)) or 1.0)
    return np.where(values + step > most, -step, step)


def _moved(
    rows: Rows, each: Way, keys: list[str], values: np.ndarray, step: np.ndarray, difference: np.ndarray
) -> Iterator[Adjustment]:
    number, turn = each.number, each.turn
    moves = np.isin(rows.family, turn.moves) & (np.abs(difference) > LAST_DIGITS * np.maximum(1, np.abs(rows.bound)))
    moved = np.flatnonzero(moves)
    owners = _keys(rows, number, moved)
    order = np.argsort(owners, kind="stable")
    moved, owners = moved[order], owners[order]
    starts = {key: slice(np.searchsorted(owners, key), np.searchsorted(owners, key, side="right")) for key in keys}
    alone = number.by != "city"
    for way in turn.ways:
        cut = 1 - LEAST_LEFT if number.amount else 1.0
        most = greatest(rows.instance, number) - values if way == RAISE else cut * values
        cells = [k for k, key in enumerate(keys) if starts[key].stop > starts[key].start and most[k] > 0]
        for some in [[k] for k in cells] if alone else [cells] if cells else []:
            chosen = tuple(keys[k] for k in some)
            whole = float(values[some].sum()) or _size(rows, np.concatenate([moved[starts[key]] for key in chosen]))
            if turn.full_rise and way == RAISE:
                whole = turn.full_rise
            if number.outside:
                whole = OUTSIDE_SHARE * float((rows.derived.revenue + rows.derived.fund_revenue).sum()) or whole
            yield Adjustment(
                name_of(number, chosen[0] if alone else "", way), number, turn, way,
                owner_of(rows, number, chosen[0]), chosen,
                values[some], most[some], np.full(len(some), whole),
                tuple(moved[starts[key]] for key in chosen),
                tuple(way * difference[moved[starts[key]]] / step[k] for k, key in zip(some, chosen, strict=True)),
                steps_of(rows, number, chosen[0]),
            )  # fmt: skip


def _size(rows: Rows, some: np.ndarray) -> float:
    """Of some rows, how much their bounds are in all, in units of the instance."""
    return float(np.abs(rows.bound[some] * rows.model.row_scale[some]).sum()) or 1.0


def owner_of(rows: Rows, number: Number, key: str) -> str:
    """Who may change a number; a limit that names an office is that office's."""
    return owner_of_limit(rows.instance, key, number.owner) if number.by == "limit" else number.owner


def owner_of_limit(instance: Instance, key: str, owner: str) -> str:
    """Who may change a limit: the office that it names, or else the owner of all limits."""
    table = instance.tables["limits"]
    return "higher_rule" if str(table.loc[table["limit"] == key, "owner"].iloc[0]) else owner


def steps_of(rows: Rows, number: Number, key: str) -> Steps:
    """What the amounts are published in that a number of a pool, or the amount of a limit, bounds."""
    derived = rows.derived
    if number.by == "pool" and number.amount:
        at, total = derived.pools.index(key), dict(zip(*values_of(rows.instance, number.path), strict=True))[key]
        share = float(derived.available[at]) / total if derived.exhaust[at] and total > 0 else 1.0
        return Steps(float(derived.quantum[at]), share=share)
    own = [row for row in derived.limits if row.key == key] if number.by == "limit" else []
    table = rows.instance.tables["limits"]
    if not own or table.loc[table["limit"] == key, "basis"].iloc[0] != "amount":
        return Steps()
    counted, each = rows.known.counted, published_step(derived, rows.known, own[0])
    if counted is None or own[0].kind != counted.name:
        return Steps(each)
    most = np.asarray(rows.compiled.bounds[counted.name][1])
    parts = np.where(np.isfinite(most), most - np.floor(most + WHOLE_PERSONS), 0.0)
    return Steps(each, max(float(parts[row.selection].sum()) for row in own))


def _keys(rows: Rows, number: Number, chosen: np.ndarray) -> np.ndarray:
    """Of each row the value that it belongs to, `NOBODY` for none."""
    d, city, item = rows.derived, rows.city[chosen], rows.item[chosen]
    about = np.array([rows.known.item_of(name) for name in row_names(rows.known)], dtype=object)[rows.number[chosen]]
    names = np.full(chosen.size, NOBODY, dtype=object)
    cities, local = np.array(d.cities, dtype=object), city != NONE
    if number.by == "all":
        names[:] = ""
    elif number.by in ("city", "tier"):
        names[local] = (d.debt_tier if number.by == "tier" else cities)[city[local]]
    elif number.by in ("cell", "task"):
        one = local & (about == BELONGS[number.by])
        names[one] = [f"{c}.{r}" for c, r in zip(cities[city[one]], item[one], strict=True)]
    else:
        own, of_limit = about == BELONGS[number.by], about == BELONGS["limit"]
        names[own] = [key_of(name) for name in item[own]] if number.by == "limit" else item[own]
        if number.by == "pool":
            pools = _pools_of_limits(rows)
            names[of_limit] = [pools.get(limit, NOBODY) for limit in item[of_limit]]
    return names


def _pools_of_limits(rows: Rows) -> dict[str, str]:
    """Limit -> the pool of whose amounts it is a part: the one that it sums up, or for uses of land the first of it."""
    d, found = rows.derived, {}
    land = next((name for name, kind in zip(d.pools, d.kind, strict=True) if kind == "land"), NOBODY)
    for row in d.limits:
        unit = rows.known.quantities[row.kind].unit
        if unit in ("pool", "ha") and len(row.items) == 1:
            found[row.limit] = row.item if unit == "pool" else land
    return found
