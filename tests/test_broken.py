"""Every broken instance of ``tests/broken`` gives exactly the findings that are written down for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from alloc.api import check
from alloc.findings_report.text import counts, report
from alloc.instance.findings import Finding
from alloc.instance.prechecks.all import CONFLICT_CODES
from broken import CASES

HOME = Path(__file__).resolve().parent / "broken"
EXPECTED: dict[str, list[str]] = {
    f"{group}.{name}": lines
    for group, cases in tomllib.loads((HOME / "expected.toml").read_text(encoding="utf-8")).items()
    for name, lines in cases.items()
}


def line(finding: Finding) -> str:
    """A finding as ``expected.toml`` has it."""
    place = ":".join(str(part) for part in (finding.file, finding.row, finding.column) if part is not None)
    value = "" if finding.value is None else f" = {finding.value}"
    return f"{finding.severity} {finding.code} {place}{value}" + (f" | {finding.key}" if finding.key else "")


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_findings(name: str, tmp_path: Path) -> None:
    folder = CASES[name].write(tmp_path / "tiny")
    findings = check(folder)
    left_out = [finding for finding in findings if finding.code == "not_yet_checked"]
    assert [line(finding) for finding in findings if finding not in left_out] == EXPECTED[name]
    assert not left_out or any(finding.severity == "error" for finding in findings)  # what it is because of
    for finding in findings:
        for text in (finding.message, finding.remedy):
            assert text.zh and text.en
            assert "{" not in (text.zh + text.en).replace(finding.value or "", "")
    for language in ("zh", "en"):
        text = report(findings, language)
        for file in {finding.file for finding in findings}:
            assert file in text
        assert counts(findings, language) in text


def test_every_case_has_its_findings() -> None:
    assert list(CASES) == list(EXPECTED)
    assert sum(bool(lines) for lines in EXPECTED.values()) >= 60


def test_right_ways_of_writing_are_no_findings() -> None:
    """Some of the cases are there because they are right."""
    assert sum(not lines for lines in EXPECTED.values()) >= 5


def test_kinds() -> None:
    """The corpus knows most kinds of findings that there are."""
    kinds = {line_.split()[1] for lines in EXPECTED.values() for line_ in lines}
    assert len(kinds) >= 70
    assert kinds >= CONFLICT_CODES
