"""Results to compare from wherever they are: in memory, or folders of solves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alloc.arguments import ArgumentError
from alloc.comparison.check import FEW, TWICE
from alloc.comparison.comparison import Comparison, compare, letter
from alloc.result.result import Result
from alloc.result.store import trusted


def compare_any(results: Sequence[Result | Path | str]) -> Comparison:
    """Compares results and folders of results; the first is the base.

    A folder is named by its last part, or in full where two share it; a result in memory by its instance and letter.

    Raises:
        ArgumentError: fewer than two, or one given twice.
        ComparisonError: one is without an allocation.
        StoreError: a folder is not a whole result.
        UnverifiedError: one fails its verification.
    """
    if len(results) < 2:  # before any is read
        raise ArgumentError(FEW)
    places = [None if isinstance(each, Result) else Path(each).resolve() for each in results]
    for number, place in enumerate(places):
        if place is not None and place in places[:number]:
            raise ArgumentError(TWICE.fill(name=results[number]))
    last = [place.name for place in places if place is not None]
    loaded, names = [], []
    for number, (given, place) in enumerate(zip(results, places, strict=True)):
        found = trusted(given)
        loaded.append(found)
        if place is None:
            names.append(f"{found.instance.name} ({letter(number)})")
        else:
            names.append(place.name if last.count(place.name) == 1 else str(place))
    return compare(loaded, names)
