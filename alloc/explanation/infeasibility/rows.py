"""An instance as rows that can each be let go: constraint families, and the rules behind bounds.

The model keeps one bound where several rules lie behind it (floor, earmark, corridor; cap, boundary, …), and the least
of several causes (the rooms for debt). A repair changes one rule, and then the next one holds; so here every rule and
every cause stands alone. What merely states the worth of a tier is left out: it does not decide whether there is a
point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from alloc.compiler.compile import compile_model
from alloc.compiler.labels import Members
from alloc.compiler.linear_model import LinearModel
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.errors import FormulationError
from alloc.formulation.registry import catalogue, formulation
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.rule_bounds import RuleBound
from alloc.instance.instance import Instance
from alloc.text import Text

LOWER, BALANCE, UPPER = -1, 0, 1
SIDES = {"lower": LOWER, "upper": UPPER}
NONE = -1  # no city, or no item
MOST_LABELS = 1_000_000


@dataclass(frozen=True, eq=False)
class Rows:
    """side·a·x ≤ side·bound for one-sided rows, a·x = bound for balances; in units of the matrix.

    Attributes:
        instance: what it is made of.
        derived: its derived data.
        known: the catalogue of its formulation.
        model: the columns, with what bounds them whatever the rules are; its own rows are all rows here.
        family: name of the constraint family, cause or rule of every row, text [m].
        number: its place among `row_names` [m].
        city: position of its city, `NONE` for rows over several [m].
        item: the pool, service, class of bonds, limit, … that it is about, "" for nothing further, text [m].
        part: one number for each family and item, ascending [m].
        side: `LOWER`, `UPPER`, or `BALANCE` [m].
        bound: right side [m].
        possible: of an upper bound of a decision, the most that there is use for without it, in units of the instance;
            else inf [m].
        key: one number for each row, the same wherever only numbers of the instance change; ascending [m].
    """

    instance: Instance
    derived: Derived
    known: Catalogue
    model: LinearModel
    family: np.ndarray
    number: np.ndarray
    city: np.ndarray
    item: np.ndarray
    part: np.ndarray
    side: np.ndarray
    bound: np.ndarray
    possible: np.ndarray
    key: np.ndarray


@dataclass(frozen=True)
class _Places:
    """What the members of an index are about: city, item and the rest of every label."""

    city: np.ndarray
    item: np.ndarray
    label: np.ndarray
    rest: np.ndarray

    def take(self, chosen: np.ndarray) -> _Places:
        return _Places(self.city[chosen], self.item[chosen], self.label[chosen], self.rest[chosen])


@dataclass(frozen=True)
class _Block:
    """Rows of one name and side."""

    name: str
    side: int
    matrix: sp.csr_array
    bound: np.ndarray
    places: _Places
    scale: np.ndarray
    possible: np.ndarray

    def finite(self) -> _Block:
        """Those that say anything."""
        kept = np.flatnonzero(np.isfinite(self.bound))
        return _Block(
            self.name, self.side, self.matrix[kept], self.bound[kept], self.places.take(kept), self.scale[kept],
            self.possible[kept],
        )  # fmt: skip


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
        raise FormulationError(Text(f"界所依据的规则 {name} 没有声明", f"rule behind a bound {name} is not declared"))
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

    They stand in the units of those `beside` them, that they can be compared.
    """
    near = None if beside is None else (beside.instance, beside.derived)
    d, known = derive(instance, near), catalogue(instance.formulation)
    model = compile_model(formulation(instance.formulation)(d, (), None if beside is None else beside.model.units))
    columns = np.flatnonzero(~model.auxiliary)
    lower, upper = model.lower.copy(), model.upper.copy()
    found = [*_families(model, known, d, columns), *_bounds(model, known, d, columns, lower, upper)]
    blocks = [each for each in (block.finite() for block in found) if each.bound.size]
    lengths = [each.bound.size for each in blocks]
    order_of = {name: place for place, name in enumerate(row_names(known))}
    family = np.repeat(np.array([each.name for each in blocks], dtype=object), lengths)
    number = np.repeat(np.array([order_of[each.name] for each in blocks]), lengths)
    side = np.repeat(np.array([each.side for each in blocks]), lengths)
    city, item, label, rest = (
        np.concatenate([getattr(each.places, name) for each in blocks]) for name in ("city", "item", "label", "rest")
    )
    bound, scale, possible = (
        np.concatenate([getattr(each, name) for each in blocks]) for name in ("bound", "scale", "possible")
    )
    key = ((number * 3 + side + 1) * (len(d.cities) + 1) + city + 1) * MOST_LABELS + label + 1
    key = key * (int(rest.max(initial=0)) + 1) + rest
    order = np.argsort(key, kind="stable")
    side, bound = side[order], bound[order]
    kept = LinearModel(
        matrix=sp.csr_array(sp.vstack([each.matrix for each in blocks], format="csr"))[order],
        row_lower=np.where(side == UPPER, -np.inf, bound),
        row_upper=np.where(side == LOWER, np.inf, bound),
        lower=lower[columns],
        upper=upper[columns],
        integer=model.integer[columns],
        auxiliary=np.zeros(columns.size, dtype=bool),
        granted=model.granted[columns],
        column_scale=model.column_scale[columns],
        row_scale=scale[order],
        columns={},
        rows={},
        objectives={},
        units=model.units,
    )
    return Rows(
        instance, d, known, kept, family[order], number[order], city[order], item[order],
        (number * MOST_LABELS + label + 1)[order], side, bound, possible[order], key[order],
    )  # fmt: skip


def _places(d: Derived, members: Members, over: Sequence[str], item: str, shared: bool) -> _Places:
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


def _bounds(
    model: LinearModel, known: Catalogue, d: Derived, columns: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> Iterator[_Block]:
    """A row for each rule and cell; what bounds the columns besides is left in `lower` and `upper`."""
    place = np.full(model.auxiliary.size, NONE)
    place[columns] = np.arange(columns.size)
    for each in rule_bounds(known, d):
        decision = known.decisions[each.decision]
        block = model.columns[decision.name]
        scale, size = model.column_scale[block.slice], block.members.size
        most = np.broadcast_to(np.inf if decision.possible is None else np.ravel(decision.possible(d)), size)
        lower[block.slice], upper[block.slice] = 0.0, most / scale
        where = sp.csr_array((np.ones(size), (np.arange(size), place[block.slice])), shape=(size, columns.size))
        places = _places(d, block.members, decision.over, known.rules[each.rule].item, shared=False)
        yield _Block(each.rule, SIDES[each.side], where, each.amount.ravel() / scale, places, scale, most)


def _families(model: LinearModel, known: Catalogue, d: Derived, columns: np.ndarray) -> Iterator[_Block]:
    signed = bool(np.any(model.lower[columns] < 0))
    for name, block in model.rows.items():
        family = known.families[name]
        if family.states or not block.members.size:
            continue
        matrix, scale = model.matrix[block.slice][:, columns], model.row_scale[block.slice]
        low, high = model.row_lower[block.slice], model.row_upper[block.slice]
        places, possible = _places(d, block.members, family.over, family.item, family.shared), np.full(low.size, np.inf)
        if family.causes:
            for cause, field in family.causes.items():
                room = np.asarray(getattr(d, field))
                room = room[places.city] if room.ndim == 1 else room.ravel()
                yield _Block(cause, UPPER, matrix, room / scale, places, scale, possible)
        elif not family.shared and np.array_equal(low, high):
            yield _Block(name, BALANCE, matrix, low, places, scale, possible)
        else:
            says = signed | (low > 0) | (matrix.min(axis=1).toarray().ravel() < 0)  # else it is at least 0 anyway
            yield _Block(name, LOWER, matrix, np.where(says, low, -np.inf), places, scale, possible)
            yield _Block(name, UPPER, matrix, high, places, scale, possible)
