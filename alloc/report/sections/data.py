"""Where the numbers come from (T14), and how they were made: tiers, rules, hashes, versions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from alloc.content.blocks import Amount, Cell, Column, Listing, Paragraph, Part, Section, Table
from alloc.content.figures import gap_of, number, tier_unit, tolerance_decimals
from alloc.content.origins import without_programs
from alloc.content.titles import column_title, value_title
from alloc.instance.findings import EDITS, Finding
from alloc.instance.schema.tables import TABLES
from alloc.instance.statuses import holds_data, item_column, mixed_columns, said_of, tally
from alloc.report.plain.certainty import border_line
from alloc.report.view import View
from alloc.result.notes import beyond_table, note_lines, unreached_tiers
from alloc.result.result import Result
from alloc.result.summary import status_line
from alloc.scenario.edits import THEN, Edit
from alloc.scenario.lines import after, line_of
from alloc.scenario.titles.writing import lines_shown

STATUSES = {
    "published": ("公布", "published"),
    "derived": ("推算", "derived"),
    "estimated": ("估计ᵉ", "estimated ᵉ"),
    "assumed": ("假设ᵃ", "assumed ᵃ"),
}

SHORT_HASH = 12  # signs of a hash on the page of a city


def data(view: View) -> Section:
    """T14: every column, its status and source; findings on the data."""
    sources, language = view.instance.tables["sources"], view.language
    mixed = {(table, column): counts for table, column, counts in mixed_columns(view.instance.tables, view.statuses)}
    rows: list[tuple[Cell, ...]] = []
    for row in sources.to_dict("records"):
        where = str(row["table"]), str(row["column"])
        if not holds_data(view.instance.tables, where[0]):
            continue
        frame = view.instance.tables.get(where[0], pd.DataFrame())
        known = view.statuses.weakest(*where, frame)  # of its cells, where these have their own
        status = view.say("逐城市不同", "by city") if where in mixed else _status(view, known)
        rows.append(
            (
                _table(view, where[0]),
                column_title(*where, view.language),
                status,
                *(without_programs(said_of(row, name, language), language) for name in ("source", "year", "note")),
            )
        )
    heads = (
        ("table", view.say("表", "table")),
        ("title", view.say("列", "column")),
        ("status", view.say("状态", "status")),
        ("source", view.say("来源", "source")),
        ("year", view.say("年份", "year")),
        ("note", view.say("说明", "note")),
    )
    register = Table(
        "sources",
        view.say("数据来源登记", "Register of sources"),
        tuple(Column(name, title) for name, title in heads),
        tuple(rows),
        note=view.say("来源和说明按算例数据表列示。", "Sources and notes as the instance has them."),
        sortable=True,
        code="T14",
    )
    counts = tally(view.instance.tables)
    sentence = view.say(
        "输入数据共 {all} 列：公布 {published} 列，推算 {derived} 列，估计 {estimated} 列，假设 {assumed} 列。",
        "Of {all} input columns {published} are published, {derived} derived, {estimated} estimated and {assumed} "
        "assumed.",
        all=counts.total(), **{name: counts[name] for name in STATUSES},
    ) if counts else view.say("本算例没有数据来源表。", "This instance says nothing of its sources.")  # fmt: skip
    warnings = [*view.instance.warnings, *view.result.findings]
    told = list(dict.fromkeys(_warned(view, finding) for finding in warnings))
    parts: tuple[Table | Paragraph | Listing, ...] = (register,) if rows else ()
    parts = (*map(Paragraph, border_line(view)), *parts)
    if mixed:
        head = view.say(
            "下列 {count} 列的状态逐城市不同：", "Of {count} columns the status differs by city:", count=len(mixed)
        )
        parts = (Paragraph(head), Listing(tuple(_counted(view, *where, mixed[where]) for where in mixed)), *parts)
    if told:
        head = view.say("数据检查提示 {count} 条：", "The check of the data has {count} warnings:", count=len(told))
        shown = told[:12]
        if len(told) > len(shown):
            shown.append(view.say("……另有 {more} 条，见 alloc check。", "… and {more} more: see alloc check.",
                                  more=len(told) - len(shown)))  # fmt: skip
        parts = (*parts, Paragraph(head), Listing(tuple(shown)))
    return Section("data", view.say("数据质量与来源", "Data and sources"), sentence, parts)


def _table(view: View, table: str) -> str:
    return TABLES[table].title.said(view.language) if table in TABLES else table


def _status(view: View, status: str) -> str:
    return view.say(*STATUSES[status]) if status in STATUSES else status


def _counted(view: View, table: str, column: str, counts: Counter[str]) -> str:
    """For how many cities, or cells of cities, a column has which status."""
    cells = view.say("格", "cells") if item_column(table) else view.say("个城市", "cities")
    said = [
        view.say("{status} {n}", "{status} for {n}", status=_status(view, name) or view.say("未注明", "not stated"),
                 n=number(counts[name]))
        for name in (*STATUSES, "") if counts[name]
    ]  # fmt: skip
    return view.say(
        "{title}（{named}表）：共 {all} {cells}，{said}。",
        "{title} ({named}): {said} of {all} {cells}.",
        title=column_title(table, column, view.language), cells=cells,
        all=number(counts.total()),
        named=_table(view, table),
        said=view.listed(said),
    )  # fmt: skip


def _warned(view: View, finding: Finding) -> str:
    """A warning with its table, record and column: the reader has the planner's files, not those of the result."""
    known = TABLES.get(Path(finding.file).stem)
    column = known.by_name.get(finding.column or "") if known else None
    names = dict(zip(view.codes, view.names, strict=True))
    place = [
        getattr(known.title, view.language) if known else "",
        f"{names[finding.key]} {finding.key}" if finding.key in names else _keyed(view, finding.key or ""),
        getattr(column.title, view.language) if column else finding.column or "",
    ]
    said = " ".join if not view.zh else "".join
    words = said([getattr(part, view.language) for part in (finding.message, finding.remedy)])
    return view.say("{place}：{words}", "{place}: {words}", place=" · ".join(filter(None, place)), words=words)


def _keyed(view: View, key: str) -> str:
    """A pool or service by its title; another key as it is."""
    if key in view.pools.index:
        return view.pool_title(key)
    return view.service_title(key) if key in view.services.index else key


def method(view: View) -> Section:
    """Tiers, their values and gaps; what was verified; how to do it again."""
    named = view.catalogue.tiers
    rows: list[tuple[Cell, ...]] = []
    fine = tolerance_decimals(view.result.manifest["tiers"])
    for tier in view.result.manifest["tiers"]:
        about = named[tier["tier"]]
        unit, decimals = tier_unit(about.unit, float(tier["value"] or 0.0))
        reached, bound = (math.nan if tier[key] is None else tier[key] / unit.size for key in ("value", "bound"))
        rows.append((
            about.title.said(view.language),
            about.words.said(view.language),
            Amount(reached, decimals),
            Amount(bound, decimals),
            unit.said(view.language),
            gap_of(tier, unit.size, decimals) if tier["optimised"] else view.say("未优化", "not optimised"),
            view.say("精确保持", "exact") if tier["tolerance"] is None else Amount(tier["tolerance"], fine),
        ))  # fmt: skip
    columns = (
        Column("tier", view.say("目标（按先后）", "tier, in order")), Column("words", view.say("含义", "what it does")),
        Column("value", view.say("本方案的值", "value of this result")), Column("bound", view.say("界", "bound")),
        Column("unit", view.say("单位", "unit")), Column("gap", view.say("差距", "gap")),
        Column("tolerance", view.say("允许让步", "tolerance")),
    )  # fmt: skip
    note = view.say(
        "差距为本方案的值与界之差，占本方案的值的百分数；有允许让步的目标，以及值相对于同类目标很小的，用该目标自己的单位。"
        "让出的部分也在差距之内。",
        "The gap is how far the value is from the bound, in per cent of the value; in the tier's own unit where it has "
        "a tolerance, or where the value is small for its kind. What tolerances give away is part of it.",
    )
    tiers = Table("tiers", view.say("各级目标", "Tiers"), columns, tuple(rows), note=note)
    checks = view.result.manifest["verified"]
    sentence = view.say(
        "方案由各级目标依先后求解得出，前一级的最优不因后一级而变差；每个公布的数都由原始数据重新核算，"
        "{checks}项全部相符。",
        "The allocation solves the tiers one after another, none at the cost of an earlier one; every published "
        "number was "
        "computed again from the raw tables, and all {checks} checks agree.",
        checks=number(checks["checks"]),
    )  # fmt: skip
    if unreached_tiers(view.result, view.language):
        sentence = view.say(
            "方案没有求解到结束：标为“未优化”的目标没有参与选择；每个公布的数都由原始数据重新核算，{checks}项全部相符。",
            "The solve did not come to its end: tiers that are “not optimised” had no say. Every published number was "
            "computed again from the raw tables, and all {checks} checks agree.",
            checks=number(checks["checks"]),
        )
    text = view.say(
        "在满足全部规则的前提下逐级寻优；随后按最小分配单位取整、落户人数取整数，各项规则对取整后的数同样保持，"
        "不能保持的逐条列出；最后把每个数分解为公式、规则、优化、人工和取整五部分。",
        "Within all rules the tiers are optimised in order; then amounts are rounded to their quanta and settlers to "
        "whole persons with every rule kept, and what cannot be kept is listed; last, every number is split into "
        "formula, rules, optimisation, override and rounding.",
    )
    beyond = [replace(each, sortable=True) for each in beyond_table(view.result, view.language)]
    notes = note_lines(view.result, view.language)
    found = (Listing(tuple(notes)),) if notes else ()
    status = view.say("求解情况：{how}。", "The solve: {how}.", how=status_line(view.result, view.language))
    blocks: tuple[Part, ...] = (Paragraph(text), Paragraph(status), *found, tiers, *beyond)
    return Section("method", view.say("方法与复现", "Method"), sentence, blocks)


def _facilities(view: View, options: Mapping[str, Any]) -> str:
    if not options["integers"]:
        return view.say("否", "no")
    if options["facilities"] == "joint":
        return view.say("是，由搜索得到，不唯一确定", "yes, found by search; not determined")
    return view.say("是，逐市选定", "yes, chosen by every city by itself")


def identity(view: View) -> tuple[tuple[str, str], ...]:
    """Which instance a page belongs to: its name and the first signs of its hash, which the report has whole."""
    of = view.result.manifest["instance"]
    return ((view.say("算例", "instance"), f"{of['name']} {of['hash'][:SHORT_HASH]}"),)


def facts(view: View) -> tuple[tuple[str, str], ...]:
    """What is needed to do it again."""
    manifest = view.result.manifest
    options = manifest["options"]
    versions = ", ".join(f"{name} {value}" for name, value in manifest["versions"].items())
    found = [
        (view.say("算例", "instance"), str(manifest["instance"]["name"])),
        (view.say("算例哈希", "hash of the instance"), str(manifest["instance"]["hash"])),
        (view.say("命令", "command"), command(view.result, view.language)),
        (view.say("整座设施", "whole facilities"), _facilities(view, options)),
        (view.say("设定差距", "gap allowed"), number(100 * options["gap"], 3) + " %"),
        (view.say("模型", "formulation"), value_title("formulation", str(options["formulation"]), view.language)),
        (view.say("核验", "verification"), view.say(
            "{checks} 项，最大相对误差 {worst}", "{checks} checks, worst relative error {worst}",
            checks=number(manifest["verified"]["checks"]), worst=f"{manifest['verified']['worst'] or 0:.1e}")),
        (view.say("各级目标的界", "bounds of the tiers"), view.say(
            "alloc certify 写成证书，任何人只用 Python 即可独立核对",
            "alloc certify writes what proves them, for anybody to check with Python alone")),
        (view.say("版本", "versions"), versions),
    ]  # fmt: skip
    if view.result.folder is not None and (words := [*_scenarios(manifest), *_edits(view.result, view.language)]):
        before = view.say("或从修改前的算例或结果，修改只用一次", "or from what was solved, before the edits")
        input_of = view.say("算例", "INSTANCE")
        found.insert(3, (before, " ".join(["alloc", "solve", input_of, *map(_quoted, words)])))
    return tuple(found)


def command(result: Result, language: str) -> str:
    """What solves it again, for a terminal of any system; its edits as readers of a language write them.

    A result that was read has in its folder what was solved, with its scenario, its edits, and what was moved, and the
    options of its run. One in memory is solved again from where its instance was read, with what its manifest has.
    """
    if result.folder is not None:
        return f"alloc solve {_quoted(str(result.folder))}"
    manifest, instance = result.manifest, result.instance
    words = ["alloc", "solve", str(instance.home or instance.name)]
    words += [*_scenarios(manifest), *_edits(result, language)]
    own, options = instance.replaced, manifest["options"]
    if "integers" in own:
        words.append("--integers" if options["integers"] else "--relaxation")
    for name in ("gap", "time_limit", "formulation"):
        if name in own:
            words += [f"--{name.replace('_', '-')}", str(options[name])]
    return " ".join(map(_quoted, words))


def _scenarios(manifest: Mapping[str, Any]) -> list[str]:
    """The options that apply the scenario, or those that it is made of."""
    scenario = manifest.get("scenario")
    names = (scenario.get("of") or [scenario["name"]]) if scenario else ()
    return [word for name in names for word in ("--scenario", name)]


def _edits(result: Result, language: str) -> list[str]:
    """The options of the edits that were given beside a scenario."""
    lines = []
    for each in result.manifest["edits"]:
        if each["file"] == EDITS:
            line = line_of(Edit(each["verb"], each["target"], each["value"], each["where"]))
            line = after([line])[0] if each.get(THEN) else line
            lines.append(line + (f"  # {each['why']}" if each["why"] else ""))  # which a new row takes as its reason
    return [word for line in lines_shown(lines, result.instance, language) for word in ("--edit", line)]


def _quoted(word: str) -> str:
    """A word of a command in the quotes that all shells have, where it needs any."""
    return word if re.fullmatch(r"[\w./\\:+-]+", word) else '"' + word.replace('"', '\\"') + '"'
