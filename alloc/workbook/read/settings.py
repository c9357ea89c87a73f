"""Reading the sheet of settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from alloc.formulation.columns import NO_UNIT, SHARE
from alloc.instance.cells import number_meant, parse_flag, parse_number, plain_width
from alloc.instance.findings import Finding, shortened
from alloc.instance.suggest import Known
from alloc.text import Text
from alloc.workbook.layout import clean_header, folded
from alloc.workbook.read.cell_findings import ERROR, NO_VALUE
from alloc.workbook.read.grid import Grid
from alloc.workbook.read.scan import Place
from alloc.workbook.settings_layout import BY_PATH, HEADS, NOTHING, PATH, SETTINGS, VALUE, Setting, flatten
from alloc.workbook.words import choices, setting_meant

_APART = re.compile(r"[,，、;；\n]")
_INDEX = re.compile(r"(.+)\[(\d+)\]")
_WITH_UNIT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([^\d\s.,].*)")
_UNIT = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")


@dataclass
class SettingsRead:
    """Settings that were read.

    Attributes:
        data: nested as in TOML.
        cells: row and column of every setting that stands on the sheet, by its path in findings.
        findings: what is wrong with the sheet itself.
    """

    data: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_settings(grid: Grid, file: str) -> SettingsRead:
    """The settings on a sheet; ``file`` is its name in findings."""
    return _Reader(grid, file).read()


class _Reader:
    """A sheet while it is read, row by row."""

    def __init__(self, grid: Grid, file: str) -> None:
        """Find the columns of paths and values."""
        self.grid, self.file, self.out = grid, file, SettingsRead()
        self.path, self.value, self.first = _columns(grid.rows)

    def read(self) -> SettingsRead:
        """All rows from top to bottom."""
        table: Setting | None = None
        parts: dict[int, Setting] = {}
        for row in range(self.first, len(self.grid.rows) + 1):
            cells = self.grid.rows[row - 1]
            path = cells[self.path].replace(" ", "")
            setting, entry = BY_PATH.get(path), _INDEX.fullmatch(path)
            values = cells[self.value :]
            if setting is not None and setting.kind == "table":
                table, parts = setting, self._parts(setting, values, row)
                self.out.cells[path] = (row, self.value + 1)
                self._list(path)
            elif entry and (of := BY_PATH.get(entry[1])) is not None and of.kind == "table":
                if table is not of:
                    table, parts = of, dict(enumerate(of.parts))
                self._entry(table, parts, values, row)
            elif table is not None and not path and any(values[place] for place in parts if place < len(values)):
                self._entry(table, parts, values, row)
            else:
                table = None
                if path and not (setting is not None and setting.kind == "section"):
                    self._scalar(path, setting, row)
        for each in reversed(list(flatten(SETTINGS))):
            if each.kind == "section" and not each.required:
                self._drop_empty(each.path)
        return self.out

    def _drop_empty(self, path: str) -> None:
        """A section that may be left out, and of which every cell is empty, is left out."""
        *above, name = path.split(".")
        section: Any = self.out.data
        for part in above:
            section = section.get(part) if isinstance(section, dict) else None
        if isinstance(section, dict) and section.get(name) == {}:
            del section[name]

    def _parts(self, table: Setting, titles: Sequence[str], row: int) -> dict[int, Setting]:
        """Which column of a small table holds which part of an entry; by their order where there are no titles."""
        if not any(titles):
            return dict(enumerate(table.parts))
        known = {folded(name): part for part in table.parts for name in (part.path, *part.title, *part.formerly)}
        parts: dict[int, Setting] = {}
        for place, title in enumerate(titles):
            part = known.get(folded(_UNIT.sub("", clean_header(title))))
            if part is not None:
                parts[place] = part
            elif title:
                message = Text("没有这样的列。", "There is no such column.")
                names = ", ".join(each.path for each in table.parts)
                remedy = Text(f"可用：{names}。", f"Would be right: {names}.")
                self._find("unknown_setting", row, shortened(title), title, message, remedy)
        return parts

    def _list(self, path: str) -> list[dict[str, Any]]:
        """The entries of a list so far."""
        section, name = self._section(path)
        found = section.setdefault(name, [])
        return found if isinstance(found, list) else []

    def _entry(self, table: Setting, parts: Mapping[int, Setting], values: Sequence[str], row: int) -> None:
        """One entry of a list; a row without anything is none."""
        entries = self._list(table.path)
        path = f"{table.path}[{len(entries)}]"
        entry: dict[str, Any] = {}
        for place, part in parts.items():
            value = self._understood(part, row, self.value + place, f"{path}.{part.path}")
            if value is not None:
                entry[part.path] = value
        if entry:
            entries.append(entry)
            self.out.cells[path] = (row, self.value + 1)
            self.out.cells |= {f"{path}.{part.path}": (row, self.value + place + 1) for place, part in parts.items()}

    def _scalar(self, path: str, setting: Setting | None, row: int) -> None:
        section, name = self._section(path)
        if path in self.out.cells or not name:
            message = Text("同一设置出现两次。", "The same setting stands twice.")
            self._find("duplicate_setting", row, path, path, message, Text("只保留一行。", "Keep one of them."))
            return
        self.out.cells[path] = (row, self.value + 1)
        value = self._understood(setting, row, self.value, path)
        if value is not None:
            section[name] = value

    def _section(self, path: str) -> tuple[dict[str, Any], str]:
        """The section that a path leads into, and the name there; "" where something else stands in the way."""
        *above, name = path.split(".")
        section = self.out.data
        for part in above:
            inner = section.setdefault(part, {})
            if not isinstance(inner, dict):
                return {}, ""
            section = inner
        return (section, "") if isinstance(section.get(name), dict) else (section, name)

    def _understood(self, setting: Setting | None, row: int, column: int, path: str) -> Any:
        """The value in a cell, as TOML would give it; None where the cell is empty or spoilt."""
        place, cells = (row, column + 1), self.grid.rows[row - 1]
        text = cells[column] if column < len(cells) else ""
        if place in self.grid.scan.errors:
            self._find("error_in_cell", row, path, text, *ERROR)
            return None
        if place in self.grid.scan.no_value:
            self._find("formula_without_value", row, path, None, *NO_VALUE)
            return None
        if place in self.grid.dates and (setting is None or setting.kind != "text"):
            message = Text("这里是日期或时间。", "This is a date or a time.")
            remedy = Text("把单元格设为常规格式，重新填写。", "Set the cell to General and write it again.")
            self._find("date_in_cell", row, path, text, message, remedy)
            return None
        return value_meant(setting, text, number=self.grid.is_number(place))

    def _find(self, code: str, row: int, path: str, value: str | None, message: Text, remedy: Text) -> None:
        self.out.findings.append(Finding("error", code, self.file, row, path, value, message, remedy))


_SIGNS = ("%", "万", "亿")  # that a number in a cell is written without
_WORDS = {
    "number": Text("一个数", "a number"),
    "whole": Text("一个整数", "a whole number"),
    "flag": Text("是或否", "yes or no"),
    "text": Text("文本", "a text"),
}


def reworded(finding: Finding) -> Finding:
    """A finding on a value that is none of those allowed, or of the wrong kind, in the words of a cell."""
    setting = _described(finding.column or "")
    if finding.code == "not_allowed" and setting is not None and (titles := list(choices(setting).values())):
        given = (finding.value or "").strip('"')
        like = [title for title in titles if given and given in title]
        near = like[0] if len(like) == 1 else Known(titles).nearest(given)
        guess = f"是否为“{near}”？" if near else ""
        return replace(finding, remedy=Text(f"{guess}可用：{'、'.join(titles)}。", finding.remedy.en))
    if finding.code != "wrong_type" or setting is None or setting.listed or setting.kind not in _WORDS:
        return finding
    given = (finding.value or "").strip('"')
    meant = number_meant(given) if setting.kind in ("number", "whole") else None
    if meant is not None:
        without = Text(f"，不带“{meant[1]}”", f", without {meant[1]}") if meant[1] in _SIGNS else NO_UNIT
        return replace(finding, remedy=Text(f"写作 {meant[0]}{without.zh}。", f"Write {meant[0]}{without.en}."))
    words = _WORDS[setting.kind]
    written = _WITH_UNIT.fullmatch(plain_width(given)) if setting.kind in ("number", "whole") else None
    if written is not None and setting.unit.zh:
        return replace(finding, remedy=_without_unit(written[1], written[2], setting.unit))
    return replace(finding, remedy=Text(f"应为{words.zh}。", f"Would be right: {words.en}."))


def _without_unit(number: str, said: str, unit: Text) -> Text:
    """What to write for a number with a unit behind: the number where that is the unit of the setting, or begins it."""
    own = any(each == said or each.startswith((f"{said}/", f"{said}·")) for each in unit)
    return Text(
        f"{f'写作 {number}' if own else '只写数'}，不带“{said}”；单位：{unit.zh}。",
        f"Write {number if own else 'a number alone'}, without {said}; unit: {unit.en}.",
    )


def _described(path: str) -> Setting | None:
    """The description of a setting by its path in findings."""
    table, _, part = path.rpartition("].")
    if not table:
        return BY_PATH.get(path)
    of = BY_PATH.get(table.rpartition("[")[0])
    return next((each for each in of.parts if each.path == part), None) if of else None


def title_of(path: str) -> Text | None:
    """What a setting is called on the sheet, by its path in findings; None where it has no title there."""
    setting = _described(path)
    if setting is None or not setting.title.zh:
        return None
    entry = _INDEX.fullmatch(path.rpartition(".")[0])
    if entry is None:
        return setting.title
    of, place = BY_PATH[entry[1]].title, int(entry[2]) + 1
    return Text(f"{of.zh}第 {place} 项{setting.title.zh}", f"{of.en} {place}, {setting.title.en}")


def value_meant(setting: Setting | None, text: str, *, number: bool = False) -> Any:
    """What a text says where a setting is meant: a number, a flag, a list; the text itself where it does not.

    Args:
        setting: its description; None for an unknown one.
        text: what stands in the cell; "" where it is empty.
        number: whether the cell holds a number.
    """
    if not text:
        return None
    if setting is None:
        return _number(text, share=False) if number else text
    if setting.listed:
        if folded(text) in {folded(word) for word in NOTHING}:
            return []
        return [_single(setting, part.strip()) for part in _APART.split(text) if part.strip()]
    return _single(setting, text)


def _single(setting: Setting, text: str) -> Any:
    if setting.kind in ("number", "whole"):
        return _number(text, share=setting.unit == SHARE)
    if setting.kind == "flag":
        flag = parse_flag(text)
        return text if flag is None else flag
    return setting_meant(setting, text) if setting.kind in ("choice", "text") else text


def _number(text: str, *, share: bool) -> Any:
    """A whole number as an integer, any other as a float; the text where it is none."""
    number = parse_number(text, share=share)
    if number is None:
        return text
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, int, int]:
    """The columns of paths and values, counted from 0, and the first row below their heads."""
    paths, values = (
        {folded(word) for word in (*HEADS[place], other)} for place, other in ((PATH, "path"), (VALUE, ""))
    )
    for row, cells in enumerate(rows, start=1):
        names = [folded(cell) for cell in cells]
        path = next((place for place, name in enumerate(names) if name and name in paths), None)
        value = next((place for place, name in enumerate(names) if name and name in values), None)
        if path is not None and value is not None:
            return path, value, row + 1
    return (PATH, VALUE, 1) if rows and len(rows[0]) > VALUE else (0, 1, 1)
