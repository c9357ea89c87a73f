"""What a comparison says, block by block: what went in, what is better or worse, who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from alloc.comparison.text.beside import beside
from alloc.comparison.text.details import details
from alloc.comparison.text.inputs import inputs
from alloc.comparison.text.layout import Part, chapter, sections
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
        reader: of a document, who needs no codes beside names and has a comparison in a few chapters.

    Raises:
        KeyError: none of the results has the pool or a city.
    """
    known = set(comparison.tables["cities"]["city"]) | set(comparison.tables["pools"]["pool"])
    for code in (*cities, *((pool,) if pool is not None else ())):
        if code not in known:
            raise KeyError(code)
    view, others = View(comparison, language, not only_differences, reader), comparison.letters[1:]
    if pool is not None:
        parts = [part for letter in others for part in one_pool(view, letter, pool, cities)]
    elif cities:
        parts = [part for city in cities for letter in others for part in one_city(view, letter, city)]
    elif reader:
        return _chapters(view)
    else:
        parts = [part for letter in others for part in (*_short(view, letter), *_inputs(view, letter))]
        parts += [*_whole(view), *_details(view)]
    return sections([results(view), *parts])


def _chapters(view: View) -> tuple[Section, ...]:
    """A whole comparison as a reader of a document has it: what comes out in short stands first."""
    others = view.comparison.letters[1:]
    found = {
        "short": [*(part for letter in others for part in _named(view, _short(view, letter), letter)), results(view)],
        "inputs": [part for letter in others for part in _inputs(view, letter)],
        "whole": _whole(view),
        "details": _details(view),
    }
    return tuple(chapter(name, view.say(f"chapter_{name}"), parts) for name, parts in found.items() if parts)


def _named(view: View, parts: list[Part], letter: str) -> list[Part]:
    """The first of the parts led by what the letters stand for."""
    names = dict(zip(view.comparison.letters, view.comparison.names, strict=True))
    lead = view.say("short_named", a="A", b=letter, base=names["A"], other=names[letter])
    return [replace(parts[0], title=lead), *parts[1:]]


def _short(view: View, letter: str) -> list[Part]:
    return [short(view, letter), *unmatched(view, letter)]


def _inputs(view: View, letter: str) -> list[Part]:
    return inputs(view, letter) if view.comparison.comparable(letter) else []


def _told(view: View) -> list[str]:
    """The results of which there is more to say than what went in."""
    comparison = view.comparison
    return [
        letter
        for letter in comparison.letters[1:]
        if comparison.comparable(letter) and (view.everything or comparison.outcome_differs(letter))
    ]


def _whole(view: View) -> list[Part]:
    if not (told := _told(view)):
        return []
    return [*beside(view), *tiers(view), *(part for letter in told for part in yardsticks(view, letter)), *pools(view)]


def _details(view: View) -> list[Part]:
    return [part for letter in _told(view) for part in details(view, letter)]
