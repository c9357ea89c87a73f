"""Findings on whole pools: totals against the bounds of all cities, and bonds against their rooms for debt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alloc.formulation.columns import MONEY
from alloc.instance.derived.land_and_finance import BOND_CLASSES
from alloc.instance.findings import Finding, Sides
from alloc.instance.frames import numbers
from alloc.instance.prechecks.issued import above_available
from alloc.instance.prechecks.words import ALL_OF_IT, CLASS_NAMES, THERE, Words, above, amount, cell
from alloc.text import Text, listed
from alloc.tolerances import ROUNDOFF

# Sides of a conflict: lower bounds, or else upper ones, and the room for bonds.
SUMS = {True: Text("各市下限合计", "Lower bounds sum to"), False: Text("各市上限合计", "Upper bounds sum to")}
ROOM = Text("各市空间合计", "Room of the cities")


def pool_findings(words: Words) -> Iterator[Finding]:
    """Formulas that give nothing, pools that cannot come out even, bonds for which there is no room."""
    empty = [*_empty_factors(words), *_nobody(words)]
    yield from empty
    known = {str(finding.key).partition(", ")[0] for finding in empty}
    over = {pool for pool, more in zip(words.derived.pools, above_available(words), strict=True) if more}
    yield from _totals(words, known | over)
    yield from _corridors_eased(words)
    yield from _bonds_above_room(words)


def _empty_factors(words: Words) -> Iterator[Finding]:
    """Derived factors that are 0 everywhere; columns of `cities` are seen by the checks of the tables."""
    d, table = words.derived, words.instance.tables["factors"]
    values = {
        "land_entitlement": d.land_entitlement,
        "fiscal_gap": d.fiscal_gap,
        "backlog": d.backlog_now @ d.capital_cost,
    }
    for pool, factor in zip(table["pool"], table["factor"], strict=True):
        if factor in values and not values[factor].any():
            yield Finding(
                severity="error",
                code="factor_all_zero",
                file="factors.csv",
                row=None,
                column="factor",
                value=factor,
                message=Text("这一因素在所有城市都是 0。", "This factor is 0 in every city."),
                remedy=Text("换一个因素，或补上数据。", "Use another factor, or fill in its data."),
                key=f"{pool}, {factor}",
            )


def _nobody(words: Words) -> Iterator[Finding]:
    """Conditions of pools among whose cities a factor is 0 everywhere, so that the formula does not give out all.

    A pool of which not all must be given out keeps what the formula does not give: no room for debt in any city is a
    result and no fault.
    """
    d, table = words.derived, words.instance.tables["pools"]
    for r, where in enumerate(table["where"]):
        given = float(np.nansum((d.up * d.benchmark)[:, r]))
        if where and above(d.available[r], given) and not np.isnan(d.benchmark[:, r]).all():
            yield Finding(
                severity="error" if d.exhaust[r] else "warning",
                code="nobody_takes_part",
                file="pools.csv",
                row=None,
                column="where",
                value=where,
                message=Text(
                    "没有城市符合这一条件，或有的因素在这些城市都是 0：公式没有分完可分配的数额。",
                    "No city fits this condition, or a factor is 0 in all that do: the formula does not give out all.",
                ),
                remedy=(
                    Text("放宽条件，或换分配因素。", "Widen the condition, or use other factors.")
                    if d.exhaust[r]
                    else Text("公式不分的数额留在池中。", "What the formula does not give stays in the pool.")
                ),
                key=d.pools[r],
            )


def _totals(words: Words, named: set[str]) -> Iterator[Finding]:
    """Pools whose bounds do not fit their total; not those whose bounds come from a fault that is named already."""
    d = words.derived
    least, most = (d.up * d.lower).sum(axis=0), (d.up * d.upper).sum(axis=0)
    for r, available in enumerate(d.available):
        if d.pools[r] in named:
            continue
        if above(least[r], available):
            message = Text(
                "{pool}：各市下限{kept}合计 {sum}，比可分配的 {available}多 {by}；主要来自{rules}。",
                "{pool}: the lower bounds{kept} sum to {sum}, {by} more than the {available} there are; most of it: "
                "{rules}.",
            )
            remedy = Text(
                "提高总量或降低预留比例，或降低这些下限。",
                "Raise the total or lower the reserve, or lower these bounds.",
            )
            yield _total_finding(words, r, "pool_below_lower", float(least[r]), message, remedy)
        elif d.exhaust[r] and above(available, most[r]):
            message = Text(
                "{pool}：须全部下达，但各市上限{kept}合计 {sum}，比可分配的 {available}少 {by}；主要来自{rules}。",
                "{pool}: all of it must be given out, but the upper bounds{kept} sum to {sum}, {by} less than the "
                "{available} there are; most of it: {rules}.",
            )
            remedy = Text(
                "降低总量，或提高这些上限，或允许不全部下达。",
                "Lower the total, raise these bounds, or do without exhaust.",
            )
            yield _total_finding(words, r, "pool_above_upper", float(most[r]), message, remedy)


def _total_finding(words: Words, r: int, code: str, total: float, message: Text, remedy: Text) -> Finding:
    d, unit = words.derived, words.pool_unit(r)
    lower = code == "pool_below_lower"
    bound, rule = (d.lower, d.lower_rule) if lower else (d.upper, d.upper_rule)
    return Finding(
        severity="error",
        code=code,
        file="pools.csv",
        row=None,
        column="total",
        value=cell(numbers(words.instance.tables["pools"], "total")[r]),
        message=message.fill(
            pool=words.pool(r),
            sum=amount(total, unit),
            available=amount(d.available[r], unit),
            by=amount(abs(total - d.available[r]), unit),
            kept=words.kept(r),
            rules=words.made_by((d.up * bound)[:, r], rule[:, r], unit, upper=not lower),
        ),
        remedy=remedy,
        key=d.pools[r],
        sides=Sides(SUMS[True], total, THERE, float(d.available[r]), unit)
        if lower
        else Sides(ALL_OF_IT, float(d.available[r]), SUMS[False], total, unit),
    )


def _corridors_eased(words: Words) -> Iterator[Finding]:
    """Corridors that give way since bounds follow the pool and do not fit it."""
    d = words.derived
    sides = (
        ("corridor_down", d.eased_down, Text("下限合计比可分配的 {available}多 {by}，已向保底靠拢",
         "with it lower bounds sum to {by} more than the {available} there are; they come nearer to their floors")),
        ("corridor_up", d.eased_up, Text("上限合计比须下达的 {available}少 {by}，已向封顶和各市空间靠拢",
         "with it upper bounds sum to {by} less than the {available} that must be given out; they come nearer to caps "
         "and rooms")),
    )  # fmt: skip
    for column, by, what in sides:
        title = words.column("pools", column)
        for r in np.flatnonzero(by > ROUNDOFF * np.maximum(1, d.available)).tolist():
            unit = words.pool_unit(r)
            yield Finding(
                severity="warning",
                code="corridor_eased",
                file="pools.csv",
                row=None,
                column=column,
                value=cell(numbers(words.instance.tables["pools"], column)[r]),
                message=Text("{pool}的{title}：{what}。", "{pool}, {title}: {what}.").fill(
                    pool=words.pool(r), title=title,
                    what=what.fill(available=amount(d.available[r], unit), by=amount(by[r], unit)),
                ),
                remedy=Text("放宽该幅度，或调整总量。", "Widen the corridor, or change the total."),
                key=d.pools[r],
            )  # fmt: skip


def _bonds_above_room(words: Words) -> Iterator[Finding]:
    """Bonds that must be given out against the least of the rooms of every city: of one class, and of both together."""
    d = words.derived
    bond = d.kind == "bond"
    must = bond & d.exhaust
    # Lower bounds of bonds that need not be given out take their room first.
    taken = np.where(bond & ~d.exhaust, d.lower, 0)
    shared = d.purses
    spare = np.maximum(0, shared.together(d.bond_room - taken.sum(axis=1)))
    of_class = [d.bond_class == bond_class for bond_class in BOND_CLASSES]
    room = np.column_stack([
        np.minimum(
            np.maximum(0, shared.together(d.class_room[:, k] - taken[:, some].sum(axis=1))),
            shared.together(d.upper[:, some & must].sum(axis=1)),
        )
        for k, some in enumerate(of_class)
    ])  # fmt: skip
    tests = [(some & must, room[:, k], CLASS_NAMES[k]) for k, some in enumerate(of_class)]
    tests += [(must, room.sum(axis=1), Text("两类债务", "debt of both classes"))]
    failed = must & above(d.available, (d.up * d.upper).sum(axis=0))  # already said, pool by pool
    for pools, most, name in tests:
        up = d.up[:, pools].max(axis=1, initial=1.0)
        wanted, possible = float(d.available[pools].sum()), float((up * np.minimum(spare, most))[shared.heads].sum())
        if (pools & failed).any() or not above(wanted, possible):
            continue
        failed |= pools
        yield Finding(
            severity="error",
            code="bonds_above_room",
            file="pools.csv",
            row=None,
            column="total",
            value=None,
            message=Text(
                "{pools}：须全部下达，合计 {wanted}，各市{name}空间合计只有 {possible}，少 {by}。",
                "{pools}: all of them must be given out, {wanted} in all, but the cities' room for {name} comes to "
                "{possible}, {by} less.",
            ).fill(
                pools=listed(words.pool(int(r)) for r in np.flatnonzero(pools)), name=name,
                wanted=amount(wanted, MONEY), possible=amount(possible, MONEY), by=amount(wanted - possible, MONEY),
            ),
            remedy=Text(
                "降低总量，或放宽债务限额与债务规则，或允许不全部下达。",
                "Lower the totals, ease limits or debt rules, or do without exhaust.",
            ),
            key=", ".join(d.pools[r] for r in np.flatnonzero(pools)),
            sides=Sides(ALL_OF_IT, wanted, ROOM, possible, MONEY),
        )  # fmt: skip
