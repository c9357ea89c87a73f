"""Values that the checks refuse: one of them does not end a what-if, and its place is that of the workbook."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.content.blocks import Paragraph
from alloc.content.terminal import text
from alloc.instance import InputError
from alloc.parametric import Variation
from alloc.parametric.curves import ended
from alloc.parametric.files import variation_sections
from alloc.workbench.steps import refusal
from alloc.workbook.convert import convert

WRONG = "pools.general.total（general）：“总量”超出允许范围。应至少 0；单位：公顷（用地）或万元（资金、债券）。"


def told(variation: Variation, language: str) -> str:
    """The sentences of a what-if, one a line."""
    (section,) = variation_sections(variation, language)
    return "\n".join(part.text for part in section.parts if isinstance(part, Paragraph))


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cities whose transfer goes by what they lack, in a workbook; without spending they lack nothing."""
    folder = tmp_path_factory.mktemp("gap")
    for path in Path("instances/hand").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    factors = folder / "factors.csv"
    head, *rows = factors.read_text(encoding="utf-8-sig").splitlines()
    assert all(",residents," in f",{row}" for row in rows)
    factors.write_text("\n".join([head, *(row.replace("residents", "fiscal_gap") for row in rows)]), encoding="utf-8")
    cities = pd.read_csv(folder / "cities.csv", dtype=str, encoding="utf-8-sig")
    cities.assign(essential_spending="120000").to_csv(folder / "cities.csv", index=False)
    book = folder.parent / "gap.xlsx"
    convert(folder, book, language="zh")
    return book


def test_the_other_values_are_solved() -> None:
    found = alloc.whatif("hand", "pools.general.total", [9000, -5, -3, 8000], cities=["000002"])
    ends = found.tiers.drop_duplicates("step").set_index("value")["status"].to_dict()
    refused, solved = "refused, none", "finished, optimal"
    assert ends == {-5.0: refused, -3.0: refused, 8000.0: solved, 9000.0: solved}
    assert list(found.refused) == [0, 1] and len(found.references) == 4
    assert [each.code for each in found.refused[0]] == ["out_of_range"]
    assert found.cities["value"].tolist() == [8000.0, 9000.0]
    alone = alloc.whatif("hand", "pools.general.total", [8000, 9000])
    kept = found.tiers[found.tiers["tier"] != ""]
    assert kept["reached"].tolist() == alone.tiers["reached"].tolist()
    assert f"取值 −5、−3 未通过检查，没有求解：{WRONG}" in told(found, "zh")
    assert "检查不通过，没有方案" in text(variation_sections(found, "zh"), "zh")
    assert (
        "Refused by the checks and not solved, −5, −3: pools.general.total (general): Total is outside its range. "
        "Would be right: at least 0; unit: ha (land) or 10⁴ yuan (transfers, bonds)." in told(found, "en")
    )
    assert ended("refused, none", "en") == "refused by the checks, no allocation"
    assert [each["step"] for each in alloc.record(found)["refused"]] == [0, 1]


def test_the_command_ends_as_with_a_value_without_an_allocation() -> None:
    def run(*values: str) -> tuple[int, str]:
        line = ["whatif", "hand", "--vary", "pools.general.total", f"--values={','.join(values)}", "--format", "json"]
        found = CliRunner().invoke(main, line)
        return found.exit_code, found.output

    code, output = run("-5", "8000")
    assert code == 0 and len(json.loads(output[output.index("{\n") :])["refused"]) == 1
    code, output = run("-5", "-3")
    assert code == 1 and output.count("Total is outside its range") == 1  # one fault, whatever the values


def test_two_numbers_name_the_pair() -> None:
    given = alloc.whatif("hand", ["pools.general.total", "policy.debt.ceiling"], [[-5, 9000], [1, 2]])
    assert list(given.refused) == [0, 1]
    assert f"取值 −5 × 1、−5 × 2 未通过检查，没有求解：{WRONG}" in told(given, "zh")


def test_what_a_solve_refuses_is_named_by_sheet_and_cell(workbook: Path) -> None:
    found = alloc.whatif(workbook, "cities.essential_spending", [0, 120_000])
    (finding,) = found.refused[0]
    assert finding.line("zh") == (
        "gap.xlsx#分配因素，C3，因素（一般性转移支付 general、fiscal_gap） = 财力缺口："
        "这一因素在所有城市都是 0。换一个因素，或补上数据。"
    )
    assert finding.line("zh").removeprefix("gap") in told(found, "zh")
    with pytest.raises(InputError) as caught:
        alloc.whatif(workbook, "cities.essential_spending", [0, 1])
    assert caught.value.findings == (finding,)


def test_a_session_names_the_cell_and_the_page_the_sheet(workbook: Path) -> None:
    session = alloc.Session(workbook)
    with pytest.raises(InputError) as caught:
        session.edit("cities.essential_spending = 0")
    assert caught.value.findings[0].file == "gap.xlsx#分配因素"
    (finding,) = caught.value.findings
    in_a_folder = replace(finding, file="factors.csv", row=2, cell=None, title=None)
    assert refusal(InputError([in_a_folder])).zh == (
        "分配因素，因素（一般性转移支付 general、fiscal_gap） = 财力缺口："
        "这一因素在所有城市都是 0。换一个因素，或补上数据。"
    )


def test_rules_that_clash_are_told_once_with_the_reason() -> None:
    """Both cities share 10,000: three quarters of it cannot go to the first where it may have a fifth at most."""
    limits = [f"add limits {{ limit = '{name}', title_zh = '{name}', title_en = '{name}', sense = '{sense}', value = "
              f"{value}, quantity = 'allocation:general', where = \"city == '000001'\", basis = 'amount' }}"
              for name, sense, value in (("most", "<=", 2000), ("least", ">=", 100))]  # fmt: skip
    instance = alloc.solve("hand", edits=limits).instance
    found = alloc.whatif(instance, "limits.least.value", [100, 7500, 8000])
    status = found.tiers.drop_duplicates("step").set_index("value")["status"].to_dict()
    assert status[7500.0] == status[8000.0] == "infeasible, none" and list(found.clashes) == [1, 2]
    assert ended("infeasible, none", "zh") == "无可行方案" and ended("infeasible, none", "en") == "infeasible"
    zh, en = told(found, "zh"), told(found, "en")
    assert "取值 7500 没有满足全部规则的方案：" in zh.replace(",", "") and "least" in zh
    assert "No allocation satisfies the rules at" in en
    assert {each["step"] for each in alloc.record(found)["clashes"]} == {1, 2}
    assert "没有方案" not in text(variation_sections(found, "zh"), "zh")


def test_a_clash_that_arithmetic_does_not_tell_names_its_rules() -> None:
    found = alloc.whatif("instances/infeasible/settlement_ahead_of_services", "policy.debt.ceiling", [1.0, 1.5])
    assert len(found.clashes) == 2
    (said,) = [line for line in told(found, "zh").split("\n") if "没有满足全部规则的方案" in line]
    assert said.startswith("取值 1、1.5 没有满足全部规则的方案：") and said.endswith("不能同时成立。")
