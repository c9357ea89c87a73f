"""Scenarios as files: what they inherit, what is wrong with them, and those that ship with the national instance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import alloc
from alloc.cli import main
from alloc.instance import InputError, Instance, locate, read
from alloc.instance.derived.derived import derive
from alloc.instance.findings import Finding
from alloc.instance.prechecks.all import precheck
from alloc.report.sections.data import facts
from alloc.report.view import View
from alloc.scenario import load_scenario, scenarios, with_edits
from alloc.scenario.files import read_scenario
from alloc.solver.model.status import Quality
from alloc.solver.solution import solve
from alloc.text import Text
from instances import write_tiny

TITLE = 'title = { zh = "题", en = "Title" }\n'
LAND = TITLE + '[[edit]]\nset = "pools.land.total"\nto = 5000\nwhy = "more"\n'
SHIPPED = scenarios(locate("china-2020"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / "scenarios" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, name: str | None, *lines: str) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as caught:
        with_edits(read(folder), folder, name, lines)
    for finding in caught.value.findings:
        assert finding.line("zh") and finding.line("en")
    return caught.value.findings


def test_scenario(folder: Path) -> None:
    write(folder, "land", LAND)
    write(folder, "情景", LAND.replace("\n", "\r\n"))
    assert scenarios(folder) == ("land", "情景")
    scenario = load_scenario(folder, "land")
    assert (scenario.name, scenario.title, scenario.inherits) == ("land", Text("题", "Title"), ())
    (edit,) = scenario.edits
    assert (edit.verb, edit.target, edit.value, edit.why) == ("set", "pools.land.total", 5000, "more")
    assert (edit.origin.file, edit.origin.number, edit.origin.level) == ("land.toml", 1, 0)
    found = with_edits(read(folder), folder, "land")
    assert found.instance.tables["pools"].set_index("pool")["total"]["land"] == 5000
    assert found.scenario == scenario
    assert json.loads(json.dumps(scenario.record())) == {
        "name": "land", "title": {"zh": "题", "en": "Title"}, "inherits": [],
    }  # fmt: skip
    assert found.instance.hash == with_edits(read(folder), folder, "情景").instance.hash


def test_no_scenario_and_no_edits(folder: Path) -> None:
    instance = read(folder)
    found = with_edits(instance, folder)
    assert found.instance is instance and found.cells == () and found.scenario is None
    assert scenarios(folder) == ()


def test_a_child_overrides_what_it_inherits_and_the_command_line_overrides_it(folder: Path) -> None:
    write(folder, "a", LAND + '[[edit]]\nset = "gap"\nto = 0.1\n')
    write(folder, "b", TITLE + 'inherits = "a"\n[[edit]]\nset = "pools.land.total"\nto = 6000\n')
    write(folder, "c", TITLE + 'inherits = "b"\n[[edit]]\nscale = "pools.land.total"\nby = 2\n')
    scenario = load_scenario(folder, "c")
    assert scenario.inherits == ("b", "a")
    assert [edit.origin.level for edit in scenario.edits] == [0, 0, 1, 2]
    found = with_edits(read(folder), folder, "c", ["pools.land.total -= 1000", "gap = 0.2"])
    assert {cell.target: (cell.old, cell.new, cell.edits, cell.overridden) for cell in found.cells} == {
        "gap": (0.001, 0.2, (5,), (1,)),
        "pools.land.total": (4000, 11_000, (4,), (0, 2, 3)),
    }
    assert [record["overrides"] for record in found.records()][4] == ["a.toml:1", "b.toml:1", "c.toml:1"]


def test_several_scenarios_come_one_after_the_other(folder: Path) -> None:
    """Each starts from what the one before has made; what both inherit comes once: 4000 · 2 + 500 = 8500, and back."""
    write(folder, "base", TITLE + '[[edit]]\nset = "gap"\nto = 0.1\n')
    write(folder, "twice", TITLE + 'inherits = "base"\n[[edit]]\nscale = "pools.land.total"\nby = 2\n'
          '[[edit]]\nset = "gap"\nto = 0.3\n')  # fmt: skip
    write(folder, "more", TITLE + 'inherits = "base"\n[[edit]]\nadd = "pools.land.total"\nby = 500\n')
    instance = read(folder)
    for names, land in ((["twice", "more"], 8500), (["more", "twice"], 9000), (["more", "more"], 4500)):
        found = with_edits(instance, folder, names)
        changed = {cell.target: cell.new for cell in found.cells}
        assert changed == {"pools.land.total": land, "gap": 0.1 if names[1] == "more" and names[0] == "more" else 0.3}
    found = with_edits(instance, folder, ["twice", "more"])
    assert found.scenario is not None
    title = with_edits(instance, folder, "more").scenario.title  # type: ignore[union-attr]
    assert found.scenario.record() == {
        "name": "twice+more", "title": {"zh": f"{title.zh}＋{title.zh}", "en": f"{title.en} + {title.en}"},
        "inherits": ["base"], "of": ["twice", "more"],
    }  # fmt: skip
    assert [record["file"] for record in found.records()] == ["base.toml", "twice.toml", "twice.toml", "more.toml"]
    with pytest.raises(InputError) as caught:
        with_edits(instance, folder, ["twice", "nothing", "nor"])
    wrong = [each.file for each in caught.value.findings if each.severity == "error"]  # twice as much is a warning
    assert sorted(wrong) == ["nor", "nothing"]


def test_several_scenarios_in_python_and_on_the_command_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same result; the manifest, the folder and the command to do it again name both, in order."""
    write(folder, "land", LAND.replace("5000", "3900"))
    write(folder, "gap", TITLE + '[[edit]]\nset = "gap"\nto = 0.1\n')
    words = ["solve", str(folder), "--relaxation", "--scenario", "gap", "--scenario", "land", "--quiet"]
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    result = alloc.load_result(tmp_path / "results" / f"{folder.name}-gap+land")
    again = alloc.solve(folder, scenario=["gap", "land"], relaxation=True)
    assert result.manifest["scenario"]["of"] == ["gap", "land"]
    assert result.manifest["scenario"] == again.manifest["scenario"]
    assert result.instance.hash == again.instance.hash
    assert " --scenario gap --scenario land" in dict(facts(View(again, "en")))["command"]
    assert dict(facts(View(result, "en")))["command"] == f"alloc solve {result.folder}"
    assert alloc.check(folder, scenario=["gap", "land"]) == alloc.check(result.instance)


def test_a_scenario_elsewhere_by_its_path(folder: Path, tmp_path: Path) -> None:
    write(folder, "land", LAND)
    path = tmp_path / "mine.toml"
    path.write_text(TITLE + 'inherits = "land"\n', encoding="utf-8")
    assert load_scenario(folder, str(path)).inherits == ("land",)


def test_unknown_scenario(folder: Path) -> None:
    write(folder, "land", LAND)
    write(folder, "child", TITLE + 'inherits = "lnd"\n')
    for name in ("lnd", "../tiny/scenarios/land", "x/y", "\0", "..", "a" * 5000, "nothing.toml"):
        (finding,) = refused(folder, name)
        assert finding.code == "unknown_scenario"
    assert "land" in refused(folder, "lnd")[0].remedy.en
    (finding,) = refused(folder, "child")
    assert (finding.file, finding.column, finding.value) == ("child.toml", "inherits", "lnd")


def test_a_scenario_by_its_title(folder: Path) -> None:
    """In either language; the record has its name. Of a title that two have, and of none, the names are told."""
    write(folder, "land", LAND.replace("题", "多给用地").replace("Title", "More land"))
    write(folder, "child", TITLE + 'inherits = "land"\n')
    write(folder, "other", TITLE)
    assert load_scenario(folder, "多给用地") == load_scenario(folder, "more land") == load_scenario(folder, "land")
    remedy = refused(folder, "多给地")[0].remedy
    assert remedy.zh == "是否为 land（多给用地）？可用：child（题）、land（多给用地）、other（题）。"
    assert remedy.en == (
        "Did you mean land (More land)? Would be right: one of child (Title), land (More land), other (Title)."
    )
    assert refused(folder, "题")[0].code == "unknown_scenario"


@pytest.mark.parametrize("last", ["a", "b", "c"])
def test_cycle(folder: Path, last: str) -> None:
    for name, parent in (("a", "b"), ("b", "c"), ("c", last)):
        write(folder, name, TITLE + f'inherits = "{parent}"\n')
    (finding,) = refused(folder, "a")
    assert (finding.code, finding.file, finding.value) == ("inherits_cycle", "c.toml", last)


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("title = ", "toml_syntax", None),
        (TITLE + "[[edit]\n", "toml_syntax", 2),
        ("", "no_title", None),
        ('title = "x"', "no_title", None),
        ('title = { zh = "x" }', "no_title", None),
        (TITLE + "inherit = 'a'", "unknown_key", None),
        (TITLE + "inherits = ['a']", "wrong_type", None),
        (TITLE + "edit = 3", "wrong_type", None),
        (TITLE + "[edit]\nset = 'gap'\nto = 0\n", "wrong_type", None),
        (TITLE + "edit = [3]", "wrong_type", 1),
        (TITLE + "[[edit]]\nsett = 'gap'\nto = 0", "unknown_verb", 1),
        (LAND + "[[edit]]\nset = 'gapp'\nto = 0", "unknown_target", 2),
        (LAND + "[[edit]]\nset = 'pools.total'\nto = 0", "edits_disagree", 2),
        (LAND + "[[edit]]\nset = 'gap'\nto = 2021-01-01", "wrong_type", 2),
        (LAND + "[[edit]]\nset = 'cities.idle'\nto = 2021-01-01", "wrong_type", 2),
        (LAND + "[[edit]]\nscale = 'factors.weight'\nby = 0.5", "weights_not_one", 2),
    ],
)
def test_faults(folder: Path, text: str, code: str, row: int | None) -> None:
    write(folder, "x", text)
    found = refused(folder, "x")
    assert (code, "x.toml", row) in [(finding.code, finding.file, finding.row) for finding in found]


def test_all_faults_of_all_files_and_lines_at_once(folder: Path) -> None:
    write(folder, "a", "[[edit]]\nset = 'gapp'\nto = 0\n[[edit]]\nsett = 'gap'\n")
    write(folder, "b", TITLE + "inherits = 'a'\n[[edit]]\nset = 'cities.idl'\nto = 0\n")
    found = refused(folder, "b", "gap =", "year = 2022", "citis.idle = 3")
    assert [(finding.file, finding.row, finding.code) for finding in found] == [
        ("--edit", 1, "edit_syntax"),
        ("--edit", 3, "unknown_target"),
        ("a.toml", None, "no_title"),
        ("a.toml", 1, "unknown_target"),
        ("a.toml", 2, "unknown_verb"),
        ("b.toml", 1, "unknown_target"),
    ]


def test_encodings(folder: Path) -> None:
    path = write(folder, "x", "")
    path.write_bytes(b"\xef\xbb\xbf" + LAND.encode())
    assert load_scenario(folder, "x").title.zh == "题"
    path.write_bytes(LAND.encode("gb18030"))
    assert load_scenario(folder, "x").title.zh == "题"
    path.write_bytes(LAND.encode("utf-16"))
    assert [finding.code for finding in refused(folder, "x")] == ["encoding"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60).map(lambda text: TITLE + text) | st.text(max_size=20))
def test_any_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    write(folder, "x", text)
    scenario, _ = read_scenario(folder, "x")
    assert scenario is not None


# ------------------------------------------------------------------------------------------------- china-2020


@pytest.fixture(scope="module")
def china() -> Instance:
    return read("china-2020")


def test_enough_scenarios_ship() -> None:
    assert len(SHIPPED) >= 10
    assert "debt-ceiling-100" in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenario(china: Instance, name: str) -> None:
    """It has both titles and a reason, applies without a new finding, and changes something unless it says so."""
    folder = locate("china-2020")
    scenario = load_scenario(folder, name)
    assert any("\u4e00" <= character <= "\u9fff" for character in scenario.title.zh)
    assert scenario.edits and scenario.edits[0].why
    found = with_edits(china, folder, name)
    assert found.findings == ()
    assert found.instance.warnings == china.warnings
    assert [each for each in precheck(found.instance, derive(found.instance)) if each.severity == "error"] == []
    assert bool(found.cells) == (name != "debt-ceiling-150")  # the ceiling of the instance itself, for now
    json.dumps(found.records())


@pytest.mark.long
@pytest.mark.parametrize("name", ["stress", *(pytest.param(name, marks=pytest.mark.slow) for name in SHIPPED
                                              if name != "stress")])  # fmt: skip
def test_shipped_scenario_has_an_allocation(china: Instance, name: str) -> None:
    """As a relaxation."""
    found = with_edits(china, locate("china-2020"), name, ["integers = false"])
    assert solve(found.instance).status.quality is Quality.OPTIMAL
