"""What a planner can turn: totals, limits, ceilings and standards, each as an edit names it.

A parameter is no row of the matrix: a total scales benchmarks and with them corridors and shares, a ceiling of the debt
ratio stands behind the room of every city. What it changes is found by building the matrix again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from alloc.explanation.shared.figures import figure
from alloc.explanation.shared.unchecked import with_column, with_settings
from alloc.instance.frames import numbers, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.columns import Column
from alloc.instance.schema.tables import TABLES
from alloc.result.figures import HUNDRED_MILLION, shown_unit
from alloc.scenario.applying import apply
from alloc.scenario.edits import Edit
from alloc.text import Text

POOLS = ("total", "floor_multiple", "cap_multiple", "corridor_down", "corridor_up")
SERVICES = (
    "norm", "minimum", "entitlement", "capital_cost", "running_cost", "area", "expansion_limit", "growth_limit",
)  # fmt: skip
POLICIES = (
    "land.reuse_limit", "land.reuse_cost", "land.stock_ratio", "settlement.willingness", "settlement.cost",
    "debt.ceiling", "debt.service_ceiling", "debt.bond_rate",
)  # fmt: skip
# Every number that is turned here, `table.column` or the path of a setting.
NUMBERS = (
    *(f"pools.{name}" for name in POOLS), "limits.value", "overrides.amount",
    *(f"services.{name}" for name in SERVICES), *(f"policy.{name}" for name in POLICIES),
    "policy.debt.tiers.new_bond_factor",
)  # fmt: skip
POINT = 0.01  # a percentage point, of a share or of a multiple

OF = Text("{of}的{what}", "{what} of {of}")
LIMIT = Text("{of}的限值", "limit of {of}")
TIER = Text("{of}级城市的{what}", "{what}, cities of the debt tier {of}")
FIXED = Text("{city}{pool}的人工调整数", "the override of {pool} for {city}")
STEPS = {
    "ha": Text(" 1 公顷", "1 ha"),
    "hundred_million": Text(" 1 亿元", "10⁸ yuan"),
    "money": Text(" 1 万元", "10⁴ yuan"),
    "point": Text(" 1 个百分点", "1 percentage point"),
    "hundredth": Text(" 0.01", "0.01"),
    "percent": Text("百分之一", "1 %"),
    "person": Text(" 1 人", "1 person"),
    "capacity": Text(" 1 {unit}", "1 {unit}"),
}


@dataclass(frozen=True)
class Parameter:
    """One number that a planner sets.

    Attributes:
        target: as an edit names it, e.g. ``pools.land.total``.
        kind: table, or ``policy``.
        title: in the planner's words.
        value: as it is, in the unit of the instance.
        step: what “one more” means, in that unit.
        said: the step in words.
        unit: of the value: ``ha``, ``10⁴ yuan``, ``persons``, ``share``, or empty.
        least, most: the range that it can have.
    """

    target: str
    kind: str
    title: Text
    value: float
    step: float
    said: Text
    unit: str = ""
    least: float = 0.0
    most: float = np.inf

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount that is handed out: a total, a limit or an override, not a standard or a share."""
        return self.kind in ("limits", "overrides") or (self.kind == "pools" and self.target.endswith(".total"))

    def shown(self, value: float, language: str, unit: bool = True) -> str:
        """A value of the parameter, with its unit or without: money in 10⁸ yuan where there is much, shares in %."""
        if self.unit == "share":
            return figure(100 * value, 5) + (" %" if unit else "")
        shown = shown_unit(self.unit, self.value)
        text, named = figure(value / shown.size, 7), str(getattr(shown, language))
        times = "× " if named[:1].isdigit() else ""
        return f"{text} {times}{named}".rstrip() if unit else text


def parameters(instance: Instance) -> tuple[Parameter, ...]:
    """Every parameter of the instance that is given: pools, limits, overrides, services, policy."""
    return (*_pools(instance), *_limits(instance), *_overrides(instance), *_services(instance), *_policy(instance))


def set_to(instance: Instance, parameter: Parameter, value: float) -> Instance:
    """The instance with the parameter at another value; what holds between cells is not checked again.

    Raises:
        InputError: the value is outside the range of the parameter.
    """
    return apply(instance, [Edit("set", parameter.target, float(value))], check=False).instance


def looked_at(instance: Instance, parameter: Parameter, value: float) -> Instance | None:
    """The instance with the parameter at another value, unchecked, for looking at; None outside of its range."""
    if not parameter.least <= value <= parameter.most:
        return None
    if parameter.kind == "policy":
        try:
            return with_settings(instance, {parameter.target: value})
        except ValidationError:
            return None
    table, *key, column = parameter.target.split(".")
    frame = instance.tables[table]
    row = np.ones(len(frame), dtype=bool)
    for name, part in zip(TABLES[table].key, key, strict=True):
        row &= texts(frame, name) == part
    return with_column(instance, table, column, np.where(row, value, numbers(frame, column)))


def city_name(instance: Instance, city: str) -> Text:
    """Name of a city in both languages."""
    row = instance.tables["cities"].set_index("city").loc[city]
    return Text(str(row["name"]), str(row["name_en"] or row["name"]))


def titled(row: Any) -> Text:
    """The titles of a row of pools, services or limits."""
    return Text(str(row["title_zh"]), str(row["title_en"]))


def _amount(land: bool, size: float) -> tuple[float, Text, str]:
    """One more of a pool, in words, and its unit: a hectare, or 10⁸ yuan (10⁴ yuan where there are less)."""
    if land:
        return 1.0, STEPS["ha"], "ha"
    large = size >= HUNDRED_MILLION
    step, said = (HUNDRED_MILLION, STEPS["hundred_million"]) if large else (1.0, STEPS["money"])
    return step, said, "10⁴ yuan"


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def lower(title: tuple[str, str]) -> Text:
    """A title as it stands within a sentence."""
    title = Text(*title)
    return Text(title.zh, title.en[:1].lower() + title.en[1:])


def _of_column(table: str, key: str, column: Column, of: Text, value: float) -> Parameter:
    """A cell of a table: a share goes by percentage points, a multiple by hundredths, anything else by per cent."""
    unit = "share" if column.kind == "share" else ""
    if unit:
        step, said = POINT, STEPS["point"]
    elif column.name.endswith("_multiple"):
        step, said = POINT, STEPS["hundredth"]
    else:
        step, said = POINT * value, STEPS["percent"]
    least = column.minimum if column.minimum is not None else 0.0
    most = column.maximum if column.maximum is not None else np.inf
    title = OF.fill(of=of, what=lower(column.title))
    return Parameter(f"{table}.{key}.{column.name}", table, title, value, step, said, unit, least, most)


def _pools(instance: Instance) -> Iterator[Parameter]:
    for row in _rows(instance.tables["pools"]):
        for name in POOLS:
            if np.isfinite(row[name]) and (row[name] > 0 or name.startswith("corridor")):
                found = _of_column("pools", row["pool"], TABLES["pools"].by_name[name], titled(row), float(row[name]))
                if name == "total":
                    step, said, unit = _amount(row["kind"] == "land", found.value)
                    found = replace(found, step=step, said=said, unit=unit)
                yield found


def _limits(instance: Instance) -> Iterator[Parameter]:
    pools = {row["pool"]: row for row in _rows(instance.tables["pools"])}
    services = {row["service"]: row for row in _rows(instance.tables["services"])}
    for row in _rows(instance.tables["limits"]):
        kind, _, item = row["quantity"].partition(":")
        value = float(row["value"])
        unit = ""
        if row["basis"] == "share":
            step, said, unit = POINT, STEPS["point"], "share"
        elif row["basis"] == "per_resident":
            step, said = POINT * value, STEPS["percent"]
        elif kind == "settle":
            step, said, unit = 1.0, STEPS["person"], "persons"
        elif kind == "added":
            counted = Text(services[item]["unit_zh"], services[item]["unit_en"])
            step, said = 1.0, STEPS["capacity"].fill(unit=counted)
        else:
            step, said, unit = _amount(kind == "land_use" or pools[item]["kind"] == "land", value)
        title = LIMIT.fill(of=titled(row))
        yield Parameter(f"limits.{row['limit']}.value", "limits", title, value, step, said, unit)


def _overrides(instance: Instance) -> Iterator[Parameter]:
    pools = {row["pool"]: row for row in _rows(instance.tables["pools"])}
    for row in _rows(instance.tables["overrides"]):
        pool, value = pools[row["pool"]], float(row["amount"])
        step, said, unit = _amount(pool["kind"] == "land", value)
        title = FIXED.fill(city=city_name(instance, row["city"]), pool=titled(pool))
        target = f"overrides.{row['city']}.{row['pool']}.amount"
        yield Parameter(target, "overrides", title, value, step, said, unit)


def _services(instance: Instance) -> Iterator[Parameter]:
    for row in _rows(instance.tables["services"]):
        for name in SERVICES:
            if row[name] > 0 or name in ("minimum", "entitlement"):
                column = TABLES["services"].by_name[name]
                yield _of_column("services", row["service"], column, titled(row), float(row[name]))


def _policy(instance: Instance) -> Iterator[Parameter]:
    policy = instance.settings.policy
    for path in POLICIES:
        section, _, name = path.partition(".")
        value = getattr(getattr(policy, section), name)
        if value is None or (value == 0 and not name.endswith(("limit", "willingness"))):
            continue
        field = type(getattr(policy, section)).model_fields[name]
        yield _setting(f"policy.{path}", field, float(value))
    for tier in policy.debt.tiers:
        field = type(tier).model_fields["new_bond_factor"]
        one = _setting(f"policy.debt.tiers.{tier.name}.new_bond_factor", field, tier.new_bond_factor)
        yield replace(one, title=TIER.fill(of=tier.name, what=one.title))


def _setting(target: str, field: Any, value: float) -> Parameter:
    about = field.json_schema_extra
    title = lower(Text(about["title_zh"], about["title_en"]))
    if target.endswith("_cost") or target.endswith(".cost"):
        return Parameter(target, "policy", title, value, POINT * value, STEPS["percent"])
    if target.endswith("stock_ratio"):
        return Parameter(target, "policy", title, value, POINT, STEPS["hundredth"])
    most = next((each.le for each in field.metadata if hasattr(each, "le")), np.inf)
    return Parameter(target, "policy", title, value, POINT, STEPS["point"], "share", 0.0, float(most))


__all__ = ["Parameter", "city_name", "looked_at", "lower", "parameters", "set_to", "titled"]
