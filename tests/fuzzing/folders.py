"""Instances as folders of CSV and TOML: refused with findings, or read as what they say, and the same when written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import alloc
from alloc.findings_report.text import report
from alloc.instance import Instance, load, read
from alloc.instance.derived.derived import derive
from alloc.instance.files.heads import machine_names
from alloc.instance.findings import errors, to_records
from alloc.instance.instance import without_idle
from alloc.instance.prechecks.all import CONFLICT_CODES, precheck
from alloc.instance.schema.tables import TABLES
from alloc.solver.solution import compiled
from fuzzing.damage import NUMBER, UNSEEN, WORDS, Damage, Rows, csv_text, table
from instances import TABLES as TINY
from instances import TOML

SETTINGS = "instance.toml"
FAMILIES = Path(__file__).parents[2] / "instances" / "families"
FINITE = ("full_need", "present_need", "capacity", "settle_limit", "bond_room", "lower", "available", "shortfall")
UNITS = ("（万人）", " (ha)", "（亩）", " (km²)", "（亿元）", " (%)", "/公顷", " (2020)", "（万）", "，人")
STRAY = ("合计", "全省合计", "Total", "注：第七次人口普查", "单位：万元", "来源：年鉴", "", "小计", "Note: as of 2020")


@cache
def bases() -> dict[str, Mapping[str, str]]:
    """Small instances as texts by file: that of `instances`, and one for every rule, which fill optional columns."""
    found: dict[str, Mapping[str, str]] = {
        "tiny": {SETTINGS: TOML, **{f"{name}.csv": text for name, text in TINY.items()}}
    }
    for folder in sorted(path.parent for path in FAMILIES.glob(f"*/{SETTINGS}")):
        files = (path for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".toml"))
        found[folder.name] = {path.name: path.read_text(encoding="utf-8") for path in files}
    return found


@cache
def base_instance(name: str) -> Instance:
    """A base, read."""
    place = FAMILIES / name
    if place.is_dir():
        return read(place)
    settings = alloc.instance.files.toml.parse_toml(TOML)
    tables = {table: pd.DataFrame(rows[1:], columns=rows[0]) for table, text in TINY.items() if (rows := _rows(text))}
    return read({"settings": settings, **tables})


def _rows(text: str) -> Rows:
    return table(text)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes an instance."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def folder_lane(damage: Damage, place: Path) -> bool:
    """One instance, damaged. Gives whether it was accepted.

    Raises:
        AssertionError: it was understood wrongly.
    """
    base = damage.rng.choice(list(bases())) if damage.chance(0.5) else "tiny"
    damage.said(base)
    files = dict(bases()[base])
    how = damage.rng.choices((_same, _cells, _rows_and_columns, _anything, _settings), (2, 5, 2, 2, 3))[0]
    changed = how(damage, files)
    write(place / "in", changed)
    return accepted(damage, place, base, how is _same)


def accepted(damage: Damage, place: Path, base: str, same: bool) -> bool:
    """Tries an instance in ``place/in``: everything that is said of it, and everything that is done with it.

    Args:
        damage: what made it.
        place: where it lies.
        base: name of the instance that it was.
        same: whether it still says the same.
    """
    instance, findings = load(place / "in")
    assert (instance is None) == bool(errors(findings))
    for language in ("zh", "en"):
        assert report(findings, language) or not findings
        for finding in findings:
            finding.line(language).encode("utf-8")
    assert len(to_records(findings)) == len(findings)
    if instance is None:
        assert not same, f"refused though it says the same: {[finding.line('en') for finding in findings]}"
        return False
    before = base_instance(base)
    if same:
        assert instance.hash == before.hash, "it says the same and is read as something else"
    _as_it_says(place / "in", instance)
    assert (instance.hash == before.hash) == _equal(instance, before)
    derived = derive(instance)
    for name in FINITE:
        values = getattr(derived, name)
        assert np.isfinite(values).all() and (values >= 0).all(), name
    found = precheck(instance, derived)
    if damage.chance(0.3) and not any(finding.code in CONFLICT_CODES for finding in found):
        assert np.isfinite(compiled(derived, instance).matrix.data).all()
    if damage.chance(0.15):
        again = place / damage.rng.choice(("again", "again.xlsx"))
        alloc.convert(place / "in", again, tables=damage.rng.choice(("csv", "parquet")), language="zh")
        assert read(again).hash == instance.hash, "written and read again it is something else"
    return True


def _equal(one: Instance, other: Instance) -> bool:
    """Whether two instances hold the same values, looked at value by value."""
    if one.own_settings.model_dump() != other.own_settings.model_dump():
        return False
    for name in one.tables:
        ours, theirs = (without_idle(name, each.tables[name]) for each in (one, other))
        if set(ours.columns) != set(theirs.columns) or len(ours) != len(theirs):
            return False
        if not all(ours[column].equals(theirs[column]) for column in ours.columns):
            return False
    return True


def _as_it_says(folder: Path, instance: Instance) -> None:
    """Reads plain numbers out of the files without alloc, and looks for them in the instance."""
    for name, described in TABLES.items():
        path = folder / f"{name}.csv"
        try:
            rows = table(path.read_bytes().decode("utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            continue
        if not rows or not set(described.key) <= set(rows[0]) or len(set(rows[0])) < len(rows[0]):
            continue  # heads with units, titles and the like: read, but not here
        head = rows[0]
        ours = instance.tables[name].set_index(list(described.key)) if len(instance.tables[name]) else None
        for row in rows[1:]:
            if ours is None or len(row) != len(head):
                continue
            by_name = dict(zip(head, row, strict=True))
            key = tuple(by_name[each] for each in described.key)
            found = (
                ours.loc[[key if len(key) > 1 else key[0]]] if (key if len(key) > 1 else key[0]) in ours.index else None
            )
            for column, cell in by_name.items():
                kind = described.by_name.get(column)
                if found is None or kind is None or not kind.numeric:
                    continue
                assert len(found) == 1, (name, key)
                value = float(found[column].iloc[0])
                if not cell:
                    assert math.isnan(value), (name, key, column, value)
                elif NUMBER.fullmatch(cell):
                    assert value == float(Fraction(cell)), (name, key, column, cell, value)


# ------------------------------------------------------------------------------------------------------ damage


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode("utf-8", "surrogatepass") for name, text in files.items()}


def _a_table(damage: Damage, files: Mapping[str, str]) -> tuple[str, Rows]:
    names = [name for name in files if name.endswith(".csv") and len(files[name].split("\n")) > 2]
    name = damage.rng.choice(names)
    return name, table(files[name])


def _same(damage: Damage, files: dict[str, str]) -> dict[str, bytes]:
    """The same told otherwise: order, blanks, thousands, widths, quotes, ends of lines, encodings."""
    done: dict[str, bytes] = {}
    for name, text in files.items():
        if not name.endswith(".csv") or damage.chance(0.5):
            done[name] = (b"\xef\xbb\xbf" if damage.chance(0.1) else b"") + text.encode()
            continue
        rows = table(text)
        ways = damage.rng.sample(
            ("rows", "columns", "blanks", "thousands", "wide", "unseen", "titles", "empty", "numbers"), 3
        )
        damage.said(f"{name}: {ways}")
        described = TABLES[name.removesuffix(".csv")]
        head, records = rows[0], rows[1:]
        if "rows" in ways:
            damage.rng.shuffle(records)
        if "columns" in ways:
            order = list(range(len(head)))
            damage.rng.shuffle(order)
            head, records = [head[place] for place in order], [[row[place] for place in order] for row in records]
        kinds = [described.by_name.get(each) for each in head]
        for row in records:
            for place, cell in enumerate(row):
                if (kind := kinds[place]) is not None and kind.numeric and cell:
                    row[place] = _otherwise(damage, cell, ways)
                if cell and "blanks" in ways and damage.chance(0.2):
                    row[place] = damage.rng.choice((" ", "\u3000", "\t")) + row[place] + " "
                elif cell and "unseen" in ways and damage.chance(0.2):
                    row[place] = row[place] + damage.rng.choice(UNSEEN)
        if "titles" in ways:
            titles = {each.name: each.title for each in described.columns}
            head = [damage.rng.choice((*titles[each], each)) if each in titles else each for each in head]
            if any(len(machine_names(described)) == 0 for _ in head):
                raise AssertionError
        if "empty" in ways:
            records.insert(damage.rng.randint(0, len(records)), [""] * len(head))
        end = damage.rng.choice(("\n", "\r\n"))
        content = csv_text([head, *records], end, damage.chance(0.3))
        done[name] = damage.rng.choice((content.encode(), b"\xef\xbb\xbf" + content.encode()))
    return done


def _otherwise(damage: Damage, cell: str, ways: list[str]) -> str:
    """The same number, spelt otherwise."""
    if not NUMBER.fullmatch(cell):
        return cell
    if "thousands" in ways and cell.isdigit() and not cell.startswith("0"):
        cell = f"{int(cell):,}"
    elif "numbers" in ways and "e" not in cell:
        cell = damage.rng.choice((f"+{cell}" if cell[0].isdigit() else cell,
                                 f"{cell}.0" if cell.isdigit() else f"{cell}00",
                                  f"{cell}e0"))  # fmt: skip
    if "wide" in ways and damage.chance(0.5):
        cell = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in cell)
    return cell


def _cells(damage: Damage, files: dict[str, str]) -> dict[str, bytes]:
    """A few cells replaced."""
    for _ in range(damage.rng.randint(1, 3)):
        name, rows = _a_table(damage, files)
        row = damage.rng.randrange(0 if damage.chance(0.05) else 1, len(rows))
        column = damage.rng.randrange(len(rows[row]))
        new = damage.cell(rows[row][column])
        damage.said(f"{name} row {row + 1} {rows[0][column]}: {rows[row][column]!r} -> {new!r}")
        rows[row][column] = new
        files[name] = csv_text(rows)
    return _encoded(files)


def _rows_and_columns(damage: Damage, files: dict[str, str]) -> dict[str, bytes]:
    """Rows and columns lost, doubled, mixed up; notes, totals and units; files lost and exchanged."""
    for _ in range(damage.rng.randint(1, 2)):
        name, rows = _a_table(damage, files)
        width, one = len(rows[0]), damage.rng.randrange(1, len(rows))
        place = damage.rng.randrange(width)
        what = damage.rng.choice(
            ("row lost", "row twice", "stray row", "column lost", "column twice", "head", "unit", "shift", "sep",
             "index",
             "file lost", "file empty", "exchanged", "top line", "longer", "case", "many rows")
        )  # fmt: skip
        damage.said(f"{name}: {what} at row {one + 1}, column {rows[0][place]}")
        if what == "row lost":
            del rows[one]
        elif what == "row twice":
            rows.append(list(rows[one]))
            if damage.chance(0.5):
                rows[-1][place] = damage.cell(rows[-1][place])
        elif what == "many rows":
            rows += [[f"{number}" if at == 0 else cell for at, cell in enumerate(rows[one])] for number in range(300)]
        elif what == "stray row":
            stray = [damage.rng.choice(STRAY)] + [damage.rng.choice(("", "", "1", "万元")) for _ in range(width - 1)]
            rows.insert(damage.rng.randint(1, len(rows)), stray)
        elif what == "top line":
            rows.insert(0, [damage.rng.choice(STRAY)])
        elif what in ("column lost", "column twice"):
            rows = [
                row[:place] + (row[place : place + 1] * 2 if what == "column twice" else []) + row[place + 1 :]
                for row in rows
            ]
        elif what == "head":
            rows[0][place] = damage.rng.choice(
                (*WORDS, rows[0][place].upper(), rows[0][place] + "s", rows[0][place - 1])
            )
        elif what == "case":
            rows[one][place] = rows[one][place].upper()
        elif what == "unit":
            rows[0][place] += damage.rng.choice(UNITS)
        elif what == "shift":
            rows[one] = [*rows[one][:place], "", *rows[one][place:-1]]
        elif what == "longer":
            rows[one] += ["x"] * damage.rng.randint(1, 3)
        elif what == "sep":
            rows.insert(0, ["sep=,"])
        elif what == "index":
            rows = [[str(number - 1) if number else "", *row] for number, row in enumerate(rows)]
        elif what == "exchanged":
            other, theirs = _a_table(damage, files)
            files[other], rows = csv_text(rows), theirs
        files[name] = csv_text(rows) if what != "file empty" else ""
        if what == "file lost":
            del files[name]
            break
    return _encoded(files)


def _anything(damage: Damage, files: dict[str, str]) -> dict[str, bytes]:
    """Characters or bytes of any file."""
    name = damage.rng.choice(sorted(files))
    damage.said(name)
    if damage.chance(0.5):
        return _encoded({**files, name: damage.text(files[name])})
    content = files[name].encode(damage.rng.choice(("utf-8", "utf-8", "gb18030", "utf-16", "utf-8-sig")), "replace")
    return {**_encoded(files), name: damage.bytes(content)}


def _settings(damage: Damage, files: dict[str, str]) -> dict[str, bytes]:
    """Settings: numbers, words, lines, keys."""
    return _encoded({**files, SETTINGS: damage.text(files[SETTINGS])})
