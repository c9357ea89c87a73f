"""A cell that a department has filled in, and cells that are filled in twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alloc.instance.findings import Finding
from alloc.text import Text


@dataclass(frozen=True)
class Filled:
    """A cell that a department has filled in.

    Attributes:
        table, city, item, column: which; item is the service or pool, "" where there is none.
        value: what stands there.
        said: status, source, year and note, "" where nothing is said.
        file, row: where.
        title: of its column there, where that is not its name.
        cell: as spreadsheets name it.
    """

    table: str
    city: str
    item: str
    column: str
    value: float
    said: dict[str, str]
    file: str
    row: int
    title: str | None = None
    cell: Text | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Which cell of the instance it is."""
        return self.table, self.column, self.item, self.city


def filled_twice(every: Sequence[Filled]) -> Iterator[Finding]:
    """Cells that two forms fill in, or one twice: an error where they differ, otherwise a warning."""
    first: dict[tuple[str, str, str, str], Filled] = {}
    for cell in every:
        before = first.setdefault(cell.key, cell)
        if before is not cell:
            same = before.value == cell.value and before.said == cell.said
            message = Text(
                "{file} 的 {cell} 已填为 {value}，是同一格。", "The same cell is {value} in {file}, {cell}."
            ).fill(file=before.file, cell=before.cell, value=f"{before.value:,.12g}")
            remedy = Text("只保留一处。", "Keep one of them.")
            key = ", ".join(filter(None, (cell.city, cell.item)))
            yield Finding("warning" if same else "error", "filled_twice", cell.file, cell.row, cell.column,
                          f"{cell.value:,.12g}", message, remedy, key, title=cell.title, cell=cell.cell)  # fmt: skip
