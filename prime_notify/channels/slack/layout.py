"""The layout of a message in Slack: https://docs.slack.dev/reference/block-kit

A headline, the mentions, and beside a coloured bar a table of the facts, the error, buttons and the time. Texts that
players typed stand in plain text objects and in code blocks, where Slack looks for no markup. ``& < >`` are escaped
everywhere, so there is neither mention nor link (docs.slack.dev/messaging/formatting-message-text).
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Sequence

from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.common.urgency import tone_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Action, Mention
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message
from prime_notify.text.cutting import cut, units
from prime_notify.text.json_text import to_json
from prime_notify.text.rich import Span, rendered, wrapped

__all__ = ["body_of", "mention_text"]

# Characters, by the reference of blocks; all of them counted after escaping
_HEADER = 150
_SECTION = 3000
_FIELD = 2000
_FIELDS = 10
_MENTIONS = 100
_FALLBACK = 500  # of 4000 that chat.update takes; a push shows less
_WHOLE = 10_000  # Slack answers msg_blocks_too_long from about 13 000 characters of JSON on (slackapi/bolt-js#2509)
_CONTENT = 24_000  # of which content_of gives a third to a fact, and an eighth, a button's 3000, to a URL

_APART = (FactKind.ERROR, FactKind.MESSAGE)
_BELOW = (FactKind.SERVER, FactKind.TIME)
_MARKS = re.compile("[*_~`]|^&gt;")
_FENCE = re.compile("`(?=``)")  # in three and more backticks, all but the last two

_Block = Dict[str, Any]


def body_of(message: Message, endpoint: EndpointConfig) -> Dict[str, Any]:
    """``text``, ``blocks`` and ``attachments``. ``text`` is for pushes, and for clients that cannot show blocks."""

    def fits(shorter: Content) -> bool:
        whole = units(to_json(_shown(shorter, message)).decode("utf-8"))
        return whole <= _WHOLE and units(_fenced(shorter.traceback)) <= _SECTION

    content = fit(content_of(message, endpoint, _CONTENT), fits)
    return {"text": _fallback(content), **_shown(content, message)}


def mention_text(mention: Mention) -> str:
    """The mentions: members, user groups, the channel."""
    mentioned = [*(f"<@{user}>" for user in mention.users), *(f"<!subteam^{role}>" for role in mention.roles)]
    return " ".join([*mentioned[:_MENTIONS], *(["<!channel>"] if mention.all else [])])


def _shown(content: Content, message: Message) -> Dict[str, Any]:
    """``color`` and ``blocks`` only: an attachment with another field beside its blocks is refused."""
    attachment = {"color": tone_of(message.payload).hex, "blocks": list(_details(content, message))}
    return {"blocks": list(_headline(content)), "attachments": [attachment]}


def _headline(content: Content) -> Iterator[_Block]:
    yield {"type": "header", "text": {**_plain(content.title, _HEADER), "emoji": True}}
    mentions = mention_text(content.mention)
    if mentions:
        yield {"type": "section", "text": _markup(mentions)}


def _details(content: Content, message: Message) -> Iterator[_Block]:
    for fact in content.facts:
        if fact.kind is FactKind.MESSAGE:
            yield {"type": "section", "text": _message(fact)}
        elif fact.kind is FactKind.ERROR:
            yield {"type": "section", "text": _error(fact)}
    table = [fact for fact in content.facts if fact.kind not in (*_APART, *_BELOW)]
    for start in range(0, len(table), _FIELDS // 2):
        yield {"type": "section", "fields": list(_cells(table[start : start + _FIELDS // 2]))}
    if content.traceback:
        yield {"type": "section", "text": _markup(_fenced(content.traceback))}
    if content.actions:
        yield {"type": "actions", "elements": [_button(*numbered) for numbered in enumerate(content.actions, 1)]}
    yield {"type": "context", "elements": list(_small(content.facts, message))}


def _cells(facts: Sequence[Fact]) -> Iterator[_Block]:
    """Two cells for each fact: its label, and its value."""
    for fact in facts:
        yield _markup(f"*{_escape(fact.label)}*")
        yield _plain(fact.value, _FIELD)


def _small(facts: Sequence[Fact], message: Message) -> Iterator[_Block]:
    """Server and time; Slack shows each reader the time of their own place."""
    written = message.payload.timestamp.iso
    for fact in facts:
        if fact.kind is FactKind.SERVER:
            yield _plain(fact.value, _FIELD)
        elif fact.kind is FactKind.TIME:
            written = fact.value
    written = _escape(written).replace("|", " ")
    yield _markup(f"<!date^{int(message.payload.timestamp.unix)}^{{date_num}} {{time_secs}}|{written}>")


def _button(number: int, action: Action) -> _Block:
    """A button. Its label has at most 40 characters; Slack takes 75."""
    text = {**_plain(action.label, _FIELD), "emoji": True}
    return {"type": "button", "action_id": f"link_{number}", "text": text, "url": action.url}


def _plain(text: str, limit: int) -> _Block:
    return {"type": "plain_text", "text": _escape(cut(text, lambda shorter: units(_escape(shorter)) <= limit))}


def _markup(text: str) -> _Block:
    """A text object with markup. ``verbatim``: Slack makes no links of addresses and names in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _error(fact: Fact) -> _Block:
    label = f"*{_escape(fact.label)}*\n"
    value = cut(fact.value, lambda shorter: units(label + _fenced(shorter)) <= _SECTION)
    return _markup(label + _fenced(value))


def _message(fact: Fact) -> _Block:
    """The owner's Markdown as mrkdwn; any other text, and a longer one, is plain."""
    text = rendered(fact.markdown, _span, _fenced, lambda line: f"> {line}")
    return _markup(text) if text and units(text) <= _SECTION else _plain(fact.value, _SECTION)


def _span(span: Span) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text. Marks in the text are broken by invisible joiners."""
    if span.url:
        text = f"<{_escape(span.url).replace('|', '%7C')}|{_escape(span.text).replace('|', '¦')}>"
    elif span.code:
        return f"`{_escape(span.text).replace('`', 'ˋ')}`"
    else:
        text = _MARKS.sub("\\g<0>\u2060", _escape(span.text))
    for mark, is_so in (("~", span.strike), ("_", span.italic), ("*", span.bold)):
        text = wrapped(text, mark, mark) if is_so else text
    return text


def _fenced(text: str) -> str:
    """A block of code, in which Slack looks for no markup."""
    escaped = _FENCE.sub("`\u2060", _escape(text))  # an invisible joiner
    return f"```\n{escaped}\n```"


def _fallback(content: Content) -> str:
    """The title and the error: a lock screen has no room for more."""
    lines: List[str] = [content.title]
    lines += [fact.value.split("\n")[0] for fact in content.facts if fact.kind in _APART][:1]
    return _escape(cut("\n".join(lines), lambda shorter: units(_escape(shorter)) <= _FALLBACK))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
