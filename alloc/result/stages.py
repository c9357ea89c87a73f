"""At which stage of the year amounts go out, what went out before, and what comes on top."""

from __future__ import annotations

from alloc.content.figures import number
from alloc.instance.derived.optional.issued import shared_out
from alloc.instance.schema.stages import STAGES
from alloc.publish.parts import INCREMENT, ISSUED
from alloc.result.result import Result
from alloc.result.wording import say


def stage_note(result: Result, language: str) -> str:
    """A line where this is an advance, or where something went out before; else ""."""
    settings, table = result.instance.settings, result.tables["allocation"]
    between = "；" if language == "zh" else "; "
    if settings.stage == STAGES[0]:
        titles = result.instance.tables["pools"].set_index("pool")[f"title_{language}"]
        shares = shared_out(result.instance.tables["pools"], settings.stage)
        parts = between.join(f"{titles[pool]} {part:g}" for pool, part in shares.items())
        return say(language, "stage_advance", parts=parts)
    if ISSUED not in table:
        return ""
    pools = []
    for row in result.instance.tables["pools"].to_dict("records"):
        own = table[table["pool"] == row["pool"]]
        issued, increment, published = (float(own[name].sum()) for name in (ISSUED, INCREMENT, "published"))
        unit = say(language, "unit_land" if row["kind"] == "land" else "unit_money")
        if issued:
            pools.append(say(
                language, "stage_pool", pool=row[f"title_{language}"], issued=number(issued),
                increment=number(increment), published=number(published), unit=unit,
            ))  # fmt: skip
    stage = say(language, f"stage_{settings.stage}")
    return say(language, "stage_issued", stage=stage, pools=between.join(pools))
