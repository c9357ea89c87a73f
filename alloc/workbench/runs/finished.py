"""Results with whole facilities that were solved here: whatever stands again is shown with the one that it has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alloc.errors import AllocError
from alloc.result.result import Result
from alloc.result.store import load_result
from alloc.scenario import Edited
from alloc.workbench.files import Standing
from alloc.workbench.models import Picture
from alloc.workbench.picture.whole import Shown, picture
from alloc.workbench.runs.course import compared


class Finished:
    """Where they lie, by the hash of what was solved; the last one is at hand."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, float]] = {}
        self._last: Result | None = None

    def add(self, place: str, seconds: float) -> Result:
        """Reads a result that is on disk, and that its solve took so long."""
        result = self._last = load_result(Path(place))
        self._places[result.instance.hash] = place, seconds
        return result

    def place(self, result: Result) -> str | None:
        """Where a result with whole facilities lies; None of a relaxation, which is solved again where it is needed."""
        known = self._places.get(result.instance.hash) if result.instance.settings.integers else None
        return None if known is None else known[0]

    def has(self, of: Shown | None) -> bool:
        """Whether there is one of what was solved."""
        return of is not None and of.hash in self._places

    def of(self, hash: str) -> tuple[Result, float] | None:
        """The result of what was solved, and the seconds that it took; None where there is none that can be read."""
        if hash not in self._places:
            return None
        place, seconds = self._places[hash]
        if self._last is None or self._last.instance.hash != hash:
            try:
                self._last = load_result(Path(place))
            except AllocError:  # somebody has moved or changed it: it is solved again if it is asked for
                del self._places[hash]
                return None
        return self._last, seconds


def entire(
    result: Result, seconds: float, base: Shown, now: Standing, chain: Sequence[Edited], at: str | None
) -> tuple[Picture, Shown]:
    """The picture of a result with whole facilities, beside the relaxation of the same; and the result that it shows.

    Args:
        result: with whole facilities.
        seconds: that its solve took.
        base: the relaxation.
        now, chain, at: as of `alloc.workbench.picture.whole.picture`.
    """
    shown = Shown(result, tuple(chain), seconds)
    beside = [each.model_dump() for each in compared(result, base.result)]
    return picture(shown, base, None, now, chain, at).model_copy(update={"whole": beside}), shown
