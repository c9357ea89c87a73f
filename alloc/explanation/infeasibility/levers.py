"""Levers: the numbers and rules that a planner can change to make room, and what each does to the rows.

A lever is an edit that has not been given its amount yet. What it moves is found by changing the number a little and
making the rows again, so that a total moves its corridors and shares along with it, as when the edit is applied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloc.explanation.infeasibility.rows import ABOUT, NONE, Rows, rows_of
from alloc.explanation.shared.unchecked import with_column, with_settings
from alloc.formulation.registry import catalogue
from alloc.instance.frames import numbers, texts
from alloc.instance.instance import Instance

LEAST_LEFT = 0.1  # of a pool's total, when it is cut
PROBE = 0.01  # of a value: by how much it is changed to see what moves
WAIVE, RAISE, LOWER, DROP = 0, 1, -1, 2
OF_TOTAL = ("pool_total", "corridor", "group_limit")
DEBT_ROOMS = ("debt_ratio", "debt_tier", "debt_service")
OUTSIDE = ("cities.fund_available", "cities.other_transfers")  # money that somebody else would have to bring
OUTSIDE_SHARE = 0.1  # of the cities' own revenue: what counts as much as a whole rule
MOST_RESERVE = 0.999  # of a pool: all of it cannot be kept back


@dataclass(frozen=True)
class Kind:
    """A column or a setting that can be changed, which way, and whose it is.

    Attributes:
        path: ``table.column`` or the path of a setting.
        by: which rows belong to one value: pool, service, city, limit, tier (of debt), cell (city and pool) or all.
        ways: `RAISE`, `LOWER` or both; `WAIVE` for a rule that is switched off, `DROP` for one that is dropped (of a
            pool: nothing of it is given out).
        moves: families and rules of the rows that it is known to move.
        probe: kinds with the same number are changed together to see what moves; no two of them move the same rows.
        most: greatest value that the column can hold.
    """

    path: str
    by: str
    ways: tuple[int, ...]
    moves: tuple[str, ...]
    probe: int = 0
    most: float = np.inf

    @property
    def waives(self) -> bool:
        """Whether it does without a rule, and there is no amount to choose."""
        return self.ways[0] in (WAIVE, DROP)

    @property
    def number(self) -> str:
        """The number that is changed or done without, a key of `alloc_models.words.numbers`."""
        return {"limits": "limits.value", "overrides": "overrides.amount", "earmarks": "earmarks.amount"}.get(
            self.path, self.path
        )


@dataclass(frozen=True, eq=False)
class Lever:
    """One value that can be changed one way, or many of one column in many cities.

    Attributes:
        name: unlike any other's; what a menu may use or not.
        kind: what is changed.
        way: `RAISE`, `LOWER`, `WAIVE` or `DROP`.
        item: pool, service, limit or debt tier, or "" .
        owner: who may change it.
        keys: of each value, what stands between table and column in an edit: ``land``, ``440300``, or "".
        values: as they are, in the unit of the instance; of a rule that is waived, how much there is of it.
        most: greatest change of each.
        natural: the change of each that costs as much as a whole rule.
        rows: of each value, the rows that it moves.
        effects: of each value, by how much one unit of change moves the bounds of these rows, in units of the matrix.
    """

    name: str
    kind: Kind
    way: int
    item: str
    owner: str
    keys: tuple[str, ...]
    values: np.ndarray
    most: np.ndarray
    natural: np.ndarray
    rows: tuple[np.ndarray, ...]
    effects: tuple[np.ndarray, ...]


# Everything that can be changed and moves rows in proportion. Balances are not among it; outside money is.
KINDS = (
    Kind("limits.value", "limit", (RAISE, LOWER), ("group_limit",)),
    Kind("overrides.amount", "cell", (RAISE, LOWER), ("override",)),
    Kind("earmarks.amount", "cell", (LOWER,), ("earmark",)),
    Kind("pools.floor_multiple", "pool", (LOWER,), ("floor", "cap", "corridor"), 1),
    Kind("pools.cap_multiple", "pool", (RAISE,), ("cap",)),
    Kind("pools.corridor_down", "pool", (RAISE,), ("corridor",), most=1.0),
    Kind("pools.corridor_up", "pool", (RAISE,), ("corridor",), 2),
    Kind("pools.reserve", "pool", (RAISE, LOWER), OF_TOTAL, 3, most=MOST_RESERVE),
    Kind("pools.total", "pool", (RAISE, LOWER), OF_TOTAL, 4),
    Kind("pools.exhaust", "pool", (WAIVE,), ("pool_total",)),
    Kind("services.growth_limit", "service", (RAISE,), ("growth_limit",)),
    Kind("services.expansion_limit", "service", (RAISE,), ("expansion",)),
    Kind("services.settlement_prerequisite", "service", (WAIVE,), ("gate",)),
    Kind("services.restricted", "service", (WAIVE,), ("restricted",)),
    Kind("services.revenue_backed", "service", (WAIVE,), ("special_bond_purpose",)),
    Kind("policy.settlement.willingness", "all", (RAISE,), ("willingness",), most=1.0),
    Kind("cities.willingness", "city", (RAISE,), ("willingness",), 1, most=1.0),
    Kind("cities.settlement_quota", "city", (RAISE,), ("quota",)),
    Kind("policy.land.reuse_limit", "all", (RAISE,), ("idle_land",), most=1.0),
    Kind("cities.production_request", "city", (RAISE,), ("production_land",)),
    Kind("cities.stock_base", "city", (RAISE,), ("stock_link",)),
    Kind("cities.boundary_left", "city", (RAISE,), ("boundary",)),
    Kind("cities.farmland_offset", "city", (RAISE,), ("farmland",)),
    Kind("policy.debt.ceiling", "all", (RAISE,), ("debt_ratio",)),
    Kind("policy.debt.service_ceiling", "all", (RAISE,), ("debt_service",)),
    Kind("policy.debt.tiers.new_bond_factor", "tier", (RAISE,), ("debt_tier",)),
    Kind("cities.limit_general", "city", (RAISE,), ("debt_limit",)),
    Kind("cities.limit_special", "city", (RAISE,), ("debt_limit",), 1),
    Kind("cities.fund_available", "city", (RAISE,), ("capital_budget",)),
    Kind("cities.other_transfers", "city", (RAISE,), ("general_budget", *DEBT_ROOMS), 5),
    Kind("pools.total", "pool", (DROP,), ("pool_total",)),
    Kind("limits", "limit", (DROP,), ("group_limit",)),
    Kind("overrides", "cell", (DROP,), ("override",)),
    Kind("earmarks", "cell", (DROP,), ("earmark",)),
    Kind("pools.floor_multiple", "pool", (DROP,), ("floor",)),
    Kind("pools.cap_multiple", "pool", (DROP,), ("cap",)),
)
NUMBERS = tuple(kind.number for kind in KINDS)


def levers(
    rows: Rows,
    names: Collection[str] | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Lever, ...]:
    """Levers of an instance that move any row: every one, or those with these names."""
    every = [kind for kind in KINDS if names is None or any(name.startswith(f"{kind.path} ") for name in names)]
    found: dict[Kind, list[Lever]] = {kind: list(_waived(rows, kind)) for kind in every if kind.waives}
    batches = sorted({kind.probe for kind in every if not kind.waives})
    for place, batch in enumerate(batches):
        told(place, len(batches))
        some = [kind for kind in every if kind.probe == batch and not kind.waives]
        values = {kind: values_of(rows.instance, kind) for kind in some}
        steps = {kind: _steps(kind, values[kind][1]) for kind in some}
        probed = rows.instance
        for kind in some:
            probed = _with_values(probed, kind, values[kind][1] + steps[kind])
        moved = rows_of(probed, rows)
        at = np.clip(np.searchsorted(moved.key, rows.key), 0, moved.key.size - 1)
        difference = np.where(moved.key[at] == rows.key, moved.bound[at] - rows.bound, 0.0)
        for kind in some:
            found[kind] = list(_moved(rows, kind, *values[kind], steps[kind], difference))
    return tuple(each for kind in every for each in found[kind] if names is None or each.name in names)


def _waived(rows: Rows, kind: Kind) -> Iterator[Lever]:
    """Rules that can be done without: each of their rows by as much as it takes."""
    way = kind.ways[0]
    chosen = np.flatnonzero(np.isin(rows.family, kind.moves) & ((rows.side < 0) | (kind.moves != ("pool_total",))))
    of = _keys(rows, kind, chosen)
    services = rows.instance.tables["services"]
    unbacked = list(services["service"][~services["revenue_backed"].astype(bool)])
    for key in unbacked if kind.path == "services.revenue_backed" and chosen.size else dict.fromkeys(of):
        own = chosen if kind.path == "services.revenue_backed" else chosen[of == key]
        amounts = np.abs(rows.bound[own]) * rows.model.row_scale[own]
        if kind.moves == ("restricted",):  # nothing is built: what the rule takes away is what need has room for
            amounts = rows.derived.facilities[rows.city[own], rows.item[own]]
        whole = max(float(amounts.sum()), 1.0)
        yield Lever(
            f"{kind.path} {key} {way}", kind, way, _item(kind, str(key)), owner_of(rows.instance, kind, str(key)),
            tuple([str(key)] * own.size), amounts, np.full(own.size, np.inf), np.full(own.size, whole),
            tuple(own[k : k + 1] for k in range(own.size)),
            tuple(rows.side[own[k : k + 1]] / rows.model.row_scale[own[k : k + 1]] for k in range(own.size)),
        )  # fmt: skip


def _steps(kind: Kind, values: np.ndarray) -> np.ndarray:
    step = PROBE * np.where(values > 0, values, float(np.max(values, initial=0.0)) or 1.0)
    return np.where(values + step > kind.most, -step, step)


def _moved(
    rows: Rows, kind: Kind, keys: list[str], values: np.ndarray, step: np.ndarray, difference: np.ndarray
) -> Iterator[Lever]:
    moves = np.isin(rows.family, kind.moves) & (np.abs(difference) > 1e-12 * np.maximum(1, np.abs(rows.bound)))
    moved = np.flatnonzero(moves)
    owners = _keys(rows, kind, moved)
    order = np.argsort(owners, kind="stable")
    moved, owners = moved[order], owners[order]
    starts = {key: slice(np.searchsorted(owners, key), np.searchsorted(owners, key, side="right")) for key in keys}
    alone = kind.by != "city"
    for way in kind.ways:
        most = kind.most - values if way == RAISE else values
        if kind.path == "pools.total" and way == LOWER:
            most = (1 - LEAST_LEFT) * values
        cells = [k for k, key in enumerate(keys) if starts[key].stop > starts[key].start and most[k] > 0]
        for some in [[k] for k in cells] if alone else [cells] if cells else []:
            chosen = tuple(keys[k] for k in some)
            whole = float(values[some].sum()) or _size(rows, np.concatenate([moved[starts[key]] for key in chosen]))
            if kind.path == "pools.reserve" and way == RAISE:
                whole = 1.0  # to keep back a share is as much as to have so much less
            if kind.path in OUTSIDE:
                whole = OUTSIDE_SHARE * float((rows.derived.revenue + rows.derived.fund_revenue).sum()) or whole
            yield Lever(
                f"{kind.path} {chosen[0] if alone else ''} {way}", kind, way,
                _item(kind, chosen[0]), owner_of(rows.instance, kind, chosen[0]), chosen,
                values[some], most[some], np.full(len(some), whole),
                tuple(moved[starts[key]] for key in chosen),
                tuple(way * difference[moved[starts[key]]] / step[k] for k, key in zip(some, chosen, strict=True)),
            )  # fmt: skip


def _size(rows: Rows, some: np.ndarray) -> float:
    """Of some rows, how much their bounds are in all, in units of the instance."""
    return float(np.abs(rows.bound[some] * rows.model.row_scale[some]).sum()) or 1.0


def _item(kind: Kind, key: str) -> str:
    return key if kind.by in ("pool", "service", "limit", "tier", "cell") else ""


def owner_of(instance: Instance, kind: Kind, key: str) -> str:
    """Who may change a number; a limit that names an office is that office's."""
    if kind.by == "limit":
        table = instance.tables["limits"]
        if str(table.loc[table["limit"] == key, "owner"].iloc[0]):
            return "higher_rule"
    return str(catalogue().numbers[kind.number].owner)


def _keys(rows: Rows, kind: Kind, chosen: np.ndarray) -> np.ndarray:
    """Of each row the value that it belongs to, "-" for none."""
    d, family, city, item = rows.derived, rows.family[chosen], rows.city[chosen], rows.item[chosen]
    names = np.full(chosen.size, "-", dtype=object)
    cities = np.array(d.cities, dtype=object)
    limits = sorted(d.limits, key=lambda row: row.limit)
    is_limit = family == "group_limit"
    if kind.by == "all":
        names[:] = ""
    elif kind.by == "limit":
        names[is_limit] = np.array([row.limit for row in limits], dtype=object)[item[is_limit]]
    elif kind.by == "pool":
        land = next((name for name, one in zip(d.pools, d.kind, strict=True) if one == "land"), "-")
        of = [row.item if row.kind == "allocation" else land if row.kind == "land_use" else "-" for row in limits]
        names[is_limit] = np.array(of, dtype=object)[item[is_limit]]
        of_pool = np.isin(family, [name for name, about in ABOUT.items() if about == "pools"])
        names[of_pool] = np.array(d.pools, dtype=object)[item[of_pool]]
    elif kind.by == "service":
        of_service = np.isin(family, [name for name, about in ABOUT.items() if about == "services"])
        names[of_service] = np.array(d.services, dtype=object)[item[of_service]]
    elif kind.by == "cell":
        one = np.isin(family, ("override", "earmark"))
        pools = np.array(d.pools, dtype=object)[item[one]]
        names[one] = [f"{c}.{r}" for c, r in zip(cities[city[one]], pools, strict=True)]
    else:
        local = city != NONE
        names[local] = (d.debt_tier if kind.by == "tier" else cities)[city[local]]
    return names


def values_of(instance: Instance, kind: Kind) -> tuple[list[str], np.ndarray]:
    """The values that are given, with their keys."""
    table, _, column = kind.path.rpartition(".")
    settings = instance.settings
    if kind.by == "tier":
        tiers = settings.policy.debt.tiers
        return [each.name for each in tiers], np.array([each.new_bond_factor for each in tiers], dtype=float)
    if kind.by == "all":
        value: Any = settings
        for part in kind.path.split("."):
            value = getattr(value, part)
        return ([] if value is None else [""]), np.array([] if value is None else [value], dtype=float)
    frame = instance.tables[table]
    values = numbers(frame, column)
    if column == "fund_available":
        values = np.nan_to_num(values)
    given = np.flatnonzero(~np.isnan(values))
    width = {"cell": ("city", "pool"), "limit": ("limit",)}.get(kind.by, (kind.by,))
    parts = [texts(frame, name)[given] for name in width]
    return [".".join(str(part) for part in each) for each in zip(*parts, strict=True)], values[given]


def _with_values(instance: Instance, kind: Kind, values: np.ndarray) -> Instance:
    """The instance with other values, unchecked: it is only looked at."""
    table, _, column = kind.path.rpartition(".")
    if not values.size:
        return instance
    if kind.by == "tier":
        names = [each.name for each in instance.settings.policy.debt.tiers]
        return with_settings(
            instance, {f"{table}.{name}.{column}": each for name, each in zip(names, values, strict=True)}
        )
    if kind.by == "all":
        return with_settings(instance, {kind.path: values[0]})
    cells = numbers(instance.tables[table], column).copy()
    given = np.ones(cells.size, dtype=bool) if column == "fund_available" else ~np.isnan(cells)
    cells[given] = values
    return with_column(instance, table, column, cells)
