"""Words for users: every text stands in Chinese and in English."""

from __future__ import annotations

import errno
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

_REFUSALS: Mapping[int, str] = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限",
    errno.EISDIR: "是文件夹", errno.ENOTDIR: "路径中有一段不是文件夹", errno.EEXIST: "已经存在",
    errno.ENOSPC: "磁盘已满", errno.EROFS: "磁盘只读", errno.EBUSY: "正被占用", errno.ENAMETOOLONG: "名称过长",
    errno.EFBIG: "文件过大", errno.EMFILE: "打开的文件过多", errno.EIO: "磁盘读写出错", errno.EINVAL: "名称或内容无效",
    errno.ELOOP: "链接成环", errno.EPIPE: "读取的一方已关闭", errno.EADDRINUSE: "地址已被占用",
}  # fmt: skip
_ASKED_BY_COMMAND: list[bool] = [False]  # whether a command asks, the last counts; here, since this loads at once
_SLOT = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


class Text(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def fill(self, **words: object) -> Text:
        """Both texts with their ``{names}`` replaced; ``{name:,.0f}`` says how a number is written.

        ``{name:|city|cities}`` is the word for one, or for any other number.

        Args:
            words: by name; one that is a ``Text`` itself is taken in its language.

        Returns:
            The texts; braces around anything else stay: a user's own words, already in a text, may have some.
        """
        return Text(
            _filled(self.zh, {name: word.zh if isinstance(word, Text) else word for name, word in words.items()}),
            _filled(self.en, {name: word.en if isinstance(word, Text) else word for name, word in words.items()}),
        )

    def said(self, language: str, **words: object) -> str:
        """One of them, with its ``{names}`` replaced.

        Args:
            language: ``zh`` or ``en``.
            words: by name.

        Returns:
            The text.
        """
        return _filled(getattr(self, language), words)


def _filled(text: str, words: Mapping[str, object]) -> str:
    def shown(slot: re.Match[str]) -> str:
        name, form = slot.groups()
        if name not in words:
            return slot[0]
        if form is not None and form.startswith("|"):
            return str(form.split("|")[1 if str(words[name]) == "1" else 2])
        return format(words[name], form or "")

    return _SLOT.sub(shown, text)


def system_words(error: Exception) -> Text:
    """Why a system refuses: in Chinese for the usual reasons, in English, and else, in its own words."""
    number = getattr(error, "errno", None)
    said = getattr(error, "strerror", None) or str(error)
    return Text(_REFUSALS.get(number or 0, said), said)


def for_shell(word: str) -> str:
    """A word of a command as the shell of this platform takes it."""
    if not word:
        return '""'
    if sys.platform == "win32":
        return subprocess.list2cmdline([word])
    if any(sign in word for sign in "$`\\!"):  # which a shell reads between double quotes too
        return shlex.quote(word)
    quoted = word.replace('"', '\\"')
    return f'"{quoted}"' if re.search(r"[^\w./:=@%+,-]", word) else word


def listed(parts: Iterable[Text]) -> Text:
    """Several texts in a row."""
    every = list(parts)
    return Text("、".join(part.zh for part in every), ", ".join(part.en for part in every))


def behind_number(unit: str) -> str:
    """A unit as it stands behind a number: with a cross before a power of ten, lest its digits run into the number."""
    return f"× {unit}" if unit[:1].isdigit() else unit


def figure(value: float) -> str:
    """A number as messages show it: whole numbers in full, others with about six digits, thousands apart by commas."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}"
    return format(value, ",.1f" if 1e6 <= abs(value) < 1e15 else ",.6g")


@contextmanager
def as_command() -> Iterator[None]:
    """Within, messages call arguments as a command has them."""
    _ASKED_BY_COMMAND.append(True)
    try:
        yield
    finally:
        _ASKED_BY_COMMAND.pop()


def by_command() -> bool:
    """Whether a command asks, and no function."""
    return _ASKED_BY_COMMAND[-1]
