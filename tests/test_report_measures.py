"""Sums, ratios of sums and weighted means of cities, by hand, and the tables made of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from alloc.content.blocks import Column
from alloc.instance.schema.columns import MARKS
from alloc.report.measures import by_city, by_group, cells, mean, ratio, resting, summed, texts
from alloc.report.view import Grouping, telling

COLUMN = Column("x", "x", kind="number")
NAN = np.nan
ALL, FIRST, NONE = np.arange(3), np.array([0, 1]), np.array([], dtype=int)


def test_sums_pass_over_what_is_not_there_and_are_nothing_where_nothing_is() -> None:
    found = summed(COLUMN, np.array([3.0, NAN, 4.0]))
    assert list(found.values) == [3.0, None, 4.0]
    assert (found.total(ALL), found.total(FIRST), found.total(np.array([1]))) == (7.0, 3.0, None)


def test_a_ratio_of_a_group_is_that_of_its_sums_and_no_mean_of_ratios() -> None:
    """1/2 and 9/3 are 0.5 and 3, whose mean is 1.75; together they are 10/5 = 2. Below nothing there is no ratio."""
    found = ratio(COLUMN, np.array([1.0, 9.0, 6.0]), np.array([2.0, 3.0, 0.0]))
    assert list(found.values) == [0.5, 3.0, None]
    assert (found.total(FIRST), found.total(ALL), found.total(np.array([2]))) == (2.0, 16 / 5, None)


def test_a_ratio_takes_what_is_missing_for_nothing() -> None:
    found = ratio(COLUMN, np.array([NAN, 9.0, 6.0]), np.array([2.0, NAN, 4.0]))
    assert list(found.values) == [0.0, None, 1.5]
    assert found.total(ALL) == 15 / 6


def test_a_mean_is_weighted() -> None:
    """Residents 1, 3 and 0 with 10, 20 and 99: (10 + 60)/4 = 17.5, plainly 15 of the first two and 43 of all."""
    found = mean(COLUMN, np.array([10.0, 20.0, 99.0]), np.array([1.0, 3.0, 0.0]))
    assert list(found.values) == [10.0, 20.0, 99.0]
    assert (found.total(FIRST), found.total(ALL), found.total(np.array([2]))) == (17.5, 17.5, None)


def test_texts_have_no_total_and_cells_no_nan() -> None:
    assert list(texts(COLUMN, ["a", "b"]).values) == ["a", "b"] and texts(COLUMN, ["a"]).total(ALL) is None
    assert cells(np.array([NAN, 0.0, -1.5])) == [None, 0.0, -1.5]


def test_a_group_is_as_sure_as_its_weakest_city() -> None:
    """Of cities that are published, assumed and estimated; where all are alike the head alone says it."""
    found = resting(summed(COLUMN, np.array([1.0, 2.0, 4.0])), np.array([0, 2, 1], dtype=np.int8))
    assert found.column.status == ""
    assert [marked(each) for each in found.values] == ["", MARKS["assumed"], MARKS["estimated"]]
    totals = [marked(found.total(np.array(places, dtype=int))) for places in ([0], [0, 2], [0, 1, 2], [])]
    assert totals == ["", MARKS["estimated"], MARKS["assumed"], ""]
    alike = resting(summed(COLUMN, np.array([1.0, 2.0, 4.0])), np.array([1, 1, 1], dtype=np.int8))
    assert alike.column.status == "estimated" and marked(alike.total(ALL)) == ""


def marked(cell: Any) -> str:
    return getattr(cell, "mark", "")


def seen() -> Any:
    """Three cities, of which the first and the last are of the second province."""
    return SimpleNamespace(
        say=lambda zh, en, **filled: en, codes=("1", "2", "3"), names=["one", "two", "three"],
        province=Grouping("province", "province", ("A", "B"), np.array([1, 0, 1])),
    )  # fmt: skip


def test_cities_stand_by_province_with_sub_totals() -> None:
    found = by_city(seen(), "t", "title", [summed(COLUMN, np.array([1.0, 2.0, 4.0])), texts(COLUMN, ["a", "b", "c"])])
    assert found.rows == (("two", "2", 2.0, "b"), ("one", "1", 1.0, "a"), ("three", "3", 4.0, "c"))
    assert [(each.title, each.count, each.totals) for each in found.groups] == [
        ("A", 1, ("sub-total", "", 2.0, None)), ("B", 2, ("sub-total", "", 5.0, None)),
    ]  # fmt: skip
    assert found.totals == ("total", "", 7.0, None) and found.sortable
    assert [(each.name, each.kind) for each in found.columns[:2]] == [("name", "text"), ("city", "code")]


def test_groups_have_a_row_each_with_their_number_of_cities() -> None:
    view = seen()
    (found,) = by_group(
        view, "t", "title", view.province, [mean(COLUMN, np.array([1.0, 2.0, 4.0]), np.array([1.0, 1, 2]))]
    )
    assert found.rows == (("A", 1.0, 2.0), ("B", 2.0, 3.0)) and found.totals == ("total", 3.0, 11 / 4)
    assert found.groups == () and found.columns[1].additive
    (plain,) = by_group(view, "t", "title", view.province, [summed(COLUMN, np.ones(3))], count=False)
    assert plain.rows == (("A", 1.0), ("B", 2.0)) and plain.totals == ("total", 3.0)


def test_a_single_group_would_say_again_what_is_said_of_the_whole() -> None:
    one = Grouping("province", "province", ("A",), np.array([0, 0, 0]))
    assert not one.tells and seen().province.tells and telling(None, one, seen().province)[0].names == ("A", "B")
    assert by_group(seen(), "t", "title", one, [summed(COLUMN, np.ones(3))]) == ()


def test_groups_stand_under_their_parents_in_their_order() -> None:
    """Provinces A and B of the regions N and S: A is in S, B in N, so B comes first."""
    view = seen()
    regions = Grouping("region", "region", ("N", "S"), np.array([0, 1, 0]))
    (found,) = by_group(view, "t", "title", view.province, [summed(COLUMN, np.array([1.0, 2.0, 4.0]))], parents=regions)
    assert found.rows == (("B", 2.0, 5.0), ("A", 1.0, 2.0))
    assert [(each.title, each.count, each.totals) for each in found.groups] == [
        ("N", 1, ("sub-total", 2.0, 5.0)), ("S", 1, ("sub-total", 1.0, 2.0)),
    ]  # fmt: skip


def test_a_group_that_lies_in_two_parents_stands_under_none() -> None:
    """A region of one's own may take some cities of a province: sub-totals of provinces would not be its sums."""
    view = seen()
    first = int(np.flatnonzero(np.bincount(view.province.of) > 1)[0])
    of = np.zeros(3, dtype=np.int64)
    of[np.flatnonzero(view.province.of == first)[0]] = 1
    regions = Grouping("region", "region", ("north", "south"), of)
    (found,) = by_group(view, "t", "title", view.province, [summed(COLUMN, np.array([1.0, 2.0, 4.0]))], parents=regions)
    assert found.groups == () and len(found.rows) == len(view.province.names)
