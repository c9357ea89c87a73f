"""What a reader must know of how a result was found: notes in sentences, and allocations beyond the band."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import number, percent
from alloc.content.numbers import amount_text
from alloc.content.tables import share, table
from alloc.formulation.registry import catalogue_for
from alloc.result.result import Result
from alloc.result.rounding import rules_broken
from alloc.result.wording import say
from alloc.solver.facilities.band import WIDTH
from alloc.solver.model.status import Stopped

NAMED = 5  # allocations that a sentence names


class Beyond(NamedTuple):
    """An allocation that lies further from what the relaxation grants than the band, in words."""

    city: str
    pool: str
    granted: Amount
    decided: Amount
    change: Amount


def halted_lines(result: Result, language: str) -> list[str]:
    """What stands before everything else where the solve did not come to its end: why, what that leaves open, and
    whether the point satisfies the rules, a sentence each; nothing of a finished result."""
    status, notes = result.manifest["status"]["stopped"], result.manifest["notes"]
    amounts = {note["code"]: note["amount"] for note in notes if isinstance(note, dict)}
    if result.finished or not result.has_solution:
        return []
    if status == Stopped.MERGED:
        return [say(language, "halted_merged", count=number(amounts.get("merged", 0.0)))]
    lines = [say(language, "halted", why=say(language, f"halted_{status}"))]
    titles = unreached_tiers(result, language)
    tiers = ("、" if language == "zh" else ", ").join(titles)
    lines.append(say(language, "halted_before", tiers=tiers) if titles else say(language, "halted_after"))
    if "rounded_down" in amounts:
        lines.append(say(language, "halted_rounded_down", count=number(amounts["rounded_down"])))
    broken = rules_broken(result, language)
    lines.append(say(language, "halted_broken", parts=broken) if broken else say(language, "halted_rules"))
    return lines


def unreached_tiers(result: Result, language: str) -> list[str]:
    """Titles of the tiers that the solve did not come to."""
    named = catalogue_for(result.instance.settings).tiers
    return [named[tier["tier"]].title.said(language) for tier in result.manifest["tiers"] if not tier["optimised"]]


def note_lines(result: Result, language: str) -> list[str]:
    """The notes of a result, a sentence each."""
    lines = [say(language, "unsealed")] if "written_as" in result.manifest else []
    for note in result.manifest["notes"]:
        if isinstance(note, str):  # of a result that an earlier version wrote
            lines.append(note)
            continue
        amount, more = number(note["amount"]), {}
        if note["code"] == "beyond_band":
            found = beyond_band(result, language)
            named = [f"{each.city} {each.pool} {amount_text(each.change)}" for each in found[:NAMED]]
            named += ["…"] if len(found) > NAMED else []
            more = {"width": percent(WIDTH, 0), "which": ("；" if language == "zh" else "; ").join(named)}
        known = catalogue_for(result.instance.settings).tiers
        detail = getattr(known[note["detail"]].title, language) if note["detail"] in known else note["detail"]
        why = "_stopped" if more and not result.finished else ""
        lines.append(say(language, f"note_{note['code']}{why}", amount=amount, detail=detail, **more))
    return lines


def beyond_band(result: Result, language: str, city: str | None = None) -> list[Beyond]:
    """Allocations beyond the band, the furthest first: of all cities, or of one."""
    if "relaxation" not in result.tables:
        return []
    rows = result.tables["relaxation"]
    published = result.tables["allocation"].set_index(["city", "pool"])
    decided = (published["published"] - published["rounding"]).reindex(rows.set_index(["city", "pool"]).index)
    granted = rows["granted"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        change = decided.to_numpy() / granted - 1
    rows = rows.assign(decided=decided.to_numpy(), change=change, size=np.abs(change))
    rows = rows[(rows["beyond"] != 0) & ((city is None) | (rows["city"] == city))]
    rows = rows.sort_values(["size", "city", "pool"], ascending=[False, True, True])
    names = result.city_names(language)
    titles: dict[Any, str] = result.instance.tables["pools"].set_index("pool")[f"title_{language}"].to_dict()
    return [
        Beyond(
            names[row["city"]],
            titles[row["pool"]],
            Amount(row["granted"], 1),
            Amount(row["decided"], 1),
            share(row["change"], 0, sign=True) if row["granted"] > 0 else Amount(row["decided"], 1, sign=True),
        )
        for row in rows.to_dict("records")
    ]


def beyond_table(result: Result, language: str, city: str | None = None) -> list[Table]:
    """The same as a table, of one city without the column of its name; no table where there are none."""
    found: list[Row] = [
        (each.city, each.pool, each.granted, each.decided, each.change) for each in beyond_band(result, language, city)
    ]
    rows = [row[city is not None :] for row in found]
    heads = say(language, "beyond_heads" if city is None else "city_beyond_heads")
    title = say(language, "city_beyond", width=percent(WIDTH, 0))
    return [table("beyond_band", title, heads, "l" * (city is None) + "lrrr", rows)] if rows else []
