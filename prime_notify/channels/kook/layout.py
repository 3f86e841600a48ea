"""The layout of a message in KOOK: a card. https://developer.kookapp.cn/doc/cardmessage

Whatever others may have typed stands in ``plain-text``, which has no markup. KMarkdown
(https://developer.kookapp.cn/doc/kmarkdown) holds labels, mentions, and the owner's own Markdown.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Sequence

from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.common.options import MOST_MENTIONED
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Action, Mention
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message
from prime_notify.text.cutting import cut_chars
from prime_notify.text.json_text import to_json
from prime_notify.text.rich import look_alike_markdown

__all__ = ["card_of", "mention_text"]

_WHOLE = 8000  # characters: "为了保障消息正常发出，请不要超过 8000 字符"
_FACTS = 6000  # bytes, of which a single fact gets a third
_TITLE = 100
_PLAIN = 2000
_RICH = 5000
_BUTTONS = 4  # in a row

_THEMES = {Tone.GOOD: "success", Tone.WARNING: "warning", Tone.BAD: "danger", Tone.RUNNING: "info"}
_BELOW = (FactKind.SERVER, FactKind.TIME)

_TAG = re.compile(r"\((?=(?:met|rol|chn|emj|ins|spl|font)\))", re.IGNORECASE)
_EMOJI = re.compile(r":(?=[\w+-]*[A-Za-z][\w+-]*:)")

_Module = Dict[str, Any]


def card_of(message: Message, endpoint: EndpointConfig) -> str:
    """The card as the JSON text that KOOK wants in ``content``."""
    tone = tone_of(message.payload)

    def document(candidate: Content) -> str:
        modules = list(_modules(candidate))
        return to_json([{"type": "card", "theme": _THEMES[tone], "size": "lg", "modules": modules}]).decode("utf-8")

    def fits(candidate: Content) -> bool:
        return len(candidate.traceback) <= _PLAIN and len(document(candidate)) <= _WHOLE

    return document(fit(content_of(message, endpoint, _FACTS), fits))


def mention_text(mention: Mention) -> str:
    """The mentions in KMarkdown, of ids that the config's check has passed."""
    if mention.all:
        return "(met)all(met)"
    mentioned = [f"(met){user}(met)" for user in mention.users] + [f"(rol){role}(rol)" for role in mention.roles]
    return " ".join(mentioned[:MOST_MENTIONED])


def _modules(content: Content) -> Iterator[_Module]:
    yield {"type": "header", "text": _plain(content.title, _TITLE)}
    mentioned = mention_text(content.mention)
    if mentioned:
        yield _section(_rich(mentioned))
    for fact in content.blocks:
        yield from _block(fact)
    cells = [fact for fact in content.cells if fact.kind not in _BELOW]
    if cells:
        fields = [element for fact in cells for element in (_rich(f"**{fact.label}**"), _plain(fact.value))]
        yield _section({"type": "paragraph", "cols": 2, "fields": fields})
    if content.traceback:
        yield {"type": "divider"}
        yield _section(_plain(content.traceback))
    yield from _buttons(content.actions)
    below = [_plain(fact.value) for fact in content.cells if fact.kind in _BELOW]
    if below:
        yield {"type": "context", "elements": below}


def _block(fact: Fact) -> Iterator[_Module]:
    own = _kmarkdown(fact.markdown)
    if own and len(own) <= _RICH:
        yield _section(_rich(own))
        return
    yield _section(_rich(f"**{fact.label}**"))
    yield _section(_plain(fact.value))


def _kmarkdown(markdown: str) -> str:
    """The owner's Markdown as KOOK's. What was escaped in it comes in look-alikes: KOOK's documentation does not say
    for which characters its backslash works.
    """
    return _EMOJI.sub("：", _TAG.sub("（", look_alike_markdown(markdown)))


def _buttons(actions: Sequence[Action]) -> Iterator[_Module]:
    buttons = [
        {"type": "button", "theme": "primary", "click": "link", "value": one.url, "text": _plain(one.label)}
        for one in actions
    ]
    for index in range(0, len(buttons), _BUTTONS):
        yield {"type": "action-group", "elements": buttons[index : index + _BUTTONS]}


def _section(text: _Module) -> _Module:
    return {"type": "section", "text": text}


def _plain(text: str, limit: int = _PLAIN) -> _Module:
    """Text as it is: without ``emoji`` a ``:smile:`` stays what it is."""
    return {"type": "plain-text", "content": cut_chars(text, limit), "emoji": False}


def _rich(text: str) -> _Module:
    return {"type": "kmarkdown", "content": text}
