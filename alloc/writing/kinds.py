"""What alloc writes, and by which content each is known again; never by its name alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alloc.certificate import FILES, SUMS
from alloc.text import Text

MOST = 1 << 24  # bytes that are read to know a thing again
SETTINGS = "instance.toml"
MANIFEST = "manifest.json"
COMPARISON_FILE = "comparison.json"
CHART = "chart.svg"
ABOUT = "about.json"
# The marks stand where each format names the program that made it, or its category.
REPORT_MARK, TABLES_MARK, INSTANCE_MARK = "alloc report", "alloc tables", "alloc instance"
CHECKED_MARK, ANSWER_MARK, VARIATION_MARK = "alloc check", "alloc explain", "alloc whatif"
FORM_MARK = "alloc forms"
MADE_BY = "made_by"  # the key of a mark in JSON
INSTANCE_LINE = f"# {INSTANCE_MARK}"


@dataclass(frozen=True)
class Kind:
    """Something that alloc writes.

    Attributes:
        title: what it is called.
        folder: whether it is a folder; otherwise a file.
        own: whether what lies at a path is one that alloc made; never raises for what is there.
    """

    title: Text
    folder: bool
    own: Callable[[Path], bool]


def _json(path: Path) -> dict[str, Any]:
    """The object in a file; empty where there is none."""
    try:
        if not path.is_file() or path.stat().st_size > MOST:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, MemoryError):
        return {}
    return content if isinstance(content, dict) else {}


def is_result(path: Path) -> bool:
    """Whether a folder holds the manifest of a result, whole or damaged further down."""
    manifest = _json(path / MANIFEST)
    instance = manifest.get("instance")
    return isinstance(manifest.get("schema"), int) and isinstance(instance, dict) and "hash" in instance


def is_comparison(path: Path) -> bool:
    """Whether a folder holds what a comparison says of itself."""
    about = _json(path / COMPARISON_FILE)
    return isinstance(about.get("schema"), int) and isinstance(about.get("results"), list) and "identical" in about


def _holds(path: Path, *marks: str) -> bool:
    """Whether the beginning or the end of a file holds one of some marks."""
    try:
        if not path.is_file():  # a device may have no end
            return False
        with path.open("rb") as file:
            start = file.read(1 << 16)
            file.seek(0, 2)
            file.seek(max(file.tell() - (1 << 16), 0))
            content = start + file.read()
    except OSError:
        return False
    return any(mark.encode() in content for mark in marks)


def _category(path: Path, mark: str) -> bool:
    """Whether the properties of an Office file name a mark as its category."""
    try:
        if not path.is_file():
            return False
        with zipfile.ZipFile(path) as book:
            return f"category>{mark}<".encode() in book.read("docProps/core.xml")
    except Exception:  # whatever a file that is no Office file makes of itself
        return False


def _is_forms(path: Path) -> bool:
    """Whether a folder holds forms of departments, filled in or not, and nothing else."""
    try:
        every = list(path.iterdir())
    except OSError:
        return False
    return bool(every) and all(_category(each, FORM_MARK) for each in every)


def _is_certificate(path: Path) -> bool:
    """Whether a folder holds a certificate and nothing else."""
    try:
        names = {each.name for each in path.iterdir()}
    except OSError:
        return False
    return SUMS in names and names <= {*FILES, SUMS}


def document(ending: str) -> Kind:
    """A document of a report, a comparison or an answer in the format of an ending, ``.html`` say.

    Args:
        ending: of html, xlsx, docx and pdf, with its dot.
    """
    title = Text("报告", "a document")
    if ending.casefold() in (".xlsx", ".docx"):
        return Kind(title, False, lambda path: _category(path, REPORT_MARK))
    return Kind(title, False, lambda path: _holds(path, f'content="{REPORT_MARK}"', f"({REPORT_MARK})"))


RESULT = Kind(Text("结果", "a result"), True, is_result)
COMPARISON = Kind(Text("比较结果", "a comparison"), True, is_comparison)
VARIATION = Kind(Text("变动分析", "a what-if"), True, lambda path: _holds(path / CHART, f">{VARIATION_MARK}<"))
INSTANCE = Kind(Text("算例", "an instance"), True, lambda path: _holds(path / SETTINGS, INSTANCE_LINE))
WORKBOOK = Kind(Text("算例工作簿", "a workbook"), False, lambda path: _category(path, INSTANCE_MARK))
FORMS = Kind(Text("填报表", "forms"), True, _is_forms)
CHECKED = Kind(Text("标记副本", "a marked copy"), False, lambda path: _category(path, CHECKED_MARK))
TABLES = Kind(Text("结果表", "tables of a result"), False, lambda path: _category(path, TABLES_MARK))
TABLE_FILES = Kind(TABLES.title, True, lambda path: _json(path / ABOUT).get(MADE_BY) == TABLES_MARK)
CERTIFICATE = Kind(Text("证书", "a certificate"), True, _is_certificate)
ANSWER = Kind(Text("回答", "an answer"), False, lambda path: _json(path).get(MADE_BY) == ANSWER_MARK)


def holder(folder: Path) -> Text | None:
    """What a folder is, where nothing else may be written inside it: an instance, a result, a comparison, …"""
    if (folder / SETTINGS).is_file():
        return INSTANCE.title
    return next((kind.title for kind in (RESULT, COMPARISON, VARIATION, TABLE_FILES) if kind.own(folder)), None)
