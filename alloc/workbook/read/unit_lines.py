"""Lines above a head that say what all numbers of a sheet are in, as official tables have them: 单位：亿元."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from alloc.formulation.columns import Column
from alloc.instance.findings import Finding, shortened
from alloc.instance.schema.units import counted_otherwise, measure
from alloc.text import Text
from alloc.workbook.layout import short_unit
from alloc.workbook.read.grid import Grid, cell_name

# 填报单位 and its like are offices.
_LINE = re.compile(
    r"(?:^|[\s(（\[［【,，;；])(?:计量|金额|货币)?单位\s*[:：](?P<zh>[^()（）\[\]［］【】]*)|"
    r"(?:^|[\s(\[,;])(?:units?|all figures in|in units of)\s*:(?P<en>[^()\[\]]*)",
    re.IGNORECASE,
)
_APART = re.compile(r"[、,，;；]")
NAMED = 3  # columns that a finding names

_MESSAGE = Text(
    "{cell}：表头上方写着“{line}”，但不会据此换算：{columns}按“{own}”读取。",
    "{cell}: above the head stands {line}, by which nothing is converted: {columns} would be read in {own}.",
)
_REMEDY = Text(
    "把单位写进这些列的表头，如“{title}（{said}）”，再删去这一行；数据若本来就是{own}，只删去这一行。",
    "Put the unit into the heads of these columns, such as: {title} ({said}), and delete the line; if the numbers are "
    "in {own} already, only delete the line.",
)


def unit_lines(grid: Grid, file: str, header: int, columns: Sequence[tuple[Column, str]]) -> Iterator[Finding]:
    """A finding on every line above the head by whose unit numbers below would be other numbers.

    Args:
        grid: the sheet.
        file: its name in findings.
        header: row of the head.
        columns: those of the schema that are read, and the unit that the head of each names ("": none).
    """
    numeric = [(column, own) for column, own in columns if column.numeric]
    for row, cells in enumerate(grid.rows[: header - 1], start=1):
        for place, line, said in _said(cells):
            differ = [(column, own) for column, own in numeric if counted_otherwise(column, said)]
            otherwise = [column for column, own in differ if not own]
            if not otherwise:  # every head names a unit: the line is for none of them, unless one has the same
                otherwise = [column for column, own in differ if measure(own) != measure(said)]
            if otherwise:
                yield _finding(file, (row, place), line, said, otherwise)
                break


def _said(cells: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Column, text and unit of every unit that the cells of a row name; it may stand in the cell behind."""
    for place, text in enumerate(cells, start=1):
        found = _LINE.search(text)
        if found is None:
            continue
        units = (found["zh"] or found["en"] or "").strip() or next(filter(None, cells[place:]), "")
        line = text if units in text else f"{text}{units}"
        for said in filter(None, map(str.strip, _APART.split(units))):
            yield place, line, said


def _finding(file: str, at: tuple[int, int], line: str, said: str, columns: Sequence[Column]) -> Finding:
    row, place = at
    titles = [column.title for column in columns[:NAMED]]
    more = len(columns) - len(titles)
    words = {
        "cell": cell_name(row, place), "line": shortened(line), "said": said, "title": titles[0],
        "own": Text(*(short_unit(columns[0].unit, language) for language in ("zh", "en"))),
        "columns": Text(
            "、".join(each.zh for each in titles) + (f" 等 {len(columns)} 列" if more else ""),
            ", ".join(each.en for each in titles) + (f" and {more} more" if more else ""),
        ),
    }  # fmt: skip
    return Finding(
        "error", "unit_line", file, row, None, shortened(line), _MESSAGE.fill(**words), _REMEDY.fill(**words)
    )
