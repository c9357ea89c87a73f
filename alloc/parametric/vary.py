"""A parametric what-if: the same instance solved at several values of one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alloc.explanation.shared.answer import AskError
from alloc.formulation.registry import catalogue
from alloc.instance.instance import Instance
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.solver.model.runs import WarmStartCache
from alloc.solver.model.status import Stopped
from alloc.text import Text
from alloc.writing import Written

MOST = 10_000  # values of one what-if
COLUMNS = ["value", "step", "city", "pool", "unit", "published"]
TOO_MANY = Text(
    "{count} 个取值各要求解一次，太多；最多 {most} 个。",
    "{count} values are too many, each is a solve: at most {most}.",
)


@dataclass(frozen=True, eq=False)
class Variation:
    """What came out of it.

    Attributes:
        target: what was varied, e.g. ``policy.debt.ceiling``.
        whole: whether facilities are whole; otherwise the relaxation was solved.
        tiers: one row for each step and tier: value (of the target), step, status, tier, reached (the tier's value in
            the result), bound (what no plan can better; missing where it is not known), gap, incomplete (the solve
            stopped early, or the tier is linear and was not solved to a bound). Of a step without an allocation one
            row without a tier.
        cities: one row for each step, chosen city and pool: value, step, city, pool, unit, published.
        instance: the base.
        written: where it lies as files, if it was written.
    """

    target: str
    whole: bool
    tiers: pd.DataFrame
    cities: pd.DataFrame
    instance: Instance
    written: Written | None = None

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
        return f"<Variation of {self.target}: {ends}; {'whole facilities' if self.whole else 'relaxation'}>"

    def _repr_svg_(self) -> str:
        """For notebooks: the chart, in English."""
        from alloc.parametric.chart import svg
        from alloc.parametric.panels import panels

        return svg("", (), "", panels(self, "en"))


def vary(
    instance: Instance,
    target: str,
    values: Sequence[float],
    cities: Sequence[str] = (),
    where: str = "",
    report: Callable[[Variation], None] = lambda so_far: None,
) -> Variation:
    """Solves the instance with `target` set to each of `values`, all verified.

    Every step starts from where the unedited instance ended, so that no step depends on another or on their order.

    Args:
        instance: the base.
        target: as in an edit: ``policy.debt.ceiling``, ``objective.fairness.tolerance``, ``pools.total``.
        values: at least one.
        cities: codes of cities whose allocations are wanted.
        where: which rows of a table the edit is for.
        report: told after each step, with all that there is so far.

    Raises:
        InputError: the target or a value is wrong; with every finding. Nothing is solved then.
    """
    behind = f" where {where}" if where else ""
    edited = [apply(instance, [parse_edit(f"{target} = {float(value)!r}{behind}")]).instance for value in values]
    base = WarmStartCache()
    run(instance, memory=base)
    tiers, allocations = [], []
    for step, (value, each) in enumerate(zip(values, edited, strict=True)):
        result = run(each, memory=base.copy())
        tiers += [{"value": float(value), "step": step, **row} for row in tier_rows(result)]
        if result.has_solution and len(cities):
            table = result.tables["allocation"]
            chosen = table[table["city"].isin(list(cities))]
            allocations.append(chosen[["city", "pool", "unit", "published"]].assign(value=float(value), step=step))
        found = pd.concat(allocations, ignore_index=True)[COLUMNS] if allocations else pd.DataFrame(columns=COLUMNS)
        variation = Variation(target, instance.settings.integers, pd.DataFrame(tiers), found, instance)
        report(variation)
    return variation


def tier_rows(result: Result) -> list[dict[str, Any]]:
    """Status, tier, reached, bound, gap and incomplete of every tier, as `Variation.tiers` has them."""
    status = result.manifest["status"]
    said = f"{status['stopped']}, {status['quality']}"
    early = status["stopped"] != Stopped.FINISHED
    known = catalogue(result.instance.formulation).tiers
    bounded = {each.tier for each in result.instance.settings.objective
               if known[each.tier].has_duals(each.method)}  # fmt: skip
    rows = [
        {
            "status": said, "tier": tier["tier"], "reached": tier["value"], "bound": tier["bound"], "gap": tier["gap"],
            "incomplete": early or (tier["tier"] in bounded and tier["bound"] is None),
        }
        for tier in result.manifest["tiers"]
    ]  # fmt: skip
    nothing = {"tier": "", "reached": None, "bound": None, "gap": None, "incomplete": early}
    return rows or [{"status": said, **nothing}]


def refuse_many(count: int) -> None:
    """Refuses a number of values that nobody waits for.

    Raises:
        AskError: there are too many.
    """
    if count > MOST:
        raise AskError(TOO_MANY.fill(count=f"{count:,}", most=f"{MOST:,}"))


def steps(first: float, last: float, count: int) -> list[float]:
    """`count` values from first to last, free of the dust of floating point (1.1, not 1.1000000000000001).

    Raises:
        AskError: there are too many, or an end is no finite number.
    """
    refuse_many(count)
    if not (isfinite(first) and isfinite(last)):
        raise AskError(Text("起点和终点须是有限的数。", "The first and the last value have to be finite numbers."))
    return [float(f"{value:.12g}") for value in np.linspace(first, last, count)]
