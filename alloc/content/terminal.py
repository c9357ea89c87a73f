"""Blocks of text and tables as they stand on a terminal: the only place where they become lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rich.cells import cell_len

from alloc.content.blocks import Column, Facts, Figure, Listing, Paragraph, Part, Section, Table
from alloc.content.numbers import head, marks_noted, shown
from alloc.content.titles import named

WIDTH = 110  # cells of a line; a wide character takes two
GAP = 2  # between columns
LONGEST_NUMBER = 24  # signs; what is longer is text
LEAST_HEAD = 8  # of a head in Chinese
LEAST = 12  # cells to which a column of text may be narrowed
OPEN, CLOSE, WIDE = "（《“【", "，。；：、）》”】！？", "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
TOKEN = re.compile(rf"\s+|[{OPEN}]*(?:[{WIDE}]|[^\s{OPEN}{CLOSE}{WIDE}]+|[{OPEN}{CLOSE}])[{CLOSE}]*")


def text(sections: Sequence[Section], language: str) -> str:
    """Sections as plain text: titles, sentences, lists, tables with aligned columns, and what their marks mean.

    The title of an only section is that of the whole, and not printed. Items of a list are never broken: they hold
    what is pasted. In Chinese the names of columns and settings stand behind their titles.

    Args:
        sections: of a document.
        language: ``zh`` or ``en``, for heads and notes.
    """
    blocks: list[list[str]] = []
    sections = named(tuple(sections), language, beside=True) if language == "zh" else sections
    for section in _every(sections):
        blocks += _section(section, language, titled=len(sections) > 1)
    parts = [part for section in _every(sections) for part in section.parts]
    if marks := marks_noted([part for part in parts if isinstance(part, Table)], language):
        blocks.append([marks])
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _every(sections: Iterable[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _every(section.sections)


def _section(section: Section, language: str, titled: bool) -> list[list[str]]:
    """Blocks of lines with an empty one between them: a table with its title, sentences in a row, a list."""
    blocks: list[list[str]] = []
    said = [Paragraph(section.sentence)] if section.sentence else []
    lines = wrapped(section.title) if titled and section.title else []
    heading = section.title if titled else ""
    parts: list[Part] = [*said, *(_untitled(part, heading) for part in section.parts)]
    for place, part in enumerate(parts):
        introduces = place + 1 < len(parts) and isinstance(parts[place + 1], Listing)
        before = parts[place - 1] if place else None
        if lines and (_titled(part) or (introduces and place) or isinstance(before, Listing | Table | Facts)):
            blocks.append(lines)
            lines = []
        lines += list(_part(part, language))
    return [*blocks, lines] if lines else blocks


def _untitled(part: Part, heading: str) -> Part:
    """A table that is called what its section is, without a title: that stands above it."""
    return replace(part, title="") if isinstance(part, Table) and part.title == heading else part


def _titled(part: Part) -> bool:
    return isinstance(part, Table | Figure) and bool(part.title)


def _part(part: Part, language: str) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield from wrapped(part.text)
    elif isinstance(part, Listing):
        yield from (f"- {item}" for item in part.items)
    elif isinstance(part, Facts):
        for fact in part.facts:
            yield "  ".join(filter(None, (fact.label, " ".join(filter(None, (fact.value, fact.unit))), fact.change)))
    elif isinstance(part, Table):
        yield from _table(part, language)


def _table(table: Table, language: str) -> Iterator[str]:
    made = shown(table, language, arrows=False)
    if table.title:
        unit = f"（{table.unit}）" if language == "zh" else f" ({table.unit})"
        yield from wrapped(table.title + (unit if table.unit else ""))
    heads = [_head(column, language) for column in table.columns]
    rows = [*([made.totals] if made.totals is not None else []), *made.rows]
    right = [column.right for column in table.columns]
    widths = _widths(heads, rows, right)
    told = [wrapped(_whole(each), width) if cell_len(_whole(each)) <= width else
            [line for piece in each for line in wrapped(piece, width)]
            for each, width in zip(heads, widths, strict=True)]  # fmt: skip
    yield from _lines(told, widths, right, bottom=True)
    for row in rows:
        yield from _lines([wrapped(cell, width) for cell, width in zip(row, widths, strict=True)], widths, right)
    for note in made.notes[: len(made.notes) - made.of_marks]:
        yield from wrapped(note)


def _head(column: Column, language: str) -> tuple[str, ...]:
    """The head of a column: its title and, where they do not fit on one line, the unit beneath."""
    whole, unitless = head(column, language), head(replace(column, unit=""), language)
    return (unitless, whole.removeprefix(unitless).strip()) if column.unit else (unitless,)


def _whole(pieces: tuple[str, ...]) -> str:
    """A head on one line."""
    return ("" if pieces[-1].startswith("（") else " ").join(pieces)


def _widths(heads: Sequence[tuple[str, ...]], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[int]:
    """What every column takes: units go beneath heads over numbers, these are broken, then texts, then words."""
    body = [max((cell_len(row[place]) for row in rows), default=0) for place in range(len(heads))]
    numbered = [
        max((wide for row in rows if (wide := cell_len(row[place])) <= LONGEST_NUMBER), default=0)
        for place in range(len(heads))
    ]  # without texts that stand among numbers, which are broken like others
    words = [max(map(_unbroken, each)) for each in heads]
    longest = _longest(rows, len(heads))
    least = [max(number if side else 0, min(LEAST, wide), word, min(sign, 2 * LEAST))
             for number, wide, word, sign, side in zip(numbered, body, words, longest, right, strict=True)]  # fmt: skip
    widths = [max(wide, cell_len(_whole(each))) for wide, each in zip(body, heads, strict=True)]
    over = sum(widths) + GAP * (len(widths) - 1) - WIDTH
    hard = [number if side else min(wide, LEAST // 3)
            for number, wide, side in zip(numbered, body, right, strict=True)]  # fmt: skip
    numbers, texts = ([place for place, side in enumerate(right) if side is group] for group in (True, False))
    beneath = [max(floor, *map(cell_len, each)) for floor, each in zip(least, heads, strict=True)]
    for places, floors in ((numbers, beneath), (numbers, least), (texts, least), (numbers, hard), (texts, hard)):
        while over > 0 and (free := [place for place in places if widths[place] > floors[place]]):
            widths[max(free, key=lambda place: (widths[place] - floors[place], place))] -= 1
            over -= 1
    return widths


def _unbroken(text: str) -> int:
    """How wide the widest piece of a head is that is not broken: a word, or a few Chinese characters."""
    return max((cell_len(word) if cell_len(word) == len(word) else min(cell_len(word), LEAST_HEAD)
                for word in text.split()), default=0)  # fmt: skip


def _longest(rows: Sequence[Sequence[str]], count: int) -> list[int]:
    """The longest word of every column; Chinese can be broken anywhere."""
    words = ([word for row in rows for word in row[place].split()] for place in range(count))
    return [max((len(word) for word in each if cell_len(word) == len(word)), default=0) for each in words]


def _lines(
    row: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[bool], bottom: bool = False
) -> Iterator[str]:
    """A row of a table, over as many lines as its longest cell needs; heads stand at the bottom of theirs."""
    height = max(map(len, row), default=0)
    for at in range(height):
        line = ""
        for place, (lines, width, side) in enumerate(zip(row, widths, right, strict=True)):
            which = at - (height - len(lines)) if bottom else at
            text = lines[which] if 0 <= which < len(lines) else ""
            room = " " * max(0, width - cell_len(text))
            line += (" " * GAP if place else "") + (room + text if side else text + room)
        yield line.rstrip()


def wrapped(text: str, width: int = WIDTH) -> list[str]:
    """A text in lines that are no wider, wide characters counted as two; at least one line.

    It is broken at spaces and between Chinese characters, never before what closes or behind what opens; a word that is
    wider than a line is broken where the line ends.
    """
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for token in TOKEN.findall(paragraph):
            if cell_len(line) + cell_len(token) > width and line:
                lines.append(line.rstrip())
                line = ""
            token = token if line else token.lstrip()
            while cell_len(token) > width:
                fitting = next(at for at in range(len(token), 0, -1) if at == 1 or cell_len(token[:at]) <= width)
                lines.append(token[:fitting])
                token = token[fitting:]
            line += token
        lines.append(line.rstrip())
    return lines
