"""Checks of the records of ``cities`` as a set: one city, one code; one province, one code, one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alloc.instance.cells import plain_width
from alloc.instance.divisions.codes import PROVINCES, bare, changes, is_chinese, names
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.suggest import one_sign_off
from alloc.text import Text

_COUNTRYWIDE = "0000"
FEWEST_OF_ONE = 4  # cities that make a table one of their province
_LEVELS = "省市州盟区县旗"  # what the names of divisions end in
STRAY_SHARE = 0.25  # of them, that others may come to and still look like strays


def check_divisions(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Everything that codes and names of cities and provinces say of each other.

    Warnings, but for sums of other rows and for names that are those of other rows.
    """
    cities = sheets["cities"]
    if not (cities.given and len(cities.frame)):
        return []
    codes = [str(code) for code in cities.texts("city")]
    return [
        *_check_sums(cities, codes),
        *_check_old(cities, codes),
        *(_check_names(cities, codes) if cities.has("name") else ()),
        *(_check_provinces(cities, codes) if cities.has("province") else ()),
    ]


def _check_sums(cities: Sheet, codes: Sequence[str]) -> list[Finding]:
    """A province among its cities, or a prefecture among its counties; not a city beside a zone that has its purse."""
    purses = [str(code) for code in cities.texts("purse")] if cities.has("purse") else codes
    residents = cities.numbers("residents")
    children: dict[str, list[int]] = {}
    for place, code in enumerate(codes):
        if is_chinese(code):
            for above in {f"{code[:2]}{_COUNTRYWIDE}", f"{code[:4]}00"} - {code, purses[place]}:
                children.setdefault(above, []).append(place)
    parent = np.zeros(len(codes), dtype=bool)
    for place, code in enumerate(codes):
        if code in children:  # at least half of them together: codes alone may be like those of a province by chance
            below = residents[children[code]]
            parent[place] = len(below) > 0 and residents[place] >= max(np.nansum(below) / 2, np.nanmax(below))
    return cities.find(
        parent, "city", "parent_row",
        Text("{code} 是表中其他行的上级，会重复计算。", "{code} holds other rows, which would count twice."),
        Text("删去这一行，以及其他表中该代码的行。", "Delete the row, and those of this code in the other tables."),
        code=lambda place: codes[place],
    )  # fmt: skip


def _check_old(cities: Sheet, codes: Sequence[str]) -> list[Finding]:
    """Codes that no longer stand, beside those that came later."""
    there = set(codes)
    newest = max((each.year for each in changes().values() if there & set(each.successors)), default=0)
    old = np.array([(change := changes().get(code)) is not None and change.year <= newest for code in codes])
    return cities.find(
        old, "city", "old_code", Text("{told}", "{told}"), lambda place: old_code_remedy(codes[place]), "warning",
        told=lambda place: old_code_words(codes[place]),
    )  # fmt: skip


def old_code_words(code: str) -> Text:
    """What became of a code."""
    change = changes()[code]
    named = [f"{each} {names().get(each, '')}".strip() for each in change.successors]
    zh, en = "、".join(named), ", ".join(named)
    became = {
        "merged": Text(f"并入 {zh}", f"part of {en}"),
        "split": Text(f"分别划入 {zh}", f"split among {en}"),
        "recoded": Text(f"改为 {zh}", f"{en}"),
    }[change.kind]
    return Text(
        f"{code} 是{change.name}的旧代码，{change.year} 年{became.zh}。",
        f"{code} is the former code of {change.name}, from {change.year} on {became.en}.",
    )


def old_code_remedy(code: str) -> Text:
    """What would be right instead of a code that no longer stands."""
    change = changes()[code]
    if change.kind == "recoded":
        return Text(f"写作 {change.successors[0]}。", f"Write {change.successors[0]}.")
    return Text(
        "把这一行的数并入现在的城市，再删去这一行。", "Add its figures to the city of today, and delete the row."
    )


def _check_names(cities: Sheet, codes: Sequence[str]) -> list[Finding]:
    """A code beside the name of another, and one name under two codes."""
    called = [plain_width(str(name)).strip() for name in cities.texts("name")]
    of_names: dict[str, str] = {}
    directory: dict[str, str] = {}
    for level in ("prefecture", "county"):
        if not any(is_chinese(code) and code not in directory for code in codes):
            break
        known = names(level)
        once = Counter(known.values())
        directory.update(known)
        of_names.update({name: code for code, name in known.items() if once[name] == 1 and name not in of_names})
    other = np.array([
        directory.get(code, name) != name and of_names.get(name, code) != code
        for code, name in zip(codes, called, strict=True)
    ])  # fmt: skip
    row_of = {code: place for place, code in enumerate(codes)}
    beside = [row_of.get(of_names.get(name, ""), -1) for name in called]
    twins = other & np.array([place >= 0 and called[place] == name for place, name in zip(beside, called, strict=True)])
    findings = cities.find(
        twins, "name", "code_of_another",
        Text("代码 {code} 是{own}，名称写的是{name}；{name}（{right}）{where_zh}。",
             "The code {code} is that of {own}, the name is {name}; {name} ({right}) {where_en}."),
        Text("名称改为{own}；若是另一个城市，改正代码。", "Write {own}; if it is another city, mend the code."),
        code=lambda place: codes[place], own=lambda place: directory[codes[place]],
        name=lambda place: called[place], right=lambda place: codes[beside[place]],
        where_zh=lambda place: f"在第 {cities.frame.index[beside[place]]} 行" if cities.from_file else "另有一行",
        where_en=lambda place: f"stands in row {cities.frame.index[beside[place]]}" if cities.from_file
        else "has a row of its own",
    )  # fmt: skip
    findings += cities.find(
        other & ~twins, "name", "code_of_another",
        Text("{code} 是{own}的代码，{name}的代码是 {right}。", "{code} is the code of {own}; {name} has {right}."),
        Text("改正代码或名称。", "Mend the code or the name."),
        "warning",
        code=lambda place: codes[place], own=lambda place: directory[codes[place]],
        name=lambda place: called[place], right=lambda place: of_names[called[place]],
    )  # fmt: skip
    findings += _check_spelling(cities, codes, called, other, directory)
    # Counties of different prefectures may share a name, and so may cities of different provinces.
    first: dict[tuple[str, str], int] = {}
    twice = np.zeros(len(codes), dtype=bool)
    before = [0] * len(codes)
    for place, (code, name) in enumerate(zip(codes, called, strict=True)):
        prefecture = code.endswith("00") or not is_chinese(code)
        within = str(cities.texts("province")[place]) if not is_chinese(code) else code[: 2 if prefecture else 4]
        at = first.setdefault((within, bare(name) if prefecture else name), place)
        if name and at != place and codes[at] != code:
            twice[place], before[place] = not other[place] and not other[at], at
    return findings + cities.find(
        twice, "city", "city_under_two_codes",
        Text("{name} 已在第 {row} 行以代码 {code} 出现。", "{name} stands in row {row} already, with the code {code}."),
        Text("一个城市只用一个代码；不是同一城市就区分名称。", "One city, one code; two cities, two names."),
        "warning",
        name=lambda place: called[place], code=lambda place: codes[before[place]],
        row=lambda place: str(cities.frame.index[before[place]]),
    )  # fmt: skip


def _check_spelling(
    cities: Sheet, codes: Sequence[str], called: Sequence[str], other: NDArray[np.bool_], directory: Mapping[str, str]
) -> list[Finding]:
    """Names that have a sign in common with that of their code, and are not it; short ones where the others are not."""
    whole = sum(directory.get(code) == name for code, name in zip(codes, called, strict=True))
    wrong = other.copy()
    for place, (code, name) in enumerate(zip(codes, called, strict=True)):
        known = directory.get(code, name)
        short = bare(name) == bare(known)
        part = bare(known) in name and not _one_sign_off(name, known)  # of a city, or several together
        near = bool(set(bare(name)) & set(bare(known))) and not part
        slip = 2 * whole > len(codes) if short else near
        wrong[place] = not other[place] and name != known and slip
    return cities.find(
        wrong, "name", "name_unlike_code",
        Text("{code} 的名称是{known}。", "The name of {code} is {known}."),
        Text("改为{known}；若无误可不改。", "Write {known}, or leave it if it is right."),
        "warning",
        code=lambda place: codes[place], known=lambda place: directory[codes[place]],
    )  # fmt: skip


def _one_sign_off(name: str, known: str) -> bool:
    """Whether a name is another but for one sign, which is not that of another level (a county that became a 区)."""
    signs = one_sign_off(name, known)
    return signs is not None and all(signs) and not (name[:-1] == known[:-1] and name[-1] in _LEVELS)


def _check_provinces(cities: Sheet, codes: Sequence[str]) -> list[Finding]:
    """A province by two codes or two names, and cities under a province that is not that of their code."""
    written = [str(code) for code in cities.texts("province")]
    whole = [_whole(code) for code in written]
    titles = [str(title).strip() for title in cities.texts("province_name")] if cities.has("province_name") else []
    called = [bare(title) for title in titles] or [""] * len(codes)
    of_name, of_whole, name_of = _most(called, written), _most(whole, written), _most(written, called)
    right = [
        of_name.get(name, code) if name and name_of.get(code) == name else of_whole.get(group, code)
        for code, group, name in zip(written, whole, called, strict=True)
    ]
    findings = _one_each(cities, "province", "province_under_two_codes", _TWO_CODES, written, right)
    if titles:
        title_of = _most(whole, titles)
        best = [title_of.get(group, title) for group, title in zip(whole, titles, strict=True)]
        findings += _one_each(cities, "province_name", "province_under_two_names", _TWO_NAMES, titles, best)
    astray = np.array([
        is_chinese(code) and group in PROVINCES and code[:2] != group and good == was
        for code, group, good, was in zip(codes, whole, right, written, strict=True)
    ])  # fmt: skip
    findings += _check_strays(cities, codes, whole, titles or written)
    return findings + cities.find(
        astray, "province", "city_in_other_province",
        Text("{code} 的前两位是 {own}，却归入省级代码 {other}。", "{code} begins with {own}, its province is {other}."),
        Text("改正城市代码或省级代码。", "Mend the code of the city or that of the province."),
        "warning",
        code=lambda place: codes[place], own=lambda place: codes[place][:2], other=lambda place: written[place],
    )  # fmt: skip


def _check_strays(
    cities: Sheet, codes: Sequence[str], provinces: Sequence[str], titles: Sequence[str]
) -> list[Finding]:
    """The few cities of another province in a table of one province.

    A municipality may stand beside a province that plans with it; and where there are many others, all are meant.
    """
    counted = Counter(provinces)
    ((main, many),) = counted.most_common(1)
    others = [is_chinese(code) and code[:2] == group != main for code, group in zip(codes, provinces, strict=True)]
    stray = np.array(
        [is_other and not code.endswith(_COUNTRYWIDE) for is_other, code in zip(others, codes, strict=True)]
    )
    if main not in PROVINCES or many < FEWEST_OF_ONE or STRAY_SHARE * many < len(codes) - many:
        return []
    title = titles[list(provinces).index(main)]
    names = cities.texts("name") if cities.has("name") else codes
    return cities.find(
        stray, "city", "city_of_another_province",
        Text("本表有 {many} 个城市属{main}，{name}属{own}。",
             "{many} cities of this table are in {main}, {name} is in {own}."),
        Text("不应纳入的，删去这一行和其他表中该代码的行；确要纳入的，在其他表补齐该城市的行。",
             "If it does not belong here, delete the row and those of its code in the other tables; if it does, the "
             "other tables need its rows too."),
        "warning",
        many=many, main=title, name=lambda place: names[place], own=lambda place: titles[place],
    )  # fmt: skip


_TWO_CODES = Text("同一省份写了两个代码：{wrong} 与 {right}。", "One province has two codes: {wrong} and {right}.")
_TWO_NAMES = Text("同一省份写了两个名称：{wrong} 与 {right}。", "One province has two names: {wrong} and {right}.")


def _one_each(
    cities: Sheet, column: str, code: str, message: Text, written: Sequence[str], right: Sequence[str]
) -> list[Finding]:
    """One finding for every wrong text that stands for a right one; the further rows that have it follow from it."""
    findings: list[Finding] = []
    pairs = {(was, good) for was, good in zip(written, right, strict=True) if was and good and was != good}
    for was, good in sorted(pairs):
        here = np.array([(was, good) == pair for pair in zip(written, right, strict=True)])
        remedy = Text(f"各行统一写作 {good}。", f"Write {good} in every row.")
        first, *rest = cities.find(here, column, code, message, remedy, "warning", wrong=was, right=good)
        findings.append(replace(first, followed_by=tuple(rest)))
    return findings


def _most(keys: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """For every key the value that most rows with it have; of several, the longest."""
    counted = Counter(pair for pair in zip(keys, values, strict=True) if all(pair))
    best: dict[str, str] = {}
    for (key, value), _ in sorted(counted.items(), key=lambda each: (-each[1], -len(each[0][1]), each[0][1])):
        best.setdefault(key, value)
    return best


def _whole(code: str) -> str:
    """The first two digits of a province's code that is written with zeros behind; otherwise as it is."""
    return code[:2] if code.isascii() and code.isdigit() and len(code) in (4, 6, 9, 12) and not int(code[2:]) else code
