"""Edits that start from what a result gives: an amount moved from one city to another, an addition to a city's number.

    move land 50 from 深圳 to 东莞          two overrides: what each has now, less 50 and plus 50
    overrides.440300.land.amount += 50      where there is no such row: an override from what the city has now
    freeze 深圳, land                        an override from it for every pool of a city, and every city of a pool

Everything else is solved again around them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor, isfinite, log10, nan
from typing import NamedTuple

import pandas as pd

from alloc.explanation.shared.answer import AskError
from alloc.explanation.shared.codes import known_codes, known_pool
from alloc.formulation.columns import KIND_UNITS
from alloc.formulation.registry import catalogue
from alloc.instance.cells import parse_number
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.findings import Finding, InputError
from alloc.instance.frames import called
from alloc.instance.instance import Instance
from alloc.instance.named import near_code, remedy_by_name
from alloc.instance.schema.tables import OVERRIDES
from alloc.scenario.applying import apply
from alloc.scenario.edits import Edit, Origin
from alloc.scenario.lines import UNREADABLE, Standing, frozen, line_of, moved, read_line, value_text
from alloc.scenario.selection import NAMES
from alloc.scenario.state import taken_apart
from alloc.scenario.titles.reading import with_names
from alloc.scenario.typed import NUMBER, figure_meant
from alloc.text import Text, behind_number, figure
from alloc.tolerances import ROUNDOFF

FIGURES, LAST = 3, 6  # of a multiple that is offered; and the decimals within which it is the number itself
ABOVE = Text(
    "{city}现有 {there} {unit}，“{rule}”规则最多给到 {bound} {unit}，至多再得 {most} {unit}。",
    "{city} has {there} {unit}, and the rule “{rule}” ends at {bound} {unit}: it can take {most} {unit} at most.",
)
BELOW = Text(
    "{city}现有 {there} {unit}，“{rule}”规则要求至少 {bound} {unit}，至多让出 {most} {unit}。",
    "{city} has {there} {unit}, and the rule “{rule}” asks for {bound} {unit}: it can give {most} {unit} at most.",
)
LESS = Text("至多调 {most} {unit}。", "Move {most} {unit} at most.")
OTHER = Text("换一个城市，或先改该规则。", "Choose another city, or change that rule first.")
EASED = Text("要调 {amount} {unit}，先写这些修改：{lines}。", "To move {amount} {unit}, write first: {lines}.")
OF_ALL = Text("倍数对该资源池的全部城市起作用。", "A multiple holds for all cities of the pool.")

DIGITS = 9  # behind the point; what sums of numbers leave behind is beyond them
_TO_A_CITY = re.compile(rf"{OVERRIDES.name}\.(?P<city>[^.]+)\.(?P<pool>[^.]+)\.amount")


def started_from(lines: Sequence[str], instance: Instance, allocation: pd.DataFrame) -> list[str]:
    """Lines with those that start from a result made overrides; all others as they are.

    Args:
        lines: in their order.
        instance: that was solved.
        allocation: city, pool and published of the result.

    Raises:
        InputError: an amount cannot be moved; with every finding.
    """
    has = allocation.set_index(["city", "pool"])["published"]
    # Bounds are known beforehand where nothing else is changed that could move them.
    derived = derive(instance) if lines and all(map(moved, lines)) else None
    every: list[str] = []
    findings: list[Finding] = []
    for number, line in enumerate(lines, start=1):
        try:
            made = _one(line, Origin(number=number), instance, has, derived)
            of_result = moved(line) is not None or frozen(line) is not None
            every += [Standing(each, number, of_result) for each in made]
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return every


def _one(line: str, origin: Origin, instance: Instance, has: pd.Series, derived: Derived | None) -> list[str]:
    move = moved(line)
    if move is not None:
        return _moved(move, Edit("add", line.strip(), origin=origin), instance, has, derived)
    freeze = frozen(line)
    if freeze is not None:
        return _frozen(freeze, Edit("set", line.strip(), origin=origin), instance, has)
    edit, _ = read_line(line, origin)
    edit = None if edit is None else with_names(edit, taken_apart(instance))
    to_a_city = None if edit is None or edit.verb not in ("add", "scale") else _TO_A_CITY.fullmatch(edit.target)
    if edit is None or to_a_city is None or isinstance(edit.value, bool) or not isinstance(edit.value, int | float):
        return [line]
    key = to_a_city["city"], to_a_city["pool"]
    if key in _overridden(instance) or key not in has.index:
        return [line]
    now = float(has[key])
    new = now + edit.value if edit.verb == "add" else now * edit.value
    return [_line(replace(edit, verb="set", value=_tidy(new)))]


def _moved(move: re.Match[str], edit: Edit, instance: Instance, has: pd.Series, derived: Derived | None) -> list[str]:
    """The two overrides of a move, with its reason as theirs.

    Raises:
        InputError: there is no such pool or city, or the amount is none that can be moved.
    """
    amount = parse_number(move["amount"].replace("_", ""))
    if amount is None:
        message = UNREADABLE.fill(text=move["amount"])
        remedy = figure_meant(move["amount"]) or NUMBER
        raise InputError([edit.finding("edit_syntax", message, remedy, value=move["amount"])])
    pool: str | None = None
    try:
        pool = known_pool(move["pool"], instance.tables)
        giver, taker = known_codes(instance.tables, [move["giver"].strip(), move["taker"].strip()])
    except AskError as error:
        remedy = Text("写作 调剂 资源池 数额 从 城市 到 城市。", "Write move POOL AMOUNT from CITY to CITY.")
        if pool is None and (near := near_code(instance.tables, "pools", move["pool"])) is not None:
            line = f"move {near} {move['amount']} from {move['giver'].strip()} to {move['taker'].strip()}"
            remedy = Text(f"写作 {line}。", f"Write {line}.")
        raise InputError([edit.finding("unknown_code", error.message, remedy)]) from error
    there, quantum = float(has[giver, pool]), _quantum(instance, pool)
    parts = amount / quantum
    fault: tuple[str, Text, Text] | None = None
    if giver == taker or amount <= 0:
        fault = (
            "nothing_moved", Text("没有可调的数额。", "This moves nothing."),
            Text("数额大于 0，两个城市不同。", "Move more than 0, between two cities."),
        )  # fmt: skip
    elif abs(parts - round(parts)) > ROUNDOFF * max(parts, 1):
        message = Text("{amount} 不是最小分配单位 {quantum} 的整倍数。", "{amount} is no multiple of {quantum}.")
        remedy = Text("改为 {near}。", "Would be right: {near}.")
        near = figure(max(round(parts), 1) * quantum)
        fault = "no_multiple", message.fill(amount=figure(amount), quantum=figure(quantum)), remedy.fill(near=near)
    elif amount > there * (1 + ROUNDOFF):
        message = Text("该城市只有 {there}。", "The city has {there}.").fill(there=figure(there))
        remedy = Text("至多调出 {there}。", "Move {there} at most.").fill(there=figure(there))
        fault = "moves_too_much", message, remedy
    elif derived is not None:
        fault = _out_of_bounds(derived, instance, has, giver, taker, pool, amount)
    if fault is not None:
        code, message, remedy = fault
        raise InputError([edit.finding(code, message, remedy, value=figure(amount), key=f"{giver}, {pool}")])
    why = (move["why"] or "").strip()
    new = {giver: _tidy(there - amount), taker: _tidy(float(has[taker, pool]) + amount)}
    there_are = _overridden(instance)
    edits = []
    for city, value in new.items():
        named = f"{OVERRIDES.name}.{city}.{pool}"
        edits.append(Edit("set", f"{named}.amount", value, why=why))
        if why and (city, pool) in there_are:  # a new row takes the reason of its edit
            edits.append(Edit("set", f"{named}.reason", why, why=why))
    return [_line(edit) for edit in edits]


def _frozen(freeze: re.Match[str], edit: Edit, instance: Instance, has: pd.Series) -> list[str]:
    """The overrides that keep cities, or all cities of pools, at what they have.

    Raises:
        InputError: a name is that of no city and of no pool, or of several.
    """
    kept: dict[tuple[str, str], None] = {}
    for name in map(str.strip, re.split("[,，、]", freeze["names"])):
        cities, pools = (called(instance.tables[table], column, NAMES, name)
                         for table, column in (("cities", "city"), ("pools", "pool")))  # fmt: skip
        if len(cities) + len(pools) != 1:
            message = Text("没有叫“{name}”的城市或资源池。", "No city and no pool is called “{name}”.")
            if cities or pools:
                message = Text("有几项都叫“{name}”。", "Several are called “{name}”.")
            near = [near_code(instance.tables, table, name) for table in ("cities", "pools")]
            of = "pools" if near[0] is None and near[1] is not None else "cities"
            remedy = remedy_by_name(instance.tables, of, name)
            raise InputError([edit.finding("unknown_code", message.fill(name=name), remedy)])
        kept |= dict.fromkeys(key for key in has.index if key[0] in cities or key[1] in pools)
    why = (freeze["why"] or "").strip()
    return [
        _line(Edit("set", f"{OVERRIDES.name}.{city}.{pool}.amount", _tidy(float(has[city, pool])), why=why))
        for city, pool in kept
    ]


def _out_of_bounds(
    derived: Derived, instance: Instance, has: pd.Series, giver: str, taker: str, pool: str, amount: float
) -> tuple[str, Text, Text] | None:
    """What is wrong where the giver would fall below its floor, or the taker come above its cap: how much can move, by
    which rule, and what edits would let it move."""
    found = _bounds_broken(derived, instance, has, giver, taker, pool, amount)
    if not found:
        return None
    known, quantum, broken = catalogue(instance.formulation), _quantum(instance, pool), found[0]
    names = instance.tables["cities"].set_index("city")
    most = max(int(broken.room / quantum + ROUNDOFF), 0) * quantum
    unit = known.units[KIND_UNITS[str(instance.tables["pools"].set_index("pool").at[pool, "kind"])]]
    unit = Text(unit.zh, behind_number(unit.en))
    shown = {
        "city": Text(*(str(names.at[broken.city, each] or broken.city) for each in ("name", "name_en"))),
        "rule": known.rules[broken.rule].title, "unit": unit, "there": figure(broken.there),
        "bound": figure(broken.bound), "most": figure(most), "amount": figure(amount),
    }  # fmt: skip
    remedy = (LESS if most > 0 else OTHER).fill(**shown)
    lines = [line for each in found for line in [_line_that_moves(each, instance, pool)] if line]
    if len(lines) == len(found) and _allowed(lines, instance, has, giver, taker, pool, amount):
        every = Text("；".join(lines), "; ".join(lines))
        said = [remedy, EASED.fill(lines=every, **shown)]
        said += [OF_ALL] if any(each.rule != "earmark" for each in found) else []
        remedy = Text("".join(each.zh for each in said), " ".join(each.en for each in said))
    return "moves_too_much", (ABOVE if broken.column == "cap_multiple" else BELOW).fill(**shown), remedy


class _Broken(NamedTuple):
    """A bound that a move would break: whose, which rule makes it, the column of its multiple, and how much is there,
    where the bound lies, how much can move and where the bound would have to lie."""

    city: str
    rule: str
    column: str
    there: float
    bound: float
    room: float
    wanted: float


def _bounds_broken(
    derived: Derived, instance: Instance, has: pd.Series, giver: str, taker: str, pool: str, amount: float
) -> list[_Broken]:
    place, found = derived.pools.index(pool), []
    for city, bounds, sign in ((taker, derived.cap, 1), (giver, derived.floor, -1)):
        row = derived.cities.index(city)
        bound, there = float(bounds[row, place]), float(has[city, pool])
        room = sign * (bound - there)
        if not amount > room + ROUNDOFF * max(abs(bound), amount):
            continue
        promised = float(derived.earmark[row, place])
        rule = "cap" if sign > 0 else "earmark" if promised >= bound * (1 - ROUNDOFF) else "floor"
        column = "cap_multiple" if sign > 0 else "floor_multiple"
        found.append(_Broken(city, rule, column, there, bound, room, there + sign * amount))
    return found


def _line_that_moves(broken: _Broken, instance: Instance, pool: str) -> str:
    """The edit of the number behind a bound that would let it lie where it has to; "" where there is none."""
    if broken.rule == "earmark":
        table, of = instance.tables["earmarks"], f"earmarks.{broken.city}.{pool}.amount"
        rows = table[(table["city"] == broken.city) & (table["pool"] == pool)]
        now = float(rows["amount"].iloc[0]) if len(rows) else nan
    else:
        of = f"pools.{pool}.{broken.column}"
        now = float(instance.tables["pools"].set_index("pool")[broken.column][pool])
    new = now * broken.wanted / broken.bound if broken.bound > 0 else nan
    if not isfinite(new):
        return ""
    digits = FIGURES - 1 - floor(log10(new)) if new > 0 else 0
    outwards = ceil if broken.rule == "cap" else floor
    return f"{of} = {value_text(_tidy(outwards(round(new * 10.0**digits, LAST)) / 10.0**digits))}"


def _allowed(
    lines: Sequence[str], instance: Instance, has: pd.Series, giver: str, taker: str, pool: str, amount: float
) -> bool:
    """Whether the bounds leave room for a move once lines are applied."""
    edits = [read_line(line, Origin(number=number))[0] for number, line in enumerate(lines, start=1)]
    try:
        eased = apply(instance, [edit for edit in edits if edit is not None]).instance
    except InputError:
        return False
    return not _bounds_broken(derive(eased), eased, has, giver, taker, pool, amount)


def _line(edit: Edit) -> str:
    return line_of(edit) + (f"  # {edit.why}" if edit.why else "")


def _overridden(instance: Instance) -> set[tuple[str, str]]:
    table = instance.tables[OVERRIDES.name]
    return set(zip(table["city"].tolist(), table["pool"].tolist(), strict=True))


def _quantum(instance: Instance, pool: str) -> float:
    pools = instance.tables["pools"]
    return float(pools.loc[pools["pool"] == pool, "quantum"].iloc[0])


def _tidy(amount: float) -> float:
    """An amount without what sums of floating point leave behind, written as short as it can be."""
    rounded = round(amount, DIGITS)
    return int(rounded) if float(rounded).is_integer() else float(value_text(rounded))
