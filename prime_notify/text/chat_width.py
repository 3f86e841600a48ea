"""The width of a text in Minecraft's chat, and the places where a long one is broken into lines. Pure."""

from __future__ import annotations

from typing import Dict, Iterator

__all__ = ["CHAT_WIDTH", "line_starts", "pixel_width"]

CHAT_WIDTH = 320
"""The width of the chat with the default settings of the game, in pixels."""

_USUAL = 6
_WIDEST = 9
"""Any character outside of ASCII: GNU Unifont, which the game uses for Chinese, needs 8 pixels and one between."""

# With the pixel between two characters. Versions differ by a pixel in a few; the wider one counts.
_WIDTHS: Dict[str, int] = {
    **dict.fromkeys("!',.:;i|", 2),
    **dict.fromkeys("`l", 3),
    **dict.fromkeys(" I[]t", 4),
    **dict.fromkeys('"()*<>fk{}', 5),
    **dict.fromkeys("@~", 7),
}
_NEVER_FIRST = frozenset("，。；：、！？）】》”’,.;:!?)]}")


def pixel_width(text: str) -> int:
    """The width of a line in the default font; of a character that differs between versions, the largest."""
    return sum(map(_width, text))


def line_starts(text: str, *, indent: int = 0, limit: int = CHAT_WIDTH) -> Iterator[int]:
    """The indices in ``text`` at which a new line begins, so that no line is wider than ``limit``.

    Lines break at spaces, and beside characters that need no space between words. Only a word that has no line of its
    own is broken inside. ``indent``: the pixels before every line but the first.
    """
    used, possible = 0, 0
    start = 0
    for index, char in enumerate(text):
        if char == "\n":
            used, possible, start = indent, 0, index + 1
            continue
        if index > start and _may_break_before(text, index):
            possible = index
        used += _width(char)
        if used <= limit or char == " ":
            continue
        if possible > start:
            start = possible
            yield start
            used = indent + pixel_width(text[start : index + 1])
        if used > limit and index > start:
            start = index
            yield start
            used = indent + _width(char)
        possible = 0


def _width(char: str) -> int:
    return _WIDTHS.get(char, _USUAL) if char < "\x7f" else _WIDEST


def _may_break_before(text: str, index: int) -> bool:
    char, before = text[index], text[index - 1]
    if char == " " or char in _NEVER_FIRST:
        return False
    return before == " " or _is_wide(char) or (_is_wide(before) and before not in "（【《“‘")


def _is_wide(char: str) -> bool:
    return char >= "\u2e80"
