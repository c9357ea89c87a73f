"""Documents as files: each format by its own writer, imported when it is asked for; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from alloc import writing
from alloc.content.blocks import Document
from alloc.errors import AllocError
from alloc.report.render.fonts import MissingGlyphs
from alloc.report.render.pdf import PdfError
from alloc.text import Text
from alloc.writing import Written as Written
from alloc.writing.kinds import document as kind

WRITERS = {
    "html": "alloc.report.render.html",
    "xlsx": "alloc.report.render.xlsx.workbook",
    "docx": "alloc.report.render.word.document",
    "pdf": "alloc.report.render.pdf",
}
LACKING = Text(
    '{form}：缺少 {package}。请在程序的文件夹中运行 pip install -e ".[report]"。',
    '{form}: {package} is not installed; run pip install -e ".[report]" in the clone.',
)
LIBRARIES = {"docx": ("python-docx", "docx"), "pdf": ("typst", "typst")}  # what pip installs, what Python imports

Writer = Callable[[Document, Path], None]


class ReportError(AllocError):
    """A report that cannot be written; `message` says why and what would help."""


def writers(formats: Sequence[str]) -> Callable[[Document, Path, str], list[Written]]:
    """A function that writes a document in all the formats to ``folder/name.FORMAT``.

    It says where each file lies and where an older one has been moved to.

    Raises:
        ReportError: a library that a format needs is not installed; later, that a file cannot be written.
    """
    found = {name: _writer(name) for name in formats}

    def write(document: Document, folder: Path, name: str) -> list[Written]:
        return [_written(document, path, found[path.suffix[1:]], True) for path in places(folder, name, list(found))]

    return write


def places(folder: Path, name: str, formats: Sequence[str]) -> list[Path]:
    """Where a document lies in each of some formats.

    Args:
        folder: of the files.
        name: of the document; signs that no file name may have are replaced.
        formats: endings.
    """
    return [folder / f"{_safe(name)}.{each}" for each in formats]


def writer_of(form: str) -> Callable[[Document, Path, bool], Written]:
    """A function that writes a document in one format to a path, whatever its name, and to be rescued or not.

    Raises:
        ReportError: a library that the format needs is not installed; later, that the file cannot be written.
    """
    writer = _writer(form)
    return lambda document, path, rescued: _written(document, path, writer, rescued)


def lacking(form: str) -> Text | None:
    """What is not installed that a format needs, and how it is installed; None where nothing is missing."""
    package, library = LIBRARIES.get(form, ("", ""))
    try:
        installed = not library or find_spec(library) is not None
    except (ImportError, ValueError):
        installed = False
    return None if installed else LACKING.fill(form=form, package=package)


def _writer(name: str) -> Writer:
    package, library = LIBRARIES.get(name, ("", ""))
    try:
        if library:
            import_module(library)
        writer: Writer = import_module(WRITERS[name]).write
    except ImportError as error:
        raise ReportError(LACKING.fill(form=name, package=package or error.name)) from error
    return writer


def _written(document: Document, path: Path, writer: Writer, rescued: bool) -> Written:
    try:
        return writing.write(path, kind(path.suffix), lambda beside: writer(document, beside), rescued=rescued)
    except MissingGlyphs as error:
        raise ReportError(error.text) from error
    except PdfError as error:
        raise ReportError(error.message) from error


def _safe(name: str) -> str:
    """A file name that every system takes."""
    return "".join("_" if letter in '<>:"/\\|?* ' else letter for letter in name)
