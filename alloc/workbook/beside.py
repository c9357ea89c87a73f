"""What lies in the folder of an instance beside its tables and settings: scenarios, and pages to read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

PAGES = (".md", ".txt")
FOLDERS = ("scenarios",)


def beside_tables(folder: Path) -> tuple[str, ...]:
    """Scenarios and pages of an instance, by their path in its folder, sorted; whatever else lies there is not its own.

    Args:
        folder: of an instance.
    """
    return tuple(sorted(path.relative_to(folder).as_posix() for path in _files(folder)))


def carry(folder: Path, to: Path) -> None:
    """Copies scenarios and pages into another folder.

    Args:
        folder: of an instance.
        to: a folder that is being written.

    Raises:
        OSError: one cannot be read or written.
    """
    for name in beside_tables(folder):
        target = to / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(folder / name, target)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_file() and path.suffix.casefold() in PAGES:
            yield path
        elif path.is_dir() and path.name in FOLDERS:
            yield from (each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
