"""What may be written where is decided before any work; two writers, killed ones and full disks lose nothing."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.template.writing import write_folder
from alloc.writing import TargetError, allowed, kinds, ready, target, write
from alloc.writing.workshop import OWNER, PREFIX, YOUNG, clean, lock, workshop
from disks import small_disk
from instances import write_tiny

POSIX = pytest.mark.skipif(os.name == "nt", reason="as POSIX has it")


def answer(path: Path, text: str = "{}") -> None:
    path.write_text(text.replace("{", '{"made_by": "alloc explain"'), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (".", "nothing new"), ("..", "nothing new"), ("", "nothing new"), ("a/..", "nothing new"),
        ("x" * 300, "too long"), ("城" * 100, "too long"), ("a\0b", "no name"), ("file/x", "is no folder"),
        ("file", "is a file"), ("full", "not a result that alloc has written"), ("link", "is a link"),
        ("dangling", "is a link"), ("plan", "it is what is read"), ("plan/results/x", "inside an instance"),
        ("others/x", "inside a comparison"),
    ],
)  # fmt: skip
@POSIX
def test_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "manifest.json").write_text('{"name": "a web page"}', encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "others").mkdir()
    about = '{"schema": 2, "identical": true, "results": []}'
    (tmp_path / "others" / "comparison.json").write_text(about, encoding="utf-8")
    plan = write_tiny(tmp_path / "plan")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(TargetError, match=told) as caught:
        ready(name, kinds.RESULT, [plan])
    assert "；请换一个名称。" in caught.value.message.zh
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_what_windows_keeps_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("con", "NUL.xlsx", "lpt1", "a?b", "end.", "end "):
        allowed(tmp_path / name, kinds.RESULT)
        monkeypatch.setattr(target, "WINDOWS", True)
        with pytest.raises(TargetError, match="Windows"):
            allowed(tmp_path / name, kinds.RESULT)
        monkeypatch.setattr(target, "WINDOWS", False)


def test_every_command_refuses_before_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them gets as far as its verb, which would fail here in another way."""
    result = alloc.solve("hand", out=tmp_path / "r")
    (tmp_path / "afile").write_text("mine", encoding="utf-8")
    at = str(tmp_path / "afile" / "x")
    solved = str(tmp_path / "r")

    def late(*_: object, **__: object) -> None:
        raise AssertionError("the target is looked at first")

    for name in ("alloc.api.run", "alloc.api.vary", "alloc.checking.understand", "alloc.template.new.read",
                 "alloc.explanation.asking.of_result", "alloc.comparison.reading.compare_any",
                 "alloc.workbook.convert.from_source", "alloc.report.document.report"):  # fmt: skip
        monkeypatch.setattr(name, late)
    for words in (
        ["solve", "hand", "--out", at], ["convert", "hand", f"{at}.xlsx"], ["convert", "hand", at], ["init", at],
        ["init", f"{at}.xlsx"], ["check", "hand", "--mark", f"{at}.xlsx"], ["report", solved, "--out", at],
        ["compare", solved, solved, "--out", at], ["explain", solved, "--prices", "--out", f"{at}.json"],
        ["explain", solved, "--prices", "--out", f"{at}.html"],
        ["whatif", "hand", "--vary", "pools.general.total", "--from", "1", "--to", "2", "--out", at],
    ):  # fmt: skip
        done = CliRunner().invoke(main, [*words, "--lang", "en"])
        assert (done.exit_code, "is no folder; name another place" in done.output) == (1, True), (words, done.output)
    assert result.verified and (tmp_path / "afile").read_text(encoding="utf-8") == "mine"


def test_a_steps_number_without_end_and_an_option_given_twice() -> None:
    words = ["whatif", "hand", "--vary", "pools.general.total", "--from", "1", "--to", "2", "--lang", "en"]
    done = CliRunner().invoke(main, [*words, "--steps", "100000000"])
    assert done.exit_code == 64 and "100,000,000 values are too many" in done.output
    done = CliRunner().invoke(main, ["check", "hand", "--formulation", "a", "--formulation", "b", "--lang", "en"])
    assert done.exit_code == 64 and "--formulation is given 2 times" in done.output


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        ("solve hand --out plan.docx", "alloc export", "alloc export"),
        ("report hand --out plan.docx", "--to docx", "--to docx"),
        ("certify hand --out plan.docx", "例如 plan。", "such as plan."),
        ("merge hand hand --out plan.docx", "例如 plan。", "such as plan."),
        ("forms hand plan.docx", "例如 plan。", "such as plan."),
    ],
)
def test_a_folder_is_not_called_as_a_document(
    line: str, zh: str, en: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for language, told in (("zh", ("“plan.docx”是文件名", zh)), ("en", ("plan.docx is the name of a file", en))):
        done = CliRunner().invoke(main, [*line.split(), "--lang", language])
        assert done.exit_code == 64 and all(each in done.output for each in told), done.output
    assert not list(tmp_path.iterdir())
    (tmp_path / "plan.docx").mkdir()  # what is called so already is a folder
    assert CliRunner().invoke(main, ["forms", "hand", "plan.docx", "--lang", "en"]).exit_code == 0


def test_one_rule_of_naming(tmp_path: Path) -> None:
    """The first free number; before the ending of a file, behind the name of a folder, whatever dots it has."""
    for older in (None, "a.v2.1.json", "a.v2.2.json"):
        written = write(tmp_path / "a.v2.json", kinds.ANSWER, answer)
        assert written.older == (None if older is None else str(tmp_path / older))
    mine = kinds.Kind(kinds.RESULT.title, True, lambda path: True)
    for older in (None, "r.v2.1", "r.v2.2"):
        written = write(tmp_path / "r.v2", mine, lambda path: (path.mkdir(), (path / "x").touch()))
        assert written.older == (None if older is None else str(tmp_path / older))
    assert not list(tmp_path.glob(f"{PREFIX}*"))


def test_what_is_empty_is_taken_and_what_is_not_ours_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.json").touch()
    (tmp_path / "r").mkdir()
    older = str(tmp_path / "a.1.json") if target.WINDOWS else None
    assert write(tmp_path / "a.json", kinds.ANSWER, answer).older == older
    assert write(tmp_path / "r", kinds.RESULT, lambda path: path.mkdir()).older is None
    (tmp_path / "b.json").write_text('{"made_by": "me"}', encoding="utf-8")
    with pytest.raises(TargetError, match="not an answer"):
        write(tmp_path / "b.json", kinds.ANSWER, answer)
    assert (tmp_path / "b.json").read_text(encoding="utf-8") == '{"made_by": "me"}'


@POSIX
@pytest.mark.parametrize("links", [True, False])
def test_a_claimed_name_is_taken_over_once_nobody_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """A run that was killed leaves an empty file; one that goes on has it locked. Names that a user has are left."""

    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", none)
    assert write(tmp_path / "a.json", kinds.ANSWER, answer).older is None
    (tmp_path / "nowhere.json").symlink_to(tmp_path / "nothing")
    (tmp_path / "a.1.json").symlink_to(tmp_path / "nowhere.json")
    (tmp_path / "a.2.json").mkdir()
    (tmp_path / "a.3.json").touch()
    (tmp_path / "a.4.json").touch()
    with (tmp_path / "a.3.json").open("rb+") as held:
        assert lock(held.fileno())
        assert write(tmp_path / "a.json", kinds.ANSWER, answer).older == str(tmp_path / "a.4.json")
    assert write(tmp_path / "a.json", kinds.ANSWER, answer).older == str(tmp_path / "a.3.json")
    assert write(tmp_path / "a.json", kinds.ANSWER, answer).older == str(tmp_path / "a.5.json")
    assert (tmp_path / "a.1.json").is_symlink() and not (tmp_path / "nothing").exists()
    assert all(kinds.ANSWER.own(tmp_path / f"a{number}.json") for number in ("", ".3", ".4", ".5"))


@pytest.mark.parametrize("name", ["x.html", "x.xlsx", "x.docx", "x.pdf", "x.json"])
@pytest.mark.long
def test_every_document_is_known_again(tmp_path: Path, name: str) -> None:
    """By its content alone: the same under the name of something else is not taken for that."""
    answer = alloc.solve("hand").explain(prices=True, quick=True)
    try:
        assert alloc.save(answer, tmp_path / name).older is None
    except alloc.ReportError:
        pytest.skip("a library or a font is missing")
    assert alloc.save(answer, tmp_path / name).older == str(tmp_path / f"x.1{Path(name).suffix}")
    (tmp_path / name).write_bytes(b"a letter")
    with pytest.raises(TargetError, match="that alloc has written"):
        alloc.save(answer, tmp_path / name)


def test_a_full_disk_at_the_end_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the target cannot take is written where one stands, or with the temporary files; never over anything."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    full = [tmp_path / "disk"]

    def writer(path: Path) -> None:
        if any(path.is_relative_to(each) for each in full):
            raise OSError(errno.ENOSPC, "No space left on device")
        answer(path)

    wanted = tmp_path / "disk" / "a.json"
    written = write(wanted, kinds.ANSWER, writer, rescued=True)
    assert (written.path, written.instead_of) == (str(here / "a.json"), str(wanted))
    assert written.why is not None and "No space left" in written.why.en
    assert write(wanted, kinds.ANSWER, writer, rescued=True).path == str(here / "a.1.json")
    full.append(here)
    assert write(wanted, kinds.ANSWER, writer, rescued=True).path == str(tmp_path / "temporary" / "a.json")
    full.append(tmp_path)
    with pytest.raises(TargetError, match="No space left"):
        write(wanted, kinds.ANSWER, writer, rescued=True)
    with pytest.raises(TargetError, match="No space left"):
        write(wanted, kinds.ANSWER, writer)
    assert list((tmp_path / "disk").iterdir()) == []


def test_a_solve_whose_target_fails_is_kept_and_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alloc.result import store

    monkeypatch.chdir(tmp_path)
    original = store._write_manifest

    def full(content: object, path: Path) -> None:
        if "disk" in path.parts:
            raise OSError(errno.ENOSPC, "No space left on device")
        original(content, path)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "_write_manifest", full)
    done = CliRunner().invoke(main, ["solve", "hand", "--out", "disk/r", "--quiet", "--lang", "en"])
    assert done.exit_code == 3 and "No space left" in done.output
    assert alloc.verify(tmp_path / "r").passed


@POSIX
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "256k") as disk:
        (disk / "filler").write_bytes(bytes(200_000))
        with pytest.raises(TargetError, match="No space left"):
            ready(disk / "r", kinds.RESULT)
        assert [path.name for path in disk.iterdir()] == ["filler"]


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(TargetError, match="may not be written to"):
            ready(tmp_path / "r", kinds.RESULT)
    finally:
        tmp_path.chmod(0o700)


def test_leftovers_of_the_dead_are_cleaned_and_the_living_left_alone(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from alloc.writing.workshop import workshop\n"
        "with workshop(Path(sys.argv[1])) as place:\n    print(place, flush=True)\n    time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True,
                               encoding="utf-8")  # fmt: skip
    assert process.stdout is not None
    place = Path(process.stdout.readline().strip())
    with workshop(tmp_path) as mine:
        ready(tmp_path / "r", kinds.RESULT)
        assert place.is_dir() and mine.is_dir()
        process.kill()
        process.wait()
        ready(tmp_path / "r", kinds.RESULT)
        assert mine.is_dir() and not place.exists()
    bare = tmp_path / f"{PREFIX}young"
    bare.mkdir()
    clean(tmp_path)
    assert bare.is_dir(), "it may be just being made"
    os.utime(bare, (time.time() - 2 * YOUNG,) * 2)
    clean(tmp_path)
    assert not bare.exists() and OWNER


@pytest.mark.long
def test_writers_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """Of 4 that write 10 times each, 40 are there afterwards, every one whole."""
    texts = {(each, number) for each in range(4) for number in range(10)}
    errors: list[BaseException] = []

    def many(each: int) -> None:
        try:
            for number in range(10):
                told = f'{{, "n": [{each}, {number}]}}'
                write(tmp_path / "a.json", kinds.ANSWER, lambda path, told=told: answer(path, told))
                write_new(each, number)
        except BaseException as error:
            errors.append(error)

    def write_new(each: int, number: int) -> None:
        mine = kinds.Kind(kinds.RESULT.title, True, lambda path: True)

        def writer(path: Path) -> None:
            path.mkdir()
            (path / "n").write_text(f"{each} {number}", encoding="utf-8")

        write(tmp_path / "r", mine, writer)

    threads = [threading.Thread(target=many, args=(each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = [tuple(json.loads(path.read_text(encoding="utf-8"))["n"]) for path in tmp_path.glob("a*.json")]
    assert len(found) == 40 and set(found) == texts
    folders = [(path / "n").read_text(encoding="utf-8") for path in tmp_path.glob("r*")]
    assert sorted(folders) == sorted(f"{each} {number}" for each, number in texts)
    assert not list(tmp_path.glob(f"{PREFIX}*"))


def test_a_new_instance_is_never_written_over_another(tmp_path: Path) -> None:
    """What alloc has made is renamed beside, changed or not; a folder of something else is refused."""
    texts = {"instance.toml": "", "a.csv": "a\n"}
    assert write_folder(tmp_path / "plan", texts) is None
    (tmp_path / "plan" / "a.csv").write_text("filled in", encoding="utf-8")
    assert write_folder(tmp_path / "plan", texts) == str(tmp_path / "plan.1")
    assert (tmp_path / "plan.1" / "a.csv").read_text(encoding="utf-8") == "filled in"
    (tmp_path / "plan" / "instance.toml").unlink()
    with pytest.raises(TargetError, match="it exists and is not an instance that alloc has written"):
        write_folder(tmp_path / "plan", texts)


@POSIX
@pytest.mark.long
@pytest.mark.parametrize(("stream", "code"), [("full", 3), ("closed", 3)])
def test_output_that_nobody_takes(stream: str, code: int) -> None:
    """A full disk behind standard output is said; a reader that has gone is not; neither is a traceback."""
    if stream == "full" and not Path("/dev/full").exists():
        pytest.skip("there is no device that is always full")
    command = [sys.executable, "-m", "alloc", "show", "hand", "--lang", "en"]
    if stream == "full":
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        said, ended = done.stderr, done.returncode
    else:
        reader, writer = os.pipe()
        os.close(reader)
        process = subprocess.Popen(command, stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        said, ended = process.communicate()[1], process.returncode
    assert b"Traceback" not in said and b"Exception ignored" not in said
    assert (b"cannot be written" in said) == (stream == "full")
    assert ended == code


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("seed", range(8))
def test_killed_at_any_instant(tmp_path: Path, seed: int) -> None:
    """The older result is whole under its name or the next one, and nothing is left over after the next run."""
    alloc.solve("hand", out=tmp_path / "r")
    code = (
        "import sys, alloc; result = alloc.load_result(sys.argv[1]); print('ready', flush=True)\n"
        "while True:\n    alloc.save(result, sys.argv[1])"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "r")], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.3))
    process.kill()
    process.wait()
    ready(tmp_path / "r", kinds.RESULT)
    assert not list(tmp_path.glob(f"{PREFIX}*"))
    found = sorted((path for path in tmp_path.iterdir() if path.is_dir()), key=lambda path: path.stat().st_ctime_ns)
    assert found and all((path / "manifest.json").is_file() for path in found)
    assert all(alloc.verify(path).passed for path in found[-3:]), "those that were being moved last"


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("megabytes", [300, 700, 1500])
def test_want_of_memory_is_no_traceback(tmp_path: Path, megabytes: int) -> None:
    """Once the command itself is loaded, whatever is then short: a sentence or a result."""
    code = (
        "import resource, sys; from alloc import api; from alloc.cli import main; import alloc.cli.commands.solve\n"
        "used = int(open('/proc/self/statm', encoding='ascii').read().split()[0]) * resource.getpagesize()\n"
        f"resource.setrlimit(resource.RLIMIT_AS, (used + {megabytes} * 2**20 // 10,) * 2)\n"
        "main(['solve', 'china-2020', '--relaxation', '--quiet', '--out', sys.argv[1]])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r")], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode()[-2000:]
    assert (done.returncode == 0) == (tmp_path / "r").exists()
