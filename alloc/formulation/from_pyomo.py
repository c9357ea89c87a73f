"""All that is taken from Pyomo, which is loaded without the parts of scipy that nothing here ever asks for.

Pyomo loads them wherever scipy is there, and that takes longer than everything else of a small solve. Here it finds
empty modules in their places; whoever imports one of them afterwards gets it as ever. Source: `_finalize_scipy` of
`pyomo.common.dependencies`, Pyomo 6.10.
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

# ruff: noqa: E402
import pyomo.environ as pyo
from pyomo.core.base.indexed_component import IndexedComponent
from pyomo.core.base.param import IndexedParam, ScalarParam
from pyomo.core.base.set import SetProduct
from pyomo.core.base.var import IndexedVar, ScalarVar
from pyomo.core.expr import numeric_expr as numeric
from pyomo.core.expr import relational_expr as relational
from pyomo.core.expr import template_expr
from pyomo.core.expr.template_expr import (
    GetItemExpression,
    IndexTemplate,
    TemplateSumExpression,
    templatize_rule,
)
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

__all__ = [
    "GetItemExpression", "IndexTemplate", "IndexedComponent", "IndexedParam", "IndexedVar",
    "LinearStandardFormCompiler", "ScalarParam", "ScalarVar", "SetProduct", "TemplateSumExpression",
    "generate_standard_repn", "numeric", "pyo", "relational", "template_expr", "templatize_rule",
]  # fmt: skip
