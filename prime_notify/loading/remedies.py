"""Remedies for what Pydantic refuses: each of its kinds of errors in words of ours, in both languages."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

from pydantic.fields import FieldInfo

from prime_notify.config.option import chinese_description
from prime_notify.text.suggestions import closest, one_of
from prime_notify.text.wording import NOTHING, Wording, joined, verbatim

__all__ = ["missing_option", "one_of_these", "remedy_of", "unknown_option"]

_OBJECT = Wording("write an object: {{...}}", "请写一个对象：{{...}}")
_LIST = Wording("write a list: [...]", "请写一个列表：[...]")
_TYPES: Dict[str, Wording] = {
    "bool": Wording("write true or false", "请写 true 或 false"),
    "int": Wording("write a whole number", "请写一个整数"),
    "float": Wording("write a number", "请写一个数字"),
    "finite": Wording("write an ordinary number", "请写普通的数字"),
    "string": Wording("write a string", "请写一段文本"),
    "list": _LIST,
    "tuple": _LIST,
    "dict": _OBJECT,
    "model": _OBJECT,
    "none": Wording("write null", "请写 null"),
}
_BOUNDS: Dict[str, Tuple[str, Callable[[object], Wording]]] = {
    "greater_than_equal": ("ge", lambda n: Wording("write a number of at least {n}", "请写不小于 {n} 的数字", n=n)),
    "greater_than": ("gt", lambda n: Wording("write a number above {n}", "请写大于 {n} 的数字", n=n)),
    "less_than_equal": ("le", lambda n: Wording("write a number of at most {n}", "请写不大于 {n} 的数字", n=n)),
    "less_than": ("lt", lambda n: Wording("write a number below {n}", "请写小于 {n} 的数字", n=n)),
    "string_too_short": ("min_length", lambda n: Wording("write {n} or more characters", "至少写 {n} 个字符", n=n)),
    "string_too_long": ("max_length", lambda n: Wording("write at most {n} characters", "至多写 {n} 个字符", n=n)),
    "too_short": ("min_length", lambda n: Wording("write at least {n}", "至少写 {n} 项", n=n)),
    "too_long": ("max_length", lambda n: Wording("write at most {n} items", "至多写 {n} 项", n=n)),
}
"""The key of the bound in Pydantic's context, and the remedy with it."""


def unknown_option(name: str, known: Sequence[str]) -> Wording:
    """The remedy for an option that nobody knows, in an object with the options ``known``."""
    return Wording(
        "{meant}known options: {known}",
        "{meant}可用的选项：{known}",
        meant=closest(name, known),
        known=joined(map(verbatim, known), ", ", "、"),
    )


def missing_option(name: str, info: Optional[FieldInfo]) -> Wording:
    """The remedy for an option that has to be there."""
    if info is None or not info.description:
        return Wording('add "{name}"', '请添加 "{name}"', name=name)
    english, chinese = info.description.rstrip("."), (chinese_description(info) or "").rstrip("。")
    described = _in_both(english, chinese)
    return Wording('add "{name}": {described}', '请添加 "{name}"：{described}', name=name, described=described)


def one_of_these(value: object, expected: str) -> Wording:
    """The remedy for a word that is not among those of Pydantic's message."""
    words = re.findall(r"'([^']*)'", expected)
    return Wording(
        "{meant}write one of {words}",
        "{meant}请写以下之一：{words}",
        meant=closest(str(value), words) if isinstance(value, str) else NOTHING,
        words=one_of(words),
    )


def remedy_of(kind: str, context: Mapping[str, Any], message: str) -> Wording:
    """The remedy for any other kind of error. ``context``, ``message``: Pydantic's."""
    if kind == "value_error":
        error = context.get("error")
        said = error.args[0] if isinstance(error, ValueError) and error.args else error
        return said if isinstance(said, Wording) else verbatim(str(said))
    if kind == "string_pattern_mismatch":
        pattern = context.get("pattern")
        return Wording('write a string that matches "{pattern}"', '请写符合 "{pattern}" 的文本', pattern=pattern)
    if kind in _BOUNDS:
        key, bound = _BOUNDS[kind]
        return bound(context.get(key))
    return _TYPES.get(kind.split("_")[0]) or Wording(
        'write it as the documentation shows ("{message}")',
        '请按文档的写法书写（"{message}"）',
        message=message,
    )


def _in_both(english: str, chinese: str) -> Wording:
    """A text with braces of its own."""
    return Wording(*(text.replace("{", "{{").replace("}", "}}") for text in (english, chinese or english)))
