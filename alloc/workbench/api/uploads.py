"""Uploads: a workbook, or a zip of tables; looked at before anything opens it, and read in a process of its own.

Source: OWASP File Upload Cheat Sheet: size as sent and as unpacked, number of entries, names, links, macros.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from alloc.errors import AllocError
from alloc.instance.findings import Finding, InputError
from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, OnDesk, answer
from alloc.workbench.desk import Desk, MissingError
from alloc.workbench.records import Upload

router = APIRouter(tags=["uploads"], responses=PROBLEMS)
ENDINGS = (".xlsx", ".zip")
INSIDE = (".csv", ".parquet", ".toml", ".md")
UNPACKED, ENTRIES, BIT = 500 << 20, 10_000, 1 << 16
SECONDS, MEMORY = 180, 4 << 30
KIND = Text("只接受 .xlsx 工作簿，或装有表格的 .zip。", "Only a workbook (.xlsx) or a .zip of tables is taken.")
UNREADABLE = Text("文件已损坏，无法打开。", "The file is damaged and cannot be opened.")
HUGE = Text("解压后过大，或文件数过多。", "It is too large when unpacked, or holds too many files.")
NAMES = Text(
    "压缩包内有链接、上级路径或不支持的文件：{name}。",
    "The archive holds a link, a path upwards or another file: {name}.",
)
MACROS = Text(
    "工作簿含宏，不予接受；请另存为不含宏的 .xlsx。",
    "The workbook has macros and is not taken; save it as .xlsx without.",
)
SLOW = Text("读取超时或内存不足。", "Reading it took too long or too much memory.")
NO_UPLOAD = Text("没有这个上传文件。", "There is no such upload.")
_READER = """
import sys
if sys.argv[1] != "0":
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    except (ImportError, ValueError, OSError):
        pass
from alloc.cli import main
sys.argv = ["alloc", *sys.argv[2:]]
main()
"""


@router.post("/uploads", status_code=201, response_model=Upload)
async def upload(request: Request, desk: OnDesk, name: Annotated[str, Query(min_length=1, max_length=200)]) -> Response:
    """Takes a file; its id makes a workspace of it (`POST /workspaces` with ``source: upload``)."""
    ending = PurePosixPath(name.lower()).suffix
    if ending not in ENDINGS:
        raise AllocError(KIND)
    id = secrets.token_urlsafe(12)
    path = folder(desk) / f"{id}{ending}"
    size = 0
    try:
        with path.open("wb") as file:
            async for part in request.stream():
                size += len(part)
                file.write(part)
        looked_at(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return answer(Upload(id=id, size=size), 201)


def folder(desk: Desk) -> Path:
    """Where uploads lie until a workspace is made of them."""
    found = desk.root / ".uploads"
    found.mkdir(parents=True, exist_ok=True)
    return found


def looked_at(path: Path) -> None:
    """Refuses what may not be opened, by the list of contents and by unpacking it into nothing.

    Raises:
        AllocError: the file is damaged, too large when unpacked, has macros, or names that lead elsewhere.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            every = archive.infolist()
            if len(every) > ENTRIES or sum(each.file_size for each in every) > UNPACKED:
                raise AllocError(HUGE)
            for each in every:
                _named(each, path.suffix)
            for _ in _unpacked(archive, every):
                pass
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise AllocError(UNREADABLE) from error


def _named(each: zipfile.ZipInfo, ending: str) -> None:
    place = PurePosixPath(each.filename.replace("\\", "/"))
    mode = each.external_attr >> 16
    odd = stat.S_ISLNK(mode) or ".." in place.parts or place.is_absolute() or ":" in each.filename
    if ending == ".zip" and not each.is_dir() and place.suffix.lower() not in INSIDE:
        odd = True
    if odd:
        raise AllocError(NAMES.fill(name=each.filename[:100]))
    if place.name.lower().startswith("vbaproject") or "macrosheets" in place.parts:
        raise AllocError(MACROS)


def _unpacked(archive: zipfile.ZipFile, every: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Every entry bit by bit, counted as it comes out and not as it says."""
    size, entry = 0, archive.open
    for each in every:
        with entry(each) as file:
            while bit := file.read(BIT):
                size += len(bit)
                if size > UNPACKED:
                    raise AllocError(HUGE)
                yield each, bit


def taken(desk: Desk, id: str, target: Path) -> None:
    """Makes the instance of an upload at a place; it is read by another process, with limits.

    Raises:
        MissingError: there is no such upload.
        AllocError: it cannot be read; with the findings of the command.
    """
    path = kept(desk, id)
    source, unpacked = path, path.with_suffix("")
    try:
        if path.suffix == ".zip":
            _extract(path, unpacked)
            inner = [each for each in unpacked.iterdir() if each.is_dir()]
            source = inner[0] if not (unpacked / "instance.toml").is_file() and len(inner) == 1 else unpacked
        done = _read("convert", str(source), str(target))
        if done.returncode:
            raise _refusal(done.stdout)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    path.unlink(missing_ok=True)


def checked(path: Path) -> AllocError:
    """What is wrong with an upload that was taken and cannot be used, at the rows and sheets of the file itself."""
    return _refusal(_read("check", str(path)).stdout)


def _read(*words: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, with limits of time and memory."""
    limit = str(MEMORY if os.name == "posix" else 0)
    every = [sys.executable, "-c", _READER, limit, *words, "--format", "json", "--lang", "en"]
    try:
        return subprocess.run(every, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise AllocError(SLOW) from error


def kept(desk: Desk, id: str) -> Path:
    """Where an upload lies.

    Raises:
        MissingError: there is no such upload.
    """
    found = next((each for each in folder(desk).iterdir() if each.stem == id and each.suffix in ENDINGS), None)
    if found is None:
        raise MissingError(NO_UPLOAD)
    return found


def _extract(path: Path, target: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        files = [each for each in archive.infolist() if not each.is_dir()]
        for each, bit in _unpacked(archive, files):
            place = target.joinpath(*PurePosixPath(each.filename.replace("\\", "/")).parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("ab") as file:
                file.write(bit)


def _refusal(said: bytes) -> AllocError:
    """What the command refused, as it said it for machines."""
    try:
        told = json.loads(said)
        findings = [
            Finding(each["severity"], each["code"], each["file"], each["row"], each["column"], each["value"],
                    Text(**each["message"]), Text(**each["remedy"]), each["key"])
            for each in told["findings"]
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return AllocError(UNREADABLE)
    return InputError(findings)
