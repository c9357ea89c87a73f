"""Checks of programmes: what nobody would run, limits beyond the stock, land that could not be, pools that are tied."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.instance.checks.pools import check_factors
from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.schema.optional.programmes import RENTS
from alloc.instance.schema.settings import Settings
from alloc.instance.suggest import Known
from alloc.text import Text
from alloc.tolerances import SUM_OF_WEIGHTS

TABLES = ("programmes", "programme_stock", "programme_yields", "pools", "earmarks", "limits", "cities")
TIER = "programmes"
MOST_LAND = 1.0  # ha a ha: what is renewed is part of the stock
HECTARES = ("ha", "公顷")
TASKS = (">=", "=")  # the senses of a limit that ask for some


def check_programmes(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Everything about programmes that needs no arithmetic of bounds."""
    programmes, pools = sheets["programmes"], sheets["pools"]
    findings = _check_ties(pools, programmes, sheets["earmarks"]) if pools.given else []
    if not programmes.given or not len(programmes.frame):
        return [*findings, *_without(sheets, settings)]
    findings += _check_worth(programmes, sheets["programme_yields"], sheets["limits"])
    findings += _check_land(programmes)
    findings += _check_factors(programmes, sheets["cities"])
    findings += _check_rents(programmes)
    if sheets["programme_stock"].given:
        findings += _check_stock(sheets["programme_stock"])
    return findings


def _without(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """What names programmes where there are none."""
    findings: list[Finding] = []
    remedy = Text("填写 programmes 表，或删去 {name} 表。", "Fill the table programmes, or remove {name}.")
    for name in ("programme_stock", "programme_yields"):
        if sheets[name].given and len(sheets[name].frame):
            message = Text("programmes 表没有一行，{name} 表所写的项目不存在。",
                           "The table programmes has no rows; what {name} names is nowhere.")  # fmt: skip
            findings.append(sheets[name].whole("programme", "programmes_missing", message.fill(name=name),
                                               remedy.fill(name=name)))  # fmt: skip
    for place, goal in enumerate(() if settings is None else settings.objective):
        if goal.tier == TIER:
            findings.append(Finding(
                "error", "tier_without_programmes", FILE, None, f"objective[{place}].tier", goal.tier,
                Text("没有 programmes 表，目标“programmes”没有可以完成的项目。",
                     "There is no table programmes: the tier programmes has nothing that could be done."),
                Text("填写 programmes 表，或删去该目标。", "Fill the table programmes, or leave the tier out."),
            ))  # fmt: skip
    return findings


def _check_worth(programmes: Sheet, yields: Sheet, limits: Sheet) -> list[Finding]:
    """Programmes that serve nobody, make no land free and have no weight, and that no limit asks for."""
    made = set()
    if yields.given:
        made = set(yields.texts("programme")[yields.numbers("yield") > 0])
    if limits.given:
        asked = limits.texts("quantity")[limits.holds("sense", TASKS.__contains__)]
        made |= {name.removeprefix("run:") for name in asked if name.startswith("run:")}
    idle = ~programmes.holds("programme", made.__contains__)
    for column in ("land_yield", "weight"):
        if programmes.has(column):
            idle &= ~(programmes.numbers(column) > 0)
    return programmes.find(
        idle, "weight", "programme_for_nothing",
        Text("该项目不形成服务能力，不腾出用地，权重是 0，“分组限制”表中也没有任务：谁也不会开展。",
             "It makes no places and no land free, has no weight, and no limit asks for it: nobody would run it."),
        Text("填写权重、腾出用地或形成的能力，或在“分组限制”表中规定任务（限制对象写“当年完成：”和项目名称，"
             "即 run:项目）。",
             "Give a weight, a land yield or places, or set a task in limits, by run:PROGRAMME."),
        "warning",
    )  # fmt: skip


def _check_factors(programmes: Sheet, cities: Sheet) -> list[Finding]:
    """What stocks go by: something that can be counted, and how much of the stock to each."""
    if not (programmes.has("stock_factor") or programmes.has("stock_each")):
        return []
    findings = check_factors(cities, programmes, "stock_factor")
    factor, each = programmes.blank("stock_factor"), programmes.blank("stock_each")
    for missing, there, column in ((factor, each, "stock_factor"), (each, factor, "stock_each")):
        findings += programmes.find(
            missing & ~there, column, "stock_incomplete",
            Text("存量推算依据与单位存量须同时填写。", "Stock goes by and Stock of each go together: both or neither."),
            Text("两项都填写，或都留空。", "Give both, or leave both empty."),
        )  # fmt: skip
    return findings


def _check_land(programmes: Sheet) -> list[Finding]:
    """More land than there is, and land on collective land (S76)."""
    if not programmes.has("land_yield"):
        return []
    land = programmes.numbers("land_yield")
    by_area = programmes.holds("unit_en", HECTARES.__contains__) | programmes.holds("unit_zh", HECTARES.__contains__)
    findings = programmes.find(
        by_area & (land > MOST_LAND), "land_yield", "land_yield_above_stock",
        Text("每公顷存量腾出 {land} 公顷，多于存量本身。", "A hectare of stock makes {land} ha free, more than it is."),
        Text("至多 1。", "Would be right: at most 1."), land=land,
    )  # fmt: skip
    if programmes.has("collective"):
        findings += programmes.find(
            programmes.flags("collective") & (land > 0), "land_yield", "collective_land_grows",
            Text("集体经营性建设用地只能用存量，农村建设用地总量不得增加（S76）；不能再腾出用地。",
                 "Collective construction land is used as it is, and rural construction land must not grow (S76): it "
                 "makes no land free."),
            Text("“单位腾出用地”改为 0。", "Would be right: a Land yield of 0."),
        )  # fmt: skip
    return findings


def _check_rents(programmes: Sheet) -> list[Finding]:
    """Whose the rents are: all three shares or none, and 1 in all (S77)."""
    shares = np.column_stack([
        programmes.numbers(name) if programmes.has(name) else np.full(len(programmes.frame), np.nan) for name in RENTS
    ])  # fmt: skip
    total = np.nansum(shares, axis=1)
    wrong = ~np.isnan(shares).all(axis=1) & (np.isnan(shares).any(axis=1) | (abs(total - 1) > SUM_OF_WEIGHTS))
    return programmes.find(
        wrong, RENTS[0], "rents_sum",
        Text("租金归政府、集体和个人的比例合计为 {total}（S77）。",
             "The shares of the rents of government, collective and persons sum to {total} (S77)."),
        Text("三项都写明，合计为 1；“单位年收入”只计政府所得。",
             "Would be right: all three, 1 in all; Yearly income is the government's part."),
        total=[f"{each:g}" for each in total].__getitem__,
    )  # fmt: skip


def _check_stock(stock: Sheet) -> list[Finding]:
    """Limits of a year beyond what there is."""
    if not stock.has("limit"):
        return []
    there, limit = stock.numbers("stock"), stock.numbers("limit")
    return stock.find(
        limit > there, "limit", "limit_above_stock",
        Text("当年上限 {limit} 大于存量 {there}；按存量计算。",
             "The limit of the year, {limit}, is above the stock of {there}, which counts."),
        Text("至多 {there}。", "Would be right: at most {there}."), "warning", limit=limit, there=there,
    )  # fmt: skip


def _check_ties(pools: Sheet, programmes: Sheet, earmarks: Sheet) -> list[Finding]:
    """Pools that are tied to a programme: which can be, and what a bond among them cannot have besides."""
    findings: list[Finding] = []
    tied = ~pools.blank("programme") if pools.has("programme") else np.zeros(len(pools.frame), dtype=bool)
    if pools.has("support"):
        findings += pools.find(
            ~pools.blank("support") & ~tied, "support", "support_without_programme",
            Text("没有写明专用项目，补助比例不起作用。", "The pool is tied to no programme: this does nothing."),
            Text("填写“专用项目”，或清空“补助比例上限”。", "Give its Tied programme, or leave this empty."), "warning",
        )  # fmt: skip
    if not tied.any():
        return findings
    known = Known(map(str, programmes.texts("programme")) if programmes.given else ())
    names = pools.texts("programme")
    findings += pools.find(
        tied & ~pools.holds("programme", known.__contains__), "programme", "unknown_programme",
        Text("programmes 表没有这个项目。", "The table programmes has no such programme."),
        lambda place: known.remedy(str(names[place])),
    )  # fmt: skip
    kind, use = pools.texts("kind"), pools.texts("use")
    findings += pools.find(
        tied & ~((kind == "bond") | ((kind == "transfer") & (use == "capital"))), "programme", "not_for_this_kind",
        Text("只有建设性转移支付和债券可以指定专用项目。",
             "Only a capital transfer or a bond can be tied to a programme."),
        Text("清空“专用项目”，或改变资源池的类别。", "Leave Tied programme empty, or change the kind of the pool."),
    )  # fmt: skip
    bond = tied & (kind == "bond")
    words = Text(
        "专用于某一项目的债券不设保底或戴帽指标：能用多少取决于该项目。",
        "A bond that is tied to a programme has no floor and no earmark: what it is for decides how much.",
    )
    remedy = Text(
        "留空或删去；要完成多少，在“分组限制”表中规定（限制对象写“当年完成：”和项目名称，即 run:项目）。",
        "Leave it out; how much has to be done is a row of limits on run:PROGRAMME.",
    )
    if pools.has("floor_multiple"):
        findings += pools.find(
            bond & ~pools.blank("floor_multiple"), "floor_multiple", "tied_bond_floor", words, remedy
        )
    if earmarks.given and len(earmarks.frame):
        named = set(pools.texts("pool")[bond])
        findings += earmarks.find(earmarks.holds("pool", named.__contains__), "pool", "tied_bond_floor", words, remedy)
    return findings
