"""Warnings that concern an endpoint's config rather than one notification: each is logged once, not at every event."""

from __future__ import annotations

import logging
import threading
from typing import Set, Tuple

from prime_notify.channels.common.endpoint import Endpoint

__all__ = ["OnceLog"]

_MOST = 1000


class OnceLog:
    """Logs each warning once for each endpoint, without the endpoint's secrets, until told to forget (on a reload).

    A warning reads "what is wrong: why this time"; which one it is, is told by what stands before the colon.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._said: Set[Tuple[str, str]] = set()

    def warn(self, endpoint: Endpoint, text: str) -> None:
        """Usable from any thread."""
        key = (endpoint.name, text.partition(": ")[0])
        with self._lock:
            if key in self._said or len(self._said) >= _MOST:
                return
            self._said.add(key)
        self._log.warning("%s: %s", endpoint.name, endpoint.redact(text))

    def forget(self) -> None:
        with self._lock:
            self._said.clear()
