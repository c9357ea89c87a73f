"""Writing a new instance: whole or not at all, never over anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from alloc import writing
from alloc.errors import AllocError
from alloc.text import Text
from alloc.writing.kinds import INSTANCE, INSTANCE_LINE, SETTINGS, WORKBOOK, Kind

BOM = "\ufeff"  # spreadsheet programs read Chinese in a CSV only behind it


NEW = Text("可以替换的内容", "something that may be replaced")


class TemplateError(AllocError):
    """A new instance that cannot be made; `message` says why."""


def ready_to_write(target: Path) -> None:
    """Says before any work whether something is in the way.

    Raises:
        TargetError: the target exists, other than as an empty folder or file, or cannot be written.
    """
    writing.ready(target, _kind(target))


def _kind(target: Path) -> Kind:
    """What is made at a target; what is there already is nobody's own, so that nothing is ever written over."""
    kind = WORKBOOK if target.suffix.casefold() == ".xlsx" else INSTANCE
    return replace(kind, own=lambda path: False, title=NEW)


def write(target: Path, texts: Mapping[str, str], language: str) -> None:
    """Writes a new instance from the texts of its files: a folder, or a workbook where ``target`` ends in .xlsx.

    Raises:
        TemplateError: a workbook cannot hold it.
        TargetError: as :func:`write_folder`.
    """
    if target.suffix.casefold() != ".xlsx":
        write_folder(target, texts)
        return
    from alloc.workbook.convert import ConvertError, convert

    ready_to_write(target)
    with TemporaryDirectory() as folder:
        beside = Path(folder) / "instance"
        write_folder(beside, texts)
        try:
            convert(beside, target, language)
        except ConvertError as error:
            raise TemplateError(error.message) from error


def write_folder(target: Path, texts: Mapping[str, str]) -> None:
    """Writes files into a new folder, whole or not at all.

    Args:
        target: the folder; must not exist, or be empty.
        texts: name of a file, or of one in a folder inside -> content.

    Raises:
        TargetError: it exists already or cannot be written.
    """

    def written(beside: Path) -> None:
        beside.mkdir()
        for name, text in texts.items():
            mark = BOM if name.endswith(".csv") else f"{INSTANCE_LINE}\n" if name == SETTINGS else ""
            (beside / name).parent.mkdir(exist_ok=True)
            (beside / name).write_text(mark + text, encoding="utf-8", newline="")

    writing.write(target, _kind(target), written)
