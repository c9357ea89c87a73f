"""What a reader must know before relying on a result: what it does not reach, what is not proven, how sure data are.

In plain words; the chapter on the method has the same tier by tier.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from alloc.content.blocks import Amount
from alloc.content.figures import gap_of, tier_unit
from alloc.content.numbers import amount_text
from alloc.instance.divisions.scope import units_left_out
from alloc.instance.statuses import LEFT_OUT, MIXED, said_of, tally
from alloc.report.sections.budget import kept_beside_bonds
from alloc.report.sections.pools import left_over
from alloc.report.view import MINIMUM, View
from alloc.result.notes import halted_lines
from alloc.solver.model.status import TierResult
from alloc.tolerances import ROUNDOFF, SHOWN_GAP


def stopped(view: View) -> list[str]:
    """What comes before everything else, as one paragraph: that the computation did not come to its end."""
    lines = halted_lines(view.result, view.language)
    return [view.say("", " ").join(lines)] if lines else []


def unreached(view: View) -> list[str]:
    """What the allocation does not reach: pools in full, the national minimum, shortfalls and debts of the past, money
    for building that is kept beside new bonds."""
    said = []
    left = left_over(view)
    for place, pool in enumerate(view.derived.pools):
        if left[place] >= view.derived.quantum[place] * (1 - ROUNDOFF):
            land = view.pools.at[pool, "kind"] == "land"
            amount = float(left[place])
            text = f"{view.exact(amount)} {view.hectares}" if land else view.money_text(amount)
            said.append(view.say("{pool}有 {amount}没有分出。", "Of {pool} {amount} are not given out.",
                                 pool=view.pool_title(pool), amount=text))  # fmt: skip
    below = view.array("services", "gap") > ROUNDOFF
    if below.any():
        services = [
            view.service_title(each) for place, each in enumerate(view.derived.services) if below[:, place].any()
        ]
        said.append(view.say(
            "年末{cities}仍至少有一项服务低于国家最低标准{mark}（{services}）。",
            "After the year some service ({services}) is still below the national minimum{mark} in {cities}.",
            mark=view.mark(MINIMUM),
            cities=view.cities_said(below.any(axis=1)), services=view.listed(services),
        ))  # fmt: skip
    short = view.derived.shortfall
    if (short > 0).any():
        said.append(view.say(
            "{cities}原有收支缺口共 {sum}，本方案没有弥补。",
            "Budget shortfalls of the past in {cities}, {sum} in all, are not closed by the allocation.",
            cities=view.cities_said(short > 0), sum=view.money_text(float(short.sum())),
        ))  # fmt: skip
    if told := kept_beside_bonds(view):
        said.append(told)
    over = view.debt["ratio_before"].to_numpy() > view.instance.settings.policy.debt.ceiling
    if over.any():
        said.append(view.say(
            "{cities}的债务年初已超过债务率上限，不再安排新增债券。",
            "Debt is above its ceiling already in {cities}; no new bonds go there.",
            cities=view.cities_said(over),
        ))  # fmt: skip
    return said


def uncertain(view: View) -> list[str]:
    """What is not proven, and how sure the data are."""
    scope = units_left_out(view.codes)
    said = [*_proof(view), *_data(view), *([scope.said(view.language)] if scope else []), *_left_out(view)]
    if not view.instance.settings.integers:
        said.append(view.say("设施数允许有小数，不是可直接实施的项目清单。",
                             "Facilities are not whole numbers, so this is no list of projects."))  # fmt: skip
    return said


def _proof(view: View) -> list[str]:
    """Whether anything better is ruled out, and by how much the plan may fall short."""
    tiers = [TierResult(**each) for each in view.result.manifest["tiers"]]
    if halted_lines(view.result, view.language):  # which stands at the head of the page
        return []
    if any(not each.optimised for each in tiers):
        return [view.say("没有证明本方案是最好的：排在后面的要求还没有来得及优化。",
                         "It is not proven that nothing is better: what comes later in the order was not "
                         "optimised.")]  # fmt: skip
    widest = max(tiers, key=lambda each: each.open or 0.0, default=None)
    if widest is not None and (widest.open or 0.0) > SHOWN_GAP:
        return [_widest(view, widest)]
    if any(each.bound is None for each in tiers):
        return [view.say("是否还有更好的方案没有全部证明，见“方法与复现”一章。",
                         "It is not proven throughout that nothing is better: see the chapter on method.")]  # fmt: skip
    return []


def _widest(view: View, tier: TierResult) -> str:
    """What may be farthest from its best, with the value, the best and the gap that the chapter on method has of it."""
    about = view.catalogue.tiers[tier.tier]
    unit, decimals = tier_unit(about.unit, tier.value)
    name = unit.said(view.language)
    behind = f" × {name}" if name[:1].isdigit() else f" {name}".rstrip()
    gap = gap_of(asdict(tier), unit.size, decimals)
    value, best = (
        amount_text(Amount((each or 0.0) / unit.size, decimals)) + behind for each in (tier.value, tier.bound)
    )
    return view.say(
        "设施须为整数，是否还有更好的方案没有完全证明：余地最大的一项是“{title}”，本方案为 {value}，"
        "最好也不过 {best}，差距 {gap}{off}；各项见“方法与复现”一章。",
        "Facilities are whole, and it is not proven throughout that nothing is better: most room is left in “{title}”, "
        "where the allocation has {value} and no other can better {best}, a gap of {gap}{off} (all of them stand in "
        "the chapter on method).",
        title=about.title.said(view.language),
        value=value, best=best, gap=amount_text(gap) + ("" if gap.percent else behind),
        off=view.say("（按未四舍五入的数计算）", ", taken before rounding,") if gap.off else "",
    )  # fmt: skip


def _left_out(view: View) -> list[str]:
    """In a province, the limits of the nation that it was cut out without, as the cut has put them on record."""
    sources = view.instance.tables["sources"]
    table, column = LEFT_OUT
    rows = sources[(sources["table"] == table) & (sources["column"] == column) & (sources["status"] == "derived")]
    return [told for row in rows.to_dict("records") if (told := said_of(row, "note", view.language))]


def _data(view: View) -> list[str]:
    count = tally(view.instance.tables)
    estimated, assumed, all_of = count["estimated"], count["assumed"], count.total()
    if count[MIXED]:
        return [view.say(
            "输入数据共 {all} 列，其中 {estimated} 列为估计（ᵉ）、{assumed} 列为假设（ᵃ），{mixed} 列各城市不一；"
            "涉及估计和假设的数字不能作为对具体城市的结论。",
            "Of {all} input columns {estimated} are estimated (ᵉ) and {assumed} assumed (ᵃ), and of {mixed} the status "
            "differs by city; numbers that rest on estimated or assumed data allow no conclusion about a real city.",
            all=all_of, estimated=estimated, assumed=assumed, mixed=count[MIXED],
        )]  # fmt: skip
    if estimated + assumed:
        return [view.say(
            "输入数据共 {all} 列，其中 {estimated} 列为估计（ᵉ）、{assumed} 列为假设（ᵃ）；"
            "涉及这些列的数字不能作为对具体城市的结论。",
            "Of {all} input columns {estimated} are estimated (ᵉ) and {assumed} assumed (ᵃ); numbers that rest on "
            "them allow no conclusion about a real city.",
            all=all_of, estimated=estimated, assumed=assumed,
        )]  # fmt: skip
    if count:
        return []
    return [view.say("本算例没有数据来源表，数据的可靠程度无从判断。",
                     "The instance says nothing of its sources, so how sure its data are is not known.")]  # fmt: skip


def border_line(view: View) -> list[str]:
    """How many cities a small correction of their data would move to another standard of land; nothing where none."""
    near = near_border(view)
    if not near:
        return []
    return [view.say(
        "{cities}的人均建设用地离标准的分界线不到 2 %，数据稍有改动，人均标准就会跳档（见“人地挂钩核算表”）。",
        "Built-up land a resident lies within 2 % of a border of the land standard in {cities}, so a small "
        "correction of the data means another standard (marked in the table of linked land).",
        cities=view.cities_said(np.isin(range(len(view.codes)), near)),
    )]  # fmt: skip


def near_border(view: View) -> list[int]:
    """Cities whose built-up land a resident lies within 2 % of a border of the land standards."""
    square = (
        10_000 * view.cities["built_up"].to_numpy(dtype=float) / view.cities["urban_residents"].to_numpy(dtype=float)
    )
    borders = [row.up_to for row in view.instance.settings.policy.land.standards if row.up_to]
    return [at for at in range(len(square)) if any(abs(square[at] / border - 1) <= 0.02 for border in borders)]
