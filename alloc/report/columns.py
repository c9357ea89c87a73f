"""Columns that many tables share."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.content.blocks import Column
from alloc.content.figures import exact_decimals
from alloc.report.measures import Measure, mean, ratio, resting, summed
from alloc.report.view import Floats, View


def share(name: str, title: str, decimals: int = 1, **more: Any) -> Column:
    """A share in per cent."""
    return Column(name, title, "%", "number", decimals, 0.01, **more)


def points(view: View, name: str, title: str, less: tuple[str, str], decimals: int = 1) -> Column:
    """A change of a share in percentage points: what the first of two columns is more than the second."""
    unit = view.say("个百分点", "points")
    return Column(name, title, unit, "change", decimals, 0.01, colour="diverging", less=less)


def residents(view: View) -> Measure:
    """Resident population."""
    column = Column("residents", view.say("常住人口", "residents"), view.persons, "number", additive=True)
    return resting(summed(column, view.people["residents"].to_numpy()), view.grades("cities.residents"))


def hectares(view: View, name: str, title: str, values: Floats, decimals: int = 2, **more: Any) -> Measure:
    """Land."""
    return summed(Column(name, title, view.hectares, "number", decimals, additive=True, **more), values)


def count(view: View, name: str, title: str, values: Floats, unit: str, **more: Any) -> Measure:
    """Persons or places, shown whole."""
    return summed(Column(name, title, unit, "number", additive=True, **more), values)


def money(view: View, name: str, title: str, values: Floats, large: bool = True, **more: Any) -> Measure:
    """Money: in 亿元 with two decimals where `large` and the whole is as much, otherwise as it is published."""
    unit = view.money(float(np.nansum(values)) if large else 0.0)
    decimals = 2 if unit.scale > 1 else exact_decimals(values.tolist(), 2)
    return summed(Column(name, title, unit.unit, "number", decimals, unit.scale, additive=True, **more), values)


def moved(view: View, like: Measure, name: str, title: str, values: Floats, before: str = "") -> Measure:
    """A change in the unit of another measure, and against what column where that stands beside it."""
    column = Column(name, title, like.column.unit, "change", like.column.decimals, like.column.scale, additive=True,
                    colour="diverging", less=(like.column.name, before) if before else None)  # fmt: skip
    return summed(column, values)


def relative(view: View, name: str, title: str, now: Floats, before: Floats) -> Measure:
    """A relative change in per cent."""
    column = Column(name, title, "%", "change_share", 1, 0.01, colour="diverging")
    return ratio(column, now - before, np.where(before > 0, before, np.nan))


def covered(view: View, name: str, title: str, values: Floats, weights: Floats, **more: Any) -> Measure:
    """A mean share in per cent."""
    return mean(share(name, title, **more), values, weights)
