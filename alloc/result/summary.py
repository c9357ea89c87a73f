"""The short table of a result: tiers, pools, gains and losses, what binds, where its numbers come from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alloc.content.blocks import Amount, Paragraph, Row, Section, Table
from alloc.content.figures import (
    decimals_for,
    decimals_that_add_up,
    gap_of,
    number,
    shown_unit,
    tier_unit,
    tolerance_decimals,
)
from alloc.content.tables import difference, share, table
from alloc.explanation.shared.kept import retained
from alloc.formulation.registry import catalogue, catalogue_for
from alloc.instance.aside import parted, set_aside
from alloc.instance.derived.derived import derive
from alloc.instance.derived.optional.issued import shared_out
from alloc.instance.divisions.scope import units_left_out
from alloc.instance.frames import records
from alloc.instance.statuses import MIXED, tally
from alloc.result import rounding
from alloc.result.frames.bounds import bounds_that_bind
from alloc.result.frames.idle import edited_limits, idle_limits, idle_others
from alloc.result.frames.standing import families_as_published
from alloc.result.frames.unfelt import causes_that_bind, unfelt
from alloc.result.notes import note_lines, unreached_tiers
from alloc.result.result import Result
from alloc.result.settled import settlement_note
from alloc.result.stages import stage_note
from alloc.result.stopped import stopped, stopped_table, why_within
from alloc.result.wording import say

WHOLE = 0.5  # persons: less is rounding
LAND_DECIMALS, MONEY_DECIMALS = 2, 4  # that show a published amount whole, in ha and in 10⁸ yuan
LARGEST = 5  # gains and losses shown, of land and of money each


def summary(result: Result, language: str) -> Section:
    """Status, what a reader must know, tiers, pools, gains and losses, what binds; notes on rounding and sources.

    Args:
        result: with an allocation.
        language: ``zh`` or ``en``.
    """
    title = str(getattr(result.instance.settings.title, language))
    notes = [Paragraph(f"! {note}") for note in note_lines(result, language)]
    scope = units_left_out(result.instance.tables["cities"]["city"])
    return Section(
        "short",
        say(language, "short"),
        "",
        (
            Paragraph(f"{title}{say(language, 'colon')}{status_line(result, language)}"),
            *notes,
            tiers_table(result, language),
            _pools(result, language),
            *programmes_table(result, language),
            *links_table(result, language),
            *_changes(result, language),
            _binding(result, language),
            *(Paragraph(line) for line in unfelt(result, language)),
            *(Paragraph(line) for line in idle_limits(result, edited_limits(result), language)),
            *([Paragraph(others)] if (others := idle_others(result, language)) else []),
            *([Paragraph(stage)] if (stage := stage_note(result, language)) else []),
            *_settlement(result, language),
            Paragraph(rounding.note(result, language)),
            Paragraph(sources_note(result, language)),
            *([Paragraph(scope.said(language))] if scope else []),
        ),
    )


def _settlement(result: Result, language: str) -> list[Paragraph | Table]:
    """Who settles, of those who may; where limits leave out any of the willing, by which rule."""
    said: list[Paragraph | Table] = [Paragraph(line)] if (line := settlement_note(result, language)) else []
    rows = stopped(result)
    if any(each.beyond > WHOLE for each in rows):
        said += [
            stopped_table(rows, language, why_within(result, language)),
            Paragraph(say(language, "stopped_ask")),
        ]
    return said


def status_line(result: Result, language: str) -> str:
    """Why the solver stopped, how good the point is (what was not reached first), and whether it was verified."""
    checks = number(result.manifest["verified"]["checks"])
    stopped = say(language, result.manifest["status"]["stopped"])
    return say(language, "status", stopped=stopped, quality=quality_said(result, language), checks=checks)


def quality_said(result: Result, language: str) -> str:
    """How good the point is: which rules it keeps, what was not reached, and whether bounds say how far off it is."""
    status, tiers, notes = (result.manifest[part] for part in ("status", "tiers", "notes"))
    if unreached := unreached_tiers(result, language):
        how = say(language, "unreached", tiers=("、" if language == "zh" else ", ").join(unreached))
    elif all(tier["bound"] is None for tier in tiers):
        how = say(language, "unbounded")
    elif not result.finished or any(isinstance(note, dict) and note["code"] == "bound_left" for note in notes):
        how = say(language, "partly_bounded")
    else:
        how = say(language, status["quality"])
    if parts := rounding.rules_broken(result, language):
        how = say(language, "but_rounded", quality=how, parts=parts)
    return how


def sources_note(result: Result, language: str) -> str:
    """How many columns are estimated or assumed."""
    count = tally(result.instance.tables)
    if not count:
        return say(language, "no_sources")
    key = "sources_mixed" if count[MIXED] else "sources"
    return say(language, key, all=count.total(), **{name: count[name] for name in ("estimated", "assumed", MIXED)})


def tiers_table(result: Result, language: str) -> Table:
    """What every tier reaches, the bound that no plan can better, the gap, and the tolerance that it was given."""
    named = catalogue_for(result.instance.settings).tiers
    rows: list[Row] = []
    fine = tolerance_decimals(result.manifest["tiers"])
    for tier in result.manifest["tiers"]:
        about = named[tier["tier"]]
        unit, decimals = tier_unit(about.unit, tier["value"])
        rows.append((
            about.title.said(language),
            Amount(tier["value"] / unit.size, decimals),
            Amount(np.nan if tier["bound"] is None else tier["bound"] / unit.size, decimals),
            gap_of(tier, unit.size, decimals) if tier["optimised"] else say(language, "not_optimised"),
            say(language, "exact") if tier["tolerance"] is None else Amount(tier["tolerance"], fine),
            unit.said(language),
            Amount(tier["seconds"], 1),
        ))  # fmt: skip
    return table("tiers", say(language, "tiers"), say(language, "tiers_heads"), "lrrrrlr", rows)


def _pools(result: Result, language: str) -> Table:
    pools = result.instance.tables["pools"].set_index("pool")
    given: dict[Any, float] = result.tables["allocation"].groupby("pool")["published"].sum().to_dict()
    parts = shared_out(result.instance.tables["pools"], result.instance.settings.stage)
    kept, names = retained(result), set_aside(pools)
    staged = any(part < 1 for part in parts.values())
    found: list[tuple[str, str, list[float]]] = []
    fine = dict[str, int]()  # unit -> decimals, the same in all rows: of one unit they are read one above the other
    for pool, row in pools.to_dict("index").items():
        whole = (1 - row["reserve"]) * row["total"]
        available = whole * parts[str(pool)]
        unit = shown_unit("ha" if row["kind"] == "land" else "10⁴ yuan", row["total"])
        own = kept.get(str(pool), 0.0)
        aside = parted(row["total"] - whole, row)
        held = [*(aside[name] for name in names), *([whole - available] if staged else [])]
        out = [available, *([own] if kept else []), given[pool], available - own - given[pool]]
        amounts = [each / unit.size for each in (row["total"], *held, *out)]
        sums = [amounts[-len(out) :], amounts[: -len(out) + 1]]
        most = LAND_DECIMALS if row["kind"] == "land" else MONEY_DECIMALS if unit.size > 1 else 0
        decimals = decimals_that_add_up(sums, decimals_for(row["total"] / unit.size), most)
        found.append((row[f"title_{language}"], named := unit.said(language), amounts))
        fine[named] = max(decimals, fine.get(named, 0))
    rows: list[Row] = [(title, unit, *(Amount(each, fine[unit]) for each in amounts)) for title, unit, amounts in found]
    reserve = "|".join(say(language, name) for name in (*names, *(["later"] if staged else [])))
    heads = say(language, "pools_heads_retained" if kept else "pools_heads", reserve=reserve)
    return table("pools", say(language, "pools"), heads, "ll" + "r" * (len(rows[0]) - 2), rows)


def programmes_table(result: Result, language: str, city: str = "") -> list[Table]:
    """One row a programme, of one city or of all; no table where there are none.

    Args:
        result: with an allocation.
        language: ``zh`` or ``en``.
        city: its code; "" for all.
    """
    if "programmes" not in result.tables:
        return []
    frame, derived = result.tables["programmes"], derive(result.instance)
    own = [place for place, code in enumerate(derived.cities) if city in ("", code)]
    done = (frame[frame["city"] == city] if city else frame).groupby("programme")["run"].sum()
    rows: list[Row] = []
    for row in records(result.instance.tables["programmes"], "programme", f"title_{language}", f"unit_{language}"):
        name, title, unit = row.values()
        place = derived.programmes.index(name)
        stock, most = (float(each[own, place].sum()) for each in (derived.programme_stock, derived.run_limit))
        run = float(done[name])
        part = share(run / stock if stock > 0 else None)
        rows.append((str(title), str(unit), Amount(stock), Amount(most), Amount(run), part))
    return [table("programmes", say(language, "programmes"), say(language, "programmes_heads"), "llrrrr", rows)]


def _changes(result: Result, language: str) -> list[Table]:
    """The largest gains and losses of land and of money, against last year (formula where that is not known)."""
    pools = result.instance.tables["pools"].set_index("pool")
    allocation = result.tables["allocation"]
    against = allocation["last_year"].fillna(allocation["benchmark"])
    frame = pd.DataFrame(
        {
            "city": allocation["city"],
            "land": allocation["pool"].map(pools["kind"]).eq("land"),
            "bond": allocation["pool"].map(pools["kind"]).eq("bond"),
            "published": allocation["published"],
            "against": against,
            "known": allocation["last_year"].notna(),
        }
    )
    found = []
    staged = any(
        part < 1 for part in shared_out(result.instance.tables["pools"], result.instance.settings.stage).values()
    )
    for key, chosen, unit_name in (
        ("land_changes", frame[frame["land"]], "ha"),
        ("transfer_changes", frame[~frame["land"] & ~frame["bond"]], "10⁴ yuan"),
    ):
        if chosen.empty:
            continue
        sums = chosen.groupby("city")[["published", "against"]].sum()
        now: dict[Any, float] = sums["published"].to_dict()
        before: dict[Any, float] = sums["against"].to_dict()
        change = {city: now[city] - before[city] for city in now}
        order = sorted(change, key=lambda city: (change[city], city))
        gains = [city for city in reversed(order) if change[city] > 0][:LARGEST]
        losses = [city for city in order if change[city] < 0][:LARGEST]
        if not gains and not losses:
            continue
        base = say(language, "last_year" if chosen["known"].any() else "formula")
        unit = shown_unit(unit_name, max(now.values()))
        decimals = decimals_for(max(now.values()) / unit.size)
        names = result.city_names(language)
        rows: list[Row] = [
            (
                names[city],
                city,
                (was := Amount(before[city] / unit.size, decimals)),
                (gets := Amount(now[city] / unit.size, decimals)),
                difference(gets, was),
                share(change[city] / before[city] if before[city] else None, sign=True),
            )
            for city in [*gains, *losses]
        ]
        title = say(language, key, unit=unit.said(language), base=base)
        note = say(language, "changes_of_advance", base=base) if staged else ""
        found.append(table(key, title, say(language, "changes_heads", base=base), "llrrrr", rows, note))
    return found


def _binding(result: Result, language: str) -> Table:
    named = catalogue(result.instance.formulation).families
    families = families_as_published(result).set_index("family")
    rows: list[Row] = []
    for family, row in families.to_dict("index").items():
        about = named[str(family)]
        if not about.restrains or not row["binding"]:
            continue
        meaning = about.binds.said(language, count=number(row["binding"])) + _causes(result, str(family), language)
        rows.append((about.title.said(language), Amount(row["binding"]), Amount(row["rows"]), meaning))
    rows += [(each.title.said(language), Amount(len(each.cities)), Amount(each.of), getattr(each.words, language))
             for each in bounds_that_bind(result)]  # fmt: skip
    return table("binding", say(language, "binding"), say(language, "binding_heads"), "lrrl", rows)


def _causes(result: Result, family: str, language: str) -> str:
    """Which of its causes make the right side of a family, counted over the cities where it binds."""
    counts = causes_that_bind(result, family)
    return ("" if language == "zh" else " ") + say(language, "debt_causes", **counts) if counts else ""


def links_table(result: Result, language: str, city: str = "") -> list[Table]:
    """What is lent and moved: one row a service and kind, or of one city one a link over which anything goes.

    Args:
        result: the result.
        language: ``zh`` or ``en``.
        city: its code; "" for all cities.

    Returns:
        The table; none where there are no links, or none that the city uses.
    """
    if "links" not in result.tables:
        return []
    tables, frame = result.instance.tables, result.tables["links"]
    services = {row["service"]: (row[f"title_{language}"], row[f"unit_{language}"])
                for row in records(tables["services"], "service", f"title_{language}", f"unit_{language}")}  # fmt: skip
    if city:
        own = frame[((frame["from"] == city) | (frame["to"] == city)) & (frame["flow"] > 0)]
        names = result.city_names(language)
        rows: list[Row] = [
            (*services[row["service"]], say(language, f"kind_{row['kind']}"),
             names[row["to"] if row["from"] == city else row["from"]],
             Amount(row["flow"] if row["from"] == city else 0.0), Amount(row["flow"] if row["to"] == city else 0.0),
             Amount(row["cost"] if row["to"] == city else 0.0),
             Amount(row["fee"] if row["to"] == city else 0.0 - row["fee"]))
            for row in records(own)
        ]  # fmt: skip
        heads, align = say(language, "links_of_city"), "llllrrrr"
    else:
        most = frame.assign(most=derive(result.instance).link_limit, used=frame["flow"] > 0, number=1)
        sums = most.groupby(["service", "kind"])[["number", "used", "most", "flow", "cost", "fee"]].sum().reset_index()
        rows = [
            (*services[row["service"]], say(language, f"kind_{row['kind']}"),
             *(Amount(float(row[name])) for name in ("number", "used", "most", "flow", "cost", "fee")))
            for row in records(sums)
        ]  # fmt: skip
        heads, align = say(language, "links_heads"), "lllrrrrrr"
    return [table("links", say(language, "links"), heads, align, rows)] if rows else []
