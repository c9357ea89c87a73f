"""``alloc show``: a result again, one city of it, or what an instance holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import WRONG, fail, print_json, print_result, wrong


@click.command()
@click.argument("result", metavar="RESULT|INSTANCE", type=click.Path(path_type=Path))
@click.option("--city", help="Six-digit code of a city: everything about it.")
@options.lang
@options.form
def show(result: Path, city: str | None, lang: str, form: str) -> None:
    """Show RESULT, the folder of a solve, again; or one city of it; or what an INSTANCE holds and where it is from."""
    from alloc.result.store import MANIFEST, StoreError, load_result

    if city is None and not (result / MANIFEST).exists():
        from alloc.cli.instance_text import instance_record, instance_text
        from alloc.instance import InputError, locate, read

        try:
            locate(str(result))
        except InputError:
            pass  # neither: what is said below of a result that is not there
        else:
            try:
                found = read(str(result))
                if form == "json":
                    print_json(instance_record(found))
                else:
                    click.echo(instance_text(found, lang))
            except InputError as error:
                wrong(error.findings, lang, form)
            return
    try:
        loaded = load_result(result)
    except StoreError as error:
        fail(str(error), WRONG, form)
    if city is not None and city not in set(loaded.instance.tables["cities"]["city"]):
        from alloc.instance.suggest import Known

        remedy = Known(loaded.instance.tables["cities"]["city"].tolist()).remedy(city)
        fail(f"{city}: {getattr(remedy, lang)}", WRONG, form)
    if form == "json":
        tables = {
            name: json.loads((table if city is None or "city" not in table else table[table["city"] == city])
                             .to_json(orient="records", force_ascii=False))
            for name, table in loaded.tables.items()
        }  # fmt: skip
        print_json({"manifest": loaded.manifest, "tables": tables})
        return
    print_result(loaded, lang, city)
