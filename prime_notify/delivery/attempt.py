"""One attempt: render, send, judge. Shared by lanes and by test notifications, so that a test tests the real thing."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Protocol, Union

from prime_notify.channels.common.base import Response
from prime_notify.config.load import Endpoint
from prime_notify.model.notification import Message, Notification
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.steps import Step, no_step
from prime_notify.transport.failure import FailureKind, TransportFailure

__all__ = ["Attempt", "Attempter", "Sender"]


_RESPONSE_SHOWN = 500
"""Characters of an answer that are kept for people to look at."""


Receipt = Optional[Mapping[str, str]]


class Sender(Protocol):
    """The part of a transport that an attempt needs."""

    def send(self, request: Any, *, timeout: float) -> Union[Response, TransportFailure]: ...


@dataclass(frozen=True)
class Attempt:
    """What one attempt came to, its milliseconds on the wire, and the answer's text, cut short and without secrets."""

    outcome: Outcome
    ms: float
    response: str = ""

    @property
    def status(self) -> Optional[int]:
        return self.outcome.status


@dataclass(frozen=True)
class Attempter:
    """Knows how to try one notification at one endpoint.

    ``compose`` makes the message in the endpoint's language, at a moment and with the receipt of the task's start.
    """

    transport: Sender
    compose: Callable[[Notification, Endpoint, float, Receipt], Message]
    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    step: Step = no_step

    def attempt(self, endpoint: Endpoint, notification: Notification, previous: Receipt = None) -> Attempt:
        """Try one notification.

        Never raises: a fault of ours is an outcome too, with its reason, not a lost message.
        """
        return self.attempt_message(endpoint, lambda now: self.compose(notification, endpoint, now, previous))

    def attempt_message(self, endpoint: Endpoint, make: Callable[[float], Message]) -> Attempt:
        """Try the message that ``make`` makes for a moment. Never raises."""
        started = self.monotonic()
        response = ""
        outcome: Outcome
        try:
            answer = self._send(endpoint, make)
            if isinstance(answer, TransportFailure):
                outcome = _outcome_of(answer)
            else:
                response = endpoint.redact(answer.body.decode("utf-8", "replace"))[:_RESPONSE_SHOWN]
                outcome = endpoint.channel.judge(answer)
        except Exception as error:  # noqa: BLE001  (a channel's bug must not stop the lane)
            outcome = Permanent(f"internal error: {type(error).__name__}: {error}")
        return Attempt(_without_secrets(outcome, endpoint), (self.monotonic() - started) * 1000, response)

    def _send(self, endpoint: Endpoint, make: Callable[[float], Message]) -> Union[Response, TransportFailure]:
        request = endpoint.channel.render(make(self.wall()))
        self.step("send:begin")
        answer = self.transport.send(request, timeout=float(endpoint.config.timeout))
        self.step("send:done")
        return answer


def _outcome_of(failure: TransportFailure) -> Outcome:
    if failure.kind is FailureKind.INVALID_URL:
        return Permanent(failure.reason, hint=failure.hint)
    return Retry(failure.reason, hint=failure.hint)


def _without_secrets(outcome: Outcome, endpoint: Endpoint) -> Outcome:
    """Services quote what they were sent in their answers, keys included."""
    if isinstance(outcome, Delivered):
        return dataclasses.replace(outcome, detail=endpoint.redact(outcome.detail))
    return dataclasses.replace(outcome, reason=endpoint.redact(outcome.reason), hint=endpoint.redact(outcome.hint))
