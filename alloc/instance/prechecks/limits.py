"""Findings on the planner's own rows: each against the bounds of its cities and of the rest, and each against each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.lever import Span
from alloc.instance.derived.limits import LimitRow, city_of, published_step
from alloc.instance.findings import Finding, Sides
from alloc.instance.frames import texts
from alloc.instance.prechecks.advised import kept, safe, whole
from alloc.instance.prechecks.words import ALL_OF_IT, SENSES, THERE, Words, above, amount, cell
from alloc.instance.where.conditions import parse
from alloc.text import Text, figure
from alloc.tolerances import ROUNDOFF

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NOBODY = Text(
    "{limit}的对照条件没有选中任何城市，无从比较。",
    "{limit}: no city fits the condition in versus, so there is nothing to compare.",
)
_OVERLAP = Text("{limit}的对照城市与城市范围重叠。", "{limit}: the cities of versus overlap with those of where.")
AGAINST_POOL = "limit_against_pool"  # the code where the total of a pool and the rest of the cities decide it
_REST = Text("其他城市的上下限和总量", "the total and the bounds of all other cities")
ASKED, ALLOWED = Text("要求", "Asked for"), Text("允许", "Allowed")  # the sides of a conflict
AT_LEAST, AT_MOST = Text("至少", "At least"), Text("至多", "At most")
FAR = 1e4  # times what is possible: as much as one unit is of another
_EASE = Text("限值改为 {reached}，或放宽这些规则。", "Make it {reached}, or ease those rules.")
_ASKS = Text(
    "{limit}要求合计{sense} {amount}，但{reason}使合计{side} {reached}，相差 {by}{rules}。",
    "{limit} asks for a sum {sense} {amount}, but {reason} make it {side} {reached}, {by} off{rules}.",
)
_NOTHING_LEFT = Text(
    "{limit}要求合计{sense} {amount}，但仅其他城市的下限合计就比可分配的多 {short}，没有余下可给的{rules}。",
    "{limit} asks for a sum {sense} {amount}, but the lower bounds of all other cities alone are {short} more than "
    "there is to give out{rules}.",
)
_NO_VALUE = Text(
    "改动限值无用：放宽这些规则，或提高总量、降低预留比例。",
    "No value of the limit would do: ease those rules, or raise the total or lower the reserve.",
)
_RAISE = Text("提高限值，或放宽这些规则。", "Raise the limit, or ease those rules.")
_IN_PERCENT = Text("{share} %（即 {value}）", "{share} % (which is {value})")
_IN_THE_CELL = Text("{value}，合计 {sum}", "{value}, a sum of {sum}")
DIGITS = 4  # of a value in the cell of a limit that is no amount
SHOWN = 6  # of an amount, as messages show it: whole numbers in full
_IN_CITIES = Text("{limit}在 {count} 个城市不能成立，相差最大的：{worst}。",
                  "{limit} cannot hold in {count} cities; farthest off: {worst}.")  # fmt: skip
_OFF = Text("{city}{asked} {wanted}、{left} {there}", "{city} ({asked}: {wanted}; {left}: {there})")
WORST = 3  # cities that are named
_UNIT = Text(
    "限值约为可能值 {reached} 的 {times} 倍：核对数量级和单位。",
    "It is {times} times the {reached} that are possible: check its magnitude and unit.",
)


def limit_findings(words: Words) -> Iterator[Finding]:
    """Rows that select nothing, that cannot hold, and pairs of rows that cannot hold together."""
    yield from _selects_nothing(words)
    yield from _compares_with_nobody(words)
    fit = []
    refused: dict[str, list[tuple[LimitRow, Finding]]] = {}
    for row in words.derived.limits:
        if row.basis:
            yield from _against_sums(words, row)
            continue
        found = _against_bounds(words, row)
        if found is None:
            fit.append(row)
        else:
            refused.setdefault(row.key, []).append((row, found))
    for some in refused.values():
        yield some[0][1] if len(some) == 1 else _of_cities(words, some)
    for first, second in _close_pairs(words, fit):
        yield from _pair(words, first, second)


def _selects_nothing(words: Words) -> Iterator[Finding]:
    """Conditions on the debt tier that no city fits; all others are seen by the checks of the table."""
    kept = {row.key for row in words.derived.limits}
    table = words.instance.tables["limits"]
    for limit, where in zip(texts(table, "limit"), texts(table, "where"), strict=True):
        if limit not in kept and "debt_tier" in parse(where).names:
            yield Finding(
                severity="warning", code="selects_nothing", file="limits.csv", row=None, column="where", value=where,
                message=Text("{limit}没有选中任何城市，未计入模型。", "{limit} selects no city and is left out.").fill(
                    limit=words.limit(limit)
                ),
                remedy=Text("改正条件，或删去该行。", "Correct the condition, or remove the row."),
                key=limit,
            )  # fmt: skip


def _compares_with_nobody(words: Words) -> Iterator[Finding]:
    """Conditions on the debt tier of cities to compare with that no city fits, or that select some of the limit's."""
    seen: set[str] = set()
    for row in words.derived.limits:
        if row.versus is None or row.key in seen:
            continue
        table = words.instance.tables["limits"]
        versus, where = (str(table.loc[table["limit"] == row.key, name].iloc[0]) for name in ("versus", "where"))
        if "debt_tier" not in parse(versus).names | parse(where).names:
            continue
        if not row.versus.any():
            message, remedy = _NOBODY, Text("改正条件。", "Correct the condition.")
        elif (row.versus & row.selection).any():
            message, remedy = _OVERLAP, Text("两个条件应选中不同的城市。", "Let the two select no city in common.")
        else:
            continue
        seen.add(row.key)
        yield Finding(
            severity="error",
            code="versus_overlaps" if row.versus.any() else "selects_nothing",
            file="limits.csv",
            row=None,
            column="versus",
            value=versus,
            message=message.fill(limit=words.limit(row.key)),
            remedy=remedy,
            key=row.key,
        )


def _against_sums(words: Words, row: LimitRow) -> Iterator[Finding]:
    """The finding where no amounts within the bounds give cities the ratio to others that a row asks for."""
    if row.versus is None or not row.versus.any():
        return
    own, others = (
        words.quantity(row).span(words.derived, row.item, chosen, words.instance.settings.integers)
        for chosen in (row.selection, row.versus)
    )
    least, most = row.of_versus * others.least, row.of_versus * others.most
    if row.sense != "<=" and above(least, own.most):
        sense, reached, wanted, rules = Text("至多", "at most"), own.most, least, _rules(words, row, True, False)
    elif row.sense != ">=" and above(own.least, most):
        sense, reached, wanted, rules = Text("至少", "at least"), own.least, most, _rules(words, row, False, False)
    else:
        return
    unit, quantity = _unit(words, row), words.quantity(row)
    yield Finding(
        severity="error",
        code=quantity.conflict,
        file="limits.csv",
        row=None,
        column="value",
        value=cell(_value(words, row)),
        message=Text(
            "{limit}要求的比值使合计须{sense} {wanted}，但{reason}使合计{side} {reached}{rules}。",
            "The ratio that {limit} asks for makes the sum {sense} {wanted}, but {reason} make it {side} {reached}"
            "{rules}.",
        ).fill(
            limit=words.limit(row.limit), sense=SENSES[row.sense], wanted=amount(wanted, unit), side=sense,
            reason=quantity.reason, reached=amount(reached, unit), rules=rules,
        ),
        remedy=Text("修改比值，或放宽这些规则。", "Change the ratio, or ease those rules."),
        key=row.limit,
        sides=Sides(ASKED, wanted, AT_MOST, reached, unit) if wanted > reached
        else Sides(AT_LEAST, reached, ALLOWED, wanted, unit),
    )  # fmt: skip


def _against_bounds(words: Words, row: LimitRow) -> Finding | None:
    """The finding where no amounts within the bounds satisfy the row."""
    span = _span(words, row)
    if row.sense != "<=" and above(row.amount, span.most):
        reached, by_rest, by = span.reached, span.most_by_rest, row.amount - span.reached
        sides = Sides(ASKED, row.amount, AT_MOST, max(reached, 0.0), _unit(words, row))
        side, rules = Text("至多", "at most"), _rules(words, row, upper=not by_rest, rest=by_rest)
    elif row.sense != ">=" and above(span.least, row.amount):
        reached, by_rest, by = span.least, span.least_by_rest, span.least - row.amount
        sides = Sides(AT_LEAST, reached, ALLOWED, row.amount, _unit(words, row))
        side, rules = Text("至少", "at least"), _rules(words, row, upper=by_rest, rest=by_rest)
    else:
        return None
    unit, quantity = _unit(words, row), words.quantity(row)
    asks = _NOTHING_LEFT if by_rest and reached < 0 else _ASKS
    return Finding(
        severity="error",
        code=AGAINST_POOL if by_rest and quantity.granted else quantity.conflict,
        file="limits.csv",
        row=None,
        column="value",
        value=cell(_value(words, row)),
        message=asks.fill(
            limit=words.limit(row.limit), sense=SENSES[row.sense], amount=amount(row.amount, unit), side=side,
            reason=_REST if by_rest else quantity.reason, short=amount(-reached, unit),
            reached=amount(reached, unit), by=amount(by, unit), rules=rules,
        ),
        remedy=_remedy(words, row, reached, unit),
        key=row.limit,
        sides=sides,
    )  # fmt: skip


def _of_cities(words: Words, refused: Sequence[tuple[LimitRow, Finding]]) -> Finding:
    """One finding on a limit for each city that cannot hold in several of them: its value is one cell of one row."""
    apart = [(row, each, each.sides) for row, each in refused if each.sides is not None]
    apart.sort(key=lambda one: one[2].there - one[2].wanted)
    row, first, most = apart[0]
    named = [
        _OFF.fill(city=words.city(words.derived.cities.index(city_of(of.limit))), asked=sides.asked, left=sides.left,
                  wanted=amount(sides.wanted, sides.unit), there=amount(sides.there, sides.unit))
        for of, _, sides in apart[:WORST]
    ]  # fmt: skip
    worst = Text("；".join(each.zh for each in named), "; ".join(each.en for each in named))
    message = _IN_CITIES.fill(limit=words.limit(row.key), count=len(refused), worst=worst)
    reached = most.there if most.asked == ASKED else most.wanted
    return replace(first, key=row.key, message=message, remedy=_remedy(words, row, reached, _unit(words, row), True))


def _remedy(words: Words, row: LimitRow, reached: float, unit: Text, in_many: bool = False) -> Text:
    """What would be right: another unit where it is far off, else another value; `in_many` cities, without a sum."""
    if 0 < FAR * reached < row.amount:
        return _UNIT.fill(reached=amount(reached, unit), times=figure(row.amount // reached))
    return _eased(words, row, reached, unit, in_many)


def _eased(words: Words, row: LimitRow, reached: float, unit: Text, in_many: bool) -> Text:
    """What would be right, as it stands in the cell: the same for all rows of a limit for each city, which have one."""
    value, table = _value(words, row), words.instance.tables["limits"]
    up = reached > row.amount
    basis = str(table.loc[table["limit"] == row.key, "basis"].iloc[0])
    of_amounts = basis == "amount"
    if of_amounts and not city_of(row.limit):
        if reached < 0:  # the others want more than there is
            return _NO_VALUE
        return _EASE.fill(reached=amount(kept(words, row, reached, up, SHOWN), unit))
    if value * row.amount <= 0:  # at most nothing: of what it would be a part is not to be seen from it
        return _RAISE
    of_one = [(each, _span(words, each)) for each in words.derived.limits if each.key == row.key and each.amount]
    times = [(span.least if up else span.reached) / each.amount for each, span in of_one]
    fits = safe(value * (max if up else min)(times), up, DIGITS)
    if fits < 0 < value:
        return _NO_VALUE
    if of_amounts:
        return _EASE.fill(reached=amount(whole(fits, up, published_step(words.derived, words.catalogue, row)), unit))
    cell = Text(*(f"{fits:.15g}",) * 2)
    if basis == "share":
        cell = _IN_PERCENT.fill(share=f"{100 * fits:.12g}", value=f"{fits:.15g}")
    if in_many:
        return _EASE.fill(reached=cell)
    shown = _IN_THE_CELL.fill(value=cell, sum=amount(row.amount * fits / value, unit))
    return _EASE.fill(reached=shown)


def _rules(words: Words, row: LimitRow, upper: bool, rest: bool) -> Text:
    """The rules behind the bounds of the cities of an allocation's limit, or of the rest."""
    d, cities = words.derived, ~row.selection if rest else row.selection
    if not words.quantity(row).granted or not cities.any():
        return Text("", "")
    r = d.pools.index(row.item)
    bound, rule = (d.upper, d.upper_rule) if upper else (d.lower, d.lower_rule)
    made = words.made_by(bound[cities, r], rule[cities, r], words.pool_unit(r), upper=upper)
    return Text(f"；主要来自{made.zh}", f"; most of it: {made.en}")


def _span(words: Words, row: LimitRow) -> Span:
    """Between which amounts the sum of a row can lie by bounds alone."""
    return words.quantity(row).span(words.derived, row.item, row.selection, words.instance.settings.integers)


def _close_pairs(words: Words, rows: Sequence[LimitRow]) -> Iterator[tuple[LimitRow, LimitRow]]:
    """The pairs of rows on the same thing that `_pair` has to look at, all cities of each: few of very many.

    These are rows over the same cities; and rows of allocation over cities apart whose bounds, with those of the rest,
    come near the total.
    """
    by_object: dict[tuple[str, str], list[LimitRow]] = {}
    for row in rows:
        by_object.setdefault((row.kind, row.item), []).append(row)
    for (_, item), some in by_object.items():
        chosen = np.packbits([row.selection for row in some], axis=1)
        close = (chosen[:, None] == chosen).all(axis=2)
        if words.quantity(some[0]).granted:
            close |= ~(chosen[:, None] & chosen).any(axis=2) & _near_total(words, item, some)
        for first, second in np.argwhere(np.triu(close, 1)):
            yield some[first], some[second]


def _near_total(words: Words, pool: str, rows: Sequence[LimitRow]) -> Flags:
    """Which pairs of rows over cities apart ask for as much as there is, or allow as little, up to half of rounding."""
    d, r = words.derived, words.derived.pools.index(pool)
    available = float(d.available[r])
    slack = ROUNDOFF / 2 * max(1.0, abs(available))
    # In what is received for them; above the total, it is reached.
    lower, upper = d.up[:, r] * d.lower[:, r], np.minimum(d.up[:, r] * d.upper[:, r], max(available, 0.0))
    ranges = [_received_range(words, row) for row in rows]
    more = np.array([  # than the least of its cities
        max(0.0, wanted - lower[row.selection].sum()) for row, (wanted, _) in zip(rows, ranges, strict=True)
    ])  # fmt: skip
    less = np.array([  # than the most of its cities
        max(0.0, upper[row.selection].sum() - allowed) for row, (_, allowed) in zip(rows, ranges, strict=True)
    ])  # fmt: skip
    tight: Flags = more + more[:, None] + lower.sum() > available + slack
    if d.exhaust[r]:
        tight |= upper.sum() - less - less[:, None] < available - slack
    return tight


def _pair(words: Words, first: LimitRow, second: LimitRow) -> Iterator[Finding]:
    """Two rows on the same thing, over the same cities or over cities apart."""
    if np.array_equal(first.selection, second.selection):
        least = max((first, second), key=lambda row: _range(row)[0])
        most = min((first, second), key=lambda row: _range(row)[1])
        if above(_range(least)[0], _range(most)[1]):
            unit = _unit(words, first)
            message = Text(
                "{first}与{second}选中的城市相同：前者要求至少 {least}，后者只允许 {most}。",
                "{first} and {second} select the same cities: the one asks for at least {least}, "
                "the other allows only {most}.",
            ).fill(
                first=words.limit(least.limit), second=words.limit(most.limit),
                least=amount(least.amount, unit), most=amount(most.amount, unit),
            )  # fmt: skip
            sides = Sides(ASKED, least.amount, ALLOWED, most.amount, unit)
            yield _pair_finding(words, "limits_contradict", least, most, message, sides)
    elif words.quantity(first).granted and not (first.selection & second.selection).any():
        yield from _apart(words, first, second)


def _apart(words: Words, first: LimitRow, second: LimitRow) -> Iterator[Finding]:
    """Two rows over cities apart: what both ask for, or allow, against the total and the bounds of the rest."""
    d, unit = words.derived, _unit(words, first)
    r = d.pools.index(first.item)
    rest = ~(first.selection | second.selection)
    available = float(d.available[r])
    lower, upper = ((d.up * each)[:, r] for each in (d.lower, d.upper))
    ranges = [(row, *_received_range(words, row)) for row in (first, second)]
    least = sum(max(wanted, float(lower[row.selection].sum())) for row, wanted, _ in ranges)
    most = sum(min(allowed, float(upper[row.selection].sum())) for row, _, allowed in ranges)
    rest_least, rest_most = float(lower[rest].sum()), float(upper[rest].sum())
    if above(least + rest_least, available):
        sides = Sides(ASKED, least + rest_least, THERE, available, unit)
        sums, message = (least, rest_least, least + rest_least - available), Text(
            "{first}与{second}{kept}合计要求至少 {sum}，其他城市至少 {rest}，比{pool}可分配的 {available}多 {by}。",
            "{first} and {second}{kept} ask for at least {sum} together and the other cities for at least {rest}: "
            "{by} more than the {available} of {pool}.",
        )  # fmt: skip
    elif d.exhaust[r] and above(available, most + rest_most):
        sides = Sides(ALL_OF_IT, available, ALLOWED, most + rest_most, unit)
        sums, message = (most, rest_most, available - most - rest_most), Text(
            "{first}与{second}{kept}合计只允许 {sum}，其他城市至多 {rest}，比{pool}须分完的 {available}少 {by}。",
            "{first} and {second}{kept} allow {sum} together and the other cities take at most {rest}: {by} less "
            "than the {available} of {pool}, all of which must be given out.",
        )  # fmt: skip
    else:
        return
    yield _pair_finding(
        words, "limits_against_pool", first, second,
        message.fill(
            first=words.limit(first.limit), second=words.limit(second.limit), pool=words.pool(r),
            available=amount(available, unit), kept=words.kept(r),
            **{name: amount(value, unit) for name, value in zip(("sum", "rest", "by"), sums, strict=True)},
        ),
        sides,
    )  # fmt: skip


def _pair_finding(words: Words, code: str, first: LimitRow, second: LimitRow, message: Text, sides: Sides) -> Finding:
    return Finding(
        severity="error", code=code, file="limits.csv", row=None, column="value", value=cell(_value(words, first)),
        message=message,
        remedy=Text("修改其中一项限值，或删去一项。", "Change one of the two limits, or remove it."),
        key=f"{first.limit}, {second.limit}", sides=sides,
    )  # fmt: skip


def _range(row: LimitRow) -> tuple[float, float]:
    """Between which amounts the row wants its sum."""
    return (-np.inf if row.sense == "<=" else row.amount), (np.inf if row.sense == ">=" else row.amount)


def _received_range(words: Words, row: LimitRow) -> tuple[float, float]:
    """The same in what the pool gives out for its cities: at least by those for which least is kept, at most by those
    for which most is."""
    up, (wanted, allowed) = words.derived.up[row.selection, words.derived.pools.index(row.item)], _range(row)
    return wanted * float(up.min(initial=np.inf)) if wanted > 0 else wanted, allowed * float(up.max(initial=1.0))


def _unit(words: Words, row: LimitRow) -> Text:
    """The unit of the sum of a row: that of its pool or service where it has one."""
    quantity = words.quantity(row)
    if quantity.items == "pools":
        return words.pool_unit(words.derived.pools.index(row.items[0]))
    if quantity.items == "services":
        return words.service_unit(row.item)
    if quantity.items == "programmes":
        return words.programme_unit(row.item)
    return words.catalogue.units[quantity.unit]


def _value(words: Words, row: LimitRow) -> float:
    table = words.instance.tables["limits"]
    return float(table.loc[table["limit"] == row.key, "value"].iloc[0])
