"""Builds the site of the docs, both languages, to be read from disk: ``python docs/site/build.py [OUT]``.

Pages are taken as they stand (`pages.toml`), some are written from the catalogue and from docstrings (`made.py`). A
link to a page of the site goes there; one to a file that the site does not have becomes the file's name. A link or an
anchor that leads nowhere stops the build. Needs ``alloc[docs]``.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from made import MADE, notebook
from mkdocs.commands.build import build as make
from mkdocs.config import load_config
from mkdocstrings_handlers.python import PythonHandler
from pymdownx.slugs import slugify

HOME = Path(__file__).resolve().parent
ROOT = HOME.parents[1]
OUT = ROOT / "build" / "site"
LANGUAGES = ("zh", "en")
OTHER = {"zh": "en", "en": "zh"}
TITLE = {"zh": "alloc：人地钱挂钩的分配引擎", "en": "alloc: an allocation engine"}
ONLY = {  # above a page that the language lacks
    "zh": '!!! note ""\n    本页目前只有英文。\n\n',
    "en": '!!! note ""\n    This page is in Chinese only so far.\n\n',
}
SEARCH: dict[str, dict[str, Any]] = {  # Chinese has no spaces between words: every character is looked up by itself
    "zh": {"lang": "en", "pipeline": [], "separator": r"[\s\-,:!=()\"`._，。、；：（）“”《》]+|(?=[\u4e00-\u9fff])"},
    "en": {"lang": "en"},
}
INTERFACE = {  # how docstrings are read and shown
    "paths": [str(ROOT), str(ROOT / "models")],
    "options": {
        "docstring_style": "google", "show_root_heading": True, "show_source": False, "heading_level": 2,
        "filters": ["!^_"], "docstring_options": {"warn_unknown_params": False, "warn_missing_types": False},
    },
}  # fmt: skip
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+\.[a-z]+(?:#[^()\s]+)?)\)")
SWITCH = re.compile(r"^\[(?:中文|English)\]\([^)]*\)\n+", re.MULTILINE)
PIECE = re.compile(rf"{LINK.pattern}|^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)  # a link, or code


def read_once() -> None:
    """Both languages show the same docstrings: the modules are read for the first, and what was found serves both."""
    made, found = PythonHandler.__init__, dict[str, Any]()

    def begun(self: PythonHandler, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        for name in ("_modules_collection", "_lines_collection"):
            setattr(self, name, found.setdefault(name, getattr(self, name)))

    PythonHandler.__init__ = begun


@cache
def pages() -> list[dict[str, Any]]:
    """What the site has, in its order."""
    found: list[dict[str, Any]] = tomllib.loads((HOME / "pages.toml").read_text(encoding="utf-8"))["page"]
    return found


@cache
def sources() -> dict[Path, str]:
    """Every file that is a page, in whatever language, and the name of its page."""
    return {ROOT / path: each["name"] for each in pages() for path in each.get("source", {}).values()}


def written(page: Mapping[str, Any], language: str) -> tuple[str, Path | None]:
    """The text of a page in a language, and the file that it is taken from; None for one that is made."""
    if "made" in page:
        return MADE[page["made"]](language), None
    path = ROOT / page["source"].get(language, page["source"].get(OTHER[language]))
    text = notebook(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    return ("" if language in page["source"] else ONLY[language]) + SWITCH.sub("", text, count=1), path


def linked(text: str, source: Path, language: str, assets: Path) -> str:
    """A page with its links as the site has them; pictures are copied beside.

    Args:
        text: of the page.
        source: the file that it is taken from.
        language: of the site.
        assets: folder of the site's pictures.
    """
    names = sources()

    def turned(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        if target is None or re.match(r"[a-z]+:|#", target):
            return found[0]
        file, _, anchor = target.partition("#")
        path = (source.parent / file).resolve()
        if not path.exists():
            raise SystemExit(f"{source.relative_to(ROOT)}: {target} leads nowhere")
        if picture:
            assets.mkdir(exist_ok=True)
            shutil.copyfile(path, assets / path.name)
            return f"![{words}]({assets.name}/{path.name})"
        if path in names:
            name = names[path]
            own = next(each for each in pages() if each["name"] == name)["source"].get(language)
            whole = anchor and own is not None and ROOT / own == path
            return f"[{words}]({name}.md{f'#{anchor}' if whole else ''})"
        return words if words.startswith("`") else f"{words} (`{path.relative_to(ROOT).as_posix()}`)"

    return PIECE.sub(turned, text)


def settings(language: str, source: Path, out: Path) -> dict[str, Any]:
    """The settings of the site in a language."""
    nav = [{each["title"][language]: f"{each['name']}.md"} for each in pages()]
    return {
        "site_name": TITLE[language], "docs_dir": str(source), "site_dir": str(out), "use_directory_urls": False,
        "theme": {"name": "material", "language": language, "font": False, "features": ["content.code.copy"],
                  "palette": {"primary": "custom", "accent": "custom"}},
        "nav": nav, "extra_css": ["assets/site.css"],
        "extra": {
            "generator": False, "polyfills": ["assets/iframe-worker-shim.js"],
            "alternate": [{"name": {"zh": "中文", "en": "English"}[each], "link": f"../{each}/index.html", "lang": each}
                          for each in LANGUAGES],
        },
        "plugins": [{"mkdocstrings": {"handlers": {"python": INTERFACE}}}, {"search": SEARCH[language]}, "offline"],
        "markdown_extensions": ["admonition", "attr_list", "md_in_html", "tables", {"toc": {"permalink": False}},
                                "pymdownx.highlight", "pymdownx.superfences"],
        "validation": {"links": {"not_found": "warn", "anchors": "warn", "absolute_links": "warn"},
                       "nav": {"omitted_files": "warn"}},
        "strict": True,
    }  # fmt: skip


def build(out: Path = OUT) -> Path:
    """The whole site, anew.

    Args:
        out: the folder; one that is there is replaced only where it is such a site.

    Returns:
        Its first page.

    Raises:
        SystemExit: a link leads nowhere, or `out` holds something else.
    """
    mark = out / "made-by-alloc-docs.txt"
    if out.exists() and any(out.iterdir()) and not mark.exists():
        raise SystemExit(f"{out} holds something else: choose another folder")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    mark.write_text("python docs/site/build.py\n", encoding="utf-8")
    read_once()
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "pages"
            shutil.copytree(HOME / "assets", source / "assets")
            for page in pages():
                text, path = written(page, language)
                if path is not None:
                    text = linked(text, path, language, source / "pictures")
                (source / f"{page['name']}.md").write_text(text, encoding="utf-8", newline="\n")
            config = Path(folder) / "mkdocs.yml"
            config.write_text(json.dumps(settings(language, source, out / language)), encoding="utf-8")
            loaded = load_config(str(config))
            loaded["mdx_configs"]["toc"]["slugify"] = slugify(case="lower")
            make(loaded)
    first = out / "index.html"
    first.write_text(FIRST, encoding="utf-8", newline="\n")
    return first


FIRST = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>alloc</title>
<meta http-equiv="refresh" content="0; url=zh/index.html"></head>
<body><p><a href="zh/index.html">中文</a></p><p><a href="en/index.html">English</a></p></body></html>
"""


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    print(build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else OUT))
