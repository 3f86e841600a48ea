"""One attempt: render, send, judge. Lanes and test notifications share it, so that a test shows the real behaviour."""

from __future__ import annotations

import dataclasses
import time
import weakref
from dataclasses import dataclass, field
from typing import Any, Callable, List, Mapping, MutableMapping, NamedTuple, Optional, Protocol, Sequence, Tuple, Union

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.model.event import Bound
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.item import Item
from prime_notify.model.notification import Message, Notification
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import AnyRequest, Request
from prime_notify.model.response import Response
from prime_notify.text.wording import Wording, in_language, internal_error, internal_remedy
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
    reasons of failures. ``moves``: in place of the channel of an endpoint that the service has moved, that of its new
    place; until the config is loaded again.
    """

    transport: Sender
    compose: Compose
    warn: Callable[[Endpoint, str], None] = lambda endpoint, warning: None
    prepare: Callable[[Notification, EndpointConfig], None] = lambda notification, endpoint: None
    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    crash_point: CrashPoint = no_crash
    language: str = "en_us"
    moves: MutableMapping[Channel[Any], Channel[Any]] = field(default_factory=weakref.WeakKeyDictionary)

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
        endpoint = self._where_it_is(endpoint)
        outcome, response = self._try(endpoint, items, previous, warnings, meanwhile)
        if isinstance(outcome, Permanent) and outcome.moved and self._follows(endpoint, outcome, warnings):
            outcome, response = self._try(self._where_it_is(endpoint), items, previous, warnings, None)
        if previous and isinstance(outcome, Retry) and outcome.separately:
            outcome, response = self._try(endpoint, items, None, warnings, None)
        ms, outcome = (self.monotonic() - started) * 1000, _for_people(outcome, endpoint, self.language)
        return Attempt(outcome, ms, response, tuple(map(endpoint.redact, dict.fromkeys(warnings))))

    def _where_it_is(self, endpoint: Endpoint) -> Endpoint:
        channel = self.moves.get(endpoint.channel) if self.moves else None
        return endpoint if channel is None else dataclasses.replace(endpoint, channel=channel)

    def _follows(self, endpoint: Endpoint, refused: Permanent, warnings: List[str]) -> bool:
        """Whether the service's message that the endpoint has moved can be followed. The owner is warned once."""
        channel = endpoint.channel.moved(refused.moved or {})
        if channel is None:
            return False
        self.moves[endpoint.channel] = channel
        warnings.append(in_language(refused.hint, self.language))
        return True

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
            message = self.compose(items, endpoint.config, self.wall(), previous)
            request, answer = self._send(endpoint, message, warnings, meanwhile)
            if isinstance(answer, TransportFailure):
                return _outcome_of(answer), ""
            head = answer.body[:_RESPONSE_READ].decode("utf-8", "replace")
            response = endpoint.redact(head)[:_RESPONSE_SHOWN]
            outcome = endpoint.judge(request, answer)
            if isinstance(outcome, Delivered):
                self._follow_up(endpoint, message, warnings)
                if previous and message.payload.event.bound is Bound.NONE and not endpoint.channel.shows_state:
                    outcome = dataclasses.replace(outcome, receipt=None)  # the end answers the start, not this
            return outcome, response
        except Exception as error:  # noqa: BLE001  (a bug of a channel must not stop the lane)
            return Retry(internal_error(error), hint=internal_remedy(error), internal=True), ""

    def _send(
        self,
        endpoint: Endpoint,
        message: Message,
        warnings: List[str],
        meanwhile: Meanwhile,
    ) -> Tuple[AnyRequest, Union[Response, TransportFailure]]:
        request = endpoint.render(message)
        warnings += (*message.warnings, *(request.warnings if isinstance(request, Request) else ()))
        for warning in warnings:
            self.warn(endpoint, warning)
        self.crash_point("send:begin")
        answer = self.transport.send(request, timeout=float(endpoint.config.timeout), meanwhile=meanwhile)
        self.crash_point("send:done")
        return request, answer

    def _follow_up(self, endpoint: Endpoint, message: Message, warnings: List[str]) -> None:
        """Update the start after a message that is no update itself, once; a problem is a warning at most."""
        try:
            request = endpoint.follow_up(message)
            if request is None:
                return
            answer = self.transport.send(request, timeout=float(endpoint.config.timeout), meanwhile=None)
            outcome = _outcome_of(answer) if isinstance(answer, TransportFailure) else endpoint.judge(request, answer)
        except Exception as error:  # noqa: BLE001  (the message itself is delivered)
            outcome = Permanent(internal_error(error))
        if not isinstance(outcome, Delivered):
            said = Wording(
                "the message of the start could not be updated: {reason}",
                "未能更新开始时的消息：{reason}",
                reason=outcome.reason,
            )
            warning = in_language(said, self.language)
            warnings.append(warning)
            self.warn(endpoint, warning)


_FOR_THE_OWNER = (FailureKind.INVALID_URL, FailureKind.UNRUNNABLE)
"""Failures that only a change of the config can end."""


def _outcome_of(failure: TransportFailure) -> Outcome:
    if failure.kind in _FOR_THE_OWNER:
        return Permanent(failure.reason, hint=failure.hint)
    return Retry(
        failure.reason,
        hint=failure.hint,
        cut_off=failure.kind is FailureKind.STOPPED,
        elsewhere=failure.kind is FailureKind.ELSEWHERE,
    )


def _for_people(outcome: Outcome, endpoint: Endpoint, language: str) -> Outcome:
    """In the language of the console, and without secrets: an answer may quote the request with its keys."""
    if isinstance(outcome, Delivered):
        if not outcome.detail and not outcome.reached:
            return outcome
        detail, reached = endpoint.redact(outcome.detail), endpoint.redact(outcome.reached)
        return dataclasses.replace(outcome, detail=detail, reached=reached)
    reason, hint = in_language(outcome.reason, language), in_language(outcome.hint, language)
    return dataclasses.replace(outcome, reason=endpoint.redact(reason), hint=endpoint.redact(hint))
