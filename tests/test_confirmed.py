"""Warnings that are confirmed in the settings are counted, and not listed; errors cannot be confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.api import check, convert
from alloc.findings_report.text import report
from alloc.instance.findings import Finding
from instances import write_tiny

OVERRIDES = "city,pool,amount,reason,approved_by\n440300,land,900,,\n440500,land,600,批示,\n"


def found(folder: Path, *confirmed: str) -> tuple[Finding, ...]:
    names = ", ".join(f'"{each}"' for each in confirmed)
    toml = {"schema = 1": f"schema = 1\nfindings_confirmed = [{names}]"}
    return check(write_tiny(folder / "tiny", overrides=OVERRIDES, toml=toml))


def test_nothing_is_confirmed_at_first(tmp_path: Path) -> None:
    plain = check(write_tiny(tmp_path / "plain", overrides=OVERRIDES))
    assert plain == found(tmp_path) and [each.code for each in plain].count("override_unexplained") == 2


@pytest.mark.parametrize(
    ("confirmed", "left", "count"),
    [
        (("override_unexplained",), 0, 2),
        (("override_unexplained:440300, land",), 1, 1),
        (("override_unexplained:440300", "override_unexplained:land"), 1, 1),
        (("override_unexplained:440300",), 2, 0),  # which does not say of which pool
        (("near_debt_tier",), 2, 0),
    ],
)
def test_confirmed_warnings_are_counted(confirmed: tuple[str, ...], left: int, count: int, tmp_path: Path) -> None:
    findings = found(tmp_path, *confirmed)
    assert [each.code for each in findings].count("override_unexplained") == left
    told = [each for each in findings if each.code == "override_unexplained_confirmed"]
    assert [(each.line("zh"), each.line("en")) for each in told] == [
        (f"instance.toml，findings_confirmed：{count} 个提示（override_unexplained）已核对，不再列出。",
         f"instance.toml, findings_confirmed: Confirmed and not listed: override_unexplained, {count}.")
    ] * bool(count)  # fmt: skip
    if count == 2:
        assert "人工调整缺少依据" not in report(findings, "zh")


def test_errors_stay(tmp_path: Path) -> None:
    toml = {"schema = 1": 'schema = 1\nfindings_confirmed = ["out_of_range"]'}
    folder = write_tiny(tmp_path / "tiny", cities={("440500", "built_up"): -5}, toml=toml)
    assert "out_of_range" in {each.code for each in check(folder)}


def test_what_bounds_say_is_confirmed_too(tmp_path: Path) -> None:
    """A warning on several cities goes where all of them are confirmed."""
    earmarks = "city,pool,amount,reason\n440300,land,1300,a\n"  # above the cap of 1.4 · 900
    for names, codes in (((), {"cap_below_floor"}), (("cap_below_floor:440300, land",), {"cap_below_floor_confirmed"})):
        toml = {"schema = 1": f"schema = 1\nfindings_confirmed = {list(names)}"}
        folder = write_tiny(tmp_path / str(len(names)), earmarks=earmarks, toml=toml)
        assert codes <= {each.code for each in check(folder)}
        assert len(codes & {each.code for each in check(folder)}) == 1


def test_in_a_workbook_the_sheet_of_settings_is_named(tmp_path: Path) -> None:
    """Of a warning of the checks, and of one of the bounds, which come when the sheets have been read."""
    earmarks = "city,pool,amount,reason\n440300,land,1300,a\n"
    toml = {"schema = 1": 'schema = 1\nfindings_confirmed = ["cap_below_floor", "override_unexplained"]'}
    overrides = f"{OVERRIDES.splitlines()[0]}\n450900,land,500,,\n"
    folder = write_tiny(tmp_path / "tiny", earmarks=earmarks, overrides=overrides, toml=toml)
    convert(folder, tmp_path / "plan.xlsx", language="zh")
    told = [each.where("zh") for each in check(tmp_path / "plan.xlsx") if each.code.endswith("_confirmed")]
    assert len(told) == 2 and all(each.startswith("C15，") for each in told)
