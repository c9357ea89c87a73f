"""Inputs damaged at random (`tests/fuzzing`): no traceback, no work without end, nothing believed that says otherwise.

A few of every kind here; 20,000 in the slow lane. A failure says which input it was and how it is made again.
"""

from __future__ import annotations

import sys

import pytest

from alloc.cli import COMMANDS
from fuzzing.lanes import LANES, many, tried
from fuzzing.others import USUAL

SAMPLE = {name: 12 if name in ("folder", "workbook", "forged", "argument", "memory") else 30 for name in LANES}
CHUNK = 250
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="folders are linked into the places of command lines")


def lane(name: str, *more: object) -> object:
    return pytest.param(name, *more, marks=[POSIX] if name == "argument" else [])


@pytest.mark.long
@pytest.mark.parametrize("name", [lane(name) for name in LANES])
def test_a_few_of_every_lane(name: str) -> None:
    _, wrong = many(name, range(SAMPLE[name]))
    assert not wrong, "\n\n".join(wrong)


def test_20_000_in_the_slow_lane() -> None:
    assert sum(count for count, _ in LANES.values()) >= 20_000


def test_every_command_has_a_usual_line() -> None:
    assert set(USUAL) == set(COMMANDS) - {"workbench"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "first"), [lane(name, first) for name, (count, _) in LANES.items() for first in range(0, count, CHUNK)]
)
def test_every_lane(name: str, first: int) -> None:
    """Some of every lane are accepted too: what is always refused would try nothing."""
    accepted, wrong = many(name, range(first, min(first + CHUNK, LANES[name][0])))
    assert not wrong, f"{len(wrong)} inputs:\n\n" + "\n\n".join(wrong[:5])
    assert accepted or name == "manifest"


def test_the_same_number_is_the_same_input(tmp_path_factory: pytest.TempPathFactory) -> None:
    """So that a failure can be made again anywhere."""
    one, other = (tmp_path_factory.mktemp("again") for _ in range(2))
    assert tried("folder", 1, one) == tried("folder", 1, other)
    files = [{path.name: path.read_bytes() for path in (place / "in").iterdir()} for place in (one, other)]
    assert files[0] == files[1]
    assert files[0]
