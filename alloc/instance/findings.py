"""What is wrong with an input: one finding a fault, all of them at once, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from alloc.errors import AllocError
from alloc.instance.cells import parse_number
from alloc.text import Text, figure

if TYPE_CHECKING:
    from alloc.instance.schema.columns import Table

Severity = Literal["error", "warning"]
_OF_RESULTS = ".parquet"
_OF_FOLDERS = (".csv", _OF_RESULTS)
_SETTINGS = "instance.toml"
EDITS, VARIED = "--edit", "--vary"  # the files of findings on what is typed, in records
_TYPED: Mapping[str, Text] = {EDITS: Text("修改", "edits"), VARIED: Text("变动的数", "what varies")}
KEY_PARTS = 2  # of a record; a key of more is of several records, which the message names
SHORTEST_TOLD = 3  # characters of a value: a shorter one may stand in a message for something else

_LINE_BREAK = re.compile(r"\s*[\r\n]\s*(（)?")


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
        cell: of a workbook, as spreadsheets name it.
        called: the record by its names, with the codes, where it has names.
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
    cell: Text | None = None
    called: Text | None = field(default=None, compare=False)
    sides: Sides | None = field(default=None, compare=False)

    def line(self, language: Literal["zh", "en"] = "en") -> str:
        """The finding on one line.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            File, place, value, message and remedy.
        """
        after, apart = ("，", "：") if language == "zh" else (", ", ": ")
        between = after if self.where(language) else apart
        file = "" if self.file == EDITS and self.row is not None else self.of_file(language)
        return between.join(filter(None, (file, self.told(language))))

    def told(self, language: str) -> str:
        """What a reader of its file is told.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Place, value, message and remedy.
        """
        zh = language == "zh"
        words = ("" if zh else " ").join(filter(None, (
            getattr(self.message, language), getattr(self.remedy, language), getattr(self.follows, language),
        )))  # fmt: skip
        where = self.where(language)
        return f"{where}{'：' if zh else ': '}{words}" if where else words

    def where(self, language: str) -> str:
        """Where in its file it is, and what stands there, each as far as the message does not say it itself.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Cell or row, column, record by name and code, and value.
        """
        zh, message = language == "zh", getattr(self.message, language)
        row = "" if self.row is None or self.in_result else (f"第 {self.row} 行" if zh else f"row {self.row}")
        if self.file == VARIED:
            row = ""  # the number that varies is named as a column is
        elif self.on_an_edit and self.row is not None:
            row = f"第 {self.row} 条修改" if zh else f"edit {self.row}"
        if self.cell is not None:
            row = getattr(self.cell, language)
        where = ("，" if zh else ", ").join(filter(None, (row, self.of_column(language))))
        codes = codes_of(self.key)
        known = self.called or Text(*(", ".join(codes),) * 2)
        if (
            codes
            and len(codes) <= KEY_PARTS
            and self.key != self.value
            and not all(_in(code, message) for code in codes)
            and not _in(getattr(known, language), message)
        ):
            key = getattr(known, language)
            where = (f"{where}（{key}）" if zh else f"{where} ({key})") if where else key
        told = (
            self.value is not None
            and len(self.value) >= SHORTEST_TOLD
            and any(_in(text, message) for text in (self.value, _in_thousands(self.value)))
        )
        return where if self.value is None or told else f"{where} = {_on_one_line(self.value) or EMPTY.said(language)}"

    @property
    def on_an_edit(self) -> bool:
        """Whether its row is the number of an edit: on the command line, or in a scenario's file that can be read."""
        scenario = self.file.endswith(".toml") and self.file != _SETTINGS and self.code != "toml_syntax"
        return self.file == EDITS or scenario

    @property
    def on_scenarios(self) -> bool:
        """Whether it is on the sheet of a workbook that has edits."""
        from alloc.workbook.layout import SCENARIOS_SHEET, sheet_of  # which folders do not need

        return "#" in self.file and sheet_of(self.file.partition("#")[2]) == SCENARIOS_SHEET

    @property
    def in_result(self) -> bool:
        """Whether it is about a table as results keep them, which no planner opens: it is told by its title and key."""
        return self.file.endswith(_OF_RESULTS) and self.column is not None

    def of_file(self, language: str) -> str:
        """The file as it is told.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            The title of a table of a result, or of what is typed; otherwise its name.
        """
        if self.file in _TYPED:
            return _TYPED[self.file].said(language)
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
        if known:
            return str(getattr(known.title, language))
        column = self.title or self.column or ""
        typed = self.on_an_edit or self.on_scenarios
        if self.title is None and typed and column == "where" and language == "zh":
            return "条件"
        if self.title is None and (self.on_an_edit or (language == "zh" and ("." in column or typed))):
            title = _title_in_edits(column, language)
            if title and language == "zh":  # who writes titles needs no path
                return title
            return f"{title} {column}" if title else column
        if language == "zh" and self.title is None and self.file.endswith(_OF_FOLDERS):
            title = _title_in_folders(self.file, column, language)
            return f"{title} {column}" if title else column
        return column

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


def _title_in_folders(file: str, column: str, language: str) -> str:
    """What a column is called, whose name in a file of a folder is that of machines; "" where unknown."""
    from alloc.instance.schema.tables import TABLES  # which know of findings

    table = TABLES.get(file.rpartition(".")[0])
    known = None if table is None else table.by_name.get(column)
    if known is None and table is not None and table.open:
        from alloc.instance.schema.figures import city_figure  # likewise

        title = city_figure(column)[0].said(language)
        return "" if title == column else title
    return "" if known is None else known.title.said(language)


def _title_in_edits(path: str, language: str) -> str:
    """What ``table.column``, in Chinese with its table, or a table is called in edits; "" where unknown."""
    from alloc.instance.schema.tables import TABLES  # which know of findings

    name, _, column = path.partition(".")
    if name not in TABLES:
        return ""
    own, title = TABLES[name].title.said(language), _title_in_folders(f"{name}.csv", column, language)
    return own if not column else f"{own}.{title}" if title and language == "zh" else title


def _on_one_line(value: str) -> str:
    """A value whose cell breaks its lines, as a head does before the unit, without the breaks."""
    return _LINE_BREAK.sub(lambda found: found[1] or " ", value.strip())


def _in(text: str, message: str) -> bool:
    """Whether a text stands in a message by itself: a number not as a part of a longer one."""
    return re.search(rf"(?<![\w.,]){re.escape(text)}(?![\d]|[.,]\d)", message, re.ASCII) is not None


def _in_thousands(value: str) -> str:
    """A number as messages write it; any other text as it is."""
    number = parse_number(value)
    return value if number is None else figure(number)


def codes_of(key: str | None) -> list[str]:
    """The codes of a key: of one record, or of several, or of a pool and some cities."""
    return re.split(", |: ", key) if key else []


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

    ``message``, ``remedy`` and ``cell`` (of a workbook) are ``{zh, en}``; ``follow_ups`` is how many findings go
    away with it.
    """
    return [
        {
            "severity": finding.severity,
            "code": finding.code,
            "file": finding.file,
            "row": finding.row,
            "cell": None if finding.cell is None else finding.cell._asdict(),
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
