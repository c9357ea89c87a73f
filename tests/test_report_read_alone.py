"""What a reader of a report needs without asking: names that differ, what a formula goes by, sources to be found."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from alloc.content.blocks import Column, Section, Table
from alloc.content.terminal import text
from alloc.explanation.sensitivity.answer import Prices
from alloc.explanation.sensitivity.places import Place
from alloc.instance import read
from alloc.report.sections.city import city_sections
from alloc.report.view import View
from alloc.result.result import run
from alloc.scenario import apply, parse_edit
from alloc.text import Text

ROOT = Path(__file__).resolve().parent.parent
PHASED = (
    "add last_year { city = '000001', pool = 'general', amount = 4000 }",
    "add last_year { city = '000002', pool = 'general', amount = 20000 }",
    "pools.general.phase_in = 0.33",
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "公式正在过渡：1 − 过渡比例的部分按上年份额，其余按因素；"
               "过渡比例：一般性转移支付 0.33（上年份额 16.667 %）。"),
        ("en", "Being phased in: 1 − phase-in of the formula goes by the share of last year, the rest by factors; "
               "phase-in: General transfer 0.33 (share of last year 16.667 %)."),
    ],
)  # fmt: skip
def test_the_page_of_a_city_tells_a_phase_in(language: str, said: str) -> None:
    result = run(apply(read("hand"), [parse_edit(line) for line in PHASED]).instance)
    tables = [part for section in city_sections(View(result, language), "000001") for part in section.parts
              if isinstance(part, Table) and part.name == "city_pools"]  # fmt: skip
    assert said in tables[0].note


@pytest.mark.parametrize("name", ["china-2020", "china-2020-zones", "counties-2020"])
def test_sources_name_no_notes_of_the_project(name: str) -> None:
    table = pd.read_csv(ROOT / "instances" / name / "sources.csv", dtype=str).fillna("")
    for column in ("source", "source_zh"):
        assert not table[column].str.contains(r"policy notes|founding paper|研究笔记|立项论文|^S\d\d").any()


@pytest.mark.parametrize(("language", "names"), [
    ("zh", ["数额上下限：增存挂钩", "增存挂钩"]), ("en", ["bounds of amounts: stock link", "stock link"]),
])  # fmt: skip
def test_a_bound_is_not_called_as_the_rule_beside_it(language: str, names: list[str]) -> None:
    instance = read("hand")
    title = Text("增存挂钩", "stock link")
    found = tuple(Place("stock", title, kind, 1, "000001", "", "ha", 1.0) for kind in ("bound", "family"))
    prices = Prices(instance, ("coverage",), (), {"coverage": found}, True, False, True)
    (table,) = prices.tables(language)
    assert [row[0] for row in table.rows] == names
    assert names[0].split("：" if language == "zh" else ":")[0] in table.note.lower()


def test_units_go_beneath_heads_before_these_break() -> None:
    columns = tuple(Column(f"c{at}", "限内未落户", "人", "number") for at in range(8))
    table = Table("t", "", (Column("rule", "规则"), *columns), (("落户增长上限", *[1_000_000.0] * 8),))
    lines = text([Section("s", "", "", (table,))], "zh").split("\n")
    assert len(lines) == 3 and lines[0].count("限内未落户") == 8 and lines[1].count("（人）") == 8


def test_the_navigation_of_html_wraps() -> None:
    style = (ROOT / "alloc" / "report" / "render" / "html" / "style.css").read_text(encoding="utf-8")
    (rule,) = re.findall(r"^nav ol \{(.*)\}$", style, re.M)
    assert "flex-wrap:wrap" in rule and "overflow" not in rule
