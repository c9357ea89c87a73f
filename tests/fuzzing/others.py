"""Command lines, settings alone, tables in memory, boundaries."""

from __future__ import annotations

import datetime
import decimal
import json
import traceback
from contextlib import chdir, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from click.testing import CliRunner

import alloc
from alloc.arguments import ArgumentError
from alloc.cli import COMMANDS, main
from alloc.instance import load
from alloc.instance.files.settings_reading import parse_settings
from alloc.report.boundaries import BoundaryError, read_boundaries
from fuzzing.damage import NUMBERS, WORDS, Damage, table
from fuzzing.folders import base_instance
from fuzzing.results import written
from instances import TABLES as TINY
from instances import TOML

CODES = (0, 1, 2, 3, 4, 64)
OPTIONS = (
    "--scenario", "--edit", "--out", "--relaxation", "--integers", "--time-limit", "--gap", "--formulation",
    "--quiet",
    "--lang", "--format", "--mark", "--city", "--pool", "--prices", "--quick", "--rules", "--rule", "--tier",
    "--like",
    "--at-least", "--against", "--to", "--boundaries", "--no-prices", "--vary", "--from", "--steps", "--where",
    "--year",
    "--services", "--pools", "--province", "--result", "--matrix", "--only-differences", "--all", "--tables",
    "--help",
    "--version", "--nothing", "--", "-h", "--edits", "--lan", "--only", "--published", "--controls", "--plain",
    "--merge", "--values",
)  # fmt: skip
PLACES = ("tiny", "result", "tiny/instance.toml", "none", ".", "", "/", "..", "tiny/cities.csv", "tiny/scenarios",
          "hand",
          "result/manifest.json", "x" * 300, "\udcff", "城" * 120, "out", "out.html", "out.xlsx", "out.json",
          "file/x", "file",
          "out.pdf.txt", "-", "/dev/null", "NUL", "~", "$HOME", "*")  # fmt: skip
EDITS = ("policy.debt.ceiling = 1.0", "pools.total *= 1.1", "gap =", "cities.idle = 'x'", "drop limits",
         "name = 'other'",
         "integers = false", "pools.land.total <= 100", "move land 5 from 440300 to 440500")  # fmt: skip
VALUES = ("zh", "en", "fr", "text", "json", "xml", "440300", "land", "primary", "csv", "parquet", "annual", "0", "1",
          "2",
          "policy.debt.ceiling", "pools.total", "all", "html", "xlsx", "html,xlsx", "fairness", "land_balance", "44",
          "-1")  # fmt: skip
USUAL: dict[str, tuple[str, ...]] = {
    "audit": ("tiny", "--only", "twins", "--relaxation", "--quiet"),
    "check": ("tiny",), "solve": ("tiny", "--relaxation", "--quiet"), "show": ("result",), "verify": ("result",),
    "certify": ("result",), "compare": ("result", "result"), "convert": ("tiny", "out"), "explain": ("tiny",),
    "export": ("result", "out"), "forms": ("tiny", "out"), "init": ("out",),
    "merge": ("result", "result", "--out", "out"),
    "report": ("result", "--no-prices", "--city", "440300"),
    "whatif": ("tiny", "--vary", "policy.debt.ceiling", "--from", "1", "--to", "1.2", "--steps", "2"),
}  # fmt: skip


def _words(damage: Damage) -> list[str]:
    """A command line: a usual one, with words lost, put in and changed."""
    rng = damage.rng
    command = rng.choice([name for name in COMMANDS if name != "workbench"])  # which serves until it is ended
    words = [command, *USUAL[command]]
    for _ in range(rng.randint(0, 4)):
        what = rng.choice(("option", "option", "option", "lost", "word", "change", "order"))
        at = rng.randint(1, len(words))
        if what == "option":
            option = rng.choice(OPTIONS)
            value = rng.choice((*PLACES, *EDITS, *VALUES, *VALUES, rng.choice(NUMBERS), rng.choice(WORDS)))
            words[at:at] = [option, value] if rng.random() < 0.8 else [option]
        elif what == "lost" and len(words) > 1:
            words.pop(at - 1)
        elif what == "word":
            words.insert(at, rng.choice((*PLACES, *VALUES)))
        elif what == "change" and at < len(words):
            words[at] = rng.choice((*PLACES, *VALUES, rng.choice(NUMBERS), damage.text(words[at], 1)))
        elif what == "order":
            rng.shuffle(words)
    if rng.random() < 0.3:
        words += ["--format", "json"]
    if "--steps" in words and rng.random() < 0.9:  # what is asked for is worked out: not a thousand solves
        words = [word if not (word.isdigit() and len(word) > 3) else "3" for word in words]
    return words


def argument_lane(damage: Damage, place: Path) -> bool:
    """One command line, in a folder with an instance, a result and a file."""
    base_instance("tiny")
    words = [word.replace("\x00", "") for word in _words(damage)]  # no command line can hold it
    damage.done.append(repr(words))
    (place / "tiny").symlink_to(written().parent / "tiny")
    (place / "result").symlink_to(written())
    (place / "file").write_text("mine", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in written().parent.rglob("*")}
    with chdir(place):
        done = CliRunner().invoke(main, words)
    assert isinstance(done.exception, SystemExit | None), "".join(traceback.format_exception(done.exception))
    assert "Traceback" not in done.output
    assert done.exit_code in CODES, done.exit_code
    assert done.exit_code == 0 or done.output.strip(), "it fails and says nothing"
    done.output.encode("utf-8")
    after = {path: path.stat().st_mtime_ns for path in written().parent.rglob("*")}
    assert after == before, "what is read was changed"
    assert (place / "file").read_text(encoding="utf-8") == "mine"
    assert not list(place.glob(".alloc-writing-*"))
    if words[-2:] == ["--format", "json"] and not {"-h", "--help", "--version"} & set(words) and done.stdout.strip():
        assert done.exit_code in CODES
        json.loads(done.stdout, parse_constant=_constant)
    return done.exit_code == 0


def _constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def settings_lane(damage: Damage, place: Path) -> bool:
    """Settings as text, alone: the same after writing and reading, or findings."""
    text = damage.text(TOML, 4)
    settings, findings = parse_settings(text)
    for finding in findings:
        for language in ("zh", "en"):
            finding.line(language)
    assert (settings is None) == bool(findings)
    if settings is None:
        return False
    again, _ = load({"settings": settings.model_dump(by_alias=True, exclude_none=True), **_tables()})
    direct, _ = load({"settings": settings, **_tables()})
    assert (again is None) == (direct is None)
    assert again is None or direct is None or again.hash == direct.hash
    return True


@cache
def _tables() -> dict[str, Any]:
    return {name: frame for name, frame in base_instance("tiny").tables.items() if len(frame)}


def memory_lane(damage: Damage, place: Path) -> bool:
    """Tables and settings as values: whatever stands in a cell, an index, a head, a setting."""
    given: dict[str, Any] = {"settings": base_instance("tiny").settings.model_dump(by_alias=True, exclude_none=True)}
    for name, text in TINY.items():
        rows = table(text)
        if len(rows) > 1:
            given[name] = pd.DataFrame(rows[1:], columns=rows[0])
    odd = (None, pd.NA, pd.NaT, float("nan"), float("inf"), 10**400, -1, True, b"x", [1], {"a": 1}, {1}, object(),
           datetime.date(2021, 1, 1), pd.Timestamp("2021-01-01"), decimal.Decimal("1e999"), 1 + 2j, "x", "\ud800",
           1e308, range(3), pd.Interval(0, 1), "1", "44")  # fmt: skip
    for _ in range(damage.rng.randint(1, 3)):
        name = damage.rng.choice([each for each in given if each != "settings"])
        frame: Any = given[name]
        if not isinstance(frame, pd.DataFrame) or not len(frame) or not len(frame.columns):
            continue
        at = damage.rng.randrange(len(frame.columns))
        what = damage.rng.choice(
            ("cell", "cell", "cell", "head", "whole", "index", "columns", "kind", "setting", "records")
        )
        value = damage.rng.choice(odd)
        damage.said(f"{name} {what} {frame.columns[at]}: {value!r:.60}")
        if what == "cell":
            cells = frame.iloc[:, at].astype(object).tolist()
            cells[damage.rng.randrange(len(cells))] = value
            column = pd.Series([None] * len(cells), dtype=object)
            column[:] = cells
            frame = frame.copy()
            frame.isetitem(at, column)
            given[name] = frame
        elif what == "head":
            with suppress(ValueError, TypeError):
                given[name] = frame.set_axis(
                    [
                        value if place == at and _may_be_head(value) else each
                        for place, each in enumerate(frame.columns)
                    ],
                    axis=1,
                )
        elif what == "whole":
            given[name] = value
        elif what == "index":
            given[name] = frame.set_index(frame.columns[at])
        elif what == "columns":
            given[name] = pd.concat([frame, frame.iloc[:, [at]]], axis=1)
        elif what == "kind":
            with suppress(ValueError, TypeError):  # what pandas itself does not take
                given[name] = frame.astype(damage.rng.choice(("category", "string", "object")))
        elif what == "records":
            given[name] = frame.loc[:, ~frame.columns.duplicated()].to_dict("records")
        else:
            settings = dict(given["settings"])
            settings[damage.rng.choice(list(settings))] = value
            given["settings"] = settings
    try:
        instance, findings = load(given)
    except ArgumentError:
        return False
    for finding in findings:
        for language in ("zh", "en"):
            finding.line(language)
    if instance is None:
        return False
    alloc.show(instance)
    return True


def _may_be_head(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


POINTS = [[100.0, 30.0], [101.0, 30.0], [101.0, 31.0], [100.0, 30.0]]
MAP: dict[str, Any] = {
    "type": "FeatureCollection", "审图号": "GS(2020)1234号", "features": [
        {"type": "Feature", "properties": {"name": "甲"}, "geometry": {"type": "Polygon", "coordinates": [POINTS]}},
        {"type": "Feature", "properties": None, "geometry": {
            "type": "MultiPolygon", "coordinates": [[POINTS], [POINTS]]}},
        {"type": "Feature", "properties": {}, "geometry": None},
        {"type": "Feature", "properties": {}, "geometry": {
            "type": "GeometryCollection", "geometries": [{"type": "LineString", "coordinates": POINTS}]}},
    ],
}  # fmt: skip


def boundary_lane(damage: Damage, place: Path) -> bool:
    """Boundaries by their signs or by their keys: refused, or lines in degrees with a number."""
    if damage.chance(0.5):
        content = damage.text(json.dumps(MAP, ensure_ascii=False))
    else:
        from fuzzing.results import _with_another

        content = json.dumps(_with_another(damage, _with_another(damage, MAP)))
    path = place / "map.geojson"
    path.write_bytes(content.encode(damage.rng.choice(("utf-8", "utf-8", "utf-8-sig", "gb18030")), "replace"))
    try:
        found = read_boundaries(path, damage.rng.choice(((), ((100.0, 30.0),))))
    except BoundaryError as error:
        assert error.message.zh and error.message.en
        return False
    assert found.number.strip() and found.lines
    assert all(len(line) > 1 and all(abs(x) <= 180 and abs(y) <= 90 for x, y in line) for line in found.lines)
    return True
