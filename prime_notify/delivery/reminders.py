"""Reminders: deliveries of a failure again and again until a success of its kind, which is announced as a recovery."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Iterator, Optional

from prime_notify.delivery.delivered_failures import is_outdated
from prime_notify.model.health import Health
from prime_notify.model.item import Item, Remark
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.successes import was_followed_by_success
from prime_notify.outbox.values import Delivery, Purpose, Settlement, State

__all__ = ["Reminders"]

_LOOKED_AT = 1000

_PUT_OFF = 60.0
"""Seconds until a recovery is looked at again that waits for the delivery of its failure."""


@dataclass(frozen=True)
class Reminders:
    """The reminders of one endpoint. ``every``: seconds between them; None: there are none."""

    endpoint: str
    outbox: Outbox
    every: Optional[float] = None

    def without_attempt(self, delivery: Delivery, health: Health, now: float) -> Optional[Settlement]:
        """The settlement of a reminder or a recovery that is not to be sent, or not yet; None: it is to be sent."""
        if delivery.purpose is Purpose.EVENT:
            return None
        failing = health.failing(delivery.notification.payload.task_kind.key)
        if delivery.purpose is Purpose.REMINDER:
            is_newest = failing is not None and failing.notification_id == delivery.notification.id
            if self.every and is_newest and not self._is_over(delivery):
                return None
            health = self._without_what_is_over(delivery, health)
        elif failing is not None:
            return None
        elif self._failure_waits_before(delivery):
            return Settlement(delivery.key, State.WAITING, now, now + _PUT_OFF, tried=False)
        return Settlement(delivery.key, State.FOLDED, now, tried=False, health=health)

    def item(self, delivery: Delivery, health: Health, more: int) -> Optional[Item]:
        """The item of a reminder or of a recovery, with its remark; None: it is neither.

        ``more``: the failures before a recovery that the endpoint has not got.
        """
        payload = delivery.notification.payload
        failing = health.failing(payload.task_kind.key) if self.every else None
        if failing is None:
            return None
        if delivery.purpose is Purpose.REMINDER:
            return Item(delivery.notification, Remark.STILL, failing.times, failing.since, again=delivery.key)
        if payload.status.ends_failure and not is_outdated(payload, health):
            return Item(delivery.notification, Remark.RECOVERED, failing.times + more, failing.since)
        return None

    def with_next(self, settlement: Settlement, delivery: Delivery, health: Health) -> Settlement:
        """The settlement with the moment of the next reminder, where one is due. ``health``: after the attempt."""
        failing = health.failing(delivery.notification.payload.task_kind.key) if self.every else None
        if self.every is None or failing is None or failing.notification_id != delivery.notification.id:
            return settlement
        given_up = settlement.state is State.DEAD and delivery.purpose is Purpose.REMINDER
        if settlement.state.is_success or given_up:
            return settlement._replace(remind_at=settlement.at + self.every)
        return settlement

    def _without_what_is_over(self, delivery: Delivery, health: Health) -> Health:
        """Without the failure of a reminder, if it is over and no success that still waits will end it.

        That happens when the failure was delivered late: after the success, or although the success was not wanted.
        """
        kind = delivery.notification.payload.task_kind.key
        failing = health.failing(kind)
        if failing is None or failing.notification_id != delivery.notification.id or not self._is_over(delivery):
            return health
        if any(one.notification.payload.status.ends_failure for one in self._waiting(kind)):
            return health
        over = dataclasses.replace(failing, notification_id="", times=0)
        return dataclasses.replace(health, records=tuple(over if one is failing else one for one in health.records))

    def _is_over(self, delivery: Delivery) -> bool:
        return was_followed_by_success(self.outbox.database, delivery.notification)

    def _failure_waits_before(self, delivery: Delivery) -> bool:
        return any(
            one.notification.payload.status.begins_failure and one.notification.id < delivery.notification.id
            for one in self._waiting(delivery.notification.payload.task_kind.key)
        )

    def _waiting(self, kind: str) -> Iterator[Delivery]:
        return (
            one
            for one in self.outbox.peek(self.endpoint, after=0, most=_LOOKED_AT)
            if one.notification.payload.task_kind.key == kind and one.purpose is not Purpose.REMINDER
        )
