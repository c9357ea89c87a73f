"""Values of a what-if that the checks refuse: the others are solved, and it is said what is wrong with these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from alloc.instance.findings import VARIED, Finding, InputError, errors
from alloc.instance.instance import Instance
from alloc.scenario import Edit, Edited, apply
from alloc.text import Text, figure

if TYPE_CHECKING:
    from alloc.parametric.vary import Variation

Refused = tuple[Finding, ...]
SAID = Text("取值 {values} 未通过检查，没有求解：{why}", "Refused by the checks and not solved, {values}: {why}")


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
    names = ["value", *(["second"] if variation.second else [])]
    points = variation.tiers.drop_duplicates("step").set_index("step")[names].to_dict("index")
    found: dict[Finding, list[str]] = {}
    for step, findings in variation.refused.items():
        value = " × ".join(figure(float(each)).replace("-", "−") for each in points[step].values())
        for finding in findings:
            found.setdefault(_fault(finding), []).append(value)
    comma = "、" if language == "zh" else ", "
    return [SAID.said(language, values=comma.join(values), why=_told(fault, language))
            for fault, values in found.items()]  # fmt: skip


def _fault(finding: Finding) -> Finding:
    """A finding without the value that it is of, where that is what varies."""
    return replace(finding, value=None) if finding.file == VARIED else finding


def _told(finding: Finding, language: str) -> str:
    zh = language == "zh"
    return finding.told(language) if finding.file == VARIED else finding.line("zh" if zh else "en")
