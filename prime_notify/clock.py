"""Time, randomness of delays, and waiting, as values that can be passed in."""

from __future__ import annotations

import random
import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """What the engine asks about time. Tests pass one that they move by hand."""

    def wall(self) -> float:
        """Unix seconds, as a person's watch shows them: for timestamps that people and receivers see."""
        ...

    def steady(self) -> float:
        """Seconds that never jump while the process runs: for everything that is waited for."""
        ...

    def random(self) -> float:
        """A number in [0, 1): for jitter."""
        ...


class SystemClock:
    """The machine's clocks.

    ``steady`` is anchored to the wall clock when the process starts counting, so that due times mean something in the
    next process too, yet a wall clock set back by an hour in between delays nothing by an hour.
    """

    def __init__(self) -> None:
        self._anchor = time.time() - time.monotonic()
        self._random = random.Random()  # noqa: S311  (jitter needs no secrecy)

    def wall(self) -> float:
        return time.time()

    def steady(self) -> float:
        return self._anchor + time.monotonic()

    def random(self) -> float:
        return self._random.random()
