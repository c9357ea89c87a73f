"""Writing a new instance: whole or not at all, never over anything."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from alloc.errors import AllocError
from alloc.text import Text

BOM = "\ufeff"  # spreadsheet programs read Chinese in a CSV only behind it


class TemplateError(AllocError):
    """A new instance that cannot be made or written; `message` says why."""


def ready_to_write(target: Path) -> None:
    """Says before any work whether something is in the way.

    Raises:
        TemplateError: the target exists, other than as an empty folder.
    """
    if target.is_dir() and target.suffix.casefold() != ".xlsx" and not any(target.iterdir()):
        return
    if target.exists() or target.is_symlink():
        raise TemplateError(Text(
            f"{target} 已存在，不会被覆盖。请换一个名称。", f"{target} exists and is not written over: name another."
        ))  # fmt: skip


def write(target: Path, texts: Mapping[str, str], language: str) -> None:
    """Writes a new instance from the texts of its files: a folder, or a workbook where ``target`` ends in .xlsx.

    Raises:
        TemplateError: as :func:`write_folder`.
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
        texts: file name -> content.

    Raises:
        TemplateError: it exists already or cannot be written.
    """
    ready_to_write(target)
    beside = target.with_name(f".{target.name}.writing")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        for name, text in texts.items():
            mark = BOM if name.endswith(".csv") else ""
            (beside / name).write_text(mark + text, encoding="utf-8", newline="")
        if target.is_dir():
            target.rmdir()
        beside.rename(target)
    except OSError as error:
        why = error.strerror or str(error)
        raise TemplateError(Text(f"{target}：无法写入（{why}）。", f"{target} cannot be written ({why}).")) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
