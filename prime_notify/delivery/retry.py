"""When to try again: growing delays with jitter, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

__all__ = ["DEFAULT_DELAYS", "LONGEST_ASKED", "RetrySchedule"]

_MINUTE = 60.0
_HOUR = 3600.0

DEFAULT_DELAYS: Tuple[float, ...] = (
    5.0, 30.0, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR, 10 * _HOUR,
)  # fmt: skip
"""Seconds between attempts: about 24 hours in all."""

LONGEST_ASKED = 24 * _HOUR
"""Seconds: more than that no service is granted, so that a nonsensical Retry-After does not mean never."""


@dataclass(frozen=True)
class RetrySchedule:
    """Delays after the first, second, … failed attempt; ``jitter`` spreads each by that fraction both ways."""

    delays: Tuple[float, ...] = DEFAULT_DELAYS
    jitter: float = 0.2

    def delay(self, attempt: int, random: float, asked: Optional[float] = None) -> Optional[float]:
        """Seconds to wait after failed attempt number ``attempt`` (from 1), or None to give up.

        ``random`` is in [0, 1). ``asked`` is what the service asked for: not tried sooner than that, up to a day.
        """
        if attempt > len(self.delays):
            return None
        own = self.delays[attempt - 1] * (1 + self.jitter * (2 * random - 1))
        return max(own, min(asked or 0.0, LONGEST_ASKED))

    @property
    def longest(self) -> float:
        """Seconds: no delay is longer."""
        return max([LONGEST_ASKED, *(delay * (1 + self.jitter) for delay in self.delays)])
