"""The instance: what every other part of alloc is given. Frozen, complete, sorted, with a hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from operator import le
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

import alloc  # which says what the instance holds, when it is asked
from alloc.formulation.columns import Column
from alloc.instance.findings import Finding
from alloc.instance.schema.columns import Table
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import OF_STATUS, SOURCES, TABLES, hashed

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False, repr=False)
class Instance:
    """Checked tables and settings.

    Attributes:
        name: the name in the settings.
        settings: ``instance.toml``, or what options of a run put in its place.
        tables: every table of the schema by name, also those without rows; sorted by key, with a plain index and with
            every column of the schema. Codes and texts are ``str`` (missing: ""), numbers ``float64`` (missing: NaN),
            flags ``bool``. Further columns of ``cities`` follow by name. Not to be changed in place.
        warnings: what the checks found that does not keep the instance from being used.
        home: the folder or workbook that it was read from, beside which its scenarios lie; None: there is none.
        replaced: settings of its own in whose place options of a run stand, by name; the hash is of these.
        known: what has been made of one table alone, by the table and what it is, so that it is made once while the
            table stays. It says nothing that the tables do not, and `dataclasses.replace` leaves it behind.
    """

    name: str
    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    warnings: tuple[Finding, ...] = ()
    home: Path | None = None
    replaced: Mapping[str, Any] = field(default_factory=dict)
    known: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def formulation(self) -> str:
        """The name of the model that the instance is of."""
        return self.settings.formulation

    @property
    def own_settings(self) -> Settings:
        """The settings of the instance itself, without options of a run."""
        return self.settings.model_copy(update=dict(self.replaced)) if self.replaced else self.settings

    @cached_property
    def hash(self) -> str:
        """SHA-256 of its own settings and tables.

        The order of rows and columns, the format of files and options of a run do not matter.
        """
        return canonical_hash(self.own_settings, self.tables, self.known)

    def once(self, table: str, what: str, make: Callable[[pd.DataFrame], Made]) -> Made:
        """What is made of one table alone, made when it is first asked for and known as long as the table stays.

        Args:
            table: name of the table.
            what: what is made, by a name of its own.
            make: makes it of the table, and of nothing else.

        Returns:
            What was made, which is not to be changed.
        """
        if (table, what) not in self.known:
            self.known[table, what] = make(self.tables[table])
        made: Made = self.known[table, what]
        return made

    def changed(
        self, settings: Settings, tables: Mapping[str, pd.DataFrame], warnings: tuple[Finding, ...] = ()
    ) -> Instance:
        """An instance of other settings and tables; what is known of the tables that stay goes with them.

        Options of a run stay too, but for those whose setting is another now: what is edited is the instance's own.

        Args:
            settings: of the new instance, its name included.
            tables: all of them, complete and sorted.
            warnings: of the new instance.

        Returns:
            The new instance; this one stays as it is.
        """
        stay = {
            name: own for name, own in self.replaced.items() if getattr(settings, name) == getattr(self.settings, name)
        }
        other = Instance(settings.name, settings, tables, warnings, self.home, stay)
        other.known.update(
            {(name, what): made for (name, what), made in self.known.items() if tables[name] is self.tables[name]}
        )
        return other

    def standing_for(self, replaced: Mapping[str, Any]) -> Instance:
        """The same, with other settings of its own in whose place those of now stand.

        Args:
            replaced: by name.

        Returns:
            The new instance.
        """
        other = replace(self, replaced=dict(replaced))
        other.known.update(self.known)
        return other

    def _repr_html_(self) -> str:
        """For notebooks: what it holds, in both languages."""
        return alloc.as_html(self)

    def __repr__(self) -> str:
        """One line: name, year, size and the beginning of the hash."""
        sizes = ", ".join(f"{len(self.tables[name])} {name}" for name in ("cities", "services", "pools"))
        return f"<Instance {self.name} {self.settings.year}: {sizes}; {self.hash[:12]}>"


def make_instance(
    settings: Settings, tables: Mapping[str, pd.DataFrame], warnings: tuple[Finding, ...] = ()
) -> Instance:
    """An instance from settings and typed tables, which are completed and sorted here but not checked."""
    complete = {table.name: complete_table(table, tables.get(table.name)) for table in TABLES.values()}
    return Instance(settings.name, settings, complete, warnings)


def complete_table(table: Table, frame: pd.DataFrame | None) -> pd.DataFrame:
    """The table with every column of the schema in its order, then its further columns by name, sorted by key."""
    if frame is None:
        return empty_table(table).copy(deep=False)
    former = {name: now for name, now in table.renamed.items() if name in frame.columns and now not in frame.columns}
    if former:
        frame = frame.rename(columns=former)
    names = [column.name for column in table.columns]
    names += sorted(set(frame.columns) - set(names))
    if not len(frame) and len(names) == len(table.columns):
        return empty_table(table).copy(deep=False)
    whole = frame
    if list(frame.columns) != names:
        described = {column.name: column for column in table.columns}
        columns = {name: frame[name].array if name in frame.columns else blank_cells(described[name], len(frame))
                   for name in names}  # fmt: skip
        whole = pd.DataFrame(columns, index=frame.index)
    if _in_order(whole, table.key):  # most come from an instance
        return _with_twins(table, whole.reset_index(drop=True))
    return _with_twins(table, whole.sort_values(list(table.key), kind="stable", ignore_index=True))


def _with_twins(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with what is said in one language alone in both columns of the two languages."""
    for column in table.columns:
        if column.twin and "" in (texts := frame[column.name].tolist()):
            twins = frame[column.twin].tolist()
            frame[column.name] = pd.array([own or twin for own, twin in zip(texts, twins, strict=True)], dtype="str")
    return frame


@cache
def empty_table(table: Table) -> pd.DataFrame:
    """A table without rows, not to be changed: most may be left out, and most instances leave most of them out."""
    return pd.DataFrame({column.name: blank_cells(column, 0) for column in table.columns}, index=pd.RangeIndex(0))


def _in_order(frame: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether the rows of a table stand in the order of their keys."""
    parts = [frame[name].tolist() for name in key]
    if any(set(map(type, part)) - {str} for part in parts):
        return False
    rows = list(zip(*parts, strict=True))
    return all(map(le, rows, rows[1:]))


def blank_cells(column: Column, count: int) -> Any:
    """The cells of a column in which nothing is given, as an array for a table that copies it."""
    if column.numeric:
        return np.full(count, np.nan)
    return np.zeros(count, dtype=bool) if column.kind == "flag" else _no_texts(count)


@lru_cache(64)
def _no_texts(count: int) -> Any:
    return pd.array([""] * count, dtype="str")


def canonical_hash(
    settings: Settings, tables: Mapping[str, pd.DataFrame], known: dict[tuple[str, str], Any] | None = None
) -> str:
    """SHA-256 of settings and complete, sorted tables, as 64 hexadecimal digits.

    Args:
        settings: the settings.
        tables: the tables.
        known: as ``Instance.known``: what of them is hashed, where that is known; takes what is not.
    """
    known = {} if known is None else known
    given = settings.without_idle(settings.model_dump(mode="json", by_alias=True))
    given = {name: value for name, value in given.items() if settings.LATER.get(name, ...) != value}
    described = json.dumps(given, sort_keys=True, ensure_ascii=False)
    content = hashlib.sha256(_parts([described.encode()]))
    for name in sorted(tables):
        if not counted(name, tables[name]):
            continue
        if (name, "hashed") not in known:
            known[name, "hashed"] = _parts(_hashed(name, tables[name]))
        content.update(known[name, "hashed"])
    return content.hexdigest()


def _hashed(name: str, frame: pd.DataFrame) -> Iterator[bytes]:
    """What of a table is hashed, part by part."""
    yield name.encode()
    if name in OF_STATUS:
        frame = _sources_hashed(frame, TABLES[name].key)
    idle = set(_idle(name, frame))
    for former, column in sorted((hashed(name, column), column) for column in frame.columns if column not in idle):
        yield former.encode()
        values = frame[column]
        if values.dtype == np.float64:
            numbers = values.to_numpy() + 0.0  # −0 becomes 0
            numbers[np.isnan(numbers)] = np.nan  # one NaN of the many
            yield numbers.astype("<f8").tobytes()
        elif values.dtype == np.bool_:
            yield values.to_numpy().tobytes()
        else:
            yield json.dumps(values.tolist(), ensure_ascii=False).encode()


def counted(name: str, frame: pd.DataFrame) -> bool:
    """Whether a table is one of an instance: one that came later is not, where it has no rows."""
    return bool(len(frame)) or not (name in TABLES and TABLES[name].later)


def without_idle(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table without the columns of levers, and those that came later, in which nothing is given."""
    idle = _idle(name, frame)
    return frame.drop(columns=idle) if idle else frame


def _idle(name: str, frame: pd.DataFrame) -> list[str]:
    joined = TABLES[name].joined if name in TABLES else ()
    return [column for column in frame.columns if column in joined and _nothing_in(frame[column])]


def _nothing_in(values: pd.Series) -> bool:
    if values.dtype == np.bool_:
        return not values.any()
    if values.dtype == np.float64:
        return bool(np.isnan(values.to_numpy()).all())
    return all(each == "" or each is None or each != each for each in values.tolist())


def _sources_hashed(frame: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """A table of sources with the names of columns that are hashed, in their order."""
    table, column = SOURCES.key
    names = [hashed(*pair) for pair in zip(frame[table].tolist(), frame[column].tolist(), strict=True)]
    if names == frame[column].tolist():
        return frame
    changed = frame.assign(**{column: pd.array(names, dtype="str")})
    return changed.sort_values(list(key), kind="stable", ignore_index=True)


def _parts(parts: Iterable[bytes]) -> bytes:
    """Parts one behind another, each behind its length, so that no two lists of them look the same."""
    return b"".join(piece for part in parts for piece in (len(part).to_bytes(8, "little"), part))
