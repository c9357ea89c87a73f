"""What figures of cities are called where no schema says it: cohorts by their ages, further columns by their names."""

from __future__ import annotations

import pytest

from alloc.instance.schema.figures import city_figure

CALLED = [
    ("residents", "常住人口", "Resident population", "persons"),
    ("migrants", "流入人口", "Migrants", ""),
    ("age_3_5", "3—5 岁常住人口", "Residents aged 3 to 5", "persons"),
    ("age_60_plus", "60 岁及以上常住人口", "Residents aged 60 and over", "persons"),
    ("age_3_5_plan", "3—5 岁常住人口（规划）", "Residents aged 3 to 5 (planned)", "persons"),
    ("migrant_age_12_14", "12—14 岁流入人口", "Migrants aged 12 to 14", "persons"),
    ("standard_gap", "标准收支缺口", "Gap between standard spending and revenue", "10⁴ yuan a year"),
    ("gdp", "地区生产总值", "GDP", "10⁴ yuan a year"),
    ("age_old", "age_old", "age_old", ""),
    ("tourists", "tourists", "tourists", ""),
]


@pytest.mark.parametrize(("name", "zh", "en", "unit"), CALLED)
def test_title_and_unit(name: str, zh: str, en: str, unit: str) -> None:
    title, counted_in = city_figure(name)
    assert (*title, counted_in.en) == (zh, en, unit)
