"""Reminders of what still fails at an endpoint, and the word that it no longer does."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass
from typing import Iterator, Optional

from prime_notify.delivery.failures import is_outdated
from prime_notify.model.event import Status
from prime_notify.model.health import Health
from prime_notify.model.item import Item, Remark
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Purpose, Settlement, State

__all__ = ["Answer", "Repeating"]

_LOOKED_AT = 1000


class Answer(enum.Enum):
    """What is to be done about a delivery: tell of it, not at all, or when what waits before it was told."""

    TELL = "tell"
    FOLD = "fold"
    WAIT = "wait"


@dataclass(frozen=True)
class Repeating:
    """The reminders of one endpoint, every so many seconds; None: it has none."""

    endpoint: str
    outbox: Outbox
    every: Optional[float] = None

    def answer(self, delivery: Delivery, health: Health) -> Answer:
        """Whether a delivery makes sense, in view of what the endpoint was told before."""
        failing = health.failing_kind(delivery.notification.payload.task_kind.key)
        if delivery.purpose is Purpose.REMINDER:
            is_newest = failing is not None and failing.notification_id == delivery.notification.id
            return Answer.TELL if self.every and is_newest and not self._is_over(delivery) else Answer.FOLD
        if delivery.purpose is Purpose.RECOVERY and failing is None:
            return Answer.WAIT if self._failure_waits_before(delivery) else Answer.FOLD
        return Answer.TELL

    def item(self, delivery: Delivery, health: Health, more: int) -> Optional[Item]:
        """How it is told, if that needs a remark: a reminder, or a recovery after ``more`` failures than were told."""
        payload = delivery.notification.payload
        failing = health.failing_kind(payload.task_kind.key) if self.every else None
        if failing is None:
            return None
        if delivery.purpose is Purpose.REMINDER:
            return Item(delivery.notification, Remark.STILL, failing.times, failing.since, again=delivery.key)
        if payload.status is Status.SUCCESS and not is_outdated(payload, health):
            return Item(delivery.notification, Remark.RECOVERED, failing.times + more, failing.since)
        return None

    def settled(self, settlement: Settlement, delivery: Delivery, health: Health) -> Settlement:
        """With the next reminder, where one is due. ``health``: with what was just told."""
        failing = health.failing_kind(delivery.notification.payload.task_kind.key)
        if self.every is None or failing is None or failing.notification_id != delivery.notification.id:
            return settlement
        given_up = settlement.state is State.DEAD and delivery.purpose is Purpose.REMINDER
        if settlement.state is State.DELIVERED or given_up:
            return dataclasses.replace(settlement, remind_at=settlement.at + self.every)
        return settlement

    def forgotten(self, delivery: Delivery, health: Health) -> Health:
        """Without a failure that is over, unless a success that is still to be told says so.

        There was a success, but it was told (or not wanted) before the failure, whose delivery was late.
        """
        kind = delivery.notification.payload.task_kind.key
        failing = health.failing_kind(kind)
        if delivery.purpose is not Purpose.REMINDER or failing is None:
            return health
        if failing.notification_id != delivery.notification.id or not self._is_over(delivery):
            return health
        if any(one.notification.payload.status is Status.SUCCESS for one in self._waiting(kind)):
            return health
        return dataclasses.replace(health, failing=tuple(one for one in health.failing if one.kind != kind))

    def _is_over(self, delivery: Delivery) -> bool:
        return self.outbox.was_followed_by_success(delivery.notification)

    def _failure_waits_before(self, delivery: Delivery) -> bool:
        return any(
            one.notification.payload.status is Status.FAILURE and one.notification.id < delivery.notification.id
            for one in self._waiting(delivery.notification.payload.task_kind.key)
        )

    def _waiting(self, kind: str) -> Iterator[Delivery]:
        waiting = self.outbox.peek(self.endpoint, after=0, most=_LOOKED_AT)
        return (
            one
            for one in waiting
            if one.notification.payload.task_kind.key == kind and one.purpose is not Purpose.REMINDER
        )
