"""Virtual time: a clock that a test moves by hand."""

from __future__ import annotations

__all__ = ["FakeClock"]


class FakeClock:
    """See :class:`prime_notify.clock.Clock`. Starts at a round number; ``random`` is the middle, so jitter is nil.

    ``ahead``: seconds by which the machine's clock runs ahead of the steady one: what somebody sets it by.
    """

    def __init__(self, start: float = 1_000_000.0) -> None:
        self.time = start
        self.ahead = 0.0

    def advance(self, seconds: float) -> None:
        self.time += seconds

    def wall(self) -> float:
        return self.time + self.ahead

    def steady(self) -> float:
        return self.time

    def random(self) -> float:
        return 0.5
