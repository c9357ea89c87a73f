"""What is drawn of a variation: the curve of every tier and of what chosen cities get, and what each of them shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from alloc.content.figures import Unit, shown_unit, tier_unit
from alloc.formulation.registry import catalogue, catalogue_for
from alloc.parametric.chart import ACROSS as ABREAST
from alloc.parametric.chart import Panel, svg
from alloc.parametric.curves import curve, noise
from alloc.parametric.grid import axes_said, heats
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.parametric.vary import Variation

ROWS = 3  # of panels in a drawing on a page, which leave half of it
OPTIMUM = Text("最优值", "optimum")
VALUE = Text("方案的值", "value of the plan")
BAND = Text("方案的值，色带至界", "value of the plan, band to its bound")
ACROSS = Text(
    "横轴：{target}；每点都是一个经核验的完整求解", "Across: {target}; every point is a complete, verified solve"
)
IN_PARTS = Text("松弛解：设施可取小数，不必是整座", "Relaxations: facilities may be built in parts")
RELAXED = Text(
    "各级目标给出其最优值；方案的值可在允许让步之内与之有出入",
    "Tiers: the optimum of each; the value of the plan may be off it within the tolerance",
)
WHOLE = Text(
    "各级目标画方案的值；色带延伸至界，任何方案都不会更好",
    "Tiers: the value of the plan; the band reaches to the bound that no plan can better",
)
HOLLOW = Text(
    "空心点：求解提前结束，或该级目标没有求出界", "Hollow points: stopped early, or the tier was not solved to a bound"
)
DASHED = Text("虚线：现值", "Dashed line: the value now")


def drawn(variation: Variation, language: str, title: str = "", source: str = "") -> str:
    """The chart: curves over one number, grids of cells over two.

    Args:
        variation: what was varied.
        language: ``zh`` or ``en``.
        title: above it, with what is drawn; "" where the page says both.
        source: beneath.
    """
    told = subtitles(variation, language) if title else ()
    if not variation.second:
        return svg(title, told, source, panels(variation, language), _now(variation))
    cells = heats(variation, language)
    return svg(title, told, source, [each.drawn() for each in cells], tall=cells[0].height)


def drawn_apart(variation: Variation, language: str) -> dict[str, list[str]]:
    """The chart for pages, which are no higher than they are: tiers under "", every chosen city under its code; of many
    panels several, about alike."""
    if variation.second:
        return {"": [drawn(variation, language)]}
    cities = variation.cities["city"].unique() if len(variation.cities) else ()
    of_tiers, of_cities = (
        _tiers(variation, language),
        {str(code): _cities(variation, language, code) for code in cities},
    )
    return {
        code: [svg("", (), "", part, _now(variation)) for part in _parted(told)]
        for code, told in {"": of_tiers, **of_cities}.items()
        if told
    }


def _parted(told: list[Panel]) -> list[list[Panel]]:
    """Panels of a drawing in parts of at most three rows."""
    rows = -(-len(told) // ABREAST)
    each = ABREAST * -(-rows // -(-rows // ROWS))
    return [told[at : at + each] for at in range(0, len(told), each)]


def subtitles(variation: Variation, language: str) -> list[str]:
    """What is drawn, a line each: across which axes, of a relaxation that it is one, and how to read it."""
    if variation.second:
        across, *marks = axes_said(variation, language)
        return [across, *([] if variation.whole else [IN_PARTS.said(language)]), *marks]
    told = [ACROSS, *([WHOLE] if variation.whole else [IN_PARTS, RELAXED])]
    told += [HOLLOW] if variation.tiers["incomplete"].any() else []
    told += [DASHED] if _now(variation) is not None else []
    return [each.said(language, target=variation.axes(language)[0]) for each in told]


def _now(variation: Variation) -> float | None:
    """What is varied as it is in the base, where the chart reaches it."""
    now, values = (variation.now or (None,))[0], variation.tiers["value"]
    return now if now is not None and values.min() <= now <= values.max() else None


def panels(variation: Variation, language: str) -> list[Panel]:
    """A panel for every tier, then one for every chosen city and pool."""
    return [*_tiers(variation, language), *_cities(variation, language)]


def _tiers(variation: Variation, language: str) -> list[Panel]:
    known = catalogue_for(variation.instance.settings)
    named, units = known.tiers, known.units
    found = []
    for tier in [name for name in variation.tiers["tier"].unique() if name]:
        drawn = curve(variation, tier)
        unit, _ = tier_unit(named[tier].unit, float(drawn["y"].abs().max()))
        shown, least = drawn.assign(y=drawn["y"] / unit.size, bound=drawn["bound"] / unit.size), noise(drawn["y"])
        title = _titled(unit, units.get(named[tier].unit), language)
        kind = VALUE if shown["bound"].isna().all() else BAND if variation.whole else OPTIMUM
        note = " · ".join([*([title] if title else []), kind.said(language)])
        bounds = _by_step(variation, shown["bound"].to_dict()) if variation.whole else []
        points = list(zip(_steps(variation).values(), _by_step(variation, shown["y"].to_dict()), strict=True))
        marked = _places(variation, shown.index[shown["incomplete"]])
        found.append(Panel(getattr(named[tier].title, language), note, points, bounds, marked, least / unit.size))
    return found


def _titled(unit: Unit, usual: Text | None, language: str) -> str:
    """A unit by the name that it has in the tables, or else by that of the catalogue."""
    return unit.said(language) if unit.size != 1.0 or usual is None else usual.said(language)


def _cities(variation: Variation, language: str, only: str = "") -> list[Panel]:
    instance = variation.instance
    pools = instance.tables["pools"].set_index("pool")
    cities = instance.tables["cities"].set_index("city")
    shown = "name_en" if language == "en" and (cities["name_en"] != "").all() else "name"
    names: dict[Any, str] = cities[shown].to_dict()
    titles: dict[Any, str] = pools[f"title_{language}"].to_dict()
    units = catalogue(instance.formulation).units
    kinds: dict[Any, str] = pools["kind"].to_dict()
    quanta: dict[Any, float] = pools["quantum"].to_dict()
    marked = _places(variation, variation.tiers.loc[variation.tiers["incomplete"], "step"])
    found = []
    for (city, pool), rows in variation.cities.groupby(["city", "pool"]):
        if only not in ("", city):
            continue
        usual = "ha" if kinds[pool] == "land" else "10⁴ yuan"
        unit = shown_unit(usual, float(rows["published"].abs().max()))
        values = _by_step(variation, (rows.set_index("step")["published"] / unit.size).to_dict())
        points = list(zip(_steps(variation).values(), values, strict=True))
        note = _titled(unit, units[usual], language)
        found.append(Panel(f"{names[city]} · {titles[pool]}", note, points, (), marked, quanta[pool] / unit.size))
    return found


def _steps(variation: Variation) -> dict[int, float]:
    """Step -> value of what is varied, in order."""
    first = variation.tiers.drop_duplicates("step")
    return {int(step): float(value) for step, value in zip(first["step"], first["value"], strict=True)}


def _by_step(variation: Variation, values: Mapping[Any, float]) -> list[float | None]:
    """A value for every step; None where there is none."""
    found = (values.get(step) for step in _steps(variation))
    return [None if value is None or value != value else float(value) for value in found]


def _places(variation: Variation, steps: Sequence[int] | pd.Index | pd.Series) -> frozenset[int]:
    wanted = set(steps)
    return frozenset(place for place, step in enumerate(_steps(variation)) if step in wanted)
