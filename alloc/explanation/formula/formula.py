"""What a plan takes from the published formula and gives for it: the same instance with closeness before every tier.

Both are relaxations, so that nothing but the order of the tiers differs. The first tier then gives every pool out by
its formula, as near as bounds, limits and budgets allow; services and settlement are decided by the others as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from alloc.comparison.yardsticks import FACTORS, inputs_of
from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import number, tier_unit
from alloc.content.tables import difference, share, table
from alloc.explanation.formula.words import SAY
from alloc.explanation.shared.answer import AskError, Report, Step, Writable, silent
from alloc.formulation.registry import catalogue, catalogue_for
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance
from alloc.instance.options import with_options
from alloc.instance.schema.columns import GRADES, MARKS
from alloc.instance.statuses import grade, statuses_of
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.scenario.titles.writing import lines_shown
from alloc.text import Text


@dataclass(frozen=True)
class Side:
    """One of the two plans that are held against each other.

    Attributes:
        values: tier -> the value of the plan, in the tier's own unit.
        bounds: tier -> what no plan can better while the tiers before it are no worse; None where it is not known.
        away: pool -> the part of the formula's amounts that is given to other cities than the formula says, 0 to 1;
            a pool without a formula is left out.
    """

    values: dict[str, float]
    bounds: dict[str, float | None]
    away: dict[str, float]


@dataclass(frozen=True)
class Formula(Writable):
    """The answer.

    Attributes:
        result: that was asked.
        order: the edit that puts closeness to the formula first.
        first: the name of that tier.
        plan: the relaxation of the result's instance.
        formula: the same in the other order; None where one of the two did not come to its end.
    """

    TITLE: ClassVar[Text] = SAY["title"]

    result: Result
    order: str
    first: str
    plan: Side | None
    formula: Side | None

    @property
    def instance(self) -> Instance:
        """Of the result."""
        return self.result.instance

    def sentences(self, language: str) -> list[str]:
        """What is compared, what every tier is under both, and how to solve it oneself."""
        if self.plan is None or self.formula is None:
            return self.about(language)
        again = SAY["again"].fill(edit=lines_shown([self.order], self.instance, language)[0]).said(language)
        return [*self.about(language), *filter(None, [self.said(language)]), again]

    def about(self, language: str) -> list[str]:
        """What is compared with what; that it was not settled where a solve did not come to its end."""
        left_open = [] if self.plan is not None and self.formula is not None else [SAY["open"]]
        return [each.said(language) for each in (SAY["method"], SAY["relaxed"], *left_open)]

    def said(self, language: str) -> str:
        """One sentence: what the tiers that come before closeness in the plan would be; nothing where it is open."""
        if self.plan is None or self.formula is None:
            return ""
        known = catalogue_for(self.instance.settings).tiers
        told = []
        for tier, value in self.plan.values.items():
            if tier == self.first:
                break
            unit, decimals = tier_unit(known[tier].unit, value)
            told.append(SAY["tier"].fill(
                tier=known[tier].title, unit=Text(unit.zh and f" {unit.zh}", unit.en and f" {unit.en}"),
                plan=number(value / unit.size, decimals), name=self._own(language),
                formula=number(self.formula.values[tier] / unit.size, decimals),
            ).said(language))  # fmt: skip
        return SAY["said"].fill(tiers=("；" if language == "zh" else "; ").join(told)).said(language) if told else ""

    def tables(self, language: str) -> list[Table]:
        """Tiers under both; and how far every pool is from its formula under both."""
        if self.plan is None or self.formula is None:
            return []
        known = catalogue_for(self.instance.settings).tiers
        tiers: list[Row] = []
        for tier, value in self.plan.values.items():
            unit, decimals = tier_unit(known[tier].unit, value)
            other, mark = self.formula.values[tier], self._mark(inputs_of(tier, self.instance))
            cells = (value, self.plan.bounds[tier], other, self.formula.bounds[tier])
            shown = [Amount(np.nan if each is None else each / unit.size, decimals, mark=mark) for each in cells]
            change = difference(shown[2], shown[0])
            tiers.append((known[tier].title.said(language), *shown, change, unit.said(language)))
        pools = self.instance.tables["pools"].set_index("pool")
        away: list[Row] = []
        for pool, part in self.plan.away.items():
            mark = self._mark(self._behind(pool))
            cell = (share(each, mark=mark) for each in (part, self.formula.away[pool]))
            away.append((str(pools.at[pool, f"title_{language}"]), *cell))
        heads, of_pools = (SAY[key].said(language, name=self._own(language)) for key in ("tiers_heads", "pools_heads"))
        found = [table("formula_tiers", SAY["tiers"].said(language), heads, "lrrrrrl",
                       tiers, SAY["tiers_note"].said(language))]  # fmt: skip
        if away:
            found.append(table("formula_pools", SAY["pools"].said(language), of_pools, "lrr",
                               away, SAY["pools_note"].said(language)))  # fmt: skip
        return found

    def _own(self, language: str) -> str:
        """What the side of the plan is called: its relaxation, where its facilities are whole."""
        return SAY["own_relaxed" if self.instance.settings.integers else "own"].said(language)

    def _behind(self, pool: str) -> list[str]:
        """The columns that the formula of a pool, and the bounds around it, rest on."""
        table = self.instance.tables["factors"]
        named = [str(each) for each in table.loc[table["pool"] == pool, "factor"]]
        inputs = [name for each in named for name in FACTORS.get(each, (f"cities.{each}",))]
        return [*inputs, "last_year.amount", "earmarks.amount"]

    def _mark(self, inputs: Iterable[str]) -> str:
        """The mark of the weakest of some columns, ``table.column``; a setting has none."""
        statuses, tables = statuses_of(self.instance.tables), self.instance.tables
        parted = (each.rpartition(".") for each in inputs)
        found = [statuses.weakest(table, column, tables[table]) for table, _, column in parted if table in tables]
        return MARKS.get(GRADES[max((grade(each) for each in found), default=0)], "")

    def record(self) -> dict[str, Any]:
        """For machines: values in the tiers' own units."""
        sides = {"plan": self.plan, "formula": self.formula}
        return {
            "question": "formula",
            "facilities": "parts",
            "edit": self.order,
            "complete": None not in sides.values(),
            **{
                name: None if side is None else {"values": side.values, "bounds": side.bounds, "away": side.away}
                for name, side in sides.items()
            },
        }


def explain_formula(result: Result, report: Report = silent) -> Formula:
    """What the tiers would be if every pool were given out by its formula, as near as the rules allow.

    Args:
        result: with a point. Where its facilities are whole its relaxation is solved, and compared.
        report: told of both solves.

    Raises:
        AskError: the result has no point, or its formulation has no tier that is closeness to the formula.
    """
    if not result.has_solution:
        raise AskError(SAY["no_point"])
    instance = with_options(result.instance, relaxation=True)
    own = [each.tier for each in instance.settings.objective]
    squares = [name for name, each in catalogue(instance.formulation).tiers.items() if each.quadratic]
    if not squares:
        raise AskError(SAY["no_formula"])
    first = squares[0]
    order = f"objective = {[first, *(each for each in own if each != first)]!r}"
    report(Step(SAY["plan"]))
    plan = result if not result.instance.settings.integers else run(instance)
    report(Step(SAY["first"]))
    formula = run(apply(instance, [parse_edit(order)]).instance)
    complete = plan.finished and plan.has_solution and formula.finished and formula.has_solution
    return Formula(
        result, order, first, _side(plan, own) if complete else None, _side(formula, own) if complete else None
    )


def _side(result: Result, tiers: list[str]) -> Side:
    """Values and bounds of the tiers that the plan has, in its order, and how far every pool is from its formula."""
    of = {each["tier"]: each for each in result.manifest["tiers"]}
    return Side(
        {tier: float(of[tier]["value"]) for tier in tiers},
        {tier: None if of[tier]["bound"] is None else float(of[tier]["bound"]) for tier in tiers},
        _away(result),
    )


def _away(result: Result) -> dict[str, float]:
    """Σ_c |allocation − benchmark| / 2 Σ_c benchmark of every pool that has a formula."""
    derived = derive(result.instance)
    given = result.tables["allocation"].pivot(index="city", columns="pool", values="published")
    amounts = given.reindex(index=list(derived.cities), columns=list(derived.pools)).to_numpy(dtype=float)
    total = np.nansum(derived.benchmark, axis=0)
    off = np.nansum(np.abs(amounts - derived.benchmark), axis=0)
    return {pool: float(off[r] / (2 * total[r])) for r, pool in enumerate(derived.pools) if total[r] > 0}
