"""The ids of notifications: unique, and ordered by time."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from typing import Callable, Optional

__all__ = ["IdFactory", "derived_id"]

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
