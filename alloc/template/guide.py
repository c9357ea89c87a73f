"""The guide beside a new instance: every table, column and setting explained, from the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import BaseModel

from alloc.content.titles import named
from alloc.formulation.columns import PERSONS, Column, Reporter
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import DERIVED_FACTORS, DERIVED_TEXTS, TABLES
from alloc.template.settings_text import fields
from alloc.text import Text

Say = Callable[[Text], str]

FILES = {"zh": "填报说明.md", "en": "README.md"}

_RULES = Text(
    "- 每张表一个 CSV 文件，第一行为列名（机器名，也可改用中文名称），不要改动机器名。\n"
    "- 空格表示“没有数据”，不等于零；零要写 0。\n"
    "- 代码一律为文本；比例写 0.35 或 35%，不写 35。\n"
    "- 单位固定：人口为人，用地为公顷，资金为万元，能力为该服务自己的单位。\n"
    "- cities 表可以另加列，供分配因素、服务人群和筛选条件使用。\n"
    "- 填完后运行 `alloc check 文件夹`：一次列出全部问题及位置。",
    "- One CSV file a table; row 1 holds the names of the columns (machine names; the titles do as well).\n"
    "- An empty cell means “not given”, never zero; write 0 for zero.\n"
    "- Codes are text. Shares are written 0.35 or 35%, not 35.\n"
    "- Units are fixed: persons, hectares, 10⁴ yuan, and the service's own unit for capacity.\n"
    "- `cities` may have further columns, for factors, cohorts and conditions.\n"
    "- Then run `alloc check FOLDER`: everything that is missing or wrong, at once, with its place.",
)
_HEADS = Text("| 列 | 名称 | 单位 | 必填 | 取值 | 说明 |", "| column | title | unit | required | values | what it is |")
_REQUIRED = Text("是", "yes")
_KEY = Text("是（主键）", "yes (key)")
_COMMA = Text("、", ", ")
_BETWEEN = Text("", " ")
_MIGRANTS = Text(
    "其中的流入人口；没有此列时按流入人口占常住人口的比例推算。",
    "The migrants among them; without it, in proportion to migrants among residents.",
)


def guides(title: Text, notes: Iterable[Text], cohorts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The guide in both languages, by the name of its file.

    Args:
        title: its heading.
        notes: what should be known of this instance, a paragraph each.
        cohorts: column of ``cities`` -> titles of the services that it is the cohort of.
    """
    every = list(notes)
    return {name: "\n".join(_lines(language, title, every, cohorts)) + "\n" for language, name in FILES.items()}


def _lines(language: str, title: Text, notes: list[Text], cohorts: Mapping[str, Sequence[str]]) -> Iterable[str]:
    def say(text: Text) -> str:
        return named(text.said(language), language, beside=True)

    yield from (f"# {say(title)}", "", say(_RULES), "")
    if notes:
        yield from (say(Text("## 本算例", "## This instance")), "", *(f"- {say(note)}" for note in notes), "")
    for table in TABLES.values():
        needed = say(Text("必须有。", " Required.") if table.required else Text("可以没有。", " May be left out."))
        yield from (f"## {table.name}.csv · {say(table.title)}", "", f"{say(table.note)}{needed}", "")
        yield from (say(_HEADS), "|---|---|---|---|---|---|")
        yield from (_row(column, say, bool(table.by_city)) for column in table.columns)
        yield from (_cohort_rows(cohorts, say) if table.name == "cities" else ())
        yield ""
    derived = say(_COMMA).join(f"`{name}` {say(words)}" for name, words in {**DERIVED_FACTORS, **DERIVED_TEXTS}.items())
    yield say(Text("由系统计算、可在因素和条件中使用：", "Computed, for use in factors and conditions: ")) + derived
    yield from ("", "## instance.toml", "", *_settings(say))


_WORD_OF: Mapping[Reporter, Text] = {
    "": Text("", ""),
    "city": Text("由城市自报。", "The city's own word."),
    "audited": Text(
        "由城市上报，他方另有登记或测量。", "The city's word, of which others hold a register or a measurement."
    ),
}


# What becomes of cells where cities are merged; a condition or a value is renamed, which needs no words.
_MERGED: Mapping[str, Text] = {
    "sum": Text("合并城市时相加。", "Merged cities: the sum."),
    "mean": Text("合并城市时按 {weights} 加权平均。", "Merged cities: the mean by {weights}."),
    "receiver": Text("合并城市时为并入后的城市的。", "Merged cities: as in the city that stays."),
    "same": Text("合并的城市须相同。", "Merged cities: the same in all."),
    "any": Text("合并城市时有一个为是即为是。", "Merged cities: true where it is in one."),
    "joined": Text("合并城市时文字连在一起。", "Merged cities: the texts joined."),
    "weakest": Text("合并城市时取最弱的。", "Merged cities: the weakest."),
    "purse": Text("合并的城市须同属一本预算，或各有自己的预算。", "Merged cities: one purse, or each its own."),
}


def _said_of_merging(column: Column, say: Say) -> str:
    merging = column.merging
    if merging is None or merging.way not in _MERGED:
        return ""
    weights = " + ".join(f"`{name}`" for name in merging.weights)
    return say(_MERGED[merging.way].fill(weights=weights))


def _row(column: Column, say: Say, by_city: bool = False) -> str:
    required = say(_KEY) if column.key else say(_REQUIRED) if column.required else ""
    values = say(_COMMA).join(f"`{value}`" for value in column.values) or say(column.range_words)
    if column.references:
        values = f"`{column.references}.{TABLES[column.references].key[0]}`"
    elif column.pattern:
        values = say(column.pattern_words)
    whose = say(_WORD_OF[column.reporter])
    told = [say(column.explained), whose, _said_of_merging(column, say) if by_city else ""]
    note = say(_BETWEEN).join(each for each in told if each).replace("|", "\\|")
    return f"| `{column.name}` | {say(column.title)} | {say(column.unit)} | {required} | {values} | {note} |"


def _cohort_rows(cohorts: Mapping[str, Sequence[str]], say: Say) -> Iterable[str]:
    """Cohort columns that are no columns of the schema, and their migrants."""
    for column, services in cohorts.items():
        if column in TABLES["cities"].by_name:
            continue
        what = Text("服务人群：{named}。", "Cohort of {named}.").fill(named=", ".join(services))
        yield f"| `{column}` | | {say(PERSONS)} | {say(_REQUIRED)} | | {say(what)} |"
        yield f"| `migrant_{column}` | | {say(PERSONS)} | | | {say(_MIGRANTS)} |"


def _settings(say: Say, model: type[BaseModel] = Settings, path: str = "") -> Iterable[str]:
    """A line for every setting."""
    for name, title, part in fields(model):
        if part is None or name == "title":
            yield f"- `{path}{name}`: {say(title)}"
        else:
            yield from _settings(say, part, f"{path}{name}.")
