"""Finding an instance: a folder or a workbook by its path, or one that ships with alloc by its name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import alloc
from alloc.instance.files.settings_reading import FILE
from alloc.instance.findings import Finding, InputError
from alloc.instance.suggest import Known
from alloc.text import Text

# What a spreadsheet program writes; the reader says which of them it cannot read.
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".xlt", ".et", ".ett", ".ods"})


def shipped() -> dict[str, Path]:
    """The instances that ship with alloc, by name: beside the package in a clone, inside it once installed."""
    package = Path(alloc.__file__).parent
    found: dict[str, Path] = {}
    for home in (package / "shipped", package.parent / "instances"):
        for settings in sorted(home.rglob(FILE)):
            found.setdefault(settings.parent.relative_to(home).as_posix(), settings.parent)
    return found


def _beside(path: Path) -> str | None:
    """The name of a workbook or an instance beside a path that is not there, where it is much like its own."""
    try:
        there = list(path.parent.iterdir())
    except (OSError, ValueError):
        return None
    named = {_stem(each): each for each in there if each.suffix.casefold() in WORKBOOKS or (each / FILE).is_file()}
    near = Known(named).nearest(_stem(path))
    return None if near is None else named[near].as_posix()


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
        remedy = Text(
            f"给出含有 {FILE} 和各表的文件夹，或一个 .xlsx 工作簿。",
            f"Name the folder with {FILE} and the tables, or an .xlsx workbook.",
        )
        if (own := path / "instance" / FILE).is_file():  # as a result has it
            message = Text("这是结果，不是算例。", "This is a result, and no instance.")
            remedy = Text(
                f"其算例在 {own.parent.as_posix()}。", f"The instance that it came from is {own.parent.as_posix()}."
            )
        raise InputError([Finding("error", "no_instance", path.name or str(path), None, None, None, message, remedy)])
    message = Text(
        "既没有这个文件夹，也没有这个名称的自带算例。", "Neither a folder nor an instance that ships with alloc."
    )
    near = _beside(path)
    near = near or Known(known).nearest(str(name_or_path))
    remedy = Text(f"是否为 {near}？", f"Did you mean {near}?") if near else _listed(known)
    raise InputError([Finding("error", "unknown_instance", str(name_or_path), None, None, None, message, remedy)])
