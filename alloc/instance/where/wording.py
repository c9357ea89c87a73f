"""Conditions as planners write and read them, by titles; kept are names of columns, values and English words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alloc.instance.schema.tables import DERIVED_TEXTS
from alloc.instance.where.conditions import WhereError, parse
from alloc.instance.where.grammar import respelt
from alloc.instance.where.titles import in_names, short, titles_of
from alloc.instance.where.values import codes_titled, in_values, titles_of_values

OF_CITIES = ("cities",)
DERIVED = (*DERIVED_TEXTS, "bond_room")  # what conditions may name beside the columns


def as_kept(text: str, cities: Mapping[str, Any]) -> str:
    """A condition with names of columns and values in the place of their titles, in either language.

    Args:
        text: of the condition, right or wrong.
        cities: the columns of ``cities`` by name.
    """
    return kept(text, {**dict.fromkeys(DERIVED, ()), **cities}, OF_CITIES)


def as_shown(text: str, cities: Mapping[str, Any]) -> str:
    """A condition as a Chinese page shows it: by titles, where these lead back to the same text; else as it is.

    Args:
        text: of the condition, by names.
        cities: the columns of ``cities`` by name.
    """
    return shown(text, {**dict.fromkeys(DERIVED, ()), **cities}, OF_CITIES)


def kept(text: str, columns: Mapping[str, Any], tables: Iterable[str]) -> str:
    """As `as_kept`, of a condition on rows of any table.

    Args:
        text: of the condition, right or wrong.
        columns: what it may name.
        tables: whose columns these are, the first before the others.
    """
    text = in_values(in_names(text, columns), columns, tables)
    try:
        return text if text.isascii() else respelt(text, "en")
    except WhereError:  # which is said where it is evaluated
        return text


def shown(text: str, columns: Mapping[str, Any], tables: Iterable[str]) -> str:
    """As `as_shown`, of a condition on rows of any table.

    Args:
        text: of the condition, by names.
        columns: what it may name.
        tables: whose columns these are, the first before the others.
    """
    try:
        names = parse(text).names & set(columns)
        usual = titles_of_values(names, tables)
        named = parse(text).renamed({name: usual[name] or codes_titled(name, columns, tuple(tables)) for name in names})
        titles = {name: words for name, title in titles_of(columns).items() for words in (title.zh, short(title.zh))
                  if in_names(words, columns) == name}  # fmt: skip
        words = respelt(named, "zh")
        told = parse(words).by_titles(titles)
    except WhereError:  # which is said where it is evaluated
        return text
    return told if kept(told, columns, tables) == text else text
