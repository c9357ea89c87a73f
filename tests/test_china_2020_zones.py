"""The national instance with its megacities in two zones: made by its build, sums those of the city, and it solves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import alloc
from alloc.instance.findings import Finding
from builds import build_modules

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
HOME, WHOLE = INSTANCES / "china-2020-zones", INSTANCES / "china-2020"
MEGACITIES = ("110000", "120000", "310000", "440100", "440300", "500000", "510100")
CORES = tuple(f"{city[:5]}1" for city in MEGACITIES)
TEXTS = ("city", "name", "province", "province_name", "name_en", "cluster", "role", "unit_type", "region", "purse",
         "zone", "protected")  # fmt: skip
OF_THE_CITY = ("lon", "lat", "size_population", "growth")  # what is no amount
SCENARIOS = ("beds-move-out", "cores-full")


def table(home: Path, name: str) -> pd.DataFrame:
    """A table as it is written, every cell as text."""
    return pd.read_csv(home / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")


def migrants_of(cities: pd.DataFrame) -> pd.Series:
    return cities["migrants_cross"].astype(int) + cities["migrants_within"].astype(int)


def kinds(found: Iterable[Finding]) -> Counter[tuple[str, str, str | None]]:
    return Counter((finding.severity, finding.code, finding.column) for finding in found)


@pytest.fixture(scope="module")
def cities() -> pd.DataFrame:
    return table(HOME, "cities").set_index("city")


def test_the_build_reproduces_every_file_byte_for_byte(tmp_path: Path) -> None:
    """Where a table of china-2020 or counties-2020 is another now, its build has to run again, and then this one."""
    with build_modules("china-2020-zones", "build_zones") as made:
        made["build_zones"].write(tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted([*(path.name for path in HOME.glob("*.csv")), "instance.toml"])
    for name in written:
        shipped = (HOME / name).read_bytes().replace(b"\r\n", b"\n")
        assert (tmp_path / name).read_bytes() == shipped, name


def test_344_units_seven_of_them_cores_with_the_purse_of_their_city(cities: pd.DataFrame) -> None:
    assert len(cities) == 344
    assert list(cities.index) == sorted(cities.index)
    assert tuple(cities.index[cities["zone"] == "core"]) == CORES
    assert tuple(cities.index[cities["zone"] == "outer"]) == MEGACITIES
    assert tuple(cities.loc[list(CORES), "purse"]) == MEGACITIES
    # No division of 2020 has the code of a core.
    assert not set(CORES) & {*table(WHOLE, "cities")["city"], *table(INSTANCES / "counties-2020", "cities")["city"]}


def test_members_add_up_to_the_row_of_their_city(cities: pd.DataFrame) -> None:
    whole = table(WHOLE, "cities").set_index("city")
    amounts = [column for column in whole.columns if column not in (*TEXTS, *OF_THE_CITY)]
    assert {"residents", "settlement_quota", "built_up", "idle", "debt_special", "standard_gap"} <= set(amounts)
    for city, core in zip(MEGACITIES, CORES, strict=True):
        for column in amounts:
            parts = [Decimal(cities.at[code, column] or "0") for code in (city, core)]
            assert sum(parts) == Decimal(whole.at[city, column] or "0"), (city, column)
            assert min(parts) >= 0, (city, column)
        for column in ("size_population", "growth", "province", "cluster", "role", "unit_type", "region"):
            assert cities.at[core, column] == cities.at[city, column] == whole.at[city, column], (city, column)
    for name, key, value in (("capacity", "service", "capacity"), ("last_year", "pool", "amount")):
        parts, sums = table(HOME, name), table(WHOLE, name).set_index(["city", key])[value].map(Decimal)
        parts["city"] = parts["city"].replace(dict(zip(CORES, MEGACITIES, strict=True)))
        found = parts.assign(amount=parts[value].map(Decimal)).groupby(["city", key])["amount"].sum()
        assert found.to_dict() == sums.to_dict(), name


def test_all_other_cities_are_those_of_the_national_instance(cities: pd.DataFrame) -> None:
    whole = table(WHOLE, "cities").set_index("city").drop(list(MEGACITIES))
    pd.testing.assert_frame_equal(cities.loc[whole.index, whole.columns], whole)
    added = cities.loc[whole.index, ["purse", "zone", "protected"]]
    assert added.drop_duplicates().to_numpy().tolist() == [["", "", "false"]]


def test_accounts_stand_in_the_row_of_the_outer_zone(cities: pd.DataFrame) -> None:
    whole = table(WHOLE, "cities").set_index("city")
    accounts = [column for column in whole.columns if column.startswith(("debt_", "limit_", "fund_"))]
    accounts += ["revenue", "other_transfers", "essential_spending", "interest", "maturing"]
    assert len(accounts) == 11
    assert (cities.loc[list(CORES), accounts] == "").all(axis=None)
    pd.testing.assert_frame_equal(cities.loc[list(MEGACITIES), accounts], whole.loc[list(MEGACITIES), accounts])


def test_people_of_a_core_are_those_that_the_census_counts_in_its_districts(cities: pd.DataFrame) -> None:
    census = pd.read_csv(WHOLE / "source" / "counties_2020.csv", dtype={"adcode": str}, encoding="utf-8")
    census = census.set_index("adcode")
    districts = table(HOME, "source/cores").groupby("city")["district"].apply(list)
    assert tuple(districts.index) == MEGACITIES
    for city, core in zip(MEGACITIES, CORES, strict=True):
        of_core = census.loc[districts[city]]
        for column, published in (
            ("residents", "resident_pop_2020"),
            ("urban_residents", "urban_pop_2020"),
            ("age_60_plus", "age_60_plus"),
        ):
            assert int(cities.at[core, column]) == of_core[published].sum(), (core, column)
        # Each cohort of a district, and that of the city, is rounded.
        assert int(cities.at[core, "age_12_14"]) == pytest.approx(0.6 * of_core["age_10_14"].sum(), abs=len(of_core))
    # Dongcheng, Xicheng, Chaoyang, Fengtai, Shijingshan and Haidian have half of Beijing's 21,893,095 residents.
    assert int(cities.at["110001", "residents"]) == 10_988_587


def test_what_is_estimated_by_residents_or_migrants_is_divided_so(cities: pd.DataFrame) -> None:
    whole = table(WHOLE, "cities").set_index("city")
    of_both = migrants_of(cities)
    last = table(HOME, "last_year").set_index(["city", "pool"])["amount"]
    before = table(WHOLE, "last_year").set_index(["city", "pool"])["amount"]
    for city, core in zip(MEGACITIES, CORES, strict=True):
        heads = int(cities.at[core, "residents"]) / int(whole.at[city, "residents"])
        migrants = of_both[core] / migrants_of(whole)[city]
        gap, settled = int(whole.at[city, "standard_gap"]), int(whole.at[city, "settled_last"])
        assert int(cities.at[core, "standard_gap"]) == pytest.approx(heads * gap, abs=1)
        assert int(last[core, "special_bond"]) == pytest.approx(heads * int(before[city, "special_bond"]), abs=1)
        # What counties-2020 has of migrants inside a province is another estimate by a little.
        assert int(cities.at[core, "settled_last"]) == pytest.approx(migrants * settled, abs=0.01 * settled)


def test_every_column_and_every_divided_cell_has_its_source(cities: pd.DataFrame) -> None:
    sources, cells = table(HOME, "sources"), table(HOME, "cell_sources")
    tables = [path.stem for path in HOME.glob("*.csv") if path.stem not in ("sources", "cell_sources")]
    written = {(name, column) for name in tables for column in table(HOME, name).columns}
    assert set(zip(sources["table"], sources["column"], strict=True)) == written
    assert (sources.set_index(["table", "column"]).loc[[("cities", "zone"), ("cities", "purse")], "status"]
            == "assumed").all()  # fmt: skip
    assert not cells.duplicated(["table", "column", "item", "city"]).any()
    divided = cells[cells["source"] == "build/build_zones.py"]
    assert set(divided["city"]) == {*MEGACITIES, *CORES}
    of_cities = set(divided.loc[divided["table"] == "cities", "column"])
    whole = table(WHOLE, "cities").set_index("city")
    changed = {column for column in whole.columns if (cities.loc[list(MEGACITIES), column]
                                                     != whole.loc[list(MEGACITIES), column]).any()}  # fmt: skip
    assert changed <= of_cities
    assert set(divided.loc[divided["table"] == "capacity", "item"]) == set(table(HOME, "services")["service"])
    assert set(divided.loc[divided["table"] == "last_year", "item"]) == set(table(HOME, "pools")["pool"])


@pytest.fixture(scope="module")
def of_whole_cities() -> Counter[tuple[str, str, str | None]]:
    return kinds(alloc.check(WHOLE))


@pytest.mark.parametrize("scenario", [None, *SCENARIOS])
def test_nothing_is_found_that_is_not_found_of_whole_cities(
    scenario: str | None, of_whole_cities: Counter[tuple[str, str, str | None]]
) -> None:
    assert sorted(path.stem for path in (HOME / "scenarios").iterdir()) == list(SCENARIOS)
    assert kinds(alloc.check(HOME, scenario=scenario)) == of_whole_cities


@pytest.mark.slow
def test_full_cores_get_no_land_and_beds_leave_them(cities: pd.DataFrame) -> None:
    result = alloc.solve(HOME, scenario=SCENARIOS, relaxation=True)
    assert result.verify().passed
    land = result.allocation.xs("land", level="pool")["published"]
    assert (land[list(CORES)] == 0).all()
    assert land[list(MEGACITIES)].min() > 0
    beds = result.services.xs("hospital", level="service")
    cores = beds.loc[list(CORES)]
    assert cores["moved"].sum() <= -12_000 + 1e-3
    assert cores["added"].max() < 1e-6
    # Nobody is served worse for what has moved.
    assert (cores["coverage"] >= cores["coverage_before"] - 1e-6).all()


@pytest.mark.slow
def test_two_zones_are_worth_what_the_whole_city_is() -> None:
    """With whole facilities: as many settle, and the means of two zones lie no more apart from the city's than this."""
    zones, whole = alloc.solve(HOME), alloc.solve(WHOLE)
    assert zones.verify().passed
    values = [result.tiers["value"] for result in (zones, whole)]
    for tier, most in (("minimum", 1e-4), ("fairness", 1e-3), ("coverage", 2e-4)):
        assert values[0][tier] == pytest.approx(values[1][tier], abs=most), tier
    assert values[0]["settlement"] == pytest.approx(values[1]["settlement"], rel=1e-6)
