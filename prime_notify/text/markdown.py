"""Plain lines inside of Markdown: escaped, or written in look-alikes, so that no player can type markup."""

from __future__ import annotations

import re

__all__ = ["escape", "escape_for_discord", "link_target", "look_alike"]

_SPECIAL = re.compile(r"[\\`*_\[\]|~]")
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")  # "evil.com" is a link to some, "1.2 GiB" to nobody
_BLOCK_START = re.compile(r"^(\d+(?=\))|(?=[-+#=:]))")
_BLOCK_MARKS = ("-", "+", "#", "=", ":")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_HARMLESS = re.compile(r"(?!\d+\)|[-+#=:\s])[^\\`*_\[\]|~&<>@./]*(?:(?<=\d)\.(?=\d)[^\\`*_\[\]|~&<>@./]*)*(?<!\s)")
# Most lines are harmless, numbers and times too, and skip the rest
_ENTITY = re.compile("[&<>@]")

_DISCORD_SPECIAL = re.compile(r"[\\`*_~|<\[@]|:(?=//|\w+:)")
_DISCORD_BLOCK_START = re.compile(r"^(\s*)(?=[-+=>]|#{1,6}(?:\s|$))|^(\s*\d+)(?=[.)](?:\s|$))", re.MULTILINE)

_FULL_WIDTH = str.maketrans({char: chr(ord(char) + 0xFEE0) for char in "\\`*[]<>@~|"})
_EDGE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")  # within a word, an underscore emphasises nothing
_REFERENCE = re.compile(r"&(?=#?\w{1,31};)")
_ADDRESS = re.compile(r"//|\bwww\.", re.IGNORECASE)  # makes a link of bare text
_BLOCK_MARK = re.compile(r"^(?:#(?=[#\s]|$)|[+-](?=[\s-]|$)|=(?=[=\s]|$)|\d{1,9}[.)](?=\s|$))")

_TARGET = re.compile(r"[()<>\s\\]")


def escape(line: str) -> str:
    """One plain line as Markdown that shows exactly this line: no link, image, HTML, heading, code, list or mention.

    Characters that Markdown has always escaped get a backslash. The others become entities, since not every renderer
    takes a backslash before them. ``//`` is broken up, so that a bare address does not become a link either.
    """
    if _HARMLESS.fullmatch(line):
        return line
    if line[:1] in _BLOCK_MARKS and _HARMLESS.fullmatch(line, 1):  # such as "#42"
        return f"\\{line}"
    line = _BLOCK_START.sub(r"\1\\", _DOT.sub(r"\\.", _SPECIAL.sub(r"\\\g<0>", line.strip())))
    line = _ENTITY.sub(lambda found: _ENTITIES[found.group()], line)
    return line.replace("//", "/&#47;")


def escape_for_discord(text: str) -> str:
    """The text in Discord's Markdown: no emphasis, heading, list, quote, code, link, emoji, time or mention.

    Discord knows backslashes, and shows entities as they are.
    """
    return _DISCORD_BLOCK_START.sub(r"\1\2\\", _DISCORD_SPECIAL.sub(r"\\\g<0>", text))


def look_alike(line: str) -> str:
    """One plain line for services that render Markdown but cannot escape it, with full-width forms of its markup.

    WeCom shows a backslash as a backslash, and not every client of DingTalk knows one. A full-width form looks the
    same, is no markup, and is the same text to a search that normalises (NFKC). The result is neither link, image,
    mention, HTML, heading, list, quote nor emphasis.
    """
    line = line.strip().translate(_FULL_WIDTH)
    line = _EDGE.sub("＿", line)
    line = _REFERENCE.sub("＆", line)
    line = _ADDRESS.sub(_widened, line)
    return _BLOCK_MARK.sub(_widened, line)


def link_target(url: str) -> str:
    """A URL for the parentheses of a Markdown link."""
    return _TARGET.sub(lambda found: f"%{ord(found[0]):02X}", url)


def _widened(found: re.Match[str]) -> str:
    """The match with its last character, which makes the markup, in full width; both slashes of an address."""
    text = found[0]
    return "／／" if text == "//" else text[:-1] + chr(ord(text[-1]) + 0xFEE0)
