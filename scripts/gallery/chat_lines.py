"""Lines of Minecraft's chat, as HTML: https://minecraft.wiki/w/Text_component_format"""

from __future__ import annotations

import html
from typing import Any, Dict, Mapping

__all__ = ["chat_line"]

_MARKS = ("bold", "italic", "underlined", "strikethrough")


def chat_line(component: Any, inherited: Mapping[str, Any] = {}) -> str:
    """A text component: a text, an object, or a list whose further items are styled like the first."""
    if isinstance(component, list):
        first = component[0] if component else ""
        style = {**inherited, **_style(first)}
        return "".join([chat_line(first, inherited), *(chat_line(one, style) for one in component[1:])])
    if not isinstance(component, Mapping):
        return _span(str(component), inherited)
    style = {**inherited, **_style(component)}
    shown = _span(str(component.get("text", "")), style)
    return shown + "".join(chat_line(one, style) for one in component.get("extra", ()))


def _style(component: Any) -> Dict[str, Any]:
    names = ("color", *_MARKS)
    return {name: component[name] for name in names if name in component} if isinstance(component, Mapping) else {}


def _span(text: str, style: Mapping[str, Any]) -> str:
    classes = [str(style.get("color", "white")), *(mark for mark in _MARKS if style.get(mark))]
    return f'<span class="{" ".join(classes)}">{html.escape(text)}</span>' if text else ""
