"""An instance as rows that can each be let go: constraint families, and the rules behind bounds.

The model keeps one bound where several rules lie behind it (floor, earmark, corridor; cap, boundary, …), and the least
of several causes (the rooms for debt). A repair changes one rule, and then the next one holds; so here every rule and
every cause stands alone. What merely states the worth of a tier is left out: it does not decide whether there is a
point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import scipy.sparse as sp

from alloc.compiler.labels import Members
from alloc.compiler.linear_model import LinearModel
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.errors import FormulationError
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.rule_bounds import RuleBound
from alloc.instance.instance import Instance
from alloc.solver.solution import compiled_for
from alloc.text import Text

LOWER, BALANCE, UPPER = -1, 0, 1
SIDES = {"lower": LOWER, "upper": UPPER}
NONE = -1  # no city, or no item
MOST_LABELS = 1_000_000


@dataclass(frozen=True, eq=False)
class _Places:
    """What the members of an index are about: city, item and the rest of every label."""

    city: np.ndarray
    item: np.ndarray
    label: np.ndarray
    rest: np.ndarray


@dataclass(frozen=True, eq=False)
class _Block:
    """Rows of one name and side, those that say nothing included.

    Attributes:
        name: of all of them.
        side: of all of them.
        entries: gives their coefficients.
        bound, scale, possible: one for each row.
        places: what each row is about.
    """

    name: str
    side: int
    entries: Callable[[], sp.csr_array]
    bound: np.ndarray
    places: _Places
    scale: np.ndarray
    possible: np.ndarray


@dataclass(frozen=True, eq=False)
class _Layout:
    """Which rows say anything, and in which order they stand.

    Attributes:
        kept: of each block the rows that say anything.
        order: of all of these, one block behind the other.
        family, number, city, item, part, side, scale, key: as of `Rows`, in this order.
    """

    kept: tuple[np.ndarray, ...]
    order: np.ndarray
    family: np.ndarray
    number: np.ndarray
    city: np.ndarray
    item: np.ndarray
    part: np.ndarray
    side: np.ndarray
    scale: np.ndarray
    key: np.ndarray


class Rows:
    """side·a·x ≤ side·bound for one-sided rows, a·x = bound for balances; in units of the matrix.

    Attributes:
        instance: what it is made of.
        derived: its derived data.
        known: the catalogue of its formulation.
        compiled: the matrix of the instance, without tiers.
        blocks: every row, by name and side.
        bound: right side [m].
        possible: of an upper bound of a decision, the most that there is use for without it, in units of the instance;
            else inf [m].
        family: name of the constraint family, cause or rule of every row, text [m].
        number: its place among `row_names` [m].
        city: position of its city, `NONE` for rows over several [m].
        item: the pool, service, class of bonds, limit, … that it is about, "" for nothing further, text [m].
        part: one number for each family and item, ascending [m].
        side: `LOWER`, `UPPER`, or `BALANCE` [m].
        key: one number for each row, the same wherever only numbers of the instance change; ascending [m].
    """

    def __init__(
        self, instance: Instance, derived: Derived, known: Catalogue, compiled: LinearModel, beside: Rows | None
    ) -> None:
        """What the rows `beside` these have in common with them is taken from there."""
        self.instance, self.derived, self.known, self.compiled = instance, derived, known, compiled
        if beside is not None and beside.compiled.columns is not compiled.columns:
            beside = None
        self._columns = np.flatnonzero(~compiled.auxiliary)
        self._lower, self._upper = compiled.lower.copy(), compiled.upper.copy()
        self.blocks = (*self._families(beside), *self._bounds(beside))
        kept = tuple(np.flatnonzero(np.isfinite(each.bound)) for each in self.blocks)
        at, self._matrix = None if beside is None else beside._layout, None
        if (
            at is None
            or beside is None
            or not (_alike(self.blocks, beside.blocks) and all(map(np.array_equal, kept, at.kept)))
        ):
            at = _laid_out(self.blocks, kept, known, len(derived.cities))
        elif compiled.matrix is beside.compiled.matrix:
            self._matrix = beside.matrix
        self._layout: _Layout = at
        self.family, self.number, self.city, self.item, self.part = at.family, at.number, at.city, at.item, at.part
        self.side, self.key = at.side, at.key
        self.bound, self.possible = (
            np.concatenate([getattr(each, name)[some] for each, some in zip(self.blocks, kept, strict=True)])[at.order]
            for name in ("bound", "possible")
        )

    @property
    def matrix(self) -> sp.csr_array:
        """The coefficients; made when somebody asks, since to see what moves takes bounds alone."""
        if self._matrix is None:
            at = self._layout
            some = [each.entries()[kept] for each, kept in zip(self.blocks, at.kept, strict=True) if kept.size]
            self._matrix = sp.csr_array(sp.vstack(some, format="csr"))[at.order]
        return self._matrix

    @cached_property
    def model(self) -> LinearModel:
        """The columns, with what bounds them whatever the rules are; its own rows are all rows here."""
        compiled, columns = self.compiled, self._columns
        return LinearModel(
            matrix=self.matrix,
            row_lower=np.where(self.side == UPPER, -np.inf, self.bound),
            row_upper=np.where(self.side == LOWER, np.inf, self.bound),
            lower=self._lower[columns],
            upper=self._upper[columns],
            integer=compiled.integer[columns],
            auxiliary=np.zeros(columns.size, dtype=bool),
            granted=compiled.granted[columns],
            column_scale=compiled.column_scale[columns],
            row_scale=self._layout.scale,
            columns={},
            rows={},
            objectives={},
            units=compiled.units,
        )

    def _bounds(self, beside: Rows | None) -> Iterator[_Block]:
        """A row for each rule and cell; what bounds the columns besides is left as their bounds."""
        model, known, d = self.compiled, self.known, self.derived
        place = np.full(model.auxiliary.size, NONE)
        place[self._columns] = np.arange(self._columns.size)
        for each in rule_bounds(known, d):
            decision, side = known.decisions[each.decision], SIDES[each.side]
            if not decision.there(d):
                continue
            block = model.columns[decision.name]
            scale, size = model.column_scale[block.slice], block.members.size
            most = np.broadcast_to(np.inf if decision.possible is None else np.ravel(decision.possible(d)), size)
            self._lower[block.slice], self._upper[block.slice] = 0.0, most / scale
            where = partial(_alone, place[block.slice], self._columns.size)
            places = _places_beside(
                beside, each.rule, side, block.members, (d, decision.over, known.rules[each.rule].item)
            )
            yield _Block(each.rule, side, where, each.amount.ravel() / scale, places, scale, most)

    def _families(self, beside: Rows | None) -> Iterator[_Block]:
        model, known, d, columns = self.compiled, self.known, self.derived, self._columns
        signed = bool(np.any(model.lower[columns] < 0))
        for name, block in model.rows.items():
            family = known.families[name]
            if family.states or not block.members.size:
                continue
            entries, scale = partial(_part, model.matrix, block.slice, columns), model.row_scale[block.slice]
            low, high = model.row_lower[block.slice], model.row_upper[block.slice]
            about = (d, family.over, family.item, family.shared)
            possible = np.full(low.size, np.inf)
            if family.causes:
                for cause, field in family.causes.items():
                    places = _places_beside(beside, cause, UPPER, block.members, about)
                    room = np.asarray(getattr(d, field))
                    room = room[places.city] if room.ndim == 1 else room.ravel()
                    yield _Block(cause, UPPER, entries, room / scale, places, scale, possible)
            elif not family.shared and np.array_equal(low, high):
                places = _places_beside(beside, name, BALANCE, block.members, about)
                yield _Block(name, BALANCE, entries, low, places, scale, possible)
            else:
                places = _places_beside(beside, name, UPPER, block.members, about)
                says = signed | (low > 0)  # else it is at least 0 anyway, unless something is subtracted
                if not np.all(says | np.isneginf(low)):
                    says = says | (entries().min(axis=1).toarray().ravel() < 0)
                yield _Block(name, LOWER, entries, np.where(says, low, -np.inf), places, scale, possible)
                yield _Block(name, UPPER, entries, high, places, scale, possible)


def row_names(known: Catalogue) -> tuple[str, ...]:
    """Every name that a row can have, in the order in which rows are listed.

    Lever by lever: the rules behind bounds that no family stands for, then the families, each by its causes where it
    has several.
    """
    return tuple(
        name
        for lever in known.levers
        for name in (
            *(rule.name for rule in lever.rules if rule.sides and not rule.family),
            *(name for each in lever.families if not each.states for name in (tuple(each.causes) or (each.name,))),
        )
    )


def rule_bounds(known: Catalogue, d: Derived) -> Iterator[RuleBound]:
    """Every rule behind a bound that no family stands for: as the derived data have it, or as its lever declares it.

    Raises:
        FormulationError: a rule is declared and there is no bound of it.
    """
    given = [each for each in d.rule_bounds if each.decision in known.decisions]
    for name in sorted({each.rule for each in given} - set(known.rules)):
        raise FormulationError(
            Text(f"上下限所依据的规则 {name} 没有声明", f"rule behind a bound {name} is not declared")
        )
    yield from (each for each in given if not known.rules[each.rule].family)
    there = {each.rule for each in given}
    for rule in known.rules.values():
        if rule.bound is not None:
            amounts = rule.bound(d)
            for side, amount in zip(rule.sides, amounts if len(rule.sides) > 1 else (amounts,), strict=True):
                yield RuleBound(rule.name, rule.decision, side, np.asarray(amount, dtype=float))
        elif rule.sides and not rule.family and rule.name not in there:
            raise FormulationError(
                Text(f"规则 {rule.name} 没有给出 bound", f"rule {rule.name} is declared without its bound")
            )


def rows_of(instance: Instance, beside: Rows | None = None) -> Rows:
    """The rows of an instance; bounds that contradict each other are rows that contradict each other.

    They stand in the units of those `beside` them, that they can be compared, and take over what is the same.
    """
    if beside is None:
        d = derive(instance)
        return Rows(instance, d, catalogue(instance.formulation), compiled_for(d, instance, ()), None)
    d = derive(instance, beside.derived)
    return Rows(instance, d, beside.known, compiled_for(d, instance, (), beside.compiled), beside)


def _laid_out(blocks: Sequence[_Block], kept: tuple[np.ndarray, ...], known: Catalogue, cities: int) -> _Layout:
    lengths = [some.size for some in kept]
    order_of = {name: place for place, name in enumerate(row_names(known))}
    family = np.repeat(np.array([each.name for each in blocks], dtype=object), lengths)
    number = np.repeat(np.array([order_of[each.name] for each in blocks]), lengths)
    side = np.repeat(np.array([each.side for each in blocks]), lengths)
    city, item, label, rest = (
        np.concatenate([getattr(each.places, name)[some] for each, some in zip(blocks, kept, strict=True)])
        for name in ("city", "item", "label", "rest")
    )
    scale = np.concatenate([each.scale[some] for each, some in zip(blocks, kept, strict=True)])
    key = ((number * 3 + side + 1) * (cities + 1) + city + 1) * MOST_LABELS + label + 1
    key = key * (int(rest.max(initial=0)) + 1) + rest
    order = np.argsort(key, kind="stable")
    part = number * MOST_LABELS + label + 1
    arrays = (family, number, city, item, part, side, scale, key)
    return _Layout(kept, order, *(each[order] for each in arrays))


def _alike(one: Sequence[_Block], other: Sequence[_Block]) -> bool:
    """Whether two lists of rows are about the same."""
    return len(one) == len(other) and all(
        (a.name, a.side) == (b.name, b.side) and a.places is b.places and np.array_equal(a.scale, b.scale)
        for a, b in zip(one, other, strict=True)
    )


def _places_beside(beside: Rows | None, name: str, side: int, members: Members, about: tuple[Any, ...]) -> _Places:
    """What rows are about, as those of the same name and side beside them."""
    known = next((each for each in beside.blocks if (each.name, each.side) == (name, side)), None) if beside else None
    return _places(members, *about) if known is None else known.places


def _alone(place: np.ndarray, columns: int) -> sp.csr_array:
    """Of each of some columns a row in which it stands alone."""
    size = place.size
    return sp.csr_array((np.ones(size), (np.arange(size), place)), shape=(size, columns))


def _part(matrix: sp.csr_array, rows: slice, columns: np.ndarray) -> sp.csr_array:
    return matrix[rows][:, columns]


def _places(members: Members, d: Derived, over: Sequence[str], item: str, shared: bool = False) -> _Places:
    """Which city and item every label names; of a row over several cities, no city."""
    size, codes, labels = members.size, members.codes, members.known.labels
    city, label, rest = np.full(size, NONE), np.full(size, NONE), np.zeros(size, dtype=int)
    items = np.full(size, "", dtype=object)
    position = {code: k for k, code in enumerate(d.cities)}
    for place, (name, code) in enumerate(zip(over, codes, strict=True)):
        if name == item:
            label, items = code, np.array([str(each) for each in labels], dtype=object)[code]
        elif place == 0 and not shared and labels[code[0]] in position:
            city = np.array([position.get(each, NONE) for each in labels])[code]
        else:
            rest = rest * len(labels) + code
    return _Places(city, items, label, np.unique(rest, return_inverse=True)[1] if rest.any() else rest)
