"""Which endpoints a notification goes to."""

from __future__ import annotations

from typing import Sequence

from prime_notify.config.load import Endpoint
from prime_notify.config.models import NotificationConfig
from prime_notify.model.payload import Payload

__all__ = ["route"]


def route(payload: Payload, config: NotificationConfig, endpoints: Sequence[Endpoint]) -> Sequence[str]:
    """Names of those of ``endpoints`` whose event filter, narrowed by the block's own, lets ``payload`` pass."""
    if config.events is not None and payload.event not in config.events:
        return []
    return [endpoint.name for endpoint in endpoints if _wants(endpoint, payload)]


def _wants(endpoint: Endpoint, payload: Payload) -> bool:
    events = endpoint.config.events
    return events is None or payload.event in events
