"""A workspace on disk: an instance, scenarios, results, documents, and the log of what the planner did.

The log is only ever appended to, and is on disk before anything is solved; a line that was being written when the
program was killed is left out. What stands is made of the log alone, so that it can be made again. One process writes,
others read; where the disk takes no more, entries stay in memory until it does.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from alloc.errors import AllocError
from alloc.text import Text, system_words
from alloc.writing.workshop import lock

INSTANCE, SCENARIOS, RESULTS, DOCUMENTS, OWN = "instance", "scenarios", "results", "documents", ".workbench"
LOG, LOCK, VIEW = "edits.jsonl", "lock", "state.json"
WANTED = "wanted"  # made by a process that asks the one which writes to leave that to it
PATIENCE, PAUSE = 10.0, 0.1  # seconds for that
IN_USE = Text(
    "这个工作区正由另一个程序使用（进程 {pid}）。这里只能查看，并跟随那边的修改。",
    "Another program (process {pid}) is editing this workspace. Here it can only be looked at; what is edited there "
    "shows here.",
)
GIVEN = Text(
    "另一个程序已接手这个工作区。这里只能查看，并跟随那边的修改。",
    "Another program has taken over editing this workspace. Here it can only be looked at; what is edited there "
    "shows here.",
)
UNANSWERED = Text(
    "那个程序没有应答；请先在那边关闭这个工作区。",
    "The other program does not answer; close the workspace there.",
)
UNWRITABLE = Text(
    "工作区 {place} 无法写入：{said}。这里只能查看。",
    "The workspace {place} cannot be written: {said}. Here it can only be looked at.",
)
UNREADABLE = Text("工作区 {place} 无法读取：{said}。", "The workspace {place} cannot be read: {said}.")
UNSAVED = Text(
    "修改没有写入磁盘：{said}。可以继续修改；程序关闭前请下载这些修改，或恢复写入后再试。",
    "Edits could not be put on disk: {said}. You can go on; before the program is closed download them, or let the "
    "folder be written again and try once more.",
)
STALE = Text(
    "工作区已变到第 {now} 版，请求针对第 {asked} 版。",
    "The workspace is at revision {now}; the request was for {asked}.",
)
NO_STEP = Text("没有这一步可做。", "There is no such step to take.")
DAMAGED = Text(
    "工作区 {place} 的记录 {file} 第 {row} 行无法读取；请改正或删去该行。",
    "Line {row} of {file} in the workspace {place} cannot be read; correct it or take it out.",
)


def is_workspace(place: Path) -> bool:
    """Whether a folder is a workspace: it has an instance and the folder of its own."""
    try:
        return (place / OWN).is_dir() and (place / INSTANCE / "instance.toml").is_file()
    except (OSError, ValueError):  # a name that no folder can have
        return False


def identity(place: Path) -> str:
    """The id of a workspace, which says nothing of its path."""
    return hashlib.blake2b(str(place.absolute()).encode("utf-8", "surrogateescape"), digest_size=9).hexdigest()


class WorkspaceError(AllocError):
    """A workspace that cannot be opened or written; `message` says which and why."""


class StaleError(AllocError):
    """A request about a revision that is not the last one, or a step that is not there."""


@dataclass(frozen=True)
class Step:
    """An edit that stands: its number, its lines, why, whether it is only a trial, and when it was made."""

    n: int
    lines: tuple[str, ...]
    why: str = ""
    trial: bool = False
    at: str = ""


@dataclass(frozen=True)
class Standing:
    """What the log adds up to.

    Attributes:
        revision: how many entries it has.
        scenario: that the edits start from; "" for none.
        steps: that stand, in their order; only the last can be a trial.
        undone: steps that can be done again, the next one last.
    """

    revision: int = 0
    scenario: str = ""
    steps: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    @property
    def trial(self) -> Step | None:
        """The trial, if one stands."""
        return self.steps[-1] if self.steps and self.steps[-1].trial else None

    @property
    def kept(self) -> tuple[Step, ...]:
        """The steps without the trial."""
        return self.steps[:-1] if self.trial else self.steps

    def after(self, entry: Mapping[str, Any]) -> Standing:
        """What stands after one more entry of the log."""
        revision, do = self.revision + 1, entry["do"]
        now = replace(self, revision=revision)
        if do == "edit":
            step = Step(revision, tuple(entry["lines"]), entry.get("why", ""), bool(entry["trial"]), entry["at"])
            undone = self.undone if step.trial else ()
            return replace(now, steps=(*self.kept, step), undone=undone)
        if do == "keep" and self.trial:
            step = replace(self.trial, trial=False, why=entry.get("why", "") or self.trial.why)
            return replace(now, steps=(*self.kept, step), undone=())
        if do == "undo" and self.trial:
            return replace(now, steps=self.kept)
        if do == "undo" and self.steps:
            return replace(now, steps=self.steps[:-1], undone=(*self.undone, self.steps[-1]))
        if do == "redo" and self.undone:
            return replace(now, steps=(*self.kept, self.undone[-1]), undone=self.undone[:-1])
        if do == "why":
            steps = (replace(step, why=entry["why"]) if step.n == entry["n"] else step for step in self.steps)
            return replace(now, steps=tuple(steps))
        if do == "delete":
            return replace(now, steps=tuple(step for step in self.steps if step.n != entry["n"]), undone=())
        if do == "scenario":
            return replace(now, scenario=entry["name"])
        return now


def standing(entries: Iterable[Mapping[str, Any]]) -> Standing:
    """What a whole log adds up to."""
    now = Standing()
    for entry in entries:
        now = now.after(entry)
    return now


@dataclass
class Workspace:
    """The folder of a workspace. One process writes in it; any others read, and follow what that one writes.

    Attributes:
        place: the folder.
        reader: why this process may not write in it; None for the writer.
        held: whether that is because another process does.
        unsaved: lines of the log that could not be written, and are in memory alone.
        problem: why not.
    """

    place: Path
    reader: Text | None = None
    held: bool = False
    unsaved: list[bytes] = field(default_factory=list, repr=False)
    problem: Text | None = None
    _port: int = 0
    _whole: int | None = None
    _lock: IO[bytes] | None = field(default=None, repr=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def instance(self) -> Path:
        """The folder of its instance."""
        return self.place / INSTANCE

    @property
    def settled(self) -> bool:
        """Whether this process writes, and all that stands is on disk."""
        return self.reader is None and not self.unsaved

    def kept(self) -> dict[str, Any]:
        """What the page has to know of where edits go: whether it may edit, what is to be said, what is not on disk."""
        notice = self.reader or self.problem
        return {"read_only": self.reader is not None, "held": self.held, "unsaved": len(self.unsaved),
                "notice": None if notice is None else notice._asdict()}  # fmt: skip

    def take(self, port: int) -> Standing:
        """Takes the lock where it is free, and reads the log.

        Where another process has the lock, or the folder cannot be written, `reader` says so.

        Args:
            port: of the server, for whoever finds the lock.

        Raises:
            WorkspaceError: the log is damaged, or cannot be read.
        """
        self._port = port
        self._hold()
        return self.read()

    def take_over(self, patience: float = PATIENCE) -> Standing:
        """Asks the process that writes to leave that to this one, and begins to write.

        Args:
            patience: seconds after which the other one is taken not to answer.

        Raises:
            WorkspaceError: it does not answer, or the folder cannot be written.
        """
        until = time.monotonic() + patience
        self._hold()
        try:
            while self.held and time.monotonic() < until:
                (self.place / OWN / WANTED).touch()
                time.sleep(PAUSE)
                self._hold()
            if self.held:
                (self.place / OWN / WANTED).unlink(missing_ok=True)
        except OSError as error:
            raise WorkspaceError(self._unwritable(error)) from error
        if self.reader is not None:
            raise WorkspaceError(UNANSWERED if self.held else self.reader)
        return self.read()

    def give(self) -> bool:
        """Leaves writing to another process if one asks for it and nothing is in memory alone; whether it did."""
        if self.reader is not None or not (self.place / OWN / WANTED).exists():
            return False
        with self._writing:
            if self.unsaved:
                self._flush()
            if self.unsaved:
                return False
            self.reader, self.held = GIVEN, True
            self.close()
        return True

    def close(self) -> None:
        """Gives the lock back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _hold(self) -> None:
        """The lock, if it is free and the folder can be written; `reader` says why not."""
        self.held = False
        try:
            for name in (OWN, SCENARIOS, RESULTS, DOCUMENTS):
                (self.place / name).mkdir(parents=True, exist_ok=True)
            file = (self.place / OWN / LOCK).open("a+b")
            try:
                file.seek(0)  # Windows locks the byte at which a file stands, and that one alone
                if not lock(file.fileno()):
                    file.seek(1)
                    pid = file.read(200).decode("utf-8", "replace").partition(" ")[0] or "?"
                    self.reader, self.held = IN_USE.fill(pid=pid), True
                    file.close()
                    return
                file.truncate(0)
                file.write(f" {os.getpid()} {self._port}\n".encode())
                file.flush()
                (self.place / OWN / WANTED).unlink(missing_ok=True)
            except BaseException:
                file.close()
                raise
        except OSError as error:
            self.reader = self._unwritable(error)
            return
        self._lock, self.reader = file, None

    def _unwritable(self, error: OSError) -> Text:
        return UNWRITABLE.fill(place=str(self.place), said=system_words(error))

    def stamp(self) -> tuple[int, ...]:
        """Another one whenever the log is another, or a result was written."""
        found = []
        for path in (self.place / OWN / LOG, self.place / RESULTS):
            try:
                about = path.stat()
                found += [about.st_size, about.st_mtime_ns]
            except OSError:
                found += [0, 0]
        return tuple(found)

    def read(self) -> Standing:
        """What the log adds up to. A last line that is not whole is left out, and by the writer cut off.

        Raises:
            WorkspaceError: it is damaged, or cannot be read.
        """
        path, found = self.place / OWN / LOG, Standing()
        try:
            content = path.read_bytes() if path.exists() else b""
            whole, _, torn = content.rpartition(b"\n")
            if torn and self.reader is None:
                with path.open("r+b") as file:
                    file.truncate(len(content) - len(torn))
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise WorkspaceError(UNREADABLE.fill(place=str(self.place), said=system_words(error))) from error
        for row, line in enumerate(whole.splitlines(), 1):
            try:
                found = found.after(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise WorkspaceError(DAMAGED.fill(place=str(self.place), file=LOG, row=row)) from error
        return found

    def append(self, entry: Mapping[str, Any]) -> str:
        """Puts an entry on disk before anything is made of it; gives when.

        Where the disk does not take it, it stays in memory with a `problem`, and goes to disk with the next that can.

        Raises:
            WorkspaceError: this process may not write here.
        """
        at = str(entry.get("at") or now())
        line = json.dumps({**entry, "at": at}, ensure_ascii=False, allow_nan=False) + "\n"
        with self._writing:
            if self.reader is not None:
                raise WorkspaceError(self.reader)
            self.unsaved.append(line.encode())
            self._flush()
        return at

    def save(self) -> None:
        """Tries again to put on disk what is in memory alone."""
        with self._writing:
            self._flush()

    def _flush(self) -> None:
        try:
            with (self.place / OWN / LOG).open("ab") as file:
                if self._whole is not None and file.tell() > self._whole:
                    file.truncate(self._whole)  # what a write that failed has left
                self._whole = file.tell() if self._whole is None else self._whole
                try:
                    file.write(b"".join(self.unsaved))
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    with suppress(OSError):
                        os.truncate(file.fileno(), self._whole)  # it is not to be there twice at the next start
                    raise
        except OSError as error:
            self.problem = UNSAVED.fill(said=system_words(error))
        else:
            self.unsaved.clear()
            self._whole = self.problem = None

    def view(self) -> dict[str, Any]:
        """What the page remembers for itself; nothing where that cannot be read."""
        try:
            found = json.loads((self.place / OWN / VIEW).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def remember(self, content: Mapping[str, Any]) -> None:
        """Keeps it, whole or not at all."""
        path = self.place / OWN / VIEW
        fresh = path.with_suffix(".new")
        with self._writing, suppress(OSError):  # that the folder cannot be written is said where it matters
            fresh.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")
            fresh.replace(path)


def now() -> str:
    """The time, in whole seconds of UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
