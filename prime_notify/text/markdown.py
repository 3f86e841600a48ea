"""Texts that others typed, made harmless: as a single plain line, and inside Markdown."""

from __future__ import annotations

import re

from prime_notify.text.clean import cut

__all__ = ["escape", "legible", "plain"]

_COLOUR_CODE = re.compile("§[0-9a-fk-orx]?", re.IGNORECASE)  # Minecraft's formatting
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")  # reorders or hides text

_SPECIAL = re.compile(r"[\\`*_\[\]|~]")
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")  # "evil.com" is a link to some, "1.2 GiB" to nobody
_BLOCK_START = re.compile(r"^(\d+(?=\))|(?=[-+#=:]))")
_BLOCK_MARKS = ("-", "+", "#", "=", ":")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_HARMLESS = re.compile(r"(?!\d+\)|[-+#=:\s])(?:[^\\`*_\[\]|~&<>@./]|(?<=\d)\.(?=\d))*(?<!\s)")
# Most lines are, numbers and times too, and are spared the rest
_ENTITY = re.compile("[&<>@]")


def legible(text: str) -> str:
    """The text without Minecraft's colour codes and what reorders or hides text."""
    if text.isascii():  # nothing of what is taken out is ASCII
        return text
    return _INVISIBLE.sub("", _COLOUR_CODE.sub("", text))


def plain(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters, :func:`legible`."""
    return cut(" ".join(legible(text).split()), limit)


def escape(line: str) -> str:
    """One plain line as Markdown that shows exactly it: no link, image, HTML, heading, code, list or mention.

    Backslashes where Markdown has always had them; entities for what not every renderer lets one escape. ``//`` is
    broken up, so that a bare address does not become a link either.
    """
    if _HARMLESS.fullmatch(line):
        return line
    if line[:1] in _BLOCK_MARKS and _HARMLESS.fullmatch(line, 1):  # such as "#42"
        return f"\\{line}"
    line = _BLOCK_START.sub(r"\1\\", _DOT.sub(r"\\.", _SPECIAL.sub(r"\\\g<0>", line.strip())))
    line = _ENTITY.sub(lambda found: _ENTITIES[found.group()], line)
    return line.replace("//", "/&#47;")
