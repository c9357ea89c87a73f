"""Findings on what has been issued: more than there is now, and more than today's rules would allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import MONEY
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.land_and_finance import BOND_CLASSES
from alloc.instance.findings import Finding, Sides
from alloc.instance.prechecks.words import CLASS_NAMES, THERE, Words, above, amount, cell
from alloc.text import Text, figure

TABLE = "issued"
ISSUED = Text("已下达且不收回", "Issued, and not taken back")
BY_ROOM = ("debt_room", "debt_class")  # rules of bonds that all bonds of a city share
Floats = NDArray[np.float64]


def issued_findings(words: Words) -> Iterator[Finding]:
    """Issued amounts above what a pool holds, and above a rule that holds now."""
    d, instance = words.derived, words.instance
    if d.locked.any():
        nothing = {**instance.tables, TABLE: instance.tables[TABLE].iloc[:0]}
        before = derive(replace(instance, tables=nothing), d)
        yield from _above_available(words)
        yield from _above_rules(words, before)
        yield from _above_rooms(words, before)


def above_available(words: Words) -> NDArray[np.bool_]:
    """The pools of which more has been issued, and is not taken back, than they hold [R]."""
    return above((words.derived.up * words.derived.locked).sum(axis=0), words.derived.available)


def _above_available(words: Words) -> Iterator[Finding]:
    d = words.derived
    for r in np.flatnonzero(above_available(words)).tolist():
        unit, total, issued = words.pool_unit(r), *(float((d.up * each)[:, r].sum()) for each in (d.locked, d.issued))
        yield Finding(
            severity="error",
            code="issued_above_available",
            file=f"{TABLE}.csv",
            row=None,
            column="amount",
            value=cell(total),
            message=Text(
                "{pool}：已下达且不收回的{kept}共 {total}，超过可分配的 {available}，须收回 {by}。",
                "{pool}: {total}{kept} has been issued and is not taken back, more than the {available} there are; "
                "{by} has to be recovered.",
            ).fill(
                pool=words.pool(r), total=amount(total, unit), available=amount(d.available[r], unit),
                by=amount(total - d.available[r], unit), kept=words.kept(r),
            ),
            remedy=Text(
                "把 pools 表的“可收回比例”提高到至少 {share}，或提高总量、降低预留比例。",
                "Raise the Clawback of the pool to at least {share}, or raise the total or lower the reserve.",
            ).fill(share=figure(np.ceil(1e4 * (1 - d.available[r] / issued)) / 1e4)),
            key=d.pools[r],
            sides=Sides(ISSUED, total, THERE, float(d.available[r]), unit),
        )  # fmt: skip


def _above_rules(words: Words, before: Derived) -> Iterator[Finding]:
    """What has been issued above an upper bound that holds `before` it, by pool and rule; such a bound is lifted."""
    d = words.derived
    beyond = np.where(above(d.locked, before.upper), d.locked - before.upper, 0.0)
    for r in range(len(d.pools)):
        for rule in dict.fromkeys(before.upper_rule[beyond[:, r] > 0, r].tolist()):
            chosen = (beyond[:, r] > 0) & (before.upper_rule[:, r] == rule)
            if rule not in BY_ROOM:
                yield _beyond(words, "issued_above_rule", words.pool(r), words.rule(rule), chosen, beyond[:, r],
                              words.pool_unit(r), d.pools[r])  # fmt: skip


def _above_rooms(words: Words, before: Derived) -> Iterator[Finding]:
    """Bonds that have been issued, all of a city together, above its rooms for debt; these are lifted too."""
    d = words.derived
    some = [(d.kind == "bond", before.bond_room, words.rule(BY_ROOM[0]))]
    some += [
        (d.bond_class == name, before.class_room[:, k], Text(f"{title.zh}限额空间", f"room under its {title.en} limit"))
        for k, (name, title) in enumerate(zip(BOND_CLASSES, CLASS_NAMES, strict=True))
    ]
    for pools, room, rule in some:
        total, room = d.purses.together(d.locked[:, pools].sum(axis=1)), d.purses.together(room)
        chosen = above(total, room) & d.purses.heads
        if chosen.any():
            titles = Text("、".join(words.pool(int(r)).zh for r in np.flatnonzero(pools)),
                          ", ".join(words.pool(int(r)).en for r in np.flatnonzero(pools)))  # fmt: skip
            keys = ", ".join(d.pools[r] for r in np.flatnonzero(pools))
            yield _beyond(words, "issued_above_room", titles, rule, chosen, total - room, MONEY, keys)


def _beyond(
    words: Words, code: str, pools: Text, rule: Text, chosen: NDArray[np.bool_], by: Floats, unit: Text, key: str
) -> Finding:
    count = int(chosen.sum())
    return Finding(
        severity="warning",
        code=code,
        file=f"{TABLE}.csv",
        row=None,
        column="amount",
        value=None,
        message=Text(
            "{pools}：{count} 个城市已下达且不收回的数额超过{rule}，共 {total}，上限已相应提高：{cities}。",
            "{pools}: what has been issued to {count} {noun} and is not taken back is above the {rule}, by {total} in "
            "all; the bound is lifted to it: {cities}.",
        ).fill(
            pools=pools, count=count, noun="city" if count == 1 else "cities", rule=rule,
            total=amount(float(by[chosen].sum()), unit), cities=words.cities(chosen, by, unit),
        ),
        remedy=Text(
            "核对这些数额和该规则；应收回的，提高 pools 表的“可收回比例”。",
            "Check these amounts and that rule; what is to be taken back goes by the Clawback of the pool.",
        ),
        key=f"{key}: {words.codes(chosen)}",
    )  # fmt: skip
