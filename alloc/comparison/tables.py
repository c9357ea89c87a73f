"""The tables of a comparison, every column described once.

In all of them ``result`` is the letter of the result that is compared (B, C, …); A, the first, is the base. Where a
table has ``base``, ``other``, ``change`` and ``relative``, these are the value in A, the value in that result,
``other − base``, and ``change / base`` (missing where the base is 0, but for what solving leaves). What one of the
two does not have is missing, and so is its change; a change that is no more than arithmetic dust is exactly 0. Units
are those of the instance: ha, 10⁴ yuan, persons, shares as fractions; figures a resident are m², yuan and persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

Kind = Literal["text", "number", "count", "flag"]
DTYPES: Mapping[Kind, str] = MappingProxyType({"text": "str", "number": "float64", "count": "int64", "flag": "bool"})

Column = tuple[str, Kind, str]  # name, kind, meaning

COMPARED: tuple[Column, ...] = (
    ("base", "number", "value in A"),
    ("other", "number", "value in this result"),
    ("change", "number", "other − base"),
    ("relative", "number", "change / base"),
)
A_RESIDENT: tuple[Column, ...] = (
    ("base_per_resident", "number", "base over the residents that A counts; m², yuan or persons"),
    ("other_per_resident", "number", "other over the residents that this result counts"),
    ("change_per_resident", "number", "other_per_resident − base_per_resident"),
)


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        note: what a row is.
        columns: name, kind and meaning of every column, in order.
        changes: columns of which one is not 0 (or, as text, not empty) in a row that differs; none: every row counts.
        pairs: columns of which one is missing and the other not in a row that differs.
    """

    note: str
    columns: tuple[Column, ...]
    changes: tuple[str, ...] = ("change",)
    pairs: tuple[str, ...] = ("base", "other")


def _table(
    note: str,
    *columns: Column,
    changes: tuple[str, ...] = ("change",),
    pairs: tuple[str, ...] = ("base", "other"),
) -> Table:
    return Table(note, (("result", "text", "letter of the result that is compared with A"), *columns), changes, pairs)


_CITY: Column = ("city", "text", "six-digit code")
_POOL: Column = ("pool", "text", "pool")
_KIND: Column = ("kind", "text", "land, transfer or bond; a pool of the same code and another kind is another pool")
_UNIT: Column = ("unit", "text", "unit of the values")
_MEASURE: Column = (
    "measure", "text", "land, transfers, bonds (all pools of the kind together), settle, settle_limit, score; "
    "in `groups` also allocation:POOL for every pool",
)  # fmt: skip

_MOVED: Column = (
    "moved", "text", "gain or loss; rounding: a change of one quantum or less, of several pools together one of each; "
    "other_yardstick: a score that is measured differently; empty: no change",
)  # fmt: skip

TABLES: Mapping[str, Table] = MappingProxyType({
    "results": _table(
        "One row a result, A included.",
        ("name", "text", "what the caller names it: the folder"),
        ("instance", "text", "name of the instance"),
        ("title_zh", "text", "title of the instance in Chinese"),
        ("title_en", "text", "title of the instance in English"),
        ("year", "count", "planning year"),
        ("hash", "text", "hash of the instance"),
        ("scenario", "text", "name of the scenario, empty: none"),
        ("scenario_zh", "text", "its title in Chinese"),
        ("scenario_en", "text", "its title in English"),
        ("edits", "count", "number of edits"),
        ("stopped", "text", "why the solver stopped"),
        ("quality", "text", "how good the point is"),
        ("integers", "flag", "whole facilities"),
        ("cities", "count", "number of cities"),
        ("pools", "count", "number of pools"),
        ("services", "count", "number of services"),
        changes=(), pairs=(),
    ),
    "cities": Table(
        "One row a city of any of the results, as the first result that has it describes it.",
        (
            _CITY,
            ("name", "text", "name"),
            ("name_en", "text", "name in English, empty where not given"),
            ("province", "text", "code of the province"),
            ("province_name", "text", "name of the province"),
            ("purse", "text", "code of the city whose purse it shares; its own where it shares none"),
            ("size_class", "text", "size class"),
        ),
        (), (),
    ),
    "unmatched": _table(
        "What has no partner: one row a city, pool, service, tier or family that only one of the two results has.",
        ("kind", "text", "city, pool, service, tier or family"),
        ("code", "text", "its code"),
        ("present_in", "text", "letter of the result that has it"),
        ("reason", "text", "absent; merged: a city that the other has merged into one that both have, whose figures "
         "here are added to that one's; other_kind: a pool of that code is there but shares out something else"),
        changes=(), pairs=(),
    ),
    "inputs": _table(
        "One row a setting or cell that differs. Of a row that only one instance has, every cell that is given.",
        ("table", "text", "table; objective and policy.debt.tiers count as tables, all other settings are in settings"),
        ("key", "text", "key of the row, parts separated by a comma; empty for a setting"),
        ("column", "text", "column, or dotted path of the setting"),
        ("row", "text", "changed; added or removed: the row is only in this result or only in A"),
        ("old", "text", "in A; empty: not given"),
        ("new", "text", "in this result; empty: not given"),
        ("old_number", "number", "old as a number"),
        ("new_number", "number", "new as a number"),
        changes=(), pairs=(),
    ),
    "tiers": _table(
        "One row a tier; values are those of the published point. What a tier can have at most, every earlier tier "
        "being no worse than in a result, lies between the result's value and its bound.",
        ("tier", "text", "tier"), _UNIT,
        ("better", "text", "which values are better: higher or lower"),
        *COMPARED,
        ("bound_base", "number", "what no plan can better in A; missing where it is not known"),
        ("bound_other", "number", "what no plan can better in this result"),
        ("gap_base", "number", "relative gap in A"),
        ("gap_other", "number", "relative gap in this result"),
        ("certain", "number", "how much of the change is an effect: from the bound of the one to the value of the "
         "other that is beyond it; 0 where values and bounds overlap, missing where a bound is not known"),
        ("verdict", "text", "better, worse: an effect; same; within_gap: noise, values and bounds overlap; "
         "within_tolerance: noise, they overlap by a tolerance alone; not_known: a bound is missing; "
         "other_kind: of a relaxation and whole facilities; "
         "other_yardstick: measured differently, see `yardsticks`; only_base, only_other"),
        ("other_as_base", "number", "of other_yardstick: this result measured as A is; missing where the two have "
         "other cities or services, of closeness other pools"),
        ("change_as_base", "number", "other_as_base − base"),
        ("relative_as_base", "number", "change_as_base / base"),
    ),
    "yardsticks": _table(
        "One row a tier, or figure of cities, and input by which the two measure it differently.",
        ("measured", "text", "tier; or score, served (coverage of services), debt_tier"),
        ("table", "text", "table, as in `inputs`"),
        ("column", "text", "column or path of the setting; empty: which rows the table has"),
        ("rows", "count", "rows of the table in which it differs; 1 for a setting"),
        changes=(), pairs=(),
    ),
    "pools": _table(
        "One row a pool: its published total over all cities of each result.",
        _POOL, _KIND, _UNIT, *COMPARED,
        ("available_base", "number", "total less reserve in A"),
        ("available_other", "number", "total less reserve in this result"),
        ("gains", "number", "sum of the changes of all cities that gain, cities in both results"),
        ("losses", "number", "sum of the changes of all cities that lose, cities in both results; negative"),
        ("rounding", "number", "sum of the changes of one quantum or less, cities in both results"),
        ("cities_gaining", "count", "cities that get more by more than one quantum"),
        ("cities_losing", "count", "cities that get less by more than one quantum"),
        ("cities_rounding", "count", "cities whose change is one quantum or less: rounding, no gain or loss"),
        ("only_base", "number", "what A gives to cities that this result does not have"),
        ("only_other", "number", "what this result gives to cities that A does not have: "
         "change = gains + losses + rounding + only_other − only_base"),
        changes=("change", "gains", "losses", "cities_rounding"),
    ),
    "allocation": _table(
        "One row a city and pool: what is published.", _CITY, _POOL, _KIND, _UNIT, *COMPARED, *A_RESIDENT, _MOVED,
    ),
    "measures": _table(
        "One row a city and measure.", _CITY, _MEASURE, _UNIT, *COMPARED, *A_RESIDENT, _MOVED,
    ),
    "winners": _table(
        "The largest gains and losses by measure (land, transfers, bonds, settle, score), cities in both results.",
        ("measure", "text", "measure, as in `measures`"),
        ("direction", "text", "gain or loss"),
        ("rank", "count", "1 for the largest"),
        _CITY, ("name", "text", "name of the city"), ("province_name", "text", "its province"),
        _UNIT, *COMPARED, *A_RESIDENT,
    ),
    "groups": _table(
        "Totals of a group of cities that are in both results; a group is what a city belongs to in `cities`. "
        "score is the mean over the residents of the group.",
        ("grouping", "text", "all, province or size_class"),
        ("group", "text", "code of the province or size class; empty for all"),
        _MEASURE, _UNIT, ("cities", "count", "cities of the group"), *COMPARED, *A_RESIDENT,
    ),
    "services": _table(
        "One row a city and service; base, other, change, relative are coverage after the year.",
        _CITY, ("service", "text", "service"), *COMPARED,
        ("added_base", "number", "capacity added in A, unit of the service"),
        ("added_other", "number", "capacity added in this result"),
        ("added_change", "number", "difference"),
        ("backlog_base", "number", "backlog in A, unit of the service"),
        ("backlog_other", "number", "backlog in this result"),
        ("backlog_change", "number", "difference"),
        changes=("change", "added_change", "backlog_change"),
    ),
    "coverage": _table(
        "Coverage, the mean over residents, by service and size class; cities in both results.",
        ("service", "text", "service"),
        ("size_class", "text", "size class; empty: all"),
        ("cities", "count", "cities of the class"),
        *COMPARED,
    ),
    "debt": _table(
        "One row a city; base, other, change, relative are new bonds.",
        _CITY, _UNIT, *COMPARED,
        ("ratio_base", "number", "debt ratio after the year in A"),
        ("ratio_other", "number", "debt ratio after the year in this result"),
        ("ratio_change", "number", "difference"),
        ("room_base", "number", "room for new bonds in A"),
        ("room_other", "number", "room for new bonds in this result"),
        ("room_change", "number", "difference"),
        ("tier_before_base", "text", "debt tier before the year in A"),
        ("tier_before_other", "text", "debt tier before the year in this result"),
        ("tier_base", "text", "debt tier after the year in A"),
        ("tier_other", "text", "debt tier after the year in this result"),
        ("moved", "text", "of tier_base to tier_other: better, worse, other (tiers of other borders or names); empty: "
         "none"),
        changes=("change", "ratio_change", "room_change", "moved"),
    ),
    "debt_tiers": _table(
        "Transitions between debt tiers: how many cities; those that share a purse count once.",
        ("step", "text", "compared: from the tier after the year in A to that in this result, cities in both; "
         "year: from before to after the year in this result (A included), all its cities"),
        ("from_tier", "text", "tier"),
        ("to_tier", "text", "tier"),
        ("cities", "count", "how many"),
        ("moved", "text", "better, worse, other; empty: the same tier"),
        changes=("moved",), pairs=(),
    ),
    "levels": _table(
        "One row a unit above cities and pool of which any keeps something; base, other, change, relative are what it "
        "keeps, as published.",
        ("unit", "text", "code of the province, or what stands in the column that policy.levels names"),
        _POOL, _KIND, *COMPARED,
        ("received_base", "number", "what it receives in A: what it keeps and what it passes on"),
        ("received_other", "number", "what it receives in this result"),
        ("received_change", "number", "difference"),
        ("share_base", "number", "share of what it receives that it keeps in A"),
        ("share_other", "number", "share that it keeps in this result"),
        changes=("change", "received_change"),
    ),
    "limits": _table(
        "One row a row of limits, of one for every city a row each; base, other, change, relative are the left side "
        "by published numbers, in the unit of what is limited.",
        ("limit", "text", "limit, with the city where it is for every city"),
        *COMPARED,
        ("right_base", "number", "right side in A"),
        ("right_other", "number", "right side in this result"),
        ("right_change", "number", "difference"),
        ("slack_base", "number", "room that is left in A"),
        ("slack_other", "number", "room that is left in this result"),
        changes=("change", "right_change"),
    ),
    "schemes": _table(
        "One row a scheme and pool; base, other, change, relative are the share of the pool that the scheme would give "
        "to others than the plan does.",
        ("scheme", "text", "scheme"), _POOL, *COMPARED,
        ("squeezed_base", "number", "cities that the scheme squeezes in A"),
        ("squeezed_other", "number", "cities that it squeezes in this result"),
        ("squeezed_change", "number", "difference"),
        changes=("change", "squeezed_change"),
    ),
    "decisions": _table(
        "One row a city and column of a decision that no other table compares: what each lever decides besides.",
        ("city", "text", "six-digit code; empty: not by city"),
        ("item", "text", "service, pool or other member besides the city; empty: none"),
        ("decision", "text", "decision"),
        ("table", "text", "table of the result in which it stands"),
        ("column", "text", "its column there"),
        ("unit", "text", "unit of the values; capacity: that of the service"),
        *COMPARED,
    ),
    "families": _table(
        "Constraint families: how many of their rows bind; of the planner's limits by published numbers. Behind them "
        "floors, caps and corridors at which cities stand: how many do.",
        ("family", "text", "family; of a bound its rule, its pool, and lower or upper, a full stop between"), *COMPARED,
        ("rows_base", "number", "rows in A; of a bound the cities whose bound it is"),
        ("rows_other", "number", "rows in this result; of a bound such cities"),
    ),
})  # fmt: skip


def frame(name: str, content: pd.DataFrame) -> pd.DataFrame:
    """A table of its exact columns, types and order; −0 becomes 0."""
    kinds = {column: kind for column, kind, _ in TABLES[name].columns}
    made = {}
    for column, kind in kinds.items():
        values: Any = content[column].array if len(content) else pd.array([], dtype=object)
        typed = values if values.dtype == DTYPES[kind] else values.astype(DTYPES[kind])
        made[column] = typed + 0.0 if kind == "number" else typed
    return pd.DataFrame(made)


def differing(name: str, content: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table in which the two results differ."""
    table = TABLES[name]
    if not table.changes:
        return content
    found = pd.Series(False, index=content.index)
    for column in table.changes:
        values = content[column]
        found |= (values != "") if values.dtype == "str" else values.fillna(0.0).ne(0.0)
    if table.pairs:
        one, other = (content[column].isna() for column in table.pairs)
        found |= one != other
    return content[found].reset_index(drop=True)
