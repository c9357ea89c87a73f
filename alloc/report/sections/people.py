"""People: who settles, by province and size of city."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alloc.auditing.grids import Grid
from alloc.content.blocks import Cell, Column, Section, Table
from alloc.content.figures import number
from alloc.report.columns import count, residents, share
from alloc.report.measures import Measure, by_group, ratio, resting, summed
from alloc.report.view import View
from alloc.result.settled import (
    WHOLE,
    before_rounding,
    below_limit,
    beside_notes,
    limit_makers,
    settlement_is_data,
    settlement_open,
    shortfall,
    why_short,
    willing,
)
from alloc.result.stopped import stopped, stopped_table, why_within
from alloc.result.wording import say
from alloc.text import Text


def people(view: View, relaxed: Grid | None = None) -> Section:
    """Settlement against what was wanted.

    Args:
        view: of the result.
        relaxed: what relaxing each cause gives, as the audit finds it; None: it was not asked.
    """
    measures = people_measures(view)
    parts = (
        _limits(view),
        *_stopped(view, relaxed),
        *by_group(view, "people_classes", view.say("各规模城市落户", "Settlement by size of city"), view.size_class,
                 measures),
        *by_group(view, "people_provinces", view.say("各省落户", "Settlement by province"), view.province, measures,
                 parents=view.region),
    )  # fmt: skip
    settle, limit = float(view.people["settle"].sum()), float(view.people["settle_limit"].sum())
    able = float(willing(view.derived).sum())
    last, full = float(view.cities["settled_last"].sum()), below_limit(view.people) == 0
    sentence = view.say(
        "当年落户 {settle} 人，占有意愿者的 {part} %（上年 {last} 人）；"
        "各市落户上限合计 {limit} 人，{full}{before}达到上限{short}。",
        "{settle} persons settle this year, {part} % of the willing ({last} did last year); limits are {limit} "
        "in all, reached in {full}{before}{short}.",
        settle=number(settle), last=number(last), full=view.cities_said(full), limit=number(limit),
        short=shortfall(view.people, view.result.city_names(view.language), view.language),
        before=before_rounding(view.people, view.language),
        part=number(100 * settle / able, 1) if able else "0",
    )  # fmt: skip
    if why := why_short(view.people, view.language):
        sentence += view.say("", " ") + why
    if settlement_is_data(view.people):
        sentence += view.say("", " ") + say(view.language, "settlement_is_data")
    if left := settlement_open(view.result, view.language):
        sentence += view.say("", " ") + left
    sentence = view.say("", " ").join([sentence, *beside_notes(view.result, view.language)])
    return Section("people", view.say("人口与落户", "People"), sentence, parts)


def _limits(view: View) -> Table:
    """By the rule that makes the settlement limit of a city: how many cities, their limits, and how many reach them.

    A city whose limit several rules make counts with the first of them.
    """
    bounds = view.derived.settle_bounds
    maker = limit_makers(view.derived)
    settle, limit = (view.people[name].to_numpy(dtype=float) for name in ("settle", "settle_limit"))
    last, full = view.cities["settled_last"].to_numpy(dtype=float), below_limit(view.people) == 0

    def row(title: str, most: float | None, chosen: NDArray[np.bool_]) -> tuple[Cell, ...]:
        sums = (float(each[chosen].sum()) for each in (last, limit, settle))
        return (title, most, float(chosen.sum()), *sums, float((chosen & full).sum()))

    rows = [
        row(view.catalogue.rules[each.rule].title.said(view.language),
            float(each.amount.sum()) if np.isfinite(each.amount).all() else None, maker == place)
        for place, each in enumerate(bounds)
    ]  # fmt: skip
    persons, cities, made = (
        view.persons,
        view.say("个", ""),
        view.say("由它决定上限的城市", "cities whose limit it makes"),
    )
    before = before_rounding(view.people, view.language)
    columns = (
        Column("rule", view.say("规则", "rule")),
        Column("most", view.say("单凭该规则全部城市至多", "at most in all cities, by it alone"), persons, "number"),
        Column("cities", made, cities, "number", additive=True),
        Column("last", view.say("其上年落户", "settled there last year"), persons, "number", additive=True),
        Column("limit", view.say("其上限", "their limits"), persons, "number", additive=True),
        Column("settle", view.say("其当年落户", "settle there"), persons, "number", additive=True),
        Column("reached", view.say("{before}达到上限的城市", "cities that reach it{before}", before=before), cities,
               "number", additive=True),
    )  # fmt: skip
    totals = row(view.say("合计", "total"), None, np.ones(len(limit), dtype=bool))
    title = view.say("什么决定落户上限", "What makes the settlement limits")
    note = view.say(
        "几条规则同为上限的城市计入排在前面的一条。", "A limit that several rules make counts with the first."
    )
    used = tuple(each for each in rows if each[1] is not None or each[2])
    return Table("people_limits", title, columns, used, totals=totals, note=note)


def _stopped(view: View, relaxed: Grid | None) -> list[Table]:
    """How many of the willing do not settle, and what relaxing each cause would give where that was solved."""
    rows = stopped(view.result)
    if not any(each.beyond + each.below + each.rounded > WHOLE for each in rows):
        return []
    found = [replace(stopped_table(rows, view.language, why_within(view.result, view.language)), name="people_stopped")]
    if relaxed is not None:
        heads = tuple(head for head in relaxed.heads if head.name != "edits")  # lines of the command
        note = Text(
            "每次放松一项，其他不变，设施按可以不为整座重新求解；两项同时挡住的，单独放松任何一项都不多得。{note}",
            "Each relaxed by itself, everything else kept, solved again with facilities in parts; where two stop the "
            "same people, relaxing one alone brings none of them. {note}",
        ).fill(note=relaxed.note)
        kept = replace(relaxed, heads=heads, rows=tuple(row[: len(heads)] for row in relaxed.rows), note=note)
        found.append(replace(kept.table(view.language), name="people_relaxed"))
    return found


def people_measures(view: View) -> list[Measure]:
    """Residents, migrants, the settlement limit and those who settle."""
    table = view.people
    settle, limit = table["settle"].to_numpy(), table["settle_limit"].to_numpy()
    migrants = table["migrants"].to_numpy()
    last = view.cities["settled_last"].to_numpy(dtype=float)
    unit = view.persons
    column = Column("settle", view.say("当年落户", "settle this year"), unit, "number", 0, additive=True, colour="bar")
    return [
        residents(view),
        resting(count(view, "migrants", view.say("流入人口", "migrants"), migrants, unit),
                view.grades("cities.migrants_cross", "cities.migrants_within")),
        resting(count(view, "settled_last", view.say("上年落户", "settled last year"), last, unit),
                view.grades("cities.settled_last")),
        resting(count(view, "settle_limit", view.say("落户上限", "settlement limit"), limit, unit),
                view.grades("cities.willingness", "settings.policy.settlement.willingness")),
        summed(column, settle),
        ratio(share("settled_share", view.say("占有意愿者", "of the willing")), settle, willing(view.derived)),
        ratio(share("of_migrants", view.say("占流入人口", "of migrants")), settle, np.where(migrants > 0, migrants, 0)),
    ]  # fmt: skip
