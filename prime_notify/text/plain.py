"""Texts of unknown origin as plain text for people, without characters that hide, reorder or colour text."""

from __future__ import annotations

import re
import unicodedata
from typing import Union

from prime_notify.text.clean import clean_text, truncate
from prime_notify.text.cutting import cut_chars

__all__ = ["excerpt", "is_page", "last_line", "legible", "one_line", "plain"]

_COLOUR_CODE = re.compile("§[0-9a-fk-orx]?", re.IGNORECASE)  # Minecraft's formatting
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")  # reorders or hides text
_EXCERPT = 200  # characters


def legible(text: str) -> str:
    """The text without Minecraft's colour codes, and without characters that reorder or hide text."""
    if text.isascii():  # none of these characters is ASCII
        return text
    return _INVISIBLE.sub("", _COLOUR_CODE.sub("", text))


def plain(text: str, limit: int) -> str:
    """One :func:`legible` line of at most ``limit`` characters, of a text without control characters."""
    line = " ".join((text if text.isascii() else legible(text)).split())
    return line if len(line) <= limit else truncate(line, limit)


def one_line(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters, also of a text with control characters, for a console or a chat."""
    return plain(clean_text(text, 4 * limit), limit)


def excerpt(text: object) -> str:
    """A service's or a program's own text on one line, short enough for a log.

    Empty for an HTML page, and for a value that is no text.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if not isinstance(text, str) or is_page(text):
        return ""
    head = text[: 4 * _EXCERPT]
    printable = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in head)
    line = " ".join(printable.split())
    # each cut shows as an ellipsis, before which the beginning of a secret is looked for
    return cut_chars(line if len(head) == len(text) else f"{line}…", _EXCERPT)


def is_page(text: Union[str, bytes]) -> bool:
    """Whether an answer is a web page (or XML), which no notification service sends as its own."""
    if isinstance(text, bytes):
        text = text[:64].decode("utf-8", "replace")
    return text[:64].lstrip("\ufeff \t\r\n\f\v")[:1] == "<"


def last_line(output: bytes) -> str:
    """An excerpt of the last line that a program printed: this line mostly gives the reason of a failure."""
    return next((line for line in map(excerpt, reversed(output.split(b"\n"))) if line), "")
