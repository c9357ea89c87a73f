"""Results: verified, whole or not at all, the same bytes for the same input, nothing lost."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import alloc
import national
from alloc.content.numbers import shown
from alloc.instance import Instance
from alloc.instance.instance import make_instance
from alloc.result import store
from alloc.result.notes import note_lines
from alloc.result.result import run, verified_again
from alloc.result.store import TABLES, StoreError, load_result, write
from alloc.result.summary import _pools
from alloc.verification.families import BOUNDED, FAMILIES
from alloc.writing import TargetError
from forging import manifest_of, put, reseal
from instances import write_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("input") / "三 城")


@pytest.fixture(scope="module")
def result(folder: Path) -> alloc.Result:
    return run(alloc.read(folder))


def digests(where: Path) -> dict[str, str]:
    return {
        path.relative_to(where).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(where.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def timeless(where: Path) -> dict[str, object]:
    manifest = json.loads((where / "manifest.json").read_text(encoding="utf-8"))
    for key in ("timings", "host"):
        del manifest[key]
    del manifest["files"]["manifest.json"]
    for tier in manifest["tiers"]:
        del tier["seconds"]
    return manifest  # type: ignore[no-any-return]


def test_it_is_verified_and_its_parts_add_up(result: alloc.Result) -> None:
    assert result.verified and result.manifest["verified"]["checks"] > 300
    table = result.tables["allocation"]
    parts = table[["benchmark", "rule", "optimised", "override", "rounding"]]
    total = sum((parts[name] for name in parts.columns[1:]), start=parts["benchmark"])
    assert (total == table["published"]).all()


def test_the_same_input_gives_the_same_bytes_whatever_the_order_of_rows(folder: Path, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled"
    shuffled.mkdir()
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            head, *rows = text.splitlines()
            text = "\r\n".join([head, *reversed(rows)]) + "\r\n"
        (shuffled / path.name).write_text(text, encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="")
    alloc.solve(folder, out=tmp_path / "one")
    alloc.solve(shuffled, out=tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert timeless(tmp_path / "one") == timeless(tmp_path / "two")
    assert len(digests(tmp_path / "one")) > len(TABLES)


def test_money_in_other_units_gives_the_same_published_numbers(folder: Path, tmp_path: Path) -> None:
    """A source in 10⁸ yuan, converted: values differ in the last digits, published numbers do not."""
    instance = alloc.read(folder)
    cities = instance.tables["cities"].copy()
    for name in ("revenue", "fund_revenue", "other_transfers", "essential_spending", "debt_general"):
        cities[name] = (cities[name] / 10_000.0) * 10_000.0 * (1 + 1e-15)
    converted = make_instance(instance.settings, {**instance.tables, "cities": cities})
    one, two = run(instance), run(converted)
    pd.testing.assert_series_equal(one.tables["allocation"]["published"], two.tables["allocation"]["published"])


def test_written_and_read_back(result: alloc.Result, tmp_path: Path) -> None:
    assert write(result, tmp_path / "r").older is None
    back = load_result(tmp_path / "r")
    assert back.manifest == json.loads(json.dumps(result.manifest))
    assert back.instance.hash == result.instance.hash
    for name in TABLES:
        pd.testing.assert_frame_equal(back.tables[name], result.tables[name], check_dtype=False)
    assert alloc.verify(tmp_path / "r").passed
    assert set(pq.read_schema(tmp_path / "r" / "allocation.parquet").names) >= {"city", "pool", "published"}


def test_what_its_solve_warned_of_is_there_again_when_it_is_read_back(tmp_path: Path) -> None:
    """An earmark of 6,000 stands above a cap of 1.2 · 4,000; once read back that was not said any more."""
    edits = (
        *(f"add last_year {{ city = '{city}', pool = 'general', amount = 4000 }}" for city in ("000001", "000002")),
        "pools.general.cap_multiple = 1.2", "add earmarks { city = '000001', pool = 'general', amount = 6000 }",
    )  # fmt: skip
    result = alloc.solve("hand", edits=edits)
    write(result, tmp_path / "r")
    back = load_result(tmp_path / "r")
    assert [each.code for each in back.findings] == ["cap_below_floor"]
    assert [each.message for each in back.findings] == [each.message for each in result.findings]


def test_an_older_result_is_renamed_not_lost(result: alloc.Result, tmp_path: Path) -> None:
    write(result, tmp_path / "r")
    (tmp_path / "r" / "note.txt").write_text("mine", encoding="utf-8")
    assert write(result, tmp_path / "r").older == str(tmp_path / "r.1")
    assert (tmp_path / "r.1" / "note.txt").read_text(encoding="utf-8") == "mine"
    assert write(result, tmp_path / "r").older == str(tmp_path / "r.2")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["r", "r.1", "r.2"]


def test_a_folder_with_something_else_is_left_alone(result: alloc.Result, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(TargetError, match="not a result"):
        alloc.solve(folder, out=tmp_path / "r")
    assert [each.name for each in (tmp_path / "r").iterdir()] == ["thesis.docx"]


def test_nothing_is_left_when_writing_fails(
    result: alloc.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(store, "_write_manifest", full)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where it would be rescued
    with pytest.raises(TargetError, match="no space left"):
        write(result, tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_only_a_verified_result_is_written(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alloc.result import result as module

    original = module.result_tables

    def tampered(*given: object) -> dict[str, pd.DataFrame]:
        made = original(*given)  # type: ignore[arg-type]
        made["people"]["settle"] *= 1.5
        return made

    monkeypatch.setattr(module, "result_tables", tampered)
    with pytest.raises(StoreError, match="verified"):
        alloc.solve(folder, out=tmp_path / "r")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda where: (where / "manifest.json").unlink(), "cannot be read"),
        (lambda where: (where / "manifest.json").write_text("{", encoding="utf-8"), "cannot be read"),
        (lambda where: (where / "manifest.json").write_text('{"schema": 99}', encoding="utf-8"), "schema 99"),
        (lambda where: (where / "debt.parquet").unlink(), "debt.parquet"),
        (lambda where: (where / "land.parquet").write_bytes(b"PAR1"), "land.parquet"),
        (lambda where: (where / "instance" / "cities.parquet").unlink(), "instance"),
        (
            lambda where: (where / "instance" / "limits.parquet").unlink(),
            "limits.parquet: this file is missing; bring it back, or solve again",
        ),
    ],
)
def test_a_damaged_result_is_refused_with_the_reason(
    result: alloc.Result, tmp_path: Path, spoil: object, says: str
) -> None:
    write(result, tmp_path / "r")
    spoil(tmp_path / "r")  # type: ignore[operator]
    with pytest.raises(StoreError, match=says):
        load_result(tmp_path / "r")


def test_an_instance_for_a_result_and_a_result_for_an_instance_are_told_apart(
    result: alloc.Result, tmp_path: Path
) -> None:
    for path in (Path("hand"), Path(__file__).parents[1] / "instances" / "hand"):
        with pytest.raises(StoreError, match="hand is an instance, and no result: solve it first") as raised:
            load_result(path)
        assert f"{path.as_posix()} 是算例，不是结果" in raised.value.message.zh
    write(result, tmp_path / "r")
    with pytest.raises(alloc.InputError) as found:
        alloc.read(tmp_path / "r")
    (finding,) = found.value.findings
    assert (finding.code, finding.message.en) == ("no_instance", "This is a result, and no instance.")
    assert (tmp_path / "r" / "instance").as_posix() in finding.remedy.zh
    assert alloc.read(tmp_path / "r" / "instance").hash == result.instance.hash


def test_a_tampered_result_fails_its_verification(result: alloc.Result, tmp_path: Path) -> None:
    write(result, tmp_path / "r")
    path = tmp_path / "r" / "allocation.parquet"
    table = pd.read_parquet(path)
    table.loc[0, "published"] += 1.0
    table.to_parquet(path)
    with pytest.raises(StoreError, match=r"allocation\.parquet: was changed or damaged"):
        alloc.verify(tmp_path / "r")
    reseal(tmp_path / "r", manifest_of(tmp_path / "r"))
    verification = alloc.verify(tmp_path / "r")
    assert not verification.passed
    assert verification.failures


def test_clashing_rules_are_a_result_not_an_exception(tmp_path: Path) -> None:
    found = alloc.solve("infeasible/settlement_ahead_of_services", out=tmp_path / "r")
    assert found.infeasible and not found.has_solution
    assert set(found.conflict) >= {"recognised_need"}
    assert not (tmp_path / "r").exists()


def test_no_room_stands_in_the_place_of_a_verb() -> None:
    """`import alloc.NAME` would hide the verb `alloc.NAME`."""
    rooms = {path.stem for path in Path(alloc.__file__).parent.iterdir()}
    assert not rooms & set(alloc.__all__)
    assert callable(alloc.verify)
    assert isinstance(alloc.check("hand"), tuple)
    assert isinstance(alloc.read("hand"), Instance)


def test_a_result_of_schema_1_is_read_and_what_was_not_true_of_it_is_not_said() -> None:
    """It claimed every tier proven, by bounds that held for its facilities alone."""
    result = load_result(Path(__file__).parent / "data" / "result_schema_1")
    assert result.manifest["status"] == {"stopped": "finished", "quality": "feasible"}
    assert all(each["optimised"] and each["bound"] is None and each["gap"] is None for each in result.manifest["tiers"])
    assert [each["code"] for each in result.manifest["notes"]] == ["searched"]
    assert result.manifest["floors"] == {"fairness": pytest.approx(0.9615819741)}
    assert verified_again(result).verification.passed
    assert "not determined" in " ".join(note_lines(result, "en"))
    assert "不唯一确定" in " ".join(note_lines(result, "zh"))


def test_the_manifest_names_what_the_model_decides_and_asks_for(result: alloc.Result) -> None:
    assert set(result.manifest["model"]["decisions"]) == set(BOUNDED) - {
        "extend",
        "run",
        "flow",
        "renewed",
    }  # not without tables
    assert set(result.manifest["model"]["families"]) == {*FAMILIES, "worst_served"}


@pytest.mark.parametrize("part", ["decisions", "families"])
def test_a_manifest_with_an_unknown_name_is_not_verified(result: alloc.Result, part: str, tmp_path: Path) -> None:
    """Tampered with, or of a version that knows more; one that says nothing of its model is older and passes."""
    write(result, tmp_path / "one")
    manifest = manifest_of(tmp_path / "one")
    manifest["model"][part].append("renew")
    reseal(tmp_path / "one", manifest)
    verification = alloc.verify(tmp_path / "one")
    assert [(each.family, each.key) for each in verification.failures] == [("model", f"{part}: renew")]
    del manifest["model"], manifest["files"]
    manifest["schema"] = 2
    put(tmp_path / "one", manifest)
    assert alloc.verify(tmp_path / "one").passed


def test_a_table_that_no_result_has_is_not_dropped_but_refused(result: alloc.Result, tmp_path: Path) -> None:
    more = replace(result, tables={**result.tables, "renewal": result.tables["people"]})
    with pytest.raises(StoreError, match="renewal"):
        write(more, tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_the_balance_of_pools_has_one_number_of_decimals_a_unit():
    """One amount above the other: as many as the finest of them needs, and a residual of nothing as the others."""
    told = _pools(national.relaxed(), "en")
    fine: dict[str, set[int]] = {}
    for _, unit, *amounts in shown(told, "en").rows:
        fine.setdefault(unit, set()).update(len(each.partition(".")[2]) for each in amounts)
    assert len(told.rows) > len(fine) > 0 and all(len(each) == 1 for each in fine.values()), fine
