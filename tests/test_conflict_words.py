"""What a conflict says of each group of rows: no text has an empty place."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.infeasibility.groups import Group
from alloc.explanation.infeasibility.words import Names
from alloc.formulation.lever import BELONGS
from alloc.formulation.registry import catalogue
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.schema.optional.links import LINKS
from alloc.scenario import apply, parse_edit

HOME = Path(__file__).resolve().parent.parent / "instances" / "families"
FURTHER = set(BELONGS.values()) - {"", "cities", LINKS.name}


def test_no_family_leaves_a_place_empty() -> None:
    """Families, causes and rules, of rows of some cities, of one city and of all cities together."""
    instance = read(HOME / "unassigned_total")
    names, known = Names(instance, derive(instance)), catalogue(instance.formulation)
    everything = [*known.families, *known.causes, *known.rules]
    asked = [name for name in everything if known.item_of(name) in ("", "cities", *FURTHER)]
    assert "unassigned_total" in asked and len(asked) > len(everything) / 2
    for name in asked:
        item = "x" if known.item_of(name) in FURTHER else ""
        for level, place, cities in (
            ("nation", "", ()), ("nation", "", ("000001", "000002")), ("city", "000001", ("000001",)),
            ("province", "00", ("000001", "000002")), ("class", "medium", ("000001", "000002")),
        ):  # fmt: skip
            of = names.group(Group(name, item, level, place, cities))
            assert all(text.strip() and text.strip("，, ") == text for text in of), (name, level, of)


@pytest.mark.long
def test_a_row_over_all_cities_says_so() -> None:
    """More land must be given out than may be used or stay unassigned. In Chinese its words name all cities, once."""
    instance = apply(read(HOME / "unassigned_total"), [parse_edit("pools.exhaust = true")]).instance
    conflict = explain_conflict(instance)
    begun = {
        "zh": "- 暂未安排用地总量上限：全部城市暂未安排的用地之和，",
        "en": "- Most unassigned land of all — all cities: ",
    }
    for language, words in begun.items():
        assert sum(line.startswith(words) for line in conflict.sentences(language)) == 1
    assert [each["of"] for each in conflict.record()["conflict"] if each["family"] == "unassigned_total"] == [
        {"zh": "全部城市", "en": "all cities"}
    ]
