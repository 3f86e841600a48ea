"""A notification: one accepted event with its id. And a message: its texts for one attempt."""

from __future__ import annotations

import functools
import hashlib
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, NamedTuple, Optional, Tuple

import pydantic_core

from prime_notify.model.fact import Fact
from prime_notify.model.payload import Payload

__all__ = ["IdFactory", "Message", "Notification", "Texts", "derived_id"]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(high + low for high in _CROCKFORD for low in _CROCKFORD)  # of ten bits


class IdFactory:
    """Makes ULIDs (github.com/ulid/spec): 48 bits of milliseconds, 80 of randomness, in 26 characters.

    Ids of one factory are strictly increasing, also within a millisecond and when the clock steps back. From any
    thread.
    """

    def __init__(self, now: Callable[[], float] = time.time, randbits: Optional[Callable[[int], int]] = None) -> None:
        self._now = now
        # Unique, not secret: seeded by the system once, so that a backup's thread does not wait for it
        self._randbits = randbits or random.Random().getrandbits  # noqa: S311
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            value = (int(self._now() * 1000) << 80) | self._randbits(80)
            if value <= self._last:
                value = self._last + 1
            self._last = value
        return _in_base_32(value, pairs=13)


def derived_id(id: str, contents: str) -> str:
    """An id for a message that covers more than the notification with ``id``. It sorts like this notification's own.

    The same ``contents`` give the same id.
    """
    digest = hashlib.sha256(contents.encode("utf-8", "replace")).digest()
    return id[:10] + _in_base_32(int.from_bytes(digest[:10], "big"), pairs=8)


def _in_base_32(value: int, *, pairs: int) -> str:
    """The lowest ``10 * pairs`` bits in Crockford's alphabet, two characters for ten bits, the highest first."""
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(10 * (pairs - 1), -1, -10)])


@dataclass(frozen=True)
class Notification:
    """One accepted event. Its id is the same in every retry and on every endpoint."""

    payload: Payload

    @property
    def id(self) -> str:
        return self.payload.id

    @functools.cached_property
    def json(self) -> bytes:
        """The payload as JSON, without absent fields. It is made once, for all endpoints that get the same texts.

        :raises ValueError: a text holds a lone surrogate.
        """
        return pydantic_core.to_json(self.payload, exclude_none=True, inf_nan_mode="null")


class Texts(NamedTuple):
    """Short texts in one language; ``desp`` is Markdown, with everything that a player typed escaped."""

    title: str
    body: str
    desp: str


@dataclass(frozen=True)
class Message:
    """All that a channel may look at when it renders one attempt.

    ``now``: the moment of the attempt, unix seconds; signatures need it. ``facts``: the facts in ``texts``, the most
    important first. ``previous``: the receipt of the start of the same task at this endpoint
    (:attr:`prime_notify.model.outcome.Delivered.receipt`), if there is one. ``custom_body``: ``texts.body`` where the
    endpoint has a template for it; a channel that lays out facts shows this plain text instead of them.
    ``custom_markdown``: the owner's template for ``desp``, or else for ``body``, as Markdown. ``beside``:
    values of templates beside the payload's fields, as JSON: ``digest`` or ``remark``. ``warnings``: problems of making
    the message, for the owner. ``timezone``: that of its times; None for this machine's. ``translations``: the same
    message in other languages, for an endpoint whose readers have several.
    """

    notification: Notification
    texts: Texts
    language: str
    now: float
    facts: Tuple[Fact, ...] = ()
    previous: Optional[Mapping[str, str]] = None
    custom_body: Optional[str] = None
    custom_markdown: Optional[str] = None
    beside: Mapping[str, Any] = field(default_factory=dict)
    warnings: Tuple[str, ...] = ()
    timezone: Optional[str] = None
    translations: Mapping[str, Message] = field(default_factory=dict)

    @property
    def payload(self) -> Payload:
        return self.notification.payload

    def at(self, now: float, previous: Optional[Mapping[str, str]] = None) -> Message:
        """The same message for another attempt; each attempt makes one, so this is quicker than ``replace``."""
        other = object.__new__(Message)
        vars(other).update(vars(self), now=now, previous=previous)
        return other
