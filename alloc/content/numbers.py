"""Where a raw value becomes text: the only place, so that a number reads the same in every rendering.

Shown parts add up to shown totals: an additive column is rounded by largest remainders, sub-totals within the total and
rows within their sub-total. A difference is taken of the two numbers as they are shown. `Shown` holds the rounded
numbers too, so a workbook stores what the page says and a live sum agrees to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from alloc.content.blocks import Amount, Cell, Column, Marked, Row, Table
from alloc.content.figures import MISSING, number
from alloc.instance.schema.columns import MARKS
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

UP, DOWN = "▲", "▼"
NOTES = {
    "rounded": Text(
        "表中数字按所示小数位取整；各项之和恰等于合计（最大余数法，个别数字末位有一个单位的调整）。",
        "Figures are rounded as shown; by largest remainders the parts add up to the totals, so a last digit may be "
        "one unit off plain rounding.",
    ),
    "estimated": Text("ᵉ 由估计数据得出。", "ᵉ rests on estimated data."),
    "assumed": Text("ᵃ 由假设数据得出。", "ᵃ rests on assumed data."),
}


@dataclass(frozen=True)
class Shown:
    """A table as it is shown.

    Attributes:
        heads: of the columns: title and mark, without the unit.
        units: of the columns, empty where there is none.
        rows, totals, groups: texts; of groups None where a group has no sub-totals.
        row_numbers, total_numbers, group_numbers: the same as numbers rounded as shown, strings and None kept.
        notes: the table's own, and those on rounding and marks.
    """

    heads: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[Row, ...]
    totals: tuple[str, ...] | None
    total_numbers: Row | None
    groups: tuple[tuple[str, ...] | None, ...]
    group_numbers: tuple[Row | None, ...]
    notes: tuple[str, ...]


def shown(table: Table, language: str, arrows: bool = True) -> Shown:
    """Every cell of a table as text and as the number that the text says.

    Args:
        table: raw values.
        language: of the notes.
        arrows: whether changes have an arrow beside their sign.
    """
    raw_of: list[list[Cell]] = []  # of every column the rows, sub-totals and total
    made_of: list[list[Cell]] = []  # the same as they are shown
    adjusted = False
    for place, column in enumerate(table.columns):
        values = [row[place] for row in table.rows]
        subs = [None if group.totals is None else group.totals[place] for group in table.groups]
        total = None if table.totals is None else table.totals[place]
        raw = [*values, *subs, total]
        plain = [_rounded(value, column) for value in values]
        if column.additive and isinstance(total, float | int):
            values, subs = _apportioned(table, column, values, subs, float(total))
            adjusted = adjusted or values != plain
        else:
            values, subs = plain, [_rounded(value, column) for value in subs]
        made = [
            _as_marked(value, old) for value, old in zip([*values, *subs, _rounded(total, column)], raw, strict=True)
        ]
        raw_of.append(raw)
        made_of.append(made)
    places = {column.name: place for place, column in enumerate(table.columns)}
    for place, column in enumerate(table.columns):
        if column.less is not None:
            now, before = (made_of[places[name]] for name in column.less)
            made_of[place] = [
                _less(*cells, column) for cells in zip(now, before, made_of[place], raw_of[place], strict=True)
            ]
    columns = [made[: len(table.rows)] for made in made_of]
    group_columns = [made[len(table.rows) : -1] for made in made_of]
    total_cells = [made[-1] for made in made_of]
    levels = {level.name: f"{level.letter} {level.title}".strip() for level in table.levels}
    row_numbers = tuple(zip(*columns, strict=True)) if table.rows else ()
    group_numbers = tuple(
        None if group.totals is None else tuple(column[place] for column in group_columns)
        for place, group in enumerate(table.groups)
    )
    total_numbers = None if table.totals is None else tuple(total_cells)

    def texts(row: Row) -> tuple[str, ...]:
        return tuple(_text(value, column, levels, arrows) for value, column in zip(row, table.columns, strict=True))

    return Shown(
        heads=tuple(column.title + MARKS.get(column.status, "") for column in table.columns),
        units=tuple(column.unit for column in table.columns),
        rows=tuple(texts(row) for row in row_numbers),
        row_numbers=row_numbers,
        totals=None if total_numbers is None else texts(total_numbers),
        total_numbers=total_numbers,
        groups=tuple(None if row is None else texts(row) for row in group_numbers),
        group_numbers=group_numbers,
        notes=_notes(table, adjusted, language),
    )


def excel_format(of: Column | Amount, mark: str = "") -> str:
    """The number format under which a workbook shows a rounded number as `shown` writes it, with a mark behind it."""
    behind = mark
    if isinstance(of, Amount):
        change, behind = of.sign, (" %" if of.percent else "") + of.mark
    elif not of.numeric:
        return "@"
    else:
        change = of.kind in ("change", "change_share")
    digits = "#,##0" + ("." + "0" * of.decimals if of.decimals else "")
    if isinstance(of, Amount) and of.power:
        digits = digits.removeprefix("#,##") + "E+00"
    digits += f'"{behind}"' if behind else ""
    if change:
        return f'"{UP} +"{digits};"{DOWN} −"{digits};{digits}'
    return f'{digits};"−"{digits};{digits}'


def change(value: float | None, decimals: int = 0) -> str:
    """A change with arrow and sign; 0 has neither."""
    return _arrowed(number(math.nan if value is None else value, decimals, sign=True))


def amount_text(amount: Amount, arrows: bool = False) -> str:
    """An amount as text: sign, digits, per cent, mark; an arrow before a change where `arrows`."""
    value, decimals = amount.value, amount.decimals
    if math.isnan(value):
        return MISSING
    power = ""
    if amount.power and value and not math.isinf(value):
        exponent = math.floor(math.log10(abs(value)))
        value /= 10.0**exponent
        power = "×10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    text = number(value, decimals, amount.sign) + power + (" %" if amount.percent else "") + amount.mark
    return _arrowed(text) if arrows and amount.sign else text


def _arrowed(text: str) -> str:
    if text.startswith("+"):
        return f"{UP} {text}"
    return f"{DOWN} {text}" if text.startswith("−") else text


def head(column: Column, language: str) -> str:
    """The head of a column in one line: title, mark, unit."""
    title = column.title + MARKS.get(column.status, "")
    if not column.unit:
        return title
    return f"{title}（{column.unit}）" if language == "zh" else f"{title} ({column.unit})"


def apportion(values: Sequence[float], total: int) -> list[int]:
    """Whole numbers that sum to `total`, each `values` rounded down or up; the largest remainders are rounded up.

    Args:
        values: their sum rounds to `total`.
        total: what the whole numbers sum to.

    Raises:
        ValueError: the values do not sum to `total`.
    """
    floors = [math.floor(value + ROUNDOFF) for value in values]
    left = total - sum(floors)
    if not 0 <= left <= len(values):
        raise ValueError(f"parts sum to {sum(values)}, not to {total}")
    order = sorted(range(len(values)), key=lambda place: (floors[place] - values[place], place))
    for place in order[:left]:
        floors[place] += 1
    return floors


def _apportioned(
    table: Table, column: Column, values: list[Cell], subs: list[Cell], total: float
) -> tuple[list[Cell], list[Cell]]:
    power = 10**column.decimals
    size = power / column.scale
    goal = round(total * size)
    if not table.groups or any(not isinstance(each, float | int) for each in subs):
        rounded_subs = [_rounded(each, column) for each in subs]
        return _spread(values, size, goal, power), rounded_subs
    sums = apportion([float(each) * size for each in subs if isinstance(each, float | int)], goal)
    found: list[Cell] = []
    place = 0
    for group, part in zip(table.groups, sums, strict=True):
        found += _spread(values[place : place + group.count], size, part, power)
        place += group.count
    return found, [part / power for part in sums]


def _spread(values: list[Cell], size: float, goal: int, power: int) -> list[Cell]:
    there = [place for place, value in enumerate(values) if _is_number(value)]
    parts = apportion([float(values[place]) * size for place in there], goal)  # type: ignore[arg-type]
    found: list[Cell] = [None] * len(values)
    for place, part in zip(there, parts, strict=True):
        found[place] = part / power
    return found


def _less(now: Cell, before: Cell, own: Cell, raw: Cell, column: Column) -> Cell:
    """The difference of two numbers as they are shown; its own number where one of them has none.

    Plain rounding keeps the order of numbers. Where largest remainders turn it, it keeps its own number too, for a
    change must not look like one of the other sign.
    """
    if not (isinstance(own, float) and isinstance(now, float) and isinstance(before, float)):
        return own
    assert isinstance(raw, float | int)
    made = round(now - before, column.decimals) + 0.0
    return own if made * raw < 0 else _as_marked(made, own)


def _as_marked(value: Cell, raw: Cell) -> Cell:
    """A rounded number with the mark of the one that it comes from."""
    return Marked(value, raw.mark) if isinstance(raw, Marked) and isinstance(value, float | int) else value


def _is_number(value: Cell) -> bool:
    return isinstance(value, float | int) and not math.isnan(value)


def _rounded(value: Cell, column: Column) -> Cell:
    if isinstance(value, Amount):
        if math.isnan(value.value):
            return None
        return value if value.power else replace(value, value=round(value.value, value.decimals) + 0.0)
    if value is None or not column.numeric:
        return value
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return None
    return value if math.isinf(value) else round(value / column.scale, column.decimals) + 0.0


def _text(value: Cell, column: Column, levels: dict[str, str], arrows: bool) -> str:
    if isinstance(value, Amount):
        return amount_text(value, arrows)
    if value is None:
        return "" if column.kind in ("text", "code") else MISSING
    if isinstance(value, str):
        return levels.get(value, value) if column.kind == "level" else value
    mark = value.mark if isinstance(value, Marked) else ""
    if column.kind in ("change", "change_share"):
        return (change(value, column.decimals) if arrows else number(value, column.decimals, sign=True)) + mark
    return number(value, column.decimals) + mark


def _notes(table: Table, adjusted: bool, language: str) -> tuple[str, ...]:
    keys = [*(["rounded"] if adjusted else []), *_statuses([table])]
    return tuple(filter(None, [table.note, *(getattr(NOTES[key], language) for key in keys)]))


def marks_noted(tables: Sequence[Table], language: str) -> str:
    """What the marks of estimated and assumed data mean, as far as some table has them; empty where none has."""
    said = [getattr(NOTES[key], language) for key in _statuses(tables)]
    return ("" if language == "zh" else " ").join(said)


def _statuses(tables: Sequence[Table]) -> list[str]:
    """The statuses that marks in heads or cells stand for."""
    found: set[str] = {column.status for table in tables for column in table.columns}
    rows = [row for table in tables for row in (*table.rows, table.totals, *(each.totals for each in table.groups))]
    cells = [cell for row in rows for cell in row or ()]
    said = "".join(
        cell.mark if isinstance(cell, Amount | Marked) else cell if isinstance(cell, str) else "" for cell in cells
    )
    return [status for status, mark in MARKS.items() if status in found or mark in said]
