"""Pyomo, without the parts of scipy that it loads wherever scipy is there and that nothing here ever asks for.

To load them takes longer than everything else of a small solve. Pyomo finds empty modules in their places; whoever
imports one of them afterwards gets it as ever. Source: `_finalize_scipy` of `pyomo.common.dependencies`, Pyomo 6.10.
"""

from __future__ import annotations

import sys
from types import ModuleType

import scipy  # noqa: F401  (before Pyomo: a scipy that comes later would bring them too)

UNUSED = ("scipy.integrate", "scipy.spatial", "scipy.stats")

_empty = {name: ModuleType(name) for name in UNUSED if name not in sys.modules}
sys.modules.update(_empty)
try:
    import pyomo.common.dependencies  # noqa: F401
finally:
    for _name in _empty:
        del sys.modules[_name]

import pyomo.environ as pyo  # noqa: E402

__all__ = ["pyo"]
