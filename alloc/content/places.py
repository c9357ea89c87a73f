"""Names that instances carry as codes or in Chinese alone: provinces, regions, ranks, clusters, tiers, offices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from alloc.content.figures import number
from alloc.text import Text

# GB/T 2260, first two digits of a code; names as usual in English.
PROVINCES = {
    "110000": "Beijing", "120000": "Tianjin", "130000": "Hebei", "140000": "Shanxi", "150000": "Inner Mongolia",
    "210000": "Liaoning", "220000": "Jilin", "230000": "Heilongjiang", "310000": "Shanghai", "320000": "Jiangsu",
    "330000": "Zhejiang", "340000": "Anhui", "350000": "Fujian", "360000": "Jiangxi", "370000": "Shandong",
    "410000": "Henan", "420000": "Hubei", "430000": "Hunan", "440000": "Guangdong", "450000": "Guangxi",
    "460000": "Hainan", "500000": "Chongqing", "510000": "Sichuan", "520000": "Guizhou", "530000": "Yunnan",
    "540000": "Tibet", "610000": "Shaanxi", "620000": "Gansu", "630000": "Qinghai", "640000": "Ningxia",
    "650000": "Xinjiang", "710000": "Taiwan", "810000": "Hong Kong", "820000": "Macao",
}  # fmt: skip
REGIONS = {
    "east": ("东部", "East"),
    "central": ("中部", "Central"),
    "west": ("西部", "West"),
    "northeast": ("东北", "North-east"),
}
RANKS = {
    "municipality": ("直辖市", "municipality"),
    "sub_provincial": ("副省级城市", "vice-provincial city"),
    "prefecture": ("其他地级单位", "other prefecture"),
    "district": ("市辖区", "district"),
    "county": ("县和县级市", "county"),
}
CLUSTERS = {
    "京津冀": "Beijing–Tianjin–Hebei",
    "长三角": "Yangtze River Delta",
    "粤港澳大湾区": "Greater Bay Area",
    "成渝": "Chengdu–Chongqing",
    "长江中游": "Middle Yangtze",
    "中原": "Central Plains",
    "哈长": "Harbin–Changchun",
    "北部湾": "Beibu Gulf",
    "关中平原": "Guanzhong Plain",
    "呼包鄂榆": "Hohhot–Baotou–Ordos–Yulin",
    "兰西": "Lanzhou–Xining",
}
TIER_TITLES = {
    "green": ("绿", "green"),
    "yellow": ("黄", "yellow"),
    "orange": ("橙", "orange"),
    "red": ("红", "red"),
}
# Offices of the State Council, as limits name who asks for them.
DEPARTMENTS = {
    "国务院": "State Council",
    "国家发展和改革委员会": "National Development and Reform Commission",
    "国家发展改革委": "National Development and Reform Commission",
    "财政部": "Ministry of Finance",
    "自然资源部": "Ministry of Natural Resources",
    "住房和城乡建设部": "Ministry of Housing and Urban-Rural Development",
    "住房城乡建设部": "Ministry of Housing and Urban-Rural Development",
    "公安部": "Ministry of Public Security",
    "教育部": "Ministry of Education",
    "民政部": "Ministry of Civil Affairs",
    "人力资源和社会保障部": "Ministry of Human Resources and Social Security",
    "人力资源社会保障部": "Ministry of Human Resources and Social Security",
    "国家卫生健康委员会": "National Health Commission",
    "国家卫生健康委": "National Health Commission",
}
ROLES = {"centre": ("中心城市", "centre"), "ring": ("外围城市", "ring")}
# The usual values of columns of texts that planners may fill as they like, by the column.
OF_COLUMNS: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType({
    "region": REGIONS, "unit_type": RANKS, "role": ROLES, "debt_tier": TIER_TITLES,
})  # fmt: skip
NAMED = 3  # cities that a sentence names
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市")


def province(code: str, name: str) -> Text:
    """A province in both languages: `name` as the instance has it; in English as usual, by its code."""
    return Text(name, PROVINCES.get(code, name))


def region(name: str) -> Text:
    """A region in both languages, where it is one of the usual ones."""
    return Text(*REGIONS.get(name, (name, name)))


def rank(name: str) -> Text:
    """An administrative rank in both languages, where it is one of the usual ones."""
    return Text(*RANKS.get(name, (name, name)))


def department(name: str) -> Text:
    """An office as an instance names it, and in English where it is one of the State Council; else as it is given."""
    return Text(name, DEPARTMENTS.get(name, name))


def short_province(name: str) -> str:
    """A province's name without its kind: 广西 for 广西壮族自治区."""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def city_said(row: Any) -> Text:
    """A city by its row: its names, of which the Chinese one stands where there is no English one."""
    return Text(str(row["name"]), str(row["name_en"] or row["name"]))


def so_many(count: int) -> Text:
    """So many cities; none in words."""
    if not count:
        return Text("没有城市", "no city")
    return Text(f"{number(count)} 个城市", f"{number(count)} {'city' if count == 1 else 'cities'}")


def cities_said(names: Sequence[str], language: str) -> str:
    """Which cities, in a sentence: none in words, a few by their names, of more how many.

    Args:
        names: of all of them.
        language: ``zh`` or ``en``.
    """
    if not 0 < len(names) <= NAMED:
        return so_many(len(names)).said(language)
    return listed(names, language)


def debt_tier(name: str, language: str) -> str:
    """The title of a debt tier: of the four of the official scale; any other is called what the instance calls it."""
    if name not in TIER_TITLES:
        return name
    chinese, english = TIER_TITLES[name]
    return chinese if language == "zh" else english


def listed(names: Iterable[str], language: str) -> str:
    """Names in a row."""
    found = list(names)
    if language == "zh":
        return "、".join(found)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
