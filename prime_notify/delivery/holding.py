"""What is held back, and until when: quiet hours, digests and repetitions. Pure; times are passed in.

``now`` and ``accepted`` are seconds of :meth:`prime_notify.clock.Clock.steady`, ``wall`` unix seconds.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.delivery.failures import kind_of, told_at
from prime_notify.model.event import Severity, Status
from prime_notify.model.health import Health
from prime_notify.outbox.values import Delivery

__all__ = ["MOST", "Digest", "Holding", "QuietHours", "Sorted"]

MOST = 500
"""What one message tells of at the most."""

_LONGEST_QUIET = 25 * 3600.0
"""Seconds: quiet hours may last nearly a day, which may have 25 hours."""

_SEVERITIES = list(Severity)  # from the mildest to the worst


def _is_below(delivery: Delivery, severity: Optional[Severity]) -> bool:
    """Whether it is less severe; everything is, where no severity is given."""
    found = delivery.notification.payload.severity
    return severity is None or _SEVERITIES.index(found) < _SEVERITIES.index(severity)


@dataclass(frozen=True)
class QuietHours:
    """From one time of day to another, after midnight if need be. ``zone``: by default this machine's."""

    start: datetime.time
    end: datetime.time
    below: Severity = Severity.ERROR
    zone: Optional[datetime.tzinfo] = None

    def until(self, wall: float) -> Optional[float]:
        """When they end, in unix seconds; None when it is none of them at ``wall``."""
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
    """Collects for ``every`` seconds, or until there are ``most``; not what is as severe as ``at_once``."""

    every: float
    most: int = 50
    at_once: Optional[Severity] = None


@dataclass(frozen=True)
class Sorted:
    """``waiting``: what is to wait on, each until when. ``collected``: how many of those wait for a digest."""

    ready: Sequence[Delivery]
    waiting: Sequence[Tuple[Delivery, float]]
    collected: int


@dataclass(frozen=True)
class Holding:
    """What an endpoint's config says about holding back."""

    digest: Optional[Digest] = None
    quiet: Optional[QuietHours] = None
    dedupe: Optional[float] = None

    @classmethod
    def of(cls, config: EndpointConfig, zone: Optional[datetime.tzinfo] = None) -> Holding:
        digest = quiet = None
        if config.digest:
            digest = Digest(float(config.digest.every), config.digest.max, config.digest.at_once)
        if config.quiet_hours:
            hours = config.quiet_hours
            start, end = (datetime.time.fromisoformat(text) for text in (hours.from_, hours.to))
            quiet = QuietHours(start, end, hours.below, zone)
        return cls(digest, quiet, float(config.dedupe.window) if config.dedupe else None)

    def until(self, delivery: Delivery, now: float, wall: float, health: Health) -> Optional[float]:
        """Until when a delivery is held back; None: it is not. At ``now``, when it is to join what is told now."""
        end = self.kept_until(delivery, now, wall, health)
        if end is not None:
            return end
        return max(now, delivery.accepted + self.digest.every) if self.digest and self._is_collected(delivery) else None

    def kept_until(self, delivery: Delivery, now: float, wall: float, health: Health) -> Optional[float]:
        """Until when a delivery is held back whatever else is told: for the quiet hours, or as a repetition."""
        ends = (self.quiet_until(delivery, now, wall), self.repetition_until(delivery, now, health))
        return max((end for end in ends if end is not None), default=None)

    def repetition_until(self, delivery: Delivery, now: float, health: Health) -> Optional[float]:
        """When a failure that was told before may be told again; None when it may be now."""
        at = told_at(delivery.notification.payload, health) if self.dedupe else None
        return at + self.dedupe if at is not None and self.dedupe and at <= now < at + self.dedupe else None

    def quiet_until(self, delivery: Delivery, now: float, wall: float) -> Optional[float]:
        """When the quiet hours end that keep a delivery back."""
        if self.quiet is None or not _is_below(delivery, self.quiet.below):
            return None
        end = self.quiet.until(wall)
        return None if end is None else now + end - wall

    def _is_collected(self, delivery: Delivery) -> bool:
        return self.digest is not None and _is_below(delivery, self.digest.at_once)

    @property
    def longest(self) -> float:
        """Seconds: nothing is held back for longer at a time."""
        quiet = _LONGEST_QUIET if self.quiet else 0.0
        return max(quiet, self.digest.every if self.digest else 0.0, self.dedupe or 0.0)

    @property
    def most(self) -> float:
        """How many may be collected before they are told."""
        return self.digest.most if self.digest else math.inf

    def sort(self, held: Sequence[Delivery], now: float, wall: float, health: Health) -> Sorted:
        """Which of ``held`` are to be told now, together; and which are to wait on, until when."""
        ready: List[Delivery] = []
        kept: List[Tuple[Delivery, float]] = []
        for delivery in held:
            end = self.kept_until(delivery, now, wall, health)
            if end is None:
                ready.append(delivery)
            else:
                kept.append((delivery, end))
        ready, kept = _with_their_failures(ready, kept)
        due = self._due(ready)
        if due > now and len(ready) < self.most:
            return Sorted([], [*kept, *((delivery, due) for delivery in ready)], len(ready))
        return Sorted(ready, kept, 0)

    def _due(self, collected: Sequence[Delivery]) -> float:
        """When what was collected is to be told: the first of it was accepted that long ago, or could not wait."""
        if self.digest is None or not all(map(self._is_collected, collected)):
            return 0.0
        if any(delivery.attempt > 1 for delivery in collected):  # the digest was tried before
            return 0.0
        return min((delivery.accepted + self.digest.every for delivery in collected), default=0.0)


def _with_their_failures(
    ready: List[Delivery], kept: List[Tuple[Delivery, float]]
) -> Tuple[List[Delivery], List[Tuple[Delivery, float]]]:
    """A success that is told takes along the failures of its kind that were kept back as repetitions: those before it
    are over, and those after it are news."""
    successes = {
        kind_of(one.notification.payload) for one in ready if one.notification.payload.status is Status.SUCCESS
    }

    def joins(delivery: Delivery) -> bool:
        payload = delivery.notification.payload
        return payload.status is Status.FAILURE and kind_of(payload) in successes

    taken = [delivery for delivery, _ in kept if joins(delivery)]
    rest = [(delivery, end) for delivery, end in kept if not joins(delivery)]
    return sorted([*ready, *taken], key=lambda delivery: delivery.key), rest
