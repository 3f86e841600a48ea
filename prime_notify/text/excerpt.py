"""A service's or a program's own words, short enough for a log line."""

from __future__ import annotations

import unicodedata

from prime_notify.text.cutting import cut_chars

__all__ = ["excerpt", "last_line"]

_EXCERPT = 200  # characters


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
