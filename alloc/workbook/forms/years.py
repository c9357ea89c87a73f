"""The years that a form says its figures are of: each row of one, none to come, all of a column the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from alloc.instance.checks.years import YEAR
from alloc.instance.findings import Finding, Severity, or_leave
from alloc.text import Text
from alloc.workbook.forms.filled import Filled

EXAMPLE = 2020  # of a year, where no planning year is known
# Two years with anything but a dash between them: a range, as 2020—2021 of a school year, is one time.
_APART = re.compile(r"(?:19|20|21)\d\d\s*年?(?:度|末|底)?\s*[、，,;；/和及与 ]+\s*(?:19|20|21)\d\d(?!\d)")
_SEVERAL = Text("一行的数只属于一个时间，这里写了几个年份。",
                "The figures of a row are of one time; here are several years.")  # fmt: skip
_EACH_ITS_ROW = Text("只写这一行的数所属的年份。", "Write the year that the figures of the row are of.")
_NO_YEAR = Text("“{said}”里没有四位的年份，看不出这一行的数属于哪一年。",
                "No year of four digits stands in “{said}”: of which year the figures are is open.")  # fmt: skip
_FOUR_DIGITS = Text("写四位的年份，如 {year}。", "Write a year of four digits, as {year}.")
_TO_COME = Text("{last} 年晚于规划年度 {year}，还没有这一年的数。",
                "{last} is after the planning year {year}: there are no figures of it yet.")  # fmt: skip
_CHECK = Text("核对年份和数据。", "Check the year and the figures.")
_OTHERS = Text("同一列有 {count} 行是 {usual} 年的，这一行是 {last} 年的。",
               "{count} {count:|row|rows} of the column {count:|is|are} of {usual}, this one of {last}.")  # fmt: skip
_ONE_YEAR = Text("各行填同一年份的数。", "Give figures of one year in all rows.")


def doubted_years(cells: Sequence[Filled], year: int | None) -> Iterator[Finding]:
    """What is wrong with the years of the rows of a sheet in which something is filled in, each row once.

    An error where no year can be read, as of "last year"; warnings on years that do not go together.

    Args:
        cells: that are filled in on the sheet.
        year: planning year; None: not known.
    """
    rows = {cell.row: cell for cell in cells if cell.said["year"]}
    of = {row: sorted(map(int, years)) for row, cell in rows.items() if (years := YEAR.findall(cell.said["year"]))}
    for row, cell in rows.items():
        if row not in of:
            example = _FOUR_DIGITS.fill(year=EXAMPLE if year is None else year - 1)
            yield _found(cell, "no_year", _NO_YEAR.fill(said=cell.said["year"]), example, "error")
        elif _APART.search(cell.said["year"]):
            yield _found(cell, "several_years", _SEVERAL, or_leave(_EACH_ITS_ROW))
            of.pop(row, None)
        elif year is not None and row in of and of[row][-1] > year:
            message = _TO_COME.fill(last=of.pop(row)[-1], year=year)
            yield _found(cell, "year_to_come", message, or_leave(_CHECK))
    for item in dict.fromkeys(rows[row].item for row in of):
        of_item = {row: said for row, said in of.items() if rows[row].item == item}
        count = Counter(said[-1] for said in of_item.values())
        usual = max(count, key=lambda said: (count[said], said))
        for row, said in of_item.items():
            if not said[0] <= usual <= said[-1]:
                message = _OTHERS.fill(count=count[usual], usual=usual, last=said[-1])
                yield _found(rows[row], "years_differ", message, or_leave(_ONE_YEAR))


def _found(cell: Filled, code: str, message: Text, remedy: Text, severity: Severity = "warning") -> Finding:
    key = ", ".join(filter(None, (cell.city, cell.item)))
    return Finding(severity, code, cell.file, cell.row, "year", cell.said["year"], message, remedy, key)
