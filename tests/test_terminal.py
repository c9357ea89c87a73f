"""The terminal: columns that stand under each other, wide characters counted as two, nothing lost by wrapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from alloc.content.blocks import Amount, Listing, Paragraph, Section
from alloc.content.figures import published_decimals
from alloc.content.numbers import amount_text
from alloc.content.tables import exact, share, significant, table
from alloc.content.terminal import WIDTH, text, wrapped

LETTERS = st.text(alphabet="ab中文，。（）“” 1,.%", max_size=400)


@given(LETTERS, st.integers(4, 60))
def test_wrapping_loses_nothing_and_stays_within_the_width(words: str, width: int) -> None:
    lines = wrapped(words, width)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert all(cell_len(line) <= width for line in lines)


def test_chinese_is_broken_between_characters_but_not_before_what_closes() -> None:
    assert wrapped("只有 6 项：均衡性，", 12) == ["只有 6 项：", "均衡性，"]
    assert wrapped("甲乙丙丁，戊", 8) == ["甲乙丙", "丁，戊"]
    assert wrapped("one two", 5) == ["one", "two"]


def test_columns_stand_under_each_other() -> None:
    rows = [("甲市", Amount(1234.5, 1), share(0.05, sign=True)), ("Longer", Amount(2, 1), share(-0.2, sign=True))]
    printed = text((Section("a", "A", "Said.", (table("t", "标题", "名称|数|增减", "lrr", rows),)),), "zh")
    assert printed.splitlines() == [
        "Said.",
        "",
        "标题",
        "名称         数  增减（%）",
        "甲市    1,234.5       +5.0",
        "Longer      2.0      −20.0",
    ]


def test_a_wide_table_narrows_heads_then_texts() -> None:
    heads = "name|" + "|".join(["a head of several words"] * 8)
    rows = [("some words " * 6, *(Amount(123456.0) for _ in range(8)))]
    lines = text((Section("a", "", "", (table("t", "", heads, "l" + "r" * 8, rows),)),), "en").splitlines()
    assert max(map(cell_len, lines)) <= WIDTH
    assert sum(line.count("123,456") for line in lines) == 8, "no number is broken"


def test_texts_among_numbers_are_broken_before_codes() -> None:
    long = "China: 337 cities on the figures of 2020"
    rows = [("Cap multiple", "pools.cap_multiple", "equalisation transfer", long, long, "1.37"),
            ("Title", "title.en", "all of them together", "Henan", "Hubei", "1,234,567.89")]  # fmt: skip
    made = table("t", "", "item|code|record|A|B|change", "lllrrr", rows)
    lines = text((Section("a", "", "", (made,)),), "en").splitlines()
    assert max(map(cell_len, lines)) <= WIDTH
    assert "pools.cap_multiple" in "\n".join(lines) and "1,234,567.89" in "\n".join(lines)


def test_lists_are_never_broken() -> None:
    item = '--edit "' + "x " * 80 + '"'
    assert f"- {item}" in text((Section("a", "", "", (Paragraph("These:"), Listing((item,)))),), "en").splitlines()


def test_columns_are_numbers_where_all_are_written_alike() -> None:
    made = table("t", "", "a|b|c|d", "lrrr", [
        ("x", Amount(1.0, 2), Amount(1.0, 2), Amount(1.0, mark="ᵉ")),
        ("y", Amount(2.0, 2), Amount(2.0, 3), Amount(float("nan"))),
    ])  # fmt: skip
    assert [column.kind for column in made.columns] == ["text", "number", "figure", "number"]
    assert made.columns[3].status == "estimated" and made.rows[1][3] is None
    assert made.rows[0][1] == 1.0 and made.rows[0][2] == Amount(1.0, 2)


def test_amounts_as_text() -> None:
    assert amount_text(significant(1234567.0)) == "1,234,567"
    assert amount_text(significant(0.0123456)) == "0.0123"
    assert amount_text(significant(-0.0000123456, sign=True)) == "−1.23×10⁻⁵"
    assert amount_text(exact(0.0536)) == "0.0536" and amount_text(exact(123456.7, 5)) == "123,457"
    assert amount_text(share(0.295, sign=True, mark="ᵃ"), arrows=True) == "▲ +29.5 %ᵃ"
    assert amount_text(Amount(float("nan"), 2)) == "—"


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(0.87286512, 7, "0.8728651"), (0.872865, 5, "0.87287"), (0.0125, 3, "0.0125"), (1234.5, 7, "1,234.5"),
     (0.00012345678, 5, "0.00012346"), (0.000012345678, 3, "1.23×10⁻⁵")],
)  # fmt: skip
def test_numbers_are_plain_down_to_a_ten_thousandth(value: float, digits: int, shown: str) -> None:
    assert amount_text(exact(value, digits)) == shown


def test_what_is_published_off_the_quantum_has_two_decimals_more() -> None:
    assert [published_decimals(value, 2) for value in (2343.04, 2343.037394628228, 0.1 + 0.2)] == [2, 4, 2]
