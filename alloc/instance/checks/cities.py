"""Checks of ``cities``: people that add up, borders of size classes, pairs of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from alloc.instance.cells import looks_numeric
from alloc.instance.checks.units import Floats
from alloc.instance.divisions.codes import is_chinese
from alloc.instance.files.sheets import Mask, Sheet, positive
from alloc.instance.findings import Finding, or_leave
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASS_BORDERS, size_class
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.policy import LandPolicy
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import DERIVED_FACTORS, DERIVED_TEXTS
from alloc.instance.suggest import LISTED, one_sign_off
from alloc.text import Text, figure
from alloc.tolerances import ROUNDOFF

NEAR_BORDER = 0.02
FEWEST_EXCHANGED = 3  # cities that break a rule of two columns, and half of all: fewer are slips of one cell
FEWEST_LIKE = 5  # cities that have a word, for one that another city alone has to look like a slip of it
SHORTEST_WORD = 2  # signs
_TELLING = frozenset("一二三四五六七八九十甲乙丙丁东南西北中上下左右大小高低前后内外新老")  # 东部 is no slip of 西部
LEAST_PART = 0.05  # median of a part beside its whole where both are in the same unit
EXCHANGED = "coordinates_exchanged"
POLE = 90  # degrees of latitude
FAR_AWAY = 15  # degrees from the middle city of the province; in none of China's is one as far from it
FEWEST_BESIDE = 3  # cities of a province that have a middle one
_FAR = Text(
    "{title} {value} 远离本省其他城市，居中的为 {middle}。",
    "{title} {value} is far from the other cities of the province, of which the middle one has {middle}.",
)
_POINT = Text("是否为 {value}？", "Did you mean {value}?")
_CHECK_IT = Text("核对该格。", "Check the cell.")
CHINA = ((73, 136), (3, 54))  # degrees of longitude and of latitude
_DEBTS = (("debt_general", "limit_general"), ("debt_special", "limit_special"))


def check_cities(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Everything that concerns one city alone."""
    cities = sheets["cities"]
    return [
        *_check_people(cities),
        *_check_class_borders(cities),
        *_check_pairs(cities, settings),
        *_check_debt(cities),
        *_check_reserved_names(cities),
        *_check_own_words(cities),
        *_check_coordinates(cities),
    ]


def _check_coordinates(cities: Sheet) -> list[Finding]:
    """Longitudes and latitudes in each other's place: only there they are on the globe, or with their code in China."""
    if not (cities.has("lon") and cities.has("lat")):
        return []
    lon, lat = cities.numbers("lon"), cities.numbers("lat")
    off = (np.abs(lat) > POLE) & (np.abs(lat) <= 2 * POLE) & (np.abs(lon) <= POLE)
    (west, east), (south, north) = CHINA
    at_home = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    elsewhere = at_home & ~off & cities.holds("city", is_chinese)
    message = Text("经度 {lon} 与纬度 {lat} 似为互相填反：互换后都在范围内。",
                   "Longitude {lon} and latitude {lat} seem to stand in each other's place: exchanged both "
                   "are right.")  # fmt: skip
    remedy = Text("互换这两格。", "Exchange the two cells.")
    far = [each for name, values in (("lon", lon), ("lat", lat))
           for each in _far_away(cities, name, values, off | elsewhere)]  # fmt: skip
    return [
        *cities.find(off, "lat", EXCHANGED, message, remedy, lon=lon, lat=lat),
        *cities.find(elsewhere, "lat", EXCHANGED, message, or_leave(remedy), "warning", lon=lon, lat=lat),
        *far,
    ]


def _far_away(cities: Sheet, name: str, values: Floats, exchanged: Mask) -> list[Finding]:
    """Coordinates far from those of the other cities of the province, as of a digit or a point that slipped."""
    if not cities.has("province"):
        return []
    groups, provinces = cities.groups("province")
    middle = np.full(len(values), np.nan)
    for place in range(len(provinces)):
        here = (groups == place) & ~np.isnan(values) & ~exchanged
        if here.sum() >= FEWEST_BESIDE:
            middle[here] = np.median(values[here])
    column = cities.table.by_name[name]
    away = (np.abs(values - middle) > FAR_AWAY) & (np.abs(values) <= (column.maximum or np.inf))

    def meant(place: int) -> Text:
        moved = [float(f"{values[place] * 10.0**power:.12g}") for power in (1, 2, 3, -1, -2, -3)]
        near = [figure(each) for each in moved if abs(each - middle[place]) <= FAR_AWAY / 3]
        return or_leave(_POINT.fill(value=near[0]) if near else _CHECK_IT)

    return cities.find(
        away, name, "coordinates_far", _FAR, meant, "warning", title=column.title, value=values, middle=middle
    )


def _check_people(cities: Sheet) -> list[Finding]:
    """Parts of the population that are larger than the whole."""
    residents = positive(cities.numbers("residents"))
    urban = cities.numbers("urban_residents")
    migrants = cities.numbers("migrants_cross") + cities.numbers("migrants_within")
    findings = cities.find(
        urban > residents,
        "urban_residents",
        "part_above_whole",
        Text("城镇常住人口 {part} 大于常住人口 {whole}。", "{part} urban residents are more than {whole} residents."),
        Text("至多 {whole} 人。", "Would be right: at most {whole} persons."),
        part=urban,
        whole=residents,
    )
    of_people = (("urban_residents", "residents"),)
    findings = _as_exchanged(cities, findings, of_people, of_people, Text(
        "{every} 个城市中有 {many} 个城镇常住人口大于常住人口；{pairs}互换后全部相符。",
        "Of {every} cities {many} have more urban residents than residents; with {pairs} exchanged none has.",
    ))  # fmt: skip
    return findings + cities.find(
        migrants > residents,
        "migrants_cross",
        "migrants_above_residents",
        Text(
            "跨省与省内流入人口合计 {part}，大于常住人口 {whole}。",
            "Migrants from other provinces and from the province, {part} together, are more than {whole} residents.",
        ),
        Text("两列合计至多 {whole} 人。", "Would be right: at most {whole} persons together."),
        part=migrants,
        whole=residents,
    )


def _check_class_borders(cities: Sheet) -> list[Finding]:
    """Cities so near the border of a size class that a small correction would change their class."""
    population = cities.numbers("size_population")
    findings: list[Finding] = []
    for (upper, border), (lower, _) in pairwise(SIZE_CLASS_BORDERS):
        findings += cities.find(
            np.abs(population - border) <= NEAR_BORDER * border,
            "size_population",
            "near_class_border",
            Text(
                "城区常住人口 {population} 与{lower}、{upper}两级的分界 {border} 相差不到 2%。",
                "{population} persons are within 2 % of {border}, the border between {lower} and {upper}.",
            ),
            Text("请核实该数；规模等级改变会改变适用的规则。", "Confirm the figure: another class has other rules."),
            "warning",
            population=population,
            border=border,
            lower=CLASS_TITLES[lower],
            upper=CLASS_TITLES[upper],
        )
    return findings


def _check_pairs(cities: Sheet, settings: Settings | None) -> list[Finding]:
    """Columns that work with another column or a setting only."""
    share, offset = ~np.isnan(cities.numbers("farmland_share")), ~np.isnan(cities.numbers("farmland_offset"))
    findings: list[Finding] = []
    for given, other, column, partner in (
        (share, offset, "farmland_share", "farmland_offset"),
        (offset, share, "farmland_offset", "farmland_share"),
    ):
        findings += cities.find(
            given & ~other,
            column,
            "pair_incomplete",
            Text("没有“{partner}”，占补平衡不起作用。", "Without {partner}, farmland does not limit new land."),
            Text("补上“{partner}”，或两列都留空。", "Give {partner} too, or neither."),
            "warning",
            partner=cities.table.by_name[partner].title,
        )
    if settings is None:
        return findings
    if settings.policy.land.stock_ratio is None:
        findings += cities.find(
            ~np.isnan(cities.numbers("stock_base")),
            "stock_base",
            "setting_needed",
            Text("有“{base}”，但没有写明“{ratio}”。", "There is a {base}, but nothing is said of {ratio}."),
            Text(
                "写明“{ratio}”（policy.land.stock_ratio），或留空这一列。",
                "Give {ratio} (policy.land.stock_ratio), or leave this column empty.",
            ),
            base=cities.table.by_name["stock_base"].title,
            ratio=LandPolicy.title_of("stock_ratio"),
        )
    classes = size_class(cities.numbers("size_population"))
    quota_classes = settings.policy.settlement.quota_classes
    return findings + cities.find(
        ~np.isnan(cities.numbers("settlement_quota")) & ~np.isin(classes, quota_classes) & (classes != ""),
        "settlement_quota",
        "quota_ignored",
        Text(
            "{size_class} 不实行落户指标，这一数被忽略。", "A {size_class} city has no settlement quota: it is ignored."
        ),
        Text("留空，或把该等级列入 quota_classes。", "Leave it empty, or add the class to quota_classes."),
        "warning",
        size_class=classes,
    )


def _check_debt(cities: Sheet) -> list[Finding]:
    """Debt above its own limit: a warning, since such a city can be planned for; it has no room for new debt.

    The law has the debt of a year below the limit of that year, and here it is last year's beside this year's limit.
    """
    findings: list[Finding] = []
    for debt, limit in _DEBTS:
        owed, allowed = cities.numbers(debt), cities.numbers(limit)
        findings += cities.find(
            owed > allowed * (1 + ROUNDOFF),
            debt,
            "debt_above_limit",
            Text("{debt} {owed} 万元，高于{limit} {allowed} 万元。",
                 "{debt} of {owed} × 10⁴ yuan is above {limit} of {allowed} × 10⁴ yuan."),
            or_leave(Text("核对余额和限额是否多写或少写一位。", "Check both for a digit too many or missing.")),
            "warning",
            debt=cities.table.by_name[debt].title, limit=cities.table.by_name[limit].title, owed=owed, allowed=allowed,
        )  # fmt: skip
    pairs = tuple(zip(*_DEBTS, strict=True)) + _DEBTS
    return _as_exchanged(cities, findings, _DEBTS, pairs, Text(
        "{every} 个城市中有 {many} 个债务余额高于限额；{pairs}互换后全部相符。",
        "Of {every} cities {many} have debt above its limit; with {pairs} exchanged none has.",
    ))  # fmt: skip


def _as_exchanged(
    cities: Sheet, found: list[Finding], rules: Sequence[tuple[str, str]], pairs: Sequence[tuple[str, str]],
    message: Text,
) -> list[Finding]:  # fmt: skip
    """One finding for all of them, where many cities break a rule and none would with two columns exchanged.

    Args:
        cities: the table.
        found: what breaks the rules.
        rules: columns of which the first is at most the second.
        pairs: columns that may be exchanged.
        message: with ``{every}`` and ``{many}`` cities, and the ``{pairs}`` that it may be.
    """
    if len(found) < FEWEST_EXCHANGED:  # the usual case
        return found
    numbers = {name: cities.numbers(name) for rule in rules for name in rule}

    def broken(figures: Mapping[str, Floats]) -> Mask:
        above = [figures[part] > figures[whole] * (1 + ROUNDOFF) for part, whole in rules]
        return np.asarray(np.any(above, axis=0), dtype=bool)

    def right(figures: Mapping[str, Floats]) -> bool:
        given = [(figures[part], figures[whole]) for part, whole in rules]
        ratios = [part[whole > 0] / whole[whole > 0] for part, whole in given]
        return not broken(figures).any() and all(len(each) and np.nanmedian(each) >= LEAST_PART for each in ratios)

    many = int(broken(numbers).sum())
    fitting = [(one, two) for one, two in pairs if right({**numbers, one: numbers[two], two: numbers[one]})]
    if many < FEWEST_EXCHANGED or 2 * many < len(cities.frame) or not fitting:
        return found
    title = {name: cities.table.by_name[name].title for name in numbers}
    said = [(Text(f"“{title[one].zh}”与“{title[two].zh}”", f"{title[one].en} and {title[two].en}"))
            for one, two in fitting]  # fmt: skip
    words = Text("，或".join(each.zh for each in said), ", or ".join(each.en for each in said))
    first, severity = found[0], found[0].severity
    check = Text("核对是否两列互换。", "Check whether two columns are exchanged.")
    whole = cities.whole(
        fitting[0][0], first.code, message.fill(every=len(cities.frame), many=many, pairs=words),
        check if severity == "error" else or_leave(check), severity,
    )  # fmt: skip
    return [replace(whole, followed_by=tuple(found))]


def _check_reserved_names(cities: Sheet) -> list[Finding]:
    """Columns of the planner's own under a name that stands for a derived number."""
    derived = {**DERIVED_FACTORS, **DERIVED_TEXTS}
    return [
        cities.whole(
            name,
            "reserved_column",
            Text("这一列名是派生量的名称：{title}。", "This name stands for a derived number: {title}.").fill(
                title=derived[name]
            ),
            Text("改列名或删去该列，派生量由系统计算。", "Rename or drop the column; alloc computes it."),
        )
        for name in derived
        if cities.has(name)
    ]


def _check_own_words(cities: Sheet) -> list[Finding]:
    """Words in columns of the planner's own that one city has, one sign off a word that many have.

    A condition on the column would pass such a city over. Signs by which words are told apart on purpose (一类 and
    二类, A 组 and B 组, figures) make another word.
    """
    from alloc.content.places import OF_COLUMNS  # which knows of instances

    findings: list[Finding] = []
    for name in cities.columns if cities.given else ():
        if name in cities.table.by_name or not cities.has(name) or cities.columns[name] in (np.float64, np.bool_):
            continue
        if mostly_numbers(cities, name):
            continue
        known = OF_COLUMNS.get(name, {})
        groups, texts = cities.groups(name)
        if len(texts) > LISTED:  # names, which may be near each other
            continue
        many = dict(zip(texts, np.bincount(groups[groups >= 0], minlength=len(texts)).tolist(), strict=True))
        usual = {each: count for text, count in many.items() if text and count >= FEWEST_LIKE
                 for each in (*known.get(text, ()), text)}  # fmt: skip
        near = {text: next((each for each in usual if _a_slip(text, each)), "")
                for text, count in many.items() if count == 1 and text not in known}  # fmt: skip
        shown = [near.get(text, "") for text in cities.texts(name)]
        findings += cities.find(
            np.array(shown, dtype=object) != "", name, "word_alone",
            Text("只有这一个城市写作“{own}”，与 {many} 个城市的“{usual}”只差一字。",
                 "Only this city has '{own}', one sign off '{usual}', which {many} cities have."),
            or_leave(Text("改为“{usual}”。", "Write '{usual}'.")),
            "warning",
            own=lambda place, name=name: cities.texts(name)[place],
            usual=lambda place, shown=shown: shown[place],
            many=lambda place, shown=shown, usual=usual: usual[shown[place]],
        )  # fmt: skip
    return findings


def _a_slip(text: str, usual: str) -> bool:
    """Whether a word is one sign off another, and not told apart from it on purpose."""
    signs = one_sign_off(text, usual)
    if signs is None or min(len(text), len(usual)) < SHORTEST_WORD:
        return False
    return not all(sign in _TELLING or sign.isdigit() or sign.isupper() for sign in signs if sign)


def check_columns(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """One finding for every cell that is no number in a column that is meant to hold numbers, and mostly does."""
    cities, services = sheets["cities"], sheets["services"]
    if not cities.given:
        return []
    cohorts = [
        name for column in ("cohort", "plan_cohort") if services.has(column) for name in services.texts(column).tolist()
    ]
    named = {*cohorts, *(f"migrant_{name}" for name in cohorts)}
    for factors in (sheets["factors"], sheets["scheme_factors"]):
        named.update(factors.texts("factor").tolist() if factors.has("factor") else [])
    named.update(sheets["pools"].texts("link_factor").tolist() if sheets["pools"].has("link_factor") else [])
    findings: list[Finding] = []
    for name in sorted(named):
        if mostly_numbers(cities, name):
            message = Text("“{title}”列的这一格不是一个数。", "This cell of the column {title} is not a number.")
            remedy = Text("写一个数；没有就写 0。", "Write a number; 0 where there is none.")
            findings += cities.find(_words(cities, name), name, "not_a_number", message, remedy,
                                    title=city_figure(name)[0])  # fmt: skip
    return findings


def numeric_columns(cities: Sheet) -> list[str]:
    """The columns of numbers, also those that have to be there and are not, which is a fault of its own."""
    required = [column.name for column in cities.table.columns if column.numeric and column.required]
    given = [name for name in cities.columns if cities.has(name) and cities.is_numeric(name)]
    return list(dict.fromkeys([*given, *required]))


def mostly_numbers(cities: Sheet, name: str) -> bool:
    """Whether a column of texts holds words in fewer than half of its cells: words that are slips, then."""
    if not cities.has(name) or cities.is_numeric(name) or name in cities.table.by_name:
        return False
    return 2 * int(_words(cities, name).sum()) < int((~cities.blank(name)).sum())


def _words(cities: Sheet, name: str) -> Mask:
    """Which cells hold something that is no number."""
    return ~cities.holds(name, lambda text: looks_numeric([str(text)])) & ~cities.blank(name)
