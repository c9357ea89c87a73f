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
    values. quick: prices by the duals alone."""

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
    scenarios: Annotated[list[Name], Field(max_length=4)] = []


class Paste(Closed):
    """POST /w/{w}/tables/{t}/paste: cells of the rows `keys`, parted by tabs; `dry` only says what it does."""

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
