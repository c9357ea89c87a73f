"""Edits as lines and as entries of a file: what is read from them, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alloc.instance import InputError
from alloc.scenario import Edit, Origin
from alloc.scenario.files import read_entry
from alloc.scenario.lines import after, parse_edit, read_line, read_lines


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        ("policy.debt.ceiling = 1.0", Edit("set", "policy.debt.ceiling", 1.0)),
        ("gap==0", Edit("set", "gap", 0)),
        ("a.b *= 0.8", Edit("scale", "a.b", 0.8)),
        ("a.b += 10", Edit("add", "a.b", 10)),
        ("a.b-=3", Edit("add", "a.b", -3)),
        ("a.b <= 2", Edit("at_most", "a.b", 2)),
        ("a.b ≥ 2", Edit("at_least", "a.b", 2)),
        ("drop limits", Edit("drop", "limits")),
        ("drop limits.west", Edit("drop", "limits.west")),
        ("drop limits where limit == 'west'", Edit("drop", "limits", where="limit == 'west'")),
        ("drop x # enough", Edit("drop", "x", why="enough")),
        ("dropped.x = 1", Edit("set", "dropped.x", 1)),
        ("a.b = true where c in ['d', 'e'] # f # g", Edit("set", "a.b", True, "c in ['d', 'e']", "f # g")),
        ("a.b = 'where # x' where c = 'no # why' #", Edit("set", "a.b", "where # x", "c = 'no # why'")),
        ("a.b = 1 # where c", Edit("set", "a.b", 1, "", "where c")),
        ("limits.where = \"region = 'west'\" where limit = 'x'", Edit("set", "limits.where", "region = 'west'",
                                                                      "limit = 'x'")),
        ("a = ['x', 'y']", Edit("set", "a", ["x", "y"])),
        ("policy.land.standards[1].per_settler = 8", Edit("set", "policy.land.standards[1].per_settler", 8)),
        ("add limits { limit = 'west', where = \"a = 'where'\", value = 0.3 } # why",
         Edit("add", "limits", {"limit": "west", "where": "a = 'where'", "value": 0.3}, why="why")),
        ("cities.常住人口 = 5", Edit("set", "cities.常住人口", 5)),
        ("overrides.440300.land.amount = 800", Edit("set", "overrides.440300.land.amount", 800)),
    ],
)  # fmt: skip
def test_line(line: str, edit: Edit) -> None:
    assert parse_edit(line) == edit


def test_number_of_a_line() -> None:
    assert parse_edit("gap = 0", 3).origin == Origin("--edit", 3)


@pytest.mark.parametrize(
    "line",
    [
        "", "gap", "gap =", "= 3", "gap = = 3", "gap = three", "gap = 1 2", "gap = 1\nname = 2", "gap = 1, 2",
        "drop limits = 3", "drop", "add limits", "add limits = 3", "add limits 3", "a..b = 1", ".a = 1", "a b = 1",
        "limits = { limit = 'west' }", "gap = __import__('os')", "gap = 1 + 1", "gap /= 2", "gap = 'x", "gap = [1",
    ],
)  # fmt: skip
def test_line_refused(line: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_edit(line, 2)
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.row) == ("edit_syntax", "--edit", 2)
    assert finding.line("zh") and finding.line("en")


@pytest.mark.long
@given(st.text(max_size=40) | st.from_regex(r"[a-z.\[\]0-9]{0,6} ?(=|\*=|<=) ?['\"\[{#0-9a-z ]{0,12}"))
def test_any_line(line: str) -> None:
    edit, findings = read_line(line, Origin())
    assert (edit is None) == bool(findings)


@pytest.mark.parametrize(
    ("entry", "edit"),
    [
        ({"set": "a.b", "to": 1}, Edit("set", "a.b", 1)),
        ({"add": "a.b", "by": 1, "why": "x"}, Edit("add", "a.b", 1, why="x")),
        ({"drop": "a", "why": "x", "why_zh": "理由"}, Edit("drop", "a", why="x", why_zh="理由")),
        ({"add": "a", "row": {"b": 1}}, Edit("add", "a", {"b": 1})),
        ({"scale": "a.b", "by": 2, "where": "c = 1"}, Edit("scale", "a.b", 2, "c = 1")),
        ({"at_most": "a.b", "to": 2}, Edit("at_most", "a.b", 2)),
        ({"at_least": "a.b", "to": 2}, Edit("at_least", "a.b", 2)),
        ({"drop": "a"}, Edit("drop", "a")),
    ],
)
def test_entry(entry: dict[str, Any], edit: Edit) -> None:
    assert read_entry(entry, Origin()) == (edit, [])


@pytest.mark.parametrize(
    ("entry", "codes", "remedy"),
    [
        ({"sett": "a.b", "to": 1}, ["unknown_verb"], "set"),
        ({"to": 1}, ["unknown_verb"], "at_least"),
        ({}, ["unknown_verb"], "scale"),
        ({"set": "a", "scale": "a", "to": 1}, ["several_verbs"], "several"),
        ({"set": "a.b", "by": 1}, ["unknown_key", "missing_value"], "to"),
        ({"set": "a.b", "to": 1, "wher": "x"}, ["unknown_key"], "where"),
        ({"drop": "a", "to": 1}, ["unknown_key"], "where"),
        ({"add": "a"}, ["missing_value"], "row = {"),
        ({"add": "a", "row": 3}, ["wrong_type"], "row = {"),
        ({"add": "a", "by": {"b": 1}}, ["wrong_type"], "row = {"),
        ({"set": 3, "to": 1, "where": 4, "why": 5}, ["wrong_type"] * 3, "text"),
        ({"drop": "a", "why_zh": 5}, ["wrong_type"], "text"),
        (3, ["wrong_type"], "[[edit]]"),
    ],
)
def test_entry_refused(entry: Any, codes: list[str], remedy: str) -> None:
    edit, findings = read_entry(entry, Origin("x.toml", 7))
    assert edit is None
    assert [finding.code for finding in findings] == codes
    assert any(remedy in finding.remedy.en for finding in findings)
    assert {(finding.file, finding.row) for finding in findings} == {("x.toml", 7)}


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("cities。汕头市。revenue ＝ 5", "cities.汕头市.revenue = 5"),
        (
            "pools.total *= 0.9 where kind == “land” ＃ 压减，“第一批”",
            "pools.total *= 0.9 where kind == 'land' # 压减，“第一批”",
        ),
        ("objective ＝ [‘a，b’、＂c＂]", "objective = ['a，b', 'c']"),
        ("limits.a.where = “region == 'west'”", "limits.a.where = \"region == 'west'\""),
        ("add limits ｛ limit ＝ ‘x’， value ＝ 0．3 ｝", "add limits { limit = 'x', value = 0.3 }"),
    ],
)
def test_chinese_signs_are_read_as_plain_ones(written: str, plain: str) -> None:
    """Outside of texts and the reason, which keep theirs."""
    read, meant = parse_edit(written), parse_edit(plain)
    assert (read.target, read.value, read.where, read.why) == (meant.target, meant.value, meant.where, meant.why)


@pytest.mark.parametrize(
    ("line", "sign", "place"), [("gap = 0.5。", "。", 10), ("gap 《= 1", "《", 5), ("name = ‘x", "‘", 8)]
)
def test_a_sign_that_no_edit_has_is_named_with_its_place(line: str, sign: str, place: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_edit(line)
    assert f"第 {place} 个字“{sign}”" in caught.value.findings[0].message.zh
    assert f"The sign “{sign}” at place {place}" in caught.value.findings[0].message.en


def test_then_starts_from_what_the_lines_before_make() -> None:
    """So a line that is offered beside others may change their cells again: 2 · 3 + 1, whatever stands before it."""
    edits, findings = read_lines(["gap *= 3", "gap_b = 1", "then gap += 1", "gap_b *= 2"], 5)
    assert not findings and [each.origin.level for each in edits] == [5, 5, 6, 6]
    assert [each.target for each in edits] == ["gap", "gap_b", "gap", "gap_b"]
    assert after(["a = 1", "b = 2"]) == ("then a = 1", "b = 2")
