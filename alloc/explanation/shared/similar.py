"""A city beside a similar one, and the factors of a pool's formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from alloc.explanation.shared.point import by_key
from alloc.explanation.shared.sums import decimal, exact_parts, finest
from alloc.instance.derived.bounds import Floats
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.optional.purses import with_accounts
from alloc.instance.frames import numbers, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.figures import city_figure
from alloc.publish.parts import parts_in
from alloc.result.result import Result
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

TOLD_OTHERWISE = ("benchmark", "rounding")  # parts of a number: factor by factor, and as what is left
PHASE = "phase_in"
PLACES = ("region", "province")  # columns of cities that say where it is; the first that is there counts


@dataclass(frozen=True, eq=False)
class Factor:
    """One factor of a pool's formula.

    Attributes:
        name: column of cities or derived number.
        weight: in the formula.
        given: of every city [n].
        values: the same as the formula counts them, 0 where a city takes no part in the pool [n].
        amounts: what it brings every city, in the unit of the pool; the sum over factors is the benchmark [n].
    """

    name: str
    weight: float
    given: Floats
    values: Floats
    amounts: Floats

    @property
    def title(self) -> Text:
        """As planners call it; a further column of cities goes by its own name."""
        return city_figure(self.name)[0]


def factors(instance: Instance, derived: Derived, pool: str) -> tuple[Factor, ...]:
    """The factors of a pool, in the order of the table; none where it has no formula."""
    table = instance.tables["factors"]
    known = derived.factors
    place = derived.pools.index(pool)
    cities = with_accounts(instance.tables["cities"], derived.purses)
    passed_on = float(derived.available[place]) / np.asarray(derived.up)[:, place]
    found = []
    for name, weight in table.loc[table["pool"] == pool, ["factor", "weight"]].itertuples(index=False):
        given = np.asarray(known[name] if name in known else numbers(cities, name), dtype=float)
        values = np.where(derived.taking_part[:, place], given, 0.0)
        total = values.sum()
        amounts = passed_on * weight * values / total if total > 0 else np.zeros_like(values)
        found.append(Factor(name, float(weight), given, values, amounts))
    return tuple(found)


def phased(derived: Derived, pool: str, known: tuple[Factor, ...]) -> Floats | None:
    """What the formula of a pool, without performance, is off the sum of its factors, because it is being phased in
    [n]; None where it is not."""
    if not known:
        return None
    away = np.asarray(derived.formula)[:, derived.pools.index(pool)] - np.sum([each.amounts for each in known], axis=0)
    available = float(derived.available[derived.pools.index(pool)])
    return np.asarray(away) if np.abs(away).max() > ROUNDOFF * max(1.0, available) else None


@dataclass(frozen=True)
class Likeness:
    """A city beside a similar one.

    Attributes:
        other: code of the similar city.
        chosen: whether it was found here, not named by whoever asks.
        same_class, same_place: what the two have in common.
        before, after: published numbers of the other city and of this one.
        parts: factor -> difference it makes, then phase_in where a formula is being phased in, rule, optimised,
            override, rounding; they add up to after − before.
        weights, values: factor -> its weight, and its value in this city and in the other.
        residents: of this city and of the other.
        each_resident: the same parts for one resident of each city: this city's part over its residents, less the
            other's over its own.
    """

    other: str
    chosen: bool
    same_class: bool
    same_place: bool
    before: Decimal
    after: Decimal
    parts: Mapping[str, Decimal]
    weights: Mapping[str, float]
    values: Mapping[str, tuple[float, float]]
    residents: tuple[float, float]
    each_resident: Mapping[str, float]


def most_similar(instance: Instance, derived: Derived, city: str) -> str | None:
    """The city most like another: of its class and region, then of its class; the nearest in residents.

    Ties go to the lower code. None where there is no other city.
    """
    here = derived.cities.index(city)
    others = [k for k in range(len(derived.cities)) if k != here]
    if not others:
        return None
    apart = np.abs(np.log(derived.residents / derived.residents[here]))
    place = _place(instance)
    chosen = min(others, key=lambda k: (
        derived.size_class[k] != derived.size_class[here], place[k] != place[here], apart[k], derived.cities[k]
    ))  # fmt: skip
    return derived.cities[chosen]


def _place(instance: Instance) -> list[str]:
    cities = instance.tables["cities"]
    column = next(name for name in PLACES if name in cities.columns)
    return [str(each) for each in texts(cities, column)]


def likeness(result: Result, derived: Derived, city: str, pool: str, other: str, chosen: bool) -> Likeness:
    """The difference of two cities' published numbers, factor by factor."""
    here, there = derived.cities.index(city), derived.cities.index(other)
    table = result.tables["allocation"]
    rows = by_key(table[(table["pool"] == pool) & table["city"].isin([city, other])], "city")
    known = factors(result.instance, derived, pool)
    amounts = {each.name: (float(each.amounts[here]), float(each.amounts[there])) for each in known}
    if (away := phased(derived, pool, known)) is not None:
        amounts[PHASE] = float(away[here]), float(away[there])
    for part in parts_in(table):
        if part not in TOLD_OTHERWISE:
            amounts[part] = float(rows[city][part]), float(rows[other][part])
    after, before = decimal(rows[city]["published"]), decimal(rows[other]["published"])
    quantum = float(derived.quantum[derived.pools.index(pool)])
    parts = exact_parts(
        {name: mine - theirs for name, (mine, theirs) in amounts.items()}, after - before, finest(quantum)
    )
    mine, theirs = float(derived.residents[here]), float(derived.residents[there])
    each_resident = {name: own / mine - others / theirs for name, (own, others) in amounts.items()}
    rest = float(after) / mine - float(before) / theirs - sum(each_resident.values())
    place = _place(result.instance)
    return Likeness(
        other, chosen, bool(derived.size_class[here] == derived.size_class[there]), place[here] == place[there],
        before, after, parts, {each.name: each.weight for each in known},
        {each.name: (float(each.values[here]), float(each.values[there])) for each in known}, (mine, theirs),
        {**each_resident, "rounding": rest},
    )  # fmt: skip
