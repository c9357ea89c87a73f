"""Linked shares: inside a province a share of a pool follows one factor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import alloc
from alloc import api
from alloc.explanation.city.holds import holds
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.verification import verify
from alloc.verification.recompute import recompute
from second_facts import Facts

LINKED = Path(__file__).parents[1] / "instances" / "families" / "linked_share"
FIRST, SECOND = "000001", "000002"
WITHOUT = ("drop pools.link_share", "drop pools.link_factor")


def edited(*lines: str) -> Instance:
    return apply(read(LINKED), [parse_edit(line) for line in lines]).instance


@pytest.fixture(scope="module")
def example() -> Result:
    return run(read(LINKED))


def test_the_example_of_the_page(example: Result) -> None:
    """0.8 of 1,000 by 750 and 250 who settled: at least 600 and 200, and closest to 500 and 500 is 600 and 400."""
    assert example.verified
    assert example.tables["allocation"]["published"].tolist() == [600, 400]
    assert derive(example.instance).linked_part.ravel().tolist() == pytest.approx([0.6, 0.2])
    families = example.tables["families"].set_index("family")
    assert families.loc["linked_share", "binding"] == 1


def test_without_it_the_formula_stands() -> None:
    without = run(edited(*WITHOUT))
    assert without.tables["allocation"]["published"].tolist() == [500, 500]
    assert "linked_share" not in set(without.tables["families"]["family"])


def test_a_link_that_the_formula_keeps_changes_nothing() -> None:
    none, half = (
        run(edited("drop pools.link_share", "drop pools.link_factor")),
        run(edited("pools.link_share = 0.5")),
    )
    assert half.tables["allocation"].equals(none.tables["allocation"])


def test_provinces_are_by_themselves() -> None:
    """In a province of its own a city gets at least 0.8 of what it gets, which is always so."""
    apart = edited(f"cities.province = '01' where city == '{SECOND}'")
    assert derive(apart).linked_part.ravel().tolist() == pytest.approx([0.8, 0.8])
    assert run(apart).tables["allocation"]["published"].tolist() == [500, 500]


def test_three_computations_of_the_part_agree() -> None:
    for lines in (
        ("pools.link_factor = 'migrants'", "cities.migrants_cross = 300 where city == '000001'",
         "cities.migrants_within = 100"),
        ("pools.where = \"city == '000001'\"",),
        ("pools.link_factor = 'backlog'",),
    ):  # fmt: skip
        instance = edited(*lines)
        found, facts = derive(instance), Facts(instance)
        second = [[facts.linked_part(c, r) for r in found.pools] for c in found.cities]
        np.testing.assert_allclose(found.linked_part, second, rtol=1e-12)
        np.testing.assert_allclose(recompute(instance).linked_part, second, rtol=1e-12)
        assert found.linked_part.any()
        assert api.matrix_agreement(instance).failures == ()


def test_verification_finds_a_plan_that_breaks_it(example: Result) -> None:
    """500 and 500 are what the formula gives, and 100 less than the first city has to get."""
    table = example.tables["allocation"].copy()
    for column in ("optimised", "published"):
        table[column] += np.where(table["city"] == FIRST, -100.0, 100.0)
    found = verify(example.instance, {**example.tables, "allocation": table})
    (broken,) = (failure for failure in found.failures if failure.family == "linked_share")
    assert FIRST in broken.key and broken.right - broken.left == pytest.approx(100)


def test_a_floor_of_the_other_city_that_it_cannot_be_held_with() -> None:
    """With 500 promised to the second city 500 are left for the first, which is to have 600 of 1,000."""
    clash = edited(f"add earmarks {{ city = '{SECOND}', pool = 'general', amount = 500, reason = 'promise' }}")
    result = run(clash)
    assert not result.has_solution
    conflict = explain_conflict(clash)
    assert {"linked_share", "earmark", "pool_total"} == {group.family for group in conflict.clash.groups}
    (less,) = (each for each in conflict.menu.repairs if each.lines[0].startswith("pools.general.link_share"))
    again = apply(clash, [parse_edit(line) for line in less.lines])
    assert run(again.instance).verified


def test_what_is_said_of_it(example: Result) -> None:
    """It holds the first city from below and the second from above, and each is told once."""
    table = holds(example).table().set_index("city")
    assert table.at[FIRST, "rows_below"] == "linked_share" and "linked_share" in table.at[SECOND, "rows_above"]


def test_its_price() -> None:
    """A percentage point more takes 7.5 from the second city: 1.5 seats of 10,000, 3 of the worst 20,000 residents."""
    answer = api.explain(run(edited("services.expansion_limit = 0.5")), prices=True)
    lines = [" ".join(line.split()) for line in alloc.show(answer, "en").splitlines()]
    assert any(line.startswith("linked share of General transfer 80 % 1 pp −3.00") for line in lines)
    (place,) = (line for line in lines if line.startswith("linked share inside a province"))
    assert place == "linked share inside a province 1 First General transfer 10⁴ yuan +0.400"


@pytest.mark.parametrize(
    ("lines", "column", "code"),
    [
        (["drop pools.link_share"], "link_share", "link_incomplete"),
        (["drop pools.link_factor"], "link_factor", "link_incomplete"),
        (["pools.link_factor = 'settlers'"], "link_factor", "unknown_factor"),
        (["pools.link_factor = 'name'"], "link_factor", "not_numeric"),
        (["cities.settled_last = 0"], "link_factor", "factor_all_zero"),
        (["pools.link_share = 1.2"], "link_share", "share_in_percent"),
        (["pools.link_share = 0"], "link_share", "out_of_range"),
    ],
)
def test_findings(lines: list[str], column: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        edited(*lines)
    assert [(each.column, each.code) for each in raised.value.findings if each.severity == "error"] == [
        (f"pools.{column}", code)
    ]
