"""Instances of any size made from counties-2020: some of its counties, or all of them and copies."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from alloc.instance import locate, read
from alloc.instance.instance import make_instance
from alloc.instance.schema.tables import BY_CITY
from alloc.template.settings_text import settings_data, settings_text
from alloc.template.tables_text import table_texts
from alloc.template.writing import write_folder

SHIPPED = {337: "china-2020", 2947: "counties-2020"}
EVERYWHERE = ("production_land",)
"""Limits that keep their meaning whatever counties are chosen."""


def write_sized(cities: int, folder: Path) -> Path:
    """A folder with an instance of so many cities: the one that ships where there is one, else made and written.

    Counties are drawn evenly over the list of codes; beyond 2,947 they are repeated under new codes. Pools are scaled
    by what their counties had last year, so that nobody has more or less to share. Tables, settings and rules are
    those of counties-2020 (without land by use, which only china-2020 has), but for the limits of provinces.
    """
    if cities in SHIPPED:
        return Path(locate(SHIPPED[cities]))
    base = read("counties-2020")
    names = base.tables["cities"]["city"].to_list()
    drawn = [names[k] for k in _places(len(names), cities)]
    codes = [f"{100_000 + k:06d}" for k in range(cities)]
    tables = dict(base.tables)
    for table in ("cities", *BY_CITY):
        rows = base.tables[table]
        if rows.empty:
            continue
        place = rows.groupby("city").indices
        chosen = [place[city] for city in drawn]
        made = rows.iloc[np.concatenate(chosen)].reset_index(drop=True)
        made["city"] = np.repeat(codes, [len(each) for each in chosen])
        tables[table] = made
    pools = base.tables["pools"].copy()
    # A formula moves a little where counties are drawn or repeated; what their ground leaves them does not.
    pools["corridor_down"] = pools["corridor_down"].where(pools["kind"] != "land", 0.35)
    had, has = (each["last_year"].groupby("pool")["amount"].sum() for each in (base.tables, tables))
    for k, pool in enumerate(pools["pool"]):
        # Whole thousands leave a multiple of every quantum whatever the reserve.
        pools.loc[pools.index[k], "total"] = float(round(pools["total"].iloc[k] * has[pool] / had[pool] / 1000) * 1000)
    limits = base.tables["limits"]
    tables |= {"pools": pools, "limits": limits[limits["limit"].isin(EVERYWHERE)].reset_index(drop=True)}
    settings = base.settings.model_copy(update={"name": f"generated-{cities}"})
    instance = make_instance(settings, tables)
    write_folder(folder, {"instance.toml": settings_text(settings_data(settings)), **table_texts(instance.tables)})
    return folder


def _places(of: int, wanted: int) -> list[int]:
    """Places in a list of `of`: evenly over it, or all of it again and again."""
    if wanted <= of:
        return [round(k * (of - 1) / max(wanted - 1, 1)) for k in range(wanted)]
    return [k % of for k in range(wanted)]
