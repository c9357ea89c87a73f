"""Warnings on cities: money that does not reach for what comes first, and cities next to a border between two rules."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import MONEY, NO_UNIT, SQUARE_METRES_A_PERSON
from alloc.instance.derived.land_and_finance import borders, built_up_a_person
from alloc.instance.findings import Finding
from alloc.instance.prechecks.words import Words, amount
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

NEAR = 0.02  # share of a border within which a small correction of the data changes the rule
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def city_findings(words: Words) -> Iterator[Finding]:
    """Shortfalls, and cities within 2 % of a border of a land standard or a debt tier.

    Borders between size classes need nothing derived; the checks of `cities` have them.
    """
    yield from _shortfalls(words)
    yield from _borders(words)


def _shortfalls(words: Words) -> Iterator[Finding]:
    """Essential spending and interest against general money: with the least transfers, and with all a city can get."""
    d = words.derived
    general = (d.kind == "transfer") & (d.use == "general")
    received = d.up * d.lower
    left = (d.available - (received.sum(axis=0) - received)) / d.up
    most = d.purses.attributed(np.maximum(d.lower, np.minimum(d.upper, left))[:, general].sum(axis=1))
    beyond = np.maximum(0, d.essential_spending + d.interest - d.revenue - d.other_transfers - most)
    yield from _shortfall(
        words, "shortfall", d.shortfall,
        Text(
            "{count} 个城市的刚性支出和付息高于收入与最低转移支付，共缺 {total}，按既有缺口处理：{cities}。",
            "Essential spending and interest are above revenue and the least transfers, by {total} in all, which is "
            "grandfathered: {cities}.",
        ),
    )  # fmt: skip
    yield from _shortfall(
        words, "essential_above_receipts", beyond,
        Text(
            "{count} 个城市的刚性支出和付息高于可能得到的全部收入，共缺 {total}：{cities}。",
            "Essential spending and interest are above everything that these cities can receive, by {total} in all: "
            "{cities}.",
        ),
    )  # fmt: skip


def _shortfall(words: Words, code: str, missing: Floats, message: Text) -> Iterator[Finding]:
    chosen = missing > ROUNDOFF * (words.derived.essential_spending + words.derived.interest)
    if chosen.any():
        yield Finding(
            severity="warning",
            code=code,
            file="cities.csv",
            row=None,
            column="essential_spending",
            value=None,
            message=message.fill(
                count=int(chosen.sum()),
                total=amount(float(missing.sum()), MONEY),
                cities=words.cities(chosen, missing, MONEY),
            ),
            remedy=Text("核对收入、其他转移支付和刚性支出。", "Check revenue, other transfers and essential spending."),
            key=words.codes(chosen),
        )


def _borders(words: Words) -> Iterator[Finding]:
    d, policy, cities = words.derived, words.instance.settings.policy, words.instance.tables["cities"]
    every = np.ones(len(d.cities), dtype=bool)
    linked = ~np.isin(d.size_class, policy.land.no_linked_land)
    for border in borders(policy.land.standards, "up_to"):
        yield from _near(
            words, "near_land_standard", "built_up", Text("人均城镇建设用地", "built-up land per urban resident"),
            built_up_a_person(cities), float(border), SQUARE_METRES_A_PERSON, linked,
        )  # fmt: skip
    for border in borders(policy.debt.tiers, "below"):
        yield from _near(
            words, "near_debt_tier", "debt_general", Text("债务率", "debt ratio"),
            d.debt_ratio_now, float(border), NO_UNIT, every,
        )  # fmt: skip


def _near(
    words: Words, code: str, column: str, what: Text, value: Floats, border: float, unit: Text, concerned: Flags
) -> Iterator[Finding]:
    """One finding on all cities whose value is within `NEAR` of the border."""
    # The last digits of a product must not decide whether 0.98 of a border is near it.
    near = concerned & (np.abs(value - border) <= NEAR * border * (1 + ROUNDOFF))
    if near.any():
        yield Finding(
            severity="warning",
            code=code,
            file="cities.csv",
            row=None,
            column=column,
            value=None,
            message=Text(
                "{count} 个城市的{what}距分界线 {border}不到 2%：{cities}。",
                "The {what} of these cities is within 2 % of the border of {border}: {cities}.",
            ).fill(
                count=int(near.sum()),
                what=what,
                border=_before_words(amount(border, unit)),
                cities=words.cities(near, value, unit),
            ),
            remedy=Text("核对数据：分界线两侧适用不同规则。", "Check the data: other rules hold beyond the border."),
            key=words.codes(near),
        )


def _before_words(amount: Text) -> Text:
    """An amount before Chinese words: apart from them where it ends in a figure."""
    return Text(f"{amount.zh} " if amount.zh[-1].isdigit() else amount.zh, amount.en)
