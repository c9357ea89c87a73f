"""An empty instance with chosen services and pools, ready to be filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import Known
from alloc.template.guide import guides
from alloc.template.settings_text import settings_data, settings_text
from alloc.template.tables_text import csv_text, named_columns
from alloc.template.writing import TemplateError
from alloc.text import Text

_HEADING = Text("空白算例：填写标题、年度和各表。", "An empty instance: give title, year and the tables.")
_NOTES = (
    Text(
        "services、pools、factors 各表取自 {source}，其中标准、成本、权重、上下限都是假设值（见 sources 表），"
        "请逐项核对；pools 的 total 须填写。",
        "The rows of services, pools and factors are those of {source}: norms, costs, weights and bounds are assumed "
        "(see sources) and have to be checked one by one; the total of every pool is to be filled in.",
    ),
    Text(
        "cities 每个城市一行；capacity 每个城市、每项服务一行；"
        "有保底或封顶倍数的资源池在 last_year 中须有每个城市的上年数额。",
        "cities: a row a city; capacity: a row a city and service; last_year: a row a city for every pool with a floor "
        "or cap multiple.",
    ),
    Text(
        "earmarks、overrides、limits 没有就留空。sources 为 cities 的每一列加一行。",
        "Leave earmarks, overrides and limits empty where there are none. Add a row to sources for every column of "
        "cities.",
    ),
)


def empty_texts(
    source: Instance,
    name: str,
    services: Sequence[str] | None = None,
    pools: Sequence[str] | None = None,
    year: int | None = None,
) -> dict[str, str]:
    """The files of an empty instance.

    Args:
        source: where the rows of services, pools and factors and the policy come from.
        name: its name.
        services, pools: keys in ``source``; None: all.
        year: planning year; None: to be filled in.

    Raises:
        TemplateError: ``source`` has no such service or pool.
    """
    tables = empty_tables(source, services, pools)
    data = settings_data(source.settings)
    data["name"], data["title"] = name, {"zh": "", "en": ""}
    if year is None:
        del data["year"]
    else:
        data["year"] = year
    notes = [note.fill(source=source.name) for note in _NOTES]
    return {
        "instance.toml": settings_text(data, _HEADING),
        **{f"{table}.csv": csv_text([*map(str, frame.columns)], frame) for table, frame in tables.items()},
        **guides(Text("填报说明", "How to fill in this instance"), notes, cohorts(tables["services"])),
    }


def empty_tables(
    source: Instance, services: Sequence[str] | None, pools: Sequence[str] | None
) -> dict[str, pd.DataFrame]:
    """Every table of the schema: chosen services, pools and factors with their sources, all others without rows."""
    chosen = {
        table: _chosen(source.tables[table], key, wanted)
        for table, key, wanted in (("services", "service", services), ("pools", "pool", pools))
    }
    chosen["pools"]["total"] = np.nan
    factors = source.tables["factors"]
    chosen["factors"] = factors[factors["pool"].isin(chosen["pools"]["pool"])]
    columns = list(TABLES["cities"].names)
    for cohort in chosen["services"]["cohort"]:
        if cohort not in columns:
            columns += [cohort, f"migrant_{cohort}"]
    named = named_columns({"limits": source.tables["limits"].iloc[:0], **chosen}) | set(chosen["factors"]["factor"])
    named |= set(source.settings.policy.levels)
    columns += sorted(named & set(source.tables["cities"].columns) - set(columns))
    sources = source.tables["sources"]
    to_fill = (sources["table"] == "pools") & (sources["column"] == "total")
    chosen["sources"] = sources[sources["table"].isin(["services", "pools", "factors"]) & ~to_fill]
    return {
        name: chosen[name] if name in chosen else pd.DataFrame(columns=columns if name == "cities" else table.names)
        for name, table in TABLES.items()
    }


def slug(name: str) -> str:
    """A name that an instance can have, as near to the given one as can be."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-") or "instance"


def _chosen(table: pd.DataFrame, key: str, wanted: Sequence[str] | None) -> pd.DataFrame:
    if wanted is None:
        return table.copy()
    known = Known(table[key].tolist())
    for name in wanted:
        if name not in known:
            remedy = known.remedy(name)
            raise TemplateError(Text(f"没有“{name}”。{remedy.zh}", f"There is no {name}. {remedy.en}"))
    return table[table[key].isin(list(wanted))].reset_index(drop=True)


def cohorts(services: pd.DataFrame) -> dict[str, list[str]]:
    """Column of ``cities`` -> the services that it is the cohort of, by their titles."""
    cohorts: dict[str, list[str]] = {}
    for cohort, zh, en in zip(services["cohort"], services["title_zh"], services["title_en"], strict=True):
        cohorts.setdefault(cohort, []).append(f"{zh} {en}")
    return cohorts
