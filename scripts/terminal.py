"""Output for people: in colour on a terminal that supports it, else as plain text."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import unicodedata
from typing import Any, Dict, Iterable, TextIO

__all__ = ["Terminal", "padded", "printable", "width"]

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
_WRAPPING: Dict[str, Any] = {"max_lines": 4, "placeholder": " …"}


def printable(text: str) -> str:
    """The text on one line and without control characters, so that a player's text cannot control the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def width(text: str) -> int:
    """The columns that a terminal gives to the text: two for a Chinese character."""
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def padded(text: str, columns: int) -> str:
    """The text, with spaces up to this width."""
    return text + " " * (columns - width(text))


class Terminal:
    """Writes styled lines to a stream. Colour needs a terminal, and is off when NO_COLOR (no-color.org) is set."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.columns = max(60, min(shutil.get_terminal_size().columns, 110)) if stream.isatty() else 110

    @classmethod
    def standard(cls) -> Terminal:
        """The terminal of this process. Switches a Windows console to UTF-8 and escape sequences."""
        if sys.platform == "win32":
            os.system("")  # starting a shell switches escape sequences on, as a side effect
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        return cls(sys.stdout)

    def style(self, text: str, *names: str) -> str:
        """The text in these styles ("bold", "red", ...); unchanged if this terminal has no colour."""
        if not (self.colour and names):
            return text
        return f"\033[{';'.join(_CODES[name] for name in names)}m{text}\033[0m"

    def say(self, text: str = "", *names: str) -> None:
        """Prints one line and flushes the stream."""
        print(self.style(text, *names), file=self._stream, flush=True)

    def card(self, head: str, lines: Iterable[str], colour: str, *, indent: int = 2) -> None:
        """Prints a block with a coloured edge. ``indent``: the columns before the continuation of a wrapped line."""
        edge = self.style("│", colour)
        self.say(f"  {self.style('╭', colour)} {head}")
        for line in lines:
            for part in textwrap.wrap(printable(line), self.columns - 4, subsequent_indent=" " * indent, **_WRAPPING):
                self.say(f"  {edge} {part}")
        self.say(f"  {self.style('╰', colour)}")
