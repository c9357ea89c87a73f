"""Bounds that follow what their pool holds: last year's amounts scaled to it, and corridors that give way to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def followed(follow: Flags, available: Floats, last_year: Floats, up: Floats) -> Floats:
    """Last year's amounts, those of pools whose bounds follow them scaled to what is available [n, R].

    What cities got last year took `up` times as much of the pool, as it does now.
    """
    last = np.nansum(up * last_year, axis=0)
    follows = follow & (last > 0)
    return last_year * np.where(follows, available / np.where(follows, last, 1.0), 1.0)


def eased_down(
    follow: Flags, available: Floats, down: Floats, floor: Floats, cap: Floats, override: Floats, up: Floats
) -> tuple[Floats, Floats]:
    """Lower sides of corridors that leave together no more than there is, where the bounds of a pool follow it.

    Where lower bounds sum to more than is available, each comes nearer to its floor: floor + κ·(lower − floor), with κ
    such that the sum is what there is, and 0 where the floors alone are more.

    Args:
        follow: whose bounds follow their pool [R].
        available: of every pool [R].
        down: lower side of the corridor, −inf where there is none [n, R].
        floor, cap: within which it lies [n, R].
        override: what is fixed instead, else NaN [n, R].
        up: what the pool gives out for each part that a city gets [n, R].

    Returns:
        The lower sides, and by how much their sums were above what is available, 0 where they were not [R].
    """
    fixed, beyond, eased = ~np.isnan(override), np.zeros(len(available)), down.copy()
    least, lower = (np.where(fixed, override, each) for each in (floor, np.minimum(np.maximum(down, floor), cap)))
    for r in np.flatnonzero(follow):
        above, to_give = (
            float((up * lower)[:, r].sum() - available[r]), float((up * (lower - least))[:, r].sum())
        )  # fmt: skip
        if above > 0 and to_give > 0:
            share, beyond[r] = max(0.0, 1 - above / to_give), above
            gives = lower[:, r] > least[:, r]
            eased[gives, r] = (least + share * (lower - least))[gives, r]
    return eased, beyond


def eased_up(
    must: Flags, available: Floats, side: Floats, floor: Floats, cap: Floats, override: Floats, room: Floats, up: Floats
) -> tuple[Floats, Floats]:
    """Upper sides of corridors that let all be given out that has to be, where the bounds of a pool follow it.

    Where upper bounds sum to less, each comes nearer to its cap, and where there is none to what is available; never
    beyond the room of its city.

    Args:
        must: whose bounds follow their pool, and that have to be given out [R].
        available: of every pool [R].
        side: upper side of the corridor, inf where there is none [n, R].
        floor, cap: within which it lies [n, R].
        override: what is fixed instead, else NaN [n, R].
        room: what land and debt leave at most, inf where nothing does [n, R].
        up: what the pool gives out for each part that a city gets [n, R].

    Returns:
        The upper sides, and by how much their sums were below what is available, 0 where they were not [R].
    """
    fixed, short, eased = ~np.isnan(override), np.zeros(len(available)), side.copy()
    upper = np.minimum(np.where(fixed, override, np.minimum(np.maximum(side, floor), cap)), room)
    most = np.minimum(np.where(fixed, override, np.minimum(cap, available / up)), room)
    most = np.maximum(most, upper)
    for r in np.flatnonzero(must):
        below = float(available[r] - (up * upper)[:, r].sum())
        if below > 0 and (takes := most[:, r] > upper[:, r]).any():
            to_take, short[r] = most[takes, r] - upper[takes, r], below
            eased[takes, r] = upper[takes, r] + min(1.0, below / float((up[takes, r] * to_take).sum())) * to_take
    return eased, short
