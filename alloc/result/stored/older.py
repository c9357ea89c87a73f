"""Results that earlier versions wrote, in the form of today's.

Schema 1 said of a tier what it reached by itself (`optimum`), what the result had of it, and a bound; with whole
facilities the bounds of later tiers held for the facilities chosen alone, and facilities were found by a search. What
was not true is not taken over: such tiers have no bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from alloc.publish.off import rounding_table
from alloc.solver.model.status import Quality


def manifest_of_schema_1(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest, of the form of schema 1, as this version has it but for the number of the schema."""
    options = manifest["options"]
    whole = bool(options["integers"])
    tiers = []
    for tier in manifest["tiers"]:
        bound = None if whole else tier["bound"]
        gap = None if bound is None or not tier["size"] else abs(tier["value"] - bound) / tier["size"]
        tiers.append({
            "tier": tier["tier"], "optimised": tier["optimum"] is not None, "value": tier["value"], "bound": bound,
            "gap": gap, "size": tier["size"] or abs(tier["value"]), "tolerance": tier["tolerance"],
            "seconds": tier["seconds"],
        })  # fmt: skip
    status = dict(manifest["status"])
    if whole and status["quality"] == Quality.OPTIMAL:
        status["quality"] = str(Quality.FEASIBLE)
    searched = [{"code": "searched", "amount": 0.0, "detail": ""}] if whole else []
    return {
        **manifest,
        "tiers": tiers,
        "status": status,
        "floors": {entry["tier"]: entry["optimum"] for entry in manifest["tiers"] if entry["tolerance"] is not None},
        "notes": [*manifest["notes"], *searched],
        "options": {**options, "facilities": "joint"},
    }


def tables_of_schema_1(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables as this version has them: persons were not rounded, and nobody noted what rounding could not keep."""
    return {**tables, "people": tables["people"].assign(rounding=0.0), "rounding": rounding_table(())}
