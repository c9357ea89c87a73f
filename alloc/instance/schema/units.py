"""Units in words: what the head of a column says that its numbers are in, and how much of the column's unit that is.

The unit of a column stands in the schema; here is only what the words mean. A unit such as 亿元/平方公里 is read as a
number of base units (persons, square metres, yuan, years) to their powers, and so is the column's own, so that one
divides by the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from alloc.formulation.columns import Column
from alloc.instance.cells import ONE
from alloc.text import Text

PER_HECTARE = 15  # 亩

# Words -> base units of what, and how many; a service's own unit is a "thing".
_WORDS: Mapping[str, tuple[tuple[str, ...], Fraction]] = MappingProxyType({
    "person": (("人", "口", "名", "person", "persons", "people", "inhabitant", "inhabitants", "resident", "residents",
                "capita", "head"), ONE),
    "hectare": (("公顷", "ha", "hectare", "hectares"), Fraction(10_000)),
    "mu": (("亩", "市亩", "mu"), Fraction(10_000, PER_HECTARE)),
    "square_kilometre": (("平方公里", "平方千米", "km2", "km^2", "sqkm", "squarekm", "squarekilometre",
                          "squarekilometres", "squarekilometer", "squarekilometers"), Fraction(1_000_000)),
    "square_metre": (("平方米", "平米", "m2", "m^2", "sqm", "squaremetre", "squaremetres", "squaremeter",
                      "squaremeters"), ONE),
    "yuan": (("元", "圆", "人民币", "yuan", "rmb", "cny"), ONE),
    "year": (("年", "year", "years", "yr", "annum"), ONE),
    "percent": (("%", "百分比", "百分数", "percent", "percentage"), Fraction(1, 100)),
    "permille": (("‰", "千分比"), Fraction(1, 1000)),
    "share": (("比例", "share", "倍", "times"), ONE),
    "degree": (("度", "°", "degree", "degrees"), ONE),
    "thing": (("单位", "unit", "units", "该服务的计量单位", "unitsoftheservice"), ONE),
})  # fmt: skip
_KINDS = {
    "hectare": "area", "mu": "area", "square_kilometre": "area", "square_metre": "area",
    "percent": "share", "permille": "share",
}  # fmt: skip
_UNITS = {word: (_KINDS.get(name, name), scale) for name, (words, scale) in _WORDS.items() for word in words}
_WHOLE = frozenset({"person", "yuan", "thing"})  # of which a number of 万, with nothing behind it, can be one

_CHINESE = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_ENGLISH = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "mn": 1_000_000, "billion": 10**9, "bn": 10**9}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_POWER = re.compile(r"(?<=\d)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_SAID_BEFORE = re.compile(
    r"^(?:计量)?单位\s*[:：]?(?=.)|^units?\s*:|^in\s+|^人民币(?=.)|^(?:rmb|cny)\s*(?=[\d一-鿿a-z])"
)
_OVER = re.compile(r"\s+(?:per|an?)\s+|\s*/\s*每?|(?<=.)每")
_FACTOR = re.compile(
    r"(?P<number>\d{1,3}(?:[, ]\d{3})+|\d+)?(?:\^(?P<power>\d+))?\s*"
    rf"(?P<english>(?:(?:{'|'.join(_ENGLISH)})\s*)*)(?P<chinese>[{''.join(_CHINESE)}]*)(?P<unit>.*)"
)
_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]")


@dataclass(frozen=True)
class Measure:
    """A unit: how many base units it is, and of what.

    Attributes:
        scale: number of base units.
        powers: the power of every kind of base unit, those of the denominator negative; years are left out.
        counted: how many of its own words: 10⁴ of 万公顷.
    """

    scale: Fraction
    powers: frozenset[tuple[str, int]]
    counted: Fraction


def scale_of(column: Column, said: str) -> Fraction | None:
    """By how much the numbers of a column are multiplied whose head names a unit; None where that cannot be known.

    Args:
        column: a numeric column.
        said: the unit as its head names it.
    """
    if _plain(said) in _own_words(column.unit):
        return ONE
    own = _own(column.unit)
    if len(own) != 1:  # numbers of several kinds in one column: no one factor is right for all of them
        return ONE if any(measure(said) == each for each in own) else None
    things = any(kind == "thing" for kind, _ in own[0].powers)
    told = measure(said, things=things)
    if told is None:
        return None
    if told.powers in (own[0].powers, own[0].powers - {("thing", -1)}):  # the cost of one, said as 万元
        return told.scale / own[0].scale
    if not told.powers:
        return told.scale / own[0].scale if _single(own[0]) in _WHOLE else None
    if things and told.scale == told.counted and _alike(told, own[0]):
        return told.scale / own[0].scale
    return None


def counted_otherwise(column: Column, said: str) -> bool:
    """Whether a unit is one of the kind of a column's own, and another: 亿元 where numbers are read in 万元.

    Args:
        column: a numeric column.
        said: a unit that is said of a whole table.
    """
    scale = scale_of(column, said)
    if scale is not None:
        return scale != ONE
    told = measure(said)
    return told is not None and any(told.powers == each.powers for each in _own(column.unit))


def measure(text: str, *, things: bool = False) -> Measure | None:
    """The unit that a text names, None where it names none.

    Args:
        text: such as ``万人``, ``10⁴ yuan a year`` or ``km²``.
        things: whether a word that is no unit may be the unit of a service, such as ``座``.
    """
    said = _OVER.sub("/", _SAID_BEFORE.sub("", _plain(text)).strip())
    said = re.sub(r"^(?:每|per\s)\s*", "/", said)
    over, *under = said.split("/")
    scale, counted = ONE, ONE
    powers: dict[str, int] = {}
    parts = [(over, 1), *((part, -1) for each in under for part in re.split(r"\s*(?:·|\*|\band\b|和)\s*", each))]
    for part, sign in parts:
        if not part.strip() and sign == 1 and under:
            if things:
                powers["thing"] = powers.get("thing", 0) + 1
            continue
        found = _factor(part.strip(), things)
        if found is None:
            return None
        kind, one, count = found
        scale, counted = scale * (one * count) ** sign, counted * count**sign
        if kind not in ("", "year"):
            powers[kind] = powers.get(kind, 0) + sign
    return Measure(scale, frozenset((kind, power) for kind, power in powers.items() if power), counted)


def _factor(text: str, things: bool) -> tuple[str, Fraction, Fraction] | None:
    """Kind and size of the unit in one part of a fraction, and how many of it."""
    if (word := re.sub(r"[\s.]", "", text)) in _UNITS:
        return (*_UNITS[word], ONE)
    found = _FACTOR.fullmatch(text)
    if found is None or not text:
        return None
    count = Fraction(re.sub(r"\D", "", found["number"] or "1")) ** int(found["power"] or 1)
    for name in found["english"].split():
        count *= _ENGLISH[name]
    for name in found["chinese"]:
        count *= _CHINESE[name]
    unit = re.sub(r"[\s.]", "", found["unit"])
    if not unit:
        return ("", ONE, count) if count != ONE else None
    if unit not in _UNITS and not (things and re.fullmatch(r"[^\W\d]+", unit)):
        return None
    kind, scale = _UNITS.get(unit, ("thing", ONE))
    return kind, scale, count


def _plain(text: str) -> str:
    """A text without case and widths; 10⁴ is 10^4, and not 104."""
    text = _POWER.sub(lambda found: "^" + found[1].translate(_SUPERSCRIPTS), text)
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def _own_words(unit: Text) -> frozenset[str]:
    """The unit of a column as heads show it, in full and without what it has in brackets."""
    return frozenset(_plain(words) for said in unit if said for words in (said, _IN_BRACKETS.sub("", said)))


@cache
def _own(unit: Text) -> tuple[Measure, ...]:
    """The unit of a column, or the several that it has; a number without a unit is a share."""
    told = _IN_BRACKETS.sub("", unit.en) or "share"
    found = [measure(part) for part in told.split(" or ")]
    return tuple(each for each in found if each is not None)


def _single(own: Measure) -> str:
    """The kind of a unit that has no denominator; "" of one that has."""
    kinds = [kind for kind, power in own.powers if power == 1]
    return kinds[0] if len(kinds) == len(own.powers) == 1 else ""


def _alike(told: Measure, own: Measure) -> bool:
    """Whether two units are as many over as many, whatever of: a service's own unit may have any name."""
    return sorted(power for _, power in told.powers) == sorted(power for _, power in own.powers)
