"""The content of a report: numbers as text, totals that add up, indices, and every table that is asked for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alloc.api import check
from alloc.content.blocks import Column, Document, Level, Table
from alloc.content.figures import exact_decimals
from alloc.content.numbers import apportion, change, excel_format, head, shown
from alloc.instance import read
from alloc.report.document import city_page, report
from alloc.report.fairness import indices, lorenz_points
from alloc.report.sections.summary import whole_figure
from alloc.report.view import View, significant
from alloc.result.result import Result, run

CODES = {f"T{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12)}  # T9, T11, T13 and T14 where there is something


@pytest.fixture(scope="module")
def hand() -> Result:
    return run(read("hand"))


@pytest.fixture(scope="module", params=["zh", "en"])
def document(request: pytest.FixtureRequest, hand: Result) -> Document:
    return report(hand, request.param)


def test_a_change_has_an_arrow_and_a_sign_and_nothing_has_neither():
    assert [change(each, 1) for each in (1234.56, -2.0, 0.0, 0.04, math.nan, None)] == [
        "▲ +1,234.6", "▼ −2.0", "0.0", "0.0", "—", "—",
    ]  # fmt: skip


def test_units_stand_in_the_head_and_scales_in_the_cells():
    money = Column("money", "经费", "亿元", "number", 2, 10_000.0, status="estimated")
    share = Column("share", "占比", "%", "number", 1, 0.01)
    table = Table(
        "t", "表", (Column("name", "名称"), money, share), (("甲", 123_456.0, 0.1234), ("乙", None, math.nan))
    )
    made = shown(table, "zh")
    assert made.heads == ("名称", "经费ᵉ", "占比") and made.units == ("", "亿元", "%")
    assert made.rows == (("甲", "12.35", "12.3"), ("乙", "—", "—"))
    assert made.row_numbers == (("甲", 12.35, 12.3), ("乙", None, None))
    assert head(money, "zh") == "经费ᵉ（亿元）" and head(share, "en") == "占比 (%)"
    assert made.notes == ("ᵉ 由估计数据得出。",)


def test_thirds_do_not_add_up_and_the_note_says_so():
    column = Column("amount", "amount", "", "number", 1, additive=True)
    rows = tuple((each, 10 / 3) for each in "abc")
    made = shown(Table("t", "t", (Column("name", "name"), column), rows, totals=("total", 10.0)), "en")
    assert [row[1] for row in made.rows] == ["3.3", "3.3", "3.3"] and made.totals == ("total", "10.0")
    assert made.notes == (
        "Totals are taken before rounding; the last digit may be a little off the sum of the numbers shown.",
    )


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_apportioned_parts_sum_to_the_total_and_move_by_less_than_one(values: list[float]):
    total = round(math.fsum(values))
    parts = apportion(values, total)
    assert sum(parts) == total
    assert all(abs(part - value) < 1 + 1e-6 for part, value in zip(parts, values, strict=True))


def test_levels_show_their_letter_and_codes_stay_text():
    columns = (Column("tier", "tier", kind="level"), Column("code", "code", kind="code"))
    table = Table("t", "t", columns, (("red", "010000"),), levels=(Level("red", "red", "R", "#D9776C"),))
    assert shown(table, "en").rows == (("R red", "010000"),)
    assert [excel_format(column) for column in columns] == ["@", "@"]
    assert excel_format(Column("a", "a", kind="change", decimals=1)) == '"▲ +"#,##0.0;"▼ −"#,##0.0;#,##0.0'


def test_an_amount_on_the_first_page_has_no_fewer_digits_than_its_whole_number():
    """12,436 on the page is 12,436 in the report, not 12,440."""
    assert [whole_figure(each) for each in (12_436.4, 9_999.5, 363.33, 1.0)] == ["12,436", "10,000", "363.3", "1"]


def test_significant_figures_and_exact_decimals():
    assert [significant(each) for each in (17020.08, 0.123456, 100.0, 363.33, 0.0)] == [
        "17,020", "0.1235", "100", "363.3", "0",
    ]  # fmt: skip
    assert exact_decimals([1.0, 2.5, math.nan], 2) == 1 and exact_decimals([1 / 3], 2) == 2


def test_indices_by_hand():
    """Two cities of one resident each with 1 and 3: mean 2, Gini 1/4, deviation 1, the worst tenth has 1."""
    found = indices(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
    assert (found.mean, found.gini, found.deviation, found.worst, found.extremes) == (2.0, 0.25, 1.0, 1.0, 3.0)
    assert found.variation == pytest.approx(0.5)
    assert found.theil == pytest.approx(0.5 * (0.5 * math.log(0.5) + 1.5 * math.log(1.5)))
    assert lorenz_points(np.array([3.0, 1.0]), np.array([1.0, 1.0])) == [(0, 0), (0.5, 0.25), (1, 1)]


def test_equal_shares_have_no_inequality_and_nothing_given_no_index():
    same = indices(np.full(3, 0.8), np.array([1.0, 5.0, 2.0]))
    assert same.gini == pytest.approx(0, abs=1e-12) and same.extremes == 1.0 and same.deciles == 1.0
    assert math.isnan(indices(np.zeros(2), np.ones(2)).gini)


def test_a_city_weighs_as_its_residents():
    """One city of three residents is three cities of one."""
    one = indices(np.array([1.0, 4.0]), np.array([3.0, 1.0]))
    three = indices(np.array([1.0, 1.0, 1.0, 4.0]), np.ones(4))
    assert one.gini == pytest.approx(three.gini) and one.theil == pytest.approx(three.theil)


def test_a_check_writes_a_number_as_the_report_does(document: Document):
    """The second city gets 10,000 of 10,000; 12,000 cannot be asked for."""
    line = "add limits { limit = 'x', quantity = 'allocation:general', sense = '>=', value = 12000, basis = 'amount' }"
    (finding,) = (each for each in check("hand", edits=line) if each.severity == "error")
    shows = {text for table in document.tables() for row in shown(table, document.language).rows for text in row}
    assert "10,000" in shows
    for words in (*finding.message, *finding.remedy):
        assert "10,000" in words and "10 000" not in words and "10000" not in words


def test_the_report_has_every_table_and_tells_the_hand_check(document: Document, hand: Result):
    """The hand instance gives 0 and 10,000 and coverage 0.82 in both cities (docs of the model)."""
    tables = {table.name: table for table in document.tables()}
    assert {table.code for table in tables.values()} >= CODES - {"T4", "T6"}  # neither land nor bonds there
    assert len(tables) == len(list(document.tables())), "names are unique"
    pool = hand.tables["allocation"]["pool"].unique().tolist()[0]
    place = [column.name for column in tables["allocation"].columns].index(pool)
    made = shown(tables["allocation"], document.language)
    assert [row[place] for row in made.rows] == ["0", "10,000"]
    assert made.totals is not None and made.totals[place] == "10,000"
    after = shown(tables["services"], document.language).rows[0]
    assert "82.0" in after


def test_there_is_no_schedule_without_a_source(document: Document):
    """An instance has no plan of issue, so that nothing is said of when amounts go out."""
    assert "batches" not in {table.name for table in document.tables()}


def test_every_table_can_be_shown_and_the_decomposition_adds_up(document: Document):
    for table in document.tables():
        made = shown(table, document.language)
        assert all(len(row) == len(table.columns) for row in made.rows), table.name
        assert not table.groups or sum(group.count for group in table.groups) == len(table.rows), table.name
        names = [column.name for column in table.columns]
        if table.name.startswith("trace_"):
            steps = [names.index(each) for each in ("benchmark", "rule", "optimised", "override", "rounding")]
            last = 10.0 ** -table.columns[names.index("published")].decimals
            sums = [(sum(row[place] for place in steps), row[names.index("published")])
                    for row in (*made.row_numbers, made.total_numbers)]  # fmt: skip
            assert all(abs(whole - given) < last / 2 for whole, given in sums), "in the digits that are shown"


def test_the_page_of_a_city(hand: Result):
    view = View(hand, "en")
    page = city_page(view, view.codes[1])
    assert page.kind == "city" and {table.code for table in page.tables()} == {"T11"}
    with pytest.raises(KeyError, match="999999"):
        city_page(view, "999999")


def test_the_same_result_gives_the_same_document(hand: Result):
    assert report(hand, "zh") == report(hand, "zh")
