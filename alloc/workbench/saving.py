"""Scenarios saved from what stands: a file that makes the same instance, or it is not written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import tomlkit

from alloc.errors import AllocError
from alloc.instance.findings import InputError
from alloc.opening import opened
from alloc.scenario import Edited
from alloc.scenario.edits import Cell, Edit
from alloc.text import Text, system_words
from alloc.workbench.files import INSTANCE, SCENARIOS, WorkspaceError
from alloc.workbook.carried import script_text
from alloc.writing.kinds import Kind
from alloc.writing.place import write
from alloc.writing.target import TargetError

SCENARIO = Kind(Text("情景", "a scenario"), False, lambda path: True)  # whatever has the name is renamed beside
UNLIKE = Text(
    "这些修改不能合成一个情景文件；请撤销互相覆盖的修改。",
    "These edits cannot be put into one scenario file; take back those that override each other.",
)

ITSELF = Text(
    "现在的修改正是从这个情景开始的；请换一个名称保存。",
    "What stands starts from this very scenario; save it under another name.",
)
UNWRITTEN = Text("情景文件无法写入：{said}。", "The file of the scenario cannot be written: {said}.")


def save_scenario(place: Path, name: str, title: Text, chain: Sequence[Edited], inherits: str, why: str = "") -> Path:
    """Writes the steps of a chain as a scenario; an older one of the name is renamed beside.

    The steps are written as they are where that makes the same instance, else as the cells that they have changed. A
    scenario that was saved here cannot be inherited; its own edits are written along.

    Args:
        place: of the workspace.
        name: of the scenario.
        title: in both languages.
        chain: the scenario that the steps start from, and the steps.
        inherits: name of that scenario; "" for none.
        why: the reason of edits that have none.

    Raises:
        WorkspaceError: it cannot be written, no file makes the same instance, or what stands starts from it.
    """
    if name == inherits:
        raise WorkspaceError(ITSELF)
    target = place / SCENARIOS / f"{name}.toml"
    _written(target, lambda path: _fitting(path, place, title, chain, inherits, why))
    return target


def scenario_text(place: Path, title: Text, chain: Sequence[Edited], inherits: str) -> str:
    """The same file, to be kept elsewhere; nothing is written in the workspace.

    Raises:
        AllocError: no file makes the same instance.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "edits.toml"
        _fitting(path, place, title, chain, inherits, "")
        return path.read_text(encoding="utf-8")


def _fitting(path: Path, place: Path, title: Text, chain: Sequence[Edited], inherits: str, why: str) -> None:
    """Writes the steps as they are, or else as cells, whichever makes the instance that they have made."""
    start, before, cells = chain[0], list[Edit](), list[Cell]()
    if inherits and (place / SCENARIOS / f"{inherits}.toml").is_file():
        last = max((edit.origin.level for edit in start.edits), default=0)
        before = [edit for edit in start.edits if edit.origin.level == last]
        cells = [cell for cell in start.cells if any(start.edits[at].origin.level == last for at in cell.edits)]
        above = start.scenario.inherits if start.scenario else ()
        inherits = above[0] if above else ""
    steps = [edit for step in chain[1:] for edit in step.edits]
    cells += [cell for step in chain[1:] for cell in step.cells]
    for edits in ([*before, *steps], _by_cells(cells)):
        given = [replace(edit, why=edit.why or why) for edit in edits]
        path.write_text(script_text(title, inherits, given), encoding="utf-8")
        try:
            made = opened(place / INSTANCE, str(path), relaxation=True).instance
        except InputError:
            continue
        if made.hash == chain[-1].instance.hash:
            return
    raise AllocError(UNLIKE)


def rename_scenario(path: Path, title: Text) -> None:
    """Gives the file of a scenario other titles and leaves all else in it as it is.

    Raises:
        WorkspaceError: it cannot be written.
    """
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    words = tomlkit.inline_table()
    words.update(title._asdict())
    document["title"] = words
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(tomlkit.dumps(document), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise _unwritten(error) from error


def remove_scenario(path: Path) -> None:
    """Takes a scenario away: its file is renamed to the first free ``NAME.1.toml``, ``NAME.2.toml``, …

    Raises:
        WorkspaceError: it cannot be renamed.
    """
    number = 1
    while (aside := path.with_name(f"{path.stem}.{number}{path.suffix}")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError as error:
        raise _unwritten(error) from error


def _unwritten(error: OSError) -> WorkspaceError:
    return WorkspaceError(UNWRITTEN.fill(said=system_words(error)))


def _written(target: Path, writer: Callable[[Path], object]) -> None:
    try:
        write(target, SCENARIO, writer)
    except TargetError as error:
        raise WorkspaceError(error.message) from error


def _by_cells(cells: Sequence[Cell]) -> list[Edit]:
    """The last value of every cell that was changed."""
    last = {cell.target: cell for cell in cells}
    return [Edit("drop", target) if cell.new is None else Edit("set", target, cell.new, why=cell.why)
            for target, cell in last.items()]  # fmt: skip
