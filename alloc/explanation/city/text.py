"""The answer to "why this number" as sentences and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alloc.comparison.yardsticks import inputs_of_factor
from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import percent, rounded
from alloc.content.numbers import NOTES
from alloc.content.tables import exact, table
from alloc.explanation.city.amounts import Figures, significant
from alloc.explanation.city.earlier import earlier_sentences, earlier_table
from alloc.explanation.city.holds import OUTSIDE
from alloc.explanation.city.part import condition_of, formula_leaves_nothing, meaning, pushed_aside
from alloc.explanation.city.past import TOTAL, Past
from alloc.explanation.city.push import Push
from alloc.explanation.city.words import say
from alloc.explanation.sensitivity.words import worth
from alloc.explanation.shared.drivers import DRIVERS
from alloc.explanation.shared.kept import kept_above
from alloc.explanation.shared.lifted import link_lifted
from alloc.explanation.shared.mixtures import changed_columns
from alloc.explanation.shared.similar import PHASE, factors
from alloc.explanation.shared.sums import MORE, REST, decimal, finest, printed_parts
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.limits import title_of
from alloc.result.notes import halted_lines
from alloc.solver.facilities.band import BAND, TITLE
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.explanation.city.drivers import DriverSplit
    from alloc.explanation.city.facts import Facts
    from alloc.instance.derived.derived import Derived
    from alloc.result.result import Result

COUNTS = {5: Text("五", "five"), 6: Text("六", "six"), 7: Text("七", "seven")}
NO_RULE = "none"
HECTARE = 10_000.0  # m²; and 10⁴ yuan in yuan


def sentences(reasons: Facts, language: str) -> list[str]:
    """What the tables say, in whole sentences."""
    return [
        *halted_lines(reasons.result, language),
        *held_sentences(reasons, language),
        *pushed_sentences(reasons, language),
        *compared_sentences(reasons, language),
    ]


def held_sentences(reasons: Facts, language: str) -> list[str]:
    """The number, what decides it, and the bounds at which it stands."""
    show = Figures(reasons.result, reasons.pool, language)

    def told(key: str, **slots: object) -> str:
        return say(language, key, **{"unit": show.behind, **slots})

    said = [
        told("headline", city=show.name(reasons.city), code=reasons.city, pool=show.title,
             published=show.published(reasons.published))
    ]  # fmt: skip
    said += kept_above(reasons.result, language, reasons.city, (reasons.pool,))
    said += link_lifted(reasons.result, language, reasons.city, (reasons.pool,))
    return said + _holding(reasons, show, told)


def pushed_sentences(reasons: Facts, language: str) -> list[str]:
    """Which objective moves the number, what a little more and a little less would do, and what these trials hold."""
    show = Figures(reasons.result, reasons.pool, language)
    said = earlier_sentences(reasons.earlier, _tied(reasons), show)
    said += [each for each in (_pushed(reasons, push, show) for push in reasons.pushes) if each]
    tried = [push for push in reasons.pushes if push.outcome not in ("bound", "stopped")]
    if tried:
        said.append(say(language, "facilities_held" if reasons.whole else "facilities_in_parts"))
    if tried and any(each.tolerance for each in reasons.result.instance.settings.objective):
        said.append(say(language, "tolerance_held"))
    return said


def _tied(reasons: Facts) -> list[str]:
    """Families whose rows of the city alone keep a number from coming nearer to the formula, on that side alone."""
    above, below = ([name for name, of in rows if not of] for rows in (reasons.rows_above, reasons.rows_below))
    held, free = (above, below) if (reasons.away or 0.0) < 0 else (below, above)
    shared = catalogue_for(reasons.result.instance.settings).shared("pools")
    return [name for name in held if name not in (*free, *shared)]


def compared_sentences(reasons: Facts, language: str, remedy: bool = True) -> list[str]:
    """Against another result or last year's amount, and beside a similar city.

    Args:
        reasons: the facts.
        language: ``zh`` or ``en``.
        remedy: whether the option of the command is named that would tell more.
    """
    show = Figures(reasons.result, reasons.pool, language)

    def told(key: str, **slots: object) -> str:
        return say(language, key, **{"unit": show.behind, **slots})

    said: list[str] = []
    if reasons.split is not None:
        said += _against(reasons.split, show, told)
    elif reasons.past is not None:
        mark = show.mark("last_year", "amount", reasons.city, reasons.pool)
        limit = told("past_limit") + (told("past_remedy") if remedy else "")
        said += [*_compared(reasons.past, "past", show, told, mark), limit]
    else:
        said.append(told("past_unknown"))
    if reasons.like is not None:
        said += _like(reasons, show, told)
    return said


def _holding(reasons: Facts, show: Figures, told: Any) -> list[str]:
    rules = show.known.rules

    def of(rule: str, part: str) -> str:
        return str(getattr(getattr(rules[rule], part), show.language))

    said = []
    away = "" if reasons.away is None else percent(reasons.away, 2, sign=True)
    if reasons.decider == "rule":
        rule = reasons.lower_rule if reasons.at_lower else reasons.upper_rule
        common = reasons.common or 0.0  # there is one, or no rule could be told to decide
        formula = reasons.parts["benchmark"] + reasons.parts.get("performance", 0.0)
        even = percent(common / formula - 1, 2, sign=True)
        said.append(told("rule_decides", rule=of(rule, "title"), even=even, common=show.amount(common)))
    elif reasons.decider != "open":
        said.append(told(f"{reasons.decider}_decides", away=away, condition=condition_of(reasons, show.language)))
    if reasons.decider not in ("override", OUTSIDE):
        for key, at, rule, bound in (
            ("at_lower", reasons.at_lower, reasons.lower_rule, reasons.lower),
            ("at_upper", reasons.at_upper, reasons.upper_rule, reasons.upper),
        ):
            if at and rule == NO_RULE:
                said.append(
                    told("at_upper_zero" if key == "at_upper" and formula_leaves_nothing(reasons) else f"{key}_open")
                )
            elif at:
                said.append(told(key, amount=show.amount(bound), rule=of(rule, "title"), words=of(rule, "words")))
    if (aside := pushed_aside(reasons)) is not None:
        side, off, moved = aside
        said.append(told(f"aside_{side}", off=show.amount(off), moved=show.amount(moved)))
    return said


def pushed_words(reasons: Facts, push: Push) -> Text:
    """What a push says, in one sentence; empty where the bound that stops it has been told of already."""
    return Text(*(_pushed(reasons, push, Figures(reasons.result, reasons.pool, each)) for each in ("zh", "en")))


def _pushed(reasons: Facts, push: Push, show: Figures) -> str:
    slots: dict[str, object] = {"unit": show.behind, "step": show.amount(push.step)}
    kind: str = push.outcome
    if kind == "bound" and (
        reasons.decider in ("override", OUTSIDE) or (reasons.at_upper if push.side == "up" else reasons.at_lower)
    ):
        return ""  # has been said of the bound
    if kind == "rules":
        titles = [getattr(show.known.families[name].title, show.language) for name in push.families]
        slots["families"] = ("、" if show.language == "zh" else ", ").join(titles)
    if kind == "tier":
        slots["tier"] = getattr(TITLE if push.tier == BAND else show.known.tiers[push.tier].title, show.language)
        kind, more = lost(reasons.result, reasons.derived, push.tier, push.loss)
        kind = "nearer" if push.nearer else kind
        slots |= more
    return say(show.language, f"{push.side}_{kind}", **slots)


def lost(result: Result, derived: Derived, tier: str, loss: float) -> tuple[str, dict[str, object]]:
    """The kind of a tier's loss: ``score``, ``persons``, ``share``, ``number`` or ``money``; and the figures for it."""
    kind = "number" if tier == BAND else catalogue_for(result.instance.settings).tiers[tier].loss
    if kind == "score":
        entry = next(each for each in result.instance.settings.objective if each.tier == tier)
        if entry.method in catalogue_for(result.instance.settings).tiers[tier].stepwise:  # the least score, not a mean
            return "share", {"points": significant(100 * loss)}
        people = loss * worth(result.instance, tier)
        return kind, {"points": significant(100 * loss), "people": significant(people)}
    return kind, {"points": significant(100 * loss)} if kind == "share" else {"loss": significant(loss)}


def _compared(change: Past | DriverSplit, key: str, show: Figures, told: Any, mark: str = "") -> list[str]:
    difference = change.after - change.before
    way = "more" if difference > 0 else "less" if difference < 0 else "same"
    return [told(f"{key}_{way}", before=show.amount(change.before), mark=mark, change=show.amount(abs(difference)))]


def _against(split: DriverSplit, show: Figures, told: Any) -> list[str]:
    said = _compared(split, "against", show, told)
    if split.stopped:
        said.append(told("stopped"))
    counts = {name: getattr(split, name) for name in ("orders", "all_orders", "solved", "mixtures")}
    if not split.changes:
        return [*said, told("no_difference")]
    if not split.orders:
        said.append(told("shapley_none", **counts))
    else:
        drivers = {name: part for name, part in split.parts.items() if name != REST}
        largest = max(drivers, key=lambda name: abs(drivers[name]))
        if drivers[largest]:
            driver = getattr(DRIVERS[largest], show.language)
            said.append(told("against_largest", driver=driver, part=show.amount(drivers[largest], sign=True)))
        said.append(told("shapley" if split.orders == split.all_orders else "shapley_some", **counts))
    if split.impossible:
        said.append(told("impossible_mixtures", count=len(split.impossible)))
    if split.whole:
        said.append(told("whole_relaxed"))
    return said


def _like(reasons: Facts, show: Figures, told: Any) -> list[str]:
    like = reasons.like
    assert like is not None
    other = show.name(like.other)
    difference = like.after - like.before
    way = "more" if difference > 0 else "less" if difference < 0 else "same"
    said = [told(f"like_{way}", other=other, code=like.other, change=show.amount(abs(difference)))]
    if like.chosen:
        said.append(told("like_chosen", other=other))
    mine, theirs = like.residents
    each = [
        significant(HECTARE * float(amount) / people, 3)
        for amount, people in ((like.after, mine), (like.before, theirs))
    ]
    unit = say(show.language, "each_land" if show.land else "each_money")
    said.append(say(show.language, "like_each", mine=each[0], theirs=each[1], other=other, unit=unit))
    return said


def tables(reasons: Facts, language: str) -> list[Table]:
    """Tables: the parts, what holds the number, against last year or another result, beside a similar city."""
    show = Figures(reasons.result, reasons.pool, language)
    found = [_parts(reasons, show)]
    if reasons.earlier is not None and earlier_sentences(reasons.earlier, (), show):
        split = printed_parts(reasons.parts, decimal(reasons.published), finest(show.quantum))
        found.append(earlier_table(reasons.earlier, show, split["optimised"], finest(show.quantum)))
    found.append(_holds(reasons, show))
    if reasons.split is not None and reasons.split.parts:
        found.append(_drivers(reasons.split, show))
    if reasons.past is not None:
        found.append(_past(reasons, reasons.past, show))
    if reasons.like is not None:
        found.append(_beside(reasons, show))
    return found


def _table(show: Figures, key: str, rows: Sequence[Row], aligned: str, **slots: object) -> Table:
    slots = {"unit": show.unit, **slots}
    heads = say(show.language, f"{key}_heads", **slots)
    return table(key, say(show.language, key, **slots), heads, aligned, rows)


def _parts(reasons: Facts, show: Figures) -> Table:
    split = printed_parts(reasons.parts, decimal(reasons.published), finest(show.quantum))
    rows: list[Row] = []
    for name in reasons.parts:
        cell = show.cell(split[name], name != "benchmark", more=MORE)
        rows.append((say(show.language, name), cell, meaning(reasons, name, show)))
    whole = show.cell(reasons.published, more=MORE)
    count = getattr(COUNTS[len(reasons.parts)], show.language)
    rows.append((say(show.language, "published"), whole, say(show.language, "published_is", count=count)))
    return _table(show, "parts", rows, "lrl", count=count)


def _holds(reasons: Facts, show: Figures) -> Table:
    rules, families, language = show.known.rules, show.known.families, show.language
    tables = reasons.result.instance.tables
    rows: list[Row] = []
    for side, bound, rule in (
        ("below", reasons.lower, reasons.lower_rule),
        ("above", reasons.upper, reasons.upper_rule),
    ):
        at = reasons.at_lower if side == "below" else reasons.at_upper
        away = say(language, "reached") if at else show.cell(abs(reasons.value - bound))
        where, of = say(language, side), rules[rule]
        if reasons.decider == OUTSIDE:  # what all share holds those who take part
            if side == "above":
                what = say(language, "no_part_holds", condition=condition_of(reasons, show.language))
                rows.append((where, say(language, "no_part"), show.cell(bound), away, what))
            continue
        rows.append((where, getattr(of.title, language), show.cell(bound), away, getattr(of.words, language)))
        for (family, limit), when in reasons.held(side):
            title = getattr(families[family].title, language)
            what = getattr(families[family].words, language)
            if limit:
                what = say(language, "named", title=getattr(title_of(tables, limit), language), code=limit)
            rows.append((where, title, "", say(language, when), what))
    return _table(show, "holds", rows, "llrrl")


def _drivers(split: DriverSplit, show: Figures) -> Table:
    rest = say(show.language, "against_rest_whole" if split.whole else "against_rest")
    rows: list[Row] = [
        (rest if name == REST else str(getattr(DRIVERS[name], show.language)), show.cell(part, sign=True),
         "" if name == REST else changed_columns(split.changes[name]))
        for name, part in split.parts.items()
    ]  # fmt: skip
    rows.append((say(show.language, "total"), show.cell(split.after - split.before, sign=True), ""))
    return _table(show, "against", rows, "lrl")


def _titles(reasons: Facts, show: Figures) -> Callable[[str], str]:
    """What a part is called: a factor by its own title, with the mark of its data, anything else by the words here."""
    instance = reasons.result.instance
    known = {each.name: each.title for each in factors(instance, reasons.derived, reasons.pool)}

    def title(name: str) -> str:
        if name in known:
            return known[name].said(show.language) + show.mark.of_all(inputs_of_factor(name, instance), reasons.city)
        return DRIVERS[name].said(show.language) if name == TOTAL else say(show.language, name)

    return title


def past_table(reasons: Facts, language: str, step: float) -> Table | None:
    """The way from last year's amount to this one, in digits of a step; None where nothing of last year is known."""
    if reasons.past is None:
        return None
    past = replace(reasons.past, parts=reasons.past.printed(step))
    return _past(reasons, past, Figures(reasons.result, reasons.pool, language))


def _past(reasons: Facts, past: Past, show: Figures) -> Table:
    language, title = show.language, _titles(reasons, show)
    rows: list[Row] = []
    for name, part in past.parts.items():
        why = ""
        if name == TOTAL:
            why = say(language, "past_total", before=show.amount(past.given_before), now=show.amount(past.given_now))
        elif name in past.shares:
            weight, share = past.shares[name]
            why = say(language, "past_factor", weight=f"{weight:g}", share=percent(share, 3),
                      before=percent(past.share_before, 3))  # fmt: skip
        elif name in (*reasons.parts, PHASE):
            why = say(language, f"{name}_is", unit=show.unit, step=show.step)
        rows.append((title(name), show.cell(part, sign=True, more=MORE), why))
    whole = sum(past.parts.values(), Decimal(0))
    rows.append((say(language, "total"), show.cell(whole, sign=True, more=MORE), ""))
    return _table(show, "past", rows, "lrl")


def _beside(reasons: Facts, show: Figures) -> Table:
    like = reasons.like
    assert like is not None
    title = _titles(reasons, show)
    rows: list[Row] = []
    for name, part in like.parts.items():
        factor: Row = ("", "", "")
        if name in like.weights:
            factor = (exact(like.weights[name], 6), *(Amount(each) for each in like.values[name]))
        each = Amount(HECTARE * like.each_resident[name], 3, sign=True)
        rows.append((title(name), *factor, show.cell(part, sign=True, more=MORE), each))
    mine, theirs = like.residents
    whole = Amount(HECTARE * (float(like.after) / mine - float(like.before) / theirs), 3, sign=True)
    rows.append((say(show.language, "published"), "", show.cell(like.after), show.cell(like.before),
                 show.cell(like.after - like.before, sign=True, more=MORE), whole))  # fmt: skip
    made = _table(show, "like", rows, "lrrrrr", city=show.name(reasons.city), other=show.name(like.other),
                  each=say(show.language, "each_land" if show.land else "each_money"))  # fmt: skip
    *parts, sum_of = (rounded(row[-1].value, 3) for row in rows if isinstance(row[-1], Amount))
    return replace(made, note=NOTES["rounded"].said(show.language)) if rounded(sum(parts), 3) != sum_of else made
