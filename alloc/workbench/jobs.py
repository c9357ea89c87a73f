"""Pieces of work beside the page: a queue, one process that does them, and what is known of each."""

from __future__ import annotations

import multiprocessing
import queue
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from typing import Any

from alloc.text import Text
from alloc.workbench.worker import serve

REMEMBERED = 50  # jobs of which the answer can still be asked for
KEEPING = ("whole", "conflict")  # kinds that can be ended with the best plan, or the repairs, that they have
LASTING = ("documents",)  # kinds whose work an edit does not make void
ENDED = Text("计算进程意外结束。", "The process that was working ended unexpectedly.")
MOST_WAITING = 20
OFTEN = 0.25  # seconds from one report of progress to the next; what comes between is told by the last of them


@dataclass
class Job:
    """One piece of work; `answer` or `failure` once it is done."""

    id: str
    asked: Mapping[str, Any]
    state: str = "waiting"
    progress: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    failure: dict[str, Any] | None = None
    begun: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def kind(self) -> str:
        """What is done."""
        return str(self.asked["kind"])

    @property
    def seconds(self) -> float:
        """How long it has been known, or took."""
        return (self.ended or time.monotonic()) - self.begun


PREPARE = Job("", {"kind": ""})  # nothing is done, but the process is started
Told = Callable[[Job, str, dict[str, Any]], None]


class Jobs:
    """The jobs of one workspace, done one after the other.

    Args:
        done: called with a job that has its answer, before anybody is told; from the thread that waits for the process.
        told: called with a job, an event and its data, from the same thread.
    """

    def __init__(self, done: Callable[[Job], None], told: Told) -> None:
        self._done, self._told, self._lock = done, told, threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._queue: queue.Queue[Job | None] = queue.Queue()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._enough: Event | None = None
        self._running: Job | None = None
        self._thread: threading.Thread | None = None

    def begin(self, asked: Mapping[str, Any]) -> str:
        """Puts a piece of work into the queue; gives its id."""
        job = Job(secrets.token_urlsafe(9), asked, progress=asked.get("begun"))
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > REMEMBERED:
                self._jobs.popitem(last=False)
        self._begun()
        self._queue.put(job)
        return job.id

    def _begun(self) -> bool:
        """Starts the thread; False where there is one."""
        with self._lock:
            if self._thread is not None:
                return False
            self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
            self._thread.start()
            return True

    def prepare(self) -> None:
        """Starts the process, if none has been yet, so that the first answer need not wait for that."""
        if self._begun():
            self._queue.put(PREPARE)

    @property
    def ready(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.is_alive()

    def get(self, id: str) -> Job | None:
        """A job; None where there is none, or it was long ago."""
        return self._jobs.get(id)

    def stop(self, id: str, keep: bool) -> None:
        """Stops a job; `keep`: what can keep what it has found does, as after Ctrl-C."""
        job = self._jobs.get(id)
        if job is None:
            return
        with self._lock:
            running = job is self._running
            if job.state == "waiting":
                job.state, job.ended = "stopped", time.monotonic()
        if running and keep and job.kind in KEEPING and self._enough is not None:
            self._enough.set()
        elif running:
            job.state = "stopped"
            self._end()

    @property
    def active(self) -> list[Job]:
        """What waits or is being done."""
        return [job for job in list(self._jobs.values()) if job.state in ("waiting", "running")]

    def void(self) -> None:
        """Stops all work that was about what no longer stands."""
        for job in self.active:
            if job.kind not in LASTING:
                self.stop(job.id, keep=False)

    def close(self) -> None:
        """Ends the process and the thread."""
        for job in self.active:
            self.stop(job.id, keep=False)
        self._queue.put(None)
        self._end()

    def _end(self) -> None:
        process = self._process
        if process is not None:
            process.terminate()
            process.join(5)
            if process.is_alive():
                process.kill()

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            if job is None:
                self._end()  # one that was starting when all was closed
                return
            if job is PREPARE:
                self._started()
                continue
            with self._lock:
                if job.state != "waiting":
                    continue
                job.state, self._running = "running", job
            try:
                self._do(job)
            except (EOFError, OSError):
                self._process = None
                if job.state != "stopped":
                    job.failure, job.state = {"title": ENDED._asdict(), "findings": []}, "failed"
            finally:
                job.ended, self._running = time.monotonic(), None
            if self._queue.qsize() < MOST_WAITING:
                self._told(job, "answer", {"kind": job.kind, "state": job.state})

    def _do(self, job: Job) -> None:
        connection = self._started()
        if job.state == "stopped":  # while the process was starting
            self._end()
            return
        connection.send(dict(job.asked))
        told, new = 0.0, False
        while True:
            if new and not connection.poll(max(0.0, told + OFTEN - time.monotonic())):
                told, new = time.monotonic(), False
                self._told(job, "progress", dict(job.progress or {}))
            what, content = connection.recv()
            if what == "progress":
                job.progress, new = content, True
                continue
            if job.state != "stopped":
                if what == "done":
                    job.answer = content
                    self._done(job)
                    job.state = "done"
                else:
                    job.failure, job.state = content, "failed"
            return

    def _started(self) -> Connection:
        if not self.ready or self._connection is None:
            context = multiprocessing.get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._enough = context.Event()
            process = context.Process(target=serve, args=(theirs, self._enough), daemon=True)
            process.start()
            self._process = process  # which can be ended only from here on
            theirs.close()
        return self._connection
