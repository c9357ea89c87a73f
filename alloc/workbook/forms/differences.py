"""What forms change in an instance: every cell that is filled in beside what stood there, what is far off first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log10, nan
from typing import Any

from alloc.content.blocks import Amount, Paragraph, Row, Section, Table
from alloc.content.tables import exact, table
from alloc.content.titles import VALUES
from alloc.instance.checks.units import POWERS, TIMES, UNIT_MARGIN
from alloc.instance.findings import Finding, or_leave
from alloc.instance.schema.columns import MARKS
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import TABLES
from alloc.text import Text, figure
from alloc.workbook.forms.filled import Filled
from alloc.writing import Written

TITLE = Text("填报与现有数据的差异", "What the forms change")
SUMMARY = Text(
    "填报 {cells} 格：{changed} 格数值不同，{new} 格原来没有数据，{confirmed} 格数值相同；{surer} 格不再是估计或假设。",
    "{cells} cells are filled in: {changed} differ, {new} had nothing, {confirmed} are the same; {surer} are no longer "
    "estimated or assumed.",
)
_FELL = Text("比原值少九成以上的 {count} 格：{named}。", "{count} fall by more than 90 %: {named}.")
_GREATEST = Text("变动最大的 {count} 格", "The {count} cells that change most")
_HEADS = Text(
    "单元格|城市|服务或资源池|列|原值|填报值|变动（%）|原状态|状态|来源",
    "cell|city|service or pool|column|before|filled in|change (%)|was|status|source",
)
_SHEET = Text("{file}：{sheet}", "{file}: {sheet}")
_MORE = Text("等 {count} 格", "{count} in all")
FALL = 0.1  # of what stood there: less is a fall of more than 90 %
MANY = 20  # rows of differences before which the greatest are shown
GREATEST, NAMED = 10, 5
_CELL, _ITEM, _COLUMN, _SOURCE = 0, 2, 3, 9  # places among the heads


@dataclass(frozen=True)
class Difference:
    """A cell that a form fills in, and what stood there.

    Attributes:
        cell: as it was filled in.
        old: what stood there; None where nothing did.
        status: of what stood there, "" where nothing was said of it.
    """

    cell: Filled
    old: float | None
    status: str

    @property
    def differs(self) -> bool:
        """Whether the number is another."""
        return self.old != self.cell.value

    @property
    def fell(self) -> bool:
        """Whether it is less than a tenth of what stood there."""
        return self.old is not None and 0 <= self.cell.value < FALL * self.old

    @property
    def far(self) -> float:
        """How far it is from what stood there, in powers of ten; infinite to or from nothing, 0 where nothing stood."""
        old, new = self.old, self.cell.value
        if old is None or old == new:
            return 0.0
        return abs(log10(new / old)) if old * new > 0 else inf


@dataclass(frozen=True)
class MergedForms:
    """What forms change in an instance.

    Attributes:
        differences: a row for every cell that is filled in, in the order of tables, columns, items and cities.
        names: of cities, services and pools, by code, in Chinese and in English.
        findings: warnings on the forms.
        written: where the instance with the forms lies; None: nothing was written.
    """

    differences: tuple[Difference, ...]
    names: dict[str, Text]
    findings: tuple[Finding, ...] = ()
    written: Written | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many cells are filled in, differ, are new, are confirmed, and are surer than before."""
        every = self.differences
        return {
            "cells": len(every), "changed": sum(each.differs and each.old is not None for each in every),
            "new": sum(each.old is None for each in every), "confirmed": sum(not each.differs for each in every),
            "surer": sum(each.status in MARKS and each.cell.said["status"] not in MARKS for each in every),
        }  # fmt: skip

    def sections(self, language: str) -> tuple[Section, ...]:
        """For a reader: how much is filled in, what fell far, what changes most, and every number that is another.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            One section; a table for each sheet of a form.
        """
        changed = [each for each in self.differences if each.differs]
        text = [Paragraph(SUMMARY.fill(**self.counts).said(language))]
        if fell := [each for each in changed if each.fell]:
            text.append(Paragraph(self._fell(fell, language)))
        shown: list[Table] = []
        if len(changed) > MANY:
            most = sorted(changed, key=lambda each: -each.far)[:GREATEST]
            shown.append(self._table("greatest", _GREATEST.said(language, count=len(most)), most, language, False))
        for place, file in enumerate(dict.fromkeys(each.cell.file for each in changed)):
            book, _, sheet = file.partition("#")
            some = [each for each in changed if each.cell.file == file]
            title = _SHEET.said(language, file=book, sheet=sheet)
            shown.append(self._table(f"differences_{place + 1}", title, some, language, True))
        return (Section("forms", TITLE.said(language), "", (*text, *shown)),)

    def _fell(self, fell: Sequence[Difference], language: str) -> str:
        named = []
        for each in sorted(fell, key=lambda each: -each.far)[:NAMED]:
            _, *called = self._called(each, language)
            named.append(" ".join([*filter(None, called), f"{figure(each.old or 0)} → {figure(each.cell.value)}"]))
        if len(fell) > NAMED:
            named.append(_MORE.said(language, count=len(fell)))
        return _FELL.said(language, count=len(fell), named=("；" if language == "zh" else "; ").join(named))

    def _table(self, name: str, title: str, some: Sequence[Difference], language: str, of_sheet: bool) -> Table:
        """Differences as a table: of a sheet, where what is the same in all rows stands in the title; or of several."""
        rows = [self._row(each, language) for each in some]
        heads, aligned = _HEADS.said(language).split("|"), "llllrrrlll"
        left_out, named = set[int]() if of_sheet else {_CELL, _SOURCE}, [title]
        for place in (_ITEM, _COLUMN, _SOURCE) if of_sheet else ():
            texts = {str(row[place]) for row in rows}
            if len(texts) == 1:
                left_out.add(place)
                named += [text for text in texts if text and not title.endswith(text)]
        title = ("，" if language == "zh" else ", ").join(named)
        kept = [place for place in range(len(heads)) if place not in left_out]
        return table(name, title, [heads[place] for place in kept], "".join(aligned[place] for place in kept),
                     [tuple(row[place] for place in kept) for row in rows])  # fmt: skip

    def _called(self, each: Difference, language: str) -> tuple[str, str, str, str]:
        """Cell, city, service or pool, and column of a difference."""
        cell = each.cell
        known = TABLES[cell.table].by_name.get(cell.column)
        title = (known.title if known else city_figure(cell.column)[0]).said(language)
        place = cell.cell.said(language) if cell.cell else str(cell.row)
        return place, self._named(cell.city, language), self._named(cell.item, language), title

    def _row(self, each: Difference, language: str) -> Row:
        cell, words = each.cell, VALUES["status"] if language == "zh" else {}
        status = cell.said["status"]
        change = nan if not each.old else 100 * (cell.value / each.old - 1)
        return (
            *self._called(each, language), exact(each.old), exact(cell.value), Amount(change, 1, sign=True),
            words.get(each.status, each.status), words.get(status, status), cell.said["source"],
        )  # fmt: skip

    def _named(self, code: str, language: str) -> str:
        return self.names.get(code, Text(code, code)).said(language)

    def record(self) -> dict[str, Any]:
        """For machines: the counts, and every cell that is filled in.

        Returns:
            Plain values, with a list ``differences``.
        """
        return {**self.counts, "differences": [
            {"table": each.cell.table, "column": each.cell.column, "item": each.cell.item, "city": each.cell.city,
             "old": each.old, "new": each.cell.value, "status_before": each.status, **each.cell.said,
             "file": each.cell.file, "row": each.cell.row}
            for each in self.differences
        ]}  # fmt: skip


def doubted(each: Difference) -> Finding | None:
    """A warning on a number in what looks like another unit than what stood there, or less than a tenth of that."""
    cell, old = each.cell, each.old
    if not old:
        return None
    power = None
    if cell.value * old > 0:
        power = next((power for power in POWERS if abs(log10(cell.value / old) - power) <= UNIT_MARGIN), None)
    if power is None and not each.fell:
        return None
    key = ", ".join(filter(None, (cell.city, cell.item)))
    if power is None:
        remedy = Text("核对是否漏填、错行或单位不同。", "Check it for a slip, another row or another unit.")
        message = Text("填报值比原值 {old} 少九成以上。", "This is more than 90 % below the {old} that stood there.")
    else:
        remedy = Text("核对单位。", "Check the unit.")
        message = Text("填报值约为原值 {old} 的 {times} 倍，像是用了另一个单位。",
                       "This is about {times} times the {old} that stood there, as if in another unit.")  # fmt: skip
    code, times = ("far_below", "") if power is None else ("unit_suspect", TIMES[power])
    return Finding("warning", code, cell.file, cell.row, cell.column, figure(cell.value),
                   message.fill(old=figure(old), times=times), or_leave(remedy), key, title=cell.title,
                   cell=cell.cell)  # fmt: skip
