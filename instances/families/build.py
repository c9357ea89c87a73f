"""Writes the small instances: one for every constraint family, in which it binds, and the infeasible ones.

    python build.py [FOLDER]

writes `families/` and `infeasible/` below FOLDER (where they are, if not given) from the two `cases.py`. Every case is
a change to the two cities below, which are those of `instances/hand`, so that its arithmetic stays on one page.
"""

from __future__ import annotations

import csv
import runpy
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FIRST, SECOND = "000001", "000002"
Row = dict[str, Any]
# Optional tables of which a case gives the rows.
FURTHER = ("groups", "stay", "ladder", "points", "schemes", "scheme_factors", "scheme_weights", "levels", "programmes",
           "programme_stock", "programme_yields", "links")  # fmt: skip

CITY: Row = {
    "province": "00", "province_name": "手算省", "residents": 100000, "urban_residents": 60000,
    "size_population": 60000, "migrants_cross": 0, "migrants_within": 0, "settled_last": 0, "pupils": 10000,
    "built_up": 540, "idle": 0, "production_request": 0, "boundary_left": None, "stock_base": None, "revenue": 100000,
    "fund_revenue": 0, "fund_available": 1000, "other_transfers": 0, "essential_spending": 100000, "interest": 0,
    "maturing": 0, "debt_general": 0, "debt_special": 0, "limit_general": 0, "limit_special": 0,
}  # fmt: skip
NAMES: Row = {FIRST: {"name": "甲市", "name_en": "First"}, SECOND: {"name": "乙市", "name_en": "Second"}}
CAPACITY: Row = {FIRST: 8000, SECOND: 6000}
SERVICE: Row = {
    "service": "school", "title_zh": "学校", "title_en": "School", "unit_zh": "学位", "unit_en": "seats",
    "cohort": "pupils", "norm": 1, "minimum": 0.5, "entitlement": 0.5, "weight": 1, "capital_cost": 5,
    "running_cost": 0, "area": 0, "module": None, "expansion_limit": 0.5, "growth_limit": 0.5,
    "settlement_prerequisite": True, "restricted": False, "revenue_backed": False,
}  # fmt: skip
POOL: Row = {
    "use": None, "bond_class": None, "total": 10000, "reserve": 0, "exhaust": False, "floor_multiple": None,
    "cap_multiple": None, "corridor_down": None, "corridor_up": None, "quantum": 1,
}  # fmt: skip
POOLS: Row = {
    "general": {"kind": "transfer", "use": "general", "title_zh": "一般性转移支付", "title_en": "General transfer"},
    "capital": {"kind": "transfer", "use": "capital", "title_zh": "建设性转移支付", "title_en": "Capital transfer"},
    "land": {"kind": "land", "title_zh": "新增建设用地", "title_en": "New land"},
    "general_bond": {
        "kind": "bond", "bond_class": "general", "corridor_up": 1, "title_zh": "一般债券", "title_en": "General bonds",
    },
    "special_bond": {
        "kind": "bond", "bond_class": "special", "corridor_up": 1, "title_zh": "专项债券", "title_en": "Special bonds",
    },
}  # fmt: skip
LIMIT: Row = {"title_zh": "分组限制", "title_en": "Limit", "where": "", "basis": "amount", "owner": "", "source": ""}
POLICY: Row = {"reuse_limit": 0.3, "reuse_cost": 10, "stock_ratio": None, "willingness": 0.5, "settlement_cost": 0}
EXTENSION = ("extension_value", "extension_share", "extension_cost")
TIERS = ("minimum", "fairness", "settlement", "coverage", "production", "closeness", "cost")

SETTINGS = """\
schema = 1
name = "{name}"
title = {{ zh = "{zh}", en = "{en}" }}
year = 2021
integers = {integers}
{stage}gap = 0.001
time_limit = 60
{levels}
[policy.land]
standards = [ {{ up_to = 100, per_settler = 100 }}, {{ up_to = 150, per_settler = 80 }}, {{ per_settler = 50 }} ]
no_linked_land = ["megacity", "very_large"]
reuse_limit = {reuse_limit}
reuse_cost = {reuse_cost}
{further}
[policy.settlement]
willingness = {willingness}
cost = {settlement_cost}
quota_classes = ["megacity", "very_large"]
{settlement}
[policy.services]
restricted_classes = ["megacity", "very_large"]
{zones}
[policy.score]
slopes = [1.0, 1.0, 1.0]
knee = 0.9

[policy.debt]
ceiling = 1.5
service_ceiling = 0.15
bond_rate = 0.05
tiers = [
  {{ below = 1.2, name = "green", new_bond_factor = 0.20 }},
  {{ below = 2.0, name = "yellow", new_bond_factor = 0.10 }},
  {{ below = 3.0, name = "orange", new_bond_factor = 0.04 }},
  {{ name = "red", new_bond_factor = 0.0 }},
]
"""


def write_case(folder: Path, case: Mapping[str, Any]) -> None:
    """Writes one case as an instance with its README and the expected outcome.

    Args:
        folder: where the instance goes.
        case: name, zh, en, arithmetic, expected, and what differs from the two cities: `cities` (by code, or "both"),
            `service`, `pools` (total and other columns by pool), `factor` of their formulas, `last_year`, `overrides`
            (amount by city and pool), `issued` (amount by city, pool and stage),
            `performance` (factor by city and pool), `limits`, `stage`, `policy`,
            `levels_by` (the columns of `policy.levels`), `zones` (those that are restricted), `integers`,
            `capacity` (by city), and rows of the tables of `FURTHER`.
    """
    changed = case.get("cities", {})
    pools = case.get("pools", {"general": {}})
    tables: dict[str, list[Row]] = {
        "cities": [
            {"city": c} | NAMES[c] | CITY | changed.get("both", {}) | changed.get(c, {}) for c in (FIRST, SECOND)
        ],
        "services": [SERVICE | case.get("service", {})],
        "capacity": [
            {"city": c, "service": case.get("service", SERVICE).get("service", "school"), "capacity": capacity}
            for c, capacity in case.get("capacity", CAPACITY).items()
        ],
        "pools": [{"pool": r} | POOL | POOLS[r] | given for r, given in pools.items()],
        "factors": [{"pool": r, "factor": case.get("factor", "residents"), "weight": 1} for r in pools],
        "last_year": [{"city": c, "pool": r, "amount": x} for (c, r), x in case.get("last_year", {}).items()],
        "overrides": [
            {"city": c, "pool": r, "amount": x, "reason": "approved project list", "approved_by": "planning office"}
            for (c, r), x in case.get("overrides", {}).items()
        ],
        "issued": [
            {"city": c, "pool": r, "stage": stage, "amount": x, "date": "2020-10-31", "document": "advance notice"}
            for (c, r, stage), x in case.get("issued", {}).items()
        ],
        "performance": [
            {"city": c, "pool": r, "factor": x, "reason": "task of last year", "document": "notice on performance"}
            for (c, r), x in case.get("performance", {}).items()
        ],
        "limits": [{"limit": k} | LIMIT | given for k, given in case.get("limits", {}).items()],
        **{name: case.get(name, []) for name in FURTHER},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows:
            _write_table(folder / f"{name}.csv", rows)
    _write(folder / "instance.toml", _settings(case))
    _write(folder / "expected.toml", _toml(case["expected"]))
    paragraphs = [textwrap.fill(paragraph, 118) for paragraph in case["arithmetic"].split("\n\n")]
    _write(folder / "README.md", "\n\n".join([f"# {case['name']}: {case['en']}", *paragraphs]) + "\n")


def _settings(case: Mapping[str, Any]) -> str:
    policy = POLICY | case.get("policy", {})
    ratio, uses = policy.pop("stock_ratio"), policy.pop("uses", None)
    settlement = "".join(f"{name} = {policy.pop(name)}\n" for name in EXTENSION if name in policy)
    further = "" if ratio is None else f"stock_ratio = {ratio}\n"
    if uses is not None:
        further += f"uses = {{ {', '.join(f'{name} = {value}' for name, value in uses.items())} }}\n"
    head = SETTINGS.format(
        name=case["name"],
        zh=case["zh"],
        en=case["en"],
        integers=str(case.get("integers", False)).lower(),
        stage=f'stage = "{case["stage"]}"\n' if "stage" in case else "",
        further=further,
        settlement=settlement,
        zones=f"restricted_zones = {_toml_list(zones)}\n" if (zones := case.get("zones")) else "",
        levels=f"\n[policy]\nlevels = {levels}\n" if (levels := case.get("levels_by")) else "",
        **policy,
    )
    return head + "".join(f'\n[[objective]]\ntier = "{tier}"\n' for tier in TIERS)


def _toml_list(names: Sequence[str]) -> str:
    return f"[{', '.join(map(_toml_value, names))}]"


def _toml(values: Mapping[str, Any], path: str = "") -> str:
    """Texts, numbers, lists and nested tables as TOML."""
    text = ""
    for key, value in values.items():
        if isinstance(value, list):
            text += f"{key} = [{', '.join(map(_toml_value, value))}]\n"
        elif not isinstance(value, Mapping):
            text += f"{key} = {_toml_value(value)}\n"
    for key, value in values.items():
        if isinstance(value, Mapping):
            name = f"{path}.{key}" if path else key
            simple = any(not isinstance(x, Mapping) for x in value.values())
            text += (f"\n[{name}]\n" if simple else "") + _toml(value, name)
    return text


def _toml_value(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        for row in rows:
            writer.writerow("" if v is None else str(v).lower() if isinstance(v, bool) else v for v in row.values())


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def build(target: Path) -> None:
    """Writes every case below `target`."""
    for kind in ("families", "infeasible"):
        for case in runpy.run_path(str(HERE.parent / kind / "cases.py"))["CASES"]:
            write_case(target / kind / case["name"], case)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent)
