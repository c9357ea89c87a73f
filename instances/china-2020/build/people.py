"""People: residents by age, migrants, settlement, size of the city, region and cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import TEN_THOUSAND, national, published, rank_share, read, share_out

REGIONS = {
    "east": ["11", "12", "13", "31", "32", "33", "35", "37", "44", "46"],
    "central": ["14", "34", "36", "41", "42", "43"],
    "west": ["15", "45", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"],
    "northeast": ["21", "22", "23"],
}
CLASSES = ["small_2", "small_1", "medium", "large_2", "large_1", "very_large", "megacity"]
CLASS_BORDERS = [200_000, 500_000, 1_000_000, 3_000_000, 5_000_000, 10_000_000]
# Settled last year, as a share of migrants: the larger the city, the harder it is to be registered.
SETTLED = {"megacity": 0.012, "very_large": 0.035, "large_1": 0.06, "large_2": 0.06,
           "medium": 0.085, "small_1": 0.10, "small_2": 0.10}  # fmt: skip
QUOTA = {"megacity": 0.025, "very_large": 0.06}
POINTS_QUOTA = {"110000": 6_000}  # Beijing settles migrants by points alone, so many a year (from memory)
RECEIVING = 1.05  # residents for each registered person from which a city takes in more people than it sends away
LEAST_SETTLED = 0.5  # of the rate of the class, where the register shows less: it misses who moved inside the city
DEATHS = 0.00707  # a resident of the nation in 2020
WITHIN_FLOOR = 0.3  # at least this share of the moves from another county counts as migration
LARGEST_UNPUBLISHED = 4_750_000  # the 21 cities above 5 M are all published
REDRAWN = ["220100", "220300"]  # Gongzhuling left Siping for Changchun between the two registers
ONLY_DISTRICTS = ["110000", "120000", "310000"]
# The fifteen cities of vice-provincial rank: ten capitals of provinces and five cities that the state plans singly.
SUB_PROVINCIAL = ["210100", "210200", "220100", "230100", "320100", "330100", "330200", "350200", "370100", "370200",
                  "420100", "440100", "440300", "510100", "610100"]  # fmt: skip


def city_of_county(code: str) -> str:
    """The unit of `cities_2020.csv` that a county or district belongs to."""
    if code[:2] in ("11", "12", "31", "50"):
        return code[:2] + "0000"
    # Units run by the province itself (…90xx, and the cities of the production corps) are rows of their own.
    return code if code[2:4] == "90" else code[:4] + "00"


def districts(counties: pd.DataFrame) -> pd.DataFrame:
    """By city: residents and urban residents of its districts, how far they are split up, its largest urban county."""
    by_city = counties.assign(city=counties["adcode"].map(city_of_county))
    urban = by_city[by_city["name"].str.endswith("区")].copy()
    share = urban["resident_pop_2020"] / urban.groupby("city")["resident_pop_2020"].transform("sum")
    urban["concentration"] = share**2
    table = urban.groupby("city").agg(
        district_residents=("resident_pop_2020", "sum"),
        district_urban=("urban_pop_2020", "sum"),
        concentration=("concentration", "sum"),
    )
    table["split"] = 1 - table["concentration"]
    return table.join(by_city.groupby("city")["urban_pop_2020"].max().rename("largest_urban"), how="outer")


def estimate_people(cities: pd.DataFrame) -> pd.DataFrame:
    """Every column about people of all units in `cities_2020.csv`, index = code."""
    local = districts(read("counties_2020.csv")).reindex(cities.index)
    table = pd.DataFrame(index=cities.index)
    table["name"] = cities["name"]
    table["name_en"] = read("names_en.csv").set_index("city")["name_en"].reindex(cities.index)
    table["province"] = cities["province_adcode"]
    table["province_name"] = cities["province"]
    table["unit_type"] = cities["unit_type"].mask(cities.index.isin(SUB_PROVINCIAL), "sub_provincial")
    region = {code: name for name, codes in REGIONS.items() for code in codes}
    table["region"] = cities["province_adcode"].str[:2].map(region)
    table["lon"], table["lat"] = cities["lon_seat"], cities["lat_seat"]
    table["cluster"] = cities["city_cluster"].fillna("").str.split(";").str[0].str.split("(").str[0]

    table["residents"] = cities["resident_pop_2020"]
    table["registered"] = registered(cities)[0]
    table["urban_residents"] = cities["urban_pop_2020"]
    table["size_population"] = _size_population(cities, local)
    table["growth"] = cities["pop_growth_2010_2020_adj"].fillna(0.0)
    size_class = size_class_of(table["size_population"])
    table["role"] = _role(table, size_class)

    table["migrants_cross"] = cities["hukou_elsewhere_other_province"]
    table["migrants_within"] = _migrants_within(cities, local)
    migrants = table["migrants_cross"] + table["migrants_within"]
    table["settled_last"] = _settled_last(cities, migrants, size_class)
    quota = np.ceil(np.maximum(migrants * size_class.map(QUOTA), table["settled_last"]) / 10) * 10
    quota = quota.where(size_class.isin(list(QUOTA)))
    quota[list(POINTS_QUOTA)] = list(POINTS_QUOTA.values())
    table["settlement_quota"] = quota.astype("Int64")

    # What kindergartens are planned for: children under five, when they will be three to five.
    table["age_3_5_plan"] = (0.6 * cities["age_0_4"]).round().astype(int)
    table["age_3_5"] = (0.4 * cities["age_0_4"] + 0.2 * cities["age_5_9"]).round().astype(int)
    table["age_6_11"] = (0.8 * cities["age_5_9"] + 0.4 * cities["age_10_14"]).round().astype(int)
    table["age_12_14"] = (0.6 * cities["age_10_14"]).round().astype(int)
    table["age_60_plus"] = cities["age_60_plus"]
    for cohort, factor in _migrant_cohort_factors(table, migrants).items():
        table[f"migrant_{cohort}"] = (factor * table[cohort] * migrants / table["residents"]).round().astype(int)
    return table


def registered(cities: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Registered people wherever they live, and where the yearbook prints them.

    Elsewhere those who live here and are registered here times the median ratio of the province's published cities,
    the nation's where it has none: who has left is registered still. Leaving out a fifth of the published cities in
    turn, the median error is 4.3 %, a tenth by more than 10.8 %; with the nation's ratio alone 6.0 %.
    """
    known = TEN_THOUSAND * published("registered_1e4", 2020, cities.index)
    elsewhere = cities["hukou_elsewhere_other_province"] + cities["hukou_elsewhere_same_province_other_county"]
    at_home = cities["resident_pop_2020"] - elsewhere
    ratio = known / at_home
    usual = cities["province_adcode"].map(ratio.groupby(cities["province_adcode"]).median()).fillna(ratio.median())
    return known.fillna(usual * at_home).round().astype(int), known.notna()


def size_class_of(size_population: pd.Series) -> pd.Series:
    """The class of size, by the borders of the State Council's notice of 2014 (lower bound included)."""
    place = np.searchsorted(CLASS_BORDERS, size_population.to_numpy(), side="right")
    return pd.Series([CLASSES[k] for k in place], index=size_population.index)


def poverty(table: pd.DataFrame) -> pd.Series:
    """From 0 for the highest GDP a head to 1 for the lowest."""
    return 1 - rank_share(table["gdp"] / table["residents"])


def _size_population(cities: pd.DataFrame, local: pd.DataFrame) -> pd.Series:
    """Urban-district residents: published for 21 cities; elsewhere a ratio of the urban residents of the districts."""
    published = read("urban_district_residents_2020.csv").set_index("city")["urban_district_residents_10k"] * 10_000
    comparable = published.index.intersection(local.index[local["district_urban"].notna()])
    ratio = published[comparable].sum() / local.loc[comparable, "district_urban"].sum()
    # A prefecture or league without districts is as large as its largest county; one without counties is one city.
    urban = local["district_urban"].fillna(local["largest_urban"]).fillna(cities["urban_pop_2020"])
    estimate = (ratio * urban).clip(upper=LARGEST_UNPUBLISHED).round(-2)
    return published.reindex(cities.index).fillna(estimate).clip(lower=1).astype(int)


def _migrants_within(cities: pd.DataFrame, local: pd.DataFrame) -> pd.Series:
    """Registered elsewhere in the province, less the moves between districts of the same city.

    Beijing, Tianjin and Shanghai consist of districts alone, so all that they report from "another county of the
    province" are such moves: 11 % of residents times the chance that two of them live in different districts. Never
    fewer than what residents exceed registered people by, as far as "another county" goes: all of those moved in.
    """
    registered = TEN_THOUSAND * published("registered_1e4", 2020, cities.index)
    net = cities["resident_pop_2020"] - registered - cities["hukou_elsewhere_other_province"]
    net = net.fillna(0.0)
    moved = cities["hukou_elsewhere_same_province_other_county"]
    mixed = (local["district_residents"] * local["split"]).fillna(0.0)
    known = ONLY_DISTRICTS
    rate = moved[known].sum() / mixed[known].sum()
    within = np.maximum(WITHIN_FLOOR * moved, moved - rate * mixed)
    within = np.maximum(within, np.minimum(net, moved)).round().astype(int)
    within[known] = 0
    return within


def register_gain(cities: pd.DataFrame) -> pd.Series:
    """People whom the register gained a year from 2019 to 2021 beyond births and deaths; blank where not published.

    Births are those that left children under five, deaths the nation's in proportion to people of 60 and more; both
    of registered people as of residents. Both figures of the register are rounded to 10⁴, so it is ± 5,000.
    """
    residents = cities["resident_pop_2020"]
    before, after = (TEN_THOUSAND * published("registered_1e4", year, cities.index) for year in (2019, 2021))
    registered = (before + after) / 2
    aged = cities["age_60_plus"] / residents
    births = cities["age_0_4"] / 5 / residents
    deaths = DEATHS * aged / (cities["age_60_plus"].sum() / residents.sum())
    gain = (after - before) / 2 - (births - deaths) * registered
    return gain.where(residents > RECEIVING * registered).drop(REDRAWN).reindex(cities.index)


def _settled_last(cities: pd.DataFrame, migrants: pd.Series, size_class: pd.Series) -> pd.Series:
    """Where the register shows it, its gain; elsewhere the rest of the nation's by migrants and class of size."""
    usual = migrants * size_class.map(SETTLED)
    known = np.maximum(register_gain(cities), LEAST_SETTLED * usual)
    known[list(POINTS_QUOTA)] = list(POINTS_QUOTA.values())
    known = known.round()
    left = int(national()["settled"]) - int(known.sum())
    weights = usual.where(known.isna(), 0.0).rename("settled_last")
    return known.fillna(share_out(left, weights)).astype("int64")


def _role(table: pd.DataFrame, size_class: pd.Series) -> pd.Series:
    """`centre` of a cluster: its largest city and every other above 5 M; the rest of the cluster is `ring`."""
    largest = table.groupby("cluster")["size_population"].transform("max")
    centre = (table["size_population"] == largest) | size_class.isin(["megacity", "very_large"])
    role = pd.Series(np.where(centre, "centre", "ring"), index=table.index)
    return role.where(table["cluster"] != "", "")


def _migrant_cohort_factors(table: pd.DataFrame, migrants: pd.Series) -> dict[str, float]:
    """How much rarer a cohort is among migrants than among residents: one factor each that meets a national count."""
    figures = national()
    proportional = {
        cohort: float((table[cohort] * migrants / table["residents"]).sum())
        for cohort in ("age_3_5", "age_6_11", "age_12_14", "age_60_plus")
    }
    pupils = figures["compulsory_pupils_of_migrants"] / (proportional["age_6_11"] + proportional["age_12_14"])
    elderly = figures["migrants_aged_60_plus_2015"] * (1 + figures["migrants_aged_60_plus_growth"]) ** 5
    factors = dict.fromkeys(("age_3_5", "age_6_11", "age_12_14"), min(1.0, pupils))
    return factors | {"age_60_plus": min(1.0, elderly / proportional["age_60_plus"])}
