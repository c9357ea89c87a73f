"""How good the estimates are: every published figure, estimated as if it and a fifth of the others were not known.

python instances/china-2020/build/left_out.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import fifths, read
from debt import debt_formula, total_debt
from money import budget_formulas, county_sums, estimate_money, fund_formula
from people import estimate_people
from published import calibrated, published
from transfers import FROM_PROVINCE, of_provinces, received_beyond, transfers


def left_out() -> pd.DataFrame:
    """What was left out, and how far the estimate is from it.

    Returns:
        One row an estimate: how many figures, the median error and the one that a tenth exceed (|estimate/published −
        1|, the greater of it and its inverse), and how many are wrong by a factor of five or more.
    """
    cities = read("cities_2020.csv").set_index("adcode").sort_index()
    people = estimate_people(cities)
    money = estimate_money(cities, people)
    province = cities["province_adcode"]
    formulas = budget_formulas(money["gdp"], people["residents"], county_sums(cities))
    rows = {}
    for column in ("revenue", "expenditure"):
        rows[column] = _errors(published(column), formulas[column], province)
    fund = published("fund_revenue")
    shares = fund_formula(money["gdp"], people["residents"], people["urban_residents"])[fund.index]
    rows["fund_revenue, within Jiangsu"] = _off(shares / shares.sum(), fund / fund.sum())
    debt = published("debt_total")
    rows["debt, no year known"] = _errors(debt, debt_formula(people, money), province)
    folds = [total_debt(people, money, frozenset(fold))[fold] for fold in fifths(debt.index)]
    rows["debt, other years known"] = _off(pd.concat(folds), debt)
    return pd.DataFrame({name: _summary(off) for name, off in rows.items()}).T


def equalisation_shares() -> pd.DataFrame:
    """Shares of equalisation that no published share went into, beside published ones.

    Returns:
        One row a comparison: how many, the median error of a share, and the correlation of ranks.
    """
    cities = read("cities_2020.csv").set_index("adcode").sort_index()
    money = estimate_money(cities, estimate_people(cities))
    weights = received_beyond(money["expenditure"], money["revenue"], *FROM_PROVINCE)
    by_city = transfers("general_transfers", 2024)
    rows = {"provinces, 2024": (of_provinces(), transfers("equalisation_received", 2024))}
    for code, known in (("23", transfers("equalisation", 2021)), ("41", by_city), ("44", by_city), ("64", by_city)):
        rows[f"cities of {code}"] = (weights, known[known.index.str.startswith(code)])
    table = {}
    for name, (shares, known) in rows.items():
        estimate = shares.reindex(known.index)
        off = _off(estimate / estimate.sum(), known / known.sum())
        table[name] = {"figures": len(known), "median": off.median(), "rank": estimate.rank().corr(known.rank())}
    return pd.DataFrame(table).T


def _errors(known: pd.Series, formula: pd.Series, province: pd.Series) -> pd.Series:
    parts = [calibrated(formula, known.drop(fold), province)[fold] for fold in fifths(known.index)]
    return _off(pd.concat(parts), known)


def _off(estimate: pd.Series, known: pd.Series) -> pd.Series:
    """The factor between the two, less 1."""
    return np.exp(np.log(estimate.reindex(known.index) / known).abs()) - 1


def _summary(off: pd.Series) -> dict[str, float]:
    return {"figures": len(off), "median": off.median(), "tenth": off.quantile(0.9), "fivefold": int((off >= 4).sum())}


if __name__ == "__main__":
    print(left_out().round(3).to_string())
    print(equalisation_shares().round(3).to_string())
