"""Group limits: those of the nation, and for every province what it may have of each pool."""

from __future__ import annotations

import pandas as pd
from common import read  # type: ignore[import-not-found]
from issuers import CLASSES, issuer_totals  # type: ignore[import-not-found]
from pools import KEPT, LIMIT_COLUMNS, LIMITS  # type: ignore[import-not-found]

from alloc.content.places import PROVINCES

NARROW_LAND = 0.10  # a province's land stays this near to its formula; a county's may move by 0.30
GROWTH = 1.22  # of last year's equalisation at the pace of the pool, the most a province has; a county's cap is 1.25
# By county the formulas give megacities 0.078 of the land and the north-east 0.094 of equalisation.
NATIONAL = {"megacity_land": 0.08, "northeast_equalisation": 0.097}
# Here production land is not levelled between counties, so that its share of new land has a limit.
PRODUCTION = (
    "production_land", "产业用地占新增用地比重", "production's share of new land", "land_use:production",
    "", "<=", 0.8, "share", "自然资源部", "2.2: housing and services first; value assumed",
    "2.2：住房和公共服务优先；限值为假设",
)  # fmt: skip
NEAR_ZH = "2.3：各省不偏离公式太远；幅度为假设"
CORPS = {"660000": "Xinjiang Production and Construction Corps"}  # issues bonds, and is no province
TITLES = {"general": ("一般债券", "general bonds"), "special": ("专项债券", "special bonds")}


def limits(
    cities: pd.DataFrame, shares: pd.DataFrame, last: pd.DataFrame, pools: pd.DataFrame, codes: pd.Series
) -> pd.DataFrame:
    """The table `limits`.

    Args:
        cities: the table of that name, index = code.
        shares: share of each pool by its formula, by county.
        last: last year's amounts, by county.
        pools: the table of that name, index = pool.
        codes: code of the issuer, by county.
    """
    names = cities.groupby("province")["province_name"].first()
    value = LIMIT_COLUMNS.index("value")
    rows = [(*row[:value], NATIONAL.get(row[0], row[value]), *row[value + 1 :]) for row in LIMITS] + [PRODUCTION]
    given = pools["total"] * (1 - pools["reserve"])
    land = shares["land"].groupby(cities["province"]).sum()
    equalisation = last["equalisation"].groupby(cities["province"]).sum()
    grown = given["equalisation"] / equalisation.sum()
    formula = given["equalisation"] * shares["equalisation"].groupby(cities["province"]).sum()
    for code, name in names.items():
        english = PROVINCES[code]
        where = f"province = '{code}'"
        rows += [
            (f"land_most_{code}", f"{name}新增用地上限", f"{english}: most new land", "allocation:land", where, "<=",
             round(land[code] * (1 + NARROW_LAND), 6), "share", "自然资源部",
             "2.3: provinces keep near the formula; width assumed", NEAR_ZH),
            (f"land_least_{code}", f"{name}新增用地下限", f"{english}: least new land", "allocation:land", where, ">=",
             round(land[code] * (1 - NARROW_LAND), 6), "share", "自然资源部",
             "2.3: provinces keep near the formula; width assumed", NEAR_ZH),
            (f"equalisation_most_{code}", f"{name}均衡性转移支付上限", f"{english}: most equalisation",
             "allocation:equalisation", where, "<=", round(GROWTH * grown * equalisation[code]), "amount", "财政部",
             "5: change from year to year is limited; width assumed", "5：年度变动有限；幅度为假设"),
        ]  # fmt: skip
        # Where the formula gives a province less than it had, the floors of its counties alone protect it.
        if formula[code] >= equalisation[code]:
            rows.append(
                (f"equalisation_least_{code}", f"{name}均衡性转移支付下限", f"{english}: least equalisation",
                 "allocation:equalisation", where, ">=", int(equalisation[code]), "amount", "财政部",
                 "5: what a province had is kept, while a county may lose 0.05",
                 "5：各省不低于上年数，县级可减 5%")
            )  # fmt: skip
    totals = issuer_totals()
    english_names = {**read("names_en.csv").set_index("city")["name_en"], **PROVINCES, **CORPS}
    issuers = cities["issuer"].groupby(codes).first()
    for issuer, name in issuers.items():
        for kind in CLASSES:
            zh, en = TITLES[kind]
            quota = round(KEPT[f"{kind}_bond"] * totals.loc[issuer, f"quota_{kind}"])
            rows.append(
                (f"{kind}_bond_{issuer}", f"{name}新增{zh}限额", f"{english_names[issuer]}: quota of new {en}",
                 f"allocation:{kind}_bond", f"issuer = '{name}'", "<=", quota, "amount", "财政部",
                 "new quota of 2020 as published, times what goes to the services",
                 "公布的 2020 年新增限额，乘以用于公共服务的比例")
            )  # fmt: skip
    return pd.DataFrame(rows, columns=LIMIT_COLUMNS).sort_values("limit", ignore_index=True)
