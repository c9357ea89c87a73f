"""Written results: manifests and tables, damaged by accident, or by somebody who puts every hash right."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import alloc
from alloc.result.result import verified_again
from alloc.result.store import MANIFEST, load_result
from forging import Place, at, leaves, manifest_of, places, reseal, with_value
from fuzzing.damage import Damage
from instances import write_tiny

# Places of the manifest of which nothing else in the result tells anything (`test_forged_results` says why).
SOLVERS_WORD = (
    ("floors",), ("options",), ("edits",), ("seconds",), ("timings",), ("host",), ("versions",), ("verified",),
    ("scenario",), ("bound",), ("gap",), ("notes",), ("status",), ("schema",),
)  # fmt: skip


@cache
def written() -> Path:
    """A result with whole facilities, tolerances, limits, a table of the relaxation, and gaps."""
    folder = Path(tempfile.mkdtemp(prefix="alloc-fuzz-result-"))
    alloc.solve(write_tiny(folder / "tiny"), out=folder / "result", edits="policy.debt.ceiling = 1.4")
    return folder / "result"


@cache
def result() -> alloc.Result:
    """The same, read."""
    return load_result(written())


def _copied(place: Path) -> Path:
    shutil.copytree(written(), place / "result")
    return place / "result"


def _opened(folder: Path) -> alloc.Result | None:
    """The result; None where it is refused, in a sentence without line ends."""
    try:
        return load_result(folder)
    except alloc.AllocError as error:
        for said in error.message:
            assert said and "\n" not in said, said
            said.encode("utf-8")
        return None


def _equal(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def manifest_lane(damage: Damage, place: Path) -> bool:
    """A manifest as text, by its signs or by its keys, its hashes left as they are: refused, or it says the same."""
    folder = _copied(place)
    manifest = manifest_of(folder)
    if damage.chance(0.5):
        text = damage.text((folder / MANIFEST).read_text(encoding="utf-8"))
    else:
        changed: Any = manifest
        for _ in range(damage.rng.randint(1, 2)):
            changed = _with_another(damage, changed)
        text = json.dumps(changed)
    (folder / MANIFEST).write_bytes(text.encode("utf-8", "surrogatepass"))
    found = _opened(folder)
    if found is None:
        return False
    assert _equal(json.loads(text), manifest), "a changed manifest is believed"
    return True


def _with_another(damage: Damage, manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest with one place changed, lost or called otherwise."""
    place = damage.rng.choice(list(places(manifest)))
    value = at(manifest, place)
    what = damage.rng.choice(("value", "value", "value", "lost", "called"))
    new = damage.value(value)
    damage.said(f"{place} {what}: {value!r:.100} -> {new!r:.100}")
    changed = with_value(manifest, place, new)
    if what == "lost" or (what == "called" and isinstance(place[-1], str)):
        inner = at(changed, place[:-1])
        kept = inner.pop(place[-1])
        if what == "called":
            inner[f"{place[-1]}{damage.rng.choice(('x', ' ', '_'))}"] = kept
    return changed


def forged_lane(damage: Damage, place: Path) -> bool:
    """A manifest with another value and hashes that are right: refused, or a place of which only the solver knows."""
    folder = _copied(place)
    manifest = manifest_of(folder)
    at_place: Place = damage.rng.choice([where for where, _ in leaves(manifest) if where[0] != "files"])
    changed = with_value(manifest, at_place, new := damage.value(before := at(manifest, at_place)))
    damage.said(f"{at_place}: {before!r} -> {new!r:.100}")
    try:
        reseal(folder, changed)
    except ValueError:  # no writer of JSON that keeps to it could have written this
        return False
    found = _opened(folder)
    if found is None or _equal(before, new):
        return found is not None
    known = any(at_place[: len(word)] == word or at_place[-1:] == word for word in SOLVERS_WORD)
    near = isinstance(new, float) and isinstance(before, float) and abs(new - before) <= 1e-3 * max(1.0, abs(before))
    assert known or near, f"{at_place} is believed"
    return True


def table_lane(damage: Damage, place: Path) -> bool:
    """A table of which bytes are damaged, or cells and rows with the hashes put right: refused, or the same."""
    name = damage.rng.choice(sorted(result().tables))
    damage.said(name)
    if damage.chance(0.3):
        folder = _copied(place)
        path = folder / f"{name}.parquet"
        before = path.read_bytes()
        path.write_bytes(damage.bytes(before))
        if damage.chance(0.7):
            reseal(folder, manifest_of(folder))
        found = _opened(folder)
        assert found is None or path.read_bytes() == before or _same(found), "damaged bytes are believed"
        return found is not None
    frame = result().tables[name]
    changed = _other(damage, frame)
    if changed is None:
        return False
    found = verified_again(replace(result(), tables={**result().tables, name: changed}))
    if found.verified:
        assert _near(changed, frame), "changed numbers are believed"
    return bool(found.verified)


def _same(found: alloc.Result) -> bool:
    return all(_near(found.tables[name], frame) for name, frame in result().tables.items())


def _near(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables say the same but for the order of rows and what is lost in arithmetic."""
    if sorted(one.columns) != sorted(other.columns) or len(one) != len(other):
        return False
    key = [name for name in other.columns if other[name].dtype.kind not in "fiub"]
    one, other = (frame.sort_values(key, ignore_index=True) if key else frame for frame in (one, other))
    for name in other.columns:
        if other[name].dtype.kind in "fiu":
            ours, theirs = (frame[name].to_numpy(dtype=float) for frame in (one, other))
            if not np.allclose(ours, theirs, rtol=1e-5, atol=1e-5, equal_nan=True):
                return False
        elif [str(each) for each in one[name]] != [str(each) for each in other[name]]:
            return False
    return True


def _other(damage: Damage, frame: pd.DataFrame) -> pd.DataFrame | None:
    """A table with another cell, row or column."""
    if not len(frame):
        return None
    what = damage.rng.choice(
        ("cell", "cell", "cell", "row lost", "row twice", "column lost", "swapped", "order", "kind")
    )
    row, column = damage.rng.randrange(len(frame)), damage.rng.choice(list(frame.columns))
    damage.said(f"{what} at {row}, {column}")
    if what == "row lost":
        return frame.drop(index=frame.index[row])
    if what == "row twice":
        return pd.concat([frame, frame.iloc[[row]]])
    if what == "column lost":
        return frame.drop(columns=column)
    if what == "order":
        return frame.iloc[::-1]
    cells = frame[column].astype(object).tolist()
    if what == "swapped":
        other = damage.rng.randrange(len(cells))
        cells[row], cells[other] = cells[other], cells[row]
    elif what == "kind":
        cells = [str(each) for each in cells]
    else:
        new = damage.value(cells[row])
        damage.said(f"{cells[row]!r} -> {new!r:.100}")
        cells[row] = new
    try:
        return frame.assign(**{column: pd.Series(cells, index=frame.index).infer_objects()})
    except (OverflowError, ValueError):
        return None
