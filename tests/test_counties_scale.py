"""The benchmark of sizes: instances made from the counties are sound, and what is said of growth is arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.instance import read
from alloc.instance.derived import derive
from alloc.instance.prechecks import precheck
from benchmarks.scale import exponents, peak_memory, table
from benchmarks.scale_chart import write_chart
from benchmarks.sized import write_sized


def measured(*seconds: tuple[int, float]) -> dict[str, object]:
    rows = [
        {"cities": cities, "seconds": {"verify": each}, "columns": 1.0, "nonzeros": 2.0, "peak": 3.0}
        for cities, each in seconds
    ]
    return {"rows": rows, "exponents": exponents(rows)}


def test_the_exponent_is_the_slope_between_powers() -> None:
    """From 100 to 10 000 cities the seconds grow from 1 to 1 000: 3/2. A stage that takes no time has none."""
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


def test_the_chart_is_written(tmp_path: Path) -> None:
    text = write_chart(measured((100, 1.0), (1000, 10.0)), tmp_path).read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert ">verify<" in text
    assert ">1,000<" in text


def test_memory_is_measured_in_megabytes() -> None:
    assert 20 < peak_memory() < 100_000


@pytest.mark.parametrize("cities", [40, 3000])
def test_made_instances_are_sound_at_any_size(tmp_path: Path, cities: int) -> None:
    instance = read(write_sized(cities, tmp_path / "instance"))
    derived = derive(instance)
    assert len(derived.cities) == cities
    assert [each for each in precheck(instance, derived) if each.severity == "error"] == []


def test_sizes_that_ship_are_taken_as_they_are(tmp_path: Path) -> None:
    assert write_sized(337, tmp_path / "a").name == "china-2020"
    assert write_sized(2947, tmp_path / "b").name == "counties-2020"
    assert not any(tmp_path.iterdir())
