"""Refusals of numbers that are typed into the fields of rules: in the unit that the field shows, not in the file's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from alloc.formulation.columns import NO_UNIT, Column
from alloc.instance.files.sheets import LARGEST
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
from alloc.instance.schema.policy import DebtTier
from alloc.instance.schema.settings import Tier
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from alloc.workbench.models import Rule
from alloc.workbench.picture.rules import field_of, rules, shown

OF_RANGES = ("out_of_range", "share_in_percent")
OUTSIDE = Text("“{title}”超出允许范围。", "{title} is outside its range.")
RIGHT = Text("应{range}。", "Would be right: {range}.")
WHOLE_SHARE = Text("至少 0 %，至多 100 %", "at least 0 % and at most 100 %")
ENDS = (("minimum", "ge", "至少", "at least"), ("above", "gt", "大于", "above"), ("maximum", "le", "至多", "at most"),
        ("below", "lt", "小于", "below"))  # fmt: skip
IN_LISTS: Mapping[str, Any] = {"objective": Tier, "policy.debt.tiers": DebtTier}


def in_shown_units(findings: Sequence[Finding], instance: Instance) -> list[Finding]:
    """Findings on edits, those on the range of a rule's number in the unit that its field shows.

    Args:
        findings: on lines as they are typed.
        instance: that the lines were meant for.
    """
    if not any(each.code in OF_RANGES for each in findings):
        return list(findings)
    known = {rule.id: rule for rule in rules(instance, None)}
    return [_restated(each, known) for each in findings]


def of_a_share(findings: Sequence[Finding]) -> list[Finding]:
    """Findings on a new limit on a share, which the page takes in per cent: those on its value say its range so.

    Args:
        findings: on the line that adds it.
    """
    return [
        replace(each, value=None, message=OUTSIDE.fill(title=TABLES["limits"].by_name["value"].title),
                remedy=RIGHT.fill(range=WHOLE_SHARE))
        if each.code in OF_RANGES and each.column == "limits.value" else each
        for each in findings
    ]  # fmt: skip


def _restated(finding: Finding, known: Mapping[str, Rule]) -> Finding:
    rule = known.get(_target(finding)) if finding.code in OF_RANGES else None
    if rule is None:
        return finding
    value = _number(finding.value)
    told = finding.value if value is None else shown(value, rule).zh
    title = Text(rule.apart.zh, rule.apart.en[:1].upper() + rule.apart.en[1:])
    return replace(finding, value=told, message=OUTSIDE.fill(title=title), remedy=_right(rule, value))


def _target(finding: Finding) -> str:
    """The rule that a finding is on: an edit names it whole, a check of the edited table names column and key."""
    table, _, column = (finding.column or "").rpartition(".")
    return f"{table}.{finding.key}.{column}" if table in TABLES and finding.key else finding.column or ""


def _right(rule: Rule, value: float | None) -> Text:
    """The range of a rule in words, as its field shows numbers."""
    ends = _ends(rule.id)
    if rule.scale != 1.0 and rule.id.startswith("limits."):
        ends["maximum"] = 1.0  # of what there is
    within = value is not None and all(
        (end >= value if name in ("maximum", "below") else end <= value) for name, end in ends.items()
    )
    if within and abs(value or 0.0) > LARGEST:
        ends["maximum"] = LARGEST
    told = [(zh, en, shown(ends[name], rule))
            for name, _, zh, en in ENDS if name in ends]  # fmt: skip
    parts = [Text(f"{zh} {end.zh}", f"{en} {end.en}") for zh, en, end in told]
    if not parts:
        return NO_UNIT
    said = Text("，".join(part.zh for part in parts), " and ".join(part.en for part in parts))
    return RIGHT.fill(range=said)


def _ends(id: str) -> dict[str, float]:
    """The ends of the range of a rule's number, in the file's unit."""
    table, column = id.partition(".")[0], id.rpartition(".")[2]
    if table in TABLES:
        known: Column = TABLES[table].by_name[column]
        return {name: float(end) for name, *_ in ENDS if (end := getattr(known, name)) is not None}
    model = next((model for path, model in IN_LISTS.items() if id.startswith(f"{path}.")), None)
    field = field_of(id) if model is None else model.model_fields[column]
    return {name: float(end) for each in getattr(field, "metadata", ()) for name, key, *_ in ENDS
            if (end := getattr(each, key, None)) is not None}  # fmt: skip


def _number(text: str | None) -> float | None:
    try:
        return float((text or "").replace(",", ""))
    except ValueError:
        return None
