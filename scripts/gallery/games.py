"""Cards of messages in the game, made from their requests."""

from __future__ import annotations

import re
from typing import Sequence

from prime_notify.model.request import GameRequest, Span
from scripts.gallery.card import Card, escape

__all__ = ["minecraft"]

_COLOURS = {  # https://minecraft.wiki/w/Formatting_codes
    "white": "#ffffff",
    "gray": "#aaaaaa",
    "green": "#55ff55",
    "yellow": "#ffff55",
    "red": "#ff5555",
    "aqua": "#55ffff",
}
_SYMBOL = re.compile("([\u2300-\u23ff\u2600-\u27bf])")


def minecraft(request: GameRequest) -> Card:
    """Lines of the chat, and the box that stands above them while the mouse is over the first."""
    text = request.text
    chat = [f'<span class="pointed">{_line((text.title,))}</span>']
    chat += ["&nbsp;&nbsp;" + _line(line) for line in text.lines]
    hover = "<br>".join(map(_line, text.hover))
    return Card("game", lead=f'<div class="hover">{hover}</div>', body="<br>".join(chat))


def _line(spans: Sequence[Span]) -> str:
    return "".join(f'<span style="color:{_COLOURS[span.color]}">{_shown(span.text)}</span>' for span in spans)


def _shown(text: str) -> str:
    """The game has symbols of one colour: U+FE0E asks for them."""
    return _SYMBOL.sub("\\1\ufe0e", escape(text))
