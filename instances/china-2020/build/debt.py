"""Debt by city and class, its limits, its cost, and the spending that comes first."""

from __future__ import annotations

import pandas as pd
from common import share_out_within
from issuers import CLASSES, issuer_of, issuer_totals
from people import poverty
from pools import RESERVES

INTEREST = 0.0345  # on all debt
MATURING = 0.011  # of all debt: 9 % falls due, most of it is refinanced
LAST_EQUALISATION_COUNTED = 0.95  # its floor: what a city may rely on when it plans its spending
FREE_LEAST, FREE_MOST = 0.004, 0.025  # share of the general budget that is not bound, poorest to richest city
WEAKNESS = 0.9  # how much more debt a head of means the poorest city of the country carries than the richest
SHRINKAGE = 2.0  # more debt for each share of residents lost since 2010


def estimate_debt(people: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """Debt, limits, interest, maturing principal and essential spending of all units, whole 10⁴ yuan."""
    totals = issuer_totals()
    issuer = pd.Series([issuer_of(code) for code in people.index], index=people.index)
    poor = poverty(people.assign(gdp=money["gdp"]))
    means = money["revenue"] + money["fund_revenue"] + money["other_transfers"] + money["equalisation_last"]
    strain = (1 + WEAKNESS * poor) * (1 + SHRINKAGE * (-people["growth"]).clip(lower=0))
    # The general budget carries general debt, the government fund special debt; both follow residents in part.
    bases = {
        "general": 0.6 * _share(means) + 0.4 * _share(people["residents"]),
        "special": 0.6 * _share(0.5 * means + money["fund_revenue"]) + 0.4 * _share(people["urban_residents"]),
    }
    table = pd.DataFrame(index=people.index)
    for kind in CLASSES:
        weights = (bases[kind] * strain).rename(f"debt_{kind}")
        table[f"debt_{kind}"] = share_out_within(totals[f"debt_{kind}"].to_dict(), issuer, weights)
        # The rest of the new quota goes with the purposes outside: it uses up its own part of the limit.
        limits = totals[f"limit_{kind}"] + (1 - RESERVES[f"{kind}_bond"]) * totals[f"quota_{kind}"]
        limit_of = limits.round().astype("int64").to_dict()
        table[f"limit_{kind}"] = share_out_within(limit_of, issuer, table[f"debt_{kind}"])
    debt = table["debt_general"] + table["debt_special"]
    table["interest"] = (INTEREST * debt).round().astype("int64")
    table["maturing"] = (MATURING * debt).round().astype("int64")

    free = FREE_MOST + (FREE_LEAST - FREE_MOST) * poor
    budget = money["revenue"] + money["other_transfers"] + LAST_EQUALISATION_COUNTED * money["equalisation_last"]
    spending = ((1 - free) * budget).round().astype("int64") - table["interest"]
    table["essential_spending"] = spending.clip(lower=0)
    return table


def _share(values: pd.Series) -> pd.Series:
    return values / values.sum()
