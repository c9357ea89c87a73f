"""How well what is learned would have been known: every published city left out once, a fifth of them at a time.

    python instances/china-2020/build/left_out_places.py

Prints, for each figure, how many cities publish it, and the median and the ninth decile of the relative error.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from build import estimate_units
from common import fifths
from land import learned_district_land, published_district_land
from services import known_places, learned_places


def errors(units: pd.DataFrame) -> pd.DataFrame:
    """Estimate without the city itself / published − 1; index code, one column a figure, blank if not published.

    `built_up` is the error of the districts as a share of the built-up area of the whole city.
    """
    known = known_places(units)
    table = pd.DataFrame(index=units.index)
    for service in known:
        table[service] = _left_out(known[service], lambda rest: learned_places(units, rest.to_frame())[rest.name])
    land = published_district_land(units.index).rename("district_land")
    table["district_land"] = _left_out(land, lambda rest: learned_district_land(rest, units))
    table["built_up"] = table["district_land"] * land / units["built_up"]
    return table


def _left_out(known: pd.Series, learn: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Every fifth of the known ones in the order of codes is left out and learned from the others."""
    parts = [(learn(known.drop(out).reindex(known.index)) / known - 1)[out] for out in fifths(known.dropna().index)]
    return pd.concat(parts).reindex(known.index)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Number of cities, median and ninth decile of the size of the error, by figure."""
    size = found.abs()
    return pd.DataFrame({"cities": size.count(), "median": size.median(), "ninth decile": size.quantile(0.9)})


if __name__ == "__main__":
    print(summary(errors(estimate_units())).to_string(float_format="{:.3f}".format))
