"""What commands print, how far a solve is while it runs, and how they end.

Exit codes: 0 done, 1 what the command names is wrong (an instance, an edit, a code, a place to write), 2 no allocation
satisfies the rules, 3 stopped before the end (by time, an interrupt or a failure, with or without a result), 4 not
verified, 64 the line itself is wrong, whatever its files hold: an option, its value, or what it stands with.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from pathlib import Path

    from rich.status import Status

    from alloc.api import AllocError, Finding, Progress, Step, Written

DONE, WRONG, CLASH, STOPPED, NOT_VERIFIED = range(5)
USAGE = 64  # as sysexits.h has it; click's own 2 says here that no allocation satisfies the rules
ERRORS_SHOWN = 10  # of one kind that are printed in full; `alloc check` tells where all are
SHOWN = 3  # findings of one kind that are printed in full


def say(lang: str, zh: str, en: str) -> None:
    """Prints one of two sentences."""
    click.echo(zh if lang == "zh" else en)


def say_answer(answer: Any, lang: str, form: str, out: Path | None, zh: str, en: str) -> bool:
    """Writes an answer where it is wanted, as a file too, and prints it.

    Args:
        answer: of a verb; it knows its tables and its record.
        lang: ``zh`` or ``en``.
        form: ``text`` or ``json``.
        out: the file; None: none.
        zh, en: what it is called.

    Returns:
        Whether the file lies where it should, or none was wanted; else it was rescued elsewhere.
    """
    from alloc import api

    written = None if out is None else api.save(answer, out, language=lang, rescued=True)  # type: ignore[arg-type]
    if form == "json":
        print_json(api.record(answer))
    else:
        click.echo(api.show(answer, lang))
        if written is not None:
            say_written(written, lang, zh, en)
    return written is None or written.why is None


def say_written(written: Written, lang: str, zh: str, en: str) -> None:
    """Says where something lies, what was there before, and why it lies elsewhere.

    Args:
        written: what was written.
        lang: ``zh`` or ``en``.
        zh, en: what it is called.
    """
    if written.older is not None:
        say(lang, f"原有的{zh}改名为 {written.older}", f"What was there is now {written.older}")
    if written.why is not None:
        click.echo(getattr(written.why, lang), err=True)
    say(lang, f"{zh}写在 {written.path}", f"The {en} lies in {written.path}")


def written_record(written: Written) -> dict[str, Any]:
    """Where something lies, for machines; `why` only where it lies elsewhere than it was to."""
    found: dict[str, Any] = {"path": written.path, "older": written.older}
    if written.why is not None:
        found |= {"instead_of": written.instead_of, "why": written.why._asdict()}
    return found


def print_findings(findings: Sequence[Finding], lang: str, everything: bool) -> None:
    """Of each kind, in the order of their first, the first few and behind them a count."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.severity, finding.code), []).append(finding)
    for (severity, code), kind in kinds.items():
        wrong = severity == "error"
        most = ERRORS_SHOWN if wrong else SHOWN if everything else 1
        zh, en = ("错误", "error") if wrong else ("提示", "warning")
        for finding in kind[:most]:
            click.echo(f"{en if lang == 'en' else zh}: {finding.line(lang)}", err=not everything)  # type: ignore[arg-type]
        if more := max(0, len(kind) - most):
            text = (
                f"……同类{zh}另有 {more} 个"
                if lang == "zh"
                else f"… and {more} more {en}{'s' * (more != 1)} of the kind ({code})"
            )
            click.echo(text, err=not everything)


def refused(error: AllocError, lang: str, form: str) -> NoReturn:
    """Ends with what alloc refuses: the findings on an input, or one message."""
    from alloc.api import ArgumentError, InputError, UnverifiedError, record

    if not isinstance(error, InputError):
        codes = {ArgumentError: USAGE, UnverifiedError: NOT_VERIFIED}
        code = next((code for kind, code in codes.items() if isinstance(error, kind)), WRONG)
        fail(getattr(error.message, lang), code, form)
    if form == "json":
        print_json(record(error.findings))
    else:
        print_findings(error.findings, lang, everything=True)
    sys.exit(WRONG)


def fail(message: str, code: int, form: str) -> NoReturn:
    """Ends with one message."""
    if form == "json":
        print_json({"error": message})
    else:
        click.echo(message, err=True)
    sys.exit(code)


def print_json(content: Any) -> None:
    """For machines, on stdout."""
    from alloc.api import plain

    click.echo(json.dumps(plain(content), ensure_ascii=False, indent=2, default=_plain, allow_nan=False))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


class Display:
    """Tells a person what a solve is doing: one live line, or one line a tier where nobody watches.

    Use as a context; `report` goes to the solve.
    """

    def __init__(self, language: str, quiet: bool) -> None:
        from rich.console import Console  # not before something is solved

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
        from alloc.api import Step, progress_line

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
