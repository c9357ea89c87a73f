"""The smallest change of one parameter with which a city gets what is asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from alloc.explanation.request.ways import Way
from alloc.explanation.shared.optimum import optimum
from alloc.instance.findings import Finding, InputError
from alloc.result.result import Result
from alloc.scenario import apply, parse_edit
from alloc.session import Session
from alloc.solver.model.status import Stopped
from alloc.tolerances import LAST_DIGITS

FIRST = (1.0, 0.3, 0.1, 0.01, 0.001)  # shares of the way that are tried until one has an allocation
FURTHER = 3  # solves to come nearer to where there is no allocation any more
TRIES = 8  # solves to narrow a way down
CLOSE = 0.01  # of the change: how near it is known to the smallest one that was found


@dataclass(frozen=True)
class Found:
    """What turning one parameter gives.

    Attributes:
        way: the parameter.
        outcome: ``found`` (the value with its edits gives the city what is asked for, verified by a whole solve),
            ``not_enough`` (not within the range that was tried), ``impossible`` (with no value that was tried is there
            an allocation), ``stopped`` (not worked out in the time), ``left`` (not searched, for solves take long).
        value: the value found, or the farthest that was tried with an allocation; None where there is none.
        published: what the city gets there (before rounding, where it is not enough).
        lines: the edits that bring it about, where it was found.
        tiers: tier -> its value there, where it was found.
        brought: warnings on the amount that is written by hand there, where it was found.
        refused: what is wrong with the amount that is written by hand, where that can be seen without a solve.
    """

    way: Way
    outcome: Literal["found", "not_enough", "impossible", "stopped", "left"]
    value: float | None = None
    published: float | None = None
    lines: tuple[str, ...] = ()
    tiers: tuple[tuple[str, float], ...] = ()
    brought: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()

    @property
    def change(self) -> float:
        """The change relative to the old value; infinite where there was none or it was 0."""
        if self.value is None or not self.way.old:
            return float("inf")
        return abs(self.value - self.way.old) / abs(self.way.old)


class Interrupted(Exception):
    """A solve did not finish: whoever asks stopped it, or its time ran out."""


class Spent(Exception):
    """As many solves as a search may take have been made."""


class Probe:
    """Solves the base with a way turned to a value, always from where the base itself ended.

    Args:
        session: live, standing at the base.
        city, pool: codes.
        base: what the city gets there, before rounding.
        most: how many solves a search may take in all.

    Attributes:
        short: whether it would have taken more.
        refused: errors of the last edits that were to be verified.
    """

    def __init__(self, session: Session, city: str, pool: str, base: float, most: float = math.inf) -> None:
        """Keep the base."""
        self._left, self.short = most, False
        self.refused: tuple[Finding, ...] = ()
        self._session, self._memory, self.base = session, session.memory, base
        self._city, self._pool = city, pool

    def decided(self, lines: tuple[str, ...]) -> float | None:
        """What the city gets before rounding; None where there is no allocation.

        Raises:
            Interrupted: the solve was stopped.
            Spent: there were as many solves as there may be.
        """
        if self._left <= 0:
            self.short = True
            raise Spent
        self._left -= 1
        try:
            edits = [parse_edit(line, place) for place, line in enumerate(lines, 1)]
            # Only what is found is checked whole, by the session: the checks take longer than a warm solve.
            edited = apply(self._session.instance, edits, check=False).instance
        except InputError:
            return None
        found = optimum(edited, self._city, self._pool, self._memory.copy())
        if not found.finished:
            raise Interrupted
        return found.value

    def verified(self, lines: tuple[str, ...]) -> tuple[float, Result] | None:
        """What the city gets as published and verified, with the result; None where there is no allocation.

        Raises:
            Interrupted: the solve was stopped.
        """
        self.refused = ()
        try:
            result = self._session.edit(*lines)
        except InputError as error:
            self.refused = tuple(each for each in error.findings if each.severity == "error")
            return None
        self._session.undo()
        if not finished(result):
            raise Interrupted
        if not result.has_solution:
            self.refused = tuple(each for each in result.findings if each.severity == "error")
            return None
        return published(result, self._city, self._pool), result


def finished(result: Result) -> bool:
    """Whether a solve came to its end, with an allocation or with the proof that there is none."""
    return result.manifest["status"]["stopped"] in (Stopped.FINISHED, Stopped.INFEASIBLE)


def published(result: Result, city: str, pool: str) -> float:
    """The published number of a city and pool."""
    table = result.tables["allocation"]
    return float(table.loc[(table["city"] == city) & (table["pool"] == pool), "published"].iloc[0])


def search(way: Way, probe: Probe, amount: float, near: float) -> Found:
    """The smallest change of a way with which the city gets the amount, as far as a search between two values finds it.

    Where what the city gets rises and falls again along the way, a smaller change may exist.

    Args:
        way: the parameter.
        probe: solves.
        amount: what is asked for.
        near: how far below the amount still counts as the amount before rounding.
    """
    try:
        if way.fixed:
            return _checked(way, way.most, probe, amount)
        return _narrowed(way, probe, amount, near)
    except (Interrupted, KeyboardInterrupt):
        return Found(way, "stopped")
    except Spent:
        return Found(way, "left")


def _narrowed(way: Way, probe: Probe, amount: float, near: float) -> Found:
    high, given = _farthest(way, probe, amount - near)
    if given is None:
        return Found(way, "impossible")
    if given < amount - near:
        return Found(way, "not_enough", way.rounded(way.at(high)), given)
    low, above, below = 0.0, given - amount, amount - probe.base
    for step in range(TRIES):
        if high - low <= CLOSE * high:
            break
        # Where what the city gets is a straight line between the two, its crossing; every other time the middle.
        share = below / (below + above) if step % 2 == 0 and below > 0 and below + above > 0 else 0.5
        middle = low + (high - low) * min(max(share * 1.001, 0.02), 0.98)
        try:
            given = probe.decided(way.lines(way.rounded(way.at(middle))))
        except Spent:  # a change that does it is known, if not the smallest
            break
        if given is not None and given >= amount - near:
            high, above = middle, given - amount
        else:
            low, below = middle, amount - given if given is not None else amount
    return _checked(way, way.rounded(way.at(high)), probe, amount)


def _farthest(way: Way, probe: Probe, enough: float) -> tuple[float, float | None]:
    """A share of the way at which the city has enough; else the farthest that still has an allocation."""
    high = 1.0
    given: float | None = None
    closed: float | None = None
    for high in FIRST:
        given = probe.decided(way.lines(way.rounded(way.at(high))))
        if given is not None:
            break
        closed = high
    for _ in range(FURTHER):
        if given is None or given >= enough or closed is None:
            break
        middle = (high + closed) / 2
        more = probe.decided(way.lines(way.rounded(way.at(middle))))
        if more is None:
            closed = middle
        else:
            high, given = middle, more
    return high, given


def _checked(way: Way, value: float, probe: Probe, amount: float) -> Found:
    """A value by a whole, verified solve; a little further where rounding took the last quantum."""
    reached: float | None = None
    for _ in range(3):
        whole = probe.verified(way.lines(value))
        if whole is None:
            return Found(way, "impossible", value, refused=probe.refused)
        reached, result = whole
        if reached >= amount * (1 - LAST_DIGITS):
            tiers = tuple((each["tier"], float(each["value"])) for each in result.manifest["tiers"])
            table = way.target.partition(".")[0]
            brought = tuple(each for each in result.findings if way.fixed and each.file == f"{table}.csv")
            return Found(way, "found", value, reached, way.lines(value), tiers, brought)
        if way.fixed:
            break
        value = way.further(value)
    return Found(way, "not_enough", value, reached)
