"""Levers whose verification stands in a module of its own, beside that of the page of the model.

A lever of `alloc_models` has a line in `LEVERS`; one of another package an entry point of the group
``alloc.verification`` whose name is that of its formulation and which names its `Checks`, or a tuple of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import numpy as np

from alloc.verification.arrays import Columns, Floats

if TYPE_CHECKING:
    from alloc.verification.ledger import Ledger
    from alloc.verification.published_rows import Row
    from alloc.verification.recompute import Raw
    from alloc.verification.results import Results

GROUP = "alloc.verification"
Term = Callable[["Raw", Mapping[str, Columns], Any], Floats]


@dataclass(frozen=True, eq=False)
class Quantity:
    """What rows of ``limits`` can sum up.

    Attributes:
        by_city: what every city adds to the sum [n]; called with the recomputed instance, the results, the item after
            the colon ("" for none) and ``settings.policy``. It is asked of the decisions and, with `allocation`,
            `received` and `settle` as published, of the published numbers.
        unit: of the sum, as the table ``rounding`` writes it.
        whole: what a share of it is a share of; called with what is known by the names of `Raw`, and the item. None
            where there is no such thing.
    """

    by_city: Callable[[Raw, Results, str, Any], Floats]
    unit: str
    whole: Callable[[Mapping[str, Any], str], float] | None = None


@dataclass(frozen=True, eq=False)
class Checks:
    """What is known of a lever, with its own arithmetic.

    Attributes:
        check: enters every comparison: called with the ledger, the recomputed instance, the results (whose ``brought``
            are the tables in its order) and ``settings.policy``.
        families: constraint families that `check` compares, each in every instance, if only on arrays without rows.
        rounded: those of them that rounding keeps -> their rows over published numbers, one for every city.
        quantities: what limits can sum up.
        tiers: tier -> its value; called with its entry in the objective, the recomputed instance, the results and the
            scores of the cities [n].
        bounded: its decisions -> on which sides `check` compares them with a rule, which it does with ``bounds`` the
            name of the decision; none may be negative.
        columns: table of the result -> its columns there. Of a table that the engine does not have, all of them.
        keys: table that the engine does not have -> columns of its key, by ``city``, ``service`` or ``pool``.
        spending, running, earning: what it adds to these sums by city, 10⁴ yuan: called with the recomputed instance,
            the tables in its order, and ``settings.policy``.
    """

    check: Callable[[Ledger, Raw, Results, Any], None] = lambda ledger, raw, results, policy: None
    families: tuple[str, ...] = ()
    rounded: Mapping[str, Callable[[Raw, Results, Any], Row]] = field(default_factory=dict)
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    tiers: Mapping[str, Callable[[Any, Raw, Results, Floats], float]] = field(default_factory=dict)
    bounded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spending: Term | None = None
    running: Term | None = None
    earning: Term | None = None


LEVERS: tuple[Checks, ...] = ()


def of(formulation: str) -> tuple[Checks, ...]:
    """What is known of the levers of a formulation.

    Raises:
        TypeError: an entry point names something else.
    """
    return (*LEVERS, *_installed(formulation))


@cache
def _installed(formulation: str) -> tuple[Checks, ...]:
    found = [entry.load() for entry in entry_points(group=GROUP, name=formulation)]
    checks = tuple(one for several in found for one in (several if isinstance(several, tuple) else (several,)))
    if strange := [one for one in checks if not isinstance(one, Checks)]:
        raise TypeError(
            f"entry point {formulation} of {GROUP}: {strange[0]!r} is no Checks (alloc.verification.levers)"
        )
    return checks


def families(formulation: str) -> tuple[str, ...]:
    """Their constraint families."""
    return tuple(name for one in of(formulation) for name in one.families)


def rounded(formulation: str) -> dict[str, Callable[[Raw, Results, Any], Row]]:
    """Their families that rounding keeps, and the rows of each over published numbers."""
    return {name: rows for one in of(formulation) for name, rows in one.rounded.items()}


def quantities(formulation: str) -> dict[str, Quantity]:
    """Their quantities of limits."""
    return {name: quantity for one in of(formulation) for name, quantity in one.quantities.items()}


def tiers(formulation: str) -> dict[str, Callable[[Any, Raw, Results, Floats], float]]:
    """Their tiers, and the value of each."""
    return {name: value for one in of(formulation) for name, value in one.tiers.items()}


def bounded(formulation: str) -> dict[str, tuple[str, ...]]:
    """Their decisions, and on which sides each is compared with a rule."""
    return {name: sides for one in of(formulation) for name, sides in one.bounded.items()}


def columns(formulation: str) -> dict[str, tuple[str, ...]]:
    """Table -> the columns that they have there."""
    found: dict[str, tuple[str, ...]] = {}
    for one in of(formulation):
        for table, names in one.columns.items():
            found[table] = (*found.get(table, ()), *names)
    return found


def keys(formulation: str) -> dict[str, tuple[str, ...]]:
    """Tables that they bring -> the columns of the key."""
    return {table: key for one in of(formulation) for table, key in one.keys.items()}


def added(sum_name: str, raw: Raw, tables: Mapping[str, Columns], policy: Any) -> Floats:
    """What they add to a sum by city, 10⁴ yuan [n]."""
    total: Floats = np.zeros(len(raw.cities))
    for one in of(raw.formulation):
        if (term := getattr(one, sum_name)) is not None:
            total = total + term(raw, tables, policy)
    return total
