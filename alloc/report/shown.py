"""What of a result stands in the report, column by column, and what does not and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pandas.api.types import is_numeric_dtype

from alloc.content.blocks import Column, Section, Table
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.lever import Decision
from alloc.formulation.registry import catalogue
from alloc.instance.frames import records
from alloc.publish.parts import INCREMENT, ISSUED, PARTS
from alloc.report.view import View
from alloc.result.frames.titles import described
from alloc.result.tables import KEYS
from alloc.result.wording import say as worded
from alloc.text import Text

# Table of a result -> its columns that some chapter shows, or shows what follows from them.
SHOWN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "allocation": ("city", "pool", "last_year", *PARTS, "published", ISSUED, INCREMENT),
    "services": ("city", "service", "full_need", "capacity", "build", "expand", "added", "backlog", "coverage_before",
                 "coverage", "gap"),
    "people": ("city", "residents", "migrants", "settle_limit", "settle", "rounding", "score_before", "score"),
    "land": ("city", "public", "housing", "production", "other", "unassigned", "reuse_public", "reuse_housing",
             "reuse_production"),
    "budget": ("city", "to_capital", "fund_available", "capital_transfers", "bonds", "spending", "revenue",
               "other_transfers", "general_transfers", "shortfall", "essential_spending", "interest", "running",
               "settlement", "bond_interest"),
    "debt": ("city", "debt_general", "debt_special", "new_general", "new_special", "room_general", "room_special",
             "bond_room", "reference", "ratio_before", "ratio_after", "tier_before", "tier_after"),
    "families": ("family", "rows", "binding"),
    "limits": ("limit", "sense"),
    "rounding": ("rule", "pool", "province", "city", "limit", "off"),
    "relaxation": ("city", "pool", "granted", "beyond"),
    "levels": ("unit", "pool", "received", "retained", "passed", "share"),
})  # fmt: skip

_PUBLISHED_SIDES = Text("报告按公布数列示限制的两边。", "The report has both sides of limits by published numbers.")
_OWN_UNIT = Text("报告按指标自身的单位列示。", "The report has units of its own for every pool.")
# `table.column` -> why no chapter shows it.
LEFT_OUT: Mapping[str, Text] = MappingProxyType({
    "allocation.unit": _OWN_UNIT,
    "services.present_need": Text("报告列示全部需求和欠账。", "The report has full need and backlog."),
    "land.allocation": Text("与新增用地的公布数相同，取整除外。", "It is the published new land but for rounding."),
    "families.violation": Text(
        "最大的一个列在复现信息中。", "The largest of them stands among the facts for reproduction."
    ),
    "limits.left": _PUBLISHED_SIDES,
    "limits.right": _PUBLISHED_SIDES,
    "limits.slack": Text("报告列示公布数与限值之差。", "The report has what published numbers and limits differ by."),
    "rounding.unit": _OWN_UNIT,
})  # fmt: skip


ENDS = ("from", "to")  # the cities of a link
# Column that stands by itself -> its head, where the title of its decision says too little.
HEADS: Mapping[str, Text] = MappingProxyType({
    "renewed_public": Text("腾出用地：公共设施", "renewed land: facilities"),
    "renewed_production": Text("腾出用地：产业", "renewed land: production"),
})  # fmt: skip


def brought(known: Catalogue) -> dict[str, tuple[Decision, ...]]:
    """Tables of a result with the decisions whose columns no chapter shows and nothing leaves out, in their order."""
    found: dict[str, tuple[Decision, ...]] = {}
    for each in known.decisions.values():
        places = {column: f"{each.table}.{column}" for column in each.columns}
        if any(name not in SHOWN.get(each.table, ()) and place not in LEFT_OUT for name, place in places.items()):
            found[each.table] = (*found.get(each.table, ()), each)
    return found


def _head(decision: Decision, column: str) -> Text:
    """What a column of a decision is called: the title, and of several columns what each is."""
    if column in HEADS:
        return HEADS[column]
    (zh, en), further = decision.title, f" {column}" if len(decision.columns) > 1 else ""
    return Text(zh + further, en + further)


def _programmes(view: View) -> dict[str, str]:
    """What programmes are called, with the unit in which each is counted."""
    return {
        row["programme"]: view.say(
            "{title}（{unit}）", "{title} ({unit})",
            title=row[f"title_{view.language}"], unit=row[f"unit_{view.language}"],
        )
        for row in records(view.instance.tables["programmes"])
    }  # fmt: skip


def of_levers(view: View, city: str = "") -> Section | None:
    """What levers bring and no chapter shows: one table for each table of the result; None where there is nothing.

    Args:
        view: the result.
        city: its code, for the page of a city; "" for all.
    """
    known = catalogue(view.instance.formulation)
    tables = []
    for name, decisions in brought(known).items():
        frame = view.result.tables.get(name)
        of_city = [each for each in ("city", *ENDS) if frame is not None and each in frame]
        if frame is None or (city and not of_city):
            continue
        frame = frame[(frame[of_city] == city).any(axis=1)] if city else frame
        if ENDS[0] in frame:  # most links carry nothing
            frame = frame[frame[[each for each in frame if is_numeric_dtype(frame[each])]].any(axis=1)]
        shown = [(column, each) for each in decisions for column in each.columns if column in frame]
        if not shown:  # a decision that there is only with some tables
            continue
        keys = [*(each for each in ENDS if each in frame), *(each for each in KEYS.values() if each in frame)]
        keys += [each for each in map(str, frame) if each not in keys and not is_numeric_dtype(frame[each])]
        heads = {
            "city": ("城市", "city"),
            "service": ("服务", "service"),
            "pool": ("指标", "pool"),
            "programme": ("项目", "programme"),
            "from": ("供给城市", "from"),
            "to": ("受益城市", "to"),
            "kind": ("方式", "kind"),
        }
        columns = tuple(Column(each, view.say(*heads.get(each, (each, each)))) for each in keys) + tuple(
            Column(
                column,
                getattr(_head(each, column), view.language),
                getattr(known.units[each.unit], view.language) if each.unit in known.units else each.unit,
                "number",
                2,
            )
            for column, each in shown
        )
        # What a table that no chapter knows has besides: prices paid for what is decided, for instance.
        further = [] if name in SHOWN else [
            each for each in map(str, frame) if is_numeric_dtype(frame[each]) and each not in dict(shown)
        ]  # fmt: skip
        for each in further:
            head, unit = (text.said(view.language) for text in described(view.result, name, each))
            columns += (Column(each, head, unit, "number", 2),)
        cities = dict(zip(view.codes, view.names, strict=True))
        named = {
            **dict.fromkeys(("city", *ENDS), cities), "programme": _programmes(view),
            "service": {each: view.service_title(each) for each in view.derived.services},
            "kind": {kind: worded(view.language, f"kind_{kind}") for kind in ("use", "move")},
        }  # fmt: skip
        rows = tuple(
            (
                *(named.get(each, {}).get(row[each], row[each]) for each in keys),
                *(float(row[column]) for column in (*dict(shown), *further)),
            )
            for row in frame.to_dict("records")
        )
        title = view.listed([getattr(each.title, view.language) for each in decisions])
        tables.append(Table(f"lever_{name}", title, columns, rows))
    if not tables:
        return None
    return Section("levers", view.say("其他政策工具", "Other policy levers"), "", tuple(tables))
