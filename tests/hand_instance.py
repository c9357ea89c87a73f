"""Two cities, three services and four pools with round figures, so that every derived number can be checked by hand."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.columns import Table
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from instances import TOML

# One column a city, so that the two are easy to compare.
CITIES = """\
city                100001   200002
name                甲市     乙市
province            10       20
province_name       甲省     乙省
residents           6000000  4000000
urban_residents     5000000  2000000
size_population     5000000  999999
migrants_cross      900000   100000
migrants_within     300000   100000
settled_last        50000    10000
willingness         -        0.1
settlement_quota    100000   5000
age_6_11            400000   200000
migrant_age_6_11    -        15000
built_up            50000    21000
idle                400      100
production_request  150      90
boundary_left       -        600
farmland_share      0.5      0.25
farmland_offset     200      200
stock_base          50       -
revenue             5000000  500000
fund_revenue        2000000  100000
other_transfers     1000000  900000
essential_spending  5900000  1700000
interest            80000    50000
maturing            20000    30000
debt_general        4000000  1000000
debt_special        8000000  1400000
limit_general       5000000  900000
limit_special       7500000  1500000
"""
SERVICES = """\
service   cohort           norm   minimum  entitlement  weight  capital_cost  running_cost  area  module  \
expansion_limit  growth_limit  settlement_prerequisite  restricted  revenue_backed
care      urban_residents  0.04   0.5      0.5          1       14            1.2           35    -       \
0.02             0.15          false  false       true
hospital  residents        0.007  0.75     0.8          2       80            6             113   500     \
0.03             0.06          false  true        true
primary   age_6_11         1      0.9      0.8          3       4             1             20    1000    \
0.03             0.06          true   false       false
"""
CAPACITY = """\
city    service   capacity
100001  care      100000
100001  hospital  41000
100001  primary   370000
200002  care      0
200002  hospital  28000
200002  primary   5000
"""
POOLS = """\
pool   kind      use      bond_class  total    reserve  exhaust  floor_multiple  cap_multiple  corridor_down  \
corridor_up  quantum
bonds  bond      -        special     200000   0        false    -               -             -              \
1            1
grant  transfer  capital  -           100000   0        false    -               -             -              \
-            1
land   land      -        -           1000     0.2      true     0.7             1.4           0.3            \
0.3          0.01
money  transfer  general  -           1000000  0.1      true     0.8             1.3           0.2            \
0.2          1
"""
FACTORS = """\
pool   factor            weight
bonds  fund_revenue      1
land   land_entitlement  0.5
land   residents         0.5
money  fiscal_gap        0.5
money  residents         0.5
"""
LAST_YEAR = """\
city    pool   amount
100001  land   300
200002  land   500
100001  money  400000
200002  money  500000
"""
EARMARKS = """\
city    pool   amount
200002  grant  70000
"""
A, B = 0, 1  # positions of the cities
BONDS, GRANT, LAND, MONEY = range(4)
CARE, HOSPITAL, PRIMARY = range(3)

Cells = Mapping[tuple[str, ...], float | str | bool]


def hand(
    policy: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None, **changes: Any
) -> Instance:
    """The instance with changes: cells ``{(key …, column): value}``, or a whole table as a list of its rows.

    Args:
        policy: dotted path below ``policy`` -> value, e.g. ``{"debt.ceiling": 1.0}``.
        settings: top-level key -> value.
        changes: by name of the table.
    """
    given = tomllib.loads(TOML) | dict(settings or {})
    for path, value in (policy or {}).items():
        section, _, name = path.partition(".")
        given["policy"][section][name] = value
    tables = {name: table.copy() for name, table in _unchanged().items()}
    for name, change in changes.items():
        if isinstance(change, Mapping):
            _set(tables[name], TABLES[name], change)
        else:
            tables[name] = _typed(name, pd.DataFrame(change))
    return make_instance(Settings.model_validate(given), tables)


@cache
def _unchanged() -> dict[str, pd.DataFrame]:
    """The tables as they are read from the texts above."""
    city_rows = "\n".join(" ".join(row) for row in zip(*(line.split() for line in CITIES.splitlines()), strict=True))
    texts = {
        "cities": city_rows, "services": SERVICES, "capacity": CAPACITY, "pools": POOLS, "factors": FACTORS,
        "last_year": LAST_YEAR, "earmarks": EARMARKS,
    }  # fmt: skip
    return {name: _typed(name, _rows(text)) for name, text in texts.items()}


def _rows(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), sep=r"\s+", dtype="str", keep_default_na=False).replace("-", "")


def _typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    typed = {}
    for column in frame.columns:
        known = TABLES[name].by_name.get(column)
        if known is None or known.numeric:
            typed[column] = pd.to_numeric(frame[column]).astype("float64")
        elif known.kind == "flag":
            typed[column] = frame[column].astype("str").str.lower() == "true"
        else:
            typed[column] = frame[column].astype("str")
    for language in ("title_zh", "title_en"):
        if language in TABLES[name].names and language not in typed:
            typed[language] = frame[TABLES[name].key[0]].astype("str")
    return pd.DataFrame(typed)


def _set(frame: pd.DataFrame, table: Table, change: Cells) -> None:
    for (*wanted, column), value in change.items():
        mask = (frame[list(table.key)] == wanted).all(axis=1)
        if column in table.joined and column not in frame.columns:
            kind = table.by_name[column].kind
            frame[column] = False if kind == "flag" else np.nan if table.by_name[column].numeric else ""
        if not mask.any() or column not in frame.columns:
            raise ValueError(f"nothing to change at {wanted}, {column}")
        frame.loc[mask, column] = value
