"""What one run of the solver gives, the time that all runs share, and what a solve leaves for the next."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from types import FrameType
from typing import Any

import numpy as np

from alloc.compiler.linear_model import Block


class Ending(Enum):
    """How one run ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    TIME = "time"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


def worst(*endings: Ending) -> Ending:
    """The first that is not optimal."""
    return next((ending for ending in endings if ending is not Ending.OPTIMAL), Ending.OPTIMAL)


@dataclass(frozen=True)
class Run:
    """Outcome of one run; arrays in units of the matrix.

    Attributes:
        ending: how it ended.
        point: column values, None where there is no feasible point.
        reduced: reduced costs (LP only).
        duals: row duals (LP only).
        bound: proven lower bound of the costs that were given.
        seconds: time taken.
    """

    ending: Ending
    point: np.ndarray | None
    reduced: np.ndarray
    duals: np.ndarray
    bound: float
    seconds: float


class Clock:
    """Time left of the whole solve, and whether it was interrupted."""

    def __init__(self, limit: float) -> None:
        self._start = time.perf_counter()
        self.limit = limit
        self.interrupted = False

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Within, Ctrl-C is noted and raises nothing.

        An exception would pass through the frames of the solver and leave its point half made. (Outside the main
        thread no signal arrives, and nothing is changed.)
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def noted(number: int, frame: FrameType | None) -> None:
            self.interrupted = True

        before = signal.signal(signal.SIGINT, noted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)

    @contextmanager
    def within(self, share: float) -> Iterator[None]:
        """Within, only a share of the time that is left may pass."""
        limit = self.limit
        self.limit = self.spent + share * self.left
        try:
            yield
        finally:
            self.limit = limit

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def left(self) -> float:
        """Seconds until the limit, never below zero."""
        return max(0.0, self.limit - self.spent)


@dataclass
class StepRecord:
    """How a step of an earlier solve ended.

    Attributes:
        basis: the last.
        columns, rows: how many HiGHS held.
        iterations: what the step took cold.
        families: where the rows of each lie.
        held: a digest of all that HiGHS held and was asked.
        run: what came out, None where it was forgotten.
    """

    basis: Any
    columns: int
    rows: int
    iterations: int
    families: Mapping[str, Block] = field(default_factory=dict)
    held: bytes = b""
    run: Run | None = None


@dataclass(frozen=True, eq=False)
class Least:
    """The least point of the closeness tier, what proves it, and what holds it.

    Attributes:
        point: all columns of the matrix.
        duals: of every row: what a unit less on its upper side costs; negative where the lower side holds it.
        columns, rows: which side holds each: −1 the lower, 1 the upper, 0 neither. Equations and fixed columns count as
            held by neither.
    """

    point: np.ndarray
    duals: np.ndarray
    columns: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class ActiveSetRecord:
    """What held the closeness tier's point.

    Attributes:
        least: it, in the units of the matrix of then.
        families: where the rows of each lie.
        scales: units of the model in one unit of the matrix, by column and by row of the families.
        held: a digest of all that HiGHS held.
    """

    least: Least
    families: Mapping[str, Block]
    scales: tuple[np.ndarray, np.ndarray]
    held: bytes


@dataclass
class WarmStartCache:
    """What a solve leaves for the next one of nearly the same model: where each step ended, and its facilities.

    `parts` are the same for solves that are a part of it.
    """

    steps: dict[str, StepRecord] = field(default_factory=dict)
    held: ActiveSetRecord | None = None
    cities: Mapping[bytes, np.ndarray] = field(default_factory=dict)
    """Program of a city (its digest) -> the facilities that it chose."""
    starts: dict[str, str] = field(default_factory=dict)
    """How each step of the last solve started: ``same`` (not run: the edit changes nothing up to here),
    ``still optimal`` (not run: what it found before proves itself the optimum here too), ``warm``, or ``cold`` with the
    reason."""
    parts: dict[str, WarmStartCache] = field(default_factory=dict)

    def copy(self) -> WarmStartCache:
        """Another one that holds the same; what is remembered in it later does not reach this one."""
        return WarmStartCache(
            dict(self.steps), self.held, self.cities, {}, {k: v.copy() for k, v in self.parts.items()}
        )

    def part(self, name: str) -> WarmStartCache:
        """What is remembered of a part of the solve."""
        return self.parts.setdefault(name, WarmStartCache())

    def forget_runs(self) -> None:
        """Keeps the bases alone, which are a small part of it."""
        self.steps = {step: replace(ended, run=None) for step, ended in self.steps.items()}
        for part in self.parts.values():
            part.forget_runs()
