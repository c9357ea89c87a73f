"""Results with whole facilities of a workspace: whatever stands again is shown with the one that it has.

They lie in its folder, so that a program which starts anew, or looks while another one writes, has them too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from alloc.errors import AllocError
from alloc.result.result import Result
from alloc.result.store import load_result
from alloc.scenario import Edited
from alloc.workbench.files import RESULTS, Standing
from alloc.workbench.models import Picture
from alloc.workbench.picture.sides import OWN_NAME
from alloc.workbench.picture.whole import Shown, picture
from alloc.workbench.runs.course import compared
from alloc.writing.kinds import MANIFEST


class Finished:
    """Where they lie, by the hash of what was solved; the last one is at hand.

    Args:
        place: of the workspace.
    """

    def __init__(self, place: Path) -> None:
        self._folder = place / RESULTS
        self._seen: dict[Path, int] = {}
        self._places: dict[str, tuple[str, float]] = {}
        self._last: Result | None = None

    def add(self, place: str, seconds: float) -> Result:
        """Reads a result that is on disk, and that its solve took so long."""
        result = self._last = load_result(Path(place))
        self._places[result.instance.hash] = place, seconds
        manifest = Path(place) / MANIFEST
        self._seen[manifest] = manifest.stat().st_mtime_ns
        return result

    def place(self, result: Result) -> str | None:
        """Where a result with whole facilities lies; None of a relaxation, which is solved again where it is needed."""
        known = self._places.get(result.instance.hash) if result.instance.settings.integers else None
        return None if known is None else known[0]

    def whole_of(self, shown: Shown | None) -> bool:
        """Whether there is one of what is shown, and another than what is shown."""
        self._look()
        return shown is not None and shown.hash in self._places and shown.result is not self._last

    def of(self, hash: str) -> tuple[Result, float] | None:
        """The result of what was solved, and the seconds that it took; None where there is none that can be read."""
        self._look()
        if hash not in self._places:
            return None
        place, seconds = self._places[hash]
        if self._last is None or self._last.instance.hash != hash:
            try:
                self._last = load_result(Path(place))
            except AllocError:  # somebody has moved or changed it: it is solved again if it is asked for
                self._last = None
            if self._last is None or self._last.instance.hash != hash:
                del self._places[hash]
                return None
        return self._last, seconds

    def _look(self) -> None:
        """Notes those that were written since, by this program or another, under the names that the page gives."""
        fresh = []
        for path in self._folder.glob(f"whole-*/{MANIFEST}"):
            with suppress(OSError):  # it is being moved
                if OWN_NAME.fullmatch(path.parent.name) and self._seen.get(path) != (at := path.stat().st_mtime_ns):
                    fresh.append((at, path))
        for at, path in sorted(fresh):  # the one that was written last counts
            self._seen[path] = at
            try:
                manifest = json.loads(path.read_text(encoding="utf-8"))
                hash, seconds = str(manifest["instance"]["hash"]), sum(map(float, manifest["timings"].values()))
                whole = bool(manifest["options"]["integers"])
            except (OSError, ValueError, KeyError, TypeError, AttributeError):  # no result that could be shown
                continue
            if whole:
                self._places[hash] = str(path.parent), seconds
                self._last = None if self._last is not None and self._last.instance.hash == hash else self._last


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
