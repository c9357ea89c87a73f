"""What the page and scripts ask for: closed, strictly typed, finite and bounded, so that nothing else gets in."""

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


Side = Annotated[str, Field(max_length=120, pattern=r"^(now|scenario:[^/\\\\]*|result:\w[\w.-]*)$")]
Sides = Annotated[list[Side], Field(max_length=5)]


class Closed(BaseModel):
    """A request: no unknown keys, no other types, no numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


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
    """POST /w/{w}/ask: `why` and `take` need city and pool, `take` also at_least, `tariff` the city; `curve` target and
    values. quick: prices by the duals alone.

    `compare` needs two sides or more, the base first: ``now``, ``scenario:NAME`` (``scenario:`` for none) or
    ``result:NAME``; `whole`: those that have to be solved with whole facilities.
    """

    kind: Literal["why", "take", "tariff", "prices", "rules", "formula", "conflict", "curve", "compare"]
    city: Code | None = None
    pool: Code | None = None
    at_least: Finite | None = None
    like: Code | None = None
    tier: Code | None = None
    quick: bool = False
    target: Annotated[str, Field(max_length=200)] | None = None
    where: Annotated[str, Field(max_length=MOST_LINE)] = ""
    values: Annotated[list[Finite], Field(min_length=1, max_length=100)] | None = None
    cities: Annotated[list[Code], Field(max_length=20)] = []
    sides: Sides = []
    whole: bool = False


class Paste(Closed):
    """POST /w/{w}/tables/{t}/paste: cells of the rows `keys`, parted by tabs; `dry` only says what it does."""

    revision: Revision
    keys: Annotated[list[Annotated[list[Code], Field(max_length=4)]], Field(min_length=1, max_length=20_000)]
    columns: Annotated[list[Code], Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(max_length=MOST_TEXT)]
    dry: bool = True
    why: Annotated[str, Field(max_length=MOST_LINE)] = ""


class Rows(Closed):
    """POST /w/{w}/tables/{t}/rows: new rows of a table, cells of `columns` parted by tabs, as one edit.

    first: which row of what was pasted the first is, by which faults are told; 0 for one typed into fields.
    """

    revision: Revision
    columns: Annotated[list[Code], Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(max_length=MOST_TEXT)]
    first: Annotated[int, Field(ge=0, le=2)] = 1
    why: Annotated[str, Field(max_length=MOST_LINE)] = ""


class Workbook(Closed):
    """POST /w/{w}/workbook: an upload taken before; `dry` only says what of it differs."""

    revision: Revision
    upload: Annotated[str, Field(pattern=r"^[\w-]{1,60}$")]
    dry: bool = True
    why: Annotated[str, Field(max_length=MOST_LINE)] = ""


class Chosen(Closed):
    """POST /w/{w}/sums: the cities that are summed up, of what was kept last or is shown; further columns by id."""

    cities: Annotated[list[Code], Field(max_length=10_000)]
    at: Literal["base", "shown"] = "shown"
    columns: Annotated[list[Code], Field(max_length=100)] = []


class Why(Closed):
    """PUT /w/{w}/edits/{n}: the reason of an edit that stands."""

    revision: Revision
    why: Annotated[str, Field(max_length=MOST_LINE)]


class Scenario(Closed):
    """POST /w/{w}/scenarios: the edits that stand, under a name; `why` is the reason of those that have none."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w-]+$")]
    title_zh: Name
    title_en: Name
    why: Annotated[str, Field(max_length=MOST_LINE)] = ""


class Titles(Closed):
    """PUT /w/{w}/scenarios/{s}: other titles for a scenario saved here."""

    title_zh: Name
    title_en: Name


class Condition(Closed):
    """Of the cities of a limit: one column, how it is held against values, and these; several hold together."""

    column: Code
    sense: Literal["=", "!=", "<", "<=", ">", ">=", "in"]
    values: Annotated[list[Name | Finite | bool], Field(min_length=1, max_length=400)]


class Limit(Closed):
    """POST /w/{w}/limits: a row of the table of limits, built from what GET offers."""

    title_zh: Annotated[str, Field(max_length=100)] = ""
    title_en: Annotated[str, Field(max_length=100)] = ""
    quantity: Code
    where: Annotated[list[Condition], Field(max_length=8)] = []
    sense: Literal["<=", ">=", "="]
    value: Finite
    basis: Literal["amount", "share", "per_resident", "last_year"]


class Choose(Closed):
    """POST /w/{w}/scenario: start from another scenario ("" for none); the edits stay and are applied again."""

    revision: Revision
    name: Annotated[str, Field(max_length=100)]


class Documents(Closed):
    """POST /w/{w}/documents: a report of the result that is shown, pages of cities, or a comparison of `sides`."""

    kind: Literal["report", "cities", "compare"]
    formats: Annotated[list[Literal["html", "xlsx", "docx", "pdf"]], Field(min_length=1, max_length=4)]
    language: Literal["zh", "en"] = "zh"
    cities: Annotated[list[Code], Field(max_length=400)] = []
    sides: Sides = []


class View(Closed):
    """PUT /w/{w}/view: what the page remembers for itself (tab, filters, columns, language); at most 20 kB."""

    content: dict[str, Any]
