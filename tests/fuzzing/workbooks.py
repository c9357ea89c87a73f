"""Instances as workbooks: cells, XML and the bytes of the archive."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np

import alloc
from alloc.findings_report.text import report
from alloc.instance import load, read
from alloc.instance.derived.derived import derive
from alloc.instance.findings import errors
from alloc.instance.schema.tables import TABLES
from fuzzing.damage import NUMBER, WORDS, Damage
from fuzzing.folders import FINITE, base_instance
from instances import TABLES as TINY
from instances import write_tiny
from workbooks import tiny_rows, tiny_settings, write_sheets

Parts = dict[str, bytes]
CELL = re.compile(r"<c r=\"[A-Z]+\d+\"[^>]*>.*?</c>|<c r=\"[A-Z]+\d+\"[^>]*/>", re.DOTALL)
GIVEN = [name for name in TABLES if name in TINY]  # what the small instance has, in the order of the sheets
SHEETS = ("设置", *(TABLES[name].title.zh for name in GIVEN))
SPOILT = (  # how a cell may look in the XML
    '<c r="{ref}" t="e"><v>#DIV/0!</v></c>', '<c r="{ref}" t="s"><v>99999</v></c>', '<c r="{ref}" t="s"><v>-1</v></c>',
    '<c r="{ref}" t="b"><v>1</v></c>', '<c r="{ref}"><f>1+1</f></c>', '<c r="{ref}"><v>abc</v></c>', '<c r="{ref}"/>',
    '<c r="{ref}" t="inlineStr"><is><t>x</t></is></c>', '<c r="{ref}" t="d"><v>2021-01-01T00:00:00</v></c>',
    '<c r="{ref}" s="9999"><v>1</v></c>', '<c r="XFD1048576"><v>1</v></c>', '<c r="{ref}"><v>1e400</v></c>',
    '<c r="{ref}" t="zzz"><v>1</v></c>', '<c r="{ref}" t="str"><v>35%</v></c>', '<c r="A0"><v>1</v></c>',
    '<c r="{ref}"><v></v></c>', '<c><v>1</v></c>', '<c r="{ref}" t="str"><v>{long}</v></c>',
)  # fmt: skip


@cache
def books() -> tuple[Parts, Parts]:
    """The small instance with machine names, and as it is converted with Chinese titles, as parts by name."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = {name: tiny_rows(name) for name in GIVEN}
        plain = write_sheets(place / "plain.xlsx", dict(zip(SHEETS, [tiny_settings(), *rows.values()], strict=True)))
        alloc.convert(write_tiny(place / "tiny"), place / "full.xlsx", language="zh")
        return parts_of(plain.read_bytes()), parts_of((place / "full.xlsx").read_bytes())


def parts_of(content: bytes) -> Parts:
    """The parts of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(parts: Parts) -> bytes:
    """An archive of parts, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in parts.items():
            book.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def workbook_lane(damage: Damage, place: Path) -> bool:
    """One workbook, damaged."""
    plain = damage.chance(0.6)
    parts = dict(books()[0 if plain else 1])
    expected: tuple[str, int, str, float] | None = None
    how = damage.rng.choice(("number", "number", "cells", "xml", "text", "bytes", "parts"))
    damage.said(f"{'plain' if plain else 'converted'}: {how}")
    if how == "number" and plain:
        expected = _a_number(damage, parts)
    elif how in ("cells", "number"):
        _a_cell(damage, parts)
    elif how == "xml":
        name = damage.rng.choice([name for name in parts if name.endswith((".xml", ".rels"))])
        damage.said(name)
        parts[name] = damage.text(parts[name].decode(), 2).encode("utf-8", "surrogatepass")
    elif how == "text":
        _a_text(damage, parts)
    elif how == "parts":
        name = damage.rng.choice(sorted(parts))
        other = damage.rng.choice(sorted(parts))
        damage.said(f"{name} for {other}")
        parts[other] = parts.pop(name)
    content = packed(parts)
    (place / "in.xlsx").write_bytes(damage.bytes(content, 2) if how == "bytes" else content)
    return _accepted(damage, place, expected)


def _sheet(parts: Parts, number: int) -> tuple[str, str]:
    name = f"xl/worksheets/sheet{number}.xml"
    return name, parts[name].decode()


def _a_number(damage: Damage, parts: Parts) -> tuple[str, int, str, float] | None:
    """Another number in a cell of which the place is known: table, record, column, number."""
    table = damage.rng.choice([name for name in GIVEN if len(tiny_rows(name)) > 1])
    rows, described = tiny_rows(table), TABLES[table]
    numeric = [place for place, name in enumerate(rows[0]) if (kind := described.by_name.get(name)) and kind.numeric]
    if not numeric:
        return None
    row, column = damage.rng.randrange(1, len(rows)), damage.rng.choice(numeric)
    if rows[row][column] is None:
        return None
    new = damage.number(f"{rows[row][column]:.12g}")
    if not NUMBER.fullmatch(new):
        return None
    name, text = _sheet(parts, SHEETS.index(described.title.zh) + 1)
    ref = f"{_letters(column)}{row + 1}"
    changed = re.sub(rf'(<c r="{ref}"[^>]*><v>)[^<]*(</v>)', rf"\g<1>{new}\2", text)
    assert changed != text or float(new) == rows[row][column], ref
    damage.said(f"{table} {ref} {rows[0][column]}: {rows[row][column]} -> {new}")
    parts[name] = changed.encode()
    return table, row - 1, rows[0][column], float(new)


def _letters(column: int) -> str:
    return (_letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def _a_cell(damage: Damage, parts: Parts) -> None:
    """Cells as no program should write them, or with another value."""
    for _ in range(damage.rng.randint(1, 3)):
        name = damage.rng.choice([name for name in parts if name.startswith("xl/worksheets/sheet")])
        text = parts[name].decode()
        cells = list(CELL.finditer(text))
        if not cells:
            continue
        cell = damage.rng.choice(cells)
        ref = cell[0].split('"')[1]
        new = damage.rng.choice(SPOILT).format(ref=ref, long="长" * 40_000)
        if damage.chance(0.4) and "<v>" in cell[0]:
            new = re.sub(r"<v>([^<]*)</v>", lambda found: f"<v>{damage.number(found[1])}</v>", cell[0])
        damage.said(f"{name} {cell[0][:100]} -> {new}")
        parts[name] = (text[: cell.start()] + new + text[cell.end() :]).encode()


def _a_text(damage: Damage, parts: Parts) -> None:
    """Other texts in the cells: heads, codes, words."""
    name = "xl/sharedStrings.xml"
    found = list(re.finditer(r"(<t[^>]*>)([^<]*)(</t>)", parts[name].decode()))
    text = parts[name].decode()
    for one in sorted(damage.rng.sample(found, damage.rng.randint(1, 3)), key=lambda one: -one.start()):
        new = damage.rng.choice((one[2] + "x", "", one[2][:-1], damage.rng.choice(WORDS), damage.rng.choice(found)[2]))
        new = re.sub(r"[<>&\x00-\x08]", "", new)
        damage.said(f"{one[2]!r} -> {new!r}")
        text = text[: one.start(2)] + new + text[one.end(2) :]
    parts[name] = text.encode("utf-8", "surrogatepass")


def _accepted(damage: Damage, place: Path, expected: tuple[str, int, str, float] | None) -> bool:
    """Tries the workbook, as a planner would go on with it."""
    path = place / "in.xlsx"
    instance, findings = load(path)
    assert (instance is None) == bool(errors(findings))
    assert all(finding.line(language) for finding in findings for language in ("zh", "en"))
    assert report(findings, "zh") or not findings
    if damage.chance(0.1):
        try:
            alloc.mark(path, alloc.check(path), out=place / "marked.xlsx", language="zh")
        except alloc.AllocError as error:
            assert error.message.zh and error.message.en
    if instance is None:
        return False
    if expected is not None:
        table, row, column, number = expected
        key = TABLES[table].key
        first = tiny_rows(table)[row + 1]
        named = dict(zip(tiny_rows(table)[0], first, strict=True))
        frame = instance.tables[table].set_index(list(key))
        at = tuple(str(named[name]) for name in key)
        found = float(frame.loc[at if len(at) > 1 else at[0], column])
        assert found == number, (table, at, column, found, number)
        same = number == float(named[column])
        assert (instance.hash == base_instance("tiny").hash) == same
    derived = derive(instance)
    for name in FINITE:
        assert np.isfinite(getattr(derived, name)).all(), name
    if damage.chance(0.15):
        alloc.convert(path, place / "again")
        assert read(place / "again").hash == instance.hash
    return True
