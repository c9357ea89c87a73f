"""The planner's own limits inside one province: which keep their meaning there, and why the others do not."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.limits import LimitRow, city_of, key_of
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import precheck
from alloc.text import Text

_KEPT = Text("限制 {key}（{title}）保留。", "The limit {key} ({title}) is kept.")
_LEFT_OUT = Text("限制 {key}（{title}）已删去：{why}", "The limit {key} ({title}) was left out: {why}")
SHARE = Text(
    "这是占全国总量的比例，在一省之内没有意义；如需要请另定本省的限值。",
    "it is a share of the national pool, which says nothing inside a province; set one of its own if wanted.",
)
AMOUNT = Text("这是对省外城市也起作用的绝对数。", "it is an amount for cities of other provinces as well.")


def cut_limits(nation: Instance, derived: Derived, province: Instance) -> tuple[Instance, list[Text]]:
    """The province without the limits that mean nothing or cannot hold in it, and what became of every limit.

    Args:
        nation: the instance that the province was cut from.
        derived: its derived data.
        province: the province, with all limits of the nation.
    """
    limits = nation.tables["limits"]
    outside = {city: k for k, city in enumerate(derived.cities)}
    inside = [outside[city] for city in province.tables["cities"]["city"]]
    reasons: dict[str, Text] = {}
    for record in limits.to_dict("records"):
        rows = [row for row in derived.limits if row.key == record["limit"]]
        reason = _reason(rows, inside, record)
        if reason is not None:
            reasons[record["limit"]] = reason
    cut = _without(province, set(reasons))
    for finding in precheck(cut, derive(cut)):
        if finding.severity == "error" and finding.file == "limits.csv" and finding.key:
            first = key_of(finding.key.split(", ")[0])
            reasons[first] = finding.message
    notes = []
    for record in limits.to_dict("records"):
        reason = reasons.get(record["limit"])
        text = _KEPT if reason is None else _LEFT_OUT
        title = Text(record["title_zh"], record["title_en"])
        notes.append(text.fill(key=record["limit"], title=title, why=reason))
    return _without(cut, set(reasons)), notes


def _reason(rows: list[LimitRow], inside: list[int], record: Mapping[Hashable, object]) -> Text | None:
    """Why a limit means nothing inside the province; None where it keeps its meaning."""
    if not any(row.selection[inside].any() for row in rows):
        return Text("该省没有城市符合条件。", "it selects no city of the province.")
    row = rows[0]  # of a limit for every city they differ in the city alone
    if row.versus is not None and not row.versus[inside].any():
        return Text("该省没有对照城市。", "the province has no city to compare with.")
    everywhere = bool(row.selection.all())
    if record["basis"] == "share" and not everywhere:
        return SHARE
    if record["basis"] == "amount" and not city_of(row.limit) and row.selection.sum() > row.selection[inside].sum():
        return AMOUNT
    return None


def _without(instance: Instance, limits: set[str]) -> Instance:
    table = instance.tables["limits"]
    kept = table[~table["limit"].isin(limits)].reset_index(drop=True)
    return make_instance(instance.settings, {**instance.tables, "limits": kept})
