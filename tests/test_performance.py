"""Factors of performance by hand: on the formula, in the parts of a number, and in what is said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alloc.explanation.tariff.units import drivers
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance
from alloc.publish.parts import PARTS
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.verification import verify
from alloc.verification.recompute import recompute
from hand_instance import LAND, A, B, hand
from second_facts import Facts

PERFORMANCE = Path(__file__).parents[1] / "instances" / "families" / "performance"
FIRST, SECOND = "100001", "200002"


def edited(*lines: str) -> Instance:
    return apply(read(PERFORMANCE), [parse_edit(line) for line in lines]).instance


@pytest.fixture(scope="module")
def example() -> Result:
    return run(read(PERFORMANCE))


def test_the_example_of_the_page(example: Result) -> None:
    table = example.tables["allocation"]
    assert table["published"].tolist() == [579, 421]
    assert table["benchmark"].tolist() == [500, 500]
    assert table["performance"].tolist() == pytest.approx([550 / 0.95 - 500, 400 / 0.95 - 500])
    total = np.zeros(2)
    for part in (name for name in PARTS if name in table):
        total = total + table[part].to_numpy()
    assert total.tolist() == [579, 421]
    assert derive(example.instance).benchmark.ravel() == pytest.approx([550 / 0.95, 400 / 0.95])


def test_one_is_today() -> None:
    ones, none = run(edited("performance.factor = 1")), run(edited("drop performance"))
    for name, table in none.tables.items():
        assert ones.tables[name].equals(table), name


def test_floors_corridors_and_closeness_follow_it() -> None:
    rows = [{"city": FIRST, "pool": "land", "factor": 0.8, "reason": "", "document": ""}]
    before, instance = derive(hand()), hand(performance=rows)
    now, share = derive(instance), before.benchmark[:, LAND] / 800
    wanted = 800 * np.array([0.8, 1]) * share / (0.8 * share[A] + share[B])
    np.testing.assert_allclose(now.benchmark[:, LAND], wanted)
    np.testing.assert_array_equal(now.formula, before.benchmark)
    np.testing.assert_array_equal(np.delete(now.benchmark, LAND, 1), np.delete(before.benchmark, LAND, 1))
    corridor = next(each.amount for each in now.allocation_bounds if each.rule == "corridor" and each.side == "upper")
    assert corridor[B, LAND] == pytest.approx(max(1.3 * wanted[B], now.floor[B, LAND]))
    raw, facts = recompute(instance), Facts(instance)
    np.testing.assert_allclose(raw.benchmark, now.benchmark)
    second = [[facts.benchmark(c, r) for r in now.pools] for c in now.cities]
    np.testing.assert_allclose(np.array(second, dtype=float), now.benchmark)


def test_what_one_more_unit_brings_counts_it() -> None:
    rows = [{"city": FIRST, "pool": pool, "factor": 0.8, "reason": "", "document": ""} for pool in ("land", "money")]
    instance = hand(performance=rows)
    before = derive(instance)
    residents = next(each for each in drivers(instance, before) if each.column == "residents")
    for place, city in enumerate((FIRST, SECOND)):
        after = derive(residents.one_more(instance, city))
        change = after.benchmark[place] - before.benchmark[place]
        np.testing.assert_allclose(residents.brings[place], change, rtol=1e-6, atol=1e-7)


def test_a_wide_factor_needs_its_document() -> None:
    for line, wanted in (
        ("performance.document = ''", []),  # 0.8 and 1.1 are as usual
        ("performance.000001.general.factor = 1.3", []),
        ("performance.factor = 0.7", []),
    ):
        assert [each.code for each in edited(line).warnings] == wanted, line
    instance = edited("performance.document = ''", "performance.000001.general.factor = 1.3")
    (finding,) = instance.warnings
    assert (finding.code, finding.file, finding.column) == (
        "performance_undocumented", "--edit", "performance.factor",
    )  # fmt: skip
    assert "1.3" in finding.message.en and "1.3" in finding.message.zh


@pytest.mark.parametrize("name", ["performance", "benchmark"])
def test_verification_catches_a_forged_part(example: Result, name: str) -> None:
    table = example.tables["allocation"].copy()
    table.loc[0, name] += 1
    table.loc[0, "rule"] -= 1
    checked = verify(example.instance, {**example.tables, "allocation": table}, example.manifest["tiers"])
    assert {failure.family for failure in checked.failures} == {"copies"}


def test_its_price_and_its_words(example: Result) -> None:
    why = example.explain(city="000001", pool="general")
    assert why.parts["performance"] == pytest.approx(550 / 0.95 - 500)
    prices = example.explain(prices=True)
    assert "performance.000001.general.factor" in {each.parameter.target for each in prices.prices}
