"""Mixtures of two instances: some drivers as they are in the one, the others as they are in the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from alloc.explanation.shared.answer import AskError
from alloc.explanation.shared.drivers import DRIVERS, driver_of, row_driver
from alloc.formulation.columns import NO_DRIVER
from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.columns import Table
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import OF_STATUS, TABLES
from alloc.scenario import diff
from alloc.text import Text

REFERENCES = ("pools", "services")  # tables whose rows others name; cities have to be the same
MIGRANT = "migrant_"


class Pair:
    """Two instances of the same cities, and what they differ in.

    Args:
        old: where no driver has moved.
        new: where every driver has.

    Raises:
        AskError: their cities are not the same.
    """

    def __init__(self, old: Instance, new: Instance) -> None:
        self.old, self.new = old, new
        ours, theirs = (set(each.tables["cities"]["city"]) for each in (old, new))
        if ours != theirs:
            shown = ", ".join(sorted(ours ^ theirs)[:5])
            raise AskError(Text(
                f"两个结果的城市不同（例如 {shown}），差异不能按因素分解。",
                f"The cities of the two results are not the same ({shown}, say): the difference cannot be split.",
            ))  # fmt: skip
        self._strangers = {
            name: frozenset(set(old.tables[name][name[:-1]]) ^ set(new.tables[name][name[:-1]])) for name in REFERENCES
        }
        named = [each.tables["services"][column] for each in (old, new) for column in ("cohort", "plan_cohort")]
        self._cohorts = frozenset(cohort for each in named for cohort in each)
        self.changes = self._changes()

    @property
    def drivers(self) -> tuple[str, ...]:
        """The drivers that have moved."""
        return tuple(self.changes)

    def _changes(self) -> dict[str, dict[str, int]]:
        """Driver -> column or setting -> how many of its cells differ; drivers and columns without any are left out."""
        counts: dict[str, dict[str, int]] = {driver: {} for driver in DRIVERS}
        alone = {name: self._alone(TABLES[name]) for name in TABLES}
        for table, key, column in diff(self.old, self.new)[["table", "key", "column"]].itertuples(index=False):
            keys = tuple(key.split(", ")) if key else ()
            if table in TABLES and keys in alone[table]:
                driver = row_driver(table, keys, self._strangers)
            else:
                driver = driver_of(table, column, self._cohorts)
            if driver != NO_DRIVER and not (table in TABLES and column in TABLES[table].key):
                name = column if table == "settings" else f"{table}.{column}"
                counts[driver][name] = counts[driver].get(name, 0) + 1
        return {driver: columns for driver, columns in counts.items() if columns}

    def _alone(self, table: Table) -> frozenset[tuple[str, ...]]:
        ours, theirs = (_index(each.tables[table.name], table) for each in (self.old, self.new))
        return frozenset(_tuples(ours.symmetric_difference(theirs)))

    def mixed(self, moved: Collection[str]) -> Instance:
        """The instance in which the drivers `moved` are those of the new one. Nothing is checked."""
        tables = {name: self._table(table, moved) for name, table in TABLES.items() if name not in OF_STATUS}
        return make_instance(self._settings(moved), tables)

    def _settings(self, moved: Collection[str]) -> Settings:
        rules = (self.new if "policy" in moved else self.old).settings
        people = (self.new if "settlement" in moved else self.old).settings
        willing = {"willingness": people.policy.settlement.willingness}
        policy = rules.policy.model_copy(update={"settlement": rules.policy.settlement.model_copy(update=willing)})
        return self.new.settings.model_copy(update={"policy": policy, "objective": rules.objective, "integers": False})

    def _table(self, table: Table, moved: Collection[str]) -> pd.DataFrame:
        ours, theirs = (each.tables[table.name] for each in (self.old, self.new))
        if ours is theirs:
            return ours
        old, new = ours.set_index(_index(ours, table)), theirs.set_index(_index(theirs, table))
        both = old.index.intersection(new.index, sort=False)
        pair = old.loc[both], new.loc[both]
        columns = {
            column: self._column(table, column, *pair, moved) for column in dict.fromkeys([*old.columns, *new.columns])
        }
        parts = [pd.DataFrame(columns, index=both)]
        for frame, there in ((old, False), (new, True)):
            keys = [key for key in _tuples(frame.index.difference(both, sort=False))
                    if (row_driver(table.name, key, self._strangers) in moved) == there]  # fmt: skip
            if keys:
                parts.append(frame.loc[keys])
        return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)

    def _column(
        self, table: Table, column: str, old: pd.DataFrame, new: pd.DataFrame, moved: Collection[str]
    ) -> pd.Series:
        take = new if driver_of(table.name, column, self._cohorts) in moved else old
        if column in take.columns:
            return take[column]
        if column.startswith(MIGRANT):  # not given there, which has a meaning of its own
            return pd.Series(np.nan, index=take.index)
        return (old if take is new else new)[column]  # a further column that only the rules of the other one name


def _index(frame: pd.DataFrame, table: Table) -> pd.Index:
    keys = [frame[name].astype(object).tolist() for name in table.key]
    return pd.Index(list(zip(*keys, strict=True)), tupleize_cols=False)


def _tuples(index: pd.Index) -> list[tuple[str, ...]]:
    return [tuple(key) for key in index]


def changed_columns(changes: Mapping[str, int], most: int = 4) -> str:
    """Columns that differ and in how many cells, as they stand beside a driver."""
    largest = sorted(changes.items(), key=lambda each: (-each[1], each[0]))
    shown = [f"{name} × {count}" if count > 1 else name for name, count in largest[:most]]
    return ", ".join([*shown, "…"] if len(largest) > most else shown)
