"""Rules that can be switched off one by one, and what the model is without each.

A family is switched off by freeing its rows, a rule behind a bound by leaving it out where bounds are made; everything
else, benchmarks and the shortfall that is let pass included, stays as it is. Arithmetic is never switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.explanation.shared.parameters import FIXED, city_name, lower, titled
from alloc.formulation.columns import NUMERIC
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.instance.schema.settings import Policy
from alloc.instance.schema.tables import TABLES
from alloc.solver.solution import compiled
from alloc.text import Text

ROWS_ONLY = ("growth_limit", "recognised_need", "production_land", "idle_land", "borrow_to_build",
             "special_bond_purpose")  # fmt: skip
NOT_SWITCHED = (
    "coverage_is_served",
    "minimum_gap",
    "land_balance",
    "public_land",
    "capital_budget",
    "general_budget",
    "worst_served",
    "least_served",
)  # arithmetic
IN_PARTS = ("pool_total", "group_limit")  # exhaustion of each pool, each limit
OPEN = 1e6  # a multiple or a share so large that it bounds nothing
LIMIT = Text("分组限制：{of}", "limit: {of}")
EXHAUST = Text("{of}须全部分完", "all of {of} must be given out")

Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Switch:
    """A rule that can be switched off.

    Attributes:
        name: constraint family, rule behind a bound, ``limits.KEY``, ``overrides.CITY.POOL``, ``exhaust.POOL``.
        title: in the planner's words.
        owner: who may waive it, as far as it is known.
        without: the instance without it, from which `fields` of the derived data are taken.
        fields: of the derived data that the rule makes.
        rows: families whose rows are freed.
        row: one row by family and label, freed above and below; with `lower_only` below alone.
        lower_only: as said.
        replaces: whether the bounds without the rule stand in place of those with it, as for an override; else they
            only give way.
    """

    name: str
    title: Text
    owner: Text
    without: Callable[[Instance], Instance] | None = None
    fields: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    row: tuple[str, str] | None = None
    lower_only: bool = False
    replaces: bool = False

    def model(self, instance: Instance, derived: Derived, base: LinearModel) -> LinearModel:
        """The matrix with the rule switched off; `derived` and `base` are those of the instance with it."""
        model = base
        if self.without is not None:
            other = derive(self.without(instance), (instance, derived))
            known = derived.changed(**{name: self._field(derived, other, name) for name in self.fields})
            model = compiled(known, instance, base.units)
        least, most = model.row_lower.copy(), model.row_upper.copy()
        for family in self.rows:
            least[model.rows[family].slice], most[model.rows[family].slice] = -np.inf, np.inf
        if self.row is not None:
            block = model.rows[self.row[0]]
            place = block.start + block.members.labels().index((self.row[1],))
            least[place] = -np.inf
            most[place] = most[place] if self.lower_only else np.inf
        return replace(model, row_lower=least, row_upper=most)

    def _field(self, derived: Derived, other: Derived, name: str) -> Any:
        """A bound that only gives way: a corridor that a cap cuts off does not ask for more without the cap."""
        before, after = getattr(derived, name), getattr(other, name)
        if self.replaces or name not in ("lower", "upper"):
            return after
        return np.minimum(before, after) if name == "lower" else np.maximum(before, after)


def switches(instance: Instance, derived: Derived) -> tuple[Switch, ...]:
    """Every rule of the instance that can be switched off, families first."""
    return (*_families(), *_bounds(instance), *_pools(instance, derived), *_limits(derived, instance), *_hand(instance))


def _owner(key: str) -> Text:
    return Text(*catalogue().owners[key])


def _families() -> Iterator[Switch]:
    about = catalogue().families
    for name in ROWS_ONLY:
        yield Switch(name, lower(about[name].title), _owner(about[name].owner), rows=(name,))
    causes = catalogue().causes
    for name, without in (("debt_ratio", _no_ratio), ("debt_tier", _no_tier), ("debt_service", _no_service)):
        owner = _owner(about["debt_room"].owner)
        yield Switch(name, lower(causes[name].title), owner, without, ("upper", "bond_room"))
    for name, waive in BEHIND_BOUNDS.items():
        yield Switch(name, lower(about[name].title), _owner(about[name].owner), waive, ("upper",), (name,))


def _bounds(instance: Instance) -> Iterator[Switch]:
    about, others, both = catalogue().rules, catalogue().rules, ("lower", "upper")
    for name, table, columns in (
        ("floor", "pools", ("floor_multiple",)),
        ("cap", "pools", ("cap_multiple",)),
        ("corridor", "pools", ("corridor_down", "corridor_up")),
        ("boundary", "cities", ("boundary_left",)),
        ("farmland", "cities", ("farmland_share", "farmland_offset")),
    ):
        if instance.tables[table][list(columns)].notna().any(axis=None):
            yield Switch(name, Text(*about[name].title), _owner(about[name].owner), _blank(table, *columns), both)
    if len(instance.tables["earmarks"]):
        earmark = about["earmark"]
        yield Switch("earmark", Text(*earmark.title), _owner(earmark.owner), _without_rows("earmarks"), both)
    if instance.tables["cities"]["settlement_quota"].notna().any():
        quota = others["quota"]
        without = _blank("cities", "settlement_quota")
        yield Switch("quota", lower(quota.title), _owner(quota.owner), without, ("settle_limit",))
    expansion = others["expansion"]
    without = _filled("services", "expansion_limit", OPEN)
    yield Switch("expansion_limit", lower(expansion.title), _owner(expansion.owner), without, ("expand_limit",))
    if instance.tables["services"]["restricted"].any():
        made = ("buildable", "build_limit", "growth_limit")
        rule = others["restricted"]
        without = _filled("services", "restricted", False)
        yield Switch("restricted", lower(rule.title), _owner(rule.owner), without, made)


def _pools(instance: Instance, derived: Derived) -> Iterator[Switch]:
    for row in instance.tables["pools"].to_dict("records"):
        if row["exhaust"]:
            title = EXHAUST.fill(of=titled(row))
            pool = str(row["pool"])
            yield Switch(
                f"exhaust.{pool}",
                title,
                _owner(catalogue().numbers["pools.exhaust"].owner),
                row=("pool_total", pool),
                lower_only=True,
            )


def _limits(derived: Derived, instance: Instance) -> Iterator[Switch]:
    table = {str(row["limit"]): row for row in instance.tables["limits"].to_dict("records")}
    for each in derived.limits:
        row = table[each.limit]
        owner = Text(row["owner"], row["owner"]) if row["owner"] else _owner("planner")
        title = LIMIT.fill(of=titled(row))
        yield Switch(f"limits.{each.limit}", title, owner, row=("group_limit", each.limit))


def _hand(instance: Instance) -> Iterator[Switch]:
    pools = {str(row["pool"]): row for row in instance.tables["pools"].to_dict("records")}
    for row in instance.tables["overrides"].to_dict("records"):
        city, pool = str(row["city"]), str(row["pool"])
        title = FIXED.fill(city=city_name(instance, city), pool=titled(pools[pool]))
        owner = Text(row["approved_by"], row["approved_by"]) if row["approved_by"] else _owner("planner")
        without = _without_rows("overrides", city=city, pool=pool)
        yield Switch(f"overrides.{city}.{pool}", title, owner, without, ("lower", "upper"), replaces=True)


def _with(instance: Instance, table: str, frame: Any) -> Instance:
    return replace(instance, tables={**instance.tables, table: frame})


def _blank(table: str, *columns: str) -> Callable[[Instance], Instance]:
    assert all(TABLES[table].by_name[name].kind in NUMERIC for name in columns)
    return lambda one: _with(one, table, one.tables[table].assign(**dict.fromkeys(columns, np.nan)))


def _filled(table: str, column: str, value: float | bool) -> Callable[[Instance], Instance]:
    return lambda one: _with(one, table, one.tables[table].assign(**{column: value}))


def _without_rows(table: str, **key: str) -> Callable[[Instance], Instance]:
    def without(one: Instance) -> Instance:
        frame = one.tables[table]
        gone = np.ones(len(frame), dtype=bool)
        for column, value in key.items():
            gone &= (frame[column] == value).to_numpy()
        return _with(one, table, frame[~gone].reset_index(drop=True))

    return without


def _policy(instance: Instance, change: Callable[[Policy], Policy]) -> Instance:
    settings = instance.settings
    return replace(instance, settings=settings.model_copy(update={"policy": change(settings.policy)}))


def _debt(instance: Instance, **update: Any) -> Instance:
    def change(policy: Policy) -> Policy:
        return policy.model_copy(update={"debt": policy.debt.model_copy(update=update)})

    return _policy(instance, change)


def _no_ratio(instance: Instance) -> Instance:
    return _debt(instance, ceiling=OPEN)


def _no_service(instance: Instance) -> Instance:
    return _debt(instance, service_ceiling=OPEN)


def _no_tier(instance: Instance) -> Instance:
    tiers = instance.settings.policy.debt.tiers
    return _debt(instance, tiers=tuple(each.model_copy(update={"new_bond_factor": OPEN}) for each in tiers))


def _no_classes(instance: Instance) -> Instance:
    return _filled("cities", "limit_special", 1e15)(_filled("cities", "limit_general", 1e15)(instance))


def _no_stock(instance: Instance) -> Instance:
    def change(policy: Policy) -> Policy:
        return policy.model_copy(update={"land": policy.land.model_copy(update={"stock_ratio": None})})

    return _policy(instance, change)


# Families that also make bounds -> the instance without them.
BEHIND_BOUNDS: Mapping[str, Callable[[Instance], Instance]] = {
    "debt_room": lambda one: _no_ratio(_no_tier(_no_service(one))),
    "debt_limit": _no_classes,
    "stock_link": _no_stock,
}
FAMILIES = frozenset({*ROWS_ONLY, *BEHIND_BOUNDS, *IN_PARTS, *NOT_SWITCHED})
"""Every constraint family of which it is known whether and how it is switched off."""
