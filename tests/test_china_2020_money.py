"""The money of china-2020: published figures are kept, estimates keep what is published of provinces, and are near."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.instance import read
from alloc.instance.derived.derived import derive
from builds import build_modules

pytestmark = pytest.mark.long

HOME = Path(__file__).resolve().parent.parent / "instances" / "china-2020"
MODULES = ("build", "debt", "issuers", "left_out", "pools", "published", "sources", "standards", "transfers")
YUAN = 10_000
FIVE_RICH = ["110000", "310000", "320000", "330000", "440000"]


@pytest.fixture(scope="module")
def made() -> Iterator[dict[str, Any]]:
    """The modules of the build by name."""
    with build_modules("china-2020", *MODULES) as modules:
        yield modules


@pytest.fixture(scope="module")
def units(made: dict[str, Any]) -> pd.DataFrame:
    """All 367 units as the build estimates them."""
    return made["build"].estimate_units()


@pytest.fixture(scope="module")
def cities() -> pd.DataFrame:
    return pd.read_csv(HOME / "cities.csv", dtype={"city": str, "province": str}, encoding="utf-8").set_index("city")


@pytest.fixture(scope="module")
def last_year() -> pd.DataFrame:
    table = pd.read_csv(HOME / "last_year.csv", dtype={"city": str}, encoding="utf-8")
    return table.pivot(index="city", columns="pool", values="amount")


def test_every_published_cell_is_what_the_source_says(made: dict[str, Any], cities: pd.DataFrame) -> None:
    cells, published = made["sources"].published_cells(), made["published"].published
    assert not cells.duplicated(["table", "column", "item", "city"]).any()
    assert set(cells["status"]) == {"published", "derived"}
    assert (cells["source"].str.len() > 0).all()
    counts = cells.groupby(["column", "status"]).size().to_dict()
    assert counts[("revenue", "published")] == 296
    assert counts[("debt_general", "published")] == counts[("debt_special", "published")] == 195
    assert counts[("debt_general", "derived")] == 125
    assert counts[("fund_revenue", "published")] == 22
    assert counts[("gdp", "published")] == 327
    for column in ("revenue", "debt_general", "debt_special"):
        codes = cells.loc[(cells["column"] == column) & (cells["status"] == "published"), "city"]
        known = published(column).reindex(codes)
        assert list(cities.loc[codes, column]) == list(known.round().astype(int)), column
    both = cells.loc[(cells["column"] == "debt_general") & (cells["status"] == "derived"), "city"]
    sums = cities.loc[both, ["debt_general", "debt_special"]].sum(axis=1)
    np.testing.assert_allclose(sums, published("debt_total").reindex(both), atol=1)


def test_every_value_names_a_document() -> None:
    documents = pd.read_csv(HOME / "source" / "documents.csv", encoding="utf-8").set_index("document")
    assert documents.index.is_unique
    assert documents[["publisher", "title"]].notna().all().all()
    named = set()
    for name in ("published_by_city", "transfers_published"):
        table = pd.read_csv(HOME / "source" / f"{name}.csv", encoding="utf-8")
        assert set(table["status"]) <= {"published", "secondary"}
        named |= set(table["document"])
    assert named == set(documents.index)


@pytest.mark.parametrize("column", ["revenue", "expenditure", "debt_general", "debt_special"])
def test_cities_and_the_provinces_own_add_up(made: dict[str, Any], units: pd.DataFrame, column: str) -> None:
    issuer = made["debt"].issuers(units.index)
    totals = made["issuers"].issuer_totals()[column]
    own = totals - units[column].groupby(issuer).sum()
    size = units.groupby(issuer).size()
    # A city that is its own issuer has its own figure; two tables round it apart.
    assert (own / totals)[size == 1].abs().max() <= made["published"].ROUNDING
    assert (own[size > 1] >= 0).all()


def test_provinces_owe_part_of_the_debt_and_have_part_of_the_limit(made: dict[str, Any], units: pd.DataFrame) -> None:
    issuer, totals = made["debt"].issuers(units.index), made["issuers"].issuer_totals()
    known = made["debt"].debt_and_limits(units, units)
    for kind in ("general", "special"):
        assert (known[f"limit_{kind}"] >= known[f"debt_{kind}"]).all()
        owed = totals[f"debt_{kind}"] - known[f"debt_{kind}"].groupby(issuer).sum()
        allowed = totals[f"limit_{kind}"] - known[f"limit_{kind}"].groupby(issuer).sum()
        assert (allowed >= owed - made["published"].ROUNDING * totals[f"limit_{kind}"]).all()
        kept = made["pools"].KEPT[f"{kind}_bond"] * units[f"quota_{kind}"]
        np.testing.assert_allclose(units[f"limit_{kind}"], known[f"limit_{kind}"] + kept, atol=1)
        assert (units[f"quota_{kind}"] >= 0).all()
    # Qinghai and Ningxia owe most of their debt themselves, Liaoning hardly any.
    debt = (units["debt_general"] + units["debt_special"]).groupby(issuer).sum()
    share = debt / (totals["debt_general"] + totals["debt_special"])
    assert share["630000"] < 0.4 and share["640000"] < 0.4 and share["210000"] > 0.94


def test_estimates_are_near_published_figures_left_out(made: dict[str, Any]) -> None:
    table = made["left_out"].left_out()
    assert list(table["figures"]) == [296, 296, 13, 320, 320]
    assert table.loc["revenue", "median"] <= 0.10
    assert table.loc["expenditure", "median"] <= 0.10
    assert table.loc["fund_revenue, within Jiangsu", "median"] <= 0.30
    assert table.loc["debt, other years known", "median"] <= 0.15
    assert table.loc["debt, no year known", "median"] <= 0.20
    used = table.drop("debt, no year known")
    assert (used["fivefold"] == 0).all()


def test_shares_of_equalisation_are_near_published_ones(made: dict[str, Any]) -> None:
    table = made["left_out"].equalisation_shares()
    assert (table.loc[["provinces, 2024", "cities of 23", "cities of 41"], "median"] <= 0.25).all()
    assert (table["rank"] >= 0.89).all()


def test_equalisation_goes_to_provinces_that_need_it(
    made: dict[str, Any], cities: pd.DataFrame, last_year: pd.DataFrame
) -> None:
    amounts = last_year["equalisation"]
    shares = amounts.groupby(cities["province"]).sum() / amounts.sum()
    assert shares[FIVE_RICH].sum() < 0.05
    assert shares[["210000", "220000", "230000"]].sum() == pytest.approx(0.11, abs=0.005)
    known = made["transfers"].transfers("equalisation", 2021)
    within = amounts[known.index] / amounts[known.index].sum()
    np.testing.assert_allclose(within, known / known.sum(), rtol=1e-4)


def test_reserves_are_what_cities_do_not_get(made: dict[str, Any], last_year: pd.DataFrame) -> None:
    national = pd.read_csv(HOME / "source" / "national.csv", encoding="utf-8").set_index("key")["value"]
    for pool, total in (
        ("equalisation", "equalisation_last_year"),
        ("general_bond", "bond_quota_general"),
        ("special_bond", "bond_quota_special"),
    ):
        kept = last_year[pool].sum() / (national[total] * YUAN)
        assert made["pools"].RESERVES[pool] == pytest.approx(1 - kept, abs=0.0006), pool


def test_the_budget_is_what_is_spent(cities: pd.DataFrame, last_year: pd.DataFrame, made: dict[str, Any]) -> None:
    expenditure = made["published"].published("expenditure").reindex(cities.index).dropna()
    known = cities.loc[expenditure.index]
    budget = known["revenue"] + known["other_transfers"] + last_year.loc[known.index, "equalisation"]
    short = budget < expenditure - 1
    assert not short.any()
    over = budget > expenditure + 1
    assert (known.loc[over, "other_transfers"] == 0).all()
    assert set(known.index[over]) == {"320500", "330100"}


def test_every_budget_keeps_more_than_the_least_share_free() -> None:
    instance = read("china-2020")
    d = derive(instance)
    general = (d.kind == "transfer") & (d.use == "general")
    money = d.revenue + d.other_transfers + d.lower[:, general].sum(axis=1)
    free = (money - d.essential_spending - d.interest) / money
    assert free.min() > 0.01
    assert (d.shortfall == 0).all()
    # Growth makes the limit of 128 cities; of those where many settled last year already, willingness or a quota does.
    settled = instance.tables["cities"]["settled_last"].to_numpy()
    assert (d.settle_limit <= 1.3 * settled + 1e-6).all()
    assert (d.settle_limit < 1.3 * settled - 1).sum() == 209


def test_standards_add_up_and_leave_out_the_rich(units: pd.DataFrame, cities: pd.DataFrame) -> None:
    assert cities["production_standard"].sum() == pytest.approx(cities["production_request"].sum(), rel=0.02)
    none = set(cities.index[cities["standard_gap"] == 0])
    assert {"110000", "310000", "440300", "440100", "320500"} <= none
    assert len(none) == 10
    # What is needed beyond own means is at least what is spent beyond them, since who has more needs none.
    assert units["standard_gap"].sum() >= (units["expenditure"] - units["revenue"]).sum()


def test_a_formula_is_brought_to_the_level_of_what_is_published(made: dict[str, Any]) -> None:
    province = pd.Series({"a": "1", "b": "1", "c": "1", "d": "2", "e": "2", "f": "2"})
    formula = pd.Series(100.0, index=province.index)
    known = pd.Series({"a": 100.0, "b": 100.0, "d": 400.0})
    # Median 1; province 2 has one city, four times as high: half the logarithm, since one is put beside it.
    estimate = made["published"].calibrated(formula, known, province)
    np.testing.assert_allclose(estimate, [100, 100, 100, 200, 200, 200])
    best = made["published"].with_published(formula, known, province)
    np.testing.assert_allclose(best, [100, 100, 100, 400, 200, 200])


def test_estimates_give_way_to_published_figures(made: dict[str, Any]) -> None:
    groups = pd.Series({"a": "1", "b": "1", "c": "1"})
    amounts = pd.Series({"a": 60.0, "b": 30.0, "c": 30.0}, name="debt")
    known = pd.Series({"a": 60.0})
    fitting = made["published"].fitting
    assert list(fitting(amounts, known, groups, pd.Series({"1": 200}))) == [60, 30, 30]
    assert list(fitting(amounts, known, groups, pd.Series({"1": 100}))) == [60, 20, 20]
    with pytest.raises(ValueError, match="debt: the published figures of 1 exceed its total by 10"):
        fitting(amounts, known, groups, pd.Series({"1": 50}))


def test_other_years_are_moved_by_the_usual_change(made: dict[str, Any]) -> None:
    province = pd.Series(dict.fromkeys("abcd", "1"))
    known = {
        2020: pd.Series({"a": 2.0, "b": 3.0, "c": 4.0}),
        2018: pd.Series({"a": 1.0, "b": 2.0, "c": 2.5, "d": 5.0}),  # changes 1, 1, 1.5
        2021: pd.Series({"a": 2.5, "b": 3.5, "c": 4.5, "d": 7.5}),  # changes -0.5
    }
    # 5 + 1 weighted by 1/4, 7.5 - 0.5 by 1.
    found = made["debt"].from_other_years(known, province)
    assert found["d"] == pytest.approx((6 / 4 + 7) / 1.25)
