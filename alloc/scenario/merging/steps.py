"""In which order edits are applied: level by level, and in each level cities are merged last, one merger at a time."""

from __future__ import annotations

from collections.abc import Sequence

from alloc.scenario.edits import Edit


def steps(edits: Sequence[Edit]) -> list[list[int]]:
    """Positions of the edits that are applied together, in the order of the steps; none without edits."""
    found: list[list[int]] = []
    for level in sorted({edit.origin.level for edit in edits}):
        here = [place for place, edit in enumerate(edits) if edit.origin.level == level]
        mergers = [place for place in here if edits[place].verb == "merge"]
        found += [[place for place in here if place not in mergers]] if len(mergers) < len(here) else []
        mergers.sort(key=lambda place: (str(edits[place].value), edits[place].target))
        found += [[place] for place in mergers]
    return found
