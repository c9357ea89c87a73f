"""The verbs in Python: all that the commands can do; tables in memory; options of a run; results as tables."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import alloc
from alloc.instance.files.shipped import shipped
from alloc.instance.schema.tables import TABLES
from instances import write_tiny

HAND = "hand"


@pytest.fixture(scope="module")
def result() -> alloc.Result:
    return alloc.solve(HAND)


def in_memory(folder: Path) -> dict[str, Any]:
    """What a planner has in a notebook: the settings, and a table for each file."""
    settings = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8"))
    texts = ("code", "enum", "text")
    codes = {column.name: str for table in TABLES.values() for column in table.columns if column.kind in texts}
    tables = {path.stem: pd.read_csv(path, dtype=codes) for path in folder.glob("*.csv")}
    return {"settings": settings, **tables}


# ----------------------------------------------------------------------------------------------------- tables in memory


def test_tables_in_memory_are_the_instance_in_the_files() -> None:
    folder = shipped()[HAND]
    assert alloc.read(in_memory(folder)).hash == alloc.read(folder).hash
    records = {**in_memory(folder), "cities": in_memory(folder)["cities"].to_dict("records")}
    assert alloc.read(records).hash == alloc.read(folder).hash
    indexed = {**in_memory(folder), "cities": in_memory(folder)["cities"].set_index("city")}
    assert alloc.read(indexed).hash == alloc.read(folder).hash


def test_tables_in_memory_are_checked_like_files(tmp_path: Path) -> None:
    given = in_memory(write_tiny(tmp_path / "tiny"))
    given["cities"] = given["cities"].astype({"residents": object})
    given["cities"].loc[1, "residents"] = "many"
    (found,) = (each for each in alloc.check(given) if each.code == "not_a_number")
    assert (found.file, found.row, found.column, found.value) == ("cities", 3, "residents", "many")
    with pytest.raises(alloc.InputError, match=r"cities, row 3, residents \(汕头市 440500\) = many"):
        alloc.solve(given)


def test_what_is_missing_or_unknown_in_memory_is_named(tmp_path: Path) -> None:
    given = in_memory(write_tiny(tmp_path / "tiny"))
    given["citys"] = given.pop("cities")
    given["settings"]["gap"] = 2.0
    found = {(each.code, each.file, each.column) for each in alloc.check(given)}
    assert {
        ("unknown_table", "citys", None),
        ("missing_table", "cities", None),
        ("out_of_range", "settings", "gap"),
    } <= found
    assert {each.code for each in alloc.check({"cities": 3})} >= {"missing_settings", "unreadable"}


# ---------------------------------------------------------------------------------------------------- options of a run


def test_options_leave_the_instance_what_it_is(tmp_path: Path) -> None:
    base = alloc.read(write_tiny(tmp_path / "tiny"))
    assert base.settings.integers
    found = alloc.solve(base, relaxation=True, gap=0.01, time_limit=50, out=tmp_path / "r")
    options = found.manifest["options"]
    assert (options["integers"], options["gap"], options["time_limit"]) == (False, 0.01, 50)
    assert found.instance.hash == base.hash and found.manifest["edits"] == []
    again = alloc.load_result(tmp_path / "r")
    assert again.instance.settings == found.instance.settings and again.instance.own_settings == base.settings
    assert again.verify().passed
    assert alloc.read(tmp_path / "r" / "instance").settings == base.settings
    edited = alloc.solve(base, edits="gap = 0.01", relaxation=True)
    assert edited.instance.hash != base.hash and len(edited.manifest["edits"]) == 1


def test_an_edit_makes_an_option_the_instances_own(tmp_path: Path) -> None:
    session = alloc.Session(write_tiny(tmp_path / "tiny"), relaxation=True, time_limit=77)
    before = session.instance.hash
    assert session.instance.settings.time_limit == 77 and not session.instance.settings.integers
    session.edit("time_limit = 66")
    assert session.instance.settings.time_limit == 66 and session.instance.own_settings.time_limit == 66
    assert not session.instance.settings.integers and session.instance.own_settings.integers
    assert session.instance.hash != before


def test_a_wrong_option_is_a_finding() -> None:
    with pytest.raises(alloc.InputError) as caught:
        alloc.solve(HAND, gap=3)
    (found,) = caught.value.findings
    assert (found.file, found.column) == ("options", "gap")


def test_a_formulation_is_chosen_by_argument_everywhere() -> None:
    for ask in (
        lambda: alloc.solve(HAND, formulation="none"),
        lambda: alloc.explain(HAND, formulation="none"),
        lambda: alloc.whatif(HAND, "policy.debt.ceiling", [1.0], formulation="none"),
        lambda: alloc.Session(HAND, formulation="none"),
    ):
        with pytest.raises(alloc.InputError, match="no such formulation"):
            ask()
    assert [each.column for each in alloc.check(HAND, formulation="none")] == ["formulation"]
    assert alloc.solve(HAND, formulation="annual").instance.formulation == "annual"


def test_a_scenario_is_found_beside_the_instance_that_was_read() -> None:
    instance = alloc.read("china-2020")
    assert alloc.check(instance, scenario="debt-ceiling-100") == alloc.check("china-2020", scenario="debt-ceiling-100")
    with pytest.raises(alloc.InputError, match="in memory has no folder"):
        alloc.solve(in_memory(shipped()[HAND]), scenario="debt-ceiling-100")


# --------------------------------------------------------------------------------------------------- a result as tables


def test_tables_are_indexed_by_code_and_named(result: alloc.Result) -> None:
    assert result.allocation.index.names == ["city", "pool"]
    assert list(result.allocation.columns[:4]) == ["city_zh", "city_en", "pool_zh", "pool_en"]
    assert result.people.loc["000002", "city_zh"] == "乙市" and result.people.loc["000002", "city_en"] == "Second"
    assert result.tiers.index.name == "tier" and result.tiers.loc["fairness", "tier_en"] == "Fairness"
    assert result.families.index.name == "family" and result.families["family_zh"].notna().all()
    for name, table in result.tables.items():
        shown = getattr(result, name)
        assert len(shown) == len(table) and set(table.columns) <= {*shown.columns, *shown.index.names}
        assert name in dir(result)
    assert (result.status.stopped, result.status.quality) == ("finished", "optimal")


def test_a_table_of_a_lever_that_came_later_is_an_attribute_too(result: alloc.Result) -> None:
    from dataclasses import replace

    renewal = pd.DataFrame({"city": ["000001"], "homes": [3.0]})
    more = replace(result, tables={**result.tables, "renewal": renewal})
    assert more.renewal.loc["000001", "homes"] == 3.0  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no table 'renewals'"):
        more.renewals  # type: ignore[attr-defined]  # noqa: B018
    empty = alloc.solve("infeasible/floors_above_total")
    with pytest.raises(AttributeError, match="no allocation"):
        empty.allocation  # noqa: B018


def test_nothing_is_written_over(result: alloc.Result, tmp_path: Path) -> None:
    book = tmp_path / "tables.xlsx"
    assert result.to_excel(book).older is None
    first = book.read_bytes()
    assert result.to_excel(book).older == str(tmp_path / "tables.1.xlsx")
    assert book.read_bytes() == first == (tmp_path / "tables.1.xlsx").read_bytes()
    sheets = pd.read_excel(book, sheet_name=None, dtype={"city": str}, engine="calamine")
    assert set(sheets) == {"tiers", *result.tables}
    assert sheets["people"]["city"].tolist() == ["000001", "000002"]
    sheet = openpyxl.load_workbook(book)["people"]
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    assert sheet.freeze_panes == "B2" and sheet.column_dimensions[heads["residents"]].number_format == "#,##0"
    assert sheets["allocation"]["published"].tolist() == result.allocation["published"].tolist()
    with pytest.raises(alloc.StoreError, match=r"ends in \.xlsx"):
        result.to_excel(tmp_path / "tables.csv")
    assert result.save(tmp_path / "r").older is None
    assert result.save(tmp_path / "r").older == str(tmp_path / "r.1")


def test_a_result_asks_the_verbs(result: alloc.Result, tmp_path: Path) -> None:
    assert result.verify().passed
    other = alloc.solve(HAND, edits="policy.debt.ceiling = 1.0")
    assert not result.compare(other).identical
    answer = result.explain(prices=True, quick=True)
    assert alloc.show(answer, "zh") and alloc.record(answer)
    (written,) = result.report(tmp_path / "reports", language="zh")
    assert Path(written.path).is_file()
    with pytest.raises(alloc.ArgumentError, match="Ask one question"):
        result.explain(prices=True, rules=True)
    with pytest.raises(alloc.AskError, match=r"scenario=…, edits=… and options of a solve"):
        result.explain(prices=True, time_limit=3.0)


def test_whatif_compare_and_answers_are_shown_and_recorded(result: alloc.Result, tmp_path: Path) -> None:
    varied = alloc.whatif(HAND, "policy.debt.ceiling", [1.0, 2.0], out=tmp_path / "w", language="zh")
    assert "National" in alloc.show(varied) and len(alloc.record(varied)["tiers"]) > 2
    assert sorted(each.name for each in (tmp_path / "w").iterdir()) == ["chart.svg", "cities.csv", "tiers.csv"]
    with pytest.raises(alloc.AskError, match="000009"):
        alloc.whatif(HAND, "policy.debt.ceiling", [1.0], cities=["000009"])
    for thing in (result, result.instance, result.verify(), alloc.check(HAND)):
        assert alloc.show(thing, "zh") != alloc.show(thing, "en")
        assert alloc.record(thing)


# --------------------------------------------------------------------------------------------------- repr and notebooks


def test_repr_is_one_line(result: alloc.Result) -> None:
    session = alloc.Session(HAND)
    session.edit("policy.debt.ceiling = 1.0")
    comparison = result.compare(session.result)
    for thing, words in (
        (result, ("Result hand", "finished, optimal", "fairness 0.82", "verified")),
        (result.instance, ("Instance hand 2021", "2 cities", result.instance.hash[:12])),
        (session, ("Session of hand", "1 edit;")),
        (comparison, ("Comparison of A hand (A), B hand (B)", "different")),
    ):
        assert "\n" not in repr(thing) and all(word in repr(thing) for word in words), repr(thing)
        html = thing._repr_html_()
        assert html.startswith("<div") and html.count("<table") == 1
        assert html == alloc.as_html(thing)  # type: ignore[arg-type]


def test_notebooks_show_both_languages_and_escape(result: alloc.Result) -> None:
    html = alloc.as_html(result)
    assert "两市手算例" in html and "Two cities by hand" in html and "Fairness" in html
    given = in_memory(shipped()[HAND])
    given["settings"]["title"] = {"zh": "<script>一", "en": "<script>one"}
    shown = alloc.as_html(alloc.solve(given)) + alloc.as_html(alloc.read(given))
    assert "<script>" not in shown and "&lt;script&gt;one" in shown
    assert "infeasible" not in html and "规则" in alloc.as_html(alloc.solve("infeasible/floors_above_total"))


# ------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("name", [each for each in alloc.__all__ if each.endswith("Error")])
def test_every_error_is_one_of_alloc(name: str) -> None:
    assert issubclass(getattr(alloc, name), alloc.AllocError)


def test_errors_speak_both_languages(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    for ask in (
        lambda: alloc.read("nowhere"),
        lambda: alloc.load_result(tmp_path),
        lambda: alloc.compare(),
        lambda: alloc.init(tmp_path / "new", origin="hand"),
        lambda: alloc.convert(HAND, tmp_path / "folder.xlsx"),
        lambda: alloc.mark("nowhere", ()),
        lambda: alloc.solve(HAND, formulation="none"),
        lambda: alloc.explain(HAND, prices=True),
    ):
        with pytest.raises(alloc.AllocError) as caught:
            ask()
        assert caught.value.message.zh != caught.value.message.en == str(caught.value)
    with pytest.raises(alloc.InputError) as wrong:
        alloc.read("nowhere")
    assert pickle.loads(pickle.dumps(wrong.value)).findings == wrong.value.findings


def test_no_room_has_the_name_of_a_verb() -> None:
    """The first import of a room would put it in the place of the verb."""
    home = Path(alloc.__file__).parent
    rooms = {path.stem for path in home.glob("*.py")} | {path.name for path in home.iterdir() if path.is_dir()}
    assert rooms & set(alloc.__all__) == set()


def test_the_readme_shows_what_python_prints(result: alloc.Result) -> None:
    root = Path(alloc.__file__).parent.parent
    for name, language in (("README.md", "en"), ("README.zh.md", "zh")):
        text = (root / name).read_text(encoding="utf-8")
        people = result.people[[f"city_{language}", "residents", "score_before", "score"]]
        assert repr(result) in text
        assert "\n".join(line.rstrip() for line in people.to_string().splitlines()) in text, name
