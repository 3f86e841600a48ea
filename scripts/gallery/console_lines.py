"""Lines of a terminal, with their escape sequences, as HTML."""

from __future__ import annotations

import html
import re
from typing import List, Set

__all__ = ["console_line"]

_CODE = re.compile(r"\x1b\[([0-9;]*)m")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_CLASSES = {1: "bold", 2: "dim", 3: "italic", 4: "underline"}


def console_line(line: str) -> str:
    """The line, each run of one style in a ``span``; a line that begins with ``> `` was typed."""
    if line.startswith("> "):
        return f'<span class="typed">{html.escape(line)}</span>'
    parts: List[str] = []
    style: Set[str] = set()
    for index, piece in enumerate(_CODE.split(line)):
        if index % 2:
            style = _changed(style, piece)
        elif piece:
            parts.append(f'<span class="{" ".join(sorted(style))}">{html.escape(piece)}</span>')
    return "".join(parts)


def _changed(style: Set[str], codes: str) -> Set[str]:
    """The style after a sequence: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters"""
    for code in (int(one or 0) for one in codes.split(";")):
        if code == 0:
            style = set()
        elif code in _CLASSES:
            style = style | {_CLASSES[code]}
        elif 30 <= code <= 37 or 90 <= code <= 97:
            name = _COLOURS[code % 10]
            style = {one for one in style if one.rpartition("-")[2] not in _COLOURS}
            style |= {name if code < 40 else f"bright-{name}"}
    return style
