"""Runs one command again and again in processes that are killed, or kept from writing, at a chosen instant.

    python killing.py WORDS-AS-JSON < INSTANTS

An instant is a line: a number, the operation on files at which the process kills itself (0: none); or ``size BYTES``,
the largest file that it may write. The answer to each is a line of JSON: operations counted, exit code (negative: the
signal), what was printed. Everything is imported once, and every run is a fork of that. POSIX alone.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

import click

from alloc import api, writing
from alloc.cli import COMMANDS, main

OPERATIONS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate", "shutil.rmtree",
              "tempfile.mkdtemp", "os.listdir", "os.scandir")  # fmt: skip


def _reads(event: str, given: tuple[Any, ...]) -> bool:
    """Whether a file is opened for reading alone, which leaves nothing behind."""
    return event == "open" and not given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)


def _within(given: Any, folder: str) -> bool:
    """Whether a name, of a file in the working folder too, lies in a folder, or is one of a writer elsewhere."""
    return isinstance(given, str | os.PathLike) and (
        os.path.abspath(given).startswith(folder) or ".alloc-" in str(given)  # noqa: PTH100  # resolves no links
    )


def _child(words: list[str], instant: str, printed: int, counted: Path) -> None:
    """Runs the command; every operation on a file in the working folder is counted, at one of them it ends."""
    kind, _, number = instant.rpartition(" ")
    count, here = 0, str(Path.cwd())

    def hook(event: str, given: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in OPERATIONS or _reads(event, given) or not any(_within(each, here) for each in given):
            return
        count += 1
        if not kind and count == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    for stream, name in ((1, "stdout"), (2, "stderr")):  # a pipe, to which no limit on files applies
        os.dup2(printed, stream)
        setattr(sys, name, os.fdopen(stream, "w", encoding="utf-8", closefd=False))
    if kind == "size":
        import resource

        writing.target.PROBE = b"x"  # so that it fails at the end, not before the work
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), int(number)))
    sys.addaudithook(hook)
    code = 0
    try:
        main(words)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 70
    if kind != "size":
        counted.write_text(str(count), encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve(words: list[str]) -> None:
    """Answers instants."""
    for name in COMMANDS:
        main.get_command(click.Context(main), name)  # its module, wherever it stands
    for name in ("alloc.report.document", "alloc.workbook.convert", "alloc.findings_report.mark", "alloc.template.new",
                 "alloc.certification.certify", "alloc.comparison", "alloc.parametric.vary"):  # fmt: skip
        importlib.import_module(name)
    assert api.check("hand") is not None
    folder = Path(tempfile.mkdtemp(prefix="alloc-killing-"))
    counted = folder / "count"

    def end(number: int, frame: FrameType | None) -> None:
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _child(words, line.strip(), write, counted)
        os.close(write)
        with os.fdopen(read, encoding="utf-8", errors="replace") as told:
            said = told.read()
        _, status = os.waitpid(child, 0)
        count = int(counted.read_text(encoding="utf-8")) if counted.exists() else None
        counted.unlink(missing_ok=True)
        print(json.dumps({"count": count, "code": os.waitstatus_to_exitcode(status), "said": said}), flush=True)


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
