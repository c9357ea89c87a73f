"""Warnings that a planner has looked into and confirmed, by the settings: they are counted, and not listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from alloc.instance.files.settings_reading import FILE
from alloc.instance.findings import Finding, codes_of
from alloc.instance.schema.settings import Settings
from alloc.text import Text

SETTING = "findings_confirmed"
_COUNTED = Text("{count} 个提示（{kind}）已核对，不再列出。", "Confirmed and not listed: {kind}, {count}.")


def without_confirmed(findings: Iterable[Finding], settings: Settings | None) -> list[Finding]:
    """The findings without the confirmed warnings, and for each of their kinds one that counts them.

    A kind alone confirms all warnings of it; with a record behind a colon, ``near_debt_tier:511400``, a warning is
    confirmed where all its records are. Errors cannot be confirmed.

    Args:
        findings: of the instance.
        settings: None where they are wrong themselves.
    """
    every = list(findings)
    named = frozenset(() if settings is None else settings.findings_confirmed)
    if not named:  # the usual case
        return every
    gone = [each for each in every if each.severity == "warning" and _confirmed(each, named)]
    left_out = set(map(id, gone))
    counts = sorted(Counter(each.code for each in gone).items())
    return [*(each for each in every if id(each) not in left_out), *(
        Finding("warning", f"{kind}_confirmed", FILE, None, SETTING, None, _COUNTED.fill(kind=kind, count=count),
                Text("", ""))
        for kind, count in counts
    )]  # fmt: skip


def _confirmed(finding: Finding, named: frozenset[str]) -> bool:
    if finding.code in named or f"{finding.code}:{finding.key}" in named:
        return True
    codes = codes_of(finding.key)
    return bool(codes) and all(f"{finding.code}:{code}" in named for code in codes)
