"""The common form of the messages of all services: a card, whose parts are HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Tuple

from markdown_it import MarkdownIt

__all__ = ["EVERYONE", "Card", "escape", "lines", "markdown"]

EVERYONE = "{everyone}"
"""In a card: the word of the reader's language for everyone. The page puts it in."""

_MARKDOWN = MarkdownIt("commonmark", {"breaks": True, "html": True}).enable(["table", "strikethrough"])


@dataclass(frozen=True)
class Card:
    """One message. All texts are HTML; ``style`` is a class of the style sheet, ``tone`` a CSS colour or empty."""

    style: str
    title: str = ""
    lead: str = ""
    body: str = ""
    fields: Tuple[Tuple[str, str], ...] = ()
    buttons: Tuple[str, ...] = ()
    footer: str = ""
    tone: str = ""


def escape(text: object) -> str:
    return html.escape(str(text))


def lines(text: str) -> str:
    """Plain text, one line below the other."""
    return escape(text.strip("\n")).replace("\n", "<br>")


def markdown(text: str) -> str:
    """Markdown that may contain HTML, for services that show both."""
    return str(_MARKDOWN.render(text))
