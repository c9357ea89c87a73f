"""What alloc gives, as text for a reader and as plain values for a machine; and a line on how far a solve is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pandas as pd

from alloc.arguments import checked
from alloc.certification.certified import Certified
from alloc.content.blocks import Section
from alloc.content.checks import check_title
from alloc.content.figures import number, tier_unit
from alloc.content.terminal import text
from alloc.explanation.shared.answer import Step
from alloc.explanation.shared.codes import known_codes, known_pool
from alloc.formulation.registry import catalogue, installed
from alloc.formulation.tier import Tier
from alloc.instance.files.reading import read
from alloc.instance.files.shipped import locate
from alloc.instance.findings import Finding, InputError, to_records
from alloc.instance.instance import Instance
from alloc.instance.prechecks.doubted import FIRST, doubted
from alloc.parametric.vary import Variation
from alloc.result.city import city_section
from alloc.result.frames.titles import COLUMNS
from alloc.result.result import Result
from alloc.result.rounding import RULES
from alloc.result.store import load_result, trusted
from alloc.result.summary import summary
from alloc.result.wording import say
from alloc.solver.facilities.band import BAND, TITLE
from alloc.solver.model.status import Progress, Stopped
from alloc.text import Text, behind_number, for_shell
from alloc.verification import Verification
from alloc.writing.kinds import MANIFEST

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer
    from alloc.workbook.forms.differences import MergedForms

Findings = tuple[Finding, ...] | list[Finding]
Shown: TypeAlias = ("Result | Instance | Comparison | Answer | Variation | Verification | Certified | MergedForms | "
                    "Findings | Path | str")  # fmt: skip

Language = Literal["zh", "en"]

STAGES: Mapping[str, Text] = {
    "relaxation": Text("松弛解", "relaxation"),
    "every city by itself": Text("逐市选定设施", "every city by itself"),
    "facilities made to fit": Text("调整设施以满足共同限额", "facilities made to fit"),
    "facilities fixed": Text("设施既定", "facilities fixed"),
    "joint search": Text("联合搜索", "joint search"),
    "bounds": Text("求各目标的界", "bounds"),
    "tiers": Text("逐级求解", "tiers"),
}
BEST, BOUND, GAP = Text("目前最好", "best so far"), Text("界", "bound"), Text("差距", "gap")
REACHED = Text("本方案", "this plan")  # while bounds are worked out, what the plan has, which stays as it is
VERIFIED = Text("核验通过：{checks} 项，没有偏差。", "Verified: {checks} checks, nothing off.")
VERIFIED_TO = Text(
    "核验通过：{checks} 项，最大偏差 {worst:.1e}（{check}：{at}）。",
    "Verified: {checks} checks, worst {worst:.1e} ({check}: {at}).",
)
MISSED = Text("取整后未能保持的规则：{parts}。", "Rules that rounding could not keep: {parts}.")
NOTED = Text("{check}（{name}）", "{check} ({name})")


@checked
def show(
    thing: Shown,
    language: str = "en",
    *,
    city: str | Sequence[str] | None = None,
    pool: str | None = None,
    only_differences: bool = True,
    command: str | Sequence[str] = "",
) -> str:
    """Anything that alloc gives, as text: what the command line prints of it.

    Args:
        thing: a result, an instance, a comparison, an answer, a variation, a verification, a certificate, findings; or
            the folder of a result, or the name or path of an instance.
        language: ``zh`` or ``en``.
        city: codes of cities, for everything about them instead of the whole; of a result or a comparison.
        pool: of a comparison, what every city gets of this pool.
        only_differences: of a comparison, whether rows without a difference are left out.
        command: of findings, how to get all of them in full, shown where some are not; words are quoted for the shell.

    Returns:
        Lines of text.

    Raises:
        InputError: the instance cannot be read.
        StoreError: the folder is not a whole result.
        UnverifiedError: a result fails its verification.
        AskError: there is no such city or pool.
    """
    found = _looked_at(thing)
    if isinstance(found, Verification):
        return _verification(found, language)
    if isinstance(found, tuple | list):
        from alloc.findings_report.text import report

        return report(found, language, command if isinstance(command, str) else " ".join(map(for_shell, command)))
    if isinstance(found, Result) and not found.has_solution:
        return "\n".join(_no_point(found, language))
    return text(said(found, language, city=city, pool=pool, only_differences=only_differences), language)


def said(
    thing: Result | Instance | Comparison | Answer | Variation | Certified | MergedForms,
    language: str = "en",
    *,
    city: str | Sequence[str] | None = None,
    pool: str | None = None,
    only_differences: bool = True,
) -> tuple[Section, ...]:
    """What there is to say of a thing, as blocks: sentences and typed tables, for a terminal and for documents.

    Args:
        thing: a result with an allocation, an instance, a comparison, an answer or a variation.
        language, city, pool, only_differences: as for `show`.

    Returns:
        Its sections.

    Raises:
        AskError: there is no such city or pool.
    """
    cities = [city] if isinstance(city, str) else list(city or ())
    if isinstance(thing, Result):
        cities = known_codes(thing.instance.tables, cities)
        return tuple(city_section(thing, language, code) for code in cities) or (summary(thing, language),)
    if isinstance(thing, Instance):
        from alloc.result.instance_text import instance_section

        return (instance_section(thing, language),)
    if isinstance(thing, Certified):
        from alloc.certification.text import certified_section

        return (certified_section(thing, language),)
    if isinstance(thing, Variation):
        from alloc.parametric.files import variation_sections

        return variation_sections(thing, language)
    from alloc.comparison import Comparison

    if not isinstance(thing, Comparison):
        return thing.sections(language)
    from alloc.comparison.text.said import comparison_sections

    cities, pool = narrowed(thing, cities, pool)
    return comparison_sections(thing, language, only_differences, pool, cities)


@checked
def record(
    thing: Shown,
    *,
    city: str | Sequence[str] | None = None,
    pool: str | None = None,
    only_differences: bool = True,
) -> dict[str, Any]:
    """Anything that alloc gives, as plain values: what the command line prints of it with ``--format json``.

    Args:
        thing: as for `show`.
        city: of a result, rows of this city alone; of a comparison, of one or several.
        pool: of a comparison, rows of this pool alone.
        only_differences: of a comparison, whether rows without a difference are left out.

    Returns:
        Nested dictionaries, lists, finite numbers, texts and None, which also stands for a number that is not finite.

    Raises:
        InputError: the instance cannot be read.
        StoreError: the folder is not a whole result.
        UnverifiedError: a result fails its verification.
        AskError: there is no such city or pool.
    """
    cities = [city] if isinstance(city, str) else list(city or ())
    found: dict[str, Any] = plain(_record(_looked_at(thing), cities, pool, only_differences))
    return found


def plain(value: Any) -> Any:
    """Plain values with None in the place of every number that is not finite, which JSON has no word for."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _record(thing: Any, cities: Sequence[str], pool: str | None, only_differences: bool) -> dict[str, Any]:
    if isinstance(thing, Result):
        cities = known_codes(thing.instance.tables, cities)
        return {"manifest": thing.manifest, "tables": {
            name: _rows(table[table["city"].isin(cities)] if cities and "city" in table else table)
            for name, table in thing.tables.items()
        }}  # fmt: skip
    if isinstance(thing, Instance):
        from alloc.result.instance_text import instance_record

        return instance_record(thing)
    if isinstance(thing, Verification):
        return {
            "passed": thing.passed, "checks": thing.checks, "worst": thing.worst, "worst_at": thing.worst_at,
            "failures": [asdict(each) for each in thing.failures], "families": _rows(thing.families),
        }  # fmt: skip
    if isinstance(thing, Certified):
        return asdict(thing)
    if isinstance(thing, Variation):
        more: dict[str, Any] = {"second": thing.second} if thing.second else {}
        more |= {"unsolved": thing.unsolved} if thing.unsolved else {}
        if thing.refused:
            more["refused"] = [{"step": at, "findings": to_records(each)} for at, each in thing.refused.items()]
        if thing.clashes:
            more["clashes"] = [
                {"step": at, "why": [each._asdict() for each in why]} for at, why in thing.clashes.items()
            ]
        return {
            "target": thing.target,
            **more,
            "now": list(thing.now),
            "tiers": _rows(thing.tiers),
            "cities": _rows(thing.cities),
        }
    if isinstance(thing, tuple | list):
        return {"findings": to_records(thing)}
    from alloc.comparison import Comparison

    if not isinstance(thing, Comparison):
        told: dict[str, Any] = thing.record()
        return told
    from alloc.comparison.files import to_json

    cities, pool = narrowed(thing, cities, pool)
    return to_json(thing, only_differences, pool, cities)


def narrowed(comparison: Comparison, cities: Sequence[str], pool: str | None) -> tuple[list[str], str | None]:
    """The codes of cities and of a pool of a comparison that are given by code or name.

    Raises:
        AskError: there is no such city or pool.
    """
    instances = (each.instance.tables for each in comparison.results)
    return known_codes(comparison.tables, cities), None if pool is None else known_pool(pool, *instances)


def loaded(place: Path | str) -> Result | Instance:
    """The result in a folder, or the instance of a name or path.

    Args:
        place: where neither is, it is refused as no result.

    Raises:
        InputError: the instance cannot be read.
        StoreError: there is neither, or the folder is not a whole result.
        UnverifiedError: it is a result that fails its verification.
    """
    if not (Path(place) / MANIFEST).exists():
        try:
            locate(place)
        except InputError:
            pass  # neither: what is said below of a result that is not there
        else:
            return read(place)
    return load_result(Path(place))


def _looked_at(thing: Any) -> Any:
    """What is to be shown: read where it is a place, and a result only where its verification passes now."""
    if isinstance(thing, Path | str):
        return loaded(thing)
    return trusted(thing) if isinstance(thing, Result) else thing


def progress_line(progress: Progress | Step, language: str) -> str:
    """How far a solve, or an answer, is.

    Args:
        progress: what was told.
        language: ``zh`` or ``en``.

    Returns:
        One line, with the stage, the tier, its best value, its bound and the gap.
    """
    if isinstance(progress, Step):
        return progress.line(language)
    parts = [f"{progress.seconds:6.1f} s", STAGES[progress.stage].said(language)]
    if progress.part is not None:
        parts.append(f"{progress.part[0]}/{progress.part[1]}")
    if progress.tier:
        parts.append(_tier_words(progress)[0].said(language))
    unit = _tier_words(progress)[1] if progress.tier else ""
    best = REACHED if progress.stage == "bounds" else BEST
    for words, value in ((best, progress.best), (BOUND, progress.bound)):
        if value is not None:
            parts.append(f"{words.said(language)} {_figure(value, unit, language)}")
    if progress.gap is not None:
        parts.append(f"{GAP.said(language)} {100 * progress.gap:.3f} %")
    return "  ".join(parts)


def _tier_words(progress: Progress) -> tuple[Text, str]:
    """Title and unit of a tier of whatever formulation has it; steps do not say of which they are."""
    tier = progress.tier
    if tier == BAND:
        return TITLE, ""
    known = next(tiers for name in (None, *installed()) if tier in (tiers := _tiers(name)))
    named = known[tier].by(progress.method)
    return named.title, named.unit


def _tiers(name: str | None) -> Mapping[str, Tier]:
    return (catalogue() if name is None else catalogue(name)).tiers


def _figure(value: float, unit: str, language: str) -> str:
    """The value of a tier as its table has it, with its unit."""
    shown, decimals = tier_unit(unit, value)
    named = shown.said(language)
    return f"{number(value / shown.size, decimals)} {behind_number(named)}".rstrip()


def _no_point(result: Result, language: str) -> list[str]:
    why = result.manifest["status"]["stopped"]
    if why in (Stopped.TIME_LIMIT, Stopped.INTERRUPTED):
        wanted = "whole_needs_time" if result.instance.settings.integers else "more_time"
        return [say(language, name) for name in (why, "nothing_yet", wanted)]
    lines = [say(language, why), say(language, "nothing")]
    clashes = [each for each in result.findings if each.severity == "error"]
    if clashes:
        label = "错误" if language == "zh" else "error"
        if slips := doubted(clashes, result.instance):
            lines.append(FIRST.said(language))
            lines += [f"{label}: {each.line('zh' if language == 'zh' else 'en')}" for each in slips]
        lines.append(say(language, "clash"))
        lines += [f"{label}: {each.line('zh' if language == 'zh' else 'en')}" for each in clashes]
    elif result.conflict:
        lines.append(say(language, "conflict"))
        families = catalogue(result.instance.formulation).families
        for name in result.conflict:
            about = families[name]
            lines.append(f"- {getattr(about.title, language)} ({name}): {getattr(about.words, language)}")
            lines.append(f"  → {getattr(about.remedy, language)}")
    if result.infeasible:
        lines.append(say(language, "explain"))
    return lines


def _verification(verification: Verification, language: str) -> str:
    if not verification.passed:
        return "\n".join(
            f"{_noted(each.family, language)} [{each.key}]: {each.left!r} | {each.right!r}"
            for each in verification.failures
        )
    name, _, at = verification.worst_at.partition(": ")
    if verification.names:  # without them codes stay beside codes
        columns = {column: each.title for of in COLUMNS.values() for column, each in of.items()}
        titles = {**columns, **RULES, **verification.names}
        parts = (Text(*titles.get(part, (part, part))).said(language) for part in at.split(", "))
        at = ("、" if language == "zh" else ", ").join(parts)
    said = str(getattr(VERIFIED_TO if name else VERIFIED, language))
    passed = said.format(
        checks=f"{verification.checks:,}", worst=verification.worst, check=check_title(name).said(language), at=at
    )
    missed = Text(*verification.missed).said(language)
    return "\n".join([passed, *([MISSED.said(language, parts=missed)] if missed else [])])


def _noted(name: str, language: str) -> str:
    """What a check is called, and as what it is noted, where these differ."""
    check = check_title(name).said(language)
    return name if check == name else str(getattr(NOTED, language)).format(check=check, name=name)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", force_ascii=False))
    return rows
