"""Parts of a text: a title, sentences, a table of which rows without a difference are left out, notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from alloc.content.blocks import Amount, Cell, Paragraph, Row, Section, Table
from alloc.content.blocks import Part as Block
from alloc.content.figures import decimals_for, shown_unit

MOST_DECIMALS = {"share": 5, "number": 5, "ha": 2, "10⁴ yuan": 0, "persons": 0}
HUNDRED_MILLION_DECIMALS = 4  # 10⁸ yuan to the last 10⁴ yuan


@dataclass(frozen=True)
class Line:
    """A row of a table; `changes` are those of its cells that tell a difference."""

    cells: Row
    changes: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether a difference is to be seen."""
        return any(map(_tells, self.changes))


def _tells(change: Cell) -> bool:
    """Whether a change is one as it is shown: an amount that is not rounded to 0, or a word."""
    if isinstance(change, Amount):
        return change.value == change.value and bool(round(change.value, change.decimals))
    return bool(change)


@dataclass(frozen=True)
class Part:
    """A part of the text.

    Attributes:
        title: first line.
        lines: sentences below the title and above the table.
        table: the table.
        notes: sentences below the table.
        same: of how many rows none is shown since nothing differs in them; None where some are, or there are no rows.
    """

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
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

    def value(self, value: float) -> Amount:
        """A value."""
        return Amount(value / self.size, self.decimals)

    def change(self, change: float) -> Amount:
        """A change, with its sign."""
        return Amount(change / self.size, self.decimals, sign=True)


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


def sections(parts: Iterable[Part]) -> tuple[Section, ...]:
    """The parts as sections; one without a title goes on with the part before it."""
    found: list[Section] = []
    for place, part in enumerate(parts):
        blocks: list[Block] = [Paragraph(line) for line in part.lines if line]
        blocks += [] if part.table is None else [replace(part.table, name=f"table_{place}", title=part.title)]
        blocks += [Paragraph(note) for note in part.notes if note]
        if not part.title and found:
            found[-1] = replace(found[-1], parts=(*found[-1].parts, *blocks))
        else:
            found.append(Section(f"part_{place}", part.title, "", tuple(blocks)))
    return tuple(found)


def chapter(name: str, title: str, parts: Iterable[Part]) -> Section:
    """Parts as one chapter of a document: their tables have captions, so that no heading says them again.

    Args:
        name: machine name, unique in a document.
        title: of the chapter; what a part without a table is called leads its sentences, unless the chapter is.
        parts: in their order.
    """
    blocks: list[Block] = []
    for place, part in enumerate(parts):
        if part.table is None and part.title not in ("", title):
            blocks.append(Paragraph(part.title))
        blocks += [Paragraph(line) for line in part.lines if line]
        if part.table is None:
            blocks += [Paragraph(note) for note in part.notes if note]
        else:
            note = " ".join(filter(None, part.notes))
            blocks.append(replace(part.table, name=f"{name}_{place}", title=part.title, note=note))
    return Section(name, title, "", tuple(blocks))
