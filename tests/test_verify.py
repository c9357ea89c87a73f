"""Verification: what is right passes, and every kind of wrong is found under its own name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import alloc
import alloc.verification
from alloc.content.checks import TITLES
from alloc.instance.derived.derived import derive
from alloc.instance.instance import make_instance
from alloc.verification import CHECKS, FAMILIES, levers, recompute, verify
from alloc.verification.arrays import matrix, places
from alloc.verification.families import BOUNDED, OF_TIERS
from alloc.verification.ledger import Failure, Ledger
from alloc.verification.published_rows import Row, Rows
from alloc.verification.results import COLUMNS, SOMETIMES, read
from alloc.verification.tiers import VALUES, marks, mean_of_worst
from instances import write_tiny
from random_instances import write_random
from verify_fixtures import (
    Case,
    Tables,
    folder_instance,
    hand_check,
    relaxation,
    three_cities,
    true_says,
    true_tiers,
)


@pytest.fixture(scope="module")
def case() -> Case:
    return three_cities()


@pytest.fixture(scope="module")
def hand() -> Case:
    return hand_check()


def cell(table: pd.DataFrame, key: str, column: str) -> tuple[pd.Index, str]:
    """The row of a record, its key written `city` or `city service`."""
    parts = key.split()
    rows = table.index[(table.iloc[:, : len(parts)] == parts).all(axis=1)]
    assert len(rows) == 1, f"no record {key}"
    return rows, column


def changed(tables: Tables, table: str, key: str, **changes: object) -> Tables:
    """The tables with some cells of one record replaced; a number that is given as a function is changed by it."""
    copy = tables[table].copy()
    for column, value in changes.items():
        place = cell(copy, key, column)
        if isinstance(value, str):
            copy[column] = copy[column].astype(object)
        copy.loc[place] = value(copy.loc[place]) if callable(value) else value
    return {**tables, table: copy}


def more(amount: float) -> Callable[[float], float]:
    return lambda value: value + amount


def decided(tables: Tables, key: str, value: float) -> Tables:
    """Another decision for a city and pool, before rounding."""
    published = float(tables["allocation"].loc[cell(tables["allocation"], key, "published")].iloc[0])
    return changed(tables, "allocation", key, rounding=published - value)


def published(tables: Tables, key: str, value: float) -> Tables:
    """Another published number for the same decision."""
    row = tables["allocation"].loc[cell(tables["allocation"], key, "published")[0]].iloc[0]
    return changed(tables, "allocation", key, published=value, rounding=value - (row["published"] - row["rounding"]))


def settled(tables: Tables, city: str, value: float) -> Tables:
    """Another published number of persons for the same decision."""
    row = tables["people"].set_index("city").loc[city]
    return changed(tables, "people", city, settle=value, rounding=value - (row["settle"] - row["rounding"]))


def said(**cells: object) -> pd.DataFrame:
    """The table of what rounding could not keep, with one row."""
    key = dict.fromkeys(("rule", "pool", "province", "city", "limit"), "")
    return pd.DataFrame([{**key, **cells}])


Tampering = Callable[[Tables], Tables]
TAMPERINGS: dict[str, Tampering] = {
    "pool_total": lambda t: decided(t, "110100 land", 406),
    "group_limit": lambda t: changed(t, "people", "130100", settle=-2000.0),
    "coverage_is_served": lambda t: changed(t, "services", "130100 school", coverage=more(0.01)),
    "minimum_gap": lambda t: changed(t, "services", "130200 care", gap=more(-0.01)),
    "growth_limit": lambda t: changed(t, "services", "110100 care", expand=more(1000)),
    "recognised_need": lambda t: changed(t, "services", "130100 hospital", backlog=more(-1)),
    "land_balance": lambda t: changed(t, "land", "130100", unassigned=more(1)),
    "public_land": lambda t: changed(t, "services", "130100 school", build=3.0),
    "production_land": lambda t: changed(t, "land", "130200", production=300.0),
    "idle_land": lambda t: changed(t, "land", "130200", reuse_production=61.0),
    "stock_link": lambda t: changed(t, "land", "130100", reuse_production=5.0),
    "capital_budget": lambda t: changed(t, "budget", "130100", to_capital=more(-1)),
    "general_budget": lambda t: changed(t, "budget", "130200", to_capital=more(1e6)),
    "borrow_to_build": lambda t: decided(t, "130200 general_bond", 10_000),
    "special_bond_purpose": lambda t: decided(t, "130200 special_bond", 8_000),
    "debt_limit": lambda t: decided(t, "130200 general_bond", 10_001),
    "debt_room": lambda t: decided(t, "130200 special_bond", 200_000),
    "allocation_bounds": lambda t: decided(t, "130200 grants", 40_001),
    "settle_bounds": lambda t: changed(t, "people", "110100", settle=200_001.0),
    "build_bounds": lambda t: changed(t, "services", "110100 hospital", build=1.0),
    "whole_facilities": lambda t: changed(t, "services", "130100 school", build=1.999),
    "expand_bounds": lambda t: changed(t, "services", "130100 school", expand=-0.1),
    "coverage_bounds": lambda t: changed(t, "services", "110100 school", coverage=1.01),
    "backlog_gate": lambda t: changed(t, "services", "130200 school", backlog=1.0),
    "nonnegative": lambda t: changed(t, "land", "130100", unassigned=-0.01),
    "definitions": lambda t: changed(t, "services", "130100 school", coverage=more(-0.01)),
    "copies": lambda t: changed(t, "services", "130100 school", full_need=more(1)),
    "parts": lambda t: changed(t, "allocation", "130100 land", rule=more(1e-9)),
    "published_bounds": lambda t: published(t, "130200 grants", 40_010),
    "published_quantum": lambda t: published(t, "130100 land", 314.37),
    "published_total": lambda t: published(t, "130100 land", 314.3),
    "published_neighbours": lambda t: published(t, "130100 land", 314.2),
    "published_subtotals": lambda t: published(
        published(published(t, "110100 general_bond", 20000), "130100 general_bond", 9001), "130200 general_bond", 1001
    ),
    "published_persons": lambda t: settled(t, "130100", 19_999),
    "rounding": lambda t: {**t, "rounding": said(rule="total", pool="land", off=0.5, unit="ha")},
    "tables": lambda t: {**t, "debt": t["debt"].iloc[1:]},
    "model": lambda t: t,  # the tables stay, the model that was solved has a family more
    "tiers": lambda t: t,  # the tables stay, a tier of the manifest does not agree with them
    "status": lambda t: t,  # the tables stay, and what the manifest says beside them is another
    "notes": lambda t: t,
    "relaxation": lambda t: {**t, "relaxation": relaxation(t).assign(granted=lambda r: r["granted"] * 1.001)},
    "run": lambda t: t,
}


# In tests/test_groups.py, test_levels.py, test_programmes.py and test_links.py, for the case has none of them.
OF_TABLES = {"extend_bounds", "levels", "run_bounds", "renewed_bounds", "flow_bounds"}


def test_every_family_and_every_check_has_a_tampering() -> None:
    assert list(TAMPERINGS) == [*FAMILIES, *(name for name in TAMPERINGS if name in CHECKS)]
    assert set(TAMPERINGS) == {*FAMILIES, *CHECKS} - OF_TABLES


@pytest.mark.parametrize("family", TAMPERINGS)
def test_tampering_is_found_under_its_name(case: Case, family: str) -> None:
    tiers = true_tiers(case)
    if family == "tiers":
        tiers[1]["value"] += 2e-6
    model = {"decisions": [*BOUNDED], "families": [*FAMILIES, *(["renewal_limit"] if family == "model" else [])]}
    says = true_says(case)
    if family == "status":
        says["status"]["quality"] = "optimal"
    if family == "notes":
        says["notes"] = [{"code": "beyond_band", "amount": 1.0, "detail": ""}]
    if family == "run":
        says["options"]["gap"] = 0.5
    tables = {"relaxation": relaxation(case.tables), **TAMPERINGS[family](case.tables)}
    result = verify(case.instance, tables, tiers, model=model, says=says)
    assert not result.passed
    assert family in {failure.family for failure in result.failures}
    if family in FAMILIES:
        assert result.families.set_index("family").loc[family, "violation"] > 1e-6


@pytest.mark.parametrize(
    ("model", "key"),
    [
        ({"decisions": ["renew"], "families": []}, "decisions: renew"),
        ({"decisions": [], "families": ["renewal_limit"]}, "families: renewal_limit"),
        ({"decisions": []}, "families: missing"),
        ({"decisions": "settle", "families": []}, "decisions: missing"),
        ({"decisions": [["settle"]], "families": []}, "decisions: ['settle']"),
        ("settle", "decisions: missing"),
    ],
)
def test_what_is_not_covered_fails(case: Case, model: Any, key: str) -> None:
    """A decision or a family that verification does not know, however right the tables are."""
    result = verify(case.instance, case.tables, true_tiers(case), model=model)
    assert not result.passed
    assert (result.failures[0].family, result.failures[0].key) == ("model", key)


def test_the_names_of_the_model_pass_and_older_results_have_none(case: Case) -> None:
    model = {"decisions": [*BOUNDED], "families": [*FAMILIES, *OF_TIERS]}
    whole, older = (verify(case.instance, case.tables, true_tiers(case), model=each) for each in (model, None))
    assert whole.passed and older.passed and whole.checks == older.checks


def test_a_table_that_is_not_known_fails(case: Case) -> None:
    result = verify(case.instance, {**case.tables, "renewal": case.tables["people"]}, true_tiers(case))
    assert [(each.family, each.key) for each in result.failures] == [("tables", "renewal: unknown")]


@pytest.mark.parametrize("table", [name for name in COLUMNS if name not in (*SOMETIMES, "programmes", "links")])
def test_a_column_that_is_not_known_fails(case: Case, table: str) -> None:
    result = verify(case.instance, {**case.tables, table: case.tables[table].assign(renewed=1.0)}, true_tiers(case))
    assert [(each.family, each.key) for each in result.failures] == [("tables", f"{table}.renewed: unknown")]


SIDES = {
    ("allocation", "lower"): ("allocation_bounds", ("allocation", "rounding", 1e9)),
    ("allocation", "upper"): ("allocation_bounds", ("allocation", "rounding", -1e9)),
    ("settle", "zero"): ("settle_bounds", ("people", "rounding", 1e9)),
    ("settle", "upper"): ("settle_bounds", ("people", "rounding", -1e9)),
    ("build", "zero"): ("build_bounds", ("services", "build", -1.0)),
    ("build", "upper"): ("build_bounds", ("services", "build", 1e6)),
    ("expand", "zero"): ("expand_bounds", ("services", "expand", -1e9)),
    ("expand", "upper"): ("expand_bounds", ("services", "expand", 1e9)),
    ("backlog", "zero"): ("nonnegative", ("services", "backlog", -1e9)),
    ("backlog", "upper"): ("backlog_gate", ("services", "backlog", 1e9)),
    ("land_use", "zero"): ("nonnegative", ("land", "unassigned", -1e9)),
    ("reuse", "zero"): ("nonnegative", ("land", "reuse_production", -1e9)),
    ("to_capital", "zero"): ("nonnegative", ("budget", "to_capital", -1e9)),
}


def test_every_bound_is_tampered_with() -> None:
    bounded = {name: sides for name, sides in BOUNDED.items() if f"{name}_bounds" not in OF_TABLES}
    zero = {(name, "zero") for name, sides in bounded.items() if "lower" not in sides}
    assert set(SIDES) == zero | {(name, side) for name, sides in bounded.items() for side in sides}


@pytest.mark.parametrize("bound", SIDES, ids="_".join)
def test_a_bound_that_is_broken_is_found(case: Case, bound: tuple[str, str]) -> None:
    """In every row of a column, so that a comparison that is left out shows."""
    check, (table, column, value) = SIDES[bound]
    tables = {**case.tables, table: case.tables[table].assign(**{column: value})}
    found = [each.key for each in verify(case.instance, tables, true_tiers(case)).failures if each.family == check]
    wanted = bound[0] if check == "nonnegative" else ""
    assert [key for key in found if wanted in key]


@pytest.mark.parametrize(
    ("family", "at", "inside", "outside"),
    [
        # 0.05 · 30,000 places
        ("growth_limit", ("services", "110100 care", "expand"), 1500, 1500.01),
        # 1,000 seats a facility, of 20 m² each, 500 beds of 100 m²; all of it on new land
        ("public_land", ("land", "130100", "public"), 9, 9.001),
        # 200 asked for, 10 of them on reused land
        ("production_land", ("land", "130200", "production"), 190, 190.001),
        # 0.3 · 200
        ("idle_land", ("land", "130200", "reuse_production"), 60, 60.001),
        # 314.3774 of new land on a base of 300
        ("stock_link", ("land", "130100", "reuse_production"), 7.19, 7.18),
        # seats 5,000 · 4, beds 700 · 80, places 500 · 10, reuse 50 · 400, less grants 60,001.75 and bonds 14,000.9
        ("capital_budget", ("budget", "130100", "to_capital"), 26_997.35, 26_997),
        # 1,740,000 of income, less 1,560,000, running 5,000 + 4,200 + 500, 1.5 · 20,000, 0.03 · 14,000.9
        ("general_budget", ("budget", "130100", "to_capital"), 139_879.97, 139_882),
        # all building, 400 + 400 + 1,000 + reuse 4,000, less general bonds 1,000.4
        ("borrow_to_build", ("allocation", "130200 special_bond"), 4_799.6, 4_800),
        # the same without schools and without general bonds
        ("special_bond_purpose", ("allocation", "130200 special_bond"), 5_400, 5_400.1),
        ("debt_limit", ("allocation", "130200 general_bond"), 10_000, 10_000.1),
        # 0.2 · (300,000 + 100,000), less general bonds
        ("debt_room", ("allocation", "130200 special_bond"), 78_999.6, 79_000),
        # at least 1,000 in both cities of the province, 2,000 in the other
        ("group_limit", ("people", "130100", "settle"), -1_000, -1_000.01),
    ],
)
def test_the_border_of_a_rule_is_where_arithmetic_puts_it(
    case: Case, family: str, at: tuple[str, ...], inside: float, outside: float
) -> None:
    for value, fails in ((inside, False), (outside, True)):
        table, key, *column = at
        tables = changed(case.tables, table, key, **{column[0]: value}) if column else decided(case.tables, key, value)
        assert (family in {failure.family for failure in verify(case.instance, tables).failures}) is fails


def test_what_fits_passes(case: Case) -> None:
    tables = {**case.tables, "relaxation": relaxation(case.tables)}
    result = verify(case.instance, tables, true_tiers(case), says=true_says(case))
    assert result.passed, result.failures
    assert not verify(case.instance, case.tables, true_tiers(case), says=true_says(case)).passed, "no relaxation"


def test_a_right_result_passes(case: Case) -> None:
    result = verify(case.instance, case.tables, true_tiers(case))
    assert result.failures == ()
    assert result.passed and result.worst <= 1e-9 and result.checks > 500


def test_hand_check_has_the_values_of_the_page(hand: Case) -> None:
    result = verify(hand.instance, hand.tables, hand.tiers)
    assert result.failures == ()
    families = result.families.set_index("family")
    assert families.loc["pool_total"].tolist() == [1, 1, 0]
    assert families.loc["coverage_is_served", "binding"] == 2
    assert families.loc["growth_limit", "binding"] == 0
    assert families.loc["stock_link", "rows"] == 0


def test_families_have_a_row_each(case: Case) -> None:
    families = verify(case.instance, case.tables).families
    assert list(families.columns) == ["family", "rows", "binding", "violation"]
    assert tuple(families["family"]) == FAMILIES
    rows = families.set_index("family")["rows"]
    assert rows[["pool_total", "group_limit", "growth_limit", "stock_link", "debt_limit", "debt_room"]].tolist() == [
        5, 4, 9, 1, 6, 3,
    ]  # fmt: skip
    assert verify(case.instance, {**case.tables, "families": families}).passed
    wrong = families.assign(binding=families["binding"] + 1)
    failures = verify(case.instance, {**case.tables, "families": wrong}).failures
    assert [failure.key for failure in failures if failure.family == "copies"] == [failure.key for failure in failures]
    assert {failure.key for failure in failures} == {f"{family}, families, binding" for family in FAMILIES}
    unknown = families.replace("debt_room", "debt_hall")
    assert not verify(case.instance, {**case.tables, "families": unknown}).passed


def test_the_order_of_rows_does_not_matter(case: Case) -> None:
    turned = {name: table.iloc[::-1] for name, table in case.tables.items()}
    assert verify(case.instance, turned, true_tiers(case)).passed


@pytest.mark.parametrize(("amount", "passes"), [(5e-7, True), (5e-6, False)])
def test_the_tolerance_is_relative(case: Case, amount: float, passes: bool) -> None:
    spending = case.tables["budget"].set_index("city").loc["110100", "spending"]
    tables = changed(case.tables, "budget", "110100", to_capital=more(-amount * spending))
    assert verify(case.instance, tables).passed is passes
    assert verify(case.instance, tables, tolerance=1e-4).passed


def test_a_missing_number_fails(case: Case) -> None:
    tables = changed(case.tables, "people", "130100", settle=np.nan)
    failures = verify(case.instance, tables).failures
    assert {"settle_bounds", "recognised_need", "general_budget", "group_limit"} <= {f.family for f in failures}
    assert next(f for f in failures if f.family == "settle_bounds").excess == np.inf


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda t: {k: v for k, v in t.items() if k != "land"}, "land: missing"),
        (lambda t: {**t, "people": t["people"].drop(columns="settle")}, "people.settle: missing"),
        (lambda t: changed(t, "people", "130200", settle="many"), "people.settle: no numbers"),
        (lambda t: {**t, "land": pd.concat([t["land"], t["land"].iloc[:1]])}, "land: double 110100"),
        (lambda t: {**t, "services": t["services"].iloc[:-1]}, "services: missing 130200, school"),
        (lambda t: changed(t, "people", "130200", city="130201"), "people: unknown 130201"),
        (lambda t: {**t, "limits": t["limits"].iloc[:0]}, "limits: missing big"),
    ],
)  # fmt: skip
def test_tables_that_are_not_whole_fail_by_name(case: Case, change: Tampering, key: str) -> None:
    failures = verify(case.instance, change(case.tables)).failures
    assert {failure.family for failure in failures} == {"tables"}
    assert key in {failure.key for failure in failures}


def test_every_check_has_a_title_by_which_it_is_told(case: Case) -> None:
    assert set(TITLES) == set(CHECKS)
    found = verify(case.instance, case.tables, case.tiers)
    told = replace(found, worst=1e-9, worst_at="copies: 440300, land, rule")
    assert alloc.show(told, "zh").endswith("最大偏差 1.0e-09（由其他数得出的数：440300, land, rule）。")
    assert "worst 1.0e-09 (Debt room: 440300)" in alloc.show(replace(told, worst_at="debt_room: 440300"), "en")
    assert alloc.show(replace(found, worst=0.0, worst_at=""), "zh").strip().endswith("项，没有偏差。")
    failed = replace(found, failures=(Failure("published_total", "land", 1.0, 2.0, 1.0),), passed=False)
    assert alloc.show(failed, "zh").strip() == "公布数合计（published_total） [land]: 1.0 | 2.0"


def test_a_failure_says_where_and_by_how_much(case: Case) -> None:
    result = verify(case.instance, TAMPERINGS["idle_land"](case.tables))
    failure = next(failure for failure in result.failures if failure.family == "idle_land")
    assert (failure.key, failure.left, failure.right, failure.excess) == ("130200", 61, 60, 1)


def test_a_debt_tier_before_the_year_that_is_another_is_found(case: Case) -> None:
    (before,) = case.tables["debt"].set_index("city").loc[["130100"], "tier_before"]
    other = {"green": "red", "red": "green"}[before]
    failures = verify(case.instance, changed(case.tables, "debt", "130100", tier_before=other)).failures
    assert [(failure.family, failure.key) for failure in failures] == [("copies", "130100, tier_before")]


def test_a_number_moved_up_too_far_is_found_as_well(case: Case) -> None:
    tables = published(published(case.tables, "130100 land", 314.3), "110100 land", 406.7)
    failures = verify(case.instance, published(tables, "130200 land", 79.0)).failures
    found = [(f.key, round(f.left, 3)) for f in failures if f.family == "published_neighbours"]
    assert found == [("130200, land", 1.425)]


def test_tables_are_brought_into_order_by_code() -> None:
    codes = pd.Series(["b", "c", "a", None, "b"], dtype="str")
    assert places(codes, ["a", "b"]).tolist() == [1, -1, 0, -1, 1]
    table = pd.DataFrame({"city": ["b", "a", "x", "a"], "pool": ["r", "s", "r", "r"], "amount": [1.0, 2.0, 3.0, 4.0]})
    found = matrix(table, "amount", city=["a", "b"], pool=["r", "s"])
    np.testing.assert_array_equal(found, [[4, 2], [1, np.nan]])


def test_the_worst_of_a_family_is_in_the_size_of_its_larger_side() -> None:
    """50 of 100, whichever side has 100, and 30 of 90; a largest term of 1,000 makes 50 a twentieth."""
    for left, right in ((100.0, 50.0), (50.0, 100.0)):
        ledger = Ledger(1e-6)
        ledger.compare("x", np.array([90.0, left]), "=", np.array([60.0, right]), at=(["a", "b"],))
        assert (ledger.tally("x").worst, ledger.tally("x").worst_at) == (0.5, "b")
        ledger.compare("y", left, "=", right, scale=np.array([1000.0]))
        assert ledger.tally("y").worst == 0.05


def test_checks_of_levers_that_are_installed_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One or several by entry point; anything else is named."""
    one, other = levers.Checks(), levers.Checks()
    named = {"of-one": one, "of-two": (one, other), "of-none": (one, "checks")}

    def entry_points(*, group: str, name: str) -> list[Any]:
        return [SimpleNamespace(load=lambda: named[name])] if group == levers.GROUP and name in named else []

    monkeypatch.setattr(levers, "entry_points", entry_points)
    assert levers.of("of-one") == (*levers.LEVERS, one) and levers.of("of-two") == (*levers.LEVERS, one, other)
    with pytest.raises(TypeError, match=r"of-none of .*: 'checks' is no Checks"):
        levers.of("of-none")


def test_rows_are_named_along_each_axis() -> None:
    ledger, left = Ledger(1e-6), np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]])
    ledger.compare("matrix", left, "<=", np.array([1.0, 2.0, 5.0]), at=(["a", "b"], ("x", "y", "z")), key="k")
    ledger.compare("vector", left[:, 0], ">=", 2.0, at=(np.array(["a", "b"], dtype=object),))
    ledger.same("texts", np.array(["u", "v", None], dtype=object), np.array(["u", "w", None], dtype=object),
                at=(["a", "b", "c"],))  # fmt: skip
    failures = {name: [(f.key, f.left, f.right) for f in tally.failures] for name, tally in ledger.tallies.items()}
    assert failures["matrix"][1:] == [("b, x, k", 4, 1), ("b, z, k", 6, 5)]
    assert failures["matrix"][0][0] == "b, y, k"
    assert failures["vector"] == [("a", 1, 2)]
    assert [key for key, _, _ in failures["texts"]] == ["b"], "nothing is the same as nothing"
    assert [(tally.rows, tally.binding) for tally in ledger.tallies.values()] == [(6, 2), (2, 0), (3, 2)]


def test_missing_or_reordered_tiers_fail(case: Case) -> None:
    tiers = true_tiers(case)
    assert not verify(case.instance, case.tables, tiers[:-1]).passed
    assert not verify(case.instance, case.tables, tiers[::-1]).passed
    failures = verify(case.instance, case.tables, [*tiers[:-1], {"tier": "cost", "value": 1}]).failures
    assert [failure.key for failure in failures] == ["cost"]


def test_reuse_goes_to_public_land_first_where_no_limit_names_a_use(case: Case) -> None:
    limits = case.instance.tables["limits"]
    others = make_instance(
        case.instance.settings, {**case.instance.tables, "limits": limits[limits["limit"] != "sites"]}
    )
    tables = {**case.tables, "limits": case.tables["limits"][case.tables["limits"]["limit"] != "sites"]}
    failures = verify(others, tables).failures
    # 8 ha of schools in the first city and 203 of reuse, of which the split gives schools 3; 4 + 5 in the second.
    assert [(f.family, f.key, f.left, f.right) for f in failures] == [
        ("definitions", "130100, reuse", 0, 9),
        ("definitions", "110100, reuse", 3, 8),
    ]


def test_leximin_is_worth_the_least_score(hand: Case) -> None:
    objective = [{"tier": "fairness", "method": "leximin"}]
    dumped = hand.instance.settings.model_dump(by_alias=True) | {"objective": objective}
    instance = make_instance(type(hand.instance.settings).model_validate(dumped), hand.instance.tables)
    assert verify(instance, hand.tables, [{"tier": "fairness", "value": 0.82}]).passed
    assert not verify(instance, hand.tables, [{"tier": "fairness", "value": 0.83}]).passed


def test_closeness_without_a_benchmark_counts_all_cities(hand: Case) -> None:
    cities = hand.instance.tables["cities"].assign(given=[0.0, 5.0])
    factors = hand.instance.tables["factors"].assign(factor="given")
    instance = make_instance(hand.instance.settings, {**hand.instance.tables, "cities": cities, "factors": factors})
    tables = changed(hand.tables, "allocation", "110100 general", benchmark=0.0, optimised=2500.0, published=2500.0)
    tables = changed(tables, "allocation", "120100 general", benchmark=10000.0, optimised=-2500.0, published=7500.0)
    closeness = 2 * (2500 / 10000) ** 2 + (2500 / 10000) ** 2
    tiers = [tier | ({"value": closeness} if tier["tier"] == "closeness" else {}) for tier in hand.tiers]
    failures = verify(instance, tables, tiers).failures
    assert "tiers" not in {failure.family for failure in failures}
    assert "tiers" in {failure.family for failure in verify(instance, tables, hand.tiers).failures}


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1)), min_size=1, max_size=12),
    st.floats(0.01, 1),
)
@settings(max_examples=60, deadline=None)
def test_the_mean_of_the_worst_solves_the_linear_program(cities: list[tuple[float, float]], beta: float) -> None:
    score, people = np.array(cities).T
    share = people / people.sum()
    n = len(score)
    program = linprog(
        np.concatenate([[-1.0], share / beta]), A_ub=np.column_stack([np.ones(n), -np.eye(n)]), b_ub=score,
        bounds=[(None, None), *[(0, None)] * n],
    )  # fmt: skip
    assert mean_of_worst(score, share, beta) == pytest.approx(-program.fun, abs=1e-7)
    mark, below = marks(score, share, beta)
    assert mark - share @ below / beta == pytest.approx(mean_of_worst(score, share, beta), abs=1e-9)


def test_the_worst_of_all_residents_are_all_though_their_shares_add_up_to_a_little_less() -> None:
    """Ten tenths are 0.9999999999999999; the mark is that of the best city, the mean 4.5."""
    score, share = np.arange(10.0), np.full(10, 0.1)
    assert np.cumsum(share)[-1] < 1
    mark, below = marks(score, share, 1.0)
    assert mark == 9.0 and below.tolist() == [9.0 - one for one in range(10)]
    assert mean_of_worst(score, share, 1.0) == pytest.approx(4.5)


def test_a_share_of_land_for_production_is_one_of_whatever_is_asked_for() -> None:
    """0.4 and 0.1 ha, worth 1 and 3: of 0.7 in all 0.2 + 0.3 are served."""
    raw = SimpleNamespace(city={"productivity": np.array([1.0, 3.0]), "production_request": np.array([0.4, 0.1])})
    results = SimpleNamespace(land_for=lambda use: {"production": np.array([0.2, 0.1])}[use])
    found = VALUES["production"](SimpleNamespace(method=None), raw, results, np.zeros(2))  # type: ignore[arg-type]
    assert found == pytest.approx(5 / 7)


@pytest.mark.parametrize("seed", [*range(12), "tiny", "three", "hand"])
def test_recomputed_quantities_agree_with_the_derived_data(seed: int | str, tmp_path: Path) -> None:
    match seed:
        case "tiny":
            instance = folder_instance(write_tiny(tmp_path))
        case "three":
            instance = three_cities().instance
        case "hand":
            instance = hand_check().instance
        case _:
            instance = folder_instance(write_random(tmp_path, int(seed)))
    raw, derived = recompute(instance), derive(instance)
    common = {f.name for f in fields(raw)} & {f.name for f in fields(derived)} - {"limits", "links", "purses"}
    assert len(common) >= 28
    for name in sorted(common):
        ours, theirs = np.asarray(getattr(raw, name)), np.asarray(getattr(derived, name))
        if ours.dtype == object or ours.dtype.kind in "UT":
            assert ours.tolist() == theirs.tolist(), name
        else:
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-9, err_msg=name)
    for fixed, value, target in zip(
        ~np.isnan(derived.override.ravel()), raw.clipped.ravel(), derived.rule_target.ravel(), strict=True
    ):
        assert fixed or value == pytest.approx(target, rel=1e-12)
    assert [(r.limit, r.kind, r.item, r.sense) for r in raw.limits] == [
        (r.limit, r.kind, r.item, r.sense) for r in derived.limits
    ]
    for ours, theirs in zip(raw.limits, derived.limits, strict=True):
        assert ours.amount == pytest.approx(theirs.amount, rel=1e-12)
        assert ours.chosen.tolist() == theirs.selection.tolist()
    breakpoints = derived.score_breakpoints
    assert (breakpoints[:, 1] == raw.service["minimum"]).all()


def test_the_clipped_benchmark_leaves_overrides_out() -> None:
    instance = three_cities().instance
    without = make_instance(instance.settings, {k: v for k, v in instance.tables.items() if k != "overrides"})
    np.testing.assert_allclose(recompute(instance).clipped, derive(without).rule_target)


def test_verification_shares_no_code_with_what_it_verifies() -> None:
    """`where.conditions` reads conditions and `instance` is the type of the input: nothing else of alloc."""
    allowed = {"alloc.instance.instance", "alloc.instance.where.conditions"}
    package = Path(alloc.verification.__file__).parent
    for path in package.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [n.name for n in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [str(node.module)]
            for name in names:
                if name.split(".")[0] in ("alloc", "alloc_models", "pyomo", "highspy"):
                    assert name in allowed or name.startswith("alloc.verification"), f"{path.name} imports {name}"


def test_a_limit_moves_the_right_side(case: Case) -> None:
    limits = case.instance.tables["limits"].assign(value=[0.1, 1000.0, 1000.0, 0.0001, 50.0])
    instance = replace(case.instance, tables={**case.instance.tables, "limits": limits})
    failures = [f for f in verify(instance, case.tables).failures if f.family == "group_limit"]
    assert [(f.key, round(f.right, 9)) for f in failures] == [("big", 80)]


@pytest.mark.parametrize(("sense", "amount"), [(">=", 21_999.5), ("<=", 22_000.5)])
def test_a_limit_that_is_kept_with_less_than_one_to_spare_is_kept(case: Case, sense: str, amount: float) -> None:
    """20,000 and 2,000 persons settle in the two cities of the limit."""
    limits = case.instance.tables["limits"].copy()
    at = limits["limit"] == "homes"
    limits.loc[at, ["sense", "value"]] = sense, amount
    said = case.tables["limits"].copy()
    said.loc[said["limit"] == "homes", ["sense", "right", "slack"]] = sense, amount, 0.5
    instance = make_instance(case.instance.settings, {**case.instance.tables, "limits": limits})
    assert verify(instance, {**case.tables, "limits": said}).failures == ()


@pytest.mark.parametrize(("over", "said"), [(0.4e-6, True), (1.5e-6, True), (2.5e-6, False)])
def test_what_is_off_by_more_than_twice_the_noise_has_to_be_said(case: Case, over: float, said: bool) -> None:
    """A number that is no multiple of 0.1 ha by so much of it."""
    found = verify(case.instance, published(case.tables, "130100 land", 314.4 + 0.1 * over)).failures
    unsaid = ("rounding", "not said: no_multiple, land, 130100")
    assert (unsaid in {(each.family, each.key) for each in found}) is not said


@pytest.mark.parametrize(("persons", "fits"), [(4_166, True), (5_000, False)])
def test_persons_as_published_need_what_is_served(case: Case, persons: int, fits: bool) -> None:
    """5,916 beds and 0.0012 a person of 5,900 + 5 + 16 in the last city: enough for 4,166 persons."""
    found = {each.key for each in verify(case.instance, settled(case.tables, "130200", persons)).failures
             if each.family == "published_persons"}  # fmt: skip
    assert ("130200, hospital, recognised_need" in found) is not fits


@pytest.mark.parametrize(("first", "found"), [(42_352, False), (42_351, True)])
def test_a_pool_in_which_nobody_can_have_a_quantum_more_is_as_full_as_it_can_be(
    case: Case, first: int, found: bool
) -> None:
    """No city may have more than 0.8 of its benchmark: 42,352.94, 4,235.29 and 1,411.76, which all are decided. In
    whole numbers that is 2.0 less, though the pool has more."""
    pools = case.instance.tables["pools"].copy()
    pools.loc[pools["pool"] == "general_bond", "corridor_up"] = -0.2
    instance = make_instance(case.instance.settings, {**case.instance.tables, "pools": pools})
    most = dict(zip(recompute(instance).cities, 0.8 * 60_000 * np.array([9, 0.9, 0.3]) / 10.2, strict=True))
    tables = case.tables
    for city, whole in zip(most, (first, 4_235, 1_411), strict=True):
        tables = published(decided(tables, f"{city} general_bond", most[city]), f"{city} general_bond", whole)
    failures = verify(instance, tables).failures
    keys = {each.key for each in failures if each.family == "published_total"}
    assert keys == ({"general_bond"} if found else set())


@pytest.mark.parametrize(("second", "found"), [(9_000 + 1e-6, False), (9_000.5, True)])
def test_a_decision_that_is_whole_but_for_noise_has_no_neighbour_above(case: Case, second: float, found: bool) -> None:
    """Two more than decided in the first city: one of them could be given to the second, had it been decided more."""
    tables = published(decided(case.tables, "110100 general_bond", 20_000), "110100 general_bond", 20_002)
    tables = published(decided(tables, "130100 general_bond", second), "130100 general_bond", 9_000)
    tables = published(decided(tables, "130200 general_bond", 1_000), "130200 general_bond", 1_000)
    far = {each.key for each in verify(case.instance, tables).failures if each.family == "published_neighbours"}
    assert far == ({"110100, general_bond"} if found else set())


def test_persons_have_the_room_that_amounts_leave_them_in_a_row_of_a_lever(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grants of 100,000, 60,000 and 40,000 and 2 a person, of at most 100,005, 60,007 and 40,001."""
    raw, policy = recompute(case.instance), case.instance.settings.policy
    results = read(case.tables, raw, Ledger(1e-6), policy)
    assert results is not None
    row = Row("beside", raw.pools == "grants", np.array([100_005.0, 60_007, 40_001]), persons=2.0)
    monkeypatch.setattr(levers, "rounded", lambda formulation: {"beside": lambda raw, results, policy: row})
    rows = Rows(raw, results, policy)
    assert rows.weighed == [row] and row not in rows.rows
    assert rows.most_persons().tolist() == [2, 3, 0]
