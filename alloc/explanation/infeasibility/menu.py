"""Repairs that are known to work: each combination of adjustments as edits, applied, and the edited instance tried."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from alloc.explanation.infeasibility.adjustments import Adjustment, adjustments
from alloc.explanation.infeasibility.coefficients import CLOSE, coefficient_adjustments, least_change
from alloc.explanation.infeasibility.groups import Clash
from alloc.explanation.infeasibility.lines import Change, changes
from alloc.explanation.infeasibility.published import gives_none, holds_published, limits_of_amounts
from alloc.explanation.infeasibility.rows import Rows, rows_of
from alloc.explanation.infeasibility.search import Combination, Elastic
from alloc.formulation.lever import DROP
from alloc.instance.derived.derived import Derived
from alloc.instance.findings import InputError
from alloc.instance.prechecks.all import precheck
from alloc.scenario import Edit, apply, parse_edit
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.tolerances import BEYOND_BOUND, INTEGRALITY

WANTED = 4  # repairs of a menu, at most
LEAST = 3  # different ones that are looked for as long as there is time
TRIED = 24  # combinations that are tried for a menu
SHORT = 3  # lines of a repair that a planner reads at a glance
RUNS, RUNS_LARGE = 12, 4  # of the elastic model, after which no further combinations are looked for
ROUNDS = 8  # of applying, and adding what is still missing
SHARE = 0.2  # of the time left, for one run
FURTHER = 1e-3  # of what a repair changes: by so much more, twice as much each round, until published amounts hold too
FAR = 1e-3  # of what a number was: one that falls below is sought for by itself


@dataclass(frozen=True)
class Repair:
    """Edits after which the instance has a point.

    Attributes:
        changes: one for each line.
        cost: Σ weight of the owner · change relative to what there is, before rounding.
        published: whether limits on amounts that clash hold for whole quanta too (`holds_published`).
    """

    changes: tuple[Change, ...]
    cost: float
    published: bool = True

    @property
    def lines(self) -> tuple[str, ...]:
        """As ``--edit`` takes them."""
        return tuple(each.line for each in self.changes)

    @property
    def adjustments(self) -> frozenset[str]:
        """What it changes."""
        return frozenset(each.adjustment.name for each in self.changes)


@dataclass(frozen=True)
class Menu:
    """Repairs, the cheapest first.

    Attributes:
        repairs: each tried on the instance.
        complete: whether every combination was looked at, so that there are no others.
        proven: whether the order by cost is certain.
    """

    repairs: tuple[Repair, ...]
    complete: bool
    proven: bool


def has_solution(rows: Rows, clock: Clock) -> bool | None:
    """Whether an instance has a point, whole facilities and the arithmetic before the solve included; None: unknown."""
    if any(each.severity == "error" for each in precheck(rows.instance, rows.derived)):
        return False
    whole = rows.instance.settings.integers and bool(np.any(rows.model.integer & (rows.model.upper > rows.model.lower)))
    session = Session(rows.model, clock)
    run = session.run()
    if whole and run.ending is Ending.OPTIMAL and run.point is not None and not _rounds(session, rows, run.point):
        run = Session(rows.model, clock, whole=True).run(SHARE * clock.left)
    return {Ending.OPTIMAL: True, Ending.INFEASIBLE: False}.get(run.ending)


@dataclass(frozen=True)
class _Trial:
    """What a repaired instance is asked: a point, multiples to publish of every pool that had some before (derived),
    and published amounts that keep limits (by name) too."""

    before: Derived
    limits: Collection[str]
    clock: Clock

    def works(self, rows: Rows) -> bool | None:
        """Whether all of it is there; None: unknown."""
        found = not gives_none(self.before, rows.derived) and has_solution(rows, self.clock)
        return self.published(rows) if found else found

    def published(self, rows: Rows) -> bool:
        """Whether published amounts keep the limits."""
        return holds_published(rows, self.limits, self.clock)


def _rounds(session: Session, rows: Rows, point: np.ndarray) -> bool:
    """Whether the facilities of a point of the relaxation, rounded down or up, are those of a whole one."""
    columns = np.flatnonzero(rows.model.integer)
    for rounded in (np.floor(point[columns] + INTEGRALITY), np.ceil(point[columns] - INTEGRALITY)):
        fixed = np.clip(rounded, rows.model.lower[columns], rows.model.upper[columns])
        session.bound_columns(columns, fixed, fixed)
        if session.run(cold=True).ending is Ending.OPTIMAL:
            return True
    return False


def menu(rows: Rows, groups: Clash, whole: bool, clock: Clock, on_progress: Callable[[str, int, int], None]) -> Menu:
    """The cheapest repairs of an instance without a point.

    Args:
        rows: of the instance.
        groups: that clash in it.
        whole: whether whole facilities alone make the conflict.
        clock: when it runs out, or is interrupted, what has been found is the menu.
        on_progress: the stage (``adjustments``, ``repairs`` or ``coefficients``), how much is done, of how much.
    """
    every = adjustments(rows, on_progress=lambda done, total: on_progress("adjustments", done, total))
    elastic = Elastic(rows, every, whole, clock)
    trial = _Trial(rows.derived, limits_of_amounts(rows, groups), clock)
    search = _Search(rows, {each.name: each for each in every}, elastic, trial, on_progress)
    search.look(frozenset(each.name for each in every if each.way == DROP), LEAST if elastic.large else WANTED)
    # To drop a rule is offered where to change numbers leaves fewer than three short ways that are soon found.
    if _short(search.found) < LEAST:
        search.look(frozenset(), LEAST)
    else:
        search.complete = False
    found, complete, proven = search.found, search.complete, search.proven
    if not elastic.large or len(found) < LEAST:
        found += _by_coefficients(rows, groups, trial, on_progress)
    stopped = clock.interrupted or clock.left <= 0
    order = sorted(found, key=lambda each: (each.cost, len(each.lines)))
    return Menu(tuple(order[:WANTED]), complete and not stopped, proven and not stopped)


@dataclass
class _Search:
    """Combinations tried one after the other, until enough of them work.

    Attributes:
        found: repairs, none of which contains another.
        complete: whether every combination was looked at.
        proven: whether none that is cheaper can have been missed.
    """

    rows: Rows
    by_name: Mapping[str, Adjustment]
    elastic: Elastic
    trial: _Trial
    on_progress: Callable[[str, int, int], None]
    found: list[Repair] = field(default_factory=list)
    complete: bool = True
    proven: bool = True
    _tried: int = 0

    def look(self, without: frozenset[str], wanted: int) -> None:
        """Looks for further repairs without some adjustments; with all as long as there are fewer than three."""
        last = self.elastic.runs + (RUNS_LARGE if self.elastic.large else RUNS)

        def more() -> bool:
            return self.elastic.runs < last or (not without and len(self.found) < LEAST)

        alone = {name for each in self.found if len(each.adjustments) == 1 for name in each.adjustments}
        for combination in self.elastic.combinations(SHARE * self.trial.clock.left, without | alone, more):
            self.proven &= combination.proven
            if any(each.adjustments <= frozenset(combination.amounts) for each in self.found):
                continue
            self._tried += 1
            self.on_progress("repairs", len(self.found), WANTED)
            repair = _repaired(self.rows, self.by_name, combination, self.trial)
            if repair is not None and not any(each.adjustments <= repair.adjustments for each in self.found):
                self.found = [each for each in self.found if not repair.adjustments <= each.adjustments] + [repair]
            if self._tried >= TRIED or (len(self.found) if without else _short(self.found)) >= wanted:
                self.complete = False
                break
        self.complete &= more()


def _short(found: Iterable[Repair]) -> int:
    """How many repairs have few lines."""
    return sum(len(each.lines) <= SHORT for each in found)


def _by_coefficients(
    rows: Rows, groups: Clash, trial: _Trial, on_progress: Callable[[str, int, int], None]
) -> list[Repair]:
    """Repairs by one number that moves coefficients: the cheapest of every column or setting."""

    def works(lines: list[Change]) -> bool | None:
        if trial.clock.interrupted or trial.clock.left <= 0:
            return None
        try:
            return trial.works(_applied(rows, lines))
        except InputError:
            return False

    known = coefficient_adjustments(rows, groups)
    best: dict[str, Repair] = {}
    for place, each in enumerate(known):
        on_progress("coefficients", place, len(known))
        amounts = least_change(rows, each, works)
        if amounts is None:
            continue
        lines = tuple(changes(rows.instance, each, amounts))
        try:
            apply(rows.instance, _edits(lines))
        except InputError:
            continue
        repair = Repair(lines, Elastic.cost(each, amounts))
        if each.number.path not in best or repair.cost < best[each.number.path].cost:
            best[each.number.path] = repair
    return list(best.values())


def _edits(lines: Iterable[Change]) -> list[Edit]:
    return [parse_edit(each.line, place) for place, each in enumerate(lines, 1)]


def _applied(rows: Rows, lines: Iterable[Change]) -> Rows:
    return rows_of(apply(rows.instance, _edits(lines), check=False).instance, rows)


def _repaired(rows: Rows, by_name: Mapping[str, Adjustment], first: Combination, trial: _Trial) -> Repair | None:
    """A combination as edits that work: what is missing after they are applied is added to them, and they again.

    Where they work before rounding and published amounts miss a limit, they go a little further; where that never is
    enough, they stand as they were first.
    """
    amounts = {name: change.copy() for name, change in first.amounts.items()}
    instance, clock, before = rows.instance, trial.clock, None
    for number in range(ROUNDS):
        if clock.interrupted or clock.left <= 0:
            return before
        lines = [line for name, change in amounts.items() for line in changes(instance, by_name[name], change)]
        edits = _edits(lines)
        try:
            after = _applied(rows, lines)
            if gives_none(trial.before, after.derived):
                return before
            works = has_solution(after, clock)
            if works:
                apply(instance, edits)  # nothing that the checks refuse is offered
        except InputError:
            return before
        if works:
            repair = Repair(tuple(lines), sum(Elastic.cost(by_name[name], each) for name, each in amounts.items()))
            if trial.published(after):
                return _nearer(rows, _without_needless(rows, repair, trial), trial)
            before = before or replace(repair, published=False)
            amounts = {
                name: np.minimum(each * (1 + FURTHER * 2**number), by_name[name].most) for name, each in amounts.items()
            }
        elif works is None or not _add(amounts, by_name, after, clock, number):
            return before
    return before


def _nearer(rows: Rows, repair: Repair, trial: _Trial) -> Repair:
    """A number that falls to a thousandth or less is known only as well as what it fell from: it is sought upwards.

    Twice as much is tried as long as it works, then halves between what works and what does not.
    """
    (first, *others) = repair.changes
    if others or not first.old or not first.new or first.new > FAR * first.old:
        return repair
    old, clock = first.old, trial.clock

    def tried(value: float) -> Repair | None:
        by = np.where(np.array(first.adjustment.keys) == first.key, old - value, 0.0)
        lines = changes(rows.instance, first.adjustment, by)
        works = trial.works(_applied(rows, lines))
        return Repair(tuple(lines), Elastic.cost(first.adjustment, by)) if works else None

    good, bad, best = first.new, old, repair
    while bad - good > CLOSE * good and clock.left > 0 and not clock.interrupted:
        value = min(2 * good, (good + bad) / 2)
        found = tried(value)
        if found is None:
            bad = value
        else:
            good, best = value, found
    return best


def _without_needless(rows: Rows, repair: Repair, trial: _Trial) -> Repair:
    """Beside a rule that is done without altogether, other changes may not be needed any more."""
    waived = tuple(each for each in repair.changes if each.adjustment.turn.waives)
    if not waived or len(waived) == len(repair.changes):
        return repair
    if trial.works(_applied(rows, waived)):
        return Repair(waived, repair.cost)
    return repair


def _add(
    amounts: dict[str, np.ndarray], by_name: Mapping[str, Adjustment], after: Rows, clock: Clock, number: int
) -> bool:
    """Adds what the adjustments still lack after they were applied; False where they cannot make room."""
    still = adjustments(after, set(amounts))
    missing = Elastic(after, still, False, clock).cheapest(frozenset(), SHARE * clock.left)
    if missing is not None and not missing.amounts and after.instance.settings.integers:
        missing = Elastic(after, still, True, clock).cheapest(frozenset(), SHARE * clock.left)
    if missing is None:
        return False
    names = {each.name: each for each in still}
    for name in amounts:
        if name in missing.amounts:
            place = {key: k for k, key in enumerate(by_name[name].keys)}
            for key, extra in zip(names[name].keys, missing.amounts[name], strict=True):
                amounts[name][place[key]] += extra * 2 ** max(0, number - 1)
        amounts[name] = np.minimum(amounts[name] * (1 + BEYOND_BOUND * 10**number), by_name[name].most)
    return True
