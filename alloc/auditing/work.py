"""The answer that is audited, and the solves that an audit asks for, which Ctrl-C ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.explanation.shared.answer import Report, Step
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.steps import same
from alloc.instance.findings import InputError
from alloc.instance.frames import placed
from alloc.instance.instance import Instance
from alloc.instance.options import with_options
from alloc.result.result import Result, run
from alloc.result.settled import below_limit
from alloc.result.store import trusted
from alloc.scenario import apply, parse_edit
from alloc.solver.model.runs import Clock, WarmStartCache
from alloc.solver.model.status import Stopped
from alloc.text import Text

Floats = NDArray[np.float64]
Item = TypeVar("Item")
KINDS: Mapping[str, Text] = {  # of pools, in the order in which gains are told
    "transfer": Text("转移支付", "transfers"), "bond": Text("债券", "bonds"), "land": Text("用地", "land"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Facts:
    """An answer as arrays over the n cities and R pools, in hectares and 10⁴ yuan.

    Attributes:
        instance: what was solved.
        derived: of it.
        result: with an allocation.
    """

    instance: Instance
    derived: Derived
    result: Result

    @cached_property
    def published(self) -> Floats:
        """What every city gets of every pool, as published [n, R]."""
        return self._column("published")

    @cached_property
    def decided(self) -> Floats:
        """The same before rounding [n, R]."""
        return self.published - self._column("rounding")

    @cached_property
    def settle(self) -> Floats:
        """How many settle, persons [n]."""
        return self._people["settle"].to_numpy(float)

    @cached_property
    def short(self) -> Floats:
        """By how many every city is below its settlement limit, persons [n]."""
        return below_limit(self._people)

    @cached_property
    def _people(self) -> pd.DataFrame:
        return self.result.tables["people"].set_index("city").loc[list(self.derived.cities)]

    @cached_property
    def migrants_share(self) -> Floats:
        """Migrants in the residents [n]."""
        return np.asarray(self.derived.migrants / self.derived.residents)

    @cached_property
    def names(self) -> list[Text]:
        """Every city as it is called in both languages."""
        named = [self.result.city_names(language) for language in ("zh", "en")]
        return [Text(str(named[0][code]), str(named[1][code])) for code in self.derived.cities]

    @cached_property
    def pools(self) -> list[Text]:
        """Every pool as it is called in both languages."""
        table = self.instance.tables["pools"].set_index("pool")
        return [Text(str(table.at[pool, "title_zh"]), str(table.at[pool, "title_en"])) for pool in self.derived.pools]

    def of_kind(self, amounts: Floats, kind: str) -> Floats:
        """What every city has of all pools of a kind [n]."""
        return np.asarray(amounts[:, self.derived.kind == kind].sum(axis=1))

    def _column(self, name: str) -> Floats:
        cities, pools = (np.array(each, dtype=object) for each in (self.derived.cities, self.derived.pools))
        return placed(self.result.tables["allocation"], name, cities, pools, "pool")


class Work:
    """Solves of one audit: each starts from where the relaxation of the instance ended, so that no order matters.

    Args:
        instance: that is audited.
        report: told of every step.
        clock: that Ctrl-C stops.
    """

    def __init__(self, instance: Instance, report: Report, clock: Clock) -> None:
        self.instance = instance
        self.relaxed = with_options(instance, relaxation=True)
        self._report, self._clock, self._memory = report, clock, WarmStartCache()

    @property
    def interrupted(self) -> bool:
        """Whether somebody has asked it to end."""
        return self._clock.interrupted

    @cached_property
    def answer(self) -> Facts | None:
        """The answer of the instance as it says itself: with whole facilities where it has them."""
        return self.base if self.relaxed is self.instance else self._facts(self.instance, None)

    @cached_property
    def base(self) -> Facts | None:
        """The answer of its relaxation, which probes are compared with."""
        return self._facts(self.relaxed, self._memory)

    @property
    def stopped(self) -> str:
        """Why the solve of the answer stopped, where it did not come to its end; else ""."""
        done = self.__dict__.get("answer") or self.__dict__.get("base")
        return "" if done is None or done.result.finished else str(done.result.status.stopped)

    def solved(self, instance: Instance, cold: bool = False) -> Facts | None:
        """The answer of nearly the same instance; None where it has none, or where the work is interrupted.

        Args:
            instance: of facilities in parts.
            cold: whether it has other cities or codes, so that where the base ended is no start.
        """
        assert self.base is not None, "the base is solved first"
        return self._facts(instance, None if cold else self._memory.copy())

    def edited(self, *lines: str) -> Instance | None:
        """The relaxed instance with edits; None where the checks refuse them."""
        try:
            return apply(self.relaxed, [parse_edit(line) for line in lines]).instance
        except InputError:
            return None

    def unchanged(self, instance: Instance) -> bool:
        """Whether nothing that enters the model differs from the base, so that the answer is the same."""
        assert self.base is not None
        before, after = self.base.derived, derive(instance, self.base.derived)
        return all(same(one, other) for one, other in zip(_parts(before), _parts(after), strict=True))

    def each(self, words: Text, items: Sequence[Item]) -> Iterator[Item]:
        """The items one after another, each of which is reported; no more after Ctrl-C."""
        for done, item in enumerate(items):
            if not self.interrupted:
                self._report(Step(words, done, len(items)))
            if self.interrupted:
                return
            yield item

    def _facts(self, instance: Instance, memory: WarmStartCache | None) -> Facts | None:
        if self.interrupted:
            return None
        try:
            result = run(instance, memory=memory, bounds=False)
        except InputError:  # what only arithmetic over the tables finds
            return None
        if result.status.stopped is Stopped.INTERRUPTED:
            self._clock.interrupted = True
            return None
        if not result.has_solution:
            return None
        return Facts(instance, derive(instance), result if result.verified else trusted(result))


def _parts(derived: Derived) -> list[Any]:
    """Everything that is derived, without how."""
    found = [getattr(derived, each.name) for each in fields(derived) if each.name != "steps"]
    return [dict(each) if isinstance(each, Mapping) else each for each in found]
