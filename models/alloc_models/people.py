"""People: migrants who get local registration this year."""

from __future__ import annotations

from typing import Any

from alloc_models.declare import variable


def declare(m: Any, data: Any) -> None:
    """`settle`, at most those who would and whom a quota lets."""
    variable(m, "settle", m.cities, unit="persons", upper=data.settle_limit)
