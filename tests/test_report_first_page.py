"""The first page of a report: what a leader reads of an allocation, in words, and what was changed by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import alloc
from alloc.content.blocks import Amount, Document, Listing, Paragraph, Section, Table
from alloc.content.conditions import condition_said
from alloc.content.numbers import shown
from alloc.instance import read
from alloc.instance.instance import Instance
from alloc.report.document import report
from alloc.report.plain.by_hand import by_hand
from alloc.report.plain.certainty import uncertain
from alloc.report.sections.city import city_sections
from alloc.report.sections.data import method
from alloc.report.sections.summary import _finding
from alloc.report.view import View
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from report_documents import country, sentences

# What belongs to the engine and not on a leader's page, by language.
MACHINERY = {
    "zh": ("松弛", "目标", "对偶", "影子价格", "恰好满足", "--", "界"),
    "en": ("relaxation", "tier", "dual", "shadow price", "just meet", "--", "bound"),
}


def said(section: Section) -> list[str]:
    found = [section.sentence]
    for part in section.parts:
        found += [part.text] if isinstance(part, Paragraph) else list(part.items) if isinstance(part, Listing) else []
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_leader_meets_no_machinery(language: str) -> None:
    """Neither names of tiers nor words of the solver; gains and losses tell of all three kinds of pools."""
    result = country()
    page = report(result, language).sections[0]
    known = {tier.title.said(language) for tier in View(result, language).catalogue.tiers.values()}
    alone = known - {
        "落户人数",
        "公共服务平均得分",
        "Settlement",
        "Coverage",
        "Fairness",
        "Cost",
        "建设与运行成本",
    }  # also what people call it
    for text in said(page):
        for word in (*MACHINERY[language], *alone):
            if word == "界" and "分界线" in text:
                continue
            if word == "bound" and "bounded" in text:
                continue
            assert word not in text, text
    kinds = {"zh": ("新增建设用地：", "转移支付：", "新增债券："), "en": ("New land:", "Transfers:", "New bonds:")}
    for kind in kinds[language]:
        assert any(text.startswith(kind) for text in said(page)), kind
    told = " ".join(said(page))
    assert {"zh": "低于国家最低标准", "en": "below the national minimum"}[language] in told


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "新增专项债券有约 21.82 亿元没有分出"),
    ("en", "Of new special bonds about 21.82 × 10⁸ yuan are not given out"),
])  # fmt: skip
def test_what_is_left_of_a_pool_is_said(language: str, told: str) -> None:
    """Nationally 3,412.5 − 3,390.6802 = 21.8198 hundred millions of special bonds find no city with room."""
    page = report(country(), language).sections[0]
    assert any(told in text for text in said(page))


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "余地最大的一项是“建设与运行成本”，本方案为 150.0 亿元，最好也不过 120.0 亿元，差距 30.0 亿元；"),
    ("en", "most room is left in “Cost”, where the allocation has 150.0 × 10⁸ yuan "
           "and no other can better 120.0 × 10⁸ yuan, a gap of 30.0 × 10⁸ yuan ("),
])  # fmt: skip
def test_what_is_not_proven_is_told_as_the_table_of_tiers_has_it(language: str, told: str) -> None:
    """Cost is below a tenth of its size, 20,000,000, and its gap of 0.015 is 300,000; settlement, a hundredth off
    within its tolerance, leaves nothing open."""
    tiers = [
        {"tier": "settlement", "optimised": True, "value": 990.0, "bound": 1000.0, "gap": 10 / 990, "size": 990.0,
         "tolerance": 10.0, "seconds": 0.0},
        {"tier": "cost", "optimised": True, "value": 1.5e6, "bound": 1.2e6, "gap": 0.015, "size": 2e7,
         "tolerance": None, "seconds": 0.0},
    ]  # fmt: skip
    result = country()
    view = View(replace(result, manifest={**result.manifest, "tiers": tiers}), language)
    assert told in uncertain(view)[0]
    shown = next(part for part in method(view).parts if isinstance(part, Table) and part.name == "tiers")
    assert [row[5] for row in shown.rows] == [Amount(10.0, 0), Amount(30.0, 1)]


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "建设和盘活支出 {spent}，新增能力一年的运行经费 {running}。"),
    ("en", "spend {spent} on building and on reusing idle land, and {running} on running a year what is added."),
])  # fmt: skip
def test_spending_and_running_are_the_cost_of_the_tiers(language: str, told: str) -> None:
    view = View(country(), language)
    spent, running = (float(view.budget[name].sum()) for name in ("spending", "running"))
    cost = next(tier for tier in view.result.manifest["tiers"] if tier["tier"] == "cost")
    assert spent + running == pytest.approx(cost["value"])
    told = told.format(spent=view.money_text(spent), running=view.money_text(running)).replace(" 约", "约")
    assert any(told in text for text in said(report(country(), language).sections[0]))


@pytest.mark.parametrize(("moved", "zh", "en"), [
    ({"land": [5.0, -1.0, 3.0]}, "新增建设用地增加的有 2 个城市，减少的有 1 个；增加最多的是甲",
     "New land: more in 2, less in 1 cities; 甲 gains most"),
    ({"land": [5.0, -1.0, -3.0]}, "新增建设用地减少的有 2 个城市，增加的有 1 个；减少最多的是丙",
     "New land: less in 2, more in 1 cities; 丙 loses most"),
    ({"transfer": [5.0, -6.0, 0.0]}, "转移支付增加的有 1 个城市，减少的有 1 个；增加最多的是甲",
     "Transfers: more in 1, less in 1 cities; 甲 gains most"),
    ({"land": [5.0, -1.0, -3.0], "transfer": [5.0, 1.0, 3.0], "bond": [0.0, 0.0, 0.0]},
     "增减的城市数：新增建设用地 1 个增、2 个减；转移支付 3 个增、0 个减",
     "Cities with more and with less: new land 1 and 2; transfers 3 and 0"),
    ({}, "增减最多的城市", "The largest gains and losses"),
])  # fmt: skip
def test_the_chart_is_headed_by_what_most_cities_see(moved: dict[str, list[float]], zh: str, en: str) -> None:
    """One city that gains says little where nine lose, and land little where most gain money."""
    for language, wanted in (("zh", zh), ("en", en)):
        view: Any = SimpleNamespace(
            short_names=("甲", "乙", "丙"), kind=lambda kind: np.array([kind in moved]), language=language,
            given=lambda kind, part="published": np.array(moved[kind]) * (part == "published"),
            say=lambda zh, en, language=language, **slots: (zh if language == "zh" else en).format(**slots),
        )  # fmt: skip
        assert _finding(view) == wanted


def edited() -> Result:
    """The hand-made instance with an override, and an edit with a reason: 10,000 of 10⁴ yuan go to two cities."""
    instance = read("hand")
    pool, city = str(instance.tables["pools"]["pool"].iloc[0]), str(instance.tables["cities"]["city"].iloc[0])
    row = f'city = "{city}", pool = "{pool}", amount = 4000, reason = "agreed", approved_by = "board"'
    line = f"add overrides {{ {row} }}"
    total = replace(parse_edit(f"pools.{pool}.total *= 0.9"), why="less revenue")
    made = apply(instance, [parse_edit(line), total])
    assert isinstance(made.instance, Instance) and len(made.edits) == 2
    return run(made.instance, edited=made)


def test_what_was_changed_by_hand_is_listed_with_reason_and_approver() -> None:
    result = edited()
    zh, en = (by_hand(View(result, language)) for language in ("zh", "en"))
    assert len(zh) == len(en) == 2, "the override is told once, as the amount that it is"
    assert "less revenue" in en[0] and "times 0.9" in en[0] and "理由：less revenue" in zh[0]
    assert "set by hand to 4,000" in en[1] and "agreed" in en[1] and "approved by board" in en[1]
    assert "人工定为 4,000" in zh[1] and "批准：board" in zh[1]
    code = str(result.instance.tables["overrides"]["city"].iloc[0])
    page = [part.text for part in city_sections(View(result, "zh"), code)[0].parts if isinstance(part, Paragraph)]
    told = [text for text in zh if "由人工定为" in text]
    assert told and told == [text for text in page if "由人工定为" in text]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_edit_is_told_as_a_machine_keeps_it(language: str) -> None:
    document: Document = report(edited(), language)
    (chapter,) = [each for each in document.sections if each.name == "scenarios"]
    tables = {part.name: shown(part, language) for part in chapter.parts if isinstance(part, Table)}
    assert len(tables["edits"].rows) == 2 and len(tables["by_hand"].rows) == 1
    assert tables["by_hand"].rows[0][3:] == ("4,000", {"zh": "万元", "en": "10⁴ yuan"}[language], "agreed", "board")
    for text in (*sentences(document), *(cell for table in tables.values() for row in table.rows for cell in row)):
        assert "{'" not in text and "verb" not in text and "'cells'" not in text, text


def test_without_changes_the_page_says_so() -> None:
    page = report(run(read("hand")), "en").sections[0]
    assert "What was changed by hand: nothing." in said(page)


@pytest.mark.parametrize(("where", "zh", "en"), [
    ("size_class = 'megacity'", "城市规模为超大城市", "size class: megacity"),
    ("region == 'northeast' and debt_tier != 'red'", "地区为东北，债务风险等级不是红",
     "region: North-east; debt tier: not red"),
    ("province in ('440000', '450000')", "省份为广东、广西", "province: Guangdong and Guangxi"),
    ("", "全部城市", "all cities"),
    ("residents > 5_000_000 and growth <= -0.05 and city == '450900'",
     "常住人口高于 5,000,000，常住人口增长率不高于 −0.05，城市为玉林市",
     "Resident population above 5,000,000; Growth of residents at most −0.05; city: Yulin (Guangxi)"),
    ("residents > 5000000 or gdp < 3", "residents > 5000000 or gdp < 3", "residents > 5000000 or gdp < 3"),
])  # fmt: skip
def test_conditions_are_said_in_words(where: str, zh: str, en: str) -> None:
    assert [condition_said(country().instance.tables, language, where) for language in ("zh", "en")] == [zh, en]


def test_a_row_that_is_new_is_called_by_its_title_or_by_what_is_given_of_it() -> None:
    lines = (
        "add limits { limit = 'more', title_zh = '甲市至少', title_en = 'First at least', quantity = "
        "'allocation:general', sense = '>=', value = 100, basis = 'amount' }",
        "add last_year { city = '000001', pool = 'general', amount = 4000 }",
    )
    result = alloc.solve("hand", edits=lines)
    assert by_hand(View(result, "zh")) == [
        "分组限制增加一行：甲市至少（未写明理由）。",
        "上年数额增加一行：城市代码 甲市、资源池代码 一般性转移支付、数额 4,000（未写明理由）。",
    ]
    assert by_hand(View(result, "en")) == [
        "Limits a new row: First at least (no reason given).",
        "Last year a new row: City code First, Pool General transfer and Amount 4,000 (no reason given).",
    ]
