"""The planner's words for every constraint family, bound and tier of the annual model: ``families.toml``, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, NamedTuple


class Words(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class FamilyWords:
    """What a constraint family is called and says.

    Attributes:
        title: what tables and charts call it.
        words: what it demands, one sentence.
        unit: of its rows, a key of `units`.
        owner: who may waive it, a key of `owners`.
        source: the document it comes from, or a key of `sources`.
        binds: said when it binds; ``{count}`` stands for the number of binding rows.
        remedy: what can be done when it binds or clashes, with machine names between backquotes.
    """

    title: Words
    words: Words
    unit: str
    owner: str
    source: str
    binds: Words
    remedy: Words


@dataclass(frozen=True)
class RuleWords:
    """What a rule behind a bound, or a cause of the debt room, is called and says; `owner` is who may waive it."""

    title: Words
    words: Words
    owner: str


@dataclass(frozen=True)
class TierWords:
    """What a tier is called and optimises.

    Attributes:
        title: what tables and charts call it.
        words: what is made as great or as small as can be.
        unit: of its value, a key of `units`.
        better: which values are better.
    """

    title: Words
    words: Words
    unit: str
    better: Literal["higher", "lower"]


@cache
def families() -> Mapping[str, FamilyWords]:
    """Constraint family -> its words, in the order of the model's page; those that tiers bring come last."""
    return MappingProxyType({name: FamilyWords(**_worded(table)) for name, table in _tables("families").items()})


@cache
def bounds() -> Mapping[str, RuleWords]:
    """Rule behind a bound of an allocation (`Derived.lower_rule`, `Derived.upper_rule`) -> its words."""
    return _rules("bounds")


@cache
def causes() -> Mapping[str, RuleWords]:
    """What leaves the debt room (`debt_ratio`, `debt_tier`, `debt_service`) -> its words."""
    return _rules("causes")


@cache
def rules() -> Mapping[str, RuleWords]:
    """Rule behind a bound of another decision (who may settle, what may be enlarged or left unmet) -> its words."""
    return _rules("rules")


@cache
def numbers() -> Mapping[str, str]:
    """``table.column`` or the path of a setting -> who decides about it, a key of `owners`."""
    found: Mapping[str, str] = _file()["numbers"]
    return MappingProxyType(dict(found))


@cache
def owned() -> frozenset[str]:
    """Families, rules, causes and numbers of which it is known who decides about them."""
    worded: dict[str, Any] = {**families(), **bounds(), **causes(), **rules()}
    owner = {name: each.owner for name, each in worded.items()} | dict(numbers())
    return frozenset(name for name, each in owner.items() if each in owners())


@cache
def tiers() -> Mapping[str, TierWords]:
    """Tier -> its words."""
    return MappingProxyType({name: TierWords(**_worded(table)) for name, table in _tables("tiers").items()})


@cache
def owners() -> Mapping[str, Words]:
    """Who may waive a family -> title."""
    return _titles("owners")


@cache
def sources() -> Mapping[str, Words]:
    """Sources that are no document -> title."""
    return _titles("sources")


@cache
def units() -> Mapping[str, Words]:
    """Unit of a family or tier -> title."""
    return _titles("units")


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads(files("alloc_models").joinpath("families.toml").read_text(encoding="utf-8"))


def _tables(name: str) -> Mapping[str, dict[str, Any]]:
    tables: Mapping[str, dict[str, Any]] = _file()[name]
    return tables


def _rules(name: str) -> Mapping[str, RuleWords]:
    return MappingProxyType({rule: RuleWords(**_worded(table)) for rule, table in _tables(name).items()})


def _titles(name: str) -> Mapping[str, Words]:
    return MappingProxyType({key: Words(**words) for key, words in _tables(name).items()})


def _worded(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: Words(**value) if isinstance(value, dict) else value for key, value in table.items()}
