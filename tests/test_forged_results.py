"""Results that were changed after they were written: by accident, or by somebody who puts every hash right."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.result.result import verified_again
from alloc.result.store import MANIFEST, UnverifiedError, load_result, read_result, trusted
from alloc.result.tables import SOMETIMES, TABLES
from forging import Place, at, forge, forge_table, leaves, manifest_of, places, put, with_value
from instances import write_tiny

SEED = 20_211
EDITS = ("policy.debt.ceiling = 1.4", "add levels { unit = '44', pool = 'land', retained = 0.02 }")
BAD = (None, {}, [], "<script>", "", float("nan"), float("inf"), 1e308, -1.0, 10**400, True, "\ud800", [[{}]])
SCHEMA_1 = Path(__file__).parent / "data" / "result_schema_1"

# Places of the manifest of which nothing else in the result tells anything, with the reason.
SOLVERS_WORD = {
    ("floors",): "from where a tolerance was counted: the relaxation's value, which no table has",
    ("options", "time_limit"): "what the run was allowed",
    ("edits",): "how the instance came to be what it is; itself it is there whole",
    ("seconds",): "measured", ("timings",): "measured", ("host",): "of the machine", ("versions",): "of the machine",
    ("verified", "worst_at"): "which comparison is worst, where all are noise; what is found now is shown",
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result with whole facilities, tolerances, limits, a relaxation, a province that keeps some, and gaps."""
    folder = tmp_path_factory.mktemp("forged")
    alloc.solve(write_tiny(folder / "tiny"), out=folder / "result", edits=EDITS)
    return folder / "result"


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "result")
    return tmp_path / "result"


def refused(folder: Path) -> str:
    """Why a result is refused: in one line in each language, and never with a traceback."""
    with pytest.raises(alloc.StoreError) as caught:
        load_result(folder)
    for said in caught.value.message:
        assert said
        assert "\n" not in said
        said.encode("utf-8")
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------- the files


def test_as_written_it_is_accepted_whatever_systems_leave_in_the_folder(folder: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "instance/desktop.ini"):
        (folder / name).write_bytes(b"x")
    assert load_result(folder).verified
    files = manifest_of(folder)["files"]
    assert list(files) == sorted(files)
    assert {"manifest.json", "allocation.parquet", "instance/instance.toml", "instance/cities.parquet"} <= set(files)


@pytest.mark.parametrize(
    "name", ["debt.parquet", "relaxation.parquet", "instance/instance.toml", "instance/limits.parquet"]
)
def test_a_file_that_is_damaged_missing_or_additional_is_named(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert f"{folder / name}: was changed or damaged" in refused(folder)
    (folder / name).unlink()
    assert f"{folder / name}: this file is missing; bring it back, or solve again" in refused(folder)
    (folder / name).write_bytes(content)
    (folder / f"{name}.new").write_bytes(content)
    assert f"{folder / name}.new: is no file of this result" in refused(folder)


def test_hashes_are_due_from_the_schema_that_has_them(folder: Path) -> None:
    """Taken away alone they are missed; under an older schema numbers are verified, and every output says so."""
    manifest = manifest_of(folder)
    del manifest["files"]
    put(folder, manifest)
    assert "files is missing" in refused(folder)
    put(folder, {**manifest, "schema": 2})
    found = load_result(folder)
    assert found.verified
    assert "without a hash" in alloc.show(found)
    assert "没有哈希" in alloc.show(found, "zh")
    put(folder, {**manifest, "schema": 2, "files": {}})
    assert "no key is called files" in refused(folder)
    manifest["tiers"][1]["value"] += 0.001
    put(folder, {**manifest, "schema": 2})
    assert "failed its verification: tiers" in refused(folder)


# ------------------------------------------------------------------------------------------------ damaged manifests


def damages(manifest: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """A manifest with a key missing, a key misspelt, or a value that is none, at every place."""
    rng = random.Random(SEED)
    for place in places(manifest):
        parent, name = place[:-1], place[-1]
        without = with_value(manifest, place, None)
        del at(without, parent)[name]
        if isinstance(name, str):
            yield place, without
            misspelt = with_value(manifest, place, None)
            at(misspelt, parent)[f"{name}x"] = at(misspelt, parent).pop(name)
            yield place, misspelt
        yield place, with_value(manifest, place, rng.choice(BAD))


def test_every_damaged_manifest_is_refused(folder: Path) -> None:
    manifest, count = manifest_of(folder), 0
    for place, damaged in damages(manifest):
        if damaged == manifest:  # what was put there is what stood there
            continue
        put(folder, damaged)
        said, count = refused(folder), count + 1
        assert folder.name in said, (place, said)
    assert count > 300


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("tiers", 2, "value"), float("nan"), "tiers[2].value is NaN; would be right: a finite number"),
        (("tiers", 2, "value"), None, "tiers[2].value is null; would be right: a number"),
        (("tiers", 1, "gap"), -0.5, "tiers[1].gap is -0.5; would be right: at least 0"),
        (("tiers", 1, "gap"), "<script>", 'tiers[1].gap is "<script>"; would be right: a number'),
        (("tiers",), [], "tiers is []; would be right: at least one entry"),
        (("status", "stopped"), "perfect",
         'status.stopped is "perfect"; would be right: finished or time_limit or interrupted or failed'),
        (("status", "quality"), "none", 'status.quality is "none"; would be right: optimal or feasible'),
        (("notes",), ["x"], 'notes[0] is "x"; would be right: keys with their values'),
        (("instance", "hash"), "x", 'instance.hash is "x"; would be right: a hash of 64 hexadecimal digits'),
        (("conflict",), ["debt_room"], 'conflict is ["debt_room"]; would be right: an empty list'),
        (("edits", 0, "value"), float("inf"), "edits[0].value is Infinity; would be right: a number, text"),
        (("status", "why"), 1, "no key is called status.why; keys here are stopped, quality"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_key_value_and_remedy(folder: Path, place: Place, value: Any, says: str) -> None:
    put(folder, with_value(manifest_of(folder), place, value))
    assert says in refused(folder)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "it has no schema"),
        ('{"schema": "3"}', 'schema "3"; this version reads'),
        ('{"schema": true}', "schema true; this version reads"),
        ('{"schema": 4}', "schema 4; this version reads schema 3 and earlier ones"),
        ('{"schema": 3, "schema": 3}', '"schema" stands twice'),
        ('{"schema": 3}', "instance is missing; would be right: keys with their values (and "),
        ("9" * 5000, "cannot be read"),
    ],
)
def test_what_is_no_manifest_is_refused(folder: Path, text: str, says: str) -> None:
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    assert says in refused(folder)


def test_text_damaged_anywhere_is_refused_or_means_the_same(folder: Path) -> None:
    """Characters lost, doubled or replaced at 100 places; only blanks between values may come and go."""
    rng, path = random.Random(SEED), folder / MANIFEST
    text, manifest = path.read_text(encoding="utf-8"), manifest_of(folder)
    for _ in range(100):
        place = rng.randrange(len(text))
        damaged = text[:place] + rng.choice(("", text[place] * 2, rng.choice('{}[]",:0-e<'))) + text[place + 1 :]
        path.write_text(damaged, encoding="utf-8")
        try:
            same = json.loads(damaged) == manifest
        except ValueError:
            same = False
        if not same:
            refused(folder)


def test_damaged_manifests_of_schema_1_have_no_traceback(tmp_path: Path) -> None:
    """It has no hashes: what says nothing of the numbers is accepted as it stands."""
    shutil.copytree(SCHEMA_1, tmp_path / "result")
    manifest, accepted = manifest_of(SCHEMA_1), set()
    for place, damaged in random.Random(SEED).sample(list(damages(manifest)), 100):
        put(tmp_path / "result", damaged)
        try:
            load_result(tmp_path / "result")
            accepted.add(place[0])
        except alloc.StoreError as error:
            assert "\n" not in error.message.en
    assert accepted <= {"host", "timings", "versions", "tiers", "verified", "options", "edits", "scenario", "notes"}


def test_no_verb_has_a_traceback(folder: Path, tmp_path: Path) -> None:
    """Every command ends with one line on stderr, or with JSON, and none says anything of the result."""
    whole = tmp_path / "whole"
    shutil.copytree(folder, whole)
    put(folder, with_value(manifest_of(folder), ("tiers", 0, "value"), float("nan")))
    place = str(folder)
    for words in (
        ["show", place], ["show", place, "--city", "440300"], ["verify", place], ["compare", str(whole), place],
        ["explain", place, "--prices"], ["report", place, "--out", str(tmp_path / "reports")],
        ["whatif", place, "--vary", "policy.debt.ceiling", "--from", "1", "--to", "1.2", "--steps", "2"],
    ):  # fmt: skip
        found = CliRunner().invoke(main, [*words, "--lang", "en"])
        assert (found.exit_code, found.stdout) == (1, ""), words
        assert "tiers[0].value is NaN" in found.stderr
        assert found.stderr.count("\n") == 1
    found = CliRunner().invoke(main, ["show", place, "--format", "json"])
    assert "tiers[0].value is NaN" in json.loads(found.stdout)["error"]
    assert not (tmp_path / "reports").exists()


# ------------------------------------------------------------------------------------------------- forged numbers


def moved(value: float) -> float:
    """Another number, away by a hundredth of it or of one."""
    return 1.0 if np.isnan(value) else value + max(1.0, abs(value)) / 100


@pytest.mark.long
def test_every_table_and_column_is_verified(written: Path) -> None:
    """One cell of every column moved by a hundredth or spelt otherwise, one emptied: in no table any is believed."""
    rng, result = random.Random(SEED), load_result(written)
    tried = set()
    for name, table in result.tables.items():
        for column in table.columns if len(table) else ():
            row, cells = rng.randrange(len(table)), table[column].tolist()
            value = cells[row]
            for other in (f"{value}x" if isinstance(value, str) else moved(float(value)), None):
                if other is None and (pd.isna(value) or rng.random() < 0.7):
                    continue
                changed = table.assign(**{column: [*cells[:row], other, *cells[row + 1 :]]})
                found = verified_again(replace(result, tables={**result.tables, name: changed}))
                assert not found.verified, (name, column, row, other)
                tried.add((name, column))
    assert {name for name, _ in tried} >= {*TABLES, *SOMETIMES} - {"rounding"}  # which has no row here
    assert len(tried) > 60


SHAPES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "a row less": lambda table: table.iloc[1:],
    "a row twice": lambda table: pd.concat([table, table.iloc[:1]]),
    "no rows": lambda table: table.iloc[:0],
    "a column less": lambda table: table.iloc[:, 1:],
    "lists for texts": lambda table: table.assign(**{table.columns[0]: [["440300"]] * len(table)}),
    "texts for numbers": lambda table: table.assign(**{table.columns[-1]: "x"}),
    "dates for numbers": lambda table: table.assign(**{table.columns[-1]: pd.Timestamp("2021-01-01")}),
    "numbers without end": lambda table: table.assign(**{table.columns[-1]: np.inf}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_of_another_shape_is_refused(folder: Path, shape: str) -> None:
    rng = random.Random(shape)
    name = rng.choice(["allocation", "services", "budget", "families", "limits", "relaxation"])
    forge_table(folder, name, SHAPES[shape])
    assert "failed its verification" in refused(folder)


def test_the_order_of_rows_is_nobodys(folder: Path) -> None:
    forge_table(folder, "allocation", lambda table: table.iloc[::-1])
    assert load_result(folder).verified


@pytest.mark.slow
def test_every_place_of_the_manifest_is_verified_or_known_to_be_the_solvers_word(written: Path) -> None:
    result, believed = load_result(written), set()
    for place, value in leaves(result.manifest):
        if place == ("schema",):
            continue
        other: Any = (
            not value if isinstance(value, bool)
            else int(value) + 1 if isinstance(value, int)
            else moved(value) if isinstance(value, float)
            else f"{value}x" if isinstance(value, str)
            else moved(0.0)  # for nothing at all, which has no further key either
        )  # fmt: skip
        try:
            trusted(replace(result, manifest=with_value(result.manifest, place, other)))  # type: ignore[arg-type]
        except UnverifiedError:
            continue
        word = next((known for known in SOLVERS_WORD if place[: len(known)] == known), place[-1:])
        assert word in SOLVERS_WORD, place
        believed.add(word)
    assert believed == set(SOLVERS_WORD) - {("options", "time_limit")}  # in memory the instance has it too


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "status": (lambda m: m["status"].update(quality="optimal"), "status [quality]"),
    "stopped": (lambda m: (m["status"].update(stopped="finished"), m["tiers"][6].update(optimised=False)), "status"),
    "reached": (lambda m: m["tiers"][3].update(optimised=False), "tiers [production.optimised]"),
    "value": (lambda m: m["tiers"][2].update(value=m["tiers"][2]["value"] * 1.01), "tiers [settlement]"),
    "bound": (lambda m: m["tiers"][2].update(bound=m["tiers"][2]["bound"] + 1000), "tiers [settlement.gap]"),
    "bound on the wrong side": (
        lambda m: m["tiers"][2].update(bound=m["tiers"][2]["value"] * 0.9, gap=0.1), "tiers [settlement.bound]"),
    "gap": (lambda m: m["tiers"][6].update(gap=0.0), "tiers [cost.gap]"),
    "no gap": (lambda m: m["tiers"][6].update(gap=None), "tiers [cost.gap]"),
    "size": (lambda m: m["tiers"][0].update(size=100.0), "tiers [minimum.size]"),
    "tolerance": (lambda m: m["tiers"][0].update(tolerance=0.5), "tiers [minimum.tolerance]"),
    "bound of a quadratic tier": (
        lambda m: m["tiers"][5].update(bound=m["tiers"][5]["value"], gap=0.0), "tiers [closeness.bound]"),
    "a tier less": (lambda m: m["tiers"].pop(), "tiers [order]"),
    "other order": (lambda m: m["tiers"].reverse(), "tiers [order]"),
    "checks": (lambda m: m["verified"].update(checks=10**6), "run [verified.checks] is 1,000,000"),
    "worst": (lambda m: m["verified"].update(worst=1e-3), "run [verified.worst]"),
    "not passed": (lambda m: m["verified"].update(passed=False), "run [verified.passed]"),
    "a note more": (lambda m: m["notes"].append({"code": "searched", "amount": 0.0, "detail": ""}), "notes [searched]"),
    "a note of nothing": (
        lambda m: m["notes"].append({"code": "beyond_band", "amount": 3.0, "detail": ""}), "notes [beyond_band]"),
    "a bound that was worked out": (
        lambda m: m["notes"].append({"code": "bound_left", "amount": 0.0, "detail": "cost"}), "notes [bound_left"),
    "facilities in parts": (lambda m: m["options"].update(integers=False), "run [relaxation]"),
    "one search": (lambda m: m["options"].update(facilities="joint"), "run [options.facilities]"),
    "floors": (lambda m: m["floors"].update(cost=1.0), "run [floors]"),
    "name": (lambda m: m["instance"].update(name="other"), "run [instance.name]"),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_every_forgery_is_found(folder: Path, forgery: str) -> None:
    change, says = FORGERIES[forgery]
    forge(folder, change)
    with pytest.raises(UnverifiedError):
        load_result(folder)
    found = alloc.verify(folder)
    failures = [f"{each.family} [{each.key}]" for each in found.failures]
    assert not found.passed
    assert any(each.startswith(says.partition(" is ")[0]) for each in failures), failures


def test_what_lies_beyond_the_band_has_to_be_said(folder: Path) -> None:
    """5 % more decided than the relaxation grants is 3 % beyond the band: by the table, and then by a note."""

    def grant_less(table: pd.DataFrame) -> pd.DataFrame:
        decided = pd.read_parquet(folder / "allocation.parquet")
        there = (decided["published"] - decided["rounding"]).to_numpy()
        row = int(np.argmax(there))
        granted = table["granted"].to_numpy().copy()
        granted[row] = there[row] / 1.05
        return table.assign(granted=granted)

    forge_table(folder, "relaxation", grant_less)
    assert "relaxation" in {each.family for each in alloc.verify(folder).failures}


def test_what_is_the_solvers_word_is_believed(folder: Path) -> None:
    """A bound moved to its value, with gap and status to match, cannot be told from a proof: `docs` say so."""

    def claim(manifest: dict[str, Any]) -> None:
        for tier in manifest["tiers"]:
            if tier["bound"] is not None:
                tier["bound"], tier["gap"] = tier["value"], 0.0
        manifest["status"]["quality"] = "optimal"
        manifest["options"]["time_limit"] = 1.0

    forge(folder, claim)
    assert load_result(folder).verified


# ------------------------------------------------------------------------------------------------------ in memory


def test_a_result_in_memory_is_verified_before_anything_is_said_of_it(folder: Path, tmp_path: Path) -> None:
    result = load_result(folder)
    table = result.tables["allocation"]
    others = (
        replace(result, tables={**result.tables, "allocation": table.assign(published=table["published"] + 1)}),
        replace(result, manifest={**result.manifest, "status": {"stopped": "finished", "quality": "optimal"}}),
        replace(result, manifest={**result.manifest, "tiers": []}),
        replace(result, verification=None),
    )
    for other in others:
        for verb in (
            lambda one: alloc.show(one), lambda one: alloc.record(one), lambda one: alloc.compare(result, one),
            lambda one: alloc.explain(one, prices=True, quick=True), lambda one: alloc.save(one, tmp_path / "out"),
            lambda one: alloc.write_report(one, tmp_path / "out"), lambda one: alloc.Session(one),
            lambda one: alloc.save_tables(one, tmp_path / "out.xlsx"),
        ):  # fmt: skip
            with pytest.raises(UnverifiedError):
                verb(other)  # type: ignore[no-untyped-call]
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.xlsx").exists()
    result.tables["people"].loc[0, "settle"] += 1  # in place, behind everybody's back
    with pytest.raises(UnverifiedError):
        alloc.show(result)


def test_json_has_no_word_for_what_is_not_finite(folder: Path) -> None:
    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(settle=[np.nan, *table["settle"].tolist()[1:]])

    forge_table(folder, "people", spoil)
    assert any(np.isnan(each.left) for each in alloc.verify(folder).failures)
    found = CliRunner().invoke(main, ["verify", str(folder), "--format", "json"])
    assert found.exit_code == 4

    def constant(name: str) -> None:
        raise AssertionError(name)

    record = json.loads(found.stdout, parse_constant=constant)
    assert any(each["left"] is None for each in record["failures"])


def test_an_instance_may_be_given_by_its_result(folder: Path) -> None:
    """What-if, sessions and solves go on from what was solved, under the options of its run."""
    given = read_result(folder).instance
    session = alloc.Session(folder)
    assert session.instance.hash == given.hash
    found = alloc.whatif(folder, "policy.debt.ceiling", [1.4])
    assert set(found.tiers["tier"]) == {one.tier for one in given.settings.objective}
    assert alloc.solve(load_result(folder)).manifest["instance"]["hash"] == given.hash
