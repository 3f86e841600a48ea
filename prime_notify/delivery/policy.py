"""The delivery options of one endpoint, ready for use: retries, rates, expiry, deferral, fallbacks and reminders."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Iterable, Mapping, Optional, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.units import Rate
from prime_notify.delivery.deferral import Deferral
from prime_notify.delivery.fallback import Fallbacks
from prime_notify.model.event import EventName

__all__ = ["DEFAULT_DELAYS", "LONGEST_ASKED", "Policy", "RetrySchedule", "longest_wait"]

_MINUTE = 60.0
_HOUR = 3600.0

DEFAULT_DELAYS: Tuple[float, ...] = (
    5.0, 30.0, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR, 10 * _HOUR,
)  # fmt: skip
"""Seconds between attempts: about 24 hours in all."""

LONGEST_ASKED = 24 * _HOUR
"""Seconds: the longest wait that a service can ask for, so that a nonsensical Retry-After does not mean never."""


@dataclass(frozen=True)
class RetrySchedule:
    """Delays after the first, second, … failed attempt; ``jitter`` spreads each by that fraction both ways."""

    delays: Tuple[float, ...] = DEFAULT_DELAYS
    jitter: float = 0.2

    def delay(self, attempt: int, random: float, asked: Optional[float] = None) -> Optional[float]:
        """Seconds to wait after failed attempt number ``attempt`` (from 1), or None to give up.

        ``random`` is in [0, 1). ``asked``: the service asked for at least so many seconds; a day is the most.
        """
        if attempt > len(self.delays):
            return None
        own = self.delays[attempt - 1] * (1 + self.jitter * (2 * random - 1))
        return max(own, min(asked or 0.0, LONGEST_ASKED))

    @property
    def longest(self) -> float:
        """Seconds: no delay is longer."""
        return max([LONGEST_ASKED, *(delay * (1 + self.jitter) for delay in self.delays)])


@dataclass(frozen=True)
class Policy:
    """``expire`` and ``fold_after``: seconds since the acceptance. ``repeat``: seconds between reminders."""

    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    rates: Tuple[Rate, ...] = ()
    expire: Mapping[EventName, float] = field(default_factory=dict)
    fold_after: Optional[float] = None
    deferral: Deferral = field(default_factory=Deferral)
    fallbacks: Fallbacks = field(default_factory=Fallbacks)
    repeat: Optional[float] = None

    @classmethod
    def of(
        cls, config: EndpointConfig, default_rates: Tuple[Rate, ...], zone: Optional[datetime.tzinfo] = None
    ) -> Policy:
        """The policy of an endpoint; ``default_rates``: those of its channel; ``zone``: by default this machine's."""
        schedule = RetrySchedule() if config.retry is None else RetrySchedule(tuple(map(float, config.retry)))
        rates = default_rates if config.rate_limit is None else tuple(config.rate_limit)
        fold_after = None if config.fold_after is None else float(config.fold_after)
        fallbacks = Fallbacks(tuple(config.fallback or ()))
        repeat = None if config.repeat is None else float(config.repeat)
        return cls(schedule, rates, _expiry(config), fold_after, Deferral.of(config, zone), fallbacks, repeat)

    @property
    def longest_wait(self) -> float:
        """Seconds: no due time and no pause of the endpoint lies further ahead, unless a clock went wrong."""
        return max(self.schedule.longest, self.deferral.longest, self.repeat or 0.0)

    def is_expired(self, event: EventName, age: float) -> bool:
        """Whether an event that waited ``age`` seconds is no longer worth sending."""
        limit = self.expire.get(event)
        return limit is not None and age > limit

    def is_folded(self, event: EventName, age: float) -> bool:
        """Whether a start whose end waits as well is so late that the end alone is sent."""
        return event.is_start and self.fold_after is not None and age > self.fold_after


def longest_wait(endpoints: Iterable[Endpoint]) -> float:
    """The longest wait of any of these endpoints, in seconds."""
    policies = (Policy.of(one.config, one.channel.rate_limits) for one in endpoints)
    return max((policy.longest_wait for policy in policies), default=Policy().longest_wait)


def _expiry(config: EndpointConfig) -> Mapping[EventName, float]:
    if config.expire is None:
        return {}
    if isinstance(config.expire, dict):
        return {event: float(limit) for event, limit in config.expire.items()}
    return {event: float(config.expire) for event in EventName}
