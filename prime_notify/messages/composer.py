"""Makes messages for many endpoints: what they all get alike is made once."""

from __future__ import annotations

import collections
import threading
from dataclasses import replace
from typing import Mapping, Optional, OrderedDict, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.texts import message_of
from prime_notify.model.notification import Message, Notification

__all__ = ["Composer"]

_KEPT = 32
"""Messages that are remembered: as many as are likely to be under way in a few languages."""


class Composer:
    """:func:`prime_notify.messages.texts.message_of`, remembering the newest messages. For any number of threads.

    Right because a notification's payload never changes under its id, nor does the catalogue.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._made: OrderedDict[Tuple[str, str], Message] = collections.OrderedDict()

    def message(
        self, notification: Notification, language: str, *, now: float, previous: Optional[Mapping[str, str]] = None
    ) -> Message:
        """All that a channel needs for an attempt at ``now`` (unix seconds)."""
        key = (notification.id, language)
        with self._lock:  # whoever needs the same message at the same moment waits for it
            made = self._made.get(key)
            if made is None:
                made = self._made[key] = message_of(notification, language, self._catalogue, now=now)
                if len(self._made) > _KEPT:
                    self._made.popitem(last=False)
        if made.now == now and previous is None:  # it is the first of its kind
            return made
        return replace(made, now=now, previous=previous)
