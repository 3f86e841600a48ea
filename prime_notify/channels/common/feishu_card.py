"""The card of Feishu and Lark: https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-structure

Cards are JSON 1.0: every client shows them, and ignores the properties that it does not know. JSON 2.0 needs client
7.20, which refuses a whole card for one unknown property.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Sequence

from prime_notify.channels.common.layout import Content
from prime_notify.channels.common.options import MOST_MENTIONED
from prime_notify.channels.common.symbols import on_colour
from prime_notify.channels.common.urgency import Tone
from prime_notify.config.message_options import Mention
from prime_notify.model.fact import Fact
from prime_notify.text.markdown import link_target
from prime_notify.text.rich import Span, rendered, wrapped

__all__ = ["card_of"]

_COLOURS = {Tone.GOOD: "green", Tone.WARNING: "yellow", Tone.BAD: "red", Tone.RUNNING: "blue"}
_MARKS = re.compile(r"[<>&*_~\[\]()`\\#]|(?<=/)/")


def card_of(content: Content, tone: Tone, keyword: Optional[str]) -> Dict[str, Any]:
    """The card. Every text that others may have typed stands in ``plain_text``, which has no markup."""
    title = content.title if not keyword or keyword in content.title else f"{content.title} · {keyword}"
    elements = [
        *_mentions(content.mention),
        *(element for fact in content.blocks for element in _labelled(fact)),
        *_rows(content.cells),
        *_trace(content.traceback),
        *_buttons(content),
    ]
    return {
        "config": {"wide_screen_mode": True},
        "header": {"template": _COLOURS[tone], "title": {"tag": "plain_text", "content": on_colour(title, tone)}},
        "elements": elements or [_text(title)],
    }


def _text(text: str, **style: str) -> Dict[str, Any]:
    return {"tag": "div", "text": {"tag": "plain_text", "content": text, **style}}


def _labelled(fact: Fact) -> List[Dict[str, Any]]:
    own = rendered(fact.markdown, _span, _code, lambda line: f"> {line}")
    if own:
        return [{"tag": "markdown", "content": own}]
    return [_text(fact.label, text_size="notation", text_color="grey"), _text(fact.value)]


def _code(code: str) -> str:
    return f"```\n{code.replace('```', 'ˋˋˋ')}\n```"


def _span(span: Span) -> str:
    """Feishu's Markdown, https://open.feishu.cn/document/feishu-cards/card-components/content-components/rich-text.

    Its escapes are entities.
    """
    text = _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", span.text)
    if span.url:
        text = f"[{text}]({link_target(span.url)})"
    elif span.code:
        return f"`{span.text.replace('`', 'ˋ')}`"
    for mark, is_so in (("~~", span.strike), ("*", span.italic), ("**", span.bold)):
        text = wrapped(text, mark, mark) if is_so else text
    return text


def _rows(facts: Sequence[Fact]) -> List[Dict[str, Any]]:
    """Rows of two facts, each in a column of its own."""
    columns = [
        {"tag": "column", "width": "weighted", "weight": 1, "vertical_align": "top", "elements": _labelled(fact)}
        for fact in facts
    ]
    return [
        {"tag": "column_set", "flex_mode": "none", "background_style": "default", "columns": columns[index : index + 2]}
        for index in range(0, len(columns), 2)
    ]


def _trace(traceback: str) -> List[Dict[str, Any]]:
    return [{"tag": "hr"}, _text(traceback, text_size="notation", text_color="grey")] if traceback else []


def _buttons(content: Content) -> List[Dict[str, Any]]:
    buttons = [
        {"tag": "button", "type": "default", "text": {"tag": "plain_text", "content": one.label}, "url": one.url}
        for one in content.actions
    ]
    return [{"tag": "action", "actions": buttons}] if buttons else []


def _mentions(mention: Mention) -> List[Dict[str, Any]]:
    """The mentions: the only markup in a card, made of ids that the config's check has passed."""
    ids = ["all"] if mention.all else mention.users[:MOST_MENTIONED]
    tags = " ".join(f"<at id={user}></at>" for user in ids)
    return [{"tag": "markdown", "content": tags}] if tags else []
