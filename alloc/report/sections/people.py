"""People: who settles, by province and size of city."""

from __future__ import annotations

import numpy as np

from alloc.content.blocks import Column, Section
from alloc.content.figures import number
from alloc.report.columns import count, residents, share
from alloc.report.measures import Measure, by_group, ratio, resting, summed
from alloc.report.view import View
from alloc.tolerances import WHOLE_PERSONS


def people(view: View) -> Section:
    """Settlement against what was wanted."""
    measures = people_measures(view)
    parts = (
        by_group(view, "people_classes", view.say("各规模城市落户", "Settlement by size of city"), view.size_class,
                 measures),
        by_group(view, "people_provinces", view.say("各省落户", "Settlement by province"), view.province, measures,
                 parents=view.region),
    )  # fmt: skip
    settle, limit = view.people["settle"].sum(), view.people["settle_limit"].sum()
    full = int((view.people["settle"] >= np.floor(view.people["settle_limit"] + WHOLE_PERSONS)).sum())
    sentence = view.say(
        "当年落户 {settle} 人，为落户上限（意愿与指标）的 {part} %；{full}个城市达到上限。",
        "{settle} persons settle this year, {part} % of the settlement limits (willingness and quotas); {full} cities "
        "reach theirs.",
        settle=view.about(settle), part=number(100 * settle / limit, 1) if limit else "0", full=number(full),
    )  # fmt: skip
    return Section("people", view.say("人口与落户", "People"), sentence, parts)


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
        resting(count(view, "migrants", view.say("外来人口", "migrants"), migrants, unit),
                view.grades("cities.migrants_cross", "cities.migrants_within")),
        resting(count(view, "settled_last", view.say("上年落户", "settled last year"), last, unit),
                view.grades("cities.settled_last")),
        resting(count(view, "settle_limit", view.say("落户上限", "settlement limit"), limit, unit),
                view.grades("cities.willingness", "settings.policy.settlement.willingness")),
        summed(column, settle),
        ratio(share("settled_share", view.say("占上限", "of the limit")), settle, limit),
        ratio(share("of_migrants", view.say("占外来人口", "of migrants")), settle, np.where(migrants > 0, migrants, 0)),
    ]  # fmt: skip
