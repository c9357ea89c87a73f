"""How amounts of one pool are written in an answer, and small numbers."""

from __future__ import annotations

import math
from decimal import Decimal

from alloc.content.blocks import Amount
from alloc.content.figures import number, published_decimals
from alloc.content.numbers import amount_text
from alloc.explanation.shared.point import by_key
from alloc.explanation.shared.sums import decimals_of
from alloc.formulation.registry import catalogue_for
from alloc.result.city import Marks
from alloc.result.result import Result
from alloc.text import behind_number


class Figures:
    """How amounts of one pool are written."""

    def __init__(self, result: Result, pool: str, language: str) -> None:
        """Keep the catalogue of the instance, and the pool's unit and decimals."""
        instance = result.instance
        row = by_key(instance.tables["pools"], "pool")[pool]
        self._cities = by_key(instance.tables["cities"][["city", "name", "name_en"]], "city")
        self.language = language
        self.land = row["kind"] == "land"
        self.quantum = float(row["quantum"])
        self.decimals = max(decimals_of(self.quantum), 2 if self.land else 0)
        self.known = catalogue_for(instance.settings)
        self.unit = str(getattr(self.known.units["ha" if self.land else "10⁴ yuan"], language))
        self.behind = behind_number(self.unit)  # an amount in a sentence
        between = " × " if self.unit[:1].isdigit() else " "  # before a power of ten
        self.step = self.unit if between == " × " and self.quantum == 1 else f"{self.quantum:g}{between}{self.unit}"
        self.title = str(row[f"title_{language}"])
        self.mark = Marks(result)

    def cell(self, value: float | Decimal, sign: bool = False, more: int = 0) -> Amount:
        """An amount of the pool; with `more` decimals than it is published in."""
        return Amount(float(value), self.decimals + more, sign)

    def amount(self, value: float | Decimal, sign: bool = False) -> str:
        """An amount of the pool in a sentence."""
        return amount_text(self.cell(value, sign))

    def published(self, value: float) -> str:
        """What is published, in a sentence, in full: where bounds allow no multiple of the quantum it is none."""
        return amount_text(Amount(value, published_decimals(value, self.decimals)))

    def name(self, city: str) -> str:
        """Name of a city in the language."""
        english = str(self._cities[city]["name_en"])
        return english if self.language == "en" and english else str(self._cities[city]["name"])


def significant(value: float, figures: int = 2) -> str:
    """A small number with a few significant figures, never as a power of ten."""
    if not value:
        return number(0)
    return number(value, max(0, figures - 1 - math.floor(math.log10(abs(value)))))
