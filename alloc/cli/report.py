"""``alloc report``: a result as documents that are handed on, HTML, Excel, Word and PDF, in Chinese or English."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alloc.cli import options
from alloc.cli.output import NOT_VERIFIED, WRONG, fail, print_json

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer
    from alloc.report.writing import Written
    from alloc.result.result import Result

FORMATS = ("html", "xlsx", "docx", "pdf")


def formats(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """The formats of a list parted by commas."""
    found = tuple(dict.fromkeys(each.strip().lower() for each in value.split(",") if each.strip()))
    unknown = [each for each in found if each not in FORMATS]
    if unknown or not found:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing'}: choose from {', '.join(FORMATS)}")
    return found


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option(
    "--against", type=click.Path(path_type=Path), help="Another result to compare with: it is A, RESULT is B."
)
@click.option("--to", "wanted", default="html", show_default=True, callback=formats,
              help="Formats, parted by commas: html, xlsx, docx, pdf.")  # fmt: skip
@click.option(
    "--city", "cities", multiple=True, metavar="CODE", help="A page for this city (repeatable); all: every city."
)
@click.option("--boundaries", type=click.Path(path_type=Path), help="GeoJSON of an approved map, with its map number.")
@click.option("--prices/--no-prices", default=True, help="What one more unit of every pool and limit is worth.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True, help="Folder.")
@options.lang
@options.form
def report(
    result: Path, against: Path | None, wanted: tuple[str, ...], cities: tuple[str, ...], boundaries: Path | None,
    prices: bool, out: Path, lang: str, form: str,
) -> None:  # fmt: skip
    """Write RESULT, the folder of a solve, as a report; with --city instead one page for each city.

    What stands at a file's place already is renamed beside.
    """
    from alloc.report.city_page import Pages
    from alloc.report.document import report as whole
    from alloc.report.maps import BoundaryError, read_boundaries
    from alloc.report.writing import ReportError, writers

    try:
        write = writers(wanted)
        base = read_boundaries(boundaries) if boundaries is not None else None
    except (ReportError, BoundaryError) as error:
        fail(error.message.zh if lang == "zh" else error.message.en, WRONG, form)
    found = _loaded(result, lang, form)
    comparison = _compared(found, against, result, lang, form)
    written: list[Written] = []
    try:
        if cities:
            codes = _codes(found, cities, lang, form)
            pages = Pages(found, lang)
            folder = out / f"{found.instance.name}-cities-{lang}"
            with _progress(codes, form) as going:
                for code in going:
                    written += write(pages.page(code), folder, f"{code}-{pages.name(code)}")
        else:
            document = whole(found, lang, comparison, base, (), _prices(found) if prices else None)
            written += write(document, out, f"{found.instance.name}-{lang}")
    except ReportError as error:
        fail(error.message.zh if lang == "zh" else error.message.en, WRONG, form)
    if form == "json":
        print_json({"written": [asdict(each) for each in written]})
        return
    for each in written if len(written) <= 8 else written[:3]:
        if each.older:
            said = f"原有文件改名为 {each.older}" if lang == "zh" else f"What was there is now {each.older}"
            click.echo(said)
        click.echo(f"已写入 {each.path}" if lang == "zh" else f"Written to {each.path}")
    if len(written) > 8:
        click.echo(f"……共 {len(written)} 个文件" if lang == "zh" else f"… {len(written)} files in all")


def _loaded(folder: Path, lang: str, form: str) -> Result:
    """A verified result, or the end with the reason."""
    from alloc.result.result import verified_again
    from alloc.result.store import StoreError, load_result

    try:
        found = load_result(folder)
    except StoreError as error:
        fail(str(error), WRONG, form)
    passed = found.verified
    if passed:
        again = verified_again(found).verification
        passed = again is not None and again.passed
    if not passed:
        said = f"{folder}：核验未通过，不作报告。请重新求解，或运行 alloc verify 查看。"
        other = f"{folder}: failed its verification, so no report is made; solve again, or see alloc verify."
        fail(said if lang == "zh" else other, NOT_VERIFIED, form)
    return found


def _compared(found: Result, against: Path | None, folder: Path, lang: str, form: str) -> Comparison | None:
    if against is None:
        return None
    from alloc.comparison import ComparisonError, compare

    try:
        return compare([_loaded(against, lang, form), found], [against.name, folder.name])
    except ComparisonError as error:
        fail(error.message.zh if lang == "zh" else error.message.en, WRONG, form)


def _codes(found: Result, cities: Sequence[str], lang: str, form: str) -> list[str]:
    """The codes that are asked for, or the end with the nearest that are there."""
    from alloc.instance.suggest import Known

    codes: list[str] = found.instance.tables["cities"]["city"].tolist()
    if "all" in cities:
        return codes
    for code in cities:
        if code not in codes:
            remedy = Known(codes).remedy(code)
            fail(f"{code}：{remedy.zh}" if lang == "zh" else f"{code}: {remedy.en}", WRONG, form)
    return list(dict.fromkeys(cities))


def _prices(found: Result) -> Answer:
    from alloc.explanation.sensitivity.prices import quick_prices

    return quick_prices(found)


def _progress(codes: list[str], form: str) -> AbstractContextManager[Iterable[str]]:
    """A bar on a terminal, nothing elsewhere."""
    quiet = form == "json" or not sys.stderr.isatty()
    return click.progressbar(codes, file=sys.stderr, hidden=quiet)
