"""Whether results can be compared at all: verified, each given once; whole they are where they are verified."""

from __future__ import annotations

from collections.abc import Sequence

from alloc.arguments import ArgumentError
from alloc.errors import AllocError
from alloc.result.result import Result
from alloc.text import Text

FEW = Text("至少要有两个结果才能比较。", "A comparison takes at least two results.")
TWICE = Text("{name} 重复给出。", "{name} is given twice.")


class ComparisonError(AllocError):
    """Results that cannot be compared; `message` says which and why in both languages.

    Args:
        zh, en: the message.
    """

    def __init__(self, zh: str, en: str) -> None:
        """Keeps both; as a string it is the English one."""
        super().__init__(Text(zh, en))


def check(results: Sequence[Result], names: Sequence[str]) -> None:
    """Refuses what cannot be compared.

    Raises:
        ArgumentError: fewer than two results, or one given twice.
        ComparisonError: one without an allocation, or not verified.
    """
    if len(results) < 2:
        raise ArgumentError(FEW)
    if len(names) != len(results):
        raise ComparisonError(
            f"结果有 {len(results)} 个，名称有 {len(names)} 个", f"{len(results)} results have {len(names)} names"
        )
    for place, (result, name) in enumerate(zip(results, names, strict=True)):
        if any(earlier is result for earlier in results[:place]) or name in names[:place]:
            raise ArgumentError(TWICE.fill(name=name))
        if not result.has_solution:
            raise ComparisonError(f"{name} 没有分配方案", f"{name} holds no allocation")
        if not result.verified:
            raise ComparisonError(f"{name} 没有通过核验", f"{name} failed its verification")
