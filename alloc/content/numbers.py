"""Where a raw value becomes text: the only place, so that a number reads the same in every rendering.

A number is rounded by itself, so that it is the same in every table; totals and differences are taken before rounding,
and a note says where what is shown does not add up to the last digit. `Shown` holds the rounded numbers too, so a
workbook stores what the page says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from alloc.content.blocks import Amount, Cell, Column, Marked, Row, Table
from alloc.content.figures import MISSING, differs, number, rounded
from alloc.instance.schema.columns import MARKS
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

UP, DOWN = "▲", "▼"
NOTES = {
    "rounded": Text(
        "合计按未四舍五入的数计算，末位可能与表中各数之和略有出入。",
        "Totals are taken before rounding; the last digit may be a little off the sum of the numbers shown.",
    ),
    "differences": Text(
        "差额按未四舍五入的数计算，末位可能与表中两数之差相差 1。",
        "Differences are taken before rounding; the last digit may be one off that of the numbers shown.",
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
        of_marks: how many of the notes, the last ones, are on marks.
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
    of_marks: int


def shown(table: Table, language: str, arrows: bool = True) -> Shown:
    """Every cell of a table as text and as the number that the text says.

    Args:
        table: raw values.
        language: of the notes.
        arrows: whether changes have an arrow beside their sign.
    """
    made_of: list[list[Cell]] = []  # of every column the rows, sub-totals and total
    for place, column in enumerate(table.columns):
        subs = [None if group.totals is None else group.totals[place] for group in table.groups]
        total = None if table.totals is None else table.totals[place]
        raw = [*(row[place] for row in table.rows), *subs, total]
        made_of.append([_as_marked(_rounded(value, column), value) for value in raw])
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
        notes=_notes(table, made_of, language),
        of_marks=len(_statuses([table])),
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


def _summed_off(table: Table, column: Column, made: Sequence[Cell]) -> bool:
    """Whether numbers of an additive column, as they are shown, do not add up to a total or sub-total beside them."""
    rows, subs, total = made[: len(table.rows)], made[len(table.rows) : -1], made[-1]
    sums, at = [(total, rows)], 0
    for group, part in zip(table.groups, subs, strict=True):
        sums.append((part, rows[at : at + group.count]))
        at += group.count
    return column.additive and any(
        _is_number(whole) and round(math.fsum(filter(_is_number, parts)) - whole, column.decimals) != 0  # type: ignore
        for whole, parts in sums
    )


def _less_off(table: Table, column: Column, made_of: Sequence[Sequence[Cell]]) -> bool:
    """Whether a difference, as it is shown, is somewhere not that of the two numbers that are shown beside it."""
    if column.less is None:
        return False
    place = {each.name: at for at, each in enumerate(table.columns)}
    now, before, change = (made_of[place[name]] for name in (*column.less, column.name))
    return any(
        all(map(_is_number, cells)) and differs(*cells, column.decimals)  # type: ignore[arg-type]
        for cells in zip(now, before, change, strict=True)
    )


def _as_marked(value: Cell, raw: Cell) -> Cell:
    """A rounded number with the mark of the one that it comes from."""
    return Marked(value, raw.mark) if isinstance(raw, Marked) and isinstance(value, float | int) else value


def _is_number(value: Cell) -> bool:
    return isinstance(value, float | int) and not math.isnan(value)


def _rounded(value: Cell, column: Column) -> Cell:
    if isinstance(value, Amount):
        if math.isnan(value.value):
            return None
        return value if value.power else replace(value, value=rounded(value.value, value.decimals))
    if value is None or not column.numeric:
        return value
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return None
    return rounded(value / column.scale, column.decimals)


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


def _notes(table: Table, made_of: Sequence[Sequence[Cell]], language: str) -> tuple[str, ...]:
    every = list(zip(table.columns, made_of, strict=True))
    amounts = (cell for made in made_of for cell in made if isinstance(cell, Amount))
    less = table.off or any(each.off for each in amounts) or any(_less_off(table, each, made_of) for each, _ in every)
    keys = [
        *(["rounded"] if any(_summed_off(table, *each) for each in every) else []),
        *(["differences"] if less else []), *_statuses([table]),
    ]  # fmt: skip
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
