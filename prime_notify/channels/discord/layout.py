"""The layout of a message in Discord: an embed with its colour, its fields, its time, and buttons below it.

https://discord.com/developers/docs/resources/message#embed-object and .../components/reference#button. Only ``content``
can mention people, and nothing that a player typed stands there.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List

from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.common.urgency import tone_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Mention
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message
from prime_notify.text.cutting import cut, cut_units, units
from prime_notify.text.markdown import escape_for_discord as escape
from prime_notify.text.markdown import link_target
from prime_notify.text.rich import Span, rendered, wrapped

__all__ = ["body_of", "escape", "mention_text", "post_name"]

# Characters, counted after escaping
_TITLE = 256
_DESCRIPTION = 4096
_NAME = 256
_VALUE = 1024
_FOOTER = 2048
_WHOLE = 6000  # titles, descriptions, fields and footers of all embeds
_POST_NAME = 100
_MENTIONS = 50  # each of 24 characters or fewer, of the 2000 of content
_CONTENT = 4096  # of which content_of gives a third to a fact, and an eighth, a button's 512, to a URL

_ABOVE = (FactKind.ERROR, FactKind.MESSAGE)
_ELSEWHERE = (*_ABOVE, FactKind.SERVER, FactKind.TIME)
_LINK_BUTTON = {"type": 2, "style": 5}
_ROW = 1
_FENCE = re.compile("`(?=``)")  # in three and more backticks, all but the last two

_Embed = Dict[str, Any]


def body_of(message: Message, endpoint: EndpointConfig) -> Dict[str, Any]:
    """``content``, ``embeds``, ``components`` and ``allowed_mentions``."""
    content = fit(content_of(message, endpoint, _CONTENT), lambda shorter: _fits(_embeds(shorter, message)))
    mention = content.mention
    buttons = [{**_LINK_BUTTON, "label": action.label, "url": action.url} for action in content.actions]
    return {
        "content": mention_text(mention),
        "embeds": _embeds(content, message),
        "components": [{"type": _ROW, "components": buttons}] if buttons else [],
        "allowed_mentions": {
            "parse": ["everyone"] if mention.all else [],
            "users": mention.users[:_MENTIONS],
            "roles": mention.roles[: _MENTIONS - len(mention.users[:_MENTIONS])],
        },
    }


def mention_text(mention: Mention) -> str:
    """The mentions, as text; ``allowed_mentions`` admits the same people."""
    mentioned = [*(f"<@{user}>" for user in mention.users), *(f"<@&{role}>" for role in mention.roles)]
    return " ".join([*mentioned[:_MENTIONS], *(["@everyone"] if mention.all else [])])


def post_name(message: Message, endpoint: EndpointConfig) -> str:
    """The title of a forum's post, in plain text."""
    title = content_of(message, endpoint, _CONTENT).title
    return cut_units(title, _POST_NAME)


def _embeds(content: Content, message: Message) -> List[_Embed]:
    colour = tone_of(message.payload).value
    embed: _Embed = {
        "title": escape(content.title),
        "color": colour,
        "fields": [_field(fact) for fact in content.facts if fact.kind not in _ELSEWHERE],
        "timestamp": message.payload.timestamp.iso.replace("Z", "+00:00"),
    }
    description = [_paragraph(fact) for fact in content.facts if fact.kind in _ABOVE]
    if description:
        embed["description"] = "\n".join(description)
    for fact in content.facts:
        if fact.kind is FactKind.SERVER:
            embed["footer"] = {"text": cut_units(fact.value, _FOOTER)}
    return [embed, *([{"description": _fenced(content.traceback), "color": colour}] if content.traceback else [])]


def _paragraph(fact: Fact) -> str:
    if fact.kind is FactKind.ERROR:
        return _fenced(cut(fact.value, lambda shorter: units(_fenced(shorter)) <= _VALUE))
    return _own(fact) or escape(fact.value)


def _own(fact: Fact) -> str:
    """The owner's Markdown as Discord's, which knows no entities."""
    return rendered(fact.markdown, _span, _fenced, lambda line: f"> {line}")


def _span(span: Span) -> str:
    if span.code:
        return f"`{span.text.replace('`', 'ˋ')}`"
    text = f"[{escape(span.text)}](<{link_target(span.url)}>)" if span.url else escape(span.text)
    for mark, is_so in (("~~", span.strike), ("*", span.italic), ("**", span.bold)):
        text = wrapped(text, mark, mark) if is_so else text
    return text


def _field(fact: Fact) -> Dict[str, Any]:
    value = cut(fact.value, lambda shorter: units(escape(shorter)) <= _VALUE)
    name = cut(fact.label, lambda shorter: units(escape(shorter)) <= _NAME)
    return {"name": escape(name), "value": escape(value), "inline": not fact.is_long}


def _fenced(text: str) -> str:
    """A block of code: within it, Discord looks for nothing but its end."""
    escaped = _FENCE.sub("`\u2060", text)  # an invisible joiner
    return f"```\n{escaped}\n```"


def _fits(embeds: List[_Embed]) -> bool:
    descriptions = [units(embed.get("description", "")) for embed in embeds]
    return max(descriptions) <= _DESCRIPTION and sum(descriptions) + sum(_sizes(embeds[0])) <= _WHOLE


def _sizes(embed: _Embed) -> Iterator[int]:
    yield units(embed["title"])
    yield units(embed.get("footer", {}).get("text", ""))
    for field in embed["fields"]:
        yield units(field["name"]) + units(field["value"])
