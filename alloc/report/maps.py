"""The map: cities as dots, provinces by name, a planner's boundaries and their map number where they are given."""

from __future__ import annotations

import numpy as np

from alloc.content.blocks import Figure
from alloc.content.numbers import change
from alloc.report.boundaries import Boundaries
from alloc.report.charts.palette import DIVERGING, classed
from alloc.report.charts.points import FEW, Dot, Legend, points
from alloc.report.view import View, significant
from alloc.text import behind_number

BORDERS = (-0.2, -0.05, 0.05, 0.2)
NAMED = 12  # of more cities than are all named


def allocation_map(view: View, boundaries: object = None) -> Figure | None:
    """Discs by new land (or transfers), coloured by the change; None where no city has coordinates."""
    if "lon" not in view.cities or view.cities[["lon", "lat"]].isna().any(axis=None):
        return None
    kind = "land" if view.kind("land").any() else "transfer"
    now, before = view.given(kind), view.given(kind, "before")
    if now.sum() <= 0:
        return None
    moved = np.where(before > 0, now / np.where(before > 0, before, 1.0) - 1, 0.0)
    money = view.money(float(now.max()), 0)
    scale, unit = (1.0, view.hectares) if kind == "land" else (money.scale, money.unit)
    where = list(zip(view.cities["lon"].astype(float), view.cities["lat"].astype(float), strict=True))
    named = len(now) if len(now) <= FEW else NAMED
    ranks = {int(at): rank for rank, at in enumerate(np.argsort(-now, kind="stable")[:named], 1)}
    dots = [
        Dot(where[at], float(now[at]), classed(moved[at], BORDERS, DIVERGING), view.short_names[at],
            f"{view.names[at]}  {significant(now[at] / scale)} {behind_number(unit)}  {change(100 * moved[at], 1)} "
            f"%", ranks.get(at, 0), moved[at] < BORDERS[1])
        for at in range(len(view.codes))
    ]  # fmt: skip
    provinces = [
        (name, (float(np.mean([where[at][0] for at in members])), float(np.mean([where[at][1] for at in members]))))
        for place, name in enumerate(view.province.names)
        if view.province.tells and len(members := np.flatnonzero(view.province.of == place)) > 1
    ]
    given = boundaries if isinstance(boundaries, Boundaries) else None
    title = view.say("新增建设用地", "New land") if kind == "land" else view.say("转移支付", "Transfers")
    up, down = view.cities_said(moved >= 0.05), view.cities_said(moved <= -0.05)
    told = view.say(
        "{title}：{up}增加 5 % 以上，{down}减少 5 % 以上",
        "{title}: up by 5 % or more in {up}, down by 5 % or more in {down}", title=title, up=up, down=down,
    )  # fmt: skip
    source = view.say("来源：本方案公布数；圆点位于城市政府驻地，不表示边界",
                      "Source: the published allocation; dots stand at the seats of cities and show no "
                      "borders")  # fmt: skip
    if given is not None:
        source += view.say("；底图审图号：{number}", "; base map number: {number}", number=given.number)
    svg = points(dots, provinces, _legend(view, float(now.max()), scale, unit), told, given.lines if given else ())
    subtitle = view.say(
        "圆面积为数量（{unit}），颜色为与{base}相比的变化，减少的带横线",
        "Area by amount ({unit}), colour by the change against {base}, losses with a dash",
        unit=unit,
        base=view.base_word,
    )
    return Figure("map", told, subtitle, source, svg, told)


def _legend(view: View, largest: float, scale: float, unit: str) -> Legend:
    texts = ("< −20 %", "−20 … −5 %", "−5 … +5 %", "+5 … +20 %", "> +20 %")
    power = 10.0 ** np.floor(np.log10(largest / scale))
    sizes = [power * scale * each for each in (1.0, 0.3, 0.1)]
    return Legend(
        view.say("与{base}相比", "against {base}", base=view.base_word), list(zip(texts, DIVERGING, strict=True)),
        unit, [(size, significant(size / scale)) for size in sizes],
    )  # fmt: skip
