"""Reading one file as text: CSV and Parquet to named columns of cells, before any cell is understood."""

from __future__ import annotations

import csv
import io
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from alloc.instance.cells import tidy, visible
from alloc.instance.files.heads import machine_names, read_head, scales_of
from alloc.instance.files.no_records import Screen
from alloc.instance.findings import Finding, Severity, shortened
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import OF_STATUS, SOURCES, today
from alloc.instance.suggest import LEAST_LIKENESS, Known
from alloc.text import Text, system_words

# What pandas calls a column that had no name.
_NAMELESS = re.compile(r"Unnamed: \d+(_level_\d+)?")
# The first line by which Excel is told what the cells are apart by; it does not show it.
_SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?[\s,;]*", re.IGNORECASE)
# So many characters of Chinese that UTF-8 reads before its first fault: GB18030 never gives them by chance.
SURELY_UTF8 = 10
LARGEST = 1 << 30  # bytes of a file that is read as a whole
# A column of the planner's own this much like one of the schema may be a slip of the pen.
SLIP_OF_THE_PEN = 0.8


class Unreadable(Exception):
    """A file that holds no table; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding."""
        self.finding = finding
        super().__init__(finding)


@dataclass(frozen=True)
class RawTable:
    """A table as text.

    Attributes:
        file: name of the file.
        columns: the cells by machine name, without surrounding blanks; wholly empty rows are left out.
        rows: for each record its row in the file, the header being row 1.
        scales: by how much the numbers of a column are multiplied, where its head names another unit than the schema.
    """

    file: str
    columns: dict[str, list[str]]
    rows: list[int]
    scales: Mapping[str, Fraction] = field(default_factory=dict)


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without BOM, or else in GB18030.

    Raises:
        Unreadable: it cannot be opened or is in neither.
    """
    _ordinary(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, system_words(error)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="ignore")
    # UTF-16 and a UTF-8 file with a broken byte would pass for GB18030, as gibberish.
    damaged = sum(ord(character) > 0x7FF for character in before) >= SURELY_UTF8
    if not damaged and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            pass
    row = before.count("\n") + 1 if damaged else None
    message = Text(
        "文件编码不是完好的 UTF-8 或 GB18030。", "The file is in neither UTF-8 nor GB18030, or it is damaged."
    )
    raise Unreadable(
        _finding(path.name, "encoding", message, Text("另存为 UTF-8 编码的 CSV。", "Save it as CSV UTF-8."), row=row)
    )


def _ordinary(path: Path) -> None:
    """Refuses what is no ordinary file, whose reading might never end, or more than any table.

    Raises:
        Unreadable: it is not there, or no such file.
    """
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(path, system_words(error)) from error
    if not stat.S_ISREG(about.st_mode):
        what = Text("是文件夹", "a folder") if stat.S_ISDIR(about.st_mode) else Text("不是普通文件", "no ordinary file")
        message = Text(f"{path.name} {what.zh}。", f"{path.name} is {what.en}.")
        remedy = Text("应为文件。", "Would be right: a file.")
        raise Unreadable(_finding(path.name, "unreadable", message, remedy))
    if about.st_size > LARGEST:
        raise _unreadable(path, f"{about.st_size:,} > {LARGEST:,} bytes")


def read_raw(path: Path, table: Table) -> tuple[RawTable, list[Finding]]:
    """The table in a CSV or Parquet file, with what is wrong with its header and the shape of its rows.

    Raises:
        Unreadable: the file holds no table.
    """
    if path.suffix.casefold() == ".parquet":
        header, records = _parquet_records(path)
    else:
        header, records = _csv_records(path)
    return with_names(path.name, table, header, records)


def _csv_records(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    rows: list[list[str]] = []
    try:
        rows.extend(csv_rows(visible(read_text(path)), strict=True))
    except csv.Error as error:
        if "field limit" in str(error):
            limit = csv.field_size_limit()
            message = Text(f"一个单元格超过 {limit:,} 个字。", f"A cell has more than {limit:,} characters.")
            remedy = Text("检查引号是否成对，缩短文本。", "Close every quote, or shorten the text.")
            raise Unreadable(_finding(path.name, "long_cell", message, remedy, row=len(rows) + 1)) from error
        message = Text(f"不是有效的 CSV：{error}。", f"Not valid CSV: {error}.")
        remedy = Text(
            "检查引号是否成对，单元格内的引号要写两次。", "Close every quote; write a quote inside a cell twice."
        )
        raise Unreadable(_finding(path.name, "csv_syntax", message, remedy, row=len(rows) + 1)) from error
    header = [tidy(cell) for cell in rows[0]] if rows else []
    if not any(header):
        message = Text("文件是空的，没有表头。", "The file is empty: it has no header.")
        remedy = Text("第一行写列名。", "Write the names of the columns in row 1.")
        raise Unreadable(_finding(path.name, "empty_file", message, remedy))
    if len(header) == 1 and (found := re.search(r"[;\t|；，]", header[0])):
        message = Text(
            f"各列不是用逗号分隔，而是 {found[0]!r}。", f"The columns are apart by {found[0]!r}, not by commas."
        )
        raise Unreadable(
            _finding(path.name, "delimiter", message, Text("另存为逗号分隔的 CSV。", "Save it with commas."))
        )
    records = enumerate(rows[1:], start=2)
    return header, [
        (row, [cell.strip() if "\r" not in cell else tidy(cell) for cell in cells]) for row, cells in records
    ]


def csv_rows(text: str, *, strict: bool = False) -> Iterator[list[str]]:
    """The rows of a CSV file as a spreadsheet counts them: a cell with line ends inside is still one row.

    Args:
        text: of the file; a first line such as ``sep=;`` says what cells are apart by, and is no row.
        strict: whether faults of the syntax are raised.

    Raises:
        csv.Error: the syntax is wrong.
    """
    first, end, rest = text.partition("\n")
    said = _SEPARATOR.fullmatch(first) if end else None
    text, apart = (rest, said[1]) if said else (text, ",")
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=apart, strict=strict))


def _parquet_records(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    import pyarrow.parquet as pq  # which most instances do not need

    _ordinary(path)
    try:
        with pq.ParquetFile(path) as file:  # not read_table, which takes folders called a=b for a column
            table = file.read()
        columns = [[cell_text(cell) for cell in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _unreadable(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    header = [tidy(str(name)) for name in table.column_names]
    if not header:
        message = Text("文件没有任何列。", "The file has no columns.")
        raise Unreadable(_finding(path.name, "empty_file", message, Text("写入数据列。", "Write columns into it.")))
    records = zip(*columns, strict=True)
    return header, [(row, list(cells)) for row, cells in enumerate(records, start=2)]


def cell_text(cell: object) -> str:
    """A typed cell as the text that CSV would hold; a missing number is empty."""
    if cell is None or cell != cell:
        return ""
    # Half a character, which a text in memory may hold and no file, is a question mark.
    return tidy(str(cell).encode("utf-8", "replace").decode("utf-8"))


def with_names(
    file: str,
    table: Table,
    header: Sequence[str],
    records: Iterable[tuple[int, list[str]]],
    header_row: int = 1,
    units: Sequence[str] | None = None,
) -> tuple[RawTable, list[Finding]]:
    """Cells by machine name; findings on rows that are no records or of another length, and on columns.

    Args:
        file: name of the file in the findings.
        table: its description.
        header: machine names or titles, one for every column.
        records: row of the file and its cells, without surrounding blanks.
        header_row: the row in which the header stands.
        units: the units that the heads name, where the header has names alone.
    """
    known = machine_names(table)
    heads = [read_head(known, title) for title in header]
    names = [head.name or title for head, title in zip(heads, header, strict=True)]
    findings: list[Finding] = []
    width = len(header)
    screen = Screen(file, table, names)
    kept: list[list[str]] = []
    rows: list[int] = []
    for row, cells in records:
        if not any(cells):
            continue
        length = len(cells)
        if length != width:
            beyond = any(cells[width:])
            cells = [*cells, *[""] * width][:width]
        struck = None if screen.plain.issuperset(screen.look(cells)) else screen.strike(row, cells)
        if struck is not None:
            findings.append(struck)
            continue
        if length != width and (length < width or beyond):
            message = Text(
                f"这一行有 {length} 格，表头有 {width} 列。", f"This row has {length} cells, the header {width}."
            )
            remedy = Text(
                "补齐或删去单元格；含逗号的文本加引号。", "Add or remove cells; put texts with commas in quotes."
            )
            findings.append(_finding(file, "row_length", message, remedy, row=row))
        kept.append(cells)
        rows.append(row)
    cells_by_place = [list(cells) for cells in zip(*kept, strict=True)] if kept else [[] for _ in header]

    columns: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    unknown: list[str] = []
    for place, (title, name, column) in enumerate(zip(header, names, cells_by_place, strict=True)):
        if not title or _NAMELESS.fullmatch(title):
            if any(column):
                findings.append(_nameless(file, column, header_row))
        elif name in columns:
            message = Text("同一列出现两次。", "The same column stands twice.")
            findings.append(
                _finding(
                    file,
                    "duplicate_column",
                    message,
                    Text("只保留一列。", "Keep one of them."),
                    row=header_row,
                    column=name,
                    value=title,
                )
            )
        else:
            columns[name] = column
            said[name] = heads[place].said if units is None else units[place]
            if name not in table.by_name:
                unknown.append(name)
    findings += _column_findings(file, table, columns, unknown, header_row)
    scales, converted = scales_of(file, table, columns, said, header_row)
    if table.name in OF_STATUS and set(SOURCES.key) <= set(columns):
        pairs = zip(*(columns[name] for name in SOURCES.key), strict=True)
        columns[SOURCES.key[1]] = [today(*pair) for pair in pairs]
    return RawTable(file, columns, rows, scales), [*findings, *converted]


def _nameless(file: str, cells: Sequence[str], row: int) -> Finding:
    """What is wrong with a column without a name: numbers that only count the rows are to go."""
    given = [cell for cell in cells if cell]
    if any(given == [str(number) for number in range(first, first + len(given))] for first in (0, 1)):
        message = Text("没有列名的一列只是行号，多由 pandas 写出。", "A column without a name holds row numbers.")
        remedy = Text("删去这一列（pandas：index=False）。", "Delete the column (pandas writes none with index=False).")
        return _finding(file, "index_column", message, remedy, row=row)
    message = Text("有数据的列没有列名。", "A column with data has no name.")
    return _finding(
        file, "unnamed_column", message, Text("写上列名，或删去该列。", f"Name it in row {row}, or delete it."), row=row
    )


def _column_findings(
    file: str, table: Table, columns: dict[str, list[str]], unknown: list[str], row: int
) -> list[Finding]:
    findings: list[Finding] = []
    absent = [column for column in table.columns if column.name not in columns]
    known = Known(column.name for column in absent)
    for name in unknown:
        nearest = known.nearest(name, SLIP_OF_THE_PEN if table.open else LEAST_LIKENESS)
        if table.open and (nearest is None or nearest in name or table.by_name[nearest].required):
            continue  # the planner's own column, or reported below as the one that is missing
        shown = shortened(name)
        if table.open:
            message = Text(
                f"列名与 {nearest} 相近，按自设列保留。", f"Looks like {nearest}, but is kept as a column of your own."
            )
            remedy = Text(f"如果就是 {nearest}，请改列名。", f"Rename it if {nearest} is meant.")
            findings.append(_finding(file, "near_column", message, remedy, row=row, column=shown, severity="warning"))
        else:
            message = Text("没有这样的列。", "There is no such column.")
            remedy = (known if nearest else Known(table.names)).remedy(name)
            findings.append(_finding(file, "unknown_column", message, remedy, row=row, column=shown))
    missed: set[str] = set()
    for column in absent:
        if column.required and column.twin not in columns and column.twin not in missed:
            missed.add(column.name)
            found = Known(unknown).nearest(column.name)
            message = Text("缺少“{title}”一列。", "The column is missing: {title}.").fill(title=column.title)
            remedy = Text(
                f"加上“{column.title.zh}”（{column.name}）一列：{column.note.zh}",
                f"Add the column {column.title.en} ({column.name}): {column.note.en}",
            )
            if found:
                remedy = Text(
                    f"表中的 {found} 是否就是 {column.name}？", f"Is {found} meant to be {column.name}? Rename it."
                )
            findings.append(_finding(file, "missing_column", message, remedy, row=row, column=column.name))
    return findings


def _unreadable(path: Path, why: str | Text) -> Unreadable:
    zh, en = (shortened(said, 200) for said in (why if isinstance(why, Text) else (why, why)))
    message = Text(f"无法读取文件：{zh}。", f"The file cannot be read: {en}.")
    remedy = Text("检查文件是否完好、是否被其他程序占用。", "Check that it is whole and not held by another program.")
    return Unreadable(_finding(path.name, "unreadable", message, remedy))


def _finding(
    file: str,
    code: str,
    message: Text,
    remedy: Text,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    severity: Severity = "error",
) -> Finding:
    return Finding(severity, code, file, row, column, value, message, remedy)
