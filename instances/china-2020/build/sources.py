"""Status, origin and method of every column, as `source/table_columns.csv` words them, and of every published cell.

In Chinese they are said as `source/texts_zh.csv` has it.
"""

from __future__ import annotations

import pandas as pd
from common import read
from issuers import CLASSES, issuer_of
from published import rows_of

HAN = "[\u4e00-\u9fff]"
LEFT_OUT = "province-administered county-level"
PLATFORM = "中国地方政府债券信息公开平台：2020年预算和债务数据"
FIRST_GDP = "各地统计公报：2020年地区生产总值（首次公布数）"
IN_CHINESE = {"source": "source_zh", "note": "note_zh"}
SECONDARY = "Secondary: read from a rating report or another compilation of the official figure."


def city_columns() -> list[str]:
    """The columns of the table `cities`, in the order of the file."""
    described = read("table_columns.csv")
    return list(described.loc[described["table"] == "cities", "column"])


def source_table(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for every column of every table.

    Raises:
        ValueError: A column has no description, or a description no column.
    """
    described = read("table_columns.csv").fillna("")
    written = {(name, column) for name, table in tables.items() for column in table.columns}
    odd = written ^ set(zip(described["table"], described["column"], strict=True))
    if odd:
        raise ValueError(f"columns without description, or descriptions without column: {sorted(odd)}")
    return with_chinese(described.sort_values(["table", "column"], ignore_index=True))


def with_chinese(table: pd.DataFrame) -> pd.DataFrame:
    """A table of sources with their texts in Chinese, each behind its other one; titles of documents are as they are.

    Raises:
        ValueError: `source/texts_zh.csv` has no Chinese for a text.
    """
    known = read("texts_zh.csv").set_index("text")["zh"]
    for column, chinese in IN_CHINESE.items():
        texts = table[column].fillna("")
        written = texts.map(known).fillna(texts.where(texts.eq("") | texts.str.contains(HAN)))
        if odd := sorted(set(texts[written.isna()])):
            raise ValueError(f"texts without Chinese in source/texts_zh.csv: {odd}")
        table.insert(table.columns.get_loc(column) + 1, chinese, written)
    return table


def published_cells() -> pd.DataFrame:
    """Every cell whose own status is better than that of its column: published, or derived from what is.

    Returns:
        One row a cell, as the table `cell_sources` has it: table, column, item (the pool, for last_year), city,
        status, source (publisher and title), year, note. Figures that come from a rating report or another
        compilation of the official ones are published too, and the note says so.
    """
    rows = read("documents.csv").set_index("document")
    titles = rows["publisher"] + "：" + rows["title"]
    census = read("cities_2020.csv").set_index("adcode")
    within = census.index[census["unit_type"] != LEFT_OUT]
    of_issuer = pd.Series([issuer_of(code) for code in within], index=within)
    alone = of_issuer[~of_issuer.duplicated(keep=False)].index
    parts = []

    def add(column: str, known: pd.DataFrame, status: str = "published", note: str = "", item: str = "") -> None:
        known = known[known.index.isin(within)]
        secondary = known["status"].eq("secondary").map({True: SECONDARY, False: ""})
        parts.append(
            pd.DataFrame(
                {
                    "table": "last_year" if item else "cities",
                    "column": column,
                    "item": item,
                    "city": known.index,
                    "status": status,
                    "source": known["document"].map(titles).fillna(known["document"]).to_numpy(),
                    "year": "2020",
                    "note": [" ".join(filter(None, (note, each))) for each in secondary],
                }
            )
        )

    def elsewhere(codes: pd.Index, source: str) -> pd.DataFrame:
        return pd.DataFrame({"status": "published", "document": source}, index=codes)

    add("revenue", rows_of("revenue"))
    add("other_transfers", rows_of("expenditure"), "derived", "published expenditure and revenue")
    add("gdp", elsewhere(census.index[census["gdp_2020_100m"].notna()], FIRST_GDP))
    add("gdp", rows_of("gdp"))
    add("fund_revenue", rows_of("fund_revenue"))
    add("fund_revenue", elsewhere(alone, PLATFORM))
    both = rows_of("debt_total")
    for kind in CLASSES:
        own = rows_of(f"debt_{kind}")
        add(f"debt_{kind}", own)
        add(f"debt_{kind}", both.drop(own.index), "derived", "the sum of both classes is published")
        add(f"limit_{kind}", rows_of(f"limit_{kind}"), "derived", "limit of 2020 and the part of the new quota")
        rises = rows_of(f"limit_rise_{kind}").drop(alone, errors="ignore")
        add("amount", rises, "derived", "rise of the limit, at least 0, times what is kept", f"{kind}_bond")
        add("amount", elsewhere(alone, PLATFORM), "derived", "new quota of 2020, times what is kept", f"{kind}_bond")
    reported = read("transfers_published.csv")
    known = reported[reported["measure"] == "equalisation"].set_index("code")
    add("amount", known, "derived", "shares of 2021 within the province", "equalisation")
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["table", "column", "item", "city"], ignore_index=True)
