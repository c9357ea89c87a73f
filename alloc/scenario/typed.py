"""The value of an edit against the column that it is for: its kind, its range, its allowed values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.content.titles import VALUES, value_named
from alloc.formulation.columns import NO_UNIT, Column, Kind
from alloc.instance.cells import number_meant
from alloc.instance.findings import Finding, InputError
from alloc.instance.schema.columns import Table
from alloc.instance.suggest import Titled
from alloc.scenario.edits import Edit
from alloc.text import Text, figure

# What the verbs that need a number make of numbers; what is not given stays so.
CHANGES: Mapping[str, np.ufunc] = MappingProxyType(
    {"add": np.add, "scale": np.multiply, "at_most": np.minimum, "at_least": np.maximum}
)
WRONG_TYPE = Text("取值的类型不对。", "A value of the wrong kind.")
MORE_CELLS = Text("（另有 {others} 格）", " (and {others} more {others:|cell|cells})")
NUMBER = Text("应为一个数，不加引号。", "Would be right: a number, without quotes.")
_A_HEAD = Text(
    "人均限制写 basis = 'per_resident'，value 只写每人的数，不加引号。",
    "For a limit a head write basis = 'per_resident', and for value the number a head alone, without quotes.",
)
_DECIMAL = Text(
    "逗号只用来分千位，其后为三位数字；小数写作 {point}。",
    "A comma only parts thousands, with three digits behind it; write {point} for the decimal.",
)
_FLAG = Text("应为是或否（true、false）。", "Would be right: true or false.")
_TEXT = Text("应为加引号的文本；代码也是文本。", "Would be right: a text in quotes; codes are texts too.")


def number(value: object) -> float | None:
    """The value as a number if it is a finite one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:  # a whole number beyond every float
        return None


def column_of(table: Table, frame: pd.DataFrame, name: str) -> Column:
    """The description of a column; one of the planner's own has no range."""
    if name in table.by_name:
        return table.by_name[name]
    kind: Kind = "number" if frame[name].dtype == np.float64 else "text"
    return Column(name, kind, NO_UNIT, Text(name, name), NO_UNIT, required=False)


def typed(edit: Edit, column: Column, value: object) -> Any:
    """The value as the column holds it, None for an empty text.

    Raises:
        InputError: it is of another kind, or none of the allowed values.
    """
    if column.numeric:
        return _or_refuse(edit, column, value, number(value), _number_wanted(column, value))
    if column.kind == "flag":
        return _or_refuse(edit, column, value, value if isinstance(value, bool) else None, _FLAG)
    text = str(_or_refuse(edit, column, value, value.strip() if isinstance(value, str) else None, _TEXT))
    if not text and column.required:
        raise InputError([missing(edit, column)])
    text = value_meant(column, text)
    if text and column.kind == "enum" and text not in column.values:
        message = Text("“{title}”不是允许的取值。", "{title} is not one of the allowed values.").fill(
            title=column.title
        )
        remedy = Titled(column.values, VALUES.get(column.name, {}), beside=True).remedy(text)
        raise InputError(
            [
                edit.finding(
                    "not_allowed", message.fill(title=column.title), remedy, column=_named(edit, column), value=text
                )
            ]
        )
    return text or None


def value_meant(column: Column, text: str) -> str:
    """The value of an enumeration that a text is or is a title of; the text of any other column stays."""
    if column.kind != "enum" or text in column.values:
        return text
    text = column.value_spelt(text)
    named = value_named(column.name, text)
    return named if text not in column.values and named in column.values else text


def _number_wanted(column: Column, value: object) -> Text:
    """What would be right instead of a text where a number is due."""
    text = value if isinstance(value, str) else ""
    if column.name == "value" and re.search(r"residents|人口|人均", text):  # of a limit
        return _A_HEAD
    return figure_meant(text) or NUMBER


def figure_meant(text: str) -> Text | None:
    """The number to write for one with 万, 亿 or a percent sign behind, with its thousands apart, or with a decimal
    comma; None for any other text."""
    found = number_meant(text)
    if found is None:
        return None
    plain, sign = found
    if sign == ".":
        return _DECIMAL.fill(point=plain)
    if not sign:
        return Text(
            f"写作 {plain}，不加千分位，不加引号。", f"Write {plain}, without thousands apart and without quotes."
        )
    return Text(f"写作 {plain}，不带“{sign}”，不加引号。", f"Write {plain}, without {sign} and without quotes.")


def _or_refuse(edit: Edit, column: Column, value: object, found: Any, remedy: Text) -> Any:
    if found is None:
        unit = Text(f"单位：{column.unit.zh}。", f" Unit: {column.unit.en}.") if column.unit.zh else NO_UNIT
        said = Text(remedy.zh + unit.zh, remedy.en + unit.en)
        raise InputError([edit.finding("wrong_type", WRONG_TYPE, said, column=_named(edit, column), value=value)])
    return found


def amount(edit: Edit, column: Column | None = None) -> float:
    """The number by which an edit changes numbers.

    Raises:
        InputError: it is none, or the column holds no numbers.
    """
    if column is not None and not column.numeric:
        remedy = Text("文本和是/否只能写 =，或者删除（drop）。", "Texts and flags are changed by set or drop.")
        raise InputError([edit.finding("wrong_type", WRONG_TYPE, remedy, value=edit.verb)])
    by = number(edit.value)
    if by is None:
        remedy = figure_meant(str(edit.value)) or NUMBER
        raise InputError([edit.finding("wrong_type", WRONG_TYPE, remedy, value=edit.value)])
    return by


def missing(edit: Edit, column: Column) -> Finding:
    """The finding on a cell that would be empty and must not be."""
    message = Text("“{title}”不能为空。", "{title} must not be empty.").fill(title=column.title)
    return edit.finding("missing_value", message, _wanted(column), column=_named(edit, column))


def out_of_range(
    edit: Edit, column: Column, values: NDArray[np.float64], keys: Sequence[Sequence[str]]
) -> list[Finding]:
    """One finding where new values leave the range of their column: on the first, with the number of the others."""
    wrong = np.isinf(values)
    for limit, beyond in (
        (column.minimum, np.less),
        (column.above, np.less_equal),
        (column.maximum, np.greater),
        (column.below, np.greater_equal),
    ):
        if limit is not None:
            wrong |= beyond(values, limit)
    if not wrong.any():
        return []
    first = int(np.flatnonzero(wrong)[0])
    value = float(values[first])
    percent = column.kind == "share" and 1 < value <= 100
    message = Text("“{title}”超出允许范围{more}。", "{title} is outside its range{more}.")
    if percent:
        message = Text("“{title}”是比例，不是百分数{more}。", "{title} is a share, not a percentage{more}.")
    remedy = Text(f"写作 {value / 100:g}。", f"Would be right: {value / 100:g}.") if percent else _wanted(column)
    said = message.fill(title=column.title, more=and_more(int(wrong.sum()) - 1))
    code = "share_in_percent" if percent else "out_of_range"
    key = ", ".join(keys[first]) if keys else None
    return [edit.finding(code, said, remedy, column=_named(edit, column), value=figure(value), key=key)]


def and_more(others: int) -> Text:
    """How many other cells have the same fault."""
    return MORE_CELLS.fill(others=others) if others else NO_UNIT


def _named(edit: Edit, column: Column) -> str:
    """The target, or for a new row the target and the column."""
    return f"{edit.target}.{column.name}" if edit.adds_row else edit.target


def _wanted(column: Column) -> Text:
    """What would be right in a column: range and unit, or what it is."""
    within, unit = column.range_words, column.unit
    if not within.zh:
        return column.note
    return Text(
        f"应{within.zh}" + (f"；单位：{unit.zh}。" if unit.zh else "。"),
        f"Would be right: {within.en}" + (f"; unit: {unit.en}." if unit.en else "."),
    )
