"""``alloc forms``: forms for the departments that supply figures, and what they have filled in merged back."""

from __future__ import annotations

from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.options import WrongUsage
from alloc.cli.output import print_findings, print_json, say, say_written, written_record


@click.command(cls=options.Verb)
@click.argument("instance")
@click.argument("target", metavar="[OUT]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--merge",
    "filled",
    metavar="FORM",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A form that was filled in, or a folder of them (repeatable).",
)
@options.printed
def forms(instance: str, target: Path | None, filled: tuple[Path, ...], lang: str, form: str) -> None:
    """Write a form for every department that supplies figures of INSTANCE into the folder OUT; or merge them back.

    With --merge every difference is listed; OUT, a folder or a workbook, is then INSTANCE with what was filled in,
    which is estimated no longer. Without OUT nothing is written. INSTANCE stays as it is.
    """
    from alloc import api

    if not filled:
        if target is None:
            raise WrongUsage("缺少填报表的文件夹 OUT。", "the folder for the forms, OUT, is missing")
        options.folder(target)
        written, without = api.write_forms(instance, target, language=lang)  # type: ignore[arg-type]
        if form == "json":
            print_json({**written_record(written), "without_form": list(without)})
            return
        say_written(written, lang, "填报表", "folder of forms")
        if without:
            names = ", ".join(without)
            say(lang, f"没有对应部门、不在任何填报表中的服务：{names}", f"Services on nobody's form: {names}")
        return
    merged = api.merge_forms(instance, list(filled), out=target, language=lang)  # type: ignore[arg-type]
    if form == "json":
        told = {} if merged.written is None else written_record(merged.written)
        print_json({**api.record(merged), **told})
        return
    print_findings(merged.findings, lang, everything=True)
    click.echo(api.show(merged, lang))
    if merged.written is not None:
        say_written(merged.written, lang, "合并后的算例", "instance with the forms")
