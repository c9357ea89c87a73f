"""Understanding the cells of a file: from texts to typed columns, and what is wrong with those that say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.columns import NO_UNIT, Column
from alloc.instance.cells import ONE, looks_numeric, parse_code, parse_flag, parse_number, parse_numbers
from alloc.instance.files.raw import RawTable
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.instance import blank_cells
from alloc.instance.schema.columns import Table
from alloc.text import Text


def type_cells(raw: RawTable, table: Table) -> tuple[Sheet, list[Finding]]:
    """Understand every cell by its column's kind; what cannot be understood is missing, and a finding."""
    index = pd.Index(raw.rows, dtype=np.int64)
    columns: dict[str, Any] = {}
    cells = dict(raw.columns)
    bad: list[tuple[Column, list[int]]] = []
    for column in table.columns:
        if column.name not in cells:
            columns[column.name] = blank_cells(column, len(index))
        else:
            columns[column.name], places = _typed(column, cells[column.name], raw.scales.get(column.name, ONE))
            if column.percent[0] in cells:
                places = _percent(table, column, cells, columns[column.name], places)
            bad.append((column, places))
    for name in sorted(set(cells) - set(columns)):
        texts = cells[name]
        numeric = looks_numeric(texts)
        columns[name] = parse_numbers(texts)[0] if numeric else texts
    made: dict[tuple[str, str], Any] = {}  # what checks ask a sheet for, which is at hand here
    for name, values in columns.items():
        if isinstance(values, list):
            made[name, "texts"], columns[name] = np.array(values, dtype=object), pd.array(values, dtype="str")
        elif values.dtype == np.float64:
            made[name, "numbers"] = values
    sheet = Sheet(table, raw.file, pd.DataFrame(columns, index=index), cells, made=made)
    return sheet, [finding for column, places in bad for finding in _misread(sheet, column, places)]


def _percent(
    table: Table, column: Column, cells: Mapping[str, list[str]], numbers: NDArray[np.float64], misread: list[int]
) -> list[int]:
    """Reads percentages in rows in which a number is a share by what stands in another column; gives what is misread.

    Args:
        table: of the column.
        column: with numbers that may be shares.
        cells: texts by column.
        numbers: of the column; those of percentages are put in.
        misread: places of cells that hold no number.
    """
    other, values = column.percent
    of = table.by_name[other]
    read = {
        place: number
        for place in misread
        if of.value_spelt(cells[other][place]) in values
        and (number := parse_number(cells[column.name][place], share=True)) is not None
    }
    for place, number in read.items():
        numbers[place] = number
    return [place for place in misread if place not in read]


def _typed(column: Column, cells: list[str], scale: Fraction) -> tuple[NDArray[Any] | list[str], list[int]]:
    """The typed cells of a column, texts as a list, and the places of those that are not of its kind."""
    if column.numeric:
        return parse_numbers(cells, share=column.kind == "share", scale=scale)
    if column.kind == "flag":
        flags = [parse_flag(cell) for cell in cells]
        bad = [place for place, (flag, cell) in enumerate(zip(flags, cells, strict=True)) if flag is None and cell]
        return np.array([flag is True for flag in flags], dtype=bool), bad
    if column.kind == "code":
        cells = [parse_code(cell) for cell in cells]
    elif column.kind == "enum":
        cells = [column.value_spelt(cell).casefold() for cell in cells]
    return cells, []


_UNKNOWN = re.compile(r"[+-]?(nan|inf|infinity|null|none|na|n/a|#n/a|#\w+[!?/].*|[-—–/]+|\.+)", re.IGNORECASE)
_REQUIRED = Text(
    "这一列必填：写一个数，没有就写 0，不详就填估计数并在数据来源表注明{unit}。",
    "The column is required: write a number, 0 where there is none, an estimate said in the sources if unknown{unit}.",
)
_PERCENT = re.compile(r".*[%％]")
_ONLY_SHARES = Text(
    "只有“{title}”为比例或倍数的行可写百分数；写出数额，或改“{title}”。",
    "Only rows whose {title} is a share or a multiple have percentages: write the amount, or change the {title}.",
)
# What stands in a cell instead of a number, and what would be right.
_NOT_NUMBERS: tuple[tuple[Callable[[str], Any], Text], ...] = (
    (
        _UNKNOWN.fullmatch,
        Text("没有数据就留空；空不等于零。", "Leave the cell empty where nothing is known: empty is not zero."),
    ),
    (
        re.compile(r".*[万亿千百].*").fullmatch,
        Text("写出完整的数，不带“万”“亿”{unit}。", "Write the whole number, without 万 or 亿{unit}."),
    ),
    (
        _PERCENT.fullmatch,
        Text(
            "这一列不是比例，不能用百分号{unit}。",
            "This column is no share: write a number without a percent sign{unit}.",
        ),
    ),
    (
        re.compile(r".*[²³¹⁰⁴-⁹½¼¾①-⑳〇零一二三四五六七八九十廿壹贰叁肆伍陆柒捌玖].*").fullmatch,
        Text("用阿拉伯数字 0–9 写出{unit}。", "Write it with the digits 0 to 9{unit}."),
    ),
    (
        re.compile(r"[+-]?[\d.]+e[+-]?\d+", re.IGNORECASE).fullmatch,
        Text("这个数大得或小得不可能{unit}。", "The number is impossibly large or small{unit}."),
    ),
    (
        re.compile(r"[+-]?\d+,\d+").fullmatch,
        Text(
            "小数点用“.”，千位分隔为三位一组{unit}。",
            "Write decimals with a point; thousands are groups of three{unit}.",
        ),
    ),
    (lambda text: True, Text("写一个数，不带文字{unit}。", "Write a number, without words{unit}.")),
)


_A_FLAG = Text("写 true 或 false（也可写 1/0、是/否）。", "Write true or false (or 1, 0, yes, no).")
_A_FLAG_IN_WORDS = Text(
    "写“是”或“否”（也可写 true/false、1/0）。", "Write yes or no (or true, false, 1, 0)."
)  # in a workbook, whose lists of choices have these


def _misread(sheet: Sheet, column: Column, places: list[int]) -> list[Finding]:
    """Findings on cells that hold no number, or no yes or no."""
    if not places:
        return []
    mask = np.zeros(len(sheet.frame), dtype=bool)
    mask[places] = True
    if column.kind == "flag":
        message = Text("“{title}”既不是“是”也不是“否”。", "{title} is neither true nor false.")
        remedy = _A_FLAG_IN_WORDS if "#" in sheet.file else _A_FLAG
        return sheet.find(mask, column.name, "not_a_flag", message, remedy, title=column.title)
    unit = Text(f"；单位：{column.unit.zh}", f"; unit: {column.unit.en}") if column.unit.zh else NO_UNIT

    def remedy_at(place: int) -> Text:
        text = sheet.cells[column.name][place]
        if column.required and _UNKNOWN.fullmatch(text):
            return _REQUIRED.fill(unit=unit)
        if column.percent[0] and _PERCENT.fullmatch(text):
            other = sheet.table.by_name[column.percent[0]]
            return _ONLY_SHARES.fill(title=other.title)
        return next(remedy for fits, remedy in _NOT_NUMBERS if fits(text)).fill(unit=unit)

    message = Text("“{title}”不是一个数。", "{title} is not a number.")
    return sheet.find(mask, column.name, "not_a_number", message, remedy_at, title=column.title)
