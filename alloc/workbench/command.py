"""``alloc workbench``: one page on this machine to look, edit, see who gains and who pays, ask, compare and hand on."""

from __future__ import annotations

import json
import os
import secrets
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alloc.cli import options
from alloc.cli.output import WRONG, fail, say
from alloc.text import system_words

if TYPE_CHECKING:
    from alloc.workbench.desk import Desk

NEEDED = ("fastapi", "uvicorn")
INSTALL = {
    "zh": '工作台还需要 {names}：pip install "alloc[workbench]"',
    "en": 'The workbench needs {names} as well: pip install "alloc[workbench]"',
}
TAKEN = {
    "zh": "端口 {port} 无法使用：{why}。换一个，或不写 --port。",
    "en": "Port {port} cannot be used: {why}. Choose another one, or leave --port out.",
}


@click.command(cls=options.Verb)
@click.argument("workspace", required=False)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("~/alloc"), show_default=True,
              help="Where workspaces lie.")  # fmt: skip
@click.option("--port", type=click.IntRange(min=1, max=65_535), help="Default: any that is free.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no page.")
@options.printed
def workbench(workspace: str | None, folder: Path, port: int | None, no_browser: bool, lang: str, form: str) -> None:
    """Open the workbench: a page on this machine alone, until it is ended by Ctrl-C.

    WORKSPACE is the folder of one, or an instance (a folder, a workbook, the name of one that ships) of which a new one
    is made; without it the page begins with those that there are.
    """
    if lacking := [name for name in NEEDED if find_spec(name) is None]:
        fail(INSTALL[lang].format(names=", ".join(lacking)), WRONG, form)
    # The process beside is ended whatever it does; who clears away after it need not tell the planner that it did.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    from alloc.workbench.files import identity, is_workspace
    from alloc.workbench.front.front import Built, Front
    from alloc.workbench.front.listening import server, sockets
    from alloc.workbench.guard import Guard
    from alloc.workbench.runs.early import load

    try:
        taken = sockets(port or 0)
    except OSError as error:
        fail(TAKEN[lang].format(port=port, why=getattr(system_words(error), lang)), WRONG, form)
    number, token = taken[0].getsockname()[1], secrets.token_urlsafe(32)
    place = Path(workspace).expanduser() if workspace is not None else None
    first = identity(place) if place is not None and is_workspace(place) else ""
    early = load(place, first) if place is not None and first else None
    opened: list[Desk] = []

    def build() -> Built:
        nonlocal first
        from alloc.workbench.desk import Desk
        from alloc.workbench.server import program

        desk = Desk(folder, number)
        opened.append(desk)
        if place is not None:
            first = desk.add(place) if first else desk.make("path", str(workspace), "")
            if early is None:
                desk.live(first)
        return program(desk, lang)

    front = Front(build, first, early)
    if early is None:
        front.load()
    address = f"http://127.0.0.1:{number}/?token={token}" + (f"#w={first}" if first else "")

    def ready() -> None:
        if form == "json":
            click.echo(json.dumps({"address": address}, indent=2))  # before the engine is loaded
        else:
            say(lang, f"工作台：{address}\n按 Ctrl-C 结束。", f"The workbench: {address}\nCtrl-C ends it.")
        sys.stdout.flush()
        if not no_browser:
            click.launch(address)

    def leave() -> None:
        front.leave()
        for desk in opened:
            desk.leave()

    with suppress(KeyboardInterrupt):  # which is how it ends
        server(Guard(front, token, number), ready, leave).run(sockets=taken)
    for desk in opened:
        desk.close()
    if form != "json":
        say(lang, "工作台已结束。", "The workbench has ended.")
