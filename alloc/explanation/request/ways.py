"""Parameters that could give a city more of a pool: each one alone, with the range in which it is tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloc.content.places import city_said
from alloc.explanation.city.holds import Row
from alloc.explanation.shared.parameters import titled, unit_name
from alloc.explanation.shared.point import by_key
from alloc.explanation.shared.similar import factors
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.lever import Number
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.limits import key_of
from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES
from alloc.scenario.state import LISTS
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

MOST_OF_POOL = 4.0  # times what a pool, a limit or a bound is now: what is tried at most
MOST_TOLERANCE = 0.05  # of a score
OF_TASKS = "programme_stock"
DIGITS = 3  # significant figures of a change
TITLE = Text("{of}：{what}", "{what}, {of}")


@dataclass(frozen=True)
class Way:
    """One parameter that is turned until the city has what is asked for.

    Attributes:
        target: as an edit names it.
        title: what it is called.
        old: its value, None where there is no such row yet.
        most: the farthest value that is tried; with `fixed` the only one.
        lines: the edits, ready to paste, that bring it to a value.
        fixed: whether only one value makes sense, so that nothing is searched for.
    """

    target: str
    title: Text
    old: float | None
    most: float
    lines: Callable[[float], tuple[str, ...]]
    fixed: bool = False

    def at(self, share: float) -> float:
        """The value at a share of the way from the old one to the farthest."""
        assert self.old is not None
        return self.old + share * (self.most - self.old)

    def rounded(self, value: float) -> float:
        """A value whose change has few figures, not nearer to the old one than `value`."""
        assert self.old is not None
        change = value - self.old
        if not change:
            return value
        grid = 10.0 ** (math.floor(math.log10(abs(change))) + 1 - DIGITS)
        far = self.old + math.copysign(math.ceil(abs(change) / grid - ROUNDOFF) * grid, change)
        return float(f"{min(far, self.most) if change > 0 else max(far, self.most):.12g}")

    def further(self, value: float) -> float:
        """The next value with as few figures."""
        assert self.old is not None
        change = value - self.old
        grid = 10.0 ** (math.floor(math.log10(abs(change))) + 1 - DIGITS)
        return float(f"{value + math.copysign(grid, change):.12g}")


def ways(
    instance: Instance, derived: Derived, city: str, pool: str, amount: float, rows: tuple[Row, ...], blocked: str
) -> list[Way]:
    """The ways to try, those that lift what stands in the way first.

    Args:
        instance: the base.
        derived: its derived data.
        city, pool: codes.
        amount: what is asked for.
        rows: rows of the model that bind on the city's allocation from above.
        blocked: the rule whose upper bound is below the amount, "" where it is not.
    """
    found = [*_by_hand(instance, derived, city, pool, amount)]
    if blocked != "override":
        known = catalogue(instance.formulation)
        families = {} if blocked else dict.fromkeys(family for family, _ in rows)
        behind = [rule.name for family in families for rule in known.rules.values() if rule.family == family]
        for rule in [blocked] if blocked else behind:
            found += _lifting(instance, derived, city, pool, known, rule)
        if not blocked:
            found += _lower_bounds(instance, derived, city, pool, amount)
        found += _limits(instance, rows, known)
        if blocked in ("", "corridor"):  # both come from the formula; no other bound moves with it
            found += [*_pool(instance, pool), *_retained(instance, derived, city, pool)]
            found += _weights(instance, derived, city, pool)
        if not blocked:
            found += _objectives(instance)
    return found


def _set(target: str) -> Callable[[float], tuple[str, ...]]:
    return lambda value: (f"{target} = {value!r}",)


def _cell(
    instance: Instance, table: str, key: str, column: str, most: float, of: Text, blank: float = math.nan
) -> Iterator[Way]:
    value = float(_row_of(instance, table, key).get(column, math.nan))
    value = blank if math.isnan(value) else value
    if math.isfinite(value) and value != most:
        title = TITLE.fill(of=of, what=TABLES[table].by_name[column].title)
        target = f"{table}.{key}.{column}"
        yield Way(target, title, value, most, _set(target))


def _row_of(instance: Instance, table: str, key: str) -> dict[str, Any]:
    return by_key(instance.tables[table], TABLES[table].key[0])[key]


def _titled(instance: Instance, table: str, key: str) -> Text:
    row = _row_of(instance, table, key)
    if table == "cities":
        return city_said(row)
    return titled(row)


def _by_hand(instance: Instance, derived: Derived, city: str, pool: str, amount: float) -> Iterator[Way]:
    """What a planner can fix or promise outright."""
    where, column = derived.cities.index(city), derived.pools.index(pool)
    fixed = float(derived.override[where, column])
    if not math.isnan(fixed):
        yield _row(instance, "overrides", city, pool, fixed, amount)
        return
    yield _row(instance, "overrides", city, pool, None, amount)
    if derived.kind[column] != "bond":
        part = float(derived.advance[column])  # an earmark is one of the whole year
        promised = float(derived.earmark[where, column]) / part
        yield _row(instance, "earmarks", city, pool, None if math.isnan(promised) else promised, amount / part)


def _row(instance: Instance, table: str, city: str, pool: str, old: float | None, amount: float) -> Way:
    target = f"{table}.{city}.{pool}.amount"
    title = TITLE.fill(of=_titled(instance, "cities", city), what=TABLES[table].title)

    def lines(value: float) -> tuple[str, ...]:
        if old is not None:
            return (f"{target} = {value!r}",)
        return (f"add {table} {{ city = '{city}', pool = '{pool}', amount = {value!r} }}",)

    return Way(target, title, old, amount, lines, fixed=True)


def _lifting(
    instance: Instance, derived: Derived, city: str, pool: str, known: Catalogue, blocked: str
) -> Iterator[Way]:
    """The numbers that lift an upper bound, by the rule that makes it; of several causes those of the least."""
    where = derived.cities.index(city)
    family = known.rules[blocked].family
    rooms = {cause: float(getattr(derived, room)[where]) for cause, room in known.families[family].causes.items()
             } if family else {}  # fmt: skip
    least = min(rooms.values(), default=0.0) * (1 + ROUNDOFF)
    lifted = {blocked, *(cause for cause, room in rooms.items() if room <= least)}
    row = _row_of(instance, "pools", pool)
    for number in known.numbers.values():
        fits = all(row[column] == value for column, value in number.of_pools.items())
        if fits and lifted.intersection(number.lifts):
            yield from _turned(instance, derived, number, city, pool)


def _turned(instance: Instance, derived: Derived, number: Number, city: str, pool: str) -> Iterator[Way]:
    """One number as far as it is tried: of city, pool, programme of the pool, the city's debt tier, or the policy."""
    table, _, column = number.path.rpartition(".")
    if number.by in ("city", "pool"):
        key = city if number.by == "city" else pool
        value = float(_row_of(instance, table, key)[column])
        yield from _cell(instance, table, key, column, number.farthest(value), _titled(instance, table, key))
    elif number.by in ("programme", "task"):
        yield from _of_programme(instance, number, city, pool)
    elif number.by == "tier":
        tier = str(derived.debt_tier[derived.cities.index(city)])
        value = next(getattr(each, column) for each in instance.settings.policy.debt.tiers if each.name == tier)
        title = Text("{what}（{tier}）", "{what} ({tier})").fill(what=LISTS[table].by_name[column].title, tier=tier)
        target = f"{table}.{tier}.{column}"
        yield Way(target, title, value, number.farthest(value), _set(target))
    else:
        yield from _policy(instance, number)


def _of_programme(instance: Instance, number: Number, city: str, pool: str) -> Iterator[Way]:
    """How much of what the pool is tied to may be done: the city's own limit, or the share of a year without one."""
    table, _, column = number.path.rpartition(".")
    programme, stock = str(_row_of(instance, "pools", pool)["programme"] or ""), instance.tables[OF_TASKS]
    if not programme:
        return
    own = stock.loc[(stock["city"] == city) & (stock["programme"] == programme), "limit"].dropna()
    of = _titled(instance, "programmes", programme)
    if table == OF_TASKS and len(own):
        value, name = float(own.iloc[0]), _titled(instance, "cities", city)
        of = Text(f"{name.zh}{of.zh}", f"{of.en}, {name.en}")
        title, target = TITLE.fill(of=of, what=TABLES[table].by_name[column].title), f"{table}.{city}.{programme}.limit"
        yield Way(target, title, value, number.farthest(value), _set(target))
    elif table != OF_TASKS and not len(own):
        value = float(_row_of(instance, table, programme)[column])
        yield from _cell(instance, table, programme, column, number.farthest(value), of)


def _retained(instance: Instance, derived: Derived, city: str, pool: str) -> Iterator[Way]:
    """What the units above the city keep of the pool, down to nothing."""
    where, column = derived.cities.index(city), derived.pools.index(pool)
    for level in derived.levels:
        place = int(level.of[where])
        if place >= 0 and level.retained[place, column] > 0:
            unit, kept = str(level.units[place]), float(level.retained[place, column])
            target = f"levels.{unit}.{pool}.retained"
            title = TITLE.fill(of=unit_name(instance, unit), what=TABLES["levels"].by_name["retained"].title)
            yield Way(target, title, kept, 0.0, _set(target))


def _lower_bounds(instance: Instance, derived: Derived, city: str, pool: str, amount: float) -> Iterator[Way]:
    """What lifts the lower bounds of all, where that of the city itself can come so high, or frees what others hold."""
    of, rules = _titled(instance, "pools", pool), _row_of(instance, "pools", pool)
    where, place = derived.cities.index(city), derived.pools.index(pool)
    last, benchmark = float(derived.last_year[where, place]), float(derived.benchmark[where, place])
    if benchmark >= amount:
        yield from _cell(instance, "pools", pool, "corridor_down", 0.0, of)
    top = float(np.nanmin([rules["cap_multiple"], MOST_OF_POOL]))
    if last * top >= amount:
        yield from _cell(instance, "pools", pool, "floor_multiple", top, of)
    yield from _cell(instance, "pools", pool, "link_share", 0.0, of)
    if derived.locked[:, place].sum() > derived.locked[where, place]:
        yield from _cell(instance, "pools", pool, "clawback", 1.0, of, blank=0.0)


def _policy(instance: Instance, number: Number) -> Iterator[Way]:
    *parts, name = number.path.split(".")
    section: Any = instance.settings
    for part in parts:
        section = getattr(section, part, None)
    value = getattr(section, name, None)
    if value is None:
        return
    described = type(section).model_fields[name].json_schema_extra
    title = Text(str(described["title_zh"]), str(described["title_en"]))
    if value != number.farthest(value):
        yield Way(number.path, title, float(value), number.farthest(value), _set(number.path))


def _limits(instance: Instance, rows: tuple[Row, ...], known: Catalogue) -> Iterator[Way]:
    """Limits that bind on it from above: `<=` raised; `>=` on others lowered."""
    for family, limit in rows:
        if known.families[family].item == "limits":
            key = key_of(limit)
            row = _row_of(instance, "limits", key)
            up, value = row["sense"] != ">=", float(row["value"])
            most = MOST_OF_POOL * value if up else 0.0
            if row["basis"] == "share":
                most = min(most, 1.0)
            yield from _cell(instance, "limits", key, "value", most, _titled(instance, "limits", key))


def _pool(instance: Instance, pool: str) -> Iterator[Way]:
    of = _titled(instance, "pools", pool)
    total = float(_row_of(instance, "pools", pool)["total"])
    yield from _cell(instance, "pools", pool, "total", MOST_OF_POOL * total, of)
    yield from _cell(instance, "pools", pool, "reserve", 0.0, of)


def _weights(instance: Instance, derived: Derived, city: str, pool: str) -> Iterator[Way]:
    """More weight for the factor in which the city is strongest, less for all others in proportion."""
    where, known = derived.cities.index(city), factors(instance, derived, pool)
    place = derived.pools.index(pool)
    available = float(derived.available[place] / derived.up[where, place])
    open_ = [each for each in known if each.weight < 1 and each.values.sum() > 0]
    if len(known) < 2 or not open_ or not available > 0:
        return
    best = max(open_, key=lambda each: (each.values[where] / each.values.sum(), each.name))
    if not best.values[where] / best.values.sum() > derived.benchmark[where, place] / available:
        return
    others = [each for each in known if each.name != best.name]

    def lines(value: float) -> tuple[str, ...]:
        left, weights = 1 - value, {}
        given = sum(each.weight for each in others)
        for each in others:
            weights[each.name] = round(left * each.weight / given, 9)
        last = others[-1].name
        weights[last] = round(left - sum(weight for name, weight in weights.items() if name != last), 9)
        return (
            f"factors.{pool}.{best.name}.weight = {value!r}",
            *(f"factors.{pool}.{name}.weight = {weight!r}" for name, weight in weights.items()),
        )

    title = Text("{of}：因素“{factor}”的权重", "weight of the factor “{factor}”, {of}").fill(
        of=_titled(instance, "pools", pool), factor=best.title
    )
    yield Way(f"factors.{pool}.{best.name}.weight", title, best.weight, 1.0, lines)


def _objectives(instance: Instance) -> Iterator[Way]:
    """What the tiers of scores may give up, where they have a tolerance, and how many would settle."""
    known = catalogue(instance.formulation)
    for entry in instance.settings.objective:
        tier = known.tiers[entry.tier]
        if entry.tolerance is not None and tier.as_rule.en and entry.tolerance < MOST_TOLERANCE:
            target = f"objective.{entry.tier}.tolerance"
            title = Text("{of}可让出的数额", "what {of} may give up").fill(of=tier.as_rule)
            yield Way(target, title, entry.tolerance, MOST_TOLERANCE, _set(target))
    yield from _policy(instance, known.numbers["policy.settlement.willingness"])
