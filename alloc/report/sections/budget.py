"""Both budgets, of capital and of running costs: where money comes from, what it is spent on, and what is left."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.content.blocks import Column, Group, Row, Section, Table
from alloc.content.figures import differs
from alloc.instance.schema.figures import MEANT
from alloc.report.columns import money
from alloc.report.measures import Measure, by_group
from alloc.report.view import Floats, View
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

TITLES: Mapping[str, Text] = {
    "to_capital": Text("由一般预算转入", "from the general budget"),
    "fund_available": Text("可用的政府性基金", "government funds available"),
    "capital_transfers": Text("建设类转移支付", "capital transfers"),
    "bonds": Text("新增债券", "new bonds"),
    "spending": Text("建设与盘活支出", "building and reuse of idle land"),
    "revenue": Text("一般公共预算收入", "general public revenue"),
    "other_transfers": Text("其他转移支付", "other transfers"),
    "general_transfers": Text("一般性转移支付", "general transfers"),
    "shortfall": Text("原有收支缺口（不计）", "shortfall of the past, let pass"),
    "essential_spending": Text("刚性支出", "essential spending"),
    "interest": Text("存量债务付息", "interest on old debt"),
    "running": Text("新增设施运行", "running new facilities"),
    "settlement": Text("落户成本", "cost of settlement"),
    "bond_interest": Text("新增债券付息", "interest on new bonds"),
}
LARGE_LEFT, NAMED_LEFT = 0.1, 3  # of what a capital budget has: worth naming beside new bonds; so many cities
BY_FUNDS = "fund_interest"  # a term of the capital budget only where government funds pay for special bonds
FUND_INTEREST = Text("新增专项债券付息", "interest on new special bonds")
TRANSFERRED = Text("转入建设预算", "to the capital budget")
# The four sides: title, terms.
CAPITAL_IN, CAPITAL_OUT = ("to_capital", "fund_available", "capital_transfers", "bonds"), ("spending",)
GENERAL_IN = ("revenue", "other_transfers", "general_transfers", "shortfall")
GENERAL_OUT = ("essential_spending", "interest", "running", "settlement", "bond_interest", "to_capital")
SIDES = (
    Text("建设预算：来源", "Capital budget: sources"), Text("建设预算：支出", "Capital budget: uses"),
    Text("一般预算：来源", "General budget: sources"), Text("一般预算：支出", "General budget: uses"),
)  # fmt: skip
LEFT = Text("结余（来源减支出）", "What is left: sources less uses")
BALANCES = (Text("建设预算结余", "Capital budget: left"), Text("一般预算结余", "General budget: left"))


def _capital_out(view: View) -> tuple[str, ...]:
    return (*CAPITAL_OUT, BY_FUNDS) if view.derived.funds_pay else CAPITAL_OUT


def shared_budgets(view: View) -> str:
    """Which units have one budget together, so that one's balance is paid for by another's; "" where none have."""
    purses = view.derived.purses
    if not purses.shared:
        return ""
    together = [[view.names[at] for at in np.flatnonzero(members)] for members in purses.members if members.sum() > 1]
    said = view.say("；", "; ").join(view.say("、", ", ").join(names) for names in together)
    return view.say(
        "合用一本预算的单元，结余与不足相抵：{said}。",
        "Units that share one budget make up for each other's balances: {said}.",
        said=said,
    )


def kept_beside_bonds(view: View) -> str:
    """Which cities keep more than a tenth of what their capital budget has while they get new bonds, at most three, by
    what they keep; "" where none does. Of a budget that several units share, the unit at its head with the sums."""
    purses = view.derived.purses
    there, gone, bonds = (
        purses.together(_sum(view, keys)) for keys in (CAPITAL_IN, _capital_out(view), ("bonds",))
    )  # fmt: skip
    left = there - gone
    found = np.flatnonzero(purses.heads & (bonds > ROUNDOFF) & (left > LARGE_LEFT * there))
    if not len(found):
        return ""
    most = found[np.argsort(-left[found], kind="stable")][:NAMED_LEFT]
    cities = [
        view.say("{city}（结余 {left}，新增债券 {bonds}）", "{city} ({left} left, {bonds} of new bonds)",
                 city=view.short_names[at], left=view.money_text(float(left[at])),
                 bonds=view.money_text(float(bonds[at])))
        for at in most
    ]  # fmt: skip
    if len(found) <= NAMED_LEFT:
        return view.say(
            "有新增债券而建设预算结余超过来源一成的是{cities}。",
            "New bonds go, while more than a tenth of what the capital budget has is kept, to {cities}.",
            cities=view.listed(cities),
        )
    return view.say(
        "有新增债券而建设预算结余超过来源一成的城市 {count} 个，结余最多的是{cities}。",
        "New bonds go, while more than a tenth of what the capital budget has is kept, to {count} cities; most is kept "
        "in {cities}.",
        count=len(found), cities=view.listed(cities),
    )  # fmt: skip


def budgets(view: View) -> Section:
    """Both budgets of all cities together, and by province what they have, spend and have left."""
    purses = view.derived.purses
    used, spent = (purses.together(_sum(view, keys)) for keys in (GENERAL_IN, GENERAL_OUT))
    tight = purses.heads & (used - spent <= ROUNDOFF * np.maximum(1.0, used))
    left = view.say("{tight}的一般预算没有结余", "the general budget leaves nothing in {tight}",
                    tight=view.cities_said(tight))  # fmt: skip
    if not tight.any():
        left = view.say("各市一般预算都有结余", "every general budget leaves something")
    sentence = view.say(
        "全部城市建设和盘活支出 {spent}，资金来源中新增债券 {bonds}、由一般预算转入 {moved}；"
        "{left}。",
        "All cities spend {spent} on building and reuse; among the sources are {bonds} of new bonds and {moved} moved "
        "from general budgets; {left}.",
        spent=view.money_text(float(_sum(view, CAPITAL_OUT).sum())),
        bonds=view.money_text(float(_sum(view, ("bonds",)).sum())),
        moved=view.money_text(float(_sum(view, ("to_capital",)).sum())), left=left,
    )  # fmt: skip
    parts = (
        _terms_table(view),
        *by_group(view, "budgets_provinces", view.say("各省两项预算", "Both budgets by province"), view.province,
                 budget_measures(view), note=shared_budgets(view), parents=view.region),
    )  # fmt: skip
    return Section("budgets", view.say("两项预算", "Both budgets"), sentence, parts)


def budget_measures(view: View) -> list[Measure]:
    """Sources, uses and what is left of either budget."""
    measures: list[Measure] = []
    for name, title, there, gone in (
        ("capital", Text("建设预算", "capital budget"), CAPITAL_IN, _capital_out(view)),
        ("general", Text("一般预算", "general budget"), GENERAL_IN, GENERAL_OUT),
    ):
        said = title.said(view.language)
        measures += [
            money(view, f"{name}_in", view.say("{budget}来源", "{budget}: sources", budget=said), _sum(view, there)),
            money(view, f"{name}_out", view.say("{budget}支出", "{budget}: uses", budget=said), _sum(view, gone)),
            money(
                view,
                f"{name}_left",
                view.say("{budget}结余", "{budget}: left", budget=said),
                _sum(view, there) - _sum(view, gone),
            ),
        ]
    return measures


def _terms_table(view: View) -> Table:
    """Every term of both budgets of all cities, as they are decided before rounding."""
    amounts = {key: float(values.sum()) for key, values in _terms(view).items()}
    unit = view.money(max(map(abs, amounts.values())))
    rows: list[Row] = []
    groups, totals = [], list[float]()
    for title, keys in zip(SIDES, (CAPITAL_IN, _capital_out(view), GENERAL_IN, GENERAL_OUT), strict=True):
        for key in keys:
            said = TRANSFERRED if key == "to_capital" and keys is GENERAL_OUT else TITLES.get(key, FUND_INTEREST)
            rows.append((said.said(view.language), amounts[key]))
        total = sum(amounts[key] for key in keys)
        totals.append(total)
        groups.append(Group(title.said(view.language), len(keys), (view.say("合计", "total"), total)))
    decimals, off = (2 if unit.scale > 1 else 0), False
    for title, there, gone in zip(BALANCES, totals[::2], totals[1::2], strict=True):
        rows.append((title.said(view.language), there - gone))
        off |= differs(there / unit.scale, gone / unit.scale, (there - gone) / unit.scale, decimals)
    groups.append(Group(LEFT.said(view.language), len(BALANCES)))
    columns = (
        Column("item", view.say("项目", "item")),
        Column("amount", view.say("数额", "amount"), unit.unit, "number", decimals, unit.scale),
    )
    told = [view.say("按取整前的决策列示。", "As decided, before rounding."), MEANT["shortfall"].said(view.language)]
    if view.instance.settings.policy.budget.least_free:
        told.append(view.say("其中加上一般财力中至少须留作自主安排的部分。",
                             "To it is added the least part of general money that must stay free."))  # fmt: skip
    note = view.say("", " ").join(told)
    return Table("budgets", view.say("两项预算的各项收支", "The terms of both budgets"), columns, tuple(rows), "",
                 None, tuple(groups), note, off=off)  # fmt: skip


def _terms(view: View) -> dict[str, Floats]:
    terms = {key: view.budget[key].to_numpy(dtype=float) for key in TITLES}
    if view.derived.funds_pay:
        terms[BY_FUNDS] = view.derived.bond_rate * view.debt["new_special"].to_numpy(dtype=float)
    return terms


def _sum(view: View, keys: tuple[str, ...]) -> Floats:
    found = _terms(view)
    return np.asarray(np.sum([found[key] for key in keys], axis=0))
