"""Measures of cities, and the tables that list them by city or by group, with totals that add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alloc.content.blocks import Cell, Column, Group, Row, Table
from alloc.content.tables import graded, graded_cell
from alloc.report.view import Floats, Grouping, View

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Measure:
    """A column over cities: a value each, and what it is for a group of them."""

    column: Column
    values: Sequence[Cell]
    total: Callable[[Places], Cell]


def cells(values: Floats) -> list[Cell]:
    """Numbers as cells, NaN as None."""
    return [None if value != value else float(value) for value in values]


def summed(column: Column, values: Floats) -> Measure:
    """A measure that adds up; None where no city has it."""

    def total(places: Places) -> Cell:
        chosen = values[places]
        return None if np.isnan(chosen).all() else float(np.nansum(chosen))

    return Measure(column, cells(values), total)


def ratio(column: Column, above: Floats, below: Floats) -> Measure:
    """One sum over another; None where the lower is 0."""

    def total(places: Places) -> Cell:
        bottom = float(np.nansum(below[places]))
        return float(np.nansum(above[places])) / bottom if bottom else None

    over = np.nan_to_num(above) / np.where(np.nan_to_num(below) == 0, np.nan, below)
    return Measure(column, cells(over), total)


def mean(column: Column, values: Floats, weights: Floats) -> Measure:
    """A weighted mean."""

    def total(places: Places) -> Cell:
        weight = float(weights[places].sum())
        return float((values[places] * weights[places]).sum()) / weight if weight else None

    return Measure(column, cells(values), total)


def resting(measure: Measure, grades: NDArray[np.int8]) -> Measure:
    """A measure that rests on columns of the instance, as sure as their cells [city]: a group is as its weakest city.

    The mark stands in the head where all cities have the same, else behind each number.
    """
    column, values = graded(measure.column, measure.values, grades.tolist())
    if (grades == grades[:1]).all():
        return Measure(column, values, measure.total)
    return Measure(
        column, values, lambda places: graded_cell(measure.total(places), int(grades[places].max(initial=0)))
    )


def texts(column: Column, values: Sequence[str]) -> Measure:
    """A text; groups have none."""
    return Measure(column, list(values), lambda places: None)


def by_city(
    view: View, name: str, title: str, measures: Sequence[Measure], code: str = "", note: str = "", unit: str = "",
    codes: bool = True,
) -> Table:  # fmt: skip
    """One row a city, by province with sub-totals; a reader sorts and filters it. Codes stand in the second column."""
    grouping = view.province
    order = [np.flatnonzero(grouping.of == place) for place in range(len(grouping.names))]
    lead = (
        Column("name", view.say("城市", "city")),
        *((Column("city", view.say("代码", "code"), kind="code"),) if codes else ()),
    )
    beside = ("",) * codes
    named: list[tuple[Cell, ...]] = list(zip(view.names, *((view.codes,) if codes else ()), strict=True))
    rows = tuple(
        (*named[place], *(measure.values[place] for measure in measures))
        for places in order
        for place in places.tolist()
    )
    groups = tuple(
        Group(grouping.names[at], len(places), _totals(measures, places, (view.say("小计", "sub-total"), *beside)))
        for at, places in enumerate(order)
        if len(order) > 1
    )
    everyone = np.arange(len(view.codes))
    totals = _totals(measures, everyone, (view.say("合计", "total"), *beside))
    columns = (*lead, *(measure.column for measure in measures))
    return Table(name, title, columns, rows, unit, totals, groups, note, sortable=True, code=code)


def by_group(
    view: View, name: str, title: str, grouping: Grouping, measures: Sequence[Measure], code: str = "", note: str = "",
    parents: Grouping | None = None, count: bool = True,
) -> tuple[Table, ...]:  # fmt: skip
    """One row a group of cities, of one group none; `parents` groups the groups, where each of them lies in one."""
    if not grouping.tells:
        return ()
    members = [np.flatnonzero(grouping.of == place) for place in range(len(grouping.names))]
    lead = [Column("group", grouping.title)]
    number = Column("cities", view.say("城市数", "cities"), view.say("个", ""), "number", additive=True)
    used = [*([summed(number, np.ones(len(view.codes)))] if count else []), *measures]

    def row(at: int) -> Row:
        return (grouping.names[at], *(measure.total(members[at]) for measure in used))

    order = list(range(len(members)))
    groups: tuple[Group, ...] = ()
    if parents is not None and parents.tells and all(len(set(parents.of[places])) == 1 for places in members):
        above = [int(parents.of[places[0]]) for places in members]
        order.sort(key=lambda at: (above[at], at))
        groups = tuple(
            Group(parents.names[parent], above.count(parent), _totals(used, np.flatnonzero(parents.of == parent),
                  (view.say("小计", "sub-total"),)))
            for parent in sorted(set(above))
        )  # fmt: skip
    totals = _totals(used, np.arange(len(view.codes)), (view.say("合计", "total"),))
    columns = (*lead, *(measure.column for measure in used))
    return (Table(name, title, columns, tuple(row(at) for at in order), "", totals, groups, note, code=code),)


def _totals(measures: Sequence[Measure], places: Places, lead: tuple[Cell, ...]) -> Row:
    return (*lead, *(measure.total(places) for measure in measures))
