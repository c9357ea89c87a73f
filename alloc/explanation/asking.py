"""One question to a result, as a value: what can be asked together, and the function that answers it."""

from __future__ import annotations

from dataclasses import dataclass

from alloc.arguments import ArgumentError, option
from alloc.explanation.shared.answer import Answer, AskError, Report
from alloc.result.result import Result
from alloc.text import Text

TIER = Text("{tier} 须与 {prices} 一起用。", "{tier} goes with {prices}.")
QUICK = Text("{quick} 须与 {prices} 一起用。", "{quick} goes with {prices}.")
POOL = Text("{at_least}、{against}、{like} 须指明 {pool}。", "{at_least}, {against} and {like} need {pool}.")
CITY = Text("{pool} 须指明 {city}。", "{pool} needs {city}.")
SEVERAL = Text(
    "一次只问一个问题：{prices}、{rules}、{formula}，或 {city}（可加 {pool}）。",
    "Ask one question at a time: {prices}, {rules}, {formula}, or {city}, with {pool} or without.",
)
EITHER = Text("{at_least}、{against}、{like} 只能用一个。", "Only one of {at_least}, {against}, {like}.")
POSITIVE = Text("{at_least} 须是大于 0 的数。", "{at_least} needs a number above 0.")
AS_IT_IS = Text(
    "{scenario}、{edits} 和求解选项是问按这些修改有没有方案；问结果本身的，不要一起写。",
    "{scenario}, {edits} and options of a solve ask whether anything satisfies the rules then; what is asked of the "
    "RESULT itself goes without them.",
)
OF_RESULT = Text(
    "这个问题要问一个结果：先求解，再给出结果文件夹。",
    "This question is put to a RESULT: solve first, then name the folder of the result.",
)
QUESTIONS = Text(
    "这是一个结果。可问：{prices}、{rules}、{formula}、{city}，或 {city} 加 {pool}。",
    "This is a RESULT. It can be asked {prices}, {rules}, {formula}, {city}, or {city} with {pool}.",
)
ARGUMENTS = (
    "prices", "tier", "quick", "rules", "city", "pool", "at_least", "against", "like", "formula", "scenario", "edits",
)  # fmt: skip


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
        question: what is asked; nothing in it: why no allocation satisfies the rules of an instance, or those of what a
            result solved with what comes besides.
        of_result: whether it is put to a result.
        changed: whether a scenario, edits or options come with it.

    Raises:
        ArgumentError: something in it does not go with something else, whatever it is put to.
        AskError: it is put to an instance, and is for a result, or the other way round.
    """
    beside = (question.at_least is not None, question.against is not None, question.like is not None)
    asked = question.prices or question.rules or question.formula or bool(question.city)
    kinds = (question.prices, question.rules, question.formula, bool(question.city or question.pool))
    for wrong, kind, message in (
        (sum(kinds) > 1, ArgumentError, SEVERAL),
        (question.tier is not None and not question.prices, ArgumentError, TIER),
        (question.quick and not question.prices, ArgumentError, QUICK),
        (question.city and not question.pool and any(beside), ArgumentError, POOL),
        ((question.pool or any(beside)) and not question.city, ArgumentError, CITY),
        (sum(beside) > 1, ArgumentError, EITHER),
        (question.at_least is not None and not question.at_least > 0, ArgumentError, POSITIVE),
        (of_result and changed and asked, AskError, AS_IT_IS),
        (of_result and not changed and not asked, AskError, QUESTIONS),
        (asked and not of_result, AskError, OF_RESULT),
    ):
        if wrong:
            named = {name: option(name) for name in ARGUMENTS}
            raise kind(message.fill(**named))


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
