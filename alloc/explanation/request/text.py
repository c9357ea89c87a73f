"""The answer to "what would it take" as sentences, tables, and for machines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import MISSING, tier_unit
from alloc.content.numbers import amount_text
from alloc.content.tables import difference, exact, share, table
from alloc.explanation.city.amounts import Figures
from alloc.explanation.city.text import lost
from alloc.explanation.request.words import say
from alloc.instance.prechecks.lifted import CODE, RULE
from alloc.scenario.titles.writing import lines_shown
from alloc.text import for_shell, listed
from alloc.tolerances import QUANTUM_NOISE, ROUNDOFF

if TYPE_CHECKING:
    from alloc.explanation.request.facts import Facts, Grant
    from alloc.explanation.request.search import Found

MOST_ROWS = 10


def sentences(request: Facts, language: str) -> list[str]:
    """Whether it can be granted, at whose cost, and which parameter yields it."""
    show = Figures(request.result, request.pool, language)

    def told(key: str, **slots: object) -> str:
        return say(language, key, **{"unit": show.behind, **slots})

    said = [
        told("headline", city=show.name(request.city), code=request.city, pool=show.title,
             published=show.amount(request.published), amount=show.amount(request.amount))
    ]  # fmt: skip
    if abs(request.amount - request.asked_for) > QUANTUM_NOISE * show.quantum:
        quantum = f"{show.quantum:g}"
        said.append(
            told("raised", asked=f"{request.asked_for:.12g}", quantum=quantum, amount=show.amount(request.amount))
        )
    grant = request.grant
    if grant is None and request.published >= request.amount:
        return [*said, told("met")]
    if request.whole:
        said.append(told("relaxed", base=show.amount(request.base)))
    if grant is None:
        return [*said, told("met_relaxed")]
    said += {"granted": _granted, "bound": _bound, "impossible": _impossible, "stopped": _stopped}[grant.outcome](
        request, grant, show, told
    )
    if grant.outcome == "stopped":
        return said
    said += _utmost(request, show, told)
    found = [each for each in request.found if each.outcome == "found"]
    searched = [each for each in found if not each.way.fixed]
    if searched:
        best = searched[0]
        old, new, change = (amount_text(cell) for cell in (exact(best.way.old), exact(best.value), _change(best)))
        slots = {"way": getattr(best.way.title, language), "old": old, "new": new, "change": change}
        said.append(told("smallest", **slots, published=show.amount(best.published or 0.0)))
        said += [
            told("line", line=for_shell(line)) for line in lines_shown(best.lines, request.result.instance, language)
        ]
    elif not request.stopped and request.most is None:
        titles = listed(each.way.title for each in found).said(language)
        said.append(told("by_hand_only", ways=titles) if found else told("no_way"))
    said += [
        told("brought", way=getattr(each.way.title, language), message=getattr(of.message, language))
        for each in found for of in each.brought
    ]  # fmt: skip
    lifts = [each for each in found if _lifts(each)]
    if lifts:
        rule, does = show.known.rules[RULE], listed(each.way.title for each in lifts)
        texts = {"ways": does, "rule": rule.title, "owner": show.known.owners[rule.owner]}
        key = "lifts" if searched else "only_lifts"
        said.append(told(key, **{name: text.said(language) for name, text in texts.items()}))
    said += _alike(request, show, told)
    said += [
        told("refused", way=each.way.title.said(language), message=of.message.said(language),
             remedy=of.remedy.said(language))
        for each in request.found if each.way.fixed for of in each.refused
    ]  # fmt: skip
    if request.stopped:
        said.append(told("stopped"))
    if request.most is not None:
        said.append(told("left", most=request.most))
    return [*said, told("about")]


def _lifts(found: Found) -> bool:
    """Whether an amount by hand does it by lifting the base of a rule."""
    return found.outcome == "found" and any(of.code == CODE for of in found.brought)


def _alike(request: Facts, show: Figures, told: Any) -> list[str]:
    """What stops parameters that all come to the same amount and no further; nothing where no two do."""
    at: dict[str, list[Found]] = {}
    for each in request.found:
        if each.published is not None and _outcome(request, each, show) == "not_enough":
            at.setdefault(show.amount(each.published), []).append(each)
    derived = request.derived
    formula = derived.benchmark[derived.cities.index(request.city), derived.pools.index(request.pool)]
    return [
        told("alike_formula" if amount == show.amount(float(formula)) else "alike", amount=amount, count=len(same))
        for amount, same in at.items() if len(same) > 1
    ]  # fmt: skip


def _granted(request: Facts, grant: Grant, show: Figures, told: Any) -> list[str]:
    said = [
        told("granted", published=show.amount(grant.published or 0.0)),
        told("granted_line", line=for_shell(lines_shown([grant.line], request.result.instance, show.language)[0])),
    ]
    first = _first_loss(show, grant)
    if first is None:
        said.append(told("no_loss"))
    else:
        kind, slots = lost(request.result, request.derived, *first)
        said.append(told(f"first_{kind}", tier=getattr(show.known.tiers[first[0]].title, show.language), **slots))
    if grant.payers:
        losses = [before - after for _, before, after in grant.payers]
        said.append(told("payers" if len(losses) > 1 else "payer", count=len(losses), sum=show.amount(sum(losses)),
                         city=show.name(grant.payers[0][0]), most=show.amount(losses[0])))  # fmt: skip
    else:
        said.append(told("no_payers"))
    return said


def _first_loss(show: Figures, grant: Grant) -> tuple[str, float] | None:
    for tier, before, after in grant.tiers:
        better = 1.0 if show.known.tiers[tier].better == "higher" else -1.0
        loss = (before - after) * better
        if loss > ROUNDOFF * max(1.0, abs(before)):
            return tier, loss
    return None


def _bound(request: Facts, grant: Grant, show: Figures, told: Any) -> list[str]:
    rule = show.known.rules[request.upper_rule]
    title, what = (getattr(part, show.language) for part in (rule.title, rule.words))
    return [told("bound", upper=show.amount(request.upper), rule=title, words=what)]


def _utmost(request: Facts, show: Figures, told: Any) -> list[str]:
    """The most that the rules leave the city, as it can be published, and what stops it."""
    utmost = request.utmost
    if utmost is None:
        return []
    published = math.floor(utmost.value / show.quantum + QUANTUM_NOISE) * show.quantum
    if utmost.rule:
        titles = [show.known.rules[utmost.rule].title]
    else:
        titles = [show.known.families[name].title for name in utmost.families]
    return [told("utmost", amount=show.amount(published), rules=listed(titles).said(show.language))]


def _impossible(request: Facts, grant: Grant, show: Figures, told: Any) -> list[str]:
    if grant.findings:
        messages = [getattr(each.message, show.language) for each in grant.findings]
        return [told("impossible_found"), *(told("finding", message=message) for message in messages)]
    titles = listed(show.known.families[name].title for name in grant.families)
    return [told("impossible", families=titles.said(show.language))]


def _stopped(request: Facts, grant: Grant, show: Figures, told: Any) -> list[str]:
    return [told("stopped_grant")]


def _change(found: Found) -> Amount:
    if found.way.old is None or found.value is None:
        return Amount(math.nan)
    if math.isinf(found.change):
        return exact(found.value - found.way.old, 6, sign=True)
    return share((found.value - found.way.old) / abs(found.way.old), 1, sign=True)


def tables(request: Facts, language: str) -> list[Table]:
    """Tiers, who pays, the city's other pools, single parameters and their edits."""
    show = Figures(request.result, request.pool, language)
    found = []
    grant = request.grant
    if grant is not None and grant.outcome == "granted":
        found.append(_tiers(grant, show))
        if grant.payers:
            found.append(_who(grant, show))
        if grant.others:
            found.append(_own(request, grant, show))
    if request.found:
        found.append(_ways(request, show))
    edits = [each for each in request.found if each.outcome == "found"]
    if edits:
        rows = [(getattr(each.way.title, language), line) for each in edits for line in each.lines]
        found.append(table("edits", say(language, "edits"), say(language, "edits_heads"), "ll", rows))
    return found


def _table(show: Figures, key: str, rows: Sequence[Row], aligned: str) -> Table:
    heads = say(show.language, f"{key}_heads", unit=show.unit)
    return table(key, say(show.language, key, unit=show.unit), heads, aligned, rows)


def _tiers(grant: Grant, show: Figures) -> Table:
    rows: list[Row] = []
    for tier, before, after in grant.tiers:
        of = show.known.tiers[tier]
        unit, decimals = tier_unit(of.unit, max(abs(before), abs(after)))
        was, will = (Amount(each / unit.size, decimals) for each in (before, after))
        rows.append((of.title.said(show.language), was, will, difference(will, was), unit.said(show.language)))
    return _table(show, "tiers", rows, "lrrrl")


def _who(grant: Grant, show: Figures) -> Table:
    rows: list[Row] = [
        (show.name(city), city, (was := show.cell(before)), (will := show.cell(after)), difference(will, was),
         share((after - before) / before if before else None, 2, sign=True))
        for city, before, after in grant.payers[:MOST_ROWS]
    ]  # fmt: skip
    return _table(show, "who", rows, "llrrrr")


def _own(request: Facts, grant: Grant, show: Figures) -> Table:
    rows: list[Row] = []
    for pool, before, after in grant.others:
        of = Figures(request.result, pool, show.language)
        was, will = of.cell(before), of.cell(after)
        rows.append((of.title, of.unit, was, will, difference(will, was)))
    return _table(show, "own", rows, "llrrr")


def _ways(request: Facts, show: Figures) -> Table:
    rows: list[Row] = [
        (getattr(each.way.title, show.language), exact(each.way.old), exact(each.value), _change(each),
         MISSING if each.published is None else show.cell(each.published),
         say(show.language, "lifts_is" if _lifts(each) else f"{_outcome(request, each, show)}_is"))
        for each in request.found
    ]  # fmt: skip
    return _table(show, "ways", rows, "lrrrrl")


def _outcome(request: Facts, found: Found, show: Figures) -> str:
    """The outcome; ``no_effect`` where the farthest value leaves the amount, as it is shown, where it was."""
    if found.outcome != "not_enough" or found.published is None:
        return found.outcome
    one, other = (amount_text(show.cell(each)) for each in (found.published, request.base))
    return "no_effect" if one == other else found.outcome


def record(request: Facts) -> dict[str, Any]:
    """Plain values in the units of the instance; words in both languages."""
    grant = request.grant
    moves = ("payers", "gainers")
    return {
        "city": request.city,
        "pool": request.pool,
        "asked_for": request.asked_for,
        "amount": request.amount,
        "published": request.published,
        "base": request.base,
        "relaxed": request.whole,
        "upper": request.upper if math.isfinite(request.upper) else None,
        "upper_rule": request.upper_rule,
        "utmost": None if request.utmost is None else request.utmost.value,
        "utmost_rules": [] if request.utmost is None else [*filter(None, [request.utmost.rule]),
                                                           *request.utmost.families],
        "met": grant is None,
        "grant": None if grant is None else {
            "edit": grant.line,
            "outcome": grant.outcome,
            "published": grant.published,
            "tiers": [dict(zip(("tier", "before", "after"), each, strict=True)) for each in grant.tiers],
            **{name: [dict(zip(("city", "before", "after"), each, strict=True)) for each in getattr(grant, name)]
               for name in moves},
            "others": [dict(zip(("pool", "before", "after"), each, strict=True)) for each in grant.others],
            "families": list(grant.families),
            "findings": [each.message._asdict() for each in grant.findings],
        },
        "parameters": [
            {
                "target": each.way.target,
                "title": each.way.title._asdict(),
                "before": each.way.old,
                "after": each.value,
                "outcome": each.outcome,
                "published": each.published,
                "edits": list(each.lines),
                "tiers": dict(each.tiers),
                "brought": [of.message._asdict() for of in each.brought],
                "refused": [of.message._asdict() for of in each.refused],
            }
            for each in request.found
        ],
        "stopped": request.stopped,
        "complete": not request.stopped and request.most is None,
    }  # fmt: skip
