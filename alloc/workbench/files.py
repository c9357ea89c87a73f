"""A workspace on disk: an instance, scenarios, results, documents, and the log of what the planner did.

The log is only ever appended to, and is on disk before anything is solved; a line that was being written when the
program was killed is left out. What stands is made of the log alone, so that it can be made again.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from alloc.errors import AllocError
from alloc.text import Text
from alloc.writing.workshop import lock

INSTANCE, SCENARIOS, RESULTS, DOCUMENTS, OWN = "instance", "scenarios", "results", "documents", ".workbench"
LOG, LOCK, VIEW = "edits.jsonl", "lock", "state.json"
IN_USE = Text(
    "工作区 {place} 已在另一个程序中打开（进程 {pid}）；请先关闭那一个。",
    "The workspace {place} is open in another program already (process {pid}); close that one first.",
)
DAMAGED = Text(
    "工作区 {place} 的记录 {file} 第 {row} 行无法读取；请改正或删去该行。",
    "Line {row} of {file} in the workspace {place} cannot be read; correct it or take it out.",
)


class WorkspaceError(AllocError):
    """A workspace that cannot be opened or written; `message` says which and why."""


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
    """The folder of a workspace, open for writing by this process alone.

    Attributes:
        place: the folder.
    """

    place: Path
    _lock: IO[bytes] | None = field(default=None, repr=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def instance(self) -> Path:
        """The folder of its instance."""
        return self.place / INSTANCE

    def take(self, port: int) -> Standing:
        """Takes the lock and reads the log; a last line that is not whole is cut off.

        Args:
            port: of the server, for whoever finds the lock.

        Raises:
            WorkspaceError: it is open elsewhere, cannot be written, or its log is damaged.
        """
        own = self.place / OWN
        try:
            for name in (OWN, SCENARIOS, RESULTS, DOCUMENTS):
                (self.place / name).mkdir(parents=True, exist_ok=True)
            self._hold(own / LOCK, port)
            return self._read(own / LOG)
        except OSError as error:
            raise WorkspaceError(Text(
                f"工作区 {self.place} 无法写入：{error.strerror}。",
                f"The workspace {self.place} cannot be written: {error.strerror}.",
            )) from error  # fmt: skip

    def close(self) -> None:
        """Gives the lock back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _hold(self, path: Path, port: int) -> None:
        file = path.open("a+b")
        file.seek(0)  # Windows locks the byte at which a file stands, and that one alone
        try:
            if not lock(file.fileno()):
                file.seek(1)
                pid = file.read(200).decode("utf-8", "replace").partition(" ")[0] or "?"
                raise WorkspaceError(IN_USE.fill(place=str(self.place), pid=pid))
        except BaseException:
            file.close()
            raise
        file.truncate(0)
        file.write(f" {os.getpid()} {port}\n".encode())
        file.flush()
        self._lock = file

    def _read(self, path: Path) -> Standing:
        """What the log adds up to."""
        found = Standing()
        if not path.exists():
            return found
        content = path.read_bytes()
        whole, _, torn = content.rpartition(b"\n")
        if torn:
            with path.open("r+b") as file:
                file.truncate(len(content) - len(torn))
                file.flush()
                os.fsync(file.fileno())
        for row, line in enumerate(whole.splitlines(), 1):
            try:
                found = found.after(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise WorkspaceError(DAMAGED.fill(place=str(self.place), file=LOG, row=row)) from error
        return found

    def append(self, entry: Mapping[str, Any]) -> str:
        """Puts an entry on disk before anything is made of it; gives when.

        Raises:
            WorkspaceError: it cannot be written.
        """
        at = str(entry.get("at") or now())
        line = json.dumps({**entry, "at": at}, ensure_ascii=False, allow_nan=False) + "\n"
        try:
            with self._writing, (self.place / OWN / LOG).open("ab") as file:
                before = file.tell()
                try:
                    file.write(line.encode())
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    os.truncate(file.fileno(), before)  # what is refused must not be there at the next start
                    raise
        except OSError as error:
            raise WorkspaceError(Text(
                f"修改没有写入磁盘：{error.strerror}。", f"The edit could not be put on disk: {error.strerror}.",
            )) from error  # fmt: skip
        return at

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
        with self._writing:
            fresh.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")
            fresh.replace(path)


def now() -> str:
    """The time, in whole seconds of UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
