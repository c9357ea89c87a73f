"""Random small instances that use every constraint family, written as folders of CSV and TOML.

The same seed gives the same files. Most are feasible (the share is tested); magnitudes are those of real cities.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alloc.formulation.columns import Column
from alloc.instance.derived.optional.purses import ACCOUNTS
from alloc.instance.schema.optional.programmes import RENTS
from alloc.instance.schema.settings import LEVER_SECTIONS
from alloc.instance.schema.tables import IN_CHINESE, TABLES
from alloc.workbook.settings_layout import BY_PATH, Setting

Rows = list[dict[str, Any]]

ENDS = (("ge", "gt"), ("le", "lt"))  # of the range of a setting

# Filled by `_with_later_rules`, `_with_stages` and `_with_programmes`; levels by `_with_levels`, links by
# `_with_links`; sources as their other texts are.
LATER = ("plan_cohort", "follow", "where", "phase_in", "production_standard", "advance_share", "clawback",
         "link_factor", "link_share", "programme", "support", "purse", *IN_CHINESE.values())  # fmt: skip

POLICY = """\
[policy.land]
standards = [ {{ up_to = 100, per_settler = 100 }}, {{ up_to = 150, per_settler = 80 }}, {{ per_settler = 50 }} ]
no_linked_land = ["megacity", "very_large"]
reuse_limit = {reuse_limit}
reuse_cost = {reuse_cost}
stock_ratio = 2.0

[policy.settlement]
willingness = {willingness}
cost = {settlement_cost}
quota_classes = ["megacity", "very_large"]

[policy.services]
restricted_classes = ["megacity", "very_large"]

[policy.score]
slopes = [2.0, 1.0, 0.5]
knee = 0.9

[policy.debt]
ceiling = {ceiling}
service_ceiling = 0.15
bond_rate = 0.032
tiers = [
  {{ below = 1.2, name = "green", new_bond_factor = 0.20 }},
  {{ below = 2.0, name = "yellow", new_bond_factor = 0.10 }},
  {{ below = 3.0, name = "orange", new_bond_factor = 0.04 }},
  {{ name = "red", new_bond_factor = 0.0 }},
]
"""


def write_random(
    folder: Path,
    seed: int,
    cities: int | None = None,
    integers: bool = False,
    *,
    sizes: tuple[float, float] = (5.3, 7.2),
    provinces: Sequence[str] = ("31", "42", "51"),
    more_services: int = 0,
    everything: bool = False,
    purses: bool = False,
) -> Path:
    """Writes one random instance into `folder`, which is made if need be, and returns it.

    Args:
        folder: where the files go.
        seed: same seed, same files.
        cities: number of cities; 4 to 12 by the seed where not given.
        integers: whether facilities are whole.
        sizes: decimal logarithms of the fewest and the most residents that a city may have.
        provinces: their codes; cities go round them.
        more_services: services beyond the usual two or three.
        everything: the same instance with the optional columns and settings that change nothing in it or little:
            clusters, roles and coordinates, owners of limits, sources of columns and of cells, tolerances of further
            tiers, and one search for all facilities instead of every city's own; and every column and setting that
            levers bring.
        purses: neighbours of a province share a purse, with accounts in one row or in all, and the first of them is a
            core in which restricted services are not built.
    """
    rng = np.random.default_rng(seed)
    number = cities if cities is not None else int(rng.integers(4, 13))
    city = _cities(rng, number, sizes, provinces)
    service = [*_services(rng), *(_another_service(rng, k) for k in range(more_services))]
    pool, factor = _pools(rng, city)
    last_year = _last_year(rng, city, pool)
    _land_rules(rng, city, last_year)
    earmark, override = _fixed(rng, city, last_year)
    tables: dict[str, Rows] = {
        "cities": city,
        "services": service,
        "capacity": _capacity(rng, city, service),
        "pools": pool,
        "factors": factor,
        "last_year": last_year,
        "earmarks": earmark,
        "overrides": override,
        "limits": _limits(rng, city, service, last_year),
    }
    settings = _settings(rng, seed, integers)
    if everything:
        settings = _filled(np.random.default_rng([seed, 1]), tables, settings, integers)
        settings = _with_later_rules(np.random.default_rng([seed, 2]), tables, settings)
        _with_growing_limits(np.random.default_rng([seed, 4]), tables)
        settings = _with_groups(np.random.default_rng([seed, 6]), tables, settings)
        _with_sources_of_cells(np.random.default_rng([seed, 3]), tables)
        settings = _with_stages(np.random.default_rng([seed, 5]), tables, settings)
        settings = _with_levels(np.random.default_rng([seed, 7]), tables, settings)
        settings = _with_programmes(np.random.default_rng([seed, 9]), tables, settings)
        _with_links(np.random.default_rng([seed, 10]), tables)
        for row in tables["limits"]:
            row["source_zh"] = "文件一" if row["source"] else ""
    if purses:
        settings = _with_purses(np.random.default_rng([seed, 11]), tables, settings)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "instance.toml").write_text(settings, encoding="utf-8")
    for name, rows in tables.items():
        if rows:
            order = rng.permutation(len(rows))  # the order of a spreadsheet must not matter
            write_table(folder / f"{name}.csv", [rows[k] for k in order])
    return folder


def _with_purses(rng: np.random.Generator, tables: dict[str, Rows], settings: str) -> str:
    """Purses of two or three neighbours; a blank in the row of a member is 0."""
    city = tables["cities"]
    for row in city:
        row |= {"purse": None, "zone": None, "protected": bool(rng.random() < 0.3)}
    for province in dict.fromkeys(row["province"] for row in city):
        own = [row for row in city if row["province"] == province]
        own = own[: int(rng.integers(2, 4))]
        if len(own) < 2:
            continue
        head, blank = own[int(rng.integers(len(own)))], rng.random() < 0.5
        for row in own:
            row |= {"purse": head["city"], "zone": "core" if row is own[0] else "outer"}
            row["size_population"] = head["size_population"]
            if row["size_population"] < 5e6:
                row["settlement_quota"] = None
        for name in ACCOUNTS if blank else ():
            head[name] = sum(row[name] or 0 for row in own)
            for row in own:
                if row is not head:
                    row[name] = None
    return settings.replace("[policy.services]\n", '[policy.services]\nrestricted_zones = ["core"]\n', 1)


def write_table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows as CSV; flags as true and false, what is None as an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        for row in rows:
            writer.writerow("" if v is None else str(v).lower() if isinstance(v, bool) else v for v in row.values())


def _between(rng: np.random.Generator, low: float, high: float, digits: int = 4) -> float:
    return round(float(rng.uniform(low, high)), digits)


def _cities(rng: np.random.Generator, number: int, sizes: tuple[float, float], provinces: Sequence[str]) -> Rows:
    rows: Rows = []
    for k in range(number):
        province = provinces[k % len(provinces)]
        residents = round(10 ** rng.uniform(*sizes))
        urban = round(residents * rng.uniform(0.5, 0.9))
        cross, within = round(residents * rng.uniform(0, 0.25)), round(residents * rng.uniform(0.02, 0.2))
        size = round(urban * rng.uniform(0.5, 0.95))
        pupils = round(residents * rng.uniform(0.05, 0.08))
        built_up = round(urban * rng.uniform(70, 160) / 1e4, 1)
        revenue = round(residents * rng.uniform(0.5, 1.5))
        other = round(residents * rng.uniform(0.2, 0.6))
        fund = round(revenue * rng.uniform(0.3, 1.0))
        debt = (revenue + fund + other) * rng.uniform(0.3, 1.7)
        general, special = round(debt * rng.uniform(0.3, 0.7)), round(debt * 0.4)
        interest = round(0.034 * (general + special))
        reference = revenue + fund + other + 0.17 * residents
        # In some cities debt service leaves next to no room for bonds.
        narrow = rng.random() < 0.2
        maturing = 0.15 * reference * rng.uniform(0.99, 1.0) - interest if narrow else 0.011 * (general + special)
        essential = (revenue + other + 0.15 * residents) * rng.uniform(0.95, 1.0) - interest
        rows.append(
            {
                "city": f"{province}{k + 1:02d}00",
                "name": f"第{k + 1}市",
                "name_en": f"City {k + 1}",
                "province": province,
                "province_name": f"省{province}",
                "residents": residents,
                "urban_residents": urban,
                "size_population": size,
                "migrants_cross": cross,
                "migrants_within": within,
                "settled_last": round((cross + within) * rng.uniform(0.02, 0.08)),
                "willingness": _between(rng, 0.05, 0.25) if rng.random() < 0.5 else None,
                "settlement_quota": round((cross + within) * 0.03) if size >= 5e6 and rng.random() < 0.7 else None,
                "age_6_11": pupils,
                "migrant_age_6_11": round(pupils * rng.uniform(0.05, 0.4)) if rng.random() < 0.5 else None,
                "age_60_plus": round(residents * rng.uniform(0.12, 0.24)),
                "poor_residents": round(residents * rng.uniform(0.01, 0.1)) if k % 3 else 0,
                "built_up": built_up,
                "idle": round(built_up * rng.uniform(0.003, 0.02), 2),
                "production_request": round(built_up * rng.uniform(0.008, 0.03), 2),
                "productivity": _between(rng, 0.5, 3.0) if rng.random() < 0.7 else None,
                "revenue": revenue,
                "fund_revenue": fund,
                "fund_available": round(fund * rng.uniform(0.005, 0.03)) if rng.random() < 0.8 else None,
                "other_transfers": other,
                "essential_spending": round(essential),
                "interest": interest,
                "maturing": round(maturing),
                "debt_general": general,
                "debt_special": special,
                "limit_general": round(general * rng.uniform(0.99, 1.1)),
                "limit_special": round(special * rng.uniform(0.99, 1.1)),
            }
        )
    return rows


def _services(rng: np.random.Generator) -> Rows:
    def service(name: str, zh: str, cohort: str, **given: Any) -> dict[str, Any]:
        return {
            "service": name, "title_zh": zh, "title_en": name.replace("_", " "), "unit_zh": "个", "unit_en": "units",
            "cohort": cohort, **given,
        }  # fmt: skip

    rows = [
        service("primary", "小学", "age_6_11", norm=1.0, minimum=_between(rng, 0.8, 0.92, 2), entitlement=0.8,
                weight=1.0, capital_cost=4.1, running_cost=1.03, area=20.6, module=1080,
                expansion_limit=_between(rng, 0.01, 0.05), growth_limit=_between(rng, 0.04, 0.12),
                settlement_prerequisite=True, restricted=False, revenue_backed=False),
        service("hospital", "医院", "residents", norm=0.0072, minimum=0.75, entitlement=_between(rng, 0.6, 0.9),
                weight=1.3, capital_cost=81.7, running_cost=6.1, area=113, module=500, expansion_limit=0.03,
                growth_limit=_between(rng, 0.05, 0.15), settlement_prerequisite=True, restricted=True,
                revenue_backed=True),
        service("elderly_care", "养老", "age_60_plus", norm=0.035, minimum=0.5, entitlement=0.5, weight=0.7,
                capital_cost=14.3, running_cost=1.21, area=35, module=200 if rng.random() < 0.5 else None,
                expansion_limit=0.08, growth_limit=0.12, settlement_prerequisite=False, restricted=False,
                revenue_backed=True),
    ]  # fmt: skip
    return rows[: 2 if rng.random() < 0.3 else 3]


def _another_service(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """One for all, for pupils or for the old, dear or cheap, with facilities of any size or none."""
    cohort, per_head = (("residents", 0.01), ("age_6_11", 0.8), ("age_60_plus", 0.1))[number % 3]
    norm = per_head * rng.uniform(0.5, 1.5)
    cost = 0.6 * 10 ** rng.uniform(-1, 1) / norm * {"residents": 1.0, "age_6_11": 12.0, "age_60_plus": 5.0}[cohort]
    return {
        "service": f"service_{number}", "title_zh": f"服务{number}", "title_en": f"service {number}", "unit_zh": "个",
        "unit_en": "units", "cohort": cohort, "norm": round(norm, 5), "minimum": _between(rng, 0.4, 0.9, 2),
        "entitlement": _between(rng, 0.3, 1.0, 2), "weight": _between(rng, 0.5, 1.5, 2), "capital_cost": round(cost, 4),
        "running_cost": round(cost * rng.uniform(0.05, 0.2), 4), "area": round(rng.uniform(1, 100), 1),
        "module": round(norm * 10 ** rng.uniform(3, 5)) if rng.random() < 0.6 else None,
        "expansion_limit": _between(rng, 0.01, 0.1), "growth_limit": _between(rng, 0.03, 0.15),
        "settlement_prerequisite": bool(rng.random() < 0.5), "restricted": bool(rng.random() < 0.3),
        "revenue_backed": bool(rng.random() < 0.5),
    }  # fmt: skip


def _capacity(rng: np.random.Generator, city: Rows, service: Rows) -> Rows:
    rows: Rows = []
    for c in city:
        for s in service:
            there = rng.uniform(max(0.4, s["minimum"] - 0.2), 1.02) if rng.random() < 0.95 else 0.02
            rows.append(
                {"city": c["city"], "service": s["service"], "capacity": round(there * s["norm"] * c[s["cohort"]])}
            )
    return rows


def _pools(rng: np.random.Generator, city: Rows) -> tuple[Rows, Rows]:
    everyone = sum(c["residents"] for c in city)
    revenue = sum(c["revenue"] for c in city)

    def pool(name: str, zh: str, kind: str, total: float, **given: Any) -> dict[str, Any]:
        row = {
            "pool": name, "kind": kind, "use": None, "bond_class": None, "title_zh": zh,
            "title_en": name.replace("_", " "), "total": round(total), "reserve": _between(rng, 0.0, 0.2, 2),
            "exhaust": False,
            "floor_multiple": None, "cap_multiple": None, "corridor_down": None, "corridor_up": None, "quantum": 1,
        }  # fmt: skip
        return row | given

    general, special = revenue * rng.uniform(0.005, 0.03), revenue * rng.uniform(0.005, 0.03)
    land = 0.022 * sum(c["built_up"] for c in city) * rng.uniform(0.6, 1.4)
    pools = [
        pool("land", "建设用地", "land", land, exhaust=bool(rng.random() < 0.5), floor_multiple=0.6, cap_multiple=1.6,
             corridor_down=0.4, corridor_up=_between(rng, 0.3, 0.6), quantum=0.1),
        pool("equalisation", "均衡性转移支付", "transfer", 0.16 * everyone, use="general",
             exhaust=bool(rng.random() < 0.7), floor_multiple=0.8, cap_multiple=1.4, corridor_down=0.3,
             corridor_up=0.3),
        pool("grants", "中央预算内投资", "transfer", everyone * rng.uniform(0.01, 0.04), use="capital",
             exhaust=bool(rng.random() < 0.3), corridor_down=0.5, corridor_up=0.8),
        pool("general_bonds", "一般债券", "bond", general, bond_class="general", corridor_up=1.0),
        pool("special_bonds", "专项债券", "bond", special, bond_class="special", corridor_up=1.0),
    ]  # fmt: skip
    weights = {
        "land": {
            "residents": 0.4,
            "production_request": 0.3,
            "settled_last": 0.1,
            "land_entitlement": 0.1,
            "migrants": 0.1,
        },
        "equalisation": {"residents": 0.7, "fiscal_gap": 0.1, "age_60_plus": 0.2},
        "grants": {"residents": 0.7, "backlog": 0.3},
        "general_bonds": {"residents": 0.6, "revenue": 0.4},
        "special_bonds": {"fund_revenue": 0.5, "urban_residents": 0.5},
    }
    if rng.random() < 0.3:  # a formula that leaves some cities out, and no corridor that would bind them to it
        weights["grants"] = {"poor_residents": 1.0}
        pools[2] |= {"corridor_down": None, "corridor_up": None}
    if all(c["size_population"] >= 5e6 for c in city):  # none of these earns linked land
        weights["land"] |= {"residents": 0.5}
        del weights["land"]["land_entitlement"]
    return pools, [{"pool": r, "factor": f, "weight": w} for r, row in weights.items() for f, w in row.items()]


def _last_year(rng: np.random.Generator, city: Rows, pool: Rows) -> Rows:
    """What a formula by residents and built-up land would have given, with some noise; a few had no grants."""
    rows: Rows = []
    for r in (r for r in pool if r["kind"] != "bond"):
        base = [c["built_up"] if r["kind"] == "land" else c["residents"] for c in city]
        for c, own in zip(city, base, strict=True):
            if r["cap_multiple"] or rng.random() < 0.9:  # a floor or cap multiple needs an amount
                amount = 0.97 * (1 - r["reserve"]) * r["total"] * own / sum(base) * rng.uniform(0.85, 1.15)
                rows.append({"city": c["city"], "pool": r["pool"], "amount": round(amount, 1)})
    return rows


def _amounts(last_year: Rows, pool: str) -> dict[str, float]:
    return {row["city"]: row["amount"] for row in last_year if row["pool"] == pool}


def _land_rules(rng: np.random.Generator, city: Rows, last_year: Rows) -> None:
    """Boundary, farmland offset and stock link, each in some cities, round what the city got last year."""
    last = _amounts(last_year, "land")
    for row in city:
        usual = last.get(row["city"], 0.04 * row["built_up"])
        share = _between(rng, 0.2, 0.6, 2)
        farmland = rng.random() < 0.4
        row["boundary_left"] = round(usual * rng.uniform(1.2, 2.5), 2) if rng.random() < 0.5 else None
        row["farmland_share"] = share if farmland else None
        row["farmland_offset"] = round(share * usual * rng.uniform(1.2, 2.5), 2) if farmland else None
        row["stock_base"] = round(usual * rng.uniform(0.95, 1.4), 2) if rng.random() < 0.4 else None


def _fixed(rng: np.random.Generator, city: Rows, last_year: Rows) -> tuple[Rows, Rows]:
    """An earmark in the first city and an override in the second, each in half of the instances."""
    earmarks: Rows = []
    overrides: Rows = []
    grants, land = _amounts(last_year, "grants"), _amounts(last_year, "land")
    first, second = city[0]["city"], city[1]["city"]
    if first in grants and rng.random() < 0.5:
        amount = round(grants[first] * rng.uniform(0.5, 1.1), 1)
        earmarks.append({"city": first, "pool": "grants", "amount": amount, "reason": "approved project"})
    if second in land and rng.random() < 0.5:
        amount = round(land[second] * rng.uniform(0.9, 1.1), 1)
        fixed = {"city": second, "pool": "land", "amount": amount, "reason": "project list", "approved_by": "office"}
        overrides.append(fixed)
    return earmarks, overrides


def _limits(rng: np.random.Generator, city: Rows, service: Rows, last_year: Rows) -> Rows:
    """Up to six limits over groups; each was about met last year, so that most of them can be met again."""
    everyone = sum(c["residents"] for c in city)
    migrants = sum(c["migrants_cross"] + c["migrants_within"] for c in city)
    equalisation = _amounts(last_year, "equalisation")
    west = sum(equalisation.get(c["city"], 0.0) for c in city if c["province"] == "51") / sum(equalisation.values())
    grants = sum(_amounts(last_year, "grants").values())
    limits = [
        ("west_share", "allocation:equalisation", "province == '51'", ">=", _between(rng, 0.9, 1.02) * west, "share"),
        ("large_land", "allocation:land", "size_class in ['megacity', 'very_large']", "<=", 0.75, "share"),
        ("production_share", "land_use:production", "", "<=", _between(rng, 0.6, 0.9), "share"),
        ("beds", f"added:{service[-1]['service']}", "residents > 1000000", "<=", everyone * 0.0002, "amount"),
        ("settle_least", "settle", "", ">=", migrants * 0.01, "amount"),
        ("settle_most", "settle", "not (province = '31' or debt_tier = 'red')", "<=", migrants * 0.05, "amount"),
        ("grants_a_head", "allocation:grants", "province == '42'", ">=", 0.6 * grants / everyone, "per_resident"),
    ]
    return [
        {
            "limit": name, "title_zh": f"限制{name}", "title_en": name.replace("_", " "), "quantity": of,
            "where": where, "sense": sense, "value": round(value, 6), "basis": basis, "owner": "", "source": "",
        }
        for name, of, where, sense, value, basis in limits
        if rng.random() < 0.6
    ]  # fmt: skip


def _settings(rng: np.random.Generator, seed: int, integers: bool) -> str:
    policy = POLICY.format(
        reuse_limit=0.3,
        reuse_cost=round(rng.uniform(50, 500)),
        willingness=_between(rng, 0.1, 0.2),
        settlement_cost=_between(rng, 0.2, 1.5),
        ceiling=_between(rng, 1.2, 1.6, 2),
    )
    order = ["minimum", "fairness", "settlement", "coverage", "production", "closeness", "cost"]
    if rng.random() < 0.3:  # planners may put the tiers in another order
        order[1:5] = [order[1 + k] for k in rng.permutation(4)]
    leximin = not integers and rng.random() < 0.2
    lines = []
    for tier in order:
        lines.append(f'[[objective]]\ntier = "{tier}"\n')
        if tier == "fairness":
            cvar = f'method = "cvar"\nbeta = {_between(rng, 0.1, 0.4, 2)}\n'
            lines.append('method = "leximin"\n' if leximin else cvar)
            if not leximin and rng.random() < 0.5:
                lines.append("tolerance = 0.002\n")
    title = f'title = {{ zh = "随机算例 {seed}", en = "Random instance {seed}" }}'
    head = f'schema = 1\nname = "random-{seed}"\n{title}\nyear = 2021\nintegers = {str(integers).lower()}\n'
    return f"{head}gap = 0.0001\ntime_limit = 60\n\n{policy}\n{''.join(lines)}"


def _filled(rng: np.random.Generator, tables: dict[str, Rows], settings: str, integers: bool) -> str:
    """Fills what is optional and left empty, in place; gives the settings with what is optional there."""
    for row in tables["cities"]:
        row["cluster"] = str(rng.choice(["沿江", "沿海"])) if rng.random() < 0.7 else None
        row["role"] = "hub" if rng.random() < 0.3 else None
        row["lon"], row["lat"] = _between(rng, 75, 130, 2), _between(rng, 20, 50, 2)
    for row in tables["limits"]:
        row["owner"], row["source"] = ("office", "document 1") if rng.random() < 0.5 else ("", "")
    columns = [("cities", name) for name in tables["cities"][0]] + [("limits", "value"), ("capacity", "capacity")]
    tables["sources"] = [
        {
            "table": table, "column": column, "year": "2020" if rng.random() < 0.8 else "", "note": "as given",
            "status": str(rng.choice(["published", "derived", "estimated", "assumed"])), "source": "yearbook",
            "source_zh": "统计年鉴", "note_zh": "按原表" if table == "cities" else "",
        }
        for table, column in columns
        if tables[table]
    ]  # fmt: skip
    if integers:
        settings = settings.replace("gap =", 'facilities = "joint"\ngap =', 1)
    for tier, tolerance in (("minimum", 0.001), ("settlement", 100), ("coverage", 0.001), ("production", 0.01)):
        if rng.random() < 0.3:
            entry = f'tier = "{tier}"\n'
            settings = settings.replace(entry, f"{entry}tolerance = {tolerance}\n", 1)
    for name, table in TABLES.items():
        for column in (each for each in table.columns if each.name in table.joined and each.name not in LATER):
            for row in tables.get(name, ()):
                row[column.name] = _cell(rng, column, tables) if rng.random() < 0.7 else None
    for name, section in LEVER_SECTIONS.items():
        parts = BY_PATH[f"policy.{name}"].parts
        given = [
            f"{each.name} = {_value(rng, each, section.model_fields[each.name].metadata)}"
            for each in parts
            if rng.random() < 0.7
        ]
        settings = settings.replace("[[objective]]", "\n".join([f"[policy.{name}]", *given, "", "[[objective]]"]), 1)
    return settings


def _with_later_rules(rng: np.random.Generator, tables: dict[str, Rows], settings: str) -> str:
    """Fills the rules that are off where they are not given, in place; gives the settings with some of them."""
    for row in tables["cities"]:
        row["pupils_planned"] = round(row["age_6_11"] * rng.uniform(0.6, 1.1))
    for row in tables["services"]:
        planned = row["cohort"] == "age_6_11" and rng.random() < 0.7
        row["plan_cohort"] = "pupils_planned" if planned else None
    links = rng.spawn(1)[0]  # what else is drawn stays as it is without them
    for row in tables["pools"]:
        row["follow"] = bool(rng.random() < 0.5)
        row["where"] = "bond_room > 0" if row["kind"] == "bond" and rng.random() < 0.5 else None
        complete = sum(each["pool"] == row["pool"] for each in tables["last_year"]) == len(tables["cities"])
        row["phase_in"] = _between(rng, 0.2, 0.9, 2) if complete and rng.random() < 0.5 else None
        linked = row["kind"] == "transfer" and links.random() < 0.5
        row["link_factor"] = ("residents" if links.random() < 0.5 else "migrants") if linked else None
        row["link_share"] = _between(links, 0.2, 0.7, 2) if linked else None
    for section, line in (
        ("settlement", f"growth = {_between(rng, 0.5, 1.5, 2)}"),
        ("services", "restricted_expand = false"),
        ("debt", 'special_interest = "fund"'),
    ):
        if rng.random() < 0.6:
            settings = settings.replace(f"[policy.{section}]\n", f"[policy.{section}]\n{line}\n", 1)
    if rng.random() < 0.6:
        least = f"[policy.budget]\nleast_free = {_between(rng, 0.001, 0.05)}\n\n"
        settings = settings.replace("[[objective]]", f"{least}[[objective]]", 1)
    _with_floors_of_bonds(rng, tables)
    return _with_purposes(rng, tables, settings)


def _with_purposes(rng: np.random.Generator, tables: dict[str, Rows], settings: str) -> str:
    """Uses of land, a stock link for every city and production land levelled behind closeness, each in some."""
    for row in tables["cities"]:
        row["production_standard"] = round(row["production_request"] * rng.uniform(0.5, 1.5), 2)
        row["production_standard"] = row["production_standard"] if rng.random() < 0.7 else None
    lines = []
    if rng.random() < 0.6:
        lines.append(f"stock_share = {_between(rng, 0.6, 1.0, 2)}")
    if rng.random() < 0.6:
        uses = {"housing": (5, 25), "other": (0.05, 0.3), "unassigned_city": (0.3, 0.9), "unassigned_total": (0.2, 0.6)}
        lines.append(f"uses = {{ {', '.join(f'{name} = {_between(rng, *each)}' for name, each in uses.items())} }}")
    settings = settings.replace("[policy.land]\n", "\n".join(["[policy.land]", *lines, ""]), 1)
    head, *entries = settings.split("[[objective]]\n")
    plain = [entry for entry in entries if not entry.startswith('tier = "production"')]
    if len(plain) < len(entries) and rng.random() < 0.6:
        at = 1 + next(k for k, entry in enumerate(plain) if entry.startswith('tier = "closeness"'))
        entries = [*plain[:at], 'tier = "production"\nmethod = "levelled"\n', *plain[at:]]
    return "[[objective]]\n".join([head, *entries])


def _with_floors_of_bonds(rng: np.random.Generator, tables: dict[str, Rows]) -> None:
    """Floors of bonds, with what every city got last year, and a small promise to one of them."""
    for row in tables["pools"]:
        if row["kind"] != "bond" or rng.random() < 0.3:
            continue
        row["floor_multiple"] = _between(rng, 0.2, 1.2, 2)
        everyone = sum(each["revenue"] for each in tables["cities"])
        for each in tables["cities"]:
            amount = row["total"] * each["revenue"] / everyone * rng.uniform(0.1, 1.0)
            tables["last_year"].append({"city": each["city"], "pool": row["pool"], "amount": round(amount, 1)})
        if rng.random() < 0.5:
            city, amount = tables["cities"][0]["city"], round(0.001 * row["total"] * rng.random(), 1)
            promise = {"city": city, "pool": row["pool"], "amount": amount, "reason": "issued in advance"}
            tables["earmarks"].append(promise)


def _with_stages(rng: np.random.Generator, tables: dict[str, Rows], settings: str) -> str:
    """An advance in some instances, in others part of last year's amounts, issued and taken back in part; performance.

    The last of all, so that no other number is moved.
    """
    if rng.random() < 0.6:
        tables["performance"] = [
            {"city": city["city"], "pool": pool["pool"], "factor": _between(rng, 0.8, 1.1, 2), "reason": "a task",
             "document": "notice" if rng.random() < 0.5 else ""}
            for city in tables["cities"] for pool in tables["pools"]
            if rng.random() < 0.2 and any(each["pool"] == pool["pool"] for each in tables["factors"])
        ]  # fmt: skip
    for row in tables["pools"]:
        row["advance_share"] = _between(rng, 0.8, 1.0, 2) if rng.random() < 0.7 else None
        row["clawback"] = _between(rng, 0.1, 0.5, 2) if rng.random() < 0.7 else None
    stage = str(rng.choice(["advance", "formal", "supplementary", "final"], p=[0.1, 0.4, 0.2, 0.3]))
    issued = []
    for row in tables["last_year"] if rng.random() < 0.6 else ():
        share = rng.uniform(0.02, 0.3)
        if rng.random() < 0.5:
            issued.append(
                {
                    "city": row["city"],
                    "pool": row["pool"],
                    "stage": "advance",
                    "amount": round(share * row["amount"], 2),
                    "date": "2020-10-31",
                    "document": "notice",
                }
            )
    if issued:
        tables["issued"] = issued
        # Only where something went out before does a stage change nothing else.
        return settings.replace("gap =", f'stage = "{stage}"\ngap =', 1)
    return settings


def _with_levels(rng: np.random.Generator, tables: dict[str, Rows], settings: str) -> str:
    """Provinces that keep something of some pools, and in some instances prefectures below them."""
    if rng.random() < 0.5:
        return settings
    units = sorted({row["province"] for row in tables["cities"]})
    if rng.random() < 0.5:
        for k, row in enumerate(tables["cities"]):
            row["prefecture"] = f"{row['province']}-{k % 2}" if rng.random() < 0.8 else None
        units += sorted({row["prefecture"] for row in tables["cities"] if row["prefecture"]})
        settings = settings.replace(
            "[policy.land]\n", '[policy]\nlevels = ["province", "prefecture"]\n\n[policy.land]\n', 1
        )
    tables["levels"] = [
        {"unit": unit, "pool": pool["pool"], "retained": 0 if rng.random() < 0.1 else _between(rng, 0.005, 0.06, 3),
         "retained_most": 0.3 if rng.random() < 0.5 else None}
        for unit in units for pool in tables["pools"] if rng.random() < 0.4
    ]  # fmt: skip
    return settings


def _with_growing_limits(rng: np.random.Generator, tables: dict[str, Rows]) -> None:
    """Limits on spending, of each city, as a share of spending and against other cities, and on all transfers together:
    all of them loose."""
    about = ("limit", "title_zh", "title_en", "quantity", "where", "sense", "value", "basis")
    first = tables["cities"][0]["city"]
    rows: tuple[tuple[Any, ...], ...] = (
        ("spent", "上限", "spent", "spending", "", "<=", 1e8, "amount", False, None),
        ("each_land", "逐市", "each", "allocation:land", "", "<=", 0.97, "share", True, None),
        ("of_spending", "占支出", "of spending", "settle", "", "<=", 20.0, "spending", False, None),
        ("ring", "对照", "versus", "settle", f"city == '{first}'", "<=", 50.0, "relative", False, f"city != '{first}'"),
        ("transfers", "各项转移支付", "transfers", "transfers", "", "<=", 1.0, "share", False, None),
        ("as_before", "不少于上年", "as before", "transfers", "", ">=", 0.01, "last_year", True, None),
    )
    for row in tables["limits"]:
        row |= {"each": None, "versus": None}
    tables["limits"] += [
        {**dict(zip(about, row[:8], strict=True)), "owner": "", "source": "", "each": row[8], "versus": row[9]}
        for row in rows
        if rng.random() < 0.6
    ]


def _with_groups(rng: np.random.Generator, tables: dict[str, Rows], settings: str) -> str:
    """Groups of migrants, in half of the instances; those who have stayed longest settle, by points in one class."""
    if rng.random() < 0.5:
        return settings
    names = ("new", "middle", "long")
    tables["groups"] = [
        {"group": name, "order": k + 1, "title_zh": name, "title_en": name, "share": (0.25, 0.3, 0.45)[k],
         "may_settle": k > 0, "may_extend": k < 1 + (rng.random() < 0.3), "eligible": k > 1}
        for k, name in enumerate(names)
    ]  # fmt: skip
    tables["stay"] = []
    for row in tables["cities"]:
        if rng.random() < 0.7:
            parts = rng.dirichlet([1.0, 2.0, 3.0]) * (row["migrants_cross"] + row["migrants_within"])
            tables["stay"] += [{"city": row["city"], "group": name, "migrants": round(part, 1)}
                               for name, part in zip(names, parts, strict=True)]  # fmt: skip
    tables["ladder"] = []
    for row in tables["services"]:
        rungs = np.sort(rng.uniform(0.2, 1.0, 3)).round(3)
        tables["ladder"] += [{"service": row["service"], "group": name, "entitlement": float(rung)}
                             for name, rung in zip(names, rungs, strict=True)]  # fmt: skip
    if rng.random() < 0.7:
        parts = (("work", 0.6, "employment"), ("stay", 0.4, "residence"))
        tables["points"] = [
            {"size_class": "megacity", "item": item, "weight": weight, "kind": kind} for item, weight, kind in parts
        ]
    lines = [f"extension_value = {_between(rng, 0.1, 0.9, 2)}", f"extension_share = {_between(rng, 0.05, 0.3, 2)}",
             f"extension_cost = {_between(rng, 0.0, 0.5, 2)}"]  # fmt: skip
    return settings.replace("[policy.settlement]\n", "\n".join(["[policy.settlement]", *lines, ""]), 1)


def _with_programmes(rng: np.random.Generator, tables: dict[str, Rows], settings: str) -> str:
    """Programmes in half of the instances: some make land free, some places; a pool for one of them, a tier, a task."""
    for row in tables["pools"]:
        row |= {"programme": None, "support": None}
    if rng.random() < 0.5:
        return settings
    names = ("compounds", "parks", "homes")[: 1 + int(rng.integers(3))]
    factor, residents = {"compounds": ("urban_residents", 0.1), "parks": ("built_up", 0.02), "homes": (None, None)}, 0.0
    tables["programmes"] = [
        {"programme": name, "title_zh": name, "title_en": name, "unit_zh": "单位", "unit_en": "units",
         "capital_cost": _between(rng, *((0.5, 2.0) if name == "compounds" else (50, 400)), 2),
         "running_cost": _between(rng, 0.0, 0.02, 3), "yearly_income": _between(rng, 0.0, 0.02, 3) or None,
         "land_yield": _between(rng, 0.2, 0.8, 2) if name == "parks" else None,
         "year_share": _between(rng, 0.05, 0.3, 2), "stock_factor": factor[name][0], "stock_each": factor[name][1],
         "weight": _between(rng, 0.1, 2.0, 2), "revenue_backed": bool(rng.random() < 0.5),
         "collective": name == "homes", "source": "notice" if name == "homes" else "",
         **dict(zip(RENTS, (0.5, 0.3, 0.2) if name == "homes" else (None, None, None), strict=True))}
        for name in names
    ]  # fmt: skip
    tables["programme_stock"] = []
    for row in tables["cities"]:
        residents += row["urban_residents"]
        for name in names:
            if rng.random() < (0.9 if name == "homes" else 0.3):
                stock = _between(rng, 0.0, 50.0, 1) * (100 if name == "compounds" else 1)
                limit = round(stock * rng.uniform(0.1, 0.5), 1) if rng.random() < 0.5 else None
                own = {"city": row["city"], "programme": name, "stock": stock, "limit": limit}
                tables["programme_stock"].append(own)
    if "homes" in names:
        service = str(rng.choice([row["service"] for row in tables["services"]]))
        tables["programme_yields"] = [{"programme": "homes", "service": service, "yield": _between(rng, 1.0, 20.0, 1)}]
    compounds = tables["programmes"][0]
    subsidy = dict.fromkeys(tables["pools"][0]) | {
        "pool": "subsidy", "kind": "transfer", "use": "capital", "title_zh": "改造补助", "title_en": "Subsidy",
        "total": round(0.1 * residents * compounds["year_share"] * compounds["capital_cost"] * rng.uniform(0.1, 0.4)),
        "reserve": 0, "exhaust": bool(rng.random() < 0.3), "quantum": 1,
        "programme": "compounds", "support": _between(rng, 0.4, 1.0, 2) if rng.random() < 0.7 else None,
    }  # fmt: skip
    tables["pools"].append(subsidy)
    tables["factors"].append({"pool": "subsidy", "factor": "urban_residents", "weight": 1})
    if rng.random() < 0.5:
        first = tables["limits"][0] if tables["limits"] else {}
        tables["limits"].append(dict.fromkeys(first) | {
            "limit": "compounds", "title_zh": "改造", "title_en": "compounds", "quantity": "run:compounds", "where": "",
            "sense": "<=", "value": round(0.05 * residents), "basis": "amount", "owner": "", "source": "",
        })  # fmt: skip
    if rng.random() < 0.6:
        at = f'[[objective]]\ntier = "{"coverage" if rng.random() < 0.5 else "cost"}"\n'
        settings = settings.replace(at, f'[[objective]]\ntier = "programmes"\n{at}', 1)
    return settings


def _with_links(rng: np.random.Generator, tables: dict[str, Rows]) -> None:
    """Links between some cities in half of the instances, one fee a service; and a task to move or to share."""
    if rng.random() < 0.5:
        return
    cities, services = ([row[name] for row in tables[table]] for table, name in (("cities", "city"),
                                                                                 ("services", "service")))  # fmt: skip
    cost = {row["service"]: row["capital_cost"] for row in tables["services"]}
    fee = {service: _between(rng, 0.0, 0.5, 2) if rng.random() < 0.5 else None for service in services}
    size = {(row["city"], row["service"]): row["capacity"] for row in tables["capacity"]}
    tables["links"] = [
        {"from": giver, "to": receiver, "service": service, "kind": kind,
         "limit": round(size[giver, service] * rng.uniform(0.0, 0.1), 1) if rng.random() < 0.5 else None,
         "cost": round(cost[service] * rng.uniform(0.2, 1.0), 2) if kind == "move" else None,
         "fee": fee[service] if kind == "use" else None, "open": bool(rng.random() < 0.8)}
        for service in services for giver in cities for receiver in cities for kind in ("use", "move")
        if giver != receiver and rng.random() < (0.3 if kind == "use" else 0.15)
    ]  # fmt: skip
    giving = [row for row in tables["links"] if row["open"] and size[row["from"], row["service"]] > 0]
    if giving and rng.random() < 0.6:
        row = giving[int(rng.integers(len(giving)))]
        first = tables["limits"][0] if tables["limits"] else {}
        most = row["limit"] if row["limit"] is not None else 0.02 * size[row["from"], row["service"]]
        tables["limits"].append(dict.fromkeys(first) | {
            "limit": "relief", "title_zh": "疏解", "title_en": "relief", "where": f"city == '{row['from']}'",
            "quantity": f"{'moved' if row['kind'] == 'move' else 'shared'}:{row['service']}",
            "sense": ">=" if row["kind"] == "move" else "<=", "value": round(0.2 * most, 1), "basis": "amount",
            "owner": "", "source": "",
        })  # fmt: skip


def _with_sources_of_cells(rng: np.random.Generator, tables: dict[str, Rows]) -> None:
    """Sources of some cells in which something is given, in most instances; the last table, so that none is moved."""
    if rng.random() < 0.2:
        return
    about = (("cities", "residents", ""), ("cities", "idle", ""), ("capacity", "capacity", "service"),
             ("last_year", "amount", "pool"))  # fmt: skip
    tables["cell_sources"] = [
        {
            "table": table, "column": column, "item": row[item] if item else "", "city": row["city"],
            "status": str(rng.choice(["published", "derived", "estimated", "assumed"])), "source": "yearbook of a city",
            "year": "2019" if rng.random() < 0.8 else "", "note": "by hand" if rng.random() < 0.5 else "",
        }
        for table, column, item in about
        for row in tables[table]
        if row[column] is not None and rng.random() < 0.3
    ]  # fmt: skip
    for row in tables["cell_sources"]:
        row.update(source_zh="" if row["note"] else "城市统计年鉴", note_zh="手工填写" if row["note"] else "")


def _cell(rng: np.random.Generator, column: Column, tables: Mapping[str, Rows]) -> Any:
    """A value that a column may hold, by its kind and range."""
    if column.references:
        return str(rng.choice([row[TABLES[column.references].key[0]] for row in tables[column.references]]))
    if column.kind == "flag":
        return bool(rng.random() < 0.5)
    if not column.numeric:
        return str(rng.choice(column.values or ("one", "two")))
    return _number(rng, (column.minimum, column.above), (column.maximum, column.below))


def _number(rng: np.random.Generator, above: Iterable[float | None], below: Iterable[float | None]) -> float:
    """A number well within a range; one wide where an end is open."""
    least = next((each for each in above if each is not None), 0.0)
    most = next((each for each in below if each is not None), least + 1.0)
    return _between(rng, least + 0.1 * (most - least), least + 0.9 * (most - least))


def _value(rng: np.random.Generator, setting: Setting, rules: Sequence[Any]) -> str:
    """A value that a setting may have by its kind and the rules of its range, as TOML has it."""
    if setting.kind == "flag":
        found = str(bool(rng.random() < 0.5)).lower()
    elif setting.kind in ("number", "whole"):
        above, below = ([getattr(rule, end, None) for rule in rules for end in ends] for ends in ENDS)
        number = _number(rng, above, below)
        found = str(int(np.ceil(number)) if setting.kind == "whole" else number)
    else:
        found = f'"{rng.choice(setting.choices or ("one", "two"))}"'
    return f"[{found}]" if setting.listed else found
