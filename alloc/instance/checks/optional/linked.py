"""Checks of linked shares of pools: factor and share together, and a factor that can be one."""

from __future__ import annotations

from collections.abc import Mapping

from alloc.instance.checks.pools import check_factors
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.text import Text


def check_linked(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Everything about `pools.link_factor` and `pools.link_share`."""
    pools = sheets["pools"]
    if not (pools.given and (pools.has("link_factor") or pools.has("link_share"))):
        return []
    factor, share = pools.blank("link_factor"), pools.blank("link_share")
    findings = check_factors(sheets["cities"], pools, "link_factor")
    for missing, there, column, remedy in (
        (factor, share, "link_factor", Text("写明因素，如上年落户人数（settled_last），或清空省内挂钩比例。",
                                            "Give a factor, such as Settled last year (settled_last), or leave "
                                                "Linked share empty.")),
        (share, factor, "link_share", Text("写明比例，如 0.5，或清空省内挂钩因素。",
                                           "Give a share, such as 0.5, or leave Linked factor empty.")),
    ):  # fmt: skip
        message = Text(
            "省内挂钩因素与省内挂钩比例须同时填写。", "Linked factor and Linked share go together: both or neither."
        )
        findings += pools.find(missing & ~there, column, "link_incomplete", message, remedy)
    return findings
