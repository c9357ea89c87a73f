"""Conditions on cities, which planners write and read by titles; kept are the names of columns and the values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alloc.instance.schema.tables import DERIVED_TEXTS
from alloc.instance.where.conditions import WhereError, parse
from alloc.instance.where.titles import in_names, titles_of
from alloc.instance.where.values import in_values, titles_of_values

OF_CITIES = ("cities",)
DERIVED = (*DERIVED_TEXTS, "bond_room")  # what conditions may name beside the columns


def as_kept(text: str, cities: Mapping[str, Any]) -> str:
    """A condition with names of columns and values in the place of their titles, in either language.

    Args:
        text: of the condition, right or wrong.
        cities: the columns of ``cities`` by name.
    """
    columns = {**dict.fromkeys(DERIVED, ()), **cities}
    return in_values(in_names(text, columns), columns, OF_CITIES)


def as_shown(text: str, cities: Mapping[str, Any]) -> str:
    """A condition as a Chinese page shows it: by titles, where these lead back to the same text; else as it is.

    Args:
        text: of the condition, by names.
        cities: the columns of ``cities`` by name.
    """
    columns = {**dict.fromkeys(DERIVED, ()), **cities}
    try:
        named = parse(text).renamed(titles_of_values(columns, OF_CITIES))
        titles = {name: title.zh for name, title in titles_of(columns).items() if in_names(title.zh, columns) == name}
        shown = parse(named).by_titles(titles)
    except WhereError:  # which is said where it is evaluated
        return text
    return shown if as_kept(shown, cities) == text else text
