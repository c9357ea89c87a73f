"""Scenarios saved from what stands: a file that makes the same instance, or it is not written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from alloc.errors import AllocError
from alloc.instance.findings import InputError
from alloc.opening import opened
from alloc.scenario import Edited
from alloc.scenario.edits import Edit
from alloc.scenario.files import ROW, VALUES
from alloc.text import Text
from alloc.workbench.files import INSTANCE, SCENARIOS, WorkspaceError
from alloc.writing.kinds import Kind
from alloc.writing.place import write
from alloc.writing.target import TargetError

SCENARIO = Kind(Text("情景", "a scenario"), False, lambda path: True)  # whatever has the name is renamed beside
UNLIKE = Text(
    "这些修改不能合成一个情景文件；请撤销互相覆盖的修改。",
    "These edits cannot be put into one scenario file; take back those that override each other.",
)


def save_scenario(place: Path, name: str, title: Text, chain: Sequence[Edited], inherits: str) -> Path:
    """Writes the steps of a chain as a scenario; an older one of the name is renamed beside.

    The steps are written as they are where that makes the same instance, else as the cells that they have changed.

    Args:
        place: of the workspace.
        name: of the scenario.
        title: in both languages.
        chain: the scenario that the steps start from, and the steps.
        inherits: name of that scenario; "" for none.

    Raises:
        WorkspaceError: it cannot be written, or no file makes the same instance.
    """
    target = place / SCENARIOS / f"{name}.toml"

    def writer(path: Path) -> None:
        for edits in ([edit for step in chain[1:] for edit in step.edits], _by_cells(chain[1:])):
            path.write_text(_text(title, edits, inherits), encoding="utf-8")
            try:
                made = opened(place / INSTANCE, str(path), relaxation=True).instance
            except InputError:
                continue
            if made.hash == chain[-1].instance.hash:
                return
        raise AllocError(UNLIKE)

    try:
        write(target, SCENARIO, writer)
    except TargetError as error:
        raise WorkspaceError(error.message) from error
    return target


def _by_cells(steps: Sequence[Edited]) -> list[Edit]:
    """The last value of every cell that steps have changed."""
    last = {cell.target: cell for step in steps for cell in step.cells}
    return [Edit("drop", target) if cell.new is None else Edit("set", target, cell.new, why=cell.why)
            for target, cell in last.items()]  # fmt: skip


def _text(title: Text, edits: Sequence[Edit], inherits: str) -> str:
    document = tomlkit.document()
    words = tomlkit.inline_table()
    words.update(title._asdict())
    document["title"] = words
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
            entry[named] = _plain(edit.value)
        if edit.why:
            entry["why"] = edit.why
        if edit.optional:
            entry["optional"] = True
        entries.append(entry)
    document["edit"] = entries
    return tomlkit.dumps(document)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        inner = tomlkit.inline_table()
        inner.update({key: _plain(each) for key, each in value.items()})
        return inner
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
