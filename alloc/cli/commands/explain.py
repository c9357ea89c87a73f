"""``alloc explain``: why nothing satisfies the rules; and of a result what things are worth, and why a number."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import CLASH, DONE, STOPPED, Display, say_answer


@click.command(cls=options.Verb)
@click.argument("subject", metavar="INSTANCE|RESULT")
@options.edited
@options.relaxation
@options.time_limit
@options.formulation
@click.option("--prices", is_flag=True, help="RESULT: what one more unit of everything is worth.")
@click.option("--tier", help="With --prices: of which tier; default: every tier.")
@click.option("--quick", is_flag=True, help="With --prices: by the duals alone, in about a second.")
@click.option("--rules", is_flag=True, help="RESULT: what every rule costs.")
@click.option("--rule", "only", multiple=True, help="RESULT: what this rule alone costs, by its name (repeatable).")
@click.option("--formula", is_flag=True, help="RESULT: what the formula alone would give, beside the plan.")
@click.option("--city", help="RESULT: code or name of a city: what one more resident, settler … brings it.")
@click.option("--pool", help="RESULT, with --city: why the city gets what it gets of this pool (code or title).")
@click.option("--at-least", type=float, help="With --city and --pool: what it would take to give the city so much.")
@click.option("--against", type=click.Path(path_type=Path), help="With --city and --pool: against another RESULT.")
@click.option("--like", help="With --city and --pool: against another city.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The answer as a file too: .json, .html, .xlsx, .docx or .pdf."
)
@options.quiet
@options.printed
def explain(
    subject: str,
    scenario: tuple[str, ...],
    edits: tuple[str, ...],
    relaxation: bool | None,
    time_limit: float | None,
    formulation: str | None,
    prices: bool,
    tier: str | None,
    quick: bool,
    rules: bool,
    only: tuple[str, ...],
    formula: bool,
    city: str | None,
    pool: str | None,
    at_least: float | None,
    against: Path | None,
    like: str | None,
    out: Path | None,
    quiet: bool,
    lang: str,
    form: str,
) -> None:
    """Say which rules clash in an INSTANCE and what repairs it, or why a RESULT is as it is.

    An INSTANCE that no allocation satisfies: which rules clash, and the cheapest repairs with the edits that carry
    them out. A RESULT: prices, the cost of rules, what the formula alone would give,
    what one more unit brings a city, why a city gets what it gets, and what it would take to give it more.

    Ctrl-C stops the search and keeps what has been found, labelled as such.
    """
    from alloc import api

    if out is not None:
        api.ready_to_write(out, "answer", [subject, against])
    with Display(lang, quiet) as display:
        answer = api.explain(
            subject, scenario=scenario, edits=edits, relaxation=relaxation, time_limit=time_limit,
            formulation=formulation, prices=prices, tier=tier, quick=quick, rules=only or rules, city=city, pool=pool,
            at_least=at_least, against=against, like=like, formula=formula, on_progress=display.report,
        )  # fmt: skip
    if not say_answer(answer, lang, form, out, "回答", "answer"):
        sys.exit(STOPPED)
    # Of an instance whether it has a point: known, known that it has none, or not settled in the time.
    sys.exit({True: DONE, False: CLASH, None: STOPPED}[getattr(answer, "feasible", True)])
