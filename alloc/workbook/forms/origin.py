"""The instance that a form was made for, where it is not the one that it is merged into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alloc.instance.divisions.codes import in_six_digits, names
from alloc.instance.findings import Finding, or_leave
from alloc.text import Text
from alloc.workbook.content import Content

_CALLED = Text("{name}（{province}）", "{name} ({province})")
_OTHER = Text(
    "这份填报表出自算例 {made_for}，不是 {own}：表中 {count} 个城市有 {strange} 个不在本算例中。",
    "This form was made for the instance {made_for}, not for {own}: {strange} of its {count} cities {strange:|is|are} "
    "not in that.",
)
_MERGE_THERE = Text("换成由本算例生成的填报表，或把它合并到 {name}。",
                    "Hand in the form that was made for this instance, or merge it into {name}.")  # fmt: skip
_BY_ANOTHER_NAME = Text("这份填报表出自算例 {made_for}，不是 {own}。",
                        "This form was made for the instance {made_for}, not for {own}.")  # fmt: skip
_CHECK = Text("核对是否交错了表。", "Check that it is the right form.")


def of_another_instance(
    front: Finding, content: Content, cities: Iterable[str], within: Sequence[Finding]
) -> list[Finding]:
    """What is wrong with the sheets of a form whose first sheet names another instance, that said in front.

    Where most of its cities are not in this instance it is the form of another one, and whatever is wrong with its
    rows goes away with the right form. Where most are, the instance may as well have been renamed.

    Args:
        front: a finding on the cell that names the instance, its words still to come.
        content: the instance that the form is merged into.
        cities: what the rows of the form are of.
        within: what is wrong with its sheets.
    """
    name, own = front.value or "", str(content.settings.get("name") or "")
    if not name or not own or name == own:
        return list(within)
    known = [str(city or "") for city in content.tables.get("cities", {}).get("city", ())]
    on_form = list(dict.fromkeys(in_six_digits(city) or city for city in cities if city))
    strange = len(set(on_form) - set(known))
    words = {"made_for": _called(name, on_form), "own": _called(own, known), "name": name}
    if 2 * strange <= len(on_form):
        message, remedy = _BY_ANOTHER_NAME.fill(**words), or_leave(_CHECK)
        return [replace(front, severity="warning", code="form_renamed", message=message, remedy=remedy), *within]
    message = _OTHER.fill(count=len(on_form), strange=strange, **words)
    return [replace(front, message=message, remedy=_MERGE_THERE.fill(**words), followed_by=tuple(within))]


def _called(instance: str, cities: Iterable[str]) -> Text:
    """An instance by its name, and the province where all of its cities are in one."""
    of = names(column="province_name")
    provinces = {of.get(city, "") for city in cities}
    if len(provinces) != 1 or not all(provinces):
        return Text(instance, instance)
    return _CALLED.fill(name=instance, province=provinces.pop())
