"""The terms of all families -> one CSR matrix, row after row as it will lie, so that nothing has to be sorted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from alloc.compiler.grid import Affine, raveled, with_axes


@dataclass(frozen=True)
class Rows:
    """Rows of a CSR matrix: how many entries each has, and their columns and coefficients one row after the other."""

    widths: np.ndarray
    columns: np.ndarray
    values: np.ndarray


def of_terms(body: Affine) -> Rows:
    """The rows of a family that has at least one."""
    if any(term.row is not None for term in body.terms):
        return _of_ragged(body)
    axes, rows = len(body.shape), math.prod(body.shape)
    terms = sorted(body.terms, key=lambda term: next(term.column.flat, 0))
    widths = [math.prod(term.shape[axes:]) for term in terms]
    columns = np.empty((*body.shape, sum(widths)), dtype=np.int32)
    values = np.empty(columns.shape)
    at = 0
    for term, width in zip(terms, widths, strict=True):
        columns[..., at : at + width] = _side_by_side(term.column, term.shape, axes)
        values[..., at : at + width] = _side_by_side(term.value, term.shape, axes)
        at += width
    columns, values = columns.reshape(rows, at), values.reshape(rows, at)
    order = np.argsort(columns[0], kind="stable")
    if np.any(order[1:] < order[:-1]):  # as in the first row, so as a rule in all
        columns, values = columns[:, order], values[:, order]
    return Rows(np.full(rows, at), columns.ravel(), values.ravel())


def of_entries(rows: int, row: np.ndarray, column: np.ndarray, value: np.ndarray) -> Rows:
    """Rows whose entries come in any order."""
    order = np.argsort(row, kind="stable")
    return Rows(np.bincount(row, minlength=rows), column[order], value[order])


def assemble(parts: Sequence[Rows], columns: int) -> sp.csr_array:
    """All rows one below the other: entries of a row in the order of the columns, none twice, none zero."""
    nothing = np.empty(0)
    starts = np.concatenate([[0], *(part.widths for part in parts)]).cumsum(dtype=np.int32)
    indices = np.concatenate([nothing, *(part.columns for part in parts)], dtype=np.int32, casting="unsafe")
    values = np.concatenate([nothing, *(part.values for part in parts)])
    matrix = sp.csr_array((values, indices, starts), shape=(starts.size - 1, columns))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _of_ragged(body: Affine) -> Rows:
    rows = np.arange(math.prod(body.shape)).reshape(body.shape)
    found = []
    for term in body.terms:
        row = with_axes(rows, len(term.shape) - rows.ndim) if term.row is None else term.row
        found.append([raveled(array, term.shape) for array in (row, term.column, term.value)])
    return of_entries(rows.size, *(np.concatenate(arrays) for arrays in zip(*found, strict=True)))


def _side_by_side(values: Any, shape: tuple[int, ...], axes: int) -> np.ndarray:
    """What broadcasts to a grid, the axes after the first ones made one (of length 1 where there are none)."""
    if not np.ndim(values) or len(shape) == axes + 1:
        return np.asarray(values)
    if len(shape) == axes:
        return np.asarray(values)[..., None]
    return np.broadcast_to(values, shape).reshape(*shape[:axes], -1)
