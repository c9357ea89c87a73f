"""How a workbook looks: fonts, colours, number formats, widths."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet, re_dynamic_function

from alloc.formulation.columns import Column
from alloc.tolerances import LAST_DIGITS
from alloc.workbook.layout import Cell

INK, QUIET, FAINT, LINE, ACCENT = "#1F2933", "#52606D", "#7B8794", "#C9CED6", "#0B6E99"
FILLS = {"": "#EEF1F4", "key": "#D8E6ED", "estimated": "#FBEFD9", "assumed": "#F6DCC9"}
WRONG = "#F9D9C8"
FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}
SIZE = {"zh": 10, "en": 11}

ROW_HEIGHT = 18
NARROWEST, WIDEST = 9, 44
WIDEST_TITLE = 16  # of a header before it is wrapped
MOST_DECIMALS = 6


class ExactSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose numbers are read back as the same double: 17 digits where 16 are not enough."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        named = "".join(f' {key}="{value}"' for key, value in attributes)
        text = f"{number:.0f}" if float(number).is_integer() and abs(number) < 1e15 else repr(float(number))
        self.fh.write(f"<c{named}><v>{text}</v></c>")

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """A formula as the file has it. The library looks for some thirty younger functions in each, one by one, which
        takes a quarter of the time of writing a workbook; whether there is any it knows at once."""
        if expand_future_functions or self.use_future_functions or re_dynamic_function.search(formula):
            return str(super()._prepare_formula(formula, expand_future_functions))
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")


class Styles:
    """The formats of one workbook, made when they are first asked for."""

    def __init__(self, book: Workbook, language: str) -> None:
        """Keep the workbook that the formats belong to."""
        self._book = book
        self._font = {"font_name": FONTS[language], "font_size": SIZE[language], "font_color": INK, "valign": "vcenter"}
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        """The format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**self._font, **properties})
        return self._made[key]

    def header(self, fill: str, *, bold: bool = True) -> Format:
        """The header of a column; ``fill`` is one of ``FILLS``."""
        return self(
            bold=bold, bg_color=FILLS[fill], font_color=INK if bold else QUIET, text_wrap=True, align="center",
            valign="vcenter", border=1, border_color=LINE,
        )  # fmt: skip

    def title(self) -> Format:
        """The heading of a sheet."""
        return self(bold=True, font_size=16)

    def section(self) -> Format:
        """The heading of a part of a sheet."""
        return self(bold=True, font_color=ACCENT, font_size=12, bottom=1, bottom_color=ACCENT)

    def note(self) -> Format:
        """Words that explain."""
        return self(font_color=QUIET, text_wrap=True, valign="top")

    def cell(self, **properties: Any) -> Format:
        """A cell of a table that stands on a page of words."""
        return self(border=1, border_color=LINE, valign="vcenter", **properties)


def width(text: str) -> int:
    """How wide a text is, in figures; Chinese takes two."""
    if text.isascii():  # no sign of these is wide
        return len(text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def header_size(header: str) -> tuple[float, int]:
    """A width for a header and into how many lines it is broken."""
    lines = header.split("\n")
    wide = max(min(max(width(line) for line in lines), WIDEST_TITLE), 6)
    return wide + 2.0, sum(-(-width(line) // wide) for line in lines)


def wrapped(text: str, wide: float) -> int:
    """Into how many lines a text is broken in a cell of this width."""
    return sum(max(1, -(-width(line) * 11 // int(wide * 10))) for line in text.split("\n"))


def column_width(header: str, texts: Iterable[str]) -> float:
    """A width that holds the cells and, wrapped, the header."""
    content = max((width(text) for text in texts), default=0) * 1.1 + 2
    return min(max(NARROWEST, header_size(header)[0], content), WIDEST)


def number_format(column: Column | None, cells: Sequence[Cell]) -> str:
    """The format of a numeric column: thousands apart, and as many decimals as its numbers have, up to six."""
    numbers = [cell for cell in cells if isinstance(cell, float)]
    decimals = next(
        (
            some
            for some in range(MOST_DECIMALS)
            if all(abs(round(n, some) - n) <= LAST_DIGITS * abs(n) for n in numbers)
        ),
        MOST_DECIMALS,
    )
    if column is not None and not numbers:
        return {"share": "0.0###", "number": "#,##0.00"}.get(column.kind, "#,##0")
    degrees = column is not None and column.name in ("lon", "lat")
    return ("0" if degrees else "#,##0") + ("." + "0" * decimals if decimals else "")


def note_size(note: str) -> dict[str, Any]:
    """How a note is shown: as high as its lines need."""
    lines = sum(1 + width(line) // 50 for line in note.split("\n"))
    return {"author": "", "x_scale": 2.4, "y_scale": 0.3 + 0.24 * lines, "font_size": 9, "color": "#FFFFF0"}


def shown_text(cell: Cell, form: str) -> str:
    """About what a cell looks like, to measure it."""
    if isinstance(cell, float):
        return format(cell, f",.{len(form.partition('.')[2])}f")
    return "" if cell is None else str(cell).split("\n")[0]


def close(book: Workbook) -> None:
    """Writes a workbook to its file, all at once: the library leaves a file open that it could not write to the end.

    Raises:
        OSError: it cannot be written, which the writing library says in errors of its own.
    """
    path, book.filename = book.filename, BytesIO()
    try:
        book.close()
    except XlsxWriterException as error:
        first = error.args[0] if error.args else ""
        raise (first if isinstance(first, OSError) else OSError(str(error))) from error
    Path(path).write_bytes(book.filename.getvalue())
