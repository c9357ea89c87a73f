"""Checks of ``services`` and ``capacity``: the cohorts that services name, and a capacity for every pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from alloc.instance.checks.cities import mostly_numbers, numeric_columns
from alloc.instance.checks.keys import called_by_code
from alloc.instance.files.sheets import Mask, Sheet, positive
from alloc.instance.findings import Finding
from alloc.instance.schema.figures import city_figure
from alloc.instance.suggest import Known
from alloc.text import Text

_ADD_COLUMN = Text("在 cities 表加上这一列。", "Add this column to the table cities.")


def check_services(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Everything between services, cities and capacity."""
    cities, services, capacity = sheets["cities"], sheets["services"], sheets["capacity"]
    findings: list[Finding] = []
    if services.given and len(services.frame) and (services.numbers("weight") == 0).all():
        message = Text("所有服务的权重都是 0。", "The weights of all services are 0.")
        remedy = Text("至少一项服务的权重大于 0。", "Give at least one service a weight above 0.")
        findings.append(services.whole("weight", "weights_all_zero", message, remedy))
    if cities.given and services.given:
        findings += [one for column in ("cohort", "plan_cohort") for one in _check_cohorts(cities, services, column)]
        if capacity.given:
            findings += missing_pairs(
                capacity,
                cities,
                services,
                np.ones(len(services.frame), dtype=bool),
                Text("缺少 {key} 的现有能力。", "There is no capacity for {key}."),
                Text("加上这一行；没有能力就写 0。", "Add the row; write 0 where there is none."),
            )
    return findings


def _check_cohorts(cities: Sheet, services: Sheet, column: str) -> list[Finding]:
    """The columns of ``cities`` that a column of ``services`` names."""
    if not services.has(column):
        return []
    names = services.texts(column)
    known = Known(numeric_columns(cities))
    named = ~services.blank(column) & ~np.array([mostly_numbers(cities, name) for name in names], dtype=bool)
    absent = np.array([not cities.has(name) and name not in known for name in names], dtype=bool) & named
    message = Text("cities 表中没有这一列。", "The table cities has no such column.")
    findings = services.find(
        absent, column, "unknown_cohort", message,
        lambda place: known.remedy(names[place]) if known.nearest(names[place]) else _ADD_COLUMN,
    )  # fmt: skip
    words = np.array([name not in known for name in names], dtype=bool) & named & ~absent
    message = Text("cities 表的这一列不全是数。", "This column of cities does not hold numbers only.")
    findings += services.find(words, column, "not_numeric", message, lambda place: cities.first_word(names[place]))
    for name in sorted({name for name in names if name in known}):
        findings += _check_cohort(cities, name, known)
    return findings


def _check_cohort(cities: Sheet, name: str, known: Known) -> list[Finding]:
    """A cohort is given everywhere, not negative, and within the residents; its migrants are within the cohort."""
    residents, cohort = positive(cities.numbers("residents")), cities.numbers(name)
    findings: list[Finding] = []
    at_most = Text("至多 {whole} 人。", "Would be right: at most {whole} persons.")
    described, title = cities.table.by_name.get(name), city_figure(name)[0]
    if described is None or not described.required:
        message = Text("服务人群“{title}”缺少人数。", "The number of people of the cohort {title} is missing.")
        remedy = Text("写明人数；没有就写 0。", "Give the number of persons; 0 where there are none.")
        findings += cities.find(cities.blank(name), name, "missing_value", message, remedy, title=title)
    if described is None:
        message = Text("服务人群“{title}”不能为负。", "The cohort {title} is negative.")
        remedy = Text("应至少 0 人。", "Would be right: at least 0 persons.")
        findings += cities.find(cohort < 0, name, "out_of_range", message, remedy, title=title)
    if name != "urban_residents":  # tested for every instance
        message = Text(
            "服务人群“{title}”有 {part} 人，大于常住人口 {whole}。",
            "{title}: {part} are more than {whole} residents.",
        )
        findings += cities.find(
            cohort > residents,
            name,
            "cohort_above_residents",
            message,
            at_most,
            title=title,
            part=cohort,
            whole=residents,
        )
    migrant = f"migrant_{name}"
    if not cities.has(migrant):
        return findings
    if mostly_numbers(cities, migrant):  # named cell by cell
        return findings
    if migrant not in known:
        message = Text("这一列应全是数。", "This column has to hold numbers.")
        return [*findings, cities.whole(migrant, "not_numeric", message, cities.first_word(migrant))]
    migrants = cities.numbers(migrant)
    message = Text("流入人口 {part} 大于该人群 {whole}。", "{part} migrants are more than the {whole} of the cohort.")
    findings += cities.find(
        migrants > cohort, migrant, "migrants_above_cohort", message, at_most, part=migrants, whole=cohort
    )
    message, remedy = Text("人数不能为负。", "A number of persons is negative."), Text("应至少 0。", "At least 0.")
    return findings + cities.find(migrants < 0, migrant, "out_of_range", message, remedy)


def missing_pairs(
    sheet: Sheet, cities: Sheet, others: Sheet, needed: Mask, message: Text, remedy: Text
) -> list[Finding]:
    """Findings on pairs (city, other) that a table lacks; what is lacking throughout is named once.

    Args:
        sheet: the table, with a key of a city and one of the others.
        cities: the cities.
        others: services or pools.
        needed: which of them every city needs.
        message: what is wrong, with the ``{key}``.
        remedy: what would be right.
    """
    name = others.table.key[0]
    city, other = sheet.places("city", cities), sheet.places(name, others)
    there = np.zeros((len(cities.frame), len(others.frame)), dtype=bool)
    known = (city >= 0) & (other >= 0)
    there[city[known], other[known]] = True
    if there[:, needed].all():  # the usual case
        return []
    have = set(zip(sheet.texts("city"), sheet.texts(name), strict=True))
    wanted = [(one, another) for another in others.texts(name)[needed] for one in cities.texts("city")]
    # A name that would stand in several pairs and stands in none is named alone, not with each of them.
    lacking = [
        {name for name, count in Counter(pair[place] for pair in wanted).items() if count > 1}
        - {pair[place] for pair in have}
        for place in (0, 1)
    ]
    records: dict[str, None] = {}
    for city, other in dict.fromkeys(wanted):
        if city and other and (city, other) not in have:
            record = other if other in lacking[1] else city if city in lacking[0] else f"{city}, {other}"
            records[record] = None
    called = {**called_by_code(cities), **called_by_code(others)}
    return [
        sheet.whole(name, "missing_record", message.fill(key=_called(record, called)), remedy, key=record)
        for record in records
    ]


def _called(record: str, called: Mapping[str, Text]) -> Text:
    """A record by the names of what its key names, each with its code."""
    parts = [(called.get(code), code) for code in record.split(", ")]
    zh = "、".join(f"{name.zh}（{code}）" if name and name.zh else code for name, code in parts)
    return Text(zh, ", ".join(f"{name.en} ({code})" if name and name.en else code for name, code in parts))
