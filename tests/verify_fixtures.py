"""Instances with a result that is right, made by hand, for the tests of verification and publishing.

``hand_check`` is the small case that stands with its arithmetic in the page of the model; ``three_cities`` has land,
both kinds of transfer, both classes of bonds, whole facilities, a service without them, a stock link, an override, an
earmark and limits of every kind. Result tables are built from the engine's derived data and `publish`; verification
computes all of it another way.
"""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.publish import publish
from alloc.result.point import Point
from alloc.solver.solution import compiled
from alloc.verification import recompute

Tables = dict[str, pd.DataFrame]


@dataclass
class Decisions:
    """What was decided: by city; by city and service; by city and pool."""

    allocation: np.ndarray
    expand: np.ndarray
    build: np.ndarray
    settle: np.ndarray
    production: np.ndarray
    reuse: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not self.reuse.size:
            self.reuse = np.zeros((len(self.settle), 2))


@dataclass
class Case:
    """An instance, its result tables, and the value of every tier as a manifest has it."""

    instance: Instance
    tables: Tables
    tiers: list[dict[str, Any]]


def plain_instance(toml: str, csv: dict[str, str]) -> Instance:
    """An instance from texts, read with nothing but pandas."""
    tables = {}
    for name, text in csv.items():
        schema = TABLES[name].by_name
        header = text.lstrip().split("\n", 1)[0].split(",")
        words = {c for c in header if c in schema and schema[c].kind in ("code", "text", "enum")}
        frame = pd.read_csv(io.StringIO(text.lstrip()), dtype=dict.fromkeys(words, "str"), keep_default_na=False,
                            na_values={c: [""] for c in header if c not in words})  # fmt: skip
        flags = {c for c in header if c in schema and schema[c].kind == "flag"}
        tables[name] = frame.astype({c: "float64" for c in header if c not in words | flags})
    return make_instance(Settings.model_validate(tomllib.loads(toml)), tables)


def folder_instance(folder: Path) -> Instance:
    """The same for a folder of files."""
    csv = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.csv"))}
    return plain_instance((folder / "instance.toml").read_text(encoding="utf-8"), csv)


TOML = """\
schema = 1
name = "three"
title = { zh = "三城", en = "Three cities" }
year = 2021
integers = true
[policy.land]
standards = [ { up_to = 100, per_settler = 100 }, { up_to = 150, per_settler = 80 }, { per_settler = 50 } ]
no_linked_land = ["megacity"]
reuse_limit = 0.3
reuse_cost = 400
stock_ratio = 2.0
[policy.settlement]
willingness = 0.16
cost = 1.5
quota_classes = ["megacity"]
[policy.services]
restricted_classes = ["megacity"]
[policy.score]
slopes = [2.0, 1.0, 0.5]
knee = 0.9
[policy.debt]
ceiling = 1.5
service_ceiling = 0.15
bond_rate = 0.03
tiers = [ { below = 1.2, name = "green", new_bond_factor = 0.2 }, { name = "red", new_bond_factor = 0.1 } ]
[[objective]]
tier = "minimum"
[[objective]]
tier = "fairness"
beta = 0.8
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

THREE = {
    "cities": """
city,name,province,province_name,residents,urban_residents,size_population,migrants_cross,migrants_within,settled_last,willingness,settlement_quota,pupils,migrant_pupils,elderly,built_up,idle,production_request,boundary_left,farmland_share,farmland_offset,stock_base,productivity,revenue,fund_revenue,fund_available,other_transfers,essential_spending,interest,maturing,debt_general,debt_special,limit_general,limit_special
110100,甲,11,京,12000000,11000000,11000000,3000000,1000000,90000,0.1,200000,600000,150000,2000000,100000,900,900,,0.2,300,,3,9000000,2000000,50000,1000000,9000000,200000,100000,3000000,3000000,3500000,4000000
130100,乙,13,冀,3000000,2000000,1800000,100000,300000,20000,,,240000,,500000,24000,300,400,700,,,300,,900000,400000,,700000,1500000,60000,20000,800000,900000,900000,1000000
130200,丙,13,冀,1000000,500000,400000,20000,50000,5000,,,90000,20000,200000,8000,200,200,400,0.4,400,,1,300000,100000,5000,500000,900000,30000,10000,600000,700000,610000,720000
""",
    "services": """
service,title_zh,title_en,unit_zh,unit_en,cohort,norm,minimum,entitlement,weight,capital_cost,running_cost,area,module,expansion_limit,growth_limit,settlement_prerequisite,restricted,revenue_backed
school,小学,School,座,seats,pupils,1,0.9,0.5,0.5,4,1,20,1000,0.05,0.1,true,false,false
hospital,医院,Hospital,张,beds,residents,0.006,0.7,0.8,0.3,80,6,100,500,0.03,0.1,true,true,true
care,养老,Care,张,beds,elderly,0.03,0.6,0.6,0.2,10,1,0,,0.06,0.05,false,false,true
""",
    "capacity": """
city,service,capacity
110100,school,540000
110100,hospital,66000
110100,care,30000
130100,school,215000
130100,hospital,14000
130100,care,12000
130200,school,88000
130200,hospital,5900
130200,care,3000
""",
    "pools": """
pool,kind,use,bond_class,title_zh,title_en,total,reserve,exhaust,floor_multiple,cap_multiple,corridor_down,corridor_up,quantum
land,land,,,用地,Land,1000,0.2,true,0.5,2,0.6,0.6,0.1
equalisation,transfer,general,,均衡,Equalisation,1000000,0.1,true,0.5,1.5,0.4,0.4,1
grants,transfer,capital,,专项,Grants,300000,0,false,0.5,,0.5,0.5,10
general_bond,bond,,general,一般,General bonds,60000,0,false,,,,1,1
special_bond,bond,,special,专项债,Special bonds,200000,0.1,false,,,,,1
""",
    "factors": """
pool,factor,weight
land,migrants,0.3
land,land_entitlement,0.3
land,production_request,0.4
equalisation,fiscal_gap,0.5
equalisation,residents,0.5
grants,backlog,0.5
grants,residents,0.5
general_bond,revenue,1
""",
    "last_year": """
city,pool,amount
110100,land,300
130100,land,250
130200,land,150
110100,equalisation,300000
130100,equalisation,280000
130200,equalisation,330000
130200,grants,60000
""",
    "earmarks": "city,pool,amount,reason\n130100,grants,50000,水利\n",
    "overrides": "city,pool,amount,reason,approved_by\n130200,grants,40000,救灾,省长\n",
    "limits": """
limit,title_zh,title_en,quantity,where,sense,value,basis,owner,source
big,大,Big,allocation:land,size_class = 'megacity',<=,0.6,share,,
homes,落户,Settle,settle,province = '13',>=,1000,amount,,
nobody,无,Nobody,settle,residents < 5,>=,1000,amount,,
schools,学位,Seats,added:school,,>=,0.0001,per_resident,,
sites,公共,Sites,land_use:public,debt_tier = 'green',<=,50,amount,,
""",
}


def three_cities() -> Case:
    """The larger case. Nothing in it is an optimum: verification asks only whether all rules hold."""
    instance = plain_instance(TOML, THREE)
    known = derive(instance)
    pool = {name: k for k, name in enumerate(known.pools)}
    allocation = np.zeros((3, 5))
    allocation[:, pool["land"]] = known.benchmark[:, pool["land"]]
    allocation[:, pool["equalisation"]] = [310000.5, 140000, 449999.5]  # the second at its floor
    allocation[:, pool["grants"]] = [100000.25, 60001.75, 40000]  # the last one is the override
    allocation[:, pool["general_bond"]] = [20000.4, 9000.4, 1000.4]
    allocation[:, pool["special_bond"]] = [30000.5, 5000.5, 500.25]
    decisions = Decisions(
        allocation=allocation,
        build=_by_service(known, school=[4, 2, 0], hospital=[0, 1, 0], care=[0, 0, 0]),
        expand=_by_service(known, school=[10000.5, 3000, 100], hospital=[900, 200, 5], care=[1400, 500, 100]),
        settle=np.array([150000.0, 20000.0, 2000.0]),
        production=np.array([100.0, 50.0, 20.0]),
        reuse=np.array([[3.0, 200.0], [0.0, 50.0], [0.0, 10.0]]),
    )
    return _case(instance, known, decisions)


HAND_TOML = TOML.replace("integers = true", "integers = false").replace("[2.0, 1.0, 0.5]", "[1.0, 1.0, 1.0]")
HAND = {
    "cities": """
city,name,province,province_name,residents,urban_residents,size_population,migrants_cross,migrants_within,settled_last,built_up,idle,production_request,revenue,fund_revenue,other_transfers,essential_spending,interest,maturing,debt_general,debt_special,limit_general,limit_special
110100,甲,11,甲省,100000,60000,50000,0,0,0,500,0,0,1000,0,0,0,0,0,0,0,0,0
120100,乙,12,乙省,100000,60000,50000,0,0,0,500,0,0,1000,0,0,0,0,0,0,0,0,0
""",
    "services": """
service,title_zh,title_en,unit_zh,unit_en,cohort,norm,minimum,entitlement,weight,capital_cost,running_cost,area,module,expansion_limit,growth_limit,settlement_prerequisite,restricted,revenue_backed
school,小学,School,座,seats,residents,0.1,0.5,1,1,5,0,0,,1,1,false,false,false
""",
    "capacity": "city,service,capacity\n110100,school,8000\n120100,school,6000\n",
    "pools": """
pool,kind,use,bond_class,title_zh,title_en,total,reserve,exhaust,floor_multiple,cap_multiple,corridor_down,corridor_up,quantum
general,transfer,general,,均衡,General,10000,0,true,,,,,1
""",
    "factors": "pool,factor,weight\ngeneral,residents,1\n",
}


def hand_check() -> Case:
    """Two cities, 200 and 2,200 seats, coverage 0.82 in both, the whole pool to the second: the optimum."""
    instance = plain_instance(HAND_TOML, HAND)
    decisions = Decisions(
        allocation=np.array([[0.0], [10000.0]]),
        build=np.zeros((2, 1)),
        expand=np.array([[200.0], [2200.0]]),
        settle=np.zeros(2),
        production=np.zeros(2),
    )
    case = _case(instance, derive(instance), decisions)
    worth = {"minimum": 0.0, "fairness": 0.82, "settlement": 0.0, "coverage": 0.82, "production": 0.0, "closeness": 1.0,
             "cost": 12000.0}  # fmt: skip
    return replace(case, tiers=[{"tier": tier, "value": value} for tier, value in worth.items()])


def _by_service(known: Derived, **columns: list[float]) -> np.ndarray:
    return np.column_stack([columns[service] for service in known.services]).astype(float)


def _case(instance: Instance, known: Derived, decisions: Decisions) -> Case:
    return Case(instance, result_tables(instance, known, decisions), [])


def relaxation(tables: Tables) -> pd.DataFrame:
    """A relaxation that grants what was decided, so that nothing lies beyond the band around it."""
    table = tables["allocation"]
    granted = (table["published"] - table["rounding"]).to_numpy()
    return pd.DataFrame({"city": table["city"], "pool": table["pool"], "granted": granted, "beyond": 0.0})


def true_says(case: Case) -> dict[str, Any]:
    """What a manifest says that fits the three cities: nothing is bounded, so nothing is proven."""
    settings, values = case.instance.settings, {each["tier"]: each["value"] for each in true_tiers(case)}
    raw = recompute(case.instance)
    natural = {"settlement": raw.settle_limit.sum(), "cost": raw.reference.sum()}
    tiers = [
        {"tier": one.tier, "value": values[one.tier], "bound": None, "gap": None, "optimised": True,
         "tolerance": one.tolerance, "size": max(abs(values[one.tier]), 0.1 * natural.get(one.tier, 1.0))}
        for one in settings.objective
    ]  # fmt: skip
    return {
        "instance": {"name": "three", "hash": case.instance.hash},
        "status": {"stopped": "finished", "quality": "feasible"},
        "tiers": tiers, "conflict": [], "notes": [], "floors": {"fairness": 0.9},
        "options": {name: getattr(settings, name) for name in ("integers", "facilities", "gap", "time_limit",
                                                               "formulation")},
    }  # fmt: skip


def true_tiers(case: Case) -> list[dict[str, Any]]:
    """What the tiers of the three cities are worth, city by city."""
    services = case.tables["services"].merge(case.instance.tables["services"][["service", "weight", "running_cost"]])
    people = case.tables["people"].set_index("city")
    share = people["residents"] / people["residents"].sum()
    cities = case.instance.tables["cities"].set_index("city")
    land = case.tables["land"].set_index("city")
    order = people["score"].sort_values().index
    assert list(order) == ["110100", "130200", "130100"], "the worst four fifths are a whole city and a part of another"
    worst = [share["110100"], 0.8 - share["110100"], 0]
    productivity = cities["productivity"].fillna(1)
    benchmarked = case.tables["allocation"].query("benchmark > 0")
    decision = benchmarked["published"] - benchmarked["rounding"]
    whole = benchmarked.groupby("pool")["benchmark"].transform("sum")
    values = {
        "minimum": (services["gap"] * services["weight"] * services["city"].map(share)).sum(),
        "fairness": sum(people.loc[order, "score"] * worst) / 0.8,
        "settlement": people["settle"].sum(),
        "coverage": (people["score"] * share).sum(),
        "production": (productivity * (land["production"] + land["reuse_production"])).sum()
        / (productivity * cities["production_request"]).sum(),
        "closeness": ((decision - benchmarked["benchmark"]) ** 2 / benchmarked["benchmark"] / whole).sum(),
        "cost": case.tables["budget"]["spending"].sum() + (services["running_cost"] * services["added"]).sum(),
    }
    return [{"tier": tier, "value": float(value), "seconds": 0.1} for tier, value in values.items()]


def point_of(
    instance: Instance, known: Derived, allocation: np.ndarray, settle: np.ndarray, **others: np.ndarray
) -> Point:
    """A decided point; what is not given is 0."""
    model = compiled(known, instance)
    values = {name: np.zeros(model.columns[name].shape) for name in model.decisions}
    return Point(catalogue(), model, known, {**values, "allocation": allocation, "settle": settle, **others})


def result_tables(instance: Instance, known: Derived, made: Decisions) -> Tables:
    """The tables of a result; what no tier determines is set as the page of the model says."""
    cities, settle = list(known.cities), made.settle
    money = {
        kind: made.allocation[:, chosen].sum(axis=1)
        for kind, chosen in {
            "land": known.kind == "land",
            "general_transfers": (known.kind == "transfer") & (known.use == "general"),
            "capital_transfers": (known.kind == "transfer") & (known.use == "capital"),
            "bonds": known.kind == "bond",
            "general": known.bond_class == "general",
            "special": known.bond_class == "special",
        }.items()
    }
    module = np.nan_to_num(known.module)
    added = module * made.build + made.expand
    served = known.capacity + added
    need = np.where(known.full_need > 0, known.full_need, 1)
    coverage = np.where(known.full_need > 0, np.minimum(1, served / need), 1)
    before = np.where(known.full_need > 0, np.minimum(1, known.capacity / need), 1)
    backlog = np.maximum(0, known.present_need + known.need_per_settler * settle[:, None] - served)
    spending = added @ known.capital_cost + known.reuse_cost * made.reuse.sum(axis=1)
    to_capital = np.maximum(0, spending - known.fund_available - money["capital_transfers"] - money["bonds"])
    public = made.build @ (known.area * module) / 10_000 - made.reuse[:, 0]
    after = np.where(
        known.reference > 0,
        (known.debt_now + money["bonds"]) / np.where(known.reference > 0, known.reference, 1),
        np.where(known.debt_now + money["bonds"] > 0, np.inf, 0),
    )
    chosen = {"build": made.build, "expand": made.expand, "reuse": made.reuse}
    published = publish(instance, known, point_of(instance, known, made.allocation, settle, **chosen))
    tables: Tables = {
        "allocation": published.allocation,
        "rounding": published.rounding,
        "services": pd.DataFrame({
            "city": np.repeat(cities, len(known.services)),
            "service": np.tile(list(known.services), len(cities)),
            "full_need": known.full_need.ravel(), "present_need": known.present_need.ravel(),
            "capacity": known.capacity.ravel(), "build": made.build.ravel(), "expand": made.expand.ravel(),
            "added": added.ravel(), "backlog": backlog.ravel(), "coverage_before": before.ravel(),
            "coverage": coverage.ravel(), "gap": np.maximum(0, known.minimum - coverage).ravel(),
        }),
        "people": pd.DataFrame({
            "city": cities, "residents": known.residents, "migrants": known.migrants,
            "settle_limit": known.settle_limit, "settle": published.settle, "rounding": published.settle - settle,
            "score_before": _scores(known, before), "score": _scores(known, coverage),
        }),
        "land": pd.DataFrame({
            "city": cities, "allocation": money["land"], "public": public, "production": made.production,
            "unassigned": money["land"] - public - made.production,
            "reuse_public": made.reuse[:, 0], "reuse_production": made.reuse[:, 1],
        }),
        "budget": pd.DataFrame({
            "city": cities, "to_capital": to_capital, "fund_available": known.fund_available,
            "capital_transfers": money["capital_transfers"], "bonds": money["bonds"], "spending": spending,
            "revenue": known.revenue, "other_transfers": known.other_transfers,
            "general_transfers": money["general_transfers"], "shortfall": known.shortfall,
            "essential_spending": known.essential_spending, "interest": known.interest,
            "running": added @ known.running_cost, "settlement": known.settlement_cost * settle,
            "bond_interest": known.bond_rate * money["bonds"],
        }),
        "debt": pd.DataFrame({
            "city": cities,
            "debt_general": instance.tables["cities"]["debt_general"],
            "debt_special": instance.tables["cities"]["debt_special"],
            "new_general": money["general"], "new_special": money["special"],
            "room_general": known.class_room[:, 0], "room_special": known.class_room[:, 1],
            "bond_room": known.bond_room, "reference": known.reference,
            "ratio_before": known.debt_ratio_now, "tier_before": known.debt_tier, "ratio_after": after,
            "tier_after": [next(t.name for t in instance.settings.policy.debt.tiers if t.below is None or r < t.below)
                           for r in after],
        }),
    }  # fmt: skip
    tables["limits"] = _limits(known, made, added, tables["land"])
    return tables


def _scores(known: Derived, coverage: np.ndarray) -> np.ndarray:
    """The score, segment by segment."""
    scores = np.zeros(len(coverage))
    for s, weight in enumerate(known.weight / known.weight.sum()):
        for start, end, slope in zip(
            known.score_breakpoints[s, :-1], known.score_breakpoints[s, 1:], known.score_slopes[s], strict=True
        ):
            scores += weight * slope * np.clip(coverage[:, s] - start, 0, end - start)
    return scores


def _limits(known: Derived, made: Decisions, added: np.ndarray, land: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for limit in known.limits:
        column = {
            "allocation": lambda item: made.allocation[:, known.pools.index(item)],
            "settle": lambda item: made.settle,
            "added": lambda item: added[:, known.services.index(item)],
            "land_use": lambda item: land[item].to_numpy(),
        }[limit.kind](limit.item)
        left = float(column[limit.selection].sum())
        slack = left - limit.amount if limit.sense == ">=" else limit.amount - left
        rows.append((limit.limit, left, limit.amount, limit.sense, slack))
    return pd.DataFrame(rows, columns=["limit", "left", "right", "sense", "slack"])
