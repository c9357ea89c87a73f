"""How far formulas are being phased in, and what that means for a city, as summaries and reports say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alloc.content.figures import exact_decimals, number, percent
from alloc.content.places import listed
from alloc.explanation.shared.parameters import titled
from alloc.instance.derived.bounds import counted_last_year
from alloc.instance.derived.derived import Derived
from alloc.instance.frames import records
from alloc.instance.instance import Instance
from alloc.result.wording import say


@dataclass(frozen=True, eq=False)
class Phasing:
    """The phase-in of a pool's formula, as it is written, and every city's share of last year [n]."""

    part: str
    shares: NDArray[np.float64]


def phasing_in(instance: Instance, derived: Derived, place: int) -> Phasing | None:
    """The phase-in of the formula of a pool; None where it is not being phased in.

    Args:
        instance: with its pools.
        derived: of it.
        place: of the pool.
    """
    part = float(instance.tables["pools"]["phase_in"].iloc[place])
    last = counted_last_year(derived.last_year[:, place], derived.taking_part[:, place], derived.up[:, place])
    if np.isnan(part) or part == 1 or last.sum() <= 0 or np.isnan(derived.formula[:, place]).all():
        return None
    return Phasing(number(part, exact_decimals([part], 6)), last / last.sum())


def phased_in(instance: Instance, derived: Callable[[], Derived], language: str, city: str) -> list[str]:
    """A sentence on the formulas that are being phased in and in which a city takes part; none where there are none.

    Args:
        instance: with its pools.
        derived: gives what is derived of it; asked only where some formula is being phased in.
        language: zh or en.
        city: its code.
    """
    if instance.tables["pools"]["phase_in"].isna().all():
        return []
    data = derived()
    at = data.cities.index(city)
    told = [
        say(language, "phased_in_pool", pool=titled(row).said(language), part=phase.part,
            share=percent(float(phase.shares[at]), 3))
        for place, row in enumerate(records(instance.tables["pools"]))
        if data.taking_part[at, place] and (phase := phasing_in(instance, data, place)) is not None
    ]  # fmt: skip
    return [say(language, "phased_in", pools=listed(told, language))] if told else []
