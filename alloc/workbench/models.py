"""What the server answers: the one contract of page and server, with what is asked in `alloc.workbench.requests`.

Words come whole from the engine, in both languages. A number comes in the instance's own unit unless `unit`, `size` and
`decimals` stand beside it: shown is ``value / size`` with that many decimals, and `unit` behind it.

The page keeps two things: `State` and the table of cities. The table is that of the last result that was *kept*
(`base`); what is shown is that table with `Picture.changed` put over it, which is always relative to `base`. So one
event is one whole picture, whatever was lost before it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

Cell = int | float | str | bool | None
Lamp = Literal["ok", "wait", "bad", "stale"]


class Words(BaseModel):
    """The same words in both languages."""

    zh: str
    en: str


class Found(BaseModel):
    """One finding, as `alloc check` has it; `text` is message and remedy in one, ready to show."""

    severity: Literal["error", "warning"]
    code: str
    file: str
    row: int | None
    cell: Words | None
    column: str | None
    key: str | None
    value: str | None
    message: Words
    remedy: Words
    text: Words


class Findings(BaseModel):
    """Answer of check: everything wrong or doubtful that the lines bring; empty: they are right."""

    findings: list[Found]


class Rule(BaseModel):
    """A number that can be changed: `line` with ``{value}`` filled by the value in the instance's unit is the edit.

    `value` is None where it is not given; `before` is that of `base`, where it differs. `scale` 100: shown in per cent
    (then `unit` is "%"). `kind`: number, share, or money. `of` is the id of the rule that it stands beside (a reserve
    beside its total). `binds` None: not known. `apart`: what it is called where its group is not beside it.
    """

    id: str
    title: Words
    apart: Words
    group: Words
    value: float | None
    before: float | None = None
    unit: Words
    size: float = 1.0
    scale: float = 1.0
    decimals: int
    line: str
    step: float
    kind: Literal["number", "share", "money"]
    sign: Literal["", "≤", "≥", "="] = ""
    of: str | None = None
    note: Words | None = None
    binds: bool | None = None
    least: float | None = None
    most: float | None = None


class Turned(BaseModel):
    """What differs in a rule of `base`: its value (`before` is that of `base`, if it differs) and whether it binds."""

    id: str
    value: float | None
    before: float | None
    binds: bool | None


class Came(BaseModel):
    """A rule that is not in the list of `base`, or differs in more than its value; `at`: its place in the list."""

    at: int
    rule: Rule


class Standing(BaseModel):
    """An edit that stands, or the trial. `bad`: with it no allocation satisfies the rules. `lines`: the first of it."""

    n: int
    lines: list[str]
    title: Words
    before: Words | None
    after: Words | None
    why: str
    trial: bool
    bad: bool
    at: str


class Pool(BaseModel):
    """Of the result that is shown; amounts in the pool's unit, shown over `size`. reserve is a share."""

    id: str
    title: Words
    kind: Literal["land", "transfer", "bond"]
    unit: Words
    size: float
    decimals: int
    total: float
    reserve: float
    available: float
    given: float
    left: float


class Moved(BaseModel):
    """How a tier moved against `base`: `words` "▲ 0.0026 worse"; better None where it cannot be told."""

    words: Words
    better: bool | None


class Tier(BaseModel):
    """An objective; `value` with its unit, `state` as the solver proved it. moved None: not against a base, or same."""

    id: str
    number: int
    title: Words
    value: Words
    state: Words
    raw: float
    moved: Moved | None = None
    unchanged: bool = False


class Coverage(BaseModel):
    """A service: coverage before the year and what it adds, shares of need."""

    id: str
    title: Words
    before: float
    added: float


class Binding(BaseModel):
    """A rule that holds back: in how many rows (`of_words` "/ 337 cities"); `words`: the sentence.

    by_city: GET /w/{w}/binding/{family} gives the cities; False for what all of them share.
    """

    family: str
    title: Words
    count: int
    of: int
    of_words: Words
    words: Words
    by_city: bool


Amounts = list[tuple[str, int | float]]


class Largest(BaseModel):
    """Largest gains and losses against last year, largest first."""

    title: Words
    unit: Words
    size: float
    decimals: int
    gains: Amounts
    losses: Amounts


class Balance(BaseModel):
    """A pool that moved: what some pay others gain; it sums to zero: gained − paid + rounding + left = 0.

    `rounding` is the sum of changes of one quantum or less, which no city is listed for; `left` what is given out less.
    `payers` and `gainers` are how many cities pay and gain: where very many do, only those with the largest amounts are
    listed. GET /w/{w}/balance/{pool} lists all; of the pool that moves most `changed` has them too, in `column`.
    """

    pool: str
    column: str | None = None
    title: Words
    unit: Words
    size: float
    decimals: int
    quantum: float
    pays: Amounts
    gains: Amounts
    payers: int
    gainers: int
    paid: float
    gained: float
    rounding: float
    left: float
    pays_note: Words
    gains_note: Words


class ClassRow(BaseModel):
    """A size class: cities, and the amount before and after."""

    id: str
    title: Words
    n: int
    before: float
    after: float


class ByClass(BaseModel):
    """Before and after by size class, of the pool that moved most."""

    pool: str
    title: Words
    unit: Words
    size: float
    decimals: int
    rows: list[ClassRow]


class Effect(BaseModel):
    """What is shown against `base`, while a trial stands; after `keep` against what was shown before as kept.

    title: what was kept since, as a heading; None while a trial stands.
    note: that edits which were kept have no allocation, so that `base` is without them.
    """

    title: Words | None
    note: Words | None
    sentence: Words
    balance: list[Balance]
    by_class: ByClass | None
    unchanged: Words


class Cells(BaseModel):
    """Cells of one column that differ: what they are now (`values`), or by how much they differ (`by`).

    `at`: the places of their rows in the table of `base`; None: all rows, those that do not differ with 0 in `by`.
    `by` counts steps of 10^−`digits` of the instance's unit, so a cell is now (base × 10^digits, rounded, + by) /
    10^digits, to the last digit of what GET /w/{w}/cities?at=shown has.
    """

    at: list[int] | None
    values: list[Cell] | None = None
    by: list[int] | None = None
    digits: int | None = None


class Changed(BaseModel):
    """Cells of the table of cities that differ from `base`, by column, and totals that do.

    A cell whose figure is shown as before, and whose difference would be shown as 0, is left out, but for the column of
    a balance that has all its cities there.
    """

    columns: dict[str, Cells] = {}
    totals: dict[str, Cell] = {}


class Conflict(BaseModel):
    """No allocation satisfies the rules; repairs come as the answer of `ask conflict`."""

    families: list[Words]
    sentence: Words
    findings: list[Found] = []


class Picture(BaseModel):
    """One whole picture of one verified result; event ``result`` and part of `State`.

    `turned`, `came` and `gone` (ids) say how the rules differ from those of `base`, which GET /w/{w} has in `rules`.
    `whole`: of a result with whole facilities, its objectives beside those of the relaxation (`runs.course.RunTier`).
    In a conflict what is shown stays the last verified result (`lamp` "stale") and `conflict` says why.
    """

    revision: int
    hash: str | None
    base: str | None
    trial: bool
    kind: Literal["relaxation", "whole", "stopped"]
    verified: bool
    lamp: Lamp
    words: Words
    detail: Words
    seconds: float | None
    tiers: list[Tier]
    pools: list[Pool]
    coverage: list[Coverage]
    coverage_note: Words | None
    sentence: Words
    binding: list[Binding]
    largest: list[Largest]
    turned: list[Turned]
    came: list[Came] = []
    gone: list[str] = []
    edits: list[Standing]
    can_undo: bool
    can_redo: bool
    saved: str | None
    changed: Changed
    effect: Effect | None
    conflict: Conflict | None
    whole: list[dict[str, Any]] | None = None


class Named(BaseModel):
    """A scenario: of the instance, or saved here (`mine`); `stands`: what stands starts from it."""

    id: str
    title: Words
    edits: int
    mine: bool = False
    stands: bool = False


class State(Picture):
    """GET /w/{w}: everything that the page needs to begin; `last_event` is where its stream of events goes on.

    place: the one province in which all cities lie; empty for several.

    jobs: work that is under way: id, kind, state and progress, as of GET /jobs/{j}. read_only: nothing can be edited
    here, because another process does (`held`) or the folder cannot be written; notice: that in words; unsaved: how
    many entries of the log are in memory alone.
    """

    id: str
    title: Words
    place: Words
    cities_word: Words
    year: int
    language: Literal["zh", "en"]
    scenario: str
    scenarios: list[Named]
    screens: list[str]
    read_only: bool
    held: bool = False
    notice: Words | None = None
    unsaved: int = 0
    live: bool
    rules: list[Rule]
    sources: Words
    last_event: int
    map: dict[str, Any]
    view: dict[str, Any]
    jobs: list[dict[str, Any]] = []


class Column(BaseModel):
    """A column of the table of cities.

    kind: text (a cell is a string, or an index into `levels`), number, change (arrow and sign; of the column `of`),
    share (shown in per cent) and debt (a share; `tiers` has its letters). `shown`: in the first choice.
    """

    id: str
    title: Words
    unit: Words
    kind: Literal["code", "text", "level", "number", "change", "share", "debt"]
    size: float = 1.0
    decimals: int = 0
    of: str | None = None
    shown: bool = False
    bold: bool = False
    additive: bool = False
    levels: list[dict[str, Any]] | None = None


class Cities(BaseModel):
    """GET /w/{w}/cities: columnar, of `base`; `values[c][r]`; x and y in a box of 404 × 252, None without a place.

    A cell of a ``level`` column is the place in its `levels`, each {title{zh,en}, letter?, colour?}; of a ``text``
    column a string, or [zh, en] where these differ. `more`: ids and titles of columns that `?columns=` gives too.
    """

    hash: str | None
    keys: list[str]
    columns: list[Column]
    values: list[list[Any]]
    totals: list[Cell]
    x: list[float | None]
    y: list[float | None]
    more: list[Column] = []
