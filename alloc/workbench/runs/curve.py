"""One number of the rules varied over a range, for the page: charts, a table, and where it bends, value by value."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from pydantic import BaseModel

from alloc.content.figures import Unit, number, tier_unit
from alloc.formulation.registry import catalogue_for
from alloc.instance.instance import Instance
from alloc.parametric.chart import svg
from alloc.parametric.curves import curve as curve_of
from alloc.parametric.curves import noise
from alloc.parametric.panels import panels, subtitles
from alloc.parametric.refused import refused_said
from alloc.parametric.vary import Variation
from alloc.text import Text, behind_number, listed
from alloc.workbench.models import Moved, Words
from alloc.workbench.picture.outcome import MOVED
from alloc.workbench.picture.rules import rules, words

SENTENCE = Text(
    "{rule}从 {first} 到 {last}：{n} 级目标中 {m} 级有变化。",
    "{rule} from {first} to {last}: {m} of {n} objectives move.",
)
NOWHERE = Text(
    "{first} 到 {last} 没有满足全部规则的方案。", "From {first} to {last} no allocation satisfies the rules."
)
NOT_AT = Text("{first} 处没有满足全部规则的方案。", "At {first} no allocation satisfies the rules.")
FLAT = Text("始终不变：{tiers}。", "Do not move: {tiers}.")
UP_TO = Text("{tier}在 {first} 以下不变：{value}。", "{tier}: unchanged up to {first}, at {value}.")
FROM_ON = Text("{tier}从 {first} 起不变：{value}。", "{tier}: unchanged from {first} on, at {value}.")
STEEPEST = Text(
    "{tier}变化最大在 {first} 与 {last} 之间：{before} → {after}。",
    "{tier}: moves most between {first} and {last}, {before} → {after}.",
)


BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")  # a unit, and what stands behind it


def _filled(template: Text, **said: object) -> Text:
    """A sentence with its values; in Chinese a blank parts figures from words, and no word from another."""
    filled = template.fill(**said)
    return Text(BETWEEN.sub("", filled.zh), filled.en)


class CurveRow(BaseModel):
    """One value: as the edit takes it, as it is shown, every objective there, and how it differs from today's value."""

    step: int
    value: float
    shown: Words
    cells: list[Words]
    moves: list[Moved | None]
    whole: bool


class CurveHead(BaseModel):
    """An objective, or what a city gets of a pool, with its unit."""

    title: Words
    unit: Words


class Curve(BaseModel):
    """Answer of ask ``curve``, and its progress so far; `now` is the step of today's value, if it is among them.

    done, planned: values of which the answer is known; of these, those with an allocation.
    """

    target: str
    title: Words
    line: str
    hash: str
    done: int
    of: int
    planned: int
    now: int | None
    heads: list[CurveHead]
    rows: list[CurveRow]
    sentence: Words
    bends: list[Words]
    chart: Words


class Drawn:
    """Makes the picture of a curve from what there is of it.

    Args:
        instance: with all edits.
        target: what varies.
        values: that it takes, in the instance's unit.
    """

    def __init__(self, instance: Instance, target: str, values: Sequence[float]) -> None:
        self._target, self._values = target, values
        self._rule = next((each for each in rules(instance, None) if each.line.partition(" = ")[0] == target), None)
        self._hash, self._named = instance.hash, catalogue_for(instance.settings).tiers
        self._order = [entry.tier for entry in instance.settings.objective]

    def picture(self, variation: Variation) -> Curve:
        """The picture of all that is solved so far."""
        first = variation.tiers.drop_duplicates("step")
        steps = list(zip(first["step"].astype(int), first["value"].astype(float), strict=True))
        now = None if self._rule is None else next((step for step, value in steps if value == self._rule.value), None)
        columns = {tier: curve_of(variation, tier)["y"].reindex([step for step, _ in steps]) for tier in self._order}
        shown = {tier: self._column(tier, values) for tier, values in columns.items()}
        at = None if now is None else [step for step, _ in steps].index(now)
        rows = [
            CurveRow(step=step, value=value, shown=words(self._said(value)),
                     whole=bool(columns[self._order[0]].notna()[step]),
                     cells=[words(shown[tier][1][place]) for tier in self._order],
                     moves=[None if at is None else self._moved(tier, columns[tier], place, at)
                            for tier in self._order])
            for place, (step, value) in enumerate(steps)
        ]  # fmt: skip
        moving = [tier for tier in self._order if not _flat(columns[tier])]
        ends = {"first": self._said(steps[0][1]), "last": self._said(steps[-1][1])}
        title = self._titled()
        return Curve(
            target=self._target, title=words(title), line="" if self._rule is None else self._rule.line,
            hash=self._hash, done=len(steps), of=len(self._values), now=now, rows=rows,
            heads=[CurveHead(title=words(self._named[tier].head), unit=words(shown[tier][0])) for tier in self._order],
            sentence=words(_filled(SENTENCE, rule=title, n=len(self._order), m=len(moving), **ends)),
            bends=[words(each) for each in self._bends(rows, shown, moving, variation)],
            planned=sum(row.whole for row in rows),
            chart=Words(**{language: self._chart(variation, language) for language in ("zh", "en")}),
        )  # fmt: skip

    def _titled(self) -> Text:
        return (
            Text(self._target, self._target) if self._rule is None else Text(self._rule.title.zh, self._rule.title.en)
        )

    def _said(self, value: float) -> Text:
        """A value of what varies, in the unit in which the page shows it."""
        rule = self._rule
        if rule is None:
            return Text(_short(value), _short(value))
        text = _short(value / rule.size * rule.scale)
        return Text(*(f"{text} {behind_number(unit)}".rstrip() for unit in (rule.unit.zh, rule.unit.en)))

    def _unit(self, tier: str, values: pd.Series) -> tuple[Unit, int]:
        """The unit of a column, and as many decimals as show two figures of what its values differ by."""
        unit, decimals = tier_unit(self._named[tier].unit, float(values.abs().max()) if values.notna().any() else 0.0)
        if _flat(values):
            return unit, decimals
        apart = float(values.max() - values.min()) / unit.size
        return unit, max(decimals, 1 - math.floor(math.log10(apart)))

    def _column(self, tier: str, values: pd.Series) -> tuple[Text, list[Text]]:
        """The unit of a column and its cells."""
        unit, decimals = self._unit(tier, values)
        texts = ["—" if value != value else number(value / unit.size, decimals) for value in values]
        return Text(unit.zh, unit.en), [Text(text, text) for text in texts]

    def _moved(self, tier: str, values: pd.Series, place: int, at: int) -> Moved | None:
        """How a tier differs from today's value; None where it does not move, or not in the digits that are shown."""
        change = float(values.iloc[place] - values.iloc[at])
        unit, decimals = self._unit(tier, values)
        by = number(abs(change) / unit.size, decimals)
        if _flat(values) or change != change or not float(by.replace(",", "")):
            return None
        better = (change > 0) == (self._named[tier].better == "higher")
        how, arrow = MOVED["better" if better else "worse"], "▲" if change > 0 else "▼"
        return Moved(words=words(Text(f"{arrow} {by} {how.zh}", f"{arrow} {by} {how.en}")), better=better)

    def _bends(
        self, rows: Sequence[CurveRow], shown: dict[str, tuple[Text, list[Text]]], moving: Sequence[str],
        variation: Variation,
    ) -> list[Text]:  # fmt: skip
        """What is refused, and where there is no allocation; and of every tier where it is flat, or moves most."""
        found = [Text(*each) for each in zip(*(refused_said(variation, each) for each in ("zh", "en")), strict=True)]
        for run in _runs([not row.whole and row.step not in variation.refused for row in rows]):
            ends = {"first": self._said(rows[run[0]].value), "last": self._said(rows[run[-1]].value)}
            found.append(_filled(NOT_AT if len(run) == 1 else NOWHERE, **ends))
        there = [place for place, row in enumerate(rows) if row.whole]
        flat = []
        for tier in self._order:
            unit, cells = shown[tier]
            said = {place: Text(*(f"{cells[place].en} {each}".rstrip() for each in unit)) for place in there}
            head = self._named[tier].head
            if len(there) < 2:
                continue
            up, down = (_same([cells[place].en for place in way]) for way in (there, there[::-1]))
            if tier not in moving:
                flat.append(head)
            elif max(up, down) > 2:
                place, told = (there[-down], FROM_ON) if down >= up else (there[up - 1], UP_TO)
                found.append(_filled(told, tier=head, first=self._said(rows[place].value), value=said[place]))
            else:
                figures = [float(cells[place].en.replace(",", "").replace("−", "-")) for place in there]
                at = max(range(1, len(there)), key=lambda place: abs(figures[place] - figures[place - 1]))
                one, two = there[at - 1], there[at]
                ends = {"first": self._said(rows[one].value), "last": self._said(rows[two].value)}
                found.append(_filled(STEEPEST, tier=head, before=said[one], after=said[two], **ends))
        return [*found, *([FLAT.fill(tiers=listed(flat))] if flat else [])]

    def _chart(self, variation: Variation, language: str) -> str:
        rule = self._rule
        share = 1.0 if rule is None else rule.scale / rule.size
        drawn = [replace(each, points=[(float(_plain(x * share)), y) for x, y in each.points])
                 for each in panels(variation, language)]  # fmt: skip
        now = None if rule is None or rule.value is None else float(_plain(rule.value * share))
        return svg(self._titled().said(language), subtitles(variation, language)[1:], "", drawn, now, pointed=True)


def _flat(values: pd.Series) -> bool:
    """Whether a tier does not move: what the charts draw as a flat line."""
    return bool(values.isna().all()) or float(values.max() - values.min()) <= noise(values)


def _same(cells: Sequence[str]) -> int:
    """How many cells from the first on are the same."""
    return next((place for place, cell in enumerate(cells) if cell != cells[0]), len(cells))


def _runs(flags: Sequence[bool]) -> list[list[int]]:
    found: list[list[int]] = []
    for place, flag in enumerate(flags):
        if flag and place and flags[place - 1]:
            found[-1].append(place)
        elif flag:
            found.append([place])
    return found


def _plain(value: float) -> str:
    return f"{value:.10g}"


def _short(value: float) -> str:
    """All the digits of a number as it was asked for, thousands apart."""
    text = _plain(value)
    return number(value, len(text.partition(".")[2])) if "e" not in text else text
