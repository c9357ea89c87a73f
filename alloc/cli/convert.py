"""``alloc convert``: a folder into a workbook, and back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import WRONG, fail, print_json


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
    from alloc.instance.findings import InputError, errors, to_records
    from alloc.workbook.convert import ConvertError
    from alloc.workbook.convert import convert as converted

    def say(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    try:
        done = converted(origin, target, lang, "parquet" if tables == "parquet" else "csv")
    except InputError as error:
        if form == "json":
            print_json({"findings": to_records(error.findings)})
        else:
            for finding in error.findings:
                click.echo(finding.line("zh" if lang == "zh" else "en"), err=True)
            click.echo(say("没有写入任何内容。", "Nothing was written."), err=True)
        sys.exit(WRONG)
    except ConvertError as error:
        fail(getattr(error.text, lang), WRONG, form)
    wrong = len(errors(done.findings))
    if form == "json":
        older = None if done.older is None else str(done.older)
        print_json({"written": str(target), "older": older, "errors": wrong})
        return
    if done.older is not None:
        click.echo(say(f"原有的 {target} 改名为 {done.older}", f"What was at {target} is now {done.older}"))
    click.echo(say(f"已写入 {target}", f"Written to {target}"))
    if wrong:
        click.echo(
            say(f"其中有 {wrong} 处错误，见 alloc check {target}", f"It has {wrong} errors: see alloc check {target}")
        )
