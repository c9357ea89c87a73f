"""The files of the page, and its words."""

from __future__ import annotations

import mimetypes
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

PAGE = files("alloc.workbench").joinpath("page")
WORDS = "words.json"  # made of words.toml and of the titles of what files name
KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
         ".html": "text/html", ".json": "application/json", ".png": "image/png", ".woff2": "font/woff2"}  # fmt: skip
Both = dict[str, str]


@cache
def _listing() -> dict[str, Path]:
    """The files of the page, and nothing else: a name that is not among them is not there."""
    root = Path(str(PAGE))
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()
            and not any(part.startswith(".") for part in path.relative_to(root).parts)}  # fmt: skip


def page(name: str) -> tuple[bytes, str] | None:
    """A file of the page and its kind; None where there is none of that name."""
    path = _listing().get(name)
    if path is None or path.suffix == ".toml":
        return None
    kind = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return path.read_bytes(), f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def words(names: Mapping[str, Both]) -> dict[str, Both]:
    """Words of the page, every key with its sections before it, and titles of what files name, in both languages."""
    return {**names, **own_words()}


@cache
def own_words() -> dict[str, Both]:
    """Words of the page alone; to read them takes as long as to answer with all its other files."""
    flat: dict[str, Both] = {}

    def walk(content: dict[str, Any], before: str) -> None:
        for key, value in content.items():
            if isinstance(value, dict) and set(value) == {"zh", "en"} and isinstance(value["zh"], str):
                flat[before + key] = value
            elif isinstance(value, dict):
                walk(value, f"{before}{key}.")

    walk(tomllib.loads((Path(str(PAGE)) / "words.toml").read_text(encoding="utf-8")), "")
    return flat
