"""What the checks of a verification are called; constraint families have their titles in the catalogue.

Chinese and English; the keys are `alloc.verification.CHECKS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from alloc.formulation.registry import catalogue, installed
from alloc.text import Text

TITLES: Mapping[str, Text] = {
    "tables": Text("结果表格是否齐全", "Tables of the result"),
    "model": Text("模型各部分是否均能核验", "Parts of the model"),
    "allocation_bounds": Text("分配额上下限", "Bounds of allocations"),
    "settle_bounds": Text("落户人数上下限", "Bounds of settlement"),
    "extend_bounds": Text("扩面人数上下限", "Bounds of extension"),
    "flow_bounds": Text("跨市保留或迁移能力上下限", "Bounds of links"),
    "run_bounds": Text("项目完成量上下限", "Bounds of programmes"),
    "build_bounds": Text("新建设施上下限", "Bounds of new facilities"),
    "whole_facilities": Text("设施为整座", "Whole facilities"),
    "expand_bounds": Text("扩建能力上下限", "Bounds of enlarging"),
    "coverage_bounds": Text("覆盖率上下限", "Bounds of coverage"),
    "backlog_gate": Text("缺口不扩大", "Backlog may not grow"),
    "nonnegative": Text("各项不为负", "Nothing negative"),
    "definitions": Text("由定义得出的数", "Numbers by definition"),
    "copies": Text("由其他数得出的数", "Numbers that follow from others"),
    "parts": Text("构成之和", "Parts of a number"),
    "published_bounds": Text("公布数上下限", "Bounds of published numbers"),
    "published_quantum": Text("公布数为最小分配单位的倍数", "Published multiples of the quantum"),
    "published_total": Text("公布数合计", "Totals of published numbers"),
    "published_neighbours": Text("公布数与分配额相差不到一个最小分配单位", "Published numbers within a quantum"),
    "published_subtotals": Text("公布数分省小计", "Provincial sub-totals of published numbers"),
    "published_persons": Text("公布的人数", "Published persons"),
    "levels": Text("上级留用数", "What levels above cities keep"),
    "rounding": Text("取整例外", "Exceptions of rounding"),
    "tiers": Text("各级目标值", "Values of the tiers"),
    "status": Text("状态和差距", "Status and gaps"),
    "notes": Text("说明", "Notes"),
    "relaxation": Text("松弛解", "Relaxation"),
    "run": Text("求解记录", "Record of the run"),
}


def check_title(name: str) -> Text:
    """What a check is called: of a constraint family its title; as it is noted, where it has none."""
    families = (catalogue(each).families.get(name) for each in installed())
    titles = (TITLES.get(name), *(family.title for family in families if family is not None))
    return next((title for title in titles if title is not None), Text(name, name))
