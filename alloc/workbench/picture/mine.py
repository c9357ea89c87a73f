"""The edits that stand in words: which number of which place, from what to what, in the unit that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alloc.content.figures import exact_decimals, number, shown_unit
from alloc.content.titles import value_title
from alloc.formulation.columns import HECTARES, KIND_UNITS, MONEY, NO_UNIT, POOL_UNITS, SERVICE_UNITS, SHARE, Column
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import TABLES
from alloc.scenario import Edit, Edited
from alloc.scenario.edits import Cell
from alloc.scenario.state import GRIDS
from alloc.text import Text, behind_number, listed
from alloc.workbench.files import Standing as Stands
from alloc.workbench.files import Step
from alloc.workbench.models import Rule, Standing
from alloc.workbench.picture.rules import kinds_of, shown, words
from alloc.workbook.layout import FLAGS
from alloc.workbook.records import Records

SAME, EMPTY = Text("不变", "unchanged"), Text("—", "—")
CELLS = Text("{n} 个单元格", "{n} cells")
OF_MANY = Text("{title}：{n} 个城市", "{title}: {n} cities")
OF_CELLS = Text("{title}：{n} 格", "{title}: {n} cells")
ADDED, DROPPED = (
    Text("新增{table}：{name}", "New in {table}: {name}"),
    Text("删去{table}：{name}", "Dropped from {table}: {name}"),
)
CHANGES: Mapping[str, Text] = {
    "scale": Text("× {value}", "× {value}"), "add": Text("{value}", "{value}"), "set": Text("→ {value}", "→ {value}"),
    "at_most": Text("至多 {value}", "at most {value}"), "at_least": Text("至少 {value}", "at least {value}"),
    "drop": Text("清空", "cleared"),
}  # fmt: skip
TOLD, MOST_LINES = 3, 20  # edits of a step that are told each, and lines of it that the page is given


def edits(now: Stands, chain: Sequence[Edited], known: Sequence[Rule]) -> list[Standing]:
    """The edits that stand, each with the number that it changed, from what and to what.

    Args:
        now: what stands.
        chain: the scenario and every step, as they were applied.
        known: rules, for numbers that the page shows as such.
    """
    by_id = {rule.id: rule for rule in known}
    return [_standing(step, _Said(applied, by_id)) for step, applied in zip(now.steps, chain[1:], strict=True)]


def _standing(step: Step, said: _Said) -> Standing:
    title, before, after = said.whole(step)
    return Standing(
        n=step.n, lines=list(step.lines[:MOST_LINES]), title=words(title),
        before=None if before is None else words(before),
        after=None if after is None else words(after), why=step.why, trial=step.trial, bad=False, at=step.at,
    )  # fmt: skip


Told = tuple[Text, Text | None, Text | None]  # what was changed, from what, and to what


class _Said:
    """One step in words."""

    def __init__(self, applied: Edited, known: Mapping[str, Rule]) -> None:
        self._applied, self._known, self._instance = applied, known, applied.instance

    def whole(self, step: Step) -> Told:
        edits, cells = self._applied.edits, self._applied.cells
        if not cells:  # a number that is what it was
            line = "; ".join(step.lines[:MOST_LINES])
            rule = self._known.get(edits[0].target) if len(edits) == 1 else None
            return (Text(line, line) if rule is None else Text(rule.apart.zh, rule.apart.en)), None, SAME
        parts = [(edit, [cell for cell in cells if at in cell.edits]) for at, edit in enumerate(edits)]
        parts = [(edit, own) for edit, own in parts if own]
        if len(parts) == 1:
            return self._part(*parts[0])
        if len(parts) <= TOLD:
            told = [self._sentence(*self._part(*part)) for part in parts]
            return Text("；".join(each.zh for each in told), "; ".join(each.en for each in told)), None, None
        titles = list(dict.fromkeys(self._title(cell) for cell in cells))
        more = len(titles) > TOLD
        title = listed(titles[:TOLD])
        return (
            Text(title.zh + ("等" if more else ""), title.en + (" …" if more else "")),
            None,
            CELLS.fill(n=f"{len(cells):,}"),
        )

    def _part(self, edit: Edit, cells: Sequence[Cell]) -> Told:
        """What one line of a step did."""
        if len(rows := {(cell.table, cell.key) for cell in cells}) == 1 and (row := self._row(edit, cells)) is not None:
            return row
        if len(cells) == 1:
            cell = cells[0]
            return self._named(cell), self._value(cell, cell.old), self._value(cell, cell.new)
        cities = all(cell.table == "cities" for cell in cells) and len(rows) == len(cells)
        titles = listed(list(dict.fromkeys(self._title(cell) for cell in cells))[:TOLD])
        title = (OF_MANY if cities else OF_CELLS).fill(title=titles, n=f"{len(cells):,}")
        if edit.verb not in CHANGES or edit.adds_row:
            return title, None, None
        value = (
            EMPTY
            if edit.value is None
            else _factor(edit.value)
            if edit.verb == "scale"
            else self._value(cells[0], edit.value)
        )
        if edit.verb == "add" and isinstance(edit.value, float | int) and edit.value > 0:
            value = Text(f"+{value.zh}", f"+{value.en}")
        return title, None, CHANGES[edit.verb].fill(value=value)

    @staticmethod
    def _sentence(title: Text, before: Text | None, after: Text | None) -> Text:
        change = (
            after if before is None or after is None else Text(f"{before.zh} → {after.zh}", f"{before.en} → {after.en}")
        )
        return title if change is None else Text(f"{title.zh} {change.zh}", f"{title.en} {change.en}")

    def _row(self, edit: Edit, cells: Sequence[Cell]) -> Told | None:
        """One row that is added or dropped, with its amounts; None where it is something else."""
        gone = edit.verb == "drop"
        grid = GRIDS.get(cells[0].table)
        held = {cell.column: cell for cell in cells}
        if grid is None or not (gone or edit.adds_row) or not grid.key or not set(grid.key) <= set(held):
            return None  # a cell that is emptied
        key = self._called(cells[0])
        titles = [held[f"title_{each}"].old if gone else held[f"title_{each}"].new if f"title_{each}" in held else None
                  for each in ("zh", "en") if f"title_{each}" in held]  # fmt: skip
        name = Text(*map(str, titles)) if len(titles) == len(key) and all(titles) else key
        amounts = [cell for cell in cells if (column := grid.by_name.get(cell.column)) is not None and not column.key
                   and column.numeric and (cell.old if gone else cell.new) is not None]  # fmt: skip
        values = [self._value(cell, cell.old if gone else cell.new) for cell in amounts[:TOLD]]
        if len(values) > 1:
            values = [Text(f"{title.zh} {value.zh}", f"{title.en} {value.en}")
                      for title, value in zip(map(self._title, amounts), values, strict=False)]  # fmt: skip
        told = listed(values) if values else None
        return (
            (DROPPED if gone else ADDED).fill(table=grid.title, name=name),
            (told if gone else None),
            (None if gone else told),
        )

    def _column(self, cell: Cell) -> Column | None:
        return GRIDS[cell.table].by_name.get(cell.column) if cell.table in GRIDS else None

    def _title(self, cell: Cell) -> Text:
        """Of the column or the rule of a cell."""
        rule, column = self._known.get(cell.target), self._column(cell)
        if column is not None:
            return column.title
        if rule is not None:
            return Text(rule.apart.zh, rule.apart.en)
        return city_figure(cell.column)[0] if cell.table == "cities" else Text(cell.target, cell.target)

    def _called(self, cell: Cell) -> Text:
        """The row of a cell by the names of what its key names."""
        columns = [GRIDS[cell.table].by_name[name] for name in GRIDS[cell.table].key]
        named = (
            self._record(column.references or cell.table, code) for column, code in zip(columns, cell.key, strict=False)
        )
        told = list(named)
        return Text("，".join(each.zh for each in told), ", ".join(each.en for each in told))

    def _record(self, table: str, code: str) -> Text:
        """A record of a table by its name."""
        if table not in TABLES or table not in self._instance.tables:
            return Text(code, code)

        def names(frame: pd.DataFrame) -> dict[str, Text]:
            known = Records(table, {str(name): frame[name].tolist() for name in frame.columns})
            if len(TABLES[table].key) != 1:
                return {}
            return {each: Text(zh, en) for each, zh, en in
                    zip(known.codes, known.names("zh"), known.names("en"), strict=True)}  # fmt: skip

        return self._instance.once(table, "called", names).get(code, Text(code, code))

    def _named(self, cell: Cell) -> Text:
        """What a cell is called: a rule by itself, any other by its row and its column."""
        rule = self._known.get(cell.target)
        if rule is not None:
            return Text(rule.apart.zh, rule.apart.en)
        title = self._title(cell)
        if cell.table not in GRIDS or not cell.key:
            return title
        key = self._called(cell)
        return Text(f"{key.zh}：{title.zh}", f"{key.en}: {title.en}")

    def _value(self, cell: Cell, value: Any) -> Text:
        """A value of a cell with the unit that it has."""
        rule, column = self._known.get(cell.target), self._column(cell)
        if value is None or value != value:
            return EMPTY
        if isinstance(value, bool):
            return FLAGS[value]
        if not isinstance(value, float | int):
            name = cell.column
            return Text(value_title(name, str(value), "zh"), value_title(name, str(value), "en"))
        if rule is not None and rule.kind == "money":  # by itself: the field's unit is that of what stands now
            own = shown_unit(MONEY.en, value)
            return Text(*(f"{_plain(value / own.size)} {behind_number(each)}" for each in (own.zh, own.en)))
        if rule is not None:
            return shown(value, rule)
        unit = self._unit(cell, column)
        if unit == SHARE:
            return Text(*(f"{_plain(100 * value)} %",) * 2)
        return Text(*(f"{_plain(value)} {behind_number(each)}".rstrip() for each in unit))

    def _unit(self, cell: Cell, column: Column | None) -> Text:
        if column is None:
            return city_figure(cell.column)[1] if cell.table == "cities" else NO_UNIT
        if column.unit == POOL_UNITS:
            kinds = kinds_of(self._instance)
            units = {KIND_UNITS[kinds[code]] for code in cell.key if code in kinds}
            return NO_UNIT if len(units) != 1 else HECTARES if units == {HECTARES.en} else MONEY
        return NO_UNIT if column.unit == SERVICE_UNITS else column.unit


def _plain(value: float) -> str:
    return number(value, exact_decimals([value], 6))


def _factor(value: Any) -> Text:
    text = _plain(value) if isinstance(value, float | int) else str(value)
    return Text(text, text)
