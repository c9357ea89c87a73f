"""Parameters that could give a city more of a pool: each one alone, with the range in which it is tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloc.explanation.city.holds import Row
from alloc.explanation.shared.point import by_key
from alloc.explanation.shared.similar import factors
from alloc.instance.derived.derived import Derived
from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES
from alloc.scenario.state import LISTS
from alloc.text import Text

MOST_OF_POOL = 4.0  # times what a pool, a limit or a bound is now: what is tried at most
MOST_SHARE = 3.0  # of a corridor
MOST_TOLERANCE = 0.05  # of a score
# Families of rows over several numbers of a city -> the bound that the same parameters make.
RULE_OF = {"debt_room": "debt_room", "debt_limit": "debt_class", "stock_link": "stock"}
DIGITS = 3  # significant figures of a change


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
        far = self.old + math.copysign(math.ceil(abs(change) / grid - 1e-9) * grid, change)
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
        in_the_way = [blocked, *(RULE_OF[family] for family, _ in rows if family in RULE_OF and not blocked)]
        for rule in dict.fromkeys(in_the_way):
            found += _bounds(instance, derived, city, pool, amount, rule)
        found += _limits(instance, rows)
        if blocked in ("", "corridor"):  # both come from the formula; no other bound moves with it
            found += [*_pool(instance, pool), *_weights(instance, derived, city, pool)]
        if not blocked:
            found += _objectives(instance)
    return found


def _set(target: str) -> Callable[[float], tuple[str, ...]]:
    return lambda value: (f"{target} = {value!r}",)


def _cell(instance: Instance, table: str, key: str, column: str, most: float, of: Text) -> Iterator[Way]:
    value = float(_row_of(instance, table, key).get(column, math.nan))
    if math.isfinite(value) and value != most:
        title = Text("{of}：{what}", "{what}, {of}").fill(of=of, what=TABLES[table].by_name[column].title)
        target = f"{table}.{key}.{column}"
        yield Way(target, title, value, most, _set(target))


def _row_of(instance: Instance, table: str, key: str) -> dict[str, Any]:
    return by_key(instance.tables[table], TABLES[table].key[0])[key]


def _titled(instance: Instance, table: str, key: str) -> Text:
    row = _row_of(instance, table, key)
    if table == "cities":
        return Text(str(row["name"]), str(row["name_en"] or row["name"]))
    return Text(str(row["title_zh"]), str(row["title_en"]))


def _by_hand(instance: Instance, derived: Derived, city: str, pool: str, amount: float) -> Iterator[Way]:
    """What a planner can fix or promise outright."""
    where, column = derived.cities.index(city), derived.pools.index(pool)
    fixed = float(derived.override[where, column])
    if not math.isnan(fixed):
        yield _row(instance, "overrides", city, pool, fixed, amount)
        return
    yield _row(instance, "overrides", city, pool, None, amount)
    promised = float(derived.earmark[where, column])
    if derived.kind[column] != "bond":
        yield _row(instance, "earmarks", city, pool, None if math.isnan(promised) else promised, amount)


def _row(instance: Instance, table: str, city: str, pool: str, old: float | None, amount: float) -> Way:
    target = f"{table}.{city}.{pool}.amount"
    title = Text("{city}：{what}", "{what}, {city}").fill(
        city=_titled(instance, "cities", city), what=TABLES[table].title
    )

    def lines(value: float) -> tuple[str, ...]:
        if old is not None:
            return (f"{target} = {value!r}",)
        return (f"add {table} {{ city = '{city}', pool = '{pool}', amount = {value!r} }}",)

    return Way(target, title, old, amount, lines, fixed=True)


def _bounds(instance: Instance, derived: Derived, city: str, pool: str, amount: float, blocked: str) -> Iterator[Way]:
    """What makes the upper bound, where that stands in the way; else what makes the lower one."""
    of, here, where = _titled(instance, "pools", pool), _titled(instance, "cities", city), derived.cities.index(city)
    rules = _row_of(instance, "pools", pool)
    if blocked == "corridor":
        yield from _cell(instance, "pools", pool, "corridor_up", max(MOST_SHARE, rules["corridor_up"]), of)
    elif blocked in ("cap", "floor", "earmark"):  # a cap below the floor is raised to it
        most = MOST_OF_POOL * rules["cap_multiple"]
        yield from _cell(instance, "pools", pool, "cap_multiple", most, of)
    elif blocked in ("boundary", "farmland", "stock"):
        column = {"boundary": "boundary_left", "farmland": "farmland_offset", "stock": "stock_base"}[blocked]
        value = float(_row_of(instance, "cities", city)[column])
        yield from _cell(instance, "cities", city, column, max(MOST_OF_POOL * value, 100.0), here)
        if blocked == "stock":
            yield from _policy(instance, ("land.stock_ratio", "land.reuse_limit"))
    elif blocked == "debt_class":
        kind = str(derived.bond_class[derived.pools.index(pool)])
        column = f"limit_{kind}"
        value = float(_row_of(instance, "cities", city)[column])
        yield from _cell(instance, "cities", city, column, 2 * value, here)
    elif blocked == "debt_room":
        rooms = {"debt.ceiling": derived.room_ratio, "debt.service_ceiling": derived.room_service}
        least = float(derived.bond_room[where])
        yield from _policy(instance, [name for name, room in rooms.items() if room[where] <= least * (1 + 1e-9)])
        if derived.room_tier[where] <= least * (1 + 1e-9):
            tier = str(derived.debt_tier[where])
            factor = next(each.new_bond_factor for each in instance.settings.policy.debt.tiers if each.name == tier)
            target = f"policy.debt.tiers.{tier}.new_bond_factor"
            title = Text("{what}（{tier}）", "{what} ({tier})").fill(
                what=LISTS["policy.debt.tiers"].by_name["new_bond_factor"].title, tier=tier
            )
            yield Way(target, title, factor, max(1.0, MOST_OF_POOL * factor), _set(target))
    elif not blocked:
        # Either lifts the lower bounds of all: of use only where that of the city itself can come so high.
        place = derived.pools.index(pool)
        last, benchmark = float(derived.last_year[where, place]), float(derived.benchmark[where, place])
        if benchmark >= amount:
            yield from _cell(instance, "pools", pool, "corridor_down", 0.0, of)
        top = float(np.nanmin([rules["cap_multiple"], MOST_OF_POOL]))
        if last * top >= amount:
            yield from _cell(instance, "pools", pool, "floor_multiple", top, of)


def _policy(instance: Instance, paths: tuple[str, ...] | list[str]) -> Iterator[Way]:
    for path in paths:
        section, _, name = path.partition(".")
        part = getattr(instance.settings.policy, section)
        value = getattr(part, name)
        if value is None:
            continue
        described = type(part).model_fields[name].json_schema_extra
        assert isinstance(described, dict)
        most = 1.0 if path in ("land.reuse_limit", "settlement.willingness") else MOST_OF_POOL * value
        target = f"policy.{path}"
        title = Text(str(described["title_zh"]), str(described["title_en"]))
        if value != most:
            yield Way(target, title, float(value), most, _set(target))


def _limits(instance: Instance, rows: tuple[Row, ...]) -> Iterator[Way]:
    """Limits that bind on it from above: `<=` raised; `>=` on others lowered."""
    for family, limit in rows:
        if family == "group_limit":
            row = _row_of(instance, "limits", limit)
            up, value = row["sense"] != ">=", float(row["value"])
            most = MOST_OF_POOL * value if up else 0.0
            if row["basis"] == "share":
                most = min(most, 1.0)
            yield from _cell(instance, "limits", limit, "value", most, _titled(instance, "limits", limit))


def _pool(instance: Instance, pool: str) -> Iterator[Way]:
    of = _titled(instance, "pools", pool)
    total = float(_row_of(instance, "pools", pool)["total"])
    yield from _cell(instance, "pools", pool, "total", MOST_OF_POOL * total, of)
    yield from _cell(instance, "pools", pool, "reserve", 0.0, of)


def _weights(instance: Instance, derived: Derived, city: str, pool: str) -> Iterator[Way]:
    """More weight for the factor in which the city is strongest, less for all others in proportion."""
    where, known = derived.cities.index(city), factors(instance, derived, pool)
    available = float(derived.available[derived.pools.index(pool)])
    open_ = [each for each in known if each.weight < 1 and each.values.sum() > 0]
    if len(known) < 2 or not open_ or not available > 0:
        return
    best = max(open_, key=lambda each: (each.values[where] / each.values.sum(), each.name))
    if not best.values[where] / best.values.sum() > derived.benchmark[where, derived.pools.index(pool)] / available:
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
    for each in instance.settings.objective:
        if each.tolerance is not None and each.tier == "fairness" and each.tolerance < MOST_TOLERANCE:
            target = f"objective.{each.tier}.tolerance"
            title = Text("公平目标可让出的数额", "what fairness may give up")
            yield Way(target, title, each.tolerance, MOST_TOLERANCE, _set(target))
    yield from _policy(instance, ("settlement.willingness",))
