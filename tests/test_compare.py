"""Comparisons: every difference found and none invented, sums that agree, partners by code, both languages."""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click.testing
import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len

import alloc
from alloc.arguments import ArgumentError
from alloc.cli.commands.compare import compare as command
from alloc.comparison import Comparison, ComparisonError, compare
from alloc.comparison.files import to_json, write
from alloc.comparison.inputs import differing
from alloc.comparison.pair import Pair, compared
from alloc.comparison.reading import compare_any
from alloc.comparison.tables import TABLES
from alloc.comparison.text.said import comparison_sections
from alloc.comparison.text.wording import RESIDENT_UNITS, WORDS, say
from alloc.comparison.tiers import tiers as compared_tiers
from alloc.content.blocks import Amount, Table
from alloc.content.figures import decimals_that_add_up, number
from alloc.content.numbers import shown
from alloc.content.terminal import text as printed
from alloc.formulation.lever import Decision
from alloc.formulation.registry import catalogue
from alloc.instance.instance import make_instance
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASSES
from alloc.report.answers import comparison_document
from alloc.report.sections import scenarios as scenario_section
from alloc.report.sections.scenarios import scenarios
from alloc.report.view import View
from alloc.result.frames.bounds import bounds_that_bind
from alloc.result.result import Result, run
from alloc.result.store import write as write_result
from alloc.text import Text
from alloc.workbench.picture.beside import beside
from alloc.writing import TargetError
from forging import manifest_of, reseal
from instances import write_tiny
from national import relaxed

pytestmark = pytest.mark.long

WIDTH = 110
CITY, POOL = "440300", "land"


def without(key: str) -> Callable[[str], str]:
    """Drops the lines of a table that name a key in their first or second column."""
    return lambda text: "".join(
        line for line in text.splitlines(keepends=True) if key not in line.split(",")[:2]
    )  # fmt: skip


def comparison_text(comparison: Comparison, language: str = "en", **chosen: Any) -> str:
    """What a terminal prints of a comparison."""
    return printed(comparison_sections(comparison, language, **chosen), language)


VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "base": {},
    "ceiling": {"toml": {"ceiling = 1.5": "ceiling = 0.3"}},
    "land": {"pools": {("land", "total"): 4200}},
    "override": {"overrides": "city,pool,amount,reason,approved_by\n440300,land,1100,list,mayor\n"},
    "two_cities": {
        **{name: without("450900") for name in ("cities", "capacity", "last_year", "earmarks")},
        "pools": lambda text: text.replace(",true,", ",false,"),
    },
    "no_bonds": {name: without("special_bond") for name in ("pools", "factors")},
    "no_hospital": {name: without("hospital") for name in ("services", "capacity")},
    "half": {"cities": lambda text: text.replace("9000000,8900000", "8500000,8400000")},
    "no_cost": {"toml": {'[[objective]]\ntier = "cost"\n': ""}},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("inputs")
    made = {name: run(alloc.read(write_tiny(folder / name, **each))) for name, each in VARIANTS.items()}
    retitled = alloc.read(write_tiny(folder / "title", toml={"Three cities": "Three other cities"}))
    return made | {"again": replace(made["base"]), "title": replace(made["base"], instance=retitled)}


@pytest.fixture(scope="module")
def stored(results: dict[str, Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("结果 of tiny")
    for name, result in results.items():
        write_result(result, folder / name)
    return folder


@pytest.fixture(scope="module")
def china() -> Comparison:
    """The national instance, relaxed, against a debt ceiling of 100 % and less land revenue."""
    base, tables = relaxed().instance.settings, relaxed().instance.tables
    debt = base.policy.debt.model_copy(update={"ceiling": 1.0})
    tight = base.model_copy(update={"policy": base.policy.model_copy(update={"debt": debt})})
    cities = tables["cities"].copy()
    cities["fund_available"] *= 0.8
    return compare([relaxed(), run(make_instance(tight, {**tables, "cities": cities}))], ["base", "tight"])


def invoke(*arguments: object) -> click.testing.Result:
    found = click.testing.CliRunner().invoke(command, [str(each) for each in arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert "Traceback" not in found.output
    return found


MADE: dict[tuple[str, ...], Comparison] = {}  # frozen, so every test may have the same


def pair(results: dict[str, Result], *names: str) -> Comparison:
    if names not in MADE:
        MADE[names] = compare([results[name] for name in names], names)
    return MADE[names]


# ------------------------------------------------------------------------------------------- the same, and nothing else


def test_the_same_is_the_same(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "again")
    assert comparison.identical and not comparison.differs("B")
    content = to_json(comparison)
    assert content["identical"] is True
    changing = {name: table for name, table in content["tables"].items() if name not in ("cities",)}
    assert {name: table["rows"] for name, table in changing.items() if table["rows"]} == {}
    assert content["tables"]["allocation"]["left_out"] == 9
    assert "B 与 A 完全相同" in comparison_text(comparison, "zh")
    assert "B is the same as A" in comparison_text(comparison, "en")


def test_a_relaxation_beside_whole_facilities_is_told_as_such(results: dict[str, Result]) -> None:
    """The setting in words, and of tiers that change neither better nor worse."""
    whole = alloc.solve("hand", relaxation=False, edits="pools.general.total = 9500")
    comparison = compare([alloc.solve("hand"), whole], ["one", "other"])
    zh, en = (" ".join(comparison_text(comparison, language).split()) for language in ("zh", "en"))
    assert re.search(r"整座设施\S* \S*integers\S* .{0,20}否 是", zh) and not re.search(r"\b(true|false)\b", zh + en)
    assert "能断定变好的有 0 级，能断定变差的有 0 级" in zh
    assert "一方是松弛解、另一方是整座设施，其差含取整，不能断定好坏的目标：" in "".join(zh.split("\n"))
    assert "relaxation against whole facilities (not decided)" in en


def test_another_title_is_a_difference_without_effect(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "title")
    assert not comparison.identical and not comparison.outcome_differs("B")
    row = comparison.tables["inputs"].iloc[0]
    assert (row["column"], row["old"], row["new"]) == ("title.en", "Three cities", "Three other cities")
    assert len(comparison.tables["inputs"]) == 1
    assert "结果没有差别" in comparison_text(comparison, "zh")


@pytest.mark.parametrize("name", ["ceiling", "land", "override", "half", "two_cities"])
def test_tables_are_as_described(results: dict[str, Result], name: str) -> None:
    comparison = pair(results, "base", name)
    assert not comparison.identical
    assert set(comparison.tables) == set(TABLES)
    kinds = {"text": "str", "number": "float64", "count": "int64", "flag": "bool"}
    for table, about in TABLES.items():
        content = comparison.tables[table]
        assert {column: str(content[column].dtype) for column in content} == {
            column: kinds[kind] for column, kind, _ in about.columns
        }, table
        assert list(content) == [column for column, _, _ in about.columns]
        for column in (*about.changes, *about.pairs):
            assert column in content


def test_the_order_of_results_turns_the_signs(results: dict[str, Result]) -> None:
    there, back = (pair(results, *names).tables["allocation"] for names in (("base", "land"), ("land", "base")))
    assert there["change"].tolist() == (-back["change"]).tolist()
    assert there["base"].tolist() == back["other"].tolist()


# --------------------------------------------------------------------------------------------------------------- inputs


def test_inputs_by_key(results: dict[str, Result]) -> None:
    def told(name: str) -> list[tuple[object, ...]]:
        rows = pair(results, "base", name).tables["inputs"]
        return list(rows[["table", "key", "column", "row", "old", "new"]].itertuples(index=False, name=None))

    assert told("ceiling") == [("settings", "", "policy.debt.ceiling", "changed", "1.5", "0.3")]
    assert told("land") == [("pools", "land", "total", "changed", "4000", "4200")]
    assert told("override") == [
        ("overrides", "440300, land", "amount", "added", "", "1100"),
        ("overrides", "440300, land", "reason", "added", "", "list"),
        ("overrides", "440300, land", "approved_by", "added", "", "mayor"),
    ]
    assert told("half") == [
        ("cities", "440300", "residents", "changed", "9000000", "8500000"),
        ("cities", "440300", "urban_residents", "changed", "8900000", "8400000"),
    ]
    assert told("no_cost") == [("objective", "cost", "tier", "removed", "cost", "")]
    counted = {name: differing(pair(results, "base", name).rows("inputs", "B").to_dict("records"))
               for name in ("ceiling", "override", "half", "no_cost")}  # fmt: skip
    assert counted == {"ceiling": 1, "override": 1, "half": 2, "no_cost": 1}  # a row that comes or goes counts once
    removed = {row[0] for row in told("two_cities") if row[3] == "removed"}
    assert removed == {"cities", "capacity", "last_year", "earmarks"}
    assert ("pools", "land", "exhaust", "changed", "true", "false") in told("two_cities")


def test_inputs_in_lists_of_settings_by_their_name(results: dict[str, Result], tmp_path: Path) -> None:
    changed = write_tiny(tmp_path / "i", toml={"new_bond_factor = 0.04": "new_bond_factor = 0.05", "0.005": "0.004"})
    other = replace(results["base"], instance=alloc.read(changed))
    comparison = compare([results["base"], other], ["one", "other"])
    rows = comparison.tables["inputs"]
    assert rows[["table", "key", "column", "old_number", "new_number"]].to_numpy().tolist() == [
        ["objective", "fairness", "tolerance", 0.005, 0.004],
        ["policy.debt.tiers", "orange", "new_bond_factor", 0.04, 0.05],
    ]
    text = comparison_text(comparison, "zh")
    assert "新增债券系数" in text and "policy.debt.tiers.new_bond_factor" in text


def test_many_cells_are_told_in_one_line(results: dict[str, Result]) -> None:
    def told(change: Callable[[pd.Series], pd.Series]) -> str:
        instance = results["base"].instance
        capacity = instance.tables["capacity"].assign(capacity=lambda table: change(table["capacity"]))
        changed = make_instance(instance.settings, {**instance.tables, "capacity": capacity})
        other = replace(results["base"], instance=changed)
        text = comparison_text(compare([results["base"], other], ["one", "other"]), "en")
        (line,) = [line for line in text.splitlines() if "capacity.capacity" in line]
        return line

    assert re.search("6 rows +each ×0.8", told(lambda values: values * 0.8))
    assert "each +1,000" in told(lambda values: values + 1000)
    assert "−10.0 % to −5.0 %" in told(lambda values: values * np.array([0.9, 0.95, 0.9, 0.95, 0.9, 0.95]))


# ------------------------------------------------------------------------------------------------------ sums that agree


def agree(comparison: Comparison) -> None:
    """The sums that any comparison keeps, letter by letter."""
    for letter, other in zip(comparison.letters[1:], comparison.results[1:], strict=True):
        base = comparison.results[0]
        allocation, pools = comparison.rows("allocation", letter), comparison.rows("pools", letter)
        groups, measures = comparison.rows("groups", letter), comparison.rows("measures", letter)
        both = pools.dropna(subset=["change"]).set_index("pool")
        by_pool = allocation.groupby("pool")
        moved = both["gains"] + both["losses"] + both["rounding"]
        np.testing.assert_allclose(by_pool["change"].sum()[both.index], moved, rtol=1e-9, atol=1e-6)
        whole = moved + both["only_other"] - both["only_base"]
        np.testing.assert_allclose(both["change"], whole, rtol=1e-9, atol=1e-6)
        for side, result in (("base", base), ("other", other)):
            published = result.tables["allocation"].groupby("pool")["published"].sum()
            np.testing.assert_allclose(by_pool[side].sum()[published.index], published, rtol=1e-12)
            np.testing.assert_allclose(both[side], published[both.index], rtol=1e-12)
        shared = measures[measures["measure"] != "score"].dropna(subset=["change"]).groupby("measure")["change"].sum()
        sums = groups[groups["measure"] != "score"].groupby(["grouping", "measure"])["change"].sum()
        for grouping in ("all", "province", "size_class"):
            np.testing.assert_allclose(sums[grouping][shared.index], shared, rtol=1e-12, atol=1e-6)
            of_pools = sums[grouping].filter(like="allocation:").rename(lambda name: name.removeprefix("allocation:"))
            np.testing.assert_allclose(
                of_pools, both.loc[of_pools.index, ["gains", "losses", "rounding"]].sum(axis=1), atol=1e-5
            )
        mean = groups[(groups["grouping"] == "all") & (groups["measure"] == "score")].iloc[0]
        held = measures[measures["measure"] == "score"].dropna(subset=["change"])
        people = base.instance.tables["cities"].set_index("city")["residents"][held["city"]]
        assert mean["base"] == pytest.approx(np.average(held["base"], weights=people))
        moves = comparison.rows("debt_tiers", letter)
        assert moves.loc[moves["step"] == "compared", "cities"].sum() == len(held)
        assert moves.loc[moves["step"] == "year", "cities"].sum() == len(other.instance.tables["cities"])


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "base"])
def test_sums_agree(results: dict[str, Result], name: str) -> None:
    agree(pair(results, "base", name))


def test_sums_agree_the_other_way_round(results: dict[str, Result]) -> None:
    agree(pair(results, "two_cities", "base"))


def test_a_resident_by_hand(results: dict[str, Result]) -> None:
    """Land in m², money in yuan, by the residents that each result counts."""
    comparison = pair(results, "base", "half")
    amounts = [each.tables["allocation"].set_index(["city", "pool"])["published"] for each in comparison.results]
    rows = comparison.tables["allocation"].set_index(["city", "pool"])
    for pool in ("land", "equalisation"):
        row, given = rows.loc[(CITY, pool)], [each[(CITY, pool)] for each in amounts]
        assert row["base_per_resident"] == pytest.approx(given[0] * 10_000 / 9_000_000)
        assert row["other_per_resident"] == pytest.approx(given[1] * 10_000 / 8_500_000)
        assert row["change_per_resident"] == pytest.approx(row["other_per_resident"] - row["base_per_resident"])
        assert row["relative"] == pytest.approx(given[1] / given[0] - 1)


def test_of_nothing_no_change_is_a_share() -> None:
    """A closeness of 5·10⁻³⁴ is 0 as it is solved: to 0.0005 it is no rise by 10³²%, but of 2 to 3 it is a half."""
    keys = ["closeness", "coverage", "fairness"]
    rows = compared(pd.Series([5e-34, 0.0, 2.0], keys), pd.Series([0.0005, 0.1, 3.0], keys))
    assert rows["change"].tolist() == [0.0005, 0.1, 1.0]
    assert rows["relative"].isna().tolist() == [True, True, False] and rows["relative"].iloc[2] == 0.5


def test_more_land_is_found_where_it_goes(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "land")
    row = comparison.tables["pools"].set_index("pool").loc["land"]
    assert row["change"] == pytest.approx(100) and row["available_other"] - row["available_base"] == pytest.approx(100)
    winners = comparison.tables["winners"]
    gains = winners[(winners["measure"] == "land") & (winners["direction"] == "gain")]
    land = [each.tables["allocation"].query("pool == 'land'") for each in comparison.results]
    published = [each.set_index("city")["published"] for each in land]
    change = (published[1] - published[0]).sort_values(ascending=False)
    assert gains["city"].tolist() == change[change > 0].index.tolist()
    assert gains["rank"].tolist() == list(range(1, len(gains) + 1))
    assert gains["change"].to_numpy() == pytest.approx(change[change > 0].to_numpy())
    assert set(gains["name"]) <= {"深圳市", "汕头市", "玉林市"}


def test_coverage_is_weighted_by_residents(china: Comparison) -> None:
    coverage = china.tables["coverage"].set_index(["service", "size_class"])
    other = china.results[1]
    cities = china.tables["cities"].set_index("city")["size_class"]
    table = other.tables["services"].query("service == 'hospital'").set_index("city")["coverage"]
    people = other.instance.tables["cities"].set_index("city")["residents"]
    assert coverage.at[("hospital", ""), "other"] == pytest.approx(np.average(table, weights=people))
    for name in SIZE_CLASSES:
        held = cities.index[cities == name]
        mean = np.average(table[held], weights=people[held])
        assert coverage.at[("hospital", name), "other"] == pytest.approx(mean)
        assert coverage.at[("hospital", name), "cities"] == len(held)


# ----------------------------------------------------------------------------------------------------- what comes of it


def test_tiers_and_verdicts(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "ceiling")
    rows = comparison.tables["tiers"].set_index("tier")
    for side, result in zip(("base", "other"), comparison.results, strict=True):
        assert rows[side].to_dict() == {tier["tier"]: pytest.approx(tier["value"]) for tier in result.manifest["tiers"]}
    for tier, row in rows.iterrows():
        better = {True: "better", False: "worse"}[(row["change"] > 0) == (row["better"] == "higher")]
        allowed = {"same"} if row["change"] == 0 else {better, "within_gap", "within_tolerance"}
        assert row["verdict"] in (allowed | {"not_known"} if tier == "closeness" else allowed), tier


def with_tier(result: Result, tier: str, value: float | None, bound: float | None, tolerance: float | None) -> Result:
    """The result with one tier alone, as a manifest has it."""
    size = None if value is None else max(abs(value), 0.1)
    gap = None if value is None or bound is None else abs(value - bound) / max(abs(value), 0.1)
    entry = {"tier": tier, "value": value, "bound": bound, "gap": gap, "size": size, "tolerance": tolerance}
    return replace(result, manifest={**result.manifest, "tiers": [{**entry, "seconds": 1.0, "optimised": True}]})


@pytest.mark.parametrize(
    ("tier", "base", "other", "verdict", "certain"),
    [
        # Higher is better. A can have at most 0.802: 0.803 is beyond it by 0.001, whatever the bound of B.
        ("coverage", (0.800, 0.802), (0.803, 0.810), "better", 0.001),
        ("coverage", (0.800, 0.802), (0.8015, 0.8015), "within_gap", 0.0),
        # A has 0.8, and B can have at most 0.797: worse by at least 0.003 of the 0.005.
        ("coverage", (0.800, 0.802), (0.795, 0.797), "worse", -0.003),
        ("coverage", (0.800, 0.802), (0.795, 0.801), "within_gap", 0.0),
        # Lower is better: A can go down to 0.010 at best, and B has 0.009; A has 0.012, and B can reach 0.013 at best.
        ("minimum", (0.012, 0.010), (0.009, 0.008), "better", -0.001),
        ("minimum", (0.012, 0.010), (0.015, 0.013), "worse", 0.001),
        ("minimum", (0.012, 0.010), (0.0105, 0.010), "within_gap", 0.0),
        # Relaxations: both give away the whole tolerance of 0.005, and the optimum moves by 0.004, or by 0.006.
        ("fairness", (0.845, 0.850), (0.849, 0.854), "within_tolerance", 0.0),
        ("fairness", (0.845, 0.850), (0.851, 0.856), "better", 0.001),
        # Held exactly: what exceeds 1e-6 of the size (25) is an effect.
        ("settlement", (25e6, 25e6), (25e6 + 40, 25e6 + 40), "better", 40.0),
        ("settlement", (25e6, 25e6), (25e6 + 10, 25e6 + 10), "same", 0.0),
        ("coverage", (0.8, 0.8), (0.8 + 1e-9, 0.8 + 1e-9), "same", 0.0),
        ("closeness", (1.5, None), (1.4, None), "not_known", None),
        ("coverage", (0.8, 0.9), (0.7, None), "not_known", None),
        ("coverage", (0.8, 0.9), (None, None), "not_known", None),
    ],
)
def test_what_of_a_change_is_an_effect(
    results: dict[str, Result],
    tier: str,
    base: tuple[float, float | None],
    other: tuple[float | None, float | None],
    verdict: str,
    certain: float | None,
) -> None:
    """By values and bounds, and the other way round with the opposite sign."""
    pairs = [with_tier(results["base"], tier, *each, 0.005 if tier == "fairness" else None) for each in (base, other)]
    (row,) = compared_tiers(Pair(pairs[0], pairs[1], "B"), ()).to_dict("records")
    (back,) = compared_tiers(Pair(pairs[1], pairs[0], "B"), ()).to_dict("records")
    opposite = {"better": "worse", "worse": "better"}
    assert (row["verdict"], back["verdict"]) == (verdict, opposite.get(verdict, verdict))
    if certain is None:
        assert np.isnan(row["certain"]) and np.isnan(back["certain"])
    else:
        assert row["certain"] == pytest.approx(certain, abs=1e-12) and back["certain"] == pytest.approx(-certain)


def test_a_difference_within_the_gap_is_called_noise(results: dict[str, Result]) -> None:
    one = with_tier(results["base"], "coverage", 0.800, 0.802, None)
    texts = {}
    for name, value, bound in (("noise", 0.801, 0.803), ("effect", 0.812, 0.815), ("unknown", 0.812, None)):
        both = compare([one, with_tier(results["again"], "coverage", value, bound, None)], ["one", "other"])
        texts[name] = [comparison_text(both, language) for language in ("zh", "en")]
    zh, en = texts["noise"]
    assert "有变化，但变化在求解差距和允许让步之内，不能断定好坏的目标：公共服务平均得分（+0.1 %）。" in zh
    assert "than gaps and tolerances leave open, which is no effect: Coverage (+0.1 %)." in " ".join(en.split())
    assert re.search(r"\+0.00100 +\+0.1 +0.00000 +求解差距之内（不能断定）", zh)
    assert re.search(r"\+0.00100 +\+0.1 +0.00000 +within the gap \(noise\)", en)
    assert "Of the 1 tiers, 0 better as an effect, 0 worse as an effect, 0 the same." in en
    zh, en = texts["effect"]
    assert re.search(r"\+0.01200 +\+1.5 +\+0.01000 +确实变好", zh)
    assert re.search(r"\+0.01200 +\+1.5 +\+0.01000 +better \(effect\)", en)
    assert "no effect:" not in en and "允许让步之内，不能断定" not in zh
    zh, en = texts["unknown"]
    assert "没有求界（不能断定）" in zh and "不能断定好坏的目标：公共服务平均得分（+1.5%）。" in "".join(zh.split())
    assert "not known (no bound)" in en


def test_scores_of_cities_tell_no_more_than_the_tiers_that_they_make_up(
    results: dict[str, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table of scores says so where the tiers may be noise; where one is an effect, it does not."""
    monkeypatch.setattr("alloc.comparison.text.details.SHOWN", 1)
    one = with_tier(results["base"], "coverage", 0.800, 0.802, None)
    people = one.tables["people"]
    moved = replace(one, tables={**one.tables, "people": people.assign(score=people["score"] + [-0.01, 0.01, 0.02])})
    for bound, noise in ((0.803, True), (0.815, False)):
        both = compare([one, with_tier(moved, "coverage", bound - 0.002, bound, None)], ["one", "other"])
        zh, en = ("".join(comparison_text(both, language).split()) for language in ("zh", "en"))
        told = "这些得分构成的目标（公共服务平均得分）的变化不能断定好坏，各城市得分的增减因此也不能断定"
        assert (told in zh) == noise
        said = "Thetiersthatthesescoresmakeup(Coverage)changebywhatmaybenoise,sothatnochange"
        assert (said in en) == noise
        assert "除所列城市外，还有1个城市有增减；加--out和一个文件夹，可写出全部城市。" in zh, zh
        assert "Citiesthatgainorlosebesidesthosebelow:1;--outwithafolderwritesall." in en
        document = str(comparison_sections(both, "zh", reader=True))
        assert "除所列城市外，还有 1 个城市有增减。" in document and "--out" not in document


def test_a_change_that_only_a_tolerance_leaves_open_says_so(results: dict[str, Result]) -> None:
    """0.8 may be 0.82 and 0.81 is in between; were the tolerance of 0.02 not given, nothing above 0.8 could be."""
    one = with_tier(results["base"], "coverage", 0.80, 0.82, 0.02)
    both = compare([one, with_tier(results["again"], "coverage", 0.81, 0.81, None)], ["one", "other"])
    assert re.search(r"\+0.01000 +\+1.3 +0.00000 +允许让步之内（不能断定）", comparison_text(both, "zh"))
    assert re.search(r"\+0.01000 +\+1.3 +0.00000 +within its tolerance \(noise\)", comparison_text(both, "en"))
    for language, said in (("zh", "允许让步之内（不能断定）"), ("en", "within its tolerance (noise)")):
        section = scenarios(View(both.results[1], language), both)
        assert section is not None, "a report against the base has it"
        table = next(each for each in section.parts if isinstance(each, Table) and each.name == "compared_tiers")
        assert table.rows[0][-1] == said, "as the command has it"
    (row,) = (each for each in beside(both.results, [Text("甲", "one"), Text("乙", "other")])["rows"]
              if each["id"] == "tier:coverage")  # fmt: skip
    assert row["moves"][1]["verdict"] == {"zh": "允许让步之内（不能断定）", "en": "within its tolerance (noise)"}
    assert row["moves"][1]["noise"]


def test_the_page_says_where_a_change_is_not_that_of_the_numbers_shown(results: dict[str, Result]) -> None:
    """10.004 and 10.016 read 10.00 and 10.02, and what parts them is 0.012, which reads 0.01."""
    base = results["base"]
    sides = []
    for amount in (10.004, 10.016):
        allocation = base.tables["allocation"].assign(published=0.0)
        allocation.loc[allocation["pool"] == "land", "published"] = amount
        sides.append(replace(base, tables={**base.tables, "allocation": allocation}))
    answer = beside(sides, [Text("甲", "one"), Text("乙", "other")])
    land = next(each for each in answer["quantities"] if each["id"] == "allocation:land")
    shown = {side: number(land["values"][side][0] / land["size"], land["decimals"]) for side in (0, 1)}
    change = number(land["changes"][0][0] / land["size"], land["decimals"])
    told = {
        "zh": "差额按未四舍五入的数计算，末位可能与表中两数之差相差 1。",
        "en": "Differences are taken before rounding; the last digit may be one off that of the numbers shown.",
    }
    assert (shown, change, land["note"]) == ({0: "10.00", 1: "10.02"}, "0.01", told)
    assert all(each["note"] is None for each in answer["quantities"] if each["id"] not in ("allocation:land", "land"))


@pytest.mark.parametrize(("language", "title"), [("zh", "按省份合计"), ("en", "Totals by province")])
def test_of_a_single_province_the_total_says_all(results: dict[str, Result], language: str, title: str) -> None:
    assert f"\n{title}" in comparison_text(pair(results, "base", "land"), language)
    assert f"\n{title}" not in comparison_text(pair(results, "two_cities", "base"), language)


# ----------------------------------------------------------------------------------------------------------- yardsticks


def edited(result: Result, **tables: Callable[[pd.DataFrame], pd.DataFrame]) -> Result:
    """The same plan under an instance whose tables are changed: what is decided stays, the yardstick moves."""
    instance = result.instance
    changed = {name: change(instance.tables[name]) for name, change in tables.items()}
    return replace(result, instance=make_instance(instance.settings, {**instance.tables, **changed}))


def valued(result: Result, **values: float) -> Result:
    """The result with other values of its tiers, proven."""
    tiers = [
        {**each, "value": values[each["tier"]], "bound": values[each["tier"]]} if each["tier"] in values else each
        for each in result.manifest["tiers"]
    ]
    return replace(result, manifest={**result.manifest, "tiers": tiers})


def test_a_changed_norm_is_named_and_no_improvement(results: dict[str, Result]) -> None:
    """Half the beds a person asked for: the same plan covers everybody, and by A's norm it has what A has."""
    base = results["base"]
    halved = edited(base, services=lambda t: t.assign(norm=t["norm"].where(t["service"] != "hospital", 0.0036)))
    comparison = compare([base, valued(halved, coverage=0.999, minimum=0.0)], ["one", "other"])
    tiers = comparison.tables["tiers"].set_index("tier")
    measured = ["minimum", "fairness", "coverage"]
    assert tiers.loc[measured, "verdict"].tolist() == ["other_yardstick"] * 3
    assert not tiers.drop(measured)["verdict"].isin(["better", "worse", "other_yardstick"]).any()
    assert tiers.loc[measured, "certain"].isna().all()
    assert tiers.loc[measured, "other_as_base"].to_numpy() == pytest.approx(tiers.loc[measured, "base"].to_numpy())
    assert (tiers.loc[measured, "change_as_base"] == 0).all()
    assert tiers.drop(measured)["other_as_base"].isna().all()
    named = comparison.tables["yardsticks"][["measured", "table", "column", "rows"]].to_numpy().tolist()
    assert named == [[name, "services", "norm", 1] for name in (*measured, "score", "served")]
    zh, en = (comparison_text(comparison, language) for language in ("zh", "en"))
    assert "衡量标准的差别：B 与 A" in zh and "配置标准（services.norm）" in zh and "衡量标准不同" in zh
    assert "Yardsticks that differ: B and A" in en and "Norm (services.norm)" in en
    assert "Of the 7 tiers, 0 better as an effect, 0 worse as an effect, 4 the same." in en
    told = "called neither better nor worse: National minimum, Fairness, Coverage."
    assert told in " ".join(en.split()), "values by other yardsticks have no percentage between them"
    assert "衡量标准不同、不比较好坏的目标：兜底：最低标准缺口、公平：最薄弱人口的得分、公共服务平均得分。" in "".join(
        zh.split()
    )
    assert "The two measure by other yardsticks" not in en  # no coverage or score of a city is another one here


def test_scores_by_another_yardstick_gain_and_lose_nothing(results: dict[str, Result]) -> None:
    base = results["base"]
    other = edited(base, services=lambda t: t.assign(weight=[0.5, 0.5]))
    people = other.tables["people"].assign(score=lambda t: t["score"] + 0.01)
    services = other.tables["services"].assign(coverage=lambda t: t["coverage"] - 0.01)
    comparison = compare([base, replace(other, tables={**other.tables, "people": people})], ["one", "other"])
    assert set(comparison.tables["measures"].query("measure == 'score'")["moved"]) == {"other_yardstick"}
    assert comparison.tables["winners"].empty
    assert "两个结果的衡量标准不同，各城市的增减不作为得失。" in comparison_text(comparison, "zh")
    assert "so that no change of a city is a gain or a loss" in " ".join(comparison_text(comparison, "en").split())
    again = edited(base, services=lambda t: t.assign(norm=t["norm"] * 1.01))
    comparison = compare([base, replace(again, tables={**again.tables, "services": services})], ["one", "other"])
    assert "两个结果的衡量标准不同，下列变化不作为得失。" in comparison_text(comparison, "zh")


CHANGES: Mapping[str, tuple[Mapping[str, Any], set[str], tuple[str, str]]] = {
    "weight": ({"services": {("hospital", "weight"): 0.5}}, {"minimum", "fairness", "coverage", "score"},
               ("services", "weight")),
    "minimum": ({"services": {("hospital", "minimum"): 0.7}}, {"minimum", "fairness", "coverage", "score"},
                ("services", "minimum")),
    "knee": ({"toml": {"knee = 0.9": "knee = 0.95"}}, {"fairness", "coverage", "score"},
             ("settings", "policy.score.knee")),
    "slopes": ({"toml": {"[2.0, 1.0, 0.5]": "[3.0, 1.0, 0.5]"}}, {"fairness", "coverage", "score"},
               ("settings", "policy.score.slopes")),
    "beta": ({"toml": {"beta = 0.1": "beta = 0.2"}}, {"fairness"}, ("objective", "beta")),
    "productivity": ({"cities": {("440300", "productivity"): 400}}, {"production"}, ("cities", "productivity")),
    "cohort": ({"cities": {("440300", "age_6_11"): 550000}},
               {"minimum", "fairness", "coverage", "closeness", "score", "served"}, ("cities", "age_6_11")),
    "factors": ({"factors": {("land", "migrants", "weight"): 0.3, ("land", "residents", "weight"): 0.4}},
                {"closeness"}, ("factors", "weight")),
    "factor": ({"cities": {("440300", "migrants_cross"): 3700000}}, {"closeness"}, ("cities", "migrants_cross")),
    "cost": ({"services": {("hospital", "capital_cost"): 90}}, {"cost"}, ("services", "capital_cost")),
    "borders": ({"toml": {"below = 1.2": "below = 1.1"}}, {"debt_tier"}, ("policy.debt.tiers", "below")),
    "capacity": ({"capacity": {("440300", "hospital", "capacity"): 53000}}, set(), ("", "")),
    "ceiling": ({"toml": {"ceiling = 1.5": "ceiling = 1.4"}}, set(), ("", "")),
}  # fmt: skip


@pytest.mark.parametrize(
    "name", [name if at % 2 == 0 else pytest.param(name, marks=pytest.mark.slow) for at, name in enumerate(CHANGES)]
)
def test_every_yardstick_knows_its_inputs(results: dict[str, Result], tmp_path: Path, name: str) -> None:
    """The same plan under one changed input: which tiers it measures, and that by A's yardstick nothing has moved."""
    change, expected, (table, column) = CHANGES[name]
    other = replace(results["base"], instance=alloc.read(write_tiny(tmp_path / "changed", **change)))
    comparison = compare([results["base"], other], ["one", "other"])
    found = comparison.tables["yardsticks"]
    assert set(found["measured"]) == expected
    assert {(*each,) for each in found[["table", "column"]].to_numpy().tolist()} <= {(table, column)}
    tiers = comparison.tables["tiers"].set_index("tier")
    unlike = tiers[tiers["verdict"] == "other_yardstick"]
    assert set(unlike.index) == expected & set(tiers.index)
    assert unlike["other_as_base"].to_numpy() == pytest.approx(unlike["base"].to_numpy(), rel=1e-6, abs=1e-9)


def test_cost_at_the_unit_costs_of_the_base(results: dict[str, Result], tmp_path: Path) -> None:
    """Beds at 90 and not 80: what B builds is priced as A prices it, spending and running cost together."""
    dear = alloc.read(write_tiny(tmp_path / "dear", services={("hospital", "capital_cost"): 90}))
    other = run(dear)
    row = compare([results["base"], other], ["one", "other"]).tables["tiers"].set_index("tier").loc["cost"]
    added = other.tables["services"].groupby("service")["added"].sum()
    reused = other.tables["land"][["reuse_public", "reuse_production"]].to_numpy().sum()
    assert row["other_as_base"] == pytest.approx(added["primary"] * 5 + added["hospital"] * 86 + 400 * reused)
    assert row["other"] == pytest.approx(row["other_as_base"] + 10 * added["hospital"])
    assert row["verdict"] == "other_yardstick"


def test_other_cities_are_another_yardstick_of_everything(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "two_cities")
    tiers = comparison.tables["tiers"]
    assert set(tiers["verdict"]) == {"other_yardstick"} and tiers["other_as_base"].isna().all()
    rows = comparison.tables["yardsticks"].query("table == 'cities'")
    assert set(rows["column"]) == {""} and set(rows["rows"]) == {1} and set(tiers["tier"]) <= set(rows["measured"])
    assert "城市：有哪些" in comparison_text(comparison, "zh")
    assert "Cities: which there are" in comparison_text(comparison, "en")
    assert "无法按同一标准衡量，以短横表示" in comparison_text(comparison, "zh")


def test_debt_tiers_by_other_borders_are_no_better_and_no_worse(results: dict[str, Result], tmp_path: Path) -> None:
    base = results["base"]
    debt = base.tables["debt"].assign(tier_after="red")
    instance = alloc.read(write_tiny(tmp_path / "b", toml={"below = 1.2": "below = 0.01", "below = 2.0": "below = 0.02",
                                                           "below = 3.0": "below = 0.03"}))  # fmt: skip
    other = replace(base, instance=instance, tables={**base.tables, "debt": debt})
    comparison = compare([base, other], ["one", "other"])
    assert set(comparison.rows("debt", "B")["moved"]) == {"other"}
    assert "年末债务风险等级，没有城市变好，没有城市变差，" in comparison_text(comparison, "zh")
    assert "tiers of other borders" in " ".join(comparison_text(comparison, "en").split())


def test_a_tier_that_only_one_has(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "no_cost")
    row = comparison.tables["tiers"].set_index("tier").loc["cost"]
    assert row["verdict"] == "only_base" and np.isnan(row["other"]) and np.isnan(row["change"])
    assert comparison.tables["unmatched"][["kind", "code", "present_in"]].to_numpy().tolist() == [["tier", "cost", "A"]]
    assert "只有 A 有的目标 1 级：建设与运行成本" in comparison_text(comparison, "zh")


def test_debt_tiers_move(results: dict[str, Result]) -> None:
    """A tier is another one: counted, named, and better or worse by the order of the tiers."""
    base = results["base"]
    debt = base.tables["debt"].copy()
    before = debt.loc[debt["city"] == CITY, "tier_after"].item()
    debt.loc[debt["city"] == CITY, "tier_after"] = "red"
    other = replace(base, tables={**base.tables, "debt": debt})
    comparison = compare([base, other], ["one", "other"])
    moves = comparison.rows("debt_tiers", "B", only_differences=True)
    assert moves[moves["step"] == "compared"][["from_tier", "to_tier", "cities", "moved"]].to_numpy().tolist() == [
        [before, "red", 1, "worse"]
    ]
    assert comparison.rows("debt", "B", only_differences=True)["city"].tolist() == [CITY]
    assert "年末债务风险等级，没有城市变好，深圳变差。" in comparison_text(comparison, "zh")
    assert "深圳市" in comparison_text(comparison, "zh")
    back = compare([other, base], ["one", "other"]).rows("debt_tiers", "B", only_differences=True)
    assert back.loc[back["step"] == "compared", "moved"].tolist() == ["better"]


def test_what_levers_decide_besides_adds_up(results: dict[str, Result]) -> None:
    """Facilities, land by use and the like: the columns of the results' own tables, by city, service and column."""
    comparison = pair(results, "base", "land")
    rows = comparison.rows("decisions", "B")
    tables = comparison.results[1].tables
    assert set(zip(rows["table"], rows["column"], strict=True)) >= {("services", "build"), ("land", "reuse_public")}
    for (table, column), its in rows.groupby(["table", "column"]):
        assert its["other"].sum() == pytest.approx(tables[table][column].sum())
    expand = rows[rows["column"] == "expand"].set_index(["city", "item"])["other"]
    theirs = tables["services"].set_index(["city", "service"])["expand"]
    assert expand.to_dict() == theirs.to_dict()


def test_what_moves_besides_the_amounts_is_told_at_once(results: dict[str, Result]) -> None:
    """100 beds more on site and no other amount: the few sentences do not say that nothing moved."""
    base = results["base"]
    services = base.tables["services"].copy()
    services.loc[(services["city"] == CITY) & (services["service"] == "hospital"), "expand"] += 100.0
    other = replace(base, tables={**base.tables, "services": services})
    zh, en = (comparison_text(compare([base, other], ["one", "other"]), language) for language in ("zh", "en"))
    said = (
        re.search(r"分得的数额之外.*?。", "".join(zh.split())),
        re.search("Besides the.*?order[.]", " ".join(en.split())),
    )
    assert [each and each.group() for each in said] == [
        "分得的数额之外，其他决策有1项合计不同，如原址扩建：医院（+100张）："
        "规则和让步留有余地的，由各级目标按顺序重新选择。",
        "Besides the amounts, sums of other decisions differ, 1 in all, such as Enlarged on site: Hospital (+100 "
        "beds): where rules and tolerances leave room, the tiers choose again in their order.",
    ]


def test_places_are_compared_whole_and_a_note_says_that_they_are_reckoned_in_parts(results: dict[str, Result]) -> None:
    base = results["base"]
    noted = []
    for places in (100.0, 100.4):
        services = base.tables["services"].copy()
        services["expand"] = 0.0
        less = replace(base, tables={**base.tables, "services": services.copy()})
        services.loc[(services["city"] == CITY) & (services["service"] == "hospital"), "expand"] = places
        more = replace(base, tables={**base.tables, "services": services})
        section = scenarios(View(more, "zh"), compare([less, more], ["one", "other"]))
        assert section is not None
        (table,) = [part for part in section.parts if isinstance(part, Table) and part.name == "compared_decisions"]
        assert [row[:5] for row in shown(table, "zh").rows] == [("原址扩建：医院", "张", "0", "100", "▲ +100")]
        noted.append(table.note)
    assert noted == ["", "床位、学位等能力按连续数计算，不必凑成整座设施；这里取整数显示。"]


def test_the_table_of_a_new_lever_is_compared(results: dict[str, Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision of its own, in a table of its own: named, added up and told by city."""
    known = catalogue()
    renew = Decision("renew", ("cities",), "homes", "renewal", ("homes",), title=Text("城中村改造", "Urban renewal"))
    more = replace(known, decisions={**known.decisions, "renew": renew})
    for asked in ("decided.catalogue", "text.titles.catalogue_for"):
        monkeypatch.setattr(f"alloc.comparison.{asked}", lambda name: more)
    base = results["base"]
    codes = base.tables["people"]["city"]

    def renewing(homes: Any) -> Result:
        return replace(base, tables={**base.tables, "renewal": pd.DataFrame({"city": codes, "homes": homes})})

    comparison = compare([renewing([1.0, 2.0, 3.0]), renewing([5.0, 1.0, 3.0])], ["one", "other"])
    assert not comparison.identical
    rows = comparison.rows("decisions", "B", only_differences=True)
    assert rows[["city", "column", "unit", "change"]].to_numpy().tolist() == [
        [codes[0], "homes", "homes", 4.0], [codes[1], "homes", "homes", -1.0],
    ]  # fmt: skip
    for language, title in (("zh", "城中村改造"), ("en", "Urban renewal")):
        (line,) = [each for each in comparison_text(comparison, language).splitlines() if each.startswith(title)]
        where = "renewal·homes" if language == "zh" else "renewal.homes"
        assert line.replace(title, "").split() == [where, "homes", "6", "9", "+3", "1", "1"]
        (line,) = [each for each in comparison_text(comparison, language, cities=[codes[0]]).splitlines()
                   if title in each]  # fmt: skip
        assert line.replace(title, "").split() == [where, "homes", "1", "5", "+4"]
        section = scenarios(View(comparison.results[1], language), comparison)
        assert section is not None
        (table,) = [part for part in section.parts if isinstance(part, Table) and part.name == "compared_decisions"]
        assert table.rows == ((title, "homes", Amount(6.0), Amount(9.0), Amount(3.0, sign=True), 1.0, 1.0),)


def test_binding_rows(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "ceiling")
    rows = comparison.tables["families"].set_index("family")
    one, other = (each.tables["families"].set_index("family")["binding"] for each in comparison.results)
    families = rows.loc[one.index]
    assert (families["change"] == (other - one)[families.index]).all()
    assert families["change"].any()
    bounds = {each.name for result in comparison.results for each in bounds_that_bind(result)}
    assert set(rows.index.difference(one.index)) <= bounds, "floors, caps, corridors and limits of settlement"
    assert any(name.count(".") == 1 for name in bounds), "settlement has no pool"


def test_dust_is_no_difference(results: dict[str, Result]) -> None:
    base = results["base"]
    people = base.tables["people"].assign(settle=lambda table: table["settle"] * (1 + 1e-9))
    assert compare([base, replace(base, tables={**base.tables, "people": people})], ["one", "other"]).identical
    people = base.tables["people"].assign(settle=lambda table: table["settle"] * 1.01)
    assert not compare([base, replace(base, tables={**base.tables, "people": people})], ["one", "other"]).identical
    allocation = base.tables["allocation"].copy()
    allocation.loc[allocation["pool"] == POOL, "published"] += 0.01  # one quantum is a difference
    other = replace(base, tables={**base.tables, "allocation": allocation})
    assert len(compare([base, other], ["one", "other"]).rows("allocation", "B", only_differences=True)) == 3


def test_a_change_of_one_quantum_counts_no_city(results: dict[str, Result]) -> None:
    """Land has a quantum of 0.01. Two cities exchange one; or one gets three, of which the others give two and one."""
    base = results["base"]

    def moved(*changes: float) -> Comparison:
        allocation = base.tables["allocation"].copy()
        allocation.loc[allocation["pool"] == POOL, "published"] += list(changes)
        return compare([base, replace(base, tables={**base.tables, "allocation": allocation})], ["one", "other"])

    comparison = moved(0.01, -0.01, 0.0)
    pool = comparison.tables["pools"].set_index("pool").loc[POOL]
    assert pool[["gains", "losses", "cities_gaining", "cities_losing", "cities_rounding"]].tolist() == [0, 0, 0, 0, 2]
    assert comparison.tables["winners"].empty and not comparison.identical
    zh, en = (comparison_text(comparison, language) for language in ("zh", "en"))
    assert "没有城市分得的数额变化超过一个最小分配单位；一个最小分配单位以内的变化只是取整。" in zh
    assert "No city's amount of any pool changes by more than one quantum; up to that it is rounding." in en
    assert "What no city gains or loses, rounding (one quantum or less) alone, in (cities): New land 2." in en
    assert "没有城市增减、只有取整变化（不超过最小分配单位）的内容（城市数）：新增建设用地 2。" in zh

    comparison = moved(0.03, -0.02, -0.01)
    pool = comparison.tables["pools"].set_index("pool").loc[POOL]
    assert pool[["gains", "losses", "rounding"]].tolist() == pytest.approx([0.03, -0.02, -0.01])
    assert pool[["cities_gaining", "cities_losing", "cities_rounding"]].tolist() == [1, 1, 1]
    assert set(comparison.tables["winners"]["city"]) == {"440300", "440500"}
    zh, en = (comparison_text(comparison, language) for language in ("zh", "en"))
    assert (
        "Of the 3 cities in both, those that get another amount of at least one pool, by more than one quantum: "
        "深圳 and 汕头."
    ) in " ".join(en.split())
    assert (
        "新增建设用地：深圳增加，汕头减少，增加最多的是深圳（+0.03 公顷），减少最多的是汕头（−0.02 公顷）。"
        in "".join(zh.split("\n"))
    )
    assert (
        "New land: more in 深圳, less in 汕头, the largest gain in 深圳 (+0.03 ha), "
        "the largest loss in 汕头 (−0.02 ha)."
    ) in " ".join(en.split())
    assert "在两个结果都有的 3 个城市中，至少一项指标的分得数额变化超过一个最小分配单位的：深圳、汕头。" in zh
    assert "A city whose amount changes by one quantum or less neither gains nor loses: that is rounding." in en
    assert "一个城市的变化不超过一个最小分配单位的，只是取整，既不算增加也不算减少。" in zh
    listed = comparison_text(comparison, "en", pool=POOL)
    assert "450900" not in listed
    assert "Cities whose amount changes by one quantum or less, which is rounding, left out: 1." in listed
    assert "450900" in comparison_text(comparison, "en", only_differences=False, pool=POOL)
    assert "变化不超过一个最小分配单位的城市 1 个，只是取整，未列出。" in comparison_text(comparison, "zh", pool=POOL)
    for language, said in (("en", "1 cities do not change, or by one quantum"), ("zh", "1个城市没有变化，或各类数额")):
        section = scenarios(View(comparison.results[1], language), comparison)
        assert section is not None
        (table,) = [part for part in section.parts if isinstance(part, Table) and part.name == "compared_cities"]
        assert [row[0] for row in table.rows] == ["440300", "440500"] and said in table.note


def test_reports_tell_effect_noise_and_yardsticks(results: dict[str, Result]) -> None:
    base = results["base"]
    other = edited(base, services=lambda t: t.assign(norm=t["norm"] * 0.9))
    comparison = compare([base, other], ["one", "other"])
    for language, verdict, inputs in (("zh", "衡量标准不同", "配置标准（services.norm，2行）"),
                                      ("en", "other yardstick", "Norm (services.norm, 2 rows)")):  # fmt: skip
        section = scenarios(View(other, language), comparison)
        assert section is not None
        tables = {part.name: part for part in section.parts if isinstance(part, Table)}
        last = {str(row[0]): row[-1] for row in tables["compared_tiers"].rows}
        assert list(last.values()).count(verdict) == 3
        assert tables["compared_tiers"].note == WORDS["tiers_certain"].said(language)
        assert tables["compared_pools"].note == WORDS["quantum"].said(language)
        rows = tables["compared_yardsticks"].rows
        assert len(rows) == 5 and {row[1] for row in rows} == {inputs}
        assert rows[0][2] == rows[0][4]  # the minimum of A, and of B measured as A is


# -------------------------------------------------------------------------------------------------- different instances


def test_cities_without_a_partner(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "two_cities")
    unmatched = comparison.tables["unmatched"][["kind", "code", "present_in", "reason"]]
    assert unmatched.to_numpy().tolist() == [["city", "450900", "A", "absent"]]
    row = comparison.tables["allocation"].set_index(["city", "pool"]).loc[("450900", "land")]
    assert row["base"] > 0 and np.isnan(row["other"]) and np.isnan(row["change"])
    pool = comparison.tables["pools"].set_index("pool").loc["land"]
    assert pool["only_base"] == row["base"]
    groups = comparison.tables["groups"]
    assert set(groups.loc[groups["grouping"] == "province", "group"]) == {"44"}
    assert "450900" not in set(comparison.tables["winners"]["city"])
    assert "只有 A 有的城市 1 个：玉林市" in comparison_text(comparison, "zh")
    assert "只有 A 有这个城市" in comparison_text(comparison, "zh", cities=["450900"])
    assert "Cities only in B, 1" in comparison_text(pair(results, "two_cities", "base"), "en")


def test_pools_and_services_without_a_partner(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "no_bonds")
    assert comparison.tables["unmatched"]["code"].tolist() == ["special_bond"]
    measures = comparison.tables["measures"].set_index(["city", "measure"])
    assert measures.at[(CITY, "bonds"), "other"] == 0
    assert "allocation:special_bond" not in set(comparison.tables["groups"]["measure"])
    assert "Pools only in A, 1: New special bonds." in comparison_text(comparison, "en")
    services = pair(results, "base", "no_hospital")
    assert services.tables["unmatched"][["kind", "code"]].to_numpy().tolist() == [["service", "hospital"]]
    assert set(services.tables["coverage"]["service"]) == {"primary"}
    assert "Services only in A, 1: Hospital." in comparison_text(services, "en")


def test_a_pool_of_another_kind_is_another_pool(results: dict[str, Result]) -> None:
    base = results["base"]
    pools = base.instance.tables["pools"].copy()
    pools.loc[pools["pool"] == "equalisation", ["kind", "use"]] = ["land", ""]
    other = replace(base, instance=make_instance(base.instance.settings, {**base.instance.tables, "pools": pools}))
    comparison = compare([base, other], ["one", "other"])
    assert comparison.tables["unmatched"][["code", "present_in", "reason"]].to_numpy().tolist() == [
        ["equalisation", "A", "other_kind"], ["equalisation", "B", "other_kind"]
    ]  # fmt: skip
    rows = comparison.tables["pools"].query("pool == 'equalisation'").set_index("kind")
    assert rows["change"].isna().all() and set(rows.index) == {"land", "transfer"}
    assert "类别不同" in comparison_text(comparison, "zh") and "not their kind" in comparison_text(comparison, "en")
    assert len(comparison_text(comparison, "zh", pool="equalisation").split("均衡性转移支付：")) == 3


def test_nothing_in_common(results: dict[str, Result]) -> None:
    """Two instances that share no city: everything is without a partner, nothing breaks."""

    def elsewhere(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        return {
            name: table.assign(city="9" + table["city"].str[1:]) if "city" in table else table
            for name, table in tables.items()
        }

    base = results["base"]
    instance = make_instance(base.instance.settings, elsewhere(base.instance.tables))
    other = replace(base, instance=instance, tables=elsewhere(base.tables))
    apart = compare([base, other], ["one", "other"])
    assert len(apart.tables["unmatched"]) == 6 and apart.tables["groups"].empty and apart.tables["winners"].empty
    for language in ("zh", "en"):
        for everything in (True, False):
            assert comparison_text(apart, language, only_differences=everything)


# ----------------------------------------------------------------------------------------------------------------- text


def lines_of(text: str) -> list[str]:
    assert not re.search(r"\{|\bnan\b|\bNone\b", text)
    return text.splitlines()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_of_the_nation(china: Comparison, language: str) -> None:
    agree(china)
    short, whole = (comparison_text(china, language, only_differences=each) for each in (True, False))
    for text in (short, whole):
        assert max(map(cell_len, lines_of(text))) <= WIDTH
    assert len(whole.splitlines()) > len(short.splitlines())
    for word in {"zh": ("债务率上限", "落户人数", "人均增减（元）", "超大城市", "举债空间", "均 ×0.8", "未列出"),
                 "en": ("Ceiling of the debt ratio", "Settlement", "a resident (yuan)", "megacity", "Debt room",
                        "each ×0.8", "left out")}[language]:  # fmt: skip
        assert word in short
    assert ("未列出" if language == "zh" else "left out") not in whole
    assert "−" in short and re.search(r"[^\w]-\d", short) is None  # a minus, not a hyphen


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("chosen", [{"pool": "special_bond"}, {"cities": ["440300", "350100"]},
                                    {"pool": "land", "cities": ["440300"], "only_differences": False}])  # fmt: skip
def test_text_of_a_pool_or_a_city(china: Comparison, language: str, chosen: dict[str, Any]) -> None:
    text = comparison_text(china, language, **chosen)
    assert max(map(cell_len, lines_of(text))) <= WIDTH
    if "cities" in chosen:
        assert "440300" in text and "310000" not in text
    else:
        table = china.tables["allocation"].query("pool == 'special_bond'")
        cities = [code for code in re.findall(r"\b\d{6}\b", text) if code in set(table["city"])]
        order = table.set_index("city").loc[cities, "change"]
        assert sorted(cities) == sorted(table.loc[table["moved"].isin(["gain", "loss"]), "city"])
        assert order.is_monotonic_decreasing  # the largest gains first


@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_says_how_much_is_left_out(results: dict[str, Result], language: str) -> None:
    comparison = pair(results, "base", "override")
    short, whole = (comparison_text(comparison, language, only_differences=each) for each in (True, False))
    left_out = {
        "zh": r"另有 (\d+) 行没有差别|没有差别（共 (\d+) 行）",
        "en": r"left out: (\d+)|No difference \(rows: (\d+)\)",
    }[language]
    assert sum(int(one or other) for one, other in re.findall(left_out, short)) > 0
    assert not re.search(left_out, whole)


def test_three_side_by_side(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "ceiling", "land")
    assert comparison.letters == ("A", "B", "C")
    assert comparison.rows("inputs", "C")["table"].tolist() == ["pools"]
    two = pair(results, "base", "land")
    for name in ("tiers", "pools", "allocation", "groups"):
        pd.testing.assert_frame_equal(
            comparison.rows(name, "C").drop(columns="result"), two.rows(name, "B").drop(columns="result")
        )
    text = comparison_text(comparison, "en")
    (head,) = [line for line in text.splitlines() if line.startswith("tier ")]
    assert re.sub(r"\s+", " ", head).strip() == "tier unit A B B − A verdict C C − A verdict"
    assert len(re.findall("^B against A$", text, re.M)) == len(re.findall("^C against A$", text, re.M)) == 1
    assert comparison_text(two, "en").count("All results side by side") == 0
    agree(comparison)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_column_for_every_result(results: dict[str, Result], language: str) -> None:
    """Of three results a document has what each gives, whole and by city, and counts who has more or less than A."""
    comparison = pair(results, "base", "ceiling", "land")
    section = scenarios(View(comparison.results[1], language), comparison)
    assert section is not None
    tables = {part.name: part for part in section.parts if isinstance(part, Table)}
    whole, land = tables["compared_beside"], tables["compared_beside_land"]
    assert [column.title for column in whole.columns][2:] == ["A base", "B ceiling", "C land"]
    title = comparison.results[0].instance.tables["pools"].set_index("pool").at["land", f"title_{language}"]
    totals = [
        each.tables["allocation"].query("pool == 'land'")["published"].sum() for each in comparison.results
    ]  # fmt: skip
    (row,) = [each for each in whole.rows if each[0] == title]
    assert [cell.value for cell in row[2:] if isinstance(cell, Amount)] == pytest.approx(totals)
    moved = {
        letter: comparison.rows("measures", letter).query("measure == 'land'")["moved"].value_counts()
        for letter in "BC"
    }
    for move, word in (("gain", {"zh": "多于", "en": "more than"}), ("loss", {"zh": "少于", "en": "less than"})):
        (counts,) = [each for each in whole.rows
                     if word[language] in str(each[0]) and str(each[0]).startswith(say(language, "land"))]  # fmt: skip
        assert [cell.value for cell in counts[3:] if isinstance(cell, Amount)] == [
            moved[letter].get(move, 0) for letter in "BC"
        ]
    by_city = comparison.results[2].tables["allocation"].query("pool == 'land'").set_index("city")["published"]
    assert [each[4] for each in land.rows] == pytest.approx([by_city[str(each[0])] for each in land.rows])
    both = compare(comparison.results[:2], comparison.names[:2])
    pairs = scenarios(View(both.results[1], language), both)
    assert pairs is not None and not any(part.name.startswith("compared_beside") for part in pairs.parts
                                         if isinstance(part, Table))  # fmt: skip


def test_many_results_stay_within_the_width(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "ceiling", "two_cities", "no_bonds")
    for language in ("zh", "en"):
        text = comparison_text(comparison, language, only_differences=False)
        assert max(map(cell_len, lines_of(text))) <= WIDTH


@pytest.mark.parametrize("key", list(WORDS))
def test_words(key: str) -> None:
    """The same names to fill in; Chinese punctuation is full-width; no head is lost in one language."""
    zh, en = WORDS[key]
    fields = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in (zh, en)]
    assert set(fields[0]) == set(fields[1])
    assert zh.count("|") == en.count("|")
    assert not re.search("[\u3000-\uffef]", en)
    assert not re.search(r"[,;:()?!]|\.$", zh.replace("{", "").replace("}", "")), "half-width punctuation in Chinese"
    assert zh.endswith("。") == en.endswith(".")


def test_every_word_is_used() -> None:
    package = Path(sys.modules["alloc.comparison"].__file__ or "").parent
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path.name != "wording.py")
    source += Path(sys.modules["alloc.cli.commands.compare"].__file__ or "").read_text(encoding="utf-8")
    prefixes = ("unmatched_", "name_", "chapter_", "verdict_", "moved_", "group_", "item_", "tiers_", "pools_",
                "size_class", "province", "measured_", "levels_", "limits_", "schemes_")  # fmt: skip
    named = set(re.findall(r'"(\w+)"', source))
    assert [key for key in WORDS if key not in named and not key.startswith(prefixes)] == []
    assert tuple(CLASS_TITLES) == SIZE_CLASSES
    assert set(RESIDENT_UNITS) == {"ha", "10⁴ yuan"}


# ------------------------------------------------------------------------------------------------------------- machines


def test_json_is_as_described(results: dict[str, Result]) -> None:
    comparison = pair(results, "base", "ceiling", "two_cities")
    content = json.loads(json.dumps(to_json(comparison, only_differences=False), allow_nan=False))
    assert list(content) == ["schema", "identical", "results", "only_differences", "tables"]
    assert [each["result"] for each in content["results"]] == ["A", "B", "C"]
    assert [each["name"] for each in content["results"]] == ["base", "ceiling", "two_cities"]
    assert set(content["tables"]) == set(TABLES) - {"results"}
    for name, table in content["tables"].items():
        assert table["left_out"] == 0 and len(table["rows"]) == len(comparison.tables[name])
        assert all(list(row) == [column for column, _, _ in TABLES[name].columns] for row in table["rows"])
    rows = content["tables"]["allocation"]["rows"]
    missing = [row for row in rows if row["result"] == "C" and row["city"] == "450900"]
    assert missing and all(row["change"] is None for row in missing)
    short = to_json(comparison, pool="land", cities=[CITY])
    for name, table in short["tables"].items():
        assert all(row.get("city", CITY) == CITY and row.get("pool", "land") == "land" for row in table["rows"]), name
    left = comparison.tables["allocation"].query("city == @CITY and pool == 'land'")
    assert short["tables"]["allocation"]["left_out"] + len(short["tables"]["allocation"]["rows"]) == len(left)


def test_parquet_holds_every_table(results: dict[str, Result], tmp_path: Path) -> None:
    comparison = pair(results, "base", "two_cities")
    assert write(comparison, tmp_path / "out" / "比较").older is None
    for name, table in comparison.tables.items():
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out" / "比较" / f"{name}.parquet"), table)
    about = json.loads((tmp_path / "out" / "比较" / "comparison.json").read_text(encoding="utf-8"))
    assert {name: table["rows"] for name, table in about["tables"].items()} == {
        name: len(table) for name, table in comparison.tables.items()
    }
    write(compare(comparison.results, comparison.names), tmp_path / "again")
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (tmp_path / "out" / "比较" / path.name).read_bytes()


def test_nothing_is_left_when_writing_fails(
    results: dict[str, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("pyarrow.parquet.write_table", full)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where it would be rescued
    with pytest.raises(TargetError, match="no space left"):
        write(pair(results, "base", "land"), tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_an_older_comparison_is_kept_and_other_things_left_alone(results: dict[str, Result], tmp_path: Path) -> None:
    comparison = pair(results, "base", "land")
    write(comparison, tmp_path / "c")
    assert write(comparison, tmp_path / "c").older == str(tmp_path / "c.1")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["c", "c.1"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(TargetError, match="not a comparison"):
        write(comparison, tmp_path / "mine")
    with pytest.raises(TargetError, match="is a file"):
        write(comparison, tmp_path / "mine" / "thesis.docx")
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["thesis.docx"]


# ------------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda r: replace(r, tables={}), "holds no allocation"),
        (lambda r: replace(r, verification=None), "failed its verification"),
    ],
)  # fmt: skip
def test_results_without_allocation_or_verification_are_refused(
    results: dict[str, Result], spoil: Callable[[Result], Result], says: str
) -> None:
    with pytest.raises(ComparisonError, match=says) as caught:
        compare([results["base"], spoil(results["land"])], ["base", "land"])
    assert re.search("[\u4e00-\u9fff]", caught.value.message.zh) and "land" in caught.value.message.zh


def test_too_few_or_the_same(results: dict[str, Result]) -> None:
    for given in ([], [results["base"]]):
        with pytest.raises(ArgumentError, match="at least two"):
            compare(given)
    with pytest.raises(ArgumentError, match="given twice"):
        compare([results["base"], results["land"], results["base"]])
    with pytest.raises(ArgumentError, match="given twice"):
        compare([results["base"], results["land"]], ["x", "x"])
    with pytest.raises(ComparisonError, match="1 names"):
        compare([results["base"], results["land"]], ["x"])
    assert compare([results["base"], results["land"]]).names == ("tiny (A)", "tiny (B)")


def test_results_and_folders_together(results: dict[str, Result], stored: Path) -> None:
    comparison = compare_any([stored / "base", results["land"], str(stored / "ceiling")])
    assert comparison.names == ("base", "tiny (B)", "ceiling")
    assert (
        comparison.rows("tiers", "C")["other"].tolist()
        == pair(results, "base", "ceiling").tables["tiers"]["other"].tolist()
    )


def test_the_command(stored: Path, tmp_path: Path) -> None:
    found = invoke(stored / "base", stored / "ceiling", "--lang", "zh", "--out", tmp_path / "c")
    assert found.exit_code == 0
    assert "债务率上限" in found.output and str(tmp_path / "c") in found.output.replace("\n", "")
    assert (tmp_path / "c" / "allocation.parquet").is_file()
    again = invoke(stored / "base", stored / "ceiling", "--lang", "en", "--out", tmp_path / "c")
    assert again.exit_code == 0 and "c.1" in again.output
    content = json.loads(invoke(stored / "base", stored / "ceiling", "--format", "json", "--all").output)
    assert content["identical"] is False and content["only_differences"] is False
    three = [stored / name for name in ("base", "ceiling", "land")]
    pool = invoke(*three, "--pool", "land", "--city", CITY, "--lang", "en")
    assert pool.exit_code == 0 and "New construction land" in pool.output and "450900" not in pool.output
    same = invoke(stored / "base", stored / "again", "--lang", "en")
    assert same.exit_code == 0 and "B is the same as A" in same.output


def test_the_folder_holds_every_table_whole(stored: Path, tmp_path: Path) -> None:
    """As both pages say: whatever a pool or a city narrows what is printed to, and with a file about what is in it."""
    for page in ("explain.md", "explain.zh.md"):
        said = (Path(alloc.__file__).parents[1] / "docs" / page).read_text(encoding="utf-8")
        (line,) = (each for each in said.splitlines() if each.startswith("`--out ") and "comparison.json" in each)
        assert "`--pool`" in line and "`--city`" in line
    narrowed = ("--pool", "land", "--city", CITY)
    assert invoke(stored / "base", stored / "ceiling", *narrowed, "--out", tmp_path / "out").exit_code == 0
    about = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    written = {path.stem: pd.read_parquet(path) for path in (tmp_path / "out").glob("*.parquet")}
    whole = compare_any([stored / "base", stored / "ceiling"]).tables
    assert set(written) == set(whole) == set(about["tables"])
    assert {"decisions", "levels", "limits", "schemes"} <= set(written)
    for name, table in written.items():
        assert (len(table), list(table.columns)) == (len(whole[name]), list(whole[name].columns))
        assert about["tables"][name]["rows"] == len(table)
        assert [each["name"] for each in about["tables"][name]["columns"]] == list(table.columns)
    assert written["allocation"]["city"].nunique() > 1 and written["allocation"]["pool"].nunique() > 1


def test_results_of_one_name_are_told_apart(stored: Path, results: dict[str, Result], tmp_path: Path) -> None:
    write_result(results["land"], tmp_path / "base")
    content = json.loads(invoke(stored / "base", tmp_path / "base", "--format", "json").output)
    assert [each["name"] for each in content["results"]] == [str(stored / "base"), str(tmp_path / "base")]


def test_wrong_input_is_1_with_the_reason(stored: Path, results: dict[str, Result], tmp_path: Path) -> None:
    base = stored / "base"
    for arguments, says in (
        ([base, tmp_path], "is not a result"),
        ([base, tmp_path / "nowhere"], f"There is no {(tmp_path / 'nowhere').as_posix()}."),
        ([base, stored / "land", "--pool", "lamd"], "land"),
        ([base, stored / "land", "--city", "440301"], "440300"),
        ([base, stored / "land", "--out", base], "is what is read"),
    ):
        found = invoke(*arguments, "--lang", "en")
        assert found.exit_code == 1 and says in found.output, (arguments, found.output)
    for results_given, says in (([], "at least two"), ([base], "at least two"), ([base, base], "given twice"),
                                ([base, stored / "land", stored / "." / "land"], "given twice")):  # fmt: skip
        found = invoke(*results_given, "--lang", "en")
        assert found.exit_code == 64 and says in found.output
    as_json = invoke(base, stored / "land", "--pool", "lamd", "--lang", "en", "--format", "json")
    assert as_json.exit_code == 1 and json.loads(as_json.output)["error"].startswith(
        "There is no pool lamd. Did you mean land?"
    )
    assert "重复给出" in invoke(base, base, "--lang", "zh").output
    write_result(results["land"], tmp_path / "spoiled")
    (tmp_path / "spoiled" / "debt.parquet").write_bytes(b"PAR1")
    assert invoke(base, tmp_path / "spoiled").exit_code == 1
    table = pd.read_parquet(stored / "land" / "debt.parquet").drop(columns="tier_after")
    table.to_parquet(tmp_path / "spoiled" / "debt.parquet")
    assert "debt.parquet" in invoke(base, tmp_path / "spoiled").output  # its digest is another one
    reseal(tmp_path / "spoiled", manifest_of(tmp_path / "spoiled"))
    found = invoke(base, tmp_path / "spoiled", "--lang", "zh")
    assert found.exit_code in (1, 4) and "tier_after" in found.output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, alloc.cli.commands.compare; sys.exit(any(m in sys.modules for m in ('pandas', 'pyomo', 'rich')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_results_without_a_city_in_common_are_not_said_to_be_the_same(results: Mapping[str, Result]) -> None:
    comparison = compare([results["base"], alloc.solve("hand")])
    assert not comparison.comparable("B")
    for language, words in (("zh", "没有可以比较的内容"), ("en", "nothing can be compared")):
        said = comparison_text(comparison, language)
        assert words in said
        assert f"\n{WORDS['tiers'].said(language)}\n" not in said and WORDS["amounts_same"].said(language) not in said


@pytest.mark.parametrize(("language", "heads", "rows"), [
    ("zh", ("项目", "记录", "A", "B", "变化"),
     [("债务率上限", ""), ("闲置低效用地", "甲市"), ("闲置低效用地", "乙市"), ("人工调整", "甲市、一般性转移支付")]),
    ("en", ("item", "record", "A", "B", "change"),
     [("Ceiling of the debt ratio", ""), ("Idle land", "First"), ("Idle land", "Second"),
      ("Overrides", "First, General transfer")]),
])  # fmt: skip
def test_a_document_names_what_went_in_without_codes(
    language: str, heads: tuple[str, ...], rows: list[tuple[str, str]]
) -> None:
    """The terminal has beside them what edits take; a title that two columns have keeps it in documents too."""
    base = alloc.solve("hand", relaxation=True)
    row = "{ city = '000001', pool = 'general', amount = 4000, reason = 'x', approved_by = 'y' }"
    lines = ["policy.debt.ceiling = 1.2", "cities.idle += 5", f"add overrides {row}"]
    found = compare([base, alloc.solve("hand", edits=lines, relaxation=True)])
    tables = [part for section in comparison_document(found, language).sections for part in section.parts]
    (table,) = [each for each in tables if isinstance(each, Table) and each.columns[0].title == heads[0]]
    assert tuple(column.title for column in table.columns) == heads
    assert [each[:2] for each in table.rows] == rows
    assert "policy.debt.ceiling" in comparison_text(found, language)


def test_a_change_is_what_the_printed_numbers_differ_by() -> None:
    """146.6651 and 146.6602 are 146.67 and 146.66, but 0.0049 apart, 0.00: with three decimals all agree."""
    assert decimals_that_add_up([(146.6602, 146.6651, -0.0049), (-0.0049, 0.0, -0.0049)], 2, 4) == 3
    assert decimals_that_add_up([(146.66, 146.67, -0.01), (-0.01, 0.02, -0.03)], 2, 4) == 2


def test_the_chart_of_changes_is_headed_by_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Land: B gains 30.9, A loses 86.8; transfers: B loses more. It is the land of A that changes most."""
    rows = [("land", "B", 30.9, 1), ("land", "A", -86.8, 1), ("transfers", "B", -1050.0, 1)]
    found = pd.DataFrame(rows, columns=["measure", "city", "change", "rank"])
    monkeypatch.setattr(scenario_section, "Titles", lambda *_: lambda kind, code: code)
    view: Any = SimpleNamespace(
        zh=True, hectares="公顷", money=lambda value: SimpleNamespace(scale=1.0, unit="万元"),
        say=lambda zh, en, **words: zh.format(**words), language="zh",
    )  # fmt: skip
    comparison: Any = SimpleNamespace(rows=lambda *_: found)
    figure = scenario_section._winners(view, comparison)
    assert figure is not None and figure.title == "A用地变化最大"
