"""Foreign values made safe: text that encodes as UTF-8, and data that any JSON encoder takes."""

from __future__ import annotations

import datetime
import math
import re
from itertools import islice
from pathlib import PurePath
from typing import Any, Dict, List, Mapping, Optional

__all__ = ["ELLIPSIS", "MAX_INTEGER", "JsonCleaner", "as_dict", "clean_text", "truncate"]

ELLIPSIS = "…"
MAX_INTEGER = 2**63 - 1
"""The largest signed 64-bit integer. Receivers and databases store no larger one."""

_LINE_END = re.compile(r"\r\n?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MOST_ENTRIES = 1024


def truncate(text: str, limit: int, *, keep_tail: bool = False) -> str:
    """At most ``limit`` characters of ``text``, an ellipsis standing for the rest."""
    if len(text) <= limit:
        return text
    return ELLIPSIS + text[len(text) - limit + 1 :] if keep_tail else text[: limit - 1] + ELLIPSIS


def clean_text(text: str, limit: int, *, keep_tail: bool = False) -> str:
    """``text`` cut to ``limit`` characters, without control characters but tab and newline.

    Lone surrogates, which have no UTF-8 form, become U+FFFD. The work is bounded by ``limit``, not by the text.
    """
    text = truncate(text, limit, keep_tail=keep_tail)
    if text.isprintable():  # the common case, and the fast one
        return text
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", _LINE_END.sub("\n", text)))


def as_dict(value: Mapping[Any, Any]) -> Dict[Any, Any]:
    """A mapping as a plain dict, past the overridden methods of a dict's subclass. Raises whatever the mapping
    raises.
    """
    if type(value) is dict:
        return value
    if isinstance(value, dict):
        return dict.copy(value)
    return dict(islice(value.items(), _MOST_ENTRIES))


class _UnfitError(Exception):
    """This value has no JSON form; the text says why."""


def _shown_key(key: object) -> str:
    """A key that is not a text, for a warning. The code of foreign objects does not run."""
    if type(key) in (bool, float, type(None)) or (type(key) is int and abs(key) < 1 << 64):
        return repr(key)
    return clean_text(type.__repr__(type(key)), JsonCleaner.MAX_KEY)


class JsonCleaner:
    """Copies data into plain JSON values of at most about ``budget`` bytes.

    Values that do not fit are left out: ``dropped`` counts them, ``first_dropped`` has place and reason of the first.
    NaN, infinities, integers beyond 64 bits and foreign objects are unfit; dates, paths, tuples and sets are converted.
    """

    MAX_DEPTH = 8
    MAX_TEXT = 4096
    MAX_KEY = 128

    def __init__(self, budget: int) -> None:
        self._left = budget
        self.dropped = 0
        self.first_dropped: Optional[str] = None

    def clean(self, mapping: Mapping[Any, Any], path: str) -> Dict[str, Any]:
        """The clean copy. Only iterating over ``mapping`` can raise, the values cannot."""
        return self._mapping(mapping, path, 0)

    def _mapping(self, mapping: Mapping[Any, Any], path: str, depth: int) -> Dict[str, Any]:
        result: Dict[str, Any] = {}
        for key, value in as_dict(mapping).items():
            if self._left <= 0:
                self._drop(path, "it is too large")
                break
            if isinstance(key, str):
                name = clean_text(str.__str__(key), self.MAX_KEY)
                self._spend(len(name.encode()) + 4)
                self._member(result.__setitem__, name, value, f"{path}.{name}", depth)
            else:
                self._spend(1)
                self._drop(f"{path}[{_shown_key(key)}]", "its key is not a text")
        return result

    def _sequence(self, values: Any, path: str, depth: int) -> List[Any]:
        result: List[Any] = []
        for index, value in enumerate(values):
            if self._left <= 0:
                self._drop(path, "it is too large")
                break
            self._spend(2)
            self._member(lambda _, clean: result.append(clean), "", value, f"{path}[{index}]", depth)
        return result

    def _member(self, keep: Any, name: str, value: Any, path: str, depth: int) -> None:
        try:
            clean = self._value(value, path, depth + 1)
        except _UnfitError as problem:
            self._drop(path, str(problem))
        except Exception:  # noqa: BLE001  (a foreign object's own code; the error is foreign too, and may not even print)
            self._drop(path, "it cannot be read")
        else:
            keep(name, clean)

    def _value(self, value: Any, path: str, depth: int) -> Any:
        if value is None or isinstance(value, (str, int, float)):
            return self._scalar(value)
        if isinstance(value, (datetime.datetime, datetime.date)):
            return self._scalar(value.isoformat())
        if isinstance(value, PurePath):
            return self._scalar(str(value))
        if depth > self.MAX_DEPTH:
            raise _UnfitError("it is nested too deeply")
        if isinstance(value, Mapping):
            return self._mapping(value, path, depth)
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._sequence(value, path, depth)
        raise _UnfitError("it has no JSON form")

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, str):
            text = clean_text(str.__str__(value), min(self.MAX_TEXT, max(self._left, 1)))
            self._spend(len(text.encode()) + 2)
            return text
        self._spend(8)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            number = int.__int__(value)
            if abs(number) > MAX_INTEGER:
                raise _UnfitError("it is beyond 64 bits")
            return number
        if not math.isfinite(float.__float__(value)):
            raise _UnfitError("it is not finite")
        return float.__float__(value)

    def _spend(self, size: int) -> None:
        self._left -= size

    def _drop(self, path: str, why: str) -> None:
        self.dropped += 1
        if self.first_dropped is None:
            self.first_dropped = f'"{truncate(" ".join(path.split()), 200)}" ({why})'
