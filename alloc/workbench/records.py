"""What else the server answers: tables of an instance, jobs, workspaces, documents, and the events of the stream."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from alloc.workbench.models import Cell, Found, Named, Words


class Problem(BaseModel):
    """application/problem+json of every refusal; `findings` are the first of `total`."""

    type: str
    status: int
    title: Words
    findings: list[Found] = []
    total: int = 0


class Accepted(BaseModel):
    """202: on disk; the result comes as an event with this revision or a later one."""

    revision: int
    job: str | None = None
    n: int | None = None


class TableColumn(BaseModel):
    """A column of an instance's table; status estimated or assumed: ᵉ ᵃ in its head.

    twice: languages in which another column says what it says, so that it is not shown before it is chosen.
    titles: of the codes that its cells can have; either may be pasted.
    """

    name: str
    title: Words
    unit: Words
    note: Words
    kind: str
    key: bool
    status: str
    editable: bool
    required: bool = False
    values: list[str] = []
    twice: list[str] = []
    titles: dict[str, Words] = {}


class Table(BaseModel):
    """GET /w/{w}/tables/{t}?from=&count=: rows as they stand with all edits, and the findings on them.

    mine: place among the rows and column of the cells that edits have changed.

    marks: place among the rows, column and status of cells whose own status is another than that in the head of their
    column. tables: every table with rows: name, title, rows, and how many errors and warnings are found in it.
    """

    name: str
    title: Words
    columns: list[TableColumn]
    first: int
    total: int
    rows: list[list[Cell]]
    findings: list[Found]
    marks: list[tuple[int, str, str]]
    mine: list[tuple[int, str]] = []
    tables: list[dict[str, Any]]


class PasteCell(BaseModel):
    """A cell that a paste changes."""

    key: list[str]
    column: str
    old: Cell
    new: Cell


class Pasted(BaseModel):
    """What a paste does; applied where it was not dry and nothing is wrong. `cells` are the first of `count`."""

    cells: list[PasteCell]
    count: int = 0
    findings: list[Found]
    applied: bool
    revision: int


class TakenTable(BaseModel):
    """A table of which a workbook changes so many cells."""

    name: str
    title: Words
    cells: int


class Taken(BaseModel):
    """POST /w/{w}/workbook: what it changes; `cells` are the first of `count`."""

    tables: list[TakenTable]
    cells: list[PasteCell]
    count: int
    findings: list[Found]
    applied: bool
    revision: int


class Sums(BaseModel):
    """POST /w/{w}/sums: of some cities, by the columns of the table of cities; None where nothing adds up."""

    cities: int
    values: dict[str, Cell]


class Before(BaseModel):
    """Work that is done before a job that waits: what it is, and for how many seconds it has been asked for."""

    title: Words
    seconds: float


class Job(BaseModel):
    """GET /jobs/{j}; `answer` is that of the command line with --format json, `sections` its sentences and tables.

    behind: what a job that waits waits for.
    """

    id: str
    kind: str
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    seconds: float
    progress: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    problem: Problem | None = None
    behind: Before | None = None


class Workspace(BaseModel):
    """A workspace of the list; `id` is opaque. state: which edits stand, or what is damaged; last: in UTC."""

    id: str
    title: Words
    place: str
    state: Words
    open: bool
    units: int | None = None
    last: str = ""


class Workspaces(BaseModel):
    """GET /workspaces; provinces: code and title of those that one can start from; nation: the whole of them."""

    workspaces: list[Workspace]
    provinces: dict[str, Words] = {}
    nation: str = ""


class Upload(BaseModel):
    """POST /uploads?name=: the id for `source: upload` of POST /workspaces."""

    id: str
    size: int


class Scenarios(BaseModel):
    """GET /w/{w}/scenarios."""

    scenarios: list[Named]


class Choice(BaseModel):
    """One of several: what stands in a line, and what it is called."""

    id: str
    title: Words


class SideList(BaseModel):
    """GET /w/{w}/sides."""

    sides: list[Choice]


class OfferedQuantity(Choice):
    """What a limit can sum up; `shares`: also as a share of the whole. An amount is typed over `size` in `shown`, the
    unit of its pool on the screen."""

    unit: Words
    shares: bool
    shown: Words
    size: float = 1.0


class OfferedColumn(Choice):
    """A column of cities that a condition can name; `values` of one that is no number."""

    numeric: bool
    unit: Words = Words(zh="", en="")
    values: list[Choice] = []


class Offer(BaseModel):
    """GET /w/{w}/limits."""

    quantities: list[OfferedQuantity]
    columns: list[OfferedColumn]
    senses: list[Choice]
    bases: list[Choice]


class Drafted(BaseModel):
    """POST /w/{w}/limits: the line, the cities that it is about, and the findings of the checks on it."""

    line: str
    cities: list[str]
    findings: list[Found]


class Document(BaseModel):
    """A document that was made; `old` where it is of a result that is no longer shown.

    title: of what it was made: instance, scenario and edits; that of the file where nobody noted it.
    """

    id: str
    name: str
    title: Words
    kind: str
    language: str
    size: int
    hash: str
    old: bool
    at: str


class DocumentList(BaseModel):
    """GET /w/{w}/documents; `making`: jobs that make more; `missing`: formats that cannot be made here, and what would
    have to be installed."""

    documents: list[Document]
    making: list[str] = []
    missing: dict[str, Words] = {}


class Event(BaseModel):
    """One server-sent event: ``id`` and ``event`` in its lines, the rest as data.

    ready {revision}: the first of a stream · state {words, lamp, seconds} · progress {tier, title, stage, best, bound,
    gap, seconds} · result: a `Picture` · conflict: a `Picture` with `conflict` · answer {job, kind} ·
    document {job} · saved {at} · taken · closed; saved and taken have what `State` says of where edits go besides.
    """

    id: int
    event: Literal["ready", "state", "progress", "result", "conflict", "answer", "document", "saved", "taken", "closed"]
    revision: int
    job: str | None = None
    data: dict[str, Any]
