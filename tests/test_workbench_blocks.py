"""Blocks of cells over the wire: many pasted, empty ones at the end, a workbook as one edit, sums of cities."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.copies import convert
from alloc.instance.files.reading import read
from alloc.scenario.lines import parse_edit
from alloc.workbench.api.paste import pasted_lines
from alloc.workbench.steps import step
from workbench_server import Client, served

pytestmark = pytest.mark.long
NUMBERS = ("0", "-0", "7", "1.5", "-1e-3", "1E+05", "12_000", "07", "1.", ".5", "0x1F", "inf", "nan", "true", "'7'")

LIMIT = "limit,title_zh,title_en,quantity,where,sense,value,basis\na,甲,A,settle,residents > 1,<=,1000000,amount\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        yield found


@pytest.fixture(autouse=True)
def cleared(client: Client) -> Iterator[None]:
    yield
    while client.settled()["can_undo"]:
        assert client.step("undo").status_code == 202


def pasted(client: Client, columns: list[str], text: str, dry: bool = True) -> Any:
    asked = {"revision": client.state()["revision"], "keys": [["000001"], ["000002"]], "columns": columns, "text": text,
             "dry": dry}  # fmt: skip
    return client.post(f"w/{client.w}/tables/cities/paste", asked)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_empty_cells_at_the_end_are_cells(client: Client, end: str) -> None:
    """Of an optional column all given cells are emptied, whether or not a line end stands behind the last."""
    client.settled()
    found = pasted(client, ["name_en"], "\n" + end).json()
    assert [(cell["key"], cell["old"], cell["new"]) for cell in found["cells"]] == [
        (["000001"], "First", None), (["000002"], "Second", None)
    ]  # fmt: skip
    assert [cell["key"] for cell in pasted(client, ["name_en"], f"First\n{end}").json()["cells"]] == [["000002"]]
    short = pasted(client, ["name_en", "revenue"], "A\t1")
    assert short.status_code == 400 and short.json()["findings"][0]["code"] == "paste_size"


def test_what_is_wrong_is_counted_to_the_last_cell(client: Client) -> None:
    client.settled()
    columns = ["revenue", "interest", "maturing", "debt_general", "debt_special"]
    wrong = pasted(client, columns, "\n".join("\t".join(["x"] * 5) for _ in range(2)))
    assert wrong.status_code == 400 and wrong.json()["total"] == 10 == len(wrong.json()["findings"])
    assert client.settled()["edits"] == []


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read_without_its_reader_as_with_it(text: str) -> None:
    """A number of a line is taken as TOML takes it, or refused where TOML refuses it."""
    import tomllib

    try:
        expected = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        with pytest.raises(alloc.AllocError):
            parse_edit(f"pools.general.total = {text}")
        return
    value = parse_edit(f"pools.general.total = {text}").value
    assert type(value) is type(expected) and (value == expected or value != value)


@pytest.mark.slow
@pytest.mark.county
def test_a_hundred_thousand_cells_are_all_taken_to_the_last_digit() -> None:
    """County size: 2,947 rows, every number of every full column another, and none lost."""
    instance = read("counties-2020")
    frame = instance.tables["cities"]
    full = [str(name) for name in frame.columns if frame[name].dtype == float and frame[name].notna().all()]
    columns = [name for name in full if name not in ("lon", "lat")]  # which a ten-thousandth would move out of range
    keys = [[str(code)] for code in frame["city"]]
    figures = frame[columns].to_numpy(float) * 1.0001
    text = "\n".join("\t".join(map(repr, row)) for row in figures.tolist())
    lines = pasted_lines(instance, "cities", keys, columns, text)
    assert len(lines) == len(set(lines)) == int((figures != frame[columns].to_numpy(float)).sum())
    applied = step(instance, lines, "")
    assert len(applied.cells) == len(lines)
    assert (applied.instance.tables["cities"][columns].to_numpy(float) == figures).all()


def uploaded(client: Client, path: Path, dry: bool = True, why: str = "") -> Any:
    """A workbook brought to the workspace, and what is answered."""
    taken = client.http.post("/api/v1/uploads", params={"name": path.name}, content=path.read_bytes())
    if taken.status_code != 201:
        return taken
    asked = {"revision": client.state()["revision"], "upload": taken.json()["id"], "dry": dry, "why": why}
    return client.post(f"w/{client.w}/workbook", asked)


def test_a_workbook_is_one_edit_and_makes_the_instance_that_it_holds(client: Client, tmp_path: Path) -> None:
    """A cell, a setting and a row that comes: what stands afterwards is the instance of the workbook itself."""
    client.settled()
    place = client.desk.live(client.w).files.instance
    convert(place, tmp_path / "same.xlsx")
    same = uploaded(client, tmp_path / "same.xlsx").json()
    assert (same["count"], same["tables"], same["applied"]) == (0, [], False)

    other = tmp_path / "other"
    shutil.copytree(place, other)
    cities = pd.read_csv(other / "cities.csv", dtype=str, keep_default_na=False)
    cities.loc[cities["city"] == "000001", "residents"] = "120000"
    cities.to_csv(other / "cities.csv", index=False, encoding="utf-8")
    (other / "limits.csv").write_text(LIMIT, encoding="utf-8")
    settings = (other / "instance.toml").read_text(encoding="utf-8")
    (other / "instance.toml").write_text(
        settings.replace('en = "Two cities by hand"', 'en = "Two towns"'), encoding="utf-8"
    )
    convert(other, tmp_path / "plan.xlsx")
    told = uploaded(client, tmp_path / "plan.xlsx").json()
    assert {each["name"] for each in told["tables"]} == {"cities", "limits", "settings"} and not told["applied"]
    assert [(cell["old"], cell["new"]) for cell in told["cells"] if cell["column"] == "residents"] == [(1e5, 1.2e5)]
    assert client.settled()["edits"] == [], "it is looked at first"
    assert uploaded(client, tmp_path / "plan.xlsx", dry=False, why="from the office").json()["applied"]
    state = client.settled()
    (edit,) = state["edits"]
    assert edit["why"] == "from the office" and state["conflict"] is None
    assert state["hash"] == alloc.solve(tmp_path / "plan.xlsx", relaxation=True).instance.hash


def test_a_workbook_that_is_wrong_or_damaged_is_said_in_words(client: Client, tmp_path: Path) -> None:
    client.settled()
    plan = tmp_path / "plan.xlsx"
    convert(client.desk.live(client.w).files.instance, plan)
    book = openpyxl.load_workbook(plan)
    sheet = book["Cities"]
    column = next(cell.column for cell in sheet[2] if cell.value == "residents")
    sheet.cell(3, column).value = "many"
    book.save(plan)
    wrong = uploaded(client, plan)
    assert wrong.status_code == 400
    (finding,) = [each for each in wrong.json()["findings"] if each["severity"] == "error"]
    assert (finding["file"].partition("#")[2], finding["row"], finding["column"], finding["key"]) == (
        "Cities", 3, "residents", "000001"
    )  # fmt: skip
    (tmp_path / "cut.xlsx").write_bytes(plan.read_bytes()[:2000])
    damaged = uploaded(client, tmp_path / "cut.xlsx")
    assert damaged.status_code == 400 and "damaged" in damaged.json()["title"]["en"]
    assert client.settled()["edits"] == []


def test_sums_of_some_cities_are_those_of_the_engine(client: Client) -> None:
    """Both cities together are the row of all; one alone is its own row."""
    client.settled()
    table = client.get(f"w/{client.w}/cities").json()
    both = client.post(f"w/{client.w}/sums", {"cities": ["000001", "000002", "000001", "999999"]}).json()
    assert both["cities"] == 2 and [both["values"][each["id"]] for each in table["columns"]] == table["totals"]
    one = client.post(f"w/{client.w}/sums", {"cities": ["000002"]}).json()["values"]
    row = {each["id"]: values[1] for each, values in zip(table["columns"], table["values"], strict=True)}
    added = [each["id"] for each in table["columns"] if each["additive"]]
    assert {id: one[id] for id in added} == {id: row[id] or 0.0 for id in added}
    assert one["residents"] == row["residents"] and one["score"] == pytest.approx(row["score"])
