"""The benchmark of sizes: instances made from the counties are sound, and what is said of growth is arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.prechecks.all import precheck
from benchmarks.process import peak_memory
from benchmarks.scale import exponents, table
from benchmarks.scale_chart import write_charts
from benchmarks.scale_peers import measure_peers
from benchmarks.sized import write_sized

pytestmark = pytest.mark.long


def measured(*seconds: tuple[int, float]) -> dict[str, object]:
    rows = [
        {"cities": cities, "seconds": {"verify": each}, "columns": 1.0, "rows": 4.0, "nonzeros": 2.0, "clock": 5.0,
         "peak": 3.0}
        for cities, each in seconds
    ]  # fmt: skip
    return {"rows": rows, "exponents": exponents(rows)}


def test_the_exponent_is_the_slope_between_powers() -> None:
    """From 100 to 10,000 cities the seconds grow from 1 to 1,000: 3/2. A stage that takes no time has none."""
    rows = [{"cities": 100, "seconds": {"a": 1.0, "b": 0.0}}, {"cities": 10_000, "seconds": {"a": 1000.0, "b": 0.0}}]
    assert exponents(rows) == {"a": pytest.approx(1.5)}
    # Through three points by least squares: 1, 10, 10 at 1, 10, 100 rises by 1 over two powers.
    three = [{"cities": c, "seconds": {"a": s}} for c, s in ((1, 1.0), (10, 10.0), (100, 10.0))]
    assert exponents(three)["a"] == pytest.approx(0.5)


def test_the_table_has_a_line_a_stage_and_a_column_a_size() -> None:
    lines = table(measured((100, 1.0), (1000, 10.0))).splitlines()
    assert lines[0].split() == ["seconds", "100", "1,000", "exponent"]
    assert lines[1].split() == ["verify", "1.000", "10.000", "1.00"]
    assert lines[-1].split()[-2:] == ["3", "3"]


def test_routes_stand_in_the_same_table_and_in_a_chart_of_their_own(tmp_path: Path) -> None:
    figures = measured((100, 1.0), (1000, 10.0))
    figures["rows"][0]["hand_over"] = {
        "hand_written": {"seconds": 0.5, "memory": 2.0},
        "linopy": {"seconds": 1.0, "memory": 5.0},
    }
    figures["rows"][1]["hand_over"] = {
        "hand_written": {"seconds": 2.0, "memory": 20.0},
        "linopy": {"skipped": "not within 300 s"},
    }
    lines = [line.split() for line in table(figures).splitlines()]
    assert ["linopy", "1.000", "(2.0)", "not", "within", "300", "s"] in lines
    assert ["linopy", "5", "(2.5)", "not", "within", "300", "s"] in lines
    assert ["hand_written", "0.500", "(1.0)", "2.000", "(1.0)"] in lines
    stages, routes = write_charts(figures, tmp_path)
    assert (stages.name, routes.name) == ("scale.svg", "handover.svg")
    for path, there in ((stages, "verify"), (routes, "linopy")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("<svg")
        assert f">{there}<" in text
        assert ">1,000<" in text


@pytest.mark.slow
def test_each_route_is_measured_in_a_process_of_its_own() -> None:
    found = measure_peers(30, ["hand_written", "alloc"], 100.0, lambda message: None)
    assert list(found) == ["hand_written", "alloc"]
    for each in found.values():
        assert each["seconds"] > 0
        assert each["memory"] > 0
        assert each["columns"] == found["alloc"]["columns"]
    assert measure_peers(30, ["alloc"], 0.01, lambda message: None) == {"alloc": {"skipped": "not within 0 s"}}


def test_memory_is_measured_in_megabytes() -> None:
    assert 20 < peak_memory() < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("cities", [40, pytest.param(3000, marks=pytest.mark.county)])
def test_made_instances_are_sound_at_any_size(tmp_path: Path, cities: int) -> None:
    instance = read(write_sized(cities, tmp_path / "instance"))
    derived = derive(instance)
    assert len(derived.cities) == cities
    assert [each for each in precheck(instance, derived) if each.severity == "error"] == []


@pytest.mark.slow
def test_made_instances_keep_the_rules_of_the_counties(tmp_path: Path) -> None:
    """All settings but the name, all pools but what they hold and a corridor of land that holds at every size."""
    counties, made = read("counties-2020"), read(write_sized(40, tmp_path / "instance"))
    assert made.settings.policy == counties.settings.policy
    assert made.settings.objective == counties.settings.objective
    pools, theirs = (each.tables["pools"].set_index("pool") for each in (made, counties))
    kept = [column for column in theirs if column not in ("total", "corridor_down")]
    assert pools[kept].equals(theirs[kept])
    same = theirs["kind"] != "land"
    assert pools.loc[same, "corridor_down"].equals(theirs.loc[same, "corridor_down"])
    for name in ("services", "factors"):
        assert made.tables[name].equals(counties.tables[name])


def test_sizes_that_ship_are_taken_as_they_are(tmp_path: Path) -> None:
    assert write_sized(337, tmp_path / "a").name == "china-2020"
    assert write_sized(2947, tmp_path / "b").name == "counties-2020"
    assert not any(tmp_path.iterdir())
