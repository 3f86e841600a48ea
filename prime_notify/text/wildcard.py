"""Patterns as people write them: ``*`` stands for any text, ``?`` for one character, and nothing else is special."""

from __future__ import annotations

import fnmatch
import functools
import re
from typing import FrozenSet, Iterable, Pattern

__all__ = ["covers", "fits", "has_wildcard"]

_MOST_LOOKED_AT = 300  # pairs of sets of positions; usual patterns need a few dozen


def fits(pattern: str, text: str) -> bool:
    """Whether the whole ``text`` fits; upper and lower case are the same. Never slow, whatever the pattern."""
    return _compiled(pattern).match(text.casefold()) is not None


def has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def covers(pattern: str, other: str) -> bool:
    """Whether every text that fits ``other`` fits ``pattern``, too. False as well where an answer would take long."""
    wide, narrow = pattern.casefold(), other.casefold()
    characters = {*wide, *narrow} - {"*", "?"} | {""}  # "" stands for every character that neither pattern names
    waiting = [(_positions(narrow, [0]), _positions(wide, [0]))]
    seen = set(waiting)
    while waiting:
        inner, outer = waiting.pop()
        if len(seen) > _MOST_LOOKED_AT or (len(narrow) in inner and len(wide) not in outer):
            return False
        following = {(_after(narrow, inner, one), _after(wide, outer, one)) for one in characters}
        fresh = {pair for pair in following if pair[0]} - seen
        waiting += fresh
        seen |= fresh
    return True


def _after(pattern: str, positions: Iterable[int], character: str) -> FrozenSet[int]:
    """The positions in a pattern that are possible after one more character."""
    found = [at for at in positions if pattern[at : at + 1] == "*"]
    found += [at + 1 for at in positions if at < len(pattern) and pattern[at] in ("?", character)]
    return _positions(pattern, found)


def _positions(pattern: str, positions: Iterable[int]) -> FrozenSet[int]:
    """These positions, and those behind a ``*``, since it may stand for nothing."""
    found = set()
    for at in positions:
        found.add(at)
        while pattern[at : at + 1] == "*":
            at += 1
            found.add(at)
    return frozenset(found)


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> Pattern[str]:
    """fnmatch's expressions do not backtrack (bpo-40480); brackets, which people put into comments, mean themselves."""
    return re.compile(fnmatch.translate(pattern.casefold().replace("[", "[[]")))
