"""Findings as text: by file, of every kind a few with other remedies in full and where the rest is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from alloc.instance.findings import Finding, errors, sort_findings
from alloc.text import Text

FULL = 3  # of a kind, how many are told in full, where each has another remedy
ROWS_NAMED = 12  # of the further findings of a kind, how many runs of rows are named
KEYS_NAMED = 6  # where they have no rows: how many records
COLUMNS_NAMED = 8
RECORDS_NAMED = 3  # of the key of one finding
UNIT = "unit_suspect"  # the code of findings on units

LABELS = {"error": Text("错误", "error"), "warning": Text("提示", "warning")}


def report(findings: Iterable[Finding], language: str, command: str = "") -> str:
    """The findings by file, units in doubt first, then errors; of each kind a few in full, then how many more.

    Args:
        findings: what was found.
        language: ``zh`` or ``en``.
        command: how to get all of them in full, shown where some are not.
    """
    every = sort_findings(findings)
    lines: list[str] = []
    complete = True
    for file, in_file in groupby(every, key=lambda finding: finding.file):
        here = list(in_file)
        file = here[0].of_file(language)
        lines.append(_say(language, f"{file}（{counts(here, 'zh')}）", f"{file} ({counts(here, 'en')})"))
        for kind in _kinds(here):
            full, rest = _in_full(kind)
            label = getattr(LABELS[full[0].severity], language)
            lines += [f"  {label}{_say(language, '：', ': ')}{each.told(language)}" for each in full]
            if rest:
                complete = False
                lines.append(f"    {_more(rest, language)}")
    if not every:
        return _say(language, "没有发现问题。", "Nothing was found.")
    lines.append(_say(language, f"共{counts(every, 'zh')}。", f"In all {counts(every, 'en')}."))
    if not complete and command:
        lines.append(_say(language, f"逐条列出：{command}", f"All of them: {command}"))
    return "\n".join(lines)


def counts(findings: Sequence[Finding], language: str) -> str:
    """How many errors and warnings, in words."""
    wrong = len(errors(findings))
    doubtful = len(findings) - wrong
    zh = [f"错误 {wrong} 个" * bool(wrong), f"提示 {doubtful} 个" * bool(doubtful)]
    en = [_plural(wrong, "error") * bool(wrong), _plural(doubtful, "warning") * bool(doubtful)]
    return _say(language, "，".join(filter(None, zh)), ", ".join(filter(None, en)))


def _kinds(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings by severity and code: units in doubt first, of which others may follow, then errors, as they come."""
    kinds: dict[tuple[bool, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.severity != "error", finding.code), []).append(finding)
    return [kinds[kind] for kind in sorted(kinds, key=lambda kind: (kind[1] != UNIT, kind[0]))]


def _in_full(kind: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Of a kind the first, and a few whose remedy is another; and all others."""
    by_remedy = {finding.remedy: finding for finding in reversed(kind)}
    typed = any(each.on_an_edit or each.on_scenarios for each in kind)  # by hand, one by one
    first = sorted(map(kind.index, by_remedy.values()))[: None if typed else FULL]
    return [kind[place] for place in first], [each for place, each in enumerate(kind) if place not in first]


def _more(rest: Sequence[Finding], language: str) -> str:
    """How many more of a kind there are, and in which rows of which columns, or on which records."""
    by_column: dict[str, list[Finding]] = {}
    for finding in rest:
        by_column.setdefault(finding.of_column(language), []).append(finding)
    named = list(by_column.items())[:COLUMNS_NAMED]
    places = [f"{column} {_rows(some, language)}".strip() for column, some in named]
    if len(by_column) > len(named):
        places.append("…")
    where = _say(language, "；", "; ").join(filter(None, places))
    count, code = len(rest), rest[0].code
    more = _say(language, f"同类另有 {count} 个", f"{count} more of the kind ({code})")
    return f"{more}{_say(language, '：', ': ')}{where}" if where else more


def _rows(findings: Sequence[Finding], language: str) -> str:
    by_key = (finding.in_result or finding.on_an_edit for finding in findings)
    rows = sorted(
        {each.row for each, keyed in zip(findings, by_key, strict=True) if each.row is not None and not keyed}
    )
    if not rows:
        keys = list(dict.fromkeys(_short(finding, language) for finding in findings if finding.key))
        return _say(language, "；", "; ").join(keys[:KEYS_NAMED]) + (" …" if len(keys) > KEYS_NAMED else "")
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:ROWS_NAMED]]
    listed = _say(language, "、", ", ").join(shown) + (" …" if len(runs) > ROWS_NAMED else "")
    return _say(language, f"第 {listed} 行", f"in {'row' if len(rows) == 1 else 'rows'} {listed}")


def _short(finding: Finding, language: str) -> str:
    """The records of a finding by name, the first few of many."""
    between = _say(language, "、", ", ")
    parts = (
        (finding.key or "").split(", ") if finding.called is None else getattr(finding.called, language).split(between)
    )
    return between.join(parts[:RECORDS_NAMED]) + (" …" if len(parts) > RECORDS_NAMED else "")


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" + ("s" if number != 1 else "")


def _say(language: str, zh: str, en: str) -> str:
    return zh if language == "zh" else en
