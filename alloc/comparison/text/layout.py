"""Parts of a text: a title, sentences, a table of which rows without a difference are left out, notes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rich.console import Console

from alloc.result.figures import decimals_for, number, shown_unit
from alloc.result.sections import WIDTH, Section, render

MOST_DECIMALS = {"share": 5, "number": 5, "ha": 2, "10⁴ yuan": 0, "persons": 0}
HUNDRED_MILLION_DECIMALS = 4  # 10⁸ yuan to the last 10⁴ yuan


@dataclass(frozen=True)
class Line:
    """A row of a table; `changes` are those of its cells that tell a difference."""

    cells: tuple[str, ...]
    changes: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether a difference is to be seen."""
        return any(character not in "0.,%+− —" for each in self.changes for character in each)


@dataclass(frozen=True)
class Part:
    """A part of the text.

    Attributes:
        title: first line.
        lines: sentences below the title and above the table.
        section: the table.
        notes: sentences below the table.
        same: of how many rows none is shown since nothing differs in them; None where some are, or there are no rows.
    """

    title: str
    lines: tuple[str, ...] = ()
    section: Section | None = None
    notes: tuple[str, ...] = ()
    same: int | None = None

    def noted(self, note: str) -> Part:
        """With one more note."""
        return replace(self, notes=(*self.notes, note))


@dataclass(frozen=True)
class Figures:
    """How the values of a row or a column are shown: name and size of the unit, decimals."""

    unit: str
    size: float
    decimals: int

    def value(self, value: float) -> str:
        """A value."""
        return number(value / self.size, self.decimals)

    def change(self, change: float) -> str:
        """A change, with its sign."""
        return number(change / self.size, self.decimals, sign=True)


def figures(language: str, unit: str, changes: Iterable[float], values: Iterable[float]) -> Figures:
    """Unit by the largest value, decimals by four significant figures of the largest change, within reason.

    Args:
        language: ``zh`` or ``en``.
        unit: of the instance.
        changes: what is shown as changes; where there are none, the values decide.
        values: what is shown as values.
    """
    largest, moved = (max((abs(each) for each in group if each == each), default=0.0) for group in (values, changes))
    shown = shown_unit(unit, largest)
    most = HUNDRED_MILLION_DECIMALS if shown.size != 1 else MOST_DECIMALS[unit]
    name = "" if unit in ("share", "number") else getattr(shown, language)
    return Figures(name, shown.size, min(most, decimals_for((moved or largest) / shown.size)))


def text(parts: Iterable[Part]) -> str:
    """The parts as plain text of the width of a terminal."""
    blocks = []
    for part in parts:
        lines = [_wrapped(each) for each in (part.title, *part.lines) if each]
        if part.section is not None:
            lines.append(render([part.section]).rstrip("\n"))
        blocks.append("\n".join([*lines, *map(_wrapped, part.notes)]))
    return "\n\n".join(blocks) + "\n"


def _wrapped(line: str) -> str:
    """A sentence in lines no longer than the terminal is wide, wide characters counted as two."""
    console = Console(file=io.StringIO(), width=WIDTH, no_color=True, highlight=False, markup=False, emoji=False)
    console.print(line)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(each.rstrip() for each in console.file.getvalue().splitlines())
