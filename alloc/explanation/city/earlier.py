"""What each objective before closeness to the formula makes of a number.

The tiers are solved once more with closeness behind none of those that stand before it, behind the first, behind the
first two, and so on, facilities in parts. What a number moves from one of these to the next is what the tier takes that
is held there for the first time; where closeness stands alone, it is what rules over several numbers leave of the
formula. The last is the relaxation of the result, from which it is taken; what can be no other is not solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel
from alloc.content.blocks import Row, Table
from alloc.content.numbers import amount_text
from alloc.content.tables import exact, table
from alloc.explanation.city.amounts import Figures
from alloc.explanation.city.words import say
from alloc.explanation.sensitivity.tiers import tolerances
from alloc.explanation.shared.answer import Report
from alloc.explanation.shared.sums import MORE, REST, printed_parts
from alloc.instance.derived.bounds import Floats
from alloc.result.result import Result
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending, WarmStartCache
from alloc.solver.tiers.lexicographic import solve_tiers
from alloc.tolerances import ROUNDOFF, USED_UP

SHARED, WHOLE = "shared", "whole"
SHARE = "share"  # a unit that needs no word


@dataclass(frozen=True)
class Taken:
    """What one tier makes of a number.

    Attributes:
        tier: its name.
        amount: by how much the number moves where the tier is held first, in the unit of the pool.
        tolerance: what it lets later tiers take, in its own unit; None where it is held exactly.
        given: what of that it gives in the result; None where it is held exactly, or its optimum is not known.
    """

    tier: str
    amount: float
    tolerance: float | None
    given: float | None

    @property
    def used_up(self) -> bool:
        """Whether it has nothing left to give."""
        return self.tolerance is not None and self.given is not None and self.given >= self.tolerance * (1 - USED_UP)


@dataclass(frozen=True)
class Earlier:
    """The part of a number that is optimisation, split in the order in which it came about.

    Attributes:
        shared: what rules over several numbers make of it, before any tier but closeness.
        tiers: what each tier before closeness makes of it, in their order.
        whole: what whole facilities make of it behind these; None where facilities are in parts.
    """

    shared: float
    tiers: tuple[Taken, ...]
    whole: float | None

    @property
    def parts(self) -> dict[str, float]:
        """All of them by name, in their order; together they are the part."""
        found = {SHARED: self.shared, **{each.tier: each.amount for each in self.tiers}}
        return found if self.whole is None else {**found, WHOLE: self.whole}


def earlier(
    result: Result, model: LinearModel, at: tuple[int, int], decided: float, optimised: float, report: Report
) -> Earlier | None:
    """What each objective before closeness makes of one allocation.

    Args:
        result: with an allocation.
        model: compiled from its instance, without a band.
        at: where the city and the pool stand among what is granted.
        decided: the number before rounding.
        optimised: what of it is optimisation.
        report: told of every tier that is solved.

    Returns:
        The split; None where no closeness determines the number, nothing stands before it, or a solve does not end.
    """
    block = model.grants
    place = block.start + at[0] * block.shape[1] + at[1]
    names = list(model.objectives)
    close = next((name for name, one in model.objectives.items()
                  if isinstance(one, ClosenessObjective) and place in one.columns), None)  # fmt: skip
    before = names[: names.index(close)] if close is not None else []
    if close is None or not before or model.lower[place] >= model.upper[place]:
        return None
    wanted = tolerances(result.instance)
    granted = _granted(result, model, [*before, close])
    found = _behind_each(model, before, close, wanted, granted, Clock(result.instance.settings.time_limit), report)
    if found is None:
        return None
    values = [float(each[at]) for each in found]
    steps = np.diff(values).tolist()
    said, floors = {each["tier"]: each for each in result.manifest["tiers"]}, result.manifest["floors"]
    taken = tuple(
        Taken(tier, step, wanted.get(tier), _given(said.get(tier), floors, wanted.get(tier)))
        for tier, step in zip(before, steps, strict=True)
    )
    whole = decided - values[-1] if result.instance.settings.integers else None
    return Earlier(optimised - sum(steps) - (whole or 0.0), taken, whole)


def _behind_each(
    model: LinearModel, before: Sequence[str], close: str, wanted: Mapping[str, float], granted: Floats | None,
    clock: Clock, report: Report,
) -> list[Floats] | None:  # fmt: skip
    """What is granted [n, R] with closeness behind none of the tiers before it, behind the first, …, behind all.

    With every tier that is held there is less to choose from, and of a strictly convex distance the least point is one:
    where it is the same behind few tiers and behind more, it is the same behind all between, which are not solved.

    Args:
        granted: what is known behind all of them; None: it is solved.
    """
    objective, block, memory = model.objectives[close], model.grants, WarmStartCache()
    assert isinstance(objective, ClosenessObjective)
    places = objective.columns - block.start
    nothing_else = bool(((places >= 0) & (objective.columns < block.stop)).all())  # is a part of the distance
    last = len(before)
    found: dict[int, Floats] = {} if granted is None else {last: granted}
    open_ranges = [(0, last)]
    while open_ranges:
        few, more = open_ranges.pop()
        for held in [each for each in (few, more) if each not in found]:
            part = replace(model, objectives={name: model.objectives[name] for name in [*before[:held], close]})
            kept = {name: value for name, value in wanted.items() if name in part.objectives}
            with clock.interruptible():
                run = solve_tiers(part, Session(part, clock, memory=memory), kept, report, "tiers")
            if clock.interrupted:
                raise KeyboardInterrupt
            if run.ending is not Ending.OPTIMAL or run.point is None:
                return None
            found[held] = part.granted_at(run.point)
        if nothing_else and _same(found[few].ravel()[places], found[more].ravel()[places]):
            found |= dict.fromkeys(range(few, more), found[more])
        elif more - few > 1:
            middle = (few + more) // 2
            open_ranges += [(middle, more), (few, middle)]
    return [found[held] for held in range(last + 1)]


def _same(one: Floats, other: Floats) -> bool:
    """Whether two allocations are the same but for the last digits."""
    return bool((np.abs(one - other) <= ROUNDOFF * np.maximum(1.0, np.abs(one))).all())


def _granted(result: Result, model: LinearModel, tiers: Sequence[str]) -> Floats | None:
    """What the result's relaxation grants [n, R]; None where one of these tiers was not solved to the end."""
    if not {each["tier"] for each in result.manifest["tiers"] if each["optimised"]} >= set(tiers):
        return None
    if result.instance.settings.integers:
        if "relaxation" not in result.tables:
            return None
        table = result.tables["relaxation"]
        values = table["granted"]
    else:
        table = result.tables["allocation"]
        values = table["published"] - table["rounding"]
    return values[table.sort_values(["city", "pool"]).index].to_numpy().reshape(model.grants.shape)


def _given(tier: Mapping[str, Any] | None, floors: Mapping[str, float], tolerance: float | None) -> float | None:
    """What a tier with a tolerance gives of its optimum in the result."""
    if tier is None or tolerance is None:
        return None
    optimum = floors.get(tier["tier"], tier["bound"])
    given = None if optimum is None else abs(optimum - tier["value"])
    return 0.0 if given is not None and given <= USED_UP * tolerance else given


def earlier_sentences(split: Earlier | None, rows: Sequence[str], show: Figures) -> list[str]:
    """Which objective, and how far it has given what it may give, moves the number by how much.

    Args:
        split: of the number; None where there is none.
        rows: families whose rows of this city alone keep the number from coming nearer to the formula.
        show: how amounts of its pool are written.
    """
    if split is None or not any(_moves(each, show) for each in split.parts.values()):
        return []
    language = show.language

    def quoted(name: str) -> str:
        return say(language, "quoted", title=_title(name, show))

    told = [
        say(language, "earlier_one", title=quoted(each.tier), amount=show.amount(each.amount, sign=True),
            how=say(language, f"earlier_{_how(each)}", **_figures(each, show)))
        for each in split.tiers if _moves(each.amount, show)
    ]  # fmt: skip
    still = [quoted(each.tier) for each in split.tiers if not _moves(each.amount, show)]
    said = say(language, "earlier_shared", unit=show.behind, shared=show.amount(split.shared, sign=True),
               all=show.amount(sum(split.parts.values()), sign=True))  # fmt: skip
    comma, end = ("，", "。") if language == "zh" else (", ", ".")
    said += say(language, "earlier_then", tiers=comma.join(told)) if told else ""
    said += say(language, "earlier_still", tiers=("、" if language == "zh" else ", ").join(still)) if still else ""
    if split.whole is not None and _moves(split.whole, show):
        said += say(language, "earlier_whole", amount=show.amount(split.whole, sign=True))
    tied = say(language, "earlier_rows", rows=comma.join(map(quoted, rows))) if rows else ""
    return [said + end, *([tied] if tied else [])]


def earlier_table(split: Earlier, show: Figures, total: Decimal, step: float) -> Table:
    """The part that is optimisation, split; it adds up as it is printed.

    Args:
        split: of one number.
        show: how amounts of its pool are written.
        total: the part as it is printed.
        step: of the last digit.
    """
    language = show.language
    parts = printed_parts(split.parts, total, step)
    parts[SHARED] += parts.pop(REST)
    meant = {each.tier: say(language, f"tier_{_how(each)}", **_figures(each, show)) for each in split.tiers}
    rows: list[Row] = [
        (_title(name, show), show.cell(part, sign=True, more=MORE), meant.get(name) or say(language, f"{name}_is"))
        for name, part in parts.items()
    ]
    rows.append((say(language, "optimised"), show.cell(total, sign=True, more=MORE), say(language, "earlier_sum")))
    title = say(language, "earlier", unit=show.unit)
    note = say(language, "earlier_note")
    return table("earlier", title, say(language, "earlier_heads"), "lrl", rows, note)


def _moves(amount: float, show: Figures) -> bool:
    """Whether it is more than nothing as it is published."""
    return abs(amount) >= 0.5 * 10.0**-show.decimals


def _title(name: str, show: Figures) -> str:
    for titled in (show.known.tiers, show.known.families):
        if name in titled:
            return titled[name].title.said(show.language)
    return say(show.language, name)


def _how(taken: Taken) -> str:
    """How a tier is held: ``exactly``, or what of the tolerance is given: ``up`` (all), ``partly``, ``none``,
    ``unknown``."""
    if taken.tolerance is None or taken.given is None:
        return "exactly" if taken.tolerance is None else "unknown"
    return "up" if taken.used_up else "partly" if taken.given else "none"


def _figures(taken: Taken, show: Figures) -> dict[str, str]:
    """The tolerance and what of it is given, in the tier's own unit."""
    named = show.known.tiers[taken.tier].unit
    behind = f" {show.known.units[named].said(show.language)}" if named in show.known.units and named != SHARE else ""
    amounts = {"tolerance": taken.tolerance, "given": taken.given}
    return {name: amount_text(exact(each, 3)) + behind for name, each in amounts.items() if each is not None}
