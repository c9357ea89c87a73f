"""Units of figures whose rows have several: seats and beds, hectares and money; findings name that of their row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from alloc.formulation.columns import HECTARES, MONEY, POOL_UNITS, SERVICE_UNITS
from alloc.instance.findings import Finding, codes_of
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.instance.files.sheets import Sheet

_DIFFER = (SERVICE_UNITS, POOL_UNITS)  # what columns of several units say theirs is


def with_units(findings: Iterable[Finding], units: Mapping[str, Text]) -> list[Finding]:
    """The findings with the unit of their service or pool, where their remedies say that it differs by row.

    Args:
        findings: any.
        units: of services and pools, by code.
    """
    return [_with_unit(finding, units) for finding in findings]


def units_by_code(tables: Mapping[str, Mapping[str, Sequence[object]]]) -> dict[str, Text]:
    """What services and pools are counted in, by code, as far as it is given.

    Args:
        tables: cells of ``services`` and ``pools``, by column.
    """
    services, pools = tables.get("services", {}), tables.get("pools", {})
    found: dict[str, Text] = {}
    for code, zh, en in zip(*(services.get(name, ()) for name in ("service", "unit_zh", "unit_en")), strict=False):
        if code and (zh or en):
            found[str(code)] = Text(str(zh or en), str(en or zh))
    for code, kind in zip(pools.get("pool", ()), pools.get("kind", ()), strict=False):
        if code and kind:
            found[str(code)] = HECTARES if kind == "land" else MONEY
    return found


def units_of(sheets: Mapping[str, Sheet]) -> dict[str, Text]:
    """The same of tables as the checks see them."""
    wanted = {"services": ("service", "unit_zh", "unit_en"), "pools": ("pool", "kind")}
    return units_by_code({
        table: {name: sheets[table].texts(name).tolist() for name in names if sheets[table].has(name)}
        for table, names in wanted.items()
    })  # fmt: skip


def _with_unit(finding: Finding, units: Mapping[str, Text]) -> Finding:
    code = next((code for code in codes_of(finding.key) if code in units), "")
    general = next((each for each in _DIFFER if each.en in finding.remedy.en), None)
    if not code or general is None:
        return finding
    pairs = zip(finding.remedy, general, units[code], strict=True)
    return replace(finding, remedy=Text(*(text.replace(words, unit) for text, words, unit in pairs)))
