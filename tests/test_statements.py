"""What a result says of itself beside its tables, on three cities: way to whole facilities, status, bounds, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from alloc.instance.instance import make_instance
from alloc.verification import verify
from verify_fixtures import Case, relaxation, three_cities, true_says, true_tiers

FACILITIES = 96  # 60 of care in the first city; 8 hospitals and 25 in the second; 1 and 2 in the third


@pytest.fixture(scope="module")
def case() -> Case:
    return three_cities()


def under(case: Case, **options: object) -> Case:
    """The same cities under other settings."""
    settings = case.instance.settings.model_copy(update=options)
    return replace(case, instance=make_instance(settings, case.instance.tables))


def found(case: Case, says: dict[str, Any], granted: pd.DataFrame | None = None) -> list[tuple[str, str]]:
    """What does not agree with the tables and a relaxation."""
    tables = case.tables if granted is None else {**case.tables, "relaxation": granted}
    return [(each.family, each.key) for each in verify(case.instance, tables, true_tiers(case), says=says).failures]


def note(code: str, amount: float = 0.0, detail: str = "") -> dict[str, Any]:
    return {"code": code, "amount": amount, "detail": detail}


# ---------------------------------------------------------------------------------------------- ways and instances


def test_a_relaxation_stands_beside_the_plans_of_cities_and_nowhere_else(case: Case) -> None:
    granted, wrong = relaxation(case.tables), [("run", "relaxation")]
    assert found(case, true_says(case), granted) == []
    assert found(case, true_says(case)) == wrong
    joint, relaxed = under(case, facilities="joint"), under(case, integers=False)
    searched = {**true_says(joint), "notes": [note("searched")]}
    assert found(joint, searched) == []
    assert found(joint, searched, granted) == wrong
    says = {**true_says(relaxed), "floors": {}}
    assert ("run", "relaxation") not in found(relaxed, says)
    assert ("run", "relaxation") in found(relaxed, says, granted)


def test_the_instance_is_the_one_that_was_solved(case: Case) -> None:
    granted = relaxation(case.tables)
    for name in ("name", "hash"):
        says = true_says(case)
        says["instance"][name] = "other"
        assert found(case, says, granted) == [("run", f"instance.{name}")]


# -------------------------------------------------------------------------------------------------- bounds, status


@pytest.mark.parametrize(
    ("gap", "quality"),
    [
        (0.0, "optimal"),
        (0.0009, "optimal"),  # the run asks for a gap of 0.001
        (0.0011, "feasible"),
        (0.006, "feasible"),
    ],
)
@pytest.mark.parametrize("given_away", [0.0, 0.005])
def test_a_result_is_optimal_where_no_tier_is_further_from_its_bound_than_asked_for_and_given_away(
    case: Case, gap: float, quality: str, given_away: float
) -> None:
    """Of fairness 0.005 of some 0.9 may be given away by the tolerance of the objective, of coverage nothing."""
    says = true_says(case)
    for entry in says["tiers"]:
        if entry["tier"] != "closeness":  # a sum of squares has no bound where facilities are whole
            entry["bound"], entry["gap"] = entry["value"], 0.0
    one = next(each for each in says["tiers"] if each["tier"] == ("fairness" if given_away else "coverage"))
    beyond = given_away / one["size"]
    one["gap"], one["bound"] = gap + beyond, one["value"] + (gap + beyond) * one["size"]
    for stated in ("optimal", "feasible"):
        says["status"]["quality"] = stated
        wrong = [] if stated == quality else [("status", "quality")]
        assert found(case, says, relaxation(case.tables)) == wrong


# ----------------------------------------------------------------------------------------------------------- notes


@pytest.mark.parametrize(
    ("some", "right"),
    [
        ([note("rounded_down", 1)], True),
        ([note("rounded_down", 3)], True),
        ([note("rounded_down", 4)], False),  # of three cities
        ([note("rounded_down", 0)], False),
        ([note("rounded_down", 1.5)], False),
        ([note("rounded_down", 1, "school")], False),
        ([note("mended", FACILITIES)], True),
        ([note("mended", FACILITIES + 1)], False),
        ([note("mended", 2), note("mended", 2)], False),
        ([note("bound_left", detail="coverage")], True),
        ([note("bound_left", detail="closeness")], False),  # which never has one
        ([note("bound_left", detail="beauty")], False),
        ([note("bound_left", 1, "coverage")], False),
        ([note("by_pyomo", detail="pool_total: why")], True),
        ([note("by_pyomo", detail="renewal_limit: why")], False),
        ([note("searched")], False),  # together, which this run has not done
        ([note("beyond_band", 1)], False),  # in the relaxation nothing lies beyond
        ([note("tolerance", 1, "anything")], True),  # of others nothing follows
    ],
)
def test_notes_on_plans_of_cities(case: Case, some: Sequence[dict[str, Any]], right: bool) -> None:
    says = {**true_says(case), "notes": [*some], "model": {"families": ["pool_total"], "decisions": []}}
    wrong = {family for family, _ in found(case, says, relaxation(case.tables))}
    assert wrong == (set() if right else {"notes"})


@pytest.mark.parametrize("one", [note("rounded_down", 1), note("mended", 1)], ids=lambda one: one["code"])
def test_only_plans_of_cities_are_rounded_down_or_mended(case: Case, one: dict[str, Any]) -> None:
    joint, relaxed = under(case, facilities="joint"), under(case, integers=False)
    assert found(joint, {**true_says(joint), "notes": [note("searched"), one]}) == [("notes", one["code"])]
    says = {**true_says(relaxed), "floors": {}}
    assert set(found(relaxed, {**says, "notes": [one]})) - set(found(relaxed, says)) == {("notes", one["code"])}


def test_a_search_for_all_cities_together_is_said(case: Case) -> None:
    joint = under(case, facilities="joint")
    assert found(joint, true_says(joint)) == [("notes", "not said: searched")]
    assert found(joint, {**true_says(joint), "notes": [note("searched", 1)]}) == [("notes", "searched")]


@pytest.mark.parametrize(
    ("granted", "beyond"),
    [
        (55_000.0, 3_901.75),  # 60,001.75 − 1.02 · 55,000
        (70_000.0, -8_598.25),  # 60,001.75 − 0.98 · 70,000
        (58_820.5, 0.0),  # 4.84 beyond: less than half of the pool's quantum of 10
        (58_820.0, 5.35),
    ],
)
def test_what_lies_beyond_the_band_around_the_relaxation_is_counted(case: Case, granted: float, beyond: float) -> None:
    table = relaxation(case.tables)
    at = (table["city"] == "130100") & (table["pool"] == "grants")
    table.loc[at, ["granted", "beyond"]] = granted, beyond
    said, silent = ({**true_says(case), "notes": notes} for notes in ([note("beyond_band", 1)], []))
    assert found(case, said, table) == ([] if beyond else [("notes", "beyond_band")])
    assert found(case, silent, table) == ([("notes", "not said: beyond_band")] if beyond else [])
    if beyond:
        two = {**true_says(case), "notes": [note("beyond_band", 2)]}
        assert found(case, two, table) == [("notes", "beyond_band")]
    table.loc[at, "beyond"] = beyond + 0.1
    assert ("relaxation", "130100, grants, beyond") in found(case, said, table)
