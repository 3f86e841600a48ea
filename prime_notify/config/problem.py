"""Problems in a config, as its owner reads them: the place, the value there, and what to write instead."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Iterable, Tuple, Union

from prime_notify.text.wording import Wording, in_language

__all__ = ["ConfigError", "Location", "Problem", "describe", "json_path"]

Location = Tuple[Union[str, int], ...]
"""Keys and indices from the root of the document to a value."""

_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One problem. It may be printed anywhere: no field of it holds a secret.

    ``found``: a description of the value. ``fatal``: the endpoint is switched off. Otherwise the value is ignored, and
    the rest of the endpoint or section works. ``path``, ``found`` and ``remedy`` are wordings where they contain words;
    :meth:`text` chooses the language.
    """

    path: str
    found: str
    remedy: str
    fatal: bool = False

    def __str__(self) -> str:
        return str(self.wording)

    @property
    def wording(self) -> Wording:
        """The whole problem in both languages."""
        return Wording(
            "{path}: found {found}; {remedy}",
            "{path}：{found}；{remedy}",
            path=self.path,
            found=self.found,
            remedy=self.remedy,
        )

    def text(self, language: str) -> str:
        """The whole problem on one line, in the language ``en_us`` or ``zh_cn``."""
        return in_language(self.wording, language)


class ConfigError(Exception):
    """The document cannot be used at all: unreadable, no JSON, or no object."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems: Tuple[Problem, ...] = problems


def json_path(location: Iterable[Union[str, int]]) -> str:
    """``("endpoints", 1, "headers", "X Y")`` as ``endpoints[1].headers["X Y"]``; ``$`` is the document itself."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part) and len(part) <= _LONGEST_SHOWN:
            path += f".{part}" if path else part
        else:
            path += f"[{_shortened(_quoted(part))}]"
    return path or "$"


def describe(value: object, *, public: bool) -> Wording:
    """A description of ``value``: the value itself where it may be ``public``, otherwise only its type."""
    if public and value is not None and not isinstance(value, int):
        return _shown(_shortened(_quoted(value)))
    if public and (isinstance(value, bool) or (isinstance(value, int) and abs(value) < 1 << 64)):
        return _shown(_quoted(value))
    if isinstance(value, (str, list, dict)):
        kind = _type_name(value)
        return Wording("{kind} (length {length})", "{kind}（长度 {length}）", kind=kind, length=len(value))
    return _type_name(value)


def _shown(text: str) -> Wording:
    return Wording("{text}", "现为 {text}", text=text)


def _type_name(value: object) -> Wording:
    """The JSON name of a value's type, with its article."""
    if value is None:
        return Wording("null", "现为 null")
    for types, name in (
        (bool, Wording("a boolean", "现为布尔值")),
        ((int, float), Wording("a number", "现为数字")),
        (str, Wording("a string", "现为文本")),
        ((list, tuple), Wording("a list", "现为列表")),
        (dict, Wording("an object", "现为对象")),
    ):
        if isinstance(value, types):
            return name
    return Wording("something that is no JSON", "不是 JSON 的内容")


def _quoted(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return _type_name(value)
    # A lone surrogate cannot be printed, and a line separator would break the line.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
