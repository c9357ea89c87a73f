"""Whatever stands in the files, loading gives findings, never a traceback."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alloc.instance.checks.all import check_instance
from alloc.instance.files.reading import load, read
from alloc.instance.instance import make_instance
from instances import TABLES, TOML, write_tiny

pytestmark = pytest.mark.long

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NASTY = st.sampled_from(
    ["", " ", "0", "-1", "1e308", "-1e-320", "nan", "inf", "1,234", "35%", "１２", "440300", "land", "true", "是", "'",
     '"', "{}", "{0}", "a\nb", "\0", "\ufeff", "residents", "size_class", "x" * 200, "settle", "allocation:",
     "not not", "=", "province = '44'", "-0", "0.0", "9" * 400]
)  # fmt: skip
CELL = NASTY | st.text(max_size=8) | st.floats().map(repr) | st.integers().map(str)


@st.composite
def changed_cells(draw: st.DrawFn) -> dict[str, str]:
    """The tables with a few cells, headers included, replaced by anything."""
    tables = dict(TABLES)
    for _ in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from(sorted(tables)))
        rows = list(csv.reader(io.StringIO(tables[name], newline="")))
        row = draw(st.integers(0, len(rows) - 1))
        if rows[row]:
            rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(CELL)
        if draw(st.booleans()) and len(rows) > 1:
            rows.append(draw(st.sampled_from(rows)))
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        tables[name] = out.getvalue()
    return tables


def loads(**changes: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        instance, findings = load(write_tiny(Path(folder) / "tiny", **changes))  # type: ignore[arg-type]
        assert (instance is None) == any(finding.severity == "error" for finding in findings)
        for finding in findings:
            assert finding.line("zh") and finding.line("en")
        if instance is not None:
            check_instance(instance)


@QUICK
@given(changed_cells())
def test_any_cells(tables: dict[str, str]) -> None:
    loads(**tables)


@QUICK
@given(st.sampled_from(sorted(TABLES)), st.binary(max_size=60), st.integers(0, 400), st.integers(0, 40))
def test_any_bytes(name: str, inserted: bytes, place: int, dropped: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_tiny(Path(folder) / "tiny") / f"{name}.csv"
        content = path.read_bytes()
        path.write_bytes(content[:place] + inserted + content[place + dropped :])
        load(path.parent)


@QUICK
@given(st.integers(0, len(TOML)), st.integers(0, 30), NASTY | st.text(max_size=12))
def test_any_settings(place: int, dropped: int, inserted: str) -> None:
    loads(toml=TOML[:place] + inserted + TOML[place + dropped :])


@QUICK
@given(st.text(max_size=30) | NASTY, st.just("guangdong_settle"), st.sampled_from(["where", "quantity"]))
def test_any_limit(text: str, limit: str, column: str) -> None:
    loads(limits={(limit, column): text})


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_an_instance_written_again_is_the_same(random) -> None:
    """What is read can be written and read again, rows in any order, as CSV or as Parquet: the same hash."""
    with tempfile.TemporaryDirectory() as folder:
        instance = read(write_tiny(Path(folder) / "tiny"))
        for name, table in instance.tables.items():
            order = list(range(len(table)))
            random.shuffle(order)
            table = table.iloc[order]
            path = Path(folder) / "tiny" / f"{name}.csv"
            if random.random() < 0.5:
                path.unlink(missing_ok=True)  # no file, where an optional table is not given
                table.to_parquet(path.with_suffix(".parquet"), index=False)
            else:
                table.to_csv(path, index=False)
        again = read(Path(folder) / "tiny")
        assert again.hash == instance.hash
        for name, table in instance.tables.items():
            pd.testing.assert_frame_equal(again.tables[name], table)
        assert make_instance(again.settings, again.tables).hash == instance.hash
