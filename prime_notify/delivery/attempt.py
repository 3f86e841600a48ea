"""One attempt: render, send, judge. Lanes and test notifications share it, so that a test shows the real behaviour."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Protocol, Sequence, Tuple, Union

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.item import Item
from prime_notify.model.notification import Message, Notification
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.wording import in_language, internal_error, internal_remedy
from prime_notify.transport.exchange import Meanwhile

__all__ = ["Attempt", "Attempter", "Compose", "Receipt", "Sender"]

_RESPONSE_SHOWN = 500
"""Characters of an answer that are kept for people to look at."""

_RESPONSE_READ = 8 * _RESPONSE_SHOWN
"""Bytes of an answer that are searched for secrets before it is cut."""

Receipt = Optional[Mapping[str, str]]
"""The receipt of the start of the same task at the same endpoint, where it gave one."""

Compose = Callable[[Sequence[Item], EndpointConfig, float, Receipt], Message]
"""Makes the message about some items for an endpoint, at a moment (unix seconds), with a receipt."""


class Sender(Protocol):
    """The part of a transport that an attempt needs."""

    def send(
        self, request: Any, *, timeout: float, meanwhile: Meanwhile = None
    ) -> Union[Response, TransportFailure]: ...


class Attempt(NamedTuple):
    """The outcome of an attempt, its milliseconds, and the text of the answer, cut short and without secrets.

    ``warnings``: mistakes that the owner should correct although a request was made, without secrets as well.
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
        """All warnings in one text of moderate length."""
        return "; ".join(self.warnings)[:_RESPONSE_SHOWN]


@dataclass(frozen=True)
class Attempter:
    """Attempts messages at endpoints.

    ``prepare`` does the part of the work of ``compose`` that is the same in each attempt, and keeps the result.
    ``warn`` gets each mistake in a config that did not prevent the request. ``language``: that of the console, for the
    reasons of failures.
    """

    transport: Sender
    compose: Compose
    warn: Callable[[Endpoint, str], None] = lambda endpoint, warning: None
    prepare: Callable[[Notification, EndpointConfig], None] = lambda notification, endpoint: None
    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    crash_point: CrashPoint = no_crash
    language: str = "en_us"

    def attempt(
        self,
        endpoint: Endpoint,
        items: Sequence[Item],
        previous: Receipt = None,
        meanwhile: Meanwhile = None,
    ) -> Attempt:
        """Send one message about ``items``. Never raises: a bug of ours is an outcome with its reason.

        ``meanwhile``: some work of microseconds for the time until the answer is there.

        A message that was to answer or update one that is gone is sent again at once, as a message of its own.
        """
        started = self.monotonic()
        warnings: List[str] = []
        outcome, response = self._try(endpoint, items, previous, warnings, meanwhile)
        if previous and isinstance(outcome, Retry) and outcome.separately:
            outcome, response = self._try(endpoint, items, None, warnings, None)
        ms, outcome = (self.monotonic() - started) * 1000, _for_people(outcome, endpoint, self.language)
        return Attempt(outcome, ms, response, tuple(map(endpoint.redact, dict.fromkeys(warnings))))

    def _try(
        self,
        endpoint: Endpoint,
        items: Sequence[Item],
        previous: Receipt,
        warnings: List[str],
        meanwhile: Meanwhile,
    ) -> Tuple[Outcome, str]:
        """The outcome and the text of the answer."""
        try:
            answer = self._send(endpoint, items, previous, warnings, meanwhile)
            if isinstance(answer, TransportFailure):
                return _outcome_of(answer), ""
            head = answer.body[:_RESPONSE_READ].decode("utf-8", "replace")
            response = endpoint.redact(head)[:_RESPONSE_SHOWN]
            return endpoint.channel.judge(answer), response
        except Exception as error:  # noqa: BLE001  (a bug of a channel must not stop the lane)
            return Retry(internal_error(error), hint=internal_remedy(error), internal=True), ""

    def _send(
        self,
        endpoint: Endpoint,
        items: Sequence[Item],
        previous: Receipt,
        warnings: List[str],
        meanwhile: Meanwhile,
    ) -> Union[Response, TransportFailure]:
        message = self.compose(items, endpoint.config, self.wall(), previous)
        request = endpoint.render(message)
        warnings += (*message.warnings, *(request.warnings if isinstance(request, Request) else ()))
        for warning in warnings:
            self.warn(endpoint, warning)
        self.crash_point("send:begin")
        answer = self.transport.send(request, timeout=float(endpoint.config.timeout), meanwhile=meanwhile)
        self.crash_point("send:done")
        return answer


_FOR_THE_OWNER = (FailureKind.INVALID_URL, FailureKind.UNRUNNABLE)
"""Failures that only a change of the config can end."""


def _outcome_of(failure: TransportFailure) -> Outcome:
    if failure.kind in _FOR_THE_OWNER:
        return Permanent(failure.reason, hint=failure.hint)
    return Retry(failure.reason, hint=failure.hint, cut_off=failure.kind is FailureKind.STOPPED)


def _for_people(outcome: Outcome, endpoint: Endpoint, language: str) -> Outcome:
    """In the language of the console, and without secrets: an answer may quote the request with its keys."""
    if isinstance(outcome, Delivered):
        if not outcome.detail:
            return outcome
        return dataclasses.replace(outcome, detail=endpoint.redact(outcome.detail))
    reason, hint = in_language(outcome.reason, language), in_language(outcome.hint, language)
    return dataclasses.replace(outcome, reason=endpoint.redact(reason), hint=endpoint.redact(hint))
