"""The cells of a column that become one, in the way that the column says (`alloc.formulation.columns.Merging`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from alloc.formulation.columns import Column, Merging
from alloc.text import Text

Rows = Sequence[Mapping[str, Any]]  # of one key, that of the city that stays first where it has one
BETWEEN = "; "  # texts that are joined

UNSAID = Text("“{title}”没有写明合并时如何相加。", "{title} does not say how it adds where cities are merged.")
BLANK = Text("“{title}”有的城市填写、有的空缺。", "{title} is given for some of the cities and blank for others.")
DIFFERS = Text("“{title}”各城市不同：{values}。", "{title} is not the same for the cities: {values}.")
NO_WEIGHT = Text("“{title}”按 {weights} 加权，而其合计为 0 或有空缺。",
                 "{title} is a mean weighted by {weights}, which is blank or sums to 0.")  # fmt: skip
FILL = Text("先加一条修改 {blank}，或者 {given}；同一情景中合并在其他修改之后。",
            "Edit first, {blank}, or {given}: in a scenario cities are merged after its other edits.")  # fmt: skip
ALIKE = Text("先用另一条修改改成一致，同一情景中合并在其他修改之后。",
             "Make them the same by another edit: in a scenario cities are merged after its other edits.")  # fmt: skip
TOLD = Text("在列的定义中写明 merging。", "Say it in the definition of the column: merging.")


class Unmergeable(Exception):
    """Cells that cannot become one.

    Args:
        code: of the finding.
        message: what is wrong.
        remedy: what would be right.
    """

    def __init__(self, code: str, message: Text, remedy: Text) -> None:
        """Keeps all three."""
        super().__init__(message.en)
        self.code, self.message, self.remedy = code, message, remedy


def added(column: Column, rows: Rows, settings: Mapping[str, Any]) -> Any:
    """What the cells of a column become, None where none is given.

    Args:
        column: which says how.
        rows: of all that are merged, in an order that does not hang on the edit.
        settings: by dotted path, for what empty cells stand for.

    Raises:
        Unmergeable: they cannot become one, or the column does not say how.
    """
    merging = column.merging
    if merging is None:
        raise Unmergeable("merge_unsaid", UNSAID.fill(title=column.title), TOLD)
    cells: list[Any] = [row.get(column.name) for row in rows]
    if merging.way in ("receiver", "purse"):
        return cells[0]
    if merging.way == "any":
        return any(cells)
    given: list[Any] = [cell for cell in cells if cell is not None]
    if not given:
        return None
    if merging.way == "joined":
        return BETWEEN.join(dict.fromkeys(given))
    if merging.way == "weakest":
        return max(given, key=column.values.index)
    if merging.once:
        first = {row[merging.once]: cell for row, cell in zip(reversed(rows), reversed(cells), strict=True)}
        return fsum(first.values())
    whole: list[Any] = [_filled(column, merging, row, settings) for row in rows]
    if merging.way == "sum":
        return fsum(whole)
    if len(set(whole)) == 1:
        return whole[0]
    if merging.way == "mean":
        return _mean(column, merging.weights, whole, rows)
    values = ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in whole)
    raise Unmergeable("merge_differs", DIFFERS.fill(title=column.title, values=values), ALIKE)


def _filled(column: Column, merging: Merging, row: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    """A cell, or what it stands for where it is empty.

    Raises:
        Unmergeable: it stands for nothing that could be added.
    """
    cell = row.get(column.name)
    if cell is None and merging.blank:
        cell = row.get(merging.blank, settings.get(merging.blank))
    if cell is None and column.required:  # the accounts of a unit that has the purse of another city
        cell = 0.0
    cell = column.default if cell is None else cell
    if cell is None:
        raise Unmergeable("merge_blank", BLANK.fill(title=column.title), FILL)
    return cell


def _mean(column: Column, weights: Sequence[str], values: Sequence[float], rows: Rows) -> float:
    heavy: list[list[Any]] = [[row.get(name) for name in weights] for row in rows]
    known = all(each is not None for row in heavy for each in row)
    total = fsum(each for row in heavy for each in row) if known else 0.0
    if total <= 0:
        said = NO_WEIGHT.fill(title=column.title, weights=" + ".join(weights))
        raise Unmergeable("merge_no_weight", said, ALIKE)
    mean = fsum(value * fsum(row) for value, row in zip(values, heavy, strict=True)) / total
    return min(max(mean, min(values)), max(values))  # a mean of shares is no more than the largest of them
