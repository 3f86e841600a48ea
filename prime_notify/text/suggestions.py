"""Remedies for misspelt words."""

from __future__ import annotations

import difflib
from typing import Iterable, Optional, Sequence

from prime_notify.text.wording import NOTHING, Wording

__all__ = ["closest", "closest_word", "one_of"]

_LONGEST = 60  # characters


def closest(wrong: str, known: Iterable[str]) -> Wording:
    """``did you mean "x"? `` for a misspelt word, else nothing."""
    word = closest_word(wrong, known)
    return Wording('did you mean "{word}"? ', '是否应为 "{word}"？', word=word) if word else NOTHING


def closest_word(wrong: str, known: Iterable[str]) -> Optional[str]:
    """The known word that is meant, if one is close."""
    return next(iter(difflib.get_close_matches(wrong[:_LONGEST].lower(), list(known), n=1)), None)


def one_of(known: Sequence[str]) -> Wording:
    """A list of words for a sentence."""
    words = [f'"{word}"'.replace("{", "{{").replace("}", "}}") for word in known]
    return Wording(", ".join(words), "、".join(words))
