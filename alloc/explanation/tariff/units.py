"""What one more unit of every figure behind the formulas brings every city, by the formulas alone.

The instance is derived again with one more unit in a column; what that does to the factors of a city is put into the
formula of every pool, all other cities as they are. Nothing is solved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alloc.explanation.shared.parameters import titled
from alloc.explanation.shared.similar import Factor, factors
from alloc.explanation.shared.values import with_column
from alloc.instance.derived.bounds import Floats
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.frames import numbers, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import DERIVED_FACTORS, TABLES
from alloc.text import Text

CAPACITY = "capacity"  # of one service, a figure of its own by service


@dataclass(frozen=True, eq=False)
class Driver:
    """A figure of the cities that a formula rests on.

    Attributes:
        table, column: where it stands.
        service: of which service, "" for a column of cities.
        title, unit: as planners call it and count it; empty for a unit that is not known.
        brings: what one more unit of it brings every city by the formula of every pool, in hectares or 10⁴ yuan; NaN
            for a pool without a formula [n, R].
    """

    table: str
    column: str
    service: str
    title: Text
    unit: Text
    brings: Floats

    def one_more(self, instance: Instance, city: str | None = None) -> Instance:
        """The instance, unchecked, with one more unit of it in a city; None: in every city."""
        return _one_more(instance, self.table, self.column, self.service, city)


def drivers(instance: Instance, derived: Derived) -> tuple[Driver, ...]:
    """Every figure that moves what a formula gives, in the order of the tables.

    Args:
        instance: checked.
        derived: of it.
    """
    found = []
    for table, column, service, title, unit in _figures(instance):
        changed = _one_more(instance, table, column, service)
        brings = _brought(instance, derived, changed, derive(changed, derived))
        if np.nan_to_num(brings).any():
            found.append(Driver(table, column, service, title, unit, brings))
    return tuple(found)


def _figures(instance: Instance) -> Iterator[tuple[str, str, str, Text, Text]]:
    """Figures that may move a factor: a column that is one, and where factors are derived all amounts."""
    cities, known = instance.tables["cities"], TABLES["cities"].by_name
    named = set(instance.tables["factors"]["factor"])
    derived = bool(named & DERIVED_FACTORS.keys())
    for name in map(str, cities.columns):
        declared = known.get(name)
        amount = pd.api.types.is_numeric_dtype(cities[name]) and (declared is None or declared.kind != "share")
        if name in named or (derived and amount):
            yield "cities", name, "", *city_figure(name)
    capacity = TABLES[CAPACITY].by_name[CAPACITY]
    for row in instance.tables["services"].to_dict("records") if derived else []:
        title, unit = titled(row), Text(str(row["unit_zh"]), str(row["unit_en"]))
        seats = Text(f"{title.zh}{capacity.title.zh}", f"{capacity.title.en}, {title.en}")
        yield CAPACITY, CAPACITY, str(row["service"]), seats, unit


def _one_more(instance: Instance, table: str, column: str, service: str, city: str | None = None) -> Instance:
    frame = instance.tables[table]
    rows = np.ones(len(frame), dtype=bool) if city is None else texts(frame, "city") == city
    if service:
        rows = rows & (texts(frame, "service") == service)
    return with_column(instance, table, column, numbers(frame, column) + rows)


def _brought(instance: Instance, derived: Derived, changed: Instance, after: Derived) -> Floats:
    """What the factors of a city with one more unit bring it, those of all others as they are [n, R]."""
    phase_in = numbers(instance.tables["pools"], "phase_in")
    brings = np.full(derived.benchmark.shape, np.nan)
    after = after.changed(taking_part=derived.taking_part)  # whom the formula counts stays as it is
    for r, pool in enumerate(derived.pools):
        pairs = list(zip(factors(instance, derived, pool), factors(changed, after, pool), strict=True))
        if not pairs:
            continue
        chosen, brings[:, r] = derived.taking_part[:, r], 0.0
        mixed = not np.isnan(phase_in[r]) and np.nansum(derived.last_year[chosen, r]) > 0
        part = float(phase_in[r]) if mixed else 1.0
        factor = derived.performance[:, r]
        if (factor != 1).any():
            last = np.where(chosen, np.nan_to_num(derived.last_year[:, r]), 0.0) * mixed * derived.up[:, r]
            shares = part, last / (last.sum() or 1.0)
            share = _with_performance(pairs, factor, *shares)
            brings[:, r] = float(derived.available[r]) * share / derived.up[:, r] - derived.benchmark[:, r]
            continue
        for before, now in pairs:
            risen = _risen(before.values, now.values - before.values)
            brings[:, r] += part * float(derived.available[r]) * before.weight * risen / derived.up[:, r]
    return brings


def _with_performance(pairs: list[tuple[Factor, Factor]], factor: Floats, part: float, last: Floats) -> Floats:
    """The share of each when it alone has more, where factors of performance count [n].

    Args:
        pairs: factors of the formula as they are, and as they are where every city has more.
        factor: of performance [n].
        part: of the shares that goes by the formula.
        last: shares of last year, by which the rest goes [n].
    """
    own, whole = (1 - part) * last, np.full(len(last), float((1 - part) * (factor @ last)))
    for before, now in pairs:
        value, after = before.values, now.values
        total = value.sum() - value + after
        weight = part * before.weight / np.where(total > 0, total, np.inf)
        own, whole = own + weight * after, whole + weight * (factor @ value + factor * (after - value))
    return np.asarray(factor * own / np.where(whole > 0, whole, 1.0))


def _risen(value: Floats, more: Floats) -> Floats:
    """By how much the share of each in the sum rises when it alone has more: (v + d) / (V + d) − v / V [n]."""
    total = float(value.sum())
    after = total + more
    if total <= 0:
        return np.asarray((after > 0) * 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        risen = np.where(after > 0, more * (total - value) / (total * after), -value / total)
    return np.asarray(risen)
