"""The first page of the text: the results, the comparison in short, tiers and pools side by side."""

from __future__ import annotations

from collections import Counter

from alloc.comparison.inputs import differing
from alloc.comparison.text.layout import Line, Part
from alloc.comparison.text.turned import turned
from alloc.comparison.text.view import Row, View, alone, compared, compared_cells
from alloc.comparison.tiers import NOISE, OTHER_KIND, OTHER_YARDSTICK
from alloc.content.blocks import Amount, Cell
from alloc.content.blocks import Row as Cells
from alloc.content.figures import MISSING, number
from alloc.content.numbers import amount_text
from alloc.content.tables import difference, share, table
from alloc.result.frames.idle import LIMITS, idle_limits
from alloc.result.summary import quality_said
from alloc.result.wording import say as say_result

UNDECIDED = {  # sentence -> the verdicts that it tells of
    "tiers_open": NOISE,
    "tiers_unknown": ("not_known",),
    "tiers_kinds": (OTHER_KIND,),
    "tiers_unlike": (OTHER_YARDSTICK,),
}
PERCENT_DECIMALS = 2  # of debt ratios
NAMED = 2  # decisions that are named where they differ alone
ABREAST = 2  # results beside the base in one table
SHARED = ("land", "transfers", "bonds")
KINDS = ("city", "pool", "service", "tier", "family")


def results(view: View) -> Part:
    """Which letter is which result."""
    rows: list[Cells] = []
    for row in view.comparison.tables["results"].to_dict("records"):
        result = view.comparison.results[view.comparison.letters.index(row["result"])]
        why = say_result(view.language, row["stopped"])
        how = quality_said(result, view.language)
        scenario = row[f"scenario_{view.language}"] or row["scenario"] or MISSING
        title = row[f"title_{view.language}"]
        solved = view.say("solved", stopped=why, quality=how)
        rows.append((row["result"], row["name"], title, scenario, Amount(row["cities"]), solved))
    lines = (view.say("against_base", a="A"),) if len(rows) > 2 else ()
    return Part(view.say("results"), lines, table("", "", view.say("results_heads"), "llllrl", rows))


def short(view: View, letter: str) -> Part:
    """The comparison in a few sentences."""
    comparison, title = view.comparison, view.say("short", a="A", b=letter)
    if not comparison.differs(letter):
        return Part(title, (view.say("same", a="A", b=letter),))
    if not comparison.comparable(letter):
        return Part(title, (view.say("nothing_common", a="A", b=letter),))
    count = differing(view.rows("inputs", letter))
    lines = [view.say("inputs_differ", count=number(count)) if count else view.say("inputs_same")]
    if not comparison.outcome_differs(letter):
        return Part(title, (*lines, view.say("outcome_same")))
    verdicts = Counter(row["verdict"] for row in view.rows("tiers", letter))
    shared = sum(count for verdict, count in verdicts.items() if not verdict.startswith("only"))
    if shared == verdicts["same"]:
        lines.append(view.say("tiers_same"))
    else:
        filled = {name: verdicts[name] for name in ("better", "worse", "same")}
        names = {f"{verdict}_names": _named(view, letter, verdict) for verdict in ("better", "worse")}
        lines.append(view.say("tiers_moved", all=shared, **filled, **names))
    for key, undecided in UNDECIDED.items():
        open_tiers = [_moved(view, row) for row in view.rows("tiers", letter) if row["verdict"] in undecided]
        if open_tiers:
            lines.append(view.say(key, names=view.say("comma").join(open_tiers)))
    lines += turned(view, letter)
    amounts = [row for row in view.rows("allocation", letter) if row["change"] == row["change"]]
    moved = {row["city"] for row in amounts if row["moved"] in ("gain", "loss")}
    both = {row["city"] for row in amounts}
    known = {"all": number(len(both)), "cities": view.cities(sorted(moved))}
    rounded = any(row["moved"] for row in amounts)
    lines.append(view.say("amounts_moved", **known) if moved
                 else view.say("amounts_rounding" if rounded else "amounts_same"))  # fmt: skip
    lines += [line for measure in SHARED if (line := _who(view, letter, measure))]
    lines += _balanced_again(view, letter, moved)
    lines += [] if moved else _decided_besides(view, letter)
    limits = {row["key"] for row in view.rows("inputs", letter) if row["table"] == LIMITS}
    other = view.comparison.results[view.comparison.letters.index(letter)]
    lines += idle_limits(other, limits, view.language)
    debt = [row for row in view.rows("debt", letter) if row["moved"] and row["city"] in view.heads]
    ways = {name: [row["city"] for row in debt if row["moved"] == name] for name in ("better", "worse", "other")}
    told = {name: view.cities(codes) for name, codes in ways.items()}
    told["other"] = view.say("debt_other", cities=told["other"]) if ways["other"] else ""
    lines.append(view.say("debt_moved", **told) if debt else view.say("debt_same"))
    return Part(title, (*lines, *_debt_ratios(view, letter)))


def _debt_ratios(view: View, letter: str) -> list[str]:
    """Whose debt ratio rises and whose falls, to the digits that are shown, and whose most; nothing where none does."""
    rows = [row for row in view.rows("debt", letter) if row["city"] in view.heads]
    shown = {row["city"]: [round(100 * row[f"ratio_{side}"], PERCENT_DECIMALS) for side in ("base", "other")]
             for row in rows if row["ratio_change"] == row["ratio_change"]}  # fmt: skip
    moved = {city: other - base for city, (base, other) in shown.items() if other != base}
    if not moved:
        return []
    most = max(moved, key=lambda city: abs(moved[city]))
    up, down = ([city for city, change in moved.items() if sign * change > 0] for sign in (1, -1))
    base, other = (amount_text(Amount(each, PERCENT_DECIMALS)) for each in shown[most])
    key = "debt_ratios" if up and down else "debt_ratios_up" if up else "debt_ratios_down"
    return [view.say(key, up=view.cities(up), down=view.cities(down), city=view.cities([most]), base=base, other=other)]


def _named(view: View, letter: str, verdict: str) -> str:
    """The tiers of a verdict with their changes, behind how many they are; "" where there are none."""
    rows = view.rows("tiers", letter, verdict=verdict)
    names = view.say("comma").join(_moved(view, row, "tiers_named_change") for row in rows)
    return view.say("tiers_named", names=names) if names else ""


def _moved(view: View, row: Row, key: str = "tiers_change") -> str:
    """A tier that changes, with its change where that is one of its value; by other yardsticks it has none."""
    if row["verdict"] == OTHER_YARDSTICK:
        return view.title("tier", row["tier"])
    name, change = view.title("tier", row["tier"]), share(row["relative"], sign=True)
    if change.value != change.value or not round(change.value, change.decimals):
        return name
    return view.say(key, name=name, change=amount_text(change))


def _who(view: View, letter: str, measure: str) -> str:
    """Which cities get more of a measure and which less, and which of them most; empty where none does."""
    every = view.rows("measures", letter, measure=measure)
    sides = {moved: [row for row in every if row["moved"] == moved] for moved in ("gain", "loss")}
    if not any(sides.values()):
        return ""
    figures, most = view.figures(every[0]["unit"], [*sides["gain"], *sides["loss"]]), ""
    for rows, key in zip(sides.values(), ("amounts_up", "amounts_down"), strict=True):
        if rows:
            row = max(rows, key=lambda row: abs(row["change"]))
            change = " ".join(filter(None, (amount_text(figures.change(row["change"])), figures.unit)))
            most += view.say(key, city=view.cities([row["city"]]), change=change)
    up, down = (view.cities(row["city"] for row in rows) for rows in sides.values())
    return view.say("amounts_most", measure=view.say(measure), up=up, down=down, most=most)


def _balanced_again(view: View, letter: str, moved: set[str]) -> list[str]:
    """Where overrides alone differ, as after a move: that all else was balanced again, and what other cities move."""
    if not view.overrides_alone(letter):
        return []
    cities = {row["key"].partition(", ")[0] for row in view.rows("inputs", letter)}
    others, told = sorted(moved - cities), view.cities(sorted(cities))
    return [view.say("balanced_again" if others else "balanced_alone", cities=told, others=view.cities(others))]


def _decided_besides(view: View, letter: str) -> list[str]:
    """Where no amount moves: which sums of what else is decided do, by the rules that leave room for it."""
    changes = []
    for row, shown in view.sums_decided(letter):
        change = shown.change(row["change"])
        if change.value == change.value and round(change.value, change.decimals):
            named = view.title.decided(row["decision"], row["item"])
            changes.append(view.say("tiers_change", name=named, change=f"{amount_text(change)} {shown.unit}".strip()))
    if not changes:
        return []
    names = view.say("comma").join(changes[:NAMED])
    return [view.say("decided_besides", count=number(len(changes)), names=names)]


def unmatched(view: View, letter: str) -> list[Part]:
    """Sentences on what has no partner."""
    lines = []
    for kind in KINDS:
        for mark in ("A", letter):
            for reason, key in (("absent", f"unmatched_{kind}"), ("merged", "unmatched_merged"),
                                ("other_kind", "unmatched_kind")):  # fmt: skip
                rows = view.rows("unmatched", letter, kind=kind, present_in=mark, reason=reason)
                if rows:
                    names = view.title.listed(kind, [row["code"] for row in rows])
                    lines.append(view.say(key, letter=mark, count=number(len(rows)), names=names))
    return [Part(view.say("unmatched"), tuple(lines))] if lines else []


def tiers(view: View) -> list[Part]:
    """Tiers side by side, a few results in a table."""
    return [_tiers(view, letters) for letters in _abreast(view)]


def pools(view: View) -> list[Part]:
    """Totals of the pools side by side, and how much moves between cities."""
    return [_pools(view, letters) for letters in _abreast(view)]


def _abreast(view: View) -> list[tuple[str, ...]]:
    others = view.comparison.letters[1:]
    return [others[place : place + ABREAST] for place in range(0, len(others), ABREAST)]


def _side_by_side(view: View, table: str, letters: tuple[str, ...], *key: str) -> dict[tuple[str, ...], dict[str, Row]]:
    """Key of a row -> letter -> the row."""
    found: dict[tuple[str, ...], dict[str, Row]] = {}
    for letter in letters:
        for row in view.rows(table, letter):
            found.setdefault(tuple(row[name] for name in key), {})[letter] = row
    return found


def _heads(view: View, table: str, letters: tuple[str, ...]) -> str:
    key = f"{table}_pair" if len(letters) == 1 else f"{table}_many"
    return view.say(f"{table}_heads", a="A", columns="|".join(view.say(key, a="A", b=letter) for letter in letters))


def _tiers(view: View, letters: tuple[str, ...]) -> Part:
    pair = len(letters) == 1
    lines = []
    for (tier,), its in _side_by_side(view, "tiers", letters, "tier").items():
        first = next(iter(its.values()))
        shown = view.figures(first["unit"], its.values())
        cells: list[Cell] = [view.title("tier", tier), shown.unit, shown.value(first["base"])]
        changes: list[Cell] = []
        for letter in letters:
            if letter not in its:
                cells += [MISSING] * (5 if pair else 3)
                continue
            row = its[letter]
            _, other, change, relative = compared_cells(row, shown)
            verdict = view.say(f"verdict_{row['verdict']}", a="A", b=letter)
            certain = shown.change(row["certain"])
            share_of = MISSING if row["verdict"] == OTHER_YARDSTICK else relative
            cells += [other, change, share_of, certain, verdict] if pair else [other, change, verdict]
            changes += [change, alone(row)]
        lines.append(Line(tuple(cells), tuple(changes)))
    aligned = "llr" + ("rrrrl" if pair else "rrl" * len(letters))
    part = view.table(view.say("tiers"), _heads(view, "tiers", letters), aligned, lines)
    return part.noted(view.say("tiers_certain")) if part.table else part


def yardsticks(view: View, letter: str) -> list[Part]:
    """What the two measure differently, and the other measured as the base is."""
    rows = view.rows("yardsticks", letter)
    if not rows:
        return []
    known = {row["tier"]: row for row in view.rows("tiers", letter)}
    lines = []
    for measured in dict.fromkeys(row["measured"] for row in rows):
        its = (row for row in rows if row["measured"] == measured)
        names = view.say("comma").join(view.title.input(row["table"], row["column"], row["rows"]) for row in its)
        if measured not in known:
            lines.append(Line((view.say(f"measured_{measured}"), names, "", "", "", "", ""), ("1",)))
            continue
        tier = known[measured]
        shown = view.figures(tier["unit"], [tier], ("change", "change_as_base"))
        values = [shown.value(tier[name]) for name in ("base", "other", "other_as_base")]
        change = difference(values[2], values[0])
        lines.append(Line((view.title("tier", measured), names, shown.unit, *values, change), ("1",)))
    heads = view.say("yardsticks_heads", a="A", b=letter)
    part = view.table(view.say("yardsticks", a="A", b=letter), heads, "lllrrrr", lines)
    apart = any(known[row["measured"]]["other_as_base"] != known[row["measured"]]["other_as_base"]
                for row in rows if row["measured"] in known)  # fmt: skip
    return [part.noted(view.say("yardsticks_apart")) if apart else part]


def _pools(view: View, letters: tuple[str, ...]) -> Part:
    pair = len(letters) == 1
    lines = []
    for (pool, _), its in _side_by_side(view, "pools", letters, "pool", "kind").items():
        first = next(iter(its.values()))
        shown = view.figures(first["unit"], its.values(), ("change", "gains", "losses"))
        cells: list[Cell] = [view.title("pool", pool), shown.unit, shown.value(first["base"])]
        changes: list[Cell] = []
        for letter in letters:
            if letter not in its:
                cells += [MISSING] * (6 if pair else 4)
                continue
            row = its[letter]
            _, other, change = compared(row, shown)
            up, down = shown.change(row["gains"]), shown.change(row["losses"])
            ups, downs = Amount(row["cities_gaining"]), Amount(row["cities_losing"])
            cells += [other, change, *((ups, up, downs, down) if pair else (up, down))]
            changes += [change, up, down, alone(row)]
        lines.append(Line(tuple(cells), tuple(changes)))
    aligned = "llr" + ("rrrrrr" if pair else "rrrr" * len(letters))
    part = view.table(view.say("pools"), _heads(view, "pools", letters), aligned, lines)
    return part.noted(view.say("quantum")) if part.table else part
