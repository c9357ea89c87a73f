"""What went into two results is told by titles: records, values of enumerations and codes of other records."""

from __future__ import annotations

import pytest

import alloc
from alloc.comparison import Comparison
from alloc.comparison.text.said import comparison_sections
from alloc.comparison.text.wording import say
from alloc.content.blocks import Table
from instances import write_tiny

HEADS = "table,column,item,city,status,source,source_zh,year,note,note_zh\n"
CELL = "capacity,capacity,hospital,440300,{status},,,,{note},{note_zh}\n"
COLUMN = "table,column,status,source,year,note\ncities,revenue,{status},,,\n"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    found = []
    for status, note, note_zh in (("estimated", "by hand", "按比例"), ("published", "yearbook", "年鉴")):
        folder = write_tiny(
            tmp_path_factory.mktemp(status),
            sources=COLUMN.format(status=status),
        )
        cell = CELL.format(status=status, note=note, note_zh=note_zh)
        (folder / "cell_sources.csv").write_text(HEADS + cell, encoding="utf-8")
        found.append(
            alloc.solve(folder, edits=[f"services.hospital.restricted = {str(status == 'estimated').lower()}"])
        )
    return found[0].compare(found[1])


def told(comparison: Comparison, language: str) -> set[tuple[str, ...]]:
    parts = [part for section in comparison_sections(comparison, language) for part in section.parts]
    (table,) = (part for part in parts if isinstance(part, Table) and part.title == say(language, "inputs"))
    return {tuple(map(str, row[1:5])) for row in table.rows}


def test_records_of_sources_and_their_values_are_told_by_titles(comparison: Comparison) -> None:
    assert told(comparison, "zh") == {
        ("cell_sources.status", "现有能力、现有能力、医院、深圳市", "估计", "公布"),
        ("cell_sources.note_zh", "现有能力、现有能力、医院、深圳市", "按比例", "年鉴"),
        ("sources.status", "城市、一般公共预算收入", "估计", "公布"),
        ("services.restricted", "医院", "是", "否"),
    }


def test_english_readers_have_values_as_they_are_and_texts_in_english(comparison: Comparison) -> None:
    found = told(comparison, "en")
    assert ("cell_sources.note", "Capacity, Capacity, Hospital, 深圳市", "by hand", "yearbook") in found
    assert ("sources.status", "Cities, General public revenue", "estimated", "published") in found
    assert ("services.restricted", "Hospital", "yes", "no") in found and len(found) == 4
