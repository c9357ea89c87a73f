"""Chinese documents and Chinese terminal output hold no English: Latin words but units, codes and proper names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.comparison import compare
from alloc.content.blocks import Document, Facts, Figure, Listing, Paragraph, Part, Section, Table
from alloc.content.conditions import condition_said
from alloc.content.numbers import shown
from alloc.content.terminal import text
from alloc.content.titles import named
from alloc.explanation.shared.answer import Step
from alloc.explanation.shared.codes import known_codes
from alloc.formulation.registry import catalogue
from alloc.instance.findings import Finding
from alloc.instance.instance import make_instance
from alloc.instance.schema.classes import SIZE_CLASSES
from alloc.instance.schema.tables import TABLES
from alloc.output import STAGES, progress_line, said
from alloc.report.answers import answer_document, comparison_document, variation_document
from alloc.report.city_page import Pages
from alloc.report.document import report
from alloc.report.plain.by_hand import edit_said
from alloc.report.sections.data import data
from alloc.report.view import View
from alloc.result.result import Result
from alloc.solver.model.status import Progress
from alloc.text import Text
from instances import write_tiny

pytestmark = pytest.mark.long

INFEASIBLE = Path(__file__).resolve().parent.parent / "instances" / "infeasible" / "caps_below_exhausted_pool"
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]*[A-Za-z0-9_]")  # of two letters or more: A and B are results
# Programs, options and files as they are typed; measures that have no Chinese letter; what settings are called.
ALLOWED = frozenset({"Python", "alloc", "certify"}) | frozenset(
    {"alloc", "solve", "show", "check", "explain", "compare", "verify", "edit", "tier", "all", "P90", "P10", "CVaR",
     "add", "where", "method", "cvar", "beta", "tolerance", "hand", "GB", "html", "xlsx", "docx", "pdf", "csv", "toml",
     "cpca"}
)  # fmt: skip
# What is not said, and the one word that is: patterns.
INSTEAD = {
    "外来人口": "流入人口", "年终": "全年", "未定用途": "暂未安排", "产业用地保障率": "产业用地保障",
    "自加列": "自设列", "编辑": "修改", "整数倍": "整倍数", "(?<!分)界线": "分界线",
    "界限": "界（目标）、上下限（决策）、分界线（等级）",
}  # fmt: skip
# Data of the instance in the instance's own words.
OWN = frozenset({"limits.source", "limits.owner", "limits.where", "sources.title"})
ENGLISH = frozenset({*SIZE_CLASSES, "green", "yellow", "orange", "red", "ha", "yuan", "persons", "finished", "optimal"})


@cache
def names() -> frozenset[str]:
    """Machine names: of tables, columns, tiers, families, decisions, pools and services."""
    known, instance = catalogue(), alloc.read("hand")
    found = {*known.tiers, *known.families, *TABLES, *result().tables}
    found |= {column for table in (*instance.tables.values(), *result().tables.values()) for column in table.columns}
    found |= {str(code) for table in ("pools", "services", "limits") for code in instance.tables[table].iloc[:, 0]}
    return frozenset(found)


def foreign(words: str) -> set[str]:
    """Words of a Chinese text that are English."""
    files = r"\b[\w-]+/[\w-]+\.(?:py|csv)\b|\b(?:china|counties)-\d+\b"  # and instances
    typed_in = (
        files + r"|(--edit|--\w[\w-]*) ?(\"[^\"]*\")?|&\w+;|add \w+ \{.*\}"
    )  # options and edits, as they are typed
    words = re.sub(typed_in, "", words)
    found = set()
    for word in WORD.findall(words):
        typed = "." in word or "_" in word or any(each.isdigit() for each in word)
        if word in ENGLISH or not (word in ALLOWED or word in names() or typed):
            found.add(word)
    return found


def texts(sections: tuple[Section, ...], language: str = "zh") -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text."""
    for section in sections:
        yield section.name, section.title
        yield section.name, section.sentence
        for part in section.parts:
            yield from of_part(section.name, part, language)
        yield from texts(section.sections, language)


def of_part(where: str, part: Part, language: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, Paragraph):
        yield where, part.text
    elif isinstance(part, Listing):
        yield from ((where, item) for item in part.items)
    elif isinstance(part, Facts):
        yield from ((where, f"{fact.label} {fact.value} {fact.unit} {fact.change}") for fact in part.facts)
    elif isinstance(part, Figure):
        yield from ((part.name, each) for each in (part.title, part.subtitle, part.source, part.alternative))
        yield from ((part.name, each) for each in re.findall(r"<(?:text|title)[^>]*>([^<]*)<", part.svg))
    elif isinstance(part, Table):
        made = shown(part, language)
        yield from ((part.name, each) for each in (part.title, part.unit, *made.heads, *made.units, *made.notes))
        for row in made.rows:
            yield from ((f"{part.name}.{column.name}", cell) for column, cell in zip(part.columns, row, strict=True))


def english(sections: tuple[Section, ...]) -> dict[str, set[str]]:
    found = ((each, foreign(each)) for where, each in texts(sections) if where not in OWN)
    return {each: words for each, words in found if words}


@cache
def result() -> Result:
    return alloc.solve("hand")


def documents() -> Iterator[tuple[str, Document]]:
    yield "report", report(result(), "zh", None, None, (), result().explain(prices=True, quick=True))
    yield "city", Pages(result(), "zh").page("000001")
    for name, question in {
        "reasons": {"city": "000001", "pool": "general"}, "prices": {"prices": True}, "rules": {"rules": True},
        "request": {"city": "000001", "pool": "general", "at_least": 1000.0},
    }.items():  # fmt: skip
        yield name, answer_document(alloc.explain(result(), **question), "zh")  # type: ignore[arg-type]
    yield "conflict", answer_document(alloc.explain(INFEASIBLE), "zh")
    both = compare([result(), alloc.Session("hand").edit("pools.general.total = 8000")], ["甲", "乙"])
    yield "comparison", comparison_document(both, "zh", only_differences=False)
    for chosen in ({"pool": "general"}, {"cities": ["000001"]}):
        yield f"comparison {chosen}", comparison_document(both, "zh", only_differences=False, **chosen)  # type: ignore[arg-type]
    yield "whatif", variation_document(alloc.whatif("hand", "pools.general.total", [8e3, 1e4], cities=["000001"]), "zh")


def test_documents() -> None:
    found = {name: english(document.sections) for name, document in documents()}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("name", ["china-2020", "counties-2020"])
def test_the_register_of_sources(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """T14 of what ships: sources and notes, their every cell, those of tables too that the small instance lacks."""
    monkeypatch.setattr("alloc.report.sections.data.holds_data", lambda tables, table: True)
    own = result().instance
    instance = make_instance(own.settings, {**own.tables, "sources": alloc.read(name).tables["sources"]})
    section = data(View(replace(result(), instance=instance), "zh"))
    said = [words for where, words in texts((section,)) if where in ("sources.source", "sources.note")]
    assert len(said) == 2 * len(instance.tables["sources"]) and sum(map(bool, said)) > 150
    assert {words: foreign(words) for words in said if foreign(words)} == {}


def test_what_is_printed() -> None:
    printed = {"result": said(result(), "zh"), "city": said(result(), "zh", city="000001"),
               "instance": said(alloc.read("china-2020"), "zh")}  # fmt: skip
    for name, sections in printed.items():
        lines = [line for line in text(sections, "zh").splitlines() if foreign(line)]
        own = name == "instance"  # names of columns of the planner's own, and conditions
        assert [line for line in lines if not own] == []
    assert english(printed["city"]) == {}


def test_progress() -> None:
    for stage in STAGES:
        line = progress_line(Progress(stage, "cost", 1.0, 2e8, 1e8, 0.5), "zh")
        assert not foreign(line) and "亿元" in line
    assert not foreign(progress_line(Step(STAGES["bounds"], 1, 2), "zh"))


def warnings(folder: Path) -> tuple[Finding, ...]:
    """Of a city whose size is next to a border of classes."""
    toml = {"cities": lambda lines: lines.replace(",8700000,", ",5010000,")}
    return alloc.read(write_tiny(folder / "tiny", **toml)).warnings


def test_warnings_name_classes_in_words(tmp_path: Path) -> None:
    near = [each for each in warnings(tmp_path) if each.code == "near_class_border"]
    assert near and "特大城市" in near[0].message.zh and "very large" in near[0].message.en
    assert not foreign(near[0].message.zh + near[0].remedy.zh)


@pytest.mark.parametrize(
    "arguments",
    [["solv"], ["solve"], ["solve", "hand", "--gapp", "1"], ["solve", "hand", "--gap", "x"], ["--wrong"],
     ["solve", "hand", "--gap", "-1"], ["whatif", "hand", "--from", "1", "--to", "2"], ["show", "hand", "too", "many"],
     ["solve", "hand", "--gap"], ["report", "x", "--to", "tex"], ["show", "hand", "--format", "yaml"],
     ["init", "x", "--from", "hand"]],
)  # fmt: skip
def test_wrong_usage(arguments: list[str]) -> None:
    """Said in Chinese where asked for, in English else, with the exit code of its own."""
    found = CliRunner().invoke(main, [*arguments[:1], "--lang", "zh", *arguments[1:]])
    assert found.exit_code == 64
    wrong = found.stderr.partition("错误：")[2]
    assert wrong and not foreign(re.sub(r"可用.*|“[^”]*”|[A-Z]{2,}|too|many|text|json", "", wrong)), wrong
    if arguments[0] != "solv":
        assert "错误" not in CliRunner().invoke(main, [*arguments[:1], "--lang", "en", *arguments[1:]]).stderr


@pytest.mark.parametrize(("name", "said"), [("999999", "可用：000001 甲市、000002 乙市"), ("甲乙市", "是否为")])
def test_a_city_that_is_not_there_names_those_that_are(name: str, said: str) -> None:
    with pytest.raises(alloc.AskError) as caught:
        alloc.show(result(), "zh", city=name)
    assert said in caught.value.message.zh


@pytest.mark.parametrize("name", ["甲市", "甲"])
def test_a_city_is_found_by_its_name(name: str) -> None:
    assert alloc.show(result(), "zh", city=name) == alloc.show(result(), "zh", city="000001")


def test_a_name_of_several_cities_is_refused_with_their_codes() -> None:
    cities = pd.DataFrame({"city": ["2", "1", "3"], "name": ["朝阳市", "朝阳市", "沈阳市"]})
    with pytest.raises(alloc.AskError, match="Several are called “朝阳”; give a code: 1 朝阳市, 2 朝阳市"):
        known_codes({"cities": cities}, ["朝阳"])
    assert known_codes({"cities": cities}, ["沈阳", "2"]) == ["3", "2"]
    with pytest.raises(alloc.AskError, match="Did you mean 3 沈阳市"):
        known_codes({"cities": cities}, ["沈羊"])
    with pytest.raises(alloc.AskError, match="Did you mean 沈阳市"):
        known_codes({"cities": cities}, ["沈羊市"])


ZHEJIANG = pd.DataFrame({
    "city": ["330100", "330200", "330300", "330500", "330800"],
    "name": ["杭州市", "宁波市", "温州市", "湖州市", "衢州市"],
})  # fmt: skip
EVERY = "可用：330100 杭州市、330200 宁波市、330300 温州市、330500 湖州市、330800 衢州市。"


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("湖洲", "是否为 330500 湖州市？"),
        ("苏州", "苏州市（320500）不在这 5 个城市之中。"),  # all but one have 州 in common with it
        ("苏州市", "苏州市（320500）不在这 5 个城市之中。"),
        ("胡州", EVERY),
        ("零波", "是否为 330200 宁波市？"),
    ],
)
def test_only_names_that_are_near_are_offered(given: str, remedy: str) -> None:
    with pytest.raises(alloc.AskError) as caught:
        known_codes({"cities": ZHEJIANG}, [given])
    assert caught.value.message.zh == f"没有城市 {given}。{remedy}"


@pytest.mark.parametrize("name", ["北京", "北京市"])
def test_a_city_that_went_into_zones_names_them(name: str) -> None:
    """Of `china-2020-zones`: a name that others begin with lists them, though 北海市 is like it."""
    cities = pd.DataFrame({
        "city": ["110000", "110001", "450500"], "name": ["北京市外围区", "北京市核心区", "北海市"],
        "name_en": ["Beijing (outer zone)", "Beijing (core)", "Beihai"],
    })  # fmt: skip
    with pytest.raises(alloc.AskError) as caught:
        known_codes({"cities": cities}, [name])
    assert caught.value.message == Text(
        f"没有城市 {name}。名称以“{name}”开头的有：110000 北京市外围区、110001 北京市核心区。",
        f"There is no city {name}. Names that begin with “{name}”: 110000 Beijing (outer zone), 110001 Beijing (core).",
    )
    with pytest.raises(alloc.AskError, match=r"Several are called “Beijing”; give a code: 110000 Beijing \(outer"):
        known_codes({"cities": cities}, ["Beijing"])


def test_a_step_calls_a_tier_as_its_method_does() -> None:
    """Unevenness that rises is worse; the plain title says a share that is served."""
    assert "求各目标的界  公平：最薄弱人口的得分  本方案 0.83726" in progress_line(
        Progress("bounds", "fairness", 1.0, 0.83726), "zh"
    )  # what the plan has, and no bound
    step = Progress("relaxation", "production", 1.0, method="levelled")
    assert "产业用地保障的不均衡程度" in progress_line(step, "zh")
    assert progress_line(Progress("relaxation", "production", 1.0), "zh").endswith("产业用地保障")


def test_every_name_in_a_text_has_its_title() -> None:
    """Documents say columns and settings by title: every name that a rule's text has between backquotes has one."""
    found = 0
    for path in sorted((Path(__file__).resolve().parent.parent / "models").rglob("*.toml")):
        told = path.read_text(encoding="utf-8")
        for language in ("zh", "en"):
            said = named(told, language)
            left = [name for name in re.findall(r"`([^`]+)`", said) if not name.startswith("alloc.")]
            assert not left, (path, left)
        found += told.count("`") // 2
    assert found > 50
    doubled = "不低于上年数额乘以保底倍数 `pools.floor_multiple`"
    assert named(doubled, "zh") == "不低于上年数额乘以“保底倍数”"
    assert named(doubled, "zh", beside=True) == "不低于上年数额乘以“保底倍数”（pools.floor_multiple）"
    sentence = "基数 `cities.stock_base` 与 `policy.land.stock_ratio` 之和，`no.such` 照旧"
    assert named(sentence, "zh") == "基数“增存挂钩基础指标”与“盘活一公顷可新增”之和，`no.such` 照旧"
    assert named(sentence, "zh", beside=True).startswith("基数“增存挂钩基础指标”（cities.stock_base）与")
    assert named("a base `cities.stock_base` here", "en") == "a base “Base of the stock link” here"


def test_one_word_for_one_thing() -> None:
    """Words that were once used beside the one that is chosen stand in no Chinese text and on no Chinese page."""
    root = Path(__file__).resolve().parent.parent
    own = [
        path for folder in ("alloc", "models") for path in (root / folder).rglob("*") if path.suffix in (".py", ".toml")
    ]
    pages = [*(root / "docs").glob("*.zh.md"), *root.glob("*.zh.md")]
    assert len(own) > 300 and len(pages) > 10
    found = {
        (path.relative_to(root).as_posix(), word)
        for path in (*own, *pages)
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("formerly = ")  # what old workbooks may still have
        for word in re.findall("|".join(INSTEAD), line)
    }
    assert found == set()


def test_values_of_edits_are_said_in_words() -> None:
    """What an edit sets a setting to, and which rows of a table it is about, by title and not by machine name."""
    view = View(alloc.solve("hand", relaxation=True), "zh")
    cell = {"table": "settings", "key": [], "column": "stage", "old": "final", "new": "advance"}
    edit = {"verb": "set", "target": "stage", "value": "advance", "where": "", "cells": [cell]}
    assert edit_said(view, edit) == "下达阶段定为 提前下达（原为 全年）"
    own = {**edit, "target": "cities.region", "value": "川南", "where": "name == '甲市'"}
    own["cells"] = [{**cell, "table": "cities", "key": ["1"], "column": "region", "old": "川", "new": "川南"}]
    instance = view.instance
    cities = instance.tables["cities"].assign(region="川南")
    instance = make_instance(instance.settings, {**instance.tables, "cities": cities})
    view = View(replace(view.result, instance=instance), "zh")
    assert edit_said(view, own) == "“城市”的地区（城市名称为甲市）定为 川南（原为 川）"
    assert condition_said(view.instance.tables, "zh", "kind in ['bond', 'land']", "pools") == "类别为债券、用地"
    told = alloc.show("china-2020", "zh")
    assert "公平方法：最薄弱部分的平均" in told and "城市规模为超大城市" in told and "size_class" not in told


def test_a_word_is_that_of_one_or_of_many() -> None:
    from alloc.result.wording import WORDS
    from alloc.scenario.typed import and_more

    told = WORDS["idle_others"]
    assert told.said("en", all=2, idle=1) == "Of the 2 limits of the instance 1 does not bind: it is met anyway."
    assert told.said("en", all=9, idle=3) == "Of the 9 limits of the instance 3 do not bind: they are met anyway."
    assert told.said("zh", all=2, idle=1) == "算例的 2 条分组限制中，1 条不起作用：已经满足。"
    assert [and_more(count) for count in (0, 1, 2)] == [
        ("", ""), ("（另有 1 格）", " (and 1 more cell)"), ("（另有 2 格）", " (and 2 more cells)")
    ]  # fmt: skip
    assert Text("", "{count:|city|cities} {other}").fill(count="1,000").en == "cities {other}"
