"""The verbs that write instances: in another form, new ones, and copies in which findings are marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from alloc.arguments import checked
from alloc.instance.findings import Finding, InputError
from alloc.output import Language
from alloc.text import Text
from alloc.writing import Written

if TYPE_CHECKING:
    from alloc.workbook.convert import Converted
    from alloc.workbook.forms.differences import MergedForms

NATION = "china-2020"  # where a province is cut out of unless another instance is named
NO_FILE = Text("没有这个文件。", "There is no such file.")
FILL_IN = Text("写明填好的填报表，或放填报表的文件夹。", "Name a form that was filled in, or a folder of them.")


@checked
def convert(
    origin: Path | str,
    target: Path | str,
    *,
    language: Language = "en",
    tables: Literal["csv", "parquet"] = "csv",
) -> Converted:
    """Writes an instance again, as a workbook where the target ends in .xlsx, otherwise as a folder.

    Args:
        origin: a folder, a workbook, or the name of an instance that ships; right or wrong.
        target: an instance that was written there is renamed beside.
        language: of the titles in a workbook, ``zh`` or ``en``.
        tables: format of the tables in a folder.

    Returns:
        What an older target is called now, the findings on the instance, and what a workbook could not take along.

    Raises:
        InputError: the origin cannot be read in full; with the findings.
        ConvertError: the target cannot hold the instance.
        TargetError: the target holds something else, or cannot be written.
    """
    from alloc.workbook.convert import convert as converted

    return converted(origin, Path(target), language, tables)


@checked
def init(
    target: Path | str,
    *,
    services: Sequence[str] | None = None,
    pools: Sequence[str] | None = None,
    year: int | None = None,
    origin: str | None = None,
    province: str | None = None,
    result: Path | str | None = None,
    controls: Path | str | None = None,
    language: Language = "en",
) -> tuple[Text, ...]:
    """Makes a new instance: an empty one to fill in, or one province of a national one.

    Args:
        target: a folder, or a workbook where it ends in .xlsx; an instance that is there is renamed beside.
        services, pools: of the empty instance; None: all of china-2020.
        year: planning year of the empty instance; None: to be filled in.
        origin: the instance that the province is cut out of; None: china-2020.
        province: its code or name; None: an empty instance is made.
        result: folder of a result of `origin`, by which pools are scaled; None: that in ``results/NAME`` of the working
            folder, where there is one and it is of `origin`, else by the formula. The first notes say which.
        controls: folder of a result of `origin` that the province is to be part of: its pools hold what that result
            gives the province, and limits that reach beyond it become its part of them, so that results of all
            provinces can be put together (`merge`). In place of `result`.
        language: of a workbook's titles, ``zh`` or ``en``.

    Returns:
        What was changed in cutting out the province, and why; and what an instance that was there is called now.

    Raises:
        TargetError: something else is there already, or the target cannot be written.
        TemplateError: no such service, pool or province, or arguments that do not go together.
        InputError: `origin` cannot be used.
    """
    from alloc.template.new import new_empty, new_province
    from alloc.template.writing import TemplateError

    if province is None and (origin is not None or result is not None or controls is not None):
        raise TemplateError(Text(
            "origin、result、controls 须与 province 一起用。", "origin, result and controls go with province."
        ))  # fmt: skip
    if result is not None and controls is not None:
        raise TemplateError(Text("result 与 controls 只能用一个。", "give result or controls, not both."))
    if province is not None and (services or pools or year):
        raise TemplateError(Text(
            "services、pools、year 用于空算例，不与 province 同用。",
            "services, pools and year are for an empty instance, province is not.",
        ))  # fmt: skip
    if province is None:
        return new_empty(Path(target), services, pools, year, language)
    of = controls if result is None else result
    path = None if of is None else Path(of)
    return new_province(Path(target), origin or NATION, province, path, language, controls=controls is not None)


@checked
def mark(
    instance: Path | str, findings: Sequence[Finding], *, out: Path | str | None = None, language: Language = "en"
) -> Written:
    """Writes an .xlsx copy of an instance in which the cells of all findings are coloured and explained.

    Args:
        instance: a folder, a workbook, or the name of an instance that ships.
        findings: what was found in it.
        out: the file; None: beside the instance. A copy that was made earlier is renamed beside.
        language: ``zh`` or ``en``.

    Returns:
        The file that was written, and what an earlier one is called now.

    Raises:
        MarkError: there is nothing to mark.
        TargetError: something else is there, or the file cannot be written.
    """
    from alloc.findings_report.mark import mark as marked

    return marked(instance, findings, None if out is None else Path(out), language)


@checked
def write_forms(instance: Path | str, out: Path | str, *, language: Language = "en") -> tuple[Written, tuple[str, ...]]:
    """Writes the forms of the departments that supply figures: one workbook each, in a new folder.

    Args:
        instance: a folder, a workbook, or the name of an instance that ships; it may still be incomplete or wrong.
        out: the folder; forms that were written there are renamed beside.
        language: ``zh`` or ``en``.

    Returns:
        Where they lie and what earlier ones are called now; and the services that stand on nobody's form.

    Raises:
        InputError: the instance cannot be read.
        TargetError: the target holds something else, or cannot be written.
    """
    from alloc.workbook.forms.merge import write_forms as made

    return made(instance, Path(out), language)


@checked
def merge_forms(
    instance: Path | str,
    filled: Sequence[Path | str],
    *,
    out: Path | str | None = None,
    language: Language = "en",
) -> MergedForms:
    """What forms that departments have filled in change; where a place is given, the instance with them is written.

    Args:
        instance: as for `write_forms`; it stays as it is.
        filled: forms, or folders of them.
        out: a folder, or a workbook where it ends in .xlsx; None: nothing is written. An instance that was written
            there is renamed beside.
        language: ``zh`` or ``en``, of sources that no form gives and of a workbook's titles.

    Returns:
        Every cell that is filled in, with what stood there; warnings; where the instance with them lies.

    Raises:
        InputError: a form is wrong; with every finding, by sheet and row. Nothing is written then.
        ConvertError: the target cannot hold the instance.
        TargetError: the target holds something else, or cannot be written.
    """
    from alloc.workbook.forms.merge import merge_forms as merged

    paths = [Path(each) for each in filled]
    if absent := [each for each in paths if not each.exists()]:
        raise InputError(
            [Finding("error", "no_form", str(each), None, None, None, NO_FILE, FILL_IN) for each in absent]
        )
    return merged(instance, paths, None if out is None else Path(out), language)
