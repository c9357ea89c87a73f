"""The instance of counties: it is what its build makes, it keeps what is published, and a province of it solves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alloc.instance import Instance, load
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.prechecks.all import precheck
from alloc.solver.model.status import Stopped
from alloc.solver.solution import solve
from alloc.template.province import cut_province

pytestmark = pytest.mark.county

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
HOME = INSTANCES / "counties-2020"
TABLES = ("cities", "services", "capacity", "pools", "factors", "last_year", "limits", "sources")
YUAN = 10_000


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HOME / f"{name}.csv", dtype={"city": str, "province": str}, encoding="utf-8")


@pytest.fixture(scope="module")
def counties() -> pd.DataFrame:
    return table("cities").set_index("city")


@pytest.fixture(scope="module")
def census() -> pd.DataFrame:
    text = {"adcode": str}
    known = pd.read_csv(INSTANCES / "china-2020" / "source" / "counties_2020.csv", dtype=text, encoding="utf-8")
    known["adcode"] = known["adcode"].replace({"170971": "140971"})
    more = pd.read_csv(HOME / "source" / "counties_more_2020.csv", dtype=text, encoding="utf-8")
    return known.set_index("adcode").join(more.set_index("adcode")).sort_index()


@pytest.fixture(scope="module")
def instance() -> Instance:
    loaded, findings = load(HOME)
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert loaded is not None
    return loaded


@pytest.fixture(scope="module")
def derived(instance: Instance) -> Derived:
    return derive(instance)


def provinces(column: str) -> pd.Series:
    path = INSTANCES / "china-2020" / "source" / "provinces_2020.csv"
    return pd.read_csv(path, dtype={"adcode": str}, encoding="utf-8").set_index("adcode")[column]


@pytest.mark.slow
@pytest.mark.long
def test_the_build_reproduces_every_table_byte_for_byte(tmp_path: Path) -> None:
    build = HOME / "build" / "build_counties.py"
    subprocess.run([sys.executable, "-B", str(build), "--out", str(tmp_path)], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.csv" for name in TABLES)
    assert sorted(path.stem for path in HOME.glob("*.csv")) == sorted(TABLES)
    for name in TABLES:
        shipped = (HOME / f"{name}.csv").read_bytes().replace(b"\r\n", b"\n")
        assert (tmp_path / f"{name}.csv").read_bytes() == shipped, name


def test_published_columns_are_untouched(counties: pd.DataFrame, census: pd.DataFrame) -> None:
    assert list(counties.index) == list(census.index)
    assert len(counties) == 2947
    for column, published in {
        "name": "name",
        "residents": "resident_pop_2020",
        "urban_residents": "urban_pop_2020",
        "age_60_plus": "age_60_plus",
        "migrants_cross": "from_other_province",
    }.items():
        assert list(counties[column]) == list(census[published]), column
    for column, published, number in (
        ("registered", "registered", 2054),
        ("revenue_reported", "gen_budget_revenue_10k", 2069),
        ("expenditure_reported", "gen_budget_expenditure_10k", 2068),
        ("pupils_primary", "primary_students", 2069),
        ("beds_care", "residential_social_work_beds", 2050),
    ):
        assert counties[column].notna().sum() == number
        pd.testing.assert_series_equal(
            counties[column].astype(float), census[published].round().astype(float), check_names=False
        )


def test_what_the_yearbook_publishes_is_what_the_instance_uses(counties: pd.DataFrame) -> None:
    known = counties["revenue_reported"].notna()
    assert (counties.loc[known, "revenue"] == counties.loc[known, "revenue_reported"]).all()
    assert (counties.loc[known, "gdp"] == counties.loc[known, "gdp_reported"]).all()
    capacity = table("capacity").pivot(index="city", columns="service", values="capacity")
    for service, column in (("hospital", "beds_health"), ("elderly_care", "beds_care"), ("primary", "pupils_primary")):
        reported = counties[column].dropna()
        assert (capacity.loc[reported.index, service] == reported).all(), service


def test_counties_have_no_more_money_than_their_province(counties: pd.DataFrame) -> None:
    # The production corps keeps a budget of its own, outside Xinjiang's.
    own = counties[counties["issuer"] != "新疆生产建设兵团"]
    revenue = own.groupby("province")["revenue"].sum()
    published = provinces("gen_budget_revenue_2020_100m_adj") * YUAN
    # What the province collects itself is no county's.
    assert (revenue[published.index] <= published * (1 + 1.5e-4)).all()
    assert revenue.sum() > 0.8 * published.sum()
    debt = (counties["debt_general"] + counties["debt_special"]).groupby(counties["province"]).sum()
    published = provinces("debt_balance_2020_100m_incl_sep_cities") * YUAN
    assert (debt[published.index] <= published * (1 + 1.5e-4)).all()
    assert debt.sum() > 0.8 * published.sum()
    assert counties["settled_last"].sum() == pytest.approx(14_500_000, abs=300)


def test_estimates_keep_what_the_instance_of_cities_says(counties: pd.DataFrame) -> None:
    path = INSTANCES / "china-2020" / "cities.csv"
    cities = pd.read_csv(path, dtype={"city": str}, encoding="utf-8").set_index("name").drop("三沙市")
    sums = counties.groupby("prefecture")[["fund_revenue", "other_transfers", "debt_special", "limit_general"]].sum()
    for column in sums:
        np.testing.assert_array_equal(sums.loc[cities.index, column], cities[column], column)


def test_national_coverage_is_that_of_the_instance_of_cities(derived: Derived) -> None:
    coverage = derived.capacity.sum(axis=0) / derived.full_need.sum(axis=0)
    # Of kindergartens 0.86 of today's children, and more of the fewer that are planned for.
    meant = {"kindergarten": 0.913, "primary": 1.012, "junior_secondary": 0.961,
             "hospital": 0.897, "elderly_care": 0.55, "rental_housing": 0.48}  # fmt: skip
    for service, found in zip(derived.services, coverage, strict=True):
        assert found == pytest.approx(meant[service], abs=3e-3), service


def test_every_column_has_its_source() -> None:
    sources = table("sources")
    described = set(zip(sources["table"], sources["column"], strict=True))
    assert described == {(name, column) for name in TABLES[:-1] for column in table(name).columns}
    status = sources[sources["table"] == "cities"].set_index("column")["status"]
    assert (status[["residents", "registered", "beds_health"]] == "published").all()
    assert (status[["revenue", "debt_general", "built_up", "growth"]] != "published").all()


def test_quotas_of_bonds_are_the_published_ones_less_the_reserve() -> None:
    limits = table("limits").set_index("limit")
    quotas = limits[limits.index.str.startswith("special_bond_")]
    assert len(quotas) == 37
    assert quotas["value"].sum() == pytest.approx(0.1 * 37_500 * YUAN, abs=40)
    # Beijing: 113.2 bn yuan of new special bonds in 2020.
    assert quotas.loc["special_bond_110000", "value"] == 113.2 * YUAN


def test_limits_are_called_by_the_names_of_those_they_hold_for(instance: Instance) -> None:
    limits = instance.tables["limits"].set_index("limit")["title_en"]
    assert limits["equalisation_least_110000"] == "Beijing: least equalisation"
    assert limits["general_bond_210200"] == "Dalian: quota of new general bonds"
    assert limits["special_bond_660000"] == "Xinjiang Production and Construction Corps: quota of new special bonds"
    assert not limits.str.contains(r"\d").any()


def test_the_rules_before_the_solve_find_no_error(instance: Instance, derived: Derived) -> None:
    assert [finding for finding in precheck(instance, derived) if finding.severity == "error"] == []
    assert len(derived.limits) == 183
    assert (derived.shortfall == 0).all()


def test_a_province_cut_from_it_solves_with_whole_facilities(instance: Instance) -> None:
    cut = cut_province(instance, "640000").instance
    assert len(cut.tables["cities"]) == 22
    solution = solve(cut)
    assert solution.status.stopped is Stopped.FINISHED
    build = solution.values["build"]
    np.testing.assert_allclose(build, build.round(), atol=1e-9)
    # Facilities in parts, by which tiers are bounded, are worth much more where a county builds one or none.
    gaps = {tier.tier: tier.gap for tier in solution.tiers}
    most = {"minimum": 0.025, "fairness": 0.02, "settlement": 0.1, "coverage": 0.02}
    assert all(gaps[tier] is not None and gaps[tier] <= gap for tier, gap in most.items())
