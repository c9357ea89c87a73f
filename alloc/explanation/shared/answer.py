"""What every question of this room gives back: tables, sentences, and a record for machines.

    @dataclass(frozen=True)
    class Prices(Writable):                          # one class for each kind of question
        TITLE: ClassVar[Text] = ...
        instance: Instance
        def tables(self, language) -> list[Table]: ...
        def sentences(self, language) -> list[str]: ...
        def record(self) -> dict[str, Any]: ...

    def explain_prices(result: Result, tier: str | None, report: Report = silent) -> Answer: ...

A question that cannot be asked (a code that is not there, a tier that the instance does not have) raises `AskError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from alloc.content.blocks import Listing, Paragraph, Part, Section, Table
from alloc.errors import AllocError
from alloc.instance.instance import Instance
from alloc.solver.model.status import Progress
from alloc.text import Text

ANSWER = Text("结论", "Answer")
LARGE = 50_000  # rows, from which a run takes seconds, so that few are made


class Answer(Protocol):
    """The answer to one question: a frozen dataclass with these."""

    TITLE: ClassVar[Text]
    """What it answers, as the title of a document."""

    @property
    def instance(self) -> Instance:
        """The instance that was asked about, or that of the result."""

    def tables(self, language: str) -> list[Table]:
        """Tables, in the order in which they are printed.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            The tables; none where sentences say all.
        """

    def sentences(self, language: str) -> list[str]:
        """Whole sentences, printed before the tables, one a paragraph; lines that start with ``- `` are a list.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Lines of text.
        """

    def section(self, language: str) -> Section:
        """Both as blocks; given by `Writable`.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            One section.
        """

    def sections(self, language: str) -> tuple[Section, ...]:
        """What is printed, and stands in a document: that section alone, given by `Writable`, or several.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            The sections.
        """

    def record(self) -> dict[str, Any]:
        """For JSON: plain values, in the units of the instance; words as ``{"zh": …, "en": …}``.

        Returns:
            Nested dictionaries and lists.
        """


class Writable:
    """What makes an answer a file, and what a notebook shows of it; for the classes of answers to inherit."""

    def section(self: Answer, language: str) -> Section:
        """Sentences as paragraphs and lists, then the tables: what a terminal prints, and what stands in a document.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            One section.
        """
        return answered(language, (*parts_of(self.sentences(language)), *self.tables(language)))

    def sections(self: Answer, language: str) -> tuple[Section, ...]:
        """What is printed, and stands in a document: one section.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            The section.
        """
        return (self.section(language),)

    def write(self: Answer, path: Path | str, language: str = "en") -> Path:
        """Writes the answer in the format that the ending of the path names; what stands there is renamed beside.

        Args:
            path: of the file: ``.html``, ``.xlsx``, ``.docx`` or ``.pdf``.
            language: ``zh`` or ``en``.

        Returns:
            The file.

        Raises:
            ReportError: there is no such format, a library that it needs is not installed, or the file cannot be
                written.
        """
        from alloc.report.answers import answer_document, write_document

        return Path(write_document(answer_document(self, language), Path(path)).path)

    def _repr_html_(self: Answer) -> str:
        """For notebooks: the answer in English, and in Chinese beneath."""
        from alloc.report.answers import answer_document
        from alloc.report.render.html.fragment import fragment

        english, chinese = (fragment(answer_document(self, language)) for language in ("en", "zh"))
        return f"{english}<details><summary>中文</summary>{chinese}</details>"


def parts_of(lines: Iterable[str]) -> list[Part]:
    """Lines of text as paragraphs, and as lists where they begin with a dash.

    Args:
        lines: as a terminal prints them.
    """
    parts: list[Part] = []
    items: list[str] = []
    for line in (*lines, ""):
        if line.startswith("- "):
            items.append(line[2:])
            continue
        if items:
            parts.append(Listing(tuple(items)))
            items = []
        if line:
            parts.append(Paragraph(line))
    return parts


def answered(language: str, parts: Iterable[Part]) -> Section:
    """The section of a document that holds an answer.

    Args:
        language: ``zh`` or ``en``.
        parts: of the answer.
    """
    return Section("answer", ANSWER.said(language), "", tuple(parts))


class AskError(AllocError):
    """A question that cannot be asked of this instance or result. `message` says why, and what could be asked."""


@dataclass(frozen=True)
class Step:
    """One report while an answer is worked out.

    Attributes:
        words: what is being done, as a short phrase.
        done: how much of it is done.
        total: how much there is, None where this is not known beforehand.
    """

    words: Text
    done: int = 0
    total: int | None = None

    def line(self, language: str) -> str:
        """As it stands on a terminal."""
        said: str = getattr(self.words, language)
        return said if self.total is None else f"{said}  {self.done}/{self.total}"


# Told of every step; also of the steps of a solve, so that it can be handed on to `alloc.result.result.run`.
Report = Callable[[Step | Progress], None]


def silent(step: Step | Progress) -> None:
    """A report that nobody hears."""
