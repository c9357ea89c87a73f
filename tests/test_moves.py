"""Edits that start from a result: an amount moved between two cities, an addition to what a city has."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.instance import InputError
from alloc.report.document import report
from alloc.result.frames.idle import _listed as listed
from alloc.result.frames.idle import idle_limits
from alloc.result.frames.standing import limits_as_published
from alloc.scenario import parse_edit
from instances import write_tiny

GIVER, TAKER = "440300", "440500"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result of the tiny instance."""
    home = tmp_path_factory.mktemp("home")
    alloc.solve(write_tiny(home / "tiny"), relaxation=True, out=home / "result")
    return home / "result"


def land(result: alloc.Result) -> dict[str, float]:
    table = result.tables["allocation"]
    return dict(table[table["pool"] == "land"].set_index("city")["published"])


def test_an_amount_moves_and_the_rest_is_balanced_again(place: Path) -> None:
    """What one city has less 10, what the other has plus 10; the record says old, new and why, by codes and names."""
    before = alloc.load_result(place)
    had = land(before)
    for line in (f"move land 10 from {GIVER} to {TAKER}  # agreed", "move land 10 from 深圳 to 汕头市 # agreed",
                 "调剂 新增建设用地 10 从 深圳 到 汕头 # agreed"):  # fmt: skip
        result = alloc.solve(place, edits=line)
        has = land(result)
        assert result.verified
        assert (has[GIVER], has[TAKER]) == (had[GIVER] - 10, had[TAKER] + 10)
        assert sum(has.values()) == sum(had.values())
        overrides = result.instance.tables["overrides"].set_index("city")
        assert dict(overrides["amount"]) == {GIVER: had[GIVER] - 10, TAKER: had[TAKER] + 10}
        assert set(overrides["reason"]) == {"agreed"}
        assert {edit["why"] for edit in result.manifest["edits"]} == {"agreed"}
    told = alloc.show(before.compare(result), "en")
    said = " ".join(told.split())
    assert "Overrides of 深圳 and 汕头 alone differ; the rest was balanced again" in said
    assert "New land by use (Land balance" in said and "follow by these rules: " in said
    session = alloc.Session(place)
    has = land(session.edit(f"move land 10 from {GIVER} to {TAKER}"))
    assert (has[GIVER], has[TAKER]) == (had[GIVER] - 10, had[TAKER] + 10)
    session.edit(f"move land 10 from {TAKER} to {GIVER}  # taken back")  # from where it stands now
    again = land(session.edit(f"move land 10 from {GIVER} to {TAKER}  # agreed"))
    assert (again[GIVER], again[TAKER]) == (has[GIVER], has[TAKER])
    assert set(session.instance.tables["overrides"]["reason"]) == {"agreed"}


def test_an_addition_to_what_a_city_has(place: Path) -> None:
    """A row of overrides that is not there starts from the result; one that is there from itself."""
    had = land(alloc.load_result(place))
    for target in (f"overrides.{GIVER}.land.amount", "人工调整.深圳.新增建设用地.数额"):
        result = alloc.solve(place, edits=[f"{target} += 10  # agreed"])
        assert land(result)[GIVER] == had[GIVER] + 10
        assert list(result.instance.tables["overrides"]["reason"]) == ["agreed"]
    session = alloc.Session(place)
    session.edit(f"overrides.{GIVER}.land.amount = {had[GIVER] - 20}")
    assert land(session.edit(f"overrides.{GIVER}.land.amount += 5"))[GIVER] == had[GIVER] - 15
    with pytest.raises(InputError, match="no row"):  # of an instance that nothing is solved of
        alloc.solve(alloc.load_result(place).instance, edits=[f"overrides.{GIVER}.land.amount += 10"])


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (f"move lend 10 from {GIVER} to {TAKER}", "unknown_code", "There is no pool lend. Did you mean land?"),
        (f"move land 10 from {GIVER} to 九龙", "unknown_code", "There is no city 九龙."),
        (f"move land 10 from {GIVER} to {GIVER}", "nothing_moved", "This moves nothing."),
        (f"move land 0 from {GIVER} to {TAKER}", "nothing_moved", "This moves nothing."),
        (f"move land 10.005 from {GIVER} to {TAKER}", "no_multiple", "10.005 is no multiple of 0.01."),
        (f"move land 90_000 from {GIVER} to {TAKER}", "moves_too_much", "The city has "),
    ],
)
def test_what_cannot_be_moved(line: str, code: str, said: str, place: Path) -> None:
    with pytest.raises(InputError) as caught:
        alloc.solve(place, edits=["policy.debt.ceiling = 1.6", line])
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.row) == (code, "--edit", 2)
    assert finding.message.en.startswith(said)


def test_a_move_without_a_result(place: Path) -> None:
    with pytest.raises(InputError) as caught:
        parse_edit("move land 10 from 深圳 to 汕头")
    (finding,) = caught.value.findings
    assert finding.code == "edit_syntax" and "alloc solve RESULT" in finding.remedy.en
    with pytest.raises(InputError, match="cannot be read"):
        parse_edit("move land from 深圳 to 汕头")


def test_the_command(place: Path) -> None:
    words = ["solve", str(place), "--edit", f"move land 10 from {GIVER} to {TAKER}", "--quiet", "--relaxation"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    folder = place.with_name("result-edited")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [edit["target"] for edit in manifest["edits"]] == [
        f"overrides.{GIVER}.land.amount", f"overrides.{TAKER}.land.amount",
    ]  # fmt: skip
    assert alloc.load_result(folder).verified and alloc.load_result(place).verified


def again(result: alloc.Result, out: Path) -> alloc.Result:
    """What the command in the report gives, run as it is printed."""
    printed = dict(report(result, "en").facts)["command"]
    program, *words = shlex.split(printed.replace("\\", "/"))
    assert program == "alloc"
    ran = CliRunner().invoke(main, [*words, "--out", str(out), "--quiet", "--lang", "en"])
    assert ran.exit_code == 0, ran.output
    return alloc.load_result(out)


def test_the_printed_command_gives_the_same_result(place: Path, tmp_path: Path) -> None:
    """Of a workbook with an edit, in memory and read back, and of a move after it: hash and tables are the same."""
    book = tmp_path / "a plan.xlsx"
    alloc.convert(place.parent / "tiny", book)
    edited = alloc.solve(book, edits="pools.land.total += 20", relaxation=True, out=tmp_path / "edited")
    shown = dict(report(edited, "en").facts)["command"]
    assert shown == f'alloc solve "{book}" --edit "pools.land.total += 20" --relaxation'
    moved = alloc.solve(
        tmp_path / "edited", edits=f"move land 10 from {GIVER} to {TAKER}  # agreed", out=tmp_path / "moved"
    )
    stored = alloc.load_result(tmp_path / "moved")
    facts = dict(report(stored, "en").facts)
    assert facts["command"] == f"alloc solve {tmp_path / 'moved'}"
    before = facts["or from what was solved, before the edits"]
    assert before.startswith('alloc solve INSTANCE --edit "') and before.count("  # agreed") == 2
    once = dict(report(alloc.load_result(tmp_path / "edited"), "zh").facts)
    assert once["命令"] == f"alloc solve {tmp_path / 'edited'}"
    assert once["或从修改前的算例或结果，修改只用一次"] == 'alloc solve 算例 --edit "资源池.新增建设用地.总量 += 20"'
    for number, result in enumerate((edited, alloc.load_result(tmp_path / "edited"), moved, stored)):
        same = again(result, tmp_path / f"again {number}")
        assert same.instance.hash == result.instance.hash
        for name, table in result.tables.items():
            pd.testing.assert_frame_equal(same.tables[name], table)
    assert moved.instance.hash != edited.instance.hash != alloc.read(book).hash


LIMIT = ("add limits {{ limit = 'most', title_zh = '甲市上限', title_en = 'most', quantity = 'allocation:general', "
         "where = \"city == '000001'\", sense = '<=', value = {value}, basis = 'amount' }}")  # fmt: skip


def test_an_added_limit_that_binds_nowhere_is_told() -> None:
    """Both cities have nothing but the pool; the first gets 0 of it, so that 9,000 hold nobody and 0 do."""
    idle, held = (alloc.solve("hand", edits=LIMIT.format(value=value)) for value in (9000, 0))
    for show in (alloc.show, lambda result, language: alloc.show(alloc.solve("hand").compare(result), language)):
        assert "分组限制“甲市上限”不起作用：已经满足（实际 0，限值 9,000 万元）。" in show(idle, "zh")
        assert "The limit “most” does not bind: it is met anyway (0 against 9,000 × 10⁴ yuan)." in show(idle, "en")
        assert "不起作用" not in show(held, "zh")


def test_a_limit_for_each_city_that_binds_nowhere_names_the_nearest() -> None:
    """The city with the greater amount is nearer to an upper limit."""
    each = ("add limits { limit = 'each', title_zh = '每市', title_en = 'each', quantity = 'allocation:general', "
            "sense = '<=', value = 20000, basis = 'amount', each = true }")  # fmt: skip
    result = alloc.solve("hand", edits=each, relaxation=True)
    table = result.tables["allocation"].query("pool == 'general'")
    most = table.loc[table["published"].idxmax()]
    city = result.instance.tables["cities"].set_index("city").loc[most["city"]]
    left = f"{most['published']:,.0f}"
    zh = f"分组限制“每市”不起作用：每个城市都已经满足，离限值最近的是{city['name']}（实际 {left}，限值 20,000 万元）。"
    en = (
        f"The limit “each” does not bind: every city meets it anyway, and {city['name_en']} is nearest to it "
        f"({left} against 20,000 × 10⁴ yuan)."
    )
    for show in (alloc.show, lambda one, language: alloc.show(alloc.solve("hand").compare(one), language)):
        assert zh in show(result, "zh").replace("\n", "") and en in " ".join(show(result, "en").split())


def test_a_limit_for_each_city_that_rounding_breaks_names_the_cities() -> None:
    """Of 5.2 migrants of each city half would settle: two whole persons, where 2.5 are asked for."""
    persons = "cities.migrants_cross = 5.2"
    limit = ("add limits { limit = 'all', title_zh = '各市落户', title_en = 'each', quantity = 'settle', sense = '>=', "
             "value = 2.5, basis = 'amount', each = true }")  # fmt: skip
    missed = alloc.solve("hand", edits=(persons, limit))
    off = [row["limit"] for row in missed.tables["rounding"].to_dict("records") if row["limit"]]
    assert off == ["all/000001", "all/000002"]
    said = {language: idle_limits(missed, {"all"}, language) for language in ("zh", "en")}
    assert said["zh"] == ["分组限制“各市落户”取整后未能保持：甲市、乙市；其中甲市公布 2.0，限值 2.5 人。"]
    assert said["en"] == [
        "The limit “each” is missed by the published numbers, which rounding made, in First, Second; "
        "First: 2.0 against 2.5 persons."
    ]
    (one,) = idle_limits(alloc.solve("hand", edits=(f"{persons} where city == '000001'", limit.replace(
        "each = true", "each = true, where = \"city == '000001'\""))), {"all"}, "zh")  # fmt: skip
    assert one == "分组限制“各市落户，甲市”取整后未能保持：公布 2.0，限值 2.5 人。"
    assert (listed(["甲", "乙", "丙"], "zh"), listed(list("甲乙丙丁"), "zh")) == ("甲、乙、丙", "甲、乙、丙等 4 个城市")
    assert listed(["A", "B", "C", "D"], "en") == "A, B, C and others, 4 cities in all"


def test_a_limit_that_rounding_breaks_is_not_called_met() -> None:
    """Of 5.2 migrants half would settle, 2.6: two whole persons. A limit of 2.5 is kept before rounding, and missed by
    what is published; one of 2 is not, and leaves them no room: it is not said to hold nothing back. Half a unit of
    money is no multiple either, and "at least" half is one."""
    persons = ("cities.migrants_cross = 5.2 where city == '000001'",)
    asked = ("add limits {{ limit = 'all', title_zh = '全部落户', title_en = 'all', quantity = 'settle', sense = '>=', "
             "value = {value}, basis = 'amount' }}")  # fmt: skip
    missed, met = (alloc.solve("hand", edits=(*persons, asked.format(value=value))) for value in (2.5, 2))
    said = " ".join(alloc.show(missed, "zh").replace("\n", "").split())
    assert "分组限制“全部落户”取整后未能保持：公布 2.0，限值 2.5 人。" in said and "不起作用" not in said
    assert "取整后未能保持：分组限制：1；" in said
    assert "missed by the published numbers, which rounding made: 2.0 against 2.5 persons." in alloc.show(missed, "en")
    (row,) = limits_as_published(missed).to_dict("records")
    assert (row["left"], row["right"], row["slack"]) == (2, 2.5, -0.5)
    told = " ".join(alloc.show(alloc.compare(met, missed), "zh").replace("\n", "").split())
    assert "取整前各级目标均已证明最优（在设定差距内）；取整" in told, "a comparison says what `alloc solve` does"
    said = " ".join(alloc.show(met, "zh").replace("\n", "").split())
    assert "不起作用" not in said and "取整后未能保持" not in said
    half = alloc.solve("hand", edits=LIMIT.format(value=0.5).replace("'<='", "'>='"))
    assert half.tables["allocation"].set_index("city").at["000001", "published"] == 1
    assert limits_as_published(half)["slack"].tolist() == [0.5]


def test_a_move_beyond_the_cap_says_what_the_city_can_take(place: Path) -> None:
    """By a pool's name too; a check of the result finds the same, and says nothing of a move that fits."""
    with pytest.raises(InputError) as caught:
        alloc.solve(place, edits=f"move land {int(land(alloc.load_result(place))[GIVER])} from {GIVER} to {TAKER}")
    (finding,) = caught.value.findings
    assert finding.code == "moves_too_much" and "至多" in finding.message.zh and finding.row == 1
    errors = [each.code for each in alloc.check(place, edits=finding.column or "") if each.severity == "error"]
    assert errors == ["moves_too_much"]
    fits = alloc.check(place, edits=f"move land 10 from {GIVER} to {TAKER}")
    assert not [each for each in fits if each.severity == "error"]
    assert not [each for each in fits if each.file == "--edit"], "a move asks for no reason, and its amounts are whole"


@pytest.mark.parametrize("page", ["whatif.md", "whatif.zh.md"])
def test_a_city_stays_at_what_it_got(page: str, place: Path) -> None:
    """Frozen by the line of the page of questions: what it has of both pools, though one of them grows."""
    text = (Path(__file__).parents[1] / "docs" / page).read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if "results/frozen`" in line]
    (frozen,) = re.findall(r'--edit "([^"]+)"', row.replace("Shenzhen", "深圳"))  # which has no English name here
    had = alloc.load_result(place).tables["allocation"].set_index(["city", "pool"])["published"]
    has = alloc.solve(place, edits=[frozen, "pools.land.total *= 1.01"])
    now = has.tables["allocation"].set_index(["city", "pool"])["published"]
    for pool in ("land", "equalisation"):
        assert now[GIVER, pool] == had[GIVER, pool]
    assert now.sum() > had.sum()


@pytest.mark.parametrize("name", ["新增建设用地", "new construction land"])
def test_a_pool_by_its_name(name: str, place: Path) -> None:
    stored = alloc.load_result(place)
    chinese, english = (
        stored.instance.tables["pools"].set_index("pool").at["land", f"title_{each}"] for each in ("zh", "en")
    )
    assert name.casefold() in (chinese.casefold(), english.casefold())
    result = alloc.solve(place, edits=f"move {name} 10 from {GIVER} to {TAKER}")
    assert land(result)[GIVER] == land(stored)[GIVER] - 10
    shown = [alloc.show(alloc.explain(place, city=GIVER, pool=each), "en") for each in (name, "land")]
    assert shown[0] == shown[1]
    compared = stored.compare(result)
    assert alloc.show(compared, "en", pool=name) == alloc.show(compared, "en", pool="land")


def test_part_of_a_pools_name_is_told_the_line_to_paste(place: Path) -> None:
    with pytest.raises(InputError) as caught:
        alloc.solve(place, edits=f"move 用地 10 from {GIVER} to {TAKER}")
    (finding,) = caught.value.findings
    assert finding.message.zh == "没有资源池 用地。是否为 land 新增建设用地？"
    assert finding.remedy.en == f"Write move land 10 from {GIVER} to {TAKER}."
    alloc.solve(place, edits=finding.remedy.en.removeprefix("Write ").removesuffix("."))


def test_an_unknown_pool_is_told_all_with_their_titles(place: Path) -> None:
    with pytest.raises(alloc.AskError) as caught:
        alloc.explain(place, city=GIVER, pool="xyzzy")
    titles = alloc.load_result(place).instance.tables["pools"].set_index("pool")
    listed = ", ".join(f"{pool} {row['title_en']}" for pool, row in titles.iterrows())
    assert caught.value.message.en == f"There is no pool xyzzy. Would be right: one of {listed}."


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (
            "2,5",
            "逗号只用来分千位，其后为三位数字；小数写作 2.5。",
            "A comma only parts thousands, with three digits behind it; write 2.5 for the decimal.",
        ),
        (
            "50,5",
            "逗号只用来分千位，其后为三位数字；小数写作 50.5。",
            "A comma only parts thousands, with three digits behind it; write 50.5 for the decimal.",
        ),
        ("1,23,4", "应为一个数，不加引号。", "Would be right: a number, without quotes."),
    ],
)
def test_a_decimal_comma_moves_nothing(amount: str, zh: str, en: str, place: Path) -> None:
    with pytest.raises(InputError) as caught:
        alloc.solve(place, edits=[f"move land {amount} from {GIVER} to {TAKER}"])
    (finding,) = caught.value.findings
    assert finding.message == (f"看不懂值：{amount} 。", f"The value cannot be read: {amount} .")
    assert finding.remedy == (zh, en)


def test_a_decimal_comma_in_another_edit_is_told_the_same() -> None:
    with pytest.raises(InputError) as caught:
        parse_edit("cities.residents *= 2,5")
    (finding,) = caught.value.findings
    assert finding.message == ("看不懂值：2,5 。", "The value cannot be read: 2,5 .")
    assert finding.remedy == (
        "逗号只用来分千位，其后为三位数字；小数写作 2.5。",
        "A comma only parts thousands, with three digits behind it; write 2.5 for the decimal.",
    )


def test_a_comma_before_three_digits_parts_thousands(place: Path) -> None:
    with pytest.raises(InputError) as caught:
        alloc.solve(place, edits=[f"move land 90,000 from {GIVER} to {TAKER}"])
    (finding,) = caught.value.findings
    assert (finding.code, finding.value) == ("moves_too_much", "90,000")


def test_what_a_city_or_a_pool_has_is_frozen_in_one_line(place: Path) -> None:
    """Cities by name or code and pools by title, each at what it has; the line's reason is that of all its rows."""
    before = alloc.load_result(place)
    had = before.tables["allocation"].set_index(["city", "pool"])["published"]
    result = alloc.solve(place, edits=["freeze 汕头、玉林 # settled", "pools.land.total *= 1.01"])
    rows = result.instance.tables["overrides"].set_index(["city", "pool"])
    assert set(rows.index) == {key for key in had.index if key[0] in ("440500", "450900")}
    assert rows["amount"].to_dict() == {key: had[key] for key in rows.index} and set(rows["reason"]) == {"settled"}
    now = result.tables["allocation"].set_index(["city", "pool"])["published"]
    assert all(now[key] == had[key] for key in rows.index) and now["440300", "land"] > had["440300", "land"]
    pool = alloc.solve(place, edits="freeze Equalisation transfer")
    assert set(pool.instance.tables["overrides"]["pool"]) == {"equalisation"}
    assert len(pool.instance.tables["overrides"]) == 3


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        ("freeze 汕投", "没有叫“汕投”的城市或资源池。是否为 440500 汕头市？",
         "No city and no pool is called “汕投”. Did you mean 440500 汕头市?"),
        ("freeze Shenzhen, lnad",
         "没有叫“Shenzhen”的城市或资源池。可用：440300 深圳市、440500 汕头市、450900 玉林市。",
         "No city and no pool is called “Shenzhen”. Would be right: one of 440300 深圳市, 440500 汕头市, 450900 "
         "玉林市."),
        ("freeze lnad",
         "没有叫“lnad”的城市或资源池。是否为 land？可用：equalisation, land, special_bond。",
         "No city and no pool is called “lnad”. Did you mean land? Would be right: equalisation, land, special_bond."),
        ("keep Shenzhen",
         "看不懂这条修改。写作 目标 = 值（或 *=、+=、-=、<=、>=），新增 表 { … }，删除 目标；可接 其中 条件 和 # 理由；"
         "合并城市写作 合并 城市、城市 并入 城市；对求解结果，冻结城市或资源池写作 冻结 名称、名称，"
         "调剂写作 调剂 资源池 数额 从 城市 到 城市。",
         "This edit cannot be read. Write TARGET = VALUE (or *=, +=, -=, <=, >=), add TABLE { … } or drop TARGET; "
         "then, if wanted, where CONDITION and # why. Cities are merged by merge CITY, CITY into CITY. Of a result, "
         "freeze NAME, NAME keeps what cities or pools have, and move POOL AMOUNT from CITY to CITY shifts some of "
         "it."),
    ],
)  # fmt: skip
def test_what_cannot_be_frozen(line: str, zh: str, en: str, place: Path) -> None:
    with pytest.raises(InputError) as caught:
        alloc.solve(place, edits=line)
    (finding,) = caught.value.findings
    assert (f"{finding.message.zh}{finding.remedy.zh}", f"{finding.message.en} {finding.remedy.en}") == (zh, en)


def test_a_freeze_starts_from_a_result() -> None:
    with pytest.raises(InputError) as caught:
        parse_edit("freeze 汕头")
    (finding,) = caught.value.findings
    assert (finding.told("zh"), finding.told("en")) == (
        "第 1 条修改，freeze 汕头：freeze 从结果出发，这里没有结果。"
        '写作 alloc solve 结果文件夹 --edit "freeze …"，或在 Session 中使用。',
        "edit 1, freeze 汕头: A freeze starts from a result, and here is none. "
        'Write alloc solve RESULT --edit "freeze …", or use it in a Session.',
    )


LAST_YEAR = ("add last_year { city = '000001', pool = 'general', amount = 2000 }",
             "add last_year { city = '000002', pool = 'general', amount = 6000 }",
             "pools.general.floor_multiple = 0.5")  # fmt: skip
FLOOR = {
    "zh": "甲市现有 1,000 万元，“保底”规则要求至少 1,000 万元，至多让出 0 万元。",
    "en": "First has 1,000 × 10⁴ yuan, and the rule “floor” asks for 1,000 × 10⁴ yuan: it can give 0 × 10⁴ yuan at "
    "most.",
}
EARMARK = {key: text.replace("1,000", "1,500").replace("保底", "戴帽指标").replace("floor", "earmark")
           for key, text in FLOOR.items()}  # fmt: skip
CAP = {
    "zh": "乙市现有 9,000 万元，“封顶”规则最多给到 9,000 万元，至多再得 0 万元。",
    "en": "Second has 9,000 × 10⁴ yuan, and the rule “cap” ends at 9,000 × 10⁴ yuan: it can take 0 × 10⁴ yuan at most.",
}
REFUSED: list[tuple[tuple[str, ...], dict[str, str], tuple[str, ...]]] = [
    # half of 2,000; 800 are 0.4 of them
    ((), FLOOR, ("pools.general.floor_multiple = 0.4",)),
    (
        ("add earmarks { city = '000001', pool = 'general', amount = 1500 }",), EARMARK,
        ("earmarks.000001.general.amount = 1300",),
    ),
    # 9,200 are 1.5333 of 6,000; the giver stands at its floor as well
    (
        ("pools.general.cap_multiple = 1.5",), CAP,
        ("pools.general.cap_multiple = 1.54", "pools.general.floor_multiple = 0.4"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "said", "lines"), REFUSED)
def test_a_move_beyond_a_bound_names_rule_unit_and_the_edit_that_lets_it(
    edits: tuple[str, ...], said: dict[str, str], lines: tuple[str, ...]
) -> None:
    """All of 10,000 goes to the second city but what its bounds leave the first; 200 are to be moved."""
    result, move = alloc.solve("hand", edits=[*LAST_YEAR, *edits]), "move general 200 from 甲市 to 乙市"
    with pytest.raises(InputError) as caught:
        alloc.solve(result, edits=move)
    (finding,) = caught.value.findings
    assert (finding.code, finding.message._asdict()) == ("moves_too_much", said)
    of_all = ("倍数对该资源池的全部城市起作用。", " A multiple holds for all cities of the pool.")
    assert finding.remedy == tuple(
        text + (more if "pools" in lines[0] else "")
        for text, more in zip(
            (
                f"换一个城市，或先改该规则。要调 200 万元，先写这些修改：{'；'.join(lines)}。",
                "Choose another city, or change that rule first. To move 200 × 10⁴ yuan, write first: "
                f"{'; '.join(lines)}.",
            ),
            of_all,
            strict=True,
        )
    )
    had = result.tables["allocation"].set_index("city")["published"]
    has = alloc.solve(result, edits=[*lines, move]).tables["allocation"].set_index("city")["published"]
    assert (has - had).tolist() == [-200, 200], "as they are written"


def test_no_edit_is_offered_where_none_would_let_it() -> None:
    """An earmark lifts the cap of 9,000 to 9,500: 9,700 would be 1.5316 times by that, and 1.54 leaves it at 9,500."""
    earmark = "add earmarks { city = '000002', pool = 'general', amount = 9500 }"
    result = alloc.solve("hand", edits=[*LAST_YEAR[:2], earmark, "pools.general.cap_multiple = 1.5"])
    with pytest.raises(InputError) as caught:
        alloc.solve(result, edits="move general 200 from 甲市 to 乙市")
    (finding,) = caught.value.findings
    assert finding.message.en.startswith("Second has 9,500 × 10⁴ yuan, and the rule “cap” ends at 9,500 × 10⁴ yuan")
    assert finding.remedy == ("换一个城市，或先改该规则。", "Choose another city, or change that rule first.")
