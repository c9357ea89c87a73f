"""Native charts beneath tables of groups: bars that a reader can change, drawn from the cells themselves."""

from __future__ import annotations

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from alloc.content.blocks import Column, Table
from alloc.content.numbers import head
from alloc.report.render.paper import say
from alloc.report.render.xlsx.sheet import TableSheet

INK, RULE, NOW, BEFORE = "#1F2933", "#E4E7EB", "#0B6E99", "#9AA5B1"
FEWEST, MOST = 3, 40  # rows that make a readable chart
NARROWEST, WIDEST, LOWEST, HIGHEST = 520, 900, 260, 660  # pixels: a page across is as high, a page upright as wide
CLEAR = 4  # pixels from the edges of the cells beneath, where a page may end
PIXEL = 0.75  # points


def add_chart(book: Workbook, sheet: Worksheet, table: Table, written: TableSheet, language: str) -> float:
    """Draws the column that a table is about, or the pair before and after; returns how many points high, 0: none."""
    rows, lead = written.rows(), next((at for at, column in enumerate(table.columns) if not column.numeric), None)
    chosen = _chosen(table.columns)
    if (
        table.whole
        or lead is None
        or not chosen
        or not FEWEST <= len(rows) <= MOST
        or rows[-1] - rows[0] + 1 != len(rows)
    ):
        return 0.0
    chart = book.add_chart({"type": "bar"})
    name = sheet.get_name()
    for colour, at in zip((BEFORE, NOW) if len(chosen) == 2 else (NOW,), chosen, strict=True):
        chart.add_series({
            "name": head(table.columns[at], language), "categories": [name, rows[0], lead, rows[-1], lead],
            "values": [name, rows[0], at, rows[-1], at], "fill": {"color": colour}, "gap": 60,
        })  # fmt: skip
    named, unit = head(table.columns[chosen[-1]], language), table.columns[chosen[-1]].unit
    axis, title = (named, f"{table.title}{say(language, 'gap')}{named}") if len(chosen) == 1 else (unit, table.title)
    text = {"name_font": {"size": 9, "color": INK, "bold": False}, "num_font": {"size": 9, "color": INK}}
    chart.set_title({"name": title, "name_font": {"size": 11, "color": INK}, "overlay": False})
    chart.set_x_axis({**text, "name": axis, "major_gridlines": {"visible": True, "line": {"color": RULE}}})
    chart.set_y_axis(
        {**text, "name": table.columns[lead].title, "reverse": True, "crossing": "max", "line": {"color": INK}}
    )
    chart.set_legend({"position": "bottom"} if len(chosen) == 2 else {"none": True})
    wide = min(max(NARROWEST, sum(7 * each + 5 for each in written.page()) - 2 * CLEAR), WIDEST)
    high = min(max(LOWEST, (10 + 12 * len(chosen)) * len(rows) + 120), HIGHEST)
    chart.set_size({"width": wide, "height": high})
    sheet.insert_chart(
        written.beneath, written.left, chart, {"x_offset": CLEAR, "y_offset": CLEAR, "description": title}
    )
    return (high + CLEAR) * PIXEL


def _chosen(columns: tuple[Column, ...]) -> tuple[int, ...]:
    """Before and after where a table has both, else the one column that it is about, which it colours; else none."""
    names = [column.name for column in columns]
    for before, after in (("before", "after"), ("score_before", "score"), ("last_year", "published")):
        if before in names and after in names and columns[names.index(before)].unit == columns[names.index(after)].unit:
            return names.index(before), names.index(after)
    barred = [at for at, column in enumerate(columns) if column.kind == "number" and column.colour == "bar"]
    return tuple(barred) if len(barred) == 1 else ()
