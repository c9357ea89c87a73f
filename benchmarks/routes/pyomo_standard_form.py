"""The Pyomo model through Pyomo's own standard-form compiler, its matrix passed to highspy."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from benchmarks.routes.pyomo_model import concrete


def hand_over(data: Any) -> Any:
    """Writes the model out, compiles it and passes the matrix."""
    form = LinearStandardFormCompiler().write(concrete(data), mixed_form=True, set_sense=pyo.minimize)
    # Mixed form has a row for each side of a range: one of them is kept and gets both sides.
    kinds, sides = np.array([row.bound_type for row in form.rows]), np.asarray(form.rhs)
    number = {id(constraint): at for at, constraint in enumerate(dict.fromkeys(row.constraint for row in form.rows))}
    of = np.array([number[id(row.constraint)] for row in form.rows])
    lower, upper = np.full(len(number), -np.inf), np.full(len(number), np.inf)
    lower[of[kinds <= 0]] = sides[kinds <= 0]
    upper[of[kinds >= 0]] = sides[kinds >= 0]
    _, first = np.unique(of, return_index=True)
    matrix = form.A.tocsr()[first]
    bounds = np.array([variable.bounds for variable in form.columns], dtype=float)  # None becomes NaN
    whole = np.array([variable.is_integer() for variable in form.columns], dtype=np.int32)
    highs = highspy._core._Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        matrix.shape[1],
        matrix.shape[0],
        matrix.nnz,
        2,  # row-wise
        1,  # minimise
        float(form.c_offset[0]),
        form.c.toarray().ravel(),
        np.where(np.isnan(bounds[:, 0]), -np.inf, bounds[:, 0]),
        np.where(np.isnan(bounds[:, 1]), np.inf, bounds[:, 1]),
        lower,
        upper,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        whole,
    )
    return highs


def held(highs: Any) -> Any:
    """The HiGHS object."""
    return highs
