"""Levels from the raw tables: what units between a pool and its cities keep, and whether a result says so rightly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alloc.verification.arrays import Columns, Flags, Floats, Texts

if TYPE_CHECKING:
    from alloc.verification.ledger import Ledger
    from alloc.verification.recompute import Raw
    from alloc.verification.results import Results

NOISE = 2e-6  # of a quantum
BORDER = 1.0 - 2e-7  # quanta by which a neighbour is less than away
EXACT = 1e-12  # tolerance of what is published and not solved


@dataclass(frozen=True)
class Unit:
    """A unit between the pools and the cities.

    ``depth`` counts levels from the top, ``own`` are its cities [n], ``retained`` the share of every pool that it keeps
    [R], and ``down`` what the units of its level receive for each part that a city gets [n, R].
    """

    name: str
    depth: int
    own: Flags
    retained: Floats
    down: Floats


def units(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], policy: Any) -> dict[str, Any]:
    """The units above the cities, ``units``, sorted by name, and what a pool gives out for a part of a city, ``up``.

    Args:
        tables: of the instance.
        facts: what is known by the names of `Raw`.
        policy: ``settings.policy``.
    """
    city, table = facts["city"], tables["levels"]
    kept = {
        (str(unit), str(pool)): float(share)
        for unit, pool, share in zip(table["unit"], table["pool"], table["retained"], strict=True)
    }
    up = np.ones((len(facts["cities"]), len(facts["pools"])))
    found: list[Unit] = []
    columns = list(enumerate(policy.levels)) if any(kept.values()) else []
    for depth, column in reversed(columns):
        names = np.array([_text(each) for each in city[column].tolist()], dtype=object)
        shares = {name: np.array([kept.get((name, pool), 0.0) for pool in facts["pools"]]) for name in set(names)}
        up = up.copy()
        for name in shares.keys() - {""}:
            up[names == name] /= 1.0 - shares[name]
        found += [Unit(name, depth, names == name, shares[name], up) for name in shares.keys() - {""}]
    return {"units": tuple(sorted(found, key=lambda unit: unit.name)), "up": up}


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.15g}"
    return str(value)


def pools_of(raw: Raw) -> Texts:
    """The pools of which some unit keeps something."""
    some = np.zeros(len(raw.pools), dtype=bool)
    for unit in raw.units:
        some |= unit.retained != 0
    found: Texts = raw.pools[some]
    return found


def kept_of(raw: Raw, levels: Columns | None) -> Floats:
    """What units above the cities keep of every pool [R]; nothing where the result has no such table."""
    kept = np.zeros(len(raw.pools))
    if levels is not None:
        kept[np.isin(raw.pools, pools_of(raw))] = levels["retained"].sum(axis=0)
    return kept


def check_levels(ledger: Ledger, raw: Raw, results: Results) -> None:
    """What every unit receives, keeps and passes on, against the published amounts and its share of what was decided.

    What is kept is a multiple of the quantum next to the unit's share of what it receives by the decisions, and so is
    all that is kept of a pool; only of a pool that is published as decided it is that share itself.
    """
    ledger.tally("levels")
    if results.levels is None:
        return
    table, names, pools = results.levels, [unit.name for unit in raw.units], pools_of(raw)
    here = np.array([list(raw.pools).index(pool) for pool in pools], dtype=np.intp)
    quantum, published = raw.pool["quantum"][here], results.allocations["published"][:, here]
    share = np.array([unit.retained[here] for unit in raw.units])
    exact = share * [(unit.down * results.allocation)[unit.own].sum(axis=0)[here] for unit in raw.units]
    kept, at = table["retained"], (names, pools)
    as_decided = np.abs(published - results.allocation[:, here]).max(axis=0) <= NOISE * quantum
    off = np.abs(kept - exact) / quantum
    ledger.compare("levels", off, "<=", np.where(share > 0, BORDER, 0.0), at=at, tolerance=EXACT, key="retained")
    together = np.abs((kept - exact).sum(axis=0)) / quantum
    ledger.compare("levels", together, "<=", 0.5, at=(pools,), tolerance=NOISE, key="retained together")
    broken = np.abs(kept / quantum - np.round(kept / quantum))
    broken = np.where(as_decided, np.minimum(broken, off), broken)
    ledger.compare("levels", broken, "<=", 0.0, at=at, tolerance=NOISE, key="retained, quantum")
    passed = np.array([published[unit.own].sum(axis=0) + _inside(raw, unit, kept) for unit in raw.units])
    ledger.compare("levels", table["passed"], "=", passed, at=at, tolerance=EXACT, key="passed")
    ledger.compare("levels", table["received"], "=", passed + kept, at=at, tolerance=EXACT, key="received")
    shown = kept / np.where(passed + kept > 0, passed + kept, 1.0)
    ledger.compare("levels", table["share"], "=", shown, at=at, tolerance=EXACT, key="share")


def _inside(raw: Raw, unit: Unit, kept: Floats) -> Floats:
    """What the units below one keep, of every pool that is looked at."""
    below = [other.depth > unit.depth and bool(unit.own[other.own].all()) for other in raw.units]
    total: Floats = kept[np.array(below, dtype=bool)].sum(axis=0)
    return total
