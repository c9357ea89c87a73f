"""The files of a result and their digests: what was changed, is missing, or came later is found before it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from alloc.text import Text
from alloc.writing.kinds import MANIFEST

OF_SYSTEMS = ("Thumbs.db", "desktop.ini")  # and hidden ones: systems leave them in any folder


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """The text of a manifest, by which it is written and its own digest is taken.

    Raises:
        ValueError: it holds a number that is not finite, or a text that cannot be encoded.
    """
    return json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"


def sealed(manifest: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A manifest with the SHA-256 of every file of a folder, and of itself without its own.

    Args:
        manifest: as in memory.
        folder: of the result, in which everything else lies already.

    Raises:
        OSError: a file cannot be read.
    """
    return _with_own(manifest, {name: _digest(path.read_bytes()) for name, path in _files(folder)})


def broken_seal(manifest: Mapping[str, Any], folder: Path) -> Text | None:
    """Which file of a folder is not as its manifest has it: changed, missing, or not of the result; None: all are.

    Args:
        manifest: with digests.
        folder: of the result.

    Raises:
        OSError: a file cannot be read.
    """
    stated, there = manifest["files"], dict(_files(folder))
    if missing := sorted(stated.keys() - there.keys() - {MANIFEST}):
        path = folder / missing[0]
        return Text(
            f"{path}：缺少这个文件；请恢复该文件或重新求解。",
            f"{path}: this file is missing; bring it back, or solve again.",
        )
    if more := sorted(there.keys() - stated.keys()):
        path = there[more[0]]
        return Text(f"{path}：不属于这个结果，请移走。", f"{path}: is no file of this result; move it elsewhere.")
    digests = {name: _digest(path.read_bytes()) for name, path in there.items()}
    others = {name: digest for name, digest in stated.items() if name != MANIFEST}
    digests[MANIFEST] = _with_own(manifest, others)["files"][MANIFEST]
    changed = [name for name in sorted(digests) if stated.get(name) != digests[name]]
    if changed:
        path = folder / changed[0]
        return Text(
            f"{path}：写出之后被改动或损坏，内容与清单中的哈希不符；请恢复原文件或重新求解。",
            f"{path}: was changed or damaged after it was written, for its hash is not that of the manifest; bring "
            "back the file as it was, or solve again.",
        )
    return None


def own_digest(folder: Path) -> str | None:
    """The SHA-256 that a manifest states of itself, by which its result is named; None in results of older schemas.

    Raises:
        OSError: the manifest cannot be read.
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    digest: str | None = manifest.get("files", {}).get(MANIFEST)
    return digest


def _with_own(manifest: Mapping[str, Any], digests: Mapping[str, str]) -> dict[str, Any]:
    own = manifest_text({**manifest, "files": dict(digests)})
    return {**manifest, "files": {**digests, MANIFEST: _digest(own.encode("utf-8"))}}


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST and path.name not in OF_SYSTEMS and not path.name.startswith("."):
            yield name, path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
