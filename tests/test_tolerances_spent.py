"""A tolerance meant for closeness to the formula while another tier comes next: a warning, in both languages."""

from __future__ import annotations

import pytest

import alloc
from alloc.instance import read
from alloc.instance.checks.settings import check_settings
from alloc.scenario import apply, parse_edit

ORDER = ("minimum", "fairness", "settlement", "coverage", "production", "closeness", "cost")


def spent(*edits: str, instance: str = "hand") -> list[alloc.Finding]:
    edited = apply(read(instance), [parse_edit(each) for each in edits])
    return [each for each in check_settings(edited.instance.settings) if each.code == "tolerance_spent"]


def test_production_would_spend_the_tolerance_of_coverage():
    (found,) = spent("objective.coverage.tolerance = 0.001")
    assert (found.severity, found.file, found.column, found.value) == (
        "warning", "instance.toml", "objective[3].tolerance", "0.001",
    )  # fmt: skip
    assert found.message.en == (
        "The tolerance of “Coverage” is spent by “Production land”, which comes next, and not on "
        "closeness to the formula: “Closeness to the formula” behind it is left no room, and amounts stand at extremes."
    )
    assert found.remedy.en == "Put “Closeness to the formula” right behind “Coverage”, or leave this out."
    assert found.message.zh == (
        "目标“公共服务平均得分”的允许让步会被紧随其后的“产业用地保障”用掉，而不是用来贴近公式；"
        "排在后面的“与公式测算数的偏离”得不到余地，各市数字会停在极端处。"
    )
    assert found.remedy.zh == "把“与公式测算数的偏离”放在“公共服务平均得分”之后紧接着的位置，或删去此项。"


@pytest.mark.parametrize(
    "edits",
    [
        ("objective.minimum.tolerance = 0.0001", "objective.fairness.tolerance = 0.005"),  # meant for what comes next
        ("objective.coverage.tolerance = 0",),  # holds it exactly
        (f"objective = {[*ORDER[:4], 'closeness', 'production', 'cost']}", "objective.coverage.tolerance = 0.001"),
        (f"objective = {list(ORDER[:4])}", "objective.coverage.tolerance = 0.001"),  # nothing comes next
    ],
)
def test_no_warning(edits: tuple[str, ...]):
    assert spent(*edits) == []


@pytest.mark.parametrize("name", ["china-2020", "counties-2020", "hand"])
def test_shipped_instances_have_none(name: str):
    assert spent(instance=name) == []
