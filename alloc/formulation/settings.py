"""What settings are written with: closed sections of fields with titles, units and ranges."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from alloc.formulation.columns import NO_UNIT, Driver
from alloc.text import Text

# Strict, so that "0.3" or true never passes for a number; a whole number is a number.
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Words = Annotated[str, Field(min_length=1)]
Zone = Literal["core", "outer"]  # of a city that is divided


def setting(
    zh: str,
    en: str,
    unit: Text = NO_UNIT,
    driver: Driver = "policy",
    *,
    later: bool = False,
    formerly: tuple[str, ...] = (),
    twin: str = "",
    **rules: Any,
) -> Any:
    """A field with its titles, its unit and its range.

    Args:
        zh, en: the field's own term.
        unit: fixed unit.
        driver: as of a column.
        later: came after instances and results had been written: at its default it is as if it were not there, and
            stays out of hashes.
        formerly: titles that it had before, which workbooks may still have at the head of a column.
        twin: the setting beside it that says the same in the other language: one of the two is enough.
        **rules: of `pydantic.Field`.
    """
    described: dict[str, Any] = {
        "title_zh": zh, "title_en": en, "unit_zh": unit.zh, "unit_en": unit.en, "driver": driver,
        **({"later": True} if later else {}), **({"formerly": list(formerly)} if formerly else {}),
        **({"twin": twin} if twin else {}),
    }  # fmt: skip
    return Field(title=en, json_schema_extra=described, **rules)


class Section(BaseModel):
    """A part of the settings: frozen, and closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @classmethod
    def title_of(cls, name: str) -> Text:
        """The title of a setting of the section."""
        described: Any = cls.model_fields[name].json_schema_extra
        return Text(described["title_zh"], described["title_en"])


class LeverSettings(Section):
    """The settings of a lever, below ``policy`` by its name; every one has a default with which the lever does nothing.

    Attributes:
        TITLE: of the section.
    """

    TITLE: ClassVar[Text]
