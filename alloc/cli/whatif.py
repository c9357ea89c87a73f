"""``alloc whatif``: one number over a range, as a table, tidy files and a chart."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alloc.cli import options

if TYPE_CHECKING:
    from alloc.instance import Instance
    from alloc.parametric import Variation


HOLLOW = "°"  # behind the numbers of points that the chart draws hollow


@click.command()
@click.argument("instance")
@click.option("--vary", "target", required=True, help="What varies, e.g. policy.debt.ceiling or pools.total.")
@click.option("--where", default="", help="Which rows of a table, e.g. \"pool == 'land'\".")
@click.option("--from", "first", type=float, required=True, help="First value.")
@click.option("--to", "last", type=float, required=True, help="Last value.")
@click.option("--steps", "count", type=click.IntRange(min=2), default=11, show_default=True, help="How many values.")
@click.option("--city", "cities", multiple=True, help="A city whose allocations are wanted too (repeatable).")
@click.option("--integers/--relaxation", default=False, help="Whole facilities or not; default: the relaxation.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tiers.csv, cities.csv and chart.svg.")
@options.lang
@options.form
def whatif(
    instance: str,
    target: str,
    where: str,
    first: float,
    last: float,
    count: int,
    cities: tuple[str, ...],
    integers: bool,
    out: Path | None,
    lang: str,
    form: str,
) -> None:
    """Vary one number of INSTANCE and see what every tier, and chosen cities, get.

    A fairness-settlement frontier: --vary objective.fairness.tolerance --from 0 --to 0.02.
    """
    from alloc.instance import InputError, read
    from alloc.instance.findings import to_records
    from alloc.instance.instance import make_instance
    from alloc.parametric import vary
    from alloc.parametric.vary import steps

    try:
        found = read(instance)
        unknown = sorted(set(cities) - set(found.tables["cities"]["city"]))
        if unknown:
            from alloc.instance.suggest import Known

            remedy = Known(found.tables["cities"]["city"].tolist()).remedy(unknown[0])
            click.echo(f"{unknown[0]}: {getattr(remedy, lang)}", err=True)
            sys.exit(1)
        changed = found.settings.model_copy(update={"integers": integers})
        found = make_instance(changed, found.tables, found.warnings)
        variation = vary(
            found, target, steps(first, last, count), cities, where,
            lambda step, result: click.echo(f"{step + 1}/{count}", err=True),
        )  # fmt: skip
    except InputError as error:
        if form == "json":
            click.echo(json.dumps({"findings": to_records(error.findings)}, ensure_ascii=False, indent=2))
        else:
            for finding in error.findings:
                click.echo(finding.line("zh" if lang == "zh" else "en"), err=True)
        sys.exit(1)
    if out is not None:
        _write(variation, found, out, lang)
    if form == "json":
        tiers, allocations = (
            json.loads(table.to_json(orient="records", force_ascii=False))
            for table in (variation.tiers, variation.cities)
        )
        content = {"target": target, "tiers": tiers, "cities": allocations}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(_text(variation, found, lang))
    if out is not None:
        click.echo(str(out))


def _text(variation: Variation, instance: Instance, lang: str) -> str:
    from alloc.formulation.registry import catalogue
    from alloc.parametric.panels import curve, subtitles
    from alloc.result.figures import number
    from alloc.result.sections import Section, render

    tiers = catalogue(instance.formulation).tiers
    titles = {name: getattr(each.title, lang) for name, each in tiers.items()}
    order = [name for name in variation.tiers["tier"].unique() if name]
    drawn: dict[str, dict[Any, Any]] = {tier: curve(variation, tier).to_dict("index") for tier in order}

    def cell(tier: str, step: Any) -> str:
        there: dict[Any, Any] = drawn[tier].get(step, {"y": float("nan"), "incomplete": False})
        return number(there["y"], _decimals(tiers[tier])) + (HOLLOW if there["incomplete"] else "")

    firsts: dict[Any, dict[Any, Any]] = variation.tiers.drop_duplicates("step").set_index("step").to_dict("index")
    rows = [
        (f"{first['value']:g}", *(cell(tier, step) for tier in order), str(first["status"]))
        for step, first in firsts.items()
    ]
    heads = (variation.target, *(titles[name] for name in order), "状态" if lang == "zh" else "status")
    table = render([Section("", heads, tuple(rows), "r" * (len(order) + 1) + "l")])
    return "\n".join([table, *subtitles(variation, lang)[1:]])


def _decimals(tier: Any) -> int:
    return 0 if tier.unit in ("persons", "10⁴ yuan") else 5


def _write(variation: Variation, instance: Instance, out: Path, lang: str) -> None:
    from alloc.result.store import set_aside

    set_aside(out)
    out.mkdir(parents=True)
    for name, table in (("tiers", variation.tiers), ("cities", variation.cities)):
        (out / f"{name}.csv").write_text(table.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="\n")
    (out / "chart.svg").write_text(_chart(variation, instance, lang), encoding="utf-8", newline="\n")


def _chart(variation: Variation, instance: Instance, lang: str) -> str:
    from alloc.parametric.chart import svg
    from alloc.parametric.panels import panels, subtitles

    title = getattr(instance.settings.title, lang)
    source = f"{'来源' if lang == 'zh' else 'Source'}: alloc, {instance.name} {instance.hash[:12]}"
    return svg(title, subtitles(variation, lang), source, panels(variation, instance, lang))
