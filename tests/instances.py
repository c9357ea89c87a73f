"""A small valid instance for tests: three cities, two services, three pools (land, a transfer, a bond), two limits.

``write_tiny(folder)`` writes it; keyword arguments change it, one for each file::

    write_tiny(folder, cities={("440300", "residents"): -5})          # cells: (key …, column) -> value
    write_tiny(folder, toml={"gap = 0.001": "gap = -1"})              # text of instance.toml: old -> new
    write_tiny(folder, overrides="city,pool,amount\\n440300,land,800\\n")   # the whole file
    write_tiny(folder, factors=None)                                  # no such file
    write_tiny(folder, pools=lambda text: text.replace("0.5", "0.4"))  # any change of the text
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Change = str | None | Mapping[Any, object] | Callable[[str], str]

TOML = """\
schema = 1
name = "tiny"
title = { zh = "三城小例", en = "Three cities" }
year = 2021
integers = true
gap = 0.001
time_limit = 60

[policy.land]
standards = [ { up_to = 100, per_settler = 100 }, { up_to = 150, per_settler = 80 }, { per_settler = 50 } ]
no_linked_land = ["megacity", "very_large"]
reuse_limit = 0.3
reuse_cost = 400
stock_ratio = 2.0

[policy.settlement]
willingness = 0.16
cost = 1.5
quota_classes = ["megacity", "very_large"]

[policy.services]
restricted_classes = ["megacity", "very_large"]

[policy.score]
slopes = [2.0, 1.0, 0.5]
knee = 0.9

[policy.debt]
ceiling = 1.5
service_ceiling = 0.15
bond_rate = 0.032
tiers = [ { below = 1.2, name = "green", new_bond_factor = 0.20 },
          { below = 2.0, name = "yellow", new_bond_factor = 0.10 },
          { below = 3.0, name = "orange", new_bond_factor = 0.04 },
          { name = "red", new_bond_factor = 0.0 } ]

[[objective]]
tier = "minimum"
[[objective]]
tier = "fairness"
method = "cvar"
beta = 0.1
tolerance = 0.005
[[objective]]
tier = "settlement"
[[objective]]
tier = "coverage"
[[objective]]
tier = "production"
[[objective]]
tier = "closeness"
[[objective]]
tier = "cost"
"""

CITIES = """\
city,name,province,province_name,residents,urban_residents,size_population,migrants_cross,migrants_within,settled_last,\
willingness,settlement_quota,age_6_11,built_up,idle,production_request,boundary_left,farmland_share,farmland_offset,\
stock_base,productivity,revenue,fund_revenue,fund_available,other_transfers,essential_spending,interest,maturing,\
debt_general,debt_special,limit_general,limit_special
440300,深圳市,44,广东省,9000000,8900000,8700000,3600000,2400000,120000,0.10,150000,540000,95000,1500,1200,2000,0.2,500,\
900,300,12000000,4200000,60000,2600000,13100000,90000,60000,400000,900000,600000,1600000
440500,汕头市,44,广东省,5500000,3900000,2600000,300000,500000,20000,,,480000,36000,800,700,1500,0.3,400,,60,\
1400000,900000,12000,2300000,3560000,70000,50000,700000,1100000,900000,1500000
450900,玉林市,45,广西壮族自治区,5800000,2800000,850000,40000,160000,9000,,,560000,24000,700,500,900,0.4,380,,35,\
950000,700000,8000,2900000,3720000,66000,52000,800000,1000000,950000,1250000
"""

SERVICES = """\
service,title_zh,title_en,unit_zh,unit_en,cohort,norm,minimum,entitlement,weight,capital_cost,running_cost,area,module,\
expansion_limit,growth_limit,settlement_prerequisite,restricted,revenue_backed
primary,小学,Primary school,座,seats,age_6_11,1,0.9,0.8,0.6,4,1,20.6,1080,0.03,0.06,true,false,false
hospital,医院,Hospital,张,beds,residents,0.0072,0.75,0.8,0.4,80,6,113,500,0.03,0.06,true,true,true
"""

CAPACITY = """\
city,service,capacity
440300,primary,480000
440300,hospital,52000
440500,primary,455000
440500,hospital,31000
450900,primary,540000
450900,hospital,33000
"""

POOLS = """\
pool,kind,use,bond_class,title_zh,title_en,total,reserve,exhaust,floor_multiple,cap_multiple,corridor_down,corridor_up,quantum
land,land,,,新增建设用地,New construction land,4000,0.5,true,0.7,1.4,0.3,0.3,0.01
equalisation,transfer,general,,均衡性转移支付,Equalisation transfer,1500000,0.1,true,0.8,1.3,0.2,0.2,1
special_bond,bond,,special,新增专项债券,New special bonds,400000,0.2,false,,,,1,1
"""

FACTORS = """\
pool,factor,weight
land,migrants,0.4
land,residents,0.3
land,production_request,0.3
equalisation,residents,0.7
equalisation,age_6_11,0.3
special_bond,fund_revenue,0.5
special_bond,urban_residents,0.5
"""

LAST_YEAR = """\
city,pool,amount
440300,land,900
440500,land,600
450900,land,500
440300,equalisation,560000
440500,equalisation,400000
450900,equalisation,420000
"""

EARMARKS = "city,pool,amount,reason\n450900,land,40,脱贫县专项\n"

OVERRIDES = "city,pool,amount,reason,approved_by\n"

LIMITS = """\
limit,title_zh,title_en,quantity,where,sense,value,basis,owner,source
large_share,特大城市用地上限,Land of very large cities,allocation:land,"size_class in ['megacity', 'very_large']",\
<=,0.6,share,自然资源厅,
guangdong_settle,广东落户下限,Settlement in Guangdong,settle,province == '44',>=,1000,amount,发展改革委,
"""

SOURCES = "table,column,status,source,year,note\n"

TABLES = {
    "cities": CITIES,
    "services": SERVICES,
    "capacity": CAPACITY,
    "pools": POOLS,
    "factors": FACTORS,
    "last_year": LAST_YEAR,
    "earmarks": EARMARKS,
    "overrides": OVERRIDES,
    "limits": LIMITS,
    "sources": SOURCES,
}
# Tables that the small instance has only where a change gives their text.
FURTHER = ("levels",)
ONE_COLUMN_KEY = ("cities", "services", "pools", "limits")


def write_tiny(folder: Path, **changes: Change) -> Path:
    """Write the small instance, changed as the keywords say, into ``folder`` (made where missing), and return it.

    Raises:
        ValueError: a change names a file, record, column or text that is not there, so that no test changes nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {"toml": TOML, **TABLES, **{name: "" for name in FURTHER if name in changes}}
    if unknown := set(changes) - set(files):
        raise ValueError(f"the small instance has no file {unknown}")
    for name, text in files.items():
        change = changes.get(name, {})
        if change is None:
            continue
        if isinstance(change, str):
            text = change
        elif callable(change):
            text = change(text)
        elif name == "toml":
            text = _replaced(text, change)
        else:
            text = _with_cells(name, text, change)
        path = folder / ("instance.toml" if name == "toml" else f"{name}.csv")
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def _replaced(text: str, change: Mapping[Any, object]) -> str:
    for old, new in change.items():
        if str(old) not in text:
            raise ValueError(f"no text {old!r} to change")
        text = text.replace(str(old), str(new), 1)
    return text


def _with_cells(name: str, text: str, change: Mapping[Any, object]) -> str:
    header, *records = list(csv.reader(io.StringIO(text, newline="")))
    width = 1 if name in ONE_COLUMN_KEY else 2
    by_key = {tuple(record[:width]): record for record in records}
    for (*key, column), value in change.items():
        by_key[tuple(key)][header.index(column)] = str(value)
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *records])
    return out.getvalue()
