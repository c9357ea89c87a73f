"""The catalogue of a formulation: everything that its levers declare, by name, with its words."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from alloc.formulation.errors import FormulationError
from alloc.formulation.lever import (
    BELONGS,
    Cause,
    Decision,
    Family,
    Formulation,
    Lever,
    Number,
    Quantity,
    Rule,
    Side,
)
from alloc.formulation.tier import Tier, TierWords
from alloc.text import Text

ARITHMETIC = "arithmetic"


@dataclass(frozen=True)
class Sum:
    """What several levers add up to.

    Attributes:
        over: the sets that it runs over.
        terms: of the levers, each called with the model and a member of these sets.
    """

    over: tuple[str, ...]
    terms: tuple[Callable[..., Any], ...]

    def __call__(self, model: Any, *at: Any) -> Any:
        """The sum of all terms; 0 where no lever adds one."""
        return sum(term(model, *at) for term in self.terms)


@dataclass(frozen=True)
class Catalogue:
    """What a formulation is made of; every mapping goes by name, in the order in which the levers declare.

    Attributes:
        name: of the formulation.
        levers: its parts.
        decisions, families, rules, causes, quantities, tiers: with their words.
        numbers: path -> number that can be turned.
        owners, sources, units: what the keys of that name are called, in general and in the words files of levers.
        unchecked: of a source what is not yet checked against the document itself.
    """

    name: str
    levers: tuple[Lever, ...]
    decisions: Mapping[str, Decision]
    families: Mapping[str, Family]
    rules: Mapping[str, Rule]
    causes: Mapping[str, Cause]
    quantities: Mapping[str, Quantity]
    tiers: Mapping[str, Tier]
    numbers: Mapping[str, Number]
    owners: Mapping[str, Text]
    sources: Mapping[str, Text]
    units: Mapping[str, Text]
    unchecked: Mapping[str, Text]

    @cached_property
    def sums(self) -> Mapping[str, Sum]:
        """The sums to which levers add terms, by name."""
        return sums_of(self.levers)

    @cached_property
    def counted(self) -> Decision | None:
        """The decision by city that is published in whole numbers, if there is one."""
        found = (decision for decision in self.decisions.values() if decision.before_rounding and not decision.granted)
        return next(found, None)

    def shared(self, item: str) -> tuple[str, ...]:
        """The families that have one row over the cities for each member of a set, as ``limits`` or ``pools``."""
        return tuple(name for name, family in self.families.items() if family.shared and family.item == item)

    @property
    def limiting(self) -> str:
        """The family of the planner's limits, "" where a formulation has none."""
        return next(iter(self.shared(BELONGS["limit"])), "")

    @cached_property
    def granted(self) -> Decision:
        """The decision that shares the pools out, over cities and pools."""
        (found,) = (decision for decision in self.decisions.values() if decision.granted)
        return found

    def item_of(self, name: str) -> str:
        """The set whose members the rows of a family, cause or rule are about besides their city, "" for none."""
        if name in self.rules:
            return self.rules[name].item
        return self.family_of(name).item

    def family_of(self, name: str) -> Family:
        """A family by its own name or by that of one of its causes.

        Raises:
            KeyError: there is none.
        """
        found = next((family for family in self.families.values() if name in family.causes), None)
        return found or self.families[name]

    def rules_of(self, decision: str, side: Side) -> tuple[Rule, ...]:
        """The rules behind one bound of a decision that no family stands for."""
        return tuple(
            rule for rule in self.rules.values() if rule.decision == decision and side in rule.sides and not rule.family
        )

    def owner_of(self, name: str) -> str:
        """Who may waive a family, rule or cause, or change a number; a key of `owners`.

        Raises:
            KeyError: nothing of that name is known.
        """
        for known in (self.families, self.rules, self.causes, self.numbers):
            if name in known:
                return str(known[name].owner)
        raise KeyError(name)

    def by_methods(self, methods: tuple[tuple[str, str], ...]) -> Catalogue:
        """The catalogue with some tiers as they are by a method each; made once, for it is asked for all the time.

        Args:
            methods: tier and method.
        """
        if methods not in self._made:
            by = {tier: self.tiers[tier].by(method) for tier, method in methods}
            self._made[methods] = replace(self, tiers=MappingProxyType({**self.tiers, **by})) if by else self
        return self._made[methods]

    @cached_property
    def _made(self) -> dict[tuple[tuple[str, str], ...], Catalogue]:
        return {}


class CatalogueError(FormulationError):
    """Declarations that contradict each other or say too little; `faults` has all of them."""

    def __init__(self, name: str, faults: Iterable[Text]) -> None:
        """One line for each fault."""
        self.faults = tuple(faults)
        head = Text(f"模型 {name} 的声明有误：", f"formulation {name} is not declared rightly:")
        lines = [head, *(Text(f"- {fault.zh}", f"- {fault.en}") for fault in self.faults)]
        super().__init__(Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines)))


@cache
def catalogue_of(formulation: Formulation) -> Catalogue:
    """The catalogue of a formulation.

    Raises:
        CatalogueError: two declarations of one name, a term of a sum that does not exist, a number without owner, a
            name without words, or something that refers to what is not there.
    """
    levers = formulation.levers
    shared = _read(files("alloc.formulation").joinpath("common.toml"))
    words = {lever.name: _read(_words_file(lever)) for lever in levers}
    faults: list[Text] = [*_twice(levers), *_strange_sums(levers)]
    found = Catalogue(
        formulation.name,
        levers,
        _worded(levers, words, "decisions", faults),
        _worded(levers, words, "families", faults),
        _worded(levers, words, "rules", faults),
        _worded(levers, words, "causes", faults),
        _worded(levers, words, "quantities", faults),
        _worded(levers, words, "tiers", faults),
        MappingProxyType({number.path: number for lever in levers for number in lever.numbers}),
        *(MappingProxyType({k: Text(**each) for told in (shared, *words.values())
                            for k, each in told.get(part, {}).items()})
          for part in ("owners", "sources", "units", "unchecked")),
    )  # fmt: skip
    faults += [*_strangers(found), *_out_of_reach(found), *_not_kept(found)]
    if sum(decision.granted for decision in found.decisions.values()) != 1:
        faults.append(
            Text("须恰有一个决策把资源池分给各城市（granted）", "one decision, and only one, has to be `granted`")
        )
    if faults:
        raise CatalogueError(formulation.name, faults)
    return found


def sums_of(levers: Iterable[Lever]) -> Mapping[str, Sum]:
    """Name of a sum -> the terms of all levers, in their order."""
    every = tuple(levers)
    return MappingProxyType({
        name: Sum(over, tuple(lever.adds[name] for lever in every if name in lever.adds))
        for one in every
        for name, over in one.sums.items()
    })  # fmt: skip


def _words_file(lever: Lever) -> Path:
    return Path(str(sys.modules[lever.module].__file__)).with_name(f"{lever.name}.toml")


def _read(source: Any) -> Mapping[str, Any]:
    return tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}


def _declared(lever: Lever) -> Iterator[tuple[str, str]]:
    """Kind and name of everything that a lever declares."""
    for kind in ("decisions", "families", "rules", "causes", "quantities", "tiers"):
        yield from ((kind, declared.name) for declared in getattr(lever, kind))
    yield from (("numbers", number.path) for number in lever.numbers)
    yield from (("sums", name) for name in lever.sums)


KINDS = MappingProxyType({
    "decisions": Text("决策", "decision"),
    "families": Text("约束族", "family"),
    "rules": Text("上下限所依据的规则", "rule"),
    "causes": Text("成因", "cause"),
    "quantities": Text("限制对象", "quantity"),
    "tiers": Text("目标", "tier"),
    "numbers": Text("参数", "number"),
    "sums": Text("合计", "sum"),
})  # fmt: skip


def _twice(levers: Iterable[Lever]) -> Iterator[Text]:
    first: dict[tuple[str, str], str] = {}
    for lever in levers:
        for kind, name in _declared(lever):
            if (kind, name) in first:
                yield Text(
                    "{file}：{kind} {name} 已在 {other} 中声明", "{file}: {kind} {name} is declared in {other} already"
                ).fill(file=lever.file, kind=KINDS[kind], name=name, other=first[kind, name])
            first.setdefault((kind, name), lever.file)


def _strange_sums(levers: tuple[Lever, ...]) -> Iterator[Text]:
    known = {name for lever in levers for name in lever.sums}
    for lever in levers:
        for name in lever.adds:
            if name not in known:
                yield Text(
                    "{file}：没有名为 {name} 的合计，可用的有 {known}",
                    "{file}: there is no sum {name} to add to, only {known}",
                ).fill(file=lever.file, name=name, known=", ".join(sorted(known)))
        if lever.adds and not lever.costs:
            yield Text(
                "{file}：没有写明所加各项由哪些输入算得（costs）",
                "{file}: says not which inputs its terms are made of (costs)",
            ).fill(file=lever.file)


def _worded(
    levers: Iterable[Lever], words: Mapping[str, Mapping[str, Any]], kind: str, faults: list[Text]
) -> Mapping[str, Any]:
    """Everything of one kind with its words; what has none is added to the faults."""
    found: dict[str, Any] = {}
    for lever in levers:
        told = words[lever.name].get(kind, {})
        for declared in getattr(lever, kind):
            entry = told.get(declared.name)
            needed = [
                name for name in ("title", "words", "owner", "unit", "better", "reason") if _needs(declared, name)
            ]
            missing = [name for name in needed if entry is None or name not in entry]
            if missing:
                faults.append(
                    Text("{file}：{kind} {name} 缺少 {missing}", "{file}: {kind} {name} lacks {missing}").fill(
                        file=f"{lever.name}.toml", kind=KINDS[kind], name=declared.name, missing=", ".join(missing)
                    )
                )
            found[declared.name] = declared if entry is None else _with_words(declared, entry)
        for name in told:
            if name not in {declared.name for declared in getattr(lever, kind)}:
                faults.append(
                    Text("{file}：{kind} {name} 没有声明", "{file}: {kind} {name} is not declared").fill(
                        file=f"{lever.name}.toml", kind=KINDS[kind], name=name
                    )
                )
    return MappingProxyType(found)


def _needs(declared: Any, name: str) -> bool:
    """Whether words of a kind have to give something: decisions and quantities say their unit in their declaration."""
    has = name in {field.name for field in fields(declared)}
    return has and not (isinstance(declared, Decision | Quantity) and name in ("unit", "words"))


def _with_words(declared: Any, entry: Mapping[str, Any]) -> Any:
    given: dict[str, Any] = {name: Text(**value) if _is_text(value) else value for name, value in entry.items()}
    if "by_method" in given:
        given["by_method"] = MappingProxyType({
            method: _with_words(TierWords(), told) for method, told in given["by_method"].items()
        })  # fmt: skip
    return replace(declared, **given)


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"zh", "en"}


def _strangers(found: Catalogue) -> Iterator[Text]:
    """Whatever refers to what is not there."""
    rows = {*found.families, *found.rules, *found.causes}
    asked: list[tuple[str, str, str, Iterable[str], Iterable[str]]] = [
        *(("rules", rule.name, "decision", [rule.decision], found.decisions) for rule in found.rules.values()),
        *(("numbers", number.path, "owner", [number.owner], found.owners) for number in found.numbers.values()),
        *(("numbers", number.path, "moves", [name for turn in number.turns for name in turn.moves], rows)
          for number in found.numbers.values()),
        *((kind, declared.name, "owner", [declared.owner], found.owners)
          for kind in ("families", "rules", "causes") for declared in getattr(found, kind).values()),
        *((kind, declared.name, "unit", [declared.unit], found.units)
          for kind in ("families", "quantities", "tiers") for declared in getattr(found, kind).values()),
        *(("families", family.name, "causes", family.causes, found.causes) for family in found.families.values()),
        *(("rules", rule.name, "family", [rule.family] if rule.family else [], found.families)
          for rule in found.rules.values()),
        *(("tiers", tier.name, "after", tier.by(method).after, found.tiers)
          for tier in found.tiers.values() for method in (None, *tier.methods)),
    ]  # fmt: skip
    for kind, name, part, names, known in asked:
        for stranger in names:
            if stranger not in known:
                yield Text(
                    "{kind} {name} 的 {part}：没有 {stranger}", "{kind} {name}, {part}: there is no {stranger}"
                ).fill(kind=KINDS[kind], name=name, part=part, stranger=stranger or "—")


def _out_of_reach(found: Catalogue) -> Iterator[Text]:
    """Numbers that are said to move rows of which nobody could say that they belong to one of their values."""
    rows = {*found.rules, *found.families, *found.causes}
    for number in found.numbers.values():
        if number.turns and (number.by not in BELONGS or number.owner == ARITHMETIC):
            yield Text(
                "参数 {path} 可改，但 by 或 owner 有误：{by}、{owner}",
                "number {path} can be changed, which does not go with by {by} and owner {owner}",
            ).fill(path=number.path, by=number.by or "—", owner=number.owner)
            continue
        alone = (turn for turn in number.turns if not (turn.multiplies or turn.waives))
        for name in (name for turn in alone for name in turn.moves if name in rows):
            if not _reaches(found, number.by, name):
                yield Text(
                    "参数 {path} 的 moves：{name} 的各行不分属 {by}；如其乘以决策，写 multiplies",
                    "number {path}, moves: no row of {name} is that of one {by}; if it is multiplied by decisions, say "
                    "so by multiplies",
                ).fill(path=number.path, name=name, by=number.by)


def _reaches(found: Catalogue, by: str, name: str) -> bool:
    """Whether rows of a name belong to single values; what pools have is also what limits sum up."""
    if BELONGS[by] == "cities":
        return name in found.rules or not found.family_of(name).shared
    of = found.item_of(name)
    return not BELONGS[by] or of == BELONGS[by] or (by == "pool" and of == BELONGS["limit"])


def _not_kept(found: Catalogue) -> Iterator[Text]:
    """Families over several cities that are said to hold of published numbers: rounding keeps totals of pools and the
    planner's limits, and else the rows of each city."""
    kept = {name for item in (BELONGS["pool"], BELONGS["limit"]) for name in found.shared(item)[:1]}
    for name, family in found.families.items():
        if family.rounded and family.shared and name not in kept:
            yield Text(
                "约束族 {name} 涉及多个城市，取整无法保证其成立：去掉 rounded，或按城市逐行列出",
                "family {name} runs over several cities, and rounding cannot keep it: leave out rounded, or give every "
                "city a row",
            ).fill(name=name)
