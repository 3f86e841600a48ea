"""Harmless look-alikes of characters, for services that render Markdown but have no way to escape it.

WeCom shows a backslash as a backslash, and of DingTalk's clients not all know one. What would be markup is therefore
replaced by its full-width form, which looks the same, is markup to nobody, and is the same text to a search that
normalises (NFKC).
"""

from __future__ import annotations

import re

__all__ = ["harmless", "link_target"]

_ALWAYS = str.maketrans({char: chr(ord(char) + 0xFEE0) for char in "\\`*[]<>@~|"})
_EDGE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")  # within a word, an underscore emphasises nothing
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_ADDRESS = re.compile(r"//|\bwww\.", re.IGNORECASE)  # what makes bare text a link
_BLOCK_START = re.compile(r"^(?:#(?=[#\s]|$)|[+-](?=[\s-]|$)|=(?=[=\s]|$)|\d{1,9}[.)](?=\s|$))")

_TARGET = re.compile(r"[()<>\s\\]")


def harmless(line: str) -> str:
    """One line that shows ``line`` and is neither link, image, mention, HTML, heading, list, quote nor emphasis."""
    line = line.strip().translate(_ALWAYS)
    line = _EDGE.sub("＿", line)
    line = _ENTITY.sub("＆", line)
    line = _ADDRESS.sub(_widened, line)
    return _BLOCK_START.sub(_widened, line)


def link_target(url: str) -> str:
    """A URL for the parentheses of a Markdown link."""
    return _TARGET.sub(lambda found: f"%{ord(found[0]):02X}", url)


def _widened(found: re.Match[str]) -> str:
    """Its last character, the one that matters, in full width; both slashes of an address."""
    text = found[0]
    return "／／" if text == "//" else text[:-1] + chr(ord(text[-1]) + 0xFEE0)
