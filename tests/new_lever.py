"""A small lever of its own: its module, its words and its verification, and how it is installed for a test."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from alloc.formulation import completeness, registry
from alloc.verification import levers
from alloc.verification.levers import Checks

MODULE = """
from alloc.formulation.declare import decision
from alloc.formulation.lever import Decision, Family, Formulation, Lever
from alloc_models.annual import LEVERS, sets, sizes

RENEW = Decision("renew", ("cities",), unit="ha", table="renewal", columns=("renewed",))
MEND = Decision("mend", ("cities",), unit="ha", table="land", columns=("mended",))
COST = 5.0


def declare(m, data):
    decision(m, RENEW)
    decision(m, MEND)


def renewing(m, c):
    return COST * m.renew[c]


def renewal_due(m, c):
    return m.renew[c] >= 2.0


def mending_due(m, c):
    return m.mend[c] == 3.0


LEVER = Lever(
    "renewal", __name__, declare, decisions=(RENEW, MEND),
    families=(Family("renewal_due", ("cities",), renewal_due), Family("mending_due", ("cities",), mending_due)),
    adds={"spending": renewing}, costs=("policy.land.reuse_cost",),
)
FORMULATION = Formulation("annual", (*LEVERS, LEVER), sets, sizes)
"""
ENTRY = """
title = { zh = "更新", en = "Renewal" }
words = { zh = "每市更新两公顷。", en = "Every city renews." }
unit = "ha"
owner = "planner"
source = "assumed"
binds = { zh = "在 {count} 个城市。", en = "In {count} cities." }
remedy = { zh = "少更新。", en = "Renew less." }
"""
WORDS = f"""
[decisions.renew]
title = {{ zh = "城市更新面积", en = "Renewed land" }}
[decisions.mend]
title = {{ zh = "修复面积", en = "Mended land" }}
[families.renewal_due]{ENTRY}
[families.mending_due]{ENTRY}
"""


def _check(ledger, raw, results, policy):  # type: ignore[no-untyped-def]
    renewed = results.brought["renewal"]["renewed"]
    ledger.compare("renewal_due", renewed, ">=", 2.0, at=raw.by_city)
    ledger.compare("mending_due", results.brought["land"]["mended"], "=", 3.0, at=raw.by_city)


CHECKS = Checks(
    _check,
    families=("renewal_due", "mending_due"),
    bounded={"renew": (), "mend": ()},
    columns={"renewal": ("city", "renewed"), "land": ("mended",)},
    keys={"renewal": ("city",)},
    spending=lambda raw, tables, policy: 5.0 * np.asarray(tables["renewal"]["renewed"]),
)


def forget() -> None:
    for kept in (registry.catalogue, registry.formulation, registry._loaded, completeness._unlisted):
        kept.cache_clear()


def write_lever(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str = MODULE, words: str = WORDS) -> ModuleType:
    """Writes the lever to a folder and names its formulation `annual`."""
    (folder / "renewal.py").write_text(module, encoding="utf-8")
    (folder / "renewal.toml").write_text(words, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setitem(registry.BUILT_IN, "annual", "renewal:FORMULATION")
    sys.modules.pop("renewal", None)
    importlib.invalidate_caches()
    forget()
    return importlib.import_module("renewal")


@pytest.fixture
def fresh() -> Iterator[None]:
    """The annual formulation again, after the test."""
    yield
    forget()
    sys.modules.pop("renewal", None)


def verified_by(monkeypatch: pytest.MonkeyPatch, checks: Checks = CHECKS) -> None:
    """Registers the verification of the lever."""
    monkeypatch.setattr(levers, "LEVERS", (checks,))
    completeness._unlisted.cache_clear()
