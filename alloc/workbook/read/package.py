"""A workbook as a file: whether it is one at all, and in which part of it every sheet stands."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from xml.etree import ElementTree

from alloc.instance.findings import Finding, shortened
from alloc.text import Text, system_words
from alloc.workbook.read.scan import Scan, scan_sheet

LARGEST = 1 << 29  # bytes of a workbook when unpacked

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, .et, and whatever is encrypted
_OLD_FORMATS = frozenset({".xls", ".xlsb", ".xlt", ".et", ".ett", ".ods"})
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, EOFError,
           NotImplementedError, RuntimeError)  # fmt: skip


class NoWorkbook(Exception):
    """A file that cannot be read as a workbook; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding."""
        self.finding = finding
        super().__init__(finding)


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
        book = next((target for _, kind, target in self._relations("") if kind == "officeDocument"), "")
        targets = {name: target for name, _, target in self._relations(book)}
        parts = {}
        for element in ElementTree.fromstring(self._zip.read(book)).iter():
            if _local(element.tag) == "sheet":
                relation = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
                parts[element.attrib.get("name", "")] = targets.get(relation, "")
        return parts, any(name.casefold().endswith("vbaproject.bin") for name in self._zip.namelist())

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
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
        return scan_sheet(xml)


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
        why = system_words(error)
        message = Text(f"无法打开文件：{why.zh}。", f"The file cannot be opened: {why.en}.")
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
