"""Edits that changed no value, and rules that hold nothing back as they were edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.content.conditions import target_said
from alloc.formulation.catalogue import ARITHMETIC
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import derive
from alloc.instance.derived.optional.purses import purses_of
from alloc.result.frames.standing import families_as_published
from alloc.result.result import Result
from alloc.result.wording import say
from alloc.tolerances import AT_BOUND

SETTINGS, POLICY = "settings", "policy."


def unfelt(result: Result, language: str) -> list[str]:
    """A sentence for every edit that left the instance as it was, and for every number of the policy that was edited
    and is reached nowhere.

    Args:
        result: with an allocation.
        language: ``zh`` or ``en``.
    """
    edits = result.manifest.get("edits") or ()
    overridden = {name for edit in edits for name in edit["overrides"]}
    tables = result.instance.tables
    said = [
        say(language, "edit_unfelt", target=target_said(tables, language, edit["target"], edit["where"]))
        for edit in edits
        if not edit["cells"] and f"{edit['file']}:{edit['number']}" not in overridden
    ]
    targets = {
        ".".join((cell["table"], *cell["key"], cell["column"])).removeprefix(f"{SETTINGS}."): _number_of(cell)
        for edit in edits
        for cell in edit["cells"]
        if cell["new"] is not None and _number_of(cell).startswith(POLICY)
    }
    reached = _reached(result) if targets else {}
    known = catalogue(result.instance.formulation).numbers
    for target, name in targets.items():
        number = known.get(name)
        moved = {each for turn in number.turns for each in turn.moves} if number is not None else set()
        if moved and moved <= set(reached) and not any(reached[each] for each in moved):
            said.append(say(language, "number_unfelt", target=target_said(tables, language, target, "")))
    return said


def _number_of(cell: Mapping[str, Any]) -> str:
    """A cell by the name of what it is a value of: the path of a setting, or a column of a list of the settings."""
    return str(cell["column"] if cell["table"] == SETTINGS else f"{cell['table']}.{cell['column']}")


def _reached(result: Result) -> Mapping[str, int]:
    """In how many rows a family binds, by family and by what makes the right side of one; of sums nothing is said."""
    families = catalogue(result.instance.formulation).families
    frame = families_as_published(result)
    found: dict[str, int] = {
        str(name): int(count)
        for name, count in zip(frame["family"], frame["binding"], strict=True)
        if families[str(name)].owner != ARITHMETIC
    }
    for name in [each for each in found if families[each].causes]:
        found |= causes_that_bind(result, name) or dict.fromkeys(families[name].causes, 0)
    return found


def causes_that_bind(result: Result, family: str) -> dict[str, int]:
    """Which of its causes make the right side of a family, counted over the cities where it binds; empty without any.

    Args:
        result: with an allocation.
        family: its name.
    """
    causes: Mapping[str, Any] = catalogue(result.instance.formulation).families[family].causes
    if not causes:
        return {}
    debt = result.tables["debt"]
    purses = purses_of(result.instance.tables["cities"])
    new, room = (
        purses.together(each.to_numpy()) for each in (debt["new_general"] + debt["new_special"], debt["bond_room"])
    )
    binds = purses.heads & (new >= room - AT_BOUND * np.maximum(1.0, room))
    if not binds.any():
        return {}
    derived = derive(result.instance)
    rooms = np.column_stack([getattr(derived, name) for name in causes.values()])[binds]
    counts = np.bincount(rooms.argmin(axis=1), minlength=len(causes))
    return dict(zip(causes, map(int, counts), strict=True))
