"""Schemes: what rank, registration or another key would give, beside the plan. None of it is allocated."""

from __future__ import annotations

from itertools import product

import numpy as np

from alloc.content.blocks import Cell, Column, Section, Table
from alloc.content.figures import number, percent, rounded
from alloc.instance.derived.optional.schemes import LESS, Scheme, schemes
from alloc.instance.statuses import grade
from alloc.report.columns import share
from alloc.report.measures import Measure, by_city, by_group, ratio, resting
from alloc.report.view import View, telling
from alloc.text import behind_number

A_RESIDENT = 1e4  # 10⁴ yuan in yuan, and hectares in m²


def scheme_section(view: View) -> Section | None:
    """None where the instance has no schemes that share anything out."""
    found = tuple(each for each in schemes(view.instance, view.derived) if not np.isnan(each.amounts).all())
    if not found:
        return None
    measures = [measure for scheme in found for measure in _a_resident(view, scheme)]
    note = view.say(
        "人均数，比较方案减本方案；全组合计之差除以全组常住人口。",
        "A resident: the scheme less the plan; of a group the difference of its sums over its residents.",
    )
    note += _not_given(view, found)
    tables = [_moved(view, found)]
    for grouping in telling(view.rank, *view.groupings):
        title = view.say("比较方案：按{by}", "Schemes by {by}", by=grouping.title)
        tables += by_group(view, f"schemes_{grouping.name}", title, grouping, measures, "T13", note)
    tables.append(by_city(view, "schemes_city", view.say("比较方案：各城市", "Schemes by city"), measures, "T13", note))
    said = [
        view.say("按{scheme}，{pools}，受挤压的：{cities}。", "By {scheme} {pools}; squeezed: {cities}.",
                 scheme=scheme.title.said(view.language), pools=_range(view, scheme),
                 cities=view.cities_said(scheme.squeezed.any(axis=1)))
        for scheme in found
    ]  # fmt: skip
    lead = view.say(
        "以下办法只供比较，不影响分配结果。", "What follows is only to compare with; none of it is allocated. "
    )
    return Section("schemes", view.say("按其他办法分配会怎样", "What another key would give"),
                   lead + ("" if view.zh else " ").join(said), tuple(tables))  # fmt: skip


def _not_given(view: View, found: tuple[Scheme, ...]) -> str:
    """Why the total of a difference is not 0: a scheme shares out all there is, the plan leaves some of a pool."""
    told = []
    residents = float(np.sum(view.derived.residents))
    for scheme, (kind, title, unit) in product(found, _kinds(view)):
        of_kind = view.kind(kind) & ~np.isnan(scheme.amounts).all(axis=0)
        left = float((scheme.amounts - view.amounts["published"])[:, of_kind].sum())
        if rounded(each := left / residents * A_RESIDENT, 2):
            head = number(each, 2, sign=True)
            amount = f"{view.exact(left)} {view.hectares}" if kind == "land" else view.money_text(left)
            told.append(view.say(
                "{title}合计 {head} {unit} = 本方案没有分出的 {left} ÷ {residents} 人",
                "{title}, in all {head} {unit}: the {left} that the plan does not give out, over {residents} persons",
                title=title, head=head, unit=behind_number(unit), left=amount, residents=number(residents),
            ))  # fmt: skip
    if not told:
        return ""
    return view.say(
        "比较方案把可分配数全部分完，合计不为 0 的是本方案的余数：{told}。",
        " A scheme shares out all that is available; where the total is not 0 the plan leaves some: {told}.",
        told=view.say("；", "; ").join(dict.fromkeys(told)),
    )


def _kinds(view: View) -> tuple[tuple[str, str, str], ...]:
    """Kinds of pools, what they are called, and the unit of what a resident gets."""
    square, yuan = view.say("平方米", "m²"), view.say("元", "yuan")
    return (("transfer", view.say("转移支付", "transfers"), yuan), ("bond", view.say("新增债券", "new bonds"), yuan),
            ("land", view.say("新增用地", "new land"), square))  # fmt: skip


def _range(view: View, scheme: Scheme) -> str:
    """From how much to how much of its pools would change hands."""
    moved = scheme.moved(view.amounts["published"])
    least, most = (percent(float(each), 1) for each in (np.nanmin(moved), np.nanmax(moved)))
    if least == most:
        return view.say("资源池有 {most} 易手", "{most} of the pools would change hands", most=most)
    return view.say("各资源池有 {least} 至 {most} 易手", "{least} to {most} of the pools would change hands",
                    least=least, most=most)  # fmt: skip


def _moved(view: View, found: tuple[Scheme, ...]) -> Table:
    """A row a scheme and pool: what changes hands, and who is squeezed."""
    rows: list[tuple[Cell, ...]] = []
    for scheme in found:
        from_plan, from_residents = scheme.moved(view.amounts["published"]), scheme.moved(scheme.by_residents)
        for r, pool in enumerate(view.derived.pools):
            if np.isnan(from_plan[r]):
                continue
            squeezed = scheme.squeezed[:, r]
            people = float(view.derived.residents[squeezed].sum())
            rows.append((scheme.title.said(view.language), view.pool_title(pool), float(from_plan[r]),
                         float(from_residents[r]), float(squeezed.sum()), people))  # fmt: skip
    columns = (
        Column("scheme", view.say("比较方案", "scheme")), Column("pool", view.say("指标", "pool")),
        share("moved", view.say("与本方案相比易手", "changes hands against the plan")),
        share("from_residents", view.say("与按常住人口相比易手", "against residents")),
        Column("squeezed", view.say("受挤压的城市", "cities squeezed"), view.say("个", ""), "number"),
        Column("people", view.say("其常住人口", "their residents"), view.persons, "number"),
    )  # fmt: skip
    note = view.say(
        "易手：各城市相差之和的一半占可分配数的比例。受挤压：所得比按常住人口分配至少少 {less:.0%}。"
        "上下限、上年数和绩效不计。",
        "Changes hands: half the sum of all differences, of what is shared out. Squeezed: at least {less:.0%} less "
        "than by residents. Bounds, last year and performance do not count.",
        less=1 - LESS,
    )
    return Table("schemes", view.say("换一种办法分配，多少易手", "How much would change hands"), columns, tuple(rows),
                 note=note, code="T13")  # fmt: skip


def _a_resident(view: View, scheme: Scheme) -> list[Measure]:
    """What a resident would get more than by the plan, by kind of pool."""
    weights = np.array(view.derived.residents)
    grades = view.grades(*(f"cities.{name}" for name in scheme.factors if name in view.cities))
    if scheme.weighted:
        grades = np.maximum(grades, np.int8(grade(view.status("scheme_weights.multiplier"))))
    made = []
    for kind, title, unit in _kinds(view):
        told = view.kind(kind) & ~np.isnan(scheme.amounts).all(axis=0)
        if told.any():
            apart = (scheme.amounts - view.amounts["published"])[:, told].sum(axis=1) * A_RESIDENT
            head = view.say("{scheme}：{kind}", "{scheme}: {kind}", scheme=scheme.title.said(view.language), kind=title)
            column = Column(f"{scheme.name}_{kind}", head, unit, "change", 2, colour="diverging")
            made.append(resting(ratio(column, apart, weights), grades))
    return made
