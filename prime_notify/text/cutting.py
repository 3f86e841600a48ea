"""Texts cut to a length: in characters, bytes of UTF-8, or UTF-16 code units, between characters as people see them."""

from __future__ import annotations

from typing import Callable

from prime_notify.text.graphemes import boundary_before

__all__ = ["cut", "cut_bytes", "cut_chars", "cut_units", "units"]


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


def units(text: str) -> int:
    """UTF-16 code units of ``text``."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut_units(text: str, limit: int) -> str:
    """At most ``limit`` UTF-16 code units."""
    return cut(text, lambda candidate: units(candidate) <= limit)
