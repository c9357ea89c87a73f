"""Purses from the raw tables: who shares whose money, and what every member is shown of its accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from alloc.verification.arrays import Columns, Floats, Texts, given

ACCOUNTS = ("revenue", "fund_revenue", "fund_available", "other_transfers", "essential_spending", "interest",
            "maturing", "debt_general", "debt_special", "limit_general", "limit_special")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Purses:
    """The purses by their members.

    ``cities`` are the codes that name them [P], ``members`` the places of the cities of each, ``share`` what part of
    the residents of its purse a city has [n].
    """

    cities: Texts
    members: tuple[list[int], ...]
    share: Floats

    @property
    def at(self) -> tuple[Texts]:
        """The names of what is by purse."""
        return (self.cities,)

    @property
    def shared(self) -> bool:
        """Whether any two cities share one."""
        return any(len(own) > 1 for own in self.members)

    def sums(self, values: Floats) -> Floats:
        """What the members of every purse have together [P] or [P, k]."""
        return np.array([values[own].sum(axis=0) if len(own) > 1 else values[own[0]] for own in self.members])

    def parts(self, values: Floats) -> Floats:
        """What of these sums every city is shown [n] or [n, k]."""
        shown = values.copy()
        for own in self.members:
            if len(own) > 1:
                whole = values[own].sum(axis=0)
                for place in own:
                    shown[place] = whole * self.share[place]
        return shown

    def of_city(self, by_purse: Floats) -> Floats:
        """What is by purse, for every city of it."""
        found = np.zeros((len(self.share), *by_purse.shape[1:]), dtype=by_purse.dtype)
        for own, value in zip(self.members, by_purse, strict=True):
            found[own] = value
        return found


def purses(city: Columns) -> Purses:
    """Whose money every city has: that of the city that it names, else its own."""
    codes = city["city"].tolist()
    named = city["purse"].tolist() if "purse" in city else [""] * len(codes)
    whose = [name if name in codes else code for code, name in zip(codes, named, strict=True)]
    heads = [code for code in codes if code in set(whose)]
    members = tuple([place for place, name in enumerate(whose) if name == head] for head in heads)
    share = np.ones(len(codes))
    for own in members:
        if len(own) > 1:
            share[own] = city["residents"][own] / city["residents"][own].sum()
    return Purses(np.array(heads, dtype=object), members, share)


def accounts(city: Columns, shared: Purses) -> dict[str, Any]:
    """The accounts of every city as its part of those of its purse; a blank is 0 where a purse is shared."""
    alone = np.zeros(len(shared.share), dtype=bool)
    alone[[own[0] for own in shared.members if len(own) == 1]] = True
    return {
        name: np.where(alone, city[name], shared.parts(given(city[name], 0.0))) for name in ACCOUNTS if name in city
    }
