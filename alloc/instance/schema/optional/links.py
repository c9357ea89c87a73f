"""The table of links: capacity of a service that one city keeps for another, or that moves there.

It is optional; without rows that are open it is as if there were no such table.
"""

from __future__ import annotations

from alloc.formulation.columns import (
    MONEY_A_UNIT,
    MONEY_A_UNIT_AND_YEAR,
    NO_UNIT,
    SAME,
    SERVICE_UNITS,
    SUM,
    Column,
    Merging,
    driven,
)
from alloc.instance.schema.cities import CITY_CODE, CITY_CODE_WORDS
from alloc.instance.schema.columns import Table
from alloc.text import Text

USE, MOVE = KINDS = ("use", "move")


def _city(name: str, title: Text, note: Text) -> Column:
    return Column(name, "code", NO_UNIT, title, note, key=True, references="cities", pattern=CITY_CODE,
                  pattern_words=CITY_CODE_WORDS)  # fmt: skip


LINKS = Table(
    "links",
    Text("跨市服务通道", "Links"),
    Text("每两个城市、每项服务、每种方式一行：由一市为另一市居民保留服务能力，或把设施迁到另一市。",
         "One row a pair of cities, service and kind: what one city keeps for the residents of another, or what moves "
         "there."),
    driven("policy",
        _city("from", Text("供给城市", "From"),
              Text("提供能力或迁出设施的城市。", "The city that gives: it keeps places for the other, or facilities "
                   "leave it.")),
        _city("to", Text("受益城市", "To"),
              Text("使用能力或迁入设施的城市。", "The city that receives.")),
        Column("service", "code", NO_UNIT, Text("服务代码", "Service"),
               Text("services 表中的服务。", "Service of the table services."), key=True, references="services"),
        Column("kind", "enum", NO_UNIT, Text("方式", "Kind"),
               Text("use：为对方居民保留能力；move：设施迁往对方。",
                    "use: places are kept for residents of the other city; move: a facility leaves and is set up again "
                    "there."),
               key=True, values=KINDS),
        Column("limit", "number", SERVICE_UNITS, Text("上限", "Limit"),
               Text("当年最多的数量；空缺按 `policy.links.share` 推算：use 为受益城市全部需求的该比例，"
                    "move 为供给城市现有能力的该比例。",
                    "Most of this year; blank: the share `policy.links.share` of the full need of to (use), or of the "
                    "capacity of from (move)."),
               required=False, minimum=0, merging=SUM),
        Column("cost", "number", MONEY_A_UNIT, Text("单位迁建成本", "Cost of moving"),
               Text("迁移一单位能力的建设支出，由迁入城市承担；只用于 move，空缺为 0。",
                    "What it costs to move a unit, capital that the receiving city pays; for move alone. Blank: 0."),
               required=False, minimum=0, default=0.0, merging=Merging("mean", ("limit",))),
        Column("fee", "number", MONEY_A_UNIT_AND_YEAR, Text("单位使用费", "Fee"),
               Text("使用一单位能力每年由受益城市付给供给城市的费用；只用于 use，空缺为 0。",
                    "What the receiving city pays the giving one for a unit every year; for use alone. Blank: 0."),
               required=False, minimum=0, default=0.0, merging=Merging("mean", ("limit",))),
        Column("open", "flag", NO_UNIT, Text("开通", "Open"),
               Text("否：暂不开通，如同没有这一行。", "False: closed, as if there were no such row."), merging=SAME),
    ),
    required=False,
    later=True,
)  # fmt: skip


def link_name(giver: str, receiver: str, service: str, kind: str) -> str:
    """What the model calls a link: one label for its key, as an edit names its row; see `key_of`."""
    return f"{giver}.{receiver}.{service}.{kind}"


def key_of(link: str) -> tuple[str, str, str, str]:
    """The key of a link in the table: from, to, service, kind."""
    giver, receiver, service, kind = link.split(".")
    return giver, receiver, service, kind
