"""The page that stands alone: what was allocated, what limits it, who gains and loses, what was changed by hand, and
what is not reached or uncertain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alloc.content.blocks import Fact, Facts, Figure, Listing, Paragraph, Part, Section
from alloc.content.figures import number
from alloc.content.numbers import change
from alloc.instance.schema.stages import STAGES
from alloc.report.charts.changes import Panel, changes
from alloc.report.plain.by_hand import first_of
from alloc.report.plain.certainty import stopped, uncertain, unreached
from alloc.report.view import Floats, Money, View, significant
from alloc.result.frames.bounds import MOST_NAMED, bounds_that_bind
from alloc.result.frames.standing import families_as_published
from alloc.result.settled import before_rounding, below_limit, limit_makers, willing
from alloc.result.stages import stage_note
from alloc.text import behind_number

SHOWN = 3  # cities drawn on either side
RULES = 3  # rules named among those that limit the allocation
FEW_BOUNDS = 6  # bounds that bind which are named; where tiers had no say, most pools stand at several


def summary(view: View) -> Section:
    """The first section, in words that need no chapter behind it."""
    parts: list[Part] = [Paragraph(said) for said in (*_stage(view), *stopped(view))]
    parts += [Facts(tuple(_facts(view))), Paragraph(_allocated(view))]
    parts += _listed(view.say("受什么限制：", "What limits it:"), _limits(view))
    against = view.say("谁增谁减（与{base}相比）：", "Who gains and loses, against {base}:", base=view.base_word)
    parts += _listed(against, _gains(view))
    figure = _changes(view)
    if figure is not None:
        parts.append(figure)
    changed = first_of(view)
    nothing = "" if changed else view.say("没有修改和调整。", " nothing.")
    parts.append(Paragraph(view.say("人工改了什么：{n}", "What was changed by hand:{n}", n=nothing)))
    parts += [Listing(tuple(changed))] if changed else []
    parts += _listed(view.say("尚未达到和尚不确定的事项：", "What is not reached, and what is uncertain:"),
                     [*unreached(view), *uncertain(view)])  # fmt: skip
    sentence = view.say(
        "本报告把 {count} 个城市的建设用地指标、财政转移支付、债券额度和公共服务能力一并安排，"
        "各项总量恰好分完或不超过可分配数；公布的数字已由原始数据重新核算，{checks}项全部相符。",
        "This report shares out new land, transfers, bond quotas and service capacity among {count} cities, no "
        "pool beyond what there is to give. All {checks} checks of what is published agree.",
        count=number(len(view.codes)), checks=number(view.result.manifest["verified"]["checks"]),
    )  # fmt: skip
    return Section("summary", view.say("摘要", "In short"), sentence, tuple(parts))


def _stage(view: View) -> list[str]:
    """Which part of the year this is; an advance is a part of the year beside the whole of the last one."""
    told = stage_note(view.result, view.language)
    if told and view.result.instance.settings.stage == STAGES[0]:
        told += view.say("与{base}的比较是部分数与全年数相比。", " Against {base} a part stands beside a whole year.",
                         base=view.base_word)  # fmt: skip
    return [told] if told else []


def _listed(head: str, items: list[str]) -> list[Part]:
    return [Paragraph(head), Listing(tuple(items))] if items else []


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
        facts.append(Fact(label, view.exact(now) if kind == "land" else whole_figure(now / scale), unit, against))
    settle, able = float(view.people["settle"].sum()), float(willing(view.derived).sum())
    share = view.say(
        "有意愿者的 {share} %", "{share} % of the willing", share=number(100 * settle / able if able else 0.0, 1)
    )
    label, unit = view.say("当年落户", "persons who settle"), view.say("人", "")
    facts.append(Fact(label, number(settle), unit, share if able else ""))
    weights = view.derived.population_share
    before, after = ((view.people[name].to_numpy() * weights).sum() for name in ("score_before", "score"))
    facts.append(Fact(
        view.say("公共服务平均得分", "mean service "
                                     "score"), number(100 * after, 1),
        view.say("分（满分 100）", "of 100"),
        view.say("比年初{change}", "{change} in the year", change=change(100 * (after - before), 1)),
    ))  # fmt: skip
    return facts


def whole_figure(amount: float) -> str:
    """Four significant figures, and never fewer than the whole number, which tables and the page have too."""
    return number(amount) if abs(amount) >= 10_000 else significant(amount)


def _allocated(view: View) -> str:
    said = []
    for pool, amount in zip(view.derived.pools, np.nansum(view.amounts["published"], axis=0), strict=True):
        land = view.pools.at[pool, "kind"] == "land"
        text = f"{view.exact(amount)} {view.hectares}" if land else view.money_text(amount)
        said.append(view.say("{title} {amount}", "{title} {amount}", title=view.pool_title(pool), amount=text))
    services = view.result.tables["services"]
    built, (money, running) = float(services["build"].sum()), view.budget[["spending", "running"]].sum()
    return view.say(
        "分配了什么：{pools}。用这些要素，各地新建公共服务设施 {built} 处，建设和盘活支出 {spent}，"
        "新增能力一年的运行经费 {running}。",
        "What was allocated: {pools}. With these, cities build {built} service facilities and spend {spent} on "
        "building and on reusing idle land, and {running} on running a year what is added.",
        pools=view.listed(said) if view.zh else "; ".join(said), built=number(built), spent=view.money_text(money),
        running=view.money_text(running),
    )  # fmt: skip


def _limits(view: View) -> list[str]:
    """The rules that bind in words, those of law and of higher authorities first; and what holds settlement."""
    families = families_as_published(view.result).set_index("family")
    owners = list(view.catalogue.owners)
    of_pools = view.catalogue.shared("pools")  # that all is given out limits nothing
    told = []
    for family, row in families.to_dict("index").items():
        about = view.family(str(family))
        if not about.restrains or not row["binding"] or family in of_pools:
            continue
        words = view.binding_said(str(family), row["binding"], row["rows"])
        owner = view.catalogue.owners[about.owner].said(view.language)
        sentence = view.say("{words}（{owner}）。", "{words} ({owner}).", words=words.rstrip("。."), owner=owner)
        told.append((owners.index(about.owner), -row["binding"] / row["rows"], sentence))
    said = [text for _, _, text in sorted(told)[:RULES]]
    if (bounds := _bounds(view)) is not None:
        said.append(bounds)
    if (settlement := _settlement(view)) is not None:
        said.append(settlement)
    return said or [view.say("没有规则起约束作用。", "No rule binds.")]


def _bounds(view: View) -> str | None:
    """At which floors, caps and corridors cities stand, and which; the most cities first."""
    bounds = [each for each in bounds_that_bind(view.result, view.derived) if each.pool]  # of settlement: `_settlement`
    found = sorted(bounds, key=lambda each: -len(each.cities))
    if not found:
        return None
    told = [
        view.say("{title}，{side} {n} 个{named}", "{title}, {side} {n}{named}", title=each.title.said(view.language),
                 side=view.say("下限", "at the least") if each.side == "lower" else view.say("上限", "at the most"),
                 n=number(len(each.cities)), named=_named(view, each.cities) if len(found) <= FEW_BOUNDS else "")
        for each in found[:FEW_BOUNDS]
    ]  # fmt: skip
    if more := len(found) - len(told):
        told.append(
            view.say("另有 {n} 项见“起约束作用的规则”表", "{n} more in the table “Rules that bind”", n=number(more))
        )
    return view.say(
        "已到上下限的城市数，{told}。", "Cities at their least or most: {told}.", told=view.say("；", "; ").join(told)
    )


def _named(view: View, cities: Sequence[str]) -> str:
    """In brackets, where they are few."""
    if len(cities) > MOST_NAMED:
        return ""
    names = [view.short_names[view.place(code)] for code in cities]
    return view.say("（{names}）", " ({names})", names=view.listed(names))


def _settlement(view: View) -> str | None:
    """How many cities settle as many as a rule lets them, by rule."""
    full = below_limit(view.people) == 0
    maker = limit_makers(view.derived)
    held = []
    for place, bound in enumerate(view.derived.settle_bounds):
        of = full & (maker == place)
        if of.any():
            title = view.catalogue.rules[bound.rule].title.said(view.language)
            held.append(view.say("因{title}的有{cities}", "{title} in {cities}", title=title,
                                 cities=view.cities_said(of)))  # fmt: skip
    if not held:
        return None
    return view.say(
        "{cities}的落户人数{before}已到上限：{held}。", "In {cities} as many settle as may{before}: {held}.",
        cities=view.cities_said(full), before=before_rounding(view.people, view.language),
        held=view.say("，", ", ").join(held),
    )  # fmt: skip


def kinds(view: View) -> list[tuple[str, str]]:
    """Kinds of pools that a reader compares, with their titles."""
    return [("land", view.say("新增建设用地", "New land")), ("transfer", view.say("转移支付", "Transfers")),
            ("bond", view.say("新增债券", "New bonds"))]  # fmt: skip


def _gains(view: View) -> list[str]:
    said = []
    for kind, title in kinds(view):
        moved = _moved(view, kind)
        if moved is None:
            continue
        up, down = moved > 0, moved < 0
        whole = view.say("{title}：{up}增加，{down}减少", "{title}: up in {up}, down in {down}",
                         title=title, up=view.cities_said(up), down=view.cities_said(down))  # fmt: skip
        ends = [
            view.say("{word}最多的是{city}（{amount}）", "{word} most in {city} ({amount})", word=word,
                     city=view.short_names[at], amount=_amount_moved(view, kind, float(moved[at])))
            for at, there, word in ((int(np.argmax(moved)), up.any(), view.say("增加", "up")),
                                    (int(np.argmin(moved)), down.any(), view.say("减少", "down"))) if there
        ]  # fmt: skip
        said.append(view.say("，", ", ").join([whole, *ends]) + view.say("。", "."))
    return said or [view.say("没有可比的数据。", "There is nothing to compare with.")]


def _amount_moved(view: View, kind: str, amount: float) -> str:
    unit = _unit(view, kind, amount)
    return f"{number(amount / unit.scale, unit.decimals, sign=True)} {behind_number(unit.unit)}"


def _unit(view: View, kind: str, largest: float) -> Money:
    """The unit and the decimals in which sentence and drawing say what is moved, up to `largest`."""
    return Money(view.hectares, 1.0, 2) if kind == "land" else view.money(largest)


def _moved(view: View, kind: str) -> Floats | None:
    """What every city gets more of a kind than before, in the instance's unit; None where nothing moves."""
    if not view.kind(kind).any():
        return None
    moved = view.given(kind) - view.given(kind, "before")
    return moved if np.abs(moved).max() > 0 else None


def _finding(view: View) -> str:
    """In how many cities each kind that is drawn goes up and in how many down, with who moves most where land alone is
    drawn, by the side on which most cities are; a tie is one of gains."""
    moves = {title: moved for kind, title in kinds(view) if (moved := _moved(view, kind)) is not None}
    sides = {title: (int((moved > 0).sum()), int((moved < 0).sum())) for title, moved in moves.items()}
    if len(moves) > 1:
        counts = view.say("；", "; ").join(
            view.say("{title} {more} 个增、{fewer} 个减", "{title} {more} and {fewer}", title=_inside(view, title),
                     more=number(more), fewer=number(fewer))
            for title, (more, fewer) in sides.items()
        )  # fmt: skip
        return view.say("增减的城市数：{counts}", "Cities with more and with less: {counts}", counts=counts)
    if not moves:
        return view.say("增减最多的城市", "The largest gains and losses")
    ((title, (more, fewer)),), (moved,) = sides.items(), moves.values()
    slots = {"title": title, "more": number(more), "fewer": number(fewer)}
    if more >= fewer:
        most = view.short_names[int(np.argmax(moved))]
        return view.say(
            "{title}增加的有 {more} 个城市，减少的有 {fewer} 个；增加最多的是{most}",
            "{title}: more in {more}, less in {fewer} cities; {most} gains most",
            most=most,
            **slots,
        )
    most = view.short_names[int(np.argmin(moved))]
    return view.say(
        "{title}减少的有 {fewer} 个城市，增加的有 {more} 个；减少最多的是{most}",
        "{title}: less in {fewer}, more in {more} cities; {most} loses most",
        most=most,
        **slots,
    )


def _inside(view: View, title: str) -> str:
    """A title behind the first word of a line."""
    return title if view.language == "zh" else title[0].lower() + title[1:]


def _changes(view: View) -> Figure | None:
    panels, said = [], []
    for kind, title in kinds(view):
        moved = _moved(view, kind)
        if moved is None:
            continue
        unit = _unit(view, kind, float(np.abs(moved).max()))
        order = np.argsort(moved, kind="stable")
        chosen = [at for at in order[::-1][:SHOWN] if moved[at] > 0] + [at for at in order[:SHOWN] if moved[at] < 0]
        rows = [
            (view.short_names[at], float(moved[at]), change(float(moved[at]) / unit.scale, unit.decimals))
            for at in chosen
        ]
        panels.append(Panel(view.say("{title}（{unit}）", "{title} ({unit})", title=title, unit=unit.unit), rows))
        said += [view.say("{title}：", "{title}: ", title=title) + view.listed(f"{a} {c}" for a, _, c in rows)]
    if not panels:
        return None
    return Figure(
        "changes", _finding(view),
        view.say("与{base}相比增减最多的城市", "Cities with the largest changes against {base}", base=view.base_word),
        view.say("来源：本方案公布数", "Source: the published allocation"), changes(panels, "；".join(said)),
        view.say("；", "; ").join(said),
    )  # fmt: skip
