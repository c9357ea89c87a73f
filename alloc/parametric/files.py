"""A parametric what-if as blocks, a table and a chart, and as a folder: tidy files and the chart."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alloc import writing
from alloc.content.blocks import Amount, Figure, Paragraph, Row, Section, Table
from alloc.content.figures import Unit, tier_unit, unit_title
from alloc.content.tables import table
from alloc.formulation.registry import catalogue_for
from alloc.parametric.curves import curve, ended
from alloc.parametric.grid import alike, grid_tables, unchanged_said
from alloc.parametric.panels import drawn, drawn_apart, subtitles
from alloc.parametric.refused import clashes_said, refused_said
from alloc.parametric.turned import jumps_said, now_said, turned_said
from alloc.text import Text, figure
from alloc.writing import Written
from alloc.writing.kinds import CHART, VARIATION

if TYPE_CHECKING:
    from alloc.parametric.vary import Variation

MARK = "°"  # behind the numbers of points that the chart draws hollow
TITLE = Text("逐值试算：{target}", "What if: {target} over a range")
TIERS = Text("各级目标", "Tiers")
CITY = Text("{city}的分配", "What {city} gets")
OF_CITY = Text("{told}随 {target} 变动", "{told} as {target} varies")
REACHED = Text("方案的值：不等于最优值的各级目标", "Values of the plans, of tiers that are off their optimum")
STATUS = Text("状态", "status")
DRAWN = Text("{target} 从 {first} 变到 {last}，各级目标随之变动", "Tiers as {target} goes from {first} to {last}")
DRAWN_BOTH = Text("各级目标随 {target} 和 {second} 变动", "Tiers as {target} and {second} vary")
CONTINUED = Text("{title}（续）", "{title} (continued)")
UNSOLVED = Text("被中断：还有 {count} 个取值没有求解。", "Interrupted: {count} of the values were not reached.")
SOURCE = Text("来源：alloc，{name} {hash}", "Source: alloc, {name} {hash}")


def variation_sections(variation: Variation, language: str) -> tuple[Section, ...]:
    """One row a value: what every tier reaches and how the solve ended, and what chosen cities get; and the chart."""
    values = variation.tiers["value"]
    ends = {name: figure(value) for name, value in (("first", values.iloc[0]), ("last", values.iloc[-1]))}
    told = DRAWN.said(language, target=variation.axes(language)[0], **ends)
    if variation.second:
        told = DRAWN_BOTH.said(language, target=variation.axes(language)[0], second=variation.axes(language)[1])
    tables: list[Table] = grid_tables(variation, language) if variation.second else [
        _tiers(variation, language), *_reached(variation, language), *_cities(variation, language)
    ]  # fmt: skip
    said = [*(unchanged_said(variation, language) if variation.second else []), *subtitles(variation, language)[1:]]
    said += [
        *refused_said(variation, language),
        *clashes_said(variation, language),
        *now_said(variation, language),
        *turned_said(variation, language),
        *jumps_said(variation, language),
    ]
    if variation.unsolved:
        said.insert(0, UNSOLVED.said(language, count=variation.unsolved))
    parts: list[Table | Paragraph | Figure] = [*tables, *map(Paragraph, said), *_charts(variation, language, told)]
    return (Section("whatif", TITLE.said(language, target=variation.named(language)), "", tuple(parts)),)


def _charts(variation: Variation, language: str, told: str) -> list[Figure]:
    """The tiers, then every chosen city by itself."""
    across, source = subtitles(variation, language)[0], _source(variation, language)
    found = []
    for code, parts in drawn_apart(variation, language).items():
        city = CITY.said(language, city=_city(variation, code, language)) if code else ""
        title = OF_CITY.said(language, told=city, target=variation.axes(language)[0]) if code else told
        name = f"chart_{code}" if code else "chart"
        for place, svg in enumerate(parts):
            titled = CONTINUED.said(language, title=title) if place else title
            found.append(Figure(f"{name}_{place + 1}" if place else name, titled, across, source, svg, titled))
    return found


def _city(variation: Variation, code: str, language: str) -> str:
    city = variation.instance.tables["cities"].set_index("city").loc[code]
    return str((city["name_en"] if language == "en" else "") or city["name"])


def _tiers(variation: Variation, language: str) -> Table:
    tiers = catalogue_for(variation.instance.settings).tiers
    order = [name for name in variation.tiers["tier"].unique() if name]
    drawn: dict[str, dict[Any, Any]] = {tier: curve(variation, tier).to_dict("index") for tier in order}
    largest = {tier: max((abs(each["y"]) for each in drawn[tier].values()), default=0.0) for tier in order}
    shown = {tier: tier_unit(tiers[tier].unit, largest[tier]) for tier in order}

    def cell(tier: str, step: Any) -> Amount:
        there: dict[Any, Any] = drawn[tier].get(step, {"y": math.nan, "incomplete": False})
        unit, decimals = shown[tier]
        return Amount(there["y"] / unit.size, decimals, mark=MARK if there["incomplete"] else "")

    firsts: dict[Any, dict[Any, Any]] = variation.tiers.drop_duplicates("step").set_index("step").to_dict("index")
    given = alike([float(first["value"]) for first in firsts.values()], variation.now[:1])
    rows: list[Row] = [
        (value, *(cell(tier, step) for tier in order), ended(first["status"], language))
        for value, (step, first) in zip(given, firsts.items(), strict=True)
    ]
    heads = (variation.heads(language)[0], *(tiers[name].title.said(language) for name in order), STATUS.said(language))
    units = ("", *(shown[tier][0].said(language) for tier in order), "")
    return table("tiers", TIERS.said(language), heads, "r" * (len(order) + 1) + "l", rows, units=units)


def _reached(variation: Variation, language: str) -> list[Table]:
    """What the plans have of the tiers whose optimum they are off: a frontier has two sides."""
    tiers = catalogue_for(variation.instance.settings).tiers
    columns: dict[str, tuple[dict[Any, float], Unit, int]] = {}
    for tier in (name for name in variation.tiers["tier"].unique() if name):
        of_tier = variation.tiers[variation.tiers["tier"] == tier].set_index("step")
        reached, shown = of_tier["reached"].astype(float), curve(variation, tier)["y"]
        unit, decimals = tier_unit(tiers[tier].unit, float(reached.abs().max()))
        if ((reached - shown).abs() / unit.size >= 0.5 * 10.0**-decimals).any():
            columns[tier] = (dict(zip(reached.index, reached, strict=True)), unit, decimals)
    if not columns:
        return []
    values = variation.tiers.drop_duplicates("step")
    rows: list[Row] = [
        (value, *(Amount(given.get(step, math.nan) / unit.size, decimals)
                  for given, unit, decimals in columns.values()))
        for step, value in zip(values["step"], alike(values["value"].tolist(), variation.now[:1]), strict=True)
    ]  # fmt: skip
    heads = (variation.heads(language)[0], *(tiers[tier].title.said(language) for tier in columns))
    units = ("", *(unit.said(language) for _, unit, _ in columns.values()))
    return [table("reached", REACHED.said(language), heads, "r" * len(heads), rows, units=units)]


def _cities(variation: Variation, language: str) -> list[Table]:
    """What every chosen city gets: a row a value, a column a pool."""
    pools = variation.instance.tables["pools"].set_index("pool")
    found = []
    for code, of_city in variation.cities.groupby("city"):
        amounts = of_city.pivot(index="value", columns="pool", values="published")
        order = [pool for pool in pools.index if pool in amounts]
        given: dict[str, str] = dict(zip(of_city["pool"], of_city["unit"], strict=True))
        rows: list[Row] = [
            (value, *(Amount(row[pool], 2 if given[pool] == "ha" else 0) for pool in order))
            for value, row in zip(
                alike(amounts.index.tolist(), variation.now[:1]), amounts.to_dict("records"), strict=True
            )
        ]
        title = CITY.said(language, city=_city(variation, str(code), language))
        heads = (variation.heads(language)[0], *(str(pools.at[pool, f"title_{language}"]) for pool in order))
        units = ("", *(unit_title(given[pool], language) for pool in order))
        found.append(table(f"city_{code}", title, heads, "r" * len(heads), rows, units=units))
    return found


def _source(variation: Variation, language: str) -> str:
    name = getattr(variation.instance.settings.title, language)
    return SOURCE.said(language, name=name, hash=variation.instance.hash[:12])


def write(variation: Variation, folder: Path, language: str, rescued: bool = False) -> Written:
    """Writes tiers.csv, cities.csv and chart.svg, whole or not at all; what-ifs that are there are renamed beside.

    Raises:
        TargetError: `folder` holds something else, or cannot be written.
    """
    title = getattr(variation.instance.settings.title, language)
    chart = drawn(variation, language, title, _source(variation, language))

    def written(beside: Path) -> None:
        beside.mkdir()
        for name, rows in (("tiers", variation.tiers), ("cities", variation.cities)):
            text = rows.to_csv(index=False, lineterminator="\n")
            (beside / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
        (beside / CHART).write_text(chart, encoding="utf-8", newline="\n")

    return writing.write(folder, VARIATION, written, reads=[variation.instance.home], rescued=rescued)
