"""Whole quanta where only the stock link is in the way: it is missed by less than one, and that is said and checked."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloc.formulation.registry import catalogue
from alloc.instance import read
from alloc.instance.derived.limits import LimitRow
from alloc.instance.instance import make_instance
from alloc.output import show
from alloc.publish import round_allocation
from alloc.publish.rows import Kept, Rows, room
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.verification import verify
from test_publish import INF, Pool, pools, published_failures
from test_rounding import limited

FAMILIES = Path(__file__).resolve().parent.parent / "instances" / "families"
FREE = np.zeros(6), np.full(6, INF)


def linked(values: list[float], link: list[float], groups: str = "aaaaaa") -> Pool:
    """A pool of which all is given out, in whole quanta of 1."""
    numbers = np.array(values), *(each[: len(values)] for each in FREE)
    return Pool(*numbers, 1.0, float(sum(values)), list(groups[: len(values)]), exhaust=True, linked=np.array(link))


def test_the_largest_fractions_go_past_the_link_where_no_multiples_do_without() -> None:
    """10.5 + 10.3 + 10.2 = 31 with what each has for its link: whole numbers within are 30, so that one is short.

    The first goes to 11, which misses its link by 0.5; the second would by 0.7.
    """
    pool = linked([10.5, 10.3, 10.2], [10.5, 10.3, 10.2])
    rounded = pool.rounded()
    assert rounded.values.tolist() == [11, 10, 10] and rounded.possible and not rounded.unrounded.any()
    assert published_failures(pool, rounded.values, rounded) == []


def test_nobody_goes_past_the_link_while_multiples_do_without() -> None:
    """The same with a link of 12 in the last city, which so takes the whole number."""
    pool = linked([10.5, 10.3, 10.2], [10.5, 10.3, 12])
    rounded = pool.rounded()
    assert rounded.values.tolist() == [10, 10, 11]
    assert published_failures(pool, rounded.values, rounded) == []


def test_who_has_room_goes_first() -> None:
    """10.7 + 10.6 + 10.4 + 10.3 = 42, 40 of it whole: two go up. The third has room for one; of the rest, the first."""
    pool = linked([10.7, 10.6, 10.4, 10.3], [10.7, 10.6, 11, 10.3])
    rounded = pool.rounded()
    assert rounded.values.tolist() == [11, 10, 11, 10]
    assert published_failures(pool, rounded.values, rounded) == []
    assert published_failures(pool, np.array([11.0, 11, 10, 10]), rounded) == ["rounding"], "the third has room"


def test_a_city_that_the_link_alone_leaves_no_multiple_has_the_one_above() -> None:
    """At least 10.2 and by the link at most 10.6: 11, and 20 for the other. A bound of 10.8 gives no way."""
    pool = replace(linked([10.6, 20.4], [10.6, INF]), lower=np.array([10.2, 0]))
    rounded = pool.rounded()
    assert rounded.values.tolist() == [11, 20] and not rounded.unrounded.any()
    assert published_failures(pool, rounded.values, rounded) == []
    bound = replace(pool, upper=np.array([10.8, INF]))
    assert bound.rounded().values.tolist() == [10.6, 20.4]
    assert bound.rounded().without_multiple.tolist() == [True, False]
    assert published_failures(bound, bound.rounded().values, bound.rounded()) == []


def at_least(amount: float, *cities: int) -> LimitRow:
    """A limit on what some of three cities get of the pool."""
    chosen = np.isin(np.arange(3), cities)
    return LimitRow(limit="least", kind="allocation", item="pool", sense=">=", amount=amount, selection=chosen)


def test_a_limit_that_asks_for_more_takes_a_city_past_its_link() -> None:
    """10.4 + 20.6 + 3 = 34. By its link of 10.4 the first has 10 and the second 21; a limit of 10.4 on the first is
    broken so, and a multiple keeps it: 11, which misses the link by 0.6, and 20 for the second."""
    pool = linked([10.4, 20.6, 3], [10.4, INF, INF], "abb")
    assert pool.rounded().values.tolist() == [10, 21, 3]
    assert "rounding" in published_failures(pool, np.array([11.0, 20, 3]), pool.rounded()), "missed without need"
    limited = replace(pool, limits=(at_least(10.4, 0),))
    assert limited.rounded().values.tolist() == [11, 20, 3]
    assert published_failures(limited, limited.rounded().values, limited.rounded()) == []
    assert replace(pool, limits=(at_least(9.4, 0),)).rounded().values.tolist() == [10, 21, 3], "10 keeps it"


def test_one_of_the_cities_of_a_limit_goes_past_its_link() -> None:
    """10.4 + 10.3 + 10.3 = 31: the third has room for 11. A limit of 20.7 on the others asks for 21 of them."""
    pool = linked([10.4, 10.3, 10.3], [10.4, 10.3, INF])
    assert pool.rounded().values.tolist() == [10, 10, 11]
    limited = replace(pool, limits=(at_least(20.7, 0, 1),))
    assert limited.rounded().values.tolist() == [11, 10, 10]
    assert published_failures(limited, limited.rounded().values, limited.rounded()) == []


def test_a_limit_that_asks_for_less_takes_others_past_their_links() -> None:
    """12 + 10.6 + 10.4 = 33. By their links the others have 10 each, so that the first has 13; a limit of 12 on the
    first is broken so, and a multiple of one of the others keeps it: the second has 11, past its link by 0.4."""
    pool = linked([12, 10.6, 10.4], [INF, 10.6, 10.4], "abc")
    assert pool.rounded().values.tolist() == [13, 10, 10]
    assert "rounding" in published_failures(pool, np.array([12.0, 11, 10]), pool.rounded()), "missed without need"
    limited = replace(pool, limits=(replace(at_least(12, 0), sense="<="),))
    assert limited.rounded().values.tolist() == [12, 11, 10]
    assert published_failures(limited, limited.rounded().values, limited.rounded()) == []
    assert replace(pool, limits=(replace(at_least(13, 0), sense="<="),)).rounded().values.tolist() == [13, 10, 10]


def test_a_city_without_a_multiple_goes_up_whoever_else_has_room() -> None:
    """Province a: 10.6 + 10.4 = 21, of which the first, at least 10.2, has to have 11, so that the second has 10 though
    it may have 11. Province b: 4 · 10.5 = 42, two of which go past their links; within, all would be 62 of 63."""
    decided = [10.6, 10.4, 10.5, 10.5, 10.5, 10.5]
    pool = replace(
        linked(decided, [10.6, INF, *decided[2:]], "aabbbb"),
        lower=np.array([10.2, 0, 0, 0, 0, 0]), upper=np.array([INF, 11, INF, INF, INF, INF]),
    )  # fmt: skip
    assert pool.rounded().values.tolist() == [11, 10, 11, 11, 10, 10]
    assert published_failures(pool, pool.rounded().values, pool.rounded()) == []


def test_what_is_a_multiple_but_for_noise_leaves_no_further_one() -> None:
    """Links of 30 and of 29.4, and another rule of 29.4: the next multiple is left by the second alone."""
    none, three = np.zeros(3, dtype=np.intp), np.arange(3)
    left = np.array([30 + 1e-9, 29.4, 29.4])
    rows = Rows(np.array([0, 0, 1]), three, three, np.ones((3, 1)), np.zeros(3), left)
    empty = rows.chosen(none[:0])
    kept = Kept(("link", "other"), np.array([True, False]), rows, empty, empty, np.zeros(3), np.zeros(3))
    known: Any = SimpleNamespace(quantum=np.ones(1), lower=np.zeros((3, 1)))
    within, eased = room(known, kept, left[:, None].copy(), np.zeros(1, dtype=bool), 0)
    assert within.tolist() == left.tolist() and eased.tolist() == [30, 30, 29.4]


def test_a_link_that_is_a_multiple_is_kept() -> None:
    """10 + 10 + 10.6 + 10.4 = 41: the third goes up, and nobody is given a whole quantum too much."""
    pool = linked([10, 10, 10.6, 10.4], [10, 10, 10.6, 10.4])
    assert pool.rounded().values.tolist() == [10, 10, 11, 10]
    failures = published_failures(pool, np.array([11.0, 10, 10, 10]), pool.rounded())
    assert failures == ["published_neighbours", "rounding"]


def test_a_city_that_has_to_go_further_may_go_past_its_link_too() -> None:
    """Three cities of 10.9 that may have no more go down to 10; the first, of 10.3, makes up for all with 13."""
    pool = replace(linked([10.3, 10.9, 10.9, 10.9], [12.6, INF, INF, INF]), upper=np.array([INF, 10.9, 10.9, 10.9]))
    assert pool.rounded().values.tolist() == [13, 10, 10, 10]
    assert published_failures(pool, pool.rounded().values, pool.rounded()) == []
    short = replace(pool, linked=np.array([11.9, INF, INF, INF]))
    assert not short.rounded().possible, "12 at the most"
    assert published_failures(short, short.values, short.rounded()) == []


def test_a_pool_that_stays_as_decided_may_be_at_its_link_but_for_the_noise_of_the_solver() -> None:
    pool = replace(linked([10.5, 10.5], [10.5 - 1e-5, 10.5]), upper=np.full(2, 10.5))
    assert not pool.rounded().possible
    assert published_failures(pool, pool.values, pool.rounded()) == []


def test_rules_that_give_no_way_leave_the_pool_as_it_is() -> None:
    """The same three cities, each held by a rule that does not give way."""
    values = np.array([10.5, 10.3, 10.2])
    rounded = round_allocation(values, np.zeros(3), np.full(3, INF), 1.0, 31.0, list("aaa"), room=values)
    assert not rounded.possible and rounded.values.tolist() == values.tolist()
    gives_way = {name for name, family in catalogue().families.items() if family.gives_way}
    assert gives_way == {"stock_link"}


@st.composite
def with_links(draw: st.DrawFn) -> Pool:
    """A pool in which the link leaves each city what it has, or a little more, or all it wants; it may have limits."""
    pool, limits = draw(st.one_of(pools(most=8).map(lambda each: (each, [])), limited()))
    more = st.sampled_from([0.0, 0.0, 0.0, 0.3, 1.2, INF])
    spare = np.array(draw(st.lists(more, min_size=len(pool.values), max_size=len(pool.values))))
    return replace(pool, linked=pool.values + spare * pool.quantum, limits=tuple(limits))


@pytest.mark.long
@given(with_links())
@settings(max_examples=150, deadline=None)
def test_verification_agrees_with_what_gives_way(pool: Pool) -> None:
    """Twice written: what is published passes, and misses no link by a quantum."""
    rounded = pool.rounded()
    assert (rounded.values < pool.linked + pool.quantum).all()
    assert published_failures(pool, rounded.values, rounded) == []


# ------------------------------------------------------------------------------------------- a whole result


def solved(*lines: str) -> Result:
    """`instances/families/stock_link` with 59 ha that are all given out; 20 ha in each city can be put back to use, and
    20 are asked for."""
    known = ("pools.land.total = 59", "pools.land.exhaust = true", "cities.idle = 40", "cities.production_request = 20")
    return run(apply(read(FAMILIES / "stock_link"), [parse_edit(each) for each in (*known, *lines)]).instance)


@cache
def two_cities() -> Result:
    """Both cities may have 10 ha and 2 more for each they put back to use.

    Each gets 29.5, for which it reuses 9.75, no more than it must, since that costs money: its link leaves just 29.5.
    Whole hectares within are 29 and 29, one less than 59. Of equal fractions the first city goes up, past its link by
    0.5, for which it would have to reuse 0.25 more.
    """
    return solved("cities.000002.stock_base = 10")


def land(result: Result, column: str) -> list[float]:
    return result.tables["allocation"][column].tolist()


def test_two_cities_have_whole_hectares_and_the_result_says_which_link_is_missed() -> None:
    result = two_cities()
    assert result.verified and land(result, "published") == [30, 29]
    assert land(result, "rounding") == pytest.approx([0.5, -0.5])
    assert result.tables["rounding"].to_dict("records") == [
        {"rule": "stock_link", "pool": "land", "province": "", "city": "000001", "limit": "",
         "off": pytest.approx(0.5), "unit": "ha"}
    ]  # fmt: skip
    for language, words, title in (
        ("en", "Rounding: 1 exception ({}: 1)", "New land follows reused land, missed by less than a quantum"),
        ("zh", "取整：1 处例外（{}：1）", "增存挂钩，超出不到一个最小分配单位"),
    ):
        shown, of_city = (
            "".join(text.split()) for text in (show(result, language), show(result, language, city="000001"))
        )
        assert "".join(words.format(title).split()) in shown and "".join(title.split()) in of_city


def found(result: Result, published: list[float], off: float | None) -> list[tuple[str, str]]:
    """What fails where other numbers are published, and of the first city's link `off` is said to be missed."""
    table = result.tables["allocation"].copy()
    table["rounding"] += np.array(published) - table["published"]
    table["published"] = published
    said = two_cities().tables["rounding"]
    said = said.iloc[:0] if off is None else said.assign(off=off)
    tables = {**result.tables, "allocation": table, "rounding": said}
    return [(each.family, each.key) for each in verify(result.instance, tables, result.manifest["tiers"]).failures]


def test_a_link_that_is_missed_has_to_be_said_with_its_amount() -> None:
    assert found(two_cities(), [30, 29], 0.5) == []
    assert found(two_cities(), [30, 29], None) == [("rounding", "not said: stock_link, land, 000001")]
    assert found(two_cities(), [30, 29], 0.4) == [("rounding", "stock_link, land, 000001")]


def test_a_link_is_missed_by_less_than_a_quantum_and_only_where_it_must() -> None:
    """In the second instance the other city has no link, and so takes the hectare."""
    failures = found(two_cities(), [31, 29], 1.5)
    assert ("rounding", "missed by a quantum or more: stock_link, 000001") in failures
    apart = solved()
    assert land(apart, "published") == [29, 30] and apart.tables["rounding"].empty
    assert found(apart, [30, 29], 0.5) == [("rounding", "missed without need: stock_link, 000001")]


def test_what_is_issued_past_the_link_is_made_good_by_reuse() -> None:
    """30 and 29 that went out before ask for 10 and 9.5 ha of reuse, and no link is missed any more."""
    rows = two_cities().tables["allocation"][["city", "pool"]].assign(stage="formal", amount=[30.0, 29.0])
    instance = two_cities().instance
    again = run(make_instance(instance.settings, {**instance.tables, "issued": rows}))
    assert again.verified and land(again, "published") == [30, 29] and again.tables["rounding"].empty
    assert again.tables["land"]["reuse_production"].tolist() == pytest.approx([10, 9.5])


def test_a_result_in_another_order_of_rows_is_the_same() -> None:
    result = two_cities()
    tables = {name: table.iloc[::-1] for name, table in result.instance.tables.items()}
    turned = run(make_instance(result.instance.settings, tables))
    for name in ("allocation", "rounding"):
        pd.testing.assert_frame_equal(turned.tables[name], result.tables[name])
