"""One pool by city, or everything about one city, of one result against the base."""

from __future__ import annotations

from collections.abc import Sequence

from alloc.comparison.text.details import SCORE_DECIMALS, SIDES, points
from alloc.comparison.text.layout import Figures, Line, Part
from alloc.comparison.text.view import Row, View, alone, compared, compared_cells
from alloc.comparison.text.wording import RESIDENT_UNITS
from alloc.content.blocks import Amount
from alloc.content.figures import decimals_for, number
from alloc.content.places import debt_tier
from alloc.content.tables import difference, share
from alloc.result.settled import whole_persons

RESIDENT = ("base_per_resident", "other_per_resident")
EXACT = {"ha": 2, "10⁴ yuan": 0}  # decimals that show a published amount whole


def one_pool(view: View, letter: str, pool: str, cities: Sequence[str]) -> list[Part]:
    """The amounts of a pool by city, the largest gains first, the largest losses last; the total on top."""
    parts = []
    for total in view.rows("pools", letter, pool=pool):
        rows = view.rows("allocation", letter, pool=pool, kind=total["kind"])
        rows = [row for row in rows if not cities or row["city"] in cities]
        rounded = [row for row in rows if row["moved"] == "rounding"]
        if not view.everything:
            rows = [row for row in rows if row["moved"] != "rounding"]
        rows.sort(key=lambda row: (row["change"] != row["change"], -row["change"]))
        shown = _exact(view, total["unit"])
        fine = min(2, decimals_for(max((row[name] for row in rows for name in RESIDENT if row[name] == row[name]),
                                       default=0.0)))  # fmt: skip
        lines = []
        if not cities:
            lines.append(Line((view.say("whole"), "", *compared_cells(total, shown), "", "", ""), ("1",)))
        for row in rows:
            values = compared_cells(row, shown)
            base, other = (Amount(row[name], fine) for name in RESIDENT)
            resident = (base, other, difference(other, base))
            lines.append(
                Line((view.title("city", row["city"]), row["city"], *values, *resident), (values[2], alone(row)))
            )
        title = view.say("one_pool", pool=view.title("pool", pool), a="A", b=letter, unit=shown.unit)
        unit = view.title.pick(RESIDENT_UNITS[total["unit"]])
        part = view.table(title, view.say("one_pool_heads", a="A", b=letter, unit=unit), "llrrrrrrr", lines)
        left_out = rounded and not view.everything
        parts.append(part.noted(view.say("one_pool_rounding", count=number(len(rounded)))) if left_out else part)
    return parts


def _exact(view: View, unit: str) -> Figures:
    return Figures(view.figures(unit, []).unit, 1.0, EXACT[unit])


def one_city(view: View, letter: str, city: str) -> list[Part]:
    """Pools, services, settlement and debt of a city."""
    title = view.say("city", name=view.title("city", city), code=city, a="A", b=letter)
    for mark in ("A", letter):
        for row in view.rows("unmatched", letter, kind="city", code=city, present_in=mark):
            key = "city_merged" if row["reason"] == "merged" else "city_alone"
            return [Part(title, (view.say(key, letter=mark),))]
    allocation = view.rows("allocation", letter, city=city)
    if not allocation:
        return [Part(title, (view.say("city_neither", a="A", b=letter),))]
    measures = {row["measure"]: row for row in view.rows("measures", letter, city=city)}
    (debt,) = view.rows("debt", letter, city=city)
    return [
        _pools(view, letter, title, allocation),
        _services(view, letter, view.rows("services", letter, city=city)),
        _others(view, letter, measures, debt),
        *_decisions(view, letter, [*view.rows("decisions", letter, city=city), *_links(view, letter, city)]),
    ]


def _pools(view: View, letter: str, title: str, rows: Sequence[Row]) -> Part:
    lines = []
    for row in rows:
        shown, unit = _exact(view, row["unit"]), view.title.pick(RESIDENT_UNITS[row["unit"]])
        values = compared_cells(row, shown)
        resident = Amount(row["change_per_resident"], 2, sign=True)
        cells = (view.title("pool", row["pool"]), shown.unit, *values, resident, unit)
        lines.append(Line(cells, (values[2], alone(row))))
    return view.table(title, view.say("city_pools_heads", a="A", b=letter), "llrrrrrl", lines)


def _services(view: View, letter: str, rows: Sequence[Row]) -> Part:
    lines = []
    for row in rows:
        before, after = (share(row[side], 2) for side in SIDES)
        coverage = (before, after, points(before, after))
        sides = ([Amount(row[f"{name}_{side}"]) for side in SIDES] for name in ("added", "backlog"))
        added, backlog = ((*values, difference(*reversed(values))) for values in sides)
        changes = (coverage[2], added[2], backlog[2], alone(row))
        lines.append(Line((view.title("service", row["service"]), *coverage, *added, *backlog), changes))
    heads = view.say("city_services_heads", a="A", b=letter)
    return view.table(view.say("city_services"), heads, "lrrrrrrrrr", lines)


def _links(view: View, letter: str, city: str) -> list[Row]:
    """What is decided of links from or to a city, which are of no city alone."""
    return [row for row in view.rows("decisions", letter, city="") if city in row["item"].split(",")]


def _decisions(view: View, letter: str, rows: Sequence[Row]) -> list[Part]:
    lines = []
    for row in rows:
        shown = view.decided(
            row["unit"], row["item"], [row[side] for side in ("base", "other") if row[side] == row[side]]
        )
        values = compared(row, shown)
        named = view.title.decided(row["decision"], row["item"])
        cells = (named, view.title.place(row["table"], row["column"]), shown.unit, *values)
        lines.append(Line(cells, (values[2], alone(row))))
    heads = view.say("city_decisions_heads", a="A", b=letter)
    return [view.table(view.say("city_decisions"), heads, "lllrrr", lines)] if lines else []


def _others(view: View, letter: str, measures: dict[str, Row], debt: Row) -> Part:
    lines = []
    limits = {side: float(whole_persons(measures["settle_limit"][side])) for side in SIDES}
    for item, row, prefix, size, decimals in (
        ("settle_limit", limits, "", 1, 0),
        ("settle", measures["settle"], "", 1, 0),
        ("score", measures["score"], "", 1, SCORE_DECIMALS),
        ("bonds", debt, "", 1, 0),
        ("room", debt, "room_", 1, 0),
        ("ratio", debt, "ratio_", 100, 2),
    ):
        base, other = (Amount(size * row[prefix + side], decimals) for side in SIDES)
        change = difference(other, base)
        lines.append(Line((view.say(f"item_{item}"), base, other, change), (change,)))
    moved = view.say(f"moved_{debt['moved']}")
    tiers = (debt_tier(debt[name], view.language) for name in ("tier_base", "tier_other"))
    lines.append(Line((view.say("item_tier"), *tiers, moved), (debt["moved"],)))
    return view.table(view.say("city_others"), view.say("city_others_heads", a="A", b=letter), "lrrr", lines)
