"""Whole facilities while they are solved: which steps are done, what objectives have reached, what a stop would give.

The reports of the engine are gathered into one picture, so that whoever comes late, or missed some, sees all of it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from alloc.content.figures import number, percent
from alloc.formulation.registry import catalogue_for
from alloc.instance.instance import Instance
from alloc.output import STAGES
from alloc.result.result import Result
from alloc.solver.facilities.band import BAND, TITLE
from alloc.solver.model.status import Progress, TierState, gap_size
from alloc.text import Text
from alloc.workbench.models import Words
from alloc.workbench.picture.outcome import OPEN, shown_gap, shown_tier, tier_state
from alloc.workbench.picture.rules import words

RELAXED, CITIES, FIXED, JOINT, BOUNDS = (
    "relaxation",
    "every city by itself",
    "facilities fixed",
    "joint search",
    "bounds",
)
MENDED = "facilities made to fit"
BY_CITY, TOGETHER = (RELAXED, CITIES, FIXED, BOUNDS), (JOINT, FIXED, BOUNDS)

BEGUN = Text("正在求整座设施的方案", "Solving with whole facilities")
AT_STAGE = Text("正在求整座设施的方案：{stage}", "Solving with whole facilities: {stage}")
AT_TIER = Text(
    "正在求整座设施的方案：{stage}，第 {number} 级（共 {of} 级）“{tier}”",
    "Solving with whole facilities: {stage}, tier {number} of {of}, {tier}",
)
WITH_GAP = Text("{said}，差距 {gap}", "{said}, gap {gap}")
PARTS = Text("{said}，{part} / {of} 个城市", "{said}, {part} of {of} cities")
WAITS, AT_WORK, DONE = Text("等待", "waits"), Text("求解中", "being solved"), Text("完成", "done")
HERE = Text("设施既定下最优", "optimal for these facilities")
LOOKING, PROVEN = Text("正在找更好的", "looking for better"), Text("搜索完成", "search done")
GAP = Text(
    "差距是目前的方案与任何方案都不可能超过的界之差，占其值的比例；值小于该级通常大小的，直接写差额，按通常大小计算比例。"
    "不超过 {gap} 即算已证明。",
    "The gap is how far the plan is from the bound that no plan can better, as a share of its value, or, where the "
    "value is small for its kind, by itself, and then its share of the usual size counts; up to {gap} it counts as "
    "proven.",
)
FOR_THESE = Text(
    "“设施既定”一步里的值，是在逐市选定的设施下的最优值；与所有方案相比还差多少，要到“求各目标的界”一步才知道。",
    "In the step “facilities fixed” a value is the best for the facilities that were chosen city by city; how far it "
    "may be from the best of all plans is known once the bounds are found.",
)
STOP_LATER = Text(
    "松弛解还没有求完，现在停下没有可留的方案。", "The relaxation is not solved yet: there is nothing to keep so far."
)
STOP_CITIES = Text(
    "尚未选定设施的城市取松弛解向下取整，再在既定设施下求解。结果照样核验，并注明提前停止。",
    "Cities that have not been reached get the relaxation rounded down, then the rest is solved for these facilities. "
    "The result is verified all the same and says that it was stopped.",
)
STOP_JOINT = Text(
    "目前找到的最好方案留下，其余各级在其设施上求解。结果照样核验，并注明提前停止。",
    "The best plan so far stands and the other objectives are solved for its facilities. The result is verified all "
    "the same and says that it was stopped.",
)
STOP_FIXED = Text(
    "设施已选定；没有求到的各级保持现值。结果照样核验，并注明提前停止。",
    "The facilities are chosen; objectives that were not reached keep what they have. The result is verified all the "
    "same and says that it was stopped.",
)
STOP_BOUNDS = Text(
    "方案已定，只缺一部分界；结果照样核验，差距未全部求出。",
    "The plan is there and only some of its bounds are missing; it is verified all the same.",
)
STOPS = {RELAXED: STOP_LATER, CITIES: STOP_CITIES, MENDED: STOP_CITIES, JOINT: STOP_JOINT, FIXED: STOP_FIXED,
         BOUNDS: STOP_BOUNDS}  # fmt: skip
STAGE_DONE = Text("{stage}：完成", "{stage}: done")
TIER_DONE = Text("{stage}，{tier}：{value}", "{stage}, {tier}: {value}")
ADDED = (
    Text("{said}，至多 {bound}", "{said}, at most {bound}"),
    Text("{said}，至少 {bound}", "{said}, at least {bound}"),
)

State = Literal["waits", "now", "done"]
STATES: tuple[State, ...] = ("done", "now", "waits")  # of a step before, at and behind the one that is being done


class RunStage(BaseModel):
    """A step of the run; `note` says how far it is, where it is counted."""

    id: str
    title: Words
    state: State
    note: Words


class RunTier(BaseModel):
    """An objective: of the relaxation, of the best plan so far, what none can better, and the gap of the two.

    The gap is a share of the objective's size; in words it is told as `alloc solve` tells it.
    """

    id: str
    number: int
    title: Words
    relaxed: Words | None = None
    best: Words | None = None
    bound: Words | None = None
    gap: float | None = None
    gap_words: Words | None = None
    state: Words
    stage: State = "waits"


class Told(BaseModel):
    """Something that happened, so many seconds after the run began."""

    seconds: float
    words: Words


class Running(BaseModel):
    """One whole picture of a run: progress of a job of kind ``whole``, and part of the picture of its result."""

    headline: Words
    stages: list[RunStage]
    tiers: list[RunTier]
    happened: list[Told]
    gap_note: Words
    stop_note: Words
    can_keep: bool
    seconds: float
    limit: float | None


NOTHING = words(Text("", ""))


class Course:
    """Gathers the reports of one run.

    Args:
        instance: that is solved with whole facilities.
    """

    def __init__(self, instance: Instance) -> None:
        self._settings, self._named = instance.settings, catalogue_for(instance.settings).tiers
        self._order = TOGETHER if instance.settings.facilities == "joint" else BY_CITY
        self._stage, self._tier, self._seconds = "", "", 0.0
        self._part: tuple[int, int] | None = None
        self._gap: float | None = None
        self._happened: list[Told] = []
        self._tiers = {
            entry.tier: RunTier(id=entry.tier, number=place, title=words(self._named[entry.tier].head),
                                state=words(WAITS))
            for place, entry in enumerate(instance.settings.objective, 1)
        }  # fmt: skip

    def after(self, progress: Progress) -> Running:
        """The picture after one more report."""
        if self._stage and progress.stage != self._stage:
            self._tell(progress.seconds, STAGE_DONE.fill(stage=STAGES[self._stage]))
            for each in self._tiers.values():  # every pass goes through all of them again
                each.stage, each.state = "waits", words(WAITS)
        self._stage, self._seconds, self._part = progress.stage, progress.seconds, progress.part
        self._tier, self._gap = progress.tier, progress.gap if progress.stage == JOINT else None
        if progress.tier in self._tiers:
            self._reached(self._tiers[progress.tier], progress)
        return self.picture()

    def _reached(self, tier: RunTier, progress: Progress) -> None:
        about, done = self._named[tier.id], progress.state is TierState.DONE
        value, bound = (
            None if each is None else shown_tier(each, about.unit) for each in (progress.best, progress.bound)
        )
        tier.stage = "done" if done else "now"
        if progress.stage == RELAXED:
            tier.relaxed, tier.state = value or tier.relaxed, words(DONE if done else AT_WORK)
        elif progress.stage == JOINT:
            tier.best, tier.bound, tier.gap = value or tier.best, bound, progress.gap
            tier.gap_words = None
            if progress.best is not None:
                size = gap_size(progress.best, progress.scale)
                given = next(each.tolerance for each in self._settings.objective if each.tier == progress.tier)
                entry = {"value": progress.best, "bound": progress.bound, "gap": progress.gap, "size": size,
                         "tolerance": given}  # fmt: skip
                tier.gap_words = shown_gap(entry, about.unit)
            tier.state = words(PROVEN if done else LOOKING)
        elif progress.stage == FIXED:
            tier.best, tier.state = value or tier.best, words(HERE if done else AT_WORK)
        else:
            for each in self._tiers.values():  # only what begins is reported, tier by tier
                if each.number < tier.number:
                    done_with = each.stage != "waits"
                    each.stage, each.state = ("done", words(DONE)) if done_with else ("waits", words(OPEN))
            tier.stage, tier.state = "now", words(AT_WORK)
        if done and value is not None:
            said = TIER_DONE.fill(stage=STAGES[progress.stage], tier=about.head, value=Text(value.zh, value.en))
            if progress.stage == JOINT and bound is not None:
                said = ADDED[about.better == "lower"].fill(said=said, bound=Text(bound.zh, bound.en))
            self._tell(progress.seconds, said)

    def _tell(self, seconds: float, said: Text) -> None:
        self._happened.append(Told(seconds=round(seconds, 1), words=words(said)))

    def picture(self) -> Running:
        """Everything so far."""
        at = self._order.index(FIXED if self._stage == MENDED else self._stage) if self._stage else -1
        stages = [
            RunStage(id=each, title=words(STAGES[each]), state=STATES[1 + (place > at) - (place < at)],
                     note=self._counted() if place == at and self._part else NOTHING)
            for place, each in enumerate(self._order)
        ]  # fmt: skip
        gap = GAP.fill(gap=percent(self._settings.gap, 2))
        if self._order is BY_CITY:
            gap = Text(gap.zh + FOR_THESE.zh, f"{gap.en} {FOR_THESE.en}")
        return Running(
            headline=self._headline(), stages=stages, tiers=[each.model_copy() for each in self._tiers.values()],
            happened=list(self._happened), gap_note=words(gap), stop_note=words(STOPS.get(self._stage, STOP_LATER)),
            can_keep=at > 0 or any(each.best is not None for each in self._tiers.values()),
            seconds=round(self._seconds, 2), limit=self._settings.time_limit,
        )  # fmt: skip

    def _counted(self) -> Words:
        assert self._part is not None
        part, of = (number(each) for each in self._part)
        return Words(zh=f"{part} / {of}", en=f"{part} / {of}")

    def _headline(self) -> Words:
        if not self._stage:
            return words(BEGUN)
        stage = STAGES[self._stage]
        if self._part is not None:
            part, of = (number(each) for each in self._part)
            return words(PARTS.fill(said=AT_STAGE.fill(stage=stage), part=part, of=of))
        if self._tier == BAND:
            return words(AT_STAGE.fill(stage=TITLE))
        tier = self._tiers.get(self._tier)
        if tier is None:
            return words(AT_STAGE.fill(stage=stage))
        said = AT_TIER.fill(
            stage=stage, number=tier.number, of=len(self._tiers), tier=Text(tier.title.zh, tier.title.en)
        )
        return words(said if self._gap is None else WITH_GAP.fill(said=said, gap=percent(self._gap, 2)))


def compared(whole: Result, relaxed: Result) -> list[RunTier]:
    """The objectives of a result with whole facilities beside those of the relaxation, once it is there."""
    named = catalogue_for(whole.instance.settings).tiers
    before: dict[str, Any] = {entry["tier"]: entry for entry in relaxed.manifest["tiers"]}
    found = []
    for place, entry in enumerate(whole.manifest["tiers"], 1):
        about, old = named[entry["tier"]], before.get(entry["tier"])
        bound = None if entry["bound"] is None else shown_tier(entry["bound"], about.unit)
        found.append(RunTier(
            id=entry["tier"], number=place, title=words(about.head), stage="done" if entry["optimised"] else "waits",
            relaxed=None if old is None else shown_tier(old["value"], about.unit), bound=bound, gap=entry["gap"],
            best=shown_tier(entry["value"], about.unit), gap_words=shown_gap(entry, about.unit),
            state=words(tier_state(entry, about.better, whole.instance.settings.gap)),
        ))  # fmt: skip
    return found
