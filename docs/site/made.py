"""Pages of the site that are written from the catalogue, from the rules themselves, from docstrings and notebooks."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import alloc
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.lever import Family, Lever
from alloc.formulation.registry import catalogue
from alloc.result.frames.titles import COLUMNS, KEYS, TABLES, Described
from alloc.text import Text
from alloc.verification.results import COLUMNS as VERIFIED

ROOT = Path(__file__).resolve().parents[2]
Say = Callable[[Text], str]

RULES = Text(
    "# 每条规则\n\n本页由模型的规则及其说明文件生成：每条规则是什么、归谁决定、依据什么、在哪个算例中手算验证，"
    "以及它在程序中的写法——程序中的写法就是数学式。"
    "记号见[数学模型](model.md)：`c` 为城市，`s` 为服务，`r` 为指标，`m` 为模型。\n",
    "# Every rule\n\nWritten from the rules of the model and the words beside them: what each says, who decides about "
    "it, what it rests on, in which instance it is checked by hand, and how it stands in the program, which is how it "
    "stands in mathematics. Notation as in [Mathematics](model.md): `c` is a city, `s` a service, `r` a pool, `m` the "
    "model.\n",
)
TIERS = Text("目标：", "Tier: ")
FAMILIES = Text("约束：", "Constraint: ")
BOUNDS = Text("上下限：", "Bound: ")
FACTS = Text("归属：{owner}。单位：{unit}。依据：{source}。", "Owner: {owner}. Unit: {unit}. Source: {source}.")
OWNED = Text("归属：{owner}。", "Owner: {owner}.")
BY_HAND = Text("手算算例：`instances/families/{name}`。", "By hand: `instances/families/{name}`.")
REMEDY = Text("办法：{remedy}", "What can be done: {remedy}")
NO_SOURCE = Text("定义", "definition")
RESULTS = Text(
    "# 结果表\n\n结果文件夹中每张表（Parquet）、每一列，与 `alloc export` 所写表头相同。\n",
    "# Tables of a result\n\nEvery table of a result's folder (Parquet) and every column, with the heads that "
    "`alloc export` writes.\n",
)
HEADS = Text("| 列 | 名称 | 单位 |\n|---|---|---|", "| column | title | unit |\n|---|---|---|")
PYTHON = Text(
    "# Python 接口\n\n命令能做的，Python 都能做；以下由程序中的说明生成（英文）。\n",
    "# Python\n\nWhatever the commands can do, Python can; what follows is written from the docstrings.\n",
)


def rules(language: str) -> str:
    """Every lever with its tiers, families and rules of bounds."""
    known = catalogue()

    def say(text: Text) -> str:
        return str(getattr(text, language))

    lines = [say(RULES)]
    for lever in known.levers:
        entries = [*_tiers(lever, known, say), *_families(lever, known, say), *_bounds(lever, known, say)]
        if entries:
            lines += [f"## `{lever.name}`", "", *entries]
    return "\n".join(lines)


def _tiers(lever: Lever, known: Catalogue, say: Say) -> Iterator[str]:
    for declared in lever.tiers:
        tier = known.tiers[declared.name]
        yield from (f"### {say(TIERS)}{say(tier.title)} · `{tier.name}`", "", say(tier.words), "")


UNCHECKED = Text("（{what}待核）", " ({what} to be checked)")


def _families(lever: Lever, known: Catalogue, say: Say) -> Iterator[str]:
    for declared in lever.families:
        family = known.families[declared.name]
        yield from (f"### {say(FAMILIES)}{say(family.title)} · `{family.name}`", "", say(family.words), "")
        yield from ("```python", _rule(family), "```", "")
        yield from (f'<p class="rule-facts" markdown>{_facts(family, known, say)}</p>', "")


def _facts(family: Family, known: Catalogue, say: Say) -> str:
    source = say(known.sources[family.source]) if family.source in known.sources else family.source
    if family.source in known.unchecked:
        source += say(UNCHECKED.fill(what=known.unchecked[family.source]))
    unit = say(known.units[family.unit]) if family.unit in known.units else family.unit
    facts = FACTS.fill(owner=known.owners[family.owner], unit=unit, source=source or say(NO_SOURCE))
    said = [say(facts)]
    if (ROOT / "instances" / "families" / family.name).is_dir():
        said.append(say(BY_HAND.fill(name=family.name)))
    if say(family.remedy):
        said.append(say(REMEDY.fill(remedy=family.remedy)))
    return " ".join(said)


def _rule(family: Family) -> str:
    """The function of a rule without its docstring: its statement."""
    lines = textwrap.dedent(inspect.getsource(family.rule)).splitlines()
    function = ast.parse("\n".join(lines)).body[0]
    assert isinstance(function, ast.FunctionDef)
    said = function.body[0] if ast.get_docstring(function) is not None else None
    kept = lines if said is None else lines[: said.lineno - 1] + lines[said.end_lineno :]
    return "\n".join(kept).replace(": Any", "").replace(" -> Any", "")


def _bounds(lever: Lever, known: Catalogue, say: Say) -> Iterator[str]:
    for declared in lever.rules:
        rule = known.rules[declared.name]
        yield from (f"### {say(BOUNDS)}{say(rule.title)} · `{rule.name}`", "", say(rule.words), "")
        yield from (f'<p class="rule-facts" markdown>{say(OWNED.fill(owner=known.owners[rule.owner]))}</p>', "")


def results(language: str) -> str:
    """Every table of a result and every column of it."""
    lines = [getattr(RESULTS, language)]
    brought = {
        f"{each.table}.{column}": Described(each.title, catalogue().units.get(each.unit, Text(each.unit, each.unit)))
        for each in catalogue().decisions.values() for column in each.columns
    }  # fmt: skip
    for table, columns in VERIFIED.items():
        title = getattr(TABLES[table], language) if table in TABLES else table
        lines += [f"## `{table}.parquet` · {title}", "", getattr(HEADS, language)]
        for column in columns:
            described = COLUMNS.get(table, {}).get(column) or (
                Described(KEYS[column]) if column in KEYS else brought[f"{table}.{column}"])  # fmt: skip
            lines.append(f"| `{column}` | {getattr(described.title, language)} | {getattr(described.unit, language)} |")
        lines.append("")
    return "\n".join(lines)


def python(language: str) -> str:
    """Every public name, to be filled in from its docstring."""
    lines = [getattr(PYTHON, language)]
    for name in alloc.__all__:
        lines += [f"::: alloc.{name}", ""]
    return "\n".join(lines)


def notebook(path: Path) -> str:
    """A notebook as a page: words, code, and what the code shows.

    Args:
        path: of an ``.ipynb`` that has been run.
    """
    cells: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    parts = []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        parts += [f'<div class="shown">{_shown(each)}</div>' for each in cell["outputs"]]
    return "\n\n".join(parts) + "\n"


def _shown(output: Mapping[str, Any]) -> str:
    """The richest form of an output, in one line: Markdown ends a block of HTML at an empty one."""
    data = output.get("data", {})
    for kind in ("image/svg+xml", "text/html"):
        if kind in data:
            return "".join(data[kind]).replace("\n", " ")
    text = escape("".join(output.get("text", data.get("text/plain", []))))
    return "<pre>" + text.replace("\n", "&#10;") + "</pre>"


MADE: Mapping[str, Callable[[str], str]] = {"rules": rules, "results": results, "python": python}
