"""Figures out of line with everything that their column goes with, as the schema says: a slip, or another unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import HECTARES, PERSONS, Beside
from alloc.instance.checks.figures.peers import budgets, digits, neighbours
from alloc.instance.checks.units import FEWEST_NEIGHBOURS, Floats
from alloc.instance.files.sheets import Mask, Sheet
from alloc.instance.findings import Finding, or_leave
from alloc.instance.schema.figures import FURTHER_BESIDE, city_figure
from alloc.text import Text, listed

# Of figures beside what their column goes with: powers of ten by which one digit more or less is off, and another unit.
# What is right in the cities and counties of China reaches 0.72, and where one digit is not told 2.4.
A_DIGIT, A_UNIT = 0.75, 2.6
FEWEST_BESIDE = 2  # of what a figure goes with: of one alone it may be the other that is wrong

_SLIP_OF = Text("核对是否多写或少写一位、错行或单位不同；照{peers}推断约为 {usual}。",
                "Check for a digit too many or missing, a wrong row or another unit; by {peers} it would be about "
                "{usual}.")  # fmt: skip
_BESIDE = Text(
    "“{title}”与{others}之比是{peers}中位数的{times} 倍{density}。",
    "The ratio of {title} to {others} is {times} times the median of {peers}{density}.",
)
_PEERS = {"cities": Text("邻近城市", "its neighbours"), "services": Text("其他服务", "the other services")}
_DENSITY = Text("（每平方公里 {own} 人，邻近城市 {usual} 人）", " ({own} persons a km², {usual} in its neighbours)")


class _Slips(NamedTuple):
    """Figures of a column beside what it goes with.

    Attributes:
        column: its name.
        others: what it goes with.
        off: powers of ten by which the ratio to each is off the median of the peers [n, k]; NaN of what is 0 or empty.
        least: that of the ratio that is off least, 0 where they are not on one side [n].
        wrong: which are in doubt [n].
    """

    column: str
    others: tuple[str, ...]
    off: Floats
    least: Floats
    wrong: Mask

    def with_further(self, other: _Slips, more: Mask) -> _Slips:
        """With what is in doubt besides, once the figures that hid it are taken as their peers let expect."""
        return self._replace(
            off=np.where(more[:, None], other.off, self.off), least=np.where(more, other.least, self.least),
            wrong=self.wrong | more,
        )  # fmt: skip


def check_beside(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """What is out of line with its own record. All of it warnings: a city may be like no other."""
    found = (sheets[name].found("beside", (), partial(_check_beside, sheets[name])) for name in _PEERS)
    return [finding for findings in found for finding in findings]


def _mended(figures: Floats, off: Floats) -> Floats:
    """Figures with so many digits more or less that they are nearest to what peers have."""
    shift = np.round(off)
    mended: Floats = figures / 10 ** np.maximum(shift, 0) * 10 ** np.maximum(-shift, 0)  # whole: without a remainder
    return mended


def usual_figures(sheet: Sheet) -> dict[tuple[str | None, str], float]:
    """What the figures in doubt would be by their peers, by key and column."""
    found = [(each.column, each.wrong, _mended(sheet.numbers(each.column), each.least)) for each in _slips(sheet)]
    if sheet.table.name == "cities":
        found += [(each.column, each.wrong, sheet.numbers("residents") * each.usual) for each in budgets(sheet)]
    return {
        (sheet.key(place), column): float(usual[place])
        for column, wrong, usual in found for place in np.flatnonzero(wrong).tolist()
    }  # fmt: skip


def _slips(sheet: Sheet) -> list[_Slips]:
    """Columns that go with others, whose figures are many enough to tell.

    A figure hides another that goes with it where both are off to one side, and two that are off make a third one seem
    so that goes with both. Of a row the one in doubt that is off from most others is therefore taken as its peers let
    expect, and all are looked at again, until no further one is in doubt.
    """
    declared: dict[str, Beside] = {each.name: each.beside for each in sheet.table.columns if each.beside is not None}
    of_cities = sheet.table.name == "cities"
    declared |= FURTHER_BESIDE if of_cities else {}
    groups = sheet.groups("province")[0] if of_cities else np.zeros(len(sheet.frame), dtype=np.intp)
    named = dict.fromkeys(name for column, beside in declared.items() for name in (column, *beside.columns))
    numbers = {name: sheet.numbers(name) for name in named if sheet.has(name) and sheet.is_numeric(name)}
    logs = {
        name: np.log10(values, out=np.full(len(values), np.nan), where=values > 0) for name, values in numbers.items()
    }
    found: dict[str, _Slips] = {}
    while True:
        every = list(_off(declared, logs, groups))
        further = [each.wrong & ~(found[each.column].wrong if each.column in found else False) for each in every]
        against = [
            np.where(new, np.isfinite(each.off).sum(axis=1), 0) for new, each in zip(further, every, strict=True)
        ]
        most = np.maximum.reduce(against) if against else np.zeros(0)
        if not most.any():
            return [found[column] for column in declared if column in found]
        for each, count in zip(every, against, strict=True):
            new = (count > 0) & (count == most)
            if new.any():
                logs[each.column] = logs[each.column] - np.where(new, np.round(each.least), 0)
                before = found.get(each.column)
                found[each.column] = each._replace(wrong=new) if before is None else before.with_further(each, new)


def _off(declared: Mapping[str, Beside], logs: Mapping[str, Floats], groups: NDArray[np.intp]) -> Iterator[_Slips]:
    """The columns beside what each goes with.

    Args:
        declared: what each goes with.
        logs: powers of ten of the figures of each column [n]; NaN of what is 0 or empty.
        groups: of the rows, those of one province being neighbours [n].
    """
    for column, beside in declared.items():
        others = tuple(name for name in beside.columns if name in logs)
        if column not in logs or len(others) < FEWEST_BESIDE:
            continue
        ratios = logs[column][:, None] - np.column_stack([logs[name] for name in others])
        usable = np.isfinite(ratios)
        if not (usable.sum(axis=0) > FEWEST_NEIGHBOURS).all():
            continue
        off = ratios - neighbours(ratios, usable, groups)
        up, down = (np.where(usable, off, end) for end in (np.inf, -np.inf))
        nearest, furthest = up.min(axis=1), down.max(axis=1)
        least = np.where(nearest > 0, nearest, np.where(furthest < 0, furthest, 0))
        least[usable.sum(axis=1) < FEWEST_BESIDE] = 0
        far = [A_DIGIT if told else A_UNIT for told in (beside.many, beside.few)]
        yield _Slips(column, others, off, least, (least > far[0]) | (least < -far[1]))


def _check_beside(sheet: Sheet) -> list[Finding]:
    """Figures that are out of line with everything that their column goes with, which so are not what is wrong."""
    if not sheet.given:
        return []
    findings: list[Finding] = []
    slips = _slips(sheet)
    in_doubt = {each.column: each.wrong for each in slips}
    for column, others, off, least, wrong in slips:
        known = [np.flatnonzero(np.isfinite(row)) for row in off]
        titles = [Text(f"“{each.zh}”", each.en) for each in (_described(sheet, name)[0] for name in others)]
        findings += sheet.find(
            wrong, column, "figure_far", _BESIDE, or_leave(_SLIP_OF), "warning",
            title=_described(sheet, column)[0], peers=_PEERS[sheet.table.name],
            others=lambda place, known=known, titles=titles: listed(titles[each] for each in known[place]),
            times=lambda place, known=known, off=off: _times(10 ** off[place, known[place]]),
            usual=_mended(sheet.numbers(column), least),
            density=_density(sheet, column, off, others[0], in_doubt.get(others[0])),
        )  # fmt: skip
    return findings


def _described(sheet: Sheet, column: str) -> tuple[Text, Text]:
    """Title and unit of a column."""
    known = sheet.table.by_name.get(column)
    return city_figure(column) if known is None else (known.title, known.unit)


def _density(sheet: Sheet, column: str, off: Floats, first: str, in_doubt: Mask | None) -> Callable[[int], Text]:
    """How many persons live on a km² of land, there and at the median; nothing of what is no land beside persons.

    Args:
        sheet: the table.
        column: of the land.
        off: of its ratios, the first of which is that to persons [n, k].
        first: column of the persons.
        in_doubt: where that is in doubt itself [n]; None where it nowhere is.
    """
    if (_described(sheet, column)[1], _described(sheet, first)[1]) != (HECTARES, PERSONS):
        return lambda place: Text("", "")
    persons = 100 * sheet.numbers(first) / np.where(sheet.numbers(column) > 0, sheet.numbers(column), np.nan)
    told = np.isfinite(off[:, 0]) & ~(np.zeros(len(persons), dtype=bool) if in_doubt is None else in_doubt)
    return lambda place: Text("", "") if not told[place] else _DENSITY.fill(
        own=digits(float(persons[place])), usual=digits(float(persons[place] * 10 ** off[place, 0]))
    )  # fmt: skip


def _times(ratios: Floats) -> Text:
    """Some multiples, each said once; in Chinese apart from the word before them where they begin with a figure."""
    said_each = [digits(float(ratio)) for ratio in ratios]
    said = listed(dict.fromkeys(each if isinstance(each, Text) else Text(each, each) for each in said_each))
    return Text(f" {said.zh}" if said.zh[0].isdigit() else said.zh, said.en)
