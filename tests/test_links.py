"""Links: by hand on a core and its ring, what they join, what is a finding, and that closed ones are none at all."""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.api import compare, matrix_agreement
from alloc.auditing.blindness import with_codes_permuted, with_halves
from alloc.explanation.rules.rules import explain_rules
from alloc.explanation.sensitivity.prices import explain_prices
from alloc.instance import InputError, read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance, make_instance
from alloc.report.document import report
from alloc.result.result import Result, run
from alloc.result.summary import links_table
from alloc.scenario import apply, parse_edit
from alloc.template.province import cut_province
from alloc.verification import verify

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
HOST, SHARED, MOVED = FAMILIES / "host_first", FAMILIES / "shared_beds", FAMILIES / "moved_beds"
CORE, RING = "000001", "000002"
USE, MOVE = f"{RING}.{CORE}.hospital.use", f"{CORE}.{RING}.hospital.move"


def edited(base: Path, *lines: str) -> Instance:
    return apply(read(base), [parse_edit(each) for each in lines]).instance


@cache
def solved(base: Path) -> Result:
    return run(read(base))


def flows(result: Result) -> dict[str, float]:
    table = result.tables["links"]
    return {f"{row.kind} {row[1]}": float(row.flow) for row in table.itertuples()}


def values(result: Result) -> dict[str, float]:
    found: dict[str, float] = result.tiers["value"].to_dict()
    return found


def places(result: Result) -> list[float]:
    """Beds for residents: what there is, what is new, and what links bring or take."""
    table = result.tables["services"]
    return (table["capacity"] + table["added"] - table["lent"] + table["borrowed"] + table["moved"]).tolist()


# ----------------------------------------------------------------------------------------- without links, as before


@pytest.mark.parametrize("lines", [(), ("links.open = false",), ("drop links",)])
def test_closed_links_are_none(lines: tuple[str, ...]) -> None:
    """As many tables and columns as without, and the same numbers to the last bit."""
    without = run(edited(SHARED, "drop links"))
    result = run(edited(SHARED, *lines)) if lines else solved(SHARED)
    if not lines:
        assert values(result) != values(without)
        return
    assert set(result.tables) == set(without.tables) and "links" not in result.tables
    for name, table in without.tables.items():
        pd.testing.assert_frame_equal(result.tables[name], table, check_exact=True)


def test_links_that_carry_nothing_change_nothing() -> None:
    none, without = run(edited(SHARED, "links.limit = 0")), run(edited(SHARED, "drop links"))
    assert values(none) == pytest.approx(values(without), abs=1e-12)
    assert flows(none) == {"use 000002": 0.0}
    pd.testing.assert_frame_equal(none.tables["allocation"], without.tables["allocation"])


# ------------------------------------------------------------------------------------------------------- by hand

ONE_PURSE = (
    f"cities.purse = '{CORE}'", f"cities.{CORE}.zone = 'core'", f"cities.{RING}.zone = 'outer'",
    f"cities.{CORE}.fund_available = 3000", f"cities.{RING}.fund_available = 0",
    "services.restricted = true", "policy.services.restricted_zones = ['core']",
)  # fmt: skip


def with_one_purse(base: Path, *lines: str) -> Result:
    """A core where nothing may be built, and its outer zone; the purse of both holds 3,000 in the core's row."""
    result = run(edited(base, *ONE_PURSE, *lines))
    assert result.verified and not matrix_agreement(result.instance).failures
    return result


def test_zones_of_one_purse_without_links_lend_nothing() -> None:
    """Example (a) of the design: 300 beds for 3,000 in the outer zone, coverage 0.90 and 1.00."""
    result = with_one_purse(SHARED, "drop links")
    assert result.tables["services"]["coverage"].tolist() == pytest.approx([0.9, 1.0], abs=1e-7)


def test_zones_of_one_purse_share_beds() -> None:
    """Example (b): 900 + f = 1,000 − f gives f = 50 and coverage 0.95 in both."""
    result = with_one_purse(SHARED)
    assert flows(result) == {f"use {RING}": pytest.approx(50, abs=1e-5)}
    assert result.tables["services"]["coverage"].tolist() == pytest.approx([0.95, 0.95], abs=1e-7)


def test_the_purse_pays_for_beds_that_leave_its_core() -> None:
    """Example (c): 10 a + 5 · 100 = 3,000, a = 250; 1,850 beds for 2,000, 0.925 each, and 125 kept for the core."""
    result = with_one_purse(MOVED)
    assert flows(result) == {f"move {CORE}": pytest.approx(100, abs=1e-5), f"use {RING}": pytest.approx(125, abs=1e-4)}
    table = result.tables["services"].set_index("city")
    assert table["added"].tolist() == pytest.approx([0, 250], abs=1e-4)
    assert table["coverage"].tolist() == pytest.approx([0.925, 0.925], abs=1e-7)
    assert result.tables["budget"]["spending"].sum() == pytest.approx(3000, abs=1e-3)


def test_derived_by_hand() -> None:
    d = derive(edited(MOVED, "links.limit = 40 where kind == 'move'", "links.open = false where kind == 'use'"))
    assert d.links == (MOVE,) and d.link_limit.tolist() == [40] and d.link_cost.tolist() == [5]
    assert d.lendable.tolist() == [[0], [0]]
    # without a limit 0.05 of the 1,000 that the core needs, and of the 900 that it has
    by_share = make_instance(read(MOVED).settings, {
        **read(MOVED).tables, "links": read(MOVED).tables["links"].assign(limit=np.nan)
    })  # fmt: skip
    d = derive(by_share)
    assert d.links == (MOVE, USE) and d.link_limit.tolist() == pytest.approx([45, 50])
    # the ring lacks 300 itself and may keep 50 for the core; it may grow by half
    assert d.expand_limit[:, 0].tolist() == pytest.approx([100, 350])
    rules = {each.rule: each.amount.tolist() for each in d.link_bounds}
    assert rules == {"link_share": pytest.approx([45, 50]), "link_limit": [np.inf, np.inf]}


def test_a_neighbour_shares() -> None:
    result = solved(SHARED)
    assert flows(result) == {"use 000002": pytest.approx(50)}
    assert places(result) == pytest.approx([950, 950])
    assert values(result)["fairness"] == pytest.approx(0.95)
    row = result.tables["services"].set_index("city")
    assert row.loc[CORE, ["lent", "borrowed", "moved"]].tolist() == pytest.approx([0, 50, 0])
    assert row.loc[RING, ["lent", "borrowed", "moved"]].tolist() == pytest.approx([50, 0, 0])
    without = run(edited(SHARED, "links.open = false"))
    assert without.tables["services"]["coverage"].tolist() == pytest.approx([0.9, 1.0])


def test_relief_of_the_core() -> None:
    result = solved(MOVED)
    assert flows(result) == {"move 000001": pytest.approx(100), "use 000002": pytest.approx(125)}
    assert places(result) == pytest.approx([925, 925])
    assert result.tables["links"]["cost"].tolist() == pytest.approx([500, 0])
    assert result.tables["budget"].set_index("city")["spending"].to_dict() == pytest.approx({CORE: 0, RING: 3000})
    assert result.tables["limits"]["left"].tolist() == pytest.approx([100])
    without = run(edited(MOVED, "drop limits"))
    assert flows(without) == {"move 000001": 0, "use 000002": pytest.approx(50)}
    assert values(without)["fairness"] == pytest.approx(0.95)


def test_a_site_becomes_free_and_another_is_needed() -> None:
    """100 m² a bed: 100 beds leave 1 ha in the core, which production takes, and need 1 ha in the ring."""
    lines = ("services.area = 100", "cities.production_request = 100")
    result = run(edited(MOVED, *lines))
    land = result.tables["land"].set_index("city")
    assert result.verified and not matrix_agreement(result.instance).failures
    assert land.loc[CORE, ["renewed_public", "renewed_production"]].tolist() == pytest.approx([0, 1])
    assert land.loc[RING, "public"] == pytest.approx(1) and land.loc[RING, "renewed_production"] == 0
    assert values(result)["production"] == pytest.approx((100 - 1 + 1) / 200)


def test_a_fee_is_paid_and_got() -> None:
    """3 a bed and year for 50 beds: 150 from the core to the ring."""
    lines = (f"links.{RING}.{CORE}.hospital.use.fee = 3", f"cities.{CORE}.revenue = 100150")
    result = run(edited(SHARED, *lines))
    assert flows(result) == {"use 000002": pytest.approx(50)}
    assert result.tables["budget"].set_index("city")["running"].to_dict() == pytest.approx({CORE: 150, RING: -150})
    # with 90 to spend every year the core pays for 30
    poor = run(edited(SHARED, lines[0], f"cities.{CORE}.revenue = 100090"))
    assert flows(poor) == {"use 000002": pytest.approx(30)}


def test_nothing_runs_in_a_circle() -> None:
    """Both may lend to each other and nothing is lent for which there is no use."""
    back = (
        f"add links {{ from = '{CORE}', to = '{RING}', service = 'hospital', kind = 'use', limit = 150, open = true }}"
    )
    result = run(edited(SHARED, back))
    assert flows(result) == {"use 000001": pytest.approx(0, abs=1e-6), "use 000002": pytest.approx(50)}


def test_whole_facilities_lend_what_they_can() -> None:
    """A hospital has 300 beds for 3,000, and 2,900 are there: none is built, and the ring spares what is over 700."""
    lines = ("services.module = 300", "services.expansion_limit = 0", f"cities.{RING}.fund_available = 2900",
             "cities.pupils = 900")  # fmt: skip
    instance = edited(SHARED, *lines, f"capacity.{RING}.hospital.capacity = 940")
    whole = make_instance(instance.settings.model_copy(update={"integers": True}), instance.tables)
    result = run(whole)
    assert result.verified and result.manifest["notes"] == []
    assert result.tables["services"]["build"].tolist() == [0, 0]
    assert flows(result) == {"use 000002": 0.0}  # of 940 all are today's
    enough = run(make_instance(whole.settings, {**whole.tables, "cities": whole.tables["cities"].assign(
        fund_available=[0.0, 3000.0])}))  # fmt: skip
    assert enough.tables["services"]["build"].tolist() == [0, 1]
    assert flows(enough) == {"use 000002": pytest.approx(100)}


# --------------------------------------------------------------------------------------------- rooms and documents


def test_tampering_is_found() -> None:
    result = solved(MOVED)
    tiers = result.manifest["tiers"]

    def failures(**changed: Any) -> set[str]:
        found = verify(result.instance, {**result.tables, **changed}, tiers)
        return {each.family for each in found.failures}

    links, services = result.tables["links"], result.tables["services"]
    assert failures() == set()
    assert "flow_bounds" in failures(links=links.assign(flow=[160.0, 125.0]))
    assert "flow_bounds" in failures(links=links.assign(flow=[-1.0, 125.0]))
    assert {"host_first", "coverage_is_served"} <= failures(links=links.assign(flow=[100.0, 0.0]))
    assert "group_limit" in failures(links=links.assign(flow=[90.0, 125.0]))
    assert failures(links=links.assign(cost=[400.0, 0.0])) == {"copies"}
    assert failures(links=links.assign(fee=[0.0, 1.0])) == {"copies"}
    for name in ("lent", "borrowed", "moved"):
        assert failures(services=services.assign(**{name: services[name] + 1})) == {"copies"}, name
    assert failures(links=links.iloc[:1]) == {"tables"}
    assert failures(links=links.assign(to=["000001", "000001"])) == {"tables"}


def test_prices_and_rules() -> None:
    """Moving one more bed costs 5, which is half a bed less for 2,000 people in need."""
    prices = {each.parameter.target: each for each in explain_prices(solved(MOVED), "fairness").prices}
    assert prices["limits.relief.value"].increase.value == pytest.approx(-0.5 / 2000, rel=1e-6)
    title = prices[f"links.{MOVE}.cost"].parameter.title
    assert title == ("甲市到乙市的医院（迁移）的单位迁建成本", "cost of moving of hospital from First to Second (move)")
    narrow = run(edited(SHARED, "links.limit = 20"))
    prices = {each.parameter.target: each for each in explain_prices(narrow, "fairness").prices}
    # one more bed for a city that needs 1,000
    assert prices[f"links.{USE}.limit"].increase.value == pytest.approx(0.001, rel=1e-6)
    costs = {each.rule: each for each in explain_rules(solved(HOST), only=["host_first"]).costs}
    assert list(costs) == ["host_first"]
    assert {each.rule for each in explain_rules(narrow, only=["link_limit"]).costs} == {"link_limit"}


def test_documents_show_who_lends_and_who_borrows() -> None:
    result = solved(MOVED)
    (nation,), (core,) = links_table(result, "en"), links_table(result, "en", CORE)
    assert [row[2] for row in nation.rows] == ["moved", "shared"]
    assert [list(row[3:6]) for row in core.rows] == [["Second", 100.0, 0.0], ["Second", 0.0, 125.0]]
    assert [row[2] for row in links_table(result, "zh")[0].rows] == ["迁移", "共用"]
    assert links_table(run(edited(SHARED, "drop links")), "en") == []


def test_a_comparison_has_the_flows() -> None:
    found = compare(solved(SHARED), run(edited(SHARED, "links.limit = 20"))).tables["decisions"]
    rows = found[found["decision"] == "flow"]
    assert rows[["base", "other"]].to_numpy().tolist() == [[pytest.approx(50), pytest.approx(20)]]


def test_a_province_keeps_the_links_inside_it() -> None:
    nation = edited(MOVED, f"cities.{RING}.province = '01'", f"cities.{RING}.province_name = '邻省'")
    assert not len(cut_province(nation, "01").instance.tables["links"])
    assert len(cut_province(read(MOVED), "00").instance.tables["links"]) == 2


# --------------------------------------------------------------------------------------------------------- findings

ROW = "add links {{ from = '{0}', to = '{1}', service = 'hospital', kind = '{2}', open = true{3} }}"


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (ROW.format(CORE, CORE, "use", ""), "link_to_itself", "to"),
        (ROW.format("999999", CORE, "use", ""), "unknown_code", "from"),
        (ROW.format(CORE, RING, "lend", ""), "not_allowed", "kind"),
        (ROW.format(CORE, RING, "use", ", limit = -1"), "out_of_range", "limit"),
        (ROW.format(RING, CORE, "use", ""), "record_exists", "links"),
        (ROW.format(CORE, RING, "use", "").replace("hospital", "clinic"), "unknown_code", "service"),
    ],
)
def test_errors(line: str, code: str, column: str) -> None:
    with pytest.raises(InputError) as raised:
        edited(SHARED, line)
    found = [(each.code, str(each.column).rpartition(".")[2]) for each in raised.value.findings]
    assert found == [(code, column)]


@pytest.mark.parametrize(
    ("lines", "code", "column"),
    [
        ((f"links.{USE}.cost = 2",), "cost_of_other_kind", "cost"),
        ((f"links.{MOVE}.fee = 2",), "fee_of_other_kind", "fee"),
        ((f"links.{USE}.fee = 2",), "fees_in_a_circle", "fee"),  # against beds that move the other way for none
        ((f"capacity.{CORE}.hospital.capacity = 0",), "nothing_to_give", "from"),
    ],
)
def test_warnings(lines: tuple[str, ...], code: str, column: str) -> None:
    found = [(each.code, str(each.column).rpartition(".")[2]) for each in edited(MOVED, *lines).warnings]
    assert found == [(code, column)]


def test_seats_are_hardly_shared() -> None:
    tables = dict(read(SHARED).tables)
    tables["cities"] = tables["cities"].assign(age_6_11=100_000.0)
    tables["services"] = tables["services"].assign(cohort="age_6_11")
    plain = make_instance(read(SHARED).settings, tables)
    found = apply(plain, [parse_edit("links.limit = 100")]).instance.warnings
    assert [each.code for each in found] == ["link_of_catchment"]


def test_more_than_links_carry_cannot_be_asked_for() -> None:
    result = run(edited(MOVED, "limits.relief.value = 200"))
    assert not result.has_solution
    (finding,) = [each for each in result.findings if each.severity == "error"]
    assert finding.code == "limit_against_links" and "150" in finding.message.en


def test_the_scenario_of_clusters_is_what_its_script_writes() -> None:
    """Ordered pairs within 100 km, both ways, of two services."""
    home = FAMILIES.parent / "china-2020"
    script = runpy.run_path(str(home / "build" / "cluster_links.py"))
    pairs = script["pairs"]()
    assert len(pairs) == 336 and {(b, a) for a, b in pairs} == set(pairs)
    assert (home / "scenarios" / "cluster-links.toml").read_text(encoding="utf-8") == script["scenario"]()


@pytest.mark.parametrize("lines", [(), ONE_PURSE])
def test_halves_and_other_codes_keep_links_and_purses(lines: tuple[str, ...]) -> None:
    """The core in two halves gets half each, over links with their part of the limit, from the same purse."""
    whole = edited(MOVED, *lines, "limits.relief.where = \"name == '甲市'\"")
    base = values(run(whole))
    split, twins = with_halves(whole, [CORE])
    result = run(split)
    assert result.verified and values(result) == pytest.approx(base, rel=1e-6, abs=1e-6)
    table = result.tables["services"].set_index("city")
    assert table.at[CORE, "coverage"] == pytest.approx(table.at[twins[CORE], "coverage"], abs=1e-6)
    assert split.tables["links"]["limit"].tolist() == [75] * 4
    permuted, _ = with_codes_permuted(whole)
    assert values(run(permuted)) == pytest.approx(base, rel=1e-6, abs=1e-6)


def test_the_report_says_what_links_carry_and_what_it_costs() -> None:
    """100 beds that leave at 5 each, and 125 that are kept without a fee."""
    found = next(each for each in report(solved(MOVED), "en").tables() if each.name == "lever_links")
    assert [column.name for column in found.columns] == ["from", "to", "service", "kind", "flow", "cost", "fee"]
    assert [column.unit for column in found.columns][-2:] == ["10⁴ yuan", "10⁴ yuan a year"]
    (moved, kept) = sorted(found.rows, key=lambda row: str(row[3]))
    assert moved[:4] == ("First", "Second", "Hospital", "moved") and moved[4:] == pytest.approx((100, 500, 0), abs=1e-3)
    assert kept[:4] == ("Second", "First", "Hospital", "shared") and kept[4:] == pytest.approx((125, 0, 0), abs=1e-3)
