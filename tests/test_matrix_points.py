"""The compiled matrix says at random points what the verification makes of the raw tables; a lost term is found."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from click.testing import CliRunner

import alloc
from alloc import api
from alloc.cli import main
from alloc.compiler.compile import compile_model
from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, Objective
from alloc.formulation import declare
from alloc.formulation.lever import Formulation, Lever
from alloc.formulation.registry import catalogue, levers
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance
from alloc.scenario import apply, parse_edit
from alloc.solver.solution import compiled
from alloc.verification import Verification
from alloc.verification import levers as verified
from alloc.verification.ledger import Failure
from alloc.verification.points import compare_matrix
from alloc_models.annual import ANNUAL
from instances import write_tiny
from new_lever import CHECKS, forget, verified_by, write_lever
from random_instances import write_random

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = sorted(path.name for path in (ROOT / "instances" / "families").iterdir() if path.is_dir())
METHODS = ("cvar", "leximin")


@cache
def random(seed: int, integers: bool = True) -> Instance:
    with TemporaryDirectory() as folder:
        return alloc.read(write_random(Path(folder), seed, integers=integers, everything=bool(seed % 2)))


def by(method: str, instance: Instance) -> Instance:
    """The instance with fairness by a method."""
    chosen = {"method": method, "beta": None if method == "leximin" else 0.1}
    objective = tuple(each.model_copy(update=chosen) if each.tier == "fairness" else each
                      for each in instance.settings.objective)  # fmt: skip
    return replace(instance, settings=instance.settings.model_copy(update={"objective": objective}))


@cache
def whole(method: str) -> tuple[Instance, LinearModel]:
    """An instance that has rows of every family, and its matrix."""
    base = random(SEED)
    lines = [
        "policy.debt.special_interest = 'fund'", "policy.settlement.extension_cost = 0.5",
        "pools.link_factor = 'residents' where kind == 'transfer'", "pools.link_share = 0.3 where kind == 'transfer'",
        "add groups { group = 'all', order = 1, share = 1.0, may_settle = true, may_extend = true, eligible = true }",
        *(f"add ladder {{ service = '{each}', group = 'all', entitlement = 0.5 }}"
          for each in base.tables["services"]["service"]),
        "add programmes { programme = 'yards', title_zh = '园区', title_en = 'Parks', unit_zh = '公顷', "
        "unit_en = 'ha', capital_cost = 30, running_cost = 0.5, land_yield = 0.3, year_share = 0.2, weight = 1, "
        "revenue_backed = true, stock_factor = 'built_up', stock_each = 0.01 }",
        f"add programme_yields {{ programme = 'yards', service = '{base.tables['services']['service'].iloc[0]}', "
        "yield = 2 }",
        "pools.programme = 'yards' where use == 'capital'", "pools.support = 0.6 where use == 'capital'",
    ]  # fmt: skip
    instance = by(method, apply(base, [parse_edit(each) for each in lines]).instance)
    return instance, compiled(derive(instance), instance)


SEED = 3


def failures(instance: Instance, model: LinearModel, points: int = 1) -> tuple[Failure, ...]:
    return compare_matrix(instance, model, catalogue(instance.formulation).decisions, points=points).failures


def agrees(instance: Instance) -> None:
    found = api.matrix_agreement(instance)
    assert found.failures == ()
    model = compiled(derive(instance), instance)
    assert (found.rows, found.bounds, found.tiers) == (*model.matrix.shape, len(model.objectives))


# ------------------------------------------------------------------------------------------------- they agree


@pytest.mark.parametrize("name", FAMILIES)
def test_instances_of_families(name: str) -> None:
    agrees(alloc.read(ROOT / "instances" / "families" / name))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("integers", [False, True])
def test_hand(method: str, integers: bool) -> None:
    hand = by(method, alloc.read("hand"))
    agrees(replace(hand, settings=hand.settings.model_copy(update={"integers": integers})))


@pytest.mark.long
def test_china_2020() -> None:
    agrees(alloc.read("china-2020"))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 8))])
def test_random_instances(seed: int, method: str) -> None:
    agrees(by(method, random(seed, integers=bool(seed % 2))))


def test_the_instance_of_the_tests_below_has_rows_of_every_family() -> None:
    there = {name for method in METHODS for name, block in whole(method)[1].rows.items() if block.members.size}
    assert there == set(catalogue().families)


# --------------------------------------------------------------------------------------------- a term is lost


def without_entries(model: LinearModel, rows: np.ndarray, columns: np.ndarray) -> LinearModel:
    entries = sp.coo_array(model.matrix)
    lost = np.isin(entries.row, rows) & np.isin(entries.col, columns)
    kept = sp.csr_array((np.where(lost, 0.0, entries.data), (entries.row, entries.col)), shape=entries.shape)
    return replace(model, matrix=kept)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
def test_a_variable_that_a_family_forgets_is_found_in_all_its_rows(method: str) -> None:
    instance, model = whole(method)
    tried = set()
    for family, block in model.rows.items():
        rows = np.arange(block.start, block.stop)
        for variable, columns in model.columns.items():
            part = sp.csr_array(model.matrix[block.slice, columns.slice])
            if not part.nnz:
                continue
            tried.add(family)
            found = failures(instance, without_entries(model, rows, np.arange(columns.start, columns.stop)))
            had = {", ".join(map(str, block.label(block.start + row))) for row in np.unique(part.nonzero()[0])}
            assert {each.key for each in found if each.family == family} == had, (family, variable)
    assert tried == set(model.rows)


def terms(function: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """A rule without one of the terms that it adds up, each in turn, and what is left of it."""
    source = ast.parse(textwrap.dedent(inspect.getsource(function)))
    count = len([node for node in ast.walk(source) if additive(node)])
    for place in range(count):
        for side in ("left", "right"):
            tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
            node = [each for each in ast.walk(tree) if additive(each)][place]
            kept = Without(node, side).visit(tree)
            names = dict(function.__globals__)
            exec(compile(ast.fix_missing_locations(kept), "<without a term>", "exec"), names)
            yield ast.unparse(kept.body[0].body[-1]), names[function.__name__]


def additive(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


class Without(ast.NodeTransformer):
    """Puts one operand of a sum in the place of the sum."""

    def __init__(self, node: ast.AST, side: str) -> None:
        self.node, self.side = node, side

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if node is not self.node:
            return self.generic_visit(node)
        if self.side == "right" or isinstance(node.op, ast.Add):
            return node.left if self.side == "right" else node.right
        return ast.UnaryOp(ast.USub(), node.right)


def with_lever(changed: Lever) -> Formulation:
    return replace(ANNUAL, levers=tuple(changed if each.name == changed.name else each for each in ANNUAL.levers))


def matrix_of(formulation: Formulation, instance: Instance) -> LinearModel:
    return compile_model(declare.build(formulation, derive(instance), instance.settings.objective))


SUMMING = [(lever, family) for lever in levers() for family in lever.families if next(terms(family.rule), None)]


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize(("lever", "family"), SUMMING, ids=[family.name for _, family in SUMMING])
def test_a_term_that_a_rule_forgets_is_found_by_family_and_row(lever: Lever, family: Any) -> None:
    instance, model = whole("cvar")
    block = model.rows[family.name]
    rows = {", ".join(map(str, label)) for label in block.members.labels()}
    for left, rule in terms(family.rule):
        kept = tuple(replace(each, rule=rule) if each is family else each for each in lever.families)
        found = failures(instance, matrix_of(with_lever(replace(lever, families=kept)), instance))
        assert found, left
        assert {each.family for each in found} == {family.name}, left
        assert {each.key for each in found} <= rows, left


ADDED = [(lever, name) for lever in levers() for name in lever.adds]


@pytest.mark.parametrize(("lever", "name"), ADDED, ids=[f"{lever.name}-{name}" for lever, name in ADDED])
def test_a_lever_that_adds_nothing_to_a_sum_is_found(lever: Lever, name: str) -> None:
    """In every family that has the sum, and in what everything costs."""
    instance, _ = whole("cvar")
    fewer = replace(lever, adds={each: term for each, term in lever.adds.items() if each != name})
    others = [each for each in ANNUAL.levers if each.name != lever.name and name in each.adds]
    if not others:  # a sum has at least one term
        fewer = replace(lever, adds={**lever.adds, name: nothing(lever.adds[name])})
    found = {each.family for each in failures(instance, matrix_of(with_lever(fewer), instance))}
    where = {
        "added": {"coverage_is_served", "host_first", "growth_limit", "recognised_need", "group_limit",
                  "capital_budget", "general_budget", "borrow_to_build", "special_bond_purpose", "tiers"},
        "places": {"coverage_is_served", "host_first", "recognised_need"},
        "spending": {"group_limit", "capital_budget", "borrow_to_build", "tiers"},
        "recognised": {"recognised_need"},
        "earning": {"special_bond_purpose"},
        "running": {"general_budget", "tiers"},
        "sites": {"public_land"},
        "freed": {"renewed_land"},
    }  # fmt: skip
    paid_and_got = {"tiers"} if (lever.name, name) == ("links", "running") else set()  # fees cost all together nothing
    assert found == where[name] - paid_and_got


def nothing(term: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: 0.0 * term(*arguments)


# -------------------------------------------------------------------- sides, bounds, tiers and rows as such


@pytest.mark.long
def test_a_side_that_is_off_by_a_millionth_is_found() -> None:
    instance, model = whole("cvar")
    for family, block in model.rows.items():
        upper, lower = model.row_upper.copy(), model.row_lower.copy()
        at = block.start
        upper[at] += 1e-6 * max(1.0, abs(upper[at]))
        lower[at] -= 1e-6 * max(1.0, abs(lower[at]))
        found = failures(instance, replace(model, row_upper=upper, row_lower=lower))
        label = ", ".join(map(str, block.label(at)))
        assert [(each.family, each.key) for each in found] == [(family, label)]


def test_bounds_that_are_off_are_found() -> None:
    """Each is a millionth higher."""
    instance, model = whole("leximin")
    for name, block in model.columns.items():
        for side in ("lower", "upper"):
            values = getattr(model, side).copy()
            finite = np.where(np.isfinite(values[block.slice]), values[block.slice], -1.0)
            if finite.max() < 0:
                continue
            at = block.start + int(np.argmax(finite))
            more = 1e-6 * max(1.0, values[at])
            values[at] += more
            found = failures(instance, replace(model, **{side: values}))
            assert f"{name}.{side}" in {each.family for each in found}, (name, side)
            ((key, excess),) = {(each.key, each.excess) for each in found if each.family == f"{name}.{side}"}
            assert ", ".join(map(str, block.label(at))).startswith(key)
            assert excess == pytest.approx(more * model.column_scale[at], rel=1e-6)


def test_a_bound_may_be_tighter_by_what_rows_imply_and_no_more() -> None:
    """No use gets more reused land than can be put back to use in all, which the row of idle land says."""
    instance, model = whole("cvar")
    most, block = derive(instance).reusable, model.columns["reuse"]
    city = int(np.argmax(most))
    at = block.start + int(np.ravel_multi_index((city, 0), block.shape))
    for part, expected in ((1.0, []), (0.75, ["reuse.upper"]), (0.5, ["reuse.upper"])):
        upper = model.upper.copy()
        upper[at] = part * most[city] / model.column_scale[at]
        assert [each.family for each in failures(instance, replace(model, upper=upper))] == expected


def test_a_bound_is_the_same_to_a_milliardth_and_no_further() -> None:
    """Of nothing as of one: the least that may settle."""
    instance, model = whole("cvar")
    at = model.columns["settle"].start
    for more, expected in ((0.5e-9, []), (1.5e-9, ["settle.lower"])):
        lower = model.lower.copy()
        lower[at] = more / model.column_scale[at]
        assert [each.family for each in failures(instance, replace(model, lower=lower))] == expected


def test_a_verification_into_which_a_difference_is_entered_does_not_pass() -> None:
    instance, model = whole("cvar")
    right = compare_matrix(instance, model, catalogue(instance.formulation).decisions, points=1)
    wrong = replace(right, failures=(Failure("pool_total", "land", 1.0, 2.0, 1.0),))
    verification = Verification(True, 7, 0.0, "", (), pd.DataFrame())
    assert right.entered(verification).passed and not wrong.entered(verification).passed
    assert not right.entered(replace(verification, passed=False)).passed
    assert [each.family for each in wrong.entered(verification).failures] == ["matrix: pool_total"]


def test_a_bound_that_is_missing_is_found() -> None:
    instance, model = whole("cvar")
    for name in ("allocation", "settle", "build", "expand", "backlog"):
        upper = model.upper.copy()
        upper[model.columns[name].slice] = np.inf
        assert f"{name}.upper" in {each.family for each in failures(instance, replace(model, upper=upper))}


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_a_tier_that_is_worth_something_else_is_found(method: str) -> None:
    instance, model = whole(method)
    for name, objective in model.objectives.items():
        for other in spoilt(model, objective):
            # at one point alone the worst-served may be so many that nobody is below their mark
            found = failures(instance, replace(model, objectives={**model.objectives, name: other}), points=3)
            assert [(each.family, each.key) for each in found] == [("tiers", name)]


def spoilt(model: LinearModel, objective: Objective) -> Iterator[Objective]:
    """A tier without one of its variables, each in turn; closeness to a formula that is off by a millionth."""
    if isinstance(objective, LinearObjective):
        for block in model.columns.values():
            if np.any(objective.costs[block.slice]):
                costs = objective.costs.copy()
                costs[block.slice] = 0.0
                yield replace(objective, costs=costs)
    elif isinstance(objective, ClosenessObjective):
        yield replace(objective, centre=objective.centre * (1 + 1e-6))
        yield replace(objective, weight=objective.weight * (1 + 1e-6))


def test_rows_that_only_one_of_them_has_are_found() -> None:
    instance, model = whole("cvar")
    block = model.rows["idle_land"]
    fewer = {name: each for name, each in model.rows.items() if name != "idle_land"}
    found = failures(instance, replace(model, rows=fewer))
    assert [(each.family, each.key) for each in found] == [
        ("idle_land", label[0]) for label in block.members.labels()
    ]  # fmt: skip
    found = failures(instance, replace(model, rows={**model.rows, "own_land": replace(block, name="own_land")}))
    assert {each.family for each in found} == {"own_land"} and all(np.isinf(each.excess) for each in found)
    assert len(found) == block.members.size


def test_a_further_side_of_a_row_is_found_unless_bounds_imply_it() -> None:
    """Idle land that is put back to use is ≥ 0 anyhow, and to the last digits of its sum; at least 1 ha says nobody."""
    instance, model = whole("cvar")
    at = model.rows["idle_land"].start
    for least, expected in ((0.0, []), (2e-7, []), (1.0, ["idle_land"])):
        lower = model.row_lower.copy()
        lower[at] = least / model.row_scale[at]
        assert [each.family for each in failures(instance, replace(model, row_lower=lower))] == expected


def test_sums_are_in_the_units_of_the_instance() -> None:
    """Whatever one unit of a column of the matrix stands for: added = module·build + expand."""
    instance, model = whole("cvar")
    chance = np.random.default_rng(0)
    build, expand = (chance.uniform(1, 9, model.columns[name].shape) for name in ("build", "expand"))
    values = np.zeros(model.lower.size)
    for name, value in (("build", build), ("expand", expand)):
        values[model.columns[name].slice] = value.ravel()
    module = np.nan_to_num(derive(instance).module)
    np.testing.assert_allclose(model.sums["added"].at(values), module * build + expand, rtol=1e-12)


# ---------------------------------------------------------------------------------------------- levers of others


@pytest.fixture
def lever(tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        write_lever(tmp_path, patch)
        verified_by(patch)
        yield patch
    forget()


def test_a_lever_of_others_is_compared_too(lever: pytest.MonkeyPatch) -> None:
    """Two rows and two columns a city beside those of the model; what it spends is in the rows of others."""
    agrees(alloc.read("hand"))
    lever.setattr(verified, "LEVERS", (replace(CHECKS, spending=None),))
    found = {each.family for each in api.matrix_agreement(alloc.read("hand")).failures}
    assert found == {"capital_budget", "tiers"}


def test_a_family_that_a_lever_does_not_verify_fails(lever: pytest.MonkeyPatch) -> None:
    def idle(ledger: Any, raw: Any, results: Any, policy: Any) -> None:
        ledger.compare("mending_due", results.brought["land"]["mended"], "=", 3.0, at=raw.by_city)

    lever.setattr(verified, "LEVERS", (replace(CHECKS, check=idle),))
    found = api.matrix_agreement(alloc.read("hand")).failures
    assert [(each.family, each.key) for each in found] == [("renewal_due", "000001"), ("renewal_due", "000002")]
    assert all(np.isinf(each.excess) for each in found)


def test_a_bound_that_a_lever_does_not_verify_fails(lever: pytest.MonkeyPatch) -> None:
    lever.setattr(verified, "LEVERS", (replace(CHECKS, bounded={"renew": ("upper",), "mend": ()}),))
    found = api.matrix_agreement(alloc.read("hand")).failures
    assert [each.family for each in found] == ["renew.upper"]


def test_a_variable_that_nobody_knows_fails() -> None:
    instance, model = whole("cvar")
    known: Mapping[str, Any] = {
        name: each for name, each in catalogue().decisions.items() if name != "expand"
    }  # fmt: skip
    found = compare_matrix(instance, model, known).failures
    assert [(each.family, each.key) for each in found] == [("variable", "expand")]


# ------------------------------------------------------------------------------------------------------- command


def test_the_command(tmp_path: Path) -> None:
    home = write_tiny(tmp_path / "tiny")
    result = alloc.solve(home, out=tmp_path / "r")
    model = compiled(derive(result.instance), result.instance)
    rows, columns = model.matrix.shape

    def checks(*more: str) -> int:
        found = CliRunner().invoke(main, ["verify", str(tmp_path / "r"), "--format", "json", *more])
        assert found.exit_code == 0
        return int(json.loads(found.stdout)["checks"])

    assert checks("--matrix") - checks() == 3 * (rows + len(model.objectives)) + columns


def test_the_command_says_where_they_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alloc.verification import results

    alloc.solve(write_tiny(tmp_path / "tiny"), out=tmp_path / "r")
    monkeypatch.setattr(results.levers, "added", lambda name, raw, tables, policy: 1.0 * (name == "running"))
    found = CliRunner().invoke(main, ["verify", str(tmp_path / "r"), "--matrix"])
    assert found.exit_code == 4 and "matrix: general_budget [" in found.stderr
