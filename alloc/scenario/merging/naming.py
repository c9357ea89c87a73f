"""Conditions and values that name cities: after a merger they name the one that stays, or they cannot be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from alloc.formulation.columns import Column
from alloc.instance.frames import texts
from alloc.instance.named import with_code
from alloc.instance.schema.columns import Table
from alloc.instance.where.conditions import parse
from alloc.instance.where.grammar import WhereError
from alloc.scenario.merging.adding import Unmergeable
from alloc.scenario.state import State, plain
from alloc.scenario.touch import Touch, column_touched, keys_at, rows_dropped
from alloc.text import Text, listed

NAMES = ("city", "name", "name_en", "purse")  # columns of cities in which a city is named
PART = Text("{place} 的条件只包括 {some}，不包括 {others}。",
            "The condition of {place} takes {some} and not {others}.")  # fmt: skip
WHOLE = Text("先改条件，使合并的城市都在其中或都不在其中。",
             "Change the condition first, so that all of them are in it or none is.")  # fmt: skip
APART = Text("{place} 只写到合并的部分城市，或数值不同。", "{place}: not all of the cities are named, or not alike.")
BOTH = Text("先为每个城市写同样的一行，或都删去。", "Give each of them the same row first, or drop them.")

Members = Sequence[Mapping[str, Any]]  # rows of cities, that of the one that stays first


def conditions_renamed(table: Table, column: Column, members: Members, state: State) -> list[Touch]:
    """The cells of a column of conditions that name one of the cities, with the names that hold after the merger.

    Raises:
        Unmergeable: a condition takes some of the cities by name, and not the others.
    """
    frame = state.tables[table.name]
    touches: list[Touch] = []
    stays = members[0]
    for place, text in enumerate(plain(frame[column.name])):
        if text is None:
            continue
        try:
            condition = parse(text)
        except WhereError:  # found by the checks
            continue
        for name, sign, values in condition.text_leaves():
            if name not in NAMES or not {member.get(name) for member in members} & set(values):
                continue
            taken = [(member.get(name) in values) == (sign in ("=", "in")) for member in members]
            if len(set(taken)) > 1:
                (key,) = keys_at(table, frame, np.array([place]))
                some, others = (listed(with_code(member) for member, each in zip(members, taken, strict=True)
                                       if each == wanted) for wanted in (True, False))  # fmt: skip
                said = PART.fill(place=".".join((table.name, *key, column.name)), some=some, others=others)
                raise Unmergeable("merge_in_condition", said, WHOLE)
        new = condition.renamed({
            name: {str(member[name]): str(stays[name]) for member in members[1:] if member.get(name)}
            for name in NAMES if stays.get(name)
        })  # fmt: skip
        if new != text:
            touches += column_touched(table, frame, np.array([place]), column.name, [new])
    return touches


def values_renamed(table: Table, column: Column, members: Members, state: State) -> list[Touch]:
    """The rows about a value in a column of cities, where the value names one of the cities.

    Raises:
        Unmergeable: the rows are not the same for all of them.
    """
    frame = state.tables[table.name]
    named = texts(frame, "column")
    others = [name for name in frame.columns if name not in (column.name, "column")]
    touches: list[Touch] = []
    for name in NAMES[:3]:
        values = [member.get(name) for member in members]
        about = np.flatnonzero((named == name) & np.isin(texts(frame, column.name), [each for each in values if each]))
        if not len(about):
            continue
        said = {tuple(row) for row in frame.iloc[about][others].itertuples(index=False, name=None)}
        if len(said) * len(members) != len(about):
            raise Unmergeable("merge_in_value", APART.fill(place=f"{table.name}.{column.name}"), BOTH)
        gone = about[texts(frame, column.name)[about] != values[0]]
        touches += rows_dropped(table, frame, gone)
    return touches
