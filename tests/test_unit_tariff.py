"""The unit tariff by hand: what one more unit brings a city by the formula, and behind the bounds of the plan."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.content.numbers import shown
from alloc.explanation.shared.answer import AskError
from alloc.explanation.tariff.tariff import explain_tariff
from alloc.explanation.tariff.units import drivers
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.report.city_page import Pages
from alloc.result.result import Result
from random_instances import write_random
from report_documents import country

FIRST, SECOND = "000001", "000002"


def solved(*edits: str) -> Result:
    return alloc.solve("hand", edits=edits)


def brought(result: Result, column: str, city: str = FIRST) -> tuple[float, float]:
    """What one more unit brings of the only pool: by the formula, and in the plan."""
    tariff = explain_tariff(result, city)
    (at,) = [k for k, each in enumerate(tariff.drivers) if (each.service or each.column) == column]
    return float(tariff.formula[at, 0]), float(tariff.plan[at, 0])


def test_one_more_resident_of_two_equal_cities():
    """10,000 shared by residents, 100,000 each: 10,000 · (100,001 / 200,001 − 1/2) = 10,000 / 400,002.

    Coverage comes before closeness and wants all of it in the second city, so the plan is not told without a solve.
    """
    result = solved()
    assert [each.column for each in explain_tariff(result, FIRST).drivers] == ["residents"]
    formula, plan = brought(result, "residents")
    assert formula == pytest.approx(10_000 / 400_002)
    assert np.isnan(plan)


def test_one_more_unit_of_need_and_of_capacity():
    """Shared by what is missing, 2,000 and 4,000 seats at 5 each: 10,000 · (2,001 / 6,001 − 1/3) = 10,000 · 2 / 18,003
    for one more pupil; a seat more takes 10,000 · (1/3 − 1,999 / 5,999) = 10,000 · 2 / 17,997 away.
    """
    result = solved(
        "drop factors.general.residents", "add factors { pool = 'general', factor = 'backlog', weight = 1 }"
    )
    assert brought(result, "pupils")[0] == pytest.approx(20_000 / 18_003)
    assert brought(result, "school")[0] == pytest.approx(-20_000 / 17_997)
    # of the second city, which has 4,000 of the 6,000: 10,000 · (4,001 / 6,001 − 2/3)
    assert brought(result, "pupils", SECOND)[0] == pytest.approx(10_000 / 18_003)


CLOSE = "objective = ['closeness', 'minimum', 'fairness', 'settlement', 'coverage', 'production', 'cost']"
CAPPED = (
    CLOSE, "pools.general.cap_multiple = 1", "add last_year { city = '000001', pool = 'general', amount = 4000 }",
    "add last_year { city = '000002', pool = 'general', amount = 20000 }",
)  # fmt: skip


def test_a_cap_takes_all_of_it_and_who_has_its_formula_keeps_it():
    """The first is held at the 4,000 of last year below the 5,000 of its formula; the second has its formula."""
    result = solved(*CAPPED)
    assert brought(result, "residents") == (pytest.approx(10_000 / 400_002), 0.0)
    assert brought(result, "residents", SECOND) == (pytest.approx(10_000 / 400_002),) * 2


def test_phase_in_and_a_number_fixed_by_hand():
    """A third by the formula, two thirds by last year; and nothing where a number is fixed."""
    result = solved(*CAPPED, "pools.general.phase_in = 0.33",
                    "add overrides { city = '000001', pool = 'general', amount = 3000 }")  # fmt: skip
    assert brought(result, "residents") == (pytest.approx(3_300 / 400_002), 0.0)


def test_a_factor_of_others_and_a_city_that_takes_no_part():
    """The first migrant of a city beside a hundred elsewhere: 5,000 by 1 / 101. Who is left out gets nothing."""
    half = (
        "factors.general.residents.weight = 0.5", "cities.000002.migrants_cross = 100",
        "add factors { pool = 'general', factor = 'migrants', weight = 0.5 }",
    )  # fmt: skip
    assert brought(solved(*half), "migrants_cross")[0] == pytest.approx(5_000 / 101)
    alone = solved(CLOSE, "pools.general.where = \"city == '000002'\"")
    assert explain_tariff(alone, FIRST).drivers == ()
    assert alloc.show(alone.explain(city=FIRST), "en")


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_it_is_what_deriving_again_gives(seed: int, tmp_path: Path):
    """Whatever the formulas, phase-in and conditions: the same as with the unit in the tables of this city alone."""
    instance = read(write_random(tmp_path / "made", seed, everything=True))
    derived = derive(instance)
    for driver in drivers(instance, derived):
        for at, city in enumerate(derived.cities[:2]):
            after = derive(driver.one_more(instance, city), derived)
            change = after.benchmark[at] - derived.benchmark[at]
            assert driver.brings[at] == pytest.approx(change, rel=1e-5, abs=1e-7, nan_ok=True), driver.column


@pytest.mark.slow
def test_what_the_plan_gives_for_settlers_is_what_a_solve_gives():
    """A thousand settlers of last year more in one city: land, grant and reward as the tariff says, to a hundredth."""
    result = country()
    tariff = explain_tariff(result, "420100")
    (at,) = [k for k, each in enumerate(tariff.drivers) if each.column == "settled_last"]
    after = alloc.solve(result.instance, edits="cities.420100.settled_last += 1000")
    for r, pool in enumerate(tariff.derived.pools):
        if tariff.decider[r] in ("formula", "rule") and tariff.formula[at, r]:
            before, now = (
                each.tables["allocation"].set_index(["city", "pool"])["published"]["420100", pool]
                for each in (result, after)
            )
            assert now - before == pytest.approx(1000 * tariff.plan[at, r], rel=0.02, abs=1.0), pool


def test_the_answer_is_printed_written_and_stands_on_the_page(tmp_path: Path):
    result = solved(*CAPPED)
    result.save(tmp_path / "plan")
    runner = CliRunner()
    told = runner.invoke(main, ["explain", str(tmp_path / "plan"), "--city", FIRST, "--lang", "en"])
    assert told.exit_code == 0, told.output
    assert "First (000001)" in told.output and "General transfer" in told.output
    assert "250" in told.output  # yuan: 0.025 of 10⁴ yuan
    out = tmp_path / "tariff.json"
    assert runner.invoke(main, ["explain", str(tmp_path / "plan"), "--city", FIRST, "--out", str(out)]).exit_code == 0
    written = json.loads(out.read_text(encoding="utf-8"))
    (figure,) = written["figures"]
    assert (figure["column"], figure["plan"]) == ("residents", {"general": 0.0})
    assert figure["formula"]["general"] == pytest.approx(10_000 / 400_002)
    for language, title in (("en", "One more unit: what the formula gives"), ("zh", "多一个单位：公式给多少")):
        table = next(each for each in Pages(result, language).page(FIRST).tables() if each.name == "tariff_formula")
        assert table.title == title
        assert shown(table, language).rows[0][1] == "250"
        assert result.explain(city=FIRST).write(tmp_path / f"{language}.html", language).exists()


def test_what_cannot_be_asked():
    result = solved()
    with pytest.raises(AskError, match="There is no city 000009"):
        result.explain(city="000009")
    with pytest.raises(alloc.ArgumentError, match=r"at_least=…, against=… and like=… need pool=…\."):
        result.explain(city=FIRST, like=SECOND)
