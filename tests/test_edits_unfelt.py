"""What a solve says of edits that changed nothing, of numbers that are reached nowhere, and of an advance."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import alloc
from alloc.result.result import Result
from instances import write_tiny

ADVANCE = ('stage = "advance"', "pools.advance_share = 0.6")


@cache
def solved(*edits: str, instance: str = "hand") -> Result:
    return alloc.solve(instance, edits=list(edits), relaxation=True)


def said(result: Result, language: str) -> list[str]:
    return alloc.show(result, language).splitlines()


def test_an_edit_that_changed_no_value_is_said() -> None:
    """A set to what is there, as any other verb; not one that a later line overrides."""
    ceiling = alloc.read("hand").settings.policy.debt.ceiling
    same = solved(f"policy.debt.ceiling = {ceiling}", "pools.total *= 1", "cities.idle += 5")
    zh = [line for line in said(same, "zh") if "没有改变任何数" in line]
    en = [line for line in said(same, "en") if "changed no value" in line]
    assert zh == [
        "修改“债务率上限”没有改变任何数：算例中已经如此，或没有选中任何记录。",
        "修改“全部资源池的总量”没有改变任何数：算例中已经如此，或没有选中任何记录。",
    ]
    assert en == [
        "The edit of policy.debt.ceiling changed no value: the instance has it so already, or no row fits.",
        "The edit of pools.total changed no value: the instance has it so already, or no row fits.",
    ]
    over = solved("cities.idle += 5", "then cities.idle += 7")
    assert not [line for line in said(over, "en") if "changed no value" in line]


def test_a_number_of_the_policy_that_is_reached_nowhere_is_said() -> None:
    """A ceiling far above every debt holds nobody; one at which a city stands does, and nothing is said."""
    far = "policy.debt.ceiling = 9"
    assert "修改后的“债务率上限”在本方案中不起约束：没有一处达到它。" in said(solved(far), "zh")
    told = "policy.debt.ceiling as edited holds nothing back in this plan: it is reached nowhere."
    assert told in said(solved(far), "en")
    assert not [line for line in said(solved("policy.settlement.cost *= 1.1"), "en") if "reached nowhere" in line]


def test_the_balance_of_an_advance_adds_up_and_its_changes_are_of_a_part() -> None:
    """Total − reserve − later stages = available, on the terminal and in reports; no such column without a stage."""
    result = solved(*ADVANCE)
    zh = said(result, "zh")
    head = zh.index("指标平衡") + 1
    assert "留待以后下达" in zh[head]
    from alloc.result.summary import summary

    (pools,) = (each for each in summary(result, "en").parts if getattr(each, "name", "") == "pools")
    heads = [column.title for column in pools.columns]
    total, available, aside = heads.index("total"), heads.index("available"), heads[heads.index("total") + 1 :]
    assert "later stages" in aside[: available - total - 1]
    for row in pools.rows:
        numbers = [float(getattr(each, "value", each)) for each in row[total : available + 1]]
        assert numbers[0] - sum(numbers[1:-1]) == pytest.approx(numbers[-1])
    assert "later stages" not in "\n".join(said(solved(), "en"))


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("zh", "今年为提前下达数，只是全年的一部分；上年为全年数。两者之差不是全年的增减。"),
        ("en", "This year's amounts are an advance, a part of the year; those of last year are of a whole year. The "
               "difference is no change from year to year."),
    ],
)  # fmt: skip
def test_an_advance_beside_a_whole_year_is_said_below_the_changes(language: str, note: str, tmp_path: Path) -> None:
    tiny = alloc.read(write_tiny(tmp_path))
    results = (alloc.solve(tiny, edits=list(edits), relaxation=True) for edits in ((), ADVANCE))
    plain, early = (" ".join("\n".join(said(result, language)).split()) for result in results)
    joined = early.replace(" ", "") if language == "zh" else early
    assert (note.replace(" ", "") if language == "zh" else note) in joined
    assert note not in plain
