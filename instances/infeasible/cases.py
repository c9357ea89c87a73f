"""Infeasible cases: rules that no allocation satisfies together. What differs from the cities of `build.py`, and why.

`families` are the families in conflict, and it needs each of them ("bounds": floors, caps, overrides). `finding` is the
code under which the arithmetic before the solve finds it, empty where that takes the solver.
"""

from __future__ import annotations

from typing import Any

FIRST, SECOND = "000001", "000002"


def case(
    name: str,
    zh: str,
    en: str,
    finding: str,
    families: list[str],
    arithmetic: str,
    relaxation: str = "infeasible",
    **rest: Any,
) -> dict[str, Any]:
    """One case; `relaxation` is feasible where whole facilities alone make the conflict."""
    found_by = "arithmetic" if finding else "solver"
    expected = {"found_by": found_by, "finding": finding, "families": families, "relaxation": relaxation}
    return {"name": name, "zh": zh, "en": en, "arithmetic": arithmetic, "expected": expected} | rest


def limit(of: str, sense: str, value: float, city: str = "", basis: str = "amount") -> dict[str, Any]:
    """One row of `limits` over one city, or over both."""
    return {
        "quantity": of,
        "sense": sense,
        "value": value,
        "where": f"city == '{city}'" if city else "",
        "basis": basis,
    }


MIGRANTS = {"both": {"migrants_within": 20000}}

CASES = [
    case(
        "floors_above_total",
        "保底合计超过总量",
        "floors above the pool",
        "pool_below_lower",
        ["pool_total", "bounds"],
        "A transfer of 10,000. Each city had 8,000 last year and keeps at least 0.9 of it: "
        "2 · 7,200 = 14,400 > 10,000.",
        pools={"general": {"floor_multiple": 0.9}},
        last_year={(FIRST, "general"): 8000, (SECOND, "general"): 8000},
    ),
    case(
        "caps_below_exhausted_pool",
        "封顶合计低于须分完的总量",
        "caps below a pool that has to be given out",
        "pool_above_upper",
        ["pool_total", "bounds"],
        "A transfer of 10,000, all of which must be given out. Each city had 3,000 last year and may get 1.2 times "
        "as much: 2 · 3,600 = 7,200 < 10,000.",
        pools={"general": {"cap_multiple": 1.2, "exhaust": True}},
        last_year={(FIRST, "general"): 3000, (SECOND, "general"): 3000},
    ),
    case(
        "limit_above_cap",
        "限制高于封顶",
        "a limit asks for more than a cap allows",
        "limit_against_bounds",
        ["group_limit", "bounds"],
        "The second city had 5,000 last year and may get 1.2 times as much, 6,000; a limit asks for at least 8,000.",
        pools={"general": {"cap_multiple": 1.2}},
        last_year={(FIRST, "general"): 5000, (SECOND, "general"): 5000},
        limits={"second_least": limit("allocation:general", ">=", 8000, SECOND)},
    ),
    case(
        "contradictory_limits",
        "两条限制互相矛盾",
        "two limits contradict each other",
        "limits_contradict",
        ["group_limit"],
        "The second city must get at least 6,000 by one limit and at most 4,000 by the other.",
        limits={
            "least": limit("allocation:general", ">=", 6000, SECOND),
            "most": limit("allocation:general", "<=", 4000, SECOND),
        },
    ),
    case(
        "limits_above_pool",
        "两条限制合计超过总量",
        "two limits share out more than there is",
        "limits_against_pool",
        ["group_limit", "pool_total"],
        "The first city must get at least 0.6 of the transfer, the second at least 0.5: 1.1 > 1.",
        limits={
            "first_share": limit("allocation:general", ">=", 0.6, FIRST, "share"),
            "second_share": limit("allocation:general", ">=", 0.5, SECOND, "share"),
        },
    ),
    case(
        "override_against_limit",
        "人工调整违反限制",
        "an override against a limit",
        "limit_against_bounds",
        ["group_limit", "bounds"],
        "The second city is fixed at 9,000; a limit allows 6,000.",
        overrides={(SECOND, "general"): 9000},
        limits={"second_most": limit("allocation:general", "<=", 6000, SECOND)},
    ),
    case(
        "override_above_cap",
        "人工调整超过封顶",
        "an override above a cap",
        "override_outside_bounds",
        ["bounds"],
        "The second city had 5,000 last year and may get 1.2 times as much, 6,000; it is fixed at 9,000.",
        pools={"general": {"cap_multiple": 1.2}},
        last_year={(FIRST, "general"): 5000, (SECOND, "general"): 5000},
        overrides={(SECOND, "general"): 9000},
    ),
    case(
        "floor_above_boundary",
        "保底超过城镇开发边界余量",
        "a floor outside the development boundary",
        "lower_above_upper",
        ["bounds"],
        "100 ha of new land. The first city had 20 ha last year and keeps at least as much; its boundary leaves 10 ha.",
        cities={FIRST: {"boundary_left": 10}},
        pools={"land": {"total": 100, "floor_multiple": 1}},
        last_year={(FIRST, "land"): 20, (SECOND, "land"): 20},
    ),
    case(
        "settlement_ahead_of_services",
        "落户要求超出公共服务增长",
        "more settlers than schools can grow for",
        "",
        ["group_limit", "recognised_need", "growth_limit"],
        """In each city 20,000 residents are migrants, and so are 2,000 of the pupils; 10,000 would settle. A migrant's
child counts by half until then, so one settler adds 0.5 · 2,000 / 20,000 = 0.05 seats of need, and the backlog may not
grow: 20 settlers for every new seat. Capacity can grow by 2 % a year: 160 and 120 seats, so 3,200 + 2,400 =
5,600 can settle. A limit asks for 15,000. There is money enough: 750 seats cost 3,750.""",
        cities=MIGRANTS,
        service={"growth_limit": 0.02},
        limits={"settlers": limit("settle", ">=", 15000)},
    ),
    case(
        "settlement_unpaid",
        "落户成本无财力保障",
        "more settlers than the budget can pay",
        "",
        ["group_limit", "general_budget", "pool_total"],
        """10,000 migrants in each city would settle, at 1.5 a year each; schools do not gate. General revenue is spent,
and the general transfer is 10,000: enough for 6,667 settlers. A limit asks for 10,000, which cost 15,000.""",
        cities=MIGRANTS,
        service={"settlement_prerequisite": False},
        policy={"settlement_cost": 1.5},
        limits={"settlers": limit("settle", ">=", 10000)},
    ),
    case(
        "production_above_pool",
        "生产用地要求超过用地总量",
        "more production land than there is land",
        "limit_against_land",
        ["group_limit", "land_balance", "pool_total"],
        "30 ha of new land. The cities ask for 60 and 20 ha for production; a limit wants at least 50 ha of new land "
        "for it.",
        cities={FIRST: {"production_request": 60}, SECOND: {"production_request": 20}},
        pools={"land": {"total": 30}},
        limits={"production": limit("land_use:production", ">=", 50)},
    ),
    case(
        "bonds_above_rooms",
        "债券须分完而举债空间不足",
        "bonds that have to be given out, above the rooms for debt",
        "bonds_above_room",
        ["pool_total", "debt_room"],
        """General and special bonds of 1,500 each, all of which must be given out. Each city owes 149,000 against a
capacity to pay of 100,000; the ceiling of 1.5 leaves room for 1,000 in each: 2,000, enough for one of the pools, but
both together are 3,000. (Limits, interest and projects would do: the limits leave 51,000 of each class,
1,000 of general revenue pay the interest, schools bring revenue here, and each city could build for
10,000 or more.)""",
        cities={
            "both": {
                "debt_general": 149000,
                "limit_general": 200000,
                "limit_special": 51000,
                "interest": 4470,
                "essential_spending": 94530,
            }
        },
        service={"revenue_backed": True},
        pools={
            "general_bond": {"total": 1500, "exhaust": True},
            "special_bond": {"total": 1500, "exhaust": True},
        },
    ),
    case(
        "bonds_above_limits",
        "债券须分完而限额不足",
        "bonds that have to be given out, above the debt limits",
        "pool_above_upper",
        ["pool_total", "debt_limit"],
        """General bonds of 10,000, all of which must be given out. General debt is 100,000 in each city and its limit
102,000: 2 · 2,000 = 4,000 < 10,000. (The room by debt ratio is 50,000 in each, by tier 20,000.)""",
        cities={
            "both": {
                "debt_general": 100000,
                "limit_general": 102000,
                "interest": 3000,
                "essential_spending": 96000,
            }
        },
        pools={"general_bond": {"exhaust": True}},
    ),
    case(
        "bonds_without_projects",
        "债券须分完而无项目可建",
        "bonds that have to be given out, and nothing to build",
        "",
        ["pool_total", "borrow_to_build", "idle_land"],
        """General bonds of 10,000, all of which must be given out. Schools can grow by 5 % on their own site and in no
other way: 400 and 300 seats for 2,000 and 1,500, and no city may borrow more than it spends: 3,500 < 10,000.
(Each city asks for 20 ha for production, and reuse at 400 a hectare would be spending, but no land lies idle.)""",
        cities={"both": {"limit_general": 20000, "essential_spending": 99000, "production_request": 20}},
        policy={"reuse_cost": 400},
        service={"expansion_limit": 0.05},
        pools={"general_bond": {"exhaust": True}},
    ),
    case(
        "half_a_school",
        "半座学校",
        "land for one school and a half",
        "",
        ["group_limit", "public_land", "idle_land"],
        """Schools are built whole, 1,000 seats on 2 ha each. A limit wants exactly 3 ha of new land for public
services: one school and a half. The relaxation finds that in order; whole schools cannot make it (no land lies
idle).""",
        relaxation="feasible",
        integers=True,
        service={"module": 1000, "area": 20, "expansion_limit": 0},
        pools={"general": {}, "land": {"total": 10}},
        limits={"public": limit("land_use:public", "=", 3)},
    ),
    case(
        "school_and_a_half",
        "一座半学校",
        "seats for one school and a half",
        "",
        ["group_limit"],
        """Schools are built whole, 1,000 seats each, and cannot be enlarged. A limit wants exactly 1,500 new seats.
The relaxation builds one school and a half.""",
        relaxation="feasible",
        integers=True,
        service={"module": 1000, "expansion_limit": 0},
        limits={"seats": limit("added:school", "=", 1500)},
    ),
    case(
        "two_schools_one_site",
        "两座学校一块地",
        "two schools and land for one and a half",
        "",
        ["group_limit", "public_land", "land_balance", "idle_land", "pool_total"],
        """Schools are built whole, 1,000 seats on 2 ha each. A limit wants 1,200 new seats: two schools on 4 ha, and
there are 3 ha of new land and none that lies idle. The relaxation builds 1.2 schools on 2.4 ha.""",
        relaxation="feasible",
        integers=True,
        service={"module": 1000, "area": 20, "expansion_limit": 0},
        pools={"general": {}, "land": {"total": 3}},
        limits={"seats": limit("added:school", ">=", 1200)},
    ),
    case(
        "school_too_dear",
        "一座学校的钱不够",
        "money for less than a whole school",
        "",
        ["group_limit", "capital_budget", "general_budget"],
        """Schools are built whole: 1,000 seats for 5,000. A limit wants 400 new seats in the first city, which has
1,000 of its own and can get the whole transfer of 3,000: 4,000 < 5,000. The relaxation builds 0.4 of a school for
2,000.""",
        relaxation="feasible",
        integers=True,
        service={"module": 1000, "expansion_limit": 0},
        pools={"general": {"total": 3000}},
        limits={"seats": limit("added:school", ">=", 400, FIRST)},
    ),
    case(
        "override_for_half_a_school",
        "人工调整的用地只够半座学校",
        "an override that leaves land for half a school",
        "",
        ["group_limit", "public_land", "land_balance", "production_land", "idle_land"],
        """The second city is fixed at 3 ha of new land, none of which may stay unassigned, and it asks for none for
production: all 3 ha are for schools of 2 ha each, one and a half of them. No land lies idle.""",
        relaxation="feasible",
        integers=True,
        service={"module": 1000, "area": 20, "expansion_limit": 0},
        pools={"general": {}, "land": {"total": 10}},
        overrides={(SECOND, "land"): 3},
        limits={"unassigned": limit("land_use:unassigned", "<=", 0, SECOND)},
    ),
    case(
        "limit_above_stock_link",
        "限制高于增存挂钩所允许的用地",
        "a limit asks for more land than reuse allows",
        "limit_against_bounds",
        ["group_limit", "bounds"],
        """The first city may take 5 ha of new land and two for each hectare put back to use, and 0.3 of its 10 ha of
idle land can be: 5 + 2 · 3 = 11 ha. A limit asks for 15 ha.""",
        cities={FIRST: {"stock_base": 5, "idle": 10}},
        pools={"land": {"total": 100}},
        policy={"stock_ratio": 2},
        limits={"first_least": limit("allocation:land", ">=", 15, FIRST)},
    ),
    case(
        "override_above_debt_limit",
        "人工调整的债券超过限额",
        "an override above the debt limit",
        "override_above_room",
        ["bounds"],
        "The first city is fixed at general bonds of 3,000; it owes nothing, and its limit is 2,000.",
        cities={"both": {"limit_general": 2000, "essential_spending": 99000}},
        pools={"general_bond": {}},
        overrides={(FIRST, "general_bond"): 3000},
    ),
    case(
        "interest_unpaid",
        "债券须分完而付不起利息",
        "bonds that have to be given out, and no money for their interest",
        "",
        ["pool_total", "general_budget"],
        """General bonds of 10,000, all of which must be given out, at 5 %: 500 a year of general money. All general
revenue is spent, and the general transfer is 100. (Limits of 20,000 in each city, and seats to build for far more.)""",
        cities={"both": {"limit_general": 20000}},
        pools={"general": {"total": 100}, "general_bond": {"exhaust": True}},
    ),
    case(
        "growth_too_slow",
        "增长上限低于新增要求",
        "a limit asks for more seats than can be added in a year",
        "limit_against_growth",
        ["group_limit", "growth_limit"],
        """The second city may add half of its 6,000 seats in a year, 3,000; a limit asks for 3,500. There is money
enough, 30,000, and 4,000 seats are missing.""",
        service={"expansion_limit": 1},
        pools={"general": {"total": 30000}},
        limits={"seats": limit("added:school", ">=", 3500, SECOND)},
    ),
    case(
        "special_bonds_without_revenue",
        "专项债券须分完而无收益项目",
        "special bonds that have to be given out, and nothing that earns revenue",
        "",
        ["pool_total", "special_bond_purpose", "idle_land"],
        """Special bonds of 5,000, all of which must be given out. Schools bring no revenue, and although each city asks
for 20 ha for production and reuse at 400 a hectare would do, no land lies idle.""",
        cities={"both": {"limit_special": 20000, "essential_spending": 99000, "production_request": 20}},
        policy={"reuse_cost": 400},
        pools={"special_bond": {"total": 5000, "exhaust": True}},
    ),
    case(
        "limit_below_exhausted_pool",
        "限制低于须分完的总量",
        "a limit on all cities below a pool that has to be given out",
        "limit_against_pool",
        ["group_limit", "pool_total"],
        "A transfer of 10,000, all of which must be given out; a limit lets both cities together have half of it.",
        pools={"general": {"exhaust": True}},
        limits={"half": limit("allocation:general", "<=", 0.5, "", "share")},
    ),
]
