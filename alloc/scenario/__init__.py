"""The scenario room: edits of an instance, scenarios that keep them, and what two instances differ in.

    edited = with_edits(instance, folder, "debt-ceiling-100", ["gap = 0.01"])   # a scenario and command lines
    edited = apply(instance, [parse_edit("pools.land.total *= 1.05")])          # edits alone
    edited.instance, edited.cells                                               # the result; old and new values
    diff(instance, edited.instance)                                             # the same, as a table

Nothing in an edit is ever executed. Whatever is wrong is a finding; all of them come at once.
"""

from alloc.scenario.applying import apply
from alloc.scenario.difference import diff
from alloc.scenario.edits import Cell, Edit, Edited, Origin, Scenario
from alloc.scenario.files import load_scenario, scenarios, with_edits
from alloc.scenario.lines import parse_edit

__all__ = [
    "Cell",
    "Edit",
    "Edited",
    "Origin",
    "Scenario",
    "apply",
    "diff",
    "load_scenario",
    "parse_edit",
    "scenarios",
    "with_edits",
]
