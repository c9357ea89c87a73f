"""What is said beside the table of what rounding could not keep."""

from __future__ import annotations

import pandas as pd
import pytest

from alloc.content.blocks import Table
from alloc.instance import read
from alloc.publish.off import Off, rounding_table
from alloc.result.result import Result, run
from alloc.result.rounding import not_kept


@pytest.fixture(scope="module")
def result() -> Result:
    return run(read("hand"))


def table(result: Result, language: str, *rows: Off) -> Table:
    found: pd.DataFrame = rounding_table(rows)
    (one,) = not_kept(result, language, found)
    return one


def test_the_total_of_persons_is_explained_beside_it(result: Result) -> None:
    off = Off("total", "", "", "", "", -7.2, "persons")
    decided = f"{round(float(result.tables['people']['settle'].sum()) + 7.2):,}"
    assert table(result, "zh", off).note == (
        f"“落户人数”合计的偏差，是各城市公布的整数之和减去取整前的 {decided} 人；后者把各市落户上限的小数部分也计在内。"
        "“取整少落户”则与各市的整数上限相比，不计这些小数，所以可以较小。"
    )
    assert table(result, "en", off).note == (
        f"The total of settled persons is off by the whole persons published less the {decided} before rounding, which "
        "count the fractions of the cities' limits too. What rounding leaves out is counted against whole limits, "
        "without these fractions, so that it may be less."
    )


def test_other_rows_need_no_word(result: Result) -> None:
    assert not table(result, "zh", Off("neighbour", "", "", "000001", "", -1.5, "persons")).note
