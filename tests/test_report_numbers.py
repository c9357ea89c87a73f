"""Rounding of shown numbers, by hand: units divide, parts add up, and the note says where a digit was moved."""

from __future__ import annotations

import math

import pytest

from alloc.content.blocks import Amount, Column, Group, Level, Table
from alloc.content.figures import MISSING
from alloc.content.numbers import apportion, change, excel_format, head, shown

NAN = math.nan


def column(**changes: object) -> Column:
    return Column(**{"name": "x", "title": "x", "kind": "number", **changes})  # type: ignore[arg-type]


def test_a_value_is_divided_by_the_scale_of_its_unit() -> None:
    """12,346 of 10⁴ yuan are 1.2346 of 10⁸ yuan, a share of 0.0537 is 5.4 %; what is next to nothing has no sign."""
    money, share = column(decimals=3, scale=1e4), column(decimals=1, scale=0.01)
    found = shown(Table("t", "t", (money, share), ((12_346.0, 0.0537), (-4.0, -0.0001))), "en")
    assert found.row_numbers == ((1.235, 5.4), (0.0, 0.0))
    assert found.rows == (("1.235", "5.4"), ("0.000", "0.0")) and str(found.row_numbers[1]) == "(0.0, 0.0)"


def test_a_number_written_in_its_own_way_is_rounded_to_its_own_decimals() -> None:
    """Whatever the column is; where there is none it is missing, and a power of ten keeps its digits."""
    amounts = [Amount(12.345, 1, percent=True), Amount(-0.04, 1), Amount(NAN), Amount(1.25e-7, 1, power=True)]
    found = shown(Table("t", "t", (column(decimals=3, scale=1e4),), tuple((each,) for each in amounts)), "en")
    assert found.rows[:3] == (("12.3 %",), ("0.0",), (MISSING,))
    assert found.row_numbers[2:] == ((None,), (amounts[3],))


@pytest.mark.parametrize(("decimals", "scale"), [(0, 10.0), (1, 10.0), (2, 1e4), (1, 0.01)])
def test_additive_parts_are_divided_once(decimals: int, scale: float) -> None:
    """1, 2 and 4 units of the scale, together 7."""
    made = column(additive=True, decimals=decimals, scale=scale)
    rows = tuple((part * scale,) for part in (1.0, 2.0, 4.0))
    groups = (Group("a", 1, (1.0 * scale,)), Group("b", 2, (6.0 * scale,)))
    found = shown(Table("t", "t", (made,), rows, totals=(7.0 * scale,), groups=groups), "en")
    assert found.row_numbers == ((1.0,), (2.0,), (4.0,)) and found.total_numbers == (7.0,)
    assert found.group_numbers == ((1.0,), (6.0,))
    assert found.notes == () and [row and row[0] for row in found.groups] == [
        f"{part:,.{decimals}f}" for part in (1.0, 6.0)
    ]


def test_totals_are_taken_before_rounding_and_a_group_without_totals_has_no_texts() -> None:
    """0.14, 0.14 and 0.12 make 0.4: 0.1 each. Sub-totals are 0.14 and 0.26, so 0.1 and 0.3."""
    made = column(additive=True, decimals=1)
    groups = (Group("a", 1, (0.14,)), Group("b", 2, (0.26,)))
    found = shown(Table("t", "t", (made,), ((0.14,), (0.14,), (0.12,)), totals=(0.4,), groups=groups), "en")
    assert found.group_numbers == ((0.1,), (0.3,)) and found.row_numbers == ((0.1,), (0.1,), (0.1,))
    assert found.totals == ("0.4",)
    without = shown(Table("t", "t", (column(),), ((1.0,),), groups=(Group("a", 1), Group("b", 0, (2.0,)))), "en")
    assert without.groups == (None, ("2",)) and without.group_numbers == (None, (2.0,))


def test_parts_are_rounded_down_and_the_largest_remainders_up() -> None:
    """0.7, 0.6, 0.5 and 0.2 make 2: the first two. −0.3 is between −1 and 0, with 0.7 of remainder."""
    assert apportion([0.2, 0.5, 0.6, 0.7], 2) == [0, 0, 1, 1]
    assert apportion([-0.3, 0.3], 0) == [0, 0] and apportion([1.9999999999, 0.0], 2) == [2, 0]
    assert apportion([0.5, 0.5], 1) == [1, 0], "the first of equals"
    assert apportion([2.0, 3.0], 5) == [2, 3] and apportion([], 0) == []
    assert apportion([0.4, 0.4], 2) == [1, 1], "each may go up by one, and no further"
    for values, total in (([0.4, 0.4], 3), ([1.0, 1.0], 1)):
        with pytest.raises(ValueError, match=f"not to {total}"):
            apportion(values, total)


def test_what_is_missing_stays_missing() -> None:
    made = column(additive=True)
    groups = (Group("a", 1, (None,)), Group("b", 3, (1.4,)))
    rows = ((0.5,), (None,), (NAN,), (1.4,))
    found = shown(Table("t", "t", (made,), rows, totals=(1.9,), groups=groups), "en")
    assert [row[0] for row in found.row_numbers] == [1.0, None, None, 1.0]
    assert found.rows == (("1",), ("—",), ("—",), ("1",))
    assert found.group_numbers == ((None,), (1.0,)) and found.total_numbers == (2.0,) and found.notes == ()


def test_the_note_on_totals_stands_only_where_what_is_shown_does_not_add_up() -> None:
    note = "Totals are taken before rounding; the last digit may be a little off the sum of the numbers shown."
    made = column(additive=True)
    off = shown(Table("t", "t", (made,), ((0.5,), (0.5,)), totals=(1.0,)), "en")
    assert off.row_numbers == ((1.0,), (1.0,)) and off.notes == (note,)
    still = shown(Table("t", "t", (made,), ((1.0,), (2.0,)), totals=(3.0,)), "en")
    assert still.notes == ()
    inside = (Group("a", 2, (0.8,)), Group("b", 1, (0.0,)))
    grouped = Table("t", "t", (made,), ((0.4,), (0.4,), (0.4,)), totals=(0.4,), groups=inside)
    assert shown(grouped, "en").notes == (note,), "a sub-total of two"
    plain = shown(Table("t", "t", (column(),), ((0.5,), (0.5,)), totals=(1.0,)), "en")
    assert plain.row_numbers == ((1.0,), (1.0,)) and plain.notes == (), "what is no sum has no note"


def test_notes_of_the_table_come_first_and_marks_once() -> None:
    columns = (column(status="assumed"), column(status="estimated"), column(status="assumed"))
    found = shown(Table("t", "t", columns, (), note="own"), "en")
    assert found.notes == ("own", "ᵉ rests on estimated data.", "ᵃ rests on assumed data.")
    assert found.heads == ("xᵃ", "xᵉ", "xᵃ") and found.totals is None and found.total_numbers is None


def test_infinite_and_textual_numbers_stay() -> None:
    found = shown(Table("t", "t", (column(),), ((math.inf,), ("many",), (NAN,))), "en")
    assert found.row_numbers == ((math.inf,), ("many",), (None,))
    tier = Column("a", "a", kind="level")
    tiers = shown(
        Table("t", "t", (tier, Column("b", "b")), (("red", "red"),), levels=(Level("red", "Red", "R", ""),)), "en"
    )
    assert tiers.rows == (("R Red", "red"),)
    empty = shown(Table("t", "t", (Column("a", "a"), Column("b", "b", kind="code")), ((None, None),)), "en")
    assert empty.rows == (("", ""),)


def test_heads_and_formats() -> None:
    assert head(column(unit="ha"), "zh") == "x（ha）" and head(column(unit="ha"), "en") == "x (ha)"
    assert head(column(), "zh") == "x" and head(column(status="estimated", unit="ha"), "en") == "xᵉ (ha)"
    assert head(column(status="assumed"), "en") == "xᵃ"
    assert excel_format(column()) == '#,##0;"−"#,##0;#,##0'
    assert excel_format(column(decimals=2)) == '#,##0.00;"−"#,##0.00;#,##0.00'
    assert excel_format(column(kind="change")) == excel_format(column(kind="change_share"))
    assert [change(each) for each in (5.0, -5.0, 0.4, None)] == ["▲ +5", "▼ −5", "0", "—"]
