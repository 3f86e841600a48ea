"""Parsers of single values: texts, numbers, times. They are lenient where the meaning is certain."""

from __future__ import annotations

import datetime
import math
from typing import Any, Mapping, Optional

from prime_notify.model.reading import Parse, Reading, UnusableError
from prime_notify.text.clean import MAX_INTEGER, as_dict, clean_text

__all__ = [
    "SHORT",
    "count",
    "date",
    "flag",
    "maybe_empty",
    "seconds",
    "short_text",
    "text_of",
    "timestamp",
    "traceback_text",
]

SHORT = 512
"""The most characters of a text that names no other limit."""

_TRACEBACK = 32768
_MOST_SECONDS = 1e9  # three decades: no task takes longer

_EARLIEST = 1e9  # 2001: a smaller number is no unix time in seconds
_LATEST_AHEAD = 86400.0


# texts


def text_of(limit: int = SHORT, *, empty: bool = False, keep_tail: bool = False) -> Parse:
    """A text of at most ``limit`` characters; unless ``empty``, a blank one counts as absent."""

    def parse(reading: Reading, path: str, value: Any) -> Optional[str]:
        if not isinstance(value, str):
            raise UnusableError("a text")
        raw = str.__str__(value)
        if len(raw) > limit:
            reading.warn(f'field "{path}" is cut from {len(raw)} to {limit} characters')
        text = clean_text(raw, limit, keep_tail=keep_tail)
        return text if empty or text.strip() else None

    return parse


short_text = text_of()
maybe_empty = text_of(empty=True)


def traceback_text(reading: Reading, path: str, value: Any) -> Optional[str]:
    """A text, or the list of texts that ``traceback.format_exception`` gives; the end matters most."""
    if isinstance(value, (list, tuple)):
        if not all(isinstance(line, str) for line in value):
            raise UnusableError("a text, or a list of texts")
        value = "".join(value)
    found: Optional[str] = text_of(_TRACEBACK, keep_tail=True)(reading, path, value)
    return found


# numbers


def count(_reading: Reading, _path: str, value: Any) -> int:
    """A whole number, also as a float or as digits."""
    number = -1
    if isinstance(value, int) and not isinstance(value, bool):
        number = int.__int__(value)
    elif isinstance(value, float) and float.is_integer(value):
        number = int(float.__float__(value))
    elif isinstance(value, str):
        digits = str.__str__(value).strip()
        if len(digits) <= 19 and digits.isascii() and digits.isdigit():
            number = int(digits)
    if 0 <= number <= MAX_INTEGER:
        return number
    raise UnusableError("a whole number, not negative, of at most 64 bits")


def seconds(_reading: Reading, _path: str, value: Any) -> float:
    """A length of time, rounded to milliseconds."""
    if isinstance(value, datetime.timedelta):
        value = value.total_seconds()
    found = _finite(value)
    if found is None or not 0 <= found <= _MOST_SECONDS:
        raise UnusableError("a number of seconds, not negative")
    return round(found, 3) + 0.0  # no minus zero


def _finite(value: Any) -> Optional[float]:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        number = float.__float__(value)
        return number if math.isfinite(number) else None
    if isinstance(value, int) and -MAX_INTEGER <= int.__int__(value) <= MAX_INTEGER:
        return float(int.__int__(value))
    return None


def flag(_reading: Reading, _path: str, value: Any) -> bool:
    """A bool, and nothing that merely looks like one."""
    if isinstance(value, bool):
        return value
    raise UnusableError("true or false")


# times


def timestamp(reading: Reading, _path: str, value: Any) -> float:
    """Unix seconds from a number, a datetime, an ISO text with its zone, or ``{"unix", "iso"}``."""
    if isinstance(value, Mapping):
        given = as_dict(value)
        value = given.get("iso") if given.get("unix") is None else given["unix"]
    if isinstance(value, str):
        value = _aware_datetime(str.__str__(value))
    unix = datetime.datetime.timestamp(value) if isinstance(value, datetime.datetime) else _finite(value)
    if unix is None or not _EARLIEST <= unix <= reading.now + _LATEST_AHEAD:
        raise UnusableError("unix seconds that are not in the future")
    return float(unix)


def _aware_datetime(text: str) -> Optional[datetime.datetime]:
    if len(text) > 64:
        return None
    text = text.strip()
    try:
        # Python 3.9 to 3.10 do not know the Z
        moment = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in "Zz" else text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def date(reading: Reading, path: str, value: Any) -> Optional[str]:
    """Local time as people read it, without zone."""
    if isinstance(value, datetime.datetime):
        local = datetime.datetime.astimezone(value) if value.tzinfo else value
        return datetime.datetime.strftime(local, "%Y-%m-%d %H:%M:%S")
    text: Optional[str] = text_of(64)(reading, path, value)
    return text
