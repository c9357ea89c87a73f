"""Levels: what provinces, and units between them and the cities, receive, keep and pass on."""

from __future__ import annotations

from alloc.content.blocks import Amount, Cell, Column, Table
from alloc.content.figures import exact_decimals
from alloc.explanation.shared.kept import TABLE
from alloc.explanation.shared.parameters import unit_name
from alloc.report.view import View

AMOUNTS = ("received", "retained", "passed")


def levels_table(view: View) -> Table | None:
    """T18: one row a unit and pool of which any keeps something; None where nobody does."""
    frame = view.result.tables.get(TABLE)
    if frame is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    for level in view.derived.levels:
        own = frame[frame["unit"].isin(level.units.tolist())]
        for row in own.to_dict("records"):
            most = exact_decimals([row[name] for name in AMOUNTS], 2)
            name = unit_name(view.instance, str(row["unit"])).said(view.language)
            rows.append((
                name, view.pool_title(str(row["pool"])), view.pool_unit(str(row["pool"])),
                *(Amount(float(row[each]), most) for each in AMOUNTS), float(row["share"]),
            ))  # fmt: skip
    columns = (
        Column("unit", view.say("城市的上级", "unit above cities")), Column("pool", view.say("指标", "pool")),
        Column("measure", view.say("计量单位", "unit")),
        Column("received", view.say("所得", "received"), kind="number"),
        Column("retained", view.say("留用", "retained"), kind="number"),
        Column("passed", view.say("下达", "passed on"), kind="number"),
        Column("share", view.say("留用比例", "share retained"), "%", "number", 1, 0.01,
               status=view.status("levels.retained")),
    )  # fmt: skip
    note = view.say(
        "所得 = 留用 + 下达；最高一级单位的所得合计为该指标已分配数与各级留用之和。"
        "留用比例由算例的 levels 表规定，不参与优化。",
        "Received = retained + passed on; what the highest units receive adds up to what cities get and what is "
        "retained. Who retains how much is data of the instance (table levels); nothing of it is optimised.",
    )
    title = view.say("各级所得、留用与下达", "What provinces receive, retain and pass on")
    return Table("levels", title, columns, tuple(rows), note=note, code="T18")
