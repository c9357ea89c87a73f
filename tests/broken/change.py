"""The ways in which a case changes the files of the small instance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from instances import Change, write_tiny

OVERRIDE = "city,pool,amount,reason,approved_by\n{},a,b\n"
EARMARK = "city,pool,amount,reason\n{},x\n"


@dataclass(frozen=True)
class Case:
    """Changes as ``write_tiny`` takes them, and what is done to the folder afterwards."""

    changes: dict[str, Change] = field(default_factory=dict)
    then: Callable[[Path], Any] | None = None

    def write(self, folder: Path) -> Path:
        """The broken instance."""
        write_tiny(folder, **self.changes)
        if self.then is not None:
            self.then(folder)
        return folder


def case(then: Callable[[Path], Any] | None = None, **changes: Change) -> Case:
    """A case."""
    return Case(changes, then)


def swap(old: str, new: str, times: int = -1) -> Callable[[str], str]:
    """Every ``old`` in a file, or the first few, becomes ``new``."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, times)

    return change


def without_row(row: int) -> Callable[[str], str]:
    """A file without one of its rows; the header is row 1."""
    return lambda text: "".join(line for place, line in enumerate(text.splitlines(True), 1) if place != row)


def row_twice(row: int) -> Callable[[str], str]:
    """A file with one of its rows again at the end."""
    return lambda text: text + text.splitlines(True)[row - 1]


def without_column(column: str) -> Callable[[str], str]:
    """A table without one of its columns; its cells hold no commas."""

    def change(text: str) -> str:
        lines = [line.split(",") for line in text.rstrip("\n").split("\n")]
        place = lines[0].index(column)
        return "\n".join(",".join(cells[:place] + cells[place + 1 :]) for cells in lines) + "\n"

    return change


def every_city(column: str, *values: object) -> dict[tuple[str, str], object]:
    """A value, or one for each, in a column of ``cities``."""
    codes = ("440300", "440500", "450900")
    return {(code, column): values[place % len(values)] for place, code in enumerate(codes)}
