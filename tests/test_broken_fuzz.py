"""Tables and settings changed together: never a traceback, and what is accepted can be used to the end of the road."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alloc.api import check
from alloc.findings_report.text import report
from alloc.instance import load
from alloc.instance.checks.years import FAR
from alloc.instance.derived.derived import derive
from alloc.instance.findings import errors, to_records
from alloc.instance.prechecks.all import CONFLICT_CODES, precheck
from alloc.solver.solution import compiled
from instances import TABLES, TOML, write_tiny

pytestmark = pytest.mark.long

HEALTH = [HealthCheck.too_slow]
Files = dict[str, str]
FINITE = ("full_need", "present_need", "capacity", "settle_limit", "bond_room", "lower", "available", "shortfall")
WORDY = ("factors", "limits", "sources")  # tables in which most changes of a cell are faults

# Numbers that may well be right, on the edge of what is, and far beyond it.
NUMBERS = st.sampled_from(
    ["0", "1", "0.5", "1e-9", "1e-300", "3", "100", "35", "1e6", "1e12", "1e15", "1e30", "1e300", "1e308", "-1", "",
     "12%", "1,000", "9999999", "0.02"]
) | st.integers(0, 10**8).map(str) | st.floats(0, 1).map(repr)  # fmt: skip
WORDS = st.sampled_from(
    ["", "x", "land", "equalisation", "special_bond", "primary", "440300", "450900", "是", "false", "settle",
     "allocation:land", "land_use:public", "added:hospital", "residents", "migrants", "land_entitlement", "backlog",
     "fiscal_gap", "name", "share", "amount", "per_resident", ">=", "<=", "=", "bond", "transfer", "general", "special",
     "capital", "size_class = 'medium'", "debt_tier != 'red'", "not province in ['44', '45']", "residents > 6e6"]
)  # fmt: skip
TIMES = st.sampled_from([0.0, 0.01, 0.3, 0.5, 0.9, 1.02, 1.5, 2.0, 10.0, 1e4])
LINES = [line for line in TOML.split("\n") if "=" in line and not line.startswith("tier")]
VALUES = NUMBERS | st.sampled_from(['"x"', "true", "[]", "nan", "{}", '["medium"]', "[1, 1, 1]", "[9, 3.5, 0.1]"])
NUMBER = re.compile(r"\d+(\.\d+)?")


@st.composite
def cell(draw: st.DrawFn, before: str) -> str:
    """A number near the one before, mostly; now and then anything."""
    what = draw(st.integers(0, 9))
    if what < 7 and NUMBER.fullmatch(before):
        return f"{float(before) * draw(TIMES):g}"
    return draw(NUMBERS if what < 9 and NUMBER.fullmatch(before) else WORDS)


@st.composite
def changed_files(draw: st.DrawFn) -> Files:
    """The tables and the settings with a few cells, rows and values replaced, kinds mostly kept."""
    files = dict(TABLES)
    for _ in range(draw(st.integers(0, 4))):
        name = draw(st.sampled_from(sorted(files)))
        header, *rows = list(csv.reader(io.StringIO(files[name], newline="")))
        if rows:
            row = draw(st.integers(0, len(rows) - 1))
            column = draw(st.integers(0, len(header) - 1))
            if name not in WORDY or draw(st.integers(0, 3)) == 0:
                rows[row][column] = draw(cell(rows[row][column]))
            what = draw(st.integers(0, 19))
            if what == 0:
                rows.append(list(draw(st.sampled_from(rows))))
            elif what == 1:
                del rows[row]
        out = io.StringIO(newline="")
        csv.writer(out).writerows([header, *rows])
        files[name] = out.getvalue()
    files["toml"] = TOML
    for _ in range(draw(st.integers(0, 2))):
        line = draw(st.sampled_from(LINES))
        numbers = NUMBER.findall(line)
        if numbers and draw(st.integers(0, 4)):
            times = draw(TIMES)
            changed = NUMBER.sub(lambda found, times=times: f"{float(found[0]) * times:g}", line, count=1)
        else:
            changed = f"{line.split('=')[0]}= {draw(VALUES)}"
        files["toml"] = files["toml"].replace(line, changed)
    return files


def goes_to_the_end(folder: Path) -> bool:
    """Whether the instance was accepted; then everything up to the matrix has to work."""
    instance, findings = load(folder)
    every = check(folder)
    places = {(each.file, each.row, each.column, each.key) for each in every}
    left = [each for each in findings if each not in every]  # a doubt about a total, where something graver is said
    assert all(each.code == FAR and (each.file, each.row, each.column, each.key) in places for each in left)
    assert (instance is None) == bool(errors(findings))
    assert report(every, "zh") and report(every, "en") and len(to_records(every)) == len(every)
    if instance is None:
        return False
    derived = derive(instance)
    found = precheck(instance, derived)
    for name in FINITE:
        values = getattr(derived, name)
        assert np.isfinite(values).all() and (values >= 0).all(), name
    if not any(finding.code in CONFLICT_CODES for finding in found):
        model = compiled(derived, instance)
        assert np.isfinite(model.matrix.data).all()
    return True


@settings(max_examples=25, deadline=None, suppress_health_check=HEALTH)
@given(changed_files())
@example({**TABLES, "toml": TOML})
def test_no_traceback_and_no_wrong_acceptance(files: Files) -> None:
    with tempfile.TemporaryDirectory() as folder:
        goes_to_the_end(write_tiny(Path(folder) / "tiny", **files))


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=HEALTH)
@given(changed_files())
def test_no_traceback_and_no_wrong_acceptance_of_many(files: Files) -> None:
    with tempfile.TemporaryDirectory() as folder:
        goes_to_the_end(write_tiny(Path(folder) / "tiny", **files))


def test_the_instance_itself_goes_to_the_end(tmp_path: Path) -> None:
    """So that the test above does not pass for want of accepted instances."""
    assert goes_to_the_end(write_tiny(tmp_path / "tiny"))
