"""What the levers of the installed formulations bring to an instance: columns of tables and sections of settings.

They are joined to the schema once, when it is first imported; from then on checks, workbooks, edits, guides and pages
have them like any other. A lever that brings something that could not be told apart from what is there is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

from alloc.formulation.columns import Column, Driver
from alloc.formulation.errors import FormulationError
from alloc.formulation.lever import Formulation, Lever
from alloc.formulation.settings import LeverSettings
from alloc.instance.schema.columns import Table
from alloc.text import Text


def with_columns(
    tables: Iterable[Table], formulations: Iterable[Formulation], derived: Iterable[str] = ()
) -> Mapping[str, Table]:
    """The tables by name, each with its own columns and then those that levers bring.

    Args:
        tables: of the schema.
        formulations: whose levers count; levers may share a column that is one object.
        derived: names that stand beside the columns of ``cities``.

    Raises:
        FormulationError: a column that has to be given, a table that does not exist, or two columns of one name.
    """
    joined = {table.name: table for table in tables}
    reserved = {name: set(derived) if name == "cities" else set() for name in joined}
    faults: list[Text] = []
    for lever in _levers(formulations):
        for name, columns in lever.columns.items():
            if name not in joined:
                faults.append(_fault(lever, Text(f"没有 {name} 表", f"there is no table {name}")))
                continue
            for column in columns:
                table = joined[name]
                if any(column is known for known in table.columns):
                    continue
                if fault := _misplaced(column, table, reserved[name]):
                    faults.append(_fault(lever, fault))
                    continue
                joined[name] = replace(table, columns=(*table.columns, column), joined=table.joined | {column.name})
    _raise(faults)
    return MappingProxyType(joined)


def sections(formulations: Iterable[Formulation], taken: Iterable[str]) -> Mapping[str, type[LeverSettings]]:
    """The settings that levers bring, by the name of the lever.

    Args:
        formulations: whose levers count.
        taken: sections that are there already.

    Raises:
        FormulationError: no `LeverSettings`, a setting without a default, or two sections of one name.
    """
    found: dict[str, type[LeverSettings]] = {}
    owned = set(taken)
    faults: list[Text] = []
    for lever in _levers(formulations):
        brought: Any = lever.settings
        if brought is None or found.get(lever.name) is brought:
            continue
        where = f"policy.{lever.name}"
        if not (isinstance(brought, type) and issubclass(brought, LeverSettings) and hasattr(brought, "TITLE")):
            fault = Text(f"{where} 不是带 TITLE 的 LeverSettings", f"{where} is no LeverSettings with a TITLE")
        elif lever.name in owned or lever.name in found:
            fault = Text(f"已有名为 {where} 的设置", f"there are settings {where} already")
        elif needed := sorted(name for name, field in brought.model_fields.items() if field.is_required()):
            listed = ", ".join(needed)
            fault = Text(f"{where} 的 {listed} 没有默认值", f"{where}: {listed} without a default")
        else:
            found[lever.name] = brought
            continue
        faults.append(_fault(lever, fault))
    _raise(faults)
    return MappingProxyType(found)


def _levers(formulations: Iterable[Formulation]) -> Iterator[Lever]:
    """Every lever once, also where several formulations have it."""
    seen: list[Lever] = []
    for formulation in formulations:
        for lever in formulation.levers:
            if not any(lever is known for known in seen):
                seen.append(lever)
                yield lever


def _misplaced(column: Column, table: Table, reserved: set[str]) -> Text | None:
    """What keeps a column out of a table."""
    where = f"{table.name}.{column.name}"
    if column.required or column.key:
        return Text(
            f"{where} 须可以空缺（required=False）", f"{where} has to be one that may be empty (required=False)"
        )
    if column.driver not in get_args(Driver):
        return Text(f"{where} 的归因 {column.driver} 不存在", f"{where}: there is no driver {column.driver}")
    if table.by_city and column.merging is None:
        return Text(f"{where} 没有写明合并城市时如何相加（merging）", f"{where} does not say how it adds (merging)")
    headers = {_folded(header) for header in (column.name, *column.title, *column.formerly)}
    for known in table.columns:
        if headers & {_folded(header) for header in (known.name, *known.title, *known.formerly)}:
            return Text(
                f"{where} 的名称或标题与 {known.name} 列相同", f"{where} has a name or title of the column {known.name}"
            )
    if column.name in reserved:
        return Text(f"{where} 与派生量同名", f"{where} has the name of something derived")
    return None


def _folded(header: str) -> str:
    return header.casefold().replace("_", " ")


def _fault(lever: Lever, said: Text) -> Text:
    return Text(f"{lever.file}：{said.zh}", f"{lever.file}: {said.en}")


def _raise(faults: list[Text]) -> None:
    if faults:
        raise FormulationError(Text("；".join(fault.zh for fault in faults), "; ".join(fault.en for fault in faults)))
