"""What is wrong with an input: one finding a fault, all of them at once, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from alloc.errors import AllocError
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.instance.schema.columns import Table

Severity = Literal["error", "warning"]
_OF_RESULTS = ".parquet"


@dataclass(frozen=True)
class Sides:
    """Two amounts that cannot both hold: more is asked for than there is.

    Attributes:
        asked: what asks for the greater amount.
        wanted: that amount.
        left: what the smaller amount is.
        there: that amount.
        unit: of both.
    """

    asked: Text
    wanted: float
    left: Text
    there: float
    unit: Text


EMPTY = Text("空", "empty")  # a cell in which nothing stands
LEAVE = Text("若无误可不改。", "Leave it if it is right.")  # the last sentence of the remedy of a warning


def or_leave(remedy: Text) -> Text:
    """A remedy of a warning on what may be right as it is."""
    return Text(f"{remedy.zh}{LEAVE.zh}", f"{remedy.en} {LEAVE.en}".strip())


def not_left(remedy: Text) -> Text:
    """The same remedy where the finding is an error: what keeps an instance from being used cannot be left."""
    return Text(remedy.zh.removesuffix(LEAVE.zh), remedy.en.removesuffix(LEAVE.en).strip())


@dataclass(frozen=True)
class Finding:
    """One fault of the input and what would be right.

    Attributes:
        severity: an ``error`` keeps the instance from being used, a ``warning`` does not.
        code: stable machine name of the kind of fault, e.g. ``unknown_code``.
        file: name of the file, e.g. ``cities.csv`` or ``instance.toml``.
        row: row of the file as a spreadsheet shows it (the header is row 1); None where no one row is meant.
        column: machine name of the column, or the dotted path of a setting.
        value: what stands there, as it stands in the file.
        message: what is wrong.
        remedy: what would be right.
        key: the record, e.g. ``440300`` or ``440300, land``.
        followed_by: what goes away with it, wherever it shows: counted, and not listed.
        title: what the planner sees above the column, where that is not its machine name.
        sides: of a conflict between amounts, these; the message says the same in words.
    """

    severity: Severity
    code: str
    file: str
    row: int | None
    column: str | None
    value: str | None
    message: Text
    remedy: Text
    key: str | None = None
    followed_by: tuple[Finding, ...] = ()
    title: str | None = None
    sides: Sides | None = field(default=None, compare=False)

    def line(self, language: Literal["zh", "en"] = "en") -> str:
        """The finding on one line.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Place, value, message and remedy.
        """
        parts = (self.of_file(language), self.key if self.in_result else self.row, self.of_column(language) or None)
        place = ":".join(str(part) for part in parts if part is not None)
        shown = f" = {self.value or getattr(EMPTY, language)}" if self.value is not None else ""
        follows = f"{'' if language == 'zh' else ' '}{getattr(self.follows, language)}" if self.followed_by else ""
        between = "" if language == "zh" else " "
        return f"{place}{shown}: {getattr(self.message, language)}{between}{getattr(self.remedy, language)}{follows}"

    @property
    def in_result(self) -> bool:
        """Whether it is about a table as results keep them, which no planner opens: it is told by its title and key."""
        return self.file.endswith(_OF_RESULTS) and self.column is not None

    def of_file(self, language: str) -> str:
        """The file as it is told.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            The title of a table of a result; otherwise its name.
        """
        table = self._table()
        return self.file if table is None else str(getattr(table.title, language))

    def of_column(self, language: str) -> str:
        """The column as it is told.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Its title where that is known; "" where no column is named.
        """
        table = self._table()
        known = None if table is None else table.by_name.get(self.column or "")
        return str(getattr(known.title, language)) if known else self.title or self.column or ""

    def _table(self) -> Table | None:
        if not self.in_result:
            return None
        from alloc.instance.schema.tables import TABLES  # which know of findings

        return TABLES.get(self.file.removesuffix(_OF_RESULTS))

    @property
    def follows(self) -> Text:
        """How much follows from it, in words; empty where nothing does."""
        count = len(self.followed_by)
        return Text(f"（另有 {count} 处由此而来）", f"(and {count} that follow from this)") if count else Text("", "")


class InputError(AllocError):
    """The input cannot be used; the message has the errors, one a line.

    Args:
        findings: everything that was found, warnings included; sorted, it is the attribute of this name.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings, sorted."""
        self.findings: tuple[Finding, ...] = sort_findings(findings)
        wrong = errors(self.findings)
        super().__init__(Text("\n".join(each.line("zh") for each in wrong), "\n".join(each.line() for each in wrong)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Finding, ...]]]:
        """Made again from its findings, when it goes from one process to another."""
        return InputError, (self.findings,)


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that are errors."""
    return tuple(finding for finding in findings if finding.severity == "error")


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by file, row and column; what concerns a whole file comes before its rows.

    Sheets of a workbook stand in the order in which workbooks have them.
    """

    def place(finding: Finding) -> tuple[Any, ...]:
        return (
            *_place_of(finding.file),
            finding.row or 0,
            finding.column or "",
            finding.code,
            finding.key or "",
            *finding.message,
        )

    return tuple(sorted(findings, key=place))


def _place_of(file: str) -> tuple[str, int, str]:
    """A file before others: a workbook by its name, its sheets in their order."""
    book, sheet, title = file.partition("#")
    if not sheet:
        return file, 0, ""
    from alloc.workbook.layout import place_of_sheet  # which folders do not need

    return book, place_of_sheet(title), title


def to_records(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as plain dictionaries, for JSON and for tables.

    ``message`` and ``remedy`` are ``{zh, en}``; ``follow_ups`` is how many findings go away with it.
    """
    return [
        {
            "severity": finding.severity,
            "code": finding.code,
            "file": finding.file,
            "row": finding.row,
            "column": finding.column,
            "key": finding.key,
            "value": finding.value,
            "message": finding.message._asdict(),
            "remedy": finding.remedy._asdict(),
            "follow_ups": len(finding.followed_by),
        }
        for finding in findings
    ]


def shortened(value: str, length: int = 60) -> str:
    """A value cut to a length that fits into a message."""
    return value if len(value) <= length else value[: length - 1] + "…"
