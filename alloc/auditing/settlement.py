"""Who is stopped from settling, and by what: the limit of every city, and what relaxing each cause would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from alloc.auditing.grids import Grid, Head, Part, Value, listed
from alloc.auditing.work import Facts, Floats, Work
from alloc.formulation.registry import catalogue
from alloc.instance.instance import Instance
from alloc.result.settled import limit_makers, whole_persons
from alloc.text import Text

TITLE = Text("落户受何所限", "What stops settlement")
WORDS = Text("逐项放松", "relaxing one cause after another")
NAMED = 10  # cities below their limit that are listed
WHOLE = 0.5  # persons: less is rounding
SETTLERS = "settle"  # the quantity of a group limit that counts settlers
PERSONS = Text("人", "persons")
SAID = Text(
    "落户 {settled:,.0f} 人，上年 {last:,.0f} 人；各城市上限合计 {limit:,.0f} 人，"
    "{at} 个城市达到上限，{below} 个低于上限，共差 {short:,.0f} 人{rounded}。",
    "{settled:,.0f} settle, {last:,.0f} did last year; limits add up to {limit:,.0f}. {at} cities are at their limit, "
    "{below} below it, by {short:,.0f} persons in all{rounded}.",
)
ROUNDED = Text("；其余 {rest:,.0f} 人是取整所致", "; rounding leaves out the other {rest:,.0f}")
WHOLE_FACILITIES = Text(
    "设施按整座求解，落户 {settled:,.0f} 人，{below} 个城市低于上限{cities}，共差 {short:,.0f} 人；"
    "设施可分的松弛解落户 {relaxed:,.0f} 人，其差来自设施只能整座新建和整座求解留下的差距。以下各项按松弛解计算。",
    "With whole facilities {settled:,.0f} settle; {below} cities are below their limit{cities}, by {short:,.0f} "
    "persons in all. The relaxation, which builds parts of facilities, settles {relaxed:,.0f}: the difference comes "
    "of whole facilities and of the gap that their solve leaves. All below is of the relaxation.",
)
METHOD = Text(
    "每次放松一项，重新求松弛解；多得的人数就是这一项挡住的人数。两项同时挡住的，单独放松任何一项都不多得。",
    "Each cause relaxed by itself, the relaxation solved again: those who settle more are those it stops. Where two "
    "stop the same people, relaxing one alone brings none of them.",
)
A_PERSON_A_CITY = Text("平均每市不到一人的差别，只是取整。", "Less than a person a city is rounding.")
NOT_SOLVED = Text("未能求解", "not solved")


@dataclass(frozen=True)
class Cause:
    """Something that may stop settlement.

    Attributes:
        name: machine name.
        title: in words.
        edits: lines that relax it; none: the instance has no such rule.
    """

    name: str
    title: Text
    edits: tuple[str, ...] = field(default_factory=tuple)


def causes(instance: Instance, plenty: float) -> tuple[Cause, ...]:
    """What may stop settlement in an instance, with the edits that relax it.

    Args:
        instance: whose settings say which rules there are.
        plenty: money for building that is enough for every city, 10⁴ yuan.
    """
    policy = instance.settings.policy.settlement
    growth = ("drop policy.settlement.growth",) if policy.growth is not None else ()
    money = (
        "policy.settlement.cost = 0", "services.running_cost = 0", f"cities.fund_available = {plenty!r}"
    )  # fmt: skip
    services = ("services.settlement_prerequisite = false",)
    limited = instance.tables["limits"]["quantity"] == SETTLERS
    return (
        Cause("growth", Text("增长上限", "growth limit"), growth),
        Cause("quota", Text("落户指标", "quota"),
              ("policy.settlement.quota_classes = []",) * bool(policy.quota_classes)),
        Cause("willingness", Text("落户意愿", "willingness"), ("cities.willingness = 1",)),
        Cause("money", Text("资金（落户、运行、建设）", "money (to settle, run and build)"), money),
        Cause("services", Text("公共服务", "services"), services),
        Cause("money_services", Text("资金和公共服务", "money and services"), (*money, *services)),
        Cause("limits", Text("分组限制", "group limits"),
              (f"drop limits where quantity == '{SETTLERS}'",) * bool(limited.any())),
    )  # fmt: skip


def settlement(work: Work) -> Part | None:
    """The section; None where there is no answer to compare with.

    Args:
        work: of the audit.
    """
    base = work.base
    if base is None:
        return None
    asked = [each for each in causes(base.instance, _plenty(base)) if each.edits]
    more: dict[str, Floats] = {}
    rows: list[tuple[Value, ...]] = []
    done = 0
    for cause in work.each(WORDS, asked):
        edited = work.edited(*cause.edits)
        found = None if edited is None else work.solved(edited)
        if work.interrupted:
            break
        done += 1
        edits = "; ".join(cause.edits)
        if found is None:
            rows.append((cause.title, None, None, None, Text(f"{NOT_SOLVED.zh}：{edits}", f"{NOT_SOLVED.en}: {edits}")))
            continue
        more[cause.name] = found.settle - base.settle
        gaining = int(np.count_nonzero(more[cause.name] > WHOLE))
        rows.append((cause.title, float(found.settle.sum()), float(more[cause.name].sum()), gaining, edits))
    heads = (
        Head("cause", Text("放松", "relaxed")), Head("settled", Text("落户", "settle"), "count", PERSONS),
        Head("more", Text("多落户", "more settle"), "count", PERSONS),
        Head("cities", Text("多落户的城市", "cities with more"), "count"), Head("edits", Text("修改", "edits")),
    )  # fmt: skip
    relaxed = Grid("relaxed", Text("放松一项能多落户多少", "What relaxing one cause gives"), heads, tuple(rows),
                   A_PERSON_A_CITY)  # fmt: skip
    below = _below(base, more, asked)
    grids = (_makers(base), relaxed, *([below] if below.rows else []))
    said = [settled_said(base), METHOD]
    if (answer := work.answer) is not None and round(float(answer.settle.sum())) != round(float(base.settle.sum())):
        said.insert(0, whole_said(answer, base))
    return Part("settlement", TITLE, tuple(said), grids, done == len(asked))


def _plenty(base: Facts) -> float:
    """Money that builds all that any city lacks, 10⁴ yuan."""
    derived = base.derived
    lacking = np.maximum(0.0, derived.full_need - derived.capacity) @ derived.capital_cost
    return float(np.ceil(max(lacking.max(), derived.fund_available.max())))


def settled_said(base: Facts) -> Text:
    """How many settle, of how many limits allow; what is missing is of cities below their limit, or rounding."""
    short = base.short
    last = base.instance.tables["cities"]["settled_last"].to_numpy(float)
    limits = whole_persons(base.derived.settle_limit)
    limited = limits > 0
    settled, limit, lacking = (float(each.sum()) for each in (base.settle, limits, short))
    rest = round(limit) - round(settled) - round(lacking)
    return SAID.fill(
        settled=settled, last=float(np.nansum(last)), limit=limit,
        at=int(np.count_nonzero(limited & (short == 0))), below=int(np.count_nonzero(short)), short=lacking,
        rounded=ROUNDED.fill(rest=float(rest)) if rest else Text("", ""),
    )  # fmt: skip


def whole_said(answer: Facts, base: Facts) -> Text:
    """How many settle with whole facilities, who is below the limit then, and how many the relaxation settles.

    Args:
        answer: with whole facilities.
        base: its relaxation.
    """
    below = _furthest(answer.short)
    named = listed([answer.names[city] for city in below], NAMED)
    return WHOLE_FACILITIES.fill(
        settled=float(answer.settle.sum()), below=len(below), short=float(answer.short.sum()),
        cities=Text(f"（{named.zh}）", f" ({named.en})") if below else Text("", ""), relaxed=float(base.settle.sum()),
    )  # fmt: skip


def _furthest(short: Floats) -> list[int]:
    """The cities below their limits, those furthest below first."""
    return [int(city) for city in np.argsort(-short, kind="stable") if short[city] > 0]


def _makers(base: Facts) -> Grid:
    """Which rule makes the limit of how many cities, and how many of these reach it."""
    bounds, short = base.derived.settle_bounds, base.short
    maker = limit_makers(base.derived)
    known = catalogue(base.instance.formulation).rules
    rows: list[tuple[Value, ...]] = []
    for k, bound in enumerate(bounds):
        own = maker == k
        if own.any():
            reached = int(np.count_nonzero(own & (short == 0)))
            limit, settled = float(whole_persons(base.derived.settle_limit[own]).sum()), float(base.settle[own].sum())
            rows.append((known[bound.rule].title, int(own.sum()), limit, settled, reached))
    heads = (
        Head("rule", Text("上限由何而来", "limit made by")), Head("cities", Text("城市数", "cities"), "count"),
        Head("limit", Text("上限", "limit"), "count", PERSONS),
        Head("settled", Text("落户", "settle"), "count", PERSONS),
        Head("reached", Text("达到上限的城市", "cities that reach it"), "count"),
    )  # fmt: skip
    return Grid("limits", Text("落户上限", "Limits of settlement"), heads, tuple(rows))


def _below(base: Facts, more: Mapping[str, Floats], asked: list[Cause]) -> Grid:
    """The cities that are furthest below their limits, and what relaxing each cause would give them."""
    short = base.short
    solved = [each for each in asked if each.name in more]
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (base.names[c], float(base.settle[c]), float(short[c]), *(float(more[each.name][c]) for each in solved))
        for c in _furthest(short)[:NAMED]
    )
    heads = (
        Head("city", Text("城市", "city")), Head("settled", Text("落户", "settle"), "count"),
        Head("short", Text("距上限", "below the limit"), "count"),
        *(Head(each.name, each.title, "count") for each in solved),
    )  # fmt: skip
    title = Text(
        "距上限最远的城市，及放松各项能多落户多少（人）",
        "Furthest below their limits, and who more would settle (persons)",
    )
    return Grid("below", title, heads, rows)
