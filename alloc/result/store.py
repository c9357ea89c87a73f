"""A result as a folder: parquet tables, a manifest, and the instance it came from; written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import tomlkit

from alloc import writing
from alloc.errors import AllocError
from alloc.formulation.errors import FormulationError
from alloc.formulation.registry import DEFAULT, catalogue
from alloc.instance.files.reading import read
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance, without_idle
from alloc.instance.options import OPTIONS, under
from alloc.result.older import manifest_of_schema_1, tables_of_schema_1
from alloc.result.result import SCHEMA, Result
from alloc.result.tables import SOMETIMES, TABLES, brought
from alloc.text import Text
from alloc.writing import Written
from alloc.writing.kinds import MANIFEST, RESULT

INSTANCE = "instance"


class StoreError(AllocError):
    """A result that cannot be written or read; `message` says which file and why."""


def write(result: Result, folder: Path, rescued: bool = False) -> Written:
    """Writes a verified result to `folder`, whole or not at all; where it is to be rescued and cannot be, elsewhere.

    A result that is there already is kept, under another name (see `alloc.writing`).

    Raises:
        StoreError: the result has no point or is not verified.
        TargetError: `folder` holds something else, or cannot be written.
    """
    if not result.has_solution or not result.verified:
        raise StoreError(Text("只有通过核验的结果才会写出。", "only a verified result is written as a result"))
    tables = (*TABLES, *_of_levers(result.manifest))
    if unknown := sorted(set(result.tables) - {*tables, *SOMETIMES}):
        raise StoreError(
            Text(f"结果没有名为 {'、'.join(unknown)} 的表。", f"no table of a result is called {', '.join(unknown)}")
        )

    def written(beside: Path) -> None:
        beside.mkdir()
        for name in (*tables, *(table for table in SOMETIMES if table in result.tables)):
            _write_table(result.tables[name], beside / f"{name}.parquet")
        _write_instance(result.instance, beside / INSTANCE)
        _write_json(result.manifest, beside / MANIFEST)

    return writing.write(folder, RESULT, written, reads=[result.instance.home], rescued=rescued)


def load_result(folder: Path) -> Result:
    """Reads a result back.

    Raises:
        StoreError: it is missing, damaged, from another version, or was not verified.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        schema = manifest["schema"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            Text(
                f"{folder} 不是结果：{MANIFEST} 无法读取（{error}）。",
                f"{folder} is not a result: {MANIFEST} cannot be read ({error})",
            )
        ) from error
    if schema not in (1, SCHEMA):
        raise StoreError(
            Text(
                f"{path}：格式第 {schema} 版；本版只读第 {SCHEMA} 版和第 1 版。",
                f"{path}: schema {schema}; this version reads schema {SCHEMA} and 1",
            )
        )
    there = [table for table in SOMETIMES if (folder / f"{table}.parquet").is_file()]
    tables: dict[str, pd.DataFrame] = {}
    try:
        more = _of_levers(manifest) if schema > 1 else ()
    except FormulationError as error:
        raise StoreError(Text(f"{path}：{error.message.zh}", f"{path}: {error.message.en}")) from error
    for name in (*(table for table in TABLES if schema > 1 or table != "rounding"), *more, *there):
        try:
            tables[name] = pq.read_table(folder / f"{name}.parquet").to_pandas()
        except (OSError, pa.ArrowException) as error:
            raise _damaged(folder / f"{name}.parquet", f"{error}") from error
    try:
        instance = read(folder / INSTANCE)
    except InputError as error:
        raise _damaged(folder / INSTANCE, f"{error}") from error
    if instance.hash != manifest["instance"]["hash"]:
        raise StoreError(
            Text(
                f"{folder / INSTANCE} 不是清单所指的算例。",
                f"{folder / INSTANCE} is not the instance that the manifest names",
            )
        )
    try:  # the options of the run, which are no part of the instance
        options = manifest["options"]
        instance = under(instance, {name: options[name] for name in OPTIONS if name in options})
    except (InputError, KeyError, TypeError) as error:
        raise _damaged(path, f"{error}") from error
    if schema == 1:
        try:
            manifest, tables = manifest_of_schema_1(manifest, SCHEMA), tables_of_schema_1(tables)
        except (KeyError, TypeError) as error:
            raise _damaged(path, f"{error}") from error
    return Result(instance, manifest, tables)


def _of_levers(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Tables of the levers of the model that was solved, besides those of every result.

    Raises:
        FormulationError: its formulation is not installed.
    """
    known = catalogue(manifest.get("options", {}).get("formulation", DEFAULT))
    decided = set(manifest.get("model", {}).get("decisions", ()))
    return tuple(name for name, decisions in brought(known).items() if decided.intersection(decisions))


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(Text(f"{path} 缺失或已损坏（{why}）。", f"{path} is missing or damaged ({why})"))


def _write_table(table: pd.DataFrame, path: Path) -> None:
    content = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(content, path, compression="zstd")


def _write_instance(instance: Instance, folder: Path) -> None:
    folder.mkdir()
    own = instance.own_settings
    settings = own.without_idle(own.model_dump(mode="json", by_alias=True, exclude_none=True))
    (folder / "instance.toml").write_text(tomlkit.dumps(settings), encoding="utf-8", newline="\n")
    for name, table in instance.tables.items():
        if len(table):
            _write_table(without_idle(name, table), folder / f"{name}.parquet")


def _write_json(content: Mapping[str, Any], path: Path) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
