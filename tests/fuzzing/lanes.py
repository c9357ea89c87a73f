"""The lanes by name, how many inputs each has, and one input tried."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from fuzzing.damage import Damage
from fuzzing.edits import line_lane, scenario_lane
from fuzzing.folders import folder_lane
from fuzzing.limits import NoEnd, limited
from fuzzing.others import argument_lane, boundary_lane, memory_lane, settings_lane
from fuzzing.results import forged_lane, manifest_lane, table_lane
from fuzzing.workbooks import workbook_lane

Lane = Callable[[Damage, Path], bool]
LANES: dict[str, tuple[int, Lane]] = {
    "folder": (2000, folder_lane),
    "workbook": (800, workbook_lane),
    "settings": (3000, settings_lane),
    "memory": (400, memory_lane),
    "line": (4000, line_lane),
    "scenario": (3000, scenario_lane),
    "manifest": (2500, manifest_lane),
    "forged": (500, forged_lane),
    "table": (800, table_lane),
    "argument": (1000, argument_lane),
    "boundary": (2500, boundary_lane),
}
"""Name -> how many inputs the slow lane tries, and what makes and tries one and gives whether it was accepted."""


def tried(lane: str, number: int, place: Path) -> bool:
    """Makes an input of a lane in a folder and tries it.

    Args:
        lane: its name.
        number: which input.
        place: an empty folder.

    Returns:
        Whether it was accepted.

    Raises:
        AssertionError: with the input's number, what was changed, and how it is made again.
    """
    damage = Damage(f"{lane} {number}")
    try:
        with limited():
            return LANES[lane][1](damage, place)
    except (Exception, NoEnd) as error:
        told = "\n".join([
            f"python -m fuzzing {lane} {number} FOLDER", *damage.done,
            "".join(traceback.format_exception(error, limit=-12)),
        ])  # fmt: skip
        raise AssertionError(told) from None


def many(lane: str, numbers: range) -> tuple[int, list[str]]:
    """Tries many inputs of a lane.

    Returns:
        How many were accepted, and what is wrong, one text an input.
    """
    count, wrong = 0, []
    for number in numbers:
        place = Path(tempfile.mkdtemp(prefix="alloc-fuzz-"))
        try:
            count += tried(lane, number, place)
        except AssertionError as error:
            wrong.append(str(error))
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return count, wrong
