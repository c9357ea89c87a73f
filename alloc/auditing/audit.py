"""The verb ``audit``: whether the answer of an instance can be believed, section by section."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from alloc.arguments import ArgumentError, checked, option
from alloc.auditing.blindness import blindness
from alloc.auditing.distributions import distributions
from alloc.auditing.grids import Part
from alloc.auditing.noise import noise
from alloc.auditing.probes import probes
from alloc.auditing.published import published as beside_published
from alloc.auditing.published import read_published
from alloc.auditing.schemes import scheme_part
from alloc.auditing.settlement import settlement
from alloc.auditing.twins import twins
from alloc.auditing.work import Work
from alloc.content.blocks import Section, Table
from alloc.explanation.shared.answer import Report, Writable, silent
from alloc.instance.instance import Instance
from alloc.instance.suggest import Known
from alloc.opening import Given, opened
from alloc.parametric.curves import ENDED
from alloc.solver.model.runs import Clock
from alloc.text import Text, listed

LONG = 1e7  # seconds: an audit goes on until it is done or interrupted
# The sections by name, each with what the command's help calls it.
SECTIONS: Mapping[str, Text] = MappingProxyType({
    "distributions": Text("分布", "distributions"), "schemes": Text("按级别或户籍会怎样", "schemes"),
    "twins": Text("近似城市", "twins"), "blindness": Text("不看级别", "blindness"), "probes": Text("虚报", "probes"),
    "noise": Text("误差", "noise"), "settlement": Text("落户", "settlement"),
    "published": Text("与实际分配相比", "published"),
})  # fmt: skip
SAID = Text(
    "{cities} 个城市，设施{whole}；试报、误差和放松均按松弛解（设施可分）计算。",
    "{cities} cities, facilities {whole}; false reports, noise and what is relaxed are solved with facilities in "
    "parts.",
)
WHOLE, PARTS = Text("为整座", "whole"), Text("可以不为整座", "in parts")
EARLY = Text(
    "求解未完成（{stopped}）：所审的是目前最好的方案。",
    "The solve did not come to its end ({stopped}): what is audited is the best plan so far.",
)
NO_ANSWER = Text(
    "没有满足规则的分配方案，无可审查；用 alloc explain 查看冲突的规则。",
    "No allocation satisfies the rules, so there is nothing to audit; ask alloc explain which rules clash.",
)
INTERRUPTED = Text("被中断，未做的部分没有列出。", "Interrupted: sections that were not reached are not here.")
UNKNOWN = Text("没有 {name} 这一部分。{near}可选：{known}。", "There is no section {name}. {near}Choose from {known}.")
NEAR = Text("是否为 {near}？", "Did you mean {near}? ")
NEEDS_FILE = Text(
    "published 一节需要实际分配的文件（{published}）。",
    "The section published needs a file of real allocations ({published}).",
)


@dataclass(frozen=True)
class Audit(Writable):
    """What an audit found.

    Attributes:
        instance: that was audited.
        parts: the sections that were asked for, as far as they came.
        whole: whether facilities were whole in what the first sections describe.
        stopped: why its solve stopped, where it did not come to its end; else "".
        feasible: whether it has an answer at all; None where it was interrupted before that was known.
        complete: whether nobody interrupted.
    """

    TITLE: ClassVar[Text] = Text("方案审查", "Audit of the answer")

    instance: Instance
    parts: tuple[Part, ...]
    whole: bool
    stopped: str
    feasible: bool | None
    complete: bool

    def sentences(self, language: str) -> list[str]:
        """What was audited, and whether it came to its end.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Sentences.
        """
        if self.feasible is False:
            return [NO_ANSWER.said(language)]
        whole = WHOLE if self.whole else PARTS
        said = [SAID.fill(cities=f"{len(self.instance.tables['cities']):,}", whole=whole)]
        said += [EARLY.fill(stopped=ENDED[self.stopped])] if self.stopped else []
        said += [] if self.complete else [INTERRUPTED]
        return [each.said(language) for each in said]

    def tables(self, language: str) -> list[Table]:
        """The tables of all sections.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            In their order.
        """
        return [grid.table(language) for part in self.parts for grid in part.grids]

    def sections(self, language: str) -> tuple[Section, ...]:
        """What was audited, then every section with its sentences and tables.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            The sections.
        """
        first = self.section(language)
        about = Section("audit", self.TITLE.said(language), "", first.parts[: len(self.sentences(language))])
        return (about, *(part.section(language) for part in self.parts))

    def record(self) -> dict[str, Any]:
        """For machines: raw values by section and table, in multiples, shares, persons, yuan and m².

        Returns:
            Nested dictionaries and lists.
        """
        return {
            "question": "audit",
            "instance": {"name": self.instance.name, "hash": self.instance.hash},
            "facilities": "whole" if self.whole else "parts",
            "stopped": self.stopped,
            "feasible": self.feasible,
            "complete": self.complete,
            "sections": {part.name: part.record() for part in self.parts},
        }


@checked
def audit(
    instance: Given,
    *,
    only: str | Sequence[str] = (),
    published: Path | str | None = None,
    every: bool = False,
    scenario: str | Sequence[str] | None = None,
    edits: str | Sequence[str] = (),
    relaxation: bool | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    formulation: str | None = None,
    on_progress: Report = silent,
) -> Audit:
    """Says of the answer of an instance why to trust it, and where not.

    The instance is solved and stays as it is; every probe solves a copy. After Ctrl-C the audit holds what was done.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory; or a
            result, for the instance that was solved there.
        only: by name or Chinese title, of ``distributions``, ``schemes``, ``twins``, ``blindness``, ``probes``,
            ``noise``, ``settlement``, ``published``; none: all, the second where the instance has schemes, the last
            where there is a file for it.
        published: a CSV file of real allocations, with the columns city, pool, year, amount, and perhaps unit.
        every: whether false reports are tried in every city, not in a sample.
        scenario: one or several of its scenarios, by name, or the path of a scenario's file; in their order.
        edits: a line, or several; applied after the scenario.
        relaxation: True: facilities in parts throughout; None: as the instance says, but for probes.
        gap: relative gap up to which a tier counts as proven; None: the instance's.
        time_limit: seconds for each solve; None: the instance's.
        formulation: name of the model; None: as the instance says.
        on_progress: told of every step.

    Returns:
        What was found.

    Raises:
        InputError: the input, an edit or the file of real allocations is wrong; with every finding.
        FormulationError: the formulation cannot be built or is not known to every room.
        UnverifiedError: an answer failed its verification.
        ArgumentError: there is no such section, or the file is missing that it needs.
    """
    wanted = [only] if isinstance(only, str) else list(only)
    by_title = {words: name for name, title in SECTIONS.items() for words in title}
    wanted = [by_title.get(name, name) for name in wanted]
    if unknown := [name for name in wanted if name not in SECTIONS]:
        known = listed([Text(f"{name}（{title.zh}）", name) for name, title in SECTIONS.items()])
        near = Known([*by_title, *SECTIONS]).nearest(unknown[0])
        meant = Text("", "") if near is None else NEAR.fill(near=near)
        raise ArgumentError(UNKNOWN.fill(name=unknown[0], known=known, near=meant))
    if published is None and "published" in wanted:
        raise ArgumentError(NEEDS_FILE.fill(published=option("published")))
    asked = [name for name in SECTIONS if name in wanted or not wanted]
    real = None if published is None or "published" not in asked else read_published(Path(published))
    edited = opened(
        instance, scenario, edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation
    )
    clock = Clock(LONG)
    work = Work(edited.instance, on_progress, clock)

    def of_answer(make: Callable[..., Part | None], *more: Any) -> Part | None:
        return None if work.answer is None else make(work.answer, *more)

    makers: Mapping[str, Callable[[], Part | None]] = {
        "distributions": lambda: of_answer(distributions),
        "schemes": lambda: of_answer(scheme_part, "schemes" in wanted),
        "twins": lambda: of_answer(twins),
        "blindness": lambda: blindness(work),
        "probes": lambda: probes(work, every),
        "noise": lambda: noise(work),
        "settlement": lambda: settlement(work),
        "published": lambda: None if real is None else of_answer(beside_published, real),
    }
    with clock.interruptible():
        parts = tuple(part for name in asked if (part := makers[name]()) is not None)
    return Audit(
        edited.instance, parts, edited.instance.settings.integers, work.stopped,
        True if parts else None if work.interrupted else False, not work.interrupted,
    )  # fmt: skip
