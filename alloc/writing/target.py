"""Whether something may be written at a target, said in one sentence before any work."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from alloc.errors import AllocError
from alloc.text import Text, system_words
from alloc.writing.kinds import Kind, holder
from alloc.writing.workshop import PREFIX, clean

WINDOWS = os.name == "nt"
LONGEST = 240  # bytes of a name; systems take 255, and what is renamed gets a number
RESERVED = frozenset(
    ["CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))]
)
FORBIDDEN = '<>:"|?*'
PROBE = bytes(1 << 16)  # what a disk that is not full takes


class TargetError(AllocError):
    """A place at which nothing is written; `message` says why, and what would be right."""


def ready(path: Path | str, kind: Kind, reads: Iterable[Path | str | None] = ()) -> None:
    """Says before any work whether something of a kind can be written at a path; leftovers beside it are removed.

    A refusal removes them too: a new instance that a killed run had just put in its place is refused the next time.

    Args:
        path: the target.
        kind: what is to be written.
        reads: what the work reads: it is never replaced, nor a folder that it lies in.

    Raises:
        TargetError: it may not or cannot be written.
    """
    with suppress(OSError, ValueError, RuntimeError):  # a path that no file can have is refused below
        clean(_nearest(Path(path)))
    allowed(path, kind, reads)
    try:
        with tempfile.TemporaryFile(prefix=PREFIX, dir=_nearest(Path(path))) as probe:
            probe.write(PROBE)
            probe.flush()
    except OSError as error:
        raise refusal(path, said(error)) from error


def allowed(path: Path | str, kind: Kind, reads: Iterable[Path | str | None] = ()) -> None:
    """Whether a target may be written, by what is there; nothing is tried out.

    Args:
        path, kind, reads: as for `ready`.

    Raises:
        TargetError: it may not; nothing has changed.
    """
    place = Path(path)
    try:
        fault = _name_fault(place) or _place_fault(place) or _content_fault(place, kind, list(reads))
    except (OSError, ValueError, RuntimeError) as error:  # names that no file can have; links in a circle
        raise refusal(path, said(error) if isinstance(error, OSError) else NO_NAME) from error
    if fault is not None:
        raise refusal(path, fault)


NO_NAME = Text("不是可用的名称", "this is no name that a file can have")
OTHER = Text("请换一个名称", "name another place")


def refusal(path: Path | str, fault: Text) -> TargetError:
    """The error on a target, with why."""
    shown = str(path).encode("utf-8", "replace").decode("utf-8")
    shown = shown if len(shown) <= 120 else f"{shown[:60]}…{shown[-40:]}"
    return TargetError(Text(f"{shown}：{fault.zh}；{OTHER.zh}。", f"{shown}: {fault.en}; {OTHER.en}."))


def said(error: OSError) -> Text:
    """Why a system refuses, in its own words."""
    why = system_words(error)
    return Text(f"无法写入（{why.zh}）", f"cannot be written ({why.en})")


def _name_fault(path: Path) -> Text | None:
    if path.name in ("", "..") or "\0" in str(path):
        return NO_NAME if "\0" in str(path) else Text("没有写明新的名称", "it names nothing new")
    for part in path.parts:
        if len(part.encode("utf-8", "surrogatepass")) > LONGEST:
            return Text("名称过长", "the name is too long")
    return _windows_fault(path) if WINDOWS else None


def _windows_fault(path: Path) -> Text | None:
    """What Windows does not take as a name, though it may seem to."""
    for part in path.parts:
        if part == path.anchor or part in (".", ".."):
            continue
        if part.split(".")[0].strip().upper() in RESERVED:
            return Text(f"{part} 是 Windows 保留的名称", f"{part} is a name that Windows keeps for itself")
        if any(sign in FORBIDDEN or sign < " " for sign in part) or part[-1] in " .":
            return Text(
                f"Windows 的名称不能含 {FORBIDDEN}，也不能以空格或句点结尾",
                f"a name of Windows has none of {FORBIDDEN}, and no blank or full stop at its end",
            )
    return None


def _nearest(path: Path) -> Path:
    """The nearest folder above a path that is there already."""
    return next((above for above in path.absolute().parents if above.exists()), Path(path.absolute().anchor))


def _place_fault(path: Path) -> Text | None:
    """What is wrong with the folders above."""
    for above in path.absolute().parents:
        if os.path.lexists(above) and not above.is_dir():
            return Text(f"{above} 不是文件夹", f"{above} is no folder")
    above = _nearest(path)
    if not above.exists():
        return Text(f"没有 {above}", f"there is no {above}")
    if not os.access(above, os.W_OK | os.X_OK):
        return Text(f"不能在 {above} 中写入", f"{above} may not be written to")
    here = above.resolve()
    for folder in (here, *here.parents):
        if (title := holder(folder)) is not None:
            return Text(f"它在{title.zh} {folder} 之内", f"it lies inside {title.en}, {folder}")
    return None


def _content_fault(path: Path, kind: Kind, reads: list[Path | str | None]) -> Text | None:
    """What is wrong with replacing what is there."""
    if path.is_symlink() or getattr(path, "is_junction", bool)():
        return Text("它是链接", "it is a link")
    if not path.exists():
        return None
    here = path.resolve()
    if any(Path(each).resolve() == here for each in reads if each is not None):
        return Text("它正是要读取的内容", "it is what is read")
    if path.is_dir() and Path.cwd().is_relative_to(here):
        return Text("它是当前文件夹，或包含当前文件夹", "it is the working folder, or one that it lies in")
    if path.is_dir() and any(Path(each).resolve().is_relative_to(here) for each in reads if each is not None):
        return Text("要读取的内容在其中", "what is read lies in it")
    while True:
        try:
            about = path.lstat()
            if stat.S_ISDIR(about.st_mode) != kind.folder or not (kind.folder or stat.S_ISREG(about.st_mode)):
                is_folder = stat.S_ISDIR(about.st_mode)
                return Text("它是文件夹", "it is a folder") if is_folder else Text("它是文件", "it is a file")
            if empty(path) or kind.own(path):
                return None
            if os.path.samestat(about, path.lstat()):  # otherwise another writer has put something else there meanwhile
                break
        except FileNotFoundError:
            if not os.path.lexists(path):
                return None
    return Text(
        f"已存在，且不是 alloc 写出的{kind.title.zh}", f"it exists and is not {kind.title.en} that alloc has written"
    )


def empty(path: Path) -> bool:
    """Whether nothing is lost with what is there: an empty folder or an empty file."""
    about = path.stat()
    return not any(path.iterdir()) if stat.S_ISDIR(about.st_mode) else about.st_size == 0
