"""Files that are missing, damaged, or hold another table than their name says."""

from __future__ import annotations

from broken.change import case, swap, without_column
from instances import CAPACITY, LAST_YEAR

CASES = {
    "no_settings": case(toml=None),
    "no_cities": case(cities=None),
    "empty_file": case(cities=""),
    "header_only": case(pools=lambda text: text.split("\n")[0] + "\n"),
    "semicolons": case(services=swap(",", ";")),
    "open_quote": case(limits=swap("'very_large']\"", "'very_large']")),
    "long_row": case(last_year=swap("440500,land,600", "440500,land,600,0")),
    "short_row": case(capacity=swap("440500,hospital,31000", "440500,hospital")),
    "total_row_and_note": case(
        cities=lambda text: text + f",全省合计,44,广东省,20300000{',' * 27}\n注：第七次人口普查，单位：人\n",
        capacity=lambda text: text + "Total,primary,1475000\n",
    ),
    "row_of_units": case(last_year=swap("city,pool,amount\n", "city,pool,amount\n,,公顷\n")),
    "pool_of_the_name_total_is_a_record": case(
        pools=swap("land,land,", "total,land,"),
        factors=swap("land,", "total,"),
        last_year=swap(",land,", ",total,"),
        earmarks=swap(",land,", ",total,"),
        limits=swap(":land", ":total"),
    ),
    "separator_line_of_excel": case(
        cities=lambda text: "sep=,\n" + text, factors=lambda text: '"sep=;"\n' + text.replace(",", ";")
    ),
    "index_column_of_pandas": case(
        factors=lambda text: "\n".join(
            f"{row - 1 if row else ''},{line}" for row, line in enumerate(text.strip().split("\n"))
        )
    ),
    "units_in_heads_are_read": case(
        cities=lambda text: (
            text.replace(",residents,", ",常住人口（万人）,", 1)
            .replace(",9000000,", ",900,")
            .replace(",5500000,", ",550,")
            .replace(",5800000,", ",580,")
            .replace(",built_up,", ",built_up/km²,", 1)
            .replace(",95000,", ",950,")
            .replace(",36000,", ",360,")
            .replace(",24000,", ",240,")
        ),
        services=lambda text: (
            text.replace(",norm,", ',"norm (units per 1,000 persons)",', 1)
            .replace(",age_6_11,1,", ",age_6_11,1000,")
            .replace(",0.0072,", ",7.2,")
        ),
    ),
    "units_that_are_none": case(
        cities=swap(",built_up,", ",built_up (acres),"), pools=swap(",total,", ",总量（亿元）,")
    ),
    "per_cent_or_share": case(pools=swap(",reserve,", ",reserve (%),")),
    "blank_rows_are_nothing": case(capacity=lambda text: text.replace("\n", "\n,,\n", 1) + ",,\n\n"),
    "windows_line_ends_and_bom": case(cities=lambda text: "\ufeff" + text.replace("\n", "\r\n")),
    "chinese_titles_are_right": case(
        capacity=swap("city,service,capacity", "城市代码,服务代码,现有能力（该服务的计量单位）")
    ),
    "column_twice": case(cities=swap("fund_revenue", "revenue", 1)),
    "column_missing": case(cities=without_column("essential_spending")),
    "column_misspelt": case(cities=swap("essential_spending", "esential_spending")),
    "column_unknown": case(
        factors=lambda text: "\n".join(f"{line},red" for line in text.split("\n")[:-1]).replace("red", "colour", 1)
    ),
    "column_unnamed": case(earmarks="city,pool,amount,reason,\n450900,land,40,x,7\n"),
    "column_like_an_optional_one": case(cities=swap("boundary_left", "boundary_lef")),
    "tables_swapped": case(last_year=CAPACITY, capacity=LAST_YEAR),
    "csv_and_parquet": case(lambda folder: (folder / "cities.parquet").write_bytes(b"PAR1")),
    "damaged_parquet": case(lambda folder: (folder / "cities.parquet").write_bytes(b"PAR1 nothing"), cities=None),
    "file_of_no_table": case(lambda folder: (folder / "city.csv").write_text("city\n", encoding="utf-8")),
    "folder_for_a_file": case(lambda folder: (folder / "pools.csv").mkdir(), pools=None),
    "gb18030_is_read": case(
        lambda folder: (folder / "limits.csv").write_bytes(
            (folder / "limits.csv").read_text(encoding="utf-8").encode("gb18030")
        )
    ),
    "utf16": case(
        lambda folder: (folder / "limits.csv").write_bytes(
            (folder / "limits.csv").read_text(encoding="utf-8").encode("utf-16")
        )
    ),
    "toml_syntax": case(toml={"year = 2021": "year 2021"}),
    "newer_schema": case(toml={"schema = 1": "schema = 3\ncolour = 1"}),
}
