"""What a reader who adds and subtracts printed numbers finds: differences, sums, parts of amounts, by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from alloc.content.blocks import Amount, Column, Table
from alloc.content.figures import apart, decimals_that_add_up, gap_of
from alloc.content.numbers import shown
from alloc.content.tables import difference
from alloc.result.frames.uses import land_as_published
from alloc.result.settled import settlement_note

AMOUNTS = some.floats(-1e6, 1e6).map(lambda value: round(value, 4))


def test_a_difference_is_that_of_the_printed_numbers() -> None:
    """1,680.4 and 1,851.7 are printed as 1,680 and 1,852, which are 172 apart, though 171.3 lies between them."""
    assert apart(1851.7, 1680.4, 0) == 172
    assert difference(Amount(0.878363, 5), Amount(0.878386, 5)) == Amount(-0.00003, 5, sign=True)
    assert difference(Amount(86.004, 2), Amount(85.996, 2, mark="ᵉ")) == Amount(0.0, 2, sign=True)
    assert apart(float("nan"), 1.0, 0) != apart(float("nan"), 1.0, 0)


@given(AMOUNTS, AMOUNTS, some.integers(0, 4))
def test_a_difference_never_has_the_other_sign(now: float, before: float, decimals: int) -> None:
    made = apart(now, before, decimals)
    assert made * (now - before) >= 0
    assert made == pytest.approx(round(now, decimals) - round(before, decimals))


def table(rows: tuple[tuple[float, float, float], ...]) -> Table:
    columns = (
        Column("now", "A", kind="number", additive=True), Column("before", "B", kind="number", additive=True),
        Column("change", "C", kind="change", additive=True, less=("now", "before")),
    )  # fmt: skip
    return Table("t", "T", columns, rows, totals=tuple(map(sum, zip(*rows, strict=True))))  # type: ignore[arg-type]


def test_a_column_of_differences_follows_its_two_columns_and_adds_up() -> None:
    """1.4 + 1.4 + 1.2 are 4: 2, 1, 1; 0.6, 0.7 and 0.7 are 2: 0, 1, 1. So 2, 0, 0 apart, together 2."""
    found = shown(table(((1.4, 0.6, 0.8), (1.4, 0.7, 0.7), (1.2, 0.7, 0.5))), "en", arrows=False)
    assert found.rows == (("2", "0", "+2"), ("1", "1", "0"), ("1", "1", "0"))
    assert found.totals == ("4", "2", "+2")


def test_a_change_that_largest_remainders_turn_keeps_its_own_number() -> None:
    """0.5 and 0.5 are 1 and 0, 0.4 and 0.6 are 0 and 1: the second row has 0.1 less and would show 1 more."""
    found = shown(table(((0.5, 0.4, 0.1), (0.5, 0.6, -0.1))), "en", arrows=False)
    assert [row[:2] for row in found.rows] == [("1", "0"), ("0", "1")]
    assert [row[2] for row in found.rows] == ["+1", "−1"]
    turned = shown(table(((0.5, 0.6, -0.1), (0.5, 0.4, 0.1))), "en", arrows=False)
    assert [row[:2] for row in turned.rows] == [("1", "1"), ("0", "0")]
    wrong = table(((1.5, 1.6, -0.1), (1.5, 0.4, 1.1), (0.0, 1.0, -1.0)))
    assert list(shown(wrong, "en", arrows=False).rows) == [
        ("2", "2", "0"),
        ("1", "0", "+1"),
        ("0", "1", "−1"),
    ]


def test_decimals_with_which_numbers_add_up() -> None:
    """21,697.2 = 10,848.6 + 10,848.6 needs one; what does not add up at all has the most."""
    assert decimals_that_add_up([(21697.2, 10848.6, 10848.6)], 0, 2) == 1
    assert decimals_that_add_up([(2854.1, 2594.3769, 259.7231), (259.7231, 250.2429, 9.4802)], 0, 4) == 1
    assert decimals_that_add_up([(float("nan"), 1.0)], 0, 4) == 0
    assert decimals_that_add_up([(1.0, 2.0)], 0, 4) == 4
    assert decimals_that_add_up([(1.0, 2.0)], 3, 0) == 3


def test_a_gap_is_what_value_and_bound_differ_by_as_printed() -> None:
    """627.94 and 602.42 × 10⁸ yuan are 25.5 apart as printed, 25.52 in full; on a scale of 20,000 it is no per cent."""
    tier = {"gap": 0.01276, "size": 2000.0, "value": 627.94, "bound": 602.42}
    assert gap_of(tier, 1.0, 1) == Amount(25.5, 1)
    assert gap_of({**tier, "value": 627.95, "bound": 602.44}, 1.0, 1) == Amount(25.6, 1)
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
        ("zh", "当年落户 949,881 人，为落户上限 949,885 人的 99.999 %；1 个城市中有 1 个达到上限；取整少落户 4 人。"),
        ("en", "949,881 persons settle of 949,885 whom the limits allow (99.999 %); 1 of 1 cities reach theirs; "
               "rounding leaves out 4."),
    ],
)  # fmt: skip
def test_less_than_the_limits_is_never_the_whole_of_them(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """949,881 of 949,885 are 99.99958 %: of what is missing the same sentence says that rounding takes it."""
    monkeypatch.setattr("alloc.result.settled.beside_notes", lambda result, language: [])
    people = pd.DataFrame({"settle": [949881.0], "settle_limit": [949885.0], "rounding": [-4.0]})
    told: Any = SimpleNamespace(tables={"people": people})
    assert settlement_note(told, language).startswith(said)
