"""What every step of the build shares: reading the source tables and sharing out a total exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

SOURCE = Path(__file__).resolve().parent.parent / "source"
FIFTHS = 5  # parts of the published cities that are left out in turn, where estimates are checked
TEN_THOUSAND = 10_000  # persons, in which the city yearbooks print them
YUAN = 10_000  # 10⁸ yuan, as statistics print it, in 10⁴ yuan, as the instance holds it
TEXT = {"adcode": str, "province_adcode": str, "celma_code": str, "city": str, "code": str, "year": str}


def read(name: str) -> pd.DataFrame:
    """Reads one source table; codes stay text."""
    return pd.read_csv(SOURCE / name, dtype=TEXT, encoding="utf-8")


def national() -> dict[str, float]:
    """The national figures of `national.csv` by key, in the unit that the file states."""
    return {str(key): float(value) for key, value in read("national.csv").set_index("key")["value"].items()}


def published(measure: str, year: int, index: pd.Index[str]) -> pd.Series:
    """One measure of the city yearbooks as printed, by unit; blank where it is not published."""
    table = read("city_places_2020.csv")
    found = table[(table["measure"] == measure) & (table["year"] == str(year))]
    return found.set_index("city")["value"].astype(float).reindex(index).rename(measure)


def share_out(total: int, weights: pd.Series) -> pd.Series:
    """Shares a whole total in proportion to weights, in whole units, by largest remainder (ties by code).

    Raises:
        ValueError: A weight is negative or not a number, or all of them are zero.
    """
    values = weights.to_numpy(dtype=float)
    if not np.isfinite(values).all() or (values < 0).any() or values.sum() == 0:
        raise ValueError(f"cannot share {total} out by these weights of {weights.name}")
    exact = total * (values / values.sum())
    whole = np.floor(exact).astype(np.int64)
    # Rounding the remainders keeps the order of near-ties the same on every machine.
    order = np.argsort(-np.round(exact - whole, 6), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return pd.Series(whole, index=weights.index)


def share_out_within(totals: Mapping[str, int], groups: pd.Series, weights: pd.Series) -> pd.Series:
    """Shares the total of each group among its members; see `share_out`."""
    members = groups.groupby(groups).groups.items()
    parts = [share_out(totals[str(group)], weights[codes]) for group, codes in members]
    return pd.concat(parts).reindex(groups.index)


def fifths(codes: Iterable[str]) -> list[list[str]]:
    """Every fifth code, in the order of codes, so that each province loses about a fifth at a time: a list a start."""
    ordered = sorted(codes)
    return [ordered[start::FIFTHS] for start in range(FIFTHS)]


def rank_share(values: pd.Series) -> pd.Series:
    """Place in the order of values, from 0 for the least to 1 for the greatest."""
    return (values.rank(method="average") - 1) / (len(values) - 1)
