"""Texts with a colour, and texts that fill in a command when they are clicked."""

from __future__ import annotations

import json
from typing import Union

from mcdreforged.api.rtext import RAction, RColor, RText, RTextBase

from prime_notify.mcdr.translations import Translations

__all__ = ["clickable", "coloured", "fills_in", "quoted"]


def coloured(text: Union[str, RTextBase], color: RColor) -> RTextBase:
    """``text`` in ``color``. The parts of a text that is already built keep their own colours."""
    return RText(text, color) if isinstance(text, str) else text.set_color(color)


def clickable(text: Union[str, RTextBase], command: str, hover: Union[str, RTextBase]) -> RTextBase:
    """``text`` that puts ``command`` into the chat line. Newer clients refuse to run a command without a slash."""
    built = RText(text) if isinstance(text, str) else text
    return built.set_click_event(RAction.suggest_command, command).set_hover_text(hover)


def fills_in(translations: Translations, text: Union[str, RTextBase], command: str) -> RTextBase:
    """``text`` that puts ``command`` into the chat line, with a hover text that announces it."""
    return clickable(text, command, translations.reply("command.click_to_fill", command=command))


def quoted(argument: str) -> str:
    """``argument`` as it is typed for a ``QuotableText``."""
    needs_quotes = " " in argument or argument.startswith('"')
    return json.dumps(argument, ensure_ascii=False) if needs_quotes else argument
