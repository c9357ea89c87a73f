"""What of a pool is not given to cities: held back, or for purposes outside the model, wherever it is shown."""

from __future__ import annotations

import pandas as pd
import pytest

import alloc
from alloc.content.numbers import shown
from alloc.instance import read
from alloc.instance.aside import parted, set_aside
from alloc.instance.instance import Instance, make_instance
from alloc.report.document import report
from alloc.report.sections.pools import balance
from alloc.report.view import View
from alloc.result.result import Result, run
from report_documents import country


def with_purposes(reserve: float, outside: float | None) -> Instance:
    """The hand instance, whose only pool has 10,000 to give, kept so by a larger total."""
    instance = read("hand")
    pools = instance.tables["pools"].copy()
    pools["total"], pools["reserve"] = pools["total"] / (1 - reserve), reserve
    if outside is not None:
        pools["outside"] = outside
    return make_instance(instance.settings, {**instance.tables, "pools": pools})


def test_by_hand() -> None:
    """Of 500 that are set aside 0.4 go to other purposes: 200, and 300 are held back; empty is 0."""
    assert parted(500.0, {"outside": 0.4}) == {"reserve": 300.0, "outside": 200.0}
    assert parted(500.0, {"outside": float("nan")}) == parted(500.0, {}) == {"reserve": 500.0, "outside": 0.0}
    for column, names in (([0.4], ("reserve", "outside")), ([1.0], ("outside",)), ([None], ("reserve",))):
        assert set_aside(pd.DataFrame({"reserve": [0.5], "outside": column})) == names
    assert set_aside(pd.DataFrame({"reserve": [0.5]})) == set_aside(pd.DataFrame({"reserve": [0.0]})) == ("reserve",)


@pytest.fixture(scope="module")
def result() -> Result:
    return run(with_purposes(0.5, 0.4))


@pytest.mark.parametrize(
    ("language", "heads"), [("zh", ("预留机动", "预留其他用途")), ("en", ("reserve", "other purposes"))]
)
def test_report_and_terminal_have_both(result: Result, language: str, heads: tuple[str, str]) -> None:
    table = balance(View(result, language))
    columns = [column.title for column in table.columns]
    places = [columns.index(head) for head in heads]
    pool = result.instance.tables["pools"].iloc[0]
    size = 10_000.0 if pool["total"] >= 10_000 and pool["kind"] != "land" else 1.0
    values = [table.rows[0][place].value * size for place in places]  # type: ignore[union-attr]
    assert values == pytest.approx([0.3 * pool["total"], 0.2 * pool["total"]])
    for text in (alloc.show(result, language), alloc.show(result.instance, language)):
        assert all(word in text for head in heads for word in head.split())
    assert any(each.name == "pools_balance" for each in report(result, language).tables())


def test_nothing_else_changes(result: Result) -> None:
    """It enters no rule: the same is given out as without the column."""
    without = run(with_purposes(0.5, None))
    pd.testing.assert_frame_equal(result.tables["allocation"], without.tables["allocation"])


def test_more_than_all_of_the_reserve_is_refused() -> None:
    hand = read("hand")
    tables = {**hand.tables, "pools": hand.tables["pools"].assign(outside=1.2)}
    found = alloc.check({"settings": hand.settings.model_dump(mode="json"), **tables})
    assert "outside" in [each.column for each in found if each.severity == "error"]


def test_a_column_of_the_balance_has_the_same_decimals_in_every_row() -> None:
    """Money in 10⁸ yuan to the last 10⁴, and land with as many: 0.0000 beside 0.00 reads as another precision."""
    table = shown(balance(View(country(), "zh")), "zh")
    amounts = [row[2:-1] for row in table.rows]
    assert {len(text.partition(".")[2]) for row in amounts for text in row} == {4}
