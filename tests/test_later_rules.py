"""Rules that are off where an instance does not give them: each by hand on two cities, and off to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloc.content.blocks import Table
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import precheck
from alloc.instance.schema.settings import Settings
from alloc.report.sections.budget import budget_measures, budgets
from alloc.report.view import View
from alloc.result.result import run
from alloc.scenario import apply, parse_edit
from alloc.template.province import cut_province
from hand_instance import BONDS, CARE, GRANT, HOSPITAL, LAND, MONEY, PRIMARY, hand

INSTANCES = Path(__file__).parents[1] / "instances"
OFF: Mapping[str, Any] = {
    "settlement.growth": None, "services.restricted_expand": True, "debt.special_interest": "general",
}  # fmt: skip


def close(actual: Any, *wanted: float) -> None:
    np.testing.assert_allclose(actual, wanted, rtol=1e-12)


def with_budget(instance: Instance, least_free: float) -> Instance:
    data = instance.settings.model_dump(by_alias=True)
    data["policy"]["budget"] = {"least_free": least_free}
    return make_instance(Settings.model_validate(data), instance.tables)


def with_plan(column: str, *planned: float) -> Instance:
    """Primary schools are planned for a column of their own."""
    base = hand()
    tables = {name: table.copy() for name, table in base.tables.items()}
    tables["cities"][column] = planned
    services = tables["services"]
    services["plan_cohort"] = np.where(services["service"] == "primary", column, "")
    return make_instance(base.settings, tables)


def test_at_their_defaults_they_stay_out_of_the_hash() -> None:
    base = hand()
    off = hand(policy=OFF)
    assert off.hash == base.hash == with_budget(base, 0.0).hash
    on = [hand(policy={name: value}) for name, value in (
        ("settlement.growth", 1.3), ("services.restricted_expand", False), ("debt.special_interest", "fund"),
    )]  # fmt: skip
    assert len({each.hash for each in (base, with_budget(base, 0.01), *on)}) == 5
    written = base.settings.without_idle(base.settings.model_dump(mode="json", by_alias=True))["policy"]
    assert "budget" not in written and "growth" not in written["settlement"]


def test_settlement_grows_by_a_multiple_of_last_year() -> None:
    # 1.3 · 50,000 = 65,000 < quota 100,000; 1.3 · 10,000 = 13,000 < 0.1 · 200,000.
    close(derive(hand(policy={"settlement.growth": 1.3})).settle_limit, 65_000, 13_000)
    # 3 · 50,000 = 150,000: the quota, 100,000, is less; 3 · 10,000 = 30,000: the willing, 20,000, are fewer.
    loose = derive(hand(policy={"settlement.growth": 3.0}))
    close(loose.settle_limit, 100_000, 20_000)
    rules = {each.rule: each.amount for each in loose.settle_bounds}
    close(rules["settlement_growth"], 150_000, 30_000)


def test_a_planned_cohort_is_what_is_needed() -> None:
    # A: 300,000 of 400,000 pupils, so 80,000 · ¾ migrants; B: planned for more than there are: for those there are.
    d, today = derive(with_plan("pupils_planned", 300_000, 250_000)), derive(hand())
    close(d.cohort[:, PRIMARY], 300_000, 200_000)
    close(d.migrant_cohort[:, PRIMARY], 60_000, 15_000)
    close(d.full_need[:, PRIMARY], 300_000, 200_000)
    close(d.present_need[:, PRIMARY], 300_000 - 0.2 * 60_000, 197_000)
    close(d.need_per_settler[:, PRIMARY], 0.2 * 60_000 / 1_200_000, 0.2 * 15_000 / 200_000)
    close(d.backlog_limit[:, PRIMARY], 0, 192_000)  # 288,000 < 370,000: the gate knows the plan too
    for other in (HOSPITAL, CARE):
        assert np.array_equal(d.full_need[:, other], today.full_need[:, other])


def test_nobody_planned_for_needs_nothing() -> None:
    d = derive(with_plan("pupils_planned", 0, 200_000))
    close(d.full_need[:, PRIMARY], 0, 200_000)
    close(d.need_per_settler[:, PRIMARY], 0, 0.015)


def test_restricted_means_neither_built_nor_enlarged() -> None:
    # Hospitals are restricted in very large cities: A. There nothing is added, and the service gates nobody.
    d, today = derive(hand(policy={"services.restricted_expand": False})), derive(hand())
    assert today.expand_limit[0, HOSPITAL] > 0
    close(d.expand_limit[:, HOSPITAL], 0, today.expand_limit[1, HOSPITAL])
    close(d.backlog_limit[:, HOSPITAL], np.inf, today.backlog_limit[1, HOSPITAL])
    close(d.expand_limit[:, PRIMARY], *today.expand_limit[:, PRIMARY])


def test_a_restricted_service_does_not_gate_where_it_may_not_grow() -> None:
    gating = {("hospital", "settlement_prerequisite"): True}
    close(derive(hand(services=gating)).backlog_limit[:, HOSPITAL], 0, 0)
    frozen = derive(hand(services=gating, policy={"services.restricted_expand": False}))
    close(frozen.backlog_limit[:, HOSPITAL], np.inf, 0)


def test_a_least_share_of_general_money_is_free() -> None:
    base = hand()
    d, today = derive(with_budget(base, 0.02)), derive(base)
    general = (today.kind == "transfer") & (today.use == "general")
    money = today.revenue + today.other_transfers + today.lower[:, general].sum(axis=1)
    lacking = today.essential_spending + today.interest - money
    close(d.shortfall, *np.maximum(0.0, lacking + 0.02 * money))
    close(today.shortfall, *np.maximum(0.0, lacking))


def test_bounds_follow_the_pool() -> None:
    """There are 0.8 · 2,000 = 1,600 ha, last year 300 + 500: floors are 0.7 · 2 and caps 1.4 · 2 times last year."""
    twice = {("land", "total"): 2_000}
    base, following = derive(hand(pools=twice)), derive(hand(pools={**twice, ("land", "follow"): True}))
    close(base.floor[:, LAND], 210, 350)
    close(following.floor[:, LAND], 420, 700)
    close(base.cap[:, LAND], 420, 700)
    close(following.cap[:, LAND], 840, 1_400)
    for other in (BONDS, GRANT, MONEY):
        assert np.array_equal(following.lower[:, other], base.lower[:, other])


def test_the_formula_counts_who_takes_part() -> None:
    d, base = derive(hand(pools={("money", "where"): "city == '200002'"})), derive(hand())
    close(d.benchmark[:, MONEY], 0, 900_000)
    assert np.array_equal(d.benchmark[:, LAND], base.benchmark[:, LAND])
    close(d.floor[:, MONEY], 320_000, 400_000)  # 0.8 of last year: who is outside keeps the floor


def test_a_formula_is_phased_in() -> None:
    """A third by the formula, two thirds by the shares of last year, 4/9 and 5/9; of those alone who take part."""
    base, third = derive(hand()), derive(hand(pools={("money", "phase_in"): 1 / 3}))
    a, b = base.benchmark[:, MONEY]
    close(third.benchmark[:, MONEY], 2 / 3 * 400_000 + a / 3, 2 / 3 * 500_000 + b / 3)
    alone = {("money", "phase_in"): 1 / 3, ("money", "where"): "city == '200002'"}
    close(derive(hand(pools=alone)).benchmark[:, MONEY], 0, 900_000)
    whole = derive(hand(pools={("money", "phase_in"): 1.0}))
    close(whole.benchmark[:, MONEY], a, b)


def found(**pools: object) -> list[tuple[str, str, str | None, str]]:
    """What the check before the solve finds with the pool of money otherwise: severity, code, column and key."""
    instance = hand(pools={("money", name): value for name, value in pools.items()})
    found = [each for each in precheck(instance, derive(instance)) if each.column == "where"]
    return [(each.severity, each.code, each.column, str(each.key)) for each in found]


def test_a_condition_has_to_leave_the_formula_something_to_count() -> None:
    """A fiscal gap has city 200002 alone; nobody has 10¹² of room for bonds."""
    fault = ("error", "nobody_takes_part", "where", "money")
    assert found(where="city == '200002'") == []
    assert found(where="city == '100001'") == [fault]
    assert found(where="bond_room > 1e12") == [fault]
    assert found(where="bond_room > 1e12", exhaust=False) == [("warning", *fault[1:])]


def test_bonds_that_no_city_has_room_for_stay_in_their_pool() -> None:
    """Under a ceiling of 0.01 no city may borrow: nothing is issued, everything else is allocated, nothing is wrong."""
    hubei = cut_province(read("china-2020"), "420000").instance
    province = apply(hubei, [parse_edit("policy.debt.ceiling = 0.01")]).instance
    result = run(province)
    table = result.tables["allocation"].groupby("pool")["published"].sum()
    assert table[["general_bond", "special_bond"]].tolist() == [0, 0] and table["equalisation"] > 0
    assert {each.code for each in precheck(province, derive(province))} >= {"nobody_takes_part"}


def test_the_report_pays_the_interest_where_it_is_paid() -> None:
    """Special bonds of x, at 0.032 a year: the capital budget has the term, and what it has left is not below 0."""
    instance = read(INSTANCES / "families" / "special_bond_purpose")
    edited = apply(instance, [parse_edit("policy.debt.special_interest = 'fund'")]).instance
    view = View(run(edited), "en")
    table = next(part for part in budgets(view).parts if isinstance(part, Table) and part.name == "budgets")
    amounts = dict(row[:2] for row in table.rows)
    new = float(view.debt["new_special"].sum())
    assert new > 0 and amounts["interest on new special bonds"] == pytest.approx(view.derived.bond_rate * new)
    general = float(view.debt["new_general"].sum())
    assert amounts["interest on new bonds"] == pytest.approx(view.derived.bond_rate * general)
    left = next(each for each in budget_measures(view) if each.column.name == "capital_left")
    assert min(float(value) for value in left.values if isinstance(value, float)) >= -1e-6
    before = budgets(View(run(instance), "en")).parts[0]
    assert isinstance(before, Table) and "interest on new special bonds" not in dict(row[:2] for row in before.rows)
