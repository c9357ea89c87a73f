"""Files that are no workbooks, damaged ones, and those of other programs: a clear finding, never a traceback."""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from alloc.api import check
from alloc.instance import load, locate, read
from alloc.workbook.convert import convert
from instances import write_tiny
from workbooks import rewrite, write_book, write_sheets

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVED_AGAIN = Path(__file__).parent / "data" / "saved_by_libreoffice.xlsx"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("book") / "plan.xlsx")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    return read(write_tiny(tmp_path_factory.mktemp("tiny"))).hash


def zipped(**parts: str) -> bytes:
    """A ZIP file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name), text)  # without the time, so that every worker collects the same tests
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("zero.xlsx", b"", "empty_file"),
        ("text.xlsx", b"city,name\n440300,Shenzhen\n", "not_a_workbook"),
        ("page.xlsx", b"<html><table></table></html>", "not_a_workbook"),
        ("zip.xlsx", zipped(a="x"), "not_a_workbook"),
        ("half.xlsx", zipped(a="x" * 1000)[:40], "not_a_workbook"),
        ("rels.xlsx", zipped(**{"_rels/.rels": "<Relationships/>"}), "not_a_workbook"),
        ("word.xlsx", zipped(**{
            "_rels/.rels": '<r><Relationship Type="x/officeDocument" Target="word/document.xml"/></r>',
            "word/document.xml": "<document/>", "word/_rels/document.xml.rels": "<r/>",
        }), "not_a_workbook"),
        ("old.xls", OLE + b"\0" * 600, "workbook_format"),
        ("old.et", OLE + b"\0" * 600, "workbook_format"),
        ("renamed.xlsx", OLE + b"\0" * 600, "workbook_format"),
        ("new.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "workbook_format"),
        ("binary.xlsb", zipped(workbook="x"), "workbook_format"),
        ("secret.xlsx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "encrypted"),
        ("far.xlsx", OLE + b"\0" * 3_000_000 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)  # fmt: skip
def test_files_that_are_no_workbooks(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    instance, (finding,) = load(path)
    assert instance is None
    assert (finding.code, finding.file, finding.severity) == (code, name, "error")
    for text in (*finding.message, *finding.remedy):
        assert text and "\n" not in text


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    path = write_sheets(tmp_path / "budget.xlsx", {"Sheet1": [["a", "b"], [1, 2]]})
    _, findings = load(path)
    assert [each.code for each in findings] == ["no_tables", "unknown_table"]


def test_where_a_workbook_is_looked_for(book: Path, tmp_path: Path) -> None:
    assert locate(book) == book
    assert locate(str(book)) == book
    (finding,) = load(tmp_path / "nowhere.xlsx")[1]
    assert finding.code == "unknown_instance"
    (tmp_path / "folder.xlsx").mkdir()
    (finding,) = load(tmp_path / "folder.xlsx")[1]
    assert finding.code == "no_instance"


def test_macros_are_said_and_not_run(book: Path, tmp_path: Path, tiny: str) -> None:
    path = tmp_path / "plan.xlsm"
    shutil.copy(book, path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("xl/vbaProject.bin", OLE)
    instance, (finding,) = load(path)
    assert (finding.severity, finding.code) == ("warning", "macros")
    assert instance is not None and instance.hash == tiny


def test_the_strict_form_of_the_format(book: Path, tmp_path: Path, tiny: str) -> None:
    def strict(name: str, text: str) -> str:
        text = text.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                            "http://purl.oclc.org/ooxml/spreadsheetml/main")  # fmt: skip
        return text.replace("http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                            "http://purl.oclc.org/ooxml/officeDocument/relationships")  # fmt: skip

    assert read(rewrite(book, strict, tmp_path / "strict.xlsx")).hash == tiny


def test_sheets_with_prefixed_names_and_without_references(book: Path, tmp_path: Path, tiny: str) -> None:
    """As other libraries write them: <x:c>, and cells that do not say where they are."""

    def prefixed(name: str, text: str) -> str:
        if "worksheets/sheet" not in name:
            return text
        return re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=")

    path = rewrite(book, prefixed, tmp_path / "prefixed.xlsx")
    assert read(path).hash == tiny

    def wrong(name: str, text: str) -> str:
        return re.sub(r'<c r="J3".*?</c>', '<c r="J3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', text)

    sheet = {"xl/worksheets/sheet2.xml"}
    broken = rewrite(book, lambda name, text: wrong(name, text) if name in sheet else text, tmp_path / "broken.xlsx")
    (finding,) = load(broken)[1]
    (again,) = load(rewrite(broken, prefixed, tmp_path / "again.xlsx"))[1]
    assert (finding.code, finding.row, again.code, again.row) == ("error_in_cell", 3, "error_in_cell", 3)

    def nameless(name: str, text: str) -> str:
        """Every cell of every row stands there, none says where."""
        if name not in sheet:
            return text
        rows = re.findall(r"<row .*?</row>", text, re.DOTALL)
        width = max(row.count("<c ") for row in rows)
        cells = [[re.search(f'<c r="{chr(65 + place)}{number}".*?</c>', row) if place < 26 else None
                  for place in range(width)] for number, row in enumerate(rows, start=1)]  # fmt: skip
        bare = "".join(f"<row>{''.join(re.sub(' r=.[A-Z0-9]+.', '', c[0]) if c else '<c/>' for c in row)}</row>"
                       for row in cells)  # fmt: skip
        return text.replace("".join(rows), bare)

    codes = {each.code for each in load(rewrite(broken, nameless, tmp_path / "nameless.xlsx"))[1]}
    assert "error_in_cell" in codes


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml",
                                  "xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/styles.xml"])  # fmt: skip
@pytest.mark.parametrize("fault", ["missing", "cut", "empty", "nonsense"])
def test_damaged_parts(part: str, fault: str, book: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                if fault == "missing":
                    continue
                content = {"cut": content[: len(content) // 2], "empty": b"", "nonsense": b"\xff\xfe\x00<<<&&&"}[fault]
            new.writestr(name, content)
    instance, findings = load(path)
    if part != "xl/styles.xml":  # without which numbers and texts can still be read
        assert instance is None and findings
    for finding in findings:
        assert finding.file.startswith("plan.xlsx")


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        '<c r="A1048576" t="e"><v>#N/A</v></c>',
        '<c r="ZZZ9999999" t="e"><v>#N/A</v></c>',
        '<c r="A99999999999"><v>1</v></c>',
    ],
)
def test_a_cell_in_the_wrong_row_does_not_fill_the_memory(cell: str, book: Path, tmp_path: Path) -> None:
    """Inside the XML of row 3 a cell that says it stands far away, or nowhere."""

    def change(name: str, text: str) -> str:
        return text.replace('<c r="A3"', f'{cell}<c r="A3"') if name == "xl/worksheets/sheet2.xml" else text

    instance, findings = load(rewrite(book, change, tmp_path / "plan.xlsx"))
    assert instance is None and findings


@pytest.mark.long
def test_damaged_bytes(book: Path, tmp_path: Path) -> None:
    """Never a traceback, whatever can still be read."""
    draw = random.Random(11)
    content = book.read_bytes()
    path = tmp_path / "plan.xlsx"
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(draw.choice((1, 1, 3, 20))):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        if draw.random() < 0.2:
            damaged = damaged[: draw.randrange(1, len(damaged))]
        path.write_bytes(bytes(damaged))
        load(path)


@pytest.mark.long
def test_damaged_cells(book: Path, tmp_path: Path) -> None:
    """The same inside the XML, where no checksum gives it away."""
    draw = random.Random(12)
    with zipfile.ZipFile(book) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    names = [name for name in parts if "sheet2" in name or "shared" in name.lower() or name.endswith("workbook.xml")]
    path = tmp_path / "plan.xlsx"
    for _ in range(60):
        name = draw.choice(names)
        damaged = bytearray(parts[name])
        for _ in range(draw.choice((1, 2, 5))):
            start = draw.randrange(len(damaged))
            kind = draw.randrange(3)
            if kind == 0:
                damaged[start] = draw.randrange(32, 127)
            elif kind == 1:
                del damaged[start : start + draw.randrange(1, 60)]
            else:
                damaged[start:start] = draw.choice((b'<c r="ZZZ9999999"><v>1</v></c>', b"<v>", b'r="B2" ', b"\xff"))
        with zipfile.ZipFile(path, "w") as file:
            for each, text in parts.items():
                file.writestr(each, bytes(damaged) if each == name else text)
        load(path)


# ---------------------------------------------------------------------------------- saved by another program


def test_a_workbook_that_libreoffice_saved_again(tiny: str) -> None:
    instance, findings = load(SAVED_AGAIN)
    assert findings == ()
    assert instance is not None and instance.hash == tiny


needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")

BOTH = {"zh": ("核对", "需要核对："), "en": ("Checks", "To be looked into: ")}
KEPT = "unit,pool,retained\n44,equalisation,{}\n"
# What is changed in the small instance, and how many of the checks in the workbook fail then.
VARIANTS: dict[str, tuple[dict[str, Any], int]] = {
    "right": ({}, 0),
    "wrong": (
        {
            "cities": {("440300", "residents"): "", ("440500", "name"): "", ("450900", "revenue"): "many"},
            "factors": lambda text: text.replace("land,migrants,0.4", "land,migrants,0.5"),
            "capacity": lambda text: text.replace("450900,hospital,33000\n", ""),
            "earmarks": "city,pool,amount,reason\n450900,special_bond,400000,x\n",
        },
        4,
    ),
    "floors": ({"pools": lambda text: text.replace("true,0.7,1.4", "true,1.7,1.8")}, 1),
    "floors_of_bonds": (
        {
            "pools": lambda text: text.replace("0.2,false,,,", "0.2,false,0.9,,"),
            "last_year": lambda text: (
                text
                + "".join(
                    f"{city},special_bond,{amount}\n"
                    for city, amount in (("440300", 900000), ("440500", 50000), ("450900", 50000))
                )
            ),
        },
        0,
    ),
    "caps": ({"pools": lambda text: text.replace("true,0.7,1.4", "true,0.1,0.2")}, 1),
    # Of equalisation Guangdong keeps a quarter: 960,000 / 0.75 + 420,000, times 0.8, is more than the 1,350,000.
    "kept_above": (
        {"levels": KEPT.format(0.25), "pools": lambda text: text.replace("0.8,1.3,0.2,0.2", "0.8,1.3,,")},
        1,
    ),
    "no_cities": ({"cities": lambda text: text.split("\n")[0], "factors": None, "last_year": None}, 4),
}
FAMILIES = Path(__file__).parents[1] / "instances" / "families"
HEAD = "title_zh,title_en\ngeneral,general,,1000,0,true,,,,,1,transfer,一般性转移支付,General transfer"
OF_FAMILIES: dict[str, tuple[dict[str, tuple[str, str]], int]] = {
    "purses": ({}, 0),
    "issued": (
        {
            "instance.toml": ('"formal"', '"advance"'),
            "pools.csv": (HEAD, HEAD.replace("title_en", "title_en,advance_share") + ",0.4"),
        },
        0,
    ),
}


@pytest.mark.parametrize(("share", "fits"), [(0.24, True), (0.25, False)])
def test_the_check_sheet_counts_what_is_kept_above_cities(share: float, fits: bool, tmp_path: Path) -> None:
    """960,000 / 0.76 + 420,000 = 1,683,158, times 0.8 is 1,346,526 of 1,350,000; `alloc check` agrees."""
    changes = {**VARIANTS["kept_above"][0], "levels": KEPT.format(share)}
    folder = write_tiny(tmp_path / "kept", **changes)
    convert(folder, tmp_path / "kept.xlsx", "en")
    rows = CalamineWorkbook.from_path(tmp_path / "kept.xlsx").get_sheet_by_name("Checks").to_python()
    (row,) = [each for each in rows if each[0] == "equalisation"]
    received = 960_000 / (1 - share) + 420_000
    assert row[5] == pytest.approx(received) and row[7] == pytest.approx(0.8 * received)
    assert row[-1] == ("✓" if fits else "✗ floors above what is available")
    errors = [each for each in check(folder) if each.severity == "error"]
    assert [each.key for each in errors] == ([] if fits else ["equalisation"])


def of_family(folder: Path, name: str, changes: dict[str, tuple[str, str]]) -> Path:
    """A workbook of one of the small instances, with a text of some of its files changed."""
    shutil.copytree(FAMILIES / name, folder / name)
    for file, texts in changes.items():
        path = folder / name / file
        path.write_text(path.read_text(encoding="utf-8").replace(*texts), encoding="utf-8")
    convert(folder / name, folder / f"{name}_zh.xlsx", "zh")
    return folder / f"{name}_zh.xlsx"


@pytest.mark.parametrize(("accounts", "failing"), [("100000,0,2000", 0), (",0,2000", 1)])
def test_the_check_sheet_misses_no_accounts_of_who_shares_a_purse(accounts: str, failing: int, tmp_path: Path) -> None:
    """The second city's accounts stand with the first, whose purse it has; the first's own are missed."""
    book = of_family(tmp_path, "purses", {"cities.csv": ("100000,0,2000", accounts)})
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name("核对").to_python()
    assert rows[2][0] == f"需要核对：{failing}"


@pytest.mark.parametrize(("share", "available"), [("", 900), ("0.4", 400)])
def test_the_check_sheet_of_an_advance_counts_what_is_given_out_now(
    share: str, available: float, tmp_path: Path
) -> None:
    """Of 1,000 nine tenths where the pool says nothing, else its own share."""
    changes = OF_FAMILIES["issued"][0]
    head, told = changes["pools.csv"]
    book = of_family(tmp_path, "issued", {**changes, "pools.csv": (head, told.replace("0.4", share))})
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name("核对").to_python()
    (row,) = [each for each in rows if each[0] == "general" and each[2] == 1000]
    assert row[3] == available


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the variants as workbooks, and another inside, ``again``, as LibreOffice saves them.

    It computes every formula anew.
    """
    folder = tmp_path_factory.mktemp("saved")
    for name, (changes, _) in VARIANTS.items():
        for language in BOTH if name in ("right", "wrong") else ("zh",):
            convert(write_tiny(folder / name, **changes), folder / f"{name}_{language}.xlsx", language)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">'
        "<value>0</value></prop></item></oor:items>\n",
        encoding="utf-8",
    )
    for name, (changes, _) in OF_FAMILIES.items():
        of_family(folder, name, changes)
    books = [str(path) for path in sorted(folder.glob("*.xlsx"))]
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(folder / "again"), *books], check=True, capture_output=True, timeout=300)
    return folder


@pytest.mark.slow
@needs_libreoffice
@pytest.mark.parametrize("language", ["zh", "en"])
def test_libreoffice_saves_it_again(language: str, saved: Path, tiny: str) -> None:
    assert read(saved / "again" / f"right_{language}.xlsx").hash == tiny
    before, after = (load(folder / f"wrong_{language}.xlsx")[1] for folder in (saved, saved / "again"))
    assert before and before == after


@pytest.mark.slow
@needs_libreoffice
@pytest.mark.parametrize("variant", VARIANTS | OF_FAMILIES)
def test_check_formulas_are_written_with_their_values(variant: str, saved: Path) -> None:
    """What LibreOffice computes from every formula is what was written as its value."""
    for language, (title, words) in BOTH.items():
        if not (saved / f"{variant}_{language}.xlsx").exists():
            continue
        ours, theirs = (CalamineWorkbook.from_path(folder / f"{variant}_{language}.xlsx")
                        for folder in (saved, saved / "again"))  # fmt: skip
        assert ours.get_sheet_by_name(title).to_python()[2][0] == f"{words}{(VARIANTS | OF_FAMILIES)[variant][1]}"
        for sheet in ours.sheet_names:
            one, other = (each.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for each in (ours, theirs))
            for row, cells in enumerate(one):
                for column, cell in enumerate(cells):
                    again = other[row][column] if row < len(other) and column < len(other[row]) else ""
                    expected = pytest.approx(cell, rel=1e-9) if isinstance(cell, float) else cell
                    assert again == expected, (sheet, row + 1, column + 1)
