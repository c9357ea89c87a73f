"""The page that stands alone: what was allocated, what limits it, who gains and loses, what is uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alloc.content.blocks import Fact, Facts, Figure, Listing, Paragraph, Part, Section
from alloc.content.figures import number
from alloc.content.numbers import change
from alloc.instance.statuses import MIXED, tally
from alloc.report.charts.changes import Panel, changes
from alloc.report.view import Floats, View, significant
from alloc.result.notes import note_lines
from alloc.result.settled import settlement_is_data
from alloc.result.summary import status_line
from alloc.result.wording import say
from alloc.solver.model.status import TierResult
from alloc.tolerances import SHOWN_GAP

if TYPE_CHECKING:
    from alloc.explanation.formula.formula import Formula

SHOWN = 5  # cities named on either side


def summary(view: View, formula: Formula | None = None) -> Section:
    """The first section; of what the formula alone would give it has a line."""
    parts: list[Part] = [Paragraph(said) for said in _how_found(view)]
    parts += [Facts(tuple(_facts(view))), Paragraph(_allocated(view)), Paragraph(_limits(view))]
    parts += [Paragraph(_gains(view))]
    if formula is not None and (said := formula.said(view.language)):
        parts.append(Paragraph(said))
    figure = _changes(view)
    if figure is not None:
        parts.append(figure)
    parts += [Paragraph(view.say("哪些还不确定：", "What is uncertain:")), Listing(tuple(_uncertain(view)))]
    sentence = view.say(
        "本报告把{count}个城市的建设用地指标、财政转移支付、债券额度和公共服务能力一并安排，"
        "各项总量恰好分完或不超过可分配数，"
        "{checks}项核验全部通过。",
        "This report shares out new land, fiscal transfers, bond quotas and service capacity among {count} cities; "
        "every "
        "pool adds up to what there is to give, and all {checks} checks passed.",
        count=number(len(view.codes)), checks=number(view.result.manifest["verified"]["checks"]),
    )  # fmt: skip
    return Section("summary", view.say("摘要", "In short"), sentence, tuple(parts))


def _how_found(view: View) -> list[str]:
    """What comes before everything else: that the solve did not come to its end, and how the result was found."""
    said = note_lines(view.result, view.language)
    if not view.result.finished:
        said.insert(0, view.say("注意：{how}。", "Note: {how}.", how=status_line(view.result, view.language)))
    return said


def _facts(view: View) -> list[Fact]:
    facts = []
    for kind, label in (
        ("land", view.say("新增建设用地", "new construction land")),
        ("transfer", view.say("转移支付", "transfers")),
        ("bond", view.say("新增债券", "new bonds")),
    ):
        if not view.kind(kind).any():
            continue
        now, before = view.given(kind).sum(), view.given(kind, "before").sum()
        money = view.money(now)
        unit, scale = (view.hectares, 1.0) if kind == "land" else (money.unit, money.scale)
        against = ""
        if before > 0:
            against = view.say("比{base}{change}", "{change} against {base}", base=view.base_word,
                               change=change(100 * (now / before - 1), 1) + " %")  # fmt: skip
        facts.append(Fact(label, significant(now / scale), unit, against))
    settle, limit = view.people["settle"].sum(), view.people["settle_limit"].sum()
    scale, unit = (10_000, view.say("万人", "10⁴ persons")) if settle >= 1e5 else (1, view.persons)
    share = view.say(
        "落户上限的 {share} %",
        "{share} % of the settlement limits",
        share=number(100 * settle / limit if limit else 0.0, 1),
    )
    facts.append(Fact(view.say("当年落户", "settle this year"), significant(settle / scale), unit,
                      share if limit else ""))  # fmt: skip
    weights = view.derived.population_share
    before, after = ((view.people[name].to_numpy() * weights).sum() for name in ("score_before", "score"))
    facts.append(Fact(
        view.say("公共服务平均得分", "mean service "
                                     "score"), number(100 * after, 1),
        view.say("分（满分 100）", "of 100"),
        view.say("比年初{change}", "{change} in the year", change=change(100 * (after - before), 1)),
    ))  # fmt: skip
    return facts


def _allocated(view: View) -> str:
    said = []
    for pool, amount in zip(view.derived.pools, np.nansum(view.amounts["published"], axis=0), strict=True):
        if view.pools.at[pool, "kind"] == "land":
            text = view.say("{amount}公顷", "{amount} ha", amount=view.about(amount))
        else:
            text = view.money_text(amount)
        said.append(view.say("{title}{amount}", "{title} {amount}", title=view.pool_title(pool), amount=text))
    services = view.result.tables["services"]
    built, money = services["build"].sum(), view.budget["spending"].sum()
    return view.say(
        "分配了什么：{pools}。用这些要素，各地新建公共服务设施 {built} 处，建设和盘活支出 {spent}。",
        "What was allocated: {pools}. With these, cities build {built} service facilities and spend {spent} on "
        "building "
        "and on reusing idle land.",
        pools=view.listed(said) if view.zh else "; ".join(said), built=number(built), spent=view.money_text(money),
    )  # fmt: skip


def _limits(view: View) -> str:
    families = view.result.tables["families"].set_index("family")
    of_pools = view.catalogue.shared("pools")  # that all is given out limits nothing
    told = []
    for family, row in families.to_dict("index").items():
        about = view.family(str(family))
        if about.arithmetic or not row["binding"] or family in of_pools:
            continue
        told.append((row["binding"] / row["rows"], getattr(about.binds, view.language).format(
            count=number(row["binding"]))))  # fmt: skip
    told.sort(reverse=True)
    if not told:
        return view.say("受什么限制：没有规则起约束作用。", "What limits it: no rule binds.")
    sentences = [text for _, text in told[:4]]
    if settlement_is_data(view.people):
        sentences.append(say(view.language, "settlement_is_data"))
    return view.say("受什么限制：", "What limits it: ") + ("" if view.zh else " ").join(sentences)


def _gains(view: View) -> str:
    said = []
    for kind, title in (("land", view.say("用地", "land")), ("transfer", view.say("转移支付", "transfers"))):
        moved = _moved(view, kind)
        if moved is None:
            continue
        up, down = int((moved > 0).sum()), int((moved < 0).sum())
        most, least = (view.short_names[int(each)] for each in (np.argmax(moved), np.argmin(moved)))
        said.append(view.say(
            "{title}增加的城市{up}个，减少的{down}个，增加最多的是{most}，减少最多的是{least}",
            "{title} up in {up} cities and down in {down}, up most in {most} and down most in {least}",
            title=title, up=number(up), down=number(down), most=most, least=least,
        ))  # fmt: skip
    if not said:
        return view.say("谁增谁减：没有可比的数据。", "Who gains and loses: there is nothing to compare with.")
    return view.say("谁增谁减：与{base}相比，{said}。", "Who gains and loses: against {base}, {said}.",
                    base=view.base_word, said=view.say("；", "; ").join(said))  # fmt: skip


def _moved(view: View, kind: str) -> Floats | None:
    """What every city gets more of a kind than before, in the instance's unit; None where nothing moves."""
    if not view.kind(kind).any():
        return None
    moved = view.given(kind) - view.given(kind, "before")
    return moved if np.abs(moved).max() > 0 else None


def _changes(view: View) -> Figure | None:
    panels, said = [], []
    for kind, title in (
        ("land", view.say("新增建设用地", "New land")),
        ("transfer", view.say("转移支付", "Transfers")),
    ):
        moved = _moved(view, kind)
        if moved is None:
            continue
        money = view.money(float(np.abs(moved).max()), 1)
        unit, scale, decimals = (view.hectares, 1.0, 0) if kind == "land" else (money.unit, money.scale, money.decimals)
        order = np.argsort(moved, kind="stable")
        chosen = [at for at in order[::-1][:SHOWN] if moved[at] > 0] + [at for at in order[:SHOWN] if moved[at] < 0]
        rows = [(view.short_names[at], float(moved[at]), change(float(moved[at]) / scale, decimals)) for at in chosen]
        panels.append(Panel(view.say("{title}（{unit}）", "{title} ({unit})", title=title, unit=unit), rows))
        said += [view.say("{title}：", "{title}: ", title=title) + view.listed(f"{a} {c}" for a, _, c in rows)]
    if not panels:
        return None
    up = view.short_names[int(np.argmax(_moved(view, "land")))] if _moved(view, "land") is not None else ""  # type: ignore[arg-type]
    title = view.say("增减最多的城市", "The largest gains and losses")
    if up:
        title = view.say("用地增加最多的是{up}", "{up} gains the most land", up=up)
    return Figure(
        "changes", title,
        view.say("与{base}相比增减最多的城市", "Cities with the largest changes against {base}", base=view.base_word),
        view.say("来源：本方案公布数", "Source: the published allocation"), changes(panels, "；".join(said)),
        view.say("；", "; ").join(said),
    )  # fmt: skip


def _uncertain(view: View) -> list[str]:
    said = []
    count = tally(view.instance.tables)
    estimated, assumed, all_of = count["estimated"], count["assumed"], count.total()
    if count[MIXED]:
        said.append(view.say(
            "输入数据共 {all} 列，其中 {estimated} 列为估算（ᵉ）、{assumed} 列为假定（ᵃ），{mixed} 列逐城市不同；"
            "涉及估算和假定的数字不能作为对具体城市的结论。",
            "Of {all} input columns {estimated} are estimated (ᵉ) and {assumed} assumed (ᵃ), and of {mixed} the status "
            "differs by city; numbers that rest on estimated or assumed data allow no conclusion about a real city.",
            all=all_of, estimated=estimated, assumed=assumed, mixed=count[MIXED],
        ))  # fmt: skip
    elif estimated + assumed:
        said.append(view.say(
            "输入数据共 {all} 列，其中 {estimated} 列为估算（ᵉ）、{assumed} 列为假定（ᵃ）；"
            "涉及这些列的数字不能作为对具体城市的结论。",
            "Of {all} input columns {estimated} are estimated (ᵉ) and {assumed} assumed (ᵃ); numbers that rest on "
            "them allow "
            "no conclusion about a real city.",
            all=all_of, estimated=estimated, assumed=assumed,
        ))  # fmt: skip
    elif not count:
        said.append(view.say("本算例没有数据来源表，数据的可靠程度无从判断。",
                             "The instance says nothing of its sources, so how sure its data are is not "
                             "known."))  # fmt: skip
    if view.instance.settings.integers:
        said += _open_tiers(view)
    near = near_border(view)
    if near:
        said.append(view.say(
            "{count}个城市的人均建设用地离分档界线不到 2 %，数据稍有改动，人均标准就会跳档。",
            "In {count} cities built-up land a resident lies within 2 % of a border of the land standard, so a small "
            "correction of the data moves them to another standard.",
            count=len(near),
        ))  # fmt: skip
    if not view.instance.settings.integers:
        said.append(view.say("设施数允许有小数，不是可直接实施的项目清单。",
                             "Facilities are not whole numbers, so this is no list of projects."))  # fmt: skip
    return said


def _open_tiers(view: View) -> list[str]:
    """How far the tiers are from what no plan can better, where facilities are whole."""
    named, apart = view.catalogue.tiers, []
    for tier in view.result.manifest["tiers"]:
        beyond = TierResult(**tier).open
        if beyond is not None and beyond > SHOWN_GAP:
            apart.append(f"{getattr(named[tier['tier']].title, view.language)} {number(100 * beyond, 3)} %")
    if not apart:
        return []
    return [view.say(
        "设施为整数。在前列各级目标不变差的前提下，任何方案至多再改进：{apart}。",
        "Facilities are whole numbers. With the earlier tiers no worse, no plan improves a tier by more than: {apart}.",
        apart=view.say("；", "; ").join(apart),
    )]  # fmt: skip


def near_border(view: View) -> list[int]:
    """Cities whose built-up land a resident lies within 2 % of a border of the land standards."""
    square = (
        10_000 * view.cities["built_up"].to_numpy(dtype=float) / view.cities["urban_residents"].to_numpy(dtype=float)
    )
    borders = [row.up_to for row in view.instance.settings.policy.land.standards if row.up_to]
    return [at for at in range(len(square)) if any(abs(square[at] / border - 1) <= 0.02 for border in borders)]
