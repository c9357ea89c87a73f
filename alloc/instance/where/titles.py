"""Titles of columns in conditions: who knows 常住人口 and not residents writes the title; kept are the names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import DERIVED_TEXTS, TABLES
from alloc.instance.where.grammar import QUOTED
from alloc.text import Text

OF_CODES = "代码"  # behind the title of a column of codes
# Signs that are written in several ways, in titles and in what is typed.
_ALIKE = (("—–-", r"\s*[—–-]\s*"), ("(（", r"\s*[(（]\s*"), (")）", r"\s*[)）]"), (" ", r"\s*"))


def titles_of(names: Iterable[str]) -> dict[str, Text]:
    """What columns are called that a condition may name, by name; those that nobody has described are left out.

    Args:
        names: machine names of the columns.
    """
    declared: dict[str, Text] = {}
    for table in reversed(tuple(TABLES.values())):  # cities, the first, have the last word
        declared |= {column.name: column.title for column in table.columns}
    declared |= DERIVED_TEXTS
    found = {name: declared.get(name) or city_figure(name)[0] for name in names}
    return {name: title for name, title in found.items() if title != Text(name, name)}


def in_names(text: str, names: Iterable[str]) -> str:
    """A condition with the names of columns in the place of their titles, in either language.

    A title that several columns have, or that is the name of another column, stays; so does a condition that names
    columns alone, to the last sign.

    Args:
        text: of the condition, right or wrong.
        names: machine names of the columns that it may name.
    """
    known = tuple(sorted(names))
    pattern, meant = _titles(known)
    return pattern.sub(lambda found: found[0] if found[0] in known else meant.get(_plain(found[0]), found[0]), text)


def short(title: str) -> str:
    """The title of a column of codes as it is said where its texts are names: 城市 of 城市代码."""
    return title.removesuffix(OF_CODES) or title


@lru_cache(maxsize=100)
def _titles(names: tuple[str, ...]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """What finds texts in quotes and titles, the longest first; and the column that each title means."""
    columns: dict[str, set[str]] = {}
    titles = titles_of(names)
    for name, title in titles.items():
        for words in title:
            columns.setdefault(_plain(words), set()).add(name)
    for name, title in titles.items():  # 城市 is 城市代码, where no column has that title
        columns.setdefault(_plain(short(title.zh)), set()).add(name)
    columns |= {_plain(name): {name} for name in names}
    alone = {words: next(iter(every)) for words, every in columns.items() if words and len(every) == 1}
    written = (words for title in titles.values() for words in (*title, short(title.zh)) if _plain(words) in alone)
    either = "|".join(_spelt(words) for words in sorted(set(written), key=lambda each: (-len(each), each)))
    found = f"{QUOTED}|(?<![\\w.])(?:{either})(?!\\w)" if either else QUOTED
    return re.compile(found, re.IGNORECASE), alone


def _spelt(words: str) -> str:
    return "".join(next((spelt for signs, spelt in _ALIKE if sign in signs), re.escape(sign)) for sign in words)


def _plain(words: str) -> str:
    """A title without case, blanks and the signs that are written in several ways."""
    return re.sub(r"[\s—–\-()（）]", "", words).casefold()
