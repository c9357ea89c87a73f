"""``alloc init``: an empty instance that says what is missing, and provinces that solve at once."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from alloc.api import check
from alloc.api import solve as solve_and_write
from alloc.cli.commands.init import init
from alloc.content.blocks import Paragraph
from alloc.instance import load, read
from alloc.instance.derived.derived import derive
from alloc.instance.divisions.scope import units_left_out
from alloc.instance.files.settings_reading import parse_settings
from alloc.instance.findings import errors
from alloc.instance.instance import Instance, make_instance
from alloc.instance.options import with_options
from alloc.instance.prechecks.all import precheck
from alloc.instance.schema.tables import TABLES
from alloc.report.plain.certainty import uncertain
from alloc.report.view import View
from alloc.result.instance_text import instance_section
from alloc.result.result import run as run_instance
from alloc.result.summary import summary
from alloc.solver.model.status import Stopped
from alloc.solver.solution import solve
from alloc.template.empty import slug
from alloc.template.new import new_empty, new_province
from alloc.template.province import _province, cut_province
from alloc.template.settings_text import settings_data, settings_text
from alloc.template.tables_text import table_texts
from alloc.template.writing import TemplateError, write_folder
from alloc.text import figure, for_shell
from alloc.writing import TargetError
from instances import LIMITS, write_tiny

CITIES = {"city": "440300", "name": "深圳市", "province": "440000", "province_name": "广东省", "age_6_11": "540000",
          "residents": "9000000", "urban_residents": "8900000", "size_population": "8700000",
          "migrants_cross": "3000000", "migrants_within": "2000000", "settled_last": "120000",
          "built_up": "95000", "idle": "1500",
          "production_request": "1200", "production_standard": "1300",  # a factor of land in china-2020
          "revenue": "12000000", "fund_revenue": "4200000", "other_transfers": "2600000",
          "essential_spending": "13100000", "interest": "90000", "maturing": "60000", "debt_general": "400000",
          "debt_special": "900000", "limit_general": "600000", "limit_special": "1600000"}  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(init, [str(each) for each in arguments])


def places(folder: Path) -> list[tuple[str, str, str, int | None, str | None]]:
    found = [each for each in check(folder) if each.code != "not_yet_checked"]
    return [(each.severity, each.code, each.file, each.row, each.column) for each in found]


@pytest.fixture(scope="module")
def nation() -> Instance:
    return read("china-2020")


# ------------------------------------------------------------------------------------------------------- empty


def test_an_empty_instance_says_what_is_missing(tmp_path: Path) -> None:
    done = run(tmp_path / "plan", "--services", "primary,hospital", "--pools", "land，equalisation", "--lang", "en")
    assert done.exit_code == 0 and "alloc check" in done.output
    assert places(tmp_path / "plan") == [
        ("error", "no_rows", "capacity.csv", None, None),
        ("error", "no_rows", "cities.csv", None, None),
        ("error", "missing_setting", "instance.toml", None, "title.zh"),
        ("error", "missing_setting", "instance.toml", None, "year"),
        ("error", "missing_value", "pools.csv", 2, "total"),
        ("error", "missing_value", "pools.csv", 3, "total"),
    ]


def test_all_services_and_pools_of_the_nation(tmp_path: Path, nation: Instance) -> None:
    new_empty(tmp_path / "plan", None, None, 2026, "en")
    header, *rows = csv.reader(io.StringIO((tmp_path / "plan" / "pools.csv").read_text(encoding="utf-8-sig")))
    assert [row[0] for row in rows] == nation.tables["pools"]["pool"].tolist()
    assert {row[header.index("total")] for row in rows} == {""}
    cities = (tmp_path / "plan" / "cities.csv").read_text(encoding="utf-8-sig").strip().split(",")
    assert set(TABLES["cities"].names) <= set(cities)
    for cohort in nation.tables["services"]["cohort"]:
        assert cohort in cities
        assert (f"migrant_{cohort}" in cities) == (cohort not in TABLES["cities"].by_name)
    assert {"age_3_5_plan", "standard_gap", "production_standard"} <= set(cities)  # planned cohort, condition, factor
    assert parse_settings((tmp_path / "plan" / "instance.toml").read_text(encoding="utf-8"))[1][0].column == "title.zh"


def test_filled_in_it_can_be_used(tmp_path: Path) -> None:
    """A planner fills the gaps that were named, and nothing else is asked for."""
    folder = tmp_path / "plan"
    new_empty(folder, ["primary"], ["land"], 2026, "en")
    fill(folder / "cities.csv", [CITIES])
    fill(folder / "capacity.csv", [{"city": "440300", "service": "primary", "capacity": "480000"}])
    fill(folder / "last_year.csv", [{"city": "440300", "pool": "land", "amount": "900"}])
    toml = (folder / "instance.toml").read_text(encoding="utf-8")
    toml = toml.replace('zh = ""', 'zh = "试"').replace('en = ""', 'en = "Trial"')
    (folder / "instance.toml").write_text(toml, encoding="utf-8")
    pools = (folder / "pools.csv").read_text(encoding="utf-8").replace("land,,0.5", "land,2000,0.5")
    (folder / "pools.csv").write_text(pools, encoding="utf-8")
    left = places(folder)
    assert [each[1] for each in left if each[0] == "error"] == ["factor_all_zero"]  # no linked land in this class
    factors = "pool,factor,weight\nland,migrants,0.5\nland,residents,0.5\n"
    (folder / "factors.csv").write_text(factors, encoding="utf-8")
    assert [each[1] for each in places(folder) if each[0] == "error"] == []
    assert [each[1] for each in places(folder)] == ["source_missing"]


def fill(path: Path, rows: list[dict[str, str]]) -> None:
    text = path.read_text(encoding="utf-8-sig")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, text.strip().split(","), restval="")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def test_every_column_is_explained(tmp_path: Path) -> None:
    new_empty(tmp_path / "plan", None, None, None, "zh")
    for name in ("填报说明.md", "README.md"):
        text = (tmp_path / "plan" / name).read_text(encoding="utf-8")
        for table in TABLES.values():
            assert f"## {table.name}.csv" in text
            for column in table.columns:
                assert f"| `{column.name}` |" in text
        for column in ("age_3_5", "migrant_age_6_11"):
            assert f"| `{column}` |" in text
        assert "`policy.debt.tiers.new_bond_factor`" in text
    assert "六位行政区划代码" in (tmp_path / "plan" / "填报说明.md").read_text(encoding="utf-8")


def test_spreadsheet_programs_read_the_tables_as_utf8(tmp_path: Path) -> None:
    new_empty(tmp_path / "plan", None, None, None, "zh")
    for path in (tmp_path / "plan").glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.long
def test_the_same_twice(tmp_path: Path) -> None:
    for name in ("a", "b"):
        new_empty(tmp_path / name / "plan", None, None, 2026, "zh")
        new_province(tmp_path / name / "province", "china-2020", "110000", None, "zh")
    for path in sorted((tmp_path / "a").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_a_workbook(tmp_path: Path) -> None:
    done = run(tmp_path / "plan.xlsx", "--services", "primary", "--pools", "land", "--year", 2026, "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert {(code, file.partition("#")[0]) for _, code, file, _, _ in places(tmp_path / "plan.xlsx")} == {
        ("no_rows", "plan.xlsx"), ("missing_setting", "plan.xlsx"), ("missing_value", "plan.xlsx"),
    }  # fmt: skip
    for lang, said in (("zh", "- 原有的 {0} 改名为 {1}。"), ("en", "- What was at {0} is now {1}.")):
        (tmp_path / "plan.1.xlsx").unlink(missing_ok=True)
        again = run(tmp_path / "plan.xlsx", "--lang", lang)
        assert said.format(tmp_path / "plan.xlsx", tmp_path / "plan.1.xlsx") in again.output.splitlines()
    itself = run(tmp_path / "plan.xlsx", "--from", tmp_path / "plan.xlsx", "--province", "44", "--lang", "en")
    assert itself.exit_code == 1 and "it is what is read" in itself.output


def test_unknown_services_and_pools(tmp_path: Path) -> None:
    done = run(tmp_path / "plan", "--services", "primry", "--lang", "en")
    assert done.exit_code == 1 and "Did you mean primary?" in done.output
    done = run(tmp_path / "plan", "--pools", "lnd", "--lang", "zh")
    assert done.exit_code == 1 and "是否为 land？" in done.output
    assert not (tmp_path / "plan").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for name in ("full", "file"):
        for more in ((), ("--province", "440000")):
            done = run(tmp_path / name, *more, "--format", "json")
            assert done.exit_code == 1 and name in json.loads(done.output)["error"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["empty", "file", "full", "mine.txt"]
    assert run(tmp_path / "empty").exit_code == 0


def test_options_that_do_not_go_together(tmp_path: Path) -> None:
    for options in (("--from", "china-2020"), ("--result", "x"), ("--province", "440000", "--pools", "land")):
        done = run(tmp_path / "plan", *options)
        assert done.exit_code != 0 and not (tmp_path / "plan").exists()


def test_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(TargetError) as error:
        write_folder(tmp_path / "file" / "plan", {"a.csv": "a\n"})
    assert error.value.message.zh


def test_names() -> None:
    assert slug("我的 规划!") == "我的-规划"
    assert slug("!!") == "instance"


def test_settings_as_text_are_the_settings(nation: Instance) -> None:
    text = settings_text(settings_data(nation.settings))
    assert parse_settings(text) == (nation.settings, [])
    assert all("#" in line for line in text.split("\n") if " = " in line and line.startswith(("gap", "year", "reuse")))


# ---------------------------------------------------------------------------------------------------- provinces


@pytest.mark.parametrize("wanted", ["440000", "广东省", "广东", "Guangdong", "guangdong"])
def test_a_province_is_found_by_code_and_name(wanted: str, nation: Instance) -> None:
    assert _province(nation.tables["cities"], wanted) == ("440000", "广东省")


def test_a_province_that_is_not_found_suggests_and_an_ambiguous_one_lists(nation: Instance) -> None:
    with pytest.raises(TemplateError, match=r"No province Guangdon \(did you mean Guangdong\?\): 110000 Beijing, "):
        _province(nation.tables["cities"], "Guangdon")
    two = pd.DataFrame({"province": ["a", "b"], "province_name": ["吉林省", "吉林市"]})
    with pytest.raises(TemplateError, match="Several provinces are called 吉林; give a code: a 吉林省, b 吉林市"):
        _province(two, "吉林")


NEAR = {"near_class_border", "near_debt_tier", "near_land_standard"}


@pytest.mark.long
@pytest.mark.parametrize("province", ["110000", "210000", "440000", "540000", "650000"])
def test_a_province_solves_at_once(province: str, nation: Instance, tmp_path: Path) -> None:
    _, *notes = new_province(tmp_path / "plan", "china-2020", province, None, "en")  # the first: no national result
    instance, findings = load(tmp_path / "plan")
    assert instance is not None and errors(findings) == ()
    checked = check(tmp_path / "plan")
    assert errors(checked) == ()  # in scenarios neither
    scenarios = {path.name for path in (tmp_path / "plan" / "scenarios").iterdir()}
    found = {
        (each.severity, each.code, each.key) for each in checked if each.code not in NEAR and each.file not in scenarios
    }
    # Equalisation is by one factor, what a city lacks by standard, and the capital lacks nothing: no formula is left.
    # Bortala cannot build as much in a year as its floor of special bonds asks for, in the nation either.
    said = {"110000": {("warning", "pool_without_factors", "equalisation")},
            "650000": {("warning", "floor_above_means", "652700")}}  # fmt: skip
    found -= {("warning", "far_from_last_year", "general_bond")}  # by the formula a province has other room than it had
    assert found == said.get(province, set())
    cut = cut_province(nation, province)
    notes = notes[1:] if units_left_out(instance.tables["cities"]["city"]) else notes
    assert (cut.instance.hash, cut.notes) == (instance.hash, tuple(notes[: len(cut.notes)]))
    said_of = " ".join(note.en for note in notes[len(cut.notes) :])
    assert f"Scenarios that come along, {len(scenarios)}: advance, " in said_of
    assert all(path.stem in said_of for path in (nation.home / "scenarios").iterdir())  # type: ignore[operator]
    assert_right(nation, instance, province)
    solution = solve(relaxed(instance))
    assert solution.status.stopped is Stopped.FINISHED


def relaxed(instance: Instance) -> Instance:
    return make_instance(instance.settings.model_copy(update={"integers": False}), instance.tables)


def assert_right(nation: Instance, instance: Instance, province: str) -> None:
    """Rows are those of the nation, totals are multiples and near the province's share, sources say so."""
    cities = instance.tables["cities"]
    assert set(cities["province"]) == {province}
    assert len(cities) == (nation.tables["cities"]["province"] == province).sum()
    for name in ("capacity", "last_year"):
        theirs = nation.tables[name]
        assert instance.tables[name].equals(theirs[theirs["city"].isin(cities["city"])].reset_index(drop=True))
    before, after = derive(nation), derive(instance)
    inside = (nation.tables["cities"]["province"] == province).to_numpy()
    share = before.benchmark[inside].sum(axis=0) / before.benchmark.sum(axis=0)
    for r, row in enumerate(instance.tables["pools"].to_dict("records")):
        quantum, reserve = Fraction(str(row["quantum"])), Fraction(str(row["reserve"]))
        total = Fraction(repr(row["total"]))
        assert (total / quantum).denominator == 1 and ((1 - reserve) * total / quantum).denominator == 1
        assert after.lower[:, r].sum() <= after.available[r] * (1 + 1e-9)
        wanted = share[r] * before.available[r]
        least, most = after.lower[:, r].sum(), after.upper[:, r].sum() if after.exhaust[r] else np.inf
        if least * (1 - 1e-9) <= wanted <= most * (1 + 1e-9):
            assert np.isclose(after.available[r], wanted, rtol=0.001, atol=200)
            continue
        free = 0.1 * (most - least)  # what a total that is moved into the bounds keeps from them
        assert np.isclose(after.available[r], np.clip(wanted, least + free, most - free), rtol=0.001, atol=200)
    sources = instance.tables["sources"].set_index(["table", "column"])
    assert sources.at[("pools", "total"), "status"] == "derived"
    assert "china-2020" in sources.at[("pools", "total"), "note"]
    weights = instance.tables["factors"].groupby("pool")["weight"].sum()
    assert np.allclose(weights, 1, atol=1e-8)
    # What a city has at least and at most by last year is what the nation gives it.
    assert np.allclose(after.floor, before.floor[inside], rtol=1e-5)
    assert np.allclose(after.cap, before.cap[inside], rtol=1e-5)
    pools = instance.tables["pools"]
    assert not pools["follow"][pools["floor_multiple"].notna() | pools["cap_multiple"].notna()].any()
    for column in ("floor_multiple", "cap_multiple", "follow"):
        assert sources.at[("pools", column), "status"] == "derived"


def test_a_province_with_whole_facilities(nation: Instance) -> None:
    instance = cut_province(nation, "460000").instance
    assert instance.settings.integers
    solution = solve(instance)
    assert solution.status.stopped is Stopped.FINISHED


def test_what_is_to_be_decided_comes_first(tmp_path: Path) -> None:
    """The national result, then limits that hold the province no longer, then what else was changed."""
    notes = [note.zh for note in new_province(tmp_path / "plan", "china-2020", "510000", None, "zh")]
    assert [note.partition("：")[0] for note in notes[:1]] == ["先定"] and "先运行 alloc solve china-2020" in notes[0]
    limits = [at for at, note in enumerate(notes) if note.startswith("限制 ")]
    assert limits == list(range(1, 1 + len(limits))) and "megacity_land" in notes[1]
    assert notes[1 + len(limits)].startswith("各资源池的总量按公式测算数中该省所占比例缩小：")


LEFT_OUT = {
    "zh": "本算例的城市为地级单位，不含省（自治区）直辖的县级单位：济源市；没有它们的数据，它们也不参与分配。"
          "下达数中含它们份额的，应先扣除。",
    "en": "The cities are prefecture-level units; the county-level units right under the province are left out and get "
          "nothing: Jiyuan. Where what was issued to the province includes their part, take it off first.",
}  # fmt: skip


def test_a_province_says_which_county_level_units_it_is_without(tmp_path: Path, nation: Instance) -> None:
    """When it is cut, in its guide, when it is shown, in its results and in their report."""
    notes = new_province(tmp_path / "plan.xlsx", "china-2020", "410000", None, "zh")
    assert dict(notes[1]._asdict()) == LEFT_OUT  # behind the national result
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True)["填报说明"]
    assert f"8. {LEFT_OUT['zh']}" in [str(row[0]) for row in sheet.iter_rows(max_row=15, values_only=True)]
    instance = read(tmp_path / "plan.xlsx")
    result = run_instance(with_options(instance, relaxation=True))
    view = View(result, "en")
    assert LEFT_OUT["en"] in uncertain(view)
    for language, said in LEFT_OUT.items():
        assert Paragraph(said) in instance_section(instance, language).parts
        assert Paragraph(said) in summary(result, language).parts


def test_what_is_left_out_is_asked_of_provinces_of_prefectures_alone(nation: Instance) -> None:
    cities = nation.tables["cities"]["city"]
    assert units_left_out(cities) is None
    henan = [code for code in cities if code.startswith("41")]
    told = units_left_out(henan)
    assert told is not None and told._asdict() == LEFT_OUT
    assert units_left_out([*henan, "419001"]) is None  # it is there
    assert units_left_out([*henan, "410102"]) is None  # counties are others' parts
    assert units_left_out([code for code in cities if code.startswith("44")]) is None
    assert units_left_out(["E09000001"]) is None and units_left_out([]) is None
    hubei = units_left_out([*(code for code in cities if code.startswith("42")), "429004"])
    assert hubei is not None and "：潜江市、天门市、神农架林区；" in hubei.zh


def test_notes_say_what_was_changed(nation: Instance) -> None:
    notes = "\n".join(note.en for note in cut_province(nation, "110000").notes)
    for word in ("scaled by the province's share of the formula", "it was made",
                 "“Gap between standard spending and revenue” is 0 in every city",
                 "equalisation transfer (equalisation): no city of the province fits the condition "
                 "“Gap between standard spending and revenue above 0”, which was left out",
                 "Floor and cap multiples are those of china-2020 times what there is to share in it over last year "
                 "(equalisation transfer 1.09921, new general bonds 1.00117, ",
                 "megacity_land (megacities' share of new land) was left out: it is a share of the national pool",
                 "northeast_equalisation (the north-east's share of equalisation) was left out: it selects no city",
                 ):  # fmt: skip
        assert word.replace("it was made", "made") in notes, word


def test_a_limit_that_is_left_out_says_what_it_did_to_the_largest_city(nation: Instance) -> None:
    """Chengdu is the one megacity of its province; a floor under the west's share of land has backed all its cities."""
    rows = nation.tables["limits"]
    west = {**rows.iloc[0], "limit": "west", "where": "region = 'west'", "sense": ">=", "value": 0.3}
    limits = pd.concat([rows, pd.DataFrame([west])], ignore_index=True)
    limited = make_instance(nation.settings, {**nation.tables, "limits": limits})
    derived = derive(limited)
    given = pd.DataFrame(derived.benchmark, index=list(derived.cities), columns=list(derived.pools))
    given.loc["510100", "land"] = 2000
    published = given.rename_axis("city").reset_index().melt("city", var_name="pool", value_name="published")
    cut = cut_province(limited, "510000", published)
    here = derive(cut.instance)
    at = here.cities.index("510100"), here.pools.index("land")
    by_result = "perhaps than in a national plan (the national result gives it 2,000 ha)."
    notes = {note.en.split()[2]: note.en for note in cut.notes if note.en.startswith("The limit ")}
    assert notes["megacity_land"].endswith(
        "of its own if wanted. In the nation it bounds Chengdu; here it does not, and Chengdu "
        f"may get up to {figure(here.upper[at])} ha by the other rules, more {by_result}"
    )
    assert notes["west"].endswith(
        "In the nation it backs 21 cities of the province, the largest of them Chengdu; here it does not, and "
        f"Chengdu may get as little as {figure(here.lower[at])} ha by the other rules, less {by_result}"
    )


@pytest.mark.slow
def test_every_province_solves_with_whole_facilities(nation: Instance) -> None:
    """What is said of a province before the solve is of a kind that is said of the nation."""
    known = {(each.severity, each.code) for each in precheck(nation, derive(nation))} | {("warning", n) for n in NEAR}
    for province in dict.fromkeys(nation.tables["cities"]["province"]):
        cut = cut_province(nation, province).instance
        assert {(each.severity, each.code) for each in precheck(cut, derive(cut))} <= known, province
        assert solve(cut).status.stopped is Stopped.FINISHED, province


FOLLOWING = (
    "pool,kind,use,bond_class,title_zh,title_en,total,reserve,exhaust,floor_multiple,cap_multiple,quantum,follow,where\n"
    "land,land,,,用地,Land,4400,0.5,true,0.7,1.4,0.01,true,\n"
    "equalisation,transfer,general,,转移支付,Equalisation,1500000,0.1,true,0.8,1.3,1,false,province == '44'\n"
    "special_bond,bond,,special,专项债券,Special,400000,0.2,false,,,1,true,special == 'yes'\n"
)


def with_special(text: str) -> str:
    """The cities with a further column, which is blank in the province 45."""
    header, *rows = text.splitlines()
    return "\n".join([f"{header},special", *(f"{row},{'yes' if row.startswith('44') else ''}" for row in rows)]) + "\n"


def test_what_the_nation_gives_stays(tmp_path: Path) -> None:
    """2,200 ha are shared after 2,000 last year, 1.1 times as much: in every province floors are 0.77 of last year."""
    tiny = read(write_tiny(tmp_path / "tiny", pools=FOLLOWING, cities=with_special))
    for code, amounts in (("44", [900, 600]), ("45", [500])):
        cut = cut_province(tiny, code).instance
        land = cut.tables["pools"].set_index("pool").loc["land"]
        assert (land["floor_multiple"], land["cap_multiple"], land["follow"]) == (0.77, 1.54, False)
        derived = derive(cut)
        column = derived.pools.index("land")
        earmarked = np.array([40.0 if code == "45" else 0.0])
        assert np.allclose(derived.floor[:, column], np.maximum(0.77 * np.array(amounts), earmarked))
        assert np.allclose(derived.cap[:, column], 1.54 * np.array(amounts))


def test_conditions_that_nobody_fits_go(tmp_path: Path) -> None:
    """The city of 45 is in no condition: the nation gives it its floor, 0.8 × 420,000, which leaves nothing to decide;
    so the province has a tenth of what there is up to its cap, 1.3 × 420,000, more."""
    tiny = read(write_tiny(tmp_path / "tiny", pools=FOLLOWING, cities=with_special))
    kept, gone = cut_province(tiny, "44"), cut_province(tiny, "45")
    assert dict(kept.instance.tables["pools"][["pool", "where"]].to_numpy()) == {
        "equalisation": "province == '44'", "land": "", "special_bond": "special == 'yes'",
    }  # fmt: skip
    assert set(gone.instance.tables["pools"]["where"]) == {""}
    assert [note.en for note in gone.notes if "condition" in note.en] == [
        f"{pool}: no city of the province fits the condition “{where}”, which was left out."
        for pool, where in (
            ("Equalisation (equalisation)", "province: 44"),
            ("Special (special_bond)", "special: yes"),
        )
    ]
    derived = derive(gone.instance)
    assert np.isclose(derived.available[derived.pools.index("equalisation")], 0.85 * 420000, atol=10)
    new_province(tmp_path / "plan", str(tmp_path / "tiny"), "45", None, "en")
    assert read(tmp_path / "plan").hash == gone.instance.hash  # without the column that only the condition named
    for cut in (kept, gone):
        assert errors(precheck(cut.instance, derive(cut.instance))) == ()
        assert solve(relaxed(cut.instance)).status.stopped is Stopped.FINISHED


SCENARIOS = {
    # text of its file, and what becomes of it in the province 44, which has 440300 and 440500 of the tiny one's cities
    "all": ("set = 'policy.debt.ceiling'\nto = 1.2 # as published", None),
    "child": ("scale = 'pools.total'\nby = 1.1", None),
    "more": ("add = 'pools.land.total'\nby = 100", "what they give is an amount of a national pool"),
    "grand": ("scale = 'pools.total'\nby = 0.9", "the scenario more that they start from is left out"),
    "share": ("add = 'limits'\nrow = { limit = 'x', title_zh = 'x', title_en = 'x', quantity = 'allocation:land', "
              "sense = '<=', where = \"province == '44'\", value = 0.9, basis = 'share' }", "share of the national"),
    "theirs": ("add = 'overrides'\nrow = { city = '450900', pool = 'land', amount = 100, reason = 'a', "
               "approved_by = 'b' }", "they are about nothing in the province"),
    "none": ("set = 'cities.idle'\nto = 5\nwhere = \"province == '45'\"",
             "what they change is not there in the province"),
    "partly": ("set = 'cities.idle'\nto = 5\nwhere = \"province == '45'\"\n[[edit]]\nset = 'cities.idle'\nto = 9\n"
               "where = \"province == '44'\"", None),
    "wrong": ("set = 'policy.dept'\nto = 5", "policy.dept: "),
}  # fmt: skip


def test_scenarios_that_hold_in_the_province_come_along(tmp_path: Path) -> None:
    """Each edit about a city or place outside goes; amounts of the nation and what starts from them stay behind."""
    folder = write_tiny(tmp_path / "tiny")
    (folder / "scenarios").mkdir()
    for name, (text, _) in SCENARIOS.items():
        parent = {"child": "inherits = 'all'\n", "grand": "inherits = 'more'\n"}.get(name, "")
        (folder / "scenarios" / f"{name}.toml").write_text(
            f"title = {{ zh = '题', en = 'T' }}\n{parent}[[edit]]\n{text}\n", encoding="utf-8"
        )
    notes = [note.en for note in new_province(tmp_path / "plan", str(folder), "44", None, "en")]
    kept = {name for name, (_, why) in SCENARIOS.items() if why is None}
    assert {path.stem for path in (tmp_path / "plan" / "scenarios").iterdir()} == kept
    for name, (_, why) in SCENARIOS.items():
        assert why is None or any(f"{name} (" in note and why in note for note in notes), (name, notes)
    assert "Edits about what is outside the province are left out: 1 of 2 in the scenario partly." in notes
    assert sum(note.startswith("Scenarios left out: ") for note in notes) == 6, "one line for every reason"
    assert "# as published" in (tmp_path / "plan" / "scenarios" / "all.toml").read_text(encoding="utf-8")
    assert errors(check(tmp_path / "plan")) == ()
    new_province(tmp_path / "plan.xlsx", str(folder), "44", None, "zh")
    assert errors(check(tmp_path / "plan.xlsx")) == ()


def test_province_by_name_and_unknown_ones(nation: Instance) -> None:
    assert cut_province(nation, "海南省").instance.name == "china-2020-460000"
    with pytest.raises(TemplateError) as error:
        cut_province(nation, "990000")
    assert "440000 广东省" in error.value.message.zh


LIMITS_OF_TWO = LIMITS + (
    "few,少,Few,settle,province == '45',<=,100,amount,,\n"
    "everywhere,全部,All,settle,,<=,500000,amount,,\n"
    "a_head,人均,A head,settle,province == '44',<=,0.02,per_resident,,\n"
    "use,用途,Use,land_use:production,,<=,0.8,share,,\n"
)


def test_which_limits_stay(tmp_path: Path) -> None:
    """Shares of all, amounts inside the province and amounts a head keep their meaning; all others go, with a word."""
    tiny = read(write_tiny(tmp_path / "tiny", limits=LIMITS_OF_TWO))
    cut = cut_province(tiny, "44")
    assert cut.instance.tables["limits"]["limit"].tolist() == ["a_head", "guangdong_settle", "use"]
    reasons = [note.en for note in cut.notes if "left out" in note.en]
    assert [note.split()[2] for note in reasons] == ["everywhere", "few", "large_share"]
    assert cut_province(tiny, "45").instance.tables["limits"]["limit"].tolist() == ["few", "use"]


def test_a_limit_that_cannot_hold_goes(tmp_path: Path) -> None:
    limits = LIMITS + "least,最低,Least,allocation:land,,>=,0.00009,per_resident,,\n"
    tiny = read(write_tiny(tmp_path / "tiny", limits=limits))
    assert errors(precheck(tiny, derive(tiny))) == ()
    cut = cut_province(tiny, "45")
    assert "least" not in cut.instance.tables["limits"]["limit"].tolist()
    assert any("least" in note.en and "asks for" in note.en for note in cut.notes)
    assert errors(precheck(cut.instance, derive(cut.instance))) == ()


def test_by_a_result(tmp_path: Path) -> None:
    """Pools are what the result gave the province, not what the formula says."""
    tiny = write_tiny(tmp_path / "tiny", toml={"integers = true": "integers = false"})
    result = solve_and_write(tiny, out=tmp_path / "result")
    done = run(tmp_path / "plan", "--from", tiny, "--province", "44", "--result", tmp_path / "result", "--lang", "en")
    assert done.exit_code == 0 and "of the national result" in done.output
    table = result.tables["allocation"]
    given = table[table["city"].isin(["440300", "440500"])].groupby("pool")["published"].sum()
    cut = read(tmp_path / "plan")
    available = dict(zip(cut.tables["pools"]["pool"], derive(cut).available, strict=True))
    assert np.isclose(available["land"], given["land"], atol=0.02)
    assert np.isclose(available["equalisation"], given["equalisation"], atol=10)
    assert solve(cut).status.stopped is Stopped.FINISHED

    other = write_tiny(tmp_path / "other", cities={("440300", "idle"): 7})
    done = run(tmp_path / "more", "--from", other, "--province", "44", "--result", tmp_path / "result", "--lang", "en")
    assert done.exit_code == 1 and "is not a result of tiny" in done.output
    done = run(tmp_path / "more", "--from", tiny, "--province", "44", "--result", tmp_path / "nowhere")
    assert done.exit_code == 1 and not (tmp_path / "more").exists()


def test_from_something_wrong(tmp_path: Path) -> None:
    done = run(tmp_path / "plan", "--from", tmp_path / "nowhere", "--province", "44", "--lang", "en")
    assert done.exit_code == 1 and "There is no such folder or workbook" in done.output
    write_tiny(tmp_path / "tiny", cities={("440300", "revenue"): "x"})
    done = run(tmp_path / "plan", "--from", tmp_path / "tiny", "--province", "44", "--lang", "en")
    assert done.exit_code == 1 and "is not a number" in done.output


def test_tables_as_text_are_the_tables(nation: Instance, tmp_path: Path) -> None:
    """What is written is read back as the same instance."""
    write_folder(tmp_path / "copy", {
        "instance.toml": settings_text(settings_data(nation.settings)), **table_texts(nation.tables),
    })  # fmt: skip
    assert read(tmp_path / "copy").hash == nation.hash


# ------------------------------------------------------------------------------- by the national result, where it is


@pytest.fixture
def of_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny nation of two provinces, in the working folder."""
    monkeypatch.chdir(tmp_path)
    return write_tiny(tmp_path / "tiny")


def test_the_result_in_the_working_folder_is_what_a_province_is_cut_by(of_three: Path, tmp_path: Path) -> None:
    """Its share is said, pool by pool in words; a result of other tables is not used, which is said too."""
    code = read(of_three).tables["cities"]["province"].iloc[0]
    none, gone, first, *_ = new_province(tmp_path / "by-formula", str(of_three), code, None, "en")
    assert none.en.startswith("To be decided first: there is no results/tiny in the working folder")
    by_formula, whole = read(tmp_path / "by-formula"), read(of_three).settings.title
    assert by_formula.settings.title.zh == by_formula.tables["cities"]["province_name"].iloc[0]
    totals = by_formula.tables["sources"].query("table == 'pools' and column == 'total'").iloc[0]
    assert totals["note"].startswith(f"cut out of “{whole.en}” (tiny), scaled by the province's share of ")
    assert totals["note_zh"].startswith(f"由“{whole.zh}”（tiny）切出，按本省在全国公式中所占比例缩小")
    assert f"run alloc solve {for_shell(str(of_three))} first" in none.en
    assert gone.en.startswith("The limit large_share ") and "share of the formula of tiny: " in first.en
    result = solve_and_write(of_three, relaxation=True, out=tmp_path / "results" / "tiny")
    taken, gone, shares, *_ = new_province(tmp_path / "by-result", str(of_three), code, None, "en")
    assert taken.en.startswith("The national result in results/tiny is what the province is cut by")
    assert "share of the national result of tiny" in shares.en
    allocation = result.tables["allocation"]
    inside = allocation["city"].isin(read(tmp_path / "by-result").tables["cities"]["city"])
    pools = read(of_three).tables["pools"].set_index("pool")
    for pool, rows in allocation.groupby("pool"):
        share = rows["published"][inside].sum() / rows["published"].sum()
        assert f"{pools.at[pool, 'title_en']} {100 * share:.4g} %" in shares.en
        assert f"{pools.at[pool, 'title_zh']} {100 * share:.4g}%" in shares.zh
    named = new_province(tmp_path / "named", str(of_three), code, tmp_path / "results" / "tiny", "en")
    assert named == (gone, shares, *_)
    half = result.tables["allocation"].assign(published=lambda rows: rows["published"] / 2)
    pools = read(of_three).tables["pools"]
    more = cut_province(read(of_three), code, half).notes[2]
    assert more.en == (
        "The national result leaves part of some pools over, and the share is of all that could be given out, more "
        f"than it gives the province: {', '.join(pools['title_en'])}. To share out just what it gives, use controls=…."
    )
    assert more.zh == (
        f"全国结果没有分完{'、'.join(pools['title_zh'])}，这里按比例切分的是全部可分配数，"
        "故多于全国结果给该省的数额；要正好分配那个数额，用 controls=…。"
    )
    write_tiny(of_three, cities={("440300", "idle"): 1})
    (not_taken, _, formula, *_) = new_province(tmp_path / "other", str(of_three), code, None, "en")
    assert "is not used" in not_taken.en and "is not a result of tiny" in not_taken.en
    assert "share of the formula" in formula.en


@pytest.mark.parametrize(
    ("total", "said"),
    [(1.6, True), (1.49, False), (0.51, False), (0.45, True), (80, False)],  # 80 times is another unit
)
def test_a_pool_far_from_last_year_is_said(total: float, said: bool, tmp_path: Path) -> None:
    """Available ÷ last year of land, where every city has an amount: warned of above 1.5 and below 0.5."""
    before = read(write_tiny(tmp_path / "before"))
    last = before.tables["last_year"].groupby("pool")["amount"].sum()
    reserve = before.tables["pools"].set_index("pool")["reserve"]
    cities = before.tables["cities"]["city"]
    rows = "".join(f"{city},land,{float(last['land']) / len(cities)!r}\n" for city in cities)
    others = before.tables["last_year"][before.tables["last_year"]["pool"] != "land"].to_csv(index=False)
    amount = float(total * last["land"] / (1 - reserve["land"]))
    folder = write_tiny(tmp_path / "tiny", pools={("land", "total"): amount}, last_year=others + rows)
    found = [each for each in load(folder)[1] if each.code == "far_from_last_year" and each.key == "land"]
    assert [(each.severity, each.file, each.column) for each in found] == [("warning", "pools.csv", "total")] * said
    missing = others + "".join(rows.splitlines(keepends=True)[1:])  # not every city has one: nothing to compare with
    folder = write_tiny(tmp_path / "part", pools={("land", "total"): amount}, last_year=missing)
    assert not [each for each in load(folder)[1] if each.code == "far_from_last_year" and each.key == "land"]
