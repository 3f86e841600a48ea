"""A lane: the worker of one endpoint, so that an endpoint that hangs or fails delays no other."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import math
from dataclasses import dataclass, field
from typing import Callable, List, Optional, Sequence, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.clock import Clock
from prime_notify.delivery.account import Account
from prime_notify.delivery.attempt import Attempt, Attempter
from prime_notify.delivery.deferral import MOST, Deferred
from prime_notify.delivery.doubtful_refusals import DoubtfulRefusals
from prime_notify.delivery.fallback import NoPeers, Peers, Reassignment
from prime_notify.delivery.internal_errors import InternalErrors
from prime_notify.delivery.notices import LastResult, Notice, NoticeKind, last_result, notice_of
from prime_notify.delivery.outgoing import OutgoingMessage
from prime_notify.delivery.pacing import Pacing
from prime_notify.delivery.policy import Policy
from prime_notify.delivery.reminders import Reminders
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.health import Health
from prime_notify.model.item import Item, Remark
from prime_notify.model.notification import Notification
from prime_notify.model.outcome import Delivered, Retry
from prime_notify.outbox.errors import OutboxClosedError, OutboxError
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Purpose, Settlement, State, queue_of

__all__ = ["Lane"]

_STORE_FAULT_PAUSE = 5.0
"""Seconds until a lane tries again after the outbox failed."""


@dataclass
class Lane:
    """The logic of a lane, without a thread: :meth:`step` makes at most one attempt. For one thread at a time.

    ``catalogue`` and ``language``: the texts of its sentences in the log.
    """

    endpoint: Endpoint
    outbox: Outbox
    attempter: Attempter
    clock: Clock
    log: logging.Logger
    policy: Policy = field(default_factory=Policy)
    on_notice: Callable[[Notice], None] = lambda notice: None
    peers: Peers = field(default_factory=NoPeers)
    catalogue: Optional[Catalogue] = None
    language: str = "en_us"
    last: Optional[LastResult] = None
    _collected: int = 0

    def __post_init__(self) -> None:
        name = self.endpoint.name
        self._account = Account(self.log, self.catalogue, self.language)
        self._pacing = Pacing(name, self.outbox, self.clock, self.policy)
        self._reassignment = Reassignment(name, self.outbox, self.policy.fallbacks, self.peers)
        self._internal_errors = InternalErrors()
        self._refusals = DoubtfulRefusals(self.attempter.language)
        self._reminders = Reminders(name, self.outbox, self.policy.repeat)

    # for other threads

    @property
    def health(self) -> Health:
        """The health of the endpoint."""
        return self._pacing.health

    @property
    def disabled(self) -> bool:
        """Whether the service said that the address is gone for good."""
        return self._pacing.disabled

    @property
    def is_well(self) -> bool:
        """Whether deliveries are expected to succeed."""
        return self._pacing.is_well

    @property
    def is_open_to_more(self) -> bool:
        """Whether new deliveries are attempted at once, perhaps as a probe."""
        return self._pacing.is_open_at(self.clock.steady())

    def queue_of(self, notification: Notification) -> str:
        """The queue of a notification here (:func:`prime_notify.outbox.values.queue_of`)."""
        return queue_of(notification, in_order=self.endpoint.channel.shows_state)

    def reset(self) -> None:
        """Try the endpoint again at once: its fault may be corrected."""
        self._pacing.reset()

    # for the thread of the lane

    def step(self) -> Optional[float]:
        """Attempt the next due delivery. Returns the seconds until the next call; None: when there is a new delivery.

        Never raises for the outbox: one that fails is tried again later.
        """
        try:
            if not self._pacing.is_loaded:
                self._reconsider_deferred()
                self._pacing.load()
            pause = self._step()
            if pause != 0.0:
                self.outbox.flush()
            return pause
        except OutboxClosedError:
            return None
        except OutboxError as error:
            self.log.warning("%s: the outbox cannot be used now, trying again: %s", self.endpoint.name, error)
            return _STORE_FAULT_PAUSE

    def _reconsider_deferred(self) -> None:
        """Make all deferred deliveries due: the config or the clock may have changed since."""
        if self.outbox.deferred_due(self.endpoint.name) is not None:
            self.outbox.make_deferred_due(self.endpoint.name, at=self.clock.steady())

    def _step(self) -> Optional[float]:
        self._pacing.apply_reset()
        now = self.clock.steady()
        if self._pacing.is_open_at(now):
            self._reassignment.end_pause()
        else:
            self._reassignment.reassign_waiting(now)
        if self.disabled or self._pacing.elsewhere:
            return None
        free_at = self._pacing.free_at()
        if free_at > now:
            return None if self._next_due() is None else free_at - now
        if self._collected >= self.policy.deferral.most:
            return self._send_deferred(now)
        delivery = self.outbox.claim(self.endpoint.name, at=now)
        if delivery is None:
            return self._send_deferred_if_due(now)
        if not self._settled_without_attempt(delivery, now):
            self._send(delivery, now)
        return 0.0

    def _next_due(self) -> Optional[float]:
        due = (self.outbox.next_due(self.endpoint.name), self.outbox.deferred_due(self.endpoint.name))
        return min((one for one in due if one is not None), default=None)

    # deliveries that are not to be attempted now

    def _settled_without_attempt(self, delivery: Delivery, now: float) -> bool:
        settlement = self._reminders.without_attempt(delivery, self.health, now)
        if settlement is not None:
            self._pacing.health = settlement.health or self.health
            self.outbox.settle(settlement)
            return True
        if delivery.purpose is Purpose.REMINDER:  # it is never late, and nothing defers it
            return False
        return self._is_left_out(delivery, now) or self._is_deferred(delivery, now)

    def _is_left_out(self, delivery: Delivery, now: float) -> bool:
        """Settles a delivery that is no longer worth an attempt; whether it is one."""
        event, age = delivery.notification.payload.event, now - delivery.accepted
        if self.policy.is_expired(event, age):
            state = State.EXPIRED
        elif delivery.superseded and self.policy.is_folded(event, age):
            state = State.FOLDED
        else:
            return False
        self.outbox.settle(Settlement(delivery.key, state, now, tried=False))
        self._account.left_out(delivery, state, age)
        return True

    def _is_deferred(self, delivery: Delivery, now: float) -> bool:
        """Defers a delivery, if the options say so; whether they do."""
        deferral, wall = self.policy.deferral, self.clock.wall()
        until = deferral.until(delivery, now, wall, self.health)
        if until is None:
            return False
        self._collected += deferral.alone_until(delivery, now, wall, self.health) is None
        self._defer([(delivery, until)], now)
        self._account.deferred(delivery, until - now)
        return True

    def _defer(self, deliveries: Sequence[Deferred], now: float) -> None:
        """Defer claimed deliveries, each until its moment."""
        deferred = [
            Settlement(one.key, State.WAITING, now, until, tried=False, deferred=True) for one, until in deliveries
        ]
        self.outbox.settle(*deferred)
        self.attempter.crash_point("defer:done")

    # messages

    def _send_deferred_if_due(self, now: float) -> Optional[float]:
        due = self.outbox.deferred_due(self.endpoint.name)
        if due is not None and due <= now:
            return self._send_deferred(now)
        due = self._next_due()
        return None if due is None else max(0.0, due - now)

    def _send_deferred(self, now: float) -> float:
        """Attempt one message for the deferred deliveries, except for those that are to be deferred further."""
        claimed = self.outbox.claim_deferred(self.endpoint.name, at=math.inf, most=MOST)
        self.attempter.crash_point("merge:claimed")
        found = self.policy.deferral.sort(claimed, now, self.clock.wall(), self.health)
        self._defer(found.waiting, now)
        self._collected = found.collected
        if len(found.ready) == 1:
            self._send(found.ready[0], now, deferred=True)
        elif found.ready:
            self._attempt(OutgoingMessage.merged(found.ready, dedupe=bool(self.policy.deferral.dedupe)), now)
        return 0.0 if claimed else _STORE_FAULT_PAUSE

    def _send(self, delivery: Delivery, now: float, *, deferred: bool = False) -> None:
        """Attempt a message for one delivery. A success counts the duplicate failures before it, which are deferred."""
        failures = self._duplicates_before(delivery, now)
        item = self._reminders.item(delivery, self.health, len(failures)) or Item(delivery.notification)
        if failures and not item.remark:
            since = min(one.notification.payload.timestamp.unix for one in failures)
            item = Item(delivery.notification, Remark.BEFORE, len(failures), since)
        self._attempt(OutgoingMessage([delivery], [item], counted=failures, deferred=deferred), now)

    def _duplicates_before(self, delivery: Delivery, now: float) -> Sequence[Delivery]:
        """The deferred duplicates of failures that a success ends."""
        deferral, payload = self.policy.deferral, delivery.notification.payload
        if not deferral.dedupe or not payload.status.ends_failure:
            return []
        if self.outbox.deferred_due(delivery.endpoint) is None:
            return []
        duplicates: List[Delivery] = []
        others: List[Tuple[Delivery, float]] = []
        for one in self.outbox.claim_deferred(delivery.endpoint, at=math.inf, most=MOST):
            is_before = one.notification.id < delivery.notification.id
            is_same_kind = one.notification.payload.task_kind.key == payload.task_kind.key
            if is_before and is_same_kind and deferral.duplicate_until(one, now, self.health) is not None:
                duplicates.append(one)
            else:
                others.append((one, one.due))
        self._defer(others, now)
        return duplicates

    def _attempt(self, message: OutgoingMessage, now: float) -> None:
        """One attempt at one message, and the settlement of its deliveries."""
        self._pacing.took(now)
        previous = message.previous
        if self.endpoint.channel.shows_state:
            previous = previous or {}  # it is known that there was none
        attempt = self.attempter.attempt(self.endpoint, message.items, previous, self._prepare_next)
        attempt = self._internal_errors.unless_repeated(attempt, message.deliveries[-1].key)
        now, outcome = self.clock.steady(), attempt.outcome
        if isinstance(outcome, Retry) and (outcome.cut_off or outcome.elsewhere):
            self._pacing.elsewhere = outcome.elsewhere
            self.outbox.settle(*message.put_off(now))
            return
        attempt = self._refusals.unless_believed(attempt, message.deliveries, len(self.policy.schedule.delays))
        settlements = message.settlements(attempt, self.policy.schedule, now=now, random=self.clock.random())
        self._record(message, attempt, settlements, now)
        self._settle(message, settlements, now)

    def _prepare_next(self) -> None:
        """Compose the next message while an answer is awaited. Its own attempt finds the texts in the cache."""
        with contextlib.suppress(Exception):  # its own attempt meets the same error, and says so
            notification = self.outbox.next_read_ahead(self.endpoint.name)
            if notification is not None:
                self.attempter.prepare(notification, self.endpoint.config)

    def _record(
        self, message: OutgoingMessage, attempt: Attempt, settlements: Sequence[Settlement], now: float
    ) -> None:
        """Take the outcome into account for the health of the endpoint, the log and the overview."""
        former, outcome = self.health, attempt.outcome
        rests = isinstance(outcome, Retry) and outcome.throttled
        rest_until = max(now, *(one.due for one in settlements)) if rests else 0.0
        delivered = [one.notification for one in message.deliveries] if isinstance(outcome, Delivered) else []
        self._pacing.record(outcome, delivered, now, rest_until)
        self.last = last_result(attempt, settlements[-1], self.clock.wall())
        self._account.attempt(message.deliveries, attempt, settlements[-1], now, failures=self.health.failures)
        notice = notice_of(self.endpoint.name, outcome, former, self.health, now)
        if notice is not None:
            if notice.kind is NoticeKind.FAILING:
                self._pacing.health = dataclasses.replace(self.health, notified=True)
            self.on_notice(notice)

    def _settle(self, message: OutgoingMessage, settlements: Sequence[Settlement], now: float) -> None:
        """Settle all deliveries of a message in one transaction, so that a kill cannot repeat a part of them."""
        paused, news = not self._pacing.is_open_at(now), self._pacing.news()
        settled: List[Settlement] = []
        for delivery, settlement in zip(message.deliveries, settlements):
            substitutes = self._reassignment.substitutes(delivery, settlement, paused=paused)
            if news or substitutes:
                settlement = settlement._replace(health=news, substitutes=substitutes)
            settled.append(self._reminders.with_next(settlement, delivery, self.health))
        is_delivered = settlements[-1].state.is_success
        self.outbox.settle(*settled, *message.settlements_of_counted(now, delivered=is_delivered))
        self._reassignment.wake([substitute for settlement in settled for substitute in settlement.substitutes])
        self._pacing.stored(news)
