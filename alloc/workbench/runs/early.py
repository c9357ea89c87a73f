"""The picture of last time, so that a page has its rows before anything is read or solved.

It is shown only where nothing of what it was made from has changed since, to the byte: tables, settings, scenarios,
log, and the version of the program. It is said to be of last time until the solver has made it anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from alloc.text import Text
from alloc.workbench.files import INSTANCE, LOG, OWN, SCENARIOS
from alloc.workbench.models import Cities, State
from alloc.workbench.picture.rules import words

KEPT = "shown.json"
LAST_TIME = Text("上次的结果，已核验", "Result of last time, verified")
PREPARED = Text(
    "其依据的数据、规则和修改都没有变；正在准备求解器。",
    "Nothing that it was made from has changed since; the solver is being prepared.",
)


@dataclass(frozen=True)
class Early:
    """What was shown last: the state of the page, and the table of cities as the server answers it."""

    state: State
    cities: bytes


def fingerprint(place: Path) -> str:
    """Of everything that a picture is made from."""
    found = hashlib.blake2b(_version().encode(), digest_size=16)
    for path in _sources(place):
        content = path.read_bytes()
        found.update(f"{path.relative_to(place).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def keep(place: Path, state: State, cities: Cities) -> None:
    """Puts a picture by, whole or not at all; where it cannot be written the next start has none."""
    path = place / OWN / KEPT
    fresh = path.with_suffix(".new")
    content = {
        "of": fingerprint(place),
        "state": state.model_dump(mode="json"),
        "cities": cities.model_dump(mode="json"),
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
        state = State.model_validate(content["state"])
        cities = Cities.model_validate(content["cities"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None
    changes = {
        "id": id,
        "lamp": "wait",
        "words": words(LAST_TIME),
        "detail": words(PREPARED),
        "last_event": 0,
        "jobs": [],
    }
    return Early(state.model_copy(update=changes), cities.model_dump_json().encode())


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
