"""What is given out, side by side: by city and pool, by measure, by group of cities; who gains and who loses."""

from __future__ import annotations

import pandas as pd

from alloc.comparison.pair import SUM_DUST, Pair, a_resident, compared, relative
from alloc.result.result import Result

KIND_UNITS = {"land": "ha", "transfer": "10⁴ yuan", "bond": "10⁴ yuan"}
KINDS = {"land": "land", "transfer": "transfers", "bond": "bonds"}  # kind of a pool -> measure
PEOPLE = ["settle", "settle_limit", "score"]
MEASURES = {"land": "ha", "transfers": "10⁴ yuan", "bonds": "10⁴ yuan", "settle": "persons", "settle_limit": "persons",
            "score": "share"}  # fmt: skip
WON = ("land", "transfers", "bonds", "settle", "score")
GROUPINGS = ("all", "province", "size_class")
LARGEST = 10  # gains and losses kept of each measure


def allocation(pair: Pair) -> pd.DataFrame:
    """Table `allocation`."""
    frame = compared(*pair.published, dust=0.0)
    frame["unit"] = frame.index.get_level_values("kind").map(KIND_UNITS)
    return _by_resident(pair, frame)


def pools(pair: Pair, given: pd.DataFrame) -> pd.DataFrame:
    """Table `pools`.

    Args:
        pair: the two results.
        given: table `allocation`.
    """
    key = ["pool", "kind"]
    frame = compared(*(each.groupby(key).sum() for each in pair.published), dust=SUM_DUST)
    frame["unit"] = frame.index.get_level_values("kind").map(KIND_UNITS)
    frame["available_base"], frame["available_other"] = _available(pair.base), _available(pair.other)
    indexed = given.set_index(key)
    change = indexed["change"]
    alone = ~indexed["city"].isin(pair.cities)
    for column, values in {
        "gains": change[change > 0],
        "losses": change[change < 0],
        "cities_gaining": (change > 0).astype(float),
        "cities_losing": (change < 0).astype(float),
        "only_base": indexed["base"][alone],
        "only_other": indexed["other"][alone],
    }.items():
        frame[column] = values.groupby(level=key).sum().reindex(frame.index).fillna(0.0)
    return frame.reset_index()


def measures(pair: Pair) -> pd.DataFrame:
    """Table `measures`: all pools of a kind together, settlement and score, by city."""
    tables = [_measures(*each) for each in zip((pair.base, pair.other), pair.published, strict=True)]
    # A result without a pool of a kind gives nothing of it to its cities.
    kinds = [name for name in KINDS.values() if any(name in each.columns for each in tables)]
    amounts = (each.reindex(columns=kinds, fill_value=0.0) for each in tables)
    given = compared(*(_stacked(each) for each in amounts), dust=SUM_DUST)
    frame = pd.concat([given, compared(*(_stacked(each[PEOPLE]) for each in tables))])
    frame["unit"] = frame.index.get_level_values("measure").map(MEASURES)
    return _by_resident(pair, frame).sort_values("city", kind="stable", ignore_index=True)


def winners(by_city: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Table `winners`.

    Args:
        by_city: table `measures`.
        cities: table `cities`.
    """
    found = []
    for measure in WON:
        rows = by_city[by_city["measure"] == measure]
        for direction, sign in (("gain", 1), ("loss", -1)):
            size = sign * rows["change"]
            order = size[size > 0].sort_values(ascending=False, kind="stable").index[:LARGEST]
            found.append(rows.loc[order].assign(direction=direction, rank=range(1, len(order) + 1)))
    frame = pd.concat(found)
    names = cities.set_index("city")
    return frame.assign(**{column: frame["city"].map(names[column]) for column in ("name", "province_name")})


def groups(pair: Pair, given: pd.DataFrame, by_city: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Table `groups`.

    Args:
        pair: the two results.
        given: table `allocation`.
        by_city: table `measures`.
        cities: table `cities`.
    """
    if pair.cities.empty:
        return pd.DataFrame()
    rows = pd.concat([by_city, given.assign(measure="allocation:" + given["pool"])])
    rows = rows[rows["city"].isin(pair.cities)].dropna(subset=["base", "other"])
    member_of = cities.assign(all="").set_index("city").reindex(pair.cities)
    residents = [each.reindex(pair.cities) for each in pair.residents]
    units = rows.drop_duplicates("measure").set_index("measure")["unit"]
    found = []
    for grouping in GROUPINGS:
        member = member_of[grouping]
        people = [each.groupby(member).sum() for each in residents]
        by = [rows["city"].map(member).rename("group"), rows["measure"]]
        sums = []
        for column, each, total in zip(("base", "other"), residents, people, strict=True):
            score = rows["measure"] == "score"
            weight = rows["city"].map(each) / by[0].map(total)
            sums.append((rows[column] * weight.where(score, 1.0)).groupby(by).sum())
        frame = compared(*sums)
        # Means move by their own dust; amounts by what their cities move, so that they add up.
        mean = frame.index.get_level_values("measure") == "score"
        frame["change"] = frame["change"].where(mean, rows["change"].groupby(by).sum())
        frame["relative"] = relative(frame)
        frame["unit"] = frame.index.get_level_values("measure").map(units.to_dict())
        group = frame.index.get_level_values("group")
        frame["cities"] = group.map(member.value_counts().to_dict())
        frame = a_resident(frame, *(pd.Series(group.map(each.to_dict())) for each in people))
        found.append(frame.reset_index().assign(grouping=grouping))
    return pd.concat(found)


def _available(result: Result) -> pd.Series:
    table = result.instance.tables["pools"].set_index(["pool", "kind"])
    return (1 - table["reserve"]) * table["total"]


def _measures(result: Result, published: pd.Series) -> pd.DataFrame:
    """City × measure; kinds of which the result has no pool are left out."""
    amounts = published.groupby(["city", "kind"]).sum().unstack().rename(columns=KINDS)
    return amounts.join(result.tables["people"].set_index("city")[PEOPLE], how="right")


def _stacked(table: pd.DataFrame) -> pd.Series:
    stacked = table.rename_axis(index="city", columns="measure").stack()
    assert isinstance(stacked, pd.Series)
    return stacked


def _by_resident(pair: Pair, frame: pd.DataFrame) -> pd.DataFrame:
    cities = frame.index.get_level_values("city")
    return a_resident(frame, *(each.reindex(cities) for each in pair.residents)).reset_index()
