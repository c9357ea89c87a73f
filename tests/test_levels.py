"""Levels: what provinces, and units between them and the cities, keep of what they receive."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alloc
from alloc import api
from alloc.content.blocks import Paragraph, Table
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.request.requests import explain_request
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.findings import Finding, InputError
from alloc.instance.instance import Instance
from alloc.instance.prechecks.all import precheck
from alloc.report.city_page import city_page
from alloc.report.document import report
from alloc.report.view import View
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.verification import verify
from alloc.verification.recompute import recompute
from alloc.workbook.convert import convert
from random_instances import write_random
from second_facts import Facts

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
FIRST, SECOND = "000001", "000002"
KEPT = "levels.00.general.retained"


def edited(*lines: str, of: str = "levels") -> Instance:
    return apply(read(FAMILIES / of), [parse_edit(line) for line in lines]).instance


def rows(result: Result) -> list[tuple[object, ...]]:
    """The table `levels`, amounts rounded so that they can be compared."""
    return [tuple(row) for row in result.tables["levels"].round(9).itertuples(index=False)]


@pytest.fixture(scope="module")
def example() -> Result:
    return run(read(FAMILIES / "levels"))


@pytest.fixture(scope="module")
def below() -> Result:
    return run(read(FAMILIES / "levels_below"))


@pytest.mark.slow
def test_a_city_that_asks_for_more_can_have_less_kept_above_it(example: Result) -> None:
    """500 · (1 − r) ≥ 450 at r = 0.1: what the province keeps is one of the ways, and it yields what was asked for."""
    request = explain_request(example, FIRST, "general", 450)
    (found,) = [each for each in request.found if each.way.target == KEPT]
    assert found.outcome == "found" and found.value == pytest.approx(0.1, abs=0.004) and found.value <= 0.1
    again = run(edited(*found.lines)).tables["allocation"].set_index("city")["published"]
    assert again[FIRST] == found.published >= 450
    assert not [
        each for each in explain_request(example, SECOND, "general", 550).found if "retained" in each.way.target
    ]


def test_the_example_of_the_page(example: Result) -> None:
    """The first province receives 500 and keeps a fifth, the second passes all on: 1.25 · 400 + 500 = 1,000."""
    assert example.verified
    assert derive(example.instance).up.ravel().tolist() == [1.25, 1.0]
    assert example.tables["allocation"]["benchmark"].tolist() == [400, 500]
    assert example.tables["allocation"]["published"].tolist() == [400, 500]
    assert rows(example) == [("00", "general", 500, 100, 400, 0.2), ("01", "general", 500, 0, 500, 0)]
    assert not len(example.tables["rounding"])


def test_two_levels(below: Result) -> None:
    """The province passes 8,000 of 10,000 on, its prefecture 4,000 of 8,000."""
    assert below.verified
    assert derive(below.instance).up.ravel().tolist() == pytest.approx([1.0, 2.5])
    assert below.tables["allocation"]["published"].tolist() == [0, 4000]
    assert rows(below) == [
        ("00", "general", 0, 0, 0, 0),
        ("000A", "general", 0, 0, 0, 0),
        ("01", "general", 10000, 2000, 8000, 0.2),
        ("01B", "general", 8000, 4000, 4000, 0.5),
    ]


def test_nothing_kept_is_as_before(example: Result) -> None:
    """A table in which nobody keeps anything is as none at all, to the byte; and so is none."""
    none, nobody = run(edited("drop levels.00.general")), run(edited(f"{KEPT} = 0"))
    for name, table in none.tables.items():
        pd.testing.assert_frame_equal(nobody.tables[name], table, check_exact=True)
    assert set(nobody.tables) == set(none.tables) == set(example.tables) - {"levels"}
    assert none.tables["allocation"]["published"].tolist() == [500, 500]


def test_cities_what_is_kept_and_what_is_received_close_to_the_quantum() -> None:
    """0.333 of 500 and 0.111 of 500 are 166.5 and 55.5, 222 together: of two halves the larger amount is rounded up."""
    result = run(edited(f"{KEPT} = 0.333", "levels.00.general.retained_most = 0.4",
                        "add levels { unit = '01', pool = 'general', retained = 0.111 }"))  # fmt: skip
    assert result.verified
    assert result.tables["allocation"]["published"].tolist() == [333, 445]
    assert [row[2:5] for row in rows(result)] == [(500, 167, 333), (500, 55, 445)]


@pytest.mark.parametrize("seed", [4, 11])
def test_what_everybody_keeps_is_as_a_smaller_pool(tmp_path: Path, seed: int) -> None:
    """Where every province keeps a fifth, cities get what they get of four fifths of the total."""
    instance = read(write_random(tmp_path / "instance", seed))
    plain = [*(f"drop limits.{key}" for key in instance.tables["limits"]["limit"])]
    less = ["pools.total *= 0.8"]
    units = sorted(set(instance.tables["cities"]["province"]))
    keeps = [
        f"add levels {{ unit = '{unit}', pool = '{pool}', retained = 0.2 }}"
        for unit in units for pool in instance.tables["pools"]["pool"]
    ]  # fmt: skip
    with_levels, smaller = (
        run(apply(instance, [parse_edit(line) for line in (*plain, *lines)]).instance) for lines in (keeps, less)
    )
    assert with_levels.has_solution == smaller.has_solution
    if smaller.has_solution:
        assert with_levels.verified
        both = [each.tables["allocation"]["published"] - each.tables["allocation"]["rounding"]
                for each in (with_levels, smaller)]  # fmt: skip
        np.testing.assert_allclose(*both, rtol=1e-5, atol=1e-2)


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    folder = FAMILIES / "levels_below"
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".csv":
            head, *lines = text.splitlines()
            text = "\n".join([head, *reversed(lines), ""])
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    one, other = run(read(folder)), run(read(tmp_path))
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(other.tables[name], table, check_exact=True)


def test_three_computations_agree(tmp_path: Path) -> None:
    """With floors and caps that follow, formulas that are phased in, what has been issued, and a second level."""
    seen = set()
    for seed in (2, 3, 5, 8, 13):
        instance = read(write_random(tmp_path / str(seed), seed, everything=True))
        found, facts, raw = derive(instance), Facts(instance), recompute(instance)
        seen.add(len(found.levels))
        of = {"up": facts.up, "benchmark": facts.benchmark, "lower": lambda c, r, of=facts: of.bounds(c, r)[0]}
        for name, second in of.items():
            table = [[second(c, r) for r in found.pools] for c in found.cities]
            wanted = np.array(table, dtype=float)
            np.testing.assert_allclose(getattr(found, name), wanted, rtol=1e-7, atol=1e-5)
            np.testing.assert_allclose(getattr(raw, name), wanted, rtol=1e-7, atol=1e-5)
        assert api.matrix_agreement(instance).failures == ()
    assert seen == {0, 1, 2}


@pytest.mark.parametrize(
    ("column", "by", "key"),
    [
        ("retained", [1.0, 0.0], "retained together"),
        ("retained", [-1.0, 1.0], "retained"),
        ("received", [1.0, 0.0], "received"),
        ("passed", [0.0, -1.0], "passed"),
        ("share", [0.01, 0.0], "share"),
    ],
)
def test_verification_finds_what_is_wrong(example: Result, column: str, by: list[float], key: str) -> None:
    table = example.tables["levels"]
    found = verify(example.instance, {**example.tables, "levels": table.assign(**{column: table[column] + by})})
    assert any(each.family == "levels" and each.key.endswith(key) for each in found.failures)


def test_verification_finds_a_plan_that_keeps_nothing(example: Result) -> None:
    """500 and 500 give out what the province is to keep: 1.25 · 500 + 500 is 125 more than there is."""
    plan = run(edited(f"{KEPT} = 0"))
    found = verify(example.instance, {**plan.tables, "levels": example.tables["levels"]})
    (broken,) = (each for each in found.failures if each.family == "pool_total")
    assert broken.left - broken.right == pytest.approx(125)
    missing = {name: table for name, table in example.tables.items() if name != "levels"}
    assert [each.key for each in verify(example.instance, missing).failures] == ["levels: missing"]


def test_prechecks_weigh_bounds() -> None:
    """Floors of 450 and 500 are 950 for cities and 1,062.5 for the pool, 62.5 more than the 1,000 there are."""
    floors = [f"add earmarks {{ city = '{city}', pool = 'general', amount = {amount}, reason = 'promise' }}"
              for city, amount in ((FIRST, 450), (SECOND, 500))]  # fmt: skip
    (finding,) = (each for each in findings(edited(*floors)) if each.severity == "error")
    assert finding.code == "pool_below_lower" and "with what is kept above them, sum to 1,062.5" in finding.message.en
    assert not [each for each in findings(edited(*floors, f"{KEPT} = 0")) if each.severity == "error"]
    by_hand = "amount = 400, reason = 'list', approved_by = 'us'"
    caps = [f"add overrides {{ city = '{SECOND}', pool = 'general', {by_hand} }}",
    *(f"add last_year {{ city = '{city}', pool = 'general', amount = 400 }}" for city in (FIRST, SECOND)),
            "pools.general.cap_multiple = 1.1"]  # fmt: skip
    (finding,) = (each for each in findings(edited(*caps)) if each.severity == "error")
    assert finding.code == "pool_above_upper" and "sum to 950" in finding.message.en  # 1.25 · 440 + 400


def findings(instance: Instance) -> list[Finding]:
    return list(precheck(instance, derive(instance)))


@pytest.mark.parametrize(
    ("lines", "column", "code"),
    [
        (["add levels { unit = '02', pool = 'general', retained = 0.1 }"], "levels.unit", "unknown_unit"),
        (["add levels { unit = '01', pool = 'genral', retained = 0.1 }"], "levels.pool", "unknown_code"),
        ([f"{KEPT} = 1"], KEPT, "out_of_range"),
        ([f"{KEPT} = 20"], KEPT, "share_in_percent"),
        ([f"{KEPT} = 0.4"], "levels.retained", "retained_above_most"),
        (["policy.levels = ['province', 'prefectur']"], "instance.toml.policy.levels", "unknown_column"),
        (["policy.levels = ['province', 'province']"], "policy.levels", "duplicate_level"),
        (["policy.levels = ['province', 'name']", "cities.name = '00'"], "levels.unit", "ambiguous_unit"),
    ],
)
def test_findings(lines: list[str], column: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        edited(*lines)
    assert (column, code) in [(each.column, each.code) for each in raised.value.findings if each.severity == "error"]


def test_a_unit_in_two_units() -> None:
    with pytest.raises(InputError) as raised:
        edited("cities.prefecture = '01B'", of="levels_below")
    (finding,) = raised.value.findings
    assert (finding.column, finding.code) == ("levels.unit", "unit_in_two_units")
    assert "00" in finding.message.en and "01" in finding.message.en and finding.remedy.zh


def test_a_repair_lowers_what_is_kept() -> None:
    """450 and 500 are promised: with 0.1 kept of what the first province receives, 450/0.9 + 500 = 1,000."""
    promised = [f"add earmarks {{ city = '{city}', pool = 'general', amount = {amount}, reason = 'promise' }}"
                for city, amount in ((FIRST, 450), (SECOND, 500))]  # fmt: skip
    clash = edited(*promised)
    conflict = explain_conflict(clash)
    (lines,) = (each.lines for each in conflict.menu.repairs if each.lines[0].startswith(KEPT))
    assert 0.09 < float(lines[0].rpartition(" ")[2]) <= 0.1
    assert run(apply(clash, [parse_edit(line) for line in lines]).instance).verified
    said = alloc.show(conflict, "zh")
    assert "手算省，一般性转移支付" in said and "省级决定" in said


def test_its_price(below: Result) -> None:
    """A point more of the prefecture takes 80 from its city, 16 seats of 10,000: of the worst 20,000 residents 32.

    A point more of the province takes 100 before the prefecture keeps half of it: 50, and 20 residents.
    """
    answer = api.explain(below, prices=True, tier="fairness")
    worth = {each.parameter.target: each.increase.value for each in answer.of("fairness")}
    assert worth["levels.01B.general.retained"] == pytest.approx(-0.16, rel=1e-3)
    assert worth["levels.01.general.retained"] == pytest.approx(-0.1, rel=1e-3)
    said = alloc.show(answer, "en")
    assert "If “retained share of General transfer, 01B” rises by 1 percentage point, the worst served lose" in said


def test_what_is_said(example: Result) -> None:
    """Summary, city and report say what is kept; without levels no column of it is there."""
    kept = "Of the General transfer that it receives, 手算省 retains 100 × 10⁴ yuan (20.0 %) and passes the rest on."
    assert kept in " ".join(alloc.show(example, "en", city=FIRST).split())
    assert "retains" not in alloc.show(example, "en", city=SECOND)
    assert Paragraph(kept) in city_page(View(example, "en"), FIRST).sections[0].parts
    assert "retained" in alloc.show(example, "en")
    assert "retained" not in alloc.show(run(edited(f"{KEPT} = 0")), "en")
    parts = [part for section in report(example, "en").sections for part in section.parts]
    (table,) = (part for part in parts if isinstance(part, Table) and part.code == "T18")
    assert [row[0] for row in table.rows] == ["手算省", "邻省"]
    assert [row[-1] for row in table.rows] == [0.2, 0.0]


def test_a_workbook_holds_them(tmp_path: Path) -> None:
    folder = FAMILIES / "levels_below"
    convert(folder, tmp_path / "levels.xlsx")
    assert read(tmp_path / "levels.xlsx").hash == read(folder).hash
