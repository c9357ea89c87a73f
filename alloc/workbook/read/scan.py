"""What the XML of a sheet says that the reading library does not tell.

The library gives neither errors such as #N/A nor formulas without a value, and it makes room for every cell up to the
farthest one, wherever that is. So the XML is looked through for these, and for these alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MOST_CELLS = 6_000_000  # up to the farthest cell of a sheet
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of any sheet

# A cell with anything in it; <c r="B2" s="1"/> and <c r="B2" s="1"></c> are only formatted.
_FILLED = re.compile(rb"<(?:\w+:)?c(?:\s([^>]*[^>/]))?>(?!</)")
_CELL = re.compile(rb"""<(?:\w+:)?c(?=[\s>/])(?:\s+r=["']([A-Z]{1,3})([0-9]{1,7})["'])?""")
# A cell that does not begin by saying that it is in an area that can be read: 52 columns and 99,999 rows, or 598
# columns and 9,999 rows.
_NOT_NEAR = tuple(
    re.compile(rb"""<(?:\w+:)?c(?=[\s>/])(?!\s+r=["']%s["'])""" % near)
    for near in (rb"A?[A-Z][0-9]{1,5}", rb"[A-V]?[A-Z][0-9]{1,4}")
)
_NO_PLACE = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*\s)?r=["'](?![A-Z]{1,3}[0-9]{1,7}["'])""")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s>/])")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["']([0-9]{1,7})["']""")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s([^>]*\bt=["']e["'][^>]*)>(.*?)</(?:\w+:)?c>""", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
# The end of a formula, and then the end of its cell: no value between.
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_TEXT = re.compile(rb"""\bt=["'](?:str|inlineStr)["']""")  # a formula may well give an empty text

Place = tuple[int, int]  # row and column, the first is 1
NOWHERE: Place = (0, 0)  # of a cell that does not say where it is


@dataclass(frozen=True)
class Scan:
    """What the XML of a sheet says beside its values.

    Attributes:
        filled: whether there is anything on the sheet.
        farthest: the last row and the last column with anything in them, where that is too far to be read; else None.
        errors: what stands in cells with an error, e.g. ``#N/A``.
        no_value: cells with a formula that was saved without its value.
        unplaced: whether there are such cells in a file that does not say where.
    """

    filled: bool
    farthest: Place | None
    errors: Mapping[Place, str]
    no_value: frozenset[Place]
    unplaced: bool


def scan_sheet(xml: bytes) -> Scan:
    """Look through the XML of a sheet."""
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        xml = xml.decode("utf-16", "replace").encode("utf-8")
    errors = {}
    for found in _ERROR.finditer(xml) if b'="e"' in xml or b"='e'" in xml else ():
        value = _VALUE.search(found[2])
        errors[_place(found[1])] = value[1].decode("utf-8", "replace") if value else "#VALUE!"
    no_value, before = set(), 0
    for found in _NO_VALUE.finditer(xml):  # the cell begins after the end of the one that was found before
        start = max(xml.rfind(opening, before, found.start()) for opening in (b"<c ", b":c ", b"<c>", b":c>"))
        before = found.end()
        attributes = xml[start : xml.find(b">", start)]
        if not _TEXT.search(attributes):
            no_value.add(_place(attributes))
    no_value -= set(errors)
    unplaced = NOWHERE in no_value or NOWHERE in errors
    errors.pop(NOWHERE, None)
    return Scan(_FILLED.search(xml) is not None, _too_far(xml), errors, frozenset(no_value - {NOWHERE}), unplaced)


def _too_far(xml: bytes) -> Place | None:
    """The last row and column with anything in them, where the area up to there has more cells than can be read."""
    if any(cell.search(xml) is None for cell in _NOT_NEAR):
        return None  # the usual case: not even cells that are only formatted are far away
    if _NO_PLACE.search(xml):  # such as row 99999999999: no spreadsheet writes that, and no room is enough for it
        return LAST_ROW + 1, LAST_COLUMN
    places = _CELL.findall(xml)
    letters = {name for name, _ in places}
    if b"" not in letters:
        rows = max((int(row) for _, row in places), default=0)
        if _can_be_read(rows, max(map(_number, letters), default=0)):
            return None
    rows, columns = _farthest(xml)
    return None if _can_be_read(rows, columns) else (rows, columns)


def _can_be_read(rows: int, columns: int) -> bool:
    return rows * columns <= MOST_CELLS and rows <= LAST_ROW and columns <= LAST_COLUMN


def _farthest(xml: bytes) -> Place:
    """The last row and column with anything in them; where cells do not say where they are, no less than that."""
    rows, columns, nameless = 0, 0, False
    for attributes in _FILLED.findall(xml):
        row, column = _place(attributes)
        rows, columns, nameless = max(rows, row), max(columns, column), nameless or not row
    if nameless:
        each_row = _ROW.split(xml)
        rows = max(rows, len(each_row) - 1, *map(int, _ROW_NUMBER.findall(xml)))
        columns = max(columns, max(len(_CELL.findall(row)) for row in each_row))
    return rows, columns


def _place(attributes: bytes) -> Place:
    place = _PLACE.search(attributes)
    return (int(place[2]), _number(place[1])) if place else NOWHERE


def _number(letters: bytes) -> int:
    """``b"AA"`` as 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
