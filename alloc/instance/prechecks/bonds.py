"""Findings on bonds that are promised or fixed, and on their floors: against the room for debt, and what is carried."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import MONEY
from alloc.instance.derived.bond_floors import (
    BUILDING,
    REVENUE,
    RUNNING,
    Means,
    certain_means,
    greatest_share,
    loose_use,
    possible_building,
    running_ratio,
)
from alloc.instance.derived.land_and_finance import BOND_CLASSES
from alloc.instance.findings import Finding, Severity, Sides
from alloc.instance.prechecks.words import CLASS_NAMES, Words, above, amount, cell
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

ROOM_CAUSES = (
    Text("债务率上限", "debt ratio ceiling"),
    Text("债务风险等级", "debt tier"),
    Text("偿债率上限", "debt service ceiling"),
)
# By what keeps a city from carrying more bonds.
WHY = {
    BUILDING: Text("当年可建设的项目不够多", "too little can be built in a year"),
    REVENUE: Text("当年可建设的有收益项目不够多", "too little of what brings revenue can be built in a year"),
    RUNNING: Text(
        "一般公共预算负担不了新增设施的运行费用和新增债券的利息",
        "its general budget cannot pay for running what is built and for the interest",
    ),
}
SETTLED, CARRIED = Text("已定债券", "Bonds settled on"), Text("至多能承担", "It can carry at most")
Floats = NDArray[np.float64]


def bond_findings(words: Words) -> Iterator[Finding]:
    """Bonds fixed or promised above their room, or above what can be built and run; floors that give way to that."""
    d = words.derived
    bond = d.kind == "bond"
    fixed = np.where(bond & ~np.isnan(d.override), d.override, 0.0)
    promised = np.where(bond, d.earmark, np.nan)
    both = np.where(bond & np.isnan(d.override), np.nan_to_num(promised), fixed)
    some = (both != fixed).any(axis=1)
    yield from _above_room(words, "overrides", fixed, np.ones(len(d.cities), dtype=bool))
    beyond = tuple(_above_room(words, "earmarks", both, some))
    yield from beyond
    yield from _above_means(words, both, some & ~np.isin(d.cities, [str(each.key).split(", ")[0] for each in beyond]))
    yield from _floors_cut(words)


def _above_room(words: Words, table: str, total_of: Floats, concerned: NDArray[np.bool_]) -> Iterator[Finding]:
    """What is fixed by hand alone, and with what is promised where anything is."""
    d, by_hand = words.derived, table == "overrides"
    purses = d.purses
    total_of, concerned = purses.together(total_of), purses.together(concerned.astype(float)) > 0
    cause = np.argmin([d.room_ratio, d.room_tier, d.room_service], axis=0)
    rooms = [(np.ones(len(d.pools), dtype=bool), d.bond_room, Text("举债空间", "debt room"))] + [
        (d.bond_class == bond_class, d.class_room[:, k], Text(f"{name.zh}限额空间", f"room under its {name.en} limit"))
        for k, (bond_class, name) in enumerate(zip(BOND_CLASSES, CLASS_NAMES, strict=True))
    ]
    for k, (some, room, name) in enumerate(rooms):
        total, room = total_of[:, some].sum(axis=1), purses.together(room)
        for c in np.flatnonzero(above(total, room) & concerned & purses.heads).tolist():
            pools = [pool for pool, amount_ in zip(d.pools, total_of[c], strict=True) if amount_ > 0]
            because = ROOM_CAUSES[cause[c]]
            yield Finding(
                severity="error",
                code="override_above_room" if by_hand else "earmark_above_room",
                file=f"{table}.csv",
                row=None,
                column="amount",
                value=cell(total[c]),
                message=(
                    Text(
                        "{city}：人工调整的债券 {total}超过{room} {left}{because}。",
                        "{city}: bonds fixed by override, {total}, are above its {room}, {left}{because}.",
                    )
                    if by_hand
                    else Text(
                        "{city}：戴帽指标和人工调整的债券共 {total}，超过{room} {left}{because}。",
                        "{city}: bonds promised by earmark or fixed by override, {total}, are above its {room}, "
                        "{left}{because}.",
                    )
                ).fill(
                    city=words.city(c), total=amount(total[c], MONEY), room=name, left=amount(room[c], MONEY),
                    because=Text("", "") if k else Text(f"（{because.zh}）", f" ({because.en})"),
                ),
                remedy=Text("合计改为不超过 {left}。", "{fix} at most {left} in all.").fill(
                    fix=Text("", "Fix" if by_hand else "Promise"), left=amount(room[c], MONEY)
                ),
                key=", ".join([d.cities[c], *pools]),
                sides=Sides(SETTLED, float(total[c]), name, float(room[c]), MONEY),
            )  # fmt: skip


def possible_means(words: Words) -> Means:
    """What no city has more of: everything that can be built in a year, and transfers at their upper bounds."""
    d = words.derived
    most = np.maximum(d.lower, np.minimum(d.upper, d.available / d.up))
    general, capital = (
        most[:, (d.kind == "transfer") & (d.use == name)].sum(axis=1) for name in ("general", "capital")
    )
    income = d.run_limit @ np.maximum(0.0, -d.programme_running)
    return Means(
        building=np.hstack([possible_building(d), d.run_limit * d.programme_cost]),
        reuse=d.reuse_cost * d.reusable,
        ratio=np.append(
            running_ratio(d.running_cost, d.capital_cost),
            running_ratio(np.maximum(0.0, d.programme_running), d.programme_cost),
        ),
        backed=np.append(d.revenue_backed, d.programme_backed),
        capital=d.fund_available + capital,
        free=d.revenue + d.other_transfers + general + d.shortfall - d.essential_spending - d.interest + income,
        bond_rate=d.bond_rate,
        funds_pay=d.funds_pay,
        purses=d.purses,
    )


def _above_means(words: Words, promised: Floats, some: NDArray[np.bool_]) -> Iterator[Finding]:
    """Earmarks that a city cannot build and run, whatever it gets; and such as it can only with more than is sure."""
    if not some.any():
        return
    d, none = words.derived, np.zeros_like(promised)
    least_free = words.instance.settings.policy.budget.least_free
    certain = certain_means(d, d, d, d.lower, loose_use(d.use, d.tied), d.kind, least_free)
    never, why = greatest_share(d.bond_class, none, promised, possible_means(words))
    surely, doubt = greatest_share(d.bond_class, none, promised, certain)
    sure = 1 - ROUNDOFF
    some, promised = d.purses.together(some.astype(float)) > 0, d.purses.together(promised)
    for c in np.flatnonzero(some & (np.minimum(never, surely) < sure) & d.purses.heads).tolist():
        wrong = bool(never[c] < sure)
        share, cause = (never[c], why[c]) if wrong else (surely[c], doubt[c])
        total = float(promised[c].sum())
        severity: Severity = "error" if wrong else "warning"
        yield Finding(
            severity=severity,
            code="earmark_above_means" if wrong else "earmark_not_certain",
            file="earmarks.csv",
            row=None,
            column="amount",
            value=cell(total),
            message=(
                Text(
                    "{city}：戴帽指标和人工调整的债券共 {total}，至多能承担 {carried}：{why}。",
                    "{city}: of the bonds promised by earmark or fixed by override, {total}, it can carry {carried} at "
                    "most: {why}.",
                )
                if wrong
                else Text(
                    "{city}：戴帽指标和人工调整的债券共 {total}，有把握承担的只有 {carried}（{why}），"
                    "其余取决于分得的转移支付和用地。",
                    "{city}: of the bonds promised by earmark or fixed by override, {total}, it is sure to carry "
                    "{carried} ({why}); the rest depends on the transfers and the land that it gets.",
                )
            ).fill(
                city=words.city(c), total=amount(total, MONEY), carried=amount(share * total, MONEY), why=WHY[cause]
            ),
            remedy=Text("合计改为不超过 {carried}。", "Promise at most {carried} in all.").fill(
                carried=amount(share * total, MONEY)
            ),
            key=", ".join([d.cities[c], *(name for name, each in zip(d.pools, promised[c], strict=True) if each > 0)]),
            sides=Sides(SETTLED, total, CARRIED, float(share * total), MONEY),
        )  # fmt: skip


def _floors_cut(words: Words) -> Iterator[Finding]:
    """Floors of bonds that a city cannot build and run in full, one finding for each cause."""
    d = words.derived
    missing = (1 - d.floor_share) * d.bond_floors.sum(axis=1)
    for cause, why in WHY.items():
        chosen = (d.floor_share < 1 - ROUNDOFF) & (missing > 0) & (d.floor_cause == cause)
        if chosen.any():
            yield Finding(
                severity="warning",
                code="floor_above_means",
                file="pools.csv",
                row=None,
                column="floor_multiple",
                value=None,
                message=Text(
                    "{count} 个城市的债券保底共减少 {total}，因为{why}：{cities}。",
                    "The floors of bonds of {count} {noun} are lower by {total} in all, since {why}: {cities}.",
                ).fill(
                    count=int(chosen.sum()), noun="city" if chosen.sum() == 1 else "cities",
                    total=amount(sum(round(each, 2) for each in missing[chosen].tolist()), MONEY), why=why,
                    cities=words.cities(chosen, missing, MONEY),
                ),
                remedy=Text(
                    "核对这些城市的建设能力和预算；不必保底的，降低“保底倍数”。",
                    "Check what these cities can build and pay for; where less is meant, lower the Floor multiple.",
                ),
                key=words.codes(chosen),
            )  # fmt: skip
