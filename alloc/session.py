"""A live session: an instance, edits to it, and after each edit the whole verified result again.

Every tier starts from the basis in which it ended before the edit, and a city whose figures and grants an edit leaves
alone keeps its facilities. The result is that of a cold solve of the edited instance: tier values to 1e-6, published
numbers the same. What the tiers of whole facilities cannot better is worked out when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import alloc  # which says where the session stands, when it is asked
from alloc.arguments import ArgumentError, checked
from alloc.errors import AllocError
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.opening import Given, opened, run_at_home
from alloc.parametric.moves import started_from
from alloc.result.result import Result, with_bounds
from alloc.scenario import Cell, Edit, Edited, apply
from alloc.scenario.lines import read_lines
from alloc.solver.model.runs import WarmStartCache
from alloc.solver.model.status import Report
from alloc.text import Text


@dataclass(frozen=True, eq=False)
class State:
    """Where a session stands: the instance as edited, the edits that made it, and its result."""

    instance: Instance
    cells: tuple[Cell, ...]
    result: Result
    memory: WarmStartCache


class Session:
    """What-if on one instance, with undo and redo.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory.
        scenario: one or several of its scenarios, by name, or the path of a scenario's file; the session
            starts from them, in their order.
        edits: a line, or several; applied after the scenario.
        relaxation: True: facilities in parts; False: whole ones; None: as the instance says.
        gap: relative gap up to which a tier counts as proven; None: the instance's.
        time_limit: seconds for each solve; None: the instance's.
        formulation: name of the model; None: as the instance says.
        on_progress: told of every step of every solve (see `alloc.solver.model.status.Progress`): each tier's value as
            soon as it is known, with the allocation so far, which is labelled as preliminary.

    Raises:
        InputError: the instance, an edit or an option is wrong; with every finding.
        FormulationError: the formulation cannot be built or is not known to every room.
    """

    @checked
    def __init__(
        self,
        instance: Given,
        *,
        scenario: str | Sequence[str] | None = None,
        edits: str | Sequence[str] = (),
        relaxation: bool | None = None,
        gap: float | None = None,
        time_limit: float | None = None,
        formulation: str | None = None,
        on_progress: Report = lambda progress: None,
    ) -> None:
        self._begin(opened(
            instance, scenario, edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation
        ), on_progress)  # fmt: skip

    def _begin(self, edited: Edited, on_progress: Report) -> None:
        self._report = on_progress
        self._done: list[State] = []
        self._undone: list[State] = []
        self._done.append(self._solved(edited, memory=WarmStartCache()))

    @classmethod
    def of(cls, edited: Edited, on_progress: Report = lambda progress: None) -> Session:
        """A session on an instance that has been opened already.

        Args:
            edited: the instance under its options, with the scenario and edits that it comes from.
            on_progress: told of every step of every solve.

        Returns:
            The session, with the result of that instance.
        """
        session = cls.__new__(cls)
        session._begin(edited, on_progress)
        return session

    @property
    def instance(self) -> Instance:
        """The instance with all edits that stand."""
        return self._done[-1].instance

    @property
    def result(self) -> Result:
        """The result of it; where no allocation satisfies the rules it says so and has no tables."""
        return self._done[-1].result

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell that the last edit touched, with its old and new value."""
        return self._done[-1].cells

    @property
    def starts(self) -> Mapping[str, str]:
        """How each step of the last solve started: not run (``same``, ``still optimal``), ``warm``, or cold and why."""
        return self._done[-1].memory.starts

    @property
    def memory(self) -> WarmStartCache:
        """A copy of where each step of the last solve ended, for other solves of nearly the same instance."""
        return self._done[-1].memory.copy()

    def edit(self, *edits: Edit | str) -> Result:
        """Applies edits (as objects, or as lines like ``policy.debt.ceiling = 1.0``) and solves again.

        Args:
            edits: of one step; they agree as in a scenario, and start from the instance as it stands.

        Returns:
            The whole result, verified and published; without tables where no allocation satisfies the rules.

        Raises:
            InputError: an edit is wrong, or two disagree; with every finding. The session stays as it was.
            ArgumentError: something is neither an edit nor a line, or there is none.
        """
        if not edits:
            raise ArgumentError(Text(
                "没有写修改，应为如 债务率上限 = 1.0 的文字。",
                "There is no edit; write a line such as policy.debt.ceiling = 1.0.",
            ))  # fmt: skip
        for edit in edits:
            if not isinstance(edit, Edit | str):
                raise ArgumentError(Text(
                    f"{edit!r} 不是修改语句，应为如 债务率上限 = 1.0 的文字。",
                    f"{edit!r} is no edit; it has to be a line such as policy.debt.ceiling = 1.0.",
                ))  # fmt: skip
        if self.result.has_solution and all(isinstance(each, str) for each in edits):
            lines = [each for each in edits if isinstance(each, str)]
            edits = tuple(started_from(lines, self.instance, self.result.tables["allocation"]))
        parsed = [each for each in edits if isinstance(each, Edit)]
        read, findings = read_lines([each for each in edits if isinstance(each, str)])
        if findings:
            raise InputError(findings)
        return self.follow(apply(self.instance, [*parsed, *read]))

    def follow(self, *steps: Edited) -> Result:
        """Follows edits that have been applied already, and solves where the last of them leads.

        Args:
            steps: at least one; the first starts from the instance as it stands, each other from the one before it. An
                undo goes back before all of them.

        Returns:
            The whole result, as of `edit`.

        Raises:
            InputError: an error that only arithmetic over the tables finds. The session stays as it was.
        """
        self._done.append(self._solved(*steps, memory=self._done[-1].memory.copy()))
        for state in self._done[-3:-2]:  # what an undo leads to keeps its runs; further back bases do
            state.memory.forget_runs()
        self._undone.clear()
        return self.result

    def bounds(self) -> Result:
        """The result with what no plan can better, tier by tier; it stands in the place of the one without.

        Returns:
            The same plan; ``bound`` and ``gap`` of its tiers are filled.
        """
        state = self._done[-1]
        self._done[-1] = replace(state, result=with_bounds(state.result, self._report))
        return self.result

    def undo(self) -> Result:
        """Back to before the last edit; nothing is solved.

        Returns:
            The result that stood then.

        Raises:
            AllocError: there is no edit to undo.
        """
        if len(self._done) == 1:
            raise AllocError(Text("没有可撤销的修改。", "There is no edit to undo."))
        self._undone.append(self._done.pop())
        return self.result

    def redo(self) -> Result:
        """The last edit that was undone, again; nothing is solved.

        Returns:
            Its result.

        Raises:
            AllocError: nothing was undone.
        """
        if not self._undone:
            raise AllocError(
                Text("没有可重做的修改：此前没有撤销过。", "Nothing was undone, so there is nothing to do again.")
            )
        self._done.append(self._undone.pop())
        return self.result

    def __repr__(self) -> str:
        """One line: the instance, how many edits stand, and the result."""
        edits = len(self.result.manifest["edits"])
        return f"<Session of {self.instance.name}: {edits} edit{'s' * (edits != 1)}; {self.result!r}>"

    def _repr_html_(self) -> str:
        """For notebooks: the edits that stand, and the result, in both languages."""
        return alloc.as_html(self)

    def _solved(self, *steps: Edited, memory: WarmStartCache) -> State:
        last = steps[-1]
        result = run_at_home(last.instance, last, self._report, memory, bounds=False)
        if self._done:  # the record has every edit that stands, not the last step's alone
            before = self.result.manifest
            edits = list(before["edits"])
            for step in steps:
                edits += [{**each, "number": len(edits) + each["number"]} for each in step.records()]
            result = replace(result, manifest={**result.manifest, "scenario": before["scenario"], "edits": edits})
        return State(last.instance, last.cells, replace(result, findings=(*last.findings, *result.findings)), memory)
