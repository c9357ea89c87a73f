"""The verbs that hand on what was found: results and their tables, reports, certificates, documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from alloc import writing
from alloc.arguments import checked
from alloc.certification.certified import Certified
from alloc.explanation.shared.codes import known_codes
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
from alloc.output import Language, loaded, narrowed, plain, said
from alloc.parametric.vary import Variation
from alloc.result.result import Result
from alloc.result.store import StoreError, UnverifiedError, load_result, trusted, write
from alloc.result.stored.files import own_digest
from alloc.solver.model.status import Progress
from alloc.text import Text
from alloc.writing import Written, kinds

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer

FORMATS = ("html", "xlsx", "docx", "pdf")
RESULT, INSTANCE = Text("分配结果", "The allocation"), Text("算例", "The instance")
REFUSED = Text(
    "证书不成立：{error}。结果与其模型不符，请用 alloc verify 查看。",
    "no certificate: {error}; the result is not what its model says, see alloc verify.",
)


@checked
def write_report(
    result: Result | Path | str,
    out: Path | str,
    formats: str | Sequence[str] = ("html",),
    language: Language = "en",
    against: Result | Path | str | Sequence[Result | Path | str] | None = None,
    *,
    cities: str | Sequence[str] = (),
    boundaries: Path | str | None = None,
    prices: bool = True,
    formula: bool = True,
    stopped: bool = False,
    each_city: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> tuple[Written, ...]:
    """Writes a verified result as a report, or one page for each of some cities.

    It is not called ``report``: that is the name of the room `alloc.report`, and the first import of any of its
    modules would put the room in the place of the verb. `Result.report` is the same.

    Args:
        result: a result or its folder.
        out: folder of the files, which are called as the result's folder is; what stands at a file's place already is
            renamed beside.
        formats: of html, xlsx, docx, pdf.
        language: ``zh`` or ``en``.
        against: another result to compare with: it is A, `result` is B; or several, of which the first is A and those
            behind it are C, D, …
        cities: codes of the cities that get a page each, instead of the whole report; ``all``: every city.
        boundaries: a GeoJSON file of an approved map, with its map number.
        prices: whether the report says what one more unit of every pool and limit is worth.
        formula: whether the report says what the formula alone would give; never above 50,000 rows, where a solve
            takes long.
        stopped: whether the report says how many more would settle were each cause that stops them relaxed, which
            takes a solve each.
        each_city: called with the codes, it gives them one after another; a place for a bar of progress.

    Returns:
        The files, with what an older one is called now.

    Raises:
        StoreError: a folder is not a whole result.
        UnverifiedError: a result fails its verification.
        ComparisonError: the two cannot be compared.
        AskError: there is no such city.
        BoundaryError: the map cannot be used.
        ReportError: a format is not known or needs a library that is not installed.
        TargetError: a file may not or cannot be written; nothing has been made then.
    """
    from alloc.explanation.shared.answer import LARGE
    from alloc.report.boundaries import read_boundaries
    from alloc.report.document import name_of, report
    from alloc.report.writing import ReportError, places, writers

    wanted = list(dict.fromkeys([formats] if isinstance(formats, str) else formats))
    if unknown := [each for each in wanted if each not in FORMATS]:
        names = ", ".join(FORMATS)
        raise ReportError(Text(
            f"没有格式 {'、'.join(unknown)}；可用：{names}。", f"no format {', '.join(unknown)}: choose from {names}."
        ))  # fmt: skip
    write = writers(wanted)
    found, folder, chosen = trusted(result), Path(out), [cities] if isinstance(cities, str) else list(cities)
    others = [against] if isinstance(against, Result | Path | str) else list(against or ())
    reads = [each for each in (result, *others, boundaries) if isinstance(each, Path | str)]
    base = None if boundaries is None else read_boundaries(Path(boundaries), _seats(found))
    if chosen:
        from alloc.report.city_page import Pages

        codes: list[str] = found.instance.tables["cities"]["city"].tolist()
        if "all" not in chosen:
            codes = list(dict.fromkeys(known_codes(found.instance.tables, chosen)))
        place = folder / f"{name_of(found)}-cities-{language}"
        for path in places(place, codes[0], wanted):
            writing.ready(path, kinds.document(path.suffix), reads)
        pages = Pages(found, language)
        return tuple(
            each for code in each_city(codes) for each in write(pages.page(code), place, f"{code}-{pages.name(code)}")
        )
    for path in places(folder, f"{name_of(found)}-{language}", wanted):
        writing.ready(path, kinds.document(path.suffix), reads)
    comparison = None
    if others:
        from alloc.comparison.reading import compare_any

        comparison = compare_any([others[0], result if isinstance(result, Path | str) else found, *others[1:]])
        found = comparison.results[1]
    answer = None
    if prices:
        from alloc.explanation.sensitivity.prices import quick_prices

        answer = quick_prices(found)
    beside = None
    if formula and found.has_solution and found.tables["families"]["rows"].sum() <= LARGE:
        from alloc.explanation.formula.formula import explain_formula

        beside = explain_formula(found)
    relaxed = None
    if stopped:
        from alloc.auditing.audit import audit

        (part,) = audit(found, only="settlement").parts or (None,)
        relaxed = None if part is None else next((each for each in part.grids if each.name == "relaxed"), None)
    document = report(found, language, comparison, base, (), answer, beside, relaxed)
    return tuple(write(document, folder, f"{document.name}-{language}"))


@checked
def certify(
    result: Result | Path | str,
    out: Path | str | None = None,
    *,
    time_limit: float | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Certified:
    """Writes a certificate of a result: the matrix, the plan, and multipliers that prove the bound of every tier.

    Whoever has the folder can check it with Python alone: ``python alloc/certificate.py DIR`` (docs/certificate.md).

    Args:
        result: a result or its folder.
        out: folder of the certificate; None: that of the result with ``-certificate`` behind its name. An older one is
            renamed beside.
        time_limit: seconds for the linear programs; None: the instance's. What is not reached stays unproven.
        on_progress: told of every tier.

    Returns:
        What is proven, tier by tier, as the stand-alone reader finds it.

    Raises:
        StoreError: a folder is not a whole result, or `out` is missing.
        TargetError: `out` holds something else, or cannot be written; nothing has been worked out then.
        UnverifiedError: the result has no allocation, or its plan or its values are not what its matrix says.
    """
    from alloc.certification.certify import certify as certified

    if out is not None:
        folder = Path(out)
    elif isinstance(result, Result):
        raise StoreError(Text("请指明证书写到哪个文件夹（out）。", "say where the certificate goes (out)"))
    else:
        place = Path(result).resolve() if Path(result).name in ("", "..") else Path(result)
        folder = place.with_name(f"{place.name}-certificate")
    writing.ready(folder, kinds.CERTIFICATE, [None if isinstance(result, Result) else Path(result)])
    found = trusted(result)
    if not found.has_solution:
        raise UnverifiedError(Text("结果没有分配方案，无可证明。", "the result has no allocation: nothing to certify"))
    limit = found.instance.settings.time_limit if time_limit is None else time_limit
    try:
        return certified(
            found, folder, on_progress, limit, None if isinstance(result, Result) else own_digest(Path(result))
        )
    except (ValueError, ArithmeticError, LookupError) as error:
        raise UnverifiedError(REFUSED.fill(error=error)) from error


def _seats(result: Result) -> list[tuple[float, float]]:
    """Longitude and latitude of the cities, where all are given."""
    cities = result.instance.tables["cities"]
    known = {"lon", "lat"} <= set(cities) and not cities[["lon", "lat"]].isna().any(axis=None)
    return list(zip(cities["lon"].tolist(), cities["lat"].tolist(), strict=True)) if known else []


@checked
def save(
    thing: Result | Comparison | Answer | Variation,
    place: Path | str,
    *,
    language: Language = "en",
    city: str | Sequence[str] | None = None,
    pool: str | None = None,
    only_differences: bool = True,
    rescued: bool = False,
) -> Written:
    """Writes what alloc gives, whole or not at all: a folder, a JSON file, or a document.

    A result becomes a folder, a comparison and a variation a folder of tables, an answer a JSON file; where the place
    ends in .html, .xlsx, .docx or .pdf, each becomes a document of what `show` gives. (The whole report of a result is
    made by `write_report`.)

    Args:
        thing: a verified result with an allocation, a comparison, an answer, or a variation.
        place: what stands there already is renamed beside.
        language: of a document, ``zh`` or ``en``.
        city, pool, only_differences: of the document of a result or a comparison, as for `show`.
        rescued: whether what the place does not take is written into the working folder, or that of temporary files.

    Returns:
        Where it lies, and what is called now what was there.

    Raises:
        StoreError: the result has no allocation or is not verified.
        TargetError: the place holds something else, or nothing can be written there or anywhere else.
        ReportError: a format needs a library that is not installed.
    """
    path = Path(place)
    if path.suffix[1:].casefold() in FORMATS:
        return save_document(
            thing, path, language=language, city=city, pool=pool, only_differences=only_differences, rescued=rescued
        )
    if isinstance(thing, Result):
        return write(trusted(thing), path, rescued)
    if isinstance(thing, Variation):
        from alloc.parametric.files import write as write_variation

        return write_variation(thing, path, language, rescued)
    from alloc.comparison import Comparison

    if isinstance(thing, Comparison):
        from alloc.comparison.files import write as write_comparison

        return write_comparison(thing, path, rescued)
    told = {kinds.MADE_BY: kinds.ANSWER_MARK, **thing.record()}
    content = json.dumps(plain(told), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return writing.write(path, kinds.ANSWER, lambda beside: beside.write_bytes(content.encode()), rescued=rescued)


def ready_to_write(
    place: Path | str,
    thing: Literal["result", "comparison", "answer", "variation", "copy"] = "result",
    reads: Iterable[Path | str | None] = (),
) -> None:
    """Says before any work whether what comes of it can be written.

    Args:
        place: where it is to lie; of a comparison, an answer and a variation its ending says the format.
        thing: what will be written; a copy is that of `mark`.
        reads: what the work reads, which is never replaced.

    Raises:
        TargetError: it may not or cannot be written.
        ReportError: a format needs a library that is not installed.
    """
    path = Path(place)
    kind = {
        "result": kinds.RESULT, "comparison": kinds.COMPARISON, "answer": kinds.ANSWER, "variation": kinds.VARIATION,
        "copy": kinds.CHECKED,
    }[thing]  # fmt: skip
    if thing in ("comparison", "answer", "variation") and path.suffix[1:].casefold() in FORMATS:
        from alloc.report.writing import writer_of

        writer_of(path.suffix[1:].casefold())
        kind = kinds.document(path.suffix)
    writing.ready(path, kind, reads)


def not_written(out: Path | str) -> Finding:
    """Says of a solve without an allocation that no result lies where one was asked for.

    Args:
        out: where.
    """
    return Finding(
        "warning", "nothing_written", str(out), None, None, None,
        Text("没有分配方案，没有写出结果。", "There is no allocation, and nothing is written."),
        Text("若是到时停止，放宽时限；若规则冲突，用 alloc explain 查看是哪些。",
             "Allow more time where it was stopped; ask alloc explain what clashes where the rules do."),
    )  # fmt: skip


@checked
def save_document(
    thing: Result | Instance | Comparison | Answer | Variation | Path | str,
    place: Path | str,
    *,
    language: Language = "en",
    city: str | Sequence[str] | None = None,
    pool: str | None = None,
    only_differences: bool = True,
    rescued: bool = False,
) -> Written:
    """Writes what `show` gives of a thing as a document, in the format that the ending of the place names.

    Args:
        thing: a verified result with an allocation, an instance, a comparison, an answer, or a variation; or the folder
            of a result, or the name or path of an instance.
        place: ends in .html, .xlsx, .docx or .pdf; what stands there already is renamed beside.
        language: ``zh`` or ``en``.
        city, pool, only_differences: of a result or a comparison, as for `show`.
        rescued: as for `save`.

    Returns:
        Where it lies, and what is called now what was there.

    Raises:
        ReportError: there is no such format, it needs a library that is not installed, or the document cannot be
            written.
        UnverifiedError: the result fails its verification.
        AskError: there is no such city or pool.
    """
    from alloc.comparison import Comparison
    from alloc.report.answers import answer_document, comparison_document, document, variation_document, write_document

    thing = loaded(thing) if isinstance(thing, Path | str) else thing
    if isinstance(thing, Variation):
        made = variation_document(thing, language)
    elif isinstance(thing, Comparison):
        cities = [city] if isinstance(city, str) else list(city or ())
        cities, pool = narrowed(thing, cities, pool)
        made = comparison_document(thing, language, only_differences, pool, cities)
    elif isinstance(thing, Result | Instance):
        found = trusted(thing) if isinstance(thing, Result) else thing
        instance = found.instance if isinstance(found, Result) else found
        title = RESULT if isinstance(found, Result) else INSTANCE
        made = document(title.said(language), said(found, language, city=city), instance, language)
    else:
        made = answer_document(thing, language)
    return write_document(made, Path(place), rescued)


@checked
def save_tables(
    result: Result | Path | str, path: Path | str, *, language: Language | None = None, rescued: bool = False
) -> Written:
    """Writes every table of a result for those who cannot open Parquet: sheets of a workbook, or a folder of CSV files.

    Args:
        result: with an allocation, or the folder of one.
        path: a workbook where it ends in .xlsx, a folder where it has no ending; an older one there is renamed beside.
        language: of titles with units, names and words instead of machine names; None: the columns as they are called
            in Parquet and in Python, with names in both languages.
        rescued: whether what `path` does not take at the end is written elsewhere.

    Returns:
        Where it lies, and what an older one is called now.

    Raises:
        StoreError: there is no allocation, or the path ends in something else.
        TargetError: something else is there, or it cannot be written.
        UnverifiedError: the result fails its verification.
    """
    from alloc.result.frames.titles import readable, with_codes
    from alloc.workbook.write.tables import write_files, write_tables

    place = Path(path)
    book = place.suffix.casefold() == ".xlsx"
    if place.suffix and not book:
        raise StoreError(
            Text(
                f"{path}：写成一个工作簿时名称须以 .xlsx 结尾，写成 CSV 文件夹时不带扩展名。",
                f"{path}: the name of a workbook ends in .xlsx, that of a folder of CSV files has no ending",
            )
        )
    reads = [result] if isinstance(result, Path | str) else []
    kind, writer = (kinds.TABLES, write_tables) if book else (kinds.TABLE_FILES, write_files)
    writing.ready(place, kind, reads)
    found = load_result(Path(result)) if isinstance(result, Path | str) else result
    if not found.has_solution:
        raise StoreError(Text("结果没有分配方案，没有可写的表。", "the result has no allocation: there are no tables"))
    found = trusted(found)
    tables = with_codes(found) if language is None else readable(found, language)
    return writing.write(place, kind, lambda beside: writer(tables, beside), reads=reads, rescued=rescued)
