"""Reading one file as text: CSV and Parquet to named columns of cells, before any cell is understood."""

from __future__ import annotations

import csv
import io
import re
import stat
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from alloc.instance.findings import Finding, Severity, shortened
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import SOURCES, today
from alloc.instance.suggest import LEAST_LIKENESS, Known
from alloc.text import Text

# "常住人口（人）": a header may end in its unit.
_UNIT_SUFFIX = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")

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
    """

    file: str
    columns: dict[str, list[str]]
    rows: list[int]


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without BOM, or else in GB18030.

    Raises:
        Unreadable: it cannot be opened or is in neither.
    """
    _ordinary(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
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
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from error
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
    text = read_text(path)
    # Rows are counted as a spreadsheet counts them: a cell with line ends inside is still one row.
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
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
    header = [cell.strip() for cell in rows[0]] if rows else []
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
    return header, [(row, [_tidy(cell) for cell in cells]) for row, cells in enumerate(rows[1:], start=2)]


def _tidy(cell: str) -> str:
    """Without surrounding blanks, lines inside ended in one way."""
    return cell.strip() if "\r" not in cell else cell.strip().replace("\r\n", "\n").replace("\r", "\n")


def _parquet_records(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    import pyarrow.parquet as pq  # which most instances do not need

    _ordinary(path)
    try:
        with pq.ParquetFile(path) as file:  # not read_table, which takes folders called a=b for a column
            table = file.read()
        columns = [[cell_text(cell) for cell in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _unreadable(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    header = [str(name).strip() for name in table.column_names]
    if not header:
        message = Text("文件没有任何列。", "The file has no columns.")
        raise Unreadable(_finding(path.name, "empty_file", message, Text("写入数据列。", "Write columns into it.")))
    records = zip(*columns, strict=True)
    return header, [(row, list(cells)) for row, cells in enumerate(records, start=2)]


def cell_text(cell: object) -> str:
    """A typed cell as the text that CSV would hold; a missing number is empty."""
    if cell is None or cell != cell:
        return ""
    return _tidy(str(cell))


def with_names(
    file: str, table: Table, header: Sequence[str], records: Iterable[tuple[int, list[str]]], header_row: int = 1
) -> tuple[RawTable, list[Finding]]:
    """Cells by machine name; findings on rows of another length and on unknown, repeated and missing columns.

    Args:
        file: name of the file in the findings.
        table: its description.
        header: machine names or titles, one for every column.
        records: row of the file and its cells, without surrounding blanks.
        header_row: the row in which the header stands.
    """
    findings: list[Finding] = []
    width = len(header)
    kept: list[list[str]] = []
    rows: list[int] = []
    for row, cells in records:
        if not any(cells):
            continue
        if len(cells) != width:
            if len(cells) < width or any(cells[width:]):
                message = Text(
                    f"这一行有 {len(cells)} 格，表头有 {width} 列。",
                    f"This row has {len(cells)} cells, the header {width}.",
                )
                remedy = Text(
                    "补齐或删去单元格；含逗号的文本加引号。", "Add or remove cells; put texts with commas in quotes."
                )
                findings.append(_finding(file, "row_length", message, remedy, row=row))
            cells = [*cells, *[""] * width][:width]
        kept.append(cells)
        rows.append(row)
    cells_by_place = [list(cells) for cells in zip(*kept, strict=True)] if kept else [[] for _ in header]

    names = machine_names(table)
    columns: dict[str, list[str]] = {}
    unknown: list[str] = []
    for title, column in zip(header, cells_by_place, strict=True):
        name = machine_name(names, title)
        if not title:
            if any(column):
                message = Text("有数据的列没有列名。", "A column with data has no name.")
                remedy = Text("写上列名。", f"Name it in row {header_row}.")
                findings.append(_finding(file, "unnamed_column", message, remedy, row=header_row))
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
            if name not in table.by_name:
                unknown.append(name)
    findings += _column_findings(file, table, columns, unknown, header_row)
    if table.name == SOURCES.name and set(table.key) <= set(columns):
        pairs = zip(*(columns[name] for name in table.key), strict=True)
        columns[table.key[1]] = [today(*pair) for pair in pairs]
    return RawTable(file, columns, rows), findings


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
    for column in absent:
        if column.required:
            found = Known(unknown).nearest(column.name)
            message = Text("缺少“{title}”一列。", "The column is missing: {title}.").fill(title=column.title)
            remedy = Text(f"加上 {column.name} 列：{column.note.zh}", f"Add the column {column.name}: {column.note.en}")
            if found:
                remedy = Text(
                    f"表中的 {found} 是否就是 {column.name}？", f"Is {found} meant to be {column.name}? Rename it."
                )
            findings.append(_finding(file, "missing_column", message, remedy, row=row, column=column.name))
    return findings


def machine_names(table: Table) -> dict[str, str]:
    """Machine names by all headers that mean them: the name itself, both titles and what they were before."""
    return {
        _folded(header): column.name
        for column in table.columns
        for header in (*column.formerly, column.name, *column.title)
    }


def machine_name(names: Mapping[str, str], header: str) -> str:
    """The machine name that a header means, its unit left aside; the header itself where it means none."""
    return names.get(_folded(header)) or names.get(_folded(_UNIT_SUFFIX.sub("", header))) or header


def _folded(header: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", header).casefold().replace("_", " ").split())


def _unreadable(path: Path, why: str) -> Unreadable:
    message = Text(f"无法读取文件：{shortened(why, 200)}。", f"The file cannot be read: {shortened(why, 200)}.")
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
