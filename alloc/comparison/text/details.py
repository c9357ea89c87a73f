"""The details of one result against the base: winners and losers, coverage, groups, debt, what binds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from alloc.comparison.amounts import WON
from alloc.comparison.outcomes import year_moves
from alloc.comparison.text.layout import Line, Part
from alloc.comparison.text.view import Row, View, alone, compared, compared_cells
from alloc.comparison.text.wording import RESIDENT_UNITS
from alloc.comparison.tiers import NOISE, OTHER_KIND
from alloc.content.blocks import Amount, Cell
from alloc.content.blocks import Row as Cells
from alloc.content.figures import decimals_for, number
from alloc.content.places import debt_tier
from alloc.content.tables import difference, share, table
from alloc.explanation.rules.tied import tied
from alloc.formulation.columns import KIND_UNITS
from alloc.instance.schema.classes import SIZE_CLASSES
from alloc.result.frames.units import LIMIT_UNIT, decimals_in, units_of_rows

SHOWN = 5  # gains and losses of each measure
SCORED = ("fairness", "coverage")  # tiers that the scores of cities make up
SCORE_DECIMALS = 4
SIDES = ("base", "other")
SMALL_DECIMALS = 5  # of limits on what is below 1


def details(view: View, letter: str) -> list[Part]:
    """Every part about one result against the base; those without any difference are named together at the end."""
    only = {measure: rounded for measure in WON if (rounded := _only_rounding(view, letter, measure))}
    named = [
        *(
            (view.say(measure), part)
            for measure in WON
            if measure not in only
            for part in _winners(view, letter, measure)
        ),
        (view.say("name_coverage"), _coverage(view, letter)),
        *(
            (view.say(f"name_{grouping}"), part)
            for grouping in ("size_class", "province")
            for part in _groups(view, letter, grouping)
        ),
        (view.say("name_debt"), _debt(view, letter)),
        (view.say("name_decisions"), _decisions(view, letter)),
        *((view.say(f"name_{name}"), part) for name in FURTHER for part in further(view, letter, name)),
        (view.say("name_families"), _families(view, letter)),
    ]
    parts = [part for _, part in named if part.same is None]
    same = [view.say("name_rows", name=name, count=number(part.same)) for name, part in named if part.same is not None]
    told = [view.say("all_the_same", a="A", b=letter, names=view.say("comma").join(same))] if same else []
    if only:
        names = (view.say("name_rows", name=view.say(name), count=number(count)) for name, count in only.items())
        told.append(view.say("winners_only", names=view.say("comma").join(names)))
    return [*parts, Part("", tuple(told))] if told else parts


def _only_rounding(view: View, letter: str, measure: str) -> int:
    """In how many cities a measure moves by rounding, where it moves by more in none."""
    moves = Counter(row["moved"] for row in view.rows("measures", letter, measure=measure))
    return moves["rounding"] if not set(moves) - {"", "rounding"} else 0


def _winners(view: View, letter: str, measure: str) -> list[Part]:
    every = view.rows("measures", letter, measure=measure)
    if not every:
        return []
    top = [row for row in view.rows("winners", letter, measure=measure) if row["rank"] <= SHOWN]
    unit = every[0]["unit"]
    shown, resident = view.figures(unit, top), RESIDENT_UNITS.get(unit)
    key = "winners" if shown.unit else "winners_plain"
    title = view.say(key, measure=view.say(measure), a="A", b=letter, unit=shown.unit)
    unlike = any(row["moved"] == "other_yardstick" for row in every)
    if not top and unlike:
        return [Part(title, (view.say("winners_unlike"),))]
    if not top:
        return [Part(title, (view.say("no_difference", count=number(len(every))),), same=len(every))]
    fine = min(2, decimals_for(max(abs(row["change_per_resident"]) for row in top))) if resident else 0
    rows: list[Cells] = []
    for row in top:
        values = compared_cells(row, shown) if shown.unit else compared(row, shown)  # a score has no change in per cent
        cells = (view.title("city", row["city"]), row["city"], *values)
        rows.append((*cells, Amount(row["change_per_resident"], fine, sign=True)) if resident else cells)
    moves = Counter(row["moved"] for row in every)
    ways = {way: view.cities(row["city"] for row in every if row["moved"] == moved)
            for way, moved in (("up", "gain"), ("down", "loss"))}  # fmt: skip
    above = [view.say("winners_more", **ways)]
    if moves["rounding"]:
        above.append(view.say("winners_rounding", count=number(moves["rounding"])))
    above += _not_told(view, letter) if measure == "score" else []
    if further := moves["gain"] + moves["loss"] - len(top):
        above.append(view.say("winners_further" if view.reader else "winners_further_out", count=number(further)))
    relative = view.say("winners_relative")
    heads = view.say("winners_heads", a="A", b=letter) + (f"|{relative}" if shown.unit else "")
    if resident:
        heads += "|" + view.say("winners_resident", unit=view.title.pick(resident))
    return [Part(title, tuple(above), table("", "", heads, "ll" + "r" * (heads.count("|") - 1), rows))]


def _not_told(view: View, letter: str) -> list[str]:
    """That scores of cities tell as little as the tiers that they make up, where no change of these is an effect."""
    rows = [row for row in view.rows("tiers", letter) if row["tier"] in SCORED]
    if any(row["verdict"] in ("better", "worse") for row in rows):
        return []
    names = [view.title("tier", row["tier"]) for row in rows if row["verdict"] in (*NOISE, "not_known", OTHER_KIND)]
    return [view.say("winners_noise", names=view.say("comma").join(names))] if names else []


def _coverage(view: View, letter: str) -> Part:
    rows = {(row["service"], row["size_class"]): row for row in view.rows("coverage", letter)}
    services = dict.fromkeys(service for service, _ in rows)
    classes = [name for name in SIZE_CLASSES if any(name == held for _, held in rows)]
    lines = []
    for service in services:
        whole = rows[service, ""]
        values = [share(whole[side], 2) for side in SIDES]
        among = (Amount(100 * rows[service, name]["change"], 2, sign=True) for name in classes)
        changes = (points(*values), *among)
        lines.append(Line((view.title("service", service), *values, *changes), changes))
    named = "|".join(view.title("size_class", name) for name in classes)
    heads = view.say("coverage_heads", a="A", b=letter, classes=named)
    above = [view.say("coverage_unlike")] if view.rows("yardsticks", letter, measured="served") else []
    return view.table(view.say("coverage", a="A", b=letter), heads, "l" + "r" * heads.count("|"), lines, above)


def points(base: Amount, other: Amount) -> Amount:
    """What two shares in per cent differ by, in percentage points."""
    return difference(other, base)


def _groups(view: View, letter: str, grouping: str) -> list[Part]:
    """A row a group, two columns a measure: the change and its per cent; measures that nowhere change are left out.

    None where there is a single group, of which the total says all.
    """
    rows = [row for row in view.rows("groups", letter) if row["grouping"] in ("all", grouping)]
    if len({row["group"] for row in rows} - {""}) == 1:
        return []
    moving = {row["measure"] for row in rows if view.everything or row["change"]}
    cells: dict[str, list[Cell]] = {row["group"]: [Amount(row["cities"])] for row in rows}
    changes: dict[str, list[Cell]] = {group: [] for group in cells}
    heads = [view.say(f"{grouping}_head")]
    for measure in (name for name in WON if name in moving):
        its = [row for row in rows if row["measure"] == measure]
        shown = view.figures(its[0]["unit"], its)
        heads.append(view.say(f"group_{measure}", unit=shown.unit))
        for row in its:
            change = shown.change(row["change"]) if shown.unit else Amount(row["change"], SCORE_DECIMALS, sign=True)
            cells[row["group"]] += [change, share(row["relative"], sign=True)] if shown.unit else [change]
            changes[row["group"]].append(change)
    changes[""] = [each for its in changes.values() for each in its]  # the total stands wherever a group differs
    order = [*SIZE_CLASSES, ""] if grouping == "size_class" else sorted(cells)
    lines = [
        Line((view.title(grouping, group) if group else view.say("whole"), *cells[group]), tuple(changes[group]))
        for group in sorted(cells, key=lambda group: (group != "", order.index(group)))
    ]
    head = "|".join(heads)
    return [view.table(view.say(grouping, a="A", b=letter), head, "l" + "r" * head.count("|"), lines)]


def _debt(view: View, letter: str) -> Part:
    lines = []
    for move in view.rows("debt_tiers", letter, step="compared"):
        one, other, moved = move["from_tier"], move["to_tier"], move["moved"]
        which = [row["city"] for row in view.rows("debt", letter, tier_base=one, tier_other=other)
                 if row["city"] in view.heads] if moved else []  # fmt: skip
        told = view.say(f"moved_{moved}")
        before, after = (debt_tier(name, view.language) for name in (one, other))
        cells = (before, after, Amount(move["cities"]), told, view.title.listed("city", which))
        lines.append(Line(cells, (moved,)))
    above = []
    for mark in ("A", letter):
        result = view.comparison.results[view.comparison.letters.index(mark)]
        filled = {way: view.cities(codes) for way, codes in year_moves(result).items()}
        above.append(view.say("debt_year", letter=mark, **filled))
    above += [view.say("debt_purses")] if view.shares_purses else []
    return view.table(view.say("debt", a="A", b=letter), view.say("debt_heads", a="A", b=letter), "llrll", lines, above)


def _decisions(view: View, letter: str) -> Part:
    """What levers decide besides: sums over all cities, and how many cities have more or less of it."""
    lines, moved = [], dict[str, str]()
    for row, shown in view.sums_decided(letter):
        values = compared(row, shown)
        change, up, down = values[2], Amount(row["up"]), Amount(row["down"])
        named, code = view.title.decided(row["decision"], row["item"]), view.title.place(row["table"], row["column"])
        cells = (named, code, shown.unit, *values, up, down)
        lines.append(Line(cells, (change, up, down, Amount(row["alone"]))))
        if lines[-1].differs:
            moved.setdefault(row["decision"], view.title.decided(row["decision"], ""))
    heads = view.say("decisions_heads", a="A", b=letter)
    part = view.table(view.say("decisions", a="A", b=letter), heads, "lllrrrrr", lines)
    if not moved or not view.overrides_alone(letter):
        return part
    other = view.comparison.results[view.comparison.letters.index(letter)]
    ties = (
        view.say("decisions_tie", decision=moved[name],
                 rules=view.say("comma").join(view.title("family", each) for each in families))
        for name, families in tied(other, moved).items()
    )  # fmt: skip
    return part.noted(view.say("decisions_tied", ties=view.say("semicolon").join(ties)))


def further(view: View, letter: str, name: str) -> list[Part]:
    """One of `FURTHER`: what is kept above cities, limits of the planner, schemes; nothing where there are none."""
    rows = view.rows(name, letter)
    lines, aligned = FURTHER[name](view, rows)
    heads = view.say(f"{name}_heads", a="A", b=letter)
    part = view.table(view.say(name, a="A", b=letter), heads, aligned, lines)
    return ([part.noted(view.say(f"{name}_note")) if part.table else part]) if rows else []


def _levels(view: View, rows: Sequence[Row]) -> tuple[list[Line], str]:
    lines, figures = [], {}
    for kind, unit in KIND_UNITS.items():
        figures[kind] = view.figures(unit, (row for row in rows if row["kind"] == kind), ("change", "received_change"))
    for row in rows:
        shown = figures[row["kind"]]
        kept, received = ([shown.value(row[f"{name}{side}"]) for side in SIDES] for name in ("", "received_"))
        change, more = difference(*reversed(kept)), difference(*reversed(received))
        parts = (share(row[f"share_{side}"]) for side in SIDES)
        named = view.title("unit", row["unit"]), view.title("pool", row["pool"]), shown.unit
        lines.append(Line((*named, *kept, change, *parts, *received, more), (change, more, alone(row))))
    return lines, "lllrrrrrrrr"


def _limits(view: View, rows: Sequence[Row]) -> tuple[list[Line], str]:
    lines, units = [], dict[str, str]()
    for result in view.comparison.results:
        named = result.tables["limits"][["limit"]]
        units |= dict(zip(named["limit"], units_of_rows(result.instance, LIMIT_UNIT, named, "en"), strict=True))
    for row in rows:
        given = [value for name in (*SIDES, "right_base", "right_other") if (value := row[name]) == value]
        places = 0 if all(map(float.is_integer, given)) else 2 if max(map(abs, given)) >= 1 else SMALL_DECIMALS
        places = min(places, decimals_in(units[row["limit"]])) if units.get(row["limit"]) else places
        sides = ([Amount(row[prefix + name], places) for name in SIDES] for prefix in ("", "right_"))
        left, right = ([*values, difference(*reversed(values))] for values in sides)
        changes = (left[2], right[2], alone(row))
        lines.append(Line((view.title("limit", row["limit"]), *left, *right), changes))
    return lines, "lrrrrrr"


def _schemes(view: View, rows: Sequence[Row]) -> tuple[list[Line], str]:
    lines = []
    for row in rows:
        moved = [share(row[side], 2) for side in SIDES]
        squeezed = [Amount(row[f"squeezed_{side}"]) for side in SIDES]
        changes = (points(*moved), difference(*reversed(squeezed)))
        named = view.title("scheme", row["scheme"]), view.title("pool", row["pool"])
        lines.append(Line((*named, *moved, changes[0], *squeezed, changes[1]), (*changes, alone(row))))
    return lines, "llrrrrrr"


FURTHER: Mapping[str, Callable[[View, Sequence[Row]], tuple[list[Line], str]]] = {
    "levels": _levels, "limits": _limits, "schemes": _schemes,
}  # fmt: skip
"""Tables that stand in reports too -> their lines, and how the columns are aligned."""


def _families(view: View, letter: str) -> Part:
    known = view.title.families
    lines = []
    for row in view.rows("families", letter):
        about = known.get(row["family"])
        if about is not None and about.arithmetic:
            continue
        counts = [Amount(row[name]) for name in SIDES]
        change = difference(*reversed(counts))
        rows = (Amount(row[name]) for name in ("rows_base", "rows_other"))
        lines.append(Line((view.title("family", row["family"]), *counts, change, *rows), (change, alone(row))))
    return view.table(view.say("families"), view.say("families_heads", a="A", b=letter), "lrrrrr", lines)
