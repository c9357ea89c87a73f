"""A planning year that is far from the years of all sources is doubted; one that a source comes near to is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.instance import load
from instances import write_tiny


@pytest.mark.parametrize(("year", "doubted"), [(2031, False), (2032, True), (2120, True), (2008, False), (2007, True)])
def test_a_year_far_from_the_sources(year: int, doubted: bool, tmp_path: Path) -> None:
    sources = ("table,column,status,source,year,note\ncities,revenue,published,a,2018–2021,\n"
               "cities,idle,published,b,,\ncapacity,capacity,published,c,440300,\n")  # fmt: skip
    folder = write_tiny(tmp_path / "tiny", toml={"year = 2021": f"year = {year}"}, sources=sources)
    found = [each for each in load(folder)[1] if each.code == "year_far_from_sources"]
    assert bool(found) == doubted
    if year == 2120:
        assert (found[0].line("zh"), found[0].line("en")) == (
            "instance.toml，year：规划年度 2120 与数据来源的年份相差太远：最近的是 2021 年，相差 99 年。"
            "核对规划年度。若无误可不改。",
            "instance.toml, year: The planning year 2120 is far from the data: the nearest year of a source is 2021, "
            "99 years apart. Check the planning year. Leave it if it is right.",
        )
