"""Lengths as services count them that think in UTF-16: an emoji beyond the first 65536 characters counts twice.

Where a service's documents say "characters" and no more, this is the safe way to count: it never counts less.
"""

from __future__ import annotations

from prime_notify.channels.common.wire import cut

__all__ = ["cut_units", "units"]


def units(text: str) -> int:
    """UTF-16 code units of ``text``."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut_units(text: str, limit: int) -> str:
    """At most ``limit`` UTF-16 code units."""
    return cut(text, lambda candidate: units(candidate) <= limit)
