"""The second solver held against arithmetic, so that it may judge the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alloc.instance import Instance, read
from random_instances import write_random
from second_facts import Facts
from second_program import NoPoint, Program
from second_rows import annual_program
from second_solver import closest, solve_integer_tier, solve_tiers

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
FIRST, SECOND = "000001", "000002"


def with_objective(folder: Path, target: Path, objective: str) -> Instance:
    """The instance of `folder` with other tiers, copied into `target`."""
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == "instance.toml":
            text = text[: text.index("[[objective]]")] + objective
        (target / path.name).write_text(text, encoding="utf-8")
    return read(target)


def scores(instance: Instance, solution: Any) -> dict[str, float]:
    """Coverage of the one service, which is the score where the score is linear."""
    return {c: sum(solution.point["coverage", c, "school", str(k)] for k in range(3)) for c in Facts(instance).city}


def test_hand_check() -> None:
    instance = read(INSTANCES / "hand")
    solution = solve_tiers(instance)
    assert list(solution.tiers) == [
        "minimum", "fairness", "settlement", "coverage", "production", "closeness", "cost",
    ]  # fmt: skip
    expected = [0, 0.82, 0, 0.82, 0, 1, 12000]
    assert [tier.optimum for tier in solution.tiers.values()] == pytest.approx(expected, abs=1e-9, rel=1e-9)
    assert [tier.value for tier in solution.tiers.values()] == pytest.approx(expected, abs=1e-9, rel=1e-9)
    assert solution.allocation[FIRST, "general"] == pytest.approx(0, abs=1e-4)
    assert solution.allocation[SECOND, "general"] == pytest.approx(10000)
    assert solution.point["expand", FIRST, "school"] == pytest.approx(200)
    assert solution.point["expand", SECOND, "school"] == pytest.approx(2200)


def test_worst_served_share(tmp_path: Path) -> None:
    """The second city, half of all residents, is stuck at 0.72 and the first reaches 0.92: over the worst 0.6 of
    residents the mean is (0.5 · 0.72 + 0.1 · 0.92) / 0.6."""
    objective = '[[objective]]\ntier = "fairness"\nbeta = 0.6\n'
    solution = solve_tiers(with_objective(INSTANCES / "families" / "growth_limit", tmp_path, objective))
    assert solution.tiers["fairness"].optimum == pytest.approx((0.5 * 0.72 + 0.1 * 0.92) / 0.6)
    assert solution.tiers["fairness"].value == pytest.approx((0.5 * 0.72 + 0.1 * 0.92) / 0.6)


def test_leximin_raises_the_rest(tmp_path: Path) -> None:
    """The second city is blocked at 0.72; leximin alone, without the coverage tier, still raises the first to 0.92."""
    objective = '[[objective]]\ntier = "fairness"\nmethod = "leximin"\n'
    instance = with_objective(INSTANCES / "families" / "growth_limit", tmp_path, objective)
    solution = solve_tiers(instance)
    assert solution.tiers["fairness"].optimum == pytest.approx(0.72)
    assert scores(instance, solution) == pytest.approx({FIRST: 0.92, SECOND: 0.72})


def test_tolerance_is_spent_on_the_next_tier(tmp_path: Path) -> None:
    """0.01 of fairness are 100 seats of the second city; their money builds 100 in the first: 2,000 settlers."""
    objective = '[[objective]]\ntier = "fairness"\ntolerance = 0.01\n[[objective]]\ntier = "settlement"\n'
    solution = solve_tiers(with_objective(INSTANCES / "families" / "recognised_need", tmp_path, objective))
    assert solution.tiers["fairness"].optimum == pytest.approx(0.82)
    assert solution.tiers["fairness"].value == pytest.approx(0.81)
    assert solution.tiers["settlement"].optimum == pytest.approx(14000 + 20 * 100)


def test_closest_point_of_a_triangle() -> None:
    """min (x − 1)² + 3·(y − 1)² under x + y ≤ 1: x − 1 = 3·(y − 1) and x + y = 1, so x = 1/4, y = 3/4."""
    program = Program()
    x, y = program.column("x"), program.column("y")
    program.row("triangle", {x: 1.0, y: 1.0}, "<=", 1.0)
    point = closest(program, [(x, 1.0, 1.0), (y, 1.0, 3.0)])
    assert point[x] == pytest.approx(0.25, abs=1e-9)
    assert point[y] == pytest.approx(0.75, abs=1e-9)
    assert program.solve({x: 1.0}, maximise=True)[x] == pytest.approx(0.25, abs=1e-9)  # held


def test_closest_point_inside() -> None:
    program = Program()
    x, y = program.column("x", upper=1.0), program.column("y", upper=1.0)
    point = closest(program, [(x, 0.3, 1.0), (y, 0.6, 10.0)])
    assert (point[x], point[y]) == pytest.approx((0.3, 0.6), abs=1e-9)


def test_whole_facilities() -> None:
    """Half a school is a point of the relaxation only."""
    instance = read(INSTANCES / "infeasible" / "half_a_school")
    assert solve_tiers(instance).point
    with pytest.raises(NoPoint):
        solve_integer_tier(instance)


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 6])
def test_whole_facilities_cost_something(seed: int, tmp_path: Path) -> None:
    """The integer optimum of the first tier (the gap, minimised) is never below that of the relaxation."""
    instance = read(write_random(tmp_path, seed, cities=4, integers=True))
    relaxed = solve_tiers(instance).tiers["minimum"].optimum
    assert relaxed - 1e-9 <= solve_integer_tier(instance) <= 1


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6, 7])
def test_the_final_point_keeps_every_rule_and_every_tier(seed: int, tmp_path: Path) -> None:
    instance = read(write_random(tmp_path, seed, cities=5))
    solution = solve_tiers(instance)
    program = annual_program(Facts(instance))
    columns = {name: solution.point[name] for name in program.lower}
    assert program.violation(columns) < 1e-8
    for tier in instance.settings.objective:
        reached = solution.tiers[tier.tier]
        slack = (tier.tolerance or 0.0) * 1.000001
        assert reached.value == pytest.approx(reached.optimum, rel=1e-6, abs=max(slack, 1e-9))


def test_random_instances_repeat(tmp_path: Path) -> None:
    first, second = write_random(tmp_path / "first", 7), write_random(tmp_path / "second", 7)
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)
    other = write_random(tmp_path / "other", 8)
    assert (first / "cities.csv").read_bytes() != (other / "cities.csv").read_bytes()


@pytest.mark.long
def test_random_instances_are_mostly_feasible_and_use_every_family(tmp_path: Path) -> None:
    feasible, families, methods = 0, set(), set()
    for seed in range(30):
        instance = read(write_random(tmp_path / str(seed), seed))
        program = annual_program(Facts(instance))
        families |= {row.family for row in program.rows}
        methods |= {tier.method for tier in instance.settings.objective}
        try:
            program.solve({})
            feasible += 1
        except NoPoint:
            pass
    assert feasible >= 24
    assert methods >= {"cvar", "leximin"}
    assert families == {
        "pool_total", "group_limit", "coverage_is_served", "minimum_gap", "growth_limit", "recognised_need",
        "land_balance", "public_land", "production_land", "idle_land", "stock_link", "capital_budget", "general_budget",
        "borrow_to_build", "special_bond_purpose", "debt_limit", "debt_room",
    }  # fmt: skip
