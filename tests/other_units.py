"""The same instance in other units: money, land, or what a service is counted in. Nothing else about it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.policy import Policy

MONEY = (
    "revenue", "fund_revenue", "fund_available", "other_transfers", "essential_spending", "interest", "maturing",
    "debt_general", "debt_special", "limit_general", "limit_special",
)  # fmt: skip
LAND = ("built_up", "idle", "production_request", "boundary_left", "farmland_offset", "stock_base")


def other_money(instance: Instance, factor: float) -> Instance:
    """All money counted in a unit that is `factor` times smaller."""
    pools = instance.tables["pools"]
    money = set(pools.loc[pools["kind"] != "land", "pool"])
    tables = _times(instance.tables, "cities", MONEY, factor)
    tables = _times(tables, "services", ("capital_cost", "running_cost"), factor)
    tables = _pools(tables, money, factor)

    def change(policy: Policy) -> Policy:
        land = policy.land.model_copy(update={"reuse_cost": policy.land.reuse_cost * factor})
        settlement = policy.settlement.model_copy(update={"cost": policy.settlement.cost * factor})
        return policy.model_copy(update={"land": land, "settlement": settlement})

    return _made(instance, tables, change)


def other_land(instance: Instance, factor: float) -> Instance:
    """All land counted in a unit that is `factor` times smaller (standards and areas a unit too)."""
    pools = instance.tables["pools"]
    tables = _times(instance.tables, "cities", LAND, factor)
    tables = _times(tables, "services", ("area",), factor)
    tables = _pools(tables, set(pools.loc[pools["kind"] == "land", "pool"]), factor)
    tables = _limits(tables, lambda of: of.startswith("land_use:"), factor)

    def change(policy: Policy) -> Policy:
        standards = [
            each.model_copy(
                update={
                    "up_to": None if each.up_to is None else each.up_to * factor,
                    "per_settler": each.per_settler * factor,
                }
            )
            for each in policy.land.standards
        ]
        update = {"reuse_cost": policy.land.reuse_cost / factor, "standards": tuple(standards)}
        return policy.model_copy(update={"land": policy.land.model_copy(update=update)})

    return _made(instance, tables, change)


def other_service_units(instance: Instance, factors: Mapping[str, float]) -> Instance:
    """Services counted in units that are so many times smaller: norm, capacity, module; costs and area a unit."""
    tables = dict(instance.tables)
    services, capacity = tables["services"].copy(), tables["capacity"].copy()
    factor = services["service"].map(factors).fillna(1.0)
    for column in ("norm", "module"):
        services[column] *= factor
    for column in ("capital_cost", "running_cost", "area"):
        services[column] /= factor
    capacity["capacity"] *= capacity["service"].map(factors).fillna(1.0)
    tables |= {"services": services, "capacity": capacity}
    for service, times in factors.items():
        tables = _limits(tables, lambda of, name=f"added:{service}": of == name, times)  # type: ignore[misc]
    return _made(instance, tables)


def _pools(tables: Mapping[str, pd.DataFrame], chosen: set[str], factor: float) -> dict[str, pd.DataFrame]:
    for table, columns in (
        ("pools", ("total", "quantum")), ("last_year", ("amount",)), ("earmarks", ("amount",)),
        ("overrides", ("amount",)), ("issued", ("amount",)),
    ):  # fmt: skip
        tables = _times(tables, table, columns, factor, tables[table]["pool"].isin(chosen))
    return _limits(tables, lambda of: of.removeprefix("allocation:") in chosen, factor)


def _limits(
    tables: Mapping[str, pd.DataFrame], chosen: Callable[[str], bool], factor: float
) -> dict[str, pd.DataFrame]:
    limits = tables["limits"]
    where = limits["quantity"].map(chosen).astype(bool) & (limits["basis"] != "share")
    return _times(tables, "limits", ("value",), factor, where)


def _times(
    tables: Mapping[str, pd.DataFrame],
    table: str,
    columns: Iterable[str],
    factor: float,
    where: pd.Series | None = None,
) -> dict[str, pd.DataFrame]:
    frame = tables[table].copy()
    for column in columns:
        changed = frame[column] * factor
        frame[column] = changed if where is None else frame[column].where(~where, changed)
    return {**tables, table: frame}


def _made(
    instance: Instance, tables: Mapping[str, pd.DataFrame], change: Callable[[Policy], Policy] = lambda policy: policy
) -> Instance:
    settings = instance.settings
    return make_instance(settings.model_copy(update={"policy": change(settings.policy)}), tables)
