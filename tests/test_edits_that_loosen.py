"""A floor or a cap, as a multiple of last year, that is set to one which leaves more room than there was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alloc.instance import Instance, read
from alloc.scenario import apply, parse_edit
from alloc.scenario.edits import Origin
from alloc.scenario.lines import read_lines
from instances import write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(write_tiny(tmp_path_factory.mktemp("tiny") / "tiny"))


def told(instance: Instance, line: str) -> list[tuple[str, str]]:
    found = apply(instance, [parse_edit(line)]).findings
    return [(each.told("zh"), each.told("en")) for each in found if each.code == "edit_loosens"]


def test_a_floor_below_the_present_one(tiny: Instance) -> None:
    """Only the pools that had a higher one are named: land had 0.7, and bonds none."""
    assert told(tiny, "pools.floor_multiple = 0.75 where kind != 'bond'") == [(
        "第 1 条修改，资源池.保底倍数：“保底倍数”改为 0.75 是放松，不是收紧，原为：均衡性转移支付 0.8。"
        "要收紧，写更大的数。若无误可不改。",
        "edit 1, Floor multiple pools.floor_multiple: Floor multiple: 0.75 loosens it and does not tighten it; it was "
        "0.8 for Equalisation transfer. To tighten it, set a greater number. Leave it if it is right.",
    )]  # fmt: skip


def test_a_cap_above_the_present_one(tiny: Instance) -> None:
    assert told(tiny, "pools.land.cap_multiple = 1.5") == [(
        "第 1 条修改，pools.land.cap_multiple：“封顶倍数”改为 1.5 是放松，不是收紧，原为：新增建设用地 1.4。"
        "要收紧，写更小的数。若无误可不改。",
        "edit 1, pools.land.cap_multiple: Cap multiple: 1.5 loosens it and does not tighten it; it was 1.4 for New "
        "construction land. To tighten it, set a smaller number. Leave it if it is right.",
    )]  # fmt: skip


@pytest.mark.parametrize("line", [
    "pools.land.floor_multiple = 0.8", "pools.land.cap_multiple = 1.3", "pools.floor_multiple *= 0.9",
    "pools.land.total = 3900", "drop pools.land.floor_multiple",
])  # fmt: skip
def test_what_tightens_or_says_itself_what_it_does(line: str, tiny: Instance) -> None:
    """What is scaled or dropped is known to become less."""
    assert told(tiny, line) == []


def test_a_line_behind_another_of_the_request_is_held_against_what_was_there(tiny: Instance) -> None:
    """As a repair is pasted: 1.05 clashed, 0.75 stands instead, and land had 0.7. Below it, it is told with the 0.7."""

    def found(*lines: str) -> list[str]:
        edits, faults = read_lines(lines)
        assert not faults
        return [each.message.zh for each in apply(tiny, edits).findings if each.code == "edit_loosens"]

    first = "pools.land.floor_multiple = 1.05"
    assert found(first, "then pools.land.floor_multiple = 0.75") == []
    assert (
        found(first, "then pools.land.floor_multiple = 0.9", "then pools.floor_multiple = 0.75 where kind == 'land'")
        == []
    )
    assert found(first, "then pools.land.floor_multiple = 0.6") == [
        "“保底倍数”改为 0.6 是放松，不是收紧，原为：新增建设用地 0.7。"
    ]


def test_a_line_behind_a_scenario_is_held_against_the_scenario(tiny: Instance) -> None:
    scenario = parse_edit("pools.land.floor_multiple = 1.05")
    line = parse_edit("pools.land.floor_multiple = 0.75")
    edits = [
        replace(scenario, origin=Origin("case.toml", 1, 0, "case")), replace(line, origin=replace(line.origin, level=1))
    ]  # fmt: skip
    assert [each.message.zh for each in apply(tiny, edits).findings if each.code == "edit_loosens"] == [
        "“保底倍数”改为 0.75 是放松，不是收紧，原为：新增建设用地 1.05。"
    ]
