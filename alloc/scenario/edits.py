"""Edits, the cells that they touch, and scenarios: values without behaviour."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from alloc.instance.findings import EDITS, Finding, Severity, shortened
from alloc.instance.instance import Instance
from alloc.text import Text

Verb = Literal["set", "add", "scale", "at_most", "at_least", "drop", "merge"]
# Which key of a scenario's file holds the value of a verb; a new row stands under ROW.
VALUES: Mapping[Verb, str] = {"set": "to", "add": "by", "scale": "by", "at_most": "to", "at_least": "to",
                               "merge": "into"}  # fmt: skip
ROW = "row"
WHERE = "where"
THEN = "then"  # before a line that starts from what the lines before it make
BETWEEN: Mapping[str, str] = {"zh": "＋", "en": " + "}  # titles of scenarios one after another
SETTINGS = "settings"  # the table in whose name cells of instance.toml stand


@dataclass(frozen=True)
class Origin:
    """Where an edit stands.

    Attributes:
        file: name of the scenario's file, ``WORKBOOK#SHEET``, or ``--edit``.
        number: which edit of the file it is, the first is 1; on a sheet its row.
        level: 0 for the furthest scenario that is inherited, one more for each that inherits it; the command line comes
            last. Edits of one level are applied together and their order does not matter; a higher level starts from
            what the lower ones have made.
        scenario: the name of the scenario; empty for the command line.
    """

    file: str = EDITS
    number: int = 1
    level: int = 0
    scenario: str = field(default="", compare=False)

    @property
    def place(self) -> Text:
        """As messages name it."""
        if "#" in self.file:
            return Text(f"{self.file} 第 {self.number} 行", f"{self.file}, row {self.number}")
        if self.file == EDITS:
            return Text(f"第 {self.number} 条修改", f"edit {self.number}")
        return Text(f"{self.file} 第 {self.number} 条", f"{self.file}, edit {self.number}")


@dataclass(frozen=True)
class Edit:
    """One thing that a planner changes.

    Attributes:
        verb: set (to a value), add (a number, or a row to a table), scale (by a factor), at_most and at_least (cut off
            at a number), drop (a row, or what a cell holds), merge (cities into another one).
        target: what, dotted: ``pools.total``, ``limits``, ``limits.megacity_land.value``, ``policy.debt.ceiling``; to
            merge, the cities that go, by code or name, with commas.
        value: number, text, flag or list; for a new row a mapping of columns to values; to merge the city that stays;
            None to drop.
        where: condition on the rows of the table; empty: all.
        why: the reason, kept with the result.
        origin: where the edit stands.
        optional: whether it may select nothing; otherwise that is an error.
        why_zh: the reason as Chinese reports say it; empty: as ``why``.
        of_result: whether its amount comes of a published one, by ``freeze`` or ``move``, and was not typed.
        typed: target and condition as they were written, where these are titles; findings are told by them.
    """

    verb: Verb
    target: str
    value: Any = None
    where: str = ""
    why: str = ""
    origin: Origin = Origin()
    optional: bool = False
    why_zh: str = ""
    of_result: bool = False
    typed: tuple[str, str] = field(default=("", ""), compare=False)

    @property
    def adds_row(self) -> bool:
        """Whether it adds a row, not a number."""
        return self.verb == "add" and isinstance(self.value, Mapping)

    def finding(
        self,
        code: str,
        message: Text,
        remedy: Text,
        severity: Severity = "error",
        *,
        column: str | None = None,
        value: object = None,
        key: str | None = None,
    ) -> Finding:
        """A finding on the edit: its file, its number, and the target where no column is named; told as it is typed."""
        target, where = self.typed
        title = target or None if column is None else None
        if column == WHERE and where:
            value = where
        shown = None if value is None else shortened(str(value))
        row = self.origin.number
        return Finding(
            severity, code, self.origin.file, row, column or self.target, shown, message, remedy, key, title=title
        )


class Cell(NamedTuple):
    """A cell that edits have changed.

    A row that comes or goes has all its cells here, those of its key included; nowhere else is a key column changed.

    Attributes:
        table: the table; ``objective`` and ``policy.debt.tiers`` count as tables, everything else in ``instance.toml``
            is in ``settings``.
        key: of the row; none in ``settings``.
        column: the column; in ``settings`` the dotted path.
        old, new: before and after; None where nothing is given or no such row is there.
        edits: positions of the edits that made the value.
        overridden: positions of the edits of lower levels whose value it replaces.
        why: the reasons of ``edits``.
    """

    table: str
    key: tuple[str, ...]
    column: str
    old: Any
    new: Any
    edits: tuple[int, ...] = ()
    overridden: tuple[int, ...] = ()
    why: str = ""

    @property
    def target(self) -> str:
        """The cell as an edit could name it: ``overrides.440300.land.amount``."""
        return self.column if self.table == SETTINGS else ".".join((self.table, *self.key, self.column))

    def record(self) -> dict[str, Any]:
        """For JSON."""
        old, new = _plain(self.old), _plain(self.new)
        return {"table": self.table, "key": list(self.key), "column": self.column, "old": old, "new": new}


class Script(NamedTuple):
    """A scenario as it is written.

    Attributes:
        at: what tells it from all others: the path of its file, or the workbook and its name.
        file: in findings.
        name: by which it is asked for.
        title: in both languages; its name where it has none.
        inherits: the name of the scenario that it starts from; "" for none.
        edits: those that can be read.
        findings: what is wrong with it outside its edits.
        faults: what is wrong with edits.
        row: where it says what it inherits, on a sheet.
    """

    at: Hashable
    file: str
    name: str
    title: Text
    inherits: str
    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...] = ()
    faults: tuple[Finding, ...] = ()
    row: int | None = None

    def on_level(self, level: int) -> tuple[Edit, ...]:
        """Its edits as those of a level (`Origin.level`)."""
        return tuple(replace(edit, origin=replace(edit.origin, level=level, scenario=self.name)) for edit in self.edits)

    @property
    def says(self) -> tuple[str, Text, str, tuple[tuple[Any, ...], ...]]:
        """What it says, wherever it stands: name, title, what it inherits, and its edits in their order."""
        edits = (
            (each.verb, each.target, each.value, each.where, each.why, each.why_zh, each.optional)
            for each in self.edits
        )
        return self.name, self.title, self.inherits, tuple(edits)


@dataclass(frozen=True)
class Scenario:
    """Edits with a title.

    Attributes:
        name: name of the file without its ending.
        title: in both languages.
        edits: its own and all that it inherits, in order; the level of their origins tells them apart.
        inherits: the scenarios that it inherits, the nearest first.
        of: the names of the scenarios that it is made of, in order, where it is made of several.
    """

    name: str
    title: Text
    edits: tuple[Edit, ...]
    inherits: tuple[str, ...] = ()
    of: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """For JSON; `of` only where it is made of several."""
        found: dict[str, Any] = {"name": self.name, "title": self.title._asdict(), "inherits": list(self.inherits)}
        return found | ({"of": list(self.of)} if self.of else {})


@dataclass(frozen=True, eq=False)
class Edited:
    """An instance with edits applied.

    Attributes:
        instance: the result.
        edits: what was asked for.
        cells: every cell that differs, by table, key and column.
        findings: warnings on the edits, and those of the checks that were not there before.
        scenario: where the edits come from one.
        begun: the manifest of the result, not written anywhere, whose instance the edits start from; its record of
            scenario and edits goes before theirs. None: they start from an instance that can be read.
    """

    instance: Instance
    edits: tuple[Edit, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...] = ()
    scenario: Scenario | None = None
    begun: Mapping[str, Any] | None = None

    def scenario_record(self) -> dict[str, Any] | None:
        """For JSON: the scenario, or those one after another, since what can be read; None where there is none."""
        own = self.scenario.record() if self.scenario else None
        former = self.begun["scenario"] if self.begun else None
        if own is None or former is None:
            return own or former
        titles = {key: sign.join((former["title"][key], own["title"][key])) for key, sign in BETWEEN.items()}
        return {
            "name": f"{former['name']}+{own['name']}",
            "title": titles,
            "inherits": list(dict.fromkeys((*former["inherits"], *own["inherits"]))),
            "of": [name for each in (former, own) for name in each.get("of") or [each["name"]]],
        }

    def records(self) -> list[dict[str, Any]]:
        """The edits for JSON, each with the cells that it made, and the edits of which it overrides any cell.

        Those since what can be read: what `begun` has goes before, and further lines are counted on from its lines.
        """
        former = list(self.begun["edits"]) if self.begun else []
        lines = sum(each["file"] == EDITS for each in former)
        own = ({**each, "number": each["number"] + lines * (each["file"] == EDITS)} for each in self._own())
        return [*former, *own]

    def _own(self) -> list[dict[str, Any]]:
        cells: list[list[dict[str, Any]]] = [[] for _ in self.edits]
        overrides: list[set[int]] = [set() for _ in self.edits]
        for cell in self.cells:
            for place in cell.edits:
                cells[place].append(cell.record())
                overrides[place].update(cell.overridden)
        return [
            {
                "file": edit.origin.file,
                "number": edit.origin.number,
                "verb": edit.verb,
                "target": edit.target,
                "where": edit.where,
                "value": _plain(edit.value),
                "why": edit.why,
                **({"why_zh": edit.why_zh} if edit.why_zh else {}),
                **({THEN: True} if place and self._later(place) else {}),
                "overrides": [_name(self.edits[other]) for other in sorted(overrides[place])],
                "cells": cells[place],
            }
            for place, edit in enumerate(self.edits)
        ]

    def _later(self, place: int) -> bool:
        """Whether a line starts from what the line before it makes."""
        before, edit = self.edits[place - 1].origin, self.edits[place].origin
        return before.file == edit.file == EDITS and before.level < edit.level


def _name(edit: Edit) -> str:
    return f"{edit.origin.file}:{edit.origin.number}"


def _plain(value: Any) -> Any:
    """Tuples as lists, also inside."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
