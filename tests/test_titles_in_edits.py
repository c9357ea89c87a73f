"""Edits written with titles: kept are machine names; what has no title near it is told a few, never all."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from alloc.instance import InputError, Instance, locate, read
from alloc.instance.findings import Finding
from alloc.instance.where.conditions import WhereError, parse
from alloc.scenario import apply, parse_edit
from alloc.scenario.files import scripts
from alloc.scenario.lines import read_lines
from alloc.scenario.state import taken_apart
from alloc.scenario.titles.reading import with_names
from alloc.scenario.titles.writing import lines_shown, titled_line
from alloc.text import Text
from instances import write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(write_tiny(tmp_path_factory.mktemp("tiny")))


def refused(instance: Instance, line: str) -> Finding:
    with pytest.raises(InputError) as caught:
        apply(instance, [parse_edit(line)])
    return caught.value.findings[0]


@pytest.mark.parametrize(
    ("titled", "named"),
    [
        ("policy.债务率上限 = 1.0", "policy.debt.ceiling = 1.0"),
        ("债务政策.债务率上限 = 1.0", "policy.debt.ceiling = 1.0"),
        ("Ceiling of the debt ratio = 1.0", None),  # blanks only in a target of several parts
        ("Policy.Ceiling of the debt ratio = 1.0", "policy.debt.ceiling = 1.0"),
        ("债务率上限 = 1.0", "policy.debt.ceiling = 1.0"),
        ("规划年度 += 1", "year += 1"),
        ("下达阶段 = '正式下达'", "stage = 'formal'"),
        ("常住人口 *= 1.1 where 城市名称 == '深圳'", "cities.residents *= 1.1 where name == '深圳市'"),
        ("总量 *= 0.9", "pools.total *= 0.9"),
        ("资源池.新增建设用地.总量 *= 0.9", "pools.land.total *= 0.9"),
        ("Pools.New construction land.Total *= 0.9", "pools.land.total *= 0.9"),
        ("资源池.总量 *= 0.9 where 类别 == '用地'", "pools.total *= 0.9 where kind == 'land'"),
        ("目标层次.公平：最薄弱人口的得分.允许让步 = 0.002", "objective.fairness.tolerance = 0.002"),
        ("objective.National minimum.tolerance = 0.002", "objective.minimum.tolerance = 0.002"),
        ("drop objective.公平：最薄弱人口的得分", "drop objective.fairness"),
        ("城市.深圳.上年落户人数 *= 1.1", "cities.440300.settled_last *= 1.1"),
        ("limits.value *= 0.9 where 计算基础 == '比例'", "limits.value *= 0.9 where basis == 'share'"),
        ("cities.idle *= 2 where name in ['深圳', '汕头']", "cities.idle *= 2 where name in ['深圳市', '汕头市']"),
        ("cities.idle *= 2 where not name == '深圳'", "cities.idle *= 2 where not name == '深圳市'"),
        ("limits.large_share.城市范围 = \"城市名称 == '深圳'\"", "limits.large_share.where = \"name == '深圳市'\""),
        (
            "add 分组限制 { 限制代码 = '两市', 限制对象 = '分配：新增建设用地', "
            "城市范围 = \"城市名称 in ['深圳', '汕头']\", "
            "方向 = '<=', 限值 = 0.9, 计算基础 = '比例' }",
            "add limits { limit = '两市', quantity = 'allocation:land', where = \"name in ['深圳市', '汕头市']\", "
            "sense = '<=', value = 0.9, basis = 'share' }",
        ),
        ("limits.large_share.方向 = '≥'", "limits.large_share.sense = '>='"),
        ("limits.large_share.sense = '＞＝'", "limits.large_share.sense = '>='"),
        ("limits.large_share.计算基础 = '绝对数'", "limits.large_share.basis = 'amount'"),
        *(
            (f"add limits {{ limit = 'l', quantity = '{quantity}', sense = '<=', value = 1e7, basis = 'amount' }}",
             f"add limits {{ limit = 'l', quantity = '{name}', sense = '<=', value = 1e7, basis = 'amount' }}")
            for quantity, name in (
                ("pools:均衡性转移支付+新增专项债券", "pools:equalisation+special_bond"),
                ("合计：均衡性转移支付＋special_bond", "pools:equalisation+special_bond"),
                ("pools:Equalisation transfer + new special bonds", "pools:equalisation+special_bond"),
                ("sum:equalisation+新增专项债券", "pools:equalisation+special_bond"),
                ("allocation:新增建设用地", "allocation:land"),
                ("allocation: New construction land", "allocation:land"),
                ("分配：land", "allocation:land"), ("added capacity: Hospital", "added:hospital"),
                ("land_use:产业", "land_use:production"), ("all transfers", "transfers"), ("各类债券", "bonds"),
            )
        ),
    ],
)  # fmt: skip
def test_titles_are_the_names_that_they_stand_for(tiny: Instance, titled: str, named: str | None) -> None:
    """The same cells are made, the record has names, and conditions are kept with values."""
    if named is None:
        with pytest.raises(InputError):
            parse_edit(titled)
        return
    by_title, by_name = (apply(tiny, [parse_edit(line)]) for line in (titled, named))
    assert by_title.cells == by_name.cells and by_name.cells
    (one,), (other,) = by_title.edits, by_name.edits
    assert (one.target, one.where) == (other.target, other.where)
    assert by_title.instance.hash == by_name.instance.hash


def test_a_condition_of_a_table_is_read_with_short_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In files and workbooks as in edits."""
    made = [
        read(write_tiny(tmp_path_factory.mktemp("limits"), limits=lambda text, new=new: text.replace(
            "size_class in ['megacity', 'very_large']", new)))
        for new in ("城市名称 in ['深圳', '汕头']", "name in ['深圳市', '汕头市']")
    ]  # fmt: skip
    assert made[0].tables["limits"]["where"].tolist() == made[1].tables["limits"]["where"].tolist()
    assert made[0].hash == made[1].hash


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        ("policy.债务率上线 = 1.0", "是否为 债务率上限（policy.debt.ceiling）？",
         "Did you mean policy.debt.ceiling (Ceiling of the debt ratio)?"),
        ("常住人囗 *= 1.1", "是否为 常住人口（cities.residents）？",
         "Did you mean cities.residents (Resident population)?"),
        ("数额 *= 1.1",
         "写作其中之一：数额（last_year.amount）、数额（earmarks.amount）、数额（overrides.amount）、数额（issued.amount）。",
         "Write one of last_year.amount (Amount), earmarks.amount (Amount), overrides.amount (Amount), issued.amount "
         "(Amount)."),
        ("随便 = 1",
         "可用的表和小节有 27 个：政策参数（policy）、标题（title）、城市（cities）、公共服务（services）、"
         "现有能力（capacity）、"
         "资源池（pools）、分配因素（factors）、上年数额（last_year）、戴帽指标（earmarks）、人工调整（overrides）、已下达数（issued）、"
         "绩效系数（performance） 等；表、列、行和设置都可写名称。",
         "There are 27 tables and sections: policy (Policy), title (Title), cities (Cities), services (Services), "
         "capacity (Capacity), pools (Pools), factors (Factors), last_year (Last year), earmarks (Earmarks), overrides "
         "(Overrides), issued (Issued), performance (Performance), …; all may be written by their titles."),
        ("add limits { limit = 'a', 比较 = 'x' }",
         "可用：限制代码（limit）、中文名称（title_zh）、英文名称（title_en）、限制对象（quantity）、城市范围（where）、方向（sense）、"
         "限值（value）、计算基础（basis）、责任部门（owner）、文件依据（source）、中文文件依据（source_zh）、逐市限制（each）、"
         "……共 13 个。",
         "Would be right: one of limit (Limit), title_zh (Title in Chinese), title_en (Title in English), quantity "
         "(Quantity), where (Where), sense (Sense), value (Value), basis (Basis), owner (Owner), source (Source), "
         "source_zh (Source in Chinese), each (For each city), … 13 in all."),
        ("factors.land.migrants.权重 = 0.2", "是否为 因素权重（weight）？", "Did you mean weight (Weight)?"),
        ("cities.idle *= 2 where name in ['深圳', '苏州']",
         "“城市名称”中没有 苏州。苏州市（320500）不在这 3 个城市之中。",
         "There is no 苏州 in name. Suzhou (Jiangsu) (320500) is not among these 3 cities."),
        ("cities.idle *= 2 where name in ['深圳', '汕投']",
         "“城市名称”中没有 汕投。是否为 汕头市？",
         "There is no 汕投 in name. Did you mean 汕头市?"),
        ("cities.idle *= 2 where 深圳市",
         "例如：省份 == '广东省' 且 常住人口 >= 1000000，或 城市名称 属于 ['深圳市', '东莞市']。",
         "E.g. province == '440000' and residents >= 1000000, or name_en in ['Shenzhen', 'Dongguan']."),
    ],
)  # fmt: skip
def test_what_no_title_is_near_to(tiny: Instance, line: str, zh: str, en: str) -> None:
    """The near one with its title, or a few; the examples are conditions that can be read."""
    remedy = refused(tiny, line).remedy
    assert (remedy.zh, remedy.en) == (zh, en)


@pytest.mark.parametrize(
    ("pools", "message", "remedy"),
    [
        ("equalisation+教育", Text("没有资源池 教育。", "There is no pool 教育."),
         Text("可用：equalisation（均衡性转移支付）、land（新增建设用地）、special_bond（新增专项债券）。",
              "Would be right: one of equalisation (Equalisation transfer), land (New construction land), special_bond "
              "(New special bonds).")),
        ("均衡性转移支付+special bonds", Text("没有资源池 special bonds。", "There is no pool special bonds."),
         Text("是否为 special_bond（新增专项债券）？可用：equalisation（均衡性转移支付）、"
              "land（新增建设用地）、special_bond（新增专项债券）。",
              "Did you mean special_bond (New special bonds)? Would be right: equalisation (Equalisation transfer), "
              "land (New construction land), special_bond (New special bonds).")),
    ],
)  # fmt: skip
def test_what_is_no_pool_of_a_sum(tiny: Instance, pools: str, message: Text, remedy: Text) -> None:
    """Pools are told with their titles to who wrote a title."""
    line = f"add limits {{ limit = 'l', quantity = 'pools:{pools}', sense = '<=', value = 9, basis = 'amount' }}"
    finding = refused(tiny, line)
    assert (finding.message, finding.remedy) == (message, remedy)


def test_a_name_with_an_apostrophe_is_told_its_quotation_marks(tiny: Instance) -> None:
    finding = refused(tiny, "cities.idle *= 2 where name_en == 'Tai'an'")
    assert finding.message == (
        '撇号把文字断开了：含撇号的文字写在双引号内，如 name_en == "Tai\'an"。',
        "An apostrophe ends the text too early: put a text that has one between double quotes, as in "
        'name_en == "Tai\'an".',
    )


def test_a_row_that_cannot_be_read_is_said_without_backslashes() -> None:
    """And short."""
    with pytest.raises(InputError) as caught:
        parse_edit(
            "add limits { limit '甲', quantity = 'settle', where = \"region == 'west'\", sense = '>=', value = 0 }"
        )
    (finding,) = caught.value.findings
    assert finding.message.zh == "看不懂值：{ limit '甲', quantity = 'settle', where = \"region == 'west'… 。"
    assert (
        finding.message.en
        == "The value cannot be read: { limit '甲', quantity = 'settle', where = \"region == 'west'… ."
    )


def test_the_example_of_a_condition_is_one() -> None:
    """What is offered where a condition cannot be read can be."""
    with pytest.raises(WhereError) as caught:
        parse("深圳市")
    for example in caught.value.remedy.en.removeprefix("E.g. ").removesuffix(".").split(", or "):
        assert parse(example).names


@pytest.mark.parametrize(
    ("named", "titled"),
    [
        ("gap = 0.01", "相对差距 = 0.01"),
        ("policy.debt.ceiling = 1.0", "债务率上限 = 1.0"),
        ("stage = 'formal'", "下达阶段 = '正式下达'"),
        ("pools.land.total *= 0.9", "资源池.新增建设用地.总量 *= 0.9"),
        ("pools.land.follow = false", "资源池.新增建设用地.随总量调整 = 否"),
        ("pools.total *= 0.9 where kind in ['land', 'bond'] and not pool == 'land'",
         "资源池.总量 *= 0.9 其中 类别 属于 ['用地', '债券'] 且 非 资源池 == '新增建设用地'"),
        ("last_year.amount *= 1.01 where pool == 'land' and city == '440300'",
         "上年数额.数额 *= 1.01 其中 资源池 == '新增建设用地' 且 城市 == '深圳市'"),
        ("cities.440300.idle = 1", "城市.深圳市.闲置低效用地 = 1"),
        ("factors.land.migrants.weight = 0.2", "分配因素.新增建设用地.流入人口.因素权重 = 0.2"),
        ("objective.fairness.tolerance = 0.002", "目标层次.公平：最薄弱人口的得分.允许让步 = 0.002"),
        ("drop limits.large_share", "删除 分组限制.特大城市用地上限"),
        ("optional drop limits.nobody", "如有 删除 分组限制.nobody"),
        ("merge 440500 into 440300", "合并 汕头市 并入 深圳市"),
        ("add earmarks { city = '440300', pool = 'land', amount = 1, reason = 'x' }",
         "新增 戴帽指标 { 城市 = '深圳市', 资源池 = '新增建设用地', 数额 = 1, 依据 = 'x' }"),
        ("add limits { limit = 'l', quantity = 'pools:land+special_bond', where = \"size_class == 'medium'\", "
         "sense = '<=', value = 1.0, basis = 'amount', each = true }",
         "新增 分组限制 { 限制代码 = 'l', 限制对象 = '合计：新增建设用地+新增专项债券', "
         "城市范围 = \"城市规模等级 == '中等城市'\", 方向 = '不高于', 限值 = 1.0, 计算基础 = '数额', 逐市限制 = 是 }"),
        # What would not lead back stays as it is written: nothing of the name, or written with titles already.
        ("pools.lnd.total = 1", "资源池.lnd.总量 = 1"),
        ("pools.land.ttal = 1", "pools.land.ttal = 1"),
        ("cities.idle *= 2 where (residents", "城市.闲置低效用地 *= 2 其中 (residents"),
        ("总量 *= 0.9", "总量 *= 0.9"),
    ],
)  # fmt: skip
def test_an_edit_is_written_by_titles_from_which_it_is_read(tiny: Instance, named: str, titled: str) -> None:
    state = taken_apart(tiny)
    edit = parse_edit(named)
    assert titled_line(edit, state) == titled
    assert with_names(parse_edit(titled), state) == with_names(edit, state)


def test_of_two_rows_with_one_title_codes_are_written(tmp_path: Path) -> None:
    """A title is written where one row alone has it."""
    twice = read(write_tiny(tmp_path / "tiny", pools=lambda text: text.replace("新增专项债券", "新增建设用地")))
    assert titled_line(parse_edit("pools.land.total = 1"), taken_apart(twice)) == "资源池.land.总量 = 1"


@pytest.mark.parametrize("name", ["china-2020", "china-2020-zones"])
def test_edits_of_scenarios_that_ship_are_written_by_titles(name: str) -> None:
    """All of them, without a word of English but in texts, which may be codes that the edits bring themselves."""
    state = taken_apart(read(name))
    edits = [edit for script in scripts(locate(name))[0] for edit in script.edits]
    for edit in edits:
        line = titled_line(edit, state)
        assert with_names(parse_edit(line), state) == replace(edit, origin=parse_edit(line).origin, why="", why_zh="")
        assert not re.search("[A-Za-z]", re.sub(r"'[^']*'", "", re.sub('英文\\w+ = "[^"]*"', "", line))), line
    assert len(edits) > (40 if name == "china-2020" else 5)


def test_lines_are_shown_in_the_words_of_the_reader(tiny: Instance) -> None:
    """Also behind a `then`, and with a reason; a line that cannot be read stays."""
    lines = ["pools.land.total += 1  # a # b", "then drop limits.large_share", "no edit"]
    assert lines_shown(lines, tiny, "en") == tuple(lines)
    shown = lines_shown(lines, tiny, "zh")
    assert shown == ("资源池.新增建设用地.总量 += 1  # a # b", "然后 删除 分组限制.特大城市用地上限", "no edit")
    (first, second), findings = read_lines(shown[:2])
    assert (first.why, second.origin.level, findings) == ("a # b", 1, [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("城市.闲置低效用地 *= 2 其中 规模等级 属于 ['超大城市']",
         "第 1 条修改，条件 = 规模等级 属于 ['超大城市']：没有名为 规模等级 的列。是否为 城市规模等级（size_class）？"),
        ("资源池.总量 *= 2 其中 类别 属于 '债券'",
         "第 1 条修改，条件 = 类别 属于 '债券'：第 7 个字符处应为方括号列表，如 ['a', 'b']，现为\"'债券'\"。"
         "例如：省份 == '广东省' 且 常住人口 >= 1000000，或 城市名称 属于 ['深圳市', '东莞市']。"),
        ("公共服务.医.权重 *= 2",
         "第 1 条修改，公共服务.医.权重：“公共服务”表中没有 医。是否为 医院（hospital）？"),
        ("城市.深圳.落户指示 = 1",
         "第 1 条修改，城市.深圳.落户指示：“城市”表没有 落户指示 列。是否为 落户指标（settlement_quota）？"),
        ("新增建设 *= 2",
         "第 1 条修改，新增建设：没有这个名称的表、列或设置。"
         "这是“资源池”的一行，要写明列，如 资源池.新增建设用地.总量。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_as_it_was_typed(tiny: Instance, line: str, told: str) -> None:
    assert refused(tiny, line).told("zh") == told


def test_of_a_row_that_is_not_there_nothing_is_dropped_where_that_may_be(tiny: Instance) -> None:
    """An error, or where the line begins with `optional` a warning; the row is dropped where it is there."""
    assert refused(tiny, "删除 分组限制.没有").severity == "error"
    found = apply(tiny, [parse_edit("如有 删除 分组限制.没有")])
    assert [(each.severity, each.code) for each in found.findings] == [("warning", "unknown_record")]
    assert found.instance is tiny
    assert apply(tiny, [parse_edit("如有 删除 分组限制.特大城市用地上限")]).cells


def test_a_figure_with_a_sign_in_a_new_row_is_told_what_to_write() -> None:
    with pytest.raises(InputError) as caught:
        parse_edit("新增 分组限制 { 限制对象 = '分配：30%', 限值 = 30%, 计算基础 = '比例' }")
    assert caught.value.findings[0].remedy.zh == "写作 0.3，不带“%”，不加引号。"
