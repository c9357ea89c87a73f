"""What is said to a reader, made once for a language and rendered by a terminal, as HTML, Excel, Word and PDF.

Texts carry no spaces between Chinese and Latin letters or figures: Word and typst set them on their own, the HTML
renderer puts thin ones. Numbers become text in `alloc.content.numbers` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "figure", "number", "share", "change", "change_share", "level"]
Status = Literal["", "estimated", "assumed"]
Colour = Literal["", "bar", "diverging"]


@dataclass(frozen=True)
class Amount:
    """A number written in its own way, for columns whose rows have units and decimals of their own.

    Attributes:
        value: as it is shown, in the unit that the row or the column names; a share in per cent. NaN: there is none.
        decimals: shown; of a power of ten, of its factor.
        sign: whether it is a change, shown with its sign.
        percent: whether "%" stands behind.
        mark: what else stands behind: ᵉ, ᵃ, or a sign that a note explains.
        power: whether it is written as a factor and a power of ten, where it is too small for decimals.
        off: whether it is a difference and, rounded, not that of the two numbers beside it as they are shown.
    """

    value: float
    decimals: int = 0
    sign: bool = False
    percent: bool = False
    mark: str = ""
    power: bool = False
    off: bool = False


class Marked(float):
    """A number of a column whose numbers are not all equally sure, with the mark that stands behind it.

    Attributes:
        mark: ᵉ or ᵃ.
    """

    mark: str

    def __new__(cls, value: float, mark: str) -> Marked:
        """The number with a mark."""
        made = super().__new__(cls, value)
        made.mark = mark
        return made

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        """Made again from both, when it goes from one process to another."""
        return float(self), self.mark


Cell = str | float | Amount | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: machine name, the same in both languages, unique in the table.
        title: its head.
        unit: shown in the head, once; empty where there is none. Shares have "%", their changes percentage points.
        kind: ``text`` and ``code`` hold strings (a code stays text in a workbook), ``figure`` holds `Amount`, or text,
            where every row has a unit and decimals of its own; ``level`` holds the name of one of the table's levels;
            the others hold numbers, ``change`` and ``change_share`` with sign and arrow.
        decimals: shown in every row.
        scale: a raw value is divided by it to be shown in `unit`: 10⁴ for 亿元 of 万元, 0.01 for a share in %.
        additive: its total is the sum of the rows, taken before rounding.
        status: ``estimated`` or ``assumed`` values are marked ᵉ and ᵃ in the head.
        colour: ``bar`` draws a bar behind the number, ``diverging`` colours it by sign.
        less: names of two columns of numbers beside it in the same unit, of which it is the difference: a note says so
            where that, rounded, is not the difference of these as they are shown.
    """

    name: str
    title: str
    unit: str = ""
    kind: Kind = "text"
    decimals: int = 0
    scale: float = 1.0
    additive: bool = False
    status: Status = ""
    colour: Colour = ""
    less: tuple[str, str] | None = None

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.kind not in ("text", "code", "figure", "level")

    @property
    def right(self) -> bool:
        """Whether it stands at the right, as numbers do."""
        return self.numeric or self.kind == "figure"


@dataclass(frozen=True)
class Level:
    """One value of a ``level`` column: a debt tier, say. The letter stands in the cell, so grey print can be read."""

    name: str
    title: str
    letter: str
    colour: str


@dataclass(frozen=True)
class Group:
    """The next `count` rows of a table under one title, with their sub-totals (a row of raw values), or None."""

    title: str
    count: int
    totals: Row | None = None


@dataclass(frozen=True)
class Table:
    """A table of raw values; `alloc.content.numbers.shown` makes the texts.

    Attributes:
        name: machine name, unique in a document: the sheet of a workbook, the anchor of a page.
        title: its caption.
        unit: said once beside the caption where all numbers share it, empty otherwise.
        columns: see `Column`.
        rows: raw values in the order of `columns`; None where one is missing.
        totals: shown on top and bold, exact; None where nothing can be added up.
        groups: consecutive groups of rows that cover all of them, or none.
        note: beneath; notes on rounding and on marks are added by `shown`.
        source: where the numbers come from.
        sortable: whether a reader sorts and filters it on a screen.
        levels: of its ``level`` columns.
        code: policy.md's number of the table, T1 to T14, or empty.
        whole: in print it begins a page and stands on it whole where there is room; Word sets it smaller.
        off: whether some difference in it is, rounded, not that of the two numbers beside it as they are shown.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit: str = ""
    totals: Row | None = None
    groups: tuple[Group, ...] = ()
    note: str = ""
    source: str = ""
    sortable: bool = False
    levels: tuple[Level, ...] = ()
    code: str = ""
    whole: bool = False
    off: bool = False


@dataclass(frozen=True)
class Figure:
    """A drawing.

    Attributes:
        name: machine name, unique in a document.
        title: says the finding.
        subtitle: what is drawn and in which unit.
        source: beneath.
        svg: one ``<svg>`` element with width, height and viewBox in pixels; attributes only, no style sheet or script.
        alternative: the same in words, for who cannot see it.
        wide: needs the full width of a page.
    """

    name: str
    title: str
    subtitle: str
    source: str
    svg: str
    alternative: str
    wide: bool = True


@dataclass(frozen=True)
class Paragraph:
    """One or more whole sentences."""

    text: str


@dataclass(frozen=True)
class Fact:
    """One large figure, as text: label, value, unit, and a change or a remark beneath (may be empty)."""

    label: str
    value: str
    unit: str
    change: str = ""


@dataclass(frozen=True)
class Facts:
    """The figures that stand on top of a report."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Listing:
    """Short sentences, one an item."""

    items: tuple[str, ...]


Part = Paragraph | Facts | Listing | Table | Figure


@dataclass(frozen=True)
class Section:
    """A chapter: its title, the sentence it opens with, its parts, and sections within it."""

    name: str
    title: str
    sentence: str
    parts: tuple[Part, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report, or one page about one city.

    Attributes:
        name: for file names: the result, or the code of the city.
        kind: ``report`` or ``city``.
        title: of the whole.
        subtitle: which instance, which scenario, which result.
        language: ``zh`` or ``en``.
        sections: in order; the first of a report is the page that stands alone.
        notes: what holds for the whole: marks, rounding, data.
        facts: for reproduction, pairs of name and value: hashes, versions, command. No date: same input, same bytes.
    """

    name: str
    kind: Literal["report", "city"]
    title: str
    subtitle: str
    language: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def walk(self) -> Iterator[tuple[int, Section]]:
        """Every section with its depth (0 for a chapter), in order."""
        yield from _walk(self.sections, 0)

    def parts(self) -> Iterator[Part]:
        """Every part of every section, in order."""
        for _, section in self.walk():
            yield from section.parts

    def tables(self) -> Iterator[Table]:
        """Every table, in order."""
        return (part for part in self.parts() if isinstance(part, Table))

    def figures(self) -> Iterator[Figure]:
        """Every figure, in order."""
        return (part for part in self.parts() if isinstance(part, Figure))


def _walk(sections: tuple[Section, ...], depth: int) -> Iterator[tuple[int, Section]]:
    for section in sections:
        yield depth, section
        yield from _walk(section.sections, depth + 1)
