"""What rounding could not keep, by hand: which promises are missed, by how much, and which are not mentioned."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alloc.instance.derived.limits import LimitRow, Sense
from alloc.instance.derived.optional.purses import Purses
from alloc.publish.off import LimitOf, off_in_pools, off_in_rows, off_in_settled, rounding_table
from alloc.publish.pool import Rounded
from alloc.publish.rows import Rows

LIMIT = LimitOf("group_limit", "allocation")
NOBODY = np.zeros(3, dtype=bool)
PROVINCES = ["A", "A", "B"]


def data(limits: tuple[LimitRow, ...] = (), *, exhaust: bool = True, quantum: float = 10.0) -> Any:
    """Three cities and one pool of land."""
    return SimpleNamespace(cities=("1", "2", "3"), kind=("land",), quantum=np.array([quantum]),
                           exhaust=np.array([exhaust]), limits=limits,
                           purses=Purses(head=np.arange(3), share=np.ones(3)))  # fmt: skip


def rounded(values: list[float], **changes: Any) -> Rounded:
    nothing = {"without_multiple": NOBODY, "makes_up": NOBODY, "moved_further": NOBODY, "groups_apart": (),
               "left_over": 0.0, "possible": True}  # fmt: skip
    return Rounded(values=np.array(values), **{**nothing, **changes})


def off(
    one: Rounded, decided: list[float], limits: tuple[LimitRow, ...] = (), exhaust: bool = True
) -> list[tuple[str, str, str, str, float]]:
    found = [*off_in_pools(data(limits, exhaust=exhaust), {"p": one}, np.array(decided)[:, None], PROVINCES, LIMIT)]
    assert all((each.pool, each.unit) == ("p", "ha") for each in found)
    return [(each.rule, each.province, each.city, each.limit, pytest.approx(each.off)) for each in found]


def limit(sense: Sense, amount: float, kind: str = "allocation", item: str = "p") -> LimitRow:
    first_two = np.array([True, True, False])
    return LimitRow(limit="k", kind=kind, item=item, sense=sense, amount=amount, selection=first_two)


def test_multiples_next_to_what_was_decided_need_no_mention() -> None:
    assert off(rounded([30, 20, 50]), [33, 18, 49]) == []


def test_a_number_without_a_multiple_is_off_by_what_it_is_beyond_the_one_below() -> None:
    """33 is 3 beyond 30; what makes up for it, 47, is 7 beyond 40."""
    one = rounded([33, 47, 20], without_multiple=NOBODY | [True, False, False], makes_up=NOBODY | [False, True, False])
    assert off(one, [33, 45, 22]) == [("no_multiple", "", "1", "", 3), ("makes_up", "", "2", "", 7)]


def test_a_pool_that_stays_as_it_is_says_so_of_every_number_that_is_no_multiple() -> None:
    one = rounded([33, 40, 27], without_multiple=NOBODY | [True, False, False], possible=False)
    assert off(one, [33, 40, 27]) == [("as_decided", "", "1", "", 3), ("as_decided", "", "3", "", 7)]


def test_numbers_and_sub_totals_that_had_to_go_further_say_how_far() -> None:
    """1 and 2, of province A, go from 33 and 18 to 50 and 20: by 17 and 2, together 19. The total is that of all."""
    one = rounded([50, 20, 30], moved_further=NOBODY | [True, False, False], groups_apart=("A",))
    assert off(one, [33, 18, 49]) == [("neighbour", "", "1", "", 17), ("subtotal", "A", "", "", 19)]


def test_what_an_exhausted_pool_has_left_over_is_missing() -> None:
    assert off(rounded([30, 20, 40], left_over=7.0), [33, 18, 46]) == [("total", "", "", "", -7)]
    assert off(rounded([30, 20, 40], left_over=5e-6), [30, 20, 40]) == [], "half a millionth of a quantum is noise"
    assert off(rounded([30, 20, 40], left_over=2e-5), [30, 20, 40]) == [("total", "", "", "", -2e-5)]


def test_a_pool_that_need_not_be_exhausted_may_be_less_than_a_quantum_off() -> None:
    assert off(rounded([30, 20, 40]), [33, 18, 46], exhaust=False) == []
    assert off(rounded([30, 20, 40]), [33, 21, 46], exhaust=False) == [("total", "", "", "", -10)]
    assert off(rounded([30, 20, 40]), [27, 17, 35], exhaust=False) == [("total", "", "", "", 11)]
    assert off(rounded([30, 20, 40]), [33, 21, 46 - 4e-6], exhaust=False) == [("total", "", "", "", -10)], (
        "but for noise"
    )
    assert off(rounded([30, 20, 40]), [33, 21, 46 - 4e-5], exhaust=False) == []


@pytest.mark.parametrize(
    ("sense", "amount", "missed"),
    [("<=", 50, None), ("<=", 47, 3), (">=", 50, None), (">=", 53, -3), ("=", 50, None), ("=", 47, 3), ("=", 53, -3),
     ("<=", 60, None), (">=", 40, None)],
)  # fmt: skip
def test_limits_on_the_sum_of_some(sense: Sense, amount: float, missed: float | None) -> None:
    """1 and 2 have 50."""
    expected = [] if missed is None else [("group_limit", "", "", "k", missed)]
    assert off(rounded([30, 20, 50]), [30, 20, 50], (limit(sense, amount),)) == expected
    assert off(rounded([30, 20, 50]), [30, 20, 50], (limit(sense, amount, "added"),)) == []
    assert off(rounded([30, 20, 50]), [30, 20, 50], (limit(sense, amount, item="other"),)) == []


def test_persons() -> None:
    """Whole persons next to the decision need no mention; 3 of 5 do, and 2 of 5 together."""
    settle = LimitOf("group_limit", "settle")

    def told(settled: list[float], decided: list[float], *limits: LimitRow) -> list[tuple[Any, ...]]:
        found = list(off_in_settled(data(limits), np.array(settled), np.array(decided), settle))
        assert all((each.pool, each.unit, each.province) == ("", "persons", "") for each in found)
        return [(each.rule, each.city, each.limit, pytest.approx(each.off)) for each in found]

    assert told([5, 6, 7], [5.4, 5.5, 7.0]) == []
    assert told([2, 6, 7], [5.0, 5.5, 7.4]) == [("neighbour", "1", "", -3), ("total", "", "", -2.9)]
    assert told([5, 6, 8], [5.9, 6.9, 7.2]) == [("total", "", "", -1)]
    assert told([6, 6, 7], [5.0, 6.0, 8.0]) == [("neighbour", "1", "", 1), ("neighbour", "3", "", -1)]
    assert told([5, 6, 7], [5, 6, 7], limit("<=", 10, "settle"), limit("<=", 9)) == [("group_limit", "", "k", 1)]


@pytest.mark.parametrize(("published", "told"), [(50.0, None), (50.000005, None), (50.00003, 0.00003), (57.0, 7.0)])
def test_rows_of_a_city(published: float, told: float | None) -> None:
    """The second city may have 50 of both pools, or of the second alone; a millionth of a quantum is noise."""
    here = SimpleNamespace(**{**vars(data()), "kind": ("land", "bond"), "quantum": np.array([100.0, 10.0]),
                              "pools": ("p", "q")})  # fmt: skip
    for granted, pool, unit in (([1.0, 1.0], "", "ha"), ([0.0, 1.0], "q", "10⁴ yuan")):
        rows = room([granted], [1], [50.0])
        kept: Any = SimpleNamespace(room=rows, names=("debt_room", "general_budget"), money=np.full(3, 0.5),
                                    budgets=budgets())  # fmt: skip
        amounts = np.array([[9.0, 9.0], [0.0, published], [9.0, 9.0]])
        found = list(off_in_rows(here, kept, amounts, np.zeros(3)))
        expected = [] if told is None else [("debt_room", pool, "", "2", "", pytest.approx(told), unit)]
        assert [tuple(each) for each in found] == expected


def room(granted: Any, city: list[int], most: list[float]) -> Rows:
    """Rows of the first family over amounts, each whole in one city."""
    none = np.zeros(len(city), dtype=np.intp)
    number = np.arange(len(city))
    return Rows(none, number, np.array(city, dtype=np.intp), np.asarray(granted), np.zeros(len(city)), np.array(most))


def budgets(*rows: tuple[int, int, float]) -> Any:
    """Rows over money: family, city, and what is left of it."""
    family, city, left = (np.array(each) for each in zip(*rows, strict=True)) if rows else (np.zeros(0, dtype=int),) * 3
    return SimpleNamespace(family=family, city=city, left=lambda published, settled: left,
                           whole=lambda *values: (np.arange(len(city)), values))  # fmt: skip


def test_the_worst_row_of_a_budget_stands_for_it() -> None:
    """The second city is overdrawn by 3 and by 4 in rows of one budget, by 2 in another; 0.4 of the first is noise."""
    none = room(np.zeros((0, 1)), [], [])
    rows = budgets((1, 1, -3.0), (1, 1, -4.0), (0, 1, -2.0), (1, 0, -0.4), (1, 2, 5.0), (0, 2, -0.7))
    kept: Any = SimpleNamespace(room=none, names=("capital_budget", "general_budget"), money=np.full(3, 0.5),
                                budgets=rows)  # fmt: skip
    found = list(off_in_rows(data(), kept, np.zeros((3, 1)), np.zeros(3)))
    assert [(each.rule, each.city, each.off, each.unit) for each in found] == [
        ("general_budget", "2", 4.0, "10⁴ yuan"), ("capital_budget", "2", 2.0, "10⁴ yuan"),
        ("capital_budget", "3", 0.7, "10⁴ yuan"),
    ]  # fmt: skip


def test_a_limit_is_known_to_its_last_digits_and_a_millionth_of_a_quantum() -> None:
    for amount, missed in ((50 - 0.9e-5, False), (50 - 1.1e-5, True)):
        assert bool(off(rounded([30, 20, 50]), [30, 20, 50], (limit("<=", amount),))) == missed


def test_of_a_large_sum_the_last_digits_are_noise() -> None:
    """5·10⁹ is known to 5·10⁻³ and a millionth of 10."""
    for beyond, missed in ((0.004, False), (0.006, True)):
        values = [3e9, 2e9, 0.0]
        assert bool(off(rounded(values), values, (limit("<=", 5e9 - beyond),))) == missed
        row = room(np.ones((1, 1)), [0], [5e9 - beyond])
        kept: Any = SimpleNamespace(room=row, names=("debt_room",), money=np.full(3, 0.5), budgets=budgets())
        here = SimpleNamespace(**{**vars(data()), "pools": ("p",)})
        assert bool(list(off_in_rows(here, kept, np.full((3, 1), 5e9), np.zeros(3)))) == missed


def test_the_table_is_sorted_and_has_its_columns_when_it_is_empty() -> None:
    found = off_in_pools(data(), {"p": rounded([50, 20, 30], moved_further=~NOBODY)},
                         np.array([[33.0], [8.0], [49.0]]), PROVINCES, LIMIT)  # fmt: skip
    table = rounding_table([*found][::-1])
    assert table["city"].tolist() == ["1", "2", "3"] and table["off"].tolist() == [17, 12, -19]
    empty = rounding_table([])
    assert list(empty) == list(table) and len(empty) == 0 and empty["off"].dtype == float
