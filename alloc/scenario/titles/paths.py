"""Tables, columns and settings by their titles: the path that a title means, and the titles of a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from alloc.content.titles import column_title
from alloc.instance.findings import InputError
from alloc.instance.schema.tables import TABLES
from alloc.scenario.edits import Edit
from alloc.scenario.state import GRIDS, LISTS, State
from alloc.text import Text, listed

SHOWN = 12  # tables and sections that are named where nothing is near
_EITHER = Text("有几项都叫“{name}”。", "Several are called “{name}”.")
_ONE_OF = Text("写作其中之一：{paths}。", "Write one of {paths}.")
WITH_TITLE = Text("{title}（{path}）", "{path} ({title})")


def path_meant(edit: Edit, state: State) -> str:
    """The target of an edit with the names of the table and of the settings that it was written with the titles of.

    The title of a column stands alone where one table has it, and no setting.

    Args:
        edit: as it is written.
        state: of the instance.

    Raises:
        InputError: several settings or columns have the title.
    """
    path, known = edit.target, state.values
    if path in known or path.partition(".")[0] in TABLES or any(path == name or path.startswith(f"{name}.")
                                                                for name in LISTS):  # fmt: skip
        return path
    for name, table in GRIDS.items():
        for words in table.title:
            if folded(path) == folded(words) or folded(path).startswith(f"{folded(words)}."):
                return name + path[len(words) :]
    *sections, last = path.split(".")
    found = [name for name in known if name not in LISTS and "[" not in name and _called(name, sections, last)]
    found += [] if sections else _columns().get(folded(last), ())
    if len(found) > 1:
        shown = listed([with_title(name) for name in found[:SHOWN]])
        raise InputError([edit.finding("ambiguous_name", _EITHER.fill(name=path), _ONE_OF.fill(paths=shown))])
    return found[0] if found else path


@cache
def _columns() -> Mapping[str, tuple[str, ...]]:
    """The columns of all tables, by their titles in both languages."""
    found: dict[str, tuple[str, ...]] = {}
    for table in GRIDS.values():
        for column in (each for each in table.columns if not each.key):
            for words in {folded(words) for words in column.title}:
                found[words] = (*found.get(words, ()), f"{table.name}.{column.name}")
    return found


def _called(path: str, sections: Sequence[str], last: str) -> bool:
    """Whether a setting has a title and lies in sections of these names or titles, in their order."""
    if folded(last) not in _titles(path):
        return False
    parts = path.split(".")
    above = iter(".".join(parts[: place + 1]) for place in range(len(parts) - 1))
    return all(
        any(folded(section) in {folded(name.rpartition(".")[2]), *_titles(name)} for name in above)
        for section in sections
    )


@cache
def _titles(path: str) -> frozenset[str]:
    """The titles of a setting or of a section, in both languages."""
    return frozenset(map(folded, _of_setting(path)))


def _of_setting(path: str) -> Text:
    return Text(*(column_title("settings", path, language) for language in ("zh", "en")))


def folded(words: str) -> str:
    """A title without case, its blanks as one each."""
    return " ".join(words.casefold().split())


def title(path: str) -> Text:
    """The title of a table, of a column of one, or of a setting or a section; its name where it has none."""
    table, _, column = path.rpartition(".")
    if path in GRIDS:
        return GRIDS[path].title
    if table in GRIDS:
        return GRIDS[table].by_name[column].title
    return _of_setting(path)


def with_title(path: str) -> Text:
    """A path with its title behind it, where it has one."""
    words = title(path)
    return Text(path, path) if words == Text(path, path) else WITH_TITLE.fill(path=path, title=words)
