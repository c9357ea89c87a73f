"""Rows that are pasted to be added: every kind of fault is told once, with rows, column and what stands there."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi")
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.opening import opened
from alloc.workbench.api.paste import added_lines


@pytest.fixture(scope="module")
def china() -> Instance:
    return opened("china-2020", relaxation=True).instance


def refused(instance: Instance, table: str, columns: str, text: str, first: int = 1) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error:
        added_lines(instance, table, columns.split(), text, first)
    found = error.value.findings
    return [(f"{each.message.zh}{each.remedy.zh}", f"{each.message.en} {each.remedy.en}") for each in found]


def test_the_same_fault_in_many_rows_is_told_once_and_counted(china: Instance):
    codes = china.tables["cities"]["city"].tolist()
    rows = (f"{codes[at % len(codes)]}\tland\t{'许多' if at % 3 == 2 else at}" for at in range(20_000))
    assert refused(china, "overrides", "city pool amount", "\n".join(rows)) == [(
        "第 3、6、9… 行等 6,666 处，数额，“许多”：不是数。写成数，不带单位。",
        "Rows 3, 6, 9 … (6,666 in all), Amount, “许多”: Not a number. Write a number without a unit.",
    )]  # fmt: skip


def test_all_kinds_of_faults_are_told_at_once(china: Instance):
    """Below a row of heads the first row is the second."""
    pasted = "110000\tland\t100\n999999\tland\t许多\n120000\twater\t5\n上海\t用地\t\n"
    pools = "、".join(f"{row.pool} {row.title_zh}" for row in china.tables["pools"].itertuples())
    assert sorted(zh for zh, _ in refused(china, "issued", "city pool amount", pasted, 2)) == sorted([
        "第 3 行，城市代码，“999999”：没有这个代码或名称。代码和名称见“城市”表。",
        "第 3 行，数额，“许多”：不是数。写成数，不带单位。",
        f"第 4、5 行，资源池代码，“water”“用地”：没有这个代码或名称。可用：{pools}。",
        "第 5 行，数额：不能为空。该城市、该资源池的数额。",
        "第 2、3、4… 行等 4 处，下达阶段：不能为空。"
        "下达的阶段：advance 提前下达、formal 正式下达、supplementary 追加下达。",
    ])  # fmt: skip


def test_what_is_typed_into_fields_has_no_row(china: Instance):
    said = refused(china, "issued", "city pool amount stage", "北京\tland\tx\tadvanc", 0)
    assert [en for _, en in said] == [
        "Amount, “x”: Not a number. Write a number without a unit.",
        "Stage, “advanc”: Not one of the allowed values. Did you mean advance? Would be right: advance, formal, "
        "supplementary.",
    ]


def test_rows_of_another_width_are_named(china: Instance):
    assert refused(china, "issued", "city pool amount stage", "110000\tland\t5\tformal\n110000\tland\t5") == [
        ("第 2 行：有 3 列。每行应为 4 列。", "Row 2: 3 columns. Every row has to have 4 columns.")
    ]
