"""Progress of a solve on the terminal: one live line, or one line a tier where nobody watches."""

from __future__ import annotations

import threading
from types import TracebackType

from rich.console import Console
from rich.status import Status

from alloc.explanation.shared.answer import Step
from alloc.formulation.registry import catalogue
from alloc.result.figures import number
from alloc.solver.facilities.band import BAND, TITLE
from alloc.solver.model.status import Progress

STAGES = {
    "relaxation": "松弛问题",
    "every city by itself": "逐市选定设施",
    "facilities made to fit": "调整设施以满足共同限额",
    "facilities fixed": "设施既定",
    "joint search": "联合搜索",
    "bounds": "求各目标的界",
}


class Display:
    """Tells a person what a solve is doing. Use as a context; `report` goes to the solve."""

    def __init__(self, language: str, quiet: bool) -> None:
        self._language, self._quiet = language, quiet
        self._console = Console(stderr=True, highlight=False)
        self._live: Status | None = None
        self._lock = threading.Lock()
        self._said: set[tuple[str, str]] = set()
        self._titles = {name: getattr(each.title, language) for name, each in catalogue().tiers.items()}
        self._titles[BAND] = getattr(TITLE, language)

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
        if isinstance(progress, Step):
            line, said = progress.line(self._language), ("", progress.words.en)
        else:
            line, said = self._line(progress), (progress.stage, progress.tier)
        with self._lock:
            if self._live is not None:
                self._live.update(line)
            elif said not in self._said:
                self._said.add(said)
                self._console.print(getattr(progress.words, self._language) if isinstance(progress, Step) else line)

    def _line(self, progress: Progress) -> str:
        stage = STAGES[progress.stage] if self._language == "zh" else progress.stage
        parts = [f"{progress.seconds:6.1f} s", stage, *([self._titles[progress.tier]] if progress.tier else [])]
        if progress.best is not None:
            parts.append(("最好" if self._language == "zh" else "best") + f" {_figure(progress.best)}")
        if progress.bound is not None:
            parts.append(("界" if self._language == "zh" else "bound") + f" {_figure(progress.bound)}")
        if progress.gap is not None:
            parts.append(("间隙" if self._language == "zh" else "gap") + f" {100 * progress.gap:.3f} %")
        return "  ".join(parts)


def _figure(value: float) -> str:
    return number(value) if abs(value) >= 100 else number(value, 5)
