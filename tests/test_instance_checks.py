"""Broken inputs, each with every finding that it gives: severity, code, file, row, column, value and key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alloc.instance.checks.all import check_instance
from alloc.instance.files.reading import load, read
from alloc.instance.findings import Finding, InputError
from alloc.instance.instance import make_instance
from alloc.instance.suggest import Known
from alloc.scenario import apply, parse_edit
from instances import CITIES, TABLES, write_tiny

Place = tuple[str, str, str, int | None, str | None, str | None, str | None]


def places(findings: tuple[Finding, ...]) -> list[Place]:
    return [(f.severity, f.code, f.file, f.row, f.column, f.value, f.key) for f in findings]


def drop_column(text: str, column: str) -> str:
    """A table without one of its columns; its cells hold no commas."""
    lines = [line.split(",") for line in text.rstrip("\n").split("\n")]
    place = lines[0].index(column)
    return "\n".join(",".join(cells[:place] + cells[place + 1 :]) for cells in lines) + "\n"


def error(code: str, file: str, row: int | None, column: str | None, value: str | None, key: str | None) -> Place:
    return ("error", code, file, row, column, value, key)


def warning(code: str, file: str, row: int | None, column: str | None, value: str | None, key: str | None) -> Place:
    return ("warning", code, file, row, column, value, key)


BROKEN: dict[str, tuple[dict[str, Any], list[Place]]] = {
    # cells
    "missing value": (
        {"cities": {("440500", "revenue"): " "}},
        [error("missing_value", "cities.csv", 3, "revenue", "", "440500")],
    ),
    "nan": (
        {"cities": {("440500", "idle"): "NaN"}},
        [error("not_a_number", "cities.csv", 3, "idle", "NaN", "440500")],
    ),
    "infinity": (
        {"cities": {("440500", "idle"): "1e999"}},
        [error("not_a_number", "cities.csv", 3, "idle", "1e999", "440500")],
    ),
    "unit in a cell": (
        {"cities": {("440500", "revenue"): "140亿"}},
        [error("not_a_number", "cities.csv", 3, "revenue", "140亿", "440500")],
    ),
    "decimal comma": (
        {"cities": {("440500", "built_up"): "360,5"}},
        [error("not_a_number", "cities.csv", 3, "built_up", "360,5", "440500")],
    ),
    "percent where no share is meant": (
        {"cities": {("440500", "built_up"): "36%"}},
        [error("not_a_number", "cities.csv", 3, "built_up", "36%", "440500")],
    ),
    "negative": (
        {"cities": {("450900", "interest"): -1}},
        [error("out_of_range", "cities.csv", 4, "interest", "-1", "450900")],
    ),
    "zero residents and no further complaint": (
        {"cities": {("450900", "residents"): 0}},
        [error("out_of_range", "cities.csv", 4, "residents", "0", "450900")],
    ),
    "percentage instead of a share": (
        {"cities": {("440300", "willingness"): 10}},
        [error("share_in_percent", "cities.csv", 2, "willingness", "10", "440300")],
    ),
    "share beyond 100 %": (
        {"services": {("primary", "minimum"): 120}},
        [error("out_of_range", "services.csv", 2, "minimum", "120", "primary")],
    ),
    "whole reserve": (
        {"pools": {("land", "reserve"): 1}},
        [error("out_of_range", "pools.csv", 2, "reserve", "1", "land")],
    ),
    "large share": (
        {"services": {("primary", "growth_limit"): 6}},
        [warning("share_suspect", "services.csv", 2, "growth_limit", "6", "primary")],
    ),
    "flag": (
        {"services": {("primary", "settlement_prerequisite"): "maybe"}},
        [error("not_a_flag", "services.csv", 2, "settlement_prerequisite", "maybe", "primary")],
    ),
    "blank flag": (
        {"services": {("primary", "settlement_prerequisite"): ""}},
        [error("missing_value", "services.csv", 2, "settlement_prerequisite", "", "primary")],
    ),
    "enum": (
        {"limits": {("guangdong_settle", "sense"): "=>"}},
        [error("not_allowed", "limits.csv", 3, "sense", "=>", "guangdong_settle")],
    ),
    "blank enum": (
        {"pools": {("special_bond", "kind"): ""}},
        [error("missing_value", "pools.csv", 4, "kind", "", "special_bond")],
    ),
    "city code as a number that lost its zero": (
        {"cities": lambda text: text.replace("450900,玉", "50900.0,玉"),
         "capacity": lambda t: t.replace("450900", "50900"),
         "last_year": lambda t: t.replace("450900", "50900"), "earmarks": None},
        [error("bad_code", "cities.csv", 4, "city", "50900.0", "50900")],
    ),
    "pool name": (
        {"pools": lambda t: t.replace("\nland,", "\nla nd,"), "factors": lambda t: t.replace("land,", "la nd,"),
         "last_year": lambda t: t.replace(",land,", ",la nd,"), "earmarks": None,
         "limits": {("large_share", "quantity"): "allocation:la nd"}},
        [error("bad_code", "pools.csv", 2, "pool", "la nd", "la nd")],
    ),
    # keys and records
    "duplicate city": (
        {"cities": lambda text: text + text.split("\n")[1] + "\n"},
        [error("duplicate_key", "cities.csv", 5, "city", "440300", "440300")],
    ),
    "duplicate pair": (
        {"last_year": lambda text: text + "440300,land,5\n"},
        [error("duplicate_key", "last_year.csv", 8, "city", "440300", "440300, land")],
    ),
    "unknown city": (
        {"overrides": "city,pool,amount,reason,approved_by\n440301,land,800,a,b\n"},
        [error("unknown_code", "overrides.csv", 2, "city", "440301", "440301, land")],
    ),
    "unknown pool": (
        {"earmarks": {("450900", "land", "pool"): "lnd"}},
        [error("unknown_code", "earmarks.csv", 2, "pool", "lnd", "450900, lnd")],
    ),
    "missing capacity": (
        {"capacity": lambda text: text.replace("440500,hospital,31000\n", "")},
        [error("missing_record", "capacity.csv", None, "service", None, "440500, hospital")],
    ),
    "a city without any capacity": (
        {"capacity": lambda text: text[: text.index("450900")]},
        [error("missing_record", "capacity.csv", None, "service", None, "450900")],
    ),
    "last year missing for one city": (
        {"last_year": lambda text: text.replace("440500,land,600\n", "")},
        [error("missing_record", "last_year.csv", None, "pool", None, "440500, land")],
    ),
    "last year missing": (
        {"last_year": None},
        [error("last_year_absent", "last_year.csv", None, None, None, None)],
    ),
    "no rows": (
        {"services": TABLES["services"].split("\n")[0] + "\n", "capacity": "city,service,capacity\n"},
        [error("no_rows", "capacity.csv", None, None, None, None),
         error("no_rows", "services.csv", None, None, None, None)],
    ),
    # cities
    "urban above residents": (
        {"cities": {("440500", "urban_residents"): 5600000}},
        [error("part_above_whole", "cities.csv", 3, "urban_residents", "5600000", "440500")],
    ),
    "migrants above residents": (
        {"cities": {("440500", "migrants_cross"): 5200000}},
        [error("migrants_above_residents", "cities.csv", 3, "migrants_cross", "5200000", "440500")],
    ),
    "near a class": (
        {"cities": {("450900", "size_population"): 1019000}},
        [warning("near_class_border", "cities.csv", 4, "size_population", "1019000", "450900")],
    ),
    "quota without a quota class": (
        {"cities": {("450900", "settlement_quota"): 100}},
        [warning("quota_ignored", "cities.csv", 4, "settlement_quota", "100", "450900")],
    ),
    "quota in ten thousands": (
        {"cities": {("440300", "settlement_quota"): 15}},
        [warning("unit_suspect", "cities.csv", 2, "settlement_quota", "15", "440300")],
    ),
    "half a pair": (
        {"cities": {("450900", "farmland_share"): ""}},
        [warning("pair_incomplete", "cities.csv", 4, "farmland_offset", "380", "450900")],
    ),
    "stock link without its ratio": (
        {"toml": {"stock_ratio = 2.0\n": ""}},
        [error("setting_needed", "cities.csv", 2, "stock_base", "900", "440300")],
    ),
    "reserved name": (
        {"cities": lambda text: text.replace("age_6_11", "backlog"), "services": {("primary", "cohort"): "residents"},
         "factors": lambda text: text.replace("age_6_11", "migrants")},
        [error("reserved_column", "cities.csv", None, "backlog", None, None)],
    ),
    # services
    "unknown cohort": (
        {"services": {("primary", "cohort"): "age_6_12"}},
        [error("unknown_cohort", "services.csv", 2, "cohort", "age_6_12", "primary")],
    ),
    "cohort of words": (
        {"services": {("primary", "cohort"): "name"}},
        [error("not_numeric", "services.csv", 2, "cohort", "name", "primary")],
    ),
    "cohort missing in a city": (
        {"cities": {("440500", "age_6_11"): ""}, "factors": lambda text: text.replace("age_6_11", "migrants")},
        [error("missing_value", "cities.csv", 3, "age_6_11", "", "440500")],
    ),
    "cohort above residents": (
        {"cities": {("440500", "age_6_11"): 5500001}},
        [error("cohort_above_residents", "cities.csv", 3, "age_6_11", "5500001", "440500")],
    ),
    "migrants above their cohort": (
        {"cities": lambda text: text.replace(",idle,", ",idle,migrant_age_6_11,")
         .replace(",1500,1200,", ",1500,540001,1200,").replace(",800,700,", ",800,,700,")
         .replace(",700,500,", ",700,0,500,")},
        [error("migrants_above_cohort", "cities.csv", 2, "migrant_age_6_11", "540001", "440300")],
    ),
    "all weights zero": (
        {"services": {("primary", "weight"): 0, ("hospital", "weight"): 0}},
        [error("weights_all_zero", "services.csv", None, "weight", None, None)],
    ),
    # pools
    "transfer without a use": (
        {"pools": {("equalisation", "use"): ""}},
        [error("missing_value", "pools.csv", 3, "use", "", "equalisation")],
    ),
    "use of land": (
        {"pools": {("land", "use"): "capital"}},
        [error("not_for_this_kind", "pools.csv", 2, "use", "capital", "land")],
    ),
    "bond without a class": (
        {"pools": {("special_bond", "bond_class"): ""}},
        [error("missing_value", "pools.csv", 4, "bond_class", "", "special_bond")],
    ),
    "corridor down of a bond": (
        {"pools": {("special_bond", "corridor_down"): 0.1}},
        [error("not_for_bonds", "pools.csv", 4, "corridor_down", "0.1", "special_bond")],
    ),
    "floor of a bond without last year": (
        {"pools": {("special_bond", "floor_multiple"): 0.5}},
        [error("missing_record", "last_year.csv", None, "pool", None, "special_bond")],
    ),
    "negative earmark on a bond": (
        {"earmarks": "city,pool,amount,reason\n450900,special_bond,-40,x\n"},
        [error("out_of_range", "earmarks.csv", 2, "amount", "-40", "450900, special_bond")],
    ),
    "floor above cap": (
        {"pools": {("land", "floor_multiple"): 1.5}},
        [error("floor_above_cap", "pools.csv", 2, "floor_multiple", "1.5", "land")],
    ),
    "two pools of land": (
        {"pools": {("equalisation", "kind"): "land", ("equalisation", "use"): ""}},
        [error("second_land_pool", "pools.csv", 3, "kind", "land", "equalisation")],
    ),
    "override without a reason": (
        {"overrides": "city,pool,amount\n450900,land,400\n"},
        [warning("override_unexplained", "overrides.csv", 2, "reason", None, "450900, land")],
    ),
    # factors
    "weights": (
        {"factors": {("land", "migrants", "weight"): 0.5}},
        [error("weights_not_one", "factors.csv", None, "weight", "1.1", "land")],
    ),
    "unknown factor": (
        {"factors": {("land", "migrants", "factor"): "migrant"}},
        [error("unknown_factor", "factors.csv", 2, "factor", "migrant", "land, migrant")],
    ),
    "factor of words": (
        {"factors": {("land", "migrants", "factor"): "province_name"}},
        [error("not_numeric", "factors.csv", 2, "factor", "province_name", "land, province_name")],
    ),
    "factor with a gap": (
        {"factors": {("land", "migrants", "factor"): "willingness"}},
        [error("missing_value", "cities.csv", 3, "willingness", "", "440500"),
         error("missing_value", "cities.csv", 4, "willingness", "", "450900")],
    ),
    "negative factor": (
        {"cities": {("440500", "age_6_11"): -1}, "services": {("primary", "cohort"): "residents"}},
        [error("negative_factor", "cities.csv", 3, "age_6_11", "-1", "440500")],
    ),
    "factor of zeros": (
        {"cities": {(city, "idle"): 0 for city in ("440300", "440500", "450900")},
         "factors": {("land", "migrants", "factor"): "idle"}},
        [error("factor_all_zero", "factors.csv", 2, "factor", "idle", "land, idle")],
    ),
    "pool without factors": (
        {"factors": lambda text: text[: text.index("special_bond")], "pools": {("special_bond", "corridor_up"): ""}},
        [warning("pool_without_factors", "pools.csv", 4, "pool", "special_bond", "special_bond")],
    ),
    "corridor without factors": (
        {"factors": lambda text: text[: text.index("special_bond")]},
        [error("corridor_without_factors", "pools.csv", 4, "corridor_up", "1", "special_bond"),
         warning("pool_without_factors", "pools.csv", 4, "pool", "special_bond", "special_bond")],
    ),
    # limits
    "limit of nothing": (
        {"limits": {("large_share", "quantity"): "allocation:lnd"}},
        [error("unknown_object", "limits.csv", 2, "quantity", "allocation:lnd", "large_share")],
    ),
    "share of settlement": (
        {"limits": {("guangdong_settle", "basis"): "share", ("guangdong_settle", "value"): 0.5}},
        [error("share_of_no_pool", "limits.csv", 3, "basis", "share", "guangdong_settle")],
    ),
    "limit in percent": (
        {"limits": {("large_share", "value"): 60}},
        [error("share_in_percent", "limits.csv", 2, "value", "60", "large_share")],
    ),
    "where that cannot be read": (
        {"limits": {("guangdong_settle", "where"): "province == 44 and"}},
        [error("bad_where", "limits.csv", 3, "where", "province == 44 and", "guangdong_settle")],
    ),
    "where with an unknown name": (
        {"limits": {("guangdong_settle", "where"): "provnce = '44'"}},
        [error("bad_where", "limits.csv", 3, "where", "provnce = '44'", "guangdong_settle")],
    ),
    "where of the wrong type": (
        {"limits": {("guangdong_settle", "where"): "province == 44"}},
        [error("bad_where", "limits.csv", 3, "where", "province == 44", "guangdong_settle")],
    ),
    "where that selects nothing": (
        {"limits": {("guangdong_settle", "where"): "province == '99'"}},
        [warning("selects_nothing", "limits.csv", 3, "where", "province == '99'", "guangdong_settle")],
    ),
    "unknown class": (
        {"limits": {("guangdong_settle", "where"): "debt_tier = 'grean'"}},
        [warning("unknown_class", "limits.csv", 3, "where", "debt_tier = 'grean'", "guangdong_settle")],
    ),
    # sources
    "sources that name nothing": (
        {"sources": "table,column,status\npools,totl,assumed\npool,total,assumed\npools,total,guessed\n"
         + "".join(f"cities,{name},published\n" for name in CITIES.split("\n")[0].split(",")[1:] if name != "idle")},
        [warning("source_missing", "sources.csv", None, "column", None, "cities"),
         warning("unknown_column", "sources.csv", 2, "column", "totl", "pools, totl"),
         warning("unknown_table", "sources.csv", 3, "table", "pool", "pool, total"),
         error("not_allowed", "sources.csv", 4, "status", "guessed", "pools, total")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_every_finding(name: str, tmp_path: Path) -> None:
    changes, expected = BROKEN[name]
    instance, findings = load(write_tiny(tmp_path / "tiny", **changes))
    assert places(findings) == expected
    assert (instance is None) == any(place[0] == "error" for place in expected)
    for finding in findings:
        assert finding.message.zh and finding.message.en and finding.remedy.zh and finding.remedy.en
        assert "{" not in finding.line("en").replace(finding.value or "", "")
    if instance is not None:
        assert instance.warnings == findings


def test_everything_at_once(tmp_path: Path) -> None:
    """Faults in different files, and in the settings, come in one answer."""
    _, findings = load(
        write_tiny(
            tmp_path / "tiny",
            toml={"gap = 0.001": "gap = -1"},
            cities={("440300", "revenue"): "x", ("440500", "urban_residents"): 9e9},
            pools={("land", "kind"): "sea"},
            limits=None,
            earmarks="city,pool\n450900,land\n",
        )
    )
    assert {f.code for f in findings} == {
        "out_of_range", "not_a_number", "part_above_whole", "not_allowed", "missing_column",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"pools": {("land", "kind"): "lend"}}, "Did you mean land? Would be right: bond, land, transfer."),
        ({"cities": {("440500", "urban_residents"): 5600000}}, "Would be right: at most 5,500,000 persons."),
        ({"cities": {("440300", "willingness"): 35}}, "Would be right: 0.35, or 35%."),
        ({"cities": {("440500", "interest"): -1}}, "Would be right: at least 0; unit: 10⁴ yuan a year."),
        ({"services": {("primary", "cohort"): "name"}}, "In row 2 stands '深圳市': write a number."),
        ({"limits": {("guangdong_settle", "where"): "provnce = '44'"}}, "Did you mean province?"),
        ({"overrides": "city,pool,amount,reason,approved_by\n440309,land,8,a,b\n"}, "Did you mean 440300? Would be"),
    ],
)
def test_remedies_are_concrete(changes: dict[str, Any], remedy: str, tmp_path: Path) -> None:
    _, findings = load(write_tiny(tmp_path / "tiny", **changes))
    assert len(findings) == 1
    assert findings[0].remedy.en.startswith(remedy)


def test_text_with_braces_in_messages(tmp_path: Path) -> None:
    """What stands in a cell never becomes part of a template."""
    changes = {
        "pools": {("land", "kind"): "{0}"},
        "limits": {("large_share", "quantity"): "{x", ("guangdong_settle", "where"): "'{' = {"},
        "factors": {("land", "migrants", "factor"): "{name}"},
        "services": {("primary", "cohort"): "}{"},
    }
    _, findings = load(write_tiny(tmp_path / "tiny", **changes))
    assert {f.value for f in findings} >= {"{0}", "{x", "'{' = {", "{name}", "}{"}


def many_cities(count: int = 12) -> str:
    """Copies of one city under codes of their own."""
    header, first = CITIES.split("\n")[:2]
    rows = [first.replace("440300", f"44{place:04d}", 1) for place in range(count)]
    return "\n".join([header, *rows]) + "\n"


def unit_findings(folder: Path, changes: dict[tuple[str, str], float]) -> list[tuple[int | None, str | None]]:
    write_tiny(folder, cities=many_cities())
    text = (folder / "cities.csv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    header = text[0].split(",")
    for (row, column), factor in changes.items():
        cells = text[int(row) - 1].split(",")
        cells[header.index(column)] = repr(float(cells[header.index(column)]) * factor)
        text[int(row) - 1] = ",".join(cells)
    (folder / "cities.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return [(f.row, f.column) for f in load(folder)[1] if f.code == "unit_suspect"]


def test_money_in_another_unit(tmp_path: Path) -> None:
    """Money 10⁴ or 10⁸ times that of the neighbours is a warning, ten or a thousand times is none."""
    assert unit_findings(tmp_path / "a", {}) == []
    assert unit_findings(tmp_path / "b", {("3", "revenue"): 10, ("4", "revenue"): 0.001}) == []
    assert unit_findings(tmp_path / "c", {("3", "revenue"): 2e4}) == [(3, "revenue")]
    assert unit_findings(tmp_path / "d", {("3", "interest"): 1e-8, ("4", "debt_general"): 1e-4}) == [
        (3, "interest"),
        (4, "debt_general"),
    ]


def test_residents_in_another_unit(tmp_path: Path) -> None:
    """All money a head off by 10⁴ is residents in 10⁴ persons, one finding."""
    people = ("residents", "urban_residents", "migrants_cross", "migrants_within", "age_6_11")
    assert unit_findings(tmp_path / "a", {("5", column): 1e-4 for column in people}) == [(5, "residents")]


def test_what_follows_from_residents_in_another_unit_is_not_listed(tmp_path: Path) -> None:
    """Parts above a whole of 10⁻⁴ are right themselves: the one error is on the residents, and says what to write."""
    assert unit_findings(tmp_path / "a", {("5", "residents"): 1e-4}) == [(5, "residents")]
    found = [each for each in load(tmp_path / "a")[1] if each.severity == "error" and each.file == "cities.csv"]
    assert [(each.row, each.column) for each in found] == [(5, "residents")]
    assert f"应写 {float(found[0].value or 0) * 1e4:.0f}" in found[0].remedy.zh
    assert {"part_above_whole", "migrants_above_residents"} <= {each.code for each in found[0].followed_by}


@pytest.mark.parametrize(
    ("name", "codes"), [("深川市", ["name_unlike_code"]), ("深圳", ["name_unlike_code"]), ("甲", [])]
)
def test_a_name_that_is_not_that_of_the_code(name: str, codes: list[str], tmp_path: Path) -> None:
    """A slip of the pen, or a short name beside whole ones; a name of the planner's own has no sign in common."""
    found = load(write_tiny(tmp_path / "tiny", cities={("440300", "name"): name}))[1]
    assert [each.code for each in found] == codes
    assert all(each.severity == "warning" and "深圳市" in each.remedy.zh for each in found)


@pytest.mark.parametrize(
    ("floor", "zh", "en"),
    [
        (70, "是否为 0.7？至多 1.4。", "Did you mean 0.7? Would be right: at most 1.4."),
        (1.5, "至多 1.4。", "Would be right: at most 1.4."),
        (700, "至多 1.4。", "Would be right: at most 1.4."),
    ],
)
def test_a_floor_multiple_in_percent(floor: float, zh: str, en: str, tmp_path: Path) -> None:
    (found,) = load(write_tiny(tmp_path / "tiny", pools={("land", "floor_multiple"): floor}))[1]
    assert (found.code, found.severity, found.remedy) == ("floor_above_cap", "error", (zh, en))


def test_the_only_quota_in_ten_thousands(tmp_path: Path) -> None:
    """There is nothing to compare it with but who settled last year."""
    (found,) = load(write_tiny(tmp_path / "tiny", cities={("440300", "settlement_quota"): 13.19}))[1]
    assert found.message == (
        "落户指标 13.19 人，约为上年落户人数 120,000 人的万分之一，可能是以万人填报。",
        "A quota of 13.19 persons is about a ten thousandth of the 120,000 who settled last year: it may be in 10⁴ "
        "persons.",
    )
    assert found.remedy == (
        "核对单位：应为人；若按万人填报，应写 131,900。若无误可不改。",
        "Check the unit: persons; 131,900 if it is given in 10⁴. Leave it if it is right.",
    )


def test_an_instance_checked_again(tmp_path: Path) -> None:
    """After an edit the same checks run on typed tables: places are the table and the key."""
    instance = read(write_tiny(tmp_path / "tiny"))
    assert check_instance(instance) == ()
    cities = instance.tables["cities"].copy()
    cities.loc[1, "urban_residents"] = 5.6e6
    cities.loc[2, "revenue"] = float("nan")
    edited = make_instance(instance.settings, {**instance.tables, "cities": cities})
    assert places(check_instance(edited)) == [
        error("missing_value", "cities", None, "revenue", "", "450900"),
        error("part_above_whole", "cities", None, "urban_residents", "5600000", "440500"),
    ]
    assert edited.hash != instance.hash


LATER = (
    "cities.size_population = 9_900_000 where city == '440500'",  # next to a border of the size classes
    "policy.land.stock_ratio = 2.5",
    "pools.land.total *= 10000",  # another unit
    "limits.where = \"size_class == 'megacty'\"",
    "last_year.amount *= 10000 where city == '440300'",
    "capacity.capacity *= 10000 where city == '440500'",
    "cities.size_population = 3_500_000 where city == '440500'",
    "policy.debt.service_ceiling = 1.5",
    "pools.land.total *= 0.0001",
    "drop limits",
    "policy.debt.service_ceiling = 0.5",
    "last_year.amount *= 0.0001 where city == '440300'",
)


def test_checks_after_edits_find_what_checks_of_everything_find(tmp_path: Path) -> None:
    """What was found before stands only while nothing that it is about has changed."""
    instance = read(write_tiny(tmp_path / "tiny"))
    found = set()
    for line in LATER:
        edited = apply(instance, [parse_edit(line)]).instance
        afresh = make_instance(edited.settings, edited.tables)
        assert check_instance(edited) == check_instance(edited, instance) == check_instance(afresh), line
        assert edited.hash == afresh.hash != instance.hash
        found.add(tuple(finding.code for finding in check_instance(edited)))
        instance = edited
    assert len(found) >= 8, "the findings change"


def test_what_is_known_goes_with_tables_alone(tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "tiny"))
    before, _ = instance.hash, check_instance(instance)
    cities = instance.tables["cities"].assign(idle=7.0)
    changed = instance.changed(instance.settings, {**instance.tables, "cities": cities})
    assert {table for table, _ in changed.known} == set(instance.tables) - {"cities"}
    assert changed.hash == make_instance(instance.settings, {**instance.tables, "cities": cities}).hash != before
    other = replace(instance, tables={**instance.tables, "cities": cities})
    assert not other.known and other.hash == changed.hash


def test_nothing_is_near_to_no_name() -> None:
    assert Known(["x", "cities"]).nearest("") is None


def test_the_nearest_code_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same mistake may stand in thousands of rows."""
    asked: list[str] = []
    nearest = Known.nearest

    def counted(self: Known, name: str, least_likeness: float = 0.6) -> str | None:
        asked.append(name)
        return nearest(self, name, least_likeness)

    monkeypatch.setattr(Known, "nearest", counted)
    known = Known(["land", "special_bond"])
    assert {known.remedy("lnad").en for _ in range(1000)} == {"Did you mean land? Would be right: land, special_bond."}
    assert asked == ["lnad"]


def test_a_misspelt_name_is_of_the_city_that_has_no_row(tmp_path: Path) -> None:
    """Its missing row is said with it; a name that is more like a city with a row of its own is not taken for that."""
    for name in ("汕投市", "深川市"):  # like 汕头市, whose row it is, and like 深圳市, which has one
        path = write_tiny(
            tmp_path / name, last_year=lambda text, name=name: text.replace("440500,land", f"{name},land")
        )
        (found,) = [each for each in load(path)[1] if each.severity == "error"]
        assert (found.code, found.value) == ("unknown_code", name)
        assert found.remedy.zh == "是否为 440500（汕头市）？"
        assert [each.code for each in found.followed_by] == ["missing_record"]


SAID: dict[str, tuple[dict[str, Any], list[tuple[str, str, str, str]]]] = {
    "override without its reason": (
        {"overrides": "city,pool,amount,reason,approved_by\n440300,land,800,,\n440500,land,200,批示,\n"},
        [("override_unexplained", "reason", "人工调整缺少依据。", "写明依据和批准人。"),
         ("override_unexplained", "approved_by", "人工调整有依据，缺少批准人。", "写明批准人。")],
    ),
    "columns without a source": (
        {"sources": "table,column,status,source,year,note\n"
                    + "".join(f"cities,{name},published,年鉴,2020,\n" for name in CITIES.split("\n")[0].split(",")[1:]
                              if name not in ("revenue", "willingness", "idle"))},
        [("source_missing", "column", "cities 表有 3 列没有数据来源。",
          "为这些列各加一行：当年落户意愿（willingness）、闲置低效用地（idle）、一般公共预算收入（revenue）。")],
    ),
    "limit on a class that is not there": (
        {"limits": "limit,title_zh,title_en,quantity,where,sense,value,basis\n"
                   "l,一,one,allocation:land,城市规模等级 = '大城市',<=,9000,amount\n"},
        [("unknown_class", "where", "“城市规模等级”中没有 大城市。没有城市符合这一条件，该限制不起作用。",
          "是否为 特大城市？可用：Ⅰ型大城市、Ⅱ型大城市、中等城市、超大城市、Ⅰ型小城市、Ⅱ型小城市、特大城市。")],
    ),
    "limit beside a class that is not there": (
        {"limits": "limit,title_zh,title_en,quantity,where,sense,value,basis,versus\n"
                   "l,一,one,allocation:land,province = '44',<=,1,relative,城市规模等级 = '大城市'\n"},
        [("unknown_class", "versus", "“城市规模等级”中没有 大城市。没有城市符合这一条件，无从比较。",
          "是否为 特大城市？可用：Ⅰ型大城市、Ⅱ型大城市、中等城市、超大城市、Ⅰ型小城市、Ⅱ型小城市、特大城市。")],
    ),
    "factor whose title is meant": (
        {"factors": {("land", "residents", "factor"): "上年落户"}},
        [("unknown_factor", "factor",
          "既不是 cities 表的数值列，也不是派生量。", "是否为 上年落户人数（settled_last）？")],
    ),
    "limit on a city that is not there": (
        {"limits": "limit,title_zh,title_en,quantity,where,sense,value,basis\n"
                   "l,一,one,allocation:land,\"city in ['440300', '449999']\",<=,9000,amount\n"},
        [("unknown_city", "where", "“城市代码”中没有 449999。",
          "可用：440300（深圳市）、440500（汕头市）、450900（玉林市）。")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_findings_say(name: str, tmp_path: Path) -> None:
    changes, said = SAID[name]
    findings = load(write_tiny(tmp_path / "tiny", **changes))[1]
    codes = {code for code, *_ in said}
    assert [(f.code, f.column, f.message.zh, f.remedy.zh) for f in findings if f.code in codes] == said


@pytest.mark.parametrize(
    ("line", "remedy"),
    [("pools.land.total = '1,500'", "写作 1500，不加千分位，不加引号。"),
     ("pools.land.total = '3万'", "写作 30000，不带“万”，不加引号。")],
)  # fmt: skip
def test_what_to_write_for_a_number(line: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        apply(read(write_tiny(tmp_path / "tiny")), [parse_edit(line, 1)])
    assert remedy in caught.value.findings[0].remedy.zh


def test_an_edit_with_a_city_that_is_not_there(tmp_path: Path) -> None:
    line = "last_year.amount *= 1.01 where city in ['440300', '449999']"
    with pytest.raises(InputError) as caught:
        apply(read(write_tiny(tmp_path / "tiny")), [parse_edit(line, 1)])
    (finding,) = caught.value.findings
    assert (finding.code, finding.message.zh) == ("unknown_city", "条件中有城市不存在。")
    assert finding.message.en == "The condition names a city that is not there."


def test_last_year_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    """In a folder; a workbook says the same of itself."""
    (found,) = load(write_tiny(tmp_path / "tiny", last_year=None))[1]
    assert (found.told("zh"), found.told("en")) == (
        "缺少“上年数额”：新增建设用地、均衡性转移支付有保底或封顶倍数，或公式正在过渡，都以上年数额为准。"
        "补上工作表“上年数额”（文件夹中为 last_year.csv）。",
        "Last year is missing: the floors, caps or phasing in of New construction land, Equalisation transfer go by "
        "its amounts. Add the sheet Last year (in a folder last_year.csv).",
    )
