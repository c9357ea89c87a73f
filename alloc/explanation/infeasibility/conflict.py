"""Why nothing satisfies the rules, and what would: arithmetic, a few rules that clash, and a menu of repairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from alloc.content.blocks import Amount, Cell, Row, Section, Table
from alloc.content.figures import MISSING, decimals_for, shown_unit
from alloc.content.numbers import amount_text
from alloc.content.tables import exact, table
from alloc.explanation.infeasibility.groups import Clash, Group, clash
from alloc.explanation.infeasibility.lines import Change
from alloc.explanation.infeasibility.menu import LEAST, Menu, Repair, has_solution, menu
from alloc.explanation.infeasibility.published import giving_way
from alloc.explanation.infeasibility.rows import rows_of
from alloc.explanation.infeasibility.search import WEIGHTS
from alloc.explanation.infeasibility.words import OF_ONE, WORDS, Names, say
from alloc.explanation.shared.answer import Report, Step, Writable, answered, parts_of, silent
from alloc.instance.derived.derived import Derived
from alloc.instance.findings import Finding, InputError, Sides, errors, to_records
from alloc.instance.instance import Instance
from alloc.instance.prechecks.all import CONFLICT_CODES, precheck
from alloc.instance.prechecks.doubted import FIRST, doubted
from alloc.scenario.lines import after
from alloc.scenario.titles.writing import lines_shown
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.text import Text, for_shell, listed

LONGEST = 300.0  # seconds, where the instance gives itself less
NO_CLASH, NO_MENU = Clash((), True), Menu((), True, True)


@dataclass(frozen=True, eq=False)
class Conflict(Writable):
    """What is wrong with an instance that has no point.

    Attributes:
        instance: the one that was asked about.
        derived: its derived data.
        feasible: whether it has a point after all; None where that was not settled in the time.
        whole: whether whole facilities alone make the conflict.
        findings: what arithmetic over bounds and sums finds.
        clash: rules that cannot hold together.
        menu: repairs, each tried.
        stopped: whether the search was interrupted or ran out of time.
        edited: whether lines were given with the instance; those of a repair start from what they make.
        doubted: figures in doubt, each with the findings that go away with it.
        giving_way: families that published amounts of a repaired instance may miss by less than a quantum, by name.
    """

    TITLE: ClassVar[Text] = Text(
        "没有方案满足全部规则的原因与修复办法", "Why no allocation satisfies the rules, and what would repair it"
    )

    instance: Instance
    derived: Derived
    feasible: bool | None
    whole: bool = False
    findings: tuple[Finding, ...] = ()
    clash: Clash = NO_CLASH
    menu: Menu = NO_MENU
    stopped: bool = False
    edited: bool = False
    doubted: tuple[Finding, ...] = ()
    giving_way: tuple[str, ...] = ()

    @cached_property
    def _names(self) -> Names:
        return Names(self.instance, self.derived)

    def tables(self, language: str) -> list[Table]:
        """What every repair changes, for a terminal.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            One table, or none where there is no repair.
        """
        names = self._names
        rows: list[Row] = [
            (Amount(number), *self._row(change, names, language))
            for number, repair in enumerate(self.menu.repairs, 1)
            for change in repair.changes
        ]
        return [table("amounts", say(language, "amounts"), say(language, "heads"), "rlrrll", rows)] if rows else []

    def sentences(self, language: str) -> list[str]:
        """What clashes, and the edits that repair it.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Lines of text.
        """
        return self._said(language, [self._pasted(repair, language) for repair in self.menu.repairs])

    def section(self, language: str) -> Section:
        """Repairs in words, what each changes and what its cost is; the edits to paste come last.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            One section.
        """
        repairs, lines = self.menu.repairs, list[str]()
        if repairs:
            lines = [say(language, "cost_is", cost=self._names.cost().said(language)), say(language, "paste")]
            lines += [say(language, "repair_edits", number=number, lines=self._pasted(each, language))
                      for number, each in enumerate(repairs, 1)]  # fmt: skip
            lines += [say(language, "pasted")] if self.edited else []
        said = self._said(language, [self._changed(each, language) for each in repairs], document=True)
        return answered(language, (*parts_of(said), *self.tables(language), *parts_of(lines)))

    def _said(self, language: str, repairs: Sequence[str], document: bool = False) -> list[str]:
        """Lines of text, with each repair as it is told."""
        if self.feasible is not False:
            return [say(language, "feasible" if self.feasible else "unknown")]
        said = [say(language, "infeasible")]
        if self.whole:
            said.append(say(language, "whole"))
        if self.doubted:
            said += ["", FIRST.said(language), *(f"- {each.said(language)}" for each in self._slips)]
        if self.findings:
            said += ["", say(language, "findings")]
            said += [f"- {getattr(each.message, language)}" for each in self.findings]
        if self.clash.groups:
            names = self._names
            said += ["", say(language, "conflict" if self.clash.minimal else "conflict_untried")]
            for group in self.clash.groups:
                title, meaning, of = names.titled(group.family)[0], names.meaning(group), names.group(group)
                told = "group_told" if meaning.said(language).startswith(of.said(language)) else "group"
                said.append(WORDS[told].fill(title=title, of=of, words=meaning).said(language))
            said += self._enough(language)
        said.append("")
        said.append(say(language, "repairs" if self.menu.repairs else "no_repair"))
        for number, (repair, told) in enumerate(zip(self.menu.repairs, repairs, strict=True), 1):
            said.append(say(language, "repair", number=number, cost=f"{repair.cost:.3g}", lines=told))
        short = [number for number, each in enumerate(self.menu.repairs, 1) if not each.published]
        if short:
            numbered = listed(WORDS["numbered"].fill(number=number) for number in short)
            said.append(say(language, "not_published", repairs=numbered.said(language)))
        if self.giving_way and self.menu.repairs:
            rules = listed(self._names.titled(name)[0] for name in self.giving_way)
            said.append(say(language, "gives_way", rules=rules.said(language)))
        if self.edited and self.menu.repairs and not document:
            said.append(say(language, "pasted"))
        meant = [each.adjustment for repair in self.menu.repairs for each in repair.changes if each.change is not None]
        if any(each.number.by == "limit" and each.published.each for each in meant):
            said.append(say(language, "persons" if any(each.published.lost for each in meant) else "multiples"))
        if self.stopped or not self.menu.proven:
            said.append(say(language, "stopped"))
        elif self.menu.complete and 0 < len(self.menu.repairs) < LEAST:
            said.append(say(language, "few", count=len(self.menu.repairs)))
        return said

    @property
    def _slips(self) -> list[Text]:
        """The figures in doubt, each on a line."""
        return [Text(each.line("zh"), each.line("en")) for each in self.doubted]

    def _pasted(self, repair: Repair, language: str) -> str:
        lines = lines_shown(self._lines(repair), self.instance, language)
        return " ".join(f"--edit {for_shell(line)}" for line in lines)

    def _changed(self, repair: Repair, language: str) -> str:
        """A repair in words: every number from what to what."""
        told = []
        for change in repair.changes:
            title, *values, unit, _ = self._row(change, self._names, language)
            old, new = (amount_text(each) if isinstance(each, Amount) else str(each) for each in values)
            key = "changed_to" if old == MISSING or (change.new is None and change.flag is None) else "changed"
            of = say(language, "unit", unit=unit) if unit and change.new is not None else ""
            told.append(say(language, key, title=title, old=old, new=new) + of)
        return ("；" if language == "zh" else "; ").join(told)

    def _lines(self, repair: Repair) -> tuple[str, ...]:
        return after(repair.lines) if self.edited else repair.lines

    def _enough(self, language: str) -> list[str]:
        """Without which of the groups alone there is an allocation; nothing where that was not tried for all."""
        groups = self.clash.groups
        if any(group.enough is None for group in groups):
            return []
        if all(group.enough for group in groups):
            return [say(language, "any_is_enough")]
        if not any(group.enough for group in groups):
            return [say(language, "none_is_enough")]
        some, others = (
            _single([Text("“{of}”", "“{of}”").fill(of=self._called(group)) for group in groups
                     if group.enough is wanted])
            for wanted in (True, False)
        )  # fmt: skip
        return [say(language, "some_are_enough", some=some.said(language), others=others.said(language))]

    def _called(self, group: Group) -> Text:
        """Title of the family of a group; where several groups are of it, also what it is about."""
        title = self._names.titled(group.family)[0]
        if sum(each.family == group.family for each in self.clash.groups) == 1:
            return title
        return WORDS["both"].fill(item=title, place=self._names.group(group))

    def record(self) -> dict[str, Any]:
        """The conflict for JSON.

        Returns:
            Findings, the groups of rows that clash, and the repairs with their edits, costs and amounts.
        """
        names = self._names
        groups = []
        for group in self.clash.groups:
            title, owner = names.titled(group.family)[0], names.decides(group)
            meaning = names.meaning(group)
            groups.append({
                "family": group.family, "item": group.item, "level": group.level, "place": group.place,
                "cities": list(group.cities), "owner": owner, "title": title._asdict(), "words": meaning._asdict(),
                "of": names.group(group)._asdict(), "decides": names.owner(owner)._asdict(), "enough": group.enough,
            })  # fmt: skip
        return {
            "feasible": self.feasible,
            "whole_facilities": self.whole,
            "doubted": [each._asdict() for each in self._slips],
            "findings": to_records(self.findings),
            "arithmetic": self._arithmetic(),
            "conflict": groups,
            "minimal": self.clash.minimal,
            "repairs": [self._repair(repair, names) for repair in self.menu.repairs],
            "cost": names.cost()._asdict(),
            "complete": self.menu.complete,
            "proven": self.menu.proven and not self.stopped,
        }

    def _arithmetic(self) -> list[dict[str, Any]]:
        """What the findings set against each other, by their places; first those about what clashes."""
        clashing = {group.item for group in self.clash.groups}
        found = [(place, each) for place, each in enumerate(self.findings) if each.sides is not None]
        found.sort(key=lambda one: clashing.isdisjoint(str(one[1].key).split(", ")))
        return [{**self._sides(place, each.sides), "about": self._names.about(each)._asdict()}
                for place, each in found if each.sides is not None]  # fmt: skip

    @staticmethod
    def _sides(place: int, sides: Sides) -> dict[str, Any]:
        """What is asked for and what there is, by the place of the finding that says it; shown over `size`."""
        shown = shown_unit(sides.unit.en, sides.wanted)
        unit = sides.unit if shown.size == 1 else Text(shown.zh, shown.en)
        return {
            "finding": place, "asked": sides.asked._asdict(), "wanted": sides.wanted, "left": sides.left._asdict(),
            "there": sides.there, "unit": unit._asdict(), "size": shown.size,
            "decimals": decimals_for(sides.wanted / shown.size),
        }  # fmt: skip

    def _repair(self, repair: Repair, names: Names) -> dict[str, Any]:
        amounts = []
        for change in repair.changes:
            title, unit = names.change(change)
            before, after = (change.old, change.new) if change.flag is None else (not change.flag, change.flag)
            amounts.append({
                "edit": change.line, "from": before, "to": after, "change": change.change,
                "cities": change.cities, "owner": change.adjustment.owner, "title": title._asdict(),
                "unit": unit._asdict(), "percent": unit == OF_ONE,
            })  # fmt: skip
        owners = sorted({change.adjustment.owner for change in repair.changes}, key=list(WEIGHTS).index)
        return {"edits": list(self._lines(repair)), "cost": repair.cost, "amounts": amounts,
                "decide": listed(names.owner(each) for each in owners)._asdict()}  # fmt: skip

    def _row(self, change: Change, names: Names, language: str) -> Row:
        title, unit = (getattr(each, language) for each in names.change(change))
        then: Cell = say(language, "waived")
        if change.new is not None:
            then = exact(change.new, 6)
        elif change.change is not None:
            then = say(language, "times", factor=amount_text(exact(change.change, 6)))
        now: Cell = MISSING if change.old is None else exact(change.old, 6)
        if change.flag is not None:
            now, then = (say(language, "yes" if each else "no") for each in (not change.flag, change.flag))
        return title, now, then, unit, names.owner(change.adjustment.owner).said(language)


def _single(titles: Sequence[Text]) -> Text:
    """One title, or that any single one of several is meant."""
    return titles[0] if len(titles) == 1 else WORDS["single"].fill(listed=listed(titles))


def explain_conflict(instance: Instance, report: Report = silent, edited: bool = False) -> Conflict:
    """Why an instance has no point, if it has none.

    Args:
        instance: checked.
        report: told of every step.
        edited: whether it comes with lines of the command line.

    Raises:
        InputError: an error that is no conflict between rules, found by arithmetic over the tables.
    """
    clock = Clock(max(LONGEST, instance.settings.time_limit))
    with clock.interruptible():
        report(Step(WORDS["looking"]))
        rows = rows_of(instance)
        findings = precheck(instance, rows.derived)
        wrong = errors(findings)
        slips = doubted(wrong, instance)
        if any(each.code not in CONFLICT_CODES for each in wrong):
            raise InputError(findings)
        feasible = has_solution(rows, clock)
        if feasible is not False:
            return Conflict(instance, rows.derived, feasible, stopped=clock.interrupted, edited=edited)
        whole = Session(rows.model, clock).run().ending is not Ending.INFEASIBLE
        found = clash(rows, whole, clock, lambda done, total: report(Step(WORDS["clashing"], done, total)))
        stages = {"adjustments": "adjustments", "repairs": "trying", "coefficients": "turning"}
        repairs = menu(
            rows, found, whole, clock, lambda stage, done, total: report(Step(WORDS[stages[stage]], done, total))
        )
        stopped = clock.interrupted or clock.left <= 0
        loose = giving_way(rows, found)
        return Conflict(instance, rows.derived, False, whole, wrong, found, repairs, stopped, edited, slips, loose)
