"""The numbers of an instance by the paths of the catalogue: what they are, and the instance with others in their place.

Such an instance is unchecked: it is only looked at. What is offered goes through edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloc.formulation.columns import Column
from alloc.formulation.registry import catalogue
from alloc.instance.files.settings_reading import inner_model
from alloc.instance.frames import flags, numbers, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

ENTRY = "name"  # what an entry of a list of settings goes by


@dataclass(frozen=True)
class Described:
    """What is known of a number whatever its value.

    Attributes:
        title, unit: in the planner's words.
        least, most: its range.
        column: where it is a column of a table; None for a setting.
    """

    title: Text
    unit: Text
    least: float = 0.0
    most: float = float("inf")
    column: Column | None = None


def described(instance: Instance, path: str) -> Described:
    """A column or a setting: title, unit and range."""
    if (column := column_of(path)) is not None:
        least = column.minimum if column.minimum is not None else 0.0
        most = column.maximum if column.maximum is not None else float("inf")
        return Described(Text(*column.title), column.unit, least, most, column)
    model: Any = type(instance.settings)
    for part in path.split("."):
        assert model is not None
        field = model.model_fields[part]
        model = inner_model(field.annotation)
    about: Any = field.json_schema_extra
    title, unit = (Text(str(about[f"{part}_zh"]), str(about[f"{part}_en"])) for part in ("title", "unit"))
    most = next((float(each.le) for each in field.metadata if hasattr(each, "le")), float("inf"))
    return Described(title, unit, 0.0, most)


def column_of(path: str) -> Column | None:
    """The column of a path ``table.column``; None for a setting."""
    table, _, name = path.rpartition(".")
    return TABLES[table].by_name[name] if table in TABLES else None


def values_of(instance: Instance, path: str) -> tuple[list[str], np.ndarray]:
    """The values that are given, with what stands between table and column in an edit of each.

    Returns:
        Keys (``land``, ``440300``, ``440300.land``, the name of an entry; "" for a setting) and values, flags as 0, 1.
    """
    number = catalogue(instance.formulation).numbers.get(path)
    if number is not None and number.needs and not len(instance.tables[number.needs]):
        return [], np.zeros(0)
    if (column := column_of(path)) is None:
        named = [
            (key, getattr(section, path.rpartition(".")[2])) for key, section in _sections(instance.settings, path)
        ]
        given = [(key, float(value)) for key, value in named if value is not None]
        return [key for key, _ in given], np.array([value for _, value in given], dtype=float)
    table, frame = TABLES[path.rpartition(".")[0]], instance.tables[path.rpartition(".")[0]]
    values = _cells(instance, path)
    chosen = np.flatnonzero(~np.isnan(values)) if column.kind != "flag" else np.arange(values.size)
    parts = [texts(frame, name)[chosen] for name in table.key]
    return [".".join(str(part) for part in each) for each in zip(*parts, strict=True)], values[chosen]


def blank(instance: Instance, path: str, key: str) -> bool:
    """Whether a value is not given but stands for the default of its column."""
    column = column_of(path)
    if column is None or column.default is None:
        return False
    frame = instance.tables[path.rpartition(".")[0]]
    return bool(np.isnan(numbers(frame, column.name)[values_of(instance, path)[0].index(key)]))


def with_values(instance: Instance, path: str, values: np.ndarray) -> Instance:
    """The instance with other values in the place of those that `values_of` gives.

    Raises:
        pydantic.ValidationError: a setting is outside its range.
    """
    if not values.size:
        return instance
    table, _, name = path.rpartition(".")
    if (column := column_of(path)) is None:
        keys = values_of(instance, path)[0]
        paths = [f"{table}.{key}.{name}" if key else path for key in keys]
        return with_settings(instance, dict(zip(paths, values.tolist(), strict=True)))
    cells = _cells(instance, path).copy()
    cells[~np.isnan(cells)] = values
    return with_column(instance, table, column.name, cells)


def with_column(instance: Instance, table: str, column: str, values: np.ndarray) -> Instance:
    """The instance with another column in a table; other tables are the very same."""
    frame = instance.tables[table].assign(**{column: values})
    return replace(instance, tables={**instance.tables, table: frame})


def with_settings(instance: Instance, values: Mapping[str, float]) -> Instance:
    """The instance with other values of ``instance.toml``, each named by its path.

    Args:
        values: path -> number; an entry of a list goes by its name, as in ``policy.debt.tiers.red.new_bond_factor``.

    Raises:
        pydantic.ValidationError: a value is outside its range.
    """
    changed = instance.settings.model_dump(by_alias=True)
    for path, value in values.items():
        *parts, last = path.split(".")
        place: Any = changed
        for part in parts:
            place = _named(place, part) if isinstance(place, Sequence) else place[part]
        place[last] = float(value)
    return replace(instance, settings=type(instance.settings).model_validate(changed))


def _named(entries: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(each for each in entries if each[ENTRY] == name)


def _sections(settings: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The sections that hold a setting, each with its name where they are entries of a list, else ""."""
    section = settings
    for part in path.split(".")[:-1]:
        section = getattr(section, part)
        if section is None:  # a section that is not given
            return
    if isinstance(section, tuple):
        yield from ((str(getattr(each, ENTRY)), each) for each in section)
    else:
        yield "", section


def _cells(instance: Instance, path: str) -> np.ndarray:
    """A column as numbers, an empty cell as the default of its column."""
    table, column = path.rpartition(".")[0], column_of(path)
    assert column is not None
    frame = instance.tables[table]
    if column.kind == "flag":
        return flags(frame, column.name).astype(float)
    return numbers(frame, column.name, np.nan if column.default is None else float(column.default))
