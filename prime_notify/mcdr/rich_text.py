"""Texts with a colour, texts that fill in a command when they are clicked, and replies that fit into the chat."""

from __future__ import annotations

import itertools
import json
from typing import AbstractSet, Any, Dict, Iterator, Tuple, Union

from mcdreforged.api.rtext import RAction, RColor, RText, RTextBase, RTextList, RTextMCDRTranslation
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.translations import Translations
from prime_notify.text.chat_width import CHAT_WIDTH, line_starts, pixel_width

__all__ = ["clickable", "coloured", "fills_in", "fitted", "quoted", "say"]

_INDENT = "  "
_STYLED = ("text", "extra")


def say(source: CommandSource, text: Union[str, RTextBase]) -> None:
    """Reply. In the game, a text that is too wide for the chat is broken into lines with an indent."""
    source.reply(fitted(text) if source.is_player else text)


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


def fitted(text: Union[str, RTextBase]) -> RTextBase:
    """``text`` in lines that fit into the chat. The lines are made in the reader's language, when it is shown."""
    whole = RText(text) if isinstance(text, str) else text

    def in_language(*_: Any, _mcdr_tr_language: str, **__: Any) -> RTextBase:
        with RTextMCDRTranslation.language_context(_mcdr_tr_language):
            return _in_lines(whole)

    return RTextMCDRTranslation("").set_translator(in_language)


def _in_lines(text: RTextBase) -> RTextBase:
    if pixel_width(text.to_plain_text()) <= CHAT_WIDTH:
        return text
    pieces = [(part, style) for part, style in _parts(text.to_json_object(), {}) if part]
    runs = itertools.groupby(pieces, key=lambda piece: piece[1])
    parts = [("".join(part for part, _ in run), style) for style, run in runs]
    starts = set(line_starts("".join(part for part, _ in parts), indent=pixel_width(_INDENT)))
    lines, at = RTextList(), 0
    for part, style in parts:
        lines.append(RTextBase.from_json_object({"text": _broken(part, at, starts), **style}))
        at += len(part)
    return lines


def _broken(part: str, at: int, starts: AbstractSet[int]) -> str:
    """``part``, which begins at the index ``at`` of the whole text, with a line break at each of ``starts``."""
    return "".join(f"\n{_INDENT}{char}" if at + index in starts else char for index, char in enumerate(part))


def _parts(node: Any, inherited: Dict[str, Any]) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """The pieces of text in a JSON text component, each with its whole style. The head of a list styles the others."""
    if isinstance(node, str):
        yield node, inherited
    elif isinstance(node, list):
        head, *others = node or [""]
        yield from _parts(head, inherited)
        style = {**inherited, **_style(head)}
        for other in others:
            yield from _parts(other, style)
    else:
        style = {**inherited, **_style(node)}
        yield str(node.get("text", "")), style
        for other in node.get("extra", []):
            yield from _parts(other, style)


def _style(node: Any) -> Dict[str, Any]:
    return {key: value for key, value in node.items() if key not in _STYLED} if isinstance(node, dict) else {}
