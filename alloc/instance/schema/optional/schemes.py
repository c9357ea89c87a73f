"""The tables of schemes: other keys by which pools could be shared out, to compare the plan with. They decide nothing.

All three are optional; without rows it is as if there were no such tables.
"""

from __future__ import annotations

from alloc.formulation.columns import NO_DRIVER, NO_UNIT, SHARE, Column, Merging, driven, titles
from alloc.instance.schema.columns import Table
from alloc.text import Text

RANK = "unit_type"  # the column of `cities` with ranks, which the lever `schemes` brings
_NAME, _NAME_WORDS = r"[\w-]+", Text("只含字母、数字、_ 或 - 的名称", "a name of letters, digits, _ or -")
_SCHEME = Column("scheme", "code", NO_UNIT, Text("比较方案代码", "Scheme"),
                 Text("schemes 表中的比较方案。", "Scheme of the table schemes."), key=True,
                 references="schemes")  # fmt: skip

SCHEMES = Table(
    "schemes",
    Text("比较方案", "Schemes"),
    Text("只供比较的另一种分法，每个一行；不影响分配结果。",
         "Another way to share out, only to compare with; it changes no result."),
    driven(NO_DRIVER,
        Column("scheme", "code", NO_UNIT, Text("比较方案代码", "Scheme"),
               Text("比较方案的代码。", "Code of the scheme."), key=True, pattern=_NAME, pattern_words=_NAME_WORDS),
        *titles(
            Text("该比较方案在中文报告中的名称，如“户籍人口”。", "Name of the scheme in Chinese reports."),
            Text("该比较方案在英文报告中的名称。", "Name of the scheme in English reports, e.g. registration."),
        ),
    ),
    required=False, later=True, decides=False,
)  # fmt: skip

SCHEME_FACTORS = Table(
    "scheme_factors",
    Text("比较方案的因素", "Factors of schemes"),
    Text("比较方案中某资源池的因素及权重，每个方案、每个资源池合计为 1。",
         "Factors of a pool in a scheme; the weights of a scheme and pool sum to 1."),
    driven(NO_DRIVER,
        _SCHEME,
        Column("pool", "code", NO_UNIT, Text("资源池代码", "Pool"),
               Text("pools 表中的资源池。", "Pool of the table pools."), key=True, references="pools"),
        Column("factor", "text", NO_UNIT, Text("因素", "Factor"),
               Text("cities 表的数值列或派生量，如 registered。",
                    "Numeric column of cities, or a derived number; e.g. registered."), key=True),
        Column("weight", "share", SHARE, Text("因素权重", "Weight"), Text("该因素的权重。", "Weight of the factor."),
               minimum=0, maximum=1),
    ),
    required=False, later=True, decides=False,
)  # fmt: skip

SCHEME_WEIGHTS = Table(
    "scheme_weights",
    Text("比较方案的系数", "Multipliers of schemes"),
    Text("在比较方案中，某列为某值的城市所得份额乘以该系数，再归一。",
         "In a scheme the shares of cities with a value in a column are multiplied, and brought back to their sum."),
    driven(NO_DRIVER,
        _SCHEME,
        Column("column", "text", NO_UNIT, Text("列", "Column"),
               Text("cities 表的文本列、size_class 或 debt_tier，如 unit_type。",
                    "Text column of cities, size_class or debt_tier; e.g. unit_type."), key=True),
        Column("value", "text", NO_UNIT, Text("取值", "Value"), Text("该列的取值。", "A value in it."), key=True,
               merging=Merging("value")),
        Column("multiplier", "number", NO_UNIT, Text("系数", "Multiplier"),
               Text("份额乘以该系数；没有列出的为 1。", "Factor on the share; 1 for cities that no row is about."),
               above=0),
    ),
    required=False, later=True, decides=False,
)  # fmt: skip

SCHEME_TABLES = (SCHEMES, SCHEME_FACTORS, SCHEME_WEIGHTS)
