"""The short table of a result: tiers, pools, gains and losses, what binds, where its numbers come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from alloc.formulation.registry import catalogue
from alloc.result import rounding
from alloc.result.city import city_sections
from alloc.result.figures import decimals_for, gap_text, number, percent, shown_unit
from alloc.result.result import Result
from alloc.result.sections import Section, render
from alloc.result.wording import WORDS, say
from alloc.tolerances import AT_BOUND

LARGEST = 5  # gains and losses shown, of land and of money each


def summary(result: Result, language: str = "en", city: str | None = None) -> str:
    """The sections as plain text."""
    if city is not None:
        return render(city_sections(result, language, city))
    notes = (rounding.note(result, language), sources_note(result, language))
    return "\n".join((render(sections(result, language)), *notes))


def sections(result: Result, language: str) -> list[Section]:
    """Everything about the whole."""
    return [
        _tiers(result, language),
        _pools(result, language),
        *_changes(result, language),
        _binding(result, language),
    ]


def status_line(result: Result, language: str) -> str:
    """Why the solver stopped, how good the point is (what was not reached first), and whether it was verified."""
    status, tiers, notes = (result.manifest[part] for part in ("status", "tiers", "notes"))
    named = catalogue(result.instance.formulation).tiers
    unreached = [getattr(named[tier["tier"]].title, language) for tier in tiers if not tier["optimised"]]
    if unreached:
        how = say(language, "unreached", tiers=("、" if language == "zh" else ", ").join(unreached))
    elif all(tier["bound"] is None for tier in tiers):
        how = say(language, "unbounded")
    elif not result.finished or any(isinstance(note, dict) and note["code"] == "bound_left" for note in notes):
        how = say(language, "partly_bounded")
    else:
        how = say(language, status["quality"])
    checks = number(result.manifest["verified"]["checks"])
    return say(language, "status", stopped=say(language, status["stopped"]), quality=how, checks=checks)


def sources_note(result: Result, language: str) -> str:
    """How many columns are estimated or assumed."""
    sources = result.instance.tables["sources"]
    count = sources["status"].value_counts()
    if not len(sources):
        return say(language, "no_sources")
    return say(
        language,
        "sources",
        all=len(sources),
        estimated=int(count.get("estimated", 0)),
        assumed=int(count.get("assumed", 0)),
    )


def _tiers(result: Result, language: str) -> Section:
    named = catalogue(result.instance.formulation).tiers
    rows = []
    for tier in result.manifest["tiers"]:
        about = named[tier["tier"]]
        decimals = 0 if about.unit in ("persons", "10⁴ yuan") else 5
        unit = shown_unit(about.unit, tier["value"])
        rows.append((
            getattr(about.title, language),
            number(tier["value"] / unit.size, decimals),
            number(np.nan if tier["bound"] is None else tier["bound"] / unit.size, decimals),
            gap_text(tier, unit.size, decimals) if tier["optimised"] else say(language, "not_optimised"),
            say(language, "exact") if tier["tolerance"] is None else number(tier["tolerance"], 3),
            getattr(unit, language) if about.unit in ("persons", "10⁴ yuan") else "",
            number(tier["seconds"], 1),
        ))  # fmt: skip
    return _section(language, "tiers", rows, "lrrrrlr")


def _pools(result: Result, language: str) -> Section:
    pools = result.instance.tables["pools"].set_index("pool")
    given: dict[Any, float] = result.tables["allocation"].groupby("pool")["published"].sum().to_dict()
    rows = []
    for pool, row in pools.to_dict("index").items():
        available = (1 - row["reserve"]) * row["total"]
        unit = shown_unit("ha" if row["kind"] == "land" else "10⁴ yuan", row["total"])
        decimals = decimals_for(row["total"] / unit.size)
        amounts = (row["total"], row["total"] - available, available, given[pool], available - given[pool])
        rows.append(
            (
                row[f"title_{language}"],
                getattr(unit, language),
                *(number(amount / unit.size, decimals) for amount in amounts[:-1]),
                number(amounts[-1] / unit.size, decimals),
            )
        )
    return _section(language, "pools", rows, "llrrrrr")


def _changes(result: Result, language: str) -> list[Section]:
    """The largest gains and losses of land and of money, against last year (formula where that is not known)."""
    pools = result.instance.tables["pools"].set_index("pool")
    table = result.tables["allocation"]
    against = table["last_year"].fillna(table["benchmark"])
    frame = pd.DataFrame(
        {
            "city": table["city"],
            "land": table["pool"].map(pools["kind"]).eq("land"),
            "bond": table["pool"].map(pools["kind"]).eq("bond"),
            "published": table["published"],
            "against": against,
        }
    )
    found = []
    for key, rows, unit_name in (
        ("land_changes", frame[frame["land"]], "ha"),
        ("transfer_changes", frame[~frame["land"] & ~frame["bond"]], "10⁴ yuan"),
    ):
        if rows.empty:
            continue
        sums = rows.groupby("city")[["published", "against"]].sum()
        now: dict[Any, float] = sums["published"].to_dict()
        before: dict[Any, float] = sums["against"].to_dict()
        change = {city: now[city] - before[city] for city in now}
        order = sorted(change, key=lambda each: (change[each], each))
        gains = [city for city in reversed(order) if change[city] > 0][:LARGEST]
        losses = [city for city in order if change[city] < 0][:LARGEST]
        unit = shown_unit(unit_name, max(now.values()))
        decimals = decimals_for(max(now.values()) / unit.size)
        shown = result.city_names(language)
        lines = [
            (
                "▲" if change[city] > 0 else "▼",
                f"{shown[city]} {city}",
                number(before[city] / unit.size, decimals),
                number(now[city] / unit.size, decimals),
                number(change[city] / unit.size, decimals, sign=True),
                percent(change[city] / before[city] if before[city] else np.nan, sign=True),
            )
            for city in [*gains, *losses]
        ]
        section = _section(language, key, lines, "llrrrr", unit=getattr(unit, language))
        found.append(section)
    return found


def _binding(result: Result, language: str) -> Section:
    named = catalogue(result.instance.formulation).families
    families = result.tables["families"].set_index("family")
    rows = []
    for family, row in families.to_dict("index").items():
        about = named[str(family)]
        if about.owner in ("arithmetic", "definition") or not row["binding"]:
            continue
        rows.append(
            (
                getattr(about.title, language),
                number(row["binding"]),
                number(row["rows"]),
                getattr(about.binds, language).format(count=number(row["binding"]))
                + _causes(result, str(family), language),
            )
        )
    return _section(language, "binding", rows, "lrrl")


def _causes(result: Result, family: str, language: str) -> str:
    """Which of its causes make the right side of a family, counted over the cities where it binds."""
    causes = catalogue(result.instance.formulation).families[family].causes
    if not causes:
        return ""
    debt = result.tables["debt"]
    new = debt["new_general"] + debt["new_special"]
    binds = new >= debt["bond_room"] - AT_BOUND * np.maximum(1.0, debt["bond_room"])
    if not binds.any():
        return ""
    from alloc.instance.derived.derived import derive

    derived = derive(result.instance)
    rooms = np.column_stack([getattr(derived, room) for room in causes.values()])[binds.to_numpy()]
    counts = np.bincount(rooms.argmin(axis=1), minlength=len(causes))
    return " " + say(language, "debt_causes", **dict(zip(causes, counts, strict=True)))


def _section(language: str, key: str, rows: Sequence[tuple[str, ...]], aligned: str, **filled: object) -> Section:
    title, heads = WORDS[key], WORDS[f"{key}_heads"]
    return Section(
        getattr(title, language).format(**filled), tuple(getattr(heads, language).split("|")), tuple(rows), aligned
    )
