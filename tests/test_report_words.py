"""What documents and answers call things, and what their notes say of numbers that look odd."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.comparison.amounts import _moved
from alloc.comparison.tiers import _told
from alloc.content.blocks import Table
from alloc.content.numbers import amount_text
from alloc.content.origins import without_programs
from alloc.content.tables import significant
from alloc.explanation.city.amounts import Figures
from alloc.explanation.city.part import _bounded
from alloc.explanation.infeasibility.words import WORDS as REPAIRS
from alloc.instance import read
from alloc.report.city_page import Pages
from alloc.report.sections.data import data
from alloc.report.sections.debt import debt
from alloc.report.sections.pools import _rounding
from alloc.report.view import View
from alloc.result.result import run
from alloc.result.wording import WORDS
from alloc.scenario import apply, parse_edit
from instances import write_tiny
from report_documents import country, hand


@pytest.mark.parametrize(("language", "said", "told"), [
    ("zh", "测算程序 build/people.py", "本算例的测算"),
    ("zh", "《中国城市统计年鉴 2021》；测算程序 build/money.py", "《中国城市统计年鉴 2021》；本算例的测算"),
    ("en", "build/county_money.py", "worked out for this instance"),
    ("zh", "逐格出处见 source/published_by_city.csv", "逐格出处见本算例的资料"),
    ("en", "GB/T 2260", "GB/T 2260"),
])  # fmt: skip
def test_a_register_names_no_program(language: str, said: str, told: str) -> None:
    assert without_programs(said, language) == told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_register_has_titles_and_no_codes(language: str) -> None:
    (register,) = (part for part in data(View(country(), language)).parts if isinstance(part, Table))
    assert [column.name for column in register.columns] == ["table", "title", "status", "source", "year", "note"]
    assert not any(".py" in str(cell) for row in register.rows for cell in row)


@pytest.mark.parametrize(("value", "told"), [(0.9998, "1.00"), (1.002, "1.00"), (99.96, "100"), (0.0123, "0.0123")])
def test_three_figures_are_counted_in_what_is_shown(value: float, told: str) -> None:
    assert amount_text(significant(value)) == told


def test_one_person_more_is_rounding_as_one_quantum_is() -> None:
    change = pd.Series([1.0, -1.0, 2.0, -2.0, 0.0])
    assert _moved(change, pd.Index([1.0] * 5)).tolist() == ["rounding", "rounding", "gain", "loss", ""]


def test_more_than_all_of_next_to_nothing_is_no_share() -> None:
    """Closeness from 0.0083 to 0.4157 is told as +0.4074, not as +4,880.7 %; what doubles a large value is."""
    told = _told(np.array([48.807, 0.5, 2.0]), np.array([True, True, False]))
    assert np.isnan(told[0]) and told[1:].tolist() == [0.5, 2.0]


@pytest.mark.parametrize(("part", "at", "language", "told"), [
    (-440.0, False, "en", "The formula gives more than the upper bound of 2,874.00 ha (cap), to which this cuts it. "
                          "The steps below move the number away from that bound, so that it does not decide what is "
                          "published."),
    (-440.0, True, "zh", "公式数高于上限 2,874.00 公顷（封顶），先减到这一上限。"),
    (10.0, True, "zh", "公式数低于下限 3,324.00 公顷（保底），先补到这一下限。"),
    (5.0, True, "en", ""),
])  # fmt: skip
def test_the_part_of_the_rules_names_its_bound(part: float, at: bool, language: str, told: str) -> None:
    result = country()
    show = Figures(result, "land", language)
    facts: Any = SimpleNamespace(
        parts={"benchmark": 3314.0, "rule": part}, upper=2874.0, upper_rule="cap", at_upper=at, lower=3324.0,
        lower_rule="floor", at_lower=at,
    )  # fmt: skip
    assert _bounded(facts, show) == told


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "即可避免。"),
    ("en", "“No multiple within its bounds” is mostly a floor above the corridor, so that both bounds are one number "
           "with decimals; a corridor that reaches beyond the floor, or an override of the city with a multiple, "
           "avoids it."),
])  # fmt: skip
def test_published_decimals_of_a_quantum_are_explained_where_there_are_any(language: str, told: str) -> None:
    result = country()
    for rules, there in ((["no_multiple"], True), (["total"], False)):
        rows = pd.DataFrame(
            {"rule": rules, "pool": "", "province": "", "city": "", "limit": "", "off": 0.5, "unit": ""}
        )
        made = _rounding(View(replace(result, tables={**result.tables, "rounding": rows}), language))
        assert (told in made.note) == there


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "“全部城市”和“同类城市”（同一规模等级）为年末覆盖率，按常住人口平均。"),
    ("en", " “All cities” and “its class” (of size) are coverage after the year, means over residents."),
])  # fmt: skip
def test_the_page_of_a_city_says_of_what_the_others_have_is(language: str, told: str) -> None:
    pages = Pages(hand(), language)
    page = pages.page(pages.codes[0])
    (services,) = (part for _, section in page.walk() for part in section.parts
                   if isinstance(part, Table) and part.name == "city_services")  # fmt: skip
    assert services.note.endswith(told)


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "“全部城市”为年末覆盖率，按常住人口平均；没有其他同等规模的城市。"),
    ("en", "“All cities” is coverage after the year, a mean over residents; no other city is of its class of size."),
])  # fmt: skip
def test_a_city_that_is_alone_in_its_class_is_not_beside_itself(language: str, told: str) -> None:
    instance = apply(read("hand"), [parse_edit("cities.000002.size_population = 12000000")]).instance
    pages = Pages(run(instance), language)
    for code in pages.codes:
        (services,) = (part for _, section in pages.page(code).walk() for part in section.parts
                       if isinstance(part, Table) and part.name == "city_services")  # fmt: skip
        assert services.note.endswith(told)
        assert [column.name for column in services.columns][-1] == "all"
        assert {len(row) for row in services.rows} == {len(services.columns)}


def test_one_word_for_one_thing() -> None:
    """On the terminal as in reports, explanations and exported tables."""
    assert WORDS["part_optimised"].en == "optimisation"
    assert (WORDS["land_unassigned"].en, WORDS["land_reuse"].en) == ("unassigned land", "of which reused")
    page = Pages(country(), "en").page("440300")
    heads = {column.title for _, section in page.walk() for part in section.parts if isinstance(part, Table)
             for column in part.columns}  # fmt: skip
    items = {row[0] for _, section in page.walk() for part in section.parts if isinstance(part, Table)
             for row in part.rows}  # fmt: skip
    assert "optimisation" in heads and "tiers" not in heads
    assert {"unassigned land", "of which reused"} <= items


def test_notes_say_why_numbers_beside_each_other_differ() -> None:
    assert WORDS["settled_decided"].zh == (
        "这是各城市公布的整数之和；目标表中的 {decided} 人和它的界是取整前的数，各市上限的小数部分也计在内，"
        "所以可以略高于整数上限之和。"
    )
    assert WORDS["stopped_note"].zh.endswith("“超出上限”按整数人计，末列按上限的小数计，两列可差几个人。")
    for key in ("multiples", "persons"):
        assert REPAIRS[key].zh.startswith("改动的幅度向放宽的一边取三位有效数字，所以可以略大于最少需要的；")
        assert REPAIRS[key].en.startswith("Changes are rounded to three figures on the safe side, ")


def test_a_change_of_tier_is_told_with_both_tiers(tmp_path: Path) -> None:
    result = run(read(write_tiny(tmp_path / "tiny")))
    for language, after, said in (
        ("zh", ["yellow", "green", "yellow"], "，深圳、玉林的风险等级由绿变为黄。"),
        ("zh", ["yellow", "green", "red"], "，深圳的风险等级由绿变为黄，玉林的风险等级由绿变为红。"),
        ("zh", ["green", "green", "green"], "，没有城市的风险等级变化。"),
        ("en", ["yellow", "green", "red"],
         ", and the tier of 深圳 goes from green to yellow, the tier of 玉林 goes from green to red."),
        ("en", ["green", "green", "green"], ", and no city changes its tier."),
    ):  # fmt: skip
        table = result.tables["debt"].assign(tier_before="green", tier_after=after)
        chapter = debt(View(replace(result, tables={**result.tables, "debt": table}), language))
        assert chapter is not None and chapter.sentence.endswith(said)
