"""Whether results can be compared at all: whole, verified, each given once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from alloc.comparison.decided import own
from alloc.errors import AllocError
from alloc.formulation.lever import Decision
from alloc.formulation.registry import catalogue
from alloc.result.result import Result
from alloc.solver.model.status import Quality, Stopped
from alloc.text import Text

KEYS: Mapping[str, tuple[str, ...]] = {
    "allocation": ("city", "pool"),
    "services": ("city", "service"),
    "people": ("city",),
    "debt": ("city",),
    "families": ("family",),
}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "allocation": ("published",),
    "services": ("coverage", "added", "backlog"),
    "people": ("settle", "settle_limit", "score"),
    "debt": ("new_general", "new_special", "bond_room", "ratio_after"),
    "families": ("rows", "binding"),
}
TEXTS: Mapping[str, tuple[str, ...]] = {"debt": ("tier_before", "tier_after")}


class ComparisonError(AllocError):
    """Results that cannot be compared; `message` says which and why in both languages.

    Args:
        zh, en: the message.
    """

    def __init__(self, zh: str, en: str) -> None:
        """Keeps both; as a string it is the English one."""
        super().__init__(Text(zh, en))


def check(results: Sequence[Result], names: Sequence[str]) -> None:
    """Refuses what cannot be compared.

    Raises:
        ComparisonError: fewer than two results, one given twice, without an allocation, not verified, or damaged.
    """
    if len(results) < 2:
        raise ComparisonError("至少要有两个结果才能比较", "a comparison takes at least two results")
    if len(names) != len(results):
        raise ComparisonError(
            f"结果有 {len(results)} 个，名称有 {len(names)} 个", f"{len(results)} results have {len(names)} names"
        )
    for place, (result, name) in enumerate(zip(results, names, strict=True)):
        if any(earlier is result for earlier in results[:place]) or name in names[:place]:
            raise ComparisonError(f"{name} 重复给出", f"{name} is given twice")
        if not result.has_solution:
            raise ComparisonError(f"{name} 没有分配方案", f"{name} holds no allocation")
        if (damage := _damage(result)) is not None:
            raise ComparisonError(f"{name} 已损坏：{damage.zh}", f"{name} is damaged: {damage.en}")
        if not result.verified:
            raise ComparisonError(f"{name} 没有通过核验", f"{name} failed its verification")


def _damage(result: Result) -> Text | None:
    """What is wrong with manifest or tables."""
    found = _manifest_damage(result)
    for name in KEYS:
        found = found or _table_damage(result, name)
    for decision, key in own(result, NUMBERS):
        found = found or _decision_damage(result, decision, key)
    return found


def _manifest_damage(result: Result) -> Text | None:
    manifest = result.manifest
    status, tiers, verified = (manifest.get(name) for name in ("status", "tiers", "verified"))
    scenario = manifest.get("scenario") or {}
    known = catalogue(result.instance.formulation).tiers
    for name, holds in (
        ("status", isinstance(status, Mapping) and _is_one(status.get("stopped"), Stopped)
         and _is_one(status.get("quality"), Quality)),
        ("verified", isinstance(verified, Mapping) and "passed" in verified),
        ("tiers", isinstance(tiers, list) and all(_is_tier(tier, known) for tier in tiers)),
        ("scenario", isinstance(scenario, Mapping) and isinstance(scenario.get("title") or {}, Mapping)),
        ("edits", isinstance(manifest.get("edits") or [], list)),
    ):  # fmt: skip
        if not holds:
            return Text(f"清单中的 {name} 缺失或不完整", f"{name} is missing or incomplete in the manifest")
    assert isinstance(tiers, list)
    named = [tier["tier"] for tier in tiers]
    if len(named) > len(set(named)):
        return Text("清单中有重复的目标", "the manifest holds a tier twice")
    return None


def _is_one(value: object, known: type[StrEnum]) -> bool:
    return value in [str(each) for each in known]


def _is_tier(tier: object, known: Mapping[str, object]) -> bool:
    return (
        isinstance(tier, Mapping)
        and tier.get("tier") in known
        and all(isinstance(tier.get(each), float | int | None) for each in ("value", "bound", "gap", "size"))
    )


def _table_damage(result: Result, name: str) -> Text | None:
    table = result.tables.get(name)
    if table is None:
        return Text(f"没有表 {name}", f"there is no table {name}")
    key = list(KEYS[name])
    for column in (*key, *NUMBERS[name], *TEXTS.get(name, ())):
        if column not in table.columns:
            return Text(f"表 {name} 没有列 {column}", f"{name} lacks the column {column}")
    for column in NUMBERS[name]:
        if not pd.api.types.is_numeric_dtype(table[column]) or table[column].isna().any():
            return Text(f"{name}.{column} 中有非数字或空缺", f"{name}.{column} holds blanks or what is no number")
    twice = table.duplicated(key)
    if twice.any():
        which = ", ".join(map(str, table.loc[twice, key].iloc[0]))
        return Text(f"表 {name} 中 {which} 重复", f"{name} has the row {which} twice")
    if name != "families" and not _rows_asked(result, name).equals(table.set_index(key).index.sort_values()):
        return Text(f"表 {name} 的行与算例不符", f"the rows of {name} are not those of its instance")
    return None


def _decision_damage(result: Result, decision: Decision, key: list[str]) -> Text | None:
    """What is wrong with the columns of a decision; a number that a city does not have may be missing."""
    table = result.tables[decision.table]
    for column in (*key, *decision.columns_in(table.columns)):
        if column not in table.columns:
            return Text(f"表 {decision.table} 没有列 {column}", f"{decision.table} lacks the column {column}")
    for column in decision.columns_in(table.columns):
        if not pd.api.types.is_numeric_dtype(table[column]):
            return Text(f"{decision.table}.{column} 中有非数字", f"{decision.table}.{column} holds what is no number")
    twice = table.duplicated(key) if key else pd.Series(len(table) > 1, index=table.index)
    if twice.any():
        which = ", ".join(map(str, table.loc[twice, key].iloc[0]))
        return Text(f"表 {decision.table} 中 {which} 重复", f"{decision.table} has the row {which} twice")
    return None


def _rows_asked(result: Result, name: str) -> pd.Index:
    """The keys that the instance asks for."""
    tables = result.instance.tables
    cities = np.sort(tables["cities"]["city"].to_numpy(dtype=object))
    if len(KEYS[name]) == 1:
        asked: pd.Index = pd.Index(cities, name="city")
        return asked
    label = KEYS[name][1]
    parts = np.sort(tables[f"{label}s"][label].to_numpy(dtype=object))
    return pd.MultiIndex.from_product([cities, parts], names=["city", label])
