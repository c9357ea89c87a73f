"""What land is for, by hand: uses by policy, a stock link for every city, and production land levelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import alloc
from alloc.content.blocks import Listing, Paragraph, Table
from alloc.formulation.registry import catalogue
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import precheck
from alloc.instance.prechecks.lifted import lifted
from alloc.instance.schema.settings import Settings
from alloc.report.sections.cities import cities as cities_section
from alloc.report.sections.city import city_sections
from alloc.report.sections.land import land as land_section
from alloc.report.sections.rules import rules
from alloc.report.sections.summary import summary
from alloc.report.view import View
from alloc.result.city import city_section
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from hand_instance import LAND, hand

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
FIRST, SECOND = "000001", "000002"
USES = {"housing": 20, "other": 0.2, "unassigned_city": 0.1, "unassigned_total": 0.05}


def close(actual: Any, *wanted: float) -> None:
    np.testing.assert_allclose(actual, wanted, rtol=1e-7, atol=1e-7)


def edited(name: str, *lines: str) -> Instance:
    return apply(read(FAMILIES / name), [parse_edit(line) for line in lines]).instance


def with_uses(**given: float) -> list[str]:
    """The edits that switch the uses on."""
    return [f"policy.land.uses.{name} = {value}" for name, value in {**USES, **given}.items()]


def levelled(instance: Instance) -> Instance:
    """Production land levelled, behind closeness."""
    data = instance.settings.model_dump(by_alias=True, exclude_none=True)
    entries = {entry["tier"]: entry for entry in data["objective"]}
    entries["production"] = {"tier": "production", "method": "levelled"}
    order = [name for name in entries if name not in ("production", "cost")] + ["production", "cost"]
    data["objective"] = [entries[name] for name in order]
    return make_instance(Settings.model_validate(data), instance.tables)


def value_of(result: Result, tier: str) -> float:
    return next(float(one["value"]) for one in result.manifest["tiers"] if one["tier"] == tier)


def production(result: Result) -> np.ndarray:
    land = result.tables["land"]
    return np.asarray(land["production"] + land["reuse_production"])


# ------------------------------------------------------------------------------------------------ uses and links


def test_off_they_stay_out_of_the_hash_and_of_the_tables() -> None:
    base = read(FAMILIES / "land_balance")
    on = edited("land_balance", *with_uses())
    off = apply(on, [parse_edit(f"drop policy.land.uses.{name}") for name in USES]).instance
    assert off.hash == base.hash != on.hash
    assert "housing" not in run(off).tables["land"] and "housing" in run(on).tables["land"]
    assert base.settings.policy.land.uses is None and base.settings.objective[4].method is None


def test_every_hectare_has_its_use() -> None:
    """The case of `housing_land`: of 30 ha 0.2 for other uses, the rest houses 12,000 settlers on 20 m² each."""
    result = run(read(FAMILIES / "housing_land"))
    land = result.tables["land"]
    close(land["housing"] + land["reuse_housing"], 12, 12)
    close(land["other"], 3, 3)
    close(land["unassigned"], 0, 0)
    assert value_of(result, "settlement") == pytest.approx(12_000)
    assert alloc.verify(result).passed


def test_reused_land_is_public_then_housing_then_production() -> None:
    """10 ha lie idle in each city, all reusable: the 2 · 10 ha stand in for 10 of the 12 ha of housing a city needs."""
    found = run(edited("housing_land", "cities.idle = 10", "policy.land.reuse_limit = 1", "policy.land.reuse_cost = 0",
                       "cities.production_request = 5"))  # fmt: skip
    land = found.tables["land"]
    total = land[["reuse_public", "reuse_housing", "reuse_production"]].sum(axis=1)
    close(land["reuse_housing"], *np.minimum(total, land["housing"] + land["reuse_housing"]))
    assert value_of(found, "settlement") == pytest.approx(20_000)  # 24 + 20 = 44 ha, of which 40 house everybody
    assert alloc.verify(found).passed


@pytest.mark.parametrize(("total", "most", "by_rest"), [(0.05, 40, False), (0.1, 59, True)])
def test_what_a_city_may_leave_unassigned_is_bounded_by_its_own_share_or_by_all(
    total: float, most: float, by_rest: bool
) -> None:
    """Of 800 ha A gets 210 at least, so B 590 at most: 59 of them by its share of 0.1, and 40 or 80 by that of all."""
    data = derive(hand(policy={"land.uses": {**USES, "unassigned_total": total}}))
    land = next(each for each in catalogue().quantities.values() if each.name == "land_use")
    span = land.span(data, "unassigned", np.array([False, True]), False)
    assert (span.most, span.most_by_rest) == (pytest.approx(most), by_rest)


def test_stock_link_for_every_city() -> None:
    """A has a base, B has none: 0.8 of its benchmark, or its lower bound where that is more."""
    today = derive(hand())
    given = float(today.stock_base[0])
    linked = derive(hand(policy={"land.stock_share": 0.8}))
    own = max(0.8 * float(today.benchmark[1, LAND]), float(today.lower[1, LAND]))
    assert not np.isnan(given) and np.isnan(today.stock_base[1])
    close(linked.stock_base, given, own)
    least = derive(hand(policy={"land.stock_share": 0.0}))
    close(least.stock_base, given, float(today.lower[1, LAND]))
    room = own + linked.stock_ratio * float(linked.reusable[1])
    assert linked.upper[1, LAND] == pytest.approx(min(float(today.upper[1, LAND]), room))


def test_a_share_without_a_ratio_links_nobody() -> None:
    d = derive(hand(policy={"land.stock_share": 0.8, "land.stock_ratio": None}))
    assert np.isnan(d.stock_base).all()
    warned = apply(read(FAMILIES / "land_balance"), [parse_edit("policy.land.stock_share = 0.8")]).findings
    assert ("warning", "idle_setting") in [(each.severity, each.code) for each in warned]


@pytest.mark.parametrize("table", ["overrides", "earmarks"])
@pytest.mark.parametrize(("amount", "by", "beyond"), [(440, 0, 0), (500, 52, 0), (520, 72, 12)])
def test_what_is_written_by_hand_lifts_the_stock_link_and_is_said(
    table: str, amount: float, by: float, beyond: float
) -> None:
    """B: 0.8 · 560 = 448 ha without reuse, and 448 + 2 · 30 = 508 with all of it; A has a base of its own, 50, which
    stays."""
    rows = [{"city": "100001", "pool": "land", "amount": 280.0}, {"city": "200002", "pool": "land", "amount": amount}]
    instance = hand(policy={"land.stock_share": 0.8}, **{table: rows})
    data = derive(instance)
    found = [each for each in precheck(instance, data) if each.code == "stock_link_lifted"]
    close(data.stock_base, 50, max(448, amount))
    for got, wanted in zip(lifted(instance, data, table), (by, beyond), strict=True):
        close(got, 0, wanted)
    assert [(each.file, each.key) for each in found] == ([(f"{table}.csv", "200002")] if by else [])
    for each in found:
        assert f"抬高 {by} 公顷" in each.message.zh and f"by {by} ha in 1 city" in each.message.en
        assert ("12 公顷" in each.message.zh) is (beyond == 12)
        name = instance.tables["cities"].set_index("city").loc["200002", "name"]
        assert each.remedy.zh.endswith(f"448 公顷；或再加修改：“城市.{name}.增存挂钩基础指标 = 448”。")
        assert each.remedy.en.endswith("448 ha; or edit further: “cities.200002.stock_base = 448”.")


@pytest.mark.parametrize(("amount", "kept"), [(20, True), (25, False)])
def test_no_line_is_offered_for_a_link_that_the_plan_keeps(amount: int, kept: bool) -> None:
    """Without a base 10 ha that are reused allow 20 ha of new land; checks, which solve nothing, offer the line."""
    lines = ("policy.land.stock_share = 0", "drop cities.000001.stock_base")
    instance = edited(
        "stock_link", *lines, f"add overrides {{ city = '000001', pool = 'land', amount = {amount} }}"
    )  # fmt: skip
    before, after = (
        [each.remedy for each in found if each.code == "stock_link_lifted"]
        for found in (precheck(instance, derive(instance)), run(instance).findings)
    )
    said = (
        "本方案按原有的基数也满足这一规则，不必另填基数。",
        "The plan keeps the rule with the former base too: there is no need to give one.",
    )
    assert before[0].en.endswith("edit further: “cities.000001.stock_base = 0”.")
    assert after == ([said] if kept else before)


def test_the_page_of_a_city_says_what_its_override_lifts() -> None:
    """Both have 30 ha by the formula, and as much without reuse; 40 by hand are 10 more, and no idle land is used."""
    by_hand = "add overrides { city = '000001', pool = 'land', amount = 40.0 }"
    result = run(edited("land_balance", "policy.land.stock_ratio = 2.0", "policy.land.stock_share = 1.0", by_hand))
    said = {city: city_section(result, "en", city).sentence for city in (FIRST, SECOND)}
    assert "from 30.00 to 40.00 ha: 10.00 ha of new land ask for no reuse." in said[FIRST]
    assert said[SECOND] == ""
    page = [part.text for part in city_sections(View(result, "zh"), FIRST)[0].parts if isinstance(part, Paragraph)]
    assert "人工调整使该市增存挂钩基数由 30.00 升为 40.00 公顷：10.00 公顷新增用地不再要求盘活存量。" in page
    notes = {
        city: [table.note for table in city_section(result, "en", city).parts if isinstance(table, Table)]
        for city in (FIRST, SECOND)
    }
    assert [notes[city][0].startswith("“Override” is") for city in (FIRST, SECOND)] == [True, False]
    assert notes[FIRST][1] == notes[SECOND][1] and notes[FIRST][1].startswith(
        "Backlog is recognised need less capacity"
    )


# ------------------------------------------------------------------------------------------------------ levelled


def test_production_land_is_levelled() -> None:
    """60 ha, 30 each by the formula; 60 and 20 are asked for. P = 30 and 20: 60/80 · (1 − ½)² + 20/80 · 0 = 0.1875."""
    result = run(levelled(read(FAMILIES / "land_balance")))
    close(result.tables["allocation"]["published"], 30, 30)
    close(production(result), 30, 20)
    assert value_of(result, "production") == pytest.approx(0.1875, abs=1e-9)
    assert alloc.verify(result, matrix=True).passed
    # By the plain tier, which stands before closeness, the first city gets 40 ha, and all of them are used.
    close(production(run(read(FAMILIES / "land_balance"))), 40, 20)


def test_a_standard_caps_what_counts() -> None:
    """Of the first request 40 ha count: 40/60 · (1 − 30/40)² = 1/24."""
    base = levelled(read(FAMILIES / "land_balance"))
    tables = {name: table.copy() for name, table in base.tables.items()}
    tables["cities"]["production_standard"] = [40.0, np.nan]
    capped = make_instance(base.settings, tables)
    close(derive(capped).production_wanted, 40, 20)
    assert value_of(run(capped), "production") == pytest.approx(1 / 24, abs=1e-9)
    assert capped.hash != base.hash


def test_scarce_land_serves_requests_alike() -> None:
    """30 ha in all may be for production: 3/8 of either request, 22.5 and 7.5 ha; (5/8)² = 0.390625."""
    row = (
        "add limits { limit = 'most', title_zh = '上限', title_en = 'most', quantity = 'land_use:production', "
        "where = '', sense = '<=', value = 30, basis = 'amount' }"
    )
    result = run(levelled(edited("land_balance", row)))
    close(production(result), 22.5, 7.5)
    assert value_of(result, "production") == pytest.approx(0.390625, abs=1e-9)
    assert alloc.verify(result, matrix=True).passed


def test_nobody_asks_and_there_is_nothing_to_level() -> None:
    result = run(levelled(edited("land_balance", "cities.production_request = 0")))
    assert value_of(result, "production") == 0.0
    assert alloc.verify(result).passed


def test_order_of_rows_does_not_matter() -> None:
    base = levelled(edited("land_balance", *with_uses()))
    turned = make_instance(base.settings, {name: table.iloc[::-1].reset_index(drop=True)
                                           for name, table in base.tables.items()})  # fmt: skip
    one, other = run(base), run(turned)
    for name in ("land", "allocation"):
        assert one.tables[name].equals(other.tables[name]), name


# ------------------------------------------------------------------------------------------------------ findings


def faults(call: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(InputError) as caught:
        call()
    return [(each.code, each.column) for each in caught.value.findings if each.severity == "error"]


@pytest.mark.parametrize("name", ["other", "unassigned_city", "unassigned_total"])
def test_a_share_above_one(name: str) -> None:
    found = faults(lambda: edited("land_balance", *with_uses(**{name: 1.5})))
    assert found == [("out_of_range", f"policy.land.uses.{name}")]


def test_some_uses_without_the_others() -> None:
    found = faults(lambda: edited("land_balance", "policy.land.uses.other = 0.2"))
    assert found == [("missing_setting", f"policy.land.uses.{name}")
                     for name in ("housing", "unassigned_city", "unassigned_total")]  # fmt: skip


def test_levelled_stands_behind_closeness_and_gives_nothing_away() -> None:
    base = read(FAMILIES / "land_balance")
    data: Mapping[str, Any] = base.settings.model_dump(by_alias=True, exclude_none=True)

    def objective(*entries: dict[str, Any]) -> Any:
        return lambda: alloc.read({**dict(base.tables), "settings": {**data, "objective": list(entries)}})

    close_to, level = {"tier": "closeness"}, {"tier": "production", "method": "levelled"}
    assert [code for code, _ in faults(objective(level, close_to))] == ["production_before_closeness"]
    given = {**level, "tolerance": 0.01}
    assert [code for code, _ in faults(objective(close_to, given))] == ["option_out_of_place"]
    unknown = {**level, "method": "cvar"}
    assert [code for code, _ in faults(objective(close_to, unknown))] == ["not_allowed"]
    plain = objective({"tier": "production", "tolerance": 0.01}, close_to)()
    assert plain.settings.objective[0].method is None


def test_a_limit_on_a_use_that_the_policy_does_not_have() -> None:
    row = (
        "add limits { limit = 'most', title_zh = '上限', title_en = 'most', quantity = 'land_use:housing', "
        "where = '', sense = '<=', value = 10, basis = 'amount' }"
    )
    assert faults(lambda: edited("land_balance", row)) == [("unknown_object", "limits.quantity")]
    limited = run(edited("housing_land", row))
    assert value_of(limited, "settlement") == pytest.approx(5_000)  # 10 ha of 20 m² each
    assert alloc.verify(limited).passed


# -------------------------------------------------------------------------------------------------------- report


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_shows_every_use(language: str) -> None:
    heads = {"zh": ("其中居住", "其中其他"), "en": ("housing", "other uses")}[language]
    shown = str(cities_section(View(run(read(FAMILIES / "housing_land")), language)))
    assert all(head in shown for head in heads)
    without = str(cities_section(View(run(read(FAMILIES / "land_balance")), language)))
    assert not any(head in without for head in heads)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "新增建设用地 30 公顷，另盘活存量 0 公顷；公共设施用地 0 公顷，占以上合计的 0.0 %，"
               "其余用于落户人口居住、产业、道路和公用设施等，暂未安排 0 公顷。"),
        ("en", "30 ha of new land are given and 0 ha of idle land reused; 0 ha, 0.0 % of all that, carry public "
               "facilities, the rest is for housing, production, roads and utilities; 0 ha are unassigned."),
    ],
)  # fmt: skip
def test_the_report_says_of_what_a_share_is(language: str, said: str) -> None:
    chapter = land_section(View(run(read(FAMILIES / "housing_land")), language))
    assert chapter is not None and chapter.sentence == said


def test_land_made_free_is_part_of_what_the_share_is_of() -> None:
    """30 ha are new, 10 more made free, 4 of them for facilities: 10 % of 40."""
    result = run(read(FAMILIES / "housing_land"))
    more = result.tables["land"].assign(renewed_public=[4.0, 0.0], renewed_production=[0.0, 6.0])
    for language, said in (
        ("zh", "新增建设用地 30 公顷，另盘活存量 0 公顷、项目腾出 10 公顷；公共设施用地 4 公顷，占以上合计的 10.0 %，"),
        ("en", "30 ha of new land are given and 0 ha of idle land reused, 10 ha made free by programmes; 4 ha, 10.0 % "
               "of all that, carry public facilities"),
    ):  # fmt: skip
        chapter = land_section(View(replace(result, tables={**result.tables, "land": more}), language))
        assert chapter is not None and chapter.sentence.startswith(said)


def test_uses_that_follow_other_numbers_hold_nothing_back() -> None:
    """Housing follows settlers and other uses the land given, in every plan: no reader is told that they limit it."""
    result = run(read(FAMILIES / "housing_land"))
    counts = result.tables["families"].set_index("family")["binding"]
    assert counts["housing_land"] == counts["other_land"] == 2, "they bind"
    view = View(result, "zh")
    (binding,) = [part for part in rules(view, None).parts if isinstance(part, Table) and part.name == "binding"]
    assert [row[0] for row in binding.rows] == ["总量平衡", "落户与公共服务能力相适应", "产业用地需求", "存量盘活上限"]
    told = str([part for part in summary(view).parts if isinstance(part, Listing)]) + alloc.show(result, "zh")
    assert "其他用地已按比例安排" not in told and "居住用地已按落户人数安排" not in told
