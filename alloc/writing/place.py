"""Writing whole or not at all, what was there renamed beside; elsewhere where the target fails at the end."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from alloc.text import Text
from alloc.writing.kinds import Kind
from alloc.writing.target import WINDOWS, TargetError, allowed, empty, refusal, said
from alloc.writing.workshop import clean, lock, workshop

TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
ATTEMPTS = 100  # so often another writer may come in between


@dataclass(frozen=True)
class Written:
    """A file or folder that was written.

    Attributes:
        path: where it lies.
        older: where what was there has been moved to; None where there was nothing.
        instead_of: where it was to lie, if that could not be written at the end; then `why` says what was wrong.
        why: None where it lies where it was to.
    """

    path: str
    older: str | None
    instead_of: str | None = None
    why: Text | None = None


def write(
    path: Path | str,
    kind: Kind,
    writer: Callable[[Path], object],
    *,
    reads: Iterable[Path | str | None] = (),
    rescued: bool = False,
) -> Written:
    """Writes something whole or not at all; what is there of the same kind is renamed beside.

    Args:
        path: the target; folders above it are made.
        kind: what is written.
        writer: writes to the path that it is given, of the same ending, at which nothing is yet. It may be called
            again for another place.
        reads: as for `ready`.
        rescued: whether what a target does not take is written into the working folder, or that of temporary files, so
            that no work is lost.

    Raises:
        TargetError: it may not or cannot be written, nor, where it is to be rescued, anywhere else.
    """
    target, reads = Path(path), tuple(reads)
    try:
        allowed(target, kind, reads)
        return Written(str(target), _text(_made(target, kind, writer, reads)))
    except (TargetError, OSError) as error:
        refused = error if isinstance(error, TargetError) else refusal(target, said(error))
        if not rescued:
            raise refused from error
    for refuge in (Path.cwd, lambda: Path(tempfile.gettempdir())):
        try:
            folder = refuge()
            with workshop(folder) as place:
                work = _work(place, target, writer)
                return Written(
                    str(_beside(work, folder / target.name, kind.folder, 0)), None, str(target), refused.message
                )
        except OSError:
            continue
    raise refused


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _work(place: Path, target: Path, writer: Callable[[Path], object]) -> Path:
    """What is to be written, in a folder of its own, with the ending of the target."""
    work = place / f"new{target.suffix}"
    writer(work)
    return work


def _made(
    target: Path, kind: Kind, writer: Callable[[Path], object], reads: tuple[Path | str | None, ...]
) -> Path | None:
    """Writes beside the target, then puts it in place; gives what an older one is called now."""
    target.parent.mkdir(parents=True, exist_ok=True)
    older: Path | None = None
    clean(target.parent)
    with workshop(target.parent) as place:
        work = _work(place, target, writer)
        for attempt in range(ATTEMPTS):
            allowed(target, kind, reads)  # again: something else may have come there meanwhile
            try:
                older = _set_aside(target, kind.folder) or older
                _move(work, target, kind.folder)
            except OSError as error:
                if error.errno not in (*TAKEN, errno.ENOENT) or not work.exists():
                    raise
                time.sleep(attempt / 1000)
            else:
                return older
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _set_aside(target: Path, folder: bool) -> Path | None:
    """Renames what is at a target, if anything; says what it is called now. What is empty goes."""
    if not target.exists():
        return None
    if empty(target):
        if folder:
            target.rmdir()
        if folder or not WINDOWS:  # an empty file is moved over
            return None
    return _beside(target, target, folder, 1)


def _beside(origin: Path, wanted: Path, folder: bool, first: int) -> Path:
    """Moves something to the first free of ``NAME.1``, ``NAME.2``, …, or before them, from 0, to ``NAME`` itself."""
    stem, ending = (wanted.name, "") if folder else (wanted.stem, wanted.suffix)
    move = _claim if first and not folder and not WINDOWS else _move
    for number in count(first):
        free = wanted.with_name(f"{stem}.{number}{ending}") if number else wanted
        try:
            move(origin, free, folder)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
        else:
            return free
    raise AssertionError


def _claim(origin: Path, free: Path, folder: bool) -> None:
    """Renames what other writers may rename too: the name is claimed first, so that one of them moves it, once.

    A claim is an empty file that is locked. One that nobody holds was left by a run that was killed, and is taken over.

    Raises:
        FileExistsError: it is not free.
        FileNotFoundError: another writer has moved what was to be renamed.
    """
    taken = FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    try:
        claim: BinaryIO = free.open("xb")
        new = True
    except FileExistsError:
        if not _vacant(free):
            raise
        try:
            claim = free.open("rb+")
            new = False
        except OSError:
            raise taken from None
    with claim:
        try:
            held = lock(claim.fileno())
        except OSError:  # a file system that knows no locks: nobody takes over what another has made
            held = new
        if not (held and _vacant(free) and os.path.samestat(os.fstat(claim.fileno()), free.lstat())):
            raise taken
        try:
            origin.replace(free)
        except OSError:
            free.unlink()
            raise


def _vacant(path: Path) -> bool:
    """Whether an empty file is there."""
    try:
        about = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size == 0


def _move(origin: Path, free: Path, folder: bool) -> None:
    """Renames what nobody else knows, or a folder, to a name that is free and to no other, whoever else is writing.

    Raises:
        FileExistsError: it is not free.
        FileNotFoundError: another writer has moved what was to be renamed.
    """
    if WINDOWS or folder:
        origin.rename(free)  # which fails where something is; elsewhere than on Windows not for an empty folder
        return
    try:
        free.hardlink_to(origin)
    except FileNotFoundError:
        raise
    except OSError:  # an empty file is there, or the file system has no hard links
        _claim(origin, free, folder)
    else:
        origin.unlink()
