"""Answers and comparisons as documents: what stands on a terminal also as HTML, Excel, Word and PDF.

An answer says its tables as text once (`alloc.result.sections`); here they become tables of numbers again where every
cell of a column is one, so that a workbook can add them up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alloc.report.content import Cell, Column, Document, Listing, Paragraph, Part, Section, Table
from alloc.report.writing import WRITERS, ReportError, Written, writer_of
from alloc.result.sections import Section as Told
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer
    from alloc.instance.instance import Instance

FORMATS = tuple(WRITERS)
MISSING = ("", "—")
NUMBER = re.compile(r"(?P<sign>[+−-]?)(?P<digits>\d{1,3}(?:,\d{3})*|\d+)(?P<decimals>\.\d+)?(?P<percent> ?%)?")
COMPARISON = Text("结果比较", "Comparison of results")
ANSWER = Text("结论", "Answer")
HASH, OF = Text("算例哈希", "hash of the instance"), Text("算例", "instance")


def answer_document(answer: Answer, language: str) -> Document:
    """An answer as a document: its sentences, then its tables.

    Args:
        answer: to a question about an instance or a result.
        language: ``zh`` or ``en``.

    Returns:
        A document of one section, with the instance and its hash for reproduction.
    """
    told = [line for line in answer.sentences(language) if line]
    parts: list[Part] = list(_sentences(told))
    parts += [_table(table, f"table_{place}") for place, table in enumerate(answer.sections(language), start=1)]
    title: str = getattr(answer.TITLE, language)
    return _document(
        title, (Section("answer", getattr(ANSWER, language), "", tuple(parts)),), answer.instance, language
    )


def comparison_document(
    comparison: Comparison,
    language: str,
    only_differences: bool = True,
    pool: str | None = None,
    cities: Sequence[str] = (),
) -> Document:
    """A comparison as a document, part by part as it is printed.

    Args:
        comparison: of two or more results.
        language: ``zh`` or ``en``.
        only_differences, pool, cities: as for `alloc.comparison.text.terminal.comparison_text`.
    """
    from alloc.comparison.text.terminal import comparison_parts

    sections: list[Section] = []
    for place, part in enumerate(comparison_parts(comparison, language, only_differences, pool, cities), start=1):
        content: list[Part] = [Paragraph(line) for line in part.lines if line]
        if part.section is not None:
            content.append(_table(part.section, f"table_{place}"))
        content += [Paragraph(note) for note in part.notes if note]
        if not part.title and sections:  # it goes on with the part before it
            sections[-1] = replace(sections[-1], parts=(*sections[-1].parts, *content))
            continue
        sections.append(Section(f"part_{place}", part.title, "", tuple(content)))
    return _document(str(getattr(COMPARISON, language)), tuple(sections), comparison.results[0].instance, language)


def write_document(document: Document, path: Path, rescued: bool = False) -> Written:
    """Writes a document in the format that the ending of the path names; what stands there is renamed beside.

    Raises:
        ReportError: the ending names no format, or a library that it needs is not installed.
        TargetError: something else stands there, or nothing can be written there, nor elsewhere if it is to be rescued.
    """
    if path.suffix[1:].lower() not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise ReportError(Text(
            f"{path}：文件名的后缀须是 {known} 之一。", f"{path}: the name of the file has to end in one of {known}."
        ))  # fmt: skip
    return writer_of(path.suffix[1:].lower())(document, path, rescued)


def _document(title: str, sections: tuple[Section, ...], instance: Instance, language: str) -> Document:
    subtitle = str(getattr(instance.settings.title, language))
    facts = ((getattr(OF, language), instance.name), (getattr(HASH, language), instance.hash))
    return Document(instance.name, "report", title, subtitle, language, sections, (), facts)


def _sentences(lines: Sequence[str]) -> list[Part]:
    """Paragraphs; lines that start with ``- `` are items of a list."""
    parts: list[Part] = []
    items: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("- "):
            items.append(line[2:])
            continue
        if items:
            parts.append(Listing(tuple(items)))
            items = []
        if line:
            parts.append(Paragraph(line))
    return parts


def _table(told: Told, name: str) -> Table:
    """A table of text as one of numbers, as far as its columns are."""
    title, _, note = told.title.partition("\n")
    columns, cells = [], []
    for place, head in enumerate(told.heads):
        column, values = _column(f"column_{place}", head, [row[place] for row in told.rows], told.aligned[place])
        columns.append(column)
        cells.append(values)
    rows = tuple(zip(*cells, strict=True)) if told.rows else ()
    return Table(name, title, tuple(columns), rows, note=note)


def _column(name: str, head: str, texts: Sequence[str], aligned: str) -> tuple[Column, list[Cell]]:
    found = [NUMBER.fullmatch(text.strip()) for text in texts]
    given = [match for match in found if match is not None]
    whole = all(match is not None or text.strip() in MISSING for match, text in zip(found, texts, strict=True))
    alike = {(bool(match["percent"]), len(match["decimals"] or ".") - 1) for match in given if _number(match)}
    if aligned != "r" or not given or not whole or len(alike) > 1:
        return Column(name, head, kind="figure" if aligned == "r" and given else "text"), list(texts)
    percent, decimals = next(iter(alike), (False, 0))
    change = any(match["sign"] == "+" for match in given)
    kind: Any = "change" if change else "number"
    unit = "%" if percent else ""
    return Column(name, head, unit, kind, decimals), [None if match is None else _number(match) for match in found]


def _number(match: re.Match[str]) -> float:
    value = float(match["digits"].replace(",", "") + (match["decimals"] or ""))
    return -value if match["sign"] in ("−", "-") else value
