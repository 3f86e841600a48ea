"""The content of a message for channels that lay out its parts, cut to fit: the least important parts go first."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Callable, List, Tuple

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Action, Mention
from prime_notify.model.fact import IN_TITLE, Fact
from prime_notify.model.notification import Message
from prime_notify.model.payload import Payload
from prime_notify.text.cutting import cut, cut_bytes, cut_chars
from prime_notify.text.plain import plain

__all__ = ["NOBODY", "Content", "colon", "content_of", "fit", "mention_of"]

_TITLE = 120  # characters; a composed title has at most 90 or so
_SHORTEST = 8  # characters; a shorter piece of a text is useless
_SHARE = 3  # no single fact takes more than this part of a message


NOBODY = Mention()


@dataclass(frozen=True)
class Content:
    """The parts of a message, as they are before any escaping. ``facts`` are sorted, the most important first."""

    title: str
    facts: Tuple[Fact, ...] = ()
    traceback: str = ""
    actions: Tuple[Action, ...] = ()
    mention: Mention = NOBODY

    @property
    def blocks(self) -> Tuple[Fact, ...]:
        """Facts that need a place of their own."""
        return tuple(fact for fact in self.facts if fact.is_long)

    @property
    def cells(self) -> Tuple[Fact, ...]:
        """Facts that may stand beside others."""
        return tuple(fact for fact in self.facts if not fact.is_long)


_Fits = Callable[[Content], bool]


def content_of(message: Message, endpoint: EndpointConfig, limit: int) -> Content:
    """The content of ``message`` for ``endpoint``, whose service takes about ``limit`` bytes.

    The title names the event and its status, so these facts are left out. Only a long fact has several lines.
    """
    error = message.payload.error
    traceback = (error.traceback if error and endpoint.traceback else None) or ""
    text = message.texts.title
    share = limit // _SHARE if len(message.facts) > 1 else limit
    return Content(
        title=cut_chars(plain(text, len(text)), _TITLE) or message.payload.event.value,
        facts=tuple(filter(_tells, (_tidied(fact, share) for fact in message.facts))),
        traceback="\n".join(line.rstrip() for line in traceback.expandtabs(4).splitlines() if line.strip()),
        actions=tuple(action for action in endpoint.actions if len(action.url.encode()) <= limit // 8),
        mention=mention_of(endpoint, message.payload),
    )


def mention_of(endpoint: EndpointConfig, payload: Payload) -> Mention:
    """The people that the endpoint's config mentions for such a payload."""
    mention = endpoint.mention
    return mention if mention is not None and payload.severity in mention.on else NOBODY


def colon(language: str) -> str:
    """What stands between a label and its value."""
    return "：" if language == "zh_cn" else ": "


def fit(content: Content, fits: _Fits) -> Content:
    """As much of the content as ``fits``.

    First the traceback loses its first lines, then the last facts go, then the buttons, the mention, and in the end the
    title's last words: a message arrives, whatever its parts are.
    """
    for shrunk in (_less_traceback, _fewer_facts, _fewer_actions, _nobody, _shorter_title):
        if fits(content):
            return content
        content = shrunk(content, fits)
    return content


def _tells(fact: Fact) -> bool:
    return bool(fact.value) and fact.kind not in IN_TITLE


def _tidied(fact: Fact, limit: int) -> Fact:
    lines = [line for line in (" ".join(line.split()) for line in fact.value.splitlines()) if line]
    value = ("\n" if fact.is_long else " ").join(lines)
    shorter = cut_bytes(value, limit)
    return fact._replace(value=shorter, markdown=fact.markdown if shorter == value else "")


def _less_traceback(content: Content, fits: _Fits) -> Content:
    """Without the first lines of the traceback: its end names the place of the error."""
    lines = content.traceback.split("\n")
    few, many = 0, len(lines)  # `few` lines fit (or none have to), `many` do not
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if fits(_with_lines(content, lines, middle)) else (few, middle)
    return _with_lines(content, lines, few)


def _with_lines(content: Content, lines: List[str], count: int) -> Content:
    return dataclasses.replace(content, traceback="\n".join(["…", *lines[-count:]]) if count else "")


def _fewer_facts(content: Content, fits: _Fits) -> Content:
    kept = list(content.facts)
    while kept:
        last = kept.pop()
        without = dataclasses.replace(content, facts=tuple(kept))
        if fits(without):
            return _with_beginning(without, last, fits) if last.is_long else without
    return dataclasses.replace(content, facts=())


def _with_beginning(content: Content, fact: Fact, fits: _Fits) -> Content:
    """The content, and as much of ``fact`` as still fits."""

    def extended(value: str) -> Content:
        return dataclasses.replace(content, facts=(*content.facts, fact._replace(value=value, markdown="")))

    value = cut(fact.value, lambda candidate: fits(extended(candidate)))
    return extended(value) if len(value) >= _SHORTEST else content


def _fewer_actions(content: Content, fits: _Fits) -> Content:
    while content.actions and not fits(content):
        content = dataclasses.replace(content, actions=content.actions[:-1])
    return content


def _nobody(content: Content, fits: _Fits) -> Content:
    return dataclasses.replace(content, mention=NOBODY)


def _shorter_title(content: Content, fits: _Fits) -> Content:
    title = cut(content.title, lambda candidate: fits(dataclasses.replace(content, title=candidate)))
    return dataclasses.replace(content, title=title)
