"""Findings of the checks name columns by their titles.

A machine name stands behind its title in brackets, in quotation marks, or in an expression that is to be written, and
nowhere else; what is offered to be written into a cell is written as the cell has it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

import alloc
from alloc.instance.files.reading import load
from alloc.instance.schema.figures import FURTHER
from alloc.instance.schema.tables import TABLES
from instances import write_tiny
from test_instance_checks import BROKEN

COLUMNS = {column.name for table in TABLES.values() for column in table.columns} | set(FURTHER)
VALUES = {value for table in TABLES.values() for column in table.columns for value in column.values or ()}
MAY = re.compile(
    r"“[^”]*”|（[^（）]*）|\([^()]*\)|`[^`]*`|'[^']*'|instance\.toml 的 \w+|\b\w+ (?:==|=|in|>=|<=|not in) "
)
OFFERED = ("是否为", "可用：", "Did you mean ", "Would be right: ")  # names of columns, where names are what is written
OF_CONDITIONS = ("selects_nothing", "unknown_city", "unknown_class")  # words of a condition, as it has them


def machine_names(text: str, language: str) -> list[str]:
    """Names of columns in a text; in English only those that are no words."""
    words = re.findall(r"(?<![\w.])[A-Za-z_]\w*(?![\w.=])", MAY.sub("", text), flags=re.ASCII)
    return [word for word in words if word in COLUMNS - VALUES and ("_" in word or language == "zh")]


def literals() -> Iterator[tuple[str, str, str]]:
    """The sentences that stand in the checks, with their language and place."""
    home = Path(alloc.__file__).parent / "instance"
    for path in sorted([*(home / "checks").rglob("*.py"), *(home / "prechecks").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text" and len(node.args) == 2:
                for language, each in zip(("zh", "en"), node.args, strict=True):
                    if isinstance(each, ast.Constant) and not isinstance(each.value, bytes):
                        yield f"{path.name}:{each.lineno}", language, re.sub(r"\{[^{}]*\}", "", str(each.value))


def test_sentences_of_checks_have_titles() -> None:
    found = [(place, names) for place, language, text in literals() if (names := machine_names(text, language))]
    assert found == []
    assert len(list(literals())) > 400, "the sentences are looked for where they are"


@pytest.mark.parametrize("case", BROKEN)
def test_findings_of_broken_inputs_have_titles(case: str, tmp_path: Path) -> None:
    _, findings = load(write_tiny(tmp_path, **BROKEN[case][0]))
    wrong = [
        (each.code, names, text)
        for each in findings
        for both in (each.message, each.remedy)
        for language, text in zip(("zh", "en"), both, strict=True)
        if not text.startswith(OFFERED) and each.code not in OF_CONDITIONS
        and (names := machine_names(text, language))
    ]  # fmt: skip
    assert wrong == []


def test_columns_without_a_source_are_told_by_title_with_the_name_to_write(tmp_path: Path) -> None:
    rows = "table,column,status,source,year\ncities,revenue,published,a,2020\n"
    _, findings = load(write_tiny(tmp_path, sources=rows))
    (finding,) = [each for each in findings if each.code == "source_missing"]
    assert finding.remedy.zh.startswith("为这些列各加一行：")
    assert "增存挂钩基础指标（stock_base）" in finding.remedy.zh
    assert "Base of the stock link (stock_base)" in finding.remedy.en


def test_what_is_missing_is_told_by_title(tmp_path: Path) -> None:
    _, findings = load(write_tiny(tmp_path, cities={("440500", "age_6_11"): ""}))
    (finding,) = [each for each in findings if each.code == "missing_value"]
    assert finding.message == (
        "服务人群“6—11 岁常住人口”缺少人数。",
        "The number of people of the cohort Residents aged 6 to 11 is missing.",
    )


def test_an_edit_is_told_by_the_title_of_its_column_with_the_name_to_type(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny")
    (finding,) = alloc.check(folder, edits=["pools.equalisation.total = 1500015"])
    assert finding.line("zh").startswith("第 1 条修改，资源池.最小分配单位（")
    assert finding.line("en").startswith("edit 1, Quantum pools.quantum (")


@pytest.mark.parametrize(
    ("file", "remedy"),
    [
        ("pools.csv", ("写 true 或 false（也可写 1/0、是/否）。", "Write true or false (or 1, 0, yes, no).")),
        ("plan.xlsx", ("写“是”或“否”（也可写 true/false、1/0）。", "Write yes or no (or true, false, 1, 0).")),
    ],
)
def test_yes_and_no_are_asked_for_as_the_cell_offers_them(file: str, remedy: tuple[str, str], tmp_path: Path) -> None:
    place = write_tiny(tmp_path / "tiny", pools={("land", "exhaust"): "可以"})
    if file == "plan.xlsx":
        place = tmp_path / file
        alloc.init(place, origin="china-2020", province="460000", language="zh")
        book = openpyxl.load_workbook(place)
        sheet = book["资源池"]
        at = next(cell for row in sheet.iter_rows(max_row=2) for cell in row if cell.value == "exhaust")
        sheet.cell(at.row + 1, at.column, "可以")
        book.save(place)
    (finding,) = [each for each in alloc.check(place) if each.code == "not_a_flag"]
    assert finding.remedy == remedy


def test_a_source_of_a_cell_is_a_record_with_names(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path)
    rows = "table,column,item,city,status,source,year\ncapacity,capacity,primary,440399,published,a,2020\n"
    (folder / "cell_sources.csv").write_text(rows, encoding="utf-8")
    _, findings = load(folder)
    found = [each.called for each in findings if each.file == "cell_sources.csv" and each.called]
    assert [each.zh for each in found] == ["现有能力 capacity、小学 primary、440399"]
