"""An outgoing message: the deliveries that it is for, its items, and the settlements after its attempt. Pure."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Union

from prime_notify.delivery.attempt import Attempt, Receipt
from prime_notify.delivery.delivered_failures import fingerprint
from prime_notify.delivery.policy import RetrySchedule
from prime_notify.model.item import Item, Remark
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.outbox.values import Delivery, Settlement, State

__all__ = ["OutgoingMessage"]

_ATTEMPT_OF = "attempt_of"
"""In a receipt of an attempt that failed: the key of its delivery."""


class OutgoingMessage(NamedTuple):
    """``folded``: keys of the deliveries that have no item, since the item of another one counts them.

    ``counted``: deferred deliveries that a remark counts; they end when the message is delivered. ``deferred``: the
    deliveries were deferred, and are again if the attempt fails.
    """

    deliveries: Sequence[Delivery]
    items: Sequence[Item]
    folded: FrozenSet[int] = frozenset()
    counted: Sequence[Delivery] = ()
    deferred: bool = False

    @classmethod
    def merged(cls, deliveries: Sequence[Delivery], *, dedupe: bool) -> OutgoingMessage:
        """One message for deferred deliveries, which are in the order of their acceptance.

        With ``dedupe``, duplicate failures are one item: the newest, with their number.
        """
        groups: Dict[object, List[Delivery]] = {}
        for delivery in deliveries:
            same = fingerprint(delivery.notification.payload) if dedupe else None
            groups.setdefault(same or delivery.key, []).append(delivery)
        ordered = sorted(groups.values(), key=lambda group: group[-1].key)
        folded = frozenset(delivery.key for group in ordered for delivery in group[:-1])
        return cls(deliveries, [_item(group) for group in ordered], folded, deferred=True)

    @property
    def previous(self) -> Receipt:
        """The receipt that the message can answer or update, or with which it goes on; a digest has none."""
        delivery = self.deliveries[-1]
        if len(self.items) != 1 or delivery.previous is None:
            return None
        of_attempt = delivery.previous.get(_ATTEMPT_OF)
        return delivery.previous if of_attempt in (None, str(delivery.key)) else None

    def settlements(self, attempt: Attempt, schedule: RetrySchedule, *, now: float, random: float) -> List[Settlement]:
        """One for each of the deliveries, in their order; they share the attempt. ``random`` is in [0, 1), for jitter.

        Deliveries that are retried wait together, for the longest of their delays; the others are dead letters.
        """
        outcome = attempt.outcome
        common: Dict[str, Any] = {
            "status": outcome.status, "ms": round(attempt.ms, 1), "response": attempt.response,
        }  # fmt: skip
        if isinstance(outcome, Delivered):
            common["hint"] = attempt.warning
            common["receipt"] = outcome.receipt if len(self.deliveries) == 1 else None  # no message can answer a digest
            return self._shared(
                [Settlement(one.key, self._end_of(one, outcome), now, **common) for one in self.deliveries]
            )
        common.update(reason=outcome.reason, hint=outcome.hint, receipt=self._receipt_of_attempt(outcome))
        asked = outcome.after if isinstance(outcome, Retry) else None
        delays = [
            schedule.delay(one.attempt, random, asked) if isinstance(outcome, Retry) else None
            for one in self.deliveries
        ]
        due = now + max((delay for delay in delays if delay is not None), default=0.0)
        return self._shared([self._failed(one, delay, now, due, common) for one, delay in zip(self.deliveries, delays)])

    def _receipt_of_attempt(self, outcome: Union[Retry, Permanent]) -> Receipt:
        """What the next attempt of the same delivery has to know; no other delivery of the task may take it for its."""
        if not outcome.receipt or len(self.deliveries) > 1:
            return None
        return {**outcome.receipt, _ATTEMPT_OF: str(self.deliveries[0].key)}

    def _end_of(self, delivery: Delivery, outcome: Delivered) -> State:
        if delivery.key in self.folded:
            return State.FOLDED
        return State.DELIVERED if outcome.confirmed else State.ACCEPTED

    def _failed(
        self, delivery: Delivery, delay: Optional[float], now: float, due: float, common: Dict[str, Any]
    ) -> Settlement:
        if delay is None:
            return Settlement(delivery.key, State.DEAD, now, **common)
        return Settlement(delivery.key, State.WAITING, now, due, deferred=self.deferred, **common)

    def _shared(self, settlements: Sequence[Settlement]) -> List[Settlement]:
        first, *others = settlements
        return [first, *(one._replace(shared=True) for one in others)]

    def put_off(self, now: float) -> List[Settlement]:
        """As if there had been no attempt."""
        again = [
            Settlement(one.key, State.WAITING, now, now, deferred=self.deferred, tried=False) for one in self.deliveries
        ]
        return [*again, *self.settlements_of_counted(now, delivered=False)]

    def settlements_of_counted(self, now: float, *, delivered: bool) -> List[Settlement]:
        """For the deliveries that the message only counts: they end, or are deferred as before."""
        if delivered:
            return [Settlement(one.key, State.FOLDED, now, tried=False) for one in self.counted]
        return [Settlement(one.key, State.WAITING, now, one.due, tried=False, deferred=True) for one in self.counted]


def _item(group: Sequence[Delivery]) -> Item:
    *others, newest = group
    if not others:
        return Item(newest.notification)
    since = min(one.notification.payload.timestamp.unix for one in group)
    return Item(newest.notification, Remark.MORE, len(others), since)
