"""What is given out, side by side: by city and pool, by measure, by group of cities; who gains and who loses."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alloc.comparison.merged import Merged
from alloc.comparison.pair import Pair, a_resident, compared, relative
from alloc.formulation.columns import KIND_UNITS
from alloc.instance.derived.optional.issued import shared_out
from alloc.result.result import Result
from alloc.tolerances import ROUNDOFF

KINDS = {"land": "land", "transfer": "transfers", "bond": "bonds"}  # kind of a pool -> measure
PEOPLE = ["settle", "settle_limit", "score"]
MEASURES = {"land": "ha", "transfers": "10⁴ yuan", "bonds": "10⁴ yuan", "settle": "persons", "settle_limit": "persons",
            "score": "share"}  # fmt: skip
WON = ("land", "transfers", "bonds", "settle", "score")
# How a city moved -> columns of `pools`: sum of the changes, and how many cities.
MOVES = {"gain": ("gains", "cities_gaining"), "loss": ("losses", "cities_losing"),
         "rounding": ("rounding", "cities_rounding")}  # fmt: skip
GROUPINGS = ("all", "province", "size_class")
LARGEST = 10  # gains and losses kept of each measure
QUANTUM_DUST = 1.001  # so that a change of one quantum is one, whatever arithmetic leaves of it


def allocation(pair: Pair) -> pd.DataFrame:
    """Table `allocation`."""
    added_up = any(each.into for each in pair.both)
    frame = compared(*pair.published, dust=ROUNDOFF if added_up else 0.0)
    frame["unit"] = frame.index.get_level_values("kind").map(KIND_UNITS)
    quantum = frame.index.get_level_values("pool").map(_quanta(pair).groupby(level="pool").max().to_dict())
    return _by_resident(pair, frame.assign(moved=_moved(frame["change"], quantum)))


def pools(pair: Pair, given: pd.DataFrame) -> pd.DataFrame:
    """Table `pools`.

    Args:
        pair: the two results.
        given: table `allocation`.
    """
    key = ["pool", "kind"]
    frame = compared(*(each.groupby(key).sum() for each in pair.published), dust=ROUNDOFF)
    frame["unit"] = frame.index.get_level_values("kind").map(KIND_UNITS)
    frame["available_base"], frame["available_other"] = _available(pair.base), _available(pair.other)
    indexed = given.set_index(key)
    change, moved = indexed["change"], indexed["moved"]
    alone = ~indexed["city"].isin(pair.cities)
    parts = pd.DataFrame(
        {
            **{column: change.where(moved == move) for move, (column, _) in MOVES.items()},
            **{column: (moved == move).astype(float) for move, (_, column) in MOVES.items()},
            "only_base": indexed["base"].where(alone),
            "only_other": indexed["other"].where(alone),
        }
    )
    return frame.join(parts.groupby(level=key).sum()).reset_index()


def measures(pair: Pair, scored_alike: bool = True) -> pd.DataFrame:
    """Table `measures`: all pools of a kind together, settlement and score, by city.

    Args:
        pair: the two results.
        scored_alike: whether both measure scores by the same yardstick.
    """
    tables = [_measures(*each) for each in zip(pair.both, pair.published, strict=True)]
    # A result without a pool of a kind gives nothing of it to its cities.
    kinds = [name for name in KINDS.values() if any(name in each.columns for each in tables)]
    amounts = (each.reindex(columns=kinds, fill_value=0.0) for each in tables)
    given = compared(*(_stacked(each) for each in amounts), dust=ROUNDOFF)
    frame = pd.concat([given, compared(*(_stacked(each[PEOPLE]) for each in tables))])
    measure = frame.index.get_level_values("measure")
    frame["unit"] = measure.map(MEASURES)
    quanta = _quanta(pair).groupby(level=["pool", "kind"]).max().groupby(level="kind").sum().rename(index=KINDS)
    least = {**quanta.to_dict(), "settle": 1.0}  # whole persons settle
    frame["moved"] = _moved(frame["change"], measure.map(least).fillna(0.0))
    if not scored_alike:
        frame["moved"] = frame["moved"].mask((measure == "score") & (frame["moved"] != ""), "other_yardstick")
    return _by_resident(pair, frame).sort_values("city", kind="stable", ignore_index=True)


def winners(by_city: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Table `winners`.

    Args:
        by_city: table `measures`.
        cities: table `cities`.
    """
    measured, moved = (by_city[column].to_numpy(dtype=object) for column in ("measure", "moved"))
    size = by_city["change"].abs().to_numpy()
    found: list[tuple[int, str, int]] = []
    for measure in WON:
        for direction in ("gain", "loss"):
            rows = np.flatnonzero((measured == measure) & (moved == direction))
            order = rows[np.argsort(-size[rows], kind="stable")][:LARGEST].tolist()
            found += [(row, direction, rank) for rank, row in enumerate(order, start=1)]
    places, directions, ranks = zip(*found, strict=True) if found else ((), (), ())
    frame = by_city.take(list(places)).assign(direction=directions, rank=ranks)
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
    rows = rows[rows["city"].isin(pair.cities)].dropna(subset=["base", "other"]).reset_index(drop=True)
    score = rows["measure"] == "score"
    member_of = cities.assign(all="").set_index("city").reindex(pair.cities)
    residents = [each.reindex(pair.cities) for each in pair.residents]
    living = [rows["city"].map(each) for each in residents]
    units = rows.drop_duplicates("measure").set_index("measure")["unit"]
    found = []
    for grouping in GROUPINGS:
        member = member_of[grouping]
        people = [each.groupby(member).sum() for each in residents]
        by = [rows["city"].map(member).rename("group"), rows["measure"]]
        parts = {"change": rows["change"]}
        for column, each, total in zip(("base", "other"), living, people, strict=True):
            parts[column] = rows[column] * (each / by[0].map(total)).where(score, 1.0)
        sums = pd.DataFrame(parts).groupby(by).sum()
        frame = compared(sums["base"], sums["other"])
        # Means move by their own dust; amounts by what their cities move, so that they add up.
        mean = frame.index.get_level_values("measure") == "score"
        frame["change"] = frame["change"].where(mean, sums["change"])
        frame["relative"] = relative(frame)
        frame["unit"] = frame.index.get_level_values("measure").map(units.to_dict())
        group = frame.index.get_level_values("group")
        frame["cities"] = group.map(member.value_counts().to_dict())
        frame = a_resident(frame, *(pd.Series(group.map(each.to_dict())) for each in people))
        found.append(frame.reset_index().assign(grouping=grouping))
    return pd.concat(found)


def _quanta(pair: Pair) -> pd.Series:
    """Quantum by pool and kind, of each result."""
    both = pd.concat([each.instance.tables["pools"] for each in (pair.base, pair.other)])
    quanta: pd.Series = both.set_index(["pool", "kind"])["quantum"]
    return quanta


def _moved(change: pd.Series, quantum: pd.Index) -> np.ndarray:
    """Whether a change is a gain or a loss, or no more than rounding makes of none."""
    least = QUANTUM_DUST * quantum.to_numpy(dtype=float)
    return np.select(
        [change > least, change < -least, change.fillna(0.0) != 0], ["gain", "loss", "rounding"], default=""
    )


def _available(result: Result) -> pd.Series:
    table = result.instance.tables["pools"].set_index(["pool", "kind"])
    parts = shared_out(result.instance.tables["pools"], result.instance.settings.stage)
    return (1 - table["reserve"]) * table["total"] * list(parts.values())


def _measures(one: Merged, published: pd.Series) -> pd.DataFrame:
    """City × measure; kinds of which the result has no pool are left out."""
    amounts = published.groupby(["city", "kind"]).sum().unstack().rename(columns=KINDS)
    return amounts.join(one.table("people").set_index("city")[PEOPLE], how="right")


def _stacked(table: pd.DataFrame) -> pd.Series:
    stacked = table.rename_axis(index="city", columns="measure").stack()
    assert isinstance(stacked, pd.Series)
    return stacked


def _by_resident(pair: Pair, frame: pd.DataFrame) -> pd.DataFrame:
    cities = frame.index.get_level_values("city")
    return a_resident(frame, *(each.reindex(cities) for each in pair.residents)).reset_index()
