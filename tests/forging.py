"""Changes to a written result as a forger would make them: with every hash put right afterwards."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from alloc.result.store import MANIFEST
from alloc.result.stored.files import manifest_text, sealed

Place = tuple[str | int, ...]


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a result."""
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return found


def put(folder: Path, manifest: dict[str, Any]) -> None:
    """Writes a manifest as it is, its hashes too; what JSON does not have is written as Python has it."""
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=True), encoding="utf-8")


def reseal(folder: Path, manifest: dict[str, Any]) -> None:
    """Writes a manifest with the hashes of the files as they are now."""
    plain = {name: value for name, value in manifest.items() if name != "files"}
    (folder / MANIFEST).write_text(manifest_text(sealed(plain, folder)), encoding="utf-8", newline="\n")


def forge(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the manifest."""
    manifest = manifest_of(folder)
    change(manifest)
    reseal(folder, manifest)


def forge_table(folder: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Changes a table."""
    path = folder / f"{name}.parquet"
    change(pd.read_parquet(path)).to_parquet(path, index=False)
    reseal(folder, manifest_of(folder))


def leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place of a manifest at which there is no further key, and what stands there."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, (*place, name))
    elif isinstance(value, list) and value:
        for position, inner in enumerate(value):
            yield from leaves(inner, (*place, position))
    else:
        yield place, value


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place of a manifest."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*place, name)
        yield from places(each, (*place, name))


def at(manifest: Any, place: Place) -> Any:
    """What stands at a place."""
    for name in place:
        manifest = manifest[name]
    return manifest


def with_value(manifest: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """A copy with another value at a place."""
    changed = copy.deepcopy(manifest)
    at(changed, place[:-1])[place[-1]] = value
    return changed
