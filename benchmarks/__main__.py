"""``python -m benchmarks NAME``: see README.md beside this file."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click

from alloc.instance.frames import keep_texts_as_strings
from benchmarks.agreement import Disagreement
from benchmarks.handover import measure
from benchmarks.routes import ROUTES
from benchmarks.workbook import workbook


@click.group()
def main() -> None:
    """Measurements of the engine."""
    keep_texts_as_strings()  # as commands do


def _numbers(text: str, option: str) -> list[int]:
    try:
        return [int(each) for each in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(text, param_hint=option) from error


def _names(text: str) -> list[str]:
    names = [each for each in text.split(",") if each]
    if unknown := sorted(set(names) - set(ROUTES)):
        raise click.BadParameter(", ".join(unknown), param_hint="--routes")
    return names


@main.command()
@click.option("--sizes", default="340,2850", show_default=True, help="Numbers of cities, with commas.")
@click.option(
    "--repeat", default=7, type=click.IntRange(min=1), show_default=True, help="Runs of each route at each size."
)
@click.option("--routes", default=",".join(ROUTES), help="Routes, with commas; all of them if not given.")
@click.option("--slow-limit", default=600.0, show_default=True, help="Skip what would take longer, in seconds.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Also write the figures to this file.")
def handover(sizes: str, repeat: int, routes: str, slow_limit: float, file: Path | None) -> None:
    """Build, compile and hand over the annual model to HiGHS, without solving it, by every route in turn."""
    cities = _numbers(sizes, "--sizes")
    try:
        found = measure(cities, repeat, slow_limit, _names(routes), lambda message: click.echo(message, err=True))
    except Disagreement as error:
        raise click.ClickException(f"the routes do not give the same model: {error}") from error
    if file is not None:
        file.write_text(json.dumps(found.document(), indent=2) + "\n", encoding="utf-8")
    click.echo(found.table())


main.add_command(workbook)


@main.command()
@click.option("--sizes", default="337,1000,2947", show_default=True, help="Numbers of cities, with commas.")
@click.option("--whole/--relaxation", default=False, help="Whole facilities or not.")
@click.option("--routes", default=",".join(ROUTES), help="Routes that hand the model over, with commas; '' for none.")
@click.option("--route-limit", default=300.0, show_default=True, help="Seconds that a route has at a size.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Also write the figures to this file.")
@click.option("--chart", type=click.Path(path_type=Path), help="Also draw them, as SVG files in this folder.")
def scale(sizes: str, whole: bool, routes: str, route_limit: float, file: Path | None, chart: Path | None) -> None:
    """Every stage of a solve at several sizes, and the same model handed over by others: seconds, memory, growth."""
    from benchmarks import scale as measuring
    from benchmarks.scale_chart import write_charts

    cities, names = _numbers(sizes, "--sizes"), _names(routes)
    try:
        found = measuring.measure(cities, whole, names, route_limit, lambda message: click.echo(message, err=True))
    except Disagreement as error:
        raise click.ClickException(f"the routes do not give the same model: {error}") from error
    if file is not None:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if chart is not None:
        write_charts(found, chart)
    click.echo(measuring.table(found))


@main.command()
@click.option("--sizes", default="337,2850", show_default=True, help="Numbers of cities, with commas.")
@click.option("--repeat", default=3, type=click.IntRange(min=1), show_default=True, help="Turns of each edit.")
@click.option("--pyomo-up-to", default=400, show_default=True, help="Try Pyomo's persistent interface up to this size.")
@click.option("--kinds", help="Kinds of edit, with commas; all of them if not given.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Also write the figures to this file.")
def edits(sizes: str, repeat: int, pyomo_up_to: int, kinds: str | None, file: Path | None) -> None:
    """Each kind of edit in a live session against a cold solve of the edited instance (relaxation, all tiers)."""
    from benchmarks import edits as measuring

    cities = _numbers(sizes, "--sizes")
    chosen = list(measuring.EDITS) if kinds is None else kinds.split(",")
    if unknown := sorted(set(chosen) - set(measuring.EDITS)):
        raise click.BadParameter(", ".join(unknown), param_hint="--kinds")
    found = measuring.measure(cities, repeat, pyomo_up_to, chosen, lambda message: click.echo(message, err=True))
    if file is not None:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    click.echo(measuring.table(found))


@main.command()
@click.option("--sizes", default="2947", show_default=True, help="Numbers of cities, with commas.")
@click.option("--ways", help="Ways, with commas; all of them if not given.")
@click.option("--limit", default=600.0, show_default=True, help="Seconds that a solver has.")
@click.option("--calc-up-to", default=40, show_default=True, help="Leave Calc out beyond so many cities.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Also write the figures to this file.")
def planner(sizes: str, ways: str | None, limit: float, calc_up_to: int, file: Path | None) -> None:
    """What a planner would use instead, with whole facilities: Pyomo, CBC, a spreadsheet's solver."""
    from benchmarks import planner as measuring

    chosen = list(measuring.WAYS) if ways is None else ways.split(",")
    if unknown := sorted(set(chosen) - set(measuring.WAYS)):
        raise click.BadParameter(", ".join(unknown), param_hint="--ways")
    cities = _numbers(sizes, "--sizes")
    found = measuring.measure(cities, chosen, limit, calc_up_to, lambda message: click.echo(message, err=True))
    if file is not None:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    click.echo(measuring.table(found))


@main.command()
@click.option("--sizes", default="337", show_default=True, help="Numbers of cities, with commas.")
@click.option("--repeat", default=3, type=click.IntRange(min=1), show_default=True, help="Turns of each.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Also write the figures to this file.")
def whole(sizes: str, repeat: int, file: Path | None) -> None:
    """Whole facilities, cold and after edits, against a cold solve of the relaxation."""
    from benchmarks import whole as measuring

    found = measuring.measure(_numbers(sizes, "--sizes"), repeat, lambda message: click.echo(message, err=True))
    if file is not None:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    click.echo(measuring.table(found))


@main.command()
@click.option(
    "--modules", default="", help="Files, folders or patterns, with commas; all that have tests if not given."
)
@click.option("--count", default=300, type=click.IntRange(min=0), show_default=True, help="Mutants of all of them.")
@click.option("--seed", default=1, show_default=True, help="Of the choice.")
@click.option(
    "--out",
    default="benchmarks/mutation.csv",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Table of results; what stands there is not run again.",
)
@click.option("--again", is_flag=True, help="Instead run again what survived in the table.")
@click.option("--first", default=20, type=click.IntRange(min=1), show_default=True, help="Test modules of a module.")
@click.option("--long", is_flag=True, help="Also by the tests marked long.")
def mutation(modules: str, count: int, seed: int, out: Path, again: bool, first: int, long: bool) -> None:
    """Small faults in a copy of the code, each against the tests of its module: which would go unnoticed."""
    from benchmarks import mutation as measuring

    wanted = [each for each in modules.split(",") if each]
    todo = measuring.survivors(wanted, out) if again else measuring.chosen(wanted, count, seed)
    tell = partial(click.echo, err=True)
    whole = "" if wanted or again else str(seed)
    found = measuring.measure(todo, out, tell, seed=whole, again=again, first=first, long=long)
    click.echo(f"{measuring.shares(found)}\n\n{measuring.unnoticed(found)}")


@main.command()
@click.option("--instances", default="china-2020", show_default=True, help="Names or paths, with commas.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where their workspaces lie, and stay.")
@click.option("--repeat", default=3, type=click.IntRange(min=1), show_default=True, help="Edits, and starts, of each.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Also write the figures to this file.")
def workbench(instances: str, folder: Path | None, repeat: int, file: Path | None) -> None:
    """The local page: the server's own work of an edit, its event, first rows, edit to pixels, scrolling."""
    from benchmarks import workbench as measuring

    names = [each for each in instances.split(",") if each]
    found = measuring.measure(names, folder, repeat, partial(click.echo, err=True))
    if file is not None:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    click.echo(measuring.table(found))


if __name__ == "__main__":
    main()
