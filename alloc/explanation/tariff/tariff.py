"""The unit tariff of a city as an answer: by the formula, and what of it is left behind the bounds of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from alloc.content.blocks import Column, Row, Table
from alloc.content.tables import significant
from alloc.explanation.city.holds import Holds, holds
from alloc.explanation.shared.answer import AskError, Writable
from alloc.explanation.shared.codes import known_codes
from alloc.explanation.tariff.units import Driver, drivers
from alloc.explanation.tariff.words import SAY
from alloc.instance.derived.bounds import Floats
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.result.city import Marks
from alloc.result.result import Result
from alloc.text import Text

SMALL = 10_000.0  # yuan in 10⁴ yuan, and m² in a hectare


@dataclass(frozen=True, eq=False)
class Tariff(Writable):
    """What one more unit brings a city.

    Attributes:
        result: of which plan.
        derived: of its instance.
        city: code.
        drivers: figures that bring the city anything by a formula; D of them.
        formula: what one more unit brings by the formula, NaN for a pool without one, in ha or 10⁴ yuan [D, R].
        plan: the same behind the bounds of the plan; NaN where the tables alone do not tell [D, R].
        decider: what decides the city's number of every pool, see `Holds` [R].
    """

    TITLE: ClassVar[Text] = SAY["title"]

    result: Result = field(repr=False)
    derived: Derived = field(repr=False)
    city: str
    drivers: tuple[Driver, ...]
    formula: Floats
    plan: Floats
    decider: tuple[str, ...]

    @property
    def instance(self) -> Instance:
        """Of the result."""
        return self.result.instance

    def sentences(self, language: str) -> list[str]:
        """Whose tariff it is, and how it is worked out."""
        name = self.result.city_names(language)[self.city]
        lines = [SAY["headline"].fill(city=name, code=self.city).said(language)]
        return [*lines, SAY["method" if self.drivers else "none"].said(language)]

    def tables(self, language: str) -> list[Table]:
        """By the formula, and behind the bounds of the plan."""
        if not self.drivers:
            return []
        return [
            tariff_table(self.result, self.derived, self.city, self.drivers, amounts, language, key)
            for key, amounts in (("formula", self.formula), ("plan", self.plan))
        ]

    def record(self) -> dict[str, Any]:
        """For machines: amounts in the unit of the pool for one more unit of the figure."""
        return {
            "question": "tariff",
            "city": self.city,
            "deciders": dict(zip(self.derived.pools, self.decider, strict=True)),
            "figures": [
                {
                    "table": each.table,
                    "column": each.column,
                    "service": each.service or None,
                    "title": each.title._asdict(),
                    "unit": each.unit._asdict(),
                    "formula": self._by_pool(self.formula[at]),
                    "plan": self._by_pool(self.plan[at]),
                }
                for at, each in enumerate(self.drivers)
            ],
        }

    def _by_pool(self, amounts: Floats) -> dict[str, float | None]:
        pairs = zip(self.derived.pools, amounts.tolist(), strict=True)
        return {pool: None if np.isnan(amount) else amount for pool, amount in pairs}


def explain_tariff(result: Result, city: str) -> Tariff:
    """What one more unit of every figure behind the formulas brings a city.

    Args:
        result: with a point.
        city: code or name.

    Raises:
        AskError: there is no such city, or the result has no point.
    """
    if not result.has_solution:
        raise AskError(Text("这个结果没有分配方案。", "This result has no allocation."))
    city = known_codes(result.instance.tables, [city])[0]
    derived = derive(result.instance)
    at, held = derived.cities.index(city), holds(result, derived)
    moving = tuple(each for each in drivers(result.instance, derived) if np.nan_to_num(each.brings[at]).any())
    formula = np.array([each.brings[at] for each in moving]).reshape(len(moving), len(derived.pools))
    plan = np.array([_behind_bounds(result.instance, derived, held, each, at) for each in moving])
    return Tariff(result, derived, city, moving, formula, plan.reshape(formula.shape), tuple(held.decider[at].tolist()))


def _behind_bounds(instance: Instance, derived: Derived, held: Holds, driver: Driver, at: int) -> Floats:
    """What one more unit brings a city in its plan, as far as its own bounds and the formula tell [R]."""
    after = derive(driver.one_more(instance, derived.cities[at]), derived)
    found = np.full(len(derived.pools), np.nan)
    for r, decider in enumerate(held.decider[at]):
        brings, benchmark = driver.brings[at, r], derived.benchmark[at, r]
        if decider == "override":
            found[r] = 0.0
        elif decider == "formula":
            found[r] = brings * held.value[at, r] / benchmark if benchmark > 0 else brings
        elif decider == "rule":
            lower = held.at_lower[at, r] and (not held.at_upper[at, r] or held.value[at, r] > benchmark)
            before, now = (derived.lower, after.lower) if lower else (derived.upper, after.upper)
            found[r] = now[at, r] - before[at, r]
    return found


def tariff_table(
    result: Result,
    derived: Derived,
    city: str,
    rows: Sequence[Driver],
    amounts: Floats,
    language: str,
    key: str,
    note: str = "",
) -> Table:
    """A row a figure, a column a pool with a formula; money in yuan, land in m².

    Args:
        result: of which plan.
        derived: of its instance.
        city: code.
        rows: figures.
        amounts: in hectares or 10⁴ yuan [D, R].
        language: ``zh`` or ``en``.
        key: of the table's words.
        note: the key of another note.
    """
    pools, mark = result.instance.tables["pools"].set_index("pool"), Marks(result)
    shown = [r for r in range(len(derived.pools)) if not np.isnan(derived.benchmark[:, r]).all()]
    columns = [Column("figure", SAY["one_more"].said(language))]
    for pool in (derived.pools[r] for r in shown):
        unit = SAY["square" if pools.at[pool, "kind"] == "land" else "yuan"].said(language)
        columns.append(Column(pool, str(pools.at[pool, f"title_{language}"]), unit, "figure"))
    body: list[Row] = [
        (
            _named(each, language) + mark(each.table, each.column, city, each.service),
            *(significant(SMALL * amounts[at, r]) for r in shown),
        )
        for at, each in enumerate(rows)
    ]
    said = SAY[note or f"{key}_note"].said(language)
    return Table(f"tariff_{key}", SAY[key].said(language), tuple(columns), tuple(body), note=said)


def _named(driver: Driver, language: str) -> str:
    unit = driver.unit.said(language)
    return (
        SAY["of_unit"].said(language, title=driver.title.said(language), unit=unit)
        if unit
        else driver.title.said(language)
    )
