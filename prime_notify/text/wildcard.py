"""Patterns as people write them: ``*`` stands for any text, ``?`` for one character, and nothing else is special."""

from __future__ import annotations

import fnmatch
import functools
import re
from typing import Pattern

__all__ = ["fits", "has_wildcard"]


def fits(pattern: str, text: str) -> bool:
    """Whether the whole ``text`` fits; upper and lower case are the same. Never slow, whatever the pattern."""
    return _compiled(pattern).match(text.casefold()) is not None


def has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> Pattern[str]:
    """fnmatch's expressions do not backtrack (bpo-40480); brackets, which people put into comments, mean themselves."""
    return re.compile(fnmatch.translate(pattern.casefold().replace("[", "[[]")))
