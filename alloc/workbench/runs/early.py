"""The picture of last time, so that a page has its rows before anything is read or solved.

It is shown only where nothing of what it was made from has changed since, to the byte: tables, settings, scenarios,
log, and the version of the program. It is said to be of last time until the solver has made it anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alloc.text import Text
from alloc.workbench.files import INSTANCE, LOG, OWN, SCENARIOS

if TYPE_CHECKING:
    from alloc.workbench.models import Cities, State

KEPT = "shown.json"
MODELS = Path(__file__).parents[1] / "models.py"  # another version of a picture may have the same number
LAST_TIME = Text("上次的结果，已核验", "Result of last time, verified")
PREPARED = Text(
    "其依据的数据、规则和修改都没有变；正在准备求解器。",
    "Nothing that it was made from has changed since; the solver is being prepared.",
)


@dataclass(frozen=True)
class Early:
    """What was shown last: the state of the page, the table of cities as the server answers it, titles of names."""

    state: dict[str, Any]
    cities: bytes
    names: dict[str, dict[str, str]]


def fingerprint(place: Path) -> str:
    """Of everything that a picture is made from, and of how it is written down."""
    found = hashlib.blake2b(_version().encode(), digest_size=16)
    found.update(MODELS.read_bytes() if MODELS.is_file() else b"")
    for path in _sources(place):
        content = path.read_bytes()
        found.update(f"{path.relative_to(place).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def keep(place: Path, state: State, cities: Cities, names: Mapping[str, Any]) -> None:
    """Puts a picture by, whole or not at all; where it cannot be written the next start has none."""
    path = place / OWN / KEPT
    fresh = path.with_suffix(".new")
    content = {
        "of": fingerprint(place),
        "state": state.model_dump(mode="json"),
        "cities": cities.model_dump(mode="json"),
        "names": names,
    }
    try:
        fresh.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        fresh.replace(path)
    except OSError:
        logging.getLogger("alloc.workbench").info("the picture of %s was not put by", place.name)


def load(place: Path, id: str) -> Early | None:
    """What was put by, if it still is what the workspace gives; None else.

    Args:
        place: of the workspace.
        id: by which the page knows it.
    """
    try:
        content: dict[str, Any] = json.loads((place / OWN / KEPT).read_text(encoding="utf-8"))
        if content["of"] != fingerprint(place):
            return None
        state, cities, names = content["state"] | {"id": id}, content["cities"], content["names"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    state |= {"lamp": "wait", "words": LAST_TIME._asdict(), "detail": PREPARED._asdict(), "last_event": 0, "jobs": []}
    state["effect"] = None  # of what an edit did only the program that kept it knows
    return Early(state, json.dumps(cities, ensure_ascii=False, separators=(",", ":")).encode(), names)


def _sources(place: Path) -> Iterator[Path]:
    for folder in (INSTANCE, SCENARIOS):
        yield from sorted(path for path in (place / folder).rglob("*") if path.is_file())
    if (place / OWN / LOG).is_file():
        yield place / OWN / LOG


def _version() -> str:
    try:
        return version("alloc")
    except PackageNotFoundError:
        return ""
