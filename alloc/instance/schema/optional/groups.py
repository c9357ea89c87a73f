"""The tables of groups of migrants by years of stay: what they are entitled to, how many there are, and who may settle.

All four are optional; without rows it is as if there were no such tables.
"""

from __future__ import annotations

from alloc.formulation.columns import NO_UNIT, PERSONS, SHARE, SUM, Column, driven, titles
from alloc.instance.schema.cities import CITY_CODE, CITY_CODE_WORDS
from alloc.instance.schema.classes import SIZE_CLASSES
from alloc.instance.schema.columns import Table
from alloc.text import Text

KINDS = ("employment", "insurance", "residence", "education", "housing", "other")
_NAME, _NAME_WORDS = r"[\w-]+", Text("只含字母、数字、_ 或 - 的名称", "a name of letters, digits, _ or -")
_GROUP = Column(
    "group", "code", NO_UNIT, Text("人群代码", "Group"), Text("groups 表中的人群。", "Group of the table groups."),
    key=True, references="groups", driver="settlement",
)  # fmt: skip


def _flag(name: str, title: Text, note: Text) -> Column:
    return Column(name, "flag", NO_UNIT, title, note, driver="settlement")


GROUPS = Table(
    "groups",
    Text("流入人口分组", "Groups of migrants"),
    Text("按居住年限划分的未落户流入人口，每组一行。", "One row a group of migrants, by years of stay."),
    (
        Column("group", "code", NO_UNIT, Text("人群代码", "Group"), Text("人群的代码。", "Code of the group."),
               key=True, pattern=_NAME, pattern_words=_NAME_WORDS, driver="settlement"),
        Column("order", "count", NO_UNIT, Text("次序", "Order"),
               Text("由居住年限短到长为 1、2、3…。", "1, 2, 3 … from the shortest stay to the longest."),
               minimum=1, driver="settlement"),
        *titles(
            Text("该组在中文报告中的名称。", "Name of the group in Chinese reports."),
            Text("该组在英文报告中的名称。", "Name of the group in English reports."),
        ),
        Column("share", "share", SHARE, Text("占流入人口比例", "Share of migrants"),
               Text("stay 表没有填写的城市，该组占流入人口的比例；各组合计为 1。",
                    "Share of the migrants of a city that has no rows in stay; the shares of all groups sum to 1."),
               required=False, minimum=0, maximum=1, driver="settlement"),
        _flag("may_settle", Text("可以落户", "May settle"), Text("该组可否落户。", "Whether the group may settle.")),
        _flag("may_extend", Text("可以扩面", "May be extended to"),
              Text("可否不落户而纳入公共服务范围。", "Whether services may be extended to it without settlement.")),
        _flag("eligible", Text("达到积分年限", "Eligible by points"),
              Text("是否达到积分落户要求的年限；只在实行积分落户的规模等级起作用。",
                   "Whether it has the years that points ask for; counts in size classes with points.")),
    ),
    required=False,
    later=True,
)  # fmt: skip

STAY = Table(
    "stay",
    Text("分组流入人口", "Migrants by group"),
    Text("每个城市、每组一行；合计应为流入人口。没有一行的城市按 `groups.share`。",
         "One row a city and group; they add up to the migrants. A city without rows goes by `groups.share`."),
    (
        Column("city", "code", NO_UNIT, Text("城市代码", "City code"),
               Text("cities 表中的城市代码。", "City code of the table cities."), key=True, references="cities",
               pattern=CITY_CODE, pattern_words=CITY_CODE_WORDS),
        _GROUP,
        Column("migrants", "number", PERSONS, Text("该组流入人口", "Migrants of the group"),
               Text("该城市该组的流入人口。", "Migrants of the group in the city."),
               minimum=0, driver="settlement", reporter="city", merging=SUM),
    ),
    required=False,
    later=True,
    all_or_none=True,
)  # fmt: skip

LADDER = Table(
    "ladder",
    Text("居住证梯度", "Ladder of entitlements"),
    Text("每项服务、每组一行，居住年限越长，享有比例不得越低。",
         "One row a service and group; who has stayed longer is entitled to no less."),
    (
        Column("service", "code", NO_UNIT, Text("服务代码", "Service"),
               Text("services 表中的服务。", "Service of the table services."), key=True, references="services"),
        _GROUP,
        Column("entitlement", "share", SHARE, Text("享有比例", "Entitlement of the group"),
               Text("该组未落户时计入需求的比例，代替 `services.entitlement`。",
                    "Share by which an unsettled migrant of the group counts, in place of `services.entitlement`."),
               minimum=0, maximum=1, driver="policy"),
    ),
    required=False,
    later=True,
)  # fmt: skip

POINTS = Table(
    "points",
    Text("积分落户指标", "Points for settlement"),
    Text("实行积分落户的规模等级及其积分项目，权重合计为 1。",
         "Size classes that settle by points, and the items that earn points; the weights of a class sum to 1."),
    driven("settlement",
        Column("size_class", "enum", NO_UNIT, Text("规模等级", "Size class with points"),
               Text("实行积分落户的规模等级。", "A size class that settles by points."), key=True, values=SIZE_CLASSES),
        Column("item", "text", NO_UNIT, Text("积分项目", "Item"), Text("积分项目的名称。", "Name of the item."),
               key=True),
        Column("weight", "share", SHARE, Text("积分权重", "Weight of the item"),
               Text("该项目占总分的比例。", "Share of all points that the item can earn."), minimum=0, maximum=1),
        Column("kind", "enum", NO_UNIT, Text("项目类别", "Kind of item"),
               Text("就业、社会保险、居住、学历、住房或其他。",
                    "Employment, social insurance, residence, education, housing or other."), values=KINDS),
    ),
    required=False,
    later=True,
)  # fmt: skip

GROUP_TABLES = (GROUPS, STAY, LADDER, POINTS)
