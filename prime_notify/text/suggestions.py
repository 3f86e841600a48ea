"""Remedies for misspelt words."""

from __future__ import annotations

import difflib
from typing import Iterable, Sequence

__all__ = ["closest", "one_of"]

_LONGEST = 60  # characters


def closest(wrong: str, known: Iterable[str]) -> str:
    """``did you mean "x"? `` for a misspelt word, else nothing."""
    matches = difflib.get_close_matches(wrong[:_LONGEST].lower(), list(known), n=1)
    return f'did you mean "{matches[0]}"? ' if matches else ""


def one_of(known: Sequence[str]) -> str:
    """A list of words for a sentence."""
    return ", ".join(f'"{word}"' for word in known)
