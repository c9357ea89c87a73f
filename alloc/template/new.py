"""The two ways to a new instance, from names to files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from alloc.instance.divisions.scope import units_left_out
from alloc.instance.files.reading import read
from alloc.instance.files.shipped import locate
from alloc.instance.instance import Instance
from alloc.scenario.files import ENDING, FOLDER, scenarios
from alloc.template.controls import controlled
from alloc.template.empty import cohorts, empty_texts, slug
from alloc.template.guide import guides
from alloc.template.province import cut_province
from alloc.template.province_scenarios import cut_scenarios
from alloc.template.settings_text import settings_data, settings_text
from alloc.template.tables_text import table_texts
from alloc.template.writing import TemplateError, ready_to_write, write
from alloc.text import Text, for_shell
from alloc.writing import kinds

RESULTS = Path("results")  # where a solve puts its result unless something else is asked for
TAKEN = Text(
    "按 {place} 的全国分配结果切分；要按公式切分，请先移走它。",
    "The national result in {place} is what the province is cut by; move it away to cut by the formula.",
)
NOT_TAKEN = Text(
    "没有采用 {place} 的结果，改按公式切分：{why}",
    "The result in {place} is not used, and the province is cut by the formula: {why}",
)
NOT_THERE = Text(
    "先定：当前文件夹中没有 {place}，各资源池按全国公式切分。要按全国结果切分，先运行 {command}，再重新切分；"
    "两者所占比例不同。",
    "To be decided first: there is no {place} in the working folder, so that pools are cut by the formula. To cut them "
    "by the national result, whose shares are others, run {command} first, and cut again.",
)
CONTROLLED = Text(
    "{nation} 的 {count} 个情景没有带入：本省分享的是全国结果给它的数额。",
    "The {count} scenarios of {nation} are left out: the province shares out what the national result gives it.",
)
PATTERN = "china-2020"  # whose services, pools and policy an empty instance starts from


def new_empty(
    target: Path, services: Sequence[str] | None, pools: Sequence[str] | None, year: int | None, language: str
) -> tuple[Text, ...]:
    """Writes an empty instance: a folder, or a workbook where ``target`` ends in .xlsx.

    Args:
        target: an instance that is there is renamed beside, which is said; of anything else nothing is touched.
        services, pools: of those of china-2020; None: all.
        year: planning year; None: to be filled in.
        language: of a workbook's titles.

    Raises:
        TargetError: something else is there.
        TemplateError: no such service or pool.
    """
    ready_to_write(target)
    return write(target, empty_texts(read(PATTERN), slug(target.stem), services, pools, year), language)


def new_province(
    target: Path, origin: str, province: str, result: Path | None, language: str, *, controls: bool = False
) -> tuple[Text, ...]:
    """Writes one province of an instance as an instance that solves at once; gives what was changed and why.

    Args:
        target: an instance that is there is renamed beside, which is said; of anything else nothing is touched.
        origin: folder or name of the national instance.
        province: code or name of a province in it.
        result: folder of a result of ``origin``, by which pools are scaled; None: that in ``results/NAME`` of the
            working folder, where there is one and it is of ``origin``, else by the formula.
        language: of a workbook's titles.
        controls: whether pools hold just what the result gives the province (see `alloc.template.controls`).

    Raises:
        TargetError: something else is there.
        TemplateError: no such province, or the result is of another instance.
        InputError: ``origin`` cannot be used.
    """
    ready_to_write(target, [locate(origin)])
    nation = read(origin)
    notes: list[Text] = []
    own = RESULTS / nation.name
    if result is None and kinds.is_result(own):
        try:
            tables = _tables_of(own, nation)
            notes.append(TAKEN.fill(place=own.as_posix()))
        except TemplateError as error:
            tables = {}
            notes.append(NOT_TAKEN.fill(place=own.as_posix(), why=error.message))
    else:
        tables = {} if result is None else _tables_of(result, nation)
        if result is None:
            notes.append(NOT_THERE.fill(place=own.as_posix(), command=f"alloc solve {for_shell(origin)}"))
    cut = controlled(nation, province, tables) if controls else cut_province(nation, province, tables.get("allocation"))
    title = cut.instance.settings.title
    files, kept = _scenarios(nation, cut.instance, controls)
    scope = units_left_out(cut.instance.tables["cities"]["city"])
    told = (*([scope] if scope else []), *cut.notes, *kept)
    renamed = write(
        target,
        {
            "instance.toml": settings_text(settings_data(cut.instance.settings)),
            **table_texts(cut.instance.tables),
            **guides(Text(title.zh, title.en), told, cohorts(cut.instance.tables["services"])),
            **files,
        },
        language,
    )
    return (*notes, *told, *renamed)


def _scenarios(nation: Instance, province: Instance, controls: bool) -> tuple[dict[str, str], list[Text]]:
    """The files of scenarios that come along, and what became of every scenario."""
    if not controls:
        texts, notes = cut_scenarios(nation.home, province)
        return {f"{FOLDER}/{name}{ENDING}": text for name, text in texts.items()}, notes
    names = scenarios(nation.home) if nation.home is not None else ()
    return {}, [CONTROLLED.fill(nation=nation.name, count=len(names))] if names else []


def _tables_of(result: Path, nation: Instance) -> Mapping[str, pd.DataFrame]:
    """The tables of a result of an instance.

    Raises:
        TemplateError: it cannot be read, fails its verification, or is of another instance.
    """
    from alloc.result.store import StoreError, load_result

    try:
        loaded = load_result(result)
    except StoreError as error:
        raise TemplateError(error.message) from error
    name = nation.name
    if not same_tables(loaded.instance, nation):
        raise TemplateError(Text(f"{result} 不是 {name} 的结果。", f"{result} is not a result of {name}."))
    if loaded.instance.settings.policy != nation.settings.policy:
        raise TemplateError(Text(
            f"{result} 是按其他政策参数求解的（如某个情景），与 {name} 不同；请用 {name} 本身的结果。",
            f"{result} was solved under other settings of policy than {name} has, by a scenario perhaps; use a "
            f"result of {name} itself.",
        ))  # fmt: skip
    return loaded.tables


def same_tables(one: Instance, other: Instance) -> bool:
    """Whether two instances have the same tables; a result may have been solved under other options."""
    return all(table.equals(other.tables[name]) for name, table in one.tables.items())
