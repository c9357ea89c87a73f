"""Commands of pages with names in the place of titles, so that those of both languages can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from alloc.instance import read
from alloc.instance.where.wording import kept
from alloc.scenario.edits import Edit, Origin
from alloc.scenario.lines import frozen, line_of, moved, parse_edit, read_line
from alloc.scenario.selection import WhereColumns, codes_named
from alloc.scenario.state import GRIDS, State, taken_apart
from alloc.scenario.titles.reading import with_names


@cache
def state() -> State:
    """What edits of the national instance name."""
    return taken_apart(read("china-2020"))


def by_names(line: str) -> Edit:
    """The edit of a line, by names."""
    return with_names(parse_edit(line), state())


def command_by_names(words: Sequence[str]) -> list[str]:
    """The words of a command: edits, pools, cities and what is varied by names."""
    told = list(words)
    for at, (option, word) in enumerate(pairwise(words), start=1):
        if option == "--edit" and (parts := moved(word) or frozen(word)) is not None:
            told[at] = str({name: _known(part or "") for name, part in parts.groupdict().items()})
        elif option == "--edit" and (edit := read_line(word, Origin("", 1))[0]) is not None:
            told[at] = line_of(with_names(edit, state()))
        elif option in ("--pool", "--city"):
            told[at] = _known(word)
        elif option == "--vary":
            told[at] = by_names(f"{word} = 1").target
        elif option == "--where":
            columns = WhereColumns(GRIDS["pools"], state())
            told[at] = kept(word, columns, columns.tables)
    return told


def _known(word: str) -> str:
    """A code, of a code or a name."""
    found = {code for table in ("cities", "pools") for code in codes_named(word, table, state())}
    return found.pop() if found else word
