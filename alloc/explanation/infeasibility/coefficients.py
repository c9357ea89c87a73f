"""Levers that move coefficients of the model: standards, costs, ratios; each is turned alone until there is a point.

The elastic model has no place for them, since what they move is multiplied by decisions. But to turn one of them one
way as a rule only makes room (a cost falls, a ratio rises), so that the least change is found by halving: on the edit
as it would be offered, rounded, applied, and the instance tried, whole facilities included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from alloc.explanation.infeasibility.groups import Clash
from alloc.explanation.infeasibility.levers import LOWER, RAISE, Kind, Lever, owner_of, values_of
from alloc.explanation.infeasibility.lines import Change, changes
from alloc.explanation.infeasibility.rows import Rows

KINDS = (
    Kind("services.norm", "service", (LOWER,), ("recognised_need", "gate")),
    Kind("services.entitlement", "service", (RAISE, LOWER), ("recognised_need", "gate"), most=1.0),
    Kind("services.capital_cost", "service", (LOWER,), ("capital_budget",)),
    Kind("services.running_cost", "service", (LOWER,), ("general_budget",)),
    Kind("services.area", "service", (LOWER,), ("public_land",)),
    Kind("policy.settlement.cost", "all", (LOWER,), ("general_budget",)),
    Kind("policy.land.reuse_cost", "all", (LOWER,), ("capital_budget",)),
    Kind("policy.land.stock_ratio", "all", (RAISE,), ("stock_link",)),
    Kind("policy.debt.bond_rate", "all", (LOWER,), ("general_budget", "debt_service")),
)
NUMBERS = tuple(kind.number for kind in KINDS)
LEFT = 0.1  # of a number that is lowered, at least
TIMES = 4.0  # of a number that is raised, at most
SHARES = (1.0, 0.3, 0.1)  # of the way that are tried until one has a point
CLOSE = 0.01  # of the change: how near it is known to the least one
TRIES = 8  # of halving


def coefficient_levers(rows: Rows, clash: Clash) -> tuple[Lever, ...]:
    """Levers that have a part in the groups that clash: whatever repairs the instance changes one of these."""
    return tuple(lever for kind in KINDS for lever in _of(rows, clash, kind))


def _of(rows: Rows, clash: Clash, kind: Kind) -> Iterator[Lever]:
    groups = [group for group in clash.groups if group.family in kind.moves]
    if not groups:
        return
    services = set(rows.derived.services)
    named = {group.item for group in groups if group.item in services}
    for key, value in zip(*values_of(rows.instance, kind), strict=True):
        if kind.by == "service" and named and key not in named:
            continue
        for way in kind.ways:
            most = (min(TIMES * value, kind.most) - value) if way == RAISE else (1 - LEFT) * value
            if most <= 0:
                continue
            whole = np.array([value])
            yield Lever(
                f"{kind.path} {key} {way}", kind, way, key, owner_of(rows.instance, kind, key), (key,),
                whole, np.array([most]), whole, (), (),
            )  # fmt: skip


def least_change(rows: Rows, lever: Lever, works: Callable[[list[Change]], bool | None]) -> np.ndarray | None:
    """The least change of a lever with which an instance has a point; None: there is none, or it was not found.

    Args:
        rows: of the instance.
        lever: one of `coefficient_levers`.
        works: whether the instance has a point with some changes; None: unknown.
    """

    def tried(amount: float) -> bool | None:
        return works(changes(rows.instance, lever, np.array([amount])))

    most, good, bad = float(lever.most[0]), None, 0.0
    for share in SHARES:
        found = tried(share * most)
        if found is None:
            return None
        if found:
            good = share * most
            break
    if good is None:
        return None
    for _ in range(TRIES):
        if good - bad <= CLOSE * good:
            break
        middle = (good + bad) / 2
        if tried(middle):
            good = middle
        else:
            bad = middle
    return np.array([good])
