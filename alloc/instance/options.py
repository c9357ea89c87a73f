"""Options of a run: settings that hold for one solve and leave the instance, and its hash, what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alloc.instance.files.settings_reading import validate_settings
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance

OPTIONS = ("integers", "gap", "time_limit", "formulation")
PLACE = "options"  # what findings name as their file


def with_options(
    instance: Instance,
    *,
    relaxation: bool | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    formulation: str | None = None,
) -> Instance:
    """The instance under options of a run; None leaves what the instance itself says.

    Args:
        instance: checked; it stays as it is, and so does the hash.
        relaxation: True: facilities in parts; False: whole ones.
        gap: relative gap up to which a tier counts as proven.
        time_limit: seconds for the whole solve.
        formulation: name of the model.

    Returns:
        The instance with these settings; what they stand in the place of is in ``own_settings``.

    Raises:
        InputError: an option is out of its range, or does not go with the settings.
    """
    integers = None if relaxation is None else not relaxation
    given = dict(zip(OPTIONS, (integers, gap, time_limit, formulation), strict=True))
    return under(instance, {name: value for name, value in given.items() if value is not None})


def under(instance: Instance, options: Mapping[str, Any]) -> Instance:
    """The instance under options by the names of settings, as a manifest has them.

    Args:
        instance: checked.
        options: of ``OPTIONS``.

    Returns:
        The instance itself where they change nothing.

    Raises:
        InputError: as :func:`with_options`.
    """
    now = instance.settings
    if all(getattr(now, name) == value for name, value in options.items()):
        return instance
    data = now.model_dump(by_alias=True, exclude_none=True)
    settings, findings = validate_settings({**data, **options})
    if settings is None:
        raise InputError([replace(finding, file=PLACE) for finding in findings])
    own = {name: instance.replaced.get(name, getattr(now, name)) for name in {*options, *instance.replaced}}
    changed = instance.changed(settings, instance.tables, instance.warnings)
    return changed.standing_for({name: value for name, value in own.items() if value != getattr(settings, name)})
