"""A workbook as a file: whether it is one at all, and what its cells hold that the reading library does not tell.

The library gives neither errors such as #N/A nor formulas without a value, and it makes room for every cell up to the
farthest one, wherever that is. So the sheets' XML is looked through for these, and for these alone.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from xml.etree import ElementTree

from alloc.instance.findings import Finding, Text, shortened

LARGEST = 1 << 30  # bytes of a workbook when unpacked
MOST_CELLS = 6_000_000  # up to the farthest cell of a sheet

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, .et, and whatever is encrypted
_OLD_FORMATS = frozenset({".xls", ".xlsb", ".xlt", ".et", ".ett", ".ods"})
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, EOFError,
           NotImplementedError, RuntimeError)  # fmt: skip

# A cell with anything in it; <c r="B2" s="1"/> and <c r="B2" s="1"></c> are only formatted.
_FILLED = re.compile(rb"<(?:\w+:)?c(?:\s([^>]*[^>/]))?>(?!</)")
_CELL = re.compile(rb"""<(?:\w+:)?c(?=[\s>/])(?:\s+r=["']([A-Z]+)[0-9]+["'])?""")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s>/])")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["']([0-9]+)["']""")
_PLACE = re.compile(rb"""\br=["']([A-Z]+)([0-9]+)["']""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s([^>]*\bt=["']e["'][^>]*)>(.*?)</(?:\w+:)?c>""", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
# The end of a formula, and then the end of its cell: no value between.
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_TEXT = re.compile(rb"""\bt=["'](?:str|inlineStr)["']""")  # a formula may well give an empty text

Place = tuple[int, int]  # row and column, the first is 1
NOWHERE: Place = (0, 0)  # of a cell that does not say where it is


class NoWorkbook(Exception):
    """A file that cannot be read as a workbook; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding."""
        self.finding = finding
        super().__init__(finding)


@dataclass(frozen=True)
class Scan:
    """What the XML of a sheet says beside its values.

    Attributes:
        filled: whether there is anything on the sheet.
        farthest: the last row and the last column with anything in them, where that is too far to be read; else None.
        errors: what stands in cells with an error, e.g. ``#N/A``.
        no_value: cells with a formula that was saved without its value.
        unplaced: whether there are such cells in a file that does not say where.
    """

    filled: bool
    farthest: Place | None
    errors: Mapping[Place, str]
    no_value: frozenset[Place]
    unplaced: bool


class Package:
    """The file of a workbook, open.

    Attributes:
        macros: whether it holds macros.
        parts: title of a sheet -> the part of the file that it is in.
    """

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            NoWorkbook: it cannot be opened, or is something else.
        """
        self.path = path
        _check_start(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (*_BROKEN, OSError) as error:
            raise _no_workbook(path, shortened(str(error), 100)) from error
        try:
            if sum(info.file_size for info in self._zip.infolist()) > LARGEST:
                message = Text("工作簿过大，无法读取。", "The workbook is too large to be read.")
                raise NoWorkbook(_finding(path, "too_large", message, _SMALLER))
            self.parts, self.macros = self._contents()
        except (*_BROKEN, OSError) as error:
            self._zip.close()
            raise _no_workbook(path, shortened(str(error), 100)) from error
        except NoWorkbook:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        """The package itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._zip.close()

    def _contents(self) -> tuple[dict[str, str], bool]:
        """Titles and parts of the sheets, and whether there are macros."""
        book = next(target for kind, target in self._relations("") if kind == "officeDocument")
        targets = {name: target for name, _, target in self._named_relations(book)}
        parts = {}
        for element in ElementTree.fromstring(self._zip.read(book)).iter():
            if _local(element.tag) == "sheet":
                relation = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
                parts[element.attrib.get("name", "")] = targets.get(relation, "")
        return parts, any(name.casefold().endswith("vbaproject.bin") for name in self._zip.namelist())

    def _relations(self, part: str) -> Iterator[tuple[str, str]]:
        for _, kind, target in self._named_relations(part):
            yield kind, target

    def _named_relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Name, kind and target of everything that a part refers to."""
        at = PurePosixPath(part)
        listed = self._zip.read(str(at.parent / "_rels" / f"{at.name}.rels") if part else "_rels/.rels")
        for element in ElementTree.fromstring(listed).iter():
            if _local(element.tag) == "Relationship":
                target = element.attrib.get("Target", "")
                whole = PurePosixPath(target.lstrip("/")) if target.startswith("/") else at.parent / target
                kind = element.attrib.get("Type", "").rpartition("/")[2]
                yield element.attrib.get("Id", ""), kind, str(whole)

    def scan(self, title: str) -> Scan:
        """Look through a sheet.

        Raises:
            NoWorkbook: its part is missing or damaged.
        """
        try:
            xml = self._zip.read(self.parts[title])
        except (*_BROKEN, OSError) as error:
            raise _no_workbook(self.path, shortened(str(error), 100)) from error
        if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
            xml = xml.decode("utf-16").encode("utf-8")
        errors = {}
        for found in _ERROR.finditer(xml) if b'="e"' in xml or b"='e'" in xml else ():
            value = _VALUE.search(found[2])
            errors[_place(found[1])] = value[1].decode("utf-8", "replace") if value else "#VALUE!"
        no_value = set()
        for found in _NO_VALUE.finditer(xml):
            start = max(xml.rfind(opening, 0, found.start()) for opening in (b"<c ", b":c ", b"<c>", b":c>"))
            attributes = xml[start : xml.find(b">", start)]
            if not _TEXT.search(attributes):
                no_value.add(_place(attributes))
        no_value -= set(errors)
        unplaced = NOWHERE in no_value or errors.pop(NOWHERE, None) is not None
        return Scan(_FILLED.search(xml) is not None, _too_far(xml), errors, frozenset(no_value - {NOWHERE}), unplaced)


def _too_far(xml: bytes) -> Place | None:
    """The last row and column with anything in them, where the area up to there has more cells than can be read."""
    letters = set(_CELL.findall(xml))
    rows = max(map(int, _ROW_NUMBER.findall(xml)), default=0)
    if b"" not in letters and rows * max(map(_number, letters), default=0) <= MOST_CELLS:
        return None  # the usual case: not even cells that are only formatted are far away
    rows, columns = _farthest(xml)
    return (rows, columns) if rows * columns > MOST_CELLS else None


def _farthest(xml: bytes) -> Place:
    """The last row and column with anything in them; where cells do not say where they are, no less than that."""
    rows, columns, nameless = 0, 0, False
    for attributes in _FILLED.findall(xml):
        row, column = _place(attributes)
        rows, columns, nameless = max(rows, row), max(columns, column), nameless or not row
    if nameless:
        each_row = _ROW.split(xml)
        rows = max(rows, len(each_row) - 1)
        columns = max(columns, max(len(_CELL.findall(row)) for row in each_row))
    return rows, columns


def _place(attributes: bytes) -> Place:
    place = _PLACE.search(attributes)
    return (int(place[2]), _number(place[1])) if place else NOWHERE


def _number(letters: bytes) -> int:
    """``b"AA"`` as 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _local(name: str) -> str:
    """An XML name without its namespace."""
    return name.rpartition("}")[2]


_SMALLER = Text("删去多余的工作表和内容，另存后重试。", "Delete what does not belong to it, save it and try again.")
_SAVE_AS = Text(
    "在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”。", "Open it in Excel or WPS and save it as .xlsx."
)


def _check_start(path: Path) -> None:
    """Refuse, by its first bytes, what is no workbook of today's format, and say what it is.

    Raises:
        NoWorkbook: it is something else.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
            rest = file.read(1 << 20) if start == _OLE else b""
            if start == _OLE and _ENCRYPTED not in rest:
                rest += file.read()  # the directory may stand at the end
    except OSError as error:
        message = Text(f"无法打开文件：{error.strerror}。", f"The file cannot be opened: {error.strerror}.")
        remedy = Text("检查它是否正被 Excel 或 WPS 占用。", "Close it in Excel or WPS.")
        raise NoWorkbook(_finding(path, "unreadable", message, remedy)) from error
    if not start:
        message = Text("文件是空的（0 字节）。", "The file is empty (zero bytes).")
        remedy = Text("重新保存或重新传送该文件。", "Save it, or have it sent, again.")
        raise NoWorkbook(_finding(path, "empty_file", message, remedy))
    if start == _OLE and _ENCRYPTED in rest:
        message = Text("工作簿已加密，需要密码。", "The workbook is encrypted with a password.")
        remedy = Text("在 Excel 或 WPS 中取消密码后另存。", "Take the password off in Excel or WPS and save it.")
        raise NoWorkbook(_finding(path, "encrypted", message, remedy))
    if start == _OLE or (path.suffix.casefold() in _OLD_FORMATS and start.startswith(b"PK")):
        message = Text(
            "这不是 .xlsx 格式的工作簿，而是旧格式或其他格式。", "This is a workbook in an older or another format."
        )
        raise NoWorkbook(_finding(path, "workbook_format", message, _SAVE_AS))
    if not start.startswith(b"PK"):
        raise _no_workbook(path, "")


def _no_workbook(path: Path, why: str) -> NoWorkbook:
    message = Text(
        f"文件不是 Excel 工作簿，或已损坏{f'（{why}）' if why else ''}。",
        f"The file is no Excel workbook, or it is damaged{f' ({why})' if why else ''}.",
    )
    return NoWorkbook(_finding(path, "not_a_workbook", message, _SAVE_AS))


def _finding(path: Path, code: str, message: Text, remedy: Text) -> Finding:
    return Finding("error", code, path.name, None, None, None, message, remedy)
