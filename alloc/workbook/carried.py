"""Scenarios carried from one form of an instance into the other: files of a folder, rows of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from alloc.instance.cells import tidy
from alloc.instance.findings import InputError
from alloc.scenario.edits import ROW, VALUES, Edit, Script
from alloc.scenario.files import ENDING, FOLDER, scripts
from alloc.scenario.lines import line_of, parse_edit
from alloc.scenario.state import State
from alloc.scenario.titles.reading import with_names
from alloc.scenario.titles.writing import titled_line
from alloc.text import Text
from alloc.workbook.content import Columns
from alloc.workbook.layout import LONGEST_TEXT, Cell
from alloc.workbook.scenarios import TABLE

# What no system allows in the name of a file, and names that Windows keeps for devices.
_NO_FILE = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^\.|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|^$', re.IGNORECASE)
LONGEST_NAME = 60  # signs; three bytes each and an ending fit into the name of a file everywhere


def scenario_columns(home: Path, language: str, state: State | None) -> Columns:
    """The cells of the sheet, by column, for the scenarios of an instance that cells can hold.

    Args:
        home: the folder or the workbook of the instance; the sheet of a workbook is taken as it is, right or wrong, but
            that edits come into the words of the language.
        language: of the sheet, ``zh`` or ``en``.
        state: of the instance, by which edits have titles; None: it is not right yet, and they stay as written.
    """
    if home.is_file():
        from alloc.workbook.read.scenarios import scenario_rows

        rows = scenario_rows(home)
        if rows and state is not None:
            rows = {**rows, "edit": [_in_words(line, language, state) for line in rows["edit"]]}
        return rows
    titles = state if language == "zh" else None
    cells = [row for script in scripts(home)[0] if fits(script) for row in script_rows(script, titles)]
    return dict(zip(TABLE.names, map(list, zip(*cells, strict=True)), strict=True)) if cells else {}


def _in_words(line: Cell, language: str, state: State) -> Cell:
    """A line in the words of a language, with its reason; as it is typed where it has these or cannot be read."""
    if not isinstance(line, str) or (language != "zh" and line.isascii()):
        return line
    try:
        typed = parse_edit(line)
    except InputError:
        return line
    edit = with_names(typed, state)
    if language == "zh" and edit != typed:  # which has titles, as somebody has chosen them
        return line
    told = titled_line(edit, state) if language == "zh" else line_of(edit)
    return told + (f"  # {edit.why}" if edit.why else "")


def script_rows(script: Script, state: State | None = None) -> list[tuple[Cell, ...]]:
    """The rows of a scenario; its titles, and what it starts from, in the first.

    Args:
        script: the scenario.
        state: of the instance, for edits by Chinese titles; None: they have names.
    """
    heads: list[tuple[Cell, ...]] = [(*script.title, script.inherits or None)]
    lines: list[tuple[Cell, ...]] = [
        (titled_line(edit, state) if state else line_of(edit), edit.why or None, edit.why_zh or None)
        for edit in script.edits
    ] or [(None, None, None)]
    heads += [(None, None, None)] * (len(lines) - 1)
    return [(script.name, *head, *line) for head, line in zip(heads, lines, strict=True)]


def by_names(script: Script, state: State | None) -> Script:
    """A scenario whose edits have names where they were written with titles; as it is without a state."""
    return script if state is None else script._replace(edits=tuple(with_names(edit, state) for edit in script.edits))


def fits(script: Script) -> bool:
    """Whether cells can say what a scenario says: it has no fault, and every text is read as it is written."""
    if script.findings or script.faults:
        return False
    texts = [text for row in script_rows(script) for text in row if isinstance(text, str)]
    return all(text == tidy(text) and len(text) <= LONGEST_TEXT for text in texts) and all(
        _is_read(line_of(edit), (edit.verb, edit.target, edit.value, edit.where, edit.optional))
        for edit in script.edits
    )


def _is_read(line: str, says: tuple[object, ...]) -> bool:
    try:
        edit = parse_edit(line)
    except InputError:
        return False
    return not edit.why and (edit.verb, edit.target, edit.value, edit.where, edit.optional) == says


def without_file(every: Iterable[Script]) -> tuple[str, ...]:
    """The scenarios of a sheet that no file can hold: wrong ones, and those of a name that no file can have."""
    return tuple(f"{each.file.rpartition('#')[2]}: {each.name}" for each in every if not _has_file(each))


def with_file(every: Iterable[Script]) -> list[Script]:
    """The scenarios that a file can hold."""
    return [each for each in every if _has_file(each)]


def _has_file(script: Script) -> bool:
    return not script.findings and not script.faults and may_be_file(script.name)


def write_files(every: Iterable[Script], folder: Path) -> None:
    """Writes scenarios as files of an instance, those that a file can hold.

    Args:
        every: of a sheet.
        folder: of the instance, which is being written.

    Raises:
        OSError: one cannot be written.
    """
    for script in with_file(every):
        (folder / FOLDER).mkdir(exist_ok=True)
        text = script_text(script.title, script.inherits, script.edits)
        (folder / FOLDER / f"{script.name}{ENDING}").write_text(text, encoding="utf-8", newline="\n")


def may_be_file(name: str) -> bool:
    """Whether a file in an instance's folder of scenarios can have a name, on any system."""
    return len(name) <= LONGEST_NAME and not _NO_FILE.search(name)


def script_text(title: Text, inherits: str, edits: Sequence[Edit]) -> str:
    """A scenario as the text of its file."""
    document = tomlkit.document()
    document["title"] = _inline(title._asdict())
    if inherits:
        document["inherits"] = inherits
    entries = tomlkit.aot()
    for edit in edits:
        entry = tomlkit.table()
        entry[edit.verb] = edit.target
        if edit.where:
            entry["where"] = edit.where
        named = ROW if edit.adds_row else VALUES.get(edit.verb, "")
        if named:
            entry[named] = _inline(edit.value)
        if edit.why:
            entry["why"] = edit.why
        if edit.why_zh:
            entry["why_zh"] = edit.why_zh
        if edit.optional:
            entry["optional"] = True
        entries.append(entry)
    if len(entries):
        document["edit"] = entries
    return tomlkit.dumps(document)


def _inline(value: Any) -> Any:
    if isinstance(value, Mapping):
        inner = tomlkit.inline_table()
        inner.update({key: _inline(each) for key, each in value.items()})
        return inner
    return [_inline(each) for each in value] if isinstance(value, list | tuple) else value
