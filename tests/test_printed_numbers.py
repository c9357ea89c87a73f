"""What a reader who adds and subtracts printed numbers finds: differences, sums, parts of amounts, by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from alloc.content.blocks import Amount, Column, Table
from alloc.content.figures import decimals_that_add_up, gap_of, number, rounded
from alloc.content.numbers import amount_text, shown
from alloc.content.tables import difference
from alloc.content.tables import table as amounts
from alloc.result.frames.uses import land_as_published
from alloc.result.settled import settlement_note

AMOUNTS = some.floats(-1e6, 1e6).map(lambda value: round(value, 4))


def test_halves_go_away_from_nothing_whatever_computing_leaves() -> None:
    """1,804.26 − 2,842.76 is −1,038.50 and prints −1,039, though doubles have a trace less; so do spreadsheets."""
    assert 1804.26 - 2842.76 != -1038.5 or round(1804.26 - 2842.76) == -1038
    assert [number(each, 0, sign=True) for each in (1804.26 - 2842.76, 0.5, -0.5, 1.5, 2.5)] == [
        "−1,039", "+1", "−1", "+2", "+3",
    ]  # fmt: skip
    assert [number(each, 2) for each in (0.285, 1.005, 2.675, -0.004)] == ["0.29", "1.01", "2.68", "0.00"]
    assert [rounded(each, 0) for each in (0.499999, math.inf)] == [0.0, math.inf]
    assert rounded(12_345.0, -2) == 12_300.0


def test_a_difference_is_taken_before_rounding() -> None:
    """1,680.4 and 1,851.7 are printed as 1,680 and 1,852, and 171.3 lies between them: a note tells of it."""
    assert difference(Amount(86.25, 2), Amount(86.0, 2)) == Amount(0.25, 2, sign=True)
    found = difference(Amount(1851.7), Amount(1680.4, mark="ᵉ"))
    assert found.off and amount_text(found) == "+171"
    assert amount_text(difference(Amount(93.1582, 1), Amount(75.1340, 1))) == "+18.0"
    missing = difference(Amount(math.nan), Amount(1.0))
    assert math.isnan(missing.value) and not missing.off


@given(AMOUNTS, AMOUNTS, some.integers(0, 4))
def test_a_difference_never_has_the_other_sign(now: float, before: float, decimals: int) -> None:
    """It is at most one off in the last digit, and then it says so."""
    found = difference(Amount(now, decimals), Amount(before, decimals))
    made, between = rounded(found.value, decimals), rounded(now, decimals) - rounded(before, decimals)
    assert made * (now - before) >= 0
    assert abs(made - between) <= 1.001 * 10.0**-decimals
    assert found.off == (round(made - between, decimals) != 0)


NOTES = {
    "zh": "差额按未四舍五入的数计算，末位可能与表中两数之差相差 1。",
    "en": "Differences are taken before rounding; the last digit may be one off that of the numbers shown.",
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_note_tells_of_differences_that_are_not_those_of_printed_numbers(language: str) -> None:
    """Of amounts in a table of their own and of columns; none where all rows do."""
    rows = [(was := Amount(1680.4), now := Amount(1851.7), difference(now, was))]
    assert shown(amounts("t", "", "A|B|C", "rrr", rows), language).notes == (NOTES[language],)
    plain = [(was := Amount(1680.0), now := Amount(1851.7), difference(now, was))]
    assert shown(amounts("t", "", "A|B|C", "rrr", plain), language).notes == ()
    assert shown(table(((1851.7, 1680.4, 171.3),)), language).notes == (NOTES[language],)
    assert shown(table(((1851.7, 1680.0, 171.7),)), language).notes == ()


def table(rows: tuple[tuple[float, float, float], ...]) -> Table:
    columns = (
        Column("now", "A", kind="number", additive=True), Column("before", "B", kind="number", additive=True),
        Column("change", "C", kind="change", additive=True, less=("now", "before")),
    )  # fmt: skip
    return Table("t", "T", columns, rows, totals=tuple(map(sum, zip(*rows, strict=True))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("zh", "合计按未四舍五入的数计算，末位可能与表中各数之和略有出入。"),
        ("en", "Totals are taken before rounding; the last digit may be a little off the sum of the numbers shown."),
    ],
)
def test_a_number_is_rounded_by_itself_so_that_it_is_the_same_in_every_table(language: str, note: str) -> None:
    """1.4 + 1.4 + 1.4 are 4.2: 1, 1, 1 and 4, none of them moved, and a note says why they do not add up."""
    found = shown(table(((1.4, 0.4, 1.0), (1.4, 0.4, 1.0), (1.4, 0.4, 1.0))), language, arrows=False)
    assert found.rows == (("1", "0", "+1"),) * 3
    assert found.totals == ("4", "1", "+3")
    assert found.notes == (note,)


def test_decimals_with_which_numbers_add_up() -> None:
    """21,697.2 = 10,848.6 + 10,848.6 needs one; what does not add up at all has the most."""
    assert decimals_that_add_up([(21697.2, 10848.6, 10848.6)], 0, 2) == 1
    assert decimals_that_add_up([(2854.1, 2594.3769, 259.7231), (259.7231, 250.2429, 9.4802)], 0, 4) == 1
    assert decimals_that_add_up([(float("nan"), 1.0)], 0, 4) == 0
    assert decimals_that_add_up([(1.0, 2.0)], 0, 4) == 4
    assert decimals_that_add_up([(1.0, 2.0)], 3, 0) == 3


def test_a_gap_is_what_value_and_bound_differ_by() -> None:
    """On a scale of 20,000 it is no per cent."""
    tier = {"gap": 0.01276, "size": 2000.0, "value": 627.94, "bound": 602.42, "tolerance": None}
    assert amount_text(gap_of(tier, 1.0, 1)) == "25.5"
    assert not gap_of(tier, 1.0, 1).off
    off = gap_of({**tier, "value": 602.44, "bound": 627.95}, 1.0, 1)
    assert amount_text(off) == "25.5" and off.off, "627.9 or 628.0, less 602.4"
    assert gap_of({**tier, "bound": None}, 1.0, 1) == Amount(0.01276 * 2000, 1)


def result(published: dict[str, float], **land: list[float]) -> Any:
    pools = pd.DataFrame({"pool": ["land", "bonds"], "kind": ["land", "bond"]})
    rows = [{"city": city, "pool": "land", "published": amount} for city, amount in published.items()]
    rows += [{"city": city, "pool": "bonds", "published": 999.0} for city in published]
    frame = pd.DataFrame({"city": list(published), **land})
    return SimpleNamespace(
        instance=SimpleNamespace(tables={"pools": pools}), tables={"allocation": pd.DataFrame(rows), "land": frame}
    )


def test_uses_of_new_land_add_up_to_what_is_published() -> None:
    """10.006 + 20.006 + 30.006 are 60.018, published 60.02: made that much more, the two larger have the largest rests.

    What the second city has was 0.5 ha before it was rounded to whole hectares, and all of it is for production.
    """
    found = land_as_published(result(
        {"a": 60.02, "b": 1.0, "c": 0.0}, public=[10.006, 0.0, 0.0], production=[20.006, 0.5, 0.0],
        unassigned=[30.006, 0.0, 0.0], reuse_public=[1.2345, 0.0, 0.0],
    ))  # fmt: skip
    uses = found[["public", "production", "unassigned"]]
    assert uses.sum(axis=1).round(10).tolist() == [60.02, 1.0, 0.0]
    assert uses.loc[0].tolist() == [10.0, 20.01, 30.01]
    assert uses.loc[1].tolist() == [0.0, 1.0, 0.0]
    assert found.loc[0, "reuse_public"] == 1.23


def test_an_amount_that_is_no_multiple_of_a_hundredth_is_parted_as_finely_as_it_is_published() -> None:
    found = land_as_published(result({"a": 0.1234}, public=[0.1], production=[0.0234]))
    assert found[["public", "production"]].loc[0].tolist() == [0.1, 0.0234]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "当年落户 949,881 人，为落户上限 949,885 人的 99.999 %；1 个城市中有 1 个取整前达到上限；"
               "取整少落户 4 人。落户人数只取整数，又不得突破公布的资金、服务能力和分组限制，"
               "所以个别城市取整后比上限少几人。"),
        ("en", "949,881 persons settle of 949,885 whom the limits allow (99.999 %); 1 of 1 cities reach theirs before "
               "rounding; rounding leaves out 4. Only whole persons settle, and no more than published money, services "
               "and limits of groups have room for: this is why some cities, once rounded, are a few persons below "
               "their limits."),
    ],
)  # fmt: skip
def test_less_than_the_limits_is_never_the_whole_of_them(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """949,881 of 949,885 are 99.99958 %: of what is missing the same sentence says that rounding takes it."""
    monkeypatch.setattr("alloc.result.settled.beside_notes", lambda result, language: [])
    monkeypatch.setattr("alloc.result.settled.settlement_open", lambda result, language: "")
    people = pd.DataFrame({"settle": [949881.0], "settle_limit": [949885.0], "rounding": [-4.0]})
    told: Any = SimpleNamespace(tables={"people": people}, city_names=lambda language: {})
    assert settlement_note(told, language).startswith(said)
