"""The heads of columns: which column a head means, and what it says that the numbers below are in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from alloc.formulation.columns import Column
from alloc.instance.cells import ONE, parse_numbers
from alloc.instance.findings import Finding, Severity, shortened
from alloc.instance.schema.columns import Table
from alloc.instance.schema.units import measure, scale_of
from alloc.text import Text, figure

_BRACKETS = re.compile(r"(.*\S)\s*[(（\[［【〔]([^()（）\[\]［］【】〔〕]*)[)）\]］】〕]\s*", re.DOTALL)
_APART = re.compile(r"[/／,，;；:：\n]")
# A year behind a title says when, not how much.
_WHEN = re.compile(r"(?:19|20)\d\d\s*(?:[-–—~至]\s*(?:19|20)?\d\d)?\s*年?(?:度|末|底)?", re.ASCII)
_PERCENT = Fraction(1, 100)


class Head(NamedTuple):
    """What a head says.

    Attributes:
        name: machine name of the column that it means; "" where it means none of the schema.
        said: the unit that it names; "" where it names none.
    """

    name: str
    said: str


def machine_names(table: Table) -> dict[str, str]:
    """Machine names by all headers that mean them: the name itself, both titles and what they were before."""
    return {
        _folded(header): column.name
        for column in table.columns
        for header in (*column.formerly, column.name, *column.title)
    }


def machine_name(names: Mapping[str, str], header: str) -> str:
    """The machine name that a header means, its unit left aside; the header itself where it means none."""
    return read_head(names, header).name or header


def read_head(names: Mapping[str, str], header: str) -> Head:
    """The column that a head means and the unit that it names, in brackets or behind a sign, a blank or nothing.

    Args:
        names: as `machine_names` gives them.
        header: as it stands in the file.
    """
    folded = _folded(header)
    if folded in names:  # the usual case
        return Head(names[folded], "")
    title, brackets = header, list[str]()
    while found := _BRACKETS.fullmatch(title):  # one by one: a title may itself end in brackets
        title = found[1]
        brackets.insert(0, _unit(found[2]))
        if name := names.get(_folded(title), ""):
            return Head(name, " ".join(filter(None, brackets)))
    said = " ".join(filter(None, brackets))
    for sign in _APART.finditer(title):
        if name := names.get(_folded(title[: sign.start()]), ""):
            return Head(name, " ".join(filter(None, (_unit(title[sign.end() :]), said))))
    folded = _folded(title)
    for known in sorted(names, key=len, reverse=True):
        if folded.startswith(known) and not said and measure(rest := folded[len(known) :].strip()):
            return Head(names[known], rest)
    return Head("", next(filter(None, reversed(brackets)), ""))  # others may belong to a title that is not known


def _unit(text: str) -> str:
    """What stands in brackets as a unit; "" for a year."""
    text = text.strip()
    return "" if _WHEN.fullmatch(text) else text


def _folded(header: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", header).casefold().replace("_", " ").split())


def scales_of(
    file: str, table: Table, columns: Mapping[str, Sequence[str]], said: Mapping[str, str], row: int
) -> tuple[dict[str, Fraction], list[Finding]]:
    """By how much the numbers of columns are multiplied whose heads name another unit than the schema.

    Args:
        file: its name in findings.
        table: its description.
        columns: the cells of every column that was read.
        said: the units that heads name, by column.
        row: of the header.

    Returns:
        The factors that are not 1, by column; a warning on each, and an error on what cannot be known.
    """
    scales: dict[str, Fraction] = {}
    findings: list[Finding] = []
    for name, unit in said.items():
        column = table.by_name.get(name)
        if column is None or not column.numeric or not unit:
            continue
        scale = scale_of(column, unit)
        if scale == ONE:
            continue
        shown = {"title": column.title, "said": shortened(unit), "unit": _own(column)}
        if scale is None:
            findings.append(_finding(file, row, name, unit, "unknown_unit", _UNKNOWN, _WRITE, "error", shown))
        elif scale == _PERCENT and _may_be_shares(columns[name]):
            findings.append(_finding(file, row, name, unit, "ambiguous_unit", _MAY_BE_SHARES, _SHARES, "error", shown))
        else:
            scales[name] = scale
            shown["times"] = Text(*[f"× {figure(float(scale))}" if scale > 1 else f"÷ {figure(float(1 / scale))}"] * 2)
            findings.append(_finding(file, row, name, unit, "unit_converted", _CONVERTED, _RIGHT, "warning", shown))
    return scales, findings


_UNKNOWN = Text(
    "表头写的单位“{said}”无法换算为“{title}”的单位。", "The head names the unit {said}, which is not known for {title}."
)
_WRITE = Text(
    "数据换算为“{unit}”，表头写（{unit}）或不写单位。",
    "Give the numbers in {unit}, with ({unit}) in the head or nothing.",
)
_MAY_BE_SHARES = Text(
    "表头写的是百分数，但这一列的数都不大于 1。", "The head says per cent, but no number below is above 1: which is it?"
)
_SHARES = Text("若是比例，删去表头的“{said}”；若是百分数，写作 0.5%。",
               "Drop {said} from the head if these are shares; write 0.5% if they are per cent.")  # fmt: skip
_CONVERTED = Text(
    "表头写的单位是“{said}”，“{title}”已换算为“{unit}”（{times}）。",
    "The head names the unit {said}: {title} is converted to {unit} ({times}).",
)
_RIGHT = Text("若无误可不改。", "Leave it if it is right.")


def _own(column: Column) -> Text:
    """The unit of a column, without what it has in brackets."""
    return Text(*(re.sub(r"\s*[(（][^()（）]*[)）]", "", words) for words in column.unit))


def _may_be_shares(cells: Sequence[str]) -> bool:
    """Whether numbers under a head of per cent could as well be shares: none is above 1, and none has its sign."""
    numbers, _ = parse_numbers([cell for cell in cells if not cell.endswith(("%", "％"))])
    return bool((numbers > 0).any()) and bool(np.nanmax(numbers) <= 1)


def _finding(
    file: str,
    row: int,
    column: str,
    unit: str,
    code: str,
    message: Text,
    remedy: Text,
    severity: Severity,
    words: Mapping[str, object],
) -> Finding:
    return Finding(severity, code, file, row, column, shortened(unit), message.fill(**words), remedy.fill(**words))
