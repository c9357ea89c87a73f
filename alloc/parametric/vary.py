"""A parametric what-if: the same instance solved at several values of one number, or of two."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alloc.arguments import ArgumentError
from alloc.content.conditions import target_said
from alloc.content.figures import unit_title
from alloc.explanation.shared.parameters import parameters
from alloc.instance.derived.derived import derive
from alloc.instance.findings import VARIED, Finding, InputError, errors
from alloc.instance.instance import Instance
from alloc.parametric.refused import applied, clashes, refuse_all
from alloc.parametric.rows import tier_rows
from alloc.parametric.turned import Reference, now, reference
from alloc.result.result import Result, run
from alloc.scenario import Edit, Edited, Origin
from alloc.scenario.lines import read_line
from alloc.scenario.rechecking import errors_at_home
from alloc.solver.model.runs import WarmStartCache
from alloc.solver.model.status import Stopped
from alloc.text import Text
from alloc.writing import Written

MOST = 10_000  # values of one what-if
LAST_PLACE = 6  # decimals of an amount in the files: a cent, where money is in 10⁴ yuan
COLUMNS = ["city", "pool", "unit", "published"]
TOO_MANY = Text(
    "{count} 个取值各要求解一次，太多；最多 {most} 个。",
    "{count} values are too many, each is a solve: at most {most}.",
)
UNEQUAL = Text(
    "可变动一个数或两个数；每个数各有一组取值，两个数时 where 也各写一个（不限定的写空串）。",
    "One number or two can vary, each with values of its own; of two each has its where, an empty one for none.",
)
AGAIN = Text(
    "{target} 的取值 {value} 写了两次；每个取值只写一次。",
    "{target}: the value {value} is given twice; give every value once.",
)
NO_NUMBER = Text(
    "“{values}”的第 {place} 个取值“{value}”不是有限的数；应为用逗号隔开的数，如 100,150,200。",
    'value {place} of "{values}", "{value}", is no finite number; numbers with commas between them would be right, as '
    "in 100,150,200.",
)
UNREADABLE = Text("看不懂要变动的数。", "What is to vary cannot be read.")
WRITE = Text(
    "写作修改的目标，如 债务率上限、资源池.新增建设用地计划指标.总量。",
    "Write it as the target of an edit: policy.debt.ceiling, pools.land.total.",
)
TWICE = Text("{target} 写了两次；两个数应不同。", "{target} is given twice; the two numbers have to differ.")


@dataclass(frozen=True)
class Axis:
    """A number and the values that it takes.

    Attributes:
        target: as in an edit: ``policy.debt.ceiling``, ``objective.fairness.tolerance``, ``pools.total``.
        values: at least one.
        where: which rows of a table the edit is for.
    """

    target: str
    values: Sequence[float]
    where: str = ""

    def line(self, value: float) -> str:
        """The edit that sets it."""
        return f"{self.target} = {value!r}" + (f" where {self.where}" if self.where else "")

    def edit(self, value: float, number: int) -> Edit:
        """The edit that sets it.

        Args:
            value: to set.
            number: which of the numbers that vary it is, the first is 1.

        Raises:
            InputError: the target cannot be read.
        """
        origin = Origin(VARIED, number)
        edit, _ = read_line(self.line(value), origin)
        if edit is None:
            raise InputError([Edit("set", self.target, origin=origin).finding("edit_syntax", UNREADABLE, WRITE)])
        return edit


@dataclass(frozen=True, eq=False)
class Variation:
    """What came out of it.

    Attributes:
        target: what was varied, e.g. ``policy.debt.ceiling``.
        whole: whether facilities are whole; otherwise the relaxation was solved.
        tiers: one row for each step and tier: value (of the target), step, status, tier, reached (the tier's value in
            the result), bound (what no plan can better; missing where it is not known), gap, incomplete (the solve
            stopped early, or the tier is linear and was not solved to a bound), now (what is varied is as in the base).
            Of a step without an allocation one row without a tier.
        cities: one row for each step, chosen city and pool: value, step, city, pool, unit, published.
        instance: the base.
        written: where it lies as files, if it was written.
        second: the other number, if two were varied, ``""`` otherwise; both tables then have its value as a column
            ``second`` behind value, and a step for every pair.
        unsolved: how many values, or pairs, were not reached since it was interrupted.
        wheres: which rows the first number and the second were varied for, ``""`` for all.
        now: the value of the first number and of the second in the base, None where it is not one.
        references: what each step measures by.
        maximised: tiers of which more is better.
        clashes: of each step whose rules no allocation satisfies, why, as sentences.
        refused: of each step that the checks refuse, why; it is not solved, and has one row without a tier too.
    """

    target: str
    whole: bool
    tiers: pd.DataFrame
    cities: pd.DataFrame
    instance: Instance
    written: Written | None = None
    second: str = ""
    unsolved: int = 0
    wheres: tuple[str, str] = ("", "")
    now: tuple[float | None, ...] = ()
    references: tuple[Reference, ...] = ()
    maximised: frozenset[str] = frozenset()
    refused: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)
    clashes: Mapping[int, tuple[Text, ...]] = field(default_factory=dict)

    def named(self, language: str = "en") -> str:
        """What was varied: one number, or two.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Their names, with a cross between two.
        """
        return " × ".join(filter(None, self.axes(language)))

    def axes(self, language: str) -> tuple[str, str]:
        """What was varied in words: in Chinese by titles, in English as edits name it.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            The first number and the second, "" where there is none.
        """
        first, second = (
            target_said(self.instance.tables, language, target, where) if target else ""
            for target, where in zip((self.target, self.second), self.wheres, strict=True)
        )
        return first, second

    def heads(self, language: str) -> tuple[str, str]:
        """What each number is called, with its unit behind it, where it has one.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Of the first and of the second number; "" for none.
        """
        known = {each.target: each.unit for each in parameters(self.instance)}
        units = (known.get(target, "") for target in (self.target, self.second))
        opened, closed = ("（", "）") if language == "zh" else (" (", ")")
        first, second = (
            f"{title}{opened}{unit_title(unit, language)}{closed}" if unit not in ("", "share") else title
            for title, unit in zip(self.axes(language), units, strict=True)
        )
        return first, second

    def write(self, path: Path | str, language: str = "en") -> Path:
        """Writes it as a document, in the format that the ending of the path names; what is there is renamed beside.

        Args:
            path: of the file: ``.html``, ``.xlsx``, ``.docx`` or ``.pdf``.
            language: ``zh`` or ``en``.

        Returns:
            The file.

        Raises:
            ReportError: there is no such format, a library that it needs is not installed, or the file cannot be
                written.
        """
        from alloc.report.answers import variation_document, write_document

        return Path(write_document(variation_document(self, language), Path(path)).path)

    def __repr__(self) -> str:
        """One line: what was varied, and over which values."""
        values = self.tiers["value"].drop_duplicates()
        ends = f"{len(values)} values from {values.iloc[0]:g} to {values.iloc[-1]:g}" if len(values) else "no values"
        ends += f", {self.tiers['second'].nunique()} of the second" if self.second else ""
        return f"<Variation of {self.named()}: {ends}; {'whole facilities' if self.whole else 'relaxation'}>"

    def _repr_svg_(self) -> str:
        """For notebooks: the chart, in English."""
        from alloc.parametric.panels import drawn

        return drawn(self, "en")


def vary(
    instance: Instance,
    target: str,
    values: Sequence[float],
    cities: Sequence[str] = (),
    where: str = "",
    report: Callable[[Variation], None] = lambda so_far: None,
    second: Axis | None = None,
    by: Sequence[Edited] = (),
) -> Variation:
    """Solves the instance with `target` set to each of `values`, or to each with every value of a second number.

    All are verified. Every step starts from where the unedited instance ended, so that no step depends on another or
    on their order. An interrupt ends it: what has been solved is kept.

    Args:
        instance: the base.
        target: as in an edit: ``policy.debt.ceiling``, ``objective.fairness.tolerance``, ``pools.total``.
        values: at least one.
        cities: codes of cities whose allocations are wanted.
        where: which rows of a table the edit is for.
        report: told after each step, with all that there is so far.
        second: another number, which is varied too.
        by: the edits that have made the base, at which findings on rows that they add are told.

    Raises:
        InputError: the target is wrong, or every value; with every finding. A value that the checks refuse beside
            others that they do not is a step without an allocation (`Variation.refused`).
        KeyboardInterrupt: nothing had been solved yet.
    """
    from alloc.solver.solution import compiled  # and Pyomo with it, for which a page that opens does not wait

    axes = [Axis(target, values, where), *([second] if second is not None else [])]
    names = ["value", "second"][: len(axes)]
    points = [dict(zip(names, map(float, point), strict=True)) for point in product(*(axis.values for axis in axes))]
    asked = [[axis.edit(value, n) for n, (axis, value) in enumerate(zip(axes, point.values(), strict=True), 1)]
             for point in points]  # fmt: skip
    edited = [applied(instance, edits) for edits in asked]
    refused = {step: each for step, each in enumerate(edited) if not isinstance(each, Edited)}
    refuse_all(refused, len(points))
    named = [
        (edit.target, edit.where) for edit in next(each for each in edited if isinstance(each, Edited)).edits
    ]  # by machine names where they were titles
    base, derived, references = WarmStartCache(), derive(instance), list[Reference]()
    objectives = compiled(derived, instance).objectives
    maximised = frozenset(name for name, one in objectives.items() if one.maximise)
    values_now = now(instance, *zip(*named, strict=True))
    with suppress(InputError):  # what is wrong with it may be the very number that varies
        _uninterrupted(run(instance, memory=base))
    tiers, allocations, clashing = list[dict[str, Any]](), list[pd.DataFrame](), dict[int, tuple[Text, ...]]()
    columns = [*names, "step", *COLUMNS]
    variation: Variation | None = None
    for step, (point, each) in enumerate(zip(points, edited, strict=True)):
        result = None
        if isinstance(each, Edited):
            try:
                with errors_at_home(each, *by):
                    result = _uninterrupted(run(each.instance, memory=base.copy()))
            except InputError as error:
                refused[step] = errors(error.findings)
            except KeyboardInterrupt:
                if variation is None:
                    raise
                return replace(variation, unsolved=len(points) - step)
            references.append(reference(derive(each.instance, derived), result))
        else:
            references.append(reference(derived, None))
        clashing |= clashes(step, result)
        as_now = tuple(point.values()) == values_now
        tiers += [{**point, "step": step, **row, "now": as_now} for row in tier_rows(result)]
        if result is not None and result.has_solution and len(cities):
            table = result.tables["allocation"]
            chosen = table.loc[table["city"].isin(list(cities)), COLUMNS]
            # A file is read as it stands: what computing leaves behind the last digit is none of the amount.
            chosen = chosen.assign(published=[round(each, LAST_PLACE) for each in chosen["published"].tolist()])
            allocations.append(chosen.assign(**point, step=step))
        found = pd.concat(allocations, ignore_index=True)[columns] if allocations else pd.DataFrame(columns=columns)
        variation = Variation(
            named[0][0], instance.settings.integers, pd.DataFrame(tiers), found, instance,
            second="" if second is None else named[1][0], wheres=(named[0][1], "" if second is None else named[1][1]),
            now=values_now, references=tuple(references), maximised=maximised,
            refused={at: why for at, why in sorted(refused.items()) if at <= step}, clashes=dict(clashing),
        )  # fmt: skip
        report(variation)
    refuse_all(refused, len(points))
    assert variation is not None
    return variation


def _uninterrupted(result: Result) -> Result:
    """The result, unless an interrupt ended its solve before it was through.

    Raises:
        KeyboardInterrupt: it did.
    """
    if result.status.stopped is Stopped.INTERRUPTED:
        raise KeyboardInterrupt
    return result


def axes(
    target: str | Sequence[str], values: Sequence[float] | Sequence[Sequence[float]], where: str | Sequence[str] = ""
) -> tuple[Axis, Axis | None, int]:
    """One number or two with their values in order of size, and how many solves that is.

    Args:
        target: one, or two in a list.
        values: of the one; or of each, one list each.
        where: of the one; of two one for each, or "" where neither has one.

    Raises:
        ArgumentError: these do not fit together, are too many, or a value is given twice.
    """
    targets = [target] if isinstance(target, str) else list(target)
    given: list[Any] = [values] if isinstance(target, str) else list(values)
    wheres = [where] * len(targets) if where == "" else [where] if isinstance(where, str) else list(where)
    if not (0 < len(targets) <= 2 and len(given) == len(wheres) == len(targets)) or any(
        isinstance(each, int | float) or not len(each) for each in given
    ):
        raise ArgumentError(UNEQUAL)
    if len({(name, rows) for name, rows in zip(targets, wheres, strict=True)}) < len(targets):
        raise ArgumentError(TWICE.fill(target=targets[0]))
    found = [
        Axis(name, _in_order(name, each), rows)
        for name, each, rows in zip(targets, given, map(str, wheres), strict=True)
    ]
    second = found[1] if len(found) == 2 else None
    count = len(found[0].values) * (len(second.values) if second else 1)
    refuse_many(count)
    return found[0], second, count


def _in_order(target: str, values: Sequence[float]) -> list[float]:
    """The values from the least to the greatest.

    Raises:
        ArgumentError: one is given twice.
    """
    ordered = sorted(map(float, values))
    for one, other in pairwise(ordered):
        if one == other:
            raise ArgumentError(AGAIN.fill(target=target, value=f"{one:.12g}"))
    return ordered


def refuse_many(count: int) -> None:
    """Refuses a number of values that nobody waits for.

    Raises:
        ArgumentError: there are too many.
    """
    if count > MOST:
        raise ArgumentError(TOO_MANY.fill(count=f"{count:,}", most=f"{MOST:,}"))


def steps(first: float, last: float, count: int) -> list[float]:
    """`count` values from first to last, free of the dust of floating point (1.1, not 1.1000000000000001).

    Raises:
        ArgumentError: there are too many, or an end is no finite number.
    """
    refuse_many(count)
    if not (isfinite(first) and isfinite(last)):
        raise ArgumentError(Text("起点和终点须是有限的数。", "The first and the last value have to be finite numbers."))
    return [float(f"{value:.12g}") for value in np.linspace(first, last, count)]


def values_of(text: str) -> list[float]:
    """The values of a list as it is typed: ``100,150,200``.

    Args:
        text: numbers, with commas between them, which may be those of Chinese.

    Raises:
        ArgumentError: one is no finite number, or missing.
    """
    found = []
    for place, each in enumerate(re.split("[,，、]", text), 1):
        try:
            value = float(each)
        except ValueError:
            value = nan
        if not isfinite(value):
            raise ArgumentError(NO_NUMBER.fill(values=text, place=place, value=each.strip()))
        found.append(value)
    return found
