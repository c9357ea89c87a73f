"""Who publishes money and debt: 31 provinces, 5 separately planned cities apart, and the production corps.

The published tables mix two ways of counting. Which total holds a separately planned city differs from column to
column; this module takes them apart once, so that every other step meets disjoint totals.
"""

from __future__ import annotations

import pandas as pd
from common import YUAN, national, read
from published import published

SEPARATE = {"210200": "210000", "330200": "330000", "350200": "350000", "370200": "370000", "440300": "440000"}
CORPS = "660000"  # Xinjiang production and construction corps: no row of provinces_2020.csv
FUND_INCLUDES_SEPARATE = ("210000", "440000")  # the other three leave their separately planned city out
MUNICIPALITIES = ("110000", "120000", "310000", "500000")
HEBEI, SHANDONG, XINJIANG = "130000", "370000", "650000"
CLASSES = ("general", "special")
AMOUNTS = ["revenue", "expenditure", "fund_revenue"] + [
    f"{what}_{kind}" for what in ("debt", "limit", "quota") for kind in CLASSES
]


def issuer_of(code: str) -> str:
    """The issuer whose totals a unit of `cities_2020.csv` is part of."""
    if code in SEPARATE:
        return code
    return CORPS if code.startswith("659") else code[:2] + "0000"


def issuer_totals() -> pd.DataFrame:
    """Money by issuer in whole 10⁴ yuan: `AMOUNTS` by code of the issuer. Disjoint, so they add up to the country."""
    debt = read("debt_issuers_2020.csv")
    debt.index = pd.Index(debt["celma_code"].str.ljust(6, "0"), name="issuer")
    provinces = read("provinces_2020.csv").set_index("adcode")
    totals = pd.DataFrame(index=debt.index.sort_values())
    totals["revenue"] = provinces["gen_budget_revenue_2020_100m_adj"]
    totals["expenditure"] = provinces["gen_budget_expenditure_2020_100m_nbs"]
    totals["fund_revenue"] = debt["gov_fund_revenue_100m"]
    for kind in CLASSES:
        totals[f"debt_{kind}"] = debt[f"debt_balance_{kind}_100m"]
        totals[f"limit_{kind}"] = debt[f"debt_limit_{kind}_100m"]
        totals[f"quota_{kind}"] = debt[f"new_debt_quota_{kind}_100m"]
    for column in ("revenue", "expenditure"):
        # A city that is an issuer has what the yearbook reports: the platform's Qingdao is 75 and 115 too high.
        alone = published(column).reindex([*SEPARATE, *MUNICIPALITIES]) / YUAN
        totals.loc[alone.index, column] = alone
        totals.loc[list(SEPARATE.values()), column] -= alone[list(SEPARATE)].to_numpy()
    totals.loc[SHANDONG, "revenue"] = debt.loc[SHANDONG, "gen_budget_revenue_100m"]  # counted without Qingdao
    for city, province in SEPARATE.items():
        if province in FUND_INCLUDES_SEPARATE:
            totals.loc[province, "fund_revenue"] -= debt.loc[city, "gov_fund_revenue_100m"]
    for column in ("revenue", "expenditure"):
        totals.loc[CORPS, column] = debt.loc[CORPS, f"gen_budget_{column}_100m"]
    figures = national()
    for kind in CLASSES:
        # Xinjiang's limit holds that of the corps; Hebei, missing in the table, is what the nation has left.
        totals.loc[XINJIANG, f"limit_{kind}"] -= totals.loc[CORPS, f"limit_{kind}"]
        totals.loc[HEBEI, f"limit_{kind}"] = figures[f"debt_limit_{kind}"] - totals[f"limit_{kind}"].sum()
        totals.loc[HEBEI, f"quota_{kind}"] = figures[f"bond_quota_{kind}"] - totals[f"quota_{kind}"].sum()
    return (totals[AMOUNTS] * YUAN).round().astype("int64")
