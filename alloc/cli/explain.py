"""``alloc explain``: why nothing satisfies the rules; and of a result what things are worth, and why a number."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alloc.cli import options
from alloc.cli.output import CLASH, STOPPED, WRONG, fail, print_json, wrong
from alloc.cli.report import FORMATS

if TYPE_CHECKING:
    from alloc.explanation.infeasibility.conflict import Conflict
    from alloc.explanation.shared.answer import Answer, Report
    from alloc.result.result import Result

NEEDS = {
    "tier": ("--tier 须与 --prices 一起用。", "--tier goes with --prices."),
    "city": ("--city 须指明 --pool。", "--city needs --pool."),
    "pool": ("--pool 须指明 --city。", "--pool needs --city."),
    "several": (
        "一次只问一个问题：--prices、--rules，或 --city 和 --pool。",
        "Ask one question at a time: --prices, --rules, or --city with --pool.",
    ),
    "either": ("--at-least、--against、--like 只能用一个。", "Only one of --at-least, --against, --like."),
    "edits": (
        "--scenario 和 --edit 用于算例，不用于已有结果。",
        "--scenario and --edit are for an INSTANCE, not for a RESULT.",
    ),
    "result": (
        "这个问题要问一个结果：先用 alloc solve 求解，再给出结果文件夹。",
        "This question is put to a RESULT: solve first with alloc solve, then name the folder of the result.",
    ),
    "question": (
        "这是一个结果。可问：--prices，--rules，或 --city 代码 --pool 资源池。",
        "This is a RESULT. It can be asked --prices, --rules, or --city CODE --pool POOL.",
    ),
    "written": ("回答写在 {path}", "The answer lies in {path}"),
    "older": ("原有文件改名为 {path}", "The file that was there is now {path}"),
}


@click.command()
@click.argument("subject", metavar="INSTANCE|RESULT")
@click.option("--scenario", help="INSTANCE: a scenario of it, by name.")
@click.option(
    "--edit", "edits", multiple=True, help='INSTANCE: a change, e.g. "policy.debt.ceiling = 1.0" (repeatable).'
)
@click.option("--prices", is_flag=True, help="RESULT: what one more unit of everything is worth.")
@click.option("--tier", help="With --prices: of which tier; default: every tier.")
@click.option("--rules", is_flag=True, help="RESULT: what every rule costs.")
@click.option("--rule", "only", multiple=True, help="RESULT: what this rule alone costs, by its name (repeatable).")
@click.option("--city", help="RESULT, with --pool: code of a city.")
@click.option("--pool", help="RESULT, with --city: why the city gets what it gets of this pool.")
@click.option("--at-least", type=float, help="With --city and --pool: what it would take to give the city so much.")
@click.option("--against", type=click.Path(path_type=Path), help="With --city and --pool: against another RESULT.")
@click.option("--like", help="With --city and --pool: against another city.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The answer as a file too: .json, .html, .xlsx, .docx or .pdf."
)
@click.option("--quiet", is_flag=True, help="No progress.")
@options.lang
@options.form
def explain(
    subject: str,
    scenario: str | None,
    edits: tuple[str, ...],
    prices: bool,
    tier: str | None,
    rules: bool,
    only: tuple[str, ...],
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
    """Explain INSTANCE or RESULT.

    An INSTANCE that no allocation satisfies: which rules clash, and the cheapest repairs with the edits that carry
    them out. A RESULT: prices, the cost of rules, why a city gets what it gets, and what it would take to give it more.

    Ctrl-C stops the search and keeps what has been found, labelled as such.
    """

    def refuse(key: str) -> None:
        fail(NEEDS[key][lang == "en"], WRONG, form)

    rules = rules or bool(only)
    if sum((prices, rules, bool(city or pool))) > 1:
        refuse("several")
    if tier and not prices:
        refuse("tier")
    if city and not pool:
        refuse("city")
    if (pool or at_least is not None or against or like) and not city:
        refuse("pool")
    if sum((at_least is not None, against is not None, like is not None)) > 1:
        refuse("either")

    from alloc.cli.progress import Display
    from alloc.explanation.shared.answer import AskError
    from alloc.result.store import MANIFEST, StoreError, load_result

    of_result = (Path(subject) / MANIFEST).exists()
    asked = prices or rules or city is not None
    if of_result and (scenario or edits):
        refuse("edits")
    if of_result and not asked:
        refuse("question")
    if asked and not of_result:
        refuse("result")
    try:
        with Display(lang, quiet) as display:
            if of_result:
                code, answer = 0, _of_result(
                    load_result(Path(subject)), prices, tier, rules, only, city, pool, at_least,
                    None if against is None else load_result(against), like, display.report,
                )  # fmt: skip
            else:
                code, answer = _of_instance(subject, scenario, edits, lang, form, display.report)
    except StoreError as error:
        fail(str(error), WRONG, form)
    except AskError as error:
        fail(getattr(error.message, lang), WRONG, form)
    _print(answer, out, lang, form)
    sys.exit(code)


def _of_result(
    result: Result,
    prices: bool,
    tier: str | None,
    rules: bool,
    only: tuple[str, ...],
    city: str | None,
    pool: str | None,
    at_least: float | None,
    against: Result | None,
    like: str | None,
    report: Report,
) -> Answer:
    if prices:
        from alloc.explanation.sensitivity.prices import explain_prices

        return explain_prices(result, tier, report)
    if rules:
        from alloc.explanation.rules.rules import explain_rules

        return explain_rules(result, report, only)
    assert city is not None and pool is not None
    if at_least is not None:
        from alloc.explanation.request.requests import explain_request

        return explain_request(result, city, pool, at_least, report)
    from alloc.explanation.city.reasons import explain_city

    return explain_city(result, city, pool, against, like, report)


def _of_instance(
    subject: str, scenario: str | None, edits: tuple[str, ...], lang: str, form: str, report: Report
) -> tuple[int, Conflict]:
    from alloc.explanation.infeasibility.conflict import explain_conflict
    from alloc.instance import InputError, locate, read
    from alloc.scenario import with_edits

    try:
        found = with_edits(read(subject), locate(subject), scenario, edits)
        conflict = explain_conflict(found.instance, report)
    except InputError as error:
        wrong(error.findings, lang, form)
    return {True: 0, False: CLASH, None: STOPPED}[conflict.feasible], conflict


def _print(answer: Answer, out: Path | None, lang: str, form: str) -> None:
    from alloc.explanation.shared.answer import text
    from alloc.result.store import replace_file

    record = answer.record()
    older = None
    if out is not None and out.suffix[1:].lower() in FORMATS:
        from alloc.report.answers import answer_document, write_document
        from alloc.report.writing import ReportError

        try:
            written = write_document(answer_document(answer, lang), out)
        except ReportError as error:
            fail(getattr(error.message, lang), WRONG, form)
        out, older = Path(written.path), None if written.older is None else Path(written.older)
    elif out is not None:
        content = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        older = replace_file(out, lambda beside: _write(beside, content))
    if form == "json":
        print_json(record)
        return
    click.echo(text(answer, lang))
    for key, path in (("older", older), ("written", out)):
        if path is not None:
            click.echo(NEEDS[key][lang == "en"].format(path=path))


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
