"""Findings whose records are told by name: of cities, services and pools, and of the columns that sources are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from alloc.instance.findings import KEY_PARTS, Finding, codes_of
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import OF_STATUS, TABLES
from alloc.text import Text, listed


def with_names(findings: Iterable[Finding], titles: Mapping[str, Text]) -> list[Finding]:
    """Findings whose records are told by name.

    Args:
        findings: any.
        titles: of cities, services and pools, by code.
    """
    return [_named(finding, titles) for finding in findings]


def _named(finding: Finding, titles: Mapping[str, Text]) -> Finding:
    codes = codes_of(finding.key)
    if finding.called is not None:
        return finding
    titles = {**titles, **_columns_in(finding, codes)}
    if not any(code in titles for code in codes):
        return finding
    said = (_with_code(titles[code], code) if code in titles else Text(code, code) for code in codes)
    return replace(finding, called=listed(dict.fromkeys(said)))  # a table and its only column may have one name


def _columns_in(finding: Finding, codes: Sequence[str]) -> dict[str, Text]:
    """What the table and the column are called that a record of the sources is about, which its key begins with."""
    if len(codes) < KEY_PARTS or codes[0] not in TABLES:
        return {}
    file = PurePath(finding.file).stem
    if file not in OF_STATUS and finding.file.rpartition("#")[2] not in {
        title for name in OF_STATUS for title in TABLES[name].title
    }:
        return {}
    known = TABLES[codes[0]].by_name.get(codes[1])
    title = known.title if known else city_figure(codes[1])[0] if TABLES[codes[0]].open else Text(*(codes[1],) * 2)
    return {codes[0]: TABLES[codes[0]].title, codes[1]: title}


def _with_code(title: Text, code: str) -> Text:
    """A record by name and code; by its name alone where the words of a code that is no number stand in it."""
    words = set(code.casefold().split("_"))
    return Text(*(
        name if words <= set(name.casefold().split()) and not code.isdigit() else f"{name} {code}" for name in title
    ))  # fmt: skip
