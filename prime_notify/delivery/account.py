"""The account of deliveries in the log: a sentence in the console's language, and for debugging a line of values."""

from __future__ import annotations

import logging
from typing import Callable, List, Optional, Sequence

from prime_notify.delivery.attempt import Attempt
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import EventName
from prime_notify.model.notification import Notification
from prime_notify.model.outcome import Delivered
from prime_notify.outbox.values import Delivery, Settlement, State
from prime_notify.text.humanize import duration

__all__ = ["MARK", "Account"]

MARK = "about_a_delivery"
"""The attribute of a log record that marks such a sentence."""

_WORDS = {
    State.DELIVERED: "delivered",
    State.ACCEPTED: "accepted",
    State.WAITING: "retrying",
    State.DEAD: "failed",
}
_MARKED = {MARK: True}


class _Lazy:
    """A text that is made when a handler of the log first writes it. MCDReforged's log has two of them."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._made: Optional[str] = None

    def __str__(self) -> str:
        if self._made is None:
            self._made = self._make()
        return self._made


class Account:
    """Writes to ``log``. Without a catalogue there are no sentences."""

    def __init__(self, log: logging.Logger, catalogue: Optional[Catalogue] = None, language: str = "en_us") -> None:
        self._log = log
        self._catalogue = catalogue
        self._language = language
        self._separator = self._text("log.attempt.separator")
        self._events = {one: self._text(f"notification.event.{one.value}") for one in EventName}

    def attempt(
        self,
        deliveries: Sequence[Delivery],
        attempt: Attempt,
        settlement: Settlement,
        now: float,
        *,
        failures: int,
    ) -> None:
        """An attempt; a warning for a dead letter and for a first failure.

        ``failures``: failed attempts of the endpoint in a row.
        """
        waits = settlement.state is State.WAITING
        level = logging.WARNING if settlement.state is State.DEAD or (waits and failures == 1) else logging.INFO
        delivery = deliveries[-1]
        if self._catalogue is not None and self._log.isEnabledFor(level):
            self._say(level, lambda: self._attempt_sentence(deliveries, attempt, settlement, now))
        if self._log.isEnabledFor(logging.DEBUG):
            self._log.debug(
                "id=%s endpoint=%s attempt=%d outcome=%s status=%s ms=%.0f of=%d next=%.0fs reason=%r",
                delivery.notification.id,
                delivery.endpoint,
                delivery.attempt,
                _WORDS[settlement.state],
                settlement.status,
                attempt.ms,
                len(deliveries),
                settlement.due - now if waits else 0.0,
                settlement.reason,
            )

    def _attempt_sentence(
        self, deliveries: Sequence[Delivery], attempt: Attempt, settlement: Settlement, now: float
    ) -> str:
        values = {"details": self._details(deliveries[-1].attempt, settlement, attempt)}
        if not settlement.state.is_success:
            values["reason"] = settlement.reason or self._text("log.attempt.no_reason")
            values["wait"] = duration(max(0.0, settlement.due - now))
            values["id"] = deliveries[-1].notification.id
        return self._sentence(_WORDS[settlement.state], deliveries, **values)

    def left_out(self, delivery: Delivery, state: State, age: float) -> None:
        """A delivery that is not worth an attempt any more. ``age``: seconds."""
        self._without_attempt(delivery, state.value, age)

    def deferred(self, delivery: Delivery, seconds: float) -> None:
        """A delivery that waits, as the config says."""
        self._without_attempt(delivery, "deferred", seconds)

    def _without_attempt(self, delivery: Delivery, outcome: str, seconds: float) -> None:
        if self._catalogue is not None and self._log.isEnabledFor(logging.INFO):
            self._say(logging.INFO, lambda: self._sentence(outcome, [delivery], wait=duration(seconds)))
        id, endpoint = delivery.notification.id, delivery.endpoint
        self._log.debug("id=%s endpoint=%s outcome=%s seconds=%.0f", id, endpoint, outcome, seconds)

    def _say(self, level: int, sentence: Callable[[], str]) -> None:
        self._log.log(level, "%s", _Lazy(sentence), extra=_MARKED)

    def _sentence(self, outcome: str, deliveries: Sequence[Delivery], **values: object) -> str:
        what = self._what(deliveries[-1].notification)
        if len(deliveries) > 1:
            what = self._text("log.attempt.many", what=what, count=len(deliveries) - 1)
        return self._text(f"log.attempt.{outcome}", endpoint=deliveries[-1].endpoint, what=what, **values)

    def _what(self, notification: Notification) -> str:
        payload = notification.payload
        event = self._events[payload.event]
        return event if payload.backup is None or payload.backup.id is None else f"{event} #{payload.backup.id}"

    def _details(self, number: int, settlement: Settlement, attempt: Attempt) -> str:
        """``HTTP 503, 81 ms, attempt 2``, without what the reason says already."""
        parts: List[str] = []
        if settlement.status is not None and f"HTTP {settlement.status}" not in settlement.reason:
            parts.append(f"HTTP {settlement.status}")
        parts.append(f"{attempt.ms:.0f} ms")
        if number > 1:
            parts.append(self._text("log.attempt.number", number=number))
        if isinstance(attempt.outcome, Delivered) and attempt.outcome.reached:
            parts.append(attempt.outcome.reached)
        return self._separator.join(parts)

    def _text(self, key: str, **values: object) -> str:
        return self._catalogue.text(self._language, key, **values) if self._catalogue else ""
