"""Whether the catalogue and the verification know what a model declares, so that nothing is lost without a word.

Every room asks the catalogue; what a model has and the catalogue has not would be left out of tables, explanations and
reports, and the result would still look whole. The verification keeps its own arithmetic and with it lists of what it
can recompute. A model of which either does not know something is refused before anything is solved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from alloc.formulation.catalogue import Catalogue
from alloc.formulation.errors import FormulationError
from alloc.text import Text

KINDS = {
    "decision": Text("决策", "decision"),
    "bound": Text("决策的上下限", "bound"),
    "family": Text("约束族", "family"),
    "kept": Text("取整后仍须成立的约束族", "family that rounding keeps"),
    "quantity": Text("限制对象", "quantity of limits"),
    "tier": Text("目标", "tier"),
}
CATALOGUE = Text("模型的声明", "declarations of its levers")
# What has to be known -> what has to name it, `module:function` called with the name of the formulation, and what that
# is of.
LISTS: Mapping[str, tuple[tuple[str, Text], ...]] = {
    "decision": (("alloc.verification.families:known_decisions", Text("核验", "verification")),),
    "bound": (("alloc.verification.families:known_decisions", Text("核验", "verification")),),
    "family": (
        ("alloc.verification.families:known_families", Text("核验", "verification")),
        ("alloc.verification.published:known_families", Text("公布数的核验", "verification of published numbers")),
    ),
    "kept": (
        ("alloc.verification.published:kept_families", Text("公布数的核验", "verification of published numbers")),
    ),
    "quantity": (("alloc.verification.results:known_quantities", Text("核验", "verification")),),
    "tier": (("alloc.verification.tiers:values", Text("核验", "verification")),),
}


@dataclass(frozen=True)
class Missing:
    """A name that is not known somewhere.

    Attributes:
        kind: a key of `KINDS`.
        name: of the decision, family, tier or bound (``settle.lower``).
        place: what lacks it, ``module:function``; "" for the catalogue.
        room: what that is of.
    """

    kind: str
    name: str
    place: str
    room: Text


class IncompleteError(FormulationError):
    """A formulation of which something is not known; `missing` has everything at once."""

    def __init__(self, name: str, missing: Sequence[Missing]) -> None:
        """One line for each name, with every list that lacks it."""
        self.missing = tuple(missing)
        head = Text(
            "模型 {name} 有程序不认识的内容，不予求解：",
            "formulation {name} is not known everywhere and is not solved:",
        )
        lines = [head.fill(name=name), *_lines(self.missing)]
        super().__init__(Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines)))


def _lines(missing: Sequence[Missing]) -> Iterator[Text]:
    """For each name, where it is missing."""
    places: dict[tuple[str, str], list[Missing]] = {}
    for absent in missing:
        places.setdefault((absent.kind, absent.name), []).append(absent)
    for (kind, name), found in places.items():
        zh = "、".join(absent.room.zh + (f"（{absent.place}）" if absent.place else "") for absent in found)
        en = ", ".join(absent.room.en + (f" ({absent.place})" if absent.place else "") for absent in found)
        yield Text("- {kind} {name}：未列入{zh}", "- {kind} {name}: not in {en}").fill(
            kind=KINDS[kind], name=name, zh=zh, en=en
        )


@dataclass(frozen=True)
class Names:
    """What a formulation declares for one instance."""

    decision: tuple[str, ...]
    bound: tuple[str, ...]
    family: tuple[str, ...]
    kept: tuple[str, ...]
    quantity: tuple[str, ...]
    tier: tuple[str, ...]


def names_of(model: Any, known: Catalogue) -> Names:
    """The names of a model (see `alloc.formulation.declare`), and of what its limits can sum up.

    A bound is named where it says more than that a decision is not negative: ``settle.upper``.
    """
    decided = {name: column for name, column in model.columns.items() if not column.auxiliary}
    bounds = [
        f"{name}.{side}"
        for name, columns in decided.items()
        for side, bounded in (("lower", np.any(columns.lower != 0)), ("upper", np.any(np.isfinite(columns.upper))))
        if bounded
    ]
    kept = (name for name in model.families if name in known.families and known.families[name].rounded)
    return Names(
        tuple(decided), tuple(bounds), tuple(model.families), tuple(kept), tuple(known.quantities), tuple(model.tiers)
    )


def check(model: Any, known: Catalogue) -> None:
    """Refuses a model of which something is not known.

    Args:
        model: as it was built for an instance.
        known: the catalogue of its formulation.

    Raises:
        IncompleteError: with every name that is not known and where.
    """
    names = names_of(model, known)
    if missing := (*_undeclared(names, known), *_unlisted(names, known.name)):
        raise IncompleteError(known.name, missing)


def _undeclared(names: Names, known: Catalogue) -> Iterator[Missing]:
    """What the model has and no lever declares: a bound belongs to a rule, or to what there is use for."""
    bounds = [f"{rule.decision}.{side}" for rule in known.rules.values() for side in rule.sides] + [
        f"{name}.upper" for name, decision in known.decisions.items() if decision.possible is not None
    ]
    declared: Mapping[str, Collection[str]] = {
        "decision": known.decisions, "bound": bounds, "family": known.families, "tier": known.tiers,
    }  # fmt: skip
    for kind, found in declared.items():
        yield from (Missing(kind, name, "", CATALOGUE) for name in getattr(names, kind) if name not in found)


@cache
def _unlisted(names: Names, formulation: str) -> tuple[Missing, ...]:
    return tuple(
        Missing(kind, name, place, room)
        for kind, places in LISTS.items()
        for place, room in places
        for name in getattr(names, kind)
        if not _knows(_listed(place, formulation), kind, name)
    )


def _listed(place: str, formulation: str) -> Collection[str]:
    module, _, function = place.partition(":")
    listed: Collection[str] = getattr(import_module(module), function)(formulation)
    return listed


def _knows(known: Any, kind: str, name: str) -> bool:
    """A bound ``settle.upper`` is known where the entry of the decision names the side."""
    if kind != "bound":
        return name in known
    decision, _, side = name.partition(".")
    return decision in known and side in known[decision]
