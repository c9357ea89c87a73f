"""The instances that can be solved by inspection: the arithmetic of their pages against the second solver.

Every family has an instance in which it binds: without that family some tier reaches another value. Every infeasible
one is infeasible because of the families it names: without any one of them there is a point.
"""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from alloc.instance import Instance, read
from second_facts import Facts
from second_program import NoPoint
from second_rows import annual_program
from second_solver import solve_integer_tier, solve_tiers

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
FAMILIES = (
    "pool_total", "group_limit", "coverage_is_served", "minimum_gap", "growth_limit", "recognised_need",
    "land_balance", "public_land", "production_land", "idle_land", "stock_link", "capital_budget", "general_budget",
    "borrow_to_build", "special_bond_purpose", "debt_limit", "debt_room", "housing_land", "other_land",
    "unassigned_land", "unassigned_total", "extension", "linked_share", "renewed_land", "earmarked_use",
    "host_first",
)  # fmt: skip
INFEASIBLE = sorted(path.parent.name for path in (INSTANCES / "infeasible").glob("*/instance.toml"))
LEVERS = ("issued", "performance", "schemes", "levels", "purses")  # without a family of their own
EXAMPLES = (  # of several families or levers together
    "residence_ladder", "levels_below", "programmes", "shared_beds", "moved_beds", "purse_debt",
)  # fmt: skip
SOLVABLE = ["hand", *(f"families/{name}" for name in (*FAMILIES, *LEVERS, *EXAMPLES))]


WARNED = {  # by design: what they are about
    "families/extension": ["both_ways"],
    "infeasible/caps_below_exhausted_pool": ["far_from_last_year"],
    "infeasible/floor_above_boundary": ["far_from_last_year"],
}


def load(path: str) -> tuple[Instance, dict[str, Any]]:
    folder = INSTANCES / path
    return read(folder), tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))


def test_every_family_has_its_instance() -> None:
    folders = {path.parent.name for path in (INSTANCES / "families").glob("*/instance.toml")}
    assert folders == {*FAMILIES, *LEVERS, *EXAMPLES}
    assert len(INFEASIBLE) >= 8


@pytest.mark.parametrize("path", [*SOLVABLE, *(f"infeasible/{name}" for name in INFEASIBLE)])
def test_loads_clean(path: str) -> None:
    instance, _ = load(path)
    assert [warning.code for warning in instance.warnings] == WARNED.get(path, [])
    assert instance.name == path.rpartition("/")[2]
    assert (INSTANCES / path / "README.md").read_text(encoding="utf-8").startswith(f"# {instance.name}: ")


@pytest.mark.parametrize("path", SOLVABLE)
def test_arithmetic(path: str) -> None:
    instance, expected = load(path)
    solution = solve_tiers(instance)
    assert list(solution.tiers) == list(expected["tiers"])
    for tier, value in expected["tiers"].items():
        assert solution.tiers[tier].optimum == pytest.approx(value, rel=1e-8, abs=1e-8), tier
        assert solution.tiers[tier].value == pytest.approx(value, rel=1e-8, abs=1e-8), tier
    amounts = {(c, r): x for r, row in expected["allocation"].items() for c, x in row.items()}
    assert solution.allocation == pytest.approx(amounts, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_family_binds(family: str) -> None:
    instance, expected = load(f"families/{family}")
    assert expected["binds"] == family
    without = solve_tiers(instance, skip={family}).tiers
    moved = [t for t, x in expected["tiers"].items() if without[t].optimum != pytest.approx(x, rel=1e-3, abs=1e-3)]
    assert moved


@pytest.mark.parametrize("name", INFEASIBLE)
def test_no_allocation(name: str) -> None:
    instance, expected = load(f"infeasible/{name}")
    whole = expected["relaxation"] == "feasible"
    if whole:
        solve_tiers(instance)
    else:
        with pytest.raises(NoPoint):
            solve_tiers(instance)
    with pytest.raises(NoPoint):
        solve_integer_tier(instance)
    assert bool(expected["finding"]) == (expected["found_by"] == "arithmetic")
    for family in set(expected["families"]) - {"bounds"}:
        annual_program(Facts(instance), skip={family}).solve({}, whole=("build",) if whole else ())


def test_files_are_those_of_the_cases(tmp_path: Path) -> None:
    """`build.py` writes what lies beside it."""
    runpy.run_path(str(INSTANCES / "families" / "build.py"))["build"](tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    assert written
    for path in written:
        assert (tmp_path / path).read_text(encoding="utf-8") == (INSTANCES / path).read_text(encoding="utf-8"), path
    kept = [p for kind in ("families", "infeasible") for p in (INSTANCES / kind).glob("*/*.*")]
    assert sorted(p.relative_to(INSTANCES) for p in kept if p.suffix != ".pyc") == written
