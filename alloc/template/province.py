"""One province cut out of a national instance: its cities, and of every pool what the nation gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.words import above
from alloc.instance.schema.settings import Title
from alloc.instance.schema.tables import TABLES
from alloc.template.province_limits import cut_limits
from alloc.template.tables_text import blank, written
from alloc.template.writing import TemplateError
from alloc.text import Text, figure

Floats = NDArray[np.float64]

BY_CITY = ("capacity", "last_year", "earmarks", "overrides", "cell_sources")
MOST_STEPS = 400  # until a total lies within the bounds of its cities
WEIGHT_DIGITS = 9
FINEST_RESERVE = 1000  # parts of a total in which a reserve is still a whole number


@dataclass(frozen=True)
class Cut:
    """A provincial instance.

    Attributes:
        instance: the instance.
        notes: what was changed beyond leaving out all other cities, and why.
    """

    instance: Instance
    notes: tuple[Text, ...]


def cut_province(nation: Instance, province: str, published: pd.DataFrame | None = None) -> Cut:
    """The instance of one province.

    Every pool is scaled by the province's share of the national allocation, and moved into the bounds of its cities
    where it lies outside; its total is a multiple of the quantum, and so is what is left without the reserve. Factors
    that are 0 in the whole province are left out. Limits that mean nothing inside a province are left out.

    Args:
        nation: the instance to cut from.
        province: code or name of a province as ``cities`` has it.
        published: the allocation (city, pool, published) of a result of ``nation``; None: the formula.

    Raises:
        TemplateError: there is no such province.
    """
    code, name = _province(nation.tables["cities"], province)
    derived = derive(nation)
    inside = (nation.tables["cities"]["province"] == code).to_numpy()
    tables = _only(nation.tables, set(nation.tables["cities"]["city"][inside]))
    share, notes = _shares(nation, derived, inside, published)
    pools = tables["pools"].copy()
    pools["total"] = [
        _on_grid(total * each, step, 0) for total, each, step in zip(pools["total"], share, _steps(pools), strict=True)
    ]
    tables["pools"] = pools
    zh, en = nation.settings.title.zh, nation.settings.title.en
    title = Title(zh=f"{name}（由“{zh}”切出）", en=f"{code}, cut out of: {en}")
    settings = nation.settings.model_copy(update={"name": f"{nation.name}-{code}", "title": title})
    instance = make_instance(settings, tables)
    instance, dropped_factors = _without_empty_factors(instance)
    instance, moved = _within_bounds(instance)
    instance, dropped_limits = cut_limits(nation, derived, instance)
    notes += dropped_factors + moved + dropped_limits
    sources = _sources(instance, nation.name, published is not None, bool(dropped_factors))
    return Cut(make_instance(settings, {**instance.tables, "sources": sources}), tuple(notes))


def _province(cities: pd.DataFrame, wanted: str) -> tuple[str, str]:
    """Code and name of a province, by either."""
    known = dict(zip(cities["province"], cities["province_name"], strict=True))
    for code, name in known.items():
        if wanted in (code, name):
            return code, name
    listed = Text("、".join(f"{code} {name}" for code, name in known.items()), ", ".join(known))
    raise TemplateError(Text(f"没有“{wanted}”这个省份。可用：{listed.zh}。", f"No province {wanted}: {listed.en}."))


def _only(tables: Mapping[str, pd.DataFrame], cities: set[str]) -> dict[str, pd.DataFrame]:
    """The tables with the rows of some cities; without further columns of ``cities`` that are blank for all of them."""
    cut = dict(tables)
    for name in ("cities", *BY_CITY):
        cut[name] = tables[name][tables[name]["city"].isin(cities)].reset_index(drop=True)
    known = TABLES["cities"].by_name
    empty = [name for name in cut["cities"] if name not in known and blank(cut["cities"][name])]
    cut["cities"] = cut["cities"].drop(columns=empty)
    return cut


def _shares(
    nation: Instance, derived: Derived, inside: NDArray[np.bool_], published: pd.DataFrame | None
) -> tuple[Floats, list[Text]]:
    """The province's share of every pool [R], and how it was found."""
    given, how = derived.benchmark, Text("公式测算数", "the formula")
    if published is not None:
        table = published.pivot(index="city", columns="pool", values="published")
        given = table.reindex(index=list(derived.cities), columns=list(derived.pools)).to_numpy(dtype=np.float64)
        how = Text("全国分配结果", "the national result")
    # A pool without a formula: what was given last year, or else residents.
    residents = np.broadcast_to(derived.residents[:, None], given.shape)
    for other in (np.nan_to_num(derived.last_year), residents):
        given = np.where(np.nan_to_num(given).sum(axis=0) > 0, given, other)
    given = np.nan_to_num(given)
    share = given[inside].sum(axis=0) / given.sum(axis=0)
    listed = [f"{pool} {100 * each:.4g} %" for pool, each in zip(derived.pools, share, strict=True)]
    note = Text(
        f"各资源池的总量按{how.zh}中该省所占比例缩小：{'、'.join(listed)}（{nation.name}）。",
        f"Every pool is scaled by the province's share of {how.en} of {nation.name}: {', '.join(listed)}.",
    )
    return np.asarray(share), [note]


def _steps(pools: pd.DataFrame) -> list[Fraction]:
    """For every pool the least total that is a multiple of the quantum, as is what the reserve leaves of it."""
    steps = []
    for quantum, reserve in zip(pools["quantum"], pools["reserve"], strict=True):
        parts = (1 - Fraction(str(reserve))).denominator  # of a reserve such as ⅓, more than any total has quanta
        steps.append(Fraction(str(quantum)) * (parts if parts <= FINEST_RESERVE else 1))
    return steps


def _on_grid(total: float, step: Fraction, direction: int) -> float:
    """A total as a multiple of its step: the next below (−1), the nearest (0) or the next above (1)."""
    count = Fraction(total) / step
    whole = round(count) if direction == 0 else -(-count // 1) if direction > 0 else count // 1
    return float(whole * step)


def _without_empty_factors(instance: Instance) -> tuple[Instance, list[Text]]:
    """Without factors that are 0 in every city; the weights of the others make up for them."""
    derived, cities, factors = derive(instance), instance.tables["cities"], instance.tables["factors"]
    computed = {
        "migrants": derived.migrants,
        "land_entitlement": derived.land_entitlement,
        "fiscal_gap": derived.fiscal_gap,
        "backlog": derived.backlog_now @ derived.capital_cost,
    }
    empty = np.array(
        [not np.any(computed[name] if name in computed else cities[name].to_numpy()) for name in factors["factor"]],
        dtype=bool,
    )
    if not empty.any():
        return instance, []
    notes, kept, pools = [], factors[~empty].copy(), instance.tables["pools"].copy()
    for pool in dict.fromkeys(factors["pool"][empty]):
        gone = ", ".join(factors["factor"][empty & (factors["pool"] == pool)])
        weights = kept.loc[kept["pool"] == pool, "weight"]
        if weights.sum() > 0:
            kept.loc[weights.index, "weight"] = (weights / weights.sum()).round(WEIGHT_DIGITS)
        else:
            kept = kept.drop(weights.index)
            pools.loc[pools["pool"] == pool, ["corridor_down", "corridor_up"]] = np.nan
        notes.append(Text(
            f"{pool}：因素 {gone} 在该省所有城市都是 0，已删去，其余因素的权重按比例放大。",
            f"{pool}: {gone} is 0 in every city of the province and was left out; the other weights make up for it.",
        ))  # fmt: skip
    return make_instance(instance.settings, {**instance.tables, "factors": kept, "pools": pools}), notes


def _within_bounds(instance: Instance) -> tuple[Instance, list[Text]]:
    """With totals moved, where need be, to the nearest at which the lower and upper bounds of the cities leave room."""
    before = instance.tables["pools"]
    reserve, steps = before["reserve"].to_numpy(dtype=np.float64), _steps(before)
    for _ in range(MOST_STEPS):
        pools = instance.tables["pools"]
        derived = derive(instance)
        least, most = derived.lower.sum(axis=0), derived.upper.sum(axis=0)
        total = pools["total"].to_numpy(dtype=np.float64, copy=True)
        for r, available in enumerate(derived.available):
            if above(least[r], available):
                total[r] = _on_grid(least[r] / (1 - reserve[r]), steps[r], 1)
            elif derived.exhaust[r] and above(available, most[r]):
                total[r] = _on_grid(most[r] / (1 - reserve[r]), steps[r], -1)
        if (total == pools["total"]).all():
            break
        instance = make_instance(instance.settings, {**instance.tables, "pools": pools.assign(total=total)})
    notes = []
    for pool, old, new in zip(before["pool"], before["total"], instance.tables["pools"]["total"], strict=True):
        if new != old:
            notes.append(Text(
                f"{pool}：按比例为 {figure(old)}，超出该省各市上下限之和，改为 {figure(new)}。",
                f"{pool}: its share, {figure(old)}, is outside the sums of the cities' bounds: made {figure(new)}.",
            ))  # fmt: skip
    return instance, notes


def _sources(instance: Instance, origin: str, by_result: bool, weights_changed: bool) -> pd.DataFrame:
    """The sources of what is written: of totals, and of weights that were changed, that they are derived."""
    by = "the national result" if by_result else "the national formula"
    changed = {("pools", "total"): f"{origin}, scaled by the province's share of {by}, a multiple of the quantum"}
    if weights_changed:
        changed["factors", "weight"] = f"{origin}; without factors that are 0 in all cities here, the rest scaled to 1"
    columns = written(instance.tables)
    rows = [
        row
        for row in instance.tables["sources"].to_dict("records")
        if (row["table"], row["column"]) not in changed and row["column"] in columns.get(row["table"], [row["column"]])
    ]
    rows += [
        {"table": table, "column": column, "status": "derived", "source": f"alloc init --from {origin}",
         "year": str(instance.settings.year), "note": note}
        for (table, column), note in changed.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(TABLES["sources"].names))
