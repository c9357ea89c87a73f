"""Every column of a result stands in the report, or in the list of what is left out and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

from alloc.content.blocks import Document
from alloc.formulation.lever import Decision
from alloc.formulation.registry import catalogue
from alloc.instance import Instance, read
from alloc.instance.instance import complete_table, make_instance
from alloc.instance.schema.tables import TABLES as SCHEMA
from alloc.report.document import city_page, report
from alloc.report.shown import LEFT_OUT, SHOWN, brought
from alloc.report.view import View
from alloc.result.result import Result, run
from alloc.result.tables import SOMETIMES, TABLES
from alloc.verification.results import COLUMNS
from random_instances import write_random

pytestmark = pytest.mark.long

KEYS = ("city", "service", "pool", "limit", "family", "rule", "province")  # other keys make other tables
CELLS = [(table, column) for table, columns in SHOWN.items() for column in columns if column not in KEYS]
USES = "uses = { housing = 5, other = 0.05, unassigned_city = 0.9, unassigned_total = 0.9 }"
TEXTS = {"sense": "=", "tier_before": "purple", "tier_after": "purple"}


@cache
def results() -> tuple[Result, ...]:
    """With whole facilities and without, with limits and uses of land, with promises that rounding cannot keep."""
    found = []
    for seed, whole in ((3, True), (5, False), (9, True)):
        with TemporaryDirectory() as folder:
            home = write_random(Path(folder), seed, cities=8, integers=whole)
            settings = home / "instance.toml"
            text = settings.read_text(encoding="utf-8").replace("[policy.land]", f"[policy.land]\n{USES}", 1)
            settings.write_text(text, encoding="utf-8")
            instance = read(home)
            found.append(run(with_stages(instance) if seed == 9 else instance))
    return tuple(found)


def with_stages(instance: Instance) -> Instance:
    """The same, of which the land of a city is issued in part, a fifth is taken off what formulas give it, and its
    province keeps some."""
    city = instance.tables["cities"]["city"].iloc[0]
    cell = {"city": city, "pool": instance.tables["factors"]["pool"].iloc[0]}
    performance = {**cell, "factor": 0.8, "reason": "a task", "document": "notice"}
    issued = {**cell, "stage": "advance", "amount": 1.0, "date": "2020-10-31", "document": "notice"}
    level = {"unit": instance.tables["cities"]["province"].iloc[0], "pool": cell["pool"], "retained": 0.02}
    brought = {"performance": performance, "issued": issued, "levels": level}
    more = {name: complete_table(SCHEMA[name], pd.DataFrame([row])) for name, row in brought.items()}
    settings = instance.settings.model_copy(update={"stage": "supplementary"})
    return make_instance(settings, {**instance.tables, **more})


def documents(result: Result) -> list[Document]:
    """The report and the page of two cities."""
    view = View(result, "en")
    return [report(result, "en"), *(city_page(view, code) for code in view.codes[:2])]


@cache
def original(place: int) -> list[Document]:
    return documents(results()[place])


def changed(result: Result, table: str, column: str) -> Iterator[Result]:
    """The result with other values in one column, if it has it: all of them less, or all of them more."""
    frame = result.tables[table]
    if column not in frame:
        return
    if column in TEXTS:
        yield replace(result, tables={**result.tables, table: frame.assign(**{column: TEXTS[column]})})
        return
    for factor, more in ((0.3, 0.0), (1.7, 3.0)):
        values = np.nan_to_num(frame[column].to_numpy(dtype=float)) * factor + more
        yield replace(result, tables={**result.tables, table: frame.assign(**{column: values})})


def shown(table: str, column: str) -> bool:
    """Whether any document is another one when the column is."""
    return any(
        documents(other) != original(place)
        for place, result in enumerate(results())
        if table in result.tables
        for other in changed(result, table, column)
    )


def test_instances_have_every_table_with_rows() -> None:
    assert all(each.verified for each in results())
    filled = {name for each in results() for name, table in each.tables.items() if len(table)}
    assert filled == {*TABLES, *SOMETIMES}


# with groups, programmes or links, shown by themselves
SOME_COLUMNS = {"extend", "renewed_public", "renewed_production", "lent", "borrowed", "moved"}
SOME_TABLES = {"programmes", "links"}  # there with programmes or links alone, and shown by themselves


def test_every_table_and_column_is_shown_or_left_out() -> None:
    columns: dict[str, set[str]] = {}
    for result in results():
        for name, table in result.tables.items():
            columns[name] = columns.get(name, set()) | set(table)
    for name, there in columns.items():
        left_out = {place.partition(".")[2] for place in LEFT_OUT if place.startswith(f"{name}.")}
        assert there == set(SHOWN[name]) | left_out, name
        assert not set(SHOWN[name]) & left_out, name
    assert {place.partition(".")[0] for place in LEFT_OUT} <= set(SHOWN) == {*TABLES, *SOMETIMES}
    verified = {name: known for name, known in COLUMNS.items() if name not in SOME_TABLES}
    assert {name: set(known) - SOME_COLUMNS for name, known in verified.items()} == {
        name: columns[name] for name in verified
    }


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column"), CELLS, ids=lambda part: str(part))
def test_what_is_shown_is_shown(table: str, column: str) -> None:
    assert shown(table, column)


@pytest.mark.slow
@pytest.mark.parametrize("place", [place for place in LEFT_OUT if not place.endswith(".unit")])
def test_what_is_left_out_is_left_out_for_a_reason(place: str) -> None:
    """A column that comes to be shown leaves the list."""
    assert not shown(*place.split("."))
    zh, en = LEFT_OUT[place]
    assert re.search("[一-鿿]", zh) and zh.endswith("。") and en.endswith(".")


def test_what_no_chapter_shows_is_shown_by_itself() -> None:
    """A decision that stands in a table, or a column, that no chapter knows."""
    known = catalogue()
    found = {name: [each.name for each in some] for name, some in brought(known).items()}
    assert found == {"people": ["extend"], "programmes": ["run"], "land": ["renewed"], "links": ["flow"]}
    of_tables = [name for some in found.values() for name in some]
    known = replace(known, decisions={k: v for k, v in known.decisions.items() if k not in of_tables})
    assert brought(known) == {}
    first = next(iter(known.decisions.values()))
    more = {
        "renew": replace(first, name="renew", table="renewal", columns=("homes",)),
        "mend": replace(first, name="mend", table="land", columns=("mended",)),
    }
    found = brought(replace(known, decisions={**known.decisions, **more}))
    assert {table: [each.name for each in decisions] for table, decisions in found.items()} == {
        "renewal": ["renew"], "land": ["mend"],
    }  # fmt: skip


@pytest.mark.parametrize("decision", catalogue().decisions.values(), ids=lambda each: each.name)
def test_decisions_stand_where_they_are_said_to(decision: Decision) -> None:
    frame: pd.DataFrame = results()[0].tables.get(decision.table, pd.DataFrame())
    assert decision.columns and set(decision.columns_in(frame)) <= set(frame)
    assert decision.sometimes or set(decision.columns) <= set(frame)
    assert (decision.table in results()[0].tables) == (decision.table not in SOME_TABLES)
