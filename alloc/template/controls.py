"""One province as a part of a national plan: it shares out what the plan gives it, so that all provinces add up to it.

Every row that links provinces is a sum over cities. A province is given its part of each: of a pool what the plan gives
its cities, of a limit that reaches beyond it the same part of the right side as its cities have of the left. What
provinces then decide by themselves adds up to a plan that keeps the nation's sums and limits, without another round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.limits import LimitRow
from alloc.instance.derived.optional.issued import shared_out
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.words import above
from alloc.template.province import Cut, cut_province
from alloc.template.province_pools import UNITS, fixed_multiples, titled
from alloc.text import Text, figure
from alloc.tolerances import VERIFIED
from alloc.verification.ledger import Ledger
from alloc.verification.recompute import recompute
from alloc.verification.results import as_published, contributions, limited, read

DIGITS = 12  # of multiples of last year, so that floors are the nation's to the last digit that counts
EXACT = 9  # digits of right sides of limits
RECEIVED = Text(
    "{pool}：总量为全国方案给该省的 {total} {unit}，没有预留。",
    "{pool}: the total is what the national plan gives the province, {total} {unit}, without a reserve.",
)
PART = Text(
    "限制 {key}（{title}）跨省：全国限值 {whole}，该省按其城市在全国方案中所占部分分得 {part}。",
    "The limit {key} ({title}) reaches beyond the province: of {whole} it has {part}, as its cities have of the "
    "national plan.",
)
NO_CORRIDOR = Text(
    "{pool}：全国方案给该省的数额超出按该省公式浮动的范围，已去掉浮动幅度。",
    "{pool}: what the national plan gives the province is outside the corridors of its own formula, which were left "
    "out.",
)


def controlled(nation: Instance, province: str, tables: Mapping[str, pd.DataFrame]) -> Cut:
    """The instance of one province, with its part of a national plan as its controls.

    Args:
        nation: the instance to cut from.
        province: code or name of a province as ``cities`` has it.
        tables: those of a result of ``nation``.

    Raises:
        TemplateError: there is no such province.
    """
    published = tables["allocation"]
    cut = cut_province(nation, province, published)
    inside = set(cut.instance.tables["cities"]["city"])
    derived = derive(nation)
    instance, notes = _received(nation, cut.instance, published[published["city"].isin(inside)], tables.get("levels"))
    instance, fixed = fixed_multiples(nation, derived, instance, DIGITS)
    instance = _linked_land(instance, derived)
    instance, open_ = _without_tight_corridors(instance)
    instance, limited = _limits(nation, derived, instance, tables)
    return replace(cut, instance=instance, notes=(*notes, *fixed, *open_, *limited))


def _received(
    nation: Instance, instance: Instance, published: pd.DataFrame, levels: pd.DataFrame | None
) -> tuple[Instance, list[Text]]:
    """With what the plan gives the province as the totals of its pools, and multiples as the nation has them."""
    pools = nation.tables["pools"].copy()
    given = published.groupby("pool")["published"].sum().reindex(pools["pool"]).to_numpy(dtype=np.float64)
    if levels is not None:  # what the province and units in it keep is theirs to share out as well
        units = {unit for level in derive(instance).levels for unit in level.units.tolist()}
        kept = levels[levels["unit"].isin(units)].groupby("pool")["retained"].sum()
        given = given + kept.reindex(pools["pool"], fill_value=0.0).to_numpy(dtype=np.float64)
    parts = shared_out(pools, nation.settings.stage)
    pools["total"] = [amount / parts[str(pool)] for pool, amount in zip(pools["pool"], given, strict=True)]
    pools["reserve"] = 0.0
    pools = pools.drop(columns="outside", errors="ignore")
    here = instance.tables["pools"].set_index("pool").loc[pools["pool"]]
    pools["where"] = here["where"].to_numpy()  # without conditions that nobody fits
    notes = [
        RECEIVED.fill(
            pool=titled(instance, pool), total=f"{total:,.12g}", unit=UNITS["land" if kind == "land" else "money"]
        )
        for pool, kind, total in zip(pools["pool"], pools["kind"], given, strict=True)
    ]
    return make_instance(instance.settings, {**instance.tables, "pools": pools}), notes


def _linked_land(instance: Instance, derived: Derived) -> Instance:
    """With the land that the nation allows every city without reuse: by the province's own formula it would differ."""
    base = dict(zip(derived.cities, derived.stock_base, strict=True))
    cities = instance.tables["cities"]
    filled = cities.assign(stock_base=cities["city"].map(base).astype(np.float64))
    return make_instance(instance.settings, {**instance.tables, "cities": filled})


def _without_tight_corridors(instance: Instance) -> tuple[Instance, list[Text]]:
    """Without corridors of pools that they leave no room for what there is to share out."""
    derived, pools, notes = derive(instance), instance.tables["pools"].copy(), []
    least, most = (derived.up * derived.lower).sum(axis=0), (derived.up * derived.upper).sum(axis=0)
    for r, available in enumerate(derived.available):
        if above(least[r], available) or (derived.exhaust[r] and above(available, most[r])):
            pools.loc[r, ["corridor_down", "corridor_up"]] = np.nan
            notes.append(NO_CORRIDOR.fill(pool=titled(instance, derived.pools[r])))
    return make_instance(instance.settings, {**instance.tables, "pools": pools}), notes


def _limits(
    nation: Instance, derived: Derived, instance: Instance, tables: Mapping[str, pd.DataFrame]
) -> tuple[Instance, list[Text]]:
    """With the nation's limits: those within the province as they are, of the others its part."""
    policy, raw = nation.settings.policy, recompute(nation)
    results = read(tables, raw, Ledger(VERIFIED), policy)
    assert results is not None, "a result that was read is whole"
    results = as_published(raw, results)
    _, rights = limited(raw, results, policy)
    codes = set(instance.tables["cities"]["city"])
    inside = np.array([city in codes for city in derived.cities])
    by_key: dict[str, list[tuple[LimitRow, np.ndarray, float]]] = {}
    for row, limit, right in zip(derived.limits, raw.limits, rights, strict=True):
        by_city = contributions(raw, results, limit, policy)
        by_key.setdefault(row.key, []).append((row, by_city, float(right)))
    kept, notes = [], []
    for record in nation.tables["limits"].to_dict("records"):
        rows = [each for each in by_key.get(record["limit"], []) if each[0].selection[inside].any()]
        if not rows:
            continue
        row, by_city, right = rows[0]
        within = len(rows) > 1 or not (row.selection & ~inside).any()
        others = row.versus is not None and bool((row.versus & ~inside).any())
        if not (within and not others) or record["basis"] == "share":
            left, own = float(by_city[row.selection].sum()), float(by_city[row.selection & inside].sum())
            part = _part(str(record["sense"]), own, left, right)
            title = Text(str(record["title_zh"]), str(record["title_en"]))
            notes.append(PART.fill(key=record["limit"], title=title, whole=figure(right), part=figure(part)))
            record |= {"value": round(part, EXACT), "basis": "amount", "versus": ""}
        kept.append(record)
    table = pd.DataFrame(kept, columns=list(nation.tables["limits"].columns))
    return make_instance(instance.settings, {**instance.tables, "limits": table}), notes


def _part(sense: str, own: float, left: float, right: float) -> float:
    """The province's part of the right side of a limit, which its cities keep in the plan.

    Args:
        sense: of the limit.
        own: what its cities have of the left side.
        left, right: of the nation; rounding may have left them the wrong way round by a little.
    """
    if sense == "=" or left == 0:
        return own
    return max(own, right * own / left) if sense == "<=" else min(own, right * own / left)
