"""What makes the settlement limits, by hand, and when settlement is data and no decision."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alloc
from alloc.content.blocks import Listing, Section, Table
from alloc.content.numbers import shown
from alloc.instance import read
from alloc.report.sections.cities import cities
from alloc.report.sections.people import people
from alloc.report.sections.summary import summary
from alloc.report.view import View
from alloc.result.settled import below_limit, settlement_note, whole_limits
from instances import write_tiny
from report_documents import squeezed

DATA = {
    "en": "So how many settle is data, made by the limits (willingness, growth, quotas), and no decision of the tiers.",
    "zh": "落户人数由上限（意愿、增长、计划）给定，不是各级目标的选择。",
}


def section(folder: Path, language: str, settlement: str) -> Section:
    home = write_tiny(folder / "tiny", toml={"cost = 1.5": settlement})
    return people(View(alloc.solve(read(home)), language))


def limits(found: Section, language: str) -> dict[str, tuple[str, ...]]:
    (table,) = [part for part in found.parts if isinstance(part, Table) and part.name == "people_limits"]
    made = shown(table, language)
    assert made.totals is not None
    return {row[0]: row[1:] for row in (*made.rows, made.totals)}


def test_growth_and_quota(tmp_path: Path) -> None:
    """Willing are 10 % of 6,000,000 and 16 % of 800,000 and 200,000, 760,000 in all; last year 120,000, 20,000, 9,000.

    1.3 times as many are 156,000, 26,000 and 11,700, together 193,700; the quota of the first city is 150,000. All that
    growth and quota let settle are 187,700, which is 24.7 % of the 760,000.
    """
    found = section(tmp_path, "en", "growth = 1.3\ncost = 1.5")
    assert limits(found, "en") == {
        "Willingness to settle": ("760,000", "0", "0", "0", "0", "0"),
        "Growth of settlement": ("193,700", "2", "29,000", "37,700", "37,700", "2"),
        "Settlement quota": ("—", "1", "120,000", "150,000", "150,000", "1"),
        "total": ("—", "3", "149,000", "187,700", "187,700", "3"),
    }
    assert found.sentence.startswith("187,700 persons settle this year, 24.7 % of the willing (149,000 did last year)")
    assert found.sentence.endswith(DATA["en"])


def test_growth_alone_in_chinese(tmp_path: Path) -> None:
    """1.2 times last year, 144,000, 24,000 and 10,800, is below the quota too."""
    found = section(tmp_path, "zh", "growth = 1.2\ncost = 1.5")
    rows = limits(found, "zh")
    assert rows["合计"] == ("—", "3", "149,000", "178,800", "178,800", "3")
    assert [row[1] for title, row in rows.items() if title != "合计"] == ["0", "3"]
    assert found.sentence.endswith(DATA["zh"])


@pytest.mark.parametrize(
    ("language", "said", "head", "summed"),
    [
        ("zh", "各市落户上限合计 178,800 人，深圳、汕头、玉林取整前达到上限；取整少落户 3 人。落户人数只取整数，"
               "又不得突破公布的资金、服务能力和分组限制，所以个别城市取整后比上限少几人。",
         "取整前达到上限的城市", "深圳、汕头、玉林的落户人数取整前已到上限：因落户增长上限的有深圳、汕头、玉林。"),
        ("en", "limits are 178,800 in all, reached in 深圳, 汕头 and 玉林 before rounding; rounding leaves out 3. "
               "Only whole persons settle, and no more than published money, services and limits of groups have room "
               "for: this is why some cities, once rounded, are a few persons below their limits.",
         "cities that reach it before rounding",
         "In 深圳, 汕头 and 玉林 as many settle as may before rounding: Growth of settlement in 深圳, 汕头 and 玉林."),
    ],
)  # fmt: skip
def test_limits_that_only_rounding_misses(language: str, said: str, head: str, summed: str, tmp_path: Path) -> None:
    """Rounding takes 3 of the second city's 24,000: it reached its limit before, and the report says when and why."""
    home = write_tiny(tmp_path / "tiny", toml={"cost = 1.5": "growth = 1.2\ncost = 1.5"})
    result = alloc.solve(read(home))
    table = result.tables["people"]
    taken = np.array([0.0, 3.0, 0.0])
    less = table.assign(settle=table["settle"] - taken, rounding=table["rounding"] - taken)
    view = View(replace(result, tables={**result.tables, "people": less}), language)
    found = people(view)
    assert said in found.sentence
    (limits_made,) = [part for part in found.parts if isinstance(part, Table) and part.name == "people_limits"]
    assert shown(limits_made, language).heads[-1] == head
    assert summed in [item for part in summary(view).parts if isinstance(part, Listing) for item in part.items]
    (by_city,) = [part for part in cities(view).parts if isinstance(part, Table) and part.name == "city_people"]
    assert by_city.note and by_city.note in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_money_stops_it_nothing_says_that_it_is_data(language: str, tmp_path: Path) -> None:
    found = section(tmp_path, language, "growth = 1.3\ncost = 50")
    total = list(limits(found, language).values())[-1]
    assert int(total[-1]) < 3 and DATA[language] not in found.sentence


def test_the_short_table_says_the_same(tmp_path: Path) -> None:
    """187,700 of 187,700; at 50 × 10⁴ yuan a person money stops it, and nothing is said of data."""
    for cost, ends in (("1.5", True), ("50", False)):
        home = write_tiny(tmp_path / cost, toml={"cost = 1.5": f"growth = 1.3\ncost = {cost}"})
        result = alloc.solve(read(home))
        for language in ("en", "zh"):
            said = settlement_note(result, language)
            assert squeezed(said) in squeezed(alloc.show(result, language))
            assert said.endswith(DATA[language]) == ends
        if ends:
            assert settlement_note(result, "en").startswith(
                "187,700 persons settle of 187,700 whom the limits allow (100.000 %); 3 of 3 cities reach theirs."
            )


@pytest.mark.parametrize(("limit", "told"), [(99.5, 99), (99.99999999, 100), (100.0, 100)])
def test_a_limit_is_told_as_the_whole_persons_within_it(limit: float, told: int) -> None:
    """99 of 99.5 is all there can be: never "99 of at most 100"; what is off by arithmetic is no part of a person."""
    table = pd.DataFrame({"settle": [float(told)], "settle_limit": [limit], "rounding": [0.0]})
    assert whole_limits(table).tolist() == [told] and below_limit(table).tolist() == [0.0]


def test_nobody_may_settle() -> None:
    assert settlement_note(alloc.solve("hand"), "en") == ""
