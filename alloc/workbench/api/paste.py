"""A block of cells pasted from a spreadsheet, as edits: one for each cell that it changes, in the grammar of edits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

import pandas as pd

from alloc.content.titles import named_text, value_named
from alloc.formulation.columns import Column
from alloc.instance.cells import FALSE, TRUE, parse_number
from alloc.instance.findings import EDITS, Finding, InputError, shortened
from alloc.instance.instance import Instance
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import OF_STATUS, TABLES
from alloc.instance.suggest import MEANT, Known, Titled
from alloc.instance.where.values import known_values
from alloc.scenario.resolve import TITLES
from alloc.text import Text, listed
from alloc.workbench import steps
from alloc.workbench.api.codes import codes_of, titles_of
from alloc.workbook.records import Records

MOST = 200_000  # cells
_SIZE = Text(
    "粘贴的内容是 {rows} 行 {columns} 列，所选区域不同。", "What is pasted has {rows} rows and {columns} columns."
)
_AS_MANY = Text("每行应为 {columns} 列。", "Every row has to have {columns} columns.")
_FIT = Text("选定 {rows} 行 {columns} 列，或重新复制。", "Choose {rows} rows and {columns} columns, or copy again.")
_MANY = Text("一次粘贴 {cells} 个单元格，太多。", "{cells} cells at once are too many.")
_FEWER = Text("每次至多 {most} 个。", "At most {most} at a time.")
_ROW = Text("没有这一行。", "There is no such row.")
_COLUMN = Text("没有这一列，或它是主键。", "There is no such column, or it is part of the key.")
_AGAIN = Text("刷新表格后再粘贴。", "Show the table again, then paste.")
_NO_NUMBER = Text("不是数。", "Not a number.")
_A_NUMBER = Text("写成数，不带单位。", "Write a number without a unit.")
_NO_FLAG = Text("既不是“是”也不是“否”。", "Neither true nor false.")
_A_FLAG = Text("写“是”或“否”。", "Write true or false.")
_EMPTY = Text("此列不能留空。", "A cell of this column cannot be empty.")
_GIVE = Text("写明其值。", "Give its value.")
_BLANK = Text("不能为空。", "Must not be empty.")
_UNEVEN = Text("有 {there} 列。", "{there} {there:|column|columns}.")
_HEADS = Text(
    "列名有 {columns} 个，各行却有 {there} 列。", "There are {columns} heads, and {there} columns in every row."
)
_NO_ROWS = Text("列名下面没有要添加的行。", "No row stands beneath the heads.")
_COPY = Text("连同各行一起复制。", "Copy the rows too.")
_NAME_ALL = Text("补上缺少的列名，或删去多余的列。", "Give every column its head, or leave out what is too much.")
_NOT_HERE = Text("本表没有列“{name}”。", "This table has no column {name}.")
_THERE = Text("表中已有这一行。", "The table has this row already.")
_CHANGE = Text("在表中修改它，不要再添加。", "Change it where it stands.")
_TWICE = Text("粘贴的内容里有同样的一行。", "Another row of what is pasted is about the same.")
_ONE = Text("只留一行。", "Keep one of them.")
_SEE = Text("代码和名称见“{table}”表。", "Codes and names stand in the table {table}.")
_ONE_OF = Text("可用：{every}。", "Would be right: {every}.")
_UNKNOWN = Text("没有这个代码或名称。", "There is no such code or name.")
_OTHER = Text("不是允许的取值。", "Not one of the allowed values.")
_QUOTED = Text("“{value}”", "“{value}”")
OF_KEYS = ("record_exists", "edits_disagree")  # what edits say of rows that are there or come twice
NAMED = 3  # rows, and what stands in them, of one fault
OFFERED = 12  # codes that are listed with their titles


def pasted_lines(
    instance: Instance, table: str, keys: Sequence[Sequence[str]], columns: Sequence[str], text: str
) -> list[str]:
    """The edits that a paste stands for; cells that stay what they are make none.

    Args:
        instance: as it stands.
        table: machine name.
        keys: of the rows that are pasted over, in their order.
        columns: machine names, in their order.
        text: rows parted by line ends, cells by tabs.

    Raises:
        InputError: with everything that does not fit.
    """
    cells = _cells(text, len(keys))
    faults: list[Finding] = []
    if len(cells) * len(columns) > MOST:
        size = len(cells) * len(columns)
        raise InputError([_fault(table, None, None, "paste_size", _MANY.fill(cells=size), _FEWER.fill(most=MOST))])
    if len(cells) != len(keys) or any(len(row) != len(columns) for row in cells):
        wide, fit = max(map(len, cells)), {"rows": len(keys), "columns": len(columns)}
        message = _SIZE.fill(rows=len(cells), columns=wide)
        raise InputError([_fault(table, None, None, "paste_size", message, _FIT.fill(**fit))])
    known, frame = TABLES[table], instance.tables[table]
    place = {tuple(map(str, key)): at for at, key in enumerate(zip(*(frame[name] for name in known.key), strict=True))}
    lines: list[str] = []
    described = [_described(instance, known, name) for name in columns]
    for key, row in zip(keys, cells, strict=True):
        at = place.get(tuple(key))
        if at is None:
            faults.append(_fault(table, key, None, "unknown_row", _ROW, _AGAIN))
            continue
        start = ".".join((table, *key))
        for name, about, said in zip(columns, described, row, strict=True):
            if about is None:
                faults.append(_fault(table, key, name, "unknown_column", _COLUMN, _AGAIN))
                continue
            column, numeric, old, codes = about
            meant = codes.get(said.strip().casefold(), said.strip())
            value = _value(table, key, name, column, numeric, meant, faults)
            if value is _WRONG or _same(old[at], value):
                continue
            target = f"{start}.{name}"
            lines.append(f"drop {target}" if value is None else f"{target} = {json.dumps(value, ensure_ascii=False)}")
    if faults:
        raise InputError([*faults, *at_cells(table, _also_wrong(instance, lines))])
    return lines


def _also_wrong(instance: Instance, lines: Sequence[str]) -> list[Finding]:
    """What is wrong with the edits that could be made of a paste of which something else is wrong, to be told with it;
    not what follows from cells that are missing, nor of rows that are told as such."""
    if lines:
        try:
            steps.step(instance, lines, "")
        except InputError as error:
            return [each for each in error.findings if each.file == EDITS and each.row and each.code not in OF_KEYS]
    return []


def added_lines(instance: Instance, table: str, columns: Sequence[str], text: str, first: int = 1) -> list[str]:
    """The edits that add rows; cells that are empty say nothing.

    Args:
        instance: as it stands.
        table: machine name.
        columns: machine names, in their order.
        text: rows parted by line ends, cells by tabs; records of other tables by code or name, other codes by code or
            title.
        first: which row of what was pasted the first one is; 0 for one that was typed into fields.

    Raises:
        InputError: with everything that does not fit, every kind of fault in a column once, with its rows.
    """
    known, frame, cells = TABLES[table], instance.tables[table], _cells(text, 1)
    if len(cells) * len(columns) > MOST:
        size = len(cells) * len(columns)
        raise InputError([_fault(table, None, None, "paste_size", _MANY.fill(cells=size), _FEWER.fill(most=MOST))])
    wide, widths = len(columns), {len(row) for row in cells}
    if table in OF_STATUS:
        raise InputError([_fault(table, None, None, "unknown_column", _COLUMN, _AGAIN)])
    if first and not text.strip():
        raise InputError([_fault(table, None, None, "paste_size", _NO_ROWS, _COPY)])
    if len(widths) == 1 and widths != {wide}:  # the heads were pasted too: nobody knows which columns these are
        said = _HEADS.fill(columns=wide, there=widths.pop())
        raise InputError([_fault(table, None, None, "paste_size", said, _NAME_ALL)])
    heads = Titled(map(str, frame.columns), {each.name: each.title.zh for each in known.columns})
    faults = [_fault(table, None, None, "unknown_column", _NOT_HERE.fill(name=name), heads.remedy(name))
              for name in columns if name not in frame]  # fmt: skip
    reading, there = _Reading(instance, known, columns), _keys_of(known, frame)
    lines, rows, twice = [], [], Counter[tuple[str, ...]]()
    for at, row in enumerate(cells, first):
        if len(row) != len(columns):
            found = [_fault(table, None, None, "paste_size", _UNEVEN.fill(there=len(row)), _AS_MANY.fill(columns=wide))]
        else:
            given, found = reading.row([cell.strip() for cell in row])
            if not found:
                told = ", ".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in given.items())
                lines.append(f"add {table} {{ {told} }}")
                rows.append(at)
            key = tuple(str(given.get(name, "")) for name in known.key)
            if any(key) and (key in there or twice[key]):
                message, remedy = (_THERE, _CHANGE) if key in there else (_TWICE, _ONE)
                called = " ".join(cell.strip() for name, cell in zip(columns, row, strict=True) if name in known.key)
                found.append(_fault(table, (), None, "record_exists", message, remedy, called))
            twice[key] += 1
        faults += [replace(each, row=at) for each in found]
    if faults:
        numbered = (replace(each, row=rows[(each.row or 1) - 1]) for each in _also_wrong(instance, lines))
        raise InputError(in_rows(instance, table, [*faults, *numbered]))
    return lines


class _Reading:
    """How the cells of new rows are read.

    Args:
        instance: as it stands.
        known: the table.
        columns: machine names, in their order; those that the table does not have are not read.
    """

    def __init__(self, instance: Instance, known: Table, columns: Sequence[str]) -> None:
        self._instance, self._table, self._columns = instance, known, columns
        self._frame = instance.tables[known.name]
        self._codes = {name: codes_of(titles_of(instance, known.name, name)) for name in columns if name in self._frame}
        self._named = {name: _records(instance, column.references) for name in self._codes
                       if (column := known.by_name.get(name)) is not None and column.references}  # fmt: skip
        self._there = {name: Known(each.codes) for name, each in self._named.items()}
        self._absent = [_missing(instance, known.name, column) for column in known.columns
                        if self._wanted(column) and column.name not in columns]  # fmt: skip

    def row(self, cells: Sequence[str]) -> tuple[dict[str, Any], list[Finding]]:
        """What a row says by columns, and what is wrong with it."""
        table, given, found = self._table.name, dict[str, Any](), list[Finding]()
        for name, said in zip(self._columns, cells, strict=True):
            if name not in self._codes:
                continue
            column = self._table.by_name.get(name)
            if not said:
                found += [] if not self._wanted(column) else [_missing(self._instance, table, column)]
                continue
            meant = self._codes[name].get(said.casefold(), said)
            meant = self._named[name].meant(meant) if name in self._named else meant
            numeric = bool(column.numeric if column is not None else self._frame[name].dtype == float)
            value = _value(table, (), name, column, numeric, meant, found)
            if column is not None and name in self._there and meant and meant not in self._there[name]:
                remedy = _offered(self._instance, column, self._there[name], meant)
                found.append(_fault(table, (), name, "unknown_code", _UNKNOWN, remedy, said))
            elif column is not None and column.kind == "enum" and meant and not _allowed(column, meant):
                remedy = known_values(column.name, column.values, [table]).remedy(meant)
                found.append(_fault(table, (), name, "not_allowed", _OTHER, remedy, said))
            given |= {} if value is _WRONG else {name: value}
        return given, [*found, *self._absent]

    def _wanted(self, column: Column | None) -> TypeGuard[Column]:
        """Whether a cell may not be empty: a title that is not given is that in the other language, or the name."""
        return column is not None and column.required and not (column.name in TITLES and len(self._table.key) == 1)


def _keys_of(known: Table, frame: pd.DataFrame) -> set[tuple[str, ...]]:
    """The keys of the rows that a table has; a part of one may be blank."""
    return set(zip(*(frame[name].fillna("").astype(str).tolist() for name in known.key), strict=True))


def _missing(instance: Instance, table: str, column: Column) -> Finding:
    remedy = named_text(column.explained)
    if column.references:
        remedy = _offered(instance, column, Known(_records(instance, column.references).codes), "")
    return _fault(table, (), column.name, "missing_value", _BLANK, remedy)


def _offered(instance: Instance, column: Column, known: Known, said: str) -> Text:
    """What would be right instead of a code that a table does not have."""
    if said and (nearest := known.nearest(said)) is not None:
        return MEANT.fill(nearest=nearest)
    if len(known.names) > OFFERED:
        return _SEE.fill(table=TABLES[column.references].title)
    records = _records(instance, column.references)
    called = zip(records.codes, records.names("zh"), records.names("en"), strict=True)
    return _ONE_OF.fill(every=listed(Text(f"{code} {zh}", f"{code} {en}") for code, zh, en in called))


def _allowed(column: Column, text: str) -> bool:
    return column.value_spelt(text) in column.values or value_named(column.name, text) in column.values


def in_rows(instance: Instance, table: str, faults: Sequence[Finding]) -> list[Finding]:
    """Findings on rows of a paste: the same about the same column once, with rows, column and what stands there.

    Args:
        instance: of the table.
        table: machine name.
        faults: each with its row; 0 for one that was typed into fields. One without a row stays what it is.
    """
    alike: dict[tuple[str, str, Text], list[Finding]] = {}
    for each in faults:
        alike.setdefault((each.column or "", each.code, each.message), []).append(each)
    told = []
    for (column, _, message), every in alike.items():
        if every[0].row is None:
            told += every
            continue
        values = [*dict.fromkeys(one.value for one in every if one.value)]
        name = column.removeprefix(f"{table}.")
        title = TABLES[table].by_name[name].title if name in TABLES[table].by_name else Text(name, name)
        shown = [_QUOTED.fill(value=value) for value in values[:NAMED]]
        where = [_rows_of([one.row for one in every if one.row]), title,
                 Text("".join(one.zh for one in shown) + ("等" if len(values) > NAMED else ""),
                      ", ".join(one.en for one in shown) + (" …" if len(values) > NAMED else ""))]  # fmt: skip
        place = Text(*(after.join(filter(None, (one[at] for one in where))) for at, after in enumerate(("，", ", "))))
        said = Text(f"{place.zh}：{message.zh}", f"{place.en}: {message.en}") if place.zh else message
        told.append(replace(every[0], message=said, column=name or None))
    return told


def at_cells(table: str, findings: Sequence[Finding]) -> list[Finding]:
    """Findings on the edits that a paste stands for, as findings on its cells: the page has cells and no edits."""
    return [replace(each, file=table, row=None, column=each.column.rpartition(".")[2])
            if each.file == EDITS and each.column and each.key and each.column.startswith(f"{table}.") else each
            for each in findings]  # fmt: skip


def _rows_of(rows: Sequence[int]) -> Text:
    """Which rows these are, the first of them where they are many; nothing for what was typed into fields."""
    if not rows:
        return Text("", "")
    listed = sorted(dict.fromkeys(rows))
    first = ", ".join(map(str, listed[:NAMED]))
    if len(listed) > NAMED:
        return Text(
            f"第 {first.replace(', ', '、')}… 行等 {len(listed):,} 处", f"Rows {first} … ({len(listed):,} in all)"
        )
    return Text(f"第 {first.replace(', ', '、')} 行", f"{'Row' if len(listed) == 1 else 'Rows'} {first}")


def _records(instance: Instance, table: str) -> Records:
    frame = instance.tables[table]
    return Records(table, {str(name): frame[name].tolist() for name in frame.columns})


def _cells(text: str, rows: int) -> list[list[str]]:
    """The cells of what was pasted; a line end behind the last row is none, but empty rows are rows."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > max(1, rows) and not lines[-1]:
        lines.pop()
    return [line.split("\t") for line in lines]


def _described(
    instance: Instance, known: Table, name: str
) -> tuple[Column | None, bool, list[Any], Mapping[str, str]] | None:
    """What is known of a column, whether it holds numbers, its cells, and the codes that titles stand for.

    None where it cannot be pasted into.
    """
    frame, column = instance.tables[known.name], known.by_name.get(name)
    if name not in frame or (column is not None and column.key):
        return None
    numeric = column.numeric if column is not None else frame[name].dtype == float
    return column, bool(numeric), frame[name].tolist(), codes_of(titles_of(instance, known.name, name))


_WRONG = object()


def _value(
    table: str, key: Sequence[str], name: str, column: Column | None, numeric: bool, said: str, faults: list[Finding]
) -> Any:
    if not said:
        if column is not None and column.required:
            faults.append(_fault(table, key, name, "missing_value", _EMPTY, _GIVE))
            return _WRONG
        return None
    if numeric:
        number = parse_number(said, share=column is not None and column.kind == "share")
        if number is None:
            faults.append(_fault(table, key, name, "not_a_number", _NO_NUMBER, _A_NUMBER, said))
            return _WRONG
        return number
    if column is not None and column.kind == "flag":
        if said.lower() not in TRUE | FALSE:
            faults.append(_fault(table, key, name, "not_a_flag", _NO_FLAG, _A_FLAG, said))
            return _WRONG
        return said.lower() in TRUE
    return said


def _same(old: Any, value: Any) -> bool:
    if value is None:
        return bool(old != old or old == "")
    return bool(old == value)


def _fault(
    table: str, key: Sequence[str] | None, column: str | None, code: str, message: Text, remedy: Text, value: str = "",
    row: int | None = None,
) -> Finding:  # fmt: skip
    shown = shortened(value) if value else None
    return Finding("error", code, table, row, column, shown, message, remedy, ", ".join(key) if key else None)
