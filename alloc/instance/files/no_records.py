"""Rows of a table that are no records: totals, notes below a table, units below its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter

from alloc.instance.cells import parse_number
from alloc.instance.findings import Finding, shortened
from alloc.instance.schema.columns import Table
from alloc.instance.schema.units import measure
from alloc.text import Text

_TOTAL = re.compile(
    r"[^\d\s]{0,12}(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计)\s*[(（\w）)]{0,8}[:：]?|全[国省市区县]|"
    r"(?:[a-z' -]{0,30}\b)?(?:sub-?\s?totals?|totals?|sums?|all cities)\b(?: (?:of|for|in)\b.{0,30})?[:：]?",
    re.IGNORECASE,
)
_MAYBE_TOTAL = re.compile(r"计|全|total|sum|all cities", re.IGNORECASE)  # what every one of them has
_NOTE = re.compile(
    r"(?:注释?|备注|附注|(?:填表|填报|编制)?说明|(?:资料|数据)?来源|数据截至|(?:填报|填表|制表|编制)?单位|(?:填表|填报|制表)人?|"
    r"审核人?|复核人?|(?:单位)?负责人|联系人|联系电话|(?:填表|填报|制表)?日期|notes?|sources?|remarks?|comments?|"
    r"prepared by|checked by|data from)"
    r"\s*[\d①-⑳一二三四五]{0,2}\s*(?:[:：.．、)）].*|$)|[*※†#].*",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(r"[\w-]+")
_NAMES = ("name", "province_name", "title_zh", "title_en")
LONGEST_NAME = 20  # of a city, a pool, a service; what is longer is a sentence
FEWEST_COLUMNS = 3  # with which a row of one cell is no record

_SAID = {
    "total_row": (
        Text("这一行是合计，不是一条记录。", "This row is a total, not a record."),
        Text("删去这一行；合计由系统计算。", "Delete the row; alloc makes the sums itself."),
    ),
    "note_line": (
        Text("这一行是表注，不是一条记录。", "This row is a note, not a record."),
        Text("删去这一行；说明写入“数据来源”表或批注。", "Delete the row; notes belong into the table sources."),
    ),
    "unit_row": (
        Text("这一行是单位，不是一条记录。", "This row holds units, not a record."),
        Text("把单位写进表头的括号，删去这一行。", "Put the units into the heads, in brackets, and delete the row."),
    ),
}


class Screen:
    """Tells rows of one table that are no records. A row that `look` finds to hold `plain` texts is one.

    Args:
        file: its name in findings.
        table: its description.
        names: machine names of the columns; "" where a column has none.
    """

    def __init__(self, file: str, table: Table, names: Sequence[str]) -> None:
        """Find the places of the columns that matter."""
        self.file, self.names = file, names
        described = [table.by_name.get(name) for name in names]
        self.keys = [place for place, name in enumerate(names) if name in table.key]
        codes = {place: column for place in self.keys if (column := described[place]) and column.kind == "code"}
        self.codes = [place for place, column in codes.items() if column.references in ("", "cities")]
        self.needed = [
            {place, names.index(column.twin) if column.twin in names else place}
            for place, column in enumerate(described)
            if column is not None and column.required and not column.key and not column.numeric
        ]
        self.titles = [place for place, name in enumerate(names) if name in _NAMES]
        self.numeric = [place for place, column in enumerate(described) if column is not None and column.numeric]
        self.cities = table.name == "cities"
        looked = sorted({0, *self.keys, *(self.titles if self.cities else ())})
        self.look = itemgetter(*looked, looked[0])  # of one place it would give a text, not texts
        self.plain: set[str] = set()  # texts that make no row anything but a record

    def strike(self, row: int, cells: Sequence[str]) -> Finding | None:
        """A finding on a row that is no record; None for a record.

        Args:
            row: of the file.
            cells: one for every column.
        """
        if all(map(self._is_plain, self.look(cells))):
            return None
        place, first = next(((place, cell) for place, cell in enumerate(cells) if cell), (0, ""))
        kind = self._kind(cells, first)
        if kind is None:
            return None
        if kind == "total_row":
            place = next(at for at in (*self.codes, *self.titles) if _is_total(cells[at]))
        column = self.names[place] if place < len(self.names) else ""
        message, remedy = _SAID[kind]
        return Finding("error", kind, self.file, row, column or None, shortened(cells[place]), message, remedy)

    def _is_plain(self, cell: str) -> bool:
        plain = _WORD.fullmatch(cell) is not None and not _is_total(cell)
        if plain:
            self.plain.add(cell)
        return plain

    def _kind(self, cells: Sequence[str], first: str) -> str | None:
        whole = all(cells[place] for place in self.keys)
        if any(_is_total(cells[place]) for place in self.codes) and not self._is_described(cells):
            return "total_row"
        if (not whole or self.cities) and any(_is_total(cells[place]) for place in self.titles):
            return "total_row"
        if not first or (_WORD.fullmatch(first) and whole):
            return None
        if not any(parse_number(cells[place]) is not None for place in self.numeric if cells[place]):
            if _NOTE.fullmatch(first) and not (whole and len(self.keys) > 1):
                return "note_line" if not self._units(cells) else "unit_row"
            if len(cells) >= FEWEST_COLUMNS and sum(map(bool, cells)) == 1 and _is_sentence(first):
                return "note_line"
            if not whole and self._units(cells):
                return "unit_row"
        return None

    def _is_described(self, cells: Sequence[str]) -> bool:
        """Whether a row says all of its record that is no number: a pool of the name total may be one."""
        return (
            not self.cities
            and bool(self.needed)
            and all(any(cells[place] for place in either) for either in self.needed)
        )

    def _units(self, cells: Sequence[str]) -> bool:
        """Whether the columns of numbers hold units, of cities two at least."""
        filled = [cells[place] for place in self.numeric if cells[place]]
        return len(filled) > bool(self.cities) and all(measure(cell.strip("()（）")) is not None for cell in filled)


def _is_total(cell: str) -> bool:
    return _MAYBE_TOTAL.search(cell) is not None and _TOTAL.fullmatch(cell) is not None


def _is_sentence(text: str) -> bool:
    """Whether a text is none of a code or a name."""
    return len(text) > LONGEST_NAME or re.search(r"[\s，。；：:;!?]", text) is not None
