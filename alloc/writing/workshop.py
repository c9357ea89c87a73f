"""Folders in which something is made before it takes its place, and which are known as left over by a lock.

A lock on a file ends with the process that holds it, however it ends; it is true across containers too, where numbers
of processes are not.
"""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PREFIX = ".alloc-writing-"
OWNER = "owner"
YOUNG = 60.0  # seconds in which a folder without an owner is one that is just being made

if sys.platform == "win32":
    import msvcrt

    def lock(handle: int) -> bool:
        """Whether an open file, by its number, was free and is locked now, until it is closed.

        Raises:
            OSError: the file system knows no locks.
        """
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def lock(handle: int) -> bool:
        """As on Windows."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def workshop(parent: Path) -> Iterator[Path]:
    """A new folder beside a target that nobody else has, gone afterwards.

    Args:
        parent: where the target lies.

    Raises:
        OSError: it cannot be made.
    """
    place, owner = _opened(parent)
    try:
        yield place
    finally:
        if owner is not None:
            owner.close()
        shutil.rmtree(place, ignore_errors=True)


def _opened(parent: Path) -> tuple[Path, BinaryIO | None]:
    """A folder and its locked owner; no owner where the file system knows no locks."""
    while True:
        place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        try:
            owner = (place / OWNER).open("xb")
        except FileNotFoundError:  # removed as a leftover before it had an owner
            continue
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        try:
            if lock(owner.fileno()) and (place / OWNER).exists():  # not removed meanwhile
                return place, owner
        except OSError:
            owner.close()
            return place, None
        owner.close()


def clean(parent: Path) -> None:
    """Removes what killed runs have left in a folder; what a run that goes on is making stays.

    Args:
        parent: the folder.
    """
    for place in parent.glob(f"{PREFIX}*"):
        try:
            with (place / OWNER).open("rb+") as owner:
                left = lock(owner.fileno())
                if left:  # while the lock is held, so that who has just made it and has no lock yet makes another
                    shutil.rmtree(place, ignore_errors=True)
        except FileNotFoundError:
            left = _old(place)
        except OSError:  # not ours to remove, or no locks here, so that nothing is known
            continue
        if left:  # what Windows does not remove while it is open, or what has no owner
            shutil.rmtree(place, ignore_errors=True)


def _old(place: Path) -> bool:
    """Whether a folder without an owner is none that another run makes or clears away at this moment."""
    try:
        about = place.stat()
    except OSError:  # cleared away meanwhile
        return False
    return stat.S_ISDIR(about.st_mode) and time.time() - about.st_mtime > YOUNG
