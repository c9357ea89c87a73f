"""``alloc convert``: a folder into a workbook, and back."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from alloc.commands import options

WRONG = 1


@click.command()
@click.argument("origin", metavar="A")
@click.argument("target", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--tables", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True, help="Tables of a folder."
)
@options.lang
@options.form
def convert(origin: str, target: Path, tables: str, lang: str, form: str) -> None:
    """Write the instance A again as B: one workbook where B ends in .xlsx, otherwise a folder of tables.

    Nothing is lost, and B says what A says, right or wrong. What stands at B already is renamed beside.
    --lang is also the language of the titles in a workbook.
    """
    from alloc.instance.findings import InputError, Text, errors, to_records
    from alloc.workbook.convert import ConvertError
    from alloc.workbook.convert import convert as converted

    def say(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    def fail(text: Text) -> None:
        words = say(text.zh, text.en)
        click.echo(json.dumps({"error": words}, ensure_ascii=False, indent=2) if form == "json" else words,
                   err=form != "json")  # fmt: skip
        sys.exit(WRONG)

    try:
        done = converted(origin, target, lang, "parquet" if tables == "parquet" else "csv")
    except InputError as error:
        if form == "json":
            click.echo(json.dumps({"findings": to_records(error.findings)}, ensure_ascii=False, indent=2))
        else:
            for finding in error.findings:
                click.echo(finding.line("zh" if lang == "zh" else "en"), err=True)
            click.echo(say("没有写入任何内容。", "Nothing was written."), err=True)
        sys.exit(WRONG)
    except ConvertError as error:
        fail(error.text)
        return
    wrong = len(errors(done.findings))
    if form == "json":
        older = None if done.older is None else str(done.older)
        click.echo(json.dumps({"written": str(target), "older": older, "errors": wrong}, ensure_ascii=False, indent=2))
        return
    if done.older is not None:
        click.echo(say(f"原有的 {target} 改名为 {done.older}", f"What was at {target} is now {done.older}"))
    click.echo(say(f"已写入 {target}", f"Written to {target}"))
    if wrong:
        click.echo(
            say(f"其中有 {wrong} 处错误，见 alloc check {target}", f"It has {wrong} errors: see alloc check {target}")
        )
