"""A tolerance meant for closeness to the formula while another tier comes next: a warning, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
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
        "The tolerance of “Coverage” is first spent by “Production land”, which comes next: “Closeness to the formula” "
        "behind it has less room, and amounts are further from the formula."
    )
    assert found.remedy.en == ("Put “Closeness to the formula” right behind “Coverage”. Leave it if it is meant so.")
    assert found.message.zh == (
        "目标“公共服务平均得分”的允许让步先由紧随其后的“产业用地保障”使用；"
        "留给排在后面的“与公式测算数的偏离”的余地减少，各市数字会离公式测算数更远。"
    )
    assert found.remedy.zh == "把“与公式测算数的偏离”放在“公共服务平均得分”之后紧接着的位置。若有意如此，可不改。"


@pytest.mark.slow
def test_what_is_said_is_so(tmp_path: Path):
    """Closeness behind production is further from the formula; without the tolerance it would be further still."""
    home = str(tmp_path / "zhejiang")
    assert CliRunner().invoke(main, ["init", home, "--from", "china-2020", "--province", "330000"]).exit_code == 0
    plain = "drop objective.production.method"
    before = (plain, f"objective = {list(ORDER)}")
    behind = (plain, f"objective = {[*ORDER[:4], 'closeness', 'production', 'cost']}")
    services = ("objective = ['coverage', 'minimum', 'fairness', 'settlement', 'closeness', 'production', 'cost']",)
    assert spent(*before, instance=home)
    assert not spent(*behind, instance=home) and not spent(*services, instance=home)
    near, far, none, first = (
        float(alloc.solve(home, edits=edits, relaxation=True).tiers["value"]["closeness"])
        for edits in (behind, before, (*before, "objective.coverage.tolerance = 0"), services)
    )
    assert near < far < none
    assert first == pytest.approx(near, rel=1e-6), "of services before all, whose tolerance is left to closeness"


@pytest.mark.parametrize(
    "edits",
    [
        ("objective.minimum.tolerance = 0.0001", "objective.fairness.tolerance = 0.005"),  # meant for what comes next
        ("objective.coverage.tolerance = 0",),  # holds it exactly
        (f"objective = {[*ORDER[:4], 'closeness', 'production', 'cost']}", "objective.coverage.tolerance = 0.001"),
        (f"objective = {['coverage', *ORDER[:3], 'closeness', 'cost']}", "objective.coverage.tolerance = 0.001"),
        (
            f"objective = {[*ORDER[:2], 'coverage', 'settlement', 'closeness', 'cost']}",
            "objective.coverage.tolerance = 0.001",
        ),
        (f"objective = {list(ORDER[:4])}", "objective.coverage.tolerance = 0.001"),  # nothing comes next
    ],
)
def test_no_warning(edits: tuple[str, ...]):
    assert spent(*edits) == []


@pytest.mark.parametrize("name", ["china-2020", "counties-2020", "hand"])
def test_shipped_instances_have_none(name: str):
    assert spent(instance=name) == []
