"""Linked shares: what of a province's amount follows one factor, and so goes to each of its cities at least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.steps import Steps
from alloc.instance.frames import numbers

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Linked:
    """Who is in which province, and the part of its amount that is a city's at least.

    Attributes:
        province: codes of the provinces, text [n].
        linked_part: share of what its province gets of a pool that a city gets at least; 0 where none is linked, or
            where the factor is 0 in the whole province [n, R].
    """

    province: Objects
    linked_part: Floats


def linked(
    steps: Steps, tables: Mapping[str, pd.DataFrame], factors: Mapping[str, Floats], taking_part: NDArray[np.bool_]
) -> Linked:
    """Every city's part of what its province gets, by `pools.link_factor` and `pools.link_share`.

    Args:
        steps: of the derivation.
        tables: of the instance.
        factors: the derived factors by name [n]; every other factor is a column of `cities`.
        taking_part: which cities the formula of every pool counts; the others have no part [n, R].
    """
    table = tables["pools"]
    province = steps.texts("cities", tables["cities"], "province")
    names, shares = steps.texts("pools", table, "link_factor"), steps.numbers("pools", table, "link_share")
    part = steps(_parts, tables["cities"], province, names, shares, dict(factors), taking_part)
    return Linked(province=province, linked_part=part)


def _parts(
    cities: pd.DataFrame,
    province: Objects,
    names: Objects,
    shares: Floats,
    factors: Mapping[str, Floats],
    taking_part: NDArray[np.bool_],
) -> Floats:
    part = np.zeros((len(cities), len(names)))
    _, place = np.unique(province.astype(str), return_inverse=True)
    for r, (name, share) in enumerate(zip(names, shares, strict=True)):
        if name and share > 0:
            value = np.where(taking_part[:, r], factors[name] if name in factors else numbers(cities, name), 0.0)
            total = np.bincount(place, value)[place]
            part[:, r] = share * value / np.where(total > 0, total, np.inf)
    return part
