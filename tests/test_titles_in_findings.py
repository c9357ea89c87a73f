"""Findings of the checks name columns by their titles.

A machine name stands behind its title in brackets, in quotation marks, or in an expression that is to be written, and
nowhere else; what is offered to be written into a cell is written as the cell has it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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
