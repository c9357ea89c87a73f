"""An instance as rows that can each be let go: constraint families, and the rules behind bounds.

Only what decides whether there is a point is here: what merely states the worth of a tier is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from alloc.compiler.compile import compile_model
from alloc.compiler.linear_model import LinearModel
from alloc.explanation.infeasibility.bound_rules import LOWER, UPPER, bound_rules, debt_rooms, hard_bounds
from alloc.formulation.registry import formulation
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.land_and_finance import BOND_CLASSES
from alloc.instance.instance import Instance

STATING = ("coverage_is_served", "minimum_gap", "worst_served", "least_served")
TWO_SIDED = ("pool_total", "group_limit")
NONE = -1  # no city, or no item


@dataclass(frozen=True, eq=False)
class Rows:
    """side·a·x ≤ side·bound for one-sided rows, a·x = bound for balances; in units of the matrix.

    Attributes:
        instance: what it is made of.
        derived: its derived data.
        model: the columns, with what bounds them whatever the rules are; its own rows are all rows here.
        family: name of the constraint family or rule of every row, text [m].
        city: position of its city, `NONE` for rows over several [m].
        item: position of its pool (rules on allocations, `pool_total`), service, class of bonds or limit, or `NONE`
            [m].
        side: `LOWER`, `UPPER`, or 0 for a balance [m].
        bound: right side [m].
        key: one number for each row, the same in every edit of the instance; ascending [m].
    """

    instance: Instance
    derived: Derived
    model: LinearModel
    family: np.ndarray
    city: np.ndarray
    item: np.ndarray
    side: np.ndarray
    bound: np.ndarray
    key: np.ndarray


@dataclass
class _Gathered:
    matrix: list[sp.csr_array]
    family: list[str]
    city: list[np.ndarray]
    item: list[np.ndarray]
    side: list[int]
    bound: list[np.ndarray]
    scale: list[np.ndarray]

    def add(
        self, family: str, side: int, matrix: sp.csr_array, bound: np.ndarray, city: np.ndarray, item: np.ndarray,
        scale: np.ndarray,
    ) -> None:  # fmt: skip
        kept = np.flatnonzero(np.isfinite(bound))
        if kept.size:
            self.matrix.append(matrix[kept])
            self.family.append(family)
            self.city.append(city[kept])
            self.item.append(item[kept])
            self.side.append(side)
            self.bound.append(bound[kept])
            self.scale.append(scale[kept])


# Every name that a row can have, in the order in which rows are listed -> what its item is: of ``pools``, ``services``,
# ``limits`` or ``classes`` (of bonds); "" where its rows have none.
ABOUT: Mapping[str, str] = {
    "override": "pools", "group_limit": "limits", "earmark": "pools", "floor": "pools", "cap": "pools",
    "corridor": "pools", "pool_total": "pools", "boundary": "pools", "farmland": "pools", "stock_link": "",
    "willingness": "", "quota": "", "gate": "services", "recognised_need": "services", "growth_limit": "services",
    "restricted": "services", "expansion": "services", "production_land": "", "idle_land": "", "land_balance": "",
    "public_land": "", "capital_budget": "", "general_budget": "", "borrow_to_build": "", "special_bond_purpose": "",
    "debt_limit": "classes", "debt_ratio": "", "debt_tier": "", "debt_service": "",
}  # fmt: skip
FAMILIES = tuple(ABOUT)
KNOWN = frozenset({*FAMILIES, *STATING, "debt_room"})
"""The constraint families of a model whose rows are here; the debt room stands as its three causes."""


def items_of(d: Derived) -> Mapping[str, Sequence[str]]:
    """What rows can be about, in the order in which items are numbered."""
    limits = sorted(row.limit for row in d.limits)
    return {"pools": d.pools, "services": d.services, "limits": limits, "classes": BOND_CLASSES}


def rows_of(instance: Instance, beside: Rows | None = None) -> Rows:
    """The rows of an instance; bounds that contradict each other are rows that contradict each other.

    They stand in the units of those `beside` them, that they can be compared.
    """
    d = derive(instance)
    model = compile_model(formulation(instance.formulation)(d, (), None if beside is None else beside.model.units))
    columns = np.flatnonzero(~model.auxiliary)
    place = np.full(model.auxiliary.size, NONE)
    place[columns] = np.arange(columns.size)
    lower, upper = model.lower.copy(), model.upper.copy()
    found = _Gathered([], [], [], [], [], [], [])
    _families(model, d, columns, found)
    hard = hard_bounds(d)
    for rule in bound_rules(instance, d):
        block = model.columns[rule.variable]
        scale = model.column_scale[block.slice]
        lower[block.slice] = 0.0
        upper[block.slice] = hard[rule.variable].ravel() / scale
        size = block.stop - block.start
        width = size // len(d.cities)
        where = sp.csr_array((np.ones(size), (np.arange(size), place[block.slice])), shape=(size, columns.size))
        item = np.arange(size) % width if ABOUT[rule.name] else np.full(size, NONE)
        found.add(rule.name, rule.side, where, rule.bound.ravel() / scale, np.arange(size) // width, item, scale)
    lengths = [each.size for each in found.bound]
    family = np.repeat(np.array(found.family, dtype=object), lengths)
    side = np.repeat(np.array(found.side), lengths)
    city, item, bound, scale = (np.concatenate(each) for each in (found.city, found.item, found.bound, found.scale))
    number = np.repeat(np.array([FAMILIES.index(each) for each in found.family]), lengths)
    key = ((number * 3 + side + 1) * (len(d.cities) + 1) + city + 1) * 1_000_000 + item + 1
    order = np.argsort(key, kind="stable")
    matrix = sp.csr_array(sp.vstack(found.matrix, format="csr"))[order]
    side, bound = side[order], bound[order]
    kept = LinearModel(
        matrix=matrix,
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
    return Rows(instance, d, kept, family[order], city[order], item[order], side, bound, key[order])


def _families(model: LinearModel, d: Derived, columns: np.ndarray, found: _Gathered) -> None:
    position = {code: k for k, code in enumerate(d.cities)}
    known = items_of(d)
    for name, block in model.rows.items():
        if name in STATING or not block.members.size:
            continue
        labels = block.members.labels()
        matrix = model.matrix[block.slice][:, columns]
        scale = model.row_scale[block.slice]
        items = {label: k for k, label in enumerate(known.get(ABOUT.get(name, ""), ()))}
        if name in TWO_SIDED:
            city = np.full(len(labels), NONE)
            item = np.array([items[str(label[0])] for label in labels])
        else:
            city = np.array([position[str(label[0])] for label in labels])
            item = np.array([items[str(label[1])] if len(label) > 1 else NONE for label in labels])
        low, high = model.row_lower[block.slice], model.row_upper[block.slice]
        if name == "debt_room":
            for cause, room in debt_rooms(d).items():
                found.add(cause, UPPER, matrix, room[city] / scale, city, item, scale)
        elif name not in TWO_SIDED and np.array_equal(low, high):
            found.add(name, 0, matrix, low, city, item, scale)
        else:
            positive = name != "pool_total"  # Σ ≥ 0 says nothing
            found.add(name, LOWER, matrix, np.where(positive | (low > 0), low, -np.inf), city, item, scale)
            found.add(name, UPPER, matrix, high, city, item, scale)
