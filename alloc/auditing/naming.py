"""Rules that name who a city is: its rank, its place, its code; and columns that no definition describes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alloc.auditing.grids import Grid, Head, Value
from alloc.auditing.work import Facts, Work
from alloc.instance.derived.optional.schemes import changes_hands
from alloc.instance.instance import Instance
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import TABLES
from alloc.instance.where.conditions import parse
from alloc.text import Text

BY_LAW = ("size_class", "debt_tier")  # classes by a number and a threshold of the law
SINGLE = {"performance": "factor", "overrides": "amount", "earmarks": "amount"}  # tables that single out cities
NAMED, OWN = Text("点名", "names a place"), Text("自有列", "a column of one's own")
LAW = Text("法定门槛", "threshold of the law")


@dataclass(frozen=True)
class Naming:
    """A rule that names something about who a city is.

    Attributes:
        table: of the instance.
        key: of its row, or what rows are about.
        column: that the rule names.
        text: the condition, or what is named.
        sort: a place by name, a column of one's own, or a class by law.
        edits: lines that do without it; none where it cannot be left out alone.
    """

    table: str
    key: str
    column: str
    text: str
    sort: Text
    edits: tuple[str, ...] = ()


def rules(instance: Instance) -> Iterator[Naming]:
    """Every rule of an instance that names a text about cities, singles a city out, or counts a column of one's own.

    Args:
        instance: whose tables are looked through.
    """
    yield from _conditions(instance)
    for name, column in SINGLE.items():
        table = instance.tables[name]
        for pool in sorted(set(table["pool"])):
            codes = sorted(table.loc[(table["pool"] == pool) & table[column].notna(), "city"])
            if codes:
                yield Naming(name, str(pool), "city", " ".join(codes), NAMED, (f"drop {name} where pool == '{pool}'",))
    for name, key, columns in (("factors", "pool", ("factor",)), ("services", "service", ("cohort", "plan_cohort"))):
        table = instance.tables[name]
        for column in columns:
            for row, value in zip(table[key], table[column], strict=True):
                if value and city_figure(str(value))[0].zh == value:  # which nobody has described
                    yield Naming(name, str(row), str(value), str(value), OWN)


def _conditions(instance: Instance) -> Iterator[Naming]:
    """Conditions of any table that name a column of texts."""
    cities = instance.tables["cities"]
    words = {name for name in map(str, cities.columns) if cities[name].dtype not in (np.float64, np.bool_)}
    for table in TABLES.values():
        frame = instance.tables[table.name]
        for column in ("where", "versus"):
            if column not in table.by_name:
                continue
            for key, text in zip(frame[table.key[0]], frame[column], strict=True):
                whole = table.name == "limits"  # without its condition a limit would be about all cities
                gone = f"drop {table.name}.{key}" if whole else f"drop {table.name}.{key}.{column}"
                for name in sorted(parse(str(text)).names & (words | set(BY_LAW))):
                    yield Naming(table.name, str(key), name, str(text), LAW if name in BY_LAW else NAMED, (gone,))


def moved_without(work: Work, base: Facts, rule: Naming) -> float | None:
    """What changes hands without a rule, in the pool that changes most; None where it cannot be told."""
    edited = work.edited(*rule.edits) if rule.edits else None
    found = None if edited is None else work.solved(edited)
    return None if found is None else float(np.nanmax(changes_hands(base.published, found.published)))


def named_grid(named: list[tuple[Naming, float | None]]) -> Grid:
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (TABLES[rule.table].title, rule.key, rule.column, rule.text, rule.sort, moved) for rule, moved in named
    )
    heads = (
        Head("table", Text("表", "table")), Head("key", Text("行", "row")), Head("column", Text("列", "column")),
        Head("text", Text("条件或点名", "condition or what is named")), Head("sort", Text("性质", "what it is")),
        Head("moved", Text("去掉后变动", "changes hands without it"), "share"),
    )  # fmt: skip
    return Grid("named", Text("点名级别、地区或城市的规则", "Rules that name ranks, places or cities"), heads, rows)
