"""What it would take to give a city so much of a pool: who pays when it is granted, or which parameter yields it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, ClassVar

from alloc.content.blocks import Table
from alloc.explanation.city.holds import Holds, holds
from alloc.explanation.city.reasons import asked
from alloc.explanation.request import text as requests_text
from alloc.explanation.request.facts import Facts, Grant
from alloc.explanation.request.most import most_of
from alloc.explanation.request.search import Found, Probe, finished, published, search
from alloc.explanation.request.ways import ways
from alloc.explanation.shared.answer import LARGE, Report, Step, Writable, silent
from alloc.explanation.shared.parameters import city_name, titled
from alloc.explanation.shared.point import by_key, decided
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance, make_instance
from alloc.result.result import Result
from alloc.scenario import apply, parse_edit
from alloc.session import Session
from alloc.solver.solution import compiled
from alloc.text import Text
from alloc.tolerances import QUANTUM_NOISE, ROUNDOFF

SOLVING = Text("求解现状", "solving what is there now")
GRANTING = Text("满足请求后重新求解", "solving with the request granted")
TITLE = Text("{city}请求的{pool}", "{pool} requested for {city}")
SEARCHING = Text("逐个参数搜索", "searching one parameter after another")
MOST_LARGE = 10  # solves of the search for single parameters, where each takes seconds


class Request(Facts, Writable):
    """What it would take, as an answer."""

    TITLE: ClassVar[Text] = Text("给一个城市增加分配数的条件", "What it would take to give a city more")

    @property
    def instance(self) -> Instance:
        """Of the result."""
        return self.result.instance

    def tables(self, language: str) -> list[Table]:
        """Tables."""
        return requests_text.tables(self, language)

    def sentences(self, language: str) -> list[str]:
        """Sentences."""
        return requests_text.sentences(self, language)

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return requests_text.record(self)


def explain_request(result: Result, city: str, pool: str, at_least: float, report: Report = silent) -> Request:
    """What it would take to give a city at least so much of a pool.

    Args:
        result: a verified result.
        city, pool: codes or names.
        at_least: in the unit of the pool, above 0.
        report: told of every step.

    Raises:
        AskError: there is no such city or pool.
    """
    city, pool = asked(result, city, pool)
    whole = result.instance.settings.integers
    settings = result.instance.settings.model_copy(update={"integers": False})
    base = make_instance(settings, result.instance.tables, result.instance.warnings) if whole else result.instance
    derived = derive(base)
    row, column = derived.cities.index(city), derived.pools.index(pool)
    quantum = float(derived.quantum[column])
    amount = float(f"{math.ceil(at_least / quantum - QUANTUM_NOISE) * quantum:.12g}")
    now = published(result, city, pool)
    upper, rule = float(derived.upper[row, column]), str(derived.upper_rule[row, column])

    def answer(reached: float, grant: Grant | None, found: tuple[Found, ...] = (), stopped: bool = False) -> Request:
        return Request(
            result, derived, city, pool, at_least, amount, now, reached, whole, upper, rule, grant, found, stopped
        )

    if now >= amount - QUANTUM_NOISE * quantum:
        return answer(now, None)
    name = _name(base.tables["limits"]["limit"].tolist(), city, pool)
    wanted = amount / float(derived.advance[column])  # amounts of limits are those of the whole year
    title = _titled(base, city, pool)
    line = _line(name, title, city, pool, wanted)
    try:
        report(Step(SOLVING))
        # The row is there from the first solve on, asking for nothing, so that granting it starts where that ended.
        session = Session(apply(base, [parse_edit(_line(name, title, city, pool, 0.0))]).instance)
    except KeyboardInterrupt:
        return answer(now, Grant(line, "stopped"), stopped=True)
    if not (session.result.has_solution and finished(session.result)):
        return answer(now, Grant(line, "stopped"), stopped=True)
    reached = published(session.result, city, pool)
    if reached >= amount - QUANTUM_NOISE * quantum:
        return answer(reached, None)
    grant = _grant(session, line, city, pool, name, wanted, upper < amount * (1 - ROUNDOFF), report)
    if grant.outcome == "stopped":
        return answer(reached, grant, stopped=True)
    model = compiled(derived, base)
    held = holds(session.result, derived, model)
    most = MOST_LARGE if model.matrix.shape[0] > LARGE else math.inf
    found, stopped, short = _search(
        session, derived, held, city, pool, amount, rule if grant.outcome == "bound" else "", most, report
    )
    utmost = None if stopped else most_of(base, derived, model, city, pool)
    return replace(answer(reached, grant, found, stopped), most=MOST_LARGE if short else None, utmost=utmost)


def _name(known: list[str], city: str, pool: str) -> str:
    name = f"request_{city}_{pool}"
    while name in known:
        name += "_again"
    return name


def _titled(instance: Instance, city: str, pool: str) -> Text:
    """What the limit is called: who asks for what. Apostrophes are those of print, for the line has texts in quotes."""
    what = titled(by_key(instance.tables["pools"], "pool")[pool])
    title = TITLE.fill(city=city_name(instance, city), pool=what)
    return Text(*(words.replace("'", "’") for words in title))


def _line(name: str, title: Text, city: str, pool: str, amount: float) -> str:
    """The row of `limits` that grants it: unlike an earmark it lifts no rule and moves no bound."""
    return (
        f"add limits {{ limit = '{name}', title_zh = '{title.zh}', title_en = '{title.en}', "
        f"quantity = 'allocation:{pool}', where = \"city == '{city}'\", sense = '>=', value = {amount!r}, "
        "basis = 'amount' }"
    )


def _grant(
    session: Session, line: str, city: str, pool: str, name: str, amount: float, blocked: bool, report: Report
) -> Grant:
    before = session.result
    if blocked:
        return Grant(line, "bound")
    try:
        report(Step(GRANTING))
        after = session.edit(f"limits.{name}.value = {amount!r}")
    except KeyboardInterrupt:
        return Grant(line, "stopped")
    except InputError as error:
        return Grant(line, "impossible", findings=error.findings)
    session.undo()
    if not finished(after):
        return Grant(line, "stopped")
    if not after.has_solution:
        clashes = tuple(each for each in after.findings if each.severity == "error")
        return Grant(line, "impossible", families=after.conflict, findings=clashes)
    values = {each["tier"]: float(each["value"]) for each in before.manifest["tiers"]}
    tiers = tuple((each["tier"], values[each["tier"]], float(each["value"])) for each in after.manifest["tiers"])
    old, new = (each.tables["allocation"].set_index(["pool", "city"])["published"] for each in (before, after))
    moves = [(str(other), float(old[pool][other]), float(new[pool][other])) for other in old[pool].index]
    payers = sorted((each for each in moves if each[2] < each[1]), key=lambda each: (each[2] - each[1], each[0]))
    gainers = sorted(
        (each for each in moves if each[2] > each[1] and each[0] != city), key=lambda each: (each[1] - each[2], each[0])
    )
    names = [str(each) for each in before.instance.tables["pools"]["pool"] if each != pool]
    others = tuple((each, float(old[each][city]), float(new[each][city])) for each in names)
    return Grant(
        line, "granted", float(new[pool][city]), tiers, tuple(payers), tuple(gainers),
        tuple(each for each in others if each[1] != each[2]),
    )  # fmt: skip


def _search(
    session: Session,
    derived: Derived,
    held: Holds,
    city: str,
    pool: str,
    amount: float,
    blocked: str,
    most: float,
    report: Report,
) -> tuple[tuple[Found, ...], bool, bool]:
    row, column = held.at(city, pool)
    reached = float(decided(session.result, derived, catalogue(session.instance.formulation).granted)[row, column])
    probe = Probe(session, city, pool, reached, most)
    tried = ways(session.instance, derived, city, pool, amount, held.rows_above[row, column], blocked)
    found: list[Found] = []
    for place, way in enumerate(tried):
        try:
            report(Step(SEARCHING, place, len(tried)))
        except KeyboardInterrupt:
            found.append(Found(way, "stopped"))
            break
        found.append(search(way, probe, amount, ROUNDOFF * max(1.0, amount)))
        if found[-1].outcome == "stopped":
            break
    order = ("found", "not_enough", "impossible", "stopped", "left")
    found.sort(key=lambda each: (order.index(each.outcome), each.change))
    return tuple(found), any(each.outcome == "stopped" for each in found), probe.short
