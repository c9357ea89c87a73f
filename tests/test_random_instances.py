"""Random instances fill every optional column and use every optional setting, or it is said why not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from alloc.instance import read
from alloc.instance.instance import Instance
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.result.result import run, verified_again
from alloc.workbook.convert import convert
from random_instances import write_random

pytestmark = pytest.mark.long

SEEDS = range(16)
FIRST = [seed if seed < 4 else pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS]  # fill every column too
OPTIONAL = [(table.name, column.name) for table in TABLES.values() for column in table.columns if not column.required]
# What no random instance has -> why.
BY_THEMSELVES = "test_purses makes instances in which units share purses"
NEVER_FILLED = {"cities.purse": BY_THEMSELVES}
NEVER_SET = {"formulation": "there is only one", "policy.services.restricted_zones": BY_THEMSELVES,
             "findings_confirmed": "test_confirmed has it, and no answer depends on it",
             "units_confirmed": "no column of theirs looks like another unit"}  # fmt: skip


@cache
def instances() -> tuple[tuple[dict[str, Any], Instance], ...]:
    """Settings as they are written, and the instance, of every seed: relaxations and whole facilities in turn."""
    found = []
    for seed in SEEDS:
        with TemporaryDirectory() as folder:
            home = write_random(Path(folder), seed, integers=bool(seed % 2), everything=True)
            found.append((tomllib.loads((home / "instance.toml").read_text(encoding="utf-8")), read(home)))
    return tuple(found)


def optional(section: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of the settings that may be left out; lists of sections stand by their own name."""
    for name, field in section.model_fields.items():
        here = (*path, field.alias or name)
        if not field.is_required():
            yield here
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from optional(inner, here)


def makes_a_difference(written: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Whether the settings are others, or none, without what is written at a path in one place."""
    return any(_settings(each) != _settings(written) for each in without(written, path))


def _settings(written: dict[str, Any]) -> Settings | None:
    try:
        return Settings.model_validate(written)
    except ValidationError:
        return None


def without(written: dict[str, Any], path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Copies that lack the last name of a path, each in one place where it is written."""
    name, rest = path[0], path[1:]
    if name not in written:
        return
    if not rest:
        yield {key: value for key, value in written.items() if key != name}
        return
    inner = written[name]
    if not isinstance(inner, list):
        yield from ({**written, name: each} for each in without(inner, rest))
        return
    for place, entry in enumerate(inner):
        for each in without(entry, rest):
            yield {**written, name: [*inner[:place], each, *inner[place + 1 :]]}


@pytest.mark.parametrize(("table", "column"), OPTIONAL, ids=lambda part: str(part))
def test_every_optional_column_is_filled(table: str, column: str) -> None:
    cells = [each for _, instance in instances() for each in instance.tables[table].get(column, ())]
    filled = any(each not in ("", None) and each == each for each in cells)
    assert filled != (f"{table}.{column}" in NEVER_FILLED)


@pytest.mark.parametrize("path", list(optional(Settings)), ids=".".join)
def test_every_optional_setting_is_set(path: tuple[str, ...]) -> None:
    used = any(makes_a_difference(written, path) for written, _ in instances())
    assert used != (".".join(path) in NEVER_SET)


def test_either_method_of_fairness_is_used() -> None:
    """A value that is the default is no setting: leximin is the other one, and beta is not what is filled in."""
    fairness = [each for _, one in instances() for each in one.settings.objective if each.tier == "fairness"]
    assert {each.method for each in fairness} == {"cvar", "leximin"}
    assert any(each.beta not in (None, 0.1) for each in fairness)


def test_the_first_seeds_fill_every_column_too() -> None:
    for table, column in (each for each in OPTIONAL if ".".join(each) not in NEVER_FILLED):
        cells = [each for _, instance in instances()[:8] for each in instance.tables[table].get(column, ())]
        assert any(each not in ("", None) and each == each for each in cells), (table, column)


def test_exceptions_are_of_the_schema() -> None:
    assert set(NEVER_FILLED) <= {f"{table}.{column}" for table, column in OPTIONAL}
    assert set(NEVER_SET) <= {".".join(path) for path in optional(Settings)}


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_added_to_the_same_instance(seed: int, tmp_path: Path) -> None:
    """What the instance of a seed had, it has; columns, and cells that were empty, are filled."""
    plain, full = (
        read(write_random(tmp_path / str(every), seed, cities=5, everything=every)) for every in (False, True)
    )
    for name, table in plain.tables.items():
        key = list(TABLES[name].key)
        same = full.tables[name].merge(table[key], on=key) if len(table) else full.tables[name]
        for column in (each for each in table if each not in TABLES[name].joined):
            before, after = table[column], same[column]
            kept = before.notna() & (before != "")
            assert before[kept].equals(after[: len(before)][kept]), (name, column)


@pytest.mark.slow
@pytest.mark.parametrize("seed", FIRST)
def test_a_workbook_holds_everything(seed: int, tmp_path: Path) -> None:
    folder = write_random(tmp_path / "plan", seed, cities=6, integers=bool(seed % 2), everything=True)
    convert(folder, tmp_path / "plan.xlsx", "zh" if seed % 4 < 2 else "en")
    convert(tmp_path / "plan.xlsx", tmp_path / "back")
    assert read(tmp_path / "plan.xlsx").hash == read(tmp_path / "back").hash == read(folder).hash


@pytest.mark.parametrize("seed", FIRST)
def test_results_with_everything_are_verified(seed: int, tmp_path: Path) -> None:
    folder = write_random(tmp_path, seed, cities=5, integers=bool(seed % 2), everything=True)
    result = run(read(folder))
    if not result.has_solution:
        assert result.infeasible
        return
    assert result.verified, result.verification
    again = verified_again(result).verification
    assert again is not None and again.passed
