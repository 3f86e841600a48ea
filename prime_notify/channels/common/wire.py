"""What channels share when they write requests and read answers."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Any, Callable, Dict, Mapping
from urllib.parse import quote

from prime_notify.channels.common.base import Request
from prime_notify.channels.common.graphemes import boundary_before

__all__ = [
    "cut",
    "cut_bytes",
    "cut_chars",
    "excerpt",
    "fill",
    "json_post",
    "last_line",
    "parse_object",
    "text_post",
    "to_json",
]

_EXCERPT = 200  # characters


def to_json(value: Any) -> bytes:
    """Compact UTF-8 JSON. Total: what JSON or UTF-8 cannot say (NaN, a lone surrogate) becomes null or ``?``."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def json_post(url: str, value: Any, headers: Mapping[str, str], defaults: Mapping[str, str]) -> Request:
    """A POST of ``value`` as JSON. The user's ``headers`` override ``defaults``, whatever their case."""
    own = {"Content-Type": "application/json; charset=utf-8", **defaults}
    return Request("POST", url, _overridden(own, headers), to_json(value))


def text_post(url: str, text: str, headers: Mapping[str, str], defaults: Mapping[str, str]) -> Request:
    """A POST of plain text. The user's ``headers`` override ``defaults``, whatever their case."""
    own = {"Content-Type": "text/plain; charset=utf-8", **defaults}
    return Request("POST", url, _overridden(own, headers), text.encode("utf-8", "replace"))


def parse_object(body: bytes) -> Dict[str, Any]:
    """The JSON object in an answer; empty when it is none. Total."""
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def excerpt(text: object) -> str:
    """A service's own words on one printable line of moderate length; empty for HTML pages and for what is no text."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if not isinstance(text, str) or text.lstrip()[:1] == "<":
        return ""
    printable = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text[: 4 * _EXCERPT])
    return cut_chars(" ".join(printable.split()), _EXCERPT)


def last_line(output: bytes) -> str:
    """An excerpt of the last line that a program printed, which mostly says why it failed."""
    return next((said for said in map(excerpt, reversed(output.split(b"\n"))) if said), "")


def cut(text: str, fits: Callable[[str], bool]) -> str:
    """``text`` itself if it fits, else the longest beginning of it that fits with an ellipsis, else nothing.

    A letter and its accents, or the parts of an emoji, are never torn apart.
    """
    if fits(text):
        return text
    low, high = -1, len(text)  # a beginning of `low` characters fits, one of `high` does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(text[:middle] + "…") else (low, middle)
    return text[: boundary_before(text, low)].rstrip() + "…" if low >= 0 else ""


def cut_chars(text: str, limit: int) -> str:
    """At most ``limit`` characters."""
    return cut(text, lambda candidate: len(candidate) <= limit)


def cut_bytes(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, ending between characters."""
    return cut(text, lambda candidate: len(candidate.encode("utf-8", "replace")) <= limit)


def fill(url: str, values: Mapping[str, str]) -> str:
    """Replaces each ``{name}`` in a URL by its percent-encoded value."""
    found = {f"{{{name}}}": quote(value, safe="") for name, value in values.items()}
    return re.sub(r"\{[a-z_]+\}", lambda match: found.get(match[0], match[0]), url)


def _overridden(own: Mapping[str, str], given: Mapping[str, str]) -> Dict[str, str]:
    names = {name.lower() for name in given}
    return {**{name: content for name, content in own.items() if name.lower() not in names}, **given}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
