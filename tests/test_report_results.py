"""Every number of a report against the tables of the result: worked out again here, from what is stored alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

import alloc
from alloc.content.blocks import Document, Table
from alloc.instance.derived.derived import derive
from alloc.report.document import report
from alloc.result.frames.uses import land_as_published
from alloc.result.result import Result
from instances import write_tiny

BY_GROUP = ("people_provinces", "people_classes", "land_provinces", "debt_provinces", "transfers_provinces",
            "transfers_classes", "pools_provinces", "budgets_provinces")  # fmt: skip
GROUPS = {"provinces": "province", "classes": "size_class", "size_class": "size_class"}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Three cities of two provinces, stored and read again."""
    folder = tmp_path_factory.mktemp("numbers")
    alloc.solve(write_tiny(folder / "tiny"), out=folder / "result")
    return alloc.load_result(folder / "result")


@pytest.fixture(scope="module")
def documents(result: Result) -> Mapping[str, Document]:
    return {language: report(result, language) for language in ("zh", "en")}


def table(document: Document, name: str) -> Table:
    return next(each for each in document.tables() if each.name == name)


def numeric(found: Table) -> list[int]:
    return [at for at, column in enumerate(found.columns) if column.numeric]


def by_city(found: Table) -> pd.DataFrame:
    """A table with a row a city, by its code."""
    names = [column.name for column in found.columns]
    return pd.DataFrame(list(found.rows), columns=names).set_index("city")


def amount(value: object) -> float:
    value = getattr(value, "value", value)
    return np.nan if value is None else float(value)  # type: ignore[arg-type]


def facts(result: Result) -> pd.DataFrame:
    """Of every city all that tables by city show, by their columns; money in 10⁴ yuan, areas in ha.

    Debt is what there is and what is published: the table `debt` has new debt as it was decided.
    """
    given = result.instance.tables
    cities = given["cities"].set_index("city")
    shared = result.tables["allocation"].pivot(index="city", columns="pool", values="published")
    before = result.tables["allocation"].pivot(index="city", columns="pool", values="last_year")
    pools = given["pools"].set_index("pool")
    transfers, bonds = (pools.index[pools["kind"] == kind] for kind in ("transfer", "bond"))
    people, debt, budget = (result.tables[name].set_index("city") for name in ("people", "debt", "budget"))
    land = land_as_published(result).set_index("city")  # its uses by hand: test_printed_numbers
    found = pd.DataFrame({
        "cities": 1.0, "residents": people["residents"], "migrants": people["migrants"],
        "settled_last": cities["settled_last"], "settle_limit": people["settle_limit"], "settle": people["settle"],
        "land": shared["land"], "before": before["land"], "change": shared["land"] - before["land"],
        "reuse": land[[name for name in land if name.startswith("reuse_")]].sum(axis=1),
        "debt": debt["debt_general"] + debt["debt_special"], "bonds": shared[bonds].sum(axis=1),
        "transfers": shared[transfers].sum(axis=1), "transfers_before": before[transfers].sum(axis=1),
        "reference": debt["reference"],
        "capital_in": budget[["to_capital", "fund_available", "capital_transfers", "bonds"]].sum(axis=1),
        "general_in": budget[["revenue", "other_transfers", "general_transfers", "shortfall"]].sum(axis=1),
    })  # fmt: skip
    found["after"] = found["debt"] + found["bonds"]
    for name in ("public", "housing", "production", "other", "unassigned"):
        if name in land:
            found[name] = land[name]
    return found.join(shared.drop(columns="land"))


def divided(what: pd.DataFrame, columns: set[str]) -> pd.DataFrame:
    """What is a ratio of sums, of a city or of a group."""
    ratios = {"of_migrants": ("settle", "migrants"), "ratio_before": ("debt", "reference"),
              "ratio_after": ("after", "reference")}  # fmt: skip
    made = {name: what[one] / what[other] for name, (one, other) in ratios.items() if name in columns}
    return what.assign(**made)


def same(shown: object, wanted: object, where: tuple[object, ...], slack: float) -> None:
    assert amount(shown) == pytest.approx(amount(wanted), rel=1e-9, abs=slack, nan_ok=True), where


@pytest.mark.parametrize("name", ["city_people", "city_land", "city_debt", "city_budgets"])
def test_tables_by_city(result: Result, documents: Mapping[str, Document], name: str) -> None:
    shown, wanted = by_city(table(documents["en"], name)), facts(result)
    wanted = divided(wanted, set(shown.columns))
    both = [column for column in shown.columns if column in wanted]
    assert len(both) >= 2
    for column in both:
        for city in shown.index:
            same(shown.at[city, column], wanted.at[city, column], (name, column, city), 1e-6)


@pytest.mark.parametrize("name", BY_GROUP)
def test_tables_by_group(result: Result, documents: Mapping[str, Document], name: str) -> None:
    """Sums of the cities of a group, ratios of sums, and totals over all; groups stand by what they hold."""
    found, wanted = table(documents["en"], name), facts(result)
    if name.startswith("transfers"):
        wanted["change"] = wanted["transfers"] - wanted["transfers_before"]
    column = GROUPS[name.rpartition("_")[2]]
    cities = result.instance.tables["cities"].set_index("city")
    of = cities[column] if column in cities else pd.Series(derive(result.instance).size_class, index=cities.index)
    sums = divided(wanted.groupby(of).sum(), {each.name for each in found.columns})
    everything = divided(wanted.sum().to_frame().T, {each.name for each in found.columns}).iloc[0]
    places = [(at, each.name) for at, each in enumerate(found.columns) if each.name in sums and each.name != "group"]
    assert len(places) >= 3
    shown = sorted(tuple(round(amount(row[at]), 3) for at, _ in places) for row in found.rows)
    expected = sorted(tuple(round(float(row[each]), 3) for _, each in places) for _, row in sums.iterrows())
    assert np.allclose(shown, expected, rtol=1e-6, atol=2e-3, equal_nan=True)
    if found.totals is not None:
        for at, each in places:
            same(found.totals[at], everything[each], (name, each), 1e-3)


def test_amounts_and_their_parts(result: Result, documents: Mapping[str, Document]) -> None:
    """Of every city and pool: what is given, its change on last year, and the parts that make it up."""
    stored = result.tables["allocation"].set_index(["city", "pool"])
    large = by_city(table(documents["en"], "allocation"))
    for (city, pool), row in stored.iterrows():
        same(large.at[city, pool], row["published"], (city, pool), 1e-9)
        if f"{pool}_change" in large:
            same(large.at[city, f"{pool}_change"], row["published"] - row["last_year"], (city, pool), 1e-6)
        trace = by_city(table(documents["en"], f"trace_{pool}"))
        parts = [part for part in ("benchmark", "rule", "optimised", "override", "rounding") if part in trace]
        for part in parts:  # parts are shown on the grid of the quantum, so that they add up there
            same(trace.at[city, part], row[part], (city, pool, part), 1.0)
        assert sum(amount(trace.at[city, part]) for part in parts) == pytest.approx(row["published"], abs=0.02)


def test_services(result: Result, documents: Mapping[str, Document]) -> None:
    found, stored = table(documents["en"], "services"), result.tables["services"]
    services = result.instance.tables["services"].set_index("service")
    people = result.tables["people"].set_index("city")["residents"]
    titles = {str(row["title_en"]): service for service, row in services.iterrows()}
    assert len(found.rows) == len(services)
    names = [column.name for column in found.columns]
    for line in found.rows:
        shown = dict(zip(names, line, strict=True))
        service = next(key for title, key in titles.items() if title.lower() == str(shown["service"]).lower())
        own = stored[stored["service"] == service]
        for column, of in (("need", "full_need"), ("capacity", "capacity"), ("added", "added"), ("backlog", "backlog")):
            same(shown[column], own[of].sum(), (service, column), 1e-6)
        same(shown["cost"], own["added"].sum() * services.at[service, "capital_cost"], (service, "cost"), 1e-6)
        weights = people[own["city"]].to_numpy()
        for column, of in (("before", "coverage_before"), ("after", "coverage")):
            same(shown[column], np.average(own[of], weights=weights), (service, column), 1e-9)
        below = own["coverage"] < services.at[service, "minimum"] - 1e-9
        same(shown["short"], below.sum(), (service, "short"), 0)


def test_pools(result: Result, documents: Mapping[str, Document]) -> None:
    found = table(documents["en"], "pools_balance")
    pools = result.instance.tables["pools"]
    given = result.tables["allocation"].groupby("pool")["published"].sum()
    names = [column.name for column in found.columns]
    assert len(found.rows) == len(pools)
    for line in found.rows:
        shown = dict(zip(names, line, strict=True))
        (pool,) = [row for _, row in pools.iterrows() if str(row["title_en"]).lower() == str(shown["pool"]).lower()]
        size = {"10⁸ yuan": 1e4, "10⁴ yuan": 1.0, "ha": 1.0}[str(shown["unit"])]
        total = float(pool["total"])
        available = total * (1 - float(pool["reserve"]))
        out = given[pool["pool"]]
        wanted = {"total": total, "available": available, "reserve": total - available, "allocated": out,
                  "residual": available - out}  # fmt: skip
        for column, value in wanted.items():
            same(shown[column], value / size, (pool["pool"], column), 5e-3)


def test_both_languages_have_the_same_numbers(documents: Mapping[str, Document]) -> None:
    """Of every table but those in words, cell by cell; units may differ (10⁸ yuan are 亿元)."""
    zh, en = ({each.name: each for each in documents[language].tables()} for language in ("zh", "en"))
    assert list(zh) == list(en)
    for name, found in en.items():
        for one, other in zip(found.rows, zh[name].rows, strict=True):
            for at in numeric(found):
                if isinstance(getattr(one[at], "value", one[at]), (int, float)):
                    same(one[at], other[at], (name, found.columns[at].name), 0)


def test_nothing_else_is_numeric(documents: Mapping[str, Document]) -> None:
    """Tables with numbers that the tests above do not work out have tests of their own, by name."""
    elsewhere = {
        "rounding", "people_limits", "factors", "budgets", "debt_tiers", "fairness", "binding", "limits", "tiers",
        "pools_floors", "people_stopped", "city_coverage", "city_services", "city_land_link", "land_link_classes",
        "rounding_off", "service_land", "relaxations", "sources", "services_size_class", "fairness_size_class",
        "services_region",
    }  # fmt: skip
    here = {"allocation", "services", "pools_balance", "city_people", "city_land", "city_debt", "city_budgets"}
    with_numbers = {each.name for each in documents["en"].tables() if numeric(each)}
    assert {name for name in with_numbers if not name.startswith("trace_")} <= elsewhere | here | {*BY_GROUP}
