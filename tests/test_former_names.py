"""Columns that were renamed: whatever was written with the former name is read, and hashes stay what they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alloc.instance.files.reading import load, read
from alloc.instance.findings import InputError
from alloc.instance.instance import make_instance
from alloc.instance.schema.tables import TABLES
from alloc.result.store import load_result
from alloc.scenario import apply, load_scenario, parse_edit
from alloc.workbook.convert import convert

ROOT = Path(__file__).resolve().parent.parent
# Hashes of shipped instances as they were before any column was renamed; that of china-2020 since it has registered
# people, schemes, what of its pools goes to other purposes, sources of limits in Chinese, commas in notes, and no notes
# of the project among the sources of what is assumed.
HASHES = {
    "hand": "9f8e8d707fdb5044fe6b527b756ab6d595859c383a88e2efea013acb396e21fd",
    "families/group_limit": "30de5de7203c40ec3f83d5bbdad07a2443ef59e0ff2e168df509c2030470f318",
    "china-2020": "0707456107ce97e83eff0e33a53f366f942607f10626d2925f3bd17d96161975",
}
RENAMED = [(table.name, former, name) for table in TABLES.values() for former, name in table.renamed.items()
           if former != name]  # where only a title was another  # fmt: skip


def with_former_names(name: str, folder: Path) -> Path:
    """A shipped instance as it was written before columns were renamed, its sources included."""
    shutil.copytree(ROOT / "instances" / name, folder, ignore=shutil.ignore_patterns("build", "source"))
    for table, former, now in RENAMED:
        if former != TABLES[table].by_name[now].formerly[0]:
            continue
        for file in (folder / f"{table}.csv", folder / "sources.csv"):
            if file.is_file():
                head, _, rest = file.read_text(encoding="utf-8").partition("\n")
                if file.stem == table:
                    head = ",".join(former if cell == now else cell for cell in head.split(","))
                else:
                    rest = rest.replace(f"{table},{now},", f"{table},{former},")
                file.write_text(f"{head}\n{rest}", encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize("name", HASHES)
def test_hash_is_what_it_was(name: str, tmp_path: Path) -> None:
    assert read(name).hash == HASHES[name]
    old = read(with_former_names(name, tmp_path / "old"))
    assert old.hash == HASHES[name]
    for table, frame in read(name).tables.items():
        assert frame.equals(old.tables[table])


def test_further_columns_are_hashed_by_their_own_name() -> None:
    instance = read("hand")
    cities = instance.tables["cities"].assign(gates=1.0)
    assert make_instance(instance.settings, {**instance.tables, "cities": cities}).hash != instance.hash


@pytest.mark.parametrize(("table", "former", "now"), RENAMED)
def test_every_former_name_is_read(table: str, former: str, now: str, tmp_path: Path) -> None:
    folder, shipped = tmp_path / "old", ROOT / "instances" / "families"
    example = next(each for each in ("group_limit", table) if (shipped / each / f"{table}.csv").exists())
    shutil.copytree(shipped / example, folder)
    file = folder / f"{table}.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    if now not in head.split(","):
        head, rows = f"{head},{now}", [f"{row}," for row in rows]
    file.write_text("\n".join([head, *rows]), encoding="utf-8", newline="\n")
    named = read(folder).hash
    head = ",".join(former if each == now else each for each in head.split(","))
    file.write_text("\n".join([head, *rows]), encoding="utf-8", newline="\n")
    assert read(folder).hash == named
    file.write_text("\n".join([f"{head},{now}", *(f"{row}," for row in rows)]), encoding="utf-8", newline="\n")
    _, findings = load(folder)
    assert [(each.code, each.row, each.column, each.value) for each in findings] == [("duplicate_column", 1, now, now)]


@pytest.mark.parametrize("tables", ["csv", "parquet"])
def test_workbook_and_folder(tables: str, tmp_path: Path) -> None:
    """Former names in a folder, kept in its workbook under today's, and back."""
    old = with_former_names("families/group_limit", tmp_path / "old")
    convert(old, tmp_path / "book.xlsx", "zh")
    convert(tmp_path / "book.xlsx", tmp_path / "new", tables=tables)
    assert read(tmp_path / "book.xlsx").hash == read(tmp_path / "new").hash == HASHES["families/group_limit"]


def test_workbook_of_an_earlier_version() -> None:
    """A workbook with the former names as machine names and as titles."""
    instance = read(ROOT / "tests" / "data" / "saved_by_libreoffice.xlsx")
    assert instance.tables["services"]["settlement_prerequisite"].any()
    assert (instance.tables["limits"]["quantity"] != "").all() and len(instance.tables["limits"])


@pytest.mark.parametrize(("former", "now"), [
    ("services.school.gates = false", "services.school.settlement_prerequisite = false"),
    ("services.gates = false", "services.settlement_prerequisite = false"),
    ("capacity.capacity *= 2 where gates = true", "capacity.capacity *= 2 where settlement_prerequisite = true"),
    ("add limits { limit = 'x', of = 'settle', sense = '<=', value = 9, basis = 'amount' }",
     "add limits { limit = 'x', quantity = 'settle', sense = '<=', value = 9, basis = 'amount' }"),
])  # fmt: skip
def test_edits(former: str, now: str) -> None:
    instance = read("families/group_limit")
    old, new = (apply(instance, [parse_edit(line)]) for line in (former, now))
    assert old.instance.hash == new.instance.hash != instance.hash
    assert [cell.record() for cell in old.cells] == [cell.record() for cell in new.cells]


def test_both_names_in_one_edit() -> None:
    line = "add limits { limit = 'x', of = 'settle', quantity = 'settle', sense = '<=', value = 9, basis = 'amount' }"
    with pytest.raises(InputError) as raised:
        apply(read("hand"), [parse_edit(line)])
    (finding,) = raised.value.findings
    assert (finding.code, finding.column, finding.value) == ("duplicate_column", "limits.quantity", "of")
    assert "of 是 quantity 的旧名" in finding.message.zh and finding.message.en == "of is the former name of quantity."


def test_scenario(tmp_path: Path) -> None:
    folder = with_former_names("hand", tmp_path / "old")
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "old.toml").write_text(
        'title = { zh = "旧", en = "old" }\n[[edit]]\nset = "services.gates"\nto = false\n[[edit]]\nadd = "limits"\n'
        'row = { limit = "x", of = "settle", sense = "<=", value = 9, basis = "amount" }\n',
        encoding="utf-8",
    )
    edited = apply(read(folder), load_scenario(folder, "old").edits).instance
    assert not edited.tables["services"]["settlement_prerequisite"].any()
    assert "settle" in edited.tables["limits"]["quantity"].tolist()


def test_stored_result() -> None:
    """A result that was written before columns were renamed is the instance that its manifest names."""
    result = load_result(ROOT / "tests" / "data" / "result_schema_1")
    assert result.instance.tables["limits"]["quantity"].tolist()
    assert "settlement_prerequisite" in result.instance.tables["services"].columns


def test_tables_in_memory() -> None:
    instance = read("families/group_limit")
    services = instance.tables["services"].rename(columns={"settlement_prerequisite": "gates"})
    assert make_instance(instance.settings, {**instance.tables, "services": services}).hash == instance.hash
