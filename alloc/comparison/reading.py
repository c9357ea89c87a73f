"""Results to compare from wherever they are: in memory, or folders of solves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alloc.comparison.check import ComparisonError
from alloc.comparison.comparison import Comparison, compare, letter
from alloc.result.result import Result
from alloc.result.store import trusted


def compare_any(results: Sequence[Result | Path | str]) -> Comparison:
    """Compares results and folders of results; the first is the base.

    A folder is named by its last part, or in full where two share it; a result in memory by its instance and letter.

    Raises:
        ComparisonError: fewer than two, one given twice, or without an allocation.
        StoreError: a folder is not a whole result.
        UnverifiedError: one fails its verification.
    """
    places = [None if isinstance(each, Result) else Path(each).resolve() for each in results]
    for number, place in enumerate(places):
        if place is not None and place in places[:number]:
            raise ComparisonError(f"{results[number]} 重复给出", f"{results[number]} is given twice")
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
