"""Programmes: by hand on two cities, what each joins, pools that pay for one alone, and what is a finding."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.api import compare, matrix_agreement
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.rules.rules import explain_rules
from alloc.explanation.sensitivity.prices import explain_prices
from alloc.explanation.shared.parameters import parameters
from alloc.instance import InputError, read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance, make_instance
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.template.province import cut_province
from alloc.verification import verify

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
PARK, COMPOUNDS, HOMES = FAMILIES / "renewed_land", FAMILIES / "earmarked_use", FAMILIES / "programmes"
A, B = "000001", "000002"


def edited(base: Path, *lines: str) -> Instance:
    return apply(read(base), [parse_edit(each) for each in lines]).instance


@cache
def solved(base: Path) -> Result:
    return run(read(base))


def done(result: Result) -> list[float]:
    return list(result.tables["programmes"].sort_values("city")["run"])


def values(result: Result) -> dict[str, float]:
    found: dict[str, float] = result.tiers["value"].to_dict()
    return found


# --------------------------------------------------------------------------------------------- the page's examples


def test_derived_by_hand() -> None:
    d = derive(read(COMPOUNDS))
    np.testing.assert_allclose(d.run_limit[:, 0], [400, 100])
    np.testing.assert_allclose(d.tied_room[:, 0], [800, 200])
    assert d.upper[:, 0].tolist() == [800, 200] and d.upper_rule[1, 0] == "tied_room"
    d = derive(read(PARK))
    np.testing.assert_allclose(d.run_limit[:, 0], [20, 0])
    np.testing.assert_allclose(d.renewable, [10, 0])
    # half of the cost, and stocks that go by a column: 0.1 for each of 60,000 urban residents, 0.2 of them in a year
    d = derive(edited(
        COMPOUNDS, "pools.capital.support = 0.5", "drop programme_stock", "programmes.stock_each = 0.1",
        "programmes.stock_factor = 'urban_residents'",
    ))  # fmt: skip
    np.testing.assert_allclose(d.programme_stock[:, 0], [6000, 6000])
    np.testing.assert_allclose(d.tied_room[:, 0], [1200, 1200])


def test_a_park_makes_land_free() -> None:
    result = solved(PARK)
    assert done(result) == pytest.approx([15, 0], abs=1e-9)
    land = result.tables["land"].set_index("city")
    assert land.loc[A, ["production", "renewed_production", "renewed_public"]].tolist() == pytest.approx([30, 7.5, 0])
    assert values(result)["production"] == pytest.approx(0.675, rel=1e-9)
    assert not matrix_agreement(result.instance).failures
    # Without the yield 60 ha are all that there is, and nobody runs anything.
    without = run(edited(PARK, "programmes.land_yield = 0"))
    assert values(without)["production"] == pytest.approx(0.6, rel=1e-9) and done(without) == [0, 0]
    assert "renewed_production" not in without.tables["land"]


def test_renewed_land_earns_new_land() -> None:
    """A gets 10 ha of new land and 2 for every hectare that is renewed: 15 of old park make 7.5, so 25; B gets 35."""
    result = run(edited(PARK, "policy.land.stock_ratio = 2.0", f"cities.{A}.stock_base = 10"))
    published = result.tables["allocation"]["published"].tolist()
    assert published == pytest.approx([25, 35], abs=1e-6) and not result.verification.failures
    assert done(result) == pytest.approx([15, 0], abs=1e-6)


def test_money_for_old_compounds_goes_nowhere_else() -> None:
    result = solved(COMPOUNDS)
    assert result.tables["allocation"]["published"].tolist() == [300, 200]
    assert done(result) == pytest.approx([150, 100], abs=1e-6)
    assert values(result)["closeness"] == pytest.approx(0.04, rel=1e-9)
    # With half of the cost 500 do as many households, the other half is the cities' own.
    half = run(edited(COMPOUNDS, "pools.capital.support = 0.5", "cities.fund_available = 1000"))
    assert half.tables["budget"]["spending"].sum() == pytest.approx(1000, rel=1e-6)
    assert half.tables["allocation"]["published"].tolist() == [400, 100]


def test_homes_on_collective_land_take_no_new_land() -> None:
    result, without = solved(HOMES), run(edited(HOMES, "drop programme_stock"))
    assert result.tables["services"]["coverage"].tolist() == pytest.approx([0.83, 0.63])
    assert without.tables["services"]["coverage"].tolist() == pytest.approx([0.83, 0.63])
    more = 20 * (values(result)["production"] - values(without)["production"])
    assert more == pytest.approx(0.9, abs=1e-9)  # ha for production
    assert result.tables["services"]["added"].tolist() == pytest.approx([0, 300])  # what serves beside is no capacity


# --------------------------------------------------------------------------------------- what they join and settle


def test_places_let_people_settle() -> None:
    """2,000 of A's pupils are migrants' children at half an entitlement: a place carries 20 settlers of 10,000.

    There is no new land, so 300 places on collective land are all that is new: 6,000 settle.
    """
    lines = (f"cities.{A}.migrants_within = 20000", "services.settlement_prerequisite = true", "pools.land.total = 0")
    assert run(edited(HOMES, *lines)).tables["people"]["settle"].tolist()[0] == 6000
    assert run(edited(HOMES, *lines, "programmes.year_share = 0")).tables["people"]["settle"].tolist()[0] == 0


def test_income_pays_for_running() -> None:
    """50 households cost 0.2 a year each and there is no general money: none; with an income of as much, all."""
    lines = ("programmes.running_cost = 0.2", "pools.capital.exhaust = false")
    assert sum(done(run(edited(COMPOUNDS, *lines)))) == 0
    paid = edited(COMPOUNDS, *lines, "programmes.yearly_income = 0.2", limit("run:old_compounds", ">=", 250))
    assert sum(done(run(paid))) == pytest.approx(250, rel=1e-6)
    assert run(edited(COMPOUNDS, *lines, limit("run:old_compounds", ">=", 250))).infeasible


def test_special_bonds_pay_for_what_brings_revenue() -> None:
    lines = ("pools.capital.kind = 'bond'", "pools.capital.use = ''", "pools.capital.bond_class = 'special'",
             "pools.capital.total = 100", "cities.limit_special = 1000",
             "cities.essential_spending = 99990")  # fmt: skip
    bond = edited(COMPOUNDS, *lines, "programmes.revenue_backed = true")
    result = run(bond)
    assert result.tables["allocation"]["published"].sum() == 100 and sum(done(result)) == pytest.approx(50)
    assert run(edited(COMPOUNDS, *lines)).infeasible  # compounds bring no revenue


# ------------------------------------------------------------------------------------------------ limits and tiers


def limit(quantity: str, sense: str, value: float, basis: str = "amount", where: str = "") -> str:
    return (
        f"add limits {{ limit = 'one', quantity = '{quantity}', sense = '{sense}', value = {value}, "
        f"basis = '{basis}', where = \"{where}\" }}"
    )


def test_limits_on_what_is_done() -> None:
    some = run(edited(COMPOUNDS, limit("run:old_compounds", "<=", 40, where=f"city == '{B}'")))
    assert some.tables["allocation"]["published"].tolist() == [420, 80]
    share = run(edited(PARK, limit("run:old_parks", "<=", 0.002, basis="spending", where=f"city == '{A}'")))
    assert done(share) == pytest.approx([0, 0], abs=1e-9)  # a hectare costs 100, more than 1/500 of a unit each
    with pytest.raises(InputError):
        edited(PARK, limit("run:old_compounds", "<=", 1))
    with pytest.raises(InputError):
        edited(FAMILIES / "stock_link", limit("run:old_parks", "<=", 1))


def test_a_task_that_cannot_be_met_names_what_stands_in_its_way() -> None:
    conflict = explain_conflict(edited(COMPOUNDS, limit("run:old_compounds", ">=", 120, where=f"city == '{B}'")))
    assert {"group_limit", "programme_limit"} <= {group.family for group in conflict.clash.groups}
    lines = [line for repair in conflict.menu.repairs for line in repair.lines]
    assert f"programme_stock.{B}.old_compounds.limit = 120" in lines
    titles = {each.target: each.title.en for each in parameters(read(COMPOUNDS))}
    assert titles[f"programme_stock.{B}.old_compounds.limit"] == "limit of this year of Old compounds for Second"
    share = edited(PARK, limit("run:old_parks", ">=", 25), "cities.fund_available = 9000")
    conflict = explain_conflict(share)
    assert {"group_limit", "programme_share"} <= {group.family for group in conflict.clash.groups}
    lines = [line for repair in conflict.menu.repairs for line in repair.lines]
    assert "programmes.old_parks.year_share = 0.25" in lines
    assert conflict.sentences("zh") and "ha" in " ".join(conflict.sentences("en"))


def test_too_little_can_be_done_for_what_must_be_given_out() -> None:
    """At 0.5 of the cost 400 and 100 households take 500 of 600."""
    with_more = edited(COMPOUNDS, "pools.capital.total = 600", "pools.capital.support = 0.5")
    result = run(with_more)
    assert result.infeasible
    (found,) = [each for each in result.findings if each.code == "pool_above_upper"]
    assert "600" in found.message.en and "500" in found.message.en and "use for tied money" in found.message.en


def test_the_tier_does_as_much_as_there_is_money_for() -> None:
    """500 of own money in A do 250 households there of 10,000: 0.025."""
    base = read(COMPOUNDS)
    tiers = [one.model_dump() for one in base.settings.objective]
    tiers.insert(3, {"tier": "programmes"})
    settings = base.settings.model_validate({**base.settings.model_dump(mode="json"), "objective": tiers})
    tables = dict(base.tables)
    tables["pools"] = tables["pools"].assign(total=0.0, exhaust=False)
    tables["cities"] = tables["cities"].assign(fund_available=[500.0, 0.0])
    instance = make_instance(settings, tables)
    result = run(instance)
    assert done(result) == pytest.approx([250, 0], abs=1e-6)
    assert values(result)["programmes"] == pytest.approx(0.025, rel=1e-9)
    assert not matrix_agreement(instance).failures and not result.verification.failures


# --------------------------------------------------------------------------------------------------- verification


@pytest.mark.parametrize("base, table, column, amount, family", [
    (PARK, "land", "renewed_production", 3.0, "renewed_land"),
    (PARK, "programmes", "run", 6.0, "run_bounds"),
    (PARK, "programmes", "run", -4.0, "renewed_land"),
    (PARK, "land", "renewed_public", -1.0, "nonnegative"),
    (COMPOUNDS, "programmes", "run", -20.0, "earmarked_use"),
    (COMPOUNDS, "programmes", "run", 20.0, "capital_budget"),
    (HOMES, "programmes", "run", -0.2, "coverage_is_served"),
])  # fmt: skip
def test_a_tampered_result_is_found(base: Path, table: str, column: str, amount: float, family: str) -> None:
    result = solved(base)
    changed = result.tables[table].copy()
    changed.loc[0, column] += amount
    found = {each.family for each in verify(result.instance, {**result.tables, table: changed}).failures}
    assert family in found


def test_a_table_that_is_not_there_is_found() -> None:
    result = solved(PARK)
    tables = {name: each for name, each in result.tables.items() if name != "programmes"}
    assert "tables" in {each.family for each in verify(result.instance, tables).failures}
    other = run(read(FAMILIES / "stock_link"))
    assert "programmes" not in other.tables and "renewed_public" not in other.tables["land"]
    more = {**other.tables, "programmes": result.tables["programmes"]}
    assert "tables" in {each.family for each in verify(other.instance, more).failures}


# ------------------------------------------------------------------------------------------ explanations, documents


@pytest.mark.slow
def test_prices_and_rules() -> None:
    prices = {each.parameter.target: each for each in explain_prices(solved(PARK), "production").prices}
    # One hectare a hectare more: 15 ha of 100 asked for; a tenth less cost: 1,500/90 ha.
    assert prices["programmes.old_parks.land_yield"].increase.value == pytest.approx(0.15, rel=1e-6)
    assert prices["programmes.old_parks.capital_cost"].decrease.value < 0 or (
        prices["programmes.old_parks.capital_cost"].decrease.value > 0
    )
    rich = run(edited(PARK, "cities.fund_available = 9000"))
    prices = {each.parameter.target: each for each in explain_prices(rich, "production").prices}
    assert prices["programmes.old_parks.year_share"].increase.value == pytest.approx(0.5, rel=1e-6)  # 50 ha of 100
    assert {each.rule for each in explain_rules(rich, only=["programme_share"]).costs} == {"programme_share"}
    free = {each.rule: each for each in explain_rules(solved(COMPOUNDS), only=["earmarked_use"]).costs}
    assert list(free) == ["earmarked_use"]


def test_a_comparison_tells_what_is_done() -> None:
    other = run(edited(COMPOUNDS, "pools.capital.total = 400"))
    decided = compare(solved(COMPOUNDS), other).tables["decisions"]
    rows = decided[decided["decision"] == "run"].set_index("city")
    assert rows.loc[A, ["base", "other"]].tolist() == pytest.approx([150, 100], abs=1e-6)


def test_a_province_keeps_its_stock() -> None:
    nation = read(PARK)
    cities = nation.tables["cities"].assign(province=["00", "01"], province_name=["one", "other"])
    nation = make_instance(nation.settings, {**nation.tables, "cities": cities})
    cut = cut_province(nation, "00").instance
    assert cut.tables["programme_stock"]["city"].tolist() == [A] and derive(cut).run_limit.tolist() == [[20]]


# ---------------------------------------------------------------------------------------------------------- checks


def codes(base: Path, *lines: str) -> set[tuple[str, str]]:
    """Code and column of every finding on some edits."""
    try:
        found: Any = edited(base, *lines).warnings
    except InputError as error:
        found = error.findings
    return {(each.code, str(each.column).rpartition(".")[2]) for each in found}


@pytest.mark.parametrize("base, lines, wanted", [
    (PARK, ["programmes.land_yield = 0", "programmes.weight = 0"], ("programme_for_nothing", "weight")),
    (PARK, ["programmes.land_yield = 1.5"], ("land_yield_above_stock", "land_yield")),
    (PARK, ["programmes.collective = true"], ("collective_land_grows", "land_yield")),
    (HOMES, ["programmes.rent_government = 0.3", "programmes.rent_collective = 0.3"], ("rents_sum", "rent_government")),
    (HOMES, ["programmes.rent_government = 0.3", "programmes.rent_collective = 0.3", "programmes.rent_persons = 0.5"],
     ("rents_sum", "rent_government")),
    (COMPOUNDS, [f"programme_stock.{B}.old_compounds.limit = 6000"], ("limit_above_stock", "limit")),
    (COMPOUNDS, ["pools.capital.programme = 'parks'"], ("unknown_programme", "programme")),
    (COMPOUNDS, ["pools.capital.use = 'general'"], ("not_for_this_kind", "programme")),
    (COMPOUNDS, ["pools.capital.programme = ''", "pools.capital.support = 0.5"],
     ("support_without_programme", "support")),
    (COMPOUNDS, ["programmes.stock_factor = 'urban_residents'"], ("stock_incomplete", "stock_each")),
    (COMPOUNDS, ["programmes.stock_each = 0.1"], ("stock_incomplete", "stock_factor")),
    (COMPOUNDS, ["drop programmes"], ("programmes_missing", "programme")),
    (COMPOUNDS, ["pools.capital.kind = 'bond'", "pools.capital.use = ''", "pools.capital.bond_class = 'special'",
                 "pools.capital.floor_multiple = 0.5"], ("tied_bond_floor", "floor_multiple")),
])  # fmt: skip
def test_findings(base: Path, lines: list[str], wanted: tuple[str, str]) -> None:
    assert wanted in codes(base, *lines)


def test_a_programme_that_a_limit_asks_for_is_not_for_nothing() -> None:
    """Without a yield and a weight nobody would run it but for the task; a ceiling is none."""
    lines = ("programmes.land_yield = 0", "programmes.weight = 0")
    for sense, wanted in ((">=", False), ("=", False), ("<=", True)):
        found = codes(PARK, *lines, limit("run:old_parks", sense, 1))
        assert (("programme_for_nothing", "weight") in found) is wanted


def test_nothing_is_found_in_the_examples() -> None:
    assert not any(read(base).warnings for base in (PARK, COMPOUNDS, HOMES))


def test_blank_tables_stay_out_of_the_hash() -> None:
    today = read(FAMILIES / "stock_link")
    tables = dict(today.tables)
    assert not len(tables["programmes"]) and isinstance(tables["programmes"], pd.DataFrame)
    assert read(PARK).hash != today.hash
