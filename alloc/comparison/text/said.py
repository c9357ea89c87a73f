"""What a comparison says, block by block: what went in, what is better or worse, who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alloc.comparison.text.beside import beside
from alloc.comparison.text.details import details
from alloc.comparison.text.inputs import inputs
from alloc.comparison.text.layout import Part, sections
from alloc.comparison.text.places import one_city, one_pool
from alloc.comparison.text.view import View
from alloc.comparison.text.whole import pools, results, short, tiers, unmatched, yardsticks
from alloc.content.blocks import Section

if TYPE_CHECKING:
    from alloc.comparison.comparison import Comparison


def comparison_sections(
    comparison: Comparison,
    language: str = "en",
    only_differences: bool = True,
    pool: str | None = None,
    cities: Sequence[str] = (),
    reader: bool = False,
) -> tuple[Section, ...]:
    """What a comparison says, section by section.

    Args:
        comparison: of `compare`.
        language: ``zh`` or ``en``.
        only_differences: leaves out the rows in which nothing differs and says how many.
        pool: the amounts of this pool by city instead of the whole.
        cities: everything about these cities instead of the whole; with a pool: its amounts for them alone.
        reader: of a document, who needs no codes beside names.

    Raises:
        KeyError: none of the results has the pool or a city.
    """
    known = set(comparison.tables["cities"]["city"]) | set(comparison.tables["pools"]["pool"])
    for code in (*cities, *((pool,) if pool is not None else ())):
        if code not in known:
            raise KeyError(code)
    view = View(comparison, language, not only_differences, reader)
    return sections([results(view), *_parts(view, pool, cities)])


def _parts(view: View, pool: str | None, cities: Sequence[str]) -> list[Part]:
    comparison, others = view.comparison, view.comparison.letters[1:]
    if pool is not None:
        return [part for letter in others for part in one_pool(view, letter, pool, cities)]
    if cities:
        return [part for city in cities for letter in others for part in one_city(view, letter, city)]
    parts: list[Part] = []
    for letter in others:
        parts += [short(view, letter), *unmatched(view, letter)]
        parts += inputs(view, letter) if comparison.comparable(letter) else []
    comparable = [letter for letter in others if comparison.comparable(letter)]
    told = [letter for letter in comparable if view.everything or comparison.outcome_differs(letter)]
    if told:
        parts += beside(view)
        parts += [*tiers(view), *(part for letter in told for part in yardsticks(view, letter)), *pools(view)]
    for letter in told:
        parts += details(view, letter)
    return parts
