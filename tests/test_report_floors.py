"""Who pays for floors, by hand: two cities with 5,000 each by the formula."""

from __future__ import annotations

import numpy as np
import pytest

import alloc
from alloc.content.numbers import shown
from alloc.report.floors import floors, levelled
from alloc.report.sections.pools import pools
from alloc.report.view import View


def test_the_others_pay_the_same_part_down_to_their_own_floors() -> None:
    """Of 300 the first is to have 150, 50 more than by the formula. Each of the others would pay 25, but the second may
    only fall by 10, to 90: the third pays 40.
    """
    assert levelled(np.full(3, 100.0), np.array([150.0, 0.0, 0.0])) == pytest.approx([150, 75, 75])
    assert levelled(np.full(3, 100.0), np.array([150.0, 90.0, 0.0])) == pytest.approx([150, 90, 60])
    assert levelled(np.array([100.0, 50.0, 0.0]), np.array([0.0, 0.0, 30.0])) == pytest.approx([80, 40, 30])
    assert levelled(np.full(2, 100.0), np.array([150.0, 70.0])) == pytest.approx([150, 70])  # they ask for too much


@pytest.mark.parametrize(
    ("language", "row"),
    [
        ("en", ("General transfer", "10⁴ yuan", "3,000", "30.0", "1", "1", "60.00", "First 3,000", "Second 3,000")),
        ("zh", ("一般性转移支付", "万元", "3,000", "30.0", "1", "1", "60.00", "甲 3,000", "乙 3,000")),
    ],
)
def test_an_earmark_above_the_formula(language: str, row: tuple[str, ...]) -> None:
    """8,000 are promised to the first, 3,000 more than by the formula; the second pays 3,000 of its 5,000."""
    edit = "add earmarks { city = '000001', pool = 'general', amount = 8000 }"
    view = View(alloc.solve("hand", edits=edit), language)
    table = floors(view)
    assert table is not None
    (found,) = shown(table, language).rows
    assert tuple(each.removesuffix("市") for each in found[:1]) + found[1:7] == row[:7]
    assert tuple(each.replace("市", "") for each in found[7:]) == row[7:]
    assert table in pools(view).parts


def test_no_floor_above_the_formula_no_table() -> None:
    """4,000 are less than the 5,000 of the formula; a city fixed by hand has no floor."""
    for edit in (
        "add earmarks { city = '000001', pool = 'general', amount = 4000 }",
        "add overrides { city = '000001', pool = 'general', amount = 8000 }",
    ):
        assert floors(View(alloc.solve("hand", edits=edit), "en")) is None
