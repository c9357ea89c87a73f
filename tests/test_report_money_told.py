"""What a report says of money so that a finance office can work it out again: formulas, gaps, balances beside bonds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import alloc
from alloc.content.blocks import Facts, Table
from alloc.content.numbers import shown
from alloc.instance.instance import make_instance
from alloc.instance.statuses import tally
from alloc.report.document import city_page, report
from alloc.report.plain.certainty import unreached
from alloc.report.sections import budget
from alloc.report.sections.budget import budgets, kept_beside_bonds
from alloc.report.sections.cities import trace
from alloc.report.sections.data import data
from alloc.report.sections.money import transfers
from alloc.report.sections.services import services
from alloc.report.view import View
from alloc.result.city import city_section
from alloc.result.result import Result, run
from hand_instance import hand
from test_chinese_texts import of_part

LAST = (
    "add last_year { city = '000001', pool = 'general', amount = 4000 }",
    "add last_year { city = '000002', pool = 'general', amount = 20000 }",
)  # fmt: skip
PHASED = (*LAST, "pools.general.phase_in = 0.33")
PLAIN = {
    "zh": "公式测算数 = 可分配数 × Σ 权重 × 城市因素值占参加分配的城市合计的比重；按城市的逐项测算见“城市”一章。",
    "en": "The formula: what there is to give × Σ weight × the city's share of the factor, among the cities that take "
    "part; city by city in the chapter on cities.",
}
PHASING = {
    "zh": "公式正在过渡的（过渡比例：一般性转移支付 0.33），公式测算数 = 可分配数 × [上年份额 × (1 − 过渡比例) + "
    "Σ 权重 × 比重 × 过渡比例]，上年份额为城市上年数占参加分配的城市合计的比重。",
    "en": " Where a formula is being phased in (phase-in: General transfer 0.33), it is what there is to give × [share "
    "of last year × (1 − phase-in) + Σ weight × share of the factor × phase-in]; the share of last year is the city's "
    "of what the cities that take part got.",
}
TRACED = {
    "zh": "过渡比例 0.33：公式测算 = 可分配数 10,000 万元 × [上年份额 × (1 − 0.33) + Σ 权重 × 因素比重 × 0.33]。",
    "en": " Phase-in 0.33: the formula is 10,000 × 10⁴ yuan, all there is to give, × [share of last year × (1 − 0.33) "
    "+ Σ weight × share of the factor × 0.33].",
}
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def tables(view: View, name: str) -> Table:
    section = transfers(view)
    assert section is not None
    return next(each for each in section.parts if isinstance(each, Table) and each.name == name)


def column(table: Table, name: str) -> list[Any]:
    at = [each.name for each in table.columns].index(name)
    return [row[at] for row in table.rows]


@LANGUAGES
def test_a_formula_that_is_phased_in_can_be_worked_out_again(language: str) -> None:
    """A sixth and five sixths of last year, a half each by the factor: 10,000 · (0.67 / 6 + 0.33 / 2) = 2,766.67."""
    view = View(alloc.solve("hand", edits=PHASED), language)
    assert tables(view, "factors").note == PLAIN[language] + PHASING[language]
    traced = trace(view, 0)
    assert traced.note.endswith(TRACED[language])
    last, factor = column(traced, "last_share"), column(traced, "factor_residents")
    assert last == pytest.approx([1 / 6, 5 / 6]) and factor == [0.5, 0.5]
    again = [10_000 * (0.67 * old + 0.33 * new) for old, new in zip(last, factor, strict=True)]
    assert again == pytest.approx([2766.67, 7233.33], abs=0.01)
    assert column(traced, "benchmark") == [2767, 7233], "in whole 10⁴ yuan, to which the parts add up"
    at = [each.name for each in traced.columns].index("benchmark")
    assert [row[at] for row in shown(traced, language).rows] == ["2,767", "7,233"], "in whole 10⁴ yuan, as published"


@LANGUAGES
def test_parts_add_up_in_the_digits_that_are_shown(language: str) -> None:
    """Of 9,999 the formula gives 4,999.5 to each, shown as 5,000; the second gets all: 5,000, 5,000 more, and the 1
    that showing them in whole numbers makes is rounding, as on the page and in `alloc show`."""
    view = View(alloc.solve("hand", edits="pools.general.total = 9999"), language)
    traced = trace(view, 0)
    parts = [column(traced, name) for name in ("benchmark", "rule", "optimised", "override", "rounding", "published")]
    assert [*zip(*parts, strict=True)] == [(5000, 0, -5000, 0, 0, 0), (5000, 0, 5000, 0, -1, 9999)]
    assert (
        shown(traced, language).notes[0]
        == {
            "zh": "公式测算 + 规则 + 优化 + 人工 + 取整 = 公布。",
            "en": "Formula + rules + optimisation + override + rounding = published.",
        }[language]
    )


@LANGUAGES
def test_a_city_is_told_alike_in_its_report_and_by_show_that_a_formula_is_phased_in(language: str) -> None:
    told = {
        "zh": "公式正在过渡：1 − 过渡比例的部分按上年份额，其余按因素；"
        "过渡比例：一般性转移支付 0.33（上年份额 16.667 %）。",
        "en": "Being phased in: 1 − phase-in of the formula goes by the share of last year, the rest by factors; "
        "phase-in: General transfer 0.33 (share of last year 16.667 %).",
    }[language]
    result = alloc.solve("hand", edits=PHASED)
    [paper] = [each.note for each in city_page(View(result, language), "000001").tables() if each.name == "city_pools"]
    [shown] = [each.note for each in city_section(result, language, "000001").parts if isinstance(each, Table)][:1]
    assert paper.endswith(told) and shown == told
    plain = city_section(alloc.solve("hand", edits=LAST), language, "000001").parts[0]
    assert isinstance(plain, Table) and not plain.note


@LANGUAGES
@pytest.mark.parametrize("edits", [LAST, (*LAST, "pools.general.phase_in = 1"), ("pools.general.total = 9000",)])
def test_a_formula_that_is_not_phased_in_says_nothing_of_it(language: str, edits: tuple[str, ...]) -> None:
    view = View(alloc.solve("hand", edits=edits), language)
    assert tables(view, "factors").note == PLAIN[language]
    assert "last_share" not in [each.name for each in trace(view, 0).columns]
    assert trace(view, 0).note.endswith({"zh": " = 公布。", "en": " = published."}[language])


def test_shares_of_a_factor_count_who_takes_part() -> None:
    view = View(alloc.solve("hand", edits=["pools.general.where = \"city == '000002'\""]), "en")
    assert column(trace(view, 0), "factor_residents") == [0, 1]


@LANGUAGES
def test_every_gap_of_money_is_told(language: str) -> None:
    """The gap of actual accounts always, that of standard ones where a formula has it, that of the past in budgets."""
    said = {
        "zh": "财力缺口 = 刚性支出 + 存量债务付息 − 一般公共预算收入 − 其他转移支付，为负的计 0："
        "不计本次分配的转移支付时，实际财力不够支付的部分。",
        "en": "Fiscal gap: essential spending and interest on old debt less general public revenue and other "
        "transfers, 0 where negative: what actual money lacks before any transfer of this allocation.",
    }[language]
    standard = {
        "zh": "标准收支缺口是城市表给出的因素，按统一标准测算的支出与收入之差，不是实际收支的财力缺口。",
        "en": " The gap between standard spending and revenue is a factor given with the cities, by uniform standards; "
        "it is not the fiscal gap of actual accounts.",
    }[language]
    base = hand()
    frames = {name: table.copy() for name, table in base.tables.items()}
    frames["cities"]["standard_gap"] = [1.0, 2.0]
    frames["factors"] = frames["factors"].replace({"fiscal_gap": "standard_gap"})
    for instance, note in ((base, said), (make_instance(base.settings, frames), said + standard)):
        view = View(run(instance), language)
        section = transfers(view)
        assert section is not None
        table = next(each for each in section.parts if isinstance(each, Table) and each.code == "T1")
        head = next(each.title for each in table.columns if each.name == "fiscal_gap")
        assert (table.note, head) == (note, {"zh": "财力缺口", "en": "fiscal gap"}[language])
    past = {
        "zh": "按取整前的决策列示。原有收支缺口：刚性支出与存量债务付息减去一般公共预算收入、其他转移支付和"
        "一般性转移支付的下限，为负的计 0；是方案以前就有的，计为来源使预算平衡，本方案没有弥补。",
        "en": "As decided, before rounding. Shortfall of the past: essential spending and interest on old debt less "
        "general public revenue, other transfers and the least of general transfers, 0 where negative; it was there "
        "before the plan, counts as a source so that the budget balances, and is not closed by the plan.",
    }[language]
    free = {
        "zh": "其中加上一般财力中至少须留作自主安排的部分。",
        "en": " To it is added the least part of general money that must stay free.",
    }[language]
    for edits, note in (((), past), (("policy.budget.least_free = 0.01",), past + free)):
        first = budgets(View(alloc.solve("hand", edits=edits), language)).parts[0]
        assert isinstance(first, Table) and first.note == note


def with_budget(result: Result, bonds: list[float], spending: list[float]) -> Result:
    """The same result with 100 of funds in each city, and new bonds and spending as given."""
    table = result.tables["budget"].copy()
    table[["to_capital", "capital_transfers"]] = 0.0
    table["fund_available"], table["bonds"], table["spending"] = 100.0, bonds, spending
    return replace(result, tables={**result.tables, "budget": table})


@LANGUAGES
def test_money_for_building_that_is_kept_beside_new_bonds_is_named(language: str) -> None:
    """Of 150 the first keeps 30, a fifth; the second 15, a tenth, which is not more than that; without bonds nobody."""
    result = run(hand())
    kept = View(with_budget(result, [50.0, 50.0], [120.0, 135.0]), language)
    first = kept.short_names[0]
    said = {
        "zh": f"有新增债券而建设预算结余超过来源一成的是{first}（结余 30 万元，新增债券 50 万元）。",
        "en": "New bonds go, while more than a tenth of what the capital budget has is kept, to "
        f"{first} (30 × 10⁴ yuan left, 50 × 10⁴ yuan of new bonds).",
    }[language]
    assert kept_beside_bonds(kept) == said and said in unreached(kept)
    assert kept_beside_bonds(View(with_budget(result, [0.0, 0.0], [10.0, 10.0]), language)) == ""


@LANGUAGES
def test_of_many_cities_that_keep_much_those_that_keep_most_are_named(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for one name, the second, which keeps 40 of 150 where the first keeps 30."""
    monkeypatch.setattr(budget, "NAMED_LEFT", 1)
    view = View(with_budget(run(hand()), [50.0, 50.0], [120.0, 110.0]), language)
    second = view.short_names[1]
    assert (
        kept_beside_bonds(view)
        == {
            "zh": "有新增债券而建设预算结余超过来源一成的城市 2 个，结余最多的是"
            f"{second}（结余 40 万元，新增债券 50 万元）。",
            "en": "New bonds go, while more than a tenth of what the capital budget has is kept, to 2 cities; "
            f"most is kept in {second} (40 × 10⁴ yuan left, 50 × 10⁴ yuan of new bonds).",
        }[language]
    )


@LANGUAGES
def test_a_table_without_rows_counts_for_nothing(language: str) -> None:
    """Two columns of limits, of which there are none, one of the cities and a setting: two are counted and listed."""
    base = hand()
    sources = pd.DataFrame([
        {"table": table, "column": name, "status": "assumed", "source": "x"}
        for table, name in (("limits", "bound"), ("limits", "sense"), ("cities", "residents"), ("policy", "debt"))
    ])  # fmt: skip
    frames = {
        **base.tables,
        "sources": sources.reindex(columns=base.tables["sources"].columns).astype(object).fillna(""),
    }
    frames["limits"] = frames["limits"].iloc[:0]
    assert tally(frames) == {"assumed": 2}
    typed = {**frames, "limits": base.tables["limits"].reindex([0])}
    assert len(typed["limits"]) == 1 and tally(typed) == {"assumed": 2}  # ordered by hand, and no data
    view = View(run(make_instance(base.settings, frames)), language)
    section = data(view)
    assert (
        section.sentence
        == {
            "zh": "输入数据共 2 列：公布 0 列，推算 0 列，估计 0 列，假设 2 列。",
            "en": "Of 2 input columns 0 are published, 0 derived, 0 estimated and 2 assumed.",
        }[language]
    )
    register = next(each for each in section.parts if isinstance(each, Table))
    assert len(register.rows) == 2


def test_amounts_in_english_sentences_have_their_sign_of_multiplication() -> None:
    """Six thousand 10⁴ yuan are 6,000 × 10⁴ yuan: two numbers beside each other are read as one."""
    made = report(alloc.solve("hand", edits=PHASED), "en")
    said = [section.sentence for section in made.sections]
    said += [words for section in made.sections for part in section.parts if not isinstance(part, Facts)
             for _, words in of_part(section.name, part, "en")]  # fmt: skip
    assert sum("× 10⁴ yuan" in words for words in said) >= 3
    assert [words for words in said if re.search(r"\d 10[⁴⁸] yuan", words)] == []


@LANGUAGES
def test_both_budgets_say_what_is_left(language: str) -> None:
    """Sources less uses of either budget, at the foot of the table of their terms."""
    table = next(each for each in report(run(hand()), language).tables() if each.name == "budgets")
    *sides, left = table.groups
    titles = {
        "zh": ["结余（来源减支出）", "建设预算结余", "一般预算结余"],
        "en": ["What is left: sources less uses", "Capital budget: left", "General budget: left"],
    }
    rows = table.rows[-2:]
    assert [left.title, *(row[0] for row in rows)] == titles[language]
    sums = [side.totals[1] for side in sides]  # type: ignore[index]
    assert [row[1] for row in rows] == pytest.approx([sums[0] - sums[1], sums[2] - sums[3]])


@LANGUAGES
def test_the_national_minimum_is_marked_as_its_column_is(language: str) -> None:
    base = hand()
    row = {"table": "services", "column": "minimum", "status": "assumed", "source": "x"}
    columns = base.tables["sources"].columns
    frames = {**base.tables, "sources": pd.DataFrame([row]).reindex(columns=columns).astype(object).fillna("")}
    marked = View(run(make_instance(base.settings, frames)), language)
    assert marked.mark("services.minimum") == {"zh": "ᵃ", "en": " ᵃ"}[language]
    made = services(marked)
    word = {"zh": "国家最低标准ᵃ", "en": "the national minimum ᵃ"}[language]
    assert word in made.sentence
    table = next(each for each in made.parts if isinstance(each, Table))
    assert next(each for each in table.columns if each.name == "minimum").status == "assumed"
