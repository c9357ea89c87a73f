"""The rules of the house: every family has its test, its words and its instance; who may import whom; clean checks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel

from alloc.formulation.lever import Decision
from alloc.formulation.registry import catalogue, installed
from alloc.instance.files.settings_reading import inner_model
from alloc.instance.schema.settings import Settings, Tier
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from alloc.verification import FAMILIES, levers
from alloc.verification.families import OPTIONAL as OPTIONAL_FAMILIES
from alloc_models.annual import build
from test_compiler_rows import (
    levelling,
    objective,
    two_cities,
    with_flows,
    with_groups,
    with_links,
    with_programmes,
    with_uses,
)

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("alloc", "models")
LONGEST = 400  # lines of a module
FULL = 14  # modules of a folder
BROUGHT_BY_TIERS = ("worst_served", "production_of", "least_served")


@cache
def families() -> tuple[str, ...]:
    """Every constraint family of the annual model with all its levers, by every method of a tier, with uses of land."""
    models = [build(two_cities(), objective(method)) for method in ("cvar", "leximin")]
    models += [build(with_uses(), levelling()), build(with_groups(), objective()), build(with_links(), objective())]
    models += [build(with_programmes(), objective()), build(with_flows(), objective())]
    return tuple(dict.fromkeys(name for model in models for name in model.families))


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


# ------------------------------------------------------------------------------------------ constraint families


def test_families_are_those_of_the_page() -> None:
    """The model, its verification and its words name the same families."""
    verified = {*FAMILIES, *OPTIONAL_FAMILIES, *levers.families("annual"), *BROUGHT_BY_TIERS}
    assert set(families()) == verified
    assert set(catalogue().families) == verified


@pytest.mark.parametrize("family", families())
def test_family_stands_in_the_page_of_the_model(family: str) -> None:
    for name in ("docs/model.md", "docs/model.zh.md"):
        page = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(rf"\b{family}\b", page, re.ASCII), f"{name} does not state {family}"


def test_every_module_of_a_lever_is_in_a_formulation() -> None:
    """A module that declares a lever, and that no formulation has, would be left out without a word."""
    declaring = [path.stem for path in (ROOT / "models" / "alloc_models").rglob("*.py")
                 if re.search(r"^LEVER = ", path.read_text(encoding="utf-8"), re.MULTILINE)]  # fmt: skip
    known = {lever.module.rpartition(".")[2] for each in installed().values() for lever in each.levers}
    assert set(declaring) <= known, f"in no formulation (annual.py, LEVERS): {sorted(set(declaring) - known)}"


@pytest.mark.parametrize("family", families())
def test_family_has_a_row_test(family: str) -> None:
    """A test of its name in test_compiler_rows, which asks for its rows."""
    functions = {
        node.name: node
        for node in tree(ROOT / "tests" / "test_compiler_rows.py").body
        if isinstance(node, ast.FunctionDef)
    }
    assert f"test_{family}" in functions, f"tests/test_compiler_rows.py has no test_{family}"
    asked = [
        node.args[1].value
        for node in ast.walk(functions[f"test_{family}"])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "row"
        if isinstance(node.args[1], ast.Constant)
    ]
    assert family in asked


@pytest.mark.parametrize("family", [name for name in families() if name not in BROUGHT_BY_TIERS])
def test_family_has_an_instance_in_which_it_binds(family: str) -> None:
    folder = ROOT / "instances" / "families" / family
    assert (folder / "instance.toml").is_file(), f"instances/families/{family} is missing (cases.py, build.py)"
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    assert expected["binds"] == family


def test_no_instance_without_its_family_or_lever() -> None:
    folders = {path.name for path in (ROOT / "instances" / "families").iterdir() if (path / "instance.toml").is_file()}
    assert folders <= {*families(), *(lever.name for lever in catalogue().levers), "residence_ladder", "levels_below",
                       "shared_beds", "moved_beds", "purse_debt"}  # fmt: skip


# -------------------------------------------------------------------------------------------------------- words


OPTIONAL = ("as_rule",)  # words that not everything of its kind has


def every_text() -> Iterator[tuple[str, Text]]:
    """All words of the catalogue with where they stand."""
    known = catalogue()
    declared: dict[str, Mapping[str, Any]] = {
        "decisions": known.decisions, "families": known.families, "rules": known.rules, "causes": known.causes,
        "quantities": known.quantities, "tiers": known.tiers,
    }  # fmt: skip
    for kind, entries in declared.items():
        for name, entry in entries.items():
            for part in fields(entry):
                if (
                    isinstance(text := getattr(entry, part.name), Text)
                    and not (isinstance(entry, Decision) and part.name == "words")
                    and (text.en or part.name not in OPTIONAL)
                ):
                    yield f"{kind}.{name}.{part.name}", text
    for name, tier in known.tiers.items():
        for method, spoken in tier.by_method.items():
            for part in ("equivalent", "gains", "loses", "without_gains", "without_loses"):
                yield f"tiers.{name}.{method}.{part}", getattr(spoken, part)
    for table, titles in (("owners", known.owners), ("sources", known.sources), ("units", known.units)):
        for name, title in titles.items():
            yield f"{table}.{name}.title", title


TITLES = ("title", "head", "equivalent", "as_rule", "reason")  # the other parts are whole sentences
SLOTS = {
    "binds": {"count"}, "gains": {"title", "step", "n"}, "loses": {"title", "step", "n"},
    "without_gains": {"rule", "n"}, "without_loses": {"rule", "n"},
}  # fmt: skip


def machine_names(text: str) -> set[str]:
    return set(re.findall(r"`([^`]*)`", text))


@pytest.mark.parametrize(("where", "text"), list(every_text()), ids=[where for where, _ in every_text()])
def test_words(where: str, text: Text) -> None:
    """Both languages, whole sentences, full-width punctuation in Chinese, machine names that exist in both."""
    zh, en = text
    assert re.search("[\u4e00-\u9fff]", zh)
    assert en
    assert not re.search("[\u3000-\uffef]", en)
    plain = re.sub(r"`[^`]*`|\{\w+\}", "", zh)
    assert not re.search(r"[,;:()?!]|\.$|\s$", plain), "half-width punctuation in Chinese"
    part = where.rpartition(".")[2]
    if part not in TITLES:
        assert zh.endswith("。")
        assert en.endswith(".")
        assert en[0].isupper()
    for told in text:
        assert set(re.findall(r"\{(\w*)\}", told)) == SLOTS.get(part, set())
    assert machine_names(zh) == machine_names(en)
    for name in machine_names(zh):
        assert known(name), f"{name} is neither a column nor a setting"


def known(name: str) -> bool:
    """Whether a machine name is `table.column`, or a path in instance.toml."""
    first, *rest = name.split(".")
    if first in TABLES:
        return len(rest) == 1 and rest[0] in TABLES[first].by_name
    if first == "objective":
        return len(rest) == 1 and rest[0] in Tier.model_fields
    section: type[BaseModel] | None = Settings
    for part in (first, *rest):
        if section is None or part not in section.model_fields:
            return False
        section = inner_model(section.model_fields[part].annotation)
    return True


@pytest.mark.parametrize("family", families())
def test_family_has_a_remedy_a_unit_an_owner_and_a_source(family: str) -> None:
    entry = catalogue().families[family]
    assert machine_names(entry.remedy.zh), "a remedy names what can be changed"
    assert entry.unit in catalogue().units
    assert entry.owner in catalogue().owners
    assert entry.source in catalogue().sources or re.search("〔.*〕|《.*》", entry.source)


def test_unit_of_a_family_is_that_of_its_rows() -> None:
    tiers = (objective(), objective("leximin"), levelling())
    for model in (build(with_uses(), each) for each in tiers):
        for name, family in model.families.items():
            unit = catalogue().families[name].unit
            if unit != "limit":  # by row
                np.testing.assert_array_equal(family.scale, model.sizes[unit], name)


def test_numbers_are_columns_or_settings() -> None:
    for name in catalogue().numbers:
        assert known(name) or name == "policy.debt.tiers.new_bond_factor", name  # an entry of a list


def test_tiers_have_words() -> None:
    assert list(catalogue().tiers) == list(get_args(Tier.model_fields["tier"].annotation))
    named = {one.tier for one in objective()}
    further = [SimpleNamespace(tier=name, method=None) for name in catalogue().tiers if name not in named]
    model = build(with_programmes(), [*objective(), *further])
    for name, tier in catalogue().tiers.items():
        assert tier.unit in catalogue().units
        assert tier.better == ("higher" if getattr(model.tiers[name], "maximise", False) else "lower"), name


def test_the_catalogue_is_frozen() -> None:
    with pytest.raises(TypeError):
        catalogue().families["new"] = catalogue().families["pool_total"]  # type: ignore[index]
    assert catalogue() is catalogue()


# ------------------------------------------------------------------------------------------- who may import whom


@cache
def modules() -> Mapping[str, Path]:
    """Dotted name -> file, of everything below alloc and models."""
    found = {}
    for folder, base in (("alloc", ROOT), ("models", ROOT / "models")):
        for path in python_files(folder):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def at_import(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when a module is imported: not the bodies of functions, nor what is for type checkers."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from at_import(node.orelse)
            continue
        yield node
        for part in ("body", "orelse", "finalbody"):
            yield from at_import(getattr(node, part, ()))
        for handler in getattr(node, "handlers", ()):
            yield from at_import(handler.body)


@cache
def imports(module: str, only_at_import: bool = False) -> frozenset[str]:
    """Dotted names that a module imports, with the packages above them."""
    path = modules()[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in at_import(tree(path).body) if only_at_import else ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, node.module] if node.module else above)
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return frozenset(".".join(name.split(".")[: k + 1]) for name in found for k in range(name.count(".") + 1))


def below(package: str, names: Iterable[str]) -> set[str]:
    return {name for name in names if name == package or name.startswith(f"{package}.")}


@pytest.mark.parametrize(
    ("room", "stranger"),
    [
        *(("alloc_models", room) for room in ("alloc.compiler", "alloc.instance", "alloc.solver", "alloc.result",
                                               "alloc.verification", "pyomo")),
        *(("alloc.formulation", room) for room in ("alloc.compiler", "alloc.instance", "alloc.solver", "alloc.result",
                                                    "alloc.verification", "alloc_models")),
        *(("alloc.verification", room) for room in ("alloc.compiler", "alloc.solver", "alloc_models", "alloc.publish",
                                               "alloc.instance.derived", "pyomo", "highspy")),
        *(("alloc.compiler", room) for room in ("alloc.instance", "alloc.solver", "alloc.result", "alloc.verification",
                                                 "alloc_models")),
        *(("alloc.instance", room) for room in ("alloc.compiler", "alloc.solver", "alloc.result", "alloc.verification",
                                                 "alloc_models", "pyomo", "highspy")),
    ],
)  # fmt: skip
def test_room_knows_nothing_of(room: str, stranger: str) -> None:
    """Anywhere in a module, functions and type checking included."""
    rooms = below(room, modules())
    assert rooms
    assert {module: found for module in rooms if (found := below(stranger, imports(module)))} == {}


def test_one_module_takes_from_pyomo() -> None:
    """What is asked of it stands in one place, and it is loaded there without what it would bring along."""
    asking = {module for module in below("alloc", modules()) if below("pyomo", imports(module))}
    assert asking == {"alloc.formulation.from_pyomo"}


def test_verification_reaches_nothing_that_made_the_result() -> None:
    """Also through the modules that it imports, and theirs."""
    reached, todo = set[str](), below("alloc.verification", modules())
    while todo:
        reached |= todo
        todo = {name for module in todo for name in imports(module, True) if name in modules()} - reached
    assert "alloc.instance.instance" in reached, "the walk goes beyond the package"
    makers = ("alloc.compiler", "alloc.solver", "alloc_models", "alloc.publish", "alloc.instance.derived")  # fmt: skip
    assert {maker: found for maker in makers if (found := below(maker, reached))} == {}


@cache
def needs(module: str, only_at_import: bool) -> frozenset[str]:
    """Our modules that a module itself imports, at its import or in functions too; nothing for type checkers alone."""
    whole = tree(modules()[module])
    found: set[str] = set()
    for node in at_import(whole.body) if only_at_import else not_for_types(whole):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: import by the whole name"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules() else str(node.module) for name in names}
    return frozenset(found & modules().keys() - {module})


def not_for_types(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node, without what is for type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from not_for_types(child)


@pytest.mark.parametrize("only_at_import", [True, False], ids=["at_import", "in_functions"])
def test_no_circle_of_imports(only_at_import: bool) -> None:
    """What is left when modules that need none of those left, or that none of them needs, are taken out in turn."""
    left = {module: needs(module, only_at_import) for module in modules()}
    size = 0
    while size != len(left):
        size = len(left)
        needed = frozenset[str]().union(*left.values())
        left = {module: of & left.keys() for module, of in left.items() if of & left.keys() and module in needed}
    assert {module: sorted(of) for module, of in left.items()} == {}


# --------------------------------------------------------------------------------------------------------- files


def test_folders_are_small() -> None:
    folders = {path.parent for path in modules().values()}
    sizes = {
        str(folder.relative_to(ROOT)): len({*folder.glob("*.py")} - {folder / "__init__.py"}) for folder in folders
    }
    assert {folder: size for folder, size in sizes.items() if size > FULL} == {}


def test_modules_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*SOURCES)}
    assert {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > LONGEST} == {}


def without_encoding(path: Path) -> Iterator[str]:
    """Calls that read or write text and leave its encoding to the machine."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        called = ast.unparse(node.func)
        opens, reads = re.search(r"(^|\.)open$", called), re.search(r"\.(read|write)_text$", called)
        modes = [ast.unparse(mode) for mode in (*node.args[:2], *([named["mode"]] if "mode" in named else []))]
        binary = opens and any(re.fullmatch(r"'[rwax+]*b[rwax+]*'", mode) for mode in modes)
        if (opens or reads) and not binary and "encoding" not in named:
            yield f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.long
def test_every_text_file_is_opened_with_an_encoding() -> None:
    files = python_files(*SOURCES, "instances", "tests", "benchmarks")
    assert [place for path in files for place in without_encoding(path)] == []


@pytest.mark.parametrize(
    "checker",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), pytest.param(("mypy",), marks=pytest.mark.long)],
    ids=["ruff", "format", "mypy"],
)
def test_checkers_are_clean(checker: tuple[str, ...]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", *checker], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, f"{' '.join(checker)}\n{run.stdout}{run.stderr}"


def small_numbers(path: Path) -> Iterator[str]:
    """Numbers below a hundredth that a module writes down, by line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < 1e-3:
            yield f"{path.relative_to(ROOT)}:{node.lineno}"


NO_TOLERANCES = {"alloc/report/sections/land.py", "alloc/report/sections/money.py"}  # 10⁻⁴: of yuan and of hectares


def test_tolerances_stand_in_one_place() -> None:
    """In `alloc.tolerances`; the verification, which must not believe what made a result, has its own."""
    alone = ("alloc/tolerances.py", *NO_TOLERANCES)
    files = [path for path in python_files(*SOURCES) if path.relative_to(ROOT).as_posix() not in alone]
    found = [place for path in files for place in small_numbers(path) if "verification" not in path.parts]
    assert found == []


def test_every_tolerance_is_used_and_explained() -> None:
    source = (ROOT / "alloc" / "tolerances.py").read_text(encoding="utf-8")
    names = [node.targets[0].id for node in ast.parse(source).body if isinstance(node, ast.Assign)
             and isinstance(node.targets[0], ast.Name)]  # fmt: skip
    assert len(re.findall(r'^"""', source, re.MULTILINE)) > len(names), "each has its sentence"
    text = "\n".join(path.read_text(encoding="utf-8") for path in python_files("alloc") if path.name != "tolerances.py")
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []
