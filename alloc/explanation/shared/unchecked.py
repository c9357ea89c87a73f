"""An instance with other numbers in it, unchecked: it is only looked at. What is offered goes through edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from alloc.instance.instance import Instance
from alloc.instance.schema.settings import Settings


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
    return replace(instance, settings=Settings.model_validate(changed))


def _named(entries: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(each for each in entries if each["name"] == name)
