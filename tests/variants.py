"""The same instance told otherwise: other names, other codes, limits that limit nothing. Answers must be the same."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from alloc.instance import Instance
from alloc.instance.instance import complete_table, make_instance
from alloc.instance.schema.tables import TABLES

Tables = dict[str, pd.DataFrame]


def services_renamed(instance: Instance) -> tuple[Instance, Mapping[str, str]]:
    """Services under names that sort the other way round; and the new name of each."""
    names = sorted(instance.tables["services"]["service"])
    new = {name: f"service_{len(names) - k}" for k, name in enumerate(names)}
    tables = _mapped(instance, "service", new)
    limits = tables["limits"]
    kind, item = limits["quantity"].str.partition(":")[0], limits["quantity"].str.partition(":")[2]
    tables["limits"] = limits.assign(
        quantity=np.where(kind == "added", "added:" + item.map(new).fillna(""), limits["quantity"])
    )
    return make_instance(instance.settings, tables), new


def codes_permuted(instance: Instance, seed: int) -> tuple[Instance, Mapping[str, str]]:
    """Cities of a province with each other's codes; and the new code of each."""
    rng = np.random.default_rng(seed)
    cities = instance.tables["cities"]
    new: dict[str, str] = {}
    for _, codes in cities.groupby("province")["city"]:
        new |= dict(zip(codes, rng.permutation(codes.to_numpy(dtype=object)), strict=True))
    return make_instance(instance.settings, _mapped(instance, "city", new)), new


def with_redundant_limits(instance: Instance) -> Instance:
    """Limits that no plan comes near to: of settlers, of every service's growth and of every pool."""
    pools = instance.tables["pools"]
    most = [("settle", 1e12)]
    most += [(f"added:{service}", 1e12) for service in instance.tables["services"]["service"]]
    most += [(f"allocation:{row.pool}", 10.0 * row.total) for row in pools.itertuples()]
    rows = [
        {"limit": f"redundant_{k}", "title_zh": "多余", "title_en": "redundant", "quantity": of, "where": "",
         "sense": "<=", "value": value, "basis": "amount", "owner": "", "source": ""}
        for k, (of, value) in enumerate(most)
    ]  # fmt: skip
    more = complete_table(TABLES["limits"], pd.DataFrame(rows))
    limits = pd.concat([instance.tables["limits"], more], ignore_index=True)
    return make_instance(instance.settings, {**instance.tables, "limits": limits})


def with_settings(instance: Instance, **changes: object) -> Instance:
    """The instance with other settings."""
    return make_instance(instance.settings.model_copy(update=changes), instance.tables)


def _mapped(instance: Instance, column: str, new: Mapping[str, str]) -> Tables:
    return {
        name: table.assign(**{column: table[column].map(new)}) if column in table.columns else table
        for name, table in instance.tables.items()
    }


def named_back(table: pd.DataFrame, column: str, new: Mapping[str, str]) -> pd.DataFrame:
    """A result's table under the names of before, sorted by its key."""
    before = {value: name for name, value in new.items()}
    key = [each for each in ("city", "pool", "service") if each in table.columns]
    return table.assign(**{column: table[column].map(before)}).sort_values(key, ignore_index=True)
