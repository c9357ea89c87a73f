"""``instance.toml`` as text, every setting with what it means and its unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import tomlkit
from pydantic import BaseModel

from alloc.formulation.columns import NO_UNIT
from alloc.instance.files.settings_reading import inner_model
from alloc.instance.schema.settings import Settings
from alloc.text import Text


def settings_data(settings: Settings) -> dict[str, Any]:
    """The settings as nested dictionaries, named as in the file; what is not given is left out."""
    return settings.without_idle(settings.model_dump(mode="json", by_alias=True, exclude_none=True))


def settings_text(data: Mapping[str, Any], heading: Text = NO_UNIT) -> str:
    """The text of ``instance.toml``; what ``data`` does not give stands there as a comment.

    Args:
        data: as :func:`settings_data` gives it; may lack settings that are still to be filled in.
        heading: comment at the top.
    """
    lines = [f"# {part}" for part in heading if part]
    lines += ["# 每项设置后面是含义和单位。 / Behind every setting: its meaning and unit.", ""]
    lines += _section(Settings, data, "")
    return "\n".join(lines).rstrip() + "\n"


def _section(model: type[BaseModel], data: Mapping[str, Any], path: str) -> list[str]:
    """The lines of a section: its own settings first, then the sections inside it."""
    own: list[str] = []
    below: list[str] = []
    for name, words, part in fields(model):
        title = " / ".join(words)
        value, dotted = data.get(name), f"{path}.{name}".removeprefix(".")
        if part is None or name == "title":
            own.append(f"# {name} =   # {title}" if value is None else f"{name} = {_value(value)}   # {title}")
        elif not isinstance(value, list | tuple):
            inside = _section(part, value or {}, dotted)
            optional = value is None and model.model_fields[name].get_default(call_default_factory=True) is None
            below += [f"# {line}" if line.startswith("[") else line for line in inside] if optional else inside
        elif path:
            own += [*_described(title, part), f"{name} = [", *(f"    {_value(entry)}," for entry in value), "]"]
        else:
            below += ["", *_described(title, part)]
            for entry in value:
                below += [f"[[{name}]]", *(f"{key} = {_value(each)}" for key, each in entry.items()), ""]
    return [*(["", f"[{path}]"] if path and own else []), *own, *below]


def _described(title: str, part: type[BaseModel]) -> list[str]:
    """Comments above a list of entries: what it is, and what is in an entry."""
    named = ((name, " / ".join(words), inner) for name, words, inner in fields(part))
    return [f"# {title}", *(f"#   {name}: {about}" for name, about, _ in named)]


def fields(model: type[BaseModel]) -> Iterator[tuple[str, Text, type[BaseModel] | None]]:
    """Name in the file, title with the unit, and the model of what is inside, of every field."""
    for name, field in model.model_fields.items():
        described = field.json_schema_extra
        title = Text("格式版本", "version of the format")
        if isinstance(described, dict):
            unit = Text(str(described["unit_zh"]), str(described["unit_en"]))
            title = Text(
                f"{described['title_zh']}{unit.zh and f'，{unit.zh}'}",
                f"{described['title_en']}{unit.en and f', {unit.en}'}",
            )
        yield field.alias or name, title, inner_model(field.annotation)


def _value(value: Any) -> str:
    """A value as TOML; whole numbers without decimals."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(tomlkit.item(value).as_string())
