"""``alloc certify``: what proves every tier's bound, as files that anybody can check with Python alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import NOT_VERIFIED, STOPPED, Display, print_json, say


@click.command(cls=options.Verb)
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--out", type=options.Folder(), help="Folder of the certificate; default: RESULT-certificate.")
@options.time_limit
@options.quiet
@options.printed
def certify(result: Path, out: Path | None, time_limit: float | None, quiet: bool, lang: str, form: str) -> None:
    """Write a certificate of RESULT: its matrix and, for every tier, multipliers that prove its bound.

    Check it with ``python alloc/certificate.py DIR``, which needs Python and nothing else. Exit code 3: time left tiers
    without a proof; 4: a bound that the result reports is not proven, or the result is not what its matrix says.
    """
    from alloc import api

    with Display(lang, quiet) as display:
        certified = api.certify(result, out, time_limit=time_limit, on_progress=display.report)
    if form == "json":
        print_json({**api.record(certified), "holds": certified.holds})
    else:
        click.echo(api.show(certified, lang))
        if certified.older is not None:
            say(lang, f"原有证书改名为 {certified.older}", f"The certificate that was there is now {certified.older}")
        check = f"python alloc/certificate.py {certified.folder}"
        say(lang, f"证书写在 {certified.folder}；独立核对：{check}",
            f"The certificate lies in {certified.folder}; to check it: {check}")  # fmt: skip
    if not certified.holds:
        sys.exit(NOT_VERIFIED)
    if not certified.complete:
        sys.exit(STOPPED)
