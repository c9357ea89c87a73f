"""Own favour: what a city would gain by reporting one of its figures a little higher or lower than it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alloc.auditing.grids import Grid, Head, Part, Value, listed
from alloc.auditing.statistics import doubling
from alloc.auditing.work import KINDS, Facts, Work
from alloc.formulation.columns import Column
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from alloc.tolerances import COMMON_SHARE

TITLE = Text("虚报能得多少", "What it pays to misreport")
SMALL, LARGE = 0.01, 0.10  # by which a figure is misreported
NAMED = 15  # gains that are listed one by one
WORDS = Text("逐项试报", "misreporting one figure after another")
METHOD = Text(
    "每次只改一个城市的一个自报数（服务能力为其全部服务），调高和调低 {large}，有所得的方向再试 {small}，"
    "重新求松弛解。"
    "所得相对于原数，原数小于公式数的相对于公式数。{cities}"
    "“他方掌握”的列另有登记或测量可核，不是单凭自报。",
    "One figure of one city at a time (of capacity all its services), {large} higher and lower, and where that brings "
    "anything {small} too; the relaxation is solved again. A gain is relative to what the city had, or to its formula "
    "where that is more. {cities} Columns that are “held by others” can be compared with a register or a measurement, "
    "and are not the city's word alone.",
)
EVERY = Text("试报全部城市。", "Every city is tried.")
SOME = Text(
    "城市取常住人口排名第 1、2、4、8……和最末的：{named}。",
    "The cities are the first, second, fourth, eighth … and last by residents: {named}.",
)
HELD = Text("他方掌握", "held by others")
REFUSED = Text(
    "{count} 项试报被数据检查拒绝，{unsolved} 项没有分配方案。",
    "{count} of the false reports are refused by the checks, and {unsolved} leave no allocation.",
)


@dataclass(frozen=True)
class Gain:
    """What one false report brings.

    Attributes:
        table, column: what is misreported.
        city: place of the city.
        size: by how much, with its sign.
        gains: by kind of pool, relative; NaN where the city has none, not even by the formula.
    """

    table: str
    column: Column
    city: int
    size: float
    gains: dict[str, float]


def probes(work: Work, every: bool = False) -> Part | None:
    """The section; None where there is no answer to compare with.

    Args:
        work: of the audit.
        every: every city instead of a sample.
    """
    base = work.base
    if base is None:
        return None
    cities = list(range(len(base.derived.cities))) if every else sample(base)
    asked = [(table, column, city) for city in cities for table, column in reported(base, city)]
    found: list[Gain] = []
    refused = unsolved = done = 0
    for table, column, city in work.each(WORDS, asked):
        sizes = [LARGE, -LARGE]
        for size in sizes:  # to which the small ones are added that a large one calls for
            gain = _gain(work, base, table, column, city, size)
            if work.interrupted:
                break
            refused, unsolved = refused + (gain == "refused"), unsolved + (gain == "unsolved")
            if isinstance(gain, Gain):
                found.append(gain)
                sizes += [math.copysign(SMALL, size)] * (abs(size) == LARGE and _pays(gain))
        else:
            done += 1
    tried = EVERY if every else SOME.fill(named=listed([base.names[city] for city in cities], len(cities)))
    said = [METHOD.fill(large=_percent(LARGE), small=_percent(SMALL), cities=tried)]
    if refused or unsolved:
        said.append(REFUSED.fill(count=refused, unsolved=unsolved))
    largest = _largest(base, found)
    grids = (_by_column(base, found), *([largest] if largest.rows else []))
    return Part("probes", TITLE, tuple(said), grids, done == len(asked))


def sample(facts: Facts) -> list[int]:
    """Places of the cities that are first, second, fourth, eighth … and last by residents."""
    order = np.argsort(-facts.derived.residents, kind="stable")
    return [int(order[k]) for k in doubling(len(order))]


def reported(facts: Facts, city: int) -> Iterator[tuple[str, Column]]:
    """The figures that a city reports itself and that are not 0: table and column."""
    code = facts.derived.cities[city]
    for name, table in TABLES.items():
        frame = facts.instance.tables[name]
        for column in table.columns:
            if column.reporter and column.numeric:
                values = frame.loc[frame["city"] == code, column.name].to_numpy(float)
                if np.nansum(np.abs(values)) > 0:
                    yield name, column


def _gain(work: Work, base: Facts, table: str, column: Column, city: int, size: float) -> Gain | str:
    """What a false report brings; ``refused`` by the checks, or ``unsolved``."""
    line = f"{table}.{column.name} *= {1 + size!r} where city == '{base.derived.cities[city]}'"
    edited = work.edited(line)
    if edited is None:
        return "refused"
    if work.unchanged(edited):
        return Gain(table, column, city, size, dict.fromkeys(KINDS, 0.0))
    found = work.solved(edited)
    return "unsolved" if found is None else Gain(table, column, city, size, gains(base, found, city))


def gains(before: Facts, after: Facts, city: int) -> dict[str, float]:
    """What a city gains by kind of pool, relative to what it had, or to its formula where that is more.

    So a city that had next to nothing does not seem to gain a thousandfold.
    """
    found = {}
    for kind in KINDS:
        had, has = (float(each.of_kind(each.published, kind)[city]) for each in (before, after))
        size = max(had, float(before.of_kind(np.nan_to_num(before.derived.benchmark), kind)[city]))
        found[kind] = (has - had) / size if size > 0 else np.nan
    return found


def _pays(gain: Gain) -> bool:
    return any(each > COMMON_SHARE for each in gain.gains.values())


def _percent(size: float) -> str:
    return f"{100 * size:.0f} %"


def _signed(size: float) -> str:
    return f"{100 * size:+.0f} %".replace("-", "−")


def _by_column(base: Facts, found: list[Gain]) -> Grid:
    """The largest gain of any city, a row a column."""
    rows: list[tuple[Value, ...]] = []
    for name, table in TABLES.items():
        for column in table.columns:
            own = [each for each in found if (each.table, each.column.name) == (name, column.name)]
            if not own:
                continue
            most = [_most(own, size, kind) for size in (SMALL, LARGE) for kind in KINDS]
            first = max(own, key=lambda each: max(_number(value) for value in each.gains.values()))
            pays = _pays(first)
            held = HELD if column.reporter == "audited" else ""
            rows.append((
                column.title, held, *most, _signed(first.size) if pays else "",
                base.names[first.city] if pays else "",
            ))  # fmt: skip
    heads = [Head("column", Text("自报数", "figure")), Head("held", Text("核对", "checked"))]
    for size in (SMALL, LARGE):
        for kind, title in KINDS.items():
            unit = Text(f"报 {_percent(size)}", f"by {_percent(size)}")
            head = Text(f"{title.zh}（{unit.zh}）", f"{title.en} ({unit.en})")
            heads.append(Head(f"{kind}_{round(100 * size)}", head, "change"))
    heads += [Head("size", Text("最有利的报法", "best report")), Head("city", Text("得益最多", "gains most"))]
    title = Text("虚报一项最多得多少（各城市中最大）", "The most that a false report brings any city")
    return Grid("probes", title, tuple(heads), tuple(rows))


def _most(own: list[Gain], size: float, kind: str) -> float:
    """The largest gain of a size: nothing where none of that size was tried, since a larger one brought nothing."""
    return max((_number(each.gains[kind]) for each in own if abs(each.size) == size), default=0.0)


def _number(value: float) -> float:
    return 0.0 if np.isnan(value) else max(0.0, value)


def _largest(base: Facts, found: list[Gain]) -> Grid:
    """The largest gains by a large false report, one by one."""
    each = [
        (gain, kind, gain.gains[kind]) for gain in found for kind in KINDS
        if abs(gain.size) == LARGE and gain.gains[kind] > COMMON_SHARE
    ]  # fmt: skip
    each.sort(key=lambda one: (-one[2], one[0].table, one[0].column.name, one[0].city, one[1]))
    rows = tuple(
        (base.names[gain.city], gain.column.title, _signed(gain.size), KINDS[kind], value)
        for gain, kind, value in each[:NAMED]
    )
    heads = (
        Head("city", Text("城市", "city")), Head("column", Text("自报数", "figure")),
        Head("size", Text("报法", "report")), Head("kind", Text("所得", "gains in")),
        Head("gain", Text("增幅", "gain"), "change"),
    )  # fmt: skip
    return Grid("largest_gains", Text("得益最大的几项", "The largest gains"), heads, rows)
