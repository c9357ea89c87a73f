"""The grammar of ``where``: what it selects, what it refuses and where, and that it never does anything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alloc.instance import InputError, read
from alloc.instance.schema.tables import TABLES
from alloc.instance.where.conditions import Columns, Expression, WhereError, parse
from alloc.instance.where.titles import in_names, titles_of
from alloc.instance.where.wording import as_kept, as_shown
from alloc.scenario import apply, parse_edit
from instances import write_tiny

COLUMNS = {
    "residents": np.array([1.0, np.nan, 3.0]),
    "migrants": np.array([1.0, 2.0, 4.0]),
    "province": pd.Series(["44", "", "45"], dtype="str"),
    "exhaust": pd.Series([True, False, True]),
    "人口": np.array([5.0, 6.0, 7.0]),
}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", "111"),
        ("  ", "111"),
        ("residents = 1", "100"),
        ("residents == 1", "100"),
        ("residents != 1", "001"),  # a missing number satisfies no comparison
        ("not residents = 1", "011"),
        ("residents not in [1]", "001"),
        ("residents in [1, 3]", "101"),
        ("residents in []", "000"),
        ("residents not in []", "101"),
        ("residents > -1e0", "101"),
        ("1 < residents", "001"),
        ("residents < migrants", "001"),
        ("residents <= migrants", "101"),
        ("residents != migrants", "001"),
        ("province = '44'", "100"),
        ('province = "44"', "100"),
        ("'44' = province", "100"),
        ("province != '44'", "011"),  # a missing text is the empty text
        ("province = ''", "010"),
        ("province in ['44', '45']", "101"),
        ("province not in ['44']", "011"),
        ("exhaust = true", "101"),
        ("exhaust != TRUE", "010"),
        ("人口 >= 6", "011"),
        ("province = '44' or province = '45' and residents > 5", "100"),
        ("(province = '44' or province = '45') and residents > 2", "001"),
        ("not (province = '44' or residents = 3)", "010"),
        ("not not residents = 1", "100"),
        ("（residents≥1，)".replace("，", ""), "101"),
        ("province ≠ “44” and migrants ≤ 2", "010"),
        ("NOT residents = 1 AND migrants > 1", "011"),
    ],
)
def test_selects(text: str, selected: str) -> None:
    result = parse(text).evaluate(COLUMNS)
    assert result.dtype == bool
    assert result.tolist() == [mark == "1" for mark in selected]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("residents", 9),
        ("residents >", 11),
        ("residents = 1 residents", 14),
        ("(residents = 1", 14),
        ("residents = 1)", 13),
        ("residents in 3", 13),
        ("residents in [1 2]", 16),
        ("residents in [1, 'a']", 17),
        ("residents not 1", 14),
        ("residents > 1,000", 13),
        ("residents # 1", 10),
        ("province = '44", 11),
        ("1 = 1", 0),
        ("and", 0),
        ("__import__('os')", 10),
        ("residents.sum() > 1", 9),
        ("(" * 60 + "residents = 1" + ")" * 60, 50),
    ],
)
def test_refuses_while_parsing(text: str, position: int) -> None:
    with pytest.raises(WhereError) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.message.zh and caught.value.message.en


@pytest.mark.parametrize(
    ("text", "position", "remedy"),
    [
        ("resident = 1", 0, "Did you mean residents?"),
        ("residents = 1 or provinces = '44'", 17, "Did you mean province?"),
        ("province = 44", 9, "quotes"),
        ("residents = '1'", 10, "quotes"),
        ("residents in ['1']", 10, "quotes"),
        ("exhaust = 1", 8, "quotes"),
        ("province < '45'", 9, "for texts"),
        ("exhaust > false", 8, "for texts"),
    ],
)
def test_refuses_against_columns(text: str, position: int, remedy: str) -> None:
    with pytest.raises(WhereError) as caught:
        parse(text).evaluate(COLUMNS)
    assert caught.value.position == position
    assert remedy in caught.value.remedy.en


def test_names_and_compared_texts() -> None:
    expression = parse("size_class in ['mega', 'large_1'] and not (residents > 1 or 'x' = size_class) and a = b")
    assert expression.names == {"size_class", "residents", "a", "b"}
    assert set(expression.compared_texts("size_class")) == {"mega", "large_1", "x"}
    assert expression.compared_texts("residents") == ()


def test_a_tree_can_be_compared_and_hashed() -> None:
    assert parse("a = 1") == parse("a = 1")
    assert isinstance(hash(parse("a in [1, 2] and not b = 'x'")), int)


def test_no_rows() -> None:
    assert parse("a = 1").evaluate({"a": np.array([])}).tolist() == []
    assert parse("").evaluate({}).tolist() == []


@given(st.text(alphabet="ab '\"()[]=!<>,.0123456789 notandriu≥（\\\n{}“”", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = parse(text)
        assert isinstance(expression, Expression)
        expression.evaluate({"a": np.array([1.0]), "b": pd.Series(["x"], dtype="str")})
    except WhereError as error:
        assert 0 <= error.position <= len(text)


NUMBERS = st.floats(-3, 3) | st.just(float("nan"))


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8), st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
)
def test_agrees_with_plain_comparison(rows: list[tuple[float, float]], sign: str) -> None:
    compare = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
        "=": lambda a, b: a == b,
        "!=": lambda a, b: a == a and b == b and a != b,
    }[sign]
    left, right = (np.array(side) for side in zip(*rows, strict=True))
    found = parse(f"left {sign} right").evaluate({"left": left, "right": right})
    assert found.tolist() == [bool(compare(a, b)) for a, b in rows]


def test_a_title_is_told_the_column_that_it_means() -> None:
    """And of a name that is like none, the first columns stand with their titles."""
    columns = {"city": np.array(["1"], dtype=object), "name": np.array(["a"], dtype=object)}
    for text, remedy in (("城市名称 = 'a'", "写作 name。"), ("城市名 = 'a'", "是否为 城市名称（name）？"),
                         ("quux = 'a'", "可用：城市代码（city）、城市名称（name） 等 2 个。")):  # fmt: skip
        with pytest.raises(WhereError) as caught:
            parse(text).evaluate(columns)
        assert caught.value.remedy.zh == remedy


def test_lists_without_what_is_not_there() -> None:
    known = {"name": ["甲市", "乙市"]}
    assert parse("name in ['甲市', '丙'] and city = '9'").unlisted(known) == {"name": ["丙"]}
    assert parse("name in ['甲市', '丙'] and city = '9'").narrowed(known) == "name in ['甲市'] and city = '9'"
    assert parse("name not in ['甲市']").narrowed(known) == "name not in ['甲市']"


CITIES = (*TABLES["cities"].names, "age_3_5", "size_class", "debt_tier", "own")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("常住人口 > 1000000", "residents > 1000000"),
        ("常住人口>1e6 and 城市规模等级 in ['large_1']", "residents>1e6 and size_class in ['large_1']"),
        ("not (General public  revenue <= 5)", "not (revenue <= 5)"),
        ("3-5岁常住人口 > 2 or residents aged 3 to 5 < 7", "age_3_5 > 2 or age_3_5 < 7"),
        ("name = '常住人口' or name = “常住人口”", "name = '常住人口' or name = “常住人口”"),
        ("residents > 1 and own = '常住人口'", "residents > 1 and own = '常住人口'"),
        ("常住人口数 > 1", "常住人口数 > 1"),
        ("", ""),
    ],
)
def test_titles_stand_for_names(text: str, named: str) -> None:
    assert in_names(text, CITIES) == named


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("size_class in ['large_1','small_2'] and residents >= 1e6",
         "城市规模等级 属于 ['Ⅰ型大城市','Ⅱ型小城市'] 且 常住人口 >= 1e6"),
        ('region = "northeast" or not (standard_gap > 0)', '地区 = "东北" 或 非 (标准收支缺口 > 0)'),
        ("bond_room > 0 and debt_tier != 'red'", "可新增债务 > 0 且 债务风险等级 != '红'"),
        ("region not in ['east'] and residents > 1", "地区 不属于 ['东部'] 且 常住人口 > 1"),
        ("region not  in ['east']", "region not  in ['east']"),  # the blanks would be lost
        ("name = '深圳市'", "城市名称 = '深圳市'"),
        ("own > 1 and debt_tier = 'hot'", "own > 1 且 债务风险等级 = 'hot'"),
        # Another column has the name that is a title, or a city the text that is one: nothing else may be meant.
        ("taken > 0 and 常住人口 > 1", "taken > 0 且 常住人口 > 1"),
        ("region = 'west'", "region = 'west'"),
        ("region in ['west', 'east']", "region in ['west', 'east']"),
        ("(residents", "(residents"),
        ("", ""),
    ],
)  # fmt: skip
def test_conditions_are_shown_by_titles_that_lead_back(text: str, shown: str) -> None:
    cities = dict.fromkeys((*CITIES, "standard_gap", "region", "taken"), ())
    if "'west'" in text:
        cities |= {"region": ["西部", "west"]}
    if "taken" in text:
        cities |= {"常住人口": ()}
    assert as_shown(text, cities) == shown
    assert as_kept(shown, cities) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("residents ＞ 1 且 region ＝ 'west'", "residents > 1 and region = 'west'"),
        ("residents ＞＝ 1 或者（name ！＝ 'a'）", "residents >= 1 or (name != 'a')"),
        ("residents ＜ 1 或 residents ＝＝ 2 并且 name = 'a'", "residents < 1 or residents == 2 and name = 'a'"),
        ("非（name 属于 ['a']）", "not (name in ['a'])"),
        (
            "name 不属于 ['a'] 且 非 residents ＞ 2 且 open = 是",
            "name not in ['a'] and not residents > 2 and open = true",
        ),
        ("open != 否", "open != false"),
    ],
)
def test_signs_and_words_as_offices_write_them(text: str, same: str) -> None:
    cities = pd.DataFrame({"residents": [0.0, 1.0, 2.0], "region": ["west"] * 3, "name": ["a", "b", "a"],
                           "open": [True, True, False]})  # fmt: skip
    found, meant = (parse(each).evaluate(Columns.beside(cities, {})) for each in (text, same))
    assert found.tolist() == meant.tolist()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("residents > 100万", "数写完整，不带万、亿和单位，如 1000000。"),
        ("name = 'a", "引号 ' 没有成对。"),
        ('name = "a', '引号 " 没有成对。'),
        ("residents # 1", "看不懂 '#'。"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_kind(text: str, told: str) -> None:
    with pytest.raises(WhereError) as caught:
        parse(text)
    assert caught.value.message.zh == told


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("城市规模等级 = 'I型大城市'", "size_class = 'large_1'"),
        ("城市规模等级 in [ “超大城市”,'very large' ]", "size_class in [ “megacity”,'very_large' ]"),
        ("地区 = '西部（west）'", "region = 'west'"),
        ("地区 in ['西部', 'west']", "region in ['west']"),
        ("地区 = '西'", "region = '西'"),
    ],
)
def test_titles_of_values_are_read(text: str, kept: str) -> None:
    assert as_kept(text, dict.fromkeys((*CITIES, "region"), ())) == kept


def test_every_title_leads_to_its_column() -> None:
    for name, title in titles_of(CITIES).items():
        assert [in_names(f"{words} = 1", CITIES) for words in title] == [f"{name} = 1"] * 2


def test_a_title_of_several_columns_is_told_them(tmp_path: Path) -> None:
    """Amounts are by city and pool, and both have an English name."""
    with pytest.raises(InputError) as caught:
        apply(read(write_tiny(tmp_path / "tiny")), [parse_edit("last_year.amount *= 2 where 英文名称 = 'Land'", 1)])
    (finding,) = caught.value.findings
    assert finding.remedy.zh == "有几列都叫“英文名称”，写作其中之一：name_en、title_en。"
    assert finding.remedy.en == "Several columns are called 英文名称; write one of name_en, title_en."


def test_conditions_of_an_instance_and_of_edits_are_kept_by_names(tmp_path: Path) -> None:
    """The instance and what is told of an edit are the same to the last byte as with names."""
    where = ("residents > 1000000", "常住人口 > 1000000", "Resident population > 1000000")
    folders = [
        write_tiny(tmp_path / f"tiny{place}",
                   limits=f"limit,title_zh,title_en,quantity,where,sense,value,basis\nl,一,one,allocation:land,{text},<=,9000,amount\n")
        for place, text in enumerate(where)
    ]  # fmt: skip
    assert len({read(folder).hash for folder in folders}) == 1
    assert {read(folder).tables["limits"].at[0, "where"] for folder in folders} == {where[0]}
    edits = [
        (f"last_year.amount *= 1.01 where {own} == 'land' and {text}", f'limits.l.where = "{text}"',
         f"add limits {{ limit = 'm', title_zh = 'm', quantity = 'settle', where = \"{text}\", sense = '<=', "
         "value = 9e6, basis = 'amount' }")
        for own, text in zip(("pool", "资源池代码", "Pool"), where, strict=True)
    ]  # fmt: skip
    made = [apply(read(folders[0]), [parse_edit(line, place) for place, line in enumerate(lines, start=1)])
            for lines in edits]  # fmt: skip
    assert made[0].records() == made[1].records() == made[2].records()
    assert len({each.instance.hash for each in made}) == 1
    with pytest.raises(InputError) as caught:
        apply(read(folders[0]), [parse_edit("last_year.amount *= 1.01 where 常驻人口 > 1", 1)])
    (finding,) = caught.value.findings
    assert (finding.message.zh, finding.remedy.zh) == ("没有名为 常驻人口 的列。", "是否为 常住人口（residents）？")
