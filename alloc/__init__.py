"""alloc: shares out a country's urban growth, land, transfers, bonds and service capacity, by where people live.

The verbs::

    findings = alloc.check("china-2020")         # everything that is wrong or doubtful, nothing solved
    result = alloc.solve("china-2020", time_limit=60, out="results/china-2020")
    result.tiers, result.allocation              # tables, indexed by code, with names
    print(alloc.show(result))                    # the short table as text
    alloc.verify("results/china-2020")           # every published number again from the raw tables
    result.explain(city="410100", pool="land")   # why a city gets what it gets
    result.compare(alloc.solve("china-2020", scenario="debt-ceiling-100"))

An instance is a folder, a workbook, the name of one that ships, or ``settings`` and tables in memory. Whatever alloc
refuses is an `AllocError` with a message in both languages. What the verbs need is imported when they are first used,
so that ``alloc --help`` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alloc.api import compare, explain, load_result, solve, verify, whatif
    from alloc.arguments import ArgumentError
    from alloc.auditing.audit import audit
    from alloc.checking import check
    from alloc.comparison import Comparison, ComparisonError
    from alloc.copies import convert, init, mark, merge_forms, write_forms
    from alloc.documents import (
        certify,
        save,
        save_document,
        save_tables,
        write_report,
    )
    from alloc.errors import AllocError
    from alloc.explanation.shared.answer import AskError
    from alloc.findings_report.mark import MarkError
    from alloc.formulation.errors import FormulationError
    from alloc.instance import Finding, InputError, Instance, read
    from alloc.notebook import as_html
    from alloc.output import record, show
    from alloc.parametric import Variation
    from alloc.report.boundaries import BoundaryError
    from alloc.report.writing import ReportError
    from alloc.result.result import Result
    from alloc.result.store import StoreError, UnverifiedError
    from alloc.session import Session
    from alloc.template.merging import merge
    from alloc.template.writing import TemplateError
    from alloc.workbook.convert import ConvertError
    from alloc.writing import TargetError

    __version__: str

_HOMES = {
    "AllocError": "alloc.errors",
    "ArgumentError": "alloc.arguments",
    "AskError": "alloc.explanation.shared.answer",
    "BoundaryError": "alloc.report.boundaries",
    "Comparison": "alloc.comparison",
    "ComparisonError": "alloc.comparison",
    "ConvertError": "alloc.workbook.convert",
    "Finding": "alloc.instance",
    "FormulationError": "alloc.formulation.errors",
    "InputError": "alloc.instance",
    "Instance": "alloc.instance",
    "MarkError": "alloc.findings_report.mark",
    "ReportError": "alloc.report.writing",
    "Result": "alloc.result.result",
    "Session": "alloc.session",
    "StoreError": "alloc.result.store",
    "TargetError": "alloc.writing",
    "TemplateError": "alloc.template.writing",
    "UnverifiedError": "alloc.result.store",
    "Variation": "alloc.parametric",
    "as_html": "alloc.notebook",
    "audit": "alloc.auditing.audit",
    "certify": "alloc.documents",
    "check": "alloc.checking",
    "compare": "alloc.api",
    "convert": "alloc.copies",
    "explain": "alloc.api",
    "init": "alloc.copies",
    "load_result": "alloc.api",
    "mark": "alloc.copies",
    "merge": "alloc.template.merging",
    "merge_forms": "alloc.copies",
    "read": "alloc.instance",
    "record": "alloc.output",
    "save": "alloc.documents",
    "save_document": "alloc.documents",
    "save_tables": "alloc.documents",
    "show": "alloc.output",
    "solve": "alloc.api",
    "verify": "alloc.api",
    "whatif": "alloc.api",
    "write_forms": "alloc.copies",
    "write_report": "alloc.documents",
}

__all__ = [
    "AllocError",
    "ArgumentError",
    "AskError",
    "BoundaryError",
    "Comparison",
    "ComparisonError",
    "ConvertError",
    "Finding",
    "FormulationError",
    "InputError",
    "Instance",
    "MarkError",
    "ReportError",
    "Result",
    "Session",
    "StoreError",
    "TargetError",
    "TemplateError",
    "UnverifiedError",
    "Variation",
    "as_html",
    "audit",
    "certify",
    "check",
    "compare",
    "convert",
    "explain",
    "init",
    "load_result",
    "mark",
    "merge",
    "merge_forms",
    "read",
    "record",
    "save",
    "save_document",
    "save_tables",
    "show",
    "solve",
    "verify",
    "whatif",
    "write_forms",
    "write_report",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module
    from importlib.metadata import version

    if name == "__version__":  # of what is installed; written down in pyproject.toml alone
        return version("alloc")
    if name not in _HOMES:
        raise AttributeError(f"module 'alloc' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    # Rooms are nouns and verbs are verbs, so that no import of a room can stand in a verb's place.
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
