"""The process beside the page: whole facilities, questions, curves and documents, one at a time.

What it is asked is a plain dictionary and so is what it answers; the answers are those of the commands with
``--format json``, and beside them what the commands print. It is ended, not waited for, when an edit makes its work
void.
"""

from __future__ import annotations

import logging
import signal
import threading
from _thread import interrupt_main
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from alloc import api
from alloc.comparison import compare
from alloc.errors import AllocError
from alloc.explanation.shared.answer import Step
from alloc.explanation.shared.codes import known_codes
from alloc.instance.findings import InputError, to_records
from alloc.instance.frames import keep_texts_as_strings
from alloc.instance.instance import Instance
from alloc.instance.options import with_options
from alloc.output import STAGES, said
from alloc.parametric.vary import Variation, vary
from alloc.report.writing import lacking
from alloc.result.result import Result
from alloc.solver.model.status import Progress
from alloc.text import Text
from alloc.workbench import steps
from alloc.workbench.picture.beside import beside
from alloc.workbench.picture.printed import section_record
from alloc.workbench.picture.sides import sides, solved
from alloc.workbench.runs.course import Course
from alloc.workbench.runs.curve import Drawn

Asked = Mapping[str, Any]
Tell = Callable[[Progress | Step | dict[str, Any]], None]
FAULT = Text("程序出错，这项工作没有完成。", "The program made a mistake; this piece of work was not done.")
NO_RESULT = Text(
    "没有满足全部规则的方案，因此没有可以提问的结果。",
    "No allocation satisfies the rules, so there is no result to ask.",
)


def serve(connection: Connection, enough: Event) -> None:
    """Works until nobody is there any more. Ctrl-C of the terminal is for the page's process, which ends this one.

    Args:
        connection: to the page's process.
        enough: set there where the best point so far is to be kept; a solve then ends as Ctrl-C ends that of a command.
    """
    keep_texts_as_strings()
    signal.signal(signal.SIGINT, _noted)
    threading.Thread(target=_interrupting, args=(enough,), daemon=True).start()
    known: dict[Any, Result] = {}
    compared: OrderedDict[Any, Result] = OrderedDict()
    while True:
        try:
            asked = connection.recv()
        except (EOFError, OSError):
            return

        def tell(progress: Progress | Step | dict[str, Any]) -> None:
            connection.send(("progress", progress if isinstance(progress, dict) else progress_record(progress)))

        enough.clear()
        try:
            answered = ("done", _work(asked, tell, known, compared))
        except AllocError as error:
            findings = to_records(error.findings) if isinstance(error, InputError) else []
            answered = ("failed", {"title": error.message._asdict(), "findings": findings})
        except Exception:
            logging.getLogger("alloc.workbench").exception("a job of kind %s failed", asked.get("kind"))
            answered = ("failed", {"title": FAULT._asdict(), "findings": []})
        try:
            connection.send(answered)
        except OSError:
            return


def progress_record(progress: Progress | Step) -> dict[str, Any]:
    """How far a solve or an answer is, for the stream of events."""
    if isinstance(progress, Step):
        return {"stage": progress.words._asdict(), "part": progress.done, "of": progress.total}
    return {
        "stage": STAGES[progress.stage]._asdict(), "tier": progress.tier, "state": str(progress.state),
        "best": progress.best, "bound": progress.bound, "gap": progress.gap, "seconds": round(progress.seconds, 2),
    }  # fmt: skip


def _work(asked: Asked, tell: Tell, known: dict[Any, Result], compared: OrderedDict[Any, Result]) -> dict[str, Any]:
    place, kind = Path(asked["place"]), asked["kind"]
    if asked.get("sides"):
        results, titles = sides(asked, tell, compared)
        if kind == "documents":
            return {"files": _comparison(asked, results, titles)}
        found = beside(results, titles)
        said = {language: [[section_record(each, language) for each in told] for told in every]
                for language, every in found["said"].items()}  # fmt: skip
        return {"record": {**found, "said": None}, "said": said}
    applied = steps.chain(place, asked["scenario"], asked["steps"])
    if kind == "whole":
        options = {"gap": asked["gap"], "time_limit": asked["time_limit"]}
        course = Course(with_options(applied[-1].instance, relaxation=False, **options))
        result = steps.solved(
            applied, lambda progress: tell(course.after(progress).model_dump()), whole=True, **options
        )
        if result.has_solution:
            api.save(result, asked["out"])
        return {"out": asked["out"] if result.has_solution else None, "status": result.manifest["status"]}
    if kind == "conflict":
        from alloc.explanation.infeasibility.conflict import explain_conflict  # the page's own process needs none of it

        return answered(explain_conflict(applied[-1].instance, tell))
    if kind == "curve":
        return _curve(applied[-1].instance, asked, tell)
    result = _result(asked, applied, tell, known)
    if kind == "documents":
        return _documents(asked, result)
    question = {name: asked[name] for name in ("city", "pool", "at_least", "like", "tier") if asked[name] is not None}
    question |= {name: True for name in ("prices", "rules", "formula") if kind == name}
    question |= {"quick": asked["quick"]} if kind == "prices" else {}
    return answered(api.explain(result, on_progress=tell, **question))


def _curve(instance: Instance, asked: Asked, tell: Tell) -> dict[str, Any]:
    """What `alloc whatif` answers, and the picture of the page, which is told as soon as a value is solved."""
    cities = known_codes(instance.tables, asked["cities"])
    drawn = Drawn(instance, asked["target"], asked["values"])

    def told(so_far: Variation) -> None:
        picture = drawn.picture(so_far)
        tell({"part": picture.done, "of": picture.of, "curve": picture.model_dump()})

    variation = vary(instance, asked["target"], asked["values"], cities, asked["where"], told)
    return {**answered(variation), "curve": drawn.picture(variation).model_dump()}


def _result(asked: Asked, applied: tuple[Any, ...], tell: Tell, known: dict[Any, Result]) -> Result:
    """The result that is asked about: a stored one, or the relaxation, solved once for several questions."""
    if asked.get("result"):
        return api.load_result(asked["result"])
    key = applied[-1].instance.hash
    if key not in known:
        known.clear()
        known[key] = steps.solved(applied, tell)
    if not known[key].has_solution:
        raise AllocError(NO_RESULT)
    return known[key]


def _documents(asked: Asked, result: Result) -> dict[str, Any]:
    """The report or the pages of cities, which call the result what the page calls it.

    Formats that need what is not installed are left out, and said; only where there is no other nothing is made.
    """
    out = Path(asked["out"])
    missing = {form: said for form in asked["formats"] if (said := lacking(form)) is not None}
    if len(missing) == len(set(asked["formats"])):
        raise AllocError(Text(*("".join(f"{line}\n" for line in lines).strip()
                                for lines in zip(*missing.values(), strict=True))))  # fmt: skip
    formats = [form for form in asked["formats"] if form not in missing]
    if result.folder is not None:
        result = replace(result, called=solved(result.folder))
    written = api.write_report(result, out, formats, asked["language"], cities=asked["cities"])
    return {"files": [Path(each.path).relative_to(out).as_posix() for each in written],
            "missing": [said._asdict() for said in missing.values()]}  # fmt: skip


def _comparison(asked: Asked, results: list[Result], titles: list[Text]) -> list[str]:
    """The whole comparison as documents, as `alloc compare --out` writes it."""
    out, language = Path(asked["out"]), asked["language"]
    names = [f"{letter} {getattr(title, language)}" for letter, title in zip("ABCDEFGH", titles, strict=False)]
    comparison = compare(results, names)
    out.mkdir(parents=True, exist_ok=True)
    return [comparison.write(out / f"comparison-{language}.{each}", language, pool=None).name
            for each in asked["formats"]]  # fmt: skip


def answered(answer: Any) -> dict[str, Any]:
    """An answer as the commands give it: for machines, and what they print in either language."""
    told = {language: [section_record(each, language) for each in said(answer, language)] for language in ("zh", "en")}
    return {"record": api.record(answer), "said": told}


def _interrupting(enough: Event) -> None:
    """Interrupts the solve whenever the page's process has had enough; the solver notes it and keeps its best point."""
    while True:
        enough.wait()
        enough.clear()
        interrupt_main()


def _noted(number: int, frame: object) -> None:
    """Outside a solve there is nothing to keep and nothing to end."""
