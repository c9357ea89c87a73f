"""Two programs with one workspace: one writes, and leaves that to the other when asked; the other follows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from alloc.errors import AllocError
from alloc.workbench.files import Standing, Workspace

LOOK = 1.0  # seconds from one look at the files to the next


class Following:
    """Watches the files of an open workspace.

    Args:
        files: of the workspace.
        follow: told what stands, once another process has written an edit or a result.
        told: called once another process writes, this one does again, or what was in memory alone is on disk.
    """

    def __init__(self, files: Workspace, follow: Callable[[Standing], None], told: Callable[[], None]) -> None:
        self._files, self._follow, self._told = files, follow, told
        self._stamp, self._over = tuple[int, ...](), threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"follow {files.place.name}", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def close(self) -> None:
        """Watches no longer."""
        self._over.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(10)

    def take(self) -> None:
        """Writes from here on, in the place of another process; or tries again what could not be written.

        Raises:
            WorkspaceError: the other process does not answer, or the folder cannot be written.
        """
        if self._files.reader is None:
            self._files.save()
        else:
            self._follow(self._files.take_over())
        self._told()

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            try:
                self._look()
            except (AllocError, OSError) as error:  # of what cannot be read now, the last picture stays
                logging.getLogger("alloc.workbench").warning("%s: %s", self._files.place.name, error)

    def _look(self) -> None:
        if self._files.reader is None:
            if self._files.give():
                self._stamp = ()  # whatever comes is read, what there is too
                self._told()
        elif (stamp := self._files.stamp()) != self._stamp:
            self._stamp = stamp
            self._follow(self._files.read())
