"""What rounding could not keep, as a table: of the whole, or of one city."""

from __future__ import annotations

import pandas as pd

from alloc.report.content import Column, Table
from alloc.report.view import View
from alloc.result.rounding import Case, cases


def not_kept(view: View, name: str, table: pd.DataFrame) -> list[Table]:
    """Rows of the result's table `rounding` in words, under the machine name `name`; no table where there are none."""
    found = cases(view.result, view.language, table)
    heads = (view.say("要求", "rule"), view.say("指标", "pool"), view.say("对象", "of"), view.say("偏差", "off by"),
             view.say("单位", "unit"))  # fmt: skip
    columns = tuple(Column(field, head) for field, head in zip(Case._fields, heads, strict=True))
    title = view.say("取整未能保持的要求", "What rounding could not keep")
    return [Table(name, title, columns, tuple(found), sortable=True, code="T12")] if found else []
