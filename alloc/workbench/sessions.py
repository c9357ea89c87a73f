"""A workspace that is being worked on: edits come in, one thread solves, the last one wins and none is lost.

An edit is checked, put on disk and answered; only then it is solved. What is solved is always what stands at the end:
an edit that comes while a solve runs ends it at the next tier. What was shown before stays until something verified
takes its place.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alloc.errors import AllocError
from alloc.instance.findings import Finding, InputError, errors
from alloc.instance.instance import Instance
from alloc.result.result import Result
from alloc.result.wording import WORDS
from alloc.scenario import Edited
from alloc.solver.model.status import Progress, Report
from alloc.text import Text
from alloc.workbench import steps
from alloc.workbench.events import Stream
from alloc.workbench.files import NO_STEP, STALE, StaleError, Standing, Workspace, now
from alloc.workbench.jobs import Job, Jobs
from alloc.workbench.models import Picture
from alloc.workbench.picture.whole import Shown, picture, stale, unsolved
from alloc.workbench.runs.finished import Finished, entire
from alloc.workbench.runs.following import Following
from alloc.workbench.runs.held import Held
from alloc.workbench.runs.reach import Reach, keep_loaded
from alloc.workbench.runs.wanted import Wanted
from alloc.workbench.worker import progress_record

LOG = logging.getLogger("alloc.workbench")
SOLVING = Text("正在求解", "Solving")
OPENING = Text("正在打开并求解", "Opening and solving")
BROKEN = Text("程序在求解时出错，这不表示没有可行方案；原因写在启动工作台的窗口里。",
              "The solve failed, whether there is an allocation or not; the program's window says why.")  # fmt: skip
OPEN = ("city", "pool", "at_least", "like", "tier", "quick", "gap", "time_limit", "result")


class Superseded(Exception):
    """A newer edit has come: what is being solved is no longer wanted."""


class Live:
    """A workspace with its session of the solver and its thread.

    `solved` is called whenever a result that is kept is shown; `opened_at` is the revision at which it was opened.

    Args:
        files: the workspace, open.
        standing: what its log adds up to.

    Raises:
        InputError: the instance, its scenario or an edit of the log cannot be used.
    """

    def __init__(self, files: Workspace, standing: Standing) -> None:
        self.files, self.stream, self.opened_at = files, Stream(), standing.revision
        self.solved: Callable[[], None] = lambda: None
        self.jobs = Jobs(self._job_done, self._job_told)
        self._change = threading.Condition()
        self._standing, self._at = standing, standing.steps[-1].at if standing.steps else None
        self._steps = steps.Applied(files.place)
        self._chain = self._steps.chain(standing)
        self._solver, self._held = Reach(), Held(self._reach)
        self._shown: Shown | None = None
        self._base: Shown | None = None
        self._before: Shown | None = None
        self._seconds = 0.0
        self._picture = unsolved(standing, self._chain, "wait", OPENING)
        self._wanted, self._done, self._closing = object(), object(), False
        self._finished = Finished(files.place)
        self._whole = Wanted(files.place, self.jobs, self.ask, self._job_begun)
        self.touched = time.monotonic()
        self.following = Following(files, self._follow, self._kept)
        self._thread = threading.Thread(target=self._work, name=f"solve {files.place.name}", daemon=True)

    def start(self) -> None:
        """Begins to solve, and to watch the files."""
        self._thread.start()
        self.following.start()

    def close(self) -> None:
        """Ends the thread and gives the workspace back."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        if self._thread.ident is not None:
            self._thread.join(60)
        self.following.close()
        self.jobs.close()
        self.stream.close()
        self.files.close()

    # ------------------------------------------------------------------------------------------- what is asked for

    @property
    def standing(self) -> Standing:
        """The edits that stand now."""
        return self._standing

    @property
    def instance(self) -> Instance:
        """The instance with all edits that stand."""
        return self._chain[-1].instance

    @property
    def at(self) -> tuple[Standing, tuple[Edited, ...]]:
        """The edits that stand, and the scenario and these edits as they were applied."""
        with self._change:
            return self._standing, self._chain

    def stored(self, shown: Shown) -> str | None:
        """Where a whole result lies that is shown; None for a relaxation, which is solved again where it is needed."""
        return self._finished.place(shown.result)

    @property
    def picture(self) -> Picture:
        """What the page shows."""
        return self._picture

    @property
    def told(self) -> tuple[Picture, Shown | None]:
        """What the page shows, and the result kept last that it is told against, both of one moment."""
        with self._change:
            return self._picture, self._base

    @property
    def shown(self) -> Shown | None:
        """The result that is shown; None before there is one."""
        return self._shown

    @property
    def base(self) -> Shown | None:
        """The result that was kept last."""
        return self._base

    def check(self, lines: Sequence[str]) -> tuple[Finding, ...]:
        """What is wrong or doubtful about lines as the next edit; nothing is solved."""
        with self._change:
            instance = self._kept_instance()
        try:
            return steps.typed(instance, lines, "").findings
        except InputError as error:
            return error.findings

    def edit(self, revision: int, lines: Sequence[str], why: str, trial: bool) -> Standing:
        """An edit, or a trial in the place of the last one.

        Raises:
            StaleError: another revision stands.
            InputError: the lines are wrong; nothing is changed.
            WorkspaceError: it could not be put on disk; nothing is changed.
        """
        with self._change:
            self._current(revision)
            applied = steps.typed(self._kept_instance(), lines, why)
            entry = {"do": "edit", "lines": list(lines), "why": why, "trial": trial}
            kept = self._chain[: 1 + len(self._standing.kept)]
            standing = self._enter(entry, (*kept, applied))
            self._steps.last(standing, applied)
            return standing

    def step(self, revision: int, do: str, why: str = "") -> Standing:
        """Keep, undo or redo.

        Raises:
            StaleError: another revision stands, or there is no such step.
            InputError: what is to be done again does not go with what stands.
        """
        with self._change:
            self._current(revision)
            possible = {"keep": self._standing.trial, "undo": self._standing.steps, "redo": self._standing.undone}
            if not possible[do]:
                raise StaleError(NO_STEP)
            entry = {"do": do} | ({"why": why} if why else {})
            return self._enter(entry, self._steps.chain(self._standing.after({**entry, "at": ""})))

    def delete(self, revision: int, number: int) -> Standing:
        """Takes an edit out, wherever it stands.

        Raises:
            StaleError: another revision stands, or there is no such edit.
            InputError: the edits behind it do not go without it.
        """
        return self._to_one(revision, {"do": "delete", "n": number})

    def explain(self, revision: int, number: int, why: str) -> Standing:
        """Gives an edit that stands another reason; raises as `delete`."""
        return self._to_one(revision, {"do": "why", "n": number, "why": why})

    def _to_one(self, revision: int, entry: Mapping[str, Any]) -> Standing:
        with self._change:
            self._current(revision)
            if entry["n"] not in [step.n for step in self._standing.steps]:
                raise StaleError(NO_STEP)
            return self._enter(entry, self._steps.chain(self._standing.after(entry)))

    def choose(self, revision: int, name: str) -> Standing:
        """Starts from another scenario; the edits are applied to it again.

        Raises:
            StaleError: another revision stands.
            InputError: there is no such scenario, or the edits do not go with it.
        """
        with self._change:
            self._current(revision)
            entry = {"do": "scenario", "name": name}
            return self._enter(entry, self._steps.chain(self._standing.after(entry)))

    def _current(self, revision: int) -> None:
        self.touched = time.monotonic()
        if revision != self._standing.revision:
            raise StaleError(STALE.fill(now=self._standing.revision, asked=revision))

    def _enter(self, entry: Mapping[str, Any], chain: tuple[Edited, ...]) -> Standing:
        """On disk first, then it stands, then it is solved."""
        whole = {**entry, "at": now()}
        return self._stand(self._standing.after(whole), chain, self.files.append(whole))

    def _stand(self, standing: Standing, chain: tuple[Edited, ...], at: str | None) -> Standing:
        self._standing, self._chain, self._at, self._wanted = standing, chain, at, object()
        self._change.notify_all()
        self.jobs.void()
        self.stream.tell("saved", standing.revision, {"at": at, **self.files.kept()})
        return standing

    def _follow(self, standing: Standing) -> None:
        """What another process has written stands here too."""
        with self._change:
            if standing != self._standing:
                self._stand(standing, self._steps.chain(standing), standing.steps[-1].at if standing.steps else None)
            elif not standing.trial and self._finished.whole_of(self._shown):  # the other one has solved them
                self._wanted = object()
                self._change.notify_all()

    def _kept(self) -> None:
        """Another one writes now, or this one again."""
        if self.files.reader is not None:
            self.jobs.void()
        self.stream.tell("taken", self._standing.revision, self.files.kept())

    # ------------------------------------------------------------------------------------------- work done beside

    def ask(self, kind: str, **asked: Any) -> str:
        """Begins a piece of work beside, about what stands now; gives the id of the job.

        Args:
            kind: as of `alloc.workbench.worker`.
            asked: what goes with it.
        """
        self.touched = time.monotonic()
        now = self._standing
        plain = {"kind": kind, "place": str(self.files.place), "scenario": now.scenario, "revision": now.revision,
                 "steps": [(list(step.lines), step.why) for step in now.steps]}  # fmt: skip
        return self.jobs.begin(dict.fromkeys(OPEN) | plain | asked)

    def whole(self, gap: float | None, time_limit: float | None) -> str:
        """Begins a solve with whole facilities; an edit stops it, and it begins again once that edit is kept."""
        with self._change:
            return self._whole.begin(self._standing, self.instance, {"gap": gap, "time_limit": time_limit})

    def stop(self, job: Job, keep: bool) -> None:
        """Stops a job that is no longer wanted; `keep`: a solve keeps its best point."""
        self._whole.stopped(job)
        self.jobs.stop(job.id, keep)

    def _job_begun(self, event: str, data: dict[str, Any], id: str) -> None:
        self.stream.tell(event, self._standing.revision, data, id)

    def _job_told(self, job: Job, event: str, data: dict[str, Any]) -> None:
        data.pop("curve", None)  # is asked for by those who look at it
        if event == "answer":
            self._whole.ended(job, data)
        self.stream.tell(event, self._standing.revision, data, job.id)

    def _job_done(self, job: Job) -> None:
        """A whole result that still fits what stands takes the place of the relaxation."""
        if job.kind != "whole" or not (job.answer or {}).get("out"):
            return
        result = self._finished.add(str((job.answer or {})["out"]), job.seconds)
        with self._change:
            standing, chain, base = self._standing, self._chain, self._base
        if base is None or result.instance.hash != chain[-1].instance.hash:
            return
        made, shown = entire(result, job.seconds, base, standing, chain, self._at)
        with self._change:
            if self._standing is not standing:
                return
        self._publish("result", made, shown, base)

    def _kept_instance(self) -> Instance:
        return self._chain[len(self._standing.kept)].instance

    # ------------------------------------------------------------------------------------------------------ solving

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._closing or self._wanted is not self._done)
                if self._closing:
                    return
                wanted, standing, chain = self._wanted, self._standing, self._chain
            try:
                self._solve(wanted, standing, chain)
            except Superseded:
                continue
            except AllocError as error:
                self._fail(standing, chain, steps.refusal(error), ())
            except Exception:
                LOG.exception("a solve of revision %s failed", standing.revision)
                self._fail(standing, chain, BROKEN, ())
            self._done = wanted

    def _solve(self, wanted: object, standing: Standing, chain: tuple[Edited, ...]) -> None:
        def told(progress: Progress) -> None:
            if self._closing or self._wanted is not wanted:
                raise Superseded
            self.stream.tell("progress", standing.revision, progress_record(progress))

        self.stream.tell("state", standing.revision, {"words": SOLVING._asdict(), "lamp": "wait", "seconds": 0.0})
        kept = chain[: 1 + len(standing.kept)]
        base, refused = self._held.of(kept, self._base, told)
        if chain == kept:
            shown, result = (base if refused is None else None), refused
        else:
            shown, result = self._reach(chain, told)
        if self._wanted is not wanted:
            raise Superseded
        if shown is None:
            assert result is not None
            self._clash(standing, chain, result, base)
            return
        before = base if shown is not base else None
        base = base or shown  # nothing that was kept has an allocation, the trial has one: it is held against nothing
        if self._base is not None and base is not self._base:
            grown = base.chain[: len(self._base.chain)] == self._base.chain
            if (base.hash, len(base.chain)) != (self._base.hash, len(self._base.chain)):  # else it has another reason
                self._before = self._base if grown else None
        if not standing.trial and (whole := self._finished.of(shown.hash)):
            self._publish("result", *entire(*whole, base, standing, chain, self._at), base)
            return
        before = before if standing.trial else self._before
        made = picture(shown, base, before, standing, chain, self._at, self._finished.whole_of(before))
        self._publish("result", made, shown, base)
        keep_loaded()
        self._whole.again(standing, chain[-1].instance)
        if standing.trial is None:
            self.solved()

    def _reach(self, chain: tuple[Edited, ...], told: Report) -> tuple[Shown | None, Result]:
        """The verified result of a chain of steps, None where there is no allocation; and what the solve gave."""
        begun = time.perf_counter()
        result = self._solver.to(chain, told)
        if not result.has_solution:
            return None, result
        if not result.verified:
            raise AllocError(WORDS["unverified"])
        known = (each for each in (self._shown, self._base) if each is not None and each.chain == chain)
        like = None if self._base is None else self._base.grid
        return next(known, None) or Shown(result, chain, time.perf_counter() - begun, like), result

    def _publish(self, event: str, made: Picture, shown: Shown | None, base: Shown | None) -> None:
        with self._change:
            self._picture, self._shown, self._base = made, shown, base
        self.stream.tell(event, made.revision, made.model_dump(mode="json"))

    def _clash(self, standing: Standing, chain: tuple[Edited, ...], result: Result, base: Shown | None) -> None:
        """No allocation: what was shown before stays, or what was kept meanwhile, and it is said why."""
        said, families = steps.clashing(result)
        findings = errors(result.findings)
        last = None if self._shown is None else self._shown.chain
        same = base is self._base and (standing.trial is not None or base is None or last == base.chain)
        self._fail(standing, chain, said, findings, families, None if same else base)

    def _fail(
        self, standing: Standing, chain: tuple[Edited, ...], said: Text, findings: Sequence[Finding],
        families: Sequence[Text] = (), kept: Shown | None = None,
    ) -> None:  # fmt: skip
        """Nothing new can be shown but what was kept meanwhile, which is not shown before it is said why."""
        last, shown, base = self._picture if self._shown is not None else None, self._shown, self._base
        if kept is not None:
            last, shown, base = picture(kept, kept, None, standing, chain, self._at), kept, kept
        made = stale(last, base, standing, chain, self._at, said, findings, families)
        self._publish("conflict", made, shown, base)
