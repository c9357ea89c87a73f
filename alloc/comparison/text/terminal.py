"""A comparison as text for a terminal: what went in, what is better or worse, who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence

from alloc.comparison.comparison import Comparison
from alloc.comparison.text.details import details
from alloc.comparison.text.inputs import inputs
from alloc.comparison.text.layout import Part, text
from alloc.comparison.text.places import one_city, one_pool
from alloc.comparison.text.view import View
from alloc.comparison.text.whole import pools, results, short, tiers, unmatched, yardsticks


def comparison_text(
    comparison: Comparison,
    language: str = "en",
    only_differences: bool = True,
    pool: str | None = None,
    cities: Sequence[str] = (),
) -> str:
    """The comparison as plain text; arguments and errors as for `comparison_parts`."""
    return text(comparison_parts(comparison, language, only_differences, pool, cities))


def comparison_parts(
    comparison: Comparison,
    language: str = "en",
    only_differences: bool = True,
    pool: str | None = None,
    cities: Sequence[str] = (),
) -> list[Part]:
    """What a comparison says, part by part.

    Args:
        comparison: of `compare`.
        language: ``zh`` or ``en``.
        only_differences: leaves out the rows in which nothing differs and says how many.
        pool: the amounts of this pool by city instead of the whole.
        cities: everything about these cities instead of the whole; with a pool: its amounts for them alone.

    Raises:
        KeyError: none of the results has the pool or a city.
    """
    known = set(comparison.tables["cities"]["city"]) | set(comparison.tables["pools"]["pool"])
    for code in (*cities, *((pool,) if pool is not None else ())):
        if code not in known:
            raise KeyError(code)
    view = View(comparison, language, everything=not only_differences)
    others = comparison.letters[1:]
    parts: list[Part] = [results(view)]
    if pool is not None:
        return [*parts, *(part for letter in others for part in one_pool(view, letter, pool, cities))]
    if cities:
        return [*parts, *(part for city in cities for letter in others for part in one_city(view, letter, city))]
    for letter in others:
        parts += [short(view, letter), *unmatched(view, letter), *inputs(view, letter)]
    told = [letter for letter in others if view.everything or comparison.outcome_differs(letter)]
    if told:
        parts += [*tiers(view), *(part for letter in told for part in yardsticks(view, letter)), *pools(view)]
    for letter in told:
        parts += details(view, letter)
    return parts
