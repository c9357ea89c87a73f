"""One whole picture of one verified result, against the result that was kept last; and the edits that stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alloc.instance.findings import Finding, to_records
from alloc.result.frames.bounds import BoundThatBinds, bounds_that_bind
from alloc.result.result import Result
from alloc.scenario import Edited
from alloc.text import Text
from alloc.workbench.files import Standing as Stands
from alloc.workbench.models import Changed, Conflict, Effect, Found, Lamp, Picture, Rule, Words
from alloc.workbench.picture import outcome
from alloc.workbench.picture.cities import Grid, changed
from alloc.workbench.picture.effect import effect, tier_moves
from alloc.workbench.picture.mine import edits
from alloc.workbench.picture.rules import differing, rules, words

if TYPE_CHECKING:
    from alloc.workbench.picture.city import Book

RELAXATION = Text("松弛解，已核验", "Relaxation, verified")
WHOLE = Text("整座设施，已核验", "Whole facilities, verified")
STOPPED = Text("提前停止，已核验", "Stopped early, verified")
NOTHING = Text("尚未求解", "Not solved yet")


@dataclass(frozen=True, eq=False)
class Shown:
    """A verified result with what is made of it once.

    Attributes:
        result: with an allocation, verified.
        chain: what it comes from, the scenario first, then every step as it was applied.
        seconds: that the solve took.
        like: the table of another result of the same cities, for what is the same in both.
    """

    result: Result
    chain: tuple[Edited, ...]
    seconds: float
    like: Grid | None = None

    @cached_property
    def grid(self) -> Grid:
        """The first choice of columns of the table of cities, and all that the engine has."""
        return Grid(self.result, like=self.like)

    @cached_property
    def rules(self) -> list[Rule]:
        """Every number that can be changed."""
        return rules(self.result.instance, self.result, self._bounds)

    @property
    def bounds(self) -> list[BoundThatBinds]:
        """Its bounds of single decisions at which cities stand."""
        return [each for each in self._bounds if each.cities]

    @cached_property
    def _bounds(self) -> list[BoundThatBinds]:
        return bounds_that_bind(self.result, idle=True)

    @cached_property
    def book(self) -> Book:
        """Its cities, one by one."""
        from alloc.workbench.picture.city import Book  # with the explanations, for who opens a city

        return Book(self.result, self.grid)

    @property
    def hash(self) -> str:
        """Of the instance that was solved."""
        return self.result.instance.hash


def kind_of(result: Result) -> tuple[Any, Text]:
    """What kind of result it is, and how the page calls it."""
    if not result.finished:
        return "stopped", STOPPED
    return ("whole", WHOLE) if result.instance.settings.integers else ("relaxation", RELAXATION)


def picture(
    shown: Shown, base: Shown, before: Shown | None, now: Stands, chain: Sequence[Edited], at: str | None,
    entire: bool = False,
) -> Picture:  # fmt: skip
    """Everything that one result changes on the page.

    Args:
        shown: what is shown.
        base: the result of what was kept last and has an allocation; the same where no trial stands.
        before: what the effect is told against; None: nothing is told.
        now: the edits that stand.
        chain: the scenario and these edits, as they were applied.
        at: when the last of them was put on disk.
        entire: whether there is a result with whole facilities of what the effect is told against.
    """
    result = shown.result
    moves = None if before is None else tier_moves(before.result, result)
    of, held = outcome.pools(result, base.result.instance), outcome.binding(result, shown.bounds)
    kind, named = kind_of(result)
    coverage, note = outcome.coverage(result)
    moved: Effect | None = None
    if before is not None and moves is not None:
        parted = len(shown.chain) - len(before.chain)
        moved = effect(before.result, result, moves, parted, now.trial is not None, entire)
    more = [] if moved is None else [each.column for each in moved.balance if each.column is not None]
    same = base.grid if base.grid.keys == shown.grid.keys else shown.grid
    return Picture(
        revision=now.revision, hash=shown.hash, base=base.hash, trial=now.trial is not None, kind=kind, verified=True,
        lamp="ok", words=words(named), detail=outcome.detail(result), seconds=round(shown.seconds, 2),
        tiers=outcome.tiers(result, moves), pools=of, coverage=coverage, coverage_note=note,
        sentence=outcome.sentence(result, of, held), binding=held, largest=outcome.largest(result),
        **differing(base.rules, shown.rules), edits=edits(now, chain, base.rules), can_undo=bool(now.steps),
        can_redo=bool(now.undone), saved=at, changed=changed(same, shown.grid, more), effect=moved, conflict=None,
    )  # fmt: skip


def unsolved(now: Stands, chain: Sequence[Edited], lamp: Lamp, said: Text) -> Picture:
    """The picture before anything has been solved."""
    nothing, known = words(Text("", "")), rules(chain[-1].instance, None)
    return Picture(
        revision=now.revision, hash=None, base=None, trial=now.trial is not None, kind="relaxation", verified=False,
        lamp=lamp, words=words(NOTHING), detail=words(said), seconds=None, tiers=[], pools=[], coverage=[],
        coverage_note=None, sentence=nothing, binding=[], largest=[], turned=[], edits=edits(now, chain, known),
        can_undo=bool(now.steps), can_redo=bool(now.undone), saved=None, changed=Changed(), effect=None, conflict=None,
    )  # fmt: skip


def stale(
    last: Picture | None, base: Shown | None, now: Stands, chain: Sequence[Edited], at: str | None, said: Text,
    findings: Sequence[Finding], families: Sequence[Text],
) -> Picture:  # fmt: skip
    """The picture where nothing new can be shown: what was shown last, and why it is no longer what stands.

    Args:
        last: None where nothing has been shown yet.
        base: the result that was kept last, against which the rules that stand are told.
        now, chain, at: as of `picture`.
        said: why, in a sentence.
        findings: that say more.
        families: titles of the rules that clash.
    """
    lamp: Lamp = "bad" if last is None else "stale"
    bare = unsolved(now, chain, lamp, said)
    known = rules(chain[-1].instance, None)
    # What a trial moved stays while it is changed; what an edit that was kept moved is no effect of the next one.
    moved = last.effect if last is not None and last.trial and now.trial is not None else None
    held = {} if base is None else {rule.id: rule.binds for rule in base.rules}
    known = [rule.model_copy(update={"binds": held.get(rule.id)}) for rule in known]  # what is not known stays
    standing = [*bare.edits[:-1], *(each.model_copy(update={"bad": True}) for each in bare.edits[-1:])]
    conflict = Conflict(families=[words(each) for each in families], sentence=words(said), findings=found(findings))
    return (last or bare).model_copy(update={
        "revision": now.revision, "trial": now.trial is not None, "lamp": lamp, "detail": words(said), "saved": at,
        **differing(known if base is None else base.rules, known), "edits": standing, "conflict": conflict,
        "effect": moved, "can_undo": bool(now.steps), "can_redo": bool(now.undone),
    })  # fmt: skip


def found(findings: Sequence[Finding]) -> list[Found]:
    """Findings for the page."""
    return told(to_records(findings))


def told(records: Sequence[Mapping[str, Any]]) -> list[Found]:
    """Findings for the page, of their records: each with message and remedy in one text."""
    found = []
    for record in records:
        message, remedy = record["message"], record["remedy"]
        text = Words(zh=f"{message['zh']}{remedy['zh']}", en=f"{message['en']} {remedy['en']}".strip())
        found.append(Found(**{key: record[key] for key in record if key != "follow_ups"}, text=text))
    return found
