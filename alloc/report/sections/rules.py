"""What binds, what it is worth (T7), the planner's limits, and what was let pass (T10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from alloc.content.blocks import Amount, Cell, Column, Listing, Part, Section, Table
from alloc.content.conditions import condition_said
from alloc.content.figures import number, tolerance_decimals
from alloc.content.places import department
from alloc.explanation.sensitivity.answer import Prices
from alloc.instance.derived.limits import key_of, title_of
from alloc.instance.statuses import said_of
from alloc.report.plain.by_hand import edit_said
from alloc.report.view import View
from alloc.result.frames.bounds import bounds_that_bind
from alloc.result.frames.standing import families_as_published, limits_as_published
from alloc.result.frames.units import LIMIT_UNIT, decimals_in, units_of_rows
from alloc.result.settled import whole_persons
from alloc.text import Text
from alloc.tolerances import AT_BOUND, ROUNDOFF

SENSES = {"<=": Text("不超过", "at most"), ">=": Text("不低于", "at least"), "=": Text("等于", "equal"),
          "==": Text("等于", "equal")}  # fmt: skip
TOLD = 12  # sentences on prices


def rules(view: View, prices: Prices | None = None) -> Section:
    """Binding families, limits, prices in words, relaxations."""
    families = _families(view)
    parts: list[Part] = [families]
    if len(view.result.tables["limits"]):
        parts.append(_limits(view))
    if prices is not None:
        prices = replace(prices, reader=True)
        if sentences := prices.sentences(view.language):
            parts.append(Listing(tuple(sentences[:TOLD])))
        parts += (replace(table, name=f"prices_{table.name}", code="T7") for table in prices.tables(view.language))
    parts.append(_relaxations(view))
    sentence = view.say(
        "{binding}类规则在某些地方恰好用尽；放宽其中任何一条，方案都可能变化，下面写明由谁决定、放宽有多大作用。",
        "{binding} kinds of rules have no room left somewhere; below stands who may waive each and what that would "
        "be worth.",
        binding=len(families.rows),
    )
    return Section(
        "rules", view.say("约束与放宽的作用", "Rules, and what waiving them is worth"), sentence, tuple(parts)
    )


def _families(view: View) -> Table:
    owners, sources = view.catalogue.owners, view.catalogue.sources
    rows: list[tuple[Cell, ...]] = []
    for family, row in families_as_published(view.result).set_index("family").to_dict("index").items():
        about = view.family(str(family))
        if not about.restrains or not row["binding"]:
            continue
        told = view.binding_said(str(family), row["binding"], row["rows"])
        source = getattr(sources[about.source], view.language) if about.source in sources else about.source
        rows.append((
            getattr(about.title, view.language), float(row["binding"]), float(row["rows"]), told,
            getattr(owners[about.owner], view.language), source,
        ))  # fmt: skip
    rows += [
        (each.title.said(view.language), float(len(each.cities)), float(each.of), each.words.said(view.language),
         owners[each.owner].said(view.language), "")
        for each in bounds_that_bind(view.result, view.derived)
    ]  # fmt: skip
    columns = (
        Column("family", view.say("规则", "rule")),
        Column("binding", view.say("起约束", "binding"), view.say("处", ""), "number"),
        Column("rows", view.say("共", "of"), view.say("处", ""), "number"),
        Column("words", view.say("含义", "what it says")),
        Column("owner", view.say("由谁决定", "who may waive it")),
        Column("source", view.say("依据", "source")),
    )
    title, named = view.say("起约束作用的规则", "Rules that bind"), {row[-1] for row in rows}
    return Table("binding", title, columns, tuple(rows), note=_unchecked(view, named), code="T7")


def _unchecked(view: View, told: Collection[Cell]) -> str:
    """What of the sources that are named is not yet checked against the documents."""
    known = view.catalogue.sources
    parts = [
        view.say("{source}的{what}", "{what} of {source}", source=known[name].said(view.language),
                 what=what.said(view.language))
        for name, what in view.catalogue.unchecked.items() if known[name].said(view.language) in told
    ]  # fmt: skip
    if not parts:
        return ""
    return view.say("依据中尚待与原文核对：{parts}。", "Not yet checked against the document: {parts}.",
                    parts=view.say("；", "; ").join(parts))  # fmt: skip


def _limits(view: View) -> Table:
    """The limits; of one for every city the row of that which has the least room."""
    limits = {row["limit"]: row for row in view.instance.tables["limits"].to_dict("records")}
    rows: list[tuple[Cell, ...]] = []
    table = limits_as_published(view.result)
    units = dict(zip(table["limit"], units_of_rows(view.instance, LIMIT_UNIT, table, view.language), strict=True))
    tightest = table["slack"].groupby(table["limit"].map(key_of), sort=False).idxmin()
    for row in table.loc[tightest].to_dict("records"):
        about = limits[key_of(row["limit"])]
        slack = float(row["slack"]) if abs(row["slack"]) > AT_BOUND * max(1.0, abs(row["right"])) else 0.0
        left, right, unit = float(row["left"]), float(row["right"]), units[row["limit"]]
        if unit == view.persons and row["sense"] == "<=":
            right = float(whole_persons(right))
            slack = right - left
        rows.append((
            getattr(title_of(view.instance.tables, row["limit"]), view.language),
            condition_said(view.instance.tables, view.language, str(about["where"])),
            SENSES[str(row["sense"])].said(view.language),
            unit, *(Amount(each, decimals_in(unit)) for each in (left, right, slack)),
            department(str(about["owner"])).said(view.language), said_of(about, "source", view.language),
        ))  # fmt: skip
    columns = (
        Column("limit", view.say("限制", "limit")),
        Column("where", view.say("适用于", "holds for")),
        Column("sense", view.say("方向", "sense")),
        Column("unit", view.say("单位", "unit")),
        Column("left", view.say("实际", "actual"), kind="figure"),
        Column("right", view.say("限值", "limit"), kind="figure"),
        Column("slack", view.say("余地", "room"), kind="figure"),
        Column("owner", view.say("责任部门", "owner")),
        Column("source", view.say("依据", "source")),
    )
    return Table("limits", view.say("分组限制", "Group limits"), columns, tuple(rows), code="T7")


def _relaxations(view: View) -> Table:
    """T10: what the solve let pass, each with its size: old shortfalls, tolerances, edits."""
    rows: list[tuple[Cell, ...]] = []
    short = view.derived.shortfall
    if (short > 0).any():
        rows.append((
            view.say("原有收支缺口不计", "budget shortfalls of the past let pass"),
            view.say("{cities}，共 {sum}", "{cities}, {sum} in all", cities=view.cities_said(short > 0),
                     sum=view.money_text(float(short.sum()))),
        ))  # fmt: skip
    over = view.debt["ratio_before"].to_numpy() > view.instance.settings.policy.debt.ceiling
    if over.any():
        rows.append((
            view.say("已超债务率上限的存量债务", "debt that is above the ceiling already"),
            view.say("{cities}，不再增加债券", "{cities}, no new bonds there", cities=view.cities_said(over)),
        ))  # fmt: skip
    lower = view.derived.lower
    corridor = view.derived.benchmark > view.derived.upper * (1 + ROUNDOFF)
    with np.errstate(invalid="ignore"):
        below = view.derived.benchmark < lower * (1 - ROUNDOFF)
    if corridor.any() or below.any():
        rows.append((
            view.say("公式测算数超出规则上下限而被调整", "formula amounts outside the bounds, moved to them"),
            view.say("{count}处（城市与指标）", "{count} pairs of city and pool", count=int((corridor | below).sum())),
        ))  # fmt: skip
    fine = max(4, tolerance_decimals(view.result.manifest["tiers"]))
    for tier in view.result.manifest["tiers"]:
        if tier["tolerance"]:
            title = getattr(view.catalogue.tiers[tier["tier"]].title, view.language)
            rows.append((
                view.say("目标“{tier}”允许让步", "tolerance of the tier {tier}", tier=title),
                view.say("至多 {most}，实际用去 {used}", "at most {most}, {used} of it "
                                                         "used", most=number(tier["tolerance"], fine),
                         used=_used(tier, fine)),
            ))  # fmt: skip
    for edit in view.result.manifest.get("edits") or ():
        rows.append((view.say("情景或修改", "scenario or edit"), edit_said(view, edit)))
    if not rows:
        rows.append((view.say("没有放宽任何规则", "nothing was waived"), ""))
    columns = (Column("what", view.say("事项", "what")), Column("how", view.say("程度", "how much")))
    return Table("relaxations", view.say("放宽与让步", "What was let pass"), columns, tuple(rows), code="T10")


def _used(tier: Mapping[str, Any], decimals: int) -> str:
    """How much of its tolerance a tier gave away, at most."""
    if tier["bound"] is None:
        return "—"
    return number(min(abs(tier["bound"] - tier["value"]), tier["tolerance"]), decimals)
