"""The stages at which a year's amounts go out, in their order; the last is the one after which nothing follows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Stage = Literal["advance", "formal", "supplementary", "final"]
STAGES: tuple[Stage, ...] = get_args(Stage)
ADVANCE_SHARE = 0.9  # of a pool that goes out in the advance, where it says nothing of its own
IN_CHINESE: Mapping[str, str] = MappingProxyType(
    {"advance": "提前下达", "formal": "正式下达", "supplementary": "追加下达", "final": "全年"}
)
