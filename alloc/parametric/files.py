"""A parametric what-if as a table of text, and as a folder: tidy files and a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alloc import writing
from alloc.formulation.registry import catalogue
from alloc.instance.instance import Instance
from alloc.parametric.chart import svg
from alloc.parametric.panels import curve, panels, subtitles
from alloc.parametric.vary import Variation
from alloc.result.figures import number
from alloc.result.sections import Section, render
from alloc.writing import Written
from alloc.writing.kinds import CHART, VARIATION

HOLLOW = "°"  # behind the numbers of points that the chart draws hollow


def table_text(variation: Variation, language: str) -> str:
    """One row a value: what every tier reaches, and how the solve ended."""
    tiers = catalogue(variation.formulation).tiers
    order = [name for name in variation.tiers["tier"].unique() if name]
    drawn: dict[str, dict[Any, Any]] = {tier: curve(variation, tier).to_dict("index") for tier in order}

    def cell(tier: str, step: Any) -> str:
        there: dict[Any, Any] = drawn[tier].get(step, {"y": float("nan"), "incomplete": False})
        decimals = 0 if tiers[tier].unit in ("persons", "10⁴ yuan") else 5
        return number(there["y"], decimals) + (HOLLOW if there["incomplete"] else "")

    firsts: dict[Any, dict[Any, Any]] = variation.tiers.drop_duplicates("step").set_index("step").to_dict("index")
    rows = [
        (f"{first['value']:g}", *(cell(tier, step) for tier in order), str(first["status"]))
        for step, first in firsts.items()
    ]
    titles = (getattr(tiers[name].title, language) for name in order)
    heads = (variation.target, *titles, "状态" if language == "zh" else "status")
    table = render([Section("", heads, tuple(rows), "r" * (len(order) + 1) + "l")])
    return "\n".join([table, *subtitles(variation, language)[1:]])


def write(variation: Variation, instance: Instance, folder: Path, language: str) -> Written:
    """Writes tiers.csv, cities.csv and chart.svg, whole or not at all; what-ifs that are there are renamed beside.

    Raises:
        TargetError: `folder` holds something else, or cannot be written.
    """
    title = getattr(instance.settings.title, language)
    source = f"{'来源' if language == 'zh' else 'Source'}: alloc, {instance.name} {instance.hash[:12]}"
    chart = svg(title, subtitles(variation, language), source, panels(variation, instance, language))

    def written(beside: Path) -> None:
        beside.mkdir()
        for name, table in (("tiers", variation.tiers), ("cities", variation.cities)):
            text = table.to_csv(index=False, lineterminator="\n")
            (beside / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
        (beside / CHART).write_text(chart, encoding="utf-8", newline="\n")

    return writing.write(folder, VARIATION, written, reads=[instance.home], rescued=True)
