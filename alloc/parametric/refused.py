"""Values of a what-if without an allocation, refused by the checks or as rules clash: the others are solved, and it is
said what is wrong with these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alloc.formulation.registry import catalogue
from alloc.instance.findings import VARIED, Finding, InputError, errors
from alloc.instance.instance import Instance
from alloc.scenario import Edit, Edited, apply
from alloc.text import Text, figure, listed

if TYPE_CHECKING:
    from alloc.parametric.vary import Variation
    from alloc.result.result import Result

Refused = tuple[Finding, ...]
SAID = Text("取值 {values} 未通过检查，没有求解：{why}", "Refused by the checks and not solved, {values}: {why}")

NO_PLAN = Text("取值 {values} 没有满足全部规则的方案：{why}", "No allocation satisfies the rules at {values}: {why}")
CLASH = Text("{rules}不能同时成立。", "these cannot hold together: {rules}.")


def applied(instance: Instance, edits: Sequence[Edit]) -> Edited | Refused:
    """The instance of a step, or what is wrong with it."""
    try:
        return apply(instance, edits)
    except InputError as error:
        return errors(error.findings)


def refuse_all(refused: Mapping[int, Refused], steps: int) -> None:
    """Where no value is left, what is wrong, each fault once, whatever the values that it is found of.

    Raises:
        InputError: every step is refused.
    """
    if len(refused) == steps:
        every = (finding for findings in refused.values() for finding in findings)
        raise InputError({_fault(finding): finding for finding in reversed(list(every))}.values())


def refused_said(variation: Variation, language: str) -> list[str]:
    """A sentence for each fault, with the values that the checks refuse for it."""
    points = _values(variation)
    found: dict[Finding, list[str]] = {}
    for step, findings in variation.refused.items():
        for finding in findings:
            found.setdefault(_fault(finding), []).append(points[step])
    comma = "、" if language == "zh" else ", "
    return [SAID.said(language, values=comma.join(values), why=_told(fault, language))
            for fault, values in found.items()]  # fmt: skip


def clashes_said(variation: Variation, language: str) -> list[str]:
    """A sentence for each reason why no allocation satisfies the rules, with the values for which it holds."""
    found: dict[str, list[str]] = {}
    values = _values(variation)
    for step, why in variation.clashes.items():
        for each in why:
            found.setdefault(each.said(language), []).append(values[step])
    comma = "、" if language == "zh" else ", "
    return [NO_PLAN.said(language, values=comma.join(at), why=why) for why, at in found.items()]


def clashes(step: int, result: Result | None) -> dict[int, tuple[Text, ...]]:
    """Why no allocation satisfies the rules of a step: by arithmetic, else the rules that clash; empty where one does.

    Args:
        step: its number.
        result: of it; None: the checks have refused it.
    """
    if result is None or not result.infeasible:
        return {}
    if wrong := errors(result.findings):
        return {step: tuple(each.message for each in wrong)}
    known = catalogue(result.instance.formulation).families
    return {step: (CLASH.fill(rules=listed(known[name].title for name in result.conflict)),)} if result.conflict else {}


def _values(variation: Variation) -> dict[int, str]:
    """The value of each step, or both, as they are told."""
    names = ["value", *(["second"] if variation.second else [])]
    points: dict[Any, dict[Any, Any]] = (
        variation.tiers.drop_duplicates("step").set_index("step")[names].to_dict("index")
    )
    return {step: " × ".join(figure(float(each)).replace("-", "−") for each in point.values())
            for step, point in points.items()}  # fmt: skip


def _fault(finding: Finding) -> Finding:
    """A finding without the value that it is of, where that is what varies."""
    return replace(finding, value=None) if finding.file == VARIED else finding


def _told(finding: Finding, language: str) -> str:
    zh = language == "zh"
    return finding.told(language) if finding.file == VARIED else finding.line("zh" if zh else "en")
