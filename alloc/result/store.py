"""A result as a folder: parquet tables, a manifest, and the instance it came from; written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import tomlkit

from alloc import writing
from alloc.errors import AllocError
from alloc.formulation.errors import FormulationError
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import derive
from alloc.instance.files.reading import read
from alloc.instance.files.shipped import locate
from alloc.instance.findings import InputError, shortened
from alloc.instance.instance import Instance, without_idle
from alloc.instance.options import OPTIONS, under
from alloc.instance.prechecks.all import precheck
from alloc.instance.prechecks.lifted import as_kept
from alloc.instance.suggest import Known
from alloc.result.result import SCHEMA, Result, verified_again
from alloc.result.stored.files import broken_seal, manifest_text, sealed
from alloc.result.stored.manifest import FORMS, Manifest, faults, shown, shown_text
from alloc.result.stored.older import manifest_of_schema_1, tables_of_schema_1
from alloc.result.tables import SOMETIMES, TABLES, brought
from alloc.text import Text, figure, listed, system_words
from alloc.verification import Failure
from alloc.writing import Written
from alloc.writing.kinds import MANIFEST, RESULT

INSTANCE = "instance"
UNVERIFIED = Text(
    "{name}：核验未通过：{failure}。请重新求解；alloc verify 列出全部问题。",
    "{name}: failed its verification: {failure}; solve again, or see all with alloc verify.",
)


class StoreError(AllocError):
    """A result that cannot be written or read; `message` says which file and why."""


RESULTS, RESULTS_NAMED = "results", 8  # where results are written by default; how many of them a message names
NOWHERE = Text("没有 {folder}。", "There is no {folder}.")
MEANT = Text(
    "没有 {folder}。是否为 {near}？已有的结果：{others}。",
    "There is no {folder}. Did you mean {near}? Results there are: {others}.",
)
THERE = Text("没有 {folder}。已有的结果：{others}。", "There is no {folder}. Results there are: {others}.")
NO_RESULT_YET = Text(
    "{name} 是算例，不是结果。请先求解（alloc solve {name} --out results/名称），再写结果的文件夹。",
    "{name} is an instance, and no result: solve it first (alloc solve {name} --out results/NAME), then name that "
    "folder.",
)


class UnverifiedError(StoreError):
    """A result that fails its verification, of which nothing is shown and nothing handed on."""


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
            write_table(result.tables[name], beside / f"{name}.parquet")
        _write_instance(result.instance, beside / INSTANCE)
        _write_manifest(sealed(result.manifest, beside), beside / MANIFEST)

    return writing.write(folder, RESULT, written, reads=[result.instance.home], rescued=rescued)


def load_result(folder: Path) -> Result:
    """Reads a result back and verifies it; what its solve warned of is found again, since no file has it.

    Raises:
        StoreError: it is missing or damaged, or from another version.
        UnverifiedError: its numbers, or what it says of them, are not right.
    """
    result = _passed(verified_again(read_result(folder)), str(folder))
    derived = derive(result.instance)
    warned = [each for each in precheck(result.instance, derived) if each.severity == "warning"]
    return replace(result, findings=as_kept(warned, result.instance, derived, result.tables["land"]))


def trusted(thing: Result | Path | str) -> Result:
    """A result whose verification passes now, before anything is said of it.

    Args:
        thing: a folder, or a result in memory, which may have been changed since it was made; one without an
            allocation has nothing to verify and is given back as it is.

    Raises:
        StoreError: a folder is not a whole result.
        UnverifiedError: its numbers, or what it says of them, are not right.
    """
    if not isinstance(thing, Result):
        return load_result(Path(thing))
    if not thing.has_solution:
        return thing
    return _passed(verified_again(in_form(thing)) if thing.verified else thing, thing.name)


def in_form(result: Result) -> Result:
    """A result in memory whose manifest has the form of one.

    Raises:
        UnverifiedError: a key is missing, unknown, or of the wrong kind.
    """
    manifest = {name: value for name, value in result.manifest.items() if name != "written_as"}
    if "written_as" in result.manifest:
        manifest.setdefault("model", {"decisions": ["?"], "families": ["?"]})
    if wrong := faults(manifest, Manifest):
        raise UnverifiedError(UNVERIFIED.fill(name=result.instance.name, failure=wrong[0]))
    return result


def _passed(result: Result, name: str) -> Result:
    """The result, where its verification passed."""
    if result.verified:
        return result
    failures = () if result.verification is None else result.verification.failures
    first = _failure(failures[0]) if failures else Text("没有核验过", "it was never verified")
    if len(failures) > 1:
        more = len(failures) - 1
        first = Text(f"{first.zh}，另有 {more} 处", f"{first.en}, and {more} more")
    raise UnverifiedError(UNVERIFIED.fill(name=name, failure=first))


def _failure(failure: Failure) -> Text:
    """What does not hold, in a clause."""
    where = shown_text(f"{failure.family} [{failure.key}]")
    if failure.left != failure.left and failure.right != failure.right:
        return Text(f"{where} 与算例和各表不符", f"{where} does not follow from the instance and the tables")
    if failure.left != failure.left:
        return Text(
            f"{where} 空缺，重算为 {figure(failure.right)}", f"{where} is blank, recomputed {figure(failure.right)}"
        )
    left, right = figure(failure.left), figure(failure.right)
    if left == right:
        left, right = repr(failure.left), repr(failure.right)
    return Text(f"{where} 为 {left}，重算为 {right}", f"{where} is {left}, recomputed {right}")


def read_result(folder: Path) -> Result:
    """Reads a result back; its numbers are not verified yet, and nothing may be said of them.

    Raises:
        StoreError: it is missing or damaged, or from another version.
    """
    path = folder / MANIFEST
    manifest, schema = _read_manifest(folder)
    try:
        more = _of_levers(manifest) if schema > 1 else ()
    except FormulationError as error:
        raise StoreError(Text(f"{path}：{error.message.zh}", f"{path}: {error.message.en}")) from error
    there = [each for each in SOMETIMES if (folder / f"{each}.parquet").is_file()]
    tables: dict[str, pd.DataFrame] = {}
    for name in (*(each for each in TABLES if schema > 1 or each != "rounding"), *more, *there):
        try:
            tables[name] = pq.read_table(_ordinary(folder / f"{name}.parquet")).to_pandas()
        except (OSError, ValueError, pa.ArrowException) as error:
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
        instance = under(instance, {name: options[name] for name in OPTIONS})
    except InputError as error:
        raise _damaged(path, f"{error}") from error
    if schema == 1:
        manifest, tables = manifest_of_schema_1(manifest), tables_of_schema_1(tables)
    if schema < SCHEMA:
        manifest = {**manifest, "schema": SCHEMA, "written_as": schema}
    manifest = {name: value for name, value in manifest.items() if name != "files"}
    return Result(instance, manifest, tables, folder=folder)


def _read_manifest(folder: Path) -> tuple[dict[str, Any], int]:
    """The manifest and its schema, of the right form, with every file as it was written."""
    path = folder / MANIFEST
    if not path.exists() and _is_instance(folder):
        raise StoreError(NO_RESULT_YET.fill(name=shown_text(folder.as_posix())))
    if not folder.exists():
        raise StoreError(_nowhere(folder))
    try:
        manifest: object = json.loads(_ordinary(path).read_text(encoding="utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        reason = system_words(error) if isinstance(error, OSError) else Text(*[shown_text(str(error))] * 2)
        raise StoreError(
            Text(
                f"{folder} 不是结果：{MANIFEST} 无法读取（{reason.zh}）。",
                f"{folder} is not a result: {MANIFEST} cannot be read ({reason.en})",
            )
        ) from error
    if not isinstance(manifest, dict) or "schema" not in manifest:
        raise StoreError(
            Text(
                f"{path} 不是结果的清单：其中没有 schema。", f"{path} is not the manifest of a result: it has no schema"
            )
        )
    schema = manifest["schema"]
    if isinstance(schema, bool) or not isinstance(schema, int) or schema not in FORMS:
        now = shown(schema)
        raise StoreError(
            Text(
                f"{path}：格式第 {now} 版；本版只读第 {SCHEMA} 版至第 1 版。",
                f"{path}: schema {now}; this version reads schema {SCHEMA} and earlier ones down to 1",
            )
        )
    if wrong := faults(manifest, FORMS[schema]):
        more = Text(f"；另有 {len(wrong) - 1} 处", f" (and {len(wrong) - 1} more)") if wrong[1:] else Text("", "")
        raise StoreError(Text(f"{path}：{wrong[0].zh}{more.zh}。", f"{path}: {wrong[0].en}{more.en}."))
    try:
        manifest_text(manifest).encode("utf-8")
        broken = broken_seal(manifest, folder) if "files" in manifest else None
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if broken is not None:
        raise StoreError(broken)
    return manifest, schema


def _is_instance(path: Path) -> bool:
    """Whether an instance lies there, or ships under the name."""
    try:
        locate(path)
    except InputError:
        return False
    return True


def _nowhere(folder: Path) -> Text:
    """That there is no such folder, with the results beside it and in its folder ``results``."""
    there: dict[str, str] = {}
    for home in (folder.parent, folder.parent / RESULTS):
        with suppress(OSError):
            found = sorted(each for each in home.iterdir() if (each / MANIFEST).is_file())
            there |= {each.name: each.as_posix() for each in found if each.name not in there}
    nearest = Known(there).nearest(folder.name)
    near = "" if nearest is None else there[nearest]
    named = [*list(there.values())[:RESULTS_NAMED], *(["…"] if len(there) > RESULTS_NAMED else [])]
    others = listed(Text(each, each) for each in named)
    said = NOWHERE if not there else MEANT if near else THERE
    return said.fill(folder=shown_text(folder.as_posix()), near=near, others=others)


def _ordinary(path: Path) -> Path:
    """A path, unless a device or a pipe lies there, whose reading might never end.

    Raises:
        OSError: one does.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError("no ordinary file")
    return path


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, in which no key may stand twice: readers differ in which of them they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{shown(next(name for name in names if names.count(name) > 1))} stands twice")
    return found


def _of_levers(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Tables of the levers of the model that was solved, besides those of every result.

    Raises:
        FormulationError: its formulation is not installed.
    """
    known = catalogue(manifest["options"]["formulation"])
    decided = set(manifest.get("model", {}).get("decisions", ()))
    return tuple(name for name, decisions in brought(known).items() if decided.intersection(decisions))


def _damaged(path: Path, why: str) -> StoreError:
    why = shown_text(shortened(why.partition("\n")[0], 200))
    return StoreError(Text(f"{path} 缺失或已损坏（{why}）。", f"{path} is missing or damaged ({why})"))


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Writes a table as Parquet, with the same bytes whatever its texts are kept as."""
    content = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    fields = [each.with_type(pa.large_string()) if each.type == pa.string() else each for each in content.schema]
    pq.write_table(content.cast(pa.schema(fields)), path, compression="zstd")


def _write_instance(instance: Instance, folder: Path) -> None:
    folder.mkdir()
    own = instance.own_settings
    settings = own.without_idle(own.model_dump(mode="json", by_alias=True, exclude_none=True))
    (folder / "instance.toml").write_text(tomlkit.dumps(settings), encoding="utf-8", newline="\n")
    for name, table in instance.tables.items():
        if len(table):
            write_table(without_idle(name, table), folder / f"{name}.parquet")


def _write_manifest(manifest: Mapping[str, Any], path: Path) -> None:
    path.write_text(manifest_text(manifest), encoding="utf-8", newline="\n")
