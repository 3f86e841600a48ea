"""Keeps the attempts of one endpoint within the rates that its service takes."""

from __future__ import annotations

import collections
from typing import Deque, Iterable, List, Sequence, Tuple

from prime_notify.config.units import Rate

__all__ = ["RateLimiter"]


class RateLimiter:
    """A sliding log for each rate: exact, and in memory that is bounded by the rates' counts. For one thread.

    ``past``: when the endpoint was tried before, oldest first, so that a restart does not forget.
    """

    def __init__(self, rates: Sequence[Rate], past: Iterable[float] = ()) -> None:
        self._logs: List[Tuple[Rate, Deque[float]]] = [(rate, collections.deque(maxlen=rate.count)) for rate in rates]
        for at in past:
            self.took(at)

    def free_at(self) -> float:
        """When the next attempt may be made, in the seconds that :meth:`took` was told."""
        waits = (log[0] + rate.seconds for rate, log in self._logs if len(log) == rate.count)
        return max(waits, default=0.0)

    def took(self, at: float) -> None:
        """An attempt was made."""
        for _, log in self._logs:
            log.append(at)
