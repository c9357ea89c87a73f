"""Whole facilities of a few cities by hand: what a city's program knows, how it is run, mended, searched and timed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from alloc.compiler.labels import Codes, Members
from alloc.compiler.linear_model import Block, LinearModel, LinearObjective
from alloc.solver.facilities import by_city, joint, whole
from alloc.solver.facilities.band import BAND, with_band
from alloc.solver.facilities.by_city import Choice, best, choose
from alloc.solver.facilities.city_programs import LATER, city_programs, together
from alloc.solver.facilities.mending import mended
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import scaled
from alloc.solver.model.runs import Clock, Ending
from alloc.solver.model.status import Progress, TierState
from alloc.solver.tiers.lexicographic import solve_tiers
from alloc.tolerances import TIER_SLACK
from small_models import small_model
from test_whole_facilities import one_city, silent, two_cities


def fewest(*costs: float, integer: bool = True, ties: list[float] | None = None) -> LinearObjective:
    breakers = () if ties is None else (np.array(ties),)
    return LinearObjective("fewest", np.array(costs), 0.0, False, integer, 1.0, breakers, True)


def cities(number: int, grants: list[float], pool: float, **changes: Any) -> tuple[LinearModel, np.ndarray]:
    """Cities that are granted g, build b of cost 2, keep k that costs 1 and is fixed, and save s; all know the mark m.

    Columns: g, b, k, s of all cities, then m. Rows: Σ g ≤ pool; 2b + k + s + m = g in each city; k ≤ 9 in each; m ≤ 9.
    The mark is 0 and k is 0 unless changed. The point: half of what is granted is built, nothing saved.
    """
    own, width = np.eye(number), 4 * number + 1
    rows = np.zeros((2 + 2 * number, width))
    rows[0, :number] = 1
    rows[1 : 1 + number] = np.hstack([-own, 2 * own, own, own, np.ones((number, 1))])
    rows[1 + number : 1 + 2 * number, 2 * number : 3 * number] = own
    rows[-1, -1] = 1
    lower, upper = [-np.inf, *[0.0] * number, *[-np.inf] * (number + 1)], [pool, *[0.0] * number, *[9.0] * (number + 1)]
    whole_ones = np.repeat([False, True, False], [number, number, 2 * number + 1])
    columns = np.repeat([9.0, 9.0, 0.0, np.inf, 9.0], [*[number] * 4, 1])
    model = small_model(rows.tolist(), lower, upper, columns.tolist(), integer=whole_ones.tolist())
    codes = Codes()
    names = codes.of([f"c{k}" for k in range(number)])
    blocks = {
        name: Block(name, place * number, Members((names,), codes, number), (number,))
        for place, name in enumerate(("grant", "build", "kept", "saved"))
    }
    blocks["mark"] = Block("mark", 4 * number, Members((), codes, 1), ())
    objective = LinearObjective("built", np.where(whole_ones, -1.0, 0.0), 0.0, True, True, 1.0, essential=True)
    granted = np.arange(width) < number
    model = replace(model, columns=blocks, granted=granted, objectives={"built": objective})
    point = np.concatenate([grants, np.array(grants) / 2, np.zeros(2 * number + 1)])
    return replace(model, **changes), point


# -------------------------------------------------------------------------------------- what a city's program knows


def test_what_a_city_cannot_change_is_paid_before_it_builds() -> None:
    """Grants of 4.5 pay for two facilities; where 1 goes to what is kept, for one; and where the mark takes 1 too."""
    model, point = cities(2, [4.5, 4.5], 9)
    assert choose(model, point, Clock(60), 60, silent).values.tolist() == [2, 2]
    kept = np.array([0.0, 1.0])
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[4:6] = upper[4:6] = point[4:6] = kept
    assert choose(replace(model, lower=lower, upper=upper), point, Clock(60), 60, silent).values.tolist() == [2, 1]
    point[4:6], point[-1] = 0, 1
    assert choose(model, point, Clock(60), 60, silent).values.tolist() == [1, 1]


def test_a_program_has_the_rows_and_columns_of_its_city_that_can_move() -> None:
    """Of grant, facilities and savings the budget alone: what is kept is fixed, and so is every row of it."""
    model, point = cities(3, [4.5, 4.5, 2.5], 12)
    programs = city_programs(model, point)
    assert [each.columns.tolist() for each in programs] == [[0, 3, 9], [1, 4, 10], [2, 5, 11]]
    assert [each.matrix.shape for each in programs] == [(1, 3)] * 3
    assert all(np.all(np.diff(each.matrix.indptr) > 0) for each in programs)


def test_a_rule_of_one_column_holds_as_any_other() -> None:
    """Money for two facilities in each city; of the first, one facility is a rule's most."""
    model, point = cities(2, [4.5, 4.5], 9)
    one = np.zeros((1, model.lower.size))
    one[0, 2] = 1
    model = model.with_rows(sp.csr_array(one), np.array([-np.inf]), np.array([1.0]))
    assert choose(model, point, Clock(60), 60, silent).values.tolist() == [1, 2]


def test_what_the_relaxation_misses_is_no_loss_only_where_cities_share_a_mark() -> None:
    """Least savings of 4.5 that a city gets: 1.25 in the relaxation; with two facilities 0.5, and with one 2.5."""
    model, point = cities(2, [4.5, 4.5], 9)
    point[2:4], point[6:8] = 1.625, 1.25
    objective = LinearObjective("saved", np.repeat([0.0, 1, 0], [6, 2, 1]), 0.0, False, True, 1.0)
    model = replace(model, objectives={"saved": objective}, lower=np.repeat([4.5, 0], [2, 7]))
    assert choose(model, point, Clock(60), 60, silent).values.tolist() == [2, 2]
    assert all(each.lower[-1] == 0 for each in city_programs(model, point)), "savings count from nothing on"


def test_cities_that_are_alike_have_the_same_program() -> None:
    """The first as the others, in all that it decides: with tiers, and where no tier tells with the fewest."""
    model, point = cities(3, [4.5, 4.5, 2.5], 12)
    for objectives in (model.objectives, {}, {"fewest": fewest(*np.arange(3) * 0.0, *[0.01] * 3, *[0.0] * 7)}):
        one, other, third = city_programs(replace(model, objectives=objectives), point)
        assert one.key == other.key != third.key
        for each in (one, other, third):
            assert len(each.objectives) and np.max(np.abs(each.objectives), axis=1) == pytest.approx(1)


def test_savings_without_a_bound_have_a_size_in_any_unit() -> None:
    """Money in another unit leaves the programs as they are, also where a column of money has no bound of its own."""
    model, point = cities(2, [4.5, 2.5], 7)
    for factor in (1e4, 1e-3):
        column = np.where(model.integer, 1.0, factor)
        row = np.full(model.row_lower.size, 4 * factor)
        other = replace(
            model,
            matrix=sp.csr_array(model.matrix.toarray() * row[:, None] / column[None, :]),
            row_lower=model.row_lower * row, row_upper=model.row_upper * row,
            lower=model.lower * column, upper=model.upper * column,
        )  # fmt: skip
        for one, two in zip(city_programs(model, point), city_programs(other, point * column), strict=True):
            np.testing.assert_allclose(one.matrix.toarray(), two.matrix.toarray(), rtol=1e-12)
            for name in ("row_lower", "row_upper", "lower", "upper", "start", "objectives"):
                np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-12, err_msg=name)


def test_a_share_of_a_limit_is_no_reason_to_have_no_plan() -> None:
    """At most 2 facilities, shared out as 1.2 and 0.8; a law asks 1 of the second city, which goes 0.2 beyond."""
    model = two_cities(most=2.0)
    lower = np.array([0.0, 0, 0, 1])
    choice = choose(replace(model, lower=lower), np.array([2.8, 2.2, 1.2, 0.8]), Clock(60), 60, silent)
    assert (choice.values.tolist(), choice.without) == ([1, 1], 0)


def test_tiers_together_count_by_their_size_and_their_order() -> None:
    """Whatever their units, and the ties of a tier before the next tier."""
    tiers = [fewest(2000.0, 0, -500.0, ties=[0, 0, 0.5]), fewest(0, 0.25, 0)]
    np.testing.assert_allclose(together(tiers, 3), [1, LATER**2, -0.25 + LATER], rtol=1e-12)
    assert together([], 2).tolist() == [0, 0] and together([fewest(0, 0)], 2).tolist() == [0, 0]


# -------------------------------------------------------------------------------------------- how a program is run


class Stubborn:
    """HiGHS that ends every run with presolve without an optimum."""

    def __init__(self) -> None:
        self._highs, self._bare = by_city._highs(), False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def setOptionValue(self, option: str, value: object) -> object:
        if option == "presolve":
            self._bare = value == "off"
        return self._highs.setOptionValue(option, value)

    def run(self) -> None:
        if self._bare:
            self._highs.run()

    def getModelStatus(self) -> highspy.HighsModelStatus:
        return self._highs.getModelStatus()


def test_a_program_that_presolve_does_not_bring_to_an_end_is_run_without() -> None:
    """Budget 5, x costs 2, y costs 3: most x is 2, then no y."""
    program = one_city([[2, 3, 1]], [5], [[-1, 0, 0], [0, -1, 0], [0, 0, -1]])
    chosen = best(Stubborn(), program)
    assert chosen is not None and chosen.tolist() == [2, 0]


# --------------------------------------------------------------------------------------- what cities share is mended


def mended_with(money: float) -> tuple[np.ndarray, Ending]:
    """Three cities of which the first and third chose a facility, where the first two have to build 2."""
    model, _ = cities(3, [2, 0, 2], money)
    wanted = np.zeros((1, model.lower.size))
    wanted[0, 3:5] = 1
    model = model.with_rows(sp.csr_array(wanted), np.array([2.0]), np.array([np.inf]))
    choice = Choice(np.array([3, 4, 5]), np.array([1.0, 0, 1]), np.empty(0, dtype=int), 0, 0, Ending.OPTIMAL)
    return mended(model, choice, Clock(60), silent)


def test_where_the_cities_of_a_broken_limit_cannot_mend_it_others_give_way() -> None:
    """The first two cities have to build 2, and one of them has 1. The pool of 5 pays two facilities: the third, which
    the limit does not concern, gives up its own."""
    values, ending = mended_with(5)
    assert ending is Ending.OPTIMAL
    assert values[:2].sum() == 2 and values[2] == 0


def test_cities_that_a_broken_limit_does_not_concern_keep_what_they_chose() -> None:
    """The same with money for three: the third city keeps its facility."""
    values, ending = mended_with(7)
    assert ending is Ending.OPTIMAL and values[:2].sum() == 2 and values[2] == 1


def test_mending_changes_no_more_than_it_has_to_though_a_tier_would_like_more() -> None:
    """The same with money for four in each city: one more facility is what the limit asks for, and one comes."""
    values, ending = mended_with(27)
    assert ending is Ending.OPTIMAL and values[:2].sum() == 2 and values[2] == 1


# ------------------------------------------------------------------------------------------------- the joint search


def test_a_search_gives_whole_facilities_and_leaves_money_as_it_is() -> None:
    """A pool of 4.5 pays two facilities and a quarter saved in each city: what is granted and saved keeps fractions."""
    model, _ = cities(2, [2.25, 2.25], 4.5)
    lower = model.lower.copy()
    lower[6:8] = 0.25  # savings
    found = joint.search(replace(model, lower=lower), Clock(60), 0.0, {}, silent)
    assert found.point is not None and found.ending is Ending.OPTIMAL
    np.testing.assert_array_equal(found.point[2:4], np.round(found.point[2:4]))
    assert found.point[2:4].sum() == 2 and found.values == {"built": 2} and found.bounds == {"built": pytest.approx(2)}
    assert np.all(model.matrix @ found.point >= model.row_lower - 1e-6), "every budget is spent to the last quarter"
    assert np.all(found.point[6:8] >= 0.25 - 1e-9)


@pytest.mark.parametrize("ending", [Ending.TIME, Ending.INTERRUPTED])
def test_a_search_that_did_not_come_to_its_end_says_why(ending: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two tiers; after an interrupt the second is not begun."""
    model, _ = cities(2, [2.25, 2.25], 4.5)
    tiers = {"built": model.objectives["built"], "again": replace(model.objectives["built"], name="again")}  # type: ignore[type-var]
    usual = Session.run
    monkeypatch.setattr(Session, "run", lambda self, *a, **o: replace(usual(self, *a, **o), ending=ending))
    found = joint.search(replace(model, objectives=tiers), Clock(60), 0.0, {}, silent)
    assert found.ending is ending and found.point is not None
    assert list(found.values) == (["built", "again"] if ending is Ending.TIME else ["built"])


def test_a_search_ends_within_the_slack_of_a_tier_in_the_costs_that_the_solver_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """10⁻⁶ persons of 10⁷, where a facility serves 10⁶ and costs 1 there."""
    model, _ = cities(2, [2.25, 2.25], 4.5)
    costs = model.objectives["built"].costs * 1e6  # type: ignore[union-attr]
    objective = replace(model.objectives["built"], costs=costs, scale=1e7)  # type: ignore[type-var]
    asked: list[float] = []
    run = Session.run

    def noted(self: Session, time_limit: float | None = None, **options: Any) -> Any:
        asked.append(options["mip_abs_gap"])
        return run(self, time_limit, **options)

    monkeypatch.setattr(Session, "run", noted)
    found = joint.search(replace(model, objectives={"built": objective}), Clock(60), 0.0, {}, silent)
    assert found.values == {"built": 2e6}
    assert asked == [pytest.approx(TIER_SLACK * 1e7 * scaled(costs)[1])] and asked[0] < 1


def test_while_it_searches_what_is_not_known_yet_is_not_told() -> None:
    """HiGHS says 10³⁰ and more for an incumbent or a bound that it does not have; costs are turned and scaled by 20."""
    told: list[Progress] = []
    clock = Clock(60)
    clock._start -= 1.0  # a report every fifth of a second at most
    objective = LinearObjective("built", np.array([-5.0]), 0.0, True, True, 1.0)
    report = joint._reporter(told.append, clock, objective, 20.0)
    report(np.inf, -200.0)
    clock._start -= 1.0
    report(-100.0, -200.0)
    report(-120.0, -200.0)
    assert [(each.best, each.bound, each.state) for each in told] == [
        (None, 10.0, TierState.BETTER),
        (5.0, 10.0, TierState.BETTER),
    ]


# ------------------------------------------------------------------------------------------------- time, and the band


class Slow(Clock):
    """A clock that goes on when a city has planned, by 30 seconds, and not otherwise."""

    passed = 0.0

    @property
    def spent(self) -> float:
        return self.passed


def test_half_of_the_time_is_kept_for_a_plan_with_what_cities_have_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 seconds two cities take 60; the two others are rounded down, and all tiers follow with 40 left."""
    model, _ = cities(4, [4.5] * 4, 18)
    clock = Slow(100)
    relaxed = solve_tiers(model, Session(model, Clock(60)), {}, silent, "relaxation")

    def slowly(*given: Any) -> np.ndarray | None:
        clock.passed += 30
        return best(*given)

    monkeypatch.setattr(by_city, "best", slowly)
    monkeypatch.setattr(by_city.os, "cpu_count", lambda: 1)
    found = whole.by_city(model, relaxed, clock, {}, silent, None)
    assert clock.passed == 60 and found.ending is Ending.TIME
    assert [(each.code, each.amount) for each in found.notes] == [("rounded_down", 2)]
    assert found.tiers.ending is Ending.OPTIMAL and found.tiers.point is not None


def test_the_relaxation_itself_is_beyond_no_band() -> None:
    near = with_band(two_cities(), np.array([3.5, 1.5, 1.75, 0.75]))
    band = near.objectives[BAND]
    assert isinstance(band, LinearObjective)
    assert band.value(np.array([3.5, 1.5, 1.75, 0.75, 0, 0, 0, 0])) == 0
    assert band.value(np.array([3.5, 1.5, 1.75, 0.75, 0.5, 0, 0, 0.25])) == pytest.approx(0.15)


def test_what_lies_beyond_counts_by_what_is_granted_of_a_pool_however_little_that_is() -> None:
    """Half a unit in all: a quarter beyond the band is half of it."""
    band = with_band(two_cities(), np.array([0.35, 0.15, 0.175, 0.075])).objectives[BAND]
    assert isinstance(band, LinearObjective)
    assert band.value(np.array([0.35, 0.15, 0.175, 0.075, 0.25, 0, 0, 0])) == pytest.approx(0.5)
