"""What is wrong with cells of a workbook before anyone asks what they say: errors, dates, lost codes, merged areas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alloc.formulation.columns import Column
from alloc.instance.findings import Finding, Severity
from alloc.text import Text
from alloc.workbook.read.grid import Grid, cell_name
from alloc.workbook.read.scan import Place

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)

ERROR = (
    Text("这里是错误值。", "This cell holds an error."),
    Text("改正公式，或填入数据；没有数据就留空。", "Mend the formula or write the value; leave it empty if unknown."),
)
NO_VALUE = (
    Text("这里的公式没有保存计算结果。", "This formula was saved without its value."),
    Text("在 Excel 或 WPS 中打开并保存一次，或直接填数。", "Open and save it in Excel or WPS, or write the value."),
)
_DATE_AS_TEXT = (
    Text("这里是日期，按文本读取。", "This is a date; it is read as text."),
    Text("若不是日期，请把单元格设为文本格式后重填。", "If none is meant, set the cell to text and write it again."),
)
_DATE = Text("这里是日期或时间，不是“{title}”。", "This is a date or a time, not: {title}.")
_DATE_REMEDY = Text(
    "单元格格式改为文本（代码）或数值后重填。", "Set the cell to text (codes) or number and write it again."
)
_SCIENTIFIC_CODE = Text("代码变成了科学计数法的数。", "The code has become a number in scientific notation.")
_SHORT_CODE = Text(
    "代码变成了数，可能丢失了前导零或位数不对。", "The code has become a number; leading zeros may be lost."
)
_CODE_REMEDY = Text("单元格设为文本格式，重新填写完整代码。", "Set the cell to text and write the whole code again.")
_MERGE_REMEDY = Text("取消合并，每一格分别填写。", "Unmerge it and fill in every cell.")


@dataclass(frozen=True)
class Records:
    """The cells below a header.

    Attributes:
        grid: the sheet.
        file: its name in findings.
        header: row of the header.
        columns: by place, machine name and description of the columns that are read.
    """

    grid: Grid
    file: str
    header: int
    columns: Mapping[int, tuple[str, Column | None]]

    def findings(self) -> Iterator[Finding]:
        """What is wrong with single cells."""
        for place, value in sorted(self.grid.scan.errors.items()):
            yield from self._at(place, "error_in_cell", value, *ERROR)
        for place in sorted(self.grid.scan.no_value):
            yield from self._at(place, "formula_without_value", None, *NO_VALUE)
        for place in sorted(self.grid.dates):
            yield from self._date(place)
        for column, (_, described) in self.columns.items():
            if described is not None and described.kind == "code":
                yield from self._lost_codes(column, described)

    def merged(self) -> tuple[list[Finding], set[tuple[str, int, str]]]:
        """A finding for every merged area, and all cells in them by file, row and column."""
        findings: list[Finding] = []
        covered: set[tuple[str, int, str]] = set()
        for (top, left), (bottom, right) in self.grid.merged:
            lowest = min(bottom, len(self.grid.rows))
            rows = [row for row in range(max(top, self.header + 1), lowest + 1) if any(self.grid.rows[row - 1])]
            inside = [place for place in self.columns if left <= place <= right]
            if rows and inside:
                area = f"{cell_name(top, left).en}:{cell_name(bottom, right).en}"
                message = Text(
                    f"{area} 是合并单元格，只有左上角有值。", f"{area} is merged: only one cell has a value."
                )
                findings += self._at((rows[0], inside[0]), "merged_cells", area, message, _MERGE_REMEDY)
                covered |= {(self.file, row, self.columns[place][0]) for row in rows for place in inside}
        return findings, covered

    def _at(
        self, place: Place, code: str, value: str | None, message: Text, remedy: Text, severity: Severity = "error"
    ) -> Iterator[Finding]:
        """A finding on a cell, if it is one of those that are read."""
        row, column = place
        if row > self.header and column in self.columns:
            yield Finding(severity, code, self.file, row, self.columns[column][0], value, message, remedy)

    def _date(self, place: Place) -> Iterator[Finding]:
        described = self.columns.get(place[1], ("", None))[1]
        if described is None:  # the planner's own column may hold dates
            return
        value = self.grid.text(place)
        if described.kind == "text":
            yield from self._at(place, "date_as_text", value, *_DATE_AS_TEXT, severity="warning")
        else:
            message = _DATE.fill(title=described.title)
            yield from self._at(place, "date_in_cell", value, message, _DATE_REMEDY)

    def _lost_codes(self, column: int, described: Column) -> Iterator[Finding]:
        """Codes that a spreadsheet took for numbers: 1.1E+05, or one that lost its leading zeros."""
        fits = re.compile(described.pattern or ".*").fullmatch
        for row in range(self.header + 1, len(self.grid.rows) + 1):
            text, number = self.grid.text((row, column)), self.grid.is_number((row, column))
            if not number and "e" not in text and "E" not in text:  # the usual case
                continue
            if _SCIENTIFIC.fullmatch(text) and (number or not fits(text)):
                yield from self._at((row, column), "code_as_number", text, _SCIENTIFIC_CODE, _CODE_REMEDY)
            elif number and not fits(text):
                yield from self._at((row, column), "code_as_number", text, _SHORT_CODE, _CODE_REMEDY)
