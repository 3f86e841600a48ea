"""When an endpoint may be tried: its circuit breaker, the rests that its service asks for, and its rate limits.

While the circuit breaker is open, the deliveries that wait use up no attempts: an outage costs time, but no messages.
"""

from __future__ import annotations

import collections
import dataclasses
from typing import Deque, Iterable, List, Optional, Sequence, Tuple

from prime_notify.clock import Clock
from prime_notify.config.units import Rate
from prime_notify.delivery.delivered_failures import with_delivered
from prime_notify.delivery.policy import Policy
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.outbox.outbox import Outbox

__all__ = ["LONG", "OPENS_AFTER", "Pacing", "RateLimiter", "health_after", "is_long_outage"]

OPENS_AFTER = 5
"""Failures in a row that open the circuit breaker."""

LONG = 600.0
"""Seconds of an outage after which people get a notice."""

_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 1800.0
_ABOUT_THE_ENDPOINT = frozenset((401, 403, 404, 410))  # for any message: the key or the address is wrong


def health_after(health: Health, outcome: Outcome, *, now: float, random: float, rest_until: float = 0.0) -> Health:
    """The health after an attempt. ``random``: in [0, 1), for jitter. ``rest_until``: the service asked for a rest."""
    rest_until = max(health.rest_until, rest_until)
    if isinstance(outcome, Delivered):
        return Health(
            last_success=now,
            confirmed=outcome.confirmed,
            last_failure=health.last_failure,
            rest_until=rest_until,
            records=health.records,
        )
    failed = dataclasses.replace(health, last_failure=now, last_reason=outcome.reason, rest_until=rest_until)
    if not _is_endpoints_fault(outcome):
        return failed
    since = health.failing_since
    since = now if since is None else min(since, now)
    failed = dataclasses.replace(failed, failures=health.failures + 1, failing_since=since)
    if failed.failures < OPENS_AFTER:
        return failed
    pause = min(_FIRST_PAUSE * 2.0 ** min(health.opened, 16), _LONGEST_PAUSE) * (0.8 + 0.4 * random)
    return dataclasses.replace(failed, opened=health.opened + 1, open_until=now + pause)


def is_long_outage(health: Health, now: float) -> bool:
    """Whether the endpoint has been failing for so long that people should know."""
    since: Optional[float] = health.failing_since
    return health.failures >= OPENS_AFTER and since is not None and now - since >= LONG


def _is_endpoints_fault(outcome: Outcome) -> bool:
    if isinstance(outcome, Permanent):
        return outcome.disable or outcome.status in _ABOUT_THE_ENDPOINT
    return isinstance(outcome, Retry) and not outcome.throttled and not outcome.internal


class RateLimiter:
    """Keeps the attempts at an endpoint within rates: a sliding log for each, of as many entries as its count.

    ``past``: the moments of earlier attempts, the oldest first, so that a restart does not forget them.
    """

    def __init__(self, rates: Sequence[Rate], past: Iterable[float] = ()) -> None:
        self._logs: List[Tuple[Rate, Deque[float]]] = [(rate, collections.deque(maxlen=rate.count)) for rate in rates]
        for at in past:
            self.took(at)

    def free_at(self) -> float:
        """The earliest moment of the next attempt, in the seconds of :meth:`took`."""
        waits = [log[0] + rate.seconds for rate, log in self._logs if len(log) == rate.count]
        return max(waits, default=0.0)

    def took(self, at: float) -> None:
        """There was an attempt."""
        for _, log in self._logs:
            log.append(at)


class Pacing:
    """The pace of one endpoint, as its stored health and its rates say. The thread of its lane changes it.

    ``disabled``: the service said that the address is gone for good. ``elsewhere``: only another process can reach it.
    """

    def __init__(self, endpoint: str, outbox: Outbox, clock: Clock, policy: Policy) -> None:
        self._endpoint = endpoint
        self._outbox = outbox
        self._clock = clock
        self._rates = policy.rates
        self._longest_wait = policy.longest_wait
        self._limiter = RateLimiter(())
        self.is_loaded = False
        self._reset = False
        self._stored = Health()
        self.health = Health()
        self.disabled = False
        self.elsewhere = False

    def load(self) -> None:
        """Read the stored health and the moments of earlier attempts. Raises OutboxError."""
        now = self._clock.steady()
        longest, most = (
            max((r.seconds for r in self._rates), default=0.0),
            max((r.count for r in self._rates), default=0),
        )
        past = self._outbox.attempts_since(self._endpoint, now - longest, most) if self._rates else ()
        self._limiter = RateLimiter(self._rates, (at for at in past if at <= now))
        self._stored = self._outbox.health(self._endpoint)
        self.health = _plausible(self._stored, now, self._longest_wait)
        self.is_loaded = True

    @property
    def is_well(self) -> bool:
        """Whether deliveries are expected to succeed. From any thread."""
        return not self.disabled and self.health.failures < OPENS_AFTER

    def is_open_at(self, now: float) -> bool:
        """Whether the endpoint is neither disabled nor behind an open circuit breaker. From any thread."""
        return not self.disabled and self.health.open_until <= now

    def reset(self) -> None:
        """Close the circuit breaker and end the rest before the next attempt. From any thread."""
        self._reset = True

    def apply_reset(self) -> None:
        """Do it, if it was asked for."""
        if self._reset:
            self._reset = self.disabled = self.elsewhere = False
            self.health = dataclasses.replace(self.health, open_until=0.0, rest_until=0.0)

    def free_at(self) -> float:
        """The earliest moment of the next attempt."""
        return max(self.health.paused_until, self._limiter.free_at())

    def took(self, now: float) -> None:
        """An attempt begins."""
        self._limiter.took(now)

    def record(self, outcome: Outcome, delivered: Iterable[Notification], now: float, rest_until: float) -> None:
        """Take the outcome of an attempt into account; ``delivered``: what the endpoint has got by it."""
        self.health = health_after(self.health, outcome, now=now, random=self._clock.random(), rest_until=rest_until)
        for notification in delivered:
            self.health = with_delivered(self.health, notification.payload, now)
        if isinstance(outcome, Permanent):
            self.disabled = self.disabled or outcome.disable

    def news(self) -> Optional[Health]:
        """The health, if it is to be stored."""
        return self.health if self.health.is_news(self._stored) else None

    def stored(self, health: Optional[Health]) -> None:
        """It was stored."""
        self._stored = health or self._stored


def _plausible(health: Health, now: float, longest_wait: float) -> Health:
    """The health that a former process left, without pauses that can only come from a clock that was set back since."""
    if health.paused_until > now + longest_wait:
        return dataclasses.replace(health, open_until=0.0, rest_until=0.0)
    return health
