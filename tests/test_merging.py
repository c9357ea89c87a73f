"""Provinces that share out their part of a national plan, and their results put together again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.instance import Instance, locate
from alloc.instance.instance import make_instance
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit, with_edits
from alloc.template.controls import controlled
from alloc.template.merging import Merged, merge
from alloc.template.writing import TemplateError
from instances import write_tiny
from national import relaxed, whole

LIMIT = ("add limits {{ limit = '{name}', title_zh = '限', title_en = 'limit', quantity = '{of}', where = \"{where}\", "
         "sense = '{sense}', value = {value}, basis = '{basis}' }}")  # fmt: skip


def edited(instance: Instance, lines: Sequence[str]) -> Instance:
    return apply(instance, [parse_edit(line) for line in lines]).instance


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Three cities of two provinces."""
    return alloc.read(write_tiny(tmp_path_factory.mktemp("nation") / "tiny"))


def provinces(instance: Instance) -> list[str]:
    return list(dict.fromkeys(instance.tables["cities"]["province"]))


def parts_of(nation: Result) -> list[Result]:
    found = [run(controlled(nation.instance, code, nation.tables).instance) for code in provinces(nation.instance)]
    assert all(each.has_solution and each.verified for each in found)
    return found


def totals(result: Result) -> pd.Series:
    """What every province has of every pool that is given out whole."""
    pools = result.instance.tables["pools"]
    table = result.tables["allocation"]
    table = table[table["pool"].isin(pools.loc[pools["exhaust"], "pool"])]
    province = table["city"].map(result.instance.tables["cities"].set_index("city")["province"])
    return table.groupby([province, table["pool"]])["published"].sum().round(6)


def kept(merged: Merged, nation: Result) -> None:
    assert merged.result.verified and str(merged.result.status.stopped) == "merged"
    pd.testing.assert_series_equal(totals(merged.result), totals(nation))


def test_a_province_of_one_city_gets_what_the_plan_gave_it(tiny: Instance) -> None:
    """Nothing is left to decide about what is given out whole; the other province keeps its sums."""
    nation = run(tiny)
    merged = merge(nation, parts_of(nation))
    kept(merged, nation)
    cities = tiny.tables["cities"]
    alone = cities[~cities["province"].duplicated(keep=False)]["city"]
    assert len(alone) == 1
    whole_pools = tiny.tables["pools"].query("exhaust")["pool"]
    for pool in whole_pools:
        before, after = (
            each.tables["allocation"].set_index(["city", "pool"]).at[(alone.iloc[0], pool), "published"]
            for each in (nation, merged.result)
        )
        assert after == before, pool


def test_controls_are_what_the_plan_gives_the_province(tiny: Instance) -> None:
    nation = run(tiny)
    for code in provinces(tiny):
        cut = controlled(tiny, code, nation.tables)
        table = nation.tables["allocation"]
        mine = table[table["city"].isin(cut.instance.tables["cities"]["city"])]
        given = mine.groupby("pool")["published"].sum()
        pools = cut.instance.tables["pools"].set_index("pool")
        assert pools["total"].to_dict() == pytest.approx(given.to_dict()) and (pools["reserve"] == 0).all()
        assert all(each.zh and each.en for each in cut.notes)


@pytest.mark.parametrize("sense", ["<=", ">="])
def test_a_limit_across_provinces_is_divided_as_the_plan_divides_its_left_side(tiny: Instance, sense: str) -> None:
    """Parts of the provinces add up to the limit, and the plan keeps each."""
    value = 0.9 * float(run(tiny).tables["people"]["settle"].sum())
    line = LIMIT.format(name="all", of="settle", where="", sense=sense, value=value, basis="amount")
    nation = run(edited(tiny, [line]))
    people = nation.tables["people"].set_index("city")["settle"]
    parts = 0.0
    for code in provinces(tiny):
        cut = controlled(nation.instance, code, nation.tables).instance
        limit = cut.tables["limits"].set_index("limit").loc["all"]
        own = float(people[cut.tables["cities"]["city"]].sum())
        assert limit["basis"] == "amount"
        assert own <= limit["value"] + 1e-6 if sense == "<=" else own >= limit["value"] - 1e-6
        parts += float(limit["value"])
    assert parts == pytest.approx(value, rel=1e-6)
    kept(merge(nation, parts_of(nation)), nation)


def test_a_limit_inside_a_province_stays_as_it_is(tiny: Instance) -> None:
    city = str(tiny.tables["cities"]["city"].iloc[0])
    line = LIMIT.format(name="one", of="settle", where=f"city = '{city}'", sense="<=", value=100, basis="amount")
    nation = run(edited(tiny, [line]))
    cuts = [controlled(nation.instance, code, nation.tables).instance for code in provinces(tiny)]
    (row,) = (row for cut in cuts for row in cut.tables["limits"].to_dict("records") if row["limit"] == "one")
    assert (row["value"], row["basis"], row["where"]) == (100, "amount", f"city = '{city}'")


def test_what_does_not_fit_is_refused(tiny: Instance) -> None:
    nation = run(tiny)
    parts = parts_of(nation)
    city = str(tiny.tables["cities"]["city"].iloc[0])
    left = parts[-1].instance.tables["cities"]
    with pytest.raises(alloc.AskError, match="no result with the cities of these provinces: ") as missing:
        merge(nation, parts[:-1])
    assert f"{left['province_name'].iloc[0]}（{len(left)} 个城市）" in missing.value.message.zh
    with pytest.raises(alloc.AskError, match="more than one result"):
        merge(nation, [*parts, parts[0]])
    other = edited(tiny, [f"cities.residents *= 1.01 where city == '{city}'"])
    with pytest.raises(alloc.AskError, match=rf"cities.residents of {city}"):
        merge(run(other), parts)
    cities = tiny.tables["cities"]
    fewer = make_instance(tiny.settings, {
        name: table[table["city"] != city] if "city" in table and name != "cell_sources" else table
        for name, table in {**tiny.tables, "cities": cities}.items()
    })  # fmt: skip
    with pytest.raises(alloc.AskError, match="national instance has no cities"):
        merge(run(fewer), parts)


def test_other_rules_and_plans_that_nobody_solved_are_refused(tiny: Instance, tmp_path: Path) -> None:
    nation = run(tiny)
    parts = parts_of(nation)
    for edit, what in (("policy.debt.ceiling = 9", "policy"), ("services.norm *= 0.5", "services.csv"),
                       ("capacity.capacity *= 1.01", "capacity.csv")):  # fmt: skip
        other = run(edited(parts[0].instance, [edit]))
        with pytest.raises(alloc.AskError, match=f"other rules.*{what}"):
            merge(nation, [other, *parts[1:]])
    with pytest.raises(alloc.AskError, match="was not solved"):
        merge(merge(nation, parts).result, parts)
    folder = write_tiny(tmp_path / "tiny")
    alloc.solve(folder, edits="policy.debt.ceiling = 1.4", out=tmp_path / "other")
    with pytest.raises(TemplateError, match="other settings of policy"):
        alloc.init(tmp_path / "44", origin=str(folder), province="44", controls=tmp_path / "other")


def test_a_plan_that_breaks_a_national_rule_is_not_written(tiny: Instance, tmp_path: Path) -> None:
    """A province that takes more land than it was given overdraws the national pool."""
    nation = run(tiny)
    parts = parts_of(nation)
    greedy = edited(parts[0].instance, ["pools.total *= 1.02 where pool == 'land'"])
    taken = run(greedy)
    assert taken.has_solution
    with pytest.raises(alloc.UnverifiedError, match=r"Pool total.*where the national plan gives it"):
        merge(nation, [taken, *parts[1:]], tmp_path / "plan")
    assert not (tmp_path / "plan").exists()


def test_tiers_of_a_plan_are_not_said_to_be_optimised(tiny: Instance) -> None:
    nation = run(tiny)
    result = merge(nation, parts_of(nation)).result
    assert not any(tier["optimised"] or tier["bound"] is not None for tier in result.manifest["tiers"])
    assert [note["code"] for note in result.manifest["notes"]] == ["merged"]
    status = {**result.manifest["status"], "stopped": "finished"}
    said = replace(result, manifest={**result.manifest, "status": status})
    assert not said.verify().passed


def test_the_command(tiny: Instance, tmp_path: Path) -> None:
    """From a clone to a plan of the nation: solve, cut with controls, solve, merge; and what the folder holds."""
    folder = write_tiny(tmp_path / "全国 算例")
    run_, home = CliRunner(), tmp_path / "result of nation"
    assert run_.invoke(main, ["solve", str(folder), "--quiet", "--out", str(home)]).exit_code == 0
    results = []
    for code in provinces(tiny):
        words = ["init", str(tmp_path / code), "--from", str(folder), "--province", code, "--controls", str(home)]
        made = run_.invoke(main, [*words, "--lang", "en"])
        assert made.exit_code == 0, made.output
        assert "what the national plan gives the province" in made.output
        results.append(str(tmp_path / f"result {code}"))
        assert run_.invoke(main, ["solve", str(tmp_path / code), "--quiet", "--out", results[-1]]).exit_code == 0
    for language, words in (("en", "results of provinces (2)"), ("zh", "2 个分省结果合并")):
        done = run_.invoke(main, ["merge", str(home), *results, "--lang", language])
        assert done.exit_code == 0 and words in done.output, done.output
    again = alloc.load_result(tmp_path / "result of nation-merged")
    assert again.verified and "merged" in str(again.status.stopped)
    assert "put together" in alloc.show(again, "en") and "由分省结果合并" in alloc.show(again, "zh")
    machine = run_.invoke(main, ["merge", str(home), *results, "--out", str(tmp_path / "other"), "--format", "json"])
    assert json.loads(machine.output)["numbers_that_differ"] == 0
    both = ["init", str(tmp_path / "x"), "--province", "44", "--controls", str(home), "--result", str(home)]
    assert run_.invoke(main, [*both, "--lang", "en"]).exit_code == 64


@pytest.mark.slow
@pytest.mark.parametrize("solved", [relaxed, whole], ids=["relaxed", "whole"])
def test_the_nation_from_its_31_provinces(solved: object) -> None:
    """Unedited: what provinces have of every pool is the nation's, and every national rule is kept."""
    assert callable(solved)
    nation: Result = solved()
    merged = merge(nation, parts_of(nation))
    kept(merged, nation)
    settle = [each.tables["people"]["settle"].sum() for each in (nation, merged.result)]
    assert np.isclose(*settle, rtol=1e-3)


@pytest.mark.slow
def test_the_nation_from_provinces_that_keep_a_share() -> None:
    """What they keep is rounded anew with everything else: sums of provinces are the nation's to a quantum or two."""
    found = with_edits(alloc.read("china-2020"), locate("china-2020"), "province-keeps-15", ["integers = false"])
    nation = run(found.instance)
    merged = merge(nation, parts_of(nation)).result
    assert merged.verified
    pd.testing.assert_series_equal(totals(merged), totals(nation), rtol=0, atol=1)
    before, after = (each.tables["levels"].set_index(["unit", "pool"]) for each in (nation, merged))
    for column in ("received", "retained", "passed"):
        pd.testing.assert_series_equal(after[column], before[column], rtol=0, atol=2)
    assert (before["retained"] > 0).sum() > 40
