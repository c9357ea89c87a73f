"""Models of a few rows and columns, written down as matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel


def small_model(
    rows: Sequence[Sequence[float]],
    row_lower: Sequence[float],
    row_upper: Sequence[float],
    upper: Sequence[float],
    lower: Sequence[float] | None = None,
    integer: Sequence[bool] | None = None,
) -> LinearModel:
    """row_lower ≤ rows·x ≤ row_upper and lower (0) ≤ x ≤ upper; no column whole unless it is said, no tiers."""
    matrix = sp.csr_array(np.array(rows, dtype=float))
    columns = matrix.shape[1]
    return LinearModel(
        matrix=matrix,
        row_lower=np.array(row_lower, dtype=float),
        row_upper=np.array(row_upper, dtype=float),
        lower=np.zeros(columns) if lower is None else np.array(lower, dtype=float),
        upper=np.array(upper, dtype=float),
        integer=np.zeros(columns, dtype=bool) if integer is None else np.array(integer),
        auxiliary=np.zeros(columns, dtype=bool),
        granted=np.zeros(columns, dtype=bool),
        column_scale=np.ones(columns),
        row_scale=np.ones(len(rows)),
        columns={},
        rows={},
        objectives={},
    )
