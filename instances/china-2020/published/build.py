"""Writes `allocations.csv` and `documents.csv` from a folder of transcribed figures: ``python build.py FOLDER``.

FOLDER has `transfers_province_to_city.csv`, `bond_quota_by_city.csv`, `city_debt_2018_2024.csv` and `documents.csv`.
Nothing is fitted, and nothing is changed but units in words: what is chosen, and why, stands in the page beside.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
FEWEST = 8  # cities of a province and year whose rises of debt limits are taken
OFFICIAL = ("A1", "A2")  # grades of official tables and budget reports
BONDS = {"limit_increase_general": "general_bond", "limit_increase_special": "special_bond"}
LIMITS = {"limit_increase_general": "limit_general", "limit_increase_special": "limit_special"}
UNITS = {"10^4 yuan": "10⁴ yuan", "100m yuan": "10⁸ yuan"}
PUBLISHERS = {"23": "黑龙江省财政厅", "41": "河南省财政厅", "44": "广东省财政厅", "64": "宁夏回族自治区财政厅"}
COLUMNS = ["city", "pool", "year", "amount", "unit", "measure", "document"]


def main(folder: Path) -> None:
    """Both tables from the figures in a folder."""
    read = {name: pd.read_csv(folder / f"{name}.csv", dtype={"city": str}, encoding="utf-8") for name in (
        "transfers_province_to_city", "bond_quota_by_city", "city_debt_2018_2024", "documents"
    )}  # fmt: skip
    transfers, titles = of_transfers(read["transfers_province_to_city"])
    bonds = of_bonds(read["bond_quota_by_city"], read["city_debt_2018_2024"])
    allocations = pd.concat([transfers, bonds])[COLUMNS].sort_values(["pool", "year", "city"])
    used = {key for keys in allocations["document"] for key in keys.split("; ")}
    known = read["documents"].set_index("source_doc_id")
    documents = [
        {"document": key, "publisher": known.at[key, "publisher"], "title": known.at[key, "document_title"],
         "address": known.at[key, "source_url"]}
        if key in known.index else {"document": key, **titles[key]}
        for key in sorted(used)
    ]  # fmt: skip
    write(allocations, "allocations")
    write(pd.DataFrame(documents), "documents")


def of_transfers(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    """Equalisation where a province publishes it by city, else all its general transfers; and the documents."""
    table = table[table["measure"].isin(["equalisation", "general_transfers"])].copy()
    table["province"] = table["city"].str[:2]
    split = table.loc[table["measure"] == "equalisation", "province"].unique()
    table = table[(table["measure"] == "equalisation") | ~table["province"].isin(split)]
    table["title"] = table["source"].str.extract(r"\((.+)\)")[0]
    table["document"] = "FINAL-" + table["province"] + "-" + table["year"].astype(str)
    titles = {
        key: {"publisher": PUBLISHERS[province], "title": re.sub(r"\s+", " ", title), "address": ""}
        for key, province, title in table[["document", "province", "title"]].drop_duplicates().itertuples(index=False)
    }
    return table.assign(pool="equalisation", amount=table["value"], unit=table["unit"].map(UNITS)), titles


def of_bonds(rises: pd.DataFrame, debt: pd.DataFrame) -> pd.DataFrame:
    """Rises of debt limits between two years whose limits are both official and unflagged."""
    official = debt[debt["grade"].isin(OFFICIAL) & debt["flag"].isna()].set_index(["city", "year"])
    rises = rises.assign(before=rises["year"] - 1, province=rises["city"].str[:2])
    for year in ("year", "before"):
        rises = rises[pd.MultiIndex.from_frame(rises[["city", year]]).isin(official.index)]
        rises[f"document_{year}"] = (
            official["document"].loc[list(zip(rises["city"], rises[year], strict=True))].to_numpy()
        )
        limits = [official.at[(city, each), LIMITS[measure]] for city, each, measure in
                  rises[["city", year, "measure"]].itertuples(index=False)]  # fmt: skip
        rises = rises[pd.Series(limits, rises.index).notna()]
    enough = rises.groupby(["province", "year", "measure"])["city"].transform("size") >= FEWEST
    rises = rises[enough]
    together = rises["document_year"] + "; " + rises["document_before"]
    document = together.where(rises["document_year"] != rises["document_before"], rises["document_year"])
    return rises.assign(
        pool=rises["measure"].map(BONDS), amount=rises["value"], unit=rises["unit"].map(UNITS), document=document
    )


def write(table: pd.DataFrame, name: str) -> None:
    """A table as CSV, the same bytes everywhere."""
    text = table.to_csv(index=False, lineterminator="\n")
    (HERE / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
