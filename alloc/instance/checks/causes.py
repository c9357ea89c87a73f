"""One fault, one finding: what goes away with another finding is counted there, and not listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from alloc.instance.checks.keys import Meant
from alloc.instance.divisions.codes import in_six_digits
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding, errors, not_left
from alloc.instance.schema.tables import CELL_SOURCES, OF_STATUS
from alloc.instance.suggest import Known

# Rows of ``cities`` that are to go, or to have another code: what else is wrong with their figures goes with them.
_OF_THE_ROW = frozenset({"parent_row", "old_code", "city_of_another_province"})
# What is found of the residents of a city that are in another unit, or have a digit too many or too few.
_RESIDENTS_WRONG = frozenset({"unit_suspect", "figure_far"})
# What is found where they are, of its people and of amounts a head.
_OF_RESIDENTS = frozenset({"part_above_whole", "migrants_above_residents", "cohort_above_residents", "unit_suspect"})
# What is found where the people whom a service is for are wrong: of them, and of what the city has for them.
_OF_PEOPLE = frozenset({"migrants_above_cohort", "cohort_above_residents"})
_OF_CAPACITY = frozenset({"unit_suspect", "capacity_far"})
# What is found of a record that nothing names, since it is named otherwise.
_LACKING = frozenset({"missing_record", "corridor_without_factors", "pool_without_factors"})


def with_causes(findings: Iterable[Finding], cities: Sheet, named: Iterable[Sheet] = ()) -> list[Finding]:
    """The findings without those that follow from others, which are kept with them.

    Args:
        findings: of all tables.
        cities: the table of cities.
        named: the other tables whose records stand in the keys of tables: services, pools.
    """
    every = tuple(findings)  # table by table: the same in a folder and in a workbook, whatever its sheets are called
    codes = {finding.code for finding in every}
    if not codes & {"unknown_code", "bad_code", "cohort_far", *_RESIDENTS_WRONG, *_OF_THE_ROW}:  # the usual case
        return list(every)
    causes = _Causes(every, cities, named)
    followed: dict[int, list[Finding]] = {}
    kept: list[int] = []
    for place, finding in enumerate(every):
        cause = causes.of(place, finding)
        if cause is None:
            kept.append(place)
        else:
            followed.setdefault(cause, []).append(finding)
    return [with_follow_ups(every[place], followed.get(place, ())) for place in kept]


def with_lost_columns(
    found: Sequence[Finding], checked: Iterable[Finding], sheets: Mapping[str, Sheet]
) -> tuple[list[Finding], list[Finding]]:
    """Both without what is said of sources of columns that are missing themselves, which is kept with the columns.

    Args:
        found: what reading the files has found, missing columns among it.
        checked: what the checks of the tables have found.
        sheets: the tables, by name.
    """
    tables, about = {sheet.file: name for name, sheet in sheets.items()}, [sheets[name].file for name in OF_STATUS]
    lost = {(tables.get(finding.file, ""), finding.column): place
            for place, finding in enumerate(found) if finding.code == "missing_column"}  # fmt: skip
    followed: dict[int, list[Finding]] = {}
    kept = []
    for finding in checked:
        table, _, record = (finding.key or "").partition(", ")
        place = lost.get((table, record.partition(", ")[0]))
        if place is None or finding.code != "unknown_column" or finding.file not in about:
            kept.append(finding)
        else:
            followed.setdefault(place, []).append(finding)
    return [with_follow_ups(finding, followed.get(place, ())) for place, finding in enumerate(found)], kept


def with_blank_cells(findings: Iterable[Finding], sheets: Mapping[str, Sheet]) -> list[Finding]:
    """The findings without those on sources of a cell that is blank only since something else is wrong with it, which
    is told: it cannot be read, it is to be filled in, or its row goes by another code.

    Args:
        findings: of reading and checking the tables.
        sheets: the tables, by name.
    """
    every = list(findings)
    of_cells = sheets[CELL_SOURCES.name].file
    about = {place for place, each in enumerate(every) if (each.code, each.file) == ("blank_cell", of_cells)}
    if not about:
        return every
    tables = {sheet.file: name for name, sheet in sheets.items()}
    others: dict[str, list[int]] = {}
    for place, each in enumerate(every):
        if place not in about and each.file in tables:
            others.setdefault(tables[each.file], []).append(place)
    followed: dict[int, list[Finding]] = {}
    kept = []
    for place, finding in enumerate(every):
        cause: int | None = None
        if place in about:
            table, column, item, city = (finding.key or "").split(", ")
            record = tuple(filter(None, (city, item)))
            causes = (at for at in others.get(table, ()) if _empties(every[at], column, record, sheets))
            cause = next(causes, None)
        if cause is None:
            kept.append(place)
        else:
            followed.setdefault(cause, []).append(finding)
    return [with_follow_ups(every[place], followed.get(place, ())) for place in kept]


def _empties(finding: Finding, column: str, record: Sequence[str], sheets: Mapping[str, Sheet]) -> bool:
    """Whether a finding on a table says, by itself or with what follows from it, why a cell of it is blank."""
    codes = (finding.key or "").split(", ")
    same = sorted(codes) == sorted(record)
    if same and (finding.column == column or finding.code in _LACKING):
        return True
    if finding.code == "unknown_code" and finding.value in codes:
        at = codes.index(finding.value)
        right = set(record) - {*codes[:at], *codes[at + 1 :]}
        if len(codes) == len(record) and len(right) == 1 and _is_meant(finding, next(iter(right)), sheets):
            return True
    return any(_empties(each, column, record, sheets) for each in finding.followed_by if each.file == finding.file)


def _is_meant(finding: Finding, right: str, sheets: Mapping[str, Sheet]) -> bool:
    """Whether an unknown code stands for a record, as its remedy says."""
    target = next((sheet for sheet in sheets.values() if sheet.table.key == (finding.column,)), None)
    value = finding.value or ""
    return Known([right]).nearest(value) == right or (target is not None and Meant(target).by(value) == right)


def with_scenarios(found: Sequence[Finding], scenarios: Iterable[Finding]) -> list[Finding]:
    """What is found of tables and of scenarios: a code that is unknown in both is said once, of the tables.

    Args:
        found: of the tables.
        scenarios: of the scenarios beside them.
    """
    places = {each.value: place for place, each in reversed(list(enumerate(found))) if each.code == "unknown_code"}
    followed: dict[int, list[Finding]] = {}
    apart = []
    for finding in scenarios:
        place = places.get(finding.value) if finding.code == "unknown_code" else None
        if place is None:
            apart.append(finding)
        else:
            followed.setdefault(place, []).append(finding)
    return [*(with_follow_ups(each, followed.get(place, ())) for place, each in enumerate(found)), *apart]


def with_follow_ups(finding: Finding, followed: Sequence[Finding]) -> Finding:
    """A finding with those that follow from it; as grave as the gravest of them."""
    every = (*finding.followed_by, *followed)
    if not errors(followed):
        return replace(finding, followed_by=every)
    return replace(finding, severity="error", remedy=not_left(finding.remedy), followed_by=every)


def _on_residents(finding: Finding, cities_file: str) -> bool:
    return (finding.file, finding.column) == (cities_file, "residents") and finding.code in _RESIDENTS_WRONG


def _lacking_beside(finding: Finding, every: Iterable[Finding]) -> list[str]:
    """Codes of the records that are missing in the table of an unknown code, beside what else is in its key."""
    parts = (finding.key or "").split(", ")
    if finding.value not in parts:
        return []
    at = parts.index(finding.value)
    rest = [*parts[:at], *parts[at + 1 :]]
    keys = [(each.key or "").split(", ") for each in every if each.code in _LACKING and each.file == finding.file]
    return [key[at] for key in keys if len(key) == len(parts) and [*key[:at], *key[at + 1 :]] == rest]


def _services_of(named: Iterable[Sheet]) -> Mapping[str, list[str]]:
    """The services by the column of the people whom they are for."""
    found: dict[str, list[str]] = {}
    for sheet in named:
        if sheet.has("cohort"):
            for service, cohort in zip(sheet.texts("service"), sheet.texts("cohort"), strict=True):
                found.setdefault(str(cohort), []).append(str(service))
    return found


class _Causes:
    """The places of the findings from which others follow."""

    def __init__(self, every: tuple[Finding, ...], cities: Sheet, named: Iterable[Sheet]) -> None:
        self.cities_file = cities.file
        self.rows: dict[str | None, int] = {}  # key of a row of cities -> the finding that is about all of it
        self.written: dict[str, int] = {}  # code that is meant -> the finding on how it is written in cities
        self.unknown: dict[tuple[str, str], int] = {}  # column and code -> the first finding on the unknown code
        self.residents: dict[str | None, int] = {}  # city, None for all -> the finding on its residents
        self.lacking: dict[str, int] = {}  # code of a city -> the finding on what other tables have for it
        self.people: dict[tuple[str, str], int] = {}  # city and service, or column -> the finding on whom it is for
        services_of = _services_of(named)
        for place, finding in enumerate(every):
            if finding.code in _OF_THE_ROW:
                self.rows.setdefault(finding.key, place)
            elif _on_residents(finding, cities.file):
                self.residents.setdefault(finding.key, place)
                for name in services_of.get("residents", ()):
                    self.people[finding.key or "", name] = place
            elif finding.code == "cohort_far":
                city, cohort = finding.key or "", finding.column or ""
                for name in (*services_of.get(cohort, ()), cohort, f"migrant_{cohort}"):
                    self.people[city, name] = place
            elif finding.code == "bad_code" and finding.file == cities.file:
                offered = in_six_digits(finding.key or "")
                if offered:
                    self.written.setdefault(offered, place)
                    self.lacking.setdefault(finding.key or "", place)
        meant = {sheet.table.key[0]: Meant(sheet) for sheet in (cities, *named)}
        missing = Known(finding.key or "" for finding in every if finding.code in _LACKING)
        for place, finding in enumerate(every):
            if finding.code == "unknown_code":
                column, code = finding.column or "", finding.value or ""
                first = self.unknown.setdefault((column, code), place)
                if first == place and (column != cities.table.key[0] or code not in self.written):
                    known = meant.get(column)
                    right = known.by(code) if known else None
                    if right is None and known is not None:
                        right = known.named.among(code, _lacking_beside(finding, every))
                    right = right or missing.nearest(code)
                    right = right or (known.named.like_name(code) if known else None)
                    if right is not None:
                        self.lacking.setdefault(right, place)

    def of(self, place: int, finding: Finding) -> int | None:
        """The place of the finding from which one follows; None where it follows from none."""
        cause: int | None = None
        if finding.code == "unknown_code":
            code = finding.value or ""
            cause = self.written.get(code) if finding.column == "city" else None
            cause = self.unknown[finding.column or "", code] if cause is None else cause
        elif finding.code in _LACKING:
            for code in (finding.key or "").split(", "):
                cause = self.lacking.get(code, self.rows.get(code)) if cause is None else cause
        elif finding.file == self.cities_file:
            cause = self.rows.get(finding.key)
            if cause is None and finding.code in _OF_PEOPLE:
                cause = self.people.get((finding.key or "", finding.column or ""))
        elif finding.code in _OF_CAPACITY and ", " in (finding.key or ""):
            city, service = (finding.key or "").split(", ")[:2]
            cause = self.people.get((city, service))
        if cause is None and finding.code in _OF_RESIDENTS and not _on_residents(finding, self.cities_file):
            city = (finding.key or "").split(", ")[0]
            cause = self.residents.get(city, self.residents.get(None))
        return None if cause is None or cause == place else cause
