"""Files that are none: devices and pipes, settings beyond what people write, names of scenarios with any signs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.instance import load
from alloc.instance.files.toml import LONGEST, parse_toml
from alloc.parametric.vary import vary
from alloc.report.boundaries import BoundaryError, read_boundaries
from alloc.scenario.files import read_scenario
from alloc.text import Text
from alloc.writing import TargetError, kinds, ready
from fuzzing.limits import limited
from instances import write_tiny

POSIX = pytest.mark.skipif(os.name == "nt", reason="devices and pipes that lie in folders")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small instance and a result of it."""
    folder = tmp_path_factory.mktemp("odd")
    alloc.solve(write_tiny(folder / "tiny"), out=folder / "result", relaxation=True)
    return folder


@pytest.fixture
def place(solved: Path, tmp_path: Path) -> Path:
    shutil.copytree(solved, tmp_path, dirs_exist_ok=True)
    return tmp_path


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def zero(path: Path) -> None:
    """A device that never ends."""
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def refused(place: Path, *words: str) -> str:
    """What a command says that refuses what it is given, at once."""
    with limited():
        done = CliRunner().invoke(
            main, [*(str(place / word) if "/" in word else word for word in words), "--lang", "en"]
        )
    assert isinstance(done.exception, SystemExit) and done.exit_code == 1, (words, done.exception)
    assert done.output.strip()
    return done.output


@POSIX
@pytest.mark.parametrize("odd", [pipe, zero])
@pytest.mark.parametrize(
    ("file", "words", "says"),
    [
        ("tiny/cities.csv", ["check", "./tiny"], "cities.csv is no ordinary file"),
        ("tiny/instance.toml", ["check", "./tiny"], "There is no instance.toml here"),
        ("tiny/scenarios/x.toml", ["check", "./tiny", "--scenario", "x"], "tiny has no scenarios"),
        ("other.toml", ["check", "./tiny", "--scenario", "./other.toml"], "There is no such scenario"),
        ("plan.xlsx", ["check", "./plan.xlsx"], "There is no instance.toml here"),
        ("result/manifest.json", ["verify", "./result"], "cannot be read (no ordinary file)"),
        ("result/allocation.parquet", ["verify", "./result"], "this file is missing; bring it back, or solve again"),
        ("result/instance/instance.toml", ["show", "./result"], "this file is missing; bring it back, or solve again"),
        ("map.geojson", ["report", "./result", "--boundaries", "./map.geojson"], "map.geojson is no ordinary file"),
        ("tiny/cities.csv", ["convert", "./tiny", "./copy.xlsx"], "cities.csv is no ordinary file"),
        ("out.json", ["explain", "./result", "--prices", "--quick", "--out", "./out.json"], "name another place"),
        ("out.html", ["show", "./result", "--out", "./out.html"], "name another place"),
    ],
)  # fmt: skip
def test_a_device_or_a_pipe_is_refused_at_once(
    place: Path, odd: Callable[[Path], None], file: str, words: list[str], says: str
) -> None:
    (place / file).parent.mkdir(exist_ok=True)
    odd(place / file)
    assert says in refused(place, *words)


@POSIX
@pytest.mark.parametrize("odd", [pipe, zero])
def test_what_is_to_be_replaced_is_not_read_without_end(place: Path, odd: Callable[[Path], None]) -> None:
    """A folder whose manifest or chart is a device is none of alloc's own."""
    for name, kind in (
        ("manifest.json", kinds.RESULT),
        ("chart.svg", kinds.VARIATION),
        ("instance.toml", kinds.INSTANCE),
    ):
        (place / f"of {name}").mkdir()
        odd(place / f"of {name}" / name)
        with limited(), pytest.raises(TargetError, match="that alloc has written"):
            ready(place / f"of {name}", kind)


@POSIX
@pytest.mark.parametrize("odd", [pipe, zero])
def test_a_marked_copy_of_a_folder_with_a_device(place: Path, odd: Callable[[Path], None]) -> None:
    odd(place / "tiny" / "cities.csv")
    with limited():
        alloc.mark(place / "tiny", alloc.check(place / "tiny"), out=place / "marked.xlsx")
    assert (place / "marked.xlsx").is_file()


# ------------------------------------------------------------------------------------------------- limits of TOML


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = " + "[" * 20_000, "too many brackets"),
        ("a = " + "{ b = " * 20_000, "too many brackets"),
        ("a = " + "[" * 5000 + "]" * 5000, "too many brackets"),
        (".".join(["a"] * 5000) + " = 1", "a name of more than 32 parts"),
        ("[" + ".".join(["a"] * 5000) + "]", "a name of more than 32 parts"),
        ("a = 1\n" * 200_000, "characters, more than"),
        ("a = " + "9" * 5000, "digits"),
        ("a = 0x" + "f" * 5000, "a is a whole number of more than 64 bits"),
        ("a = [{ b = -9223372036854775809 }]", r"a\[0\].b is a whole number of more than 64 bits"),
        ("a = 1\na = 2", "overwrite"),
    ],
)  # fmt: skip
def test_toml_beyond_what_people_write(tmp_path: Path, text: str, why: str) -> None:
    """Refused in a sentence, in settings, in scenarios and behind ``--edit``, in the time of one that is right."""
    with limited(), pytest.raises(ValueError, match=why):
        parse_toml(text)
    folder = write_tiny(tmp_path / "tiny", toml=text)
    with limited():
        _, findings = load(folder)
    assert [(each.code, each.file) for each in findings] == [("toml_syntax", "instance.toml")]
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "x.toml").write_text(text, encoding="utf-8")
    _, findings = read_scenario(folder, "x")
    assert [each.code for each in findings][:1] == ["toml_syntax"]
    assert all(len(each.line(language)) < 500 for each in findings for language in ("zh", "en"))


def test_toml_up_to_its_limits_is_read() -> None:
    most = (1 << 63) - 1
    assert parse_toml(f"a = {most}\nb = {-most - 1}") == {"a": most, "b": -most - 1}
    assert parse_toml("a = 1 # " + "x" * (LONGEST - 8)) == {"a": 1}
    assert parse_toml(".".join("abcdefgh") + " = 1")["a"]["b"]["c"]["d"]["e"]["f"]["g"] == {"h": 1}


# ------------------------------------------------------------------------------------------- words of users


@pytest.mark.parametrize("name", ["方案 一", "方案（一）", "a.b", "x=1", "{0}", "'", "é", "-"])
def test_a_scenario_of_any_name(tmp_path: Path, name: str) -> None:
    """Blanks, brackets of either width, stops, braces: what a file may be called, a scenario may."""
    folder = write_tiny(tmp_path / "tiny")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / f"{name}.toml").write_text(
        'title = { zh = "题", en = "Title" }\n[[edit]]\nset = "gap"\nto = 0.5\n', encoding="utf-8"
    )
    done = CliRunner().invoke(main, ["check", str(folder), f"--scenario={name}", "--lang", "en"])
    assert (done.exit_code, done.exception) == (0, None), done.output
    found = alloc.solve(folder, scenario=name, relaxation=True)
    assert found.manifest["scenario"]["name"] == name
    missing = alloc.check(folder, scenario=f"{name}x")
    assert [(each.code, name in each.remedy.en) for each in missing] == [("unknown_scenario", True)]


def test_braces_of_a_user_are_no_slots() -> None:
    """A text is filled twice where one message is put into another; what a user wrote in braces stays as it is."""
    inner = Text("写作 {name}。", "Write {name}.").fill(name="{0} {} {x} {")
    assert Text("{inner}", "{inner}").fill(inner=inner, other=1).en == "Write {0} {} {x} {."
    assert inner.fill(other=1) == inner


def test_a_slot_may_say_how_a_number_is_written() -> None:
    filled = Text("{a:,.0f} 人", "{a:,.0f} of {b}, {c:x}").fill(a=1234567.8, b=Text("甲", "A"))
    assert filled == Text("1,234,568 人", "1,234,568 of A, {c:x}")


@pytest.mark.parametrize("name", ["{0}", "{", "{}", "{title}", "%s"])
def test_braces_in_a_table(tmp_path: Path, name: str) -> None:
    """One province under two names, one of them of braces: a warning that has it as it stands."""
    _, findings = load(write_tiny(tmp_path / "tiny", cities={("440500", "province_name"): name}))
    assert any(name in each.message.en for each in findings if each.code == "province_under_two_names")


def test_braces_in_a_condition() -> None:
    with pytest.raises(alloc.InputError, match="x}"):
        vary(alloc.read("hand"), "pools.total", [1.0], where="pool == '{x}'")


def test_a_number_too_small_for_a_quotient(tmp_path: Path) -> None:
    """The smallest number there is, by the residents, is 0: it is a column of another unit, and has no logarithm."""
    changes = {(city, "fund_revenue"): "5e-324" for city in ("440300", "440500", "450900")}
    _, findings = load(write_tiny(tmp_path / "tiny", cities=changes))
    assert ("unit_suspect", "fund_revenue") in [(each.code, each.column) for each in findings]


@pytest.mark.parametrize("kind", [[], {}, ["Point"], 3])
def test_boundaries_of_a_type_that_is_none(tmp_path: Path, kind: object) -> None:
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps({"type": kind, "coordinates": [[100, 30], [101, 30]]}), encoding="utf-8")
    with pytest.raises(BoundaryError, match="no GeoJSON"):
        read_boundaries(path)


def test_half_a_character_in_memory() -> None:
    """Which no file can hold: a finding, never a traceback."""
    found = alloc.check({"settings": {"name": "x"}, "pools": [{"pool": "a\ud800"}]})
    assert found
    assert all(each.line("en").encode("utf-8") for each in found)
