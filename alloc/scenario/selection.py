"""Which rows of a table an edit is about: by the key in its target, and by its condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.registry import catalogue_for
from alloc.instance.cells import plain_width
from alloc.instance.derived.bounds import last_transfers
from alloc.instance.derived.land_and_finance import money
from alloc.instance.derived.optional.purses import purses_of, with_accounts
from alloc.instance.derived.steps import Steps
from alloc.instance.findings import Finding, InputError, Severity, shortened
from alloc.instance.frames import called, numbers, placed, texts
from alloc.instance.named import NAMES as CITY_NAMES
from alloc.instance.named import near_city
from alloc.instance.schema.classes import size_class
from alloc.instance.schema.columns import Table
from alloc.instance.suggest import Known, not_there
from alloc.instance.where.conditions import Expression
from alloc.instance.where.grammar import Both, Comparison, Literals, Name, Node
from alloc.instance.where.values import known_classes, known_values
from alloc.scenario.edits import Edit
from alloc.scenario.state import GRIDS, State
from alloc.scenario.touch import Key
from alloc.text import Text

Values = NDArray[np.object_] | pd.Series
NOTHING = Text("没有记录符合条件，这条修改不起作用。", "No row fits the condition: the edit changes nothing.")
EMPTY = Text("{table}表没有记录，这条修改不起作用。", "The table {table} has no rows: the edit changes nothing.")
OPTIONAL = Text(
    "若可以没有，在行首写“如有”（optional），或在情景文件中写 optional = true。",
    "If it may be so, write optional before the edit, or optional = true in a scenario.",
)
OBJECTIVE = "objective"  # the list of tiers, which have titles
NAMES = ("name", "name_en", "title_zh", "title_en")  # columns by which people call what a code stands for


class WhereColumns(Mapping[str, Values]):
    """What a condition on the rows of a table may name; a column is only made when it is asked for.

    These are the table's own columns; for a table whose key names cities, services or pools also the columns of these;
    and wherever cities are, ``size_class`` and ``debt_tier``.

    Attributes:
        tables: whose columns they are, the table's own name first.
    """

    def __init__(self, table: Table, state: State) -> None:
        """For one table as it stands."""
        frame = state.tables[table.name]
        self.tables = [table.name, *(column.references for column in table.columns if column.references)]
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
    shared = purses_of(cities)
    transfers = shared.attributed(last_transfers(last_year, texts(pools, "kind")))
    return money(Steps(), with_accounts(cities, shared), shared, transfers, state.settings.policy).debt_tier


def rows_with_key(table: Table, frame: pd.DataFrame, key: Key) -> NDArray[np.bool_]:
    """The row of a key, if it is there."""
    selected = np.ones(len(frame), dtype=bool)
    for column, code in zip(table.key, key, strict=True):
        selected &= texts(frame, column) == code
    return selected


def keys_named(expression: Expression, table: Table, state: State) -> list[Key]:
    """The keys that a condition names one by one, as ``city == '440300' and pool in ['land', 'grants']`` does.

    A name stands for its code where only one row has it: ``name == '深圳市'``. There are none where the condition says
    anything else than which value or values each column of the key has.
    """
    parts = expression.root.parts if isinstance(expression.root, Both) and expression.root.word == "and" else None
    named: dict[str, tuple[str, ...]] = {}
    for part in parts or (expression.root,):
        column, codes = _equality(part)
        if column in NAMES and column not in table.names:
            column, codes = _coded(column, codes, table, state)
        if column not in table.key or column in named:
            return []
        named[column] = codes
    if len(named) < len(table.key):
        return []
    return list(dict.fromkeys(product(*(named[column] for column in table.key))))


def _coded(column: str, names: tuple[str, ...], table: Table, state: State) -> tuple[str, tuple[str, ...]]:
    """The column of the key, and its codes, that names in a column of the table that it refers to stand for."""
    for key in table.columns:
        if key.key and key.references and column in GRIDS[key.references].names:
            codes = [codes_of(name, column, key.references, state) for name in names]
            return (key.name, tuple(each[0] for each in codes)) if all(len(each) == 1 for each in codes) else ("", ())
    return "", ()


def codes_of(text: str, column: str, table: str, state: State) -> list[str]:
    """The codes of the rows of a table that have a text in a column.

    Args:
        text: to be found.
        column: of the table.
        table: one whose key is one column.
        state: of the instance.
    """
    frame = state.tables[table]
    return [str(code) for code in texts(frame, GRIDS[table].key[0])[texts(frame, column) == text]]


def code_named(text: str, table: str, state: State) -> str:
    """The code that a text is, or that of the one row of a table with this name, with or without 市; "" without one."""
    found = codes_named(text, table, state)
    return found[0] if len(found) == 1 else ""


def codes_named(text: str, table: str, state: State) -> list[str]:
    """The code that a text is, or those of all rows of a table with this name, with or without 市."""
    if (found := state.called.get((table, text))) is None:
        frame, key = state.tables[table], GRIDS[table].key[0]
        meant = tier_named(text, state) if table == OBJECTIVE else text
        codes = texts(frame, key).tolist()
        found = [meant] if meant in codes else called(frame, key, NAMES, meant) if meant else []
        state.called[table, text] = found
    return found


def tier_named(text: str, state: State) -> str:
    """The name of the tier that has a title, long or short, in either language; other texts stay as they are.

    Args:
        text: a name or a title.
        state: of the instance whose formulation has the tiers.
    """
    known = catalogue_for(state.settings).tiers
    if text in known:
        return text
    plain = plain_width(text).strip().casefold()
    found = [
        name
        for name, tier in known.items()
        if plain in {plain_width(words).casefold() for title in (tier.title, tier.head) for words in title}
    ]
    return found[0] if len(found) == 1 else text


def refuse_unknown(edit: Edit, names: Sequence[str | None], state: State) -> None:
    """Raises an `InputError` where names are no tiers, with the nearest one, and names and titles of all."""
    known = catalogue_for(state.settings).tiers
    titles = {words: name for name, tier in known.items() for words in (name, *tier.title, *tier.head) if words}
    findings = []
    for name in (each for each in names if each and each not in known):
        near = titles.get(Known(titles).nearest(name) or "", "")
        zh = "、".join(f"{one}（{tier.title.zh}）" for one, tier in known.items())
        en = ", ".join(f"{one} ({tier.title.en})" for one, tier in known.items())
        remedy = Text(
            (f"是否为 {near}（{known[near].title.zh}）？" if near else "") + f"可用：{zh}。",
            (f"Did you mean {near} ({known[near].title.en})? " if near else "") + f"Would be right: {en}.",
        )
        findings.append(
            edit.finding("not_allowed", Text("没有这一级目标。", "There is no such tier."), remedy, value=name)
        )
    if findings:
        raise InputError(findings)


def _equality(part: Node | None) -> tuple[str, tuple[str, ...]]:
    if isinstance(part, Comparison) and part.sign in ("=", "in"):
        for side, other in ((part.left, part.right), (part.right, part.left)):
            if isinstance(side, Name) and isinstance(other, Literals) and other.type == "text":
                return side.name, tuple(str(value) for value in other.values)
    return "", ()


def empty_table(edit: Edit, table: Table) -> Finding:
    """The finding on an edit of all rows of a table that has none.

    Args:
        edit: the edit.
        table: the table.
    """
    return edit.finding(
        "selects_nothing", EMPTY.fill(table=table.quoted), together([row_form(table)], edit), severity_of(edit)
    )


def selects_nothing(edit: Edit, expression: Expression, columns: WhereColumns, table: Table, state: State) -> Finding:
    """The finding on a condition that holds nowhere, with what is nearest to the texts in it that stand nowhere.

    Args:
        edit: the edit.
        expression: its condition.
        columns: what the condition may name, at the rows of the table.
        table: the table of the edit.
        state: of the instance.
    """
    classes = known_classes(tier.name for tier in state.settings.policy.debt.tiers)
    rows = len(state.tables[table.name])
    remedies: list[Text] = []
    for name in sorted(expression.names):
        here = frozenset(map(str, pd.unique(pd.Series(columns[name]))))
        for text in dict.fromkeys(expression.compared_texts(name)):
            if text in here:
                continue
            shown = shortened(text)
            if name in classes:
                if text not in classes[name]:
                    remedies.append(not_there(name, shown, classes[name].remedy(text)))
                continue
            home, known = _home(name, table, state)
            if text not in known:
                code = code_named(text, home, state) if name == GRIDS[home].key[0] else ""
                near = Text(f"写作 '{code}'。", f"Write '{code}'.") if code else known.remedy(text)
                if home == "cities" and name in CITY_NAMES["cities"]:
                    near = near_city(name, text, _named_cities(state))
                remedies.append(not_there(name if home == table.name else f"{home}.{name}", shown, near))
            elif home != table.name:
                codes = codes_of(text, name, home, state) if name in NAMES else []
                if len(codes) > 1:
                    said = Text("{home}表中 {text} 有几个：{codes}，请写代码。",
                                "Several rows of {home} are called {text}: {codes}; give the code.")  # fmt: skip
                    remedies.append(said.fill(home=GRIDS[home].quoted, text=shown, codes=", ".join(codes)))
                elif rows:
                    said = Text("{home}表有 {text}{code}，{table}表没有它的记录。",
                                "{home} has {text}{code}, but {table} has no row for it.")  # fmt: skip
                    code = f" ({codes[0]})" if codes else ""
                    remedies.append(said.fill(home=GRIDS[home].quoted, text=shown, code=code, table=table.quoted))
    if not rows:
        remedies.append(row_form(table))
    elif not remedies:
        remedies.append(Text("核对条件；各部分要同时成立。", "Check the condition: its parts have to hold together."))
    message = NOTHING if rows else EMPTY.fill(table=table.quoted)
    return edit.finding(
        "selects_nothing", message, together(remedies, edit), severity_of(edit), column="where", value=edit.where
    )


def unknown_cities(edit: Edit, expression: Expression, table: Table, state: State) -> list[Finding]:
    """Findings on texts in lists of a condition that name no city, while others in it may.

    Args:
        edit: the edit.
        expression: its condition.
        table: the table of the edit.
        state: of the instance.
    """
    named = _named_cities(state)
    about = {
        name: named[name] for name in expression.names if name in named and _home(name, table, state)[0] == "cities"
    }
    found = expression.unlisted(about) if about else {}
    remedies = [
        not_there(name, shortened(text), near_city(name, text, named)) for name in found for text in found[name]
    ]
    message = Text("条件中有城市不存在。", "The condition names a city that is not there.")
    severity = severity_of(edit)
    return [
        edit.finding("unknown_city", message, remedy, severity, column="where", value=edit.where) for remedy in remedies
    ]


def _named_cities(state: State) -> dict[str, NDArray[np.object_]]:
    """The codes and the names of the cities."""
    cities = state.tables["cities"]
    return {name: texts(cities, name) for name in ("city", *CITY_NAMES["cities"]) if name in cities.columns}


def severity_of(edit: Edit) -> Severity:
    """How grave it is that an edit selects nothing."""
    return "warning" if edit.optional else "error"


def together(remedies: list[Text], edit: Edit) -> Text:
    """What would be right, in one text; that the edit may select nothing is offered where it does not say so."""
    every = [*remedies, *([] if edit.optional else [OPTIONAL])]
    return Text("".join(each.zh for each in every), " ".join(each.en for each in every))


def _home(name: str, table: Table, state: State) -> tuple[str, Known]:
    """The table whose column a condition names, and all texts that stand in it; a code stands where it is defined."""
    named: Mapping[str, str] = {column.name: column.references for column in table.columns if column.references}
    if name in named:
        other = named[name]
        return other, Known(str(value) for value in state.tables[other][GRIDS[other].key[0]])
    for other in (table.name, *named.values()):
        if name in state.tables[other].columns:
            return other, known_values(name, map(str, pd.unique(state.tables[other][name])), (other,))
    return table.name, Known(())


def row_form(table: Table) -> Text:
    """How a row is brought into a table."""
    column = next((each.name for each in table.columns if each.required and not each.key), "")
    form = ".".join((table.name, *(f"<{name}>" for name in table.key), column))
    return Text(f"可用 新增 {table.title.zh} {{ … }}，或写 {form} = … 加入记录。",
                f"Bring a row with add {table.name} {{ … }}, or with {form} = …")  # fmt: skip
