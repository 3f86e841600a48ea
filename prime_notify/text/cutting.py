"""Texts cut to a length in characters, in bytes of UTF-8, or in UTF-16 code units.

A cut never tears a character apart as people see it. The rules are those of UAX #29 (extended grapheme clusters), as
far as Python's own Unicode data goes.
"""

from __future__ import annotations

import unicodedata
from typing import Callable

__all__ = ["boundary_before", "cut", "cut_bytes", "cut_chars", "cut_units", "units"]

_JOINER = "\u200d"
_LONGEST = 64  # characters; a letter with more accents than that may be torn apart
_REGIONAL = range(0x1F1E6, 0x1F200)  # two of them make a flag
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_VOWELS_AND_TAILS = range(0x1160, 0x1200)  # Hangul jamo that follow a leading consonant


def cut(text: str, fits: Callable[[str], bool]) -> str:
    """``text`` itself if it fits, else its longest beginning that fits with an ellipsis, else an empty text.

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


def units(text: str) -> int:
    """UTF-16 code units of ``text``."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut_units(text: str, limit: int) -> str:
    """At most ``limit`` UTF-16 code units."""
    return cut(text, lambda candidate: units(candidate) <= limit)


def boundary_before(text: str, position: int) -> int:
    """The last place at or before ``position`` where ``text`` may be cut."""
    lowest = max(0, position - _LONGEST)
    while position > lowest and not _is_boundary(text, position):
        position -= 1
    return position


def _is_boundary(text: str, position: int) -> bool:
    if position <= 0 or position >= len(text):
        return True
    before, after = text[position - 1], text[position]
    if _extends(after) or before == _JOINER or (before == "\r" and after == "\n"):
        return False
    if ord(before) in _REGIONAL and ord(after) in _REGIONAL:
        return _regional_run(text, position) % 2 == 0
    return True


def _extends(char: str) -> bool:
    code = ord(char)
    return (
        char == _JOINER
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
        or code in _SKIN
        or code in _TAGS
        or code in _VOWELS_AND_TAILS
        or code in (0xFF9E, 0xFF9F, 0x200C)
    )


def _regional_run(text: str, position: int) -> int:
    """How many regional indicators end right before ``position``."""
    start = position
    while start > 0 and ord(text[start - 1]) in _REGIONAL:
        start -= 1
    return position - start
