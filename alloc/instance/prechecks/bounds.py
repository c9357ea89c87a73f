"""Findings on single bounds: floors against caps, overrides against both, lower against upper bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from alloc.instance.findings import Finding, Sides
from alloc.instance.frames import numbers
from alloc.instance.prechecks.words import Words, above, amount, cell
from alloc.text import Text
from alloc.tolerances import ROUNDOFF


def bound_findings(words: Words) -> Iterator[Finding]:
    """Every contradiction between the rules that bound one city's share of one pool."""
    yield from _cap_below_floor(words)
    yield from _override_outside_bounds(words)
    yield from _lower_above_upper(words)


def _floor_rule(words: Words, c: int, r: int) -> str:
    d = words.derived
    if 0 < d.locked[c, r] == d.floor[c, r]:
        return "locked"
    return "earmark" if d.earmark[c, r] == d.floor[c, r] else "floor"


def _pairs(mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    for c, r in np.argwhere(mask):
        yield int(c), int(r)


def _key(words: Words, c: int, r: int) -> str:
    return f"{words.derived.cities[c]}, {words.derived.pools[r]}"


def _cap_below_floor(words: Words) -> Iterator[Finding]:
    d = words.derived
    cap = numbers(words.instance.tables["pools"], "cap_multiple") * d.last_followed
    for c, r in _pairs(above(d.floor, cap) & (d.floor > d.locked)):  # what has been issued is said pool by pool
        rule, unit = _floor_rule(words, c, r), words.pool_unit(r)
        table, column = words.place(rule)
        yield Finding(
            severity="warning",
            code="cap_below_floor",
            file=f"{table}.csv",
            row=None,
            column=column,
            value=cell(d.floor[c, r]),
            message=Text(
                "{city}的{pool}：{rule} {floor}高于封顶 {cap}，封顶已提高到 {floor}。",
                "{city}, {pool}: the {rule} of {floor} is above the cap of {cap}; the cap is raised to {floor}.",
            ).fill(
                city=words.city(c), pool=words.pool(r), rule=words.rule(rule),
                floor=amount(d.floor[c, r], unit), cap=amount(cap[c, r], unit),
            ),
            remedy=Text("核对两项规则，必要时改其中一项。", "Check the two rules, change one if this is not meant."),
            key=_key(words, c, r),
        )  # fmt: skip


def _override_outside_bounds(words: Words) -> Iterator[Finding]:
    d = words.derived
    for c, r in _pairs(above(d.floor, d.override) | above(d.override, d.cap)):
        low, unit = bool(d.override[c, r] < d.floor[c, r]), words.pool_unit(r)
        raised = d.cap[c, r] == d.floor[c, r]
        rule = _floor_rule(words, c, r) if low or raised else "cap"
        side = Text("低于", "below") if low else Text("高于", "above")
        bound = float((d.floor if low else d.cap)[c, r])
        edge, within = amount(bound, unit), amount(_multiple_within(words, c, r, low), unit)
        yield Finding(
            severity="error",
            code="override_outside_bounds",
            file="overrides.csv",
            row=None,
            column="amount",
            value=cell(d.override[c, r]),
            message=Text(
                "{city}的{pool}：人工调整 {override}{side}{rule} {edge}。",
                "{city}, {pool}: the override of {override} is {side} the {rule} of {edge}.",
            ).fill(
                city=words.city(c), pool=words.pool(r), override=amount(d.override[c, r], unit),
                side=side, rule=words.rule(rule), edge=edge,
            ),
            remedy=Text("改为{most} {edge}，或修改该规则。", "Fix {most} {edge}, or change that rule.").fill(
                most=Text("不低于", "at least") if low else Text("不高于", "at most"), edge=within
            ),
            key=_key(words, c, r),
        )  # fmt: skip


def _multiple_within(words: Words, c: int, r: int, low: bool) -> float:
    """The multiple of the quantum next to a bound, on its inner side; the bound where there is none between both."""
    d, quantum = words.derived, float(numbers(words.instance.tables["pools"], "quantum")[r])
    floor, cap = float(d.floor[c, r]), float(d.cap[c, r])
    parts = (floor if low else cap) / quantum
    whole = (math.ceil(parts - ROUNDOFF * parts) if low else math.floor(parts + ROUNDOFF * parts)) * quantum
    return whole if floor <= whole <= cap else floor if low else cap


def _lower_above_upper(words: Words) -> Iterator[Finding]:
    d = words.derived
    # What is fixed or promised of a bond is tested against the room elsewhere, all bonds of the city together.
    for c, r in _pairs(above(d.lower, d.upper) & (d.kind != "bond")):
        low, high, unit = d.lower_rule[c, r], d.upper_rule[c, r], words.pool_unit(r)
        table, column = words.place(low)
        yield Finding(
            severity="error",
            code="lower_above_upper",
            file=f"{table}.csv",
            row=None,
            column=column,
            value=cell(d.lower[c, r]),
            message=Text(
                "{city}的{pool}：{low}要求至少 {lower}，{high}只允许 {upper}。",
                "{city}, {pool}: the {low} asks for at least {lower}, the {high} allows only {upper}.",
            ).fill(
                city=words.city(c), pool=words.pool(r), low=words.bound(low, False), high=words.bound(high, True),
                lower=amount(d.lower[c, r], unit), upper=amount(d.upper[c, r], unit),
            ),
            remedy=Text("两者相差 {by}，改其中一项。", "They are {by} apart; change one of them.").fill(
                by=amount(d.lower[c, r] - d.upper[c, r], unit)
            ),
            key=_key(words, c, r),
            sides=Sides(
                words.bound(low, False), float(d.lower[c, r]), words.bound(high, True), float(d.upper[c, r]), unit
            ),
        )  # fmt: skip
