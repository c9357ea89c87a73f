"""The lines of docs/whatif.md and docs/whatif.zh.md: the same in both, and each of them works."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.formulation.registry import catalogue_for
from alloc.instance import Instance, locate, read
from alloc.instance.derived.derived import derive
from alloc.instance.findings import InputError
from alloc.instance.prechecks.all import precheck
from alloc.scenario import apply, parse_edit
from alloc.scenario.files import with_edits
from alloc.scenario.lines import read_lines
from alloc.scenario.titles.writing import titled_line
from alloc.workbook.carried import script_text
from commands_by_names import by_names, command_by_names, state

DOCS = Path(__file__).resolve().parent.parent / "docs"


@cache
def china() -> Instance:
    return read("china-2020")


@cache
def questions(name: str) -> tuple[tuple[str, ...], ...]:
    """The lines of every question of a page."""
    blocks = re.findall(r"```text\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.DOTALL)
    return tuple(tuple(block.strip().splitlines()) for block in blocks)


def asked(lines: tuple[str, ...]) -> Instance:
    return apply(china(), [parse_edit(line, place) for place, line in enumerate(lines, 1)]).instance


def test_both_pages_ask_the_same() -> None:
    """The Chinese lines are those that the English ones are shown as: by titles, with Chinese words."""
    english, chinese = questions("whatif.md"), questions("whatif.zh.md")
    for lines, shown in zip(english, chinese, strict=True):
        assert tuple(titled_line(by_names(line), state()) for line in map(in_chinese, lines)) == shown
        assert [by_names(line) for line in map(in_chinese, lines)] == [by_names(line) for line in shown]
        assert not re.search("[A-Za-z]", "".join(shown)), shown
    commands = [re.findall(r"`(alloc [^`]*(?:--|results/)[^`]*)`", (DOCS / name).read_text(encoding="utf-8"))
                for name in ("whatif.md", "whatif.zh.md")]  # fmt: skip
    words = [[shlex.split(each.replace("…", "x")) for each in found] for found in commands]
    told = [command_by_names([in_chinese(word) for word in each]) for each in words[0] if "NAME" not in each]
    assert told == [command_by_names(each) for each in words[1] if "名称" not in each]


# What lines of the English page have in quotes that is no title.
TEXTS = {
    "west_a_head": "西部人均转移", "transfers_kept": "转移支付保底", "west_transfers": "西部转移支付",
    "two_transfers": "两项转移支付", "northeast_bonds": "东北债券", "west_land": "西部用地", "three_cities": "三市用地",
    "shenzhen_land": "深圳用地", "major project": "重点项目", "planning office": "规划部门", "first batch": "第一批",
}  # fmt: skip


def in_chinese(line: str) -> str:
    """A line of the English page with the cities, the region of its own and its other texts in Chinese."""
    cities = china().tables["cities"]
    names = dict(zip(cities["name_en"], cities["name"], strict=True))
    line = line.replace('"Tai\'an"', "'泰安市'").replace("Tai'an", "泰安").replace("'Pearl River Delta'", "'珠三角'")
    line = re.sub(r"'([^']+)'", lambda found: f"'{TEXTS.get(found[1]) or names.get(found[1], found[1])}'", line)
    short = {name: names[name].removesuffix("市") for name in ("Shenzhen", "Dongguan", "Jinan", "Chaozhou", "Jieyang",
                                                               "Shantou")}  # fmt: skip
    line = re.sub("|".join(short), lambda found: short[found[0]], line)
    return line.replace("name_en", "name")


@pytest.mark.parametrize("lines", questions("whatif.md"), ids=lambda lines: lines[0][:40])
def test_a_line_is_accepted_and_changes_something(lines: tuple[str, ...]) -> None:
    base, instance = china(), asked(lines)
    assert instance.hash != base.hash
    assert [each.code for each in precheck(instance, derive(instance)) if each.severity == "error"] == []


@pytest.mark.parametrize("only", [None, ["land", "bond"]])
def test_nobody_falls_below_nine_tenths_of_last_year(only: list[str] | None) -> None:
    """Of every pool, and of land and bonds alone; of bonds only where there is room for debt."""
    (lines,) = (
        each for each in questions("whatif.md")
        if each[0].startswith("pools.floor_multiple >= 0.9") and (" where " in each[0]) is (only is not None)
    )  # fmt: skip
    before, after = derive(china()), derive(asked(lines))
    for at, kind in enumerate(map(str, after.kind)):
        kept = after.lower[:, at] >= 0.9 * np.nan_to_num(after.last_year[:, at]) - 1e-6
        if only is not None and kind not in only:
            assert (after.lower[:, at] == before.lower[:, at]).all()
        else:
            assert kept.any() if kind == "bond" else kept.all()


@pytest.mark.slow
@pytest.mark.parametrize("lines", questions("whatif.md"), ids=lambda lines: lines[0][:40])
def test_there_is_a_verified_plan_with_it(lines: tuple[str, ...]) -> None:
    result = alloc.solve(asked(lines), relaxation=True)
    assert result.has_solution and result.verified


@pytest.mark.parametrize("words", [0, 1])
def test_tiers_and_values_may_be_written_by_title(words: int) -> None:
    """In either language; what is kept are the names."""
    base = china()
    tiers = catalogue_for(base.settings).tiers
    (first, *_) = (lines for lines in questions("whatif.md") if lines[0].startswith("objective = ["))
    names = re.findall(r'"(\w+)"', first[0])
    edit = "objective = [" + ", ".join(f'"{tiers[name].title[words]}"' for name in names) + "]"
    assert asked((edit, *first[1:])).hash == asked(first).hash
    (drops,) = {asked((f"drop objective.{name}",)).hash for name in ("production", tiers["production"].title.zh)}
    assert drops != base.hash
    limit = "add limits {{ limit = 'x', quantity = 'transfers', sense = '<=', value = 9.0, basis = '{}' }}"
    title = ("人均数", "per resident")[words]
    assert asked((limit.format(title),)).hash == asked((limit.format("per_resident"),)).hash
    assert asked((limit.format(title),)).tables["limits"]["basis"].iloc[-1] == "per_resident"
    stage = ("提前下达", "advance")[words]
    assert asked((f"stage = '{stage}'",)).settings.stage == "advance"


def test_a_tier_that_is_not_there_is_said_with_the_near_one_and_all_titles() -> None:
    with pytest.raises(InputError) as refused:
        asked(("objective = ['公共服务平均分', 'minimum']",))
    (finding,) = refused.value.findings
    assert finding.code == "not_allowed" and finding.value == "公共服务平均分"
    assert finding.message == ("没有这一级目标。", "There is no such tier.")
    assert finding.remedy.zh.startswith(
        "是否为 coverage（公共服务平均得分）？可用：programmes（专项建设完成比例）、minimum（兜底：最低标准缺口）、"
    )
    near = catalogue_for(china().settings).tiers["coverage"].title.en
    assert finding.remedy.en.startswith(f"Did you mean coverage ({near})? Would be right: programmes (")


@pytest.mark.parametrize("name", ["whatif.md", "whatif.zh.md"])
def test_a_line_with_then_starts_from_those_before(name: str, tmp_path: Path) -> None:
    """As it is printed; without the word the two are refused; of scenarios the second starts from the first."""
    page = (DOCS / name).read_text(encoding="utf-8")
    (printed,) = re.findall(r'`(--edit "[^`]*" --edit "(?:then|然后) [^`]*")`', page)
    lines = shlex.split(printed)[1::2]
    assert len(lines) == 2
    where = ["check", "china-2020", "--lang", "en"]
    ended = CliRunner().invoke(main, [*where, *shlex.split(printed)])
    assert ended.exit_code == 0, ended.output
    both = [line.removeprefix("then ").removeprefix("然后 ") for line in lines]
    scenarios = []
    for place, line in enumerate(both):
        path = tmp_path / f"{place}.toml"
        path.write_text(script_text(alloc.text.Text("一", "one"), "", [parse_edit(line)]), encoding="utf-8")
        scenarios.append(str(path))
    edits, faults = read_lines(lines)
    assert not faults
    home = locate("china-2020")
    for found in (apply(china(), edits), with_edits(china(), home, scenarios)):
        cities = found.instance.tables["cities"]
        (name, *others), count = cities["region"].value_counts().index, cities["region"].value_counts().tolist()
        assert (len(others), count) == (1, [336, 1]), "all but one are the rest"
        assert cities.loc[cities["region"] == others[0], "city"].tolist() == ["440300"]
    together = CliRunner().invoke(main, [*where, "--edit", both[0], "--edit", both[1]])
    assert together.exit_code == 1 and "edit 2" in together.output, together.output


@pytest.mark.slow
@pytest.mark.parametrize("name", ["whatif.md", "whatif.zh.md"])
def test_the_commands_of_the_page_run_as_they_are_printed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their order, after the results that they name have been made: some minutes."""
    page = (DOCS / name).read_text(encoding="utf-8")
    commands = re.findall(r"^\|[^|]*\| `alloc ([^`]*)`", page, re.MULTILINE)
    made = re.findall(
        r"^- (?:on the command line: |命令行：)`alloc (solve [^`]*results/more-land)`", page, re.MULTILINE
    )
    python = re.findall(r"`(alloc\.whatif\([^`]*\))`", page)
    assert len(commands) >= 9 and len(made) == len(python) == 1
    monkeypatch.chdir(tmp_path)
    for command in ["solve china-2020 --out results/china-2020", *made, *commands]:
        ended = CliRunner().invoke(main, shlex.split(command))
        assert ended.exit_code == 0, f"{command}\n{ended.output}"
    assert sorted(set(eval(python[0], {"alloc": alloc}).tiers["value"])) == [0.8, 1.0, 1.5]


@pytest.mark.slow
def test_services_first_keeps_settlement_only_with_its_tolerance(tmp_path: Path) -> None:
    """The numbers of both pages, on one province; held exactly, the mean score costs almost all who settle."""
    home = tmp_path / "sichuan"
    assert CliRunner().invoke(main, ["init", str(home), "--from", "china-2020", "--province", "510000"]).exit_code == 0
    (lines,) = (each for each in questions("whatif.md") if each[0].startswith('objective = ["coverage"'))
    assert len(lines) == 1
    told = []
    for more in ((), ("drop objective.coverage.tolerance",)):
        tiers = {each["tier"]: each["value"] for each in alloc.solve(home, edits=(*lines, *more)).manifest["tiers"]}
        told += [f"{round(tiers['settlement']):,}", f"{tiers['coverage']:.4f}"]
    assert told == ["1,076,964", "0.9059", "10,095", "0.9069"]
    for name in ("whatif.md", "whatif.zh.md"):
        page = (DOCS / name).read_text(encoding="utf-8")
        assert all(each in page for each in told)


@pytest.mark.slow
def test_schools_that_come_first_get_more_and_hospitals_less() -> None:
    """What the page says of the minimum as priority, held against the relaxation."""
    lines = ("services.primary.minimum = 1", "services.junior_secondary.minimum = 1")
    assert lines in questions("whatif.md")

    def served(result: alloc.Result) -> dict[str, float]:
        rows = result.services.reset_index()
        rows["places"] = rows["coverage"] * rows["full_need"]
        sums = rows.groupby("service")[["places", "full_need"]].sum()
        return (sums["places"] / sums["full_need"]).to_dict()

    before = served(alloc.solve("china-2020", relaxation=True))
    after = served(alloc.solve("china-2020", edits=lines, relaxation=True))
    assert all(after[school] > before[school] + 0.005 for school in ("primary", "junior_secondary"))
    assert after["hospital"] < before["hospital"]
