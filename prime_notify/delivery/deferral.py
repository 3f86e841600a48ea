"""Deferred deliveries: quiet hours, digests and duplicates, and until when each of them defers. Pure.

``now`` and ``accepted`` are seconds of :meth:`prime_notify.clock.Clock.steady`, ``wall`` is unix seconds.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.delivery.delivered_failures import delivered_at
from prime_notify.model.event import Severity
from prime_notify.model.health import Health
from prime_notify.outbox.values import Delivery
from prime_notify.text.time_zone import time_zone

__all__ = ["MOST", "Deferral", "Digest", "QuietHours", "Sorted"]

MOST = 500
"""The most deliveries of one merged message."""

_LONGEST_QUIET = 25 * 3600.0
"""Seconds: quiet hours may last nearly a day, which may have 25 hours."""

Deferred = Tuple[Delivery, float]
"""A delivery, and until when it is deferred."""


def _is_below(delivery: Delivery, severity: Optional[Severity]) -> bool:
    """Whether it is less severe; every delivery is, where no severity is given."""
    found = delivery.notification.payload.severity
    return severity is None or found.rank < severity.rank


@dataclass(frozen=True)
class QuietHours:
    """From one time of day to another, over midnight if need be. ``zone``: by default this machine's."""

    start: datetime.time
    end: datetime.time
    below: Severity = Severity.ERROR
    zone: Optional[datetime.tzinfo] = None

    def until(self, wall: float) -> Optional[float]:
        """When they end, in unix seconds; None when ``wall`` is outside of them."""
        local = datetime.datetime.fromtimestamp(wall, self.zone)
        if not self._contain(local.time()):
            return None
        # Where the clock is put back, the end comes twice; where it is put forward, it may not come that day.
        days = (local.date() + datetime.timedelta(days=days) for days in (0, 1))
        ends = [datetime.datetime.combine(day, self.end, self.zone) for day in days]
        moments = [end.replace(fold=fold).timestamp() for end in ends for fold in (0, 1)]
        return min(moment for moment in moments if moment > wall)

    def _contain(self, time: datetime.time) -> bool:
        if self.start < self.end:
            return self.start <= time < self.end
        return time >= self.start or time < self.end


@dataclass(frozen=True)
class Digest:
    """Collects for ``every`` seconds, or until there are ``most``; ``at_once``: not from this severity on."""

    every: float
    most: int = 50
    at_once: Optional[Severity] = None


@dataclass(frozen=True)
class Sorted:
    """Deferred deliveries at some moment. ``ready``: to be sent now, in one message. ``waiting``: still deferred.

    ``collected``: how many of those that wait are for a digest.
    """

    ready: Sequence[Delivery]
    waiting: Sequence[Deferred]
    collected: int


@dataclass(frozen=True)
class Deferral:
    """The options of an endpoint that defer deliveries. ``dedupe``: seconds in which a failure is not sent again."""

    digest: Optional[Digest] = None
    quiet: Optional[QuietHours] = None
    dedupe: Optional[float] = None

    @classmethod
    def of(cls, config: EndpointConfig, zone: Optional[datetime.tzinfo] = None) -> Deferral:
        """As the config of an endpoint says; ``zone`` of quiet hours where it has none: by default this machine's."""
        digest = quiet = None
        if config.digest:
            digest = Digest(float(config.digest.every), config.digest.max, config.digest.at_once)
        if config.quiet_hours:
            hours = config.quiet_hours
            start, end = (datetime.time.fromisoformat(text) for text in (hours.from_, hours.to))
            own = time_zone(config.timezone) if config.timezone else zone
            quiet = QuietHours(start, end, hours.below, own)
        return cls(digest, quiet, float(config.dedupe.window) if config.dedupe else None)

    def until(self, delivery: Delivery, now: float, wall: float, health: Health) -> Optional[float]:
        """Until when a delivery is deferred; None: it is not. At ``now``: it joins the digest that is sent now."""
        if self.quiet is None and self.digest is None and not self.dedupe:  # as with most endpoints
            return None
        end = self.alone_until(delivery, now, wall, health)
        if end is not None:
            return end
        return max(now, delivery.accepted + self.digest.every) if self.digest and self._is_collected(delivery) else None

    def alone_until(self, delivery: Delivery, now: float, wall: float, health: Health) -> Optional[float]:
        """Until when a delivery is deferred on its own account: for the quiet hours, or as a duplicate."""
        ends = (self.quiet_until(delivery, now, wall), self.duplicate_until(delivery, now, health))
        return max((end for end in ends if end is not None), default=None)

    def duplicate_until(self, delivery: Delivery, now: float, health: Health) -> Optional[float]:
        """Until when a failure is a duplicate of a delivered one; None: it is none."""
        at = delivered_at(delivery.notification.payload, health) if self.dedupe else None
        return at + self.dedupe if at is not None and self.dedupe and at <= now < at + self.dedupe else None

    def quiet_until(self, delivery: Delivery, now: float, wall: float) -> Optional[float]:
        """When the quiet hours for a delivery end; None: there are none now."""
        if self.quiet is None or not _is_below(delivery, self.quiet.below):
            return None
        end = self.quiet.until(wall)
        return None if end is None else now + end - wall

    def _is_collected(self, delivery: Delivery) -> bool:
        return self.digest is not None and _is_below(delivery, self.digest.at_once)

    @property
    def longest(self) -> float:
        """Seconds: no delivery is deferred for longer at a time."""
        quiet = _LONGEST_QUIET if self.quiet else 0.0
        return max(quiet, self.digest.every if self.digest else 0.0, self.dedupe or 0.0)

    @property
    def most(self) -> float:
        """How many deliveries make a digest full."""
        return self.digest.most if self.digest else math.inf

    def sort(self, deferred: Sequence[Delivery], now: float, wall: float, health: Health) -> Sorted:
        """Which of ``deferred`` are to be sent now, in one message, and which are still deferred, until when."""
        ready: List[Delivery] = []
        waiting: List[Deferred] = []
        for delivery in deferred:
            end = self.alone_until(delivery, now, wall, health)
            if end is None:
                ready.append(delivery)
            else:
                waiting.append((delivery, end))
        ready, waiting = _with_their_failures(ready, waiting)
        due = self._due(ready)
        if due > now and len(ready) < self.most:
            return Sorted([], [*waiting, *((delivery, due) for delivery in ready)], len(ready))
        return Sorted(ready, waiting, 0)

    def _due(self, collected: Sequence[Delivery]) -> float:
        """When a digest of these is due; 0: now, since one of them is not for a digest, or was tried before."""
        if self.digest is None or not all(map(self._is_collected, collected)):
            return 0.0
        if any(delivery.attempt > 1 for delivery in collected):
            return 0.0
        return min((delivery.accepted + self.digest.every for delivery in collected), default=0.0)


def _with_their_failures(ready: List[Delivery], waiting: List[Deferred]) -> Tuple[List[Delivery], List[Deferred]]:
    """A success that is sent takes along the duplicate failures of its kind: those before it are over, and those after
    it are no duplicates any more."""
    successes = {
        one.notification.payload.task_kind.key for one in ready if one.notification.payload.status.ends_failure
    }

    def joins(delivery: Delivery) -> bool:
        payload = delivery.notification.payload
        return payload.status.begins_failure and payload.task_kind.key in successes

    taken = [delivery for delivery, _ in waiting if joins(delivery)]
    rest = [(delivery, end) for delivery, end in waiting if not joins(delivery)]
    return sorted([*ready, *taken], key=lambda delivery: delivery.key), rest
