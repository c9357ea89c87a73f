"""Checks of links: to itself, money in the wrong column, nothing to give, catchments, and fees that run in a circle."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from alloc.instance.files.sheets import Mask, Sheet
from alloc.instance.findings import Finding
from alloc.instance.schema.optional.links import MOVE, USE
from alloc.text import Text

TABLES = ("links", "cities", "services", "capacity")
OF_AGE = re.compile(r"age_\d+_(\d+)")
LAST_SCHOOL_AGE = 17  # who is no older goes to school where the home is


def check_links(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Everything about links that needs no arithmetic of bounds."""
    links, cities, services, capacity = (sheets[name] for name in TABLES)
    needed = ("from", "to", "service", "kind", "open")
    if not links.given or not len(links.frame) or not all(links.has(name) for name in needed):
        return []
    use, move = (links.holds("kind", kind.__eq__) for kind in (USE, MOVE))
    findings = links.find(
        (links.texts("from") == links.texts("to")) & ~links.blank("from"), "to", "link_to_itself",
        Text("供给城市和受益城市相同。", "The city that gives and the city that receives are the same."),
        Text("填写另一个城市，或删去该行。", "Name another city, or remove the row."),
    )  # fmt: skip
    for column, there, kind, zh, en in (
        ("cost", use, MOVE, "迁建成本只用于迁移（move），此处不起作用。",
         "The cost of moving is for kind move alone; here it does nothing."),
        ("fee", move, USE, "使用费只用于共用（use），此处不起作用。",
         "A fee is for kind use alone; here it does nothing."),
    ):  # fmt: skip
        if links.has(column):
            findings += links.find(
                there & (links.numbers(column) > 0), column, f"{column}_of_other_kind", Text(zh, en),
                Text(f"留空，或把方式改为 {kind}。", f"Leave it empty, or make the kind {kind}."), "warning",
            )  # fmt: skip
    if not (services.given and cities.given):
        return findings
    findings += _check_catchment(links, services, use)
    if capacity.given:
        findings += _check_means(links, services, capacity)
    return findings + _check_circles(links)


def _check_catchment(links: Sheet, services: Sheet, use: Mask) -> list[Finding]:
    """Places at school that are kept for pupils of another city."""
    if not services.has("cohort"):
        return []
    ages = [OF_AGE.fullmatch(str(cohort)) for cohort in services.texts("cohort")]
    schools = {str(name) for name, age in zip(services.texts("service"), ages, strict=True)
               if age is not None and int(age.group(1)) <= LAST_SCHOOL_AGE}  # fmt: skip
    return links.find(
        use & links.holds("service", schools.__contains__), "service", "link_of_catchment",
        Text("学位按学区就近安排，一般不跨市共用。",
             "Pupils go to school where they live: seats are hardly shared between cities."),
        Text("确需共用的可不改；否则删去该行。", "Leave it if they are shared; else remove the row."),
        "warning",
    )  # fmt: skip


def _check_means(links: Sheet, services: Sheet, capacity: Sheet) -> list[Finding]:
    """Links out of cities that have nothing of the service and can build nothing."""
    has = dict(zip(zip(capacity.texts("city"), capacity.texts("service"), strict=True), capacity.numbers("capacity"),
                   strict=True))  # fmt: skip
    whole = services.numbers("module") if services.has("module") else np.full(len(services.frame), np.nan)
    grows = {str(name) for name, module in zip(services.texts("service"), whole, strict=True) if module > 0}
    empty = np.array([has.get((giver, service), 1.0) == 0 for giver, service in
                      zip(links.texts("from"), links.texts("service"), strict=True)], dtype=bool)  # fmt: skip
    builds = links.holds("service", grows.__contains__) & links.holds("kind", USE.__eq__)
    return links.find(
        empty & ~builds, "from", "nothing_to_give",
        Text("供给城市没有这项服务的能力，也无从新建。",
             "The city that gives has nothing of the service, and cannot build it."),
        Text("核对“现有能力”表，或删去该行。", "Check the table Capacity, or remove the row."),
        "warning",
    )  # fmt: skip


def _check_circles(links: Sheet) -> list[Finding]:
    """Open links that lead back to where they start with different fees: money could be passed on by lending."""
    fee = np.nan_to_num(links.numbers("fee")) if links.has("fee") else np.zeros(len(links.frame))
    fee = fee * links.holds("kind", USE.__eq__)
    found = np.zeros(len(fee), dtype=bool)
    service, opened = links.texts("service"), links.flags("open")
    names = {name: place for place, name in enumerate(sorted({*links.texts("from"), *links.texts("to")}))}
    giver, receiver = (np.array([names[each] for each in links.texts(column)]) for column in ("from", "to"))
    for one in sorted(set(service[opened])):
        some = np.flatnonzero(opened & (service == one))
        ties = csr_array((np.ones(some.size), (giver[some], receiver[some])), shape=(len(names), len(names)))
        _, part = connected_components(ties, directed=True, connection="strong")
        inside = some[part[giver[some]] == part[receiver[some]]]
        for circle in np.unique(part[giver[inside]]):
            own = inside[part[giver[inside]] == circle]
            if np.ptp(fee[own]) > 0:
                found[own[fee[own] == fee[own].max()]] = True
    return links.find(
        found, "fee", "fees_in_a_circle",
        Text("同一服务的通道首尾相接而费用不同：资金可借互相供给转手。",
             "Links of the service lead back to where they start, and their fees differ: money could be passed on by "
             "lending in a circle."),
        Text("各向取同一费用，或只开通一个方向；若无误可不改。",
             "Give all of them one fee, or open one direction alone; leave it if it is meant."),
        "warning",
    )  # fmt: skip
