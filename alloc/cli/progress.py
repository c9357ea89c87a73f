"""Progress of a solve on the terminal: one live line, or one line a tier where nobody watches."""

from __future__ import annotations

import threading
from types import TracebackType

from rich.console import Console
from rich.status import Status

from alloc.api import Progress, Step, progress_line


class Display:
    """Tells a person what a solve is doing. Use as a context; `report` goes to the solve."""

    def __init__(self, language: str, quiet: bool) -> None:
        self._language, self._quiet = language, quiet
        self._console = Console(stderr=True, highlight=False)
        self._live: Status | None = None
        self._lock = threading.Lock()
        self._said: set[tuple[str, str]] = set()

    def __enter__(self) -> Display:
        if not self._quiet and self._console.is_terminal:
            self._live = self._console.status("…")
            self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def report(self, progress: Progress | Step) -> None:
        """One step of a solve or of an explanation; called from the solver's thread too."""
        if self._quiet:
            return
        line = progress_line(progress, self._language)
        said = ("", progress.words.en) if isinstance(progress, Step) else (progress.stage, progress.tier)
        with self._lock:
            if self._live is not None:
                self._live.update(line)
            elif said not in self._said:
                self._said.add(said)
                self._console.print(getattr(progress.words, self._language) if isinstance(progress, Step) else line)
