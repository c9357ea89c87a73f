"""Debt by city and class, its limits, its cost, and the spending that comes first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from issuers import CLASSES, issuer_of, issuer_totals
from people import poverty
from pools import KEPT
from published import YEAR, fitting, published, with_published, years_of

INTEREST = 0.0345  # on all debt
MATURING = 0.011  # of all debt: 9 % falls due, most of it is refinanced
LAST_EQUALISATION_COUNTED = 0.95  # its floor: what a city may rely on when it plans its spending
FREE_LEAST, FREE_MOST = 0.01, 0.025  # share of the general budget that is not bound, poorest to richest city
# Weights of the formula for debt of which no year is published; 10⁴ yuan an urban resident.
OF_EXPENDITURE, OF_REVENUE, AN_URBAN_RESIDENT = 0.3, 0.5, 0.42


def estimate_debt(people: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """Debt, limits, interest, maturing principal and essential spending of all units, whole 10⁴ yuan.

    Args:
        people: as `estimate_people` gives it.
        money: revenue, expenditure, gdp, equalisation_last and other_transfers by code.
    """
    table = debt_and_limits(people, money)
    quota = quotas(table)
    for kind in CLASSES:
        table[f"quota_{kind}"] = quota[kind]
        # The rest of a new quota goes with the purposes outside: it uses up its own part of the limit.
        table[f"limit_{kind}"] += (KEPT[f"{kind}_bond"] * quota[kind]).round().astype("int64")
    debt = table["debt_general"] + table["debt_special"]
    table["interest"] = (INTEREST * debt).round().astype("int64")
    table["maturing"] = (MATURING * debt).round().astype("int64")

    free = FREE_MOST + (FREE_LEAST - FREE_MOST) * poverty(people.assign(gdp=money["gdp"]))
    budget = money["revenue"] + money["other_transfers"] + LAST_EQUALISATION_COUNTED * money["equalisation_last"]
    spending = ((1 - free) * budget).round().astype("int64") - table["interest"]
    table["essential_spending"] = spending.clip(lower=0)
    return table


def debt_and_limits(people: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """Debt and limits at the end of 2020 by class, whole 10⁴ yuan.

    In every class the units of an issuer have at most its total, and leave room for what the province itself owes.
    """
    totals, issuer = issuer_totals(), issuers(people.index)
    whole = totals["debt_general"] + totals["debt_special"]
    debt = fitting(total_debt(people, money), published("debt_total"), issuer, whole)
    general = _split(debt, issuer, totals)
    parts = {"general": general, "special": debt - general}
    table = pd.DataFrame(index=people.index)
    for kind, part in parts.items():
        known = published(f"debt_{kind}")
        table[f"debt_{kind}"] = known.reindex(debt.index).fillna(part).round().astype("int64")
    for kind in CLASSES:
        known, owed = published(f"limit_{kind}"), table[f"debt_{kind}"]
        room = totals[f"limit_{kind}"] / totals[f"debt_{kind}"]
        amounts = known.reindex(debt.index).fillna(owed * issuer.map(room)).rename(f"limit_{kind}")
        own = (totals[f"debt_{kind}"] - owed.groupby(issuer).sum()).clip(lower=0)
        left = totals[f"limit_{kind}"] - own
        table[f"limit_{kind}"] = np.maximum(fitting(amounts, known, issuer, left), owed)
    return table


def _split(debt: pd.Series, issuer: pd.Series, totals: pd.DataFrame) -> pd.Series:
    """General debt, 10⁴ yuan: the estimated shares of an issuer's units are moved together, as little as is needed
    for neither class to exceed its total."""
    share, known = general_share(debt, issuer, totals), published("debt_general")
    known = known[known.index.isin(debt.index)]
    general = known.reindex(debt.index).fillna(debt * share)
    for group, members in issuer.groupby(issuer).groups.items():
        free = members.difference(known.index)
        most = totals.loc[group, "debt_general"] - known.reindex(members).sum()
        least = most - (totals.loc[group, ["debt_general", "debt_special"]].sum() - debt[members].sum())
        wanted = float(np.clip(general[free].sum(), least, most))
        odds = share[free] / (1 - share[free])
        low, high = -20.0, 20.0  # of the logarithm of what all odds are multiplied by
        for _ in range(60 if len(free) and wanted != general[free].sum() else 0):
            middle = (low + high) / 2
            moved = odds * np.exp(middle)
            general[free] = debt[free] * moved / (1 + moved)
            low, high = (middle, high) if general[free].sum() < wanted else (low, middle)
    return general


def total_debt(people: pd.DataFrame, money: pd.DataFrame, hidden: frozenset[str] = frozenset()) -> pd.Series:
    """Debt of both classes at the end of 2020, 10⁴ yuan: published; from other years; by formula.

    Args:
        people: as `estimate_people` gives it.
        money: revenue and expenditure by code.
        hidden: codes whose debt of 2020 is taken as not published, to see how good an estimate is.
    """
    province = people["province"]
    formula = debt_formula(people, money)
    known = published("debt_total").drop(list(hidden), errors="ignore")
    logs = {year: np.log(published("debt_total", year)) for year in years_of("debt_total")}
    logs[YEAR] = np.log(known)
    near = np.exp(from_other_years(logs, province)).rename("debt")
    best = with_published(formula, known, province)
    return known.reindex(best.index).fillna(near.reindex(best.index)).fillna(best).rename("debt")


def debt_formula(people: pd.DataFrame, money: pd.DataFrame) -> pd.Series:
    """Debt of both classes by formula alone, 10⁴ yuan, before it is brought to the published level."""
    of_means = OF_EXPENDITURE * money["expenditure"] + OF_REVENUE * money["revenue"]
    return of_means + AN_URBAN_RESIDENT * people["urban_residents"]


def general_share(debt: pd.Series, issuer: pd.Series, totals: pd.DataFrame) -> pd.Series:
    """General debt as a share of all: published; from the share of other years; the issuer's."""
    province = issuer.index.to_series().str[:2]
    logits: dict[int, pd.Series] = {}
    for year in years_of("debt_general"):
        share = (published("debt_general", year) / published("debt_total", year)).dropna()
        share = share[(share > 0) & (share < 1)]
        logits[year] = np.log(share / (1 - share))
    near = from_other_years(logits, province)
    shares = logits[YEAR].combine_first(near)
    of_issuer = totals["debt_general"] / (totals["debt_general"] + totals["debt_special"])
    return (1 / (1 + np.exp(-shares))).reindex(debt.index).fillna(issuer.map(of_issuer))


def from_other_years(known: dict[int, pd.Series], province: pd.Series) -> pd.Series:
    """What figures of other years say of 2020, by city.

    Args:
        known: year -> figures by city, on a scale on which changes add up (a logarithm, a logit).
        province: of every code.

    Returns:
        The figures of other years, each moved to 2020 by the median change of the province's cities that have both
        years (of all cities where these are fewer than three), weighted by 1/distance².
    """
    above, below = pd.Series(0.0, index=province.index), pd.Series(0.0, index=province.index)
    for year, figures in known.items():
        if year == YEAR:
            continue
        change = (known[YEAR] - figures).dropna()
        groups = change.groupby(province.reindex(change.index))
        usual = province.map(groups.median().where(groups.count() >= 3)).fillna(change.median())
        moved = (figures + usual.reindex(figures.index)).reindex(province.index)
        weight = 1 / (year - YEAR) ** 2
        above += (weight * moved).fillna(0.0)
        below += weight * moved.notna()
    return above / below.where(below > 0)


def quotas(debt: pd.DataFrame) -> pd.DataFrame:
    """New quota of 2020 by class, 10⁴ yuan: the rise of the limit as published, at least 0; elsewhere by debt.

    A rise counts what was taken back and what came from elsewhere. Where the rises of an issuer exceed its quota they
    are lowered in proportion; an issuer that is one city has its own quota.
    """
    totals, issuer = issuer_totals(), issuers(debt.index)
    alone = issuer.groupby(issuer).transform("size") == 1
    table = pd.DataFrame(index=debt.index)
    for kind in CLASSES:
        of_issuer = issuer.map(totals[f"quota_{kind}"]).astype(float)
        by_debt = of_issuer * debt[f"debt_{kind}"] / issuer.map(totals[f"debt_{kind}"])
        rise = published(f"limit_rise_{kind}").clip(lower=0)
        amounts = rise.reindex(debt.index).fillna(by_debt).where(~alone, of_issuer)
        over = (amounts.groupby(issuer).transform("sum") / of_issuer).clip(lower=1)
        table[kind] = (amounts / over).round().astype("int64")
    return table


def issuers(codes: pd.Index) -> pd.Series:
    """The issuer of every code."""
    return pd.Series([issuer_of(code) for code in codes], index=codes)
