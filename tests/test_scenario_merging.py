"""Cities merged into one: every column adds as it says, whatever names a city is re-pointed, the rest is refused."""

from __future__ import annotations

from math import fsum
from pathlib import Path
from typing import Any

import pytest

import alloc
from alloc.comparison import compare
from alloc.instance import InputError, Instance, read
from alloc.instance.findings import Finding
from alloc.instance.schema.tables import TABLES
from alloc.result.result import Result
from alloc.scenario import Edit, Edited, Origin, apply, load_scenario, parse_edit
from alloc.scenario.lines import line_of
from alloc.workbook.carried import script_text
from instances import write_tiny

# What only one of the two gives, said for the other; then they can be merged.
ALIKE = ("cities.settlement_quota = 30000 where city == '440500'", "cities.stock_base = 400 where city == '440500'")
MERGE = "merge 汕头 into 440300  # one city"
LINK = "add links {{ from = '{}', to = '{}', service = 'hospital', kind = 'use', limit = {}, fee = {}, open = true }}"
GUANGXI = "cities.province = '44' where city == '450900'"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(write_tiny(tmp_path_factory.mktemp("tiny")))


def edited(instance: Instance, *lines: str) -> Edited:
    return apply(instance, [parse_edit(line, number) for number, line in enumerate(lines, start=1)])


def merged(instance: Instance, *lines: str, merge: str = MERGE) -> Edited:
    """With lines of a lower level, which are applied first."""
    before = [Edit(**{**vars(parse_edit(line)), "origin": Origin("s.toml", at)}) for at, line in enumerate(lines, 1)]
    return apply(instance, [*before, Edit(**{**vars(parse_edit(merge)), "origin": Origin(level=1)})])


def refused(instance: Instance, *lines: str, merge: str = MERGE) -> list[Finding]:
    with pytest.raises(InputError) as caught:
        merged(instance, *lines, merge=merge)
    return [finding for finding in caught.value.findings if finding.severity == "error"]


def rows(instance: Instance, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return list(instance.tables[table][list(columns)].itertuples(index=False, name=None))


def test_every_column_of_a_table_by_city_says_how_it_adds() -> None:
    silent = [f"{table.name}.{column.name}" for table in TABLES.values() if table.by_city
              for column in table.columns if not column.key and column.merging is None]  # fmt: skip
    assert silent == []
    assert {table.name for table in TABLES.values() if any(column.references == "cities" for column in table.columns)
            and not table.by_city} == set()  # fmt: skip
    for table in TABLES.values():
        for column in table.columns:
            way = column.merging
            numbers = way is None or way.way not in ("sum", "mean") or column.numeric
            assert numbers, f"{table.name}.{column.name} is no number and cannot be added"
            named = () if way is None else (*way.weights, *({way.once} - {""}))
            assert set(named) <= set(table.names), f"{table.name}.{column.name} is weighted by what is not there"


def test_cells_of_the_merged_city(tiny: Instance) -> None:
    found = edited(tiny, *ALIKE, MERGE)
    cities = found.instance.tables["cities"].set_index("city")
    assert list(cities.index) == ["440300", "450900"]
    one = cities.loc["440300"]
    assert (one["name"], one["residents"], one["size_population"]) == ("深圳市", 14_500_000, 11_300_000)
    assert one["age_6_11"] == 1_020_000  # a further column that is a cohort
    assert (one["settlement_quota"], one["stock_base"], one["boundary_left"]) == (180_000, 1_300, 3_500)
    # 6,000,000 migrants at 0.10 and 800,000 at the 0.16 of the policy; by built-up land; by land that is asked for.
    assert one["willingness"] == pytest.approx((600_000 + 128_000) / 6_800_000, rel=1e-15)
    assert one["farmland_share"] == pytest.approx((0.2 * 95_000 + 0.3 * 36_000) / 131_000, rel=1e-15)
    assert one["productivity"] == pytest.approx((300 * 1_200 + 60 * 700) / 1_900, rel=1e-15)
    assert rows(found.instance, "capacity", "city", "service", "capacity") == [
        ("440300", "hospital", 83_000), ("440300", "primary", 935_000),
        ("450900", "hospital", 33_000), ("450900", "primary", 540_000),
    ]  # fmt: skip
    assert rows(found.instance, "last_year", "city", "pool", "amount")[:2] == [
        ("440300", "equalisation", 960_000), ("440300", "land", 1_500)
    ]  # fmt: skip
    (edit,) = (record for record in found.records() if record["verb"] == "merge")
    assert (edit["target"], edit["value"], edit["why"]) == ("440500", "440300", "one city")


def test_every_sum_stays_to_the_last_digit(tiny: Instance) -> None:
    before = edited(tiny, *ALIKE).instance
    after = edited(before, MERGE).instance
    summed = [(table.name, column) for table in TABLES.values() if table.by_city for column in table.columns
              if column.merging is not None and column.merging.way == "sum"]  # fmt: skip
    checked = 0
    for name, column in summed:
        old, new = (fsum(each.tables[name][column.name].dropna()) for each in (before, after))
        assert old == new, f"{name}.{column.name}"
        checked += old != 0
    assert checked > 20


def test_several_cities_in_one_edit_or_in_several(tiny: Instance) -> None:
    ready = edited(tiny, GUANGXI, *ALIKE, "cities.settlement_quota = 9000 where city == '450900'",
                   "cities.stock_base = 90 where city == '450900'").instance  # fmt: skip
    one = edited(ready, "merge 450900、汕头市 into 深圳").instance
    assert edited(ready, "merge 440500, 450900 into 440300").instance.hash == one.hash
    several = edited(ready, "merge 450900 into 440300", "merge 440500 into 440300")
    assert several.instance.tables["cities"]["residents"].tolist() == [20_300_000]
    other_way = edited(ready, "merge 440500 into 440300", "merge 450900 into 440300")
    assert several.instance.hash == other_way.instance.hash


def test_rows_that_name_cities_are_added_or_re_pointed(tiny: Instance) -> None:
    found = merged(
        tiny, *ALIKE,
        "add overrides { city = '440300', pool = 'land', amount = 500, reason = 'metro' }",
        "add overrides { city = '440500', pool = 'land', amount = 300, reason = 'port' }",
        "add earmarks { city = '440500', pool = 'land', amount = 20, reason = 'harbour' }",
        LINK.format("440300", "440500", 10, 3), LINK.format("440500", "450900", 30, 2),
        LINK.format("440300", "450900", 10, 6),
        "add cell_sources { table = 'cities', column = 'residents', item = '', city = '440500', status = 'assumed' }",
    )  # fmt: skip
    instance = found.instance
    assert rows(instance, "overrides", "city", "amount", "reason") == [("440300", 800, "metro; port")]
    assert rows(instance, "earmarks", "city", "amount", "reason")[0] == ("440300", 20, "harbour")
    # 30 at a fee of 2 and 10 at a fee of 6: 40 at 3; the link between the two is gone, and said to be.
    assert rows(instance, "links", "from", "to", "limit", "fee") == [("440300", "450900", 40, 3)]
    assert "merge_drops" in [finding.code for finding in found.findings]
    assert rows(instance, "cell_sources", "city", "column", "status") == [("440300", "residents", "assumed")]


def test_a_merged_cell_is_no_surer_than_its_parts(tiny: Instance) -> None:
    """The one city has a status of its own, the other that of the column: the sum is as sure as the weaker."""
    own = "add cell_sources { table = 'cities', column = 'idle', item = '', city = '440300', status = 'published' }"
    column = "add sources { table = 'cities', column = 'idle', status = 'assumed' }"
    assert rows(merged(tiny, *ALIKE, own, column).instance, "cell_sources", "city", "status") == [
        ("440300", "assumed")
    ]  # fmt: skip
    assert rows(merged(tiny, *ALIKE, own).instance, "cell_sources", "city", "status") == [("440300", "published")]


@pytest.mark.parametrize(
    ("where", "new"),
    [
        ("city in ['440300', '440500', '450900']", "city in ['440300', '450900']"),
        ("name = '汕头市' or name = '深圳市'", None),
        ("residents > 1 and name != '玉林市'", "residents > 1 and name != '玉林市'"),
        ("name in ['汕头市', '深圳市'] and size_class = 'megacity'",
         "name in ['深圳市'] and size_class = 'megacity'"),
        ("city == '440500'", None),
        ("name not in ['深圳市']", None),
    ],
)  # fmt: skip
def test_conditions_name_the_city_that_stays(tiny: Instance, where: str, new: str | None) -> None:
    line = f'limits.guangdong_settle.where = "{where}"'
    if new is None:
        (finding,) = refused(tiny, *ALIKE, line)
        assert (finding.code, finding.column) == ("merge_in_condition", "limits.where")
        assert "440300" in finding.message.en and "440500" in finding.message.zh
    else:
        limits = merged(tiny, *ALIKE, line).instance.tables["limits"].set_index("limit")
        assert limits.loc["guangdong_settle", "where"] == new


@pytest.mark.parametrize(
    ("lines", "merge", "code", "said"),
    [
        ((), MERGE, "merge_blank", "cities.440500.settlement_quota"),
        (ALIKE, "merge 450900 into 440300", "merge_across_levels", "province"),
        (ALIKE, "merge 440300 into 440300", "merges_itself", "into itself"),
        (ALIKE, "merge 440500, 440500 into 440300", "merges_itself", "named twice"),
        (ALIKE, "merge 汕尾 into 440300", "unknown_record", "汕尾"),
        (ALIKE, "merge 440500 into 440300 where residents > 1", "where_out_of_place", "without where"),
        ((*ALIKE, "add overrides { city = '440500', pool = 'land', amount = 300 }"), MERGE, "merge_of_some",
         "overrides has no row 440300, land"),
        ((*ALIKE, GUANGXI, "cities.size_population = 8700000 where city == '450900'",
          "cities.purse = '450900' where city == '440500'",
          "cities.size_population = 8700000 where city == '440500'"), MERGE, "merge_of_purses", "one purse"),
        ((*ALIKE, "cities.zone = 'core' where city == '440500'", "cities.zone = 'outer' where city == '440300'"), MERGE,
         "merge_differs", "outer, core"),
        ((*ALIKE, LINK.format("440500", "450900", 0, 2), LINK.format("440300", "450900", 0, 6)), MERGE,
         "merge_no_weight", "limit"),
        ((*ALIKE, "add performance { city = '440500', pool = 'land', factor = 1.1 }",
          "add performance { city = '440300', pool = 'land', factor = 1.2 }"), MERGE, "merge_differs", "1.2, 1.1"),
        ((*ALIKE, "add schemes { scheme = 's', title_zh = '甲', title_en = 'one' }",
          "add scheme_factors { scheme = 's', pool = 'land', factor = 'residents', weight = 1 }",
          "add scheme_weights { scheme = 's', column = 'name', value = '汕头市', multiplier = 2 }"), MERGE,
         "merge_in_value", "scheme_weights.value"),
    ],
)  # fmt: skip
def test_what_cannot_be_merged_is_refused(
    tiny: Instance, lines: tuple[str, ...], merge: str, code: str, said: str
) -> None:
    found = refused(tiny, *lines, merge=merge)
    assert code in [finding.code for finding in found], [finding.line("en") for finding in found]
    finding = next(finding for finding in found if finding.code == code)
    assert said in finding.message.en + finding.remedy.en
    assert finding.file == "--edit" and finding.message.zh and finding.remedy.zh


def test_cities_of_two_provinces_are_told_by_name(tiny: Instance) -> None:
    (finding,) = [each for each in refused(tiny, *ALIKE, merge="merge 450900 into 440300")
                  if each.code == "merge_across_levels"]  # fmt: skip
    assert finding.message == (
        "各城市的“省级代码”不同：深圳市（440300）属广东省（44）、玉林市（450900）属广西壮族自治区（45）。",
        "The cities are not of one “Province code”: 深圳市 (440300) in 广东省 (44), 玉林市 (450900) in 广西壮族自治区 "
        "(45).",
    )


def test_units_of_one_purse_become_one(tiny: Instance) -> None:
    """Of a divided city: its size stands once, and who named the unit that goes names the one that stays."""
    same = "cities.size_population = 8700000"
    found = merged(tiny, *ALIKE, GUANGXI, same, "cities.purse = '440500' where city in ['440300', '450900']")
    cities = found.instance.tables["cities"].set_index("city")
    assert cities["size_population"].tolist() == [8_700_000, 8_700_000]
    assert cities["purse"].tolist() == ["", "440300"]


def test_further_columns_that_no_rule_adds_up_stay_and_are_named(tiny: Instance, tmp_path: Path) -> None:
    home = write_tiny(tmp_path, cities=lambda text: "\n".join(
        line + (",gdp,growth" if not at else f",{at}0,0.{at}") for at, line in enumerate(text.splitlines())
    ) + "\n")  # fmt: skip
    found = merged(read(home), *ALIKE)
    assert found.instance.tables["cities"]["growth"].tolist() == [0.1, 0.3]
    assert found.instance.tables["cities"]["gdp"].tolist() == [30, 30]  # money is a total
    (warning,) = (finding for finding in found.findings if finding.code == "merge_keeps")
    assert warning.message == (
        "没有规则说明 常住人口增长率 怎样合并，保留 深圳市 的数。",
        "No rule says how Growth of residents go together: what 深圳市 (440300) has stays.",
    )
    assert warning.remedy == (
        "总量应写各市之和，比率应写加权平均：城市.深圳市.常住人口增长率 = …。",
        "A total is to be their sum, a rate their weighted mean: Cities.440300.Growth of residents = ….",
    )
    for remedy, end, between in ((warning.remedy.zh, "。", "："), (warning.remedy.en, ".", ": ")):
        written = remedy.removesuffix(end).rpartition(between)[2].replace("…", "0.2")
        (cell,) = apply(found.instance, [parse_edit(written)]).cells  # what is advised can be pasted
        assert (cell.target, cell.new) == ("cities.440300.growth", 0.2)


def test_further_totals_are_added_up_unless_they_are_typed(tmp_path: Path) -> None:
    """By the unit that a column has or its name says; 20,000 × 10⁴ yuan a head add up as little as a rate."""
    heads = ",gdp,产值（亿元）,产值（万元/人）,索引"
    home = write_tiny(tmp_path, cities=lambda text: "\n".join(
        line + (heads if not at else f",{at}0,{at},{at},{at}") for at, line in enumerate(text.splitlines())
    ) + "\n")  # fmt: skip
    found = merged(read(home), *ALIKE)
    cities = found.instance.tables["cities"].set_index("city").loc["440300"]
    assert cities[["gdp", "产值（亿元）", "产值（万元/人）", "索引"]].tolist() == [30, 3, 1, 1]
    (warning,) = (finding for finding in found.findings if finding.code == "merge_keeps")
    assert warning.message.zh == "没有规则说明 产值（万元/人）、索引 怎样合并，保留 深圳市 的数。"
    lines = (*ALIKE, "cities.440300.gdp = 35", "cities.440300.索引 = 7", MERGE)
    typed = apply(read(home), [parse_edit(line, place) for place, line in enumerate(lines, 1)])
    assert typed.instance.tables["cities"].set_index("city").loc["440300", ["gdp", "索引"]].tolist() == [35, 7]
    (warning,) = (finding for finding in typed.findings if finding.code == "merge_keeps")
    assert warning.message.zh == "没有规则说明 产值（万元/人） 怎样合并，保留 深圳市 的数。"


def test_a_number_that_one_city_lacks_is_given_or_dropped_by_one_line(tiny: Instance) -> None:
    """As the lines of the message are written, each of both does."""
    quota, base = refused(tiny)
    assert quota.told("zh") == (
        "第 1 条修改，城市.落户指标（深圳市 440300）：“落户指标”有的城市填写、有的空缺。"
        "先加一条修改 城市.汕头市.落户指标 = …，或者 drop 城市.深圳市.落户指标；同一情景中合并在其他修改之后。"
    )
    assert base.remedy.en == (
        "Edit first, cities.440500.stock_base = …, or drop cities.440300.stock_base: in a scenario cities are merged "
        "after its other edits."
    )
    for language, first, between, end in ((0, "先加一条修改 ", "，或者 ", "；"), (1, "Edit first, ", ", or ", ":")):
        both = [each.remedy[language].partition(first)[2].partition(end)[0].split(between) for each in (quota, base)]
        for lines in ([given.replace("…", "9") for given, _ in both], [dropped for _, dropped in both]):
            merged(tiny, *lines)


def test_messages_name_cities_in_the_language_of_the_reader(tmp_path: Path) -> None:
    """In English by the English name; where a city has none by its Chinese one, with its code."""
    named = read(write_tiny(tmp_path, cities=lambda text: "\n".join(
        line + (",name_en,growth" if not at else f",{('Shenzhen', 'Shantou', '')[at - 1]},0.{at}")
        for at, line in enumerate(text.splitlines())
    ) + "\n"))  # fmt: skip
    (kept,) = (each for each in merged(named, *ALIKE).findings if each.code == "merge_keeps")
    assert kept.message.en == "No rule says how Growth of residents go together: what Shenzhen has stays."
    assert kept.remedy.en.endswith(": Cities.Shenzhen.Growth of residents = ….")
    (near,) = refused(named, merge="merge 汕头市区 into 440300")
    assert (near.remedy.zh, near.remedy.en) == ("是否为 汕头市（440500）？", "Did you mean Shantou (440500)?")
    (near,) = refused(named, merge="merge 玉林市区 into 440300")
    assert near.remedy.en == "Did you mean 玉林市 (450900)?"
    (parted,) = refused(named, *ALIKE, "limits.guangdong_settle.where = \"name == '汕头市'\"")
    assert parted.message.en.endswith(" takes Shantou (440500) and not Shenzhen (440300).")
    same = "cities.size_population = 8700000"
    found = refused(named, *ALIKE, GUANGXI, same, "cities.purse = '450900' where city == '440500'")
    assert [each.message for each in found if each.code == "merge_of_purses"] == [(
        "各城市不是同一本预算：深圳市（440300）属 440300、汕头市（440500）属 450900。",
        "The cities do not have one purse: Shenzhen (440300) that of 440300, Shantou (440500) that of 450900.",
    )]  # fmt: skip


def test_a_merger_is_written_and_read_as_any_edit(tiny: Instance, tmp_path: Path) -> None:
    edit = parse_edit("merge 汕头, 450900 into 深圳市 # why not")
    assert (edit.verb, edit.target, edit.value, edit.why) == ("merge", "汕头, 450900", "深圳市", "why not")
    assert parse_edit(line_of(edit)) == Edit("merge", "汕头, 450900", "深圳市")
    path = tmp_path / "one.toml"
    path.write_text(script_text(alloc.text.Text("一", "one"), "", [edit]), encoding="utf-8")
    (again,) = load_scenario(tmp_path, str(path)).edits
    assert (again.verb, again.target, again.value, again.why) == ("merge", "汕头, 450900", "深圳市", "why not")
    for line in ("merge 440500", "merge 440500 into", "merge into 440300"):
        with pytest.raises(InputError):
            parse_edit(line)
    gone = apply(tiny, [parse_edit("optional merge 汕尾 into 440300")])
    assert gone.instance is tiny and [finding.severity for finding in gone.findings] == ["warning"]


@pytest.fixture(scope="module")
def pair(tiny: Instance) -> tuple[Result, Result]:
    # As one very large city the two would have more of the land than the limit on these cities leaves.
    ready = edited(tiny, *ALIKE, "drop limits.large_share").instance
    one, two = alloc.solve(ready, relaxation=True), alloc.solve(ready, edits=[MERGE], relaxation=True)
    assert one.verified and two.verified
    return one, two


@pytest.mark.parametrize("swapped", [False, True])
def test_a_comparison_adds_up_what_is_merged(pair: tuple[Result, Result], swapped: bool) -> None:
    base, other = reversed(pair) if swapped else pair
    divided = pair[0]
    side = "other" if swapped else "base"
    tables = compare([base, other]).tables
    gone = tables["unmatched"]
    assert gone[gone["kind"] == "city"][["code", "present_in", "reason"]].to_numpy().tolist() == [
        ["440500", "B" if swapped else "A", "merged"]
    ]  # fmt: skip
    of_both = divided.tables["allocation"].query("city in ['440300', '440500']").groupby("pool")["published"].sum()
    given = tables["allocation"].query("city == '440300'").set_index("pool")[side]
    assert given.to_dict() == pytest.approx(of_both.to_dict())
    assert "440500" not in set(tables["allocation"]["city"])
    people = divided.tables["people"].set_index("city")
    measures = tables["measures"].query("city == '440300'").set_index("measure")[side]
    assert measures["settle"] == pytest.approx(people.loc[["440300", "440500"], "settle"].sum())
    score = (9_000_000 * people.loc["440300", "score"] + 5_500_000 * people.loc["440500", "score"]) / 14_500_000
    assert measures["score"] == pytest.approx(score)
    debt = tables["debt"].query("city == '440300'").iloc[0]
    assert debt[f"ratio_{side}"] != debt[f"ratio_{side}"] and debt[f"tier_{side}"] == ""
    pools = tables["pools"]
    total = pools["gains"] + pools["losses"] + pools["rounding"] + pools["only_other"] - pools["only_base"]
    assert total.tolist() == pytest.approx(pools["change"].tolist(), abs=1e-6)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_comparison_says_what_is_merged(pair: tuple[Result, Result], language: str) -> None:
    text = " ".join(alloc.show(compare(pair), language).split())
    assert ("已并入其他城市：汕头市" if language == "zh" else "merged into others, 1: ") in text
