"""An instance as short text: its pools, services, tiers, and the marks of what is estimated or assumed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alloc.content.blocks import Table
from alloc.content.numbers import shown
from alloc.instance import read
from alloc.output import show
from alloc.result.instance_text import instance_section
from instances import write_tiny

SOURCES = (
    "table,column,status\ncities,revenue,estimated\ncities,residents,published\npools,total,assumed\n"
    "capacity,capacity,estimated\nservices,norm,assumed\nlimits,value,derived\n"
)


def sections(folder: Path, language: str, **changes: object) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Titles and texts of the tables."""
    instance = read(write_tiny(folder / "tiny", **changes))  # type: ignore[arg-type]
    tables = (part for part in instance_section(instance, language).parts if isinstance(part, Table))
    return {table.title: shown(table, language).rows for table in tables}


def test_sections(tmp_path: Path) -> None:
    found = sections(tmp_path, "en", sources=SOURCES)
    assert list(found) == [
        "Three cities", "Pools", "Services", "Tiers, in their order", "Limits", "How sure the numbers are",
    ]  # fmt: skip
    overview = {item: (value, unit) for item, value, unit in found["Three cities"]}
    assert overview["cities"] == ("3", "in 2 provinces")
    assert overview["Resident population"] == ("20,300,000", "persons")
    assert overview["General public revenue"] == ("1,435ᵉ", "10⁸ yuan")
    land = next(row for row in found["Pools"] if row[0].endswith(" land"))
    assert land[1:] == ("ha", "4,000ᵃ", "50", "2,000ᵃ", "2,000", "0.7 … 1.4", "−30% … +30%", "yes")
    bond = next(row for row in found["Pools"] if row[0].endswith(" special_bond"))
    assert bond[5:] == ("—", "—", "— … +100%", "no")
    primary = next(row for row in found["Services"] if row[0].endswith(" primary"))
    assert primary[3:8] == ("1ᵃ", "90", "1,580,000", "1,475,000", "93.4")
    assert [row[2] for row in found["Tiers, in their order"]][:3] == ["minimum", "fairness", "settlement"]
    assert found["Tiers, in their order"][1][3] == "method = cvar, beta = 0.1, tolerance = 0.005"
    assert found["Limits"][1][2:] == ("allocation:land", "size class: megacity and very large",
                                           "<=", "0.6", "share")  # fmt: skip


def test_status_of_every_column(tmp_path: Path) -> None:
    rows = sections(tmp_path, "en", sources=SOURCES)["How sure the numbers are"]
    by_key = {(table, status): (int(count), names.split(", ")) for table, status, count, names in rows}
    assert by_key["cities", "estimatedᵉ"] == (1, ["revenue"])
    assert by_key["pools", "assumedᵃ"] == (1, ["total"])
    assert not any(table == "limits" for table, _ in by_key), "what a planner orders is no data"
    count, names = by_key["cities", "not stated"]
    assert count == len(names) and "idle" in names and "revenue" not in names and "lon" not in names
    assert not any(table == "sources" for table, _ in by_key)


def test_without_sources(tmp_path: Path) -> None:
    assert "How sure the numbers are" not in sections(tmp_path, "en")
    text = show(read(tmp_path / "tiny"), "en")
    assert text.endswith("This instance says nothing of its sources.")
    assert "ᵉ" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_national_instance(language: str) -> None:
    text = show(read("china-2020"), language)
    assert ("31 个省份" if language == "zh" else "in 31 provinces") in text
    assert ("公布" if language == "zh" else "published") in text
    assert text.count("ᵉ") > 15 and text.count("ᵃ") > 15
    assert max(map(len, text.split("\n"))) <= 110


def test_a_bare_instance(tmp_path: Path) -> None:
    """One pool without formula, nothing optional: no section is empty, and nothing is made up."""
    found = sections(
        tmp_path, "zh", limits=None, earmarks=None, sources=None,
        factors="pool,factor,weight\n", last_year=None,
        pools="pool,kind,use,title_zh,title_en,total,reserve,exhaust,quantum\na,transfer,general,甲,A,50,0,false,1\n",
    )  # fmt: skip
    assert list(found) == ["三城小例", "资源池", "公共服务", "目标次序"]
    assert found["资源池"] == (("甲 a", "万元", "50.00", "0", "50.00", "—", "—", "—", "否"),)


def test_for_machines(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from alloc.cli import main

    folder = write_tiny(tmp_path / "tiny", sources=SOURCES)
    shown = CliRunner().invoke(main, ["show", str(folder), "--format", "json"])
    assert shown.exit_code == 0
    content = json.loads(shown.stdout)
    instance = read(folder)
    assert content["hash"] == instance.hash and content["settings"]["year"] == instance.settings.year
    assert content["tables"]["cities"]["rows"] == len(instance.tables["cities"])
    sources = instance.tables["sources"]
    assert len(sources) == 6
    for table, column, status in zip(sources["table"], sources["column"], sources["status"], strict=True):
        assert content["tables"][table]["columns"][column] == status
    assert content["tables"]["pools"]["columns"]["pool"] == ""  # not stated
