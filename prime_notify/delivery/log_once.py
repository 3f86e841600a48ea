"""Warnings about the config of an endpoint: each is logged once, not at every event."""

from __future__ import annotations

import logging
import threading
from typing import Set, Tuple

from prime_notify.channels.common.endpoint import Endpoint

__all__ = ["OnceLog"]

_MOST = 1000


class OnceLog:
    """Logs each warning once for each endpoint, without the endpoint's secrets, until :meth:`forget` (on a reload).

    A warning has the form ``mistake: reason of this time``. The text before the colon identifies it.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._said: Set[Tuple[str, str]] = set()

    def warn(self, endpoint: Endpoint, text: str) -> None:
        """Log it, unless it was logged before. From any thread."""
        key = (endpoint.name, text.partition(": ")[0])
        with self._lock:
            if key in self._said or len(self._said) >= _MOST:
                return
            self._said.add(key)
        self._log.warning("%s: %s", endpoint.name, endpoint.redact(text))

    def forget(self) -> None:
        """Log each warning again."""
        with self._lock:
            self._said.clear()
