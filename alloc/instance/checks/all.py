"""Checking an instance: every fault of every table, all at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import Column
from alloc.instance.checks.causes import with_blank_cells, with_causes
from alloc.instance.checks.cities import EXCHANGED, check_cities, check_columns
from alloc.instance.checks.divisions import check_divisions
from alloc.instance.checks.figures.beside import check_beside
from alloc.instance.checks.figures.peers import check_peers
from alloc.instance.checks.keys import called_by_code, check_keys
from alloc.instance.checks.limits import check_limits
from alloc.instance.checks.magnitudes import check_magnitudes
from alloc.instance.checks.optional.groups import TABLES as OF_GROUPS
from alloc.instance.checks.optional.groups import check_groups
from alloc.instance.checks.optional.levels import TABLES as OF_LEVELS
from alloc.instance.checks.optional.levels import check_levels
from alloc.instance.checks.optional.linked import check_linked
from alloc.instance.checks.optional.links import TABLES as OF_LINKS
from alloc.instance.checks.optional.links import check_links
from alloc.instance.checks.optional.programmes import TABLES as OF_PROGRAMMES
from alloc.instance.checks.optional.programmes import check_programmes
from alloc.instance.checks.optional.purses import check_purses, may_be_blank
from alloc.instance.checks.optional.schemes import TABLES as OF_SCHEMES
from alloc.instance.checks.optional.schemes import check_schemes
from alloc.instance.checks.pools import check_pools
from alloc.instance.checks.services import check_services
from alloc.instance.checks.settings import check_settings
from alloc.instance.checks.sources import check_cell_sources, check_sources
from alloc.instance.checks.units import check_confirmed, check_units
from alloc.instance.checks.years import check_planning_year, check_years
from alloc.instance.confirmed import without_confirmed
from alloc.instance.files.sheets import LARGEST, Sheet
from alloc.instance.findings import Finding, sort_findings
from alloc.instance.findings_by_name import with_names
from alloc.instance.instance import Instance
from alloc.instance.named import NAMES
from alloc.instance.row_units import units_of, with_units
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import Known
from alloc.text import Text

# A share without an upper end above which it is more likely a percentage.
LARGE_SHARE = 2.0


# What is checked of tables together, with the tables that it looks at; and whether it looks at the settings too.
_TOGETHER: tuple[tuple[Callable[..., list[Finding]], tuple[str, ...], bool], ...] = (
    (check_cities, ("cities",), True),
    (check_divisions, ("cities",), False),
    (check_columns, ("cities", "services", "factors", "scheme_factors", "pools"), False),
    (check_services, ("services", "cities", "capacity"), False),
    (check_pools, ("pools", "factors", "cities", "last_year", "overrides", "issued", "performance"), True),
    (check_limits, ("limits", "pools", "services", "cities", "groups", "programmes", "links"), True),
    (check_groups, OF_GROUPS, False),
    (check_schemes, OF_SCHEMES, True),
    (check_programmes, OF_PROGRAMMES, True),
    (check_links, OF_LINKS, False),
    (check_linked, ("pools", "cities"), False),
    (check_levels, OF_LEVELS, True),
    (check_purses, ("cities",), False),
    (check_sources, ("sources", *TABLES), False),
    (check_cell_sources, ("cell_sources", *TABLES), False),
    (check_confirmed, tuple(TABLES), True),
    (check_units, ("cities", "services", "capacity", "last_year", "pools"), False),
    (check_peers, ("cities", "services", "capacity", "last_year", "pools"), False),
    (check_beside, ("cities", "services"), False),
    (check_magnitudes, ("cities", "services", "capacity", "last_year", "pools"), True),
    (check_planning_year, ("sources", "cell_sources"), True),
    (check_years, ("pools", "cities", "last_year", "levels"), True),
)


def check_instance(
    instance: Instance, before: Instance | None = None, columns: Mapping[str, Collection[str]] | None = None
) -> tuple[Finding, ...]:
    """Check an instance again, after an edit: findings name the table and the key, rows only a file has.

    Args:
        instance: as edited.
        before: what it was before; what looks only at tables that stay as they are is checked once for both.
        columns: of tables that have the rows that they had, the columns that may differ.
    """
    if before is not None:
        for name, table in instance.tables.items():
            if table is before.tables[name]:
                instance.known[name, "sheet"] = _sheet(before, name)
            elif columns is not None and name in columns:
                instance.known[name, "sheet"] = _sheet(before, name).with_columns(table, columns[name])
    sheets = {name: _sheet(instance, name) for name in instance.tables}
    return sort_findings(with_blank_cells(check_tables(sheets, instance.settings), sheets))


def _sheet(instance: Instance, name: str) -> Sheet:
    """A table as the checks see it, with what earlier checks have made of it."""
    return instance.once(name, "sheet", lambda frame: Sheet(TABLES[name], name, frame, from_file=False))


def check_tables(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Check typed tables, one by one and against each other.

    Args:
        sheets: every table of the schema; one that could not be read has no columns and is passed over.
        settings: None where they are wrong themselves; what depends on them is then left out.
    """
    findings: list[Finding] = [] if settings is None else check_settings(settings)
    for sheet in sheets.values():
        if not len(sheet.frame):
            continue
        named = {column.references for column in sheet.table.columns if column.references}
        others = {name: sheets[name] for name in sorted(named)}
        findings += sheet.found("cells", (), partial(check_cells, sheet))
        findings += sheet.found("keys", tuple(others.values()), partial(check_keys, sheet, others))
    for check, names, on_settings in _TOGETHER:
        seen = {name: sheets[name] for name in names}
        more = (settings,) if on_settings else ()
        findings += seen[names[0]].found(check.__name__, (*seen.values(), *more), partial(check, seen, *more))
    caused = with_causes(_once(findings), sheets[CITIES.name], (sheets["services"], sheets["pools"]))
    return told(without_confirmed(caused, settings), sheets)


def told(findings: list[Finding], sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Findings with the names of their records and, where these have units of their own, with the units."""
    return with_units(with_names(findings, titles_of(sheets)), units_of(sheets)) if findings else findings


def titles_of(sheets: Mapping[str, Sheet]) -> dict[str, Text]:
    """What cities, services and pools are called, by code."""
    return {code: title for name in NAMES for code, title in called_by_code(sheets[name]).items() if any(title)}


_FAR = frozenset({"capacity_far", "budget_far", "figure_far", "cohort_far"})  # from what all other cities have


def _once(findings: list[Finding]) -> list[Finding]:
    """Without what is said of a place a second time: an empty cell that two columns need, a unit doubted twice.

    Of a capacity, a budget or another figure in another unit it is not said besides that no other city comes near it;
    nor of a figure that cannot be at all. A latitude that is a longitude is not out of its range.
    The size of facilities is held against norms and people: where the unit of either is in doubt, it is not.
    """
    doubted = any(finding.code == "unit_suspect" and finding.column != "module" for finding in findings)
    named: set[tuple[object, ...]] = set()
    wrong = {(each.file, each.row, each.column, each.key) for each in findings if each.severity == "error"}
    exchanged = {(each.file, each.row, each.key) for each in findings if each.code == EXCHANGED}
    kept = []
    for finding in findings:
        here = (finding.file, finding.row, finding.column, finding.key)
        if finding.code in _FAR and here in wrong:
            continue
        if finding.code == "out_of_range" and finding.column == "lat" and (here[0], here[1], here[3]) in exchanged:
            continue
        if doubted and (finding.code, finding.column) == ("unit_suspect", "module"):
            continue
        code = "unit_suspect" if finding.code in _FAR - {"cohort_far"} else finding.code
        place = (code, finding.file, finding.row, finding.column, finding.key)
        if code not in ("missing_value", "unit_suspect") or place not in named:
            kept.append(finding)
        named.add(place)
    return kept


def check_cells(sheet: Sheet) -> list[Finding]:
    """Empty cells, ranges and allowed values, by the schema."""
    findings: list[Finding] = []
    table = sheet.table
    for column in table.columns:
        if not sheet.has(column.name):
            continue
        blank = sheet.blank(column.name)
        if column.required:
            message = Text("缺少“{title}”。", "{title} is missing.")
            missing = blank & ~np.asarray(may_be_blank(sheet, column.name))
            if column.twin and sheet.has(column.twin):  # said once, of the first of the two
                first = table.names.index(column.name) < table.names.index(column.twin)
                missing = missing & sheet.blank(column.twin) & first
            findings += sheet.find(missing, column.name, "missing_value", message, _wanted(column), title=column.title)
        if column.numeric:
            findings += _check_range(sheet, column)
        elif column.kind == "enum":
            wrong = ~sheet.holds(column.name, column.values.__contains__) & ~blank
            message = Text("“{title}”不是允许的取值。", "{title} is not one of the allowed values.")
            nearest = _nearest(sheet, column.name, column.values)
            findings += sheet.find(wrong, column.name, "not_allowed", message, nearest, title=column.title)
    return findings


def _check_range(sheet: Sheet, column: Column) -> list[Finding]:
    values = sheet.numbers(column.name)
    if _within(values, column):  # the usual case
        return []
    huge = np.abs(values) > LARGEST
    findings = sheet.find(
        huge, column.name, "out_of_range",
        Text("“{title}”大得不可能。", "{title} is impossibly large."),
        Text("应至多 10¹⁵。", "Would be right: at most 10¹⁵."),
        title=column.title,
    )  # fmt: skip
    outside = np.zeros(len(values), dtype=bool)
    if column.minimum is not None:
        outside |= values < column.minimum
    if column.above is not None:
        outside |= values <= column.above
    if column.maximum is not None:
        outside |= values > column.maximum
    if column.below is not None:
        outside |= values >= column.below
    outside &= ~huge
    percent = outside & (values > 1) & (values <= 100) & (column.kind == "share")
    findings += sheet.find(
        percent,
        column.name,
        "share_in_percent",
        Text("“{title}”是比例，不是百分数。", "{title} is a share, not a percentage."),
        Text("写作 {share} 或 {percent}%。", "Would be right: {share}, or {percent}%."),
        title=column.title,
        share=lambda place: f"{values[place] / 100:g}",
        percent=lambda place: f"{values[place]:g}",
    )
    if column.maximum is None and column.below is None:
        findings += sheet.find(
            (values > LARGE_SHARE) & (column.kind == "share") & ~huge,
            column.name,
            "share_suspect",
            Text("“{title}”大于 {large}，是否写成了百分数？", "{title} is above {large}: is it a percentage?"),
            Text("35% 写作 0.35 或 35%。若无误可不改。", "35 % is written 0.35 or 35%. Leave it if it is right."),
            "warning",
            title=column.title,
            large=LARGE_SHARE,
        )
    return findings + sheet.find(
        outside & ~percent,
        column.name,
        "out_of_range",
        Text("“{title}”超出允许范围。", "{title} is outside its range."),
        _wanted(column),
        title=column.title,
    )


def _within(values: NDArray[np.float64], column: Column) -> bool:
    """Whether the least and the greatest number are within the range, and no share is suspiciously large."""
    if not len(values):
        return True
    least, most = np.fmin.reduce(values), np.fmax.reduce(values)  # NaN, of which nothing holds, where all are
    return not (
        max(-least, most) > LARGEST
        or (column.minimum is not None and least < column.minimum)
        or (column.above is not None and least <= column.above)
        or (column.maximum is not None and most > column.maximum)
        or (column.below is not None and most >= column.below)
        or (column.kind == "share" and most > LARGE_SHARE)
    )


def _wanted(column: Column) -> Text:
    """What would be right in a column: range and unit, or what it is."""
    within, unit = column.range_words, column.unit
    if not within.zh:
        return column.explained
    return Text(
        f"应{within.zh}" + (f"；单位：{unit.zh}。" if unit.zh else "。"),
        f"Would be right: {within.en}" + (f"; unit: {unit.en}." if unit.en else "."),
    )


def _nearest(sheet: Sheet, column: str, names: Iterable[str]) -> Callable[[int], Text]:
    """What would be right in a row: the nearest of some names; only made ready for it where it is asked for."""
    known = cache(lambda: Known(names))
    return lambda place: known().remedy(sheet.texts(column)[place])
