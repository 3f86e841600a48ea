"""What the config of one endpoint says about its deliveries, ready for use."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Iterable, Mapping, Optional, Tuple

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.load import Endpoint
from prime_notify.config.rate import Rate
from prime_notify.delivery.holding import Holding
from prime_notify.delivery.retry import RetrySchedule
from prime_notify.delivery.takeover import Takeover
from prime_notify.model.event import EventName

__all__ = ["Policy", "longest_wait"]


@dataclass(frozen=True)
class Policy:
    """``expire`` and ``fold_after`` in seconds since the acceptance."""

    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    rates: Tuple[Rate, ...] = ()
    expire: Mapping[EventName, float] = field(default_factory=dict)
    fold_after: Optional[float] = None
    holding: Holding = field(default_factory=Holding)
    takeover: Takeover = field(default_factory=Takeover)
    repeat: Optional[float] = None

    @classmethod
    def of(
        cls, config: EndpointConfig, default_rates: Tuple[Rate, ...], zone: Optional[datetime.tzinfo] = None
    ) -> Policy:
        """The policy of an endpoint; ``default_rates`` are those of its channel, ``zone`` by default this machine's."""
        schedule = RetrySchedule() if config.retry is None else RetrySchedule(tuple(map(float, config.retry)))
        rates = default_rates if config.rate_limit is None else tuple(config.rate_limit)
        fold_after = None if config.fold_after is None else float(config.fold_after)
        takeover = Takeover(tuple(config.fallback or ()))
        repeat = None if config.repeat is None else float(config.repeat)
        return cls(schedule, rates, _expiry(config), fold_after, Holding.of(config, zone), takeover, repeat)

    @property
    def longest_wait(self) -> float:
        """Seconds: no due time and no pause of the endpoint lies further ahead, unless a clock went wrong."""
        return max(self.schedule.longest, self.holding.longest, self.repeat or 0.0)

    def is_expired(self, event: EventName, age: float) -> bool:
        """Whether an event that waited ``age`` seconds is no longer worth sending."""
        limit = self.expire.get(event)
        return limit is not None and age > limit

    def is_folded(self, event: EventName, age: float) -> bool:
        """Whether a start whose end waits as well is late enough to leave all the telling to the end."""
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
