"""Every command that writes, killed at any operation on files, on a disk that is full: what was there stays whole."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.cli.options import short_of_memory
from alloc.writing import kinds
from alloc.writing.workshop import OWNER, PREFIX, YOUNG
from disks import small_disk
from instances import write_tiny

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are forked and killed")

TESTS = Path(__file__).parent
VARY = ["whatif", "tiny", "--vary", "policy.debt.ceiling", "--from", "1", "--to", "1.2", "--steps", "2", "--quiet"]
# Every command that writes: words, and what it writes.
COMMANDS: dict[str, tuple[list[str], str]] = {
    "solve": (["solve", "tiny", "--relaxation", "--quiet", "--out", "out"], "out"),
    "whatif": ([*VARY, "--out", "out"], "out"),
    "whatif to a document": ([*VARY, "--out", "out.html"], "out.html"),
    "convert to a folder": (["convert", "tiny", "out"], "out"),
    "convert to a workbook": (["convert", "tiny", "out.xlsx"], "out.xlsx"),
    "check": (["check", "wrong", "--mark", "out.xlsx"], "out.xlsx"),
    "certify": (["certify", "result", "--quiet", "--out", "out"], "out"),
    "compare": (["compare", "result", "other", "--out", "out"], "out"),
    "merge": (["merge", "result", "result", "--out", "out"], "out"),
    "explain": (["explain", "result", "--prices", "--quick", "--quiet", "--out", "out.json"], "out.json"),
    "export": (["export", "result", "out.xlsx"], "out.xlsx"),
    "export to a folder": (["export", "result", "out"], "out"),
    "show": (["show", "result", "--out", "out.html"], "out.html"),
    "forms": (["forms", "tiny", "out"], "out"),
    "forms merged": (["forms", "tiny", "out.xlsx", "--merge", "forms"], "out.xlsx"),
    "init": (["init", "out"], "out"),
    "init of a workbook": (["init", "out.xlsx"], "out.xlsx"),
}  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands read."""
    folder = tmp_path_factory.mktemp("given")
    write_tiny(folder / "wrong", cities={("440300", "residents"): -5})
    alloc.solve(write_tiny(folder / "tiny"), out=folder / "result", relaxation=True)
    alloc.write_forms(folder / "tiny", folder / "forms")
    alloc.solve(folder / "tiny", out=folder / "other", relaxation=True, edits="policy.debt.ceiling = 1.4")
    return folder


class Runs:
    """A command that is run again and again in a folder, from where it stood."""

    def __init__(self, process: subprocess.Popen[str], place: Path, out: str) -> None:
        """Nothing is run yet."""
        self.process, self.place, self.out = process, place, out

    def run(self, instant: str) -> dict[str, Any]:
        """Runs the command once; what was printed has no traceback."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{instant}\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "Traceback" not in found["said"], found["said"]
        return found

    def there(self) -> dict[str, str]:
        """What lies at the target and beside it under its name, each by a digest of all that is in it."""
        stem = self.out.partition(".")[0]
        return {path.name: digest(path) for path in sorted(self.place.glob(f"{stem}*"))}

    def left(self) -> list[str]:
        """What killed runs have left behind; a folder that has no owner yet is made old first."""
        for path in self.place.glob(f"{PREFIX}*"):
            if not (path / OWNER).exists():
                os.utime(path, (time.time() - 2 * YOUNG,) * 2)
        return [path.name for path in self.place.glob(f"{PREFIX}*")]

    def clear(self) -> None:
        """Takes away all but what is read."""
        for path in [*self.place.glob("out*"), *self.place.glob(f"{PREFIX}*")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def digest(path: Path) -> str:
    """Of a file's or a folder's names and bytes; "" of an empty file."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    parts = [
        f"{each.relative_to(path.parent)}".partition(os.sep)[2].encode() + b"\0" + each.read_bytes() for each in files
    ]
    return hashlib.sha256(b"\1".join(parts)).hexdigest() if path.is_dir() or path.stat().st_size else ""


@contextmanager
def runs(given: Path, place: Path, command: str) -> Iterator[Runs]:
    """The command in a folder of its own."""
    shutil.copytree(given, place, dirs_exist_ok=True)
    words, out = COMMANDS[command]
    elsewhere = str(rescue(given))
    process = subprocess.Popen(
        [sys.executable, str(TESTS / "killing.py"), json.dumps([*words, "--lang", "en"])], cwd=place, text=True,
        encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={
            **os.environ, "TMPDIR": elsewhere, "TEMP": elsewhere,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        },
    )  # fmt: skip
    try:
        yield Runs(process, place, out)
    finally:
        process.kill()
        process.communicate()


def rescue(given: Path) -> Path:
    """Where the commands have their temporary files: a folder of the tests alone."""
    folder = given.parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    return folder


def killed_everywhere(given: Path, place: Path, command: str, most: int, last: int) -> None:
    """Kills the command at some of its operations, the last few of them among these, and looks at what is there."""
    with runs(given, place, command) as one:
        first = one.run("0")
        assert first["code"] in (0, 1) and one.there() and not one.left(), first
        old = dict(one.there())
        again = one.run("0")
        assert again["count"] > 5 and len(one.there()) == len(old) + 1
        instants = list(range(1, again["count"] + 1))
        chosen = sorted({*random.Random(command).sample(instants, min(most, len(instants))), *instants[-last:]})
        kept = one.place.parent / "kept"
        one.clear()
        if old:
            one.run("0")
            shutil.copytree(one.place, kept)
            old = one.there()
        (whole,) = [None] if not old else old.values()
        for instant in chosen:
            one.clear()
            if old:
                name = next(iter(old))
                (shutil.copytree if (kept / name).is_dir() else shutil.copy2)(kept / name, one.place / name)
            assert one.run(str(instant))["code"] == -9
            there = {name: what for name, what in one.there().items() if what}  # not a claimed name
            assert whole is None or whole in there.values(), (instant, there)
            assert len(there) <= len(old) + 1, (instant, there)
            one.left()
            done = one.run("0")
            assert done["code"] == first["code"], done
            assert not one.left(), instant
            after = one.there().values()
            assert all(after), instant  # what was claimed has been taken over
            assert whole is None or whole in after
            assert len(after) == len(there) + 1, (instant, after)


@pytest.mark.long
@pytest.mark.parametrize("command", ["solve", pytest.param("convert to a workbook", marks=pytest.mark.slow)])
def test_killed_at_a_few_instants(given: Path, tmp_path: Path, command: str) -> None:
    killed_everywhere(given, tmp_path / "place", command, 1, 2)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_at_any_instant(given: Path, tmp_path: Path, command: str) -> None:
    killed_everywhere(given, tmp_path / "place", command, 25, 4)


def no_room(one: Runs, run: Any, command: str, code: int) -> None:
    """Runs the command where a write must fail: it says so, nothing is left over, and what was there is the same."""
    old = one.there()
    found = run()
    assert found["code"] in (1, 3, code), found
    if found["code"] == code:  # it was room enough
        return
    assert "cannot be written" in found["said"], found["said"]
    assert one.there() == old
    assert not one.left()


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_no_room_for_a_file(given: Path, tmp_path: Path, command: str) -> None:
    """No file may be larger than so many bytes, which needs no disk that is full, and no rights to make one."""
    with runs(given, tmp_path / "place", command) as one:
        code = one.run("0")["code"]
        assert code in (0, 1)
        largest = max(path.stat().st_size for path in one.place.rglob("*") if path.is_file())
        for size in (0, 100, 1000, 3000, largest // 2):
            no_room(one, lambda size=size: one.run(f"size {size}"), command, code)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_no_room_on_the_disk(given: Path, tmp_path: Path, command: str) -> None:
    """A small disk of memory, where one may be mounted, that leaves less and less room."""
    with small_disk(tmp_path / "disk", "4m") as disk, runs(given, disk / "place", command) as one:
        code = one.run("0")["code"]
        assert code in (0, 1)
        (disk / "place" / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 200_000))
        for room in (140_000, 100_000, 70_000, 20_000, 0):
            os.truncate(disk / "place" / "filler", 0)
            (disk / "place" / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - room))
            no_room(one, lambda: rescued_away(one, rescue(given)), command, code)


def rescued_away(one: Runs, elsewhere: Path) -> dict[str, Any]:
    """Runs the command; what it wrote into the folder of temporary files instead is whole, and taken away."""
    found = one.run("0")
    for path in elsewhere.glob(one.out):
        assert found["code"] == 3, found
        whole = kinds.COMPARISON.own(path) or alloc.verify(path).passed
        shutil.rmtree(path)
        assert whole
    return found


@pytest.mark.long
def test_two_processes_at_one_target(given: Path, tmp_path: Path) -> None:
    """Three results by three processes at once: all there, all whole, none over another."""
    shutil.copytree(given, tmp_path, dirs_exist_ok=True)
    words = [sys.executable, "-m", "alloc", *COMMANDS["solve"][0]]
    processes = [
        subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(3)
    ]
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out", "out.1", "out.2"]
    assert all(alloc.verify(path).passed for path in tmp_path.glob("out*"))
    assert not list(tmp_path.glob(f"{PREFIX}*"))


MEMORY = """
import resource, sys
import alloc.api, alloc.cli
for name in alloc.cli.COMMANDS:
    alloc.cli.main.get_command(None, name)
used = int(open("/proc/self/statm", encoding="utf-8").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 20),) * 2)
sys.argv = ["alloc", *sys.argv[1:]]
alloc.cli.main()
"""


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what a process takes is read there")
@pytest.mark.parametrize(
    "words",
    [["solve", "china-2020", "--out", "out"],
     pytest.param(["convert", "china-2020", "out.xlsx"], marks=pytest.mark.slow)],
)  # fmt: skip
def test_no_more_memory(tmp_path: Path, words: list[str]) -> None:
    """Said in a sentence, with the exit code of what was stopped, and nothing is left over."""
    done = subprocess.run([sys.executable, "-c", MEMORY, *words, "--lang", "en"], cwd=tmp_path, capture_output=True,
                          text=True, encoding="utf-8", check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "Stopped for want of memory; nothing was written.\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("short", [True, False])
def test_a_failure_without_an_exception_is_want_of_memory_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    """Python has no room for a MemoryError then; with room it is a fault of some library, and not called otherwise."""

    def fails(*given: object, **named: object) -> None:
        raise SystemError("error return without exception set")

    monkeypatch.setattr("alloc.api.convert", fails)
    monkeypatch.setattr("alloc.cli.options.short_of_memory", lambda: short)
    monkeypatch.setattr(os, "_exit", sys.exit)
    run = CliRunner().invoke(main, ["convert", str(write_tiny(tmp_path / "t")), str(tmp_path / "o"), "--lang", "en"])
    assert isinstance(run.exception, SystemExit if short else SystemError)
    assert ("Stopped for want of memory; nothing was written." in run.output) == short


def test_there_is_room_here() -> None:
    assert not short_of_memory()


@pytest.mark.long
@pytest.mark.parametrize("closed", [pytest.param("stdout", marks=pytest.mark.slow), "both"])
def test_streams_that_are_closed(tmp_path: Path, closed: str) -> None:
    """A command whose output was closed before it began still does its work."""
    write_tiny(tmp_path / "tiny")
    to_close = (1, 2) if closed == "both" else (1,)
    script = f"import os, sys; [os.close(each) for each in {to_close}]; os.execv(sys.executable, sys.argv[1:])"
    words = [sys.executable, "-m", "alloc", *COMMANDS["convert to a folder"][0]]
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert alloc.read(tmp_path / "out").hash == alloc.read(tmp_path / "tiny").hash


def writable_by_root(folder: Path) -> bool:
    """Whether rights are no hindrance here."""
    return os.access(folder, os.W_OK)


@pytest.mark.long
@pytest.mark.parametrize("command", ["solve", "convert to a folder"])
def test_a_folder_that_may_only_be_read(given: Path, tmp_path: Path, command: str) -> None:
    with runs(given, tmp_path / "place", command) as one:
        one.place.chmod(0o500)
        try:
            if writable_by_root(one.place):
                pytest.skip("root may write everywhere")
            found = one.run("0")
        finally:
            one.place.chmod(0o700)
        assert (found["code"], "may not be written to" in found["said"]) == (1, True), found
        assert not one.there() and not one.left()
