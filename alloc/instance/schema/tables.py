"""Every table and column of an instance, described once: type, unit, range, titles, a note."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from alloc.formulation.columns import (
    JOINED,
    MONEY_A_UNIT,
    MONEY_A_UNIT_AND_YEAR,
    MULTIPLE,
    NO_DRIVER,
    NO_UNIT,
    POOL_UNITS,
    SAME,
    SERVICE_UNITS,
    SERVICE_UNITS_A_PERSON,
    SHARE,
    SQUARE_METRES_A_UNIT,
    SUM,
    WEAKEST,
    Beside,
    Column,
    Kind,
    driven,
    merged,
    reported,
    titles,
    twins,
)
from alloc.formulation.registry import installed
from alloc.instance.schema.cities import CITIES, CITY_CODE, CITY_CODE_WORDS
from alloc.instance.schema.columns import Table
from alloc.instance.schema.levers import with_columns
from alloc.instance.schema.optional.groups import GROUP_TABLES
from alloc.instance.schema.optional.levels import LEVELS
from alloc.instance.schema.optional.limits import LIMITS
from alloc.instance.schema.optional.links import LINKS
from alloc.instance.schema.optional.programmes import PROGRAMME_TABLES
from alloc.instance.schema.optional.schemes import SCHEME_TABLES
from alloc.instance.schema.stages import STAGES
from alloc.text import Text

NAME = r"[\w-]+"
NAME_WORDS = Text("只含字母、数字、_ 或 - 的名称", "a name of letters, digits, _ or -")

# Numbers that are computed from the tables and stand beside the columns of ``cities`` where these are named.
DERIVED_FACTORS: Mapping[str, Text] = MappingProxyType({
    "migrants": Text("流入人口", "Migrants"),
    "land_entitlement": Text("人地挂钩应得用地", "Land earned by settlement"),
    "fiscal_gap": Text("财力缺口", "Fiscal gap"),
    "backlog": Text("公共服务欠账", "Backlog of services"),
})  # fmt: skip
DERIVED_TEXTS: Mapping[str, Text] = MappingProxyType({
    "size_class": Text("城市规模等级", "Size class"),
    "debt_tier": Text("债务风险等级", "Debt tier"),
})  # fmt: skip


def _texts(*columns: tuple[str, str, str, str, str]) -> tuple[Column, ...]:
    return tuple(
        Column(name, "text", NO_UNIT, Text(zh, en), Text(note_zh, note_en), required=False, driver=NO_DRIVER,
               merging=JOINED)
        for name, zh, en, note_zh, note_en in columns
    )  # fmt: skip


def _titles(what_zh: str, what_en: str) -> tuple[Column, ...]:
    return titles(
        Text(f"{what_zh}在中文报告中的名称。", f"Name of the {what_en} in Chinese reports."),
        Text(f"{what_zh}在英文报告中的名称。", f"Name of the {what_en} in English reports."),
    )


def _share(name: str, title: Text, note: Text, maximum: float | None = None, *, required: bool = True,
           formerly: tuple[str, ...] = ()) -> Column:  # fmt: skip
    return Column(name, "share", SHARE, title, note, minimum=0, maximum=maximum, required=required, formerly=formerly)


def _flag(name: str, title: Text, note: Text, formerly: tuple[str, ...] = ()) -> Column:
    return Column(name, "flag", NO_UNIT, title, note, formerly=formerly)


def _number(
    name: str, unit: Text, title: Text, note: Text, *, required: bool = True, positive: bool = False,
    beside: tuple[str, ...] = (),
) -> Column:  # fmt: skip
    return Column(name, "number", unit, title, note, required=required,
                  above=0 if positive else None, minimum=None if positive else 0,
                  beside=Beside(beside) if beside else None)  # fmt: skip


def _key(name: str, title: Text, note: Text, *, kind: Kind = "code", references: str = "") -> Column:
    if references == "cities":
        return Column(name, kind, NO_UNIT, title, note, key=True, references=references,
                      pattern=CITY_CODE, pattern_words=CITY_CODE_WORDS)  # fmt: skip
    return Column(name, kind, NO_UNIT, title, note, key=True, references=references,
                  pattern=NAME if kind == "code" else "", pattern_words=NAME_WORDS)  # fmt: skip


_CITY = _key("city", Text("城市代码", "City code"), Text("cities 表中的城市代码。", "City code of the table cities."),
             references="cities")  # fmt: skip
_POOL = _key(
    "pool", Text("资源池代码", "Pool"), Text("pools 表中的资源池。", "Pool of the table pools."), references="pools"
)
(_AMOUNT,) = merged(SUM, _number(
    "amount", POOL_UNITS, Text("数额", "Amount"), Text("该城市、该资源池的数额。", "Amount for the city and the pool.")
))  # fmt: skip
_REASON = ("reason", "依据", "Reason", "文件依据或理由。", "Document or reason.")

SERVICES = Table(
    "services",
    Text("公共服务", "Services"),
    Text("每项公共服务一行。", "One row a public service."),
    (
        *driven("policy",
            _key("service", Text("服务代码", "Service"), Text("公共服务的代码。", "Code of the service.")),
        ),
        *_titles("该服务", "service"),
        *twins("unit",
        (Text("中文计量单位", "Unit in Chinese"),
         Text("能力的计量单位，如“座”“张”。", "Unit of capacity in Chinese reports.")),
        (Text("英文计量单位", "Unit in English"),
         Text("能力的英文计量单位。", "Unit of capacity in English reports, e.g. seats, beds.")),
        ),
        *driven("policy",
        Column("cohort", "text", NO_UNIT, Text("服务人群", "Cohort"),
               Text("cities 表中服务对象人数所在列的名称。",
                    "Name of the column of cities that counts the people it serves.")),
        _number("norm", SERVICE_UNITS_A_PERSON, Text("配置标准", "Norm"),
                Text("每个服务对象应有的能力。", "Capacity that one person of the cohort needs."), positive=True),
        _share("minimum", Text("最低标准", "National minimum"),
               Text("覆盖率的国家最低标准。", "National minimum of coverage."), 1),
        _share("entitlement", Text("未落户享有比例", "Entitlement before settlement"),
               Text("未落户流入人口目前计入需求的比例。",
                    "Share by which the need of an unsettled migrant counts today."), 1),
        _number("weight", NO_UNIT, Text("权重", "Weight"),
                Text("在城市得分中的权重。", "Weight in the score of a city.")),
        ),
        _number("capital_cost", MONEY_A_UNIT, Text("单位建设成本", "Capital cost"),
                Text("新增一单位能力的建设投资。", "Cost of building one unit of capacity."),
                beside=("area", "running_cost")),
        _number("running_cost", MONEY_A_UNIT_AND_YEAR, Text("单位运行成本", "Running cost"),
                Text("一单位能力每年的运行经费。", "Cost of running one unit of capacity for a year.")),
        _number("area", SQUARE_METRES_A_UNIT, Text("单位用地", "Land a unit"),
                Text("新建一单位能力所需用地。", "Land that one unit of a new facility takes."),
                beside=("capital_cost", "running_cost")),
        _number("module", SERVICE_UNITS, Text("单体规模", "Facility size"),
                Text("一处标准设施的能力；空缺为只扩建、不新建。",
                     "Capacity of one standard facility; empty: no whole facilities."),
                required=False, positive=True),
        *driven("policy",
        _share("expansion_limit", Text("扩建上限", "Expansion limit"),
               Text("一年可在原址扩建的能力占现有能力的比例。",
                    "Share of capacity that can be added on site in a year.")),
        _share("growth_limit", Text("年增长上限", "Growth limit"),
               Text("一年可新增的能力占现有能力的比例。", "Share of capacity that can be added in a year in all.")),
        _flag("settlement_prerequisite", Text("落户前提", "Prerequisite of settlement"),
              Text("落户人数不得超过该服务的承载能力。", "Settlement waits for this service."),
              formerly=("gates", "Gates settlement")),
        _flag("restricted", Text("限制新建", "Restricted"),
              Text("在受限规模等级的城市不得新建大型设施。",
                   "No new large facilities in the restricted size classes.")),
        _flag("revenue_backed", Text("有收益", "Revenue-backed"),
              Text("有经营收益，可用专项债券。", "Earns revenue, so special bonds may pay for it.")),
        ),
    ),
)  # fmt: skip

CAPACITY = Table(
    "capacity",
    Text("现有能力", "Capacity"),
    Text("每个城市、每项服务一行，缺行即为错误。", "One row a city and service; a missing pair is an error."),
    (
        _CITY,
        _key("service", Text("服务代码", "Service"), Text("services 表中的服务。", "Service of the table services."),
             references="services"),
        *reported("audited", *merged(SUM,
            _number("capacity", SERVICE_UNITS, Text("现有能力", "Capacity"),
                    Text("现有服务能力。", "Capacity that exists.")),
        )),
    ),
)  # fmt: skip

POOLS = Table(
    "pools",
    Text("资源池", "Pools"),
    Text("每类待分配的用地、转移支付或债券一行。",
         "One row for each kind of land, transfer or bond that is shared out."),
    (
        *driven("policy",
        _key("pool", Text("资源池代码", "Pool"), Text("资源池的代码。", "Code of the pool.")),
        Column("kind", "enum", NO_UNIT, Text("类别", "Kind"), Text("用地、转移支付或债券。", "Land, transfer or bond."),
               values=("land", "transfer", "bond")),
        Column("use", "enum", NO_UNIT, Text("用途", "Use"),
               Text("转移支付用于一般支出或建设；仅转移支付填写。", "General or capital; for transfers only."),
               required=False, values=("general", "capital")),
        Column("bond_class", "enum", NO_UNIT, Text("债券类别", "Bond class"),
               Text("一般债券或专项债券；仅债券填写。", "General or special; for bonds only."),
               required=False, values=("general", "special")),
        ),
        *_titles("该资源池", "pool"),
        *driven("totals",
        _number("total", POOL_UNITS, Text("总量", "Total"),
                Text("待分配总量，含预留。", "What there is, the reserve included.")),
        Column("reserve", "share", SHARE, Text("预留比例", "Reserve"),
               Text("不分配到城市的比例。", "Share that is not given to cities."), minimum=0, below=1),
        _share("outside", Text("预留中用于其他用途的比例", "Part of the reserve for other purposes"),
               Text("预留之中用于模型以外的用途和单位的比例，其余留作机动；不填为 0。只供列示。",
                    "What part of the reserve goes to purposes and units outside the model; the rest is held back. "
                    "Empty: 0. It is shown and enters no rule."), 1, required=False,
               formerly=("outside", "其中用于模型外的比例")),
        ),
        *driven("policy",
        _flag("exhaust", Text("全部下达", "Exhaust"),
              Text("是否必须全部分完。", "Whether all of it must be given out.")),
        _number("floor_multiple", MULTIPLE, Text("保底倍数", "Floor multiple"),
                Text("不低于上年数额的倍数；债券以举债空间和城市能建设、能运行的为限。",
                     "Floor as a multiple of last year; of bonds as far as room, building and running costs allow."),
                required=False),
        _number("cap_multiple", MULTIPLE, Text("封顶倍数", "Cap multiple"),
                Text("不高于上年数额的倍数。", "Cap as a multiple of last year."), required=False),
        _share("corridor_down", Text("下浮幅度", "Corridor down"),
               Text("可低于公式测算数的比例；债券不填。",
                    "How far below the benchmark; not for bonds."), 1, required=False),
        _share("corridor_up", Text("上浮幅度", "Corridor up"),
               Text("可高于公式测算数的比例。", "How far above the benchmark."), required=False),
        _number("quantum", POOL_UNITS, Text("最小分配单位", "Quantum"),
                Text("公布数额取整的单位。", "Published amounts are multiples of it."), positive=True),
        ),
    ),
    joined=frozenset({"outside"}),
)  # fmt: skip

FACTORS = Table(
    "factors",
    Text("分配因素", "Factors"),
    Text("资源池公式的因素及权重，每个资源池合计为 1。",
         "Factors of a pool's formula; the weights of a pool sum to 1."),
    driven("policy",
        _POOL,
        _key("factor", Text("因素", "Factor"),
             Text("cities 表的数值列或派生量。", "Numeric column of cities, or a derived number."),
             kind="text"),
        _share("weight", Text("因素权重", "Weight"), Text("该因素的权重。", "Weight of the factor."), 1),
    ),
    required=False,
)  # fmt: skip

LAST_YEAR = Table(
    "last_year", Text("上年数额", "Last year"), Text("上年分配结果。", "What every city got last year."),
    (_CITY, _POOL, _AMOUNT), required=False,
)  # fmt: skip

EARMARKS = Table(
    "earmarks", Text("戴帽指标", "Earmarks"),
        Text("指定给某城市的最低数额。", "Amounts that a city is promised at least."),
    (*driven("policy", _CITY, _POOL, _AMOUNT), *_texts(_REASON)), required=False,
)  # fmt: skip

OVERRIDES = Table(
    "overrides", Text("人工调整", "Overrides"), Text("由人工确定、不再优化的数额。", "Amounts fixed by hand."),
    (*driven("policy", _CITY, _POOL, _AMOUNT),
     *_texts(_REASON, ("approved_by", "批准人", "Approved by", "批准该调整的单位或个人。", "Who approved it."))),
    required=False, all_or_none=True,
)  # fmt: skip

ISSUED = Table(
    "issued", Text("已下达数", "Issued"),
    Text("本年度以前各阶段已下达给城市的数额。", "What has gone out to a city at the earlier stages of this year."),
    (*driven("policy",
        _CITY, _POOL,
        Column("stage", "enum", NO_UNIT, Text("下达阶段", "Stage"),
               Text("下达的阶段：advance 提前下达、formal 正式下达、supplementary 追加下达。",
                    "At which stage: advance, formal or supplementary."),
               key=True, values=STAGES[:-1], formerly=("阶段",)),
        _AMOUNT),
     *_texts(("date", "下达日期", "Date", "下达的日期，如 2020-10-31。", "When it went out, e.g. 2020-10-31."),
             ("document", "下达文号", "Document", "下达的文件。", "The document by which it went out."))),
    required=False, later=True, awaited=True,
)  # fmt: skip

PERFORMANCE = Table(
    "performance", Text("绩效系数", "Performance"),
    Text("按已办理的考核结果调整某城市公式测算数的系数。",
         "A factor on what the formula gives a city, by behaviour that is on file."),
    (*driven("policy",
        _CITY, _POOL,
        Column("factor", "number", NO_UNIT, Text("绩效系数", "Performance factor"),
               Text("公式份额乘以该系数后再按合计归一；1 为不调整。",
                    "The share by the formula is multiplied by it, and shares are brought back to their sum; 1 changes "
                    "nothing."),
               above=0, merging=SAME)),
     *_texts(_REASON, ("document", "文号", "Document", "考核结果的文件。", "The document on the behaviour."))),
    required=False, later=True, all_or_none=True,
)  # fmt: skip

_TABLE = _key("table", Text("表", "Table"), Text("表的名称。", "Name of the table."), kind="text")
_COLUMN = _key("column", Text("列", "Column"), Text("列的名称。", "Name of the column."), kind="text")
_STATUS = (
    Column("status", "enum", NO_UNIT, Text("数据状态", "Status"),
           Text("公布、推算、估计或假设。", "Published, derived, estimated or assumed."),
           values=("published", "derived", "estimated", "assumed"), merging=WEAKEST),
    *_texts(("source", "来源", "Source", "数据出处。", "Where it comes from."),
            ("source_zh", "中文来源", "Source in Chinese", "数据出处的中文名称，中文读者看到的是它；空缺时用“来源”。",
             "Where it comes from, as Chinese readers are told; blank: as in source."),
            ("year", "年份", "Year", "数据所属年份。", "Year of the data."),
            ("note", "说明", "Note", "计算方法或其他说明。", "Method or other remarks."),
            ("note_zh", "中文说明", "Note in Chinese", "说明的中文文字，中文读者看到的是它；空缺时用“说明”。",
             "Method or other remarks, as Chinese readers are told; blank: as in note.")),
)  # fmt: skip
# Text of a source -> the column that says it in Chinese.
IN_CHINESE: Mapping[str, str] = MappingProxyType({"source": "source_zh", "note": "note_zh"})

SOURCES = Table(
    "sources",
    Text("数据来源", "Sources"),
    Text("每个表列的数据状态与出处。", "Status and source of every column."),
    driven(NO_DRIVER, _TABLE, _COLUMN, *_STATUS),
    required=False,
    joined=frozenset(IN_CHINESE.values()),
)

CELL_SOURCES = Table(
    "cell_sources", Text("单元格数据来源", "Sources of cells"),
    Text("单个单元格的数据状态与出处，优先于“数据来源”表中该列的一行。",
         "Status and source of a single cell; it leads over the row that its column has in sources."),
    driven(NO_DRIVER, _TABLE, _COLUMN,
        Column("item", "code", NO_UNIT, Text("服务或资源池", "Service or pool"),
               Text("该格所属的公共服务或资源池；“城市”表的格留空。",
                    "The service or pool that the cell is of; empty for cells of cities."),
               required=False, key=True),
        _CITY,
        *_STATUS,
    ),
    required=False, later=True, decides=False, joined=frozenset(IN_CHINESE.values()),
)  # fmt: skip

OF_STATUS = (SOURCES.name, CELL_SOURCES.name)  # they say how sure the numbers are, and decide none
ORDERED = (EARMARKS.name, OVERRIDES.name, LIMITS.name)  # what a planner orders by hand, and no data

TABLES: Mapping[str, Table] = with_columns(
    (CITIES, SERVICES, CAPACITY, POOLS, FACTORS, LAST_YEAR, EARMARKS, OVERRIDES, ISSUED, PERFORMANCE, LEVELS,
     LIMITS, *GROUP_TABLES, *SCHEME_TABLES, *PROGRAMME_TABLES, LINKS, SOURCES, CELL_SOURCES),
    installed().values(),
    derived=(*DERIVED_FACTORS, *DERIVED_TEXTS),
)  # fmt: skip
BY_CITY = tuple(name for name, table in TABLES.items() if "city" in table.key and name != CITIES.name)
# Table that is not itself by city -> its columns that name cities.
NAMING_CITIES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    name: columns
    for name, table in TABLES.items()
    if name not in (*BY_CITY, CITIES.name)
    and (columns := tuple(column.name for column in table.columns if column.references == CITIES.name))
})  # fmt: skip


def today(table: str, column: str) -> str:
    """The name that a column has today."""
    return TABLES[table].renamed.get(column, column) if table in TABLES else column


def hashed(table: str, column: str) -> str:
    """The name of a column that goes into the hash of an instance."""
    known = TABLES[table].by_name.get(column) if table in TABLES else None
    return column if known is None else known.hashed
