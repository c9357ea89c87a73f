"""Against last year with nothing but last year's amounts at hand: what can be said, and what cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from alloc.explanation.shared.similar import PHASE, TOLD_OTHERWISE, factors, phased
from alloc.explanation.shared.sums import REST, decimal, finest, on_grid, printed_parts
from alloc.instance.derived.derived import Derived
from alloc.publish.parts import parts_in
from alloc.result.result import Result

TOTAL = "totals"


@dataclass(frozen=True)
class Past:
    """From last year's amount to the published one.

    Attributes:
        before, after: last year's amount, as given, and the published one.
        parts: ``totals`` (last year's amount scaled by what the pools of the two years gave), then each factor of
            the formula (the city's share in it less its share of last year's pool, by the factor's weight), phase_in
            (what a formula that is being phased in is off its factors; where none is, it is not there), rule,
            optimised, override, rounding; they add up to after − before, with two digits more than are published.
        amounts: the same before they are cut to printed digits.
        published: the parts of the published number, likewise.
        share_before: the city's share of what all cities got last year.
        shares: factor -> weight, and the city's share in it.
        given_before, given_now: what all cities got last year, and what there is for them now, units above them having
            kept their shares.
    """

    before: Decimal
    after: Decimal
    parts: Mapping[str, Decimal]
    amounts: Mapping[str, float]
    published: Mapping[str, float]
    share_before: float
    shares: Mapping[str, tuple[float, float]]
    given_before: float
    given_now: float

    def printed(self, step: float) -> dict[str, Decimal]:
        """The parts in printed digits: those of the published number as they are printed there, and the rest of the
        sum in the first.

        Args:
            step: of the last digit.
        """
        grid = decimal(step)
        own = printed_parts(self.published, self.after, step)
        found = {
            name: own[name] if self.published.get(name) == amount else on_grid(amount, grid)
            for name, amount in self.amounts.items()
            if name != TOTAL
        }
        found[REST] = own[REST]
        whole = on_grid(Fraction(self.after), grid) - on_grid(Fraction(self.before), grid)
        return {TOTAL: whole - sum(found.values(), Decimal(0)), **found}


def past(result: Result, derived: Derived, city: str, pool: str) -> Past | None:
    """What the instance's own last year says; None where it gives the city no amount, or nobody any."""
    here, column = derived.cities.index(city), derived.pools.index(pool)
    last = np.asarray(derived.last_year)[:, column]
    given = float(np.nansum(last))
    weighed = float(np.nansum(np.asarray(derived.up)[:, column] * last))
    if np.isnan(last[here]) or not given > 0:
        return None
    table = result.tables["allocation"]
    row = table[(table["city"] == city) & (table["pool"] == pool)].iloc[0]
    available, share = float(derived.available[column]) / (weighed / given), float(last[here]) / given
    known = factors(result.instance, derived, pool)
    amounts = {TOTAL: share * available - float(last[here])}
    amounts |= {each.name: float(each.amounts[here]) - available * each.weight * share for each in known}
    if (away := phased(derived, pool, known)) is not None:
        amounts[PHASE] = float(away[here])
    published = {part: float(row[part]) for part in parts_in(table)}
    amounts |= {part: each for part, each in published.items() if part not in TOLD_OTHERWISE}
    if not known:  # no formula: rules alone say what a city starts from
        amounts["rule"] -= share * available
    before, after = decimal(last[here]), decimal(row["published"])
    totals = {each.name: float(each.values.sum()) for each in known}
    found = Past(
        before, after, {}, amounts, published, share,
        {each.name: (each.weight, float(each.values[here]) / totals[each.name] if totals[each.name] > 0 else 0.0)
         for each in known},
        given, available,
    )  # fmt: skip
    return replace(found, parts=found.printed(finest(float(derived.quantum[column]))))
