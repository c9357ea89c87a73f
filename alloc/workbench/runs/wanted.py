"""A solve with whole facilities that is wanted: an edit stops it, and it begins again once that edit is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alloc.instance.instance import Instance
from alloc.instance.options import with_options
from alloc.workbench.files import RESULTS, Standing
from alloc.workbench.runs.course import Course

if TYPE_CHECKING:
    from alloc.workbench.jobs import Job, Jobs


class Wanted:
    """What is wanted of whole facilities.

    Args:
        place: of the workspace.
        jobs: of the workspace.
        ask: begins a job of a kind.
        tell: tells an event of a job.
    """

    def __init__(
        self, place: Path, jobs: Jobs, ask: Callable[..., str], tell: Callable[[str, dict[str, Any], str], None]
    ) -> None:
        self._place, self._jobs, self._ask, self._tell = place, jobs, ask, tell
        self._options: dict[str, Any] | None = None

    def begin(self, standing: Standing, instance: Instance, options: dict[str, Any]) -> str:
        """Begins a solve of what stands, and gives its id."""
        self._options = options
        begun = Course(with_options(instance, relaxation=False, **options)).picture().model_dump()
        id = self._ask("whole", out=str(self._place / RESULTS / f"whole-{standing.revision}"), begun=begun, **options)
        self._tell("progress", begun, id)
        return id

    def again(self, standing: Standing, instance: Instance) -> None:
        """Begins again what an edit has stopped, unless a trial stands."""
        if self._options is not None and not standing.trial and all(each.kind != "whole" for each in self._jobs.active):
            self.begin(standing, instance, self._options)

    def stopped(self, job: Job) -> None:
        """Somebody stops it: it is no longer wanted."""
        if job.kind == "whole":
            self._options = None

    def ended(self, job: Job, data: dict[str, Any]) -> None:
        """Of an event that says how it ended: whether it will begin again."""
        if job.kind == "whole" and "state" in data:
            if data["state"] != "stopped":
                self._options = None
            data["again"] = self._options is not None
