"""What a provincial instance of prefecture-level units is without: the county-level units right under the province."""

from __future__ import annotations

from collections.abc import Iterable

from alloc.instance.divisions.codes import PROVINCE, names
from alloc.text import Text, listed

RIGHT_UNDER = "90"  # third and fourth digit of the code of a county-level unit that belongs to no prefecture
SAID = Text(
    "本算例的城市为地级单位，不含省（自治区）直辖的县级单位：{units}；没有它们的数据，它们也不参与分配。"
    "下达数中含它们份额的，应先扣除。",
    "The cities are prefecture-level units; the county-level units right under the province are left out and get "
    "nothing: {units}. Where what was issued to the province includes their part, take it off first.",
)


def units_left_out(cities: Iterable[str]) -> Text | None:
    """The sentence on the county-level units of a province that an instance of its prefectures has no rows for.

    Args:
        cities: the codes of the instance.

    Returns:
        None where nothing is left out, and of an instance of several provinces, of counties, or of other places.
    """
    codes, prefectures, counties = set(cities), set(names()), names("county")
    provinces = {code[:PROVINCE] for code in codes}
    if len(provinces) != 1 or not codes & prefectures:
        return None
    under = next(iter(provinces)) + RIGHT_UNDER
    missing = [code for code in counties if code.startswith(under) and code not in codes]
    if not missing or any(code not in prefectures and not code.startswith(under) for code in codes):
        return None
    english = names("county", "name_en")
    return SAID.fill(units=listed(Text(counties[code], english[code].partition(" (")[0]) for code in missing))
