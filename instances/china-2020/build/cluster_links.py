"""Writes the scenario `cluster-links`: hospital beds and places of care that cities of one cluster share.

    python instances/china-2020/build/cluster_links.py [FILE]

There is a link each way between every two cities of one cluster whose seats are at most `FARTHEST` apart, by the
coordinates of `cities.csv`.
"""

from __future__ import annotations

import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd

HOME = Path(__file__).resolve().parent.parent
FARTHEST = 100.0  # km between seats: an hour by rail
EARTH = 6371.0  # km
SERVICES = ("elderly_care", "hospital")

HEAD = """\
title = { zh = "城市群内医院床位和养老机构跨市共用", en = "Hospitals and care shared inside clusters" }
# Which cities share what is published nowhere. Assumed: any two cities of one cluster whose seats are at most 100 km
# apart, both ways, up to 5 % (policy.links.share) of what the receiving city needs, without a fee. Written by
# build/cluster_links.py.

"""


def pairs() -> list[tuple[str, str]]:
    """Ordered pairs of cities of one cluster that are near each other, by code."""
    cities = pd.read_csv(HOME / "cities.csv", dtype={"city": str}, keep_default_na=False)
    cities = cities[cities["cluster"] != ""].set_index("city").sort_index()
    where = np.radians(cities[["lon", "lat"]].astype(float))
    return [
        (a, b)
        for a, b in permutations(cities.index, 2)
        if cities["cluster"][a] == cities["cluster"][b] and _apart(where.loc[a], where.loc[b]) <= FARTHEST
    ]


def _apart(a: pd.Series[float], b: pd.Series[float]) -> float:
    """Kilometres between two seats over the ground."""
    half = np.sin((b["lat"] - a["lat"]) / 2) ** 2
    half += np.cos(a["lat"]) * np.cos(b["lat"]) * np.sin((b["lon"] - a["lon"]) / 2) ** 2
    return float(2 * EARTH * np.arcsin(np.sqrt(half)))


def scenario() -> str:
    """The file."""
    rows = [
        f'  {{ add = "links", row = {{ from = "{a}", to = "{b}", service = "{service}", '
        'kind = "use", open = true }, why = "cities of one cluster, an hour apart", '
        'why_zh = "同一城市群，相距一小时以内" },'
        for a, b in pairs()
        for service in SERVICES
    ]
    return HEAD + "\n".join(["edit = [", *rows, "]"]) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HOME / "scenarios" / "cluster-links.toml"
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.write(scenario())
