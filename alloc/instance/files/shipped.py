"""Finding an instance: a folder or a workbook by its path, or one that ships with alloc by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import alloc
from alloc.instance.files.settings_reading import FILE
from alloc.instance.findings import Finding, InputError
from alloc.instance.suggest import Known
from alloc.text import Text

# What a spreadsheet program writes; the reader says which of them it cannot read.
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".xlt", ".et", ".ett", ".ods"})

_FOLDER_HAS = Text("该文件夹中有：{names}。", "The folder has {names}.")


def shipped() -> dict[str, Path]:
    """The instances that ship with alloc, by name: beside the package in a clone, inside it once installed."""
    package = Path(alloc.__file__).parent
    found: dict[str, Path] = {}
    for home in (package / "shipped", package.parent / "instances"):
        for settings in sorted(home.rglob(FILE)):
            found.setdefault(settings.parent.relative_to(home).as_posix(), settings.parent)
    return found


def _there(folder: Path) -> dict[str, Path]:
    """The workbooks and instances in a folder, by name without ending; none where it cannot be read."""
    try:
        there = sorted(folder.iterdir())
        return {_stem(each): each for each in there if each.suffix.casefold() in WORKBOOKS or (each / FILE).is_file()}
    except (OSError, ValueError):
        return {}


def _stem(path: Path) -> str:
    return path.stem if path.suffix.casefold() in WORKBOOKS else path.name


def _listed(known: Iterable[str]) -> Text:
    """The instances that ship, without those that show one rule each."""
    return Known(name for name in known if "/" not in name).remedy("")


def locate(name_or_path: Path | str) -> Path:
    """The folder or workbook of an instance: the path where there is one, or else what ships under this name.

    Raises:
        InputError: there is neither, or the path is no workbook and not a folder with an ``instance.toml``.
    """
    path = Path(name_or_path)
    try:
        if path.name == FILE and path.is_file():
            path = path.parent
        if (path / FILE).is_file() or (path.suffix.casefold() in WORKBOOKS and path.is_file()):
            return path
        exists = path.exists()
    except (OSError, ValueError):  # a name that no file can have
        exists = False
    known = shipped()
    if str(name_or_path) in known:
        return known[str(name_or_path)]
    if exists:
        message = Text(f"这里没有 {FILE}，不是算例文件夹。", f"There is no {FILE} here: this is no instance.")
        if path.is_file():
            message = Text("这个文件不是工作簿，也不是算例。", "This file is no workbook and no instance.")
        remedy = Text(
            f"给出含有 {FILE} 和各表的文件夹，或一个 .xlsx 工作簿。",
            f"Name the folder with {FILE} and the tables, or an .xlsx workbook.",
        )
        if inside := _there(path):
            remedy = _FOLDER_HAS.fill(names=Known(each.name for each in inside.values()).every())
        if (own := path / "instance" / FILE).is_file():  # as a result has it
            message = Text("这是结果，不是算例。", "This is a result, and no instance.")
            remedy = Text(
                f"其算例在 {own.parent.as_posix()}。", f"The instance that it came from is {own.parent.as_posix()}."
            )
        raise InputError([Finding("error", "no_instance", path.name or str(path), None, None, None, message, remedy)])
    message, remedy = _absent(path, str(name_or_path), known)
    raise InputError([Finding("error", "unknown_instance", str(name_or_path), None, None, None, message, remedy)])


def _absent(path: Path, written: str, known: Mapping[str, Path]) -> tuple[Text, Text]:
    """What is said of a path or a name that is not there, and what would be right."""
    there = _there(path.parent)
    beside = Known(there).nearest(_stem(path))
    near = Known(known).nearest(written) if beside is None else there[beside].as_posix()
    book = path.suffix.casefold() in WORKBOOKS
    if not book and len(path.parts) < 2:
        message = Text(
            "没有这个文件夹，也没有这个名称的自带算例。", "Neither a folder nor an instance that ships with alloc."
        )
        remedy = _listed(known)
    else:
        message = Text("没有这个文件夹或工作簿。", "There is no such folder or workbook.")
        if book:
            message = Text("没有这个工作簿。", "There is no such workbook.")
        remedy = Text("核对路径和文件名。", "Check the path and the name.")
        if there:
            remedy = _FOLDER_HAS.fill(names=Known(each.name for each in there.values()).every())
        elif (gone := _gone(path.parent)) is not None:
            remedy = Text("没有文件夹 {gone}。", "There is no folder {gone}.").fill(gone=gone.as_posix())
    return message, Text(f"是否为 {near}？", f"Did you mean {near}?") if near else remedy


def _gone(folder: Path) -> Path | None:
    """The first folder of a path that is not there."""
    try:
        return next((each for each in (*reversed(folder.parents), folder) if not each.is_dir()), None)
    except (OSError, ValueError):  # a name that no folder can have
        return folder
