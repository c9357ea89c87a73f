"""What one more unit is worth: by hand, with the arithmetic beside it; and what the answer says and how."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from alloc.content.blocks import Amount
from alloc.explanation.sensitivity.answer import Price, Prices
from alloc.explanation.sensitivity.near import Near
from alloc.explanation.sensitivity.prices import explain_prices, quick_prices
from alloc.explanation.sensitivity.probe import Probe
from alloc.explanation.sensitivity.sides import Method, both_sides
from alloc.explanation.sensitivity.tiers import LONG, relaxed
from alloc.explanation.shared.answer import AskError, Step
from alloc.explanation.shared.figures import figure
from alloc.explanation.shared.parameters import parameters, set_to
from alloc.instance import InputError, Instance, read
from alloc.instance.instance import make_instance
from alloc.output import show
from alloc.result.result import Result, run
from alloc.solver.model.runs import Clock

INSTANCES = Path(__file__).parents[1] / "instances"
TOTAL = "pools.general.total"


@cache
def solved(name: str) -> Result:
    return run(read(INSTANCES / name))


def one(instance: Instance, target: str, tier: str) -> Price:
    """The price of one parameter alone."""
    clock = Clock(LONG)
    (parameter,) = (each for each in parameters(instance) if each.target == target)
    base = relaxed(instance, clock)
    return Price(parameter, tier, *both_sides(Probe(Near(instance, base.model), parameter, base, clock, tier), tier))


def price(answer: Prices, target: str, tier: str) -> Price:
    (found,) = (each for each in answer.prices if each.parameter.target == target and each.tier == tier)
    return found


@pytest.fixture(scope="module")
def hand() -> Prices:
    return explain_prices(solved("hand"))


# ------------------------------------------------------------------------------------------------ prices by hand


def test_pool_of_the_hand_instance_stands_at_a_corner(hand: Prices) -> None:
    """One unit of money buys 1/5 seat, of 10,000 needed in each city of equal weight; both stand at 0.82.

    One more is shared, 1/10 seat in each: the worse served gains 0.1 / 10,000 = 1e-5. One less is all lost by the
    second city, for the first builds with its own money: 0.2 / 10,000 = 2e-5.
    """
    found = price(hand, TOTAL, "fairness")
    assert found.increase.value == pytest.approx(1e-5, rel=1e-6)
    assert found.decrease.value == pytest.approx(2e-5, rel=1e-6)
    assert found.degenerate
    assert Method.CORNER in (found.decrease.method, found.increase.method)


def test_range_of_a_price(hand: Prices) -> None:
    """Below the corner the second city is the worse until the pool is empty: 10,000 down. Above it both rise until the
    second has added the half of its 6,000 seats that it may, 800 more than now: 1,600 seats in all, 8,000 up. A basis
    may change before the price does: the range is sure, and never too long."""
    found = price(hand, TOTAL, "fairness")
    assert 0 < (found.decrease.reach or 0) <= 10_001
    assert 0 < (found.increase.reach or 0) <= 8_001


def test_mean_coverage_has_one_price(hand: Prices) -> None:
    """A seat is worth the same in either city: 1/5 seat of 20,000 is 1e-5, up and down."""
    found = price(hand, TOTAL, "coverage")
    assert (found.decrease.value, found.increase.value) == (pytest.approx(1e-5), pytest.approx(1e-5))
    assert not found.degenerate


def test_cost_of_a_seat(hand: Prices) -> None:
    """12,000 buy 12,000 / c seats: d/dc of (14,000 + 12,000/c) / 20,000 at c = 5 is −12,000 / 25 / 20,000 = −0.024."""
    found = price(hand, "services.school.capital_cost", "coverage")
    assert found.increase.value == pytest.approx(-0.024, rel=1e-3)
    assert found.decrease.value == pytest.approx(-0.024, rel=1e-3)


def test_norm(hand: Prices) -> None:
    """16,400 seats serve 20,000 · norm: −16,400 / 20,000 = −0.82 of coverage for a norm of one more."""
    assert price(hand, "services.school.norm", "coverage").increase.value == pytest.approx(-0.82, rel=1e-3)


def test_whole_step_is_what_it_says(hand: Prices) -> None:
    """A cost of 5.05 a seat: (14,000 + 12,000/5.05) / 20,000 − 0.82."""
    found = price(hand, "services.school.capital_cost", "coverage")
    assert found.parameter.step == pytest.approx(0.05)
    assert found.increase.step == pytest.approx((14_000 + 12_000 / 5.05) / 20_000 - 0.82, rel=1e-6)


def test_nothing_below_the_minimum_costs_nothing(hand: Prices) -> None:
    """Both cities are above it: no parameter moves the first tier."""
    sides = [side for each in hand.prices if each.tier == "minimum" for side in (each.decrease, each.increase)]
    assert all(side.value == 0.0 or side.method is Method.OUTSIDE for side in sides)


def test_closeness() -> None:
    """Above 10,000 the first city gets half of what is more: u = ∓10,000/T, closeness (10,000/T)²: −2 · 1e8/1e12.

    Below, it gets nothing: u = ∓1, and the price is 0.
    """
    found = one(read(INSTANCES / "hand"), TOTAL, "closeness")
    assert found.increase.value == pytest.approx(-2e-4, rel=1e-3)
    assert found.decrease.value == pytest.approx(0.0, abs=1e-9)


def test_cost_after_closeness_is_a_difference() -> None:
    """Every unit of the pool is spent, up and down; the tier stands after one that is not linear."""
    found = one(read(INSTANCES / "hand"), TOTAL, "cost")
    assert (found.decrease.value, found.increase.value) == (pytest.approx(1.0, rel=1e-4), pytest.approx(1.0, rel=1e-4))
    assert found.increase.method is Method.DIFFERENCE


def test_group_limit() -> None:
    """The second city, the worst served, may get one more of 6,000: 1/5 seat of 10,000. The mean does not change."""
    instance = read(INSTANCES / "families" / "group_limit")
    limit = one(instance, "limits.second.value", "fairness")
    assert (limit.decrease.value, limit.increase.value) == (pytest.approx(2e-5), pytest.approx(2e-5))
    assert limit.decrease.method is limit.increase.method is Method.DUALS
    assert one(instance, "limits.second.value", "coverage").increase.value == 0.0
    assert one(instance, TOTAL, "fairness").increase.value == 0.0


def test_growth_limit() -> None:
    """Coverage of the second city is 6,000 · (1 + growth) / 10,000: 0.6 for one more of growth."""
    found = one(read(INSTANCES / "families" / "growth_limit"), "services.school.growth_limit", "fairness")
    assert (found.decrease.value, found.increase.value) == (pytest.approx(0.6), pytest.approx(0.6))


def test_settlement_waits_for_seats() -> None:
    """One more unit is 1/10 seat in each city; a seat in the first lets 20 settle, in the second all do: 2 persons.

    One less is lost by the second city, where many more could settle than are there: nothing.
    """
    found = one(read(INSTANCES / "families" / "recognised_need"), TOTAL, "settlement")
    assert found.increase.value == pytest.approx(2.0, rel=1e-6)
    assert found.decrease.value == pytest.approx(0.0, abs=1e-9)


def test_pool_that_is_the_only_money() -> None:
    """5,000 for the second city alone: 2e-5 of fairness both ways, down to nothing and up to 10,000, equal coverage."""
    found = one(read(INSTANCES / "families" / "pool_total"), TOTAL, "fairness")
    assert (found.decrease.value, found.increase.value) == (pytest.approx(2e-5), pytest.approx(2e-5))
    assert 0 < (found.decrease.reach or 0) <= 5_001
    assert 0 < (found.increase.reach or 0) <= 5_001


@pytest.mark.long
def test_side_on_which_nothing_satisfies_the_rules() -> None:
    """An earmark of the whole pool: it cannot be less."""
    instance = read(INSTANCES / "families" / "pool_total")
    floor = instance.tables["earmarks"].copy()
    floor.loc[0] = {"city": "000002", "pool": "general", "amount": 5000.0, "reason": ""}
    tables = {**instance.tables, "earmarks": floor}
    answer = explain_prices(run(make_instance(instance.settings, tables)), "fairness")
    found = price(answer, TOTAL, "fairness")
    assert found.decrease.method is Method.INFEASIBLE
    assert found.decrease.value is None
    assert "不能再减" in "".join(answer.sentences("zh"))


def test_bounds_that_would_cross() -> None:
    """With a floor at all that the boundary leaves, a larger floor multiple satisfies nothing."""
    instance = read(INSTANCES / "families" / "land_balance")
    cities = instance.tables["cities"].assign(boundary_left=40.0)
    pools = instance.tables["pools"].assign(floor_multiple=1.0)
    pools.loc[pools["pool"] != "land", "floor_multiple"] = float("nan")
    last = instance.tables["last_year"].copy()
    for place, (city, amount) in enumerate((("000001", 40.0), ("000002", 10.0))):
        last.loc[place] = {"city": city, "pool": "land", "amount": amount}
    tables = {**instance.tables, "cities": cities, "pools": pools, "last_year": last}
    found = one(make_instance(instance.settings, tables), "pools.land.floor_multiple", "production")
    assert found.increase.method is Method.INFEASIBLE


# ---------------------------------------------------------------------------------------------- units and slack


def scaled_money(instance: Instance, factor: float) -> Instance:
    """The hand instance with another unit of money."""
    tables = dict(instance.tables)
    cities = ["revenue", "fund_revenue", "fund_available", "other_transfers", "essential_spending"]
    tables["cities"] = tables["cities"].assign(**{name: tables["cities"][name] * factor for name in cities})
    tables["pools"] = tables["pools"].assign(total=tables["pools"]["total"] * factor)
    tables["services"] = tables["services"].assign(capital_cost=tables["services"]["capital_cost"] * factor)
    return make_instance(instance.settings, tables)


def test_prices_follow_the_unit(hand: Prices) -> None:
    """With money in thousandths a unit of it is worth a thousandth, and the price holds a thousand times as far."""
    first = price(hand, TOTAL, "fairness")
    other = one(scaled_money(read(INSTANCES / "hand"), 1000.0), TOTAL, "fairness")
    assert other.decrease.value == pytest.approx((first.decrease.value or 0) / 1000, rel=1e-6)
    assert other.increase.value == pytest.approx((first.increase.value or 0) / 1000, rel=1e-6)
    assert other.increase.reach == pytest.approx((first.increase.reach or 0) * 1000, rel=1e-3)
    assert other.parameter.step == 10_000.0, "ten million of 10⁴ yuan are shown in 10⁸ yuan"


def test_slack_limit_has_price_zero() -> None:
    """The second city gets 10,000 at most anyway."""
    instance = read(INSTANCES / "families" / "group_limit")
    (limit,) = (each for each in parameters(instance) if each.kind == "limits")
    for tier in ("fairness", "coverage"):
        found = one(set_to(instance, limit, 50_000.0), "limits.second.value", tier)
        assert found.decrease.value == found.increase.value == 0.0
        assert found.increase.reach == float("inf")


@pytest.mark.parametrize("name", ["hand", "families/pool_total", "families/minimum_gap", "families/capital_budget"])
def test_more_of_a_pool_never_hurts_the_first_tier(name: str) -> None:
    """Where no corridor grows with the pool, a larger total only adds points."""
    answer = quick_prices(solved(name))
    totals = [each for each in answer.prices if each.tier == "minimum" and each.parameter.target.endswith(".total")]
    assert totals
    assert all((each.increase.value or 0.0) <= 0.0 for each in totals)


# ------------------------------------------------------------------------------------------- what the answer says


def test_answer_in_words(hand: Prices) -> None:
    zh, en = show(hand, "zh"), show(hand, "en")
    assert "“一般性转移支付的总量”增加 1 亿元，全体居民的平均得分上升，相当于新增" in zh
    assert "If “total of General transfer” rises by 10⁸ yuan, the mean score rises" in en
    assert "{" not in zh + en
    json.dumps(hand.record(), allow_nan=False)


def test_why_more_of_a_pool_makes_a_tier_worse(hand: Prices) -> None:
    """An earlier tier gains by it; else, where all of it has to be given out, cities have to take it."""
    found = price(hand, TOTAL, "coverage")
    worse = replace(found, increase=replace(found.increase, value=-1.0, step=-1.0))
    better = replace(found, tier="fairness", increase=replace(found.increase, value=1.0, step=1.0))

    def reason(instance: Instance, *prices: Price) -> str:
        (said,) = replace(hand, instance=instance, prices=prices).said(worse, "en")
        return said.partition("The reason: ")[2].partition(",")[0]

    pools = hand.instance.tables["pools"]
    due, free = (
        make_instance(hand.instance.settings, {**hand.instance.tables, "pools": pools.assign(exhaust=exhaust)})
        for exhaust in (True, False)
    )
    assert reason(due, worse, better).startswith("the earlier tier Fairness")
    assert reason(due, worse).startswith("all of it has to be given out")
    assert reason(free, worse) == ""


def test_places_where_rules_press(hand: Prices) -> None:
    """In either city one more unit of money is 1/5 seat of 20,000."""
    budget = {each.rule: each for each in hand.places["coverage"]}["general_budget"]
    assert budget.value == pytest.approx(1e-5)
    assert budget.unit == "10⁴ yuan"


def test_quick_prices_are_those_of_the_duals(hand: Prices) -> None:
    quick = quick_prices(solved("hand"))
    assert quick.quick
    assert price(quick, TOTAL, "coverage").increase.value == pytest.approx(
        price(hand, TOTAL, "coverage").increase.value
    )
    assert price(quick, TOTAL, "fairness").increase.method in (Method.ESTIMATE, Method.DUALS)


def test_tables_say_of_which_tiers_less_is_better() -> None:
    answer = Prices(solved("hand").instance, ("minimum", "fairness"), (), {}, False, True, True)
    title = {tier: answer._table("places", "places_heads", tier, (), "lrlllr", "en").title for tier in answer.tiers}
    assert title["minimum"].endswith("what giving way by one unit is worth, residents' full need; less is better)")
    assert title["fairness"].endswith("what giving way by one unit is worth, residents' full service)")
    assert answer._table("places", "places_heads", "minimum", (), "lrlllr", "zh").title.endswith("，越小越好）")


def test_question_that_cannot_be_asked() -> None:
    result = solved("hand")
    with pytest.raises(AskError, match=r"no tier beauty\. Would be right: one of closeness, "):
        explain_prices(result, "beauty")
    with pytest.raises(AskError, match="without an allocation"):
        explain_prices(Result(result.instance, result.manifest, {}))


def stopping(words: str, done: int) -> Callable[[object], None]:
    def stop(step: object) -> None:
        if isinstance(step, Step) and step.words.en == words and step.done == done:
            signal.raise_signal(signal.SIGINT)

    return stop


def test_interrupt_keeps_what_is_done() -> None:
    answer = explain_prices(
        solved("families/group_limit"), "fairness", stopping("a first price for every parameter", 2)
    )
    assert not answer.complete
    assert answer.prices[0].increase.method is not Method.UNSOLVED
    assert answer.prices[-1].increase.method is Method.UNSOLVED
    assert len(answer.prices) == len(parameters(answer.instance))
    assert answer.sentences("en")[0].startswith("Interrupted")


def test_interrupt_claims_no_range_that_was_not_looked_at() -> None:
    answer = explain_prices(solved("families/group_limit"), "fairness", stopping("prices on both sides", 1))
    assert not answer.complete
    assert answer.prices[0].increase.reach is not None
    assert all(side.reach is None for each in answer.prices[1:] for side in (each.decrease, each.increase))
    assert answer.prices[-1].increase.method is not Method.UNSOLVED


def test_parameters_keep_to_their_range() -> None:
    instance = read(INSTANCES / "hand")
    known = {each.target: each for each in parameters(instance)}
    assert known["services.school.minimum"].most == 1.0
    with pytest.raises(InputError):
        set_to(instance, known["services.school.minimum"], 1.5)
    moved = set_to(instance, replace(known[TOTAL], value=0.0), 11_000.0)
    assert moved.tables["pools"].set_index("pool").at["general", "total"] == 11_000.0


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234.5, "1,235"), (3.2, "3.20"), (0.01234, "0.0123"), (1.2345e-7, "1.23×10⁻⁷"), (-5.0, "−5.00"), (0.0, "0")],
)
def test_figures(value: float, shown: str) -> None:
    assert figure(value) == shown


@pytest.mark.parametrize(("language", "mark", "told"), [
    ("zh", "（估）", "标“估”的未经重新求解核实"), ("en", " (est.)", "what is marked est. was not confirmed"),
])  # fmt: skip
def test_an_unconfirmed_price_is_marked_by_a_word(language: str, mark: str, told: str) -> None:
    quick = quick_prices(solved("hand"))
    assert any(told in sentence for sentence in quick.sentences(language))
    cells = [cell for table in quick.tables(language) for row in table.rows for cell in row]
    marks = {cell.mark for cell in cells if isinstance(cell, Amount)}
    assert mark in marks and not any("?" in each for each in marks), marks
