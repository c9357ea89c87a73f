"""Rules that are off where an instance does not give them: each by hand on two cities, and off to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.settings import Settings
from hand_instance import CARE, HOSPITAL, PRIMARY, hand

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
    # 1.3 · 50 000 = 65 000 < quota 100 000; 1.3 · 10 000 = 13 000 < 0.1 · 200 000.
    close(derive(hand(policy={"settlement.growth": 1.3})).settle_limit, 65_000, 13_000)
    # 3 · 50 000 = 150 000: the quota, 100 000, is less; 3 · 10 000 = 30 000: the willing, 20 000, are fewer.
    loose = derive(hand(policy={"settlement.growth": 3.0}))
    close(loose.settle_limit, 100_000, 20_000)
    rules = {each.rule: each.amount for each in loose.settle_bounds}
    close(rules["settlement_growth"], 150_000, 30_000)


def test_a_planned_cohort_is_what_is_needed() -> None:
    # A: 300 000 of 400 000 pupils, so 80 000 · ¾ migrants; B: planned for more than there are: for those there are.
    d, today = derive(with_plan("pupils_planned", 300_000, 250_000)), derive(hand())
    close(d.cohort[:, PRIMARY], 300_000, 200_000)
    close(d.migrant_cohort[:, PRIMARY], 60_000, 15_000)
    close(d.full_need[:, PRIMARY], 300_000, 200_000)
    close(d.present_need[:, PRIMARY], 300_000 - 0.2 * 60_000, 197_000)
    close(d.need_per_settler[:, PRIMARY], 0.2 * 60_000 / 1_200_000, 0.2 * 15_000 / 200_000)
    close(d.backlog_limit[:, PRIMARY], 0, 192_000)  # 288 000 < 370 000: the gate knows the plan too
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
    close(d.growth_limit[:, HOSPITAL], 0, today.growth_limit[1, HOSPITAL])
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
