"""Cities in conditions and edits by their names: in either language, in full or short; and what a wrong one is told."""

from __future__ import annotations

import pytest

import alloc
from alloc.arguments import ArgumentError
from alloc.instance import InputError, Instance, read
from alloc.scenario import apply, parse_edit


@pytest.fixture(scope="module")
def national() -> Instance:
    """All cities of China."""
    return read("china-2020")


@pytest.mark.parametrize(
    ("where", "city"),
    [
        ("name == 'Shenzhen'", "440300"),
        ("name_en == 'Shenzhen'", "440300"),
        ("name == '深圳'", "440300"),
        ("name == '凉山'", "513400"),
        ("城市名称 in ['阿坝']", "513200"),
        ("name == '兴安'", "152200"),
    ],
)
def test_a_city_by_its_name(where: str, city: str, national: Instance) -> None:
    edited = apply(national, [parse_edit(f"cities.idle *= 2 where {where}")])
    assert {cell.key for cell in edited.cells} == {(city,)}


@pytest.mark.parametrize(
    ("where", "zh", "en"),
    [
        (
            "name == 'Shenzen'",
            "“城市名称”中没有 Shenzen。是否为 深圳市？",
            "There is no Shenzen in name. Did you mean Shenzhen?",
        ),
        (
            "name in ['Shenzhen', 'Gotham City']",
            "“城市名称”中没有 Gotham City。城市名称见城市表。",
            "There is no Gotham City in name. The names of the cities stand in the table cities.",
        ),
    ],
)
def test_a_name_that_no_city_has(where: str, zh: str, en: str, national: Instance) -> None:
    with pytest.raises(InputError) as caught:
        apply(national, [parse_edit(f"cities.idle *= 2 where {where}")])
    (finding,) = caught.value.findings
    assert finding.remedy.zh.startswith(zh) and finding.remedy.en.startswith(en)


def test_a_session_takes_no_empty_step() -> None:
    session = alloc.Session("hand", relaxation=True)
    with pytest.raises(ArgumentError) as caught:
        session.edit()
    assert caught.value.message == (
        "没有写修改，应为如 债务率上限 = 1.0 的文字。",
        "There is no edit; write a line such as policy.debt.ceiling = 1.0.",
    )
    with pytest.raises(alloc.AllocError, match="There is no edit to undo"):
        session.undo()
