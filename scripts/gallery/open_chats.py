"""Cards of messages to Matrix, Mattermost, Rocket.Chat, Teams and Lark, made from their requests."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Callable, Iterator, Mapping

from scripts.gallery.card import Card, escape, markdown
from scripts.gallery.chats import feishu

__all__ = ["lark", "matrix", "mattermost", "rocketchat", "teams"]

_TEAMS_TONES = {"good": "#dff6dd", "warning": "#fff4ce", "attention": "#fde7e9", "accent": "#e8ebfa"}
_JOINER = "\u2060"


def lark(body: Mapping[str, Any]) -> Card:
    """The same card as Feishu's."""
    card = feishu(body)
    shown = card.body if re.search("[\u4e00-\u9fff]", card.title) else card.body.replace("@所有人", "@All")
    return dataclasses.replace(card, style="feishu lark", body=shown)


def matrix(body: Mapping[str, Any]) -> Card:
    """The HTML of an event."""
    text = re.sub(
        r'<a href="https://matrix.to/[^"]*">([^<]*)</a>', r'<span class="at">\1</span>', body["formatted_body"]
    )
    return Card("matrix", body=text)


def mattermost(body: Mapping[str, Any]) -> Card:
    """A text in Markdown, and an attachment with its coloured bar."""
    return _attached("mattermost", body, markdown)


def rocketchat(body: Mapping[str, Any]) -> Card:
    """The same in Rocket.Chat's markup, in which one asterisk is bold."""
    return _attached("rocketchat", body, lambda text: markdown(re.sub(r"(?m)(?<!\*)\*([^*\n]+)\*", r"**\1**", text)))


def _attached(style: str, body: Mapping[str, Any], read_markup: Callable[[str], str]) -> Card:
    def read(text: str) -> str:
        return read_markup(text.replace(_JOINER, "")).replace(_JOINER, "")  # some stand there as entities

    (attachment,) = body["attachments"]
    cells = "".join(_cell(field, read) for field in attachment.get("fields", ()))
    lead = re.sub(r"(?<!\w)@\w+", lambda found: f'<span class="at">{found[0]}</span>', read(body["text"]))
    return Card(
        style,
        lead=lead,
        body=read(attachment.get("text", "")) + f'<div class="cells">{cells}</div>',
        buttons=tuple(escape(action["text"]) for action in attachment.get("actions", ())),
        tone=attachment["color"],
    )


def _cell(field: Mapping[str, Any], read: Callable[[str], str]) -> str:
    kind = "cell" if field["short"] else "cell wide"
    return f'<div class="{kind}"><b>{read(field["title"])}</b>{read(field["value"])}</div>'


def teams(body: Mapping[str, Any]) -> Card:
    """An Adaptive Card: https://adaptivecards.io/explorer/"""
    card = body["attachments"][0]["content"]
    head, *rest = card["body"]
    return Card(
        "teams",
        title=escape(head["items"][0]["text"]),
        body="".join(part for block in rest for part in _teams_block(block)),
        buttons=tuple(escape(action["title"]) for action in card.get("actions", ())),
        tone=_TEAMS_TONES[head["style"]],
    )


def _teams_block(block: Mapping[str, Any]) -> Iterator[str]:
    if block["type"] == "TextBlock":
        yield re.sub(r"<at>([^<]*)</at>", r'<span class="at">\1</span>', markdown(block["text"]))
    elif block["type"] == "RichTextBlock":
        for run in block["inlines"]:
            tag = "code" if run.get("fontType") == "Monospace" else "span"
            yield f"<p><{tag}>{escape(run['text'])}</{tag}></p>"
    elif block["type"] == "FactSet":
        facts = (f"<dt>{markdown(one['title'])}</dt><dd>{markdown(one['value'])}</dd>" for one in block["facts"])
        yield f"<dl>{''.join(facts)}</dl>"
