"""``alloc convert``: a folder into a workbook, and back."""

from __future__ import annotations

from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import SHOWN, print_json, say


@click.command(cls=options.Verb)
@click.argument("origin", metavar="A")
@click.argument("target", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--tables", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="Tables of a folder."
)
@options.printed
def convert(origin: str, target: Path, tables: str, lang: str, form: str) -> None:
    """Write the instance A again as B: one workbook where B ends in .xlsx, otherwise a folder of tables.

    B says what A says, right or wrong, scenarios included: files of a folder, a sheet of a workbook. From folder to
    folder pages to read go along too. An instance that was written to B before is renamed beside.
    --lang is also the language of the titles in a workbook.
    """
    from alloc import api

    done = api.convert(origin, target, language=lang, tables=tables)  # type: ignore[arg-type]
    wrong = sum(each.severity == "error" for each in done.findings)
    if form == "json":
        older = None if done.older is None else str(done.older)
        print_json({"written": str(target), "older": older, "errors": wrong, "left": list(done.left)})
        return
    if done.older is not None:
        say(lang, f"原有的 {target} 改名为 {done.older}", f"What was at {target} is now {done.older}")
    say(lang, f"已写入 {target}", f"Written to {target}")
    if done.left:
        names = ", ".join(done.left[:SHOWN]) + (f" … ({len(done.left)})" if len(done.left) > SHOWN else "")
        say(lang, f"没有带去的内容：{names}", f"Not taken along: {names}")
    if wrong:
        say(
            lang,
            f"其中有 {wrong} 处错误，见 alloc check {target}",
            f"It has {wrong} error{'s' * (wrong != 1)}: see alloc check {target}",
        )
