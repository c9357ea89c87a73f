"""How a workspace begins: from what ships, a path, an upload; and what an upload may not be."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.cli import COMMANDS, main
from alloc.workbench import command
from alloc.workbench.api import uploads
from alloc.workbench.runs.early import load
from alloc.workbench.sessions import Live
from workbench_server import Client, served

pytestmark = pytest.mark.long
HAND = Path(__file__).resolve().parent.parent / "instances" / "hand"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with served(tmp_path / "desk") as found:
        yield found


def zipped(files: dict[str, bytes], **attributes: int) -> bytes:
    """A zip of these files; by name with the mode of a link, say."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = attributes.get(name.partition(".")[0], 0o644) << 16
            archive.writestr(info, content)
    return made.getvalue()


def sent(client: Client, name: str, content: bytes) -> tuple[int, dict[str, object]]:
    found = client.http.post("/api/v1/uploads", params={"name": name}, content=content)
    return found.status_code, found.json()


def test_uploads_become_workspaces(client: Client, tmp_path: Path) -> None:
    """A zip of a folder and a workbook: the same instance as what they were made of, to the hash."""
    wanted = alloc.read("hand").hash
    files = {f"mine/{each.name}": each.read_bytes() for each in HAND.iterdir() if each.suffix in (".csv", ".toml")}
    files.pop("mine/expected.toml")
    alloc.convert("hand", tmp_path / "hand.xlsx")
    for name, content in (("a.zip", zipped(files)), ("b.xlsx", (tmp_path / "hand.xlsx").read_bytes())):
        status, taken = sent(client, name, content)
        assert status == 201, taken
        client.begin(str(taken["id"]), "upload")
        assert client.settled()["hash"] == wanted
        assert client.post("workspaces", {"source": "upload", "value": taken["id"]}).status_code == 404  # it is used up
    listed = client.get("workspaces").json()["workspaces"]
    assert [each["open"] for each in listed] == [True, True]
    assert all(str(tmp_path) not in each["id"] for each in listed)


def test_what_an_upload_may_not_be(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"cities.csv": b"city\n"}
    monkeypatch.setattr(uploads, "UNPACKED", 1 << 20)
    bomb = zipped({"cities.csv": b"0" * (2 << 20)})
    lying = bytearray(bomb)  # says that it is small when it is unpacked
    at = lying.rindex(b"PK\x01\x02") + 24
    lying[at : at + 4] = (100).to_bytes(4, "little")
    monkeypatch.setattr(uploads, "ENTRIES", 10)
    for name, content in (
        ("a.exe", zipped(table)), ("a.xls", b"\xd0\xcf\x11\xe0"), ("a.xlsx", b"not a zip"), ("a.zip", b""),
        ("a.zip", bomb), ("a.zip", bytes(lying)), ("a.zip", zipped({"../cities.csv": b""})),
        ("a.zip", zipped({"/etc/cities.csv": b""})), ("a.zip", zipped({"c:cities.csv": b""})),
        ("a.zip", zipped({"..\\cities.csv": b""})), ("a.zip", zipped({"run.py": b""})),
        ("a.zip", zipped({"link.csv": b"/etc/passwd"}, link=0o120777)),
        ("a.zip", zipped({f"{number}.csv": b"" for number in range(11)})),
        ("a.xlsx", zipped({"xl/vbaProject.bin": b""})), ("a.zip", zipped(table)[:-30]),
    ):  # fmt: skip
        status, said = sent(client, name, content)
        assert status == 400, (name, said)
        assert said["title"]["zh"] and said["title"]["en"]  # type: ignore[index]
    left = client.desk.root / ".uploads"
    assert list(left.iterdir()) == []


def test_an_upload_that_is_no_instance_is_told_with_findings(client: Client) -> None:
    status, taken = sent(client, "a.zip", zipped({"cities.csv": b"city\n1\n", "instance.toml": b"schema = 1\n"}))
    assert status == 201
    refused = client.post("workspaces", {"source": "upload", "value": taken["id"]})
    assert refused.status_code == 400 and refused.json()["findings"]
    assert client.get("workspaces").json()["workspaces"] == []


def test_paths_are_what_the_commands_take(client: Client, tmp_path: Path) -> None:
    client.begin(HAND)
    first = client.settled()
    place = client.desk.live(client.w).files.place
    assert client.post("workspaces", {"source": "path", "value": str(place)}).json()["id"] == client.w
    for value in ("nowhere", str(tmp_path), "/dev/null", "\x00", "x" * 999):
        assert client.post("workspaces", {"source": "path", "value": value}).status_code == 400, value
    assert client.http.delete(f"/api/v1/w/{client.w}").status_code == 204
    assert client.settled()["hash"] == first["hash"]  # opened again when it is asked for


def test_no_more_than_a_few_are_open(client: Client) -> None:
    for _ in range(4):
        client.begin("hand", "shipped")
    assert client.post("workspaces", {"source": "shipped", "value": "hand"}).status_code == 429
    client.desk.live(client.w).touched -= 2_000.0  # nobody has asked it for half an hour
    client.begin("hand", "shipped")


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_links_are_not_followed(client: Client, tmp_path: Path) -> None:
    client.begin("hand", "shipped")
    documents = client.desk.live(client.w).files.place / "documents" / "report-en-0"
    documents.mkdir(parents=True)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (documents / "report.html").symlink_to(tmp_path / "secret")
    assert client.get(f"w/{client.w}/documents").json()["documents"] == []
    assert client.get(f"w/{client.w}/documents/report-en-0~report.html").status_code == 404


def test_it_is_a_command() -> None:
    assert "workbench" in COMMANDS


def test_what_is_to_be_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "NEEDED", ("no_such_library",))
    for lang in ("zh", "en"):
        done = CliRunner().invoke(main, ["workbench", "hand", "--lang", lang])
        assert (
            done.exit_code == 1 and 'pip install "alloc[workbench]"' in done.output and "no_such_library" in done.output
        )


def test_a_folder_that_is_no_instance_is_said_in_one_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (place := tmp_path / "图片").mkdir()
    words = ["workbench", str(place), "--folder", str(tmp_path / "f"), "--no-browser", "--lang", "zh"]
    ended = CliRunner().invoke(main, words)
    assert (ended.exit_code, caplog.records) == (1, [])
    said = "这里没有 instance.toml，不是算例文件夹。给出含有 instance.toml 和各表的文件夹，或一个 .xlsx 工作簿。"
    assert ended.output == f"错误: 图片：{said}\n"


@pytest.mark.skipif(os.name != "posix", reason="an interrupt sent to one process")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_address_stands_alone_on_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Nothing stands behind it that a terminal would take for a part of it."""

    class Ready:
        def __init__(self, app: object, ready: Callable[[], None], leave: Callable[[], None]) -> None:
            self.run = lambda sockets: [ready(), *(each.close() for each in sockets)]

    monkeypatch.setattr("alloc.workbench.front.listening.server", Ready)
    words = ["workbench", "--folder", str(tmp_path), "--no-browser", "--lang", language]
    first, second, last = CliRunner().invoke(main, words).stdout.splitlines()
    assert re.fullmatch(r".*: ?http://127\.0\.0\.1:\d+/\?token=[\w-]+", first.replace("：", ":")) and "Ctrl-C" in second
    assert last == {"zh": "工作台已结束。", "en": "The workbench has ended."}[language]


def test_the_command_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    """It prints one address, whose token is taken once, and ends with 0 and without a word, whoever listens."""
    with interrupted("hand", "--folder", str(tmp_path)) as address:
        assert httpx.get(address.partition("#")[0]).status_code == 303
        assert httpx.get(address.partition("#")[0]).status_code == 401


@pytest.mark.slow
def test_it_ends_without_a_word_after_the_process_beside_has_worked(tmp_path: Path) -> None:
    """That process is ended by a signal, and what it leaves behind is cleared away in silence."""
    with interrupted("hand", "--folder", str(tmp_path)) as address:
        token, w = address.partition("token=")[2].partition("#")[0], address.partition("#w=")[2]
        base = f"{address.partition('?')[0]}api/v1"
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
            end = time.monotonic() + 60
            while client.get(f"{base}/w/{w}").json()["lamp"] != "ok":
                assert time.monotonic() < end
                time.sleep(0.1)
            job = client.post(f"{base}/w/{w}/ask", json={"kind": "prices"}).json()["job"]
            while client.get(f"{base}/jobs/{job}").json()["state"] in ("waiting", "running"):
                assert time.monotonic() < end
                time.sleep(0.1)
            assert client.get(f"{base}/jobs/{job}").json()["state"] == "done"


@pytest.mark.slow
def test_it_ends_at_once_while_a_page_listens_and_while_it_is_being_loaded(tmp_path: Path) -> None:
    """A page that is open keeps a stream of events; one that asks before the program is loaded is told that it ends."""
    place = tmp_path / "hand"

    def listening(address: str, told: list[str]) -> None:
        token = address.partition("token=")[2].partition("#")[0]
        events = f"{address.partition('?')[0]}api/v1/w/{address.partition('#w=')[2]}/events"
        with httpx.stream("GET", events, headers={"Authorization": f"Bearer {token}"}, timeout=60) as answer:
            told.append(str(answer.status_code))
            for line in answer.iter_lines():
                told.append(line)

    def listens(address: str, until: Callable[[list[str]], bool]) -> tuple[threading.Thread, list[str]]:
        told: list[str] = []
        thread = threading.Thread(target=listening, args=(address, told), daemon=True)
        thread.start()
        end = time.monotonic() + 60
        while not until(told):
            assert time.monotonic() < end, told
            time.sleep(0.02)
        return thread, told

    with interrupted("hand", "--folder", str(tmp_path)) as address:
        thread, told = listens(address, lambda told: "event: ready" in told)
        end = time.monotonic() + 60
        while not (place / ".workbench" / "shown.json").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
    thread.join(10)
    assert not thread.is_alive() and told[0] == "200"
    with interrupted(str(place), text=True) as address:
        thread, told = listens(address, lambda told: True)
        time.sleep(1)  # it is asked, and the program takes longer to be loaded
    thread.join(10)
    assert not thread.is_alive() and told[0] in ("200", "503")


@contextmanager
def interrupted(*words: str, text: bool = False) -> Iterator[str]:
    """The address of the command, which is interrupted then: it ends with 0, and says so to who reads it."""
    form = ["--lang", "en"] if text else ["--format", "json"]
    given = [sys.executable, "-m", "alloc", "workbench", *words, "--no-browser", *form]
    with subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        if text:
            address = running.stdout.readline().decode().removeprefix("The workbench: ").strip()
        else:
            address = json.loads(b"".join(iter(running.stdout.readline, b"}\n")) + b"}")["address"]
        try:
            yield address
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
        assert running.stderr.read().decode() == ""
        assert running.stdout.read().decode() == ("Ctrl-C ends it.\nThe workbench has ended.\n" if text else "")


def test_the_picture_of_last_time_is_shown_at_once_where_nothing_has_changed(tmp_path: Path) -> None:
    """Before anything is read or solved, labelled; a changed byte of the instance and it is not shown."""
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        assert client.edit("pools.general.total = 9000").status_code == 202
        before = client.settled()
        cities = client.get(f"w/{client.w}/cities").json()
        place = client.desk.live(client.w).files.place
        end = time.monotonic() + 30
        while not (early := load(place, client.w)):
            assert time.monotonic() < end
            time.sleep(0.05)
    with served(tmp_path) as again:
        again.w = client.w
        first = again.state()
        assert first["lamp"] == "wait" and first["words"]["en"] == "Result of last time, verified"
        assert (first["hash"], first["tiers"], first["revision"]) == (
            before["hash"],
            before["tiers"],
            before["revision"],
        )
        assert again.get(f"w/{client.w}/cities").json() == cities
        after = again.settled()
        wider = again.get(f"w/{client.w}/cities", params={"columns": "cities.built_up"}).json()
        assert [each["id"] for each in wider["columns"]][-1] == "cities.built_up"
        assert wider["totals"][-1] == sum(wider["values"][-1]) > 0, "what adds up where cities are merged has a total"
        changing = ("last_event", "seconds", "effect", "tiers")  # of the edit itself nothing is told again
        assert {key: after[key] for key in after if key not in changing} == {
            key: before[key] for key in before if key not in changing
        }
    table = place / "instance" / "cities.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    assert early is not None and load(place, client.w) is None


def test_who_asks_for_further_columns_first_still_sees_the_picture_of_last_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workspace that is opened by another question than for its state keeps what it showed until it is solved."""
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        before = client.settled()
        cities = client.get(f"w/{client.w}/cities").json()
        place = client.desk.live(client.w).files.place
        end = time.monotonic() + 30
        while not load(place, client.w):
            assert time.monotonic() < end
            time.sleep(0.05)
    monkeypatch.setattr(Live, "_solve", lambda *given: None)  # as until the first solve is through
    with served(tmp_path) as again:
        again.w = client.w
        again.desk.live(client.w)
        assert again.state()["hash"] == before["hash"]
        for query in ({"columns": "cities.built_up"}, {"at": "shown"}):
            assert again.get(f"w/{client.w}/cities", params=query).json() == cities


def test_a_program_that_is_killed_comes_back_with_every_edit_and_the_same_result(tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "alloc",
        "workbench",
        "hand",
        "--folder",
        str(tmp_path),
        "--no-browser",
        "--format",
        "json",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        said = b"".join(iter(running.stdout.readline, b"}\n")) + b"}"
        base, _, rest = json.loads(said)["address"].partition("/?token=")
        token, _, w = rest.partition("#w=")
        http = httpx.Client(base_url=f"{base}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        for revision, total in enumerate((9_000, 9_500)):
            asked = {"revision": revision, "lines": [f"pools.general.total = {total}"], "trial": revision == 1}
            assert http.post(f"/w/{w}/edits", json=asked).status_code == 202
        running.kill()  # the last one may not have been solved
    with served(tmp_path) as client:
        client.w = w
        state = client.settled()
        assert [each["lines"] for each in state["edits"]] == [
            [f"pools.general.total = {each}"] for each in (9_000, 9_500)
        ]
        assert state["trial"]
        assert state["hash"] == alloc.Session("hand", edits="pools.general.total = 9500").result.instance.hash


def test_the_list_says_what_stands_and_what_is_damaged(client: Client) -> None:
    client.begin("hand", "shipped")
    client.settled()
    assert client.edit("pools.general.total = 9000").status_code == 202
    (listed,) = client.get("workspaces").json()["workspaces"]
    assert (listed["units"], listed["state"]["en"]) == (2, "1 edit, saved") and listed["last"]
    place = client.desk.live(client.w).files.place
    client.desk.close()
    with (place / ".workbench" / "edits.jsonl").open("ab") as log:
        log.write(b"nothing\n")
    answer = client.get("workspaces").json()
    assert answer["workspaces"][0]["state"]["zh"] == "记录第 2 行无法读取"
    assert len(answer["provinces"]) == 31 and answer["provinces"]["440000"]["en"] == "Guangdong"
    refused = client.get(f"w/{client.w}")
    assert refused.status_code == 423 and "Line 2" in refused.json()["title"]["en"]


def test_an_empty_workbook_is_handed_out(client: Client) -> None:
    got = client.http.get("/api/v1/template", params={"language": "en"})
    assert got.status_code == 200 and zipfile.is_zipfile(io.BytesIO(got.content))
