"""How far settlement is a decision: who settles, against what the limits allow."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.content.figures import number, percent
from alloc.result.result import Result
from alloc.result.wording import say
from alloc.tolerances import SETTLED, WHOLE_PERSONS


def reached(people: pd.DataFrame) -> NDArray[np.bool_]:
    """Which cities settle as many as their limit lets them, but for rounding to whole persons [city].

    Args:
        people: the table of a result.
    """
    most = np.maximum(people["settle"], people["settle"] - people["rounding"])
    return np.asarray(most >= np.floor(people["settle_limit"] + WHOLE_PERSONS))


def settlement_is_data(people: pd.DataFrame) -> bool:
    """Whether limits alone make the number of those who settle: what is missing to them is nothing beside them.

    Whole persons are no decision either, so that a limit counts as the whole persons within it.
    """
    allowed = float(np.floor(people["settle_limit"] + WHOLE_PERSONS).sum())
    return allowed > 0 and float(people["settle"].sum()) >= (1 - SETTLED) * allowed


def settlement_note(result: Result, language: str) -> str:
    """A line: how many settle, of how many who may, and that it is data where it is; "" where nobody may."""
    people = result.tables["people"]
    settle, limit = float(people["settle"].sum()), float(people["settle_limit"].sum())
    if limit <= 0:
        return ""
    said = say(
        language, "settled", settle=number(settle), limit=number(limit), part=percent(settle / limit, 3),
        full=number(float(reached(people).sum())), cities=number(len(people)),
    )  # fmt: skip
    if settlement_is_data(people):
        said += ("" if language == "zh" else " ") + say(language, "settlement_is_data")
    return said
