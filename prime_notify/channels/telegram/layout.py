"""The layout of a message in Telegram: a bold title, the facts line by line, the error as code, buttons."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator
from urllib.parse import urlsplit

from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.telegram import markup
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Action, Mention
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message
from prime_notify.text.rich import rendered

__all__ = ["body_of", "mention_text"]

_TEXT = 4096  # characters after entities parsing; clients and servers count UTF-16 code units or fewer
_MENTIONS = 50
_IN_A_ROW = 2


def body_of(message: Message, endpoint: EndpointConfig) -> Dict[str, Any]:
    """``text`` and its settings, and ``reply_markup`` where there are buttons."""
    content = fit(content_of(message, endpoint, _TEXT), lambda shorter: markup.size(_text(shorter)) <= _TEXT)
    body: Dict[str, Any] = {
        "text": _text(content),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    buttons = [{"text": action.label, "url": action.url} for action in content.actions if _is_for_buttons(action)]
    if buttons:
        rows = [buttons[start : start + _IN_A_ROW] for start in range(0, len(buttons), _IN_A_ROW)]
        body["reply_markup"] = {"inline_keyboard": rows}
    return body


def mention_text(mention: Mention) -> str:
    """The mentions: names as they are, ids as bells that link to the person, since their names are not known."""
    return " ".join(
        user if user.startswith("@") else f'<a href="tg://user?id={user}">🔔</a>' for user in mention.users[:_MENTIONS]
    )


def _text(content: Content) -> str:
    lines = [markup.bold(content.title), *filter(None, [mention_text(content.mention)]), ""]
    lines += [line for fact in content.facts for line in _fact(fact)]
    if content.traceback:
        lines.append(markup.pre(content.traceback))
    lines += [_link(action) for action in content.actions if not _is_for_buttons(action)]
    return "\n".join(lines).rstrip("\n")


def _fact(fact: Fact) -> Iterator[str]:
    if fact.kind is FactKind.MESSAGE:
        own = rendered(fact.markdown, markup.span, markup.pre, lambda line: f"<blockquote>{line}</blockquote>")
        yield own or markup.text(fact.value)
    elif fact.kind is FactKind.ERROR:
        yield markup.bold(fact.label)
        yield markup.pre(fact.value)
    else:
        yield f"{markup.bold(fact.label)} {markup.text(fact.value)}"


def _link(action: Action) -> str:
    return f"{markup.bold(action.label)} {markup.code(action.url)}"


def _is_for_buttons(action: Action) -> bool:
    """Whether Telegram takes the URL for a button: it refuses a whole message for a host without a dot, such as
    ``localhost``.
    """
    return bool(re.search(r"[^.]\.[^.]", urlsplit(action.url).hostname or ""))
