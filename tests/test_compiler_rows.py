"""The compiled matrix, row by row, against hand arithmetic: two cities, two services, five pools, four limits.

Everything is in the planner's units; labels are city, service, pool and so on. One test a constraint family, named
after it (`test_house` asks for it), then bounds and wholeness of the columns, then the costs of every tier.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alloc.compiler.compile import compile_model
from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, MaxMinObjective
from alloc.instance.derived.optional.purses import Purses
from alloc_models.annual import build
from alloc_models.sizes import PART, sizes

TIERS = ("minimum", "fairness", "settlement", "coverage", "production", "closeness", "cost")
INF, NAN = np.inf, np.nan
A, B = "A", "B"
Coefficients = dict[tuple[str, ...], float]


def limit(name: str, kind: str, item: str, sense: str, amount: float, *selection: bool, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(
        limit=name, kind=kind, item=item, sense=sense, amount=amount, selection=np.array(selection, dtype=bool),
        **{"of_spending": 0.0, "of_versus": 0.0, "versus": None, **more},
    )  # fmt: skip


def two_cities() -> SimpleNamespace:
    """Derived data by hand: a row is city A, then B; within it clinic, then school; pools in their order."""
    return SimpleNamespace(
        cities=(A, B),
        services=("clinic", "school"),
        pools=("capital", "equalisation", "general_bond", "land", "special_bond"),
        # people
        population_share=np.array([0.75, 0.25]),
        settle_limit=np.array([500.0, 100.0]),
        groups=(),
        extension_limit=np.array([900.0, 200.0]),
        extend_limit=np.array([80.0, 20.0]),
        need_per_extended=np.array([[0.04, 0.2], [0.03, 0.0]]),
        extension_value=0.3,
        extension_cost=0.75,
        # services: a clinic has 100 beds, earns revenue, gates settlement and may not be built in A;
        # schools are only enlarged; nobody in B goes to school
        full_need=np.array([[400.0, 2000.0], [300.0, 0.0]]),
        present_need=np.array([[380.0, 1900.0], [280.0, 0.0]]),
        need_per_settler=np.array([[0.02, 0.1], [0.01, 0.0]]),
        capacity=np.array([[300.0, 1500.0], [150.0, 50.0]]),
        growth_limit=np.array([[60.0, 150.0], [100.0, 5.0]]),
        build_limit=np.array([[0.0, 0.0], [2.0, 0.0]]),
        expand_limit=np.array([[30.0, 75.0], [20.0, 0.0]]),
        backlog_limit=np.array([[80.0, INF], [130.0, INF]]),
        minimum=np.array([0.75, 0.5]),
        score_breakpoints=np.array([[0.0, 0.75, 0.9, 1.0], [0.0, 0.5, 0.9, 1.0]]),
        score_slopes=np.array([[1.2, 0.6, 0.1], [1.5, 0.5, 0.5]]),
        weight=np.array([3.0, 1.0]),
        capital_cost=np.array([8.0, 4.0]),
        running_cost=np.array([0.5, 0.25]),
        area=np.array([50.0, 20.0]),
        module=np.array([100.0, NAN]),
        revenue_backed=np.array([True, False]),
        # land: only A is linked to reuse
        production_request=np.array([40.0, 25.0]),
        productivity=np.array([2.0, 1.0]),
        reusable=np.array([6.0, 3.0]),
        production_wanted=np.array([40.0, 0.0]),
        stock_base=np.array([30.0, NAN]),
        stock_ratio=2.0,
        reuse_cost=16.0,
        # no uses of land by policy: as before there were any
        housing_area=NAN,
        other_share=NAN,
        unassigned_share=NAN,
        unassigned_most=NAN,
        # money
        revenue=np.array([50_000.0, 20_000.0]),
        other_transfers=np.array([4_000.0, 9_000.0]),
        fund_available=np.array([700.0, 300.0]),
        essential_spending=np.array([53_000.0, 30_000.0]),
        interest=np.array([1_500.0, 600.0]),
        shortfall=np.array([0.0, 1_200.0]),
        reference=np.array([60_000.0, 30_000.0]),
        class_room=np.array([[500.0, 900.0], [400.0, 800.0]]),
        bond_room=np.array([1_200.0, 1_000.0]),
        settlement_cost=1.5,
        bond_rate=0.04,
        funds_pay=False,
        # pools: equalisation and land are given out in full; no formula for capital and special bonds
        kind=np.array(["transfer", "transfer", "bond", "land", "bond"], dtype=object),
        use=np.array(["capital", "general", "", "", ""], dtype=object),
        bond_class=np.array(["", "", "general", "", "special"], dtype=object),
        available=np.array([1_000.0, 5_000.0, 600.0, 64.0, 800.0]),
        exhaust=np.array([False, True, False, True, False]),
        lower=np.array([[100.0, 1_500.0, 0.0, 20.0, 0.0], [0.0, 2_500.0, 0.0, 5.0, 0.0]]),
        upper=np.array([[INF, 2_500.0, 500.0, 50.0, 900.0], [INF, 3_500.0, 400.0, 30.0, 800.0]]),
        benchmark=np.array([[NAN, 2_000.0, 300.0, 64.0, NAN], [NAN, 3_000.0, 300.0, 0.0, NAN]]),
        # no unit keeps anything
        up=np.ones((2, 5)),
        # each its own purse
        purses=Purses(head=np.arange(2), share=np.ones(2)),
        # no programmes
        programmes=(),
        programme_cost=np.zeros(0),
        programme_running=np.zeros(0),
        programme_yield=np.zeros((0, 2)),
        land_yield=np.zeros(0),
        programme_weight=np.zeros(0),
        programme_backed=np.zeros(0, dtype=bool),
        programme_stock=np.zeros((2, 0)),
        run_limit=np.zeros((2, 0)),
        pays_for=np.zeros((5, 0), dtype=bool),
        support=np.ones(5),
        # no links between cities
        links=(),
        link_from=np.zeros(0, dtype=np.intp),
        link_to=np.zeros(0, dtype=np.intp),
        link_service=np.zeros(0, dtype=np.intp),
        link_moves=np.zeros(0, dtype=bool),
        link_possible=np.zeros(0),
        link_limit=np.zeros(0),
        link_cost=np.zeros(0),
        link_fee=np.zeros(0),
        lendable=np.zeros((2, 2)),
        arriving=np.zeros(2),
        vacates=False,
        # no pool has a linked share
        province=np.array(["44", "44"], dtype=object),
        linked_part=np.zeros((2, 5)),
        limits=(
            limit("land_of_a", "allocation", "land", "<=", 45.0, True, False),
            limit("beds", "added", "clinic", "=", 120.0, True, True),
            limit("settlers", "settle", "", ">=", 10.0, True, True),
            limit("public_of_b", "land_use", "public", "<=", 1.5, False, True),
        ),
    )


def with_uses() -> SimpleNamespace:
    """The same with 20 m² of housing a settler, 0.3 of new land for other uses, and limits on what has no use."""
    data = two_cities()
    data.housing_area, data.other_share, data.unassigned_share, data.unassigned_most = 20.0, 0.3, 0.1, 0.05
    return data


def with_links() -> SimpleNamespace:
    """The same with half of equalisation linked to a factor of which A has three quarters."""
    data = two_cities()
    data.linked_part[:, 1] = 0.375, 0.125
    return data


def with_purse() -> SimpleNamespace:
    """The same with one purse, that of A."""
    data = two_cities()
    data.purses = Purses(head=np.zeros(2, dtype=np.intp), share=np.array([0.75, 0.25]))
    return data


def with_groups() -> SimpleNamespace:
    """The same with migrants in groups."""
    data = two_cities()
    data.groups = ("new", "long")
    return data


def with_programmes() -> SimpleNamespace:
    """The same with homes and parks.

    A home costs 12 and 0.5 a year and makes 3 beds; the capital transfer pays for homes alone, 0.8 of them. A park
    costs 90, brings 2 a year, makes 0.6 ha free and may be paid for by special bonds.
    """
    data = two_cities()
    data.programmes = ("homes", "parks")
    data.programme_cost, data.programme_running = np.array([12.0, 90.0]), np.array([0.5, -2.0])
    data.programme_yield, data.land_yield = np.array([[3.0, 0.0], [0.0, 0.0]]), np.array([0.0, 0.6])
    data.programme_weight, data.programme_backed = np.array([1.0, 0.5]), np.array([False, True])
    data.programme_stock, data.run_limit = np.array([[300.0, 40.0], [100.0, 0.0]]), np.array([[60.0, 8.0], [20.0, 0.0]])
    data.pays_for = np.array([[True, False], *[[False, False]] * 4])
    data.support = np.array([0.8, 1.0, 1.0, 1.0, 1.0])
    data.limits = (limit("homes_of_a", "run", "homes", ">=", 25.0, True, False),)
    return data


def with_flows() -> SimpleNamespace:
    """The same with three links: B keeps up to 40 beds for A at 0.2 a year, A hands up to 30 beds over to B, at 6 each,
    and keeps up to 20 seats for B."""
    data = two_cities()
    data.links = ("A.B.clinic.move", "A.B.school.use", "B.A.clinic.use")
    data.link_from, data.link_to = np.array([0, 0, 1]), np.array([1, 1, 0])
    data.link_service, data.link_moves = np.array([0, 1, 0]), np.array([True, False, False])
    data.link_possible, data.link_limit = np.array([300.0, 20.0, 400.0]), np.array([30.0, 20.0, 40.0])
    data.link_cost, data.link_fee = np.array([6.0, 0.0, 0.0]), np.array([0.0, 0.0, 0.2])
    data.lendable, data.arriving = np.array([[0.0, 20.0], [40.0, 0.0]]), np.array([0.0, 0.15])
    data.vacates = True
    data.limits = (
        limit("relief", "moved", "clinic", ">=", 10.0, True, True),
        limit("kept", "shared", "school", "<=", 15.0, True, False),
        limit("spent", "spending", "", "<=", 90.0, False, True),
    )
    return data


def objective(method: str = "cvar") -> list[SimpleNamespace]:
    return [SimpleNamespace(tier=name, method=method, beta=0.25) for name in TIERS]


def levelling() -> list[SimpleNamespace]:
    """With the production land of the cities levelled."""
    return [*objective()[:4], SimpleNamespace(tier="production", method="levelled", beta=None)]


@pytest.fixture(scope="module")
def model() -> LinearModel:
    compiled = compile_model(build(two_cities(), objective()))
    assert compiled.slow_families == {}
    return compiled


@pytest.fixture(scope="module")
def leximin() -> LinearModel:
    return compile_model(build(two_cities(), objective("leximin")))


@pytest.fixture(scope="module")
def used() -> LinearModel:
    return compile_model(build(with_uses(), objective()))


@pytest.fixture(scope="module")
def levelled() -> LinearModel:
    return compile_model(build(two_cities(), levelling()))


def place(model: LinearModel, column: int) -> tuple[str, ...]:
    """Variable and labels of a column."""
    block = next(each for each in model.columns.values() if each.start <= column < each.stop)
    return (block.name, *(str(label) for label in block.label(column)))


def row(model: LinearModel, family: str, *label: str) -> tuple[Coefficients, float, float]:
    """Coefficients, lower and upper side of one row in the planner's units."""
    block = model.rows[family]
    at = block.start + block.members.labels().index(label)
    scale = model.row_scale[at]
    entries = model.matrix[[at]].tocoo()
    found = {
        place(model, int(column)): float(value * scale / model.column_scale[column])
        for column, value in zip(entries.col, entries.data, strict=True)
    }
    return found, float(model.row_lower[at] * scale), float(model.row_upper[at] * scale)


def same(found: tuple[Coefficients, float, float], expected: Coefficients, lower: float, upper: float) -> None:
    assert found[0] == pytest.approx(expected, rel=1e-12)
    assert found[1:] == pytest.approx((lower, upper), rel=1e-12)


def labels(model: LinearModel, family: str) -> list[tuple[Any, ...]]:
    return model.rows[family].members.labels()


def pairs() -> list[tuple[str, str]]:
    return [(A, "clinic"), (A, "school"), (B, "clinic"), (B, "school")]


def segments(city: str, service: str, below: float, to_knee: float, above: float) -> Coefficients:
    names = ("below_minimum", "to_knee", "above_knee")
    return {
        ("coverage", city, service, name): value
        for name, value in zip(names, (below, to_knee, above), strict=True)
        if value
    }


# -------------------------------------------------------------------------------------------------------- pools


def test_pool_total(model: LinearModel) -> None:
    assert labels(model, "pool_total") == [(pool,) for pool in two_cities().pools]
    for pool, lower, upper in (
        ("capital", 0, 1_000),  # not exhausted: at most
        ("equalisation", 5_000, 5_000),
        ("general_bond", 0, 600),
        ("land", 64, 64),
        ("special_bond", 0, 800),
    ):
        same(row(model, "pool_total", pool), {("allocation", A, pool): 1, ("allocation", B, pool): 1}, lower, upper)


def test_pool_total_with_levels() -> None:
    """Half of what its unit receives of equalisation is kept above A, nothing above B."""
    data = two_cities()
    data.up[0, 1] = 2.0
    weighed = row(compile_model(build(data, objective())), "pool_total", "equalisation")
    same(weighed, {("allocation", A, "equalisation"): 2, ("allocation", B, "equalisation"): 1}, 5_000, 5_000)


def test_group_limit(model: LinearModel) -> None:
    assert labels(model, "group_limit") == [("land_of_a",), ("beds",), ("settlers",), ("public_of_b",)]
    same(row(model, "group_limit", "land_of_a"), {("allocation", A, "land"): 1}, -INF, 45)
    # added = 100 beds a clinic + what is enlarged, in both cities
    beds = {
        ("build", A, "clinic"): 100,
        ("expand", A, "clinic"): 1,
        ("build", B, "clinic"): 100,
        ("expand", B, "clinic"): 1,
    }
    same(row(model, "group_limit", "beds"), beds, 120, 120)
    same(row(model, "group_limit", "settlers"), {("settle", A): 1, ("settle", B): 1}, 10, INF)
    same(row(model, "group_limit", "public_of_b"), {("land_use", B, "public"): 1}, -INF, 1.5)


def test_group_limit_against_other_sums() -> None:
    data = two_cities()
    data.limits = (
        limit("of_spending", "settle", "", "<=", 0.0, False, True, of_spending=0.5),
        limit("versus", "settle", "", ">=", 0.0, True, False, of_versus=3.0, versus=np.array([False, True])),
        limit("spent", "spending", "", "<=", 90.0, False, True),
    )
    model = compile_model(build(data, objective()))
    # B spends 8 a bed, 100 in a clinic, 4 a seat and 16 a hectare that is put back to use
    spent = {("build", B, "clinic"): 800.0, ("expand", B, "clinic"): 8.0, ("expand", B, "school"): 4.0,
             ("reuse", B, "public"): 16.0, ("reuse", B, "production"): 16.0}  # fmt: skip
    halves = {name: -0.5 * cost for name, cost in spent.items()}
    same(row(model, "group_limit", "of_spending"), {("settle", B): 1} | halves, -INF, 0)
    same(row(model, "group_limit", "versus"), {("settle", A): 1, ("settle", B): -3}, 0, INF)
    same(row(model, "group_limit", "spent"), spent, -INF, 90)


def test_group_limit_on_sums_of_pools() -> None:
    data = two_cities()
    data.limits = (
        limit("money", "transfers", "", ">=", 500.0, True, False),
        limit("debt", "bonds", "", "<=", 90.0, True, True),
        limit("some", "pools", "special_bond+capital", "<=", 70.0, True, True),
    )
    model = compile_model(build(data, objective()))
    transfers = {("allocation", A, pool): 1.0 for pool in ("capital", "equalisation")}
    bonds = {("allocation", city, pool): 1.0 for city in (A, B) for pool in ("general_bond", "special_bond")}
    same(row(model, "group_limit", "money"), transfers, 500, INF)
    same(row(model, "group_limit", "debt"), bonds, -INF, 90)
    some = {("allocation", city, pool): 1.0 for city in (A, B) for pool in ("capital", "special_bond")}
    same(row(model, "group_limit", "some"), some, -INF, 70)


def test_linked_share() -> None:
    """Half of equalisation by a factor of 3 to 1 inside the province: at least 0.375 and 0.125 of the two together."""
    data = with_links()
    together = compile_model(build(data, objective()))
    assert labels(together, "linked_share") == [(A, "equalisation"), (B, "equalisation")]
    first = {("allocation", A, "equalisation"): 0.375 - 1, ("allocation", B, "equalisation"): 0.375}
    second = {("allocation", A, "equalisation"): 0.125, ("allocation", B, "equalisation"): 0.125 - 1}
    same(row(together, "linked_share", A, "equalisation"), first, -INF, 0)
    same(row(together, "linked_share", B, "equalisation"), second, -INF, 0)
    data.province[1] = "45"
    apart = compile_model(build(data, objective()))
    same(row(apart, "linked_share", A, "equalisation"), {("allocation", A, "equalisation"): 0.375 - 1}, -INF, 0)
    assert "linked_share" not in compile_model(build(two_cities(), objective())).rows


# ----------------------------------------------------------------------------------------------------- services


def test_extension() -> None:
    model = compile_model(build(with_groups(), objective()))
    assert labels(model, "extension") == [(A,), (B,)]
    same(row(model, "extension", A), {("settle", A): 1, ("extend", A): 1}, -INF, 900)
    assert model.bounds["extend"][1].tolist() == [80.0, 20.0]
    # who is extended to is recognised, costs money every year and is worth part of a settler
    recognised, budget = row(model, "recognised_need", A, "school"), row(model, "general_budget", B)
    assert recognised[0]["extend", A] / recognised[0]["settle", A] == pytest.approx(0.2 / 0.1)
    assert budget[0]["extend", B] / budget[0]["settle", B] == pytest.approx(0.75 / 1.5)
    found = costs(model, model.objectives["settlement"].costs)
    assert found["extend", A] / found["settle", A] == pytest.approx(0.3)
    without = compile_model(build(two_cities(), objective()))
    assert "extend" not in without.columns and "extension" not in without.rows


def test_programmes_join_the_sums_of_others() -> None:
    tiers = [*objective()[:3], SimpleNamespace(tier="programmes", method=None, beta=None), *objective()[3:]]
    model = compile_model(build(with_programmes(), tiers))
    assert model.slow_families == {}
    assert model.bounds["run"][1].tolist() == [[60.0, 8.0], [20.0, 0.0]]
    same(row(model, "group_limit", "homes_of_a"), {("run", A, "homes"): 1}, 25, INF)
    # three beds a home serve like those of a clinic, and count where settlement waits for them
    for family in ("coverage_is_served", "recognised_need"):
        found = row(model, family, A, "clinic")[0]
        assert found["run", A, "homes"] / found["expand", A, "clinic"] == pytest.approx(3)
        assert not any(name[0] == "run" for name in row(model, family, A, "school")[0])
    assert not any(name[0] == "run" for name in row(model, "growth_limit", A, "clinic")[0])
    capital, general = row(model, "capital_budget", A)[0], row(model, "general_budget", A)[0]
    assert capital["run", A, "homes"] / capital["expand", A, "clinic"] == pytest.approx(12 / 8)
    assert capital["run", A, "parks"] / capital["expand", A, "clinic"] == pytest.approx(90 / 8)
    assert general["run", A, "homes"] / general["to_capital", A] == pytest.approx(0.5)
    assert general["run", A, "parks"] / general["to_capital", A] == pytest.approx(-2)
    special = row(model, "special_bond_purpose", A)[0]
    assert special["run", A, "parks"] / special["allocation", A, "special_bond"] == pytest.approx(-90)
    assert ("run", A, "homes") not in special
    # weight over the stock of all cities: 1/400 a home, 0.5/40 a park
    found = costs(model, model.objectives["programmes"].costs)
    assert found == pytest.approx({("run", c, g): -worth for c in (A, B) for g, worth in
                                   (("homes", 1 / 400), ("parks", 0.5 / 40))})  # fmt: skip
    found = costs(model, model.objectives["cost"].costs)
    assert found["run", A, "homes"] == pytest.approx(12.5) and found["run", A, "parks"] == pytest.approx(88)


MOVE, SEATS, BEDS = (("flow", each) for each in ("A.B.clinic.move", "A.B.school.use", "B.A.clinic.use"))


def test_host_first() -> None:
    model = compile_model(build(with_flows(), objective()))
    assert model.slow_families == {}
    assert labels(model, "host_first") == pairs()  # both have a link out
    # of 400 beds that A needs it has 300 today: 100 build + expand + BEDS − MOVE ≥ 0
    beds_of_a = {("build", A, "clinic"): 100.0, ("expand", A, "clinic"): 1.0, BEDS: 1.0, MOVE: -1.0}
    same(row(model, "host_first", A, "clinic"), beds_of_a, 0, INF)
    beds_of_b = {("build", B, "clinic"): 100.0, ("expand", B, "clinic"): 1.0, BEDS: -1.0, MOVE: 1.0}
    same(row(model, "host_first", B, "clinic"), beds_of_b, 0, INF)
    same(row(model, "host_first", A, "school"), {("expand", A, "school"): 1.0, SEATS: -1.0}, 0, INF)
    # nobody in B goes to school: what is there, 50, may all be spared
    same(row(model, "host_first", B, "school"), {("expand", B, "school"): 1.0, SEATS: 1.0}, -50, INF)
    alone = with_flows()
    for name in ("links", "link_from", "link_to", "link_service", "link_moves", "link_possible", "link_limit",
                 "link_cost", "link_fee"):  # fmt: skip
        setattr(alone, name, getattr(alone, name)[2:])
    alone.limits = ()
    assert labels(compile_model(build(alone, objective())), "host_first") == [(B, "clinic"), (B, "school")]


def test_links_join_the_sums_of_others() -> None:
    model = compile_model(build(with_flows(), objective()))
    assert model.bounds["flow"][1].tolist() == [30.0, 20.0, 40.0]
    for family in ("coverage_is_served", "recognised_need"):
        for city, sign in ((A, 1), (B, -1)):
            found = row(model, family, city, "clinic")[0]
            assert found[BEDS] / found["expand", city, "clinic"] == pytest.approx(sign)
            assert found[MOVE] / found["expand", city, "clinic"] == pytest.approx(-sign)
    assert not any(name[0] == "flow" for name in row(model, "growth_limit", A, "clinic")[0])
    # who receives pays: 6 a bed that moves, of 8 for a new one; 0.2 a year for one that is kept, as running costs
    capital, general = row(model, "capital_budget", B)[0], row(model, "general_budget", A)[0]
    assert capital[MOVE] / capital["expand", B, "clinic"] == pytest.approx(6 / 8)
    assert BEDS not in capital and not any(name[0] == "flow" for name in row(model, "capital_budget", A)[0])
    assert general[BEDS] / general["to_capital", A] == pytest.approx(0.2)
    assert row(model, "general_budget", B)[0][BEDS] / general["to_capital", A] == pytest.approx(-0.2)
    # 50 m² a bed: taken where it arrives, free where it leaves
    assert row(model, "public_land", B)[0][MOVE] == pytest.approx(50 / 10_000)
    assert not any(name[0] == "flow" for name in row(model, "public_land", A)[0])
    free = {("renewed", A, "public"): 1.0, ("renewed", A, "production"): 1.0, MOVE: -50 / 10_000}
    same(row(model, "renewed_land", A), free, -INF, 0)
    same(row(model, "renewed_land", B), {("renewed", B, "public"): 1.0, ("renewed", B, "production"): 1.0}, -INF, 0)
    # what limits sum up is what leaves the cities, and what is spent on moving is spent
    same(row(model, "group_limit", "relief"), {MOVE: 1.0}, 10, INF)
    same(row(model, "group_limit", "kept"), {SEATS: 1.0}, -INF, 15)
    assert row(model, "group_limit", "spent")[0][MOVE] == pytest.approx(6)
    # fees are paid by one and got by the other; all else the same, the least of need is lent and moved
    assert costs(model, model.objectives["cost"].costs)[MOVE] == pytest.approx(6)
    assert BEDS not in costs(model, model.objectives["cost"].costs)
    _, least = model.objectives["cost"].tie_breakers  # type: ignore[union-attr]
    assert costs(model, least) == pytest.approx({MOVE: 1 / 700, BEDS: 1 / 700, SEATS: 1 / 2050})


def test_coverage_is_served(model: LinearModel) -> None:
    assert labels(model, "coverage_is_served") == pairs()
    # 400 · coverage − 100 build − expand ≤ 300
    clinic = {("build", A, "clinic"): -100, ("expand", A, "clinic"): -1}
    same(row(model, "coverage_is_served", A, "clinic"), segments(A, "clinic", 400, 400, 400) | clinic, -INF, 300)
    # no module: nothing is built
    school = segments(A, "school", 2000, 2000, 2000) | {("expand", A, "school"): -1}
    same(row(model, "coverage_is_served", A, "school"), school, -INF, 1500)
    clinic = {("build", B, "clinic"): -100, ("expand", B, "clinic"): -1}
    same(row(model, "coverage_is_served", B, "clinic"), segments(B, "clinic", 300, 300, 300) | clinic, -INF, 150)
    # no need: coverage is free, and fixed by its bounds
    same(row(model, "coverage_is_served", B, "school"), {("expand", B, "school"): -1}, -INF, 50)


def test_minimum_gap(model: LinearModel) -> None:
    assert labels(model, "minimum_gap") == pairs()
    for city, service in pairs():
        # minimum − coverage − gap ≤ 0, the minimum on the right: 0.75 for clinics, 0.5 for schools
        expected = {("gap", city, service): -1.0} | segments(city, service, -1, -1, -1)
        upper = -0.75 if service == "clinic" else -0.5
        same(row(model, "minimum_gap", city, service), expected, -INF, upper)


def test_growth_limit(model: LinearModel) -> None:
    assert labels(model, "growth_limit") == pairs()
    for city, amount in ((A, 60), (B, 100)):
        expected = {("build", city, "clinic"): 100.0, ("expand", city, "clinic"): 1.0}
        same(row(model, "growth_limit", city, "clinic"), expected, -INF, amount)
    same(row(model, "growth_limit", A, "school"), {("expand", A, "school"): 1}, -INF, 150)
    same(row(model, "growth_limit", B, "school"), {("expand", B, "school"): 1}, -INF, 5)


def test_recognised_need(model: LinearModel) -> None:
    assert labels(model, "recognised_need") == pairs()
    # present_need + need_per_settler · settle − 100 build − expand − backlog ≤ capacity
    for city, per_settler, upper in ((A, 0.02, 300 - 380), (B, 0.01, 150 - 280)):
        expected = {
            ("build", city, "clinic"): -100,
            ("expand", city, "clinic"): -1,
            ("backlog", city, "clinic"): -1,
            ("settle", city): per_settler,
        }
        same(row(model, "recognised_need", city, "clinic"), expected, -INF, upper)
    school = {("expand", A, "school"): -1, ("backlog", A, "school"): -1, ("settle", A): 0.1}
    same(row(model, "recognised_need", A, "school"), school, -INF, 1500 - 1900)
    school = {("expand", B, "school"): -1, ("backlog", B, "school"): -1}  # no pupils settle
    same(row(model, "recognised_need", B, "school"), school, -INF, 50)


# --------------------------------------------------------------------------------------------------------- land


def test_land_balance(model: LinearModel) -> None:
    assert labels(model, "land_balance") == [(A,), (B,)]
    for city in (A, B):
        uses = {("land_use", city, use): 1.0 for use in ("public", "production", "unassigned")}
        same(row(model, "land_balance", city), uses | {("allocation", city, "land"): -1}, 0, 0)


def test_renewed_land(model: LinearModel) -> None:
    """0.6 ha a park; what is renewed is land for facilities and production, and earns new land as reuse does."""
    made = compile_model(build(with_programmes(), objective()))
    assert labels(made, "renewed_land") == [(A,), (B,)]
    renewed = {("renewed", A, "public"): 1.0, ("renewed", A, "production"): 1.0}
    same(row(made, "renewed_land", A), renewed | {("run", A, "parks"): -0.6}, -INF, 0)
    for family, use in (("public_land", "public"), ("production_land", "production")):
        found = row(made, family, A)[0]
        assert (
            found["renewed", A, use]
            == pytest.approx(found["reuse", A, use])
            == pytest.approx(found["land_use", A, use])
        )
        assert sum(name[0] == "renewed" for name in found) == 1
    linked = row(made, "stock_link", A)[0]
    assert linked["renewed", A, "public"] == linked["reuse", A, "public"] == linked["renewed", A, "production"] == -2
    assert not any(name[0] == "renewed" for name in row(made, "idle_land", A)[0])
    found = costs(made, made.objectives["production"].costs)
    assert found["renewed", A, "production"] == pytest.approx(found["reuse", A, "production"])
    assert not {"renewed_land", "earmarked_use"} & set(model.rows) and not {"run", "renewed"} & set(model.columns)


def test_earmarked_use() -> None:
    """The capital transfer pays for homes alone, and 0.8 of them: 0.8 · 12 a home."""
    made = compile_model(build(with_programmes(), objective()))
    assert labels(made, "earmarked_use") == [(A, "capital"), (B, "capital")]
    expected = {("allocation", A, "capital"): 1.0, ("run", A, "homes"): -0.8 * 12}
    same(row(made, "earmarked_use", A, "capital"), expected, -INF, 0)


def test_public_land(model: LinearModel) -> None:
    assert labels(model, "public_land") == [(A,), (B,)]
    for city in (A, B):
        expected = {
            ("build", city, "clinic"): 0.5,  # 50 m² a bed · 100 beds / 10,000
            ("land_use", city, "public"): -1,
            ("reuse", city, "public"): -1,
        }
        same(row(model, "public_land", city), expected, 0, 0)


def test_production_land(model: LinearModel) -> None:
    assert labels(model, "production_land") == [(A,), (B,)]
    for city, request in ((A, 40), (B, 25)):
        expected = {("land_use", city, "production"): 1.0, ("reuse", city, "production"): 1.0}
        same(row(model, "production_land", city), expected, -INF, request)


def test_idle_land(model: LinearModel) -> None:
    assert labels(model, "idle_land") == [(A,), (B,)]
    for city, reusable in ((A, 6), (B, 3)):
        expected = {("reuse", city, "public"): 1.0, ("reuse", city, "production"): 1.0}
        same(row(model, "idle_land", city), expected, -INF, reusable)


def test_stock_link(model: LinearModel) -> None:
    assert labels(model, "stock_link") == [(A,)]  # B has no base
    expected = {("allocation", A, "land"): 1, ("reuse", A, "public"): -2, ("reuse", A, "production"): -2}
    same(row(model, "stock_link", A), expected, -INF, 30)


# ------------------------------------------------------------------------------------ land by the policy's uses


def test_housing_land(used: LinearModel) -> None:
    assert labels(used, "housing_land") == [(A,), (B,)]
    for city in (A, B):
        expected = {
            ("land_use", city, "housing"): 1.0,
            ("reuse", city, "housing"): 1.0,
            ("settle", city): -0.002,  # 20 m² / 10,000
        }
        same(row(used, "housing_land", city), expected, 0, 0)


def test_other_land(used: LinearModel) -> None:
    assert labels(used, "other_land") == [(A,), (B,)]
    for city in (A, B):
        expected = {("land_use", city, "other"): 1.0, ("allocation", city, "land"): -0.3}
        same(row(used, "other_land", city), expected, 0, 0)


def test_unassigned_land(used: LinearModel) -> None:
    assert labels(used, "unassigned_land") == [(A,), (B,)]
    for city in (A, B):
        expected = {("land_use", city, "unassigned"): 1.0, ("allocation", city, "land"): -0.1}
        same(row(used, "unassigned_land", city), expected, -INF, 0)


def test_unassigned_total(used: LinearModel) -> None:
    assert labels(used, "unassigned_total") == [("unassigned",)]
    expected = {("land_use", city, "unassigned"): 1.0 for city in (A, B)}
    same(row(used, "unassigned_total", "unassigned"), expected, -INF, 0.05 * 64)


def test_all_uses_of_land_stand_in_its_rows(used: LinearModel) -> None:
    uses = {("land_use", A, use): 1.0 for use in ("public", "housing", "production", "other", "unassigned")}
    same(row(used, "land_balance", A), uses | {("allocation", A, "land"): -1}, 0, 0)
    reuses = {("reuse", A, use): 1.0 for use in ("public", "housing", "production")}
    same(row(used, "idle_land", A), reuses, -INF, 6)


def test_without_uses_nothing_of_them_is_there(model: LinearModel, used: LinearModel) -> None:
    by_use = {"housing_land", "other_land", "unassigned_land", "unassigned_total"}
    assert set(used.rows) - set(model.rows) == by_use
    assert used.matrix.shape[1] - model.matrix.shape[1] == 2 * 3  # housing and other new land, housing on reused land


# ------------------------------------------------------------------------------------------------------- budgets


def spent(city: str, sign: float) -> Coefficients:
    """Capital spending: 8 a bed (800 a clinic), 4 a school place, 16 a hectare reused."""
    return {
        ("build", city, "clinic"): sign * 800,
        ("expand", city, "clinic"): sign * 8,
        ("expand", city, "school"): sign * 4,
        ("reuse", city, "public"): sign * 16,
        ("reuse", city, "production"): sign * 16,
    }


def test_capital_budget(model: LinearModel) -> None:
    assert labels(model, "capital_budget") == [(A,), (B,)]
    for city, fund_available in ((A, 700), (B, 300)):
        paid = {("allocation", city, pool): -1.0 for pool in ("capital", "general_bond", "special_bond")}
        expected = spent(city, 1) | paid | {("to_capital", city): -1.0}
        same(row(model, "capital_budget", city), expected, -INF, fund_available)


def test_general_budget(model: LinearModel) -> None:
    assert labels(model, "general_budget") == [(A,), (B,)]
    for city, left in (
        (A, 50_000 + 4_000 + 0 - 53_000 - 1_500),  # revenue + other transfers + shortfall − essential − interest
        (B, 20_000 + 9_000 + 1_200 - 30_000 - 600),
    ):
        expected = {
            ("build", city, "clinic"): 50,  # 0.5 a bed · 100 beds
            ("expand", city, "clinic"): 0.5,
            ("expand", city, "school"): 0.25,
            ("settle", city): 1.5,
            ("allocation", city, "general_bond"): 0.04,
            ("allocation", city, "special_bond"): 0.04,
            ("to_capital", city): 1,
            ("allocation", city, "equalisation"): -1,
        }
        same(row(model, "general_budget", city), expected, -INF, left)


def test_funds_pay_the_interest_of_special_bonds(model: LinearModel) -> None:
    """Of a yuan of special bonds 0.96 build, and 0.04 pay a year's interest; general revenue pays for none of it."""
    data = two_cities()
    data.funds_pay = True
    by_funds = compile_model(build(data, objective()))
    special = ("allocation", A, "special_bond")
    before, _, most = row(model, "capital_budget", A)
    same(row(by_funds, "capital_budget", A), before | {special: -1 + 0.04}, -INF, most)
    before, _, most = row(model, "general_budget", A)
    same(row(by_funds, "general_budget", A), {k: v for k, v in before.items() if k != special}, -INF, most)


# ---------------------------------------------------------------------------------------------------------- debt


def test_borrow_to_build(model: LinearModel) -> None:
    assert labels(model, "borrow_to_build") == [(A,), (B,)]
    for city in (A, B):
        bonds = {("allocation", city, "general_bond"): 1.0, ("allocation", city, "special_bond"): 1.0}
        same(row(model, "borrow_to_build", city), bonds | spent(city, -1), -INF, 0)


def test_special_bond_purpose(model: LinearModel) -> None:
    assert labels(model, "special_bond_purpose") == [(A,), (B,)]
    for city in (A, B):
        without_schools = {key: value for key, value in spent(city, -1).items() if "school" not in key}
        expected = without_schools | {("allocation", city, "special_bond"): 1.0}
        same(row(model, "special_bond_purpose", city), expected, -INF, 0)


def test_debt_limit(model: LinearModel) -> None:
    rooms = {(A, "general"): 500, (A, "special"): 900, (B, "general"): 400, (B, "special"): 800}
    assert labels(model, "debt_limit") == list(rooms)
    for (city, bond_class), room in rooms.items():
        same(row(model, "debt_limit", city, bond_class), {("allocation", city, f"{bond_class}_bond"): 1}, -INF, room)


def test_purse(model: LinearModel) -> None:
    """Rows of budgets and debt are those of both cities, summed up, by the name of the purse; all else is by city."""
    together = compile_model(build(with_purse(), objective()))
    assert together.slow_families == {}
    for family in ("capital_budget", "general_budget", "borrow_to_build", "special_bond_purpose", "debt_room"):
        assert labels(together, family) == [(A,)]
        (first, _, most), (second, _, more) = row(model, family, A), row(model, family, B)
        same(row(together, family, A), first | second, -INF, most + more)
    assert labels(together, "debt_limit") == [(A, "general"), (A, "special")]
    general = {("allocation", c, "general_bond"): 1 for c in (A, B)}
    same(row(together, "debt_limit", A, "general"), general, -INF, 500 + 400)
    bonds = {("allocation", c, r): 1 for c in (A, B) for r in ("general_bond", "special_bond")}
    same(row(together, "debt_room", A), bonds, -INF, 1_200 + 1_000)
    for family in set(model.rows) - {"capital_budget", "general_budget", "borrow_to_build", "special_bond_purpose",
                                     "debt_room", "debt_limit"}:  # fmt: skip
        assert labels(together, family) == labels(model, family)


def test_debt_room(model: LinearModel) -> None:
    assert labels(model, "debt_room") == [(A,), (B,)]
    for city, room in ((A, 1_200), (B, 1_000)):
        bonds = {("allocation", city, "general_bond"): 1.0, ("allocation", city, "special_bond"): 1.0}
        same(row(model, "debt_room", city), bonds, -INF, room)


# ------------------------------------------------------------------------------------- rows that tiers bring


def scored(city: str) -> Coefficients:
    """A city's score: weights 3/4 and 1/4, slopes 1.2, 0.6, 0.1 (clinic) and 1.5, 0.5, 0.5 (school)."""
    return segments(city, "clinic", 0.9, 0.45, 0.075) | segments(city, "school", 0.375, 0.125, 0.125)


def negative(coefficients: Coefficients) -> Coefficients:
    return {key: -value for key, value in coefficients.items()}


def test_worst_served(model: LinearModel) -> None:
    assert labels(model, "worst_served") == [(A,), (B,)]
    for city in (A, B):
        expected = {("worst",): 1.0, ("below_worst", city): -1.0} | negative(scored(city))
        same(row(model, "worst_served", city), expected, -INF, 0)


def test_least_served(leximin: LinearModel) -> None:
    assert labels(leximin, "least_served") == [(A,), (B,)]
    assert "worst_served" not in leximin.rows
    for city in (A, B):
        same(row(leximin, "least_served", city), {("least",): 1.0} | negative(scored(city)), -INF, 0)


# ------------------------------------------------------------------------------------------------------ columns


def bounds(model: LinearModel, variable: str) -> list[tuple[float, float]]:
    at = model.columns[variable].slice
    lower, upper = (np.round(each[at] * model.column_scale[at], 9) for each in (model.lower, model.upper))
    return list(zip(lower.tolist(), upper.tolist(), strict=True))


def test_bounds(model: LinearModel) -> None:
    assert bounds(model, "allocation") == [
        (100, 1_000),  # A's capital is open above: what there is
        (1_500, 2_500),
        (0, 500),
        (20, 50),
        (0, 800),  # A's room of 900 is more than there is
        (0, 1_000),
        (2_500, 3_500),
        (0, 400),
        (5, 30),
        (0, 800),
    ]
    assert bounds(model, "settle") == [(0, 500), (0, 100)]
    assert bounds(model, "build") == [(0, 0), (0, 0), (0, 2), (0, 0)]
    assert bounds(model, "expand") == [(0, 30), (0, 75), (0, 20), (0, 0)]
    assert bounds(model, "backlog") == [(0, 80), (0, INF), (0, 130), (0, INF)]
    assert bounds(model, "gap") == [(0, INF)] * 4
    assert bounds(model, "land_use") == [(0, INF)] * 6
    assert bounds(model, "reuse") == [(0, INF)] * 4
    assert bounds(model, "to_capital") == [(0, INF)] * 2
    assert bounds(model, "worst") == [(-INF, INF)]
    assert bounds(model, "below_worst") == [(0, INF)] * 2


def test_bounds_of_a_pool_that_is_too_small() -> None:
    """What a city is promised stands, also where there is less; the pool's own row says that it cannot be."""
    data = two_cities()
    data.available[1] = 2_000.0
    compiled = compile_model(build(data, objective()))
    assert bounds(compiled, "allocation")[1::5] == [(1_500, 2_000), (2_500, 2_500)]


def test_bounds_of_coverage(model: LinearModel) -> None:
    """Segments as wide as the breakpoints are apart; full where nobody needs the service."""
    clinic, school = [0.75, 0.15, 0.1], [0.5, 0.4, 0.1]
    found = np.array(bounds(model, "coverage"))
    np.testing.assert_allclose(found[:, 1], clinic + school + clinic + school, rtol=1e-12)
    np.testing.assert_allclose(found[:, 0], [0.0] * 9 + school, rtol=1e-12)


def test_only_facilities_are_whole(model: LinearModel) -> None:
    whole = {place(model, int(column)) for column in np.flatnonzero(model.integer)}
    assert whole == {("build", city, service) for city, service in pairs()}


def test_columns_and_rows_of_the_model(model: LinearModel, leximin: LinearModel) -> None:
    sizes = {name: block.members.size for name, block in model.columns.items()}
    assert sizes == {
        "allocation": 10, "settle": 2, "build": 4, "expand": 4, "backlog": 4, "coverage": 12, "gap": 4,
        "land_use": 6, "reuse": 4, "to_capital": 2, "worst": 1, "below_worst": 2,
    }  # fmt: skip
    assert model.matrix.shape == (sum(block.members.size for block in model.rows.values()), sum(sizes.values()))
    assert bounds(leximin, "least") == [(-INF, INF)]


def test_scales(model: LinearModel) -> None:
    """By the unit of the column and of the row: a part of what the mean of the two cities has."""
    data = two_cities()
    columns = {name: model.column_scale[block.slice] for name, block in model.columns.items()}
    rows = {name: model.row_scale[block.slice] for name, block in model.rows.items()}
    part, pools = PART / 2, np.asarray(data.available)
    land = np.asarray(data.kind) == "land"
    money, capacity = pools[~land].sum(), [700.0, 2050.0]  # the school in B has places that nobody needs
    expected = {
        "settle": [600.0] * 2, "allocation": [*pools, *pools], "to_capital": [money] * 2, "expand": capacity * 2,
        "land_use": [pools[land].sum()] * 6,
    }  # fmt: skip
    for name, amounts in expected.items():
        assert columns[name] == pytest.approx(np.array(amounts) * part, rel=1e-15), name
    assert columns["build"].tolist() == [1.0] * 4
    assert rows["pool_total"] == pytest.approx(pools * part, rel=1e-15)
    some = [pools[land].sum(), capacity[0], 600.0, pools[land].sum()]
    assert rows["group_limit"] == pytest.approx(np.array(some) * part, rel=1e-15)
    assert rows["growth_limit"] == pytest.approx(np.array(capacity * 2) * part, rel=1e-15)
    assert rows["minimum_gap"].tolist() == [1.0] * 4
    assert rows["debt_limit"] == pytest.approx(np.full(4, money * part), rel=1e-15)


def test_what_there_is_nothing_of_has_a_size_all_the_same() -> None:
    data = two_cities()
    for name in ("available", "settle_limit", "full_need", "capacity", "production_request"):
        setattr(data, name, 0 * np.asarray(getattr(data, name)))
    for name, size in sizes(data).items():
        assert np.all(size > 0) and np.all(np.isfinite(size)), name


# -------------------------------------------------------------------------------------------------------- tiers


def costs(model: LinearModel, costs: np.ndarray) -> Coefficients:
    """Costs by column for one planner's unit."""
    per_unit = costs / model.column_scale
    return {place(model, int(column)): float(per_unit[column]) for column in np.flatnonzero(per_unit)}


def tier(model: LinearModel, name: str, maximise: bool, expected: Coefficients, scale: float = 1.0) -> None:
    """A linear tier: its costs, turned to a minimisation where it is maximised."""
    found = model.objectives[name]
    assert isinstance(found, LinearObjective)
    assert found.maximise == maximise
    assert found.integer == (name in ("minimum", "fairness", "settlement", "coverage"))
    assert found.essential == (name in ("minimum", "fairness", "settlement")), "for which grants may leave their band"
    assert (found.constant, found.scale) == (0.0, scale)
    assert costs(model, found.costs) == pytest.approx(expected, rel=1e-12)


def test_tiers_are_in_the_order_of_the_instance() -> None:
    order = [SimpleNamespace(tier=name, method="cvar", beta=0.1) for name in ("coverage", "minimum")]
    assert list(compile_model(build(two_cities(), order)).objectives) == ["coverage", "minimum"]


def test_minimum(model: LinearModel) -> None:
    expected = {
        ("gap", A, "clinic"): 0.5625,  # 0.75 of the residents · 3/4
        ("gap", A, "school"): 0.1875,
        ("gap", B, "clinic"): 0.1875,
        ("gap", B, "school"): 0.0625,
    }
    tier(model, "minimum", False, expected)


def test_fairness(model: LinearModel) -> None:
    expected = {("worst",): -1, ("below_worst", A): 3, ("below_worst", B): 1}  # p / β: 0.75 / 0.25, 0.25 / 0.25
    tier(model, "fairness", True, expected)


def test_fairness_by_leximin(leximin: LinearModel) -> None:
    found = leximin.objectives["fairness"]
    assert isinstance(found, MaxMinObjective)
    assert place(leximin, found.level) == ("least",)
    block = leximin.rows["least_served"]
    assert found.rows.tolist() == list(range(block.start, block.stop))


def test_settlement(model: LinearModel) -> None:
    tier(model, "settlement", True, {("settle", A): -1, ("settle", B): -1}, scale=600)  # 500 + 100 could


def test_coverage(model: LinearModel) -> None:
    of_a = {key: -0.75 * value for key, value in scored(A).items()}
    of_b = {key: -0.25 * value for key, value in scored(B).items()}
    tier(model, "coverage", True, of_a | of_b)


def test_production(model: LinearModel) -> None:
    worth = 2 * 40 + 1 * 25
    expected = {
        (name, city, "production"): -productivity / worth
        for name in ("land_use", "reuse")
        for city, productivity in ((A, 2), (B, 1))
    }
    tier(model, "production", True, expected)


def test_production_that_nobody_asks_for() -> None:
    data = two_cities()
    data.production_request = np.zeros(2)
    compiled = compile_model(build(data, objective()))
    tier(compiled, "production", True, {})


def test_production_of(levelled: LinearModel) -> None:
    assert labels(levelled, "production_of") == [(A,), (B,)]
    for city in (A, B):
        parts = {(name, city, "production"): -1.0 for name in ("land_use", "reuse")}
        same(row(levelled, "production_of", city), parts | {("production_of_city", city): 1.0}, 0, 0)


def test_production_levelled(levelled: LinearModel) -> None:
    """B/ΣB·(1 − P/B)² = (P − B)²/(B·ΣB) with B = 40 and 0; where B is 0: 2·(P/40)²."""
    found = levelled.objectives["production"]
    assert isinstance(found, ClosenessObjective)
    scale = levelled.column_scale[found.columns]
    assert [place(levelled, int(column)) for column in found.columns] == [("production_of_city", A),
                                                                          ("production_of_city", B)]  # fmt: skip
    of_model = np.column_stack([found.centre * scale, found.weight / scale**2, found.unit * scale])
    np.testing.assert_allclose(of_model, [(40, 1 / 40**2, 40), (0, 2 / 40**2, 20)], rtol=1e-12)


def test_production_levelled_where_nobody_asks() -> None:
    data = two_cities()
    data.production_wanted = np.zeros(2)
    found = compile_model(build(data, levelling())).objectives["production"]
    assert isinstance(found, ClosenessObjective) and not found.columns.size


def test_cost(model: LinearModel) -> None:
    expected: Coefficients = {}
    for city in (A, B):
        expected |= spent(city, 1)
        expected[("build", city, "clinic")] = 800 + 50
        expected[("expand", city, "clinic")] = 8 + 0.5
        expected[("expand", city, "school")] = 4 + 0.25
    tier(model, "cost", False, expected, scale=90_000)  # what the two cities can pay
    (then,) = model.objectives["cost"].tie_breakers  # type: ignore[union-attr]
    assert costs(model, then) == {("build", city, service): 1.0 for city, service in pairs()}


def test_closeness(model: LinearModel) -> None:
    """Σ share·u² = Σ (x − benchmark)²/(benchmark·total); a benchmark of 0 counts n·(x/total)²."""
    found = model.objectives["closeness"]
    assert isinstance(found, ClosenessObjective)
    scale = model.column_scale[found.columns]
    expected = {  # centre, weight, size of a relative move of 1
        ("allocation", A, "equalisation"): (2_000, 1 / (2_000 * 5_000), 2_000),
        ("allocation", A, "general_bond"): (300, 1 / (300 * 600), 300),
        ("allocation", A, "land"): (64, 1 / 64**2, 64),
        ("allocation", B, "equalisation"): (3_000, 1 / (3_000 * 5_000), 3_000),
        ("allocation", B, "general_bond"): (300, 1 / (300 * 600), 300),
        ("allocation", B, "land"): (0, 2 / 64**2, 32),  # two cities, 64 ha
    }
    assert [place(model, int(column)) for column in found.columns] == list(expected)
    of_model = np.column_stack([found.centre * scale, found.weight / scale**2, found.unit * scale])
    np.testing.assert_allclose(of_model, list(expected.values()), rtol=1e-12)


def test_closeness_of_an_empty_pool() -> None:
    """A pool with nothing in it has no distance from its formula; there is nothing to divide by."""
    data = two_cities()
    data.available[2] = 0.0
    data.benchmark[:, 2] = 0.0
    compiled = compile_model(build(data, objective()))
    found = compiled.objectives["closeness"]
    assert isinstance(found, ClosenessObjective)
    assert {place(compiled, int(column))[2] for column in found.columns} == {"equalisation", "land"}
    assert np.isfinite(found.weight).all()


def test_value_of_a_tier(model: LinearModel) -> None:
    """The tier's own value, not turned, at a point of the matrix."""
    point = np.zeros(model.matrix.shape[1])
    at = model.columns["settle"].slice
    point[at] = np.array([300.0, 50.0]) / model.column_scale[at]
    settlement = model.objectives["settlement"]
    assert isinstance(settlement, LinearObjective)
    assert settlement.value(point) == 350
    closeness = model.objectives["closeness"]
    assert isinstance(closeness, ClosenessObjective)
    assert closeness.value(point) == pytest.approx(1 + 1 + 1)  # nothing given: u = −1 everywhere, shares sum to 1
