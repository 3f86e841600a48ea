"""Problems in a config, as its owner reads them: the place, the value there, and what to write instead."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Iterable, Tuple, Union

__all__ = ["ConfigError", "Location", "Problem", "describe", "json_path"]

Location = Tuple[Union[str, int], ...]
"""Keys and indices from the root of the document to a value."""

_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One problem. It may be printed anywhere: no field of it holds a secret.

    ``found``: a description of the value. ``fatal``: the endpoint is switched off. Otherwise the value is ignored, and
    the rest of the endpoint or section works.
    """

    path: str
    found: str
    remedy: str
    fatal: bool = False

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}; {self.remedy}"


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


def describe(value: object, *, public: bool) -> str:
    """A description of ``value``: the value itself where it may be ``public``, otherwise only its type."""
    if public and value is not None and not isinstance(value, int):
        return _shortened(_quoted(value))
    if public and (isinstance(value, bool) or (isinstance(value, int) and abs(value) < 1 << 64)):
        return _quoted(value)
    if isinstance(value, (str, list, dict)):
        return f"{_type_name(value)} (length {len(value)})"
    return _type_name(value)


def _type_name(value: object) -> str:
    """The JSON name of a value's type, with its article."""
    if value is None:
        return "null"
    for types, name in (
        (bool, "a boolean"),
        ((int, float), "a number"),
        (str, "a string"),
        ((list, tuple), "a list"),
        (dict, "an object"),
    ):
        if isinstance(value, types):
            return name
    return "something that is no JSON"


def _quoted(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return _type_name(value)
    # A lone surrogate cannot be printed, and a line separator would break the line.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
