"""Codes of China's divisions: what became of them, their names, and the six digits that others stand for."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from alloc.instance.files.shipped import shipped

# First two digits of the codes of provinces (GB/T 2260).
PROVINCE = 2  # digits of a city's code that name its province
PROVINCES = frozenset(str(code) for code in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47),
                                             *range(50, 55), *range(61, 66), 71, 81, 82))  # fmt: skip
# Lengths in which yearbooks and the statistics bureau write codes besides six digits: prefecture, township, village.
OTHER_LENGTHS = frozenset({4, 9, 12})
_NAMED = {"prefecture": "china-2020", "county": "counties-2020"}  # the instances that name all divisions of a level
# The peoples of autonomous prefectures: without them it would not be known where the name of one ends.
_PEOPLES = (
    "朝鲜族|土家族|苗族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族|蒙古族|蒙古|柯尔克孜|哈萨克"
)
_ENDINGS = re.compile(rf"(?<=..)(?:省|市|地区|盟|特别行政区|(?:维吾尔|壮族|回族)?自治区|(?:{_PEOPLES})*自治州)$")


@dataclass(frozen=True)
class Change:
    """A change of a prefecture's code or name (GB/T 2260, tables of the Ministry of Civil Affairs, 1998 to 2019).

    Attributes:
        code: as it was.
        name: as it was.
        year: the first whose table has the change.
        kind: ``recoded`` (the same city by a new code, as a rule with a new rank), ``merged`` into another, ``split``
            among several, or ``renamed``.
        successors: codes of today.
    """

    code: str
    name: str
    year: int
    kind: str
    successors: tuple[str, ...]


@cache
def changes() -> Mapping[str, Change]:
    """What became of codes that no longer stand, by code."""
    return {each.code: each for each in _changes() if each.kind != "renamed"}


@cache
def _changes() -> tuple[Change, ...]:
    path = Path(__file__).with_name("changed_codes.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Change(row["code"], row["name"], int(row["year"]), row["change"], tuple(row["successor"].split(";")))
            for row in csv.DictReader(file)
        )


@cache
def names(level: str = "prefecture", column: str = "name") -> Mapping[str, str]:
    """Names of today's divisions by code; none where the instance that has them is not there.

    Args:
        level: ``prefecture`` or ``county``.
        column: ``name``, or ``name_en``.
    """
    home = shipped().get(_NAMED[level])
    if home is None or not (home / "cities.csv").is_file():
        return {}
    with (home / "cities.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        code, name = header.index("city"), header.index(column)
        return {row[code]: row[name] for row in rows}


@cache
def _by_name() -> Mapping[str, str]:
    """Codes of today by names, also those that stood before, without their endings; only where there is but one."""
    found: dict[str, set[str]] = {}
    for code, name in names().items():
        found.setdefault(bare(name), set()).add(code)
    for change in _changes():
        if len(change.successors) == 1 and change.kind != "merged":
            found.setdefault(bare(change.name), set()).add(change.successors[0])
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


@lru_cache(maxsize=20_000)
def bare(name: str) -> str:
    """A name without 省, 市, 地区 and the like; never less than two signs."""
    return _ENDINGS.sub("", name.strip())


def short_city(name: str) -> str:
    """A place as drawings and sentences call it: without 市, and 大理州 for the prefecture 大理白族自治州."""
    if name.endswith("自治州"):
        return f"{bare(name)}州"
    return name[:-1] if len(name) > 2 and name.endswith("市") else name


def is_meant(text: str, name: str) -> bool:
    """Whether a text is a name, whatever its case, with or without 市, 自治州 and the like or brackets behind."""
    wanted, known = text.casefold(), name.casefold()
    return wanted in (known, known.partition(" (")[0], bare(known), short_city(known)) or known == f"{wanted}市"


def in_six_digits(text: str) -> str | None:
    """The six digits that a code of another length stands for, or a name; None for anything else."""
    if text.isascii() and text.isdigit():
        if len(text) in OTHER_LENGTHS and text[:2] in PROVINCES:
            return text[:6].ljust(6, "0")
        return None
    return _by_name().get(bare(text))


def is_chinese(code: str) -> bool:
    """Whether a text is a code of six digits whose province there is."""
    return len(code) == 6 and code.isascii() and code.isdigit() and code[:2] in PROVINCES


def consistent(codes: Iterable[str]) -> bool:
    """Whether codes that are not of six digits are those of another country: all alike, and no way of writing these."""
    different = set(codes)
    if not different or len({len(code) for code in different}) > 1:
        return False
    return all(re.fullmatch(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*", code) for code in different) and not all(
        in_six_digits(code) for code in different
    )
