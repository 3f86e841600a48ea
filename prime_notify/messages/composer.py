"""A cache of composed messages: many endpoints get the same texts."""

from __future__ import annotations

import collections
import threading
from typing import Mapping, Optional, OrderedDict, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.texts import message_of
from prime_notify.model.notification import Message, Notification

__all__ = ["Composer"]

_KEPT = 32
"""The number of cached messages: as many as are likely to be under way in a few languages."""


class Composer:
    """:func:`prime_notify.messages.texts.message_of` with a cache of the newest messages. Safe from any thread.

    A cached message stays right: the payload of a notification never changes, nor does the catalogue.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._made: OrderedDict[Tuple[str, str, Optional[str], bool], Message] = collections.OrderedDict()

    def message(
        self,
        notification: Notification,
        language: str,
        timezone: Optional[str] = None,
        *,
        now: float,
        previous: Optional[Mapping[str, str]] = None,
        bars: bool = True,
    ) -> Message:
        """The message of one notification for an attempt at ``now`` (unix seconds). ``bars``: whether the reader's font
        shows them; only a report has any."""
        bars = bars or notification.payload.report is None
        key = (notification.id, language, timezone, bars)
        with self._lock:  # a second thread that needs the same message waits, instead of composing it again
            made = self._made.get(key)
            if made is None:
                made = message_of(notification, language, self._catalogue, now=now, timezone=timezone, bars=bars)
                self._made[key] = made
                if len(self._made) > _KEPT:
                    self._made.popitem(last=False)
        if made.now == now and previous is None:  # it was composed just now
            return made
        return made.at(now, previous)
