"""A limit on the time of one input, by the clock; elsewhere than on POSIX the whole process ends with its stack."""

from __future__ import annotations

import faulthandler
import signal
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 60.0  # seconds that no input of a few kilobytes may take, on a machine that is busy with other things too


class NoEnd(BaseException):
    """An input that took too long; no ordinary exception, so that nothing takes it for one."""


@contextmanager
def limited(seconds: float = LONGEST) -> Iterator[None]:
    """Within, work that does not end is ended.

    Raises:
        NoEnd: it took longer.
    """

    def end(number: int, frame: object) -> None:
        raise NoEnd(f"no end after {seconds:g} seconds")

    faulthandler.dump_traceback_later(2 * seconds, exit=True)  # what hangs outside Python does not hear of signals
    before = signal.signal(signal.SIGALRM, end) if hasattr(signal, "SIGALRM") else None
    try:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()
