"""One case for every constraint family, in which it binds, and for levers without one: what differs from `build.py`.

Both cities have 100,000 residents and need 10,000 seats; they have 8,000 and 6,000. A seat costs 5, each city has 1,000
of its own for building, and a general transfer of 10,000 has equal benchmarks. The score is linear. Money in 10⁴ yuan.
"""

from __future__ import annotations

from typing import Any

FIRST, SECOND = "000001", "000002"
GROUP = {"title_zh": "流入人口", "title_en": "Migrants", "may_settle": False, "may_extend": False, "eligible": False}
ACCOUNTS = ("revenue", "fund_revenue", "fund_available", "other_transfers", "essential_spending", "interest",
            "maturing", "debt_general", "debt_special", "limit_general", "limit_special")  # fmt: skip
WORKS = {"running_cost": 0, "yearly_income": 0, "land_yield": 0, "weight": 0, "revenue_backed": False}


def case(
    family: str,
    zh: str,
    en: str,
    arithmetic: str,
    tiers: dict[str, float],
    allocation: dict[str, list[float]],
    binds: str = "",
    **rest: Any,
) -> dict[str, Any]:
    """One case; `allocation` holds the two cities' amounts by pool. Tiers that are not named are 0.

    `binds` is the family that binds, where the case has not its name.
    """
    values = dict.fromkeys(("minimum", "fairness", "settlement", "coverage", "production", "closeness", "cost"), 0.0)
    amounts = {pool: {FIRST: first, SECOND: second} for pool, (first, second) in allocation.items()}
    expected = {"binds": binds or family, "tiers": values | tiers, "allocation": amounts}
    return {"name": family, "zh": zh, "en": en, "arithmetic": arithmetic, "expected": expected} | rest


BEDS = {
    "service": "hospital", "title_zh": "医院", "title_en": "Hospital", "unit_zh": "张", "unit_en": "beds",
    "cohort": "residents", "norm": 0.01, "capital_cost": 10, "settlement_prerequisite": False,
}  # fmt: skip
CORE = """A core, the first city, and the outer ring of the same conurbation, the second: 100,000 residents each, who
need 1,000 hospital beds; the core has 900 and no money to build, the ring 700 and 3,000 (10⁴ yuan). A bed costs 10.
Land for which nobody has a use is shared half and half, closeness 0.

"""


def link(giver: str, receiver: str, kind: str, limit: float | None = None, **rest: Any) -> dict[str, Any]:
    """A row of `links` for the beds."""
    row = {"from": giver, "to": receiver, "service": "hospital", "kind": kind, "limit": limit}
    return row | {"cost": None, "fee": None, "open": True} | rest


BASE = "Two cities of 100,000 residents, 10,000 seats needed in each, 8,000 and 6,000 there, 5 × 10⁴ yuan a seat. "
OWN = BASE + "Each city has 1,000 of its own for building (10⁴ yuan, like all money here). "

CASES = [
    case(
        "pool_total",
        "转移支付总量",
        "the pool is what there is",
        OWN
        + """One general transfer of 5,000.

Everything raises the worse-served second city: 1,000 + 5,000 = 6,000 buys 1,200 seats, 7,200 in all, coverage 0.72.
The first city builds with its own 1,000: 200 seats, 0.82. Fairness is the lower one, 0.72; mean coverage 0.77. The
allocation is 0 and 5,000 against benchmarks of 2,500 each: closeness ½·1 + ½·1 = 1. Cost 6,000 + 1,000 = 7,000.""",
        {"fairness": 0.72, "coverage": 0.77, "closeness": 1.0, "cost": 7000},
        {"general": [0, 5000]},
        pools={"general": {"total": 5000}},
    ),
    case(
        "group_limit",
        "分组限制",
        "a limit on one city's transfer",
        OWN
        + """One general transfer of 10,000, of which the second city may get at most 6,000.

Second city: 1,000 + 6,000 = 7,000 buys 1,400 seats: 7,400, coverage 0.74, which is fairness. The rest still raises mean
coverage: the first city has 1,000 + 4,000 = 5,000 for 1,000 seats: 9,000, 0.90. Mean 0.82. Benchmarks are 5,000 each:
u = −0.2 and 0.2, closeness 0.04. Cost 12,000.""",
        {"fairness": 0.74, "coverage": 0.82, "closeness": 0.04, "cost": 12000},
        {"general": [4000, 6000]},
        limits={
            "second": {"quantity": "allocation:general", "where": f"city == '{SECOND}'", "sense": "<=", "value": 6000}
        },
    ),
    case(
        "coverage_is_served",
        "覆盖须有能力",
        "only places serve",
        OWN
        + """One general transfer of 10,000, and schools can grow by 5 % on their own site only.

400 seats in the first city (2,000) and 300 in the second (1,500): 8,400 and 6,300, coverage 0.84 and 0.63. Fairness
0.63, mean 0.735. The first city needs 1,000 of the transfer and the second 500, so both can have their benchmark of
5,000: closeness 0. Cost 3,500. Without the family coverage would be 1 for nothing.""",
        {"fairness": 0.63, "coverage": 0.735, "cost": 3500},
        {"general": [5000, 5000]},
        service={"expansion_limit": 0.05},
    ),
    case(
        "minimum_gap",
        "最低标准缺口",
        "what is missing to the national minimum",
        OWN
        + """One general transfer of 10,000; the national minimum is a coverage of 0.9.

All the money, 12,000, buys 2,400 seats, wherever they are: the two coverages sum to 1.4 + 0.24 = 1.64, the gaps to
1.8 − 1.64 = 0.16 as long as nobody is above 0.9. Mean gap 0.08. Fairness makes both 0.82: 200 seats in the first city,
from its own 1,000, and 2,200 in the second, from its own 1,000 and the whole transfer. Allocation 0 and 10,000,
closeness ½·1 + ½·1 = 1, cost 12,000. Without the family the gap would be 0.""",
        {"minimum": 0.08, "fairness": 0.82, "coverage": 0.82, "closeness": 1.0, "cost": 12000},
        {"general": [0, 10000]},
        service={"minimum": 0.9},
    ),
    case(
        "growth_limit",
        "年增长上限",
        "what can be built in a year",
        OWN
        + """One general transfer of 10,000; capacity can grow by 20 % a year.

The second city can add 0.2 · 6,000 = 1,200 seats for 6,000: 7,200, coverage 0.72, which is fairness. The other 6,000
buy 1,200 seats in the first city (of 1,600 that it could add): 9,200, 0.92. Mean 0.82. Each has 1,000 of its own and
needs 5,000: the benchmarks, closeness 0. Cost 12,000.""",
        {"fairness": 0.72, "coverage": 0.82, "cost": 12000},
        {"general": [5000, 5000]},
        service={"growth_limit": 0.2},
    ),
    case(
        "recognised_need",
        "落户以公共服务为前提",
        "settlement waits for schools",
        OWN
        + """One general transfer of 10,000. In each city 20,000 residents are migrants, and so are 2,000 of the pupils;
10,000 migrants would settle. A migrant's child counts by half until then (entitlement 0.5).

Present need is 10,000 − 0.5 · 2,000 = 9,000 seats, so the backlog is 1,000 and 3,000 and may not grow. One settler adds
0.5 · 2,000 / 20,000 = 0.05 seats of need: 20 settlers for every new seat. Fairness comes first and builds 200 and 2,200
seats (8,200 each, 0.82): 4,000 settle in the first city; in the second 44,000 could, and all 10,000 do. Settlement
14,000. The transfer goes to the second city: closeness 1, cost 12,000.""",
        {"fairness": 0.82, "settlement": 14000, "coverage": 0.82, "closeness": 1.0, "cost": 12000},
        {"general": [0, 10000]},
        cities={"both": {"migrants_within": 20000}},
    ),
    case(
        "extension",
        "落户与扩面不重复",
        "nobody settles and is extended to",
        OWN
        + """One general transfer of 10,000, and schools do not hold settlement up. In each city 20,000 residents are
migrants, all in one group that may settle and be extended to, with half an entitlement. 0.9 of them would settle, and
services may be extended to 0.5 of them in a year; a person extended to is worth 0.3 of one who settles.

Nobody settles and is extended to: 18,000 settle and 2,000 are extended to in each city, since a settler is worth more.
Settlement 2 · (18,000 + 0.3 · 2,000) = 37,200. As without groups fairness takes the whole transfer to the second city:
0.82, closeness 1, cost 12,000. Without the family 10,000 would be extended to in each city: 42,000.""",
        {"fairness": 0.82, "settlement": 37200, "coverage": 0.82, "closeness": 1.0, "cost": 12000},
        {"general": [0, 10000]},
        cities={"both": {"migrants_within": 20000}},
        service={"settlement_prerequisite": False},
        policy={"willingness": 0.9, "extension_share": 0.5},
        groups=[GROUP | {"group": "all", "order": 1, "may_settle": True, "may_extend": True}],
        stay=[{"city": city, "group": "all", "migrants": 20000} for city in (FIRST, SECOND)],
        ladder=[{"service": "school", "group": "all", "entitlement": 0.5}],
    ),
    case(
        "residence_ladder",
        "居住证梯度",
        "settlement goes where people have stayed",
        """Two cities of 50,000 residents and 5,000 pupils, of whom 1,000 are migrants' children; 4,500 seats in both,
nothing can be built. 10,000 migrants in three groups with an entitlement of 0, 0.5 and 1; only the second and third may
settle, only the first may be extended to, 0.2 of it in a year, at 0.3 of a settler. Half of those who may would settle.

The first city has 4,000 / 3,000 / 3,000. Mean entitlement 0.45, present need 5,000 − 0.55 · 1,000 = 4,450, so 50 seats
are free. Those who may settle have (0.5 · 3,000 + 3,000) / 6,000 = 0.75, so a settler takes 0.1 · 0.25 = 0.025 seats,
one who is extended to 0.1. The limit of 3,000 settlers would take 75 seats; a seat carries 40 settlers, or 10 extended
to (worth 3): 2,000 settle, nobody is extended to.

The second city has 8,000 / 1,000 / 1,000. Mean entitlement 0.15, present need 4,150, 350 seats free, the same needs.
All 1,000 settle (25 seats) and all 1,600 are extended to (160 seats). Settlement 2,000 + 1,000 + 0.3 · 1,600 = 3,480.
Coverage is 0.9 in both, the transfer goes by the benchmark.

With one group of the mean entitlement, all of whom may settle, the first city would settle 50 / (0.1 · 0.55) = 909 and
the second 350 / (0.1 · 0.85) = 4,118: the ladder moves settlement to where people have stayed.""",
        {"fairness": 0.9, "settlement": 3480, "coverage": 0.9},
        {"general": [5000, 5000]},
        binds="recognised_need",
        cities={
            "both": {
                "residents": 50000,
                "urban_residents": 50000,
                "size_population": 50000,
                "pupils": 5000,
                "migrants_within": 10000,
                "fund_available": 0,
            }
        },
        service={"expansion_limit": 0},
        capacity={FIRST: 4500, SECOND: 4500},
        groups=[
            GROUP | {"group": "new", "order": 1, "may_extend": True},
            GROUP | {"group": "middle", "order": 2, "may_settle": True},
            GROUP | {"group": "long", "order": 3, "may_settle": True},
        ],
        stay=[
            {"city": city, "group": group, "migrants": persons}
            for city, row in ((FIRST, (4000, 3000, 3000)), (SECOND, (8000, 1000, 1000)))
            for group, persons in zip(("new", "middle", "long"), row, strict=True)
        ],
        ladder=[
            {"service": "school", "group": group, "entitlement": share}
            for group, share in (("new", 0), ("middle", 0.5), ("long", 1))
        ],
    ),
    case(
        "land_balance",
        "新增用地有去向",
        "land has one use",
        BASE
        + """No money. 60 ha of new land; the cities ask for 60 and 20 ha for production.

All 60 ha can go to production: 60 / 80 = 0.75. The second city takes at most 20 of them, so the first gets 40 to 60;
closest to the benchmarks of 30 each is 40 and 20: u = 1/3 and −1/3, closeness ½·1/9 + ½·1/9 = 1/9. Coverage stays 0.8
and 0.6. Without the family production would need no land.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 0.75, "closeness": 1 / 9},
        {"land": [40, 20]},
        cities={"both": {"fund_available": 0}, FIRST: {"production_request": 60}, SECOND: {"production_request": 20}},
        pools={"land": {"total": 60}},
    ),
    case(
        "public_land",
        "设施用地",
        "a school stands on land",
        OWN
        + """One general transfer of 10,000; schools are built new, 1,000 seats on 2 ha each (relaxed: parts of a
school are allowed); 4 ha of new land.

4 ha carry 2,000 seats; the money would buy 2,400. All of them in the second city: 8,000 and 8,000, coverage 0.8 in
both. They cost 10,000, so the second city needs 9,000 of the transfer, and the first gets the other 1,000, nearest to
its benchmark: u = −0.8 and 0.8, closeness 0.64. The land is 0 and 4 against 2 each: 1. Together 1.64. Cost 10,000.""",
        {"fairness": 0.8, "coverage": 0.8, "closeness": 1.64, "cost": 10000},
        {"general": [1000, 9000], "land": [0, 4]},
        service={"module": 1000, "area": 20, "expansion_limit": 0},
        pools={"general": {}, "land": {"total": 4}},
    ),
    case(
        "production_land",
        "生产用地需求",
        "no more than is asked for",
        BASE
        + """No money. 100 ha of new land; the cities ask for 30 and 20 ha for production.

Both requests are met: 50 / 50 = 1. The land itself goes by the benchmark, 50 and 50, closeness 0; 20 and 30 ha stay
unassigned. Without the family all 100 ha would count: 2.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 1.0},
        {"land": [50, 50]},
        cities={"both": {"fund_available": 0}, FIRST: {"production_request": 30}, SECOND: {"production_request": 20}},
        pools={"land": {"total": 100}},
    ),
    case(
        "housing_land",
        "落户人口居住用地",
        "whoever settles has to live somewhere",
        BASE
        + """No money, and schools do not hold settlement up. In each city 20,000 residents are migrants, of whom 10,000
would settle. 30 ha of new land; a settler takes 20 m² for housing, and 0.2 of new land goes to roads and other uses.

0.8 · 30 = 24 ha are left for housing, which is 240,000 / 20 = 12,000 settlers. At the benchmarks of 15 ha each 12 ha
are for housing, 6,000 settle in each city, closeness 0. Without the family all 20,000 would settle.""",
        {"fairness": 0.6, "settlement": 12000, "coverage": 0.7},
        {"land": [15, 15]},
        cities={"both": {"fund_available": 0, "migrants_within": 20000}},
        service={"settlement_prerequisite": False},
        pools={"land": {"total": 30}},
        policy={"uses": {"housing": 20, "other": 0.2, "unassigned_city": 1, "unassigned_total": 1}},
    ),
    case(
        "other_land",
        "道路、公用设施等其他用地",
        "roads take their share",
        BASE
        + """No money. 90 ha of new land, of which 0.2 go to roads and other uses; the cities ask for 60 and 20 ha for
production.

0.8 · 90 = 72 ha can go to production: 72 / 80 = 0.9, if all the land is given. The second city uses at most 20, so it
gets at most 20 / 0.8 = 25; closest to the benchmarks of 45 each is 65 and 25: u = 4/9 and −4/9, closeness 16/81.
Without the family both requests would be met.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 0.9, "closeness": 16 / 81},
        {"land": [65, 25]},
        cities={"both": {"fund_available": 0}, FIRST: {"production_request": 60}, SECOND: {"production_request": 20}},
        pools={"land": {"total": 90}},
        policy={"uses": {"housing": 20, "other": 0.2, "unassigned_city": 1, "unassigned_total": 1}},
    ),
    case(
        "unassigned_land",
        "城市暂未安排用地上限",
        "no city keeps much land without a use",
        BASE
        + """No money. 100 ha of new land; the cities ask for 10 and 60 ha for production. At most half of a city's new
land may be unassigned.

Both requests are met: 1. The second city gets at least 60; the first uses 10 and keeps at most as much again, so it
gets at most 20. Closest to the benchmarks of 50 each is 20 and 60: u = −0.6 and 0.2, closeness ½·0.36 + ½·0.04 = 0.2.
Without the family the first would get the other 40.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 1.0, "closeness": 0.2},
        {"land": [20, 60]},
        cities={"both": {"fund_available": 0}, FIRST: {"production_request": 10}, SECOND: {"production_request": 60}},
        pools={"land": {"total": 100}},
        policy={"uses": {"housing": 20, "other": 0, "unassigned_city": 0.5, "unassigned_total": 1}},
    ),
    case(
        "unassigned_total",
        "暂未安排用地总量上限",
        "nor do all cities together",
        BASE
        + """No money. 100 ha of new land; the cities ask for 10 and 60 ha for production. At most 0.2 of all land may
be unassigned.

Both requests are met: 1. 70 ha are used and 20 may be unassigned, so 90 are given. The second city gets at least 60;
closest to the benchmarks of 50 each is 30 and 60: u = −0.4 and 0.2, closeness ½·0.16 + ½·0.04 = 0.1. Without the family
the first would get 40.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 1.0, "closeness": 0.1},
        {"land": [30, 60]},
        cities={"both": {"fund_available": 0}, FIRST: {"production_request": 10}, SECOND: {"production_request": 60}},
        pools={"land": {"total": 100}},
        policy={"uses": {"housing": 20, "other": 0, "unassigned_city": 1, "unassigned_total": 0.2}},
    ),
    case(
        "idle_land",
        "存量用地盘活",
        "only so much idle land in a year",
        BASE
        + """No new land; 100 ha lie idle in each city, of which 0.3 can be put back to use in a year, at 10 a hectare.
Each city asks for 50 ha for production. One general transfer of 1,000; schools cannot grow.

30 ha in each city: production 60 / 100 = 0.6, for 300 in each city. Both can have their benchmark of 500: closeness 0.
Cost 600.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 0.6, "cost": 600},
        {"general": [500, 500]},
        cities={"both": {"fund_available": 0, "idle": 100, "production_request": 50}},
        service={"expansion_limit": 0},
        pools={"general": {"total": 1000}},
    ),
    case(
        "stock_link",
        "增存挂钩",
        "new land follows reused land",
        OWN
        + """Schools cannot grow. 60 ha of new land. The first city asks for 60 ha for production, has 20 ha idle, half
of it reusable in a year at 10 a hectare, and may get 10 ha of new land plus 2 for every hectare put back to use. The
second asks for 10 ha and has no such link.

First city: 10 ha reused, so 10 + 2 · 10 = 30 new: 40 for production. Second: 10. Together 50 / 70 = 5/7. The first gets
30 of the land, the second at least 10; with 30 both are at their benchmark, closeness 0. Cost 10 · 10 = 100. Without
the link production would be 1.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 5 / 7, "cost": 100},
        {"land": [30, 30]},
        cities={FIRST: {"production_request": 60, "idle": 20, "stock_base": 10}, SECOND: {"production_request": 10}},
        service={"expansion_limit": 0},
        pools={"land": {"total": 60}},
        policy={"reuse_limit": 0.5, "stock_ratio": 2.0},
    ),
    case(
        "renewed_land",
        "腾出用地",
        "an old park makes land free",
        BASE
        + """Schools cannot grow. 60 ha of new land; both cities ask for 50 ha for production. The first has 100 ha of
old park, of which 0.2 can be renewed in a year at 100 a hectare; half of what is renewed becomes free. It has 1,500 of
its own (10⁴ yuan, like all money here), the second city nothing.

1,500 pay for 15 ha of 20 that could be done, and make 7.5 ha free. All new land and these are used: 67.5 of the 100 ha
asked for, 0.675 instead of 0.6. The benchmarks of 30 ha each can stay, for the first city uses 37.5 ≤ 50 and the second
30: closeness 0. Cost 1,500.""",
        {"fairness": 0.6, "coverage": 0.7, "production": 0.675, "cost": 1500},
        {"land": [30, 30]},
        cities={
            FIRST: {"fund_available": 1500, "production_request": 50},
            SECOND: {"fund_available": 0, "production_request": 50},
        },
        service={"expansion_limit": 0},
        pools={"land": {"total": 60}},
        programmes=[
            {
                "programme": "old_parks",
                "title_zh": "低效园区更新",
                "title_en": "Old parks",
                "unit_zh": "公顷",
                "unit_en": "ha",
                "capital_cost": 100,
                "year_share": 0.2,
                **WORKS,
                "land_yield": 0.5,
                "weight": 1,
            }
        ],
        programme_stock=[{"city": FIRST, "programme": "old_parks", "stock": 100}],
    ),
    case(
        "earmarked_use",
        "专款专用",
        "money for old compounds goes nowhere else",
        BASE
        + """Schools cannot grow and no city has money of its own. A capital transfer of 500 is for old compounds alone
and has to be given out; its formula gives each city half. A household costs 2, the first city can do 400 of them this
year, the second 100.

250 households are done in any split. The second city can use 200, for its 100 households, so the first gets 300 and
does 150: u = 0.2 and −0.2, closeness ½·0.04 + ½·0.04 = 0.04. Cost 500. Without the family both would get 250.""",
        {"fairness": 0.6, "coverage": 0.7, "closeness": 0.04, "cost": 500},
        {"capital": [300, 200]},
        cities={"both": {"fund_available": 0}},
        service={"expansion_limit": 0},
        pools={"capital": {"total": 500, "exhaust": True, "programme": "old_compounds", "support": None}},
        programmes=[
            {
                "programme": "old_compounds",
                "title_zh": "老旧小区改造",
                "title_en": "Old compounds",
                "unit_zh": "户",
                "unit_en": "households",
                "capital_cost": 2,
                "year_share": 0.2,
                **WORKS,
                "weight": 1,
            }
        ],
        programme_stock=[
            {"city": FIRST, "programme": "old_compounds", "stock": 5000, "limit": 400},
            {"city": SECOND, "programme": "old_compounds", "stock": 5000, "limit": 100},
        ],
    ),
    case(
        "programmes",
        "集体土地租赁住房",
        "homes on collective land take no new land",
        """Two cities of 100,000 residents need 10,000 homes each and have 8,000 and 6,000. A home costs 30 (10⁴ yuan,
like all money here); new homes are built 300 at a time, on 30 m² each (relaxed: parts are allowed). Each city has
9,000 of its own. 10 ha of new land; both ask for 10 ha for production. The first city may build on one hectare of
collective land, 300 homes and 9,000 a hectare.

9,000 pay for 300 homes in each city: 0.83 and 0.63, fairness 0.63, mean 0.73. In the second they take 300 · 30 m² =
0.9 ha of new land. In the first they stand on collective land and take none, so production has 10 − 0.9 = 9.1 ha of
the 20 asked for, 0.455; with homes on new land in both it would have 0.9 ha less. Land stays at the benchmarks of 5 ha
each, closeness 0. Cost 2 · 9,000.""",
        {"fairness": 0.63, "coverage": 0.73, "production": 0.455, "cost": 18000},
        {"land": [5, 5]},
        binds="capital_budget",
        cities={"both": {"fund_available": 9000, "production_request": 10}},
        service={
            "title_zh": "租赁住房",
            "title_en": "Rental homes",
            "unit_zh": "套",
            "unit_en": "homes",
            "capital_cost": 30,
            "area": 30,
            "module": 300,
            "expansion_limit": 0,
            "settlement_prerequisite": False,
        },
        pools={"land": {"total": 10}},
        programmes=[
            {
                "programme": "collective_rental",
                "title_zh": "集体土地租赁住房",
                "title_en": "Homes on collective land",
                "unit_zh": "公顷",
                "unit_en": "ha",
                "capital_cost": 9000,
                "year_share": 1,
                **WORKS,
                "collective": True,
            }
        ],
        programme_stock=[{"city": FIRST, "programme": "collective_rental", "stock": 1}],
        programme_yields=[{"programme": "collective_rental", "service": "school", "yield": 300}],
    ),
    case(
        "capital_budget",
        "建设资金",
        "building has to be paid",
        OWN
        + """One capital transfer of 4,000.

Second city: 1,000 + 4,000 = 5,000 buys 1,000 seats: 7,000, coverage 0.70, which is fairness. First: its own 1,000, 200
seats, 0.82. Mean 0.76. Allocation 0 and 4,000 against 2,000 each: closeness 1. Cost 6,000.""",
        {"fairness": 0.70, "coverage": 0.76, "closeness": 1.0, "cost": 6000},
        {"capital": [0, 4000]},
        pools={"capital": {"total": 4000}},
    ),
    case(
        "general_budget",
        "经常性收支",
        "schools have to be run",
        BASE
        + """Each city has 10,000 of its own for building, but running a seat costs 0.5 a year, and general revenue is
spent. One general transfer of 1,000.

1,000 / 0.5 = 2,000 seats can be run. All of them in the second city: 8,000 and 8,000, coverage 0.8 in both; building
them takes exactly its 10,000. Allocation 0 and 1,000 against 500 each: closeness 1. Cost 10,000 + 1,000 = 11,000.""",
        {"fairness": 0.8, "coverage": 0.8, "closeness": 1.0, "cost": 11000},
        {"general": [0, 1000]},
        cities={"both": {"fund_available": 10000}},
        service={"running_cost": 0.5},
        pools={"general": {"total": 1000}},
    ),
    case(
        "borrow_to_build",
        "举债用于建设",
        "no bond beyond what is built",
        OWN
        + """500 of general revenue are left for interest. General bonds of 6,000, benchmarks 3,000 each, need not all
be given out; schools can grow by 5 %.

400 seats in the first city (2,000) and 300 in the second (1,500): coverage 0.84 and 0.63. Bonds may be 2,000 and 1,500
at most: u = −1/3 and −1/2, closeness ½·1/9 + ½·1/4 = 13/72. Cost 3,500. Without the family both would borrow their
benchmark.""",
        {"fairness": 0.63, "coverage": 0.735, "closeness": 13 / 72, "cost": 3500},
        {"general_bond": [2000, 1500]},
        cities={"both": {"essential_spending": 99500, "limit_general": 10000}},
        service={"expansion_limit": 0.05},
        pools={"general_bond": {"total": 6000}},
    ),
    case(
        "special_bond_purpose",
        "专项债券用于有收益项目",
        "special bonds pay only for what brings revenue",
        BASE
        + """Each city has 2,000 of its own for building and 500 of general revenue for interest. Special bonds of
4,000, benchmarks 2,000 each. Schools bring no revenue and can grow by 2 %. 100 ha lie idle in each city, and each asks
for 10 ha for production; putting a hectare back to use costs 100.

160 seats in the first city (800) and 120 in the second (600): 8,160 and 6,120, coverage 0.816 and 0.612, mean 0.714.
10 ha reused in each (1,000): production 1. Special bonds may pay for the reused land alone: 1,000 in each city,
u = −0.5, closeness 0.25. Cost 1,800 + 1,600 = 3,400. Without the family they could pay for the schools as well: 1,800
and 1,600.""",
        {"fairness": 0.612, "coverage": 0.714, "production": 1.0, "closeness": 0.25, "cost": 3400},
        {"special_bond": [1000, 1000]},
        cities={
            "both": {
                "fund_available": 2000,
                "essential_spending": 99500,
                "limit_special": 10000,
                "idle": 100,
                "production_request": 10,
            }
        },
        service={"expansion_limit": 0.02},
        pools={"special_bond": {"total": 4000}},
        policy={"reuse_cost": 100},
    ),
    case(
        "debt_limit",
        "分类债务限额",
        "each class of debt within its limit",
        OWN
        + """150 of general revenue are left. General bonds of 10,000, benchmarks 5,000 each, at 5 %. General debt is
100,000 in each city and its limit 102,000.

Each city may borrow 2,000; the interest is 100, so 50 of general revenue are left for building: 1,000 + 2,000 + 50 =
3,050 buys 610 seats. 8,610 and 6,610: coverage 0.861 and 0.661, mean 0.761. u = −0.6 in both, closeness 0.36. Cost
6,100. Without the limit each would borrow 3,000, as far as 150 pay the interest. (The room by debt ratio is
1.5 · 100,000 − 100,000 = 50,000, by tier 0.2 · 100,000 = 20,000, by debt service
(15,000 − 3,000) / 0.05 = 240,000.)""",
        {"fairness": 0.661, "coverage": 0.761, "closeness": 0.36, "cost": 6100},
        {"general_bond": [2000, 2000]},
        cities={
            "both": {
                "essential_spending": 96850,
                "interest": 3000,
                "debt_general": 100000,
                "limit_general": 102000,
            }
        },
        pools={"general_bond": {}},
    ),
    case(
        "debt_room",
        "举债空间",
        "the room that the debt ratio leaves",
        OWN
        + """150 of general revenue are left. General bonds of 10,000, benchmarks 5,000 each, at 5 %. The second city
owes 149,000 against a capacity to pay of 100,000; the ceiling is 1.5.

The room of the second city is 1.5 · 100,000 − 149,000 = 1,000 (by tier it would be 10,000, by debt service 210,600). It
borrows 1,000 for 50 of interest, and 100 of general revenue go to building: 1,000 + 1,000 + 100 = 2,100, 420 seats:
6,420, coverage 0.642. The first city owes nothing and borrows 3,000, as far as 150 pay the interest: 4,000, 800 seats,
8,800, 0.88. Mean 0.761. u = −0.4 and −0.8, closeness ½·0.16 + ½·0.64 = 0.4. Cost 4,000 + 2,100 = 6,100.""",
        {"fairness": 0.642, "coverage": 0.761, "closeness": 0.4, "cost": 6100},
        {"general_bond": [3000, 1000]},
        cities={
            "both": {"limit_general": 200000},
            FIRST: {"essential_spending": 99850},
            SECOND: {"essential_spending": 95380, "interest": 4470, "debt_general": 149000},
        },
        pools={"general_bond": {}},
    ),
    case(
        "issued",
        "已下达数",
        "what went out in the advance is kept",
        """The example of the stages of a year. Two cities of 100,000 residents; schools cannot grow, so the money of a
general transfer has no use and goes by closeness to the formula alone. Last autumn the pool was estimated at 900, and
0.9 of it went out in advance, 810, on last year's factors, 60 to 40: 486 and 324. Now the pool is 1,000, all of it to
be given out, and the factors are 45 to 55: benchmarks 450 and 550.

Nothing may be taken back, so the first city keeps 486 and the second gets the other 514. On top of what went out come
0 and 190. The 486 consist of 450 by the formula and 36 that are locked; the 514 of 550 less 36 by optimisation.
u = 36/450 and −36/550, closeness 0.45·0.08² + 0.55·(36/550)² = 1,296/1,000·(1/450 + 1/550) = 1.296/247.5. With a
clawback of 0.1 the lock is 437.4, and both cities get their benchmarks: −36 and +226 on top, 190 together as before.
Fairness is the second city's 0.6, the mean coverage 0.7, and nothing is built.""",
        {"fairness": 0.6, "coverage": 0.7, "closeness": 1.296 / 247.5},
        {"general": [486, 514]},
        cities={FIRST: {"settled_last": 45}, SECOND: {"settled_last": 55}},
        service={"expansion_limit": 0},
        pools={"general": {"total": 1000, "exhaust": True}},
        factor="settled_last",
        issued={(FIRST, "general", "advance"): 486, (SECOND, "general", "advance"): 324},
        stage="formal",
    ),
    case(
        "performance",
        "绩效系数",
        "a factor on what the formula gives",
        """Two cities of 100,000 residents, so that the formula gives each half of a general transfer of 1,000. Schools
cannot grow, and the money goes by closeness to the formula alone. The first city met its task, factor 1.1; the second
broke a rule, factor 0.8.

Shares are 1.1 · ½ and 0.8 · ½, brought back to 1: 0.55/0.95 and 0.4/0.95, so 578.95 and 421.05: 500 by the formula and
78.95 more or less for performance, and as published 579 and 421. All goes by this: closeness is 0. Fairness is the
second city's 0.6, the mean coverage 0.7, and nothing is built.""",
        {"fairness": 0.6, "coverage": 0.7},
        {"general": [550 / 0.95, 400 / 0.95]},
        service={"expansion_limit": 0},
        pools={"general": {"total": 1000, "exhaust": True}},
        performance={(FIRST, "general"): 1.1, (SECOND, "general"): 0.8},
    ),
    case(
        "schemes",
        "比较方案",
        "what rank or registration would have given",
        """Two cities of 100,000 residents; the formula of a general transfer of 1,000 goes by those who settled last
year, 48 and 52, and schools cannot grow, so the plan is 480 and 520 and closeness 0. Fairness is the second city's 0.6,
the mean coverage 0.7, and nothing is built.

The first city is the seat of a province and has 60,000 registered people, the second a county with 90,000. By
residents each would have 500. By registration 60/150 and 90/150 of it: 400 and 600; 80 change hands against the plan,
8 %, and the first city, which has a fifth less than by residents, is squeezed. By rank and registration, the seat
counted twice, 120/210 and 90/210: 571.4 and 428.6; 91.4 change hands, which is 9.14 yuan for each resident of the
second city, and it is squeezed. None of this changes the plan.""",
        {"fairness": 0.6, "coverage": 0.7},
        {"general": [480, 520]},
        cities={
            FIRST: {"settled_last": 48, "registered": 60_000, "unit_type": "seat"},
            SECOND: {"settled_last": 52, "registered": 90_000, "unit_type": "county"},
        },
        service={"expansion_limit": 0},
        pools={"general": {"total": 1000, "exhaust": True}},
        factor="settled_last",
        schemes=[
            {"scheme": "rank", "title_zh": "级别和户籍", "title_en": "rank and registration"},
            {"scheme": "registration", "title_zh": "户籍", "title_en": "registration"},
        ],
        scheme_factors=[
            {"scheme": name, "pool": "general", "factor": "registered", "weight": 1}
            for name in ("rank", "registration")
        ],
        scheme_weights=[{"scheme": "rank", "column": "unit_type", "value": "seat", "multiplier": 2}],
    ),
    case(
        "linked_share",
        "省内挂钩分配",
        "a share of the money follows settlement inside the province",
        """Two cities of one province and of 100,000 residents, so that the formula gives each half of a general
transfer of 1,000. Schools cannot grow, and the money goes by closeness to the formula alone. Last year 750 people
settled in the first city and 250 in the second, and 0.8 of the money has to follow them inside the province.

The first city gets at least 0.8 · 0.75 · 1,000 = 600, the second at least 0.8 · 0.25 · 1,000 = 200; 200 are free.
Closest to the formula is 600 and 400: closeness is ½ · 0.2² + ½ · 0.2² = 0.04. Without the link it is 500 and 500, and
0. Fairness is the second city's 0.6, the mean coverage 0.7, and nothing is built.""",
        {"fairness": 0.6, "coverage": 0.7, "closeness": 0.04},
        {"general": [600, 400]},
        cities={FIRST: {"settled_last": 750}, SECOND: {"settled_last": 250}},
        service={"expansion_limit": 0},
        pools={"general": {"total": 1000, "exhaust": True, "link_factor": "settled_last", "link_share": 0.8}},
    ),
    case(
        "levels",
        "省级留用",
        "what a province keeps",
        """Two cities of 100,000 residents, each of a province of its own, so that the formula gives the
provinces half each of a general transfer of 1,000, all of it to be given out. Schools cannot grow, and the
money goes by closeness to the formula alone.

The first province keeps 0.2 of what it receives, the second nothing: for what the first city gets its province receives
1/0.8 = 1.25 times as much. Benchmarks are 1,000 · ½ / 1.25 = 400 and 500, and both cities get them: closeness is 0, the
first province receives 500, keeps 100 and passes 400 on, and 1.25 · 400 + 500 = 1,000. Fairness is the second city's
0.6, the mean coverage 0.7, and nothing is built.""",
        {"fairness": 0.6, "coverage": 0.7},
        {"general": [400, 500]},
        cities={SECOND: {"province": "01", "province_name": "邻省"}},
        service={"expansion_limit": 0},
        pools={"general": {"total": 1000, "exhaust": True}},
        levels=[{"unit": "00", "pool": "general", "retained": 0.2, "retained_most": 0.3}],
    ),
    case(
        "levels_below",
        "省和地区逐级留用",
        "what a province and a prefecture keep of the same money",
        OWN
        + """One general transfer of 10,000. The cities are of two provinces; that of the second keeps 0.2, and below it
the prefecture of the second city half of what comes down to it.

What the second city gets is 0.8 · 0.5 = 0.4 of what its province receives, so the pool gives out 2.5 times as much.
Everything still raises the worse-served second city: 10,000 are received, 2,000 kept, 8,000 passed on, 4,000 kept and
4,000 passed on. 1,000 + 4,000 = 5,000 buy 1,000 seats: 7,000, coverage 0.7, which is fairness; with nothing kept it
would be 0.82. The first city builds with its own 1,000: 200 seats, 0.82. Mean 0.76. Benchmarks are 5,000 and 5,000/2.5
= 2,000 against 0 and 4,000: u = −1 and 1, closeness 5/7 + 2/7 = 1. Cost 1,000 + 5,000 = 6,000.""",
        {"fairness": 0.7, "coverage": 0.76, "closeness": 1.0, "cost": 6000},
        {"general": [0, 4000]},
        binds="levels",
        cities={
            "both": {"prefecture": "000A"},
            SECOND: {"province": "01", "province_name": "邻省", "prefecture": "01B"},
        },
        levels=[
            {"unit": "01", "pool": "general", "retained": 0.2},
            {"unit": "01B", "pool": "general", "retained": 0.5},
        ],
        levels_by='["province", "prefecture"]',
    ),
    case(
        "host_first",
        "先保本市居民",
        "a city that lends keeps what it has today for its own",
        """Two cities of 100,000 residents, who need 1,000 hospital beds each; the first has 600 and no money, the
second 800 and 400 of its own (10⁴ yuan). A bed costs 10, and the second may keep up to 200 for the first. Land for
which nobody has a use is shared half and half, closeness 0.

The second builds 400/10 = 40 beds and has 840. It keeps at least the 800 of today for its own, so 40 are lent: 640 and
800, fairness 0.64, mean 0.72. Without the family it would lend 120, and both would have 720: fairness 0.72. Cost
400.""",
        {"fairness": 0.64, "coverage": 0.72, "cost": 400},
        {"land": [50, 50]},
        cities={FIRST: {"fund_available": 0}, SECOND: {"fund_available": 400}},
        service=BEDS,
        capacity={FIRST: 600, SECOND: 800},
        pools={"land": {"total": 100, "exhaust": True}},
        links=[link(SECOND, FIRST, "use", 200)],
    ),
    case(
        "shared_beds",
        "共用床位",
        "beds that one city keeps for its neighbour",
        CORE
        + """The ring builds 300 beds for its 3,000 and has 1,000. It may keep up to 150 for the core: 900 + f = 1,000 −
f gives f = 50 and 950 for both, fairness and coverage 0.95; without the link it is 0.90 and 1.00. The ring keeps more
than the 700 of today. Cost 3,000.""",
        {"fairness": 0.95, "coverage": 0.95, "cost": 3000},
        {"land": [50, 50]},
        "host_first",
        cities={FIRST: {"fund_available": 0}, SECOND: {"fund_available": 3000}},
        service=BEDS,
        capacity={FIRST: 900, SECOND: 700},
        pools={"land": {"total": 100, "exhaust": True}},
        links=[link(SECOND, FIRST, "use", 150)],
    ),
    case(
        "moved_beds",
        "疏解床位",
        "beds that have to leave the core",
        CORE
        + """100 beds have to move out of the core, at 5 a bed, which the ring pays: 10 a + 5 · 100 = 3,000, so it
builds a = 250. 900 + 700 + 250 = 1,850 beds for 2,000: 0.925 in each city, fairness and coverage. The core keeps 800
of its own, so the ring keeps 125 for it, and has 700 + 250 + 100 − 125 = 925. The core has 925, more than its 900 of
today. Nothing else moves, for it would cost money and make no place. To relieve the core of 100 beds costs 0.025 of
coverage. Cost 2,500 + 500 = 3,000.""",
        {"fairness": 0.925, "coverage": 0.925, "cost": 3000},
        {"land": [50, 50]},
        "host_first",
        cities={FIRST: {"fund_available": 0}, SECOND: {"fund_available": 3000}},
        service=BEDS,
        capacity={FIRST: 900, SECOND: 700},
        pools={"land": {"total": 100, "exhaust": True}},
        links=[link(FIRST, SECOND, "move", 150, cost=5), link(SECOND, FIRST, "use", 150)],
        limits={"relief": {"quantity": "moved:hospital", "where": f"city == '{FIRST}'", "sense": ">=", "value": 100}},
    ),
    case(
        "purses",
        "同一预算的核心区与外围区",
        "a core and an outer zone with one budget",
        """A city in two units, core and outer, of 100,000 residents each, with one purse. Each unit needs 1,000 seats;
the core has 900 and the outer zone 700. A seat costs 10 × 10⁴ yuan. The purse has 2,000 of its own for building, and a
general transfer of 1,000 with equal benchmarks: 3,000 in all. Accounts stand in the row of the core alone.

The service is restricted, and so is the zone of the core: nothing is built or enlarged there. The outer zone adds its
300 seats for 3,000, which is all that the purse has, whichever row it stands in: coverage 0.90 and 1.00. Fairness 0.90,
mean 0.95. Both units get their benchmark of 500, since what the core gets pays for the outer zone too: closeness 0.
Cost 3,000. With purses of its own the outer zone would have built 50 to 100 seats.""",
        {"fairness": 0.9, "coverage": 0.95, "cost": 3000},
        {"general": [500, 500]},
        binds="capital_budget",
        cities={
            "both": {"purse": FIRST},
            FIRST: {"zone": "core", "fund_available": 2000, "protected": True},
            SECOND: {"zone": "outer", "protected": False} | dict.fromkeys(ACCOUNTS),
        },
        service={"norm": 0.1, "capital_cost": 10, "restricted": True},
        capacity={FIRST: 900, SECOND: 700},
        pools={"general": {"total": 1000}},
        zones=["core"],
    ),
    case(
        "purse_debt",
        "同一预算的举债空间",
        "the debt room of a purse",
        BASE
        + """Both have one purse, and all its accounts stand in the row of the first: revenue of 10,000, essential
spending of 9,000, no debt, a limit of general debt of 3,000, no funds of its own.

The purse is green: new bonds are at most 0.2 · 10,000 = 2,000 (1.5 · 10,000 by the ratio, 0.15 · 10,000 / 0.05 by
debt service, 3,000 by the limit). General bonds have benchmarks of 2,500 each. The bonds cost 100 a year, so that
10,000 − 9,000 − 100 = 900 are left for building: 2,900, which is 580 seats, all for the worse-served second city: 6,580
seats, coverage 0.658, which is fairness. The first stays at 0.80: mean 0.729. Whose bonds they are makes no difference
to the purse, so each city gets 1,000: u = −0.6, closeness 0.36. Cost 2,900.""",
        {"fairness": 0.658, "coverage": 0.729, "closeness": 0.36, "cost": 2900},
        {"general_bond": [1000, 1000]},
        binds="debt_room",
        cities={
            "both": {"purse": FIRST},
            FIRST: {"revenue": 10000, "essential_spending": 9000, "fund_available": 0, "limit_general": 3000},
            SECOND: dict.fromkeys(ACCOUNTS),
        },
        pools={"general_bond": {"total": 5000}},
    ),
]
