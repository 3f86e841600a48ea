"""One attempt: render, send, judge. Shared by lanes and by test notifications, so that a test tests the real thing."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any, Callable, List, Mapping, Optional, Protocol, Tuple, Union

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.crash_points import Step, no_step
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.notification import Message, Notification
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.wording import in_language, internal_error

__all__ = ["Attempt", "Attempter", "Sender"]


_RESPONSE_SHOWN = 500
"""Characters of an answer that are kept for people to look at."""


Receipt = Optional[Mapping[str, str]]


Make = Callable[[float, Receipt], Message]
"""Makes the message of an attempt, for its moment and with the receipt of the task's start."""


class Sender(Protocol):
    """The part of a transport that an attempt needs."""

    def send(self, request: Any, *, timeout: float) -> Union[Response, TransportFailure]: ...


@dataclass(frozen=True)
class Attempt:
    """What one attempt came to, its milliseconds on the wire, and the answer's text, cut short and without secrets.

    ``warnings``: what the owner should mend although a request was made, without secrets as well.
    """

    outcome: Outcome
    ms: float
    response: str = ""
    warnings: Tuple[str, ...] = ()

    @property
    def status(self) -> Optional[int]:
        return self.outcome.status

    @property
    def warning(self) -> str:
        """All of the warnings in one text, of moderate length."""
        return "; ".join(self.warnings)[:_RESPONSE_SHOWN]


@dataclass(frozen=True)
class Attempter:
    """Knows how to try one notification at one endpoint.

    ``compose`` makes the message in the endpoint's language, at a moment and with the receipt of the task's start.
    ``language``: that of the console, in which it is told why something failed.
    ``warn`` is told of what went wrong in making a request that can be sent nevertheless.
    """

    transport: Sender
    compose: Callable[[Notification, EndpointConfig, float, Receipt], Message]
    warn: Callable[[Endpoint, str], None] = lambda endpoint, warning: None
    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    step: Step = no_step
    language: str = "en_us"

    def attempt(self, endpoint: Endpoint, notification: Notification, previous: Receipt = None) -> Attempt:
        """Try one notification.

        Never raises: a fault of ours is an outcome too, with its reason, not a lost message.
        """

        def make(now: float, previous: Receipt) -> Message:
            return self.compose(notification, endpoint.config, now, previous)

        return self.attempt_message(endpoint, make, previous)

    def attempt_message(self, endpoint: Endpoint, make: Make, previous: Receipt = None) -> Attempt:
        """Try the message that ``make`` makes. Never raises.

        What was to reply to or to update a message that is gone is sent at once as one of its own.
        """
        started = self.monotonic()
        warnings: List[str] = []
        outcome, response = self._try(endpoint, make, previous, warnings)
        if previous and isinstance(outcome, Retry) and outcome.separately:
            outcome, response = self._try(endpoint, make, None, warnings)
        ms, outcome = (self.monotonic() - started) * 1000, _for_people(outcome, endpoint, self.language)
        return Attempt(outcome, ms, response, tuple(map(endpoint.redact, dict.fromkeys(warnings))))

    def _try(self, endpoint: Endpoint, make: Make, previous: Receipt, warnings: List[str]) -> Tuple[Outcome, str]:
        """The outcome and the answer's text."""
        try:
            answer = self._send(endpoint, make, previous, warnings)
            if isinstance(answer, TransportFailure):
                return _outcome_of(answer), ""
            response = endpoint.redact(answer.body.decode("utf-8", "replace"))[:_RESPONSE_SHOWN]
            return endpoint.channel.judge(answer), response
        except Exception as error:  # noqa: BLE001  (a channel's bug must not stop the lane)
            return Permanent(internal_error(error)), ""

    def _send(
        self, endpoint: Endpoint, make: Make, previous: Receipt, warnings: List[str]
    ) -> Union[Response, TransportFailure]:
        message = make(self.wall(), previous)
        request = endpoint.render(message)
        warnings += (*message.warnings, *(request.warnings if isinstance(request, Request) else ()))
        for warning in warnings:
            self.warn(endpoint, warning)
        self.step("send:begin")
        answer = self.transport.send(request, timeout=float(endpoint.config.timeout))
        self.step("send:done")
        return answer


_FOR_THE_OWNER_TO_MEND = (FailureKind.INVALID_URL, FailureKind.UNRUNNABLE)


def _outcome_of(failure: TransportFailure) -> Outcome:
    if failure.kind in _FOR_THE_OWNER_TO_MEND:
        return Permanent(failure.reason, hint=failure.hint)
    return Retry(failure.reason, hint=failure.hint, cut_off=failure.kind is FailureKind.STOPPED)


def _for_people(outcome: Outcome, endpoint: Endpoint, language: str) -> Outcome:
    """In their language, and without secrets: services quote what they were sent in their answers, keys included."""
    if isinstance(outcome, Delivered):
        if not outcome.detail:
            return outcome
        return dataclasses.replace(outcome, detail=endpoint.redact(outcome.detail))
    reason, hint = in_language(outcome.reason, language), in_language(outcome.hint, language)
    return dataclasses.replace(outcome, reason=endpoint.redact(reason), hint=endpoint.redact(hint))
