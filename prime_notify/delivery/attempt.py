"""One attempt: render, send, judge. Shared by lanes and by test notifications, so that a test tests the real thing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Callable, Optional, Protocol, Union

from prime_notify.channels.base import Request, Response
from prime_notify.config.load import Endpoint
from prime_notify.model.notification import Message, Notification
from prime_notify.model.outcome import Outcome, Permanent, Retry
from prime_notify.transport.http import TransportFailure

__all__ = ["Attempt", "Attempter", "Transport"]


class Transport(Protocol):
    """Does the I/O of one request; never raises."""

    def send(self, request: Request, *, timeout: float) -> Union[Response, TransportFailure]: ...


@dataclass(frozen=True)
class Attempt:
    """What one attempt came to, and its milliseconds on the wire."""

    outcome: Outcome
    ms: float

    @property
    def status(self) -> Optional[int]:
        return self.outcome.status


@dataclass(frozen=True)
class Attempter:
    """Knows how to try one notification at one endpoint. ``localize`` makes the message in the endpoint's language."""

    transport: Transport
    localize: Callable[[Notification, Endpoint, float], Message]
    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic

    def attempt(self, endpoint: Endpoint, notification: Notification) -> Attempt:
        """Never raises: a fault of ours is an outcome too, with its reason, not a lost message."""
        started = self.monotonic()
        try:
            outcome = self._attempt(endpoint, notification)
        except Exception as error:  # noqa: BLE001  (a channel's bug must not stop the lane)
            outcome = Permanent(endpoint.redact(f"internal error: {type(error).__name__}: {error}"))
        return Attempt(outcome, (self.monotonic() - started) * 1000)

    def _attempt(self, endpoint: Endpoint, notification: Notification) -> Outcome:
        request = endpoint.channel.render(self.localize(notification, endpoint, self.wall()))
        answer = self.transport.send(request, timeout=float(endpoint.config.timeout))
        if isinstance(answer, TransportFailure):
            return Retry(endpoint.redact(answer.reason), hint=endpoint.redact(answer.hint))
        return endpoint.channel.judge(answer)
