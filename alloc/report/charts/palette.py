"""Colours of every chart: few, told apart in grey print and by colour-blind readers; never red against green alone."""

from __future__ import annotations

from collections.abc import Sequence

INK, QUIET, RULE, PAPER = "#1F2933", "#616E7C", "#E4E7EB", "#FFFFFF"
NOW, BEFORE = "#0B6E99", "#9AA5B1"
GAIN, LOSS = "#0B6E99", "#C4501B"
SEQUENCE = ("#DCEBF2", "#A9CFE0", "#6BADC9", "#2F85AC", "#0A4F6E")  # one hue, light to dark
DIVERGING = ("#B0410F", "#E39A73", "#F3F4F5", "#7FB5CE", "#0A5C82")  # orange, white, blue
TIERS = {"green": "#8CC3A3", "yellow": "#F5DF85", "orange": "#EFB072", "red": "#D9776C"}
FONTS = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif"


def classed(value: float, borders: Sequence[float], colours: Sequence[str]) -> str:
    """The colour of the class that `value` falls into; `borders` ascend, one fewer than colours."""
    return colours[sum(value >= border for border in borders)]
