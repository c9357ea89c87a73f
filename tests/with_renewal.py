"""Tests for where the lever of ``data/renewal`` is installed: test_lever_inputs.py runs them in another process."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from alloc.explanation.shared.drivers import driver_of
from alloc.formulation.registry import installed
from alloc.instance.derived.derived import derive
from alloc.instance.files.reading import load, read
from alloc.instance.files.settings_reading import validate_settings
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.instance.prechecks.all import CONFLICT_CODES, families_of, precheck
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.result.result import run
from alloc.result.store import load_result, write
from alloc.scenario import apply, diff, parse_edit
from alloc.solver.solution import compiled
from alloc.template.guide import guides
from alloc.template.settings_text import settings_data, settings_text
from alloc.text import Text
from alloc.verification import verify
from alloc.workbook.convert import convert
from random_instances import write_random
from test_former_names import HASHES, ROOT

BROUGHT = [("cities", "renewal_cost"), ("cities", "renewal_stage"), ("services", "renewable")]
FILLED = ["cities.renewal_cost = 40", "cities.renewal_stage = 'begun'", "services.renewable = true",
          "policy.renewal.share = 0.25", "policy.renewal.homes = 12", "policy.renewal.urgent = true",
          "policy.renewal.way = 'repair'", "policy.renewal.classes = ['small_2']"]  # fmt: skip


def edited(*lines: str) -> Instance:
    return apply(read("hand"), [parse_edit(line) for line in lines]).instance


def written(folder: Path, columns: dict[str, str], settings: str = "") -> Path:
    """The hand instance with further columns, of one value each, in the table of cities."""
    shutil.copytree(ROOT / "instances" / "hand", folder)
    with (folder / "cities.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    with (folder / "cities.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*head, *columns], *([*row, *columns.values()] for row in rows)])
    with (folder / "instance.toml").open("a", encoding="utf-8", newline="") as file:
        file.write(settings)
    return folder


def test_the_lever_is_installed() -> None:
    assert list(installed()) == ["annual", "renewing"]
    joined = {(name, each) for name, table in TABLES.items() for each in table.names if each in table.joined}
    assert set(BROUGHT) <= joined


@pytest.mark.parametrize("name", HASHES)
def test_hashes_are_those_without_the_lever(name: str) -> None:
    assert read(name).hash == HASHES[name]


def test_blank_columns_and_settings_at_their_defaults_change_no_hash(tmp_path: Path) -> None:
    """Given in the files, one by one or all of them."""
    idle = "\n[policy.renewal]\nshare = 0\nway = 'rebuild'\n"
    folder = written(tmp_path / "idle", {"renewal_cost": "", "更新阶段": ""}, idle)
    assert read(folder).hash == HASHES["hand"]
    convert(folder, tmp_path / "book.xlsx", "en")
    assert read(tmp_path / "book.xlsx").hash == HASHES["hand"]


@pytest.mark.parametrize("line", FILLED)
def test_whatever_is_given_changes_the_hash(line: str) -> None:
    one = edited(line)
    assert one.hash != HASHES["hand"]
    path = line.partition(" ")[0]
    table, _, column = ("settings", "", path) if path.startswith("policy") else path.partition(".")
    found = diff(read("hand"), one)
    assert (set(found["table"]), set(found["column"])) == ({table}, {column})


def test_findings() -> None:
    for line, code in {
        "cities.renewal_cost = -1": "out_of_range",
        "cities.renewal_cost = 'dear'": "wrong_type",
        "cities.renewal_stage = 'over'": "not_allowed",
        "policy.renewal.share = 2": "out_of_range",
        "policy.renewal.homes = 'many'": "wrong_type",
        "policy.renewal.way = 'move'": "not_allowed",
        "policy.renewal.shares = 1": "unknown_target",
        "cities.renewal_costs = 1": "unknown_target",
    }.items():
        with pytest.raises(InputError) as raised:
            edited(line)
        assert [each.code for each in raised.value.findings] == [code], line


def test_findings_in_files(tmp_path: Path) -> None:
    faulty = "\n[policy.renewal]\nhomes = 1.5\nspeed = 1\n"
    _, findings = load(written(tmp_path / "wrong", {"renewal_cost": "-1", "renewal_stage": "soon"}, faulty))
    assert {(each.file, each.column, each.code) for each in findings if each.severity == "error"} == {
        ("cities.csv", "renewal_cost", "out_of_range"),
        ("cities.csv", "renewal_stage", "not_allowed"),
        ("instance.toml", "policy.renewal.homes", "wrong_type"),
        ("instance.toml", "policy.renewal.speed", "unknown_setting"),
    }


def test_a_workbook_and_a_folder_hold_everything(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", {"renewal_cost": "7", "renewal_stage": "planned"},
                     "\n[policy.renewal]\nurgent = true\nclasses = ['megacity']\nshare = 0.1\n")  # fmt: skip
    convert(folder, tmp_path / "book.xlsx", "zh")
    convert(tmp_path / "book.xlsx", tmp_path / "two", tables="parquet")
    found = [read(place) for place in (folder, tmp_path / "book.xlsx", tmp_path / "two")]
    assert len({each.hash for each in found}) == 1
    assert found[-1].settings.policy.renewal.classes == ("megacity",)  # type: ignore[attr-defined]


def test_a_workbook_names_the_tiers_of_its_formulation(tmp_path: Path) -> None:
    for name, brought in (("annual", False), ("renewing", True)):
        folder = written(tmp_path / name, {})
        text = (folder / "instance.toml").read_text(encoding="utf-8")
        (folder / "instance.toml").write_text(f"formulation = '{name}'\n{text}", encoding="utf-8")
        convert(folder, tmp_path / f"{name}.xlsx", "en")
        sheets = openpyxl.load_workbook(tmp_path / f"{name}.xlsx").worksheets
        notes = [cell.comment.text for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.comment]
        (tiers,) = {note for note in notes if "minimum National minimum" in note}
        assert ("renewed renewal" in tiers) == brought


def test_pages_and_settings_explain_them() -> None:
    text = guides(Text("标题", "title"), [], {})["README.md"]
    for name in ("`renewal_cost`", "`renewal_stage`", "`renewable`", "`policy.renewal.share`", "`policy.renewal.way`"):
        assert name in text
    idle, used = (settings_text(settings_data(each.settings)) for each in (read("hand"), edited(*FILLED)))
    assert "# share =   # 更新比例" in idle and "share = 0.25   # 更新比例" in used


def test_drivers() -> None:
    assert driver_of("cities", "renewal_cost") == driver_of("settings", "policy.renewal.share") == "land"
    assert driver_of("cities", "renewal_stage") == "others"
    assert driver_of("settings", "policy.renewal.homes") == "policy"


def test_derived_data_of_the_lever() -> None:
    one = of_renewing(*FILLED)
    known = derive(one)
    np.testing.assert_array_equal(known.renewal_worth, 0.25 * 40 * known.reusable)  # type: ignore[attr-defined]
    assert not known.renewal_worth.flags.writeable  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="nothing derived is called renewal_price"):
        known.renewal_price  # type: ignore[attr-defined]  # noqa: B018
    for line in ("cities.renewal_cost = 41", "policy.renewal.share = 0.5", "cities.idle *= 2", "pools.total *= 1.1"):
        near = apply(one, [parse_edit(line)]).instance
        np.testing.assert_array_equal(derive(near, known).renewal_worth, derive(near).renewal_worth)  # type: ignore[attr-defined]
    changed = known.changed(renewal_worth=known.renewal_worth * 2, upper=known.upper + 1)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(changed.renewal_worth, 2 * known.renewal_worth)  # type: ignore[attr-defined]
    assert "renewal_worth" in changed.arrays and "renewal_worth" not in derive(read("hand")).arrays


def of_renewing(*lines: str) -> Instance:
    """The hand instance by the other formulation."""
    return edited("formulation = 'renewing'", *lines)


def test_answers_are_those_without_the_lever() -> None:
    annual, renewing = run(read("hand")), run(of_renewing())
    for name, table in annual.tables.items():
        assert renewing.tables[name].equals(table), name


def test_a_stored_result_says_nothing_of_an_idle_lever(tmp_path: Path) -> None:
    for name, instance in (("idle", read("hand")), ("used", edited("policy.renewal.homes = 3"))):
        write(run(instance), tmp_path / name)
        text = (tmp_path / name / "instance" / "instance.toml").read_text(encoding="utf-8")
        assert ("renewal" in text) == (name == "used")
        assert load_result(tmp_path / name).instance.hash == instance.hash


def test_the_objective_is_of_its_formulation() -> None:
    data = read("hand").settings.model_dump(by_alias=True, exclude_none=True)
    entries = [*data["objective"][:2], {"tier": "renewed"}]

    def objective(formulation: str, *more: dict[str, object]) -> Settings | list[tuple[str, str | None]]:
        made, findings = validate_settings({**data, "formulation": formulation, "objective": [*entries, *more]})
        return made if made is not None else [(each.code, each.column) for each in findings]

    made = objective("renewing")
    assert isinstance(made, Settings) and made.objective[2].method == "mean"
    assert objective("annual") == [("not_allowed", "objective[2].tier")]
    assert objective("none") == [("unknown_formulation", "formulation"), ("not_allowed", "objective[2].tier")]
    entries[2] = {"tier": "renewed", "method": "leximin"}
    assert objective("renewing") == [("not_allowed", "objective[2].method")]
    entries[2] = {"tier": "renewed", "tolerance": 1}
    assert objective("renewing") == [("option_out_of_place", "objective[2]")]
    entries[1:] = [{"tier": "renewed", "method": "worst"}]
    assert isinstance(objective("renewing"), Settings)
    entries[:] = [{"tier": "renewed"}, data["objective"][0]]
    assert objective("renewing") == [("renewed_before_minimum", "objective")]


def limited(quantity: str, sense: str, value: float, basis: str = "amount") -> str:
    return (f"add limits {{ limit = 'x', quantity = '{quantity}', sense = '{sense}', value = {value}, "
            f"basis = '{basis}' }}")  # fmt: skip


def test_a_quantity_of_the_lever(tmp_path: Path) -> None:
    """Known to the checks of its formulation alone, to what is said before a solve, to drop-downs and to the model."""
    service = str(read("hand").tables["services"]["service"].iloc[0])
    for lines, code in (
        ([limited(f"enlarged:{service}", "<=", 1)], "unknown_object"),
        (["formulation = 'renewing'", limited("enlarged:none", "<=", 1)], "unknown_object"),
        (["formulation = 'renewing'", limited(f"enlarged:{service}", "<=", 0.5, "share")], "share_of_no_pool"),
    ):
        with pytest.raises(InputError) as raised:
            edited(*lines)
        assert [each.code for each in raised.value.findings] == [code]
    most = derive(of_renewing()).expand_limit[:, 0].sum()
    far = of_renewing(limited(f"enlarged:{service}", ">=", most + 1))
    (finding,) = (each for each in precheck(far, derive(far)) if each.severity == "error")
    assert finding.code == "limit_against_enlarging" and finding.code in CONFLICT_CODES
    assert "the expansion limits of its cities make it at most" in finding.message.en
    assert families_of(finding, "renewing") == ("group_limit", "bounds")
    near = of_renewing(limited(f"enlarged:{service}", "<=", most / 2))
    model = compiled(derive(near), near)
    row = model.matrix.tocsr()[[model.rows["group_limit"].start]].tocoo()
    assert row.col.tolist() == list(range(*model.columns["expand"].slice.indices(model.matrix.shape[1])))
    assert set(row.data.tolist()) == {1.0}


def test_a_limit_on_a_quantity_of_the_lever_is_solved_and_verified() -> None:
    """1,000 places more by enlarging, of the 2,400 that the money of the hand instance pays for, and a tier more."""
    instance = of_renewing(limited("enlarged:school", "=", 1000))
    data = instance.settings.model_dump(by_alias=True, exclude_none=True)
    made, _ = validate_settings({**data, "objective": [*data["objective"][:2], {"tier": "renewed"}]})
    assert made is not None
    instance = replace(instance, settings=made)
    result = run(instance)
    (row,) = result.tables["limits"].itertuples(index=False)
    assert result.verified and list(result.tiers.index) == ["minimum", "fairness", "renewed"]
    assert (row.limit, row.sense, row.right) == ("x", "=", 1000.0)
    assert row.left == pytest.approx(1000.0) == result.tables["services"]["expand"].sum()
    wrong = {**result.tables, "limits": result.tables["limits"].assign(left=999.0)}
    assert "copies" in {failure.family for failure in verify(instance, wrong).failures}


def test_random_instances_fill_them(tmp_path: Path) -> None:
    homes = [write_random(tmp_path / str(seed), seed, everything=True) for seed in range(4)]
    instances = [read(home) for home in homes]
    for table, column in BROUGHT:
        cells = [cell for each in instances for cell in each.tables[table][column]]
        assert any(cell not in ("", False) and cell == cell for cell in cells), column
    texts = [(home / "instance.toml").read_text(encoding="utf-8") for home in homes]
    for name in type(instances[0].settings.policy.renewal).model_fields:  # type: ignore[attr-defined]
        assert any(re.search(rf"\[policy\.renewal\][^\[]*^{name} = ", text, re.MULTILINE) for text in texts), name
