"""Documents made from the page: what can be made is, what cannot is said with the command of README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.errors import AllocError
from alloc.report import writing
from alloc.text import Text
from alloc.workbench import worker
from workbench_server import served

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation as README begins with, without what Word and PDF need."""
    monkeypatch.setattr(writing, "find_spec", lambda name: None)


def test_what_is_missing_is_said_with_the_command_of_the_readme(bare: None):
    said = writing.lacking("docx")
    assert said == Text(
        'docx：缺少 python-docx。请在程序的文件夹中运行 pip install -e ".[report]"。',
        'docx: python-docx is not installed; run pip install -e ".[report]" in the clone.',
    )
    assert '`pip install -e ".[report]"` in the clone' in README.read_text(encoding="utf-8")
    assert writing.lacking("html") is None and writing.lacking("xlsx") is None


def test_formats_that_can_be_made_are_made_beside_those_that_cannot(bare: None, tmp_path: Path):
    result = alloc.solve("hand", relaxation=True)
    asked: dict[str, Any] = {"out": str(tmp_path), "formats": ["html", "docx", "pdf"], "language": "zh", "cities": []}
    made = worker._documents(asked, result)
    assert [Path(file).suffix for file in made["files"]] == [".html"]
    assert [each["en"].partition(":")[0] for each in made["missing"]] == ["docx", "pdf"]
    with pytest.raises(AllocError) as refused:
        worker._documents(asked | {"formats": ["docx"]}, result)
    assert refused.value.message == writing.lacking("docx")


def test_documents_are_listed_by_what_they_are_of(tmp_path: Path):
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        client.edit("pools.general.reserve = 0.1")
        client.settled()
        answer = client.post(f"w/{client.w}/documents", {"kind": "report", "formats": ["html"], "language": "zh"})
        job = answer.json()["job"]
        assert client.get(f"w/{client.w}/documents").json()["making"] == [job]
        while client.get(f"jobs/{job}").json()["state"] in ("waiting", "running"):
            pass
        found = client.get(f"w/{client.w}/documents").json()
        (document,) = found["documents"]
        assert found["making"] == []
        title = client.desk.live(client.w).instance.settings.title
        assert document["title"] == {"zh": f"{title.zh}，1 处修改", "en": f"{title.en}, 1 edit"}
        assert (document["kind"], document["language"]) == ("report", "zh")
        assert found["missing"] == {
            form: said._asdict() for form in ("docx", "pdf") if (said := writing.lacking(form)) is not None
        }
