"""What every scheme would give every city: another key, only to compare with. Never an input of a solve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.bounds import formula_shares
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.optional.purses import with_accounts
from alloc.instance.frames import texts
from alloc.instance.instance import Instance
from alloc.text import Text

Floats = NDArray[np.float64]
RESIDENTS = "residents"  # the key that others are compared with
LESS = 0.9  # of what the key of residents gives: a city that has no more is squeezed


@dataclass(frozen=True, eq=False)
class Scheme:
    """A scheme and what it would give.

    Attributes:
        name: its code.
        title: as reports call it.
        amounts: of every city and pool, in the unit of the pool; NaN in pools of which it says nothing [n, R].
        by_residents: what the key of residents alone would give the same cities; NaN in the same pools [n, R].
        factors: the columns of `cities` and derived numbers that it goes by.
        weighted: whether cities have multipliers in it.
    """

    name: str
    title: Text
    amounts: Floats
    by_residents: Floats
    factors: tuple[str, ...] = ()
    weighted: bool = False

    @property
    def squeezed(self) -> NDArray[np.bool_]:
        """Whether a city would have at least a tenth less than by residents [n, R]."""
        return np.asarray((self.by_residents > 0) & (self.amounts <= LESS * self.by_residents))

    def moved(self, amounts: Floats) -> Floats:
        """Which part of every pool the scheme gives to others: ½·Σ|scheme − amounts| over what is shared out [R].

        Args:
            amounts: that it is compared with [n, R].

        Returns:
            Shares of what the scheme shares out; NaN in pools of which it says nothing.
        """
        return changes_hands(self.amounts, amounts)


def changes_hands(before: Floats, after: Floats) -> Floats:
    """Half the sum of all differences, of what was given out; NaN where that is nothing [R]."""
    total = before.sum(axis=0)
    return np.asarray(np.abs(after - before).sum(axis=0) / 2 / np.where(total > 0, total, np.nan))


def schemes(instance: Instance, derived: Derived) -> tuple[Scheme, ...]:
    """The schemes of an instance, in the order of their codes; none where it has no such tables.

    A city's share of a pool is its share by the factors of the scheme times the product of its multipliers, brought
    back to a sum of 1 over the cities that take part in the pool; rules, last year and performance do not count.

    Args:
        instance: with the tables.
        derived: of it.
    """
    cities, tables = with_accounts(instance.tables["cities"], derived.purses), instance.tables
    codes = np.array(derived.pools, dtype=object)
    equal = pd.DataFrame({"pool": codes, "factor": RESIDENTS, "weight": 1.0})
    people = derived.available / derived.up * formula_shares(cities, equal, codes, derived.factors, derived.taking_part)
    found = []
    for name, zh, en in tables["schemes"][["scheme", "title_zh", "title_en"]].itertuples(index=False):
        factors = tables["scheme_factors"]
        own = factors[factors["scheme"] == name]
        shares = formula_shares(cities, own, codes, derived.factors, derived.taking_part)
        shares *= _multipliers(instance, derived, str(name))[:, None]
        total = shares.sum(axis=0)
        amounts = derived.available / derived.up * shares / np.where(total > 0, total, np.nan)
        told = ~np.isnan(amounts)
        weighted = bool((tables["scheme_weights"]["scheme"] == name).any())
        beside = np.where(told, people, np.nan)
        used = tuple(dict.fromkeys(map(str, own["factor"])))
        found.append(Scheme(str(name), Text(str(zh), str(en)), amounts, beside, used, weighted))
    return tuple(found)


def _multipliers(instance: Instance, derived: Derived, scheme: str) -> Floats:
    """The product of the multipliers of every city [n]."""
    product = np.ones(len(derived.cities))
    table = instance.tables["scheme_weights"]
    for column, value, multiplier in table.loc[table["scheme"] == scheme, ["column", "value", "multiplier"]].itertuples(
        index=False
    ):
        product[values_of(instance, derived, str(column)) == value] *= multiplier
    return product


def values_of(instance: Instance, derived: Derived, column: str) -> NDArray[np.object_]:
    """A text of every city: its class by size or debt, or a column of `cities` [n]."""
    classes = {"size_class": derived.size_class, "debt_tier": derived.debt_tier}
    return np.asarray(classes[column] if column in classes else texts(instance.tables["cities"], column))
