"""Pools, their factors, what cities had last year, and the group limits."""

from __future__ import annotations

import pandas as pd
from common import YUAN, national, read

# What goes to purposes outside the six services and beyond the 337 cities; without it everything is full in a year.
# Of a city's bond quota, what goes to the six services and to land put back to use.
KEPT = {"general_bond": 0.15, "special_bond": 0.1}
RESERVES = {
    "land": 0.5,  # key projects and transport
    "equalisation": 0.385,  # what provinces keep for themselves, and the 30 units that they run
    "settlement_reward": 0.01,
    "investment_grant": 0.75,
    "general_bond": 0.891,  # all but KEPT of the part that cities have; the rest is the provinces' own
    "special_bond": 0.909,
}
POOL_COLUMNS = ["pool", "kind", "use", "bond_class", "title_zh", "title_en", "total", "reserve", "outside",
                "exhaust", "floor_multiple", "cap_multiple", "corridor_down", "corridor_up", "quantum",
                "follow", "where", "phase_in"]  # fmt: skip
FACTORS = {
    "land": {
        "land_entitlement": 0.3,
        "settled_last": 0.1,
        "migrants": 0.1,
        "residents": 0.2,
        "production_standard": 0.3,
    },
    "equalisation": {"standard_gap": 1.0},
    "settlement_reward": {"settled_last": 0.6, "migrants_cross": 0.25, "migrants_within": 0.15},
    "investment_grant": {"residents": 0.5, "standard_gap": 0.3, "settled_last": 0.2},
    "general_bond": {"revenue": 0.4, "residents": 0.6},
    "special_bond": {"fund_revenue": 0.5, "urban_residents": 0.5},
}
# What cities had of land and grants was shared out by their own reports.
# The shares that last year's land and grants are made from: what cities reported themselves still counted.
FORMER_FACTORS = FACTORS | {
    "land": {
        "land_entitlement": 0.3,
        "settled_last": 0.1,
        "migrants": 0.1,
        "residents": 0.2,
        "production_request": 0.3,
    },
    "investment_grant": {"residents": 0.5, "fiscal_gap": 0.3, "settled_last": 0.2},
}
LIMIT_COLUMNS = [
    "limit",
    "title_zh",
    "title_en",
    "quantity",
    "where",
    "sense",
    "value",
    "basis",
    "owner",
    "source",
    "source_zh",
]
LIMITS = [
    ("megacity_land", "超大城市新增用地占比", "megacities' share of new land", "allocation:land",
     "size_class = 'megacity'", "<=", 0.08, "share", "自然资源部", "no further concentration; value assumed",
     "不再向超大城市集中；限值为假设"),
    ("northeast_equalisation", "东北地区均衡性转移支付占比", "the north-east's share of equalisation",
     "allocation:equalisation", "region = 'northeast'", ">=", 0.104, "share", "财政部",
     "regional balance; value assumed", "区域平衡；限值为假设"),
]  # fmt: skip


def reward_of_year(year: int) -> int:
    """The settlement reward between the published years 2019 and 2022, in whole 10⁸ yuan; unit 10⁴ yuan."""
    known = read("settlement_reward_national.csv").set_index("year")["reward_fund_national_100m"]
    slope = (known["2022"] - known["2019"]) / 3
    return round(known["2019"] + slope * (year - 2019)) * YUAN


def pool_table() -> pd.DataFrame:
    """The table `pools`."""
    figures, reserve = national(), RESERVES
    rows = [
        ("land", "land", "", "", "新增建设用地计划指标", "new construction land",
         figures["land_plan"], reserve["land"], True, 0.7, 1.4, 0.3, 0.3, 0.01, "", None),
        ("equalisation", "transfer", "general", "", "均衡性转移支付", "equalisation transfer",
         figures["equalisation"] * YUAN, reserve["equalisation"], True, 0.95, 1.25, 0.2, 0.2, 1,
         "standard_gap > 0", 0.33),
        ("settlement_reward", "transfer", "general", "", "农业转移人口市民化奖励资金", "settlement reward",
         reward_of_year(2021), reserve["settlement_reward"], True, 0.8, 1.5, 0.25, 0.25, 1, "", None),
        ("investment_grant", "transfer", "capital", "", "中央预算内投资", "central investment grant",
         figures["investment_grant"] * YUAN, reserve["investment_grant"], True, None, None, 0.4, 0.4, 1, "", None),
        ("general_bond", "bond", "", "general", "新增一般债券", "new general bonds",
         figures["bond_quota_general"] * YUAN, reserve["general_bond"], False, 0.7, None, None, 1, 1,
         "bond_room > 0", 0.5),
        ("special_bond", "bond", "", "special", "新增专项债券", "new special bonds",
         figures["bond_quota_special"] * YUAN, reserve["special_bond"], False, 0.7, None, None, 1, 1,
         "bond_room > 0", 0.5),
    ]  # fmt: skip
    # All that is not given to cities goes to other purposes; floors and caps follow what there is to give out.
    place = POOL_COLUMNS.index("outside")
    rows = [(*row[:place], 1, *row[place:-2], True, *row[-2:]) for row in rows]
    return pd.DataFrame(rows, columns=POOL_COLUMNS).sort_values("pool", ignore_index=True)


def factor_table() -> pd.DataFrame:
    """The table `factors`."""
    rows = [(pool, factor, weight) for pool, weights in FACTORS.items() for factor, weight in weights.items()]
    table = pd.DataFrame(rows, columns=["pool", "factor", "weight"])
    return table.sort_values(["pool", "factor"], ignore_index=True)


def limit_table() -> pd.DataFrame:
    """The table `limits`."""
    return pd.DataFrame(LIMITS, columns=LIMIT_COLUMNS).sort_values("limit", ignore_index=True)


def factor_values(cities: pd.DataFrame) -> pd.DataFrame:
    """`cities` with the factors that the engine derives: migrants, fiscal_gap, land_entitlement."""
    values = cities.copy()
    values["migrants"] = cities["migrants_cross"] + cities["migrants_within"]
    spent = cities["essential_spending"] + cities["interest"]
    values["fiscal_gap"] = (spent - cities["revenue"] - cities["other_transfers"]).clip(lower=0)
    per_head = cities["built_up"] * 10_000 / cities["urban_residents"]
    standard = pd.Series(50.0, index=cities.index).mask(per_head <= 150, 80.0).mask(per_head <= 100, 100.0)
    standard = standard.mask(cities["size_population"] >= 5_000_000, 0.0)
    values["land_entitlement"] = standard * cities["settled_last"] / 10_000
    return values


def benchmarks(cities: pd.DataFrame, formulas: dict[str, dict[str, float]] = FACTORS) -> pd.DataFrame:
    """Share of every pool by its formula: index code, one column a pool, each adds up to 1."""
    values = factor_values(cities)
    shares = {
        pool: sum(weight * values[factor] / values[factor].sum() for factor, weight in weights.items())
        for pool, weights in formulas.items()
    }
    return pd.DataFrame(shares)
