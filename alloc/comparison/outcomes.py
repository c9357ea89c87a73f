"""What comes of it, side by side: services, debt, what is kept above cities, limits, schemes, binding rules."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alloc.comparison.pair import Pair, compared
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import derive
from alloc.instance.derived.optional.purses import purses_of
from alloc.instance.derived.optional.schemes import schemes as of_schemes
from alloc.instance.frames import records
from alloc.result.frames.bounds import bounds_that_bind
from alloc.result.frames.standing import families_as_published, limits_as_published
from alloc.result.result import Result

KEPT = ["unit", "pool", "kind"]


def services(pair: Pair) -> pd.DataFrame:
    """Table `services`."""
    tables = [each.table("services").set_index(["city", "service"]) for each in pair.both]
    frame = compared(*(each["coverage"] for each in tables))
    for column in ("added", "backlog"):
        values = compared(*(each[column] for each in tables))
        for name in ("base", "other", "change"):
            frame[f"{column}_{name}"] = values[name]
    return frame.reset_index()


def coverage(pair: Pair, cities: pd.DataFrame) -> pd.DataFrame:
    """Table `coverage`.

    Args:
        pair: the two results.
        cities: table `cities`.
    """
    if pair.cities.empty:
        return pd.DataFrame()
    classes = cities.set_index("city")["size_class"].reindex(pair.cities)
    found = []
    for member in (pd.Series("", pair.cities), classes):
        means = []
        for one, residents in zip(pair.both, pair.residents, strict=True):
            table = one.table("services")
            table = table[table["city"].isin(pair.cities) & table["service"].isin(pair.services)]
            by = [table["service"], table["city"].map(member).rename("size_class")]
            weight = table["city"].map(residents)
            means.append((table["coverage"] * weight).groupby(by).sum() / weight.groupby(by).sum())
        frame = compared(*means)
        frame["cities"] = frame.index.get_level_values("size_class").map(member.value_counts().to_dict())
        found.append(frame.reset_index())
    return pd.concat(found)


def debt(pair: Pair, same_borders: bool = True) -> pd.DataFrame:
    """Table `debt`; by other borders no tier is better or worse than another."""
    tables = [each.table("debt").set_index("city") for each in pair.both]
    frame = compared(*(each["new_general"] + each["new_special"] for each in tables))
    for column, source in (("ratio", "ratio_after"), ("room", "bond_room")):
        values = compared(*(each[source] for each in tables))
        for name in ("base", "other", "change"):
            frame[f"{column}_{name}"] = values[name]
    for column, source in (("tier_before", "tier_before"), ("tier", "tier_after")):
        for side, each in zip(("base", "other"), tables, strict=True):
            frame[f"{column}_{side}"] = each[source].reindex(frame.index).fillna("")
    order = tier_order(pair.base) if same_borders else ()
    frame["moved"] = [_moved(*each, order) for each in zip(frame["tier_base"], frame["tier_other"], strict=True)]
    return frame.assign(unit="10⁴ yuan").reset_index()


def heads(cities: pd.DataFrame) -> pd.Series:
    """Codes of the cities whose own purse it is: whoever shares one counts once, with its head."""
    return cities.loc[cities["city"] == cities["purse"], "city"]


def debt_tiers(step: str, before: pd.Series, after: pd.Series, order: Sequence[str]) -> pd.DataFrame:
    """Rows of the table `debt_tiers`, from the best tier to the worst.

    Args:
        step: ``compared`` or ``year``.
        before: tier by city.
        after: tier by city.
        order: names of the tiers, the best first.
    """
    counts = pd.DataFrame({"from_tier": before.to_numpy(), "to_tier": after.to_numpy()}).value_counts()
    frame = counts.rename("cities").reset_index()
    place = {name: number for number, name in enumerate(order)}
    frame = frame.sort_values(["from_tier", "to_tier"], key=lambda names: names.map(lambda name: (
        place.get(name, len(place)), name)))  # fmt: skip
    moved = [_moved(*each, order) for each in zip(frame["from_tier"], frame["to_tier"], strict=True)]
    return frame.assign(step=step, moved=moved)


def year_moves(result: Result) -> dict[str, list[str]]:
    """Cities whose debt tier moves within the year of a result, by the way: ``better``, ``worse``; of a purse its head.

    Args:
        result: with an allocation.
    """
    cities, order = result.instance.tables["cities"], tier_order(result)
    own, found = set(cities["city"].to_numpy()[purses_of(cities).heads]), dict[str, list[str]](better=[], worse=[])
    for row in records(result.tables["debt"], "city", "tier_before", "tier_after"):
        way = _moved(row["tier_before"], row["tier_after"], order)
        if row["city"] in own and way in found:
            found[way].append(row["city"])
    return found


def tier_order(result: Result) -> tuple[str, ...]:
    """Names of the debt tiers of a result, the best first."""
    return tuple(tier.name for tier in result.instance.settings.policy.debt.tiers)


def _moved(one: str, other: str, order: Sequence[str]) -> str:
    if one == other or not one or not other:
        return ""
    if one not in order or other not in order:
        return "other"
    return "worse" if order.index(one) < order.index(other) else "better"


def levels(pair: Pair) -> pd.DataFrame:
    """Table `levels`: what units above the cities keep, 0 of a pool of which a result keeps nothing."""
    pools = sorted({pool for each in (pair.base, pair.other) for pool in _kept(each).get("pool", ())})
    if not pools:
        return pd.DataFrame()
    tables = [_levels(*each, pools) for each in zip((pair.base, pair.other), pair.published, strict=True)]
    frame = compared(*(each["retained"] for each in tables))
    for name, column in (("received", "received"), ("share", "share")):
        values = compared(*(each[column] for each in tables))
        for side in ("base", "other", "change"):
            frame[f"{name}_{side}"] = values[side]
    return frame.reset_index()


def _kept(result: Result) -> pd.DataFrame:
    return result.tables.get("levels", pd.DataFrame())


def _levels(result: Result, published: pd.Series, pools: Sequence[str]) -> pd.DataFrame:
    """The table `levels` of a result by unit, pool and kind, with those of the pools of which it keeps nothing."""
    kept, cities = _kept(result), result.instance.tables["cities"].set_index("city")
    given = published.rename("received").reset_index()
    given = given[given["pool"].isin(pools) & ~given["pool"].isin(kept.get("pool", ()))]
    parts = [
        given.assign(unit=given["city"].map(cities[column])).groupby(KEPT)["received"].sum().to_frame()
        for column in result.instance.settings.policy.levels
    ]
    kinds = result.instance.tables["pools"].set_index("pool")["kind"]
    if len(kept):
        parts.append(kept.assign(kind=kept["pool"].map(kinds)).set_index(KEPT))
    whole = pd.concat([pd.DataFrame(columns=["received", "retained", "share"], dtype=float), *parts])
    whole.index = pd.MultiIndex.from_tuples(whole.index, names=KEPT)
    return whole.fillna({"retained": 0.0, "share": 0.0})


def limits(pair: Pair) -> pd.DataFrame:
    """Table `limits`."""
    tables = [limits_as_published(each).set_index("limit") for each in (pair.base, pair.other)]
    frame = compared(*(each["left"] for each in tables))
    for column in ("right", "slack"):
        values = compared(*(each[column] for each in tables))
        for side in ("base", "other", "change"):
            frame[f"{column}_{side}"] = values[side]
    return frame.rename_axis("limit").reset_index()


def schemes(pair: Pair) -> pd.DataFrame:
    """Table `schemes`."""
    tables = [_schemes(each) for each in (pair.base, pair.other)]
    frame = compared(*(each["moved"] for each in tables))
    values = compared(*(each["squeezed"] for each in tables))
    for side in ("base", "other", "change"):
        frame[f"squeezed_{side}"] = values[side]
    return frame.rename_axis(["scheme", "pool"]).reset_index()


def _schemes(result: Result) -> pd.DataFrame:
    """By scheme and pool: which part changes hands, and how many cities are squeezed."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    if len(result.instance.tables["schemes"]):
        derived = derive(result.instance)
        published = result.tables["allocation"].set_index(["city", "pool"])["published"].unstack()
        plan = published.loc[list(derived.cities), list(derived.pools)].to_numpy()
        for each in of_schemes(result.instance, derived):
            numbers = zip(derived.pools, each.moved(plan), each.squeezed.sum(axis=0), strict=True)
            found |= {(each.name, pool): (moved, float(count)) for pool, moved, count in numbers if moved == moved}
    index = pd.MultiIndex.from_tuples(found, names=["scheme", "pool"])
    return pd.DataFrame(list(found.values()), index, columns=["moved", "squeezed"], dtype=float)


def families(pair: Pair) -> pd.DataFrame:
    """Table `families`, in the order of the words; behind them the bounds at which cities stand."""
    tables = [families_as_published(each).set_index("family") for each in (pair.base, pair.other)]
    levers = [catalogue(each.instance.formulation).families for each in (pair.base, pair.other)]
    found = _binding(tables)
    known = [name for name in dict.fromkeys([*levers[0], *levers[1]]) if name in found.index]
    found = found.loc[[*known, *found.index.difference(known)]]
    bounds = [_bounds(each) for each in (pair.base, pair.other)]
    held = _binding(bounds)
    held = held[held[["base", "other"]].fillna(0.0).any(axis=1)]
    order = [name for name in dict.fromkeys([*bounds[0].index, *bounds[1].index]) if name in held.index]
    parts = [each for each in (found, held.loc[order]) if len(each)]
    return pd.concat(parts).rename_axis("family").reset_index() if parts else found.reset_index(names="family")


def _binding(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    frame = compared(*(each["binding"] for each in tables))
    frame["rows_base"], frame["rows_other"] = (each["rows"].reindex(frame.index) for each in tables)
    return frame


def _bounds(result: Result) -> pd.DataFrame:
    """By name of a bound: for how many cities it is one, and how many stand there."""
    found = {each.name: (float(each.of), float(len(each.cities))) for each in bounds_that_bind(result, idle=True)}
    return pd.DataFrame(list(found.values()), pd.Index(list(found), dtype=object), ["rows", "binding"], dtype=float)
