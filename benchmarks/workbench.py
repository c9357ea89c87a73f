"""The workbench: the server's own work of an edit, its event, first rows, edit to pixels beyond the solve, scrolling.

Own work is the processor time of the whole process from an edit's arrival to its event, without what `alloc.Session`
takes for it, which is counted beside it, and without what a server that waits takes as long; the peer is a cold solve
of the edited instance. In the browser a frame is looked at as soon as it is drawn; edit to pixels is by the clock, less
the session's part of it, with the first choice of columns and with all of them.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from alloc.result.result import run
from alloc.session import Session
from alloc.workbench.desk import Desk
from alloc.workbench.front.listening import server, sockets
from alloc.workbench.server import application
from alloc.workbench.sessions import Live

TOKEN = "t" * 43
IDLE = 3.0  # seconds for which a server that waits is looked at
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLUMNS = 40
ROWS = ".tabulator-table .tabulator-row"
PATIENCE = 20.0  # seconds for the columns to be there
HEADS = ".tabulator-headers > .tabulator-col"
STEP = 0.0005  # of the total, an edit: provinces that are held to bands of their own take no more than some of them
SHOWN = """before => new Promise(done => {
  const look = () => {
    const now = document.querySelector('.balance')?.textContent ?? '';
    if (document.querySelector('[role=alert].banner') || (now && now !== before))
      requestAnimationFrame(() => done(Date.now() / 1000));
    else requestAnimationFrame(look);
  };
  look();
})"""
SCROLL = """steps => new Promise(done => {
  const holder = document.querySelector('.tabulator-tableholder'), frames = [], long = [];
  const watch = new PerformanceObserver(list => long.push(...list.getEntries().map(each => each.duration)));
  watch.observe({ entryTypes: ['longtask'] });
  let last = performance.now(), left = steps;
  const step = now => {
    frames.push(now - last); last = now; holder.scrollTop += 400;
    if (left-- > 0) requestAnimationFrame(step);
    else setTimeout(() => { watch.disconnect(); done({ frames: frames.slice(1), long }); }, 200);
  };
  requestAnimationFrame(step);
})"""


class Solving:
    """When the session was begun and left, by the clock and by the processor, while it is watched."""

    def __init__(self) -> None:
        self.clock: list[tuple[float, float]] = []
        self.processor = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Counts what `Session` does for the workbench."""
        kept = {name: getattr(Session, name) for name in ("follow", "undo", "redo")}

        def counted(call: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*arguments: Any, **options: Any) -> Any:
                begun, processor = time.time(), time.thread_time()
                try:
                    return call(*arguments, **options)
                finally:
                    self.clock.append((begun, time.time()))
                    self.processor += time.thread_time() - processor

            return counting

        for name, call in kept.items():
            setattr(Session, name, counted(call))
        try:
            yield
        finally:
            for name, call in kept.items():
                setattr(Session, name, call)


def measure(
    instances: list[str], folder: Path | None, repeat: int, tell: Callable[[str], None]
) -> list[dict[str, Any]]:
    """What every instance costs in the workbench.

    Args:
        instances: names of those that ship, or paths.
        folder: where their workspaces lie, made where they are not there and kept; None: for this run alone.
        repeat: edits, and starts, of which the median is told.
        tell: told what is being done.
    """
    with tempfile.TemporaryDirectory() as other:
        return [_measured(name, folder or Path(other), repeat, tell) for name in instances]


def _measured(name: str, folder: Path, repeat: int, tell: Callable[[str], None]) -> dict[str, Any]:
    tell(f"{name}: opened and solved")
    taken = sockets(0)
    port = taken[0].getsockname()[1]
    desk, place, ready = Desk(folder, port), folder / Path(name).stem, threading.Event()
    id = desk.add(place) if place.is_dir() else desk.make("path", name, place.name)
    app = application(desk, TOKEN, port)
    running = server(app, ready.set, desk.leave)
    thread = threading.Thread(target=running.run, kwargs={"sockets": taken}, daemon=True)
    thread.start()
    ready.wait(30)
    live = desk.live(id)
    while live.standing.steps:  # what a run that was broken off has left
        live.step(live.standing.revision, "undo")
    try:
        _settled(live)
        with _browser() as browser:
            tell(f"{name}: edits")
            found = _edits(live, repeat, lambda: _page(browser, f"http://127.0.0.1:{port}/?token={TOKEN}#w={id}"))
            started = time.process_time()
            run(live.instance)
            found["cold"] = time.process_time() - started
    finally:
        running.should_exit = True
        thread.join(30)
    tell(f"{name}: first rows")
    with _browser() as browser:
        found["first"] = statistics.median(_first(browser, place) for _ in range(repeat))
    return {"instance": name, "cities": len(live.instance.tables["cities"]), **found}


def _settled(live: Live) -> None:
    """Waits until what stands is shown, and put by for the next start."""
    while live.picture.revision != live.standing.revision or live.picture.lamp == "wait":
        time.sleep(0.05)
    time.sleep(1)


def _edits(live: Live, repeat: int, page: Callable[[], Any]) -> dict[str, Any]:
    pool = live.instance.tables["pools"].iloc[0]
    solving, own, solves, sizes = Solving(), [], [], []
    totals = (float(pool["total"]) * (1 + STEP * turn) for turn in count(1))

    def pixels(tab: Any) -> float:
        """Seconds from an edit to its balance on the page, without those of the session."""
        found = []
        for _ in range(repeat):
            before = tab.evaluate("document.querySelector('.balance')?.textContent ?? ''")
            solving.clock.clear()
            begun = time.time()
            with ThreadPoolExecutor(1) as beside:
                asked = beside.submit(_edited, live, str(pool["pool"]), next(totals))
                drawn = tab.evaluate(SHOWN, before)
                asked.result()
            found.append(drawn - begun - sum(end - start for start, end in solving.clock))
        return statistics.median(found)

    waiting = _waiting()
    with solving.watched():
        for turn in range(repeat + 1):  # the first one makes ready what later ones have
            processor, solving.processor, begun = time.process_time(), 0.0, time.monotonic()
            text = _edited(live, str(pool["pool"]), next(totals))
            if turn:
                idle = waiting * (time.monotonic() - begun)
                own.append(time.process_time() - processor - solving.processor - idle)
                solves.append(solving.processor)
                sizes.append(len(text.encode()))
        tab = page()
        first = pixels(tab)
        scrolled = _scrolled(tab)
        every = pixels(tab)
        heap = tab.evaluate("performance.memory.usedJSHeapSize / 2 ** 20")
        live.step(live.standing.revision, "undo")
        _settled(live)
    middle = statistics.median
    return {"own": middle(own), "solve": middle(solves), "bytes": int(middle(sizes)), "pixels": first, "every": every,
            "heap": heap, **scrolled}  # fmt: skip


def _waiting() -> float:
    """Seconds of processor that the process takes in a second in which nothing happens."""
    processor = time.process_time()
    time.sleep(IDLE)
    return (time.process_time() - processor) / IDLE


def _edited(live: Live, pool: str, total: float) -> str:
    """The event of a trial; who waits for it takes nothing of the processor.

    Raises:
        ValueError: no allocation satisfies the edited rules, so that there is nothing to draw.
    """
    tell, found, seen = live.stream.tell, list[str](), threading.Event()

    def telling(event: str, *told: Any) -> None:
        tell(event, *told)
        if event in ("result", "conflict"):
            found.extend((event, live.stream._kept[-1][1]))
            seen.set()

    live.stream.tell = telling  # type: ignore[method-assign]
    try:
        live.edit(live.standing.revision, [f"pools.{pool}.total = {total}"], "", True)
        seen.wait()
    finally:
        live.stream.tell = tell  # type: ignore[method-assign]
    if found[0] == "conflict":
        raise ValueError(f"no allocation satisfies pools.{pool}.total = {total}: the benchmark needs one that does")
    return found[1]


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next((each for name in BROWSERS if (each := shutil.which(name))), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def _page(browser: Any, address: str) -> Any:
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    tab.goto(address, wait_until="commit")
    tab.wait_for_selector(ROWS, timeout=600_000)
    return tab


def _scrolled(tab: Any) -> dict[str, float]:
    """Processor a step, frames and long tasks while the whole table, with so many columns, is scrolled once through."""
    tab.locator('[data-key="all"], [data-key="moved"]').first.click()
    tab.locator('[data-key="columns"]').click()
    boxes = tab.locator("fieldset.menu input[type=checkbox]")
    wanted = min(boxes.count(), COLUMNS - 1)  # the first column is always there
    for at in range(wanted):
        boxes.nth(at).check()
    until = time.monotonic() + PATIENCE
    while tab.locator(HEADS).count() <= wanted and time.monotonic() < until:
        tab.wait_for_timeout(100)
    tab.wait_for_timeout(1_000)
    steps = tab.evaluate("Math.ceil(document.querySelector('.tabulator-tableholder').scrollHeight / 400)")
    browser = tab.context.browser
    browser.start_tracing(page=tab, categories=["toplevel", "devtools.timeline"])
    found = tab.evaluate(SCROLL, steps)
    return {
        "columns": tab.locator(HEADS).count(), "steps": steps, "step": _worked(browser.stop_tracing()) / steps,
        "frame": statistics.median(found["frames"]), "slowest": max(found["frames"]),
        "long": len(found["long"]), "longest": max(found["long"], default=0.0),
    }  # fmt: skip


def _worked(trace: bytes) -> float:
    """Milliseconds of the processor that the page's own thread has worked, of a trace."""
    events = [each for each in json.loads(trace)["traceEvents"] if each["ph"] == "X" and "tdur" in each]
    drawing = Counter((each["pid"], each["tid"]) for each in events if each["name"] in ("UpdateLayoutTree", "Layout"))
    (thread, _), total, until = drawing.most_common(1)[0], 0.0, 0.0
    for each in sorted(events, key=lambda each: (each["ts"], -each["dur"])):
        if (each["pid"], each["tid"]) == thread and each["ts"] >= until:  # what lies inside another is part of it
            total, until = total + each["tdur"], each["ts"] + each["dur"]
    return total / 1e3


def _first(browser: Any, place: Path) -> float:
    """Seconds from the start of the process to the rows of last time."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "alloc", "workbench", str(place), "--no-browser", "--lang", "en"],
        stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().partition("http")[2].split()[0]
        tab = _page(browser, f"http{address}")
        seconds = time.monotonic() - begun
        tab.close()
        return seconds
    finally:
        process.terminate()
        process.wait(60)


def table(found: list[dict[str, Any]]) -> str:
    """The figures as a table of Markdown."""
    head = ("instance", "cities", "own work (ms)", "session (s)", "cold solve (s)", "own / cold", "event (kB)",
            "edit to pixels beyond the session (ms)", "with all columns (ms)", "first rows (s)", "columns",
            "processor a step of scrolling (ms)",
            "frame while scrolling (ms)", "long tasks, longest (ms)", "heap (MB)")  # fmt: skip
    rows = [
        (
            each["instance"], f"{each['cities']:,}", f"{1e3 * each['own']:.0f}", f"{each['solve']:.2f}",
            f"{each['cold']:.2f}", f"{each['own'] / each['cold']:.3f}", f"{each['bytes'] / 1e3:.0f}",
            f"{1e3 * each['pixels']:.0f}", f"{1e3 * each['every']:.0f}", f"{each['first']:.1f}", str(each["columns"]),
            f"{each['step']:.0f}", f"{each['frame']:.0f} (at most {each['slowest']:.0f})",
            f"{each['long']} of {each['steps']}, {each['longest']:.0f}", f"{each['heap']:.0f}",
        )
        for each in found
    ]  # fmt: skip
    lines = [head, ("---",) + ("---:",) * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
