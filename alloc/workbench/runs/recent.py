"""Workspaces as the list shows them, without opening any: how many units, which edits stand, when they were used."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from alloc.content.places import PROVINCES
from alloc.instance.files.shipped import shipped
from alloc.text import Text
from alloc.workbench.files import INSTANCE, LOG, OWN, Standing
from alloc.workbench.models import Words

NATION = "china-2020"
PLAIN, ONE = Text("没有修改", "no edits"), Text("1 处修改，已存盘", "1 edit, saved")
SOME = Text("{n} 处修改，已存盘", "{n} edits, saved")
UNREADABLE = Text("记录第 {row} 行无法读取", "line {row} of its log cannot be read")


def units(place: Path) -> int | None:
    """How many units the instance of a workspace has; None where its table is no plain text."""
    try:
        with (place / INSTANCE / "cities.csv").open(encoding="utf-8-sig", newline="") as file:
            return max(0, sum(1 for row in csv.reader(file) if row) - 1)
    except (OSError, ValueError, csv.Error):
        return None


def state(place: Path) -> Text:
    """Which edits stand by its log, or which line of it cannot be read."""
    found = Standing()
    try:
        content = (place / OWN / LOG).read_bytes()
    except OSError:
        return PLAIN
    for row, line in enumerate(content.rpartition(b"\n")[0].splitlines(), 1):
        try:
            found = found.after(json.loads(line))
        except (ValueError, KeyError, TypeError):
            return UNREADABLE.fill(row=row)
    count = len(found.kept)
    return PLAIN if not count else ONE if count == 1 else SOME.fill(n=count)


def last(place: Path) -> str:
    """When it was last worked on, in UTC."""
    for path in (place / OWN / LOG, place / OWN):
        try:
            return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except OSError:
            continue
    return ""


@cache
def provinces() -> dict[str, Words]:
    """The provinces of the national instance that ships, by code; empty where it does not ship as plain text."""
    home = shipped().get(NATION)
    found: dict[str, Words] = {}
    try:
        with (home or Path()).joinpath("cities.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                code, name = row["province"], row["province_name"]
                found[code] = Words(zh=name, en=PROVINCES.get(code, name))
    except (OSError, KeyError, ValueError, csv.Error):
        return {}
    return dict(sorted(found.items()))
