"""Texts of unknown origin, such as a service's answer, for a console or a chat."""

from __future__ import annotations

from prime_notify.text.clean import clean_text
from prime_notify.text.markdown import plain

__all__ = ["one_line"]


def one_line(text: str, limit: int) -> str:
    """At most ``limit`` characters on one line, without anything that steers a terminal or hides text."""
    return plain(clean_text(text, 4 * limit), limit)
