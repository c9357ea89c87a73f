"""An instance as short text: who is in it, what is shared out, by which rules, and how sure its numbers are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from alloc.content.blocks import Amount, Cell, Paragraph, Row, Section, Table
from alloc.content.conditions import condition_said
from alloc.content.figures import MISSING, decimals_for, shown_unit
from alloc.content.tables import exact, share, table
from alloc.content.titles import column_title, value_title
from alloc.formulation.columns import KIND_UNITS
from alloc.formulation.registry import catalogue_for
from alloc.instance.aside import parted, set_aside
from alloc.instance.derived.optional.issued import shared_out
from alloc.instance.divisions.scope import units_left_out
from alloc.instance.instance import Instance, counted
from alloc.instance.schema.columns import MARKS
from alloc.instance.schema.tables import OF_STATUS, ORDERED, TABLES
from alloc.instance.statuses import MIXED, mixed_columns, statuses_of
from alloc.result.wording import say
from alloc.scenario.edits import Script
from alloc.scenario.files import scripts
from alloc.text import Text
from alloc.workbook.words import Names

STATUSES: Mapping[str, Text] = {
    "published": Text("公布", "published"),
    "derived": Text("推算", "derived"),
    "estimated": Text("估计", "estimated"),
    "assumed": Text("假设", "assumed"),
    MIXED: Text("逐城市不同", "differs by city"),
    "": Text("未注明", "not stated"),
}


def instance_section(instance: Instance, language: str) -> Section:
    """Overview, pools, services, tiers, limits, scenarios, and the status of every column.

    Args:
        instance: a checked instance.
        language: ``zh`` or ``en``.
    """
    view = _View(instance, language)
    tables = (view.overview(), view.pools(), view.services(), view.tiers(), view.limits(),
              view.scenarios(scripts_of(instance)), view.sources(), view.mixed())  # fmt: skip
    scope = units_left_out(instance.tables["cities"]["city"])
    said = [*([scope.said(language)] if scope else []),
            *([] if len(instance.tables["sources"]) else [say(language, "no_sources")])]  # fmt: skip
    title = Text("算例概要", "The instance in short").said(language)
    return Section("instance", title, "", (*(each for each in tables if each.rows), *map(Paragraph, said)))


def scripts_of(instance: Instance) -> list[Script]:
    """The scenarios beside an instance, or on a sheet of its workbook, as they are written."""
    return [] if instance.home is None else scripts(instance.home)[0]


def overview(instance: Instance, language: str) -> Table:
    """The first of these tables: who is in it, and its sums."""
    return _View(instance, language).overview()


def instance_record(instance: Instance) -> dict[str, Any]:
    """For machines: settings, and of every table the rows and the status of each column, ``""`` where not stated.

    Of a column whose cells have several statuses it is how many of them have which.
    """
    statuses = statuses_of(instance.tables)

    def status(name: str, column: str, frame: pd.DataFrame) -> str | dict[str, int]:
        counts = statuses.counts(name, column, frame)
        return dict(sorted(counts.items())) if len(counts) > 1 else next(iter(counts))

    tables = {
        name: {
            "rows": len(frame),
            "columns": {
                str(column): status(name, str(column), frame) for column in frame.columns if _given(frame[column])
            },
        }
        for name, frame in instance.tables.items()
        if counted(name, frame)
    }
    settings = instance.settings.model_dump(mode="json", by_alias=True, exclude_none=True)
    every = {script.name: script.title._asdict() for script in scripts_of(instance)}
    named = {"instance": instance.name, "hash": instance.hash, "settings": settings, "tables": tables}
    return {**named, **({"scenarios": every} if every else {})}


class _View:
    """One instance in one language."""

    def __init__(self, instance: Instance, language: str) -> None:
        self.tables, self.settings, self.language = instance.tables, instance.settings, language
        self.place = ("zh", "en").index(language)
        self.statuses = statuses_of(self.tables)

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def mark(self, table: str, column: str, item: str = "") -> str:
        """What is set behind a sum over a column, or over its cells of one service or pool."""
        return MARKS.get(self.statuses.weakest(table, column, self.tables[table], item), "")

    def overview(self) -> Table:
        cities = self.tables["cities"]
        provinces = cities["province"].nunique()
        count = self.say(f"{provinces} 个省份", f"in {provinces} province{'s' if provinces != 1 else ''}")
        rows: list[Row] = [
            (self.say("城市", "cities"), Amount(len(cities)), count),
            (self.say("规划年度", "planning year"), str(self.settings.year), ""),
            (self.say("设施", "facilities"), self.say("整座", "whole") if self.settings.integers
             else self.say("不取整", "relaxation"), ""),
        ]  # fmt: skip
        for column, unit in (("residents", "persons"), ("migrants_cross", "persons"), ("migrants_within", "persons"),
                             ("built_up", "ha"), ("revenue", "10⁴ yuan"), ("essential_spending", "10⁴ yuan"),
                             ("debt_general", "10⁴ yuan"), ("debt_special", "10⁴ yuan")):  # fmt: skip
            total = float(cities[column].sum())
            shown = shown_unit(unit, total)
            value = Amount(total / shown.size, mark=self.mark("cities", column))
            rows.append((TABLES["cities"].by_name[column].title[self.place], value, shown.said(self.language)))
        heads = self.say("项目|全部城市合计|单位", "item|all cities|unit")
        return table("overview", str(getattr(self.settings.title, self.language)), heads, "lrl", rows)

    def pools(self) -> Table:
        last = self.tables["last_year"].groupby("pool")["amount"].sum()
        parts = shared_out(self.tables["pools"], self.settings.stage)
        purposes = set_aside(self.tables["pools"])
        rows: list[Row] = []
        for row in self.tables["pools"].to_dict("records"):
            unit = shown_unit(KIND_UNITS[row["kind"]], row["total"])
            decimals = min(2, decimals_for(row["total"] / unit.size))
            total, before = row["total"] / unit.size, last.get(row["pool"], np.nan) / unit.size
            aside = parted(row["reserve"], row)
            amounts = (
                Amount(total, decimals, mark=self.mark("pools", "total")),
                *(share(aside[name], 0, mark=self.mark("pools", "reserve")) for name in purposes),
                Amount((1 - row["reserve"]) * total * parts[row["pool"]], decimals, mark=self.mark("pools", "total")),
                Amount(before, decimals, mark=self.mark("last_year", "amount", row["pool"])),
            )
            rows.append((
                f"{row[f'title_{self.language}']} {row['pool']}", unit.said(self.language), *amounts,
                self.span(row, "floor_multiple", "cap_multiple", "{:g}", "{:g}"),
                self.span(row, "corridor_down", "corridor_up", "−{:.0%}", "+{:.0%}"),
                self.say("是", "yes") if row["exhaust"] else self.say("否", "no"),
            ))  # fmt: skip
        reserve = "|".join(say(self.language, name) for name in purposes)
        heads = self.say(f"指标|单位|总量|{reserve}|可分配|上年|保底…封顶倍数|浮动|全部下达",
                         f"pool|unit|total|{reserve}|to share|last year|floor … cap|corridor|exhaust")  # fmt: skip
        return table("pools", self.say("资源池", "Pools"), heads, f"ll{'r' * (len(purposes) + 5)}l", rows)

    def span(self, row: Mapping[Any, Any], low: str, high: str, *forms: str) -> Cell:
        """The two ends of a rule, with a mark."""
        if np.isnan(row[low]) and np.isnan(row[high]):
            return MISSING
        names = (low, high)
        ends = [
            MISSING if np.isnan(row[name]) else form.format(row[name]) for name, form in zip(names, forms, strict=True)
        ]
        return " … ".join(ends) + (self.mark("pools", high) or self.mark("pools", low))

    def cohort(self, column: str) -> str:
        """A column of the table of cities by title and name; a column of the planner's own by its name."""
        title = column_title("cities", column, self.language)
        return f"{title} {column}" if title != column else column

    def services(self) -> Table:
        capacity = self.tables["capacity"].groupby("service")["capacity"].sum()
        cities = self.tables["cities"]
        rows: list[Row] = []
        for row in self.tables["services"].to_dict("records"):
            cohort = cities[row["cohort"]]
            if row["plan_cohort"]:
                cohort = np.minimum(cohort, cities[row["plan_cohort"]])
            need = row["norm"] * float(cohort.sum())
            have = float(capacity.get(row["service"], np.nan))
            rows.append((
                f"{row[f'title_{self.language}']} {row['service']}", row[f"unit_{self.language}"],
                self.cohort(row["cohort"]),
                replace(exact(row["norm"], 6), mark=self.mark("services", "norm")),
                share(row["minimum"], 0, mark=self.mark("services", "minimum")),
                Amount(need),
                Amount(have, mark=self.mark("capacity", "capacity", row["service"])),
                share(have / need if need else None, mark=self.mark("capacity", "capacity", row["service"])),
                Amount(row["capital_cost"], 1, mark=self.mark("services", "capital_cost")),
            ))  # fmt: skip
        heads = self.say(
            "服务|单位|服务人群|标准|最低|全部需求|现有|现有占需求|造价（万元）",
            "service|unit|cohort|norm|minimum|full need|capacity|capacity of need|cost (10⁴ yuan)",
        )
        note = self.say(
            "现有占需求为各城市合计之比；结果和报告中的覆盖率分城市算、至多计 100 %，再按常住人口加权，所以可以较低。",
            "Capacity of need is that of all cities together; coverage in results and reports is by city, at most "
            "100 % of each, and weighted by residents, so it may be lower.",
        )
        return table("services", self.say("公共服务", "Services"), heads, "lllrrrrrr", rows, note)

    def tiers(self) -> Table:
        named = catalogue_for(self.settings).tiers
        rows: list[Row] = []
        for place, goal in enumerate(self.settings.objective, start=1):
            options = [self.option(name, value) for name in ("method", "beta", "tolerance")
                       if (value := getattr(goal, name)) is not None]  # fmt: skip
            said = self.say("，", ", ").join(options)
            rows.append((Amount(place), named[goal.tier].title.said(self.language), goal.tier, said))
        heads = self.say("次序|目标|代码|选项", "no.|tier|name|options")
        return table("tiers", self.say("目标次序", "Tiers, in their order"), heads, "rlll", rows)

    def option(self, name: str, value: object) -> str:
        """An option of a tier, in Chinese by titles."""
        title = column_title("objective", name, "zh")
        return self.say(f"{title}：{value_title(name, str(value), 'zh')}", f"{name} = {value}")

    def limits(self) -> Table:
        cells = {name: {str(column): frame[column].tolist() for column in frame} for name, frame in self.tables.items()}
        names = Names({} if self.language == "en" else cells)
        rows: list[Row] = [
            (row["limit"], row[f"title_{self.language}"],
             names.shown("limits", "quantity", row["quantity"], {}) if self.language == "zh" else row["quantity"],
             self._cities_of(row), row["sense"],
             replace(exact(row["value"], 6), mark=self.mark("limits", "value")),
             value_title("basis", row["basis"], self.language))
            for row in self.tables["limits"].to_dict("records")
        ]  # fmt: skip
        heads = self.say("代码|限制|对象|范围|方向|限值|基础", "limit|title|of|where|sense|value|basis")
        return table("limits", self.say("分组限制", "Limits"), heads, "lllllrl", rows)

    def scenarios(self, every: Sequence[Script]) -> Table:
        """What may follow ``--scenario``."""
        rows: list[Row] = [
            (each.name, each.title.said(self.language), Amount(len(each.edits)), each.inherits) for each in every
        ]  # fmt: skip
        heads = self.say("名称|标题|修改条数|沿用", "name|title|edits|starts from")
        return table("scenarios", self.say("情景", "Scenarios"), heads, "llrl", rows)

    def _cities_of(self, row: Mapping[Hashable, Any]) -> str:
        """Which cities a limit is about: their sum, or each of them, and with which others they are compared."""
        where, versus = (condition_said(self.tables, self.language, str(row[name])) for name in ("where", "versus"))
        where = self.say(f"{where}，逐市", f"each of: {where}") if row["each"] else where
        return self.say(f"{where}，对照：{versus}", f"{where} versus {versus}") if row["versus"] else where

    def sources(self) -> Table:
        """For every table and status the columns; nothing where the instance does not speak of its sources."""
        rows: list[Row] = []
        for name, frame in self.tables.items() if self.statuses.columns or self.statuses.cells else ():
            columns = [str(column) for column in frame.columns if len(frame) and _given(frame[column])]
            found = {column: self.statuses.counts(name, column, frame) for column in columns}
            for status, title in STATUSES.items():
                those = [
                    column for column, counts in found.items()
                    if (MIXED if len(counts) > 1 else next(iter(counts))) == status
                ]  # fmt: skip
                if those and name not in (*OF_STATUS, *ORDERED):
                    label = f"{getattr(title, self.language)}{MARKS.get(status, '')}"
                    known = TABLES[name].title.zh if name in TABLES else name
                    titles = "、".join(column_title(name, column, "zh") for column in those)
                    rows.append((
                        self.say(known, name), label, Amount(len(those)), self.say(titles, ", ".join(those))
                    ))  # fmt: skip
        heads = self.say("表|状态|列数|列", "table|status|columns|which")
        return table("sources", self.say("数据来源", "How sure the numbers are"), heads, "llrl", rows)

    def mixed(self) -> Table:
        """Columns whose cells have several statuses: for how many cities, or cities and items, each."""
        rows: list[Row] = []
        for name, column, counts in mixed_columns(self.tables, self.statuses):
            title = column_title(name, column, self.language)
            each = (Amount(counts[status]) for status in STATUSES if status != MIXED)
            place = self.say(TABLES[name].title.zh, f"{name}.{column}")
            rows.append((place, title, *each, Amount(counts.total())))
        heads = ["", "", *(getattr(title, self.language) + MARKS.get(status, "") for status, title in STATUSES.items()
                           if status != MIXED), ""]  # fmt: skip
        heads[0], heads[1], heads[-1] = self.say("表", "column"), self.say("列", "meaning"), self.say("合计", "all")
        title = self.say("状态逐城市不同的列：各状态的格数", "Cells of each status, where it differs by city")
        return table("mixed", title, heads, "ll" + "r" * (len(heads) - 2), rows)


def _given(values: pd.Series) -> bool:
    return bool((values.notna() & (values != "")).any())
