"""Forms as they are made: those of every instance merge back, and all that is said is that they are empty."""

from __future__ import annotations

from pathlib import Path

import pytest

import alloc
from alloc.instance.files.heads import Head, machine_names, read_head
from alloc.instance.files.reading import read_source
from alloc.instance.files.shipped import shipped
from alloc.instance.schema.suppliers import SUPPLIERS
from alloc.template.new import new_province
from alloc.workbook.content import from_source
from alloc.workbook.forms.parts import parts_of, suppliers_of
from alloc.workbook.layout import clean_header, header

LARGE = {"china-2020": "long", "china-2020-zones": "slow", "counties-2020": "slow"}
EVERY = [pytest.param(name, marks=getattr(pytest.mark, LARGE[name]) if name in LARGE else ()) for name in shipped()]


def merged(instance: Path | str, to: Path, language: str) -> None:
    """The forms of an instance, handed in as they are."""
    alloc.write_forms(instance, to, language=language)
    forms = sorted(to.iterdir())
    found = alloc.merge_forms(instance, forms, language=language).findings
    assert [each.line(language) for each in found if each.code != "empty_form"] == []
    assert len(forms) == len(found) > 0


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", EVERY)
def test_forms_of_every_instance(name: str, language: str, tmp_path: Path) -> None:
    merged(name, tmp_path / "forms", language)


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_forms_of_a_province(language: str, tmp_path: Path) -> None:
    """Also from the workbook that a planner has."""
    new_province(tmp_path / "plan.xlsx", "china-2020", "530000", None, language)
    merged(tmp_path / "plan.xlsx", tmp_path / "forms", language)


def test_a_title_that_itself_ends_in_brackets() -> None:
    """Beside a column whose title is the same up to them: each head means its own column, and its own unit."""
    content = from_source(read_source(shipped()["china-2020"]))
    for supplier in suppliers_of(content):
        for part in parts_of(content, supplier):
            known = machine_names(part.form)
            for column in part.columns:
                for language in ("zh", "en"):
                    head = read_head(known, clean_header(header(column, language)))
                    assert head.name == column.name, (SUPPLIERS[supplier].en, head)
    statistics = next(part for part in parts_of(content, "statistics")).form
    known = machine_names(statistics)
    assert read_head(known, "3—5 岁常住人口（规划）（人）") == Head("age_3_5_plan", "人")
    assert read_head(known, "3—5 岁常住人口（规划）（2025年）（万人）") == Head("age_3_5_plan", "万人")
    assert read_head(known, "3—5 岁常住人口（万人）") == Head("age_3_5", "万人")
