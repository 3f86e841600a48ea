"""Remedies for misspelt words."""

from __future__ import annotations

import difflib
from typing import Iterable, Optional, Sequence

__all__ = ["closest", "closest_word", "one_of"]

_LONGEST = 60  # characters


def closest(wrong: str, known: Iterable[str]) -> str:
    """``did you mean "x"? `` for a misspelt word, else nothing."""
    word = closest_word(wrong, known)
    return f'did you mean "{word}"? ' if word else ""


def closest_word(wrong: str, known: Iterable[str]) -> Optional[str]:
    """The known word that is meant, if one is close."""
    return next(iter(difflib.get_close_matches(wrong[:_LONGEST].lower(), list(known), n=1)), None)


def one_of(known: Sequence[str]) -> str:
    """A list of words for a sentence."""
    return ", ".join(f'"{word}"' for word in known)
