"""A lane: one endpoint's own queue worker, so that an endpoint that hangs or fails delays nobody but itself."""

from __future__ import annotations

import dataclasses
import logging
import math
from dataclasses import dataclass, field
from typing import Callable, List, Optional, Sequence, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.clock import Clock
from prime_notify.delivery import breaker
from prime_notify.delivery.attempt import Attempt, Attempter
from prime_notify.delivery.combined import Telling
from prime_notify.delivery.deferral import MOST
from prime_notify.delivery.failures import told
from prime_notify.delivery.fallback import Handover, Loner, Peers
from prime_notify.delivery.limiter import RateLimiter
from prime_notify.delivery.policy import Policy
from prime_notify.delivery.repeating import Answer, Repeating
from prime_notify.delivery.reporting import LastResult, Notice, NoticeKind, last_result, log_attempt, notice_of
from prime_notify.delivery.retry import LONGEST_ASKED
from prime_notify.delivery.settling import settlements_of
from prime_notify.model.event import Status
from prime_notify.model.health import Health
from prime_notify.model.item import Item, Remark
from prime_notify.model.notification import Notification
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.outbox.errors import OutboxClosedError, OutboxError
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Purpose, Settlement, State, queue_of

__all__ = ["Lane"]

_PUT_OFF = 60.0
"""Seconds after which it is looked again whether what a recovery waits for was told."""

_STORE_FAULT_PAUSE = 5.0
"""Seconds before a lane asks a store again that could not answer."""


@dataclass
class Lane:
    """The logic of a lane, without a thread: :meth:`step` does at most one attempt. For one thread at a time."""

    endpoint: Endpoint
    outbox: Outbox
    attempter: Attempter
    clock: Clock
    log: logging.Logger
    policy: Policy = field(default_factory=Policy)
    tell: Callable[[Notice], None] = lambda notice: None
    peers: Peers = field(default_factory=Loner)
    last: Optional[LastResult] = None
    disabled: bool = False
    _forgiven: bool = False
    _health: Optional[Health] = None
    _stored: Health = field(default_factory=Health)
    _limiter: RateLimiter = field(default_factory=lambda: RateLimiter(()))
    _collected: int = 0

    def __post_init__(self) -> None:
        self._handover = Handover(self.endpoint.name, self.outbox, self.policy.takeover, self.peers)
        self._repeating = Repeating(self.endpoint.name, self.outbox, self.policy.repeat)

    @property
    def health(self) -> Health:
        """How the endpoint is doing."""
        return self._health or Health()

    @property
    def is_well(self) -> bool:
        """Whether it can be expected to deliver. From any thread."""
        return not self.disabled and self.health.failures < breaker.OPENS_AFTER

    @property
    def is_open_to_more(self) -> bool:
        """Whether it is tried with what comes, if only to see whether it works again. From any thread."""
        return not self.disabled and self.health.open_until <= self.clock.steady()

    def queue_of(self, notification: Notification) -> str:
        """What a notification waits for here (:func:`prime_notify.outbox.values.queue_of`)."""
        return queue_of(notification, in_order=self.endpoint.channel.shows_state)

    def forgive(self) -> None:
        """Somebody has mended the endpoint, or wants to know: have it tried again at once. From any thread."""
        self._forgiven = True

    def step(self) -> Optional[float]:
        """Attempt the next due delivery. Returns seconds until the next call makes sense; None: when something comes.

        Never raises: a store that fails is asked again later.
        """
        try:
            if self._health is None:
                self._remember_the_past()
            pause = self._step()
            if pause != 0.0:
                self.outbox.flush()
            return pause
        except OutboxClosedError:
            return None
        except OutboxError as error:
            self.log.warning("%s: the outbox cannot be used now, trying again: %s", self.endpoint.name, error)
            return _STORE_FAULT_PAUSE

    def _remember_the_past(self) -> None:
        now, rates = self.clock.steady(), self.policy.rates
        longest, most = max((r.seconds for r in rates), default=0.0), max((r.count for r in rates), default=0)
        past = self.outbox.attempts_since(self.endpoint.name, now - longest, most) if rates else ()
        self._limiter = RateLimiter(rates, (at for at in past if at <= now))
        if self.outbox.held_due(self.endpoint.name) is not None:
            self.outbox.release(self.endpoint.name, at=now)  # the config may have changed, or the clock
        self._stored = self.outbox.health(self.endpoint.name)
        self._health = _plausible(self._stored, now)

    def _step(self) -> Optional[float]:
        if self._forgiven:
            self._forgiven = self.disabled = False
            self._health = dataclasses.replace(self.health, open_until=0.0, rest_until=0.0)
        now = self.clock.steady()
        if self.disabled or self.health.open_until > now:
            self._handover.waiting(now)
        else:
            self._handover.over()
        if self.disabled:
            return None
        held_until = max(self.health.held_until, self._limiter.free_at())
        if held_until > now:
            return None if self._next_due() is None else held_until - now
        if self._collected >= self.policy.holding.most:
            return self._release(now)
        delivery = self.outbox.claim(self.endpoint.name, at=now)
        if delivery is None:
            return self._release_if_due(now)
        is_reminder = delivery.purpose is Purpose.REMINDER  # which is not late, and interrupts
        if self._answered(delivery, now):
            return 0.0
        if is_reminder or (not self._left_out(delivery, now) and not self._held_back(delivery, now)):
            self._tell_one(delivery, now)
        return 0.0

    def _answered(self, delivery: Delivery, now: float) -> bool:
        """Ends or puts off a delivery that makes no sense, or none yet; whether it was one."""
        answer = self._repeating.answer(delivery, self.health)
        if answer is Answer.WAIT:
            self.outbox.settle(Settlement(delivery.key, State.WAITING, now, now + _PUT_OFF, tried=False))
        elif answer is Answer.FOLD:
            self._health = self._repeating.forgotten(delivery, self.health)
            self.outbox.settle(Settlement(delivery.key, State.FOLDED, now, tried=False, health=self._health))
        return answer is not Answer.TELL

    def _next_due(self) -> Optional[float]:
        due = (self.outbox.next_due(self.endpoint.name), self.outbox.held_due(self.endpoint.name))
        return min((one for one in due if one is not None), default=None)

    def _release_if_due(self, now: float) -> Optional[float]:
        held_due = self.outbox.held_due(self.endpoint.name)
        if held_due is not None and held_due <= now:
            return self._release(now)
        due = self._next_due()
        return None if due is None else max(0.0, due - now)

    def _held_back(self, delivery: Delivery, now: float) -> bool:
        """Puts a delivery by that is not to be told yet; whether it was."""
        holding, wall = self.policy.holding, self.clock.wall()
        until = holding.until(delivery, now, wall, self.health)
        if until is None:
            return False
        self._collected += holding.kept_until(delivery, now, wall, self.health) is None
        self._hold([(delivery, until)], now)
        self.log.info(
            "id=%s endpoint=%s outcome=held for=%.0fs", delivery.notification.id, self.endpoint.name, until - now
        )
        return True

    def _hold(self, deliveries: Sequence[Tuple[Delivery, float]], now: float) -> None:
        """Put them by, each until its moment."""
        held = [Settlement(one.key, State.WAITING, now, until, tried=False, held=True) for one, until in deliveries]
        self.outbox.settle(*held)
        self.attempter.step("hold:done")

    def _release(self, now: float) -> float:
        """Tell, in one message, what was held back; what is to be held back for longer stays."""
        held = self.outbox.claim_held(self.endpoint.name, at=math.inf, most=MOST)
        self.attempter.step("together:claimed")
        found = self.policy.holding.sort(held, now, self.clock.wall(), self.health)
        self._hold(found.waiting, now)
        self._collected = found.collected
        if len(found.ready) == 1:
            self._tell_one(found.ready[0], now, held=True)
        elif found.ready:
            self._try(Telling.of(found.ready, dedupe=bool(self.policy.holding.dedupe)), now, held=True)
        return 0.0 if held else _STORE_FAULT_PAUSE

    def _tell_one(self, delivery: Delivery, now: float, *, held: bool = False) -> None:
        """One attempt at a message of its own. With a success, the failures that were held back are told of."""
        failures = self._failures_before(delivery, now)
        item = self._repeating.item(delivery, self.health, len(failures)) or Item(delivery.notification)
        if failures and not item.remark:
            since = min(one.notification.payload.timestamp.unix for one in failures)
            item = Item(delivery.notification, Remark.BEFORE, len(failures), since)
        self._try(Telling([delivery], [item], counted=failures), now, held=held)

    def _failures_before(self, delivery: Delivery, now: float) -> Sequence[Delivery]:
        """The repetitions of failures that a success puts behind us."""
        holding, payload = self.policy.holding, delivery.notification.payload
        if (
            not holding.dedupe
            or payload.status is not Status.SUCCESS
            or self.outbox.held_due(delivery.endpoint) is None
        ):
            return []
        failures: List[Delivery] = []
        others: List[Tuple[Delivery, float]] = []
        for held in self.outbox.claim_held(delivery.endpoint, at=math.inf, most=MOST):
            is_before = held.notification.id < delivery.notification.id
            is_kin = held.notification.payload.task_kind.key == payload.task_kind.key
            if is_before and is_kin and holding.repetition_until(held, now, self.health) is not None:
                failures.append(held)
            else:
                others.append((held, held.due))
        self._hold(others, now)
        return failures

    def _try(self, telling: Telling, now: float, *, held: bool = False) -> None:
        """One attempt at one message; the deliveries that it tells of share its outcome."""
        self._limiter.took(now)
        previous = telling.deliveries[-1].previous if len(telling.items) == 1 else None
        attempt = self.attempter.attempt(self.endpoint, telling.items, previous)
        self._settle(telling, attempt, held=held)

    def _left_out(self, delivery: Delivery, now: float) -> bool:
        """Ends a delivery that is no longer worth an attempt; whether it was."""
        event, age = delivery.notification.payload.event, now - delivery.accepted
        if self.policy.is_expired(event, age):
            state = State.EXPIRED
        elif delivery.superseded and self.policy.is_folded(event, age):
            state = State.FOLDED
        else:
            return False
        self.outbox.settle(Settlement(delivery.key, state, now, tried=False))
        self.log.info(
            "id=%s endpoint=%s outcome=%s age=%.0fs", delivery.notification.id, self.endpoint.name, state.value, age
        )
        return True

    def _settle(self, telling: Telling, attempt: Attempt, *, held: bool) -> None:
        deliveries = telling.deliveries
        now, former, outcome = self.clock.steady(), self.health, attempt.outcome
        if isinstance(outcome, Retry) and outcome.cut_off:
            again = [Settlement(one.key, State.WAITING, now, now, held=held, tried=False) for one in deliveries]
            self.outbox.settle(*again, *telling.aside(now, delivered=False))
            return
        settlements = settlements_of(
            deliveries, attempt, self.policy.schedule, now=now, random=self.clock.random(), held=held
        )
        rests = isinstance(outcome, Retry) and outcome.throttled
        rest_until = max(now, *(one.due for one in settlements)) if rests else 0.0
        self._health = breaker.after(former, outcome, now=now, random=self.clock.random(), rest_until=rest_until)
        if isinstance(outcome, Delivered):
            for delivery in deliveries:
                self._health = told(self.health, delivery.notification.payload, now)
        if isinstance(outcome, Permanent):
            self.disabled = self.disabled or outcome.disable
        self.last = last_result(attempt, settlements[-1], self.clock.wall())
        log_attempt(self.log, deliveries, attempt, settlements[-1], now, failures=self.health.failures)
        self._tell_people(notice_of(self.endpoint.name, outcome, former, self.health, now))
        left_alone = self.disabled or self.health.open_until > now
        news = self._health if self.health.is_news(self._stored) else None
        settled: List[Settlement] = []
        for delivery, settlement in zip(deliveries, settlements):
            heirs = self._handover.heirs(delivery, settlement, left_alone=left_alone)
            if news or heirs:
                settlement = dataclasses.replace(settlement, health=news, heirs=heirs)
            settled.append(self._repeating.settled(telling.settled(settlement), delivery, self.health))
        # All that the message told of at once, or a kill in between would have the rest told once more
        self.outbox.settle(*settled, *telling.aside(now, delivered=isinstance(outcome, Delivered)))
        self._handover.wake([heir for settlement in settled for heir in settlement.heirs])
        self._stored = news or self._stored

    def _tell_people(self, notice: Optional[Notice]) -> None:
        if notice is None:
            return
        if notice.kind is NoticeKind.FAILING:
            self._health = dataclasses.replace(self.health, told=True)
        self.tell(notice)


def _plausible(health: Health, now: float) -> Health:
    """The health that a former process left, its times made sense of in case that the machine's clock was set back."""
    latest = now + LONGEST_ASKED
    if health.held_until > latest:
        return dataclasses.replace(health, open_until=0.0, rest_until=0.0)
    return health
