"""Which rows of a table an edit is about: by the key in its target, and by its condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.bounds import last_transfers
from alloc.instance.derived.land_and_finance import money
from alloc.instance.derived.steps import Steps
from alloc.instance.findings import Finding, shortened
from alloc.instance.frames import numbers, placed, texts
from alloc.instance.schema.classes import SIZE_CLASSES, size_class
from alloc.instance.schema.columns import Table
from alloc.instance.suggest import Known
from alloc.instance.where.conditions import Expression
from alloc.instance.where.grammar import Both, Comparison, Literals, Name, Node
from alloc.scenario.edits import Edit
from alloc.scenario.state import GRIDS, State
from alloc.scenario.touch import Key
from alloc.text import Text

Values = NDArray[np.object_] | pd.Series


class WhereColumns(Mapping[str, Values]):
    """What a condition on the rows of a table may name; a column is only made when it is asked for.

    These are the table's own columns; for a table whose key names cities, services or pools also the columns of these;
    and wherever cities are, ``size_class`` and ``debt_tier``.
    """

    def __init__(self, table: Table, state: State) -> None:
        """For one table as it stands."""
        frame = state.tables[table.name]
        self._columns: dict[str, Callable[[], Values]] = {}
        self._former: dict[str, str] = {}
        self._offer(table, frame, lambda values: values)
        if table.name == "cities":
            self._derive(state, lambda values: values)
        for column in table.columns:
            if column.references:
                self._join(state, frame[column.name], column.references)

    def __getitem__(self, name: str) -> Values:
        """The values of a column, one for each row of the table; it may be called what it was called before."""
        return self._columns[name if name in self._columns else self._former.get(name, name)]()

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._columns)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._columns)

    def _offer(self, table: Table, frame: pd.DataFrame, spread: Callable[[Values], Values]) -> None:
        for name in frame.columns:
            self._columns.setdefault(str(name), partial(_spread_column, frame, str(name), spread))
        self._former = {**table.renamed, **self._former}

    def _derive(self, state: State, spread: Callable[[Values], Values]) -> None:
        population = numbers(state.tables["cities"], "size_population")
        self._columns.setdefault("size_class", lambda: spread(size_class(population)))
        self._columns.setdefault("debt_tier", lambda: spread(_debt_tiers(state)))

    def _join(self, state: State, codes: pd.Series, name: str) -> None:
        """The columns of another table, at the rows that the codes name."""
        other = state.tables[name]
        places = pd.Index(texts(other, GRIDS[name].key[0])).get_indexer(pd.Index(codes.to_numpy(dtype=object)))

        def spread(values: Values) -> Values:
            return pd.Series(values).take(places)

        self._offer(GRIDS[name], other, spread)
        if name == "cities":
            self._derive(state, spread)


def _spread_column(frame: pd.DataFrame, name: str, spread: Callable[[Values], Values]) -> Values:
    return spread(frame[name])


def _debt_tiers(state: State) -> NDArray[np.object_]:
    cities, pools = state.tables["cities"], state.tables["pools"]
    last_year = placed(state.tables["last_year"], "amount", cities["city"], pools["pool"], "pool")
    return money(Steps(), cities, last_transfers(last_year, texts(pools, "kind")), state.settings.policy).debt_tier


def rows_with_key(table: Table, frame: pd.DataFrame, key: Key) -> NDArray[np.bool_]:
    """The row of a key, if it is there."""
    selected = np.ones(len(frame), dtype=bool)
    for column, code in zip(table.key, key, strict=True):
        selected &= texts(frame, column) == code
    return selected


def keys_named(expression: Expression, table: Table) -> list[Key]:
    """The keys that a condition names one by one, as ``city == '440300' and pool in ['land', 'grants']`` does.

    None of them where it says anything else than which value or values each column of the key has.
    """
    parts = expression.root.parts if isinstance(expression.root, Both) and expression.root.word == "and" else None
    named: dict[str, tuple[str, ...]] = {}
    for part in parts or (expression.root,):
        column, codes = _equality(part)
        if column not in table.key or column in named:
            return []
        named[column] = codes
    if len(named) < len(table.key):
        return []
    return list(dict.fromkeys(product(*(named[column] for column in table.key))))


def _equality(part: Node | None) -> tuple[str, tuple[str, ...]]:
    if isinstance(part, Comparison) and part.sign in ("=", "in"):
        for side, other in ((part.left, part.right), (part.right, part.left)):
            if isinstance(side, Name) and isinstance(other, Literals) and other.type == "text":
                return side.name, tuple(str(value) for value in other.values)
    return "", ()


def selects_nothing(edit: Edit, expression: Expression, columns: WhereColumns, state: State) -> Finding:
    """The warning on a condition that holds nowhere, with what is nearest to the texts in it that stand nowhere."""
    classes = {
        "size_class": Known(SIZE_CLASSES),
        "debt_tier": Known(tier.name for tier in state.settings.policy.debt.tiers),
    }
    remedies: list[Text] = []
    for name in sorted(expression.names):
        compared = expression.compared_texts(name)
        known = classes.get(name) or Known(str(value) for value in pd.unique(pd.Series(columns[name])))
        for text in dict.fromkeys(compared):
            if text not in known:
                unknown = Text("{name} 中没有 {text}。", "There is no {text} in {name}.")
                near = known.remedy(text)
                said = unknown.fill(name=name, text=shortened(text))
                remedies.append(Text(said.zh + near.zh, f"{said.en} {near.en}"))
    if not remedies:
        remedies.append(Text("核对条件；各部分要同时成立。", "Check the condition: its parts have to hold together."))
    message = Text("没有记录符合条件，这条编辑不起作用。", "No row fits the condition: the edit changes nothing.")
    remedy = Text("".join(each.zh for each in remedies), " ".join(each.en for each in remedies))
    return edit.finding("selects_nothing", message, remedy, "warning", column="where", value=edit.where)
