"""Several results side by side: a column each, with tiers, totals, settlement and who gains and loses in the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from alloc.comparison.amounts import KINDS
from alloc.comparison.text.layout import Part
from alloc.comparison.text.view import Row, View
from alloc.comparison.tiers import OTHER_YARDSTICK
from alloc.content.blocks import Amount, Cell
from alloc.content.blocks import Row as Cells
from alloc.content.figures import MISSING
from alloc.content.tables import share, table
from alloc.instance.derived.derived import derive
from alloc.result.settled import willing

MANY = 3  # results from which on columns side by side say more than pairs do
ABREAST = 6  # columns of results that a terminal has room for
HECTARE_DECIMALS = 2
UNLIKE = "*"  # behind a value that is measured by another yardstick than that of the base


def beside(view: View, letters: tuple[str, ...] | None = None, named: bool = False) -> list[Part]:
    """A table with a column for every result; of two there is none, since they stand beside each other anyway.

    Args:
        view: of the comparison.
        letters: of the results that are shown after the base; None: all, a few in a table.
        named: whether heads have the title of the scenario, or else the name, behind the letter.
    """
    others = view.comparison.letters[1:]
    if len(others) + 1 < MANY:
        return []
    if letters is None:
        return [beside(view, others[at : at + ABREAST - 1], named)[0] for at in range(0, len(others), ABREAST - 1)]
    shown = ("A", *letters)
    heads = "|".join((view.say("beside_heads"), *(_head(view, letter) if named else letter for letter in shown)))
    rows = [*_tiers(view, letters), *_pools(view, letters), *_people(view, shown), *_moved(view, letters)]
    unlike = any(isinstance(cell, Amount) and cell.mark == UNLIKE for row in rows for cell in row)
    notes = [view.say("beside_unlike", mark=UNLIKE, a="A")] if unlike else []
    notes.append(view.say("quantum"))
    return [Part(view.say("beside"), (), table("", "", heads, "ll" + "r" * len(shown), rows), tuple(notes))]


def _head(view: View, letter: str) -> str:
    """The letter of a result with what it is called: the title of its scenario, or its name."""
    row = next(row for row in view.comparison.tables["results"].to_dict("records") if row["result"] == letter)
    return f"{letter} {row[f'scenario_{view.language}'] or row['scenario'] or row['name']}"


def _rows(view: View, name: str, letters: Iterable[str], *key: str) -> dict[tuple[str, ...], dict[str, Row]]:
    """Key of a row -> letter -> the row."""
    found: dict[tuple[str, ...], dict[str, Row]] = {}
    for letter in letters:
        for row in view.rows(name, letter):
            found.setdefault(tuple(row[each] for each in key), {})[letter] = row
    return found


def _values(view: View, title: str, unit: str, its: dict[str, Row], letters: tuple[str, ...]) -> Cells:
    """The base and every other result in a row: land exact, all else with as many decimals as show what differs."""
    shown = view.figures(unit, its.values())
    if unit == "ha":
        shown = replace(shown, decimals=HECTARE_DECIMALS)
    base = next(iter(its.values()))["base"]
    cells: list[Cell] = [title, shown.unit, shown.value(base)]
    for letter in letters:
        row = its.get(letter)
        amount = shown.value(np.nan if row is None else row["other"])
        unlike = row is not None and row.get("verdict") == OTHER_YARDSTICK
        cells.append(Amount(amount.value, amount.decimals, mark=UNLIKE) if unlike else amount)
    return tuple(cells)


def _tiers(view: View, letters: tuple[str, ...]) -> list[Cells]:
    found = _rows(view, "tiers", letters, "tier")
    return [
        _values(view, view.title("tier", tier), next(iter(its.values()))["unit"], its, letters)
        for (tier,), its in found.items()
    ]


def _pools(view: View, letters: tuple[str, ...]) -> list[Cells]:
    found = _rows(view, "pools", letters, "pool", "kind")
    return [
        _values(view, view.title("pool", pool), next(iter(its.values()))["unit"], its, letters)
        for (pool, _), its in found.items()
    ]


def _people(view: View, shown: tuple[str, ...]) -> list[Cells]:
    """What share of the willing settle, how many facilities are built, and what part of debt room is left."""
    results = dict(zip(view.comparison.letters, view.comparison.results, strict=True))
    shares: list[Cell] = []
    built: list[Cell] = []
    for letter in shown:
        result = results[letter]
        able = float(willing(derive(result.instance)).sum())
        shares.append(share(float(result.tables["people"]["settle"].sum()) / able) if able else Amount(np.nan))
        facilities = float(result.tables["services"]["build"].sum())
        built.append(Amount(facilities, 0 if facilities.is_integer() else 1))
    return [(view.say("beside_willing"), "", *shares), (view.say("beside_built"), "", *built)]


def _moved(view: View, letters: tuple[str, ...]) -> list[Cells]:
    """How many cities gain and lose against the base, of all pools of a kind together."""
    rows: list[Cells] = []
    for measure in KINDS.values():
        counts: dict[str, tuple[int, int]] = {}
        for letter in letters:
            its = [row["moved"] for row in view.rows("measures", letter, measure=measure)]
            if its:
                counts[letter] = (its.count("gain"), its.count("loss"))
        if not counts:
            continue
        for place, key in enumerate(("beside_up", "beside_down")):
            cells: list[Cell] = [Amount(counts[each][place]) if each in counts else MISSING for each in letters]
            rows.append((view.say(key, measure=view.say(measure), a="A"), "", MISSING, *cells))
    return rows
