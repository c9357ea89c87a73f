"""Checks of groups of migrants: rows for every group, ladders that do not fall, and points that the rules allow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding, Severity
from alloc.text import Text
from alloc.tolerances import SUM_OF_WEIGHTS

APART = 0.01  # of the migrants of a city, by which groups that add up to others are doubted
LEAST_BY_STAY = 0.5  # of all points, from employment, insurance and residence together (S54)
WRONG: Severity = "error"
IDLE: Severity = "warning"
TABLES = ("groups", "stay", "ladder", "points", "cities", "services")
_DERIVED = Text(
    "按比例调整到 cities 表的流入人口；请核对两处数字。",
    "It is scaled to the migrants of the table cities; check both.",
)


def check_groups(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Everything about groups, stay, ladder and points."""
    groups, points = sheets["groups"], sheets["points"]
    findings = _check_points(points) if points.given and len(points.frame) else []
    if not groups.given or not len(groups.frame):
        for name in ("stay", "ladder", "points"):
            if sheets[name].given and len(sheets[name].frame):
                names = "group" in sheets[name].table.key
                message = Text("没有 groups 表，{name} 表不起作用。", "Without the table groups, {name} does nothing.")
                if names:
                    message = Text("groups 表没有一行，{name} 表所写的人群不存在。",
                                   "The table groups has no rows; what {name} names is nowhere.")  # fmt: skip
                remedy = Text("填写 groups 表，或删去 {name} 表。", "Fill the table groups, or remove {name}.")
                column, severity = sheets[name].table.key[0], WRONG if names else IDLE
                findings.append(sheets[name].whole(column, "groups_missing", message.fill(name=name),
                                                   remedy.fill(name=name), severity))  # fmt: skip
        return findings
    findings += _check_flags(groups)
    shares = groups.numbers("share") if groups.has("share") else np.zeros(len(groups.frame))
    if (shares > 0).any() and abs(np.nansum(shares) - 1) > SUM_OF_WEIGHTS:
        message = Text("各组占流入人口的比例合计为 {total}。", "The shares of the groups sum to {total}.")
        findings.append(groups.whole("share", "group_shares_sum", message.fill(total=f"{np.nansum(shares):g}"),
                                     Text("合计应为 1。", "Would be right: a sum of 1.")))  # fmt: skip
    if sheets["cities"].given:
        findings += _check_stay(sheets["stay"], sheets["cities"], groups)
    if sheets["services"].given and sheets["ladder"].given:
        findings += _check_ladder(sheets["ladder"], sheets["services"], groups)
    return findings


def _check_flags(groups: Sheet) -> list[Finding]:
    order = groups.numbers("order")
    twice = np.array([(order == one).sum() > 1 for one in order], dtype=bool)
    findings = groups.find(
        twice, "order", "order_twice",
        Text("两组的次序相同。", "Two groups have the same place in the order."),
        Text("由居住年限短到长为 1、2、3…。", "Would be right: 1, 2, 3 … from the shortest stay to the longest."),
    )  # fmt: skip
    return findings + groups.find(
        groups.flags("may_settle") & groups.flags("may_extend"), "may_extend", "both_ways",
        Text("该组既可落户又可扩面，二者的人均新增需求按平均计算。",
             "This group may settle and be extended to: the need of either is an average then."),
        Text("拆成两组可精确计算；若无误可不改。", "Split it for exact numbers; leave it if it is right."),
        "warning",
    )  # fmt: skip


def _check_stay(stay: Sheet, cities: Sheet, groups: Sheet) -> list[Finding]:
    """A row for every city and group, which add up to the migrants."""
    codes, keys = cities.texts("city"), groups.texts("group")
    there = {} if not stay.has("migrants") else dict(
        zip(zip(stay.texts("city"), stay.texts("group"), strict=True), stay.numbers("migrants"), strict=True)
    )  # fmt: skip
    told = {city for city, _ in there}
    shared = groups.has("share") and bool((groups.numbers("share") > 0).any())
    migrants = cities.numbers("migrants_cross") + cities.numbers("migrants_within")
    findings: list[Finding] = []
    for at, code in enumerate(codes):
        if shared and code not in told:
            continue
        lacking = [key for key in keys if (code, key) not in there]
        here = np.arange(len(codes)) == at
        if lacking:
            findings += cities.find(
                here, "city", "missing_row",
                Text("stay 表缺少该城市的 {groups}。", "The table stay has no row of this city for {groups}."),
                Text("每个城市、每组一行，没有就写 0；或填写“占流入人口比例”（groups.share）。",
                     "Add a row for every city and group, 0 where nobody is; or give the Share of migrants "
                     "(groups.share)."),
                groups=", ".join(lacking),
            )  # fmt: skip
            continue
        total = sum(there[code, key] for key in keys)
        if migrants[at] > 0 and not total > 0:
            findings += cities.find(
                here, "city", "stay_of_nobody",
                Text("该城市有流入人口 {migrants} 人，各组却都是 0。",
                     "This city has {migrants} migrants, and all its groups are 0."),
                Text("在 stay 表填写各组人数。", "Give the groups their persons in the table stay."),
                migrants=f"{migrants[at]:.0f}",
            )  # fmt: skip
        elif abs(total - migrants[at]) > APART * max(migrants[at], 1.0):
            findings += cities.find(
                here, "city", "stay_does_not_add_up",
                Text("各组合计 {total} 人，流入人口为 {migrants} 人，相差超过 1%。",
                     "The groups are {total} persons together, the migrants {migrants}: more than 1 % apart."),
                _DERIVED, "warning", total=f"{total:.0f}", migrants=f"{migrants[at]:.0f}",
            )  # fmt: skip
    return findings


def _check_ladder(ladder: Sheet, services: Sheet, groups: Sheet) -> list[Finding]:
    """A rung for every service and group, none below that of a shorter stay (S55)."""
    keys, order = groups.texts("group"), groups.numbers("order")
    ascending = [str(keys[k]) for k in np.argsort(order, kind="stable")]
    service, group, share = ladder.texts("service"), ladder.texts("group"), ladder.numbers("entitlement")
    at = {pair: place for place, pair in enumerate(zip(service, group, strict=True))}
    findings: list[Finding] = []
    for place, name in enumerate(services.texts("service")):
        lacking = [key for key in ascending if (name, key) not in at]
        findings += services.find(
            (np.arange(len(services.frame)) == place) & bool(lacking), "service", "missing_row",
            Text("ladder 表缺少该服务的 {groups}。", "The table ladder has no row of this service for {groups}."),
            Text("每项服务、每组一行。", "Add a row for every service and group."), groups=", ".join(lacking),
        )  # fmt: skip
    falls, before = np.zeros(len(share), dtype=bool), np.full(len(share), "", dtype=object)
    for name in dict.fromkeys(service):
        most, of = 0.0, ""
        for key in ascending:
            if (name, key) not in at:
                continue
            here = at[name, key]
            if share[here] < most:
                falls[here], before[here] = True, f"{of} {most:g}"
            elif share[here] >= most:
                most, of = float(share[here]), key
    return findings + ladder.find(
        falls, "entitlement", "ladder_falls",
        Text("享有比例低于居住年限更短的一组（{before}）；居住证梯度不得随年限下降。",
             "The entitlement is below that of a group with a shorter stay ({before}); a ladder never falls."),
        Text("至少与前一组相同。", "Would be right: at least as much as the group before."), before=before,
    )  # fmt: skip


def _check_points(points: Sheet) -> list[Finding]:
    """Whether points go by employment, insurance and residence, and not by education or housing (S54, S24)."""
    classes, kinds, weights = points.texts("size_class"), points.texts("kind"), points.numbers("weight")
    findings: list[Finding] = []
    for name in dict.fromkeys(classes):
        own = classes == name
        first = np.arange(len(own)) == int(np.flatnonzero(own)[0])
        total = float(weights[own].sum())
        by_stay = float(weights[own & np.isin(kinds, ("employment", "insurance", "residence"))].sum())
        by_means = float(weights[own & np.isin(kinds, ("education", "housing"))].sum())
        findings += points.find(
            first & (abs(total - 1) > SUM_OF_WEIGHTS), "weight", "points_sum",
            Text("{name} 的权重合计为 {total}。", "The weights of {name} sum to {total}."),
            Text("合计应为 1。", "Would be right: a sum of 1."), name=name, total=f"{total:g}",
        )  # fmt: skip
        findings += points.find(
            first & (by_stay < LEAST_BY_STAY), "weight", "points_by_stay",
            Text("{name} 的就业、社会保险和居住年限合计只占 {share}；积分应以就业和社保缴纳年限为主（S54）。",
                 "Employment, insurance and residence have {share} of the points of {name}; they should have most "
                 "(S54)."),
            Text("三类合计至少 0.5。", "Would be right: at least 0.5 together."), "warning",
            name=name, share=f"{by_stay:g}",
        )  # fmt: skip
        findings += points.find(
            first & (by_means >= LEAST_BY_STAY), "weight", "points_by_means",
            Text("{name} 的学历和住房合计占 {share}；不宜将学历、购房等作为主要依据（S54）。",
                 "Education and housing have {share} of the points of {name}; they should not decide (S54)."),
            Text("两类合计低于 0.5。", "Would be right: below 0.5 together."), "warning",
            name=name, share=f"{by_means:g}",
        )  # fmt: skip
    return findings + points.find(
        (kinds == "education") & (weights > 0), "weight", "points_by_education",
        Text("学历计入积分；落户不应变成“抢人才”（S24）。",
             "Education earns points; settlement should not select talent (S24)."),
        Text("权重改为 0；若有意如此可不改。", "Would be right: 0. Leave it if it is meant."), "warning",
    )  # fmt: skip
