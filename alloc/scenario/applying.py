"""Edits applied to an instance: resolved, held against each other, put in, and the result checked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from alloc.instance.findings import Finding, InputError, errors, sort_findings
from alloc.instance.frames import texts
from alloc.instance.instance import Instance
from alloc.instance.named import NAMES, Named
from alloc.instance.schema.tables import TABLES
from alloc.scenario.agreement import Settled, reconcile
from alloc.scenario.difference import changes_between
from alloc.scenario.edits import SETTINGS, Cell, Edit, Edited
from alloc.scenario.merging.steps import steps
from alloc.scenario.rebuilding import rebuilt, tables_rebuilt
from alloc.scenario.rechecking import Blame, recheck
from alloc.scenario.resolve import NO_RECORD, resolve
from alloc.scenario.state import LISTS, State, taken_apart
from alloc.scenario.targets import Grid, target_of
from alloc.scenario.titles.reading import with_names
from alloc.scenario.touch import NO_ROW, Name, Touch, reasons
from alloc.text import Text

# Faults that an edit has whatever the tables hold; they are looked for also where lower levels could not be applied.
ALWAYS_WRONG = ("unknown_target", "unknown_column", "wrong_type", "where_out_of_place", "row_out_of_place", "no_column")


def apply(instance: Instance, edits: Sequence[Edit], check: bool = True) -> Edited:
    """The instance with edits applied.

    Edits of one level (`Origin.level`) all start from the instance as the lower levels leave it, so that their order
    does not matter; two that make different things of a cell are an error. Only an edit that names by its key a row
    which another of its level adds starts from that row, and cities are merged after the other edits of their level,
    from what these leave. A higher level overrides a lower one.

    Args:
        instance: checked; it stays as it is.
        edits: any number. In the result those that merge cities name them by code.
        check: whether everything is checked again that holds between cells. Without it only what each edit shows by
            itself is checked, which is much faster; what comes out must then be checked before it is solved.

    Raises:
        InputError: with everything that is wrong, each finding at the edit that it is due to.
    """
    edits = list(edits)
    start = state = taken_apart(instance)
    net: dict[Name, Settled] = {}
    requests: dict[tuple[str, str], dict[Name, Any]] = {}  # of the command line, or of a scenario: what stood before it
    findings: list[Finding] = []
    for places in steps(edits):
        origin = edits[places[0]].origin
        asked = requests.setdefault((origin.file, origin.scenario), {})
        touched, found = _touched(edits, places, state, asked)
        if errors(findings):
            findings += [finding for finding in found if finding.code in ALWAYS_WRONG]
            continue
        settled, clashes = reconcile(edits, touched)
        findings += [*found, *clashes, *_idle(edits, touched)]
        if errors(findings):
            continue
        state, faults = rebuilt(state, settled)
        findings += map(Blame(edits, settled).of_settings, faults)
        findings += _unknown_codes(edits, settled, state)
        _carry(net, settled)
        for name, cell in settled.items():
            asked.setdefault(name, cell.old)
    if errors(findings):
        raise InputError(findings)

    result = _instance(state, start, instance)
    if emptied := [finding for edit in edits for finding in _emptied(edit, result)]:
        raise InputError(emptied)
    if check and result is not instance:
        new, stands = recheck(result, instance, Blame(edits, net))
        findings += new
        if errors(findings):
            raise InputError(findings)
        result = result.changed(result.settings, result.tables, sort_findings([*stands, *new]))
    return Edited(result, tuple(edits), _cells(edits, net, start, state), sort_findings(findings))


def _emptied(edit: Edit, result: Instance) -> list[Finding]:
    """What is wrong with an edit that drops rows of a table that has none left, and has to have some."""
    table = TABLES.get(edit.target.partition(".")[0])
    if edit.verb != "drop" or table is None or not table.required or len(result.tables[table.name]):
        return []
    message = Text("{title}表不能没有一行。", "{title} must have a row.").fill(title=table.title)
    return [edit.finding("no_rows_left", message, Text("至少保留一行。", "Leave at least one."))]


def _touched(
    edits: list[Edit], places: Sequence[int], state: State, asked: Mapping[Name, Any]
) -> tuple[dict[int, list[Touch]], list[Finding]]:
    """What each edit of a step is about, by its position, and what is wrong with any of them.

    An edit that merges cities names them by their codes from here on, as what comes of it is told by code; and
    conditions name columns, where they were written with titles.
    """
    touched: dict[int, list[Touch]] = {}
    findings: list[Finding] = []
    waiting: dict[int, Sequence[Finding]] = {}  # edits of a row that is not there, which another edit may bring
    for place in places:
        try:
            edits[place] = with_names(edits[place], state)
            touched[place], found = resolve(edits[place], state, asked)
            findings += found
        except InputError as error:
            if edits[place].verb != "merge" and any(finding.code == NO_RECORD for finding in error.findings):
                waiting[place] = error.findings
            else:
                findings += error.findings
    reached, found = _rows_reached(edits, touched, waiting, state)
    touched = dict(sorted({**touched, **reached}.items()))
    for place, besides in reasons(edits, touched, state).items():
        touched[place] = [*touched[place], *besides]
    return touched, findings + found


def _rows_reached(
    edits: Sequence[Edit],
    touched: Mapping[int, Sequence[Touch]],
    waiting: Mapping[int, Sequence[Finding]],
    state: State,
) -> tuple[dict[int, list[Touch]], list[Finding]]:
    """What edits are about that name a row which another adds, as `limits.west.value = 0.4` does beside
    `add limits { limit = 'west', … }`, and what is wrong with any of them.

    Whichever of the edits stands first: a row is reached by its key alone, so that conditions and whole columns choose
    among the rows that were there, and by the cell, so that no edit drops what another adds.

    Args:
        edits: all of them.
        touched: what the other edits of the level touch, by position.
        waiting: the edits, by position, each with what is wrong with it where no edit adds its row.
        state: from which the level starts.
    """
    coming = {
        place: [touch for touch in found if touch.row == NO_ROW and touch.name[0] != SETTINGS]
        for place, found in touched.items()
    }
    keys = {touch.name[:2] for found in coming.values() for touch in found}
    reached: dict[int, list[Touch]] = {}
    findings: list[Finding] = []
    whole: State | None = None
    for place, faults in waiting.items():
        target = target_of(edits[place], state)
        if not isinstance(target, Grid) or target.column is None or (target.table.name, target.key) not in keys:
            findings += faults
            continue
        whole = whole or tables_rebuilt(state, reconcile(edits, coming)[0])
        try:
            touches, found = resolve(edits[place], whole, {})
            reached[place] = [touch._replace(row=NO_ROW) for touch in touches]
            findings += found
        except InputError as error:
            findings += error.findings
    return reached, findings


def _idle(edits: Sequence[Edit], touched: Mapping[int, Sequence[Touch]]) -> list[Finding]:
    """A warning on each edit after which every cell is what it was."""
    message = Text("选中的各格已经如此，或没有数可改。", "Every cell it is about is so already, or holds no number.")
    remedy = Text("若无误可删去这条修改。", "Leave the edit out if this is right.")
    return [
        edits[place].finding("changes_nothing", message, remedy, "warning")
        for place, touches in touched.items()
        if edits[place].verb != "set" and touches and all(touch.new == touch.old for touch in touches)
    ]


def _unknown_codes(edits: Sequence[Edit], settled: Mapping[Name, Settled], state: State) -> list[Finding]:
    """Rows that were added for a city, a pool or a service that is not there."""
    findings: list[Finding] = []
    known: dict[str, Named] = {}
    for (table, key, name), cell in settled.items():
        column = TABLES[table].by_name.get(name) if table in TABLES and cell.row == NO_ROW else None
        if column is None or not column.references:
            continue
        target = column.references
        if not any(texts(state.tables[target], TABLES[target].key[0])):  # a fault of its own: no code could be known
            continue
        if target not in known:
            named = [name for name in NAMES.get(target, ()) if name in state.tables[target]]
            known[target] = Named(*(texts(state.tables[target], name) for name in (TABLES[target].key[0], *named)))
        if cell.new not in known[target]:
            message = Text("{table}表中没有这个代码。", "There is no such code in {table}.")
            message = message.fill(table=TABLES[target].quoted)
            remedy = known[target].remedy(cell.new)
            edit, shown = edits[cell.edits[0]], ", ".join(key)
            where = f"{table}.{name}"
            findings.append(edit.finding("unknown_code", message, remedy, column=where, value=cell.new, key=shown))
    return findings


def _carry(net: dict[Name, Settled], settled: Mapping[Name, Settled]) -> None:
    """Puts a level on top of those below it."""
    for name, cell in settled.items():
        below = net.get(name)
        if below is None:
            net[name] = cell
        elif cell.new != cell.old:
            net[name] = cell._replace(old=below.old, overridden=(*below.overridden, *below.edits))


def _instance(state: State, start: State, instance: Instance) -> Instance:
    tables = {name: state.tables[name] for name in instance.tables}
    if state.settings is start.settings and all(tables[name] is instance.tables[name] for name in tables):
        return instance
    return instance.changed(state.settings, tables, instance.warnings)


def _cells(edits: Sequence[Edit], net: Mapping[Name, Settled], start: State, state: State) -> tuple[Cell, ...]:
    """Every cell that has changed, in order."""
    made = {name: cell for name, cell in net.items() if name[0] in TABLES and cell.new != cell.old}
    # The settings are compared as a whole, since checking them can fill in what belongs to a value.
    before = replace(start, tables={**state.tables, **{name: start.tables[name] for name in LISTS}})
    in_settings = {name: cell for name, cell in net.items() if name[0] not in TABLES}
    for name, old, new in changes_between(before, state):
        by = net.get(name) or next((cell for other, cell in in_settings.items() if other[:2] == name[:2]), None)
        makers = by.edits if by else tuple(sorted({place for each in in_settings.values() for place in each.edits}))
        made[name] = Settled(NO_ROW, old, new, makers, by.overridden if by else ())
    reasons: dict[tuple[int, ...], str] = {}
    cells = []
    for name, cell in sorted(made.items(), key=lambda item: item[0]):
        if cell.edits not in reasons:
            given = dict.fromkeys(edits[place].why for place in cell.edits if edits[place].why)
            reasons[cell.edits] = "; ".join(given)
        cells.append(Cell(*name, cell.old, cell.new, cell.edits, cell.overridden, reasons[cell.edits]))
    return tuple(cells)
