"""Rows that are pasted to be added: every kind of fault is told once, with rows, column and what stands there."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi")
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.opening import opened
from alloc.workbench import steps
from alloc.workbench.api.paste import added_lines


@pytest.fixture(scope="module")
def china() -> Instance:
    return opened("china-2020", relaxation=True).instance


def applied(instance: Instance, line: str) -> Instance:
    return steps.step(instance, [line], "").instance


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
    ), (
        "第 338、339、340… 行等 19,663 处，“110000 land”“120000 land”“130100 land”等："
        "粘贴的内容里有同样的一行。只留一行。",
        "Rows 338, 339, 340 … (19,663 in all), “110000 land”, “120000 land”, “130100 land” …: Another row of what is "
        "pasted is about the same. Keep one of them.",
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
    said = refused(china, "issued", "city pool amount stage", "北京\tland\t1\t提前下", 0)
    assert [zh for zh, _ in said] == [
        "下达阶段，“提前下”：不是允许的取值。是否为 提前下达？可用：提前下达、正式下达、追加下达。"
    ]


def test_faults_of_cells_rows_and_values_are_told_together(china: Instance):
    """A row that is there, one that comes twice, one too short, an amount out of range and a word: one answer, and
    none of it is in the words of edits."""
    pasted = "成都市\tland\t5\n武汉市\tland\t-3\n长沙市\tland\t2\n长沙市\tland\t-4\n贵阳市\tland\n昆明市\tland\t许多"
    instance = applied(china, 'add overrides { city = "510100", pool = "land", amount = 1.0 }')
    told = refused(instance, "overrides", "city pool amount", pasted)
    assert sorted(zh for zh, _ in told) == sorted([
        "第 1 行，“成都市 land”：表中已有这一行。在表中修改它，不要再添加。",
        "第 4 行，“长沙市 land”：粘贴的内容里有同样的一行。只留一行。",
        "第 5 行：有 2 列。每行应为 3 列。",
        "第 6 行，数额，“许多”：不是数。写成数，不带单位。",
        "第 2、4 行，数额，“-3”“-4”：“数额”超出允许范围。应至少 0；单位：公顷（用地）或万元（资金、债券）。",
    ])  # fmt: skip


def test_what_is_wrong_with_heads_is_told_with_the_rest(china: Instance):
    told = refused(china, "overrides", "city pool 金额 amount", "成都市\tland\t5\tx")
    assert told == [
        ("本表没有列“金额”。可用：数额、批准人、城市代码、资源池代码、依据。",
         "This table has no column 金额. Would be right: one of amount, approved_by, city, pool, reason."),
        ("第 1 行，数额，“x”：不是数。写成数，不带单位。",
         "Row 1, Amount, “x”: Not a number. Write a number without a unit."),
    ]  # fmt: skip
    (told,) = refused(china, "overrides", "city pool amount", "成都市\tland\t5\tx\n长沙市\tland\t6\ty", 2)
    assert told == (
        "列名有 3 个，各行却有 4 列。补上缺少的列名，或删去多余的列。",
        "There are 3 heads, and 4 columns in every row. Give every column its head, or leave out what is too much.",
    )
    assert refused(china, "overrides", "city pool amount", "", 2)[0][0] == "列名下面没有要添加的行。连同各行一起复制。"


def test_cells_are_read_as_those_of_files(china: Instance):
    line = 'add overrides {{ city = "510100", pool = "land", amount = {} }}'
    for said, number in (("１２", 12.0), ("1 234.5", 1234.5), ("1,234", 1234.0), (" 7 ", 7.0)):
        assert added_lines(china, "overrides", ["city", "pool", "amount"], f"成都市\tland\t{said}") == [
            line.format(number)
        ]
    columns = ["limit", "quantity", "sense", "value", "basis", "title_zh", "where"]
    (line,) = added_lines(china, "limits", columns, "x\tsettle\t不高于\t5\tamount\t试\t")
    assert 'title_zh = "试"' in line and "title_en" not in line, "one of the two titles is enough"


def test_rows_of_another_width_are_named(china: Instance):
    assert refused(china, "issued", "city pool amount stage", "110000\tland\t5\tformal\n110000\tland\t5") == [
        ("第 2 行：有 3 列。每行应为 4 列。", "Row 2: 3 columns. Every row has to have 4 columns.")
    ]
