"""The files of a workspace: what the log adds up to, nothing lost when the program is killed, one writer."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi")
import alloc
from alloc.workbench.desk import Desk
from alloc.workbench.files import OWN, Standing, Workspace, WorkspaceError, standing

AT = "2026-01-01T00:00:00Z"


def entry(do: str, **more: object) -> dict[str, object]:
    return {"do": do, "at": AT, **more}


def edit(line: str, trial: bool = False) -> dict[str, object]:
    return entry("edit", lines=[line], trial=trial)


def lines(found: Standing) -> list[str]:
    return [step.lines[0] for step in found.steps]


def test_log_by_hand() -> None:
    """Trials take each other's place, keep makes an edit, undo takes the trial first, redo brings edits alone back."""
    log = [edit("a"), edit("b", True), edit("c", True)]
    assert lines(standing(log)) == ["a", "c"] and standing(log).trial is not None
    log += [entry("keep", why="so")]
    assert lines(standing(log)) == ["a", "c"] and standing(log).steps[-1].why == "so"
    log += [edit("d", True), entry("undo")]
    assert lines(standing(log)) == ["a", "c"] and not standing(log).undone
    log += [entry("undo"), entry("undo"), entry("redo")]
    assert lines(standing(log)) == ["a"] and [step.lines[0] for step in standing(log).undone] == ["c"]
    assert lines(standing([*log, entry("redo")])) == ["a", "c"]
    log += [edit("e"), entry("redo")]
    assert lines(standing(log)) == ["a", "e"]
    log += [entry("delete", n=1)]
    assert lines(standing(log)) == ["e"] and standing(log).revision == len(log)


ENTRIES = st.lists(st.one_of(
    st.builds(edit, st.sampled_from("abc"), st.booleans()),
    st.sampled_from([entry("keep"), entry("undo"), entry("redo"), entry("scenario", name="s")]),
    st.builds(lambda n: entry("delete", n=n), st.integers(1, 12)),
), max_size=12)  # fmt: skip


@given(ENTRIES)
@settings(max_examples=200, deadline=None)
def test_log_always_adds_up(log: list[dict[str, object]]) -> None:
    found = standing(log)
    assert found.revision == len(log)
    assert all(not step.trial for step in found.steps[:-1])
    numbers = [step.n for step in found.steps]
    assert len(set(numbers)) == len(numbers)


def test_torn_line_is_cut_off_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    files = Workspace(tmp_path)
    files.take(1)
    files.append(edit("a = 1"))
    log = tmp_path / OWN / "edits.jsonl"
    with log.open("ab") as file:
        file.write(b'{"do": "edit", "li')
    files.close()
    again = Workspace(tmp_path)
    assert lines(again.take(1)) == ["a = 1"]
    again.append(edit("b = 1"))
    again.close()
    assert lines(Workspace(tmp_path).take(1)) == ["a = 1", "b = 1"]
    log.write_text('{"do": "edit"}\n' + log.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"Line 1 of edits\.jsonl"):
        Workspace(tmp_path).take(1)


def test_one_writer(tmp_path: Path) -> None:
    """A second program only reads, and is told which one writes; once that has ended, however, it can write."""
    code = (
        "import sys, time; from pathlib import Path; from alloc.workbench.files import Workspace\n"
        "files = Workspace(Path(sys.argv[1])); files.take(1); print('held', flush=True); time.sleep(60)"
    )
    files = Workspace(tmp_path)
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline().strip() == b"held"
        files.take(2)
        assert files.held and files.reader is not None and str(other.pid) in files.reader.en
        with pytest.raises(WorkspaceError, match=str(other.pid)):
            files.append(edit("a = 1"))
        with pytest.raises(WorkspaceError, match="does not answer"):
            files.take_over(0.3)
        assert not (tmp_path / OWN / "wanted").exists(), "nobody waits any longer"
        other.kill()
    files.take_over(0.3)
    assert files.settled and files.append(edit("a = 1"))
    files.close()


def test_what_the_disk_does_not_take_stays_in_memory_until_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a line that a write has left is not there at the next start, and nothing is there twice."""
    files, log = Workspace(tmp_path), tmp_path / OWN / "edits.jsonl"
    files.take(1)
    files.append(edit("a = 1"))
    whole = log.read_bytes()

    def full(*told: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("alloc.workbench.files.os.fsync", full)
        files.append(edit("b = 1"))
        assert log.read_bytes() == whole, "it is as it was"
        patched.setattr("alloc.workbench.files.os.truncate", full)
        files.append(edit("c = 1"))
    assert not files.settled and len(files.unsaved) == 2 and "No space left" in files.kept()["notice"]["en"]
    assert lines(Workspace(tmp_path, reader=files.problem).read())[:1] == ["a = 1"]
    files.append(edit("d = 1"))
    assert files.settled and files.kept()["notice"] is None
    assert lines(files.read()) == ["a = 1", "b = 1", "c = 1", "d = 1"]
    files.close()


def test_a_reader_leaves_a_torn_line_alone(tmp_path: Path) -> None:
    """It may be one that the other program is writing just now."""
    writer, reader = Workspace(tmp_path), Workspace(tmp_path)
    writer.take(1)
    writer.append(edit("a = 1"))
    log = tmp_path / OWN / "edits.jsonl"
    with log.open("ab") as file:
        file.write(b'{"do": "edit", "li')
    before = log.read_bytes()
    assert lines(reader.take(2)) == ["a = 1"] and log.read_bytes() == before
    writer.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from alloc.workbench import files
from alloc.workbench.desk import Desk

desk = Desk(Path(sys.argv[1]), 1)
live = desk.live(desk.make("shipped", "hand", "mine"))
live.edit(0, ["pools.general.total = 9000"], "", False)
live.edit(1, ["policy.debt.ceiling = 1.4"], "why", False)
append = live.files.append
def killed(entry):
    append(entry)
    os.kill(os.getpid(), signal.SIGKILL)
live.files.append = killed
live.edit(2, ["pools.general.total *= 1.01"], "", False)
"""


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="a signal that nothing can hold back")
def test_killed_between_the_disk_and_the_solve(tmp_path: Path) -> None:
    """The edit that was on disk and not solved yet is there after the next start, with the result of a cold solve."""
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, capture_output=True)
    assert run.returncode == -9, run.stderr.decode()
    desk = Desk(tmp_path, 1)
    (found,) = desk.workspaces()
    live = desk.live(found.id)
    try:
        assert [step.lines for step in live.standing.steps] == [
            ("pools.general.total = 9000",), ("policy.debt.ceiling = 1.4",), ("pools.general.total *= 1.01",)
        ]  # fmt: skip
        until = time.monotonic() + 60
        while (live.shown is None or live.picture.revision != 3) and time.monotonic() < until:
            time.sleep(0.05)
        assert live.shown is not None
        cold = alloc.solve(live.files.instance, edits=["pools.general.total = 9090", "policy.debt.ceiling = 1.4"],
                           relaxation=True)  # fmt: skip
        assert live.shown.hash == cold.instance.hash
        assert live.shown.result.tables["allocation"].equals(cold.tables["allocation"])
    finally:
        desk.close()


def test_view_is_kept_and_never_in_the_way(tmp_path: Path) -> None:
    files = Workspace(tmp_path)
    files.take(1)
    files.remember({"tab": "city"})
    assert files.view() == {"tab": "city"}
    (tmp_path / OWN / "state.json").write_text("{", encoding="utf-8")
    assert files.view() == {}
    assert json.loads((tmp_path / OWN / "lock").read_text(encoding="utf-8").split()[0]) == os.getpid()
    files.close()
