"""Tables of text, as they stand on a terminal."""

from __future__ import annotations

import io
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

WIDTH = 110


@dataclass(frozen=True)
class Section:
    """One table: a title, heads, rows of text. `aligned`: of each column, l for text and r for numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    aligned: str


def render(parts: list[Section]) -> str:
    """Sections as plain text tables."""
    console = Console(file=io.StringIO(), width=WIDTH, no_color=True, highlight=False)
    for part in parts:
        table = Table(title=part.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for place, head in enumerate(part.heads):
            table.add_column(head, justify="left" if part.aligned[place] == "l" else "right", overflow="fold")
        for row in part.rows:
            table.add_row(*row)
        console.print(table)
        console.print()
    file = console.file
    assert isinstance(file, io.StringIO)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())
