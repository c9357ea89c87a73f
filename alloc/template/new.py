"""The two ways to a new instance, from names to files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alloc.instance.files.reading import read
from alloc.instance.instance import Instance
from alloc.template.controls import controlled
from alloc.template.empty import cohorts, empty_texts, slug
from alloc.template.guide import guides
from alloc.template.province import cut_province
from alloc.template.settings_text import settings_data, settings_text
from alloc.template.tables_text import table_texts
from alloc.template.writing import TemplateError, ready_to_write, write
from alloc.text import Text

PATTERN = "china-2020"  # whose services, pools and policy an empty instance starts from


def new_empty(
    target: Path, services: Sequence[str] | None, pools: Sequence[str] | None, year: int | None, language: str
) -> tuple[Text, ...]:
    """Writes an empty instance: a folder, or a workbook where ``target`` ends in .xlsx.

    Args:
        target: must not exist, or be an empty folder.
        services, pools: of those of china-2020; None: all.
        year: planning year; None: to be filled in.
        language: of a workbook's titles.

    Raises:
        TemplateError: there is something already, or no such service or pool.
    """
    ready_to_write(target)
    write(target, empty_texts(read(PATTERN), slug(target.stem), services, pools, year), language)
    return ()


def new_province(
    target: Path, origin: str, province: str, result: Path | None, language: str, *, controls: bool = False
) -> tuple[Text, ...]:
    """Writes one province of an instance as an instance that solves at once; gives what was changed and why.

    Args:
        target: must not exist, or be an empty folder.
        origin: folder or name of the national instance.
        province: code or name of a province in it.
        result: folder of a result of ``origin``, by which pools are scaled; None: by the formula.
        language: of a workbook's titles.
        controls: whether pools hold just what the result gives the province (see `alloc.template.controls`).

    Raises:
        TemplateError: there is something already, no such province, or the result is of another instance.
        InputError: ``origin`` cannot be used.
    """
    ready_to_write(target)
    nation, loaded = read(origin), None
    if result is not None:
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
    tables = {} if loaded is None else loaded.tables
    cut = controlled(nation, province, tables) if controls else cut_province(nation, province, tables.get("allocation"))
    title = cut.instance.settings.title
    write(
        target,
        {
            "instance.toml": settings_text(settings_data(cut.instance.settings)),
            **table_texts(cut.instance.tables),
            **guides(Text(title.zh, title.en), cut.notes, cohorts(cut.instance.tables["services"])),
        },
        language,
    )
    return cut.notes


def same_tables(one: Instance, other: Instance) -> bool:
    """Whether two instances have the same tables; a result may have been solved under other options."""
    return all(table.equals(other.tables[name]) for name, table in one.tables.items())
