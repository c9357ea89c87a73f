"""Arguments of the verbs: one that no verb could use is refused with what is wrong and what would be right.

The command line checks its options by itself; in Python anything can come. What an argument has to be follows from its
name, which means the same in all verbs, or from ``verb.name`` where one differs. What only an instance or a result can
tell, as whether there is such a city, is for the verb. How an argument is called depends on who asks: an option in a
command, a keyword in Python.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, wraps
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from alloc.errors import AllocError
from alloc.instance.suggest import Known
from alloc.text import Text, by_command

P = ParamSpec("P")
R = TypeVar("R")
LANGUAGES = ("zh", "en")
FLAGS = ("prices", "quick", "rules", "formula")  # options without a value
OPTIONS = {"edits": "edit"}  # that are not called as the argument


class ArgumentError(AllocError):
    """An argument of a verb that cannot be used, or that does not go with another, whatever the instance holds."""


def option(name: str) -> str:
    """An argument as whoever asks writes it.

    Args:
        name: of the argument in Python.

    Returns:
        ``--at-least`` in a command; elsewhere ``at_least=…``, or ``prices=True``.
    """
    if by_command():
        return f"--{OPTIONS.get(name, name).replace('_', '-')}"
    return f"{name}={'True' if name in FLAGS else '…'}"


class Right(NamedTuple):
    """What an argument has to be: a test, and the words for it."""

    test: Callable[[Any], bool]
    words: Text


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_) and isfinite(value)


def _several(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _numbers(value: Any) -> bool:
    return _several(value) and len(list(value)) > 0 and all(_number(one) for one in value)


def _texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, Sequence) and all(isinstance(one, str) for one in value))


def _or_none(right: Right) -> Right:
    words = Text(f"{right.words.zh}，或 None", f"{right.words.en}, or None")
    return Right(lambda value: value is None or right.test(value), words)


def _instance(value: Any) -> bool:
    from alloc.instance.instance import Instance
    from alloc.result.result import Result

    return isinstance(value, Instance | Result | Mapping | Path | str)


def _result(value: Any) -> bool:
    from alloc.result.result import Result

    return isinstance(value, Result | Path | str)


def _made(value: Any) -> bool:
    """Whether alloc gives it: its classes and answers are made here, whatever formulation or lever they are of."""
    return type(value).__module__.partition(".")[0] == "alloc"


def _shown(value: Any) -> bool:
    from alloc.instance.findings import Finding

    findings = isinstance(value, tuple | list) and all(isinstance(one, Finding) for one in value)
    return findings or isinstance(value, Path | str) or _made(value)


PATH = Right(_is(Path, str), Text("文件或文件夹的路径", "the path of a file or folder"))
TEXT = Right(_is(str), Text("文字", "a text"))
TEXTS = Right(_texts, Text("文字，或由文字组成的列表", "a text, or a list of texts"))
FLAG = Right(_is(bool, np.bool_), Text("True 或 False", "True or False"))
NUMBER = Right(_number, Text("有限的数", "a finite number"))
INSTANCE = Right(_instance, Text(
    "算例的名称、文件夹、工作簿，Instance，Result，或由 settings 和各表组成的字典",
    "the name, folder or workbook of an instance, an Instance, a Result, or a mapping of settings and tables",
))  # fmt: skip
RESULT = Right(_result, Text("Result 或结果文件夹的路径", "a Result, or the folder of one"))
RESULTS = Right(
    lambda value: _several(value) and len(list(value)) > 0 and all(_result(one) for one in value),
    Text("由 Result 或结果文件夹组成的列表", "a list of Results or folders of results"),
)
LANGUAGE = Right(lambda value: value in LANGUAGES, Text("zh 或 en", "zh or en"))
CALLED = Right(callable, Text("函数", "a function"))
VALUES = Right(
    lambda value: _numbers(value) or (_several(value) and len(list(value)) > 0 and all(map(_numbers, value))),
    Text(
        "至少含一个有限数的列表，或每个数各一个这样的列表",
        "a list of at least one finite number, or such a list for each number that varies",
    ),
)
CITIES = Right(
    lambda value: _texts(value) or (_several(value) and all(isinstance(one, str) for one in value)),
    Text(
        "城市代码，或由代码组成的列表（代码是文字，如 '110000'）",
        "a code, or a list of codes, which are texts ('110000')",
    ),
)
SHOWN = Right(_shown, Text(
    "alloc 给出的结果、算例、比较、回答等，或其路径", "something that alloc gives (a result, an instance, a "
    "comparison, an answer, findings), or the path of a result or an instance",
))  # fmt: skip
MADE = Right(_made, Text("结果、比较或回答", "a result, a comparison or an answer"))
SERVICES = _or_none(Right(
    lambda value: not isinstance(value, str) and _texts(value), Text("由代码组成的列表", "a list of codes")
))  # fmt: skip
RIGHT: Mapping[str, Right] = {
    "instance": INSTANCE, "subject": Right(lambda value: _instance(value) or _result(value), INSTANCE.words),
    "result": RESULT, "nation": RESULT, "merge.results": RESULTS, "results": RESULT, "others": RESULT,
    "against": _or_none(RESULT), "write_report.against": _or_none(Right(
        lambda value: _result(value) or (_several(value) and all(_result(one) for one in value)),
        Text(f"{RESULT.words.zh}，或由它们组成的列表", f"{RESULT.words.en}, or a list of them"))),
    "thing": SHOWN, "save.thing": MADE, "findings": SHOWN,
    "scenario": _or_none(TEXTS), "edits": TEXTS, "formulation": _or_none(TEXT),
    "relaxation": _or_none(FLAG), "gap": _or_none(NUMBER), "time_limit": _or_none(NUMBER),
    "read.path": Right(_is(Mapping, Path, str), INSTANCE.words),
    "out": _or_none(PATH), "write_report.out": PATH, "folder": PATH, "path": PATH, "place": PATH, "boundaries":
    _or_none(PATH), "mark.instance": PATH,
    "target": TEXT, "whatif.target": Right(lambda value: _texts(value) and len(value) > 0, Text(
        "要变动的数，或由两个数组成的列表", "what varies, or a list of two")),
    "whatif.where": TEXTS,
    "convert.target": PATH, "init.target": PATH, "convert.origin": PATH, "init.origin": _or_none(PATH),
    "init.result": _or_none(PATH), "init.controls": _or_none(PATH),
    "save_tables.language": _or_none(LANGUAGE),
    "values": VALUES, "where": TEXT, "cities": CITIES, "language": LANGUAGE, "on_progress": CALLED,
    "prices": FLAG, "tier": _or_none(TEXT), "quick": FLAG, "formula": FLAG, "stopped": FLAG,
    "rules": Right(lambda value: isinstance(value, bool) or _texts(value), Text(
        "True、False，或规则的名称", "True, False, or names of rules")),
    "city": _or_none(TEXT), "show.city": _or_none(CITIES), "record.city": _or_none(CITIES), "save.city":
    _or_none(CITIES), "save_document.city": _or_none(CITIES),
    "pool": _or_none(TEXT), "at_least": _or_none(NUMBER), "like": _or_none(TEXT),
    "only": TEXTS, "published": _or_none(PATH), "every": FLAG,
    "write_forms.instance": PATH, "write_forms.out": PATH, "merge_forms.instance": PATH,
    "filled": Right(lambda value: _several(value) and len(list(value)) > 0
                    and all(isinstance(one, Path | str) for one in value), Text(
        "由填报表的路径组成的列表", "a list of the paths of forms")),
    "only_differences": FLAG, "matrix": FLAG, "rescued": FLAG, "command": TEXTS, "each_city": CALLED,
    "formats": Right(lambda value: _texts(value) and len(value) > 0, Text(
        "html、xlsx、docx、pdf 中的一种或几种", "one or several of html, xlsx, docx, pdf")),
    "tables": Right(lambda value: value in ("csv", "parquet"), Text("csv 或 parquet", "csv or parquet")),
    "services": SERVICES, "pools": SERVICES, "province": _or_none(TEXT),
    "year": _or_none(Right(lambda value: _number(value) and value == int(value), Text("年份，整数", "a whole number"))),
}  # fmt: skip
"""Name of an argument, or ``verb.name`` -> what it has to be."""


def checked(verb: Callable[P, R]) -> Callable[P, R]:
    """A verb that refuses arguments which it could not use, before it does anything.

    Args:
        verb: a function, or the ``__init__`` of a class.

    Returns:
        The same, which raises an `ArgumentError` that names the argument, its value and what would be right; where the
        call does not fit the signature otherwise Python's own TypeError.
    """

    @wraps(verb)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> R:
        kinds, name = _kinds(verb), verb.__qualname__.removesuffix(".__init__")
        if inspect.Parameter.VAR_KEYWORD not in kinds.values():
            _refuse_unknown(name, [each for each in options if each not in kinds], [*{*kinds} - {"self"}])
        given = inspect.signature(verb).bind(*arguments, **options).arguments
        for argument, value in given.items():
            kind = kinds[argument]
            members = value if kind is inspect.Parameter.VAR_POSITIONAL else (value,)
            right = RIGHT.get(f"{name}.{argument}", RIGHT.get(argument))
            if right is not None:
                for member in members:
                    _refuse(name, argument, member, right)
        return verb(*arguments, **options)

    return wrapped


@cache
def _kinds(verb: Callable[..., Any]) -> Mapping[str, Any]:
    return {name: parameter.kind for name, parameter in inspect.signature(verb).parameters.items()}


def _refuse_unknown(verb: str, unknown: Sequence[str], known: Sequence[str]) -> None:
    """Refuses a keyword that a verb does not have, with the nearest that it has."""
    if unknown:
        near = Known(known).remedy(unknown[0])
        said = f"alloc.{verb} 没有参数 {unknown[0]}。", f"alloc.{verb} has no argument {unknown[0]}."
        raise ArgumentError(Text(said[0] + near.zh, f"{said[1]} {near.en}"))


def _refuse(verb: str, argument: str, value: Any, right: Right) -> None:
    if not right.test(value):
        shown = repr(value)
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        zh, en = f"alloc.{verb} 的参数 {argument}", f"alloc.{verb}, {argument}"
        if by_command():
            zh = en = option(argument)
        raise ArgumentError(
            Text(
                f"{zh}：{shown} 不可用，应为{right.words.zh}。",
                f"{en}: {shown} cannot be used; it has to be {right.words.en}.",
            )
        )
