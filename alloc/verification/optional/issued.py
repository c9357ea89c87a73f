"""Stages of a year from the raw tables: what an advance gives out, and what has gone out and is not taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from alloc.verification.arrays import Floats, given, matrix
from alloc.verification.means import BOND_CLASSES, Facts, bond_floors, towards

ORDER = ("advance", "formal", "supplementary", "final")
ADVANCE_SHARE = 0.9  # of a pool that gives none


def stage(tables: Mapping[str, pd.DataFrame], facts: Facts, now: str) -> dict[str, Any]:
    """The part of every pool that is given out, what went out before, and what of it the cities keep."""
    pool, table = facts["pool"], tables["issued"]
    before = table[table["stage"].isin(ORDER[: ORDER.index(now)])]
    issued = np.zeros((len(facts["cities"]), len(facts["pools"])))
    if len(before):
        sums = before[["city", "pool", "amount"]].groupby(["city", "pool"]).sum().reset_index()
        issued = given(matrix(sums, "amount", city=facts["cities"], pool=facts["pools"]), 0.0)
    part = given(pool["advance_share"], ADVANCE_SHARE) if now == "advance" else np.ones(len(pool["pool"]))
    return {"part": part, "issued": issued, "locked": issued - given(pool["clawback"], 0.0) * issued}


def rooms(facts: Facts) -> dict[str, Floats]:
    """Rooms for debt, no smaller than the bonds that are locked."""
    pool, locked, parts = facts["pool"], facts["locked"], facts["purses"].parts
    by_class = [parts(locked[:, pool["bond_class"] == k].sum(axis=1)) for k in BOND_CLASSES]
    return {
        "bond_room": np.fmax(facts["bond_room"], sum(by_class)),
        "class_room": np.fmax(facts["class_room"], np.column_stack(by_class)),
    }


def with_locks(facts: Facts, found: Mapping[str, Any], policy: Any) -> dict[str, Any]:
    """Bounds without what has been issued, and what they are with it.

    Args:
        facts: what is known, with rooms for debt as they are with what has been issued.
        found: what `bounds` gives.
        policy: ``settings.policy``.
    """
    locked, pool, free = facts["locked"], facts["pool"], np.isnan(found["override"])
    if not (locked > 0).any():
        return dict(found)
    bond, upper = pool["kind"] == "bond", np.fmax(found["upper"], locked)
    lower, floor = np.fmax(found["lower"], locked), np.fmax(found["floor"], locked)
    for r in np.flatnonzero(pool["follow"]).tolist():
        own, there = free[:, r], facts["available"][r] - np.nansum((facts["up"] * found["override"])[:, r])
        lower[own, r] = towards(lower[own, r], floor[own, r], there, facts["up"][own, r], down=True)
    least = np.where(bond, np.where(free, np.fmax(found["least"], locked), found["least"]), lower)
    wanted = np.where(bond & free, np.fmin(found["lower"], upper), 0.0)
    lower = least + bond_floors(facts, policy, wanted, least)
    ground, base = locked[:, pool["kind"] == "land"].sum(axis=1), found["stock_base"]
    ratio = np.nan if policy.land.stock_ratio is None else policy.land.stock_ratio
    beyond = ground > base + ratio * (
        facts["reusable"] + facts["works"].renewable + facts["links"].leaving
    )  # false where land is not linked to reuse
    return {
        **found,
        "stock_base": np.where(beyond, ground, base),
        "lower": lower,
        "upper": upper,
        "clipped": np.fmin(np.fmax(facts["benchmark"], lower), upper),
    }
