"""Writing a new instance: whole or not at all, what is there of alloc's own renamed beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from alloc import writing
from alloc.errors import AllocError
from alloc.text import Text
from alloc.writing.kinds import INSTANCE, INSTANCE_LINE, SETTINGS, WORKBOOK, Kind

BOM = "\ufeff"  # spreadsheet programs read Chinese in a CSV only behind it
RENAMED = Text("原有的 {target} 改名为 {older}。", "What was at {target} is now {older}.")


class TemplateError(AllocError):
    """A new instance that cannot be made; `message` says why."""


def ready_to_write(target: Path, reads: Sequence[Path] = ()) -> None:
    """Says before any work whether something is in the way.

    Args:
        target: where an instance is to be written.
        reads: what it is made from.

    Raises:
        TargetError: something other than an instance is there, or one that is read, or it cannot be written.
    """
    writing.ready(target, _kind(target), reads)


def _kind(target: Path) -> Kind:
    """What is made at a target."""
    return WORKBOOK if target.suffix.casefold() == ".xlsx" else INSTANCE


def write(target: Path, texts: Mapping[str, str], language: str) -> tuple[Text, ...]:
    """Writes a new instance from the texts of its files: a folder, or a workbook where ``target`` ends in .xlsx.

    Returns:
        What an instance that was there is called now; nothing where there was none.

    Raises:
        TemplateError: a workbook cannot hold it.
        TargetError: as :func:`write_folder`.
    """
    if target.suffix.casefold() != ".xlsx":
        return _renamed(target, write_folder(target, texts))
    from alloc.workbook.convert import ConvertError, convert

    ready_to_write(target)
    with TemporaryDirectory() as folder:
        beside = Path(folder) / "instance"
        write_folder(beside, texts)
        try:
            older = convert(beside, target, language).older
        except ConvertError as error:
            raise TemplateError(error.message) from error
    return _renamed(target, older)


def _renamed(target: Path, older: Path | str | None) -> tuple[Text, ...]:
    return () if older is None else (RENAMED.fill(target=target, older=older),)


def write_folder(target: Path, texts: Mapping[str, str]) -> str | None:
    """Writes files into a new folder, whole or not at all; gives what an instance that was there is called now.

    Args:
        target: the folder.
        texts: name of a file, or of one in a folder inside -> content.

    Raises:
        TargetError: something other than an instance is there, or it cannot be written.
    """

    def written(beside: Path) -> None:
        beside.mkdir()
        for name, text in texts.items():
            mark = BOM if name.endswith(".csv") else f"{INSTANCE_LINE}\n" if name == SETTINGS else ""
            (beside / name).parent.mkdir(exist_ok=True)
            (beside / name).write_text(mark + text, encoding="utf-8", newline="")

    return writing.write(target, _kind(target), written).older
