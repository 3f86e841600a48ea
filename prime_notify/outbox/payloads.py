"""Stored payloads, each of which is read once, though it is for many endpoints."""

from __future__ import annotations

from typing import Dict, Optional

from pydantic import ValidationError

from prime_notify.model.payload import Payload

__all__ = ["Payloads", "payload_of"]

_MOST = 64


class Payloads:
    """Remembers the newest ones, by their text. From any thread."""

    def __init__(self) -> None:
        self._known: Dict[str, Payload] = {}

    def of(self, body: str) -> Optional[Payload]:
        """As :func:`payload_of`."""
        payload = self._known.get(body)
        if payload is None:
            payload = payload_of(body)
            if payload is not None:
                self.remember(body, payload)
        return payload

    def remember(self, body: str, payload: Payload) -> None:
        """``payload`` is stored as ``body``."""
        if len(self._known) >= _MOST:
            self._known = dict(list(self._known.items())[_MOST // 2 :])
        self._known[body] = payload


def payload_of(body: str) -> Optional[Payload]:
    """The stored payload; None when it cannot be read, since another version wrote it."""
    try:
        return Payload.model_validate_json(body)
    except ValidationError:
        return None
