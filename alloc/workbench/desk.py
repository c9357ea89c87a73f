"""The workspaces of one server: which there are, which are open, how a new one is made. Ids say nothing of paths."""

from __future__ import annotations

import logging
import re
import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from alloc.errors import AllocError
from alloc.instance.files.shipped import locate
from alloc.instance.files.toml import parse_toml
from alloc.text import Text
from alloc.workbench.files import INSTANCE, OWN, Workspace, WorkspaceError, identity, is_workspace
from alloc.workbench.models import Words
from alloc.workbench.records import Workspace as Listed
from alloc.workbench.runs import recent
from alloc.workbench.runs.early import Early, load

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

LOG = logging.getLogger("alloc.workbench")
MOST = 4  # workspaces that are open at once, each with its session of the solver
IDLE = (
    1_800.0  # seconds after which one that nobody has asked gives its place to another; it is opened again when asked
)
MISSING = Text("没有这个工作区。", "There is no such workspace.")
CROWDED = Text(
    "已同时打开 {most} 个工作区；请先关闭一个。", "There are {most} workspaces open at once already; close one first."
)
NOT_ONE = Text("{place} 既不是工作区，也不是空文件夹。", "{place} is neither a workspace nor an empty folder.")


class MissingError(AllocError):
    """Something that was asked for by its id is not there."""


class CrowdedError(AllocError):
    """Too many workspaces are open."""


class Desk:
    """All workspaces below one folder, and those that were opened from elsewhere.

    `keep` is called with the id of a workspace and it, whenever a kept result is shown, from the thread that solves.

    Args:
        root: folder in which new workspaces are made.
        port: of the server, for the lock of each.
    """

    def __init__(self, root: Path, port: int) -> None:
        self.root, self._port = root.expanduser().absolute(), port
        self._places: dict[str, Path] = {}
        self._live: dict[str, Live] = {}
        self._lock = threading.RLock()
        self.keep: Callable[[str, Live], None] = lambda id, live: None
        self._early: dict[str, Early | None] = {}
        self._opening: set[str] = set()

    def workspaces(self) -> list[Listed]:
        """The workspaces that there are, the last one that was worked on first."""
        with self._lock:
            found = {id: place for id, place in self._places.items() if is_workspace(place)}
            if self.root.is_dir():
                for place in sorted(self.root.iterdir()):
                    if is_workspace(place) and not place.is_symlink():
                        found.setdefault(self._known(place), place)
            listed = [self._listed(id, place) for id, place in found.items()]
            return sorted(listed, key=lambda each: each.last, reverse=True)

    def add(self, place: Path) -> str:
        """The id of a workspace that is there, or is to be made at a place.

        Raises:
            WorkspaceError: something else is there.
        """
        if place.exists() and not is_workspace(place) and (not place.is_dir() or any(place.iterdir())):
            raise WorkspaceError(NOT_ONE.fill(place=str(place)))
        return self._known(place)

    def make(self, source: str, value: str, name: str, taken: Callable[[Path], None] | None = None) -> str:
        """A new workspace with an instance from somewhere, or the one that lies at a path already.

        Args:
            source: ``path``, ``shipped``, ``province`` or ``upload``, as of `alloc.workbench.requests.Open`.
            value: the path, name, six-digit code of the province, or id of the upload.
            name: of the folder; "" for one by what it is made from.
            taken: makes the instance of an upload at a place.

        Raises:
            AllocError: it cannot be read, or not written.
        """
        if source == "path":
            value = _expanded(value)
            if is_workspace(Path(value)):
                return self._known(Path(value))
        from alloc.copies import convert, init

        plain = {"province": f"province-{value}", "upload": "upload"}.get(source) or Path(value).stem
        given = locate(value) if source in ("path", "shipped") else Path(value)
        place = self._free(name or _plain(plain))
        if source == "province":
            init(place / INSTANCE, province=value)
        elif taken is not None:
            taken(place / INSTANCE)
        else:
            convert(given, place / INSTANCE)
        (place / OWN).mkdir(parents=True, exist_ok=True)
        return self._known(place)

    def early(self, id: str) -> Early | None:
        """What was shown last time, while a workspace is being opened, which begins with the first that asks.

        Returns:
            None once it is open and solved, and where there is nothing that still fits.
        """
        live = self._live.get(id)
        if live is not None and (live.base is not None or live.standing.revision != live.opened_at):
            self._early.pop(id, None)
            return None
        if id not in self._early:
            if (id not in self._places and not self.workspaces()) or id not in self._places:
                return None
            self._early[id] = load(self._places[id], id)
        found = self._early[id]
        if found is None and live is None:  # by the next time something may have been kept
            del self._early[id]
        elif live is None and id not in self._opening:
            self._opening.add(id)
            threading.Thread(target=self._open, args=(id,), name="open", daemon=True).start()
        return found

    def _open(self, id: str) -> None:
        try:
            self.live(id)
        except AllocError:  # whoever asks for it next is told
            self._early.pop(id, None)
        finally:
            self._opening.discard(id)

    def live(self, id: str) -> Live:
        """An open workspace, opened now if it is not yet.

        Raises:
            MissingError: there is no such id.
            CrowdedError: too many are open.
            AllocError: it cannot be opened.
        """
        with self._lock:
            if id in self._live:
                self._live[id].touched = time.monotonic()
                return self._live[id]
            if id not in self._places:
                self.workspaces()
            if id not in self._places:
                raise MissingError(MISSING)
            if len(self._live) >= MOST:
                for idle in [each for each, live in self._live.items() if time.monotonic() - live.touched > IDLE]:
                    self._live.pop(idle).close()
            if len(self._live) >= MOST:
                raise CrowdedError(CROWDED.fill(most=MOST))
            from alloc.workbench.sessions import Live  # with the solver, which the rows of last time need not wait for

            files = Workspace(self._places[id])
            standing = files.take(self._port)
            try:
                live = Live(files, standing)
            except BaseException:
                files.close()
                raise
            live.solved = partial(self._solved, id, live)
            live.start()
            self._live[id] = live
            return live

    def _solved(self, id: str, live: Live) -> None:
        if live.instance.own_settings.integers:  # they are what is asked for next
            live.jobs.prepare()
        try:
            self.keep(id, live)
        except Exception:
            LOG.exception("the picture of a workspace was not put by")

    def begin(self, source: str, value: str, name: str, taken: Callable[[Path], None] | None = None) -> str:
        """As `make`, and opens it; a new one that cannot be opened is taken away again.

        Raises:
            AllocError: it cannot be made or opened.
        """
        before = set(self._places)
        id = self.make(source, value, name, taken)
        try:
            self.live(id)
        except AllocError:
            if id not in before and self._places[id].parent == self.root and source != "path":
                shutil.rmtree(self._places.pop(id))
            raise
        return id

    def known(self, id: str) -> Live | None:
        """A workspace if it is open; it is not opened for that."""
        return self._live.get(id)

    def opened(self) -> list[Live]:
        """The workspaces that are open."""
        with self._lock:
            return [*self._live.values()]

    def leave(self) -> None:
        """Ends the streams of events, which would keep the server from ending."""
        for live in list(self._live.values()):
            live.stream.close()

    def close(self, id: str = "") -> None:
        """Closes a workspace, or all of them."""
        with self._lock:
            closing = [self._live.pop(each) for each in ([id] if id else list(self._live)) if each in self._live]
        for live in closing:
            live.close()

    def _known(self, place: Path) -> str:
        whole = place.absolute()
        id = identity(whole)
        self._places[id] = whole
        return id

    def _free(self, name: str) -> Path:
        self.root.mkdir(parents=True, exist_ok=True)
        place, number = self.root / name, 1
        while place.exists():
            number += 1
            place = self.root / f"{name}-{number}"
        return place

    def _listed(self, id: str, place: Path) -> Listed:
        live, title = self._live.get(id), Words(zh=place.name, en=place.name)
        try:
            given = parse_toml((place / INSTANCE / "instance.toml").read_text(encoding="utf-8"))["title"]
            title = Words(zh=str(given["zh"]), en=str(given["en"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        state = recent.state(place)
        return Listed(id=id, title=title, place=str(place), state=Words(zh=state.zh, en=state.en),
                      open=live is not None, units=recent.units(place), last=recent.last(place))  # fmt: skip


def _expanded(value: str) -> str:
    """A path with the home of its ``~``, where there is one."""
    try:
        return str(Path(value).expanduser())
    except RuntimeError:
        return value


def _plain(name: str) -> str:
    """A name that a folder can have anywhere."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:40] or "workspace"
