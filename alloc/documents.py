"""The verbs that write files: results, tables, reports, copies in another form, new instances, marked copies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from alloc.instance.findings import Finding
from alloc.output import known_codes, plain
from alloc.result.result import Result
from alloc.result.store import StoreError, Written, checked, replace_file, write
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer
    from alloc.workbook.convert import Converted

Language = Literal["zh", "en"]
NATION = "china-2020"  # where a province is cut out of unless another instance is named
FORMATS = ("html", "xlsx", "docx", "pdf")


def write_report(
    result: Result | Path | str,
    out: Path | str,
    formats: str | Sequence[str] = ("html",),
    language: Language = "en",
    against: Result | Path | str | None = None,
    *,
    cities: str | Sequence[str] = (),
    boundaries: Path | str | None = None,
    prices: bool = True,
    each_city: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> tuple[Written, ...]:
    """Writes a verified result as a report, or one page for each of some cities.

    It is not called ``report``: that is the name of the room `alloc.report`, and the first import of any of its
    modules would put the room in the place of the verb. `Result.report` is the same.

    Args:
        result: a result or its folder.
        out: folder of the files; what stands at a file's place already is renamed beside.
        formats: of html, xlsx, docx, pdf.
        language: ``zh`` or ``en``.
        against: another result to compare with: it is A, `result` is B.
        cities: codes of the cities that get a page each, instead of the whole report; ``all``: every city.
        boundaries: a GeoJSON file of an approved map, with its map number.
        prices: whether the report says what one more unit of every pool and limit is worth.
        each_city: called with the codes, it gives them one after another; a place for a bar of progress.

    Returns:
        The files, with what an older one is called now.

    Raises:
        StoreError: a folder is not a whole result.
        UnverifiedError: a result fails its verification.
        ComparisonError: the two cannot be compared.
        AskError: there is no such city.
        BoundaryError: the map cannot be used.
        ReportError: a format is not known or needs a library that is not installed, or a file cannot be written.
    """
    from alloc.report.document import report
    from alloc.report.maps import read_boundaries
    from alloc.report.writing import ReportError, writers

    wanted = list(dict.fromkeys([formats] if isinstance(formats, str) else formats))
    if unknown := [each for each in wanted if each not in FORMATS]:
        names = ", ".join(FORMATS)
        raise ReportError(Text(
            f"没有格式 {'、'.join(unknown)}；可用：{names}。", f"no format {', '.join(unknown)}: choose from {names}."
        ))  # fmt: skip
    write = writers(wanted)
    base = None if boundaries is None else read_boundaries(Path(boundaries))
    found, folder, chosen = checked(result), Path(out), [cities] if isinstance(cities, str) else list(cities)
    if chosen:
        from alloc.report.city_page import Pages

        codes: list[str] = found.instance.tables["cities"]["city"].tolist()
        if "all" not in chosen:
            known_codes(found.instance.tables, chosen)
            codes = list(dict.fromkeys(chosen))
        pages, place = Pages(found, language), folder / f"{found.instance.name}-cities-{language}"
        return tuple(
            each for code in each_city(codes) for each in write(pages.page(code), place, f"{code}-{pages.name(code)}")
        )
    comparison = None
    if against is not None:
        from alloc.comparison.reading import compare_any

        comparison = compare_any([against, result if isinstance(result, Path | str) else found])
        found = comparison.results[1]
    answer = None
    if prices:
        from alloc.explanation.sensitivity.prices import quick_prices

        answer = quick_prices(found)
    document = report(found, language, comparison, base, (), answer)
    return tuple(write(document, folder, f"{document.name}-{language}"))


def convert(
    origin: Path | str,
    target: Path | str,
    *,
    language: Language = "en",
    tables: Literal["csv", "parquet"] = "csv",
) -> Converted:
    """Writes an instance again, as a workbook where the target ends in .xlsx, otherwise as a folder; nothing is lost.

    Args:
        origin: a folder, a workbook, or the name of an instance that ships; right or wrong.
        target: what is there already is renamed beside.
        language: of the titles in a workbook, ``zh`` or ``en``.
        tables: format of the tables in a folder.

    Returns:
        What an older target is called now, and the findings on the instance.

    Raises:
        InputError: the origin cannot be read in full; with the findings.
        ConvertError: the target cannot be written, or cannot hold the instance.
    """
    from alloc.workbook.convert import convert as converted

    return converted(origin, Path(target), language, tables)


def init(
    target: Path | str,
    *,
    services: Sequence[str] | None = None,
    pools: Sequence[str] | None = None,
    year: int | None = None,
    origin: str | None = None,
    province: str | None = None,
    result: Path | str | None = None,
    language: Language = "en",
) -> tuple[Text, ...]:
    """Makes a new instance: an empty one to fill in, or one province of a national one.

    Args:
        target: a folder, or a workbook where it ends in .xlsx; must not exist, or be an empty folder.
        services, pools: of the empty instance; None: all of china-2020.
        year: planning year of the empty instance; None: to be filled in.
        origin: the instance that the province is cut out of; None: china-2020.
        province: its code or name; None: an empty instance is made.
        result: folder of a result of `origin`, by which pools are scaled; None: by the formula.
        language: of a workbook's titles, ``zh`` or ``en``.

    Returns:
        What was changed in cutting out the province, and why.

    Raises:
        TemplateError: there is something already, no such service, pool or province, or arguments that do not go
            together.
        InputError: `origin` cannot be used.
    """
    from alloc.template.new import new_empty, new_province
    from alloc.template.writing import TemplateError

    if province is None and (origin is not None or result is not None):
        raise TemplateError(Text("origin 和 result 须与 province 一起用。", "origin and result go with province."))
    if province is not None and (services or pools or year):
        raise TemplateError(Text(
            "services、pools、year 用于空算例，不与 province 同用。",
            "services, pools and year are for an empty instance, province is not.",
        ))  # fmt: skip
    if province is None:
        return new_empty(Path(target), services, pools, year, language)
    return new_province(Path(target), origin or NATION, province, None if result is None else Path(result), language)


def mark(
    instance: Path | str, findings: Sequence[Finding], *, out: Path | str | None = None, language: Language = "en"
) -> Path:
    """Writes an .xlsx copy of an instance in which the cells of all findings are coloured and explained.

    Args:
        instance: a folder, a workbook, or the name of an instance that ships.
        findings: what was found in it.
        out: the file; None: beside the instance. Where there is one, the next free name is taken.
        language: ``zh`` or ``en``.

    Returns:
        The file that was written.

    Raises:
        MarkError: there is nothing to mark, or the file cannot be written.
    """
    from alloc.findings_report.mark import mark as marked

    return marked(instance, findings, None if out is None else Path(out), language)


def save(
    thing: Result | Comparison | Answer,
    place: Path | str,
    *,
    language: Language = "en",
    city: str | Sequence[str] | None = None,
    pool: str | None = None,
    only_differences: bool = True,
) -> Written:
    """Writes what alloc gives, whole or not at all: a folder, a JSON file, or a document.

    A result becomes a folder, a comparison a folder of tables, an answer a JSON file; where the place ends in .html,
    .xlsx, .docx or .pdf, a comparison or an answer becomes a document of what `show` gives. (Documents of a result are
    made by `write_report`.)

    Args:
        thing: a verified result with an allocation, a comparison, or an answer.
        place: what stands there already is renamed beside.
        language: of a document, ``zh`` or ``en``.
        city, pool, only_differences: of the document of a comparison, as for `show`.

    Returns:
        Where it lies, and what is called now what was there.

    Raises:
        StoreError: the result has no allocation or is not verified, or the place holds something else or cannot be
            written.
        ComparisonError: the place of a comparison holds something else, or cannot be written.
        ReportError: a format needs a library that is not installed, or the document cannot be written.
    """
    path = Path(place)
    if isinstance(thing, Result):
        return _written(path, write(checked(thing), path))
    from alloc.comparison import Comparison

    if path.suffix[1:].casefold() in FORMATS:
        from alloc.report.answers import answer_document, comparison_document, write_document

        if isinstance(thing, Comparison):
            cities = [city] if isinstance(city, str) else list(city or ())
            known_codes(thing.tables, cities, pool)
            return write_document(comparison_document(thing, language, only_differences, pool, cities), path)
        return write_document(answer_document(thing, language), path)
    if isinstance(thing, Comparison):
        from alloc.comparison.files import write as write_comparison

        return _written(path, write_comparison(thing, path))
    content = json.dumps(plain(thing.record()), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return _file(path, lambda beside: beside.write_bytes(content.encode()))


def save_tables(result: Result, path: Path | str) -> Written:
    """Writes every table of a result as a sheet of one workbook, with codes and names, for further work.

    Args:
        result: with an allocation.
        path: ends in .xlsx; an older file there is renamed beside.

    Returns:
        Where it lies, and what an older one is called now.

    Raises:
        StoreError: there is no allocation, the path does not end in .xlsx, or the file cannot be written.
    """
    from alloc.workbook.write.tables import write_tables

    place = Path(path)
    if not result.has_solution:
        raise StoreError(Text("结果没有分配方案，没有可写的表。", "the result has no allocation: there are no tables"))
    if place.suffix.casefold() != ".xlsx":
        raise StoreError(
            Text(f"{path}：工作簿的名称须以 .xlsx 结尾。", f"{path}: the name of a workbook ends in .xlsx")
        )
    result = checked(result)
    tables = {"tiers": result.tiers, **{name: getattr(result, name) for name in result.tables}}
    return _file(place, lambda beside: write_tables(tables, beside))


def _file(path: Path, writer: Callable[[Path], object]) -> Written:
    """Writes a file beside, then in the place of what is there, which is renamed."""
    try:
        return _written(path, replace_file(path, lambda beside: (writer(beside), None)[1]))
    except OSError as error:
        raise StoreError(Text(f"{path}：无法写入（{error}）。", f"{path}: cannot be written ({error})")) from error


def _written(path: Path, older: Path | None) -> Written:
    return Written(str(path), None if older is None else str(older))
