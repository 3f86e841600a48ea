"""Messages with an attachment, in the form that Slack had first, and Mattermost and Rocket.Chat have: a coloured bar, a
text, and fields. Each service escapes texts in its own way (:class:`Markup`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Sequence

from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.common.options import MOST_MENTIONED
from prime_notify.channels.common.urgency import tone_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Mention
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message
from prime_notify.text.rich import Span, rendered

__all__ = ["Markup", "attached", "fenced"]

_ABOVE = (FactKind.ERROR, FactKind.MESSAGE)
_SHORT = 60  # characters of a field that may stand beside another


@dataclass(frozen=True)
class Markup:
    """The markup of a service. ``escape``: one line as text. ``title``: an escaped line as a headline. ``everybody``:
    the mention of all.
    """

    escape: Callable[[str], str]
    title: Callable[[str], str]
    span: Callable[[Span], str]
    everybody: str


def attached(
    message: Message, endpoint: EndpointConfig, markup: Markup, limit: int, weigh: Callable[[Dict[str, Any]], int]
) -> Dict[str, Any]:
    """``text`` with the title and the mentions, and ``attachments``. ``weigh``: the size that ``limit`` limits.

    The text is the only place with mentions. Links are left to the service: ``actions`` of the content.
    """

    def document(content: Content) -> Dict[str, Any]:
        return _document(content, message, markup)

    content = fit(content_of(message, endpoint, limit), lambda shorter: weigh(document(shorter)) <= limit)
    return document(content)


def _document(content: Content, message: Message, markup: Markup) -> Dict[str, Any]:
    attachment: Dict[str, Any] = {
        "fallback": _fallback(content),
        "color": tone_of(message.payload).hex,
        "text": "\n".join(_text(content, markup)),
        "fields": [_field(fact, markup) for fact in content.facts if fact.kind not in _ABOVE],
        "actions": [{"type": "button", "text": one.label, "url": one.url} for one in content.actions],
    }
    called = _mentions(content.mention, markup)
    text = markup.title(markup.escape(content.title))
    return {"text": f"{text}\n{called}" if called else text, "attachments": [attachment]}


def fenced(text: str) -> str:
    """A block of code, in which nothing is markup. A run of backticks would end it."""
    return f"```\n{text.replace('```', 'ˋˋˋ')}\n```"


def _text(content: Content, markup: Markup) -> Iterator[str]:
    for fact in content.facts:
        if fact.kind is FactKind.ERROR:
            yield fenced(fact.value)
        elif fact.kind is FactKind.MESSAGE:
            own = rendered(fact.markdown, markup.span, fenced, lambda line: f"> {line}")
            yield own or _escaped(fact.value, markup)
    if content.traceback:
        yield fenced(content.traceback)


def _field(fact: Fact, markup: Markup) -> Dict[str, Any]:
    short = len(fact.value) <= _SHORT and "\n" not in fact.value
    return {"title": markup.escape(fact.label), "value": _escaped(fact.value, markup), "short": short}


def _escaped(text: str, markup: Markup) -> str:
    return "\n".join(map(markup.escape, text.split("\n")))


def _mentions(mention: Mention, markup: Markup) -> str:
    names: Sequence[str] = [*mention.users, *mention.roles][:MOST_MENTIONED]
    people: List[str] = [f"@{name.lstrip('@')}" for name in names]
    return " ".join([*people, *([markup.everybody] if mention.all else [])])


def _fallback(content: Content) -> str:
    """Plain text for notifications: the title and the error."""
    lines = [fact.value.split("\n")[0] for fact in content.facts if fact.kind in _ABOVE][:1]
    return "\n".join([content.title, *lines])
