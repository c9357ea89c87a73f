"""The pools inside one province: conditions, factors, bounds and totals, each made to hold there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from alloc.arguments import option
from alloc.content.conditions import condition_said
from alloc.formulation.columns import HECTARES, MONEY
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.frames import numbers
from alloc.instance.instance import Instance, make_instance
from alloc.instance.named import NAMES
from alloc.instance.prechecks.words import above, with_key
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import TABLES
from alloc.instance.where.conditions import parse
from alloc.text import Text, figure, listed

MOST_STEPS = 400  # until a total lies within the bounds of its cities
DIGITS = 9  # of weights
MULTIPLE_DIGITS = 6
FREE = 0.1  # of the range between the sums of lower and upper bounds, that a total which is moved keeps from either
FINEST_RESERVE = 1000  # parts of a total in which a reserve is still a whole number

FOLLOW = TABLES["pools"].by_name["follow"].title

_MOVED = Text(
    "{pool}（{unit}）：按比例为 {old}，其中可分配 {wanted}，{side}；改为 {new}，其中可分配 {available}，各市上下限之和"
    "为 {least} 至 {most}。要分配全国方案给该省的数额，用 {controls}；要由本省另定，改总量和保底、封顶倍数"
    "（floor_multiple、cap_multiple）。",
    "{pool} ({unit}): its share, {old}, of which {wanted} are to be shared, is {side}: made {new}, of which "
    "{available} are to be shared; bounds sum to {least} to {most}. To share what a national result gives the "
    "province, use {controls}; to set another, change the total with floor_multiple and cap_multiple.",
)
_BELOW = Text("低于该省各市下限之和", "below the sum of the cities' lower bounds")
_ABOVE = Text("高于该省各市上限之和", "above the sum of the cities' upper bounds")
UNITS = {"land": HECTARES, "money": MONEY}
_MOVED_FIXED = Text(
    f"{_MOVED.zh}有 {{fixed}} 个城市的上限等于下限，没有余地，也不会是最小分配单位的整倍数。",
    f"{_MOVED.en} For {{fixed}} {{fixed:|city|cities}} both bounds are the same: {{fixed:|it has|they have}} no "
    "freedom, and {fixed:|gets|get} no multiple of the quantum.",
)


FIXED = Text(
    "保底、封顶倍数按全国可分配数与上年数额之比折算（{pools}），各市上下限与全国相同，不再随该省总量变动"
    "（“{follow}”改为否）。",
    "Floor and cap multiples are those of {nation} times what there is to share in it over last year ({pools}), so "
    "that cities keep them; they follow no total here (“{follow}”: no).",
)
TIMES = Text("{pool} {times}", "{pool} {times}")


def fixed_multiples(
    nation: Instance, derived: Derived, instance: Instance, digits: int = MULTIPLE_DIGITS
) -> tuple[Instance, list[Text]]:
    """With floors and caps of last year as the national pool makes them, which follow the total no longer.

    Floors that follow the total rise with it, and so does the corridor: where both together ask for more than there is
    to share, as they may in a single province, no total whatever is enough.

    Args:
        nation: the instance that the province was cut from.
        derived: its derived data.
        instance: the province.
        digits: of the multiples.
    """
    pools, of_pools = instance.tables["pools"].copy(), []
    last = np.nansum(derived.up * derived.last_year, axis=0)
    for r in range(len(derived.pools)):
        multiples = pools.loc[r, ["floor_multiple", "cap_multiple"]].to_numpy(dtype=np.float64)
        if not pools.at[r, "follow"] or np.isnan(multiples).all():
            continue
        times = derived.available[r] / last[r] if last[r] > 0 else 1.0
        pools.loc[r, ["floor_multiple", "cap_multiple"]] = (multiples * times).round(digits)
        pools.at[r, "follow"] = False
        title = Text(str(pools.at[r, "title_zh"]), str(pools.at[r, "title_en"]))
        of_pools.append(TIMES.fill(pool=title, times=figure(times)))
    notes = [FIXED.fill(pools=listed(of_pools), nation=nation.name, follow=FOLLOW)] if of_pools else []
    return make_instance(instance.settings, {**instance.tables, "pools": pools}), notes


def titled(instance: Instance, pool: str) -> Text:
    """What a pool is called, with its code."""
    pools = instance.tables["pools"].set_index("pool")
    return with_key(str(pools.at[pool, "title_zh"]), str(pools.at[pool, "title_en"]), pool)


def without_conditions(instance: Instance) -> tuple[Instance, list[Text]]:
    """Without the conditions of pools that no city of the province fits."""
    pools, notes = instance.tables["pools"].copy(), []
    for r, (pool, counted) in enumerate(zip(pools["pool"], derive(instance).taking_part.T, strict=True)):
        if not counted.any():
            where = str(pools.at[r, "where"])
            pools.at[r, "where"] = ""
            notes.append(Text(
                "{pool}：该省没有城市符合条件“{where}”，已删去这一条件。",
                "{pool}: no city of the province fits the condition “{where}”, which was left out.",
            ).fill(pool=titled(instance, pool), where=Text(
                *(condition_said(instance.tables, language, where) for language in ("zh", "en"))
            )))  # fmt: skip
    return make_instance(instance.settings, {**instance.tables, "pools": pools}), notes


def without_cities_elsewhere(instance: Instance) -> Instance:
    """With conditions whose lists of cities name those of the province alone."""
    named = city_names(instance)
    tables = dict(instance.tables)
    for table, column in (("pools", "where"), ("limits", "where"), ("limits", "versus")):
        frame = tables[table]
        texts = frame[column].tolist() if column in frame.columns else []
        new = [parse(text).narrowed(named) if text else text for text in texts]
        if new != texts:
            tables[table] = frame.assign(**{column: pd.Series(new, frame.index, dtype=frame[column].dtype)})
    return make_instance(instance.settings, tables)


def city_names(instance: Instance) -> dict[str, list[str]]:
    """The codes and names of the cities, by column."""
    cities = instance.tables["cities"]
    return {name: cities[name].astype(str).tolist() for name in ("city", *NAMES["cities"]) if name in cities.columns}


def without_empty_factors(instance: Instance) -> tuple[Instance, list[Text]]:
    """Without factors that are 0 in every city that counts; the weights of the others make up for them.

    A pool that has no factor left has no corridor, no condition and nothing to phase in either.
    """
    derived, cities, factors = derive(instance), instance.tables["cities"], instance.tables["factors"]
    computed = derived.factors
    counted = dict(zip(derived.pools, derived.taking_part.T, strict=True))
    empty = np.array(
        [
            not np.any((computed[name] if name in computed else numbers(cities, name))[counted[pool]])
            for pool, name in zip(factors["pool"], factors["factor"], strict=True)
        ],
        dtype=bool,
    )
    if not empty.any():
        return instance, []
    notes, kept, pools = [], factors[~empty].copy(), instance.tables["pools"].copy()
    for pool in dict.fromkeys(factors["pool"][empty]):
        called = [city_figure(name)[0] for name in factors["factor"][empty & (factors["pool"] == pool)]]
        gone = Text("、".join(title.zh for title in called), ", ".join(title.en for title in called))
        weights = kept.loc[kept["pool"] == pool, "weight"]
        if weights.sum() > 0:
            kept.loc[weights.index, "weight"] = (weights / weights.sum()).round(DIGITS)
            rest = Text("其余因素的权重按比例放大", "the other weights make up for it")
        else:
            kept, row = kept.drop(weights.index), pools["pool"] == pool
            pools.loc[row, ["corridor_down", "corridor_up", "phase_in"]] = np.nan
            pools.loc[row, "where"] = ""
            rest = Text(
                "不再有公式测算数，只受各市上下限约束", "without a benchmark only the bounds of the cities hold"
            )
        notes.append(Text(
            "{pool}：因素“{gone}”在该省计入公式的所有城市都是 0，已删去，{rest}。",
            "{pool}: “{gone}” is 0 in every city of the province that counts and was left out; {rest}.",
        ).fill(pool=titled(instance, pool), gone=gone, rest=rest))  # fmt: skip
    return make_instance(instance.settings, {**instance.tables, "factors": kept, "pools": pools}), notes


def within_bounds(instance: Instance) -> tuple[Instance, list[Text]]:
    """With totals moved, where need be, to where the lower and upper bounds of the cities leave room.

    At the sum of the bounds every city would have its bound, so that nothing were left to decide, and no multiple of
    the quantum within it: a total that is moved keeps a part of the range, `FREE`, from it.
    """
    before = instance.tables["pools"]
    reserve, steps = before["reserve"].to_numpy(dtype=np.float64), steps_of(before)
    wanted, moved = derive(instance).available, np.zeros(len(before), dtype=bool)
    for _ in range(MOST_STEPS):
        pools, derived = instance.tables["pools"], derive(instance)
        least, most = (derived.up * derived.lower).sum(axis=0), (derived.up * derived.upper).sum(axis=0)
        most = np.where(derived.exhaust, most, np.inf)
        moved |= above(least, derived.available) | above(derived.available, most)
        total = pools["total"].to_numpy(dtype=np.float64, copy=True)
        for r in np.flatnonzero(moved):
            free = FREE * (most[r] - least[r]) if least[r] < most[r] < np.inf else 0.0
            at = float(np.clip(wanted[r], least[r] + free, most[r] - free))
            total[r] = on_grid(at / (1 - reserve[r]), steps[r], 1 if wanted[r] < at else -1)
        if (total == pools["total"]).all():
            break
        instance = make_instance(instance.settings, {**instance.tables, "pools": pools.assign(total=total)})
    derived = derive(instance)
    least, most = (derived.up * derived.lower).sum(axis=0), (derived.up * derived.upper).sum(axis=0)
    notes = []
    for r in np.flatnonzero(instance.tables["pools"]["total"] != before["total"]):
        fixed = ~above(derived.upper[:, r], derived.lower[:, r])
        totals = {"old": before["total"][r], "new": instance.tables["pools"]["total"][r]}
        shared = {"available": derived.available[r], "wanted": wanted[r]}
        bounds = {"least": round(least[r]), "most": round(most[r])}
        words: dict[str, str | Text] = {name: figure(value) for name, value in {**totals, **shared, **bounds}.items()}
        words["side"] = _BELOW if wanted[r] < derived.available[r] else _ABOVE
        words["controls"] = option("controls")
        words["unit"] = UNITS["land" if derived.kind[r] == "land" else "money"]
        said = _MOVED_FIXED if fixed.any() else _MOVED
        notes.append(said.fill(pool=titled(instance, derived.pools[r]), fixed=int(fixed.sum()), **words))
    return instance, notes


def steps_of(pools: pd.DataFrame) -> list[Fraction]:
    """For every pool the least total that is a multiple of the quantum, as is what the reserve leaves of it."""
    steps = []
    for quantum, reserve in zip(pools["quantum"], pools["reserve"], strict=True):
        parts = (1 - Fraction(str(reserve))).denominator  # of a reserve such as ⅓, more than any total has quanta
        steps.append(Fraction(str(quantum)) * (parts if parts <= FINEST_RESERVE else 1))
    return steps


def on_grid(total: float, step: Fraction, direction: int) -> float:
    """A total as a multiple of its step: the next below (−1), the nearest (0) or the next above (1)."""
    count = Fraction(total) / step
    whole = round(count) if direction == 0 else -(-count // 1) if direction > 0 else count // 1
    return float(whole * step)
