"""The table ``cities``: people, land, money and debt of every city."""

from __future__ import annotations

from alloc.formulation.columns import (
    DEGREES,
    HECTARES,
    MONEY,
    MONEY_A_HECTARE,
    MONEY_A_YEAR,
    NO_UNIT,
    OF_RECEIVER,
    PERSONS,
    SHARE,
    SUM,
    Beside,
    Column,
    Merging,
    driven,
    merged,
    supplied,
)
from alloc.instance.schema.columns import Table
from alloc.text import Text

CITY_CODE = r"\d{6}"
CITY_CODE_WORDS = Text("六位行政区划代码，例如 440300", "the six-digit administrative code, e.g. 440300")

_WHO = (
    Column(
        "city", "code", NO_UNIT, Text("城市代码", "City code"),
        Text("六位行政区划代码，按文本保存。", "Six-digit administrative code, kept as text."),
        key=True, pattern=CITY_CODE, pattern_words=CITY_CODE_WORDS,
    ),
    Column("name", "text", NO_UNIT, Text("城市名称", "City name"),
           Text("城市的中文名称。", "Name of the city in Chinese.")),
    Column(
        "province", "code", NO_UNIT, Text("省级代码", "Province code"),
        Text("所属省级单位的代码，按文本保存；分省小计以此为准。",
             "Code of the province, kept as text; sub-totals follow it."),
    ),
    Column("province_name", "text", NO_UNIT, Text("省份", "Province name"),
           Text("所属省级单位的名称。", "Name of the province.")),
    Column(
        "name_en", "text", NO_UNIT, Text("英文名称", "Name in English"),
        Text("英文报告中使用的名称。", "The name that English reports show."), required=False,
    ),
    Column(
        "cluster", "text", NO_UNIT, Text("城市群", "City cluster"),
        Text("所属城市群，可用于筛选条件。", "City cluster, for use in conditions."), required=False,
    ),
    Column(
        "role", "text", NO_UNIT, Text("城市定位", "Role"),
        Text("规划定位，可用于筛选条件。", "Role in the plan, for use in conditions."), required=False,
    ),
    Column(
        "lon", "number", DEGREES, Text("经度", "Longitude"),
        Text("市中心的经度，只用于绘图。", "Longitude of the centre, for drawing only."),
        required=False, minimum=-180, maximum=180,
    ),
    Column(
        "lat", "number", DEGREES, Text("纬度", "Latitude"),
        Text("市中心的纬度，只用于绘图。", "Latitude of the centre, for drawing only."),
        required=False, minimum=-90, maximum=90,
    ),
)  # fmt: skip

_PEOPLE = (
    Column(
        "residents", "count", PERSONS, Text("常住人口", "Resident population"),
        Text("居住半年以上的人口，不论户籍。",
             "People who live here for half a year or more, wherever they are registered."),
        above=0, beside=Beside(("urban_residents", "revenue", "essential_spending")),
    ),
    Column(
        "urban_residents", "count", PERSONS, Text("城镇常住人口", "Urban resident population"),
        Text("常住人口中居住在城镇的部分。", "The part of the residents who live in towns."), above=0,
        beside=Beside(("residents", "built_up")),
    ),
    Column(
        "size_population", "count", PERSONS, Text("城区常住人口", "Urban-district resident population"),
        Text("划分城市规模等级所用的城区常住人口。",
             "Residents of the urban districts, by which the size class is set."),
        above=0,
        merging=Merging("sum", once="purse"),  # units of a divided city all have that of the whole
    ),
    Column(
        "migrants_cross", "count", PERSONS, Text("跨省流入人口", "Migrants from other provinces"),
        Text("户籍在外省的常住人口。", "Residents registered in another province."), minimum=0,
        supplier="public_security", beside=Beside(("settled_last", "urban_residents", "revenue"), many=False),
    ),
    Column(
        "migrants_within", "count", PERSONS, Text("省内流入人口", "Migrants from the province"),
        Text("户籍在本省其他地方的常住人口。", "Residents registered elsewhere in the province."), minimum=0,
        supplier="public_security", beside=Beside(("migrants_cross", "settled_last", "urban_residents", "revenue")),
    ),
)  # fmt: skip

_SETTLEMENT = (
    Column(
        "settled_last", "count", PERSONS, Text("上年落户人数", "Settled last year"),
        Text("上一年在本市落户的流入人口。", "Migrants who were registered here last year."), minimum=0,
        reporter="audited",
        beside=Beside(("migrants_within", "migrants_cross", "residents", "built_up"), few=False),
    ),
    Column(
        "willingness", "share", SHARE, Text("当年落户意愿", "Willingness to settle"),
        Text("流入人口中当年愿意落户的比例；空缺时用 `policy.settlement.willingness`。",
             "Share of migrants who would settle this year; where empty, `policy.settlement.willingness` holds."),
        required=False, minimum=0, maximum=1,
        reporter="city",
        merging=Merging("mean", ("migrants_cross", "migrants_within"), blank="policy.settlement.willingness"),
    ),
    Column(
        "settlement_quota", "count", PERSONS, Text("落户指标", "Settlement quota"),
        Text("当年落户人数上限，仅限仍实行指标管理的规模等级。",
             "Most who may settle this year; only for size classes that still have a quota."),
        required=False, minimum=0,
    ),
)  # fmt: skip

_LAND = (
    Column(
        "built_up", "number", HECTARES, Text("现状城镇建设用地", "Built-up land"),
        Text("现有城镇建设用地面积。", "Urban construction land that exists."), minimum=0,
        reporter="audited", beside=Beside(("urban_residents", "residents", "production_request")),
    ),
    Column(
        "idle", "number", HECTARES, Text("闲置低效用地", "Idle land"),
        Text("可盘活的闲置和低效建设用地。",
             "Idle and poorly used construction land that can be put back to use."), minimum=0,
        reporter="city", beside=Beside(("built_up", "production_request", "residents")),
    ),
    Column(
        "production_request", "number", HECTARES, Text("生产用地需求", "Production land requested"),
        Text("当年申报的产业用地。", "Land for production that the city asks for this year."), minimum=0,
        reporter="city", beside=Beside(("built_up", "residents")),
    ),
    Column(
        "boundary_left", "number", HECTARES, Text("城镇开发边界余量", "Room inside the development boundary"),
        Text("城镇开发边界内尚可新增的建设用地；空缺为不受限。",
             "New land that the urban development boundary still allows; empty: no such limit."),
        required=False, minimum=0,
    ),
    Column(
        "farmland_share", "share", SHARE, Text("新增用地占用耕地比例", "Share of new land on farmland"),
        Text("新增建设用地中占用耕地的比例，与占补平衡指标配对。",
             "Share of new land that takes farmland; goes with the offset quota."),
        required=False, minimum=0, maximum=1,
        reporter="city",
        merging=Merging("mean", ("built_up",)),
    ),
    Column(
        "farmland_offset", "number", HECTARES, Text("耕地占补平衡指标", "Farmland offset quota"),
        Text("可用的补充耕地指标，与占用耕地比例配对。",
             "New farmland at hand to offset what is taken; goes with the share."),
        required=False, minimum=0,
        reporter="audited",
    ),
    Column(
        "stock_base", "number", HECTARES, Text("增存挂钩基础指标", "Base of the stock link"),
        Text("不盘活存量也可新增的用地；空缺的按 `policy.land.stock_share` 测算，没有该设置则不挂钩。"
             "填了的不随人工调整抬高。",
             "New land allowed without putting idle land back to use; empty: as `policy.land.stock_share` says, "
             "without it no link. Where it is given, overrides do not lift it."),
        required=False, minimum=0, beside=Beside(("built_up", "residents")),
    ),
    Column(
        "productivity", "number", MONEY_A_HECTARE, Text("地均产出", "Output a hectare"),
        Text("生产用地每公顷产出；空缺为 1。", "Output of production land a hectare; empty: 1."),
        required=False, minimum=0, default=1,
        reporter="city",
        merging=Merging("mean", ("production_request",)),
    ),
)  # fmt: skip

_MONEY = (
    Column(
        "revenue", "number", MONEY_A_YEAR, Text("一般公共预算收入", "General public revenue"),
        Text("地方本级一般公共预算收入。", "Own revenue of the general public budget."), minimum=0,
        reporter="city",
    ),
    Column(
        "fund_revenue", "number", MONEY_A_YEAR, Text("政府性基金收入", "Government-fund revenue"),
        Text("政府性基金预算收入，主要是土地出让收入。",
             "Revenue of government funds, mostly from land sales."), minimum=0,
        reporter="city", beside=Beside(("residents", "revenue", "urban_residents")),
    ),
    Column(
        "fund_available", "number", MONEY_A_YEAR, Text("可用于建设的基金收入", "Fund revenue free for building"),
        Text("政府性基金收入中可用于公共设施建设的金额；空缺为 0。",
             "The part of fund revenue free for building; empty: 0."),
        required=False, minimum=0, default=0,
        reporter="city", beside=Beside(("residents", "revenue", "fund_revenue")),
    ),
    Column(
        "other_transfers", "number", MONEY_A_YEAR, Text("其他转移支付收入", "Other transfers received"),
        Text("不由本系统分配的转移支付；上解支出计入刚性支出。",
             "Transfers that are no pool here; what the city pays upwards belongs to essential spending."),
        minimum=0,
        reporter="audited", beside=Beside(("residents", "essential_spending"), few=False),
    ),
    Column(
        "essential_spending", "number", MONEY_A_YEAR, Text("刚性支出", "Essential spending"),
        Text("“三保”等优先支出，不含债务付息。", "Spending that comes first, interest not included."), minimum=0,
        reporter="city",
    ),
)  # fmt: skip

_DEBT = (
    Column(
        "interest", "number", MONEY_A_YEAR, Text("债务付息支出", "Interest"),
        Text("全部政府债务当年应付利息。", "Interest due this year on all government debt."), minimum=0,
        reporter="city", beside=Beside(("residents", "debt_general", "debt_special")),
    ),
    Column(
        "maturing", "number", MONEY_A_YEAR, Text("到期债务本金", "Principal due"),
        Text("当年到期、须以自有资金偿还的债务本金。", "Principal due this year from own money."), minimum=0,
        reporter="city", beside=Beside(("residents", "debt_general", "debt_special")),
    ),
    Column(
        "debt_general", "number", MONEY, Text("一般债务余额", "General debt"),
        Text("上年末地方政府一般债务余额。", "General government debt at the end of last year."), minimum=0,
        reporter="city", beside=Beside(("residents", "limit_general")),
    ),
    Column(
        "debt_special", "number", MONEY, Text("专项债务余额", "Special debt"),
        Text("上年末地方政府专项债务余额。", "Special government debt at the end of last year."), minimum=0,
        reporter="city", beside=Beside(("residents", "limit_special")),
    ),
    Column(
        "limit_general", "number", MONEY, Text("一般债务限额", "General debt limit"),
        Text("当年地方政府一般债务限额。", "Limit of general government debt this year."), minimum=0,
        beside=Beside(("residents", "debt_general")),
    ),
    Column(
        "limit_special", "number", MONEY, Text("专项债务限额", "Special debt limit"),
        Text("当年地方政府专项债务限额。", "Limit of special government debt this year."), minimum=0,
        beside=Beside(("residents", "debt_special")),
    ),
)  # fmt: skip

CITIES = Table(
    "cities",
    Text("城市", "Cities"),
    Text("每个城市一行；可另加列，供因素、服务人群和筛选条件使用。",
         "One row a city; further columns may serve a factor, a cohort or a condition."),
    (
        *merged(OF_RECEIVER, *_WHO),
        *merged(SUM,
            *supplied("statistics", *driven("population", *_PEOPLE)),
            *supplied("public_security", *driven("settlement", *_SETTLEMENT)),
            *supplied("land", *driven("land", *_LAND)),
            *supplied("finance", *_MONEY, *driven("debt", *_DEBT)),
        ),
    ),
    open=True,
)  # fmt: skip
