"""The check sheet while it is written: formulas with their values, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from alloc.text import Text
from alloc.workbook.layout import Cell, say
from alloc.workbook.styles import Styles

GOOD = "✓"
BAD = "✗"


@dataclass(frozen=True)
class Formula:
    """A formula without its equals sign, and its value today; ``""`` where it shows nothing."""

    text: str
    value: Cell


NO_FORMULA = Formula('""', "")


class CheckPage:
    """A sheet that is filled from the top; ``row`` is the next one, the first is 0."""

    def __init__(self, sheet: Worksheet, styles: Styles, language: str) -> None:
        """Start at the top."""
        self.sheet, self.styles, self.language = sheet, styles, language
        self.row = 0

    def heading(self, title: Text, heads: Iterable[Text]) -> None:
        """The heading of a part and the heads of its columns."""
        self.row += 1
        named = [say(head, self.language) for head in heads]
        for place in range(len(named)):
            self.sheet.write_blank(self.row, place, None, self.styles.section())
        self.sheet.write_string(self.row, 0, say(title, self.language), self.styles.section())
        self.sheet.set_row(self.row, 22)
        for place, head in enumerate(named):
            self.sheet.write_string(self.row + 1, place, head, self.styles.header(""))
        self.sheet.set_row(self.row + 1, 34)
        self.row += 2

    def add(self, cells: Iterable[str | Formula], forms: Mapping[int, str]) -> None:
        """One row; ``forms`` are the number formats of columns that do not hold whole numbers."""
        for place, cell in enumerate(cells):
            form = self.styles.cell(num_format=forms.get(place, "#,##0"))
            if isinstance(cell, Formula):
                if str(cell.value).startswith((GOOD, BAD)):
                    form = self.styles.cell(align="center")
                value = "" if cell.value is None else cell.value
                self.sheet.write_formula(self.row, place, f"={cell.text}", form, value)
            else:
                self.sheet.write_string(self.row, place, cell, form)
        self.row += 1


def number(cell: Cell) -> float:
    """A number, 0 for anything else, as formulas take it."""
    return cell if isinstance(cell, float) else 0.0
