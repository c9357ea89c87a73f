"""An instance as short text: who is in it, what is shared out, by which rules, and how sure its numbers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from alloc.formulation.registry import catalogue
from alloc.instance.instance import Instance
from alloc.instance.schema.columns import MARKS
from alloc.instance.schema.tables import TABLES
from alloc.result.figures import MISSING, decimals_for, number, percent, shown_unit
from alloc.result.sections import Section, render
from alloc.result.wording import WORDS
from alloc.text import Text

STATUSES: Mapping[str, Text] = {
    "published": Text("公布", "published"),
    "derived": Text("推算", "derived"),
    "estimated": Text("估计", "estimated"),
    "assumed": Text("假定", "assumed"),
    "": Text("未注明", "not stated"),
}
_POOL_UNITS = {"land": "ha", "transfer": "10⁴ yuan", "bond": "10⁴ yuan"}


def instance_text(instance: Instance, language: str) -> str:
    """Everything of :func:`instance_sections` as plain text, with a word on the marks."""
    note = Text("ᵉ 估计　ᵃ 假定　— 没有", "ᵉ estimated   ᵃ assumed   — not given")
    if not len(instance.tables["sources"]):
        note = WORDS["no_sources"]
    return render(instance_sections(instance, language)) + "\n" + str(getattr(note, language))


def instance_sections(instance: Instance, language: str) -> list[Section]:
    """Overview, pools, services, tiers, limits, and the status of every column.

    Args:
        instance: a checked instance.
        language: ``zh`` or ``en``.
    """
    view = _View(instance, language)
    parts = [view.overview(), view.pools(), view.services(), view.tiers(), view.limits(), view.sources()]
    return [part for part in parts if part.rows]


def instance_record(instance: Instance) -> dict[str, Any]:
    """For machines: settings, and of every table the rows and the status of each column, ``""`` where not stated."""
    sources = instance.tables["sources"]
    keys = zip(sources["table"], sources["column"], strict=True)
    status = dict(zip(keys, sources["status"], strict=True))
    tables = {
        name: {
            "rows": len(frame),
            "columns": {str(each): status.get((name, str(each)), "") for each in frame.columns if _given(frame[each])},
        }
        for name, frame in instance.tables.items()
    }
    settings = instance.settings.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"instance": instance.name, "hash": instance.hash, "settings": settings, "tables": tables}


class _View:
    """One instance in one language."""

    def __init__(self, instance: Instance, language: str) -> None:
        self.tables, self.settings, self.language = instance.tables, instance.settings, language
        sources = self.tables["sources"]
        keys = zip(sources["table"], sources["column"], strict=True)
        self.status: dict[tuple[str, str], str] = dict(zip(keys, sources["status"], strict=True))

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def mark(self, table: str, column: str) -> str:
        """What is set behind numbers of a column."""
        return MARKS.get(self.status.get((table, column), ""), "")

    def overview(self) -> Section:
        cities = self.tables["cities"]
        provinces = cities["province"].nunique()
        rows = [(self.say("城市", "cities"), self.say(f"{len(cities)} 个，{provinces} 个省份", f"{len(cities)} in "
                 f"{provinces} province{'s' if provinces != 1 else ''}")),
                (self.say("规划年度", "planning year"), str(self.settings.year)),
                (self.say("设施", "facilities"), self.say("整座", "whole") if self.settings.integers
                 else self.say("不取整", "relaxation"))]  # fmt: skip
        for column, unit in (("residents", "persons"), ("migrants_cross", "persons"), ("migrants_within", "persons"),
                             ("built_up", "ha"), ("revenue", "10⁴ yuan"), ("essential_spending", "10⁴ yuan"),
                             ("debt_general", "10⁴ yuan"), ("debt_special", "10⁴ yuan")):  # fmt: skip
            total = float(cities[column].sum())
            shown = shown_unit(unit, total)
            title = getattr(TABLES["cities"].by_name[column].title, self.language)
            value = number(total / shown.size) + self.mark("cities", column)
            rows.append((f"{title}{self.say('（', ' (')}{getattr(shown, self.language)}{self.say('）', ')')}", value))
        title = f"{getattr(self.settings.title, self.language)}"
        return Section(title, (self.say("项目", "item"), self.say("全部城市合计", "all cities")), tuple(rows), "lr")

    def pools(self) -> Section:
        last = self.tables["last_year"].groupby("pool")["amount"].sum()
        rows = []
        for row in self.tables["pools"].to_dict("records"):
            unit = shown_unit(_POOL_UNITS[row["kind"]], row["total"])
            decimals = min(2, decimals_for(row["total"] / unit.size))
            total, before = row["total"] / unit.size, last.get(row["pool"], np.nan) / unit.size
            amounts = [
                number(total, decimals) + self.mark("pools", "total"),
                percent(row["reserve"], 0) + self.mark("pools", "reserve"),
                number((1 - row["reserve"]) * total, decimals) + self.mark("pools", "total"),
                MISSING if np.isnan(before) else number(before, decimals) + self.mark("last_year", "amount"),
            ]
            rows.append((
                f"{row[f'title_{self.language}']} {row['pool']}", getattr(unit, self.language), *amounts,
                self.span(row, "floor_multiple", "cap_multiple", "{:g}", "{:g}"),
                self.span(row, "corridor_down", "corridor_up", "−{:.0%}", "+{:.0%}"),
                self.say("是", "yes") if row["exhaust"] else self.say("否", "no"),
            ))  # fmt: skip
        heads = self.say("指标|单位|总量|预留|可分配|上年|保底…封顶倍数|浮动|全部下达",
                         "pool|unit|total|reserve|to share|last year|floor … cap|corridor|exhaust")  # fmt: skip
        return Section(self.say("资源池", "Pools"), tuple(heads.split("|")), tuple(rows), "llrrrrrrl")

    def span(self, row: Mapping[Any, Any], low: str, high: str, *forms: str) -> str:
        """The two ends of a rule, with a mark."""
        if np.isnan(row[low]) and np.isnan(row[high]):
            return MISSING
        names = (low, high)
        ends = [
            MISSING if np.isnan(row[name]) else form.format(row[name]) for name, form in zip(names, forms, strict=True)
        ]
        return " … ".join(ends) + (self.mark("pools", high) or self.mark("pools", low))

    def services(self) -> Section:
        capacity = self.tables["capacity"].groupby("service")["capacity"].sum()
        cities = self.tables["cities"]
        rows = []
        for row in self.tables["services"].to_dict("records"):
            cohort = cities[row["cohort"]]
            if row["plan_cohort"]:
                cohort = np.minimum(cohort, cities[row["plan_cohort"]])
            need = row["norm"] * float(cohort.sum())
            have = float(capacity.get(row["service"], np.nan))
            rows.append((
                f"{row[f'title_{self.language}']} {row['service']}", row[f"unit_{self.language}"], row["cohort"],
                f"{row['norm']:g}{self.mark('services', 'norm')}",
                percent(row["minimum"], 0) + self.mark("services", "minimum"),
                number(need),
                number(have) + self.mark("capacity", "capacity"),
                percent(have / need if need else np.nan) + self.mark("capacity", "capacity"),
                number(row["capital_cost"], 1) + self.mark("services", "capital_cost"),
            ))  # fmt: skip
        heads = self.say("服务|单位|服务人群|标准|最低|需求|现有|覆盖|造价（万元）",
                         "service|unit|cohort|norm|minimum|full need|capacity|coverage|cost (10⁴ yuan)")  # fmt: skip
        return Section(self.say("公共服务", "Services"), tuple(heads.split("|")), tuple(rows), "lllrrrrrr")

    def tiers(self) -> Section:
        named = catalogue(self.settings.formulation).tiers
        rows = []
        for place, goal in enumerate(self.settings.objective, start=1):
            options = [f"{name} = {value}" for name in ("method", "beta", "tolerance")
                       if (value := getattr(goal, name)) is not None]  # fmt: skip
            rows.append((str(place), getattr(named[goal.tier].title, self.language), goal.tier, ", ".join(options)))
        heads = self.say("|目标|代码|选项", "|tier|name|options").split("|")
        return Section(self.say("目标次序", "Tiers, in their order"), tuple(heads), tuple(rows), "rlll")

    def limits(self) -> Section:
        rows = [
            (row["limit"], row[f"title_{self.language}"], row["quantity"],
             row["where"] or self.say("全部城市", "all cities"),
             f"{row['sense']} {row['value']:g}{self.mark('limits', 'value')}", row["basis"])
            for row in self.tables["limits"].to_dict("records")
        ]  # fmt: skip
        heads = self.say("代码|限制|对象|范围|限值|基础", "limit|title|of|where|value|basis").split("|")
        return Section(self.say("分组限制", "Limits"), tuple(heads), tuple(rows), "llllll")

    def sources(self) -> Section:
        """For every table and status the columns; nothing where the instance does not speak of its sources."""
        if not self.status:
            return Section("", (), (), "")
        rows = []
        for name, frame in self.tables.items():
            columns = [str(column) for column in frame.columns if len(frame) and _given(frame[column])]
            for status, title in STATUSES.items():
                those = [column for column in columns if self.status.get((name, column), "") == status]
                if those and name != "sources":
                    label = f"{getattr(title, self.language)}{MARKS.get(status, '')}"
                    rows.append((name, label, str(len(those)), ", ".join(those)))
        heads = self.say("表|状态|列数|列", "table|status|columns|which").split("|")
        return Section(self.say("数据来源", "How sure the numbers are"), tuple(heads), tuple(rows), "llrl")


def _given(values: pd.Series) -> bool:
    return bool((values.notna() & (values != "")).any())
