"""Reading: encodings, formats, headers, numbers as planners write them, the hash, and files that are no tables."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alloc.instance import InputError, load, locate, read
from alloc.instance.files.shipped import shipped
from alloc.instance.findings import to_records
from alloc.instance.schema.tables import TABLES as SCHEMA
from growing import growth
from instances import CITIES, TABLES, write_tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny")


def codes(folder: Path) -> list[tuple[str, str, int | None, str | None]]:
    return [(f.code, f.file, f.row, f.column) for f in load(folder)[1]]


def test_the_small_instance(folder: Path) -> None:
    instance = read(folder)
    assert instance.name == "tiny"
    assert instance.warnings == ()
    assert len(instance.hash) == 64
    assert set(instance.tables) == set(SCHEMA)
    cities = instance.tables["cities"]
    assert cities["city"].tolist() == ["440300", "440500", "450900"]
    assert cities["city"].dtype == "str"
    assert cities["residents"].dtype == np.float64
    assert cities["age_6_11"].tolist() == [540000, 480000, 560000]
    assert np.isnan(cities["stock_base"][1])  # empty is not zero
    assert cities["cluster"].tolist() == ["", "", ""]  # optional, and not in the file
    assert np.isnan(cities["lon"]).all()
    assert instance.tables["services"]["service"].tolist() == ["hospital", "primary"]  # sorted by key
    assert instance.tables["services"]["restricted"].tolist() == [True, False]
    assert instance.tables["capacity"]["service"].tolist()[:2] == ["hospital", "primary"]
    assert instance.settings.policy.debt.tiers[1].below == 2.0
    assert instance.settings.objective[1].beta == 0.1
    for name, table in instance.tables.items():
        assert list(table.columns[: len(SCHEMA[name].names)]) == list(SCHEMA[name].names)
        assert table.index.equals(pd.RangeIndex(len(table)))


def test_an_absent_table_is_an_empty_one(tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "tiny", overrides=None, sources=None, earmarks=None, limits=None))
    for name in ("overrides", "sources", "earmarks", "limits"):
        assert len(instance.tables[name]) == 0
        assert list(instance.tables[name].columns) == list(SCHEMA[name].names)


REWRITES: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "line ends of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "line ends of old": lambda content: content.replace(b"\n", b"\r"),
    "GB18030": lambda content: content.decode("utf-8").encode("gb18030"),
    "blank rows at the end": lambda content: content + b",,\n\n ,\n",
    "no last line end": lambda content: content.rstrip(b"\n"),
}


@pytest.mark.parametrize("rewrite", REWRITES)
def test_the_same_content_in_other_bytes(rewrite: str, folder: Path) -> None:
    expected = read(folder).hash
    for path in folder.iterdir():
        if path.suffix == ".csv" or rewrite in ("byte order mark", "line ends of Windows"):
            path.write_bytes(REWRITES[rewrite](path.read_bytes()))
    assert read(folder).hash == expected


def test_parquet_is_the_same(folder: Path) -> None:
    expected = read(folder)
    for path in sorted(folder.glob("*.csv")):
        pd.read_csv(path, dtype={"city": str, "province": str}).to_parquet(path.with_suffix(".parquet"))
        path.unlink()
    instance = read(folder)
    assert instance.hash == expected.hash
    for name, table in instance.tables.items():
        pd.testing.assert_frame_equal(table, expected.tables[name])


def test_codes_that_parquet_holds_as_numbers(folder: Path) -> None:
    """440300 and 440300.0 are read; a province 44.0 is 44."""
    expected = read(folder).hash
    for path in sorted(folder.glob("*.csv")):
        table = pd.read_csv(path)
        if "city" in table.columns and len(table):
            table["city"] = table["city"].astype("int64" if path.stem == "capacity" else "float64")
        table.to_parquet(path.with_suffix(".parquet"))
        path.unlink()
    assert read(folder).hash == expected


def test_the_order_of_rows_and_columns_does_not_matter(folder: Path) -> None:
    expected = read(folder).hash
    shuffle = random.Random(1).shuffle
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        shuffle(rows)
        order = list(range(len(header)))
        shuffle(order)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[row[place] for place in order] for row in [header, *rows]])
    assert read(folder).hash == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"cities": {("440300", "residents"): 9000001}},
        {"cities": {("440300", "name"): "深圳"}},
        {"cities": {("440500", "stock_base"): 0}},
        {"pools": {("land", "exhaust"): "false"}},
        {"toml": {"gap = 0.001": "gap = 0.002"}},
        {"cities": lambda text: text.replace("age_6_11", "age_6_11,further")
         .replace(",150000,540000,", ",150000,540000,1,")
         .replace(",,480000,", ",,480000,2,").replace(",,560000,", ",,560000,3,")},
    ],
)  # fmt: skip
def test_any_other_content_has_another_hash(changes: dict, folder: Path, tmp_path: Path) -> None:
    assert read(write_tiny(tmp_path / "other", **changes)).hash != read(folder).hash


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1234), ("1,234,567.5", 1234567.5), ("1 234 567", 1234567),
        ("１２３", 123),        ("１，２３４．５", 1234.5), ("  42 ", 42), ("\u3000４２\u00a0", 42), ("+7", 7),
        ("1e3", 1000), (".5", 0.5), ("7.", 7), ("1\u00a0234", 1234),
    ],
)  # fmt: skip
def test_numbers_as_planners_write_them(text: str, number: float, tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "tiny", cities={("440500", "idle"): text}))
    assert instance.tables["cities"]["idle"][1] == number


@pytest.mark.parametrize(
    ("text", "share"), [("35%", 0.35), ("１２．３％", 0.123), ("7 %", 0.07), ("0.35", 0.35), ("100%", 1)]
)
def test_shares_with_a_percent_sign(text: str, share: float, tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "tiny", cities={("440500", "willingness"): text}))
    assert instance.tables["cities"]["willingness"][1] == share


@pytest.mark.parametrize(
    "text", ["1,23", "12,34,567", "0,123", "1.2.3", "1_000", "0x10", "٣", "--", "—", "#DIV/0!", "true", "12%", "3公顷"]
)
def test_what_is_no_number(text: str, tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", cities={("440500", "idle"): text})
    assert codes(tmp_path / "tiny") == [("not_a_number", "cities.csv", 3, "idle")]


@pytest.mark.parametrize(("text", "flag"), [("是", True), ("否", False), ("YES", True), ("0", False), ("１", True)])
def test_flags(text: str, flag: bool, tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "tiny", pools={("land", "exhaust"): text}))
    assert instance.tables["pools"].set_index("pool")["exhaust"]["land"] == flag


def test_full_width_codes_and_leading_zeros(tmp_path: Path) -> None:
    """A further column of codes stays text; a code in full-width digits is the code."""
    cities = CITIES.replace("province_name", "province_name,sector").replace("广东省", "广东省,001").replace(
        "广西壮族自治区", "广西壮族自治区,020"
    )  # fmt: skip
    instance = read(write_tiny(tmp_path / "tiny", cities=cities.replace("450900", "４５０９００")))
    assert instance.tables["cities"]["sector"].tolist() == ["001", "001", "020"]
    assert instance.tables["cities"]["city"][2] == "450900"


def test_headers_may_be_the_titles(folder: Path) -> None:
    expected = read(folder).hash
    for path in folder.glob("*.csv"):
        table, text = SCHEMA[path.stem], path.read_text(encoding="utf-8")
        header, rest = text.split("\n", 1)
        titles = []
        for place, name in enumerate(header.split(",")):
            column = table.by_name.get(name)
            zh, en = column.title if column else (name, name)
            units = f"（{column.unit.zh}）" if column and column.unit.zh and "（" not in column.unit.zh else ""
            titles.append((zh + units, en.upper(), name)[place % 3])
        path.write_text(",".join(titles) + "\n" + rest, encoding="utf-8")
    assert read(folder).hash == expected


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    """A cell with a line end is one row, an empty row is one too."""
    earmarks = 'city,pool,amount,reason\n450900,land,1,"two\nlines, ""quoted"""\n\n440500,land,x,y\n'
    write_tiny(tmp_path / "tiny", earmarks=earmarks)
    assert codes(tmp_path / "tiny") == [("not_a_number", "earmarks.csv", 4, "amount")]


HEADER = TABLES["earmarks"].split("\n")[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [("empty_file", None, None)]),
        (b"\n\n", [("empty_file", None, None)]),
        (b"city;pool;amount\n", [("delimiter", None, None)]),
        (b"city\tpool\tamount\n", [("delimiter", None, None)]),
        (b'city,pool,amount\n440300,land,1\n"440300,land\n', [("csv_syntax", 3, None)]),
        ("city,pool,amount\n".encode("utf-16"), [("encoding", None, None)]),
        (b"city,pool,amount\n\xff\xff\xff\n", [("encoding", None, None)]),
        (b"city,pool,amount,pool\n", [("duplicate_column", 1, "pool")]),
        (b"city,pool,amount,\xe6\x95\xb0\xe9\xa2\x9d\n", [("duplicate_column", 1, "amount")]),
        (b"city,pool,amount,resaon\n", [("unknown_column", 1, "resaon")]),
        (b"city,pool\n", [("missing_column", 1, "amount")]),
        (b"city,pool,amuont\n", [("missing_column", 1, "amount"), ("unknown_column", 1, "amuont")]),
        (b"city,pool,amount,\n440300,land,1,stray\n", [("unnamed_column", 1, None)]),
        (b"city,pool,amount,\n440300,land,1,\n", []),
        (b"city,pool,amount\n440300,land\n", [("row_length", 2, None), ("missing_value", 2, "amount")]),
        (b"city,pool,amount\n440300,land,1,2\n", [("row_length", 2, None)]),
        (b"city,pool,amount\n440300,land,1,,\n", []),
    ],
)
def test_files_that_are_no_tables(content: bytes, expected: list, folder: Path) -> None:
    (folder / "earmarks.csv").write_bytes(content)
    assert codes(folder) == [(code, "earmarks.csv", row, column) for code, row, column in expected]


def test_a_broken_byte_is_not_taken_for_another_encoding(folder: Path) -> None:
    path = folder / "cities.csv"
    path.write_bytes(path.read_bytes().replace("玉林市".encode(), b"\xe6"))
    assert codes(folder)[0] == ("encoding", "cities.csv", 4, None)


def test_unreadable_files(folder: Path) -> None:
    (folder / "earmarks.csv").unlink()
    (folder / "earmarks.csv").mkdir()
    (folder / "limits.csv").unlink()
    (folder / "limits.parquet").write_bytes(b"PAR1 this is no parquet file PAR1")
    assert codes(folder) == [("unreadable", "earmarks.csv", None, None), ("unreadable", "limits.parquet", None, None)]


def test_one_table_in_two_files(folder: Path) -> None:
    pd.read_csv(folder / "cities.csv").to_parquet(folder / "cities.parquet")
    assert codes(folder) == [("several_files", "cities.csv", None, None)]


def test_missing_files(folder: Path) -> None:
    (folder / "cities.csv").unlink()
    (folder / "pools.csv").unlink()
    assert codes(folder) == [("missing_file", "cities.csv", None, None), ("missing_file", "pools.csv", None, None)]


def test_a_table_that_nobody_reads(folder: Path) -> None:
    (folder / "overides.csv").write_text("city\n", encoding="utf-8")
    (finding,) = load(folder)[1]
    assert (finding.severity, finding.code, finding.file) == ("warning", "unknown_table", "overides.csv")
    assert finding.remedy.en.startswith("Did you mean overrides?")
    assert read(folder).warnings == (finding,)


def test_a_further_column_that_looks_like_a_known_one(tmp_path: Path) -> None:
    cities = CITIES.replace("boundary_left", "boundry_left")
    write_tiny(tmp_path / "tiny", cities=cities)
    (finding,) = load(tmp_path / "tiny")[1]
    assert (finding.severity, finding.code, finding.column) == ("warning", "near_column", "boundry_left")


def test_a_misspelt_column_is_named_with_the_missing_one(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", cities=CITIES.replace("settled_last", "setled_last"))
    (finding,) = load(tmp_path / "tiny")[1]
    assert (finding.code, finding.column) == ("missing_column", "settled_last")
    assert finding.remedy.en == "Is setled_last meant to be settled_last? Rename it."


def test_locate(folder: Path, tmp_path: Path) -> None:
    assert locate(folder) == folder
    assert locate(str(folder)) == folder
    assert locate(folder / "instance.toml") == folder
    for path in (tmp_path, tmp_path / "nowhere", "a\0b"):
        instance, findings = load(path)
        assert instance is None
        assert [finding.code for finding in findings] == ["no_instance" if path == tmp_path else "unknown_instance"]


def test_what_is_not_there_is_told_what_is(folder: Path, tmp_path: Path) -> None:
    """A name is one of those that ship, a path a folder or a workbook."""
    (tmp_path / "书").mkdir()
    for name in ("甲省 2021.xlsx", "notes.txt"):
        (tmp_path / "书" / name).touch()

    def said(path: Path | str) -> str:
        (finding,) = load(path)[1]
        return f"{finding.message.zh}{finding.remedy.zh}"

    assert said("chinaa") == "没有这个文件夹，也没有这个名称的自带算例。是否为 china-2020？"
    assert said(tmp_path / "书" / "乙.xlsx") == "没有这个工作簿。该文件夹中有：甲省 2021.xlsx。"
    assert said(tmp_path / "书" / "甲省2021.xlsx") == (
        f"没有这个工作簿。是否为 {(tmp_path / '书' / '甲省 2021.xlsx').as_posix()}？"
    )
    assert said(tmp_path / "书") == "这里没有 instance.toml，不是算例文件夹。该文件夹中有：甲省 2021.xlsx。"
    assert said(tmp_path / "书" / "notes.txt").startswith("这个文件不是工作簿，也不是算例。")
    gone = (tmp_path / "不在").as_posix()
    assert said(tmp_path / "不在" / "里面" / "乙.xlsx") == f"没有这个工作簿。没有文件夹 {gone}。"


def test_input_error_says_everything(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", cities={("440300", "revenue"): "x", ("450900", "size_population"): 1000001})
    with pytest.raises(InputError) as caught:
        read(tmp_path / "tiny")
    assert [finding.severity for finding in caught.value.findings] == ["error", "warning"]
    told = str(caught.value)
    assert told.startswith("cities.csv, row 2, revenue (深圳市 440300) = x: General public revenue is not a number.")
    assert to_records(caught.value.findings)[0] == {
        "severity": "error", "code": "not_a_number", "file": "cities.csv", "row": 2, "column": "revenue",
        "key": "440300", "value": "x",
        "message": {"zh": "“一般公共预算收入”不是一个数。", "en": "General public revenue is not a number."},
        "remedy": {
            "zh": "写一个数，不带文字；单位：万元/年。",
            "en": "Write a number, without words; unit: 10⁴ yuan a year.",
        },
        "cell": None,
        "follow_ups": 0,
    }  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.county if "counties" in name else pytest.mark.slow if "/" in name else ())
        for name in sorted(shipped())  # small ones, in folders, are read and solved by test_small_instances
    ],
)
def test_what_ships_can_be_read(name: str) -> None:
    instance, findings = load(name)
    assert instance is not None, "\n".join(finding.line() for finding in findings)
    assert read(shipped()[name]).hash == instance.hash


def test_names_of_what_ships_are_suggested() -> None:
    names = shipped()
    if "china-2020" not in names:
        pytest.skip("no instance ships yet")
    (finding,) = load("china2020")[1]
    assert "china-2020" in finding.remedy.en


@pytest.mark.slow
def test_ten_times_the_cities_take_no_more_than_some_ten_times_as_long(tmp_path: Path) -> None:
    """Not a benchmark: work that grows with the square of the cities would take a hundred times as long."""
    small, large = (sized(tmp_path / str(count), count) for count in (285, 2850))
    assert load(small)[0] is not None and load(large)[0] is not None
    assert growth(lambda: load(small), lambda: load(large)) < 25


def sized(folder: Path, count: int) -> Path:
    """A folder with the first city as often as is asked for."""
    cities = pd.read_csv(io.StringIO(CITIES), dtype=str).iloc[[0] * count].reset_index(drop=True)
    cities["city"] = [f"{110000 + place}" for place in range(len(cities))]
    write_tiny(folder, limits=None, earmarks=None)
    cities.to_csv(folder / "cities.csv", index=False)
    for table, label, names, value in (
        ("capacity", "service", ("primary", "hospital"), "capacity"),
        ("last_year", "pool", ("land", "equalisation"), "amount"),
    ):
        pairs = pd.MultiIndex.from_product([cities["city"], names], names=["city", label])
        pd.DataFrame({value: 500.0}, index=pairs).to_csv(folder / f"{table}.csv")
    return folder
