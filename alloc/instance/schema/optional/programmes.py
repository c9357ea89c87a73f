"""The tables of programmes: optional capital works with a unit, a stock that is still to be done, and a yield.

All three are optional; without rows it is as if there were no such tables.
"""

from __future__ import annotations

from alloc.formulation.columns import (
    MONEY_A_UNIT,
    MONEY_A_UNIT_AND_YEAR,
    NO_DRIVER,
    NO_UNIT,
    SHARE,
    SUM,
    Column,
    driven,
    titles,
    twins,
)
from alloc.instance.schema.cities import CITY_CODE, CITY_CODE_WORDS
from alloc.instance.schema.columns import Table
from alloc.text import Text

UNITS = Text("该项目的计量单位", "units of the programme")
HECTARES_A_UNIT = Text("公顷/单位", "ha a unit")
SERVICE_UNITS_A_UNIT = Text("服务单位/项目单位", "units of the service a unit of the programme")
RENTS = ("rent_government", "rent_collective", "rent_persons")  # whose the rents are, where somebody says
_NAME, _NAME_WORDS = r"[\w-]+", Text("只含字母、数字、_ 或 - 的名称", "a name of letters, digits, _ or -")
_PROGRAMME = Column(
    "programme", "code", NO_UNIT, Text("项目代码", "Programme"),
    Text("programmes 表中的项目。", "Programme of the table programmes."), key=True, references="programmes",
    driver="policy",
)  # fmt: skip


def _rent(name: str, title: Text, whose: Text) -> Column:
    return Column(
        name, "share", SHARE, title,
        Text(f"租金收益归{whose.zh}的比例；三者合计为 1，只供核对。",
             f"Share of the rents that goes to {whose.en}; the three sum to 1. It is only checked."),
        required=False, minimum=0, maximum=1,
    )  # fmt: skip


PROGRAMMES = Table(
    "programmes",
    Text("专项建设项目", "Programmes"),
    Text("每类可做可不做的建设项目一行，如老旧小区改造、低效园区更新、技能培训。",
         "One row a kind of works that a city may take up or not: old compounds, old parks, training."),
    (
        *driven("policy",
            Column("programme", "code", NO_UNIT, Text("项目代码", "Programme"),
                   Text("项目的代码。", "Code of the programme."), key=True, pattern=_NAME, pattern_words=_NAME_WORDS),
        ),
        *titles(
            Text("该项目在中文报告中的名称。", "Name of the programme in Chinese reports."),
            Text("该项目在英文报告中的名称。", "Name of the programme in English reports."),
        ),
        *twins("unit",
            (Text("中文计量单位", "Unit in Chinese"),
             Text("存量的计量单位，如“户”“公顷”。", "Unit of the stock in Chinese reports.")),
            (Text("英文计量单位", "Unit in English"),
             Text("存量的英文计量单位。", "Unit of the stock in English reports, e.g. households, ha.")),
        ),
        *driven("policy",
            Column("capital_cost", "number", MONEY_A_UNIT, Text("单位建设成本", "Capital cost"),
                   Text("完成一单位的建设支出。", "What it costs to do one unit."), minimum=0),
            Column("running_cost", "number", MONEY_A_UNIT_AND_YEAR, Text("单位运行成本", "Running cost"),
                   Text("完成一单位后每年的经常性支出；培训等无建设支出的填在这里。",
                        "What a unit that is done costs every year; what costs nothing to build, as training, has its "
                        "cost here."), minimum=0),
            Column("yearly_income", "number", MONEY_A_UNIT_AND_YEAR, Text("单位年收入", "Yearly income"),
                   Text("一单位每年给政府带来的收入，租金只计政府所得；空缺为 0。",
                        "What a unit brings the government every year, of rents the government's share alone; blank: "
                        "0."),
                   required=False, minimum=0, default=0.0),
            Column("land_yield", "number", HECTARES_A_UNIT, Text("单位腾出用地", "Land yield"),
                   Text("完成一单位所腾出、可供公共设施和生产使用的用地；空缺为 0。",
                        "Land that a unit makes free for facilities and production; blank: 0."),
                   required=False, minimum=0, default=0.0),
            Column("year_share", "share", SHARE, Text("年度比例上限", "Share in a year"),
                   Text("一年最多完成存量的比例；存量表写明当年上限的城市除外。",
                        "Most of the stock that can be done in a year, where the city gives no limit of its own."),
                   minimum=0, maximum=1),
            Column("stock_factor", "text", NO_UNIT, Text("存量推算依据", "Stock goes by"),
                   Text("存量表没有写的城市按其推算存量：cities 表的数值列或派生量，如 urban_residents。",
                        "What the stock of a city without a row in programme_stock goes by: a numeric column of cities "
                        "or a derived number, e.g. urban_residents."),
                   required=False),
            Column("stock_each", "number", UNITS, Text("单位存量", "Stock of each"),
                   Text("推算依据每一单位（如每个城镇居民）对应的存量；与推算依据同时填写。",
                        "Stock for every one of that, an urban resident for example; given together with it."),
                   required=False, minimum=0),
            Column("weight", "number", NO_UNIT, Text("项目权重", "Weight of the programme"),
                   Text("在“专项建设”目标中的权重；空缺为 0。", "Weight in the tier of programmes; blank: 0."),
                   required=False, minimum=0, default=0.0),
            Column("revenue_backed", "flag", NO_UNIT, Text("有收益", "Revenue-backed"),
                   Text("有经营收益，可用专项债券。", "Earns revenue, so special bonds may pay for it.")),
            Column("collective", "flag", NO_UNIT, Text("使用集体建设用地", "On collective land"),
                   Text("是：建在存量集体经营性建设用地上，不得新增用地，也不得腾出用地；空缺为否。",
                        "True: on collective construction land that there is; it takes and gives no other land. Blank: "
                        "false."), required=False),
            _rent("rent_government", Text("租金归政府比例", "Rents of the government"),
                  Text("政府", "the government")),
            _rent("rent_collective", Text("租金归集体比例", "Rents of the collective"),
                  Text("村集体", "the collective")),
            _rent("rent_persons", Text("租金归个人比例", "Rents of persons"), Text("农户个人", "persons")),
        ),
        *driven(NO_DRIVER,
            Column("source", "text", NO_UNIT, Text("文件依据", "Source"),
                   Text("项目及其成本的出处。", "Document that the programme and its costs come from."),
                   required=False),
        ),
    ),
    required=False,
    later=True,
)  # fmt: skip

PROGRAMME_STOCK = Table(
    "programme_stock",
    Text("项目存量", "Stock of programmes"),
    Text("每个城市、每类项目一行：还有多少可做。没有一行的按 `programmes.stock_factor` 推算，未写推算依据的为 0。",
         "One row a city and programme: how much is still to be done. Without a row it goes by "
         "`programmes.stock_factor`, and is 0 where that is blank."),
    (
        Column("city", "code", NO_UNIT, Text("城市代码", "City code"),
               Text("cities 表中的城市代码。", "City code of the table cities."), key=True, references="cities",
               pattern=CITY_CODE, pattern_words=CITY_CODE_WORDS),
        _PROGRAMME,
        Column("stock", "number", UNITS, Text("存量", "Stock"),
               Text("尚未完成的数量。", "How much is still to be done."), minimum=0, driver="policy",
               reporter="audited", merging=SUM),
        Column("limit", "number", UNITS, Text("当年上限", "Limit of this year"),
               Text("当年最多完成的数量；空缺为存量乘以年度比例上限。",
                    "Most that can be done this year; blank: the share in a year of the stock."),
               required=False, minimum=0, driver="policy", merging=SUM),
    ),
    required=False,
    later=True,
    all_or_none=True,
)  # fmt: skip

PROGRAMME_YIELDS = Table(
    "programme_yields",
    Text("项目形成的服务能力", "Places that programmes make"),
    Text("每类项目、每项服务一行：完成一单位形成多少服务能力。",
         "One row a programme and service: how many places a unit makes."),
    driven("policy",
        _PROGRAMME,
        Column("service", "code", NO_UNIT, Text("服务代码", "Service"),
               Text("services 表中的服务。", "Service of the table services."), key=True, references="services"),
        Column("yield", "number", SERVICE_UNITS_A_UNIT, Text("单位形成能力", "Yield"),
               Text("完成一单位形成的该项服务能力，不占新增用地。",
                    "Places of the service that a unit makes; they take no land of a pool."), minimum=0),
    ),
    required=False,
    later=True,
)  # fmt: skip

PROGRAMME_TABLES = (PROGRAMMES, PROGRAMME_STOCK, PROGRAMME_YIELDS)
