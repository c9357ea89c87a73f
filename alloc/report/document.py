"""The documents: a whole report of a result, and the page of a city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from alloc.content.blocks import Document, Figure, Section
from alloc.report.boundaries import Boundaries
from alloc.report.plain.glance import glance
from alloc.report.schemes import scheme_section
from alloc.report.sections.budget import budgets
from alloc.report.sections.cities import cities as cities_section
from alloc.report.sections.city import city_sections
from alloc.report.sections.data import data, facts, identity, method
from alloc.report.sections.debt import debt
from alloc.report.sections.fairness import fairness
from alloc.report.sections.land import land
from alloc.report.sections.money import transfers
from alloc.report.sections.people import people
from alloc.report.sections.pools import pools
from alloc.report.sections.rules import rules
from alloc.report.sections.scenarios import scenarios
from alloc.report.sections.services import services
from alloc.report.sections.summary import summary
from alloc.report.shown import of_levers
from alloc.report.view import View
from alloc.result.result import Result

if TYPE_CHECKING:
    from alloc.auditing.grids import Grid
    from alloc.comparison import Comparison
    from alloc.explanation.formula.formula import Formula
    from alloc.explanation.sensitivity.answer import Prices


def report(
    result: Result,
    language: str,
    comparison: Comparison | None = None,
    boundaries: Boundaries | None = None,
    chosen: Sequence[str] = (),
    prices: Prices | None = None,
    formula: Formula | None = None,
    relaxed: Grid | None = None,
) -> Document:
    """The whole report.

    Args:
        result: with a point.
        language: ``zh`` or ``en``.
        comparison: of another result (A) with this one (B).
        boundaries: of a planner's map.
        chosen: codes of the cities whose steps from formula to published are drawn; none: those that are moved most.
        prices: an answer on prices; None leaves them out.
        formula: what the formula alone would give; None leaves it out.
        relaxed: how many more would settle were each cause relaxed; None leaves it out.
    """
    view = View(result, language)
    sections = (
        summary(view),
        glance(view),
        pools(view, boundaries, formula),
        people(view, relaxed),
        land(view, chosen),
        transfers(view, chosen),
        budgets(view),
        debt(view),
        services(view),
        fairness(view),
        of_levers(view),
        scheme_section(view),
        rules(view, prices),
        scenarios(view, comparison),
        cities_section(view),
        data(view),
        method(view),
    )
    return Document(
        name=name_of(result),
        kind="report",
        title=view.say("{year}年要素配置方案", "Allocation for {year}", year=result.instance.settings.year),
        subtitle=_subtitle(view),
        language=language,
        sections=tuple(_begun(each) for each in sections if each is not None),
        notes=_notes(view),
        facts=facts(view),
    )


def _begun(section: Section) -> Section:
    """A section whose sentence and findings begin with a capital, whatever their first word is."""
    parts = tuple(replace(each, title=_capital(each.title)) if isinstance(each, Figure) else each
                  for each in section.parts)  # fmt: skip
    return replace(section, sentence=_capital(section.sentence), parts=parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def name_of(result: Result) -> str:
    """What the files that are made of a result are called: as its folder is; one in memory as instance and scenario."""
    return result.name if result.folder is None else result.folder.resolve().name


def city_page(view: View, code: str) -> Document:
    """The page of one city; the view is made once for all of them.

    Raises:
        KeyError: there is no such city.
    """
    at, brought = view.place(code), of_levers(view, code)
    return Document(
        name=code,
        kind="city",
        title=view.say("{city}（{code}）", "{city} ({code})", city=view.names[at], code=code),
        subtitle=_subtitle(view),
        language=view.language,
        sections=(*city_sections(view, code), *(() if brought is None else (brought,))),
        notes=_notes(view)[:1],
        facts=identity(view),
    )


def _subtitle(view: View) -> str:
    """Which instance, which scenario, and which result: several of one instance lie on one desk."""
    said = str(getattr(view.instance.settings.title, view.language))
    if scenario := view.result.manifest.get("scenario"):
        name = (scenario.get("title") or {}).get(view.language) or scenario.get("name", "")
        said += view.say("　情景：{name}", ", scenario: {name}", name=name)
    if view.result.folder is not None:
        called = view.result.called
        name = name_of(view.result) if called is None else called.said(view.language)
        said += view.say("　结果：{name}", ", result: {name}", name=name)
    return said


def _notes(view: View) -> tuple[str, ...]:
    return (
        view.say("ᵉ 由估计数据得出，ᵃ 由假设数据得出；涉及这些列的数字不能作为对具体城市的结论。",
                 "ᵉ rests on estimated, ᵃ on assumed data; such numbers allow no conclusion about a real city."),
        view.say("▲ 增加，▼ 减少；“—”表示没有数据。1 亿元等于 10,000 万元。",
                 "▲ more, ▼ less; a dash means no data. 10⁸ yuan is 10⁴ times 10⁴ yuan."),
        view.say("用地指标和人数在正文和表中都是精确数；正文中的资金以亿元计，至多四位有效数字，精确数见表。合计是四舍五入之前各数之和；末位可能与所示各数之和略有出入的表，表下都有注。",
                 "Land and persons are exact in text and tables; money in text is in 10⁸ yuan with at most four "
                 "significant figures, and exact in tables. Totals are sums before rounding; where the last digit may "
                 "be a little off the sum of the numbers shown, a note beneath the table says so."),
    )  # fmt: skip
