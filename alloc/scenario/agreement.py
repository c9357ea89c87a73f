"""Whether the edits of one level agree: what becomes of every cell that they are about, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from alloc.instance.findings import EDITS, Finding
from alloc.scenario.edits import SETTINGS, Edit
from alloc.scenario.touch import NO_ROW, Name, Touch
from alloc.scenario.typed import and_more
from alloc.text import Text, figure

Touched = tuple[int, Touch]  # by the edit at this position
Pair = tuple[Touched, Touched]
BOUNDS = ("at_most", "at_least")
RELATIVE = ("add", "scale")


class Settled(NamedTuple):
    """What becomes of a cell: the positions of the edits that make it so, and of those below whose value it was."""

    row: int
    old: Any
    new: Any
    edits: tuple[int, ...]
    overridden: tuple[int, ...] = ()


def reconcile(
    edits: Sequence[Edit], touched: Mapping[int, Sequence[Touch]]
) -> tuple[dict[Name, Settled], list[Finding]]:
    """What becomes of every cell, and one finding for every pair of edits that disagree.

    Edits agree on a cell if they make the same of it; and an ``at_most`` or ``at_least`` that leaves the cell as it is
    agrees with whatever else keeps within it. Two edits that add to a cell or scale it never agree: each would start
    from the value as it stands. What an edit makes of a cell of a row that another adds is what the cell becomes.

    Args:
        edits: all of them.
        touched: what each of one level touches, by its position.
    """
    by_cell: dict[Name, list[Touched]] = {}
    for place, found in touched.items():
        for touch in found:
            by_cell.setdefault(touch.name, []).append((place, touch))
    settled: dict[Name, Settled] = {}
    clashes: dict[tuple[int, int], list[tuple[Touch, Touch]]] = {}
    for name, touches in by_cell.items():
        new, makers, pairs = _agreed(edits, touches)
        for (one, first), (other, second) in pairs:
            clashes.setdefault((one, other), []).append((first, second))
        _, touch = touches[0]
        old = None if touch.row == NO_ROW and name[0] != SETTINGS else touch.old
        settled[name] = Settled(touch.row, old, new, makers)
    return settled, [_disagree(edits[one], edits[other], cells) for (one, other), cells in clashes.items()]


def _agreed(edits: Sequence[Edit], touches: Sequence[Touched]) -> tuple[Any, tuple[int, ...], list[Pair]]:
    """What edits make of a cell, the positions of those that make it, and all that do not agree with the first."""
    place, touch = touches[0]
    if len(touches) == 1:
        return touch.new, (place,), []
    changing = [each for each in touches if not edits[each[0]].adds_row]
    if 0 < len(changing) < len(touches):
        added = _agreed(edits, [each for each in touches if each not in changing])
        new, makers, pairs = _agreed(edits, changing)
        return new, makers if new != added[0] else (*added[1], *makers), [*added[2], *pairs]
    slack = [each for each in touches if edits[each[0]].verb in BOUNDS and each[1].new == each[1].old]
    firm = [each for each in touches if each not in slack]
    makers = tuple(place for place, _ in firm or slack)
    if not firm:
        return touch.old, makers, []
    new = firm[0][1].new
    relative = [each for each in firm if edits[each[0]].verb in RELATIVE and not edits[each[0]].adds_row]
    pairs = [(relative[0], each) for each in relative[1:]]
    pairs += [(firm[0], each) for each in firm if each[1].new != new and (firm[0], each) not in pairs]
    pairs += [(firm[0], each) for each in slack if new != touch.old and not _within(edits[each[0]], new)]
    return new, makers, pairs


def _within(edit: Edit, new: Any) -> bool:
    """Whether a number keeps within an ``at_most`` or ``at_least``; nothing given does not."""
    return new is not None and bool(new <= edit.value if edit.verb == "at_most" else new >= edit.value)


def _disagree(one: Edit, other: Edit, cells: Sequence[tuple[Touch, Touch]]) -> Finding:
    """The finding on two edits, at the second of them, with the first cell and the number of the others."""
    first, second = cells[0]
    table, key, column = first.name
    message = Text(
        "{one}、{other}对同一格的结果不同：前者为 {first}，后者为 {second}{more}。",
        "{one} makes it {first}, {other} makes it {second}{more}.",
    )
    said = message.fill(
        one=one.origin.place,
        other=other.origin.place,
        first=_outcome(one, first.new),
        second=_outcome(other, second.new),
        more=and_more(len(cells) - 1),
    )
    remedy = Text(
        "只保留一条，或用“其中”（where）把两者分开；要叠加就合写成一条{then}。",
        "Keep one, or keep them apart by where; if both are meant, write one edit that does both{then}.",
    )
    then = Text("，或在后一条行首写“然后”（then）", ", or begin the later line with then")
    remedy = remedy.fill(then=then if other.origin.file == EDITS else Text("", ""))
    shown = column if table == SETTINGS else f"{table}.{column}"
    return other.finding("edits_disagree", said, remedy, column=shown, key=", ".join(key) or None)


def _outcome(edit: Edit, new: Any) -> Text:
    if new is None:
        return Text("空", "empty")
    shown = figure(new) if isinstance(new, float) else str(new)
    if edit.verb in BOUNDS:
        shown = figure(float(edit.value))
        return (
            Text(f"至多 {shown}", f"at most {shown}")
            if edit.verb == "at_most"
            else Text(f"至少 {shown}", f"at least {shown}")
        )
    if edit.verb in RELATIVE and not edit.adds_row:
        return Text(f"{shown}（相对于现值）", f"{shown} (from what it is)")
    return Text(shown, shown)
