"""The layout of a message in Matrix: HTML, and the same in plain text for clients that show no HTML.

https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes lists the elements that clients show, and
https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions how people are mentioned. ``m.mentions`` always
stands there: without it, older clients look for names in the text.
"""

from __future__ import annotations

import html
from typing import Any, Dict, Iterator, List

from prime_notify.channels.common.layout import Content, colon, content_of, fit
from prime_notify.channels.common.options import MOST_MENTIONED
from prime_notify.channels.common.urgency import tone_of
from prime_notify.channels.matrix.options import MatrixEndpoint
from prime_notify.config.message_options import Mention
from prime_notify.model.event import Severity
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message
from prime_notify.text.json_text import to_json
from prime_notify.text.rich import Span, plain_of, rendered

__all__ = ["content_for", "edited", "is_mentioning"]

# A whole event has 65 536 bytes of JSON (spec, Size limits); an edit holds the content twice, and the server adds
# signatures and the ids of earlier events
_WHOLE = 24_000  # bytes
_CONTENT = 12_000  # bytes of texts
_ABOVE = (FactKind.ERROR, FactKind.MESSAGE)


def content_for(message: Message, endpoint: MatrixEndpoint) -> Dict[str, Any]:
    """The content of the ``m.room.message``, in a new one and as the new content of an edit."""

    def document(content: Content) -> Dict[str, Any]:
        return {
            "msgtype": f"m.{endpoint.matrix.msgtype or _kind_of(message, content.mention)}",
            "body": _plain(content, message.language),
            "format": "org.matrix.custom.html",
            "formatted_body": _html(content, message),
            "m.mentions": _mentions(content.mention),
        }

    fitted = fit(content_of(message, endpoint, _CONTENT), lambda shorter: len(to_json(document(shorter))) <= _WHOLE)
    return document(fitted)


def edited(content: Dict[str, Any], event: str) -> Dict[str, Any]:
    """The content that replaces an event (spec, Event replacements). An edit mentions nobody: it rings no device."""
    return {
        **content,
        "body": f"* {content['body']}",
        "formatted_body": f"* {content['formatted_body']}",
        "m.mentions": {},
        "m.new_content": content,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event},
    }


def is_mentioning(mention: Mention) -> bool:
    """Whether anybody is mentioned."""
    return bool(_mentions(mention))


def _kind_of(message: Message, mention: Mention) -> str:
    """A notice rings on no device (spec, ``.m.rule.suppress_notices``), even where it mentions somebody."""
    return "text" if message.payload.severity is not Severity.INFO or is_mentioning(mention) else "notice"


def _mentions(mention: Mention) -> Dict[str, Any]:
    users = {"user_ids": mention.users[:MOST_MENTIONED]} if mention.users else {}
    return {**users, **({"room": True} if mention.all else {})}


def _plain(content: Content, language: str) -> str:
    lines: List[str] = [content.title]
    people = [*content.mention.users[:MOST_MENTIONED], *(["@room"] if content.mention.all else [])]
    lines += [" ".join(people)] if people else []
    for fact in content.facts:
        value = plain_of(fact.markdown) if fact.markdown else fact.value
        lines.append(f"{fact.label}{colon(language)}" + value.replace("\n", "\n  "))
    lines += [content.traceback] if content.traceback else []
    lines += [f"{action.label}{colon(language)}{action.url}" for action in content.actions]
    return "\n".join(lines)


def _html(content: Content, message: Message) -> str:
    return "".join(_parts(content, message))


def _parts(content: Content, message: Message) -> Iterator[str]:
    colour = tone_of(message.payload).hex
    yield f'<h4><font data-mx-color="{colour}" color="{colour}">{_escape(content.title)}</font></h4>'
    people = [_pill(user) for user in content.mention.users[:MOST_MENTIONED]]
    people += ["@room"] if content.mention.all else []
    if people:
        yield f"<p>{' '.join(people)}</p>"
    yield from (_block(fact, message.language) for fact in content.facts if fact.kind in _ABOVE)
    cells = [_cell(fact, message.language) for fact in content.facts if fact.kind not in _ABOVE]
    if cells:
        yield f"<ul>{''.join(cells)}</ul>"
    if content.traceback:
        yield _code(content.traceback)
    if content.actions:
        yield f"<p>{' · '.join(_link(action.url, _escape(action.label)) for action in content.actions)}</p>"


def _block(fact: Fact, language: str) -> str:
    own = rendered(fact.markdown, _span, _code, lambda line: f"<blockquote>{line}</blockquote>", "<br>")
    if own:
        return f"<p>{own}</p>"
    label = f"<b>{_escape(fact.label)}</b>{colon(language).rstrip()}"
    if fact.kind is FactKind.ERROR:
        return f"<p>{label}</p>{_code(fact.value)}"
    return f"<p>{label} {_lines(fact.value)}</p>"


def _cell(fact: Fact, language: str) -> str:
    return f"<li><b>{_escape(fact.label)}</b>{colon(language)}{_lines(fact.value)}</li>"


def _span(span: Span) -> str:
    text = f"<code>{_escape(span.text)}</code>" if span.code else _escape(span.text)
    text = _link(span.url, text) if span.url else text
    for tag, is_so in (("del", span.strike), ("em", span.italic), ("strong", span.bold)):
        text = f"<{tag}>{text}</{tag}>" if is_so else text
    return text


def _code(text: str) -> str:
    return f"<pre><code>{_escape(text)}</code></pre>"


def _lines(text: str) -> str:
    return _escape(text).replace("\n", "<br>")


def _pill(user: str) -> str:
    return _link(f"https://matrix.to/#/{user}", _escape(user))


def _link(url: str, text: str) -> str:
    return f'<a href="{_escape(url)}">{text}</a>'


def _escape(text: str) -> str:
    return html.escape(text)
