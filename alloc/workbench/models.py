"""What goes over the wire: the one contract of page and server. Requests are closed, finite and bounded.

Words come whole from the engine, in both languages. A number comes in the instance's own unit unless `unit`, `size` and
`decimals` stand beside it: shown is ``value / size`` with that many decimals, and `unit` behind it.

The page keeps two things: `State` and the table of cities. The table is that of the last result that was *kept*
(`base`); what is shown is that table with `Picture.changed` put over it, which is always relative to `base`. So one
event is one whole picture, whatever was lost before it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_LINE, MOST_LINES, MOST_TEXT = 2_000, 200, 4_000_000
Line = Annotated[str, Field(min_length=1, max_length=MOST_LINE)]
Lines = Annotated[list[Line], Field(min_length=1, max_length=MOST_LINES)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Code = Annotated[str, Field(min_length=1, max_length=60)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Revision = Annotated[int, Field(ge=0, le=10**9)]
Cell = float | str | bool | None
Lamp = Literal["ok", "wait", "bad", "stale"]


class Closed(BaseModel):
    """A request: no unknown keys, no other types, no numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Words(BaseModel):
    """The same words in both languages."""

    zh: str
    en: str


# ------------------------------------------------------------------------------------------------------- requests


class Open(Closed):
    """POST /workspaces: a path on this machine, a name that ships, a province of one, or an upload taken before."""

    source: Literal["path", "shipped", "province", "upload"]
    value: Annotated[str, Field(min_length=1, max_length=1_000)]
    name: Annotated[str, Field(max_length=60, pattern=r"^[\w.-]*$")] = ""


class Check(Closed):
    """POST /w/{w}/check."""

    lines: Lines


class Edit(Closed):
    """POST /w/{w}/edits: one step; a trial is replaced by the next trial, and by `keep` becomes an edit."""

    revision: Revision
    lines: Lines
    why: Annotated[str, Field(max_length=MOST_LINE)] = ""
    trial: bool = False


class Step(Closed):
    """POST /w/{w}/keep, /undo, /redo: of the revision that the page shows; `why` goes with keep."""

    revision: Revision
    why: Annotated[str, Field(max_length=MOST_LINE)] = ""


class Solve(Closed):
    """POST /w/{w}/solve: whole facilities, in a process beside; an edit stops it."""

    integers: bool = True
    gap: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    time_limit: Seconds | None = None


class Stop(Closed):
    """POST /jobs/{j}/stop."""

    keep: bool = True


class Ask(Closed):
    """POST /w/{w}/ask: `why` and `take` need city and pool, `take` also at_least; `curve` target and values."""

    kind: Literal["why", "take", "prices", "rules", "formula", "conflict", "curve", "compare"]
    city: Code | None = None
    pool: Code | None = None
    at_least: Finite | None = None
    like: Code | None = None
    tier: Code | None = None
    target: Annotated[str, Field(max_length=200)] | None = None
    where: Annotated[str, Field(max_length=MOST_LINE)] = ""
    values: Annotated[list[Finite], Field(min_length=1, max_length=100)] | None = None
    cities: Annotated[list[Code], Field(max_length=20)] = []
    scenarios: Annotated[list[Name], Field(max_length=4)] = []


class Paste(Closed):
    """POST /w/{w}/tables/{t}/paste: cells of the rows `keys`, parted by tabs and lines; `dry` only says what it does."""

    revision: Revision
    keys: Annotated[list[Annotated[list[Code], Field(max_length=4)]], Field(min_length=1, max_length=20_000)]
    columns: Annotated[list[Code], Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(max_length=MOST_TEXT)]
    dry: bool = True
    why: Annotated[str, Field(max_length=MOST_LINE)] = ""


class Scenario(Closed):
    """POST /w/{w}/scenarios: the edits that stand, under a name; an older file of the name is renamed beside."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w-]+$")]
    title_zh: Name
    title_en: Name


class Choose(Closed):
    """POST /w/{w}/scenario: start from another scenario ("" for none); the edits stay and are applied again."""

    revision: Revision
    name: Annotated[str, Field(max_length=100)]


class Documents(Closed):
    """POST /w/{w}/documents: a report of the result that is shown, or pages of cities, or against a scenario."""

    kind: Literal["report", "cities", "compare"]
    formats: Annotated[list[Literal["html", "xlsx", "docx", "pdf"]], Field(min_length=1, max_length=4)]
    language: Literal["zh", "en"] = "zh"
    cities: Annotated[list[Code], Field(max_length=400)] = []
    against: Name | None = None


class View(Closed):
    """PUT /w/{w}/view: what the page remembers for itself (tab, filters, columns, language); at most 20 kB."""

    content: dict[str, Any]


# -------------------------------------------------------------------------------------------------------- answers


class Found(BaseModel):
    """One finding, as `alloc check` has it; `text` is message and remedy in one, ready to show."""

    severity: Literal["error", "warning"]
    code: str
    file: str
    row: int | None
    column: str | None
    key: str | None
    value: str | None
    message: Words
    remedy: Words
    text: Words


class Problem(BaseModel):
    """application/problem+json of every refusal."""

    type: str
    status: int
    title: Words
    findings: list[Found] = []


class Findings(BaseModel):
    """Answer of check: everything wrong or doubtful that the lines bring; empty: they are right."""

    findings: list[Found]


class Accepted(BaseModel):
    """202: on disk; the result comes as an event with this revision or a later one."""

    revision: int
    job: str | None = None
    n: int | None = None


class Rule(BaseModel):
    """A number that can be changed: `line` with ``{value}`` filled by the value in the instance's unit is the edit.

    `value` is None where it is not given; `before` is that of `base`, where it differs. `scale` 100: shown in per cent
    (then `unit` is "%"). `kind`: number, share, or money. `of` is the id of the rule that it stands beside (a reserve
    beside its total). `binds` None: not known.
    """

    id: str
    title: Words
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
    """What a result changes in a rule of the list."""

    id: str
    value: float | None
    before: float | None
    binds: bool | None


class Standing(BaseModel):
    """An edit that stands, or the trial. `bad`: with it no allocation satisfies the rules."""

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
    """A rule that holds something back: in how many of its rows, and in which cities (at most 400 codes)."""

    family: str
    title: Words
    count: int
    of: int
    words: Words
    cities: list[str] = []


Amounts = list[tuple[str, float]]


class Largest(BaseModel):
    """Largest gains and losses against last year, largest first."""

    title: Words
    unit: Words
    size: float
    decimals: int
    gains: Amounts
    losses: Amounts


class Balance(BaseModel):
    """A pool that moved: what some pay others gain, and `rest` what is given out less or more; sums to zero:
    sum(gains) + sum(pays) = -(change of what is left)."""

    pool: str
    title: Words
    unit: Words
    size: float
    decimals: int
    pays: Amounts
    gains: Amounts
    paid: float
    gained: float
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
    """What is shown against `base`, while a trial stands; after `keep` what the last edit did."""

    sentence: Words
    balance: list[Balance]
    by_class: ByClass | None
    unchanged: Words


class Changed(BaseModel):
    """Cells of the table of cities that differ from `base`: the same rows for every column; None where it does not."""

    rows: list[str]
    columns: dict[str, list[Cell]]
    totals: dict[str, Cell] = {}


class Conflict(BaseModel):
    """No allocation satisfies the rules; repairs come as the answer of `ask conflict`."""

    families: list[Words]
    sentence: Words
    findings: list[Found] = []


class Picture(BaseModel):
    """One whole picture of one verified result; event ``result`` and part of `State`.

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
    edits: list[Standing]
    can_undo: bool
    can_redo: bool
    saved: str | None
    changed: Changed
    effect: Effect | None
    conflict: Conflict | None


class Named(BaseModel):
    """A scenario: of the instance, or saved here."""

    id: str
    title: Words
    edits: int
    mine: bool = False


class State(Picture):
    """GET /w/{w}: everything that the page needs to begin; `last_event` is where its stream of events goes on."""

    id: str
    title: Words
    cities_word: Words
    year: int
    language: Literal["zh", "en"]
    scenario: str
    scenarios: list[Named]
    screens: list[str]
    read_only: bool
    live: bool
    rules: list[Rule]
    sources: Words
    last_event: int
    map: dict[str, Any]
    view: dict[str, Any]


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


class TableColumn(BaseModel):
    """A column of an instance's table; status estimated or assumed: ᵉ ᵃ in its head."""

    name: str
    title: Words
    unit: Words
    note: Words
    kind: str
    key: bool
    status: str
    editable: bool
    values: list[str] = []


class Table(BaseModel):
    """GET /w/{w}/tables/{t}?from=&count=: rows as they stand with all edits, and the findings on them."""

    name: str
    title: Words
    columns: list[TableColumn]
    first: int
    total: int
    rows: list[list[Cell]]
    findings: list[Found]
    tables: list[dict[str, Any]]


class PasteCell(BaseModel):
    """A cell that a paste changes."""

    key: list[str]
    column: str
    old: Cell
    new: Cell


class Pasted(BaseModel):
    """What a paste does; applied where it was not dry and nothing is wrong."""

    cells: list[PasteCell]
    findings: list[Found]
    applied: bool
    revision: int


class Job(BaseModel):
    """GET /jobs/{j}; `answer` is that of the command line with --format json, `sections` its sentences and tables."""

    id: str
    kind: str
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    seconds: float
    progress: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    problem: Problem | None = None


class Workspace(BaseModel):
    """A workspace of the list; `id` is opaque."""

    id: str
    title: Words
    place: str
    state: Words
    open: bool
    opened_at: str | None


class Document(BaseModel):
    """A document that was made; `old` where it is of a result that is no longer shown."""

    id: str
    name: str
    kind: str
    size: int
    hash: str
    old: bool
    at: str


# --------------------------------------------------------------------------------------------------------- events


class Event(BaseModel):
    """One server-sent event: ``id`` and ``event`` in its lines, the rest as data.

    ready {revision}: the first of a stream · state {words, lamp, seconds} · progress {tier, title, stage, best, bound,
    gap, seconds} · result: a `Picture` · conflict: a `Picture` with `conflict` · answer {job, kind} ·
    document {job} · saved {at} · taken {by} · closed.
    """

    id: int
    event: Literal["ready", "state", "progress", "result", "conflict", "answer", "document", "saved", "taken", "closed"]
    revision: int
    job: str | None = None
    data: dict[str, Any]
