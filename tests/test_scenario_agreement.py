"""What becomes of one cell that several edits are about, and how two that disagree are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from alloc.scenario.agreement import reconcile
from alloc.scenario.edits import SETTINGS, Edit, Origin, Verb
from alloc.scenario.touch import Touch

CELL = ("pools", ("land",), "total")
OLD = 100.0


def edit(number: int, verb: Verb, value: Any) -> Edit:
    return Edit(verb, "pools.total", value, origin=Origin("s.toml", number, 0))


def made(edit: Edit) -> Any:
    """What an edit alone makes of 100."""
    value = edit.value
    return {
        "set": lambda: value, "add": lambda: OLD + value, "scale": lambda: OLD * value, "drop": lambda: None,
        "at_most": lambda: min(OLD, value), "at_least": lambda: max(OLD, value),
    }[edit.verb]()  # fmt: skip


def settled(*asked: tuple[Verb, Any]) -> tuple[Any, tuple[int, ...], list[str]]:
    """What becomes of the cell, who makes it, and what is said of those that disagree."""
    edits = [edit(place + 1, *each) for place, each in enumerate(asked)]
    touched = {place: [Touch(CELL, 3, OLD, made(each))] for place, each in enumerate(edits)}
    cells, findings = reconcile(edits, touched)
    assert list(cells) == [CELL] and cells[CELL].row == 3 and cells[CELL].old == OLD
    assert [(each.code, each.column, each.key) for each in findings] == [
        ("edits_disagree", "pools.total", "land")
    ] * len(findings)  # fmt: skip
    return cells[CELL].new, cells[CELL].edits, [each.message.en for each in findings]


@pytest.mark.parametrize(
    ("asked", "new", "makers"),
    [
        ([("set", 50.0)], 50.0, (0,)),
        ([("set", 50.0), ("set", 50.0)], 50.0, (0, 1)),
        ([("scale", 2.0), ("set", 200.0)], 200.0, (0, 1)),  # one relative edit and a value that is the same
        ([("set", 50.0), ("at_most", 150.0)], 50.0, (0,)),  # a bound that leaves 100, and keeps 50 too
        ([("at_least", 40.0), ("set", 50.0)], 50.0, (1,)),
        ([("set", 150.0), ("at_most", 150.0)], 150.0, (0,)),  # up to the bound itself
        ([("set", 40.0), ("at_least", 40.0)], 40.0, (0,)),
        ([("at_most", 150.0), ("at_least", 40.0)], OLD, (0, 1)),  # bounds alone, which leave it
        ([("at_most", 60.0), ("at_least", 40.0)], 60.0, (0,)),
        ([("set", OLD), ("at_most", 150.0)], OLD, (0,)),
    ],
)
def test_edits_that_agree(asked: list[tuple[Verb, Any]], new: Any, makers: tuple[int, ...]) -> None:
    assert settled(*asked) == (new, makers, [])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([("set", 50.0), ("set", 60.0)], "s.toml, edit 1 makes it 50, s.toml, edit 2 makes it 60."),
        # Two that add or scale never agree, also where they come to the same.
        ([("add", 100.0), ("scale", 2.0)],
         "s.toml, edit 1 makes it 200 (from what it is), s.toml, edit 2 makes it 200 (from what it is)."),
        ([("set", 160.0), ("at_most", 150.0)], "s.toml, edit 1 makes it 160, s.toml, edit 2 makes it at most 150."),
        ([("set", 30.0), ("at_least", 40.0)], "s.toml, edit 1 makes it 30, s.toml, edit 2 makes it at least 40."),
        ([("at_most", 60.0), ("at_most", 50.0)],
         "s.toml, edit 1 makes it at most 60, s.toml, edit 2 makes it at most 50."),
        ([("drop", None), ("at_most", 150.0)], "s.toml, edit 1 makes it empty, s.toml, edit 2 makes it at most 150."),
    ],
)  # fmt: skip
def test_edits_that_disagree(asked: list[tuple[Verb, Any]], message: str) -> None:
    (said,) = settled(*asked)[2]
    assert said == message


def test_all_that_disagree_with_the_first_are_named_and_each_pair_once() -> None:
    said = settled(("scale", 2.0), ("scale", 3.0), ("set", 50.0))[2]
    assert [each.count("edit 1") for each in said] == [1, 1]
    assert ["edit 2" in said[0], "edit 3" in said[1]] == [True, True]
    assert not any("more cells" in each for each in said)
    # The first that is relative disagrees with the second; the first of all with whatever makes something else.
    (one,) = settled(("set", 160.0), ("set", 160.0), ("at_most", 150.0))[2]
    assert "edit 1" in one and "edit 3" in one, "the first of two that make the same"
    said = settled(("set", 50.0), ("add", 1.0), ("add", 2.0))[2]
    assert ["edit 2" in each and "edit 3" in each for each in said] == [True, False, False]


def test_cells_of_one_pair_are_counted_and_rows_that_come_are_not_relative() -> None:
    edits = [edit(1, "set", 1.0), edit(2, "set", 2.0)]
    names = [("pools", (each,), "total") for each in ("a", "b", "c")]
    _, (finding,) = reconcile(edits, {place: [Touch(name, 0, OLD, edits[place].value) for name in names]
                                      for place in (0, 1)})  # fmt: skip
    assert finding.message.en.endswith("(and 2 more cells).") and finding.key == "a" and finding.row == 2
    rows = [Edit("add", "overrides", {"city": "1", "amount": value}) for value in (8.0, 8.0, 9.0)]
    cell = ("overrides", ("1",), "amount")
    agreed = reconcile(rows[:2], {place: [Touch(cell, -1, None, 8.0)] for place in (0, 1)})
    assert agreed[0][cell].new == 8.0 and agreed[0][cell].edits == (0, 1) and agreed[1] == []
    _, (finding,) = reconcile(rows[1:], {place: [Touch(cell, -1, None, 8.0 + place)] for place in (0, 1)})
    assert "makes it 8," in finding.message.en and finding.message.en.endswith("makes it 9.")


def test_settings_are_named_by_their_path_alone() -> None:
    edits = [Edit("set", "gap", value, origin=Origin(number=place)) for place, value in ((1, 0.1), (2, 0.2))]
    _, (finding,) = reconcile(edits, {place: [Touch((SETTINGS, (), "gap"), 0, 0.0, edits[place].value)]
                                      for place in (0, 1)})  # fmt: skip
    assert (finding.column, finding.key) == ("gap", None)
    assert finding.message.zh == "第 1 条修改、第 2 条修改对同一格的结果不同：前者为 0.1，后者为 0.2。"
