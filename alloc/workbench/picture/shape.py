"""What the server answers of one city: a part of the contract of `alloc.workbench.models`, in the same terms."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from alloc.workbench.models import Words

Kind = Literal["lower", "upper", "formula", "last", "like", "published"]


class Link(BaseModel):
    """Where a number stands that a rule is made of: the id of a `Rule` of the list, else a table of the instance."""

    rule: str | None = None
    table: str | None = None


class Bound(BaseModel):
    """A bound of an allocation (`amount`), or a row of the model without room left (None), with its rule.

    side: from where it holds the number; both: an equation.
    reached: that it is, before rounding, as published, or both; None where there is room.
    """

    side: Literal["below", "above", "both"]
    title: Words
    words: Words
    amount: float | None
    reached: Words | None
    links: list[Link]


class Mark(BaseModel):
    """A place on the ruler: `title` of the rule, or of the city that is like this one; "" where the page names it."""

    kind: Kind
    amount: float
    title: Words


class Step(BaseModel):
    """A part of the way from last year's amount to this one, and why."""

    title: Words
    amount: float
    words: Words


class Beside(BaseModel):
    """What one resident gets of a pool: here, in the cities of its class together, in the nation; m² or yuan.

    size_class is null where no other city is of its class, as everywhere on its page.
    """

    unit: Words
    decimals: int
    here: float
    size_class: float | None
    nation: float


class CityPool(BaseModel):
    """What the city gets of a pool, amounts in the pool's unit shown over `size`; the five parts sum to `published`.

    mark: ᵉ or ᵃ of last year's amount. change: against last year, a share; None without one. before: published in
    `base`, where it differs. said: the headline, what decides the number and where it stands at a bound; compared:
    against last year and a like city. lower, upper: what is allowed; upper None: open. steps: from last year's amount
    on, the last of them their sum; empty where nothing of last year is known. neighbours: code, published, change
    against last year, the largest first.
    """

    id: str
    title: Words
    unit: Words
    size: float
    decimals: int
    quantum: float
    mark: str
    last_year: float | None
    benchmark: float
    rule: float
    optimised: float
    override: float
    rounding: float
    published: float
    change: float | None
    before: float | None
    said: list[Words]
    compared: list[Words]
    lower: float
    upper: float | None
    marks: list[Mark]
    bounds: list[Bound]
    steps: list[Step]
    beside: Beside
    neighbours: list[tuple[str, float, float | None]]


class CityService(BaseModel):
    """A service in its own unit; coverage is a share of need: of this city, and the mean over residents after of
    its class and the nation."""

    id: str
    title: Words
    unit: Words
    mark: str
    need: float
    there: float
    built: float | None
    decimals: int
    added: float
    before: float
    after: float
    size_class: float | None
    nation: float


class City(BaseModel):
    """GET /w/{w}/city/{code}: everything of one city that needs no solve, of the result that is shown.

    facts: phrases for the head. debt: the tier after the year, {title, letter, colour}. near: what `neighbours` are.
    tables: people, land, debt and what rounding could not keep, as the tables of an answer's `said`.
    """

    hash: str
    code: str
    name: Words
    facts: list[Words]
    debt: dict[str, Any] | None
    near: Words
    pools: list[CityPool]
    services: list[CityService]
    tables: dict[Literal["zh", "en"], list[dict[str, Any]]]


class Cities(BaseModel):
    """GET /w/{w}/binding/{family}: codes of the cities in which a rule has no room left, or whose limit has none."""

    cities: list[str]
