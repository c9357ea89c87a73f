"""A planning year is doubted where most of the data are after it, or it is far behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.instance import load
from instances import write_tiny

HEAD = "table,column,status,source,year,note\n"
ONE = HEAD + ("cities,revenue,published,a,2018–2021,\ncities,idle,published,b,,\n"
              "capacity,capacity,published,c,440300,\n")  # fmt: skip
# Three columns of 2020, one of 2023, one of a range that ends in 2024.
YEARS = {"revenue": "2020", "idle": "2020年末", "interest": "2020", "maturing": "2023", "built_up": "2019-2024"}
MANY = HEAD + "".join(f"cities,{name},published,a,{year},\n" for name, year in YEARS.items())
EARLY, LATE = "早于数据", "与数据相差太远"


@pytest.mark.parametrize(
    ("sources", "year", "said"),
    [
        (ONE, 2018, ""), (ONE, 2017, EARLY), (ONE, 2031, ""), (ONE, 2032, LATE), (ONE, 2120, LATE),
        (MANY, 2020, ""), (MANY, 2021, ""), (MANY, 2030, ""), (MANY, 2031, LATE), (MANY, 2019, EARLY),
        (MANY, 2012, EARLY),
    ],
)  # fmt: skip
def test_a_year_beside_the_sources(sources: str, year: int, said: str, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny", toml={"year = 2021": f"year = {year}"}, sources=sources)
    found = [each for each in load(folder)[1] if each.code == "year_far_from_sources"]
    assert len(found) == bool(said)
    assert all(said in each.message.zh and each.severity == "warning" for each in found)
    if (sources, year) == (ONE, 2120):
        assert (found[0].line("zh"), found[0].line("en")) == (
            "instance.toml，year：规划年度 2120 与数据相差太远：数据来源注明的年份，居中的是 2021 年，相差 99 年。"
            "核对规划年度。若无误可不改。",
            "instance.toml, year: The planning year 2120 is far from the data: the middle year of their sources is "
            "2021, 99 years before. Check the planning year. Leave it if it is right.",
        )
    if (sources, year) == (MANY, 2012):
        assert (found[0].line("zh"), found[0].line("en")) == (
            "instance.toml，year：规划年度 2012 早于数据：数据来源注明的年份，过半数在其后，居中的是 2020 年。"
            "核对规划年度。若无误可不改。",
            "instance.toml, year: The planning year 2012 is before the data: more than half of the years of their "
            "sources are after it, the middle one is 2020. Check the planning year. Leave it if it is right.",
        )


def test_sources_of_cells_count_too(tmp_path: Path) -> None:
    """Where no column has a source, as after forms were merged."""
    rows = "".join(f"cities,revenue,,{city},published,a,2025,\n" for city in ("440300", "440500", "450900"))
    cells = "table,column,item,city,status,source,year,note\n" + rows
    folder = write_tiny(tmp_path / "tiny")
    (folder / "cell_sources.csv").write_text(cells, encoding="utf-8")
    (found,) = (each for each in load(folder)[1] if each.code == "year_far_from_sources")
    assert "居中的是 2025 年" in found.message.zh
