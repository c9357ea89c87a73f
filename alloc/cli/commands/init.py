"""``alloc init`` and ``alloc merge``: an instance, empty or cut out of a national one, and provinces put together."""

from __future__ import annotations

from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.options import WrongUsage
from alloc.cli.output import print_json, say, say_written

NATION = "china-2020"


@click.command(cls=options.Verb)
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--services", metavar="A,B", help="Services of the empty instance; default: all of china-2020.")
@click.option("--pools", metavar="A,B", help="Pools of the empty instance; default: all of china-2020.")
@click.option("--year", type=click.IntRange(1949, 2200), help="Planning year of the empty instance.")
@click.option("--from", "origin", metavar="INSTANCE", help=f"Cut a province out of this instance; default: {NATION}.")
@click.option("--province", metavar="CODE", help="Province to cut out: 440000, 广东 or Guangdong.")
@click.option("--result", type=click.Path(path_type=Path), help="Scale pools by a result of INSTANCE, not by formula.")
@click.option(
    "--controls",
    type=click.Path(path_type=Path),
    help="A result of INSTANCE: the province shares out what that gives it, to be put together by alloc merge.",
)
@options.printed
def init(
    target: Path,
    services: str | None,
    pools: str | None,
    year: int | None,
    origin: str | None,
    province: str | None,
    result: Path | None,
    controls: Path | None,
    lang: str,
    form: str,
) -> None:
    """Make a new instance in OUT: an empty one to fill in, or one province of a national one.

    OUT is a folder of CSV files with a guide, or one workbook where it ends in .xlsx. An instance that is there is
    renamed beside.
    """
    if province is None and (origin is not None or result is not None or controls is not None):
        raise WrongUsage(
            "--from、--result 和 --controls 须与 --province 一起用。",
            "--from, --result and --controls go with --province",
        )  # fmt: skip
    if result is not None and controls is not None:
        raise WrongUsage("--result 与 --controls 只能用一个。", "Give --result or --controls, not both.")
    if province is not None and (services or pools or year):
        raise WrongUsage(
            "--services、--pools 和 --year 用于空算例，不与 --province 同用。",
            "--services, --pools and --year are for an empty instance, --province is not",
        )  # fmt: skip
    from alloc import api

    notes = api.init(
        target, services=_names(services), pools=_names(pools), year=year, origin=origin, province=province,
        result=result, controls=controls, language=lang,  # type: ignore[arg-type]
    )  # fmt: skip
    if form == "json":
        print_json({"written": str(target), "notes": [note._asdict() for note in notes]})
        return
    for note in notes:
        click.echo(f"- {getattr(note, lang)}")
    say(lang, f"已写入 {target}。下一步：alloc check {target}", f"Written to {target}. Next: alloc check {target}")


def _names(listed: str | None) -> list[str] | None:
    """The names in ``a,b``, Chinese commas included."""
    if listed is None:
        return None
    return [name.strip() for name in listed.replace("，", ",").replace("、", ",").split(",") if name.strip()]


@click.command(cls=options.Verb)
@click.argument("nation", type=click.Path(path_type=Path))
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=options.Folder(), help="Folder of the plan; default: NATION-merged.")
@options.printed
def merge(nation: Path, results: tuple[Path, ...], out: Path | None, lang: str, form: str) -> None:
    """Put RESULTS of provinces together to a plan of the nation, beside NATION, the result of the national solve.

    Every city has to be in one of the results, with the same data. The plan is verified by the nation's rules, but for
    corridors around the formula, which every province has of its own; nothing is solved. What is printed says what
    every tier loses by deciding below. Make the provinces with: alloc init --from INSTANCE --province P --controls
    NATION.
    """
    from alloc import api

    place = out or nation.with_name(f"{nation.name}-merged")
    merged = api.merge(nation, list(results), place)
    if form == "json":
        print_json(api.record(merged))
        return
    click.echo(api.show(merged, lang))
    if merged.written is not None:
        say_written(merged.written, lang, "合并方案", "plan")
