"""``instance.toml``: what the settings refuse, with the dotted path and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from alloc.instance import load, read
from alloc.instance.files.settings_reading import parse_settings
from alloc.instance.schema.classes import SIZE_CLASSES
from alloc.instance.schema.policy import SizeClass
from alloc.instance.schema.settings import Settings
from alloc.workbook.convert import convert
from instances import TOML, write_tiny

LAST_TIERS = '[[objective]]\ntier = "closeness"\n[[objective]]\ntier = "cost"\n'
FAIRNESS = 'method = "cvar"\nbeta = 0.1\ntolerance = 0.005'


def settings(text: str = TOML) -> Settings:
    found, findings = parse_settings(text)
    assert found is not None, [finding.line() for finding in findings]
    return found


def test_attributes_are_the_paths_of_the_file() -> None:
    found = settings()
    assert (found.schema_version, found.name, found.year, found.integers, found.gap) == (1, "tiny", 2021, True, 0.001)
    assert found.title.zh == "三城小例"
    assert [standard.up_to for standard in found.policy.land.standards] == [100, 150, None]
    assert found.policy.land.stock_ratio == 2
    assert found.policy.score.slopes == (2, 1, 0.5)
    assert found.policy.debt.tiers[-1].name == "red"
    assert [tier.tier for tier in found.objective][:3] == ["minimum", "fairness", "settlement"]
    with pytest.raises(ValidationError):
        found.gap = 1  # type: ignore[misc]


def test_defaults() -> None:
    found = settings(TOML.replace("stock_ratio = 2.0\n", "").replace(FAIRNESS, "").replace("gap = 0.001\n", ""))
    assert found.policy.land.stock_ratio is None
    assert found.gap == 0.001
    fairness = found.objective[1]
    assert (fairness.method, fairness.beta, fairness.tolerance) == ("cvar", 0.1, None)
    assert (found.objective[0].method, found.objective[0].beta) == (None, None)


def test_leximin_on_the_relaxation() -> None:
    text = TOML.replace("integers = true", "integers = false").replace(FAIRNESS, 'method = "leximin"')
    assert (settings(text).objective[1].method, settings(text).objective[1].beta) == ("leximin", None)


REFUSED = [
    ("gap = 0.001", "gap = -1", "out_of_range", "gap", "at least 0"),
    ("gap = 0.001", 'gap = "0.1"', "wrong_type", "gap", "without quotes"),
    ("gap = 0.001", 'gap = "10%"', "wrong_type", "gap", "Write 0.1, without quotes."),
    ("year = 2021", 'year = "2,021"', "wrong_type", "year", "Write 2021, without quotes."),
    ("gap = 0.001", "gap = nan", "wrong_type", "gap", "finite"),
    ("gap = 0.001", "gap = true", "wrong_type", "gap", "a number"),
    ("integers = true", "integers = 1", "wrong_type", "integers", "true or false"),
    ("integers = true", "integer = true", "unknown_setting", "integer", "Did you mean integers?"),
    ("schema = 1", "schema = 2", "newer_schema", "schema", "Use a newer alloc"),
    ("schema = 1", "schema = 0", "not_allowed", "schema", "Would be right"),
    ("year = 2021", "", "missing_setting", "year", "Planning year"),
    ("year = 2021", "year = 2021.5", "wrong_type", "year", "a whole number"),
    ('name = "tiny"', 'name = "a b"', "wrong_type", "name", "letters"),
    ("knee = 0.9", "knee = 0.9\nkne = 1", "unknown_setting", "policy.score.kne", "Did you mean knee?"),
    ("knee = 0.9", "knee = 0", "out_of_range", "policy.score.knee", "above 0"),
    ("slopes = [2.0, 1.0, 0.5]", "slopes = [1, 2, 0.5]", "slopes_not_concave", "policy.score.slopes", "[2.0, 1.0"),
    ("slopes = [2.0, 1.0, 0.5]", "slopes = [2, 1, 0]", "slopes_not_concave", "policy.score.slopes", "[2.0, 1.0"),
    ("slopes = [2.0, 1.0, 0.5]", "slopes = [2, 1]", "missing_setting", "policy.score.slopes[2]", "Entry 3"),
    ("up_to = 150", "up_to = 90", "not_ascending", "policy.land.standards", "Sort"),
    ("up_to = 150, ", "", "open_step", "policy.land.standards", "last"),
    ("{ per_settler = 50 }", "{ up_to = 200, per_settler = 50 }", "open_step", "policy.land.standards", "last"),
    ("below = 2.0", "below = 1.2", "not_ascending", "policy.debt.tiers", "Sort"),
    ('name = "red", ', 'name = "red", below = 9, ', "open_step", "policy.debt.tiers", "last"),
    ('name = "yellow"', 'name = "green"', "duplicate_tier", "policy.debt.tiers", "name of its own"),
    ("below = 2.0, ", 'below = "2", ', "wrong_type", "policy.debt.tiers[1].below", "a number"),
    ("bond_rate = 0.032", "bond_rate = 0", "out_of_range", "policy.debt.bond_rate", "above 0"),
    ("bond_rate = 0.032", "bond_rate = 3.2", "out_of_range", "policy.debt.bond_rate", "at most 1"),
    ("quota_classes = [", 'quota_classes = ["mega", ', "not_allowed", "policy.settlement.quota_classes[0]", "megacity"),
    ("willingness = 0.16", "willingness = 16", "out_of_range", "policy.settlement.willingness", "at most 1"),
    ('tier = "minimum"', 'tier = "minimm"', "not_allowed", "objective[0].tier", "Did you mean minimum?"),
    ('tier = "minimum"', 'tier = "minimum"\nbeta = 0.1', "option_out_of_place", "objective[0]", "Leave beta out"),
    ('tier = "minimum"', 'tier = "minimum"\nmethod = "cvar"', "option_out_of_place", "objective[0]", "Leave method"),
    ('tier = "cost"', 'tier = "cost"\ntolerance = 1', "option_out_of_place", "objective[6]", "Leave tolerance out"),
    ("beta = 0.1", "beta = 0", "out_of_range", "objective[1].beta", "above 0"),
    ("beta = 0.1", "beta = 1.1", "out_of_range", "objective[1].beta", "at most 1"),
    ("tolerance = 0.005", "tolerance = -1", "out_of_range", "objective[1].tolerance", "at least 0"),
    ('method = "cvar"', 'method = "lexmin"', "not_allowed", "objective[1].method", "Did you mean leximin?"),
    ('tier = "cost"', 'tier = "minimum"', "duplicate_objective", "objective", "once"),
    (LAST_TIERS, '[[objective]]\ntier = "cost"\n[[objective]]\ntier = "closeness"\n',
     "cost_before_closeness", "objective", "Put closeness before cost"),
    (FAIRNESS, 'method = "leximin"', "leximin_with_integers", "integers", "integers = false"),
    ("[policy.score]", "[policy.sore]", "unknown_setting", "policy.sore", "Did you mean score?"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "path", "remedy"), REFUSED)
def test_refused(old: str, new: str, code: str, path: str, remedy: str) -> None:
    assert old in TOML
    found, findings = parse_settings(TOML.replace(old, new, 1))
    assert found is None
    places = [(f.code, f.file, f.row, f.column) for f in findings]
    assert (code, "instance.toml", None, path) in places
    assert len(places) == 1 or path == "policy.sore" or code == "unknown_setting" or "beta" in path or "method" in path
    finding = findings[places.index((code, "instance.toml", None, path))]
    assert remedy in finding.remedy.en
    assert finding.remedy.zh and finding.message.zh


def test_faults_of_different_sections_come_together() -> None:
    text = TOML.replace("up_to = 150", "up_to = 90").replace("below = 2.0", "below = 1").replace("gap = 0.", "gap = 9.")
    assert {f.column for f in parse_settings(text)[1]} == {"policy.land.standards", "policy.debt.tiers", "gap"}


@pytest.mark.parametrize(
    ("text", "row"), [("schema = 1\nname = \n", 2), ("a = 1\na = 2\n", 2), ("[" * 5000, 1), ("a = [", None)]
)
def test_no_toml(text: str, row: int | None) -> None:
    found, (finding,) = parse_settings(text)
    assert found is None
    assert (finding.code, finding.row) == ("toml_syntax", row)


def test_size_classes_are_the_same_everywhere() -> None:
    assert get_args(SizeClass) == SIZE_CLASSES


def test_every_setting_is_described() -> None:
    """Title and unit in both languages, for the workbench and the manual."""

    def walk(schema: dict) -> None:
        for name, field in schema.get("properties", {}).items():
            if name != "schema":
                assert field.get("title_zh") and field.get("title_en"), name
                assert {"unit_zh", "unit_en"} <= set(field), name

    schema = Settings.model_json_schema()
    walk(schema)
    for part in schema["$defs"].values():
        walk(part)


TITLE = 'title = { zh = "三城小例", en = "Three cities" }'


@pytest.mark.parametrize(
    ("written", "both"),
    [('title = { zh = "三城" }', ("三城", "三城")), ('title = { en = "Three", zh = "" }', ("Three", "Three"))],
)
def test_a_title_in_one_language_is_enough(written: str, both: tuple[str, str], tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny", toml={TITLE: written})
    found = read(folder)
    assert (found.settings.title.zh, found.settings.title.en) == both
    for language in ("zh", "en"):
        convert(folder, tmp_path / f"{language}.xlsx", language)
        assert read(tmp_path / f"{language}.xlsx").hash == found.hash


@pytest.mark.parametrize("written", ["title = {}", 'title = { zh = "", en = "" }'])
def test_no_title_is_said_once(written: str, tmp_path: Path) -> None:
    findings = load(write_tiny(tmp_path / "tiny", toml={TITLE: written}))[1]
    assert [(each.code, each.column, each.message.zh, each.remedy.zh, each.remedy.en) for each in findings] == [
        ("missing_setting", "title.zh", "缺少标题。", "写明标题，中文、英文填一个即可。",
         "Give a title; one of the two languages is enough.")
    ]  # fmt: skip


def test_a_title_of_another_kind_is_said_where_it_stands(tmp_path: Path) -> None:
    findings = load(write_tiny(tmp_path / "tiny", toml={TITLE: 'title = { zh = "三城", en = 5 }'}))[1]
    assert [(each.code, each.column, each.value) for each in findings] == [("wrong_type", "title.en", "5")]
