"""Floors of bonds: cut to the room for debt, then to what a city can build with them and run.

A city borrows no more than it builds, and what it builds costs money every year. A floor that it cannot carry would
leave no allocation at all; so every city has the greatest share of its floors that is certain to fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alloc.instance.derived.land_and_finance import BOND_CLASSES, SQUARE_METRES_PER_HECTARE, Land, Money
from alloc.instance.derived.needs import Services
from alloc.instance.derived.optional.purses import Purses
from alloc.tolerances import ROUNDOFF

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
GENERAL, SPECIAL = (BOND_CLASSES.index(name) for name in ("general", "special"))
# What keeps a city from carrying more bonds: places to build, such as bring revenue, money to run them.
BUILDING, REVENUE, RUNNING = range(3)


@dataclass(frozen=True, eq=False, kw_only=True)
class Means:
    """What the n cities can carry bonds with; 10⁴ yuan, those that come again 10⁴ yuan a year.

    Attributes:
        building: most that can be spent on every service [n, S].
        reuse: most that can be spent on putting land back to use [n].
        ratio: running cost a year of what costs 1 to build [S].
        backed: services that bring revenue [S].
        capital: fund revenue and capital transfers [n].
        free: general money beyond what comes first [n].
        bond_rate: interest on new bonds, share a year.
        funds_pay: whether government funds pay that of special bonds.
        purses: whose money the cities share.
    """

    building: Floats
    reuse: Floats
    ratio: Floats
    backed: Flags
    capital: Floats
    free: Floats
    bond_rate: float
    funds_pay: bool
    purses: Purses

    @property
    def together(self) -> Means:
        """The same, every city with what all members of its purse have."""
        of = self.purses.together
        return replace(
            self, building=of(self.building), reuse=of(self.reuse), capital=of(self.capital), free=of(self.free)
        )


def certain_building(needs: Services, land: Floats, reuse: Floats) -> Floats:
    """What every city can spend on every service with the land that it is sure of, in whole facilities too [n, S].

    What exists is enlarged on its site. Whole facilities are counted where the city gets the land for all of them in
    any case, and where enlarging and reuse reach from one to the next, so that no amount between is left out.

    Args:
        needs: of the services.
        land: new land that a city gets in any case and that facilities may stand on, ha [n].
        reuse: most that can be spent on putting land back to use, 10⁴ yuan [n].
    """
    enlarged = np.minimum(needs.expand_limit, needs.growth_limit)
    module = np.where(needs.module > 0, needs.module, 1.0)
    by_parts = enlarged * needs.capital_cost
    with_revenue = by_parts[:, needs.revenue_backed].sum(axis=1)
    reach = reuse[:, None] + np.where(needs.revenue_backed, with_revenue[:, None], by_parts.sum(axis=1)[:, None])
    count = np.minimum(np.floor((needs.growth_limit - enlarged) / module), needs.build_limit)
    facilities = np.where(needs.buildable & (reach >= module * needs.capital_cost), count * module, 0.0)
    fits = (facilities * needs.area).sum(axis=1) / SQUARE_METRES_PER_HECTARE <= land
    return np.asarray((enlarged + facilities * fits[:, None]) * needs.capital_cost)


def possible_building(needs: Services) -> Floats:
    """What no city can spend more than on every service [n, S]."""
    facilities = np.where(needs.build_limit > 0, needs.build_limit * np.nan_to_num(needs.module), 0.0)
    added = np.minimum(needs.growth_limit, needs.expand_limit + facilities)
    return np.asarray(added * needs.capital_cost)


def running_ratio(running_cost: Floats, capital_cost: Floats) -> Floats:
    """Running cost a year of what costs 1 to build; without a cost of building no bond pays for it [S]."""
    return np.where(capital_cost > 0, running_cost / np.where(capital_cost > 0, capital_cost, 1.0), 0.0)


def loose_use(use: Objects, tied: Flags) -> Objects:
    """What the money of pools is for, "" where it is tied to a programme and pays for nothing else [R]."""
    return np.where(tied, "", use) if tied.any() else use


def certain_means(needs: Services, land: Land, money: Money, lower: Floats, use: Objects, kind: Objects,
                  least_free: float) -> Means:  # fmt: skip
    """What every city has in any case: land and transfers at their lower bounds.

    Args:
        needs, land, money: of the cities.
        lower: least that a city gets of every pool [n, R].
        use, kind: of every pool [R].
        least_free: share of general money with which every city is counted at least.
    """
    general, capital = (lower[:, (kind == "transfer") & (use == name)].sum(axis=1) for name in ("general", "capital"))
    receipts = money.revenue + money.other_transfers + money.purses.attributed(general)
    left = receipts - money.essential_spending - money.interest
    reuse = land.reuse_cost * np.minimum(land.reusable, land.production_request)
    # Of new land a part goes to roads and the like; nobody has to be housed, nothing to be produced for a floor.
    ground = (1 - np.nan_to_num(land.other_share)) * lower[:, kind == "land"].sum(axis=1)
    return Means(
        building=certain_building(needs, ground, reuse),
        reuse=reuse,
        ratio=running_ratio(needs.running_cost, needs.capital_cost),
        backed=needs.revenue_backed,
        capital=money.fund_available + capital,
        free=np.maximum(np.maximum(0.0, left), least_free * receipts),
        bond_rate=money.bond_rate,
        funds_pay=money.funds_pay,
        purses=money.purses,
    )


def beyond_promised(
    wanted: Floats,
    promised: Floats,
    upper: Floats,
    fixed: Flags,
    bond_class: Objects,
    rooms: tuple[Floats, Floats],
    shared: Purses,
) -> Floats:
    """What floors ask for beyond what is promised or fixed, within the rooms for debt [n, R].

    Args:
        wanted: a multiple of last year, NaN where there is none [n, R].
        promised: earmarks and overrides, 0 where there are none [n, R].
        upper: upper bounds [n, R].
        fixed: by override: there is nothing to add there [n, R].
        bond_class: general or special for bonds, "" otherwise [R].
        rooms: by class [n, 2], and of both [n].
        shared: whose rooms the cities share.
    """
    asked = np.where(np.isnan(wanted) | fixed | (bond_class == ""), 0.0, np.minimum(wanted, upper))
    more = np.maximum(0.0, asked - promised)
    by_class, of_both = rooms
    some = [bond_class == name for name in BOND_CLASSES]
    for chosen, room in ((some[GENERAL], by_class[:, GENERAL]), (some[SPECIAL], by_class[:, SPECIAL]),
                         (bond_class != "", of_both)):  # fmt: skip
        total = shared.together(more[:, chosen].sum(axis=1))
        left = np.maximum(0.0, shared.together(room - promised[:, chosen].sum(axis=1)))
        cut = np.where(total > left, left / np.where(total > 0, total, 1.0), 1.0)
        more[:, chosen] *= cut[:, None]
    return more


def greatest_share(
    bond_class: Objects, promised: Floats, more: Floats, means: Means
) -> tuple[Floats, NDArray[np.intp]]:
    """The greatest share of something more than what is promised that every city can carry.

    Bonds T of both classes and S special ones are carried where there are spending x by service and y on reused land,
    x ≤ building, y ≤ reuse, with Σ x + y ≥ T, Σ_{backed} x + y ≥ S, and the budgets have the running cost Σ ratio·x
    and the interest. By the duality of linear programs the cheapest x costs the greatest, over 0 ≤ μ ≤ ν, of
    μ·T + (ν − μ)·S − Σ building·max(0, price − ratio) − ν·reuse, price = ν of what is backed, else μ; it is where μ and
    ν are ratios, or 0. So every condition is a straight line in the share, and the greatest share a least of quotients.

    Args:
        bond_class: general or special for bonds, "" otherwise [R].
        promised: that comes first [n, R].
        more: of which the share is taken [n, R].
        means: of the cities; members of a purse carry together.

    Returns:
        The share, in [0, 1], and what keeps it from being more [n] each.
    """
    bond, special = bond_class != "", bond_class == BOND_CLASSES[SPECIAL]
    promised, more = means.purses.together(promised), means.purses.together(more)
    means = means.together
    both = [each[:, bond].sum(axis=1) for each in (promised, more)]
    of_special = [each[:, special].sum(axis=1) for each in (promised, more)]
    by_funds = [means.funds_pay * means.bond_rate * each for each in of_special]
    by_revenue = [means.bond_rate * each - part for each, part in zip(both, by_funds, strict=True)]

    share, cause = np.ones(len(promised)), np.full(len(promised), BUILDING)

    def hold(level: Floats, slope: Floats, room: Floats, name: int) -> None:
        """That level + slope·share is at most a room."""
        within = level <= room + ROUNDOFF * np.maximum(1.0, np.abs(room))
        rising = slope > 0
        most = np.where(rising, (room - level) / np.where(rising, slope, 1.0), np.where(within, 1.0, 0.0))
        less = most < share
        share[less], cause[less] = np.maximum(0.0, most[less]), name

    hold(both[0], both[1], means.building.sum(axis=1) + means.reuse, BUILDING)
    hold(of_special[0], of_special[1], means.building[:, means.backed].sum(axis=1) + means.reuse, REVENUE)
    prices = np.unique(np.append(means.ratio, 0.0))
    for place, low in enumerate(prices):
        for high in prices[place:]:
            gain = np.maximum(0.0, np.where(means.backed, high, low) - means.ratio)
            spared = means.building @ gain + high * means.reuse
            level, slope = (
                low * all_ + (high - low) * some + interest
                for all_, some, interest in zip(both, of_special, by_revenue, strict=True)
            )
            hold(level, slope, means.free + spared, RUNNING)
            # Interest that government funds pay takes general money where they have too little.
            hold(level + by_funds[0], slope + by_funds[1], means.free + means.capital + spared, RUNNING)
    return share, cause
