"""Why a number is what it is: on the two cities by hand, where every answer can be worked out on paper.

A seat costs 5, so a city with x of the transfer and its own 1,000 adds (x + 1,000)/5 seats to its K; the pool T makes
the two coverages equal where it can: x₁ = (T + 2,000)/2 + 5 (K₂ − K₁)/2 − 1,000, within 0 and T.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloc.content.numbers import shown
from alloc.explanation.city.drivers import DriverSplit, driver_split
from alloc.explanation.city.holds import holds
from alloc.explanation.city.past import Past
from alloc.explanation.city.push import Base
from alloc.explanation.city.reasons import Reasons, explain_city
from alloc.explanation.city.text import compared_sentences
from alloc.explanation.shared.answer import AskError, Step
from alloc.explanation.shared.similar import factors, most_similar, phased
from alloc.explanation.shared.sums import decimals_of, exact_parts, nice_step, printed_parts
from alloc.instance import Instance, locate, read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import make_instance
from alloc.output import show
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit

FIRST, SECOND = "000001", "000002"


@cache
def solved(*edits: str) -> Result:
    return run(apply(read(locate("hand")), [parse_edit(each) for each in edits]).instance)


def published(result: Result, city: str) -> float:
    table = result.tables["allocation"].set_index("city")
    return float(table.at[city, "published"])


@cache
def split(old: tuple[str, ...], new: tuple[str, ...], city: str = FIRST) -> DriverSplit:
    return driver_split(solved(*old), solved(*new), city, "general", lambda step: None)


TOTAL = "pools.general.total = 12000"
FEWER = "capacity.000001.school.capacity = 7000"
MORE = "capacity.000001.school.capacity = 8400"

# ------------------------------------------------------------------------------------------------- the split by driver


def test_drivers_that_do_not_touch_each_other_have_what_they_do_alone() -> None:
    """x₁ is 0 at first; 1,000 with 2,000 more in the pool; 2,500 more with 1,000 seats fewer; 3,500 with both."""
    found = split((), (TOTAL, FEWER))
    assert published(solved(TOTAL, FEWER), FIRST) == 3500
    assert found.parts == {"totals": Decimal(1000), "others": Decimal(2500), "rounding": Decimal(0)}
    assert (found.orders, found.all_orders, found.solved, found.mixtures) == (2, 2, 4, 4)


def test_two_drivers_that_only_help_together_have_half_each() -> None:
    """With 8,400 seats x₁ would be −1,000, so 0; 2,000 more, or 400 seats fewer, make it just 0; both make it 1,000."""
    found = split((MORE,), (TOTAL,))
    assert found.parts == {"totals": Decimal(500), "others": Decimal(500), "rounding": Decimal(0)}


def test_a_driver_that_changes_nothing_has_nothing() -> None:
    """Debt matters to nobody here: there are no bonds."""
    found = split((), (TOTAL, "cities.000001.debt_general = 5"))
    assert found.parts == {"totals": Decimal(1000), "debt": Decimal(0), "rounding": Decimal(0)}
    assert found.changes == {"totals": {"pools.total": 1}, "debt": {"cities.debt_general": 1}}


def test_the_same_instance_has_no_drivers() -> None:
    found = split((), ())
    assert not found.changes
    assert found.parts == {"rounding": Decimal(0)}


@pytest.mark.long
def test_a_mixture_without_an_allocation_leaves_the_orders_that_avoid_it() -> None:
    """12,000 fixed by hand for the first city cannot come before the pool has 16,000: x₁ = 3,000 first, then 12,000."""
    found = split(
        (), ("pools.general.total = 16000", "add overrides { city = '000001', pool = 'general', amount = 12000 }")
    )
    assert found.parts == {"totals": Decimal(3000), "policy": Decimal(9000), "rounding": Decimal(0)}
    assert (found.orders, found.all_orders) == (1, 2)
    assert found.impossible == (("policy",),)


@pytest.mark.long
def test_no_order_without_an_allocation_at_every_step() -> None:
    """12,000 by hand out of 5,000, if the pool moves first; at most 5,000 of 16,000 given out, if the rules do."""
    exhaust = "pools.general.exhaust = true"
    one = (
        exhaust,
        "pools.general.total = 16000",
        "add overrides { city = '000001', pool = 'general', amount = 12000 }",
    )
    other = (
        exhaust,
        "pools.general.total = 5000",
        "add limits { limit = 'most', title_zh = '上限', title_en = 'most', quantity = 'allocation:general', "
        "sense = '<=', value = 5000, basis = 'amount' }",
    )
    found = split(one, other)
    assert not found.parts
    assert (found.orders, found.all_orders) == (0, 2)
    assert found.impossible == (("totals",), ("policy",))
    reasons = explain_city(solved(*other), FIRST, "general", solved(*one))
    assert "No split by drivers" in " ".join(reasons.sentences("en"))


@pytest.mark.long
def test_interrupted_split_keeps_what_is_done() -> None:
    """Stopped before the last of four mixtures: one order of two remains, and its parts still add up."""

    def report(step: object) -> None:
        if isinstance(step, Step) and step.done == 3:
            raise KeyboardInterrupt

    found = driver_split(solved(MORE), solved(TOTAL), FIRST, "general", report)
    assert found.stopped
    assert (found.solved, found.orders, found.all_orders) == (3, 1, 2)
    assert sum(found.parts.values()) == Decimal(1000)
    reasons = explain_city(solved(TOTAL), FIRST, "general", solved(MORE), report=report)
    assert any("stopped" in each for each in reasons.sentences("en"))
    assert any("中止" in each for each in reasons.sentences("zh"))


def test_cities_have_to_be_the_same() -> None:
    other = run(_renamed())
    with pytest.raises(AskError, match="not the same"):
        driver_split(other, solved(), SECOND, "general", lambda step: None)


def _renamed() -> Instance:
    base = read(locate("hand"))
    tables = dict(base.tables)
    for name in ("cities", "capacity"):
        tables[name] = tables[name].assign(city=tables[name]["city"].replace({FIRST: "000009"}))
    return make_instance(base.settings, tables)


# ---------------------------------------------------------------------------------------------------- what holds it


def test_pushes_name_the_tier_and_what_it_loses() -> None:
    """The second city is the worse served with everything in the pool; 50 less is 10 seats of 10,000."""
    base = Base(solved(), lambda progress: None)
    up = base.push(FIRST, "general", "up")
    assert (up.outcome, up.tier, up.step) == ("tier", "fairness", 50.0)  # a hundredth of the formula's 5,000
    assert up.loss == pytest.approx(50 / 5 / 10_000)
    down = base.push(SECOND, "general", "down")
    assert (down.outcome, down.tier, down.step) == ("tier", "fairness", 100.0)
    assert down.loss == pytest.approx(100 / 5 / 10_000)
    assert base.push(FIRST, "general", "down").outcome == "bound"
    assert base.push(SECOND, "general", "up").outcome == "bound"


def test_a_push_that_no_allocation_satisfies() -> None:
    """A limit promises the second city 9,990, so the first cannot have 50."""
    limit = ("add limits { limit = 'second', title_zh = '乙市', title_en = 'second', quantity = 'allocation:general', "
             "where = \"city == '000002'\", sense = '>=', value = 9990, basis = 'amount' }")  # fmt: skip
    push = Base(solved(limit), lambda progress: None).push(FIRST, "general", "up")
    assert push.outcome == "rules"
    assert set(push.families) == {"group_limit", "pool_total"}


def test_bounds_and_rules_that_hold() -> None:
    held = holds(solved("pools.general.corridor_up = 0.5", "pools.general.corridor_down = 0.5"))
    table = held.table().set_index("city")
    assert table.at[FIRST, "below"] == table.at[SECOND, "above"] == "corridor"
    assert table.at[FIRST, "lower"] == 2500
    assert table.at[SECOND, "upper"] == 7500
    assert table.at[SECOND, "rows_above"] == "pool_total"
    # All money is spent, so both budgets keep the second city from having less.
    assert table.at[SECOND, "rows_below"] in ("general_budget", "capital_budget general_budget")


def test_override_is_what_decides() -> None:
    result = solved("add overrides { city = '000001', pool = 'general', amount = 3000 }")
    reasons = explain_city(result, FIRST, "general")
    assert reasons.decider == "override"
    assert reasons.parts["override"] == -2000
    assert reasons.published == 3000
    assert [push.outcome for push in reasons.pushes] == ["bound", "bound"]


OUTSIDE = (
    {
        "zh": "该城市不参加这一资源池的分配：参加的条件是“常住人口高于 95,000”，它不符合。",
        "en": "The city takes no part in this pool, whose condition it does not meet: "
        "Resident population above 95,000.",
    },
    {
        "zh": ("该城市不参加分配，公式不计它。", "只有符合条件的城市参加分配：常住人口高于 95,000。"),
        "en": (
            "The city takes no part, and the formula does not count it.",
            "Only cities that meet the condition take part: Resident population above 95,000.",
        ),
    },
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_city_outside_a_pool_takes_no_part_by_a_condition(language: str) -> None:
    """Not that it has all there is, nor that there is no formula; whoever takes part is told as before."""
    where = "pools.general.where = 'residents > 95000'"
    result = solved("cities.000002.residents = 90000", where, "pools.general.corridor_up = 0.5")
    reasons = explain_city(result, SECOND, "general")
    assert reasons.decider == "outside" and reasons.published == 0
    assert reasons.sentences(language)[1] == OUTSIDE[0][language]
    said = show(reasons, language)
    for wrong in ("没有公式", "全部。", "has no formula", "all that the pool", "no rule", "无规则"):
        assert wrong not in said
    cells = [str(cell) for table in reasons.tables(language)[:2] for row in table.rows for cell in row]
    assert set(OUTSIDE[1][language]) <= set(cells)
    inside = explain_city(result, FIRST, "general")
    assert inside.decider != "outside" and OUTSIDE[0][language] not in inside.sentences(language)


def test_factors_leave_out_cities_that_take_no_part() -> None:
    """Of 10,000 the one city that takes part has all by the formula, the other nothing; no remainder is left to phase
    in."""
    result = solved("cities.000002.residents = 90000", "pools.general.where = 'residents > 95000'",
                    "pools.general.corridor_up = 0.5", *LAST)  # fmt: skip
    derived = derive(result.instance)
    (factor,) = factors(result.instance, derived, "general")
    assert factor.values.tolist() == [100000, 0] and factor.amounts.tolist() == [10000, 0]
    assert phased(derived, "general", (factor,)) is None
    like = explain_city(result, FIRST, "general").like
    assert like is not None and like.parts["residents"] == 10000 and "phase_in" not in like.parts
    past = explain_city(result, FIRST, "general").past
    assert past is not None and past.shares == {"residents": (1.0, 1.0)} and past.parts["residents"] == 7500


# ------------------------------------------------------------------------------------- a similar city, and last year


def test_similar_city_factor_by_factor() -> None:
    """Residents are the same, so all of 10,000 is what the optimisation makes of it: 0.1 for one resident."""
    reasons = explain_city(solved(), SECOND, "general")
    like = reasons.like
    assert like is not None
    assert (like.other, like.chosen, like.same_class, like.same_place) == (FIRST, True, True, True)
    assert like.parts == {
        "residents": 0, "rule": 0, "optimised": Decimal(10000), "override": 0, "rounding": 0
    }  # fmt: skip
    assert like.each_resident["optimised"] == pytest.approx(0.1)
    assert sum(like.each_resident.values()) == pytest.approx(0.1)


def test_a_factor_that_differs_makes_the_difference_of_the_formula() -> None:
    """300,000 against 100,000 residents: ¾ and ¼ of the formula, 7,500 and 2,500."""
    reasons = explain_city(solved("cities.000002.residents = 300000"), SECOND, "general")
    assert reasons.like is not None
    assert reasons.like.parts["residents"] == Decimal(5000)
    assert sum(reasons.like.parts.values()) == reasons.like.after - reasons.like.before


def test_most_similar_prefers_class_then_region_then_residents() -> None:
    found = read(locate("china-2020"))
    derived = derive(found)
    cities = found.tables["cities"].set_index("city")
    place = {code: k for k, code in enumerate(derived.cities)}
    other = most_similar(found, derived, "440300")
    assert other == "440100"
    for city in list(derived.cities)[::40]:
        other = most_similar(found, derived, city)
        alike = [each for each in derived.cities
                 if each != city and derived.size_class[place[each]] == derived.size_class[place[city]]]  # fmt: skip
        if alike:
            assert other in alike
        near = [each for each in alike if cities.at[each, "region"] == cities.at[city, "region"]]
        if near:
            assert other in near


LAST = ("add last_year { city = '000001', pool = 'general', amount = 2000 }",
        "add last_year { city = '000002', pool = 'general', amount = 6000 }")  # fmt: skip


def test_against_last_years_amounts_alone() -> None:
    """A quarter of 8,000, of 10,000 now 2,500: 500 for the pool; half by residents: 2,500 more; then all is lost."""
    reasons = explain_city(solved(*LAST), FIRST, "general")
    assert reasons.past is not None
    assert reasons.past.parts == {
        "totals": 500, "residents": 2500, "rule": 0, "optimised": -5000, "override": 0, "rounding": 0
    }  # fmt: skip
    assert reasons.past.share_before == 0.25
    assert any("--against" in each for each in reasons.sentences("en"))
    assert not any("--against" in each for each in compared_sentences(reasons, "en", remedy=False)), "as a page has it"


def test_a_formula_that_is_being_phased_in_is_no_rounding() -> None:
    """Two fifths of the way from a quarter to a half is 0.35: 3,500 in place of the 5,000 of its factor, 1,500 less."""
    reasons = explain_city(solved(*LAST, "pools.general.phase_in = 0.4"), FIRST, "general")
    assert reasons.past is not None and reasons.like is not None
    assert reasons.past.parts == {
        "totals": 500, "residents": 2500, "phase_in": -1500, "rule": 0, "optimised": -3500, "override": 0, "rounding": 0
    }  # fmt: skip
    assert reasons.like.parts["phase_in"] == -3000, "the other gains what this one lacks"
    assert reasons.like.parts["rounding"] == 0


def test_no_last_year_is_said() -> None:
    reasons = explain_city(solved(), FIRST, "general")
    assert reasons.past is None
    assert "The instance gives no amount of last year" in " ".join(reasons.sentences("en"))


# ----------------------------------------------------------------------------------------------------- the whole answer


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_answer_reads_whole_in_both_languages(language: str) -> None:
    for reasons in (
        explain_city(solved(*LAST), FIRST, "general"),
        explain_city(solved(TOTAL, FEWER), FIRST, "general", solved()),
    ):
        said = show(reasons, language)
        assert "{" not in said
        assert "nan" not in said
        assert json.loads(json.dumps(reasons.record(), allow_nan=False))["published"] == reasons.published
        for section in reasons.tables(language):
            assert all(len(row) == len(section.columns) for row in section.rows)


def test_printed_parts_add_up() -> None:
    """What stands in the tables adds up as it stands, digit by digit."""
    for reasons in (explain_city(solved(*LAST), SECOND, "general"),
                    explain_city(solved(TOTAL, FEWER), FIRST, "general", solved())):  # fmt: skip
        for table in reasons.tables("en"):
            place = {"parts": 1, "against": 1, "past": 1, "like": 4}.get(table.name)
            if place is not None:
                *parts, total = [
                    Decimal(row[place].replace(",", "").replace("−", "-").replace("+", ""))
                    for row in shown(table, "en", arrows=False).rows
                ]
                assert sum(parts) == total, table.title


@pytest.mark.parametrize(
    ("city", "pool", "like", "said"),
    [("000003", "general", None, "no city 000003"), (FIRST, "land", None, "no pool land"),
     (FIRST, "general", "999999", "no city 999999"), (FIRST, "general", FIRST, "another city")],
)  # fmt: skip
def test_questions_that_cannot_be_asked(city: str, pool: str, like: str | None, said: str) -> None:
    with pytest.raises(AskError, match=said):
        explain_city(solved(), city, pool, like=like)


def test_parts_are_those_of_the_result() -> None:
    reasons: Reasons = explain_city(solved(), SECOND, "general")
    row = solved().tables["allocation"].set_index("city").loc[SECOND]
    assert reasons.parts == {name: row[name] for name in reasons.parts}
    assert sum(reasons.parts.values()) == reasons.published == 10000


# --------------------------------------------------------------------------------------------------------------- sums


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=7),
    st.sampled_from([0.01, 1.0, 0.0667, 5.0]),
    st.integers(-(10**6), 10**6),
)
def test_exact_parts_add_up(parts: list[float], quantum: float, whole: int) -> None:
    total = Decimal(whole) * Decimal(repr(quantum))
    found = exact_parts({str(k): part for k, part in enumerate(parts)}, total, quantum)
    assert sum((Fraction(each) for each in found.values()), Fraction(0)) == Fraction(total)
    for name, part in enumerate(parts):
        assert abs(Fraction(found[str(name)]) - Fraction(part)) <= Fraction(Decimal(repr(quantum))) / 2


def test_parts_add_up_in_printed_digits_and_rounding_takes_what_that_makes() -> None:
    """685.8541 + 3.1037 + 0.0022 = 688.96: in two decimals 685.85 + 3.10 = 688.95, so that rounding is 0.01."""
    parts = {"benchmark": 685.8541, "rule": 0.0, "optimised": 3.1037, "rounding": 0.0022}
    told = {step: [*map(str, printed_parts(parts, Decimal("688.96"), step).values())] for step in (0.01, 0.0001)}
    assert told == {0.01: ["685.85", "0", "3.1", "0.01"], 0.0001: ["685.8541", "0", "3.1037", "0.0022"]}


def test_rounding_against_last_year_is_that_of_the_published_number() -> None:
    """From 733.13 to 688.96: the total takes what the digits of the factors make, 0.0001 here."""
    published = {"benchmark": 685.85412, "rule": 0.0, "optimised": 3.1037, "rounding": 0.00218}
    amounts = {"totals": -6.71544, "residents": -40.56044, "rule": 0.0, "optimised": 3.1037}
    past = Past(Decimal("733.13"), Decimal("688.96"), {}, amounts, published, 0.1, {}, 1.0, 1.0)
    told = past.printed(0.0001)
    assert told == {
        "totals": Decimal("-6.7155"), "residents": Decimal("-40.5604"), "rule": 0, "optimised": Decimal("3.1037"),
        "rounding": Decimal("0.0022"),
    }  # fmt: skip
    assert sum(told.values()) == Decimal("-44.17")


def test_steps_and_decimals() -> None:
    assert [nice_step(value, 0.01) for value in (2735.44, 100, 0.3, 0)] == [20.0, 1.0, 0.01, 0.01]
    assert nice_step(655, 1) == 5.0
    assert [decimals_of(quantum) for quantum in (1, 0.01, 100, 0.0667)] == [0, 2, 0, 4]
