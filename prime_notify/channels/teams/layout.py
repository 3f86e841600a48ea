"""The layout of a message in Teams: an Adaptive Card. https://adaptivecards.io/explorer/

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format: text blocks and facts
show bold, italic, lists and links of Markdown, and nothing else of it; a rich text block shows no Markdown at all
(https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features). Only ``msteams.entities`` can mention
people.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.common.options import MOST_MENTIONED
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.channels.teams.options import TeamsEndpoint
from prime_notify.config.message_options import Mention
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message
from prime_notify.text.json_text import to_json
from prime_notify.text.markdown import link_target, look_alike
from prime_notify.text.rich import Span, rendered, wrapped

__all__ = ["body_of"]

# "about 28 KB" (learn.microsoft.com/connectors/teams); people have seen a card of 21 000 bytes refused
_LIMIT = 20_000
_STYLES = {Tone.GOOD: "good", Tone.WARNING: "warning", Tone.BAD: "attention", Tone.RUNNING: "accent"}
_ABOVE = (FactKind.ERROR, FactKind.MESSAGE)

_Block = Dict[str, Any]


def body_of(message: Message, endpoint: TeamsEndpoint) -> Dict[str, Any]:
    """The whole request: a message with the card as its only attachment."""

    def document(content: Content) -> Dict[str, Any]:
        return {
            "type": "message",
            "attachments": [
                {
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "contentUrl": None,
                    "content": _card(content, tone_of(message.payload), wide=endpoint.teams.full_width),
                }
            ],
        }

    fitted = fit(content_of(message, endpoint, _LIMIT), lambda shorter: len(to_json(document(shorter))) <= _LIMIT)
    return document(fitted)


def _card(content: Content, tone: Tone, *, wide: bool) -> Dict[str, Any]:
    card: Dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": content.title,
        "body": list(_blocks(content, tone)),
    }
    if content.actions:
        card["actions"] = [{"type": "Action.OpenUrl", "title": one.label, "url": one.url} for one in content.actions]
    mentioned = [
        {"type": "mention", "text": f"<at>{id}</at>", "mentioned": {"id": id, "name": id}}
        for id in _ids(content.mention)
    ]
    teams = {**({"entities": mentioned} if mentioned else {}), **({"width": "Full"} if wide else {})}
    return {**card, **({"msteams": teams} if teams else {})}


def _blocks(content: Content, tone: Tone) -> Iterator[_Block]:
    title = {"type": "TextBlock", "text": look_alike(content.title), "weight": "Bolder", "size": "Medium", "wrap": True}
    yield {"type": "Container", "style": _STYLES[tone], "bleed": True, "items": [title]}
    called = " ".join(f"<at>{id}</at>" for id in _ids(content.mention))
    if called:
        yield {"type": "TextBlock", "text": called, "wrap": True}
    for fact in content.facts:
        if fact.kind in _ABOVE:
            yield _above(fact)
    facts = [
        {"title": look_alike(fact.label), "value": _lines(fact.value)}
        for fact in content.facts
        if fact.kind not in _ABOVE
    ]
    if facts:
        yield {"type": "FactSet", "facts": facts}
    if content.traceback:
        yield _verbatim(content.traceback, monospace=True, size="Small")


def _above(fact: Fact) -> _Block:
    own = rendered(fact.markdown, _span, _lines, lambda line: line, "\n\n")
    if own:
        return {"type": "TextBlock", "text": own, "wrap": True}
    return _verbatim(fact.value, monospace=fact.kind is FactKind.ERROR)


def _verbatim(text: str, *, monospace: bool, **look: str) -> _Block:
    """Text in which nothing is markup."""
    run: Dict[str, Any] = {"type": "TextRun", "text": text, **look}
    if monospace:
        run["fontType"] = "Monospace"
    return {"type": "RichTextBlock", "inlines": [run]}


def _lines(text: str) -> str:
    """Lines of text in Markdown; one line break would only be a space."""
    return "\n\n".join(map(look_alike, text.split("\n")))


def _span(span: Span) -> str:
    inner = span.text.strip()
    start = span.text.index(inner)
    text = span.text[:start] + look_alike(inner) + span.text[start + len(inner) :]
    if span.url:
        text = wrapped(text, "[", f"]({link_target(span.url)})")
    for mark, is_so in (("_", span.italic), ("**", span.bold)):
        text = wrapped(text, mark, mark) if is_so else text
    return text


def _ids(mention: Mention) -> List[str]:
    """The people; Teams lets no card mention a whole channel."""
    return mention.users[:MOST_MENTIONED]
