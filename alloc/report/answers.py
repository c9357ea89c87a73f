"""What a terminal shows as a document too: the same blocks as HTML, Excel, Word and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alloc.content.blocks import Document, Section
from alloc.content.titles import named
from alloc.report.writing import WRITERS, ReportError, Written, writer_of
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer
    from alloc.instance.instance import Instance
    from alloc.parametric.vary import Variation

FORMATS = tuple(WRITERS)
COMPARISON = Text("结果比较", "Comparison of results")
HASH, OF = Text("算例哈希", "hash of the instance"), Text("算例", "instance")
NAMED = Text("{title}（{name}）", "{title} ({name})")


def answer_document(answer: Answer, language: str) -> Document:
    """An answer as a document: its sentences, then its tables, with the instance and its hash for reproduction.

    Args:
        answer: to a question about an instance or a result.
        language: ``zh`` or ``en``.
    """
    return document(answer.TITLE.said(language), answer.sections(language), answer.instance, language)


def comparison_document(
    comparison: Comparison,
    language: str,
    only_differences: bool = True,
    pool: str | None = None,
    cities: Sequence[str] = (),
) -> Document:
    """A comparison as a document, section by section as it is printed.

    Args:
        comparison: of two or more results.
        language: ``zh`` or ``en``.
        only_differences, pool, cities: as for `alloc.comparison.text.said.comparison_sections`.
    """
    from alloc.comparison.text.said import comparison_sections

    told = comparison_sections(comparison, language, only_differences, pool, cities, reader=True)
    return document(COMPARISON.said(language), told, comparison.results[0].instance, language)


def variation_document(variation: Variation, language: str) -> Document:
    """A parametric what-if as a document: the table of its values and the chart.

    Args:
        variation: of `alloc.whatif`.
        language: ``zh`` or ``en``.
    """
    from alloc.parametric.files import TITLE, variation_sections

    title = TITLE.said(language, target=variation.named(language))
    return document(title, variation_sections(variation, language), variation.instance, language)


def document(title: str, sections: tuple[Section, ...], instance: Instance, language: str) -> Document:
    """Sections as a document about an instance.

    Args:
        title: of the whole.
        sections: as they are printed; names of columns and settings that sentences have in backquotes become titles.
        instance: that they are about, with its hash for reproduction.
        language: ``zh`` or ``en``.
    """
    subtitle = str(getattr(instance.settings.title, language))
    of = NAMED.said(language, title=subtitle, name=instance.name)
    facts = ((OF.said(language), of), (HASH.said(language), instance.hash))
    return Document(instance.name, "report", title, subtitle, language, named(sections, language), (), facts)


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
