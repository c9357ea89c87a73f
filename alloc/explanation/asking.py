"""One question to a result, as a value: what can be asked together, and the function that answers it."""

from __future__ import annotations

from dataclasses import dataclass

from alloc.explanation.shared.answer import Answer, AskError, Report
from alloc.result.result import Result
from alloc.text import Text

TIER = Text("--tier 须与 --prices 一起用。", "--tier goes with --prices.")
QUICK = Text("--quick 须与 --prices 一起用。", "--quick goes with --prices.")
POOL = Text("--at-least、--against、--like 须指明 --pool。", "--at-least, --against and --like need --pool.")
CITY = Text("--pool 须指明 --city。", "--pool needs --city.")
SEVERAL = Text(
    "一次只问一个问题：--prices、--rules、--formula，或 --city（可加 --pool）。",
    "Ask one question at a time: --prices, --rules, --formula, or --city, with --pool or without.",
)
EITHER = Text("--at-least、--against、--like 只能用一个。", "Only one of --at-least, --against, --like.")
OF_INSTANCE = Text(
    "--scenario、--edit 和求解选项用于算例，不用于已有结果。",
    "--scenario, --edit and options of a solve are for an INSTANCE, not for a RESULT.",
)
OF_RESULT = Text(
    "这个问题要问一个结果：先用 alloc solve 求解，再给出结果文件夹。",
    "This question is put to a RESULT: solve first with alloc solve, then name the folder of the result.",
)
QUESTIONS = Text(
    "这是一个结果。可问：--prices，--rules，--formula，--city 代码，或 --city 代码 --pool 资源池；"
    "在 Python 中为 prices=True，rules=True，formula=True，city=代码，或再加 pool=资源池。",
    "This is a RESULT. It can be asked --prices, --rules, --formula, --city CODE, or --city CODE --pool POOL; in "
    "Python prices=True, rules=True, formula=True, city=CODE, or also pool=POOL.",
)


@dataclass(frozen=True)
class Question:
    """What is asked of a result; the fields are the arguments of `alloc.explain`."""

    prices: bool = False
    tier: str | None = None
    quick: bool = False
    rules: bool = False
    only: tuple[str, ...] = ()
    city: str | None = None
    pool: str | None = None
    at_least: float | None = None
    against: Result | None = None
    like: str | None = None
    formula: bool = False


def refuse(question: Question, of_result: bool, changed: bool) -> None:
    """Refuses what cannot be asked.

    Args:
        question: what is asked; nothing in it: why no allocation satisfies the rules of an instance.
        of_result: whether it is put to a result.
        changed: whether a scenario, edits or options come with it.

    Raises:
        AskError: something in it does not go with something else.
    """
    beside = (question.at_least is not None, question.against is not None, question.like is not None)
    asked = question.prices or question.rules or question.formula or bool(question.city)
    for wrong, message in (
        (sum((question.prices, question.rules, question.formula, bool(question.city or question.pool))) > 1, SEVERAL),
        (question.tier is not None and not question.prices, TIER),
        (question.quick and not question.prices, QUICK),
        (question.city and not question.pool and any(beside), POOL),
        ((question.pool or any(beside)) and not question.city, CITY),
        (sum(beside) > 1, EITHER),
        (of_result and changed, OF_INSTANCE),
        (of_result and not asked, QUESTIONS),
        (asked and not of_result, OF_RESULT),
    ):
        if wrong:
            raise AskError(message)


def of_result(result: Result, question: Question, report: Report) -> Answer:
    """The answer of a result to a question that is not refused."""
    if question.prices:
        from alloc.explanation.sensitivity.prices import explain_prices, quick_prices

        return quick_prices(result, question.tier) if question.quick else explain_prices(result, question.tier, report)
    if question.rules:
        from alloc.explanation.rules.rules import explain_rules

        return explain_rules(result, report, question.only)
    if question.formula:
        from alloc.explanation.formula.formula import explain_formula

        return explain_formula(result, report)
    assert question.city is not None
    if question.pool is None:
        from alloc.explanation.tariff.tariff import explain_tariff

        return explain_tariff(result, question.city)
    if question.at_least is not None:
        from alloc.explanation.request.requests import explain_request

        return explain_request(result, question.city, question.pool, question.at_least, report)
    from alloc.explanation.city.reasons import explain_city

    return explain_city(result, question.city, question.pool, question.against, question.like, report)
