"""Purses: units that share one budget, and zones in which restricted services are neither built nor enlarged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from alloc.api import check
from alloc.compiler.linear_model import LinearModel
from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.instance.derived.optional.purses import ACCOUNTS
from alloc.instance.findings import InputError
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.solver.model.status import Stopped
from alloc.solver.solution import compiled, solve
from alloc.verification import verify
from alloc.verification.optional.purses import ACCOUNTS as VERIFIED
from alloc.verification.recompute import recompute
from instances import write_tiny
from random_instances import write_random
from second_facts import ACCOUNTS as SECOND_READING
from second_facts import Facts
from second_program import NoPoint
from second_solver import solve_tiers

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
CORE, OUTER = "000001", "000002"
OF_MONEY = ("fiscal_gap", "shortfall", "reference", "debt_now", "bond_room")


def edited(name: str, *lines: str) -> Instance:
    return apply(read(FAMILIES / name), [parse_edit(line) for line in lines]).instance


def matrix(instance: Instance) -> LinearModel:
    return compiled(derive(instance), instance)


@pytest.fixture(scope="module", params=["purses", "purse_debt"])
def solved(request: pytest.FixtureRequest) -> Result:
    return run(read(FAMILIES / request.param))


def test_accounts_are_the_same_in_every_reading() -> None:
    assert set(ACCOUNTS) == set(VERIFIED) == set(SECOND_READING)


def test_solved_to_its_arithmetic(solved: Result) -> None:
    tiers = solved.tiers["value"]
    wanted = {"purses": (0.9, 0.95, 3000), "purse_debt": (0.658, 0.729, 2900)}[solved.instance.name]
    assert (tiers["fairness"], tiers["coverage"], tiers["cost"]) == pytest.approx(wanted)
    assert solved.verified and not len(solved.tables["rounding"])


def test_every_member_is_shown_its_part_of_the_purse(solved: Result) -> None:
    """Half of the residents each, so half of the accounts and of what goes to building; sums are those of the purse."""
    budget, debt = solved.tables["budget"], solved.tables["debt"]
    own = solved.instance.tables["cities"]
    for name in ("revenue", "fund_available", "essential_spending", "interest"):
        assert budget[name].tolist() == pytest.approx([own[name].sum() / 2] * 2)
    aside = {"purses": 500, "purse_debt": 450}[solved.instance.name]
    assert budget["to_capital"].tolist() == pytest.approx([aside, aside])
    assert debt["ratio_after"].nunique() == 1 and debt["tier_after"].nunique() == 1


def test_whose_row_the_accounts_stand_in_makes_no_difference() -> None:
    moved = edited(
        "purses", f"cities.{CORE}.fund_available = 300", f"cities.{OUTER}.fund_available = 1700",
        f"cities.{CORE}.revenue = 40000", f"cities.{OUTER}.revenue = 60000",
    )  # fmt: skip
    before, after = matrix(read(FAMILIES / "purses")), matrix(moved)
    assert np.array_equal(before.matrix.toarray(), after.matrix.toarray())
    assert after.row_upper == pytest.approx(before.row_upper)


def test_purses_that_name_nobody_else_change_no_byte() -> None:
    alone = edited("purse_debt", f"cities.{OUTER}.purse = '{OUTER}'",
                   *(f"cities.{OUTER}.{name} = 0" for name in ACCOUNTS))  # fmt: skip
    never = edited("purse_debt", f"cities.{CORE}.purse = ''", f"cities.{OUTER}.purse = ''",
                   *(f"cities.{OUTER}.{name} = 0" for name in ACCOUNTS))  # fmt: skip
    one, other = matrix(alone), matrix(never)
    for name in ("row_lower", "row_upper", "lower", "upper", "row_scale", "column_scale"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    assert one.matrix.data.tobytes() == other.matrix.data.tobytes()
    assert list(one.rows) == list(other.rows)


def test_restricted_zone() -> None:
    """Neither building nor enlarging in the core, whatever the class may; and the service does not gate there."""
    derived = derive(read(FAMILIES / "purses"))
    assert derived.expand_limit.ravel().tolist() == [0, 300]
    assert np.isinf(derived.backlog_limit[0, 0]) and derived.backlog_limit[1, 0] == 300
    free = derive(edited("purses", "policy.services.restricted_zones = []"))
    assert free.expand_limit.ravel().tolist() == [100, 300]
    named = {bound.rule for bound in derived.service_bounds if bound.amount[0, 0] == 0}
    assert named == {"zone_expansion"}


def test_conditions_know_zone_purse_and_protection() -> None:
    limited = edited(
        "purses",
        "add limits { limit = 'core', title_zh = '核', title_en = 'core', quantity = 'allocation:general', "
        "where = \"zone == 'core' and protected == true and purse == '000001'\", sense = '<=', value = 100, "
        "basis = 'amount', each = false }",
    )  # fmt: skip
    assert run(limited).tables["allocation"].set_index("city")["published"].to_dict() == {CORE: 100, OUTER: 900}


def test_a_fiscal_factor_counts_nobody_twice() -> None:
    """Each member has its part by residents of revenue and of the gap of the purse."""
    instance = edited("purse_debt", "factors.general_bond.residents.weight = 0.5",
                      "add factors { pool = 'general_bond', factor = 'revenue', weight = 0.5 }",
                      f"cities.{OUTER}.residents = 300000")  # fmt: skip
    derived = derive(instance)
    assert derived.revenue.tolist() == [2500, 7500]
    assert derived.benchmark.ravel().tolist() == pytest.approx([1250, 3750])
    assert recompute(instance).benchmark.ravel().tolist() == pytest.approx([1250, 3750])


@pytest.mark.parametrize(
    ("table", "column", "by"),
    [("budget", "revenue", 10.0), ("budget", "to_capital", 10.0), ("debt", "bond_room", 5.0)],
)
def test_tampering_is_caught(table: str, column: str, by: float) -> None:
    result = run(read(FAMILIES / "purse_debt"))
    changed = result.tables[table].copy()
    changed.loc[0, column] += by
    assert verify(result.instance, {**result.tables, table: changed}).failures


def test_a_purse_that_is_overdrawn_is_caught() -> None:
    """One more of the bonds than the purse has room for, in whichever of its rows."""
    result = run(read(FAMILIES / "purse_debt"))
    for row in (0, 1):
        changed = result.tables["allocation"].copy()
        changed.loc[row, ["published", "optimised"]] += 5.0
        failed = {each.family: each.key for each in verify(result.instance, {
            **result.tables, "allocation": changed}).failures}  # fmt: skip
        assert failed["debt_room"] == CORE


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([f"cities.{OUTER}.purse = '000009'"], "unknown_code"),
        ([f"cities.{OUTER}.province = '01'"], "purse_across_provinces"),
        ([f"cities.{OUTER}.size_population = 70000"], "purse_of_other_size"),
    ],
)
def test_findings(lines: list[str], found: str) -> None:
    with pytest.raises(InputError) as refused:
        edited("purses", *lines)
    assert found in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("seed", [2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 3, 4, 5, 6))])
def test_random_purses_agree_with_the_second_computation(seed: int, tmp_path: Path) -> None:
    folder = write_random(tmp_path / "made", seed, cities=5, everything=seed % 2 == 0, purses=True,
                          provinces=("31", "42"))  # fmt: skip
    instance = read(folder)
    derived, raw, facts = derive(instance), recompute(instance), Facts(instance)
    assert derived.purses.shared
    for name in OF_MONEY:
        second = [getattr(facts, name)(c) for c in derived.cities]
        np.testing.assert_allclose(getattr(derived, name), second, rtol=1e-10, atol=1e-7, err_msg=name)
        np.testing.assert_allclose(getattr(raw, name), second, rtol=1e-10, atol=1e-7, err_msg=name)
    lower = [[facts.bounds(c, r)[0] for r in derived.pools] for c in derived.cities]
    np.testing.assert_allclose(derived.lower, lower, rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(raw.upper, derived.upper, rtol=1e-9, atol=1e-7)
    try:
        second_solution = solve_tiers(instance)
    except NoPoint:
        assert solve(instance).status.stopped is Stopped.INFEASIBLE
        return
    result = run(instance)
    assert result.verified
    for name, value, bound in result.tiers[["value", "bound"]].itertuples():
        assert (value if name == "closeness" else bound) == pytest.approx(
            second_solution.tiers[name].optimum, rel=1e-6, abs=1e-9
        ), name


def test_a_zone_may_have_a_code_below_that_of_its_city(tmp_path: Path) -> None:
    """440300 and its core 440301 are no sum and a part of it: one has the purse of the other."""

    def divided(purse: str) -> Callable[[str], str]:
        def change(text: str) -> str:
            head, first, second, third = text.splitlines()
            core = second.replace("440500,汕头市", "440301,深圳市核心区").replace(",2600000,", ",8700000,")
            rows = (f"{head},purse", f"{first},", f"{core},{purse}", f"{third},")
            return "\n".join(rows) + "\n"

        return change

    def codes(purse: str) -> set[str]:
        folder = write_tiny(tmp_path / (purse or "none"), cities=divided(purse))
        return {
            finding.code for finding in check(folder) if finding.file == "cities.csv" and finding.severity == "error"
        }

    assert codes("440300") == set()
    assert codes("") == {"parent_row"}
