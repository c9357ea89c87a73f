"""Findings on an edited instance, taken back to the edits that made its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import PurePath

from alloc.instance.checks.all import check_instance
from alloc.instance.derived.limits import key_of
from alloc.instance.files.placing import at_home as in_its_files
from alloc.instance.files.reading import FORMATS
from alloc.instance.findings import Finding, InputError, Severity
from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES
from alloc.scenario.agreement import Settled
from alloc.scenario.edits import SETTINGS, Cell, Edit, Edited
from alloc.scenario.selection import together
from alloc.scenario.state import LISTS
from alloc.scenario.touch import NO_ROW, Name
from alloc.text import Text


def recheck(instance: Instance, before: Instance, blame: Blame) -> tuple[list[Finding], list[Finding]]:
    """Checks an edited instance again.

    Args:
        instance: as edited.
        before: as it was, checked, with its warnings.
        blame: knows which edits made which cells.

    Returns:
        What was not found before, at the edits that it is due to; and the warnings that stand, as they were.
    """
    known = {_what(finding): finding for finding in before.warnings}
    stands = {_what(finding): finding for finding in before.warnings if _about_a_file(finding)}
    new: list[Finding] = []
    for finding in check_instance(instance, before, blame.columns()):
        if (what := _what(finding)) in known:
            stands[what] = known[what]
        elif not (blame.of_shares(finding) or blame.of_results(finding)):
            new.append(blame.of_check(finding))
    return new, list(stands.values())


def _what(finding: Finding) -> tuple[str, str | None, str | None, str]:
    """What a finding is about, whether it names a table's file, its sheet, the table, or an edit of the table.

    The words belong to it, without the cell that they begin with where they are about a workbook.
    """
    table = _SHEETS.get(finding.file.rpartition("#")[2], PurePath(finding.file).stem)
    shown = f"{table}.{finding.column}" if table in TABLES else finding.column
    return finding.code, shown, finding.key, _CELL.sub("", finding.message.en)


def _about_a_file(finding: Finding) -> bool:
    """Whether it is on a file or a header, which no check of an instance sees."""
    if "#" in finding.file:
        return finding.row == 1 or finding.code in _OF_SHEETS
    name = PurePath(finding.file)
    return name.suffix in FORMATS and (name.stem not in TABLES or finding.row == 1)


# Sheets of a workbook by the names that they are written under, and by those of their tables.
_SHEETS = {title: table.name for table in TABLES.values() for title in (table.name, *table.title)}
_OF_SHEETS = frozenset({"unknown_table", "hidden_sheet", "date_as_text"})
STAGE = "stage"  # the setting
# Columns of a pool whose values decide whether multiples of its quantum make it up.
_IN_MULTIPLES = frozenset({"total", "reserve", "quantum", "exhaust"})
# What is asked of amounts by hand that somebody has typed.
_TYPED = frozenset({("overrides", "quantum_leaves_rest"), ("overrides", "override_unexplained")})
_CELL = re.compile(r"^(?:[A-Z]{1,3}\d+|column [A-Z]{1,3}): ")


class Blame:
    """Which edits a finding is due to.

    Args:
        edits: all edits.
        touched: the cells that they are about.
    """

    def __init__(self, edits: Sequence[Edit], touched: Mapping[Name, Settled]) -> None:
        """Keep both."""
        self._edits, self._touched = edits, touched

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str | None, str | None], set[int]]:
        """Positions of edits by table, key and column; also by less than all three."""
        index: dict[tuple[str, str | None, str | None], set[int]] = {}
        for (table, key, column), cell in self._touched.items():
            record = ", ".join(key)
            for named in ((record, column), (record, None), (None, column), (None, None)):
                index.setdefault((table, *named), set()).update(cell.edits)
        return index

    def columns(self) -> Mapping[str, set[str]]:
        """The columns that the cells are of, by table; not of tables of which a row is added or dropped."""
        found: dict[str, set[str]] = {}
        others = set()
        for (table, _, column), cell in self._touched.items():
            found.setdefault(table, set()).add(column)
            if cell.row == NO_ROW or (table in TABLES and column in TABLES[table].key):
                others.add(table)
        return {table: columns for table, columns in found.items() if table not in others}

    def of_check(self, finding: Finding) -> Finding:
        """A finding of ``check_instance``, which names a table, at the edit that is nearest to its cell."""
        table, key, column = finding.file, finding.key, finding.column
        nearest = ((table, key, column), (table, key, None), (table, None, column), (table, None, None))
        places = next((self._by_place[place] for place in nearest if place in self._by_place), set())
        if (finding.code, finding.severity) == ("selects_nothing", "warning") and nearest[0] in self._by_place:
            finding = self._nobody(finding, self._edits[max(self._by_place[nearest[0]])])
        if finding.code == "issued_not_before" and (stage := self._touched.get((SETTINGS, (), STAGE))):
            return self._at(stage.edits, _staged(finding, self._edits[max(stage.edits)]))
        return self._at(places, replace(finding, column=f"{table}.{column}" if column else table))

    def of_shares(self, finding: Finding) -> bool:
        """Whether a pool is no multiple of its quantum because edits take a share of it, which hardly ever is one.

        It is said of what somebody typed in full: a total, a reserve, a quantum, or amounts by hand; not of changes.
        """
        if (finding.code, finding.file) != ("quantum_leaves_rest", "pools"):
            return False
        pool = finding.key or ""
        return not any(
            self._typed(cell, table)
            for (table, key, column), cell in self._touched.items()
            if (table == "pools" and key == (pool,) and column in _IN_MULTIPLES)
            or (table == "overrides" and pool in key)
        )

    def _typed(self, cell: Settled, table: str) -> bool:
        """Whether somebody wrote a number into a cell, or a row; not where figures were scaled or added to alone."""
        changes = {"scale", "add"} if table == "pools" else {"scale"}  # rows are added with amounts in full
        return any(self._edits[place].verb not in changes for place in cell.edits)

    def of_results(self, finding: Finding) -> bool:
        """Whether a finding is about how an amount by hand was typed, and it is one that a result has published."""
        if (finding.file, finding.code) not in _TYPED:
            return False
        places = self._by_place.get((finding.file, finding.key, None), set())
        return bool(places) and all(self._edits[place].of_result for place in places)

    def _nobody(self, finding: Finding, edit: Edit) -> Finding:
        """A condition that selects nobody, written in an edit: as of the edit's own one, an error unless it may.

        In a table it is a warning, since a limit may stand there for a class of cities that has none this year.
        """
        severity: Severity = "warning" if edit.optional else "error"
        return replace(finding, severity=severity, remedy=together([finding.remedy], edit))

    def of_settings(self, finding: Finding) -> Finding:
        """A finding on the settings, with their lists by name, at the edit that is nearest to its path."""
        path = finding.column or ""
        paths = {
            Cell(*name, None, None).target: set(cell.edits)
            for name, cell in self._touched.items()
            if name[0] in {SETTINGS, *LISTS}
        }
        above = path.rpartition(".")[0]
        tests = (
            lambda known: known == path,
            lambda known: known.startswith((f"{path}.", f"{path}[")),
            lambda known: known.startswith(f"{above}."),
            lambda known: True,
        )
        for test in tests:
            if places := set().union(*(where for known, where in paths.items() if test(known))):
                return self._at(places, finding)
        return self._at(set(), finding)

    def _at(self, places: Iterable[int], finding: Finding) -> Finding:
        """The finding at the last of some edits, or of all; it names the others if they are few."""
        *others, last = sorted(places) or range(len(self._edits))
        origin = self._edits[last].origin
        said = finding.message
        if others and len(others) <= 3:
            named = [self._edits[place].origin.place for place in others]
            said = Text(
                f"{said.zh}（另见{_before('、'.join(each.zh for each in named))}）",
                f"{said.en} (See also {'; '.join(each.en for each in named)}.)",
            )
        if "#" in origin.file and origin.scenario and finding.code != "issued_not_before":  # a sheet of many scenarios
            name = origin.scenario
            said = Text(f"情景“{name}”：{said.zh}", f"Scenario {name}: {said.en}")
        return replace(finding, file=origin.file, row=origin.number, message=said)


def _before(words: str) -> str:
    """Words behind Chinese ones: apart from them where they begin with a letter or a figure."""
    return f" {words}" if words[:1].isascii() else words


def _staged(finding: Finding, edit: Edit) -> Finding:
    """That rows do not count as issued, where an edit has set the stage: by which scenario, and that this may change.

    It is about the edit, and not about what stands in the settings of the instance.
    """
    name = edit.origin.scenario
    by = Text(f"按情景“{name}”，", f"By the scenario {name}, ") if name else Text("按这处修改，", "By this edit, ")
    said = finding.message
    message = Text(by.zh + said.zh, by.en + said.en[0].lower() + said.en[1:])
    remedy = Text(
        "要计入的，这处修改写其后的阶段；否则可不改。",
        "If they are to count, write a later stage there; else leave it.",
    )
    return replace(finding, column=STAGE, value=None, message=message, remedy=remedy)


def at_edits(findings: Iterable[Finding], edited: Edited) -> list[Finding]:
    """Findings on rows that edits have added at those edits, since no file has them; the others as they are.

    Args:
        findings: as checks of the instance make them, which know its tables and no files.
        edited: the instance that they are about, with its edits.
    """
    cells = {(cell.table, cell.key, cell.column): cell for cell in edited.cells if cell.edits}
    added: dict[str, list[Cell]] = {}
    for (name, _, column), cell in cells.items():
        if name in TABLES and column == TABLES[name].key[0] and cell.old is None:
            added.setdefault(name, []).append(cell)
    placed = []
    for finding in findings:
        name, key = finding.file.partition(".")[0], tuple(map(key_of, (finding.key or "").split(", ")))
        rows, column = added.get(name, []), finding.column or ""
        about = next((row for row in rows if row.key == key), None)
        if about is None:  # of two rows the last
            about = next((row for row in reversed(rows) if len(row.key) == 1 and row.key[0] in key), None)
        if about is None and rows and len(rows) == len(edited.instance.tables[name]):  # the whole table came by edits
            about = next((row for row in reversed(rows) if set(key) <= set(row.key)), rows[-1])
        if about is not None:
            origin = edited.edits[max(cells.get((name, about.key, column), about).edits)].origin
            shown = f"{name}.{column}" if column else name
            finding = replace(finding, file=origin.file, row=origin.number, column=shown)
        placed.append(finding)
    return placed


def at_home(findings: Iterable[Finding], edited: Edited, *before: Edited) -> list[Finding]:
    """Findings on an edited instance with the file or sheet and the row, or the edit, that they are about.

    Args:
        findings: as checks of the instance make them, which know its tables and no files.
        edited: the instance that they are about, with its edits.
        before: what it was edited from, where that has edits of its own; the last first.
    """
    for each in (edited, *before):
        findings = at_edits(findings, each)
    return in_its_files(findings, edited.instance)


@contextmanager
def errors_at_home(edited: Edited, *before: Edited) -> Iterator[None]:
    """Errors that are raised about an instance name the file or sheet and the row, or the edit, that they are about.

    Args:
        edited: the instance that is worked on, with its edits.
        before: what it was edited from, where that has edits of its own; the last first.

    Raises:
        InputError: as it was raised, with every finding at its place.
    """
    try:
        yield
    except InputError as error:
        raise InputError(at_home(error.findings, edited, *before)) from None
