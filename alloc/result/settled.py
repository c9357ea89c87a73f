"""How far settlement is a decision: who settles, against what the limits allow, and which rule makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.content.figures import number, percent
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.result.result import Result
from alloc.result.wording import say
from alloc.text import Text
from alloc.tolerances import SETTLED, WHOLE_PERSONS

MERGED = "merged"  # put together from results, nothing solved
BELOW_NAMED = 3  # cities below their limits that a sentence names
WHOLE = 0.5  # persons: less is rounding


def whole_limits(people: pd.DataFrame) -> NDArray[np.float64]:
    """The limits as they are told: the whole persons within them, for no part of a person settles [city].

    Args:
        people: the table of a result.
    """
    return whole_persons(people["settle_limit"].to_numpy(dtype=float))


def whole_persons(limit: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """The most whole persons that a limit has room for."""
    return np.asarray(np.floor(np.asarray(limit) + WHOLE_PERSONS))


def below_limit(people: pd.DataFrame) -> NDArray[np.float64]:
    """By how many whole persons every city is below its limit; 0 where only rounding keeps it away [city].

    Args:
        people: the table of a result, with settlers as published and by how much rounding moved them.
    """
    settle, whole = people["settle"].to_numpy(dtype=float), whole_limits(people)
    most = np.maximum(settle, settle - people["rounding"].to_numpy(dtype=float))
    return np.where(most >= whole, 0.0, np.maximum(whole - settle, 0.0))


def short_by_rounding(people: pd.DataFrame) -> NDArray[np.float64]:
    """By how many persons every city is below its limit only because whole persons settle [city].

    Args:
        people: as of `below_limit`.
    """
    return np.asarray(whole_limits(people) - people["settle"].to_numpy(dtype=float) - below_limit(people))


def shortfall(people: pd.DataFrame, names: Mapping[str, str], language: str) -> str:
    """What is missing to the limits, as the end of a sentence: of cities that do not reach theirs, and by rounding.

    Args:
        people: as of `below_limit`.
        names: of the cities, by code, of whom those with most are named.
        language: ``zh`` or ``en``.
    """
    below, rounded = below_limit(people), short_by_rounding(people).sum()
    told = ""
    if round(below.sum()):
        codes = people["city"].tolist()
        named = [
            say(language, "settled_of", city=names[codes[place]], persons=number(float(below[place])))
            for place in np.argsort(-below, kind="stable")[:BELOW_NAMED].tolist()
            if round(below[place])
        ]
        more = say(language, "settled_more") if np.count_nonzero(np.round(below)) > len(named) else ""
        cities = say(language, "settled_between").join(named) + more
        told = say(language, "settled_below", persons=number(below.sum()), cities=cities)
    return told + (say(language, "settled_rounded", persons=number(rounded)) if round(rounded) else "")


def before_rounding(people: pd.DataFrame, language: str) -> str:
    """What is added to "reach their limits" where rounding takes persons off again; "" where it takes none."""
    return say(language, "before_rounding") if round(short_by_rounding(people).sum()) else ""


def why_short(people: pd.DataFrame, language: str) -> str:
    """A sentence: why rounding leaves persons out; "" where it leaves out none."""
    return say(language, "settled_whole") if round(short_by_rounding(people).sum()) else ""


def limit_makers(derived: Derived) -> NDArray[np.intp]:
    """The place in ``settle_bounds`` of the rule that makes the limit of every city; the first where several do."""
    made: Any = np.argmin([each.amount for each in derived.settle_bounds], axis=0)
    return np.asarray(made, dtype=np.intp)


def willing(derived: Derived) -> NDArray[np.float64]:
    """How many are willing to settle and may [city]; a settled share is of these, not of what limits leave of them."""
    return np.sum([each.amount for each in derived.settle_bounds if each.rule == "willingness"], axis=0)  # type: ignore[no-any-return]


def settlement_is_data(people: pd.DataFrame) -> bool:
    """Whether limits alone make the number of those who settle: what is missing to them is nothing beside them.

    Whole persons are no decision either, so that a limit counts as the whole persons within it.
    """
    allowed = float(whole_limits(people).sum())
    return allowed > 0 and float(people["settle"].sum()) >= (1 - SETTLED) * allowed


def beside_settlement(result: Result) -> dict[str, Text]:
    """Columns of people that stand only in some results, with their titles: who is reached and does not settle."""
    there = result.tables["people"].columns
    return {
        column: each.title
        for each in catalogue(result.instance.formulation).decisions.values()
        if each.sometimes is not None and each.table == "people"
        for column in each.columns
        if column in there
    }


def settlement_open(result: Result, language: str) -> str:
    """A sentence where the solve stopped before it came to the tier of settlement, so that who settles is no decision
    and nothing else says why a limit is not reached; else ""."""
    known = catalogue(result.instance.formulation).tiers
    left = any(known[each["tier"]].unit == "persons" and not each["optimised"] for each in result.manifest["tiers"])
    return say(language, "settlement_open") if left and result.manifest["status"]["stopped"] != MERGED else ""


def settlement_note(result: Result, language: str) -> str:
    """A line: how many settle, of how many who may, that it is data where it is, and who is reached beside them.

    "" where nobody may settle and there is nothing beside it.
    """
    left = settlement_open(result, language)
    notes = [*_who_settles(result.tables["people"], result.city_names(language), language), *([left] if left else []),
             *beside_notes(result, language)]  # fmt: skip
    return ("" if language == "zh" else " ").join(notes)


def beside_notes(result: Result, language: str) -> list[str]:
    """Who is reached beside those who settle, a sentence each, and what the tier of settlement counts them as."""
    people, tiers = result.tables["people"], result.tiers["value"]
    notes = [
        say(language, "beside_settlement", title=getattr(title, language), persons=number(float(people[column].sum())))
        for column, title in beside_settlement(result).items()
    ]
    known = catalogue(result.instance.formulation).tiers
    for name, value in tiers[np.isfinite(tiers)].items() if notes else ():
        counted = float(value) - float((people["settle"] - people["rounding"]).sum())
        if known[str(name)].unit == "persons" and counted > WHOLE:
            notes.append(say(language, "settlement_counts", value=number(float(value)), counted=number(counted)))
    return notes


def _who_settles(people: pd.DataFrame, names: Mapping[str, str], language: str) -> list[str]:
    settle, limit = float(people["settle"].sum()), float(whole_limits(people).sum())
    if limit <= 0:
        return []
    said = say(
        language, "settled", settle=number(settle), limit=number(limit), part=_part(settle / limit),
        full=number(float((below_limit(people) == 0).sum())), cities=number(len(people)),
        short=shortfall(people, names, language), before=before_rounding(people, language),
    )  # fmt: skip
    notes = [said, *filter(None, [why_short(people, language)])]
    notes += [say(language, "settlement_is_data")] if settlement_is_data(people) else []
    decided = number(settle - float(people["rounding"].sum()))
    return notes if decided == number(settle) else [*notes, say(language, "settled_decided", decided=decided)]


def _part(share: float) -> str:
    """A share of the limits in per cent; what is below them is never told as the whole of them."""
    told = percent(share, 3)
    return percent(np.floor(share * 1e5) / 1e5, 3) if share < 1 and told == percent(1, 3) else told
