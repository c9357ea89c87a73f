"""Noise: how far what cities get moves when the figures of one column are off by one per cent, up or down."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import numpy as np

from alloc.auditing.grids import Grid, Head, Part, Value, listed
from alloc.auditing.statistics import ratio
from alloc.auditing.work import Facts, Floats, Work
from alloc.instance.instance import Instance
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

TITLE = Text("数据误差", "Noise")
SIZE = 0.01  # of every figure
DECILE = 0.9
NOISY = ("cities", "capacity", "last_year")  # tables of figures about cities
WORDS = Text("逐列加误差", "noise in one column after another")
METHOD = Text(
    "每次一列，所有城市的数各加减 {size}（正负由该行的键和列名的 SHA-256 的第一位决定，每次相同），重新求松弛解；"
    "表中为各城市所得变动幅度的第九个十分位数（十个城市中有一个变动更大）。不进入任何规则的列不列出。",
    "One column at a time, every figure of every city {size} higher or lower (the sign is the first bit of SHA-256 of "
    "the row's key and the column's name, the same every time); the relaxation is solved again. Shown is the ninth "
    "decile of the changes of what cities get: one city in ten changes by more. Columns that enter no rule are left "
    "out.",
).fill(size=f"{100 * SIZE:.0f} %")
SHOWN = 0.001  # change from which a column stands in the table
STILL = Text("变动不到 0.1 % 的：{columns}。", "Less than 0.1 %: {columns}.")
UNSOLVED = Text("没有分配方案：{columns}。", "No allocation with noise in {columns}.")


def noise(work: Work) -> Part | None:
    """The section; None where there is no answer to compare with.

    Args:
        work: of the audit.
    """
    base = work.base
    if base is None:
        return None
    columns = list(_columns(base.instance))
    found: list[tuple[float, tuple[Value, ...]]] = []
    still: list[Text] = []
    unsolved: list[str] = []
    done = 0
    for table, column in work.each(WORDS, columns):
        noisy = with_noise(base.instance, table, column)
        if not work.unchanged(noisy):
            after = work.solved(noisy)
            if after is None and work.interrupted:
                break
            if after is None:
                unsolved.append(f"{table}.{column}")
            else:
                moved = ninth_decile(base, after)
                most = float(np.nanmax(moved, initial=0.0))
                if most >= SHOWN:
                    found.append((most, (_title(table, column), *moved.tolist())))
                else:
                    still.append(_title(table, column))
        done += 1
    rows = tuple(row for _, row in sorted(found, key=lambda each: (-each[0], str(each[1][0]))))
    heads = [Head("figures", Text("数据", "figures"))]
    heads += [Head(pool, title, "share") for pool, title in zip(base.derived.pools, base.pools, strict=True)]
    said = [METHOD, *([UNSOLVED.fill(columns=", ".join(unsolved))] if unsolved else [])]
    if still:
        said.append(STILL.fill(columns=listed(still, len(still))))
    title = Text("一列误差 1 % 时所得的变动（第九个十分位数）", "Change of what cities get by 1 % noise, ninth decile")
    return Part("noise", TITLE, tuple(said), (Grid("noise", title, tuple(heads), rows),), done == len(columns))


def _title(table: str, column: str) -> Text:
    """A column as planners call it, with its table where that is not the one of cities."""
    if table == NOISY[0]:
        return city_figure(column)[0]
    title, of = TABLES[table].by_name[column].title, TABLES[table].title
    return title if title == of else Text(f"{of.zh}：{title.zh}", f"{of.en}: {title.en}")


def _columns(instance: Instance) -> Iterator[tuple[str, str]]:
    """Columns of numbers about cities in which anything is given."""
    for name in NOISY:
        frame = instance.tables[name]
        for column in map(str, frame.columns):
            if frame[column].dtype == np.float64 and np.nansum(np.abs(frame[column].to_numpy())) > 0:
                yield name, column


def with_noise(instance: Instance, table: str, column: str) -> Instance:
    """A copy of an instance with noise in one column; shares stay within their range.

    Args:
        instance: stays as it is.
        table, column: of figures about cities.
    """
    frame = instance.tables[table]
    keys = frame[list(TABLES[table].key)].agg(",".join, axis=1)
    values = frame[column].to_numpy() * (1 + SIZE * np.array([sign(key, column) for key in keys]))
    known = TABLES[table].by_name.get(column)
    if known is not None and known.maximum is not None:
        values = np.minimum(values, known.maximum)
    return instance.changed(instance.settings, {**instance.tables, table: frame.assign(**{column: values})})


def sign(key: str, column: str) -> int:
    """+1 or −1, the same for a row and a column every time and everywhere."""
    return 1 if sha256(f"{key}|{column}".encode()).digest()[0] & 128 else -1


def ninth_decile(before: Facts, after: Facts) -> Floats:
    """Of every pool the ninth decile of the changes, relative to what cities had; NaN where none had any [R]."""
    moved = ratio(np.abs(after.published - before.published), before.published)
    found = np.full(moved.shape[1], np.nan)
    for r, column in enumerate(moved.T):
        known = column[np.isfinite(column)]
        if len(known):
            found[r] = np.quantile(known, DECILE)
    return found
