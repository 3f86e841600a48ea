"""A lane: one endpoint's own queue worker, so that an endpoint that hangs or fails delays nobody but itself."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import Callable, Optional

from prime_notify.clock import Clock
from prime_notify.config.load import Endpoint
from prime_notify.delivery.attempt import Attempt, Attempter
from prime_notify.delivery.retry import RetrySchedule
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.outbox.base import Delivery, Outbox, OutboxClosedError, OutboxError, Settlement, State

__all__ = ["Lane", "LaneThread", "LastResult"]

_STORE_FAULT_PAUSE = 5.0
"""Seconds before a lane asks a store again that could not answer."""


@dataclass(frozen=True)
class LastResult:
    """The newest attempt of a lane, for people to look at; ``at`` in unix seconds."""

    outcome: str
    status: Optional[int]
    ms: float
    at: float
    reason: str


@dataclass
class Lane:
    """The logic of a lane, without a thread: :meth:`step` does at most one attempt."""

    endpoint: Endpoint
    outbox: Outbox
    attempter: Attempter
    clock: Clock
    log: logging.Logger
    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    last: Optional[LastResult] = None
    _resting_until: float = 0.0
    _unsettled: Optional[Settlement] = None

    def step(self) -> Optional[float]:
        """Attempt the next due delivery. Returns seconds until the next call makes sense; None: when something comes.

        Never raises: a store that fails is asked again later.
        """
        try:
            return self._step()
        except OutboxClosedError:
            return None
        except OutboxError as error:
            self.log.warning("%s: the outbox cannot be used now, trying again: %s", self.endpoint.name, error)
            return _STORE_FAULT_PAUSE

    def _step(self) -> Optional[float]:
        if self._unsettled is not None:
            self.outbox.settle(self._unsettled)
            self._unsettled = None
        now = self.clock.steady()
        if now < self._resting_until:
            return self._resting_until - now
        delivery = self.outbox.claim(self.endpoint.name, at=now)
        if delivery is None:
            due = self.outbox.next_due(self.endpoint.name)
            return None if due is None else max(0.0, due - now)
        self._settle(delivery, self.attempter.attempt(self.endpoint, delivery.notification))
        return 0.0

    def _settle(self, delivery: Delivery, attempt: Attempt) -> None:
        now = self.clock.steady()
        settlement = self._judge(delivery, attempt, now)
        self._remember(delivery, attempt, settlement, now)
        self._unsettled = settlement
        self.outbox.settle(settlement)
        self._unsettled = None

    def _judge(self, delivery: Delivery, attempt: Attempt, now: float) -> Settlement:
        outcome = attempt.outcome
        reason = "" if isinstance(outcome, Delivered) else self.endpoint.redact(outcome.reason)
        state, due = State.DELIVERED, 0.0
        if isinstance(outcome, Permanent):
            state = State.DEAD
        elif isinstance(outcome, Retry):
            delay = self.schedule.delay(delivery.attempt, self.clock.random(), outcome.after)
            state = State.DEAD if delay is None else State.WAITING
            due = now + (delay or 0.0)
            if outcome.throttled:
                self._resting_until = max(self._resting_until, due)
        return Settlement(delivery.key, state, now, due, outcome.status, round(attempt.ms, 1), reason)

    def _remember(self, delivery: Delivery, attempt: Attempt, settlement: Settlement, now: float) -> None:
        outcome = {State.DELIVERED: "delivered", State.WAITING: "retrying", State.DEAD: "failed"}[settlement.state]
        self.last = LastResult(outcome, settlement.status, attempt.ms, self.clock.wall(), settlement.reason)
        level = {State.DELIVERED: logging.DEBUG, State.WAITING: logging.WARNING, State.DEAD: logging.ERROR}
        again = f" next={settlement.due - now:.0f}s" if settlement.state is State.WAITING else ""
        why = f" reason={settlement.reason!r}" if settlement.reason else ""
        self.log.log(
            level[settlement.state],
            "id=%s endpoint=%s attempt=%d outcome=%s status=%s ms=%.0f%s%s",
            delivery.notification.id, self.endpoint.name, delivery.attempt, outcome, settlement.status, attempt.ms,
            again, why,
        )  # fmt: skip


class LaneThread:
    """Runs a lane until told to stop. The thread starts with the first wake-up and is named after its endpoint."""

    def __init__(self, lane: Lane, *, after: Optional[LaneThread] = None) -> None:
        self.lane = lane
        self._after = after
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._start_lock = threading.Lock()

    def wake(self) -> None:
        """There may be something to do. Cheap, from any thread."""
        self._wake.set()
        if self._thread is None and not self._stopping.is_set():
            self._start()

    def _start(self) -> None:
        with self._start_lock:
            if self._thread is None:
                name = f"prime_notify-lane-{self.lane.endpoint.name}"
                self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Take nothing new; an attempt under way may finish."""
        self._stopping.set()
        self._wake.set()

    def join(self, timeout: Optional[float] = None) -> bool:
        """Wait for the thread to end; whether it has."""
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        guard(self.lane.log, self._work)

    def _work(self) -> None:
        if self._after is not None:
            self._after.join()  # the endpoint's former lane, after a config reload: never two attempts at once
            self._after = None
        while not self._stopping.is_set():
            self._wake.clear()
            pause = self.lane.step()
            if pause is None or pause > 0:
                self._wake.wait(pause)


def guard(log: logging.Logger, work: Callable[[], None]) -> None:
    """Run a thread's work so that nothing escapes into the interpreter's thread hook."""
    try:
        work()
    except Exception:
        log.exception("unexpected error in %s", threading.current_thread().name)
