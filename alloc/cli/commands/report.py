"""``alloc report``: a result as documents that are handed on, HTML, Excel, Word and PDF, in Chinese or English."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.options import DOCUMENTS, Folder, WrongUsage, meant
from alloc.cli.output import DONE, STOPPED, print_json, say, written_record

NAMED = 8  # files that are all named; of more than these the first three


def formats(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """The formats of a list parted by commas."""
    found = tuple(dict.fromkeys(each.strip().lower() for each in value.split(",") if each.strip()))
    unknown = [each for each in found if each not in DOCUMENTS]
    if unknown or not found:
        named, known = ", ".join(unknown), ", ".join(DOCUMENTS)
        zh, en = meant(unknown[0], DOCUMENTS) if unknown else ("", "")
        raise WrongUsage(
            f"--to 没有格式“{named}”。{zh}可用：{known}。",
            f"--to: there is no format {named}. {en}Choose from {known}." if named else f"--to: choose from {known}.",
        )
    return found


@click.command(cls=options.Verb)
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--against", multiple=True, type=click.Path(path_type=Path),
              help="Another result to compare with: it is A, RESULT is B; given again: C, D, …")  # fmt: skip
@click.option("--to", "wanted", default="html", show_default=True, callback=formats,
              help="Formats, parted by commas: html, xlsx, docx, pdf.")  # fmt: skip
@click.option(
    "--city", "cities", multiple=True, metavar="CODE", help="A page for this city (repeatable); all: every city."
)
@click.option("--boundaries", type=click.Path(path_type=Path), help="GeoJSON of an approved map, with its map number.")
@click.option("--prices/--no-prices", default=True, help="What one more unit of every pool and limit is worth.")
@click.option("--formula/--no-formula", default=True, help="What the formula alone would give, beside the plan.")
@click.option("--stopped/--no-stopped", help="How many more would settle were each cause that stops them relaxed.")
@click.option("--out", type=Folder("格式用 --to 写：--to {ending}。", "The format is said by --to: --to {ending}."),
              default=Path("reports"), show_default=True, help="Folder.")  # fmt: skip
@options.printed
def report(
    result: Path, against: tuple[Path, ...], wanted: tuple[str, ...], cities: tuple[str, ...], boundaries: Path | None,
    prices: bool, formula: bool, stopped: bool, out: Path, lang: str, form: str,
) -> None:  # fmt: skip
    """Write RESULT, the folder of a solve, as a report; with --city instead one page for each city.

    What stands at a file's place already is renamed beside.
    """
    from alloc import api

    def going(codes: Sequence[str]) -> Iterator[str]:
        """A bar on a terminal, nothing elsewhere."""
        quiet = form == "json" or not sys.stderr.isatty()
        with click.progressbar(codes, file=sys.stderr, hidden=quiet) as bar:
            yield from bar

    written = api.write_report(
        result, out, wanted, lang, list(against), cities=cities, boundaries=boundaries, prices=prices,  # type: ignore[arg-type]
        formula=formula, stopped=stopped, each_city=going,
    )  # fmt: skip
    elsewhere = [each for each in written if each.why is not None]
    if form == "json":
        print_json({"written": [written_record(each) for each in written]})
        sys.exit(DONE if not elsewhere else STOPPED)
    for each in written if len(written) <= NAMED else written[:3]:
        if each.older:
            say(lang, f"原有文件改名为 {each.older}", f"What was there is now {each.older}")
        say(lang, f"已写入 {each.path}", f"Written to {each.path}")
    if len(written) > NAMED:
        say(lang, f"……共 {len(written)} 个文件", f"… {len(written)} files in all")
    for why in dict.fromkeys(each.why for each in elsewhere if each.why is not None):
        click.echo(getattr(why, lang), err=True)
    sys.exit(DONE if not elsewhere else STOPPED)
