"""Documents for the tests of reports, and what a number format of a workbook shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pypdf

from alloc.content.blocks import Document, Facts, Listing, Paragraph
from alloc.instance import read
from alloc.report.document import report
from alloc.result.result import Result, run
from national import relaxed

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def hand() -> Result:
    return run(read("hand"))


def country() -> Result:
    """The national instance without whole facilities."""
    return relaxed()


def shortened(result: Result, language: str, tables: int = 1) -> Document:
    """A report that keeps but a few of the long tables by city."""
    document = report(result, language)
    sections = tuple(
        replace(section, parts=section.parts[:tables]) if section.name == "cities" else section
        for section in document.sections
    )
    return replace(document, sections=sections)


def sentences(document: Document) -> Iterator[str]:
    """Everything that is said in words."""
    for _, section in document.walk():
        yield from filter(None, (section.title, section.sentence))
        for part in section.parts:
            if isinstance(part, Paragraph):
                yield part.text
            elif isinstance(part, Listing):
                yield from part.items
            elif isinstance(part, Facts):
                for fact in part.facts:
                    yield from filter(None, (fact.label, fact.value, fact.unit, fact.change))


def squeezed(text: str) -> str:
    """Without any space: thin ones, line breaks and indents are a matter of the page."""
    return re.sub(r"[\s\u2009\u00a0\u3000\u200b]", "", text)


def numbers(texts: Iterable[str]) -> Counter[str]:
    """Every number that texts write, counted."""
    return Counter(found for text in texts for found in NUMBER.findall(text))


def displayed(value: object, form: str) -> str:
    """What a spreadsheet shows of a stored number under one of our formats."""
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    sections = form.split(";")
    chosen = sections[0] if value > 0 else sections[1] if value < 0 and len(sections) > 1 else sections[-1]
    if len(sections) == 2 and value == 0:
        chosen = sections[0]
    digits = re.search(r"#,##0(?:\.(0+))?", chosen)
    assert digits, form
    text = f"{abs(value):,.{len(digits.group(1) or '')}f}"
    return (chosen[: digits.start()] + text + chosen[digits.end() :]).replace('"', "").replace("\\", "")


def lowest(page: pypdf.PageObject, foot: float) -> float:
    """Where the last text above the number of the page stands: its height, as a share of that of the page.

    Args:
        foot: up to where the number of the page stands, as such a share.
    """
    heights = list[float]()

    def seen(text: str, outer: list[float], inner: list[float], *_: object) -> None:
        at = (inner[5] * outer[3] + outer[5]) / float(page.mediabox.height)
        if text.strip() and at > foot:
            heights.append(at)

    page.extract_text(visitor_text=seen)
    return min(heights, default=1.0)
